//! The certificate itself (RFC 5280 4.1): its frame, its dates and its names. Keys and extensions have files of their
//! own.

use super::der::{self, BIT_STRING, Der, Element, GENERALIZED_TIME, INTEGER, SEQUENCE, bytes_leaf, malformed, oddity};
use super::extension;
use super::facts::{Certificate, Name, PublicKey};
use super::key::{algorithm_branch, public_key_branch};
use super::name::name_branch;
use super::outline::outline;
use super::time::time_leaf;
use crate::base::{Field, Group, Reader, Severity, Span, Tree, Value, fields};
use aws_lc_rs::digest;

/// The first second from which on RFC 5280 4.1.2.5 demands GeneralizedTime.
const YEAR_2050: i64 = 2_524_608_000;

/// Reads one certificate: its facts, its fields and notes on what is odd in its bytes.
///
/// It is `readable` when the subject could be read. `problem` says what is broken first, also where a part behind the
/// subject is broken and the rest could be read.
pub fn certificate(der: Reader<'_>, tree: &mut Tree) -> Certificate {
    let bytes = der.peek();
    let mut facts = empty(bytes);
    let first_note = tree.notes().len();
    let shown = || Value::Text(subject_of(der));
    tree.branch(&CERTIFICATE, der.span(), shown, |tree| outer(der, &mut facts, tree));
    let notes = tree.notes().iter().skip(first_note);
    facts.problem = notes.filter(|note| note.severity == Severity::Error).map(|note| note.text.to_string()).next();
    if !facts.readable && facts.problem.is_none() {
        facts.problem = Some("not a certificate in DER".to_owned());
    }
    facts
}

fn subject_of(der: Reader<'_>) -> String {
    let mut facts = empty(&[]);
    outer(der, &mut facts, &mut Tree::off());
    facts.subject.to_string()
}

/// What is known before a byte is read.
fn empty(der: &[u8]) -> Certificate {
    let hash = |algorithm| digest::digest(algorithm, der);
    Certificate {
        der: der.into(),
        sha256: hash(&digest::SHA256).as_ref().try_into().unwrap_or_default(),
        sha1: hash(&digest::SHA1_FOR_LEGACY_USE_ONLY).as_ref().try_into().unwrap_or_default(),
        readable: false,
        problem: None,
        version: 1,
        serial: Vec::new(),
        subject: Name::default(),
        issuer: Name::default(),
        not_before: 0,
        not_after: 0,
        key: PublicKey::default(),
        signature_algorithm: String::new(),
        subject_alt_names: Vec::new(),
        is_ca: None,
        path_length: None,
        key_usage: Vec::new(),
        extended_key_usage: Vec::new(),
        subject_key_identifier: None,
        authority_key_identifier: None,
        ocsp_urls: Vec::new(),
        ca_issuers_urls: Vec::new(),
        crl_urls: Vec::new(),
        sct_count: 0,
        must_staple: false,
        extensions: Vec::new(),
    }
}

fn outer(der: Reader<'_>, facts: &mut Certificate, tree: &mut Tree) {
    let mut run = Der::new(der);
    let Some(whole) = run.expect(SEQUENCE, "Certificate (SEQUENCE)", tree) else {
        tree.leaf(&UNREAD, run.span(), || Value::Bytes);
        return;
    };
    let mut parts = whole.inner();
    let Some(signed) = parts.expect(SEQUENCE, "tbsCertificate (SEQUENCE)", tree) else {
        outline(parts, tree);
        return;
    };
    let inner_algorithm =
        tree.branch(&TBS_CERTIFICATE, signed.span, || Value::None, |tree| to_be_signed(&signed, facts, tree));
    if let Some(element) = parts.expect(SEQUENCE, "signatureAlgorithm (SEQUENCE)", tree) {
        facts.signature_algorithm = algorithm_branch(&SIGNATURE_ALGORITHM, &element, tree);
        if inner_algorithm.is_some_and(|inner| inner.bytes() != element.bytes()) {
            let text = "The signature algorithm inside the signed part differs from the one outside.";
            tree.note(Severity::Warn, Group::Protocol, "x509.signature_algorithm", element.span, text);
        }
    }
    if let Some(element) = parts.expect(BIT_STRING, "signatureValue (BIT STRING)", tree) {
        signature(&element, &facts.signature_algorithm, tree);
    }
    parts.end("the signature", tree);
    run.end("the certificate", tree);
}

/// Adds a signature as a field; ECDSA and DSA signatures are opened to their two numbers.
pub(crate) fn signature(element: &Element<'_>, algorithm: &str, tree: &mut Tree) {
    tree.branch(
        &SIGNATURE_VALUE,
        element.span,
        || Value::None,
        |tree| {
            let (_, content) = element.bits(tree);
            let has_two_numbers = algorithm.starts_with("ecdsa") || algorithm.starts_with("dsa");
            let pair = if has_two_numbers { element.run_in(content).optional(SEQUENCE, tree) } else { None };
            let Some(pair) = pair else {
                tree.leaf(&SIGNATURE_BYTES, content.span(), || Value::Bytes);
                return;
            };
            let mut numbers = pair.inner();
            for field in [&SIGNATURE_R, &SIGNATURE_S] {
                if let Some(number) = numbers.expect(INTEGER, "number of the signature (INTEGER)", tree) {
                    bytes_leaf(field, &number, tree);
                }
            }
        },
    );
}

/// The signed part. Gives the algorithm that it names, for comparison.
fn to_be_signed<'a>(signed: &Element<'a>, facts: &mut Certificate, tree: &mut Tree) -> Option<Element<'a>> {
    let mut parts = signed.inner();
    let version_span = version(&mut parts, facts, tree);
    let serial = parts.expect(INTEGER, "serialNumber (INTEGER)", tree)?;
    serial_number(&serial, facts, tree);
    let algorithm = parts.expect(SEQUENCE, "signature (SEQUENCE)", tree)?;
    facts.signature_algorithm = algorithm_branch(&SIGNATURE, &algorithm, tree);
    let issuer = parts.expect(SEQUENCE, "issuer (SEQUENCE)", tree)?;
    facts.issuer = name_branch(&ISSUER, &issuer, tree);
    let period = parts.expect(SEQUENCE, "validity (SEQUENCE)", tree)?;
    validity(&period, facts, tree);
    let subject = parts.expect(SEQUENCE, "subject (SEQUENCE)", tree)?;
    facts.subject = name_branch(&SUBJECT, &subject, tree);
    facts.readable = true;
    if let Some(key) = parts.expect(SEQUENCE, "subjectPublicKeyInfo (SEQUENCE)", tree) {
        facts.key = public_key_branch(&key, tree);
        optional_parts(parts, version_span, facts, tree);
    }
    Some(algorithm)
}

fn version(parts: &mut Der<'_>, facts: &mut Certificate, tree: &mut Tree) -> Option<Span> {
    let explicit = parts.optional(der::context_constructed(0), tree)?;
    let number = explicit.inner().expect(INTEGER, "version (INTEGER)", tree)?;
    let value = number.number().unwrap_or(u64::MAX);
    tree.leaf(&VERSION, number.leaf_span(), || {
        let name = value.checked_add(1).map_or("unknown".to_owned(), |version| format!("v{version}"));
        Value::Named(value, 0, name.into())
    });
    if value > 2 {
        let text = || "version that does not exist: 0, 1 and 2 stand for 1, 2 and 3".into();
        oddity(tree, Group::Protocol, "x509.version", number.span, text);
    }
    facts.version = u8::try_from(value).unwrap_or(u8::MAX).saturating_add(1);
    Some(number.span)
}

fn serial_number(serial: &Element<'_>, facts: &mut Certificate, tree: &mut Tree) {
    let bytes = serial.bytes();
    facts.serial = bytes.to_vec();
    bytes_leaf(&SERIAL_NUMBER, serial, tree);
    let problem = match bytes {
        [] => Some("serial number without a byte"),
        [first, ..] if *first >= 0x80 => Some("serial number that is negative, which RFC 5280 4.1.2.2 forbids"),
        [0] => Some("serial number zero, which RFC 5280 4.1.2.2 forbids"),
        [0, second, ..] if *second < 0x80 => Some("serial number with a zero byte in front that DER forbids"),
        _ if bytes.len() > 21 || (bytes.len() == 21 && bytes.first() != Some(&0)) => {
            Some("serial number of more than 20 bytes, which RFC 5280 4.1.2.2 forbids")
        }
        _ => None,
    };
    if let Some(problem) = problem {
        oddity(tree, Group::Protocol, "x509.serial_number", serial.span, || problem.into());
    }
}

fn validity(period: &Element<'_>, facts: &mut Certificate, tree: &mut Tree) {
    tree.branch(
        &VALIDITY,
        period.span,
        || Value::None,
        |tree| {
            let mut times = period.inner();
            facts.not_before = moment(&mut times, &NOT_BEFORE, period, tree);
            facts.not_after = moment(&mut times, &NOT_AFTER, period, tree);
            times.end("the validity", tree);
        },
    );
}

fn moment(times: &mut Der<'_>, field: &'static Field, period: &Element<'_>, tree: &mut Tree) -> i64 {
    let Some(time) = times.next(tree) else {
        malformed(tree, period.span, || format!("{} is missing", field.label));
        return 0;
    };
    let seconds = time_leaf(field, &time, tree).unwrap_or_default();
    if time.tag == GENERALIZED_TIME && seconds < YEAR_2050 {
        let text = || "GeneralizedTime for a year before 2050, where RFC 5280 4.1.2.5 demands UTCTime".into();
        oddity(tree, Group::Protocol, "x509.time", time.span, text);
    }
    seconds
}

/// What may stand behind the key: unique identifiers and extensions.
fn optional_parts(mut parts: Der<'_>, version: Option<Span>, facts: &mut Certificate, tree: &mut Tree) {
    for (number, field) in [(1, &ISSUER_UNIQUE_ID), (2, &SUBJECT_UNIQUE_ID)] {
        let Some(tag) = parts.peek().filter(|tag| tag & !0x20 == der::context(number)) else { continue };
        if let Some(id) = parts.optional(tag, tree) {
            let (_, bits) = id.bits(tree);
            tree.leaf(field, bits.span(), || Value::Bytes);
        }
    }
    if let Some(explicit) = parts.optional(der::context_constructed(3), tree) {
        if facts.version < 3 {
            let text = || "extensions in a certificate that is not of version 3".into();
            oddity(tree, Group::Protocol, "x509.version", version.unwrap_or(explicit.span), text);
        }
        tree.branch(
            &EXTENSIONS,
            explicit.span,
            || Value::None,
            |tree| {
                let mut run = explicit.inner();
                if let Some(list) = run.expect(SEQUENCE, "Extensions (SEQUENCE)", tree) {
                    extension::certificate_extensions(list.inner(), facts, tree);
                }
                run.end("the extensions", tree);
            },
        );
    }
    parts.end("the signed part", tree);
}

fields! {
    CERTIFICATE = "x509.certificate", "Certificate", "RFC 5280 4.1",
        "A statement signed by an authority: this public key belongs to this subject, for this time and these uses. \
         A client believes it when it can follow signatures up to an authority it already trusts, when the dates, the \
         uses and the host name fit, and when it was not revoked.";
    UNREAD = "x509.unread", "unread bytes", "",
        "Bytes that stand where a certificate should, but are none in DER.";
    TBS_CERTIFICATE = "x509.tbs_certificate", "tbsCertificate", "RFC 5280 4.1.1.1",
        "The part that is signed (to be signed). Changing a single bit in it breaks the signature.";
    VERSION = "x509.version", "version", "RFC 5280 4.1.2.1",
        "The format of the certificate. The number on the wire is one less: 2 means version 3, the only one that can \
         have extensions, and hence the only one that can name hosts. Version 1 is left in old roots and self-made \
         certificates; as it cannot say whether it is an authority, clients refuse it as one.";
    SERIAL_NUMBER = "x509.serial_number", "serialNumber", "RFC 5280 4.1.2.2",
        "The number that the issuer gave it, unique for that issuer; revocation lists and OCSP name certificates by it. \
         Public authorities put at least 64 random bits into it, so that nobody can prepare a colliding twin. A first \
         byte 00 keeps the number positive. Two certificates of one issuer with the same serial number make some \
         clients refuse both.";
    SIGNATURE = "x509.signature", "signature", "RFC 5280 4.1.2.3",
        "The algorithm that the issuer signs with, inside the signed part. It must equal signatureAlgorithm outside, so \
         that nobody can exchange the algorithm unnoticed.";
    ISSUER = "x509.issuer", "issuer", "RFC 5280 4.1.2.4",
        "Who signed the certificate. The next certificate of a chain must have exactly this name as its subject. A name \
         that none of the certificates sent bears means a missing intermediate, unless the client knows it as a root.";
    VALIDITY = "x509.validity", "validity", "RFC 5280 4.1.2.5",
        "The time during which the issuer vouches for the certificate, both ends included. A client holds its own clock \
         against it, so a wrong clock looks like a bad certificate.";
    NOT_BEFORE = "x509.not_before", "notBefore", "RFC 5280 4.1.2.5",
        "The first moment at which the certificate is valid. Devices that start with their clock in the past refuse \
         fresh certificates for this reason; authorities date them back by an hour against it.";
    NOT_AFTER = "x509.not_after", "notAfter", "RFC 5280 4.1.2.5",
        "The last moment at which the certificate is valid. An expired certificate is the commonest failure of all: \
         look also at the intermediate, which expires on its own. The year 9999 means that no end is intended.";
    SUBJECT = "x509.subject", "subject", "RFC 5280 4.1.2.6",
        "Whom the certificate is for. For servers it is hardly used any more: the host names stand in subjectAltName, and \
         the subject may even be empty. For an authority it must equal the issuer field of what it signs.";
    ISSUER_UNIQUE_ID = "x509.issuer_unique_id", "issuerUniqueID", "RFC 5280 4.1.2.8",
        "A number to tell issuers of the same name apart, of version 2. RFC 5280 says not to use it.";
    SUBJECT_UNIQUE_ID = "x509.subject_unique_id", "subjectUniqueID", "RFC 5280 4.1.2.8",
        "A number to tell subjects of the same name apart, of version 2. RFC 5280 says not to use it.";
    EXTENSIONS = "x509.extensions", "extensions", "RFC 5280 4.1.2.9",
        "What version 3 added, and what decides most today: host names, uses, whether it is an authority, where to ask \
         about revocation. One marked critical must be understood or the certificate refused.";
    SIGNATURE_ALGORITHM = "x509.signature_algorithm", "signatureAlgorithm", "RFC 5280 4.1.1.2",
        "The algorithm of the signature below: the issuer's key with a hash. SHA-1 and MD5 can be forged and are refused. \
         A client may also refuse an algorithm that it did not list in signature_algorithms or signature_algorithms_cert.";
    SIGNATURE_VALUE = "x509.signature_value", "signatureValue", "RFC 5280 4.1.1.3",
        "The issuer's signature over the bytes of tbsCertificate. It is checked with the public key of the certificate \
         above. A root signs itself; there the signature proves nothing, trust comes from being in the store.";
    SIGNATURE_BYTES = "x509.signature_value.bytes", "signature bytes", "RFC 5280 4.1.1.3",
        "The signature as plain bytes: as long as the modulus for RSA, 64 for Ed25519, 114 for Ed448, 2420, 3309 and \
         4627 for ML-DSA-44, -65 and -87.";
    SIGNATURE_R = "x509.signature_value.r", "r", "RFC 5480 Appendix A",
        "The first number of an ECDSA or DSA signature. The same r in two signatures of one key means that the secret \
         random number was used twice, and gives the private key away.";
    SIGNATURE_S = "x509.signature_value.s", "s", "RFC 5480 Appendix A",
        "The second number of an ECDSA or DSA signature.";
}
