//! Undoing certificate compression (RFC 8879) without letting a small message become a large one.

use std::io::Read;

/// The most that a certificate message may become.
pub(super) const MAX_LENGTH: usize = 1 << 20;

/// The most that a zstd frame may ask the reader to remember (RFC 8878 3.1.1.1.2 asks readers to bear 8 MB).
const MAX_WINDOW: u64 = 8 << 20;

/// How much brotli reads at a time.
const BROTLI_BUFFER: usize = 4096;

/// What became of compressed bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All of them, undone.
    Whole(Vec<u8>),
    /// They are more than the limit, or broken: what came out up to there.
    Part(Vec<u8>, &'static str),
    /// The algorithm is not known.
    Unknown,
}

/// Undoes `algorithm`, up to `limit` bytes.
pub(super) fn decompress(algorithm: u16, compressed: &[u8], limit: usize) -> Outcome {
    match algorithm {
        1 => read_up_to(limit, flate2::bufread::ZlibDecoder::new(compressed)),
        2 => read_up_to(limit, brotli_decompressor::Decompressor::new(compressed, BROTLI_BUFFER)),
        3 => match ruzstd::decoding::StreamingDecoder::new_with_max_window_size(compressed, MAX_WINDOW) {
            Ok(decoder) => read_up_to(limit, decoder),
            Err(_) => Outcome::Part(Vec::new(), "the compressed bytes cannot be read"),
        },
        _ => Outcome::Unknown,
    }
}

fn read_up_to(limit: usize, source: impl Read) -> Outcome {
    let mut bytes = Vec::new();
    let result = source.take(limit as u64 + 1).read_to_end(&mut bytes);
    if bytes.len() > limit {
        bytes.truncate(limit);
        return Outcome::Part(bytes, "the decompressed message is longer than it says or than is allowed here");
    }
    match result {
        Ok(_) => Outcome::Whole(bytes),
        Err(_) => Outcome::Part(bytes, "the compressed bytes cannot be read to their end"),
    }
}
