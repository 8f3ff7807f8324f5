//! Why a path is refused, in the words of rustls-webpki, and which reason it tells when several paths failed.

/// A reason for refusing. The names are those of `webpki::Error`; [`AgainstStandard`](Self::AgainstStandard) alone is
/// none of its, and stands for what only the strict profile demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names of webpki::Error, which says what they mean")]
pub enum Refusal {
    BadDer,
    BadDerTime,
    CaUsedAsEndEntity,
    CertDistrusted,
    CertExpired,
    CertNotValidForName,
    CertNotValidYet,
    CertRevoked,
    CrlExpired,
    EmptyEkuExtension,
    EndEntityUsedAsCa,
    ExtensionValueInvalid,
    InvalidCertValidity,
    InvalidCrlNumber,
    InvalidCrlSignatureForPublicKey,
    InvalidNetworkMaskConstraint,
    InvalidSerialNumber,
    InvalidSignatureForPublicKey,
    IssuerNotCrlSigner,
    MalformedDnsIdentifier,
    MalformedExtensions,
    MalformedNameConstraint,
    MaximumNameConstraintComparisonsExceeded,
    MaximumPathBuildCallsExceeded,
    MaximumPathDepthExceeded,
    MaximumSignatureChecksExceeded,
    NameConstraintViolation,
    PathLenConstraintViolated,
    RequiredEkuNotFound,
    SignatureAlgorithmMismatch,
    TrailingData,
    UnknownIssuer,
    UnknownRevocationStatus,
    UnsupportedCertVersion,
    UnsupportedCriticalExtension,
    UnsupportedCrlIssuingDistributionPoint,
    UnsupportedCrlSignatureAlgorithm,
    UnsupportedCrlSignatureAlgorithmForPublicKey,
    UnsupportedCrlVersion,
    UnsupportedDeltaCrl,
    UnsupportedIndirectCrl,
    UnsupportedNameType,
    UnsupportedRevocationReason,
    UnsupportedRevocationReasonsPartitioning,
    UnsupportedSignatureAlgorithm,
    UnsupportedSignatureAlgorithmForPublicKey,
    AgainstStandard,
}

impl Refusal {
    /// The name of the error in rustls-webpki.
    #[must_use]
    pub fn word(self) -> String {
        format!("{self:?}")
    }

    /// How specific the reason is. Of several paths that failed, the most specific reason is told, and of equals the
    /// first; the order is that of rustls-webpki.
    pub(crate) fn rank(self) -> u16 {
        match self {
            Self::CertNotValidYet | Self::CertExpired => 290,
            Self::CertNotValidForName => 280,
            Self::CertDistrusted | Self::CertRevoked | Self::UnknownRevocationStatus | Self::CrlExpired => 270,
            Self::InvalidCrlSignatureForPublicKey | Self::InvalidSignatureForPublicKey => 260,
            Self::SignatureAlgorithmMismatch => 250,
            Self::EmptyEkuExtension => 245,
            Self::RequiredEkuNotFound => 240,
            Self::NameConstraintViolation => 230,
            Self::PathLenConstraintViolated => 220,
            Self::CaUsedAsEndEntity | Self::EndEntityUsedAsCa => 210,
            Self::AgainstStandard => 205,
            Self::IssuerNotCrlSigner => 200,
            Self::InvalidCertValidity => 190,
            Self::InvalidNetworkMaskConstraint => 180,
            Self::InvalidSerialNumber => 170,
            Self::InvalidCrlNumber => 160,
            Self::UnsupportedCrlSignatureAlgorithmForPublicKey | Self::UnsupportedSignatureAlgorithmForPublicKey => 150,
            Self::UnsupportedCrlSignatureAlgorithm | Self::UnsupportedSignatureAlgorithm => 140,
            Self::UnsupportedCriticalExtension | Self::UnsupportedCertVersion => 130,
            Self::UnsupportedCrlVersion => 120,
            Self::UnsupportedDeltaCrl => 110,
            Self::UnsupportedIndirectCrl => 100,
            Self::UnsupportedNameType => 95,
            Self::UnsupportedRevocationReason => 90,
            Self::UnsupportedRevocationReasonsPartitioning => 80,
            Self::UnsupportedCrlIssuingDistributionPoint => 70,
            Self::MaximumPathDepthExceeded => 61,
            Self::MalformedDnsIdentifier => 60,
            Self::MalformedNameConstraint => 50,
            Self::MalformedExtensions | Self::TrailingData => 40,
            Self::ExtensionValueInvalid => 30,
            Self::BadDerTime => 20,
            Self::BadDer => 10,
            Self::MaximumSignatureChecksExceeded
            | Self::MaximumPathBuildCallsExceeded
            | Self::MaximumNameConstraintComparisonsExceeded
            | Self::UnknownIssuer => 0,
        }
    }

    /// Whether the search ends with it: a limit against inputs that are made to keep a verifier busy.
    pub(crate) fn is_fatal(self) -> bool {
        matches!(
            self,
            Self::MaximumSignatureChecksExceeded
                | Self::MaximumPathBuildCallsExceeded
                | Self::MaximumNameConstraintComparisonsExceeded
        )
    }

    /// The reason as it reads when it was a revocation list whose signature was checked.
    pub(crate) fn of_crl_signature(self) -> Self {
        match self {
            Self::UnsupportedSignatureAlgorithm => Self::UnsupportedCrlSignatureAlgorithm,
            Self::UnsupportedSignatureAlgorithmForPublicKey => Self::UnsupportedCrlSignatureAlgorithmForPublicKey,
            Self::InvalidSignatureForPublicKey => Self::InvalidCrlSignatureForPublicKey,
            other => other,
        }
    }
}
