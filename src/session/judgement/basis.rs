//! By what certificates are judged: what the user gave beside the captures.

use super::Verifiers;
use crate::x509::verify::{
    CrlDepth, CrlRule, CtLogs, ExpiredCrl, LaterRevocation, Profile, RevocationLists, TrustAnchors, UnknownStatus,
};

/// By what certificates are judged.
#[derive(Clone, Debug, Default)]
pub struct Basis {
    /// Whom the user trusts.
    pub anchors: TrustAnchors,
    /// The revocation lists that the user gave.
    pub lists: RevocationLists,
    /// The logs whose timestamps can be checked.
    pub logs: CtLogs,
    /// By whose rules it is decided.
    pub profile: Profile,
    /// Which sessions are judged.
    pub docket: Docket,
    /// Peers of whom it is known by what they judged themselves. That comes before all that the user chose.
    pub verifiers: Verifiers,
}

/// Which sessions are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Docket {
    /// All that failed; of the others so many chains as take no time that anybody notices.
    #[default]
    Bounded,
    /// All.
    All,
    /// None.
    None,
}

impl Basis {
    /// A list speaks of what it was made for. That a certificate is on none of those that somebody happens to have says
    /// nothing against it; and who was taken back after the capture was good then.
    pub(super) const CRL_RULE: CrlRule = CrlRule {
        depth: CrlDepth::Chain,
        unknown: UnknownStatus::Allow,
        expired: ExpiredCrl::Ignore,
        later: LaterRevocation::DoesNotCount,
    };
}
