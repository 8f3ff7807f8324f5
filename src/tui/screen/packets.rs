//! The frames under a session, or all of the capture.
//!
//! A frame is read when it comes into sight, on another thread; until then its row shows what the index knows. The rows
//! of all frames are their numbers, so a capture of millions scrolls like one of ten.

mod order;

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::base::{hex, printable};
use crate::capture::{Carried, FrameEntry, FrameSummary};
use crate::net::{Direction, TcpFlags, TransportHeader};
use crate::session::{EventKind, FrameNumber, Kind, Session, StreamId, Timestamp};
use crate::tui::clock;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::{FrameState, Model, Subject};
use crate::tui::overlay::copy::Copyable;
use crate::tui::overlay::number::FrameNumberPrompt;
use crate::tui::overlay::page::Block;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{content_area, put};
use crate::tui::words;
use order::Order;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::borrow::Cow;
use std::fmt::Write;

/// The longest session of which all headers are read, so that segments that came twice can be told.
const ORDERED: usize = 2000;
/// From this width on both addresses are shown.
const WIDE: usize = 100;

/// The screen's own state.
#[derive(Debug, Default)]
pub struct Packets {
    all: bool,
    /// The frame under the cursor.
    cursor: FrameNumber,
    top: usize,
    /// The subject that the cursor followed last.
    followed: Option<Subject>,
    frames: SessionFrames,
}

/// The numbers of a session's frames, found once and added to while packets arrive.
#[derive(Debug, Default)]
struct SessionFrames {
    of: Option<(u64, StreamId)>,
    numbers: Vec<FrameNumber>,
    /// The last frame that was looked at.
    seen: FrameNumber,
}

impl SessionFrames {
    /// Whether it is another session now.
    fn sync(&mut self, model: &Model) -> bool {
        let of = model.selected.map(|stream| (model.loading.job, stream));
        let another = self.of != of;
        if another {
            *self = Self { of, ..Self::default() };
        }
        let Some(session) = model.selected() else { return another };
        let first = session.stream_first_frame.max(self.seen.saturating_add(1));
        let found = model.snapshot.frames.of_stream(session.stream, first, session.last_frame);
        self.numbers.extend(found.map(|(number, _)| number));
        self.numbers.drain(..self.numbers.partition_point(|number| *number < model.snapshot.frames.first()));
        self.seen = self.seen.max(session.last_frame);
        another
    }
}

/// How many frames were let go: in a live capture the first that is there need not be number 1.
fn gone(model: &Model) -> usize {
    model.snapshot.frames.first() as usize - 1
}

impl Packets {
    fn shows_all(&self, model: &Model) -> bool {
        self.all || model.selected.is_none()
    }

    fn count(&self, model: &Model) -> usize {
        if self.shows_all(model) { model.snapshot.frames.len() - gone(model) } else { self.frames.numbers.len() }
    }

    fn frame(&self, row: usize, model: &Model) -> Option<FrameNumber> {
        if self.shows_all(model) {
            let number = FrameNumber::try_from(gone(model) + row + 1).ok()?;
            return model.snapshot.frames.frame(number).map(|_| number);
        }
        self.frames.numbers.get(row).copied()
    }

    /// The row of the frame under the cursor, or of the next one that is there.
    fn row(&self, model: &Model) -> usize {
        let row = if self.shows_all(model) {
            (self.cursor as usize).saturating_sub(1 + gone(model))
        } else {
            self.frames.numbers.partition_point(|number| *number < self.cursor)
        };
        row.min(self.count(model).saturating_sub(1))
    }

    fn move_by(&mut self, model: &Model, rows: isize) -> Outcome {
        let last = self.count(model).saturating_sub(1);
        let row = self.row(model).saturating_add_signed(rows).min(last);
        self.cursor = self.frame(row, model).unwrap_or(self.cursor);
        Outcome::none()
    }

    /// Opens the frame in the Detail screen.
    fn open(&mut self, model: &Model) -> Outcome {
        let Some(number) = self.frame(self.row(model), model) else { return Outcome::none() };
        let subject = Subject::Frame(number);
        self.followed = Some(subject);
        Outcome::change(Change::Frame(number)).with(Change::Subject(subject)).then(Navigate::Go(ScreenId::Detail))
    }

    fn toggle(&mut self, model: &Model) -> Outcome {
        if model.selected.is_none() {
            return Outcome::problem("no session is selected: all packets are shown");
        }
        self.all = !self.all;
        self.move_by(model, 0);
        Outcome::done(if self.all { "all packets of the capture" } else { "packets of the selected session" })
    }

    /// Puts the cursor on what another screen looked at.
    fn follow(&mut self, model: &Model) {
        if model.subject == self.followed {
            return;
        }
        self.followed = model.subject;
        let frame = match model.subject {
            Some(Subject::Frame(number)) => Some(number),
            Some(Subject::Event(index)) => model
                .detail()
                .map(|detail| &detail.session)
                .or_else(|| model.selected().map(|session| &**session))
                .and_then(|session| session.timeline.get(index))
                .map(|event| event.frame),
            Some(Subject::Certificate { .. }) | None => None,
        };
        if let Some(number) = frame {
            self.cursor = number;
            self.all |= self.frames.numbers.binary_search(&number).is_err();
        }
    }

    fn order(&self, model: &Model) -> Order {
        if self.shows_all(model) || self.frames.numbers.len() > ORDERED {
            return Order::default();
        }
        // One that is not there yet would look like a hole.
        let known =
            self.frames.numbers.iter().map_while(|number| Some((*number, model.frame_lines.of(*number)?.ok()?)));
        Order::of(known)
    }

    fn rows(area: Rect) -> Rect {
        Rect { y: area.y.saturating_add(2).min(area.bottom()), height: area.height.saturating_sub(2), ..area }
    }
}

impl Screen for Packets {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Packets)
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let page = isize::try_from(Self::rows(content_area(model.size)).height.max(1)).unwrap_or(1);
        if let Some(rows) = command.rows(page) {
            return self.move_by(model, rows);
        }
        match command {
            Command::Enter => self.open(model),
            Command::AllFrames => self.toggle(model),
            Command::GoToFrame => Outcome::go(Navigate::Push(Box::<FrameNumberPrompt>::default())),
            _ => Outcome::none(),
        }
    }

    fn sync(&mut self, model: &Model) {
        if self.frames.sync(model)
            && let Some(session) = model.selected()
        {
            self.cursor = session.stream_first_frame;
            self.followed = None;
        }
        self.follow(model);
        let height = usize::from(Self::rows(content_area(model.size)).height);
        self.top = text::top_row(self.top, self.row(model), height, self.count(model));
    }

    fn needs_frames(&self, model: &Model) -> Vec<FrameNumber> {
        if !self.shows_all(model) && self.frames.numbers.len() <= ORDERED {
            return self.frames.numbers.clone();
        }
        let height = usize::from(Self::rows(content_area(model.size)).height);
        (self.top..self.top + height).map_while(|row| self.frame(row, model)).collect()
    }

    fn mouse(&mut self, mouse: Mouse, area: Rect, model: &Model) -> Outcome {
        let rows = Self::rows(area);
        match mouse {
            Mouse::Wheel(_, steps) => self.move_by(model, steps),
            Mouse::Click(at) | Mouse::DoubleClick(at) if rows.contains(at) => {
                let Some(number) = self.frame(self.top + usize::from(at.y - rows.y), model) else {
                    return Outcome::none();
                };
                self.cursor = number;
                if matches!(mouse, Mouse::DoubleClick(_)) { self.open(model) } else { Outcome::none() }
            }
            _ => Outcome::none(),
        }
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let cells = usize::from(area.width);
        put(area, 0, self.summary(model, theme, cells), buf);
        let columns = Columns::fit(model, cells);
        put(area, 1, Line::styled(columns.heading(), theme.strong), buf);
        let rows = Self::rows(area);
        let order = self.order(model);
        let cursor = self.row(model);
        for row in 0..usize::from(rows.height) {
            let Some(number) = self.frame(self.top + row, model) else { break };
            let Some(entry) = model.snapshot.frames.frame(number) else { break };
            let before = (self.top + row).checked_sub(1).and_then(|before| self.frame(before, model));
            let before = before.and_then(|number| model.snapshot.frames.frame(number)).map(|entry| entry.time);
            let packet = Packet { number, entry, before, model, order: &order };
            let selected = self.top + row == cursor;
            put(rows, row, packet.line(&columns, selected, theme, cells), buf);
        }
        if self.count(model) == 0 {
            put(rows, 0, Line::styled("  no packets", theme.muted), buf);
        }
    }

    fn copyable(&self, model: &Model) -> Vec<Copyable> {
        let Some(number) = self.frame(self.row(model), model) else { return Vec::new() };
        let mut out = vec![Copyable::new('n', "packet number", number.to_string())];
        if let FrameState::Ready(read, dissection) = &model.frame
            && *read == number
            && let Some(buffer) = dissection.buffers.first()
        {
            out.push(Copyable::new('x', "bytes of the packet as hex", hex(&buffer.bytes)));
        }
        if let Some(stream) = model.snapshot.frames.frame(number).and_then(|entry| entry.stream())
            && model.session(stream).is_some()
        {
            out.push(Copyable::new('f', "filter for this stream", format!("stream == {stream}")));
        }
        out
    }

    fn title(&self, model: &Model, theme: &Theme) -> Option<Line<'static>> {
        (!self.shows_all(model)).then(|| super::detail::view_title(model, theme))
    }

    fn explanation(&self) -> Vec<Block> {
        let entry = |name: &str, meaning: &str| Block::Entry(name.to_owned(), meaning.to_owned());
        vec![
            Block::Heading("Columns".to_owned()),
            entry("no", "number of the packet in the capture, as in Wireshark"),
            entry("from", "which side of the session sent it"),
            entry("proto", "the innermost protocol that is recognised"),
            entry("len", "bytes on the wire, all headers included"),
            entry("info", "the TLS messages whose last byte came in this packet, then the TCP flags"),
            entry("seq", "number of the first byte in its direction, the SYN being 0; shown for the session's packets"),
            Block::Heading("Marks".to_owned()),
            entry("retransmission", "these bytes came before"),
            entry("out of order", "a later segment came first"),
            entry("not captured", "bytes before this packet are missing in the capture; the peer may have got them"),
        ]
    }
}

impl Packets {
    /// What the rows are.
    fn summary(&self, model: &Model, theme: &Theme, cells: usize) -> Line<'static> {
        let count = text::count(self.count(model) as u64);
        let mut words = match model.selected().filter(|_| !self.shows_all(model)) {
            Some(session) => {
                let frames = format!("{} to {}", session.stream_first_frame, session.last_frame);
                format!(" {count} packets of this session, {frames}   a shows all of the capture")
            }
            None if model.selected.is_some() => format!(" all {count} packets   a shows those of the session"),
            None => format!(" all {count} packets"),
        };
        if gone(model) > 0 {
            words = format!("{words}   those before {} are there no more", model.snapshot.frames.first());
        }
        if !self.shows_all(model) && self.frames.numbers.len() > ORDERED {
            words.push_str("   (too many to mark retransmissions)");
        }
        Line::styled(text::shorten_end(&words, cells, &theme.glyphs), theme.muted)
    }
}

/// How wide the columns are.
#[derive(Clone, Copy, Debug)]
struct Columns {
    number: usize,
    time: usize,
    /// Both addresses; without them only the side that sent it.
    addresses: Option<usize>,
    protocol: usize,
    length: usize,
}

impl Columns {
    fn fit(model: &Model, cells: usize) -> Self {
        let number = model.snapshot.frames.len().to_string().len().max(3);
        let time = 12;
        let addresses = (cells >= WIDE).then(|| ((cells - 60) / 3).clamp(15, 30));
        Self { number, time, addresses, protocol: 5, length: 5 }
    }

    fn heading(&self) -> String {
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
struct Packet<'a> {
    number: FrameNumber,
    entry: &'a FrameEntry,
    before: Option<Timestamp>,
    model: &'a Model,
    order: &'a Order,
}

impl Packet<'_> {
    fn line(&self, columns: &Columns, selected: bool, theme: &Theme, cells: usize) -> Line<'static> {
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

#[cfg(test)]
mod tests;
