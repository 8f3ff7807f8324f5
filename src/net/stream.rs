//! One direction of a TCP connection as a byte stream: disorder put in order, copies dropped, holes named.
//!
//! A segment that arrives in order costs a comparison and is handed on as the slice it is. One that comes too early
//! is copied and waits. A hole is given up when nothing can fill it any more: the other side has acknowledged what is
//! behind it and a few packets have passed, or too much is waiting, or the connection is over. The first copy of a
//! byte wins; a later copy that differs is counted.
//!
//! The room's rule holds here: nothing is known of what the bytes mean.

/// How many bytes may wait behind a hole before it is given up.
const WAITING_BYTES: usize = 1 << 18;
/// How many segments may wait behind a hole before it is given up.
const WAITING_SEGMENTS: usize = 512;
/// How many more packets of the connection an acknowledged hole is kept open for: captures can show an acknowledgment
/// before the segment that it answers.
const GRACE: u32 = 8;
/// How many bytes at the start of the stream are kept to compare later copies with.
const HEAD: usize = 2 << 10;

/// When and in which frame something arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The frame, from 1 on.
    pub frame: u32,
    /// Nanoseconds since 1970.
    pub time: i64,
    /// Offset of the segment's payload in the frame; `None` when it was put together from fragments.
    pub payload_at: Option<u32>,
}

/// Bytes of a segment as they came from a packet.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// The sequence number of the first byte.
    pub sequence: u32,
    /// The bytes that were captured.
    pub payload: &'a [u8],
    /// How many bytes behind them the capture cut off.
    pub cut: u32,
    /// Where they came from.
    pub arrival: Arrival,
}

/// The next bytes of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Offset of the first byte in the stream.
    pub offset: u64,
    /// The bytes.
    pub bytes: &'a [u8],
    /// Where they came from; the payload offset is that of the first byte here.
    pub arrival: Arrival,
}

/// What comes next in a stream after something had to wait.
#[derive(Debug, PartialEq, Eq)]
pub enum Waited {
    /// Bytes that had come too early.
    Bytes {
        /// Offset of the first byte in the stream.
        offset: u64,
        /// The bytes.
        bytes: Vec<u8>,
        /// Where they came from.
        arrival: Arrival,
    },
    /// Bytes that were never captured.
    Gap {
        /// Offset of the first of them.
        offset: u64,
        /// How many.
        bytes: u64,
        /// When the bytes behind the hole came, where there are any: the hole was there by then.
        behind: Option<Arrival>,
    },
}

/// What was odd about a stream's segments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamCounters {
    /// Segments that brought nothing new.
    pub retransmissions: u32,
    /// Segments that came before an earlier one.
    pub out_of_order: u32,
    /// Copies of bytes that differ from the first copy.
    pub conflicts: u32,
    /// Bytes that were never captured.
    pub missing: u64,
}

/// Puts the segments of one direction in order.
#[derive(Debug, Default)]
pub struct Stream {
    /// The sequence number of the first segment seen, by which a later SYN is known as a copy or as a new connection.
    base: Option<u32>,
    next_sequence: u32,
    next_offset: u64,
    /// Bytes behind `next_offset` that the capture cut off a segment and that will not come.
    cut: u64,
    acknowledged: bool,
    packets_since_hole: u32,
    waiting: Vec<Waiting>,
    waiting_bytes: usize,
    head: Vec<u8>,
    head_closed: bool,
    counters: StreamCounters,
}

#[derive(Debug)]
struct Waiting {
    offset: u64,
    bytes: Vec<u8>,
    cut: u32,
    arrival: Arrival,
}

impl Stream {
    /// The sequence number that the first segment of this direction had.
    #[must_use]
    pub fn base(&self) -> Option<u32> {
        self.base
    }

    /// Offset of the next byte that is expected.
    #[must_use]
    pub fn next_offset(&self) -> u64 {
        self.next_offset
    }

    /// What was odd so far.
    #[must_use]
    pub fn counters(&self) -> StreamCounters {
        self.counters
    }

    /// A SYN: the stream begins behind its sequence number.
    pub fn syn(&mut self, sequence: u32) {
        if self.base.is_none() {
            self.base = Some(sequence);
            self.next_sequence = sequence.wrapping_add(1);
        }
    }

    /// A packet of this direction without payload: its sequence number tells where a stream begins whose SYN was not
    /// captured.
    pub fn without_payload(&mut self, sequence: u32) {
        if self.base.is_none() {
            self.base = Some(sequence.wrapping_sub(1));
            self.next_sequence = sequence;
        }
    }

    /// The other direction acknowledges everything before `sequence`.
    #[inline]
    pub fn acknowledge(&mut self, sequence: u32) {
        if let Some(first) = self.waiting.first() {
            self.packets_since_hole += 1;
            self.acknowledged |= self.offset_of(sequence).is_some_and(|offset| offset >= first.offset);
        }
    }

    /// Takes a segment. What is new and in order is given back at once; call [`next`](Self::next) afterwards until it
    /// gives nothing, whether or not something was given back.
    #[inline]
    pub fn segment<'a>(&mut self, segment: Segment<'a>) -> Option<Chunk<'a>> {
        if self.base.is_none() {
            self.without_payload(segment.sequence);
        }
        if segment.sequence == self.next_sequence && self.waiting.is_empty() && self.cut == 0 {
            return Some(self.deliver(segment));
        }
        self.disordered(segment)
    }

    /// Whether something may come from [`next`](Self::next).
    #[inline]
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.cut > 0 || !self.waiting.is_empty()
    }

    /// The next bytes that had been waiting and are in order now, or a hole that is given up. With `over`, nothing
    /// more will come and every hole is given up.
    pub fn next(&mut self, over: bool) -> Option<Waited> {
        if self.cut > 0 {
            let bytes = std::mem::take(&mut self.cut);
            return Some(self.gap(bytes, None));
        }
        let first = self.waiting.first()?;
        if first.offset > self.next_offset {
            let bytes = first.offset - self.next_offset;
            let behind = Some(first.arrival);
            return (over || self.is_lost()).then(|| self.gap(bytes, behind));
        }
        let Waiting { offset, mut bytes, cut, mut arrival } = self.waiting.remove(0);
        self.waiting_bytes -= bytes.len();
        let known = usize::try_from(self.next_offset - offset).unwrap_or(usize::MAX).min(bytes.len());
        bytes.drain(..known);
        arrival.payload_at = arrival.payload_at.map(|at| at + u32::try_from(known).unwrap_or(0));
        let offset = self.next_offset;
        self.advance(&bytes);
        self.cut = u64::from(cut);
        Some(Waited::Bytes { offset, bytes, arrival })
    }

    /// From here on nobody looks at the bytes, so that none are kept to compare later copies with.
    #[inline]
    pub fn keep_no_more(&mut self) {
        self.head_closed = true;
    }

    /// The stream is over at `sequence` (a FIN): what is missing before it is a hole as well.
    #[must_use]
    pub fn missing_before(&self, sequence: u32) -> u64 {
        self.offset_of(sequence).map_or(0, |offset| offset.saturating_sub(self.next_offset))
    }

    fn is_lost(&self) -> bool {
        self.waiting_bytes > WAITING_BYTES
            || self.waiting.len() > WAITING_SEGMENTS
            || (self.acknowledged && self.packets_since_hole >= GRACE)
    }

    fn gap(&mut self, bytes: u64, behind: Option<Arrival>) -> Waited {
        let offset = self.next_offset;
        self.next_offset += bytes;
        self.next_sequence = after(self.next_sequence, bytes);
        self.counters.missing += bytes;
        self.acknowledged = false;
        self.packets_since_hole = 0;
        Waited::Gap { offset, bytes, behind }
    }

    #[inline]
    fn deliver<'a>(&mut self, segment: Segment<'a>) -> Chunk<'a> {
        let offset = self.next_offset;
        self.advance(segment.payload);
        self.cut = u64::from(segment.cut);
        Chunk { offset, bytes: segment.payload, arrival: segment.arrival }
    }

    #[inline]
    fn advance(&mut self, bytes: &[u8]) {
        if !self.head_closed && self.head.len() < HEAD && self.head.len() as u64 == self.next_offset {
            let room = bytes.len().min(HEAD - self.head.len());
            self.head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        }
        self.next_offset += bytes.len() as u64;
        self.next_sequence = after(self.next_sequence, bytes.len() as u64);
    }

    /// The stream offset of a sequence number; `None` before the start of the stream.
    #[must_use]
    pub fn offset_of(&self, sequence: u32) -> Option<u64> {
        let distance = i64::from(sequence.wrapping_sub(self.next_sequence).cast_signed());
        self.next_offset.checked_add_signed(distance)
    }

    fn disordered<'a>(&mut self, segment: Segment<'a>) -> Option<Chunk<'a>> {
        let Some(offset) = self.offset_of(segment.sequence) else {
            return self.before_the_start(segment);
        };
        let end = offset + segment.payload.len() as u64;
        if end <= self.next_offset {
            self.counters.retransmissions += u32::from(!segment.payload.is_empty());
            self.compare(offset, segment.payload);
            return None;
        }
        let known = usize::try_from(self.next_offset.saturating_sub(offset)).unwrap_or(0);
        let (old, new) = segment.payload.split_at_checked(known)?;
        self.compare(offset, old);
        let mut arrival = segment.arrival;
        arrival.payload_at = arrival.payload_at.map(|at| at + u32::try_from(known).unwrap_or(0));
        let rest = Segment { payload: new, arrival, ..segment };
        if offset <= self.next_offset && self.cut == 0 && self.waiting.first().is_none_or(|first| end <= first.offset) {
            return Some(self.deliver(rest));
        }
        self.counters.out_of_order += 1;
        self.wait(offset + known as u64, rest);
        None
    }

    /// Bytes in front of everything seen so far: they become the start while nothing has been handed on.
    fn before_the_start<'a>(&mut self, segment: Segment<'a>) -> Option<Chunk<'a>> {
        let back = u64::from(self.next_sequence.wrapping_sub(segment.sequence));
        if self.next_offset > 0 || back > WAITING_BYTES as u64 {
            self.counters.retransmissions += 1;
            return None;
        }
        for waiting in &mut self.waiting {
            waiting.offset += back;
        }
        self.next_sequence = segment.sequence;
        self.segment(segment)
    }

    fn compare(&mut self, offset: u64, copy: &[u8]) {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let kept = self.head.get(start..).unwrap_or_default();
        let common = kept.len().min(copy.len());
        // A keep-alive repeats one byte whose value means nothing.
        let differs = copy.len() > 1 && kept.get(..common) != copy.get(..common);
        self.counters.conflicts += u32::from(differs);
    }

    /// Keeps a copy of what is not covered by copies that came before.
    fn wait(&mut self, offset: u64, segment: Segment<'_>) {
        let mut at = offset;
        let mut rest = segment.payload;
        let mut index = self.waiting.partition_point(|other| other.offset + other.bytes.len() as u64 <= at);
        while !rest.is_empty() {
            let next = self.waiting.get(index).map(|other| (other.offset, other.bytes.len() as u64));
            let free = next.map_or(rest.len() as u64, |(start, _)| start.saturating_sub(at).min(rest.len() as u64));
            let (fresh, behind) = rest.split_at_checked(usize::try_from(free).unwrap_or(0)).unwrap_or((rest, &[]));
            if !fresh.is_empty() {
                let cut = if behind.is_empty() { segment.cut } else { 0 };
                let mut arrival = segment.arrival;
                arrival.payload_at = arrival.payload_at.map(|p| p + u32::try_from(at - offset).unwrap_or(0));
                self.waiting_bytes += fresh.len();
                self.waiting.insert(index, Waiting { offset: at, bytes: fresh.to_vec(), cut, arrival });
                index += 1;
                at += free;
            }
            rest = behind;
            if let Some((start, length)) = next.filter(|_| !rest.is_empty()) {
                let covered = usize::try_from(start + length - at).unwrap_or(0).min(rest.len());
                self.compare_waiting(index, at, rest.get(..covered).unwrap_or_default());
                rest = rest.get(covered..).unwrap_or_default();
                at += covered as u64;
                index += 1;
            }
        }
    }

    fn compare_waiting(&mut self, index: usize, at: u64, copy: &[u8]) {
        let Some(other) = self.waiting.get(index) else { return };
        let start = usize::try_from(at - other.offset).unwrap_or(usize::MAX);
        let kept = other.bytes.get(start..).unwrap_or_default();
        let differs = kept.get(..copy.len()).is_some_and(|kept| kept != copy);
        self.counters.conflicts += u32::from(differs);
    }
}

/// The sequence number `bytes` further on.
#[inline]
#[allow(clippy::cast_possible_truncation, reason = "sequence numbers count modulo 2^32 (RFC 9293 3.4)")]
fn after(sequence: u32, bytes: u64) -> u32 {
    sequence.wrapping_add(bytes as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    const AT: Arrival = Arrival { frame: 1, time: 0, payload_at: None };

    /// Feeds `(sequence, payload, cut)` and gives what came out: text, with `<n>` for a hole of n bytes.
    fn read(segments: &[(u32, &str, u32)]) -> (String, StreamCounters) {
        let mut stream = Stream::default();
        let mut out = String::new();
        let drain = |stream: &mut Stream, over: bool, out: &mut String| {
            while let Some(waited) = stream.next(over) {
                match waited {
                    Waited::Bytes { bytes, .. } => out.push_str(std::str::from_utf8(&bytes).unwrap()),
                    Waited::Gap { bytes, .. } => {
                        let _ = write!(out, "<{bytes}>");
                    }
                }
            }
        };
        stream.syn(999);
        for &(sequence, payload, cut) in segments {
            let segment = Segment { sequence, payload: payload.as_bytes(), cut, arrival: AT };
            if let Some(chunk) = stream.segment(segment) {
                out.push_str(std::str::from_utf8(chunk.bytes).unwrap());
            }
            drain(&mut stream, false, &mut out);
        }
        drain(&mut stream, true, &mut out);
        (out, stream.counters())
    }

    #[test]
    fn segments_come_out_in_order() {
        for (segments, expected) in [
            (&[(1000, "abc", 0), (1003, "def", 0)][..], "abcdef"),
            (&[(1003, "def", 0), (1000, "abc", 0)], "abcdef"),
            (&[(1000, "abc", 0), (1000, "abc", 0), (1003, "d", 0)], "abcd"),
            (&[(1000, "abc", 0), (1001, "bcde", 0)], "abcde"),
            (&[(1004, "ef", 0), (1002, "cdef", 0), (1000, "ab", 0)], "abcdef"),
            (&[(1002, "c", 0), (1004, "e", 0), (1000, "abcdef", 0)], "abcdef"),
            (&[(1000, "ab", 0), (1004, "ef", 0)], "ab<2>ef"),
            (&[(1000, "ab", 3), (1005, "f", 0)], "ab<3>f"),
        ] {
            assert_eq!(read(segments).0, expected, "{segments:?}");
        }
    }

    #[test]
    fn the_first_copy_wins_and_a_different_one_is_counted() {
        let (text, counters) = read(&[(1000, "abc", 0), (1000, "aXc", 0)]);
        assert_eq!((text.as_str(), counters.conflicts), ("abc", 1));
        let (text, counters) = read(&[(1003, "def", 0), (1003, "dXf", 0), (1000, "abc", 0)]);
        assert_eq!((text.as_str(), counters.conflicts), ("abcdef", 1));
    }

    #[test]
    fn a_stream_without_syn_may_begin_out_of_order() {
        let mut stream = Stream::default();
        stream.without_payload(500);
        assert!(stream.segment(Segment { sequence: 500, payload: b"x", cut: 0, arrival: AT }).is_some());
    }
}
