//! What is kept of a certificate.

use std::fmt;

/// The facts of one certificate (RFC 5280 4.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate as it was sent.
    pub der: Box<[u8]>,
    /// SHA-256 of the DER.
    pub sha256: [u8; 32],
    /// SHA-1 of the DER, which many tools still print.
    pub sha1: [u8; 20],
    /// Whether the DER could be read as a certificate. When not, only the DER, the fingerprints and `problem` mean
    /// something.
    pub readable: bool,
    /// Why it could not be read.
    pub problem: Option<String>,
    /// 1, 2 or 3.
    pub version: u8,
    /// The serial number's content bytes as sent, a leading zero byte included.
    pub serial: Vec<u8>,
    /// Who it is for.
    pub subject: Name,
    /// Who signed it.
    pub issuer: Name,
    /// Seconds since 1970 from which on it is valid.
    pub not_before: i64,
    /// Seconds since 1970 of the last moment at which it is valid.
    pub not_after: i64,
    /// The public key.
    pub key: PublicKey,
    /// The signature algorithm, by name, or as dotted OID when it has none.
    pub signature_algorithm: String,
    /// The names of subjectAltName.
    pub subject_alt_names: Vec<GeneralName>,
    /// basicConstraints: `None` without the extension.
    pub is_ca: Option<bool>,
    /// pathLenConstraint of basicConstraints.
    pub path_length: Option<u32>,
    /// keyUsage, the names of the bits that are set.
    pub key_usage: Vec<&'static str>,
    /// extendedKeyUsage, by name, or as dotted OID.
    pub extended_key_usage: Vec<String>,
    /// subjectKeyIdentifier.
    pub subject_key_identifier: Option<Vec<u8>>,
    /// keyIdentifier of authorityKeyIdentifier.
    pub authority_key_identifier: Option<Vec<u8>>,
    /// Addresses of OCSP responders.
    pub ocsp_urls: Vec<String>,
    /// Addresses from which the issuer's certificate can be had.
    pub ca_issuers_urls: Vec<String>,
    /// Addresses of certificate revocation lists.
    pub crl_urls: Vec<String>,
    /// How many signed certificate timestamps are embedded.
    pub sct_count: u16,
    /// Whether the certificate demands a stapled OCSP response (RFC 7633).
    pub must_staple: bool,
    /// The OIDs of its extensions in order, each with its critical flag.
    pub extensions: Vec<(String, bool)>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({} by {})", self.subject, self.issuer)
    }
}

impl Certificate {
    /// Whether subject and issuer are the same name, which is how a self-signed certificate looks from outside.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.readable && self.subject == self.issuer
    }

    /// What names it best in a list: its subject in short, or the first of its other names where that is empty, as with
    /// many new ones.
    #[must_use]
    pub fn short(&self) -> String {
        let subject = self.subject.short();
        match self.subject_alt_names.first() {
            Some(name) if subject.is_empty() => name.to_string(),
            _ => subject,
        }
    }

    /// Whether `time` (seconds since 1970) lies inside the validity period.
    #[must_use]
    pub fn is_valid_at(&self, time: i64) -> bool {
        (self.not_before..=self.not_after).contains(&time)
    }
}

/// A distinguished name: its attributes in the order of the DER.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Name {
    /// Short attribute name (`CN`, `O`, `emailAddress`, or a dotted OID) and value.
    pub attributes: Vec<(String, String)>,
}

impl Name {
    /// The last commonName.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.attributes.iter().rev().find(|(key, _)| key == "CN").map(|(_, value)| value.as_str())
    }

    /// What names it best in a list: the common name, or else the organisation's unit or name, or the whole.
    #[must_use]
    pub fn short(&self) -> String {
        let of = |wanted: &str| self.attributes.iter().rev().find(|(key, _)| key == wanted).map(|(_, v)| v.clone());
        of("CN").or_else(|| of("OU")).or_else(|| of("O")).unwrap_or_else(|| self.to_string())
    }
}

impl fmt::Display for Name {
    /// `CN=localhost, O=Example`: the attributes in the order of the DER. The text is as sent; whoever shows it makes
    /// it printable.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, value)) in self.attributes.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{key}={value}")?;
        }
        Ok(())
    }
}

/// One name of subjectAltName (RFC 5280 4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GeneralName {
    /// dNSName.
    Dns(String),
    /// iPAddress.
    Ip(std::net::IpAddr),
    /// rfc822Name.
    Email(String),
    /// uniformResourceIdentifier.
    Uri(String),
    /// directoryName, as text.
    Directory(String),
    /// Any other kind: its kind and value as text.
    Other(String),
}

impl fmt::Display for GeneralName {
    /// `DNS:localhost`, `IP:127.0.0.1`, as openssl writes them. The text is as sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => write!(f, "DNS:{name}"),
            Self::Ip(address) => write!(f, "IP:{address}"),
            Self::Email(address) => write!(f, "email:{address}"),
            Self::Uri(uri) => write!(f, "URI:{uri}"),
            Self::Directory(name) => write!(f, "DirName:{name}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// A public key (RFC 5280 4.1.2.7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicKey {
    /// `RSA`, `ECDSA`, `Ed25519`, `ML-DSA-44`, or the dotted OID of what has no name.
    pub algorithm: String,
    /// The curve or parameter set: `P-256`; empty where there is none.
    pub parameters: String,
    /// Strength as usually counted: bits of the modulus or of the field. 0 where it is not known.
    pub bits: u32,
}

impl fmt::Display for PublicKey {
    /// `RSA 2048`, `ECDSA P-256`, `Ed25519`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.algorithm)?;
        if !self.parameters.is_empty() {
            write!(f, " {}", self.parameters)
        } else if self.bits > 0 && self.algorithm == "RSA" {
            write!(f, " {}", self.bits)
        } else {
            Ok(())
        }
    }
}
