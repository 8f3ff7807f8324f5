//! Delegated credentials: keys for some days that a server makes by itself, and what a client must check of them
//! (RFC 9345 4.1.3).

use super::super::case::Case;
use super::super::finding::Answer::Silent;
use super::super::finding::{Answer, Confidence, Evidence, Found};
use super::super::words::{day, span};
use super::blame::blamed;
use super::leaf::tolerated;
use crate::net::Direction::ToClient;
use crate::session::ProofKind;
use crate::tls::code::{ExtensionType, SignatureScheme};
use crate::tls::extension::DelegatedCredential;
use crate::x509::Certificate;

/// How far ahead the end may lie: seven days.
const LONGEST: i64 = 7 * 86_400;
/// The extension DelegationUsage of a certificate.
const DELEGATION_USAGE: &str = "1.3.6.1.4.1.44363.44";
const DELEGATED_CREDENTIAL: ExtensionType = ExtensionType(34);

/// One thing that is wrong with a credential, and the field that shows it.
struct Fault {
    what: String,
    field: &'static str,
}

pub(super) fn bad(case: &Case<'_>) -> Answer {
    let Some((credential, leaf)) = case.session.clues.credential.as_deref().zip(case.leaf()) else { return Silent };
    let faults: Vec<Fault> =
        [time(case), usage(leaf), schemes(case, credential), signature(case)].into_iter().flatten().collect();
    let Some(first) = faults.first() else { return Silent };
    let all: Vec<&str> = faults.iter().map(|fault| fault.what.as_str()).collect();
    let text = format!("The server's delegated credential does not hold: {}.", all.join("; "));
    let clause = || format!("the server's delegated credential does not hold: {}", first.what);
    tolerated(case, Found::new(Confidence::Certain, text))
        .because(blamed(case, &[10, 47, 51]), clause)
        .by(faults.iter().filter_map(|fault| shown(case, fault)))
        .by(case.at_end())
        .into()
}

fn shown(case: &Case<'_>, fault: &Fault) -> Option<Evidence> {
    let at = |kind| case.at_message(ToClient, kind, fault.what.clone(), fault.field);
    at(11).or_else(|| at(25))
}

fn time(case: &Case<'_>) -> Vec<Fault> {
    const FIELD: &str = "tls.handshake.extension.delegated_credential.valid_time";
    let Some(end) = case.session.credential_end() else { return Vec::new() };
    let what = match end.saturating_sub(case.now) {
        _ if !case.has_clock() => return Vec::new(),
        ..=0 => format!("it ran out {} before this connection ({})", span(case.now - end), day(end)),
        left if left > LONGEST => format!("it ends in {}, and seven days are the most", span(left)),
        _ => return Vec::new(),
    };
    vec![Fault { what, field: FIELD }]
}

fn usage(leaf: &Certificate) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |what: &str, field| faults.push(Fault { what: what.to_owned(), field });
    if !leaf.extensions.iter().any(|(oid, _)| oid == DELEGATION_USAGE) {
        fault("the certificate does not allow delegation (no DelegationUsage)", "x509.extensions");
    }
    if !leaf.key_usage.contains(&"digitalSignature") {
        fault("the keyUsage of the certificate lacks digitalSignature", "x509.extensions");
    }
    faults
}

/// What the client offered, what the credential says, and with what CertificateVerify was signed.
fn schemes(case: &Case<'_>, credential: &DelegatedCredential) -> Vec<Fault> {
    const EXPECTED: &str = "tls.handshake.extension.delegated_credential.dc_cert_verify_algorithm";
    const ALGORITHM: &str = "tls.handshake.extension.delegated_credential.algorithm";
    let Some(hello) = case.session.client_hellos.last().map(|hello| &hello.item) else { return Vec::new() };
    let mut faults = Vec::new();
    let mut fault = |what, field| faults.push(Fault { what, field });
    let DelegatedCredential { expected, algorithm, .. } = *credential;
    if !hello.extensions.contains(&DELEGATED_CREDENTIAL) {
        fault("the client did not ask for one".to_owned(), "tls.handshake.extension.delegated_credential");
    } else if !hello.credential_algorithms.contains(&expected) {
        fault(format!("its key is for {expected}, which the client does not offer for credentials"), EXPECTED);
    }
    if !hello.signature_algorithms.is_empty() && !hello.signature_algorithms.contains(&algorithm) {
        fault(format!("it is signed with {algorithm}, which the client does not offer"), ALGORITHM);
    }
    let used: Option<SignatureScheme> = case.session.server_signature_scheme.filter(|used| *used != expected);
    if let Some(used) = used {
        fault(format!("its key is for {expected}, and CertificateVerify names {used}"), EXPECTED);
    }
    faults
}

fn signature(case: &Case<'_>) -> Vec<Fault> {
    const FIELD: &str = "tls.handshake.extension.delegated_credential.signature";
    let failed =
        case.session.failed_proofs().any(|proof| proof.direction == ToClient && proof.kind == ProofKind::Credential);
    let what = "the key of the certificate did not sign it for this certificate".to_owned();
    if failed { vec![Fault { what, field: FIELD }] } else { Vec::new() }
}
