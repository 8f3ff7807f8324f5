//! For each rule a capture in which it fires, and one close to it in which it must not.

use crate::logged::{self, Promise};
use crate::made::{
    ACK, FIN, IDENTIFICATION, Offer, RST, TTL, Wire, alert, client, client_hello, dh_exchange, established, hidden,
    is_client, retry, server, server_hello,
};
use crate::points::{Lie, Seen};
use crate::sealed::Credential;
use crate::source::Source::{self, Altered, Beside, Closed, Lab, Made, Points, Sample};
use std::sync::Arc;
use tlslab::base::{Group, Note, Severity};
use tlslab::session::{Closed as Reason, Decryption, Event, EventKind, Located, Session, Ticket, Timestamp};
use tlslab::tls::code::{CipherSuite, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion, SignatureScheme};
use tlslab::x509::Certificate;

/// A second in nanoseconds.
const SECOND: Timestamp = 1_000_000_000;
const MILLISECOND: Timestamp = 1_000_000;

pub struct Row {
    pub rule: &'static str,
    pub fires: Source,
    pub silent: Source,
}

const fn row(rule: &'static str, fires: Source, silent: Source) -> Row {
    Row { rule, fires, silent }
}

fn hello_only() -> Wire {
    Wire::open(&[client(client_hello(&Offer::tls13()))], 50000).then(false, ACK, MILLISECOND)
}

/// The ClientHello and an alert of the server.
fn refused(offer: &Offer, level: u8, code: u8) -> Wire {
    Wire::closed(&[client(client_hello(offer)), server(alert(level, code))], 50000)
}

/// Both hellos of TLS 1.2, and an alert of the client.
fn refused_by_client(offer: &Offer, answer: Vec<u8>, code: u8) -> Wire {
    Wire::closed(&[client(client_hello(offer)), server(answer), client(alert(2, code))], 50000)
}

fn with(offer: Offer, change: impl FnOnce(&mut Offer)) -> Offer {
    let mut offer = offer;
    change(&mut offer);
    offer
}

fn long_hello() -> Wire {
    let offer = with(Offer::tls13(), |offer| offer.shares = vec![(0x11ec, 1600), (0x1d, 32)]);
    Wire::open(&[client(client_hello(&offer))], 50000).again(3, SECOND).again(3, 2 * SECOND)
}

fn lines(lines: &[(bool, &str)]) -> Wire {
    let turn = |(from_client, text): &(bool, &str)| {
        let bytes = text.as_bytes().to_vec();
        if *from_client { client(bytes) } else { server(bytes) }
    };
    Wire::closed(&lines.iter().map(turn).collect::<Vec<_>>(), 50000)
}

/// What is said before a ClientHello and a good answer.
fn before(said: &[(bool, &str)]) -> Wire {
    let turn = |(from_client, text): &(bool, &str)| {
        let bytes = text.as_bytes().to_vec();
        if *from_client { client(bytes) } else { server(bytes) }
    };
    let turns: Vec<_> = said.iter().map(turn).chain(established()).collect();
    Wire::closed(&turns, 50000)
}

fn certificate(sessions: &mut [Session], change: impl Fn(&mut Certificate)) {
    for session in sessions {
        let mut certificates: Vec<Certificate> =
            session.server_certificates.iter().map(|each| Certificate::clone(each)).collect();
        change(&mut certificates[0]);
        session.server_certificates = certificates.into_iter().map(Arc::new).collect();
    }
}

fn decryption(sessions: &mut [Session], reason: Reason) {
    for session in sessions {
        let facts = Decryption { closed: [1, 1], reason: [Some(reason), None], ..Decryption::default() };
        session.decryption = Some(Box::new(facts));
    }
}

fn suite(sessions: &mut [Session], code: u16) {
    for session in sessions {
        session.cipher_suite = Some(CipherSuite(code));
    }
}

fn note(session: &mut Session, code: &'static str, severity: Severity) {
    let item = Note { severity, group: Group::Security, code, text: "made by hand".into(), span: None };
    session.notes.push(Located { frame: session.first_frame, item });
}

fn add_message(session: &mut Session, at: usize, kind: u8) {
    let kind = EventKind::Handshake { kind: HandshakeType(kind), length: 0, at: 0, summary: String::new() };
    let event = Event { kind, ..session.timeline[at].clone() };
    session.timeline.insert(at, event);
}

fn of_server(session: &Session, kind: u8) -> usize {
    let wanted = |event: &Event| matches!(event.kind, EventKind::Handshake { kind: it, .. } if it.0 == kind);
    session.timeline.iter().position(wanted).unwrap()
}

fn client_hello_of(session: &mut Session, change: impl FnOnce(&mut tlslab::tls::handshake::ClientHello)) {
    let mut hello = (*session.client_hellos[0].item).clone();
    change(&mut hello);
    session.client_hellos[0].item = Arc::new(hello);
}

fn server_hello_of(session: &mut Session, change: impl FnOnce(&mut tlslab::tls::handshake::ServerHello)) {
    let mut hello = (*session.server_hellos[0].item).clone();
    change(&mut hello);
    session.server_hellos[0].item = Arc::new(hello);
}

fn request_of(session: &mut Session, change: impl FnOnce(&mut tlslab::tls::handshake::CertificateRequest)) {
    let mut request = (**session.certificate_request.as_ref().unwrap()).clone();
    change(&mut request);
    session.certificate_request = Some(Arc::new(request));
}

fn tickets(sessions: &mut [Session], lifetime: u32) {
    let mark =
        sessions[1].client_hellos[0].item.psk_offers.first().map_or(0, |offer| tlslab::session::mark(&offer.identity));
    let (frame, time) = (sessions[0].last_frame, sessions[0].ended);
    sessions[0].clues.tickets = vec![Ticket { frame, time, lifetime, mark }];
    sessions[1].resumed = Some(false);
    sessions[1].started += 100 * SECOND;
    sessions[1].handshake_started = sessions[1].handshake_started.map(|time| time + 100 * SECOND);
}

const PLAIN: (&str, &str) = ("five-steps", "tls13");

pub static TABLE: &[Row] = &[
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
                    frame[47] = RST | ACK;
                }
            })
        }),
        Made(|| Wire::open(&[], 50000).only(|at, _| at == 0)),
    ),
    row("NET-03", Made(|| Wire::open(&[], 50000).then(false, FIN | ACK, 30 * SECOND)), Made(hello_only)),
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
    row("NET-10", Lab("http-to-a-tls-port", "-"), Lab("one-https-request", "-")),
    row(
        "NET-11",
        Made(|| {
            lines(&[(true, "CONNECT shop.example:443 HTTP/1.1\r\n\r\n"), (false, "HTTP/1.1 403 Forbidden\r\n\r\n")])
        }),
        Made(|| before(&[(true, "CONNECT shop.example:443 HTTP/1.1\r\n\r\n"), (false, "HTTP/1.1 200 OK\r\n\r\n")])),
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
    row("NEG-01", Sample("no-common-version"), Sample("one-way-tls12")),
    row(
        "NEG-02",
        Made(|| refused(&Offer::tls12(), 2, 70).and(Wire::closed(&established(), 50001))),
        Made(|| Wire::closed(&established(), 50001)),
    ),
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
    row(
        "NEG-12",
        Made(|| refused_by_client(&Offer::tls12(), [server_hello(0x009e, None, &[]), dh_exchange(1024)].concat(), 71)),
        Made(|| refused_by_client(&Offer::tls12(), [server_hello(0x009e, None, &[]), dh_exchange(2048)].concat(), 71)),
    ),
    row("NEG-13", Lab("alpn-mismatch", "tls12"), Sample("alpn")),
    row(
        "NEG-14",
        Altered(PLAIN.0, PLAIN.1, |all| {
            all[0].alpn = Some(b"h2".to_vec());
            all[0].clues.speaks_http2 = Some(false);
        }),
        Altered(PLAIN.0, PLAIN.1, |all| {
            all[0].alpn = Some(b"h2".to_vec());
            all[0].clues.speaks_http2 = Some(true);
        }),
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
    row(
        "NEG-19",
        Altered("second-visit", "tls12-id", |all| all[1].cipher_suite = Some(CipherSuite(0x009c))),
        Lab("second-visit", "tls12-id"),
    ),
    row("NEG-20", Made(|| refused(&Offer::tls12(), 2, 22)), Made(|| refused(&Offer::tls12(), 2, 40))),
    row("CERT-01", Sample("certificate-expired"), Sample("one-way-tls13")),
    row("CERT-02", Lab("cert-not-yet-valid", "tls13"), Lab("cert-expired", "tls13")),
    row("CERT-03", Lab("expired-intermediate", "tls13"), Lab("cert-expired", "tls13")),
    row("CERT-04", Sample("wrong-host"), Sample("one-way-tls13")),
    row("CERT-05", Lab("missing-intermediate", "tls13"), Lab("untrusted-root", "tls13")),
    row("CERT-06", Lab("chain-disorder", "shuffled"), Lab("chain-disorder", "with-root")),
    row("CERT-07", Lab("self-signed", "tls13"), Lab("untrusted-root", "tls13")),
    row("CERT-08", Sample("unknown-ca"), Lab("cert-expired", "tls13")),
    row(
        "CERT-09",
        Altered(PLAIN.0, PLAIN.1, |all| {
            certificate(all, |leaf| leaf.issuer.attributes.push(("O".to_owned(), "Zscaler Inc.".to_owned())));
        }),
        Lab(PLAIN.0, PLAIN.1),
    ),
    row("CERT-10", Lab("client-eku-on-server", "tls13"), Lab("wrong-host", "tls13")),
    row("CERT-11", Lab("its-own-anchor", "with-ca-flag"), Lab("its-own-anchor", "plain-leaf")),
    row(
        "CERT-12",
        Altered(PLAIN.0, PLAIN.1, |all| {
            certificate(all, |leaf| leaf.signature_algorithm = "sha1WithRSAEncryption".into());
        }),
        Lab(PLAIN.0, PLAIN.1),
    ),
    row("CERT-13", Lab("on-the-list", "tls13"), Lab("nobody-asked", "no-list")),
    row(
        "CERT-14",
        Altered(PLAIN.0, PLAIN.1, |all| certificate(all, |leaf| leaf.must_staple = true)),
        Lab(PLAIN.0, PLAIN.1),
    ),
    row(
        "CERT-15",
        Altered("wrong-host", "tls12", |all| {
            certificate(all, |leaf| {
                leaf.ca_issuers_urls.push("http://ca.example/".to_owned());
                leaf.ocsp_urls.push("http://ocsp.example/".to_owned());
            });
        }),
        Lab("wrong-host", "tls12"),
    ),
    row("CERT-16", Lab("path-too-long", "tls13"), Lab("expired-intermediate", "tls13")),
    row("CERT-17", Lab("key-does-not-fit", "tls13"), Lab("cert-expired", "tls13")),
    row("CERT-18", Made(|| refused(&Offer::tls12(), 2, 112)), Made(|| refused(&Offer::tls12(), 2, 40))),
    row(
        "CERT-19",
        Made(|| {
            let answer = [alert(1, 112), server_hello(0xc02b, None, &[])].concat();
            Wire::closed(&[client(client_hello(&Offer::tls12())), server(answer)], 50000)
        }),
        Made(|| refused(&Offer::tls12(), 2, 112)),
    ),
    row("CERT-20", Lab("what-the-hello-leaks", "without-name"), Lab("what-the-hello-leaks", "with-name")),
    row(
        "CERT-21",
        Altered(PLAIN.0, PLAIN.1, |all| {
            let at = of_server(&all[0], 11);
            if let EventKind::Handshake { length, .. } = &mut all[0].timeline[at].kind {
                *length = 20_000;
            }
        }),
        Lab(PLAIN.0, PLAIN.1),
    ),
    row(
        "CERT-22",
        Altered(PLAIN.0, PLAIN.1, |all| note(&mut all[0], "tls.certificate.compression", Severity::Error)),
        Lab(PLAIN.0, PLAIN.1),
    ),
    row(
        "CERT-23",
        Beside(|| Credential { valid: 3600, ..Credential::GOOD }.given(47)),
        Beside(|| Credential::GOOD.given(0)),
    ),
    row("CERT-25", Beside(|| logged::given(Promise::Another)), Beside(|| logged::given(Promise::This))),
    row("CERT-24", Lab("wrong-clock", "slow-clock"), Lab("cert-expired", "tls13")),
    row("MTLS-01", Sample("client-certificate-missing-tls12"), Sample("mutual-tls12")),
    row("MTLS-02", Lab("nothing-to-show", "tls12"), Lab("optional-client-certificate", "without")),
    row("MTLS-03", Lab("wrong-club", "tls12"), Lab("expired-badge", "tls12")),
    row(
        "MTLS-04",
        Altered("both-show-papers", "tls12", |all| {
            request_of(&mut all[0], |request| request.authorities = vec!["CN=One".to_owned(); 200]);
        }),
        Lab("both-show-papers", "tls12"),
    ),
    row("MTLS-05", Lab("expired-badge", "tls13"), Lab("wrong-club", "tls13")),
    row("MTLS-06", Lab("forgotten-intermediate", "leaf-only"), Lab("forgotten-intermediate", "with-chain")),
    row("MTLS-07", Lab("stolen-certificate", "tls12"), Lab("both-show-papers", "tls12")),
    row(
        "MTLS-08",
        Altered("both-show-papers", "tls12", |all| {
            request_of(&mut all[0], |request| request.signature_algorithms = vec![SignatureScheme(0x0808)]);
        }),
        Lab("both-show-papers", "tls12"),
    ),
    row("MTLS-09", Lab("nothing-to-show", "tls13"), Lab("nothing-to-show", "tls12")),
    row("MTLS-10", Closed("nothing-to-show", "tls13"), Closed("both-show-papers", "tls13")),
    row(
        "MTLS-11",
        Altered("both-show-papers", "tls12", |all| {
            let at = of_server(&all[0], 13);
            add_message(&mut all[0], at, 0);
        }),
        Lab("both-show-papers", "tls12"),
    ),
    row("RES-01", Lab("too-late", "-"), Lab("second-visit", "tls13")),
    row(
        "RES-02",
        Altered("second-visit", "tls13", |all| tickets(all, 10)),
        Altered("second-visit", "tls13", |all| tickets(all, 1000)),
    ),
    row(
        "RES-03",
        Altered("no-common-suite", "tls13", |all| {
            client_hello_of(&mut all[0], |hello| hello.psk_identities = 1);
        }),
        Lab("no-common-suite", "tls13"),
    ),
    row("RES-04", Lab("replay-it", "single-use"), Lab("early-data", "-")),
    row("RES-05", Lab("replay-it", "careless"), Lab("second-visit", "tls13")),
    row("RES-06", Made(|| refused(&Offer::tls12(), 2, 115)), Made(|| refused(&Offer::tls12(), 2, 40))),
    row("RES-07", Lab("swap-the-suite", "-"), Lab("five-steps", "tls12")),
    row(
        "ECH-01",
        Altered(PLAIN.0, PLAIN.1, |all| {
            client_hello_of(&mut all[0], |hello| hello.encrypted_client_hello = true);
            all[0].clues.encrypted_extensions = Some(vec![ExtensionType::ENCRYPTED_CLIENT_HELLO]);
        }),
        Lab(PLAIN.0, PLAIN.1),
    ),
    row(
        "ECH-02",
        Made(|| {
            let answer = server_hello(0x1301, Some(0x1d), &[]);
            Wire::closed(&[client(client_hello(&Offer::tls13())), server(answer), client(alert(2, 121))], 50000)
        }),
        Made(|| Wire::closed(&established(), 50000)),
    ),
    row(
        "ECH-03",
        Altered(PLAIN.0, PLAIN.1, |all| client_hello_of(&mut all[0], |hello| hello.encrypted_client_hello = true)),
        Lab(PLAIN.0, PLAIN.1),
    ),
    row("KEX-01", Lab("flip-a-bit-in-the-data", "tls13"), Lab("saying-goodbye", "clean")),
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
            let wire = Wire::open(&established(), 50000)
                .each(|at, frame| frame[IDENTIFICATION + 1] = u8::try_from(at).unwrap() + 1);
            let doubled = wire.frames.iter().flat_map(|frame| [frame.clone(), frame.clone()]).collect();
            Wire { frames: doubled }
        }),
        Made(|| Wire::closed(&established(), 50000)),
    ),
    row("DEC-01", Altered(PLAIN.0, PLAIN.1, |all| decryption(all, Reason::NoEntry)), Lab(PLAIN.0, PLAIN.1)),
    row(
        "DEC-02",
        Altered(PLAIN.0, PLAIN.1, |all| {
            decryption(all, Reason::LabelMissing(tlslab::tls::key_log::Label::ClientTraffic(0)));
        }),
        Lab(PLAIN.0, PLAIN.1),
    ),
    row("DEC-03", Altered(PLAIN.0, PLAIN.1, |all| decryption(all, Reason::WrongSecret)), Lab(PLAIN.0, PLAIN.1)),
    row("DEC-04", Lab("flip-a-bit-in-the-data", "tls13"), Lab(PLAIN.0, PLAIN.1)),
    row("DEC-05", Altered(PLAIN.0, PLAIN.1, |all| decryption(all, Reason::ForwardSecrecy)), Lab(PLAIN.0, PLAIN.1)),
    row("DEC-06", Altered(PLAIN.0, PLAIN.1, |all| decryption(all, Reason::SuiteNotSupported)), Lab(PLAIN.0, PLAIN.1)),
    row(
        "POST-01",
        Altered("five-steps", "tls12", |all| all[0].version = Some(ProtocolVersion::TLS10)),
        Lab("five-steps", "tls12"),
    ),
    row("POST-02", Altered("five-steps", "tls12", |all| suite(all, 0x009c)), Lab("five-steps", "tls12")),
    row("POST-03", Altered("five-steps", "tls12", |all| suite(all, 0x0005)), Lab("five-steps", "tls12")),
    row(
        "POST-04",
        Altered("five-steps", "tls12", |all| server_hello_of(&mut all[0], |hello| hello.compression_method = Some(1))),
        Lab("five-steps", "tls12"),
    ),
    row(
        "POST-05",
        Altered("five-steps", "tls12", |all| {
            server_hello_of(&mut all[0], |hello| hello.extended_master_secret = false);
        }),
        Lab("five-steps", "tls12"),
    ),
    row(
        "POST-06",
        Altered(PLAIN.0, PLAIN.1, |all| {
            let now = all[0].started / SECOND;
            certificate(all, |leaf| (leaf.not_before, leaf.not_after) = (now - 80 * 86_400, now + 9 * 86_400));
        }),
        Altered(PLAIN.0, PLAIN.1, |all| {
            let now = all[0].started / SECOND;
            certificate(all, |leaf| (leaf.not_before, leaf.not_after) = (now - 60 * 86_400, now + 29 * 86_400));
        }),
    ),
    row(
        "POST-07",
        Altered(PLAIN.0, PLAIN.1, |all| certificate(all, |leaf| leaf.not_after = leaf.not_before + 900 * 86_400)),
        Altered(PLAIN.0, PLAIN.1, |all| certificate(all, |leaf| leaf.not_after = leaf.not_before + 90 * 86_400)),
    ),
    row(
        "POST-08",
        Altered(PLAIN.0, PLAIN.1, |all| {
            client_hello_of(&mut all[0], |hello| hello.supported_groups.push(NamedGroup::X25519MLKEM768));
        }),
        Lab("hybrid", "hybrid"),
    ),
    row("POST-09", Lab("hybrid", "hybrid"), Lab("hybrid", "classic")),
    row(
        "POST-10",
        Altered("second-visit", "tls13", |all| tickets(all, 8 * 86_400)),
        Altered("second-visit", "tls13", |all| tickets(all, 86_400)),
    ),
    row(
        "POST-11",
        Altered("second-visit", "tls13", |all| server_hello_of(&mut all[1], |hello| hello.key_share_group = None)),
        Lab("second-visit", "tls13"),
    ),
    row(
        "POST-12",
        Altered(PLAIN.0, PLAIN.1, |all| note(&mut all[0], "tls.heartbleed", Severity::Error)),
        Lab(PLAIN.0, PLAIN.1),
    ),
    row("POST-13", Made(|| Wire::closed(&established(), 50000)), Made(|| refused(&Offer::tls12(), 2, 40))),
    row("POST-14", Lab("starttls-stripped", "trusting"), Lab("starttls-stripped", "strict")),
];
