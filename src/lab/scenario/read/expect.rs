//! Expectations, and the goals of tasks, which have the same form.

use super::Reading;
use crate::lab::scenario::document::Value;
use crate::lab::scenario::fields::Fields;
use crate::lab::scenario::model::{Expect, FailedCheck, FoundBy, Handshake, HandshakeCheck, Version};
use crate::x509::verify::Check;

/// Keys that say where an expectation holds, and not what.
const CIRCUMSTANCES: &[&str] = &["variant", "set", "connection", "seen"];

impl Reading<'_, '_> {
    pub(super) fn expects(&mut self, top: Fields<'_>) -> Vec<Expect> {
        top.tables("expect").into_iter().map(|fields| self.expect(top, fields)).collect()
    }

    pub(super) fn expect(&mut self, top: Fields<'_>, fields: Fields<'_>) -> Expect {
        let says_something = |key: &&'static str| !CIRCUMSTANCES.contains(key) && fields.given(key).is_some();
        if !fields.section.names(None).iter().any(says_something) {
            let help = "say at least how the handshake goes: handshake = ok, failed, stalled or none";
            self.faults.add(fields.at, "nothing is expected here", help);
        }
        let most = self.most_connections(top);
        if fields.number("connection").is_some_and(|number: u32| number > most) {
            let help = format!("the script opens {most} at most");
            self.faults.add(fields.spot("connection"), "there is no such connection", help);
        }
        Expect {
            variant: fields.name("variant"),
            set: fields.edits("set"),
            connection: fields.number("connection"),
            handshake: fields.word("handshake", Handshake::from_word),
            found_by: fields.word("found_by", FoundBy::from_word),
            check: fields.word("check", check),
            alert: fields.text("alert").as_deref().and_then(alert),
            seen: seen(fields),
            client_done: fields.switch("client_done"),
            resumed: fields.switch("resumed"),
            early_data: fields.switch("early_data"),
            app_bytes: fields.number("app_bytes"),
            requests: fields.number("requests"),
            leaked: fields.optional_texts("leaked"),
            hidden: fields.optional_texts("hidden"),
            received: fields.optional_texts("received"),
            version: fields.word("version", Version::from_word),
            suite: fields.text("suite"),
            group: fields.text("group"),
            alpn: fields.text("alpn"),
            hello_retry_request: fields.switch("hello_retry_request"),
            server_certificates: fields.number("server_certificates"),
            client_certificates: fields.number("client_certificates"),
            says: fields.texts("says"),
            line: self.document.line(fields.at),
        }
    }
}

fn check(word: &str) -> Option<FailedCheck> {
    let certificate = Check::ALL.into_iter().find(|check| check.word() == word).map(FailedCheck::Certificate);
    certificate.or_else(|| HandshakeCheck::from_word(word).map(FailedCheck::Handshake))
}

fn alert(text: &str) -> Option<(String, String)> {
    text.split_once(' ').map(|(who, name)| (who.to_owned(), name.to_owned()))
}

fn seen(fields: Fields<'_>) -> Vec<(String, String)> {
    let table = fields.given("seen").and_then(Value::as_table).map(|table| table.entries.as_slice());
    let pair = |(key, value): (&String, &Value)| Some((key.clone(), value.as_text()?.to_owned()));
    table.unwrap_or_default().iter().filter_map(|entry| pair((&entry.key, &entry.value))).collect()
}
