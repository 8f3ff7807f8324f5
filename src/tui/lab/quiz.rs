//! The questions of a scenario as they are asked, answered and graded while its run is played back.
//!
//! What an answer is worth is for the room of the lab to say; here is only when a question is due, and what came of it.

use super::playback::Playback;
use crate::lab::exercise::{Answer, FindAnswer, FixResult, KeptAnswer, Points, Score, Sheet, Tries, grade_find};
use crate::lab::run::Run;
use crate::lab::scenario::{Ask, FailedCheck, FoundBy, Place, Question, Scenario, TaskKind, When};
use std::collections::{BTreeMap, BTreeSet};

/// What is waiting for a field to be pointed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pointing {
    /// A question, by its id.
    Ask(String),
    /// The field that shows the fault.
    Fault,
}

/// What came of looking for the fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The points that it gave.
    pub points: Points,
    /// What was wrong, told when it is handed in.
    pub why: Option<String>,
}

/// The questions and tasks of a scenario, and what became of them.
#[derive(Clone, Debug)]
pub struct Quiz {
    variant: Option<String>,
    sheet: Sheet,
    scores: BTreeMap<String, Score>,
    hints: BTreeMap<String, Vec<String>>,
    offered: BTreeSet<String>,
    /// What waits for a field.
    pub pointing: Option<Pointing>,
    /// What was said of the fault so far.
    pub fault: FindAnswer,
    /// What came of it.
    pub found: Option<Found>,
    /// What came of mending.
    pub mended: Option<FixResult>,
    /// Whether anything was mended at all: some goals may hold of what was handed out.
    pub repaired: bool,
    task_hints: Vec<String>,
}

impl Quiz {
    /// The questions of a variant, none of them answered.
    #[must_use]
    pub fn new(scenario: &Scenario, variant: Option<&str>) -> Self {
        Self {
            variant: variant.map(str::to_owned),
            sheet: Sheet::new(scenario, variant),
            scores: BTreeMap::new(),
            hints: BTreeMap::new(),
            offered: BTreeSet::new(),
            pointing: None,
            fault: FindAnswer::default(),
            found: None,
            mended: None,
            repaired: false,
            task_hints: Vec::new(),
        }
    }

    /// The questions that can be answered at this moment.
    #[must_use]
    pub fn due(&self, playback: Option<&Playback>) -> Vec<&Ask> {
        let (when, pause) = match playback {
            None => (When::Before, 0),
            Some(playback) if playback.is_over() => (When::After, 0),
            Some(playback) => match playback.pause() {
                Some(pause) => (When::At, pause),
                None => return Vec::new(),
            },
        };
        self.sheet.open(when, pause).collect()
    }

    /// The next question that nobody was asked yet.
    #[must_use]
    pub fn next(&self, playback: Option<&Playback>) -> Option<&Ask> {
        let due = self.due(playback).into_iter();
        due.into_iter().find(|ask| !self.offered.contains(&ask.id) && self.sheet.given(&ask.id).is_none())
    }

    /// Notes that a question was asked, so that it is not in the way a second time.
    pub(crate) fn offer(&mut self, id: &str) {
        self.offered.insert(id.to_owned());
    }

    /// The answer that was given.
    #[must_use]
    pub fn given(&self, id: &str) -> Option<&Answer> {
        self.sheet.given(id)
    }

    /// What it was worth, as soon as that may be told.
    #[must_use]
    pub fn score(&self, id: &str) -> Option<&Score> {
        self.scores.get(id)
    }

    /// Whether it can no longer be answered.
    #[must_use]
    pub fn is_locked(&self, id: &str) -> bool {
        self.sheet.is_locked(id)
    }

    /// The hints that were read.
    #[must_use]
    pub fn hints(&self, id: &str) -> &[String] {
        self.hints.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Shows one more hint. What to say when there is none.
    pub(crate) fn hint(&mut self, id: &str) -> Result<(), String> {
        match self.sheet.hint(id) {
            Ok(Some(hint)) => self.hints.entry(id.to_owned()).or_default().push(hint.to_owned()),
            Ok(None) => return Err("there is no further hint".to_owned()),
            Err(locked) => return Err(locked.to_string()),
        }
        Ok(())
    }

    /// How many hints of the task were read.
    #[must_use]
    pub fn task_hints(&self) -> u32 {
        u32::try_from(self.task_hints.len()).unwrap_or(u32::MAX)
    }

    /// The hints of the task that were read.
    #[must_use]
    pub fn read_task_hints(&self) -> &[String] {
        &self.task_hints
    }

    /// Shows one more hint of the task.
    pub(crate) fn task_hint(&mut self, scenario: &Scenario) -> Result<(), String> {
        let hints = scenario.task.as_ref().map(|task| task.hints.as_slice()).unwrap_or_default();
        let next = hints.get(self.task_hints.len()).ok_or("there is no further hint")?;
        self.task_hints.push(next.clone());
        Ok(())
    }

    /// Takes an answer. Where what it asks for has happened already, it is graded at once.
    ///
    /// # Errors
    /// When it is locked, or is none.
    pub(crate) fn answer(&mut self, id: &str, answer: Answer, run: Option<&Run>) -> Result<(), String> {
        self.sheet.answer(id, answer).map_err(|locked| locked.to_string())?;
        let Some(run) = run else { return Ok(()) };
        let score = self.sheet.attempt(id, run).map_err(|locked| locked.to_string())?;
        let score = score.map_err(|unknown| format!("a fault of the scenario: {unknown}"))?;
        self.scores.insert(id.to_owned(), score);
        Ok(())
    }

    /// The first byte moves.
    pub(crate) fn start(&mut self) {
        self.sheet.start();
    }

    /// The playback goes on from a pause.
    pub(crate) fn leave_pause(&mut self, pause: u32) {
        self.sheet.leave_pause(pause);
    }

    /// All is over: what was answered before is told.
    pub(crate) fn finish(&mut self, run: &Run) {
        let Ok(scores) = self.sheet.grade(run) else { return };
        for (id, score) in scores {
            if self.sheet.is_locked(&id) {
                self.scores.entry(id).or_insert(score);
            }
        }
    }

    /// Says what the fault is, as far as it is known without its field.
    pub(crate) fn suspect(&mut self, check: FailedCheck, by: FoundBy) {
        self.fault = FindAnswer { check: Some(check), found_by: Some(by), field: None };
        self.pointing = Some(Pointing::Fault);
    }

    /// Hands in what was said of the fault.
    pub(crate) fn hand_in(&mut self, scenario: &Scenario, field: Option<Place>, run: &Run) -> Result<(), String> {
        self.pointing = None;
        let Some(task) = scenario.task.as_ref().filter(|task| task.kind == TaskKind::Find) else { return Ok(()) };
        self.fault.field = field;
        let tries = Tries { hints: self.task_hints(), attempts: 0 };
        let graded = grade_find(task, &self.fault, run, tries);
        let (points, why) = graded.map_err(|unknown| format!("a fault of the scenario: {unknown}"))?;
        self.found = Some(Found { points, why });
        Ok(())
    }

    /// The points that were had so far.
    #[must_use]
    pub fn points(&self) -> Points {
        let asked: Points = self.scores.values().map(|score| score.points).sum();
        let found = self.found.as_ref().map(|found| found.points).unwrap_or_default();
        let mended = self.mended.as_ref().filter(|_| self.repaired).map(|mended| mended.points).unwrap_or_default();
        asked + found + mended
    }

    /// Whether all that is asked was answered, and the task done.
    #[must_use]
    pub fn is_done(&self, scenario: &Scenario) -> bool {
        let ours = |ask: &&Ask| ask.variant.is_none() || ask.variant == self.variant;
        let open = |ask: &Ask| ask.question != Question::Text && !self.scores.contains_key(&ask.id);
        let asked = !scenario.asks.iter().filter(ours).any(open);
        let tasked = match scenario.task.as_ref().map(|task| task.kind) {
            None => true,
            Some(TaskKind::Find) => self.found.is_some(),
            Some(TaskKind::Fix) => self.mended.as_ref().is_some_and(FixResult::is_mended),
        };
        asked && tasked
    }

    /// The answers that were graded, to be kept.
    pub(crate) fn kept(&self) -> Vec<(String, KeptAnswer)> {
        let kept = |(id, score): (&String, &Score)| {
            let answer = self.sheet.given(id)?.clone();
            Some((id.clone(), KeptAnswer { answer, hints: score.hints_used, attempts: 0, points: score.points }))
        };
        self.scores.iter().filter_map(kept).collect()
    }
}
