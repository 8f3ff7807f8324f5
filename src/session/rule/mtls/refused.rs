//! A certificate of the client that the server did not take.

use super::super::case::Case;
use super::super::cert::stands_alone;
use super::super::finding::Answer::Silent;
use super::super::finding::{Answer, Confidence, Found};
use super::super::words::{capital, day, few, quoted, span};
use super::reaction::{Reaction, badge, blamed, reaction, same_name, was_asked};
use crate::base::Severity;
use crate::net::Direction::{ToClient, ToServer};
use crate::session::ProofKind;
use crate::session::flight::Shown;
use crate::x509::Certificate;
use crate::x509::verify::Check;

pub(super) fn wrong_authority(case: &Case<'_>) -> Answer {
    let Some(badge) = badge(case) else { return says_unknown(case) };
    let Some(minds) = blamed(case, &[48]) else { return Silent };
    let request = case.session.certificate_request.as_deref();
    let named = request.map(|request| request.authorities.as_slice()).unwrap_or_default();
    let above = case.session.client_certificates.iter();
    let is_named = above.clone().any(|each| named.iter().any(|name| same_name(name, each)));
    let says_so = reaction(case) == Some(Reaction::Alert(48));
    if is_named {
        return own_reasons(case);
    }
    let issuer = quoted(&badge.issuer.short());
    let hint = if named.is_empty() {
        "the server had named no authorities to choose by".to_owned()
    } else {
        format!("the server had named {}", few(named.iter().map(|name| quoted(name)), 2))
    };
    let untrusted = case.session.judgement.of_client().and_then(|ruling| ruling.verification.failure());
    let untrusted = untrusted.is_some_and(|rung| rung.check == Check::Trust);
    // A certificate that came alone may lack an intermediate that leads to one of the names.
    let alone = stands_alone(&case.session.client_certificates) && !untrusted;
    let sure = match (says_so, named.is_empty()) {
        _ if alone && !badge.ca_issuers_urls.is_empty() => Confidence::Possible,
        (true, false) if !alone => minds,
        (true, _) | (false, false) => minds.min(Confidence::Likely),
        // Without the alert that says so, only a list of names can show that the choice was wrong.
        (false, true) => Confidence::Possible,
    };
    let other = if alone { ", or an intermediate is missing" } else { "" };
    let text =
        format!("The client showed a certificate of \"{issuer}\", which the server does not trust{other}; {hint}.");
    Found::new(sure, text)
        .because(Some(sure), || format!("the client's certificate is of \"{issuer}\", which it does not trust"))
        .by(case.at_message(ToClient, 13, hint.clone(), "tls.handshake.dnames"))
        .by(case.at_message(ToServer, 11, format!("issued by \"{issuer}\""), "x509.issuer"))
        .by(case.at_end())
        .into()
}

/// The certificate is of an authority that the server names, and the server says that it minds the certificate.
fn own_reasons(case: &Case<'_>) -> Answer {
    let Some(Reaction::Alert(40 | 42 | 46 | 49 | 80) | Reaction::Answered) = reaction(case) else { return Silent };
    let text = "The client's certificate is of an authority that the server had named, and the server did not take it: \
                perhaps for its name, for a revocation list, or for who it belongs to.";
    Found::new(Confidence::Possible, text)
        .because(Some(Confidence::Possible), || {
            "rules of its own for client certificates: the name, a revocation list, who may come in".to_owned()
        })
        .by(case.at_message(ToServer, 11, "the client's certificate", "x509.subject"))
        .by(case.at_end())
        .into()
}

/// The alert alone, where the client's certificate is encrypted.
pub(super) fn says_unknown(case: &Case<'_>) -> Answer {
    if reaction(case) != Some(Reaction::Alert(48)) || !was_asked(case) {
        return Silent;
    }
    let text = "The server says that it does not trust the authority of the client's certificate.";
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), || "it does not trust the authority of the client's certificate".to_owned())
        .by(case.at_end())
        .into()
}

pub(super) fn bad_badge(case: &Case<'_>) -> Answer {
    let Some(badge) = badge(case) else { return Silent };
    let purposes = &badge.extended_key_usage;
    let is_client = |purpose: &String| matches!(purpose.as_str(), "clientAuth" | "anyExtendedKeyUsage");
    let (what, alerts, field) = if badge.not_after < case.now && case.has_clock() {
        let (ago, date) = (span(case.now - badge.not_after), day(badge.not_after));
        (format!("expired {ago} before, on {date}"), 45, "x509.not_after")
    } else if badge.not_before > case.now && case.has_clock() {
        (format!("begins only on {}", day(badge.not_before)), 45, "x509.not_before")
    } else if !purposes.is_empty() && !purposes.iter().any(is_client) {
        (
            format!("is not for clients (extKeyUsage {})", crate::base::printable(&purposes.join(", "))),
            43,
            "x509.extended_key_usage.purpose",
        )
    } else if reaction(case) == Some(Reaction::Alert(44)) {
        ("was revoked, as the server says".to_owned(), 44, "x509.serial_number")
    } else if is_revoked(case) {
        ("was revoked, as the given list says".to_owned(), 44, "x509.serial_number")
    } else if let Some(above) = outlived(case) {
        let (name, date) = (quoted(&above.short()), day(above.not_after));
        (format!("is of an authority that expired on {date}, \"{name}\""), 45, "x509.not_after")
    } else {
        return Silent;
    };
    let whose = quoted(&badge.short());
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

/// Whether a revocation list that was given has the client's certificate.
fn is_revoked(case: &Case<'_>) -> bool {
    let ruling = case.session.judgement.of_client();
    ruling.is_some_and(|ruling| ruling.problems().any(|rung| rung.check == Check::Revocation))
}

/// An authority in the client's chain that has expired.
fn outlived<'a>(case: &Case<'a>) -> Option<&'a Certificate> {
    let mut above = case.session.client_certificates.iter().skip(1).filter(|each| each.readable && case.has_clock());
    above.find(|each| each.not_after < case.now).map(|each| &**each)
}

pub(super) fn no_intermediate(case: &Case<'_>) -> Answer {
    let Some(badge) = badge(case).filter(|_| stands_alone(&case.session.client_certificates)) else { return Silent };
    let Some(minds) = blamed(case, &[48]) else { return Silent };
    let named = case.session.certificate_request.as_deref().map(|it| it.authorities.as_slice()).unwrap_or_default();
    let issuer = quoted(&badge.issuer.short());
    // A list of names, none of them the issuer's, speaks for an intermediate between, or for a wrong certificate.
    // Authorities with intermediates say where these can be fetched.
    let likely = !badge.ca_issuers_urls.is_empty();
    let says_so = reaction(case) == Some(Reaction::Alert(48));
    if !(says_so || likely) || named.iter().any(|name| same_name(name, badge)) {
        return Silent;
    }
    let sure = minds.min(if likely { Confidence::Likely } else { Confidence::Possible });
    let other = if likely { "" } else { " Or that issuer is one that the server does not trust." };
    let text = format!("The client sent its own certificate alone, without that of its issuer \"{issuer}\".{other}");
    Found::new(sure, text)
        .because(Some(sure), || format!("the client did not send its intermediate \"{issuer}\""))
        .by(case.at_message(ToServer, 11, "one certificate", "x509.issuer"))
        .by(case.at_end())
        .into()
}

pub(super) fn bad_signature(case: &Case<'_>) -> Answer {
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
