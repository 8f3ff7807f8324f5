//! Where the bytes of a capture come from: memory, or a stream that is read in blocks.

use super::InMemory;
use super::spool::Spool;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much is read at once: what fits into the second cache of a processor, where the packets are then found.
const BLOCK: usize = 1 << 18;

/// How much is read to recognise a file; less than a block, because many files may be opened together.
const FIRST: usize = 4096;

/// The error of a reader whose next bytes are gone: it goes on at another offset, where a section begins.
#[derive(Debug, thiserror::Error)]
#[error("the bytes up to offset {to} were overwritten")]
pub(in super::super) struct Overwritten {
    /// Where it goes on.
    pub(in super::super) to: u64,
}

/// The bytes of a file, or what it decompresses to.
pub(super) enum Bytes {
    Memory(Memory),
    Blocks(Blocks),
}

/// A capture that lies in memory as a whole.
#[derive(Clone)]
pub(super) enum Memory {
    Static(&'static [u8]),
    Shared(Arc<InMemory>),
}

impl Memory {
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Static(bytes) => bytes,
            Self::Shared(memory) => &memory.bytes,
        }
    }
}

impl Bytes {
    /// What is there of the bytes.
    #[inline]
    pub(super) fn window(&self) -> &[u8] {
        match self {
            Self::Memory(memory) => memory.bytes(),
            Self::Blocks(blocks) => blocks.window(),
        }
    }

    /// The offset of the first byte of the window.
    #[inline]
    pub(super) fn base(&self) -> u64 {
        if let Self::Blocks(blocks) = self { blocks.base } else { 0 }
    }

    /// Brings more, so that `needed` bytes are there from `at` on, and moves `at` with the window. False when there
    /// are not as many.
    pub(super) fn fill(&mut self, at: &mut usize, needed: usize) -> io::Result<bool> {
        match self {
            Self::Memory(_) => Ok(false),
            Self::Blocks(blocks) => blocks.fill(at, needed),
        }
    }

    /// How many bytes were read as they lie on disk, when reading has come to `at`.
    pub(super) fn read_so_far(&self, at: usize) -> u64 {
        match self {
            Self::Memory(_) => at as u64,
            Self::Blocks(blocks) => blocks.count.load(Ordering::Relaxed),
        }
    }

    /// Why what was read cannot be read a second time, if so; told once.
    pub(super) fn take_spool_failure(&mut self) -> Option<io::Error> {
        if let Self::Blocks(blocks) = self { blocks.spool_failure.take() } else { None }
    }
}

/// A window that moves over a stream.
pub(super) struct Blocks {
    reader: Box<dyn Read + Send>,
    /// Counts the bytes as they lie on disk.
    count: Arc<AtomicU64>,
    buffer: Vec<u8>,
    filled: usize,
    base: u64,
    ended: bool,
    /// Why reading ended, until it is told.
    failure: Option<io::Error>,
    spool: Option<Arc<Spool>>,
    spool_failure: Option<io::Error>,
}

impl Blocks {
    pub(super) fn new(reader: Box<dyn Read + Send>, count: Arc<AtomicU64>) -> Self {
        let (buffer, filled, base, ended) = (Vec::new(), 0, 0, false);
        Self { reader, count, buffer, filled, base, ended, failure: None, spool: None, spool_failure: None }
    }

    /// Keeps in `spool` what was read to recognise the file and all that will be read.
    pub(super) fn keep(&mut self, spool: Arc<Spool>) {
        self.spool = Some(spool);
        self.spool_from(0);
    }

    /// The stream from its beginning, when no more than its first bytes were looked at.
    pub(super) fn into_reader(mut self) -> Box<dyn Read + Send> {
        self.buffer.truncate(self.filled);
        Box::new(io::Cursor::new(self.buffer).chain(self.reader))
    }

    /// The first bytes, to recognise them by; fewer only where the stream ends. It fails when there is none.
    pub(super) fn first(&mut self, needed: usize) -> io::Result<&[u8]> {
        loop {
            match self.fill(&mut 0, needed.min(FIRST)) {
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => continue,
                Err(cause) if self.filled == 0 => return Err(cause),
                // What is there may be read; the failure is told at its end.
                Err(cause) => self.failure = Some(cause),
                Ok(_) => {}
            }
            return Ok(self.window());
        }
    }

    fn window(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }

    fn fill(&mut self, at: &mut usize, needed: usize) -> io::Result<bool> {
        while self.filled - (*at).min(self.filled) < needed {
            if self.ended {
                return self.failure.take().map_or(Ok(false), Err);
            }
            self.make_room(at, needed);
            let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
            match self.reader.read(room) {
                Ok(0) => self.ended = true,
                Ok(count) => {
                    let from = self.filled;
                    self.filled += count;
                    self.spool_from(from);
                }
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => return Err(cause),
                Err(cause) if let Some(to) = overwritten(&cause) => {
                    // What is there is the beginning of a block whose end is gone.
                    (self.base, self.filled, *at) = (to, 0, 0);
                }
                Err(cause) => {
                    self.ended = true;
                    return Err(cause);
                }
            }
        }
        Ok(true)
    }

    /// Moves what is left to the front when there is no room behind it, and grows the buffer to what is needed.
    fn make_room(&mut self, at: &mut usize, needed: usize) {
        if *at > 0 {
            self.buffer.copy_within(*at..self.filled, 0);
            self.base += *at as u64;
            self.filled -= *at;
            *at = 0;
        }
        let length = if self.base == 0 && needed <= FIRST && self.filled < needed { FIRST } else { BLOCK.max(needed) };
        if self.buffer.len() < length {
            self.buffer.resize(length, 0);
        }
    }

    fn spool_from(&mut self, from: usize) {
        let Some(spool) = &self.spool else { return };
        let bytes = self.buffer.get(from..self.filled).unwrap_or_default();
        if let Err(cause) = spool.append(bytes) {
            // What was written so far can still be read again.
            self.spool_failure = Some(cause);
            self.spool = None;
        }
    }
}

fn overwritten(cause: &io::Error) -> Option<u64> {
    cause.get_ref()?.downcast_ref::<Overwritten>().map(|overwritten| overwritten.to)
}

/// A reader that counts what goes through it.
pub(super) struct Counting<R> {
    reader: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Counting<R> {
    pub(super) fn new(reader: R, count: Arc<AtomicU64>) -> Self {
        Self { reader, count }
    }
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.count.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
