//! Carries out effects, on threads, and sends back what came of them.
//!
//! Four kinds of work, none of which the screen waits for: reading the capture (one at a time, a new one ends the
//! one before), reading one session or frame again (the latest request wins), small jobs with files, one after
//! another, and keys: those that are given, and key logs that are followed while they grow.

mod export;
pub(super) mod follow;
mod keys;
mod lab;
mod live;

use super::app::Msg;
use super::config::{self, Places};
use super::effect::{Effect, Job};
use super::live::{LiveNews, LiveStart, LiveWork};
use super::run::Incoming;
use crate::capture::{
    BasisError, Detail, Dissection, FrameSummary, Input, Keys, Live, Loading, Settings, Snapshot, Store, no_frame,
    with_anchors, with_verifiers,
};
use crate::session::{FrameNumber, Session, StreamId, Timestamp};
use crate::tls::secrets::Secrets;
use keys::{Asked, KeyRing};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// How many small jobs may wait.
const JOBS: usize = 16;
/// How many names of a folder are listed.
const NAMES: usize = 10_000;

/// The worker.
#[derive(Debug)]
pub(crate) struct Worker {
    sender: SyncSender<Incoming>,
    current: Arc<Mutex<Current>>,
    requests: Arc<Requests>,
    follow: Arc<follow::Requests>,
    jobs: SyncSender<Effect>,
    /// What captures are opened with. Who needs the capture at hand too takes that first.
    keys: Arc<Mutex<Keys>>,
    asked: SyncSender<Asked>,
    live: SyncSender<LiveWork>,
}

/// The capture that is open.
#[derive(Default)]
struct Current {
    job: Job,
    loading: Option<Loading>,
    store: Option<Arc<dyn Store>>,
    began: Option<Instant>,
    cancelled: bool,
    /// What is captured, where it is a live capture.
    live: Option<Live>,
}

impl std::fmt::Debug for Current {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Current").field("job", &self.job).field("loading", &self.loading).finish_non_exhaustive()
    }
}

/// What is to be read again; a newer request takes the place of an older one.
#[derive(Debug, Default)]
struct Requests {
    latest: Mutex<Latest>,
    news: Condvar,
}

/// Something to be read from a state of the capture.
#[derive(Debug)]
struct Request<T> {
    job: Job,
    what: T,
    snapshot: Arc<Snapshot>,
}

#[derive(Debug, Default)]
struct Latest {
    detail: Option<Request<StreamId>>,
    as_sent: Option<Request<StreamId>>,
    frame: Option<Request<FrameNumber>>,
    frames: Option<Request<Vec<FrameNumber>>>,
}

impl Worker {
    /// Starts the threads. Key logs are read before anything is opened, and followed from then on.
    pub(crate) fn new(
        sender: SyncSender<Incoming>,
        places: Places,
        keys: Keys,
        key_logs: Vec<PathBuf>,
        start: Option<LiveStart>,
    ) -> io::Result<Self> {
        let current = Arc::new(Mutex::new(Current::default()));
        let keys = Arc::new(Mutex::new(keys));
        // First: what it may do, no other thread may.
        let live = live::start(sender.clone(), Arc::clone(&current), Arc::clone(&keys), start)?;
        let requests = Arc::new(Requests::default());
        let follow = follow::Requests::start(sender.clone(), Arc::clone(&current))?;
        let (jobs, waiting) = sync_channel(JOBS);
        let reader = Reader { sender: sender.clone(), current: Arc::clone(&current), requests: Arc::clone(&requests) };
        thread::Builder::new().name("reader".to_owned()).spawn(move || reader.run())?;
        let files =
            Files { sender: sender.clone(), current: Arc::clone(&current), places, shelf: lab::Shelf::default() };
        let run = move || waiting.into_iter().for_each(|effect| files.perform(effect));
        thread::Builder::new().name("files".to_owned()).spawn(run)?;
        let (asked, questions) = sync_channel(JOBS);
        let ring = KeyRing::new(sender.clone(), Arc::clone(&current), Arc::clone(&keys), key_logs);
        thread::Builder::new().name("keys".to_owned()).spawn(move || ring.run(&questions))?;
        Ok(Self { sender, current, requests, follow, jobs, keys, asked, live })
    }

    /// Begins to carry out an effect.
    pub(crate) fn perform(&self, effect: Effect) {
        match effect {
            Effect::Open { job, inputs } => self.open(job, inputs),
            Effect::Cancel(job) => self.cancel(job),
            Effect::Hold(job, streams) => {
                let current = lock(&self.current);
                current.loading.iter().filter(|_| current.job == job).for_each(|loading| loading.hold(streams.clone()));
            }
            Effect::OpenDetail { job, stream, snapshot } => {
                lock(&self.requests.latest).detail = Some(Request { job, what: stream, snapshot });
                self.requests.news.notify_one();
            }
            Effect::OpenAsSent { job, stream, snapshot } => {
                lock(&self.requests.latest).as_sent = Some(Request { job, what: stream, snapshot });
                self.requests.news.notify_one();
            }
            Effect::OpenFrame { job, number, snapshot } => {
                lock(&self.requests.latest).frame = Some(Request { job, what: number, snapshot });
                self.requests.news.notify_one();
            }
            Effect::Live(work) => {
                if self.live.try_send(work).is_err() {
                    send(&self.sender, Msg::Problem("still busy with interfaces; try again".to_owned()));
                }
            }
            Effect::Follow(work) => self.follow.ask(work),
            Effect::ReadFrames { job, numbers, snapshot } => {
                lock(&self.requests.latest).frames = Some(Request { job, what: numbers, snapshot });
                self.requests.news.notify_one();
            }
            Effect::GiveKeys { typed, password } => {
                if self.asked.try_send(Asked { typed, password }).is_err() {
                    send(&self.sender, Msg::Problem("still busy with keys; try again".to_owned()));
                }
            }
            other => {
                if self.jobs.try_send(other).is_err() {
                    send(&self.sender, Msg::Problem("still busy with files; try again".to_owned()));
                }
            }
        }
    }

    /// The newest state of the capture, once.
    pub(crate) fn latest(&self) -> Option<Msg> {
        let current = lock(&self.current);
        let snapshot = current.loading.as_ref()?.take_latest()?;
        let elapsed = current.began.map(|began| began.elapsed()).unwrap_or_default();
        Some(Msg::Snapshot { job: current.job, snapshot, elapsed })
    }

    /// Opens on a thread: a named pipe waits for its writer.
    fn open(&self, job: Job, inputs: Vec<Input>) {
        let next = Current { job, began: Some(Instant::now()), ..Current::default() };
        let before = std::mem::replace(&mut *lock(&self.current), next);
        let (sender, current) = (self.sender.clone(), Arc::clone(&self.current));
        let keys = Arc::clone(&self.keys);
        // What was made here has its keys inside, whatever is to be done with those of other captures.
        let ours = inputs.iter().all(|input| matches!(input, Input::Memory(_)));
        let opening = move || {
            // A capture takes a moment to end.
            drop(before);
            let wake = sender.clone();
            let opened = crate::capture::open_growing(&inputs, true);
            let paths = paths(&inputs);
            let mut current = lock(&current);
            if current.job != job || current.cancelled {
                return;
            }
            let begun = opened.map_err(|error| error.to_string()).and_then(|opened| {
                let wake = move || drop(wake.try_send(Incoming::Wake));
                let keys = lock(&keys).clone();
                let basis = with_verifiers(&keys.basis, &inputs);
                let keys = Keys { embedded: keys.embedded || ours, basis, ..keys };
                let loading = Loading::start(opened.source, opened.store.clone(), keys, Settings::SCREEN, wake);
                let loading = loading.map_err(|error| error.to_string())?;
                Ok((loading, opened.store))
            });
            match begun {
                Ok((loading, store)) => {
                    current.loading = Some(loading);
                    current.store = store;
                    drop(current);
                    send(&sender, Msg::Opened { job, paths });
                    // The first state may have come before there was a place to take it from.
                    let _ = sender.send(Incoming::Wake);
                }
                Err(text) => {
                    drop(current);
                    send(&sender, Msg::LoadFailed { job, text });
                }
            }
        };
        if let Err(error) = thread::Builder::new().name("open".to_owned()).spawn(opening) {
            send(&self.sender, Msg::LoadFailed { job, text: error.to_string() });
        }
    }

    fn cancel(&self, job: Job) {
        let mut current = lock(&self.current);
        if current.job != job {
            return;
        }
        if let Some(live) = &current.live {
            // What was captured is read to its end.
            return live.stopper().stop();
        }
        current.cancelled = true;
        if let Some(loading) = &current.loading {
            loading.cancel();
        } else {
            drop(current);
            send(&self.sender, Msg::LoadFailed { job, text: "stopped before the capture was open".to_owned() });
        }
    }
}

impl Worker {
    /// Lets the temporary files of a live capture stay, and gives the first of them.
    pub(crate) fn keep(&self) -> Option<PathBuf> {
        let mut current = lock(&self.current);
        let live = current.live.as_mut()?;
        live.keep();
        live.paths().next().map(Path::to_owned)
    }
}

impl Drop for Worker {
    /// Ends a live capture and removes what is temporary. After a panic it stays as it is, to be found.
    fn drop(&mut self) {
        let live = lock(&self.current).live.take();
        if thread::panicking() {
            std::mem::forget(live);
        }
    }
}

/// Reads sessions and frames again.
struct Reader {
    sender: SyncSender<Incoming>,
    current: Arc<Mutex<Current>>,
    requests: Arc<Requests>,
}

impl Reader {
    fn run(&self) {
        loop {
            let Latest { detail, as_sent, frame, frames } = self.next();
            let store = lock(&self.current).store.clone();
            if let Some(Request { job, what: stream, snapshot }) = detail {
                let result = read(store.as_deref(), |store| with_bytes(store, stream, &snapshot, &snapshot.secrets));
                send(&self.sender, Msg::Detail { job, stream, result: result.map(Arc::new) });
            }
            if let Some(Request { job, what: stream, snapshot }) = as_sent {
                let result = read(store.as_deref(), |store| with_bytes(store, stream, &snapshot, &Arc::default()));
                send(&self.sender, Msg::AsSent { job, stream, result: result.map(Arc::new) });
            }
            if let Some(Request { job, what: numbers, snapshot }) = frames {
                let summary = |number: FrameNumber| {
                    let entry = snapshot.frames.frame(number);
                    let entry = entry.ok_or_else(|| no_frame(&snapshot.frames, number).to_string())?;
                    read(store.as_deref(), |store| FrameSummary::read(store, entry))
                };
                let lines = numbers.into_iter().map(|number| (number, summary(number))).collect();
                send(&self.sender, Msg::Frames(job, lines));
            }
            if let Some(Request { job, what: number, snapshot }) = frame {
                let result = read(store.as_deref(), |store| Dissection::of_frame(store, &snapshot.frames, number));
                send(&self.sender, Msg::Frame { job, number, result: result.map(Arc::new) });
            }
        }
    }

    fn next(&self) -> Latest {
        let mut latest = lock(&self.requests.latest);
        let is_empty = |latest: &Latest| {
            let sessions = latest.detail.is_none() && latest.as_sent.is_none();
            sessions && latest.frame.is_none() && latest.frames.is_none()
        };
        while is_empty(&latest) {
            latest = self.requests.news.wait(latest).unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::take(&mut *latest)
    }
}

/// A session with all its bytes, opened with these secrets.
fn with_bytes(store: &dyn Store, stream: StreamId, snapshot: &Snapshot, secrets: &Arc<Secrets>) -> io::Result<Detail> {
    Detail::open(store, &snapshot.frames, session(snapshot, stream)?, secrets)
}

/// The session of a stream.
fn session(snapshot: &Snapshot, stream: StreamId) -> io::Result<&Session> {
    let session = snapshot.sessions.iter().find(|session| session.stream == stream);
    session.map(|session| &**session).ok_or_else(|| io::Error::other("the session is gone"))
}

/// The files among the inputs, as they are found from anywhere. A file has one name here, however it was reached:
/// `..` cannot be taken out of a path by its text alone, because what stands before it may be a link.
fn paths(inputs: &[Input]) -> Vec<PathBuf> {
    let path = |input: &Input| match input {
        Input::Path(path) => path.canonicalize().or_else(|_| std::path::absolute(path)).ok(),
        Input::Stdin | Input::Sample(_) | Input::Memory(_) => None,
    };
    inputs.iter().filter_map(path).collect()
}

/// A result of the reader, where a fault of its own is a result too and not the end of the thread.
fn read<T>(store: Option<&dyn Store>, read: impl FnOnce(&dyn Store) -> io::Result<T>) -> Result<T, String> {
    let Some(store) = store else { return Err("the capture is not open".to_owned()) };
    match catch_unwind(AssertUnwindSafe(|| read(store))) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("this is a fault of tlslab: the session could not be decoded".to_owned()),
    }
}

/// Small jobs with files.
struct Files {
    sender: SyncSender<Incoming>,
    current: Arc<Mutex<Current>>,
    places: Places,
    shelf: lab::Shelf,
}

impl Files {
    fn perform(&self, effect: Effect) {
        match effect {
            Effect::List(folder) => {
                let names = list(&folder);
                send(&self.sender, Msg::Listed(folder, names));
            }
            Effect::SaveSettings(settings) => {
                let saved = self.places.state.as_deref().map_or(Ok(()), |path| config::remember(path, &settings));
                if let Err(error) = saved {
                    send(&self.sender, Msg::Problem(format!("the settings cannot be remembered: {error}")));
                }
            }
            Effect::Export { content, path } => {
                let store = lock(&self.current).store.clone();
                let saved = LiveNews::of_export(&content);
                let msg = export::write(content, path, store.as_deref());
                if let Some(saved) = saved.filter(|_| matches!(msg, Msg::Done(_))) {
                    send(&self.sender, Msg::Live(saved));
                }
                send(&self.sender, msg);
            }
            Effect::ReadCatalogue { own } => {
                let msg = self.shelf.catalogue(own.as_deref(), self.progress().as_deref());
                send(&self.sender, msg);
            }
            Effect::Play { job, scenario, setup } => {
                let result = catch_unwind(AssertUnwindSafe(|| self.shelf.play(&scenario, &setup)));
                let fault = || Err(vec!["this is a fault of tlslab: the scenario could not be played".to_owned()]);
                send(&self.sender, Msg::Played { job, result: result.unwrap_or_else(|_| fault()) });
            }
            Effect::Mend { job, scenario, edits, hints } => {
                let result = catch_unwind(AssertUnwindSafe(|| self.shelf.mend(&scenario, &edits, hints)));
                let fault = || Err("this is a fault of tlslab: the goals could not be tried".to_owned());
                send(&self.sender, Msg::Mended { job, result: result.unwrap_or_else(|_| fault()) });
            }
            Effect::SaveProgress(progress) => {
                let saved = self.progress().map_or(Ok(()), |path| lab::remember(&path, &progress));
                if let Err(error) = saved {
                    send(&self.sender, Msg::Problem(format!("the lab's progress cannot be remembered: {error}")));
                }
            }
            Effect::ReadClock => send(&self.sender, Msg::Clock(now())),
            Effect::ReadAnchors { basis, anchors } => {
                let read = with_anchors(&basis, anchors.as_ref());
                let problem = |error: BasisError| Msg::Problem(error.to_string());
                send(&self.sender, read.map_or_else(problem, |basis| Msg::Anchors(Arc::new(basis))));
            }
            Effect::Copy { what, text } => send(&self.sender, self.copy_to_file(&what, &text)),
            _ => {}
        }
    }

    /// Where it is kept what was done in the lab.
    fn progress(&self) -> Option<PathBuf> {
        Some(self.places.state.as_deref()?.with_file_name("lab.toml"))
    }

    /// A text that is too long for the clipboard goes to a file whose name is told.
    fn copy_to_file(&self, what: &str, text: &str) -> Msg {
        let folder =
            self.places.state.as_deref().and_then(Path::parent).map_or_else(std::env::temp_dir, Path::to_owned);
        let path = folder.join("copied.txt");
        let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, text));
        match written {
            Ok(()) => {
                Msg::Done(format!("{what} is too long for a clipboard ({} B): see {}", text.len(), path.display()))
            }
            Err(error) => Msg::Problem(format!("{}: {error}", path.display())),
        }
    }
}

/// The names in a folder, in order, folders with a slash behind.
fn list(folder: &Path) -> Vec<String> {
    let place = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let place = match (place.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(place),
    };
    let Ok(entries) = std::fs::read_dir(place) else { return Vec::new() };
    let name = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        Some(if entry.path().is_dir() { format!("{name}/") } else { name })
    };
    let mut names: Vec<String> = entries.flatten().take(NAMES).filter_map(name).collect();
    names.sort();
    names
}

fn now() -> Timestamp {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

fn send(sender: &SyncSender<Incoming>, msg: Msg) {
    // When nobody listens the program is about to end.
    let _ = sender.send(Incoming::Msg(msg));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_remembered_by_one_name() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("real/inner")).unwrap();
        std::fs::write(root.join("real/a.pcap"), "").unwrap();
        std::os::unix::fs::symlink(root.join("real/inner"), root.join("link")).unwrap();
        for (path, expected) in [
            ("real/a.pcap", "real/a.pcap"),
            ("real/inner/../a.pcap", "real/a.pcap"),
            // Behind the link, `..` is the folder of what it points to.
            ("link/../a.pcap", "real/a.pcap"),
            ("gone/../b.pcap", "gone/../b.pcap"),
        ] {
            assert_eq!(paths(&[Input::Path(root.join(path))]), [root.join(expected)], "{path}");
        }
        assert!(paths(&[Input::Path("b.pcap".into())]).iter().all(|path| path.is_absolute()));
        assert!(paths(&[Input::Stdin]).is_empty());
    }
}
