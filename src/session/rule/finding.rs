//! What a rule says of a session, and what it says it by.

use super::Rule;
use crate::base::Severity;
use crate::session::FrameNumber;
use std::borrow::Cow;

/// How sure something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// It fits, and other things fit as well.
    Possible,
    /// Nothing else that is known to happen looks like this.
    Likely,
    /// It follows from bytes that were read.
    Certain,
}

impl Confidence {
    /// The lower-case word of JSON and screens.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// Where something was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The frame.
    pub frame: FrameNumber,
    /// What is there, in a few words. Text from the wire in it has gone through `printable`.
    pub what: Cow<'static, str>,
    /// The event of the timeline, where it is one; its field tree shows the bytes.
    pub event: Option<usize>,
    /// The name of the field in that tree that shows it, where one does.
    pub field: Option<&'static str>,
}

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How much it matters here: what the rule says, or less.
    pub severity: Severity,
    /// How sure it is that it is so.
    pub confidence: Confidence,
    /// What was found, with its values: sentences. Text from the wire in it has gone through `printable`.
    pub text: String,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// Why the session ended as it did, where this explains it.
    pub cause: Option<Cause>,
}

/// Something that cannot be told of a session: the capture lacks what would show it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenQuestion {
    /// The rule that asks.
    pub rule: &'static Rule,
    /// What is missing, as part of a sentence.
    pub why: &'static str,
}

/// What a finding says of the end of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// How sure it is that this was the reason. That something is wrong does not mean that somebody minded.
    pub confidence: Confidence,
    /// The reason in a few words, as the end of a sentence that says who ended it.
    pub clause: String,
}

/// What a check answers.
#[derive(Debug)]
pub(super) enum Answer {
    /// There is nothing to say.
    Silent,
    /// It is so.
    Found(Found),
    /// It cannot be told, for this reason.
    NotEnough(&'static str),
}

/// A finding before its rule is put to it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) confidence: Confidence,
    pub(super) severity: Option<Severity>,
    pub(super) text: String,
    pub(super) evidence: Vec<Evidence>,
    pub(super) cause: Option<Cause>,
}

impl Found {
    pub(super) fn new(confidence: Confidence, text: impl Into<String>) -> Self {
        Self { confidence, severity: None, text: text.into(), evidence: Vec::new(), cause: None }
    }

    /// Adds what shows it.
    pub(super) fn by(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Says that this explains the end, how surely, and in which words.
    pub(super) fn because(mut self, confidence: Option<Confidence>, clause: impl FnOnce() -> String) -> Self {
        self.cause = confidence.map(|confidence| Cause { confidence, clause: clause() });
        self
    }

    /// Says that it matters less than it does in general.
    pub(super) fn milder(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }
}

impl From<Found> for Answer {
    fn from(found: Found) -> Self {
        Self::Found(found)
    }
}

impl Evidence {
    pub(super) fn frame(frame: FrameNumber, what: impl Into<Cow<'static, str>>) -> Self {
        Self { frame, what: what.into(), event: None, field: None }
    }

    pub(super) fn field(mut self, name: &'static str) -> Self {
        self.field = Some(name);
        self
    }
}
