//! The scenarios of the program as one object, and those that are planned.

use super::SCHEMA;
use super::value::{List, object};
use super::visible;
use crate::lab::scenario::catalogue::{PLANNED, Planned, Shipped, all};
use crate::report::scenarios::variants;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// All scenarios as one object, in the order in which they are best gone through.
#[must_use]
pub fn scenarios() -> String {
    let mut out = Vec::new();
    // Writing to memory cannot fail, and no key is anything but text.
    let _ = visible::write(&mut out, &Scenarios);
    out.push(b'\n');
    String::from_utf8(out).unwrap_or_default()
}

struct Scenarios;

impl Serialize for Scenarios {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let planned = List(PLANNED.iter().map(PlannedJson));
        object!(serializer, { "schema": SCHEMA, "scenarios": List(all().iter().map(ShippedJson)), "planned": planned })
    }
}

struct ShippedJson<'a>(&'a Shipped);

impl Serialize for ShippedJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, {
            "id": self.0.id,
            "code": self.0.code(),
            "title": self.0.title(),
            "group": self.0.group,
            "variants": variants(self.0),
        })
    }
}

struct PlannedJson<'a>(&'a Planned);

impl Serialize for PlannedJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Planned { code, title, needs } = self.0;
        object!(serializer, { "code": code, "title": title, "needs": needs })
    }
}
