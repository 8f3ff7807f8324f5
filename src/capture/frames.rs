//! The index of frames: a few words each, in sealed blocks that threads can share.

use crate::net::LinkType;
use crate::session::{FrameNumber, StreamId, Timestamp, Transport};
use std::sync::Arc;

/// Where a frame lies and what it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameEntry {
    /// Offset of its bytes in its file.
    pub position: u64,
    /// When it was captured.
    pub time: Timestamp,
    /// How many bytes were captured.
    pub length: u32,
    /// How many bytes it had on the wire, counted up to 65,535.
    pub original_length: u16,
    /// Its link type.
    pub link: LinkType,
    /// Its stream and transport in one word; see [`stream`](Self::stream).
    stream: u32,
    /// Which interface of the file.
    pub interface: u16,
    /// Which file.
    pub file: u8,
}

const NO_STREAM: u32 = u32::MAX;
const UDP: u32 = 1 << 31;

impl FrameEntry {
    /// An entry for a frame of `stream`.
    #[must_use]
    pub fn new(packet: &super::Packet<'_>, stream: Option<StreamId>) -> Self {
        let stream = stream.map_or(NO_STREAM, |id| id.index | if id.transport == Transport::Udp { UDP } else { 0 });
        Self {
            position: packet.position,
            time: packet.time,
            length: u32::try_from(packet.bytes.len()).unwrap_or(u32::MAX),
            original_length: u16::try_from(packet.original_length).unwrap_or(u16::MAX),
            link: packet.link,
            stream,
            interface: packet.interface,
            file: packet.file,
        }
    }

    /// The stream it belongs to; `None` for what is neither TCP nor UDP.
    #[must_use]
    pub fn stream(self) -> Option<StreamId> {
        let transport = if self.stream & UDP == 0 { Transport::Tcp } else { Transport::Udp };
        (self.stream != NO_STREAM).then_some(StreamId { transport, index: self.stream & !UDP })
    }
}

const BLOCK: usize = 4096;

/// All frames so far. A clone shares the sealed blocks and copies the open one.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    sealed: Vec<Arc<[FrameEntry]>>,
    open: Vec<FrameEntry>,
}

impl Frames {
    /// Adds the next frame.
    pub fn push(&mut self, entry: FrameEntry) {
        self.open.push(entry);
        if self.open.len() == BLOCK {
            self.sealed.push(std::mem::take(&mut self.open).into());
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sealed.len() * BLOCK + self.open.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The frame with that number, counted from 1.
    #[must_use]
    pub fn frame(&self, number: FrameNumber) -> Option<&FrameEntry> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.sealed.get(index / BLOCK).map_or_else(
            || self.open.get(index % BLOCK).filter(|_| index / BLOCK == self.sealed.len()),
            |block| block.get(index % BLOCK),
        )
    }

    /// All frames with their numbers, from frame `first` on.
    pub fn from(&self, first: FrameNumber) -> impl Iterator<Item = (FrameNumber, &FrameEntry)> {
        (first.max(1)..).map_while(|number| Some((number, self.frame(number)?)))
    }

    /// The frames of a stream between two frames, both included.
    pub fn of_stream(
        &self,
        stream: StreamId,
        first: FrameNumber,
        last: FrameNumber,
    ) -> impl Iterator<Item = (FrameNumber, &FrameEntry)> {
        self.from(first)
            .take_while(move |(number, _)| *number <= last)
            .filter(move |(_, entry)| entry.stream() == Some(stream))
    }
}
