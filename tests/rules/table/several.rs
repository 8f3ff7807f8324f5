//! What several connections have in common, and what those tell that never came to TLS.

use super::{MILLISECOND, Row, SECOND, before, hello_only, lines, long_hello, refused, refused_from, row, with};
use crate::made::{ACK, FIN, FLAGS, Offer, RST, Wire, established};
use crate::points::{Lie, Seen};
use crate::source::Source::{Closed, Lab, Made, Points, Sample};
use crate::source::{recorded, turned};

/// Three connections that end after so many seconds of silence each.
fn idle(seconds: [i64; 3]) -> Wire {
    let ended = seconds
        .into_iter()
        .zip(50000..)
        .map(|(seconds, port)| Wire::open(&established(), port).then(false, FIN | ACK, seconds * SECOND));
    ended.reduce(Wire::and).unwrap()
}

/// A ticket that lives for so many seconds is shown 100 seconds later to a server that does not take it.
fn too_late(lifetime: u32) -> Wire {
    let change = |ticket: &mut [u8]| ticket[..4].copy_from_slice(&lifetime.to_be_bytes());
    let wire = turned("too-late", "-", &[("peer.client.versions", r#"["1.2"]"#)]);
    wire.with_keys("").second_later(100 * SECOND).message(4, 0, change)
}

pub static SEVERAL: &[Row] = &[
    row(
        "NET-01",
        Made(|| Wire::open(&[], 50000).only(|at, _| at == 0).again(0, SECOND).again(0, 2 * SECOND)),
        Made(hello_only),
    ),
    row(
        "NET-02",
        Made(|| {
            Wire::open(&[], 50000).only(|at, _| at < 2).each(|at, frame| {
                if at == 1 {
                    frame[FLAGS] = RST | ACK;
                }
            })
        }),
        Made(|| Wire::open(&[], 50000).only(|at, _| at == 0)),
    ),
    row("NET-03", Made(|| Wire::open(&[], 50000).then(false, FIN | ACK, 30 * SECOND)), Made(hello_only)),
    row(
        "NET-11",
        Made(|| {
            lines(&[(true, "CONNECT shop.example:443 HTTP/1.1\r\n\r\n"), (false, "HTTP/1.1 403 Forbidden\r\n\r\n")])
        }),
        Made(|| before(&[(true, "CONNECT shop.example:443 HTTP/1.1\r\n\r\n"), (false, "HTTP/1.1 200 OK\r\n\r\n")])),
    ),
    row(
        "NET-14",
        Made(|| {
            lines(&[
                (false, "220 mail\r\n"),
                (true, "EHLO me\r\n"),
                (false, "250-mail\r\n250 STARTTLS\r\n"),
                (true, "MAIL FROM:<a@b>\r\n"),
            ])
        }),
        Sample("smtp-starttls"),
    ),
    row("NET-15", Lab("starttls-stripped", "strict"), Sample("smtp-starttls")),
    row(
        "NEG-02",
        Made(|| refused(&Offer::tls12(), 2, 70).and(Wire::closed(&established(), 50001))),
        Made(|| Wire::closed(&established(), 50001)),
    ),
    // The suite behind version, random and a session id of 32 bytes.
    row(
        "NEG-19",
        Made(|| {
            let suite = |hello: &mut [u8]| hello[67..69].copy_from_slice(&[0xc0, 0x2b]);
            recorded("second-visit", "tls12-id").with_keys("").message(2, 1, suite)
        }),
        Closed("second-visit", "tls12-id"),
    ),
    row("RES-02", Made(|| too_late(10)), Made(|| too_late(1000))),
    row("RES-05", Lab("replay-it", "careless"), Lab("second-visit", "tls13")),
    row("POST-14", Lab("starttls-stripped", "trusting"), Lab("starttls-stripped", "strict")),
    row("NET-06", Made(|| long_hello().and(Wire::closed(&established(), 50001))), Made(long_hello)),
    row("NET-10", Lab("http-to-a-tls-port", "-"), Lab("one-https-request", "-")),
    row(
        "NEG-04",
        Made(|| {
            let again = with(Offer::tls12(), |offer| offer.suites.push(0x5600));
            refused(&Offer::tls13(), 2, 40).and(refused_from(50001, &again, 2, 86))
        }),
        Made(|| refused(&with(Offer::tls12(), |offer| offer.suites.push(0x5600)), 2, 86)),
    ),
    row("RES-01", Lab("too-late", "-"), Lab("second-visit", "tls13")),
    row("CLOSE-04", Made(|| idle([60, 60, 60])), Made(|| idle([60, 60, 30]))),
    row(
        "CLOSE-06",
        Points([Seen::Cut(RST), Seen::Whole], Lie::Files(-MILLISECOND)),
        Points([Seen::Whole, Seen::Whole], Lie::Files(-MILLISECOND)),
    ),
];
