//! The network around TLS, who hung up, and what the capture does not show.

use super::{MILLISECOND, PLAIN, Row, SECOND, before, hello_only, long_hello, refused, row};
use crate::made::{
    ACK, FIN, IDENTIFICATION, Offer, RST, TTL, Wire, alert, client, client_hello, established, hidden, is_client,
    server, server_hello,
};
use crate::points::{Lie, Seen};
use crate::source::Source::{Closed, Lab, Made, Points, Sample};
use crate::source::recorded;

pub static TABLE: &[Row] = &[
    row(
        "NET-04",
        Made(|| hello_only().then(false, RST, MILLISECOND).last(|frame| frame[TTL] = 211)),
        Made(|| hello_only().then(false, RST, MILLISECOND)),
    ),
    row("NET-05", Made(|| hello_only().then(false, RST, MILLISECOND)), Made(|| refused(&Offer::tls12(), 2, 40))),
    row("NET-06", Made(long_hello), Sample("post-quantum")),
    row(
        "NET-07",
        Made(|| {
            let flight = [server_hello(0x1301, Some(0x1d), &[]), hidden(3000)].concat();
            let wire = Wire::open(&[client(client_hello(&Offer::tls13())), server(flight)], 50000);
            wire.again(4, SECOND).again(5, SECOND).again(4, SECOND).again(5, SECOND)
        }),
        Made(|| Wire::closed(&established(), 50000)),
    ),
    row(
        "NET-08",
        Made(|| hello_only().then(true, FIN | ACK, 30 * SECOND)),
        Made(|| hello_only().then(true, FIN | ACK, MILLISECOND)),
    ),
    row("NET-09", Lab("tls-to-a-plain-port", "http"), Lab("five-steps", "tls13")),
    // Where the beginning of the connection is missing, the alert alone is taken for TLS.
    row(
        "NET-10",
        Made(|| {
            let request = client(b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n".to_vec());
            Wire::closed(&[request, server(alert(2, 70))], 50000).only(|at, _| at > 2)
        }),
        Lab("one-https-request", "-"),
    ),
    row(
        "NET-12",
        Made(|| {
            Wire::closed(
                &[
                    client(client_hello(&Offer::tls13())),
                    server(b"HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n".to_vec()),
                ],
                50000,
            )
        }),
        Made(|| {
            Wire::closed(
                &[client(client_hello(&Offer::tls13())), server(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())],
                50000,
            )
        }),
    ),
    row(
        "NET-13",
        Made(|| {
            let hello =
                [b"PROXY TCP4 192.0.2.1 192.0.2.2 50000 443\r\n".to_vec(), client_hello(&Offer::tls13())].concat();
            Wire::closed(&[client(hello), server(alert(2, 10))], 50000)
        }),
        Made(|| before(&[(true, "PROXY TCP4 192.0.2.1 192.0.2.2 50000 443\r\n")])),
    ),
    row(
        "NET-16",
        Made(|| {
            before(&[
                (false, "220 mail\r\n"),
                (true, "EHLO me\r\n"),
                (false, "250-mail\r\n250 STARTTLS\r\n"),
                (true, "STARTTLS\r\nRSET\r\n"),
                (false, "220 go ahead\r\n"),
            ])
        }),
        Sample("smtp-starttls"),
    ),
    row("CLOSE-01", Lab("saying-goodbye", "clean"), Lab("saying-goodbye", "cut")),
    row("CLOSE-02", Closed("saying-goodbye", "cut"), Closed("saying-goodbye", "clean")),
    row(
        "CLOSE-03",
        Made(|| Wire::open(&established(), 50000).then(false, RST, MILLISECOND)),
        Made(|| Wire::closed(&established(), 50000)),
    ),
    row(
        "CLOSE-04",
        Made(|| Wire::open(&established(), 50000).then(false, FIN | ACK, 60 * SECOND)),
        Made(|| Wire::closed(&established(), 50000)),
    ),
    row("CLOSE-05", Lab("repeat-a-record", "tls13"), Lab("saying-goodbye", "clean")),
    row(
        "CLOSE-06",
        Points([Seen::Cut(RST), Seen::Whole], Lie::Interfaces),
        Points([Seen::Cut(RST), Seen::Cut(RST)], Lie::Interfaces),
    ),
    row(
        "CAP-01",
        Made(|| {
            Wire::open(&[client(hidden(300)), server(hidden(300)), client(hidden(300))], 50000).only(|at, _| at > 2)
        }),
        Made(|| Wire::closed(&established(), 50000)),
    ),
    row(
        "CAP-02",
        Made(|| Wire::closed(&established(), 50000).only(|_, frame| is_client(frame))),
        Made(|| Wire::closed(&established(), 50000)),
    ),
    row(
        "CAP-03",
        Made(|| Wire::closed(&established(), 50000).each(|_, frame| frame.truncate(300))),
        Made(|| Wire::closed(&established(), 50000)),
    ),
    row(
        "CAP-04",
        Made(|| Wire::closed(&established(), 50000).only(|at, _| at != 4)),
        Made(|| Wire::closed(&established(), 50000)),
    ),
    row(
        "CAP-05",
        Made(|| {
            let wire = Wire::open(&established(), 50000);
            wire.each(|at, frame| frame[IDENTIFICATION + 1] = u8::try_from(at).unwrap() + 1).doubled()
        }),
        Made(|| Wire::closed(&established(), 50000)),
    ),
    // A maximum segment size of 536 instead of 1460 in both SYNs.
    row(
        "CAP-05",
        Made(|| recorded(PLAIN.0, PLAIN.1).replaced(&[2, 4, 5, 0xb4], &[2, 4, 2, 0x18])),
        Lab(PLAIN.0, PLAIN.1),
    ),
];
