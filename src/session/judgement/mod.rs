//! Whether the certificates that a side showed were good when they were shown, against anchors that the user chose.
//!
//! ```text
//!   Basis (anchors, lists, profile) ─► Court ─► Judgement of a session
//!                                       └─ what was judged before: the same chain comes a thousand times
//! ```
//!
//! Where it is known by what a peer judged itself, its own trust, lists, clock and rules take the place of the basis.
//!
//! The moment is that of the capture, never the present. The peers may have trusted others than the user: a judgement
//! says what the user's anchors make of a chain, not what the other side thought of it.

mod basis;
mod court;
mod verifier;

pub use basis::{Basis, Docket};
pub use court::{Court, judge_at, moment_of};
pub use verifier::{Verifier, Verifiers};

use super::Session;
use crate::x509::Certificate;
use crate::x509::verify::{
    Outcome, PathLink, PeerName, Purpose, Rung, TimestampCheck, TrustAnchor, Verification, Which,
};
use std::sync::Arc;

/// What came of judging the certificates of a session. A side that showed none has no entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// The server's certificates.
    pub server: Option<Judged>,
    /// The client's certificates.
    pub client: Option<Judged>,
}

/// One side, and the moment for which its certificates were judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// When the certificates arrived, in seconds since 1970.
    pub at: i64,
    /// What was found, or why nobody looked.
    pub result: Result<Arc<Ruling>, NotJudged>,
}

/// Why certificates were not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotJudged {
    /// No anchors were chosen.
    NoAnchors,
    /// The capture has more different chains of sessions that went well than are judged unasked.
    TooManyChains,
}

impl NotJudged {
    /// The end of a sentence that begins with "not judged:".
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::NoAnchors => "no trust anchors were chosen",
            Self::TooManyChains => "too many different chains (--judge all judges each)",
        }
    }
}

/// What is found of one chain. Sessions that showed the same one at about the same time share it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// All checks and the verdict. [`Which::Anchor`] is an index of `anchors`.
    pub verification: Verification,
    /// The anchors that have the name of an issuer in the chain.
    pub anchors: Vec<Arc<TrustAnchor>>,
    /// What the certificates were to prove.
    pub purpose: Purpose,
    /// The host that the client asked for, where it named one.
    pub name: Option<PeerName>,
    /// The promises of public logs to list the peer's certificate (RFC 6962 3.3), and whether they hold.
    pub timestamps: Vec<TimestampCheck>,
}

impl Session {
    /// The certificates of the side that these are to prove, the leaf first.
    #[must_use]
    pub fn certificates(&self, purpose: Purpose) -> &[Arc<Certificate>] {
        match purpose {
            Purpose::Server => &self.server_certificates,
            Purpose::Client => &self.client_certificates,
        }
    }
}

impl Judgement {
    /// What was found of the server's chain.
    #[must_use]
    pub fn of_server(&self) -> Option<&Ruling> {
        self.of(Purpose::Server).and_then(Judged::ruling)
    }

    /// What was found of the client's chain.
    #[must_use]
    pub fn of_client(&self) -> Option<&Ruling> {
        self.of(Purpose::Client).and_then(Judged::ruling)
    }

    /// The entry of a side.
    #[must_use]
    pub fn of(&self, purpose: Purpose) -> Option<&Judged> {
        match purpose {
            Purpose::Server => self.server.as_ref(),
            Purpose::Client => self.client.as_ref(),
        }
    }

    /// The sides that have an entry.
    pub fn sides(&self) -> impl Iterator<Item = (Purpose, &Judged)> {
        let all = [(Purpose::Server, &self.server), (Purpose::Client, &self.client)];
        all.into_iter().filter_map(|(purpose, judged)| Some((purpose, judged.as_ref()?)))
    }
}

impl Judged {
    /// What was found, where somebody looked.
    #[must_use]
    pub fn ruling(&self) -> Option<&Ruling> {
        self.result.as_deref().ok()
    }

    /// The word of filters and JSON: `passed`, `failed`, `not-judged`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.ruling() {
            Some(ruling) if ruling.verification.accepted => "passed",
            Some(_) => "failed",
            None => "not-judged",
        }
    }
}

impl Ruling {
    /// The anchor that the path ends at.
    #[must_use]
    pub fn anchor(&self) -> Option<&Arc<TrustAnchor>> {
        self.verification.path.iter().find_map(|link| match link.certificate {
            Which::Anchor(index) => self.anchors.get(index),
            Which::Sent(_) => None,
        })
    }

    /// The subject of that anchor, as sent.
    #[must_use]
    pub fn anchor_subject(&self) -> Option<&str> {
        let is_anchor = |link: &&PathLink| matches!(link.certificate, Which::Anchor(_));
        self.verification.path.iter().find(is_anchor).map(|link| link.subject.as_str())
    }

    /// All faults that count, the one that decided first.
    pub fn problems(&self) -> impl Iterator<Item = &Rung> {
        let first = self.verification.failure();
        let is_first = move |rung: &&Rung| first.is_some_and(|first| std::ptr::eq(first, *rung));
        first.into_iter().chain(self.verification.failures().filter(move |rung| !is_first(rung)))
    }

    /// What was not looked at.
    pub fn not_checked(&self) -> impl Iterator<Item = &Rung> {
        self.verification.rungs.iter().filter(|rung| matches!(rung.outcome, Outcome::NotChecked { .. }))
    }
}
