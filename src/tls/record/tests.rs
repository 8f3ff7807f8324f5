//! Records as data: bytes in; alerts, notes and tree lines out.

use super::*;
use crate::base::{BufferId, parse_hex};
use crate::tls::code::CipherSuite;

fn bytes(hex: &str) -> Vec<u8> {
    parse_hex(hex).expect("tests are written in hexadecimal")
}

fn context(version: u16) -> Context {
    Context { version: Some(ProtocolVersion(version)), ..Context::default() }
}

#[test]
fn each_record_gives_its_fields_and_notes() {
    use Protection::{Encrypted, Plain};
    for (hex, protection, context, labels, notes) in [
        ("1403010001 01", Plain, context(0x0301), &["change_cipher_spec"][..], &[][..]),
        ("1403010001 02", Plain, context(0x0301), &["change_cipher_spec"], &["malformed"]),
        ("1503010002 0228", Plain, context(0x0301), &["Alert", "level", "description"], &[]),
        ("1503010002 0328", Plain, context(0x0301), &["unreadable alert"], &["tls.alert.unreadable"]),
        ("1603010003 0e0000", Plain, context(0x0301), &["handshake fragment"], &[]),
        ("1703030002 4142", Plain, context(0x0303), &["application_data"], &[]),
        ("1903030001 00", Plain, context(0x0303), &["content"], &["tls.record.unknown_type"]),
        ("1603010000", Plain, context(0x0301), &[], &["tls.record.length"]),
        ("1703010000", Plain, context(0x0301), &[], &[]),
        ("1703034101", Plain, context(0x0303), &[], &["tls.record.length", "tls.record.cut"]),
        ("1703034101", Encrypted, context(0x0304), &[], &["tls.record.length", "tls.record.cut"]),
        ("1703034101", Encrypted, context(0x0303), &[], &["tls.record.cut"]),
        ("1703034801", Encrypted, context(0x0303), &[], &["tls.record.length", "tls.record.cut"]),
        ("1503030002 0228", Encrypted, context(0x0303), &["encrypted alert"], &[]),
        ("1603030002 1400", Encrypted, context(0x0303), &["encrypted handshake message"], &[]),
        ("1703030002 1400", Encrypted, context(0x0304), &["encrypted application data"], &[]),
        ("1403030001 01", Encrypted, context(0x0304), &["change_cipher_spec"], &[]),
        ("1803030001 01", Encrypted, context(0x0303), &["encrypted heartbeat"], &[]),
        (
            "1803030014 01 0001 41 00000000000000000000000000000000",
            Plain,
            context(0x0303),
            &["type", "payload_length", "payload", "padding"],
            &[],
        ),
        ("1803020003 01 4000", Plain, context(0x0302), &["type", "payload_length", "payload"], &["tls.heartbleed"]),
        (
            "1803020004 01 0001 41",
            Plain,
            context(0x0302),
            &["type", "payload_length", "payload"],
            &["tls.heartbeat.padding"],
        ),
    ] {
        let bytes = bytes(hex);
        let mut reader = Reader::new(&bytes, BufferId(0));
        let mut tree = Tree::on();
        assert!(read_tree(&mut reader, protection, &context, &mut tree).is_some(), "{hex}");
        assert!(reader.is_empty(), "{hex}");
        let found: Vec<&str> = tree.nodes().iter().skip(4).map(|node| node.field.label).collect();
        assert_eq!(found, labels, "{hex}");
        assert_eq!(tree.notes().iter().map(|note| note.code).collect::<Vec<_>>(), notes, "{hex}");
    }
}

#[test]
fn records_cut_at_each_length_stay_inside_their_bytes() {
    for hex in ["1503010002 0228", "1803020003 01 4000", "1403010001 01", "1703030009 010203040506070809"] {
        let whole = bytes(hex);
        for length in 0..=whole.len() {
            for protection in [Protection::Plain, Protection::Encrypted] {
                let mut reader = Reader::new(&whole[..length], BufferId(0));
                let mut tree = Tree::on();
                assert_eq!(read_tree(&mut reader, protection, &context(0x0303), &mut tree).is_some(), length >= 5);
                let spans = tree.nodes().iter().map(|node| node.span);
                for span in spans.chain(tree.notes().iter().filter_map(|note| note.span)) {
                    assert!(span.end as usize <= length, "{hex} {length} {span:?}");
                }
            }
        }
    }
}

#[test]
fn alerts_in_the_clear_are_told_from_encrypted_bytes() {
    for (hex, expected) in [
        ("0100", Some((1, 0))),
        ("0228", Some((2, 40))),
        ("02fe", Some((2, 254))),
        ("0328", None),
        ("02", None),
        ("022800", None),
        ("", None),
    ] {
        let bytes = bytes(hex);
        let mut tree = Tree::on();
        let alert = read_alert(Reader::new(&bytes, BufferId(0)), &mut tree);
        assert_eq!(alert.map(|alert| (alert.level.0, alert.description.0)), expected, "{hex}");
        assert_eq!(tree.nodes().is_empty(), expected.is_none(), "{hex}");
    }
}

#[test]
fn headers_that_can_be_records_are_plausible() {
    for (hex, expected) in [
        ("1603010200", true),
        ("1603004800", true),
        ("1603004801", false),
        ("1701010000", true),
        ("1603010000", false),
        ("1403030001", true),
        ("167f120001", true),
        ("1603050001", false),
        ("1303010001", false),
        ("4745542020", false),
    ] {
        let bytes = bytes(hex);
        let header = Header::read(&mut Reader::new(&bytes, BufferId(0)));
        assert_eq!(header.map(|header| header.is_plausible()), Some(expected), "{hex}");
    }
    assert_eq!(Header::read(&mut Reader::new(&[22, 3, 1, 0], BufferId(0))), None);
}

#[test]
fn the_nonce_is_shown_only_where_the_suite_has_one() {
    let record = bytes("170303000a 01020304050607080910");
    let suite = CipherSuite::TABLE.iter().find(|row| row.name.contains("_WITH_") && row.name.contains("_GCM_"));
    let known = suite.map(|row| CipherSuite(row.value));
    for (cipher_suite, expected) in [(None, false), (Some(CipherSuite(0)), false), (known, known.is_some())] {
        let context = Context { cipher_suite, ..context(0x0303) };
        let mut tree = Tree::on();
        read_tree(&mut Reader::new(&record, BufferId(0)), Protection::Encrypted, &context, &mut tree);
        let has_nonce = tree.nodes().iter().any(|node| node.field == &EXPLICIT_NONCE);
        assert_eq!(has_nonce, expected, "{cipher_suite:?}");
    }
}
