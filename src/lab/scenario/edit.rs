//! Paths of edits: what variants, knobs and repairs may change.

use super::document::{Entry, PlacedEdit, Spot, Table, Value};
use super::keyword::{Kind, Section, TOP};
use super::model::Edit;
use super::problem::help;

/// Whether a path leads to something that can be changed; if not, what is wrong with it and what is allowed.
pub(super) fn check(root: &Table, path: &str) -> Result<(), (String, String)> {
    const HELP: &str = "paths are clock, seed, pki.NAME.KEY and peer.NAME.KEY, written in quotes";
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    match (first, rest.as_slice()) {
        ("clock" | "seed", []) => Ok(()),
        ("pki" | "peer", [name, keys @ ..]) => in_section(root, first, name, keys),
        ("pki" | "peer", []) => Err((format!("`{path}` as a whole cannot be changed"), HELP.to_owned())),
        _ => Err((format!("`{path}` cannot be changed"), HELP.to_owned())),
    }
}

fn in_section(root: &Table, first: &str, name: &str, keys: &[&str]) -> Result<(), (String, String)> {
    let named = root.get(first).and_then(Value::as_table);
    let names: Vec<&str> =
        named.map(|table| table.entries.iter().map(|entry| entry.key.as_str()).collect()).unwrap_or_default();
    let Some(table) = named.and_then(|table| table.get(name)).and_then(Value::as_table) else {
        return Err((format!("there is no `{name}` in [{first}]"), help(name, "there are", &names)));
    };
    let Some(Kind::NamedTables(section)) = TOP.row(first, None).map(|row| row.kind) else { return Ok(()) };
    let chooser = section.chooser.unwrap_or_default();
    in_table(section, table.get(chooser).and_then(Value::as_text), &format!("{first}.{name}"), keys)
}

fn in_table(
    section: &'static Section,
    word: Option<&str>,
    before: &str,
    keys: &[&str],
) -> Result<(), (String, String)> {
    let mut allowed = section.names(word);
    allowed.retain(|key| Some(*key) != section.chooser);
    let [key, rest @ ..] = keys else {
        let text = format!("`{before}` as a whole cannot be changed");
        return Err((text, help("", "name one of its keys", &allowed)));
    };
    if Some(*key) == section.chooser {
        return Err((format!("`{before}.{key}` cannot be changed"), help("", "keys that can be", &allowed)));
    }
    let Some(row) = section.row(key, word).filter(|row| allowed.contains(&row.name)) else {
        let text = format!("`{before}` has no key `{key}` that makes sense");
        return Err((text, help(key, "its keys are", &allowed)));
    };
    match (row.kind, rest) {
        (_, []) => Ok(()),
        (Kind::Table(inner), rest) => in_table(inner, None, &format!("{before}.{key}"), rest),
        (_, _) => {
            let text = format!("`{before}.{key}` has no parts that a path can name");
            Err((text, "give the whole value".to_owned()))
        }
    }
}

/// The edits of a table in the file, with their places. Those whose paths lead nowhere are left out.
pub(super) fn placed(root: &Table, from: Option<&Value>) -> Vec<PlacedEdit> {
    let entries = from.and_then(Value::as_table).map(|table| table.entries.as_slice()).unwrap_or_default();
    let good = |entry: &&Entry| check(root, &entry.key).is_ok();
    let edit = |entry: &Entry| PlacedEdit {
        path: entry.key.clone(),
        path_at: entry.key_at.clone(),
        value: entry.value.clone(),
    };
    entries.iter().filter(good).map(edit).collect()
}

/// Edits from outside of the file.
pub(super) fn outside(edits: &[Edit]) -> Vec<PlacedEdit> {
    let place = |edit: &Edit| {
        let at = Spot::Outside(edit.path.as_str().into());
        PlacedEdit { path: edit.path.clone(), value: Value::outside(&edit.value, &at), path_at: at }
    };
    edits.iter().map(place).collect()
}
