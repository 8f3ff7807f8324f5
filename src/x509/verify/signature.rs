//! Signatures: which algorithms count, and whether a key made one.

use super::refusal::Refusal;
use super::strict::{Read, Signed, Strict};
use crate::x509::der::SEQUENCE;
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

/// The contents of AlgorithmIdentifier, which are compared as they are (RFC 4055, 5480, 5758, 8410, 9881).
mod id {
    pub(super) const EC_P256: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
    pub(super) const EC_P384: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
    pub(super) const EC_P521: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23";
    pub(super) const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
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

/// Signature algorithm, key algorithm, and who checks it. What is not here does not count: SHA-1 and MD5 can be forged,
/// and RSA keys below 2048 bits can be broken.
static ALGORITHMS: [(&[u8], &[u8], &dyn VerificationAlgorithm); 22] = [
    (id::ECDSA_SHA256, id::EC_P256, &signature::ECDSA_P256_SHA256_ASN1),
    (id::ECDSA_SHA384, id::EC_P256, &signature::ECDSA_P256_SHA384_ASN1),
    (id::ECDSA_SHA512, id::EC_P256, &signature::ECDSA_P256_SHA512_ASN1),
    (id::ECDSA_SHA256, id::EC_P384, &signature::ECDSA_P384_SHA256_ASN1),
    (id::ECDSA_SHA384, id::EC_P384, &signature::ECDSA_P384_SHA384_ASN1),
    (id::ECDSA_SHA512, id::EC_P384, &signature::ECDSA_P384_SHA512_ASN1),
    (id::ECDSA_SHA256, id::EC_P521, &signature::ECDSA_P521_SHA256_ASN1),
    (id::ECDSA_SHA384, id::EC_P521, &signature::ECDSA_P521_SHA384_ASN1),
    (id::ECDSA_SHA512, id::EC_P521, &signature::ECDSA_P521_SHA512_ASN1),
    (id::ED25519, id::ED25519, &signature::ED25519),
    (id::PSS_SHA256, id::RSA, &signature::RSA_PSS_2048_8192_SHA256),
    (id::PSS_SHA384, id::RSA, &signature::RSA_PSS_2048_8192_SHA384),
    (id::PSS_SHA512, id::RSA, &signature::RSA_PSS_2048_8192_SHA512),
    (id::PKCS1_SHA256, id::RSA, &signature::RSA_PKCS1_2048_8192_SHA256),
    (id::PKCS1_SHA384, id::RSA, &signature::RSA_PKCS1_2048_8192_SHA384),
    (id::PKCS1_SHA512, id::RSA, &signature::RSA_PKCS1_2048_8192_SHA512),
    (id::PKCS1_SHA256_BARE, id::RSA, &signature::RSA_PKCS1_2048_8192_SHA256),
    (id::PKCS1_SHA384_BARE, id::RSA, &signature::RSA_PKCS1_2048_8192_SHA384),
    (id::PKCS1_SHA512_BARE, id::RSA, &signature::RSA_PKCS1_2048_8192_SHA512),
    (id::ML_DSA_44, id::ML_DSA_44, &signature::ML_DSA_44),
    (id::ML_DSA_65, id::ML_DSA_65, &signature::ML_DSA_65),
    (id::ML_DSA_87, id::ML_DSA_87, &signature::ML_DSA_87),
];

/// Whether the key in `spki` (the content of SubjectPublicKeyInfo) made the signature.
pub(super) fn check(signed: &Signed<'_>, spki: &[u8]) -> Read<()> {
    let mut refusal = Refusal::UnsupportedSignatureAlgorithm;
    for (_, key_id, algorithm) in ALGORITHMS.iter().filter(|(signature, ..)| *signature == signed.algorithm) {
        let (key_algorithm, key) = key(spki)?;
        if key_algorithm != *key_id {
            refusal = Refusal::UnsupportedSignatureAlgorithmForPublicKey;
            continue;
        }
        let is_curve = [id::EC_P256, id::EC_P384, id::EC_P521].contains(key_id);
        // RFC 5480 2.2: a point begins with 2, 3 or 4.
        if is_curve && !matches!(key.first(), Some(2..=4)) {
            return Err(Refusal::InvalidSignatureForPublicKey);
        }
        let verified = UnparsedPublicKey::new(*algorithm, key).verify(signed.data, signed.signature);
        return verified.map_err(|_| Refusal::InvalidSignatureForPublicKey);
    }
    Err(refusal)
}

/// The key of a subjectPublicKeyInfo: its algorithm, and the bytes of the key.
pub(super) fn key(spki: &[u8]) -> Read<(&[u8], &[u8])> {
    let mut parts = Strict::new(spki);
    let algorithm = parts.expect(SEQUENCE)?;
    let key = parts.whole_bits()?;
    parts.end(Refusal::TrailingData)?;
    Ok((algorithm, key))
}
