//! `tlslab inspect`: sessions as text or JSON.

use super::arguments::{Format, Inspect};
use super::reading::read;
use crate::capture::Totals;
use super::{Failure, Status, complain};
use crate::base::{Note, Severity};
use crate::report::json;
use crate::session::Session;
use std::io;

pub(super) fn run(inspect: &Inspect) -> Result<Status, Failure> {
    let mut watch = Watch { limit: inspect.fail_on.map(Severity::from), matched: false };
    let totals = match inspect.format {
        Format::Text => return Err(Failure::Usage("text is not there yet".to_owned())),
        Format::Json => as_document(inspect, &mut watch)?,
        Format::Ndjson => as_lines(inspect, &mut watch)?,
    };
    for file_note in &totals.notes {
        watch.see(&file_note.note);
        let path = crate::base::printable(&file_note.path.to_string_lossy());
        complain(&format!("{path}: {}: {}", file_note.note.severity.word(), file_note.note.text));
    }
    Ok(if watch.matched { Status::Unmet } else { Status::Done })
}

/// Looks out for remarks that the exit status must tell of.
struct Watch {
    limit: Option<Severity>,
    matched: bool,
}

impl Watch {
    fn see(&mut self, note: &Note) {
        self.matched |= self.limit.is_some_and(|limit| note.severity >= limit);
    }

    fn session(&mut self, session: &Session) {
        session.notes.iter().for_each(|note| self.see(&note.item));
    }
}

fn as_document(inspect: &Inspect, watch: &mut Watch) -> Result<Totals, Failure> {
    let mut document = json::Document::new(io::stdout().lock(), &inspect.files)?;
    let totals = read(&inspect.files, &mut |session| {
        watch.session(&session);
        Ok(document.session(&session, session.stream.index)?)
    })?;
    drop(document.finish(totals.packets, &totals.notes)?);
    Ok(totals)
}

fn as_lines(inspect: &Inspect, watch: &mut Watch) -> Result<Totals, Failure> {
    let mut lines = json::Lines::new(io::stdout().lock());
    let totals = read(&inspect.files, &mut |session| {
        watch.session(&session);
        Ok(lines.session(&session, session.stream.index)?)
    })?;
    drop(lines.finish()?);
    Ok(totals)
}
