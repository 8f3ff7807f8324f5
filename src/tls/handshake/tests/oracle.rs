//! The same messages read by another program: tls-parser, which knows the forms up to TLS 1.2 well.

use super::*;
use tls_parser::{TlsMessage, TlsMessageHandshake, parse_tls_message_handshake};

fn theirs(bytes: &[u8]) -> TlsMessageHandshake<'_> {
    match parse_tls_message_handshake(bytes) {
        Ok(([], TlsMessage::Handshake(message))) => message,
        other => panic!("tls-parser gives {other:?}"),
    }
}

fn ours(bytes: &[u8], version: Option<u16>) -> Message {
    let (facts, tree) = read_all(bytes, &context(version), Tree::off());
    assert!(tree.notes().iter().all(|note| note.code != "malformed"), "{:?}", tree.notes());
    facts.unwrap()
}

fn counting(count: u8) -> Vec<u8> {
    (0..count).map(|number| number.wrapping_mul(37)).collect()
}

/// A hello up to the extensions: version, random, session id.
fn opening(version: u16, session_id: u8) -> Vec<u8> {
    [&version.to_be_bytes()[..], &counting(32), &[session_id], &counting(session_id)].concat()
}

#[test]
fn client_hellos_are_the_same() {
    for version in [0x0300, 0x0301, 0x0302, 0x0303] {
        for session_id in [0, 1, 32] {
            for suites in [1_u8, 2, 40] {
                for extensions in [&b""[..], b"\0\0", b"\0\x08\0\x17\0\0\0\x23\0\0"] {
                    let list = counting(suites * 2);
                    let lists = [&[0, suites * 2][..], &list, &[2, 1, 0], extensions].concat();
                    let bytes = message(1, &[opening(version, session_id), lists].concat());
                    compare_client_hello(&bytes);
                }
            }
        }
    }
}

fn compare_client_hello(bytes: &[u8]) {
    let (Message::ClientHello(ours), TlsMessageHandshake::ClientHello(theirs)) = (ours(bytes, None), theirs(bytes))
    else {
        panic!("not read as a ClientHello")
    };
    assert_eq!(ours.legacy_version.0, theirs.version.0);
    assert_eq!(ours.random.as_ref().map(<[u8; 32]>::as_slice), Some(theirs.random));
    assert_eq!(ours.session_id, theirs.session_id.unwrap_or_default());
    assert!(ours.cipher_suites.iter().map(|suite| suite.0).eq(theirs.ciphers.iter().map(|suite| suite.0)));
    assert!(ours.compression_methods.iter().copied().eq(theirs.comp.iter().map(|method| method.0)));
    let types: Vec<u16> = theirs.ext.map_or_else(Vec::new, |bytes| {
        let (_, list) = tls_parser::parse_tls_client_hello_extensions(bytes).unwrap();
        list.iter().map(|extension| tls_parser::TlsExtensionType::from(extension).0).collect()
    });
    assert_eq!(ours.extensions.iter().map(|kind| kind.0).collect::<Vec<_>>(), types);
}

#[test]
fn server_hellos_are_the_same() {
    for version in [0x0300, 0x0301, 0x0302, 0x0303] {
        for session_id in [0, 32] {
            for tail in [&b"\xc0\x2f\0"[..], b"\0\x05\x01", b"\xc0\x2f\0\0\x04\0\x17\0\0"] {
                let bytes = message(2, &[&opening(version, session_id), tail].concat());
                let (Message::ServerHello(ours), TlsMessageHandshake::ServerHello(theirs)) =
                    (ours(&bytes, None), theirs(&bytes))
                else {
                    panic!("not read as a ServerHello")
                };
                assert_eq!(ours.legacy_version.0, theirs.version.0);
                assert_eq!(ours.random.as_ref().map(<[u8; 32]>::as_slice), Some(theirs.random));
                assert_eq!(ours.session_id, theirs.session_id.unwrap_or_default());
                assert_eq!(ours.cipher_suite.map(|suite| suite.0), Some(theirs.cipher.0));
                assert_eq!(ours.compression_method, Some(theirs.compression.0));
            }
        }
    }
}

#[test]
fn the_other_messages_are_the_same() {
    let ticket = message(4, b"\0\0\x0e\x10\0\x03abc");
    match (ours(&ticket, Some(0x0303)), theirs(&ticket)) {
        (Message::NewSessionTicket(ours), TlsMessageHandshake::NewSessionTicket(theirs)) => {
            assert_eq!(ours.lifetime, theirs.ticket_lifetime_hint);
            // Theirs keeps the two bytes of length before the ticket.
            assert_eq!(usize::from(ours.ticket_length), theirs.ticket.len() - 2);
        }
        other => panic!("{other:?}"),
    }

    let der = bytes(CERTIFICATE);
    let length = &u32::try_from(der.len()).unwrap().to_be_bytes()[1..];
    let entry = [length, &der].concat();
    let list = [&entry[..], &entry].concat();
    let chain = message(11, &[&u32::try_from(list.len()).unwrap().to_be_bytes()[1..], &list].concat());
    match (ours(&chain, Some(0x0303)), theirs(&chain)) {
        (Message::Certificate(ours), TlsMessageHandshake::Certificate(theirs)) => {
            assert!(ours.certificates.iter().map(|one| &*one.der).eq(theirs.cert_chain.iter().map(|one| one.data)));
        }
        other => panic!("{other:?}"),
    }

    let request = message(13, b"\x02\x01\x40\0\x04\x04\x01\x04\x03\0\x04\0\x02\x30\0");
    match (ours(&request, Some(0x0303)), theirs(&request)) {
        (Message::CertificateRequest(ours), TlsMessageHandshake::CertificateRequest(theirs)) => {
            assert_eq!(ours.certificate_types, theirs.cert_types);
            let schemes: Vec<u16> = ours.signature_algorithms.iter().map(|scheme| scheme.0).collect();
            assert_eq!(Some(schemes), theirs.sig_hash_algs);
            assert_eq!(ours.authorities.len(), theirs.unparsed_ca.len());
        }
        other => panic!("{other:?}"),
    }

    let status = message(22, &[1, 0, 0, 5, 0x30, 3, 10, 1, 6]);
    match (ours(&status, Some(0x0303)), theirs(&status)) {
        (Message::CertificateStatus(ours), TlsMessageHandshake::CertificateStatus(theirs)) => {
            assert_eq!(ours.ocsp_response, theirs.blob);
        }
        other => panic!("{other:?}"),
    }
}
