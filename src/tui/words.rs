//! What is known of a session, in the few words that lists and title lines have room for.

use super::clock;
use super::theme::{Glyphs, Theme};
use crate::base::printable;
use crate::net::Direction;
use crate::report;
use crate::session::{Authentication, Kind, Outcome, Session};
use crate::tls::code::ProtocolVersion;
use ratatui::style::Style;

/// The glyph of an outcome.
#[must_use]
pub fn outcome_glyph(outcome: Outcome, glyphs: &Glyphs) -> &'static str {
    match outcome {
        Outcome::Established => glyphs.ok,
        Outcome::Refused { .. } | Outcome::NotTls { .. } | Outcome::Aborted { .. } => glyphs.failed,
        Outcome::LikelyRefused { .. } => glyphs.suspect,
        Outcome::Incomplete => glyphs.incomplete,
        Outcome::MidStream => glyphs.midstream,
        Outcome::NotDecoded => glyphs.undecoded,
    }
}

/// The colour of an outcome.
#[must_use]
pub fn outcome_style(outcome: Outcome, theme: &Theme) -> Style {
    match outcome {
        Outcome::Established => theme.ok,
        Outcome::Refused { .. } | Outcome::NotTls { .. } | Outcome::Aborted { .. } => theme.failed,
        Outcome::LikelyRefused { .. } => theme.warn,
        Outcome::Incomplete | Outcome::MidStream => theme.note,
        Outcome::NotDecoded => theme.muted,
    }
}

/// The result column: at most 11 cells, or with the name of the alert.
#[must_use]
pub fn result(session: &Session, long: bool) -> String {
    match session.outcome {
        Outcome::Established => "ok".to_owned(),
        Outcome::Refused { alert, .. } if long => {
            let name = alert.description.name().unwrap_or("unknown");
            format!("{name} ({})", alert.description.0)
        }
        Outcome::Refused { alert, .. } => format!("alert {}", alert.description.0),
        Outcome::NotTls { .. } => "not TLS".to_owned(),
        Outcome::Aborted { reset: true, .. } => "reset".to_owned(),
        Outcome::Aborted { reset: false, .. } => "closed".to_owned(),
        Outcome::LikelyRefused { .. } if long => "likely refused".to_owned(),
        Outcome::LikelyRefused { .. } => "suspect".to_owned(),
        Outcome::Incomplete => "incomplete".to_owned(),
        Outcome::MidStream => "midstream".to_owned(),
        Outcome::NotDecoded => "undecoded".to_owned(),
    }
}

/// The version column: `1.3`, `SSL3`, `d18` for a draft.
#[must_use]
pub fn version(session: &Session) -> String {
    match (session.kind, session.version) {
        (Kind::Dtls, _) => "DTLS".to_owned(),
        (Kind::Quic, _) => "QUIC".to_owned(),
        (Kind::Tls, None) => "-".to_owned(),
        (Kind::Tls, Some(version)) => short_version(version),
    }
}

fn short_version(version: ProtocolVersion) -> String {
    if let Some(draft) = version.draft() {
        return format!("d{draft}");
    }
    match version {
        ProtocolVersion::SSL2 => "SSL2".to_owned(),
        ProtocolVersion::SSL3 => "SSL3".to_owned(),
        ProtocolVersion(code) => match version.name() {
            Some(name) => name.strip_prefix("TLS ").unwrap_or(name).to_owned(),
            None => format!("{code:04x}"),
        },
    }
}

/// How much of the cipher suite a list has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CipherForm {
    /// What encrypts the records: `AES_256_GCM_SHA384`.
    Encryption,
    /// The suite: `ECDHE_ECDSA_WITH_AES_256_GCM_SHA384`.
    Suite,
    /// The suite and the group: `AES_256_GCM_SHA384 / x25519`.
    SuiteAndGroup,
}

/// The suite as lists show it: its registered name without the `TLS_` that all share.
#[must_use]
pub fn cipher(session: &Session, form: CipherForm) -> String {
    let Some(suite) = session.cipher_suite else {
        let undecoded = session.outcome == Outcome::NotDecoded;
        return if undecoded { "(not decoded)" } else { "-" }.to_owned();
    };
    let name = suite.to_string();
    let name = name.strip_prefix("TLS_").unwrap_or(&name);
    match (form, session.group) {
        (CipherForm::Encryption, _) => name.split_once("_WITH_").map_or(name, |(_, encryption)| encryption).to_owned(),
        (CipherForm::SuiteAndGroup, Some(group)) => format!("{name} / {group}"),
        (CipherForm::Suite | CipherForm::SuiteAndGroup, _) => name.to_owned(),
    }
}

/// The auth column: who proved an identity, as far as it can be seen.
#[must_use]
pub fn auth(session: &Session) -> &'static str {
    let opened = session.timeline.iter().any(|event| event.decrypted && event.direction == Direction::ToClient);
    let hidden = session.version.is_some_and(ProtocolVersion::is_tls13) && !opened;
    session.authentication().map_or(if hidden { "hidden" } else { "-" }, Authentication::word)
}

/// The open column: whether keys opened what was encrypted.
#[must_use]
pub fn open(session: &Session) -> &'static str {
    match session.decryption.as_deref().map(|facts| (facts.is_open(), facts.closed != [0; 2])) {
        Some((true, false)) => "yes",
        Some((true, true)) => "part",
        Some((false, true)) => "no",
        Some((false, false)) | None => "-",
    }
}

/// Why records stayed closed, the most important words first, to stand in one line; nothing where none did.
#[must_use]
pub fn closed(session: &Session) -> Option<String> {
    let facts = session.decryption.as_deref()?;
    let reason = session.why_closed()?.text();
    let (opened, closed) = (facts.opened.iter().sum::<u32>(), facts.closed.iter().sum::<u32>());
    Some(match opened {
        0 => format!("Stays closed: {reason}."),
        _ => format!("{closed} of {} records stay closed: {reason}.", opened.saturating_add(closed)),
    })
}

/// The host name, or what stands in its place.
#[must_use]
pub fn server_name(session: &Session) -> String {
    session.server_name().map_or_else(|| "-".to_owned(), printable)
}

/// How long the handshake took in milliseconds.
#[must_use]
pub fn duration(session: &Session) -> Option<i64> {
    Some(session.handshake_ended?.saturating_sub(session.handshake_started?))
}

/// The duration column.
#[must_use]
pub fn duration_text(session: &Session) -> String {
    duration(session).map_or_else(|| "-".to_owned(), clock::milliseconds)
}

/// The side of the connection that a direction comes from.
#[must_use]
pub fn sender(direction: Direction) -> &'static str {
    match direction {
        Direction::ToServer => "client",
        Direction::ToClient => "server",
    }
}

/// The outcome as a sentence, in the words that reports use too.
#[must_use]
pub fn verdict(session: &Session) -> String {
    if session.verdict.event.is_some() || session.verdict.finding.is_some() {
        return session.whole_verdict() + ".";
    }
    sentence(&report::outcome(session))
}

/// A clause as a sentence: with a capital letter and a full stop.
#[must_use]
pub fn sentence(clause: &str) -> String {
    let mut characters = clause.chars();
    let first = characters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", characters.as_str())
}

/// What goes with the verdict: the state of client authentication, resumption, a second hello.
#[must_use]
pub fn circumstances(session: &Session) -> Vec<String> {
    let mut out = Vec::new();
    if session.hello_retry_request() {
        out.push("The server asked for another ClientHello.".to_owned());
    }
    if session.resumed == Some(true) {
        out.push("It resumed an earlier session.".to_owned());
    }
    out.extend(client_certificate(session));
    if let Some(request) = session.certificate_request.as_deref().filter(|request| !request.authorities.is_empty()) {
        let names: Vec<String> = request.authorities.iter().map(|name| printable(name)).collect();
        out.push(format!("Authorities that the server takes: {}.", names.join("; ")));
    }
    if let Some(prelude) = &session.prelude {
        out.push(format!("Before TLS: {}.", prelude.protocol));
    }
    // What holds is said where it stands; what does not is a reason to look.
    out.extend(session.failed_proofs().map(|proof| sentence(&proof.text())));
    let missing: u64 = session.transport.missing.iter().sum();
    if missing > 0 {
        out.push(format!("{missing} bytes were not captured."));
    }
    out
}

/// What became of the protected records, in full.
#[must_use]
pub fn decryption(session: &Session) -> Option<String> {
    let facts = session.decryption.as_deref().filter(|facts| facts.is_about_something())?;
    Some(format!("Decryption: {}.", report::decryption(facts).join("; ")))
}

/// What the client did when it was asked for a certificate.
fn client_certificate(session: &Session) -> Option<String> {
    match session.client_certificate_sent {
        Some(false) => Some("The client was asked for a certificate and sent an EMPTY list.".to_owned()),
        Some(true) => {
            let leaf = session.client_certificates.first().map(|leaf| printable(&leaf.short()));
            Some(format!("The client showed a certificate: {}.", leaf.unwrap_or_else(|| "unreadable".to_owned())))
        }
        None => session.certificate_request.as_ref().map(|_| "The client was asked for a certificate.".to_owned()),
    }
}
