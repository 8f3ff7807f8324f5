//! Local time: how far it is from UTC at any moment.
//!
//! The system can be asked safely only while the process has one thread, so it is asked once at the start, for all
//! the moments at which the offset changed.

use time::{OffsetDateTime, UtcOffset};

/// The offsets of a place through the years.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    /// From which second since 1970 on which offset in seconds holds, in ascending order.
    changes: Vec<(i64, i32)>,
}

const YEARS: i64 = 80;
/// Offsets last longer than this, but for a handful of historical exceptions.
const STEP: i64 = 14 * 24 * 3600;

impl Zone {
    /// The zone of this system; UTC where it cannot be told, or where other threads run already.
    #[must_use]
    pub fn local() -> Self {
        Self::of(|second| {
            let moment = OffsetDateTime::from_unix_timestamp(second).ok()?;
            UtcOffset::local_offset_at(moment).ok().map(UtcOffset::whole_seconds)
        })
    }

    /// The zone in which `offset` gives the offset at a second since 1970.
    fn of(offset: impl Fn(i64) -> Option<i32>) -> Self {
        let Some(first) = offset(0) else { return Self::default() };
        let mut changes = vec![(i64::MIN, first)];
        let (mut at, mut now) = (0, first);
        while at < YEARS * 366 * 24 * 3600 {
            let Some(next) = offset(at + STEP) else { break };
            if next != now {
                let (mut before, mut behind) = (at, at + STEP);
                while behind - before > 1 {
                    let middle = before + (behind - before) / 2;
                    if offset(middle) == Some(now) { before = middle } else { behind = middle }
                }
                changes.push((behind, next));
                now = next;
            }
            at += STEP;
        }
        Self { changes }
    }

    /// The offset at a second since 1970.
    #[must_use]
    pub fn at(&self, second: i64) -> UtcOffset {
        let behind = self.changes.partition_point(|(from, _)| *from <= second);
        let change = behind.checked_sub(1).and_then(|place| self.changes.get(place));
        change.and_then(|(_, offset)| UtcOffset::from_whole_seconds(*offset).ok()).unwrap_or(UtcOffset::UTC)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// One hour before UTC, two from 2025-03-30 01:00 to 2025-10-26 01:00.
    pub(crate) fn summer_of_2025() -> Zone {
        Zone::of(|second| Some(if (1_743_296_400..1_761_440_400).contains(&second) { 7200 } else { 3600 }))
    }

    #[test]
    fn changes_are_found_to_the_second() {
        let zone = summer_of_2025();
        for (second, hours) in [
            (i64::MIN, 1),
            (0, 1),
            (1_743_296_399, 1),
            (1_743_296_400, 2),
            (1_761_440_399, 2),
            (1_761_440_400, 1),
            (i64::MAX, 1),
        ] {
            assert_eq!(zone.at(second).whole_hours(), hours, "{second}");
        }
        assert_eq!(Zone::of(|_| None).at(0), UtcOffset::UTC);
    }
}
