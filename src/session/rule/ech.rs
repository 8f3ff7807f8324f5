//! Encrypted Client Hello.

use super::Rule;
use super::case::Case;
use super::finding::Answer::{NotEnough, Silent};
use super::finding::{Answer, Confidence, Found};
use super::words::quoted;
use crate::base::Severity;
use crate::net::Direction::{ToClient, ToServer};
use crate::session::Outcome;
use crate::tls::code::ExtensionType;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "ECH-02",
        severity: Severity::Error,
        title: "The client insists on Encrypted Client Hello",
        sees: "ech_required of the client",
        disproof: "a session in which the server opens the inner hello",
        fix: "renew the ECH keys in DNS, and keep the old ones at the server while they are in caches",
        reference: "RFC 9849 6.1.6",
        scenario: None,
        check: required,
    },
    Rule {
        id: "ECH-01",
        severity: Severity::Warn,
        title: "Encrypted Client Hello was rejected",
        sees: "encrypted_client_hello in the ClientHello, and fresh keys in EncryptedExtensions",
        disproof: "an inner hello that the server accepted",
        fix: "refresh the HTTPS record in DNS: the client used an old ECH key",
        reference: "RFC 9849 6.1.6",
        scenario: None,
        check: rejected,
    },
    Rule {
        id: "ECH-03",
        severity: Severity::Chat,
        title: "Encrypted Client Hello is only a decoy, or the server does not know it",
        sees: "encrypted_client_hello in the ClientHello, and EncryptedExtensions without it",
        disproof: "an ECH key of this name in DNS",
        fix: "nothing: the server name that is seen is the real one",
        reference: "RFC 9849 6.2",
        scenario: None,
        check: decoy,
    },
];

fn required(case: &Case<'_>) -> Answer {
    let Some((end, 121)) = case.fatal() else { return Silent };
    if end.by != ToServer {
        return Silent;
    }
    Found::new(Confidence::Certain, "The client insists on Encrypted Client Hello, and the server could not open it.")
        .because(Some(Confidence::Certain), || "the server could not open its Encrypted Client Hello".to_owned())
        .by(case.in_client_hello("encrypted_client_hello", "tls.handshake.extension.encrypted_client_hello"))
        .by(case.at_end())
        .into()
}

/// Whether EncryptedExtensions answer the extension; `None` where they cannot be read.
fn answered(case: &Case<'_>) -> Option<bool> {
    let all = case.session.clues.encrypted_extensions.as_ref()?;
    Some(all.contains(&ExtensionType::ENCRYPTED_CLIENT_HELLO))
}

fn rejected(case: &Case<'_>) -> Answer {
    if !case.client_hello().is_some_and(|hello| hello.encrypted_client_hello) {
        return Silent;
    }
    match answered(case) {
        Some(true) => {}
        Some(false) => return Silent,
        None => return NotEnough("EncryptedExtensions cannot be read without keys"),
    }
    let name = case.session.server_name().map(quoted).unwrap_or_default();
    let text = format!("The server could not open the inner hello and sent fresh ECH keys; it spoke for {name}.");
    let left = case.end.is_some() || case.left_at_once(ToServer).is_some();
    Found::new(Confidence::Certain, text)
        .because(left.then_some(Confidence::Likely), || "the server rejected its Encrypted Client Hello".to_owned())
        .by(case.in_client_hello("encrypted_client_hello", "tls.handshake.extension.encrypted_client_hello"))
        .by(case.at_message(ToClient, 8, "retry_configs", "tls.handshake.extension.ech.retry_configs"))
        .into()
}

fn decoy(case: &Case<'_>) -> Answer {
    let offers = case.client_hello().is_some_and(|hello| hello.encrypted_client_hello);
    if !offers || case.session.outcome != Outcome::Established || !case.is_tls13 {
        return Silent;
    }
    match answered(case) {
        Some(false) => {}
        Some(true) => return Silent,
        None => return NotEnough("EncryptedExtensions cannot be read without keys"),
    }
    let name = case.session.server_name().map(quoted).unwrap_or_default();
    let text =
        format!("The server did not answer encrypted_client_hello: the name {name} is most likely the real one.");
    Found::new(Confidence::Likely, text)
        .by(case.in_client_hello("encrypted_client_hello", "tls.handshake.extension.encrypted_client_hello"))
        .into()
}
