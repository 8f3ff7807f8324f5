//! The filter language: which sessions to show.
//!
//! ```text
//!   version == 1.3 and sni contains "bank"        result:failed or auth:mutual
//!   client == 10.0.0.0/8 and not resumed          cipher_offered == 0x1301
//!   duration > 100ms                              port in {443, 8000..8999}
//!   bank                                          (a plain word: anything that is shown)
//! ```
//!
//! Two terms side by side both have to match. A field with many values matches when one of them does; `!=` is the
//! opposite of `==`, so it matches when none does. Letters match without regard to case. A field alone asks whether
//! it is there.
//!
//! ```text
//!   text ─► token ─► parser ─► Filter (tests with their values already read) ─► matches(session)
//!                       └ field: the table of what can be asked      value: what can be compared with it
//! ```

mod complete;
mod field;
mod parser;
mod pattern;
mod reading;
mod test;
mod token;
mod value;
mod word;

#[cfg(test)]
mod tests;

pub use complete::{Candidate, Completions, complete};
pub use field::{FIELDS, FilterField};
pub use parser::parse;
pub use value::Kind as FieldKind;

use super::Session;
use std::fmt;
use std::ops::Range;
use test::Test;
use word::Word;

/// A filter that was read and can be asked of many sessions.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    root: Node,
}

#[derive(Clone, Debug, Default)]
enum Node {
    /// Matches every session.
    #[default]
    Everything,
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    /// Whether the field is there.
    Present(&'static FilterField),
    /// Whether one of the field's values passes the test.
    Test(&'static FilterField, Test),
    /// Whether anything that is shown has this in it.
    Word(Word),
}

impl Filter {
    /// Whether the session is one of those asked for.
    #[must_use]
    pub fn matches(&self, session: &Session) -> bool {
        self.root.matches(session)
    }

    /// Whether every session that matches this matches `other` too, as far as that can be told: `false` says nothing.
    #[must_use]
    pub fn narrows(&self, other: &Self) -> bool {
        self.root.narrows(&other.root)
    }

    /// Whether it asks for the field of this name.
    #[must_use]
    pub fn asks_for(&self, name: &str) -> bool {
        self.root.asks_for(name)
    }

    /// Whether it asks for nothing in particular, as the filter of an empty text does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self.root, Node::Everything)
    }
}

impl Node {
    fn matches(&self, session: &Session) -> bool {
        match self {
            Self::Everything => true,
            Self::All(nodes) => nodes.iter().all(|node| node.matches(session)),
            Self::Any(nodes) => nodes.iter().any(|node| node.matches(session)),
            Self::Not(node) => !node.matches(session),
            Self::Present(field) => (field.values)(session, &mut |value| value.is_there()),
            Self::Test(field, test) => (field.values)(session, &mut |value| test.passes(&value)),
            Self::Word(word) => word.is_in(session),
        }
    }

    fn asks_for(&self, name: &str) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(|node| node.asks_for(name)),
            Self::Not(node) => node.asks_for(name),
            Self::Present(field) | Self::Test(field, _) => field.name == name,
            Self::Everything | Self::Word(_) => false,
        }
    }

    fn narrows(&self, other: &Self) -> bool {
        let same = |one: &FilterField, other: &FilterField| std::ptr::eq(one, other);
        match (self, other) {
            (_, Self::Everything) => true,
            (_, Self::All(others)) => others.iter().all(|other| self.narrows(other)),
            (Self::All(nodes), _) => nodes.iter().any(|node| node.narrows(other)),
            (Self::Word(word), Self::Word(other)) => word.narrows(other),
            (Self::Present(field), Self::Present(other)) => same(field, other),
            (Self::Test(field, test), Self::Test(other, wanted)) => same(field, other) && test.narrows(wanted),
            _ => false,
        }
    }
}

/// What is wrong with the text of a filter, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// The bytes of the text that it speaks of.
    pub at: Range<usize>,
    /// A sentence.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

impl std::error::Error for FilterError {}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, " ({help})"))
    }
}

impl FilterError {
    fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
