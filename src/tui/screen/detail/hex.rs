//! Bytes in rows: offset, hexadecimal, text; some of them lit.

use crate::tui::theme::Theme;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::fmt::Write;
use std::ops::Range;

/// How the rows are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Bytes in a row.
    pub(super) columns: usize,
    /// Digits of an offset.
    digits: usize,
}

/// Which bytes look different.
#[derive(Clone, Debug, Default)]
pub(super) struct Lit {
    /// The bytes of the field under the cursor.
    pub(super) field: Vec<Range<usize>>,
    /// What was found.
    pub(super) found: Range<usize>,
    /// The byte under the cursor, where the pane has the focus.
    pub(super) cursor: Option<usize>,
}

impl Layout {
    /// As many bytes in a row as have room, of 16, 8 and 4.
    pub(super) fn new(cells: usize, length: usize) -> Self {
        let digits = if length > 0xffff { 8 } else { 4 };
        let fits = |columns: &usize| Self { columns: *columns, digits }.width() <= cells;
        Self { columns: [16, 8, 4].into_iter().find(fits).unwrap_or(4), digits }
    }

    /// The cells that a row takes.
    fn width(self) -> usize {
        self.digits + 2 + self.columns * 3 + self.gap() + 1 + self.columns
    }

    /// The cell between the two halves of a row of 16.
    fn gap(self) -> usize {
        usize::from(self.columns == 16)
    }

    /// The byte of the row at that cell, in the hexadecimal or the text part.
    pub(super) fn byte_at(self, cell: usize) -> Option<usize> {
        let hex = cell.checked_sub(self.digits + 2)?;
        let half = self.columns * 3 / 2;
        let hex = if self.gap() == 1 && hex >= half { hex.saturating_sub(1) } else { hex };
        if hex / 3 < self.columns {
            return Some(hex / 3);
        }
        let text = cell.checked_sub(self.digits + 2 + self.columns * 3 + self.gap() + 1)?;
        (text < self.columns).then_some(text)
    }

    /// One row: `start` is the offset of its first byte.
    pub(super) fn line(self, start: usize, bytes: &[u8], lit: &Lit, theme: &Theme) -> Line<'static> {
        let mut spans = vec![Span::styled(format!("{start:0width$x}  ", width = self.digits), theme.muted)];
        let look = |index: usize| (index < bytes.len()).then(|| lit.look(start + index, theme)).flatten();
        for index in 0..self.columns {
            let text = bytes.get(index).map_or_else(|| "  ".to_owned(), |byte| format!("{byte:02x}"));
            spans.push(Span::styled(text, look(index).unwrap_or(theme.text)));
            // The blank between two lit bytes is lit too, so that a field is one bar.
            let joined = look(index).filter(|style| look(index + 1) == Some(*style) && index + 1 < self.columns);
            let wide = self.gap() == 1 && index == 7;
            spans.push(Span::styled(if wide { "  " } else { " " }, joined.unwrap_or(theme.text)));
        }
        spans.push(Span::raw(" "));
        for (index, byte) in bytes.iter().enumerate() {
            let shown = if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
            spans.push(Span::styled(shown.to_string(), look(index).unwrap_or(theme.muted)));
        }
        Line::from(spans)
    }
}

impl Lit {
    fn look(&self, offset: usize, theme: &Theme) -> Option<Style> {
        if self.cursor == Some(offset) {
            return Some(theme.selected);
        }
        if self.found.contains(&offset) {
            return Some(theme.found);
        }
        self.field.iter().any(|range| range.contains(&offset)).then_some(theme.lit)
    }
}

/// A row as plain text, for pages: `0010  16 03 01 ..  ...`.
#[must_use]
pub(in crate::tui) fn dump(offset: usize, bytes: &[u8]) -> String {
    let mut line = format!("{offset:04x}  ");
    for byte in bytes {
        let _ = write!(line, "{byte:02x} ");
    }
    line.push(' ');
    line.extend(bytes.iter().map(|byte| {
        let shown = byte.is_ascii_graphic() || *byte == b' ';
        if shown { char::from(*byte) } else { '.' }
    }));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_as_wide_as_there_is_room() {
        for (cells, length, columns) in
            [(72, 100, 16), (71, 100, 8), (39, 100, 8), (38, 100, 4), (76, 70_000, 16), (0, 1, 4)]
        {
            assert_eq!(Layout::new(cells, length).columns, columns, "{cells} {length}");
        }
    }

    #[test]
    fn a_byte_is_found_where_it_is_drawn() {
        let bytes: Vec<u8> = (0..16).collect();
        for cells in [72, 40, 20] {
            let layout = Layout::new(cells, 16);
            let row = &bytes[..layout.columns];
            let line = layout.line(0, row, &Lit::default(), &Theme::default());
            let text: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
            assert_eq!(text.len(), layout.width());
            for index in row {
                let at = 6 + text[6..].find(&format!("{index:02x}")).unwrap();
                for cell in [at, at + 1] {
                    assert_eq!(layout.byte_at(cell), Some(usize::from(*index)), "{text}");
                }
            }
            assert_eq!(layout.byte_at(layout.width() - 1), Some(layout.columns - 1));
            assert_eq!(layout.byte_at(layout.width()), None);
            assert_eq!(layout.byte_at(3), None);
        }
    }
}
