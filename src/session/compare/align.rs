//! Which message of one session stands beside which of the other.

use super::Row;
use super::facts::facts;
use crate::session::{Event, EventKind, Session, Timestamp};

/// What belongs to the transport is left to the row about the whole.
pub(super) fn counts(event: &Event) -> bool {
    !matches!(event.kind, EventKind::Fin | EventKind::Reset | EventKind::Gap { .. })
}

/// What makes two events a pair: two alerts are, whatever they say.
pub(super) fn family(name: &str) -> String {
    if name.starts_with("Alert ") { "Alert".to_owned() } else { name.to_owned() }
}

/// The pairs of a longest common subsequence, and in their places those that have no partner.
pub(super) fn align<T: PartialEq>(left: &[T], right: &[T]) -> Vec<(Option<usize>, Option<usize>)> {
    let width = right.len() + 1;
    let mut lengths = vec![0_u16; (left.len() + 1) * width];
    let at = |lengths: &[u16], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or(0);
    for (i, a) in left.iter().enumerate().rev() {
        for (j, b) in right.iter().enumerate().rev() {
            let longest = if a == b {
                at(&lengths, i + 1, j + 1) + 1
            } else {
                at(&lengths, i + 1, j).max(at(&lengths, i, j + 1))
            };
            if let Some(place) = lengths.get_mut(i * width + j) {
                *place = longest;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::with_capacity(left.len().max(right.len()));
    while i < left.len() || j < right.len() {
        match (left.get(i), right.get(j)) {
            (Some(a), Some(b)) if a == b => {
                pairs.push((Some(i), Some(j)));
                (i, j) = (i + 1, j + 1);
            }
            (Some(_), b) if b.is_none() || at(&lengths, i + 1, j) >= at(&lengths, i, j + 1) => {
                pairs.push((Some(i), None));
                i += 1;
            }
            _ => {
                pairs.push((None, Some(j)));
                j += 1;
            }
        }
    }
    pairs
}

pub(super) fn row(sides: [&Session; 2], events: [Option<usize>; 2]) -> Row {
    let found = pair(sides, events, |session, index| session.timeline.get(index));
    let any = found.iter().flatten().next();
    let name = found.iter().zip(sides).find_map(|(event, session)| Some(session.event_name((*event)?)));
    let start = sides.map(|session| session.timeline.first().map_or(session.started, |event| event.time));
    let after = |side: usize| -> Option<Timestamp> {
        Some(found.get(side).copied().flatten()?.time.saturating_sub(start.get(side).copied()?))
    };
    Row {
        name: family(&name.unwrap_or_default()),
        direction: any.map(|event| event.direction),
        events,
        after: [after(0), after(1)],
        facts: facts(sides, found),
    }
}

pub(super) fn pair<'a, T>(
    sides: [&'a Session; 2],
    events: [Option<usize>; 2],
    find: impl Fn(&'a Session, usize) -> Option<T>,
) -> [Option<T>; 2] {
    let [left, right] = sides;
    let [a, b] = events;
    [a.and_then(|index| find(left, index)), b.and_then(|index| find(right, index))]
}
