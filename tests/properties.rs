//! What holds of every capture: the same bytes give the same session however packets cut and shuffle them, packet by
//! packet gives the same as all at once, and no damage stops the reading or leads a span out of its buffer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]

mod support;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::sync::{Arc, LazyLock};
use support::{Capture, ETHERNET, Random, Seed, Way, check, conversation, facts, same_sessions, seeds};
use tlslab::base::{BufferId, Reader, is_printable, printable, printable_bytes};
use tlslab::capture::{Dissector, Settings};
use tlslab::net::LinkType;
use tlslab::session::Session;
use tlslab::session::rule::conclude;

static SEEDS: LazyLock<Vec<Seed>> = LazyLock::new(seeds);

/// The same cases in every run, and no file with the failed ones: what fails becomes a test of its own.
fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        cases: count,
        rng_seed: RngSeed::Fixed(0x746c_736c_6162),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    }
}

fn seed() -> impl Strategy<Value = &'static Seed> {
    (0..SEEDS.len()).prop_map(|index| &SEEDS[index])
}

/// A way that loses nothing.
fn whole_way() -> impl Strategy<Value = Way> {
    let segment = prop_oneof![1 => 2..12usize, 2 => 12..200usize, 3 => 200..1461usize];
    let number = || prop_oneof![any::<u32>(), u32::MAX - 3000..=u32::MAX];
    let first = [number(), number()];
    (segment, any::<bool>(), 0..5usize, 0..40u8, 0..40u8, any::<bool>(), first, any::<bool>(), any::<u64>()).prop_map(
        |(segment, uneven, window, copies, overlaps, version6, first, close, seed)| Way {
            segment,
            uneven,
            window,
            copies,
            overlaps,
            losses: 0,
            version6,
            first,
            close,
            seed,
        },
    )
}

/// A way on which segments may be lost.
fn lossy_way() -> impl Strategy<Value = Way> {
    (whole_way(), 0..15u8).prop_map(|(way, losses)| Way { losses, ..way })
}

/// Some conversations, their packets between each other.
fn capture() -> impl Strategy<Value = Capture> {
    (prop::collection::vec((seed(), lossy_way()), 1..4), any::<u64>()).prop_map(|(parts, order)| {
        let mut random = Random(order);
        let mut queues: Vec<_> = parts
            .iter()
            .enumerate()
            .map(|(index, (seed, way))| {
                let way = Way { segment: way.segment.max(100), ..way.clone() };
                conversation(&seed.turns, &way, 50000 + u16::try_from(index).unwrap()).into_iter().peekable()
            })
            .collect();
        let mut frames = Vec::new();
        while !queues.is_empty() {
            let index = random.below(queues.len());
            match queues[index].next() {
                Some(frame) => frames.push(frame),
                None => drop(queues.swap_remove(index)),
            }
        }
        Capture::of(&frames)
    })
}

/// The same capture with wrong bits, packets that end early, bytes of one packet in another, and other link types.
fn damaged() -> impl Strategy<Value = Capture> {
    (capture(), any::<u64>(), 1..20u8).prop_map(|(mut capture, seed, share)| {
        let mut random = Random(seed);
        for index in 0..capture.packets.len() {
            if !random.chance(share) {
                continue;
            }
            let other = capture.packets[random.below(capture.packets.len())].1.clone();
            let (link, bytes) = &mut capture.packets[index];
            let at = random.below(bytes.len());
            match random.below(6) {
                0 => bytes.truncate(at),
                1 => bytes.splice(at.., other[random.below(other.len())..].iter().copied()).for_each(drop),
                2 => *link = LinkType([0, 9, 50, 101, 105, 108, 113, 127, 192, 276][random.below(10)]),
                3 => bytes.insert(at, u8::try_from(random.below(256)).unwrap()),
                _ => (0..=random.below(8)).for_each(|_| {
                    let at = random.below(bytes.len());
                    bytes[at] ^= 1 << random.below(8);
                }),
            }
            if bytes.is_empty() {
                bytes.push(0);
            }
        }
        capture
    })
}

fn by_stream(mut sessions: Vec<Arc<Session>>) -> Vec<Arc<Session>> {
    sessions.sort_by_key(|session| session.stream);
    sessions
}

/// What reports get: sessions as they end.
fn handed_out(capture: &Capture) -> Vec<Arc<Session>> {
    let mut sessions = Vec::new();
    let mut dissector = Dissector::new(Settings::REPORT);
    capture.feed(&mut dissector, |dissector| sessions.append(&mut dissector.take_finished()));
    dissector.finish();
    sessions.append(&mut dissector.take_finished());
    sessions.iter_mut().for_each(conclude);
    by_stream(sessions.into_iter().map(Arc::new).collect())
}

fn same_however_pushed(capture: &Capture) {
    let at_once = capture.dissect().sessions();
    let mut dissector = Dissector::new(Settings::SCREEN);
    capture.feed(&mut dissector, |dissector| drop(dissector.sessions()));
    dissector.finish();
    same_sessions(&dissector.sessions(), &at_once, "packet by packet");
    same_sessions(&handed_out(capture), &by_stream(at_once), "handed out");
}

proptest! {
    #![proptest_config(cases(2500))]

    #[test]
    fn the_same_bytes_give_the_same_session(seed in seed(), way in whole_way()) {
        let plain = Way { close: way.close, version6: way.version6, ..Way::PLAIN };
        let expected = Capture::of(&conversation(&seed.turns, &plain, 50000)).dissect().sessions();
        let found = Capture::of(&conversation(&seed.turns, &way, 50000)).dissect().sessions();
        prop_assert_eq!(expected.len(), 1, "{}", seed.name);
        same_sessions(&facts(&found), &facts(&expected), &seed.name);
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn packet_by_packet_gives_the_same_as_all_at_once(capture in capture()) {
        same_however_pushed(&capture);
    }

    #[test]
    fn damage_is_the_same_however_it_is_pushed(capture in damaged()) {
        same_however_pushed(&capture);
    }

    #[test]
    fn whatever_is_lost_every_event_can_be_opened(capture in capture()) {
        check(&mut capture.dissect(), &capture.store());
    }

    #[test]
    fn damage_stops_nothing_and_spans_stay_in_their_buffers(capture in damaged()) {
        let mut dissector = capture.dissect();
        prop_assert_eq!(dissector.frames().len(), capture.packets.len());
        check(&mut dissector, &capture.store());
    }
}

proptest! {
    #![proptest_config(cases(2500))]

    #[test]
    fn any_bytes_may_be_a_packet(link in 0..300u16, packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 1..8)) {
        let link = LinkType(link);
        let capture = Capture { packets: packets.into_iter().map(|bytes| (link, bytes)).collect() };
        let mut dissector = capture.dissect();
        prop_assert_eq!(dissector.frames().len(), capture.packets.len());
        check(&mut dissector, &capture.store());
    }

    #[test]
    fn what_is_shown_has_nothing_hidden_in_it(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        for shown in [printable(&text), printable_bytes(&bytes)] {
            prop_assert!(shown.chars().all(is_printable), "{:?}", shown);
        }
        prop_assert_eq!(printable(&text), printable_bytes(text.as_bytes()));
        // It stands for one text only: without a backslash nothing was rewritten.
        prop_assert!(printable(&text).contains('\\') || printable(&text) == text);
    }

    #[test]
    fn a_reader_takes_all_or_nothing(bytes in prop::collection::vec(any::<u8>(), 0..40), origin in any::<u32>(), steps in prop::collection::vec((0..9u8, 0..12usize), 0..20)) {
        let mut reader = Reader::at(&bytes, BufferId(3), origin);
        for (step, count) in steps {
            let before = reader;
            let taken = match step {
                0 => reader.take(count).map(<[u8]>::len),
                1 => reader.u8().map(|_| 1),
                2 => reader.u16().map(|_| 2),
                3 => reader.u24().map(|_| 3),
                4 => reader.u32().map(|_| 4),
                5 => reader.sub(count).map(|sub| sub.remaining()),
                6 => reader.vector8().map(|sub| sub.remaining() + 1),
                7 => reader.vector16().map(|sub| sub.remaining() + 2),
                _ => reader.vector24().map(|sub| sub.remaining() + 3),
            };
            prop_assert_eq!(before.remaining() - reader.remaining(), taken.unwrap_or(0));
            prop_assert_eq!(reader.offset(), origin.saturating_add(u32::try_from(bytes.len() - reader.remaining()).unwrap()));
            prop_assert_eq!(reader.peek(), &bytes[bytes.len() - reader.remaining()..]);
            prop_assert!(reader.span().start <= reader.span().end);
            prop_assert_eq!(reader.since(before.offset()).start, before.offset());
        }
    }
}

#[test]
fn the_samples_have_conversations() {
    assert!(SEEDS.len() >= 16, "{}", SEEDS.len());
    for seed in SEEDS.iter() {
        let capture = Capture::of(&conversation(&seed.turns, &Way::PLAIN, 50000));
        let sessions = capture.dissect().sessions();
        assert_eq!(sessions.len(), 1, "{}", seed.name);
        assert_eq!(sessions[0].client.address, support::address(false, 1), "{}", seed.name);
        assert!(!sessions[0].client_hellos.is_empty(), "{}", seed.name);
        assert!(capture.packets.iter().all(|(link, _)| *link == ETHERNET));
    }
}
