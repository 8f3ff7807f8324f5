//! Which sessions the list shows and in which order, worked out in small steps.
//!
//! A capture can hold more sessions than can be asked and put in order between two pictures. So both go on by so many
//! rows at a time. The steps are counted and not timed, so that `update` says the same whatever the machine does; who
//! calls them decides how many fit between two pictures. Until the end the rows before stay in sight.

use super::column::{self, ColumnId, Key};
use super::filter::Filter;
use crate::session::Session;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::sync::Arc;
use std::vec;

/// How many rows a step deals with. A row costs up to some microseconds, with filters that write out what they look
/// at; a step of this many then takes one or two milliseconds.
pub(crate) const STEP: usize = 512;

/// The order of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By which column.
    pub column: ColumnId,
    /// Greatest first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self { column: ColumnId::Number, descending: false }
    }
}

/// The rows of the list: which sessions pass the filter, in which order.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Indexes into the sessions of the snapshot.
    pub order: Vec<usize>,
    /// The row of the selected session.
    pub cursor: usize,
}

/// A filter, and which of the sessions passed it so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sieve {
    filter: Filter,
    /// By the places of the sessions, as far as they were asked.
    passed: Vec<bool>,
    passing: usize,
    /// What passed a filter that lets through all that this one does: what did not need not be asked.
    candidates: Vec<bool>,
}

impl Sieve {
    /// A filter that no session was asked of yet. What did not pass an earlier filter is left out where this one
    /// narrows that one down, as each further letter of a word does.
    pub(crate) fn new(filter: Filter, before: &Self) -> Self {
        let candidates = if filter.narrows(&before.filter) { before.passed.clone() } else { Vec::new() };
        Self { filter, candidates, ..Self::default() }
    }

    pub(crate) fn filter(&self) -> &Filter {
        &self.filter
    }

    /// How many sessions passed so far.
    pub(crate) fn passing(&self) -> usize {
        self.passing
    }

    pub(crate) fn is_done(&self, sessions: &[Arc<Session>]) -> bool {
        self.passed.len() >= sessions.len()
    }

    /// How many of a hundred sessions were asked.
    pub(crate) fn percent(&self, sessions: &[Arc<Session>]) -> usize {
        percent(self.passed.len(), sessions.len())
    }

    /// Asks further sessions, at most `budget`, which is what is left of it afterwards.
    pub(crate) fn go_on(&mut self, sessions: &[Arc<Session>], budget: &mut usize) {
        if self.filter.is_empty() {
            self.passed.resize(sessions.len(), true);
            self.passing = sessions.len();
            return;
        }
        for (place, session) in sessions.iter().enumerate().skip(self.passed.len()) {
            let candidate = self.candidates.get(place).copied().unwrap_or(true);
            if candidate && !spend(budget) {
                return;
            }
            let passes = candidate && self.filter.matches(session);
            self.passed.push(passes);
            self.passing += usize::from(passes);
        }
    }

    /// Takes notice that the session in a place is another one now.
    pub(crate) fn changed(&mut self, place: usize, session: &Session) {
        if let Some(candidate) = self.candidates.get_mut(place) {
            *candidate = true;
        }
        if let Some(passed) = self.passed.get_mut(place) {
            self.passing -= usize::from(*passed);
            *passed = self.filter.matches(session);
            self.passing += usize::from(*passed);
        }
    }

    /// Takes notice that of all sessions only those in these places are there still, in this order.
    pub(crate) fn keep(&mut self, stayed: &[usize]) {
        let kept = |of: &[bool]| stayed.iter().map_while(|place| of.get(*place).copied()).collect();
        (self.passed, self.candidates) = (kept(&self.passed), kept(&self.candidates));
        self.passing = self.passed.iter().filter(|passed| **passed).count();
    }

    /// The places of what passed, in the order of the capture.
    fn places(&self) -> Vec<usize> {
        self.passed.iter().enumerate().filter(|(_, passed)| **passed).map(|(place, _)| place).collect()
    }
}

/// Rows on the way to their order: they are sorted by pieces, then the pieces are merged.
///
/// What rows are sorted by is copied out of the sessions once, because to look it up takes longer than to compare it.
#[derive(Debug)]
pub(crate) struct Sorting {
    sort: Sort,
    places: Vec<usize>,
    /// How many of the places lie in a piece.
    taken: usize,
    pieces: Vec<vec::IntoIter<(Key, usize)>>,
    /// The least row of each piece, with the piece.
    heads: BinaryHeap<Reverse<(Key, usize, usize)>>,
    order: Vec<usize>,
}

impl Sorting {
    /// Begins with what passed a filter.
    pub(crate) fn new(sort: Sort, sieve: &Sieve) -> Self {
        let (pieces, heads, order) = (Vec::new(), BinaryHeap::new(), Vec::new());
        Self { sort, places: sieve.places(), taken: 0, pieces, heads, order }
    }

    /// Turns the order around that is being made.
    pub(crate) fn turn(&mut self, descending: bool) {
        self.sort.descending = descending;
    }

    /// How many of a hundred steps were made.
    pub(crate) fn percent(&self) -> usize {
        percent(self.taken + self.order.len(), 2 * self.places.len())
    }

    /// Sorts and merges further rows, at most `budget`, and gives the order once it is there.
    pub(crate) fn go_on(&mut self, sessions: &[Arc<Session>], budget: &mut usize) -> Option<Vec<usize>> {
        if self.sort.column == ColumnId::Number {
            // The places are in this order.
            return Some(self.turned(self.places.clone()));
        }
        while let Some(rest) = self.places.get(self.taken..).filter(|rest| !rest.is_empty()) {
            let count = rest.len().min(*budget);
            if count == 0 {
                return None;
            }
            let key = |place: &usize| Some((column::key(self.sort.column, sessions.get(*place)?), *place));
            let mut piece: Vec<_> = rest.iter().take(count).filter_map(key).collect();
            piece.sort_unstable();
            *budget -= count;
            self.taken += count;
            let mut piece = piece.into_iter();
            self.heads.extend(piece.next().map(|(key, place)| Reverse((key, place, self.pieces.len()))));
            self.pieces.push(piece);
        }
        while let Some(mut head) = self.heads.peek_mut() {
            if !spend(budget) {
                return None;
            }
            let Reverse((_, place, piece)) = *head;
            self.order.push(place);
            match self.pieces.get_mut(piece).and_then(Iterator::next) {
                Some((key, place)) => *head = Reverse((key, place, piece)),
                None => drop(PeekMut::pop(head)),
            }
        }
        let order = std::mem::take(&mut self.order);
        Some(self.turned(order))
    }

    fn turned(&self, mut order: Vec<usize>) -> Vec<usize> {
        if self.sort.descending {
            order.reverse();
        }
        order
    }
}

/// Takes one from the budget, if there is one left.
fn spend(budget: &mut usize) -> bool {
    let left = budget.checked_sub(1);
    *budget = left.unwrap_or(0);
    left.is_some()
}

fn percent(part: usize, whole: usize) -> usize {
    (part * 100).checked_div(whole).unwrap_or(100).min(100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::column::COLUMNS;
    use crate::tui::fixture::{session, sessions};

    /// Sessions of all kinds, more than a step deals with.
    fn many() -> Vec<Arc<Session>> {
        let kinds = sessions();
        let one = |index: u32| {
            let mut one = kinds[index as usize % kinds.len()].clone();
            // Numbers that go up and down, and many that are equal.
            one.started += i64::from(index * 7919 % 1000);
            one.bytes[0] += u64::from(index * 31 % 17);
            one.stream.index = index;
            Arc::new(one)
        };
        (0..3000).map(one).collect()
    }

    fn asked(sieve: &mut Sieve, sessions: &[Arc<Session>], step: usize) -> usize {
        for steps in 1.. {
            let mut budget = step;
            sieve.go_on(sessions, &mut budget);
            if sieve.is_done(sessions) {
                return steps;
            }
            assert_eq!(budget, 0, "a step does what it can");
        }
        0
    }

    #[test]
    fn the_order_does_not_depend_on_the_steps() {
        let sessions = many();
        let mut sieve = Sieve::new(Filter::parse("not result:midstream").unwrap(), &Sieve::default());
        asked(&mut sieve, &sessions, STEP);
        for column in COLUMNS {
            for descending in [false, true] {
                let sort = Sort { column: column.id, descending };
                let mut expected = sieve.places();
                expected.sort_by_key(|place| (column::key(column.id, &sessions[*place]), *place));
                if descending {
                    expected.reverse();
                }
                for step in [1, 7, STEP, usize::MAX] {
                    let mut sorting = Sorting::new(sort, &sieve);
                    let order = std::iter::repeat_with(|| sorting.go_on(&sessions, &mut step.clone())).flatten().next();
                    assert!(order.as_ref() == Some(&expected), "{} by {step}", column.title);
                }
            }
        }
    }

    #[test]
    fn a_step_asks_no_more_sessions_than_it_may() {
        let sessions = many();
        let mut sieve = Sieve::new(Filter::parse("result:ok").unwrap(), &Sieve::default());
        let mut percents = Vec::new();
        while !sieve.is_done(&sessions) {
            sieve.go_on(&sessions, &mut 1000);
            percents.push(sieve.percent(&sessions));
        }
        assert_eq!(percents, [33, 66, 100]);
        let expected = sessions.iter().filter(|session| sieve.filter().matches(session)).count();
        assert_eq!((sieve.passing(), sieve.places().len()), (expected, expected));
    }

    #[test]
    fn a_filter_that_goes_further_asks_only_what_passed_before() {
        let sessions = many();
        let mut before = Sieve::new(Filter::parse("reset").unwrap(), &Sieve::default());
        asked(&mut before, &sessions, STEP);
        let few = before.passing();
        assert!(few > 0 && few < STEP, "{few}");
        let all = sessions.len().div_ceil(STEP);
        for (text, step, steps) in [("reset.ex", few, 1), ("reset.ex result:failed", few, 1), ("rese", STEP, all)] {
            let mut sieve = Sieve::new(Filter::parse(text).unwrap(), &before);
            assert_eq!(asked(&mut sieve, &sessions, step), steps, "{text}");
            assert_eq!(sieve.passing(), few, "{text}");
        }
    }

    #[test]
    fn a_session_that_changed_is_asked_again() {
        let mut sessions: Vec<_> = (0..3).map(|index| Arc::new(session(index))).collect();
        let mut before = Sieve::new(Filter::parse("host1").unwrap(), &Sieve::default());
        asked(&mut before, &sessions, STEP);
        let mut sieve = Sieve::new(Filter::parse("host1.").unwrap(), &before);
        sessions[0] = Arc::new(session(1));
        for sieve in [&mut before, &mut sieve] {
            sieve.changed(0, &sessions[0]);
            asked(sieve, &sessions, STEP);
            assert_eq!((sieve.passing(), sieve.places()), (2, vec![0, 1]));
        }
        sessions[1] = Arc::new(session(2));
        sieve.changed(1, &sessions[1]);
        assert_eq!((sieve.passing(), sieve.places()), (1, vec![0]));
    }
}
