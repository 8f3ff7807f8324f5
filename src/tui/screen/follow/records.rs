//! Application data record by record: which rows a record takes, and moving over them.
//!
//! A place is a record and a row of it. The rows of a record depend on its own bytes alone, so that any place in a
//! gigabyte is as near as the first one; what is not opened yet counts as its heading.

use crate::base::is_printable;
use crate::capture::follow::Chunk;
use crate::report::follow::{HEX_ROW, Wanted};
use crate::tui::following::{Followed, Following};
use crate::tui::text;
use std::collections::BTreeSet;
use std::ops::Range;

/// The cells of sign and space before a row.
pub(super) const MARGIN: usize = 2;
/// How many records are asked for at once in each direction.
const NEAR: usize = 64;
/// The most cells that a byte takes: `\u{10ffff}` for four.
const CELLS_OF_BYTE: usize = 4;

/// How records are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) hex: bool,
    pub(super) wanted: Wanted,
    /// The cells of a row, the margin included.
    pub(super) cells: usize,
    pub(super) height: usize,
}

/// A record, and a row of it; its heading is row 0.
pub(super) type Place = (usize, usize);

impl Layout {
    /// Which bytes stand in the rows under the heading of a record.
    pub(super) fn rows(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        if self.hex {
            return (0..bytes.len()).step_by(HEX_ROW).map(|at| at..(at + HEX_ROW).min(bytes.len())).collect();
        }
        wrapped(bytes, self.cells.saturating_sub(MARGIN).max(8))
    }

    fn count(&self, following: &Following, chunk: usize) -> usize {
        1 + following.chunk(chunk).map_or(0, |(_, bytes)| self.rows(bytes).len())
    }

    /// How many rows a record has at the least.
    fn least(&self, chunk: &Chunk) -> usize {
        let row = if self.hex { HEX_ROW } else { self.cells.max(8) * CELLS_OF_BYTE };
        1 + chunk.length.div_ceil(row)
    }

    /// The next record that is wanted, or the one before.
    pub(super) fn neighbour(&self, followed: &Followed, chunk: usize, forward: bool) -> Option<usize> {
        let wanted =
            |number: &usize| followed.follow.chunk(*number).is_some_and(|chunk| self.wanted.takes(chunk.direction));
        if forward { (chunk + 1..followed.follow.len()).find(wanted) } else { (0..chunk).rev().find(wanted) }
    }

    /// The place that many rows further on.
    pub(super) fn step(&self, following: &Following, from: Place, rows: isize) -> Place {
        let Some(followed) = following.ready() else { return from };
        let (mut chunk, mut row) = from;
        let mut left = rows.unsigned_abs();
        while left > 0 {
            if rows > 0 {
                let behind = self.count(following, chunk).saturating_sub(row + 1);
                if left <= behind {
                    return (chunk, row + left);
                }
                let Some(next) = self.neighbour(followed, chunk, true) else { return (chunk, row + behind) };
                left -= behind + 1;
                (chunk, row) = (next, 0);
            } else {
                if left <= row {
                    return (chunk, row - left);
                }
                let Some(before) = self.neighbour(followed, chunk, false) else { return (chunk, 0) };
                left -= row + 1;
                (chunk, row) = (before, self.count(following, before).saturating_sub(1));
            }
        }
        (chunk, row)
    }

    /// The place nearest to one that may have come from other settings.
    pub(super) fn fit(&self, following: &Following, (chunk, row): Place) -> Place {
        let Some(followed) = following.ready() else { return (0, 0) };
        let chunk = chunk.min(followed.follow.len().saturating_sub(1));
        let shown = followed.follow.chunk(chunk).is_some_and(|found| self.wanted.takes(found.direction));
        if !shown {
            let other = self.neighbour(followed, chunk, true).or_else(|| self.neighbour(followed, chunk, false));
            return (other.unwrap_or(0), 0);
        }
        (chunk, row.min(self.count(following, chunk).saturating_sub(1)))
    }

    /// The first place of the last page.
    pub(super) fn end(&self, following: &Following) -> Place {
        let Some(followed) = following.ready() else { return (0, 0) };
        let last = self.neighbour(followed, followed.follow.len(), false).unwrap_or(0);
        let bottom = (last, self.count(following, last).saturating_sub(1));
        self.step(following, bottom, 1 - isize::try_from(self.height).unwrap_or(1))
    }

    /// The records in sight from a place on, and those a page before and behind.
    pub(super) fn near(&self, followed: &Followed, (place, _): Place) -> BTreeSet<usize> {
        let mut near = BTreeSet::from([place]);
        for (forward, mut left) in [(true, self.height * 2), (false, self.height)] {
            let mut at = place;
            for _ in 0..NEAR {
                let Some(next) = self.neighbour(followed, at, forward).filter(|_| left > 0) else { break };
                let rows = followed.follow.chunk(next).map_or(1, |chunk| self.least(&chunk));
                left = left.saturating_sub(rows);
                near.insert(next);
                at = next;
            }
        }
        near
    }
}

/// Lines as they end, and broken where they are wider than that many cells.
fn wrapped(bytes: &[u8], cells: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let (mut start, mut at, mut used) = (0, 0, 0);
    let mut put = |length: usize, width: usize, ends: bool| {
        if used + width > cells && at > start {
            rows.push(start..at);
            (start, used) = (at, 0);
        }
        at += length;
        used += width;
        if ends {
            rows.push(start..at);
            (start, used) = (at, 0);
        }
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            put(c.len_utf8(), cells_of(c), c == '\n');
        }
        chunk.invalid().iter().for_each(|_| put(1, 4, false));
    }
    if start < bytes.len() {
        rows.push(start..bytes.len());
    }
    rows
}

/// The cells that a character takes as it is printed.
fn cells_of(c: char) -> usize {
    match c {
        '\n' | '\r' => 0,
        '\t' | '\\' => 4,
        ' '..='~' => 1,
        _ if is_printable(c) => text::width(c.encode_utf8(&mut [0; 4])),
        '\0'..='\u{ff}' => 4,
        _ => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::follow::text_line;

    #[test]
    fn rows_fit_and_leave_nothing_out() {
        let text = "short\r\n\r\na line that is longer than a row\n\ttab \u{1b}[31m \u{202e}\\ gr\u{fc}n \u{65e5}\u{672c}\u{8a9e}";
        let mut bytes = text.as_bytes().to_vec();
        bytes.extend([0xff, 0xfe, b'x']);
        for cells in 10..40 {
            let rows = wrapped(&bytes, cells);
            assert_eq!(rows.iter().flat_map(|row| bytes[row.clone()].to_vec()).collect::<Vec<_>>(), bytes);
            for row in rows {
                assert!(text::width(&text_line(&bytes[row.clone()])) <= cells, "{cells}: {row:?}");
            }
        }
    }
}
