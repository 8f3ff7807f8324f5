//! The JSON of tlslab, schema 1.
//!
//! A session is one object. Its names are the same in a [`Document`], which holds all sessions of a capture in one
//! object, and in [`Lines`], which has a session on each line. Both write a session when it is handed over and keep
//! nothing of it but the text of its certificates.

mod certificate;
mod decrypted;
mod event;
mod finding;
mod hello;
mod interface;
mod kept;
mod live;
mod proof;
mod rules;
mod run;
mod scenarios;
mod session;
mod validation;
mod value;
mod visible;

use crate::capture::FileNote;
use crate::session::Session;
use crate::session::rule::CaptureFinding;
use certificate::Written;
use finding::CaptureFindingJson;
pub use interface::interfaces;
pub use live::LiveSummary;
pub use rules::rules;
pub use run::Runs;
pub use scenarios::scenarios;
use serde::ser::{Serialize, SerializeMap, Serializer};
use session::SessionJson;
use std::io::{self, Write};
use std::path::PathBuf;
use value::{List, Remark, object};

/// The version of the names and their meaning. It grows when a name goes or changes its meaning, not when one is added.
pub const SCHEMA: u32 = 1;

/// Text is handed to the writer in pieces of about this size.
const BLOCK: usize = 256 * 1024;

/// The session as one object.
#[must_use]
pub fn session(session: &Session) -> String {
    let mut out = Vec::with_capacity(8 * 1024);
    let value = SessionJson { session, written: &Written::default(), open: false };
    // Writing to memory cannot fail, and no key is anything but text.
    let _ = visible::write(&mut out, &value);
    String::from_utf8(out).unwrap_or_default()
}

/// Sessions as NDJSON: one object a line.
pub struct Lines<W: Write> {
    out: Blocks<W>,
}

impl<W: Write> Lines<W> {
    /// Writes to `writer`, in large pieces.
    pub fn new(writer: W) -> Self {
        Self { out: Blocks::new(writer) }
    }

    /// Writes one line.
    pub fn session(&mut self, session: &Session) -> io::Result<()> {
        self.out.session(session, false)?;
        self.out.text(b"\n")
    }

    /// Writes one line for a session that has not ended, as it stands: its first name is `open`.
    pub fn open_session(&mut self, session: &Session) -> io::Result<()> {
        self.out.session(session, true)?;
        self.out.text(b"\n")
    }

    /// Writes one line for what is found of the whole capture: its first name is `finding`, which no session has. It is
    /// the element of `findings` that the document has.
    pub fn finding(&mut self, found: &CaptureFinding) -> io::Result<()> {
        self.out.value(&CaptureFindingJson(found))?;
        self.out.text(b"\n")
    }

    /// Writes one line about a live capture as a whole.
    pub fn summary(&mut self, summary: &LiveSummary<'_>) -> io::Result<()> {
        self.out.value(summary)?;
        self.out.text(b"\n")
    }

    /// Hands everything to the writer and on to where it leads, so that a reader who waits for it gets it.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.hand_on()?;
        self.out.writer.flush()
    }

    /// Hands everything to the writer and gives it back.
    pub fn finish(self) -> io::Result<W> {
        self.out.finish()
    }
}

/// One object for a capture, in which each session is written as it comes.
pub struct Document<W: Write> {
    out: Blocks<W>,
    sessions: u32,
}

impl<W: Write> Document<W> {
    /// Begins the object for what was read from `files`.
    pub fn new(writer: W, files: &[PathBuf]) -> io::Result<Self> {
        let mut out = Blocks::new(writer);
        out.text(b"{\"schema\":")?;
        out.value(&SCHEMA)?;
        out.text(b",\"file\":")?;
        out.value(&files.first().map(|file| file.to_string_lossy()))?;
        out.text(b",\"files\":")?;
        out.value(&List(files.iter().map(|file| file.to_string_lossy())))?;
        out.text(b",\"sessions\":[")?;
        Ok(Self { out, sessions: 0 })
    }

    /// Writes one session.
    pub fn session(&mut self, session: &Session) -> io::Result<()> {
        self.out.text(if self.sessions == 0 { b"\n" } else { b",\n" })?;
        self.sessions += 1;
        self.out.session(session, false)
    }

    /// Closes the object with what is known at the end, hands everything to the writer and gives it back.
    pub fn finish(mut self, packets: u64, notes: &[FileNote], findings: &[CaptureFinding]) -> io::Result<W> {
        self.out.text(b"\n],\"packets\":")?;
        self.out.value(&packets)?;
        self.out.text(b",\"notes\":")?;
        self.out.value(&List(notes.iter().map(FileNoteJson)))?;
        self.out.text(b",\"findings\":")?;
        self.out.value(&List(findings.iter().map(CaptureFindingJson)))?;
        self.out.text(b"}\n")?;
        self.out.finish()
    }
}

/// A buffer that is used again and again, and handed on when it is full.
struct Blocks<W: Write> {
    writer: W,
    buffer: Vec<u8>,
    written: Written,
}

impl<W: Write> Blocks<W> {
    fn new(writer: W) -> Self {
        Self { writer, buffer: Vec::with_capacity(BLOCK + BLOCK / 4), written: Written::default() }
    }

    fn session(&mut self, session: &Session, open: bool) -> io::Result<()> {
        visible::write(&mut self.buffer, &SessionJson { session, written: &self.written, open })
    }

    fn value(&mut self, value: &impl Serialize) -> io::Result<()> {
        visible::write(&mut self.buffer, value)
    }

    fn text(&mut self, text: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(text);
        if self.buffer.len() < BLOCK { Ok(()) } else { self.hand_on() }
    }

    fn hand_on(&mut self) -> io::Result<()> {
        self.writer.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    fn finish(mut self) -> io::Result<W> {
        self.hand_on()?;
        self.writer.flush()?;
        Ok(self.writer)
    }
}

struct FileNoteJson<'a>(&'a FileNote);

impl Serialize for FileNoteJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let FileNote { path, after, note } = self.0;
        let remark = Remark { frame: None, note };
        object!(serializer, { "file": path.to_string_lossy(), "after_frame": after, "note": remark })
    }
}

#[cfg(test)]
mod tests;
