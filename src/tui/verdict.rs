//! Pages that say why: the verdict of a session with what shows it, and a rule with what it needs to see.

use super::model::Model;
use super::overlay::page::{Block, Page};
use super::overlay::reasons::{Goal, Part, Reasons};
use super::screen::Outcome;
use super::text;
use super::theme::{Glyphs, Theme};
use super::words;
use crate::base::{Note, Severity};
use crate::session::offer::{self, Fate, Offered};
use crate::session::rule::{Decider, Evidence, Finding, OpenQuestion, Rule, Stage};
use crate::session::{Located, Session, StreamId};
use ratatui::style::Style;

/// The sign of a severity, which says what its colour says.
#[must_use]
pub fn sign(severity: Severity, glyphs: &Glyphs) -> &'static str {
    match severity {
        Severity::Error => glyphs.failed,
        Severity::Warn => "!",
        Severity::Note | Severity::Chat => "-",
    }
}

/// The colour of a severity.
#[must_use]
pub fn style(severity: Severity, theme: &Theme) -> Style {
    match severity {
        Severity::Error => theme.failed,
        Severity::Warn => theme.warn,
        Severity::Note => theme.note,
        Severity::Chat => theme.muted,
    }
}

/// The rule that a verdict rests on and how sure it is: `CERT-05, likely`; nothing where no finding explains the end.
#[must_use]
pub fn basis(session: &Session) -> Option<String> {
    let (found, confidence) = session.verdict_finding().zip(session.verdict.confidence)?;
    Some(format!("{}, {}", found.rule.id, confidence.word()))
}

/// The worst that was found in a session that nothing ended, where it is more than a note: `error CERT-05: …`.
#[must_use]
pub fn worst(session: &Session) -> Option<String> {
    let told = || session.findings.iter().filter(|found| found.severity >= Severity::Warn);
    let worst = told().rev().max_by_key(|found| found.severity)?;
    let more = match told().count() - 1 {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Some(format!("Found, {}, {}: {}{more}.", worst.severity.word(), worst.rule.id, worst.rule.title))
}

/// The page about a session's verdict, and what else was found in it.
#[must_use]
pub fn page(session: &Session) -> Reasons {
    Reasons::new(format!("session {}: why", session.number), parts(session))
}

/// The paragraphs of that page.
#[must_use]
pub fn parts(session: &Session) -> Vec<Part> {
    let mut parts: Vec<Part> = vec![Block::Text(words::verdict(session)).into()];
    let decided = session.verdict.decided_by.map(|by| entry("decided by", decided(session, by)));
    parts.extend(decided);
    if let Some(found) = session.verdict_finding() {
        parts.push(entry("found", found.text.clone()));
        let confidence = session.verdict.confidence.map_or("", crate::session::rule::Confidence::word);
        parts.push(entry("as the reason", format!("{confidence}, by {}", found.rule.id)));
        parts.push(Block::Heading("What shows it".to_owned()).into());
        parts.extend(evidence(found, Some(session.stream)));
        parts.push(Block::Heading(format!("{}: {}", found.rule.id, found.rule.title)).into());
        parts.extend(rule(found.rule, Some(session.stream)));
    } else if session.verdict.event.is_some() {
        parts.push(Block::Text(session.verdict_text()).into());
    }
    parts.extend(others(session));
    parts.extend(open_questions(session));
    parts.extend(circumstances(session));
    parts
}

/// What a rule needs to see, what would disprove it, what to do, and where that is written.
#[must_use]
pub fn rule(rule: &'static Rule, beside: Option<StreamId>) -> Vec<Part> {
    let mut parts = vec![
        entry("what to do", rule.fix.to_owned()),
        entry("needs to see", rule.sees.to_owned()),
        entry("disproved by", rule.disproof.to_owned()),
        entry("reference", rule.reference.to_owned()),
    ];
    parts.extend(rule.scenario.map(|id| Part {
        block: Block::Entry("in the lab".to_owned(), format!("scenario {id} shows the same")),
        goal: Some(Goal::Scenario { id, beside }),
    }));
    parts
}

/// What shows a finding; each piece leads there. Without a session only frames can be gone to.
#[must_use]
pub fn evidence(found: &Finding, stream: Option<StreamId>) -> Vec<Part> {
    let goal = |shown: &Evidence| match (stream, shown.event) {
        (Some(stream), Some(event)) => Goal::Event { stream, event, field: shown.field },
        _ => Goal::Frame(shown.frame),
    };
    let part = |shown: &Evidence| Part {
        block: Block::Entry(format!("frame {}", shown.frame), shown.what.clone().into_owned()),
        goal: Some(goal(shown)),
    };
    found.evidence.iter().map(part).collect()
}

/// The scenario that shows what happened to a session: that of its verdict, or of the worst that was found.
#[must_use]
pub fn scenario(session: &Session) -> Option<Goal> {
    let mut rest: Vec<&Finding> = session.findings.iter().collect();
    rest.sort_by_key(|found| std::cmp::Reverse(found.severity));
    let mut all = session.verdict_finding().into_iter().chain(rest);
    let id = all.find_map(|found| found.rule.scenario)?;
    Some(Goal::Scenario { id, beside: Some(session.stream) })
}

/// Goes to that scenario.
#[must_use]
pub fn show_in_lab(model: &Model) -> Outcome {
    match model.selected().map(|session| scenario(session)) {
        Some(Some(goal)) => goal.outcome(model),
        Some(None) => Outcome::problem("no scenario of the lab shows what was found in this session"),
        None => Outcome::problem("there is no session to show"),
    }
}

/// The page about what was offered in the selected session, what of it was possible, and what was chosen.
#[must_use]
pub fn offers(model: &Model) -> Outcome {
    let Some(session) = model.selected() else { return Outcome::problem("there is no session to show") };
    let offers = offer::offers(session, model.snapshot.sessions.iter().map(|session| &**session));
    if offers.is_empty() {
        return Outcome::problem("there is no ClientHello in the capture: what was offered is not known");
    }
    let glyphs = model.settings.look().glyphs;
    let mut blocks = Vec::new();
    for offer in &offers {
        blocks.push(Block::Heading(offer.what.to_owned()));
        blocks.push(Block::Text(offer.says()));
        let widest = offer.entries.iter().map(|entry| text::width(&entry.name)).max().unwrap_or(0).min(NAMES);
        blocks.extend(offer.entries.iter().map(|entry| offered(entry, widest, &glyphs)));
    }
    Outcome::push(Page::new("offered, possible, chosen", blocks))
}

/// The cells that names of what was offered may take.
const NAMES: usize = 46;

fn offered(entry: &Offered, widest: usize, glyphs: &Glyphs) -> Block {
    let sign = match entry.fate {
        Fate::Chosen => glyphs.ok,
        Fate::NotOffered => glyphs.failed,
        Fate::Taken | Fate::Possible => "o",
        Fate::Impossible(_) => "-",
    };
    let name = text::left(&text::shorten_middle(&entry.name, widest, glyphs), widest);
    Block::Line(format!(" {sign} {name}  {}", entry.fate.words()))
}

fn entry(name: &str, text: String) -> Part {
    Block::Entry(name.to_owned(), text).into()
}

fn decided(session: &Session, by: Decider) -> String {
    let who = match by {
        Decider::Middlebox => "somebody on the way",
        other => other.word(),
    };
    let stage = match session.verdict.stage {
        Some(Stage::BeforeTls) => ", before TLS began".to_owned(),
        Some(Stage::Established) => ", after the handshake".to_owned(),
        Some(stage) => format!(", after the {}", stage.word()),
        None => String::new(),
    };
    let event = session.verdict.event.and_then(|event| session.timeline.get(event));
    let frame = event.map(|event| format!(", in frame {}", event.frame)).unwrap_or_default();
    format!("{who}{stage}{frame}")
}

/// What was found beside the reason, the worst first.
fn others(session: &Session) -> Vec<Part> {
    let is_other =
        |(index, found): &(usize, &Finding)| session.verdict.finding != Some(*index) && found.severity > Severity::Chat;
    let mut others: Vec<&Finding> =
        session.findings.iter().enumerate().filter(is_other).map(|(_, found)| found).collect();
    others.sort_by_key(|found| std::cmp::Reverse(found.severity));
    let mut parts = Vec::new();
    if !others.is_empty() {
        parts.push(Block::Heading("Also found".to_owned()).into());
    }
    for found in others {
        let words = format!("{} ({})", found.text, found.confidence.word());
        parts.push(entry(&format!("{} {}", found.severity.word(), found.rule.id), words));
        parts.extend(evidence(found, Some(session.stream)));
    }
    parts
}

/// What the rules could not tell for want of bytes or keys.
fn open_questions(session: &Session) -> Vec<Part> {
    let question = |open: &OpenQuestion| entry(open.rule.id, format!("{}? {}", open.rule.title, open.why));
    let mut parts: Vec<Part> = session.open_questions.iter().map(question).collect();
    if !parts.is_empty() {
        parts.insert(0, Block::Heading("Not enough captured to tell".to_owned()).into());
    }
    parts
}

fn circumstances(session: &Session) -> Vec<Part> {
    let told: Vec<String> = words::circumstances(session).into_iter().chain(words::decryption(session)).collect();
    let mut parts = Vec::new();
    if !told.is_empty() {
        parts.push(Block::Heading("Circumstances".to_owned()).into());
        parts.extend(told.into_iter().map(|text| Block::Text(text).into()));
    }
    if !session.notes.is_empty() {
        parts.push(Block::Heading("Remarks".to_owned()).into());
    }
    let note = |note: &Located<Note>| entry(&format!("frame {}", note.frame), remark(&note.item));
    parts.extend(session.notes.iter().map(note));
    parts
}

/// A remark with its severity; its text is safe to show.
#[must_use]
pub fn remark(note: &Note) -> String {
    format!("{}: {}", note.severity.word(), note.text)
}
