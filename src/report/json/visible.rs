//! JSON text in which nothing can act on a terminal: what is not printable is written as `\u202e`. A parser reads the
//! same text from it.

use crate::base::is_printable;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use std::io::{self, Write};

/// Appends the value to `out`.
pub(super) fn write(out: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(Pieces(out), Visible::default()))?)
}

/// Takes text in pieces of a few bytes, which is how JSON comes. Most are quotes and commas: they go in without a call.
struct Pieces<'a>(&'a mut Vec<u8>);

impl Write for Pieces<'_> {
    #[inline]
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.write_all(piece).map(|()| piece.len())
    }

    #[inline]
    fn write_all(&mut self, piece: &[u8]) -> io::Result<()> {
        match *piece {
            [one] => self.0.push(one),
            _ => self.0.extend_from_slice(piece),
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Visible {
    /// Inside a key. Keys are words of the schema, which need no second look.
    key: bool,
    /// Before the first key of an object.
    first: bool,
}

impl Formatter for Visible {
    fn begin_object_key<W: ?Sized + Write>(&mut self, _: &mut W, first: bool) -> io::Result<()> {
        (self.key, self.first) = (true, first);
        Ok(())
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.key = false;
        Ok(())
    }

    /// What stands before a key and behind it is written with its quotes: a session has some five hundred keys.
    fn begin_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.key && !self.first { b",\"" } else { b"\"" })
    }

    fn end_string<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.key { b"\":" } else { b"\"" })
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        Ok(())
    }

    /// Spans of time are numbers with fractions down to nanoseconds, whose digits need no search for the shortest.
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        let mut buffer = [b'0'; 32];
        match nanoseconds(value).and_then(|whole| decimal(whole, &mut buffer)) {
            Some(digits) => writer.write_all(digits),
            None => CompactFormatter.write_f64(writer, value),
        }
    }

    /// Bytes are text that was made here and needs no escapes; see [`Plain`](super::value::Plain).
    fn write_byte_array<W: ?Sized + Write>(&mut self, writer: &mut W, text: &[u8]) -> io::Result<()> {
        writer.write_all(b"\"")?;
        writer.write_all(text)?;
        writer.write_all(b"\"")
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // The largest byte, without an early exit: the compiler turns this into a few wide comparisons.
        if self.key || fragment.bytes().fold(0, u8::max) < 0x7f {
            return writer.write_all(fragment.as_bytes());
        }
        let mut utf8 = [0; 4];
        for c in fragment.chars() {
            if is_printable(c) {
                writer.write_all(c.encode_utf8(&mut utf8).as_bytes())?;
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

/// The nanoseconds that a number of seconds was made from, where it was.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "held against it"
)]
fn nanoseconds(seconds: f64) -> Option<u64> {
    let whole = (seconds * 1e9).round() as u64;
    (whole < 1 << 53 && (whole as f64 / 1e9).to_bits() == seconds.to_bits()).then_some(whole)
}

/// Nanoseconds as seconds with a point and at least one digit on each side of it.
fn decimal(mut whole: u64, buffer: &mut [u8; 32]) -> Option<&[u8]> {
    const FRACTION: usize = 9;
    let point = buffer.len() - FRACTION - 1;
    let (mut begin, mut end) = (buffer.len(), point + 2);
    while whole > 0 || begin > point - 1 {
        begin -= 1;
        if begin == point {
            *buffer.get_mut(point)? = b'.';
            continue;
        }
        let digit = u8::try_from(whole % 10).ok()?;
        whole /= 10;
        *buffer.get_mut(begin)? = b'0' + digit;
        if digit > 0 {
            end = end.max(begin + 1);
        }
    }
    buffer.get(begin..end)
}

#[cfg(test)]
mod tests {
    use super::super::value::Seconds;
    use super::*;

    #[test]
    fn spans_of_time_have_all_their_digits_and_no_more() {
        for (nanoseconds, text) in [
            (0, "0.0"),
            (1, "0.000000001"),
            (15_000, "0.000015"),
            (250_000_000, "0.25"),
            (1_000_000_000, "1.0"),
            (86_400_123_456_789, "86400.123456789"),
            (9_000_000_000_000_000, "9000000.0"),
        ] {
            let mut out = Vec::new();
            write(&mut out, &Seconds(nanoseconds)).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
        for other in [-0.5, 1e-12, f64::from(u32::MAX) * 1e9] {
            let mut out = Vec::new();
            write(&mut out, &other).unwrap();
            assert_eq!(serde_json::from_slice::<f64>(&out).unwrap().to_bits(), f64::to_bits(other));
        }
    }
}
