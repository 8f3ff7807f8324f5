//! Taking fields: each function takes one field off a reader, puts it into the tree, and notes where it is missing.
//!
//! `None` means that the field was not there as the standard has it. The note is made and the bytes that are left
//! are shown as unread, so a caller just stops.

use super::fields::{TRAILING, UNREAD};
use crate::base::{Field, Reader, Tree, Value};
use std::borrow::Cow;

/// Takes a byte that `value` shows.
pub(crate) fn u8(
    reader: &mut Reader<'_>,
    field: &'static Field,
    tree: &mut Tree,
    value: impl FnOnce(u8) -> Value,
) -> Option<u8> {
    take(reader, field, tree, Reader::u8, value)
}

/// Takes a 16-bit number that `value` shows.
pub(crate) fn u16(
    reader: &mut Reader<'_>,
    field: &'static Field,
    tree: &mut Tree,
    value: impl FnOnce(u16) -> Value,
) -> Option<u16> {
    take(reader, field, tree, Reader::u16, value)
}

/// Takes a 24-bit number.
pub(crate) fn u24(reader: &mut Reader<'_>, field: &'static Field, tree: &mut Tree) -> Option<u32> {
    take(reader, field, tree, Reader::u24, number)
}

/// Takes a 32-bit number.
pub(crate) fn u32(reader: &mut Reader<'_>, field: &'static Field, tree: &mut Tree) -> Option<u32> {
    u32_as(reader, field, tree, number)
}

/// Takes a 32-bit number that `value` shows.
pub(crate) fn u32_as(
    reader: &mut Reader<'_>,
    field: &'static Field,
    tree: &mut Tree,
    value: impl FnOnce(u32) -> Value,
) -> Option<u32> {
    take(reader, field, tree, Reader::u32, value)
}

/// Takes `count` bytes.
pub(crate) fn bytes<'a>(
    reader: &mut Reader<'a>,
    count: usize,
    field: &'static Field,
    tree: &mut Tree,
) -> Option<&'a [u8]> {
    take(reader, field, tree, |reader| reader.take(count), |_| Value::Bytes)
}

/// Takes all bytes that are left.
pub(crate) fn rest<'a>(reader: &mut Reader<'a>, field: &'static Field, tree: &mut Tree) -> &'a [u8] {
    if !reader.is_empty() {
        tree.leaf(field, reader.span(), || Value::Bytes);
    }
    reader.rest()
}

/// How many bytes the length of a vector has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Width {
    /// One byte.
    One,
    /// Two bytes.
    Two,
    /// Three bytes.
    Three,
}

/// Takes a vector with the length before it. One that is cut short is noted and gives what is there of it.
pub(crate) fn vector<'a>(
    width: Width,
    reader: &mut Reader<'a>,
    length: &'static Field,
    tree: &mut Tree,
) -> Option<Reader<'a>> {
    let start = reader.offset();
    let count = match width {
        Width::One => take(reader, length, tree, |reader| reader.u8().map(u32::from), number)?,
        Width::Two => take(reader, length, tree, |reader| reader.u16().map(u32::from), number)?,
        Width::Three => take(reader, length, tree, Reader::u24, number)?,
    } as usize;
    let there = reader.remaining();
    if count > there {
        let text = format!("{} says {count} bytes, but only {there} are left", length.label);
        tree.malformed(reader.since(start), text);
    }
    reader.sub(count.min(there))
}

/// Takes a vector whose content is one opaque field.
pub(crate) fn opaque<'a>(
    width: Width,
    reader: &mut Reader<'a>,
    length: &'static Field,
    field: &'static Field,
    tree: &mut Tree,
) -> Option<&'a [u8]> {
    let mut content = vector(width, reader, length, tree)?;
    Some(rest(&mut content, field, tree))
}

/// Notes bytes that stand behind the last field of a message.
pub(crate) fn end(reader: &mut Reader<'_>, tree: &mut Tree) {
    if !reader.is_empty() {
        tree.malformed(reader.span(), "bytes are left behind the last field");
        rest(reader, &TRAILING, tree);
    }
}

/// Whether `read` finds nothing wrong with the bytes and takes all of them: how one form is told from another when
/// nothing else tells it.
pub(crate) fn fits<'a, R>(mut reader: Reader<'a>, read: impl FnOnce(&mut Reader<'a>, &mut Tree) -> R) -> bool {
    let mut quiet = Tree::off();
    read(&mut reader, &mut quiet);
    reader.is_empty() && quiet.notes().is_empty()
}

/// A count or length.
pub(crate) fn number<T: Into<u64>>(value: T) -> Value {
    Value::Number(value.into())
}

/// A code point of a registry too small for a type of its own.
pub(crate) fn named(value: u8, name: &'static str) -> Value {
    Value::Named(u64::from(value), 0, Cow::Borrowed(name))
}

fn take<'a, T: Copy>(
    reader: &mut Reader<'a>,
    field: &'static Field,
    tree: &mut Tree,
    read: impl FnOnce(&mut Reader<'a>) -> Option<T>,
    value: impl FnOnce(T) -> Value,
) -> Option<T> {
    let start = reader.offset();
    if let Some(taken) = read(reader) {
        tree.leaf(field, reader.since(start), || value(taken));
        return Some(taken);
    }
    tree.malformed(reader.span(), format!("{} is missing or cut short", field.label));
    rest(reader, &UNREAD, tree);
    None
}
