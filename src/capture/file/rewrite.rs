//! Captures with other key logs in them, and with all else as it was: blocks of pcapng are copied byte for byte, with
//! their comments, interface options, statistics, and whatever else stands between the packets.

use super::super::frames::Frames;
use super::super::packet::Store;
use super::pcapng::{BYTE_ORDER, TLS_KEY_LOG, block};
use super::step::{LARGEST, Order};
use super::write::{PcapngWriter, export_stream};
use std::io::{self, Write};

/// A section whose length is not said.
const NO_LENGTH: [u8; 8] = [0xff; 8];
/// Where the length of a section stands in its header.
const SECTION_LENGTH: std::ops::Range<usize> = 16..24;

/// Writes captures one after another. The key log takes the place of those that were in them; without one there is none
/// in what is written. What a pcap file holds becomes a section of pcapng.
///
/// Secrets of other protocols stay. Where a capture is damaged, what stands before the damage is written.
pub fn replace_key_logs(
    mut out: &mut dyn Write,
    store: &dyn Store,
    frames: &Frames,
    files: usize,
    key_log: &[u8],
) -> io::Result<()> {
    for file in (0..files).filter_map(|file| u8::try_from(file).ok()) {
        let pcapng = Pcapng { store, file };
        if pcapng.order(0).is_some() {
            pcapng.copy(out, key_log)?;
            continue;
        }
        let mut writer = PcapngWriter::new(&mut out)?;
        if !key_log.is_empty() {
            writer.key_log(key_log)?;
        }
        export_stream(&mut writer, store, frames.from(1).map(|(_, entry)| entry).filter(|entry| entry.file == file))?;
        writer.finish()?;
    }
    Ok(())
}

/// The blocks of a file.
struct Pcapng<'a> {
    store: &'a dyn Store,
    file: u8,
}

impl Pcapng<'_> {
    /// The byte order of the section that begins here; nothing where none begins.
    fn order(&self, at: u64) -> Option<Order> {
        let head = self.store.read(self.file, at, 12).ok()?;
        let begins = Order::Big.u32_at(&head, 0)? == block::SECTION_HEADER;
        let is_order = |order: &Order| order.u32_at(&head, 8) == Some(BYTE_ORDER);
        [Order::Little, Order::Big].into_iter().find(|order| begins && is_order(order))
    }

    fn copy(&self, out: &mut dyn Write, key_log: &[u8]) -> io::Result<()> {
        let (mut at, mut order, mut wanted) = (0, Order::Little, false);
        while let Some((kind, mut bytes)) = self.block(at, &mut order) {
            at += bytes.len() as u64;
            let is_secrets = kind == block::DECRYPTION_SECRETS;
            if is_secrets && order.u32_at(&bytes, 8) == Some(TLS_KEY_LOG) {
                continue;
            }
            if kind == block::SECTION_HEADER {
                wanted = !key_log.is_empty();
                // The section will have another length.
                bytes.get_mut(SECTION_LENGTH).into_iter().for_each(|length| length.copy_from_slice(&NO_LENGTH));
            }
            let is_packet = matches!(kind, block::ENHANCED_PACKET | block::SIMPLE_PACKET | block::PACKET);
            if wanted && is_packet {
                wanted = false;
                out.write_all(&secrets(order, key_log)?)?;
            }
            out.write_all(&bytes)?;
        }
        Ok(())
    }

    /// The block that begins here, with its type; nothing at the end, and where there can be none.
    fn block(&self, at: u64, order: &mut Order) -> Option<(u32, Vec<u8>)> {
        if let Some(found) = self.order(at) {
            *order = found;
        }
        let head = self.store.read(self.file, at, 8).ok()?;
        let (kind, total) = (order.u32_at(&head, 0)?, order.u32_at(&head, 4)?);
        // Writers have been seen that count the padding out.
        let length = total.checked_next_multiple_of(4).filter(|length| (12..=LARGEST).contains(&(*length as usize)))?;
        let bytes = self.store.read(self.file, at, length).ok()?;
        let trailer = order.u32_at(&bytes, bytes.len().checked_sub(4)?)?;
        (trailer == total).then_some((kind, bytes))
    }
}

/// A block with a TLS key log.
fn secrets(order: Order, key_log: &[u8]) -> io::Result<Vec<u8>> {
    let word = |number: usize| {
        let number = u32::try_from(number).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok::<_, io::Error>(if order == Order::Little { number.to_le_bytes() } else { number.to_be_bytes() })
    };
    let padded = key_log.len().next_multiple_of(4);
    let total = word(padded + 20)?;
    let mut bytes = Vec::with_capacity(padded + 20);
    bytes.extend(word(block::DECRYPTION_SECRETS as usize)?);
    bytes.extend(total);
    bytes.extend(word(TLS_KEY_LOG as usize)?);
    bytes.extend(word(key_log.len())?);
    bytes.extend(key_log);
    bytes.resize(padded + 16, 0);
    bytes.extend(total);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Dissector, Input, Settings, open};

    /// A block in either byte order.
    fn block_of(order: Order, kind: u32, body: &[u8]) -> Vec<u8> {
        let word =
            |number: u32| if order == Order::Little { number.to_le_bytes() } else { number.to_be_bytes() }.to_vec();
        let body = [body, &vec![0; body.len().next_multiple_of(4) - body.len()]].concat();
        let total = word(u32::try_from(body.len()).unwrap() + 12);
        [word(kind), total.clone(), body, total].concat()
    }

    fn section(order: Order, length: u64, name: &[u8]) -> Vec<Vec<u8>> {
        let number = |value: u64, bytes: usize| {
            let all = if order == Order::Little { value.to_le_bytes().to_vec() } else { value.to_be_bytes().to_vec() };
            if order == Order::Little { all[..bytes].to_vec() } else { all[8 - bytes..].to_vec() }
        };
        let words = |values: &[u64]| values.iter().flat_map(|value| number(*value, 4)).collect::<Vec<_>>();
        let header = [number(0x1a2b_3c4d, 4), number(1, 2), number(0, 2), number(length, 8)].concat();
        let option = [number(2, 2), number(name.len() as u64, 2), name.to_vec(), vec![0; 3 - (name.len() + 3) % 4]];
        let interface = [number(1, 2), number(0, 2), number(0, 4), option.concat(), number(0, 4)].concat();
        let packet =
            [words(&[0, 0, 7, 4, 4]), b"abcd".to_vec(), number(1, 2), number(2, 2), b"hi".to_vec(), vec![0; 2]];
        vec![
            block_of(order, block::SECTION_HEADER, &header),
            block_of(order, block::DECRYPTION_SECRETS, &[words(&[0x5353_484b, 3]), b"ssh".to_vec()].concat()),
            block_of(order, block::INTERFACE_DESCRIPTION, &interface),
            block_of(order, block::DECRYPTION_SECRETS, &[words(&[0x544c_534b, 3]), b"# x".to_vec()].concat()),
            block_of(order, block::ENHANCED_PACKET, &[packet.concat(), number(0, 4)].concat()),
            block_of(order, 4, &number(0, 4)),
            block_of(order, 0x0bad, b"\0\0\0\x01custom"),
            block_of(order, block::INTERFACE_STATISTICS, &words(&[0, 0, 0])),
            block_of(order, block::DECRYPTION_SECRETS, &[words(&[0x544c_534b, 3]), b"# y".to_vec()].concat()),
            block_of(order, block::ENHANCED_PACKET, &packet.concat()),
        ]
    }

    fn rewritten(content: &[u8], key_log: &[u8]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("in.pcapng");
        std::fs::write(&path, content).unwrap();
        let mut opened = open(&[Input::Path(path)], true).unwrap();
        let mut dissector = Dissector::new(Settings::SCREEN);
        while let Some(packet) = opened.source.next_packet() {
            dissector.push(&packet);
        }
        let mut out = Vec::new();
        replace_key_logs(&mut out, &*opened.store.unwrap(), dissector.frames(), 1, key_log).unwrap();
        out
    }

    #[test]
    fn every_other_block_stays_as_it_is() {
        let sections = [(Order::Little, u64::MAX), (Order::Big, 300), (Order::Little, 0)];
        let blocks: Vec<_> = sections.iter().flat_map(|(order, length)| section(*order, *length, b"eth0")).collect();
        let content = blocks.concat();
        for key_log in [&b""[..], b"CLIENT_RANDOM 00 11\n"] {
            let mut expected = Vec::new();
            for (index, (order, _)) in sections.iter().enumerate() {
                for (number, kept) in section(*order, u64::MAX, b"eth0").into_iter().enumerate() {
                    if number == 4 && !key_log.is_empty() {
                        expected.extend(secrets(*order, key_log).unwrap());
                    }
                    if !matches!(number, 3 | 8) {
                        expected.extend(kept);
                    }
                }
                assert!(index < 3);
            }
            assert_eq!(rewritten(&content, key_log), expected);
        }
        // What is left of a capture that was cut.
        let whole = rewritten(&content, b"");
        assert_eq!(rewritten(&whole[..whole.len() - 5], b""), whole[..whole.len() - blocks.last().unwrap().len()]);
    }
}
