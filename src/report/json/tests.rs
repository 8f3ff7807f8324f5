//! What stands in the JSON, held against sessions made by hand.

use super::*;
use crate::base::{Group, Note, Severity};
use crate::session::sample;
use serde_json::Value;

fn parsed(session: &Session) -> Value {
    serde_json::from_str(&super::session(session)).unwrap()
}

#[test]
fn facts_stand_where_the_schema_has_them() {
    let refused = sample::refused();
    for (session, path, expected) in [
        (&refused, "/number", "2"),
        (&refused, "/stream", "\"tcp:9\""),
        (&refused, "/client", "\"192.0.2.10:43240\""),
        (&refused, "/outcome/word", "\"failed\""),
        (&refused, "/outcome/by", "\"server\""),
        (&refused, "/outcome/alert/desc", "40"),
        (&refused, "/started", "\"2026-10-21T10:00:00.000000000Z\""),
        (&refused, "/handshake_duration", "0.00327"),
        (&refused, "/prelude/lines/1/text", "\"220 go\\u001b[31m ahead\""),
        (&refused, "/client_hellos/0/frame", "4"),
        (&refused, "/client_hellos/0/cipher_suites/1", "\"0x1301\""),
        (&refused, "/client_hellos/0/extensions/2", "65281"),
        (&refused, "/alpn_offered", "[\"h2\",\"http/1.1\",\"hex:ff01\"]"),
        (&refused, "/version_chosen", "\"0x0303\""),
        (&refused, "/group_name", "\"secp256r1\""),
        (&refused, "/server_certificates/0/serial", "\"009ceb\""),
        (&refused, "/server_certificates/0/san_ip", "[\"127.0.0.1\",\"::1\"]"),
        (&refused, "/server_certificates/0/subject_cn", "\"local\\u001bhost\""),
        (&refused, "/server_certificates/1/subject_cn", "\"Lab Root CA\""),
        (&refused, "/authentication", "\"asked\""),
        (&refused, "/client_certificate_requested", "true"),
        (&refused, "/client_certificate_sent", "false"),
        (&refused, "/ccs", "{\"c2s\":1,\"s2c\":0}"),
        (&refused, "/alerts", "[{\"desc\":40,\"dir\":\"s2c\",\"frame\":8,\"level\":2,\"name\":\"handshake_failure\"}]"),
        (&refused, "/messages/4", "{\"dir\":\"s2c\",\"frame\":6,\"len\":0,\"name\":\"server_hello_done\",\"type\":14}"),
        (&refused, "/notes/0/code", "\"tcp.gap\""),
        (&refused, "/transport/missing/s2c", "1448"),
        (&sample::retried(), "/messages/1/name", "\"hello_retry_request\""),
        (&sample::retried(), "/messages/3/name", "\"server_hello\""),
        (&sample::retried(), "/hello_retry_request", "true"),
        (&sample::tls13(), "/timeline/3/records", "4"),
        (&sample::tls13(), "/client_certificate_sent", "null"),
        (&sample::dtls(), "/stream", "\"udp:3\""),
        (&sample::dtls(), "/server", "\"[2001:db8::2]:4433\""),
        (&sample::dtls(), "/ja4", "null"),
    ] {
        let value = parsed(session);
        let found = value.pointer(path).unwrap_or_else(|| panic!("{path} is missing"));
        assert_eq!(found.to_string(), expected, "{path}");
    }
}

#[test]
fn ssl2_hellos_have_specs_of_three_bytes_and_no_length() {
    let mut session = sample::dtls();
    let hello = crate::tls::handshake::ClientHello {
        ssl2: true,
        legacy_version: crate::tls::code::ProtocolVersion::SSL2,
        ssl2_cipher_specs: vec![[7, 0, 0xc0]],
        ..Default::default()
    };
    session.client_hellos.push(crate::session::Located { frame: 4, item: hello.into() });
    session.timeline.push(crate::session::Event {
        frame: 4,
        time: session.started,
        direction: crate::net::Direction::ToServer,
        offset: 0,
        decrypted: false,
        kind: crate::session::EventKind::Ssl2 { kind: 1, length: 40 },
    });
    let value = parsed(&session);
    assert_eq!(value["client_hellos"][0]["cipher_suites"].to_string(), "[\"0700c0\"]");
    assert_eq!(value["client_hellos"][0]["random"], Value::Null);
    assert_eq!(
        value["messages"].to_string(),
        "[{\"dir\":\"c2s\",\"frame\":4,\"name\":\"client_hello\",\"ssl2\":true,\"type\":1}]"
    );
}

#[test]
fn nothing_in_the_text_can_act_on_a_terminal() {
    let mut session = sample::tls13();
    let hello = crate::tls::handshake::ClientHello {
        server_name: Some("a\u{202e}b\u{9b}c\u{7f}d\u{e0001}\u{fc}".to_owned()),
        ..Default::default()
    };
    session.client_hellos = vec![crate::session::Located { frame: 1, item: hello.into() }];
    let text = super::session(&session);
    assert!(text.contains("a\\u202eb\\u009bc\\u007fd\\udb40\\udc01\u{fc}"), "{text}");
    assert_eq!(parsed(&session)["sni"], "a\u{202e}b\u{9b}c\u{7f}d\u{e0001}\u{fc}");
}

#[test]
fn a_document_is_one_object_and_lines_are_one_each() {
    let sessions = [sample::tls13(), sample::refused()];
    let mut document = Document::new(Vec::new(), &["a.pcap".into()]).unwrap();
    let mut lines = Lines::new(Vec::new());
    for session in &sessions {
        document.session(session).unwrap();
        lines.session(session).unwrap();
    }
    let note =
        Note { severity: Severity::Warn, group: Group::Malformed, code: "file.cut", text: "cut".into(), span: None };
    let notes = [FileNote { path: "a.pcap".into(), after: 11, note }];
    let document: Value = serde_json::from_slice(&document.finish(11, &notes, &[]).unwrap()).unwrap();
    assert_eq!(document["schema"], 1);
    assert_eq!(document["file"], "a.pcap");
    assert_eq!(document["packets"], 11);
    assert_eq!(document["notes"][0]["note"]["code"], "file.cut");
    let lines = String::from_utf8(lines.finish().unwrap()).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(document["sessions"], Value::from(lines));
}

#[test]
#[ignore = "a measurement: run it alone, with --release --nocapture"]
#[allow(clippy::print_stdout, reason = "the number is what it is for")]
fn throughput_of_lines() {
    let sessions = [sample::tls13(), sample::refused()];
    let mut lines = Lines::new(std::io::sink());
    let begin = std::time::Instant::now();
    for _ in 0..30_000 {
        for session in &sessions {
            lines.session(session).unwrap();
        }
    }
    let time = begin.elapsed();
    let bytes: usize = sessions.iter().map(|session| super::session(session).len() * 30_000).sum();
    println!("60000 sessions, {} MB in {time:?}", bytes / 1_000_000);
}
