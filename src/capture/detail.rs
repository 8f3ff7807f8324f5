//! One session again, with every byte: what the Ladder, Detail and hex views show.

use super::{Frames, Store};
use crate::base::{Span, Tree};
use crate::net::Direction;
use crate::session::{FrameNumber, Session};
use std::io;

/// A session read again from the capture with its bytes kept.
#[derive(Debug)]
pub struct Detail {
    /// The session, with a timeline that leaves nothing out.
    pub session: Session,
}

/// The fields of one event, and the buffers that their spans count in.
#[derive(Debug, Default)]
pub struct Dissection {
    /// Indexed by [`BufferId`](crate::base::BufferId).
    pub buffers: Vec<Buffer>,
    /// The fields.
    pub tree: Tree,
}

/// Bytes that spans count in, with what a hex view needs to say where they came from.
#[derive(Debug, Default)]
pub struct Buffer {
    /// What the tab is called: `Frame 12`, `Reassembled stream`, `Handshake message`, `Decompressed`.
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
    /// The frame in which the byte at `offset` came, and its offset there.
    #[must_use]
    pub fn frame_of(&self, offset: u32) -> Option<(FrameNumber, u32)> {
        let behind = self.pieces.partition_point(|piece| piece.start <= offset);
        let piece = self.pieces.get(behind.checked_sub(1)?)?;
        let within = offset - piece.start;
        (within < piece.length).then_some((piece.frame, piece.frame_offset + within))
    }
}

impl Detail {
    /// Reads the session's frames again and keeps its bytes.
    pub fn open(_store: &dyn Store, _frames: &Frames, _session: &Session) -> io::Result<Self> {
        Err(io::Error::other("not there yet"))
    }

    /// The fields of an event of the timeline, by its index: its records with what they carry, in the buffer
    /// `Reassembled stream` (and in others where bytes were joined or decompressed).
    #[must_use]
    pub fn dissect(&self, _event: usize) -> Dissection {
        Dissection::default()
    }

    /// The bytes of one direction of the stream around `offset`, for the stream tab: at most `length` of them.
    #[must_use]
    pub fn stream(&self, _direction: Direction, _offset: u64, _length: u32) -> Buffer {
        Buffer::default()
    }
}

impl Dissection {
    /// The frame's own bytes and fields, from the link layer up.
    pub fn of_frame(_store: &dyn Store, _frames: &Frames, _number: FrameNumber) -> io::Result<Self> {
        Ok(Self::default())
    }

    /// The bytes of `span`.
    #[must_use]
    pub fn bytes(&self, span: Span) -> &[u8] {
        self.buffers.get(usize::from(span.buffer.0)).map(|buffer| span.of(&buffer.bytes)).unwrap_or_default()
    }
}
