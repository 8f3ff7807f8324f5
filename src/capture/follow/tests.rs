//! Exchanges out of bytes that are cut in any way, and out of real captures.

use super::exchange::{Exchanges, Line, Message, Spoken};
use super::http1::Http1;
use super::http2::{Http2, PREFACE};
use super::protocol::{Place, spoken};
use super::{Exchange, Follow};
use crate::capture::{Dissector, Input, Settings, open};
use crate::net::Direction::{self, ToClient, ToServer};
use crate::tls::secrets::Secrets;
use proptest::prelude::*;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// What is said in turns.
type Talk = Vec<(Direction, Vec<u8>)>;

/// Reads chunks, and gives the bytes of bodies beside the exchanges.
fn read(spoken: Spoken, chunks: &[(Direction, Option<&[u8]>)]) -> (Exchanges, String) {
    let (mut http1, mut http2) = (Http1::default(), Http2::default());
    for (number, (direction, bytes)) in chunks.iter().enumerate() {
        let place = Place { chunk: number, start: 0, frame: 1 };
        match (spoken, bytes) {
            (Spoken::Http2, Some(bytes)) => http2.data(*direction, place, bytes),
            (Spoken::Http2, None) => http2.hole(*direction, place, "lost"),
            (_, Some(bytes)) => http1.data(*direction, place, bytes),
            (_, None) => http1.hole(*direction, place, "lost"),
        }
    }
    let exchanges = if spoken == Spoken::Http2 { http2.finish() } else { http1.finish() };
    let body = |message: &Message| {
        let bytes = |piece: &super::Piece| {
            let from = usize::from(piece.start);
            let chunk = chunks.get(piece.chunk as usize).and_then(|(_, bytes)| *bytes).unwrap_or_default();
            chunk.get(from..from + usize::from(piece.length)).unwrap_or_default().to_vec()
        };
        message.body.pieces.iter().flat_map(bytes).collect::<Vec<u8>>()
    };
    let text = shown(&exchanges, &body);
    (exchanges, text)
}

/// All that does not depend on how the bytes were cut.
fn shown(exchanges: &Exchanges, body: &dyn Fn(&Message) -> Vec<u8>) -> String {
    let mut out = String::new();
    for Exchange { stream, request, interim, response, remarks } in &exchanges.list {
        let _ = writeln!(out, "* {stream:?} {remarks:?}");
        for message in request.iter().chain(interim).chain(response) {
            let line = match &message.line {
                Line::Request { method, target, version } => format!("{method} {target} {version}"),
                Line::Response { status, reason, version } => format!("{version} {status} {reason}"),
            };
            let _ = writeln!(out, "{line} complete={} {:?}", message.complete, message.remarks);
            for field in message.fields.iter().chain(&message.trailers) {
                let part =
                    |part: &Option<Vec<u8>>| String::from_utf8_lossy(part.as_deref().unwrap_or(b"-")).into_owned();
                let _ = writeln!(out, "  {}: {}", part(&field.name), part(&field.value));
            }
            let _ = writeln!(out, "  [{}]", String::from_utf8_lossy(&body(message)));
        }
    }
    for remark in &exchanges.remarks {
        let _ = writeln!(out, "! {}", remark.text);
    }
    out
}

fn whole(talk: &Talk) -> Vec<(Direction, Option<&[u8]>)> {
    talk.iter().map(|(direction, bytes)| (*direction, Some(bytes.as_slice()))).collect()
}

fn http1_talk() -> Talk {
    vec![
        (
            ToServer,
            b"\r\nPOST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloHEAD /b HTTP/1.1\r\n\r\n\
              GET /c HTTP/1.1\r\nHost: x\r\n\r\nGET /d HTTP/1.1\r\n\r\n"
                .to_vec(),
        ),
        (
            ToClient,
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
              3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n\
              HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n\
              HTTP/1.0 200 OK\nServer: old\n\nto the end"
                .to_vec(),
        ),
    ]
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

fn http2_talk() -> Talk {
    let request = b"\x82\x87\x84\x41\x0fwww.example.com";
    let client = [
        PREFACE.to_vec(),
        frame(4, 0, 0, &[0, 3, 0, 0, 0, 100]),
        frame(1, 0x5, 1, request),
        frame(1, 0x28, 3, &[&[2, 0, 0, 0, 0, 9][..], b"\x83\x87\x84", &[0, 0]].concat()),
        frame(9, 0x4, 3, b"\xbe"),
        frame(0, 0x9, 3, b"\x03upload\0\0\0"),
        frame(3, 0, 1, &[0, 0, 0, 8]),
    ];
    let server = [
        frame(4, 0, 0, &[]),
        frame(1, 0x4, 3, b"\x08\x03103"),
        frame(1, 0x4, 3, b"\x88\x40\x01a\x01b"),
        frame(0, 0, 3, b"one "),
        frame(5, 0x4, 3, &[&[0, 0, 0, 2][..], b"\x82\x87\x84"].concat()),
        frame(0, 0, 3, b"two"),
        frame(1, 0x5, 3, b"\xbe"),
        frame(0, 0x1, 2, b"pushed"),
        frame(7, 0, 0, b"\0\0\0\x03\0\0\0\x0bcalm\x1b"),
    ];
    vec![(ToServer, client.concat()), (ToClient, server.concat())]
}

#[test]
fn http1_pairs_requests_and_responses() {
    let talk = http1_talk();
    insta::assert_snapshot!(read(Spoken::Http1, &whole(&talk)).1);
}

#[test]
fn http2_reads_streams() {
    let talk = http2_talk();
    insta::assert_snapshot!(read(Spoken::Http2, &whole(&talk)).1);
}

#[test]
fn behind_a_hole_reading_goes_on_with_the_next_message() {
    let chunks: [(Direction, Option<&[u8]>); 5] = [
        (ToServer, Some(b"GET / HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n")),
        (ToClient, Some(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")),
        (ToClient, None),
        (ToClient, Some(b"of the old body")),
        (ToClient, Some(b"HTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\nx")),
    ];
    insta::assert_snapshot!(read(Spoken::Http1, &chunks).1);
    let [(_, client), (_, server)] = &http2_talk()[..] else { panic!() };
    let cut = server.windows(4).position(|four| four == b"one ").unwrap();
    let next = cut + 4 + 9 + 7;
    let chunks: [(Direction, Option<&[u8]>); 4] = [
        (ToServer, Some(client)),
        (ToClient, Some(&server[..cut + 2])),
        (ToClient, None),
        (ToClient, Some(&server[next..])),
    ];
    insta::assert_snapshot!(read(Spoken::Http2, &chunks).1);
}

#[test]
fn what_is_spoken_is_told_by_its_bytes() {
    let h2 = frame(8, 0, 0, &[0, 0, 1, 0]);
    for (client, server, alpn, expected) in [
        (&b"GET / HTTP/1.1\r\n"[..], &b""[..], None, Spoken::Http1),
        (b"", b"HTTP/1.1 200 OK", None, Spoken::Http1),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"", None, Spoken::Http2),
        (b"", b"\0\0\0\x04\0\0\0\0\0", None, Spoken::Http2),
        (&h2, b"", Some(&b"h2"[..]), Spoken::Http2),
        (&h2, b"", None, Spoken::Other),
        (b"EHLO there", b"220 hi", Some(b"h2"), Spoken::Other),
        (b"GET / HTTP/1.1\r\n", b"HTTP/1.1 200", Some(b"h2"), Spoken::Http1),
        (b"\x10\x0c\0\x04MQTT", b"", None, Spoken::Other),
    ] {
        assert_eq!(spoken(&[client.to_vec(), server.to_vec()], alpn), expected, "{client:?} {server:?}");
    }
}

/// Cuts each turn at these places.
fn cut<'a>(talk: &'a Talk, cuts: &[usize]) -> Vec<(Direction, Option<&'a [u8]>)> {
    let mut chunks = Vec::new();
    for (direction, bytes) in talk {
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
        places.extend([0, bytes.len()]);
        places.sort_unstable();
        chunks.extend(places.windows(2).map(|ends| (*direction, Some(&bytes[ends[0]..ends[1]]))));
    }
    chunks
}

proptest! {
    #[test]
    fn any_cutting_gives_the_same_exchanges(cuts in prop::collection::vec(0_usize..4000, 0..40)) {
        for (kind, talk) in [(Spoken::Http1, http1_talk()), (Spoken::Http2, http2_talk())] {
            let expected = read(kind, &whole(&talk)).1;
            prop_assert_eq!(read(kind, &cut(&talk, &cuts)).1, expected);
        }
    }

    #[test]
    fn damage_stops_nothing(at in 0_usize..400, value: u8, cuts in prop::collection::vec(0_usize..400, 0..8)) {
        for (kind, mut talk) in [(Spoken::Http1, http1_talk()), (Spoken::Http2, http2_talk())] {
            for (_, bytes) in &mut talk {
                let at = at % bytes.len();
                bytes[at] = value;
            }
            let mut chunks = cut(&talk, &cuts);
            read(kind, &chunks);
            chunks.insert(chunks.len() / 2, (ToClient, None));
            read(kind, &chunks);
        }
    }

    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for kind in [Spoken::Http1, Spoken::Http2] {
            let begun = [http2_talk()[0].1.clone(), bytes.clone()].concat();
            read(kind, &[(ToServer, Some(&bytes)), (ToClient, Some(&bytes))]);
            read(kind, &[(ToServer, Some(&begun)), (ToClient, Some(&bytes))]);
        }
    }
}

fn shared(path: &str) -> Option<std::path::PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/captures").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is missing", path.display());
    None
}

/// Follows the first session of a capture.
fn follow(capture: &Path, key_log: Option<&Path>) -> Follow {
    let opened = open(&[Input::Path(capture.to_owned())], true).unwrap();
    let mut source = opened.source;
    let mut dissector = Dissector::new(Settings::SCREEN);
    if let Some(path) = key_log {
        let mut secrets = Secrets::default();
        secrets.read_key_log(&std::fs::read(path).unwrap(), 1);
        dissector.open_with(Arc::new(secrets));
    }
    loop {
        for log in source.take_key_logs() {
            dissector.read_key_log(&log);
        }
        let Some(packet) = source.next_packet() else { break };
        dissector.push(&packet);
    }
    dissector.finish();
    let session = dissector.sessions()[0].clone();
    Follow::open(opened.store.unwrap(), dissector.frames(), &session, &dissector.secrets()).unwrap()
}

#[test]
fn real_captures_give_their_exchanges() {
    let Some(suite) = shared("wireshark-suite") else { return };
    for name in ["http2-brotli.pcapng", "tls12-dsb.pcapng"] {
        let follow = follow(&suite.join(name), None);
        assert_eq!(follow.nothing(), None, "{name}");
        let exchanges = follow.exchanges();
        let body = |message: &Message| {
            let page = follow.body_page(message, 0, 300);
            format!("{} {} {:?}", page.is_last, page.problem.unwrap_or_default(), String::from_utf8_lossy(&page.bytes))
                .into_bytes()
        };
        insta::assert_snapshot!(name, format!("{:?}\n{}", exchanges.spoken, shown(&exchanges, &body)));
    }
}
