//! What several connections of a capture have in common, and what those tell that never came to TLS.
//!
//! Sessions go by one at a time; a small digest of each is kept, and the rules look at all of them at the end.

mod attempts;
mod digest;
mod sessions;

use super::finding::{Finding, Found};
use crate::session::{Attempt, Session};
use digest::Digest;

/// How many sessions are remembered.
const MOST_SESSIONS: usize = 1 << 17;
/// How many connections without TLS are remembered.
const MOST_ATTEMPTS: usize = 1 << 12;
/// How many findings of one rule are told.
const MOST_FINDINGS: usize = 64;

/// Something that was found of several connections.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptureFinding {
    /// What was found. Its evidence names frames of the capture.
    pub finding: Finding,
    /// The sessions that it is about, by their numbers; none where it is about connections without TLS.
    pub sessions: Vec<u32>,
}

/// Gathers what the rules over several connections need.
#[derive(Debug, Default)]
pub struct Across {
    digests: Vec<Digest>,
    attempts: Vec<Attempt>,
    left_out: u64,
}

type Check = fn(&Across, &mut dyn FnMut(Found, Vec<u32>));

/// The rules over several connections, by their ids. Some of them look at single sessions as well.
const CHECKS: &[(&str, Check)] = &[
    ("NET-01", attempts::unanswered),
    ("NET-02", attempts::rejected),
    ("NET-03", attempts::mute),
    ("NET-06", sessions::smaller_hello),
    ("NET-10", attempts::plain_to_tls),
    ("NET-11", attempts::proxy_refused),
    ("NET-14", attempts::not_begun),
    ("NET-15", attempts::not_offered),
    ("NEG-02", sessions::newer_only),
    ("NEG-04", sessions::first_try),
    ("NEG-19", sessions::resumed_otherwise),
    ("RES-01", sessions::ticket_refused),
    ("RES-02", sessions::ticket_too_old),
    ("RES-05", sessions::replayed),
    ("CLOSE-04", sessions::periodic),
    ("CLOSE-06", sessions::between_points),
    ("POST-14", attempts::password_in_clear),
];

impl Across {
    /// The ids of the rules that look at several connections, or at one without TLS.
    pub fn ids() -> impl Iterator<Item = &'static str> {
        CHECKS.iter().map(|(id, _)| *id)
    }

    /// Remembers a session.
    pub fn add(&mut self, session: &Session) {
        match Digest::of(session).filter(|_| self.digests.len() < MOST_SESSIONS) {
            Some(digest) => self.digests.push(digest),
            None => self.left_out += 1,
        }
    }

    /// Remembers connections without TLS.
    pub fn add_attempts(&mut self, attempts: Vec<Attempt>) {
        let room = MOST_ATTEMPTS.saturating_sub(self.attempts.len());
        self.attempts.extend(attempts.into_iter().take(room));
    }

    /// What is found of all that was remembered, in the order of the rules.
    #[must_use]
    pub fn findings(&self) -> Vec<CaptureFinding> {
        let mut findings = Vec::new();
        for (id, check) in CHECKS {
            let Some(rule) = super::rule(id) else { continue };
            let mut count = 0;
            check(self, &mut |found, sessions| {
                count += 1;
                if count <= MOST_FINDINGS {
                    findings.push(CaptureFinding { finding: super::found(rule, found), sessions });
                }
            });
        }
        findings
    }
}
