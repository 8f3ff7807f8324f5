//! `tlslab inspect`: sessions as text or JSON.

use super::arguments::{Color, Format, Inspect};
use super::config::Config;
use super::reading::read;
use super::{Failure, Status, remark};
use crate::base::{Note, Severity, printable};
use crate::capture::{Seen, Settings, Totals};
use crate::report::json;
use crate::report::text::{self, Style, Tally};
use crate::session::Session;
use crate::session::filter::{self, Filter, FilterError};
use crate::session::rule::{Across, CaptureFinding};
use std::io::{self, BufWriter, IsTerminal, Write};

pub(super) fn run(inspect: &Inspect, config: &Config) -> Result<Status, Failure> {
    let filter = chosen(inspect.filter.as_deref().unwrap_or_default())?;
    let across = Across::default();
    let mut watch = Watch { across, filter, limit: inspect.fail_on.map(Severity::from), matched: false };
    let format = inspect.format.unwrap_or(config.format);
    let totals = match format {
        Format::Text => as_text(inspect, style(inspect.color.unwrap_or(config.color)), &mut watch)?,
        Format::Json => as_document(inspect, &mut watch)?,
        Format::Ndjson => as_lines(inspect, &mut watch)?,
    };
    for file_note in &totals.notes {
        watch.see(&file_note.note);
        if format != Format::Text {
            remark(file_note);
        }
    }
    Ok(if watch.matched { Status::Unmet } else { Status::Done })
}

pub(super) fn chosen(text: &str) -> Result<Filter, Failure> {
    filter::parse(text).map_err(|error| Failure::Usage(pointed_out(text, &error)))
}

/// The sentence, the filter below it, and a mark under what is wrong with it.
fn pointed_out(text: &str, error: &FilterError) -> String {
    let shown = |range| printable(text.get(range).unwrap_or_default());
    let blank = " ".repeat(shown(0..error.at.start).chars().count());
    let mark = "^".repeat(shown(error.at.clone()).chars().count().max(1));
    let help = error.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{}{help}\n  {}\n  {blank}{mark}", printable(&error.message), shown(0..text.len()))
}

/// Chooses sessions, and looks out for remarks that the exit status must tell of.
struct Watch {
    across: Across,
    filter: Filter,
    limit: Option<Severity>,
    matched: bool,
}

impl Watch {
    /// What is read: application data is hashed with `digest`, and all signatures are checked where somebody asks.
    fn settings(&self, inspect: &Inspect, digest: bool) -> Settings {
        let all = inspect.all_signatures || self.filter.asks_for("proof");
        let signed_sessions = if all { u32::MAX } else { Settings::REPORT.signed_sessions };
        Settings { digest, signed_sessions, ..Settings::REPORT }
    }

    fn see(&mut self, note: &Note) {
        self.weigh(note.severity);
    }

    fn weigh(&mut self, severity: Severity) {
        self.matched |= self.limit.is_some_and(|limit| severity >= limit);
    }

    /// What is found of the whole capture; to be asked when all sessions were seen.
    fn findings(&mut self, totals: &mut Totals) -> Vec<CaptureFinding> {
        self.across.add_attempts(std::mem::take(&mut totals.attempts));
        let findings = self.across.findings();
        for found in &findings {
            self.weigh(found.finding.severity);
        }
        findings
    }

    /// Whether the session is to be printed.
    fn wants(&mut self, session: &Session) -> bool {
        self.across.add(session);
        let wanted = self.filter.matches(session);
        if wanted {
            session.notes.iter().for_each(|note| self.see(&note.item));
            session.findings.iter().for_each(|found| self.weigh(found.severity));
        }
        wanted
    }
}

/// People read from the first session to the last, so all are read before the first is printed.
fn as_text(inspect: &Inspect, style: Style, watch: &mut Watch) -> Result<Totals, Failure> {
    let mut sessions = Vec::new();
    let mut totals = read(inspect, watch.settings(inspect, false), &mut |seen| {
        if let Seen::Over(session) = seen {
            sessions.push(session);
        }
        Ok(())
    })?;
    sessions.sort_by_key(|session| session.number);
    let mut stdout = BufWriter::new(io::stdout().lock());
    let mut tally = Tally::default();
    for session in &sessions {
        let wanted = watch.wants(session);
        tally.count(session, wanted);
        if wanted {
            writeln!(stdout, "{}", text::session(session, style))?;
        }
    }
    stdout.write_all(text::of_capture(&watch.findings(&mut totals), style).as_bytes())?;
    let summary = text::summary(&inspect.files, totals.packets, &tally, &totals.notes, style);
    stdout.write_all(summary.as_bytes())?;
    stdout.flush()?;
    Ok(totals)
}

pub(super) fn style(color: Color) -> Style {
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        // https://no-color.org: set and not empty, whatever it says.
        Color::Auto => io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    Style { color }
}

fn as_document(inspect: &Inspect, watch: &mut Watch) -> Result<Totals, Failure> {
    let mut document = json::Document::new(io::stdout().lock(), &inspect.files)?;
    let mut totals = read(inspect, watch.settings(inspect, true), &mut |seen| match seen {
        Seen::Over(session) if watch.wants(&session) => Ok(document.session(&session)?),
        _ => Ok(()),
    })?;
    let findings = watch.findings(&mut totals);
    drop(document.finish(totals.packets, &totals.notes, &findings)?);
    Ok(totals)
}

fn as_lines(inspect: &Inspect, watch: &mut Watch) -> Result<Totals, Failure> {
    let mut lines = json::Lines::new(io::stdout().lock());
    let mut totals = read(inspect, watch.settings(inspect, true), &mut |seen| match seen {
        Seen::Over(session) if watch.wants(&session) => Ok(lines.session(&session)?),
        Seen::Pause => Ok(lines.flush()?),
        Seen::Over(_) | Seen::Open(_) => Ok(()),
    })?;
    // What is found of the whole capture is known when all of it was read.
    for found in watch.findings(&mut totals) {
        lines.finding(&found)?;
    }
    drop(lines.finish()?);
    Ok(totals)
}
