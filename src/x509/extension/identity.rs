//! Extensions that say who: key identifiers and alternative names.

use super::{sequence, unread};
use crate::base::{Tree, Value, fields};
use crate::x509::der::{Der, OCTET_STRING, bytes_leaf, malformed};
use crate::x509::facts::Certificate;
use crate::x509::name::general_names;

/// subjectKeyIdentifier (RFC 5280 4.2.1.2).
pub(super) fn subject_key_identifier(mut value: Der<'_>, facts: &mut Certificate, tree: &mut Tree) {
    let Some(id) = value.expect(OCTET_STRING, "KeyIdentifier (OCTET STRING)", tree) else {
        return unread(value, tree);
    };
    facts.subject_key_identifier = Some(id.bytes().to_vec());
    bytes_leaf(&KEY_IDENTIFIER, &id, tree);
    value.end("the key identifier", tree);
}

/// authorityKeyIdentifier (RFC 5280 4.2.1.1).
pub(crate) fn authority_key_identifier(value: Der<'_>, facts: &mut Certificate, tree: &mut Tree) {
    sequence(value, "AuthorityKeyIdentifier (SEQUENCE)", tree, |mut parts, tree| {
        while let Some(part) = parts.next(tree) {
            match part.tag {
                0x80 => {
                    facts.authority_key_identifier = Some(part.bytes().to_vec());
                    bytes_leaf(&AUTHORITY_KEY_ID, &part, tree);
                }
                0xa1 => tree.branch(
                    &AUTHORITY_CERT_ISSUER,
                    part.span,
                    || Value::None,
                    |tree| {
                        general_names(part.inner(), tree);
                    },
                ),
                0x82 => bytes_leaf(&AUTHORITY_CERT_SERIAL, &part, tree),
                _ => malformed(tree, part.span, || "unknown part of AuthorityKeyIdentifier".to_owned()),
            }
        }
    });
}

/// subjectAltName (RFC 5280 4.2.1.6).
pub(super) fn subject_alt_name(value: Der<'_>, facts: &mut Certificate, tree: &mut Tree) {
    sequence(value, "GeneralNames (SEQUENCE)", tree, |names, tree| {
        facts.subject_alt_names.extend(general_names(names, tree));
    });
}

/// issuerAltName (RFC 5280 4.2.1.7).
pub(super) fn issuer_alt_name(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    sequence(value, "GeneralNames (SEQUENCE)", tree, |names, tree| {
        general_names(names, tree);
    });
}

fields! {
    SUBJECT_KEY_IDENTIFIER = "x509.extension.subject_key_identifier", "subjectKeyIdentifier", "RFC 5280 4.2.1.2",
        "A short name for the public key, usually its SHA-1 hash. A certificate signed by this key repeats it in \
         authorityKeyIdentifier; that is how a chain is put together when an authority has several keys. It is a hint, \
         never a proof.";
    KEY_IDENTIFIER = "x509.key_identifier", "KeyIdentifier", "RFC 5280 4.2.1.2",
        "The identifier itself, mostly 20 bytes. How it was made does not matter as long as both sides of the chain agree.";
    AUTHORITY_KEY_IDENTIFIER = "x509.extension.authority_key_identifier", "authorityKeyIdentifier", "RFC 5280 4.2.1.1",
        "Which key of the issuer signed. If it does not match the subjectKeyIdentifier of the certificate that was sent \
         as issuer, though the names are equal, an old or wrong intermediate was installed.";
    AUTHORITY_KEY_ID = "x509.authority_key_identifier.key", "keyIdentifier", "RFC 5280 4.2.1.1",
        "The subjectKeyIdentifier of the issuer's certificate.";
    AUTHORITY_CERT_ISSUER = "x509.authority_key_identifier.issuer", "authorityCertIssuer", "RFC 5280 4.2.1.1",
        "The name of the authority above the issuer. Together with the serial number it pins one certificate of the \
         issuer, which breaks chains when that certificate is renewed.";
    AUTHORITY_CERT_SERIAL = "x509.authority_key_identifier.serial", "authorityCertSerialNumber", "RFC 5280 4.2.1.1",
        "The serial number of the issuer's own certificate.";
    SUBJECT_ALT_NAME = "x509.extension.subject_alt_name", "subjectAltName", "RFC 5280 4.2.1.6",
        "The names that the certificate is good for. This is the only place where clients look for host names and IP \
         addresses (RFC 9525). Compare it with the server name that the client asked for: a name that is missing here is \
         the classic mismatch, often www with or without its bare domain.";
    ISSUER_ALT_NAME = "x509.extension.issuer_alt_name", "issuerAltName", "RFC 5280 4.2.1.7",
        "Other names of the issuer, such as an e-mail address or a web page. Nothing in the check of a chain uses it.";
    SUBJECT_DIRECTORY_ATTRIBUTES = "x509.extension.subject_directory_attributes", "subjectDirectoryAttributes", "RFC 5280 4.2.1.8",
        "Statements about a person, such as nationality or date of birth. It does not belong into a server's certificate.";
}
