//! Keys that were given and do not open what they should.

use super::Rule;
use super::case::Case;
use super::finding::Answer::Silent;
use super::finding::{Answer, Confidence, Evidence, Found};
use super::words::{capital, counted};
use crate::base::Severity;
use crate::session::Closed;
use crate::tls::key_log::Label;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "DEC-01",
        severity: Severity::Note,
        title: "No key for this session",
        sees: "secrets, none of which is for this session",
        disproof: "the client random of this session in the key log",
        fix: "take the key log of the program that made the connection, from the same time",
        reference: "RFC 9850 2",
        scenario: None,
        check: no_entry,
    },
    Rule {
        id: "DEC-02",
        severity: Severity::Warn,
        title: "The key log knows the session and lacks a secret",
        sees: "secrets for the client random, and not the one that is needed",
        disproof: "nothing: the line is not there",
        fix: "let the library write all secrets: TLS 1.3 needs the lines with TRAFFIC_SECRET",
        reference: "RFC 9850 2",
        scenario: None,
        check: label_missing,
    },
    Rule {
        id: "DEC-03",
        severity: Severity::Warn,
        title: "The key does not fit",
        sees: "a secret for this session that opens none of its records",
        disproof: "a record that it opens",
        fix: "capture at the same side of a proxy at which the keys were written",
        reference: "RFC 9850 3",
        scenario: None,
        check: wrong_secret,
    },
    Rule {
        id: "DEC-04",
        severity: Severity::Warn,
        title: "Decryption lost its way",
        sees: "records that were opened, and one behind them that was not",
        disproof: "nothing: the record stays closed",
        fix: "capture without losses; a missed KeyUpdate makes everything behind it unreadable",
        reference: "RFC 8446 5.3",
        scenario: Some("drop-a-record"),
        check: lost_way,
    },
    Rule {
        id: "DEC-05",
        severity: Severity::Note,
        title: "The private key cannot open this session",
        sees: "a private key, and a suite with forward secrecy or a resumed session",
        disproof: "nothing: the suite says so",
        fix: "use a key log",
        reference: "RFC 8446 1.2",
        scenario: None,
        check: forward_secrecy,
    },
    Rule {
        id: "DEC-06",
        severity: Severity::Note,
        title: "The cipher is not supported here",
        sees: "keys, and a cipher suite that this program cannot open",
        disproof: "nothing: the suite says so",
        fix: "nothing: the handshake can be read all the same",
        reference: "RFC 8446 B.4",
        scenario: None,
        check: not_supported,
    },
];

/// The first reason for which a record stayed closed, by one of these.
fn closed(case: &Case<'_>, wanted: impl Fn(Closed) -> bool) -> Option<Closed> {
    let facts = case.session.decryption.as_deref()?;
    facts.reason.into_iter().flatten().find(|reason| wanted(*reason))
}

fn told(case: &Case<'_>, reason: Closed) -> Found {
    let text = reason.text();
    Found::new(Confidence::Certain, format!("{}.", capital(&text)))
        .by([Evidence::frame(case.session.first_frame, "the session begins")])
}

fn no_entry(case: &Case<'_>) -> Answer {
    closed(case, |it| matches!(it, Closed::NoEntry | Closed::OtherIdentity)).map_or(Silent, |it| told(case, it).into())
}

fn label_missing(case: &Case<'_>) -> Answer {
    let Some(reason) = closed(case, |it| matches!(it, Closed::LabelMissing(_))) else { return Silent };
    // Early data that cannot be opened is little and often refused.
    let early = reason == Closed::LabelMissing(Label::ClientEarlyTraffic);
    let found = told(case, reason);
    if early { found.milder(Severity::Note).into() } else { found.into() }
}

fn wrong_secret(case: &Case<'_>) -> Answer {
    closed(case, |it| matches!(it, Closed::WrongSecret | Closed::OtherPrivateKey))
        .map_or(Silent, |it| told(case, it).into())
}

fn lost_way(case: &Case<'_>) -> Answer {
    let Some(reason) = closed(case, |it| it == Closed::Damaged) else { return Silent };
    let facts = case.session.decryption.as_deref();
    let count: u32 = facts.map_or(0, |facts| facts.closed.iter().sum());
    let mut found = told(case, reason);
    found.text = format!("{} {} stayed closed.", found.text, counted(count, "record"));
    found.into()
}

fn forward_secrecy(case: &Case<'_>) -> Answer {
    closed(case, |it| matches!(it, Closed::ForwardSecrecy | Closed::Resumed)).map_or(Silent, |it| told(case, it).into())
}

fn not_supported(case: &Case<'_>) -> Answer {
    closed(case, |it| it == Closed::SuiteNotSupported).map_or(Silent, |it| told(case, it).into())
}
