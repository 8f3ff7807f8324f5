//! Extensions that limit what an authority's signatures are worth: constraints and policies.

use super::sequence;
use super::usage::number_value;
use crate::base::{Field, Tree, Value, fields};
use crate::x509::der::{BOOLEAN, Der, Element, INTEGER, OID, SEQUENCE, malformed, number_leaf, oid_leaf, text_leaf};
use crate::x509::facts::Certificate;
use crate::x509::outline::{outline, outline_element};
use crate::x509::{name, oid};

/// basicConstraints (RFC 5280 4.2.1.9).
pub(super) fn basic_constraints(value: Der<'_>, facts: &mut Certificate, tree: &mut Tree) {
    sequence(value, "BasicConstraints (SEQUENCE)", tree, |mut parts, tree| {
        let flag = parts.optional(BOOLEAN, tree);
        let is_ca = flag.is_some_and(|flag| flag.flag(tree));
        facts.is_ca = Some(is_ca);
        let span = flag.map_or(parts.span(), |flag| flag.leaf_span());
        tree.leaf(&IS_CA, span, || Value::Flag(is_ca));
        if let Some(length) = parts.optional(INTEGER, tree) {
            let length = number_leaf(&PATH_LENGTH, &length, tree);
            facts.path_length = length.map(|length| u32::try_from(length).unwrap_or(u32::MAX));
        }
        parts.end("BasicConstraints", tree);
    });
}

/// nameConstraints (RFC 5280 4.2.1.10).
pub(super) fn name_constraints(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    sequence(value, "NameConstraints (SEQUENCE)", tree, |mut parts, tree| {
        while let Some(part) = parts.next(tree) {
            let field = match part.tag {
                0xa0 => &PERMITTED_SUBTREES,
                0xa1 => &EXCLUDED_SUBTREES,
                _ => {
                    malformed(tree, part.span, || "unknown part of NameConstraints".to_owned());
                    outline_element(&part, tree);
                    continue;
                }
            };
            tree.branch(field, part.span, || Value::None, |tree| subtrees(part.inner(), tree));
        }
    });
}

fn subtrees(mut list: Der<'_>, tree: &mut Tree) {
    while !list.is_empty() {
        let Some(subtree) = list.expect(SEQUENCE, "GeneralSubtree (SEQUENCE)", tree) else { break };
        let mut parts = subtree.inner();
        if let Some(base) = parts.next(tree) {
            name::general_name(&base, tree);
        }
        while let Some(bound) = parts.next(tree) {
            number_leaf(&SUBTREE_BOUND, &bound, tree);
        }
    }
}

/// certificatePolicies (RFC 5280 4.2.1.4).
pub(super) fn certificate_policies(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    sequence(value, "CertificatePolicies (SEQUENCE)", tree, |mut list, tree| {
        while !list.is_empty() {
            let Some(policy) = list.expect(SEQUENCE, "PolicyInformation (SEQUENCE)", tree) else { break };
            let shown = || Value::Text(first_oid(&policy));
            tree.branch(&POLICY_INFORMATION, policy.span, shown, |tree| policy_information(policy.inner(), tree));
        }
    });
}

/// The OID that a SEQUENCE begins with, described, for the line of its branch.
pub(super) fn first_oid(element: &Element<'_>) -> String {
    let mut quiet = Tree::off();
    let first = element.inner().optional(OID, &mut quiet);
    first.map_or_else(String::new, |id| oid::described(&id.oid(&mut quiet)))
}

fn policy_information(mut parts: Der<'_>, tree: &mut Tree) {
    if let Some(id) = parts.expect(OID, "policyIdentifier (OBJECT IDENTIFIER)", tree) {
        oid_leaf(&POLICY_IDENTIFIER, &id, tree);
    }
    let Some(qualifiers) = parts.optional(SEQUENCE, tree) else { return parts.end("the policy", tree) };
    let mut list = qualifiers.inner();
    while !list.is_empty() {
        let Some(qualifier) = list.expect(SEQUENCE, "PolicyQualifierInfo (SEQUENCE)", tree) else { break };
        let shown = || Value::Text(first_oid(&qualifier));
        tree.branch(&POLICY_QUALIFIER, qualifier.span, shown, |tree| policy_qualifier(qualifier.inner(), tree));
    }
}

fn policy_qualifier(mut parts: Der<'_>, tree: &mut Tree) {
    let Some(id) = parts.expect(OID, "policyQualifierId (OBJECT IDENTIFIER)", tree) else { return };
    let dotted = oid_leaf(&POLICY_QUALIFIER_ID, &id, tree);
    let Some(value) = parts.next(tree) else { return };
    match dotted.as_str() {
        "1.3.6.1.5.5.7.2.1" => {
            text_leaf(&CPS_URI, &value, tree);
        }
        "1.3.6.1.5.5.7.2.2" => {
            tree.branch(&USER_NOTICE, value.span, || Value::None, |tree| user_notice(value.inner(), tree));
        }
        _ => outline_element(&value, tree),
    }
    parts.end("the qualifier", tree);
}

fn user_notice(mut parts: Der<'_>, tree: &mut Tree) {
    if let Some(reference) = parts.optional(SEQUENCE, tree) {
        tree.branch(&NOTICE_REFERENCE, reference.span, || Value::None, |tree| outline(reference.inner(), tree));
    }
    if let Some(text) = parts.next(tree) {
        text_leaf(&EXPLICIT_TEXT, &text, tree);
    }
}

/// policyMappings (RFC 5280 4.2.1.5).
pub(super) fn policy_mappings(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    sequence(value, "PolicyMappings (SEQUENCE)", tree, |mut list, tree| {
        while !list.is_empty() {
            let Some(pair) = list.expect(SEQUENCE, "policy mapping (SEQUENCE)", tree) else { break };
            tree.branch(
                &POLICY_MAPPING,
                pair.span,
                || Value::None,
                |tree| {
                    let mut parts = pair.inner();
                    for field in [&ISSUER_DOMAIN_POLICY, &SUBJECT_DOMAIN_POLICY] {
                        if let Some(id) = parts.expect(OID, "policy (OBJECT IDENTIFIER)", tree) {
                            oid_leaf(field, &id, tree);
                        }
                    }
                },
            );
        }
    });
}

/// policyConstraints (RFC 5280 4.2.1.11).
pub(super) fn policy_constraints(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    sequence(value, "PolicyConstraints (SEQUENCE)", tree, |mut parts, tree| {
        while let Some(part) = parts.next(tree) {
            let field: &'static Field =
                if part.tag == 0x80 { &REQUIRE_EXPLICIT_POLICY } else { &INHIBIT_POLICY_MAPPING };
            number_leaf(field, &part, tree);
        }
    });
}

/// inhibitAnyPolicy (RFC 5280 4.2.1.14).
pub(super) fn inhibit_any_policy(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    number_value(value, &SKIP_CERTS, tree);
}

fields! {
    BASIC_CONSTRAINTS = "x509.extension.basic_constraints", "basicConstraints", "RFC 5280 4.2.1.9",
        "Whether the subject is an authority that may sign certificates. Before it was checked everywhere, any owner of a \
         certificate could sign one for any other name. An intermediate without it, or a server whose certificate says yes, \
         is refused by strict clients.";
    IS_CA = "x509.basic_constraints.ca", "cA", "RFC 5280 4.2.1.9",
        "True for an authority. Left out, it means false. Self-signed certificates made by openssl say true by default, and \
         some TLS libraries refuse such a one as a server's own certificate.";
    PATH_LENGTH = "x509.basic_constraints.path_length", "pathLenConstraint", "RFC 5280 4.2.1.9",
        "How many intermediates may follow below this one; 0 means that it may sign end certificates only. A chain that is \
         longer is refused.";
    NAME_CONSTRAINTS = "x509.extension.name_constraints", "nameConstraints", "RFC 5280 4.2.1.10",
        "For which names this authority may sign. It keeps a company's own authority to the company's own domains. A \
         certificate below it with a name outside is refused, however correct the rest may be.";
    PERMITTED_SUBTREES = "x509.name_constraints.permitted", "permittedSubtrees", "RFC 5280 4.2.1.10",
        "Names must lie inside one of these, kind by kind: a limit for DNS names says nothing about IP addresses.";
    EXCLUDED_SUBTREES = "x509.name_constraints.excluded", "excludedSubtrees", "RFC 5280 4.2.1.10",
        "Names inside any of these are refused, also where permittedSubtrees would allow them. All of IPv4 and IPv6 \
         (0.0.0.0/0, ::/0) is often here to forbid addresses altogether.";
    SUBTREE_BOUND = "x509.name_constraints.bound", "minimum or maximum", "RFC 5280 4.2.1.10",
        "A depth bound that RFC 5280 does not allow to be used.";
    CERTIFICATE_POLICIES = "x509.extension.certificate_policies", "certificatePolicies", "RFC 5280 4.2.1.4",
        "Under which rules the certificate was issued. The numbers of the CA/Browser Forum tell how much was checked: \
         domain (DV), organization (OV), individual (IV) or extended validation (EV).";
    POLICY_INFORMATION = "x509.policy", "PolicyInformation", "RFC 5280 4.2.1.4",
        "One policy, perhaps with where to read it.";
    POLICY_IDENTIFIER = "x509.policy.id", "policyIdentifier", "RFC 5280 4.2.1.4",
        "Which policy it is, as object identifier. 2.23.140.1.2.1 is domain validated, 2.23.140.1.2.2 organization \
         validated, 2.23.140.1.1 extended validation; authorities add numbers of their own.";
    POLICY_QUALIFIER = "x509.policy.qualifier", "PolicyQualifierInfo", "RFC 5280 4.2.1.4",
        "An addition to a policy for people to read. New public certificates leave it out.";
    POLICY_QUALIFIER_ID = "x509.policy.qualifier.id", "policyQualifierId", "RFC 5280 4.2.1.4",
        "Which kind of addition it is: the address of a practice statement, or a notice.";
    CPS_URI = "x509.policy.cps_uri", "cPSuri", "RFC 5280 4.2.1.4",
        "Where the authority's certification practice statement can be read.";
    USER_NOTICE = "x509.policy.user_notice", "userNotice", "RFC 5280 4.2.1.4",
        "A text that programs were meant to show to their users; none does.";
    NOTICE_REFERENCE = "x509.policy.notice_reference", "noticeRef", "RFC 5280 4.2.1.4",
        "A notice by organisation and number instead of text.";
    EXPLICIT_TEXT = "x509.policy.explicit_text", "explicitText", "RFC 5280 4.2.1.4",
        "The text of the notice, at most 200 characters.";
    POLICY_MAPPINGS = "x509.extension.policy_mappings", "policyMappings", "RFC 5280 4.2.1.5",
        "Which policies of this authority another one holds to be equal to its own. It occurs where the authorities of \
         governments recognise each other.";
    POLICY_MAPPING = "x509.policy_mapping", "policy mapping", "RFC 5280 4.2.1.5",
        "One pair of policies that count as equal.";
    ISSUER_DOMAIN_POLICY = "x509.policy_mapping.issuer", "issuerDomainPolicy", "RFC 5280 4.2.1.5",
        "The policy as the issuer calls it.";
    SUBJECT_DOMAIN_POLICY = "x509.policy_mapping.subject", "subjectDomainPolicy", "RFC 5280 4.2.1.5",
        "The policy as the subject calls it.";
    POLICY_CONSTRAINTS = "x509.extension.policy_constraints", "policyConstraints", "RFC 5280 4.2.1.11",
        "Demands about policies on the chain below this authority. Ordinary TLS clients check no policies.";
    REQUIRE_EXPLICIT_POLICY = "x509.policy_constraints.require", "requireExplicitPolicy", "RFC 5280 4.2.1.11",
        "After how many further certificates each must bear an accepted policy.";
    INHIBIT_POLICY_MAPPING = "x509.policy_constraints.inhibit", "inhibitPolicyMapping", "RFC 5280 4.2.1.11",
        "After how many further certificates mappings of policies no longer count.";
    INHIBIT_ANY_POLICY = "x509.extension.inhibit_any_policy", "inhibitAnyPolicy", "RFC 5280 4.2.1.14",
        "Limits how far down the chain the wildcard anyPolicy counts.";
    SKIP_CERTS = "x509.inhibit_any_policy.skip", "SkipCerts", "RFC 5280 4.2.1.14",
        "After how many further certificates anyPolicy no longer counts.";
}
