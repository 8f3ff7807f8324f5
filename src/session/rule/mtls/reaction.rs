//! What the server said to what the client had shown.

use super::super::case::{Case, How, Stage};
use super::super::finding::Confidence;
use crate::net::Direction::ToClient;
use crate::x509::Certificate;
use std::sync::Arc;

/// Whether the server asked, as far as it can be read or told by lengths.
pub(super) fn was_asked(case: &Case<'_>) -> bool {
    case.session.certificate_request.is_some() || case.flight.is_some_and(|flight| flight.requested == Some(true))
}

/// What the server said to what the client had shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reaction {
    Alert(u8),
    Hidden,
    Silent,
    /// Its application said so.
    Answered,
}

pub(super) fn reaction(case: &Case<'_>) -> Option<Reaction> {
    if case.end.is_none() {
        return case.left_at_once(ToClient).filter(|_| was_asked(case)).map(|_| Reaction::Silent);
    }
    let end = case.end.filter(|end| end.by == ToClient && end.stage >= Stage::ClientFlight)?;
    Some(match end.how {
        How::Alert(alert) => Reaction::Alert(alert.description.0),
        How::Hidden => Reaction::Hidden,
        How::Closed | How::Reset => Reaction::Silent,
        How::Answered => Reaction::Answered,
        How::NotTls => return None,
    })
}

/// How sure it is that the server minded a fault for which these alerts are made.
pub(super) fn blamed(case: &Case<'_>, alerts: &[u8]) -> Option<Confidence> {
    Some(match reaction(case)? {
        Reaction::Alert(code) if alerts.contains(&code) => Confidence::Certain,
        Reaction::Alert(40 | 42 | 46) | Reaction::Answered => Confidence::Likely,
        Reaction::Alert(43..=49 | 80) | Reaction::Hidden | Reaction::Silent => Confidence::Possible,
        Reaction::Alert(_) => return None,
    })
}

/// The client's own certificate, where it can be read.
pub(super) fn badge<'a>(case: &Case<'a>) -> Option<&'a Arc<Certificate>> {
    case.session.client_certificates.first().filter(|badge| badge.readable)
}

/// Whether a name of the request is that of the certificate's issuer. Names of requests are kept in the reverse order
/// of those of certificates (RFC 4514 2.1), so that their parts are compared.
pub(super) fn same_name(name: &str, certificate: &Certificate) -> bool {
    let issuer = &certificate.issuer;
    !issuer.attributes.is_empty()
        && issuer.attributes.iter().all(|(key, value)| name.contains(&format!("{key}={value}")))
}
