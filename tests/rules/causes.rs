//! Which of several findings the verdict takes for the cause, on conversations written by hand: what looks alike on the
//! wire and is not.

use crate::made::{
    ACK, FIN, Offer, RST, Wire, alert, client, client_hello, hidden, message, record, server, server_hello,
};
use crate::source::of_wire;
use crate::support::hold;

const MILLISECOND: i64 = 1_000_000;

fn turned_down(offer: &Offer) -> Wire {
    Wire::closed(&[client(client_hello(offer)), server(alert(2, 40))], 50000)
}

/// A FIN of the server that crosses the ClientHello.
fn closed_at_once() -> Wire {
    let hello = Wire::open(&[client(client_hello(&Offer::tls13()))], 50000);
    let last = hello.frames.len() - 1;
    let crossed = hello.then(false, FIN | ACK, MILLISECOND).again(last, MILLISECOND);
    crossed.only(|at, _| at != last).then(false, RST, MILLISECOND)
}

/// A handshake of TLS 1.3 without keys, what the client sends behind the server's flight, and its FIN.
fn left(asks: bool, sent: &[usize]) -> Wire {
    let request = if asks { hidden(62) } else { Vec::new() };
    let flight = [server_hello(0x1301, Some(0x1d), &[]), hidden(23), request, hidden(900), hidden(96), hidden(53)];
    let sent = sent.iter().flat_map(|length| hidden(*length)).collect();
    let turns = [client(client_hello(&Offer::tls13())), server(flight.concat()), client(sent)];
    Wire::open(&turns, 50000)
}

const MYSQL: &[u8] =
    b"\x4a\0\0\0\x0a8.0.36\0\x0b\0\0\0abcdefgh\0\xff\xf7\x08\x02\0\xff\x8f\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0\
                      mysql_native_password\0";
const PROXY: &[u8] = b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\n";

/// A handshake of TLS 1.2, one more that the client begins, and a record of this type as its answer.
fn renegotiated(answer: u8) -> Wire {
    let hidden = |kind, length: usize| record(kind, &vec![0xa5; length]);
    let changed = [record(20, &[1]), hidden(22, 40)].concat();
    let hello = [server_hello(0xc02b, None, &[]), record(22, &message(14, &[]))].concat();
    let exchange = record(22, &message(16, &[0; 33]));
    let turns = [
        client(client_hello(&Offer::tls12())),
        server(hello),
        client([exchange, changed.clone()].concat()),
        server(changed),
        client(hidden(22, 240)),
        server(hidden(answer, 26)),
    ];
    Wire::closed(&turns, 50000)
}

#[test]
fn the_cause_is_told_from_what_looks_like_it() {
    let only_new = Offer { versions: vec![0x0304], suites: vec![0x1301, 0x1302, 0x1303], ..Offer::tls13() };
    let one_suite = Offer { suites: vec![0x1303], ..only_new.clone() };
    let hidden_certificate = "possibly for the certificate, which is encrypted here";
    let for_clients = "possibly for the client's certificate";
    let outdated = Offer { suites: vec![0xc009, 0xc00a, 0xc013], versions: vec![0x0302], ..Offer::tls12() };
    let failed = |code| Wire::closed(&[client(client_hello(&Offer::tls12())), server(alert(2, code))], 50000);
    let by_client = |wire: Wire| wire.then(true, FIN | ACK, MILLISECOND);
    let by_server = |wire: Wire| wire.then(false, FIN | ACK, MILLISECOND);
    let cases: Vec<(&str, Wire, Option<&str>, &str)> = vec![
        ("a version that is not taken", turned_down(&only_new), Some("NEG-01"), "TLS 1.3 only"),
        ("an old version that is not taken", turned_down(&Offer::tls12()), Some("NEG-01"), "up to TLS 1.2"),
        ("one suite", turned_down(&one_suite), Some("NEG-06"), "no common cipher suite"),
        ("both versions", turned_down(&Offer::tls13()), Some("NEG-06"), "no common cipher suite"),
        ("a server that closes at once", closed_at_once(), Some("NET-05"), "no alert"),
        (
            "a greeting before the hello",
            Wire::closed(
                &[server(b"220 mail.example ESMTP\r\n".to_vec()), client(client_hello(&Offer::tls13()))],
                50000,
            ),
            Some("NET-09"),
            "SMTP or FTP and not TLS",
        ),
        ("a client that leaves", by_client(left(false, &[53])), None, hidden_certificate),
        ("and says goodbye", by_client(left(false, &[53, 19])), None, hidden_certificate),
        ("Java", by_client(left(false, &[69, 35])), None, hidden_certificate),
        ("Java before it is through", by_client(left(false, &[35])), None, "most likely for the certificate"),
        ("a client that has said something", by_client(left(false, &[53, 200])), None, "handshake was completed"),
        ("somebody who looked first", left(false, &[53]).then(true, FIN | ACK, 900 * MILLISECOND), None, "completed"),
        ("a server that leaves", by_server(left(true, &[800, 96, 53])), Some("MTLS-09"), for_clients),
        (
            "a greeting of MySQL",
            Wire::closed(&[server(MYSQL.to_vec()), client(client_hello(&Offer::tls13())), client(alert(2, 10))], 50000),
            Some("NET-09"),
            "MySQL and not TLS",
        ),
        (
            "a PROXY header that is taken for a request",
            Wire::closed(
                &[
                    client(PROXY.to_vec()),
                    server(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n".to_vec()),
                    client(client_hello(&Offer::tls13())),
                ],
                50000,
            ),
            Some("NET-13"),
            "PROXY header",
        ),
        ("nothing newer than TLS 1.1", turned_down(&outdated), Some("NEG-01"), "TLS 1.1 at the most"),
        ("no certificate for the name, says Go", failed(80), Some("CERT-18"), "no certificate for \"shop.example\""),
        ("no certificate for the name, says rustls", failed(49), Some("CERT-18"), "no certificate for"),
        ("a new handshake that is not taken", renegotiated(21), Some("NEG-17"), "does not renegotiate"),
        ("a new handshake that is", renegotiated(22), None, "completed"),
        ("a server that had not asked", by_server(left(false, &[53, 200])), None, "handshake was completed"),
    ];
    let mut faults = Vec::new();
    for (name, wire, rule, words) in cases {
        let found = of_wire(wire);
        let [session] = found.sessions.as_slice() else { panic!("{name}: {} sessions", found.sessions.len()) };
        let (line, is) = (session.verdict_line(), session.verdict_finding().map(|found| found.rule.id));
        if is != rule || !line.contains(words) {
            faults.push(format!("{name}: {is:?} {line}"));
        }
    }
    hold(&faults);
}
