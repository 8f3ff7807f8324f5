//! Bytes as hexadecimal text and back.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The bytes as lower-case hexadecimal digits without a separator.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        push(&mut text, byte);
    }
    text
}

/// The bytes as lower-case hexadecimal digits, a colon between two bytes, as certificates are usually shown.
#[must_use]
pub fn hex_colon(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for (index, &byte) in bytes.iter().enumerate() {
        if index > 0 {
            text.push(':');
        }
        push(&mut text, byte);
    }
    text
}

/// Reads hexadecimal digits of any case; spaces and colons between bytes are passed over. `None` when anything else
/// stands there or a digit is left over.
#[must_use]
pub fn parse_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !matches!(c, ' ' | ':'))
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

fn push(text: &mut String, byte: u8) {
    for nibble in [byte >> 4, byte & 15] {
        text.push(DIGITS.get(usize::from(nibble)).copied().map_or('?', char::from));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_there_and_back() {
        for (bytes, plain, colon) in
            [(&b""[..], "", ""), (b"\x00\xff", "00ff", "00:ff"), (b"\x1a\x2b\x3c", "1a2b3c", "1a:2b:3c")]
        {
            assert_eq!(hex(bytes), plain);
            assert_eq!(hex_colon(bytes), colon);
            assert_eq!(parse_hex(plain).as_deref(), Some(bytes));
            assert_eq!(parse_hex(colon).as_deref(), Some(bytes));
        }
        assert_eq!(parse_hex("0"), None);
        assert_eq!(parse_hex("zz"), None);
    }
}
