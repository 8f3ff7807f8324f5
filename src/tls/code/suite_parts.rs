//! What a cipher suite is made of: its key exchange and its authentication, and a label that fits a column.
//!
//! The table of tls-parser has the parts of most registered suites. What it lacks (drafts, national suites, SSL 3.0)
//! is read from the name, which is built from the parts. What neither tells is `Unknown`.

use super::CipherSuite;
use tls_parser::{TlsCipherAu, TlsCipherKx, TlsCipherSuite};

/// How a suite makes the secret of a connection. It decides what ServerKeyExchange and ClientKeyExchange look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyExchange {
    /// No key exchange: the null suite, and signals in the place of a suite.
    Null,
    /// The client encrypts the premaster secret with the RSA key of the certificate (RFC 5246 7.4.7.1).
    Rsa,
    /// Like `Rsa`, with a short temporary RSA key for export (RFC 2246 7.4.3).
    RsaExport,
    /// Diffie-Hellman with the fixed key of an RSA- or DSA-signed certificate (RFC 5246 7.4.7.2).
    DhStatic,
    /// Diffie-Hellman with a key for this connection, signed by the server; export suites too.
    Dhe,
    /// Diffie-Hellman with a key for this connection that nobody signs.
    DheAnon,
    /// Elliptic-curve Diffie-Hellman with the fixed key of the certificate (RFC 8422).
    EcdhStatic,
    /// Elliptic-curve Diffie-Hellman with a key for this connection, signed by the server (RFC 8422 2.1).
    Ecdhe,
    /// Elliptic-curve Diffie-Hellman with a key for this connection that nobody signs.
    EcdhAnon,
    /// A pre-shared key alone (RFC 4279 2).
    Psk,
    /// A pre-shared key together with Diffie-Hellman (RFC 4279 3).
    DhePsk,
    /// A pre-shared key together with elliptic-curve Diffie-Hellman (RFC 5489).
    EcdhePsk,
    /// A pre-shared key together with RSA encryption (RFC 4279 4).
    RsaPsk,
    /// A Kerberos ticket (RFC 2712).
    Krb5,
    /// A password by SRP (RFC 5054).
    Srp,
    /// A password by EC J-PAKE (draft-cragie-tls-ecjpake).
    EcJpake,
    /// A password by Dragonfly (RFC 8492).
    EccPwd,
    /// Russian GOST algorithms (RFC 9189).
    Gost,
    /// The client encrypts the premaster secret with the SM2 key of the certificate (GB/T 38636).
    EccSm2,
    /// SM2 key exchange (GB/T 38636).
    EcdheSm2,
    /// x25519 joined with a post-quantum mechanism, an experiment of 2016.
    Cecpq1,
    /// The Fortezza card of SSL 3.0 (RFC 6101).
    Fortezza,
    /// Not part of the suite: TLS 1.3 negotiates it by extensions (RFC 8446 1.2).
    Tls13,
    /// Nothing is known of it.
    Unknown,
}

/// How a suite proves who the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Authentication {
    /// Not at all: anybody in the middle can take part.
    Anonymous,
    /// A certificate with an RSA key.
    Rsa,
    /// A certificate with a DSA key.
    Dss,
    /// A certificate with a key for ECDSA or EdDSA (RFC 8422 2.1).
    Ecdsa,
    /// Knowledge of the pre-shared key.
    Psk,
    /// A Kerberos ticket.
    Krb5,
    /// Knowledge of a password (SRP, EC J-PAKE, Dragonfly).
    Password,
    /// A certificate with a GOST key.
    Gost,
    /// A certificate with an SM2 key.
    Sm2,
    /// Not part of the suite: TLS 1.3 negotiates it by extensions.
    Tls13,
    /// Nothing is known of it.
    Unknown,
}

impl KeyExchange {
    /// The words for it, as names of suites write them: `ECDHE`, `RSA export`.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Null => "none",
            Self::Rsa => "RSA",
            Self::RsaExport => "RSA export",
            Self::DhStatic => "static DH",
            Self::Dhe => "DHE",
            Self::DheAnon => "anonymous DH",
            Self::EcdhStatic => "static ECDH",
            Self::Ecdhe => "ECDHE",
            Self::EcdhAnon => "anonymous ECDH",
            Self::Psk => "PSK",
            Self::DhePsk => "DHE-PSK",
            Self::EcdhePsk => "ECDHE-PSK",
            Self::RsaPsk => "RSA-PSK",
            Self::Krb5 => "Kerberos 5",
            Self::Srp => "SRP",
            Self::EcJpake => "EC J-PAKE",
            Self::EccPwd => "ECC-PWD",
            Self::Gost => "GOST",
            Self::EccSm2 => "SM2 encryption",
            Self::EcdheSm2 => "SM2 key exchange",
            Self::Cecpq1 => "CECPQ1",
            Self::Fortezza => "Fortezza KEA",
            Self::Tls13 => "TLS 1.3 (by extensions)",
            Self::Unknown => "unknown",
        }
    }
}

impl Authentication {
    /// The words for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Anonymous => "none",
            Self::Rsa => "RSA certificate",
            Self::Dss => "DSA certificate",
            Self::Ecdsa => "ECDSA or EdDSA certificate",
            Self::Psk => "pre-shared key",
            Self::Krb5 => "Kerberos 5",
            Self::Password => "password",
            Self::Gost => "GOST certificate",
            Self::Sm2 => "SM2 certificate",
            Self::Tls13 => "TLS 1.3 (by extensions)",
            Self::Unknown => "unknown",
        }
    }
}

impl CipherSuite {
    /// How the suite makes the secret of a connection.
    #[must_use]
    pub fn key_exchange(self) -> KeyExchange {
        self.parts().0
    }

    /// How the suite proves who the server is.
    #[must_use]
    pub fn authentication(self) -> Authentication {
        self.parts().1
    }

    /// Whether recorded traffic stays closed when the long-term key is stolen later. `None` where the suite does not
    /// tell: in TLS 1.3 it holds whenever the ServerHello has a key_share, which only `psk_ke` lacks.
    #[must_use]
    pub fn has_forward_secrecy(self) -> Option<bool> {
        use KeyExchange as K;
        match self.key_exchange() {
            K::Dhe | K::DheAnon | K::Ecdhe | K::EcdhAnon | K::DhePsk | K::EcdhePsk | K::Cecpq1 => Some(true),
            K::Srp | K::EcJpake | K::EccPwd => Some(true),
            K::Rsa | K::RsaExport | K::DhStatic | K::EcdhStatic | K::Psk | K::RsaPsk | K::EccSm2 => Some(false),
            K::Null | K::Krb5 | K::Gost | K::EcdheSm2 | K::Fortezza | K::Tls13 | K::Unknown => None,
        }
    }

    /// Whether it is one of the suites weakened on purpose for export in the 1990s.
    #[must_use]
    pub fn is_export(self) -> bool {
        self.name().is_some_and(|name| name.contains("_EXPORT"))
    }

    /// A compact label for columns: `AES_256_GCM_SHA384` for TLS 1.3, `ECDHE-ECDSA-AES256-GCM-SHA384` for what came
    /// before, the number of what has no name.
    #[must_use]
    pub fn short(self) -> String {
        let Some(name) = self.name() else { return format!("0x{:04x}", self.0) };
        let name = name.strip_prefix("TLS_").or_else(|| name.strip_prefix("SSL_")).unwrap_or(name);
        if self.is_signal() || !name.contains("_WITH_") {
            return name.to_owned();
        }
        let mut label = String::with_capacity(name.len());
        let mut before = "";
        for word in name.split('_').filter(|word| *word != "WITH") {
            let glued = word.bytes().all(|b| b.is_ascii_digit()) && matches!(before, "AES" | "CAMELLIA" | "ARIA");
            if !(label.is_empty() || glued) {
                label.push('-');
            }
            label.push_str(word);
            before = word;
        }
        label
    }

    fn parts(self) -> (KeyExchange, Authentication) {
        match TlsCipherSuite::from_id(self.0) {
            Some(suite) => from_table(suite),
            None => self.name().map_or((KeyExchange::Unknown, Authentication::Unknown), from_name),
        }
    }
}

fn from_table(suite: &TlsCipherSuite) -> (KeyExchange, Authentication) {
    use Authentication as A;
    use KeyExchange as K;
    let export = suite.name.contains("_EXPORT");
    let exchange = match (suite.kx, suite.au) {
        (TlsCipherKx::Null, _) => K::Null,
        (TlsCipherKx::Dhe, TlsCipherAu::Psk) | (TlsCipherKx::Psk, TlsCipherAu::Dhe) => K::DhePsk,
        (TlsCipherKx::Ecdhe, TlsCipherAu::Psk) => K::EcdhePsk,
        (TlsCipherKx::Rsa, TlsCipherAu::Psk) => K::RsaPsk,
        (TlsCipherKx::Psk, _) => K::Psk,
        (TlsCipherKx::Rsa, _) if export => K::RsaExport,
        (TlsCipherKx::Rsa, _) => K::Rsa,
        (TlsCipherKx::Dh, TlsCipherAu::Null) => K::DheAnon,
        (TlsCipherKx::Dh, _) => K::DhStatic,
        (TlsCipherKx::Dhe, _) => K::Dhe,
        (TlsCipherKx::Ecdh, TlsCipherAu::Null) | (TlsCipherKx::Aecdh, _) => K::EcdhAnon,
        (TlsCipherKx::Ecdh, _) => K::EcdhStatic,
        (TlsCipherKx::Ecdhe, _) => K::Ecdhe,
        (TlsCipherKx::Krb5, _) => K::Krb5,
        (TlsCipherKx::Srp, _) => K::Srp,
        (TlsCipherKx::Eccpwd, _) => K::EccPwd,
        (TlsCipherKx::Tls13, _) => K::Tls13,
    };
    let authentication = match suite.au {
        TlsCipherAu::Null => A::Anonymous,
        TlsCipherAu::Psk | TlsCipherAu::Dhe => A::Psk,
        TlsCipherAu::Krb5 => A::Krb5,
        TlsCipherAu::Srp | TlsCipherAu::Eccpwd => A::Password,
        TlsCipherAu::Srp_Dss | TlsCipherAu::Dss => A::Dss,
        TlsCipherAu::Srp_Rsa | TlsCipherAu::Rsa => A::Rsa,
        TlsCipherAu::Ecdsa => A::Ecdsa,
        TlsCipherAu::Tls13 => A::Tls13,
    };
    (exchange, authentication)
}

/// Reads the parts from a name that tls-parser does not know. The first prefix that fits decides.
fn from_name(name: &str) -> (KeyExchange, Authentication) {
    use Authentication as A;
    use KeyExchange as K;
    let prefixes = [
        ("SSL_FORTEZZA_KEA", K::Fortezza, A::Unknown),
        ("SSL_RSA_FIPS", K::Rsa, A::Rsa),
        ("TLS_CECPQ1_RSA", K::Cecpq1, A::Rsa),
        ("TLS_CECPQ1_ECDSA", K::Cecpq1, A::Ecdsa),
        ("TLS_ECJPAKE", K::EcJpake, A::Password),
        ("TLS_ECDHE_RSA", K::Ecdhe, A::Rsa),
        ("TLS_ECDHE_ECDSA", K::Ecdhe, A::Ecdsa),
        ("TLS_ECDHE_PSK", K::EcdhePsk, A::Psk),
        ("TLS_DHE_RSA", K::Dhe, A::Rsa),
        ("TLS_DHE_PSK", K::DhePsk, A::Psk),
        ("TLS_RSA_PSK", K::RsaPsk, A::Psk),
        ("TLS_PSK", K::Psk, A::Psk),
        ("TLS_ECDHE_SM", K::EcdheSm2, A::Sm2),
        ("TLS_ECC_SM", K::EccSm2, A::Sm2),
        ("TLS_RSA", K::Rsa, A::Rsa),
    ];
    if name.starts_with("TLS_GOSTR") {
        return if name.contains("_MGM_") { (K::Tls13, A::Tls13) } else { (K::Gost, A::Gost) };
    }
    let found = prefixes.into_iter().find(|(prefix, ..)| name.starts_with(prefix));
    found.map_or((K::Unknown, A::Unknown), |(_, exchange, authentication)| (exchange, authentication))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_suites() {
        use Authentication as A;
        use KeyExchange as K;
        for (suite, exchange, authentication, forward) in [
            (0x0000, K::Null, A::Anonymous, None),
            (0x0003, K::RsaExport, A::Rsa, Some(false)),
            (0x002f, K::Rsa, A::Rsa, Some(false)),
            (0x0014, K::Dhe, A::Rsa, Some(true)),
            (0x0034, K::DheAnon, A::Anonymous, Some(true)),
            (0x0030, K::DhStatic, A::Dss, Some(false)),
            (0x0020, K::Krb5, A::Krb5, None),
            (0x008c, K::Psk, A::Psk, Some(false)),
            (0x00aa, K::DhePsk, A::Psk, Some(true)),
            (0x00ac, K::RsaPsk, A::Psk, Some(false)),
            (0x00ff, K::Null, A::Anonymous, None),
            (0x1302, K::Tls13, A::Tls13, None),
            (0xc004, K::EcdhStatic, A::Ecdsa, Some(false)),
            (0xc018, K::EcdhAnon, A::Anonymous, Some(true)),
            (0xc01d, K::Srp, A::Password, Some(true)),
            (0xc01e, K::Srp, A::Rsa, Some(true)),
            (0xc02f, K::Ecdhe, A::Rsa, Some(true)),
            (0xc0aa, K::DhePsk, A::Psk, Some(true)),
            (0xc0ff, K::EcJpake, A::Password, Some(true)),
            (0xc0b0, K::EccPwd, A::Password, Some(true)),
            (0xc102, K::Gost, A::Gost, None),
            (0xc103, K::Tls13, A::Tls13, None),
            (0xcc14, K::Ecdhe, A::Ecdsa, Some(true)),
            (0xd001, K::EcdhePsk, A::Psk, Some(true)),
            (0xe013, K::EccSm2, A::Sm2, Some(false)),
            (0xe011, K::EcdheSm2, A::Sm2, None),
            (0xfeff, K::Rsa, A::Rsa, Some(false)),
            (0x0a0a, K::Unknown, A::Unknown, None),
            (0x9999, K::Unknown, A::Unknown, None),
        ] {
            let suite = CipherSuite(suite);
            let found = (suite.key_exchange(), suite.authentication(), suite.has_forward_secrecy());
            assert_eq!(found, (exchange, authentication, forward), "{suite}");
        }
    }

    #[test]
    fn short_labels() {
        for (suite, label) in [
            (0x1302, "AES_256_GCM_SHA384"),
            (0xc02c, "ECDHE-ECDSA-AES256-GCM-SHA384"),
            (0x002f, "RSA-AES128-CBC-SHA"),
            (0x0004, "RSA-RC4-128-MD5"),
            (0xcca8, "ECDHE-RSA-CHACHA20-POLY1305-SHA256"),
            (0xcc13, "ECDHE-RSA-CHACHA20-POLY1305-SHA256 (draft)"),
            (0x00ff, "EMPTY_RENEGOTIATION_INFO_SCSV"),
            (0xfeff, "RSA-FIPS-3DES-EDE-CBC-SHA"),
            (0x2a2a, "GREASE"),
            (0x9999, "0x9999"),
        ] {
            assert_eq!(CipherSuite(suite).short(), label);
        }
    }

    #[test]
    fn the_two_tables_agree_on_names() {
        for row in CipherSuite::TABLE {
            if let Some(suite) = TlsCipherSuite::from_id(row.value) {
                assert_eq!(suite.name, row.name);
            }
        }
    }
}
