//! Which of several findings the verdict takes for the cause, on conversations written by hand: what looks alike on the
//! wire and is not.

use crate::made::{ACK, FIN, Offer, RST, Wire, alert, client, client_hello, hidden, server, server_hello};
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

#[test]
fn the_cause_is_told_from_what_looks_like_it() {
    let only_new = Offer { versions: vec![0x0304], suites: vec![0x1301, 0x1302, 0x1303], ..Offer::tls13() };
    let one_suite = Offer { suites: vec![0x1303], ..only_new.clone() };
    let hidden_certificate = "possibly for the certificate, which is encrypted here";
    let for_clients = "possibly for the client's certificate";
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
