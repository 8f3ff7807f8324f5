//! A page of text to read and scroll: explanations, help.

use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::screen::{Mouse, Navigate, Outcome, Screen};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{popup, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// A paragraph of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// Text, wrapped to the width of the page. From the wire, it must have been made printable.
    Text(String),
    /// A name and what it stands for, the second wrapped beside the first.
    Entry(String, String),
    /// A line that is kept as it is.
    Line(String),
}

/// The page.
#[derive(Debug, Default)]
pub struct Page {
    title: String,
    blocks: Vec<Block>,
    top: usize,
}

const WIDTH: u16 = 76;

impl Page {
    /// A page with a title.
    #[must_use]
    pub fn new(title: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self { title: title.into(), blocks, top: 0 }
    }

    fn lines(&self, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
        lines(&self.blocks, cells, theme)
    }

    fn scroll(&mut self, model: &Model, rows: isize) {
        let cells = usize::from(WIDTH.min(model.size.width.saturating_sub(4)));
        let lines = self.lines(cells, &Theme::default()).len();
        self.top = self.top.saturating_add_signed(rows).min(lines.saturating_sub(height(model)));
    }
}

/// The lines that paragraphs take in that many cells.
pub(crate) fn lines(blocks: &[Block], cells: usize, theme: &Theme) -> Vec<Line<'static>> {
    let column = column(blocks, cells);
    let mut out = Vec::new();
    for block in blocks {
        let lines = block.lines(column, cells, theme);
        // A heading has a blank line before it, but for the first of all.
        out.extend(lines.into_iter().skip(usize::from(out.is_empty() && matches!(block, Block::Heading(_)))));
    }
    out
}

/// The cells that the names of entries take.
pub(crate) fn column<'a>(blocks: impl IntoIterator<Item = &'a Block>, cells: usize) -> usize {
    let name = |block: &Block| if let Block::Entry(name, _) = block { text::width(name) } else { 0 };
    blocks.into_iter().map(name).max().unwrap_or(0).min(22).min(cells / 3)
}

impl Block {
    /// Its lines, where names of entries take `column` cells.
    pub(crate) fn lines(&self, column: usize, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
        let plain = |line: String| Line::styled(line, theme.text);
        match self {
            Self::Heading(heading) => vec![Line::default(), Line::styled(heading.clone(), theme.strong)],
            Self::Line(line) => vec![plain(line.clone())],
            Self::Text(paragraph) => text::wrap(paragraph, cells).into_iter().map(plain).collect(),
            Self::Entry(name, meaning) => {
                let wrapped = text::wrap(meaning, cells.saturating_sub(column + 2)).into_iter().enumerate();
                let line = |(index, line): (usize, String)| {
                    let name = if index == 0 { name.as_str() } else { "" };
                    let name = ratatui::text::Span::styled(text::left(name, column + 2), theme.accent);
                    Line::from(vec![name, ratatui::text::Span::styled(line, theme.text)])
                };
                wrapped.map(line).collect()
            }
        }
    }
}

/// The rows of a page.
fn height(model: &Model) -> usize {
    usize::from(model.size.height.saturating_sub(4)).max(1)
}

impl Screen for Page {
    fn context(&self) -> Context {
        Context::Page
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let page = isize::try_from(height(model)).unwrap_or(isize::MAX);
        if matches!(command, Command::Back | Command::Close) {
            return Outcome::go(Navigate::Back);
        }
        if let Some(rows) = command.rows(page) {
            self.scroll(model, rows);
        }
        Outcome::none()
    }

    fn mouse(&mut self, mouse: Mouse, _area: Rect, model: &Model) -> Outcome {
        if let Mouse::Wheel(_, rows) = mouse {
            self.scroll(model, rows);
        }
        Outcome::none()
    }

    fn view(&self, _model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let width = WIDTH.min(area.width.saturating_sub(4));
        let lines = self.lines(usize::from(width), theme);
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let inside = popup(area, width + 2, height, &self.title, theme, buf);
        let padded = Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(1), ..inside };
        let hidden = lines.len().saturating_sub(self.top + usize::from(inside.height));
        for (row, line) in lines.into_iter().skip(self.top).take(usize::from(inside.height)).enumerate() {
            put(padded, row, line, buf);
        }
        if hidden > 0 {
            let more = Line::styled(format!(" {hidden} more lines "), theme.muted).right_aligned();
            put(Rect { y: inside.bottom(), height: 1, ..inside }, 0, more, buf);
        }
    }
}
