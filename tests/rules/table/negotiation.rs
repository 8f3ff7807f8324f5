//! Versions, suites, groups, extensions.

use super::{Row, refused, refused_by_client, row, with};
use crate::made::sealed::Talk;
use crate::made::{
    Offer, Wire, alert, client, client_hello, dh_exchange, established, hidden, message, retry, server, server_hello,
    vector16,
};
use crate::source::Source::{Lab, Made, Sample};
use crate::source::{recorded, said_by_h2};

/// A server with an ECDSA key, and a client that checks only signatures of this scheme, as it stands on the wire.
fn checks_only(scheme: u16) -> Wire {
    let wire = recorded("five-steps", "tls12").with_keys("");
    wire.message(1, 0, |hello| {
        let at = hello.windows(2).position(|pair| pair == [0, 13]).unwrap();
        let length = usize::from(u16::from_be_bytes([hello[at + 4], hello[at + 5]]));
        hello[at + 6..at + 6 + length].chunks_mut(2).for_each(|place| place.copy_from_slice(&scheme.to_be_bytes()));
    })
}

/// A server that does not answer ALPN, and a client that leaves right behind the handshake.
fn unanswered(names: &[u8]) -> Wire {
    let offer = Offer::tls13().and(16, &vector16(names));
    Talk::tls13(&offer).says(false, &[message(8, &[0, 0])]).finished(false).finished(true).wire()
}

/// A conversation that goes well but for one record of this length.
fn record_of_length(length: usize) -> Wire {
    Wire::closed(&[established(), vec![server(hidden(length))]].concat(), 50000)
}

pub static TABLE: &[Row] = &[
    row("NEG-01", Sample("no-common-version"), Sample("one-way-tls12")),
    row(
        "NEG-03",
        Made(|| refused_by_client(&Offer::tls13(), server_hello(0xc02b, None, &[]), 70)),
        Made(|| refused_by_client(&Offer::tls13(), server_hello(0xc02b, None, &[]), 47)),
    ),
    row(
        "NEG-04",
        Made(|| refused(&with(Offer::tls12(), |offer| offer.suites.push(0x5600)), 2, 86)),
        Made(|| refused(&with(Offer::tls12(), |offer| offer.suites.push(0x5600)), 2, 40)),
    ),
    row("NEG-05", Lab("erase-tls13", "-"), Lab("erase-the-mark-too", "-")),
    row("NEG-06", Lab("no-common-suite", "tls12"), Lab("no-common-version", "old-client")),
    row(
        "NEG-07",
        Made(|| refused(&with(Offer::tls12(), |offer| offer.suites = vec![0x0001, 0x0002, 0x003b]), 2, 40)),
        Made(|| refused(&with(Offer::tls12(), |offer| offer.suites = vec![0x0001, 0xc02b]), 2, 40)),
    ),
    row("NEG-08", Lab("no-common-group", "tls13"), Made(|| refused(&Offer::tls12(), 2, 40))),
    row("NEG-09", Sample("hello-retry-request"), Sample("one-way-tls13")),
    row(
        "NEG-10",
        Made(|| {
            let second = with(Offer::tls13(), |offer| {
                offer.suites.pop();
                offer.shares = vec![(0x17, 65)];
            });
            let turns = [
                client(client_hello(&Offer::tls13())),
                server(retry(0x1301, 0x17)),
                client(client_hello(&second)),
                server(alert(2, 47)),
            ];
            Wire::closed(&turns, 50000)
        }),
        Sample("hello-retry-request"),
    ),
    row("NEG-11", Lab("no-common-signature", "tls13"), Lab("no-common-suite", "tls12")),
    row("NEG-11", Made(|| checks_only(0x0804)), Made(|| checks_only(0x0403))),
    row(
        "NEG-12",
        Made(|| refused_by_client(&Offer::tls12(), [server_hello(0x009e, None, &[]), dh_exchange(1024)].concat(), 71)),
        Made(|| refused_by_client(&Offer::tls12(), [server_hello(0x009e, None, &[]), dh_exchange(2048)].concat(), 71)),
    ),
    row("NEG-13", Lab("alpn-mismatch", "tls12"), Sample("alpn")),
    row("NEG-13", Made(|| unanswered(b"\x02h2")), Made(|| unanswered(b"\x02h2\x08http/1.1"))),
    row(
        "NEG-14",
        Made(|| said_by_h2("GET / HTTP/1.1\\r\\n\\r\\n")),
        Made(|| said_by_h2("PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n")),
    ),
    row("NEG-15", Made(|| refused(&Offer::tls12(), 2, 109)), Made(|| refused(&Offer::tls12(), 2, 40))),
    row(
        "NEG-16",
        Made(|| refused(&with(Offer::tls12(), |offer| offer.extra.push((43, vec![9]))), 2, 50)),
        Made(|| refused(&Offer::tls12(), 2, 40)),
    ),
    row(
        "NEG-17",
        Made(|| Wire::closed(&[client(client_hello(&Offer::tls12())), server(alert(1, 100))], 50000)),
        Made(|| refused(&Offer::tls12(), 1, 112)),
    ),
    row(
        "NEG-18",
        Made(|| refused_by_client(&Offer::tls12(), server_hello(0xc02b, None, &[]), 40)),
        Made(|| refused_by_client(&Offer::tls12(), server_hello(0xc02b, None, &[(23, Vec::new())]), 40)),
    ),
    row("NEG-20", Made(|| refused(&Offer::tls12(), 2, 22)), Made(|| refused(&Offer::tls12(), 2, 40))),
    row("NEG-20", Made(|| record_of_length(16_641)), Made(|| record_of_length(16_640))),
];
