//! The field tree: every decoded field with its name, its bytes and its value.
//!
//! There is one reader for each structure, and it serves two callers. Indexing a capture wants the facts and nothing
//! else; the Detail screen wants each field. Both hand the reader a [`Tree`]: one that is *off* takes nothing and
//! costs a branch, one that is *on* keeps every field. Notes are kept by both.

use super::note::{Group, Note, Severity};
use super::span::{BufferId, Span};
use std::borrow::Cow;
use std::net::IpAddr;

/// What is known of a field before any byte is read: one row of a field table.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Unique name for filters and programs, in Wireshark's manner: `tls.handshake.random`.
    pub name: &'static str,
    /// What the standard calls it: `legacy_version`.
    pub label: &'static str,
    /// Where it is defined: `RFC 8446 4.1.2`. Empty where no document defines it.
    pub reference: &'static str,
    /// A few plain sentences for somebody who meets it for the first time: what it is, why it is there, what to look
    /// for in it.
    pub text: &'static str,
}

/// What a field says.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing of its own; the fields below it say it.
    None,
    /// A count, length or time span in the unit that the label names.
    Number(u64),
    /// A number shown in hexadecimal with this many digits.
    Hex(u64, u8),
    /// A code point: its number, its digits in hexadecimal (0: shown in decimal), and its name.
    Named(u64, u8, Cow<'static, str>),
    /// Text; it is made printable when it is shown.
    Text(String),
    /// The bytes of the span, shown in hexadecimal.
    Bytes,
    /// A point in time: nanoseconds since 1970-01-01 00:00:00 UTC.
    Time(i128),
    /// An IP address.
    Address(IpAddr),
    /// Yes or no.
    Flag(bool),
}

/// One field of a tree. Its children follow it and have a greater depth.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Which field it is.
    pub field: &'static Field,
    /// Its bytes.
    pub span: Span,
    /// Its value.
    pub value: Value,
    /// How far it is indented; the roots have 0.
    pub depth: u8,
}

/// A field tree under construction, or a refusal to build one; and the notes made on the way.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    depth: u8,
    on: bool,
    notes: Vec<Note>,
    derived: Vec<(&'static str, Vec<u8>)>,
    derivations: u8,
}

impl Tree {
    /// The buffer that the first call of [`derive`](Self::derive) makes; the numbers below it belong to whoever
    /// reads the capture.
    pub const FIRST_DERIVED: BufferId = BufferId(8);

    /// A tree that keeps notes only.
    #[must_use]
    pub fn off() -> Self {
        Self::default()
    }

    /// A tree that keeps every field.
    #[must_use]
    pub fn on() -> Self {
        Self { on: true, ..Self::default() }
    }

    /// Whether fields are kept. Work that serves the tree alone is skipped where they are not.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// The fields in the order of reading, each followed by its children.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The notes in the order in which they were made.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Takes the notes out.
    pub fn take_notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }

    /// Adds a field without children. `value` is only called when fields are kept.
    pub fn leaf(&mut self, field: &'static Field, span: Span, value: impl FnOnce() -> Value) {
        if self.on {
            self.nodes.push(Node { field, span, value: value(), depth: self.depth });
        }
    }

    /// Adds a field whose children are what `inside` adds.
    pub fn branch<R>(
        &mut self,
        field: &'static Field,
        span: Span,
        value: impl FnOnce() -> Value,
        inside: impl FnOnce(&mut Self) -> R,
    ) -> R {
        self.leaf(field, span, value);
        self.depth = self.depth.saturating_add(1);
        let result = inside(self);
        self.depth -= 1;
        result
    }

    /// Makes a note about the bytes at `span`.
    pub fn note(
        &mut self,
        severity: Severity,
        group: Group,
        code: &'static str,
        span: Span,
        text: impl Into<Cow<'static, str>>,
    ) {
        self.notes.push(Note { severity, group, code, text: text.into(), span: Some(span) });
    }

    /// Notes that the bytes at `span` break the format: what was expected there stands in `text`.
    pub fn malformed(&mut self, span: Span, text: impl Into<Cow<'static, str>>) {
        self.note(Severity::Error, Group::Malformed, "malformed", span, text);
    }

    /// Takes bytes that lie in no buffer of the capture because a reader made them, such as a decompressed message, so
    /// that spans can point into them. Gives the same number whether fields are kept or not; the bytes themselves are
    /// kept only with the fields.
    pub fn derive(&mut self, name: &'static str, bytes: Vec<u8>) -> BufferId {
        let id = BufferId(Self::FIRST_DERIVED.0.saturating_add(self.derivations));
        self.derivations = self.derivations.saturating_add(1);
        if self.on {
            self.derived.push((name, bytes));
        }
        id
    }

    /// The buffers that [`derive`](Self::derive) took, each with its name; the first is
    /// [`FIRST_DERIVED`](Self::FIRST_DERIVED).
    #[must_use]
    pub fn derived(&self) -> &[(&'static str, Vec<u8>)] {
        &self.derived
    }

    /// The index behind the last child, grandchild and so on of the node at `index`.
    #[must_use]
    pub fn end_of(&self, index: usize) -> usize {
        let Some(node) = self.nodes.get(index) else { return index };
        let below = self.nodes.iter().skip(index + 1).take_while(|child| child.depth > node.depth);
        index + 1 + below.count()
    }

    /// The deepest field whose bytes hold `offset` of the span's buffer, the smallest one where several do.
    #[must_use]
    pub fn at(&self, buffer: BufferId, offset: u32) -> Option<usize> {
        let holds = |node: &Node| node.span.buffer == buffer && node.span.contains(offset);
        let candidates = self.nodes.iter().enumerate().filter(|(_, node)| holds(node));
        candidates.min_by_key(|(index, node)| (node.span.len(), std::cmp::Reverse(*index))).map(|(index, _)| index)
    }
}

/// Makes a field table: one `static` [`Field`] for each row, and `FIELDS` with all of them.
macro_rules! fields {
    ($($id:ident = $name:literal, $label:literal, $reference:literal, $text:literal;)*) => {
        $(pub(crate) static $id: $crate::base::Field =
            $crate::base::Field { name: $name, label: $label, reference: $reference, text: $text };)*
        /// All fields of this table.
        pub(crate) static FIELDS: &[&$crate::base::Field] = &[$(&$id),*];
    };
}
pub(crate) use fields;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_buffers_have_the_same_numbers_with_and_without_fields() {
        let (mut on, mut off) = (Tree::on(), Tree::off());
        for (name, number) in [("first", 8), ("second", 9)] {
            for tree in [&mut on, &mut off] {
                assert_eq!(tree.derive(name, name.as_bytes().to_vec()), BufferId(number));
            }
        }
        assert_eq!(on.derived(), [("first", b"first".to_vec()), ("second", b"second".to_vec())]);
        assert!(off.derived().is_empty());
    }
}
