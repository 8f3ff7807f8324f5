//! The one way to take bytes that came from outside: a cursor that never panics and always knows where it stands.

use super::span::{BufferId, Span};

/// A cursor over borrowed bytes, big-endian, that knows the offset of each byte in its buffer.
///
/// Every method that takes bytes returns `None` when there are too few, and then takes none.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    buffer: BufferId,
    origin: u32,
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, whose first byte has offset 0 in `buffer`.
    #[must_use]
    pub fn new(bytes: &'a [u8], buffer: BufferId) -> Self {
        Self::at(bytes, buffer, 0)
    }

    /// Reads `bytes`, whose first byte has offset `origin` in `buffer`.
    #[must_use]
    pub fn at(bytes: &'a [u8], buffer: BufferId, origin: u32) -> Self {
        Self { bytes, position: 0, buffer, origin }
    }

    /// Offset of the next byte in the buffer.
    #[must_use]
    pub fn offset(&self) -> u32 {
        self.origin.saturating_add(u32::try_from(self.position).unwrap_or(u32::MAX))
    }

    /// The buffer that spans of this reader count in.
    #[must_use]
    pub fn buffer(&self) -> BufferId {
        self.buffer
    }

    /// How many bytes are left.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// Whether all bytes were taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.remaining() == 0
    }

    /// The bytes that are left, without taking them.
    #[must_use]
    pub fn peek(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    /// The span from offset `start` (an earlier [`offset`](Self::offset)) to the next byte.
    #[must_use]
    pub fn since(&self, start: u32) -> Span {
        Span::new(self.buffer, start, self.offset())
    }

    /// The span of all bytes that are left.
    #[must_use]
    pub fn span(&self) -> Span {
        let left = u32::try_from(self.remaining()).unwrap_or(u32::MAX);
        Span::new(self.buffer, self.offset(), self.offset().saturating_add(left))
    }

    /// Takes `count` bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.peek().get(..count)?;
        self.position += count;
        Some(taken)
    }

    /// Takes all bytes that are left.
    pub fn rest(&mut self) -> &'a [u8] {
        let rest = self.peek();
        self.position = self.bytes.len();
        rest
    }

    /// Takes `count` bytes as a reader of its own, which keeps counting offsets in the same buffer.
    pub fn sub(&mut self, count: usize) -> Option<Reader<'a>> {
        let origin = self.offset();
        Some(Reader::at(self.take(count)?, self.buffer, origin))
    }

    /// Takes one byte.
    pub fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// Takes a 16-bit number.
    pub fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    /// Takes a 24-bit number.
    pub fn u24(&mut self) -> Option<u32> {
        self.array().map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    /// Takes a 32-bit number.
    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    /// Takes a 64-bit number.
    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// Takes exactly `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// Takes a vector whose length stands in one byte before it. Takes nothing when the vector is cut short.
    pub fn vector8(&mut self) -> Option<Reader<'a>> {
        self.vector(|reader| reader.u8().map(usize::from))
    }

    /// Takes a vector whose length stands in two bytes before it. Takes nothing when the vector is cut short.
    pub fn vector16(&mut self) -> Option<Reader<'a>> {
        self.vector(|reader| reader.u16().map(usize::from))
    }

    /// Takes a vector whose length stands in three bytes before it. Takes nothing when the vector is cut short.
    pub fn vector24(&mut self) -> Option<Reader<'a>> {
        self.vector(|reader| reader.u24().map(|length| length as usize))
    }

    fn vector(&mut self, length: impl FnOnce(&mut Self) -> Option<usize>) -> Option<Reader<'a>> {
        let mut ahead = *self;
        let count = length(&mut ahead)?;
        let body = ahead.sub(count)?;
        *self = ahead;
        Some(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_vector_takes_nothing() {
        let mut reader = Reader::new(&[0, 3, 1, 2], BufferId(0));
        assert!(reader.vector16().is_none());
        assert_eq!(reader.remaining(), 4);
        assert_eq!(reader.u16(), Some(3));
    }

    #[test]
    fn sub_readers_keep_the_offsets_of_their_buffer() {
        let mut reader = Reader::at(&[2, 7, 8, 9], BufferId(1), 100);
        let mut body = reader.vector8().unwrap();
        assert_eq!(body.span(), Span::new(BufferId(1), 101, 103));
        assert_eq!(body.u16(), Some(0x0708));
        assert_eq!(reader.offset(), 103);
        assert_eq!(reader.u24(), None);
        assert_eq!(reader.rest(), [9]);
    }
}
