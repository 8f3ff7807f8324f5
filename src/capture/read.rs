//! Reading a capture to its end: on the caller's thread, or behind a screen.

use super::dissector::{Dissector, Settings};
use super::pace::Pace;
use super::packet::{FileNote, Progress, Source, Store};
use super::reach::{self, Reach};
use super::snapshot::{LoadState, Snapshot};
use crate::session::judgement::Basis;
use crate::session::rule::{Across, CaptureFinding};
use crate::session::{Attempt, Session, StreamId};
use crate::tls::given::Given;
use crate::tls::secrets::Secrets;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

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
    /// Connections on which no TLS came.
    pub attempts: Vec<Attempt>,
}

/// What is given beside the packets: what protected records are opened with, and what certificates are judged by.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Secrets that were given beside the captures.
    pub secrets: Arc<Secrets>,
    /// Whether the secrets that a capture carries are used too.
    pub embedded: bool,
    /// By what certificates are judged.
    pub basis: Arc<Basis>,
}

impl Default for Keys {
    fn default() -> Self {
        Self { secrets: Arc::default(), embedded: true, basis: Arc::default() }
    }
}

/// Hands the key logs that the source has found to the dissector; whether there were any.
///
/// A capture that carries its secrets has them before the packets that need them, or at its end, where
/// [`open`](super::open) looks for them before it reads. What comes between packets opens what follows.
pub(super) fn take_keys(
    source: &mut dyn Source,
    dissector: &mut Dissector,
    keys: &Keys,
    notes: &mut Vec<FileNote>,
) -> bool {
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

/// A capture that is being read behind a screen.
#[derive(Debug)]
pub struct Loading {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    latest: Mutex<Option<Arc<Snapshot>>>,
    cancelled: AtomicBool,
    late: Mutex<Late>,
    news: Condvar,
    /// The sessions that somebody looks at.
    held: Mutex<HashSet<StreamId>>,
}

/// What came after the reading had begun.
#[derive(Debug, Default)]
struct Late {
    gifts: Vec<Gift>,
    /// Nobody looks any more.
    over: bool,
}

/// Keys that were given late.
struct Gift {
    given: Given,
    taken: Box<dyn Fn(Taken) + Send>,
}

impl std::fmt::Debug for Gift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gift").field("given", &self.given).finish_non_exhaustive()
    }
}

/// What came of keys that were given late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// They open what is read from now on; what was read before is opened when all is read.
    ForLater,
    /// All sessions that they open are open.
    Done(Reach),
}

impl Loading {
    /// Begins to read on a thread of its own, and keeps as much as the settings say. `wake` is called from that thread
    /// each time a new state can be had.
    pub fn start(
        mut source: Box<dyn Source>,
        store: Option<Arc<dyn Store>>,
        keys: Keys,
        settings: Settings,
        wake: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        thread::Builder::new()
            .name("dissector".to_owned())
            .spawn(move || load(&mut *source, store.as_deref(), &keys, settings, &theirs, &wake))?;
        Ok(Self { shared })
    }

    /// The latest state, once: `None` until there is a newer one.
    #[must_use]
    pub fn take_latest(&self) -> Option<Arc<Snapshot>> {
        self.shared.latest.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Says which sessions somebody looks at, in place of those before: they stay, however many there are.
    pub fn hold(&self, streams: HashSet<StreamId>) {
        *self.shared.held.lock().unwrap_or_else(PoisonError::into_inner) = streams;
    }

    /// Stops reading; a last state with what was read will follow.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::Relaxed);
    }

    /// Gives more keys, at any time. Sessions that were closed open, and a new state follows; `taken` is told after it,
    /// on the thread that reads.
    pub fn give(&self, given: Given, taken: impl Fn(Taken) + Send + 'static) {
        self.shared.late().gifts.push(Gift { given, taken: Box::new(taken) });
        self.shared.news.notify_one();
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        self.cancel();
        self.shared.late().over = true;
        self.shared.news.notify_one();
    }
}

impl Shared {
    fn late(&self) -> MutexGuard<'_, Late> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys that were given since the last call.
    fn gifts(&self) -> Vec<Gift> {
        std::mem::take(&mut self.late().gifts)
    }

    /// The next keys; `None` when nobody looks any more.
    fn wait_for_gifts(&self) -> Option<Vec<Gift>> {
        let mut late = self.late();
        while late.gifts.is_empty() && !late.over {
            late = self.news.wait(late).unwrap_or_else(PoisonError::into_inner);
        }
        if late.over { None } else { Some(std::mem::take(&mut late.gifts)) }
    }
}

fn load(
    source: &mut dyn Source,
    store: Option<&dyn Store>,
    keys: &Keys,
    settings: Settings,
    shared: &Shared,
    wake: &dyn Fn(),
) {
    let mut dissector = Dissector::new(settings);
    dissector.open_with(Arc::clone(&keys.secrets));
    dissector.judge_by(&keys.basis);
    let mut publisher = Publisher { shared, wake, store, generation: 0, notes: Vec::new() };
    take_keys(source, &mut dissector, keys, &mut publisher.notes);
    let mut late = false;
    let mut gifts = Vec::new();
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
        if came {
            take_early(&mut gifts, &mut dissector, shared);
        } else {
            // The end may be far away, so what was read before is opened now.
            publisher.give(shared.gifts(), &mut dissector, source, &LoadState::Loading);
        }
        dissector.put_off_signatures(source.is_ahead());
        changed |= pace.look(dissector.packets()).is_some_and(|packets| dissector.let_go_until(packets));
        if changed && published.elapsed() >= pause {
            publisher.publish(&mut dissector, source, LoadState::Loading);
            changed = false;
            published = Instant::now();
            pause = (pause * 2).min(LATER_STATES);
        }
    };
    late |= take_keys(source, &mut dissector, keys, &mut publisher.notes);
    take_early(&mut gifts, &mut dissector, shared);
    dissector.finish();
    if let Some(store) = store.filter(|_| late || !gifts.is_empty()) {
        dissector.read_again(store);
    }
    publisher.publish(&mut dissector, source, state.clone());
    let sessions = dissector.sessions();
    for gift in gifts {
        (gift.taken)(Taken::Done(reach::of(&gift.given, None, &sessions)));
    }
    while let Some(gifts) = shared.wait_for_gifts() {
        publisher.give(gifts, &mut dissector, source, &state);
    }
}

/// Takes keys that came while packets are read.
fn take_early(gifts: &mut Vec<Gift>, dissector: &mut Dissector, shared: &Shared) {
    for gift in shared.gifts() {
        dissector.add_keys(&gift.given);
        (gift.taken)(Taken::ForLater);
        gifts.push(gift);
    }
}

/// Takes keys that came when all packets were read.
fn take_late(given: &Given, store: Option<&dyn Store>, dissector: &mut Dissector) -> Reach {
    let before = reach::open_sessions(&dissector.sessions());
    dissector.add_keys(given);
    let mut news = Secrets::default();
    given.add_to(&mut news);
    if let Some(store) = store {
        dissector.read_again_for(&news, store);
    }
    reach::of(given, Some(&before), &dissector.sessions())
}

struct Publisher<'a> {
    shared: &'a Shared,
    wake: &'a dyn Fn(),
    store: Option<&'a dyn Store>,
    generation: u64,
    notes: Vec<FileNote>,
}

impl Publisher<'_> {
    /// Opens what was read before with keys that came late.
    fn give(&mut self, gifts: Vec<Gift>, dissector: &mut Dissector, source: &mut dyn Source, state: &LoadState) {
        for gift in gifts {
            let reach = take_late(&gift.given, self.store, dissector);
            self.publish(dissector, source, state.clone());
            (gift.taken)(Taken::Done(reach));
        }
    }

    fn publish(&mut self, dissector: &mut Dissector, source: &mut dyn Source, state: LoadState) {
        self.generation += 1;
        self.notes.append(&mut source.take_notes());
        let oldest = self.store.map_or(0, Store::oldest);
        dissector.thin_out(oldest, &self.shared.held.lock().unwrap_or_else(PoisonError::into_inner));
        let progress: Progress = source.progress();
        let sessions = dissector.sessions();
        let snapshot = Snapshot {
            generation: self.generation,
            findings: across(&sessions, dissector, &state),
            state,
            progress,
            frames: dissector.frames().clone(),
            sessions,
            left: dissector.thinned(),
            secrets: dissector.secrets(),
            basis: dissector.basis(),
            notes: self.notes.clone(),
        };
        let latest = Some(Arc::new(snapshot));
        *self.shared.latest.lock().unwrap_or_else(PoisonError::into_inner) = latest;
        (self.wake)();
    }
}

/// What several connections tell together. It is asked once all are there, for what comes later can change it.
fn across(sessions: &[Arc<Session>], dissector: &Dissector, state: &LoadState) -> Arc<[CaptureFinding]> {
    if *state == LoadState::Loading {
        return Arc::default();
    }
    let mut across = Across::default();
    for session in sessions {
        across.add(session);
    }
    across.add_attempts(dissector.attempts().to_vec());
    across.findings().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Input, Sample, open};
    use std::sync::mpsc::channel;

    /// Sample, what is given late, and what came of it.
    const GIFTS: &[(&str, &str, Reach)] = &[
        ("mutual-tls13", "mutual-tls13", Reach { connections: 1, here: 1, opened: 1, closed: None }),
        (
            "mutual-tls13",
            "one-way-tls13",
            Reach { connections: 1, here: 0, opened: 0, closed: Some(crate::session::Closed::NoEntry) },
        ),
    ];

    #[test]
    fn keys_open_sessions_at_any_time() {
        for (capture, keys, expected) in GIFTS {
            let (given, _) = Given::of_key_log(Sample::named(keys).unwrap().keys.as_bytes(), 1);
            let opened = open(&[Input::Sample(Sample::named(capture).unwrap())], true).unwrap();
            let (sender, receiver) = channel();
            let wake = {
                let sender = sender.clone();
                move || {
                    let _ = sender.send(None);
                }
            };
            let closed = Keys { embedded: false, ..Keys::default() };
            let loading = Loading::start(opened.source, opened.store, closed, Settings::SCREEN, wake).unwrap();
            assert_eq!(receiver.recv().unwrap(), None, "the first state");
            let before = loading.take_latest().unwrap();
            for again in [false, true] {
                let sender = sender.clone();
                loading.give(given.clone(), move |taken| {
                    let _ = sender.send(Some(taken));
                });
                assert_eq!(receiver.recv().unwrap(), None, "the state with the keys");
                assert_eq!(receiver.recv().unwrap(), Some(Taken::Done(*expected)), "{capture} {keys} {again}");
                let after = loading.take_latest().unwrap();
                assert_eq!(after.state, LoadState::Complete);
                let changed = !Arc::ptr_eq(&before.sessions[0], &after.sessions[0]);
                assert!(changed && after.generation > before.generation);
            }
        }
    }
}
