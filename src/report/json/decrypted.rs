//! What became of the protected records of a session, in JSON.

use super::value::{Hex, Plain, object};
use crate::session::{Closed, Decryption};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Both directions; there is none where no secrets were given.
pub(super) struct DecryptedJson<'a>(pub(super) &'a Decryption);

impl Serialize for DecryptedJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (way, index) in [("c2s", 0), ("s2c", 1)] {
            map.serialize_entry(way, &WayJson { facts: self.0, index })?;
        }
        map.end()
    }
}

struct WayJson<'a> {
    facts: &'a Decryption,
    index: usize,
}

impl Serialize for WayJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { facts, index } = *self;
        let content = facts.content.get(index).copied().unwrap_or_default();
        let reason = facts.reason.get(index).copied().flatten();
        object!(serializer, {
            "opened": facts.opened.get(index),
            "closed": facts.closed.get(index),
            "skipped": facts.skipped.get(index),
            "reason": reason.map(|reason| Plain(reason.word())),
            "text": reason.map(Closed::text),
            "records": content.records,
            "bytes": content.bytes,
            "sha256": content.sha256.as_ref().map(|digest| Hex(digest)),
        })
    }
}
