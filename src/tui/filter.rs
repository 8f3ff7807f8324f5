//! The filter of the list, as the screens use it. What a filter means is for the room below; this file is the only
//! place that asks.

use crate::session::Session;

/// A filter that was understood.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    text: String,
    words: Vec<String>,
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
    /// From which byte of the text it replaces what was typed.
    pub from: usize,
    /// What it puts there.
    pub text: String,
    /// What it means.
    pub help: String,
}

impl Filter {
    /// Reads a filter.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let words = text.split_whitespace().map(str::to_lowercase).collect();
        Ok(Self { text: text.trim().to_owned(), words })
    }

    /// Whether it lets everything pass.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// As it was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a session passes.
    #[must_use]
    pub fn matches(&self, session: &Session) -> bool {
        let within = |text: &str, word: &str| text.to_lowercase().contains(word);
        self.words.iter().all(|word| {
            session.server_name().is_some_and(|name| within(name, word))
                || within(&session.client.to_string(), word)
                || within(&session.server.to_string(), word)
                || session.outcome.word() == word
        })
    }

    /// What could be typed at byte `cursor` of the text.
    #[must_use]
    pub fn complete(_text: &str, _cursor: usize) -> Vec<Proposal> {
        Vec::new()
    }
}
