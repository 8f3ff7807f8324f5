//! The server's own certificate by itself: its dates, its uses, its key.

use super::super::case::Case;
use super::super::finding::Answer::{NotEnough, Silent};
use super::super::finding::{Answer, Confidence, Found};
use super::super::words::{contains, day, span};
use super::blame::{Reaction, blamed, blamed_by_any, hardly_blamed, reaction, whose};
use crate::base::Severity;
use crate::net::Direction::ToClient;
use crate::tls::code::CipherSuite;
use crate::x509::Certificate;
use crate::x509::verify::Check;

pub(super) fn expired(case: &Case<'_>) -> Answer {
    let Some(leaf) = case.leaf() else { return says_expired(case) };
    if leaf.not_after >= case.now || !case.has_clock() {
        return Silent;
    }
    let (ago, date) = (span(case.now - leaf.not_after), day(leaf.not_after));
    let text = format!("The server's certificate for {} expired {ago} before this connection ({date}).", whose(leaf));
    tolerated(case, Found::new(Confidence::Certain, text))
        .because(blamed(case, &[45]), || format!("it expired {ago} before, on {date}"))
        .by(case.at_message(ToClient, 11, format!("notAfter is {date}"), "x509.not_after"))
        .by(case.at_end())
        .into()
}

/// The alert alone, where the certificate is encrypted.
fn says_expired(case: &Case<'_>) -> Answer {
    if !case.session.server_certificates.is_empty() || reaction(case) != Some(Reaction::Alert(45)) {
        return Silent;
    }
    let text = "The client says that a certificate of the server is outside its period of validity; it is encrypted \
                here, so that its dates cannot be held against the time of the capture.";
    let clause = || "a certificate of the server has expired, or the client's clock is wrong".to_owned();
    Found::new(Confidence::Likely, text).because(Some(Confidence::Likely), clause).by(case.at_end()).into()
}

pub(super) fn not_yet_valid(case: &Case<'_>) -> Answer {
    let Some(leaf) = case.leaf().filter(|leaf| leaf.not_before > case.now) else { return Silent };
    if !case.has_clock() {
        return NotEnough("the capture does not say when it was made");
    }
    let (ahead, date) = (span(leaf.not_before - case.now), day(leaf.not_before));
    let text = format!(
        "The server's certificate for {} is valid only from {date} on, {ahead} after this connection.",
        whose(leaf)
    );
    tolerated(case, Found::new(Confidence::Certain, text))
        .because(blamed_by_any(case, &[45]), || format!("it is valid only {ahead} later, from {date} on"))
        .by(case.at_message(ToClient, 11, format!("notBefore is {date}"), "x509.not_before"))
        .by(case.at_end())
        .into()
}

/// What nobody minded matters less.
pub(super) fn tolerated(case: &Case<'_>, found: Found) -> Found {
    if reaction(case).is_some() { found } else { found.milder(Severity::Warn) }
}

pub(super) fn self_signed(case: &Case<'_>) -> Answer {
    let Some(leaf) = case.leaf().filter(|leaf| leaf.is_self_issued()) else { return Silent };
    let by_itself =
        leaf.authority_key_identifier.is_none() || leaf.authority_key_identifier == leaf.subject_key_identifier;
    if !by_itself {
        return Silent;
    }
    let text = format!("The server's certificate for {} names itself as its issuer.", whose(leaf));
    let found = Found::new(Confidence::Certain, text);
    let found = if reaction(case).is_some() { found } else { found.milder(Severity::Note) };
    found
        .because(blamed(case, &[48]), || "it is self-signed, and not trusted".to_owned())
        .by(case.at_message(ToClient, 11, "subject and issuer are the same", "x509.issuer"))
        .by(case.at_end())
        .into()
}

pub(super) fn wrong_use(case: &Case<'_>) -> Answer {
    let Some(leaf) = case.leaf() else { return Silent };
    let purposes = &leaf.extended_key_usage;
    let is_server = |purpose: &String| matches!(purpose.as_str(), "serverAuth" | "anyExtendedKeyUsage");
    let signs = case.is_tls13 || case.session.cipher_suite.and_then(CipherSuite::has_forward_secrecy) == Some(true);
    let (what, clause) = if !purposes.is_empty() && !purposes.iter().any(is_server) {
        (format!("extKeyUsage is {}", purposes.join(", ")), "the certificate is not for servers: extKeyUsage")
    } else if signs && !leaf.key_usage.is_empty() && !leaf.key_usage.contains(&"digitalSignature") {
        (format!("keyUsage is {}", leaf.key_usage.join(", ")), "the certificate may not sign: keyUsage")
    } else {
        return Silent;
    };
    let what = crate::base::printable(&what);
    let text = format!("The certificate for {} may not be used by a server like this: {what}.", whose(leaf));
    tolerated(case, Found::new(Confidence::Certain, text))
        .because(blamed(case, &[43]), || clause.to_owned())
        .by(case.at_message(ToClient, 11, what.clone(), "x509.extended_key_usage.purpose"))
        .by(case.at_end())
        .into()
}

pub(super) fn authority(case: &Case<'_>) -> Answer {
    // Who signs itself is told as that.
    let Some(leaf) = case.leaf().filter(|leaf| leaf.is_ca == Some(true) && !leaf.is_self_issued()) else {
        return own_anchor(case);
    };
    authority_found(case, leaf)
}

fn own_anchor(case: &Case<'_>) -> Answer {
    match case.leaf().filter(|leaf| leaf.is_ca == Some(true) && reaction(case).is_some()) {
        Some(leaf) => authority_found(case, leaf),
        None => Silent,
    }
}

fn authority_found(case: &Case<'_>, leaf: &Certificate) -> Answer {
    let text = format!("The server's certificate for {} is that of an authority (cA is true).", whose(leaf));
    Found::new(Confidence::Certain, text)
        .because(hardly_blamed(case), || {
            "the server's certificate is that of an authority, which some libraries refuse".to_owned()
        })
        .by(case.at_message(ToClient, 11, "cA is true", "x509.basic_constraints.ca"))
        .into()
}

/// How the names of curves begin.
const NAMED: [&str; 8] = ["P-", "sec", "prime", "brainpool", "B-", "K-", "SM2", "sm2"];

/// What is weak about a certificate; the signature of a root is nobody's business.
fn weakness(certificate: &Certificate) -> Option<String> {
    let key = &certificate.key;
    let short = match key.algorithm.as_str() {
        "RSA" | "DSA" => (1..2048).contains(&key.bits),
        "ECDSA" => (1..224).contains(&key.bits),
        _ => false,
    };
    if short {
        return Some(format!("a key of {} {} bits", key.algorithm, key.bits));
    }
    // CVE-2020-0601: a curve of one's own can be made to fit the key of an authority.
    if key.algorithm == "ECDSA" && !key.parameters.is_empty() && !NAMED.iter().any(|name| key.parameters.contains(name))
    {
        return Some(format!("a key on a curve of its own ({})", key.parameters));
    }
    if certificate.is_self_issued() {
        return None;
    }
    let broken = ["md2", "md4", "md5", "sha1"].iter().any(|hash| contains(&certificate.signature_algorithm, hash));
    broken.then(|| format!("a signature with {}", certificate.signature_algorithm))
}

/// Whether a key or signature in the chain is too weak for many clients.
pub(super) fn is_weak(case: &Case<'_>) -> bool {
    case.session.server_certificates.iter().any(|each| each.readable && weakness(each).is_some())
}

/// How sure it is that the client minds a weak key or signature. Some libraries take what they do not support for a
/// signature that does not hold.
fn minds_weakness(case: &Case<'_>) -> Option<Confidence> {
    let broken = case.session.judgement.of_server().and_then(|ruling| ruling.verification.failure());
    let decides = broken.is_some_and(|rung| rung.check == Check::Signature);
    match reaction(case)? {
        Reaction::Alert(51 | 71) => Some(Confidence::Likely),
        Reaction::Silent => Some(Confidence::Possible),
        Reaction::Left if decides => Some(Confidence::Possible),
        _ => hardly_blamed(case).map(|sure| if decides { Confidence::Likely } else { sure }),
    }
}

pub(super) fn weak(case: &Case<'_>) -> Answer {
    let mut chain = case.session.server_certificates.iter().filter(|certificate| certificate.readable);
    let Some((certificate, what)) = chain.find_map(|each| weakness(each).map(|what| (each, what))) else {
        return Silent;
    };
    let what = crate::base::printable(&what);
    let text = format!("The certificate of {} has {what}; clients may refuse it.", whose(certificate));
    Found::new(Confidence::Certain, text)
        .because(minds_weakness(case), || format!("the chain has {what}"))
        .by(case.at_message(ToClient, 11, what.clone(), "x509.signature_algorithm"))
        .into()
}
