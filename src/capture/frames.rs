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

/// All frames so far, or the newest of a capture that has no end. A clone shares the sealed blocks and copies the open
/// one.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    sealed: Vec<Arc<[FrameEntry]>>,
    open: Vec<FrameEntry>,
    /// How many frames were in the blocks that were let go.
    gone: usize,
    /// How many frames were let go, where that is more than the blocks.
    hidden: usize,
    /// When the first frame of all was captured.
    start: Option<Timestamp>,
}

impl Frames {
    /// Adds the next frame.
    pub fn push(&mut self, entry: FrameEntry) {
        self.start.get_or_insert(entry.time);
        self.open.push(entry);
        if self.open.len() == BLOCK {
            self.sealed.push(std::mem::take(&mut self.open).into());
        }
    }

    /// Lets go of the frames in front of `position`, whose bytes are there no more, and of so many that about `most`
    /// stay. They are let go block by block, and those of the first block that stays are hidden. Only for captures of
    /// one file, in which positions grow.
    pub fn let_go(&mut self, position: u64, most: usize) {
        let is_gone = |block: &[FrameEntry]| block.last().is_some_and(|last| last.position < position);
        let unreadable = self.sealed.iter().take_while(|block| is_gone(block)).count();
        let too_many = (self.len() - self.gone).saturating_sub(most) / BLOCK;
        let blocks = unreadable.max(too_many).min(self.sealed.len());
        self.sealed.drain(..blocks);
        self.gone += blocks * BLOCK;
        let front = self.sealed.first().map_or(self.open.as_slice(), |block| block);
        self.hidden = self.gone + front.partition_point(|entry| entry.position < position);
    }

    /// The number of the first frame that was not let go.
    #[must_use]
    pub fn first(&self) -> FrameNumber {
        FrameNumber::try_from(self.hidden + 1).unwrap_or(FrameNumber::MAX)
    }

    /// When the first frame of all was captured, whether it is there or not.
    #[must_use]
    pub fn start(&self) -> Option<Timestamp> {
        self.start
    }

    /// How many there were, and so the number of the last one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.gone + self.sealed.len() * BLOCK + self.open.len()
    }

    /// Whether there was none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The frame with that number, counted from 1.
    #[must_use]
    pub fn frame(&self, number: FrameNumber) -> Option<&FrameEntry> {
        let index = usize::try_from(number).ok()?.checked_sub(1).filter(|index| *index >= self.hidden)? - self.gone;
        self.sealed.get(index / BLOCK).map_or_else(
            || self.open.get(index % BLOCK).filter(|_| index / BLOCK == self.sealed.len()),
            |block| block.get(index % BLOCK),
        )
    }

    /// All frames that are there with their numbers, from frame `first` on.
    pub fn from(&self, first: FrameNumber) -> impl Iterator<Item = (FrameNumber, &FrameEntry)> {
        (first.max(self.first())..).map_while(|number| Some((number, self.frame(number)?)))
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

#[cfg(test)]
mod tests {
    use super::super::Packet;
    use super::*;

    /// Frames of ten bytes each, captured at the times 1, 2, 3 …
    fn frames(count: u32) -> Frames {
        let mut frames = Frames::default();
        for number in 1..=count {
            let (position, time) = (u64::from(number - 1) * 10, i64::from(number));
            let packet = Packet {
                number,
                time,
                link: LinkType(1),
                original_length: 10,
                file: 0,
                interface: 0,
                position,
                bytes: &[0; 10],
            };
            frames.push(FrameEntry::new(&packet, None));
        }
        frames
    }

    #[test]
    fn what_is_let_go_is_not_found_and_the_numbers_stay() {
        const ALL: u32 = 10_000;
        for (position, most, first, blocks) in [
            (0, usize::MAX, 1, 0),
            (1, usize::MAX, 2, 0),
            (50, usize::MAX, 6, 0),
            (40_959, usize::MAX, 4097, 1),
            (90_000, usize::MAX, 9001, 2),
            (1_000_000, usize::MAX, 10_001, 2),
            (0, 6000, 1, 0),
            (0, 5000, 4097, 1),
            (50_000, 5000, 5001, 1),
        ] {
            let said = format!("{position} {most}");
            let mut frames = frames(ALL);
            frames.let_go(position, most);
            assert_eq!((frames.first(), frames.len(), frames.gone / BLOCK), (first, ALL as usize, blocks), "{said}");
            assert_eq!(frames.frame(first - 1), None, "{said}");
            let times: Vec<_> = frames.from(1).map(|(number, entry)| (number, entry.time)).collect();
            assert_eq!(times, (first..=ALL).map(|number| (number, i64::from(number))).collect::<Vec<_>>(), "{said}");
            assert_eq!(frames.start(), Some(1), "{said}");
        }
    }
}
