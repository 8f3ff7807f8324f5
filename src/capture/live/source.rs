//! A live capture as a source of packets: its files, read while they are written.

use super::super::file::{Files, stream};
use super::super::packet::{FileNote, OpenError, Packet, Progress, Source};
use super::counters::Counters;
use super::ring::{Ring, Tail};
use crate::session::FrameNumber;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The packets of a ring of files.
pub(super) struct LiveSource {
    files: Files,
    ring: Arc<Ring>,
    counters: Arc<Counters>,
    held: bool,
}

impl LiveSource {
    pub(super) fn new(path: &Path, ring: Arc<Ring>, counters: Arc<Counters>, held: bool) -> Result<Self, OpenError> {
        let files = stream(path, Tail::new(Arc::clone(&ring), held))?;
        Ok(Self { files, ring, counters, held })
    }
}

impl Source for LiveSource {
    fn next_packet(&mut self) -> Option<Packet<'_>> {
        let packet = self.files.next_packet()?;
        if let Some(before) = self.ring.take_resumed() {
            // Numbers count what is decoded; so many were captured before this one.
            let decoded = u64::from(packet.number) - 1;
            self.counters.skipped.set(before.saturating_sub(decoded));
        }
        Some(packet)
    }

    fn is_waiting(&self) -> bool {
        self.files.is_waiting()
    }

    fn progress(&self) -> Progress {
        self.files.progress()
    }

    fn take_notes(&mut self) -> Vec<FileNote> {
        self.files.take_notes()
    }

    fn take_key_logs(&mut self) -> Vec<Vec<u8>> {
        self.files.take_key_logs()
    }

    fn has_key_logs(&self) -> bool {
        self.files.has_key_logs()
    }

    fn position(&self) -> (PathBuf, FrameNumber) {
        self.files.position()
    }

    fn is_ahead(&self) -> bool {
        self.ring.is_ahead(self.held)
    }
}
