//! How much a file may ask for: each edit of a file is read with the whole of it, and each step costs a play some time.

use crate::lab::scenario::document::{Document, Spot, Table, Value};
use crate::lab::scenario::problem::{Faults, Problem};

/// The most tables of one kind. No lesson has a tenth of it.
const MOST_TABLES: usize = 64;

/// Everything of which a file has too much; only a file without such problems is read any further.
pub(super) fn too_much(document: &Document) -> Vec<Problem> {
    let mut faults = Faults::new(document);
    let root = document.root();
    for section in ["variant", "step", "caption", "expect", "ask"] {
        list(root, section, &format!("[[{section}]]"), &mut faults);
    }
    for section in ["pki", "peer"] {
        let entries = root.get(section).and_then(Value::as_table).map(|table| table.entries.as_slice());
        if let Some(entry) = entries.unwrap_or_default().get(MOST_TABLES) {
            add(&entry.key_at, &format!("entries of [{section}]"), &mut faults);
        }
    }
    if let Some(task) = root.get("task").and_then(Value::as_table) {
        list(task, "goal", "[[task.goal]]", &mut faults);
        list(task, "cheat", "[[task.cheat]]", &mut faults);
    }
    faults.into_problems()
}

fn list(table: &Table, key: &str, name: &str, faults: &mut Faults<'_>) {
    let items = table.get(key).and_then(Value::as_list).unwrap_or_default();
    if let Some(item) = items.get(MOST_TABLES) {
        add(&item.at, name, faults);
    }
}

fn add(at: &Spot, name: &str, faults: &mut Faults<'_>) {
    let text = format!("this is one more than the {MOST_TABLES} {name} that a scenario can have");
    faults.add(at, text, "take some out, or part the scenario in two");
}
