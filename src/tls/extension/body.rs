//! The pieces that extension bodies are made of: numbers, opaque bytes and lists with a length before them.
//!
//! A length that says more than is there is noted and the rest is read all the same: a capture that ends in the
//! middle of a list still shows the entries before the cut. Only a number that is not there at all gives `None`.

use super::{Extensions, Place, kind};
use crate::base::{Field, Reader, Span, Tree, Value, fields};

fields! {
    VECTOR_LENGTH = "tls.handshake.extension.vector.length", "length", "RFC 8446 3.4",
        "Counts the bytes of the list or value that follows it. TLS writes every list this way, so lengths nest: the extension has one, the list in it another, each entry a third. When they disagree the message is malformed and a peer answers decode_error.";
    UNREAD = "tls.handshake.extension.unread", "bytes that could not be read", "",
        "What is left of a list after an entry that is cut short. The entries before it were read; these bytes are too few, or too many, to make another one.";
}

/// A length and the bytes that it counts.
#[derive(Clone, Copy)]
pub(super) struct Vector<'a> {
    /// Length and bytes together.
    pub(super) whole: Span,
    /// The bytes, fewer than said where they are cut short.
    pub(super) body: Reader<'a>,
    length: Span,
    said: u64,
}

impl Vector<'_> {
    /// Adds the length as a field, and notes that it says more than is there.
    pub(super) fn show_length(&self, of: &Field, tree: &mut Tree) {
        self.show_length_as(&VECTOR_LENGTH, of, tree);
    }

    /// [`show_length`](Self::show_length) with a row of its own.
    pub(super) fn show_length_as(&self, row: &'static Field, of: &Field, tree: &mut Tree) {
        tree.leaf(row, self.length, || Value::Number(self.said));
        let there = self.body.remaining() as u64;
        if self.said > there {
            let text = format!("{}: the length says {} bytes, {there} are there", of.label, self.said);
            tree.malformed(self.length, text);
        }
    }
}

/// Takes a vector whose length stands in `width` bytes before it, as far as it goes.
pub(super) fn open<'a>(reader: &mut Reader<'a>, width: usize) -> Option<Vector<'a>> {
    let start = reader.offset();
    let said = number(reader, width)?;
    let length = reader.since(start);
    let there = usize::try_from(said).unwrap_or(usize::MAX).min(reader.remaining());
    let body = reader.sub(there)?;
    Some(Vector { whole: reader.since(start), body, length, said })
}

/// Takes a number of `width` bytes.
pub(super) fn number(reader: &mut Reader<'_>, width: usize) -> Option<u64> {
    let bytes = reader.take(width)?;
    Some(bytes.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
}

/// Takes one byte and shows it as `show` says.
pub(super) fn code8(
    reader: &mut Reader<'_>,
    field: &'static Field,
    tree: &mut Tree,
    show: impl FnOnce(u8) -> Value,
) -> Option<u8> {
    let start = reader.offset();
    let value = reader.u8()?;
    tree.leaf(field, reader.since(start), || show(value));
    Some(value)
}

/// Takes a 16-bit number and shows it as `show` says.
pub(super) fn code16(
    reader: &mut Reader<'_>,
    field: &'static Field,
    tree: &mut Tree,
    show: impl FnOnce(u16) -> Value,
) -> Option<u16> {
    let start = reader.offset();
    let value = reader.u16()?;
    tree.leaf(field, reader.since(start), || show(value));
    Some(value)
}

/// Takes a 32-bit number and shows it as `show` says.
pub(super) fn code32(
    reader: &mut Reader<'_>,
    field: &'static Field,
    tree: &mut Tree,
    show: impl FnOnce(u32) -> Value,
) -> Option<u32> {
    let start = reader.offset();
    let value = reader.u32()?;
    tree.leaf(field, reader.since(start), || show(value));
    Some(value)
}

/// Takes `count` bytes and shows them as they are.
pub(super) fn fixed<'a>(
    reader: &mut Reader<'a>,
    count: usize,
    field: &'static Field,
    tree: &mut Tree,
) -> Option<&'a [u8]> {
    let start = reader.offset();
    let bytes = reader.take(count)?;
    tree.leaf(field, reader.since(start), || Value::Bytes);
    Some(bytes)
}

/// Takes all bytes that are left and shows them as they are; no bytes give no field.
pub(super) fn rest<'a>(reader: &mut Reader<'a>, field: &'static Field, tree: &mut Tree) -> &'a [u8] {
    if !reader.is_empty() {
        tree.leaf(field, reader.span(), || Value::Bytes);
    }
    reader.rest()
}

/// Takes opaque bytes with a length of `width` bytes before them.
pub(super) fn opaque<'a>(
    reader: &mut Reader<'a>,
    width: usize,
    field: &'static Field,
    tree: &mut Tree,
) -> Option<&'a [u8]> {
    opaque_as(reader, width, field, tree, |_| Value::Bytes)
}

/// [`opaque`], shown as `show` says.
pub(super) fn opaque_as<'a>(
    reader: &mut Reader<'a>,
    width: usize,
    field: &'static Field,
    tree: &mut Tree,
    show: impl FnOnce(&'a [u8]) -> Value,
) -> Option<&'a [u8]> {
    let mut vector = open(reader, width)?;
    vector.show_length(field, tree);
    let span = vector.body.span();
    let bytes = vector.body.rest();
    tree.leaf(field, span, || show(bytes));
    Some(bytes)
}

/// How the entries of a list are counted without reading them.
#[derive(Clone, Copy)]
pub(super) enum Entries {
    /// Each has this many bytes.
    Fixed(usize),
    /// Each has some bytes, a length of so many bytes, what it counts, and some bytes behind that.
    Vectors(usize, usize, usize),
    /// Each is two vectors with lengths of so many bytes.
    Pairs(usize, usize),
}

impl Entries {
    fn count(self, mut reader: Reader<'_>) -> u64 {
        match self {
            Self::Fixed(size) => (reader.remaining() / size.max(1)) as u64,
            Self::Vectors(..) | Self::Pairs(..) => {
                let mut count = 0;
                while !reader.is_empty() && self.skip(&mut reader).is_some() {
                    count += 1;
                }
                count
            }
        }
    }

    fn skip(self, reader: &mut Reader<'_>) -> Option<()> {
        match self {
            Self::Fixed(size) => reader.take(size).map(drop),
            Self::Vectors(before, width, after) => {
                reader.take(before)?;
                open(reader, width)?;
                reader.take(after).map(drop)
            }
            Self::Pairs(first, second) => {
                open(reader, first)?;
                open(reader, second).map(drop)
            }
        }
    }

    /// The span of the entry that begins where `reader` stands, or of what is left of it.
    pub(super) fn span(self, reader: &Reader<'_>) -> Span {
        let mut ahead = *reader;
        match self.skip(&mut ahead) {
            Some(()) => ahead.since(reader.offset()),
            None => reader.span(),
        }
    }
}

/// Takes a list with a length of `width` bytes before it; `each` takes one entry.
pub(super) fn list(
    reader: &mut Reader<'_>,
    width: usize,
    field: &'static Field,
    entries: Entries,
    tree: &mut Tree,
    each: impl FnMut(&mut Reader<'_>, &mut Tree) -> Option<()>,
) -> Option<()> {
    let vector = open(reader, width)?;
    tree.branch(
        field,
        vector.whole,
        || Value::Number(entries.count(vector.body)),
        |tree| {
            vector.show_length(field, tree);
            each_of(vector.body, field, tree, each);
        },
    );
    Some(())
}

/// Takes one entry after another until the bytes end or an entry cannot be read.
pub(super) fn each_of(
    mut reader: Reader<'_>,
    field: &Field,
    tree: &mut Tree,
    mut each: impl FnMut(&mut Reader<'_>, &mut Tree) -> Option<()>,
) {
    while !reader.is_empty() {
        let mut ahead = reader;
        let read = each(&mut ahead, tree);
        if read.is_none() || ahead.remaining() == reader.remaining() {
            broken(&mut reader, field.label, tree);
            return;
        }
        reader = ahead;
    }
}

/// Takes a list of 16-bit code points; `take` gets each one, `show` says how it is shown.
pub(super) fn codes16(
    reader: &mut Reader<'_>,
    width: usize,
    list_field: &'static Field,
    field: &'static Field,
    tree: &mut Tree,
    show: impl Fn(u16) -> Value,
    mut take: impl FnMut(u16),
) -> Option<()> {
    list(reader, width, list_field, Entries::Fixed(2), tree, |reader, tree| {
        code16(reader, field, tree, &show).map(&mut take)
    })
}

/// Takes a list of 8-bit code points, like [`codes16`].
pub(super) fn codes8(
    reader: &mut Reader<'_>,
    width: usize,
    list_field: &'static Field,
    field: &'static Field,
    tree: &mut Tree,
    show: impl Fn(u8) -> Value,
    mut take: impl FnMut(u8),
) -> Option<()> {
    list(reader, width, list_field, Entries::Fixed(1), tree, |reader, tree| {
        code8(reader, field, tree, &show).map(&mut take)
    })
}

/// Notes that no entry can be read where `reader` stands, and shows what is left.
pub(super) fn broken(reader: &mut Reader<'_>, label: &str, tree: &mut Tree) {
    tree.malformed(reader.span(), format!("{label}: an entry is cut short or has not the form that it should have"));
    rest(reader, &UNREAD, tree);
}

/// Shows the whole body as bytes.
#[allow(clippy::unnecessary_wraps, reason = "one signature for all bodies")]
pub(super) fn raw(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    rest(reader, &kind::DATA, tree);
    Some(())
}

/// Takes nothing: the extension says everything by being there.
#[allow(clippy::unnecessary_wraps, reason = "one signature for all bodies")]
pub(super) fn empty(_: &mut Reader<'_>, _: Place, _: &mut Extensions, _: &mut Tree) -> Option<()> {
    Some(())
}

/// Text of bytes from the wire; it is made printable where it is shown.
pub(super) fn text(bytes: &[u8]) -> Value {
    Value::Text(String::from_utf8_lossy(bytes).into_owned())
}
