//! Which rows the ladder has: what was said before TLS, the events one by one or in flights, and the rules between
//! epochs.

use crate::session::Session;
use crate::tui::event;
use std::ops::Range;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui::screen) enum Row {
    /// The heading over what was said before TLS.
    Prelude {
        /// Whether its lines are out of sight.
        folded: bool,
    },
    /// A line of it.
    Said(usize),
    /// A rule: from here on something else holds.
    Epoch(&'static str),
    /// Events of the timeline: one, or those that one side sent in a row.
    Events(Range<usize>),
    /// The timeline has more events than are kept.
    Cut,
}

impl Row {
    /// Whether the cursor can stand here.
    pub(in crate::tui::screen) fn is_place(&self) -> bool {
        !matches!(self, Self::Epoch(_) | Self::Cut)
    }

    /// The first event of the row.
    pub(in crate::tui::screen) fn event(&self) -> Option<usize> {
        match self {
            Self::Events(events) => Some(events.start),
            _ => None,
        }
    }
}

/// The rows of a session.
pub(in crate::tui::screen) fn rows(session: &Session, flights: bool, prelude_folded: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(prelude) = &session.prelude {
        rows.push(Row::Prelude { folded: prelude_folded });
        if !prelude_folded {
            rows.extend((0..prelude.lines.len()).map(Row::Said));
        }
    }
    let mut ruled = false;
    for (index, at) in session.timeline.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| session.timeline.get(before));
        let same = before.is_some_and(|before| before.direction == at.direction) && !ruled;
        match rows.last_mut() {
            Some(Row::Events(events)) if flights && same => events.end = index + 1,
            _ => rows.push(Row::Events(index..index + 1)),
        }
        ruled = false;
        if let Some(epoch) = event::epoch(session, at) {
            rows.push(Row::Epoch(epoch));
            ruled = true;
        }
    }
    if session.timeline_cut {
        rows.push(Row::Cut);
    }
    rows
}
