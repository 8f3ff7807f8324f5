//! Every command by name, with its key beside it.

use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::prompt::Prompt;
use crate::tui::screen::{Mouse, Navigate, Outcome, Screen};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{popup, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// The palette of what can be done on the screen under it.
#[derive(Debug)]
pub struct Palette {
    prompt: Prompt,
    entries: Vec<Entry>,
    found: Vec<usize>,
    cursor: usize,
}

#[derive(Debug)]
struct Entry {
    command: Command,
    help: &'static str,
    keys: String,
}

const ROWS: u16 = 12;

impl Palette {
    /// The commands of a context and those that hold everywhere.
    #[must_use]
    pub fn new(context: Context, model: &Model) -> Self {
        let keymap = &model.settings.keymap;
        let rows = keymap.of(context).chain(keymap.of(Context::Global).filter(|_| context != Context::Global));
        let entries: Vec<Entry> = rows
            .map(|row| Entry { command: row.command, help: row.help, keys: keymap.keys(row) })
            .filter(|entry| entry.command != Command::Palette)
            .collect();
        let found = (0..entries.len()).collect();
        Self { prompt: Prompt::default(), entries, found, cursor: 0 }
    }

    fn search(&mut self) {
        let wanted = self.prompt.text().to_lowercase();
        let score =
            |entry: &Entry| fuzzy(&wanted, entry.command.name()).max(fuzzy(&wanted, &entry.help.to_lowercase()));
        let mut found: Vec<(i32, usize)> =
            self.entries.iter().enumerate().filter_map(|(index, entry)| Some((score(entry)?, index))).collect();
        found.sort_by_key(|(score, index)| (std::cmp::Reverse(*score), *index));
        self.found = found.into_iter().map(|(_, index)| index).collect();
        self.cursor = 0;
    }

    fn chosen(&self) -> Option<&Entry> {
        self.entries.get(*self.found.get(self.cursor)?)
    }
}

/// How well the letters of `wanted` are found in `text`, in their order; `None` when they are not. Letters that stand
/// together and those at the beginning of a word count more.
fn fuzzy(wanted: &str, text: &str) -> Option<i32> {
    let mut score = 0;
    let mut before = ' ';
    let mut together = 0;
    let mut rest = wanted.chars().filter(|c| *c != ' ').peekable();
    for c in text.chars() {
        if rest.peek() == Some(&c) {
            rest.next();
            together += 1;
            score += together + if matches!(before, ' ' | '-') { 3 } else { 0 };
        } else {
            together = 0;
        }
        before = c;
    }
    rest.peek().is_none().then_some(score)
}

impl Screen for Palette {
    fn context(&self) -> Context {
        Context::Prompt
    }

    fn update(&mut self, command: Command, _model: &Model) -> Outcome {
        match command {
            Command::Back => return Outcome::go(Navigate::Back),
            Command::Enter => {
                let run = self.chosen().map(|entry| Navigate::Run(entry.command));
                return Outcome::go(run.unwrap_or(Navigate::Back));
            }
            Command::Complete => {
                if let Some(name) = self.chosen().map(|entry| entry.command.name()) {
                    self.prompt.replace(name);
                    self.search();
                }
            }
            Command::Down => self.cursor = (self.cursor + 1).min(self.found.len().saturating_sub(1)),
            Command::Up => self.cursor = self.cursor.saturating_sub(1),
            _ => {}
        }
        Outcome::none()
    }

    fn input(&mut self, key: Key, _model: &Model) -> Outcome {
        if self.prompt.edit(key) {
            self.search();
        }
        Outcome::none()
    }

    fn mouse(&mut self, mouse: Mouse, _area: Rect, _model: &Model) -> Outcome {
        match mouse {
            Mouse::Wheel(_, rows) => {
                self.cursor = self.cursor.saturating_add_signed(rows).min(self.found.len().saturating_sub(1));
                Outcome::none()
            }
            Mouse::Click(_) | Mouse::DoubleClick(_) => Outcome::none(),
        }
    }

    fn view(&self, _model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let inside = popup(area, 66.min(area.width.saturating_sub(4)), ROWS + 1, "command", theme, buf);
        let cells = usize::from(inside.width);
        let mut line = Line::styled(":", theme.accent);
        line.spans.extend(self.prompt.line(cells.saturating_sub(1), theme).spans);
        put(inside, 0, line, buf);
        let rows = usize::from(inside.height.saturating_sub(1));
        let top = text::top_row(0, self.cursor, rows, self.found.len());
        let shown = self.found.iter().enumerate().skip(top).take(rows);
        for (row, entry) in shown.filter_map(|(row, index)| Some((row, self.entries.get(*index)?))) {
            let style = if row == self.cursor { theme.selected } else { theme.text };
            let cursor = if row == self.cursor { theme.glyphs.cursor } else { " " };
            let name = text::left(&format!("{cursor} {}", entry.command.name()), 20);
            let help = text::left(
                &text::shorten_end(entry.help, cells.saturating_sub(31), &theme.glyphs),
                cells.saturating_sub(31),
            );
            let keys = text::right(&entry.keys, 10);
            let line = Line::from(vec![
                Span::styled(name, style),
                Span::styled(help, style),
                Span::styled(keys, theme.accent),
            ]);
            put(inside, row - top + 1, line, buf);
        }
        if self.found.is_empty() {
            put(inside, 1, Line::styled("  no command has these letters", theme.muted), buf);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_found_in_order_and_beginnings_of_words_first() {
        assert_eq!(fuzzy("xz", "sort"), None);
        assert!(fuzzy("tf", "time-format") > fuzzy("tf", "shift far"));
        assert_eq!(fuzzy("", "anything"), Some(0));
    }
}
