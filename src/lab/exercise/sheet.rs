//! The answers to the questions of one run, and when they can no longer be changed.
//!
//! A prediction is worth something only if it was made before: the answers to `before` are locked when the first byte
//! moves, those to a pause when the playback goes on from it. What was not answered by then stays without an answer.

use super::fact::UnknownFact;
use super::grade::{Score, Tries, Verdict, grade};
use super::{Answer, AnswerError};
use crate::lab::run::Run;
use crate::lab::scenario::{Ask, Scenario, When};

/// The answers to the questions of a scenario.
#[derive(Clone, Debug)]
pub struct Sheet {
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    ask: Ask,
    answer: Option<Answer>,
    tries: Tries,
    locked: bool,
}

/// Why an answer was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Locked {
    /// There is no such question.
    #[error("there is no question `{0}`")]
    NoQuestion(String),
    /// What would give it away has happened.
    #[error("the answer to `{0}` is locked: what it asks for has been seen")]
    Locked(String),
    /// It is no answer to that question.
    #[error("{0}")]
    Form(#[from] AnswerError),
}

impl Sheet {
    /// An empty sheet for the questions of a scenario that are about this variant's run.
    #[must_use]
    pub fn new(scenario: &Scenario, variant: Option<&str>) -> Self {
        let ours = |ask: &&Ask| ask.variant.is_none() || ask.variant.as_deref() == variant;
        let row = |ask: &Ask| Row { ask: ask.clone(), answer: None, tries: Tries::default(), locked: false };
        Self { rows: scenario.asks.iter().filter(ours).map(row).collect() }
    }

    /// The questions that can be answered now: all of a moment that are not locked.
    pub fn open(&self, when: When, pause: u32) -> impl Iterator<Item = &Ask> {
        let due = move |row: &&Row| row.ask.when == when && (when != When::At || row.ask.pause == pause);
        self.rows.iter().filter(due).filter(|row| !row.locked).map(|row| &row.ask)
    }

    /// Gives an answer, in the place of one that was given before.
    ///
    /// # Errors
    /// When it is locked, or is none.
    pub fn answer(&mut self, id: &str, answer: Answer) -> Result<(), Locked> {
        let row = self.row(id)?;
        answer.fits(&row.ask)?;
        row.answer = Some(answer);
        Ok(())
    }

    /// The answer that was given.
    #[must_use]
    pub fn given(&self, id: &str) -> Option<&Answer> {
        self.rows.iter().find(|row| row.ask.id == id)?.answer.as_ref()
    }

    /// The next hint of a question, which costs a part of its points; `None` when there is none left.
    ///
    /// # Errors
    /// When the answer is locked.
    pub fn hint(&mut self, id: &str) -> Result<Option<&str>, Locked> {
        let row = self.row(id)?;
        let next = row.tries.hints as usize;
        if next < row.ask.hints.len() {
            row.tries.hints += 1;
        }
        Ok(row.ask.hints.get(next).map(String::as_str))
    }

    /// The first byte moves.
    pub fn start(&mut self) {
        self.lock(|ask| ask.when == When::Before);
    }

    /// The playback goes on from a pause, counted from 1 on.
    pub fn leave_pause(&mut self, pause: u32) {
        self.lock(|ask| ask.when == When::At && ask.pause == pause);
    }

    /// All is over, and answers are shown.
    pub fn hand_in(&mut self) {
        self.lock(|_| true);
    }

    /// Whether the answer to a question can no longer be changed.
    #[must_use]
    pub fn is_locked(&self, id: &str) -> bool {
        self.rows.iter().any(|row| row.ask.id == id && row.locked)
    }

    /// Grades one answer now, and counts it as an attempt when it is wrong: for questions that may be tried again.
    ///
    /// # Errors
    /// When the answer is locked, or there is no such question.
    pub fn attempt(&mut self, id: &str, run: &Run) -> Result<Result<Score, UnknownFact>, Locked> {
        let row = self.row(id)?;
        let score = grade(&row.ask, row.answer.as_ref(), run, row.tries);
        match score.as_ref().map(|score| score.verdict) {
            Ok(Verdict::Right) => row.locked = true,
            Ok(Verdict::Wrong | Verdict::Partly) => row.tries.attempts += 1,
            Ok(Verdict::Open) | Err(_) => {}
        }
        Ok(score)
    }

    /// Grades all of it. The score of each question, by its id.
    ///
    /// # Errors
    /// When a question names a fact that the run does not have.
    pub fn grade(&self, run: &Run) -> Result<Vec<(String, Score)>, UnknownFact> {
        let score = |row: &Row| Ok((row.ask.id.clone(), grade(&row.ask, row.answer.as_ref(), run, row.tries)?));
        self.rows.iter().map(score).collect()
    }

    fn row(&mut self, id: &str) -> Result<&mut Row, Locked> {
        let row = self.rows.iter_mut().find(|row| row.ask.id == id);
        let row = row.ok_or_else(|| Locked::NoQuestion(id.to_owned()))?;
        if row.locked { Err(Locked::Locked(id.to_owned())) } else { Ok(row) }
    }

    fn lock(&mut self, due: impl Fn(&Ask) -> bool) {
        for row in self.rows.iter_mut().filter(|row| due(&row.ask)) {
            row.locked = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Points, sample};
    use super::*;

    #[test]
    fn predictions_are_locked_when_the_first_byte_moves() {
        let run = sample::run();
        let mut sheet = Sheet::new(&run.scenario, None);
        let ids = |sheet: &Sheet, when, pause| {
            sheet.open(when, pause).map(|ask| ask.id.clone()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(ids(&sheet, When::Before, 0), "first");
        assert_eq!((ids(&sheet, When::At, 1), ids(&sheet, When::At, 2)), ("paused".to_owned(), String::new()));
        sheet.answer("first", Answer::Choice(1)).unwrap();
        sheet.answer("first", Answer::Choice(2)).unwrap();
        sheet.start();
        assert_eq!(sheet.answer("first", Answer::Choice(1)), Err(Locked::Locked("first".to_owned())));
        assert_eq!(sheet.hint("first").unwrap_err(), Locked::Locked("first".to_owned()));
        assert_eq!(sheet.given("first"), Some(&Answer::Choice(2)));
        assert_eq!(ids(&sheet, When::Before, 0), "");
        sheet.leave_pause(1);
        assert!(sheet.is_locked("paused") && !sheet.is_locked("last"));

        assert_eq!(sheet.hint("last"), Ok(Some("look closer")));
        assert_eq!(sheet.hint("last"), Ok(None));
        sheet.answer("last", Answer::Value("validity".to_owned())).unwrap();
        sheet.hand_in();
        let scores = sheet.grade(&run).unwrap();
        let points: Vec<_> = scores.iter().map(|(id, score)| (id.as_str(), score.points)).collect();
        assert_eq!(points, [("first", Points(200)), ("paused", Points(0)), ("last", Points(150))]);
    }

    #[test]
    fn an_attempt_that_fails_costs_and_one_that_does_not_ends_it() {
        let run = sample::run();
        let mut sheet = Sheet::new(&run.scenario, None);
        sheet.answer("last", Answer::Value("trust".to_owned())).unwrap();
        assert_eq!(sheet.attempt("last", &run).unwrap().unwrap().verdict, Verdict::Wrong);
        sheet.answer("last", Answer::Value("validity".to_owned())).unwrap();
        assert_eq!(sheet.attempt("last", &run).unwrap().unwrap().points, Points(150));
        assert!(sheet.is_locked("last"));
    }

    #[test]
    fn what_is_no_answer_is_not_taken() {
        let mut sheet = Sheet::new(&sample::run().scenario, None);
        let cases = [
            ("none", Answer::Choice(1), "there is no question `none`"),
            ("first", Answer::Choice(0), "there are 2 to choose from, and no number 0"),
            ("first", Answer::Choice(3), "there are 2 to choose from, and no number 3"),
            ("first", Answer::Value("1".to_owned()), "the question wants one of its options"),
            ("last", Answer::Value(" ".to_owned()), "the answer is empty"),
        ];
        for (id, answer, says) in cases {
            assert_eq!(sheet.answer(id, answer).unwrap_err().to_string(), says);
        }
    }
}
