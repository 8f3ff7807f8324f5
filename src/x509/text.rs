//! The string types of ASN.1 as text.
//!
//! A name is kept as it was sent, control characters and NUL bytes included: making it safe to show is the printer's
//! work, and a name with a NUL in it is itself a finding.

use crate::base::hex;

const UTF8: u8 = 0x0c;
const NUMERIC: u8 = 0x12;
const PRINTABLE: u8 = 0x13;
const TELETEX: u8 = 0x14;
const IA5: u8 = 0x16;
const VISIBLE: u8 = 0x1a;
const UNIVERSAL: u8 = 0x1c;
const BMP: u8 = 0x1e;

/// Whether the identifier octet is that of a string type.
pub(crate) fn is_string(tag: u8) -> bool {
    matches!(tag, UTF8 | NUMERIC | PRINTABLE | TELETEX | IA5 | VISIBLE | UNIVERSAL | BMP)
}

/// The content as text, and what is wrong with it. Other types than strings come in hexadecimal.
pub(crate) fn decode(tag: u8, bytes: &[u8]) -> (String, Option<&'static str>) {
    match tag {
        UTF8 => match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), None),
            Err(_) => (String::from_utf8_lossy(bytes).into_owned(), Some("UTF8String that is not UTF-8")),
        },
        NUMERIC | PRINTABLE | IA5 | VISIBLE => ascii(bytes),
        // The standard means T.61 with its escapes; what certificates hold, and what every reader shows, is Latin-1.
        TELETEX => (latin1(bytes), None),
        BMP => bmp(bytes),
        UNIVERSAL => universal(bytes),
        _ => (hex(bytes), None),
    }
}

/// Text of a type that allows ASCII only. Where it holds more, UTF-8 is tried first, since that is what careless
/// software writes, and then Latin-1.
pub(crate) fn ascii(bytes: &[u8]) -> (String, Option<&'static str>) {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => (text.to_owned(), None),
        Ok(text) => (text.to_owned(), Some("string with other characters than its type allows")),
        Err(_) => (latin1(bytes), Some("string with other characters than its type allows")),
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

fn bmp(bytes: &[u8]) -> (String, Option<&'static str>) {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|&pair| u16::from_be_bytes(pair));
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    (text, (!rest.is_empty()).then_some("BMPString with an odd number of bytes"))
}

fn universal(bytes: &[u8]) -> (String, Option<&'static str>) {
    let (fours, rest) = bytes.as_chunks::<4>();
    let codes = fours.iter().map(|&four| u32::from_be_bytes(four));
    let text = codes.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    (text, (!rest.is_empty()).then_some("UniversalString with a length that four does not divide"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_string_type_becomes_text() {
        for (tag, bytes, text, fine) in [
            (UTF8, &b"b\xc3\xbccher"[..], "b\u{fc}cher", true),
            (UTF8, b"a\xff", "a\u{fffd}", false),
            (PRINTABLE, b"www.example.com\0.evil", "www.example.com\0.evil", true),
            (IA5, b"b\xc3\xbc", "b\u{fc}", false),
            (IA5, b"b\xfc", "b\u{fc}", false),
            (TELETEX, b"b\xfccher", "b\u{fc}cher", true),
            (BMP, b"\0b\0\xfc\xd8\x3d\xdd\x11", "b\u{fc}\u{1f511}", true),
            (BMP, b"\0b\0", "b", false),
            (UNIVERSAL, b"\0\0\0b\0\0\0\xfc", "b\u{fc}", true),
            (UNIVERSAL, b"\0\x11\0\0", "\u{fffd}", true),
            (0x04, b"\x01\xff", "01ff", true),
        ] {
            let (got, problem) = decode(tag, bytes);
            assert_eq!((got.as_str(), problem.is_none()), (text, fine), "{tag:02x} {bytes:02x?}");
        }
    }
}
