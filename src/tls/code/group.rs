//! Groups for key exchange: curves, finite fields and post-quantum mechanisms.

use super::code_points;

code_points! {
    /// A group for key exchange (RFC 8446 4.2.7, IANA "TLS Supported Groups"), with the experiments that came before
    /// the registered post-quantum groups.
    NamedGroup(u16, 4) {
        0x0001 = "sect163k1", "RFC 8422";
        0x0002 = "sect163r1", "RFC 8422";
        0x0003 = "sect163r2", "RFC 8422";
        0x0004 = "sect193r1", "RFC 8422";
        0x0005 = "sect193r2", "RFC 8422";
        0x0006 = "sect233k1", "RFC 8422";
        0x0007 = "sect233r1", "RFC 8422";
        0x0008 = "sect239k1", "RFC 8422";
        0x0009 = "sect283k1", "RFC 8422";
        0x000a = "sect283r1", "RFC 8422";
        0x000b = "sect409k1", "RFC 8422";
        0x000c = "sect409r1", "RFC 8422";
        0x000d = "sect571k1", "RFC 8422";
        0x000e = "sect571r1", "RFC 8422";
        0x000f = "secp160k1", "RFC 8422";
        0x0010 = "secp160r1", "RFC 8422";
        0x0011 = "secp160r2", "RFC 8422";
        0x0012 = "secp192k1", "RFC 8422";
        0x0013 = "secp192r1", "RFC 8422";
        0x0014 = "secp224k1", "RFC 8422";
        0x0015 = "secp224r1", "RFC 8422";
        0x0016 = "secp256k1", "RFC 8422";
        0x0017 = "secp256r1", "RFC 8422";
        0x0018 = "secp384r1", "RFC 8422";
        0x0019 = "secp521r1", "RFC 8422";
        0x001a = "brainpoolP256r1", "RFC 7027";
        0x001b = "brainpoolP384r1", "RFC 7027";
        0x001c = "brainpoolP512r1", "RFC 7027";
        0x001d = "x25519", "RFC 8446";
        0x001e = "x448", "RFC 8446";
        0x001f = "brainpoolP256r1tls13", "RFC 8734";
        0x0020 = "brainpoolP384r1tls13", "RFC 8734";
        0x0021 = "brainpoolP512r1tls13", "RFC 8734";
        0x0022 = "GC256A", "RFC 9189";
        0x0023 = "GC256B", "RFC 9189";
        0x0024 = "GC256C", "RFC 9189";
        0x0025 = "GC256D", "RFC 9189";
        0x0026 = "GC512A", "RFC 9189";
        0x0027 = "GC512B", "RFC 9189";
        0x0028 = "GC512C", "RFC 9189";
        0x0029 = "curveSM2", "RFC 8998";
        0x0100 = "ffdhe2048", "RFC 7919";
        0x0101 = "ffdhe3072", "RFC 7919";
        0x0102 = "ffdhe4096", "RFC 7919";
        0x0103 = "ffdhe6144", "RFC 7919";
        0x0104 = "ffdhe8192", "RFC 7919";
        0x0200 = "MLKEM512", "draft-ietf-tls-mlkem";
        0x0201 = "MLKEM768", "draft-ietf-tls-mlkem";
        0x0202 = "MLKEM1024", "draft-ietf-tls-mlkem";
        0x023a = "kyber512", "";
        0x023c = "kyber768", "";
        0x023d = "kyber1024", "";
        0x11eb = "SecP256r1MLKEM768", "draft-ietf-tls-ecdhe-mlkem";
        0x11ec = "X25519MLKEM768", "draft-ietf-tls-ecdhe-mlkem";
        0x11ed = "SecP384r1MLKEM1024", "draft-ietf-tls-ecdhe-mlkem";
        0x11ee = "curveSM2MLKEM768", "draft-yang-tls-hybrid-sm2-mlkem";
        0x2f39 = "x25519_kyber512", "";
        0x2f3a = "p256_kyber512", "";
        0x2f3c = "p384_kyber768", "";
        0x2f3d = "p521_kyber1024", "";
        0x2f90 = "x448_kyber768", "";
        0x4138 = "CECPQ2", "";
        0x6399 = "X25519Kyber768Draft00", "draft-tls-westerbaan-xyber768d00";
        0x639a = "SecP256r1Kyber768Draft00", "draft-kwiatkowski-tls-ecdhe-kyber";
        0xfe30 = "X25519Kyber512Draft00", "";
        0xfe31 = "X25519Kyber768Draft00 (fe31)", "draft-tls-westerbaan-xyber768d00";
        0xfe32 = "P256Kyber768Draft00", "";
        0xff01 = "arbitrary_explicit_prime_curves", "RFC 8422";
        0xff02 = "arbitrary_explicit_char2_curves", "RFC 8422";
    }
}

impl NamedGroup {
    /// `secp256r1`, also called P-256.
    pub const SECP256R1: Self = Self(0x0017);
    /// `x25519`.
    pub const X25519: Self = Self(0x001d);
    /// `X25519MLKEM768`, x25519 joined with a post-quantum mechanism.
    pub const X25519MLKEM768: Self = Self(0x11ec);

    /// Whether a quantum computer that comes later could not open what is recorded today: ML-KEM or Kyber, alone or
    /// joined with a curve.
    #[must_use]
    pub fn is_post_quantum(self) -> bool {
        self.name().is_some_and(|name| ["MLKEM", "yber", "CECPQ2"].iter().any(|part| name.contains(part)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn post_quantum_groups_are_known_by_their_names() {
        for (group, expected) in [(0x11ec, true), (0x6399, true), (0x4138, true), (0x0202, true), (0x023a, true)]
            .into_iter()
            .chain([(0x001d, false), (0x0104, false), (0x0a0a, false), (0x7777, false)])
        {
            assert_eq!(NamedGroup(group).is_post_quantum(), expected, "{group:04x}");
        }
    }
}
