//! The client's certificate: asked for, shown or not, and what the server made of it.

use super::Rule;
use super::case::{Case, How, Stage, capital, counted, day, few, is_message, quoted, span};
use super::finding::Answer::{NotEnough, Silent};
use super::finding::{Answer, Confidence, Found};
use super::neg::key_of;
use crate::base::Severity;
use crate::net::Direction::{ToClient, ToServer};
use crate::session::flight::Shown;
use crate::session::{EventKind, Outcome, ProofKind};
use crate::tls::code::SignatureScheme;
use crate::x509::Certificate;
use std::sync::Arc;

/// How many bytes of names of authorities are more than clients were made for.
const LONG_LIST: u32 = 16 << 10;
/// How many names of authorities are.
const MANY_NAMES: usize = 100;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "MTLS-01",
        severity: Severity::Error,
        title: "The server wants a client certificate, and the client sent none",
        sees: "the server's CertificateRequest and the client's empty Certificate",
        disproof: "a session in which this server goes on without a client certificate",
        fix: "configure a certificate and its key at the client",
        reference: "RFC 8446 4.4.2.4",
        scenario: Some("nothing-to-show"),
        check: none_sent,
    },
    Rule {
        id: "MTLS-05",
        severity: Severity::Error,
        title: "The client's certificate has run out, or is not for clients",
        sees: "the client's certificate, and the server's refusal",
        disproof: "a server that takes the same certificate at that time",
        fix: "renew the client's certificate, with clientAuth among its purposes",
        reference: "RFC 5280 4.1.2.5",
        scenario: Some("expired-badge"),
        check: bad_badge,
    },
    Rule {
        id: "MTLS-07",
        severity: Severity::Error,
        title: "The client's signature does not fit its certificate",
        sees: "decrypt_error of the server behind the client's CertificateVerify",
        disproof: "a session in which this client signs with the same certificate and is let in",
        fix: "pair the client's key with its certificate",
        reference: "RFC 8446 4.4.3",
        scenario: Some("stolen-certificate"),
        check: bad_signature,
    },
    Rule {
        id: "MTLS-06",
        severity: Severity::Error,
        title: "The client did not send its intermediate",
        sees: "a client certificate that came alone, and unknown_ca of the server",
        disproof: "an issuer that the server trusts by itself",
        fix: "configure the whole chain at the client",
        reference: "RFC 8446 4.4.2",
        scenario: Some("forgotten-intermediate"),
        check: no_intermediate,
    },
    Rule {
        id: "MTLS-03",
        severity: Severity::Error,
        title: "The server does not trust the client's certificate",
        sees: "the client's certificate, the authorities that the server named, and unknown_ca",
        disproof: "the issuer among the authorities that the server trusts",
        fix: "choose another certificate at the client, and let the server name the authorities that it takes",
        reference: "RFC 8446 4.2.4",
        scenario: Some("wrong-club"),
        check: wrong_authority,
    },
    Rule {
        id: "MTLS-02",
        severity: Severity::Warn,
        title: "The client has no certificate of the authorities that the server takes",
        sees: "the names in the CertificateRequest, and the client's empty Certificate",
        disproof: "a client that has no certificate at all",
        fix: "compare the names with the issuer of the client's certificate: one of the two lists is wrong",
        reference: "RFC 8446 4.2.4",
        scenario: Some("nothing-to-show"),
        check: none_fits,
    },
    Rule {
        id: "MTLS-04",
        severity: Severity::Warn,
        title: "The list of authorities is too long for the client",
        sees: "the CertificateRequest",
        disproof: "the same client taking the same list",
        fix: "trim the server's trust store for clients to the authorities that it means",
        reference: "RFC 5246 7.4.4",
        scenario: None,
        check: long_list,
    },
    Rule {
        id: "MTLS-08",
        severity: Severity::Warn,
        title: "The client's key cannot make a signature that the server takes",
        sees: "the schemes of the CertificateRequest, and the client's certificate",
        disproof: "a CertificateVerify with one of the schemes",
        fix: "let the server take PKCS#1 signatures too, or use another key; old security modules lack RSA-PSS",
        reference: "RFC 8446 4.3.2",
        scenario: None,
        check: no_scheme,
    },
    Rule {
        id: "MTLS-09",
        severity: Severity::Warn,
        title: "The client saw success before the server refused it",
        sees: "the client's Finished in TLS 1.3, and an alert of the server about certificates behind it",
        disproof: "data of the server's application behind the client's Finished",
        fix: "as for the refusal itself; take a connection for accepted only when the server's data arrives",
        reference: "RFC 8446 4.4.4",
        scenario: Some("asked-and-enforced"),
        check: late,
    },
    Rule {
        id: "MTLS-10",
        severity: Severity::Warn,
        title: "Without keys: the client answered with an empty certificate",
        sees: "the lengths of the records behind the ServerHello of TLS 1.3",
        disproof: "keys for this session that show something else",
        fix: "configure a certificate at the client if the server needs one; a key log shows the messages",
        reference: "RFC 8446 4.4.2",
        scenario: Some("nothing-to-show"),
        check: empty_by_length,
    },
    Rule {
        id: "MTLS-11",
        severity: Severity::Warn,
        title: "The certificate is asked for by a new handshake",
        sees: "a HelloRequest on the running connection, and a CertificateRequest or the end behind it",
        disproof: "a second handshake without a CertificateRequest",
        fix: "give what needs a certificate a server name of its own: HTTP/2 and TLS 1.3 have no renegotiation",
        reference: "RFC 8740 1",
        scenario: None,
        check: by_renegotiation,
    },
];

/// Whether the server asked, as far as it can be read or told by lengths.
fn was_asked(case: &Case<'_>) -> bool {
    case.session.certificate_request.is_some() || case.flight.is_some_and(|flight| flight.requested == Some(true))
}

/// What the server said to what the client had shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reaction {
    Alert(u8),
    Hidden,
    Silent,
}

fn reaction(case: &Case<'_>) -> Option<Reaction> {
    let end = case.end.filter(|end| end.by == ToClient && end.stage >= Stage::ClientFlight)?;
    Some(match end.how {
        How::Alert(alert) => Reaction::Alert(alert.description.0),
        How::Hidden => Reaction::Hidden,
        How::Closed | How::Reset => Reaction::Silent,
        How::NotTls => return None,
    })
}

/// How sure it is that the server minded a fault for which these alerts are made.
fn blamed(case: &Case<'_>, alerts: &[u8]) -> Option<Confidence> {
    Some(match reaction(case)? {
        Reaction::Alert(code) if alerts.contains(&code) => Confidence::Certain,
        Reaction::Alert(40 | 42 | 46) => Confidence::Likely,
        Reaction::Alert(43..=49) | Reaction::Hidden | Reaction::Silent => Confidence::Possible,
        Reaction::Alert(_) => return None,
    })
}

fn none_sent(case: &Case<'_>) -> Answer {
    let session = case.session;
    if session.client_certificate_sent != Some(false) {
        return Silent;
    }
    let sure = match reaction(case) {
        Some(Reaction::Alert(116)) => Some(Confidence::Certain),
        Some(Reaction::Alert(40..=49)) => Some(Confidence::Likely),
        Some(Reaction::Hidden | Reaction::Silent) => Some(Confidence::Likely),
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

fn none_fits(case: &Case<'_>) -> Answer {
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

/// The client's own certificate, where it can be read.
fn badge<'a>(case: &Case<'a>) -> Option<&'a Arc<Certificate>> {
    case.session.client_certificates.first().filter(|badge| badge.readable)
}

fn wrong_authority(case: &Case<'_>) -> Answer {
    let Some(badge) = badge(case) else { return says_unknown(case) };
    let Some(minds) = blamed(case, &[48]) else { return Silent };
    let request = case.session.certificate_request.as_deref();
    let named = request.map(|request| request.authorities.as_slice()).unwrap_or_default();
    let above = case.session.client_certificates.iter();
    let is_named = above.clone().any(|each| named.iter().any(|name| same_name(name, each)));
    let says_so = reaction(case) == Some(Reaction::Alert(48));
    // Without the alert that says so, only a list of names can show that the choice was wrong.
    if is_named || (!says_so && named.is_empty()) {
        return Silent;
    }
    let issuer = quoted(&badge.issuer.short());
    let hint = if named.is_empty() {
        "the server had named no authorities to choose by".to_owned()
    } else {
        format!("the server had named {}", few(named.iter().map(|name| quoted(name)), 2))
    };
    let untrusted = case.session.judgement.of_client().and_then(|ruling| ruling.verification.failure());
    let untrusted = untrusted.is_some_and(|rung| rung.check == crate::x509::verify::Check::Trust);
    // A certificate that came alone may lack an intermediate that leads to one of the names.
    let alone = case.session.client_certificates.len() == 1 && !badge.is_self_issued() && !untrusted;
    let sure = if says_so && !named.is_empty() && !alone { minds } else { minds.min(Confidence::Likely) };
    let text = format!("The client showed a certificate of \"{issuer}\", which the server does not trust; {hint}.");
    Found::new(sure, text)
        .because(Some(sure), || format!("the client's certificate is of \"{issuer}\", which it does not trust"))
        .by(case.at_message(ToClient, 13, hint.clone(), "tls.handshake.dnames"))
        .by(case.at_message(ToServer, 11, format!("issued by \"{issuer}\""), "x509.issuer"))
        .by(case.at_end())
        .into()
}

/// The alert alone, where the client's certificate is encrypted.
fn says_unknown(case: &Case<'_>) -> Answer {
    if reaction(case) != Some(Reaction::Alert(48)) || !was_asked(case) {
        return Silent;
    }
    let text = "The server says that it does not trust the authority of the client's certificate.";
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), || "it does not trust the authority of the client's certificate".to_owned())
        .by(case.at_end())
        .into()
}

/// Whether a name of the request is that of the certificate's issuer. Names of requests are kept in the reverse order
/// of those of certificates (RFC 4514 2.1), so that their parts are compared.
fn same_name(name: &str, certificate: &Certificate) -> bool {
    let issuer = &certificate.issuer;
    !issuer.attributes.is_empty()
        && issuer.attributes.iter().all(|(key, value)| name.contains(&format!("{key}={value}")))
}

fn long_list(case: &Case<'_>) -> Answer {
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

fn bad_badge(case: &Case<'_>) -> Answer {
    let Some(badge) = badge(case) else { return Silent };
    let purposes = &badge.extended_key_usage;
    let is_client = |purpose: &String| matches!(purpose.as_str(), "clientAuth" | "anyExtendedKeyUsage");
    let (what, alerts, field) = if badge.not_after < case.now {
        let (ago, date) = (span(case.now - badge.not_after), day(badge.not_after));
        (format!("expired {ago} before, on {date}"), 45, "x509.not_after")
    } else if badge.not_before > case.now {
        (format!("begins only on {}", day(badge.not_before)), 45, "x509.not_before")
    } else if !purposes.is_empty() && !purposes.iter().any(is_client) {
        (
            format!("is not for clients (extKeyUsage {})", crate::base::printable(&purposes.join(", "))),
            43,
            "x509.extended_key_usage.purpose",
        )
    } else if reaction(case) == Some(Reaction::Alert(44)) {
        ("was revoked, as the server says".to_owned(), 44, "x509.serial_number")
    } else {
        return Silent;
    };
    let whose = quoted(&badge.subject.short());
    let minds = blamed(case, &[alerts]).map(|minds| if alerts == 44 { Confidence::Likely } else { minds });
    let text = format!("The client's certificate for \"{whose}\" {what}.");
    let found = Found::new(Confidence::Certain, text);
    let found = if minds.is_some() { found } else { found.milder(Severity::Warn) };
    found
        .because(minds, || format!("the client's certificate {what}"))
        .by(case.at_message(ToServer, 11, what.clone(), field))
        .by(case.at_end())
        .into()
}

fn no_intermediate(case: &Case<'_>) -> Answer {
    let Some(badge) = badge(case).filter(|badge| !badge.is_self_issued()) else { return Silent };
    let all = &case.session.client_certificates;
    if all.len() != 1 {
        return Silent;
    }
    let Some(minds) = blamed(case, &[48]) else { return Silent };
    let named = case.session.certificate_request.as_deref().map(|it| it.authorities.as_slice()).unwrap_or_default();
    let issuer = quoted(&badge.issuer.short());
    // A list of names, none of them the issuer's, speaks for an intermediate between, or for a wrong certificate.
    if reaction(case) != Some(Reaction::Alert(48)) || named.iter().any(|name| same_name(name, badge)) {
        return Silent;
    }
    let ruling = case.session.judgement.of_client();
    let broken = ruling.and_then(|ruling| ruling.verification.failure()).map(|rung| rung.check);
    let judged = broken == Some(crate::x509::verify::Check::ChainBuilt);
    let likely = judged || !badge.ca_issuers_urls.is_empty();
    let sure = minds.min(if likely { Confidence::Likely } else { Confidence::Possible });
    let text = format!("The client sent its own certificate alone, without that of its issuer \"{issuer}\".");
    Found::new(sure, text)
        .because(Some(sure), || format!("the client did not send its intermediate \"{issuer}\""))
        .by(case.at_message(ToServer, 11, "one certificate", "x509.issuer"))
        .by(case.at_end())
        .into()
}

fn bad_signature(case: &Case<'_>) -> Answer {
    if let Some(misfit) = case.misfit(ToServer, ProofKind::is_signature) {
        let minds = match reaction(case) {
            Some(Reaction::Alert(51)) => Some(Confidence::Certain),
            reaction => reaction.map(|_| Confidence::Likely),
        };
        return Found::new(Confidence::Certain, format!("{}.", capital(&misfit.what)))
            .because(minds, || "the client's key does not belong to its certificate".to_owned())
            .by([misfit])
            .by(case.at_end())
            .into();
    }
    let shown = case.session.client_certificate_sent == Some(true)
        || case.flight.is_some_and(|flight| flight.shown == Some(Shown::Certificate));
    if !shown || reaction(case) != Some(Reaction::Alert(51)) {
        return Silent;
    }
    let text = "The server could not verify the client's signature: its key does not belong to the certificate.";
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), || "the client's key does not belong to its certificate".to_owned())
        .by(case.at_message(ToServer, 15, "the client's signature", "tls.handshake.sig"))
        .by(case.at_end())
        .into()
}

fn no_scheme(case: &Case<'_>) -> Answer {
    let Some(request) = case.session.certificate_request.as_deref() else { return Silent };
    let schemes = &request.signature_algorithms;
    if schemes.is_empty() {
        return Silent;
    }
    let list = few(schemes, 3);
    if let Some(badge) = badge(case) {
        let key = badge.key.algorithm.as_str();
        let known = ["RSA", "ECDSA", "Ed25519", "Ed448"].contains(&key);
        if !known || schemes.iter().any(|scheme| key_of(*scheme) == key) {
            return Silent;
        }
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
    let text = format!(
        "The server takes few signatures ({list}), none of them RSA with PKCS#1, and the client sent no certificate."
    );
    Found::new(Confidence::Possible, text)
        .by(case.at_message(ToClient, 13, format!("takes {list}"), "tls.handshake.request_sig_hash_alg"))
        .into()
}

fn late(case: &Case<'_>) -> Answer {
    if !case.is_tls13 || !was_asked(case) {
        return Silent;
    }
    let Some(end) = case.end.filter(|end| end.by == ToClient && end.stage == Stage::Established) else { return Silent };
    let by_alert = matches!(end.how, How::Alert(alert) if matches!(alert.description.0, 40..=49 | 51 | 116));
    if !by_alert && end.how != How::Hidden {
        return Silent;
    }
    let sure = if by_alert { Confidence::Certain } else { Confidence::Likely };
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

fn empty_by_length(case: &Case<'_>) -> Answer {
    let Some(flight) = case.flight else {
        let hidden = case.is_tls13
            && case.session.client_certificate_sent.is_none()
            && case.session.certificate_request.is_none();
        return if hidden { NotEnough("records behind the ServerHello are missing") } else { Silent };
    };
    if flight.shown != Some(Shown::Nothing) {
        return Silent;
    }
    let refused = flight.late_refusal.is_some() && reaction(case).is_some();
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

fn by_renegotiation(case: &Case<'_>) -> Answer {
    let Some(asked) = case.first(|event| is_message(event, 0)) else { return Silent };
    if case.session.outcome == Outcome::MidStream {
        return Silent;
    }
    let behind = case.events().iter().skip(asked);
    let wants = behind.clone().any(|event| event.direction == ToClient && is_message(event, 13));
    if !wants {
        return Silent;
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
