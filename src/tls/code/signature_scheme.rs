//! Signature schemes.

use super::code_points;

code_points! {
    /// A signature scheme (RFC 8446 4.2.3, IANA "TLS SignatureScheme"); up to TLS 1.2 a pair of hash and signature.
    SignatureScheme(u16, 4) {
        0x0401 = "rsa_pkcs1_sha256", "RFC 8446";
        0x0403 = "ecdsa_secp256r1_sha256", "RFC 8446";
    }
}
