//! What a handshake proves: it is verified where everything is there, it fails where a byte was changed, and nothing is
//! called failed because the capture lacks something.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]

mod support;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use support::captures::{home, listed, read};
use support::{Capture, Seed, Way, conversation, same_sessions, secrets, seeds};
use tlslab::base::{Severity, parse_hex};
use tlslab::capture::Detail;
use tlslab::net::Direction;
use tlslab::session::{EventKind, Misfit, Proof, ProofKind, ProofResult, Session, Unchecked};
use tlslab::tls::secrets::{PreSharedKey, Secret, Secrets};

static SEEDS: LazyLock<Vec<Seed>> = LazyLock::new(seeds);
static SECRETS: LazyLock<Arc<Secrets>> = LazyLock::new(secrets);

fn capture(seed: &Seed) -> Capture {
    Capture::of(&conversation(&seed.turns, &Way::PLAIN, 50000))
}

/// Proofs in short: `CV< ok`, `Fin> failed`.
fn short(session: &Session) -> Vec<String> {
    let one = |proof: &Proof| {
        let kind = match proof.kind {
            ProofKind::PskBinder { .. } => "Psk",
            ProofKind::ServerKeyExchange => "Ske",
            ProofKind::CertificateVerify | ProofKind::CredentialVerify => "CV",
            ProofKind::Credential => "DC",
            ProofKind::Finished => "Fin",
        };
        let way = if proof.direction == Direction::ToServer { '>' } else { '<' };
        let result = match proof.result {
            ProofResult::Verified => "ok",
            ProofResult::Failed(_) => "failed",
            ProofResult::NotChecked(Unchecked::NoSecrets) => "no secrets",
            ProofResult::NotChecked(Unchecked::NoPreSharedKey) => "no key",
            ProofResult::NotChecked(_) => "not checked",
        };
        format!("{kind}{way} {result}")
    };
    session.proofs.iter().map(one).collect()
}

/// The samples, and what is proved with keys and without.
const SAMPLES: &[(&str, &str, &str)] = &[
    ("one-way-tls12", "Ske< ok, Fin> ok, Fin< ok", "Ske< ok"),
    ("one-way-tls13", "CV< ok, Fin< ok, Fin> ok", ""),
    ("mutual-tls12", "Ske< ok, CV> ok, Fin> ok, Fin< ok", "Ske< ok, CV> ok"),
    ("mutual-tls13", "CV< ok, Fin< ok, CV> ok, Fin> ok", ""),
    ("client-certificate-missing-tls12", "Ske< ok, Fin> ok", "Ske< ok"),
    ("client-certificate-missing-tls13", "CV< ok, Fin< ok, Fin> ok", ""),
    ("resumption-tls12", "Ske< ok, Fin> ok, Fin< ok; Fin< ok, Fin> ok", "Ske< ok; "),
    ("resumption-tls13", "CV< ok, Fin< ok, Fin> ok; Psk> no key, Fin< ok, Fin> ok", "; Psk> no key"),
    ("hello-retry-request", "CV< ok, Fin< ok, Fin> ok", ""),
    ("post-quantum", "CV< ok, Fin< ok, Fin> ok", ""),
    ("wrong-host", "Ske< ok", "Ske< ok"),
    ("no-common-version", "", ""),
];

#[test]
fn the_samples_prove_what_they_can() {
    for (name, with, without) in SAMPLES {
        for (secrets, expected) in [(Arc::clone(&SECRETS), with), (Arc::default(), without)] {
            let of_name = SEEDS.iter().filter(|seed| seed.name == *name);
            let found: Vec<String> = of_name
                .flat_map(|seed| capture(seed).dissect_with(&secrets).sessions())
                .map(|session| short(&session).join(", "))
                .collect();
            assert_eq!(found.join("; "), **expected, "{name}");
        }
    }
}

#[test]
fn keys_that_come_late_and_a_session_by_itself_prove_the_same() {
    for seed in SEEDS.iter() {
        let capture = capture(seed);
        let mut dissector = capture.dissect_with(&SECRETS);
        let expected = dissector.sessions();
        let mut late = capture.dissect();
        late.open_with(Arc::clone(&SECRETS));
        late.read_again(&capture.store());
        same_sessions(&late.sessions(), &expected, &seed.name);
        for session in &expected {
            let detail = Detail::open(&capture.store(), dissector.frames(), session, &SECRETS).unwrap();
            assert_eq!(detail.session.proofs, session.proofs, "{}", seed.name);
        }
    }
}

/// Where the body of the first message of a type lies in the bytes of a turn whose records are in clear.
fn message(bytes: &[u8], wanted: u8) -> Option<(usize, usize)> {
    let number =
        |at: usize, count: usize| bytes[at..at + count].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    let mut record = 0;
    while record + 5 <= bytes.len() && bytes[record] == 22 {
        let end = record + 5 + number(record + 3, 2);
        let mut at = record + 5;
        while at + 4 <= end {
            let length = number(at + 1, 3);
            if at + 4 + length > end {
                break;
            }
            if bytes[at] == wanted {
                return Some((at + 4, at + 4 + length));
            }
            at += 4 + length;
        }
        record = end;
    }
    None
}

/// The sample with one byte changed: of the first message of a type, counted from its start or its end.
fn changed(name: &str, kind: u8, at: isize) -> Session {
    let seed = SEEDS.iter().find(|seed| seed.name == name).unwrap();
    let mut turns = seed.turns.clone();
    let found = turns.iter_mut().find_map(|turn| message(&turn.bytes, kind).map(|place| (turn, place)));
    let (turn, (start, end)) = found.unwrap();
    let at = if at < 0 { end.checked_add_signed(at) } else { start.checked_add_signed(at) };
    turn.bytes[at.unwrap()] ^= 1;
    let capture = Capture::of(&conversation(&turns, &Way::PLAIN, 50000));
    Session::clone(&capture.dissect_with(&SECRETS).sessions()[0])
}

#[test]
fn a_byte_that_was_changed_breaks_the_proofs_over_it() {
    for (name, kind, at, expected) in [
        // The signature itself, and the point that it signs.
        ("one-way-tls12", 12, -1, "Ske< failed, Fin> failed, Fin< failed"),
        ("one-way-tls12", 12, 10, "Ske< failed, Fin> failed, Fin< failed"),
        // The client offers another suite than the server saw: only Finished covers it.
        ("one-way-tls12", 1, 40, "Ske< ok, Fin> failed, Fin< failed"),
        ("one-way-tls13", 1, -1, "CV< failed, Fin< failed, Fin> failed"),
        ("mutual-tls12", 13, -1, "Ske< ok, CV> failed, Fin> failed, Fin< failed"),
        ("mutual-tls12", 15, -1, "Ske< ok, CV> failed, Fin> failed, Fin< failed"),
        ("hello-retry-request", 1, -1, "CV< failed, Fin< failed, Fin> failed"),
    ] {
        let session = changed(name, kind, at);
        assert_eq!(short(&session).join(", "), expected, "{name}: message {kind} at {at}");
        let told = session.notes.iter().filter(|note| note.item.code == "tls.proof");
        let told: Vec<_> =
            told.map(|note| (note.frame, note.item.severity, note.item.text.clone().into_owned())).collect();
        let failed: Vec<_> =
            session.failed_proofs().map(|proof| (proof.frame, Severity::Error, proof.text())).collect();
        assert_eq!(told, failed, "{name}");
    }
}

/// A packet that is captured later than it was sent, or not at all, makes nothing look broken; and where the same
/// messages can be read, the same is proved.
#[test]
fn nothing_fails_for_want_of_order_or_of_a_packet() {
    let (mut compared, mut all) = (0, 0);
    for seed in SEEDS.iter() {
        let whole = Capture::of(&conversation(&seed.turns, &Way { segment: 300, ..Way::PLAIN }, 50000));
        let expected = whole.dissect_with(&SECRETS).sessions();
        for at in 0..whole.packets.len() {
            let mut lost = whole.clone();
            let packet = lost.packets.remove(at);
            nothing_failed(&lost, &format!("{}, without packet {}", seed.name, at + 1));
            for later in [1, 2, 4, 8] {
                let mut late = lost.clone();
                late.packets.insert((at + later).min(late.packets.len()), packet.clone());
                let what = format!("{}, packet {} {later} later", seed.name, at + 1);
                for (found, expected) in nothing_failed(&late, &what).iter().zip(&expected) {
                    all += 1;
                    if messages(found) == messages(expected) {
                        compared += 1;
                        assert_eq!(in_order(short(found)), in_order(short(expected)), "{what}");
                    }
                }
            }
        }
    }
    assert!(compared * 10 > all * 9, "{compared} of {all}");
}

fn nothing_failed(capture: &Capture, what: &str) -> Vec<Arc<Session>> {
    let sessions = capture.dissect_with(&SECRETS).sessions();
    for session in &sessions {
        let failed: Vec<_> = session.failed_proofs().map(Proof::text).collect();
        assert!(failed.is_empty(), "{what}: {failed:?}");
    }
    sessions
}

/// The handshake messages that can be read, in whatever order.
fn messages(session: &Session) -> Vec<String> {
    let messages = session.timeline.iter().filter(|event| matches!(event.kind, EventKind::Handshake { .. }));
    in_order(messages.map(|event| format!("{} {:?}", session.event_name(event), event.direction)).collect())
}

fn in_order(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list
}

fn way() -> impl Strategy<Value = Way> {
    let segment = prop_oneof![1 => 2..12usize, 2 => 12..200usize, 3 => 200..1461usize];
    (segment, any::<bool>(), 0..5usize, 0..40u8, 0..40u8, 0..20u8, any::<u64>()).prop_map(
        |(segment, uneven, window, copies, overlaps, losses, seed)| Way {
            segment,
            uneven,
            window,
            copies,
            overlaps,
            losses,
            seed,
            ..Way::PLAIN
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        rng_seed: RngSeed::Fixed(0x7072_6f6f),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_fails_for_want_of_bytes(index in 0..SEEDS.len(), way in way()) {
        let seed = &SEEDS[index];
        let capture = Capture::of(&conversation(&seed.turns, &way, 50000));
        for session in capture.dissect_with(&SECRETS).sessions() {
            let failed: Vec<_> = session.failed_proofs().map(Proof::text).collect();
            prop_assert!(failed.is_empty(), "{}: {failed:?}", seed.name);
        }
    }
}

/// A pre-shared key proves the hello by its binder, and a wrong one of the same name breaks it.
#[test]
fn binders_are_checked_with_the_keys_that_were_given() {
    for (capture, identity, key, expected) in [
        ("psk-tls13", Some("lamp"), "0102030405060708090a0b0c0d0e0f10", ProofResult::Verified),
        ("psk-dhe-tls13", Some("lamp"), "0102030405060708090a0b0c0d0e0f10", ProofResult::Verified),
        ("psk-tls13", None, "0102030405060708090a0b0c0d0e0f10", ProofResult::Verified),
        ("psk-tls13", Some("lamp"), "00", ProofResult::Failed(Misfit::Binder)),
        ("psk-tls13", None, "00", ProofResult::NotChecked(Unchecked::OtherPreSharedKey)),
        ("psk-tls13", Some("lamb"), "00", ProofResult::NotChecked(Unchecked::NoPreSharedKey)),
    ] {
        let mut secrets = Secrets::default();
        let identity = identity.map(|identity| identity.as_bytes().to_vec());
        secrets.keep_pre_shared_key(PreSharedKey { identity, key: Secret::new(parse_hex(key).unwrap()) });
        let path = home(&format!("tests/keys/{capture}.pcap"));
        let session = &read(&path, &Arc::new(secrets)).0.sessions()[0];
        let binders = session.proofs.iter().filter(|proof| matches!(proof.kind, ProofKind::PskBinder { .. }));
        let found: Vec<_> = binders.map(|proof| proof.result).collect();
        assert!(found.contains(&expected), "{capture} with {key}: {found:?}");
    }
}

/// Captures of other projects with their keys: how many proofs of each kind hold in how many, and none fails.
#[test]
fn captures_of_others_prove_what_they_can_and_nothing_fails() {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut failed = Vec::new();
    let captures = listed();
    for capture in &captures {
        for session in read(&capture.path, &Arc::new(capture.secrets())).0.sessions() {
            failed.extend(session.failed_proofs().map(|proof| format!("{}: {}", capture.name, proof.text())));
            for proof in &session.proofs {
                *counts.entry(format!("{} {}", proof.kind.word(), proof.result.word())).or_default() += 1;
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    println!("{counts:#?}");
    for (what, least) in
        [("ServerKeyExchange verified", 150), ("CertificateVerify verified", 7), ("Finished verified", 100)]
    {
        let enough = counts.get(what).is_some_and(|count| *count >= least);
        assert!(captures.is_empty() || enough, "{what}: {counts:#?}");
    }
}
