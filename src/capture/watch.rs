//! Reading a capture to its end, with each session handed over when it ends, and others as they stand.

use super::dissector::{Dissector, Settings};
use super::key_log_file::KeyLogFile;
use super::pace::Pace;
use super::packet::{FileNote, Source};
use super::read::{Keys, Totals, take_keys};
use crate::session::{Session, rule};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How many sessions travel between two threads at once.
const BATCH: usize = 16;
/// How many batches may wait for the one who takes them.
const BATCHES: usize = 4;
/// How many remarks about key logs are kept; a log may grow for weeks.
const MOST_NOTES: usize = 1000;

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

/// Reads all packets and hands over each session when it ends. Packets are dissected on a thread of their own while the
/// rules are asked about the sessions before, and `take` works on them. Stops at the first error of `take`.
pub fn read_sessions<E>(
    source: Box<dyn Source>,
    keys: &Keys,
    settings: Settings,
    mut take: impl FnMut(Session) -> Result<(), E>,
) -> Result<Totals, E> {
    let watching = Watching { settings, interval: None, key_logs: Vec::new() };
    watch_sessions(source, keys, watching, |seen| match seen {
        Seen::Over(session) => take(*session),
        Seen::Open(_) | Seen::Pause => Ok(()),
    })
}

/// How sessions are watched.
#[derive(Debug)]
pub struct Watching {
    /// What is kept of them, and how much.
    pub settings: Settings,
    /// How often the sessions are handed over too that have changed and have not ended; never without it.
    pub interval: Option<Duration>,
    /// Key logs that are read while they grow.
    pub key_logs: Vec<KeyLogFile>,
}

/// Reads as [`read_sessions`] does, and says when nothing more comes for the moment.
pub fn watch_sessions<E>(
    source: Box<dyn Source>,
    keys: &Keys,
    watching: Watching,
    mut take: impl FnMut(Seen) -> Result<(), E>,
) -> Result<Totals, E> {
    let (sender, receiver) = sync_channel::<Vec<Seen>>(BATCHES);
    let failed = &AtomicBool::new(false);
    // On the side of the taker the rules cost about what dissecting costs more than writing.
    let concluded = |mut seen| {
        if let Seen::Over(session) = &mut seen {
            rule::conclude(session);
        }
        seen
    };
    thread::scope(|scope| {
        let dissecting = scope.spawn(move || Watch::new(watching, sender, failed).run(source, keys));
        let taken = receiver
            .iter()
            .try_for_each(|batch| batch.into_iter().map(concluded).chain([Seen::Pause]).try_for_each(&mut take));
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
    key_logs: Vec<KeyLogFile>,
    notes: Vec<FileNote>,
}

/// Nobody listens any more: the taker has failed.
struct Unheard;

impl<'a> Watch<'a> {
    fn new(watching: Watching, sender: SyncSender<Vec<Seen>>, failed: &'a AtomicBool) -> Self {
        let Watching { settings, interval, key_logs } = watching;
        Self {
            dissector: Dissector::new(settings),
            batch: Vec::with_capacity(BATCH),
            sender,
            pace: Pace::new(),
            failed,
            open: interval.map(|interval| (interval, Instant::now())),
            key_logs,
            notes: Vec::new(),
        }
    }

    fn run(mut self, mut source: Box<dyn Source>, keys: &Keys) -> Totals {
        self.dissector.open_with(Arc::clone(&keys.secrets));
        self.dissector.judge_by(&keys.basis);
        take_keys(&mut *source, &mut self.dissector, keys, &mut self.notes);
        self.read_key_logs();
        let unheard = loop {
            let came = source.next_packet().map(|packet| self.dissector.push(&packet)).is_some();
            if !came && !source.is_waiting() {
                break false;
            }
            if source.has_key_logs() {
                take_keys(&mut *source, &mut self.dissector, keys, &mut self.notes);
            }
            if self.step(!came, &*source).is_err() {
                break true;
            }
        };
        if !unheard {
            self.dissector.finish();
            self.gather();
            let _ = self.send();
        }
        self.notes.append(&mut source.take_notes());
        let (path, _) = source.position();
        self.notes.extend(self.dissector.about_key_log().map(|note| FileNote { path, after: 0, note }));
        let attempts = self.dissector.attempts().to_vec();
        Totals { packets: self.dissector.packets(), notes: self.notes, attempts }
    }

    /// What there is to do after each packet, and while none comes.
    #[inline]
    fn step(&mut self, waiting: bool, source: &dyn Source) -> Result<(), Unheard> {
        if self.dissector.has_finished() {
            self.gather();
            if self.batch.len() >= BATCH {
                self.send()?;
            }
        }
        if !self.pace.is_due(waiting) {
            return Ok(());
        }
        self.dissector.put_off_signatures(source.is_ahead());
        self.look()
    }

    /// What is done from time to time, however many packets came.
    #[cold]
    fn look(&mut self) -> Result<(), Unheard> {
        self.read_key_logs();
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

    /// Takes what is new in the key logs. One that is not there yet, or cannot be read now, is asked for again.
    fn read_key_logs(&mut self) {
        for log in &mut self.key_logs {
            let Ok(Some(lines)) = log.read() else { continue };
            let faults = self.dissector.read_key_log(&lines.text);
            let room = MOST_NOTES.saturating_sub(self.notes.len());
            let note = |note| FileNote { path: log.path().to_owned(), after: 0, note };
            self.notes.extend(faults.into_iter().take(room).map(note));
        }
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
