//! What the screens show: the capture, what of it is selected, marked and filtered, and the settings.
//!
//! Facts of the capture exist once, in the snapshot. A screen holds no more than its cursor and scroll position, and
//! changes the model only by the [`Change`](super::screen::Change)s that it returns. The selection is a stream, never
//! a row: rows move when packets arrive.
//!
//! | file | its concern |
//! |---|---|
//! | `listing` | the list: filter, order, cursor, and what comes in |
//! | `selection` | the session under the cursor, and what of it is wanted |
//! | `opened` | what was read of it, as far as it is there |
//! | `sight` | what there is to look at |

mod listing;
mod opened;
mod selection;
mod sight;

use super::column;
use super::effect::{self, Effect, Job};
use super::following::Following;
use super::frame_lines::FrameLines;
use super::keys::KeySource;
use super::lab::Lab;
use super::live::picker::Picker;
use super::live::{About, LiveView, LiveWork};
use super::rows::{Sieve, Sorting};
use super::settings::Settings;
use crate::capture::{Detail, Input, LoadState, SAMPLES, Sample, Snapshot};
use crate::session::judgement::Basis;
use crate::session::{Session, StreamId, Timestamp};
use ratatui::layout::Size;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

pub use super::rows::{Rows, Sort};
pub use opened::{DetailState, FrameState};
pub(crate) use sight::FieldWanted;
pub use sight::{Sight, Subject};

/// How many bytes arrive in a second, and since when.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loading {
    /// Which opening it is.
    pub job: Job,
    /// Time since it began.
    pub elapsed: Duration,
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

impl Status {
    /// Something was done.
    pub(crate) fn done(text: impl Into<String>) -> Self {
        Self { tone: Tone::Done, text: text.into() }
    }

    /// Something could not be done.
    pub(crate) fn problem(text: impl Into<String>) -> Self {
        Self { tone: Tone::Problem, text: text.into() }
    }
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
            Some(session) if session.is_open() && self.as_sent => "as sent",
            Some(session) if session.is_open() => "decrypted",
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
}
