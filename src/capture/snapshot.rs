//! The state of a capture at one moment, as views get it: complete in itself, shared, never changed.

use super::{FileNote, Frames, Progress};
use crate::session::Session;
use crate::session::judgement::Basis;
use crate::session::rule::CaptureFinding;
use crate::tls::secrets::Secrets;
use std::sync::Arc;

/// Whether there is more to come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LoadState {
    /// Packets are still being read.
    #[default]
    Loading,
    /// All was read.
    Complete,
    /// Reading was stopped by the user; what was read stays.
    Cancelled,
}

/// The state of a capture at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Counts up with each snapshot of a capture.
    pub generation: u64,
    /// Whether there is more to come.
    pub state: LoadState,
    /// How far reading has come.
    pub progress: Progress,
    /// All frames so far; of a live capture the newest.
    pub frames: Frames,
    /// The sessions so far in the order of their first record. A session keeps its place, unless some before it left.
    pub sessions: Vec<Arc<Session>>,
    /// How many sessions of a live capture have left the list, because there were too many.
    pub left: u64,
    /// The secrets that protected records were opened with.
    pub secrets: Arc<Secrets>,
    /// By what certificates were judged.
    pub basis: Arc<Basis>,
    /// What was found of several sessions, or of connections without TLS; nothing while packets are being read.
    pub findings: Arc<[CaptureFinding]>,
    /// Remarks about the files.
    pub notes: Vec<FileNote>,
}

impl Snapshot {
    /// How many sessions there were, with those that have left.
    #[must_use]
    pub fn begun(&self) -> u64 {
        self.left + self.sessions.len() as u64
    }

    /// Whether the first packets of a session are there no more, so that it cannot be opened.
    #[must_use]
    pub fn is_bare(&self, session: &Session) -> bool {
        session.stream_first_frame < self.frames.first()
    }
}
