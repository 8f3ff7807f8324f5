//! One direction of a TLS connection as records: the bytes are stepped over by the lengths that the records state.
//!
//! Only what can be read is kept: handshake, alert, ChangeCipherSpec and heartbeat records. Application data is passed
//! over without a copy; of it, only the length is reported, unless who takes the records has keys for it. A hole inside
//! a record costs that record; a hole over a record's end costs the order of things until the next header that can be
//! believed.

use super::code::{ContentType, ProtocolVersion};
use super::record::Header;
use super::ssl2;
use crate::base::{BufferId, Reader};

/// Length of a record header in bytes.
const HEADER: usize = Header::LENGTH;
/// How many bytes at the end of a torn record are kept: a block of 16 bytes and the longest MAC behind it.
const TAIL: usize = 64;

/// A record that has come to its end.
#[derive(Clone, Copy, Debug)]
pub enum Record<'a> {
    /// A record of SSL 3.0 or TLS.
    Tls {
        /// Its header.
        header: Header,
        /// Offset of the header in the stream.
        offset: u64,
        /// Its payload; `None` when it was passed over or a part of it was not captured.
        payload: Option<&'a [u8]>,
        /// Of a record of which a part was not captured, the last bytes, as far as they were: the next record may be
        /// chained to them.
        tail: &'a [u8],
        /// Whether all of it was captured.
        complete: bool,
    },
    /// A record of SSL 2.
    Ssl2 {
        /// Offset of the header in the stream.
        offset: u64,
        /// The record with its header; `None` when a part of it was not captured.
        record: Option<&'a [u8]>,
    },
    /// Bytes that are no record, where one should begin. Reported once for each run of them.
    Other {
        /// Offset of the first of them.
        offset: u64,
    },
}

/// Reads records from the bytes of one direction, however they are cut.
#[derive(Debug, Default)]
pub struct RecordStream {
    state: State,
    /// Bytes of the record that is being read, header included, when they came in more than one piece.
    partial: Vec<u8>,
    /// A header in SSL 2 form is believed only in a stream that began with one.
    ssl2: bool,
    /// Whether application data is kept like everything else.
    keep_all: bool,
    /// The version field of the latest record, by which the next one behind a hole is known.
    version: Option<ProtocolVersion>,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    /// At the start of a record.
    #[default]
    Start,
    /// Inside a header; the bytes are in `partial`.
    Header { offset: u64 },
    /// Inside a record of which `left` bytes are still to come.
    Body { kind: Kind, offset: u64, left: usize, kept: bool, complete: bool },
    /// The order is lost: the next believable header at the start of a piece ends it. Behind a hole, and where keys
    /// show what is a record, one anywhere in a piece does.
    Lost { by_hole: bool },
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Tls(Header),
    Ssl2,
}

impl RecordStream {
    /// A stream that begins with a record in the form of SSL 2.
    #[must_use]
    pub fn with_ssl2() -> Self {
        Self { ssl2: true, ..Self::default() }
    }

    /// The same, where application data is wanted with its payload from the start.
    #[must_use]
    pub fn keeping(self, all: bool) -> Self {
        Self { keep_all: all, ..self }
    }

    /// Takes the next bytes, which stand at `offset` of the stream, and reports each record that ends in them. Who takes
    /// a record answers whether application data is wanted with its payload from there on.
    #[inline]
    pub fn push(&mut self, offset: u64, bytes: &[u8], mut report: impl FnMut(Record<'_>) -> bool) {
        self.feed(offset, bytes, &mut report);
    }

    fn feed<F: FnMut(Record<'_>) -> bool>(&mut self, offset: u64, bytes: &[u8], report: &mut F) {
        let mut rest = bytes;
        let mut at = offset;
        while !rest.is_empty() {
            let taken = self.step(at, rest, report).min(rest.len());
            at += taken as u64;
            rest = rest.get(taken..).unwrap_or_default();
        }
    }

    /// Whether the last bytes were application data whose record goes on.
    #[inline]
    #[must_use]
    pub fn is_passing_over(&self) -> bool {
        matches!(self.state, State::Body { kept: false, .. })
    }

    /// `bytes` bytes of the stream were not captured.
    pub fn gap(&mut self, bytes: u64, mut report: impl FnMut(Record<'_>) -> bool) {
        match self.state {
            State::Body { kind, offset, left, .. } if bytes <= left as u64 => {
                let left = left - usize::try_from(bytes).unwrap_or(left);
                self.partial.clear();
                self.state = State::Body { kind, offset, left, kept: false, complete: false };
                if left == 0 {
                    self.finish((kind, offset, false), None, &[], &mut report);
                }
            }
            _ => {
                self.partial.clear();
                self.state = State::Lost { by_hole: true };
            }
        }
    }

    /// One step through `bytes`; gives how many of them were used.
    fn step<F: FnMut(Record<'_>) -> bool>(&mut self, at: u64, bytes: &[u8], report: &mut F) -> usize {
        match self.state {
            State::Start => self.start(at, bytes, report),
            State::Header { offset } => self.header(offset, bytes, report),
            State::Body { kind, offset, left, kept, complete } => {
                self.body((kind, offset, complete), left, kept, bytes, report)
            }
            State::Lost { by_hole } => {
                if believable(bytes) {
                    self.state = State::Start;
                    return self.start(at, bytes, report);
                }
                // Without keys nothing would prove that the header is one.
                let version = self.version.filter(|_| by_hole && self.keep_all);
                let found = version.and_then(|version| next_header(bytes, version));
                found.unwrap_or(bytes.len())
            }
        }
    }

    fn start<F: FnMut(Record<'_>) -> bool>(&mut self, at: u64, bytes: &[u8], report: &mut F) -> usize {
        if self.ssl2 && !looks_like_tls(bytes) {
            return self.start_ssl2(at, bytes);
        }
        let Some((header, body)) = header(bytes) else {
            self.partial.clear();
            self.partial.extend_from_slice(bytes);
            self.state = State::Header { offset: at };
            return bytes.len();
        };
        if !header.is_plausible() {
            self.keep_all |= report(Record::Other { offset: at });
            self.state = State::Lost { by_hole: false };
            return bytes.len();
        }
        self.version = Some(header.version);
        let length = usize::from(header.length);
        if let Some(payload) = body.get(..length) {
            let payload = self.is_kept(header).then_some(payload);
            self.keep_all |= report(Record::Tls { header, offset: at, payload, tail: &[], complete: true });
            return HEADER + length;
        }
        self.partial.clear();
        let kept = self.is_kept(header);
        if kept {
            self.partial.extend_from_slice(body);
        }
        self.state =
            State::Body { kind: Kind::Tls(header), offset: at, left: length - body.len(), kept, complete: true };
        bytes.len()
    }

    /// The record is kept with its header: SSL 2 has two forms of it.
    fn start_ssl2(&mut self, at: u64, bytes: &[u8]) -> usize {
        let Some(header) = ssl2::header(bytes) else {
            self.partial.clear();
            self.partial.extend_from_slice(bytes);
            self.state = State::Header { offset: at };
            return bytes.len();
        };
        self.partial.clear();
        let left = usize::from(header.size) + usize::from(header.length);
        self.state = State::Body { kind: Kind::Ssl2, offset: at, left, kept: true, complete: true };
        0
    }

    fn header<F: FnMut(Record<'_>) -> bool>(&mut self, offset: u64, bytes: &[u8], report: &mut F) -> usize {
        let ssl2 = self.ssl2 && !looks_like_tls(&self.partial);
        let wanted = if ssl2 { 3 } else { HEADER };
        let missing = wanted.saturating_sub(self.partial.len()).min(bytes.len());
        self.partial.extend_from_slice(bytes.get(..missing).unwrap_or_default());
        if self.partial.len() < wanted {
            return missing;
        }
        let whole = std::mem::take(&mut self.partial);
        self.state = State::Start;
        self.feed(offset, &whole, report);
        missing
    }

    fn body<F: FnMut(Record<'_>) -> bool>(
        &mut self,
        (kind, offset, complete): (Kind, u64, bool),
        left: usize,
        kept: bool,
        bytes: &[u8],
        report: &mut F,
    ) -> usize {
        let taken = left.min(bytes.len());
        if kept || (!complete && self.keep_all) {
            self.partial.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        }
        if taken < left {
            self.state = State::Body { kind, offset, left: left - taken, kept, complete };
            return taken;
        }
        let there = std::mem::take(&mut self.partial);
        let tail = there.get(there.len().saturating_sub(TAIL)..).unwrap_or_default();
        let (payload, tail) = if kept { (Some(there.as_slice()), [].as_slice()) } else { (None, tail) };
        self.finish((kind, offset, complete), payload, tail, report);
        self.partial = there;
        self.partial.clear();
        taken
    }

    /// Application data is passed over: it is most of a capture, and without keys it says nothing but its length.
    fn is_kept(&self, header: Header) -> bool {
        self.keep_all || header.content_type != ContentType::APPLICATION_DATA
    }

    fn finish(
        &mut self,
        (kind, offset, complete): (Kind, u64, bool),
        payload: Option<&[u8]>,
        tail: &[u8],
        report: &mut impl FnMut(Record<'_>) -> bool,
    ) {
        self.state = State::Start;
        self.keep_all |= match kind {
            Kind::Tls(header) => report(Record::Tls { header, offset, payload, tail, complete }),
            Kind::Ssl2 => report(Record::Ssl2 { offset, record: payload }),
        };
    }
}

/// Whether a record in a stream that began with SSL 2 is one of TLS: a server that chose TLS answers in its form.
fn looks_like_tls(bytes: &[u8]) -> bool {
    matches!(bytes, [20..=24] | [20..=24, 3, ..])
}

/// Whether `bytes` begin with a header that can be believed after a loss: plausible itself, and followed by a
/// plausible one where the bytes reach that far.
fn believable(bytes: &[u8]) -> bool {
    let Some((first, body)) = header(bytes) else { return false };
    let next = body.get(usize::from(first.length)..).and_then(header);
    first.is_plausible() && next.is_none_or(|(next, _)| next.is_plausible())
}

/// Where in `bytes` a header may stand that has the version field of the records before. Of encrypted bytes one in ten
/// million looks like one, and where a header reaches to another one in these bytes, that one is looked at too.
fn next_header(bytes: &[u8], version: ProtocolVersion) -> Option<usize> {
    let [major, minor] = version.0.to_be_bytes();
    (1..bytes.len()).find(|at| {
        let rest = bytes.get(*at..).unwrap_or_default();
        matches!(rest, [_, first, second, ..] if (*first, *second) == (major, minor)) && believable(rest)
    })
}

/// The header that `bytes` begin with, and the bytes behind it.
#[inline]
fn header(bytes: &[u8]) -> Option<(Header, &[u8])> {
    let mut reader = Reader::new(bytes, BufferId(0));
    Some((Header::read(&mut reader)?, reader.rest()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(pieces: &[&[u8]]) -> Vec<(u8, u64, Option<Vec<u8>>)> {
        let mut stream = RecordStream::default();
        let mut out = Vec::new();
        let mut offset = 0;
        for piece in pieces {
            stream.push(offset, piece, |record| {
                out.push(match record {
                    Record::Tls { header, offset, payload, .. } => {
                        (header.content_type.0, offset, payload.map(<[u8]>::to_vec))
                    }
                    Record::Ssl2 { offset, record } => (2, offset, record.map(<[u8]>::to_vec)),
                    Record::Other { offset } => (0, offset, None),
                });
                false
            });
            offset += piece.len() as u64;
        }
        out
    }

    #[test]
    fn any_cutting_gives_the_same_records() {
        let bytes =
            b"\x16\x03\x01\x00\x03abc\x14\x03\x03\x00\x01\x01\x17\x03\x03\x00\x04wxyz\x15\x03\x03\x00\x02\x01\x00";
        let whole = records(&[bytes]);
        assert_eq!(whole.len(), 4);
        assert_eq!(whole[0], (22, 0, Some(b"abc".to_vec())));
        assert_eq!(whole[2], (23, 14, None));
        for first in 0..bytes.len() {
            for second in first..bytes.len() {
                let pieces = [&bytes[..first], &bytes[first..second], &bytes[second..]];
                assert_eq!(records(&pieces), whole, "cut at {first} and {second}");
            }
        }
    }

    #[test]
    fn what_is_no_record_is_said_once_and_reading_goes_on_behind_it() {
        let out = records(&[b"HTTP/1.1 400 Bad Request\r\n", b"more", b"\x15\x03\x03\x00\x02\x02\x28"]);
        assert_eq!(out, [(0, 0, None), (21, 30, Some(vec![2, 40]))]);
    }

    #[test]
    fn behind_a_hole_a_header_is_found_inside_a_piece() {
        let mut stream = RecordStream::default().keeping(true);
        let mut found = Vec::new();
        let mut report = |record: Record<'_>| {
            if let Record::Tls { offset, payload, tail, complete, .. } = record {
                found.push((offset, payload.map(<[u8]>::to_vec), tail.to_vec(), complete));
            }
            false
        };
        stream.push(0, b"\x17\x03\x03\x00\x0aabc", &mut report);
        // Over the end of the record.
        stream.gap(10, &mut report);
        stream.push(18, b"rest\x17\x03\x01\x00\x01", &mut report);
        stream.push(27, b"x\x17\x03\x03\x00\x02yz\x17\x03\x03\x00\x05a", &mut report);
        // Inside a record.
        stream.gap(1, &mut report);
        stream.push(42, b"cde", &mut report);
        assert_eq!(
            found,
            [(28, Some(b"yz".to_vec()), Vec::new(), true), (35, None, b"cde".to_vec(), false)],
            "the version of the records is 0303"
        );
    }

    #[test]
    fn a_hole_inside_application_data_costs_nothing_but_that_record() {
        let mut stream = RecordStream::default();
        let mut count = 0;
        let mut counted = |_: Record<'_>| {
            count += 1;
            false
        };
        stream.push(0, b"\x17\x03\x03\x00\x0aabc", &mut counted);
        stream.gap(5, &mut counted);
        stream.push(13, b"yz\x15\x03\x03\x00\x02\x01\x00", &mut counted);
        assert_eq!(count, 2);
    }
}
