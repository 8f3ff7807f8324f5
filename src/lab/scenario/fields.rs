//! The values of one table by their keys, with the defaults of the table of keywords.
//!
//! Everything here is lenient: what has the wrong form is not there. The check of the whole document has told it by
//! then, and a scenario with problems is not handed out.

use super::document::{Data, Entry, Spot, Table, Value};
use super::form;
use super::keyword::{Kind, Need, Section};
use super::model::{Edit, Place};
use super::place;
use std::borrow::Cow;

/// One table of the file.
#[derive(Clone, Copy)]
pub(super) struct Fields<'d> {
    pub(super) section: &'static Section,
    table: &'d Table,
    /// Where the table stands.
    pub(super) at: &'d Spot,
}

impl<'d> Fields<'d> {
    pub(super) fn new(section: &'static Section, table: &'d Table, at: &'d Spot) -> Self {
        Self { section, table, at }
    }

    /// The word of the section's chooser.
    pub(super) fn chosen(&self) -> Option<&'d str> {
        self.table.get(self.section.chooser?)?.as_text()
    }

    /// The entry of a key, where the file has one that makes sense.
    pub(super) fn entry(&self, key: &'static str) -> Option<&'d Entry> {
        #[cfg(test)]
        asked::note(self.section.name, key);
        debug_assert!(self.section.rows(key).next().is_some(), "no row for {key} in {}", self.section.name);
        self.section.row(key, self.chosen())?;
        self.table.entry(key)
    }

    /// The value of a key, where the file has it.
    pub(super) fn given(&self, key: &'static str) -> Option<&'d Value> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Where to point at for a key: at its value, or at the whole table.
    pub(super) fn spot(&self, key: &'static str) -> &'d Spot {
        self.given(key).map_or(self.at, |value| &value.at)
    }

    /// The value of a key, or its default.
    fn value(&self, key: &'static str) -> Option<Cow<'d, Value>> {
        if let Some(value) = self.given(key) {
            return Some(Cow::Borrowed(value));
        }
        match self.section.row(key, self.chosen())?.need {
            Need::Default(text) => Value::literal(text, key).map(Cow::Owned),
            Need::Must | Need::May | Need::Else(_) => None,
        }
    }

    pub(super) fn text(&self, key: &'static str) -> Option<String> {
        self.value(key)?.as_text().map(str::to_owned)
    }

    /// The name of something; an empty text is none.
    pub(super) fn name(&self, key: &'static str) -> Option<String> {
        self.text(key).filter(|name| !name.is_empty())
    }

    pub(super) fn texts(&self, key: &'static str) -> Vec<String> {
        self.optional_texts(key).unwrap_or_default()
    }

    pub(super) fn optional_texts(&self, key: &'static str) -> Option<Vec<String>> {
        let value = self.value(key)?;
        Some(value.as_list()?.iter().filter_map(|text| text.as_text().map(str::to_owned)).collect())
    }

    pub(super) fn number<T: TryFrom<i64>>(&self, key: &'static str) -> Option<T> {
        T::try_from(self.value(key)?.as_number()?).ok()
    }

    pub(super) fn numbers(&self, key: &'static str) -> Vec<u32> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let numbers = value.as_list().unwrap_or_default().iter().filter_map(Value::as_number);
        numbers.filter_map(|number| u32::try_from(number).ok()).collect()
    }

    pub(super) fn switch(&self, key: &'static str) -> Option<bool> {
        self.value(key)?.as_switch()
    }

    pub(super) fn word<T>(&self, key: &'static str, from_word: fn(&str) -> Option<T>) -> Option<T> {
        from_word(self.value(key)?.as_text()?)
    }

    pub(super) fn words<T>(&self, key: &'static str, from_word: fn(&str) -> Option<T>) -> Vec<T> {
        self.texts(key).iter().filter_map(|word| from_word(word)).collect()
    }

    pub(super) fn moment(&self, key: &'static str, clock: i64) -> Option<i64> {
        moment(self.value(key)?.as_ref(), clock)
    }

    pub(super) fn period(&self, key: &'static str, clock: i64) -> Option<(i64, i64)> {
        match self.value(key)?.as_list()? {
            [from, to] => Some((moment(from, clock)?, moment(to, clock)?)),
            _ => None,
        }
    }

    pub(super) fn milliseconds(&self, key: &'static str) -> Option<i64> {
        form::milliseconds(self.value(key)?.as_text()?.trim_start_matches('+'))
    }

    pub(super) fn place(&self, key: &'static str) -> Option<Place> {
        place::read(self.value(key)?.as_text()?).ok()
    }

    /// The edits of a key, as they are handed to whoever plays the scenario.
    pub(super) fn edits(&self, key: &'static str) -> Vec<Edit> {
        let entries = self.given(key).and_then(Value::as_table).map(|table| table.entries.as_slice());
        let edit = |entry: &Entry| Edit { path: entry.key.clone(), value: entry.value.plain() };
        entries.unwrap_or_default().iter().map(edit).collect()
    }

    /// The table of a key; an empty one where the file has none.
    pub(super) fn table(&self, key: &'static str) -> Option<Fields<'d>> {
        static NOTHING: Table = Table { entries: Vec::new() };
        let Kind::Table(section) = self.section.row(key, self.chosen())?.kind else { return None };
        match self.given(key) {
            Some(value) => Some(Self::new(section, value.as_table()?, &value.at)),
            None => Some(Self::new(section, &NOTHING, self.at)),
        }
    }

    /// The tables in the list of a key.
    pub(super) fn tables(&self, key: &'static str) -> Vec<Fields<'d>> {
        let Some(Kind::Tables(section)) = self.section.row(key, self.chosen()).map(|row| row.kind) else {
            return Vec::new();
        };
        let list = self.given(key).and_then(Value::as_list).unwrap_or_default();
        list.iter().filter_map(|value| Some(Self::new(section, value.as_table()?, &value.at))).collect()
    }

    /// The tables of a key with their names and the places of these.
    pub(super) fn named_tables(&self, key: &'static str) -> Vec<(&'d Entry, Fields<'d>)> {
        let Some(Kind::NamedTables(section)) = self.section.row(key, self.chosen()).map(|row| row.kind) else {
            return Vec::new();
        };
        let table = self.given(key).and_then(Value::as_table).map(|table| table.entries.as_slice());
        let fields = |entry: &'d Entry| Some((entry, Self::new(section, entry.value.as_table()?, &entry.key_at)));
        table.unwrap_or_default().iter().filter_map(fields).collect()
    }
}

/// Seconds since 1970 of a value that is a moment.
pub(super) fn moment(value: &Value, clock: i64) -> Option<i64> {
    match &value.data {
        Data::Text(text) => form::moment(text, clock),
        Data::Moment(moment) => form::date(&moment.to_string()),
        _ => None,
    }
}

/// Which keys the reader has asked for, so that a test can hold the reader against the table.
#[cfg(test)]
pub(super) mod asked {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    thread_local! {
        static KEYS: RefCell<BTreeSet<(&'static str, &'static str)>> = const { RefCell::new(BTreeSet::new()) };
    }

    pub(super) fn note(section: &'static str, key: &'static str) {
        KEYS.with_borrow_mut(|keys| keys.insert((section, key)));
    }

    pub(in crate::lab::scenario) fn all() -> BTreeSet<(&'static str, &'static str)> {
        KEYS.with_borrow(Clone::clone)
    }
}
