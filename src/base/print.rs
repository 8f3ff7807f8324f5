//! Text from the wire made safe to show.
//!
//! A server name, a subject or an alert text is chosen by somebody else. Shown as it is, it could move the cursor,
//! colour the screen, reverse the reading order or pose as another name. Everything that came off the wire goes
//! through here on its way to a terminal, a file name or a log.

use std::fmt::Write;

/// Whether a character may stand in a line of text as it is: no control, no line or paragraph separator, nothing
/// invisible, nothing that changes the reading direction.
#[must_use]
pub fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text with every character that is not [printable](is_printable) written as `\x1b` or `\u{202e}`, and the
/// backslash doubled, so that what is shown stands for one text only.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push(&mut out, c);
    }
    out
}

/// Like [`printable`], for bytes that should be UTF-8: those that are not are written as `\xff`.
#[must_use]
pub fn printable_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            push(&mut out, c);
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

fn push(out: &mut String, c: char) {
    let _ = match c {
        '\\' => write!(out, "\\\\"),
        _ if is_printable(c) => {
            out.push(c);
            Ok(())
        }
        _ if u32::from(c) < 0x100 => write!(out, "\\x{:02x}", u32::from(c)),
        _ => write!(out, "\\u{{{:x}}}", u32::from(c)),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_becomes_visible() {
        for (wire, shown) in [
            ("example.com", "example.com"),
            ("b\u{fc}cher.example", "b\u{fc}cher.example"),
            ("\u{1b}[31mred", "\\x1b[31mred"),
            ("a\0b\r\nc", "a\\x00b\\x0d\\x0ac"),
            ("\u{9b}2J", "\\x9b2J"),
            ("moc\u{202e}.evil", "moc\\u{202e}.evil"),
            ("back\\slash", "back\\\\slash"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
        ] {
            assert_eq!(printable(wire), shown);
            assert_eq!(printable_bytes(wire.as_bytes()), shown);
        }
        assert_eq!(printable_bytes(b"ok\xff\xc3"), "ok\\xff\\xc3");
    }
}
