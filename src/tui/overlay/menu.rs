//! A list to choose from: what to copy, what to save.

use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::screen::{Mouse, Navigate, Outcome, Screen};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{popup, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// One choice.
#[derive(Debug)]
pub struct Choice {
    /// The letter that chooses it at once.
    pub key: char,
    /// What it is.
    pub text: String,
    /// What it does.
    pub outcome: Outcome,
}

impl Choice {
    /// A choice that closes the menu and does `outcome`. Where that goes to an overlay of its own, it takes the
    /// menu's place.
    #[must_use]
    pub fn new(key: char, text: impl Into<String>, outcome: Outcome) -> Self {
        Self { key, text: text.into(), outcome }
    }
}

/// The list.
#[derive(Debug)]
pub struct Menu {
    title: String,
    choices: Vec<Choice>,
    cursor: usize,
}

impl Menu {
    /// A menu with a title.
    #[must_use]
    pub fn new(title: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self { title: title.into(), choices, cursor: 0 }
    }

    /// The choice that a key stands for.
    fn place(&self, key: Key) -> Option<usize> {
        self.choices.iter().position(|choice| key.character() == Some(choice.key))
    }

    fn choose(&mut self, index: usize) -> Outcome {
        if index >= self.choices.len() {
            return Outcome::none();
        }
        let mut outcome = self.choices.swap_remove(index).outcome;
        outcome.navigate = Some(match outcome.navigate {
            Some(Navigate::Push(overlay)) => Navigate::Replace(overlay),
            Some(other) => other,
            None => Navigate::Back,
        });
        outcome
    }

    fn inside(&self, area: Rect, theme: &Theme, buf: &mut Buffer) -> Rect {
        let width = self.choices.iter().map(|choice| text::width(&choice.text) + 6).max().unwrap_or(0);
        let width = u16::try_from(width.max(text::width(&self.title) + 4)).unwrap_or(u16::MAX);
        let height = u16::try_from(self.choices.len()).unwrap_or(u16::MAX);
        popup(area, width, height, &self.title, theme, buf)
    }
}

impl Screen for Menu {
    fn context(&self) -> Context {
        Context::Menu
    }

    fn update(&mut self, command: Command, _model: &Model) -> Outcome {
        let last = self.choices.len().saturating_sub(1);
        match command {
            Command::Back | Command::Close => return Outcome::go(Navigate::Back),
            Command::Enter => return self.choose(self.cursor),
            Command::Down => self.cursor = (self.cursor + 1).min(last),
            Command::Up => self.cursor = self.cursor.saturating_sub(1),
            Command::First => self.cursor = 0,
            Command::Last => self.cursor = last,
            _ => {}
        }
        Outcome::none()
    }

    fn takes(&self, key: Key) -> bool {
        self.place(key).is_some()
    }

    fn input(&mut self, key: Key, _model: &Model) -> Outcome {
        self.place(key).map_or_else(Outcome::none, |index| self.choose(index))
    }

    fn mouse(&mut self, mouse: Mouse, area: Rect, _model: &Model) -> Outcome {
        let mut scratch = Buffer::empty(area);
        let inside = self.inside(area, &Theme::default(), &mut scratch);
        match mouse {
            Mouse::Click(at) | Mouse::DoubleClick(at) if inside.contains(at) => {
                self.choose(usize::from(at.y - inside.y))
            }
            Mouse::Click(_) => Outcome::go(Navigate::Back),
            _ => Outcome::none(),
        }
    }

    fn view(&self, _model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let inside = self.inside(area, theme, buf);
        let top = text::top_row(0, self.cursor, usize::from(inside.height), self.choices.len());
        for (index, choice) in self.choices.iter().enumerate().skip(top) {
            let selected = index == self.cursor;
            let cursor = if selected { theme.glyphs.cursor } else { " " };
            let line = Line::from(vec![
                Span::raw(format!("{cursor} ")),
                Span::styled(format!("{} ", choice.key), theme.accent),
                Span::styled(choice.text.clone(), if selected { theme.selected } else { theme.text }),
            ]);
            put(inside, index - top, line, buf);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::screen::Change;

    fn said(outcome: &Outcome) -> Option<&str> {
        outcome.changes.iter().find_map(|change| match change {
            Change::Status(_, text) => Some(text.as_str()),
            _ => None,
        })
    }

    #[test]
    fn letters_and_enter_choose_and_close() {
        let model = Model::default();
        let menu = || {
            Menu::new(
                "copy",
                vec![
                    Choice::new('n', "the name", Outcome::done("name")),
                    Choice::new('j', "the bytes", Outcome::done("bytes")),
                ],
            )
        };
        let key = |key| Key::parse(key).unwrap();
        assert!(menu().takes(key("j")) && !menu().takes(key("k")));
        let mut by_letter = menu();
        assert_eq!(said(&by_letter.input(key("j"), &model)), Some("bytes"));
        let mut by_enter = menu();
        by_enter.update(Command::Down, &model);
        let outcome = by_enter.update(Command::Enter, &model);
        assert_eq!(said(&outcome), Some("bytes"));
        assert!(matches!(outcome.navigate, Some(Navigate::Back)));
    }
}
