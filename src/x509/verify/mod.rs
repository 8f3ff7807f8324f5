//! The explaining verifier: whether a chain of certificates is good at a given moment for given anchors, and which
//! checks say so.

/// One check of a certificate, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// It can be read.
    Parse,
    /// A way leads from it to an anchor.
    ChainBuilt,
    /// The issuer's key made its signature.
    Signature,
    /// The moment lies between notBefore and notAfter.
    Validity,
    /// Whoever signs certificates is an authority.
    CaFlag,
    /// No more authorities lie below it than it allows.
    PathLength,
    /// It may be used for this.
    Purpose,
    /// The names below an authority are among those it may speak for.
    Constraints,
    /// Every critical extension is understood.
    CriticalExtension,
    /// It was not revoked.
    Revocation,
    /// The way ends at an anchor that is trusted.
    Trust,
    /// It names the host that was wanted.
    Name,
}

impl Check {
    /// All of them, in order.
    pub const ALL: [Self; 12] = [
        Self::Parse,
        Self::ChainBuilt,
        Self::Signature,
        Self::Validity,
        Self::CaFlag,
        Self::PathLength,
        Self::Purpose,
        Self::Constraints,
        Self::CriticalExtension,
        Self::Revocation,
        Self::Trust,
        Self::Name,
    ];

    /// The word of scenario files, screens and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::ChainBuilt => "chain-built",
            Self::Signature => "signature",
            Self::Validity => "validity",
            Self::CaFlag => "ca-flag",
            Self::PathLength => "pathlen",
            Self::Purpose => "purpose",
            Self::Constraints => "constraints",
            Self::CriticalExtension => "critical-ext",
            Self::Revocation => "revocation",
            Self::Trust => "trust",
            Self::Name => "name",
        }
    }
}

/// What came of verifying a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Whether the chain was accepted.
    pub accepted: bool,
}
