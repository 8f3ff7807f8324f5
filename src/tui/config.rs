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
    for (path, ours) in [(&places.state, true), (&places.config, false)] {
        let Some(path) = path else { continue };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                let found = if ours { take_state(&mut settings, &text) } else { take_config(&mut settings, &text) };
                problems.extend(found.into_iter().map(|problem| format!("{}: {problem}", path.display())));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => problems.push(format!("{}: {error}", path.display())),
        }
    }
    (settings, problems)
}

/// Takes what was remembered; gives what cannot be used.
fn take_state(settings: &mut Settings, text: &str) -> Vec<String> {
    parse(text).map_or_else(|problem| vec![problem], |table| take_screens(settings, &table))
}

/// Takes the tables of the configuration that are for the screens. What else stands there is not theirs to judge.
fn take_config(settings: &mut Settings, text: &str) -> Vec<String> {
    let table = match parse(text) {
        Ok(table) => table,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    if let Some(Value::Table(screens)) = table.get("screens") {
        problems.extend(take_screens(settings, screens));
    }
    if let Some(Value::Table(keys)) = table.get("keys") {
        let (keymap, clashes) = Keymap::with(&keys_of(keys));
        settings.keymap = keymap;
        problems.extend(clashes);
    }
    problems
}

fn parse(text: &str) -> Result<Table, String> {
    text.parse().map_err(|error: toml::de::Error| error.to_string().trim().replace('\n', " "))
}

fn take_screens(settings: &mut Settings, table: &Table) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, value) in table {
        if !take_one(settings, name, value) {
            problems.push(format!("{name} = {value} means nothing here"));
        }
    }
    problems
}

/// Takes one setting. Whether it was one.
fn take_one(settings: &mut Settings, name: &str, value: &Value) -> bool {
    match (name, value) {
        ("theme", Value::String(word)) => set(&mut settings.theme, ThemeName::parse(word)),
        ("ascii", Value::Boolean(ascii)) => set(&mut settings.ascii, Some(*ascii)),
        ("mouse", Value::Boolean(mouse)) => set(&mut settings.mouse, Some(*mouse)),
        ("time", Value::String(word)) => set(&mut settings.time_format, TimeFormat::parse(word)),
        ("time-zone", Value::String(word)) => {
            let utc = [("utc", true), ("local", false)].into_iter().find(|(name, _)| name == word);
            set(&mut settings.utc, utc.map(|(_, utc)| utc))
        }
        ("recent", Value::Array(paths)) => {
            let paths = paths.iter().filter_map(Value::as_str).map(PathBuf::from);
            set(&mut settings.recent, Some(paths.take(RECENT).collect()))
        }
        _ => false,
    }
}

fn set<T>(place: &mut T, value: Option<T>) -> bool {
    let Some(value) = value else { return false };
    *place = value;
    true
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
pub fn with_recent(recent: &[PathBuf], path: &Path) -> Vec<PathBuf> {
    let others = recent.iter().filter(|other| *other != path).cloned();
    let mut all: Vec<PathBuf> = std::iter::once(path.to_path_buf()).chain(others).collect();
    all.truncate(RECENT);
    all
}

/// The tables of a configuration file that are for the screens, each setting at its default and commented out.
#[must_use]
pub fn template() -> String {
    let defaults = Settings::default();
    let themes: Vec<&str> = ThemeName::ALL.into_iter().map(ThemeName::word).collect();
    let times: Vec<&str> = TimeFormat::ALL.into_iter().map(TimeFormat::word).collect();
    let mut out = String::from("\n[screens]\n");
    let mut setting = |meaning: &str, name: &str, value: Value| {
        let _ = writeln!(out, "\n# {meaning}\n# {name} = {value}");
    };
    let theme = format!("One of: {}. NO_COLOR in the environment means plain.", themes.join(", "));
    setting(&theme, "theme", defaults.theme.word().into());
    setting("Whether signs are taken from ASCII alone.", "ascii", defaults.ascii.into());
    setting("false leaves the mouse to the terminal, for selecting text.", "mouse", defaults.mouse.into());
    setting(&format!("One of: {}", times.join(", ")), "time", defaults.time_format.word().into());
    setting("One of: utc, local", "time-zone", "utc".into());
    out.push_str(KEYS);
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

const KEYS: &str = "
[keys]

# Keys by command: one, or a list. A command has the same keys on every screen that knows it.
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::key::Key;
    use crate::tui::keymap::Command;

    #[test]
    fn settings_are_read_and_what_is_wrong_is_told() {
        let mut settings = Settings::default();
        let text = "color = \"auto\"\n[screens]\ntheme = \"light\"\nmouse = false\ntime = \"delta\"\n[keys]\ntheme = \"Z\"\nup = [\"k\", \"u\"]\n";
        assert_eq!(take_config(&mut settings, text), Vec::<String>::new());
        assert_eq!((settings.theme, settings.mouse), (ThemeName::Light, false));
        assert_eq!(settings.keymap.command(Context::Global, Key::parse("Z").unwrap()), Some(Command::Theme));
        assert_eq!(take_config(&mut settings, "[screens]\ntheme = \"pink\"\ncolour = 3\n[keys]\nup = 3").len(), 3);
        assert_eq!(take_config(&mut settings, "theme = ").len(), 1);
    }

    #[test]
    fn the_template_is_what_it_says_it_is() {
        let mut settings = Settings::default();
        assert_eq!(take_config(&mut settings, &template()), Vec::<String>::new());
        let uncommented = |line: &str| match line.strip_prefix("# ") {
            Some(setting) if setting.contains(" = ") => setting.to_owned(),
            _ => line.to_owned(),
        };
        let used = template().lines().map(uncommented).collect::<Vec<_>>().join("\n");
        assert!(used.contains("\ntheme = ") && used.contains("\nquit = "), "{used}");
        assert_eq!(take_config(&mut settings, &used), Vec::<String>::new());
    }

    #[test]
    fn what_is_remembered_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let places =
            Places { config: Some(folder.path().join("none.toml")), state: Some(folder.path().join("a/state.toml")) };
        let recent = with_recent(&["/b".into(), "/a".into()], Path::new("/a"));
        assert_eq!(recent, [PathBuf::from("/a"), "/b".into()]);
        let settings = Settings { theme: ThemeName::HighContrast, recent, ..Settings::default() };
        remember(places.state.as_deref().unwrap(), &settings).unwrap();
        let (read, problems) = load(&places);
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!((read.theme, read.recent), (settings.theme, settings.recent));
    }
}
