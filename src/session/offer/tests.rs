//! Offers of made-up sessions: what a list says, by what was offered, chosen, and known of the server.

use super::{Fate, Offer, offers};
use crate::session::rule::{Cause, Confidence, Finding, Verdict, rule};
use crate::session::{Located, Session, sample};
use crate::tls::code::{CipherSuite, NamedGroup, ProtocolVersion};
use crate::tls::handshake::ClientHello;
use std::sync::Arc;

/// A session that offers these versions and suites, with what was chosen.
fn session(number: u32, versions: &[u16], suites: &[u16], chosen: Option<(u16, u16)>) -> Session {
    let hello = ClientHello {
        legacy_version: ProtocolVersion::TLS12,
        supported_versions: versions.iter().copied().map(ProtocolVersion).collect(),
        cipher_suites: suites.iter().copied().map(CipherSuite).collect(),
        supported_groups: vec![NamedGroup(0x11ec), NamedGroup(0x1d)],
        ..ClientHello::default()
    };
    let mut session = sample::tls13();
    session.number = number;
    session.client_hellos = vec![Located { frame: 4, item: Arc::new(hello) }];
    session.version = chosen.map(|(version, _)| ProtocolVersion(version));
    session.cipher_suite = chosen.map(|(_, suite)| CipherSuite(suite));
    session.group = None;
    if chosen.is_none() {
        session.server_hellos.clear();
        session.timeline.truncate(1);
    }
    session
}

fn of<'a>(offers: &'a [Offer], what: &str) -> &'a Offer {
    offers.iter().find(|offer| offer.what == what).unwrap()
}

/// Versions and suites offered, what was chosen, what another session with this server chose; the list and what it says.
type Row = (&'static [u16], &'static [u16], Option<(u16, u16)>, Option<(u16, u16)>, &'static str, &'static str);

const ROWS: &[Row] = &[
    (
        &[0x304, 0x303],
        &[0x1301],
        Some((0x304, 0x1301)),
        None,
        "versions",
        "TLS 1.3 chosen, of 2 offered and 2 possible.",
    ),
    (
        &[0x304],
        &[0x1301],
        None,
        Some((0x303, 0xc02f)),
        "versions",
        "EMPTY INTERSECTION: in other sessions this server chose TLS 1.2; none of it is offered.",
    ),
    (
        &[0x304],
        &[0x1301],
        None,
        None,
        "versions",
        "1 offered, 1 possible, nothing chosen; what the server takes is not known.",
    ),
    (&[0x303], &[0x1301], None, None, "cipher suites", "EMPTY INTERSECTION: of 1 offered none was possible."),
    (
        &[0x304, 0x303],
        &[0x1301, 0xc02f],
        Some((0x303, 0xc02f)),
        None,
        "cipher suites",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 chosen, of 2 offered and 1 possible.",
    ),
    (
        &[0x304],
        &[0x1302],
        Some((0x304, 0x1301)),
        None,
        "cipher suites",
        "TLS_AES_128_GCM_SHA256 was chosen and not offered.",
    ),
];

#[test]
fn a_list_says_what_is_left_of_it() {
    for (versions, suites, chosen, elsewhere, what, expected) in ROWS {
        let this = session(1, versions, suites, *chosen);
        let other = elsewhere.map(|chosen| session(2, versions, suites, Some(chosen)));
        let offers = offers(&this, other.iter());
        let offer = of(&offers, what);
        assert_eq!(offer.says(), *expected);
        assert_eq!(offer.is_empty_intersection(), expected.starts_with("EMPTY"), "{offer:?}");
    }
}

#[test]
fn a_group_of_tls13_is_not_possible_below_it() {
    let this = session(1, &[0x303], &[0xc02f], Some((0x303, 0xc02f)));
    let offers = offers(&this, []);
    let fates: Vec<Fate> = of(&offers, "groups").entries.iter().map(|entry| entry.fate).collect();
    assert_eq!(fates, [Fate::Impossible("for TLS 1.3"), Fate::Possible]);
}

#[test]
fn without_a_hello_nothing_is_offered() {
    let mut this = sample::tls13();
    this.client_hellos.clear();
    assert_eq!(offers(&this, []), []);
}

#[test]
fn what_the_verdict_refuses_was_not_possible() {
    let mut this = session(1, &[0x304], &[0x1301], None);
    let rule = rule("NEG-06").unwrap();
    for (confidence, possible) in [(Confidence::Certain, 0), (Confidence::Likely, 0), (Confidence::Possible, 1)] {
        let (text, cause) = (String::new(), Some(Cause { confidence, clause: String::new() }));
        let severity = rule.severity;
        this.findings = vec![Finding { rule, severity, confidence, text, evidence: Vec::new(), cause }];
        this.verdict = Verdict { finding: Some(0), confidence: Some(confidence), ..Verdict::default() };
        let offers = offers(&this, []);
        assert_eq!(of(&offers, "cipher suites").possible(), possible);
        assert_eq!(of(&offers, "groups").possible(), 2);
    }
}
