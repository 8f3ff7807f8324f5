//! Sequence numbers of one session in the order of the capture: relative numbers, and which segments came twice, early
//! or after a hole.

use crate::capture::{Carried, FrameSummary};
use crate::net::{Endpoint, TransportHeader};
use crate::session::FrameNumber;
use std::collections::HashMap;

/// What is odd about a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// All of it came before.
    Retransmission,
    /// A part of it came before.
    Overlap,
    /// It fills a hole that a later segment had left.
    OutOfOrder,
    /// So many bytes before it were never captured.
    AfterGap(u32),
}

impl Oddity {
    pub(super) fn text(self) -> String {
        match self {
            Self::Retransmission => "retransmission".to_owned(),
            Self::Overlap => "retransmission in part".to_owned(),
            Self::OutOfOrder => "out of order".to_owned(),
            Self::AfterGap(bytes) => format!("{bytes} B before it not captured"),
        }
    }
}

/// What is known of the sequence numbers of a session.
#[derive(Debug, Default)]
pub(super) struct Order {
    ends: Vec<End>,
    oddities: HashMap<FrameNumber, Oddity>,
}

/// One direction.
#[derive(Debug)]
struct End {
    source: Endpoint,
    base: u32,
    next: u32,
    holes: Vec<Hole>,
}

/// Bytes that a segment came before of.
#[derive(Debug)]
struct Hole {
    start: u32,
    end: u32,
    found_by: FrameNumber,
}

impl Order {
    /// Looks at the frames of one session, from its first on.
    pub(super) fn of<'a>(frames: impl Iterator<Item = (FrameNumber, &'a FrameSummary)>) -> Self {
        let mut order = Self::default();
        for (number, summary) in frames {
            if let Some(carried) = &summary.transport {
                order.take(number, carried);
            }
        }
        for end in &order.ends {
            for hole in &end.holes {
                order.oddities.insert(hole.found_by, Oddity::AfterGap(hole.end.wrapping_sub(hole.start)));
            }
        }
        order
    }

    /// What is odd about a frame.
    pub(super) fn oddity(&self, number: FrameNumber) -> Option<Oddity> {
        self.oddities.get(&number).copied()
    }

    /// The sequence number as an offset in its direction, the SYN being 0.
    pub(super) fn relative(&self, source: Endpoint, sequence: u32) -> Option<u32> {
        self.ends.iter().find(|end| end.source == source).map(|end| sequence.wrapping_sub(end.base))
    }

    fn take(&mut self, number: FrameNumber, carried: &Carried) {
        let TransportHeader::Tcp(header) = carried.header else { return };
        let flags = u32::from(header.flags.syn()) + u32::from(header.flags.fin());
        let length = carried.payload.wrapping_add(flags);
        let known = self.ends.iter().position(|end| end.source == carried.source);
        let Some(end) = known.and_then(|at| self.ends.get_mut(at)) else {
            let base = if header.flags.syn() { header.sequence } else { header.sequence.wrapping_sub(1) };
            let next = header.sequence.wrapping_add(length);
            return self.ends.push(End { source: carried.source, base, next, holes: Vec::new() });
        };
        if length > 0
            && let Some(oddity) = end.segment(number, header.sequence, length)
        {
            self.oddities.insert(number, oddity);
        }
    }
}

impl End {
    fn segment(&mut self, number: FrameNumber, sequence: u32, length: u32) -> Option<Oddity> {
        let after = sequence.wrapping_add(length);
        if sequence == self.next {
            self.next = after;
            return None;
        }
        if is_before(self.next, sequence) {
            self.holes.push(Hole { start: self.next, end: sequence, found_by: number });
            self.next = after;
            return None;
        }
        if self.fill(sequence, after) {
            return Some(Oddity::OutOfOrder);
        }
        if is_before(self.next, after) {
            self.next = after;
            return Some(Oddity::Overlap);
        }
        Some(Oddity::Retransmission)
    }

    /// Takes what a late segment brings out of the holes; whether it brought anything.
    fn fill(&mut self, start: u32, end: u32) -> bool {
        let mut filled = false;
        let mut left = Vec::with_capacity(self.holes.len());
        for hole in self.holes.drain(..) {
            if !is_before(start, hole.end) || !is_before(hole.start, end) {
                left.push(hole);
                continue;
            }
            filled = true;
            if is_before(hole.start, start) {
                left.push(Hole { end: start, ..hole });
            }
            if is_before(end, hole.end) {
                left.push(Hole { start: end, ..hole });
            }
        }
        self.holes = left;
        filled
    }
}

/// Whether one sequence number lies before another (RFC 9293 3.4).
fn is_before(first: u32, second: u32) -> bool {
    let distance = second.wrapping_sub(first);
    distance > 0 && distance < 1 << 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{TcpFlags, TcpHeader};
    use crate::tui::fixture::endpoint;

    fn summary(sequence: u32, payload: u32, flags: u8) -> FrameSummary {
        let flags = TcpFlags(flags);
        let header = TcpHeader { sequence, acknowledgment: 0, flags, window: 0, maximum_segment: None };
        let (source, destination) = (endpoint("192.0.2.1", 5), endpoint("192.0.2.2", 443));
        let carried = Carried { source, destination, header: TransportHeader::Tcp(header), payload };
        FrameSummary { transport: Some(carried), innermost: None }
    }

    #[test]
    fn segments_that_came_twice_early_or_after_a_hole_are_told() {
        use Oddity::{AfterGap, OutOfOrder, Overlap, Retransmission};
        const SYN: u8 = 2;
        let start = u32::MAX - 5;
        let at = |offset: u32| start.wrapping_add(offset);
        for (segments, expected) in [
            (vec![(0, 0, SYN), (1, 10, 16), (11, 5, 16)], vec![]),
            (vec![(0, 0, SYN), (1, 10, 16), (1, 10, 16)], vec![(3, Retransmission)]),
            (vec![(0, 0, SYN), (1, 10, 16), (6, 10, 16)], vec![(3, Overlap)]),
            (vec![(0, 0, SYN), (11, 5, 16), (1, 10, 16)], vec![(3, OutOfOrder)]),
            (vec![(0, 0, SYN), (11, 5, 16), (1, 4, 16)], vec![(2, AfterGap(6)), (3, OutOfOrder)]),
            (vec![(0, 0, SYN), (1, 0, 16), (0, 0, SYN)], vec![(3, Retransmission)]),
            (vec![(7, 3, 16), (10, 0, 17)], vec![]),
        ] {
            let summaries: Vec<_> =
                segments.iter().map(|(offset, length, flags)| summary(at(*offset), *length, *flags)).collect();
            let order = Order::of((1..).zip(&summaries));
            let mut found: Vec<_> = order.oddities.iter().map(|(number, oddity)| (*number, *oddity)).collect();
            found.sort_by_key(|(number, _)| *number);
            assert_eq!(found, expected, "{segments:?}");
        }
    }

    #[test]
    fn numbers_count_from_the_syn() {
        let summaries = [summary(100, 0, 2)];
        let order = Order::of((1..).zip(&summaries));
        assert_eq!(order.relative(endpoint("192.0.2.1", 5), 105), Some(5));
        assert_eq!(order.relative(endpoint("192.0.2.2", 443), 105), None);
    }
}
