//! Translations: `ID.LANGUAGE.toml` beside a scenario, with its texts in another language and nothing else.
//!
//! ```toml
//! title = "…"
//! about = "…"
//! [variant.tls12]
//! title = "…"
//! [step.2]            # the second step of the file
//! say = "…"
//! [caption.1]
//! says = "…"
//! [ask.q1]
//! text    = "…"
//! options = ["…", "…"]
//! [task]
//! why = "…"
//! ```
//!
//! A text that the file has and the translation does not would fall back to another language in the middle of a page,
//! and one that only the translation has is a name that somebody changed.

use super::Finding;
use super::bench::Bench;
use crate::lab::scenario::{Problem, Question, Scenario};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// A translation of a scenario.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// What it is called in messages.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// Whether a text is one or a list of so many.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    One,
    List(usize),
}

/// Findings about translations stand in their own files, so this rule gives none about the scenario's.
pub(super) fn check(_: &Bench<'_>) -> Vec<Problem> {
    Vec::new()
}

/// What is wrong with the translations.
pub(super) fn findings(bench: &Bench<'_>) -> Vec<Finding> {
    let wanted = texts(bench.file.scenario());
    let of = |overlay: &Overlay| {
        let finding = |(line, text)| Finding {
            file: overlay.name.clone(),
            problem: Problem { line, column: 1, length: 1, text, help: None },
            rule: "translation",
        };
        problems(&overlay.text, &wanted).into_iter().map(finding).collect::<Vec<_>>()
    };
    bench.overlays.iter().flat_map(of).collect()
}

fn problems(text: &str, wanted: &BTreeMap<String, Form>) -> Vec<(u32, String)> {
    let table = match text.parse::<Table>() {
        Ok(table) => table,
        Err(error) => {
            let offset = error.span().map_or(0, |span| span.start);
            let line = text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
            return vec![(u32::try_from(line).unwrap_or(u32::MAX), format!("this is no TOML: {}", error.message()))];
        }
    };
    let mut given = BTreeMap::new();
    flatten("", &table, &mut given);
    let mut problems = Vec::new();
    for (path, form) in wanted {
        match given.get(path) {
            None => problems.push((1, format!("`{path}` is not translated"))),
            Some(other) if *other != Some(*form) => {
                problems.push((line_of(text, path), format!("`{path}` should be {}", shape(*form))));
            }
            Some(_) => {}
        }
    }
    let known = |path: &&String| wanted.contains_key(path.as_str());
    for path in given.keys().filter(|path| !known(path)) {
        problems.push((line_of(text, path), format!("the scenario has no text `{path}`")));
    }
    problems
}

fn shape(form: Form) -> String {
    match form {
        Form::One => "a text".to_owned(),
        Form::List(count) => format!("a list of {count} texts"),
    }
}

/// Every value by its path; `None` for what is no text.
fn flatten(before: &str, table: &Table, into: &mut BTreeMap<String, Option<Form>>) {
    for (key, value) in table {
        let path = if before.is_empty() { key.clone() } else { format!("{before}.{key}") };
        match value {
            Value::Table(inner) => flatten(&path, inner, into),
            Value::String(_) => drop(into.insert(path, Some(Form::One))),
            Value::Array(list) if list.iter().all(Value::is_str) => {
                into.insert(path, Some(Form::List(list.len())));
            }
            _ => drop(into.insert(path, None)),
        }
    }
}

/// The line on which the key of a path stands, as far as it can be told.
fn line_of(text: &str, path: &str) -> u32 {
    let (section, key) = path.rsplit_once('.').unwrap_or(("", path));
    let mut inside = section.is_empty();
    for (line, content) in (1..).zip(text.lines()) {
        let content = content.trim();
        if content.starts_with('[') {
            inside = content.trim_matches(['[', ']', ' ']) == section;
        } else if inside && content.split('=').next().map(str::trim) == Some(key) {
            return line;
        }
    }
    1
}

/// All texts of a scenario that people read, by the paths of translations.
fn texts(scenario: &Scenario) -> BTreeMap<String, Form> {
    let mut texts = BTreeMap::new();
    let mut one = |path: String| {
        texts.insert(path, Form::One);
    };
    one("title".to_owned());
    one("about".to_owned());
    scenario.variants.iter().filter(|v| v.title != v.id).for_each(|v| one(format!("variant.{}.title", v.id)));
    for (number, step) in (1..).zip(&scenario.steps) {
        if step.say.is_some() {
            one(format!("step.{number}.say"));
        }
    }
    for (number, caption) in (1..).zip(&scenario.captions) {
        one(format!("caption.{number}.says"));
        if caption.remark.is_some() {
            one(format!("caption.{number}.remark"));
        }
    }
    for ask in &scenario.asks {
        one(format!("ask.{}.text", ask.id));
        if ask.why.is_some() {
            one(format!("ask.{}.why", ask.id));
        }
    }
    if scenario.task.as_ref().is_some_and(|task| task.why.is_some()) {
        one("task.why".to_owned());
    }
    for ask in &scenario.asks {
        let list = match &ask.question {
            Question::Choice { options, .. } | Question::Multi { options, .. } => Some(("options", options.len())),
            Question::Order { items, .. } => Some(("items", items.len())),
            _ => None,
        };
        let hints = Some(("hint", ask.hints.len())).filter(|(_, count)| *count > 0);
        for (key, count) in list.into_iter().chain(hints) {
            texts.insert(format!("ask.{}.{key}", ask.id), Form::List(count));
        }
    }
    if let Some(task) = scenario.task.as_ref().filter(|task| !task.hints.is_empty()) {
        texts.insert("task.hint".to_owned(), Form::List(task.hints.len()));
    }
    texts
}
