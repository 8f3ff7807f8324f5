//! What a capture gives: packets one after another, and access to each of them later.

use crate::base::{Note, printable};
use crate::net::LinkType;
use crate::session::{FrameNumber, Point, Timestamp};
use std::io;
use std::path::PathBuf;

/// One captured packet, borrowed from its source.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// From 1 on, counted over all files that were opened together.
    pub number: FrameNumber,
    /// When it was captured.
    pub time: Timestamp,
    /// What its first byte belongs to.
    pub link: LinkType,
    /// Its length on the wire in bytes; more than `bytes` has when the capture cut it.
    pub original_length: u32,
    /// Which of the files it is from, in the order in which they were opened.
    pub file: u8,
    /// Which interface of the file captured it; 0 where the file names none.
    pub interface: u16,
    /// Offset of `bytes` in the file, or in what the file decompresses to.
    pub position: u64,
    /// What was captured of it.
    pub bytes: &'a [u8],
}

impl Packet<'_> {
    /// Where it was captured.
    #[inline]
    #[must_use]
    pub fn point(&self) -> Point {
        Point { file: self.file, interface: self.interface }
    }
}

/// Packets in the order of the capture.
pub trait Source: Send {
    /// The next packet, `None` at the end. What is wrong with the file is a note, never an error: everything that was
    /// read before stays good.
    fn next_packet(&mut self) -> Option<Packet<'_>>;

    /// Whether the last `None` was not the end: nothing has come for a moment, and who asks again waits for another.
    /// Only sources that may grow say so; see [`open_growing`](super::open_growing).
    fn is_waiting(&self) -> bool {
        false
    }

    /// How far reading has come.
    fn progress(&self) -> Progress;

    /// Takes the notes about the file itself that were made since the last call.
    fn take_notes(&mut self) -> Vec<FileNote>;

    /// Takes the text of the TLS key logs that the file brought along (pcapng decryption secrets blocks) since the
    /// last call. Before the first packet it gives those that stand in front of it.
    fn take_key_logs(&mut self) -> Vec<Vec<u8>>;

    /// Whether there are key logs to take. This is asked after each packet.
    fn has_key_logs(&self) -> bool;

    /// The file that is being read, and the number of the last packet, for notes.
    fn position(&self) -> (PathBuf, FrameNumber);

    /// Whether packets come faster than they are taken, so that nothing should be done with them that can wait. Only a
    /// live capture can say so: nothing else goes on without its reader.
    fn is_ahead(&self) -> bool {
        false
    }
}

/// Access to the bytes of any packet that a [`Source`] gave before.
pub trait Store: Send + Sync {
    /// Reads `length` bytes at `position` of the file with that number.
    fn read(&self, file: u8, position: u64, length: u32) -> io::Result<Vec<u8>>;

    /// The position of the oldest byte that is still there, where packets give way to newer ones.
    fn oldest(&self) -> u64 {
        0
    }
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read, as they lie on disk.
    pub bytes: u64,
    /// Bytes in all, where that is known (not for pipes).
    pub total: Option<u64>,
}

/// A remark about the capture file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileNote {
    /// The file.
    pub path: PathBuf,
    /// The last frame that was read before it.
    pub after: FrameNumber,
    /// The remark; its span is empty, the offset in the file stands in its text.
    pub note: Note,
}

/// Why a capture could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be read.
    #[error("cannot read {path}: {cause}", path = printable(&.path.to_string_lossy()))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file is something else.
    #[error("{path} is not a capture: {found}", path = printable(&.path.to_string_lossy()))]
    NotACapture {
        /// The file.
        path: PathBuf,
        /// What was found instead, with its first bytes.
        found: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_file_name_cannot_reach_the_terminal() {
        let path = PathBuf::from("a\u{1b}[2J\u{202e}b.pcap");
        let refused = OpenError::NotACapture { path: path.clone(), found: "a directory".into() };
        assert_eq!(refused.to_string(), "a\\x1b[2J\\u{202e}b.pcap is not a capture: a directory");
        let unread = OpenError::Io { path, cause: io::Error::other("no") };
        assert_eq!(unread.to_string(), "cannot read a\\x1b[2J\\u{202e}b.pcap: no");
    }
}
