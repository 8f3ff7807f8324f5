//! Questions.

use super::Reading;
use crate::lab::scenario::document::{Data, Value};
use crate::lab::scenario::fields::Fields;
use crate::lab::scenario::keyword::CHOICE_KINDS;
use crate::lab::scenario::model::{Ask, Question, When};
use std::collections::BTreeSet;

impl Reading<'_, '_> {
    pub(super) fn asks(&mut self, top: Fields<'_>) -> Vec<Ask> {
        let mut seen = BTreeSet::new();
        let mut asks = Vec::new();
        for fields in top.tables("ask") {
            let id = fields.text("id").unwrap_or_default();
            if !id.is_empty() && !seen.insert(id.clone()) {
                self.faults.add(
                    fields.spot("id"),
                    format!("there are two questions `{id}`"),
                    "each needs an id of its own",
                );
            }
            self.facts(fields);
            let question = self.question(fields);
            let Some((question, (when, pause))) = question.zip(fields.text("when").as_deref().and_then(when)) else {
                continue;
            };
            asks.push(Ask {
                id,
                when,
                pause,
                text: fields.text("text").unwrap_or_default(),
                question,
                points: fields.number("points").unwrap_or_default(),
                hints: fields.texts("hint"),
                why: fields.text("why"),
                variant: fields.name("variant"),
            });
        }
        asks
    }

    fn question(&mut self, fields: Fields<'_>) -> Option<Question> {
        let kind = fields.chosen()?;
        Some(match kind {
            "choice" => {
                let options = self.options(fields, "options");
                self.in_range(fields, options.len());
                Question::Choice { options, answer: fields.number("answer")? }
            }
            "multi" => {
                let options = self.options(fields, "options");
                self.in_range(fields, options.len());
                Question::Multi { options, answer: fields.numbers("answer") }
            }
            "order" => {
                let items = self.options(fields, "items");
                let answer = fields.numbers("answer");
                self.in_range(fields, items.len());
                if fields.given("answer").is_some() && answer.len() != items.len() {
                    let help = format!("each of the {} items once, by its number", items.len());
                    self.faults.add(fields.spot("answer"), "the order does not have every item", help);
                }
                Question::Order { items, answer }
            }
            "value" => Question::Value { answer: scalar(fields.given("answer")?)? },
            "point-at" => Question::PointAt { answer: fields.place("answer")? },
            "text" => Question::Text,
            _ => return None,
        })
    }

    fn options(&mut self, fields: Fields<'_>, key: &'static str) -> Vec<String> {
        debug_assert!(key == "items" || CHOICE_KINDS.iter().any(|kind| Some(*kind) == fields.chosen()));
        let options = fields.texts(key);
        if options.len() < 2 && fields.given(key).is_some() {
            self.faults.add(fields.spot(key), "there is nothing to choose from", "two at least");
        }
        options
    }

    /// Answers are numbers of options, counted from 1, each once.
    fn in_range(&mut self, fields: Fields<'_>, options: usize) {
        let Some(answer) = fields.given("answer") else { return };
        let list = answer.as_list().unwrap_or(std::slice::from_ref(answer));
        let mut seen = BTreeSet::new();
        for value in list {
            let Some(number) = value.as_number() else { continue };
            let help = format!("numbers from 1 to {options}");
            if usize::try_from(number).is_ok_and(|number| number > options) {
                self.faults.add(&value.at, format!("there is no option {number}"), help);
            } else if !seen.insert(number) {
                self.faults.add(&value.at, format!("{number} stands in the answer twice"), help);
            }
        }
    }

    /// `${` begins the name of a fact, which `}` ends.
    fn facts(&mut self, fields: Fields<'_>) {
        for key in ["answer", "why"] {
            let Some(value) = fields.given(key) else { continue };
            let text = value.as_text().unwrap_or_default();
            let mut rest = text;
            while let Some((_, behind)) = rest.split_once("${") {
                let name = behind.split_once('}').map(|(name, _)| name);
                if name.is_none_or(|name| name.is_empty() || name.contains(char::is_whitespace)) {
                    let help = "a fact of the run is written ${name}, such as ${connection.1.version}";
                    let start = text.len() - behind.len() - 2;
                    self.faults.add_within(
                        &value.at,
                        start..start + 2,
                        "`${` without the name of a fact and `}`",
                        help,
                    );
                }
                rest = behind;
            }
        }
    }
}

fn scalar(value: &Value) -> Option<String> {
    match &value.data {
        Data::Text(text) => Some(text.clone()),
        Data::Number(number) => Some(number.to_string()),
        Data::Switch(switch) => Some(switch.to_string()),
        _ => None,
    }
}

fn when(text: &str) -> Option<(When, u32)> {
    match text {
        "before" => Some((When::Before, 0)),
        "after" => Some((When::After, 0)),
        _ => Some((When::At, text.strip_prefix("at:")?.parse().ok()?)),
    }
}
