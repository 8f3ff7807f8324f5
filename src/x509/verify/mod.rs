//! The explaining verifier: is this chain good for this peer at this moment, and why?
//!
//! A TLS library tells its first failure and nothing more. Here every check of every certificate is made and has its
//! evidence, and the verdict is the one that rustls would give, or the one that the standard demands. The room has no
//! clock, no store and no network: whoever asks gives the moment, the anchors and the revocation lists.
//!
//! ```text
//!   strict                  DER as rustls accepts it ─► the parts that decide
//!     ▲
//!   name  signature  revocation  constraint  staple     one question each, answered with a Refusal
//!     ▲
//!   candidate ◄─ standard   a certificate, and the faults that it has by itself
//!     ▲
//!   search                  the path, in the order and with the limits of rustls-webpki ─► the verdict
//!   ladder  quiet           all checks of one path, with what speaks against it and for it ─► the rungs
//!
//!   anchors  lists  logs     what somebody chose to trust, and the lists that somebody has: those that a chain asks for
//!   timestamp ─► logs        whether a public log promised to list the certificate
//! ```
//!
//! One table of faults serves both profiles: each `Finding` says by whose rules it is one.

mod anchors;
mod candidate;
mod check;
mod constraint;
mod facts;
mod finding;
mod ladder;
mod lists;
mod logs;
mod name;
mod quiet;
mod refusal;
mod revocation;
mod search;
mod signature;
mod standard;
mod staple;
mod strict;
mod timestamp;

pub use anchors::{TrustAnchor, TrustAnchors};
pub use check::Check;
pub use facts::{
    CrlDepth, CrlRule, ExpiredCrl, LaterRevocation, Outcome, PathLink, PeerName, Profile, Purpose, Request, Rung,
    UnknownStatus, Verification, Which,
};
pub use lists::RevocationLists;
pub use logs::{CtLog, CtLogs, Standing};
pub use refusal::Refusal;
pub use signature::{Digest, KeyKind, SignatureFault, SignatureWay, check_signature, key_kind, public_key_of};
pub use timestamp::{
    Delivery, Doubt, TimestampCheck, TimestampRequest, TimestampResult, check_timestamps, timestamp_turns,
};

use ladder::{Ladder, Step, Way};
use search::{Ground, Reported, Signatures, search};

/// How many paths are compared for the one to show, where none holds.
const MOST_WAYS: usize = 64;

/// Verifies the certificates that a peer sent.
#[must_use]
pub fn verify(request: &Request<'_>) -> Verification {
    let ground = Ground::new(request);
    let mut signatures = Signatures::default();
    let result = search(&ground, &mut signatures);
    let (way, reported) = match result {
        Ok(found) => (Way { path: found.path, anchor: Some(found.anchor) }, None),
        Err(reported) => (closest(&ground, &mut signatures, &reported), Some(reported)),
    };
    let mut ladder = Ladder::new(&ground, &mut signatures, &way);
    let mut steps = ladder.steps();
    let first_failure = reported.map(|reported| place(&mut steps, &reported, &ladder));
    let path = ladder.links();
    let superfluous = (0..request.sent.len()).filter(|index| !way.path.contains(index)).collect();
    Verification {
        profile: request.profile,
        accepted: reported.is_none(),
        refusal: reported.map(|reported| reported.refusal),
        path,
        rungs: steps.into_iter().map(|(rung, _)| rung).collect(),
        first_failure,
        superfluous,
    }
}

/// The rung that shows the failure that is told; one is added where none does.
fn place(steps: &mut Vec<Step>, reported: &Reported, ladder: &Ladder<'_, '_>) -> usize {
    let same = |step: &Step| step.0.enforced && step.1 == Some(reported.refusal);
    let exact = |step: &Step| same(step) && step.0.certificate == reported.which && step.0.check == reported.check;
    let found = steps.iter().position(exact).or_else(|| steps.iter().position(same));
    found.unwrap_or_else(|| {
        steps.push(ladder.rung_for(reported));
        steps.len() - 1
    })
}

/// Of the ways that the names allow, the one that comes closest: it shows the failure that is told, has the fewest others,
/// and reaches an anchor.
fn closest(ground: &Ground<'_>, signatures: &mut Signatures, reported: &Reported) -> Way {
    let mut ways = Vec::new();
    if !ground.sent.is_empty() {
        ways_by_name(ground, &mut vec![0], &mut ways);
    }
    let mut spent = 0;
    let best = ways.into_iter().min_by_key(|way| {
        let mut ladder = Ladder::new(ground, signatures, way).having_spent(spent);
        let length = way.path.len() + usize::from(way.anchor.is_some());
        let (mut shown, mut faults) = (false, 0);
        for position in 0..length {
            let which = way.path.get(position).map(|index| Which::Sent(*index));
            for finding in ladder.findings(position).iter().filter(|it| it.by.counts(ground.request.profile)) {
                faults += 1;
                shown |= finding.refusal == reported.refusal
                    && which.or(way.anchor.map(Which::Anchor)) == Some(reported.which);
            }
        }
        spent = ladder.spent();
        (!shown, faults, way.anchor.is_none(), std::cmp::Reverse(length))
    });
    best.unwrap_or(Way { path: if ground.sent.is_empty() { Vec::new() } else { vec![0] }, anchor: None })
}

fn ways_by_name(ground: &Ground<'_>, path: &mut Vec<usize>, ways: &mut Vec<Way>) {
    let issuer = path.last().and_then(|index| ground.view(*index)).map(|view| view.issuer);
    let mut is_end = true;
    for (index, anchor) in ground.anchors.iter().enumerate() {
        if ways.len() < MOST_WAYS && anchor.view.is_some_and(|view| Some(view.subject) == issuer) {
            ways.push(Way { path: path.clone(), anchor: Some(index) });
            is_end = false;
        }
    }
    for (index, candidate) in ground.sent.iter().enumerate().skip(1) {
        let view = candidate.view.as_ref().filter(|view| Some(view.subject) == issuer);
        let fits = view.is_some_and(|view| !ground.repeats(path, view)) && path.len() <= search::MOST_INTERMEDIATES + 1;
        if ways.len() < MOST_WAYS && fits {
            path.push(index);
            ways_by_name(ground, path, ways);
            path.pop();
            is_end = false;
        }
    }
    if is_end && ways.len() < MOST_WAYS {
        ways.push(Way { path: path.clone(), anchor: None });
    }
}

#[cfg(test)]
mod tests;
