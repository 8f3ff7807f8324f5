//! What became of a live capture, as one object.

use super::value::{List, object};
use crate::capture::Counts;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::path::PathBuf;

/// A live capture that has ended.
#[derive(Debug)]
pub struct LiveSummary<'a> {
    /// The names of its interfaces.
    pub interfaces: &'a [String],
    /// Its files, where they stay.
    pub files: &'a [PathBuf],
    /// What became of the packets.
    pub counts: Counts,
    /// How many packets were decoded.
    pub decoded: u64,
    /// How many sessions were written that have ended.
    pub sessions: u64,
    /// In how many of them signatures were not checked, because too many came at once.
    pub unsigned: u64,
}

impl Serialize for LiveSummary<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, { "summary": Inner(self) })
    }
}

struct Inner<'a>(&'a LiveSummary<'a>);

impl Serialize for Inner<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let LiveSummary { interfaces, files, counts, decoded, sessions, unsigned } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("interfaces", interfaces)?;
        map.serialize_entry("files", &List(files.iter().map(|path| path.to_string_lossy())))?;
        map.serialize_entry("captured", &counts.captured)?;
        map.serialize_entry("decoded", decoded)?;
        map.serialize_entry("sessions", sessions)?;
        // A loss is news; that there is none goes without saying.
        for (name, count) in [
            ("dropped_by_kernel", counts.dropped_by_kernel),
            ("dropped_by_interface", counts.dropped_by_interface),
            ("not_decoded", counts.not_decoded),
            ("signatures_not_checked", *unsigned),
        ] {
            if count > 0 {
                map.serialize_entry(name, &count)?;
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_told_when_there_are_any() {
        let interfaces = ["lo".to_owned()];
        let counts = Counts { captured: 9, ..Counts::default() };
        let clean = LiveSummary { interfaces: &interfaces, files: &[], counts, decoded: 9, sessions: 1, unsigned: 0 };
        let expected = r#"{"summary":{"interfaces":["lo"],"files":[],"captured":9,"decoded":9,"sessions":1}}"#;
        assert_eq!(serde_json::to_string(&clean).unwrap(), expected);
        let counts = Counts { dropped_by_kernel: 2, not_decoded: 1, ..counts };
        let text = serde_json::to_string(&LiveSummary { counts, unsigned: 7, ..clean }).unwrap();
        let end = r#""sessions":1,"dropped_by_kernel":2,"not_decoded":1,"signatures_not_checked":7}}"#;
        assert!(text.ends_with(end), "{text}");
    }
}
