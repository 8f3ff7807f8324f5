//! What every rule must have.

use super::*;
use std::collections::HashSet;

/// The families and how many numbers each has in the catalogue.
const CATALOGUE: &[(&str, u32)] = &[
    ("NET", 16),
    ("NEG", 20),
    ("CERT", 25),
    ("MTLS", 11),
    ("RES", 7),
    ("ECH", 3),
    ("KEX", 1),
    ("CLOSE", 6),
    ("CAP", 5),
    ("DEC", 6),
    ("POST", 14),
];

#[test]
fn every_rule_is_of_the_catalogue_and_says_all_of_itself() {
    let mut ids = HashSet::new();
    let mut faults = Vec::new();
    for it in rules() {
        let mut hold = |holds: bool, what: &str| {
            if !holds {
                faults.push(format!("{}: {what}", it.id));
            }
        };
        hold(ids.insert(it.id), "the id stands twice");
        let known = it.id.split_once('-').is_some_and(|(family, number)| {
            let number: u32 = number.parse().unwrap_or(0);
            number > 0 && CATALOGUE.iter().any(|(name, most)| *name == family && number <= *most)
        });
        hold(known, "not in the catalogue");
        for text in [it.title, it.sees, it.disproof, it.fix, it.reference] {
            hold(!text.is_empty() && text.trim() == text, "a text is empty or has spaces around it");
            hold(!text.ends_with('.') && !text.contains("  "), "a text ends in a full stop or has odd spaces");
            // Reports write them without looking for what JSON escapes.
            let plain = text.chars().all(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\'));
            hold(plain, "a text has quotes, backslashes or more than ASCII");
        }
        hold(it.title.starts_with(|c: char| c.is_uppercase()), "the title begins with a small letter");
        hold(it.title.chars().count() <= 80, "the title is long");
        for text in [it.sees, it.disproof, it.fix] {
            hold(text.split(' ').next().is_some_and(|word| !word.is_empty()), "a text has no words");
        }
        hold(it.severity <= Severity::Error, "the severity");
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(rule("cert-01").is_some() && rule("CERT-99").is_none());
}

#[test]
fn what_cannot_be_told_is_an_open_question() {
    use crate::net::Direction::ToServer;
    use crate::session::{Event, EventKind, Outcome, sample};

    let ids = |missing: u64| -> Vec<&str> {
        let mut session = sample::tls13();
        let fin = Event { direction: ToServer, kind: EventKind::Fin, ..session.timeline[0].clone() };
        session.timeline.push(fin);
        session.outcome = Outcome::Established;
        session.transport.fin = Some(ToServer);
        session.transport.missing = [missing, 0];
        session.clues.last_record = [Some(100), None];
        conclude(&mut session);
        session.open_questions.iter().map(|open| open.rule.id).collect()
    };
    assert!(ids(1).contains(&"CLOSE-02"), "its last record may be among what is missing: {:?}", ids(1));
    assert!(!ids(0).contains(&"CLOSE-02"), "{:?}", ids(0));
}
