//! The session under the cursor, what of it is to be shown, and whether its bytes are to be read for that.

use super::{DetailState, FieldWanted, Model, Sight, Subject};
use crate::capture::LoadState;
use crate::session::{Session, StreamId};
use crate::tui::filter::Filter;
use std::sync::Arc;

impl Model {
    /// Selects a session; what was shown of the one before is no longer meant.
    pub(crate) fn select(&mut self, stream: StreamId) {
        if self.selected != Some(stream) {
            self.selected = Some(stream);
            self.subject = None;
            self.switched = None;
        }
        self.find_cursor();
    }

    /// Marks a session, or takes its mark away.
    pub(crate) fn toggle_mark(&mut self, stream: StreamId) {
        match self.marks.iter().position(|mark| *mark == stream) {
            Some(place) => drop(self.marks.remove(place)),
            None => self.marks.push(stream),
        }
    }

    /// Selects a session even if the filter hides it, and what is to be shown of it. Events count as it is inside.
    pub(crate) fn show(&mut self, stream: StreamId, subject: Option<Subject>, field: Option<&'static str>) {
        let listed = self.index.get(&stream).is_some_and(|place| self.rows.order.contains(place));
        if !listed {
            self.take_filter(Filter::default());
        }
        if self.selected != Some(stream) {
            (self.selected, self.subject, self.switched) = (Some(stream), None, None);
        }
        if listed {
            self.find_cursor();
        }
        self.look_at(subject);
        if let Some(name) = field {
            self.field_wanted = FieldWanted { serial: self.field_wanted.serial + 1, subject: self.subject, name };
        }
    }

    /// Shows a part of the selected session; an event counts as it is inside.
    fn look_at(&mut self, subject: Option<Subject>) {
        let shown = subject.and_then(|subject| subject.map_event(|event| self.event_shown(event)));
        self.subject = shown.or(self.subject);
    }

    /// Selects or marks what was to be looked at, as soon as all of it is there.
    pub(super) fn look(&mut self) {
        if self.sights.is_empty() || self.sorting.is_some() || self.unsorted {
            return;
        }
        let with = |sight: &Sight| {
            let of = self.snapshot.sessions.iter().find(|session| session.first_frame == sight.first_frame);
            Some((of?.stream, sight.subject))
        };
        let found: Option<Vec<_>> = self.sights.iter().map(with).collect();
        let Some(found) = found.filter(|_| self.snapshot.state == LoadState::Complete) else { return };
        if let [_, _, ..] = found.as_slice() {
            self.marks = found.iter().map(|(stream, _)| *stream).collect();
        }
        if let Some((stream, subject)) = found.first().copied() {
            self.select(stream);
            self.look_at(subject);
        }
        self.sights.clear();
    }

    /// The session whose bytes are to be read now: the selected one, when another was read before, or when it has
    /// gone on since and all packets are there. What was read before stays in sight until the new is there.
    pub(crate) fn detail_wanted(&mut self) -> Option<StreamId> {
        let session = Arc::clone(self.selected()?);
        let loading = self.waits_for_end();
        wanted(&mut self.detail, &mut self.detail_of, session, loading)
    }

    /// The same for the session as it was sent, where that is to be shown and is something else.
    pub(crate) fn sent_wanted(&mut self) -> Option<StreamId> {
        let session = Arc::clone(self.selected()?);
        if !self.as_sent || !session.is_open() || self.inside().is_none() {
            return None;
        }
        let loading = self.waits_for_end();
        wanted(&mut self.sent, &mut self.sent_of, session, loading)
    }

    /// Whether what has changed is read again only when all packets are there. A live capture may have no end.
    fn waits_for_end(&self) -> bool {
        self.is_loading() && self.live.is_none()
    }
}

/// Whether a session is to be read, which is noted then.
fn wanted(
    state: &mut DetailState,
    of: &mut Option<Arc<Session>>,
    session: Arc<Session>,
    loading: bool,
) -> Option<StreamId> {
    let stream = session.stream;
    let another = state.stream() != Some(stream);
    let read = of.as_ref().is_some_and(|read| Arc::ptr_eq(read, &session));
    if !another && (read || loading) {
        return None;
    }
    if another {
        *state = DetailState::Loading(stream);
    }
    *of = Some(session);
    Some(stream)
}
