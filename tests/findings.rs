//! What the properties, the damaged captures and the fuzzers have found, each as small as it gets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]

mod support;

use std::time::{Duration, Instant};
use support::{Capture, Turn, Way, check, conversation, seeds};
use tlslab::capture::{Detail, Dissector, Settings};
use tlslab::net::LinkType;
use tlslab::session::EventKind;
use tlslab::session::rule::conclude;

/// The first flight of the first sample: one ClientHello.
fn client_hello() -> Vec<u8> {
    seeds().swap_remove(0).turns.swap_remove(0).bytes
}

fn from_client(bytes: Vec<u8>) -> Turn {
    Turn { from_client: true, bytes }
}

/// A session whose first record stands behind a hole that is given up at the very end was in no list of the screens.
#[test]
fn a_session_may_begin_at_the_very_end() {
    let lost = vec![b'.'; 100];
    let turns = [from_client(lost), from_client(client_hello())];
    let mut frames = conversation(&turns, &Way { close: false, ..Way::PLAIN }, 50000);
    frames.remove(3);
    let capture = Capture::of(&frames);
    let mut dissector = capture.dissect();
    let sessions = dissector.sessions();
    assert_eq!(sessions.len(), 1);
    assert_eq!((sessions[0].frames, sessions[0].last_frame, sessions[0].client_hellos.len()), (4, 4, 1));
    let detail = Detail::open(&capture.store(), dissector.frames(), &sessions[0], &std::sync::Arc::default()).unwrap();
    assert_eq!(detail.session.client_hellos.len(), 1);
    check(&mut dissector, &capture.store());
}

/// The hole behind a lost segment was given up, and the FINs of both sides had come, before the segment did.
#[test]
fn the_last_segment_may_come_behind_both_fins() {
    let seed = seeds().swap_remove(0);
    let mut frames = conversation(&seed.turns, &Way::PLAIN, 50000);
    let expected = Capture::of(&frames).dissect().sessions();
    let last = frames.remove(frames.len() - 3);
    frames.push(last);
    let found = Capture::of(&frames).dissect().sessions();
    assert_eq!(support::facts(&found), support::facts(&expected));
}

/// Each record that a message took was one more walk over all records before it.
#[test]
fn a_message_in_records_of_one_byte_opens_at_once() {
    let mut message = vec![20, 0, 0xc0, 0];
    message.resize(4 + 0xc000, 7);
    let records: Vec<u8> = message.iter().flat_map(|byte| [22, 3, 3, 0, 1, *byte]).collect();
    let turns = [from_client(client_hello()), from_client(records)];
    let capture = Capture::of(&conversation(&turns, &Way::PLAIN, 50000));
    let mut dissector = capture.dissect();
    let session = dissector.sessions().remove(0);
    assert!(matches!(session.timeline[1].kind, EventKind::Handshake { length: 0xc000, .. }));
    let begun = Instant::now();
    let detail = Detail::open(&capture.store(), dissector.frames(), &session, &std::sync::Arc::default()).unwrap();
    let dissection = detail.dissect(1);
    assert_eq!(dissection.buffers[1].bytes.len(), message.len());
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

/// Hellos are facts and were kept without a limit.
#[test]
fn a_flood_of_hellos_is_not_kept() {
    let hello = client_hello();
    let flood: Vec<u8> = std::iter::repeat_n(hello, 200).flatten().collect();
    let session = Capture::of(&conversation(&[from_client(flood)], &Way::PLAIN, 50000)).dissect().sessions().remove(0);
    assert_eq!(session.client_hellos.len(), 64);
    assert!(session.notes.iter().any(|note| note.item.code == "session.hellos"));
    assert_eq!(session.notes.last().unwrap().item.code, "session.notes");
}

/// Frames that led a span out of its buffer, or named a buffer that is not there.
#[test]
fn spans_stay_in_frames_that_lie_about_their_lengths() {
    let atomic_fragment =
        [&[0x60, 0, 0, 0, 0, 16, 44, 64][..], &[0x20; 32], &[17, 0, 0, 0, 0, 0, 0, 1], &[0, 53, 0, 53, 0, 8, 0, 0]];
    for (link, bytes) in [
        (192, vec![0, 0, 0, 1, 105, 0, 0, 0]),
        (127, vec![0, 0, 0xff, 0xff, 0, 0, 0, 0]),
        (101, atomic_fragment.concat()),
    ] {
        let capture = Capture { packets: vec![(LinkType(link), bytes)] };
        check(&mut capture.dissect(), &capture.store());
    }
}

/// What is lost at the end of a session that is handed out must be counted as in one that is kept.
#[test]
fn both_ways_to_get_sessions_agree_on_an_open_end() {
    let turns = [from_client(client_hello())];
    let mut frames = conversation(&turns, &Way { segment: 100, close: false, ..Way::PLAIN }, 50000);
    frames.remove(4);
    let capture = Capture::of(&frames);
    let mut dissector = Dissector::new(Settings::REPORT);
    capture.feed(&mut dissector, |_| {});
    dissector.finish();
    let kept = capture.dissect().sessions().remove(0);
    let mut given = dissector.take_finished();
    given.iter_mut().for_each(conclude);
    assert_eq!(given, [(*kept).clone()]);
    assert_eq!(kept.transport.missing, [100, 0]);
}
