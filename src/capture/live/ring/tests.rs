//! The ring of files between a writer and readers of every speed.

use super::super::super::file::stream;
use super::super::super::packet::Source;
use super::super::writer::Writer;
use super::super::{Place, RingShape};
use super::*;
use crate::capture::file::{InterfaceToWrite, PacketToWrite, Statistics};
use crate::net::LinkType;

const SHAPE: RingShape = RingShape { size: Some(4096), time: None, files: 2 };

fn ring(shape: Option<RingShape>) -> (Arc<Ring>, Writer, tempfile::TempDir) {
    let created = Place { path: None, ring: shape }.create().unwrap();
    let ring = Arc::new(Ring::new(created.slots));
    let lo = InterfaceToWrite {
        name: "lo".to_owned(),
        description: String::new(),
        link: LinkType(1),
        snaplen: 65535,
        filter: String::new(),
    };
    let writer = Writer::new(Arc::clone(&ring), shape, vec![lo]).unwrap();
    (ring, writer, created.scratch.unwrap())
}

/// A packet that begins with its number.
fn bytes(number: u64) -> Vec<u8> {
    [number.to_le_bytes().as_slice(), &[0xaa; 492]].concat()
}

fn write(writer: &mut Writer, numbers: impl Iterator<Item = u64>) {
    for number in numbers {
        let bytes = bytes(number);
        let packet = PacketToWrite { time: 1, link: LinkType(1), original_length: 500, bytes: &bytes, comment: None };
        writer.make_room(500).unwrap();
        writer.packet(0, &packet).unwrap();
        writer.flush().unwrap();
        if writer.is_full() {
            writer.turn(&[Statistics::default()]).unwrap();
        }
    }
}

fn next(source: &mut impl Source) -> Option<(u64, u64, u32)> {
    let packet = source.next_packet()?;
    let number = u64::from_le_bytes(*packet.bytes.first_chunk().unwrap());
    assert_eq!(packet.bytes, bytes(number));
    Some((number, packet.position, u32::try_from(packet.bytes.len()).unwrap()))
}

#[test]
fn a_reader_follows_from_file_to_file_and_hears_of_the_end() {
    let (ring, mut writer, _scratch) = ring(Some(SHAPE));
    let mut source = stream(Path::new("live"), Tail::new(Arc::clone(&ring), false)).unwrap();
    for number in 1..=40 {
        assert_eq!(next(&mut source), None);
        assert!(source.is_waiting());
        write(&mut writer, std::iter::once(number));
        let (found, position, length) = next(&mut source).unwrap();
        assert_eq!(found, number);
        assert_eq!(ring.read(0, position, length).unwrap(), bytes(number));
    }
    writer.close(&[]).unwrap();
    ring.end();
    assert_eq!((next(&mut source), source.is_waiting()), (None, false));
    assert_eq!((source.take_notes(), ring.take_resumed()), (Vec::new(), None));
}

#[test]
fn a_reader_that_falls_behind_goes_on_with_the_oldest_packet_that_is_there() {
    let (ring, mut writer, _scratch) = ring(Some(SHAPE));
    let mut source = stream(Path::new("live"), Tail::new(Arc::clone(&ring), false)).unwrap();
    write(&mut writer, 1..=3);
    assert_eq!(next(&mut source).map(|(number, ..)| number), Some(1));
    let (_, gone, length) = next(&mut source).unwrap();
    write(&mut writer, 4..=40);
    // What was read before the files were overwritten is in the memory of the reader.
    assert_eq!(next(&mut source).map(|(number, ..)| number), Some(3));
    let (resumed, ..) = next(&mut source).unwrap();
    assert_eq!(ring.take_resumed(), Some(resumed - 1));
    assert!(resumed > 20, "{resumed}");
    let rest: Vec<u64> = std::iter::from_fn(|| next(&mut source)).map(|(number, ..)| number).collect();
    assert_eq!(rest, (resumed + 1..=40).collect::<Vec<_>>());
    assert_eq!(source.take_notes(), []);
    let refusal = ring.read(0, gone, length).unwrap_err().to_string();
    assert!(refusal.contains("no longer in the ring"), "{refusal}");
}

#[test]
fn a_reader_that_falls_behind_is_to_hurry_until_it_has_caught_up() {
    for (shape, more) in [(Some(SHAPE), 40), (None, 20_000)] {
        let (ring, mut writer, _scratch) = ring(shape);
        let mut source = stream(Path::new("live"), Tail::new(Arc::clone(&ring), false)).unwrap();
        write(&mut writer, 1..=3);
        assert!(!ring.is_ahead(false));
        write(&mut writer, 4..=more);
        assert!(ring.is_ahead(false));
        // A reader that is held back has nothing to read yet.
        assert!(!ring.is_ahead(true));
        while next(&mut source).is_some() {}
        assert!(!ring.is_ahead(false));
    }
}

#[test]
fn a_reader_that_is_held_back_gets_everything_later() {
    let (ring, mut writer, _scratch) = ring(None);
    let tail = Tail::new(Arc::clone(&ring), true);
    let began = Instant::now();
    write(&mut writer, 1..=2);
    let mut source = stream(Path::new("live"), tail).unwrap();
    let mut numbers = Vec::new();
    while numbers.len() < 2 {
        numbers.extend(next(&mut source).map(|(number, ..)| number));
    }
    assert!(numbers == [1, 2] && began.elapsed() + MARKS >= HELD, "{numbers:?}");
    write(&mut writer, 3..=3);
    ring.end();
    assert_eq!(next(&mut source).map(|(number, ..)| number), Some(3));
}

/// Cut at every place, what was written is a capture with all packets before the cut.
#[test]
fn each_file_can_be_read_at_any_time() {
    let (ring, mut writer, scratch) = ring(None);
    write(&mut writer, 1..=4);
    let path = ring.writing();
    let content = std::fs::read(&path).unwrap();
    let cut = scratch.path().join("cut.pcapng");
    let header = content.len() - 4 * 532;
    for length in (header..=content.len()).step_by(97) {
        std::fs::write(&cut, content.get(..length).unwrap()).unwrap();
        let mut source = crate::capture::open(&[crate::capture::Input::Path(cut.clone())], false).unwrap().source;
        let count = std::iter::from_fn(|| source.next_packet().map(|packet| packet.number)).count();
        assert_eq!(count, (length - header) / 532, "{length}");
    }
}
