//! Whole files through [`open`]: plain, from pipes, compressed, damaged, and what is no capture.
#![allow(clippy::cast_possible_truncation)] // the lengths in here are small

use super::super::packet::Packet;
use super::*;
use crate::base::Severity;
use crate::capture::FileNote;
use std::io::Write;

/// A packet as the tests compare it: number, time, link type, length on the wire, file, bytes.
type Row = (u32, i64, u16, u32, u8, Vec<u8>);

#[derive(Debug, Default)]
struct Outcome {
    packets: Vec<Row>,
    notes: Vec<FileNote>,
    key_logs: Vec<Vec<u8>>,
}

impl Outcome {
    fn codes(&self) -> Vec<(&'static str, Severity, u32)> {
        self.notes.iter().map(|note| (note.note.code, note.note.severity, note.after)).collect()
    }
}

/// Reads all, and each packet a second time where there is a store.
fn drain(mut opened: Opened) -> Outcome {
    let mut read = Outcome::default();
    let mut positions = Vec::new();
    while let Some(packet) = opened.source.next_packet() {
        positions.push((packet.file, packet.position));
        let Packet { number, time, link, original_length, file, bytes, .. } = packet;
        read.packets.push((number, time, link.0, original_length, file, bytes.to_vec()));
    }
    if let Some(store) = &opened.store {
        for (row, (file, position)) in read.packets.iter().zip(positions) {
            assert_eq!(store.read(file, position, row.5.len() as u32).unwrap(), row.5);
        }
    }
    read.notes = opened.source.take_notes();
    read.key_logs = opened.source.take_key_logs();
    read
}

/// Reads `content` in each way in which a file can be read, and expects the same from all of them.
fn read(content: &[u8]) -> Outcome {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    let ways = [(true, true), (false, true), (true, false), (false, false)];
    let mut reads = ways.map(|(regular, random_access)| {
        let handle = File::open(file.path()).unwrap();
        let (file, place) =
            open_file(file.path(), handle, regular, Access { random: random_access, followed: false }).unwrap();
        assert_eq!(place.is_some(), random_access);
        let store = place.map(|place| Arc::new(Places(vec![place])) as Arc<dyn Store>);
        drain(Opened { source: Box::new(Files::new(vec![file])), store, description: String::new() })
    });
    let first = std::mem::take(&mut reads[0]);
    for other in &reads[1..] {
        assert_eq!(first.packets, other.packets);
        assert_eq!(first.notes, other.notes);
        assert_eq!(first.key_logs, other.key_logs);
    }
    first
}

/// Writes numbers in one byte order.
#[derive(Clone, Copy)]
struct Maker {
    big: bool,
}

const LITTLE: Maker = Maker { big: false };
const BIG: Maker = Maker { big: true };

impl Maker {
    fn u32(self, value: u32) -> [u8; 4] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn u16(self, value: u16) -> [u8; 2] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn words(self, values: &[u32]) -> Vec<u8> {
        values.iter().flat_map(|value| self.u32(*value)).collect()
    }

    fn pcap(self, magic: u32, snaplen: u32, link: u32, packets: &[(u32, u32, u32, &[u8])]) -> Vec<u8> {
        let mut out = self.u32(magic).to_vec();
        out.extend([self.u16(2), self.u16(4)].concat());
        out.extend(self.words(&[0, 0, snaplen, link]));
        for (seconds, fraction, original, bytes) in packets {
            out.extend(self.words(&[*seconds, *fraction, bytes.len() as u32, *original]));
            if magic == 0xa1b2cd34 {
                out.extend([0; 8]);
            }
            out.extend(*bytes);
        }
        out
    }

    fn block(self, kind: u32, body: &[u8]) -> Vec<u8> {
        let padding = body.len().next_multiple_of(4) - body.len();
        let total = self.u32((body.len() + padding + 12) as u32);
        [&self.u32(kind), &total, body, &vec![0; padding], &total].concat()
    }

    fn section(self) -> Vec<u8> {
        let comment = self.option(1, b"made for a test");
        let body = [&self.u32(0x1a2b3c4d)[..], &self.u16(1), &self.u16(0), &[0xff; 8], &comment, &[0; 4]].concat();
        self.block(0x0a0d0d0a, &body)
    }

    fn option(self, code: u16, value: &[u8]) -> Vec<u8> {
        let padding = value.len().next_multiple_of(4) - value.len();
        [&self.u16(code)[..], &self.u16(value.len() as u16), value, &vec![0; padding]].concat()
    }

    fn interface(self, link: u16, snaplen: u32, options: &[u8]) -> Vec<u8> {
        self.block(1, &[&self.u16(link)[..], &[0; 2], &self.u32(snaplen), options].concat())
    }

    fn enhanced(self, interface: u32, ticks: u64, original: u32, bytes: &[u8]) -> Vec<u8> {
        let words = [interface, (ticks >> 32) as u32, ticks as u32, bytes.len() as u32, original];
        self.block(6, &[&self.words(&words)[..], bytes].concat())
    }
}

const MICRO: u32 = 0xa1b2c3d4;
const NANO: u32 = 0xa1b23c4d;
const S: i64 = 1_000_000_000;

#[test]
fn pcap_in_all_variants() {
    let packets: &[(u32, u32, u32, &[u8])] = &[(1_700_000_000, 5, 60, b"abc"), (u32::MAX, 999_999, 0, b"")];
    for maker in [LITTLE, BIG] {
        for (magic, unit) in [(MICRO, 1000), (NANO, 1), (0xa1b2cd34, 1000)] {
            // The upper half of the link type tells of checksums behind the packets.
            let read = read(&maker.pcap(magic, 65535, 0x1400_0001, packets));
            let expected = vec![
                (1, 1_700_000_000 * S + 5 * unit, 1, 60, 0, b"abc".to_vec()),
                (2, i64::from(u32::MAX) * S + 999_999 * unit, 1, 0, 0, vec![]),
            ];
            assert_eq!(read.packets, expected);
            assert_eq!(read.codes(), []);
        }
    }
}

#[test]
fn pcapng_with_all_blocks() {
    for maker in [LITTLE, BIG] {
        let other = Maker { big: !maker.big };
        let binary = maker.option(9, &[0x80 | 0x0a]);
        let fine = maker.option(9, &[9]);
        let offset = if maker.big { 100_i64.to_be_bytes() } else { 100_i64.to_le_bytes() };
        let shifted = [maker.option(9, &[0]), maker.option(14, &offset), vec![0; 4]].concat();
        let log = b"CLIENT_RANDOM 00 11\n";
        let secrets = |kind: u32| [&maker.words(&[kind, log.len() as u32])[..], log].concat();
        let content = [
            maker.section(),
            maker.block(4, b"\0\0\0\0"),
            maker.interface(1, 0, &[]),
            maker.interface(113, 4, &binary),
            maker.interface(101, 0, &fine),
            maker.interface(101, 0, &shifted),
            maker.enhanced(0, 1_500_000, 3, b"one"),
            maker.block(10, &secrets(0x544c534b)),
            maker.block(10, &secrets(0x57474b4c)),
            maker.enhanced(1, 3 << 9, 9, b"two!"),
            maker.enhanced(2, 7, 5, b"three"),
            maker.enhanced(3, 2, 4, b"four"),
            maker.block(0xbad, b"a custom block"),
            maker.block(2, &[&maker.u16(2)[..], &[0; 2], &maker.words(&[0, 8, 4, 4]), b"five"].concat()),
            maker.block(3, &[&maker.u32(3)[..], b"six"].concat()),
            maker.block(5, &[&maker.words(&[0, 0, 0])[..], &maker.option(5, &[0; 8]), &[0; 4]].concat()),
            other.section(),
            other.interface(0, 2, &[]),
            other.block(3, &[&other.u32(7)[..], b"se"].concat()),
        ]
        .concat();
        let read = read(&content);
        let expected = [
            (1, 1_500_000_000, 1, 3, 0, b"one".to_vec()),
            (2, 3 * S / 2, 113, 9, 0, b"two!".to_vec()),
            (3, 7, 101, 5, 0, b"three".to_vec()),
            (4, 102 * S, 101, 4, 0, b"four".to_vec()),
            (5, 8, 101, 4, 0, b"five".to_vec()),
            (6, 8, 1, 3, 0, b"six".to_vec()),
            (7, 8, 0, 7, 0, b"se".to_vec()),
        ];
        assert_eq!(read.packets, expected);
        assert_eq!(read.codes(), [("file.secrets", Severity::Chat, 1), ("file.time", Severity::Note, 5)]);
        assert_eq!(read.key_logs, [log.to_vec()]);
    }
}

#[test]
fn clocks_of_interfaces() {
    let negative = (-5_i64).to_le_bytes();
    for (options, ticks, time, fits) in [
        (LITTLE.option(9, &[12]), 1_999, 1, true),
        (LITTLE.option(9, &[127]), u64::MAX, 1, true),
        (LITTLE.option(9, &[0x80 | 127]), u64::MAX, 0, true),
        (LITTLE.option(9, &[0x80]), 3, 3 * S, true),
        (LITTLE.option(14, &negative), 1_000_000, -4 * S, true),
        (vec![], u64::MAX, i64::MAX, false),
        (LITTLE.option(14, &i64::MIN.to_le_bytes()), 0, i64::MIN, true),
        (LITTLE.option(9, &[200, 0]), 1, 1000, true),
        (vec![9, 0, 200], 1, 1000, true),
    ] {
        let content = [LITTLE.section(), LITTLE.interface(1, 0, &options), LITTLE.enhanced(0, ticks, 1, b"x")].concat();
        let read = read(&content);
        assert_eq!(read.packets.iter().map(|row| row.1).collect::<Vec<_>>(), [time], "{options:?}");
        assert_eq!(read.notes.is_empty(), fits);
    }
}

#[test]
fn every_cut_gives_what_was_before() {
    let pcap = LITTLE.pcap(MICRO, 65535, 1, &[(1, 0, 5, b"first"), (2, 0, 6, b"second")]);
    for (length, packets, notes) in [
        (24, 0, ""),
        (
            25,
            0,
            "the file ends in the middle of packet 1 (offset 24): 1 of 16 bytes are there; everything before was read",
        ),
        (
            44,
            0,
            "the file ends in the middle of packet 1 (offset 24): 20 of 21 bytes are there; everything before was read",
        ),
        (45, 1, ""),
        (
            66,
            1,
            "the file ends in the middle of packet 2 (offset 45): 21 of 22 bytes are there; everything before was read",
        ),
        (67, 2, ""),
    ] {
        let read = read(&pcap[..length]);
        assert_eq!(read.packets.len(), packets);
        let texts: Vec<_> = read.notes.iter().map(|note| note.note.text.as_ref()).collect();
        assert_eq!(texts.concat(), notes);
    }
    let parts = [LITTLE.section(), LITTLE.interface(1, 0, &[]), LITTLE.enhanced(0, 1, 3, b"one")];
    let pcapng = parts.concat();
    let whole = [parts[0].len(), parts[0].len() + parts[1].len(), pcapng.len()];
    for length in 12..pcapng.len() {
        let read = read(&pcapng[..length]);
        assert!(read.packets.is_empty());
        assert_eq!(read.notes.is_empty(), whole.contains(&length), "{length}: {:?}", read.notes);
    }
}

#[test]
fn damage_ends_the_reading() {
    let head = [LITTLE.section(), LITTLE.interface(1, 0, &[]), LITTLE.enhanced(0, 1, 3, b"one")].concat();
    let after = |block: Vec<u8>| [&head[..], &block, &LITTLE.enhanced(0, 1, 5, b"never")].concat();
    let mut two_lengths = LITTLE.enhanced(0, 1, 3, b"two");
    *two_lengths.last_mut().unwrap() = 1;
    let mut long = LITTLE.enhanced(0, 1, 3, b"two");
    long[20] = 200;
    let mut packet = LITTLE.pcap(MICRO, 100, 1, &[(1, 0, 5, b"first"), (2, 0, 6, b"second")]);
    packet[45 + 11] = 1;
    for (content, code) in [
        (packet, "file.length"),
        (after(LITTLE.words(&[6, 8, 0, 0])), "file.length"),
        (after(LITTLE.words(&[6, u32::MAX, 0, 0])), "file.length"),
        (after(two_lengths), "file.length"),
        (after(long), "file.length"),
        (after(LITTLE.block(6, b"short")), "file.length"),
        (after(LITTLE.block(2, b"short")), "file.length"),
        (after(LITTLE.block(3, b"")), "file.length"),
        (after(LITTLE.block(1, b"")), "file.length"),
        (after(LITTLE.enhanced(7, 0, 3, b"two")), "file.interface"),
        (after(LITTLE.block(0x0a0d0d0a, b"nonsense")), "file.section"),
        (after(LITTLE.block(0x0a0d0d0a, &[0x4d, 0x3c, 0x2b, 0x1a, 9, 0, 0, 0])), "file.version"),
    ] {
        let read = read(&content);
        assert_eq!(read.packets.len(), 1, "{:?}", read.notes);
        assert_eq!(read.codes(), [(code, Severity::Error, 1)]);
    }
}

#[test]
fn several_files_count_on() {
    let directory = tempfile::tempdir().unwrap();
    let contents = [
        LITTLE.pcap(MICRO, 100, 1, &[(9, 0, 1, b"a"), (9, 0, 1, b"b")]),
        BIG.pcap(NANO, 100, 101, &[]),
        [BIG.section(), BIG.interface(113, 0, &[]), BIG.enhanced(0, 1, 1, b"c")].concat(),
    ];
    let inputs: Vec<_> = (0..3).map(|index| directory.path().join(format!("{index}\u{1b}.cap"))).collect();
    for (path, content) in inputs.iter().zip(&contents) {
        std::fs::write(path, content).unwrap();
    }
    let inputs: Vec<_> = inputs.into_iter().map(Input::Path).collect();
    let opened = open(&inputs, true).unwrap();
    assert_eq!(opened.description, "0\\x1b.cap and 2 more");
    let sizes = contents.iter().map(|content| content.len() as u64).sum();
    assert_eq!(opened.source.progress().total, Some(sizes));
    let rows: Vec<_> = drain(opened).packets.into_iter().map(|row| (row.0, row.2, row.4, row.5)).collect();
    let expected = [(1, 1, 0, b"a".to_vec()), (2, 1, 0, b"b".to_vec()), (3, 113, 2, b"c".to_vec())];
    assert_eq!(rows, expected);
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(content).unwrap();
    out.finish().unwrap()
}

fn zstd(content: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
}

fn lz4(content: &[u8]) -> Vec<u8> {
    let mut out = lz4_flex::frame::FrameEncoder::new(Vec::new());
    out.write_all(content).unwrap();
    out.finish().unwrap()
}

#[test]
fn compressed_files_of_several_members() {
    let large = vec![7; 3 << 20];
    let content = LITTLE.pcap(MICRO, 8 << 20, 1, &[(1, 0, 5, b"first"), (2, 0, 6, &large), (3, 0, 4, b"last")]);
    let plain = read(&content);
    assert_eq!(plain.packets.len(), 3);
    let (head, tail) = content.split_at(30);
    let skippable = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
    for packed in [
        [gzip(head), gzip(tail)].concat(),
        [zstd(head), skippable.to_vec(), zstd(tail)].concat(),
        [lz4(head), lz4(tail)].concat(),
    ] {
        let whole = read(&packed);
        assert_eq!(whole.packets, plain.packets);
        assert_eq!(whole.codes(), []);
        let cut = read(&packed[..packed.len() - 9]);
        assert_eq!(cut.packets[..], plain.packets[..cut.packets.len()]);
        assert!(cut.notes.len() <= 1, "{:?}", cut.notes);
    }
}

#[test]
fn what_is_no_capture_is_named() {
    let text = b"{\"sessions\": []}\n";
    for (content, found) in [
        (&b""[..], "an empty file"),
        (b"hello \x1b[31mworld\nsecond", "ASCII text beginning \"hello \\x1b[31mworld\""),
        ("gr\u{fc}n".as_bytes(), "UTF-8 text beginning \"gr\u{fc}n\""),
        (text, "JSON or other text beginning \"{\"sessions\": []}\""),
        (b"\x7fELF\x02\x01\x01\0", "an ELF program (magic 7f 45 4c 46)"),
        (b"\x01\x02\x03\x04\x05", "unknown magic 01 02 03 04"),
        (b"snoop\0\0\0\0\0\0\x02", "a Sun snoop capture; convert it with editcap -F pcapng"),
        (&LITTLE.pcap(MICRO, 1, 1, &[])[..10], "only the first 10 of the 24 bytes of a pcap header"),
        (&gzip(b""), "a gzip file that holds an empty file"),
        (&gzip(b"words"), "a gzip file that holds ASCII text beginning \"words\""),
        (&zstd(&gzip(b"words")), "a zstd file that holds a gzip file; unpack it first"),
        (b"\x1f\x8b\x08\0", "a gzip file that cannot be unpacked (unexpected end of file)"),
    ] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let Err(OpenError::NotACapture { found: said, .. }) = open(&[Input::Path(file.path().into())], true) else {
            panic!("{found}");
        };
        assert_eq!(said, found);
    }
    let directory = tempfile::tempdir().unwrap();
    let error = open(&[Input::Path(directory.path().into())], false).err().unwrap().to_string();
    assert!(error.ends_with("is not a capture: a directory"), "{error}");
    let error = open(&[Input::Path(directory.path().join("none"))], false).err().unwrap();
    assert!(matches!(error, OpenError::Io { .. }), "{error}");
    let many = vec![Input::Path(directory.path().into()); 257];
    assert!(matches!(open(&many, false), Err(OpenError::Io { .. })));
}

#[test]
fn any_byte_may_be_wrong() {
    let pcapng = [
        LITTLE.section(),
        LITTLE.interface(1, 0, &LITTLE.option(9, &[6])),
        LITTLE.enhanced(0, 1, 3, b"one"),
        LITTLE.block(10, &[&LITTLE.words(&[0x544c534b, 4])[..], b"keys"].concat()),
        LITTLE.enhanced(0, 1, 3, b"two"),
    ]
    .concat();
    let pcap = LITTLE.pcap(MICRO, 100, 1, &[(1, 0, 5, b"first"), (2, 0, 6, b"second")]);
    for content in [pcap, pcapng] {
        for at in 12..content.len() {
            for flip in [1, 0x80, 0xff] {
                let mut damaged = content.clone();
                damaged[at] ^= flip;
                let Kind::Capture(format) = recognise(&damaged) else { continue };
                let file =
                    OpenFile::new(Path::new("damaged"), Bytes::Memory(Memory::Static(damaged.leak())), format, None);
                let mut source = Files::new(vec![file]);
                let mut count = 0;
                while source.next_packet().is_some() {
                    count += 1;
                }
                assert!(count <= 2);
            }
        }
    }
}

/// Number of packets and of captured bytes as another reader finds them, up to what it cannot read.
fn by_another_reader(content: &[u8]) -> (usize, usize) {
    use pcap_parser::{Block, PcapBlockOwned, create_reader};
    let (mut packets, mut bytes) = (0, 0);
    let mut reader = create_reader(content.len().max(65536), content).unwrap();
    while let Ok((offset, block)) = reader.next() {
        let length = match block {
            PcapBlockOwned::Legacy(block) => Some(block.caplen),
            PcapBlockOwned::NG(Block::EnhancedPacket(block)) => Some(block.caplen),
            PcapBlockOwned::NG(Block::SimplePacket(block)) => Some(block.origlen),
            _ => None,
        };
        packets += usize::from(length.is_some());
        bytes += length.unwrap_or(0) as usize;
        reader.consume(offset);
    }
    (packets, bytes)
}

#[test]
fn captures_of_the_world_read_as_by_another_reader() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/captures"));
    let Ok(directories) = std::fs::read_dir(root) else {
        println!("skipped: {} is not there", root.display());
        return;
    };
    let mut compared = 0;
    for path in directories.flatten().flat_map(|entry| std::fs::read_dir(entry.path()).into_iter().flatten().flatten())
    {
        let path = path.path();
        if !path.is_file() || path.extension().is_none_or(|name| name != "pcap" && name != "pcapng") {
            continue;
        }
        let content = std::fs::read(&path).unwrap();
        let outcome = drain(open(&[Input::Path(path.clone())], true).unwrap());
        let found = (outcome.packets.len(), outcome.packets.iter().map(|row| row.5.len()).sum());
        // The other reader believes lengths that cannot be, and reads on.
        if !outcome.codes().iter().any(|(_, severity, _)| *severity == Severity::Error) {
            assert_eq!(found, by_another_reader(&content), "{}", path.display());
            compared += 1;
        }
    }
    println!("{compared} captures compared");
}

/// Gives one byte at a time, as a slow pipe may.
struct Drip(io::Cursor<Vec<u8>>);

impl Read for Drip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = buffer.len().min(1);
        self.0.read(&mut buffer[..end])
    }
}

fn drip(content: Vec<u8>) -> Option<Outcome> {
    let count = Arc::new(AtomicU64::new(0));
    let (mut blocks, format, _) = unpacked(Path::new("drip"), Box::new(Drip(io::Cursor::new(content))), &count).ok()?;
    let spool = Arc::new(Spool::new().unwrap());
    blocks.keep(Arc::clone(&spool));
    let file = OpenFile::new(Path::new("drip"), Bytes::Blocks(blocks), format, None);
    let store = Some(Arc::new(Places(vec![Place::Spool(spool)])) as Arc<dyn Store>);
    Some(drain(Opened { source: Box::new(Files::new(vec![file])), store, description: String::new() }))
}

#[test]
fn a_slow_pipe_gives_the_same() {
    let large = [5; 2000];
    let pcap = LITTLE.pcap(MICRO, 65535, 1, &[(1, 0, 5, b"first"), (2, 0, 2000, &large), (3, 0, 4, b"last")]);
    let pcapng = [LITTLE.section(), LITTLE.interface(1, 0, &[]), LITTLE.enhanced(0, 1, 3, b"one")].concat();
    for content in [pcap, pcapng] {
        for content in [gzip(&content), zstd(&content), lz4(&content), content] {
            assert_eq!(drip(content.clone()).unwrap().packets, read(&content).packets);
        }
    }
}

#[test]
fn any_byte_of_a_compressed_file_may_be_wrong() {
    let varied: Vec<u8> = (0..600_u32).map(|index| (index * index / 7) as u8).collect();
    let packets: Vec<_> = (0..40).map(|index| (index, 0, 600, &varied[..500 + index as usize])).collect();
    let content = LITTLE.pcap(MICRO, 65535, 1, &packets);
    for packed in [gzip(&content), zstd(&content), lz4(&content)] {
        for at in (0..packed.len()).step_by(7) {
            let mut damaged = packed.clone();
            damaged[at] ^= 0x55;
            let outcome = drip(damaged);
            assert!(outcome.is_none_or(|outcome| outcome.packets.len() <= 2000));
        }
    }
}

/// The first connection of a sample, written with a key log behind so many of its packets.
fn with_keys_behind(packets: usize) -> Vec<u8> {
    let sample = crate::capture::Sample::named("one-way-tls13").unwrap();
    let mut source = open(&[Input::Sample(sample)], false).unwrap().source;
    let mut writer = PcapngWriter::new(Vec::new()).unwrap();
    let mut count = 0;
    let keys = |writer: &mut PcapngWriter<Vec<u8>>| {
        sample.keys.lines().for_each(|line| writer.key_log(line.as_bytes()).unwrap());
    };
    while let Some(packet) = source.next_packet() {
        if count == packets {
            keys(&mut writer);
        }
        let Packet { time, link, original_length, bytes, .. } = packet;
        writer.packet(&PacketToWrite { time, link, original_length, bytes, comment: None }).unwrap();
        count += 1;
    }
    if packets >= count {
        keys(&mut writer);
    }
    writer.finish().unwrap()
}

/// What became of the protected records of the only session, read once.
fn decryption(name: &str, content: &[u8]) -> crate::session::Decryption {
    use crate::capture::{Keys, Settings, read_sessions};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let opened = open(&[Input::Path(path)], false).unwrap();
    let mut sessions = Vec::new();
    let take = |session| {
        sessions.push(session);
        Ok::<(), std::convert::Infallible>(())
    };
    read_sessions(opened.source, &Keys::default(), Settings::REPORT, take).unwrap();
    sessions[0].decryption.as_deref().cloned().unwrap_or_default()
}

/// Secrets that were written late, between packets or last, are there before the first packet.
#[test]
fn secrets_behind_packets_come_first() {
    let expected = decryption("first.pcapng", &with_keys_behind(0));
    assert!(expected.opened.iter().all(|count| *count > 0) && expected.closed == [0; 2]);
    for packets in 1..20 {
        assert_eq!(decryption("late.pcapng", &with_keys_behind(packets)), expected, "behind {packets} packets");
    }
    // A block that is damaged costs its own secret.
    let mut written = with_keys_behind(usize::MAX);
    let length = written.len();
    written[length - 2] ^= 1;
    assert!(decryption("damaged.pcapng", &written).opened[1] > 0);
}

/// What can be read only once opens with the secrets that came so far, and goes on from there.
#[test]
fn secrets_that_come_late_open_what_follows_them() {
    let whole = decryption("first.pcapng", &with_keys_behind(0));
    let mut fewer = 0;
    for packets in 1..20 {
        let found = decryption("late.pcapng.gz", &gzip(&with_keys_behind(packets)));
        assert!(found.opened.iter().zip(whole.opened).all(|(found, whole)| *found <= whole));
        // One that was half read when they came was passed over.
        let torn = |reason: &Option<crate::session::Closed>| {
            reason.is_none_or(|reason| reason == crate::session::Closed::Incomplete)
        };
        assert!(found.reason.iter().all(torn), "behind {packets} packets: {found:?}");
        fewer += u32::from(found.opened != whole.opened && found.opened != [0; 2]);
    }
    assert!(fewer > 0);
}
