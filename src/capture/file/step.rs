//! What the parsers of the two formats have in common: they look at a window of bytes and say what comes next.
//!
//! A parser never reads and never keeps bytes. It gets all that is there and answers with positions in it;
//! so the same code runs over a file, a pipe and memory.

use super::super::packet::FileNote;
use crate::base::{Group, Note, Severity};
use crate::net::LinkType;
use crate::session::{FrameNumber, Timestamp};
use std::borrow::Cow;
use std::path::PathBuf;

/// No packet and no block may be longer than this: a length beyond it is damage, not data, and following it would
/// fill the memory.
pub(super) const LARGEST: usize = 64 << 20;

/// What a packet may have beyond the length to which the capture was to cut it, before its length is taken for
/// damage: the greatest length that capture programs write without being told.
pub(super) const BEYOND_SNAPLEN: u32 = 256 << 10;

/// What comes next in the window.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// A packet.
    Packet(Found),
    /// Something that is no packet; the next step begins at this position.
    Passed(usize),
    /// The window ends too early.
    More {
        /// How many bytes must be there from the current position on.
        needed: usize,
        /// What they belong to.
        part: Part,
    },
    /// Nothing behind this position can be trusted; a note says why.
    Stop,
}

/// What was cut where a file ends too early.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// A packet or its header.
    Packet,
    /// A block of a pcapng file that is no packet, or that ends before its type.
    Block,
}

/// A packet by its positions in the window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) time: Timestamp,
    pub(super) link: LinkType,
    pub(super) interface: u32,
    pub(super) original_length: u32,
    /// Position of its first byte.
    pub(super) start: usize,
    /// How many bytes were captured.
    pub(super) length: usize,
    /// Position of what follows.
    pub(super) next: usize,
}

/// How many remarks a file may have before the rest is left out, so that a damaged one cannot fill the memory.
const MOST_NOTES: usize = 1000;
/// How many bytes of key logs a capture may bring along, for the same reason.
const MOST_KEY_BYTES: usize = 64 << 20;

/// What is to be said about the files, and the key logs found in them.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    /// The file that is being read.
    pub(super) path: PathBuf,
    /// The last packet so far.
    pub(super) after: FrameNumber,
    /// Where in the file its key logs are known already.
    pub(super) known: std::ops::Range<u64>,
    notes: Vec<FileNote>,
    made: usize,
    key_logs: Vec<Vec<u8>>,
    key_bytes: usize,
}

impl Remarks {
    /// Goes on with the next file.
    pub(super) fn enter(&mut self, path: &std::path::Path) {
        self.path = path.to_path_buf();
        self.made = 0;
    }

    #[cold]
    pub(super) fn add(&mut self, severity: Severity, group: Group, code: &'static str, text: String) {
        self.made += 1;
        if self.made <= MOST_NOTES {
            self.push(Note { severity, group, code, text: text.into(), span: None });
        } else if self.made == MOST_NOTES + 1 {
            let text = Cow::Borrowed("there are more remarks about this file; they are left out");
            self.push(Note { severity: Severity::Note, group, code: "file.remarks", text, span: None });
        }
    }

    /// The file is damaged here, and reading ends.
    #[cold]
    pub(super) fn damaged(&mut self, code: &'static str, text: String) {
        self.add(Severity::Error, Group::Malformed, code, text);
    }

    pub(super) fn key_log(&mut self, text: &[u8]) {
        self.key_bytes = self.key_bytes.saturating_add(text.len());
        if self.key_bytes <= MOST_KEY_BYTES {
            self.key_logs.push(text.to_vec());
        } else {
            let text = "the file brings more than 64 MiB of key logs; the rest is left out".to_owned();
            self.add(Severity::Warn, Group::Decryption, "file.secrets", text);
        }
    }

    pub(super) fn take_notes(&mut self) -> Vec<FileNote> {
        std::mem::take(&mut self.notes)
    }

    pub(super) fn take_key_logs(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.key_logs)
    }

    #[inline]
    pub(super) fn has_key_logs(&self) -> bool {
        !self.key_logs.is_empty()
    }

    fn push(&mut self, note: Note) {
        self.notes.push(FileNote { path: self.path.clone(), after: self.after, note });
    }
}

/// The order of the bytes in a file's numbers: that of the machine which wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

impl Order {
    #[inline]
    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        if self == Self::Little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    }

    #[inline]
    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        if self == Self::Little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) }
    }

    /// The number at `at` of `bytes`.
    #[inline]
    pub(super) fn u32_at(self, bytes: &[u8], at: usize) -> Option<u32> {
        bytes.get(at..)?.first_chunk().map(|chunk| self.u32(*chunk))
    }

    /// The number at `at` of `bytes`.
    #[inline]
    pub(super) fn u16_at(self, bytes: &[u8], at: usize) -> Option<u16> {
        bytes.get(at..)?.first_chunk().map(|chunk| self.u16(*chunk))
    }
}
