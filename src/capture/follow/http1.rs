//! HTTP/1.0 and HTTP/1.1: where messages begin and end, and which answer belongs to which request (RFC 9112).
//!
//! Each direction is read on its own, byte after byte, however it is cut. What cannot be read is said once, and
//! reading goes on behind a hole where a first line can be told.

use super::exchange::{Budget, Exchange, Exchanges, HeaderField, Line, Message, Remark, Spoken, note, remark};
use super::protocol::{Place, starts_http1};
use crate::net::Direction;
use std::collections::VecDeque;

/// The longest head of a message that is read.
const MAX_HEAD: usize = 256 << 10;
/// The longest line of a chunk's size.
const MAX_LINE: usize = 4 << 10;
/// How many header fields a message has at the most.
const MAX_FIELDS: usize = 512;

/// Reads both directions of a connection.
#[derive(Debug, Default)]
pub(super) struct Http1 {
    sides: [Side; 2],
    list: Vec<Exchange>,
    remarks: Vec<Remark>,
    /// The exchanges whose final response has not begun.
    waiting: VecDeque<usize>,
    budget: Budget,
}

#[derive(Debug, Default)]
struct Side {
    state: State,
    /// Bytes of a head, a line or trailers that are not complete.
    buffer: Vec<u8>,
    /// Where `buffer` begins.
    begins: Place,
    /// Which exchange the message belongs to, and whether it is an interim response.
    current: Option<(usize, bool)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Head,
    /// In a body of which so many bytes are to come.
    Length(u64),
    ChunkSize,
    Chunk(u64),
    ChunkEnd,
    Trailers,
    UntilClose,
    /// Behind a switch to another protocol.
    Tunnel,
    /// Behind a hole: the next chunk that begins like a message is one.
    Seeking,
    /// No HTTP from here on.
    Lost,
}

impl Http1 {
    /// The next bytes of a direction.
    pub(super) fn data(&mut self, direction: Direction, place: Place, bytes: &[u8]) {
        let (mut rest, mut at) = (bytes, place);
        if self.side(direction).state == State::Seeking && starts_http1(bytes) {
            self.side(direction).state = State::Head;
        }
        while !rest.is_empty() {
            let taken = self.step(direction, at, rest).clamp(1, rest.len());
            rest = rest.get(taken..).unwrap_or_default();
            at.start += taken;
        }
    }

    /// Bytes of a direction are not there.
    pub(super) fn hole(&mut self, direction: Direction, place: Place, why: &str) {
        let side = self.side(direction);
        if matches!(side.state, State::Tunnel | State::Lost) {
            return;
        }
        side.state = State::Seeking;
        side.buffer.clear();
        let text = format!("bytes {} are missing: {why}", toward(direction));
        match self.message(direction) {
            Some(message) => note(&mut message.remarks, text),
            None => self.remark(place, text),
        }
        self.side(direction).current = None;
    }

    /// Nothing more will come.
    pub(super) fn finish(mut self) -> Exchanges {
        for direction in [Direction::ToServer, Direction::ToClient] {
            let (state, begins) = (self.side(direction).state, self.side(direction).begins);
            let partial = self.side(direction).buffer.len();
            match state {
                State::UntilClose => {
                    self.message(direction).iter_mut().for_each(|message| message.complete = true);
                }
                State::Head if partial > 0 => {
                    let text = format!("the last {partial} bytes {} are no complete head", toward(direction));
                    self.remark(begins, text);
                }
                _ => {}
            }
        }
        Exchanges { spoken: Spoken::Http1, list: self.list, remarks: self.remarks }
    }

    fn side(&mut self, direction: Direction) -> &mut Side {
        let [to_server, to_client] = &mut self.sides;
        if direction == Direction::ToServer { to_server } else { to_client }
    }

    fn remark(&mut self, place: Place, text: String) {
        remark(&mut self.remarks, place.chunk, text);
    }

    /// The message that is being read.
    fn message(&mut self, direction: Direction) -> Option<&mut Message> {
        let (index, interim) = self.side(direction).current?;
        let exchange = self.list.get_mut(index)?;
        match direction {
            Direction::ToServer => exchange.request.as_mut(),
            Direction::ToClient if interim => exchange.interim.last_mut(),
            Direction::ToClient => exchange.response.as_mut(),
        }
    }

    /// One step; gives how many bytes were used.
    fn step(&mut self, direction: Direction, at: Place, bytes: &[u8]) -> usize {
        match self.side(direction).state {
            State::Head => self.head(direction, at, bytes),
            State::Length(left) | State::Chunk(left) => {
                let taken = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                self.body(direction, at, taken);
                self.advance(direction, left - taken as u64);
                taken
            }
            State::UntilClose => {
                self.body(direction, at, bytes.len());
                bytes.len()
            }
            State::ChunkSize => self.line(direction, at, bytes, Self::chunk_size),
            State::ChunkEnd => self.line(direction, at, bytes, Self::chunk_end),
            State::Trailers => self.line(direction, at, bytes, Self::trailer),
            State::Tunnel | State::Seeking | State::Lost => bytes.len(),
        }
    }

    fn body(&mut self, direction: Direction, at: Place, length: usize) {
        let mut budget = std::mem::take(&mut self.budget);
        if let Some(message) = self.message(direction) {
            budget.piece(&mut message.body, at.chunk, at.start, length);
        }
        self.budget = budget;
    }

    /// So many bytes are left of a body, or of a chunk of it.
    fn advance(&mut self, direction: Direction, left: u64) {
        let state = self.side(direction).state;
        match (state, left) {
            (State::Length(_), 0) => self.complete(direction),
            (State::Length(_), _) => self.side(direction).state = State::Length(left),
            (State::Chunk(_), 0) => self.side(direction).state = State::ChunkEnd,
            (State::Chunk(_), _) => self.side(direction).state = State::Chunk(left),
            _ => {}
        }
    }

    fn complete(&mut self, direction: Direction) {
        if let Some(message) = self.message(direction) {
            message.complete = true;
        }
        let side = self.side(direction);
        (side.state, side.current) = (State::Head, None);
        side.buffer.clear();
    }

    fn lose(&mut self, direction: Direction, place: Place, text: String) {
        let side = self.side(direction);
        side.buffer.clear();
        side.state = State::Lost;
        match self.message(direction) {
            Some(message) => note(&mut message.remarks, text),
            None => self.remark(place, text),
        }
        self.side(direction).current = None;
    }

    /// Collects a line and hands it on with its end.
    fn line(
        &mut self,
        direction: Direction,
        at: Place,
        bytes: &[u8],
        take: fn(&mut Self, Direction, Place, &[u8]),
    ) -> usize {
        let end = bytes.iter().position(|byte| *byte == b'\n').map(|end| end + 1);
        let taken = end.unwrap_or(bytes.len());
        let side = self.side(direction);
        side.buffer.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        let limit = if side.state == State::Trailers { MAX_HEAD } else { MAX_LINE };
        if side.buffer.len() > limit {
            self.lose(direction, at, "a line of the chunked body is too long".to_owned());
        } else if end.is_some() {
            let line = std::mem::take(&mut self.side(direction).buffer);
            take(self, direction, at, &line);
        }
        taken
    }

    fn chunk_size(&mut self, direction: Direction, at: Place, line: &[u8]) {
        // A sender may end lines with a line feed alone (RFC 9112 2.2), which httparse does not take.
        let line = [line.trim_ascii_end(), b"\r\n"].concat();
        let Ok(httparse::Status::Complete((_, size))) = httparse::parse_chunk_size(&line) else {
            return self.lose(direction, at, "the size of a chunk cannot be read".to_owned());
        };
        self.side(direction).state = if size == 0 { State::Trailers } else { State::Chunk(size) };
    }

    fn chunk_end(&mut self, direction: Direction, at: Place, line: &[u8]) {
        if matches!(line, b"\r\n" | b"\n") {
            self.side(direction).state = State::ChunkSize;
        } else {
            self.lose(direction, at, "a chunk is longer than its size says".to_owned());
        }
    }

    fn trailer(&mut self, direction: Direction, at: Place, line: &[u8]) {
        if matches!(line, b"\r\n" | b"\n") {
            return self.complete(direction);
        }
        let mut headers = [httparse::EMPTY_HEADER; 1];
        let block = [line, b"\r\n"].concat();
        let Ok(httparse::Status::Complete((_, [header, ..]))) = httparse::parse_headers(&block, &mut headers) else {
            return self.lose(direction, at, "a trailer cannot be read".to_owned());
        };
        let mut trailers = vec![field(header)];
        let mut budget = std::mem::take(&mut self.budget);
        if let Some(message) = self.message(direction) {
            budget.fields(&mut trailers, &mut message.remarks);
            message.trailers.append(&mut trailers);
        }
        self.budget = budget;
    }

    /// Collects the head of a message, up to the empty line.
    fn head(&mut self, direction: Direction, at: Place, bytes: &[u8]) -> usize {
        let side = self.side(direction);
        if side.buffer.is_empty() {
            // An empty line before a request is passed over (RFC 9112 2.2).
            if matches!(bytes.first(), Some(b'\r' | b'\n')) {
                return 1;
            }
            side.begins = at;
        }
        let before = side.buffer.len();
        let room = MAX_HEAD.saturating_sub(before).min(bytes.len());
        side.buffer.extend_from_slice(bytes.get(..room).unwrap_or_default());
        let begins = side.begins;
        let Some(end) = end_of_head(&side.buffer, before) else {
            if before + room >= MAX_HEAD {
                self.lose(direction, begins, format!("no HTTP {} from here on: a head without end", toward(direction)));
                return bytes.len();
            }
            return room;
        };
        let mut head = std::mem::take(&mut self.side(direction).buffer);
        head.truncate(end);
        match direction {
            Direction::ToServer => self.request(begins, &head),
            Direction::ToClient => self.response(begins, &head),
        }
        end - before
    }

    fn request(&mut self, at: Place, head: &[u8]) {
        let mut headers = vec![httparse::EMPTY_HEADER; MAX_FIELDS];
        let mut request = httparse::Request::new(&mut headers);
        if !matches!(request.parse(head), Ok(httparse::Status::Complete(_))) {
            let text = "no HTTP to the server from here on: a request cannot be read".to_owned();
            return self.lose(Direction::ToServer, at, text);
        }
        let line = Line::Request {
            method: request.method.unwrap_or_default().to_owned(),
            target: request.path.unwrap_or_default().to_owned(),
            version: version(request.version),
        };
        let fields = request.headers.iter().map(field).collect();
        let mut message = Message::new(line, fields, at.chunk, at.frame);
        let framing = framing(&mut message, None);
        self.budget.fields(&mut message.fields, &mut message.remarks);
        let index = self.list.len();
        if !self.budget.exchange() {
            return self.lose(Direction::ToServer, at, "there are more requests than are kept".to_owned());
        }
        self.list.push(Exchange { request: Some(message), ..Exchange::default() });
        self.waiting.push_back(index);
        self.side(Direction::ToServer).current = Some((index, false));
        self.begin(Direction::ToServer, framing);
    }

    fn response(&mut self, at: Place, head: &[u8]) {
        let mut headers = vec![httparse::EMPTY_HEADER; MAX_FIELDS];
        let mut response = httparse::Response::new(&mut headers);
        if !matches!(response.parse(head), Ok(httparse::Status::Complete(_))) {
            let text = "no HTTP to the client from here on: a response cannot be read".to_owned();
            return self.lose(Direction::ToClient, at, text);
        }
        let status = response.code.unwrap_or_default();
        let reason = response.reason.unwrap_or_default().to_owned();
        let line = Line::Response { status, reason, version: version(response.version) };
        let fields = response.headers.iter().map(field).collect();
        let mut message = Message::new(line, fields, at.chunk, at.frame);
        let interim = (100..200).contains(&status) && status != 101;
        let waiting = if interim { self.waiting.front().copied() } else { self.waiting.pop_front() };
        let index = waiting.unwrap_or(self.list.len());
        if (interim || waiting.is_none()) && !self.budget.exchange() {
            return self.lose(Direction::ToClient, at, "there are more responses than are kept".to_owned());
        }
        let request = self.list.get(index).and_then(|exchange| exchange.request.as_ref());
        let framing = framing(&mut message, Some(request.and_then(Message::method).unwrap_or_default()));
        self.budget.fields(&mut message.fields, &mut message.remarks);
        if waiting.is_none() {
            let remarks = vec!["the request of this response was not seen".to_owned()];
            self.list.push(Exchange { remarks, ..Exchange::default() });
        }
        let Some(exchange) = self.list.get_mut(index) else { return };
        if interim {
            exchange.interim.push(message);
        } else {
            exchange.response = Some(message);
        }
        self.side(Direction::ToClient).current = Some((index, interim));
        self.begin(Direction::ToClient, framing);
    }

    fn begin(&mut self, direction: Direction, framing: State) {
        match framing {
            State::Head | State::Length(0) => self.complete(direction),
            State::Tunnel => {
                self.complete(direction);
                self.sides.iter_mut().for_each(|side| {
                    side.state = State::Tunnel;
                    side.buffer.clear();
                });
            }
            other => self.side(direction).state = other,
        }
    }
}

/// How the body of a message ends (RFC 9112 6.3). `answered`: the method that a response answers.
fn framing(message: &mut Message, answered: Option<&str>) -> State {
    let status = message.status().unwrap_or_default();
    if status == 101 || (answered == Some("CONNECT") && (200..300).contains(&status)) {
        return State::Tunnel;
    }
    let bodiless = (100..200).contains(&status) || matches!(status, 204 | 304);
    if answered.is_some() && (bodiless || answered == Some("HEAD")) {
        return State::Head;
    }
    let codings = message.members("transfer-encoding");
    let mut lengths = message.members("content-length");
    lengths.dedup();
    if !codings.is_empty() && !lengths.is_empty() {
        let text = "both Transfer-Encoding and Content-Length: requests are smuggled so (RFC 9112 11.2)";
        message.remarks.push(text.to_owned());
    }
    if codings.last().is_some_and(|coding| coding == "chunked") {
        return State::ChunkSize;
    }
    if !codings.is_empty() {
        return State::UntilClose;
    }
    if lengths.len() > 1 {
        message.remarks.push("Content-Length is given more than once, with different values".to_owned());
    }
    match lengths.first().map(|length| length.parse()) {
        Some(Ok(length)) => State::Length(length),
        Some(Err(_)) => {
            message.remarks.push("Content-Length is no number".to_owned());
            State::UntilClose
        }
        None if answered.is_some() => State::UntilClose,
        None => State::Head,
    }
}

/// Where the empty line ends that ends a head; `before`: how many bytes were searched already.
fn end_of_head(bytes: &[u8], before: usize) -> Option<usize> {
    let from = before.saturating_sub(2);
    let rest = bytes.get(from..)?;
    let ends = rest.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    ends.filter(|end| *end + from > before).find_map(|end| {
        let head = bytes.get(..from + end)?;
        let empty = head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n");
        empty.then_some(from + end)
    })
}

fn field(header: &httparse::Header<'_>) -> HeaderField {
    HeaderField { name: Some(header.name.as_bytes().to_vec()), value: Some(header.value.to_vec()) }
}

fn version(minor: Option<u8>) -> &'static str {
    if minor == Some(0) { "HTTP/1.0" } else { "HTTP/1.1" }
}

fn toward(direction: Direction) -> &'static str {
    match direction {
        Direction::ToServer => "to the server",
        Direction::ToClient => "to the client",
    }
}
