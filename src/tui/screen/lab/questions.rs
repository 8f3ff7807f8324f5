//! The questions and the task of a scenario, with what became of them.

use super::listing::{Act, Item, Look, paragraph, signed};
use super::prepare::setup;
use crate::base::printable;
use crate::lab::exercise::{FixResult, GoalResult, Points, Verdict};
use crate::lab::scenario::{Ask, Expect, Handshake, Scenario, Task, TaskKind, When};
use crate::tui::lab::quiz::Quiz;
use crate::tui::text;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// The questions with what became of them.
pub(super) fn items(scenario: &Scenario, look: &Look<'_>) -> Vec<Item> {
    if scenario.asks.is_empty() && scenario.task.is_none() {
        return Vec::new();
    }
    let mut items = vec![Item::heading("Questions (a answers)", false, look.theme)];
    for (index, ask) in scenario.asks.iter().enumerate() {
        let (sign, style, state) = state(ask, look);
        let words = format!("{} ({state})", text::one_line(&ask.text));
        let mut lines = signed(sign, style, &printable(&words), look.cells, look.theme.text);
        let score = look.model.lab.quiz.as_ref().and_then(|quiz| quiz.score(&ask.id));
        if let Some(score) = score.filter(|score| score.verdict != Verdict::Open) {
            lines.extend(paragraph(
                &printable(&format!("right is: {}", score.right)),
                3,
                look.cells,
                look.theme.accent,
            ));
            let why = score.why.as_deref().map(printable).unwrap_or_default();
            if !why.is_empty() {
                lines.extend(paragraph(&why, 3, look.cells, look.theme.note));
            }
        }
        items.push(Item::of(lines, Act::Ask(index)));
    }
    items.extend(scenario.task.as_ref().map(|task| Item::of(task_lines(task, look), Act::Ask(scenario.asks.len()))));
    items
}

/// What became of a question: a sign, and words.
fn state(ask: &Ask, look: &Look<'_>) -> (&'static str, Style, String) {
    let (theme, glyphs) = (look.theme, &look.theme.glyphs);
    let quiz = look.model.lab.quiz.as_ref();
    if let Some(score) = quiz.and_then(|quiz| quiz.score(&ask.id)) {
        let points = format!("{} of {} points", score.points, score.of);
        return match score.verdict {
            Verdict::Right => (glyphs.ok, theme.ok, points),
            Verdict::Partly => (glyphs.suspect, theme.warn, points),
            Verdict::Wrong => (glyphs.failed, theme.failed, points),
            Verdict::Open => (glyphs.mark, theme.note, "kept".to_owned()),
        };
    }
    let given = quiz.and_then(|quiz| quiz.given(&ask.id));
    let locked = quiz.is_some_and(|quiz| quiz.is_locked(&ask.id));
    match (given, locked) {
        (Some(answer), true) => (glyphs.mark, theme.note, format!("locked: {answer}")),
        (Some(answer), false) => (glyphs.mark, theme.note, format!("answered: {answer}")),
        (None, true) => (glyphs.incomplete, theme.muted, "not answered in time".to_owned()),
        (None, false) => {
            let when = match ask.when {
                When::Before => "before it starts".to_owned(),
                When::At => format!("at pause {}", ask.pause),
                When::After => "afterwards".to_owned(),
            };
            ("?", theme.note, format!("{when}, {} points", ask.points))
        }
    }
}

fn task_lines(task: &Task, look: &Look<'_>) -> Vec<Line<'static>> {
    match task.kind {
        TaskKind::Find => fault_lines(task, look),
        TaskKind::Fix => repair_lines(task, look),
    }
}

fn fault_lines(task: &Task, look: &Look<'_>) -> Vec<Line<'static>> {
    let theme = look.theme;
    let Some(found) = look.model.lab.quiz.as_ref().and_then(|quiz| quiz.found.as_ref()) else {
        let words = "find the fault: which check fails, who finds it, and which field shows it";
        let words = format!("{words} (after a run, {} points)", task.points);
        let mut lines = signed("?", theme.note, &words, look.cells, theme.text);
        lines.extend(hint_lines(look));
        return lines;
    };
    let all = found.points >= Points::whole(task.points);
    let sign = if all { theme.glyphs.ok } else { theme.glyphs.suspect };
    let words = format!("the fault: {} of {} points", found.points, task.points);
    let mut lines = signed(sign, theme.accent, &words, look.cells, theme.text);
    let why = found.why.as_deref().map(printable).unwrap_or_default();
    lines.extend(paragraph(&why, 3, look.cells, theme.note));
    lines
}

fn repair_lines(task: &Task, look: &Look<'_>) -> Vec<Line<'static>> {
    let theme = look.theme;
    let words =
        format!("mend it with the knobs below ({} points). After each change the goals are tried:", task.points);
    let mut lines = signed("?", theme.note, &words, look.cells, theme.text);
    lines.extend(hint_lines(look));
    let mended = look.model.lab.quiz.as_ref().and_then(|quiz| quiz.mended.as_ref());
    for (index, goal) in task.goals.iter().enumerate() {
        let result = mended.and_then(|mended| mended.goals.get(index));
        lines.extend(goal_lines(goal, result, look));
    }
    if mended.is_some_and(FixResult::is_mended) {
        let why = task.why.as_deref().unwrap_or("All goals are reached.");
        lines.extend(paragraph(&printable(why), 3, look.cells, theme.note));
    }
    lines
}

fn hint_lines(look: &Look<'_>) -> Vec<Line<'static>> {
    let hints = look.model.lab.quiz.as_ref().map(Quiz::read_task_hints).unwrap_or_default();
    let lines = |hint: &String| paragraph(&printable(&format!("hint: {hint}")), 3, look.cells, look.theme.note);
    hints.iter().flat_map(lines).collect()
}

fn goal_lines(goal: &Expect, result: Option<&GoalResult>, look: &Look<'_>) -> Vec<Line<'static>> {
    let theme = look.theme;
    let (sign, style) = match result.map(GoalResult::is_reached) {
        Some(true) => ("[ok]", theme.ok),
        Some(false) => ("[X] ", theme.failed),
        None => ("[--]", theme.muted),
    };
    let problem = result.and_then(|result| {
        let difference = result.differences.first().map(ToString::to_string);
        result.problem.clone().or(difference)
    });
    let why = problem.map(|problem| format!(" - {problem}")).unwrap_or_default();
    let words = printable(&format!("{}{why}", goal_words(goal)));
    let mut lines = signed(sign, style, &words, look.cells.saturating_sub(2), theme.text);
    for line in &mut lines {
        line.spans.insert(0, Span::raw("  "));
    }
    lines
}

/// A goal in a few words: for whom, and how it is to end.
fn goal_words(goal: &Expect) -> String {
    let with = setup(goal.variant.as_deref(), &goal.set);
    let with = if with.is_empty() { "as it is".to_owned() } else { format!("with {with}") };
    let end = match goal.handshake {
        Some(Handshake::Ok) => "it works".to_owned(),
        Some(Handshake::Failed) => match (goal.found_by, goal.check) {
            (_, Some(check)) => format!("it is refused ({})", check.word()),
            (Some(by), None) => format!("it is refused by the {}", by.word()),
            (None, None) => "it is refused".to_owned(),
        },
        Some(other) => format!("the handshake is {}", other.word()),
        None => "as the goal says".to_owned(),
    };
    format!("{with}: {end}")
}
