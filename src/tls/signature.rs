//! The signatures of a handshake: what is signed in which version, and by which name the algorithm goes.
//!
//! Which algorithms there are, and how they are checked, is for `x509::verify` to know; here are their names in TLS, and
//! what was signed.

use super::code::{ProtocolVersion, SignatureScheme};
use super::decrypt::{Hash, Ssl3Ends, ssl3_hashes};
use super::handshake::Role;
use super::secrets::Secret;
use crate::x509::verify::{Digest, KeyKind, SignatureFault, SignatureWay, check_signature, key_kind};

/// The DigestInfo of MD5 and of SHA-224 without the hash at its end (RFC 8017 9.2).
const MD5_INFO: &[u8] = b"\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10";
const SHA224_INFO: &[u8] = b"\x30\x2d\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04\x1c";

/// Whether the key in `spki` (a SubjectPublicKeyInfo) made `signature` over `content`. `scheme` is that of the message;
/// before TLS 1.2 there is none and the key decides.
pub fn check(
    version: ProtocolVersion,
    scheme: Option<SignatureScheme>,
    content: &[u8],
    signature: &[u8],
    spki: &[u8],
) -> Result<(), SignatureFault> {
    let Some(scheme) = scheme.filter(|_| version >= ProtocolVersion::TLS12) else {
        return match key_kind(spki) {
            // RFC 4346 7.4.3: both hashes at once with RSA, SHA-1 alone with DSA and ECDSA (RFC 4492 5.4).
            KeyKind::Rsa => check_signature(SignatureWay::Pkcs1Bare, &both_hashes(content), signature, spki),
            KeyKind::Ec => check_signature(SignatureWay::Ecdsa(Digest::Sha1), content, signature, spki),
            _ => Err(SignatureFault::Unsupported),
        };
    };
    if let Some((info, hash)) = bare(scheme) {
        let signed = [info, &hash.digest(&[content])].concat();
        return check_signature(SignatureWay::Pkcs1Bare, &signed, signature, spki);
    }
    check_signature(way(scheme).ok_or(SignatureFault::Unsupported)?, content, signature, spki)
}

/// The same for a CertificateVerify of SSL 3.0, into which the master secret goes (RFC 6101 5.6.8).
pub fn check_ssl3(messages: &[u8], master: &Secret, signature: &[u8], spki: &[u8]) -> Result<(), SignatureFault> {
    if key_kind(spki) != KeyKind::Rsa {
        return Err(SignatureFault::Unsupported);
    }
    let hashes = ssl3_hashes(master, messages, Ssl3Ends::Nothing);
    check_signature(SignatureWay::Pkcs1Bare, &hashes, signature, spki)
}

/// What a CertificateVerify of TLS 1.3 signs (RFC 8446 4.4.3).
#[must_use]
pub fn certificate_verify_content(sender: Role, transcript_hash: &[u8]) -> Vec<u8> {
    let context: &[u8] = match sender {
        Role::Client => b"TLS 1.3, client CertificateVerify",
        Role::Server => b"TLS 1.3, server CertificateVerify",
    };
    [&[b' '; 64], context, &[0], transcript_hash].concat()
}

/// What the key of a certificate signs of a delegated credential (RFC 9345 4): `signed` is the credential and the scheme of
/// the signature as sent.
#[must_use]
pub fn delegated_credential_content(sender: Role, certificate: &[u8], signed: &[u8]) -> Vec<u8> {
    let context: &[u8] = match sender {
        Role::Client => b"TLS, client delegated credentials",
        Role::Server => b"TLS, server delegated credentials",
    };
    [&[b' '; 64], context, &[0], certificate, signed].concat()
}

fn both_hashes(content: &[u8]) -> Vec<u8> {
    [Hash::Md5.digest(&[content]), Hash::Sha1.digest(&[content])].concat()
}

/// Schemes whose hash is too old for a library to offer it: what stands before the hash, and the hash.
fn bare(scheme: SignatureScheme) -> Option<(&'static [u8], Hash)> {
    match scheme.0 {
        0x0101 => Some((MD5_INFO, Hash::Md5)),
        0x0301 => Some((SHA224_INFO, Hash::Sha224)),
        _ => None,
    }
}

/// How a scheme signs (RFC 8446 4.2.3, RFC 5246 7.4.1.4.1).
fn way(scheme: SignatureScheme) -> Option<SignatureWay> {
    Some(match scheme.0 {
        0x0201 => SignatureWay::Pkcs1(Digest::Sha1),
        0x0401 | 0x0420 => SignatureWay::Pkcs1(Digest::Sha256),
        0x0501 | 0x0520 => SignatureWay::Pkcs1(Digest::Sha384),
        0x0601 | 0x0620 => SignatureWay::Pkcs1(Digest::Sha512),
        0x0203 => SignatureWay::Ecdsa(Digest::Sha1),
        0x0403 => SignatureWay::Ecdsa(Digest::Sha256),
        0x0503 => SignatureWay::Ecdsa(Digest::Sha384),
        0x0603 => SignatureWay::Ecdsa(Digest::Sha512),
        0x0804 | 0x0809 => SignatureWay::Pss(Digest::Sha256),
        0x0805 | 0x080a => SignatureWay::Pss(Digest::Sha384),
        0x0806 | 0x080b => SignatureWay::Pss(Digest::Sha512),
        0x0807 => SignatureWay::Ed25519,
        0x0904 => SignatureWay::MlDsa44,
        0x0905 => SignatureWay::MlDsa65,
        0x0906 => SignatureWay::MlDsa87,
        _ => return None,
    })
}
