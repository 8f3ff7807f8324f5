//! Bodies of messages: read from their records as somebody asks for them, and unpacked on the way (RFC 9110 8.4.1).
//!
//! Nothing of a body is kept. What is unpacked has an end, however much a few bytes claim to be.

use super::{Follow, Message, Piece};
use std::io::{self, Read, Write};

/// The most that is unpacked of one body.
const MAX_UNPACKED: u64 = 1 << 30;
/// How many codings may lie over each other.
const MAX_CODINGS: usize = 4;
/// Memory for the input of a decoder.
const BUFFER: usize = 4 << 10;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// gzip (RFC 1952).
    Gzip,
    /// zlib (RFC 1950), and deflate without it, as some senders do.
    Deflate,
    /// Brotli (RFC 7932).
    Brotli,
    /// Zstandard (RFC 8878).
    Zstd,
}

/// A part of a body as people read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BodyPage {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether the body ends with them.
    pub is_last: bool,
    /// What went wrong behind them.
    pub problem: Option<String>,
}

impl Message {
    /// How the body is packed, the outermost coding last; or the one that is not known.
    pub fn codings(&self) -> Result<Vec<Coding>, String> {
        let known = |name: String| match name.as_str() {
            "gzip" | "x-gzip" => Some(Ok(Coding::Gzip)),
            "deflate" => Some(Ok(Coding::Deflate)),
            "br" => Some(Ok(Coding::Brotli)),
            "zstd" => Some(Ok(Coding::Zstd)),
            "identity" => None,
            _ => Some(Err(name)),
        };
        let codings: Vec<_> =
            self.members("content-encoding").into_iter().filter_map(known).collect::<Result<_, _>>()?;
        if codings.len() > MAX_CODINGS {
            return Err(format!("{} codings over each other", codings.len()));
        }
        Ok(codings)
    }
}

impl Follow {
    /// The body of a message, unpacked where `unpack` says so. A coding that is not known leaves it as it was sent.
    pub fn body<'a>(&'a self, message: &'a Message, unpack: bool) -> Box<dyn Read + 'a> {
        let raw = Packed { follow: self, left: message.body.pieces.iter(), open: None, bytes: Vec::new(), at: 0..0 };
        let mut reader: Box<dyn Read + 'a> = Box::new(raw);
        let codings = if unpack { message.codings().unwrap_or_default() } else { Vec::new() };
        if codings.is_empty() || message.body.length == 0 {
            return reader;
        }
        for coding in codings.into_iter().rev() {
            reader = Box::new(Unpacking { coding, source: Some(reader), decoder: None });
        }
        Box::new(Bounded { reader, left: MAX_UNPACKED })
    }

    /// At most `length` bytes of an unpacked body from `from` on.
    #[must_use]
    pub fn body_page(&self, message: &Message, from: u64, length: u64) -> BodyPage {
        let mut reader = self.body(message, true);
        let mut page = BodyPage::default();
        let passed = io::copy(&mut reader.by_ref().take(from), &mut io::sink());
        let read = passed.and_then(|_| reader.by_ref().take(length).read_to_end(&mut page.bytes));
        let more = read.and_then(|_| reader.read(&mut [0; 1]));
        match more {
            Ok(count) => page.is_last = count == 0,
            Err(error) => (page.is_last, page.problem) = (true, Some(error.to_string())),
        }
        page
    }

    /// Writes a body unpacked: how many bytes, and what went wrong while reading.
    pub fn write_body(&self, message: &Message, to: &mut dyn Write) -> io::Result<(u64, Option<String>)> {
        let mut reader = self.body(message, true);
        let mut buffer = vec![0; 64 << 10];
        let mut written = 0;
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return Ok((written, None)),
                Ok(count) => {
                    to.write_all(buffer.get(..count).unwrap_or_default())?;
                    written += count as u64;
                }
                Err(error) => return Ok((written, Some(error.to_string()))),
            }
        }
    }
}

/// A body as it was sent.
struct Packed<'a> {
    follow: &'a Follow,
    left: std::slice::Iter<'a, Piece>,
    /// The chunk that `bytes` holds.
    open: Option<u32>,
    bytes: Vec<u8>,
    /// What is left of the piece.
    at: std::ops::Range<usize>,
}

impl Read for Packed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at.is_empty() {
            let Some(Piece { chunk, start, length }) = self.left.next().copied() else { return Ok(0) };
            if self.open != Some(chunk) && !self.follow.read(chunk as usize, &mut self.bytes) {
                return Err(io::Error::other("a record cannot be read again"));
            }
            self.open = Some(chunk);
            self.at = usize::from(start)..usize::from(start) + usize::from(length);
        }
        let rest = self.bytes.get(self.at.clone()).unwrap_or_default();
        let count = (&mut &*rest).read(buffer)?;
        self.at.start = if count == 0 { self.at.end } else { self.at.start + count };
        Ok(count)
    }
}

/// A decoder that is made with the first byte that is asked for.
struct Unpacking<'a> {
    coding: Coding,
    source: Option<Box<dyn Read + 'a>>,
    decoder: Option<Box<dyn Read + 'a>>,
}

impl Read for Unpacking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(source) = self.source.take() {
            self.decoder = Some(decoder(self.coding, source)?);
        }
        let Some(decoder) = &mut self.decoder else { return Ok(0) };
        let read = decoder.read(buffer);
        read.map_err(|error| io::Error::other(format!("the {} data is damaged or cut: {error}", self.coding.name())))
    }
}

impl Coding {
    /// Its name in Content-Encoding.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }
}

fn decoder<'a>(coding: Coding, mut source: Box<dyn Read + 'a>) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match coding {
        Coding::Gzip => Box::new(flate2::read::MultiGzDecoder::new(source)),
        Coding::Deflate => {
            let mut head = Vec::new();
            source.by_ref().take(2).read_to_end(&mut head)?;
            // The two bytes of zlib are a multiple of 31 and name the method (RFC 1950 2.2).
            let zlib =
                matches!(*head, [first, second] if first & 15 == 8 && u16::from_be_bytes([first, second]) % 31 == 0);
            let whole = io::Cursor::new(head).chain(source);
            if zlib {
                Box::new(flate2::read::ZlibDecoder::new(whole))
            } else {
                Box::new(flate2::read::DeflateDecoder::new(whole))
            }
        }
        Coding::Brotli => Box::new(brotli_decompressor::Decompressor::new(source, BUFFER)),
        Coding::Zstd => Box::new(ruzstd::decoding::StreamingDecoder::new(source).map_err(io::Error::other)?),
    })
}

/// Ends with an error where too much comes.
struct Bounded<'a> {
    reader: Box<dyn Read + 'a>,
    left: u64,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        match self.left.checked_sub(count as u64) {
            Some(left) => {
                self.left = left;
                Ok(count)
            }
            None => Err(io::Error::other("unpacked it is larger than 1 GB: not read further")),
        }
    }
}
