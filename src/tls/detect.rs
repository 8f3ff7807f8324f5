//! Is this TLS, and where does it begin?
//!
//! Port numbers do not tell, and TLS may start in the middle of a stream: after STARTTLS, after a proxy's answer,
//! behind a PROXY header in the same segment, or before the capture did. So the bytes themselves are asked.
//!
//! # How to use it on a stream
//!
//! For each direction that has not shown TLS yet, call [`look`] with the new bytes in order, one chunk (as a rule
//! one segment) after another:
//!
//! * [`Sign::Start`]: TLS begins at `offset` of the chunk. All bytes from there on go to the record reader. What lies
//!   before is something else.
//! * [`Sign::More`]: the bytes from `offset` on may be a beginning that is cut off. Keep them (at most
//!   [`ENOUGH`] - 1), put the next bytes behind them, and call again with the whole. At the end of the stream they
//!   are nothing.
//! * [`Sign::No`]: the chunk holds no beginning. Forget it and wait for the next.
//!
//! When one direction has shown a [`Strength::Strong`] sign, the other direction is TLS from a point shortly after;
//! there a weak sign is good enough. A [`Strength::Weak`] sign by itself says that the bytes are laid out like
//! records. A caller that wants to be sure waits for a second one, or for the same in the other direction.

use super::code::{AlertDescription, AlertLevel, ContentType, HandshakeType, ProtocolVersion, Ssl2MessageType};

/// With so many bytes from a beginning on, [`look`] never asks for more: a record header, a handshake header and a
/// version.
pub const ENOUGH: usize = 11;

/// How far into a chunk a beginning is searched for. What comes before TLS in one segment is short.
const REACH: usize = 4096;

/// The longest record that any version allows: 2^14 bytes and 2048 for compression and encryption (RFC 5246 6.2.3).
const LONGEST_RECORD: usize = (1 << 14) + 2048;

const RECORD_HEADER: usize = 5;
const HANDSHAKE_HEADER: usize = 4;

/// What the bytes look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// TLS begins here.
    Start {
        /// Where in the bytes.
        offset: usize,
        /// In which form.
        form: Form,
        /// How sure it is.
        strength: Strength,
    },
    /// Too few bytes to tell.
    More {
        /// The bytes from here on are wanted again, with what follows.
        offset: usize,
    },
    /// No beginning of TLS.
    No,
}

/// The two kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Records of SSL 3.0 and all versions of TLS (RFC 8446 5.1).
    Tls,
    /// Records of SSL 2.0, in which a ClientHello may offer a later version (RFC 5246 E.2). After such a hello the
    /// server answers in the form of the version that it chose.
    Ssl2,
}

/// How sure a sign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Strength {
    /// The layout of records, as in the middle of a connection. Only taken at the start of a chunk.
    Weak,
    /// A ClientHello or ServerHello.
    Strong,
}

/// Looks for a beginning of TLS in a chunk of one direction of a stream: at its start first, then for a ClientHello
/// or ServerHello within its first 4 KiB.
#[must_use]
pub fn look(chunk: &[u8]) -> Sign {
    match look_at_start(chunk) {
        Sign::No => search(chunk),
        sign => sign,
    }
}

/// Whether TLS begins with the very first byte. A caller that knows where TLS must start needs no search.
#[must_use]
pub fn look_at_start(bytes: &[u8]) -> Sign {
    match bytes.first() {
        None => Sign::More { offset: 0 },
        Some(20..=24) => tls(bytes),
        Some(0x80..) => ssl2(bytes),
        Some(_) => Sign::No,
    }
}

/// Whether the bytes begin with a record header that could stand in a TLS stream. Too few bytes are judged by what is
/// there. It serves for finding the way back after a gap, where nothing better is to be had.
#[must_use]
pub fn is_record_header(bytes: &[u8]) -> bool {
    let mut bytes = bytes.iter().copied();
    let (kind, major, minor) = (bytes.next(), bytes.next(), bytes.next());
    let (high, low) = (bytes.next(), bytes.next());
    let version = match (major, minor) {
        (Some(3), None | Some(0..=4)) | (Some(1), None | Some(1)) | (None, _) => true,
        (Some(0x7f), _) => kind == Some(ContentType::HANDSHAKE.0),
        _ => false,
    };
    let length = match (high, low) {
        (Some(high), Some(low)) => (1..=LONGEST_RECORD).contains(&usize::from(u16::from_be_bytes([high, low]))),
        (Some(high), None) => usize::from(high) << 8 <= LONGEST_RECORD,
        (None, _) => true,
    };
    kind.is_none_or(|kind| matches!(kind, 20..=24)) && version && length
}

/// Judges bytes that begin with a content type.
fn tls(bytes: &[u8]) -> Sign {
    if !is_record_header(bytes) {
        return Sign::No;
    }
    if bytes.len() >= RECORD_HEADER && hello_does_not_fit(bytes) {
        return weak(bytes);
    }
    match hello(bytes) {
        Some(true) => Sign::Start { offset: 0, form: Form::Tls, strength: Strength::Strong },
        Some(false) => weak(bytes),
        None => Sign::More { offset: 0 },
    }
}

/// Whether the record is one that cannot hold the head of a hello: another type, or a message split so small that
/// the next record header comes first.
fn hello_does_not_fit(bytes: &[u8]) -> bool {
    bytes.first() != Some(&ContentType::HANDSHAKE.0) || record_length(bytes) < ENOUGH - RECORD_HEADER
}

/// Whether a record with a ClientHello or ServerHello begins here; `None` when there are too few bytes to tell.
fn hello(bytes: &[u8]) -> Option<bool> {
    let kind = bytes.get(RECORD_HEADER).copied().map(HandshakeType);
    // From the fixed fields alone up to every list at its longest.
    let lengths = match kind {
        _ if bytes.first() != Some(&ContentType::HANDSHAKE.0) || !is_record_header(bytes) => return Some(false),
        Some(HandshakeType::CLIENT_HELLO) => 38..=131_500,
        Some(HandshakeType::SERVER_HELLO) => 38..=65_600,
        Some(_) => return Some(false),
        None => return None,
    };
    if let Some(&[_, a, b, c]) = bytes.get(RECORD_HEADER..).and_then(|rest| rest.first_chunk::<HANDSHAKE_HEADER>()) {
        if !lengths.contains(&u32::from_be_bytes([0, a, b, c])) {
            return Some(false);
        }
    } else if bytes.get(RECORD_HEADER + 1).is_some_and(|&high| high > 2) {
        return Some(false);
    }
    match (bytes.get(ENOUGH - 2), bytes.get(ENOUGH - 1)) {
        (Some(3 | 0x7f), Some(_)) | (Some(1), Some(1)) => Some(true),
        (None | Some(3 | 0x7f | 1), None) => None,
        _ => Some(false),
    }
}

/// Judges a record that is no hello by its content, as far as it can be read, and by the header that follows it.
fn weak(bytes: &[u8]) -> Sign {
    if bytes.len() < RECORD_HEADER {
        return Sign::More { offset: 0 };
    }
    let end = RECORD_HEADER + record_length(bytes);
    let payload = bytes.get(RECORD_HEADER..end.min(bytes.len())).unwrap_or_default();
    let next = bytes.get(end..).unwrap_or_default();
    let confirmed = next.len() >= RECORD_HEADER;
    let believable = is_record_header(next)
        && match bytes.first().copied().map(ContentType) {
            Some(ContentType::CHANGE_CIPHER_SPEC) => end == RECORD_HEADER + 1 && matches!(payload, [] | [1]),
            Some(ContentType::ALERT) => is_alert(end - RECORD_HEADER, payload),
            Some(ContentType::HANDSHAKE) => confirmed || end <= bytes.len() || is_message(payload),
            Some(ContentType::APPLICATION_DATA) => true,
            _ => end > RECORD_HEADER + 18,
        };
    // The versions of TLCP and of drafts are too short a pattern to trust without a hello, unless a header follows.
    let known_version = bytes.get(1) == Some(&3) || confirmed;
    if believable && known_version {
        Sign::Start { offset: 0, form: Form::Tls, strength: Strength::Weak }
    } else {
        Sign::No
    }
}

/// An alert is two known bytes, or encrypted: then it is longer than a tag, and short.
fn is_alert(length: usize, payload: &[u8]) -> bool {
    let known = |level: u8, description: u8| {
        AlertLevel(level).name().is_some() && AlertDescription(description).name().is_some()
    };
    match payload {
        &[level, description] if length == 2 => known(level, description),
        _ => length == 2 || (17..=320).contains(&length),
    }
}

/// The head of a handshake message that is not encrypted.
fn is_message(payload: &[u8]) -> bool {
    let kind = payload.first().copied().map(HandshakeType);
    kind.is_none_or(|kind| kind.name().is_some()) && payload.get(1).is_none_or(|&high| high <= 1)
}

fn record_length(bytes: &[u8]) -> usize {
    match bytes {
        [_, _, _, high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    }
}

/// Looks behind the first byte, for hellos only: they have enough bytes that are fixed.
fn search(chunk: &[u8]) -> Sign {
    const BLOCK: usize = 64;
    let head = chunk.get(..chunk.len().min(REACH)).unwrap_or_default();
    for (index, block) in head.chunks(BLOCK).enumerate() {
        // Without a way out in the middle the compiler compares many bytes at once; most blocks end here.
        if block.iter().fold(0, |found, &byte| found | u8::from(byte == ContentType::HANDSHAKE.0)) == 0 {
            continue;
        }
        for offset in (index * BLOCK..index * BLOCK + block.len()).skip(usize::from(index == 0)) {
            match hello(chunk.get(offset..).unwrap_or_default()) {
                Some(true) => return Sign::Start { offset, form: Form::Tls, strength: Strength::Strong },
                Some(false) => {}
                None => return Sign::More { offset },
            }
        }
    }
    Sign::No
}

/// Judges bytes that begin like a two-byte record header of SSL 2.0 (draft-hickman-netscape-ssl-00 1.1).
fn ssl2(bytes: &[u8]) -> Sign {
    let word = |at: usize| match bytes.get(at..) {
        Some([high, low, ..]) => Some(usize::from(u16::from_be_bytes([*high, *low]))),
        _ => None,
    };
    let fits = match bytes.get(2).copied().map(Ssl2MessageType) {
        None => bytes.len() < 3,
        Some(Ssl2MessageType::CLIENT_HELLO) => is_ssl2_client_hello(word),
        Some(Ssl2MessageType::SERVER_HELLO) => is_ssl2_server_hello(bytes, word),
        Some(_) => false,
    };
    if !fits {
        Sign::No
    } else if bytes.len() < ENOUGH {
        Sign::More { offset: 0 }
    } else {
        Sign::Start { offset: 0, form: Form::Ssl2, strength: Strength::Strong }
    }
}

/// Whether nothing contradicts a CLIENT-HELLO; fields that are not there yet do not.
fn is_ssl2_client_hello(word: impl Fn(usize) -> Option<usize>) -> bool {
    let length = word(0).unwrap_or(0) & 0x7fff;
    let (version, specs, session_id, challenge) = (word(3), word(5), word(7), word(9));
    let sum = specs.zip(session_id).zip(challenge).map(|((specs, id), challenge)| 9 + specs + id + challenge);
    version.is_none_or(|version| version == usize::from(ProtocolVersion::SSL2.0) || (0x300..=0x304).contains(&version))
        && specs.is_none_or(|specs| specs > 0 && specs.is_multiple_of(3))
        && session_id.is_none_or(|length| length == 0 || length == 16)
        && challenge.is_none_or(|length| (16..=32).contains(&length))
        && sum.is_none_or(|sum| sum == length)
}

/// Whether nothing contradicts a SERVER-HELLO.
fn is_ssl2_server_hello(bytes: &[u8], word: impl Fn(usize) -> Option<usize>) -> bool {
    let length = word(0).unwrap_or(0) & 0x7fff;
    let (version, certificate, specs, connection_id) = (word(5), word(7), word(9), word(11));
    let sum = certificate.zip(specs).zip(connection_id).map(|((certificate, specs), id)| 11 + certificate + specs + id);
    let flags = [bytes.get(3), bytes.get(4)];
    flags.iter().all(|flag| flag.is_none_or(|&flag| flag <= 1))
        && version.is_none_or(|version| version == usize::from(ProtocolVersion::SSL2.0))
        && certificate.is_none_or(|certificate| certificate < length)
        && specs.is_none_or(|specs| specs.is_multiple_of(3) && specs < length)
        && connection_id.is_none_or(|length| (1..=32).contains(&length))
        && sum.is_none_or(|sum| sum == length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT_HELLO: [u8; 11] = [22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
    const SERVER_HELLO: [u8; 11] = [22, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3];

    fn start(offset: usize, form: Form, strength: Strength) -> Sign {
        Sign::Start { offset, form, strength }
    }

    fn joined(parts: &[&[u8]]) -> Vec<u8> {
        parts.concat()
    }

    #[test]
    fn beginnings_are_known() {
        let strong = start(0, Form::Tls, Strength::Strong);
        let weak = start(0, Form::Tls, Strength::Weak);
        let ssl2 = start(0, Form::Ssl2, Strength::Strong);
        let alert_then_data = joined(&[&[21, 3, 3, 0, 2, 1, 112], &SERVER_HELLO]);
        let tiny = joined(&[&[22, 3, 1, 0, 1, 1], &[22, 3, 1, 0, 1, 0]]);
        for (what, bytes, expected) in [
            ("ClientHello", &CLIENT_HELLO[..], strong),
            ("ServerHello", &SERVER_HELLO, strong),
            ("ClientHello of TLCP", &[22, 1, 1, 0, 80, 1, 0, 0, 76, 1, 1], strong),
            ("ClientHello of a draft", &[22, 3, 1, 0, 80, 1, 0, 0, 76, 0x7f, 18], strong),
            ("ClientHello in records of one byte", &tiny, weak),
            ("alert, then ServerHello", &alert_then_data, weak),
            ("alert", &[21, 3, 1, 0, 2, 2, 40], weak),
            ("encrypted alert", &[21, 3, 3, 0, 26, 1, 2, 3], weak),
            ("application data", &[23, 3, 3, 0x40, 0, 9, 9, 9, 9], weak),
            ("ChangeCipherSpec and Finished", &[20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 40, 0xab], weak),
            ("encrypted handshake, complete", &[22, 3, 3, 0, 4, 0xde, 0xad, 0xbe, 0xef], weak),
            ("a ClientHello that breaks off", &[22, 3, 1, 0x3f, 0, 1, 0, 0, 5, 7, 7], weak),
            ("ServerHelloDone", &[22, 3, 3, 0, 4, 14, 0, 0, 0], weak),
            ("SSL 2 ClientHello", &[0x80, 46, 1, 0, 2, 0, 21, 0, 0, 0, 16], ssl2),
            ("SSL 2 ClientHello for TLS", &[0x80, 103, 1, 3, 1, 0, 78, 0, 0, 0, 16], ssl2),
            ("SSL 2 ServerHello", &[0x83, 0x15, 4, 0, 1, 0, 2, 2, 0xe5, 0, 21, 0, 16], ssl2),
        ] {
            assert_eq!(look(bytes), expected, "{what}");
        }
    }

    #[test]
    fn other_protocols_are_left_alone() {
        for (what, bytes) in [
            ("HTTP", &b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"[..]),
            ("SSH", b"SSH-2.0-OpenSSH_9.6\r\n"),
            ("SMTP", b"220 mail.example.com ESMTP\r\n"),
            ("zeros", &[0; 64]),
            ("ones", &[0xff; 64]),
            ("a version that does not exist", &[22, 3, 9, 0, 80, 1, 0, 0, 76, 3, 3]),
            ("an empty record", &[23, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0]),
            ("a record too long", &[23, 3, 3, 0x60, 0, 0, 0, 0, 0, 0, 0]),
            ("an alert of no known kind", &[21, 3, 3, 0, 2, 9, 200, 0]),
            ("a ChangeCipherSpec of two bytes", &[20, 3, 3, 0, 2, 1, 1]),
            ("a record with no record behind", &[23, 3, 3, 0, 2, 7, 7, b'H', b'T', b'T', b'P', b'/']),
            ("SSL 2 with lengths that do not add up", &[0x80, 47, 1, 0, 2, 0, 21, 0, 0, 0, 16]),
            ("SSL 2 with specs not of three bytes", &[0x80, 45, 1, 0, 2, 0, 20, 0, 0, 0, 16]),
        ] {
            assert_eq!(look(bytes), Sign::No, "{what}");
        }
    }

    #[test]
    fn a_hello_is_found_behind_other_bytes() {
        for prefix in [&b"PROXY TCP4 192.0.2.1 192.0.2.2 1 443\r\n"[..], b"HTTP/1.1 200 OK\r\n\r\n", b"S", &[22, 3, 22]]
        {
            let all = joined(&[prefix, &CLIENT_HELLO]);
            let expected = start(prefix.len(), Form::Tls, Strength::Strong);
            assert_eq!(look(&all), expected);
            let cut = all.get(..all.len() - 1).unwrap();
            assert_eq!(look(cut), Sign::More { offset: prefix.len() });
        }
        let far = joined(&[&[b'x'; REACH], &CLIENT_HELLO]);
        assert_eq!(look(&far), Sign::No);
    }

    #[test]
    fn every_prefix_of_a_hello_asks_for_more_and_eleven_bytes_decide() {
        let ssl2 = [0x80, 46, 1, 0, 2, 0, 21, 0, 0, 0, 16];
        for hello in [CLIENT_HELLO, SERVER_HELLO, ssl2] {
            for length in 0..ENOUGH {
                assert_eq!(look(&hello[..length]), Sign::More { offset: 0 }, "{length} bytes of {hello:?}");
            }
            assert!(matches!(look(&hello), Sign::Start { offset: 0, strength: Strength::Strong, .. }));
        }
    }

    #[test]
    fn noise_is_no_hello() {
        let mut state = 1_u64;
        let mut noise = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        };
        for length in (0..1500).step_by(7) {
            let chunk: Vec<u8> = (0..length).map(|_| noise()).collect();
            let sign = look(&chunk);
            assert!(!matches!(sign, Sign::Start { strength: Strength::Strong, .. }), "{sign:?}");
            if let Sign::More { offset } = sign {
                assert!(offset <= length && length - offset < ENOUGH);
            }
        }
    }
}
