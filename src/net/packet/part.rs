//! What is left of a packet behind the headers that were read, and the way a header's fields get into the tree.
//!
//! Facts are taken with plain slicing, because every packet of a capture comes through here. The fields are read a
//! second time, and only where somebody looks at them.

use crate::base::{BufferId, Field, Group, Severity, Span, Tree, Value, hex_colon};
use std::net::IpAddr;

/// The bytes behind the headers read so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    /// What was captured of it.
    pub(super) bytes: &'a [u8],
    /// Offset of the first byte in the buffer.
    pub(super) start: u32,
    /// How many bytes follow on the wire that the capture did not keep.
    pub(super) missing: u32,
    /// 0 for the frame; others for what was put together from fragments.
    pub(super) buffer: BufferId,
    /// Whether a header below has said where the bytes end. A header above that claims more is wrong then: nothing is
    /// missing.
    pub(super) bounded: bool,
}

impl<'a> Part<'a> {
    /// A whole frame that had `original_length` bytes on the wire.
    pub(super) fn frame(bytes: &'a [u8], original_length: u32) -> Self {
        let missing = original_length.saturating_sub(count(bytes.len()));
        Self { bytes, start: 0, missing, buffer: BufferId(0), bounded: false }
    }

    /// A datagram that was put together from fragments.
    pub(super) fn joined(bytes: &'a [u8], buffer: BufferId) -> Self {
        Self { bytes, start: 0, missing: 0, buffer, bounded: true }
    }

    /// The first `N` bytes.
    pub(super) fn head<const N: usize>(&self) -> Option<&'a [u8; N]> {
        self.bytes.first_chunk()
    }

    /// `N` bytes from offset `at` on.
    pub(super) fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..)?.first_chunk().copied()
    }

    /// What stands behind the first `length` bytes. Bytes that the capture cut are stepped over as well.
    pub(super) fn after(self, length: usize) -> Self {
        let bytes = self.bytes.get(length..).unwrap_or_default();
        let cut = length.saturating_sub(self.bytes.len());
        Self {
            bytes,
            start: self.start.saturating_add(count(length.min(self.bytes.len()))),
            missing: self.missing.saturating_sub(count(cut)),
            buffer: self.buffer,
            bounded: self.bounded,
        }
    }

    /// The first `length` bytes, as far as there are so many.
    pub(super) fn limit(self, length: usize) -> Self {
        match self.bytes.get(..length) {
            Some(bytes) => Self { bytes, missing: 0, bounded: true, ..self },
            None => Self { missing: self.missing.min(count(length - self.bytes.len())), bounded: true, ..self },
        }
    }

    /// The first `length` bytes, where the header that says so is believed more than the file: some tools cut
    /// packets and forget to keep the original length.
    pub(super) fn exactly(self, length: usize) -> Self {
        match self.bytes.get(..length) {
            Some(bytes) => Self { bytes, missing: 0, bounded: true, ..self },
            None if self.bounded => self,
            None => Self { missing: count(length - self.bytes.len()), bounded: true, ..self },
        }
    }

    /// The span of `length` bytes from offset `at` on, no longer than what was captured.
    pub(super) fn span(&self, at: usize, length: usize) -> Span {
        let end = at.saturating_add(length).min(self.bytes.len());
        Span::new(self.buffer, self.start.saturating_add(count(at.min(end))), self.start.saturating_add(count(end)))
    }

    /// The span of everything that was captured.
    pub(super) fn whole(&self) -> Span {
        self.span(0, self.bytes.len())
    }

    /// Says that a header named `what` does not fit into the part. Always `None`, for the reader to return.
    pub(super) fn short<T>(&self, what: &'static str, tree: &mut Tree) -> Option<T> {
        if self.missing > 0 {
            let text = format!("the capture cut the packet inside the {what}");
            tree.note(Severity::Note, Group::Reassemble, "frame.cut", self.whole(), text);
        } else {
            tree.malformed(self.whole(), format!("the packet ends inside the {what}"));
        }
        None
    }
}

/// A length as spans count it.
pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// One header on its way into the tree: fields at fixed places in the first bytes of a part.
pub(super) struct Header<'t, 'a> {
    pub(super) tree: &'t mut Tree,
    pub(super) part: Part<'a>,
}

impl Header<'_, '_> {
    /// Adds the header `field`, which takes the first `length` bytes, with the fields that `inside` adds.
    pub(super) fn show(
        tree: &mut Tree,
        field: &'static Field,
        part: Part<'_>,
        length: usize,
        inside: impl FnOnce(&mut Header<'_, '_>),
    ) {
        if tree.is_on() {
            let part = part.limit(length);
            tree.branch(field, part.whole(), || Value::None, |tree| inside(&mut Header { tree, part }));
        }
    }

    /// The big-endian number of `length` bytes (at most 8) at `at`; 0 where it is cut.
    pub(super) fn value(&self, at: usize, length: usize) -> u64 {
        let bytes = self.part.bytes.get(at..at.saturating_add(length)).unwrap_or_default();
        bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte))
    }

    /// A field with any value, left out where its bytes are not there.
    pub(super) fn leaf(&mut self, field: &'static Field, at: usize, length: usize, value: Value) {
        if at.saturating_add(length) <= self.part.bytes.len() {
            self.tree.leaf(field, self.part.span(at, length), || value);
        }
    }

    /// A count or an identifier shown in decimal.
    pub(super) fn number(&mut self, field: &'static Field, at: usize, length: usize) {
        self.leaf(field, at, length, Value::Number(self.value(at, length)));
    }

    /// A number shown in hexadecimal.
    pub(super) fn hex(&mut self, field: &'static Field, at: usize, length: usize) {
        let digits = u8::try_from(length * 2).unwrap_or(16);
        self.leaf(field, at, length, Value::Hex(self.value(at, length), digits));
    }

    /// A code point with its name; `digits` 0 shows it in decimal.
    pub(super) fn named(
        &mut self,
        field: &'static Field,
        at: usize,
        length: usize,
        digits: u8,
        name: impl Fn(u64) -> &'static str,
    ) {
        let value = self.value(at, length);
        self.leaf(field, at, length, Value::Named(value, digits, name(value).into()));
    }

    /// The bits of `mask` in the number of `length` bytes at `at`.
    pub(super) fn bits(&mut self, field: &'static Field, at: usize, length: usize, mask: u64) {
        let value = (self.value(at, length) & mask) >> mask.trailing_zeros().min(63);
        self.leaf(field, at, length, Value::Number(value));
    }

    /// One bit.
    pub(super) fn flag(&mut self, field: &'static Field, at: usize, length: usize, mask: u64) {
        let value = self.value(at, length) & mask != 0;
        self.leaf(field, at, length, Value::Flag(value));
    }

    /// A hardware address.
    pub(super) fn hardware(&mut self, field: &'static Field, at: usize, length: usize) {
        let text = hex_colon(self.part.bytes.get(at..at.saturating_add(length)).unwrap_or_default());
        self.leaf(field, at, length, Value::Text(text));
    }

    /// An IPv4 or IPv6 address, by its length.
    pub(super) fn address(&mut self, field: &'static Field, at: usize, length: usize) {
        let address = match length {
            4 => self.part.array::<4>(at).map(IpAddr::from),
            _ => self.part.array::<16>(at).map(IpAddr::from),
        };
        if let Some(address) = address {
            self.leaf(field, at, length, Value::Address(address));
        }
    }

    /// Bytes shown as they are; nothing where there are none.
    pub(super) fn bytes(&mut self, field: &'static Field, at: usize, length: usize) {
        if length > 0 {
            self.leaf(field, at, length, Value::Bytes);
        }
    }
}
