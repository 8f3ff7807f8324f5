//! What is counted while packets are captured, so that nothing is lost in silence.

use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers that one thread writes and everybody may read. Each has one writer, which stands beside it.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// Packets that were captured and written: the capturing thread.
    pub(super) captured: Count,
    /// Packets that the operating system had no room for: the capturing thread.
    pub(super) kernel: Count,
    /// Packets that an interface had no room for: the capturing thread.
    pub(super) interface: Count,
    /// Packets that were overwritten before they were decoded: who decodes.
    pub(super) skipped: Count,
}

/// A number that grows.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    pub(super) fn set(&self, count: u64) {
        self.0.store(count, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How many packets there were, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Captured and written to the capture file.
    pub captured: u64,
    /// Lost because the operating system had no room for them: its buffer was full.
    pub dropped_by_kernel: u64,
    /// Lost because the interface itself had no room for them.
    pub dropped_by_interface: u64,
    /// Captured, and overwritten in the ring of files before they were decoded.
    pub not_decoded: u64,
}

impl Counts {
    /// Whether everything that passed was captured and decoded.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        Self { captured: 0, ..*self } == Self::default()
    }
}

impl Counters {
    pub(super) fn counts(&self) -> Counts {
        Counts {
            captured: self.captured.now(),
            dropped_by_kernel: self.kernel.now(),
            dropped_by_interface: self.interface.now(),
            not_decoded: self.skipped.now(),
        }
    }
}
