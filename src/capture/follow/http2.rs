//! HTTP/2: frames, and the requests and responses that their streams carry (RFC 9113).

mod frame;

pub(super) use frame::{PREFACE, is_plausible, starts_with_settings};

use super::exchange::{Budget, Exchange, Exchanges, HeaderField, Line, Message, Remark, Spoken, note, remark};
use super::hpack::Hpack;
use super::protocol::Place;
use crate::base::printable_bytes;
use crate::net::Direction;
use frame::{Frame, Frames, Piece, error_name, kind, setting_name};
use std::collections::HashMap;
use std::fmt::Write;

/// Reads both directions of a connection.
#[derive(Debug, Default)]
pub(super) struct Http2 {
    sides: [Side; 2],
    list: Vec<Exchange>,
    remarks: Vec<Remark>,
    /// The exchange of each stream.
    streams: HashMap<u32, usize>,
    budget: Budget,
}

#[derive(Debug, Default)]
struct Side {
    frames: Frames,
    table: Hpack,
    /// A header block whose end has not come.
    block: Option<Block>,
}

/// A header block, which may come in several frames (RFC 9113 4.3).
#[derive(Debug)]
struct Block {
    /// The stream on which it came.
    stream: u32,
    /// The stream that it promises (RFC 9113 8.4).
    promised: Option<u32>,
    ends_stream: bool,
    place: Place,
    bytes: Vec<u8>,
}

/// The most that a header block takes.
const MAX_BLOCK: usize = 256 << 10;

impl Http2 {
    /// The next bytes of a direction.
    pub(super) fn data(&mut self, direction: Direction, place: Place, bytes: &[u8]) {
        let mut frames = std::mem::take(&mut self.side(direction).frames);
        let was_partial = self.side(direction).table.is_partial;
        frames.push(direction, place, bytes, |piece| match piece {
            Piece::Frame(frame) => self.frame(direction, &frame),
            Piece::Data { stream, place, length } => self.body(direction, stream, place, length),
            Piece::EndOfData { stream } => self.end(direction, stream),
            Piece::Problem { place, text } => self.remark(place, text),
            Piece::Began { place, with_preface } => {
                if !with_preface && !was_partial {
                    self.lose_table(direction, place, "the beginning is missing");
                }
            }
        });
        self.side(direction).frames = frames;
    }

    /// Bytes of a direction are not there.
    pub(super) fn hole(&mut self, direction: Direction, place: Place, why: &str) {
        let side = self.side(direction);
        side.block = None;
        let open = side.frames.lose();
        let text = format!("bytes {} are missing: {why}", toward(direction));
        if let Some(message) = open.and_then(|stream| self.message(direction, stream)) {
            note(&mut message.remarks, text.clone());
        }
        self.lose_table(direction, place, &text);
    }

    /// Nothing more will come.
    pub(super) fn finish(self) -> Exchanges {
        Exchanges { spoken: Spoken::Http2, list: self.list, remarks: self.remarks }
    }

    fn side(&mut self, direction: Direction) -> &mut Side {
        let [to_server, to_client] = &mut self.sides;
        if direction == Direction::ToServer { to_server } else { to_client }
    }

    fn remark(&mut self, place: Place, text: String) {
        remark(&mut self.remarks, place.chunk, text);
    }

    fn lose_table(&mut self, direction: Direction, place: Place, why: &str) {
        self.side(direction).table.lose();
        self.remark(place, format!("{why}: the header table {} is not known from here on", toward(direction)));
    }

    fn frame(&mut self, direction: Direction, frame: &Frame<'_>) {
        if let Some(block) = self.side(direction).block.take() {
            if frame.kind == kind::CONTINUATION && frame.stream == block.stream {
                return self.continued(direction, block, frame);
            }
            let text = format!("a header block of stream {} has no end", block.stream);
            self.lose_table(direction, frame.place, &text);
        }
        match frame.kind {
            kind::HEADERS | kind::PUSH_PROMISE => self.block(direction, frame),
            kind::CONTINUATION => self.lose_table(direction, frame.place, "a CONTINUATION continues nothing"),
            kind::RST_STREAM => self.reset(direction, frame),
            kind::GOAWAY => self.go_away(direction, frame),
            kind::SETTINGS => self.settings(direction, frame),
            _ => {}
        }
    }

    fn block(&mut self, direction: Direction, frame: &Frame<'_>) {
        let Some((promised, bytes)) = frame.header_block() else {
            return self.lose_table(direction, frame.place, "the padding of a frame is longer than the frame");
        };
        let ends_stream = frame.kind == kind::HEADERS && frame.ends_stream();
        let block = Block { stream: frame.stream, promised, ends_stream, place: frame.place, bytes: bytes.to_vec() };
        if frame.ends_headers() {
            self.headers(direction, &block);
        } else {
            self.side(direction).block = Some(block);
        }
    }

    fn continued(&mut self, direction: Direction, mut block: Block, frame: &Frame<'_>) {
        block.bytes.extend_from_slice(frame.payload);
        if block.bytes.len() > MAX_BLOCK {
            let text = format!("the header block of stream {} is longer than 256 kB", block.stream);
            self.lose_table(direction, block.place, &text);
        } else if frame.ends_headers() {
            self.headers(direction, &block);
        } else {
            self.side(direction).block = Some(block);
        }
    }

    fn headers(&mut self, direction: Direction, block: &Block) {
        let (fields, whole) = self.side(direction).table.read(&block.bytes);
        if !whole {
            let text = format!("the header block of stream {} cannot be read", block.stream);
            self.lose_table(direction, block.place, &text);
        }
        let is_partial = self.side(direction).table.is_partial && fields.iter().any(|field| field.name.is_none());
        let of = if block.promised.is_some() { Direction::ToServer } else { direction };
        let stream = block.promised.unwrap_or(block.stream);
        let Some(index) = self.exchange(stream) else {
            return self.remark(block.place, "there are more streams than are kept".to_owned());
        };
        let Self { list, budget, .. } = self;
        if let Some(exchange) = list.get_mut(index) {
            if block.promised.is_some() {
                note(&mut exchange.remarks, format!("pushed by the server on stream {}", block.stream));
            }
            let mut message = message(of, fields, block.place);
            if is_partial {
                message.remarks.push("some fields stand in a header table that is not known".to_owned());
            }
            budget.fields(&mut message.fields, &mut message.remarks);
            add(exchange, of, message, budget);
        }
        if block.ends_stream || block.promised.is_some() {
            self.end(of, stream);
        }
    }

    fn exchange(&mut self, stream: u32) -> Option<usize> {
        if let Some(known) = self.streams.get(&stream) {
            return Some(*known);
        }
        if !self.budget.exchange() {
            return None;
        }
        let index = self.list.len();
        self.list.push(Exchange { stream: Some(stream), ..Exchange::default() });
        self.streams.insert(stream, index);
        Some(index)
    }

    fn message(&mut self, direction: Direction, stream: u32) -> Option<&mut Message> {
        let exchange = self.list.get_mut(*self.streams.get(&stream)?)?;
        if direction == Direction::ToServer { exchange.request.as_mut() } else { exchange.response.as_mut() }
    }

    fn body(&mut self, direction: Direction, stream: u32, place: Place, length: usize) {
        let Some(index) = self.exchange(stream) else { return };
        let Self { list, budget, .. } = self;
        let Some(exchange) = list.get_mut(index) else { return };
        let message = match direction {
            Direction::ToServer => &mut exchange.request,
            Direction::ToClient => &mut exchange.response,
        };
        let message = message.get_or_insert_with(|| headless(direction, place));
        budget.piece(&mut message.body, place.chunk, place.start, length);
    }

    fn end(&mut self, direction: Direction, stream: u32) {
        if let Some(message) = self.message(direction, stream) {
            message.complete = true;
        }
    }

    fn reset(&mut self, direction: Direction, frame: &Frame<'_>) {
        let who = from(direction);
        let why = frame.payload.first_chunk().map(|code| error_name(u32::from_be_bytes(*code)));
        let text = format!("{who} reset the stream: {}", why.unwrap_or_else(|| "without an error code".to_owned()));
        match self.exchange(frame.stream).and_then(|index| self.list.get_mut(index)) {
            Some(exchange) => note(&mut exchange.remarks, text),
            None => self.remark(frame.place, text),
        }
    }

    fn go_away(&mut self, direction: Direction, frame: &Frame<'_>) {
        let Some((last, rest)) = frame.payload.split_first_chunk() else { return };
        let Some((code, debug)) = rest.split_first_chunk() else { return };
        let last = u32::from_be_bytes(*last) & 0x7fff_ffff;
        let why = error_name(u32::from_be_bytes(*code));
        let mut text = format!("{} goes away: {why}, last stream {last}", from(direction));
        if !debug.is_empty() {
            let shown = debug.get(..256).unwrap_or(debug);
            let _ = write!(text, ", \"{}\"", printable_bytes(shown));
        }
        self.remark(frame.place, text);
    }

    fn settings(&mut self, direction: Direction, frame: &Frame<'_>) {
        const ACK: u8 = 1;
        if frame.flags & ACK != 0 {
            return;
        }
        let (settings, rest) = frame.payload.as_chunks::<6>();
        let text = settings.iter().map(|[high, low, value @ ..]| {
            format!("{} {}", setting_name(u16::from_be_bytes([*high, *low])), u32::from_be_bytes(*value))
        });
        let text: Vec<_> = text.take(16).collect();
        let list = if text.is_empty() { "the defaults".to_owned() } else { text.join(", ") };
        let damaged = if rest.is_empty() { "" } else { "; some bytes are left over" };
        self.remark(frame.place, format!("settings of {}: {list}{damaged}", from(direction)));
    }
}

/// Puts a message where it belongs: behind a final one come trailers.
fn add(exchange: &mut Exchange, direction: Direction, message: Message, budget: &mut Budget) {
    let interim = message.status().is_some_and(|status| (100..200).contains(&status));
    let place = match direction {
        Direction::ToServer => &mut exchange.request,
        Direction::ToClient if interim => {
            if budget.exchange() {
                exchange.interim.push(Message { complete: true, ..message });
            }
            return;
        }
        Direction::ToClient => &mut exchange.response,
    };
    match place {
        Some(before) => before.trailers.extend(message.fields),
        None => *place = Some(message),
    }
}

/// A message of the fields of a block: those with a colon stand for the first line (RFC 9113 8.3).
fn message(direction: Direction, fields: Vec<HeaderField>, place: Place) -> Message {
    let pseudo = |name: &[u8]| {
        let found = fields.iter().find(|field| field.name.as_deref() == Some(name));
        found.and_then(|field| field.value.as_ref()).map(|value| String::from_utf8_lossy(value).into_owned())
    };
    let version = "HTTP/2";
    let line = match direction {
        Direction::ToServer => {
            let target = pseudo(b":path").or_else(|| pseudo(b":authority"));
            let unknown = || "?".to_owned();
            let method = pseudo(b":method").unwrap_or_else(unknown);
            Line::Request { method, target: target.unwrap_or_else(unknown), version }
        }
        Direction::ToClient => {
            let status = pseudo(b":status").and_then(|status| status.parse().ok()).unwrap_or_default();
            Line::Response { status, reason: String::new(), version }
        }
    };
    Message::new(line, fields, place.chunk, place.frame)
}

/// A message whose headers were not seen.
fn headless(direction: Direction, place: Place) -> Message {
    let mut message = message(direction, Vec::new(), place);
    message.remarks.push("its headers were not seen".to_owned());
    message
}

fn toward(direction: Direction) -> &'static str {
    match direction {
        Direction::ToServer => "to the server",
        Direction::ToClient => "to the client",
    }
}

fn from(direction: Direction) -> &'static str {
    match direction {
        Direction::ToServer => "the client",
        Direction::ToClient => "the server",
    }
}
