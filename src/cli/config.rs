//! The configuration file: what somebody wants every time, so that it need not be an argument.
//!
//! Arguments win over the file, the file over what is built in. A name that is not known is an error: a slip that is
//! silently passed over would look like a setting without effect.

use super::Failure;
use super::arguments::{Color, Format};
use clap::ValueEnum;
use etcetera::BaseStrategy;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::fmt::Write;
use std::io;
use std::path::PathBuf;

/// What the file can set.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Config {
    /// When text is coloured.
    pub(super) color: Color,
    /// How `inspect` writes sessions.
    pub(super) format: Format,
    /// How the screens look; read by them.
    screens: IgnoredAny,
    /// The keys of the screens; read by them.
    keys: IgnoredAny,
}

impl Config {
    /// Reads the file; what is built in where there is none.
    pub(super) fn load() -> Result<Self, Failure> {
        let Some(path) = path() else { return Ok(Self::default()) };
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text).map_err(|why| Failure::Usage(format!("{}: {why}", path.display()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Failure::Usage(format!("cannot read {}: {error}", path.display()))),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())
    }

    /// The file that would say what this says, with an explanation of each setting.
    pub(super) fn print(&self) -> String {
        let path = path().map_or_else(|| "config.toml".to_owned(), |path| path.display().to_string());
        let mut text = format!("# Configuration of tlslab: {path}\n");
        setting(&mut text, "color", &self.color, "When text is coloured; auto: on a terminal, unless NO_COLOR is set.");
        setting(&mut text, "format", &self.format, "How `tlslab inspect` writes sessions.");
        text.push_str(&crate::tui::config::template());
        text
    }
}

fn setting<T: ValueEnum>(text: &mut String, name: &str, value: &T, meaning: &str) {
    let words = |value: &T| value.to_possible_value().map(|word| word.get_name().to_owned());
    let all: Vec<String> = T::value_variants().iter().filter_map(words).collect();
    let word = words(value).unwrap_or_default();
    let _ = writeln!(text, "\n# {meaning}\n# One of: {}\n{name} = \"{word}\"", all.join(", "));
}

/// Where the file is looked for: `tlslab/config.toml` in the system's place for configuration.
fn path() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.config_dir().join("tlslab").join("config.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_can_be_read_again() {
        for config in [Config::default(), Config { color: Color::Never, format: Format::Ndjson, ..Config::default() }] {
            assert_eq!(Config::parse(&config.print()).as_ref(), Ok(&config));
        }
        assert!(Config::parse("colour = \"never\"").unwrap_err().contains("colour"));
        assert_eq!(Config::parse("").as_ref(), Ok(&Config::default()));
    }
}
