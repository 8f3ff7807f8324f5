//! One packet in a row: its number, time, sender, protocol, length, and what it carries in words.

use super::order::Order;
use crate::base::printable;
use crate::capture::{Carried, FrameEntry, FrameSummary};
use crate::net::{Direction, TcpFlags, TransportHeader};
use crate::session::{EventKind, FrameNumber, Kind, Session, Timestamp};
use crate::tui::clock;
use crate::tui::model::Model;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::words;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::borrow::Cow;
use std::fmt::Write;

/// From this width on both addresses are shown.
const WIDE: usize = 100;

/// How wide the columns are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    pub(super) number: usize,
    pub(super) time: usize,
    /// Both addresses; without them only the side that sent it.
    pub(super) addresses: Option<usize>,
    pub(super) protocol: usize,
    pub(super) length: usize,
}

impl Columns {
    pub(super) fn fit(model: &Model, cells: usize) -> Self {
        let number = model.snapshot.frames.len().to_string().len().max(3);
        let time = 12;
        let addresses = (cells >= WIDE).then(|| ((cells - 60) / 3).clamp(15, 30));
        Self { number, time, addresses, protocol: 5, length: 5 }
    }

    pub(super) fn heading(&self) -> String {
        let who = match self.addresses {
            Some(width) => format!("{} {}", text::left("source", width), text::left("destination", width)),
            None => text::left("from", 6),
        };
        let (number, time) = (text::right("no", self.number), text::right("time", self.time));
        let length = text::right("len", self.length);
        format!("  {number} {time}  {who} {} {length}  info", text::left("proto", self.protocol))
    }
}

/// One row.
pub(super) struct Packet<'a> {
    pub(super) number: FrameNumber,
    pub(super) entry: &'a FrameEntry,
    pub(super) before: Option<Timestamp>,
    pub(super) model: &'a Model,
    pub(super) order: &'a Order,
}

impl Packet<'_> {
    pub(super) fn line(&self, columns: &Columns, selected: bool, theme: &Theme, cells: usize) -> Line<'static> {
        let glyphs = &theme.glyphs;
        let style = |style: Style| if selected { theme.selected } else { style };
        let session = self.entry.stream().and_then(|stream| self.model.session(stream));
        let summary = self.model.frame_lines.of(self.number);
        let carried = summary.and_then(Result::ok).and_then(|summary| summary.transport.as_ref());
        let way = carried.zip(session).map(|(carried, session)| direction(carried, session));
        let time = clock::shown(self.entry.time, self.before, self.model.start(), &self.model.settings);
        let place = format!(
            "{} {} {}",
            if selected { glyphs.cursor } else { " " },
            text::right(&self.number.to_string(), columns.number),
            text::right(&time, columns.time),
        );
        let who = match (columns.addresses, carried) {
            (Some(width), Some(carried)) => {
                let fit = |end: crate::net::Endpoint| {
                    text::left(&text::shorten_middle(&end.to_string(), width, glyphs), width)
                };
                format!("{} {}", fit(carried.source), fit(carried.destination))
            }
            (Some(width), None) => " ".repeat(width * 2 + 1),
            (None, _) => text::left(way.map_or("", words::sender), 6),
        };
        let side = match way {
            Some(Direction::ToServer) => theme.client,
            Some(Direction::ToClient) => theme.server,
            None => theme.text,
        };
        let protocol = self.protocol(session.map(|session| &**session), summary.and_then(Result::ok));
        let length = u32::from(self.entry.original_length).max(self.entry.length).to_string();
        let mut spans = vec![
            Span::styled(place, style(theme.muted)),
            Span::styled(format!("  {who}"), style(side)),
            Span::styled(format!(" {}", text::left(protocol, columns.protocol)), style(theme.text)),
            Span::styled(format!(" {}  ", text::right(&length, columns.length)), style(theme.muted)),
        ];
        let used: usize = spans.iter().map(Span::width).sum();
        spans.extend(
            self.info(session.map(|session| &**session), theme, cells.saturating_sub(used))
                .into_iter()
                .map(|(words, look)| Span::styled(words, style(look))),
        );
        let used: usize = spans.iter().map(Span::width).sum();
        spans.push(Span::styled(" ".repeat(cells.saturating_sub(used)), style(theme.text)));
        Line::from(spans)
    }

    fn protocol(&self, session: Option<&Session>, summary: Option<&FrameSummary>) -> &'static str {
        let Some(summary) = summary else { return "" };
        let Some(carried) = &summary.transport else { return "-" };
        match (session.map(|session| session.kind), carried.header) {
            (Some(Kind::Tls), TransportHeader::Tcp(_)) if self.has_tls(session) => "TLS",
            (Some(Kind::Dtls), TransportHeader::Udp) => "DTLS",
            (Some(Kind::Quic), TransportHeader::Udp) => "QUIC",
            (_, TransportHeader::Tcp(_)) => "TCP",
            (_, TransportHeader::Udp) => "UDP",
        }
    }

    fn has_tls(&self, session: Option<&Session>) -> bool {
        session.is_some_and(|session| events(session, self.number).any(|event| !of_transport(&event.kind)))
    }

    /// What the packet is about, in pieces with their looks, cut to fit.
    fn info(&self, session: Option<&Session>, theme: &Theme, cells: usize) -> Vec<(String, Style)> {
        let mut pieces: Vec<(String, Style)> = Vec::new();
        let (name, style) = match self.model.frame_lines.of(self.number) {
            None => (theme.glyphs.ellipsis.to_owned(), theme.muted),
            Some(Err(problem)) => (format!("{} {}", theme.glyphs.failed, printable(problem)), theme.failed),
            Some(Ok(summary)) => {
                pieces.extend(self.odd(theme));
                pieces.extend(
                    session
                        .map(|session| messages(session, self.number, self.model.as_sent, theme))
                        .unwrap_or_default(),
                );
                (self.headers(summary), theme.muted)
            }
        };
        pieces.push((name, style));
        let mut left = cells;
        let mut out = Vec::new();
        for (index, (words, style)) in pieces.into_iter().enumerate() {
            let words = if index == 0 { words } else { format!("  {words}") };
            let words = text::shorten_end(&words, left, &theme.glyphs);
            left = left.saturating_sub(text::width(&words));
            out.push((words, style));
        }
        out
    }

    fn odd(&self, theme: &Theme) -> Option<(String, Style)> {
        let oddity = self.order.oddity(self.number)?;
        Some((format!("{} {}", theme.glyphs.suspect, oddity.text()), theme.warn))
    }

    fn headers(&self, summary: &FrameSummary) -> String {
        let Some(carried) = &summary.transport else {
            return match summary.innermost {
                Some(header) => format!("{header}; neither TCP nor UDP behind it"),
                None => "not decoded".to_owned(),
            };
        };
        let TransportHeader::Tcp(header) = carried.header else {
            return format!("{} B", carried.payload);
        };
        let mut words = flags(header.flags);
        // Writing to memory cannot fail. Numbers as sent say nothing to people, so without a start there are none.
        if let Some(sequence) = self.order.relative(carried.source, header.sequence) {
            let _ = write!(words, " seq {sequence}");
        }
        let acknowledged = self.order.relative(carried.destination, header.acknowledgment);
        if let Some(acknowledged) = acknowledged.filter(|_| header.flags.ack()) {
            let _ = write!(words, " ack {acknowledged}");
        }
        if carried.payload > 0 {
            let _ = write!(words, " {} B", carried.payload);
        }
        words
    }
}

fn direction(carried: &Carried, session: &Session) -> Direction {
    if carried.source == session.client { Direction::ToServer } else { Direction::ToClient }
}

/// The events whose last byte came in a frame.
fn events(session: &Session, number: FrameNumber) -> impl Iterator<Item = &crate::session::Event> {
    let first = session.timeline.partition_point(|event| event.frame < number);
    session.timeline.iter().skip(first).take_while(move |event| event.frame == number)
}

fn of_transport(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Fin | EventKind::Reset | EventKind::Gap { .. })
}

/// The names of the messages in a frame.
fn messages(session: &Session, number: FrameNumber, as_sent: bool, theme: &Theme) -> Option<(String, Style)> {
    let mut names: Vec<Cow<'static, str>> = Vec::new();
    let mut style = theme.text;
    for event in events(session, number).filter(|event| !matches!(event.kind, EventKind::Fin | EventKind::Reset)) {
        match event.kind {
            EventKind::Alert(alert) if !(alert.description.is_closure() || as_sent && event.decrypted) => {
                style = theme.failed;
            }
            EventKind::Gap { .. } | EventKind::NotTls { .. } => style = theme.warn,
            _ => {}
        }
        let name = if as_sent { session.event_name_as_sent(event) } else { session.event_name(event) };
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| (names.join(", "), style))
}

/// `SYN, ACK`: the control bits that are set, in the order in which they are usually said.
fn flags(flags: TcpFlags) -> String {
    let all = [
        (flags.syn(), "SYN"),
        (flags.fin(), "FIN"),
        (flags.rst(), "RST"),
        (flags.psh(), "PSH"),
        (flags.ack(), "ACK"),
        (flags.urg(), "URG"),
    ];
    let set: Vec<_> = all.into_iter().filter(|(set, _)| *set).map(|(_, name)| name).collect();
    format!("[{}]", set.join(" "))
}
