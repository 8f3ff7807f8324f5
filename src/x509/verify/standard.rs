//! What the standard demands of a single certificate and rustls does not check: RFC 5280, RFC 9525, and the Baseline
//! Requirements (BR) that public authorities must keep.

use super::candidate::Situation;
use super::check::Check;
use super::facts::Purpose;
use super::finding::Finding;
use super::name::is_presentable;
use crate::base::{Severity, Tree, printable};
use crate::x509::extension::{constraint, identity, location, usage};
use crate::x509::facts::{Certificate, GeneralName};
use crate::x509::time::text as moment;
use crate::x509::{certificate as fields, extension, key, name as name_fields, oid};

/// What part a certificate plays in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Leaf,
    Intermediate,
    Anchor,
}

/// The faults that only the standard sees. `tree` holds the notes made when the certificate was read.
pub(super) fn faults(facts: &Certificate, tree: &Tree, role: Role, situation: Situation) -> Vec<Finding> {
    let mut found = Vec::new();
    form(facts, tree, &mut found);
    identifiers(facts, tree, role, &mut found);
    keys(facts, &mut found);
    if role == Role::Anchor {
        anchor_validity(facts, situation.time, &mut found);
    }
    if role == Role::Leaf {
        leaf_purpose(facts, situation.purpose, &mut found);
        leaf_names(facts, situation.purpose, &mut found);
    } else {
        authority(facts, role, &mut found);
    }
    constraints(facts, role, &mut found);
    criticality(facts, role, &mut found);
    found
}

fn has(facts: &Certificate, id: &str) -> Option<bool> {
    facts.extensions.iter().find(|(own, _)| own == id).map(|(_, critical)| *critical)
}

const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";
const SUBJECT_ALT_NAME: &str = "2.5.29.17";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const NAME_CONSTRAINTS: &str = "2.5.29.30";
const POLICY_CONSTRAINTS: &str = "2.5.29.36";
const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const AUTHORITY_INFO_ACCESS: &str = "1.3.6.1.5.5.7.1.1";

fn form(facts: &Certificate, tree: &Tree, found: &mut Vec<Finding>) {
    let mut fault = |reference, evidence: String, field| {
        found.push(Finding::standard(Check::Parse, reference, evidence).at(field));
    };
    if let Some(problem) = &facts.problem {
        let note = tree.notes().iter().find(|note| note.severity == Severity::Error);
        let place = note.and_then(|note| note.span).map_or_else(String::new, |span| format!(" at byte {}", span.start));
        fault("RFC 5280 4.1", format!("malformed{place}: {}", printable(problem)), &fields::CERTIFICATE);
    }
    if tree.notes().iter().any(|note| note.code == "x509.extension.twice") {
        fault("RFC 5280 4.2", "an extension stands there twice".to_owned(), &fields::EXTENSIONS);
    }
    if facts.version < 3 {
        fault("RFC 5280 4.1.2.1", format!("version {} where 3 is needed", facts.version), &fields::VERSION);
    }
    let serial = crate::base::hex(&facts.serial);
    let problem = match facts.serial.as_slice() {
        [first, ..] if *first >= 0x80 => Some("is negative"),
        bytes if bytes.iter().all(|byte| *byte == 0) => Some("is not positive"),
        // The zero that keeps a number positive is counted, as the limit is one of the encoding.
        bytes if bytes.len() > 20 => Some("is longer than 20 bytes"),
        _ => None,
    };
    if let Some(problem) = problem {
        fault("RFC 5280 4.1.2.2", format!("serial number {serial} {problem}"), &fields::SERIAL_NUMBER);
    }
    if facts.issuer.attributes.is_empty() {
        fault("RFC 5280 4.1.2.4", "the issuer is empty".to_owned(), &fields::ISSUER);
    }
}

/// The identifiers that help to find the issuer.
fn identifiers(facts: &Certificate, tree: &Tree, role: Role, found: &mut Vec<Finding>) {
    let mut fault = |reference, evidence: &str, field| {
        found.push(Finding::standard(Check::ChainBuilt, reference, evidence).at(field));
    };
    let names_itself = facts.is_self_issued();
    // Whoever signed an anchor does not matter, so it need not say with which key.
    if facts.authority_key_identifier.is_none() && role != Role::Anchor {
        fault("RFC 5280 4.2.1.1", "authorityKeyIdentifier does not name the issuer's key", &fields::EXTENSIONS);
    }
    if role != Role::Leaf && facts.subject_key_identifier.is_none() {
        fault("RFC 5280 4.2.1.2", "an authority without subjectKeyIdentifier", &fields::EXTENSIONS);
    }
    if role != Role::Anchor || !names_itself || has(facts, AUTHORITY_KEY_IDENTIFIER).is_none() {
        return;
    }
    if facts.authority_key_identifier.is_none() {
        fault(
            "BR 7.1.2.1.3",
            "authorityKeyIdentifier of a root without keyIdentifier",
            &identity::AUTHORITY_KEY_IDENTIFIER,
        );
    } else if facts.authority_key_identifier != facts.subject_key_identifier {
        fault("BR 7.1.2.1.3", "authorityKeyIdentifier of a root is not its own", &identity::AUTHORITY_KEY_IDENTIFIER);
    }
    // The tree of an anchor is kept for this: the facts hold the key identifier only.
    let more = [&identity::AUTHORITY_CERT_ISSUER, &identity::AUTHORITY_CERT_SERIAL];
    if tree.nodes().iter().any(|node| more.contains(&node.field)) {
        let evidence = "authorityKeyIdentifier of a root with issuer or serial number";
        fault("BR 7.1.2.1.3", evidence, &identity::AUTHORITY_KEY_IDENTIFIER);
    }
}

fn keys(facts: &Certificate, found: &mut Vec<Finding>) {
    let key = &facts.key;
    let problem = match key.algorithm.as_str() {
        "RSA" | "RSASSA-PSS" if key.bits < 2048 => "is below 2048 bits",
        "RSA" | "RSASSA-PSS" if !key.bits.is_multiple_of(8) => "has a modulus whose bits eight does not divide",
        "ECDSA" if !matches!(key.parameters.as_str(), "P-256" | "P-384" | "P-521") => "is on no curve that is allowed",
        "DSA" => "is of a kind that is no longer allowed",
        _ => return,
    };
    let evidence = format!("the key {key} {problem}");
    found.push(Finding::standard(Check::Signature, "BR 6.1.5", evidence).at(&key::SUBJECT_PUBLIC_KEY_INFO));
}

fn anchor_validity(facts: &Certificate, now: i64, found: &mut Vec<Finding>) {
    let clock = moment(now);
    let (evidence, field) = if now < facts.not_before {
        (format!("notBefore {} is after the clock {clock}", moment(facts.not_before)), &fields::NOT_BEFORE)
    } else if now > facts.not_after {
        (format!("notAfter {} is before the clock {clock}", moment(facts.not_after)), &fields::NOT_AFTER)
    } else {
        return;
    };
    found.push(Finding::standard(Check::Validity, "RFC 5280 6.1.3 (a)(2)", evidence).at(field));
}

fn leaf_purpose(facts: &Certificate, purpose: Purpose, found: &mut Vec<Finding>) {
    let mut fault = |reference, evidence: String, field| {
        found.push(Finding::standard(Check::Purpose, reference, evidence).at(field));
    };
    let usages = facts.key_usage.join(", ");
    let is_authority = facts.is_ca == Some(true);
    if facts.key_usage.contains(&"keyCertSign") && !is_authority {
        let evidence = format!("keyUsage is {usages}: keyCertSign is for authorities");
        fault("RFC 5280 4.2.1.9", evidence, &usage::KEY_USAGE);
    }
    if has(facts, "2.5.29.15").is_some() && !facts.key_usage.contains(&"digitalSignature") {
        let evidence = format!("keyUsage is {usages}, without digitalSignature, which a handshake needs");
        fault("RFC 5280 4.2.1.3", evidence, &usage::KEY_USAGE);
    }
    if facts.extended_key_usage.iter().any(|own| own == "anyExtendedKeyUsage") {
        let evidence = "extKeyUsage is for any purpose".to_owned();
        fault("BR 7.1.2.7.10", evidence, &usage::EXTENDED_KEY_USAGE);
    }
    if has(facts, EXTENDED_KEY_USAGE) == Some(true) {
        fault("BR 7.1.2.7.6", "extKeyUsage is marked critical".to_owned(), &usage::EXTENDED_KEY_USAGE);
    }
    if purpose == Purpose::Server && has(facts, EXTENDED_KEY_USAGE).is_none() {
        fault("BR 7.1.2.7.6", "no extKeyUsage says that it is for servers".to_owned(), &fields::EXTENSIONS);
    }
}

fn authority(facts: &Certificate, role: Role, found: &mut Vec<Finding>) {
    let mut fault = |check, reference, evidence: String, field| {
        found.push(Finding::standard(check, reference, evidence).at(field));
    };
    if facts.subject.attributes.is_empty() {
        let evidence = "an authority without a subject".to_owned();
        fault(Check::Parse, "RFC 5280 4.1.2.6", evidence, &fields::SUBJECT);
    }
    if role == Role::Anchor && facts.is_ca != Some(true) {
        let evidence = "no basicConstraints says that the anchor is an authority".to_owned();
        fault(Check::CaFlag, "RFC 5280 4.2.1.9", evidence, &constraint::BASIC_CONSTRAINTS);
    }
    if has(facts, BASIC_CONSTRAINTS) == Some(false) {
        let evidence = "basicConstraints is not marked critical".to_owned();
        fault(Check::CaFlag, "RFC 5280 4.2.1.9", evidence, &constraint::BASIC_CONSTRAINTS);
    }
    if has(facts, "2.5.29.15").is_some() && !facts.key_usage.contains(&"keyCertSign") {
        let evidence = format!("keyUsage is {}, without keyCertSign", facts.key_usage.join(", "));
        fault(Check::Purpose, "RFC 5280 6.1.4 (n)", evidence, &usage::KEY_USAGE);
    }
    if role == Role::Anchor && !facts.extended_key_usage.is_empty() {
        let evidence = format!("a root with extKeyUsage {}", printable(&facts.extended_key_usage.join(", ")));
        fault(Check::Purpose, "BR 7.1.2.1.2", evidence, &usage::EXTENDED_KEY_USAGE);
    }
}

fn constraints(facts: &Certificate, role: Role, found: &mut Vec<Finding>) {
    let Some(critical) = has(facts, NAME_CONSTRAINTS) else { return };
    let mut fault = |reference, evidence: &str| {
        found.push(Finding::standard(Check::Constraints, reference, evidence).at(&constraint::NAME_CONSTRAINTS));
    };
    if role == Role::Leaf {
        fault("RFC 5280 4.2.1.10", "nameConstraints in a certificate that is no authority");
    } else if !critical {
        fault("RFC 5280 4.2.1.10", "nameConstraints is not marked critical");
    }
}

/// Extensions that must be critical, and such that must not.
fn criticality(facts: &Certificate, role: Role, found: &mut Vec<Finding>) {
    let mut fault = |reference, evidence: String, field| {
        found.push(Finding::standard(Check::CriticalExt, reference, evidence).at(field));
    };
    for (id, must, reference, field) in [
        (AUTHORITY_KEY_IDENTIFIER, false, "RFC 5280 4.2.1.1", &identity::AUTHORITY_KEY_IDENTIFIER),
        (SUBJECT_KEY_IDENTIFIER, false, "RFC 5280 4.2.1.2", &identity::SUBJECT_KEY_IDENTIFIER),
        (AUTHORITY_INFO_ACCESS, false, "RFC 5280 4.2.2.1", &location::AUTHORITY_INFO_ACCESS),
        (POLICY_CONSTRAINTS, true, "RFC 5280 4.2.1.11", &constraint::POLICY_CONSTRAINTS),
    ] {
        if has(facts, id).is_some_and(|critical| critical != must) {
            let how = if must { "is not marked critical" } else { "is marked critical" };
            fault(reference, format!("{} {how}", oid::named(id)), field);
        }
    }
    if role == Role::Anchor {
        for (id, _) in facts.extensions.iter().filter(|(id, critical)| *critical && oid::name(id).is_none()) {
            let evidence = format!("the extension {id} is critical, and nobody knows it");
            fault("RFC 5280 4.2", evidence, &extension::CRITICAL);
        }
    }
    if let Some(critical) = has(facts, SUBJECT_ALT_NAME)
        && critical != facts.subject.attributes.is_empty()
    {
        let evidence = if critical {
            "subjectAltName is marked critical beside a subject"
        } else {
            "subjectAltName is not marked critical, and there is no subject"
        };
        fault("RFC 5280 4.2.1.6", evidence.to_owned(), &identity::SUBJECT_ALT_NAME);
    }
}

fn leaf_names(facts: &Certificate, purpose: Purpose, found: &mut Vec<Finding>) {
    let mut fault = |reference, evidence: String, field| {
        found.push(Finding::standard(Check::Name, reference, evidence).at(field));
    };
    for name in &facts.subject_alt_names {
        match name {
            GeneralName::Dns(name) if !is_host_name(name) => {
                let evidence = format!("dNSName {} is no host name", printable(name));
                fault("RFC 5280 4.2.1.6", evidence, &name_fields::DNS_NAME);
            }
            _ => {}
        }
    }
    if purpose != Purpose::Server {
        return;
    }
    if let Some(common) =
        facts.subject.attributes.iter().find(|(kind, value)| kind == "CN" && !is_repeated(facts, value))
    {
        let evidence = format!("commonName {} is not one of the names of subjectAltName", printable(&common.1));
        fault("BR 7.1.4.3", evidence, &name_fields::COMMON_NAME);
    }
}

/// Host names as RFC 1123 has them: no underscores, no address as text.
fn is_host_name(name: &str) -> bool {
    is_presentable(name.as_bytes()) && !name.contains('_')
}

/// Whether a common name is one of the alternative names, letter by letter.
fn is_repeated(facts: &Certificate, common: &str) -> bool {
    facts.subject_alt_names.iter().any(|name| match name {
        GeneralName::Dns(name) => name == common,
        GeneralName::Ip(address) => address.to_string() == common,
        _ => false,
    })
}
