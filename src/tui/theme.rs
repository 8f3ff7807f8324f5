//! Colours and glyphs by their meaning. The only file that names a colour.
//!
//! The default uses the terminal's own foreground, background and 16 colours, so it fits whatever palette somebody
//! chose. Colour is never the only signal: what it says, a glyph or a word says too.

use ratatui::style::{Color, Modifier, Style};

/// Which theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeName {
    /// For dark backgrounds.
    #[default]
    Dark,
    /// For light backgrounds.
    Light,
    /// Few colours, strong ones, and attributes.
    HighContrast,
    /// Attributes only, as `NO_COLOR` asks.
    Plain,
}

impl ThemeName {
    /// All themes in the order in which the key goes through them.
    pub const ALL: [Self; 4] = [Self::Dark, Self::Light, Self::HighContrast, Self::Plain];

    /// The word in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::Plain => "plain",
        }
    }

    /// The theme of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.word() == word)
    }

    /// The theme after this one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light => Self::HighContrast,
            Self::HighContrast => Self::Plain,
            Self::Plain => Self::Dark,
        }
    }
}

/// How each meaning looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Ordinary text.
    pub text: Style,
    /// What is there for orientation and can be overlooked.
    pub muted: Style,
    /// What should catch the eye: keys in hints, the name of the place.
    pub accent: Style,
    /// Headings and what has the focus.
    pub strong: Style,
    /// The row under the cursor.
    pub selected: Style,
    /// The row under the cursor of a pane that has not the focus, and the bytes of the field under the cursor.
    pub lit: Style,
    /// The title line.
    pub title: Style,
    /// Went well.
    pub ok: Style,
    /// Failed.
    pub failed: Style,
    /// Looks odd, or cannot be told for sure.
    pub warn: Style,
    /// Worth knowing.
    pub note: Style,
    /// Cannot be read because it is encrypted.
    pub encrypted: Style,
    /// From the client.
    pub client: Style,
    /// From the server.
    pub server: Style,
    /// Marked by the user.
    pub marked: Style,
    /// A match of what was searched for.
    pub found: Style,
    /// Lines between panes and around overlays.
    pub rule: Style,
    /// Signs that stand beside the colours.
    pub glyphs: Glyphs,
}

/// Signs that carry the same meaning as the colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Went well.
    pub ok: &'static str,
    /// Failed.
    pub failed: &'static str,
    /// Most likely failed; or a warning.
    pub suspect: &'static str,
    /// The capture ends too early to tell.
    pub incomplete: &'static str,
    /// The capture starts too late to tell.
    pub midstream: &'static str,
    /// Listed, not decoded.
    pub undecoded: &'static str,
    /// Marked by the user.
    pub mark: &'static str,
    /// Something that has lost its bytes.
    pub bare: &'static str,
    /// The row under the cursor.
    pub cursor: &'static str,
    /// Text was left out here.
    pub ellipsis: &'static str,
    /// A field that can be unfolded.
    pub folded: &'static str,
    /// A field that can be folded.
    pub unfolded: &'static str,
    /// From client to server.
    pub to_server: &'static str,
    /// From server to client.
    pub to_client: &'static str,
    /// Sorted, smallest first.
    pub ascending: &'static str,
    /// Sorted, greatest first.
    pub descending: &'static str,
    /// A horizontal line, one cell.
    pub horizontal: &'static str,
    /// A vertical line, one cell.
    pub vertical: &'static str,
    /// The corners of a box: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
}

const UNICODE: Glyphs = Glyphs {
    ok: "✓",
    failed: "✗",
    suspect: "?",
    incomplete: "…",
    midstream: "~",
    undecoded: "·",
    mark: "●",
    bare: "×",
    cursor: "▶",
    ellipsis: "…",
    folded: "▸",
    unfolded: "▾",
    to_server: "→",
    to_client: "←",
    ascending: "▲",
    descending: "▼",
    horizontal: "─",
    vertical: "│",
    corners: ["┌", "┐", "└", "┘"],
};

const ASCII: Glyphs = Glyphs {
    ok: "+",
    failed: "X",
    suspect: "?",
    incomplete: "-",
    midstream: "~",
    undecoded: ".",
    mark: "*",
    bare: "x",
    cursor: ">",
    ellipsis: "..",
    folded: ">",
    unfolded: "v",
    to_server: ">",
    to_client: "<",
    ascending: "^",
    descending: "v",
    horizontal: "-",
    vertical: "|",
    corners: ["+", "+", "+", "+"],
};

impl Default for Theme {
    fn default() -> Self {
        Self::new(ThemeName::Dark, false)
    }
}

impl Theme {
    /// The theme of that name, with signs from ASCII alone where asked.
    #[must_use]
    pub fn new(name: ThemeName, ascii: bool) -> Self {
        let theme = match name {
            ThemeName::Dark => Self::dark(),
            ThemeName::Light => Self::light(),
            ThemeName::HighContrast => Self::high_contrast(),
            ThemeName::Plain => Self::plain(),
        };
        Self { glyphs: if ascii { ASCII } else { UNICODE }, ..theme }
    }

    fn plain() -> Self {
        let text = Style::new();
        let bold = text.add_modifier(Modifier::BOLD);
        let reversed = text.add_modifier(Modifier::REVERSED);
        Self {
            text,
            muted: text.add_modifier(Modifier::DIM),
            accent: bold,
            strong: bold,
            selected: reversed,
            lit: text.add_modifier(Modifier::UNDERLINED),
            title: bold,
            ok: text,
            failed: bold,
            warn: bold,
            note: text,
            encrypted: text.add_modifier(Modifier::DIM),
            client: text,
            server: text,
            marked: bold,
            found: text.add_modifier(Modifier::UNDERLINED),
            rule: text.add_modifier(Modifier::DIM),
            glyphs: UNICODE,
        }
    }

    fn dark() -> Self {
        let text = Style::new();
        let of = |colour: Color| text.fg(colour);
        Self {
            muted: of(Color::DarkGray),
            accent: of(Color::Cyan),
            lit: text.fg(Color::Black).bg(Color::Cyan),
            ok: of(Color::Green),
            failed: of(Color::LightRed).add_modifier(Modifier::BOLD),
            warn: of(Color::Yellow),
            note: of(Color::Cyan),
            encrypted: of(Color::Magenta),
            client: of(Color::LightBlue),
            server: of(Color::LightGreen),
            marked: of(Color::Yellow).add_modifier(Modifier::BOLD),
            found: text.fg(Color::Black).bg(Color::Yellow),
            rule: of(Color::DarkGray),
            ..Self::plain()
        }
    }

    fn light() -> Self {
        let text = Style::new();
        let of = |colour: Color| text.fg(colour);
        Self {
            muted: of(Color::DarkGray),
            accent: of(Color::Blue),
            lit: text.fg(Color::White).bg(Color::Blue),
            ok: of(Color::Green),
            failed: of(Color::Red).add_modifier(Modifier::BOLD),
            warn: of(Color::Red),
            note: of(Color::Blue),
            encrypted: of(Color::Magenta),
            client: of(Color::Blue),
            server: of(Color::Green),
            marked: of(Color::Magenta).add_modifier(Modifier::BOLD),
            found: text.fg(Color::White).bg(Color::Magenta),
            rule: of(Color::DarkGray),
            ..Self::plain()
        }
    }

    fn high_contrast() -> Self {
        let text = Style::new().add_modifier(Modifier::BOLD);
        let plain = Self::plain();
        Self {
            text,
            muted: Style::new(),
            accent: text.fg(Color::LightYellow),
            selected: Style::new().fg(Color::Black).bg(Color::LightYellow).add_modifier(Modifier::BOLD),
            lit: Style::new().fg(Color::Black).bg(Color::White),
            ok: text.fg(Color::LightGreen),
            failed: text.fg(Color::LightRed).add_modifier(Modifier::UNDERLINED),
            warn: text.fg(Color::LightYellow),
            encrypted: text.fg(Color::LightMagenta),
            rule: Style::new(),
            ..plain
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_has_no_colour_and_ascii_has_no_other_sign() {
        let theme = Theme::new(ThemeName::Plain, true);
        let debug = format!("{theme:?}");
        assert!(!debug.contains("Some("), "{debug}");
        assert!(debug.is_ascii());
    }

    #[test]
    fn words_go_there_and_back() {
        for theme in ThemeName::ALL {
            assert_eq!(ThemeName::parse(theme.word()), Some(theme));
        }
        assert_eq!(ThemeName::parse("pink"), None);
    }
}
