//! Tells by its first bytes what a file is; and what it is instead, in words, where it is no capture.

use super::pcap::{self, Pcap};
use super::pcapng::Pcapng;
use super::step::{Remarks, Step};
use super::unpack::Packing;
use crate::base::printable_bytes;

/// How many bytes it takes to recognise a file and to say something about it.
pub(super) const NEEDED: usize = 64;

/// The parser of a file's format.
pub(super) enum Format {
    Pcap(Pcap),
    Pcapng(Pcapng),
}

/// What the first bytes are.
pub(super) enum Kind {
    Capture(Format),
    Packed(Packing),
    /// Something else, in words.
    Other(String),
}

impl Format {
    #[inline]
    pub(super) fn step(&mut self, window: &[u8], at: usize, base: u64, remarks: &mut Remarks) -> Step {
        match self {
            Self::Pcap(pcap) => pcap.step(window, at, base, remarks),
            Self::Pcapng(pcapng) => pcapng.step(window, at, base, remarks),
        }
    }

    /// Position of the first packet or block.
    pub(super) fn first(&self) -> usize {
        if matches!(self, Self::Pcap(_)) { pcap::HEADER } else { 0 }
    }
}

/// Recognises a file by its first bytes, [`NEEDED`] of them where it has as many.
pub(super) fn recognise(bytes: &[u8]) -> Kind {
    if let Some(pcap) = Pcap::recognise(bytes) {
        Kind::Capture(Format::Pcap(pcap))
    } else if let Some(pcapng) = Pcapng::recognise(bytes) {
        Kind::Capture(Format::Pcapng(pcapng))
    } else if let Some(packing) = Packing::recognise(bytes) {
        Kind::Packed(packing)
    } else {
        Kind::Other(words(bytes))
    }
}

fn words(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "an empty file".into();
    }
    if Pcap::begins(bytes) {
        return format!("only the first {} of the {} bytes of a pcap header", bytes.len(), pcap::HEADER);
    }
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return (*name).into();
    }
    text(bytes).unwrap_or_else(|| format!("unknown magic {}", spaced(bytes)))
}

/// First bytes of files that people have beside their captures, and what to do with them.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\x0a\x0d\x0d\x0a", "a pcapng section header without a byte order that could be read"),
    (b"snoop\0\0\0", "a Sun snoop capture; convert it with editcap -F pcapng"),
    (b"RTSS", "a Microsoft Network Monitor 1 capture; convert it with editcap -F pcapng"),
    (b"GMBU", "a Microsoft Network Monitor 2 capture; convert it with editcap -F pcapng"),
    (b"iptrace ", "an AIX iptrace capture; convert it with editcap -F pcapng"),
    (b"TRSNIFF data    \x1a", "a Network General Sniffer capture; convert it with editcap -F pcapng"),
    (b"XCP\0", "a Network Associates Sniffer or NetXRay capture; convert it with editcap -F pcapng"),
    (b"\x7fver", "a Savvius *Peek capture; convert it with editcap -F pcapng"),
    (b"btsnoop\0", "a Bluetooth btsnoop capture, which cannot hold TLS over TCP"),
    (b"\xa1\xb2\xcd", "a pcap file of an unknown variant"),
    (b"BZh", "a bzip2 file; unpack it first"),
    (b"\xfd7zXZ\0", "an xz file; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"PK\x03\x04", "a ZIP archive; unpack it first"),
    (b"\x02\x21\x4c\x18", "an lz4 file of the legacy format; unpack it first"),
    (b"\x7fELF", "an ELF program (magic 7f 45 4c 46)"),
    (b"\x89PNG", "a PNG picture"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"-----BEGIN ", "a PEM file, such as a certificate or a key"),
    (b"CLIENT_RANDOM ", "a TLS key log; give it beside the capture"),
    (b"CLIENT_HANDSHAKE_TRAFFIC_SECRET ", "a TLS key log; give it beside the capture"),
    (b"SERVER_HANDSHAKE_TRAFFIC_SECRET ", "a TLS key log; give it beside the capture"),
    (b"# SSL/TLS secrets log file", "a TLS key log; give it beside the capture"),
];

/// How many bytes of a text are quoted.
const QUOTED: usize = 40;

fn text(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut chunks = bytes.utf8_chunks();
    let valid = chunks.next()?;
    // A character may be cut at the end of what was read.
    let whole = valid.invalid().len() < 4 && chunks.next().is_none();
    let is_text = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\x0c' | '\x1b');
    if !whole || valid.valid().is_empty() || !valid.valid().chars().all(is_text) {
        return None;
    }
    let kind = match valid.valid().trim_start().chars().next() {
        Some('{' | '[') => "JSON or other text",
        Some('<') => "XML, HTML or other text",
        _ if bytes.is_ascii() => "ASCII text",
        _ => "UTF-8 text",
    };
    let line = valid.valid().lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let quoted: String = line.chars().take(QUOTED).collect();
    Some(format!("{kind} beginning \"{}\"", printable_bytes(quoted.as_bytes())))
}

fn spaced(bytes: &[u8]) -> String {
    let words: Vec<_> = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    words.join(" ")
}
