//! The list of sessions: what comes in, which sessions pass the filter, in which order, and where the cursor stands.

use super::{Model, Sort};
use crate::capture::Snapshot;
use crate::session::{Session, StreamId};
use crate::tui::column::ColumnId;
use crate::tui::filter::Filter;
use crate::tui::rows::{STEP, Sieve, Sorting};
use std::collections::HashSet;
use std::sync::Arc;

impl Model {
    /// The filter in force. The rows have passed it as soon as nothing is under way.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        self.sieve.filter()
    }

    /// Whether there is more to do than one update does: then [`Msg::GoOn`](crate::tui::Msg::GoOn) is to be sent.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        let sessions = &self.snapshot.sessions;
        let asking =
            [Some(&self.sieve), self.trial.as_ref()].into_iter().flatten().any(|sieve| !sieve.is_done(sessions));
        asking || self.sorting.is_some() || self.unsorted
    }

    /// What the user waits for, and how far it is: `filtering 40%`. While packets are read, rows are also put in order
    /// again and again, which nobody asked for and nobody is told of.
    #[must_use]
    pub fn awaited(&self) -> Option<String> {
        let sessions = &self.snapshot.sessions;
        if !self.awaited {
            return None;
        }
        if !self.sieve.is_done(sessions) {
            return Some(format!("filtering {}%", self.sieve.percent(sessions)));
        }
        Some(format!("sorting {}%", self.sorting.as_ref().map_or(0, Sorting::percent)))
    }

    /// How many sessions passed the filter that is tried, or else the one in force; and how many of a hundred were
    /// asked, unless all were.
    #[must_use]
    pub fn passing(&self) -> (usize, Option<usize>) {
        let sessions = &self.snapshot.sessions;
        let sieve = self.trial.as_ref().unwrap_or(&self.sieve);
        (sieve.passing(), (!sieve.is_done(sessions)).then(|| sieve.percent(sessions)))
    }

    /// Takes a new state of the capture, or keeps it back while the list is to stand still.
    pub(crate) fn take_or_hold(&mut self, snapshot: Arc<Snapshot>) {
        match self.live.as_mut().filter(|live| live.paused) {
            Some(live) => live.held = Some(snapshot),
            None => self.take_snapshot(snapshot),
        }
    }

    /// Lets the list stand still, or go on with all that came meanwhile.
    pub(crate) fn pause(&mut self) {
        let Some(live) = &mut self.live else { return };
        live.paused = !live.paused;
        if let Some(held) = live.held.take() {
            self.take_snapshot(held);
        }
    }

    /// The row of the newest session, where the list follows a live capture and has it at one end.
    fn newest(&self) -> Option<usize> {
        let last = self.rows.order.len().checked_sub(1)?;
        let in_time = matches!(self.sort.column, ColumnId::Number | ColumnId::Start);
        (self.live.is_some() && self.follows && in_time).then_some(if self.sort.descending { 0 } else { last })
    }

    /// Takes a new state of the capture. Only sessions that changed are looked at again.
    pub(crate) fn take_snapshot(&mut self, snapshot: Arc<Snapshot>) {
        let old = std::mem::replace(&mut self.snapshot, snapshot);
        let stayed = (self.snapshot.left != old.left).then(|| self.let_go(&old.sessions));
        for (place, session) in self.snapshot.sessions.iter().enumerate() {
            let before = stayed.as_ref().map_or(Some(place), |stayed| stayed.get(place).copied());
            let before = before.and_then(|before| old.sessions.get(before));
            if before.is_some_and(|known| Arc::ptr_eq(known, session)) {
                continue;
            }
            let ((open, of), (was, had)) = (count_open(Some(session)), count_open(before));
            self.open = ((self.open.0 + open).saturating_sub(was), (self.open.1 + of).saturating_sub(had));
            self.sieve.changed(place, session);
            self.trial.iter_mut().for_each(|trial| trial.changed(place, session));
            self.index.insert(session.stream, place);
            self.widest.grow(session);
            self.unsorted = true;
        }
    }

    /// Lets go of the sessions that have left the list, and gives the old places of those that stayed. What stays is in
    /// the order that it was in.
    fn let_go(&mut self, old: &[Arc<Session>]) -> Vec<usize> {
        let mut new = self.snapshot.sessions.iter().peekable();
        let (mut stayed, mut places) = (Vec::new(), Vec::with_capacity(old.len()));
        self.index.clear();
        for (place, session) in old.iter().enumerate() {
            if new.next_if(|new| new.stream == session.stream).is_none() {
                let (open, of) = count_open(Some(session));
                self.open = (self.open.0.saturating_sub(open), self.open.1.saturating_sub(of));
                places.push(None);
                continue;
            }
            self.index.insert(session.stream, stayed.len());
            places.push(Some(stayed.len()));
            stayed.push(place);
        }
        self.sieve.keep(&stayed);
        self.trial.iter_mut().for_each(|trial| trial.keep(&stayed));
        self.rows.order = self.rows.order.iter().filter_map(|place| *places.get(*place)?).collect();
        self.marks.retain(|stream| self.index.contains_key(stream));
        (self.sorting, self.unsorted) = (None, true);
        self.find_cursor();
        stayed
    }

    /// The sessions that are to stay on the list however many there are, where they are others than before.
    pub(crate) fn newly_held(&mut self) -> Option<HashSet<StreamId>> {
        let wanted: HashSet<_> = self.selected.iter().chain(&self.marks).copied().collect();
        let is_news = self.live.is_some() && wanted != self.held;
        is_news.then(|| self.held.clone_from(&wanted)).map(|()| wanted)
    }

    /// Does one more step of what is under way.
    pub(crate) fn go_on(&mut self) {
        let mut budget = STEP;
        let sessions = &self.snapshot.sessions;
        if let Some(trial) = &mut self.trial {
            trial.go_on(sessions, &mut budget);
        }
        self.sieve.go_on(sessions, &mut budget);
        if !self.sieve.is_done(sessions) {
            return;
        }
        // An order that is being made is finished first: news come so often that it would never be.
        if self.sorting.is_none() && std::mem::take(&mut self.unsorted) {
            self.sorting = Some(Sorting::new(self.sort, &self.sieve));
        }
        if let Some(order) = self.sorting.as_mut().and_then(|sorting| sorting.go_on(sessions, &mut budget)) {
            self.sorting = None;
            self.awaited = false;
            let at_newest =
                self.rows.order.is_empty() || self.newest().is_some_and(|newest| newest == self.rows.cursor);
            self.rows.order = order;
            self.find_cursor();
            if at_newest && let Some(row) = self.newest().and_then(|row| self.row(row)) {
                self.select(row.stream);
            }
        }
        self.look();
    }

    /// Takes another filter.
    pub(crate) fn take_filter(&mut self, filter: Filter) {
        self.try_filter(filter);
        if let Some(trial) = self.trial.take() {
            self.sieve = trial;
            self.sort_anew();
        }
    }

    /// Takes another filter and remembers it.
    pub(crate) fn enter_filter(&mut self, filter: Filter) {
        if !filter.is_empty() && self.filter_history.last().is_none_or(|last| last != filter.text()) {
            self.filter_history.push(filter.text().to_owned());
        }
        self.take_filter(filter);
    }

    /// Begins to find out how many sessions a filter would let pass.
    pub(crate) fn try_filter(&mut self, filter: Filter) {
        let latest = self.trial.as_ref().unwrap_or(&self.sieve);
        if filter.text() == self.sieve.filter().text() {
            self.trial = None;
        } else if filter.text() != latest.filter().text() {
            self.trial = Some(Sieve::new(filter, latest));
        }
    }

    /// Forgets the filter that was tried.
    pub(crate) fn end_trial(&mut self) {
        self.trial = None;
    }

    /// Takes another order.
    pub(crate) fn take_sort(&mut self, sort: Sort) {
        let before = std::mem::replace(&mut self.sort, sort);
        if before.column != sort.column {
            self.sort_anew();
        } else if before.descending != sort.descending {
            self.sorting.iter_mut().for_each(|sorting| sorting.turn(sort.descending));
            self.rows.order.reverse();
            self.find_cursor();
        }
    }

    fn sort_anew(&mut self) {
        (self.sorting, self.unsorted, self.awaited) = (None, true, true);
    }

    pub(super) fn find_cursor(&mut self) {
        let place = self.selected.and_then(|stream| self.index.get(&stream)).copied();
        let row = place.and_then(|place| self.rows.order.iter().position(|other| *other == place));
        self.rows.cursor = row.unwrap_or_else(|| self.rows.cursor.min(self.rows.order.len().saturating_sub(1)));
        if row.is_none() {
            self.selected = self.row(self.rows.cursor).map(|session| session.stream);
            self.subject = None;
        }
    }
}

/// Whether a session is open, and whether it has something that could be, both as numbers.
fn count_open(session: Option<&Arc<Session>>) -> (usize, usize) {
    let has = |session: &Session| session.decryption.as_ref().is_some_and(|decryption| decryption.is_about_something());
    session.map_or((0, 0), |one| (usize::from(one.is_open()), usize::from(has(one))))
}
