//! Holds a document against the table of keywords: every key, every value by itself, and every name.
//!
//! What needs two values to be seen stands with the section that it belongs to, in `read`.

mod value;

use super::document::{Document, Entry, Spot, Table, Value};
use super::keyword::{Keyword, Kind, Need, Section, TOP};
use super::names::Names;
use super::problem::{Faults, help, listed};
use std::collections::BTreeSet;

/// Checks a whole document.
pub(super) fn check(document: &Document, names: &Names, clock: i64, faults: &mut Faults<'_>) {
    let mut check = Check { root: document.root(), names, clock, faults };
    let top = Spot::File(0..0);
    check.table(&TOP, document.root(), &top);
}

struct Check<'c, 'd> {
    root: &'c Table,
    names: &'c Names,
    clock: i64,
    faults: &'c mut Faults<'d>,
}

impl Check<'_, '_> {
    fn table(&mut self, section: &'static Section, table: &Table, at: &Spot) {
        let word = section.chooser.and_then(|key| table.get(key)).and_then(Value::as_text);
        // With a word that is none, nothing can be said of the keys that depend on it.
        let word = word.filter(|word| section.keys.iter().any(|row| is_word(row, section.chooser, word)));
        for entry in &table.entries {
            match section.row(&entry.key, word) {
                Some(row) if word.is_some() || section.rows(row.name).count() == 1 => self.value(row.kind, entry),
                Some(_) => {}
                None => self.no_key(section, word, entry),
            }
        }
        for name in section.names(word) {
            let needed = |row: &Keyword| row.need == Need::Must && (word.is_some() || row.only.is_empty());
            if table.get(name).is_none()
                && let Some(row) = section.row(name, word).filter(|row| needed(row))
            {
                let text = format!("{} needs `{name}`", with_word(section, word));
                self.faults.add(at, text, format!("{name} is {}", row.kind.allowed()));
            }
        }
    }

    fn no_key(&mut self, section: &'static Section, word: Option<&str>, entry: &Entry) {
        let allowed = section.names(word);
        let key = &entry.key;
        let what = with_word(section, word);
        let others: BTreeSet<&str> = section.rows(key).flat_map(|row| row.only.iter().copied()).collect();
        let guess = help(key, "allowed here", &allowed);
        match (section.chooser, others.is_empty()) {
            (Some(chooser), false) => {
                let fits = listed(others);
                let text = format!("`{key}` makes no sense for {what}");
                self.faults.add(&entry.key_at, text, format!("it goes with {chooser} = {fits}; {guess}"));
            }
            _ => self.faults.add(&entry.key_at, format!("`{key}` is no key of {what}"), guess),
        }
    }

    fn tables(&mut self, kind: Kind, section: &'static Section, value: &Value) {
        let Some(list) = value.as_list() else { return self.wrong_form(kind, value) };
        for item in list {
            match item.as_table() {
                Some(table) => self.table(section, table, &item.at),
                None => self.wrong_form(kind, item),
            }
        }
    }

    fn named_tables(&mut self, kind: Kind, section: &'static Section, value: &Value) {
        let Some(table) = value.as_table() else { return self.wrong_form(kind, value) };
        for entry in &table.entries {
            let letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if entry.key.is_empty() || !entry.key.chars().all(letter) {
                let text = format!("`{}` cannot be a name", entry.key);
                self.faults.add(&entry.key_at, text, "names are made of letters, digits, hyphens and underscores");
            }
            match entry.value.as_table() {
                Some(inner) => self.table(section, inner, &entry.key_at),
                None => self.wrong_form(Kind::Table(section), &entry.value),
            }
        }
    }
}

fn is_word(row: &Keyword, chooser: Option<&str>, word: &str) -> bool {
    Some(row.name) == chooser && matches!(row.kind, Kind::Word(words) if words.contains(&word))
}

/// `an entry of [peer] with role = network`.
fn with_word(section: &Section, word: Option<&str>) -> String {
    match (section.chooser, word) {
        (Some(chooser), Some(word)) => format!("{} with {chooser} = {word}", section.what),
        _ => section.what.to_owned(),
    }
}
