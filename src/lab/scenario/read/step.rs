//! Steps: what happens, in order.

use super::Reading;
use crate::base::parse_hex;
use crate::lab::scenario::fields::Fields;
use crate::lab::scenario::form;
use crate::lab::scenario::keyword::{ON_THE_WIRE, Of};
use crate::lab::scenario::model::{Action, Attack, PlaceKind, Step, Tamper};
use crate::lab::scenario::problem::listed;

impl Reading<'_, '_> {
    /// The steps of the story with that variant.
    pub(super) fn steps(&mut self, top: Fields<'_>, variant: Option<&str>) -> Vec<Step> {
        let tables = top.tables("step");
        let mut connected = false;
        let mut steps = Vec::new();
        for fields in &tables {
            let Some(word) = fields.text("do") else { continue };
            connected |= matches!(word.as_str(), "connect" | "replay");
            if matches!(word.as_str(), "send" | "close") && !connected {
                self.faults.add(
                    fields.spot("do"),
                    "nothing is connected yet",
                    "a step with do = \"connect\" goes before it",
                );
            }
            let step = self.step(top, *fields, &word);
            let only = fields.name("variant");
            steps.extend(step.filter(|_| only.is_none() || only.as_deref() == variant));
        }
        if top.given("step").is_some() && !tables.iter().any(|fields| fields.chosen() == Some("connect")) {
            self.faults.add(top.spot("step"), "nobody connects", "one step at least has do = \"connect\"");
        }
        steps
    }

    fn step(&mut self, top: Fields<'_>, fields: Fields<'_>, word: &str) -> Option<Step> {
        let by = self.by(fields, word);
        let action = self.action(fields, word);
        self.number_of_connection(top, fields);
        Some(Step {
            action: action?,
            by,
            at: fields.place("at"),
            say: fields.text("say"),
            may_miss: fields.switch("may_miss").unwrap_or_default(),
        })
    }

    /// Who does it: who is named, or the only one who can.
    fn by(&mut self, fields: Fields<'_>, word: &str) -> Option<String> {
        let of = match word {
            "connect" | "send" | "close" => Of::Client,
            "restart" => Of::Acceptor,
            _ if ON_THE_WIRE.contains(&word) => Of::Network,
            _ => return None,
        };
        if let Some(name) = fields.name("by") {
            return Some(name);
        }
        match self.names.all(of).as_slice() {
            _ if self.names.is_uncertain(of) => None,
            [only] => Some((*only).to_owned()),
            [] => {
                let help = format!("[peer] needs somebody for it: a {}", of.what());
                self.faults.add(fields.spot("do"), format!("there is nobody who could do `{word}`"), help);
                None
            }
            several => {
                let help = format!("add by = …, one of {}", listed(several.iter().copied()));
                self.faults.add(fields.spot("do"), format!("it is not said who does `{word}`"), help);
                None
            }
        }
    }

    fn action(&mut self, fields: Fields<'_>, word: &str) -> Option<Action> {
        Some(match word {
            "connect" => Action::Connect { early: fields.text("early") },
            "send" => Action::Send { text: fields.text("text")? },
            "close" => Action::Close { cut: fields.text("how")? == "cut" },
            "pause" => Action::Pause,
            "note" => Action::Note,
            "set" => self.set(fields),
            "wait" => Action::Wait { seconds: fields.milliseconds("for")? / 1000 },
            "revoke" => Action::Revoke { certificate: fields.name("cert")?, list: self.list(fields)? },
            "restart" => Action::Restart,
            _ => Action::Attack(self.attack(fields, word)?),
        })
    }

    fn set(&mut self, fields: Fields<'_>) -> Action {
        let entries = fields.given("set").and_then(|value| value.as_table()).map(|table| table.entries.as_slice());
        for entry in entries.unwrap_or_default() {
            if !entry.key.starts_with("peer.") && entry.key != "clock" {
                let help = "a step can set the clock and paths below peer; certificates stay what they are";
                self.faults.add(&entry.key_at, format!("`{}` cannot change while the story goes on", entry.key), help);
            }
        }
        Action::Set { set: fields.edits("set") }
    }

    fn list(&mut self, fields: Fields<'_>) -> Option<String> {
        if let Some(name) = fields.name("crl") {
            return Some(name);
        }
        match self.names.all(Of::List).as_slice() {
            _ if self.names.is_uncertain(Of::List) => None,
            [only] => Some((*only).to_owned()),
            several => {
                let help = format!("add crl = …, one of: {}", listed(several.iter().copied()));
                self.faults.add(fields.spot("do"), "it is not said which revocation list gets the entry", help);
                None
            }
        }
    }

    fn attack(&mut self, fields: Fields<'_>, word: &str) -> Option<Attack> {
        Some(match word {
            "drop" => Attack::Drop,
            "delay" => Attack::Delay(u32::try_from(fields.milliseconds("for")?).ok()?),
            "repeat" => Attack::Repeat,
            "swap" => Attack::Swap,
            "split" => Attack::Split(fields.numbers("sizes")),
            "join" => Attack::Join,
            "tamper" => self.tamper(fields)?,
            "replace" => self.replace(fields)?,
            "inject" => self.inject(fields)?,
            "copy" => Attack::Copy,
            "replay" => Attack::Replay,
            "relay-to" => Attack::RelayTo(fields.name("to")?),
            _ => return None,
        })
    }

    fn tamper(&mut self, fields: Fields<'_>) -> Option<Attack> {
        self.exactly_one(fields, &["xor", "set", "truncate", "grow"]);
        let behind = fields.place("at").and_then(|place| place.field);
        if behind.is_some() && fields.given("field").is_some() {
            let help = "leave out field, or what stands behind the slash";
            self.faults.add(fields.spot("field"), "the field stands behind the place already", help);
        }
        let how = if let Some(mask) = fields.number("xor") {
            Tamper::Xor(mask)
        } else if let Some(bytes) = fields.text("set") {
            Tamper::Set(parse_hex(&bytes)?)
        } else if let Some(count) = fields.number("truncate") {
            Tamper::Truncate(count)
        } else {
            Tamper::Grow(fields.number("grow")?)
        };
        Some(Attack::Tamper { field: fields.text("field").or(behind), how })
    }

    fn replace(&mut self, fields: Fields<'_>) -> Option<Attack> {
        let place = fields.place("at");
        if place.is_some_and(|place| !matches!(place.what, PlaceKind::Line(_))) {
            let help = "its place is a line, such as server>client line '250-STARTTLS'; tamper changes bytes";
            self.faults.add(fields.spot("at"), "replace puts a line of plain text in the place of another", help);
        }
        Some(Attack::Replace { with: fields.text("with")? })
    }

    fn inject(&mut self, fields: Fields<'_>) -> Option<Attack> {
        self.exactly_one(fields, &["alert", "bytes", "text"]);
        let bytes = if let Some(alert) = fields.text("alert") {
            form::alert_record(&alert)?
        } else if let Some(bytes) = fields.text("bytes") {
            parse_hex(&bytes)?
        } else {
            fields.text("text")?.into_bytes()
        };
        Some(Attack::Inject(bytes))
    }

    fn exactly_one(&mut self, fields: Fields<'_>, keys: &[&'static str]) {
        let given: Vec<&str> = keys.iter().copied().filter(|key| fields.given(key).is_some()).collect();
        let help = format!("one of {}", listed(keys.iter().copied()));
        match given.as_slice() {
            [_] => {}
            [] => self.faults.add(fields.spot("do"), "it is not said what is put there", help),
            [_, second, ..] => {
                let second = keys.iter().find(|key| *key == second).copied().unwrap_or("do");
                self.faults.add(
                    fields.spot(second),
                    format!("`{second}` and {} at once", given.first().unwrap_or(&"")),
                    help,
                );
            }
        }
    }

    /// A place on a third connection needs a third connection.
    fn number_of_connection(&mut self, top: Fields<'_>, fields: Fields<'_>) {
        let Some(place) = fields.place("at") else { return };
        let most = self.most_connections(top);
        if place.connection > most {
            let text = format!("there is no connection {}", place.connection);
            let help = format!(
                "the script opens {most} at most; each connect opens one, and so does each replay and each relay"
            );
            self.faults.add(fields.spot("at"), text, help);
        }
    }

    /// How many connections the script can open: a relay and a man in the middle open one more for each.
    pub(super) fn most_connections(&self, top: Fields<'_>) -> u32 {
        let count = |word: &str| top.tables("step").iter().filter(|fields| fields.chosen() == Some(word)).count();
        let relays = self.names.peers.iter().filter(|(_, role)| role == "relay").count();
        u32::try_from(count("connect") * (1 + relays) + count("replay")).unwrap_or(u32::MAX)
    }
}
