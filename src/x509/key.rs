//! Algorithm identifiers and public keys.

use super::der::{
    BIT_STRING, Der, Element, INTEGER, NULL, OCTET_STRING, OID, SEQUENCE, bytes_leaf, number_leaf, oid_leaf,
};
use super::facts::PublicKey;
use super::oid;
use super::outline::{outline, outline_element};
use crate::base::{Field, Group, Reader, Severity, Tree, Value, fields};

/// Adds an AlgorithmIdentifier (RFC 5280 4.1.1.2) as a field and gives the algorithm's name, with the hash where the
/// parameters hold it (RSASSA-PSS).
pub(crate) fn algorithm_branch(field: &'static Field, element: &Element<'_>, tree: &mut Tree) -> String {
    let shown = || Value::Text(algorithm(element, &mut Tree::off()));
    tree.branch(field, element.span, shown, |tree| algorithm(element, tree))
}

fn algorithm(element: &Element<'_>, tree: &mut Tree) -> String {
    let mut parts = element.inner();
    let Some(kind) = parts.expect(OID, "algorithm (OBJECT IDENTIFIER)", tree) else { return String::new() };
    let dotted = oid_leaf(&ALGORITHM, &kind, tree);
    let name = oid::named(&dotted);
    let Some(parameters) = parts.next(tree) else { return name };
    let hash = if dotted == "1.2.840.113549.1.1.10" {
        Some(pss(&parameters, tree))
    } else {
        plain_parameters(&parameters, tree);
        None
    };
    parts.end("the algorithm parameters", tree);
    hash.map_or(name.clone(), |hash| format!("{name} ({hash})"))
}

fn plain_parameters(parameters: &Element<'_>, tree: &mut Tree) {
    match parameters.tag {
        NULL => tree.leaf(&PARAMETERS, parameters.span, || Value::Text("NULL".to_owned())),
        OID => {
            oid_leaf(&PARAMETERS, parameters, tree);
        }
        _ => tree.branch(&PARAMETERS, parameters.span, || Value::None, |tree| outline_element(parameters, tree)),
    }
}

/// RSASSA-PSS-params (RFC 4055 3.1): gives the hash. Without the field it is SHA-1.
fn pss(parameters: &Element<'_>, tree: &mut Tree) -> String {
    let mut hash = "SHA-1".to_owned();
    tree.branch(
        &PARAMETERS,
        parameters.span,
        || Value::None,
        |tree| {
            let mut parts = parameters.inner();
            while let Some(part) = parts.next(tree) {
                let Some(value) = part.inner().next(tree) else { continue };
                match part.tag {
                    0xa0 => hash = algorithm_branch(&PSS_HASH, &value, tree),
                    0xa1 => {
                        algorithm_branch(&PSS_MASK, &value, tree);
                    }
                    0xa2 => {
                        number_leaf(&PSS_SALT, &value, tree);
                    }
                    _ => {
                        number_leaf(&PSS_TRAILER, &value, tree);
                    }
                }
            }
        },
    );
    hash
}

/// Whether the bytes are a SubjectPublicKeyInfo and no certificate: two SEQUENCEs and an OID, where a certificate has a
/// version or a number.
#[must_use]
pub fn is_public_key_info(der: Reader<'_>) -> bool {
    let mut quiet = Tree::off();
    let mut run = Der::new(der);
    let outer = run.optional(SEQUENCE, &mut quiet).filter(|_| run.is_empty());
    let algorithm = outer.and_then(|outer| outer.inner().optional(SEQUENCE, &mut quiet));
    algorithm.is_some_and(|algorithm| algorithm.inner().peek() == Some(OID)) && quiet.notes().is_empty()
}

/// Reads a SubjectPublicKeyInfo that stands by itself (RFC 7250 3): its fields go straight into `tree`.
pub fn public_key_info(der: Reader<'_>, tree: &mut Tree) -> PublicKey {
    let element = Der::new(der).expect(SEQUENCE, "SubjectPublicKeyInfo (SEQUENCE)", tree);
    element.map_or_else(PublicKey::default, |element| public_key(&element, tree))
}

/// Adds subjectPublicKeyInfo (RFC 5280 4.1.2.7) as a field and gives the key.
pub(crate) fn public_key_branch(element: &Element<'_>, tree: &mut Tree) -> PublicKey {
    let shown = || Value::Text(public_key(element, &mut Tree::off()).to_string());
    tree.branch(&SUBJECT_PUBLIC_KEY_INFO, element.span, shown, |tree| public_key(element, tree))
}

fn public_key(element: &Element<'_>, tree: &mut Tree) -> PublicKey {
    let mut parts = element.inner();
    let Some(identifier) = parts.expect(SEQUENCE, "AlgorithmIdentifier (SEQUENCE)", tree) else {
        return PublicKey::default();
    };
    let (dotted, mut key) =
        tree.branch(&KEY_ALGORITHM, identifier.span, || Value::None, |tree| key_algorithm(&identifier, tree));
    let Some(bits) = parts.expect(BIT_STRING, "subjectPublicKey (BIT STRING)", tree) else { return key };
    tree.branch(
        &SUBJECT_PUBLIC_KEY,
        bits.span,
        || Value::None,
        |tree| {
            let (_, content) = bits.bits(tree);
            key_bits(&dotted, bits.run_in(content), &mut key, tree);
        },
    );
    parts.end("the public key", tree);
    key
}

/// The algorithm of a key with its curve: the OID, and what is known before the key itself is read.
fn key_algorithm(identifier: &Element<'_>, tree: &mut Tree) -> (String, PublicKey) {
    let mut key = PublicKey::default();
    let mut parts = identifier.inner();
    let Some(kind) = parts.expect(OID, "algorithm (OBJECT IDENTIFIER)", tree) else { return (String::new(), key) };
    let dotted = oid_leaf(&ALGORITHM, &kind, tree);
    key_name(&dotted).clone_into(&mut key.algorithm);
    key.bits = match dotted.as_str() {
        "1.3.101.110" | "1.3.101.112" => 256,
        "1.3.101.111" => 448,
        "1.3.101.113" => 456,
        _ => 0,
    };
    let Some(parameters) = parts.next(tree) else { return (dotted, key) };
    match dotted.as_str() {
        "1.2.840.10045.2.1" => curve(&parameters, &mut key, tree),
        "1.2.840.10040.4.1" => dsa_parameters(&parameters, &mut key, tree),
        "1.2.840.113549.1.1.10" => {
            pss(&parameters, tree);
        }
        _ if dotted.starts_with("1.2.643.") => gost_parameters(&parameters, &mut key, tree),
        _ => plain_parameters(&parameters, tree),
    }
    parts.end("the key's parameters", tree);
    (dotted, key)
}

fn key_name(dotted: &str) -> &str {
    match dotted {
        "1.2.840.113549.1.1.1" => "RSA",
        "1.2.840.113549.1.1.10" => "RSASSA-PSS",
        "1.2.840.10045.2.1" => "ECDSA",
        "1.2.840.10040.4.1" => "DSA",
        "1.2.840.10046.2.1" | "1.2.840.113549.1.3.1" => "DH",
        _ => oid::name(dotted).unwrap_or(dotted),
    }
}

fn curve(parameters: &Element<'_>, key: &mut PublicKey, tree: &mut Tree) {
    match parameters.tag {
        OID => {
            let dotted = oid_leaf(&NAMED_CURVE, parameters, tree);
            key.parameters = oid::named(&dotted);
            key.bits = oid::name(&dotted).map_or(0, curve_bits);
        }
        NULL => {
            tree.leaf(&PARAMETERS, parameters.span, || Value::Text("implicitCurve".to_owned()));
            "implicit".clone_into(&mut key.parameters);
        }
        _ => explicit_curve(parameters, key, tree),
    }
}

fn curve_bits(name: &str) -> u32 {
    if name == "sm2p256v1" {
        return 256;
    }
    let digits: String = name.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// A curve given by its numbers (SpecifiedECDomain, SEC 1 C.2). Whoever writes a certificate so may choose the base
/// point, and with it a private key for somebody else's public key (CVE-2020-0601).
fn explicit_curve(parameters: &Element<'_>, key: &mut PublicKey, tree: &mut Tree) {
    "explicit".clone_into(&mut key.parameters);
    tree.note(
        Severity::Warn,
        Group::Security,
        "x509.explicit_curve",
        parameters.span,
        "The curve is given by its numbers, not by its name. RFC 5480 forbids it; a forger can choose the base point \
         so that the public key of a trusted authority fits a private key of his own (CVE-2020-0601).",
    );
    tree.branch(
        &SPECIFIED_CURVE,
        parameters.span,
        || Value::None,
        |tree| {
            let mut parts = parameters.inner();
            for (tag, field) in [
                (INTEGER, &CURVE_VERSION),
                (SEQUENCE, &CURVE_FIELD),
                (SEQUENCE, &CURVE_COEFFICIENTS),
                (OCTET_STRING, &CURVE_BASE),
                (INTEGER, &CURVE_ORDER),
                (INTEGER, &CURVE_COFACTOR),
            ] {
                let Some(part) = parts.optional(tag, tree) else { continue };
                if std::ptr::eq(field, &raw const CURVE_FIELD) {
                    key.bits = prime_bits(&part);
                }
                match tag {
                    SEQUENCE => tree.branch(field, part.span, || Value::None, |tree| outline(part.inner(), tree)),
                    INTEGER => {
                        number_leaf(field, &part, tree);
                    }
                    _ => bytes_leaf(field, &part, tree),
                }
            }
            outline(parts, tree);
        },
    );
}

/// The bits of the prime in a FieldID.
fn prime_bits(field: &Element<'_>) -> u32 {
    let mut quiet = Tree::off();
    let mut parts = field.inner();
    parts.next(&mut quiet);
    parts.next(&mut quiet).filter(|prime| prime.tag == INTEGER).map_or(0, |prime| bit_length(prime.bytes()))
}

fn dsa_parameters(parameters: &Element<'_>, key: &mut PublicKey, tree: &mut Tree) {
    tree.branch(
        &PARAMETERS,
        parameters.span,
        || Value::None,
        |tree| {
            let mut numbers = parameters.inner();
            for (index, field) in [&DSA_P, &DSA_Q, &DSA_G].into_iter().enumerate() {
                let Some(number) = numbers.expect(INTEGER, "DSA parameter (INTEGER)", tree) else { break };
                if index == 0 {
                    key.bits = bit_length(number.bytes());
                }
                bytes_leaf(field, &number, tree);
            }
        },
    );
}

fn gost_parameters(parameters: &Element<'_>, key: &mut PublicKey, tree: &mut Tree) {
    tree.branch(
        &PARAMETERS,
        parameters.span,
        || Value::None,
        |tree| {
            let mut parts = parameters.inner();
            if let Some(set) = parts.optional(OID, tree) {
                key.parameters = oid::named(&oid_leaf(&NAMED_CURVE, &set, tree));
            }
            outline(parts, tree);
        },
    );
    key.bits = if key.algorithm.contains("512") { 512 } else { 256 };
}

fn key_bits(dotted: &str, mut content: Der<'_>, key: &mut PublicKey, tree: &mut Tree) {
    match dotted {
        "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => rsa_key(content, key, tree),
        "1.2.840.10045.2.1" | "1.2.156.10197.1.301" => tree.leaf(&EC_POINT, content.span(), || Value::Bytes),
        "1.2.840.10040.4.1" => {
            if let Some(number) = content.expect(INTEGER, "DSA public key (INTEGER)", tree) {
                bytes_leaf(&DSA_Y, &number, tree);
            }
        }
        _ => tree.leaf(&KEY_BYTES, content.span(), || Value::Bytes),
    }
}

fn rsa_key(mut content: Der<'_>, key: &mut PublicKey, tree: &mut Tree) {
    let Some(sequence) = content.expect(SEQUENCE, "RSAPublicKey (SEQUENCE)", tree) else { return };
    let mut numbers = sequence.inner();
    let Some(modulus) = numbers.expect(INTEGER, "modulus (INTEGER)", tree) else { return };
    key.bits = bit_length(modulus.bytes());
    bytes_leaf(&RSA_MODULUS, &modulus, tree);
    let Some(exponent) = numbers.expect(INTEGER, "publicExponent (INTEGER)", tree) else { return };
    number_leaf(&RSA_EXPONENT, &exponent, tree);
    numbers.end("the RSA key", tree);
}

/// How many bits a number has, leading zeros not counted.
fn bit_length(bytes: &[u8]) -> u32 {
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    let Some((first, rest)) = bytes.get(zeros..).and_then(<[u8]>::split_first) else { return 0 };
    8 - first.leading_zeros() + u32::try_from(rest.len()).unwrap_or(u32::MAX / 8) * 8
}

fields! {
    ALGORITHM = "x509.algorithm", "algorithm", "RFC 5280 4.1.1.2",
        "Which algorithm it is, as object identifier. The same key kind may appear under several: rsaEncryption for a \
         key of general use, rsassaPss for one bound to PSS signatures.";
    PARAMETERS = "x509.algorithm.parameters", "parameters", "RFC 5280 4.1.1.2",
        "What else must be known to use the algorithm: a curve, a hash, the numbers of a group. RSA with PKCS #1 has \
         NULL here; ECDSA and Ed25519 signatures must have nothing at all.";
    PSS_HASH = "x509.algorithm.pss.hash", "hashAlgorithm", "RFC 4055 3.1",
        "The hash of an RSASSA-PSS signature. Where the field is left out, SHA-1 is meant.";
    PSS_MASK = "x509.algorithm.pss.mask", "maskGenAlgorithm", "RFC 4055 3.1",
        "How PSS spreads its mask: MGF1 with a hash of its own. TLS wants it to be the same hash as that of the signature.";
    PSS_SALT = "x509.algorithm.pss.salt_length", "saltLength", "RFC 4055 3.1",
        "How many random bytes go into each PSS signature. TLS 1.3 demands as many as the hash has; other lengths make \
         peers refuse the certificate.";
    PSS_TRAILER = "x509.algorithm.pss.trailer", "trailerField", "RFC 4055 3.1",
        "The closing mark of a PSS signature; 1 is the only value there is.";
    SUBJECT_PUBLIC_KEY_INFO = "x509.subject_public_key_info", "subjectPublicKeyInfo", "RFC 5280 4.1.2.7",
        "The public key that the certificate binds to the subject, with its algorithm. The peer proves in the handshake \
         that it holds the private half. A hash over exactly these bytes is what key pinning and DANE (3 1 1) compare, \
         and it stays the same when a certificate is renewed with its old key.";
    KEY_ALGORITHM = "x509.key.algorithm", "algorithm", "RFC 5280 4.1.2.7",
        "Kind of the key and its parameters. It decides which signature schemes and, up to TLS 1.2, which cipher suites \
         can be used: a server with an ECDSA key only cannot serve a client that offers only RSA suites.";
    NAMED_CURVE = "x509.key.named_curve", "namedCurve", "RFC 5480 2.1.1",
        "The curve of the key, by name. Public authorities sign P-256, P-384 and P-521. A client that does not list the \
         matching signature scheme, or group up to TLS 1.2, cannot use the certificate.";
    SUBJECT_PUBLIC_KEY = "x509.key.subject_public_key", "subjectPublicKey", "RFC 5280 4.1.2.7",
        "The key itself as a string of bits; what is inside depends on the algorithm.";
    RSA_MODULUS = "x509.key.rsa.modulus", "modulus", "RFC 8017 A.1.1",
        "The product of two secret primes; its length is the strength of an RSA key. Below 2048 bits clients refuse it. \
         A leading zero byte keeps the number positive and does not count.";
    RSA_EXPONENT = "x509.key.rsa.exponent", "publicExponent", "RFC 8017 A.1.1",
        "The public exponent, nearly always 65537. Very small ones such as 3 have helped forgers where software checked \
         the padding carelessly.";
    EC_POINT = "x509.key.ec.point", "ECPoint", "RFC 5480 2.2",
        "The public point on the curve. It begins with 04 when both coordinates follow, with 02 or 03 when it is \
         compressed to one of them; many TLS programs cannot read the compressed form.";
    KEY_BYTES = "x509.key.bytes", "public key bytes", "RFC 8410 4",
        "The public key as plain bytes, without further structure: 32 for Ed25519 and X25519, 57 for Ed448, 1312, 1952 \
         and 2592 for ML-DSA-44, -65 and -87.";
    SPECIFIED_CURVE = "x509.key.specified_curve", "specifiedCurve", "RFC 5480 2.1.1",
        "A curve written out in numbers instead of named. RFC 5480 forbids it in certificates. Software that compared \
         the public key only, and not the base point, accepted forged authorities this way (CVE-2020-0601, Curveball).";
    CURVE_VERSION = "x509.key.specified_curve.version", "version", "SEC 1 C.2",
        "Version of the structure, 1 to 3: it says whether a seed for the curve and for the base point must be given.";
    CURVE_FIELD = "x509.key.specified_curve.field", "fieldID", "SEC 1 C.2",
        "The finite field that the coordinates are numbers of: its kind, and for a prime field the prime.";
    CURVE_COEFFICIENTS = "x509.key.specified_curve.coefficients", "curve", "SEC 1 C.2",
        "The coefficients a and b of the curve equation, and perhaps the seed they were made from.";
    CURVE_BASE = "x509.key.specified_curve.base", "base", "SEC 1 C.2",
        "The base point that the public key is a multiple of. Compare it with the base point of the named curve: if it \
         differs while all else is equal, somebody is forging.";
    CURVE_ORDER = "x509.key.specified_curve.order", "order", "SEC 1 C.2",
        "How many points the base point generates.";
    CURVE_COFACTOR = "x509.key.specified_curve.cofactor", "cofactor", "SEC 1 C.2",
        "The number of points of the curve divided by the order; 1 for the curves of NIST over prime fields.";
    DSA_P = "x509.key.dsa.p", "p", "RFC 3279 2.3.2",
        "The prime of the DSA group; its length is what is called the size of the key. TLS 1.3 has no DSA any more.";
    DSA_Q = "x509.key.dsa.q", "q", "RFC 3279 2.3.2",
        "The prime order of the subgroup in which DSA works, 160 to 256 bits long.";
    DSA_G = "x509.key.dsa.g", "g", "RFC 3279 2.3.2",
        "The generator of the DSA subgroup.";
    DSA_Y = "x509.key.dsa.y", "y", "RFC 3279 2.3.2",
        "The DSA public key: the generator raised to the secret number.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_counted_without_leading_zeros() {
        for (bytes, bits) in [(&[0, 0x80, 0][..], 16), (&[1], 1), (&[0x7f, 0xff], 15), (&[], 0), (&[0, 0], 0)] {
            assert_eq!(bit_length(bytes), bits);
        }
        for (curve, bits) in [("P-256", 256), ("brainpoolP384r1", 384), ("secp256k1", 256), ("P-521", 521), ("", 0)] {
            assert_eq!(curve_bits(curve), bits);
        }
    }
}
