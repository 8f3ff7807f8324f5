//! Suites, groups and signatures that both sides must have.

use super::super::case::{Case, Stage};
use super::super::finding::Answer::Silent;
use super::super::finding::{Answer, Confidence, Found};
use super::super::words::{counted, few};

use crate::base::Severity;
use crate::net::Direction::{ToClient, ToServer};
use crate::tls::code::{Authentication, CipherSuite, NamedGroup, SignatureScheme};
use crate::tls::handshake::ClientHello;

const BEGINNING: &[Stage] = &[Stage::ClientHello];

const ANSWERED: &[Stage] = &[Stage::ServerHello, Stage::ServerFlight];

/// Why a suite is not to be used any more; `None` for one that is sound, and for signals.
pub(in super::super) fn weakness(suite: CipherSuite) -> Option<&'static str> {
    let name = suite.name()?;
    if suite.is_signal() || suite.is_grease() {
        return None;
    }
    if suite.authentication() == Authentication::Anonymous {
        return Some("anonymous");
    }
    [("_NULL_", "NULL"), ("_EXPORT", "export"), ("_RC4_", "RC4"), ("_RC2_", "RC2"), ("3DES", "3DES"), ("_DES", "DES")]
        .into_iter()
        .find(|(part, _)| name.contains(part))
        .map(|(_, word)| word)
}

/// The suites that are suites.
pub(super) fn suites(hello: &ClientHello) -> impl Iterator<Item = CipherSuite> {
    hello.cipher_suites.iter().copied().filter(|suite| !suite.is_signal() && !suite.is_grease())
}

pub(super) fn only_weak(case: &Case<'_>) -> Answer {
    let Some(hello) = case.client_hello() else { return Silent };
    let count = suites(hello).count();
    if count == 0 || !suites(hello).all(|suite| weakness(suite).is_some()) {
        return Silent;
    }
    let mut kinds: Vec<&str> = suites(hello).filter_map(weakness).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let kinds = kinds.join(", ");
    let refused =
        case.fatal_of(ToClient, BEGINNING).is_some() || case.end.is_some_and(|end| end.stage <= Stage::ClientHello);
    let text = match count {
        1 => format!("The only suite that the client offers is broken: {kinds}."),
        count => format!("All {count} suites that the client offers are broken: {kinds}."),
    };
    let found = Found::new(Confidence::Certain, text);
    let found = if refused { found } else { found.milder(Severity::Warn) };
    found
        .because(refused.then_some(Confidence::Certain), || format!("the client offers only {kinds} suites"))
        .by(case.in_client_hello(format!("{kinds} suites only"), "tls.handshake.ciphersuites"))
        .by(case.at_end().filter(|_| refused))
        .into()
}

/// Alerts with which servers turn down an offer.
pub(super) fn is_turned_down(case: &Case<'_>) -> bool {
    matches!(case.fatal_of(ToClient, &[Stage::ClientHello, Stage::ServerHello]), Some(40 | 47 | 71))
}

/// The groups that nearly every server takes one of.
pub(super) const USUAL_GROUPS: [u16; 3] = [0x0017, 0x0018, 0x001d];

pub(super) fn no_group(case: &Case<'_>) -> Answer {
    let Some(hello) = case.client_hello().filter(|_| is_turned_down(case)) else { return Silent };
    let groups: Vec<NamedGroup> = hello.supported_groups.iter().copied().filter(|group| !group.is_grease()).collect();
    let usual = groups.iter().filter(|group| USUAL_GROUPS.contains(&group.0)).count();
    if groups.is_empty() || usual > 1 {
        return Silent;
    }
    // Who offers one suite as well may have been turned down for that.
    let narrow = hello.cipher_suites.iter().filter(|suite| !matches!(suite.0, 0x00ff)).count() < 2;
    let alone = groups.len() == 1 && !(narrow && usual == 1);
    let sure = if usual == 0 || alone { Confidence::Likely } else { Confidence::Possible };
    let list = few(&groups, 4);
    let text = format!("The client offers few groups for the key exchange: {list}. The server takes none of them.");
    Found::new(sure, text)
        .because(Some(sure), || format!("no common group; the client offers only {list}"))
        .by(case.in_client_hello(format!("groups {list}"), "tls.handshake.extension.supported_groups.list"))
        .by(case.at_end())
        .into()
}

/// The kind of key that a scheme signs with, in the words of certificates.
pub(in crate::session) fn key_of(scheme: SignatureScheme) -> &'static str {
    match scheme.0 {
        0x0807 => "Ed25519",
        0x0808 => "Ed448",
        0x0904 => "ML-DSA-44",
        0x0905 => "ML-DSA-65",
        0x0906 => "ML-DSA-87",
        0x0804..=0x0806 | 0x0809..=0x080b | 0x0420 | 0x0520 | 0x0620 => "RSA",
        0x081a..=0x081c => "ECDSA",
        code => match code & 0xff {
            1 => "RSA",
            2 => "DSA",
            3 => "ECDSA",
            _ => "",
        },
    }
}

pub(super) fn no_signature(case: &Case<'_>) -> Answer {
    let Some(hello) = case.client_hello() else { return Silent };
    let schemes = || hello.signature_algorithms.iter().copied().filter(|scheme| !scheme.is_grease());
    if let Some(leaf) = case.leaf() {
        let key = leaf.key.algorithm.as_str();
        let is_taken = schemes().next().is_none() || schemes().any(|scheme| key_of(scheme) == key);
        return if is_taken { Silent } else { wrong_key(case, &few(schemes(), 3), key) };
    }
    if !is_turned_down(case) {
        return Silent;
    }
    let schemes: Vec<SignatureScheme> = schemes().collect();
    if schemes.is_empty() {
        return Silent;
    }
    let mut kinds: Vec<&str> = schemes.iter().map(|scheme| key_of(*scheme)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.contains(&"RSA") && kinds.contains(&"ECDSA") {
        return Silent;
    }
    let list = few(&schemes, 3);
    let sure = if schemes.len() <= 2 { Confidence::Likely } else { Confidence::Possible };
    let text = format!("The client can check few signatures: {list}. The server has no certificate for one of them.");
    Found::new(sure, text)
        .because(Some(sure), || format!("no signature in common; the client checks only {list}"))
        .by(case.in_client_hello(format!("signatures {list}"), "tls.handshake.extension.signature_algorithm"))
        .by(case.at_end())
        .into()
}

/// The server showed a certificate with a key for which the client takes no signature, only those of the list.
fn wrong_key(case: &Case<'_>, list: &str, key: &str) -> Answer {
    if !["RSA", "ECDSA", "Ed25519", "Ed448"].contains(&key) {
        return Silent;
    }
    let refused = matches!(case.fatal_of(ToServer, ANSWERED), Some(40 | 42 | 43 | 47 | 51));
    let text = format!("The server has an {key} key, and the client takes no signature of such a key, only {list}.");
    Found::new(Confidence::Certain, text)
        .because(refused.then_some(Confidence::Likely), || {
            format!("the server's key is {key}; the client takes {list}")
        })
        .by(case.in_client_hello(format!("signatures {list}"), "tls.handshake.extension.signature_algorithm"))
        .by(case.at_message(ToClient, 11, format!("a certificate with an {key} key"), ""))
        .into()
}

pub(super) fn no_suite(case: &Case<'_>) -> Answer {
    let refused = matches!(case.fatal_of(ToClient, BEGINNING), Some(40 | 71));
    let Some(hello) = case.client_hello().filter(|_| refused) else { return Silent };
    let all: Vec<CipherSuite> = suites(hello).collect();
    let kinds = |wanted: Authentication| all.iter().any(|suite| suite.authentication() == wanted);
    let both = kinds(Authentication::Rsa) && kinds(Authentication::Ecdsa);
    let one_kind = !both && !kinds(Authentication::Tls13);
    let sure = if all.len() <= 2 || one_kind { Confidence::Likely } else { Confidence::Possible };
    let sample = few(all.iter().map(|suite| suite.short()), 2);
    let count = counted(all.len() as u64, "suite");
    let text =
        format!("The client offers {count} ({sample}); the server found none, or nothing else, that it can use.");
    Found::new(sure, text)
        .because(Some(sure), || format!("no common cipher suite; the client offers {count} ({sample})"))
        .by(case.in_client_hello(format!("offers {count}"), "tls.handshake.ciphersuites"))
        .by(case.at_end())
        .into()
}

pub(super) fn small_group(case: &Case<'_>) -> Answer {
    let Some(bits) = case.session.clues.dh_bits.filter(|bits| *bits < 2048) else { return Silent };
    let refused = matches!(case.fatal_of(ToServer, ANSWERED), Some(40 | 47 | 71));
    let text = format!("The server's Diffie-Hellman prime has {bits} bits; less than 2048 can be broken in advance.");
    Found::new(Confidence::Certain, text)
        .because(refused.then_some(Confidence::Likely), || format!("the Diffie-Hellman group has only {bits} bits"))
        .by(case.at_message(ToClient, 12, format!("a prime of {bits} bits"), "tls.handshake.p_len"))
        .by(case.at_end().filter(|_| refused))
        .into()
}
