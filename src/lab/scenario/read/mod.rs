//! From a document to a scenario, or to everything that is wrong with it.
//!
//! ```text
//!   document ─► limit (how much there is of everything)
//!            ─► check (each key and value by the table of keywords)
//!            ─► pki, peer, step, expect, ask, task (what needs two values to be seen)
//!            ─► again with every variant and every other edit of the file
//! ```
//!
//! What only the edits of the file bring about is told at the place of the edit.

mod ask;
mod expect;
mod limit;
mod peer;
mod pki;
mod step;
mod task;

use super::check;
use super::document::{Document, PlacedEdit, Spot, Table, Value};
use super::edit;
use super::fields::Fields;
use super::form;
use super::keyword::TOP;
use super::model::{Caption, Scenario, Variant};
use super::names::Names;
use super::problem::{Faults, Problem};
use std::collections::BTreeSet;

/// What a reading depends on beside the document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances<'c> {
    /// The student's number, for seeds.
    pub(super) student: Option<&'c str>,
    /// The variant in effect, whose steps are part of the story.
    pub(super) variant: Option<&'c str>,
    /// The clock that dates count from: that of the file, also when an edit sets another one. So a moved clock makes
    /// certificates old.
    pub(super) dates_from: i64,
}

/// The clock of a document that no edit has changed.
pub(super) fn clock(document: &Document) -> i64 {
    let top_at = Spot::File(0..0);
    Fields::new(&TOP, document.root(), &top_at).moment("clock", 0).unwrap_or_default()
}

/// What the sections' readers need beside their own table.
pub(super) struct Reading<'r, 'd> {
    pub(super) document: &'d Document,
    pub(super) names: &'r Names,
    /// What dates count from.
    pub(super) clock: i64,
    pub(super) faults: &'r mut Faults<'d>,
}

/// Reads a document as it stands.
pub(super) fn scenario(document: &Document, when: Circumstances<'_>) -> Result<Scenario, Vec<Problem>> {
    let top_at = Spot::File(0..0);
    let top = Fields::new(&TOP, document.root(), &top_at);
    let names = Names::of(document.root());
    let mut faults = Faults::new(document);
    check::check(document, &names, when.dates_from, &mut faults);
    let mut reading = Reading { document, names: &names, clock: when.dates_from, faults: &mut faults };
    let scenario = reading.scenario(top, when);
    let problems = faults.into_problems();
    if problems.is_empty() { Ok(scenario) } else { Err(problems) }
}

/// Reads a document as it stands and with every edit that the file itself makes: variants, expectations, goals, cheats,
/// the solution, and steps that set something.
pub(super) fn every_way(document: &Document, when: Circumstances<'_>) -> Result<Scenario, Vec<Problem>> {
    let too_much = limit::too_much(document);
    if !too_much.is_empty() {
        return Err(too_much);
    }
    let plain = scenario(document, when);
    let mut problems = plain.as_ref().err().cloned().unwrap_or_default();
    let mut known: BTreeSet<Problem> = problems.iter().cloned().collect();
    for way in ways(document.root()) {
        let Err(found) = scenario(&document.edited(&way.edits), when) else { continue };
        let (first, last) = way.lines(document);
        for mut problem in found {
            // What several ways bring about is told once.
            if !known.insert(problem.clone()) {
                continue;
            }
            // What an edit says itself is told at its place; what it brings about elsewhere needs a word of why.
            if !(first..=last).contains(&problem.line) {
                problem.text = format!("{} ({})", problem.text, way.name);
            }
            problems.push(problem);
        }
    }
    problems.sort();
    if problems.is_empty() { plain } else { Err(problems) }
}

/// The edits of a variant, with their places; `None` where there is no such variant.
pub(super) fn variant_edits(document: &Document, id: &str) -> Option<Vec<PlacedEdit>> {
    let root = document.root();
    let tables = root.get("variant").and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_table);
    let table = tables.into_iter().find(|table| table.get("id").and_then(Value::as_text) == Some(id))?;
    Some(edit::placed(root, table.get("set")))
}

/// A set of edits that the file makes.
struct Way {
    name: String,
    edits: Vec<PlacedEdit>,
}

impl Way {
    /// The first and the last line of its edits.
    fn lines(&self, document: &Document) -> (u32, u32) {
        let starts = self.edits.iter().map(|edit| document.line(&edit.path_at));
        let ends = self.edits.iter().map(|edit| match &edit.value.at {
            Spot::File(range) => document.line(&Spot::File(range.end..range.end)),
            Spot::Outside(_) => 0,
        });
        (starts.min().unwrap_or(1), ends.max().unwrap_or(0))
    }
}

fn ways(root: &Table) -> Vec<Way> {
    let tables = |from: Option<&Value>| -> Vec<Table> {
        let list = from.and_then(Value::as_list).unwrap_or_default();
        list.iter().filter_map(Value::as_table).cloned().collect()
    };
    let mut variants: Vec<(String, Vec<PlacedEdit>)> = vec![(String::new(), Vec::new())];
    let mut ways = Vec::new();
    for table in tables(root.get("variant")) {
        let id = table.get("id").and_then(Value::as_text).unwrap_or_default().to_owned();
        let edits = edit::placed(root, table.get("set"));
        ways.push(Way { name: format!("with the variant `{id}`"), edits: edits.clone() });
        variants.push((id, edits));
    }
    let steps = tables(root.get("step"));
    let word = |step: &Table, key: &str| step.get(key).and_then(Value::as_text).unwrap_or_default().to_owned();
    let sets: Vec<&Table> = steps.iter().filter(|step| word(step, "do") == "set").collect();
    for (id, edits) in &variants {
        let mut edits = edits.clone();
        let here = |step: &&&Table| ["", id].contains(&word(step, "variant").as_str());
        for (index, step) in sets.iter().filter(here).enumerate() {
            edits.extend(edit::placed(root, step.get("set")));
            let of = if id.is_empty() { String::new() } else { format!(" of the variant `{id}`") };
            let name = format!("after {} steps{of} that set something", index + 1);
            ways.push(Way { name, edits: edits.clone() });
        }
    }
    let task = root.get("task").and_then(Value::as_table);
    let goals = task.map(|task| tables(task.get("goal"))).unwrap_or_default();
    for (what, table) in tables(root.get("expect"))
        .iter()
        .map(|table| ("expectation", table))
        .chain(goals.iter().map(|table| ("goal", table)))
    {
        let id = table.get("variant").and_then(Value::as_text).unwrap_or_default();
        let mut edits =
            variants.iter().find(|(other, _)| other == id).map(|(_, edits)| edits.clone()).unwrap_or_default();
        edits.extend(edit::placed(root, table.get("set")));
        ways.push(Way { name: format!("with what an {what} sets").replace("an goal", "a goal"), edits });
    }
    for cheat in task.map(|task| tables(task.get("cheat"))).unwrap_or_default() {
        ways.push(Way { name: "with a cheat".to_owned(), edits: edit::placed(root, cheat.get("edit")) });
    }
    let solution = task.and_then(|task| task.get("solution"));
    ways.push(Way { name: "with the solution".to_owned(), edits: edit::placed(root, solution) });
    ways.retain(|way| !way.edits.is_empty());
    ways
}

impl Reading<'_, '_> {
    fn scenario(&mut self, top: Fields<'_>, when: Circumstances<'_>) -> Scenario {
        let id = top.text("id").unwrap_or_default();
        let seed = top.number("seed").unwrap_or_else(|| form::student_seed(&id, when.student.unwrap_or_default()));
        top.given("format");
        let variants = self.variants(top);
        let captions = top.tables("caption").into_iter().filter_map(caption).collect();
        Scenario {
            code: top.text("code"),
            title: top.text("title").unwrap_or_default(),
            group: top.text("group").unwrap_or_default(),
            level: top.number("level").unwrap_or_default(),
            clock: top.moment("clock", 0).unwrap_or_default(),
            seed,
            about: top.text("about").unwrap_or_default(),
            minutes: top.number("minutes"),
            rfc: top.texts("rfc"),
            faults: top.number("faults"),
            pki: self.pki(top),
            peers: self.peers(top),
            variants,
            steps: self.steps(top, when.variant),
            captions,
            expects: self.expects(top),
            asks: self.asks(top),
            task: self.task(top),
            id,
        }
    }

    fn variants(&mut self, top: Fields<'_>) -> Vec<Variant> {
        let mut seen = BTreeSet::new();
        let mut variants = Vec::new();
        for fields in top.tables("variant") {
            let Some(id) = fields.text("id") else { continue };
            if !seen.insert(id.clone()) {
                self.faults.add(
                    fields.spot("id"),
                    format!("there are two variants `{id}`"),
                    "each needs an id of its own",
                );
            }
            let title = fields.text("title").unwrap_or_else(|| id.clone());
            variants.push(Variant { id, title, set: fields.edits("set") });
        }
        variants
    }
}

fn caption(fields: Fields<'_>) -> Option<Caption> {
    Some(Caption {
        step: fields.number("step")?,
        says: fields.text("says")?,
        at: fields.place("at"),
        may_miss: fields.switch("may_miss")?,
        remark: fields.text("remark"),
    })
}
