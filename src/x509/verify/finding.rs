//! What a check found: one fault, and by whose rules it is one.

use super::check::Check;
use super::facts::Profile;
use super::refusal::Refusal;
use crate::base::Field;

/// One fault of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) check: Check,
    pub(super) refusal: Refusal,
    pub(super) evidence: String,
    pub(super) field: Option<&'static Field>,
    pub(super) by: By,
}

/// By whose rules it is a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// By the standard, and rustls sees it.
    Both,
    /// By rustls alone; the text says what the standard has to say.
    Rustls(&'static str),
    /// By this rule of the standard, which rustls does not check.
    Standard(&'static str),
}

impl By {
    /// Whether the fault counts in a profile.
    pub(super) fn counts(self, profile: Profile) -> bool {
        match self {
            Self::Both => true,
            Self::Rustls(_) => profile == Profile::Rustls,
            Self::Standard(_) => profile == Profile::Strict,
        }
    }

    /// What the ladder says where the two do not agree.
    pub(super) fn policy(self) -> Option<String> {
        match self {
            Self::Both => None,
            Self::Rustls(note) => Some(format!("rustls refuses this; {note}")),
            Self::Standard(reference) => Some(format!("rustls does not check this; {reference} demands it")),
        }
    }
}

impl Finding {
    /// A fault by the standard that rustls sees, too.
    pub(super) fn both(check: Check, refusal: Refusal, evidence: impl Into<String>) -> Self {
        Self { check, refusal, evidence: evidence.into(), field: None, by: By::Both }
    }

    /// A fault by the standard that rustls does not look for.
    pub(super) fn standard(check: Check, reference: &'static str, evidence: impl Into<String>) -> Self {
        let by = By::Standard(reference);
        Self { check, refusal: Refusal::AgainstStandard, evidence: evidence.into(), field: None, by }
    }

    pub(super) fn at(mut self, field: &'static Field) -> Self {
        self.field = Some(field);
        self
    }

    pub(super) fn by(mut self, by: By) -> Self {
        self.by = by;
        self
    }
}
