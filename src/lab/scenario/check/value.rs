//! Whether a value is of its kind.

use super::Check;
use crate::lab::scenario::document::{Data, Entry, Spot, Value};
use crate::lab::scenario::keyword::{Kind, Of, Registry, STACKS};
use crate::lab::scenario::problem::{help, listed};
use crate::lab::scenario::template::is_id;
use crate::lab::scenario::{edit, fields, form, place};
use std::collections::BTreeSet;

impl Check<'_, '_> {
    pub(super) fn value(&mut self, kind: Kind, entry: &Entry) {
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
            Kind::Date => self.date(kind, value),
            Kind::Moment => self.moment(kind, value),
            Kind::Period => match value.as_list() {
                Some([from, to]) => {
                    self.moment(Kind::Moment, from);
                    self.moment(Kind::Moment, to);
                }
                _ => self.wrong_form(kind, value),
            },
            Kind::Duration { least } => {
                self.one(kind, value, |check, text| check.duration(kind, text, least, &value.at));
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

    fn date(&mut self, kind: Kind, value: &Value) {
        let (seconds, text) = match &value.data {
            Data::Text(text) => (form::date(text), text.clone()),
            Data::Moment(moment) => (form::date(&moment.to_string()), moment.to_string()),
            _ => return self.wrong_form(kind, value),
        };
        match seconds {
            None => self.faults.add(&value.at, format!("`{text}` is no date"), kind.allowed()),
            Some(seconds) if !form::CLOCK.contains(&seconds) => {
                let what = format!("the clock of the lab cannot show `{text}`");
                self.faults.add(&value.at, what, "it goes from 1970 to 2199");
            }
            Some(_) => {}
        }
    }

    pub(super) fn wrong_form(&mut self, kind: Kind, value: &Value) {
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
            let Some(text) = item.as_text() else {
                let help = format!("each of them is a text in quotes; allowed: {}", kind.allowed());
                self.faults.add(&item.at, format!("{} has no place here", item.form()), help);
                continue;
            };
            test(self, (item, text));
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
        for item in list {
            self.number(kind, item, 1, most);
        }
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
        let Some(document) = registry.known(text) else {
            let help = help(text, "those that the peers can speak, by IANA's names", registry.words);
            return self.faults.add(at, format!("there is no {what} `{text}`"), help);
        };
        let from = if document.is_empty() { String::new() } else { format!(" ({document})") };
        let text = format!("the peers of the lab cannot speak the {what} `{text}`{from}");
        self.faults.add(at, text, format!("they can speak: {}", listed(registry.words.iter().copied())));
    }

    fn name(&mut self, of: Of, text: &str, at: &Spot) {
        let allowed = self.names.all(of);
        if allowed.contains(&text) {
            return;
        }
        let help = help(text, "there are", &allowed);
        let text = match self.names.other(text, of) {
            // That its own word is none has been told.
            Some(word) if !Of::is_word(word) => return,
            Some(word) => format!("`{text}` is a {word}, and a {} is meant", of.what()),
            None => format!("there is no {} with the name `{text}`", of.what()),
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

    /// Between the least time and 49 days, which is what milliseconds of 32 bits hold; the clock can go on by years.
    fn duration(&mut self, kind: Kind, text: &str, least: i64, at: &Spot) {
        let most = if least < 1000 { i64::from(u32::MAX) } else { i64::MAX };
        match form::milliseconds(text.trim_start_matches('+')) {
            Some(time) if (least..=most).contains(&time) => {}
            Some(_) => self.faults.add(at, format!("`{text}` is too short or too long"), kind.allowed()),
            None => self.faults.add(at, format!("`{text}` is no length of time"), kind.allowed()),
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
                self.faults.add(at, text, format!("steps with do = \"pause\": {pauses}"));
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
                            Some(word) if !Of::is_word(word) => continue,
                            Some(word) => format!("`{name}` is a {word}: it sends nothing of its own"),
                            None => format!("there is no peer with the name `{name}`"),
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
}
