//! Whatever the bytes are: no panic, spans inside their buffer, and the same facts with and without a tree.

use super::*;
use crate::tls::handshake::key_exchange::{client_key_exchange_of, server_key_exchange_of};
use crate::tls::handshake::suite::Exchange;

/// The versions that change the form of a message.
const VERSIONS: [Option<u16>; 8] =
    [None, Some(0x0101), Some(0x0300), Some(0x0301), Some(0x0303), Some(0x0304), Some(0x7f12), Some(0xfefd)];

fn check_spans(tree: &Tree, length: usize, what: &str) {
    let spans = tree.nodes().iter().map(|node| node.span).chain(tree.notes().iter().filter_map(|note| note.span));
    for span in spans {
        let end = span.end as usize;
        let derived = span.buffer.0.checked_sub(Tree::FIRST_DERIVED.0).map(usize::from);
        let limit = derived.map_or(length, |index| tree.derived()[index].1.len());
        assert!(end <= limit, "{what}: {span:?} ends behind {limit}");
    }
}

fn check(bytes: &[u8], context: &Context, what: &str) {
    let (with, on) = read_all(bytes, context, Tree::on());
    let (without, off) = read_all(bytes, context, Tree::off());
    assert_eq!(with, without, "{what}");
    assert_eq!(on.notes(), off.notes(), "{what}");
    assert!(off.nodes().is_empty() && off.derived().is_empty(), "{what}");
    check_spans(&on, bytes.len(), what);
}

fn messages() -> Vec<(String, Vec<u8>)> {
    let cases = CASES.iter().map(|case| (case.name.to_owned(), bytes(case.hex)));
    cases.chain(super::facts::compressed_messages()).collect()
}

#[test]
fn messages_cut_at_each_length_are_read_as_far_as_they_go() {
    for (name, whole) in messages() {
        for version in VERSIONS {
            for length in 0..=whole.len() {
                let what = format!("{name}, {length} bytes, version {version:x?}");
                // Cut in the middle of a flow: the header says more than there is.
                check(&whole[..length], &context(version), &what);
                // Complete as the header has it, but with a body that stops early.
                if let Some(body) = whole.get(4..length) {
                    check(&message(whole[0], body), &context(version), &what);
                }
            }
        }
    }
}

#[test]
fn messages_with_a_changed_byte_are_read_without_panic() {
    for (name, whole) in messages() {
        for index in 0..whole.len() {
            for value in [0x00, 0x01, 0x7f, 0xff] {
                let mut changed = whole.clone();
                changed[index] = value;
                let what = format!("{name}, byte {index} is {value}");
                check(&changed, &context(None), &what);
                check(&changed, &context(Some(0x0304)), &what);
            }
        }
    }
}

#[test]
fn key_exchanges_of_each_kind_bear_any_bytes() {
    let exchanges = [
        Exchange::Rsa,
        Exchange::RsaExport,
        Exchange::DhFixed,
        Exchange::Dhe,
        Exchange::Ecdhe,
        Exchange::Psk,
        Exchange::DhePsk,
        Exchange::EcdhePsk,
        Exchange::RsaPsk,
        Exchange::Ecjpake,
        Exchange::Srp,
        Exchange::SrpSigned,
        Exchange::Sm2,
        Exchange::Gost,
        Exchange::Kerberos,
        Exchange::Unknown,
    ];
    // Bytes that look like lengths here and there, from a fixed generator.
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [high, ..] = state.to_be_bytes();
        if high < 200 { high % 5 } else { high }
    };
    for round in 0..300 {
        let bytes: Vec<u8> = (0..round % 40).map(|_| next()).collect();
        for exchange in exchanges {
            for version in VERSIONS {
                let what = format!("{exchange:?} {version:x?} {bytes:02x?}");
                let mut tree = Tree::on();
                let mut reader = Reader::new(&bytes, BufferId(0));
                server_key_exchange_of(exchange, &mut reader, &context(version), &mut tree);
                let mut reader = Reader::new(&bytes, BufferId(0));
                let _ = client_key_exchange_of(exchange, &mut reader, &context(version), &mut tree);
                check_spans(&tree, bytes.len(), &what);
            }
        }
    }
}
