//! What a server sends about its certificate: stapled OCSP responses and timestamps of logs.

use super::super::case::{Case, Stage};
use super::super::finding::Answer::{NotEnough, Silent};
use super::super::finding::{Answer, Confidence, Found};
use super::super::words::{day, span};
use super::blame::{Reaction, blamed, reaction};
use crate::base::{BufferId, Reader, Severity, Tree};
use crate::net::Direction::ToClient;
use crate::session::Outcome;
use crate::tls::code::ExtensionType;
use crate::x509::verify::Check;
use crate::x509::{OcspResponse, RevocationStatus, ocsp_response};

/// Whether the message of a stapled response stands in clear or was opened; its type is 22 until TLS 1.2.
fn response(case: &Case<'_>) -> Option<OcspResponse> {
    let der = case.session.ocsp_response.as_deref()?;
    Some(ocsp_response(Reader::new(der, BufferId(0)), &mut Tree::off()))
}

pub(super) fn bad(case: &Case<'_>) -> Answer {
    let Some(response) = response(case).filter(|response| response.readable) else { return revoked(case) };
    let Some(leaf) = case.leaf() else { return Silent };
    let Some(answer) = response.answers.iter().find(|answer| answer.serial == leaf.serial) else {
        if response.answers.is_empty() {
            return Silent;
        }
        return told(case, "it is about another certificate", Severity::Warn);
    };
    if let RevocationStatus::Revoked(since, _) = answer.status {
        let since = since.map(|since| format!(" since {}", day(since))).unwrap_or_default();
        return told(case, &format!("the certificate is revoked{since}"), Severity::Error);
    }
    match answer.next_update {
        Some(end) if end < case.now => {
            told(case, &format!("it ran out {} before this connection", span(case.now - end)), Severity::Warn)
        }
        _ => Silent,
    }
}

/// Without a stapled response: what lists that were given say, and what the client says.
fn revoked(case: &Case<'_>) -> Answer {
    let problems = case.session.judgement.of_server().into_iter().flat_map(crate::session::judgement::Ruling::problems);
    let listed = problems.into_iter().find(|rung| rung.check == Check::Revocation);
    let says = reaction(case) == Some(Reaction::Alert(44));
    let (sure, text) = match (listed, says) {
        (Some(rung), _) => {
            (Confidence::Certain, format!("A revocation list speaks against the chain: {}.", rung.evidence))
        }
        (None, true) => {
            (Confidence::Likely, "The client says that a certificate of the server was revoked.".to_owned())
        }
        (None, false) => return Silent,
    };
    Found::new(sure, text)
        .because(blamed(case, &[44]).map(|minds| minds.min(sure)), || {
            "a certificate of the server was revoked".to_owned()
        })
        .by(case.at_message(ToClient, 11, "the chain", "x509.serial_number"))
        .by(case.at_end())
        .into()
}

fn told(case: &Case<'_>, what: &str, severity: Severity) -> Answer {
    let text = format!("The stapled OCSP response: {what}.");
    Found::new(Confidence::Certain, text)
        .milder(severity)
        .because(blamed(case, &[44, 113]), || format!("the stapled OCSP response: {what}"))
        .by(case
            .at_message(ToClient, 22, what.to_owned(), "")
            .or_else(|| case.at_message(ToClient, 11, what.to_owned(), "")))
        .by(case.at_end())
        .into()
}

pub(super) fn missing(case: &Case<'_>) -> Answer {
    let Some(leaf) = case.leaf().filter(|leaf| leaf.must_staple) else { return Silent };
    let asked = case.client_hello().is_some_and(|hello| hello.extensions.contains(&ExtensionType(5)));
    if case.session.ocsp_response.is_some() || !asked {
        return Silent;
    }
    let through =
        case.session.outcome == Outcome::Established || case.end.is_some_and(|end| end.stage >= Stage::ServerFlight);
    if !through {
        return NotEnough("the server's part of the handshake was not captured whole");
    }
    let text = format!(
        "The certificate for {} demands a stapled OCSP response, and there is none.",
        super::blame::whose(leaf)
    );
    Found::new(Confidence::Certain, text)
        .because(blamed(case, &[113]), || {
            "the certificate demands a stapled OCSP response, and there is none".to_owned()
        })
        .by(case.at_message(ToClient, 11, "TLS feature: status_request", "x509.tls_feature.number"))
        .by(case.at_end())
        .into()
}

pub(super) fn no_timestamps(case: &Case<'_>) -> Answer {
    // RFC 6962 became a demand of browsers in 2018; whoever has an AIA address and a policy is most likely public.
    const DEMANDED: i64 = 1_525_046_400;
    let Some(leaf) = case.leaf().filter(|leaf| leaf.sct_count == 0 && leaf.not_before >= DEMANDED) else {
        return Silent;
    };
    let public = !leaf.ca_issuers_urls.is_empty() && !leaf.ocsp_urls.is_empty();
    if !public || blamed(case, &[]).is_none() {
        return Silent;
    }
    if case.session.clues.timestamps.is_some() || case.session.ocsp_response.is_some() {
        return Silent;
    }
    Found::new(Confidence::Possible, "The certificate has no timestamp of a transparency log.")
        .because(Some(Confidence::Possible), || "the certificate has no timestamp of a transparency log".to_owned())
        .by(case.at_message(ToClient, 11, "no timestamps", "x509.extensions"))
        .into()
}
