//! Capture files: pcap and pcapng, plain or compressed, from disk or from a pipe; and writing pcapng.
//!
//! ```text
//!   path, pipe ─► (unpack) ─► blocks ─┬─► window of bytes ─► pcap | pcapng ─► Packet      (no allocation)
//!   sample ───────────────────────────┘
//!         (a pipe that is followed is read by a thread of its own)
//!                               └─► spool (what can be read only once) ─► Store: any packet again
//! ```
//!
//! Files are read in blocks and not mapped. A block stays in the cache of the processor while its packets are found,
//! which was measured to be three times faster than the page faults and cache misses of a map where packets have
//! mixed sizes; and a mapped file that another program cuts would end this one with a signal.
//!
//! The two parsers see only slices and know nothing of where they come from. Damage is a note, and what was read
//! before it stays good: no attempt is made to guess where the next packet might be.

mod bytes;
mod files;
mod late;
mod pcap;
mod pcapng;
mod pipe;
mod recognise;
mod rewrite;
mod spool;
mod step;
mod store;
mod unpack;
mod write;

pub(super) use bytes::Overwritten;
pub(super) use files::Files;
pub use rewrite::replace_key_logs;
pub(super) use write::{InterfaceToWrite, Statistics};
pub use write::{PacketToWrite, PcapngWriter, create_private, export_stream};

use super::packet::{OpenError, Source, Store};
use super::samples::Sample;
use crate::base::printable;
use crate::session::judgement::Verifiers;
use bytes::{Blocks, Bytes, Counting, Memory};
use files::File as OpenFile;
use late::Late;
use pipe::{Patient, Pipe};
use recognise::{Format, Kind, NEEDED, recognise};
use spool::Spool;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use store::{Place, Places};

/// Something that packets can be read from.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file, or a named pipe.
    Path(PathBuf),
    /// Standard input.
    Stdin,
    /// A capture inside the program, together with its key log.
    Sample(&'static Sample),
    /// A capture that was made in memory, with its keys inside: a run of the lab.
    Memory(Arc<InMemory>),
}

/// A capture in memory.
#[derive(Clone, PartialEq, Eq)]
pub struct InMemory {
    /// What it is called in titles and notes.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// A key log beside it, of what the file does not carry.
    pub keys: String,
    /// By what its peers judge certificates.
    pub verifiers: Verifiers,
}

impl std::fmt::Debug for InMemory {
    /// Without the bytes, among which are keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InMemory").field("name", &self.name).field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// A capture that is ready to be read.
pub struct Opened {
    /// Its packets.
    pub source: Box<dyn Source>,
    /// Access to each packet again; `None` where it was not asked for.
    pub store: Option<Arc<dyn Store>>,
    /// A short name for titles, safe to show.
    pub description: String,
}

/// Opens captures to be read one after another.
///
/// The packets of the second input follow those of the first, and so on; their numbers go on counting. They are not
/// merged by time: who wants that has `mergecap`, and a conversation that was captured at two places would be told
/// twice. With `random_access`, what can be read only once (a pipe, a compressed file) is kept in a temporary file
/// without a name.
///
/// # Errors
/// When an input cannot be read or is no capture; then none is opened.
pub fn open(inputs: &[Input], random_access: bool) -> Result<Opened, OpenError> {
    open_all(inputs, Access { random: random_access, followed: false })
}

/// Opens captures as [`open`] does, for a reader who does not want to wait for the writer of a pipe: the source says
/// when nothing has come for a moment ([`Source::is_waiting`]).
///
/// # Errors
/// As those of [`open`].
pub fn open_growing(inputs: &[Input], random_access: bool) -> Result<Opened, OpenError> {
    open_all(inputs, Access { random: random_access, followed: true })
}

/// How captures are to be read.
#[derive(Clone, Copy)]
struct Access {
    /// Whether each packet can be had again.
    random: bool,
    /// Whether the source says when it waits for the writer of a pipe.
    followed: bool,
}

fn open_all(inputs: &[Input], access: Access) -> Result<Opened, OpenError> {
    if let Some(beyond) = inputs.get(MOST_INPUTS) {
        let cause = io::Error::new(io::ErrorKind::InvalidInput, "no more than 256 captures can be opened together");
        return Err(OpenError::Io { path: beyond.path(), cause });
    }
    let mut files = Vec::with_capacity(inputs.len());
    let mut places = Vec::new();
    for input in inputs {
        let (file, place) = open_one(input, access)?;
        files.push(file);
        places.extend(place);
    }
    let store = access.random.then(|| Arc::new(Places(places)) as Arc<dyn Store>);
    Ok(Opened { source: Box::new(Files::new(files)), store, description: describe(inputs) })
}

/// The packets of a pcapng stream that is being written: what `reader` gives is a capture from its first byte on.
pub(super) fn stream(path: &Path, reader: impl Read + Send + 'static) -> Result<Files, OpenError> {
    let count = Arc::new(AtomicU64::new(0));
    let counted = Box::new(Counting::new(reader, Arc::clone(&count)));
    let (blocks, format, _) = unpacked(path, counted, &count)?;
    Ok(Files::new(vec![OpenFile::new(path, Bytes::Blocks(blocks), format, None)]))
}

/// As many as a [`Packet`](super::Packet) can tell apart.
const MOST_INPUTS: usize = 256;

impl Input {
    /// What it is called in notes and errors.
    fn path(&self) -> PathBuf {
        match self {
            Self::Path(path) => path.clone(),
            Self::Stdin => PathBuf::from("standard input"),
            Self::Sample(sample) => PathBuf::from(sample.file),
            Self::Memory(memory) => PathBuf::from(&memory.name),
        }
    }
}

fn describe(inputs: &[Input]) -> String {
    let Some(first) = inputs.first().map(Input::path) else { return "no capture".into() };
    let name = first.file_name().unwrap_or(first.as_os_str()).to_string_lossy();
    match inputs.len() {
        1 => printable(&name),
        count => format!("{} and {} more", printable(&name), count - 1),
    }
}

fn open_one(input: &Input, access: Access) -> Result<(OpenFile, Option<Place>), OpenError> {
    let path = input.path();
    let failed = |cause| OpenError::Io { path: path.clone(), cause };
    let file = match input {
        Input::Path(path) => File::open(path).map_err(failed)?,
        Input::Stdin => File::from(io::stdin().as_fd().try_clone_to_owned().map_err(failed)?),
        Input::Sample(sample) => {
            return open_memory(Memory::Static(sample.bytes), path, |file| file.with_keys(sample.keys));
        }
        Input::Memory(memory) => {
            return open_memory(Memory::Shared(Arc::clone(memory)), path, |file| file.with_keys(&memory.keys));
        }
    };
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(OpenError::NotACapture { path, found: "a directory".into() });
    }
    // Standard input may be a file of which somebody has read the beginning; positions in it would then be wrong.
    let regular = metadata.is_file() && (&file).stream_position().is_ok_and(|position| position == 0);
    open_file(&path, file, regular, access)
}

fn open_memory(
    memory: Memory,
    path: PathBuf,
    with_keys: impl FnOnce(OpenFile) -> OpenFile,
) -> Result<(OpenFile, Option<Place>), OpenError> {
    let total = Some(memory.bytes().len() as u64);
    match recognise(memory.bytes()) {
        Kind::Capture(format) => {
            let file = OpenFile::new(&path, Bytes::Memory(memory.clone()), format, total);
            Ok((with_keys(file), Some(Place::Memory(memory))))
        }
        Kind::Packed(packing) => Err(OpenError::NotACapture { path, found: format!("a {} file", packing.name()) }),
        Kind::Other(found) => Err(OpenError::NotACapture { path, found }),
    }
}

/// Opens a file that is no directory. `regular`: it can be read at any position.
fn open_file(path: &Path, file: File, regular: bool, access: Access) -> Result<(OpenFile, Option<Place>), OpenError> {
    let failed = |cause| OpenError::Io { path: path.to_path_buf(), cause };
    let total = if regular { file.metadata().ok().map(|metadata| metadata.len()) } else { None };
    let again = if access.random && regular { Some(Place::File(file.try_clone().map_err(failed)?)) } else { None };
    let count = Arc::new(AtomicU64::new(0));
    let end = if regular { Some(file.try_clone().map_err(failed)?) } else { None };
    let counted = Counting::new(file, Arc::clone(&count));
    let plain: Box<dyn Read + Send> =
        if access.followed && !regular { Box::new(Pipe::new(counted).map_err(failed)?) } else { Box::new(counted) };
    let (mut blocks, format, packed) = unpacked(path, plain, &count)?;
    let late = match (&format, end, total) {
        // What can be read again can be opened later.
        (Format::Pcapng(pcapng), Some(end), Some(length)) if !packed && access.random => {
            Late::at_the_end(&end, length, pcapng.order())
        }
        (Format::Pcapng(_), Some(end), Some(_)) if !packed => Late::anywhere(&end),
        _ => Late::default(),
    };
    let place = match again {
        Some(place) if !packed => Some(place),
        _ if access.random => {
            let spool = Arc::new(Spool::new().map_err(|cause| failed(no_spool(&cause)))?);
            blocks.keep(Arc::clone(&spool));
            Some(Place::Spool(spool))
        }
        _ => None,
    };
    Ok((OpenFile::new(path, Bytes::Blocks(blocks), format, total).with_late_keys(late), place))
}

fn no_spool(cause: &io::Error) -> io::Error {
    let directory = std::env::temp_dir();
    let directory = printable(&directory.to_string_lossy());
    io::Error::new(
        cause.kind(),
        format!("it can be read only once, and no temporary file can be made in {directory}: {cause}"),
    )
}

/// The window over a stream, its format, and whether it had to be unpacked.
fn unpacked(
    path: &Path,
    plain: Box<dyn Read + Send>,
    count: &Arc<AtomicU64>,
) -> Result<(Blocks, Format, bool), OpenError> {
    let failed = |cause| OpenError::Io { path: path.to_path_buf(), cause };
    let refused = |found| OpenError::NotACapture { path: path.to_path_buf(), found };
    let mut blocks = Blocks::new(plain, Arc::clone(count));
    let packing = match recognise(blocks.first(NEEDED).map_err(failed)?) {
        Kind::Capture(format) => return Ok((blocks, format, false)),
        Kind::Packed(packing) => packing,
        Kind::Other(found) => return Err(refused(found)),
    };
    let name = packing.name();
    let packed = Box::new(Patient(blocks.into_reader()));
    let mut blocks = Blocks::new(packing.reader(packed), Arc::clone(count));
    match blocks.first(NEEDED).map(recognise) {
        Ok(Kind::Capture(format)) => Ok((blocks, format, true)),
        Ok(Kind::Packed(inner)) => {
            Err(refused(format!("a {name} file that holds a {} file; unpack it first", inner.name())))
        }
        Ok(Kind::Other(found)) => Err(refused(format!("a {name} file that holds {found}"))),
        Err(cause) => Err(refused(format!("a {name} file that cannot be unpacked ({cause})"))),
    }
}

#[cfg(test)]
mod tests;
