//! The rules: each takes a file with its runs and gives what breaks it.

use super::bench::{Bench, Played, in_variant, job};
use crate::lab::batch;
use crate::lab::exercise::{Fields, Tries, fill, grade_fix};
use crate::lab::run::{Connection, PlayError, Run};
use crate::lab::scenario::{Action, Edit, FailedCheck, Place, Problem, Question, Task, TaskKind};
use crate::x509::verify::Verification;
use std::collections::BTreeSet;

/// The group in which every scenario has one fault, if it does not say otherwise.
const FAULTS: &str = "certificate-faults";

/// A certificate or list that cannot be made.
pub(super) fn pki(bench: &Bench<'_>) -> Vec<Problem> {
    let problem = |played: &Played| match &played.result {
        Err(PlayError::Pki(error)) => {
            let text = format!("{error}{}", in_variant(played.variant.as_deref()));
            Some(bench.file.problem("pki", text, None))
        }
        _ => None,
    };
    bench.plays.iter().filter_map(problem).collect()
}

/// Variants that cannot be played, of which nothing is expected, or that go otherwise.
pub(super) fn expect(bench: &Bench<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let expects = &bench.file.scenario().expects;
    for played in &bench.plays {
        let variant = in_variant(played.variant.as_deref());
        match &played.result {
            Err(PlayError::Pki(_)) => {}
            Err(error) => {
                let text = format!("it cannot be played{variant}: {error}");
                problems.push(bench.file.problem("step", text, None));
            }
            Ok((_, judgements)) => {
                if judgements.is_empty() {
                    let help = "write an [[expect]] for it, or one without `variant` for all".to_owned();
                    problems.push(bench.file.problem("variant", format!("nothing is expected{variant}"), Some(help)));
                }
                for judgement in judgements {
                    let at = expects.iter().position(|expect| expect.line == judgement.line).unwrap_or_default();
                    problems.extend(judgement.differences.iter().map(|difference| {
                        let path = format!("expect.{at}.{}", difference.what);
                        bench.file.problem(&path, format!("{difference}{variant}"), None)
                    }));
                }
            }
        }
    }
    problems
}

/// Places of steps and captions that are not there.
pub(super) fn place(bench: &Bench<'_>) -> Vec<Problem> {
    let scenario = bench.file.scenario();
    let mut problems = Vec::new();
    for (index, step) in scenario.steps.iter().enumerate() {
        let missed =
            |run: &Run| run.missed.iter().find(|missed| missed.step == index).map(|missed| missed.reason.clone());
        if step.at.is_some() {
            let at = step.at.as_ref();
            problems.extend(missing(bench, &format!("step.{index}.at"), at, step.may_miss, missed));
        }
        let is_attack = matches!(step.action, Action::Attack(_));
        if is_attack && step.at.is_none() {
            problems.extend(missing(bench, &format!("step.{index}"), None, step.may_miss, missed));
        }
    }
    for (index, caption) in scenario.captions.iter().enumerate() {
        let Some(at) = &caption.at else { continue };
        let missed = |run: &Run| run.find(at).is_none().then(|| "nothing of the kind crossed".to_owned());
        problems.extend(missing(bench, &format!("caption.{index}.at"), Some(at), caption.may_miss, missed));
    }
    problems
}

fn missing(
    bench: &Bench<'_>,
    path: &str,
    at: Option<&Place>,
    may_miss: bool,
    missed: impl Fn(&Run) -> Option<String>,
) -> Vec<Problem> {
    let what = at.map_or_else(|| "the step".to_owned(), |at| format!("`{at}`"));
    let found: Vec<(Option<&str>, Option<String>)> =
        bench.runs().map(|run| (run.variant.as_deref(), missed(run))).collect();
    if may_miss {
        let everywhere = !found.is_empty() && found.iter().all(|(_, missed)| missed.is_some());
        let reason = found.into_iter().find_map(|(_, missed)| missed).unwrap_or_default();
        let text = format!("{what} is missed in every variant: {reason}");
        return everywhere.then(|| bench.file.problem(path, text, None)).into_iter().collect();
    }
    let help = "write `may_miss = true` where a variant has no such place on purpose".to_owned();
    let problem = |(variant, missed): (Option<&str>, Option<String>)| {
        let text = format!("{what} is not there{}: {}", in_variant(variant), missed?);
        Some(bench.file.problem(path, text, Some(help.clone())))
    };
    found.into_iter().filter_map(problem).collect()
}

/// Answers that cannot be computed, and fields that are not there.
pub(super) fn answer(bench: &Bench<'_>) -> Vec<Problem> {
    let scenario = bench.file.scenario();
    let mut problems = Vec::new();
    for (index, ask) in scenario.asks.iter().enumerate() {
        let Some(run) = bench.run(ask.variant.as_deref()) else { continue };
        let mut add =
            |key: &str, text: String| problems.push(bench.file.problem(&format!("ask.{index}.{key}"), text, None));
        if let Some(Err(error)) = ask.why.as_ref().map(|why| fill(why, run)) {
            add("why", error.to_string());
        }
        match &ask.question {
            Question::Value { answer } => match fill(answer, run) {
                Err(error) => add("answer", error.to_string()),
                Ok(value) if answer.contains("${") && value.split_whitespace().any(|word| word == "none") => {
                    add("answer", format!("`{answer}` is none in this run"));
                }
                Ok(_) => {}
            },
            Question::PointAt { answer } => {
                if let Err(error) = Fields::new(run).find(answer) {
                    add("answer", error.to_string());
                }
            }
            _ => {}
        }
    }
    problems.extend(task_answer(bench));
    problems
}

/// What a task asks for: a fault that somebody found, and the field that shows it.
fn task_answer(bench: &Bench<'_>) -> Vec<Problem> {
    let (Some(task), Some(run)) = (&bench.file.scenario().task, bench.run(None)) else { return Vec::new() };
    let mut problems = Vec::new();
    let mut add = |path: &str, text: String| problems.push(bench.file.problem(path, text, None));
    if let Some(Err(error)) = task.why.as_ref().map(|why| fill(why, run)) {
        add("task.why", error.to_string());
    }
    if task.kind == TaskKind::Find {
        let is_found = |connection: &Connection| connection.check.is_some() && connection.found_by.is_some();
        if !run.connections.iter().any(is_found) {
            add("task.kind", "there is no fault to find: nobody refused anybody".to_owned());
        }
    }
    if let Some(Err(error)) = task.field.as_ref().map(|field| Fields::new(run).find(field)) {
        add("task.field", error.to_string());
    }
    problems
}

/// More or fewer checks that fail than there should be.
pub(super) fn one_fault(bench: &Bench<'_>) -> Vec<Problem> {
    let scenario = bench.file.scenario();
    let wanted = match scenario.faults {
        Some(faults) => faults as usize,
        None if scenario.group == FAULTS => 1,
        None => return Vec::new(),
    };
    let counted: Vec<(Option<&str>, BTreeSet<&str>)> =
        bench.runs().map(|run| (run.variant.as_deref(), failing(run))).collect();
    let path = if scenario.faults.is_some() { "faults" } else { "group" };
    let help = "say how many with `faults`, or take all but one out".to_owned();
    let mut problems = Vec::new();
    for (variant, checks) in counted.iter().filter(|(_, checks)| checks.len() > wanted) {
        let listed = checks.iter().copied().collect::<Vec<_>>().join(", ");
        let text = format!("{} checks fail{}, not {wanted}: {listed}", checks.len(), in_variant(*variant));
        problems.push(bench.file.problem(path, text, Some(help.clone())));
    }
    let most = counted.iter().map(|(_, checks)| checks.len()).max();
    if let Some(most) = most.filter(|most| *most < wanted) {
        let text = format!("{most} checks fail at the most, not {wanted}");
        problems.push(bench.file.problem(path, text, Some(help)));
    }
    problems
}

/// The checks that fail in the connection where most do: those of certificates, and the one of the handshake that ended
/// it, such as a key that does not fit.
fn failing(run: &Run) -> BTreeSet<&'static str> {
    let of = |connection: &Connection| {
        let sides = [&connection.client_says, &connection.server_says];
        let verified = sides.into_iter().filter_map(|side| side.verification.as_deref());
        let mut checks: BTreeSet<&str> =
            verified.flat_map(Verification::failures).map(|rung| rung.check.word()).collect();
        if let Some(check @ FailedCheck::Handshake(_)) = connection.check {
            checks.insert(check.word());
        }
        checks
    };
    run.connections.iter().map(of).max_by_key(BTreeSet::len).unwrap_or_default()
}

/// Tasks to mend without a solution, or with one that does not reach all goals.
pub(super) fn solution(bench: &Bench<'_>) -> Vec<Problem> {
    let Some(task) = fix(bench) else { return Vec::new() };
    if task.solution.is_empty() {
        let help = "write solution = { \"peer.server.chain\" = […] }".to_owned();
        return vec![bench.file.problem("task", "the task has no solution".to_owned(), Some(help))];
    }
    let goals = match reached(bench, task, &task.solution) {
        Ok(goals) => goals,
        Err(text) => return vec![bench.file.problem("task.solution", text, None)],
    };
    let missed = goals.into_iter().enumerate().filter_map(|(index, missed)| Some((index, missed?)));
    let problem = |(index, missed)| {
        let text = format!("the solution does not reach this goal: {missed}");
        bench.file.problem(&format!("task.goal.{index}"), text, None)
    };
    let mut problems: Vec<Problem> = missed.map(problem).collect();
    // A task that is solved from the start teaches nothing.
    if reached(bench, task, &[]).is_ok_and(|goals| goals.iter().all(Option::is_none)) {
        let text = "all goals are reached before anything is mended".to_owned();
        problems.push(bench.file.problem("task.goal", text, None));
    }
    problems
}

/// Cheats that pass.
pub(super) fn cheat(bench: &Bench<'_>) -> Vec<Problem> {
    let Some(task) = fix(bench) else { return Vec::new() };
    let mut problems = Vec::new();
    for (index, edits) in task.cheats.iter().enumerate() {
        let path = format!("task.cheat.{index}");
        match reached(bench, task, edits) {
            Ok(goals) if goals.iter().all(Option::is_none) => {
                let help =
                    "add a goal that it misses, such as an impostor or a customer whose side is set back".to_owned();
                problems.push(bench.file.problem(&path, "this cheat reaches every goal".to_owned(), Some(help)));
            }
            Ok(_) => {}
            Err(text) => problems.push(bench.file.problem(&path, text, None)),
        }
    }
    problems
}

fn fix<'b>(bench: &'b Bench<'_>) -> Option<&'b Task> {
    bench.file.scenario().task.as_ref().filter(|task| task.kind == TaskKind::Fix)
}

/// For each goal why edits miss it; `None` where they reach it.
fn reached(bench: &Bench<'_>, task: &Task, edits: &[Edit]) -> Result<Vec<Option<String>>, String> {
    let mut again = |variant: Option<&str>, edits: &[Edit]| bench.again(variant, edits);
    let result = grade_fix(task, edits, &mut again, Tries::default()).map_err(|error| error.to_string())?;
    let why = |goal: crate::lab::exercise::GoalResult| {
        let differences = goal.differences.iter().map(ToString::to_string);
        let all: Vec<String> = goal.problem.iter().cloned().chain(differences).collect();
        (!all.is_empty()).then(|| all.join("; "))
    };
    Ok(result.goals.into_iter().map(why).collect())
}

/// Runs that differ from one time to the next.
pub(super) fn same_bytes(bench: &Bench<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for played in &bench.plays {
        let (Ok((first, _)), Ok(second)) = (&played.result, batch::perform(&job(bench.file, played.variant.as_ref())))
        else {
            continue;
        };
        if let Some(frame) = difference(first, &second.run) {
            let text = format!("two runs differ{} from frame {frame} on", in_variant(played.variant.as_deref()));
            problems.push(bench.file.problem("seed", text, None));
        }
    }
    problems
}

/// The first frame in which two runs differ.
fn difference(first: &Run, second: &Run) -> Option<usize> {
    let pairs = first.packets.iter().zip(&second.packets);
    let differing = pairs.enumerate().find(|(_, (first, second))| first != second).map(|(index, _)| index + 1);
    let shorter = first.packets.len().min(second.packets.len()) + 1;
    let is_longer = first.packets.len() != second.packets.len();
    differing.or((is_longer || first.key_log != second.key_log).then_some(shorter))
}
