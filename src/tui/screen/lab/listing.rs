//! What all panes of the lab are: items of some lines, one of them under the cursor.

use crate::lab::scenario::Scenario;
use crate::tui::lab::knob::Knob;
use crate::tui::model::Model;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::put;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::sync::Arc;

/// What Enter does on an item.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Takes a scenario.
    Scenario(Arc<Scenario>),
    /// Begins to play.
    Play,
    /// Takes a variant.
    Variant(String),
    /// Asks for another value.
    Knob(Box<Knob>),
    /// Opens a question, by its place in the scenario.
    Ask(usize),
    /// Goes to where this step of the playback has just happened; `None` has no place in the run.
    Beat(Option<usize>),
    /// Opens an event of a connection's session.
    Event {
        /// The connection, from 1 on.
        connection: u32,
        /// Its place in the timeline.
        event: usize,
    },
    /// Opens the certificates of a connection.
    Certificates {
        /// The connection, from 1 on.
        connection: u32,
        /// Which one, where it was sent.
        sent: Option<usize>,
        /// Whether they are the client's.
        client: bool,
        /// What to say of it.
        evidence: String,
    },
}

/// Some lines that belong together. The first cell of each is kept for the cursor.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) lines: Vec<Line<'static>>,
    pub(super) act: Option<Act>,
}

impl Item {
    /// Lines on which the cursor cannot stand.
    pub(super) fn still(lines: Vec<Line<'static>>) -> Self {
        Self { lines, act: None }
    }

    /// Lines on which it can.
    pub(super) fn of(lines: Vec<Line<'static>>, act: Act) -> Self {
        Self { lines, act: Some(act) }
    }

    /// A heading, with a blank line before it where it is not the first.
    pub(super) fn heading(words: &str, first: bool, theme: &Theme) -> Self {
        let heading = Line::styled(format!(" {words}"), theme.strong);
        Self::still(if first { vec![heading] } else { vec![Line::default(), heading] })
    }
}

/// Text wrapped into lines that begin with `indent` cells.
pub(super) fn paragraph(words: &str, indent: usize, cells: usize, style: Style) -> Vec<Line<'static>> {
    let room = cells.saturating_sub(indent + 1).max(8);
    let lines = words.split('\n').flat_map(|part| text::wrap(part.trim(), room));
    lines.map(|line| Line::styled(format!("{}{line}", " ".repeat(indent)), style)).collect()
}

/// A sign, then text wrapped beside it.
pub(super) fn signed(sign: &str, look: Style, words: &str, cells: usize, style: Style) -> Vec<Line<'static>> {
    let column = text::width(sign) + 2;
    let lines = text::wrap(words, cells.saturating_sub(column + 1).max(8));
    let line = |(row, line): (usize, String)| match row {
        0 => Line::from(vec![Span::styled(format!(" {sign} "), look), Span::styled(line, style)]),
        _ => Line::styled(format!("{}{line}", " ".repeat(column)), style),
    };
    lines.into_iter().enumerate().map(line).collect()
}

/// Cursor and scroll position of a pane.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// Which of the items that can be chosen.
    pub(super) cursor: usize,
    /// The first line that is shown.
    pub(super) top: usize,
}

impl Place {
    /// The item under the cursor.
    pub(super) fn act(self, items: &[Item]) -> Option<&Act> {
        items.iter().filter_map(|item| item.act.as_ref()).nth(self.cursor)
    }

    /// Moves by items; where nothing can be chosen, by lines.
    pub(super) fn move_by(&mut self, rows: isize, items: &[Item], height: usize) {
        let choices = choices(items);
        if choices == 0 {
            let lines: usize = items.iter().map(|item| item.lines.len()).sum();
            self.top = self.top.saturating_add_signed(rows).min(lines.saturating_sub(height));
            return;
        }
        // Above the first choice lies text that is read by going up once more.
        if self.cursor == 0 && rows < 0 {
            self.top = self.top.saturating_add_signed(rows);
        }
        self.cursor = self.cursor.saturating_add_signed(rows).min(choices - 1);
    }

    /// Keeps the cursor on an item and the item in sight.
    pub(super) fn settle(&mut self, items: &[Item], height: usize) {
        let choices = choices(items);
        self.cursor = self.cursor.min(choices.saturating_sub(1));
        let lines: usize = items.iter().map(|item| item.lines.len()).sum();
        let lowest = lines.saturating_sub(height.max(1));
        self.top = self.top.min(lowest);
        let Some((first, last)) = self.extent(items) else { return };
        if self.cursor == 0 && self.top <= first && first < self.top + height {
            return;
        }
        let behind = (last + 1).saturating_sub(height).min(first);
        self.top = self.top.clamp(behind, first).min(lowest);
    }

    /// First and last line of the item under the cursor.
    fn extent(self, items: &[Item]) -> Option<(usize, usize)> {
        let (mut line, mut choice) = (0, 0);
        for item in items {
            let next = line + item.lines.len();
            if item.act.is_some() {
                if choice == self.cursor {
                    return Some((line, next.saturating_sub(1)));
                }
                choice += 1;
            }
            line = next;
        }
        None
    }

    /// The choice at a place on the screen.
    pub(super) fn choice_at(self, at: Position, area: Rect, items: &[Item]) -> Option<usize> {
        let wanted = self.top + usize::from(at.y.checked_sub(area.y)?);
        let (mut line, mut choice) = (0, 0);
        for item in items {
            line += item.lines.len();
            if wanted < line {
                return item.act.is_some().then_some(choice);
            }
            choice += usize::from(item.act.is_some());
        }
        None
    }

    /// Draws the lines that are in sight.
    pub(super) fn draw(self, items: Vec<Item>, focus: bool, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let (mut line, mut choice) = (0_usize, 0);
        let (mut hidden, mut last) = (0, 0);
        for item in items {
            let chosen = item.act.is_some() && choice == self.cursor;
            choice += usize::from(item.act.is_some());
            for (part, shown) in item.lines.into_iter().enumerate() {
                let row = line.checked_sub(self.top);
                line += 1;
                let Some(row) = row else { continue };
                if row >= usize::from(area.height) {
                    hidden += 1;
                    continue;
                }
                let shown = if chosen && part == 0 { under_cursor(&shown, focus, area, theme) } else { shown };
                last = shown.width();
                put(area, row, shown, buf);
            }
        }
        if hidden > 0 {
            more(hidden, last, theme, area, buf);
        }
    }
}

/// Says how many lines do not fit, in what the last line has left.
fn more(hidden: usize, last: usize, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let words = format!(" {hidden} more lines ");
    let room = usize::from(area.width).saturating_sub(last);
    let words = if text::width(&words) <= room { words } else { theme.glyphs.descending.to_owned() };
    let width = u16::try_from(text::width(&words)).unwrap_or(0).min(area.width);
    let corner = Rect { x: area.right() - width, width, ..area };
    put(corner, usize::from(area.height.saturating_sub(1)), Line::styled(words, theme.muted), buf);
}

fn choices(items: &[Item]) -> usize {
    items.iter().filter(|item| item.act.is_some()).count()
}

fn under_cursor(line: &Line<'static>, focus: bool, area: Rect, theme: &Theme) -> Line<'static> {
    let content: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
    let content = content.strip_prefix(' ').unwrap_or(&content);
    let cells = usize::from(area.width);
    let text = text::left(&format!("{}{content}", theme.glyphs.cursor), cells);
    if focus {
        return Line::styled(text, theme.selected);
    }
    let mut line = line.clone();
    if let Some(first) = line.spans.first_mut() {
        let kept = first.content.strip_prefix(' ').map(str::to_owned);
        first.content = kept.unwrap_or_else(|| first.content.to_string()).into();
    }
    line.spans.insert(0, Span::styled(theme.glyphs.cursor, theme.muted));
    line
}

/// The cells that the items of a pane may take, and what they are made of.
pub(super) struct Look<'a> {
    pub(super) model: &'a Model,
    pub(super) theme: &'a Theme,
    pub(super) cells: usize,
}
