//! Extensions that say where: revocation lists, OCSP responders, the issuer's certificate.

use super::sequence;
use super::usage::{bit, byte_span};
use crate::base::{Tree, Value, fields};
use crate::x509::der::{Der, Element, OID, SEQUENCE, malformed, oid_leaf};
use crate::x509::facts::{Certificate, GeneralName};
use crate::x509::name::{general_name, general_names, relative_branch};

/// cRLDistributionPoints (RFC 5280 4.2.1.13).
pub(super) fn crl_distribution_points(value: Der<'_>, facts: &mut Certificate, tree: &mut Tree) {
    sequence(value, "CRLDistributionPoints (SEQUENCE)", tree, |list, tree| {
        facts.crl_urls.extend(distribution_points(list, tree));
    });
}

/// freshestCRL (RFC 5280 4.2.1.15).
pub(super) fn freshest_crl(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    sequence(value, "CRLDistributionPoints (SEQUENCE)", tree, |list, tree| {
        distribution_points(list, tree);
    });
}

fn distribution_points(mut list: Der<'_>, tree: &mut Tree) -> Vec<String> {
    let mut urls = Vec::new();
    while !list.is_empty() {
        let Some(point) = list.expect(SEQUENCE, "DistributionPoint (SEQUENCE)", tree) else { break };
        tree.branch(
            &DISTRIBUTION_POINT,
            point.span,
            || Value::None,
            |tree| {
                let mut parts = point.inner();
                while let Some(part) = parts.next(tree) {
                    match part.tag {
                        0xa0 => urls.extend(point_name(&part, tree)),
                        0x81 => reasons(&part, tree),
                        0xa2 => {
                            tree.branch(
                                &CRL_ISSUER,
                                part.span,
                                || Value::None,
                                |tree| general_names(part.inner(), tree),
                            );
                        }
                        _ => malformed(tree, part.span, || "unknown part of DistributionPoint".to_owned()),
                    }
                }
            },
        );
    }
    urls
}

fn point_name(part: &Element<'_>, tree: &mut Tree) -> Vec<String> {
    let Some(name) = part.inner().next(tree) else { return Vec::new() };
    if name.tag == 0xa1 {
        relative_branch(&RELATIVE_NAME, name, tree);
        return Vec::new();
    }
    urls(general_names(name.inner(), tree)).collect()
}

fn urls(names: impl IntoIterator<Item = GeneralName>) -> impl Iterator<Item = String> {
    names.into_iter().filter_map(|name| match name {
        GeneralName::Uri(url) => Some(url),
        _ => None,
    })
}

const REASONS: [&str; 9] = [
    "unused",
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "privilegeWithdrawn",
    "aACompromise",
];

fn reasons(part: &Element<'_>, tree: &mut Tree) {
    let (_, bits) = part.bits(tree);
    let span = byte_span(part, 0).unwrap_or(part.span);
    tree.leaf(&REASON_FLAGS, span, || {
        let set = REASONS.iter().enumerate().filter(|(index, _)| bit(bits.peek(), *index)).map(|(_, name)| *name);
        Value::Text(set.collect::<Vec<_>>().join(", "))
    });
}

/// authorityInfoAccess (RFC 5280 4.2.2.1).
pub(super) fn authority_info_access(value: Der<'_>, facts: &mut Certificate, tree: &mut Tree) {
    sequence(value, "AuthorityInfoAccessSyntax (SEQUENCE)", tree, |list, tree| {
        for (method, name) in access_descriptions(list, tree) {
            match (method.as_str(), name) {
                ("1.3.6.1.5.5.7.48.1", GeneralName::Uri(url)) => facts.ocsp_urls.push(url),
                ("1.3.6.1.5.5.7.48.2", GeneralName::Uri(url)) => facts.ca_issuers_urls.push(url),
                _ => {}
            }
        }
    });
}

/// subjectInfoAccess (RFC 5280 4.2.2.2).
pub(super) fn subject_info_access(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    sequence(value, "SubjectInfoAccessSyntax (SEQUENCE)", tree, |list, tree| {
        access_descriptions(list, tree);
    });
}

fn access_descriptions(mut list: Der<'_>, tree: &mut Tree) -> Vec<(String, GeneralName)> {
    let mut facts = Vec::new();
    while !list.is_empty() {
        let Some(description) = list.expect(SEQUENCE, "AccessDescription (SEQUENCE)", tree) else { break };
        let shown = || Value::Text(super::constraint::first_oid(&description));
        let fact = tree.branch(&ACCESS_DESCRIPTION, description.span, shown, |tree| {
            let mut parts = description.inner();
            let method = parts.expect(OID, "accessMethod (OBJECT IDENTIFIER)", tree)?;
            let method = oid_leaf(&ACCESS_METHOD, &method, tree);
            let place = parts.next(tree)?;
            Some((method, general_name(&place, tree)))
        });
        facts.extend(fact);
    }
    facts
}

fields! {
    CRL_DISTRIBUTION_POINTS = "x509.extension.crl_distribution_points", "cRLDistributionPoints", "RFC 5280 4.2.1.13",
        "Where the list of revoked certificates of this issuer can be fetched. The address is plain http on purpose: the \
         list is signed, and https would need a check of its own. A host that cannot reach it fails or waits, depending \
         on its settings.";
    DISTRIBUTION_POINT = "x509.distribution_point", "DistributionPoint", "RFC 5280 4.2.1.13",
        "One place where the list, or a part of it, is kept.";
    RELATIVE_NAME = "x509.distribution_point.relative_name", "nameRelativeToCRLIssuer", "RFC 5280 4.2.1.13",
        "The place as a name below that of the issuer of the list, for use in a directory.";
    REASON_FLAGS = "x509.distribution_point.reasons", "reasons", "RFC 5280 4.2.1.13",
        "For which reasons of revocation the list at this place speaks. Without the field it speaks for all.";
    CRL_ISSUER = "x509.distribution_point.issuer", "cRLIssuer", "RFC 5280 4.2.1.13",
        "Who signs the list, where it is not the issuer of the certificate (an indirect list). Many clients do not support it.";
    FRESHEST_CRL = "x509.extension.freshest_crl", "freshestCRL", "RFC 5280 4.2.1.15",
        "Where a delta list can be fetched that brings the full revocation list up to date.";
    AUTHORITY_INFO_ACCESS = "x509.extension.authority_info_access", "authorityInfoAccess", "RFC 5280 4.2.2.1",
        "Where to ask about the issuer: its OCSP responder, and its own certificate. Chrome, Edge and \
         Safari fetch a missing intermediate from there; openssl, curl, Java and Go mostly do not, so the same server \
         works in a browser and fails in a program.";
    SUBJECT_INFO_ACCESS = "x509.extension.subject_info_access", "subjectInfoAccess", "RFC 5280 4.2.2.2",
        "Where to find more about the subject, such as the certificates that an authority has issued.";
    ACCESS_DESCRIPTION = "x509.access_description", "AccessDescription", "RFC 5280 4.2.2.1",
        "One service and its address.";
    ACCESS_METHOD = "x509.access_description.method", "accessMethod", "RFC 5280 4.2.2.1",
        "Which service it is: ocsp answers questions about revocation, caIssuers gives the certificate of the issuer.";
}
