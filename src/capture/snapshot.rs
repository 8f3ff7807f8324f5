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
    /// All frames so far.
    pub frames: Frames,
    /// The sessions so far in the order of their first record; a session keeps its place.
    pub sessions: Vec<Arc<Session>>,
    /// The secrets that protected records were opened with.
    pub secrets: Arc<Secrets>,
    /// By what certificates were judged.
    pub basis: Arc<Basis>,
    /// What was found of several sessions, or of connections without TLS; nothing while packets are being read.
    pub findings: Arc<[CaptureFinding]>,
    /// Remarks about the files.
    pub notes: Vec<FileNote>,
}
