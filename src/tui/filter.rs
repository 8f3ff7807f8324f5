//! The filter of the list, as the screens use it: its text beside its meaning, judged and completed while it is typed.
//! What a filter means is for the room below.

use crate::session::{Session, filter};
use std::ops::Range;

/// A filter that was understood.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    text: String,
    meaning: filter::Filter,
}

/// Why a text is no filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it goes wrong: a byte offset in the text.
    pub at: usize,
    /// A sentence.
    pub text: String,
}

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The bytes of the text that it takes the place of.
    pub replace: Range<usize>,
    /// What it puts there.
    pub text: String,
    /// What it means.
    pub help: String,
}

impl Filter {
    /// Reads a filter.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        match filter::parse(text) {
            Ok(meaning) => Ok(Self { text: text.trim().to_owned(), meaning }),
            Err(error) => Err(Problem { at: error.at.start, text: error.to_string() }),
        }
    }

    /// Whether it lets everything pass.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.meaning.is_empty()
    }

    /// As it was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the session passes.
    #[must_use]
    pub fn matches(&self, session: &Session) -> bool {
        self.meaning.matches(session)
    }

    /// Whether all that passes this passes `other` too, as far as that can be told.
    #[must_use]
    pub fn narrows(&self, other: &Self) -> bool {
        self.meaning.narrows(&other.meaning)
    }

    /// What could be typed at byte `cursor` of the text.
    #[must_use]
    pub fn complete(text: &str, cursor: usize) -> Vec<Proposal> {
        let completions = filter::complete(text, cursor);
        let replace = completions.replace;
        let proposal = |candidate: filter::Candidate| Proposal {
            replace: replace.clone(),
            text: candidate.text,
            help: candidate.description,
        };
        completions.candidates.into_iter().map(proposal).collect()
    }
}
