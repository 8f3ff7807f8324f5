//! The key logs at the end of a pcapng file.
//!
//! Secrets should stand before the packets that need them, but a program that learns them late writes them last. Each
//! block ends with its length, so that the last blocks can be found from the end, without reading the file twice.

use super::pcapng::{TLS_KEY_LOG, block};
use super::step::{LARGEST, Order};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// How many blocks at the end are looked at.
const BLOCKS: usize = 256;
/// Block types that may stand behind the last packet: name resolution, statistics, secrets, custom ones.
const NO_PACKETS: [u32; 5] = [4, block::INTERFACE_STATISTICS, block::DECRYPTION_SECRETS, 0x0bad, 0x4000_0bad];

/// The key logs behind the last packet, the last first, and the offset from which on all are among them. What cannot be
/// read ends the search: the ordinary reading says what is wrong with a file.
pub(super) fn key_logs(file: &File, length: u64, order: Order) -> (u64, Vec<Vec<u8>>) {
    let mut logs = Vec::new();
    let mut end = length;
    for _ in 0..BLOCKS {
        let Ok(Some((start, log))) = block_before(file, end, order) else { break };
        logs.extend(log);
        end = start;
    }
    (end, logs)
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
