//! The keys that captures are opened with, as the screens tell of them. The keys themselves are with the worker: what is
//! here can be shown.

use super::model::{Model, Tone};
use super::overlay::page::Block;
use crate::base::{counted, printable};
use crate::capture::{Reach, Taken};
use crate::session::Closed;
use crate::tls::given::Given;

/// What is shown of one file or key that was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySource {
    /// The path of a file, or what was given without one. From outside, not yet made printable.
    pub name: String,
    /// What it is and what it holds.
    pub what: String,
    /// What it did for the capture at hand.
    pub did: String,
    /// What could not be read of it; safe to show.
    pub notes: Vec<String>,
}

/// How many notes of one source are listed.
const NOTES: usize = 20;

/// Takes what is known of a source now.
pub(super) fn take(sources: &mut Vec<KeySource>, source: KeySource) {
    match sources.iter_mut().find(|known| known.name == source.name) {
        Some(known) => *known = source,
        None => sources.push(source),
    }
}

/// What was given, in a few words: `14 secrets of 3 sessions`.
#[must_use]
pub fn what(given: &Given) -> String {
    let mut parts = Vec::new();
    if !given.entries.is_empty() {
        let sessions = given.randoms().len();
        let of = if sessions > 0 { format!(" of {}", counted(sessions, "session")) } else { String::new() };
        parts.push(format!("{}{of}", counted(given.entries.len(), "secret")));
    }
    if !given.private_keys.is_empty() {
        parts.push(counted(given.private_keys.len(), "private key"));
    }
    if !given.pre_shared_keys.is_empty() {
        parts.push(counted(given.pre_shared_keys.len(), "pre-shared key"));
    }
    if parts.is_empty() { "no secrets".to_owned() } else { parts.join(", ") }
}

/// What it did: `2 opened here, 1 is not of this capture`.
#[must_use]
pub fn did(taken: Option<Taken>) -> String {
    match taken {
        None => "kept for the captures that are opened".to_owned(),
        Some(Taken::ForLater) => "what was read already is opened when all is read".to_owned(),
        Some(Taken::Done(reach)) => reached(&reach),
    }
}

fn reached(reach: &Reach) -> String {
    let why = || reach.closed.map(|reason| format!(" ({})", reason.text())).unwrap_or_default();
    if reach.connections == 0 {
        return match reach.opened {
            0 => format!("no session opened{}", why()),
            opened => format!("{} opened", counted(opened, "session")),
        };
    }
    let shut = reach.here.saturating_sub(reach.opened);
    let elsewhere = reach.connections.saturating_sub(reach.here.max(reach.opened));
    let mut parts = Vec::new();
    if reach.opened > 0 {
        parts.push(format!("{} opened here", reach.opened));
    }
    if shut > 0 {
        parts.push(format!("{shut} {}{}", if shut == 1 { "stays closed" } else { "stay closed" }, why()));
    }
    if elsewhere > 0 {
        let all = elsewhere == reach.connections && reach.connections > 1;
        let is = if elsewhere == 1 { "is" } else { "are" };
        parts.push(format!("{} {is} not of this capture", if all { "all".to_owned() } else { elsewhere.to_string() }));
    }
    parts.join(", ")
}

/// The words for the last line. `notes` are the faults of lines; one is told, more are counted.
#[must_use]
pub fn said(name: &str, what: &str, did: &str, notes: &[String]) -> (Tone, String) {
    let name = if name.is_empty() { String::new() } else { format!("{name}: ") };
    let faults = match notes {
        [] => String::new(),
        [only] => format!("; {only}"),
        [first, rest @ ..] => format!("; {first}; {} more", rest.len()),
    };
    let gap = if did.is_empty() { "" } else { ": " };
    let tone = if notes.is_empty() { Tone::Done } else { Tone::Problem };
    (tone, format!("{name}{what}{gap}{did}{faults}"))
}

/// The page of the keys in use.
#[must_use]
pub fn page(model: &Model) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("Given".to_owned())];
    if model.keys.is_empty() {
        let none = "Nothing was given yet. K takes a key log, a private key, or a pre-shared key, at any time; \
                    --keylog and $SSLKEYLOGFILE name a key log when tlslab starts.";
        blocks.push(Block::Text(none.to_owned()));
    }
    for source in &model.keys {
        blocks.push(Block::Text(printable(&source.name)));
        blocks.push(Block::Entry("  is".to_owned(), source.what.clone()));
        if !source.did.is_empty() {
            blocks.push(Block::Entry("  did".to_owned(), source.did.clone()));
        }
        blocks.extend(source.notes.iter().take(NOTES).map(|note| Block::Entry(String::new(), note.clone())));
        if source.notes.len() > NOTES {
            let more = counted(source.notes.len() - NOTES, "more remark");
            blocks.push(Block::Entry(String::new(), more));
        }
    }
    if !model.snapshot.sessions.is_empty() {
        blocks.push(Block::Heading("This capture".to_owned()));
        blocks.extend(of_capture(model));
    }
    blocks
}

/// What is open of the capture, and why the rest is not.
fn of_capture(model: &Model) -> Vec<Block> {
    let sessions = &model.snapshot.sessions;
    let secrets = &model.snapshot.secrets;
    if secrets.is_empty() {
        return vec![Block::Text("It carries no keys itself, and nothing of it is open.".to_owned())];
    }
    let mut blocks = Vec::new();
    let (open, of) = (sessions.iter().filter(|session| session.is_open()).count(), sessions.len());
    blocks.push(Block::Entry("open".to_owned(), format!("{open} of {}", counted(of, "session"))));
    let connections = counted(secrets.connections(), "connection");
    blocks.push(Block::Entry(
        "secrets".to_owned(),
        format!("for {connections}, those that the capture itself carries among them"),
    ));
    let mut reasons: Vec<(Closed, usize)> = Vec::new();
    for reason in sessions.iter().filter(|session| !session.is_open()).filter_map(|session| session.why_closed()) {
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, number)) => *number += 1,
            None => reasons.push((reason, 1)),
        }
    }
    reasons.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    blocks.extend(reasons.into_iter().map(|(reason, number)| Block::Entry(format!("{number} closed"), reason.text())));
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_of_keys_is_said_in_one_line() {
        let reach = |connections, here, opened, closed| Some(Taken::Done(Reach { connections, here, opened, closed }));
        let wrong = Some(Closed::SuiteNotSupported);
        for (taken, expected) in [
            (reach(3, 2, 2, None), "2 opened here, 1 is not of this capture"),
            (reach(1, 0, 0, Some(Closed::NoEntry)), "1 is not of this capture"),
            (reach(3, 0, 0, None), "all are not of this capture"),
            (
                reach(5, 2, 1, wrong),
                "1 opened here, 1 stays closed (the cipher of this suite is not supported), 3 are not of this capture",
            ),
            (reach(0, 0, 2, None), "2 sessions opened"),
            (reach(0, 0, 0, wrong), "no session opened (the cipher of this suite is not supported)"),
            (Some(Taken::ForLater), "what was read already is opened when all is read"),
            (None, "kept for the captures that are opened"),
        ] {
            assert_eq!(did(taken), expected);
        }
    }

    #[test]
    fn notes_are_told_behind_it() {
        let notes = ["line 3 is bad".to_owned(), "line 4 is bad".to_owned()];
        for (notes, expected) in [
            (&notes[..0], "a.log: 2 secrets of 1 session: 1 opened here"),
            (&notes[..1], "a.log: 2 secrets of 1 session: 1 opened here; line 3 is bad"),
            (&notes[..], "a.log: 2 secrets of 1 session: 1 opened here; line 3 is bad; 1 more"),
        ] {
            assert_eq!(said("a.log", "2 secrets of 1 session", "1 opened here", notes).1, expected);
        }
    }
}
