//! Draws the heading, the chain, and the fields with their bytes.

use super::check::{self, Check, Moment, Verdict};
use super::fields::{LABEL, field_lines};
use super::layout::{extent, hex_columns, panes};
use super::tree::{TreeRow, kind, remarks};
use super::{Certificates, judgement, presence};
use crate::base::printable;
use crate::session::Session;
use crate::tui::clock;
use crate::tui::model::Model;
use crate::tui::text;
use crate::tui::theme::{Glyphs, Theme};
use crate::tui::view::{put, rule};
use crate::x509::Certificate;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::sync::Arc;

impl Certificates {
    pub(super) fn heading(&self, session: &Session, model: &Model, theme: &Theme, cells: usize) -> Line<'static> {
        let mut spans = Vec::new();
        for client in [false, true] {
            let side = if client { "client" } else { "server" };
            let words = format!("{side}: {}", presence::short(session, client));
            let (before, after) = if client == self.client { ("[", "]") } else { (" ", " ") };
            let style = if client == self.client { theme.strong } else { theme.muted };
            spans.push(Span::styled(format!(" {before}{words}{after}"), style));
        }
        if self.certificate(model).is_none() {
            return Line::from(spans);
        }
        let moment = self.moment(model);
        let date = clock::minute(moment.seconds, &model.settings);
        let words = match moment {
            Moment { now: true, .. } => "judged now",
            Moment { own: true, .. } => "judged by its own clock",
            _ => "judged at capture time",
        };
        let judge = judgement::judge(super::basis(model).0, session, self.purpose());
        let by = if judge.is_empty() { judge } else { format!(", by {judge}") };
        let used: usize = spans.iter().map(Span::width).sum();
        for words in
            [format!("{words}, {date}{by}"), format!("{words}, {date}"), format!("{date}{by}"), date, String::new()]
        {
            if used + text::width(&words) < cells {
                let gap = cells - used - text::width(&words) - 1;
                spans.push(Span::styled(format!("{}{words}", " ".repeat(gap)), theme.muted));
                break;
            }
        }
        Line::from(spans)
    }

    pub(super) fn draw_absence(&self, session: &Session, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let mut row = 2;
        for paragraph in presence::long(session, self.client) {
            for line in text::wrap(&paragraph, usize::from(area.width.saturating_sub(4)).min(90)) {
                put(area, row, Line::styled(format!("  {line}"), theme.text), buf);
                row += 1;
            }
            row += 1;
        }
        let other = presence::certificates(session, !self.client).len();
        if other > 0 {
            let side = if self.client { "server" } else { "client" };
            put(area, row, Line::styled(format!("  Tab shows the {other} of the {side}."), theme.muted), buf);
        }
    }

    pub(super) fn tree_top(&self, rows: &[TreeRow<'_>], area: Rect) -> usize {
        let at = |row: &TreeRow<'_>| matches!(row, TreeRow::Sent { link, .. } if link.index == self.cursor);
        let cursor = rows.iter().position(at).unwrap_or(0);
        text::top_row(0, cursor, usize::from(area.height), rows.len())
    }

    pub(super) fn draw_tree(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let rows = self.tree(model);
        let certificates = self.shown(model);
        let cells = usize::from(area.width);
        let top = self.tree_top(&rows, area);
        let height = usize::from(area.height);
        for (row, line) in rows.iter().skip(top).take(height).enumerate() {
            put(area, row, self.tree_line(line, certificates, model, theme, cells), buf);
        }
        let below = rows.len().saturating_sub(top);
        for (row, remark) in remarks(self.known.links(self.client), certificates).into_iter().enumerate() {
            let line = text::shorten_end(&format!("  {} {remark}", theme.glyphs.suspect), cells, &theme.glyphs);
            put(area, below + row, Line::styled(line, theme.warn), buf);
        }
    }

    pub(super) fn tree_line(
        &self,
        row: &TreeRow<'_>,
        certificates: &[Arc<Certificate>],
        model: &Model,
        theme: &Theme,
        cells: usize,
    ) -> Line<'static> {
        let glyphs = &theme.glyphs;
        let (link, depth) = match row {
            TreeRow::Missing(name) => {
                let words = format!("    {name}: {}", judgement::top(self.rulings.ruling(self.client)));
                return Line::styled(text::shorten_end(&words, cells, glyphs), theme.muted);
            }
            TreeRow::Besides => return Line::styled("  besides, on no way up from the first:", theme.muted),
            TreeRow::Sent { link, depth, .. } => (link, *depth),
        };
        let Some(certificate) = certificates.get(link.index) else { return Line::default() };
        let selected = link.index == self.cursor;
        let style = |style: Style| if selected { theme.selected } else { style };
        let (word, verdict) = check::state(certificate, self.moment(model));
        let branch = if depth > 0 {
            format!("{}{}{} ", " ".repeat((depth - 1).min(8) * 2), glyphs.corners[2], glyphs.horizontal)
        } else {
            String::new()
        };
        let name = if certificate.readable { printable(&certificate.short()) } else { "unreadable".to_owned() };
        let (key, until, kind) = (
            certificate.key.to_string(),
            clock::minute(certificate.not_after, &model.settings),
            kind(link, certificate),
        );
        let until: String = until.chars().take(10).collect();
        let tail = match cells {
            100.. => {
                format!("  {}  {}  to {until}  #{}  ", text::left(&kind, 18), text::left(&key, 12), link.index + 1)
            }
            70.. => format!("  {}  to {until}  #{}  ", text::left(&kind, 12), link.index + 1),
            _ => format!("  to {until}  "),
        };
        let room = cells.saturating_sub(text::width(&tail) + 2 + text::width(&branch) + 9);
        let name = text::left(&text::shorten_middle(&name, room, glyphs), room);
        let mut spans = vec![
            Span::styled(if selected { glyphs.cursor } else { " " }, style(theme.text)),
            Span::styled(format!(" {branch}"), style(theme.rule)),
            Span::styled(name, style(theme.text)),
            Span::styled(tail, style(theme.muted)),
            Span::styled(text::left(word, 9), style(look(verdict, theme))),
        ];
        let used: usize = spans.iter().map(Span::width).sum();
        spans.push(Span::styled(" ".repeat(cells.saturating_sub(used)), style(theme.text)));
        Line::from(spans)
    }

    pub(super) fn draw_fields(
        &self,
        certificate: &Certificate,
        model: &Model,
        theme: &Theme,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let (left, right) = panes(area);
        rule(area, theme, buf);
        let lines = field_lines(certificate, &model.settings, usize::from(left.width));
        let (extent, height) = extent(certificate, lines.len(), area);
        let top = self.top.min(extent.saturating_sub(height));
        for (row, (label, value)) in lines.iter().skip(top).take(usize::from(left.height)).enumerate() {
            let line = Line::from(vec![
                Span::styled(format!(" {}", text::left(label, LABEL)), theme.accent),
                Span::styled(value.clone(), theme.text),
            ]);
            put(left, row, line, buf);
        }
        let hidden = lines.len().saturating_sub(top + usize::from(left.height));
        if hidden > 0 {
            let more = Line::styled(format!(" {hidden} more, PgDn "), theme.muted).right_aligned();
            put(Rect { height: area.height.min(1), ..area }, 0, more, buf);
        }
        let Some(right) = right else { return };
        let columns = hex_columns(right);
        for row in 0..usize::from(right.height) {
            let at = (top + row) * columns;
            let Some(bytes) = certificate.der.get(at..).filter(|rest| !rest.is_empty()) else { break };
            let bytes = bytes.get(..columns).unwrap_or(bytes);
            put(right, row, hex_line(at, bytes, columns, &theme.glyphs, theme), buf);
        }
    }
}

fn hex_line(at: usize, bytes: &[u8], columns: usize, glyphs: &Glyphs, theme: &Theme) -> Line<'static> {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let letter = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
    let letters: String = bytes.iter().map(letter).collect();
    Line::from(vec![
        Span::styled(format!("{} {at:04x}  ", glyphs.vertical), theme.rule),
        Span::styled(text::left(&digits.join(" "), columns * 3), theme.text),
        Span::styled(format!(" {letters}"), theme.muted),
    ])
}

fn look(verdict: Verdict, theme: &Theme) -> Style {
    match verdict {
        Verdict::Ok => theme.ok,
        Verdict::Failed => theme.failed,
        Verdict::Odd => theme.warn,
        Verdict::Unchecked => theme.muted,
    }
}

/// The checks side by side, as many in a line as fit.
pub(super) fn check_lines(checks: &[Check], theme: &Theme, cells: usize) -> Vec<Line<'static>> {
    let room = cells.saturating_sub(1).max(1);
    let mut lines: Vec<Vec<Span<'static>>> = vec![Vec::new()];
    let mut used = 0;
    for check in checks {
        let sign = check.verdict.sign();
        let width = text::width(sign) + 1 + text::width(&check.text);
        let style = look(check.verdict, theme);
        if used > 0 && used + 2 + width > room {
            lines.push(Vec::new());
            used = 0;
        }
        let gap = if used == 0 { " " } else { "  " };
        let mut wrapped = text::wrap(&check.text, room.saturating_sub(text::width(sign) + 1)).into_iter();
        let first = wrapped.next().unwrap_or_default();
        used += text::width(gap) + text::width(sign) + 1 + text::width(&first);
        if let Some(line) = lines.last_mut() {
            line.push(Span::styled(format!("{gap}{sign}"), style));
            line.push(Span::styled(format!(" {first}"), if check.verdict == Verdict::Ok { theme.text } else { style }));
        }
        for rest in wrapped {
            used = text::width(&rest) + 6;
            lines.push(vec![Span::styled(format!("      {rest}"), style)]);
        }
    }
    lines.into_iter().map(Line::from).collect()
}
