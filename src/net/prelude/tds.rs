//! TLS inside the packets of MS-SQL.
//!
//! Tabular Data Stream carries the TLS handshake in packets of its own and leaves them away once the handshake is
//! over (MS-TDS 2.2.6.5 and 3.2.5.2). TLS can be read only after the headers are taken out.

use std::ops::Range;

/// The packet type that carries prelogin messages, TLS handshakes among them.
const PRELOGIN: u8 = 0x12;
const HEADER: u16 = 8;

/// Takes the headers of TDS packets out of one direction of a stream.
#[derive(Clone, Debug, Default)]
pub struct TdsUnwrap {
    /// Bytes of the current header that have come.
    header: u16,
    /// What those bytes say so far about the length of the packet, header included.
    length: u16,
    /// Bytes of the current packet that are still to come behind the header.
    left: u16,
    raw: bool,
}

impl TdsUnwrap {
    /// At the beginning of a packet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether packets have ended and bytes pass as they are.
    #[must_use]
    pub fn is_raw(&self) -> bool {
        self.raw
    }

    /// Takes the next bytes of the stream; gives the ranges in them that belong to TLS, in order. How the stream is
    /// cut makes no difference. The iterator must be run to its end.
    pub fn push(&mut self, bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
        let mut at = 0;
        std::iter::from_fn(move || {
            while let Some(&byte) = bytes.get(at) {
                if !self.raw && self.left == 0 && self.header == 0 && byte != PRELOGIN {
                    self.raw = true;
                }
                if self.raw {
                    return Some(std::mem::replace(&mut at, bytes.len())..bytes.len());
                }
                if self.left > 0 {
                    let start = at;
                    let count = (bytes.len() - at).min(usize::from(self.left));
                    at += count;
                    self.left -= u16::try_from(count).unwrap_or(self.left);
                    return Some(start..at);
                }
                self.take_header(byte);
                at += 1;
            }
            None
        })
    }

    fn take_header(&mut self, byte: u8) {
        if self.header == 2 || self.header == 3 {
            self.length = self.length << 8 | u16::from(byte);
        }
        self.header += 1;
        if self.header == HEADER {
            // A length that does not cover the header is nonsense: nothing says where the next packet would begin.
            self.raw = self.length < HEADER;
            self.left = self.length.saturating_sub(HEADER);
            (self.header, self.length) = (0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_go_and_tls_stays_however_the_stream_is_cut() {
        let packet = |status: u8, body: &[u8]| {
            let length = u8::try_from(body.len() + 8).unwrap();
            [&[0x12, status, 0, length, 0, 0, 0, 0], body].concat()
        };
        let hello: &[u8] = &[0x16, 3, 1, 0, 2, 1, 2];
        for (stream, expected) in [
            ([packet(1, hello), vec![0x17, 3, 3, 0, 1, 9]].concat(), [hello, &[0x17, 3, 3, 0, 1, 9]].concat()),
            ([packet(0, &hello[..3]), packet(1, &hello[3..])].concat(), hello.to_vec()),
            ([packet(1, &[]), packet(1, hello)].concat(), hello.to_vec()),
            (vec![0x16, 3, 1], vec![0x16, 3, 1]),
            (vec![0x12, 1, 0, 3, 0, 0, 0, 0, 7], vec![7]),
        ] {
            for size in 1..=stream.len() {
                let mut unwrap = TdsUnwrap::new();
                let mut out = Vec::new();
                for chunk in stream.chunks(size) {
                    let ranges: Vec<_> = unwrap.push(chunk).collect();
                    out.extend(ranges.into_iter().flat_map(|range| chunk[range].to_vec()));
                }
                assert_eq!(out, expected, "in pieces of {size}");
            }
        }
    }
}
