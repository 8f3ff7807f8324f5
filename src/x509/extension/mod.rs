//! Certificate extensions (RFC 5280 4.2): the frame that all share, and which reader opens which.
//!
//! ```text
//!   mod       frame: extnID, critical, extnValue        constraint   basicConstraints, nameConstraints, policies
//!   identity  key identifiers, alternative names        location     where to fetch lists, responses, certificates
//!   usage     what the key may be used for              custom       Netscape, Microsoft, ETSI, RFC 3779 and others
//! ```

pub(super) mod constraint;
mod custom;
pub(super) mod identity;
pub(super) mod location;
pub(super) mod usage;

use super::der::{self, BOOLEAN, Der, Element, OCTET_STRING, OID, SEQUENCE, oid_leaf};
use super::facts::Certificate;
use super::oid;
use super::outline::{outline, outline_element};
use crate::base::{Field, Group, Tree, Value, fields};

/// Reads what is inside extnValue: adds fields, and puts into the facts what they have a place for.
type Read = fn(Der<'_>, &mut Certificate, &mut Tree);

/// With how many earlier ones an extension is compared in the search for doubles. Real certificates have about ten.
const MOST_COMPARED: usize = 64;

/// Reads the extensions of a certificate.
pub(crate) fn certificate_extensions(mut list: Der<'_>, facts: &mut Certificate, tree: &mut Tree) {
    while !list.is_empty() {
        let Some(element) = list.expect(SEQUENCE, "Extension (SEQUENCE)", tree) else {
            outline(list, tree);
            break;
        };
        extension(&element, tree, certificate_reader, |dotted, critical, read, value, tree| {
            if facts.extensions.iter().take(MOST_COMPARED).any(|(earlier, _)| earlier == dotted) {
                let text = || format!("extension {} stands there twice", oid::described(dotted)).into();
                der::oddity(tree, Group::Protocol, "x509.extension.twice", element.span, text);
            }
            facts.extensions.push((dotted.to_owned(), critical));
            read(value, facts, tree);
        });
    }
}

/// Reads one extension: adds its frame, and has `inside` add what its value holds. `table` gives the field and the reader
/// for an OID.
pub(crate) fn extension<R>(
    element: &Element<'_>,
    tree: &mut Tree,
    table: impl Fn(&str) -> (&'static Field, R),
    inside: impl FnOnce(&str, bool, R, Der<'_>, &mut Tree),
) {
    let mut parts = element.inner();
    let Some(id) = parts.expect(OID, "extnID (OBJECT IDENTIFIER)", tree) else {
        outline_element(element, tree);
        return;
    };
    let dotted = id.oid(tree);
    let critical = parts.optional(BOOLEAN, tree);
    let is_critical = critical.is_some_and(|flag| flag.flag(&mut Tree::off()));
    let (field, read) = table(&dotted);
    let shown = || {
        let mark = if is_critical { ", critical" } else { "" };
        let id = if oid::name(&dotted) == Some(field.label) { dotted.clone() } else { oid::described(&dotted) };
        Value::Text(format!("{id}{mark}"))
    };
    tree.branch(field, element.span, shown, |tree| {
        oid_leaf(&EXTENSION_ID, &id, &mut *tree);
        if let Some(flag) = critical {
            let value = flag.flag(tree);
            tree.leaf(&CRITICAL, flag.leaf_span(), || Value::Flag(value));
        }
        if let Some(value) = parts.expect(OCTET_STRING, "extnValue (OCTET STRING)", tree) {
            tree.branch(
                &EXTENSION_VALUE,
                value.span,
                || Value::None,
                |tree| {
                    inside(&dotted, is_critical, read, value.inner(), tree);
                },
            );
        }
        parts.end("the extension", tree);
    });
}

/// A value whose OID has no reader: its bytes, and its shape where it is DER.
pub(crate) fn unread(value: Der<'_>, tree: &mut Tree) {
    tree.branch(&EXTENSION_BYTES, value.span(), || Value::Bytes, |tree| outline(value, tree));
}

/// All fields of extensions.
pub(crate) fn fields() -> impl Iterator<Item = &'static Field> {
    let tables = [FIELDS, constraint::FIELDS, custom::FIELDS, identity::FIELDS, location::FIELDS, usage::FIELDS];
    tables.into_iter().flatten().copied()
}

fn without_reader(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    unread(value, tree);
}

/// The field and the reader of a certificate extension.
fn certificate_reader(dotted: &str) -> (&'static Field, Read) {
    match dotted {
        "2.5.29.14" => (&identity::SUBJECT_KEY_IDENTIFIER, identity::subject_key_identifier),
        "2.5.29.35" => (&identity::AUTHORITY_KEY_IDENTIFIER, identity::authority_key_identifier),
        "2.5.29.17" => (&identity::SUBJECT_ALT_NAME, identity::subject_alt_name),
        "2.5.29.18" => (&identity::ISSUER_ALT_NAME, identity::issuer_alt_name),
        "2.5.29.9" => (&identity::SUBJECT_DIRECTORY_ATTRIBUTES, without_reader),
        "2.5.29.15" => (&usage::KEY_USAGE, usage::key_usage),
        "2.5.29.37" => (&usage::EXTENDED_KEY_USAGE, usage::extended_key_usage),
        "2.5.29.16" => (&usage::PRIVATE_KEY_USAGE_PERIOD, usage::private_key_usage_period),
        "1.3.6.1.5.5.7.1.24" => (&usage::TLS_FEATURE, usage::tls_feature),
        "1.3.6.1.5.5.7.48.1.5" => (&usage::OCSP_NO_CHECK, usage::empty_value),
        "2.5.29.56" => (&usage::NO_REVOCATION, usage::empty_value),
        "1.3.6.1.4.1.11129.2.4.3" => (&usage::CT_POISON, usage::empty_value),
        "1.3.6.1.4.1.44363.44" => (&usage::DELEGATION_USAGE, usage::empty_value),
        "1.3.6.1.4.1.11129.2.4.2" => (&usage::SCT_EXTENSION, usage::sct_list),
        "2.5.29.19" => (&constraint::BASIC_CONSTRAINTS, constraint::basic_constraints),
        "2.5.29.30" => (&constraint::NAME_CONSTRAINTS, constraint::name_constraints),
        "2.5.29.32" => (&constraint::CERTIFICATE_POLICIES, constraint::certificate_policies),
        "2.5.29.33" => (&constraint::POLICY_MAPPINGS, constraint::policy_mappings),
        "2.5.29.36" => (&constraint::POLICY_CONSTRAINTS, constraint::policy_constraints),
        "2.5.29.54" => (&constraint::INHIBIT_ANY_POLICY, constraint::inhibit_any_policy),
        "2.5.29.31" => (&location::CRL_DISTRIBUTION_POINTS, location::crl_distribution_points),
        "2.5.29.46" => (&location::FRESHEST_CRL, location::freshest_crl),
        "1.3.6.1.5.5.7.1.1" => (&location::AUTHORITY_INFO_ACCESS, location::authority_info_access),
        "1.3.6.1.5.5.7.1.11" => (&location::SUBJECT_INFO_ACCESS, location::subject_info_access),
        _ => custom::reader(dotted).unwrap_or((&UNKNOWN_EXTENSION, without_reader)),
    }
}

/// Opens the SEQUENCE that most values consist of, hands its inside on, and notes what stands behind it.
fn sequence(mut value: Der<'_>, what: &'static str, tree: &mut Tree, inside: impl FnOnce(Der<'_>, &mut Tree)) {
    match value.expect(SEQUENCE, what, tree) {
        Some(sequence) => {
            inside(sequence.inner(), tree);
            value.end("the value of the extension", tree);
        }
        None => unread(value, tree),
    }
}

fields! {
    EXTENSION_ID = "x509.extension.id", "extnID", "RFC 5280 4.2",
        "Which extension it is, as object identifier. Those under 2.5.29 belong to X.509 itself, those under \
         1.3.6.1.5.5.7.1 to the Internet profile, those under 1.3.6.1.4.1 to single companies.";
    CRITICAL = "x509.extension.critical", "critical", "RFC 5280 4.2",
        "Whether a program that does not know the extension must refuse the certificate. Left out, it means no. \
         An unknown critical extension is a rare but hard cause of refusal.";
    EXTENSION_VALUE = "x509.extension.value", "extnValue", "RFC 5280 4.2",
        "The value of the extension: a DER structure of its own, wrapped into a string of bytes.";
    EXTENSION_BYTES = "x509.extension.bytes", "value bytes", "",
        "The value as it is, since there is no decoder for it; below it its shape as far as it is DER.";
    UNKNOWN_EXTENSION = "x509.extension.unknown", "extension", "RFC 5280 4.2",
        "An extension without a decoder here. If it is critical, most clients will refuse the certificate, too.";
}
