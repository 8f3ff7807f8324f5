//! What the application said, as text: record by record, as a hex dump, or as requests and responses.
//!
//! Text from the wire is made printable; line breaks and tabs stay what they are.

use crate::base::{printable, printable_bytes};
use crate::capture::follow::{Chunk, Exchange, Exchanges, Follow, HeaderField, Line, Message, Spoken};
use crate::net::Direction;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Read, Write};

/// How many bytes a row of a hex dump shows.
pub const HEX_ROW: usize = 16;
/// How much of a body is looked at to tell whether it is text.
const LOOKED_AT: usize = 512;
/// How much of a body is written.
const MAX_BODY: u64 = 4 << 20;

/// Which directions are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Both, in the order of the capture.
    #[default]
    Both,
    /// One.
    Only(Direction),
}

impl Wanted {
    /// Whether a direction is wanted.
    #[must_use]
    pub fn takes(self, direction: Direction) -> bool {
        self == Self::Both || self == Self::Only(direction)
    }
}

/// The sign of a direction.
#[must_use]
pub fn sign(direction: Direction) -> &'static str {
    match direction {
        Direction::ToServer => ">",
        Direction::ToClient => "<",
    }
}

/// Writes the data as it is, without what is missing: how many bytes.
pub fn raw(follow: &Follow, wanted: Wanted, out: &mut dyn Write) -> io::Result<u64> {
    let mut written = 0;
    each(follow, wanted, |_, bytes| {
        written += bytes.len() as u64;
        out.write_all(bytes)
    })?;
    Ok(written)
}

/// Writes the data as text, each record under a line that says where it came from.
pub fn text(follow: &Follow, wanted: Wanted, out: &mut dyn Write) -> io::Result<()> {
    each(follow, wanted, |chunk, bytes| {
        writeln!(out, "{}", heading(chunk))?;
        if chunk.missing.is_none() {
            write_lines(bytes, "", out)?;
        }
        Ok(())
    })
}

/// Writes the data as a hex dump; offsets count in each direction on its own.
pub fn hex(follow: &Follow, wanted: Wanted, out: &mut dyn Write) -> io::Result<()> {
    let mut offsets = [0_u64; 2];
    each(follow, wanted, |chunk, bytes| {
        writeln!(out, "{}", heading(chunk))?;
        let Some(offset) = offsets.get_mut(chunk.direction.index()) else { return Ok(()) };
        for row in bytes.chunks(HEX_ROW) {
            writeln!(out, "{}", hex_row(*offset, row))?;
            *offset += row.len() as u64;
        }
        Ok(())
    })
}

/// Writes requests and responses with their bodies, unpacked.
pub fn exchanges(follow: &Follow, exchanges: &Exchanges, wanted: Wanted, out: &mut dyn Write) -> io::Result<()> {
    if exchanges.spoken == Spoken::Other {
        return writeln!(out, "no HTTP is spoken here, as far as the first bytes tell");
    }
    for (number, exchange) in exchanges.list.iter().enumerate() {
        let stream = exchange.stream.map(|stream| format!(", stream {stream}")).unwrap_or_default();
        writeln!(out, "{}{}{stream}", if number == 0 { "" } else { "\n" }, number + 1)?;
        for (direction, message) in messages(exchange).filter(|(direction, _)| wanted.takes(*direction)) {
            write_message(follow, direction, message, out)?;
        }
        for remark in &exchange.remarks {
            writeln!(out, "! {remark}")?;
        }
    }
    for remark in &exchanges.remarks {
        writeln!(out, "! {}", remark.text)?;
    }
    Ok(())
}

/// The messages of an exchange in the order in which they are sent.
pub fn messages(exchange: &Exchange) -> impl Iterator<Item = (Direction, &Message)> {
    let request = exchange.request.iter().map(|message| (Direction::ToServer, message));
    let responses = exchange.interim.iter().chain(&exchange.response);
    request.chain(responses.map(|message| (Direction::ToClient, message)))
}

/// The first line of a message, printable.
#[must_use]
pub fn first_line(message: &Message) -> String {
    let line = match &message.line {
        Line::Request { method, target, version } => format!("{method} {target} {version}"),
        Line::Response { status: 0, version, .. } => format!("{version} ?"),
        Line::Response { status, reason, version } => format!("{version} {status} {reason}"),
    };
    printable(line.trim_end())
}

/// A header field, printable.
#[must_use]
pub fn field(field: &HeaderField) -> String {
    let part = |part: &Option<Vec<u8>>| part.as_deref().map_or("(not known)".to_owned(), printable_bytes);
    format!("{}: {}", part(&field.name), part(&field.value))
}

/// What a body is, in a few words.
#[must_use]
pub fn body_words(message: &Message) -> String {
    let mut words = format!("{} bytes", message.body.length);
    match message.codings() {
        Ok(codings) => codings.iter().for_each(|coding| {
            words.push(' ');
            words.push_str(coding.name());
        }),
        Err(unknown) => {
            let _ = write!(words, ", packed in a way that is not known: {}", printable(&unknown));
        }
    }
    if let Some(kind) = message.values("content-type").next() {
        let _ = write!(words, ", {}", printable(kind));
    }
    if message.body.cut {
        words.push_str(", too many pieces to keep them all");
    }
    if !message.complete {
        words.push_str(", the end was not seen");
    }
    words
}

/// Whether bytes are text, as far as their beginning tells: UTF-8 without control characters of its own.
#[must_use]
pub fn is_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let mut valid = String::new();
    for (index, chunk) in head.utf8_chunks().enumerate() {
        // A character that the end cuts is no fault.
        if index > 0 || (!chunk.invalid().is_empty() && chunk.invalid().len() > 3) {
            return false;
        }
        let cut = head.len() >= LOOKED_AT && chunk.valid().len() + chunk.invalid().len() == head.len();
        if !chunk.invalid().is_empty() && !cut {
            return false;
        }
        valid.push_str(chunk.valid());
    }
    valid.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{1b}'))
}

/// One line of text from the wire: printable, a tab as spaces, and no line end.
#[must_use]
pub fn text_line(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let spaced: Cow<'_, [u8]> = if line.contains(&b'\t') {
        line.iter()
            .flat_map(|byte| if *byte == b'\t' { &b"    "[..] } else { std::slice::from_ref(byte) })
            .copied()
            .collect()
    } else {
        line.into()
    };
    printable_bytes(&spaced)
}

/// A row of a hex dump.
#[must_use]
pub fn hex_row(offset: u64, bytes: &[u8]) -> String {
    let mut row = format!("{offset:08x} ");
    for index in 0..HEX_ROW {
        let gap = if index == HEX_ROW / 2 { "  " } else { " " };
        let _ = match bytes.get(index) {
            Some(byte) => write!(row, "{gap}{byte:02x}"),
            None => write!(row, "{gap}  "),
        };
    }
    row.push_str("  ");
    row.extend(bytes.iter().map(|byte| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' }));
    row
}

/// Where a record came from, or what is missing.
#[must_use]
pub fn heading(chunk: &Chunk) -> String {
    let who = if chunk.direction == Direction::ToServer { "client" } else { "server" };
    let place = format!("{} {who}, frame {}", sign(chunk.direction), chunk.frame);
    match chunk.missing {
        Some((why, bytes)) => format!("{place}: {bytes} bytes of the stream are missing: {}", why.text()),
        None if chunk.early => format!("{place}: {} bytes of early data", chunk.length),
        None => format!("{place}: {} bytes", chunk.length),
    }
}

fn each(follow: &Follow, wanted: Wanted, mut take: impl FnMut(&Chunk, &[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut bytes = Vec::new();
    for (number, chunk) in follow.chunks().enumerate().filter(|(_, chunk)| wanted.takes(chunk.direction)) {
        if chunk.missing.is_none() && !follow.read(number, &mut bytes) {
            return Err(io::Error::other("a record cannot be read again"));
        }
        take(&chunk, if chunk.missing.is_some() { &[] } else { &bytes })?;
    }
    Ok(())
}

fn write_lines(bytes: &[u8], indent: &str, out: &mut dyn Write) -> io::Result<()> {
    bytes.split_inclusive(|byte| *byte == b'\n').try_for_each(|line| writeln!(out, "{indent}{}", text_line(line)))
}

fn write_message(follow: &Follow, direction: Direction, message: &Message, out: &mut dyn Write) -> io::Result<()> {
    let sign = sign(direction);
    writeln!(out, "{sign} {}   (frame {})", first_line(message), message.frame)?;
    for one in message.fields.iter().chain(&message.trailers) {
        writeln!(out, "{sign} {}", field(one))?;
    }
    for remark in &message.remarks {
        writeln!(out, "! {remark}")?;
    }
    if message.body.length > 0 {
        write_body(follow, message, out)?;
    }
    Ok(())
}

fn write_body(follow: &Follow, message: &Message, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  [{}]", body_words(message))?;
    let mut reader = follow.body(message, true);
    let mut bytes = Vec::new();
    let problem = reader.by_ref().take(MAX_BODY).read_to_end(&mut bytes).err();
    if is_text(&bytes) {
        write_lines(&bytes, "  ", out)?;
    } else {
        let head = bytes.get(..LOOKED_AT).unwrap_or(&bytes);
        for (row, bytes) in head.chunks(HEX_ROW).enumerate() {
            writeln!(out, "  {}", hex_row((row * HEX_ROW) as u64, bytes))?;
        }
        if head.len() < bytes.len() {
            writeln!(out, "  [and {} more bytes]", bytes.len() - head.len())?;
        }
    }
    match problem {
        Some(problem) => writeln!(out, "! {problem}"),
        None if bytes.len() as u64 == MAX_BODY => writeln!(out, "  [cut here: --as raw has all of it]"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_from_bytes() {
        let long = format!("{}\u{e4}", "a".repeat(LOOKED_AT - 1));
        for (bytes, expected) in [
            (&b"plain\r\n\ttext"[..], true),
            ("gr\u{fc}n".as_bytes(), true),
            (long.as_bytes(), true),
            (b"\x89PNG\r\n", false),
            (b"a\0b", false),
            (b"broken \xff text", false),
            (b"", true),
        ] {
            assert_eq!(is_text(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn lines_are_safe_to_print() {
        assert_eq!(text_line(b"\ta\x1b[2J\xff\r\n"), "    a\\x1b[2J\\xff");
        assert_eq!(hex_row(16, b"ab\x00"), "00000010  61 62 00                                          ab.");
    }
}
