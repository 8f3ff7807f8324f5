//! Signature schemes, and the pairs of hash and signature that TLS 1.2 read in the same two bytes.

use super::code_points;

code_points! {
    /// A signature scheme (RFC 8446 4.2.3, IANA "TLS SignatureScheme"); up to TLS 1.2 a pair of hash and signature,
    /// named here in the manner of TLS 1.3.
    SignatureScheme(u16, 4) {
        0x0101 = "rsa_pkcs1_md5", "RFC 5246";
        0x0102 = "dsa_md5", "RFC 5246";
        0x0103 = "ecdsa_md5", "RFC 5246";
        0x0201 = "rsa_pkcs1_sha1", "RFC 8446";
        0x0202 = "dsa_sha1", "RFC 5246";
        0x0203 = "ecdsa_sha1", "RFC 8446";
        0x0301 = "rsa_pkcs1_sha224", "RFC 5246";
        0x0302 = "dsa_sha224", "RFC 5246";
        0x0303 = "ecdsa_sha224", "RFC 5246";
        0x0401 = "rsa_pkcs1_sha256", "RFC 8446";
        0x0402 = "dsa_sha256", "RFC 5246";
        0x0403 = "ecdsa_secp256r1_sha256", "RFC 8446";
        0x0420 = "rsa_pkcs1_sha256_legacy", "draft-ietf-tls-tls13-pkcs1";
        0x0501 = "rsa_pkcs1_sha384", "RFC 8446";
        0x0502 = "dsa_sha384", "RFC 5246";
        0x0503 = "ecdsa_secp384r1_sha384", "RFC 8446";
        0x0520 = "rsa_pkcs1_sha384_legacy", "draft-ietf-tls-tls13-pkcs1";
        0x0601 = "rsa_pkcs1_sha512", "RFC 8446";
        0x0602 = "dsa_sha512", "RFC 5246";
        0x0603 = "ecdsa_secp521r1_sha512", "RFC 8446";
        0x0620 = "rsa_pkcs1_sha512_legacy", "draft-ietf-tls-tls13-pkcs1";
        0x0704 = "eccsi_sha256", "draft-wang-tls-raw-public-key-with-ibc";
        0x0705 = "iso_ibs1", "draft-wang-tls-raw-public-key-with-ibc";
        0x0706 = "iso_ibs2", "draft-wang-tls-raw-public-key-with-ibc";
        0x0707 = "iso_chinese_ibs", "draft-wang-tls-raw-public-key-with-ibc";
        0x0708 = "sm2sig_sm3", "RFC 8998";
        0x0709 = "gostr34102012_256a", "RFC 9367";
        0x070a = "gostr34102012_256b", "RFC 9367";
        0x070b = "gostr34102012_256c", "RFC 9367";
        0x070c = "gostr34102012_256d", "RFC 9367";
        0x070d = "gostr34102012_512a", "RFC 9367";
        0x070e = "gostr34102012_512b", "RFC 9367";
        0x070f = "gostr34102012_512c", "RFC 9367";
        0x0804 = "rsa_pss_rsae_sha256", "RFC 8446";
        0x0805 = "rsa_pss_rsae_sha384", "RFC 8446";
        0x0806 = "rsa_pss_rsae_sha512", "RFC 8446";
        0x0807 = "ed25519", "RFC 8446";
        0x0808 = "ed448", "RFC 8446";
        0x0809 = "rsa_pss_pss_sha256", "RFC 8446";
        0x080a = "rsa_pss_pss_sha384", "RFC 8446";
        0x080b = "rsa_pss_pss_sha512", "RFC 8446";
        0x081a = "ecdsa_brainpoolP256r1tls13_sha256", "RFC 8734";
        0x081b = "ecdsa_brainpoolP384r1tls13_sha384", "RFC 8734";
        0x081c = "ecdsa_brainpoolP512r1tls13_sha512", "RFC 8734";
        0x0840 = "gostr34102012_256", "RFC 9189";
        0x0841 = "gostr34102012_512", "RFC 9189";
        0x0904 = "mldsa44", "draft-ietf-tls-mldsa";
        0x0905 = "mldsa65", "draft-ietf-tls-mldsa";
        0x0906 = "mldsa87", "draft-ietf-tls-mldsa";
        0x0911 = "slhdsa_sha2_128s", "draft-reddy-tls-slhdsa";
        0x0912 = "slhdsa_sha2_128f", "draft-reddy-tls-slhdsa";
        0x0913 = "slhdsa_sha2_192s", "draft-reddy-tls-slhdsa";
        0x0914 = "slhdsa_sha2_192f", "draft-reddy-tls-slhdsa";
        0x0915 = "slhdsa_sha2_256s", "draft-reddy-tls-slhdsa";
        0x0916 = "slhdsa_sha2_256f", "draft-reddy-tls-slhdsa";
        0x0917 = "slhdsa_shake_128s", "draft-reddy-tls-slhdsa";
        0x0918 = "slhdsa_shake_128f", "draft-reddy-tls-slhdsa";
        0x0919 = "slhdsa_shake_192s", "draft-reddy-tls-slhdsa";
        0x091a = "slhdsa_shake_192f", "draft-reddy-tls-slhdsa";
        0x091b = "slhdsa_shake_256s", "draft-reddy-tls-slhdsa";
        0x091c = "slhdsa_shake_256f", "draft-reddy-tls-slhdsa";
        0xeded = "gostr34102001_gostr3411", "draft-chudov-cryptopro-cptls";
        0xeeee = "gostr34102012_256_gostr34112012_256", "";
        0xefef = "gostr34102012_512_gostr34112012_512", "";
    }
}

code_points! {
    /// The first byte of a TLS 1.2 pair (RFC 5246 7.4.1.4.1, IANA "TLS HashAlgorithm").
    HashAlgorithm(u8, 0) {
        0 = "none", "RFC 5246";
        1 = "md5", "RFC 5246";
        2 = "sha1", "RFC 5246";
        3 = "sha224", "RFC 5246";
        4 = "sha256", "RFC 5246";
        5 = "sha384", "RFC 5246";
        6 = "sha512", "RFC 5246";
        8 = "Intrinsic", "RFC 8422";
    }
}

code_points! {
    /// The second byte of a TLS 1.2 pair (RFC 5246 7.4.1.4.1, IANA "TLS SignatureAlgorithm").
    SignatureAlgorithm(u8, 0) {
        0 = "anonymous", "RFC 5246";
        1 = "rsa", "RFC 5246";
        2 = "dsa", "RFC 5246";
        3 = "ecdsa", "RFC 5246";
        7 = "ed25519", "RFC 8422";
        8 = "ed448", "RFC 8422";
        64 = "gostr34102012_256", "RFC 9189";
        65 = "gostr34102012_512", "RFC 9189";
    }
}

impl SignatureScheme {
    /// The two bytes read as TLS 1.2 does, hash first. Means nothing for a scheme that TLS 1.3 made, such as
    /// `rsa_pss_rsae_sha256`.
    #[must_use]
    pub fn hash_and_signature(self) -> (HashAlgorithm, SignatureAlgorithm) {
        let [hash, signature] = self.0.to_be_bytes();
        (HashAlgorithm(hash), SignatureAlgorithm(signature))
    }

    /// Whether it signs over MD5 or SHA-1, for which collisions can be made.
    #[must_use]
    pub fn has_weak_hash(self) -> bool {
        let (hash, signature) = self.hash_and_signature();
        matches!(hash.0, 1 | 2) && matches!(signature.0, 1..=3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_tls_1_2_are_split_and_judged() {
        for (scheme, hash, signature, weak) in [
            (0x0101, "md5", "rsa", true),
            (0x0203, "sha1", "ecdsa", true),
            (0x0402, "sha256", "dsa", false),
            (0x0807, "Intrinsic", "ed25519", false),
        ] {
            let (left, right) = SignatureScheme(scheme).hash_and_signature();
            assert_eq!((left.name(), right.name()), (Some(hash), Some(signature)));
            assert_eq!(SignatureScheme(scheme).has_weak_hash(), weak);
        }
    }
}
