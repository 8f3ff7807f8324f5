//! What is kept from one day to the next: what was seen and played, answered and gained. It is a text; where it lies,
//! and how it gets there, is for others.

use super::{Answer, Points};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// The number of this form of the text.
const FORMAT: i64 = 1;

/// What the text begins with, for whoever opens it.
const HEAD: &str = "# What was done in the lab of tlslab. Deleting this file forgets it.\n\n";

/// What was done so far, by the ids of scenarios.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    scenarios: BTreeMap<String, Kept>,
}

/// What was done with one scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// Whether it was opened.
    pub seen: bool,
    /// The variants that were played to the end; an empty name where the scenario has none.
    pub played: BTreeSet<String>,
    /// The most points that were had.
    pub points: Points,
    /// The points that there are.
    pub of: u32,
    /// Whether it was done to the end: all answered, or all goals reached.
    pub done: bool,
    /// The answers that were locked, by the ids of questions.
    pub answers: BTreeMap<String, KeptAnswer>,
}

/// An answer that was locked.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptAnswer {
    /// The answer.
    pub answer: Answer,
    /// How many hints were read before it.
    pub hints: u32,
    /// How many wrong answers were given before it.
    pub attempts: u32,
    /// What it gave.
    pub points: Points,
}

/// Why a text is not taken for what was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProgressError {
    /// It is no TOML.
    #[error("what was kept of the lab cannot be read: {0}")]
    Form(String),
    /// A later version wrote it; writing over it would lose what this version does not know.
    #[error("what was kept of the lab was written by a later version (format {0})")]
    Later(i64),
}

impl Progress {
    /// Reads what [`text`](Self::text) wrote. An entry that cannot be read is left out.
    ///
    /// # Errors
    /// When it is no such text, or of a later version.
    pub fn read(text: &str) -> Result<Self, ProgressError> {
        let table: Table =
            text.parse().map_err(|error: toml::de::Error| ProgressError::Form(error.message().to_owned()))?;
        let format = table.get("format").and_then(Value::as_integer).unwrap_or(FORMAT);
        if format > FORMAT {
            return Err(ProgressError::Later(format));
        }
        let scenarios = table.get("scenario").and_then(Value::as_table).into_iter().flatten();
        let kept = |(id, value): (&String, &Value)| Some((id.clone(), read_kept(value.as_table()?)));
        Ok(Self { scenarios: scenarios.filter_map(kept).collect() })
    }

    /// As a text. The same progress gives the same text.
    #[must_use]
    pub fn text(&self) -> String {
        let scenarios = self.scenarios.iter().map(|(id, kept)| (id.clone(), Value::Table(write_kept(kept))));
        let mut table = Table::new();
        table.insert("format".to_owned(), FORMAT.into());
        table.insert("scenario".to_owned(), Value::Table(scenarios.collect()));
        format!("{HEAD}{table}")
    }

    /// What was done with a scenario.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<&Kept> {
        self.scenarios.get(id)
    }

    /// All scenarios with which something was done.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Kept)> {
        self.scenarios.iter().map(|(id, kept)| (id.as_str(), kept))
    }

    /// A scenario was opened. Whether that is news, as with all that follow.
    pub fn see(&mut self, id: &str) -> bool {
        self.change(id, |kept| kept.seen = true)
    }

    /// A variant was played to the end.
    pub fn play(&mut self, id: &str, variant: Option<&str>) -> bool {
        self.change(id, |kept| {
            kept.seen = true;
            kept.played.insert(variant.unwrap_or_default().to_owned());
        })
    }

    /// An answer was locked.
    pub fn answer(&mut self, id: &str, question: &str, answer: KeptAnswer) -> bool {
        self.change(id, |kept| {
            kept.answers.insert(question.to_owned(), answer);
        })
    }

    /// Points were had. The best of all times counts, and so does what was once done.
    pub fn score(&mut self, id: &str, points: Points, of: u32, done: bool) -> bool {
        self.change(id, |kept| {
            kept.points = kept.points.max(points);
            kept.of = of;
            kept.done |= done;
        })
    }

    /// Forgets everything about a scenario, so that it can be done again.
    pub fn forget(&mut self, id: &str) -> bool {
        self.scenarios.remove(id).is_some()
    }

    fn change(&mut self, id: &str, change: impl FnOnce(&mut Kept)) -> bool {
        let kept = self.scenarios.entry(id.to_owned()).or_default();
        let before = kept.clone();
        change(kept);
        *kept != before
    }
}

fn write_kept(kept: &Kept) -> Table {
    let mut table = Table::new();
    table.insert("seen".to_owned(), kept.seen.into());
    table.insert("played".to_owned(), kept.played.iter().cloned().collect::<Vec<_>>().into());
    table.insert("hundredths".to_owned(), i64::from(kept.points.0).into());
    table.insert("of".to_owned(), i64::from(kept.of).into());
    table.insert("done".to_owned(), kept.done.into());
    let answers = kept.answers.iter().map(|(id, answer)| (id.clone(), Value::Table(write_answer(answer))));
    table.insert("answer".to_owned(), Value::Table(answers.collect()));
    table
}

fn read_kept(table: &Table) -> Kept {
    let flag = |key: &str| table.get(key).and_then(Value::as_bool).unwrap_or_default();
    let played = table.get("played").and_then(Value::as_array).into_iter().flatten();
    let answers = table.get("answer").and_then(Value::as_table).into_iter().flatten();
    let answer = |(id, value): (&String, &Value)| Some((id.clone(), read_answer(value.as_table()?)?));
    Kept {
        seen: flag("seen"),
        played: played.filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        points: Points(number(table, "hundredths")),
        of: number(table, "of"),
        done: flag("done"),
        answers: answers.filter_map(answer).collect(),
    }
}

fn write_answer(kept: &KeptAnswer) -> Table {
    let numbers = |numbers: &[u32]| numbers.iter().map(|number| i64::from(*number)).collect::<Vec<_>>().into();
    let (kind, value): (&str, Value) = match &kept.answer {
        Answer::Choice(number) => ("choice", i64::from(*number).into()),
        Answer::Multi(given) => ("multi", numbers(given)),
        Answer::Order(given) => ("order", numbers(given)),
        Answer::Value(text) => ("value", text.as_str().into()),
        Answer::PointAt(place) => ("point-at", place.to_string().into()),
        Answer::Text(text) => ("text", text.as_str().into()),
    };
    let mut table = Table::new();
    table.insert("kind".to_owned(), kind.into());
    table.insert("value".to_owned(), value);
    for (key, number) in [("hints", kept.hints), ("attempts", kept.attempts), ("hundredths", kept.points.0)] {
        table.insert(key.to_owned(), i64::from(number).into());
    }
    table
}

fn read_answer(table: &Table) -> Option<KeptAnswer> {
    let value = table.get("value")?;
    let text = || value.as_str().map(str::to_owned);
    let numbers = || {
        let number = |value: &Value| u32::try_from(value.as_integer()?).ok();
        value.as_array()?.iter().map(number).collect::<Option<Vec<u32>>>()
    };
    let answer = match table.get("kind")?.as_str()? {
        "choice" => Answer::Choice(u32::try_from(value.as_integer()?).ok()?),
        "multi" => Answer::Multi(numbers()?),
        "order" => Answer::Order(numbers()?),
        "value" => Answer::Value(text()?),
        "point-at" => Answer::PointAt(value.as_str()?.parse().ok()?),
        "text" => Answer::Text(text()?),
        _ => return None,
    };
    let (hints, attempts) = (number(table, "hints"), number(table, "attempts"));
    Some(KeptAnswer { answer, hints, attempts, points: Points(number(table, "hundredths")) })
}

fn number(table: &Table, key: &str) -> u32 {
    table.get(key).and_then(Value::as_integer).and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(answer: Answer) -> KeptAnswer {
        KeptAnswer { answer, hints: 1, attempts: 2, points: Points(150) }
    }

    #[test]
    fn what_is_kept_comes_back() {
        let mut progress = Progress::default();
        assert!(progress.see("a") && !progress.see("a"));
        assert!(progress.play("a", Some("tls12")) && !progress.play("a", Some("tls12")) && progress.play("b", None));
        let answers = [
            Answer::Choice(2),
            Answer::Multi(vec![1, 3]),
            Answer::Order(vec![3, 1, 2]),
            Answer::Value("\"quotes\" and\nlines".to_owned()),
            Answer::PointAt("c2:server>client Certificate#2/cert[0]/tbs".parse().unwrap()),
            Answer::Text(String::new()),
        ];
        for (index, answer) in answers.into_iter().enumerate() {
            assert!(progress.answer("a", &format!("q{index}"), kept(answer)));
        }
        assert!(progress.score("a", Points(150), 5, false));
        let again = Progress::read(&progress.text()).unwrap();
        assert_eq!(again, progress);
        assert_eq!(again.text(), progress.text());
        assert_eq!(again.of("a").map(|kept| kept.answers.len()), Some(6));
        assert_eq!(again.all().count(), 2);
    }

    #[test]
    fn the_best_of_all_times_counts() {
        let mut progress = Progress::default();
        assert!(progress.score("a", Points(300), 5, true));
        assert!(!progress.score("a", Points(100), 5, false));
        let kept = progress.of("a").unwrap();
        assert_eq!((kept.points, kept.done), (Points(300), true));
        assert!(progress.forget("a") && !progress.forget("a"));
        assert_eq!(progress.of("a"), None);
    }

    #[test]
    fn what_cannot_be_read_is_left_out_or_left_alone() {
        assert_eq!(Progress::read(""), Ok(Progress::default()));
        assert!(matches!(Progress::read("nonsense = "), Err(ProgressError::Form(_))));
        assert_eq!(Progress::read("format = 2"), Err(ProgressError::Later(2)));
        let text = "[scenario]\na = 3\n[scenario.b]\nseen = true\nof = -1\n[scenario.b.answer]\nq = { kind = 'choice' }\nr = { kind = 'choice', value = -1 }\ns = { kind = 'colour', value = 1 }\nt = { kind = 'point-at', value = 'nowhere' }\nu = { kind = 'choice', value = 1 }";
        let progress = Progress::read(text).unwrap();
        assert_eq!(progress.all().map(|(id, _)| id).collect::<Vec<_>>(), ["b"]);
        let kept = progress.of("b").unwrap();
        assert_eq!((kept.seen, kept.of), (true, 0));
        assert_eq!(kept.answers.keys().collect::<Vec<_>>(), ["u"]);
    }
}
