//! What programs do that are not those of the lab: the same faults, and another alert or none.

use crate::made::sealed::Talk;
use crate::made::{
    Offer, Wire, alert, certificate, client, client_hello, hello_of_server, message, nothing13, record, request13,
    server,
};
use crate::source::{Source, of_wire, read, recorded, turned};
use crate::support::captures::shared;
use crate::support::hold;
use tlslab::capture::Input;
use tlslab::session::Session;

const DAY: i64 = 86_400;

/// A hello without signature_algorithms, by which libraries are known: the extension has a number of nobody's.
fn by_nobody(wire: Wire) -> Wire {
    wire.message(1, 0, |hello| {
        let at = hello.windows(2).position(|pair| pair == [0, 13]).unwrap();
        hello[at..at + 2].copy_from_slice(&[0x7f, 0x7f]);
    })
}

/// A chain of RSA keys that the client does not trust, signed with SHA-1.
fn by_sha1() -> Wire {
    let keys = [("pki.stranger.key", "\"rsa2048\""), ("pki.issuing.key", "\"rsa2048\"")];
    let oid = |last: u8| [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, last];
    turned("untrusted-root", "tls12", &keys).with_keys("").replaced(&oid(0x0b), &oid(5))
}

/// A server of TLS 1.3 that lets everybody in, and says in HTTP that it minds.
fn answers_in_http() -> Wire {
    let talk = Talk::tls13(&Offer::tls13()).says(false, &[message(8, &[0, 0]), request13(&[0x0403])]);
    let talk = talk.finished(false).says(true, &[nothing13()]).finished(true).data(true, b"GET / HTTP/1.1\r\n\r\n");
    let answer =
        "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<center>No required SSL certificate was sent</center>";
    talk.data(false, answer.as_bytes()).wire()
}

#[test]
fn the_cause_is_told_whatever_the_alert_of_the_library() {
    let twice = [("peer.server.chain", r#"["web", "issuing", "stranger"]"#)];
    let old_authority = [("peer.client.versions", r#"["1.2"]"#), ("pki.issuing.valid", r#"["-2y", "-7d"]"#)];
    let cases: Vec<(&str, Wire, Option<&str>, &str)> = vec![
        (
            "OpenSSL on a path that is too long",
            recorded("path-too-long", "tls12").says(48),
            Some("CERT-16"),
            "the chain is broken",
        ),
        (
            "NSS on an intermediate that has expired",
            by_nobody(recorded("expired-intermediate", "tls12").says(48)),
            Some("CERT-03"),
            "expired",
        ),
        ("stunnel on another name", recorded("wrong-host", "tls12").says(80), Some("CERT-04"), "not for"),
        ("rustls on a signature with SHA-1", by_sha1().says(51), Some("CERT-12"), "sha1WithRSAEncryption"),
        (
            "a certificate that stands twice is not minded",
            turned("untrusted-root", "tls12", &twice).says(42),
            None,
            "the capture does not show why",
        ),
        ("nginx, which answers that it minds", answers_in_http(), Some("MTLS-01"), "turned the request down"),
        (
            "a server with a list of names",
            recorded("expired-badge", "tls12").later(-30 * DAY).says(42),
            Some("MTLS-03"),
            "rules of its own",
        ),
        (
            "an authority of the client that has expired",
            turned("forgotten-intermediate", "with-chain", &old_authority),
            Some("MTLS-05"),
            "an authority that expired",
        ),
        (
            "OpenSSL on a binder",
            Wire::closed(&[client(client_hello(&Offer::tls13().pre_shared_key())), server(alert(2, 47))], 50000),
            Some("RES-03"),
            "binder",
        ),
    ];
    let mut faults = Vec::new();
    for (name, wire, rule, words) in cases {
        let found = of_wire(wire);
        let session = &found.sessions[0];
        let (line, is) = (session.verdict_line(), session.verdict_finding().map(|found| found.rule.id));
        if is != rule || !line.contains(words) {
            faults.push(format!("{name}: {is:?} {line}"));
        }
    }
    hold(&faults);
}

/// A client that checks these signatures, and refuses a certificate that has expired with an alert for any fault.
fn refuses_expired(signatures: &[u16]) -> Wire {
    let lab = recorded("cert-expired", "tls12");
    let (began, pki) = (lab.frames[0].0 / 1_000_000_000, lab.pki.unwrap());
    let offer =
        Offer { signatures: signatures.to_vec(), name: Some("shop.lab.test"), extra: Vec::new(), ..Offer::tls12() };
    let shown = ["web", "issuing"].map(|name| pki.certificate(name).unwrap().der.clone());
    let flight = [hello_of_server([5; 32], 0x0303, 0xc02b, 0, &[]), certificate(&shown[0]), message(14, &[])].concat();
    let turns = [client(client_hello(&offer)), server(record(22, &flight)), client(alert(2, 42))];
    Wire::closed(&turns, 50000).later(began)
}

/// Libraries that have one alert for all say nothing with it; those that have several say something by which they chose.
#[test]
fn what_is_known_of_the_library_counts() {
    const GO: &[u16] = &[0x0804, 0x0403, 0x0807, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0503, 0x0603];
    const OPENSSL: &[u16] =
        &[0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401];
    for (signatures, confidence, words) in [
        (GO, "likely", "The client looks like Go (possible), which says bad_certificate of every fault."),
        (OPENSSL, "possible", "The client looks like OpenSSL (possible)."),
    ] {
        let found = of_wire(refuses_expired(signatures));
        let (session, text) = (&found.sessions[0], found.sessions[0].verdict_text());
        assert_eq!(session.verdict.confidence.map(tlslab::session::rule::Confidence::word), Some(confidence), "{text}");
        assert!(text.contains(words), "{text}");
    }
}

/// What the first client of a capture looks like; nobody is named where nothing is known.
#[test]
fn clients_of_captures_are_known_by_their_hellos() {
    let looks = |sessions: &[Session]| {
        let likeness = sessions.iter().find(|session| !session.client_hellos.is_empty())?.client_library()?;
        Some((likeness.library.name(), likeness.confidence.word()))
    };
    for (sample, name) in [("one-way-tls12", "OpenSSL"), ("one-way-tls13", "OpenSSL"), ("mutual-tls12", "GnuTLS")] {
        assert_eq!(looks(&Source::Sample(sample).found().sessions), Some((name, "likely")), "{sample}");
    }
    let Some(folder) = shared() else { return };
    for (file, expected) in [
        ("foxio-ja4/tls-handshake.pcapng", Some(("Chromium", "likely"))),
        ("zeek/tls13-ech.pcap", Some(("Chromium", "likely"))),
        ("zeek/tls13draft16-ff52.a01-aborted.pcap", Some(("NSS", "likely"))),
        ("zeek/client-certificate.pcap", Some(("NSS", "likely"))),
        ("zeek/ftp-auth-tls.pcap", Some(("GnuTLS", "likely"))),
        ("zeek/tls-expired-cert.pcap", Some(("OpenSSL 1.0", "likely"))),
        ("zeek/hrr.pcap", Some(("OpenSSL", "likely"))),
        ("snet/mTLS1_3_RSA.pcap", Some(("OpenSSL", "likely"))),
        // Nothing to be known by: no signature algorithms.
        ("wireshark-wiki/rsasnakeoil2.pcap", None),
    ] {
        let path = folder.join(file);
        if path.is_file() {
            assert_eq!(looks(&read(Input::Path(path)).sessions), expected, "{file}");
        } else {
            println!("skipped: there is no {file}");
        }
    }
}
