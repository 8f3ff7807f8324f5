//! What is wrong with a scenario file, and where.

use super::document::{Document, Spot};

/// Something that is wrong with a scenario file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line of the file, from 1 on; 0 where the fault is not in the file but in an edit from outside.
    pub line: u32,
    /// The character of that line, from 1 on.
    pub column: u32,
    /// How many characters it is about, on that line; at least one.
    pub length: u32,
    /// What is wrong, in one sentence without an end.
    pub text: String,
    /// What is allowed there, or what to do.
    pub help: Option<String>,
}

/// Collects what is wrong with a document.
pub(super) struct Faults<'d> {
    document: &'d Document,
    problems: Vec<Problem>,
}

impl<'d> Faults<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        Self { document, problems: Vec::new() }
    }

    /// Takes note of a fault with what is allowed there.
    pub(super) fn add(&mut self, at: &Spot, text: impl Into<String>, help: impl Into<String>) {
        self.problems.push(self.document.problem(at, text.into(), Some(help.into())));
    }

    /// Takes note of a fault that a part of a text value has.
    pub(super) fn add_within(
        &mut self,
        at: &Spot,
        part: std::ops::Range<usize>,
        text: impl Into<String>,
        help: impl Into<String>,
    ) {
        let spot = self.document.within(at, part);
        self.add(&spot, text, help);
    }

    /// Everything that was found, in the order of the file and each thing once.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        self.problems.sort();
        self.problems.dedup();
        self.problems
    }
}

/// Names in a row for people: `a, b, c`.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// What is allowed, after a guess at what was meant.
pub(super) fn help(written: &str, what: &str, allowed: &[&str]) -> String {
    let guess = crate::base::nearest(written, allowed.iter().copied());
    let guess = guess.map(|name| format!("did you mean `{name}`? ")).unwrap_or_default();
    if allowed.is_empty() {
        return format!("{guess}{what}: none");
    }
    format!("{guess}{what}: {}", listed(allowed.iter().copied()))
}
