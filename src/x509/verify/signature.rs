//! Signatures: which algorithms count, and whether a key made one. Certificates and handshakes are checked alike; a
//! handshake may use what is too old for a certificate, because it is looked at and not relied on.

use super::refusal::Refusal;
use super::strict::{Read, Signed, Strict, positive};
use crate::x509::der::{INTEGER, SEQUENCE, context_constructed};
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::{Pkcs1v15Sign, RsaPublicKey};

/// The contents of AlgorithmIdentifier, which are compared as they are (RFC 4055, 5480, 5758, 8410, 9881).
mod id {
    pub(super) const EC_P256: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    pub(super) const EC_P384: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
    pub(super) const EC_P521: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23";
    pub(super) const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    /// Any elliptic curve, any RSA key, and those for PSS alone: the OID without what stands behind it.
    pub(super) const ANY_EC: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
    pub(super) const ANY_RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    pub(super) const ANY_PSS: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
    pub(super) const ED25519: &[u8] = b"\x06\x03\x2b\x65\x70";
    pub(super) const ECDSA_SHA256: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
    pub(super) const ECDSA_SHA384: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03";
    pub(super) const ECDSA_SHA512: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04";
    pub(super) const PKCS1_SHA256: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
    pub(super) const PKCS1_SHA384: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00";
    pub(super) const PKCS1_SHA512: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00";
    // Some issuers leave out the NULL that RFC 4055 5 demands.
    pub(super) const PKCS1_SHA256_BARE: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
    pub(super) const PKCS1_SHA384_BARE: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c";
    pub(super) const PKCS1_SHA512_BARE: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d";
    // RSASSA-PSS with one hash for all and a salt as long as the hash.
    pub(super) const PSS_SHA256: &[u8] =
        b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34\xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\
          \x01\x05\x00\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x0d\x06\x09\x60\x86\x48\x01\x65\
          \x03\x04\x02\x01\x05\x00\xa2\x03\x02\x01\x20";
    pub(super) const PSS_SHA384: &[u8] =
        b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34\xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\
          \x02\x05\x00\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x0d\x06\x09\x60\x86\x48\x01\x65\
          \x03\x04\x02\x02\x05\x00\xa2\x03\x02\x01\x30";
    pub(super) const PSS_SHA512: &[u8] =
        b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x30\x34\xa0\x0f\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\
          \x03\x05\x00\xa1\x1c\x30\x1a\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08\x30\x0d\x06\x09\x60\x86\x48\x01\x65\
          \x03\x04\x02\x03\x05\x00\xa2\x03\x02\x01\x40";
    pub(super) const ML_DSA_44: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x11";
    pub(super) const ML_DSA_65: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12";
    pub(super) const ML_DSA_87: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x13";
}

/// How a signature is made, however a certificate or a handshake names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureWay {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 8.2).
    Pkcs1(Digest),
    /// The same with bytes in place of the hash and its name, as TLS 1.1 signs two hashes at once (RFC 4346 7.4.3).
    Pkcs1Bare,
    /// RSASSA-PSS with one hash for all and a salt as long as the hash (RFC 8017 8.1).
    Pss(Digest),
    /// ECDSA on the curve of the key (FIPS 186-5 6).
    Ecdsa(Digest),
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ML-DSA-44 (FIPS 204).
    MlDsa44,
    /// ML-DSA-65 (FIPS 204).
    MlDsa65,
    /// ML-DSA-87 (FIPS 204).
    MlDsa87,
}

/// A hash that is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// SHA-1, of which collisions can be made.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// Why a signature in a handshake is not one of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureFault {
    /// There is nothing here to check it with; it may be a good one.
    Unsupported,
    /// The key cannot be read; the signature may be a good one.
    Unreadable,
    /// The key is of another kind than the signature says.
    OtherKey,
    /// Key, signature and content do not fit together.
    Mismatch,
}

/// What kind of key it is, as far as signatures are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA.
    Rsa,
    /// RSA for PSS alone (RFC 4055 3.1).
    RsaPss,
    /// A key on an elliptic curve, for ECDSA.
    Ec,
    /// Ed25519.
    Ed25519,
    /// ML-DSA of any size.
    MlDsa,
    /// Anything else.
    Other,
}

/// Where a row of the table counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Era {
    /// In certificates and in handshakes.
    Now,
    /// Only to look at handshakes: SHA-1 can be forged, and RSA keys below 2048 bits can be broken.
    Past,
}

#[derive(Clone, Copy)]
struct Row {
    way: SignatureWay,
    key: &'static [u8],
    era: Era,
    /// The fewest bits of an RSA key; 0 for others.
    least: usize,
    algorithm: &'static dyn VerificationAlgorithm,
}

const fn row(way: SignatureWay, key: &'static [u8], algorithm: &'static dyn VerificationAlgorithm) -> Row {
    Row { way, key, era: Era::Now, least: 0, algorithm }
}

const fn rsa(way: SignatureWay, algorithm: &'static dyn VerificationAlgorithm) -> Row {
    Row { least: 2048, ..row(way, id::RSA, algorithm) }
}

const fn past(row: Row, least: usize) -> Row {
    Row { era: Era::Past, least, ..row }
}

/// Who checks which signature with which key. What is not here does not count.
static ALGORITHMS: [Row; 24] = {
    use Digest::{Sha1, Sha256, Sha384, Sha512};
    use SignatureWay::{Ecdsa, Ed25519, MlDsa44, MlDsa65, MlDsa87, Pkcs1, Pss};
    [
        row(Ecdsa(Sha256), id::EC_P256, &signature::ECDSA_P256_SHA256_ASN1),
        row(Ecdsa(Sha384), id::EC_P256, &signature::ECDSA_P256_SHA384_ASN1),
        row(Ecdsa(Sha512), id::EC_P256, &signature::ECDSA_P256_SHA512_ASN1),
        row(Ecdsa(Sha256), id::EC_P384, &signature::ECDSA_P384_SHA256_ASN1),
        row(Ecdsa(Sha384), id::EC_P384, &signature::ECDSA_P384_SHA384_ASN1),
        row(Ecdsa(Sha512), id::EC_P384, &signature::ECDSA_P384_SHA512_ASN1),
        row(Ecdsa(Sha256), id::EC_P521, &signature::ECDSA_P521_SHA256_ASN1),
        row(Ecdsa(Sha384), id::EC_P521, &signature::ECDSA_P521_SHA384_ASN1),
        row(Ecdsa(Sha512), id::EC_P521, &signature::ECDSA_P521_SHA512_ASN1),
        row(Ed25519, id::ED25519, &signature::ED25519),
        rsa(Pss(Sha256), &signature::RSA_PSS_2048_8192_SHA256),
        rsa(Pss(Sha384), &signature::RSA_PSS_2048_8192_SHA384),
        rsa(Pss(Sha512), &signature::RSA_PSS_2048_8192_SHA512),
        rsa(Pkcs1(Sha256), &signature::RSA_PKCS1_2048_8192_SHA256),
        rsa(Pkcs1(Sha384), &signature::RSA_PKCS1_2048_8192_SHA384),
        rsa(Pkcs1(Sha512), &signature::RSA_PKCS1_2048_8192_SHA512),
        row(MlDsa44, id::ML_DSA_44, &signature::ML_DSA_44),
        row(MlDsa65, id::ML_DSA_65, &signature::ML_DSA_65),
        row(MlDsa87, id::ML_DSA_87, &signature::ML_DSA_87),
        past(rsa(Pkcs1(Sha1), &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY), 1024),
        past(rsa(Pkcs1(Sha256), &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY), 1024),
        past(rsa(Pkcs1(Sha512), &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY), 1024),
        past(row(Ecdsa(Sha1), id::EC_P256, &signature::ECDSA_P256_SHA1_ASN1), 0),
        past(row(Ecdsa(Sha1), id::EC_P521, &signature::ECDSA_P521_SHA1_ASN1), 0),
    ]
};

/// What the AlgorithmIdentifier of a certificate says.
const NAMES: [(&[u8], SignatureWay); 16] = [
    (id::ECDSA_SHA256, SignatureWay::Ecdsa(Digest::Sha256)),
    (id::ECDSA_SHA384, SignatureWay::Ecdsa(Digest::Sha384)),
    (id::ECDSA_SHA512, SignatureWay::Ecdsa(Digest::Sha512)),
    (id::ED25519, SignatureWay::Ed25519),
    (id::PSS_SHA256, SignatureWay::Pss(Digest::Sha256)),
    (id::PSS_SHA384, SignatureWay::Pss(Digest::Sha384)),
    (id::PSS_SHA512, SignatureWay::Pss(Digest::Sha512)),
    (id::PKCS1_SHA256, SignatureWay::Pkcs1(Digest::Sha256)),
    (id::PKCS1_SHA384, SignatureWay::Pkcs1(Digest::Sha384)),
    (id::PKCS1_SHA512, SignatureWay::Pkcs1(Digest::Sha512)),
    (id::PKCS1_SHA256_BARE, SignatureWay::Pkcs1(Digest::Sha256)),
    (id::PKCS1_SHA384_BARE, SignatureWay::Pkcs1(Digest::Sha384)),
    (id::PKCS1_SHA512_BARE, SignatureWay::Pkcs1(Digest::Sha512)),
    (id::ML_DSA_44, SignatureWay::MlDsa44),
    (id::ML_DSA_65, SignatureWay::MlDsa65),
    (id::ML_DSA_87, SignatureWay::MlDsa87),
];

/// Whether the key in `spki` (the content of SubjectPublicKeyInfo) made the signature of a certificate or a list.
pub(super) fn check(signed: &Signed<'_>, spki: &[u8]) -> Read<()> {
    let named = NAMES.iter().find(|(name, _)| *name == signed.algorithm);
    let Some((_, way)) = named else { return Err(Refusal::UnsupportedSignatureAlgorithm) };
    let (key_algorithm, key) = key(spki)?;
    let fits = |row: &&Row| row.way == *way && row.era == Era::Now && row.key == key_algorithm;
    let Some(row) = ALGORITHMS.iter().find(fits) else {
        return Err(Refusal::UnsupportedSignatureAlgorithmForPublicKey);
    };
    if row.verifies(key, signed.data, signed.signature) { Ok(()) } else { Err(Refusal::InvalidSignatureForPublicKey) }
}

/// Whether the key in `spki` (a whole SubjectPublicKeyInfo) made the signature of a handshake. `content` is what was
/// signed; it is hashed here.
pub fn check_signature(way: SignatureWay, content: &[u8], signature: &[u8], spki: &[u8]) -> Result<(), SignatureFault> {
    let unreadable = |_| SignatureFault::Unreadable;
    let inner = Strict::new(spki).expect(SEQUENCE).map_err(unreadable)?;
    let (algorithm, key) = key(inner).map_err(unreadable)?;
    let kind = kind_of(algorithm);
    if !goes_with(way, kind) {
        return Err(SignatureFault::OtherKey);
    }
    let is_rsa = matches!(kind, KeyKind::Rsa | KeyKind::RsaPss);
    let made = if way == SignatureWay::Pkcs1Bare {
        let key = RsaPublicKey::from_pkcs1_der(key).map_err(|_| SignatureFault::Unreadable)?;
        key.verify(Pkcs1v15Sign::new_unprefixed(), content, signature).is_ok()
    } else {
        let bits = if is_rsa { modulus_bits(key).map_err(unreadable)? } else { 0 };
        let fits = |row: &&Row| {
            let same_key = if is_rsa { row.key == id::RSA } else { row.key == algorithm };
            row.way == way && same_key && row.least <= bits
        };
        let row = ALGORITHMS.iter().find(fits).ok_or(SignatureFault::Unsupported)?;
        row.verifies(key, content, signature)
    };
    if made { Ok(()) } else { Err(SignatureFault::Mismatch) }
}

/// What kind of key a SubjectPublicKeyInfo holds.
#[must_use]
pub fn key_kind(spki: &[u8]) -> KeyKind {
    let inner = Strict::new(spki).expect(SEQUENCE).and_then(key);
    inner.map_or(KeyKind::Other, |(algorithm, _)| kind_of(algorithm))
}

/// The SubjectPublicKeyInfo of a certificate, with its header.
#[must_use]
pub fn public_key_of(certificate: &[u8]) -> Option<&[u8]> {
    let mut whole = Strict::long(Strict::long(certificate).expect(SEQUENCE).ok()?);
    let mut parts = Strict::long(whole.expect(SEQUENCE).ok()?);
    // A certificate of version 1 does not say so.
    if parts.next_is(context_constructed(0)) {
        parts.any().ok()?;
    }
    parts.expect(INTEGER).ok()?;
    for _ in ["signature", "issuer", "validity", "subject"] {
        parts.expect(SEQUENCE).ok()?;
    }
    parts.whole_element(SEQUENCE).ok()
}

impl Row {
    fn verifies(&self, key: &[u8], content: &[u8], signature: &[u8]) -> bool {
        // RFC 5480 2.2: a point begins with 2, 3 or 4.
        if self.key.starts_with(id::ANY_EC) && !matches!(key.first(), Some(2..=4)) {
            return false;
        }
        UnparsedPublicKey::new(self.algorithm, key).verify(content, signature).is_ok()
    }
}

fn kind_of(algorithm: &[u8]) -> KeyKind {
    match algorithm {
        _ if algorithm.starts_with(id::ANY_RSA) => KeyKind::Rsa,
        _ if algorithm.starts_with(id::ANY_PSS) => KeyKind::RsaPss,
        _ if algorithm.starts_with(id::ANY_EC) => KeyKind::Ec,
        id::ED25519 => KeyKind::Ed25519,
        id::ML_DSA_44 | id::ML_DSA_65 | id::ML_DSA_87 => KeyKind::MlDsa,
        _ => KeyKind::Other,
    }
}

/// Whether a key of this kind can make such a signature at all.
fn goes_with(way: SignatureWay, kind: KeyKind) -> bool {
    match way {
        SignatureWay::Pkcs1(_) | SignatureWay::Pkcs1Bare => kind == KeyKind::Rsa,
        SignatureWay::Pss(_) => matches!(kind, KeyKind::Rsa | KeyKind::RsaPss),
        SignatureWay::Ecdsa(_) => kind == KeyKind::Ec,
        SignatureWay::Ed25519 => kind == KeyKind::Ed25519,
        SignatureWay::MlDsa44 | SignatureWay::MlDsa65 | SignatureWay::MlDsa87 => kind == KeyKind::MlDsa,
    }
}

/// The length of the modulus of an RSAPublicKey (RFC 8017 A.1.1).
fn modulus_bits(key: &[u8]) -> Read<usize> {
    let modulus = positive(Strict::new(Strict::new(key).expect(SEQUENCE)?).expect(INTEGER)?)?;
    let zeros = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    Ok(modulus.len() * 8 - zeros)
}

/// The key of a subjectPublicKeyInfo: its algorithm, and the bytes of the key.
pub(super) fn key(spki: &[u8]) -> Read<(&[u8], &[u8])> {
    let mut parts = Strict::new(spki);
    let algorithm = parts.expect(SEQUENCE)?;
    let key = parts.whole_bits()?;
    parts.end(Refusal::TrailingData)?;
    Ok((algorithm, key))
}
