//! Writes pcapng: what was captured, run or picked out, with its keys inside, for any program that reads captures.

use super::super::frames::FrameEntry;
use super::super::packet::Store;
use super::pcapng::{BYTE_ORDER, TLS_KEY_LOG, block};
use crate::net::LinkType;
use crate::session::Timestamp;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Option codes.
const END_OF_OPTIONS: u16 = 0;
const COMMENT: u16 = 1;
const SHB_USERAPPL: u16 = 4;
const IF_NAME: u16 = 2;
const IF_DESCRIPTION: u16 = 3;
const IF_TSRESOL: u16 = 9;
const IF_FILTER: u16 = 11;
/// The kind of filter that follows is the text of libpcap.
const FILTER_TEXT: u8 = 0;
const ISB_STARTTIME: u16 = 2;
const ISB_ENDTIME: u16 = 3;
const ISB_IFRECV: u16 = 4;
const ISB_IFDROP: u16 = 5;
const ISB_OSDROP: u16 = 7;

/// A pcapng file that is being written: one section in little-endian order, times in nanoseconds.
pub struct PcapngWriter<W: Write> {
    out: W,
    /// The link types of the interfaces that were described so far; the place is the number.
    interfaces: Vec<LinkType>,
    /// One block before it goes out.
    block: Vec<u8>,
}

/// A packet to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketToWrite<'a> {
    /// When it was captured. The format has no time before 1970; such times become its first moment.
    pub time: Timestamp,
    /// What its first byte belongs to.
    pub link: LinkType,
    /// Its length on the wire.
    pub original_length: u32,
    /// What was captured of it.
    pub bytes: &'a [u8],
    /// A remark that Wireshark shows with the packet.
    pub comment: Option<&'a str>,
}

/// An interface that packets are captured from, as the file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct InterfaceToWrite {
    /// What the system calls it.
    pub(in super::super) name: String,
    /// What it is; empty where nobody says.
    pub(in super::super) description: String,
    /// What the first byte of its packets belongs to.
    pub(in super::super) link: LinkType,
    /// To how many bytes packets are cut.
    pub(in super::super) snaplen: u32,
    /// Which packets were asked for; empty for all.
    pub(in super::super) filter: String,
}

/// What became of the packets of an interface during a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Statistics {
    pub(in super::super) from: Timestamp,
    pub(in super::super) to: Timestamp,
    /// Packets that were captured.
    pub(in super::super) received: u64,
    /// Packets that the interface had no room for.
    pub(in super::super) dropped_by_interface: u64,
    /// Packets that the operating system had no room for.
    pub(in super::super) dropped_by_kernel: u64,
}

/// Makes a file that was not there before, for its owner alone as far as the system knows owners: it may come to hold
/// keys, or what was said under them.
///
/// # Errors
/// When there is such a file or a link already, or the system refuses to make it.
pub fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl PcapngWriter<BufWriter<File>> {
    /// Begins a file that was not there before, made by [`create_private`].
    ///
    /// # Errors
    /// When there is such a file already, or the system refuses to make it.
    pub fn create(path: &Path) -> io::Result<Self> {
        Self::new(BufWriter::new(create_private(path)?))
    }
}

impl<W: Write> PcapngWriter<W> {
    /// Begins a file.
    pub fn new(out: W) -> io::Result<Self> {
        let mut writer = Self { out, interfaces: Vec::new(), block: Vec::new() };
        writer.words(&[BYTE_ORDER]);
        // Version 1.0, and a section whose length is not said.
        writer.block.extend([1, 0, 0, 0]);
        writer.block.extend([0xff; 8]);
        writer.option(SHB_USERAPPL, b"tlslab");
        writer.option(END_OF_OPTIONS, b"");
        writer.put(block::SECTION_HEADER)?;
        Ok(writer)
    }

    /// Writes the text of a TLS key log. Readers want it before the packets that it opens.
    pub fn key_log(&mut self, text: &[u8]) -> io::Result<()> {
        let length = length(text)?;
        self.words(&[TLS_KEY_LOG, length]);
        self.padded(text);
        self.put(block::DECRYPTION_SECRETS)
    }

    /// Writes a packet, and before it its interface where that is the first of its link type.
    pub fn packet(&mut self, packet: &PacketToWrite<'_>) -> io::Result<()> {
        let interface = self.interface(packet.link)?;
        self.packet_of(interface, packet)
    }

    /// Writes a packet of the interface with that number.
    pub(in super::super) fn packet_of(&mut self, interface: u32, packet: &PacketToWrite<'_>) -> io::Result<()> {
        let [high, low] = halves(packet.time);
        let captured = length(packet.bytes)?;
        self.words(&[interface, high, low, captured, packet.original_length.max(captured)]);
        self.padded(packet.bytes);
        if let Some(comment) = packet.comment {
            // An option cannot be longer; a character is not cut.
            let most = comment.len().min(u16::MAX.into());
            let end = (0..=most).rev().find(|end| comment.is_char_boundary(*end)).unwrap_or(0);
            self.option(COMMENT, comment.get(..end).unwrap_or_default().as_bytes());
            self.option(END_OF_OPTIONS, b"");
        }
        self.put(block::ENHANCED_PACKET)
    }

    /// Describes an interface and gives it its number: they count from 0 in the order of this call.
    pub(in super::super) fn describe(&mut self, interface: &InterfaceToWrite) -> io::Result<u32> {
        let index = self.interfaces.len();
        self.interfaces.push(interface.link);
        self.block.extend(interface.link.0.to_le_bytes());
        self.block.extend([0; 2]);
        self.words(&[interface.snaplen]);
        for (code, text) in [(IF_NAME, &interface.name), (IF_DESCRIPTION, &interface.description)] {
            if !text.is_empty() {
                self.option(code, text.as_bytes());
            }
        }
        self.option(IF_TSRESOL, &[9]);
        if !interface.filter.is_empty() {
            self.option(IF_FILTER, &[&[FILTER_TEXT], interface.filter.as_bytes()].concat());
        }
        self.option(END_OF_OPTIONS, b"");
        self.put(block::INTERFACE_DESCRIPTION)?;
        u32::try_from(index).map_err(io::Error::other)
    }

    /// Writes what became of the packets of the interface with that number.
    pub(in super::super) fn statistics(&mut self, interface: u32, statistics: &Statistics) -> io::Result<()> {
        let time = |time| halves(time).map(u32::to_le_bytes).concat();
        let [high, low] = halves(statistics.to);
        self.words(&[interface, high, low]);
        self.option(ISB_STARTTIME, &time(statistics.from));
        self.option(ISB_ENDTIME, &time(statistics.to));
        for (code, count) in [
            (ISB_IFRECV, statistics.received),
            (ISB_IFDROP, statistics.dropped_by_interface),
            (ISB_OSDROP, statistics.dropped_by_kernel),
        ] {
            self.option(code, &count.to_le_bytes());
        }
        self.option(END_OF_OPTIONS, b"");
        self.put(block::INTERFACE_STATISTICS)
    }

    /// What it is written to.
    pub(in super::super) fn out(&mut self) -> &mut W {
        &mut self.out
    }

    /// Ends the file and gives back what it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn interface(&mut self, link: LinkType) -> io::Result<u32> {
        let known = self.interfaces.iter().position(|other| *other == link);
        if let Some(index) = known {
            return u32::try_from(index).map_err(io::Error::other);
        }
        let [name, description, filter] = [const { String::new() }; 3];
        // Packets may have any length: 0 is no limit.
        self.describe(&InterfaceToWrite { name, description, link, snaplen: 0, filter })
    }

    fn words(&mut self, words: &[u32]) {
        self.block.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    }

    fn option(&mut self, code: u16, value: &[u8]) {
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        self.block.extend(code.to_le_bytes());
        self.block.extend(length.to_le_bytes());
        self.padded(value.get(..length.into()).unwrap_or_default());
    }

    fn padded(&mut self, bytes: &[u8]) {
        self.block.extend(bytes);
        self.block.resize(self.block.len().next_multiple_of(4), 0);
    }

    /// Writes the block whose body was put together.
    fn put(&mut self, kind: u32) -> io::Result<()> {
        let total = length(&self.block)?.checked_add(12).ok_or(io::ErrorKind::InvalidInput)?.to_le_bytes();
        self.out.write_all(&kind.to_le_bytes())?;
        self.out.write_all(&total)?;
        self.out.write_all(&self.block)?;
        self.block.clear();
        self.out.write_all(&total)
    }
}

/// Writes frames of a capture as they were captured, such as those of one stream, and says how many there were.
pub fn export_stream<'a, W: Write>(
    writer: &mut PcapngWriter<W>,
    store: &dyn Store,
    frames: impl Iterator<Item = &'a FrameEntry>,
) -> io::Result<u32> {
    let mut count = 0;
    for frame in frames {
        let bytes = store.read(frame.file, frame.position, frame.length)?;
        let original_length = frame.original_length.into();
        let packet =
            PacketToWrite { time: frame.time, link: frame.link, original_length, bytes: &bytes, comment: None };
        writer.packet(&packet)?;
        count += 1;
    }
    Ok(count)
}

/// A time as the format has it, the higher half first. It has none before 1970.
fn halves(time: Timestamp) -> [u32; 2] {
    let ticks = u64::try_from(time).unwrap_or(0);
    [ticks >> 32, ticks & 0xffff_ffff].map(|half| u32::try_from(half).unwrap_or(0))
}

fn length(bytes: &[u8]) -> io::Result<u32> {
    u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidInput.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Frames, Input, Sample, open};
    use pcap_parser::{Block, PcapBlockOwned, PcapNGReader, traits::PcapReaderIterator};

    const PACKETS: &[PacketToWrite<'_>] = &[
        packet(1_700_000_000_123_456_789, 1, 1514, b"cut at this len", None),
        packet(5, 101, 4, b"fits", Some("a remark")),
        packet(-1, 1, 0, b"before 1970", Some("b\u{fc}cher")),
        packet(i64::MAX, 113, 0, b"", None),
    ];

    const fn packet(
        time: Timestamp,
        link: u16,
        original_length: u32,
        bytes: &'static [u8],
        comment: Option<&'static str>,
    ) -> PacketToWrite<'static> {
        PacketToWrite { time, link: LinkType(link), original_length, bytes, comment }
    }

    fn written() -> Vec<u8> {
        let mut writer = PcapngWriter::new(Vec::new()).unwrap();
        writer.key_log(b"CLIENT_RANDOM 00 11\n").unwrap();
        for packet in PACKETS {
            writer.packet(packet).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn what_was_written_is_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.pcapng");
        std::fs::write(&path, written()).unwrap();
        let mut source = open(&[Input::Path(path)], false).unwrap().source;
        for expected in PACKETS {
            let found = source.next_packet().unwrap();
            assert_eq!((found.time, found.link, found.bytes), (expected.time.max(0), expected.link, expected.bytes));
            assert_eq!(found.original_length as usize, expected.bytes.len().max(expected.original_length as usize));
        }
        assert!(source.next_packet().is_none());
        assert_eq!(source.take_notes(), []);
        assert_eq!(source.take_key_logs(), [b"CLIENT_RANDOM 00 11\n"]);
    }

    #[test]
    fn another_reader_finds_the_same() {
        let content = written();
        let mut reader = PcapNGReader::new(65536, &content[..]).unwrap();
        let (mut packets, mut links, mut secrets) = (Vec::new(), Vec::new(), 0);
        while let Ok((offset, block)) = reader.next() {
            match block {
                PcapBlockOwned::NG(Block::EnhancedPacket(block)) => {
                    let time = u64::from(block.ts_high) << 32 | u64::from(block.ts_low);
                    let bytes = block.data[..block.caplen as usize].to_vec();
                    let comment = block.options.iter().find(|option| option.code.0 == COMMENT);
                    let comment = comment.map(|option| option.as_str().unwrap().to_owned());
                    packets.push((time, block.if_id as usize, bytes, comment));
                }
                PcapBlockOwned::NG(Block::InterfaceDescription(block)) => {
                    assert_eq!(block.if_tsresol, 9);
                    links.push(block.linktype.0);
                }
                PcapBlockOwned::NG(Block::DecryptionSecrets(block)) => secrets += usize::from(block.data.len() == 20),
                PcapBlockOwned::NG(Block::SectionHeader(block)) => {
                    assert_eq!(block.options[0].as_str().unwrap(), "tlslab");
                }
                _ => panic!("an unknown block"),
            }
            reader.consume(offset);
        }
        assert_eq!((&links[..], secrets), (&[1, 101, 113][..], 1));
        assert_eq!(packets.len(), PACKETS.len());
        for ((time, interface, bytes, comment), expected) in packets.iter().zip(PACKETS) {
            assert_eq!(i64::try_from(*time).unwrap(), expected.time.max(0));
            assert_eq!(links[*interface], i32::from(expected.link.0));
            assert_eq!((&bytes[..], comment.as_deref()), (expected.bytes, expected.comment));
        }
    }

    #[test]
    fn frames_of_a_capture_can_be_exported_but_nothing_is_overwritten() {
        let sample = Sample::named("one-way-tls13").unwrap();
        let mut opened = open(&[Input::Sample(sample)], true).unwrap();
        let mut frames = Frames::default();
        let mut expected = Vec::new();
        while let Some(packet) = opened.source.next_packet() {
            frames.push(FrameEntry::new(&packet, None));
            expected.push((packet.time, packet.bytes.to_vec()));
        }
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.pcapng");
        let mut writer = PcapngWriter::create(&path).unwrap();
        let store = opened.store.unwrap();
        let count = export_stream(&mut writer, store.as_ref(), frames.from(1).map(|(_, entry)| entry)).unwrap();
        assert_eq!(count as usize, expected.len());
        writer.finish().unwrap();
        let mut again = open(&[Input::Path(path.clone())], false).unwrap().source;
        for (time, bytes) in expected {
            let packet = again.next_packet().unwrap();
            assert_eq!((packet.time, packet.bytes), (time, &bytes[..]));
        }
        let refusal = PcapngWriter::create(&path).err().unwrap();
        assert_eq!(refusal.kind(), io::ErrorKind::AlreadyExists);
    }
}
