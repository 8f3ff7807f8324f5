//! One session again, with every byte: what the Ladder, Detail and hex views show.
//!
//! A session in the list has facts only. When it is opened, the frames of its stream are read once more from the
//! store, by the same dissector, with the bytes kept; field trees are then made for the events that somebody looks at.

mod decrypted;
mod derivation;

pub use decrypted::ApplicationData;
pub use derivation::{RecordId, learn_resumption};

use super::dissector::{Dissector, Settings};
use super::nearby::each_frame;
use super::recording::Recording;
use super::{FrameEntry, Frames, Packet, Store};
use crate::base::{BufferId, Reader, Span, Tree};
use crate::net::flow::{FlowKey, Protocol, Side};
use crate::net::{Direction, Layers};
use crate::session::{Event, EventKind, FrameNumber, OpenedRecord, Session};
use crate::tls::handshake::{Cache, Context, Role, read_with_header};
use crate::tls::record::{self, Header, Protection};
use crate::tls::secrets::Secrets;
use crate::tls::ssl2;
use std::io;
use std::sync::Arc;

/// A session read again from the capture with its bytes kept.
#[derive(Debug)]
pub struct Detail {
    /// The session, with a timeline that leaves nothing out.
    pub session: Session,
    recording: Option<Box<Recording>>,
    /// Which end of the flow's key the client is.
    client: Side,
    /// What opens the protected records again, by direction and in the order of the stream.
    opened: [Vec<OpenedRecord>; 2],
}

/// The fields of one event, and the buffers that their spans count in.
#[derive(Debug, Default)]
pub struct Dissection {
    /// Indexed by [`BufferId`]; [`buffer`](Self::buffer) finds those that were derived.
    pub buffers: Vec<Buffer>,
    /// The fields.
    pub tree: Tree,
}

/// Bytes that spans count in, with what a hex view needs to say where they came from.
#[derive(Clone, Debug, Default)]
pub struct Buffer {
    /// What the tab is called: `Frame 12`, `Reassembled stream`, `Record as sent`, `Decrypted record`.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Which bytes came in which frame, in ascending order; empty for bytes that were computed.
    pub pieces: Vec<FramePiece>,
}

/// A run of bytes of a [`Buffer`] that came in one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FramePiece {
    /// Offset in the buffer.
    pub start: u32,
    /// How many bytes.
    pub length: u32,
    /// The frame.
    pub frame: FrameNumber,
    /// Offset of the first of them in the frame.
    pub frame_offset: u32,
}

impl Buffer {
    /// Keeps the first `length` bytes.
    fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length);
        let end = u32::try_from(length).unwrap_or(u32::MAX);
        self.pieces.retain(|piece| piece.start < end);
        if let Some(last) = self.pieces.last_mut() {
            last.length = last.length.min(end - last.start);
        }
    }

    /// The frame in which the byte at `offset` came, and its offset there.
    #[must_use]
    pub fn frame_of(&self, offset: u32) -> Option<(FrameNumber, u32)> {
        let behind = self.pieces.partition_point(|piece| piece.start <= offset);
        let piece = self.pieces.get(behind.checked_sub(1)?)?;
        let within = offset - piece.start;
        (within < piece.length).then_some((piece.frame, piece.frame_offset + within))
    }
}

/// The buffer of the records in the order of the stream.
const STREAM: BufferId = BufferId(0);
/// The buffer of a handshake message that was put together from several records.
const MESSAGE: BufferId = BufferId(1);
/// The most bytes that one event shows; a handshake message of this size takes a good hundred records.
const MAX_EVENT: usize = 2 << 20;
const HEADER: usize = Header::LENGTH;

impl Detail {
    /// Reads the session's frames again and keeps its bytes; opens what `secrets` open.
    pub fn open(store: &dyn Store, frames: &Frames, session: &Session, secrets: &Arc<Secrets>) -> io::Result<Self> {
        let mut dissector = Dissector::new(Settings::DETAIL);
        dissector.open_with(Arc::clone(secrets));
        let again = read_stream(store, frames, session, &mut dissector)?;
        let taken = again.as_ref().and_then(|again| dissector.take_recording(again));
        let (recording, opened) = taken.unzip();
        let session = again.unwrap_or_else(|| session.clone());
        let (_, client) = FlowKey::new(Protocol::Tcp, session.client, session.server);
        Ok(Self { session, recording, client, opened: opened.unwrap_or_default() })
    }

    /// The fields of an event of the timeline, by its index: its records with what they carry.
    #[must_use]
    pub fn dissect(&self, event: usize) -> Dissection {
        let Some(event) = self.session.timeline.get(event) else { return Dissection::default() };
        if event.decrypted {
            return self.decrypted(event);
        }
        match &event.kind {
            EventKind::Handshake { length, at, .. } => self.handshake(event, *length as usize, *at as usize),
            EventKind::Ssl2 { .. } => self.ssl2(event),
            EventKind::Gap { .. } | EventKind::Fin | EventKind::Reset => Dissection::default(),
            EventKind::NotTls { .. } => self.bytes_only(event),
            _ => self.records(event),
        }
    }

    /// The bytes of one direction of the stream from `offset` on: at most `length` of them, fewer where a hole begins.
    #[must_use]
    pub fn stream(&self, direction: Direction, offset: u64, length: u32) -> Buffer {
        let side = if direction == Direction::ToServer { self.client } else { self.client.other() };
        match &self.recording {
            Some(recording) => recording.read(side, offset, length as usize),
            None => Buffer::default(),
        }
    }

    fn context(&self, direction: Direction) -> Context {
        Context {
            version: self.session.version,
            cipher_suite: self.session.cipher_suite,
            sender: Some(if direction == Direction::ToServer { Role::Client } else { Role::Server }),
        }
    }

    /// The stream from the event's first record on, up to the end of the record that holds the payload byte `wanted`;
    /// and where in the buffer the payloads of those records lie.
    fn payloads(&self, event: &Event, wanted: usize) -> (Buffer, Vec<(usize, usize)>) {
        let mut reach = HEADER + wanted.min(MAX_EVENT);
        loop {
            let mut buffer = self.stream(event.direction, event.offset, u32::try_from(reach).unwrap_or(u32::MAX));
            let (payloads, end, complete) = walk(&buffer.bytes, wanted);
            let exhausted = buffer.bytes.len() < reach || reach >= MAX_EVENT;
            if complete || exhausted {
                buffer.truncate(end.max(HEADER));
                return (buffer, payloads);
            }
            // Twice as much, not a header more: a message may come in records of one byte.
            reach = (end + HEADER).max(reach * 2).min(MAX_EVENT);
        }
    }

    fn handshake(&self, event: &Event, length: usize, at: usize) -> Dissection {
        let wanted = at + 4 + length;
        let (stream, payloads) = self.payloads(event, wanted);
        if payloads.is_empty() {
            return Dissection { buffers: vec![stream], tree: Tree::on() };
        }
        let context = self.context(event.direction);
        let mut tree = Tree::on();
        let mut cache = Cache::new();
        let mut message = Vec::new();
        for &(start, end) in &payloads {
            let origin = start - HEADER;
            let bytes = stream.bytes.get(origin..end).unwrap_or_default();
            let mut reader = Reader::at(bytes, STREAM, u32::try_from(origin).unwrap_or(u32::MAX));
            record::read_tree(&mut reader, Protection::Plain, &context, &mut tree);
        }
        if let [(start, end)] = payloads.as_slice() {
            let body = stream.bytes.get(start + at..*end).unwrap_or_default();
            let body = body.get(..length + 4).unwrap_or(body);
            let origin = u32::try_from(start + at).unwrap_or(u32::MAX);
            read_with_header(Reader::at(body, STREAM, origin), &context, &mut cache, &mut tree);
        } else {
            for &(start, end) in &payloads {
                message.extend_from_slice(stream.bytes.get(start..end).unwrap_or_default());
            }
            message.drain(..at.min(message.len()));
            message.truncate(length + 4);
            read_with_header(Reader::new(&message, MESSAGE), &context, &mut cache, &mut tree);
        }
        if !message.is_empty() {
            let pieces = message_pieces(&stream, &payloads, at, message.len());
            let joined = Buffer { name: "Handshake message".to_owned(), bytes: message, pieces };
            return Dissection { buffers: vec![stream, joined], tree };
        }
        Dissection { buffers: vec![stream], tree }
    }

    fn records(&self, event: &Event) -> Dissection {
        let (mut stream, records) = self.payloads(event, 1);
        let protection = match event.kind {
            EventKind::Alert(_) | EventKind::ChangeCipherSpec | EventKind::Heartbeat { encrypted: false, .. } => {
                Protection::Plain
            }
            _ => Protection::Encrypted,
        };
        if protection == Protection::Encrypted {
            stream.name = decrypted::as_sent(records.len());
        }
        let mut tree = Tree::on();
        let mut reader = Reader::new(&stream.bytes, STREAM);
        record::read_tree(&mut reader, protection, &self.context(event.direction), &mut tree);
        Dissection { buffers: vec![stream], tree }
    }

    fn ssl2(&self, event: &Event) -> Dissection {
        let head = self.stream(event.direction, event.offset, 3);
        let Some(header) = ssl2::header(&head.bytes) else { return Dissection::default() };
        let length = u32::from(header.size) + u32::from(header.length);
        let stream = self.stream(event.direction, event.offset, length);
        let mut tree = Tree::on();
        ssl2::read(&mut Reader::new(&stream.bytes, STREAM), false, &mut tree);
        Dissection { buffers: vec![stream], tree }
    }

    fn bytes_only(&self, event: &Event) -> Dissection {
        let stream = self.stream(event.direction, event.offset, 4096);
        Dissection { buffers: vec![stream], tree: Tree::on() }
    }
}

impl Dissection {
    /// The frame's own bytes and fields, from the link layer up.
    pub fn of_frame(store: &dyn Store, frames: &Frames, number: FrameNumber) -> io::Result<Self> {
        let entry = frames.frame(number).ok_or_else(|| no_frame(frames, number))?;
        let bytes = store.read(entry.file, entry.position, entry.length)?;
        let mut tree = Tree::on();
        let mut layers = Layers::new();
        layers.read(entry.link, &bytes, u32::from(entry.original_length).max(entry.length), &mut tree);
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let pieces = vec![FramePiece { start: 0, length, frame: number, frame_offset: 0 }];
        let mut buffers = vec![Buffer { name: format!("Frame {number}"), bytes, pieces }];
        // A datagram may say that it is a fragment and yet be whole (RFC 6946).
        buffers.extend(layers.joined().map(|bytes| Buffer {
            name: "Reassembled packet".to_owned(),
            bytes: bytes.to_vec(),
            pieces: Vec::new(),
        }));
        while buffers.last().is_some_and(|buffer| buffer.bytes.is_empty()) && buffers.len() > 1 {
            buffers.pop();
        }
        Ok(Self { buffers, tree })
    }

    /// The bytes that spans with this number count in.
    #[must_use]
    pub fn buffer(&self, id: BufferId) -> Option<&[u8]> {
        let index = usize::from(id.0);
        let derived = index.checked_sub(usize::from(Tree::FIRST_DERIVED.0)).and_then(|at| self.tree.derived().get(at));
        derived
            .map(|(_, bytes)| bytes.as_slice())
            .or_else(|| self.buffers.get(index).map(|buffer| buffer.bytes.as_slice()))
    }

    /// The bytes of `span`.
    #[must_use]
    pub fn bytes(&self, span: Span) -> &[u8] {
        self.buffer(span.buffer).map(|buffer| span.of(buffer)).unwrap_or_default()
    }
}

/// Reads the frames of a session's stream again. The session has the number and the stream that it had: both are given
/// by the order of a whole capture, of which only one stream was read again.
pub(super) fn read_stream(
    store: &dyn Store,
    frames: &Frames,
    session: &Session,
    dissector: &mut Dissector,
) -> io::Result<Option<Session>> {
    if session.stream_first_frame < frames.first() {
        return Err(bare(frames));
    }
    // Fragments of a datagram belong to no stream by themselves, but its bytes are in them.
    let range = frames.from(session.stream_first_frame).take_while(|(number, _)| *number <= session.last_frame);
    let wanted = range.filter(|(_, entry)| entry.stream().is_none_or(|stream| stream == session.stream));
    each_frame(store, wanted.map(|(number, entry)| (number, *entry)), |number, entry, bytes| {
        push(dissector, number, entry, bytes);
    })?;
    dissector.finish();
    let ends = |session: &Session| {
        let (a, b) = (session.client, session.server);
        (a.min(b), a.max(b))
    };
    let again = dissector.sessions().into_iter().find(|again| ends(again) == ends(session));
    let again = again.map(|again| {
        let stream = frames.frame(session.last_frame).and_then(|entry| entry.stream()).unwrap_or(session.stream);
        Session { number: session.number, stream, ..Session::clone(&again) }
    });
    Ok(again)
}

/// Why there is no frame with a number.
#[must_use]
pub fn no_frame(frames: &Frames, number: FrameNumber) -> io::Error {
    let was = (1..frames.first()).contains(&number);
    io::Error::new(io::ErrorKind::NotFound, format!("frame {number} is there {}", if was { "no more" } else { "not" }))
}

/// The first packets of a session were let go, so that it cannot be read from its beginning.
fn bare(frames: &Frames) -> io::Error {
    let text = format!("its first packets are there no more, only those of the capture from {} on", frames.first());
    io::Error::new(io::ErrorKind::NotFound, text)
}

fn push(dissector: &mut Dissector, number: FrameNumber, entry: &FrameEntry, bytes: &[u8]) {
    dissector.push(&Packet {
        number,
        time: entry.time,
        link: entry.link,
        original_length: u32::from(entry.original_length).max(entry.length),
        file: entry.file,
        interface: entry.interface,
        position: entry.position,
        bytes,
    });
}

/// Walks over records until their payloads together have `wanted` bytes: where the payloads lie, where the last record
/// ends, and whether all of that was there.
fn walk(bytes: &[u8], wanted: usize) -> (Vec<(usize, usize)>, usize, bool) {
    let mut payloads = Vec::new();
    let (mut at, mut have) = (0, 0);
    while have < wanted {
        let Some(header) = bytes.get(at..).and_then(|rest| Header::read(&mut Reader::new(rest, STREAM))) else {
            return (payloads, at, false);
        };
        let length = usize::from(header.length);
        let start = at + HEADER;
        let end = start + length;
        if end > bytes.len() {
            payloads.push((start, bytes.len()));
            return (payloads, end, false);
        }
        payloads.push((start, end));
        have += length.max(1);
        at = end;
    }
    (payloads, at, true)
}

/// Where the bytes of a message that was put together from the payloads came from.
fn message_pieces(stream: &Buffer, payloads: &[(usize, usize)], skip: usize, length: usize) -> Vec<FramePiece> {
    let mut pieces = Vec::new();
    let (mut position, end) = (0, skip + length);
    for &(start, stop) in payloads {
        for piece in &stream.pieces {
            let piece_start = piece.start as usize;
            let from = piece_start.max(start);
            let to = (piece_start + piece.length as usize).min(stop);
            let at = position + from.saturating_sub(start);
            if from >= to || at >= end || at + (to - from) <= skip {
                continue;
            }
            let cut = skip.saturating_sub(at);
            let count = (to - from - cut).min(end - (at + cut));
            pieces.push(FramePiece {
                start: u32::try_from(at + cut - skip).unwrap_or(u32::MAX),
                length: u32::try_from(count).unwrap_or(0),
                frame: piece.frame,
                frame_offset: piece.frame_offset + u32::try_from(from + cut - piece_start).unwrap_or(0),
            });
        }
        position += stop - start;
    }
    pieces
}
