//! One line of text under construction, with its cursor.

use super::key::Key;
use super::text;
use super::theme::Theme;
use super::view::{popup, put};
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyCode;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use tui_input::{Input, InputRequest};

/// The line.
#[derive(Clone, Debug, Default)]
pub struct Prompt {
    input: Input,
}

impl Prompt {
    /// A line that holds this text already, the cursor behind it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { input: Input::new(text.to_owned()) }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// The cursor as a byte offset.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.text().char_indices().nth(self.input.cursor()).map_or(self.text().len(), |(at, _)| at)
    }

    /// Puts another text there.
    pub fn replace(&mut self, text: &str) {
        self.input = Input::new(text.to_owned());
    }

    /// Puts another text there, the cursor before byte `cursor` of it.
    pub fn replace_at(&mut self, text: &str, cursor: usize) {
        let characters = text.get(..cursor).unwrap_or(text).chars().count();
        self.input = Input::new(text.to_owned()).with_cursor(characters);
    }

    /// Takes a key that edits. Whether the text is another one now.
    pub fn edit(&mut self, key: Key) -> bool {
        let request = match (key.code, key.control) {
            (KeyCode::Backspace, false) | (KeyCode::Char('h'), true) => InputRequest::DeletePrevChar,
            (KeyCode::Delete, _) => InputRequest::DeleteNextChar,
            (KeyCode::Left, true) => InputRequest::GoToPrevWord,
            (KeyCode::Right, true) => InputRequest::GoToNextWord,
            (KeyCode::Left, false) | (KeyCode::Char('b'), true) => InputRequest::GoToPrevChar,
            (KeyCode::Right, false) | (KeyCode::Char('f'), true) => InputRequest::GoToNextChar,
            (KeyCode::Home, _) | (KeyCode::Char('a'), true) => InputRequest::GoToStart,
            (KeyCode::End, _) | (KeyCode::Char('e'), true) => InputRequest::GoToEnd,
            (KeyCode::Char('w') | KeyCode::Backspace, true) => InputRequest::DeletePrevWord,
            (KeyCode::Char('u'), true) => InputRequest::DeleteLine,
            (KeyCode::Char('k'), true) => InputRequest::DeleteTillEnd,
            _ => match key.character() {
                Some(c) => InputRequest::InsertChar(c),
                None => return false,
            },
        };
        self.input.handle(request).is_some_and(|changed| changed.value)
    }

    /// Draws the line in a box over the screen, with a text below it.
    pub fn popup(&self, title: &str, below: &str, theme: &Theme, area: Rect, buf: &mut Buffer) {
        self.popup_of(70, title, below, theme, area, buf);
    }

    /// The same in a box of at most that width.
    pub fn popup_of(&self, width: u16, title: &str, below: &str, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let width = width.min(area.width.saturating_sub(4));
        let below: Vec<String> = below.split('\n').flat_map(|part| text::wrap(part, usize::from(width))).collect();
        let height = u16::try_from(below.len() + 1).unwrap_or(u16::MAX);
        let inside = popup(area, width, height, title, theme, buf);
        put(inside, 0, self.line(usize::from(inside.width), theme), buf);
        for (row, line) in below.into_iter().enumerate() {
            put(inside, row + 1, Line::styled(line, theme.muted), buf);
        }
    }

    /// The text with its cursor, scrolled so that the cursor is in sight.
    #[must_use]
    pub fn line(&self, cells: usize, theme: &Theme) -> Line<'static> {
        let skip = self.input.visual_scroll(cells.saturating_sub(1));
        let mut before = String::new();
        let mut at = None;
        let mut after = String::new();
        let mut column = 0;
        for (index, c) in self.text().chars().enumerate() {
            let shown = crate::base::printable(c.encode_utf8(&mut [0; 4]));
            let shown = if c == '\\' { "\\".to_owned() } else { shown };
            column += text::width(&shown);
            if column <= skip {
                continue;
            }
            match index.cmp(&self.input.cursor()) {
                std::cmp::Ordering::Less => before.push_str(&shown),
                std::cmp::Ordering::Equal => at = Some(shown),
                std::cmp::Ordering::Greater => after.push_str(&shown),
            }
        }
        let cursor = at.unwrap_or_else(|| " ".to_owned());
        Line::from(vec![
            Span::styled(before, theme.text),
            Span::styled(cursor, theme.selected),
            Span::styled(after, theme.text),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_edited_at_its_cursor() {
        let mut prompt = Prompt::new("ac");
        for key in ["left", "b", "end", "d", "backspace", "!"] {
            prompt.edit(Key::parse(key).unwrap());
        }
        assert_eq!(prompt.text(), "abc!");
        assert_eq!(prompt.cursor(), 4);
        assert!(prompt.edit(Key::parse("C-u").unwrap()));
        assert_eq!(prompt.text(), "");
    }
}
