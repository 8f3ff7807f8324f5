//! What is said of a session in words, label by label: shared by text and Markdown, so that both say the same.

use super::moment::Moment;
use crate::base::{counted, hex, hex_colon, printable, printable_bytes};
use crate::net::Direction;
use crate::session::{Authentication, Closed, Decryption, Kind, Outcome, Prelude, Session};
use crate::tls::handshake::Alert;
use crate::x509::Certificate;
use std::sync::Arc;

/// A label and what is said under it; more than one line where there is more than one thing.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) lines: Vec<String>,
}

/// Who talked to whom, and for which host: `192.0.2.1:50000 > 192.0.2.2:443  bank.example`.
pub(super) fn title(session: &Session) -> String {
    let name = session.server_name().map(|name| format!("  {}", printable(name))).unwrap_or_default();
    format!("{} > {}{name}", session.client, session.server)
}

/// How the session went, as a sentence without its full stop: what was seen, and where it is a guess, that it is one.
#[must_use]
pub fn outcome(session: &Session) -> String {
    match session.outcome {
        Outcome::Established => "the handshake was completed".to_owned(),
        Outcome::Refused { by, alert } => {
            let completed = session.completed_before_alert();
            let completed = completed.map(|frame| format!("; the handshake had been completed before (frame {frame})"));
            let (by, completed) = (peer(by), completed.unwrap_or_default());
            format!("{by} sent the {} alert {}{completed}", alert.level, described(alert))
        }
        Outcome::NotTls { by } => format!("{} answered with something that is not TLS", peer(by)),
        Outcome::Aborted { by, reset: true } => {
            format!("{} reset the connection before the handshake was through", peer(by))
        }
        Outcome::Aborted { by, reset: false } => {
            format!("{} closed the connection before the handshake was through", peer(by))
        }
        Outcome::LikelyRefused { by } => format!(
            "{} sent one more encrypted record and the connection was closed: most likely an alert, which cannot be \
             read without keys",
            peer(by)
        ),
        Outcome::Incomplete => "the capture ends, or lacks too much, before it can be told".to_owned(),
        Outcome::MidStream => "the capture begins after the handshake".to_owned(),
        Outcome::NotDecoded => format!("{} is listed, not decoded", session.kind.word().to_uppercase()),
    }
}

/// All that is said of the session, in the order in which it is read.
pub(super) fn facts(session: &Session) -> Vec<Fact> {
    let mut facts = Vec::with_capacity(16);
    let mut say = |label, line: String| facts.push(Fact { label, lines: vec![line] });
    say("result", format!("{}: {}", session.outcome.word(), outcome(session)));
    say("began", began(session));
    say("traffic", traffic(session));
    if let Some(prelude) = session.prelude.as_deref() {
        say("before TLS", before(prelude));
    }
    if let Some(transport) = transport(session) {
        say("transport", transport);
    }
    if session.kind != Kind::Tls {
        return facts;
    }
    if matches!(session.outcome, Outcome::MidStream) {
        if session.version.is_some() {
            say("version", known(session.version));
            say("cipher suite", known(session.cipher_suite));
        }
        facts.extend(protected(session));
        return facts;
    }
    say("version", known(session.version));
    say("cipher suite", known(session.cipher_suite));
    say("group", known(session.group));
    say("ALPN", alpn(session));
    say("resumption", resumption(session).to_owned());
    say("authentication", authentication(session).to_owned());
    if let Some(scheme) = session.server_signature_scheme {
        say("signature", scheme.to_string());
    }
    if let Some(credential) = session.clues.credential.as_deref() {
        let end = session.credential_end().and_then(Moment::from_seconds);
        let until = end.map_or_else(|| "an unknown time".to_owned(), |end| end.as_str().to_owned());
        let (expected, algorithm) = (credential.expected, credential.algorithm);
        say("delegated to", format!("a key for {expected} until {until}, signed with {algorithm}"));
    }
    facts.extend(protected(session));
    let proofs = super::proofs(session);
    if !proofs.is_empty() {
        facts.push(Fact { label: "proofs", lines: proofs });
    }
    if let Some(request) = session.certificate_request.as_deref().filter(|request| !request.authorities.is_empty()) {
        let authorities: Vec<String> = request.authorities.iter().map(|name| printable(name)).collect();
        facts.push(Fact { label: "asked of client", lines: authorities });
    }
    facts.extend(chain("server certs", &session.server_certificates, session));
    facts.extend(chain("client certs", &session.client_certificates, session));
    facts.extend(super::validation::facts(session));
    facts.extend(fingerprints(session));
    facts
}

fn peer(sender: Direction) -> &'static str {
    match sender {
        Direction::ToServer => "the client",
        Direction::ToClient => "the server",
    }
}

/// An alert with its number, which is what one looks up.
pub(super) fn described(alert: Alert) -> String {
    match alert.description.name() {
        Some(name) => format!("{name} ({})", alert.description.0),
        None => format!("unknown ({})", alert.description.0),
    }
}

fn known<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "not seen".to_owned(), |value| value.to_string())
}

fn began(session: &Session) -> String {
    let moment = Moment::from_nanoseconds(session.started);
    moment.as_ref().map_or("at an unknown time", Moment::as_str).to_owned()
}

fn traffic(session: &Session) -> String {
    let [sent, received] = session.bytes;
    let time = milliseconds(session.ended.saturating_sub(session.started));
    let frames = counted(session.frames, "frame");
    format!("{time} ms, {frames}, {sent} B to the server, {received} B to the client")
}

/// Nanoseconds as milliseconds with three digits behind the point.
pub(super) fn milliseconds(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let microseconds = nanoseconds.unsigned_abs() / 1000;
    format!("{sign}{}.{:03}", microseconds / 1000, microseconds % 1000)
}

fn before(prelude: &Prelude) -> String {
    let answer = match prelude.accepted {
        Some(true) => ", accepted",
        Some(false) => ", not accepted",
        None => "",
    };
    let [sent, received] = prelude.bytes;
    format!("{}{answer}, {sent} B to the server, {received} B to the client", printable(prelude.protocol))
}

fn transport(session: &Session) -> Option<String> {
    let facts = &session.transport;
    let missing: u64 = facts.missing.iter().fold(0, |sum, bytes| sum.saturating_add(*bytes));
    let mut parts = Vec::new();
    parts.extend(facts.syn_round_trip.map(|time| format!("SYN round trip {} ms", milliseconds(time))));
    for (number, noun) in
        [(u64::from(facts.retransmissions), "retransmission"), (u64::from(facts.out_of_order), "segment out of order")]
    {
        if number > 0 {
            // The plural belongs to the first word.
            let (first, rest) = noun.split_once(' ').unwrap_or((noun, ""));
            parts.push(format!("{} {rest}", counted(number, first)).trim_end().to_owned());
        }
    }
    if missing > 0 {
        parts.push(format!("{} not captured", counted(missing, "byte")));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn alpn(session: &Session) -> String {
    let offered: Vec<String> = session
        .client_hellos
        .first()
        .map(|hello| hello.item.alpn.iter().map(|name| printable_bytes(name)).collect())
        .unwrap_or_default();
    let offer = if offered.is_empty() { "not offered".to_owned() } else { format!("offered {}", offered.join(", ")) };
    match session.alpn.as_deref() {
        Some(name) => format!("{}; {offer}", printable_bytes(name)),
        None if hidden(session) && !offered.is_empty() => format!("choice encrypted; {offer}"),
        None if offered.is_empty() => offer,
        None => format!("none chosen; {offer}"),
    }
}

/// What became of the protected records, where there are secrets; and what to look for in a key log that has none.
fn protected(session: &Session) -> Option<Fact> {
    let decryption = session.decryption.as_deref().filter(|facts| facts.is_about_something())?;
    let mut lines = self::decryption(decryption);
    let random = session.client_hellos.last().and_then(|hello| hello.item.random);
    if let Some(random) = random.filter(|_| decryption.reason.contains(&Some(Closed::NoEntry))) {
        lines.push(format!("the client random is {}", hex(&random)));
    }
    Some(Fact { label: "decryption", lines })
}

/// How many protected records were opened, and why the others were not.
#[must_use]
pub fn decryption(decryption: &Decryption) -> Vec<String> {
    let (opened, closed) = (decryption.opened.iter().sum::<u32>(), decryption.closed.iter().sum::<u32>());
    let all = counted(u64::from(opened) + u64::from(closed), "protected record");
    let mut lines = vec![format!("{opened} of {all} opened")];
    match decryption.reason {
        [Some(client), Some(server)] if client == server => lines.push(client.text()),
        [client, server] => {
            lines.extend(client.map(|reason| format!("from the client: {}", reason.text())));
            lines.extend(server.map(|reason| format!("from the server: {}", reason.text())));
        }
    }
    let skipped: u64 = decryption.skipped.iter().sum();
    if skipped > 0 {
        lines.push(format!("{} lost or closed before others that were opened", counted(skipped, "record")));
    }
    lines
}

/// Whether what comes after the ServerHello cannot be read.
fn hidden(session: &Session) -> bool {
    let opened = |event: &crate::session::Event| event.decrypted && event.direction == Direction::ToClient;
    session.version.is_some_and(crate::tls::code::ProtocolVersion::is_tls13) && !session.timeline.iter().any(opened)
}

fn resumption(session: &Session) -> &'static str {
    match session.resumed {
        Some(true) => "an earlier session was resumed",
        Some(false) => "full handshake",
        None => "cannot be told",
    }
}

fn authentication(session: &Session) -> &'static str {
    match session.authentication() {
        Some(Authentication::OneWay) => "one-way: the server showed a certificate and asked for none",
        Some(Authentication::Mutual) => "mutual: both sides showed a certificate",
        Some(Authentication::Asked) if session.client_certificate_sent == Some(false) => {
            "the server asked for a certificate, the client sent an empty list"
        }
        Some(Authentication::Asked) => "the server asked for a certificate, none of the client was seen",
        Some(Authentication::Anonymous) => "anonymous: no side proved who it is",
        Some(Authentication::Psk) => "by a key that both had before",
        None if hidden(session) => "encrypted",
        None => "not seen",
    }
}

fn chain(label: &'static str, certificates: &[Arc<Certificate>], session: &Session) -> Option<Fact> {
    let now = session.started.div_euclid(1_000_000_000);
    let described = certificates.iter().zip(1..).flat_map(|(each, place)| certificate(each, place, now));
    (!certificates.is_empty()).then(|| Fact { label, lines: described.collect() })
}

fn certificate(certificate: &Certificate, place: u32, now: i64) -> Vec<String> {
    let fingerprint = format!("   SHA-256  {}", hex(&certificate.sha256));
    if !certificate.readable {
        let problem = printable(certificate.problem.as_deref().unwrap_or("cannot be read"));
        return vec![format!("{place}. unreadable, {} B: {problem}", certificate.der.len()), fingerprint];
    }
    let date = |time| Moment::from_seconds(time).map_or_else(|| time.to_string(), |moment| moment.as_str().to_owned());
    let validity = match (now < certificate.not_before, now > certificate.not_after) {
        (true, _) => "  NOT YET VALID when captured",
        (_, true) => "  EXPIRED when captured",
        _ => "",
    };
    let (from, to) = (date(certificate.not_before), date(certificate.not_after));
    let serial = hex_colon(&certificate.serial);
    let signed = printable(&certificate.signature_algorithm);
    let mut lines = vec![
        format!("{place}. {}", printable(&certificate.subject.to_string())),
        format!("   issuer   {}", printable(&certificate.issuer.to_string())),
        format!("   valid    {from} to {to}{validity}"),
        format!("   key      {}, signed with {signed}, serial {serial}", printable(&certificate.key.to_string())),
    ];
    if !certificate.subject_alt_names.is_empty() {
        let names: Vec<String> =
            certificate.subject_alt_names.iter().map(|name| printable(&name.to_string())).collect();
        lines.push(format!("   names    {}", names.join(", ")));
    }
    lines.push(fingerprint);
    lines
}

fn fingerprints(session: &Session) -> Option<Fact> {
    let client = session.client_hellos.first().map(|hello| &*hello.item);
    let server = session.server_hello();
    let mut lines: Vec<String> = [
        ("JA4 ", client.map(|hello| &hello.fingerprints.ja4)),
        ("JA3 ", client.map(|hello| &hello.fingerprints.ja3)),
        ("JA3S", server.map(|hello| &hello.ja3s)),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.filter(|value| !value.is_empty()).map(|value| format!("{name} {value}")))
    .collect();
    let library = session.client_library();
    lines.extend(library.map(|it| format!("client looks like {} ({})", it.library.name(), it.confidence.word())));
    (!lines.is_empty()).then_some(Fact { label: "fingerprints", lines })
}
