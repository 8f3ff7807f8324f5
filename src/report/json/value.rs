//! The small values of the JSON, each serialised straight from the fact it borrows: no text is made on the heap.

use super::super::moment::Moment;
use crate::base::{Note, Severity};
use crate::net::{Direction, Endpoint};
use crate::session::{Located, StreamId, Timestamp};
use crate::tls::handshake::Alert;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;
use std::io::{Cursor, Write};
use std::net::IpAddr;

/// Writes an object: its names in the order given.
macro_rules! object {
    ($serializer:expr, { $($name:literal: $value:expr),* $(,)? }) => {{
        let mut map = $serializer.serialize_map(None)?;
        $(map.serialize_entry($name, &$value)?;)*
        map.end()
    }};
}
pub(super) use object;

/// A list made from an iterator that can be walked again.
pub(super) struct List<I>(pub(super) I);

impl<I> Serialize for List<I>
where
    I: Iterator + Clone,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

/// Text that is known to have neither quotes, backslashes nor anything that is not printable ASCII: digits and words
/// of the program's own. It is written without being searched for such characters.
pub(super) struct Plain<T>(pub(super) T);

impl<T: AsRef<[u8]>> Serialize for Plain<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The formatter of this room writes bytes as a string.
        serializer.serialize_bytes(self.0.as_ref())
    }
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn digit(nibble: u8) -> u8 {
    DIGITS.get(usize::from(nibble & 15)).copied().unwrap_or(b'?')
}

/// Bytes as lower-case hexadecimal digits.
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut buffer = [0_u8; 80];
        let Some(text) = buffer.get_mut(..self.0.len() * 2) else {
            return Plain(crate::base::hex(self.0)).serialize(serializer);
        };
        for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *pair = [digit(byte >> 4), digit(*byte)];
        }
        Plain(&*text).serialize(serializer)
    }
}

/// A 16-bit code point: `0x1301`.
#[derive(Clone, Copy)]
pub(super) struct Code(pub(super) u16);

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [high, low] = self.0.to_be_bytes();
        let text = [b'0', b'x', digit(high >> 4), digit(high), digit(low >> 4), digit(low)];
        Plain(text).serialize(serializer)
    }
}

/// A protocol name of ALPN: as it is when it is printable ASCII, `hex:…` otherwise.
pub(super) struct Alpn<'a>(pub(super) &'a [u8]);

impl Serialize for Alpn<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let printable = !self.0.is_empty() && self.0.iter().all(|byte| (0x20..0x7f).contains(byte));
        match std::str::from_utf8(self.0) {
            Ok(text) if printable => serializer.serialize_str(text),
            _ => serializer.serialize_str(&format!("hex:{}", crate::base::hex(self.0))),
        }
    }
}

/// A fingerprint: digits, letters and separators of its own, or nothing where it is empty.
pub(super) struct Filled<'a>(pub(super) &'a str);

impl Serialize for Filled<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_empty() { serializer.serialize_none() } else { Plain(self.0).serialize(serializer) }
    }
}

/// What displays itself in a few characters, as text.
pub(super) struct Short<T>(pub(super) T);

impl<T: fmt::Display> Serialize for Short<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut cursor = Cursor::new([0_u8; 64]);
        if write!(cursor, "{}", self.0).is_err() {
            return serializer.serialize_str(&self.0.to_string());
        }
        let length = usize::try_from(cursor.position()).unwrap_or(0);
        let text = cursor.get_ref().get(..length).unwrap_or_default();
        serializer.serialize_str(std::str::from_utf8(text).unwrap_or_default())
    }
}

/// An address with its port: `192.0.2.1:443`, `[2001:db8::1]:443`.
pub(super) fn endpoint(endpoint: Endpoint) -> Short<Endpoint> {
    Short(endpoint)
}

/// A stream as Wireshark numbers it: `tcp:5`.
pub(super) fn stream(stream: StreamId) -> Short<StreamId> {
    Short(stream)
}

/// An IP address.
pub(super) fn address(address: IpAddr) -> Short<IpAddr> {
    Short(address)
}

/// A point in time in nanoseconds, as RFC 3339 text; a number of nanoseconds where that cannot write it.
pub(super) struct Time(pub(super) Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match Moment::from_nanoseconds(self.0) {
            Some(moment) => Plain(moment.as_str()).serialize(serializer),
            None => serializer.serialize_i64(self.0),
        }
    }
}

/// A point in time in seconds, as RFC 3339 text; a number of seconds where that cannot write it.
pub(super) struct Date(pub(super) i64);

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match Moment::from_seconds(self.0) {
            Some(moment) => Plain(moment.as_str()).serialize(serializer),
            None => serializer.serialize_i64(self.0),
        }
    }
}

/// Nanoseconds as a number of seconds.
#[derive(Clone, Copy)]
pub(super) struct Seconds(pub(super) i64);

impl Serialize for Seconds {
    #[allow(clippy::cast_precision_loss, reason = "exact up to 104 days")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 1e9)
    }
}

/// The way of a message: `c2s` or `s2c`.
pub(super) fn way(direction: Direction) -> Plain<&'static str> {
    match direction {
        Direction::ToServer => Plain("c2s"),
        Direction::ToClient => Plain("s2c"),
    }
}

/// Who sends in that direction.
pub(super) fn sender(direction: Direction) -> Plain<&'static str> {
    match direction {
        Direction::ToServer => Plain("client"),
        Direction::ToClient => Plain("server"),
    }
}

/// A pair by direction.
pub(super) struct Both<T>(pub(super) [T; 2]);

impl<T: Serialize> Serialize for Both<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [client, server] = &self.0;
        object!(serializer, { "c2s": client, "s2c": server })
    }
}

/// An alert with its numbers and its name.
pub(super) struct AlertWords(pub(super) Alert);

impl Serialize for AlertWords {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Alert { level, description } = self.0;
        object!(serializer, { "level": level.0, "desc": description.0, "name": description.name().map(Plain) })
    }
}

/// A remark; the frame is left out where there is none.
pub(super) struct Remark<'a> {
    pub(super) frame: Option<u32>,
    pub(super) note: &'a Note,
}

impl<'a> From<&'a Located<Note>> for Remark<'a> {
    fn from(note: &'a Located<Note>) -> Self {
        Self { frame: Some(note.frame), note: &note.item }
    }
}

impl Serialize for Remark<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Note { severity, group, code, text, .. } = self.note;
        object!(serializer, {
            "frame": self.frame,
            "severity": Plain(Severity::word(*severity)),
            "group": Plain(group.word()),
            "code": code,
            "text": text,
        })
    }
}
