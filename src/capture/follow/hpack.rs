//! Header blocks of HTTP/2, field by field, so that one that refers to a table that is not known costs itself alone
//! (RFC 7541).
//!
//! The table is that of `loona-hpack`. Fields are handed to it one at a time: an entry that is put into the table
//! under a name that is not known takes its place there, so that later references count right and nothing is claimed
//! under a wrong name.

use super::exchange::HeaderField;
use loona_hpack::Decoder;
use loona_hpack::decoder::DecoderError;

/// The largest table that an encoder is followed to.
const MAX_TABLE: usize = 1 << 20;
/// The name of entries whose name is not known; no name on the wire has a NUL (RFC 9113 8.2.1).
const UNKNOWN: &[u8] = b"\0";
/// The longest field that is decoded; Huffman coding makes up to 8 bytes of 5.
const MAX_FIELD: usize = 64 << 10;

/// The header table of one direction.
pub(super) struct Hpack {
    decoder: Decoder<'static>,
    /// Whether entries may be missing: bytes were lost, or a block could not be read.
    pub(super) is_partial: bool,
}

impl std::fmt::Debug for Hpack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hpack").field("is_partial", &self.is_partial).finish_non_exhaustive()
    }
}

impl Default for Hpack {
    fn default() -> Self {
        let mut decoder = Decoder::new();
        decoder.set_max_allowed_table_size(MAX_TABLE);
        Self { decoder, is_partial: false }
    }
}

impl Hpack {
    /// Forgets the table: what was in it is not known from here on.
    pub(super) fn lose(&mut self) {
        *self = Self { is_partial: true, ..Self::default() };
    }

    /// The fields of a block. False where it could not be read to its end; then the table is lost.
    pub(super) fn read(&mut self, block: &[u8]) -> (Vec<HeaderField>, bool) {
        let mut fields = Vec::new();
        let mut rest = block;
        while !rest.is_empty() {
            let Some((one, behind)) = Representation::read(rest) else {
                self.lose();
                return (fields, false);
            };
            if one.bytes.len() > MAX_FIELD || !self.field(&one, &mut fields) {
                self.lose();
                return (fields, false);
            }
            rest = behind;
        }
        (fields, true)
    }

    fn field(&mut self, one: &Representation<'_>, fields: &mut Vec<HeaderField>) -> bool {
        match self.decode(one.bytes, fields) {
            Ok(()) | Err(DecoderError::SizeUpdateAtEnd) => true,
            Err(DecoderError::HeaderIndexOutOfBounds) if self.is_partial => match one.literal {
                None => {
                    fields.push(HeaderField { name: None, value: None });
                    true
                }
                Some(value) => {
                    // The same with a name of its own.
                    let mut again = vec![one.pattern(), 1];
                    again.extend_from_slice(UNKNOWN);
                    again.extend_from_slice(value);
                    self.decode(&again, fields).is_ok()
                }
            },
            Err(_) => false,
        }
    }

    fn decode(&mut self, bytes: &[u8], fields: &mut Vec<HeaderField>) -> Result<(), DecoderError> {
        self.decoder.decode_with_cb(bytes, |name, value| {
            let name = Some(name.into_owned()).filter(|name| name != UNKNOWN);
            fields.push(HeaderField { name, value: Some(value.into_owned()) });
        })
    }
}

/// One field as it stands in a block (RFC 7541 6).
struct Representation<'a> {
    bytes: &'a [u8],
    /// The value of a literal, length included, where its name is an index.
    literal: Option<&'a [u8]>,
}

impl<'a> Representation<'a> {
    fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let first = *bytes.first()?;
        let (bits, has_strings) = match first {
            0x80.. => (7, false),
            0x40.. => (6, true),
            0x20.. => (5, false),
            _ => (4, true),
        };
        let (index, mut end) = integer(bytes, bits)?;
        let mut literal = None;
        if has_strings {
            if index == 0 {
                end = string(bytes, end)?;
            }
            let value = end;
            end = string(bytes, end)?;
            literal = bytes.get(value..end).filter(|_| index > 0);
        }
        let (own, behind) = bytes.split_at_checked(end)?;
        Some((Self { bytes: own, literal }, behind))
    }

    /// The first byte of the same representation with a name of its own.
    fn pattern(&self) -> u8 {
        match self.bytes.first() {
            Some(0x40..=0x7f) => 0x40,
            _ => 0,
        }
    }
}

/// An integer with a prefix of so many bits, and where it ends (RFC 7541 5.1).
fn integer(bytes: &[u8], bits: u8) -> Option<(u64, usize)> {
    let mask = (1_u16 << bits) - 1;
    let first = u16::from(*bytes.first()?) & mask;
    if first < mask {
        return Some((u64::from(first), 1));
    }
    let mut value = u64::from(mask);
    for (index, byte) in bytes.iter().enumerate().skip(1).take(4) {
        value += u64::from(byte & 0x7f) << (7 * (index - 1));
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

/// Where the string that begins at `start` ends.
fn string(bytes: &[u8], start: usize) -> Option<usize> {
    let (length, at) = integer(bytes.get(start..)?, 7)?;
    let end = start + at + usize::try_from(length).ok()?;
    (end <= bytes.len()).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(fields: &[HeaderField]) -> Vec<String> {
        let part = |part: &Option<Vec<u8>>| {
            part.as_ref().map_or("-".into(), |part| String::from_utf8_lossy(part).into_owned())
        };
        fields.iter().map(|field| format!("{}: {}", part(&field.name), part(&field.value))).collect()
    }

    /// RFC 7541 C.3: three requests on one connection.
    const FIRST: &[u8] = b"\x82\x86\x84\x41\x0fwww.example.com";
    const SECOND: &[u8] = b"\x82\x86\x84\xbe\x58\x08no-cache";

    #[test]
    fn the_table_lives_from_block_to_block() {
        let mut hpack = Hpack::default();
        assert!(hpack.read(FIRST).1);
        let (fields, whole) = hpack.read(SECOND);
        assert!(whole);
        assert_eq!(
            text(&fields),
            [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"]
        );
    }

    #[test]
    fn what_stands_in_a_lost_table_is_not_known_and_nothing_else() {
        let mut hpack = Hpack::default();
        hpack.lose();
        let (fields, whole) = hpack.read(SECOND);
        assert!(whole);
        assert_eq!(text(&fields)[3..], ["-: -", "cache-control: no-cache"]);
        // A literal under an unknown name takes its place: 62 is it, and 63 is the one before.
        let (fields, whole) = hpack.read(b"\x7f\x01\x01v\xbe\xbf");
        assert!(whole);
        assert_eq!(text(&fields), ["-: v", "-: v", "cache-control: no-cache"]);
    }

    #[test]
    fn a_damaged_block_loses_the_table() {
        for block in [&b"\xff"[..], b"\x82\x40\x05ab", b"\xbe", b"\x3f\xff\xff\xff\xff\x7f", b"\x00\x81\xff\x01a"] {
            let mut hpack = Hpack::default();
            assert!(!hpack.read(block).1, "{block:?}");
            assert!(hpack.is_partial);
        }
    }
}
