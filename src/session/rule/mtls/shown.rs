//! What the server asked for, and a client that showed nothing.

use super::super::case::{Case, How, Stage};
use super::super::finding::Answer::{NotEnough, Silent};
use super::super::finding::{Answer, Confidence, Found};
use super::super::neg::key_of;
use super::super::words::{counted, few, quoted};
use super::reaction::{Reaction, badge, reaction, was_asked};
use crate::base::Severity;
use crate::net::Direction::{ToClient, ToServer};
use crate::session::flight::Shown;
use crate::session::{EventKind, Outcome};
use crate::tls::code::SignatureScheme;

/// How many bytes of names of authorities are more than clients were made for.
const LONG_LIST: u32 = 16 << 10;

/// How many names of authorities are.
const MANY_NAMES: usize = 100;

pub(super) fn none_sent(case: &Case<'_>) -> Answer {
    let session = case.session;
    if session.client_certificate_sent != Some(false) {
        return Silent;
    }
    let sure = match reaction(case) {
        Some(Reaction::Alert(116)) => Some(Confidence::Certain),
        Some(Reaction::Alert(40..=49)) => Some(Confidence::Likely),
        Some(Reaction::Hidden | Reaction::Silent | Reaction::Answered) => Some(Confidence::Likely),
        Some(Reaction::Alert(_)) => Some(Confidence::Possible),
        None => None,
    };
    let text = "The server asked for a client certificate, and the client sent an empty one.";
    let found = Found::new(Confidence::Certain, text);
    let found = if sure.is_some() { found } else { found.milder(Severity::Note) };
    found
        .because(sure, || "it wants a client certificate, and the client sent none".to_owned())
        .by(case.at_message(ToClient, 13, "the server asks for a certificate", ""))
        .by(case.at_message(ToServer, 11, "the client's Certificate is empty", "tls.handshake.certificates_length"))
        .by(case.at_end())
        .into()
}

pub(super) fn none_fits(case: &Case<'_>) -> Answer {
    let Some(request) = case.session.certificate_request.as_deref().filter(|it| !it.authorities.is_empty()) else {
        return Silent;
    };
    let refused = reaction(case).is_some();
    if case.session.client_certificate_sent != Some(false) || !refused {
        return Silent;
    }
    let names = few(request.authorities.iter().map(|name| quoted(name)), 3);
    let text = format!("The server takes certificates of {names} only; the client has none of them, or none at all.");
    Found::new(Confidence::Possible, text)
        .because(Some(Confidence::Possible), || format!("the client has no certificate of {names}"))
        .by(case.at_message(ToClient, 13, format!("takes certificates of {names}"), "tls.handshake.dnames"))
        .by(case.at_message(ToServer, 11, "the client's Certificate is empty", ""))
        .into()
}

pub(super) fn long_list(case: &Case<'_>) -> Answer {
    let Some(request) = case.session.certificate_request.as_deref() else { return Silent };
    let Some(index) = case.message(ToClient, 13) else { return Silent };
    let length = match case.event(index).map(|event| &event.kind) {
        Some(EventKind::Handshake { length, .. }) => *length,
        _ => return Silent,
    };
    let names = request.authorities.len();
    if length <= LONG_LIST && names <= MANY_NAMES {
        return Silent;
    }
    let refused = case.fatal_of(ToServer, &[Stage::ServerHello, Stage::ServerFlight]);
    let minds =
        refused.map(|code| if matches!(code, 47 | 50 | 22) { Confidence::Likely } else { Confidence::Possible });
    let text =
        format!("The server names {} in {length} bytes.", counted(names as u64, "authority").replace("ys", "ies"));
    let found = Found::new(Confidence::Certain, text);
    let found = if minds.is_some() { found } else { found.milder(Severity::Note) };
    found
        .because(minds, || format!("the server's list of {names} authorities may be too long for it"))
        .by(case.at(index, format!("{names} names, {length} bytes")))
        .into()
}

pub(super) fn no_scheme(case: &Case<'_>) -> Answer {
    let Some(request) = case.session.certificate_request.as_deref() else { return Silent };
    let schemes = &request.signature_algorithms;
    if schemes.is_empty() {
        return Silent;
    }
    let list = || few(schemes, 3);
    if let Some(badge) = badge(case) {
        let key = badge.key.algorithm.as_str();
        let known = ["RSA", "ECDSA", "Ed25519", "Ed448"].contains(&key);
        if !known || schemes.iter().any(|scheme| key_of(*scheme) == key) {
            return Silent;
        }
        let list = list();
        let text = format!("The client's key is {key}; the server takes {list}.");
        return Found::new(Confidence::Certain, text)
            .because(reaction(case).map(|_| Confidence::Likely), || {
                format!("the client's key is {key}; the server takes {list}")
            })
            .by(case.at_message(ToClient, 13, format!("takes {list}"), "tls.handshake.request_sig_hash_alg"))
            .into();
    }
    let pkcs1 = |scheme: &SignatureScheme| matches!(scheme.0, 0x0401 | 0x0501 | 0x0601);
    let narrow = !schemes.iter().any(pkcs1) && !case.is_tls13;
    if case.session.client_certificate_sent != Some(false) || !narrow || reaction(case).is_none() {
        return Silent;
    }
    let list = list();
    let text = format!(
        "The server takes few signatures ({list}), none of them RSA with PKCS#1, and the client sent no certificate."
    );
    Found::new(Confidence::Possible, text)
        .by(case.at_message(ToClient, 13, format!("takes {list}"), "tls.handshake.request_sig_hash_alg"))
        .into()
}

pub(super) fn late(case: &Case<'_>) -> Answer {
    if !case.is_tls13 || !was_asked(case) {
        return Silent;
    }
    let Some(end) = case.end.filter(|end| end.by == ToClient && end.stage == Stage::Established) else {
        return left_late(case);
    };
    let by_alert = matches!(end.how, How::Alert(alert) if matches!(alert.description.0, 40..=49 | 51 | 116));
    let sure = match end.how {
        _ if by_alert => Confidence::Certain,
        How::Hidden => Confidence::Likely,
        How::Closed | How::Reset => Confidence::Possible,
        How::Alert(_) | How::NotTls | How::Answered => return Silent,
    };
    let text = "The client had finished its handshake, and may have reported success, before the server refused it.";
    let finished = case.message(ToServer, 20).or(case.flight.and_then(|flight| flight.finished));
    Found::new(sure, text)
        .because(Some(Confidence::Possible), || {
            "most likely for the client's certificate; the client had seen success".to_owned()
        })
        .by(finished.and_then(|index| case.at(index, "the client's Finished")))
        .by(case.at_end())
        .into()
}

/// A server that hung up without having said anything but tickets.
fn left_late(case: &Case<'_>) -> Answer {
    let Some(left) = case.left_at_once(ToClient).filter(|_| case.end.is_none()) else { return Silent };
    let text = "The client had finished its handshake, and may have reported success; the server said nothing more and \
                hung up.";
    Found::new(Confidence::Possible, text)
        .because(Some(Confidence::Possible), || {
            "possibly for the client's certificate, for which it had asked".to_owned()
        })
        .by(case.at(left, "the server leaves"))
        .into()
}

pub(super) fn empty_by_length(case: &Case<'_>) -> Answer {
    let Some(flight) = case.flight else {
        let hidden = case.is_tls13
            && case.session.client_certificate_sent.is_none()
            && case.session.certificate_request.is_none();
        return if hidden { NotEnough("records behind the ServerHello are missing") } else { Silent };
    };
    if flight.shown != Some(Shown::Nothing) {
        return Silent;
    }
    let refused = reaction(case).is_some();
    let text = "By the lengths of the records the server asked for a client certificate, and the client sent none.";
    let found = Found::new(Confidence::Likely, text);
    let found = if refused { found } else { found.milder(Severity::Note) };
    found
        .because(refused.then_some(Confidence::Likely), || {
            "it wants a client certificate; by the lengths none was sent".to_owned()
        })
        .by(flight.finished.and_then(|index| case.at(index, "an empty Certificate and Finished, by length")))
        .by(case.at_end())
        .into()
}

pub(super) fn by_renegotiation(case: &Case<'_>) -> Answer {
    let Some(asked) = case.first(|event| event.is_message(0)) else { return Silent };
    if case.session.outcome == Outcome::MidStream {
        return Silent;
    }
    let behind = case.events().iter().skip(asked);
    let wants = behind.clone().any(|event| event.direction == ToClient && event.is_message(13));
    if !wants && case.end.is_none_or(|end| end.by == ToServer || end.event < asked) {
        return Silent;
    }
    // Who asks for a new handshake and then refuses it, wanted something of the client.
    if !wants {
        let text = "The server asked for a new handshake on the running connection, and refused what came: servers do \
                    that which want a certificate for some places alone.";
        return Found::new(Confidence::Likely, text)
            .because(Some(Confidence::Likely), || "it asked anew, most likely for a client certificate".to_owned())
            .by(case.at(asked, "HelloRequest"))
            .by(case.at_end())
            .into();
    }
    let ended = case.end.filter(|end| end.event > asked).map(|_| Confidence::Likely);
    Found::new(
        Confidence::Certain,
        "The server asks for a client certificate by a new handshake on the running connection.",
    )
    .because(ended, || "it asked for a client certificate by renegotiation, and that failed".to_owned())
    .by(case.at(asked, "HelloRequest"))
    .into()
}
