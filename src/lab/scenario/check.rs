//! Holds a document against the table of keywords: every key, every value by itself, and every name.
//!
//! What needs two values to be seen stands with the section that it belongs to, in `read`.

use super::document::{Data, Document, Entry, Spot, Table, Value};
use super::edit;
use super::fields;
use super::form;
use super::keyword::{Keyword, Kind, Need, Of, Registry, STACKS, Section, TOP};
use super::place;
use super::problem::{Faults, help, listed};
use super::template::is_id;
use std::collections::BTreeSet;

/// What the file gives names to.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The entries of `[pki]` with their kinds.
    pub(super) pki: Vec<(String, String)>,
    /// The entries of `[peer]` with their roles.
    pub(super) peers: Vec<(String, String)>,
    /// The variants.
    pub(super) variants: Vec<String>,
    /// How many steps are pauses.
    pub(super) pauses: usize,
}

impl Names {
    pub(super) fn of(root: &Table) -> Self {
        let named = |section: &str, chooser: &str| -> Vec<(String, String)> {
            let table = root.get(section).and_then(Value::as_table).map(|table| table.entries.as_slice());
            let word = |entry: &Entry| entry.value.as_table()?.get(chooser)?.as_text().map(str::to_owned);
            let pair = |entry: &Entry| (entry.key.clone(), word(entry).unwrap_or_default());
            table.unwrap_or_default().iter().map(pair).collect()
        };
        let texts = |section: &str, key: &str| -> Vec<String> {
            let list = root.get(section).and_then(Value::as_list).unwrap_or_default();
            list.iter().filter_map(|item| item.as_table()?.get(key)?.as_text().map(str::to_owned)).collect()
        };
        Self {
            pki: named("pki", "kind"),
            peers: named("peer", "role"),
            variants: texts("variant", "id"),
            pauses: texts("step", "do").iter().filter(|word| *word == "pause").count(),
        }
    }

    /// Everything of that kind.
    pub(super) fn all(&self, of: Of) -> Vec<&str> {
        let fitting = |list: &'_ [(String, String)]| -> Vec<usize> {
            list.iter().enumerate().filter(|(_, (_, word))| of.fits(word)).map(|(index, _)| index).collect()
        };
        match of {
            Of::Variant => self.variants.iter().map(String::as_str).collect(),
            Of::Certificate | Of::List => fitting(&self.pki)
                .into_iter()
                .filter_map(|index| self.pki.get(index))
                .map(|(name, _)| name.as_str())
                .collect(),
            Of::Client | Of::Acceptor | Of::End | Of::Network => fitting(&self.peers)
                .into_iter()
                .filter_map(|index| self.peers.get(index))
                .map(|(name, _)| name.as_str())
                .collect(),
        }
    }

    /// The word of something with that name that is of another kind than is meant.
    fn other(&self, name: &str, of: Of) -> Option<&str> {
        let list = match of {
            Of::Certificate | Of::List => &self.pki,
            Of::Client | Of::Acceptor | Of::End | Of::Network => &self.peers,
            Of::Variant => return None,
        };
        list.iter().find(|(other, _)| other == name).map(|(_, word)| word.as_str())
    }
}

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

    fn value(&mut self, kind: Kind, entry: &Entry) {
        let value = &entry.value;
        match kind {
            Kind::Text | Kind::Id | Kind::Host => self.text(kind, value),
            Kind::Texts => self.each(kind, value, |_, _| {}),
            Kind::Number { least, most } => self.number(kind, value, least, most),
            Kind::Mask => self.number(kind, value, 1, 255),
            Kind::Numbers => self.counts(kind, value, 99),
            Kind::Sizes => self.counts(kind, value, 16384),
            Kind::Scalar => {
                if !matches!(value.data, Data::Text(_) | Data::Number(_) | Data::Switch(_)) {
                    self.wrong_form(kind, value);
                }
            }
            Kind::Switch => {
                if value.as_switch().is_none() {
                    self.wrong_form(kind, value);
                }
            }
            Kind::Word(words) => self.one(kind, value, |check, text| check.word(words, text, &value.at)),
            Kind::Words(words) => self.each_once(kind, value, |check, item, text| check.word(words, text, &item.at)),
            Kind::Code(registry) => self.one(kind, value, |check, text| check.code(registry, text, &value.at)),
            Kind::Codes(registry) => {
                self.each_once(kind, value, |check, item, text| check.code(registry, text, &item.at));
            }
            Kind::Purposes(words) => self.each_once(kind, value, |check, item, text| {
                if form::oid(text).is_none() {
                    check.word(words, text, &item.at);
                }
            }),
            Kind::Name(of) => self.one(kind, value, |check, text| {
                // An empty text takes a name away, for variants.
                if !text.is_empty() {
                    check.name(of, text, &value.at);
                }
            }),
            Kind::Names(of) => self.each_once(kind, value, |check, item, text| check.name(of, text, &item.at)),
            Kind::AltNames => self.alt_names(kind, value, false),
            Kind::Subtrees => self.alt_names(kind, value, true),
            Kind::Date => match &value.data {
                Data::Text(text) if form::date(text).is_some() => {}
                Data::Moment(moment) if form::date(&moment.to_string()).is_some() => {}
                Data::Text(text) => self.faults.add(&value.at, format!("`{text}` is no date"), kind.allowed()),
                _ => self.wrong_form(kind, value),
            },
            Kind::Moment => self.moment(kind, value),
            Kind::Period => match value.as_list() {
                Some([from, to]) => {
                    self.moment(Kind::Moment, from);
                    self.moment(Kind::Moment, to);
                }
                _ => self.wrong_form(kind, value),
            },
            Kind::Duration { least } => {
                self.one(kind, value, |check, text| match form::milliseconds(text.trim_start_matches('+')) {
                    Some(time) if (least..=i64::from(u32::MAX)).contains(&time) || (least > 1 && time >= least) => {}
                    Some(_) => {
                        check.faults.add(&value.at, format!("`{text}` is too short or too long"), kind.allowed())
                    }
                    None => check.faults.add(&value.at, format!("`{text}` is no length of time"), kind.allowed()),
                })
            }
            Kind::Seed => match &value.data {
                Data::Number(number) if *number >= 0 => {}
                Data::Text(text) if text == "student" => {}
                _ => self.wrong_form(kind, value),
            },
            Kind::When => self.one(kind, value, |check, text| check.when(kind, text, &value.at)),
            Kind::Place => self.one(kind, value, |check, text| check.place(text, &value.at)),
            Kind::Alert(words) => self.one(kind, value, |check, text| check.alert(words, text, &value.at)),
            Kind::PlainAlert => self.one(kind, value, |check, text| {
                let start =
                    ["warning ", "fatal "].iter().find(|level| text.starts_with(*level)).map_or(0, |level| level.len());
                let name = text.get(start..).unwrap_or_default();
                if form::alert(name).is_none() {
                    check.alert_name(name, &value.at, start);
                }
            }),
            Kind::Seen => self.seen(kind, value),
            Kind::Hex => self.one(kind, value, |check, text| {
                if crate::base::parse_hex(text).is_none_or(|bytes| bytes.is_empty()) {
                    check.faults.add(&value.at, "these are no bytes", kind.allowed());
                }
            }),
            Kind::Oid => self.one(kind, value, |check, text| {
                if form::oid(text).is_none() {
                    check.faults.add(&value.at, format!("`{text}` is no OID"), kind.allowed());
                }
            }),
            Kind::Edits => self.edits(kind, value),
            Kind::Paths => self.each_once(kind, value, |check, item, text| {
                if let Err((text, help)) = edit::check(check.root, text) {
                    check.faults.add(&item.at, text, help);
                }
            }),
            Kind::Table(section) => match value.as_table() {
                Some(table) => self.table(section, table, &value.at),
                None => self.wrong_form(kind, value),
            },
            Kind::Tables(section) => self.tables(kind, section, value),
            Kind::NamedTables(section) => self.named_tables(kind, section, value),
        }
    }

    fn wrong_form(&mut self, kind: Kind, value: &Value) {
        self.faults.add(
            &value.at,
            format!("{} has no place here", value.form()),
            format!("allowed: {}", kind.allowed()),
        );
    }

    fn one(&mut self, kind: Kind, value: &Value, test: impl FnOnce(&mut Self, &str)) {
        match value.as_text() {
            Some(text) => test(self, text),
            None => self.wrong_form(kind, value),
        }
    }

    fn each(&mut self, kind: Kind, value: &Value, mut test: impl FnMut(&mut Self, (&Value, &str))) {
        let Some(list) = value.as_list() else { return self.wrong_form(kind, value) };
        for item in list {
            match item.as_text() {
                Some(text) => test(self, (item, text)),
                None => self.wrong_form(kind, item),
            }
        }
    }

    /// Like `each`, for lists in which nothing may stand twice.
    fn each_once(&mut self, kind: Kind, value: &Value, mut test: impl FnMut(&mut Self, &Value, &str)) {
        let mut seen = BTreeSet::new();
        self.each(kind, value, |check, (item, text)| {
            if seen.insert(text.to_owned()) {
                test(check, item, text);
            } else {
                check.faults.add(&item.at, format!("`{text}` stands in the list twice"), "each only once");
            }
        });
    }

    fn text(&mut self, kind: Kind, value: &Value) {
        self.one(kind, value, |check, text| {
            let good = match kind {
                Kind::Id => is_id(text),
                Kind::Host => !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control()),
                _ => true,
            };
            if !good {
                let what = if matches!(kind, Kind::Id) { "name" } else { "host name" };
                check.faults.add(&value.at, format!("`{text}` is no {what}"), format!("allowed: {}", kind.allowed()));
            }
        });
    }

    fn number(&mut self, kind: Kind, value: &Value, least: i64, most: i64) {
        match value.as_number() {
            Some(number) if (least..=most).contains(&number) => {}
            Some(number) => {
                self.faults.add(&value.at, format!("{number} is out of range"), format!("allowed: {}", kind.allowed()));
            }
            None => self.wrong_form(kind, value),
        }
    }

    fn counts(&mut self, kind: Kind, value: &Value, most: i64) {
        let Some(list) = value.as_list() else { return self.wrong_form(kind, value) };
        if list.is_empty() {
            self.faults.add(&value.at, "the list is empty", format!("allowed: {}", kind.allowed()));
        }
        list.iter().for_each(|item| self.number(kind, item, 1, most));
    }

    fn word(&mut self, words: &[&str], text: &str, at: &Spot) {
        if !words.contains(&text) {
            self.faults.add(at, format!("`{text}` is no word for this"), help(text, "allowed", words));
        }
    }

    fn code(&mut self, registry: &Registry, text: &str, at: &Spot) {
        if registry.words.contains(&text) {
            return;
        }
        let what = registry.what;
        match registry.known(text) {
            Some(document) => {
                let from = if document.is_empty() { String::new() } else { format!(" ({document})") };
                let text = format!("the peers of the lab cannot speak the {what} `{text}`{from}");
                self.faults.add(at, text, format!("they can speak: {}", listed(registry.words.iter().copied())));
            }
            None => {
                let help = help(text, "those that the peers can speak, by IANA's names", registry.words);
                self.faults.add(at, format!("there is no {what} `{text}`"), help);
            }
        }
    }

    fn name(&mut self, of: Of, text: &str, at: &Spot) {
        let allowed = self.names.all(of);
        if allowed.contains(&text) {
            return;
        }
        let help = help(text, "there are", &allowed);
        let text = match self.names.other(text, of) {
            Some(word) if !word.is_empty() => format!("`{text}` is a {word}, and a {} is meant", of.what()),
            _ => format!("there is no {} with the name `{text}`", of.what()),
        };
        self.faults.add(at, text, help);
    }

    fn alt_names(&mut self, kind: Kind, value: &Value, networks: bool) {
        self.each_once(kind, value, |check, item, text| {
            if let Err(text) = form::alt_name(text, networks) {
                check.faults.add(&item.at, text, format!("allowed: {}", kind.allowed()));
            }
        });
    }

    fn moment(&mut self, kind: Kind, value: &Value) {
        if fields::moment(value, self.clock).is_none() {
            match value.as_text() {
                Some(text) => self.faults.add(&value.at, format!("`{text}` is no moment"), kind.allowed()),
                None => self.wrong_form(kind, value),
            }
        }
    }

    fn when(&mut self, kind: Kind, text: &str, at: &Spot) {
        let pauses = self.names.pauses;
        let pause = text.strip_prefix("at:").map(str::parse::<usize>);
        match pause {
            _ if matches!(text, "before" | "after") => {}
            Some(Ok(pause)) if (1..=pauses).contains(&pause) => {}
            Some(Ok(pause)) => {
                let text = format!("the script has no pause {pause}");
                self.faults.add(at, text, format!("it has {pauses} steps with do = \"pause\""));
            }
            _ => self.faults.add(at, format!("`{text}` is no time for a question"), kind.allowed()),
        }
    }

    fn place(&mut self, text: &str, at: &Spot) {
        match place::read(text) {
            Err(fault) => self.faults.add_within(at, fault.part, fault.text, fault.help),
            Ok(place) => {
                let ends = self.names.all(Of::End);
                let start = text.find(&format!("{}>{}", place.from, place.to)).unwrap_or(0);
                for (name, start) in [(&place.from, start), (&place.to, start + place.from.len() + 1)] {
                    if !ends.contains(&name.as_str()) {
                        let help = help(name, "there are", &ends);
                        let what = match self.names.other(name, Of::End) {
                            Some(word) if !word.is_empty() => {
                                format!("`{name}` is a {word}: it sends nothing of its own")
                            }
                            _ => format!("there is no peer with the name `{name}`"),
                        };
                        self.faults.add_within(at, start..start + name.len(), what, help);
                    }
                }
                if place.from == place.to {
                    self.faults.add_within(
                        at,
                        start..start + place.from.len() * 2 + 1,
                        "nobody sends to himself",
                        "name two peers",
                    );
                }
            }
        }
    }

    fn alert(&mut self, words: &[&str], text: &str, at: &Spot) {
        let (word, name) = text.split_once(' ').unwrap_or((text, ""));
        if !words.contains(&word) {
            let what = format!("one of {}, a space, the name of an alert; allowed", listed(words.iter().copied()));
            self.faults.add_within(
                at,
                0..word.len(),
                format!("`{word}` is no word for this"),
                help(word, &what, words),
            );
        } else if form::alert(name).is_none() {
            self.alert_name(name, at, word.len() + 1);
        }
    }

    fn alert_name(&mut self, name: &str, at: &Spot, start: usize) {
        let known = form::alert_names();
        let text = format!("there is no alert `{name}`");
        if name.is_empty() {
            self.faults.add(at, "the name of the alert is missing", help("", "alerts are", &known));
        } else {
            self.faults.add_within(at, start..start + name.len(), text, help(name, "alerts are", &known));
        }
    }

    fn seen(&mut self, kind: Kind, value: &Value) {
        let Some(table) = value.as_table() else { return self.wrong_form(kind, value) };
        for entry in &table.entries {
            if !STACKS.contains(&entry.key.as_str()) {
                let text = format!("`{}` is no TLS library known here", entry.key);
                self.faults.add(&entry.key_at, text, help(&entry.key, "known are", STACKS));
            }
            self.one(Kind::Text, &entry.value, |check, name| {
                if !matches!(name, "none" | "accepts") && form::alert(name).is_none() {
                    check.alert_name(name, &entry.value.at, 0);
                }
            });
        }
    }

    fn edits(&mut self, kind: Kind, value: &Value) {
        let Some(table) = value.as_table() else { return self.wrong_form(kind, value) };
        for entry in &table.entries {
            if let Err((text, help)) = edit::check(self.root, &entry.key) {
                self.faults.add(&entry.key_at, text, help);
            }
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
