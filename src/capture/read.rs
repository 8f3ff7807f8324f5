//! Reading a capture to its end: on the caller's thread, or behind a screen.

use super::dissector::{Dissector, Settings};
use super::packet::{FileNote, Progress, Source, Store};
use super::snapshot::{LoadState, Snapshot};
use crate::session::Session;
use crate::tls::secrets::Secrets;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How many sessions travel between two threads at once.
const BATCH: usize = 64;
/// How many batches may wait for the one who takes them.
const BATCHES: usize = 16;
/// How many packets are read between two looks at the clock.
const PACKETS: u32 = 2048;
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

/// Reads all packets and hands over each session when it ends. Packets are dissected on a thread of their own while
/// `take` works on the sessions before. Stops at the first error of `take`.
pub fn read_sessions<E>(
    mut source: Box<dyn Source>,
    keys: &Keys,
    settings: Settings,
    mut take: impl FnMut(Session) -> Result<(), E>,
) -> Result<Totals, E> {
    let (sender, receiver) = sync_channel::<Vec<Session>>(BATCHES);
    thread::scope(|scope| {
        let dissecting = scope.spawn(move || {
            let mut dissector = Dissector::new(settings);
            dissector.open_with(Arc::clone(&keys.secrets));
            let mut notes = Vec::new();
            take_keys(&mut *source, &mut dissector, keys, &mut notes);
            let mut batch = Vec::with_capacity(BATCH);
            while let Some(packet) = source.next_packet() {
                dissector.push(&packet);
                if source.has_key_logs() {
                    take_keys(&mut *source, &mut dissector, keys, &mut notes);
                }
                if dissector.has_finished() {
                    batch.append(&mut dissector.take_finished());
                    // Nobody listens any more when the taker has failed.
                    if batch.len() >= BATCH && sender.send(std::mem::take(&mut batch)).is_err() {
                        break;
                    }
                }
            }
            dissector.finish();
            batch.append(&mut dissector.take_finished());
            let _ = sender.send(batch);
            notes.append(&mut source.take_notes());
            let (path, _) = source.position();
            notes.extend(dissector.about_key_log().map(|note| FileNote { path, after: 0, note }));
            Totals { packets: dissector.packets(), notes }
        });
        for session in receiver.iter().flatten() {
            take(session)?;
        }
        Ok(dissecting.join().unwrap_or_default())
    })
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
    let (mut published, mut pause) = (Instant::now(), FIRST_STATE);
    let mut until_look = PACKETS;
    let state = loop {
        let Some(packet) = source.next_packet() else { break LoadState::Complete };
        dissector.push(&packet);
        if source.has_key_logs() {
            late |= take_keys(source, &mut dissector, keys, &mut publisher.notes);
        }
        until_look -= 1;
        if until_look == 0 {
            until_look = PACKETS;
            if shared.cancelled.load(Ordering::Relaxed) {
                break LoadState::Cancelled;
            }
            if published.elapsed() >= pause {
                publisher.publish(&mut dissector, source, LoadState::Loading);
                published = Instant::now();
                pause = (pause * 2).min(LATER_STATES);
            }
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
