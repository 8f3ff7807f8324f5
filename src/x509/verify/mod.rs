//! The explaining verifier: is this chain good for this peer at this moment, and why?
//!
//! A TLS library tells its first failure and nothing more. Here every check of every certificate is made and has its
//! evidence, and the verdict is the one that rustls would give, or the one that the standard demands.

mod check;
mod facts;
mod refusal;

pub use check::Check;
pub use facts::{
    CrlDepth, CrlRule, ExpiredCrl, Outcome, PathLink, PeerName, Profile, Purpose, Request, Rung, UnknownStatus,
    Verification, Which,
};
pub use refusal::Refusal;

/// Verifies the certificates that a peer sent.
#[must_use]
pub fn verify(request: &Request<'_>) -> Verification {
    // No path is looked for yet, so none is found.
    Verification {
        profile: request.profile,
        accepted: false,
        refusal: Some(Refusal::UnknownIssuer),
        path: Vec::new(),
        rungs: Vec::new(),
        first_failure: None,
        superfluous: Vec::new(),
    }
}
