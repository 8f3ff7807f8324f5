//! Where the bytes of messages lie in the frames that carried them, and back.

use crate::base::{BufferId, Span};
use crate::session::FrameNumber;
use crate::tui::subject::Opened;

/// Where in a frame the bytes of a span lie.
pub(super) fn in_frame(opened: &Opened, span: Span, frame: FrameNumber) -> Vec<std::ops::Range<usize>> {
    let span = opened.on_wire(span);
    let Some(buffer) = opened.source(span.buffer) else { return Vec::new() };
    let pieces = buffer.pieces.iter().filter(|piece| piece.frame == frame);
    pieces
        .filter_map(|piece| {
            let from = span.start.max(piece.start);
            let to = span.end.min(piece.start.saturating_add(piece.length));
            let start = piece.frame_offset.saturating_add(from.checked_sub(piece.start)?) as usize;
            (from < to).then(|| start..start + (to - from) as usize)
        })
        .collect()
}

/// Which byte of a buffer the byte of a frame is.
pub(super) fn from_frame(opened: &Opened, id: BufferId, frame: FrameNumber, offset: u32) -> Option<u32> {
    let buffer = opened.source(id)?;
    let mut pieces = buffer.pieces.iter().filter(|piece| piece.frame == frame);
    pieces.find_map(|piece| {
        let within = offset.checked_sub(piece.frame_offset)?;
        (within < piece.length).then_some(piece.start + within)
    })
}
