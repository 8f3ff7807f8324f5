//! Asks for keys: the path of a key log or of a private key, or a pre-shared key; then for a password, where one is
//! needed. With nothing typed it lists the keys that are in use.

use super::page::Page;
use super::path::PathPrompt;
use crate::base::printable;
use crate::tui::effect::{Effect, Hidden};
use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::keys;
use crate::tui::model::Model;
use crate::tui::prompt::Prompt;
use crate::tui::screen::{Navigate, Outcome, Screen};
use crate::tui::theme::Theme;
use crate::tui::view::{popup, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// What can be typed, in words.
const HELP: &str =
    "a key log, a private key (PEM, DER, PKCS#12), HEX or IDENTITY:HEX; Enter alone lists what is in use";

/// Lays the prompt for keys over the screen.
#[must_use]
pub fn give_keys() -> Outcome {
    PathPrompt::ask("open sessions with a key", HELP, |typed, model| match typed {
        "" => {
            let page = Page::new("keys in use", keys::page(model));
            Outcome::go(Navigate::Replace(Box::new(page)))
        }
        typed => {
            let typed = Hidden::new(typed);
            Outcome::effect(Effect::GiveKeys { typed, password: None }).then(Navigate::Back)
        }
    })
}

/// The prompt for the password of a key.
pub struct KeyPassword {
    prompt: Prompt,
    typed: Hidden,
    name: String,
    wrong: bool,
}

impl std::fmt::Debug for KeyPassword {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyPassword").field("name", &self.name).finish_non_exhaustive()
    }
}

impl KeyPassword {
    /// Asks for the password of the key that was typed; `wrong` when another one did not open it.
    #[must_use]
    pub fn new(typed: Hidden, name: &str, wrong: bool) -> Self {
        Self { prompt: Prompt::default(), typed, name: name.to_owned(), wrong }
    }
}

impl Screen for KeyPassword {
    fn context(&self) -> Context {
        Context::Prompt
    }

    fn update(&mut self, command: Command, _model: &Model) -> Outcome {
        match command {
            Command::Back => Outcome::go(Navigate::Back),
            Command::Enter => {
                let password = Some(Hidden::new(self.prompt.text()));
                Outcome::effect(Effect::GiveKeys { typed: self.typed.clone(), password }).then(Navigate::Back)
            }
            _ => Outcome::none(),
        }
    }

    fn input(&mut self, key: Key, _model: &Model) -> Outcome {
        self.prompt.edit(key);
        Outcome::none()
    }

    fn view(&self, _model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let title = format!("password of {}", printable(&self.name));
        let inside = popup(area, 60.min(area.width.saturating_sub(4)), 2, &title, theme, buf);
        let stars = Prompt::new(&"*".repeat(self.prompt.text().chars().count()));
        put(inside, 0, stars.line(usize::from(inside.width), theme), buf);
        let (words, style) = if self.wrong {
            ("the password does not open it; another one?", theme.failed)
        } else {
            ("the key is encrypted", theme.muted)
        };
        put(inside, 1, Line::styled(words, style), buf);
    }
}
