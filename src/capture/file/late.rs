//! The key logs of a pcapng file that stand behind packets which they open.
//!
//! Secrets should stand before the packets that need them, but a program that learns them late writes them between
//! packets or last. What is read once from the beginning to the end needs them before: all blocks are walked over by
//! their lengths. What can be read again later needs no more than a look at the end, without reading the file twice:
//! each block ends with its length.

use super::pcapng::{BYTE_ORDER, TLS_KEY_LOG, block};
use super::step::{LARGEST, Order};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// How many blocks at the end are looked at.
const BLOCKS: usize = 256;
/// Block types that may stand behind the last packet: name resolution, statistics, secrets, custom ones.
const NO_PACKETS: [u32; 5] = [4, block::INTERFACE_STATISTICS, block::DECRYPTION_SECRETS, 0x0bad, 0x4000_0bad];
/// How many bytes are read at once.
const WINDOW: usize = 256 << 10;
/// How many bytes of key logs are kept.
const MOST_BYTES: usize = 64 << 20;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Late {
    /// The part of the file that was searched.
    pub(super) searched: Range<u64>,
    pub(super) key_logs: Vec<Vec<u8>>,
}

impl Late {
    /// The key logs behind the last packet, the last first. What cannot be read ends the search: the ordinary reading
    /// says what is wrong with a file.
    pub(super) fn at_the_end(file: &File, length: u64, order: Order) -> Self {
        let mut key_logs = Vec::new();
        let mut end = length;
        for _ in 0..BLOCKS {
            let Ok(Some((start, log))) = block_before(file, end, order) else { break };
            key_logs.extend(log);
            end = start;
        }
        Self { searched: end..u64::MAX, key_logs }
    }

    /// All key logs up to the end of the file, or to the first block that cannot be one.
    pub(super) fn anywhere(file: &File) -> Self {
        let mut walk = Walk { file, window: Vec::new(), start: 0, order: Order::Little };
        let (mut at, mut bytes) = (0, 0);
        let mut key_logs = Vec::new();
        while let Some((kind, length)) = walk.block(at) {
            let is_key_log = kind == block::DECRYPTION_SECRETS && walk.word(at + 8) == Some(TLS_KEY_LOG);
            if let Some(text) = is_key_log.then(|| walk.secrets(at, length)).flatten() {
                bytes += text.len();
                // The ordinary reading says that there are too many.
                if bytes > MOST_BYTES {
                    break;
                }
                key_logs.push(text);
            }
            at += u64::from(length);
        }
        Self { searched: 0..at, key_logs }
    }
}

/// A walk over the blocks of a file.
struct Walk<'a> {
    file: &'a File,
    window: Vec<u8>,
    /// Where in the file the window begins.
    start: u64,
    order: Order,
}

impl Walk<'_> {
    /// Type and length of the block that begins here.
    fn block(&mut self, at: u64) -> Option<(u32, u32)> {
        if self.bytes(at, 4)? == block::SECTION_HEADER.to_be_bytes() {
            let magic: [u8; 4] = self.bytes(at + 8, 4)?.try_into().ok()?;
            self.order = [Order::Little, Order::Big].into_iter().find(|order| order.u32(magic) == BYTE_ORDER)?;
        }
        let (kind, total) = (self.word(at)?, self.word(at + 4)?);
        let length = total.checked_next_multiple_of(4)?;
        (12..=LARGEST).contains(&(length as usize)).then_some((kind, length))
    }

    fn word(&mut self, at: u64) -> Option<u32> {
        let order = self.order;
        self.bytes(at, 4)?.try_into().ok().map(|bytes| order.u32(bytes))
    }

    /// The text of a block of secrets.
    fn secrets(&mut self, at: u64, length: u32) -> Option<Vec<u8>> {
        let is_whole = self.word(at + u64::from(length) - 4) == self.word(at + 4);
        let wanted = self.word(at + 12)?.min(length.checked_sub(20)?) as usize;
        let mut text = vec![0; wanted];
        self.file.read_exact_at(&mut text, at + 16).ok()?;
        is_whole.then_some(text)
    }

    /// Bytes of the file, where they are there.
    fn bytes(&mut self, at: u64, length: usize) -> Option<&[u8]> {
        let inside = at >= self.start && at + length as u64 <= self.start + self.window.len() as u64;
        if !inside {
            self.window.resize(WINDOW, 0);
            self.start = at;
            let mut read = 0;
            while let Some(rest) = self.window.get_mut(read..).filter(|rest| !rest.is_empty()) {
                match self.file.read_at(rest, at + read as u64) {
                    Ok(0) | Err(_) => break,
                    Ok(more) => read += more,
                }
            }
            self.window.truncate(read);
        }
        let from = usize::try_from(at - self.start).ok()?;
        self.window.get(from..from + length)
    }
}

/// Where the block begins that ends at `end`, and the key log in it; nothing where it is not one that may stand at the
/// end.
fn block_before(file: &File, end: u64, order: Order) -> io::Result<Option<(u64, Option<Vec<u8>>)>> {
    let word = |at: u64| -> io::Result<u32> {
        let mut bytes = [0; 4];
        file.read_exact_at(&mut bytes, at)?;
        Ok(order.u32(bytes))
    };
    let Some(trailer) = end.checked_sub(4) else { return Ok(None) };
    let total = word(trailer)?;
    let Some(start) = end.checked_sub(u64::from(total)) else { return Ok(None) };
    let plausible = total.is_multiple_of(4) && (12..=LARGEST).contains(&(total as usize));
    if !plausible || word(start + 4)? != total {
        return Ok(None);
    }
    let kind = word(start)?;
    if !NO_PACKETS.contains(&kind) {
        return Ok(None);
    }
    let is_key_log = kind == block::DECRYPTION_SECRETS && total >= 20 && word(start + 8)? == TLS_KEY_LOG;
    if !is_key_log {
        return Ok(Some((start, None)));
    }
    let length = word(start + 12)?.min(total - 20) as usize;
    let mut text = vec![0; length];
    file.read_exact_at(&mut text, start + 16)?;
    Ok(Some((start, Some(text))))
}
