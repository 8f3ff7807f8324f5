//! Which signatures a peer can check, in the handshake, in certificates, and by delegated credentials.

use super::body::{code16, code32, codes16, opaque};
use super::{Extensions, Place};
use crate::base::{Reader, Tree, Value, fields};
use crate::tls::code::SignatureScheme;

fields! {
    SIGNATURE_SCHEME_LIST = "tls.handshake.extension.signature_algorithms.list", "supported_signature_algorithms", "RFC 8446 4.2.3",
        "Signature schemes in the order of preference. Each names what the other side may sign with; how the certificates in its chain are signed may be listed apart, in signature_algorithms_cert.";
    SIGNATURE_SCHEME = "tls.handshake.extension.signature_algorithm", "SignatureScheme", "RFC 8446 4.2.3",
        "A kind of key, a padding and a hash in one number. Up to TLS 1.2 the first byte is the hash and the second the kind of key. Schemes with SHA-1 and rsa_pkcs1 count in TLS 1.3 for certificates only, not for the proof of the peer.";
    CERT_SIGNATURE_SCHEME_LIST = "tls.handshake.extension.signature_algorithms_cert.list", "supported_signature_algorithms", "RFC 8446 4.2.3",
        "The schemes that may stand in certificates, in the order of preference.";
    CERT_SIGNATURE_SCHEME = "tls.handshake.extension.signature_algorithm_cert", "SignatureScheme", "RFC 8446 4.2.3",
        "A scheme by which an issuer may have signed a certificate of the chain. It says nothing about the key in the certificate itself: an RSA authority may sign a certificate with an ECDSA key.";
    CREDENTIAL_SCHEME_LIST = "tls.handshake.extension.delegated_credential.list", "supported_signature_algorithms", "RFC 9345 4.1.1",
        "The schemes that the sender takes from the key of a delegated credential. The signature by the certificate over the credential is bound by signature_algorithms.";
    CREDENTIAL_SCHEME = "tls.handshake.extension.delegated_credential.scheme", "SignatureScheme", "RFC 9345 4.1.1",
        "A scheme for the key of a delegated credential.";
    VALID_TIME = "tls.handshake.extension.delegated_credential.valid_time", "valid_time", "RFC 9345 4",
        "Seconds from the notBefore of the certificate to the end of the credential. The end may lie at most seven days ahead, for there is no way to revoke it.";
    EXPECTED_ALGORITHM = "tls.handshake.extension.delegated_credential.dc_cert_verify_algorithm", "dc_cert_verify_algorithm", "RFC 9345 4",
        "The scheme with which CertificateVerify is signed by the key of the credential.";
    CREDENTIAL_PUBLIC_KEY = "tls.handshake.extension.delegated_credential.public_key", "ASN1_subjectPublicKeyInfo", "RFC 9345 4",
        "The public key of the credential in DER, as in a certificate.";
    CREDENTIAL_ALGORITHM = "tls.handshake.extension.delegated_credential.algorithm", "algorithm", "RFC 9345 4",
        "The scheme of the signature that the key of the certificate made over the credential.";
    CREDENTIAL_SIGNATURE = "tls.handshake.extension.delegated_credential.signature", "signature", "RFC 9345 4",
        "The signature of the certificate's key over certificate and credential. The certificate must allow it by its DelegationUsage extension.";
}

/// A key that stands in for that of a certificate for some days (RFC 9345 4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DelegatedCredential {
    /// Seconds from the notBefore of the certificate to its end.
    pub valid_time: u32,
    /// The scheme with which its key signs CertificateVerify.
    pub expected: SignatureScheme,
    /// Its key: a SubjectPublicKeyInfo in DER.
    pub public_key: Vec<u8>,
    /// The scheme with which the key of the certificate signed it.
    pub algorithm: SignatureScheme,
    /// That signature.
    pub signature: Vec<u8>,
    /// What of it is signed, as sent: all before the signature.
    pub signed: Vec<u8>,
}

fn show(scheme: u16) -> Value {
    SignatureScheme(scheme).value()
}

/// signature_algorithms (RFC 8446 4.2.3, RFC 5246 7.4.1.4.1).
pub(super) fn signature_algorithms(
    reader: &mut Reader<'_>,
    _: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    let schemes = &mut facts.signature_algorithms;
    schemes.reserve(reader.remaining() / 2);
    codes16(reader, 2, &SIGNATURE_SCHEME_LIST, &SIGNATURE_SCHEME, tree, show, |scheme| {
        schemes.push(SignatureScheme(scheme));
    })
}

/// signature_algorithms_cert (RFC 8446 4.2.3).
pub(super) fn signature_algorithms_cert(
    reader: &mut Reader<'_>,
    _: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    codes16(reader, 2, &CERT_SIGNATURE_SCHEME_LIST, &CERT_SIGNATURE_SCHEME, tree, show, |_| {})
}

/// delegated_credential: a list of schemes in requests, the credential beside a certificate (RFC 9345 4).
pub(super) fn delegated_credential(
    reader: &mut Reader<'_>,
    place: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if place != Place::Certificate {
        let schemes = &mut facts.credential_algorithms;
        return codes16(reader, 2, &CREDENTIAL_SCHEME_LIST, &CREDENTIAL_SCHEME, tree, show, |scheme| {
            schemes.push(SignatureScheme(scheme));
        });
    }
    let whole = reader.peek();
    let valid_time = code32(reader, &VALID_TIME, tree, |seconds| Value::Number(seconds.into()))?;
    let expected = SignatureScheme(code16(reader, &EXPECTED_ALGORITHM, tree, show)?);
    let public_key = opaque(reader, 3, &CREDENTIAL_PUBLIC_KEY, tree)?.to_vec();
    let algorithm = SignatureScheme(code16(reader, &CREDENTIAL_ALGORITHM, tree, show)?);
    let signed = whole.get(..whole.len() - reader.remaining()).unwrap_or_default().to_vec();
    let signature = opaque(reader, 2, &CREDENTIAL_SIGNATURE, tree)?.to_vec();
    facts.credential = Some(DelegatedCredential { valid_time, expected, public_key, algorithm, signature, signed });
    Some(())
}
