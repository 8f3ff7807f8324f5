//! Two sessions message by message: what differs, what is the same, and what differs always.
//!
//! Messages are aligned by direction and name, as a longest common subsequence: a message that one side lacks leaves a
//! place free and does not shift all that follow. Random values, session ids and key shares are never compared: two
//! good handshakes differ in them too.

mod align;
mod facts;

use super::Session;
use crate::net::Direction;
use align::{align, counts, family, row};
use facts::whole;

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Difference {
    /// They are the same.
    Same,
    /// They are not.
    Different,
    /// The same things in another order.
    Order,
    /// Differs between any two sessions and is not compared.
    Always,
}

/// One thing that both messages may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is called.
    pub label: &'static str,
    /// How the two values compare.
    pub difference: Difference,
    /// The values, safe to print; empty where a side has none. Of lists that differ, what only that side has.
    pub values: [String; 2],
}

/// A pair of messages, or one that the other session has not. The first row is about the sessions as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The name of the message.
    pub name: String,
    /// Who sent it; `None` for the row about the whole.
    pub direction: Option<Direction>,
    /// Where it stands in the timelines.
    pub events: [Option<usize>; 2],
    /// Nanoseconds since the first event of its session.
    pub after: [Option<i64>; 2],
    /// What it says.
    pub facts: Vec<Fact>,
}

impl Row {
    /// Whether one side lacks it, or anything in it differs.
    #[must_use]
    pub fn differs(&self) -> bool {
        let lacking = self.direction.is_some() && self.events.contains(&None);
        lacking || self.facts.iter().any(Fact::differs)
    }
}

impl Fact {
    /// Whether it is a difference that means something.
    #[must_use]
    pub fn differs(&self) -> bool {
        matches!(self.difference, Difference::Different | Difference::Order)
    }
}

/// What came of comparing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The whole first, then the messages in order.
    pub rows: Vec<Row>,
    /// Whether a timeline was too long to be compared to its end.
    pub cut: bool,
}

impl Comparison {
    /// How many rows differ.
    #[must_use]
    pub fn differences(&self) -> usize {
        self.rows.iter().filter(|row| row.differs()).count()
    }
}

/// The most events of each session that are aligned. The work grows with the product of both counts.
const MOST: usize = 512;

/// Compares two sessions.
#[must_use]
pub fn compare(left: &Session, right: &Session) -> Comparison {
    let sides = [left, right];
    let named = sides.map(|session| {
        let events = session.timeline.iter().enumerate().take(MOST).filter(|(_, event)| counts(event));
        events.map(|(index, event)| (index, event.direction, session.event_name(event))).collect::<Vec<_>>()
    });
    let keys = named.each_ref().map(|side| side.iter().map(|(_, way, name)| (*way, family(name))).collect::<Vec<_>>());
    let mut rows = vec![whole(left, right)];
    for (a, b) in align(&keys[0], &keys[1]) {
        let found = [a.and_then(|at| named[0].get(at)), b.and_then(|at| named[1].get(at))];
        rows.push(row(sides, found.map(|entry| entry.map(|(index, _, _)| *index))));
    }
    Comparison { rows, cut: sides.iter().any(|session| session.timeline.len() > MOST || session.timeline_cut) }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::facts::client_hello;
    use super::*;
    use crate::tls::code::{CipherSuite, NamedGroup};
    use crate::tls::handshake::ClientHello;

    #[test]
    fn messages_are_aligned_and_what_is_missing_leaves_a_place() {
        for (left, right, expected) in [
            ("", "", ""),
            ("abc", "abc", "aa bb cc"),
            ("abc", "ac", "aa b- cc"),
            ("ac", "abc", "aa -b cc"),
            ("abd", "acd", "aa b- -c dd"),
            ("a", "", "a-"),
            ("", "ab", "-a -b"),
            ("aab", "ab", "aa a- bb"),
        ] {
            let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
            let sign = |side: &[char], at: Option<usize>| at.map_or('-', |at| side[at]);
            let pairs = align(&left, &right);
            let got: Vec<String> =
                pairs.iter().map(|(a, b)| format!("{}{}", sign(&left, *a), sign(&right, *b))).collect();
            assert_eq!(got.join(" "), expected);
        }
    }

    #[test]
    fn a_session_differs_from_itself_in_nothing() {
        for session in [sample::tls13(), sample::retried(), sample::refused()] {
            let comparison = compare(&session, &session);
            assert_eq!(comparison.differences(), 0, "{comparison:?}");
            assert!(comparison.rows.iter().all(|row| row.direction.is_none() || !row.events.contains(&None)));
        }
    }

    #[test]
    fn a_retry_is_a_row_that_the_other_session_has_not() {
        let comparison = compare(&sample::tls13(), &sample::retried());
        let retry = comparison.rows.iter().find(|row| row.name == "HelloRetryRequest").unwrap();
        assert_eq!(retry.events[0], None);
        assert!(retry.differs());
    }

    #[test]
    fn lists_tell_what_only_one_side_has_and_order_is_told_apart() {
        let hello = |suites: &[u16], groups: &[u16]| ClientHello {
            cipher_suites: suites.iter().copied().map(CipherSuite).collect(),
            supported_groups: groups.iter().copied().map(NamedGroup).collect(),
            random: Some([u8::try_from(suites.len()).unwrap(); 32]),
            ..ClientHello::default()
        };
        let left = hello(&[0x1301, 0x0a0a, 0xc02f], &[0x1d, 0x17]);
        let right = hello(&[0x1301, 0x1a1a], &[0x17, 0x1d]);
        let facts = client_hello([&left, &right]);
        let find = |label: &str| facts.iter().find(|fact| fact.label == label).unwrap();
        let suites = find("cipher_suites");
        assert_eq!(suites.difference, Difference::Different);
        assert_eq!(suites.values[0], "3 entries, only here: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assert_eq!(suites.values[1], "2 entries, none of its own");
        assert_eq!(find("supported_groups").difference, Difference::Order);
        assert_eq!(find("random").difference, Difference::Always);
        assert_eq!(find("legacy_version").difference, Difference::Same);
    }

    #[test]
    fn long_timelines_are_cut_and_it_is_said() {
        let mut long = sample::tls13();
        let event = long.timeline[3].clone();
        long.timeline.extend(std::iter::repeat_n(event, 100_000));
        let comparison = compare(&long, &long);
        assert!(comparison.cut);
        assert!(comparison.rows.len() <= MOST + 1);
    }
}
