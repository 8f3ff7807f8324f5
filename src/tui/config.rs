//! The configuration file, and what the program remembers by itself.
//!
//! Two files: `config.toml`, which belongs to the user and is never written, and `state.toml`, which holds what was
//! last chosen with a key, and the captures opened before. What the configuration says wins over what is remembered.

use super::keymap::{BINDINGS, Context, Keymap};
use super::settings::{Settings, TimeFormat};
use super::theme::ThemeName;
use etcetera::BaseStrategy;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// How many captures are remembered.
const RECENT: usize = 12;

/// Where the files lie. Without a home directory nothing is read and nothing remembered.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The configuration file.
    pub config: Option<PathBuf>,
    /// What is remembered.
    pub state: Option<PathBuf>,
}

impl Places {
    /// The usual ones: `$XDG_CONFIG_HOME/tlslab/config.toml` and `$XDG_STATE_HOME/tlslab/state.toml`.
    #[must_use]
    pub fn usual() -> Self {
        let Ok(strategy) = etcetera::choose_base_strategy() else { return Self::default() };
        let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
        Self {
            config: Some(strategy.config_dir().join("tlslab/config.toml")),
            state: Some(state.join("tlslab/state.toml")),
        }
    }
}

/// Reads both files. What cannot be used is told in sentences and left out; the rest counts.
#[must_use]
pub fn load(places: &Places) -> (Settings, Vec<String>) {
    let mut settings = Settings::default();
    let mut problems = Vec::new();
    for path in [&places.state, &places.config].into_iter().flatten() {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let found = take(&mut settings, &text);
                problems.extend(found.into_iter().map(|problem| format!("{}: {problem}", path.display())));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => problems.push(format!("{}: {error}", path.display())),
        }
    }
    (settings, problems)
}

/// Takes the settings that a text holds; gives what cannot be used.
fn take(settings: &mut Settings, text: &str) -> Vec<String> {
    let table: Table = match text.parse() {
        Ok(table) => table,
        Err(error) => return vec![error.to_string().trim().replace('\n', " ")],
    };
    let mut problems = Vec::new();
    for (name, value) in &table {
        let used = match (name.as_str(), value) {
            ("theme", Value::String(word)) => ThemeName::parse(word).map(|theme| settings.theme = theme),
            ("ascii", Value::Boolean(ascii)) => Some(settings.ascii = *ascii),
            ("mouse", Value::Boolean(mouse)) => Some(settings.mouse = *mouse),
            ("time", Value::String(word)) => TimeFormat::parse(word).map(|format| settings.time_format = format),
            ("time-zone", Value::String(word)) => match word.as_str() {
                "utc" => Some(settings.utc = true),
                "local" => Some(settings.utc = false),
                _ => None,
            },
            ("recent", Value::Array(paths)) => {
                let paths = paths.iter().filter_map(Value::as_str).map(PathBuf::from);
                Some(settings.recent = paths.take(RECENT).collect())
            }
            ("keys", Value::Table(keys)) => {
                let (keymap, mut clashes) = Keymap::with(&keys_of(keys));
                settings.keymap = keymap;
                problems.append(&mut clashes);
                Some(())
            }
            _ => None,
        };
        if used.is_none() {
            problems.push(format!("{name} = {value} means nothing here"));
        }
    }
    problems
}

/// The keys of each command: one as text, or several as a list.
fn keys_of(table: &Table) -> BTreeMap<String, Vec<String>> {
    let keys = |value: &Value| match value {
        Value::Array(keys) => keys.iter().map(|key| key.as_str().unwrap_or_default().to_owned()).collect(),
        Value::String(key) => vec![key.clone()],
        other => vec![other.to_string()],
    };
    table.iter().map(|(name, value)| (name.clone(), keys(value))).collect()
}

/// Writes what is remembered.
pub fn remember(path: &Path, settings: &Settings) -> io::Result<()> {
    let mut table = Table::new();
    table.insert("theme".to_owned(), settings.theme.word().into());
    table.insert("mouse".to_owned(), settings.mouse.into());
    table.insert("time".to_owned(), settings.time_format.word().into());
    table.insert("time-zone".to_owned(), if settings.utc { "utc" } else { "local" }.into());
    let recent = settings.recent.iter().filter_map(|path| path.to_str()).map(Value::from).collect();
    table.insert("recent".to_owned(), Value::Array(recent));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Written beside and moved into place: a crash must not leave half a file.
    let beside = path.with_extension("new");
    std::fs::write(&beside, table.to_string())?;
    std::fs::rename(&beside, path)
}

/// The list of captures with another one in front.
#[must_use]
pub fn with_recent(recent: &[PathBuf], path: PathBuf) -> Vec<PathBuf> {
    let others = recent.iter().filter(|other| **other != path).cloned();
    let mut all: Vec<PathBuf> = std::iter::once(path.clone()).chain(others).collect();
    all.truncate(RECENT);
    all
}

/// A configuration file with every setting at its default and commented out.
#[must_use]
pub fn template() -> String {
    let defaults = Settings::default();
    let themes: Vec<&str> = ThemeName::ALL.into_iter().map(ThemeName::word).collect();
    let times: Vec<&str> = TimeFormat::ALL.into_iter().map(TimeFormat::word).collect();
    let mut out = String::from("# Configuration of tlslab. Every line shows a default.\n\n");
    let _ = writeln!(
        out,
        "# {}; NO_COLOR in the environment means plain\n# theme = \"{}\"\n",
        themes.join(", "),
        defaults.theme.word()
    );
    let _ = writeln!(out, "# signs from ASCII alone\n# ascii = {}\n", defaults.ascii);
    let _ =
        writeln!(out, "# false leaves the mouse to the terminal, for selecting text\n# mouse = {}\n", defaults.mouse);
    let _ = writeln!(out, "# {}\n# time = \"{}\"\n", times.join(", "), defaults.time_format.word());
    let _ = writeln!(out, "# utc, local\n# time-zone = \"utc\"\n");
    out.push_str("# Keys by command: one key or a list, such as \"j\", \"C-u\", \"space\". A command has the same keys on every\n# screen that knows it.\n[keys]\n");
    let mut seen = Vec::new();
    for row in BINDINGS.iter().filter(|row| row.context != Context::Prompt) {
        if !seen.contains(&row.command) {
            seen.push(row.command);
            let keys = Value::Array(row.keys.iter().map(|key| Value::from(*key)).collect());
            let _ = writeln!(out, "# {} = {keys}  # {}", row.command.name(), row.help);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::key::Key;
    use crate::tui::keymap::Command;

    #[test]
    fn settings_are_read_and_what_is_wrong_is_told() {
        let mut settings = Settings::default();
        let text = "theme = \"light\"\nmouse = false\ntime = \"delta\"\n[keys]\ntheme = \"Z\"\nup = [\"k\", \"K\"]\n";
        assert_eq!(take(&mut settings, text), Vec::<String>::new());
        assert_eq!((settings.theme, settings.mouse), (ThemeName::Light, false));
        assert_eq!(settings.keymap.command(Context::Global, Key::parse("Z").unwrap()), Some(Command::Theme));
        assert_eq!(take(&mut settings, "theme = \"pink\"\ncolour = 3\n[keys]\nup = 3").len(), 3);
        assert_eq!(take(&mut settings, "theme = ").len(), 1);
    }

    #[test]
    fn the_template_is_what_it_says_it_is() {
        let mut settings = Settings::default();
        assert_eq!(take(&mut settings, &template()), Vec::<String>::new());
        let bare: String = template()
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|line| line.contains(" = ")).unwrap_or(""))
            .fold(String::new(), |all, line| all + line + "\n");
        let (settings_part, keys) = bare.split_at(bare.find("enter = ").unwrap());
        assert_eq!(take(&mut settings, &format!("{settings_part}[keys]\n{keys}")), Vec::<String>::new());
    }

    #[test]
    fn what_is_remembered_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let places =
            Places { config: Some(folder.path().join("none.toml")), state: Some(folder.path().join("a/state.toml")) };
        let recent = with_recent(&["/b".into(), "/a".into()], "/a".into());
        assert_eq!(recent, [PathBuf::from("/a"), "/b".into()]);
        let settings = Settings { theme: ThemeName::HighContrast, recent, ..Settings::default() };
        remember(places.state.as_deref().unwrap(), &settings).unwrap();
        let (read, problems) = load(&places);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!((read.theme, read.recent), (settings.theme, settings.recent));
    }
}
