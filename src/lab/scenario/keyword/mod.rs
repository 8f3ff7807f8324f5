//! The words of scenario files: one table of all sections and keys.
//!
//! The table drives the checking of files, the JSON Schema for editors, and the page of keywords for people; the reader
//! asks it for defaults. It must not know what a run makes of a value.

mod kind;
mod table;

pub use kind::{Kind, Of, Registry};
pub(super) use table::{CHOICE_KINDS, ON_THE_WIRE, STACKS};
pub use table::{CODES, SECTIONS, TOP};

/// A table of the file: which keys it can have.
#[derive(Debug)]
pub struct Section {
    /// How it stands in a file: `[pki.NAME]`; empty for the top.
    pub name: &'static str,
    /// What one of them is called in a sentence: `an entry of [pki]`.
    pub what: &'static str,
    /// What it is for.
    pub text: &'static str,
    /// The key whose word says which of the other keys make sense.
    pub chooser: Option<&'static str>,
    /// Its keys, in the order in which they are best written.
    pub keys: &'static [Keyword],
}

/// A key of a section. A key can have several rows, for different words of the section's chooser.
#[derive(Debug)]
pub struct Keyword {
    /// The key.
    pub name: &'static str,
    /// What its value can be.
    pub kind: Kind,
    /// Whether it has to be there.
    pub need: Need,
    /// The words of the chooser with which it makes sense; empty is all of them.
    pub only: &'static [&'static str],
    /// What it means, in one sentence.
    pub text: &'static str,
}

/// Whether a key has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It has to.
    Must,
    /// Without it there is none.
    May,
    /// Without it the value is this one, as it would stand in the file.
    Default(&'static str),
    /// Without it the value depends on something else, as this sentence says.
    Else(&'static str),
}

impl Section {
    /// The row of a key, for a word of the chooser where that is known.
    pub(super) fn row(&self, key: &str, word: Option<&str>) -> Option<&'static Keyword> {
        self.rows(key).find(|row| word.is_none_or(|word| row.fits(word)))
    }

    /// All rows of a key.
    pub(super) fn rows(&self, key: &str) -> impl Iterator<Item = &'static Keyword> {
        let keys = self.keys;
        keys.iter().filter(move |row| row.name == key)
    }

    /// The keys that make sense with a word of the chooser, each once.
    pub(super) fn names(&self, word: Option<&str>) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = Vec::new();
        for row in self.keys.iter().filter(|row| word.is_none_or(|word| row.fits(word))) {
            if !names.contains(&row.name) {
                names.push(row.name);
            }
        }
        names
    }
}

impl Keyword {
    /// Whether it makes sense with that word of the chooser.
    #[must_use]
    pub fn fits(&self, word: &str) -> bool {
        self.only.is_empty() || self.only.contains(&word)
    }

    const fn only(mut self, words: &'static [&'static str]) -> Self {
        self.only = words;
        self
    }
}

const fn must(name: &'static str, kind: Kind, text: &'static str) -> Keyword {
    Keyword { name, kind, need: Need::Must, only: &[], text }
}

const fn may(name: &'static str, kind: Kind, text: &'static str) -> Keyword {
    Keyword { name, kind, need: Need::May, only: &[], text }
}

const fn with(name: &'static str, kind: Kind, default: &'static str, text: &'static str) -> Keyword {
    Keyword { name, kind, need: Need::Default(default), only: &[], text }
}

const fn otherwise(name: &'static str, kind: Kind, sentence: &'static str, text: &'static str) -> Keyword {
    Keyword { name, kind, need: Need::Else(sentence), only: &[], text }
}

#[cfg(test)]
mod tests;
