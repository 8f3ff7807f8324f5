//! What an answer is worth.
//!
//! | question | full | in part |
//! |---|---|---|
//! | choice | the right option | – |
//! | multi | all right ones and no other | right ones minus wrong ones |
//! | value | the same number or words | – |
//! | order | the right order | the longest run of items that stand in the right order, beyond the first item |
//! | point-at | the field, or one inside it | half for the field right above it |
//! | text | a person decides | – |
//!
//! Each hint that was read, and each wrong attempt before, costs a quarter of the points; a quarter is always left.

use super::fact::{UnknownFact, fill};
use super::point::{Fields, Pointed};
use super::{Answer, Points};
use crate::lab::run::Run;
use crate::lab::scenario::{Ask, Question};

/// What was needed before the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many hints were read.
    pub hints: u32,
    /// How many answers were given before, and were not right.
    pub attempts: u32,
}

/// What an answer is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// The points that it gives.
    pub points: Points,
    /// The points that there are.
    pub of: u32,
    /// How right it is.
    pub verdict: Verdict,
    /// The right answer, in words.
    pub right: String,
    /// Why it is right; quotes the run.
    pub why: Option<String>,
    /// How many hints were read before it.
    pub hints_used: u32,
}

/// How right an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Right.
    Right,
    /// Not quite.
    Partly,
    /// Wrong, or none.
    Wrong,
    /// A person has to read it.
    Open,
}

/// The part of the points that a hint or a wrong attempt costs, and that is always left.
const QUARTERS: u32 = 4;

/// Grades one answer. `None` is no answer, and worth nothing.
///
/// # Errors
/// When the question names a fact that the run does not have: a fault of the scenario.
pub fn grade(ask: &Ask, answer: Option<&Answer>, run: &Run, tries: Tries) -> Result<Score, UnknownFact> {
    let (part, whole) = match answer {
        Some(answer) => share(&ask.question, answer, run)?,
        None => (0, 1),
    };
    let is_open = matches!(ask.question, Question::Text) && answer.is_some();
    let verdict = match part {
        _ if is_open => Verdict::Open,
        0 => Verdict::Wrong,
        part if part < whole => Verdict::Partly,
        _ => Verdict::Right,
    };
    let points = Points::whole(ask.points).share(part, whole);
    Ok(Score {
        points: after(points, tries),
        of: ask.points,
        verdict,
        right: right(&ask.question, run)?,
        why: ask.why.as_deref().map(|why| fill(why, run)).transpose()?,
        hints_used: tries.hints,
    })
}

/// What is left of points after hints and attempts.
pub(super) fn after(points: Points, tries: Tries) -> Points {
    let lost = tries.hints.saturating_add(tries.attempts).min(QUARTERS - 1);
    points.share(QUARTERS - lost, QUARTERS)
}

/// How much of an answer is right: a part of a whole.
fn share(question: &Question, answer: &Answer, run: &Run) -> Result<(u32, u32), UnknownFact> {
    Ok(match (question, answer) {
        (Question::Choice { answer: right, .. }, Answer::Choice(given)) => (u32::from(given == right), 1),
        (Question::Multi { answer: right, .. }, Answer::Multi(given)) => multi(right, given),
        (Question::Order { answer: right, .. }, Answer::Order(given)) => order(right, given),
        (Question::Value { answer: right }, Answer::Value(given)) => {
            (u32::from(is_same_value(&fill(right, run)?, given)), 1)
        }
        (Question::PointAt { answer: right }, Answer::PointAt(given)) => {
            let mut fields = Fields::new(run);
            match (fields.find(right), fields.find(given)) {
                (Ok(right), Ok(given)) => point_at(&right, &given),
                _ => (0, 1),
            }
        }
        _ => (0, 1),
    })
}

/// Right ones minus wrong ones. Where nothing is right, only nothing is.
fn multi(right: &[u32], given: &[u32]) -> (u32, u32) {
    let mut given = given.to_vec();
    given.sort_unstable();
    given.dedup();
    let hits = given.iter().filter(|number| right.contains(number)).count();
    let part = hits.saturating_sub(given.len() - hits);
    match right.len() {
        0 => (u32::from(given.is_empty()), 1),
        whole => (count(part), count(whole)),
    }
}

/// The items that stand in the right order among each other. One item alone is always in order, so it does not count.
fn order(right: &[u32], given: &[u32]) -> (u32, u32) {
    let ranks: Vec<usize> = given.iter().filter_map(|item| right.iter().position(|other| other == item)).collect();
    if right.len() < 2 {
        return (u32::from(given == right), 1);
    }
    (count(longest_rising(&ranks).saturating_sub(1)), count(right.len() - 1))
}

/// Length of the longest subsequence that rises.
fn longest_rising(ranks: &[usize]) -> usize {
    // The smallest last rank of all rising runs of each length.
    let mut ends: Vec<usize> = Vec::new();
    for rank in ranks {
        let at = ends.partition_point(|end| end < rank);
        match ends.get_mut(at) {
            Some(end) => *end = *rank,
            None => ends.push(*rank),
        }
    }
    ends.len()
}

/// Numbers are compared as numbers; words without case, spaces and signs between them.
fn is_same_value(right: &str, given: &str) -> bool {
    match (number(right), number(given)) {
        (Some(right), Some(given)) => right == given,
        _ => words(right) == words(given) && !words(right).is_empty(),
    }
}

/// A whole number as people write it: `1,024`, `912 bytes`, `0x0303`.
fn number(text: &str) -> Option<u64> {
    let text: String = text.trim().chars().filter(|c| !matches!(c, ',' | '_' | '\u{a0}')).collect();
    if let Some(hex) = text.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok();
    }
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let is_unit = unit.trim().chars().all(char::is_alphabetic);
    digits.parse().ok().filter(|_| is_unit)
}

fn words(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric() || *c == '.');
    kept.flat_map(char::to_lowercase).collect()
}

fn point_at(right: &Pointed, given: &Pointed) -> (u32, u32) {
    if !right.is_beside(given) {
        (0, 2)
    } else if given.is_within(right.node) {
        (2, 2)
    } else {
        (u32::from(right.parent() == Some(given.node)), 2)
    }
}

/// The right answer, in words.
fn right(question: &Question, run: &Run) -> Result<String, UnknownFact> {
    let named = |from: &[String], numbers: &[u32], between: &str| {
        let name = |number: &u32| from.get((*number as usize).checked_sub(1)?).cloned();
        numbers.iter().filter_map(name).collect::<Vec<_>>().join(between)
    };
    Ok(match question {
        Question::Choice { options, answer } => named(options, &[*answer], ""),
        Question::Multi { options, answer } => named(options, answer, "; "),
        Question::Order { items, answer } => named(items, answer, ", then "),
        Question::Value { answer } => fill(answer, run)?,
        Question::PointAt { answer } => answer.to_string(),
        Question::Text => String::new(),
    })
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::lab::scenario::When;

    fn ask(question: Question) -> Ask {
        Ask {
            id: "q".to_owned(),
            when: When::After,
            pause: 1,
            text: String::new(),
            question,
            points: 4,
            hints: Vec::new(),
            why: Some("It was ${check}.".to_owned()),
            variant: None,
        }
    }

    fn options(count: u32) -> Vec<String> {
        (1..=count).map(|number| format!("option {number}")).collect()
    }

    #[test]
    fn answers_are_worth_what_is_right_of_them() {
        let run = sample::run();
        let choice = || Question::Choice { options: options(4), answer: 3 };
        let multi = |answer: &[u32]| Question::Multi { options: options(4), answer: answer.to_vec() };
        let order = |answer: &[u32]| Question::Order { items: options(4), answer: answer.to_vec() };
        let value = |answer: &str| Question::Value { answer: answer.to_owned() };
        let point = |place: &str| Question::PointAt { answer: place.parse().unwrap() };
        let text = |answer: &str| Answer::Value(answer.to_owned());
        let at = |place: &str| Answer::PointAt(place.parse().unwrap());
        let hello = "client>server ClientHello";
        let cases = [
            (choice(), Answer::Choice(3), 400),
            (choice(), Answer::Choice(2), 0),
            (choice(), Answer::Multi(vec![3]), 0),
            (multi(&[1, 3]), Answer::Multi(vec![3, 1]), 400),
            (multi(&[1, 3]), Answer::Multi(vec![1]), 200),
            (multi(&[1, 3]), Answer::Multi(vec![1, 3, 4]), 200),
            (multi(&[1, 3]), Answer::Multi(vec![1, 2]), 0),
            (multi(&[1, 3]), Answer::Multi(vec![2, 4]), 0),
            (multi(&[1, 3]), Answer::Multi(vec![1, 2, 3, 4]), 0),
            (multi(&[1, 3]), Answer::Multi(vec![1, 1, 1]), 200),
            (multi(&[]), Answer::Multi(vec![]), 400),
            (order(&[4, 2, 3, 1]), Answer::Order(vec![4, 2, 3, 1]), 400),
            (order(&[4, 2, 3, 1]), Answer::Order(vec![4, 2, 1, 3]), 266),
            (order(&[4, 2, 3, 1]), Answer::Order(vec![1, 3, 2, 4]), 0),
            (order(&[4, 2, 3, 1]), Answer::Order(vec![]), 0),
            (order(&[4, 2, 3, 1]), Answer::Order(vec![2, 3, 1, 4]), 266),
            (value("${packets}"), text(&format!("{} packets", run.packets.len())), 400),
            (value("1024"), text(" 1,024 bytes"), 400),
            (value("0x0303"), text("771"), 400),
            (value("TLS 1.3"), text("tls1.3"), 400),
            (value("TLS 1.3"), text("TLS 1.2"), 0),
            (value("certificate_expired"), text("Certificate expired"), 400),
            (value("912"), text("91"), 0),
            (point("client>server ClientHello/random"), at("client>server ClientHello/tls.handshake.random"), 400),
            (point("client>server ClientHello/random"), at("client>server ClientHello/random/random_bytes"), 400),
            (point("client>server ClientHello/random/random_bytes"), at("client>server ClientHello/random"), 200),
            (point("client>server ClientHello/random/random_bytes"), at(hello), 0),
            (point("client>server ClientHello/random"), at(hello), 200),
            (point("client>server ClientHello/random"), at("server>client ServerHello/random"), 0),
            (point("client>server ClientHello/random"), at("c2:client>server ClientHello/random"), 0),
            (point("client>server ClientHello/random"), at("client>server ClientHello/nothing"), 0),
        ];
        for (question, answer, points) in cases {
            let score = grade(&ask(question.clone()), Some(&answer), &run, Tries::default()).unwrap();
            assert_eq!(score.points, Points(points), "{question:?} {answer:?}");
            assert_eq!(score.why.as_deref(), Some("It was validity."));
        }
    }

    #[test]
    fn hints_and_attempts_cost_a_quarter_each_and_a_quarter_is_left() {
        let run = sample::run();
        let ask = ask(Question::Choice { options: options(2), answer: 1 });
        for (hints, attempts, points) in [(0, 0, 400), (1, 0, 300), (1, 1, 200), (2, 1, 100), (9, 9, 100)] {
            let score = grade(&ask, Some(&Answer::Choice(1)), &run, Tries { hints, attempts }).unwrap();
            assert_eq!((score.points, score.hints_used), (Points(points), hints));
        }
    }

    #[test]
    fn the_right_answer_is_told_in_words_and_a_person_grades_text() {
        let run = sample::run();
        let cases = [
            (Question::Choice { options: options(4), answer: 3 }, "option 3"),
            (Question::Multi { options: options(4), answer: vec![1, 4] }, "option 1; option 4"),
            (Question::Order { items: options(2), answer: vec![2, 1] }, "option 2, then option 1"),
            (Question::Value { answer: "${check}".to_owned() }, "validity"),
            (
                Question::PointAt { answer: "client>server record#2/length".parse().unwrap() },
                "client>server record#2/length",
            ),
            (Question::Text, ""),
        ];
        for (question, right) in cases {
            let score = grade(&ask(question), None, &run, Tries::default()).unwrap();
            assert_eq!((score.right.as_str(), score.verdict, score.points), (right, Verdict::Wrong, Points(0)));
        }
        let text = Answer::Text("Because.".to_owned());
        assert_eq!(grade(&ask(Question::Text), Some(&text), &run, Tries::default()).unwrap().verdict, Verdict::Open);
        assert!(grade(&ask(Question::Value { answer: "${x}".to_owned() }), None, &run, Tries::default()).is_err());
    }
}
