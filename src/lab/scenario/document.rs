//! A TOML document in which every key and every value knows its place, and which takes edits.
//!
//! The document knows nothing of scenarios. A value keeps its place when it is put somewhere else by an edit, so that
//! whatever is wrong with it is told where somebody wrote it.

use super::problem::Problem;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A whole file.
#[derive(Clone, Debug)]
pub(super) struct Document {
    text: Arc<str>,
    root: Table,
}

/// Where something was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// In the file, as a range of bytes.
    File(Range<usize>),
    /// In an edit from outside, which bears this path.
    Outside(Arc<str>),
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) at: Spot,
    pub(super) data: Data,
}

/// What TOML can say.
#[derive(Clone, Debug)]
pub(super) enum Data {
    Text(String),
    Number(i64),
    /// A whole number that does not fit, as it is written.
    Huge(String),
    Float(f64),
    Switch(bool),
    Moment(toml::value::Datetime),
    List(Vec<Value>),
    Table(Table),
}

/// Keys with their values, in the order of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_at: Spot,
    pub(super) value: Value,
}

/// A value to be put somewhere else.
#[derive(Clone, Debug)]
pub(super) struct PlacedEdit {
    pub(super) path: String,
    pub(super) path_at: Spot,
    pub(super) value: Value,
}

impl Document {
    /// Reads the text, or tells everything that is no TOML in it.
    pub(super) fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut document = Self { text: text.into(), root: Table::default() };
        if errors.is_empty() {
            document.root = table(root.into_inner());
            return Ok(document);
        }
        let end = text.len();
        let problem = |error: &toml::de::Error| {
            let at = Spot::File(error.span().unwrap_or(end..end));
            let rest = error.span().and_then(|span| text.get(span.start..)).unwrap_or_default();
            // The parser speaks of quotes where nothing stands at all.
            let nothing = error.message().starts_with("string values must be quoted") && rest.starts_with(['\n', '\r']);
            let why = if nothing { "the value is missing" } else { error.message() };
            document.problem(&at, format!("this is no TOML: {why}"), None)
        };
        let mut problems: Vec<Problem> = errors.iter().map(problem).collect();
        problems.sort();
        // What does not fit makes everything behind it on the line look wrong too.
        problems.dedup_by_key(|problem| problem.line);
        Err(problems)
    }

    /// What the file says.
    pub(super) fn root(&self) -> &Table {
        &self.root
    }

    /// The document with these values in the places that their paths name. A path through something that is no table is
    /// passed over; whoever makes the edits has checked them.
    pub(super) fn edited(&self, edits: &[PlacedEdit]) -> Self {
        let mut document = self.clone();
        for edit in edits {
            document.root.put(&edit.path, &edit.path_at, &edit.value);
        }
        document
    }

    /// What is wrong with a place, by line and column.
    pub(super) fn problem(&self, at: &Spot, text: String, help: Option<String>) -> Problem {
        match at {
            Spot::Outside(path) => {
                Problem { line: 0, column: 0, length: 0, text: format!("in the value for `{path}`: {text}"), help }
            }
            Spot::File(range) => {
                let (line, column) = self.position(range.start);
                let here = self.text.get(range.clone()).unwrap_or_default();
                let length = here.lines().next().unwrap_or_default().chars().count().max(1);
                Problem { line, column, length: u32::try_from(length).unwrap_or(u32::MAX), text, help }
            }
        }
    }

    /// The line of a place, from 1 on; 0 outside of the file.
    pub(super) fn line(&self, at: &Spot) -> u32 {
        match at {
            Spot::File(range) => self.position(range.start).0,
            Spot::Outside(_) => 0,
        }
    }

    fn position(&self, offset: usize) -> (u32, u32) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// The place of a part of a text value. With escapes in the text or quotes of several lines it is the whole value.
    pub(super) fn within(&self, at: &Spot, part: Range<usize>) -> Spot {
        let Spot::File(range) = at else { return at.clone() };
        let written = self.text.get(range.clone()).unwrap_or_default();
        let plain = written.len() >= 2 && !written.starts_with("\"\"\"") && !written.starts_with("'''");
        if !plain || (written.starts_with('"') && written.contains('\\')) {
            return at.clone();
        }
        Spot::File(range.start + 1 + part.start..range.start + 1 + part.end)
    }
}

impl Table {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The key with its place and value.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    fn put(&mut self, path: &str, path_at: &Spot, value: &Value) {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let index = self.entries.iter().position(|entry| entry.key == first).unwrap_or_else(|| {
            let empty = Value { at: path_at.clone(), data: Data::Table(Self::default()) };
            self.entries.push(Entry { key: first.to_owned(), key_at: path_at.clone(), value: empty });
            self.entries.len() - 1
        });
        let Some(entry) = self.entries.get_mut(index) else { return };
        match (rest, &mut entry.value.data) {
            (None, _) => {
                entry.key_at = path_at.clone();
                entry.value = value.clone();
            }
            (Some(rest), Data::Table(inner)) => inner.put(rest, path_at, value),
            (Some(_), _) => {}
        }
    }
}

impl Value {
    /// A value as it would stand in a file, for defaults and the like; `None` when it is none.
    pub(super) fn literal(text: &str, path: &str) -> Option<Self> {
        let mut read = value(DeValue::parse(text).ok()?);
        read.move_to(&Spot::Outside(path.into()));
        Some(read)
    }

    /// A value of an edit from outside.
    pub(super) fn outside(from: &toml::Value, at: &Spot) -> Self {
        let inner = |from: &toml::Value| Self::outside(from, at);
        let data = match from {
            toml::Value::String(text) => Data::Text(text.clone()),
            toml::Value::Integer(number) => Data::Number(*number),
            toml::Value::Float(number) => Data::Float(*number),
            toml::Value::Boolean(switch) => Data::Switch(*switch),
            toml::Value::Datetime(moment) => Data::Moment(*moment),
            toml::Value::Array(list) => Data::List(list.iter().map(inner).collect()),
            toml::Value::Table(table) => {
                let entry = |(key, from)| Entry { key: String::clone(key), key_at: at.clone(), value: inner(from) };
                Data::Table(Table { entries: table.iter().map(entry).collect() })
            }
        };
        Self { at: at.clone(), data }
    }

    /// The value without its place.
    pub(super) fn plain(&self) -> toml::Value {
        match &self.data {
            Data::Text(text) | Data::Huge(text) => toml::Value::String(text.clone()),
            Data::Number(number) => toml::Value::Integer(*number),
            Data::Float(number) => toml::Value::Float(*number),
            Data::Switch(switch) => toml::Value::Boolean(*switch),
            Data::Moment(moment) => toml::Value::Datetime(*moment),
            Data::List(list) => toml::Value::Array(list.iter().map(Self::plain).collect()),
            Data::Table(table) => {
                let entries = table.entries.iter();
                toml::Value::Table(entries.map(|entry| (entry.key.clone(), entry.value.plain())).collect())
            }
        }
    }

    /// What TOML calls it, with an article.
    pub(super) fn form(&self) -> &'static str {
        match self.data {
            Data::Text(_) => "a text",
            Data::Number(_) => "a number",
            Data::Huge(_) => "a number that is too large",
            Data::Float(_) => "a number with a fraction",
            Data::Switch(_) => "true or false",
            Data::Moment(_) => "a date without quotes",
            Data::List(_) => "a list",
            Data::Table(_) => "a table",
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        if let Data::Text(text) = &self.data { Some(text) } else { None }
    }

    pub(super) fn as_number(&self) -> Option<i64> {
        if let Data::Number(number) = self.data { Some(number) } else { None }
    }

    pub(super) fn as_switch(&self) -> Option<bool> {
        if let Data::Switch(switch) = self.data { Some(switch) } else { None }
    }

    pub(super) fn as_list(&self) -> Option<&[Self]> {
        if let Data::List(list) = &self.data { Some(list) } else { None }
    }

    pub(super) fn as_table(&self) -> Option<&Table> {
        if let Data::Table(table) = &self.data { Some(table) } else { None }
    }

    fn move_to(&mut self, spot: &Spot) {
        self.at = spot.clone();
        match &mut self.data {
            Data::List(list) => list.iter_mut().for_each(|value| value.move_to(spot)),
            Data::Table(table) => table.entries.iter_mut().for_each(|entry| {
                entry.key_at = spot.clone();
                entry.value.move_to(spot);
            }),
            _ => {}
        }
    }
}

fn table(from: DeTable<'_>) -> Table {
    let mut entries: Vec<(usize, Entry)> = Vec::with_capacity(from.len());
    for (key, from) in from {
        let span = key.span();
        let entry = Entry { key: key.into_inner().into_owned(), key_at: Spot::File(span.clone()), value: value(from) };
        entries.push((span.start, entry));
    }
    // The parser hands keys over in alphabetical order; what people wrote has an order of its own.
    entries.sort_by_key(|(start, _)| *start);
    Table { entries: entries.into_iter().map(|(_, entry)| entry).collect() }
}

fn value(from: Spanned<DeValue<'_>>) -> Value {
    let at = Spot::File(from.span());
    let data = match from.into_inner() {
        DeValue::String(text) => Data::Text(text.into_owned()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Data::Number(number),
            Err(_) => Data::Huge(number.as_str().to_owned()),
        },
        DeValue::Float(number) => Data::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(switch) => Data::Switch(switch),
        DeValue::Datetime(moment) => Data::Moment(moment),
        DeValue::Array(list) => Data::List(list.into_iter().map(value).collect()),
        DeValue::Table(inner) => Data::Table(table(inner)),
    };
    Value { at, data }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(document: &Document, spot: &Spot) -> String {
        let Spot::File(range) = spot else { return "outside".to_owned() };
        document.text[range.clone()].to_owned()
    }

    #[test]
    fn everything_knows_its_place() {
        let text = "b = 1\na = \"x\"\n[pki]\nweb = { cn = 'é' }\n[[step]]\ndo = \"note\"\n[[step]]\n";
        let document = Document::parse(text).unwrap();
        let keys: Vec<&str> = document.root.entries.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys, ["b", "a", "pki", "step"]);
        let web = document.root.get("pki").unwrap().as_table().unwrap().entry("web").unwrap();
        assert_eq!(at(&document, &web.key_at), "web");
        assert_eq!(at(&document, &web.value.at), "{ cn = 'é' }");
        let cn = web.value.as_table().unwrap().get("cn").unwrap();
        assert_eq!(document.position(4), (1, 5));
        let problem = document.problem(&cn.at, String::new(), None);
        assert_eq!((problem.line, problem.column, problem.length), (4, 14, 3));
        let steps = document.root.get("step").unwrap().as_list().unwrap();
        assert_eq!(steps.iter().map(|step| at(&document, &step.at)).collect::<Vec<_>>(), ["[[step]]", "[[step]]"]);
    }

    #[test]
    fn several_faults_of_the_form_are_told_at_once() {
        let problems = Document::parse("a = \nb = 1\nb = 2\n[c\n").unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [1, 3, 4], "{problems:?}");
    }

    #[test]
    fn an_edit_brings_its_own_place() {
        let document = Document::parse("set = { 'peer.client.name' = 7 }\n[peer]\nclient = {}\n").unwrap();
        let entry = document.root.get("set").unwrap().as_table().unwrap().entry("peer.client.name").unwrap();
        let (path, path_at) = (entry.key.clone(), entry.key_at.clone());
        let edited = document.edited(&[PlacedEdit { path, path_at, value: entry.value.clone() }]);
        let client = edited.root.get("peer").unwrap().as_table().unwrap().get("client").unwrap();
        let name = client.as_table().unwrap().entry("name").unwrap();
        assert_eq!(edited.line(&name.value.at), 1);
        assert_eq!(at(&edited, &name.value.at), "7");
        assert_eq!(name.value.plain(), toml::Value::Integer(7));
    }
}
