//! The facts that messages leave.

use super::*;
use crate::tls::code::{NamedGroup, SignatureScheme};
use crate::tls::handshake::key_exchange::{client_key_exchange_of, server_key_exchange_of};
use crate::tls::handshake::suite::Exchange;
use std::io::Write as _;

fn facts_of(name: &str) -> Message {
    let case = CASES.iter().find(|case| case.name == name).expect("the case is in the table");
    read_all(&bytes(case.hex), &context(case.version), Tree::off()).0.expect("the header is there")
}

#[test]
fn hellos() {
    let Message::ClientHello(hello) = facts_of("ClientHello of TLS 1.2") else { panic!("no ClientHello") };
    assert_eq!(hello.legacy_version, ProtocolVersion::TLS12);
    assert_eq!(hello.random.map(|random| (random[0], random[31])), Some((0, 31)));
    assert_eq!(hello.session_id, [0xaa, 0xbb]);
    assert_eq!(hello.cipher_suites, [CipherSuite(0x0a0a), CipherSuite(0x1301), CipherSuite(0x00ff)]);
    assert_eq!(hello.compression_methods, [0]);
    assert_eq!(hello.extensions.iter().map(|kind| kind.0).collect::<Vec<_>>(), [0, 23]);

    let Message::ClientHello(old) = facts_of("ClientHello of SSL 3.0 without extensions") else { panic!("no hello") };
    assert_eq!((old.legacy_version, old.extensions.len()), (ProtocolVersion::SSL3, 0));
    assert_eq!(old.compression_methods, [1, 0]);
}

#[test]
fn server_hellos() {
    for (name, version, suite, is_retry) in [
        ("ServerHello of TLS 1.2 with the mark of TLS 1.3", 0x0303, Some(0x1301), false),
        ("ServerHello of draft 18", 0x7f12, Some(0x1301), false),
        ("HelloRetryRequest", 0x0303, Some(0x1301), true),
        ("HelloRetryRequest of draft 18", 0x7f12, None, true),
        ("HelloRetryRequest of draft 20", 0x7f14, Some(0x1302), true),
    ] {
        let Message::ServerHello(hello) = facts_of(name) else { panic!("{name}") };
        assert_eq!(hello.legacy_version, ProtocolVersion(version), "{name}");
        assert_eq!(hello.cipher_suite, suite.map(CipherSuite), "{name}");
        assert_eq!(hello.is_hello_retry_request, is_retry, "{name}");
    }
}

#[test]
fn small_messages() {
    let scheme = |number| SignatureScheme(number);
    let verify = |signature_scheme, signature: &[u8]| {
        let signature = Some(signature.to_vec());
        Message::CertificateVerify(CertificateVerify { signature_scheme, signature })
    };
    let ticket = |lifetime, ticket: &[u8]| {
        let ticket_length = u16::try_from(ticket.len()).unwrap();
        // That of the message of TLS 1.3 below; TLS 1.2 has none.
        let nonce = if lifetime > 604_800 { vec![0] } else { Vec::new() };
        let ticket = ticket.to_vec();
        Message::NewSessionTicket(NewSessionTicket { lifetime, nonce, ticket_length, ticket, max_early_data: None })
    };
    let status = |response: &[u8]| Message::CertificateStatus(CertificateStatus { ocsp_response: response.to_vec() });
    for (name, facts) in [
        ("HelloRequest", Message::Other(HandshakeType(0))),
        ("NewSessionTicket of TLS 1.2", ticket(3600, &[0xaa, 0xbb, 0xcc])),
        ("NewSessionTicket of TLS 1.3", ticket(604_801, &[0xaa, 0xbb])),
        ("NewSessionTicket of draft 18", ticket(3600, &[0xaa, 0xbb])),
        ("CertificateVerify of TLS 1.3", verify(Some(scheme(0x0403)), &[0xaa, 0xbb, 0xcc])),
        ("CertificateVerify of TLS 1.0", verify(None, &[0xaa, 0xbb, 0xcc])),
        ("CertificateVerify of a version that is not known", verify(Some(scheme(0x0403)), &[0xaa, 0xbb, 0xcc])),
        ("Finished of TLS 1.2", Message::Finished(vec![0; 12])),
        ("CertificateStatus", status(&[0x30, 3, 10, 1, 6])),
        ("CertificateStatus of several", status(&[0x30, 3, 10, 1, 3])),
        ("Certificate that is empty, of TLS 1.2", Message::Certificate(CertificateMessage::default())),
        ("Certificate that is empty, of TLS 1.3", Message::Certificate(CertificateMessage::default())),
        ("unknown type", Message::Other(HandshakeType(99))),
    ] {
        assert_eq!(facts_of(name), facts, "{name}");
    }
}

#[test]
fn certificate_requests() {
    for (name, types, schemes) in [
        ("CertificateRequest of TLS 1.1", &[1, 64][..], &[][..]),
        ("CertificateRequest of TLS 1.2", &[64], &[0x0401, 0x0403]),
        ("CertificateRequest of a version that is not known", &[1], &[]),
        ("CertificateRequest of draft 18", &[], &[0x0403]),
    ] {
        let Message::CertificateRequest(request) = facts_of(name) else { panic!("{name}") };
        assert_eq!(request.certificate_types, types, "{name}");
        assert_eq!(request.signature_algorithms.iter().map(|scheme| scheme.0).collect::<Vec<_>>(), schemes, "{name}");
    }
}

fn vector24(content: &[u8]) -> Vec<u8> {
    [&u32::try_from(content.len()).unwrap().to_be_bytes()[1..], content].concat()
}

/// A TLS 1.3 Certificate body with one certificate.
fn certificate_body() -> Vec<u8> {
    let entry = [vector24(&bytes(CERTIFICATE)), vec![0, 0]].concat();
    [vec![0], vector24(&entry)].concat()
}

fn compressed(algorithm: u8, declared: usize, content: &[u8]) -> Vec<u8> {
    let declared = &u32::try_from(declared).unwrap().to_be_bytes()[1..];
    message(25, &[&[0, algorithm][..], declared, &vector24(content)].concat())
}

fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A brotli stream of one block that is stored as it is (RFC 7932 9.2).
fn brotli(content: &[u8]) -> Vec<u8> {
    let header = u32::try_from(content.len() - 1).unwrap() << 4 | 1 << 20;
    [&header.to_le_bytes()[..3], content, &[3]].concat()
}

fn zstd(content: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
}

/// Messages with the same certificate in each compression.
pub(super) fn compressed_messages() -> Vec<(String, Vec<u8>)> {
    let body = certificate_body();
    [("zlib", 1, zlib(&body)), ("brotli", 2, brotli(&body)), ("zstd", 3, zstd(&body))]
        .map(|(name, algorithm, content)| (name.to_owned(), compressed(algorithm, body.len(), &content)))
        .into()
}

#[test]
fn compressed_certificates_are_read_in_a_buffer_of_their_own() {
    for (name, message) in compressed_messages() {
        let (facts, tree) = read_all(&message, &context(Some(0x0304)), Tree::on());
        let Some(Message::Certificate(facts)) = facts else { panic!("{name}") };
        assert_eq!(facts.certificates.len(), 1, "{name}: {:?}", tree.notes());
        assert_eq!(*facts.certificates[0].der, *bytes(CERTIFICATE), "{name}");
        assert_eq!(tree.derived().len(), 1, "{name}");
        assert_eq!(tree.derived()[0].1, certificate_body(), "{name}");
        let data = tree.nodes().iter().find(|node| node.field.name == "x509.certificate").unwrap();
        assert_eq!(data.span.buffer, Tree::FIRST_DERIVED, "{name}");
    }
}

#[test]
fn compressed_certificates_cannot_swell() {
    let bomb = zlib(&vec![0; 3 << 20]);
    for (name, declared, content, length) in [
        ("more than the limit", 3 << 20, &bomb, 1 << 20),
        ("more than declared", 100, &bomb, 100),
        ("less than declared", 1000, &zlib(&certificate_body()), certificate_body().len()),
    ] {
        let (_, tree) = read_all(&compressed(1, declared, content), &context(Some(0x0304)), Tree::on());
        assert_eq!(tree.derived()[0].1.len(), length, "{name}");
        assert!(tree.notes().iter().any(|note| note.code == "tls.certificate.compression"), "{name}");
    }
}

#[test]
fn certificates_are_shared_between_messages() {
    let mut cache = Cache::new();
    let der = bytes(CERTIFICATE);
    let body = vector24(&[vector24(&der), vector24(&der)].concat());
    let mut tree = Tree::off();
    let mut read_once = || {
        let reader = Reader::new(&body, BufferId(0));
        match read(HandshakeType::CERTIFICATE, reader, &context(Some(0x0303)), &mut cache, &mut tree) {
            Message::Certificate(facts) => facts.certificates,
            other => panic!("{other:?}"),
        }
    };
    let (first, second) = (read_once(), read_once());
    assert_eq!(first.len(), 2);
    assert!(std::sync::Arc::ptr_eq(&first[0], &first[1]) && std::sync::Arc::ptr_eq(&first[0], &second[1]));
    assert_eq!(cache.certificates.len(), 1);
}

#[test]
fn server_key_exchanges() {
    let facts = |group: Option<u16>, dh_bits, scheme: Option<u16>| ServerKeyExchange {
        group: group.map(NamedGroup),
        dh_bits,
        signature_scheme: scheme.map(SignatureScheme),
        ..ServerKeyExchange::default()
    };
    for (exchange, version, hex, expected, note) in [
        (Exchange::Dhe, 0x0303, "000201ff 000102 000105 0401 0001aa", facts(None, Some(9), Some(0x0401)), None),
        (Exchange::Dhe, 0x0301, "000200ff 000102 000105 0001aa", facts(None, Some(8), None), None),
        (Exchange::DhAnonymous, 0x0303, "000201ff 000102 000105", facts(None, Some(9), None), None),
        (Exchange::Ecdhe, 0x0303, "03 001d 02aabb 0403 0001aa", facts(Some(29), None, Some(0x0403)), None),
        (Exchange::Ecdhe, 0x0301, "03 0017 02aabb 0001aa", facts(Some(23), None, None), None),
        (Exchange::Ecdhe, 0x0301, "01 0103 0101 0102 0104 0105 0101 01aa 0001aa", facts(None, None, None), None),
        (
            Exchange::Ecdhe,
            0x0301,
            "02 00a3 01 0103 0101 0102 0104 0105 0101 01aa 0001aa",
            facts(None, None, None),
            None,
        ),
        (Exchange::Ecdhe, 0x0301, "07 0103", facts(None, None, None), Some("malformed")),
        (Exchange::EcdhAnonymous, 0x0303, "03 001d 02aabb", facts(Some(29), None, None), None),
        (Exchange::RsaExport, 0x0301, "000203ff 000103 0001aa", facts(None, None, None), None),
        (Exchange::Psk, 0x0303, "00026869", facts(None, None, None), None),
        (Exchange::DhePsk, 0x0303, "0000 000201ff 000102 000105", facts(None, Some(9), None), None),
        (Exchange::EcdhePsk, 0x0303, "0000 03 001d 02aabb", facts(Some(29), None, None), None),
        (Exchange::Ecjpake, 0x0303, "03 0017 0104 0104 0101", facts(Some(23), None, None), None),
        (Exchange::Srp, 0x0303, "000107 000102 0173 000105", facts(None, None, None), None),
        (Exchange::SrpSigned, 0x0303, "000107 000102 0173 000105 0401 0001aa", facts(None, None, Some(0x0401)), None),
        (Exchange::Sm2, 0x0101, "0001aa", facts(None, None, None), None),
        (Exchange::Rsa, 0x0303, "aa", facts(None, None, None), Some("tls.server_key_exchange.illegal")),
        (Exchange::Unknown, 0x0303, "aa", facts(None, None, None), Some("tls.key_exchange.undecoded")),
    ] {
        let bytes = bytes(hex);
        let mut tree = Tree::on();
        let mut reader = Reader::new(&bytes, BufferId(0));
        let context = context(Some(version));
        let found = server_key_exchange_of(exchange, &mut reader, &context, &mut tree);
        let is_signed = hex.ends_with("0001aa");
        assert_eq!(found.signature.as_deref(), is_signed.then_some(&[0xaa][..]), "{exchange:?} {hex}");
        let behind = 3 + if found.signature_scheme.is_some() { 2 } else { 0 };
        let signed = if is_signed { bytes.len() - behind } else { 0 };
        assert_eq!(found.signed_length as usize, signed, "{exchange:?} {hex}");
        let found = ServerKeyExchange { signature: None, signed_length: 0, ..found };
        assert_eq!(found, expected, "{exchange:?} {hex}");
        assert!(reader.is_empty(), "{exchange:?} {hex}");
        assert_eq!(tree.notes().first().map(|note| note.code), note, "{exchange:?} {hex}");
    }
}

#[test]
fn client_key_exchanges() {
    for (exchange, version, hex, expected) in [
        (Exchange::Rsa, Some(0x0303), "0002aabb", "EncryptedPreMasterSecret aabb @2+2"),
        (Exchange::Rsa, Some(0x0300), "0002aabb", "EncryptedPreMasterSecret 0002aabb @0+4"),
        (Exchange::Rsa, None, "0002aabb", "EncryptedPreMasterSecret aabb @2+2"),
        (Exchange::Rsa, None, "ccccaabb", "EncryptedPreMasterSecret ccccaabb @0+4"),
        (Exchange::Sm2, Some(0x0101), "0002aabb", "EncryptedPreMasterSecret aabb @2+2"),
        (Exchange::Dhe, Some(0x0303), "0001aa", "dh_Yc aa @2+1"),
        (Exchange::Ecdhe, Some(0x0303), "02aabb", "ecdh_Yc aabb @1+2"),
        (Exchange::Psk, Some(0x0303), "00026869", "psk_identity hi @2+2"),
        (Exchange::Psk, Some(0x0303), "0002ff69", "psk_identity ff69 @2+2"),
        (Exchange::DhePsk, Some(0x0303), "00016b 0001aa", "dh_Yc aa @5+1"),
        (Exchange::EcdhePsk, Some(0x0303), "00016b 01aa", "ecdh_Yc aa @4+1"),
        (Exchange::RsaPsk, Some(0x0303), "00016b 0001aa", "EncryptedPreMasterSecret aa @5+1"),
        (Exchange::Ecjpake, Some(0x0303), "0104 0105 0101", "ECSchnorrZKP.r 01 @5+1"),
        (Exchange::Srp, Some(0x0303), "0001aa", "srp_A aa @2+1"),
        (Exchange::Gost, Some(0x0303), "3001", "GostKeyTransport 3001 @0+2"),
        (Exchange::Kerberos, Some(0x0301), "3001", "KerberosWrapper 3001 @0+2"),
    ] {
        let bytes = bytes(hex);
        let mut tree = Tree::on();
        let mut reader = Reader::new(&bytes, BufferId(0));
        let complete = client_key_exchange_of(exchange, &mut reader, &context(version), &mut tree);
        assert!(complete.is_some() && reader.is_empty() && tree.notes().is_empty(), "{exchange:?} {hex}");
        assert_eq!(lines(&tree, &bytes).last().map(String::as_str), Some(expected), "{exchange:?} {hex}");
    }
    // A client whose certificate holds its key sends nothing.
    let mut tree = Tree::off();
    let complete =
        client_key_exchange_of(Exchange::DhFixed, &mut Reader::new(&[], BufferId(0)), &context(None), &mut tree);
    assert!(complete.is_some() && tree.notes().is_empty());
}
