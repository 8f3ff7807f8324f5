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
    /// Where they lie in the track.
    start: usize,
    length: usize,
    frame: u32,
    /// Offset in the frame; `None` when the datagram was put together from fragments.
    frame_offset: Option<u32>,
}

impl Recording {
    pub(super) fn push(&mut self, side: Side, chunk: Chunk<'_>) {
        let Some(track) = self.sides.get_mut(side.index()) else { return };
        if track.bytes.len() + chunk.bytes.len() > MAX_BYTES {
            return;
        }
        let start = track.bytes.len();
        track.bytes.extend_from_slice(chunk.bytes);
        track.runs.push(Run {
            offset: chunk.offset,
            start,
            length: chunk.bytes.len(),
            frame: chunk.arrival.frame,
            frame_offset: chunk.arrival.payload_at,
        });
    }

    /// Forgets what stands at `offset` and behind it.
    pub(super) fn truncate(&mut self, side: Side, offset: u64) {
        let Some(track) = self.sides.get_mut(side.index()) else { return };
        track.runs.retain(|run| run.offset < offset);
        if let Some(last) = track.runs.last_mut() {
            last.length = last.length.min(usize::try_from(offset - last.offset).unwrap_or(last.length));
        }
    }

    /// At most `length` bytes of a direction from `offset` on; they end where a hole begins.
    pub(super) fn read(&self, side: Side, offset: u64, length: usize) -> Buffer {
        let mut buffer = Buffer { name: "Reassembled stream".to_owned(), ..Buffer::default() };
        let Some(track) = self.sides.get(side.index()) else { return buffer };
        let first = track.runs.partition_point(|run| run.offset + run.length as u64 <= offset);
        let mut at = offset;
        for run in track.runs.get(first..).unwrap_or_default() {
            let left = length - buffer.bytes.len();
            if run.offset > at || left == 0 {
                break;
            }
            let skip = usize::try_from(at - run.offset).unwrap_or(run.length);
            let taken = (run.length - skip).min(left);
            let Some(bytes) = track.bytes.get(run.start + skip..run.start + skip + taken) else { break };
            if let Some(frame_offset) = run.frame_offset {
                buffer.pieces.push(FramePiece {
                    start: u32::try_from(buffer.bytes.len()).unwrap_or(u32::MAX),
                    length: u32::try_from(taken).unwrap_or(u32::MAX),
                    frame: run.frame,
                    frame_offset: frame_offset + u32::try_from(skip).unwrap_or(0),
                });
            }
            buffer.bytes.extend_from_slice(bytes);
            at += taken as u64;
        }
        buffer
    }
}
