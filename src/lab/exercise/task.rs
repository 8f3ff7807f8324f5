//! Tasks: finding the fault, and mending the configuration.

use super::Points;
use super::fact::{UnknownFact, fill};
use super::grade::{Tries, after, count};
use super::point::Fields;
use crate::lab::run::{Difference, Run};
use crate::lab::scenario::{Edit, Expect, FailedCheck, FoundBy, Place, Task};

/// What somebody says the fault is. What is `None` was not said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FindAnswer {
    /// The check that fails.
    pub check: Option<FailedCheck>,
    /// Who found it.
    pub found_by: Option<FoundBy>,
    /// The field that shows it.
    pub field: Option<Place>,
}

/// What a task gave.
#[derive(Clone, Debug, PartialEq)]
pub struct FixResult {
    /// The goals in the order of the file.
    pub goals: Vec<GoalResult>,
    /// The points that they give.
    pub points: Points,
    /// The points that there are.
    pub of: u32,
}

/// What came of one goal.
#[derive(Clone, Debug, PartialEq)]
pub struct GoalResult {
    /// Where the run is not as the goal wants it; empty where the goal is reached.
    pub differences: Vec<Difference>,
    /// Why it could not be played at all.
    pub problem: Option<String>,
}

/// Plays the scenario again: a variant of it, with these edits. Gives the run, or why there is none. Where several edits
/// are of one path, the last one counts.
pub type Play<'a> = dyn FnMut(Option<&str>, &[Edit]) -> Result<Run, String> + 'a;

/// An edit of something that may not be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is not yours to change; you may change {allowed}")]
pub struct NotEditable {
    /// What was to be changed.
    pub path: String,
    /// What may be.
    pub allowed: String,
}

impl GoalResult {
    /// Whether it is reached.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.differences.is_empty() && self.problem.is_none()
    }
}

impl FixResult {
    /// Whether all goals are reached.
    #[must_use]
    pub fn is_mended(&self) -> bool {
        self.goals.iter().all(GoalResult::is_reached)
    }

    /// How many goals are reached.
    #[must_use]
    pub fn reached(&self) -> usize {
        self.goals.iter().filter(|goal| goal.is_reached()).count()
    }
}

/// Grades what somebody says the fault is: a third for the check, the side and the field each. Where the task names no
/// field, halves for the other two.
///
/// # Errors
/// When `why` names a fact that the run does not have.
pub fn grade_find(
    task: &Task,
    answer: &FindAnswer,
    run: &Run,
    tries: Tries,
) -> Result<(Points, Option<String>), UnknownFact> {
    let refused = |connection: &&crate::lab::run::Connection| connection.check.is_some();
    let truth = run.connections.iter().rev().find(refused).or_else(|| run.connections.last());
    let check = truth.and_then(|connection| connection.check);
    let found_by = truth.and_then(|connection| connection.found_by);
    let mut parts = vec![answer.check.is_some() && answer.check == check];
    parts.push(answer.found_by.is_some() && answer.found_by == found_by);
    if let Some(field) = &task.field {
        let mut fields = Fields::new(run);
        let given = answer.field.as_ref().and_then(|given| fields.find(given).ok());
        let right = fields.find(field).ok();
        let is_it =
            right.zip(given).is_some_and(|(right, given)| right.is_beside(&given) && given.is_within(right.node));
        parts.push(is_it);
    }
    let right = parts.iter().filter(|part| **part).count();
    let points = Points::whole(task.points).share(count(right), count(parts.len()));
    let why = task.why.as_deref().map(|why| fill(why, run)).transpose()?;
    Ok((after(points, tries), why))
}

/// Whether all edits are of what may be changed: a path that the task names, or one below it.
///
/// # Errors
/// The first edit that is not.
pub fn check_edits(task: &Task, edits: &[Edit]) -> Result<(), NotEditable> {
    let may = |path: &str| {
        task.editable
            .iter()
            .any(|open| path.strip_prefix(open.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    };
    match edits.iter().find(|edit| !may(&edit.path)) {
        Some(edit) => Err(NotEditable { path: edit.path.clone(), allowed: task.editable.join(", ") }),
        None => Ok(()),
    }
}

/// Plays every goal with the edits, and says which are reached. What a goal sets wins over the edits: that is how it
/// asks about a customer whose side was not touched.
///
/// # Errors
/// When an edit is of what may not be changed.
pub fn grade_fix(task: &Task, edits: &[Edit], play: &mut Play<'_>, tries: Tries) -> Result<FixResult, NotEditable> {
    check_edits(task, edits)?;
    let goals: Vec<GoalResult> = task.goals.iter().map(|goal| play_goal(goal, edits, play)).collect();
    let reached = goals.iter().filter(|goal| goal.is_reached()).count();
    let points = after(Points::whole(task.points).share(count(reached), count(goals.len())), tries);
    Ok(FixResult { goals, points, of: task.points })
}

fn play_goal(goal: &Expect, edits: &[Edit], play: &mut Play<'_>) -> GoalResult {
    let mut all = edits.to_vec();
    all.extend(goal.set.iter().cloned());
    match play(goal.variant.as_deref(), &all) {
        Ok(run) => GoalResult { differences: run.judge(goal).differences, problem: None },
        Err(problem) => GoalResult { differences: Vec::new(), problem: Some(problem) },
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::lab::run::play;
    use crate::lab::scenario::{Scenario, ScenarioFile};

    const FIND: &str = r#"
[task]
kind   = "find"
points = 6
field  = "c2:server>client Certificate/cert[0]/tbs/validity/notAfter"
why    = "It was ${check}."
"#;

    const FIX: &str = r#"
[task]
kind     = "fix"
editable = ["pki.web.valid", "peer.client.trust"]
points   = 4
solution = { "pki.web.valid" = ["-1d", "+9d"] }
[[task.goal]]
set       = { "peer.client.name" = "shop.lab.test" }
handshake = "ok"
[[task.goal]]
set       = { "peer.client.name" = "evil.lab.test" }
handshake = "failed"
check     = "name"
"#;

    fn file(task: &str) -> ScenarioFile {
        let text = format!("{}{task}", sample::TEXT);
        ScenarioFile::read("sample", &text).unwrap_or_else(|problems| panic!("{problems:#?}"))
    }

    fn task(scenario: &Scenario) -> &Task {
        scenario.task.as_ref().unwrap()
    }

    #[test]
    fn the_fault_is_found_by_thirds() {
        let file = file(FIND);
        let run = play(&file, None).unwrap();
        let check = |word: &str| {
            let checks = crate::x509::verify::Check::ALL.into_iter();
            checks.map(FailedCheck::Certificate).find(|check| check.word() == word)
        };
        let place = |place: &str| Some(place.parse().unwrap());
        let not_after = "c2:server>client Certificate/cert[0]/tbs/validity/notAfter";
        let cases = [
            (check("validity"), Some(FoundBy::Client), place(not_after), 600),
            (check("trust"), Some(FoundBy::Client), place(not_after), 400),
            (check("validity"), Some(FoundBy::Server), place("c2:server>client Certificate/cert[0]"), 200),
            (check("validity"), None, place("server>client Certificate/cert[0]/tbs/validity/notAfter"), 200),
            (None, None, None, 0),
        ];
        for (check, found_by, field, points) in cases {
            let answer = FindAnswer { check, found_by, field };
            let (given, why) = grade_find(task(file.scenario()), &answer, &run, Tries::default()).unwrap();
            assert_eq!((given, why.as_deref()), (Points(points), Some("It was validity.")), "{answer:?}");
        }
    }

    #[test]
    fn a_repair_is_judged_by_goals_with_and_without_it() {
        let file = file(FIX);
        let task = task(file.scenario());
        let edit = |path: &str, value: &str| Edit {
            path: path.to_owned(),
            value: format!("x = {value}").parse::<toml::Table>().unwrap().remove("x").unwrap(),
        };
        let mut again = |_: Option<&str>, edits: &[Edit]| {
            let edited = file.with(edits).map_err(|problems| problems[0].text.clone())?;
            play(&edited, None).map_err(|error| error.to_string())
        };
        let mut fix = |edits: &[Edit]| grade_fix(task, edits, &mut again, Tries::default());
        let solved = fix(&task.solution).unwrap();
        assert!(solved.is_mended());
        assert_eq!((solved.points, solved.of), (Points(400), 4));
        // The second goal holds of the scenario as it is handed out only as far as it fails.
        let untouched = fix(&[]).unwrap();
        assert_eq!((untouched.reached(), untouched.points), (0, Points(0)));
        let cheat = fix(&[edit("peer.client.trust", "[]")]).unwrap();
        assert!(!cheat.is_mended());
        let broken = fix(&[edit("peer.client.trust", "['nobody']")]).unwrap();
        assert!(broken.goals.iter().all(|goal| goal.problem.is_some()));
        let refused = fix(&[edit("pki.web.validity", "[]")]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "`pki.web.validity` is not yours to change; you may change pki.web.valid, peer.client.trust"
        );
    }
}
