//! The frames under a session, or all of the capture.
//!
//! A frame is read when it comes into sight, on another thread; until then its row shows what the index knows. The rows
//! of all frames are their numbers, so a capture of millions scrolls like one of ten.

mod line;
mod order;

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::base::hex;
use crate::session::{FrameNumber, StreamId};
use crate::tui::keymap::{Command, Context};
use crate::tui::model::{FrameState, Model, Subject};
use crate::tui::overlay::copy::Copyable;
use crate::tui::overlay::number::FrameNumberPrompt;
use crate::tui::overlay::page::Block;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{content_area, put};
use line::{Columns, Packet};
use order::Order;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The longest session of which all headers are read, so that segments that came twice can be told.
const ORDERED: usize = 2000;

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

#[cfg(test)]
mod tests;
