//! TLS is found wherever it begins: behind an upgrade, behind a proxy, inside the packets of another protocol; and
//! what came before is kept.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod support;

use support::{Capture, Seed, Turn, Way, check, conversation, seeds};
use tlslab::base::parse_hex;
use tlslab::session::Outcome;

/// What is said before TLS: `>` is the client, `<` the server; `x ` begins hexadecimal digits, and `\r\n` is added to
/// lines of text. Then the name that the prelude must have, and whether the upgrade was agreed to.
type Row = (&'static [&'static str], &'static str, Option<bool>);

const ROWS: &[Row] = &[
    (&["<220 mail ready", ">EHLO me", "<250 STARTTLS", ">STARTTLS", "<220 go ahead"], "SMTP STARTTLS", Some(true)),
    (&["<* OK IMAP4rev1 ready", ">a STARTTLS", "<a OK begin"], "IMAP STARTTLS", Some(true)),
    (&["<+OK POP3 ready", ">STLS", "<+OK begin"], "POP3 STLS", Some(true)),
    (&["<220 FTP ready", ">AUTH TLS", "<234 go"], "FTP AUTH TLS", Some(true)),
    (&["<200 news ready", ">STARTTLS", "<382 go"], "NNTP STARTTLS", Some(true)),
    (&[">STARTTLS", "<:irc.example 670 you :STARTTLS successful"], "IRC STARTTLS", Some(true)),
    (
        &[">x 301d02010177188016312e332e362e312e342e312e313436362e3230303337", "<x 300c02010178070a010004000400"],
        "LDAP StartTLS",
        Some(true),
    ),
    (&[">x 0000000804d2162f", "<x 53"], "PostgreSQL SSLRequest", Some(true)),
    (
        &[">CONNECT bank.example:443 HTTP/1.1\r\n", "<HTTP/1.1 200 Connection established\r\n"],
        "HTTP CONNECT",
        Some(true),
    ),
    (&[">x 050100", "<x 0500", ">x 0501000104030201 01bb", "<x 05000001 7f000001 01bb"], "SOCKS5", Some(true)),
    (&[">x 0401 01bb 04030201 00", "<x 005a 01bb 04030201"], "SOCKS4", Some(true)),
];

fn turn(line: &str) -> Turn {
    let (mark, text) = line.split_at(1);
    let bytes = match text.strip_prefix("x ") {
        Some(digits) => parse_hex(digits).unwrap_or_else(|| panic!("{digits}")),
        None => format!("{text}\r\n").into_bytes(),
    };
    Turn { from_client: mark == ">", bytes }
}

fn tls() -> Seed {
    seeds().into_iter().find(|seed| seed.name == "one-way-tls12").expect("the sample is there")
}

/// The session that comes of a conversation, checked for what must hold of every session.
fn session(turns: &[Turn], way: &Way) -> std::sync::Arc<tlslab::session::Session> {
    let capture = Capture::of(&conversation(turns, way, 50_000));
    let mut dissector = capture.dissect();
    check(&mut dissector, &capture.store());
    let mut sessions = dissector.sessions();
    assert_eq!(sessions.len(), 1);
    sessions.remove(0)
}

#[test]
fn tls_is_found_behind_what_came_before() {
    let tls = tls();
    let alone = session(&tls.turns, &Way::PLAIN);
    assert_eq!(alone.outcome, Outcome::Established);
    for (before, protocol, accepted) in ROWS {
        let turns: Vec<Turn> = before.iter().map(|line| turn(line)).chain(tls.turns.iter().cloned()).collect();
        for segment in [1400, 7, 1] {
            let found = session(&turns, &Way { segment, ..Way::PLAIN });
            assert_eq!(found.outcome, Outcome::Established, "{protocol} in segments of {segment}");
            assert_eq!(found.client_hellos.len(), alone.client_hellos.len(), "{protocol}");
            assert_eq!(found.server_certificates, alone.server_certificates, "{protocol}");
            let prelude = found.prelude.as_deref().unwrap_or_else(|| panic!("{protocol}: no prelude"));
            assert_eq!((prelude.protocol, prelude.accepted), (*protocol, *accepted), "in segments of {segment}");
        }
    }
}

#[test]
fn a_proxy_header_may_share_a_segment_with_the_hello() {
    let mut turns = tls().turns;
    let mut bytes = b"PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n".to_vec();
    bytes.append(&mut turns[0].bytes);
    turns[0].bytes = bytes;
    let found = session(&turns, &Way::PLAIN);
    assert_eq!(found.outcome, Outcome::Established);
    assert_eq!(found.prelude.as_deref().map(|prelude| prelude.protocol), Some("PROXY protocol v1"));
}

#[test]
fn tls_is_taken_out_of_the_packets_of_sql_server() {
    let tls = tls();
    let alone = session(&tls.turns, &Way::PLAIN);
    let prelogin = |from_client, digits| Turn { from_client, bytes: parse_hex(digits).unwrap() };
    let mut turns = vec![
        prelogin(true, "1201 0014 0000 0100 010006 0001 ff 01 0000000000"),
        prelogin(false, "0401 0014 0000 0100 010006 0001 ff 01 0000000000"),
    ];
    for (index, turn) in tls.turns.iter().enumerate() {
        // The handshake of TLS 1.2 takes two turns of each side; what follows stands outside of packets.
        let bytes = if index < 4 { in_packets(&turn.bytes) } else { turn.bytes.clone() };
        turns.push(Turn { bytes, ..turn.clone() });
    }
    for segment in [1400, 333] {
        let found = session(&turns, &Way { segment, ..Way::PLAIN });
        assert_eq!(found.outcome, Outcome::Established, "in segments of {segment}");
        assert_eq!(found.server_certificates, alone.server_certificates);
        assert_eq!(found.application_data_records, alone.application_data_records);
        assert!(
            found.prelude.as_deref().is_some_and(|prelude| prelude.protocol.contains("TDS")),
            "{:?}",
            found.prelude
        );
    }
}

/// The bytes in packets of type 0x12 with at most 500 bytes each (MS-TDS 2.2.3.1).
fn in_packets(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in bytes.chunks(500) {
        let length = u16::try_from(chunk.len() + 8).unwrap().to_be_bytes();
        out.extend_from_slice(&[0x12, 1, length[0], length[1], 0, 0, 1, 0]);
        out.extend_from_slice(chunk);
    }
    out
}

#[test]
fn other_traffic_stays_what_it_is() {
    for lines in [
        &["<SSH-2.0-OpenSSH_9.2", ">SSH-2.0-OpenSSH_9.2"][..],
        &[">GET / HTTP/1.1\r\nHost: a\r\n", "<HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"],
        &[">x 1603", "<x 1603"],
        &[">x 160301000101", "<x 170303"],
        &[">x 16030100050100000100", "<x 00"],
    ] {
        let turns: Vec<Turn> = lines.iter().map(|line| turn(line)).collect();
        let capture = Capture::of(&conversation(&turns, &Way::PLAIN, 50_000));
        let mut dissector = capture.dissect();
        assert!(dissector.sessions().is_empty(), "{lines:?}");
    }
}
