//! Sessions as text: what is read in a terminal and pasted into a ticket.

use super::fact::{facts, title};
use super::ladder::{Line, Rung, rungs};
use crate::base::{Severity, counted, printable};
use crate::capture::FileNote;
use crate::session::offer::offers;
use crate::session::rule::{CaptureFinding, Evidence, Finding, OpenQuestion};
use crate::session::{Kind, Outcome, Session};
use std::fmt::Write;
use std::path::PathBuf;
use unicode_width::UnicodeWidthStr;

/// How text is dressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are used. They never say anything that the text does not say as well.
    pub color: bool,
}

/// What a piece of text means.
#[derive(Clone, Copy)]
pub(super) enum Paint {
    Title,
    Label,
    Good,
    Bad,
    Warning,
    Encrypted,
    Plain,
}

impl Style {
    pub(super) fn paint(self, paint: Paint, text: &str) -> String {
        let code = match paint {
            Paint::Title => "1",
            Paint::Label => "2",
            Paint::Good => "32",
            Paint::Bad => "31",
            Paint::Warning => "33",
            Paint::Encrypted => "36",
            Paint::Plain => return text.to_owned(),
        };
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Columns of the labels.
const LABELS: usize = 16;
/// How many of what was offered are named.
const OFFERED: usize = 4;
/// Columns of paragraphs behind the labels.
const TEXT: usize = 100;

/// The session with its facts, its ladder and its remarks; ends with a line break.
#[must_use]
pub fn session(session: &Session, style: Style) -> String {
    let mut out = String::with_capacity(4096);
    // Writing to memory cannot fail.
    let _ = write_session(&mut out, session, style);
    out
}

fn write_session(out: &mut String, session: &Session, style: Style) -> std::fmt::Result {
    let heading = format!("#{}  {}  {} {}", session.number, title(session), session.kind.word(), session.stream);
    writeln!(out, "{}", style.paint(Paint::Title, &heading))?;
    for fact in facts(session) {
        let mut label = fact.label;
        let paint = if label == "result" { of_outcome(session.outcome) } else { Paint::Plain };
        for line in &fact.lines {
            let padded = format!("  {label:<LABELS$}");
            writeln!(out, "{}{}", style.paint(Paint::Label, &padded), style.paint(paint, line))?;
            label = "";
        }
    }
    findings(out, session, style)?;
    ladder(out, session, style)?;
    for note in &session.notes {
        let line = format!("{}: frame {}: {}", note.item.severity.word(), note.frame, note.item.text);
        writeln!(out, "  {}", style.paint(of_severity(note.item.severity), &line))?;
    }
    Ok(())
}

/// The verdict with its reasons, and what else was found.
fn findings(out: &mut String, session: &Session, style: Style) -> std::fmt::Result {
    if session.kind != Kind::Tls {
        return Ok(());
    }
    let label = style.paint(Paint::Label, &format!("  {:<LABELS$}", "verdict"));
    writeln!(out, "{label}{}", style.paint(of_outcome(session.outcome), &session.verdict_line()))?;
    if session.verdict.finding.is_some() {
        for line in wrapped(&session.verdict_text(), TEXT) {
            writeln!(out, "  {:<LABELS$}{line}", "")?;
        }
    }
    let about_offers = session.verdict_finding().is_some_and(|found| found.rule.id.starts_with("NEG-"));
    if about_offers && session.outcome != Outcome::Established {
        write_offers(out, session, style)?;
    }
    for found in session.findings.iter().filter(|found| found.severity > Severity::Chat) {
        write_finding(out, found, style)?;
    }
    if session.outcome != Outcome::Established {
        for OpenQuestion { rule, why } in &session.open_questions {
            writeln!(out, "  not enough captured for {} ({}): {why}", rule.id, rule.title)?;
        }
    }
    Ok(())
}

/// What was offered and what came of it, where the two sides did not come together.
fn write_offers(out: &mut String, session: &Session, style: Style) -> std::fmt::Result {
    let mut label = "offered";
    for offer in offers(session, []) {
        let names: Vec<&str> = offer.entries.iter().map(|entry| entry.name.as_str()).collect();
        let shown = names.get(..names.len().min(OFFERED)).unwrap_or_default().join(", ");
        let more = names.len().saturating_sub(OFFERED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        for line in wrapped(&format!("{}: {shown}{more}. {}", offer.what, offer.says()), TEXT) {
            writeln!(out, "{}{line}", style.paint(Paint::Label, &format!("  {label:<LABELS$}")))?;
            label = "";
        }
    }
    Ok(())
}

/// What was found of the whole capture; nothing where that is nothing.
#[must_use]
pub fn of_capture(findings: &[CaptureFinding], style: Style) -> String {
    let mut out = String::new();
    for CaptureFinding { finding, .. } in findings {
        // Writing to memory cannot fail.
        let _ = write_finding(&mut out, finding, style);
    }
    if !out.is_empty() {
        out.insert_str(0, &(style.paint(Paint::Title, "the whole capture") + "\n"));
    }
    out
}

fn write_finding(out: &mut String, found: &Finding, style: Style) -> std::fmt::Result {
    let Finding { rule, severity, confidence, text, evidence, .. } = found;
    let line = format!("{}: {} ({}): {text}", severity.word(), rule.id, confidence.word());
    writeln!(out, "  {}", style.paint(of_severity(*severity), &line))?;
    for Evidence { frame, what, .. } in evidence {
        writeln!(out, "    {}", style.paint(Paint::Label, &format!("frame {frame}: {what}")))?;
    }
    Ok(())
}

/// The text in lines of at most so many columns.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut().filter(|line| line.width() + 1 + word.width() <= columns) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

fn ladder(out: &mut String, session: &Session, style: Style) -> std::fmt::Result {
    if session.timeline.is_empty() {
        return Ok(());
    }
    let heading = format!("{:>9} {:>11}  {:<56}{:>6} {:>7}", "frame", "ms", "client", "server", "bytes");
    writeln!(out, "\n{}", style.paint(Paint::Label, &heading))?;
    for rung in rungs(session) {
        writeln!(out, "{}", rung_line(&rung, style))?;
    }
    if session.timeline_cut {
        writeln!(out, "  {}", style.paint(Paint::Warning, "more happened than is kept; the rest is left out"))?;
    }
    Ok(())
}

/// One rung with its frame, its time and its length.
pub(super) fn rung_line(rung: &Rung, style: Style) -> String {
    let paint = match rung.line {
        Line::Plain => Paint::Plain,
        Line::Encrypted => Paint::Encrypted,
        Line::Failure => Paint::Bad,
        Line::Break => Paint::Warning,
    };
    let length = rung.length.map(|length| format!(" {length:>7}")).unwrap_or_default();
    format!("{:>9} {:>11}  {}{length}", rung.frame, rung.milliseconds, style.paint(paint, &rung.arrow()))
}

fn of_outcome(outcome: Outcome) -> Paint {
    match outcome {
        Outcome::Established => Paint::Good,
        Outcome::Refused { .. } | Outcome::NotTls { .. } | Outcome::Aborted { .. } => Paint::Bad,
        Outcome::LikelyRefused { .. } | Outcome::Incomplete => Paint::Warning,
        Outcome::MidStream | Outcome::NotDecoded => Paint::Plain,
    }
}

fn of_severity(severity: Severity) -> Paint {
    match severity {
        Severity::Chat | Severity::Note => Paint::Plain,
        Severity::Warn => Paint::Warning,
        Severity::Error => Paint::Bad,
    }
}

/// What was found in all, counted while sessions go by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    sessions: u64,
    shown: u64,
    words: Vec<(&'static str, u64)>,
}

impl Tally {
    /// Counts a session, and whether it is one of those that are shown.
    pub fn count(&mut self, session: &Session, shown: bool) {
        let word = session.outcome.word();
        self.sessions += 1;
        self.shown += u64::from(shown);
        match self.words.iter_mut().find(|(known, _)| *known == word) {
            Some((_, number)) => *number += 1,
            None => self.words.push((word, 1)),
        }
    }
}

/// One line for the whole capture, and one for each remark about its files; ends with a line break.
#[must_use]
pub fn summary(files: &[PathBuf], packets: u64, tally: &Tally, notes: &[FileNote], style: Style) -> String {
    let names: Vec<String> = files.iter().map(|file| printable(&file.to_string_lossy())).collect();
    let mut words: Vec<String> = tally.words.iter().map(|(word, number)| format!("{number} {word}")).collect();
    words.sort_unstable_by(|one, other| one.split(' ').next_back().cmp(&other.split(' ').next_back()));
    let outcomes = if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) };
    let (packets, sessions) = (counted(packets, "packet"), counted(tally.sessions, "session"));
    let shown = if tally.shown == tally.sessions { String::new() } else { format!(", {} shown", tally.shown) };
    let line = format!("{}: {packets}, {sessions}{outcomes}{shown}", names.join(", "));
    let mut out = style.paint(Paint::Title, &line) + "\n";
    for file_note in notes {
        let FileNote { path, after, note } = file_note;
        let path = printable(&path.to_string_lossy());
        let place = if *after == 0 { String::new() } else { format!(", after frame {after}") };
        let line = format!("{}: {path}{place}: {}", note.severity.word(), note.text);
        let _ = writeln!(out, "{}", style.paint(of_severity(note.severity), &line));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::sample;

    #[test]
    fn sessions_read_well() {
        let sessions = [sample::tls13(), sample::refused(), sample::retried(), sample::dtls()];
        let mut tally = Tally::default();
        let mut out = String::new();
        for one in &sessions {
            tally.count(one, one.number < 4);
            out += &session(one, Style::default());
            out += "\n";
        }
        out += &summary(&["a.pcap".into()], 44, &tally, &[], Style::default());
        insta::assert_snapshot!(out);
    }

    #[test]
    fn colour_says_nothing_new() {
        let plain = session(&sample::refused(), Style::default());
        let coloured = session(&sample::refused(), Style { color: true });
        let mut stripped = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once("\u{1b}[") {
            stripped += before;
            rest = after.split_once('m').unwrap().1;
        }
        assert_eq!(stripped + rest, plain);
        assert!(!plain.contains('\u{1b}'));
    }
}
