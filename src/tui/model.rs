//! What the screens show: the capture, what of it is selected, marked and filtered, and the settings.
//!
//! Facts of the capture exist once, in the snapshot. A screen holds no more than its cursor and scroll position, and
//! changes the model only by the [`Change`](super::screen::Change)s that it returns. The selection is a stream, never
//! a row: rows move when packets arrive.

use super::column::{self, ColumnId};
use super::effect::{self, Effect, Job};
use super::filter::Filter;
use super::following::Following;
use super::frame_lines::FrameLines;
use super::keys::{self, KeySource};
use super::lab::Lab;
use super::live::picker::Picker;
use super::live::{About, LiveView, LiveWork};
use super::rows::{STEP, Sieve, Sorting};
use super::settings::Settings;
use crate::capture::{Detail, Dissection, Input, LoadState, SAMPLES, Sample, Snapshot};
use crate::session::judgement::Basis;
use crate::session::{FrameNumber, Session, StreamId, Timestamp};
use ratatui::layout::Size;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

pub use super::rows::{Rows, Sort};

/// How many bytes arrive in a second, and since when.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loading {
    /// Which opening it is.
    pub job: Job,
    /// Time since it began.
    pub elapsed: Duration,
}

/// The selected session with all its bytes, as far as it is there.
#[derive(Clone, Debug, Default)]
pub enum DetailState {
    /// Nobody asked.
    #[default]
    None,
    /// Being read.
    Loading(StreamId),
    /// There.
    Ready(StreamId, Arc<Detail>),
    /// Could not be read, and why.
    Failed(StreamId, String),
}

impl DetailState {
    /// What came of reading a session.
    pub(crate) fn from(stream: StreamId, result: Result<Arc<Detail>, String>) -> Self {
        match result {
            Ok(detail) => Self::Ready(stream, detail),
            Err(text) => Self::Failed(stream, text),
        }
    }

    /// The session of that stream, where it is there.
    fn of(&self, wanted: StreamId) -> Option<&Arc<Detail>> {
        match self {
            Self::Ready(stream, detail) if *stream == wanted => Some(detail),
            _ => None,
        }
    }

    /// The stream that it is about.
    #[must_use]
    pub fn stream(&self) -> Option<StreamId> {
        match self {
            Self::None => None,
            Self::Loading(stream) | Self::Ready(stream, _) | Self::Failed(stream, _) => Some(*stream),
        }
    }
}

/// One frame with its fields, as far as it is there.
#[derive(Clone, Debug, Default)]
pub enum FrameState {
    /// Nobody asked.
    #[default]
    None,
    /// Being read.
    Loading(FrameNumber),
    /// There.
    Ready(FrameNumber, Arc<Dissection>),
    /// Could not be read, and why.
    Failed(FrameNumber, String),
}

impl FrameState {
    /// The frame that it is about.
    #[must_use]
    pub fn number(&self) -> Option<FrameNumber> {
        match self {
            Self::None => None,
            Self::Loading(number) | Self::Ready(number, _) | Self::Failed(number, _) => Some(*number),
        }
    }
}

/// What the Detail screen shows of the selected session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An event, by its index in the timeline of the detail's session.
    Event(usize),
    /// A frame.
    Frame(FrameNumber),
    /// A certificate, by its place in the chain.
    Certificate {
        /// Whether it is the client's.
        client: bool,
        /// Its place, the leaf is 0.
        index: usize,
    },
}

/// Something to look at in a capture that is only being opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The session that begins with this frame.
    pub first_frame: FrameNumber,
    /// What of it.
    pub subject: Option<Subject>,
}

/// A field that the Detail screen is to stand on, once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldWanted {
    /// Counts the times that one was wanted.
    pub(crate) serial: u32,
    /// What it is a field of.
    pub(crate) subject: Option<Subject>,
    /// Its name.
    pub(crate) name: &'static str,
}

/// How a message to the user is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Done,
    /// Something could not be done.
    Problem,
}

/// A message in the last line, there until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// How it is meant.
    pub tone: Tone,
    /// What it says.
    pub text: String,
}

/// Everything that screens show.
#[derive(Debug, Default)]
pub struct Model {
    /// The capture at this moment.
    pub snapshot: Arc<Snapshot>,
    /// What was opened; empty before anything was.
    pub inputs: Vec<Input>,
    /// The state of reading.
    pub loading: Loading,
    /// Why the capture could not be opened or read on.
    pub load_problem: Option<String>,
    /// The selected session.
    pub selected: Option<StreamId>,
    /// What of the selected session the Detail screen shows.
    pub subject: Option<Subject>,
    /// Marked sessions in the order of marking.
    pub marks: Vec<StreamId>,
    /// Filters that were entered before, the latest last.
    pub filter_history: Vec<String>,
    /// The order of the rows.
    pub sort: Sort,
    /// The rows.
    pub rows: Rows,
    /// What the Detail screen shows, with fields and bytes, once it is there.
    pub opened: Option<super::subject::Opened>,
    /// The key schedule of the selected session, while somebody looks at it.
    pub schedule: super::schedule::State,
    /// What was searched for last on a screen that is no list of sessions.
    pub wanted: String,
    pub(crate) place: super::subject::Place,
    /// What was found in all sessions, as the Findings screen shows it.
    pub findings: super::findings::Findings,
    /// The field that the Detail screen is to stand on.
    pub(crate) field_wanted: FieldWanted,
    /// The widest texts of the columns whose text is never cut.
    pub widest: column::Widest,
    /// The selected session with all bytes, opened as far as there are keys.
    pub detail: DetailState,
    /// Whether what was encrypted is to be shown as it was sent, and not as it is inside.
    pub as_sent: bool,
    /// The selected session with all bytes as it was sent; read when it is asked for.
    pub sent: DetailState,
    /// One frame with its fields.
    pub frame: FrameState,
    /// The headers of the frames that lists show.
    pub frame_lines: FrameLines,
    /// The session that is followed.
    pub follow: Following,
    /// By what certificates are judged, where other anchors were chosen than the capture was read with.
    pub basis: Option<Arc<Basis>>,
    /// What time it was when somebody asked.
    pub now: Option<Timestamp>,
    /// What the user set.
    pub settings: Settings,
    /// The size of the terminal.
    pub size: Size,
    /// The message in the last line.
    pub status: Option<Status>,
    /// The captures that come with the program.
    pub samples: &'static [Sample],
    /// The scenarios, and the run at hand.
    pub lab: Lab,
    /// The keys that were given.
    pub keys: Vec<KeySource>,
    /// How many sessions are open, and how many have something that could be.
    pub open: (usize, usize),
    /// The choice of what to capture.
    pub picker: Picker,
    /// The capture that goes on, or went on until it was ended.
    pub live: Option<LiveView>,
    /// Whether the selection may move to the newest session by itself.
    pub(crate) follows: bool,
    /// What is to be looked at once the capture is read.
    pub(crate) sights: Vec<Sight>,
    /// The filter in force.
    sieve: Sieve,
    /// A filter that is only tried, to say how many sessions it would let pass.
    trial: Option<Sieve>,
    /// The order that is being made.
    sorting: Option<Sorting>,
    /// Whether the rows are to be put in order again, after what is being done.
    unsorted: bool,
    /// Whether what is under way was asked for by a key, and not by news alone.
    awaited: bool,
    /// The sessions that were to stay on the list when it was last said.
    held: HashSet<StreamId>,
    detail_of: Option<Arc<Session>>,
    sent_of: Option<Arc<Session>>,
    /// The event that is shown, and the one that it was before the view was switched.
    pub(crate) switched: Option<(usize, usize)>,
    index: HashMap<StreamId, usize>,
}

impl Model {
    /// A model without a capture.
    #[must_use]
    pub fn new(settings: Settings, size: Size) -> Self {
        Self { settings, size, samples: SAMPLES, ..Self::default() }
    }

    /// The session of a stream.
    #[must_use]
    pub fn session(&self, stream: StreamId) -> Option<&Arc<Session>> {
        self.snapshot.sessions.get(*self.index.get(&stream)?)
    }

    /// The selected session.
    #[must_use]
    pub fn selected(&self) -> Option<&Arc<Session>> {
        self.session(self.selected?)
    }

    /// The selected session with all its bytes, as it is to be shown, once it is there.
    #[must_use]
    pub fn detail(&self) -> Option<&Arc<Detail>> {
        self.shown_as_sent().or_else(|| self.inside())
    }

    /// The selected session with all its bytes, opened as far as there are keys, once it is there.
    #[must_use]
    pub fn inside(&self) -> Option<&Arc<Detail>> {
        self.detail.of(self.selected?)
    }

    /// The selected session as it was sent, where that is what is shown.
    #[must_use]
    pub fn shown_as_sent(&self) -> Option<&Arc<Detail>> {
        self.sent.of(self.selected?).filter(|_| self.as_sent)
    }

    /// The event inside that stands where an event does that is shown.
    #[must_use]
    pub fn event_inside(&self, shown: usize) -> Option<usize> {
        match self.shown_as_sent() {
            Some(sent) => sent.session.counterpart(shown, &self.inside()?.session),
            None => Some(shown),
        }
    }

    /// The event that is shown where an event stands that is inside.
    #[must_use]
    pub fn event_shown(&self, inside: usize) -> Option<usize> {
        match self.shown_as_sent() {
            Some(sent) => self.inside()?.session.counterpart(inside, &sent.session),
            None => Some(inside),
        }
    }

    /// Which view of the selected session is shown, in a word; nothing where there is only one.
    #[must_use]
    pub fn view_word(&self) -> &'static str {
        match self.selected() {
            Some(session) if keys::is_open(session) && self.as_sent => "as sent",
            Some(session) if keys::is_open(session) => "decrypted",
            _ => "",
        }
    }

    /// The session in a row of the list.
    #[must_use]
    pub fn row(&self, row: usize) -> Option<&Arc<Session>> {
        self.snapshot.sessions.get(*self.rows.order.get(row)?)
    }

    /// The stream that is `steps` rows below the selected one (above it, when negative), stopping at the ends.
    #[must_use]
    pub fn neighbour(&self, steps: isize) -> Option<StreamId> {
        let last = self.rows.order.len().checked_sub(1)?;
        let row = self.rows.cursor.saturating_add_signed(steps).min(last);
        self.row(row).map(|session| session.stream)
    }

    /// Whether packets are still being read.
    #[must_use]
    pub fn is_loading(&self) -> bool {
        let is_open = self.live.is_some() || !self.inputs.is_empty();
        is_open && self.load_problem.is_none() && self.snapshot.state == LoadState::Loading
    }

    /// What the title line calls the capture. Text from outside, not yet made printable.
    #[must_use]
    pub fn source_name(&self) -> String {
        if let Some(live) = &self.live {
            return live.about.interfaces.join(", ");
        }
        self.inputs.iter().map(effect::name).collect::<Vec<_>>().join(", ")
    }

    /// The time of the first frame.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        self.snapshot.frames.start().unwrap_or(0)
    }

    /// The marked streams; without marks the selected one. What exports act on.
    #[must_use]
    pub fn chosen(&self) -> Vec<StreamId> {
        if self.marks.is_empty() { self.selected.into_iter().collect() } else { self.marks.clone() }
    }

    /// The filter in force. The rows have passed it as soon as nothing is under way.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        self.sieve.filter()
    }

    /// Whether there is more to do than one update does: then [`Msg::GoOn`](super::Msg::GoOn) is to be sent.
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

    /// Selects or marks what was to be looked at, as soon as all of it is there.
    fn look(&mut self) {
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
            let shown = |subject| match subject {
                Subject::Event(event) => self.event_shown(event).map(Subject::Event),
                other => Some(other),
            };
            self.subject = subject.and_then(shown).or(self.subject);
        }
        self.sights.clear();
    }

    /// Forgets the capture for one that goes on.
    pub(crate) fn begin_live(&mut self, about: About) -> Effect {
        // The effect to open files is for those that have some.
        let _ = self.begin(Vec::new());
        self.live = Some(LiveView::new(about));
        Effect::Live(LiveWork::Read(self.loading.job))
    }

    /// Forgets the capture for another one.
    pub(crate) fn begin(&mut self, inputs: Vec<Input>) -> Effect {
        let job = self.loading.job + 1;
        let settings = std::mem::take(&mut self.settings);
        let of_lab = inputs.iter().all(|input| matches!(input, Input::Memory(_)));
        *self = Self {
            inputs: inputs.clone(),
            loading: Loading { job, elapsed: Duration::ZERO },
            filter_history: std::mem::take(&mut self.filter_history),
            samples: self.samples,
            size: self.size,
            sort: self.sort,
            lab: std::mem::take(&mut self.lab),
            keys: std::mem::take(&mut self.keys),
            picker: std::mem::take(&mut self.picker),
            as_sent: self.as_sent && of_lab,
            settings,
            ..Self::default()
        };
        Effect::Open { job, inputs }
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
        if !self.as_sent || !keys::is_open(&session) || self.inside().is_none() {
            return None;
        }
        let loading = self.waits_for_end();
        wanted(&mut self.sent, &mut self.sent_of, session, loading)
    }

    /// Whether what has changed is read again only when all packets are there. A live capture may have no end.
    fn waits_for_end(&self) -> bool {
        self.is_loading() && self.live.is_none()
    }

    /// Takes another filter.
    pub(crate) fn take_filter(&mut self, filter: Filter) {
        self.try_filter(filter);
        if let Some(trial) = self.trial.take() {
            self.sieve = trial;
            self.sort_anew();
        }
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

    /// Selects a session; what was shown of the one before is no longer meant.
    pub(crate) fn select(&mut self, stream: StreamId) {
        if self.selected != Some(stream) {
            self.selected = Some(stream);
            self.subject = None;
            self.switched = None;
        }
        self.find_cursor();
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
        let shown = |subject| match subject {
            Subject::Event(event) => self.event_shown(event).map(Subject::Event),
            other => Some(other),
        };
        self.subject = subject.and_then(shown).or(self.subject);
        if let Some(name) = field {
            self.field_wanted = FieldWanted { serial: self.field_wanted.serial + 1, subject: self.subject, name };
        }
    }

    fn sort_anew(&mut self) {
        (self.sorting, self.unsorted, self.awaited) = (None, true, true);
    }

    fn find_cursor(&mut self) {
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
    session.map_or((0, 0), |one| (usize::from(keys::is_open(one)), usize::from(has(one))))
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
