//! What a cipher suite's name says about the form of messages and records: how keys are exchanged, and a few lengths.

use super::facts::Context;
use crate::tls::code::{CipherSuite, ProtocolVersion};

/// How a cipher suite exchanges keys up to TLS 1.2, which decides the form of the key exchange messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exchange {
    /// The client encrypts the premaster secret to the server's key (RFC 5246 7.4.7.1).
    Rsa,
    /// The same with a short-lived 512-bit key (RFC 2246 7.4.3).
    RsaExport,
    /// The server's certificate holds a Diffie-Hellman key.
    DhFixed,
    /// Signed ephemeral Diffie-Hellman.
    Dhe,
    /// Diffie-Hellman that nobody signs.
    DhAnonymous,
    /// The server's certificate holds an elliptic-curve key that is used for the exchange itself.
    EcdhFixed,
    /// Signed ephemeral elliptic-curve Diffie-Hellman (RFC 8422).
    Ecdhe,
    /// Elliptic-curve Diffie-Hellman that nobody signs.
    EcdhAnonymous,
    /// A pre-shared key alone (RFC 4279).
    Psk,
    /// A pre-shared key and Diffie-Hellman (RFC 4279).
    DhePsk,
    /// A pre-shared key and elliptic-curve Diffie-Hellman (RFC 5489).
    EcdhePsk,
    /// A pre-shared key and a secret encrypted to the server's key (RFC 4279).
    RsaPsk,
    /// Password-authenticated exchange by juggling.
    Ecjpake,
    /// Secure Remote Password without a signature (RFC 5054).
    Srp,
    /// Secure Remote Password with a signature of the server (RFC 5054).
    SrpSigned,
    /// Encryption to the server's SM2 key (GB/T 38636).
    Sm2,
    /// GOST key transport (RFC 9189).
    Gost,
    /// Kerberos (RFC 2712).
    Kerberos,
    /// Nothing is known of it.
    Unknown,
}

impl Exchange {
    /// The exchange of the suite that the connection chose.
    pub(super) fn of(context: &Context) -> Self {
        context.cipher_suite.and_then(CipherSuite::name).map_or(Self::Unknown, Self::of_name)
    }

    /// The exchange that stands in the name of a suite, between the protocol and `WITH`.
    pub(super) fn of_name(name: &str) -> Self {
        let name = ["TLS_", "SSL_", "TLCP_"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
        if name.starts_with("ECC_SM") {
            return Self::Sm2;
        }
        let exchange = name.split_once("_WITH_").map_or("", |(exchange, _)| exchange);
        match exchange {
            "RSA" | "RSA_FIPS" => Self::Rsa,
            "RSA_EXPORT" | "RSA_EXPORT1024" => Self::RsaExport,
            "DH_DSS" | "DH_RSA" | "DH_DSS_EXPORT" | "DH_RSA_EXPORT" => Self::DhFixed,
            "DH_anon" | "DH_Anon" | "DH_anon_EXPORT" | "DH_Anon_EXPORT" => Self::DhAnonymous,
            "ECDH_ECDSA" | "ECDH_RSA" => Self::EcdhFixed,
            "ECDHE_ECDSA" | "ECDHE_RSA" => Self::Ecdhe,
            "ECDH_anon" | "ECDH_Anon" => Self::EcdhAnonymous,
            "PSK" => Self::Psk,
            "DHE_PSK" | "PSK_DHE" => Self::DhePsk,
            "ECDHE_PSK" => Self::EcdhePsk,
            "RSA_PSK" => Self::RsaPsk,
            "ECJPAKE" => Self::Ecjpake,
            "SRP_SHA" => Self::Srp,
            "SRP_SHA_RSA" | "SRP_SHA_DSS" => Self::SrpSigned,
            _ if exchange.starts_with("DHE_") => Self::Dhe,
            _ if exchange.starts_with("GOST") => Self::Gost,
            _ if exchange.starts_with("KRB5") => Self::Kerberos,
            _ => Self::Unknown,
        }
    }
}

/// Whether signatures name their scheme: from TLS 1.2 on (RFC 5246 4.7), and in DTLS, which counts downwards, from
/// DTLS 1.2 on.
pub(super) fn has_signature_schemes(version: ProtocolVersion) -> bool {
    version >= ProtocolVersion::TLS12 && version.0 != 0xfeff
}

/// How many bytes the verify_data of a Finished message has, where that is known.
pub(super) fn verify_data_length(context: &Context) -> Option<usize> {
    let version = context.version?;
    if version == ProtocolVersion::SSL3 {
        return Some(36);
    }
    if !version.is_tls13() && version.0 != 0xfefc {
        return Some(12);
    }
    let name = context.cipher_suite?.name()?;
    if name.ends_with("SHA384") {
        return Some(48);
    }
    (name.ends_with("SHA256") || name.ends_with("SM3")).then_some(32)
}

/// Whether the records begin with 8 bytes of nonce in the clear: AES-GCM and CCM suites of TLS 1.2 (RFC 5288 3,
/// RFC 6655 3). `false` where version or suite are not known.
pub(crate) fn has_explicit_nonce(context: &Context) -> bool {
    let name = context.cipher_suite.and_then(CipherSuite::name).unwrap_or_default();
    let is_old = context.version.is_some_and(|version| !version.is_tls13());
    is_old && (name.contains("_GCM_") || name.contains("_CCM"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exchange_stands_in_the_name() {
        for (name, exchange) in [
            ("TLS_RSA_WITH_AES_128_CBC_SHA", Exchange::Rsa),
            ("SSL_RSA_FIPS_WITH_DES_CBC_SHA", Exchange::Rsa),
            ("TLS_RSA_EXPORT_WITH_RC4_40_MD5", Exchange::RsaExport),
            ("TLS_DH_DSS_WITH_AES_128_CBC_SHA", Exchange::DhFixed),
            ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", Exchange::Dhe),
            ("TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA", Exchange::Dhe),
            ("TLS_DH_anon_WITH_AES_128_CBC_SHA", Exchange::DhAnonymous),
            ("TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA", Exchange::EcdhFixed),
            ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", Exchange::Ecdhe),
            ("TLS_ECDH_anon_WITH_AES_128_CBC_SHA", Exchange::EcdhAnonymous),
            ("TLS_PSK_WITH_AES_128_CCM", Exchange::Psk),
            ("TLS_PSK_DHE_WITH_AES_128_CCM_8", Exchange::DhePsk),
            ("TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256", Exchange::EcdhePsk),
            ("TLS_RSA_PSK_WITH_AES_128_CBC_SHA", Exchange::RsaPsk),
            ("TLS_ECJPAKE_WITH_AES_128_CCM_8", Exchange::Ecjpake),
            ("TLS_SRP_SHA_WITH_AES_128_CBC_SHA", Exchange::Srp),
            ("TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA", Exchange::SrpSigned),
            ("TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC", Exchange::Gost),
            ("TLS_KRB5_WITH_RC4_128_SHA", Exchange::Kerberos),
            ("TLCP_ECC_SM4_CBC_SM3", Exchange::Sm2),
            ("TLS_AES_128_GCM_SHA256", Exchange::Unknown),
            ("", Exchange::Unknown),
        ] {
            assert_eq!(Exchange::of_name(name), exchange, "{name}");
        }
    }

    #[test]
    fn lengths_are_only_told_where_they_are_known() {
        let context = |version, suite| Context {
            version: Some(ProtocolVersion(version)),
            cipher_suite: Some(CipherSuite(suite)),
            sender: None,
        };
        for (context, length) in [
            (Context::default(), None),
            (context(0x0300, 0), Some(36)),
            (context(0x0303, 0), Some(12)),
            (context(0x0304, 0x1301), Some(32)),
            (context(0x0304, 0x1302), Some(48)),
            (context(0x0304, 0xfefe), None),
        ] {
            assert_eq!(verify_data_length(&context), length);
        }
        assert!(!has_explicit_nonce(&context(0x0304, 0x1301)), "TLS 1.3 derives its nonces");
        assert!(!has_explicit_nonce(&Context::default()));
    }
}
