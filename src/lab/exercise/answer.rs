//! Answers, as they are given and kept.

use crate::lab::scenario::{Ask, Place, Question};
use std::fmt;

/// An answer to a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// One of the options, from 1 on.
    Choice(u32),
    /// Some of the options, from 1 on.
    Multi(Vec<u32>),
    /// A number or a few words.
    Value(String),
    /// The items in their order, from 1 on.
    Order(Vec<u32>),
    /// A field of the run.
    PointAt(Place),
    /// Free text.
    Text(String),
}

/// Why an answer is none to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It is of another kind than the question.
    #[error("the question wants {0}")]
    Kind(&'static str),
    /// It names an option or item that there is not.
    #[error("there are {of} to choose from, and no number {number}")]
    Number {
        /// The number that was given.
        number: u32,
        /// How many there are.
        of: usize,
    },
    /// It is empty.
    #[error("the answer is empty")]
    Empty,
}

impl Answer {
    /// Whether it is an answer to this question at all, right or wrong.
    ///
    /// # Errors
    /// When it is not.
    pub fn fits(&self, ask: &Ask) -> Result<(), AnswerError> {
        match (&ask.question, self) {
            (Question::Choice { options, .. }, Self::Choice(number)) => among(&[*number], options.len()),
            (Question::Multi { options, .. }, Self::Multi(numbers)) => among(numbers, options.len()),
            (Question::Order { items, .. }, Self::Order(numbers)) => among(numbers, items.len()),
            (Question::Value { .. }, Self::Value(text)) | (Question::Text, Self::Text(text)) => {
                if text.trim().is_empty() { Err(AnswerError::Empty) } else { Ok(()) }
            }
            (Question::PointAt { .. }, Self::PointAt(_)) => Ok(()),
            (question, _) => Err(AnswerError::Kind(wanted(question))),
        }
    }
}

/// What a question wants, in words.
fn wanted(question: &Question) -> &'static str {
    match question {
        Question::Choice { .. } => "one of its options",
        Question::Multi { .. } => "some of its options",
        Question::Value { .. } => "a number or a few words",
        Question::Order { .. } => "its items in order",
        Question::PointAt { .. } => "a field of the run",
        Question::Text => "a few sentences",
    }
}

fn among(numbers: &[u32], of: usize) -> Result<(), AnswerError> {
    match numbers.iter().find(|number| **number == 0 || **number as usize > of) {
        Some(number) => Err(AnswerError::Number { number: *number, of }),
        None => Ok(()),
    }
}

impl fmt::Display for Answer {
    /// For people: numbers of options, or what was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |numbers: &[u32]| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::Choice(number) => write!(f, "{number}"),
            Self::Multi(numbers) | Self::Order(numbers) => f.write_str(&list(numbers)),
            Self::Value(text) | Self::Text(text) => f.write_str(&crate::base::printable(text)),
            Self::PointAt(place) => write!(f, "{place}"),
        }
    }
}
