//! What the user can set, and the program remembers.

use super::keymap::{Command, Context, Keymap};
use super::theme::{Theme, ThemeName};
use super::zone::Zone;
use std::path::PathBuf;

/// How times are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeFormat {
    /// Seconds since the first packet.
    #[default]
    SinceStart,
    /// Date and time of day.
    Absolute,
    /// Seconds since the row before.
    Delta,
}

impl TimeFormat {
    /// All formats in the order in which the key goes through them.
    pub const ALL: [Self; 3] = [Self::SinceStart, Self::Absolute, Self::Delta];

    /// The word in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SinceStart => "since-start",
            Self::Absolute => "absolute",
            Self::Delta => "delta",
        }
    }

    /// The format of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }

    /// The format after this one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::SinceStart => Self::Absolute,
            Self::Absolute => Self::Delta,
            Self::Delta => Self::SinceStart,
        }
    }
}

/// The settings of a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Colours.
    pub theme: ThemeName,
    /// Colours that the command line or the environment asks for; not remembered.
    pub theme_for_now: Option<ThemeName>,
    /// Signs from ASCII alone.
    pub ascii: bool,
    /// Whether the program takes mouse events.
    pub mouse: bool,
    /// How times are shown.
    pub time_format: TimeFormat,
    /// Whether times of day are UTC; local otherwise.
    pub utc: bool,
    /// Local time, as found out at the start.
    pub zone: Zone,
    /// The keys.
    pub keymap: Keymap,
    /// Captures opened before, the latest first.
    pub recent: Vec<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeName::Dark,
            theme_for_now: None,
            ascii: false,
            mouse: true,
            time_format: TimeFormat::SinceStart,
            utc: true,
            zone: Zone::default(),
            keymap: Keymap::default(),
            recent: Vec::new(),
        }
    }
}

impl Settings {
    /// The theme as it is to be drawn.
    #[must_use]
    pub fn look(&self) -> Theme {
        Theme::new(self.theme_for_now.unwrap_or(self.theme), self.ascii)
    }

    /// The keys of a command as they are set, for texts that mention one.
    #[must_use]
    pub fn key_of(&self, context: Context, command: Command) -> String {
        let row = self.keymap.of(context).find(|row| row.command == command);
        let keys = row.map(|row| self.keymap.keys(row)).unwrap_or_default();
        keys.split(' ').next().unwrap_or_default().to_owned()
    }
}
