//! Draws what is in sight: the list, an open exchange, or rows of records.

use super::records::{Layout, MARGIN};
use super::{FollowScreen, View, exchange};
use crate::base::printable;
use crate::net::Direction;
use crate::report::follow::{self, Wanted};
use crate::tui::model::Model;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::put;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::fmt::Write;

impl FollowScreen {
    pub(super) fn summary(&self, model: &Model, theme: &Theme, cells: usize) -> Line<'static> {
        let Some(followed) = model.follow.ready() else { return Line::default() };
        let [client, server] = followed.follow.bytes();
        let directions = match self.wanted {
            Wanted::Both => "both directions",
            Wanted::Only(Direction::ToServer) => "client only",
            Wanted::Only(Direction::ToClient) => "server only",
        };
        let mut words = format!(
            " {}, {directions}   {}   {} {}, {} {}",
            self.view_of(model).word(),
            followed.exchanges.spoken.name(),
            follow::sign(Direction::ToServer),
            text::bytes(client),
            follow::sign(Direction::ToClient),
            text::bytes(server)
        );
        if followed.follow.is_cut() {
            words.push_str("   more records than are kept");
        }
        if self.not_found && self.view_of(model) != View::Exchanges {
            let _ = write!(words, "   not found: {}", printable(model.wanted.trim()));
        }
        Line::styled(text::shorten_end(&words, cells, &theme.glyphs), theme.muted)
    }

    pub(super) fn view_list(&self, model: &Model, theme: &Theme, area: Rect, rows: Rect, buf: &mut Buffer) {
        let Some(followed) = model.follow.ready() else { return };
        let cells = usize::from(area.width);
        put(area, 1, Line::styled(exchange::heading(cells), theme.strong), buf);
        let list = &followed.exchanges.list;
        for row in 0..usize::from(rows.height) {
            let Some(found) = list.get(self.top + row) else { break };
            let selected = self.top + row == self.cursor;
            put(rows, row, exchange::row(self.top + row + 1, found, selected, theme, cells), buf);
        }
        // What concerns the connection stands in the room that is left.
        let free = usize::from(rows.height).saturating_sub(list.len() + 1);
        let remarks = followed.exchanges.remarks.iter();
        let lines = remarks.flat_map(|remark| text::wrap(&printable(&remark.text), cells.saturating_sub(3)));
        for (row, line) in lines.take(free).enumerate() {
            put(rows, list.len() + 1 + row, Line::styled(format!(" ! {line}"), theme.muted), buf);
        }
    }

    pub(super) fn view_open(&self, model: &Model, theme: &Theme, area: Rect, rows: Rect, buf: &mut Buffer) {
        let count = model.follow.ready().map_or(0, |followed| followed.exchanges.list.len());
        let exchange = self.open.map_or(0, |open| open.id.exchange);
        let words = format!(
            " exchange {} of {count}   lines {} to {} of {}",
            exchange + 1,
            self.line.min(self.lines.len()) + 1,
            (self.line + usize::from(rows.height)).min(self.lines.len()),
            self.lines.len()
        );
        put(area, 1, Line::styled(words, theme.strong), buf);
        let shown = self.lines.iter().skip(self.line).take(usize::from(rows.height));
        for (row, line) in shown.enumerate() {
            put(rows, row, Line::styled(line.text.clone(), line.look.style(theme)), buf);
        }
    }

    pub(super) fn view_records(&self, model: &Model, theme: &Theme, area: Rect, rows: Rect, buf: &mut Buffer) {
        let Some(followed) = model.follow.ready() else { return };
        let layout = self.layout(model);
        let (mut chunk, mut first) = self.place;
        let words =
            format!(" record {} of {}", text::count(chunk as u64 + 1), text::count(followed.follow.len() as u64));
        put(area, 1, Line::styled(words, theme.strong), buf);
        let mut at = 0;
        while at < layout.height {
            let lines = self.record(model, theme, &layout, chunk, first, layout.height - at);
            for line in lines {
                put(rows, at, line, buf);
                at += 1;
            }
            let Some(next) = layout.neighbour(followed, chunk, true) else { break };
            (chunk, first) = (next, 0);
        }
    }

    /// At most `count` lines of a record from row `first` on.
    fn record(
        &self,
        model: &Model,
        theme: &Theme,
        layout: &Layout,
        number: usize,
        first: usize,
        count: usize,
    ) -> Vec<Line<'static>> {
        let Some(chunk) = model.follow.ready().and_then(|followed| followed.follow.chunk(number)) else {
            return Vec::new();
        };
        let style = if chunk.direction == Direction::ToServer { theme.client } else { theme.server };
        let mut lines = Vec::new();
        if first == 0 {
            let look = if chunk.missing.is_some() { theme.warn } else { theme.muted };
            let words = text::shorten_end(&follow::heading(&chunk), layout.cells, &theme.glyphs);
            lines.push(Line::styled(words, look));
        }
        let Some((_, bytes)) = model.follow.chunk(number) else { return lines };
        let sign = follow::sign(chunk.direction);
        for row in layout.rows(bytes).into_iter().skip(first.saturating_sub(1)).take(count - lines.len().min(count)) {
            let part = bytes.get(row.clone()).unwrap_or_default();
            let words = if layout.hex { follow::hex_row(row.start as u64, part) } else { follow::text_line(part) };
            let hit = self.found.is_some_and(|(of, at)| of == number && row.contains(&at));
            let look = if hit { theme.found } else { theme.text };
            let sign = Span::styled(format!("{sign:<MARGIN$}"), style);
            lines.push(Line::from(vec![sign, Span::styled(words, look)]));
        }
        lines.truncate(count);
        lines
    }
}
