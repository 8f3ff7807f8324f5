//! The packets of all files that were opened together, one after another.

use super::super::packet::{FileNote, Packet, Progress, Source};
use super::bytes::{Bytes, Memory};
use super::late::Late;
use super::recognise::Format;
use super::step::{Found, Part, Remarks, Step};
use crate::base::{Group, Severity};
use crate::session::FrameNumber;
use std::io;
use std::path::{Path, PathBuf};

/// One file while it is read.
pub(super) struct File {
    path: PathBuf,
    bytes: Bytes,
    format: Format,
    /// Position in the window at which the next packet or block begins.
    at: usize,
    /// Its length on disk, where that is known.
    total: Option<u64>,
    /// Key logs that came beside it.
    keys: String,
    /// Key logs that stand behind packets, and the part of the file that was searched for them.
    late: Late,
    /// Whether there is nothing more for the moment.
    waiting: bool,
}

impl File {
    pub(super) fn new(path: &Path, bytes: Bytes, format: Format, total: Option<u64>) -> Self {
        let at = format.first();
        let (path, keys, late) = (path.to_path_buf(), String::new(), Late::default());
        Self { path, bytes, format, at, total, keys, late, waiting: false }
    }

    /// The same file with the key log that lies beside it.
    pub(super) fn with_keys(self, keys: &str) -> Self {
        Self { keys: keys.to_owned(), ..self }
    }

    /// The same file with the key logs that stand behind packets, which are wanted before them.
    pub(super) fn with_late_keys(self, late: Late) -> Self {
        Self { late, ..self }
    }

    /// The next packet of this file.
    #[inline]
    fn next(&mut self, remarks: &mut Remarks) -> Option<Found> {
        loop {
            match self.format.step(self.bytes.window(), self.at, self.bytes.base(), remarks) {
                Step::Packet(found) => {
                    self.at = found.next;
                    return Some(found);
                }
                Step::Passed(next) => self.at = next,
                Step::Stop => return None,
                Step::More { needed, part } => {
                    if !self.more(needed, part, remarks) {
                        return None;
                    }
                }
            }
        }
    }

    /// Brings more bytes; false at the end of the file, where it says whether that came too early.
    #[cold]
    fn more(&mut self, needed: usize, part: Part, remarks: &mut Remarks) -> bool {
        let filled = self.bytes.fill(&mut self.at, needed);
        if let Some(cause) = self.bytes.take_spool_failure() {
            let text = format!(
                "no more can be written to the temporary file ({cause}): later packets are counted and \
                 decoded, but cannot be looked at again"
            );
            remarks.add(Severity::Warn, Group::Sequence, "file.temporary", text);
        }
        self.waiting = filled.as_ref().is_err_and(|cause| cause.kind() == io::ErrorKind::WouldBlock);
        match filled {
            Ok(true) => return true,
            Ok(false) => self.ended(needed, part, remarks),
            Err(_) if self.waiting => {}
            Err(cause) => self.failed(&cause, remarks),
        }
        false
    }

    fn ended(&self, needed: usize, part: Part, remarks: &mut Remarks) {
        let there = self.bytes.window().len().saturating_sub(self.at);
        if there == 0 {
            return;
        }
        let what = match part {
            Part::Packet => format!("packet {}", remarks.after.saturating_add(1)),
            Part::Block => "a block".to_owned(),
        };
        let text = format!(
            "the file ends in the middle of {what} (offset {}): {there} of {needed} bytes are there; everything before \
             was read",
            self.offset()
        );
        remarks.add(Severity::Warn, Group::Malformed, "file.truncated", text);
    }

    fn failed(&self, cause: &io::Error, remarks: &mut Remarks) {
        let text = format!("reading fails behind offset {}: {cause}; everything before was read", self.offset());
        remarks.damaged("file.read", text);
    }

    fn offset(&self) -> u64 {
        self.bytes.base() + self.at as u64
    }
}

/// Several files as one source.
pub(in super::super) struct Files {
    all: Vec<File>,
    current: usize,
    number: FrameNumber,
    /// Bytes of the files that were read to their end.
    done: u64,
    total: Option<u64>,
    remarks: Remarks,
    /// The first packet, which was found already.
    ahead: Option<Found>,
    begun: bool,
}

impl Files {
    pub(super) fn new(all: Vec<File>) -> Self {
        let total = all.iter().map(|file| file.total).sum();
        let mut files =
            Self { all, current: 0, number: 0, done: 0, total, remarks: Remarks::default(), ahead: None, begun: false };
        files.enter();
        files
    }

    /// Reads up to the first packet, so that the secrets in front of it can be had before it.
    fn begin(&mut self) {
        self.begun = true;
        let Some(file) = self.all.first_mut() else { return };
        self.ahead = file.next(&mut self.remarks);
        if self.ahead.is_none() && !file.waiting {
            self.leave();
        }
    }

    /// Begins with the current file.
    fn enter(&mut self) {
        let Some(file) = self.all.get_mut(self.current) else { return };
        self.remarks.enter(&file.path);
        let late = std::mem::take(&mut file.late);
        for log in &late.key_logs {
            self.remarks.key_log(log);
        }
        self.remarks.known = late.searched;
        if let Format::Pcap(pcap) = &file.format {
            pcap.remark(&mut self.remarks);
        }
        if !file.keys.is_empty() {
            self.remarks.key_log(file.keys.as_bytes());
        }
    }

    /// Ends the current file, gives its memory back, and begins with the next.
    #[cold]
    fn leave(&mut self) {
        if let Some(file) = self.all.get_mut(self.current) {
            self.done = self.done.saturating_add(file.total.unwrap_or_else(|| file.bytes.read_so_far(file.at)));
            file.bytes = Bytes::Memory(Memory::Static(&[]));
        }
        self.current += 1;
        self.enter();
    }
}

impl Source for Files {
    #[inline]
    fn next_packet(&mut self) -> Option<Packet<'_>> {
        self.begun = true;
        let found = loop {
            if let Some(found) = self.ahead.take() {
                break found;
            }
            let file = self.all.get_mut(self.current)?;
            if let Some(found) = file.next(&mut self.remarks) {
                break found;
            }
            if file.waiting {
                return None;
            }
            self.leave();
        };
        self.number = self.number.saturating_add(1);
        self.remarks.after = self.number;
        let file = self.all.get(self.current)?;
        Some(Packet {
            number: self.number,
            time: found.time,
            link: found.link,
            original_length: found.original_length,
            file: u8::try_from(self.current).unwrap_or(u8::MAX),
            interface: u16::try_from(found.interface).unwrap_or(u16::MAX),
            position: file.bytes.base() + found.start as u64,
            bytes: file.bytes.window().get(found.start..found.start + found.length)?,
        })
    }

    fn is_waiting(&self) -> bool {
        self.all.get(self.current).is_some_and(|file| file.waiting)
    }

    fn progress(&self) -> Progress {
        let current = self.all.get(self.current).map_or(0, |file| file.bytes.read_so_far(file.at));
        let bytes = self.done.saturating_add(current);
        Progress { bytes, total: self.total.map(|total| total.max(bytes)) }
    }

    fn take_notes(&mut self) -> Vec<FileNote> {
        self.remarks.take_notes()
    }

    fn take_key_logs(&mut self) -> Vec<Vec<u8>> {
        if !self.begun {
            self.begin();
        }
        self.remarks.take_key_logs()
    }

    #[inline]
    fn has_key_logs(&self) -> bool {
        self.remarks.has_key_logs()
    }

    fn position(&self) -> (PathBuf, FrameNumber) {
        (self.remarks.path.clone(), self.remarks.after)
    }
}
