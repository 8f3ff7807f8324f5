//! Maps a file into memory. One of the few places with `unsafe` code.
//!
//! Why it is allowed here: reading a mapped file is a third faster than copying it block by block, and reading is most
//! of what opening a large capture costs. What could go wrong with it, and why it is sound enough:
//!
//! * The map is private and read-only, so this program cannot change the file through it.
//! * Another program that *writes into* the file while it is mapped could change bytes under a `&[u8]`. Nothing that
//!   is read from a capture is trusted: every length is checked where it is used, and no decision about memory rests
//!   on reading the same byte twice.
//! * Another program that *cuts* the file while it is mapped makes reading behind the new end a SIGBUS. Files that were
//!   written to just now are therefore not mapped but read in blocks, and the length of a mapped file is looked at
//!   again each 64 MiB. What remains is a file that lay still and is cut in the moment in which it is read.
#![allow(unsafe_code)]

use memmap2::{Advice, Mmap, UncheckedAdvice};
use std::fs::File;
use std::io;
use std::time::{Duration, SystemTime};

/// How much is read between two looks at the file's length; also about how much of it is kept in memory.
const STRETCH: usize = 64 << 20;

/// A file that was written to within this time may still be being written.
const STILL: Duration = Duration::from_secs(3);

/// A file mapped for reading once from its beginning to its end.
#[derive(Debug)]
pub(super) struct Map {
    bytes: Mmap,
    file: File,
    /// Position at which the length is to be looked at again.
    check: usize,
    /// Up to which position the pages were given back.
    released: usize,
}

/// Whether a file may be mapped: a regular one that is not empty and lies still.
pub(super) fn may_be_mapped(file: &File) -> bool {
    let Ok(metadata) = file.metadata() else { return false };
    // A time of change in the future, as from another machine's clock, says nothing.
    let moving = metadata
        .modified()
        .is_ok_and(|changed| SystemTime::now().duration_since(changed).is_ok_and(|passed| passed < STILL));
    metadata.is_file() && metadata.len() > 0 && !moving
}

impl Map {
    pub(super) fn new(file: &File) -> io::Result<Self> {
        let file = file.try_clone()?;
        // SAFETY: see the head of this file; the map is read-only, and its bytes are not trusted.
        let map = unsafe { Mmap::map(&file) }?;
        let _ = map.advise(Advice::Sequential);
        Ok(Self { bytes: map, file, check: STRETCH, released: 0 })
    }

    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// To be called with each position that reading has come to. Fails when the file has become shorter than the map.
    #[inline]
    pub(super) fn reached(&mut self, at: usize) -> io::Result<()> {
        if at < self.check { Ok(()) } else { self.look(at) }
    }

    #[cold]
    fn look(&mut self, at: usize) -> io::Result<()> {
        self.check = at.saturating_add(STRETCH);
        let length = self.file.metadata()?.len();
        if length < self.bytes.len() as u64 {
            return Err(io::Error::other(format!("the file was cut to {length} bytes while it was read")));
        }
        // SAFETY: the map is private, read-only and backed by the file, so pages that are given back come again with
        // the same content when they are touched.
        let _ = unsafe {
            self.bytes.unchecked_advise_range(
                UncheckedAdvice::DontNeed,
                self.released,
                at.saturating_sub(self.released),
            )
        };
        self.released = at;
        Ok(())
    }
}
