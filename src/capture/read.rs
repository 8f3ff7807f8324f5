//! Reading a capture to its end: on the caller's thread, or behind a screen.

use super::dissector::{Dissector, Settings};
use super::pace::Pace;
use super::packet::{FileNote, Progress, Source, Store};
use super::snapshot::{LoadState, Snapshot};
use crate::session::Session;
use crate::tls::secrets::Secrets;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How many sessions travel between two threads at once.
const BATCH: usize = 64;
/// How many batches may wait for the one who takes them.
const BATCHES: usize = 16;
/// How long after the start the first state is published; the time between two states grows from here.
const FIRST_STATE: Duration = Duration::from_millis(10);
/// The longest time between two published states.
const LATER_STATES: Duration = Duration::from_millis(100);

/// What is known when all packets were read.
#[derive(Debug, Default)]
pub struct Totals {
    /// How many packets there were.
    pub packets: u64,
    /// Remarks about the files.
    pub notes: Vec<FileNote>,
}

/// What protected records are opened with.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Secrets that were given beside the captures.
    pub secrets: Arc<Secrets>,
    /// Whether the secrets that a capture carries are used too.
    pub embedded: bool,
}

impl Default for Keys {
    fn default() -> Self {
        Self { secrets: Arc::default(), embedded: true }
    }
}

/// Hands the key logs that the source has found to the dissector; whether there were any.
///
/// A capture that carries its secrets has them before the packets that need them, or at its end, where
/// [`open`](super::open) looks for them before it reads. What comes between packets opens what follows.
fn take_keys(source: &mut dyn Source, dissector: &mut Dissector, keys: &Keys, notes: &mut Vec<FileNote>) -> bool {
    let logs = source.take_key_logs();
    if logs.is_empty() || !keys.embedded {
        return false;
    }
    for log in logs {
        let found = dissector.read_key_log(&log);
        let (path, after) = source.position();
        notes.extend(found.into_iter().map(|note| FileNote { path: path.clone(), after, note }));
    }
    true
}

/// What reading gives while it goes on.
#[derive(Debug)]
pub enum Seen {
    /// A session that has ended.
    Over(Box<Session>),
    /// A session that has not ended, as it stands.
    Open(Box<Session>),
    /// Nothing more for the moment: what was made of the sessions before can be handed on.
    Pause,
}

/// Reads all packets and hands over each session when it ends. Packets are dissected on a thread of their own while
/// `take` works on the sessions before. Stops at the first error of `take`.
pub fn read_sessions<E>(
    source: Box<dyn Source>,
    keys: &Keys,
    settings: Settings,
    mut take: impl FnMut(Session) -> Result<(), E>,
) -> Result<Totals, E> {
    watch_sessions(source, keys, settings, None, |seen| match seen {
        Seen::Over(session) => take(*session),
        Seen::Open(_) | Seen::Pause => Ok(()),
    })
}

/// Reads as [`read_sessions`] does, and says when nothing more comes for the moment. With `interval`, the sessions that
/// have changed and have not ended are handed over too, as often as that.
pub fn watch_sessions<E>(
    source: Box<dyn Source>,
    keys: &Keys,
    settings: Settings,
    interval: Option<Duration>,
    mut take: impl FnMut(Seen) -> Result<(), E>,
) -> Result<Totals, E> {
    let (sender, receiver) = sync_channel::<Vec<Seen>>(BATCHES);
    let failed = &AtomicBool::new(false);
    thread::scope(|scope| {
        let dissecting = scope.spawn(move || Watch::new(settings, interval, sender, failed).run(source, keys));
        let taken =
            receiver.iter().try_for_each(|batch| batch.into_iter().chain([Seen::Pause]).try_for_each(&mut take));
        failed.store(taken.is_err(), Ordering::Relaxed);
        drop(receiver);
        let totals = dissecting.join().unwrap_or_default();
        taken.map(|()| totals)
    })
}

/// The dissecting side of [`watch_sessions`].
struct Watch<'a> {
    dissector: Dissector,
    batch: Vec<Seen>,
    sender: SyncSender<Vec<Seen>>,
    pace: Pace,
    /// Whether the taker has failed. A source that is followed may give nothing for it to refuse.
    failed: &'a AtomicBool,
    /// How often open sessions are handed over, and when that was done last.
    open: Option<(Duration, Instant)>,
}

/// Nobody listens any more: the taker has failed.
struct Unheard;

impl<'a> Watch<'a> {
    fn new(
        settings: Settings,
        interval: Option<Duration>,
        sender: SyncSender<Vec<Seen>>,
        failed: &'a AtomicBool,
    ) -> Self {
        let open = interval.map(|interval| (interval, Instant::now()));
        let batch = Vec::with_capacity(BATCH);
        Self { dissector: Dissector::new(settings), batch, sender, pace: Pace::new(), failed, open }
    }

    fn run(mut self, mut source: Box<dyn Source>, keys: &Keys) -> Totals {
        self.dissector.open_with(Arc::clone(&keys.secrets));
        let mut notes = Vec::new();
        take_keys(&mut *source, &mut self.dissector, keys, &mut notes);
        let unheard = loop {
            let came = source.next_packet().map(|packet| self.dissector.push(&packet)).is_some();
            if !came && !source.is_waiting() {
                break false;
            }
            if source.has_key_logs() {
                take_keys(&mut *source, &mut self.dissector, keys, &mut notes);
            }
            if self.step(!came).is_err() {
                break true;
            }
        };
        if !unheard {
            self.dissector.finish();
            self.gather();
            let _ = self.send();
        }
        notes.append(&mut source.take_notes());
        Totals { packets: self.dissector.packets(), notes }
    }

    /// What there is to do after each packet, and while none comes.
    #[inline]
    fn step(&mut self, waiting: bool) -> Result<(), Unheard> {
        if self.dissector.has_finished() {
            self.gather();
            if self.batch.len() >= BATCH {
                self.send()?;
            }
        }
        if self.pace.is_due(waiting) { self.look() } else { Ok(()) }
    }

    /// What is done from time to time, however many packets came.
    #[cold]
    fn look(&mut self) -> Result<(), Unheard> {
        if let Some(packets) = self.pace.look(self.dissector.packets())
            && self.dissector.let_go_until(packets)
        {
            self.gather();
        }
        if let Some((interval, last)) = &mut self.open
            && last.elapsed() >= *interval
        {
            *last = Instant::now();
            let changed = self.dissector.changed_sessions().into_iter();
            self.batch.extend(changed.map(|session| Seen::Open(Box::new(session))));
        }
        if self.failed.load(Ordering::Relaxed) {
            return Err(Unheard);
        }
        if self.batch.is_empty() { Ok(()) } else { self.send() }
    }

    fn gather(&mut self) {
        let finished = self.dissector.take_finished().into_iter();
        self.batch.extend(finished.map(|session| Seen::Over(Box::new(session))));
    }

    fn send(&mut self) -> Result<(), Unheard> {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        self.sender.send(batch).map_err(|_| Unheard)
    }
}

/// A capture that is being read behind a screen.
#[derive(Debug)]
pub struct Loading {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    latest: Mutex<Option<Arc<Snapshot>>>,
    cancelled: AtomicBool,
}

impl Loading {
    /// Begins to read on a thread of its own. `wake` is called from that thread each time a new state can be had.
    pub fn start(
        mut source: Box<dyn Source>,
        store: Option<Arc<dyn Store>>,
        keys: Keys,
        wake: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        thread::Builder::new()
            .name("dissector".to_owned())
            .spawn(move || load(&mut *source, store.as_deref(), &keys, &theirs, &wake))?;
        Ok(Self { shared })
    }

    /// The latest state, once: `None` until there is a newer one.
    #[must_use]
    pub fn take_latest(&self) -> Option<Arc<Snapshot>> {
        self.shared.latest.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Stops reading; a last state with what was read will follow.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::Relaxed);
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        self.cancel();
    }
}

fn load(source: &mut dyn Source, store: Option<&dyn Store>, keys: &Keys, shared: &Shared, wake: &dyn Fn()) {
    let mut dissector = Dissector::new(Settings::SCREEN);
    dissector.open_with(Arc::clone(&keys.secrets));
    let mut publisher = Publisher { shared, wake, generation: 0, notes: Vec::new() };
    take_keys(source, &mut dissector, keys, &mut publisher.notes);
    let mut late = false;
    let mut pace = Pace::new();
    let (mut published, mut pause, mut changed) = (Instant::now(), FIRST_STATE, false);
    let state = loop {
        let came = source.next_packet().map(|packet| dissector.push(&packet)).is_some();
        if !came && !source.is_waiting() {
            break LoadState::Complete;
        }
        changed |= came;
        if source.has_key_logs() {
            late |= take_keys(source, &mut dissector, keys, &mut publisher.notes);
        }
        if !pace.is_due(!came) {
            continue;
        }
        if shared.cancelled.load(Ordering::Relaxed) {
            break LoadState::Cancelled;
        }
        changed |= pace.look(dissector.packets()).is_some_and(|packets| dissector.let_go_until(packets));
        if changed && published.elapsed() >= pause {
            publisher.publish(&mut dissector, source, LoadState::Loading);
            changed = false;
            published = Instant::now();
            pause = (pause * 2).min(LATER_STATES);
        }
    };
    late |= take_keys(source, &mut dissector, keys, &mut publisher.notes);
    dissector.finish();
    if let Some(store) = store.filter(|_| late) {
        dissector.read_again(store);
    }
    publisher.publish(&mut dissector, source, state);
}

struct Publisher<'a> {
    shared: &'a Shared,
    wake: &'a dyn Fn(),
    generation: u64,
    notes: Vec<FileNote>,
}

impl Publisher<'_> {
    fn publish(&mut self, dissector: &mut Dissector, source: &mut dyn Source, state: LoadState) {
        self.generation += 1;
        self.notes.append(&mut source.take_notes());
        let progress: Progress = source.progress();
        let snapshot = Snapshot {
            generation: self.generation,
            state,
            progress,
            frames: dissector.frames().clone(),
            sessions: dissector.sessions(),
            secrets: dissector.secrets(),
            notes: self.notes.clone(),
        };
        let latest = Some(Arc::new(snapshot));
        *self.shared.latest.lock().unwrap_or_else(PoisonError::into_inner) = latest;
        (self.wake)();
    }
}
