//! The capture files while they are written: one, or a ring of some in which the oldest gives way to the newest.
//!
//! ```text
//!   writer ─► file 3 ─┐        positions: 0 ………………………… end
//!             file 1  ├─ one stream of bytes:  (gone) │ file 1 │ file 2 │ file 3
//!             file 2 ─┘                                  └► Tail, Store
//! ```
//!
//! Who reads sees one stream that only grows: every file is a section of pcapng, and sections may follow each other. A
//! position is never used twice, so what is gone is known to be gone. The writer never waits for the reader; a reader
//! that falls behind by all files goes on with the oldest one that is there.

use super::super::file::Overwritten;
use super::super::packet::Store;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a reader waits for more before it says that there is nothing.
const PATIENCE: Duration = Duration::from_millis(100);
/// For how long a reader is held back who needs something that comes beside the packets, and how exactly.
const HELD: Duration = Duration::from_millis(300);
const MARKS: Duration = Duration::from_millis(20);
/// How much room on the disk is asked for at once.
const RESERVE: u64 = 4 << 20;
/// How many bytes may wait for a reader before it should hurry.
const AHEAD: u64 = 8 << 20;
/// A packet cannot be longer; a position that claims more is none of ours.
const LARGEST: u32 = 64 << 20;

/// A file of the ring.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) path: PathBuf,
    pub(super) file: File,
}

/// The files, for one writer and any number of readers.
#[derive(Debug)]
pub(super) struct Ring {
    slots: Vec<Slot>,
    state: Mutex<State>,
    news: Condvar,
    /// Where a reader that fell behind went on: the number of packets in front of that place. 0 where none did.
    resumed: AtomicU64,
    /// How far the reader has read.
    read: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    /// What the files hold, the oldest first.
    spans: VecDeque<Span>,
    /// The position behind the last byte.
    end: u64,
    /// Where the end was at some moments of the last [`HELD`], and before them.
    ends: VecDeque<(Instant, u64)>,
    old_end: u64,
    ended: bool,
}

/// What one file holds.
#[derive(Clone, Copy, Debug)]
struct Span {
    slot: usize,
    /// The position of its first byte.
    start: u64,
    /// How many packets were captured before it.
    packets: u64,
}

impl State {
    /// The file with this position in it, and how many of its bytes are there from the position on.
    fn find(&self, position: u64) -> Option<(Span, u64)> {
        let index = self.spans.iter().rposition(|span| span.start <= position)?;
        let end = self.spans.get(index + 1).map_or(self.end, |next| next.start);
        Some((*self.spans.get(index)?, end.saturating_sub(position)))
    }

    fn grow(&mut self, length: usize) {
        self.end += length as u64;
        let now = Instant::now();
        match self.ends.back_mut().filter(|(then, _)| now.duration_since(*then) < MARKS) {
            Some((_, end)) => *end = self.end,
            None => self.ends.push_back((now, self.end)),
        }
        while let Some((_, end)) = self.ends.front().filter(|(then, _)| now.duration_since(*then) > HELD) {
            self.old_end = *end;
            self.ends.pop_front();
        }
    }

    /// How far a reader may read: to the end, or to where the end was a while ago.
    fn end_for(&self, held: bool) -> u64 {
        if self.ended || !held {
            return self.end;
        }
        let mut old = self.ends.iter().rev().skip_while(|(then, _)| then.elapsed() < HELD);
        old.next().map_or(self.old_end, |(_, end)| *end)
    }

    fn holds(&self, position: u64) -> bool {
        self.spans.front().is_some_and(|oldest| oldest.start <= position)
    }
}

impl Ring {
    pub(super) fn new(slots: Vec<Slot>) -> Self {
        Self {
            slots,
            state: Mutex::default(),
            news: Condvar::new(),
            resumed: AtomicU64::new(0),
            read: AtomicU64::new(0),
        }
    }

    /// Where the files are, in the order in which they are written first.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.slots.iter().map(|slot| slot.path.as_path())
    }

    /// The file that is being written.
    pub(super) fn writing(&self) -> PathBuf {
        let slot = self.state().spans.back().map_or(0, |span| span.slot);
        self.slot(slot).map(|slot| slot.path.clone()).unwrap_or_default()
    }

    /// Gives every file a header, so that one that is never written is a capture too.
    pub(super) fn prepare(&self, header: &[u8]) -> io::Result<()> {
        self.slots.iter().try_for_each(|slot| slot.file.write_all_at(header, 0))
    }

    /// Begins the next file with `header`, in place of the oldest one when all are in use; `packets` were captured so
    /// far.
    pub(super) fn turn(&self, header: &[u8], packets: u64) -> io::Result<()> {
        let mut state = self.state();
        let slot = state.spans.back().map_or(0, |last| (last.slot + 1) % self.slots.len().max(1));
        if state.spans.len() == self.slots.len() {
            // From now on nobody takes what lies there for what lay there.
            state.spans.pop_front();
        }
        let start = state.end;
        drop(state);
        let file = &self.slot(slot)?.file;
        file.set_len(0)?;
        file.write_all_at(header, 0)?;
        let mut state = self.state();
        state.spans.push_back(Span { slot, start, packets });
        state.grow(header.len());
        drop(state);
        self.news.notify_all();
        Ok(())
    }

    /// Adds bytes to the file that is being written.
    pub(super) fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let (file, length) = self.current()?;
        if let Err(cause) = file.write_all_at(bytes, length) {
            // What is there in part would end the file in the middle of a block.
            let _ = file.set_len(length);
            return Err(cause);
        }
        self.state().grow(bytes.len());
        self.news.notify_all();
        Ok(())
    }

    /// Makes sure that the file can grow to `needed` bytes, and says to how many it can. What was captured can then
    /// always be written.
    pub(super) fn reserve(&self, needed: u64) -> io::Result<u64> {
        let (file, _) = self.current()?;
        match allocate(file, needed + RESERVE) {
            Ok(()) => Ok(needed + RESERVE),
            Err(cause) if cannot_reserve(&cause) => Ok(u64::MAX),
            Err(_) => allocate(file, needed).map(|()| needed),
        }
    }

    /// Gives back what was reserved and not used.
    pub(super) fn trim(&self) -> io::Result<()> {
        let (file, length) = self.current()?;
        file.set_len(length)
    }

    /// Nothing more will come.
    pub(super) fn end(&self) {
        self.state().ended = true;
        self.news.notify_all();
    }

    /// How many packets were captured before the place where a reader went on that had fallen behind; told once.
    #[inline]
    pub(super) fn take_resumed(&self) -> Option<u64> {
        if self.resumed.load(Ordering::Relaxed) == 0 {
            return None;
        }
        Some(self.resumed.swap(0, Ordering::Relaxed))
    }

    /// Whether so much waits for the reader that it should hurry: more than a little, or than a quarter of what there
    /// is where files are written in turn.
    pub(super) fn is_ahead(&self, held: bool) -> bool {
        let state = self.state();
        let in_turn = self.slots.len() > 1 && state.spans.len() == self.slots.len();
        let there = state.end - state.spans.front().map_or(0, |oldest| oldest.start);
        let most = if in_turn { AHEAD.min(there / 4) } else { AHEAD };
        state.end_for(held).saturating_sub(self.read.load(Ordering::Relaxed)) > most
    }

    fn current(&self) -> io::Result<(&File, u64)> {
        let state = self.state();
        let span = *state.spans.back().ok_or(io::ErrorKind::NotFound)?;
        Ok((&self.slot(span.slot)?.file, state.end - span.start))
    }

    fn slot(&self, slot: usize) -> io::Result<&Slot> {
        self.slots.get(slot).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads at a position, as much as is there.
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let found = self.state().find(position);
        let Some((span, there)) = found else { return Err(gone()) };
        let length = usize::try_from(there).unwrap_or(usize::MAX).min(buffer.len());
        let buffer = buffer.get_mut(..length).unwrap_or_default();
        let read = self.slot(span.slot)?.file.read_at(buffer, position - span.start);
        // The file may have been given to newer packets meanwhile.
        if self.state().holds(position) { read } else { Err(gone()) }
    }
}

/// What was asked for was overwritten.
fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the packet is no longer in the ring of capture files")
}

#[cfg(target_os = "linux")]
fn allocate(file: &File, length: u64) -> io::Result<()> {
    use nix::fcntl::{FallocateFlags, fallocate};
    let length = length.try_into().map_err(io::Error::other)?;
    Ok(fallocate(file, FallocateFlags::FALLOC_FL_KEEP_SIZE, 0, length)?)
}

#[cfg(not(target_os = "linux"))]
fn allocate(_: &File, _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether the file system knows no reservation, which is no lack of room.
fn cannot_reserve(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput)
}

impl Store for Ring {
    fn read(&self, _: u8, position: u64, length: u32) -> io::Result<Vec<u8>> {
        if length > LARGEST {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut buffer = vec![0; length as usize];
        let mut at = 0;
        while let Some(rest) = buffer.get_mut(at..).filter(|rest| !rest.is_empty()) {
            match self.read_at(rest, position + at as u64)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => at += count,
            }
        }
        Ok(buffer)
    }

    fn oldest(&self) -> u64 {
        self.state().spans.front().map_or(0, |oldest| oldest.start)
    }
}

/// Reads the stream as it grows.
#[derive(Debug)]
pub(super) struct Tail {
    ring: Arc<Ring>,
    position: u64,
    held: bool,
}

impl Tail {
    /// A reader from the first byte on; when it is `held`, it gets everything a little later.
    pub(super) fn new(ring: Arc<Ring>, held: bool) -> Self {
        Self { ring, position: 0, held }
    }
}

impl Read for Tail {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ring = &self.ring;
        let nothing_new = |state: &mut State| state.end_for(self.held) <= self.position && !state.ended;
        let waited = ring.news.wait_timeout_while(ring.state(), PATIENCE, nothing_new);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let there = usize::try_from(state.end_for(self.held).saturating_sub(self.position)).unwrap_or(usize::MAX);
        if there == 0 {
            return if state.ended { Ok(0) } else { Err(io::ErrorKind::WouldBlock.into()) };
        }
        drop(state);
        let length = there.min(buffer.len());
        if let Ok(count) = ring.read_at(buffer.get_mut(..length).unwrap_or_default(), self.position) {
            self.position += count as u64;
            ring.read.store(self.position, Ordering::Relaxed);
            return Ok(count);
        }
        let state = ring.state();
        let oldest = state.spans.front().copied().filter(|oldest| oldest.start > self.position);
        drop(state);
        // Nothing is gone: the disk fails.
        let Some(oldest) = oldest else { return Err(io::Error::other("the capture file cannot be read")) };
        ring.resumed.store(oldest.packets, Ordering::Relaxed);
        self.position = oldest.start;
        Err(io::Error::other(Overwritten { to: oldest.start }))
    }
}

#[cfg(test)]
mod tests;
