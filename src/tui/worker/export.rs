//! Writes files: texts, bytes, reports and packets. What is there already is replaced only after a yes.

use crate::capture::{Snapshot, Store};
use crate::report::json;
use crate::session::{Session, StreamId};
use crate::tui::app::Msg;
use crate::tui::effect::{Content, Effect, ReportFormat};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// Writes the file and tells what came of it.
pub(super) fn write(content: Content, path: PathBuf, overwrite: bool, store: Option<&dyn Store>) -> Msg {
    let bytes = match bytes(&content, store) {
        Ok(bytes) => bytes,
        Err(error) => return Msg::Problem(format!("{}: {error}", path.display())),
    };
    let mut options = OpenOptions::new();
    options.write(true);
    if overwrite {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    match options.open(&path).and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all())) {
        Ok(()) => Msg::Done(format!("wrote {} B to {}", bytes.len(), path.display())),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Msg::Exists(path.clone(), Box::new(Effect::Export { content, path, overwrite: true }))
        }
        Err(error) => Msg::Problem(format!("{}: {error}", path.display())),
    }
}

fn bytes(content: &Content, _store: Option<&dyn Store>) -> io::Result<Vec<u8>> {
    match content {
        Content::Text(text) => Ok(text.clone().into_bytes()),
        Content::Bytes(bytes) => Ok(bytes.to_vec()),
        Content::Report { streams, format, snapshot } => report(&chosen(streams, snapshot), *format),
        Content::Packets { .. } => Err(io::Error::other("packets cannot be saved yet")),
    }
}

/// The sessions of these streams with their numbers, in the order of the capture.
fn chosen<'a>(streams: &[StreamId], snapshot: &'a Snapshot) -> Vec<(u32, &'a Arc<Session>)> {
    let numbered = (1..).zip(&snapshot.sessions);
    numbered.filter(|(_, session)| streams.contains(&session.stream)).collect()
}

fn report(sessions: &[(u32, &Arc<Session>)], format: ReportFormat) -> io::Result<Vec<u8>> {
    match format {
        ReportFormat::Json => {
            let mut lines = json::Lines::new(Vec::new());
            for (number, session) in sessions {
                lines.session(session, *number)?;
            }
            lines.finish()
        }
        ReportFormat::Text | ReportFormat::Markdown => Err(io::Error::other("this form cannot be saved yet")),
    }
}
