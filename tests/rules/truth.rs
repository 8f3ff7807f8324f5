//! The verdicts held against what the peers of the lab say of themselves, with keys and without; and what is read of
//! TLS 1.3 by lengths alone against what the keys show.

use crate::source::of_run;
use crate::support::hold;
use crate::support::plays::cases;
use tlslab::lab::run::Connection;
use tlslab::lab::scenario::FailedCheck;
use tlslab::session::flight::Shown;
use tlslab::session::rule::Confidence;
use tlslab::session::{Flight, Session};

/// The rules that name a failed check rightly: the check, who found it, the rules.
const RIGHT: &[(&str, &str, &[&str])] = &[
    ("validity", "client", &["CERT-01", "CERT-02", "CERT-03", "CERT-24"]),
    ("validity", "server", &["MTLS-05"]),
    ("name", "client", &["CERT-04", "CERT-20"]),
    ("trust", "client", &["CERT-07", "CERT-08"]),
    ("trust", "server", &["MTLS-03"]),
    // A lone certificate that does not say where its issuer can be fetched may be of an authority that signs by itself.
    ("chain-built", "client", &["CERT-05", "CERT-08"]),
    ("chain-built", "server", &["MTLS-06", "MTLS-03"]),
    ("signature", "client", &["CERT-16", "CERT-17"]),
    ("purpose", "client", &["CERT-10"]),
    ("purpose", "server", &["MTLS-05"]),
    ("ca-flag", "client", &["CERT-11", "CERT-16", "CERT-07"]),
    ("pathlen", "client", &["CERT-16"]),
    ("constraints", "client", &["CERT-16"]),
    ("critical-ext", "client", &["CERT-16"]),
    ("revocation", "client", &["CERT-13"]),
    ("revocation", "server", &["MTLS-05"]),
    ("client-certificate", "server", &["MTLS-01", "MTLS-02", "MTLS-10"]),
    ("key-exchange-signature", "client", &["CERT-17"]),
    ("certificate-verify", "client", &["CERT-17"]),
    ("certificate-verify", "server", &["MTLS-07"]),
    ("record", "client", &["NET-09", "NEG-20", "KEX-01", "RES-07"]),
    ("record", "server", &["KEX-01", "RES-07"]),
    ("record", "both", &["KEX-01", "RES-07"]),
    ("version", "client", &["NEG-05", "NEG-03"]),
    ("version", "server", &["NEG-01"]),
    ("suite", "server", &["NEG-06"]),
    ("suite", "client", &["RES-07"]),
    ("group", "server", &["NEG-08"]),
    ("signature-scheme", "server", &["NEG-11"]),
    ("alpn", "server", &["NEG-13"]),
];

/// What is known to be beyond the capture: a list of the client's own that was stale, or lacked an entry, reaches the
/// wire as unknown_ca or handshake_failure; a connection that was cut in the hello as handshake_failure.
const HIDDEN: &[&str] = &[
    "stale-list enforced",
    "half-a-set deny-unknown",
    "forged-list -",
    "the-day-revocation-was-switched-on -",
    "cut-the-line -",
    "fenced-in-ca tls12",
    "fenced-in-ca tls13",
    "compromised-authority fenced-in",
];

/// What a verdict is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worth {
    Right,
    /// It says that it does not know, or blames the right message by a guess of its own.
    Open,
    Wrong,
}

/// The check that failed, and by whom it was found, where a peer refused the other.
fn truth(connection: &Connection) -> Option<(&'static str, &'static str)> {
    let check = connection.check?;
    let word = check.word();
    let by = connection.found_by?.word();
    let after = matches!(check, FailedCheck::Handshake(_)) && matches!(word, "closure" | "authorization");
    (!after).then_some((word, by))
}

fn worth(session: &Session, (check, by): (&str, &str)) -> Worth {
    let Some(found) = session.verdict_finding() else { return Worth::Open };
    let right = RIGHT.iter().filter(|(of, who, _)| *of == check && *who == by).flat_map(|(.., rules)| *rules);
    let right: Vec<_> = right.collect();
    assert!(!right.is_empty(), "{check} by {by} is not in the table");
    // That the certificate was refused late is true whatever is wrong with it.
    if right.contains(&&found.rule.id) {
        Worth::Right
    } else if found.rule.id == "MTLS-09" && by == "server" {
        Worth::Open
    } else {
        Worth::Wrong
    }
}

#[test]
fn verdicts_name_what_the_peers_say() {
    let mut faults = Vec::new();
    let mut counts = [[0u32; 3]; 2];
    for case in cases() {
        let run = &case.played.run;
        let (open, closed) = (of_run(run, &run.key_log.0), of_run(run, ""));
        for connection in &run.connections {
            let Some(truth) = truth(connection).filter(|_| connection.session.is_some()) else { continue };
            let ends = connection.session.as_ref().unwrap().stream;
            for (sessions, (count, keys)) in
                [&open.sessions, &closed.sessions].into_iter().zip(counts.iter_mut().zip(["with keys", "without keys"]))
            {
                let Some(session) = sessions.iter().find(|session| session.stream == ends) else { continue };
                let worth = worth(session, truth);
                count[worth as usize] += 1;
                let hidden = HIDDEN.contains(&case.name.as_str());
                let certain = session.verdict.confidence == Some(Confidence::Certain);
                if worth == Worth::Wrong && (certain || !hidden) {
                    let line = session.verdict_line();
                    faults.push(format!("{} {keys}: {truth:?}, {line}", case.name));
                }
                if worth == Worth::Open && keys == "with keys" && !hidden {
                    faults.push(format!("{} {keys}: {truth:?} has no cause: {}", case.name, session.verdict_line()));
                }
            }
        }
    }
    println!("right, open, wrong: with keys {:?}, without {:?}", counts[0], counts[1]);
    let [[right, open, wrong], _] = counts;
    hold(&faults);
    assert!(right * 100 >= (right + open + wrong) * 90, "with keys {counts:?}");
}

/// Whether the server asked for a certificate, what the client showed, and with what keys, as far as keys tell.
fn known(session: &Session) -> (bool, Option<bool>) {
    (session.certificate_request.is_some(), session.client_certificate_sent)
}

#[test]
fn lengths_tell_what_keys_show() {
    let mut faults = Vec::new();
    let mut read = [0u32; 3];
    for case in cases() {
        let run = &case.played.run;
        let (open, closed) = (of_run(run, &run.key_log.0), of_run(run, ""));
        for session in &closed.sessions {
            let Some(flight) = Flight::read(session) else { continue };
            let Some(open) = open.sessions.iter().find(|open| open.stream == session.stream) else { continue };
            let opened = open.decryption.as_ref().is_some_and(|facts| facts.opened != [0; 2] && facts.closed == [0; 2]);
            if !opened {
                continue;
            }
            let (asked, shown) = known(open);
            let mut hold = |holds: bool, what: &str| {
                if !holds {
                    faults.push(format!("{}: {what}: {flight:?}", case.name));
                }
            };
            if let Some(requested) = flight.requested {
                read[0] += 1;
                hold(requested == asked, "whether a certificate was asked for");
            }
            if let Some(it) = flight.shown {
                read[1] += 1;
                hold(shown == Some(it == Shown::Certificate), "what the client showed");
            }
            if let (Some(key), Some(leaf)) = (flight.server_key, open.server_certificates.first()) {
                read[2] += 1;
                hold(leaf.key.to_string() == key, "the server's key");
            }
        }
    }
    println!("read: request {}, shown {}, key {}", read[0], read[1], read[2]);
    assert!(read[0] > 20 && read[1] > 5, "{read:?}");
    hold(&faults);
}
