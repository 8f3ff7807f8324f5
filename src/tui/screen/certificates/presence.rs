//! Why certificates of a side are there, or are not.

use crate::base::printable;
use crate::net::Direction;
use crate::session::{EventKind, Outcome, Session};
use crate::tls::code::{Authentication, HandshakeType, ProtocolVersion};
use crate::x509::Certificate;
use std::sync::Arc;

/// The certificates of a side in the order sent.
pub(super) fn certificates(session: &Session, client: bool) -> &[Arc<Certificate>] {
    if client { &session.client_certificates } else { &session.server_certificates }
}

/// Few words for the heading.
pub(super) fn short(session: &Session, client: bool) -> String {
    let count = certificates(session, client).len();
    if count > 0 {
        return format!("{count} sent");
    }
    match absence(session, client) {
        Absence::Empty => "EMPTY list sent",
        Absence::Encrypted => "encrypted",
        Absence::NotAsked | Absence::Resumed | Absence::NoCertificateSuite => "not sent",
        Absence::Asked => "asked for, none seen",
        Absence::NotCaptured | Absence::NotReached | Absence::NotDecoded => "not seen",
        Absence::Unreadable => "not readable",
    }
    .to_owned()
}

/// Why there is none, in sentences.
pub(super) fn long(session: &Session, client: bool) -> Vec<String> {
    let side = if client { "client" } else { "server" };
    let mut out = vec![match absence(session, client) {
        Absence::Empty if client => {
            "The client was asked for a certificate and sent an EMPTY list: it has none to show, \
             or none that the server's request allows. Whether that is accepted is for the server to say."
                .to_owned()
        }
        Absence::Empty => "The server sent a Certificate message with an EMPTY list.".to_owned(),
        Absence::Encrypted => format!(
            "TLS 1.3 encrypts everything behind the ServerHello, so whether the {side} sent certificates, and which, \
             cannot be seen without keys. What was not seen is not claimed here."
        ),
        Absence::Resumed => {
            "Not sent: the session resumed an earlier one, and who the peers are was proved there.".to_owned()
        }
        Absence::NoCertificateSuite => {
            let suite = session.cipher_suite.map(|suite| suite.to_string()).unwrap_or_default();
            format!("Not sent: the cipher suite {suite} does not use certificates.")
        }
        Absence::NotAsked => "Not sent: the server did not ask the client for a certificate.".to_owned(),
        Absence::Asked => "The server asked the client for a certificate, and no answer was seen.".to_owned(),
        Absence::NotCaptured => "Not seen: the capture does not hold this part of the handshake.".to_owned(),
        Absence::NotReached => format!("Not seen: the session ended before the {side} could send any."),
        Absence::NotDecoded => format!("{} is listed, not decoded.", session.kind.word().to_uppercase()),
        Absence::Unreadable => "A Certificate message was sent, but no certificate could be read in it.".to_owned(),
    }];
    if let Some(request) = session.certificate_request.as_ref().filter(|_| client) {
        let authorities: Vec<_> = request.authorities.iter().map(|name| printable(name)).collect();
        out.push(match authorities.len() {
            0 => "The server's request named no authorities: any issuer may do.".to_owned(),
            _ => format!("The server's request named these authorities: {}.", authorities.join("; ")),
        });
    }
    out
}

/// Why there is no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absence {
    Empty,
    Encrypted,
    Resumed,
    NoCertificateSuite,
    NotAsked,
    Asked,
    NotCaptured,
    NotReached,
    NotDecoded,
    Unreadable,
}

fn absence(session: &Session, client: bool) -> Absence {
    let direction = if client { Direction::ToServer } else { Direction::ToClient };
    let message = session.timeline.iter().find_map(|event| match event.kind {
        EventKind::Handshake { kind: HandshakeType::CERTIFICATE, length, .. } if event.direction == direction => {
            Some(length)
        }
        _ => None,
    });
    let suite = session.cipher_suite;
    let established = session.outcome == Outcome::Established;
    match (session.outcome, message) {
        (Outcome::NotDecoded, _) => Absence::NotDecoded,
        _ if client && session.client_certificate_sent == Some(false) => Absence::Empty,
        // The list of a chain has a length of three bytes, in TLS 1.3 with a context of one before it.
        (_, Some(length)) if length <= 4 => Absence::Empty,
        (_, Some(_)) => Absence::Unreadable,
        _ if session.version.is_some_and(ProtocolVersion::is_tls13)
            && session.resumed != Some(true)
            && !session.timeline.iter().any(|event| event.decrypted && event.direction == direction) =>
        {
            Absence::Encrypted
        }
        _ if session.resumed == Some(true) => Absence::Resumed,
        (Outcome::MidStream, _) => Absence::NotCaptured,
        _ if suite.is_some_and(|suite| without_certificates(suite.authentication())) => Absence::NoCertificateSuite,
        _ if client && session.certificate_request.is_some() => Absence::Asked,
        _ if client && (established || server_is_done(session)) => Absence::NotAsked,
        _ if established || session.outcome == Outcome::Incomplete => Absence::NotCaptured,
        _ => Absence::NotReached,
    }
}

fn without_certificates(authentication: Authentication) -> bool {
    matches!(authentication, Authentication::Anonymous | Authentication::Psk)
}

/// Whether ServerHelloDone was seen: what comes before it is then known to be all.
fn server_is_done(session: &Session) -> bool {
    let done = HandshakeType(14);
    session.timeline.iter().any(|event| matches!(event.kind, EventKind::Handshake { kind, .. } if kind == done))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::code::CipherSuite;
    use crate::tui::fixture;

    #[test]
    fn the_reason_is_the_one_that_the_facts_allow() {
        let tls13 = fixture::session(0);
        let tls12 =
            Session { version: Some(ProtocolVersion::TLS12), cipher_suite: Some(CipherSuite(0xc02f)), ..tls13.clone() };
        let of = |outcome| Session { outcome, ..tls12.clone() };
        for (session, server, client) in [
            (tls13.clone(), Absence::Encrypted, Absence::Encrypted),
            (Session { resumed: Some(true), ..tls13.clone() }, Absence::Resumed, Absence::Resumed),
            (Session { resumed: Some(true), ..tls12.clone() }, Absence::Resumed, Absence::Resumed),
            (tls12.clone(), Absence::NotCaptured, Absence::NotAsked),
            (Session { client_certificate_sent: Some(false), ..tls12.clone() }, Absence::NotCaptured, Absence::Empty),
            (
                Session { certificate_request: Some(Arc::default()), ..tls12.clone() },
                Absence::NotCaptured,
                Absence::Asked,
            ),
            (
                Session { cipher_suite: Some(CipherSuite(0x0018)), ..tls12.clone() },
                Absence::NoCertificateSuite,
                Absence::NoCertificateSuite,
            ),
            (of(Outcome::MidStream), Absence::NotCaptured, Absence::NotCaptured),
            (of(Outcome::NotDecoded), Absence::NotDecoded, Absence::NotDecoded),
            (of(Outcome::Aborted { by: Direction::ToClient, reset: true }), Absence::NotReached, Absence::NotReached),
        ] {
            assert_eq!((absence(&session, false), absence(&session, true)), (server, client), "{session:?}");
            for side in [false, true] {
                assert!(!short(&session, side).is_empty() && !long(&session, side)[0].is_empty());
            }
        }
    }
}
