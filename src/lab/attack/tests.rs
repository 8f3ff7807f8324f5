//! What each attack does to real bytes and to hand-made ones, and that whoever has nothing to do changes nothing.

use super::sample::{Turn, conversation};
use super::*;
use crate::base::hex;
use crate::capture::SAMPLES;
use crate::lab::scenario::Tamper;

const CLIENT: &str = "client";
const SERVER: &str = "server";

fn place(from: &str, what: PlaceKind, nth: u32) -> Place {
    let to = if from == CLIENT { SERVER } else { CLIENT };
    Place { connection: 1, from: from.to_owned(), to: to.to_owned(), what, nth, field: None }
}

fn message(from: &str, name: &str) -> Place {
    place(from, PlaceKind::Message(name.to_owned()), 1)
}

fn step(attack: Attack, at: Place) -> Step {
    Step { action: Action::Attack(attack), by: Some("mallory".to_owned()), at: Some(at), say: None, may_miss: false }
}

fn xor(field: &str, with: u8) -> Attack {
    Attack::Tamper { field: Some(field.to_owned()), how: Tamper::Xor(with) }
}

fn set(field: &str, bytes: &[u8]) -> Attack {
    Attack::Tamper { field: Some(field.to_owned()), how: Tamper::Set(bytes.to_vec()) }
}

fn joined(pieces: &[Piece]) -> Vec<u8> {
    pieces.iter().flat_map(|piece| piece.bytes.iter().copied()).collect()
}

/// Lets bytes of the client cross.
fn cross(attacker: &mut Attacker, bytes: &[u8], carries: Carries) -> Delivered {
    attacker.cross(&Crossing { connection: 1, from: CLIENT, to: SERVER, bytes, carries })
}

/// Plays a conversation over the wire, and gives what is delivered of each turn, with all remarks.
fn play(steps: &[Step], turns: &[Turn]) -> (Vec<Delivered>, Attacker) {
    let mut attacker = Attacker::of(steps);
    let delivered = turns.iter().enumerate().map(|(index, turn)| {
        let (from, to) = if turn.from_client { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
        let is_data = index + 2 >= turns.len();
        let carries = if is_data { Carries::ApplicationData } else { Carries::Handshake };
        attacker.cross(&Crossing { connection: 1, from, to, bytes: &turn.bytes, carries })
    });
    let delivered = delivered.collect();
    (delivered, attacker)
}

/// Where two byte strings of the same length differ.
fn differences(a: &[u8], b: &[u8]) -> Vec<usize> {
    assert_eq!(a.len(), b.len());
    (0..a.len()).filter(|at| a[*at] != b[*at]).collect()
}

#[test]
fn whoever_waits_for_something_else_changes_nothing_whatever_the_segmentation() {
    let waiting = [
        step(Attack::Drop, place(CLIENT, PlaceKind::Record, 1000)),
        step(Attack::Drop, place(SERVER, PlaceKind::Line("no such line".to_owned()), 1)),
    ];
    for sample in SAMPLES {
        let carries = if sample.name == "smtp-starttls" { Carries::Plain } else { Carries::Handshake };
        for steps in [&[] as &[Step], &waiting] {
            for size in [1, 2, 7, 100, 1400, 1 << 20] {
                let mut attacker = Attacker::of(steps);
                let (mut sent, mut arrived) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
                for turn in conversation(sample.name) {
                    let side = usize::from(turn.from_client);
                    let (from, to) = if turn.from_client { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
                    for bytes in turn.bytes.chunks(size) {
                        let delivered = attacker.cross(&Crossing { connection: 1, from, to, bytes, carries });
                        if steps.is_empty() {
                            assert_eq!(joined(&delivered.pieces), bytes);
                        }
                        assert!(delivered.remarks.is_empty());
                        arrived[side].extend(joined(&delivered.pieces));
                    }
                    sent[side].extend(turn.bytes);
                }
                for (from, bytes) in attacker.let_go(1) {
                    arrived[usize::from(from == CLIENT)].extend(bytes);
                }
                assert!(sent == arrived, "{} in pieces of {size}", sample.name);
                assert_eq!(attacker.missed().len(), steps.len());
            }
        }
    }
}

#[test]
fn fields_of_messages_are_changed_in_their_place() {
    // The name of a sample, the place, what is done, the turn, and how many bytes differ afterwards.
    let cases = [
        ("one-way-tls12", message(SERVER, "ServerHello"), xor("random[0]", 1), 1, 1),
        ("one-way-tls12", message(SERVER, "ServerHello"), set("random[24..32]", &[0xaa; 8]), 1, 8),
        ("one-way-tls12", message(SERVER, "ServerHello"), xor("cipher_suite[1]", 4), 1, 1),
        ("one-way-tls12", message(CLIENT, "ClientHello"), set("ext.supported_groups", &[0x0a, 0x0a]), 0, 1),
        ("one-way-tls12", message(SERVER, "ServerHelloDone"), xor("length[2]", 1), 1, 1),
        ("one-way-tls12", message(SERVER, "ServerHelloDone"), xor("length", 1), 1, 1),
        ("one-way-tls12", message(SERVER, "Certificate"), xor("cert[0]/tbs/validity/notAfter[0]", 1), 1, 1),
        ("one-way-tls13", message(CLIENT, "ClientHello"), set("ext.supported_versions", &[0x0a, 0x0a]), 0, 2),
        ("one-way-tls13", message(CLIENT, "ClientHello"), xor("tls.handshake.session_id", 0xff), 0, 1),
        ("hello-retry-request", message(SERVER, "HelloRetryRequest"), xor("legacy_version", 1), 1, 1),
        (
            "hello-retry-request",
            place(CLIENT, PlaceKind::Message("ClientHello".to_owned()), 2),
            xor("random[31]", 1),
            2,
            1,
        ),
        ("hello-retry-request", message(SERVER, "ServerHello"), xor("random[31]", 1), 3, 1),
        ("one-way-tls13", message(CLIENT, "ClientHello"), Attack::Tamper { field: None, how: Tamper::Xor(3) }, 0, 1),
    ];
    for (sample, at, attack, turn, count) in cases {
        let turns = conversation(sample);
        let what = format!("{sample}: {attack:?} at {at:?}");
        let (delivered, attacker) = play(&[step(attack, at)], &turns);
        for (index, (turn_sent, delivered)) in turns.iter().zip(&delivered).enumerate() {
            let differing = differences(&turn_sent.bytes, &joined(&delivered.pieces)).len();
            assert_eq!(
                differing,
                if index == turn { count } else { 0 },
                "{what}, turn {index}: {:?}",
                delivered.remarks
            );
        }
        assert_eq!(attacker.missed(), [], "{what}");
        assert_eq!(delivered[turn].remarks[0].by.as_deref(), Some("mallory"));
        assert!(!delivered[turn].remarks[0].refused, "{what}");
    }
}

#[test]
fn encrypted_records_can_be_damaged_as_a_whole_and_not_by_field() {
    let turns = conversation("one-way-tls12");
    let finished = message(CLIENT, "Finished");
    let (delivered, _) = play(&[step(Attack::Tamper { field: None, how: Tamper::Xor(1) }, finished.clone())], &turns);
    let done = delivered.iter().flat_map(|delivered| &delivered.remarks).collect::<Vec<_>>();
    assert!(matches!(done.as_slice(), [remark] if !remark.refused), "{done:?}");

    let (delivered, attacker) = play(&[step(xor("verify_data", 1), finished)], &turns);
    let refused = delivered.iter().flat_map(|delivered| &delivered.remarks).next().unwrap();
    assert!(refused.refused);
    let reason = "`verify_data` is encrypted: whoever holds no keys can damage the record, not change a field";
    assert_eq!(attacker.missed(), [Missed { step: 0, reason: reason.to_owned(), may_miss: false }]);

    let (_, attacker) = play(&[step(Attack::Drop, message(SERVER, "Certificate"))], &conversation("one-way-tls13"));
    let reason = attacker.missed().remove(0).reason;
    assert!(reason.contains("inside an encrypted record"), "{reason}");

    let data = place(CLIENT, PlaceKind::ApplicationData, 1);
    for sample in ["one-way-tls12", "one-way-tls13"] {
        let turns = conversation(sample);
        let (delivered, attacker) =
            play(&[step(Attack::Tamper { field: None, how: Tamper::Xor(1) }, data.clone())], &turns);
        assert_eq!(attacker.missed(), [], "{sample}");
        let (turn, delivered) =
            turns.iter().zip(&delivered).find(|(_, delivered)| !delivered.remarks.is_empty()).unwrap();
        let at = differences(&turn.bytes, &joined(&delivered.pieces));
        assert_eq!(at.len(), 1, "{sample}");
        assert_eq!(turn.bytes[at[0] - 5], 23, "{sample}: the first byte behind the header");
    }
}

/// Two messages and a bit of a third in the way a server of TLS 1.2 may send them, then ChangeCipherSpec.
const FLIGHT: &str = "16 0303 0004 0e000000 16 0303 000a 14000001aa 14000001bb 14 0303 0001 01";

fn bytes(text: &str) -> Vec<u8> {
    crate::base::parse_hex(&text.replace(' ', "")).unwrap()
}

#[test]
fn records_and_messages_are_dropped_repeated_swapped_cut_and_joined() {
    let done = || message(CLIENT, "ServerHelloDone");
    let first = || message(CLIENT, "Finished");
    let second = || place(CLIENT, PlaceKind::Message("Finished".to_owned()), 2);
    let record = |nth| place(CLIENT, PlaceKind::Record, nth);
    let ccs = || place(CLIENT, PlaceKind::ChangeCipherSpec, 1);
    let tamper = |how| Attack::Tamper { field: None, how };
    let cases: [(Attack, Place, &str); 27] = [
        (Attack::Drop, done(), "16 0303 000a 14000001aa 14000001bb 14 0303 0001 01"),
        (Attack::Drop, first(), "16 0303 0004 0e000000 16 0303 0005 14000001bb 14 0303 0001 01"),
        (Attack::Drop, record(2), "16 0303 0004 0e000000 14 0303 0001 01"),
        (Attack::Drop, ccs(), "16 0303 0004 0e000000 16 0303 000a 14000001aa 14000001bb"),
        (
            Attack::Repeat,
            ccs(),
            "16 0303 0004 0e000000 16 0303 000a 14000001aa 14000001bb 14 0303 0001 01 14 0303 0001 01",
        ),
        (
            Attack::Repeat,
            first(),
            "16 0303 0004 0e000000 16 0303 000f 14000001aa 14000001aa 14000001bb 14 0303 0001 01",
        ),
        (Attack::Swap, record(1), "16 0303 000a 14000001aa 14000001bb 16 0303 0004 0e000000 14 0303 0001 01"),
        (Attack::Swap, done(), "16 0303 0005 14000001aa 16 0303 0004 0e000000 16 0303 0005 14000001bb 14 0303 0001 01"),
        (
            Attack::Swap,
            first(),
            "16 0303 0004 0e000000 16 0303 0005 14000001bb 16 0303 0005 14000001aa 14 0303 0001 01",
        ),
        (
            Attack::Swap,
            second(),
            "16 0303 0004 0e000000 16 0303 0005 14000001aa 14 0303 0001 01 16 0303 0005 14000001bb",
        ),
        (
            Attack::Split(vec![1, 2]),
            done(),
            "16 0303 0001 0e 16 0303 0002 0000 16 0303 0001 00 16 0303 000a 14000001aa 14000001bb 14 0303 0001 01",
        ),
        (
            Attack::Split(vec![4]),
            second(),
            "16 0303 0004 0e000000 16 0303 0005 14000001aa 16 0303 0004 14000001 16 0303 0001 bb 14 0303 0001 01",
        ),
        (
            Attack::Split(vec![]),
            record(2),
            "16 0303 0004 0e000000 16 0303 0005 14000001aa 16 0303 0005 14000001bb 14 0303 0001 01",
        ),
        (
            Attack::Split(vec![7]),
            record(2),
            "16 0303 0004 0e000000 16 0303 0007 14000001aa1400 16 0303 0003 0001bb 14 0303 0001 01",
        ),
        (Attack::Join, record(1), "16 0303 000e 0e000000 14000001aa 14000001bb 14 0303 0001 01"),
        (Attack::Join, second(), "16 0303 000e 0e000000 14000001aa 14000001bb 14 0303 0001 01"),
        (
            Attack::Inject(vec![0x15, 3, 3, 0, 2, 2, 40]),
            done(),
            "15 0303 0002 0228 16 0303 0004 0e000000 16 0303 000a 14000001aa 14000001bb 14 0303 0001 01",
        ),
        (
            Attack::Inject(vec![0x15, 3, 3, 0, 2, 2, 40]),
            second(),
            "16 0303 0004 0e000000 16 0303 0005 14000001aa 15 0303 0002 0228 16 0303 0005 14000001bb 14 0303 0001 01",
        ),
        (tamper(Tamper::Xor(1)), record(3), "16 0303 0004 0e000000 16 0303 000a 14000001aa 14000001bb 14 0303 0001 00"),
        (xor("payload[-1]", 1), record(2), "16 0303 0004 0e000000 16 0303 000a 14000001aa 14000001ba 14 0303 0001 01"),
        (xor("length[1]", 2), ccs(), "16 0303 0004 0e000000 16 0303 000a 14000001aa 14000001bb 14 0303 0003 01"),
        (
            set("length", &[0x60, 0]),
            record(1),
            "16 0303 6000 0e000000 16 0303 000a 14000001aa 14000001bb 14 0303 0001 01",
        ),
        (
            tamper(Tamper::Grow(2)),
            done(),
            "16 0303 0006 0e0000020000 16 0303 000a 14000001aa 14000001bb 14 0303 0001 01",
        ),
        (
            tamper(Tamper::Grow(2)),
            record(1),
            "16 0303 0006 0e0000000000 16 0303 000a 14000001aa 14000001bb 14 0303 0001 01",
        ),
        (
            tamper(Tamper::Truncate(1)),
            first(),
            "16 0303 0004 0e000000 16 0303 0009 14000000 14000001bb 14 0303 0001 01",
        ),
        (
            tamper(Tamper::Truncate(1)),
            record(2),
            "16 0303 0004 0e000000 16 0303 0009 14000001aa 14000001 14 0303 0001 01",
        ),
        (
            tamper(Tamper::Set(vec![5])),
            first(),
            "16 0303 0004 0e000000 16 0303 000a 05000001aa 14000001bb 14 0303 0001 01",
        ),
    ];
    for (attack, at, expected) in cases {
        let what = format!("{attack:?} at {:?} {}", at.what, at.nth);
        let mut attacker = Attacker::of(&[step(attack, at)]);
        let delivered = cross(&mut attacker, &bytes(FLIGHT), Carries::Handshake);
        assert_eq!(hex(&joined(&delivered.pieces)), hex(&bytes(expected)), "{what}: {:?}", delivered.remarks);
        assert_eq!(attacker.missed(), [], "{what}");
    }
}

#[test]
fn what_cannot_be_done_is_refused_and_changes_nothing() {
    let done = || message(CLIENT, "ServerHelloDone");
    let tamper = |how| Attack::Tamper { field: None, how };
    let cases = [
        (xor("random", 1), done(), "there is no field `random`; there are msg_type, length"),
        (set("length", &[0; 4]), done(), "`length` has 3 bytes, not 4"),
        (tamper(Tamper::Truncate(1)), done(), "the message has only 0 bytes behind its header"),
        (tamper(Tamper::Grow(70000)), done(), "no record can hold the 70004 bytes"),
        (
            Attack::Tamper { field: Some("length".to_owned()), how: Tamper::Grow(1) },
            done(),
            "messages and records are cut and grown as a whole, not in `length`",
        ),
        (
            Attack::Replace { with: "x".to_owned() },
            done(),
            "only a line of plain text can be replaced; use tamper for messages",
        ),
        (
            Attack::Join,
            place(CLIENT, PlaceKind::ChangeCipherSpec, 1),
            "no record of the same type stands beside it in this flight",
        ),
    ];
    for (attack, at, reason) in cases {
        let mut attacker = Attacker::of(&[step(attack, at)]);
        let delivered = cross(&mut attacker, &bytes(FLIGHT), Carries::Handshake);
        assert_eq!(joined(&delivered.pieces), bytes(FLIGHT), "{reason}");
        assert!(delivered.remarks[0].refused);
        assert_eq!(attacker.missed()[0].reason, reason);
    }
}

#[test]
fn a_message_over_several_records_is_one_message() {
    let hello = conversation("one-way-tls12").remove(0).bytes;
    let content = &hello[5..];
    let mut cut = Vec::new();
    for piece in content.chunks(50) {
        cut.extend([22, 3, 1, 0, u8::try_from(piece.len()).unwrap()]);
        cut.extend(piece);
    }
    let at = message(CLIENT, "ClientHello");
    let random = content[6];
    for (attack, checks) in
        [(xor("random[0]", 0xff), vec![(5 + 6, random ^ 0xff)]), (xor("random[31]", 0), vec![(5 + 6, random)])]
    {
        for size in [1, 60, 5000] {
            let mut attacker = Attacker::of(&[step(attack.clone(), at.clone())]);
            let mut arrived = Vec::new();
            for bytes in cut.chunks(size) {
                arrived.extend(joined(&cross(&mut attacker, bytes, Carries::Handshake).pieces));
            }
            assert_eq!(arrived.len(), cut.len());
            for (offset, value) in &checks {
                assert_eq!(arrived[*offset], *value, "{size}");
            }
            assert_eq!(attacker.missed(), []);
        }
    }
    let mut attacker = Attacker::of(&[step(Attack::Join, at.clone())]);
    assert_eq!(joined(&cross(&mut attacker, &cut, Carries::Handshake).pieces), hello);
    let mut attacker = Attacker::of(&[step(Attack::Drop, at)]);
    assert!(cross(&mut attacker, &cut, Carries::Handshake).pieces.is_empty());
}

#[test]
fn late_bytes_are_not_overtaken() {
    let steps = [
        step(Attack::Delay(300), place(CLIENT, PlaceKind::Record, 2)),
        step(Attack::Delay(100), place(CLIENT, PlaceKind::Record, 3)),
    ];
    let delivered = cross(&mut Attacker::of(&steps), &bytes(FLIGHT), Carries::Handshake);
    let pieces: Vec<_> = delivered.pieces.iter().map(|piece| (piece.bytes.len(), piece.delay_ms)).collect();
    assert_eq!(pieces, [(9, 0), (21, 300)]);
}

#[test]
fn what_changes_places_with_the_next_flight_waits_for_it() {
    let ccs = place(CLIENT, PlaceKind::ChangeCipherSpec, 1);
    let mut attacker = Attacker::of(&[step(Attack::Swap, ccs.clone())]);
    let first = cross(&mut attacker, &bytes(FLIGHT), Carries::Handshake);
    assert_eq!(joined(&first.pieces).len(), bytes(FLIGHT).len() - 6);
    let second = cross(&mut attacker, &bytes("17 0303 0001 aa 17 0303 0001 bb"), Carries::Handshake);
    assert_eq!(joined(&second.pieces), bytes("17 0303 0001 aa 14 0303 0001 01 17 0303 0001 bb"));

    let mut attacker = Attacker::of(&[step(Attack::Swap, ccs)]);
    cross(&mut attacker, &bytes(FLIGHT), Carries::Handshake);
    assert_eq!(attacker.let_go(1), [(CLIENT.to_owned(), bytes("14 0303 0001 01"))]);
    assert_eq!(attacker.let_go(1), []);
}

#[test]
fn lines_are_found_by_how_they_begin_and_replaced() {
    let line = |begin: &str, nth| place(CLIENT, PlaceKind::Line(begin.to_owned()), nth);
    let replace = |with: &str| Attack::Replace { with: with.to_owned() };
    let text = "250-mail.lab.test\r\n250-STARTTLS\r\n250 8BITMIME\r\n";
    let cases = [
        (replace("250-XXXXXXXX"), line("250-STARTTLS", 1), "250-mail.lab.test\r\n250-XXXXXXXX\r\n250 8BITMIME\r\n"),
        (replace("250-X\n"), line("250-", 2), "250-mail.lab.test\r\n250-X\n250 8BITMIME\r\n"),
        (Attack::Drop, line("250-STARTTLS", 1), "250-mail.lab.test\r\n250 8BITMIME\r\n"),
        (
            Attack::Inject(b"250-X\r\n".to_vec()),
            line("250 ", 1),
            "250-mail.lab.test\r\n250-STARTTLS\r\n250-X\r\n250 8BITMIME\r\n",
        ),
        (
            Attack::Tamper { field: None, how: Tamper::Xor(1) },
            line("250 ", 1),
            "250-mail.lab.test\r\n250-STARTTLS\r\n350 8BITMIME\r\n",
        ),
    ];
    for (attack, at, expected) in cases {
        for size in [1, 3, 100] {
            let mut attacker = Attacker::of(&[step(attack.clone(), at.clone())]);
            let mut arrived = Vec::new();
            for bytes in text.as_bytes().chunks(size) {
                arrived.extend(joined(&cross(&mut attacker, bytes, Carries::Plain).pieces));
            }
            assert_eq!(String::from_utf8(arrived).unwrap(), expected, "{attack:?} in pieces of {size}");
            assert_eq!(attacker.missed(), []);
        }
    }
}

#[test]
fn a_line_that_does_not_end_is_let_go_before_tls_begins() {
    let wanted = place(CLIENT, PlaceKind::Line("STARTTLS".to_owned()), 1);
    let mut attacker = Attacker::of(&[step(Attack::Drop, wanted)]);
    assert_eq!(cross(&mut attacker, b"STAR", Carries::Plain).pieces, []);
    let record = bytes("14 0303 0001 01");
    let delivered = cross(&mut attacker, &record, Carries::Handshake);
    assert_eq!(joined(&delivered.pieces), [b"STAR".as_slice(), &record].concat());
}

#[test]
fn a_flight_is_copied_as_it_was_sent_up_to_where_the_other_side_speaks() {
    let steps = [
        step(Attack::Drop, message(CLIENT, "ServerHelloDone")),
        step(Attack::Copy, place(CLIENT, PlaceKind::Record, 1)),
    ];
    let mut attacker = Attacker::of(&steps);
    let flight = bytes(FLIGHT);
    let delivered = cross(&mut attacker, &flight, Carries::Handshake);
    assert_eq!(delivered.remarks.len(), 2);
    cross(&mut attacker, b"more", Carries::ApplicationData);
    let answer = Crossing { connection: 1, from: SERVER, to: CLIENT, bytes: b"yes", carries: Carries::Handshake };
    attacker.cross(&answer);
    cross(&mut attacker, b"later", Carries::ApplicationData);
    assert_eq!(attacker.copied(), [flight.as_slice(), b"more"].concat());
}

#[test]
fn steps_on_the_same_flight_count_what_was_sent() {
    let steps = [
        step(Attack::Drop, place(CLIENT, PlaceKind::Record, 1)),
        step(Attack::Repeat, place(CLIENT, PlaceKind::Record, 2)),
        step(Attack::Drop, place(CLIENT, PlaceKind::Record, 3)),
        step(Attack::Delay(5), message(CLIENT, "ServerHelloDone")),
        step(Attack::Drop, place(CLIENT, PlaceKind::Record, 9)),
    ];
    let mut attacker = Attacker::of(&steps);
    let delivered = cross(&mut attacker, &bytes(FLIGHT), Carries::Handshake);
    let twice = "16 0303 000a 14000001aa 14000001bb 16 0303 000a 14000001aa 14000001bb";
    assert_eq!(hex(&joined(&delivered.pieces)), hex(&bytes(twice)));
    let open: Vec<_> = attacker.missed().into_iter().map(|open| (open.step, open.reason)).collect();
    let gone = "an earlier step has taken it away".to_owned();
    assert_eq!(open, [(3, gone), (4, "only 3 of them crossed, not 9".to_owned())]);
}

#[test]
fn what_is_no_tls_crosses_as_it_is() {
    let mut attacker = Attacker::of(&[step(Attack::Drop, place(CLIENT, PlaceKind::Record, 5))]);
    let text = b"GET / HTTP/1.1\r\n\r\n";
    assert_eq!(joined(&cross(&mut attacker, text, Carries::Handshake).pieces), text);
    let huge = bytes("16 0303 ffff 01");
    assert_eq!(joined(&cross(&mut attacker, &huge, Carries::Handshake).pieces), huge);
}

#[test]
fn no_attack_on_any_bytes_panics_and_what_is_refused_changes_nothing() {
    let tamper = |how| Attack::Tamper { field: None, how };
    let attacks = [
        Attack::Drop,
        Attack::Delay(7),
        Attack::Repeat,
        Attack::Swap,
        Attack::Split(vec![0, 1, 70000]),
        Attack::Split(vec![]),
        Attack::Join,
        tamper(Tamper::Truncate(3)),
        tamper(Tamper::Grow(60000)),
        tamper(Tamper::Set(vec![1; 40])),
        xor("length", 0xff),
        xor("random[0..32]", 0x55),
        Attack::Replace { with: "x".to_owned() },
        Attack::Inject(vec![22, 3, 3, 0xff, 0xff, 1]),
        Attack::Copy,
    ];
    let places = [
        PlaceKind::Record,
        PlaceKind::Message("ClientHello".to_owned()),
        PlaceKind::Message("ServerHello".to_owned()),
        PlaceKind::Message("Finished".to_owned()),
        PlaceKind::ApplicationData,
        PlaceKind::ChangeCipherSpec,
    ];
    let mut state = 1u32;
    for turn in SAMPLES.iter().flat_map(|sample| conversation(sample.name)) {
        for (attack, what) in attacks.iter().flat_map(|attack| places.iter().map(move |what| (attack, what))) {
            let mut bytes = turn.bytes.clone();
            // A few bytes are wrong, most often in headers.
            for _ in 0..3 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (state >> 16) as usize % bytes.len().min(60);
                bytes[at] ^= state.to_be_bytes()[0];
            }
            let mut attacker = Attacker::of(&[step(attack.clone(), place(CLIENT, what.clone(), 1))]);
            let delivered = cross(&mut attacker, &bytes, Carries::Handshake);
            let mut arrived = joined(&delivered.pieces);
            arrived.extend(attacker.let_go(1).into_iter().flat_map(|(_, bytes)| bytes));
            if delivered.remarks.iter().all(|remark| remark.refused) {
                assert!(arrived == bytes, "{attack:?} at {what:?}");
            }
        }
    }
}
