//! Where a fact lies: a half-open range of bytes in one of the buffers of a dissection.

/// Which buffer a [`Span`] counts in.
///
/// A dissection has a handful of buffers: the bytes of a frame, the reassembled stream, a handshake message that was
/// joined from several records, a decompressed certificate list, a decrypted record. The number is an index into the
/// list of buffers that travels with the [`Tree`](super::Tree).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BufferId(pub u8);

/// A half-open range of bytes, `start..end`, in one buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The buffer in which the offsets count.
    pub buffer: BufferId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte; never less than `start`.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `buffer`. An `end` before `start` gives an empty span at `start`.
    #[must_use]
    pub fn new(buffer: BufferId, start: u32, end: u32) -> Self {
        Self { buffer, start, end: end.max(start) }
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the span covers no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `offset` lies inside the span.
    #[must_use]
    pub fn contains(self, offset: u32) -> bool {
        (self.start..self.end).contains(&offset)
    }

    /// The same span as a range that can index a slice.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The bytes of the span in `buffer`, or an empty slice where the buffer is too short.
    #[must_use]
    pub fn of(self, buffer: &[u8]) -> &[u8] {
        buffer.get(self.range()).unwrap_or_default()
    }
}
