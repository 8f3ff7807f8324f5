//! What `[pki]` says: certificates with their keys, and revocation lists.

use std::fmt;

/// One entry of `[pki]`.
#[derive(Clone, Debug, PartialEq)]
pub enum PkiItem {
    /// A certificate with its key: `kind = "ca"` or `kind = "leaf"`.
    Certificate(Box<CertificatePlan>),
    /// A certificate revocation list: `kind = "crl"`.
    RevocationList(RevocationListPlan),
}

/// How a certificate is to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct CertificatePlan {
    /// Whether it is an authority by its `kind`; `ca` may say something else in the certificate.
    pub is_authority: bool,
    /// The common name of the subject; without it the subject is empty for a leaf.
    pub cn: Option<String>,
    /// The organization of the subject.
    pub organization: Option<String>,
    /// Who signs it, by name; nobody else means that it signs itself.
    pub issuer: Option<String>,
    /// Whose key it certifies, by name, where it is not its own: a cross-sign.
    pub key_of: Option<String>,
    /// What it is for, which sets the extended key usage unless `eku` does.
    pub usage: Usage,
    /// The names of subjectAltName.
    pub san: Vec<AltName>,
    /// From when to when it is valid, in seconds since 1970.
    pub valid: (i64, i64),
    /// The kind of its key.
    pub key: KeyKind,
    /// The CA flag of basicConstraints; `None` follows `kind`.
    pub ca: Option<bool>,
    /// pathLenConstraint.
    pub path_length: Option<u8>,
    /// Names that are permitted below it.
    pub permit: Vec<AltName>,
    /// Names that are excluded below it.
    pub exclude: Vec<AltName>,
    /// Key usage by the standard's names; `None` is what the kind of certificate usually has.
    pub key_usage: Option<Vec<String>>,
    /// Extended key usage by the standard's names or as OIDs; `None` follows `usage`.
    pub extended_key_usage: Option<Vec<String>>,
    /// Further extensions.
    pub extensions: Vec<ExtraExtension>,
    /// The serial number; `None` is made from the seed.
    pub serial: Option<u64>,
    /// What is broken after it was signed.
    pub damage: Option<Damage>,
    /// The names that its owner asks for in a certificate signing request (RFC 2986); `san` is what was granted.
    pub request: Option<Vec<AltName>>,
}

/// What a leaf is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Usage {
    /// serverAuth.
    #[default]
    Server,
    /// clientAuth.
    Client,
    /// Both.
    Both,
    /// No extended key usage at all.
    None,
}

words!(Usage { Server = "server", Client = "client", Both = "both", None = "none" });

/// A name of subjectAltName or of a name constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AltName {
    /// A host name, or a domain in a constraint.
    Dns(String),
    /// `ip:`: an address, or a network such as `10.0.0.0/8` in a constraint.
    Ip(String),
    /// `email:`.
    Email(String),
    /// `uri:`.
    Uri(String),
}

impl fmt::Display for AltName {
    /// As the file has it: a host name bare, the others behind their kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(text) => f.write_str(text),
            Self::Ip(text) => write!(f, "ip:{text}"),
            Self::Email(text) => write!(f, "email:{text}"),
            Self::Uri(text) => write!(f, "uri:{text}"),
        }
    }
}

/// The kinds of keys that certificates can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// ECDSA with secp256r1.
    #[default]
    P256,
    /// ECDSA with secp384r1.
    P384,
    /// Ed25519.
    Ed25519,
    /// RSA with 2048 bits.
    Rsa2048,
    /// RSA with 3072 bits.
    Rsa3072,
    /// RSA with 4096 bits.
    Rsa4096,
}

words!(KeyKind {
    P256 = "p256",
    P384 = "p384",
    Ed25519 = "ed25519",
    Rsa2048 = "rsa2048",
    Rsa3072 = "rsa3072",
    Rsa4096 = "rsa4096",
});

/// An extension that is written as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraExtension {
    /// Its dotted OID.
    pub oid: Vec<u64>,
    /// The DER of its value.
    pub der: Vec<u8>,
    /// Whether it is critical.
    pub critical: bool,
}

/// What can be done to a certificate after it was signed, or to its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The last bit of the signature is turned over.
    FlipSignature,
    /// One letter of the subject is another one.
    EditSubject,
    /// The peer holds the private key of somebody else.
    WrongKey,
}

words!(Damage { FlipSignature = "flip-signature", EditSubject = "edit-subject", WrongKey = "wrong-key" });

/// How a certificate revocation list is to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct RevocationListPlan {
    /// The authority whose certificates it is about.
    pub of: String,
    /// What it lists.
    pub revoked: Vec<RevokedPlan>,
    /// thisUpdate, in seconds since 1970.
    pub updated: i64,
    /// nextUpdate, in seconds since 1970.
    pub next: i64,
    /// Who signs it, by name, where it is not `of`.
    pub signed_by: Option<String>,
}

/// One entry of a revocation list.
#[derive(Clone, Debug, PartialEq)]
pub struct RevokedPlan {
    /// The certificate, by name.
    pub certificate: String,
    /// The reason by the standard's name (`keyCompromise`).
    pub reason: Option<String>,
    /// When it was revoked, in seconds since 1970.
    pub at: i64,
}
