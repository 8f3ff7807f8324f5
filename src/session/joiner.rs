//! Handshake messages from the payloads of handshake records: several in one, or one over several.

use crate::tls::code::HandshakeType;

/// The longest message that is put together. Chains with thousands of names exist; what is longer is not a handshake.
const MAX_MESSAGE: usize = 1 << 20;
/// Length of a message header: type and 24-bit length.
const HEADER: usize = 4;

/// What the joiner gives for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined<'a> {
    /// A whole message.
    Message {
        /// Its type.
        kind: HandshakeType,
        /// Its body without the header.
        body: &'a [u8],
        /// Offset in the stream of the header of the record in which it begins.
        offset: u64,
        /// Where in that record's payload it begins.
        at: u32,
        /// Whether bytes were lost, or could not be read, since the message before it.
        after_loss: bool,
    },
    /// The rest of a record that begins with no message that exists: encrypted, most likely.
    Unreadable {
        /// Offset of the record's header in the stream.
        offset: u64,
        /// Length of the rest in bytes.
        length: u32,
    },
}

/// Joins the handshake messages of one direction.
#[derive(Debug, Default)]
pub(super) struct Joiner {
    /// The beginning of a message that is not complete yet.
    partial: Vec<u8>,
    offset: u64,
    at: u32,
    /// Whether something was lost since the last message.
    torn: bool,
}

impl Joiner {
    /// Takes the payload of the next handshake record, whose header stands at `offset` of the stream.
    pub(super) fn push(&mut self, offset: u64, payload: &[u8], mut report: impl FnMut(Joined<'_>)) {
        let mut rest = payload;
        if !self.partial.is_empty() {
            rest = self.resume(rest, &mut report);
        }
        while !rest.is_empty() {
            let at = u32::try_from(payload.len() - rest.len()).unwrap_or(u32::MAX);
            let Some((kind, length)) = header(rest) else {
                if rest.len() >= HEADER {
                    let length = u32::try_from(rest.len()).unwrap_or(u32::MAX);
                    report(Joined::Unreadable { offset, length });
                    self.torn = true;
                    return;
                }
                self.keep(rest, offset, at);
                return;
            };
            let Some(body) = rest.get(HEADER..HEADER + length) else {
                self.keep(rest, offset, at);
                return;
            };
            report(Joined::Message { kind, body, offset, at, after_loss: std::mem::take(&mut self.torn) });
            rest = rest.get(HEADER + length..).unwrap_or_default();
        }
    }

    /// A record was lost: what was begun cannot be ended.
    pub(super) fn lost(&mut self) {
        self.partial.clear();
        self.torn = true;
    }

    fn keep(&mut self, bytes: &[u8], offset: u64, at: u32) {
        self.partial.extend_from_slice(bytes);
        self.offset = offset;
        self.at = at;
    }

    /// Goes on with the message that was begun; gives the bytes behind its end.
    fn resume<'a>(&mut self, payload: &'a [u8], report: &mut impl FnMut(Joined<'_>)) -> &'a [u8] {
        let mut rest = payload;
        let head = HEADER.saturating_sub(self.partial.len()).min(rest.len());
        self.partial.extend_from_slice(rest.get(..head).unwrap_or_default());
        rest = rest.get(head..).unwrap_or_default();
        if self.partial.len() < HEADER {
            return rest;
        }
        let Some((kind, length)) = header(&self.partial) else {
            let length = u32::try_from(self.partial.len() + rest.len()).unwrap_or(u32::MAX);
            report(Joined::Unreadable { offset: self.offset, length });
            self.lost();
            return &[];
        };
        let missing = (HEADER + length - self.partial.len()).min(rest.len());
        self.partial.extend_from_slice(rest.get(..missing).unwrap_or_default());
        if let Some(body) = self.partial.get(HEADER..HEADER + length) {
            let after_loss = std::mem::take(&mut self.torn);
            report(Joined::Message { kind, body, offset: self.offset, at: self.at, after_loss });
            self.partial.clear();
        }
        rest.get(missing..).unwrap_or_default()
    }
}

/// Type and body length of the message that `bytes` begin with, when such a message can exist.
fn header(bytes: &[u8]) -> Option<(HandshakeType, usize)> {
    let [kind, high, middle, low, ..] = *bytes else { return None };
    let length = u32::from_be_bytes([0, high, middle, low]) as usize;
    let kind = HandshakeType(kind);
    (kind.name().is_some() && length <= MAX_MESSAGE).then_some((kind, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(records: &[&[u8]]) -> Vec<(u8, Vec<u8>, u64, u32)> {
        let mut joiner = Joiner::default();
        let mut out = Vec::new();
        for (index, record) in records.iter().enumerate() {
            joiner.push(index as u64 * 100, record, |joined| {
                out.push(match joined {
                    Joined::Message { kind, body, offset, at, .. } => (kind.0, body.to_vec(), offset, at),
                    Joined::Unreadable { offset, length } => (255, vec![], offset, length),
                });
            });
        }
        out
    }

    #[test]
    fn messages_come_whole_however_records_cut_them() {
        let bytes = b"\x01\0\0\x02ab\x0e\0\0\0\x02\0\0\x03xyz";
        let bodies = |out: Vec<(u8, Vec<u8>, u64, u32)>| out.into_iter().map(|m| (m.0, m.1)).collect::<Vec<_>>();
        let whole = bodies(join(&[bytes]));
        assert_eq!(whole, [(1, b"ab".to_vec()), (14, vec![]), (2, b"xyz".to_vec())]);
        for first in 0..bytes.len() {
            for second in first..bytes.len() {
                let cut = join(&[&bytes[..first], &bytes[first..second], &bytes[second..]]);
                assert_eq!(bodies(cut), whole, "{first} {second}");
            }
        }
    }

    #[test]
    fn a_message_belongs_where_it_began() {
        let out = join(&[b"\x0e\0\0\0\x02\0\0\x03x", b"yz"]);
        assert_eq!(out, [(14, vec![], 0, 0), (2, b"xyz".to_vec(), 0, 4)]);
    }

    #[test]
    fn what_cannot_be_a_message_is_unreadable() {
        assert_eq!(join(&[b"\x99\xff\xff\xffencrypted"]), [(255, vec![], 0, 13)]);
    }
}
