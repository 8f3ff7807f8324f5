//! The small registries whose code points stand in extensions only.

use crate::base::Value;
use std::borrow::Cow;

fn named(table: &[(u16, &'static str)], value: u16, digits: u8) -> Value {
    let name = table.iter().find(|row| row.0 == value).map_or("unknown", |row| row.1);
    Value::Named(u64::from(value), digits, Cow::Borrowed(name))
}

/// What `authz` lists (RFC 5878 5).
pub(super) fn authz_format(value: u8) -> Value {
    let table = [
        (0, "x509_attr_cert"),
        (1, "saml_assertion"),
        (2, "x509_attr_cert_url"),
        (3, "saml_assertion_url"),
        (64, "keynote_assertion_list"),
        (65, "keynote_assertion_list_url"),
        (66, "dtcp_authorization"),
    ];
    named(&table, value.into(), 0)
}

/// Which kind of name stands in server_name (RFC 6066 3).
pub(super) fn name_type(value: u8) -> Value {
    named(&[(0, "host_name")], value.into(), 0)
}

/// How an authority is named in trusted_ca_keys (RFC 6066 6).
pub(super) fn identifier_type(value: u8) -> Value {
    named(&[(0, "pre_agreed"), (1, "key_sha1_hash"), (2, "x509_name"), (3, "cert_sha1_hash")], value.into(), 0)
}

/// The kinds of user mapping data (RFC 4681 2).
pub(super) fn user_mapping_type(value: u8) -> Value {
    named(&[(64, "upn_domain_hint")], value.into(), 0)
}

/// What a heartbeat sender takes (RFC 6520 2).
pub(super) fn heartbeat_mode(value: u8) -> Value {
    named(&[(1, "peer_allowed_to_send"), (2, "peer_not_allowed_to_send")], value.into(), 0)
}

/// Key parameters of token binding (RFC 8471 3).
pub(super) fn token_binding_key(value: u8) -> Value {
    named(&[(0, "rsa2048_pkcs1.5"), (1, "rsa2048_pss"), (2, "ecdsap256")], value.into(), 0)
}

/// What can be cached (RFC 7924 8.2).
pub(super) fn cached_information_type(value: u8) -> Value {
    named(&[(1, "cert"), (2, "cert_req")], value.into(), 0)
}

/// EKT ciphers (RFC 8870 7.3).
pub(super) fn ekt_cipher(value: u8) -> Value {
    named(&[(0, "AESKW128"), (1, "AESKW256")], value.into(), 0)
}

/// The kinds of transparency items (RFC 9162 4.5).
pub(super) fn trans_item_type(value: u16) -> Value {
    let table = [
        (0x0100, "x509_entry_v2"),
        (0x0101, "precert_entry_v2"),
        (0x0102, "x509_sct_v2"),
        (0x0103, "precert_sct_v2"),
        (0x0104, "signed_tree_head_v2"),
        (0x0105, "consistency_proof_v2"),
        (0x0106, "inclusion_proof_v2"),
    ];
    named(&table, value, 4)
}

/// Which hello an encrypted_client_hello stands in (RFC 9849 5).
pub(super) fn client_hello_type(value: u8) -> Value {
    named(&[(0, "outer"), (1, "inner")], value.into(), 0)
}

/// Whether a transparency receipt is of version 1 (RFC 6962 3.2).
pub(super) fn sct_version(value: u8) -> Value {
    named(&[(0, "v1")], value.into(), 0)
}

/// Forms of a point (RFC 8422 5.1.2).
pub(super) fn ec_point_format(value: u8) -> Value {
    let table = [(0, "uncompressed"), (1, "ansiX962_compressed_prime"), (2, "ansiX962_compressed_char2")];
    named(&table, value.into(), 0)
}

/// Lengths of records (RFC 6066 4).
pub(super) fn max_fragment_length(value: u8) -> Value {
    named(&[(1, "512"), (2, "1024"), (3, "2048"), (4, "4096")], value.into(), 0)
}

/// Kinds of certificate (RFC 7250 3).
pub(super) fn certificate_type(value: u8) -> Value {
    let table = [(0, "X509"), (1, "OpenPGP"), (2, "Raw Public Key"), (3, "1609Dot2")];
    named(&table, value.into(), 0)
}

/// Kinds of certificate status (RFC 6066 8).
pub(super) fn certificate_status_type(value: u8) -> Value {
    named(&[(1, "ocsp"), (2, "ocsp_multi")], value.into(), 0)
}

/// Methods of certificate compression (RFC 8879 7.3).
pub(super) fn certificate_compression_algorithm(value: u16) -> Value {
    named(&[(1, "zlib"), (2, "brotli"), (3, "zstd")], value, 0)
}

/// Modes of pre-shared keys (RFC 8446 4.2.9).
pub(super) fn psk_key_exchange_mode(value: u8) -> Value {
    named(&[(0, "psk_ke"), (1, "psk_dhe_ke")], value.into(), 0)
}

/// Hash algorithms (RFC 5246 7.4.1.4.1).
pub(super) fn hash_algorithm(value: u8) -> Value {
    let table = [
        (0, "none"),
        (1, "md5"),
        (2, "sha1"),
        (3, "sha224"),
        (4, "sha256"),
        (5, "sha384"),
        (6, "sha512"),
        (8, "intrinsic"),
    ];
    named(&table, value.into(), 0)
}

/// Signature algorithms (RFC 5246 7.4.1.4.1).
pub(super) fn signature_algorithm(value: u8) -> Value {
    let table = [(0, "anonymous"), (1, "rsa"), (2, "dsa"), (3, "ecdsa"), (7, "ed25519"), (8, "ed448")];
    named(&table, value.into(), 0)
}

/// Key encapsulation of HPKE (RFC 9180 7.1).
pub(super) fn hpke_kem(value: u16) -> Value {
    let table = [
        (0x0010, "DHKEM(P-256, HKDF-SHA256)"),
        (0x0011, "DHKEM(P-384, HKDF-SHA384)"),
        (0x0012, "DHKEM(P-521, HKDF-SHA512)"),
        (0x0020, "DHKEM(X25519, HKDF-SHA256)"),
        (0x0021, "DHKEM(X448, HKDF-SHA512)"),
    ];
    named(&table, value, 4)
}

/// Key derivation of HPKE (RFC 9180 7.2).
pub(super) fn hpke_kdf(value: u16) -> Value {
    named(&[(1, "HKDF-SHA256"), (2, "HKDF-SHA384"), (3, "HKDF-SHA512")], value, 4)
}

/// Encryption of HPKE (RFC 9180 7.3).
pub(super) fn hpke_aead(value: u16) -> Value {
    let table = [(1, "AES-128-GCM"), (2, "AES-256-GCM"), (3, "ChaCha20Poly1305"), (0xffff, "Export-only")];
    named(&table, value, 4)
}

/// Protection profiles of SRTP (RFC 5764 4.1.2, RFC 7714 14.2).
pub(super) fn srtp_protection_profile(value: u16) -> Value {
    let table = [
        (0x0001, "SRTP_AES128_CM_HMAC_SHA1_80"),
        (0x0002, "SRTP_AES128_CM_HMAC_SHA1_32"),
        (0x0005, "SRTP_NULL_HMAC_SHA1_80"),
        (0x0006, "SRTP_NULL_HMAC_SHA1_32"),
        (0x0007, "SRTP_AEAD_AES_128_GCM"),
        (0x0008, "SRTP_AEAD_AES_256_GCM"),
    ];
    named(&table, value, 4)
}
