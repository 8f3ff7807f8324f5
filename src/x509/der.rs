//! DER (X.690) as certificates use it: tag, length, content, each with its place in the buffer.
//!
//! Parsers that return values only lose the bytes of integers, times and OIDs, and give up at the first fault. Here
//! an element whose length runs past its parent is cut to what is there, noted once, and read on.
//!
//! The rule for spans: a field with children covers the whole element, header included; a field without children
//! covers the content.

use crate::base::{Field, Group, Reader, Severity, Span, Tree, Value, fields, hex};
use std::borrow::Cow;

use super::oid;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// How many notes with the same code one tree may hold: a hostile certificate could earn thousands.
const SAME_NOTES: usize = 16;

/// The identifier octet of a context-specific primitive element `[number]`.
pub(crate) const fn context(number: u8) -> u8 {
    0x80 | number
}

/// The identifier octet of a context-specific constructed element `[number]`.
pub(crate) const fn context_constructed(number: u8) -> u8 {
    0xa0 | number
}

/// A run of elements, one behind the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Der<'a> {
    reader: Reader<'a>,
    cut: bool,
}

/// One element: its tag, where it lies, and its content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    /// The identifier octet. A tag number above 30 leaves 31 in the low bits.
    pub(crate) tag: u8,
    /// Header and content.
    pub(crate) span: Span,
    /// The content.
    pub(crate) content: Reader<'a>,
    cut: bool,
}

impl<'a> Der<'a> {
    /// Elements in `reader`.
    pub(crate) fn new(reader: Reader<'a>) -> Self {
        Self { reader, cut: false }
    }

    /// Whether no byte is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.reader.is_empty()
    }

    /// The span of what is left.
    pub(crate) fn span(&self) -> Span {
        self.reader.span()
    }

    /// The identifier octet of the next element.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.reader.peek().first().copied()
    }

    /// The next element. One that is cut short is given with what is there of it.
    pub(crate) fn next(&mut self, tree: &mut Tree) -> Option<Element<'a>> {
        let start = self.reader.offset();
        let tag = self.reader.u8()?;
        if tag & 0x1f == 0x1f {
            while self.reader.u8().is_some_and(|byte| byte & 0x80 != 0) {}
        }
        let Some(length) = self.length(start, tree) else {
            self.reader.rest();
            return None;
        };
        let cut = length > self.reader.remaining();
        if cut && !self.cut {
            let left = self.reader.remaining();
            malformed(tree, self.reader.since(start), || format!("element of {length} bytes, only {left} are there"));
        }
        let content = self.reader.sub(length.min(self.reader.remaining()))?;
        Some(Element { tag, span: self.reader.since(start), content, cut: cut || self.cut })
    }

    /// The next element if it has this tag; otherwise nothing is taken.
    pub(crate) fn optional(&mut self, tag: u8, tree: &mut Tree) -> Option<Element<'a>> {
        if self.peek() == Some(tag) { self.next(tree) } else { None }
    }

    /// The next element, which must have this tag. Where it has not, that is noted and nothing is taken.
    pub(crate) fn expect(&mut self, tag: u8, what: &'static str, tree: &mut Tree) -> Option<Element<'a>> {
        let found = self.optional(tag, tree);
        if found.is_none() && !(self.cut && self.is_empty()) {
            let start = self.reader.offset();
            let span = Span::new(self.reader.buffer(), start, start + u32::from(!self.is_empty()));
            malformed(tree, span, || match self.peek() {
                Some(other) => format!("{what} expected here, found {}", tag_name(other)),
                None => format!("{what} is missing"),
            });
        }
        found
    }

    /// Notes bytes that stand behind the last element the standard has here, and shows them.
    pub(crate) fn end(&mut self, what: &'static str, tree: &mut Tree) {
        if !self.is_empty() {
            malformed(tree, self.span(), || format!("{} bytes too many behind {what}", self.reader.remaining()));
            tree.leaf(&EXCESS, self.span(), || Value::Bytes);
        }
    }

    fn length(&mut self, start: u32, tree: &mut Tree) -> Option<usize> {
        let Some(first) = self.reader.u8() else {
            if !self.cut {
                malformed(tree, self.reader.since(start), || "element ends inside its header".to_owned());
            }
            return None;
        };
        if first < 0x80 {
            return Some(usize::from(first));
        }
        let count = usize::from(first & 0x7f);
        if count == 0 || count > 8 {
            malformed(tree, self.reader.since(start), || {
                if count == 0 { "indefinite length, which DER forbids" } else { "length of more than 8 bytes" }
                    .to_owned()
            });
            return None;
        }
        let Some(bytes) = self.reader.take(count) else {
            if !self.cut {
                malformed(tree, self.reader.since(start), || "element ends inside its length".to_owned());
            }
            return None;
        };
        let length = bytes.iter().fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
        if length < 0x80 || bytes.first() == Some(&0) {
            let text = || "length not in its shortest form, which DER demands".into();
            oddity(tree, Group::Malformed, "x509.der.length", self.reader.since(start), text);
        }
        Some(usize::try_from(length).unwrap_or(usize::MAX))
    }
}

impl<'a> Element<'a> {
    /// The content bytes.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.content.peek()
    }

    /// The elements inside.
    pub(crate) fn inner(&self) -> Der<'a> {
        Der { reader: self.content, cut: self.cut }
    }

    /// The element with its header, as a reader of the same buffer. `parent` is the element that holds it.
    pub(crate) fn whole(&self, parent: &Element<'a>) -> Reader<'a> {
        let mut reader = parent.content;
        let before = self.span.start.saturating_sub(reader.offset());
        reader.take(before as usize);
        reader.sub(self.span.len() as usize).unwrap_or(self.content)
    }

    /// The elements in `part`, which is a part of this element's content.
    pub(crate) fn run_in(&self, part: Reader<'a>) -> Der<'a> {
        Der { reader: part, cut: self.cut }
    }

    /// Where a field without children lies: the content, or the whole element where it has none.
    pub(crate) fn leaf_span(&self) -> Span {
        if self.content.is_empty() { self.span } else { self.content.span() }
    }

    /// The content as dotted OID. One that breaks the format is given in hexadecimal and noted.
    pub(crate) fn oid(&self, tree: &mut Tree) -> String {
        oid::dotted(self.bytes()).unwrap_or_else(|| {
            malformed(tree, self.span, || "object identifier that ends too early or has no bytes".to_owned());
            format!("malformed:{}", hex(self.bytes()))
        })
    }

    /// The content as non-negative number of up to 64 bits.
    pub(crate) fn number(&self) -> Option<u64> {
        let bytes = match self.bytes() {
            [] => return None,
            [first, ..] if *first >= 0x80 => return None,
            [0, rest @ ..] => rest,
            all => all,
        };
        (bytes.len() <= 8).then(|| bytes.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
    }

    /// The content as BOOLEAN: anything but zero is true. DER has only 0xff for it, which is noted.
    pub(crate) fn flag(&self, tree: &mut Tree) -> bool {
        match self.bytes() {
            [0] => false,
            [0xff] => true,
            other => {
                let text = || "BOOLEAN that is neither 00 nor ff, which DER demands".into();
                oddity(tree, Group::Malformed, "x509.der.boolean", self.span, text);
                other.iter().any(|&byte| byte != 0)
            }
        }
    }

    /// The content as BIT STRING: how many of the last bits do not count, and the bytes.
    pub(crate) fn bits(&self, tree: &mut Tree) -> (u8, Reader<'a>) {
        let mut reader = self.content;
        let unused = reader.u8();
        if let Some(unused @ 0..=7) = unused {
            return (unused, reader);
        }
        malformed(tree, self.span, || "BIT STRING without a count of unused bits from 0 to 7".to_owned());
        (0, reader)
    }

    /// The content as text, by the kind of string that the tag says; anything else in hexadecimal.
    pub(crate) fn text(&self, tree: &mut Tree) -> String {
        let (text, problem) = super::text::decode(self.tag, self.bytes());
        if let Some(problem) = problem {
            oddity(tree, Group::Malformed, "x509.string", self.span, || problem.into());
        }
        text
    }
}

/// Notes a breach of the format, unless there are many such notes already.
pub(crate) fn malformed(tree: &mut Tree, span: Span, text: impl FnOnce() -> String) {
    if has_room(tree, "malformed") {
        tree.malformed(span, text());
    }
}

/// Notes something odd that could be read all the same, unless there are many such notes already.
pub(crate) fn oddity(
    tree: &mut Tree,
    group: Group,
    code: &'static str,
    span: Span,
    text: impl FnOnce() -> Cow<'static, str>,
) {
    if has_room(tree, code) {
        tree.note(Severity::Note, group, code, span, text());
    }
}

fn has_room(tree: &Tree, code: &str) -> bool {
    tree.notes().iter().filter(|note| note.code == code).count() < SAME_NOTES
}

/// Adds an OID as a field and gives it back dotted.
pub(crate) fn oid_leaf(field: &'static Field, element: &Element<'_>, tree: &mut Tree) -> String {
    let dotted = element.oid(tree);
    tree.leaf(field, element.leaf_span(), || Value::Text(oid::described(&dotted)));
    dotted
}

/// Adds an integer as a field: as number where it fits, as bytes where not.
pub(crate) fn number_leaf(field: &'static Field, element: &Element<'_>, tree: &mut Tree) -> Option<u64> {
    let number = element.number();
    tree.leaf(field, element.leaf_span(), || number.map_or(Value::Bytes, Value::Number));
    number
}

/// Adds the content bytes as a field.
pub(crate) fn bytes_leaf(field: &'static Field, element: &Element<'_>, tree: &mut Tree) {
    tree.leaf(field, element.leaf_span(), || Value::Bytes);
}

/// Adds a string as a field and gives it back.
pub(crate) fn text_leaf(field: &'static Field, element: &Element<'_>, tree: &mut Tree) -> String {
    let text = element.text(tree);
    tree.leaf(field, element.leaf_span(), || Value::Text(text.clone()));
    text
}

/// An element from its tag and content.
pub(crate) fn encoded(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|byte| **byte == 0).count();
    let digits = length.get(zeros..).unwrap_or_default();
    let mut out = vec![tag];
    match (u8::try_from(content.len()), u8::try_from(digits.len())) {
        (Ok(short @ 0..=0x7f), _) => out.push(short),
        (_, count) => {
            out.push(0x80 | count.unwrap_or_default());
            out.extend_from_slice(digits);
        }
    }
    out.extend_from_slice(content);
    out
}

/// What ASN.1 calls a tag.
pub(crate) fn tag_name(tag: u8) -> String {
    let universal = match tag {
        BOOLEAN => "BOOLEAN",
        INTEGER => "INTEGER",
        BIT_STRING => "BIT STRING",
        OCTET_STRING => "OCTET STRING",
        NULL => "NULL",
        OID => "OBJECT IDENTIFIER",
        ENUMERATED => "ENUMERATED",
        0x0c => "UTF8String",
        0x12 => "NumericString",
        0x13 => "PrintableString",
        0x14 => "TeletexString",
        0x16 => "IA5String",
        UTC_TIME => "UTCTime",
        GENERALIZED_TIME => "GeneralizedTime",
        0x1a => "VisibleString",
        0x1c => "UniversalString",
        0x1e => "BMPString",
        SEQUENCE => "SEQUENCE",
        SET => "SET",
        _ => "",
    };
    if !universal.is_empty() {
        return universal.to_owned();
    }
    match tag >> 6 {
        0 => format!("universal tag {}", tag & 0x1f),
        1 => format!("[APPLICATION {}]", tag & 0x1f),
        2 => format!("[{}]", tag & 0x1f),
        _ => format!("[PRIVATE {}]", tag & 0x1f),
    }
}

fields! {
    EXCESS = "x509.asn1.excess", "excess bytes", "X.690 8.1",
        "Bytes behind the last element that the standard has at this place. Strict readers refuse a certificate that \
         has them, lenient ones pass over them: two programs may then disagree about the same certificate.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::BufferId;

    fn first(bytes: &[u8]) -> (Option<(u8, Vec<u8>)>, usize) {
        let mut tree = Tree::off();
        let element = Der::new(Reader::new(bytes, BufferId(0))).next(&mut tree);
        (element.map(|e| (e.tag, e.bytes().to_vec())), tree.notes().len())
    }

    #[test]
    fn headers_are_read_and_faults_noted() {
        for (bytes, element, notes) in [
            (&[0x02, 1, 5][..], Some((0x02, vec![5])), 0),
            (&[0x04, 0x81, 0x80], Some((0x04, vec![])), 1),
            (&[0x04, 0x81, 1, 9], Some((0x04, vec![9])), 1),
            (&[0x30, 0x80, 0, 0], None, 1),
            (&[0x30], None, 1),
            (&[0x30, 0x82, 1], None, 1),
            (&[0x30, 5, 1, 2], Some((0x30, vec![1, 2])), 1),
            (&[0x9f, 0x81, 0x01, 1, 7], Some((0x9f, vec![7])), 0),
            (&[0x04, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1], None, 1),
            (&[], None, 0),
        ] {
            assert_eq!(first(bytes), (element, notes), "{bytes:02x?}");
        }
    }

    #[test]
    fn notes_of_one_kind_are_bounded() {
        let mut tree = Tree::off();
        let bytes = [0x04, 0x81, 0].repeat(1000);
        let mut der = Der::new(Reader::new(&bytes, BufferId(0)));
        while der.next(&mut tree).is_some() {}
        assert_eq!(tree.notes().len(), SAME_NOTES);
    }
}
