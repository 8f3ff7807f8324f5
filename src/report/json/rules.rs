//! Rules as one object.

use super::SCHEMA;
use super::finding::RuleJson;
use super::value::{List, object};
use super::visible;
use crate::session::rule::Rule;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// The rules with all that they say of themselves; ends with a line break.
#[must_use]
pub fn rules(rules: &[&'static Rule]) -> String {
    let mut out = Vec::new();
    // Writing to memory cannot fail.
    let _ = visible::write(&mut out, &RulesJson(rules));
    String::from_utf8(out).unwrap_or_default() + "\n"
}

struct RulesJson<'a>(&'a [&'static Rule]);

impl Serialize for RulesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, { "schema": SCHEMA, "rules": List(self.0.iter().map(|rule| RuleJson(rule))) })
    }
}
