//! The name that the client asked for, and what the server made of it.

use super::super::case::{Case, Stage};
use super::super::finding::Answer::Silent;
use super::super::finding::{Answer, Confidence, Found};
use super::super::words::{few, quoted};
use super::blame::{blamed, hardly_blamed, whose};
use super::leaf::tolerated;
use crate::base::Severity;
use crate::net::Direction::ToClient;
use crate::session::EventKind;
use crate::tls::code::{AlertDescription, AlertLevel};
use crate::tls::handshake::Alert;
use crate::x509::{Certificate, GeneralName, HostMatch, matches_host};

const UNRECOGNIZED_NAME: AlertDescription = AlertDescription(112);

/// The names that a certificate is for.
fn names(leaf: &Certificate) -> String {
    let names = leaf.subject_alt_names.iter().filter_map(|name| match name {
        GeneralName::Dns(name) => Some(quoted(name)),
        GeneralName::Ip(address) => Some(address.to_string()),
        _ => None,
    });
    few(names, 2)
}

pub(super) fn mismatch(case: &Case<'_>) -> Answer {
    let (Some(name), Some(leaf)) = (case.session.server_name(), case.leaf()) else { return Silent };
    let found = matches_host(leaf, name);
    if matches!(found, HostMatch::Matches(_)) {
        return Silent;
    }
    let asked = quoted(name);
    let has = match names(leaf) {
        none if none.is_empty() => format!("no name at all, only the common name {}", whose(leaf)),
        names => names,
    };
    let text = format!("The client asked for {asked}; the certificate is for {has}.");
    tolerated(case, Found::new(Confidence::Certain, text))
        .because(blamed(case, &[]), || format!("it is for {has}, not for {asked}"))
        .by(case.in_client_hello(format!("asks for {asked}"), "tls.handshake.extension.server_name.host_name"))
        .by(case.at_message(ToClient, 11, format!("the certificate is for {has}"), "x509.general_name.dns"))
        .by(case.at_end())
        .into()
}

/// A server that has no certificate for the name may have no alert for it either: Go's says internal_error, rustls
/// access_denied.
fn without_certificate(case: &Case<'_>) -> Answer {
    let Some(name) = case.session.server_name().map(quoted) else { return Silent };
    let Some(49 | 80) = case.fatal_of(ToClient, &[Stage::ClientHello]) else { return Silent };
    let text = format!(
        "The server gave up right after the ClientHello, as servers do that find no certificate for the name, here \
         \"{name}\"."
    );
    Found::new(Confidence::Possible, text)
        .because(Some(Confidence::Possible), || format!("it may have no certificate for \"{name}\""))
        .by(case.in_client_hello(format!("asks for {name}"), "tls.handshake.extension.server_name.host_name"))
        .by(case.at_end())
        .into()
}

pub(super) fn unknown(case: &Case<'_>) -> Answer {
    if case.fatal_of(ToClient, &[Stage::ClientHello, Stage::ServerHello]) != Some(UNRECOGNIZED_NAME.0) {
        return without_certificate(case);
    }
    let name =
        case.session.server_name().map_or_else(|| "no name at all".to_owned(), |name| format!("\"{}\"", quoted(name)));
    let text = format!("The client asked for {name}, which the server does not know.");
    Found::new(Confidence::Certain, text)
        .because(Some(Confidence::Certain), || format!("it does not know the name that the client asked for: {name}"))
        .by(case.in_client_hello(format!("asks for {name}"), "tls.handshake.extension.server_name.host_name"))
        .by(case.at_end())
        .into()
}

pub(super) fn warned(case: &Case<'_>) -> Answer {
    let is_warning = |kind: &EventKind| {
        matches!(kind, EventKind::Alert(Alert { level: AlertLevel::WARNING, description: UNRECOGNIZED_NAME }))
    };
    let Some(index) = case.first(|event| event.direction == ToClient && is_warning(&event.kind)) else { return Silent };
    let name = case.session.server_name().map(quoted).unwrap_or_default();
    let gave_up = case.end.is_some_and(|end| end.by != ToClient && end.stage <= Stage::ServerFlight);
    let text = format!(
        "The server warned that it does not know the name \"{name}\" and went on with its default certificate."
    );
    Found::new(Confidence::Certain, text)
        .because(gave_up.then_some(Confidence::Possible), || {
            format!("the server warned that it does not know \"{name}\", and old clients give up at that")
        })
        .by(case.at(index, "unrecognized_name as a warning"))
        .into()
}

pub(super) fn no_name(case: &Case<'_>) -> Answer {
    let Some(leaf) = case.leaf().filter(|_| case.client_hello().is_some() && case.session.server_name().is_none())
    else {
        return Silent;
    };
    let address = case.session.server.address.to_string();
    if matches!(matches_host(leaf, &address), HostMatch::Matches(_)) {
        return Silent;
    }
    let text = format!(
        "The client named no server, so that the server showed its default certificate, for {}.",
        match names(leaf) {
            none if none.is_empty() => whose(leaf),
            names => names,
        }
    );
    Found::new(Confidence::Certain, text)
        .milder(Severity::Note)
        .because(hardly_blamed(case), || "no server was named, and this is the default certificate".to_owned())
        .by(case.in_client_hello("no server_name", "tls.handshake.extensions"))
        .by(case.at_message(ToClient, 11, "the default certificate", ""))
        .into()
}
