//! The small registries.

use super::code_points;

code_points! {
    /// What a record carries (RFC 8446 5.1, IANA "TLS ContentType").
    ContentType(u8, 0) {
        20 = "change_cipher_spec", "RFC 8446";
        21 = "alert", "RFC 8446";
        22 = "handshake", "RFC 8446";
        23 = "application_data", "RFC 8446";
        24 = "heartbeat", "RFC 6520";
        25 = "tls12_cid", "RFC 9146";
        26 = "ACK", "RFC 9147";
        27 = "return_routability_check", "RFC 9853";
    }
}

impl ContentType {
    /// `change_cipher_spec`.
    pub const CHANGE_CIPHER_SPEC: Self = Self(20);
    /// `alert`.
    pub const ALERT: Self = Self(21);
    /// `handshake`.
    pub const HANDSHAKE: Self = Self(22);
    /// `application_data`, which in TLS 1.3 is the outside of everything encrypted.
    pub const APPLICATION_DATA: Self = Self(23);
    /// `heartbeat`.
    pub const HEARTBEAT: Self = Self(24);
}

code_points! {
    /// The form of a certificate (RFC 7250, IANA "TLS Certificate Types").
    CertificateType(u8, 0) {
        0 = "X509", "RFC 6091";
        1 = "OpenPGP", "RFC 6091";
        2 = "Raw Public Key", "RFC 7250";
        3 = "1609Dot2", "RFC 8902";
    }
}

code_points! {
    /// How a CertificateRequest up to TLS 1.2 wants the client to prove itself (RFC 5246 7.4.4, IANA
    /// "TLS ClientCertificateType Identifiers").
    ClientCertificateType(u8, 0) {
        1 = "rsa_sign", "RFC 5246";
        2 = "dss_sign", "RFC 5246";
        3 = "rsa_fixed_dh", "RFC 5246";
        4 = "dss_fixed_dh", "RFC 5246";
        5 = "rsa_ephemeral_dh", "RFC 6101";
        6 = "dss_ephemeral_dh", "RFC 6101";
        20 = "fortezza_dms", "RFC 6101";
        64 = "ecdsa_sign", "RFC 8422";
        65 = "rsa_fixed_ecdh", "RFC 8422";
        66 = "ecdsa_fixed_ecdh", "RFC 8422";
        67 = "gost_sign256", "RFC 9189";
        68 = "gost_sign512", "RFC 9189";
        80 = "ibc_params", "GB/T 38636-2020";
    }
}

code_points! {
    /// How a record is compressed before encryption (RFC 3749, IANA "TLS Compression Method Identifiers").
    CompressionMethod(u8, 0) {
        0 = "null", "RFC 3749";
        1 = "DEFLATE", "RFC 3749";
        64 = "LZS", "RFC 3943";
    }
}

code_points! {
    /// How a point of a curve is written (RFC 8422 5.1.2, IANA "TLS EC Point Formats").
    EcPointFormat(u8, 0) {
        0 = "uncompressed", "RFC 8422";
        1 = "ansiX962_compressed_prime", "RFC 8422";
        2 = "ansiX962_compressed_char2", "RFC 8422";
    }
}

code_points! {
    /// How ServerKeyExchange describes its curve (RFC 8422 5.4, IANA "TLS EC Curve Types").
    EcCurveType(u8, 0) {
        1 = "explicit_prime", "RFC 8422";
        2 = "explicit_char2", "RFC 8422";
        3 = "named_curve", "RFC 8422";
    }
}

code_points! {
    /// How a pre-shared key may be used (RFC 8446 4.2.9, IANA "TLS PskKeyExchangeMode").
    PskKeyExchangeMode(u8, 0) {
        0 = "psk_ke", "RFC 8446";
        1 = "psk_dhe_ke", "RFC 8446";
        0x0b = "GREASE", "RFC 8701";
        0x2a = "GREASE", "RFC 8701";
        0x49 = "GREASE", "RFC 8701";
        0x68 = "GREASE", "RFC 8701";
        0x87 = "GREASE", "RFC 8701";
        0xa6 = "GREASE", "RFC 8701";
        0xc5 = "GREASE", "RFC 8701";
        0xe4 = "GREASE", "RFC 8701";
    }
}

code_points! {
    /// How a certificate list is compressed (RFC 8879 3, IANA "TLS Certificate Compression Algorithm IDs").
    CertificateCompressionAlgorithm(u16, 0) {
        1 = "zlib", "RFC 8879";
        2 = "brotli", "RFC 8879";
        3 = "zstd", "RFC 8879";
    }
}

code_points! {
    /// The kind of revocation answer (RFC 6066 8, IANA "TLS Certificate Status Types").
    CertificateStatusType(u8, 0) {
        1 = "ocsp", "RFC 6066";
        2 = "ocsp_multi", "RFC 6961";
    }
}

code_points! {
    /// The kind of name in server_name (RFC 6066 3).
    ServerNameType(u8, 0) {
        0 = "host_name", "RFC 6066";
    }
}

code_points! {
    /// Whether a heartbeat asks or answers (RFC 6520 3, IANA "TLS Heartbeat Message Types").
    HeartbeatMessageType(u8, 0) {
        1 = "heartbeat_request", "RFC 6520";
        2 = "heartbeat_response", "RFC 6520";
    }
}

code_points! {
    /// Whether heartbeats may be sent to the peer (RFC 6520 2, IANA "TLS Heartbeat Modes").
    HeartbeatMode(u8, 0) {
        1 = "peer_allowed_to_send", "RFC 6520";
        2 = "peer_not_allowed_to_send", "RFC 6520";
    }
}

code_points! {
    /// Whether a KeyUpdate asks for one in return (RFC 8446 4.6.3).
    KeyUpdateRequest(u8, 0) {
        0 = "update_not_requested", "RFC 8446";
        1 = "update_requested", "RFC 8446";
    }
}

code_points! {
    /// The longest content of a record that a small client wants (RFC 6066 4).
    MaxFragmentLength(u8, 0) {
        1 = "512", "RFC 6066";
        2 = "1024", "RFC 6066";
        3 = "2048", "RFC 6066";
        4 = "4096", "RFC 6066";
    }
}

impl MaxFragmentLength {
    /// The length in bytes; `None` for a number that the RFC does not define.
    #[must_use]
    pub fn bytes(self) -> Option<u16> {
        matches!(self.0, 1..=4).then(|| 256 << self.0)
    }
}

code_points! {
    /// How media is protected with keys from DTLS (RFC 5764 4.1.2, IANA "DTLS-SRTP Protection Profiles").
    SrtpProtectionProfile(u16, 4) {
        0x0001 = "SRTP_AES128_CM_HMAC_SHA1_80", "RFC 5764";
        0x0002 = "SRTP_AES128_CM_HMAC_SHA1_32", "RFC 5764";
        0x0005 = "SRTP_NULL_HMAC_SHA1_80", "RFC 5764";
        0x0006 = "SRTP_NULL_HMAC_SHA1_32", "RFC 5764";
        0x0007 = "SRTP_AEAD_AES_128_GCM", "RFC 7714";
        0x0008 = "SRTP_AEAD_AES_256_GCM", "RFC 7714";
        0x0009 = "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM", "RFC 8723";
        0x000a = "DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM", "RFC 8723";
        0x000b = "SRTP_ARIA_128_CTR_HMAC_SHA1_80", "RFC 8269";
        0x000c = "SRTP_ARIA_128_CTR_HMAC_SHA1_32", "RFC 8269";
        0x000d = "SRTP_ARIA_256_CTR_HMAC_SHA1_80", "RFC 8269";
        0x000e = "SRTP_ARIA_256_CTR_HMAC_SHA1_32", "RFC 8269";
        0x000f = "SRTP_AEAD_ARIA_128_GCM", "RFC 8269";
        0x0010 = "SRTP_AEAD_ARIA_256_GCM", "RFC 8269";
    }
}

code_points! {
    /// What SupplementalData carries (RFC 4680, IANA "TLS Supplemental Data Formats").
    SupplementalDataType(u16, 0) {
        0 = "user_mapping_data", "RFC 4681";
        16386 = "authz_data", "RFC 5878";
    }
}

code_points! {
    /// What kind of object a client_certificate_url or trusted_ca_keys entry names (RFC 6066 6).
    TrustedAuthorityType(u8, 0) {
        0 = "pre_agreed", "RFC 6066";
        1 = "key_sha1_hash", "RFC 6066";
        2 = "x509_name", "RFC 6066";
        3 = "cert_sha1_hash", "RFC 6066";
    }
}

code_points! {
    /// What a cached_info extension remembers (RFC 7924 3, IANA "TLS CachedInformationType Values").
    CachedInformationType(u8, 0) {
        1 = "cert", "RFC 7924";
        2 = "cert_req", "RFC 7924";
    }
}

code_points! {
    /// How a token is bound to a connection (RFC 8472, IANA "Token Binding Key Parameters").
    TokenBindingKeyParameters(u8, 0) {
        0 = "rsa2048_pkcs1.5", "RFC 8471";
        1 = "rsa2048_pss", "RFC 8471";
        2 = "ecdsap256", "RFC 8471";
    }
}
