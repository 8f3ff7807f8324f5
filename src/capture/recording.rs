//! The bytes of one conversation, kept for the views that show them.

use super::{Buffer, FramePiece};
use crate::net::flow::Side;
use crate::net::stream::Chunk;

/// How many bytes of a direction are kept; what is behind them is application data, for all practical purposes.
const MAX_BYTES: usize = 64 << 20;

/// The bytes of both directions, each run with the frame that it came in.
#[derive(Debug, Default)]
pub(super) struct Recording {
    sides: [Track; 2],
    /// Whether bytes are kept that lie in a frame as they are; they can be read again from there.
    keeps_bytes: bool,
}

#[derive(Debug, Default)]
struct Track {
    bytes: Vec<u8>,
    runs: Vec<Run>,
}

/// Bytes that came in one frame.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Offset in the stream.
    offset: u64,
    /// Where they lie in the track, if they are kept.
    start: usize,
    length: u32,
    frame: u32,
    /// Offset in the frame; `None` when the datagram was put together from fragments.
    frame_offset: Option<u32>,
}

/// A part of a run that was asked for.
struct Part<'a> {
    run: &'a Run,
    /// How many bytes of the run stand before it.
    skip: u32,
    length: u32,
    /// The bytes, where they are kept.
    bytes: Option<&'a [u8]>,
}

/// Where bytes of the stream lie.
pub(super) enum Located<'a> {
    /// Here.
    Kept(&'a [u8]),
    /// In a frame.
    InFrame { frame: u32, at: u32, length: u32 },
}

impl Recording {
    /// With `keeps_bytes` false, only where the bytes lie is kept, as far as they lie in a frame.
    pub(super) fn new(keeps_bytes: bool) -> Self {
        Self { keeps_bytes, ..Self::default() }
    }

    pub(super) fn push(&mut self, side: Side, chunk: Chunk<'_>) {
        let Some(track) = self.sides.get_mut(side.index()) else { return };
        let start = track.bytes.len();
        if self.keeps_bytes || chunk.arrival.payload_at.is_none() {
            if start + chunk.bytes.len() > MAX_BYTES {
                return;
            }
            track.bytes.extend_from_slice(chunk.bytes);
        }
        track.runs.push(Run {
            offset: chunk.offset,
            start,
            length: u32::try_from(chunk.bytes.len()).unwrap_or(u32::MAX),
            frame: chunk.arrival.frame,
            frame_offset: chunk.arrival.payload_at,
        });
    }

    /// Forgets what stands at `offset` and behind it.
    pub(super) fn truncate(&mut self, side: Side, offset: u64) {
        let Some(track) = self.sides.get_mut(side.index()) else { return };
        track.runs.retain(|run| run.offset < offset);
        if let Some(last) = track.runs.last_mut() {
            last.length = last.length.min(u32::try_from(offset - last.offset).unwrap_or(last.length));
        }
    }

    /// At most `length` bytes of a direction from `offset` on; they end where a hole begins.
    pub(super) fn read(&self, side: Side, offset: u64, length: usize) -> Buffer {
        let mut buffer = Buffer { name: "Reassembled stream".to_owned(), ..Buffer::default() };
        for Part { run, skip, length, bytes } in self.parts(side, offset, length) {
            let Some(bytes) = bytes else { break };
            if let Some(frame_offset) = run.frame_offset {
                buffer.pieces.push(FramePiece {
                    start: u32::try_from(buffer.bytes.len()).unwrap_or(u32::MAX),
                    length,
                    frame: run.frame,
                    frame_offset: frame_offset.saturating_add(skip),
                });
            }
            buffer.bytes.extend_from_slice(bytes);
        }
        buffer
    }

    /// Where the same bytes lie. `None` where one of them is not known, or a hole begins before the end.
    pub(super) fn locate(&self, side: Side, offset: u64, length: usize) -> Option<Vec<Located<'_>>> {
        let mut found = Vec::new();
        let mut left = length;
        for Part { run, skip, length, bytes } in self.parts(side, offset, length) {
            left = left.checked_sub(length as usize)?;
            found.push(match (bytes, run.frame_offset) {
                (Some(bytes), _) => Located::Kept(bytes),
                (None, Some(at)) => Located::InFrame { frame: run.frame, at: at.checked_add(skip)?, length },
                (None, None) => return None,
            });
        }
        (left == 0).then_some(found)
    }

    /// The parts of runs that hold at most `length` bytes from `offset` on, until a hole begins.
    fn parts(&self, side: Side, offset: u64, length: usize) -> impl Iterator<Item = Part<'_>> {
        let track = self.sides.get(side.index());
        let runs = track.map(|track| track.runs.as_slice()).unwrap_or_default();
        let first = runs.partition_point(|run| run.offset + u64::from(run.length) <= offset);
        let (mut at, end) = (offset, offset.saturating_add(length as u64));
        runs.get(first..).unwrap_or_default().iter().map_while(move |run| {
            if run.offset > at || at >= end {
                return None;
            }
            let skip = u32::try_from(at - run.offset).ok()?;
            let length = u32::try_from((end - at).min(u64::from(run.length.checked_sub(skip)?))).ok()?;
            at += u64::from(length);
            let kept = self.keeps_bytes || run.frame_offset.is_none();
            let start = run.start + skip as usize;
            let bytes = track.filter(|_| kept).and_then(|track| track.bytes.get(start..start + length as usize));
            Some(Part { run, skip, length, bytes })
        })
    }
}
