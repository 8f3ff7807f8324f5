//! Extensions that say what for: uses of the key, and demands on the peer.

use super::{sequence, unread};
use crate::base::{Field, Tree, Value, fields};
use crate::x509::ct::signed_certificate_timestamps;
use crate::x509::der::{BIT_STRING, Der, Element, NULL, OCTET_STRING, OID, number_leaf, oid_leaf};
use crate::x509::facts::Certificate;
use crate::x509::oid;
use crate::x509::outline::outline;
use crate::x509::time::time_leaf;

/// The bits of keyUsage, the first one being the highest of the first byte.
const KEY_USAGES: [(&str, &Field); 9] = [
    ("digitalSignature", &DIGITAL_SIGNATURE),
    ("nonRepudiation", &NON_REPUDIATION),
    ("keyEncipherment", &KEY_ENCIPHERMENT),
    ("dataEncipherment", &DATA_ENCIPHERMENT),
    ("keyAgreement", &KEY_AGREEMENT),
    ("keyCertSign", &KEY_CERT_SIGN),
    ("cRLSign", &CRL_SIGN),
    ("encipherOnly", &ENCIPHER_ONLY),
    ("decipherOnly", &DECIPHER_ONLY),
];

/// Whether bit `index` of a bit string is set, counted from the first.
pub(super) fn bit(bytes: &[u8], index: usize) -> bool {
    bytes.get(index / 8).is_some_and(|byte| byte & (0x80 >> (index % 8)) != 0)
}

/// keyUsage (RFC 5280 4.2.1.3).
pub(super) fn key_usage(mut value: Der<'_>, facts: &mut Certificate, tree: &mut Tree) {
    let Some(element) = value.expect(BIT_STRING, "KeyUsage (BIT STRING)", tree) else {
        return unread(value, tree);
    };
    let (_, bits) = element.bits(tree);
    for (index, (name, field)) in KEY_USAGES.into_iter().enumerate() {
        if bit(bits.peek(), index) {
            facts.key_usage.push(name);
        }
        let span = byte_span(&element, index / 8);
        if let Some(span) = span {
            tree.leaf(field, span, || Value::Flag(bit(bits.peek(), index)));
        }
    }
    value.end("KeyUsage", tree);
}

/// The span of one byte of a bit string's bits; `None` behind its end.
pub(super) fn byte_span(element: &Element<'_>, index: usize) -> Option<crate::base::Span> {
    let mut content = element.content;
    content.take(1 + index)?;
    let start = content.offset();
    content.take(1)?;
    Some(content.since(start))
}

/// extKeyUsage (RFC 5280 4.2.1.12).
pub(super) fn extended_key_usage(value: Der<'_>, facts: &mut Certificate, tree: &mut Tree) {
    sequence(value, "ExtKeyUsageSyntax (SEQUENCE)", tree, |mut purposes, tree| {
        while !purposes.is_empty() {
            let Some(purpose) = purposes.expect(OID, "KeyPurposeId (OBJECT IDENTIFIER)", tree) else { break };
            facts.extended_key_usage.push(oid::named(&oid_leaf(&KEY_PURPOSE, &purpose, tree)));
        }
    });
}

/// privateKeyUsagePeriod (RFC 3280 4.2.1.4).
pub(super) fn private_key_usage_period(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    sequence(value, "PrivateKeyUsagePeriod (SEQUENCE)", tree, |mut times, tree| {
        while let Some(mut time) = times.next(tree) {
            let field = if time.tag == 0x80 { &PRIVATE_KEY_NOT_BEFORE } else { &PRIVATE_KEY_NOT_AFTER };
            time.tag = crate::x509::der::GENERALIZED_TIME;
            time_leaf(field, &time, tree);
        }
    });
}

/// tlsfeature (RFC 7633): the numbers of TLS extensions that the server must answer.
pub(super) fn tls_feature(value: Der<'_>, facts: &mut Certificate, tree: &mut Tree) {
    sequence(value, "Features (SEQUENCE)", tree, |mut features, tree| {
        while let Some(feature) = features.next(tree) {
            let number = feature.number();
            facts.must_staple |= number == Some(5);
            tree.leaf(&TLS_FEATURE_NUMBER, feature.leaf_span(), || match number {
                Some(5) => Value::Named(5, 0, "status_request".into()),
                Some(17) => Value::Named(17, 0, "status_request_v2".into()),
                Some(other) => Value::Number(other),
                None => Value::Bytes,
            });
        }
    });
}

/// An extension that says all by being there; its value is NULL.
pub(super) fn empty_value(mut value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    if let Some(null) = value.optional(NULL, tree) {
        tree.leaf(&NULL_VALUE, null.span, || Value::Text("NULL".to_owned()));
    }
    outline(value, tree);
}

/// The embedded list of signed certificate timestamps (RFC 6962 3.3).
pub(super) fn sct_list(mut value: Der<'_>, facts: &mut Certificate, tree: &mut Tree) {
    let Some(list) = value.expect(OCTET_STRING, "SignedCertificateTimestampList (OCTET STRING)", tree) else {
        return unread(value, tree);
    };
    let timestamps = signed_certificate_timestamps(list.content, tree);
    facts.sct_count = facts.sct_count.saturating_add(u16::try_from(timestamps.len()).unwrap_or(u16::MAX));
}

/// One number that is all the value.
pub(super) fn number_value(mut value: Der<'_>, field: &'static Field, tree: &mut Tree) -> Option<u64> {
    let Some(number) = value.expect(crate::x509::der::INTEGER, "number (INTEGER)", tree) else {
        unread(value, tree);
        return None;
    };
    let read = number_leaf(field, &number, tree);
    value.end("the number", tree);
    read
}

fields! {
    KEY_USAGE = "x509.extension.key_usage", "keyUsage", "RFC 5280 4.2.1.3",
        "What the key may do at all. A TLS server or client that signs needs digitalSignature; old RSA key exchange needs \
         keyEncipherment; an authority needs keyCertSign. With the wrong bits strict clients refuse a certificate that \
         others accept.";
    DIGITAL_SIGNATURE = "x509.key_usage.digital_signature", "digitalSignature", "RFC 5280 4.2.1.3",
        "The key may sign other things than certificates and lists. TLS 1.3, and every suite with ECDHE or DHE, needs it.";
    NON_REPUDIATION = "x509.key_usage.non_repudiation", "nonRepudiation", "RFC 5280 4.2.1.3",
        "The key may sign what somebody shall be bound to, also called contentCommitment. TLS has no use for it.";
    KEY_ENCIPHERMENT = "x509.key_usage.key_encipherment", "keyEncipherment", "RFC 5280 4.2.1.3",
        "The key may encrypt keys. Only the RSA key exchange of TLS 1.2 and older needs it; with ECDSA keys it makes no sense.";
    DATA_ENCIPHERMENT = "x509.key_usage.data_encipherment", "dataEncipherment", "RFC 5280 4.2.1.3",
        "The key may encrypt data directly, which TLS never does.";
    KEY_AGREEMENT = "x509.key_usage.key_agreement", "keyAgreement", "RFC 5280 4.2.1.3",
        "The key may take part in a key agreement itself, as static DH and ECDH did. ECDHE does not need it.";
    KEY_CERT_SIGN = "x509.key_usage.key_cert_sign", "keyCertSign", "RFC 5280 4.2.1.3",
        "The key may sign certificates. Every authority needs it, and no server should have it.";
    CRL_SIGN = "x509.key_usage.crl_sign", "cRLSign", "RFC 5280 4.2.1.3",
        "The key may sign revocation lists.";
    ENCIPHER_ONLY = "x509.key_usage.encipher_only", "encipherOnly", "RFC 5280 4.2.1.3",
        "Narrows keyAgreement: the agreed key may only encrypt. Without keyAgreement it means nothing.";
    DECIPHER_ONLY = "x509.key_usage.decipher_only", "decipherOnly", "RFC 5280 4.2.1.3",
        "Narrows keyAgreement: the agreed key may only decrypt. Without keyAgreement it means nothing.";
    EXTENDED_KEY_USAGE = "x509.extension.extended_key_usage", "extKeyUsage", "RFC 5280 4.2.1.12",
        "For which purposes the certificate may be used. A server needs serverAuth, a client that logs in needs clientAuth; \
         a server certificate used as client certificate fails for lack of it, ever more often since public authorities \
         leave clientAuth out. In an intermediate it limits all that is below.";
    KEY_PURPOSE = "x509.extended_key_usage.purpose", "KeyPurposeId", "RFC 5280 4.2.1.12",
        "One purpose. anyExtendedKeyUsage allows all, but many programs do not count it as the purpose they look for.";
    PRIVATE_KEY_USAGE_PERIOD = "x509.extension.private_key_usage_period", "privateKeyUsagePeriod", "RFC 3280 4.2.1.4",
        "A shorter time for signing with the private key than for trusting its signatures. TLS clients pass over it.";
    PRIVATE_KEY_NOT_BEFORE = "x509.private_key_usage_period.not_before", "notBefore", "RFC 3280 4.2.1.4",
        "From when on the private key may sign.";
    PRIVATE_KEY_NOT_AFTER = "x509.private_key_usage_period.not_after", "notAfter", "RFC 3280 4.2.1.4",
        "Until when the private key may sign.";
    TLS_FEATURE = "x509.extension.tls_feature", "tlsFeature", "RFC 7633 4",
        "TLS extensions that a server with this certificate must answer when the client offers them. With status_request \
         (5) it is called must-staple: the server has to send an OCSP response along, and clients that check it refuse \
         the connection when a server was not set up for it or could not reach its responder.";
    TLS_FEATURE_NUMBER = "x509.tls_feature.number", "feature", "RFC 7633 4",
        "The number of a TLS extension: 5 is status_request, 17 is status_request_v2.";
    OCSP_NO_CHECK = "x509.extension.ocsp_no_check", "ocspNoCheck", "RFC 6960 4.2.2.2.1",
        "Stands in the certificate of an OCSP responder: do not ask whether this one was revoked, or the questions would \
         never end.";
    NO_REVOCATION = "x509.extension.no_revocation", "noRevAvail", "RFC 9608 2",
        "The issuer publishes nothing about revocation for this certificate, because it lives only for a short time.";
    CT_POISON = "x509.extension.ct_poison", "ctPoison", "RFC 6962 3.1",
        "Marks a precertificate, which is given to the logs before the real certificate exists. It is critical so that \
         nobody can use it as a certificate; a server that sends one was set up with the wrong file.";
    DELEGATION_USAGE = "x509.extension.delegation_usage", "DelegationUsage", "RFC 9345 4.2",
        "The key may sign delegated credentials: short-lived keys that a server such as a content network makes by itself.";
    SCT_EXTENSION = "x509.extension.sct_list", "signedCertificateTimestampList", "RFC 6962 3.3",
        "Promises of public logs, put into the certificate by the authority. This is the usual way to satisfy browsers' \
         demand for Certificate Transparency, since the server need not do anything.";
    NULL_VALUE = "x509.extension.null", "NULL", "X.690 8.8",
        "No value: that the extension is there says all.";
}
