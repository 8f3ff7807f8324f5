//! Which rows the ladder has: what was said before TLS, the events one by one or in flights, and the rules between
//! epochs.

use crate::base::Severity;
use crate::session::Session;
use crate::session::rule::{Evidence, Finding};
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
    /// What was found in the events before, and shows there.
    Reason(Reason),
    /// The timeline has more events than are kept.
    Cut,
}

impl Row {
    /// Whether the cursor can stand here.
    pub(in crate::tui::screen) fn is_place(&self) -> bool {
        !matches!(self, Self::Epoch(_) | Self::Reason(_) | Self::Cut)
    }

    /// The first event of the row.
    pub(in crate::tui::screen) fn event(&self) -> Option<usize> {
        match self {
            Self::Events(events) => Some(events.start),
            _ => None,
        }
    }
}

/// Something that was found, at the event that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui::screen) struct Reason {
    /// The event, as the session is shown.
    pub(super) event: usize,
    /// How much it matters.
    pub(super) severity: Severity,
    /// What was found, in a line.
    pub(super) words: String,
}

/// What is to be said at the events of a session that is `known`: at the one where it broke the verdict's reason, and
/// what else is bad enough at the events that show it. `shown` tells where an event stands in what is drawn.
pub(in crate::tui::screen) fn reasons(known: &Session, shown: impl Fn(usize) -> Option<usize>) -> Vec<Reason> {
    let verdict = known.verdict_finding();
    let at_end = |found: &Finding| {
        let (cause, event) = (found.cause.as_ref()?, shown(known.verdict.event?)?);
        let words = format!("{} ({}): {}", found.rule.id, cause.confidence.word(), cause.clause);
        Some(Reason { event, severity: found.severity, words })
    };
    let mut reasons: Vec<Reason> = verdict.and_then(at_end).into_iter().collect();
    let is_verdict = |found: &Finding| verdict.is_some_and(|verdict| std::ptr::eq(verdict, found));
    let told = known.findings.iter().filter(|found| is_verdict(found) || found.severity >= Severity::Warn);
    let mut told: Vec<&Finding> = told.collect();
    told.sort_by_key(|found| (!is_verdict(found), std::cmp::Reverse(found.severity)));
    for found in told {
        let reason = |evidence: &Evidence| {
            let words = format!("{}: {}", found.rule.id, evidence.what);
            Some(Reason { event: shown(evidence.event?)?, severity: found.severity, words })
        };
        if is_verdict(found) {
            let ended = known.verdict.event.filter(|_| !reasons.is_empty());
            let before = found.evidence.iter().filter(|shown| shown.event != ended);
            reasons.extend(before.filter_map(reason));
        } else {
            // What is not the reason is said once, where it was complete.
            reasons.extend(found.evidence.iter().rev().find_map(reason));
        }
    }
    reasons
}

/// The rows with the reasons below the events that they belong to.
pub(in crate::tui::screen) fn with_reasons(rows: Vec<Row>, reasons: &[Reason]) -> Vec<Row> {
    let mut out = Vec::with_capacity(rows.len() + reasons.len());
    for row in rows {
        let range = if let Row::Events(events) = &row { events.clone() } else { 0..0 };
        out.push(row);
        out.extend(reasons.iter().filter(|reason| range.contains(&reason.event)).cloned().map(Row::Reason));
    }
    out
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
