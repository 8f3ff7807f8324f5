//! One connection captured at two points: in one file of two interfaces, or in two files.

use crate::made::{ACK, FIN, IDENTIFICATION, RST, Wire, established};
use crate::source::{Found, length, read_all};
use crate::support::ETHERNET;
use tlslab::capture::{Input, PacketToWrite, PcapngWriter};
use tlslab::net::LinkType;
use tlslab::session::rule::Decider;

/// IP without a link below it, as on the interface of a tunnel.
const RAW_IP: LinkType = LinkType(101);
const MILLISECOND: i64 = 1_000_000;
/// 2026-03-02 00:00:00 UTC.
const NOW: i64 = 1_772_409_600;

/// The connection as one point saw it.
#[derive(Clone, Copy)]
pub enum Seen {
    /// To its last byte.
    Whole,
    /// Before the last data of the server, and then this packet of the server.
    Cut(u8),
    /// The same with a RST of the client.
    CutByClient,
}

/// How the two captures lie.
#[derive(Clone, Copy, PartialEq)]
pub enum Lie {
    /// Two interfaces of a file.
    Interfaces,
    /// Two files, the clock of the second so far ahead.
    Files(i64),
}

fn wire(seen: Seen, ahead: i64) -> Wire {
    let turns = established();
    let cut = || Wire::open(&turns[..3], 50000);
    let wire = match seen {
        Seen::Whole => Wire::open(&turns, 50000),
        Seen::Cut(flags) => cut().then(false, flags | ACK, MILLISECOND),
        Seen::CutByClient => cut().then(true, RST, MILLISECOND),
    };
    numbered(wire, ahead)
}

/// Packets with numbers of their own, by which copies are known.
fn numbered(wire: Wire, ahead: i64) -> Wire {
    let mut wire = wire.later(NOW).each(|at, frame| {
        let number = u16::try_from(at + 1).unwrap().to_be_bytes();
        frame[IDENTIFICATION..IDENTIFICATION + 2].copy_from_slice(&number);
    });
    wire.frames.iter_mut().for_each(|(time, _)| *time += ahead);
    wire
}

/// The frames of each point in one file, in the order of time; the second point is of another link type, and so of
/// another interface.
fn file(points: [Option<Wire>; 2]) -> Vec<u8> {
    let mut all = Vec::new();
    for (at, wire) in points.into_iter().enumerate() {
        all.extend(wire.into_iter().flat_map(|wire| wire.frames).map(|frame| (at, frame)));
    }
    all.sort_by_key(|(_, (time, ..))| *time);
    let mut writer = PcapngWriter::new(Vec::new()).unwrap();
    for (at, (time, bytes)) in all {
        let (link, skip) = if at == 0 { (ETHERNET, 0) } else { (RAW_IP, 14) };
        let original_length = length(&bytes) - u32::try_from(skip).unwrap();
        writer.packet(&PacketToWrite { time, link, original_length, bytes: &bytes[skip..], comment: None }).unwrap();
    }
    writer.finish().unwrap()
}

/// What is found of a connection that two points saw so.
pub fn found(seen: [Seen; 2], lie: Lie) -> Found {
    let [first, second] = seen;
    let files = match lie {
        Lie::Interfaces => vec![file([Some(wire(first, 0)), Some(wire(second, MILLISECOND / 4))])],
        Lie::Files(ahead) => {
            vec![file([Some(wire(first, 0)), None]), file([Some(wire(second, ahead)), None])]
        }
    };
    read_files(files)
}

fn read_files(files: Vec<Vec<u8>>) -> Found {
    let folder = tempfile::tempdir().unwrap();
    let write = |(index, bytes): (usize, Vec<u8>)| {
        let path = folder.path().join(format!("{index}.pcapng"));
        std::fs::write(&path, bytes).unwrap();
        Input::Path(path)
    };
    read_all(&files.into_iter().enumerate().map(write).collect::<Vec<_>>())
}

#[test]
fn an_end_that_only_one_point_saw_is_of_neither_side() {
    let reset = Seen::Cut(RST);
    for lie in [Lie::Interfaces, Lie::Files(MILLISECOND / 4), Lie::Files(-MILLISECOND / 4), Lie::Files(1 << 40)] {
        for (seen, expected) in [
            ([reset, Seen::Whole], "where the server went on by"),
            ([Seen::Whole, reset], "where the server went on by"),
            ([Seen::Cut(FIN), Seen::Whole], "A FIN in the name of the server"),
            ([reset, Seen::CutByClient], "cut both off"),
            ([reset, reset], ""),
            ([Seen::Whole, Seen::Whole], ""),
            ([Seen::Cut(FIN), Seen::Cut(FIN)], ""),
        ] {
            let found = found(seen, lie);
            let texts = found.texts("CLOSE-06");
            assert_eq!(texts.is_empty(), expected.is_empty(), "{texts:?}, not {expected:?}");
            assert!(texts.iter().all(|text| text.contains(expected)), "{texts:?}, not {expected:?}");
            let place = if lie == Lie::Interfaces { "interface 0" } else { "file 1" };
            assert!(texts.iter().all(|text| text.contains(place)), "{texts:?}");
            // One connection that was seen twice is no replay, and nobody's RST is nobody's.
            assert!(found.texts("RES-05").is_empty());
            assert!(expected.is_empty() || lie != Lie::Interfaces || found.texts("CLOSE-03").is_empty());
        }
    }
}

/// A hello that is answered with a RST at one point, and by the server at the other.
#[test]
fn who_reset_between_two_points_is_somebody_on_the_way() {
    let turns = established();
    let cut = Wire::open(&turns[..1], 50000).then(false, RST | ACK, MILLISECOND);
    let whole = numbered(Wire::open(&turns[..2], 50000), MILLISECOND / 4);
    let bytes = file([Some(numbered(cut, 0)), Some(whole)]);
    let found = read_files(vec![bytes]);
    let session = &found.sessions[0];
    assert_eq!(session.transport.sightings().count(), 2);
    assert_eq!(session.verdict.decided_by, Some(Decider::Middlebox), "{}", session.verdict_line());
    assert!(found.texts("NET-05").is_empty());
}

#[test]
fn copies_of_two_points_are_told_as_that() {
    let found = found([Seen::Whole, Seen::Whole], Lie::Interfaces);
    let twice = found.texts("CAP-05").concat();
    assert!(twice.ends_with("it was made at 2 points."), "{twice}");
}
