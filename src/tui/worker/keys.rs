//! The keys that captures are opened with: those that were given at the start, those that are given while the screens
//! are open, and key logs, which are followed while they grow.

use super::super::app::Msg;
use super::super::effect::Hidden;
use super::super::keys::{KeySource, did, said, what};
use super::super::model::Tone;
use super::super::overlay::path::home;
use super::{Current, Incoming, lock, send};
use crate::base::printable;
use crate::capture::{KeyLogFile, Keys, NewLines, Taken};
use crate::tls::given::{FileFault, Given, KeyFile, pre_shared_key, recognise};
use crate::tls::private_key::KeyFault;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How often key logs are looked at.
const PAUSE: Duration = Duration::from_millis(500);
/// As much of a file is looked at to find out what it is; private keys are smaller.
const LOOKED_AT: u64 = 1 << 20;

/// What was typed, and a password.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) typed: Hidden,
    pub(super) password: Option<Hidden>,
}

/// The keys, and the key logs that are followed.
pub(super) struct KeyRing {
    sender: SyncSender<Incoming>,
    current: Arc<Mutex<Current>>,
    keys: Arc<Mutex<Keys>>,
    followed: Vec<Followed>,
}

/// A key log that is followed.
struct Followed {
    log: KeyLogFile,
    /// What it gave so far.
    given: Given,
    notes: Vec<String>,
    /// Why it could not be read last time.
    trouble: Option<io::ErrorKind>,
}

/// Whether the user waits for an answer, or the file changed by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Start,
    Asked,
    Grown,
}

impl KeyRing {
    /// Reads the key logs for the first time, so that what is opened next is opened with them.
    pub(super) fn new(
        sender: SyncSender<Incoming>,
        current: Arc<Mutex<Current>>,
        keys: Arc<Mutex<Keys>>,
        logs: Vec<PathBuf>,
    ) -> Self {
        let mut ring = Self { sender, current, keys, followed: Vec::new() };
        for path in logs {
            ring.follow(&path, Cause::Start);
        }
        ring
    }

    /// Takes keys, and looks at the logs in between, until nobody asks any more.
    pub(super) fn run(mut self, asked: &Receiver<Asked>) {
        loop {
            let next = if self.followed.is_empty() {
                asked.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                asked.recv_timeout(PAUSE)
            };
            match next {
                Ok(asked) => self.take(&asked),
                Err(RecvTimeoutError::Timeout) => (0..self.followed.len()).for_each(|at| self.look(at, Cause::Grown)),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Takes what was typed: the path of a file, or a pre-shared key.
    fn take(&mut self, asked: &Asked) {
        let typed = asked.typed.text();
        let path = home(typed);
        match std::fs::metadata(&path) {
            Ok(metadata) => self.take_file(&path, &metadata, asked),
            Err(_) => match pre_shared_key(typed) {
                Ok(key) => {
                    let given = Given { pre_shared_keys: vec![key], ..Given::default() };
                    self.give("pre-shared key", given, Vec::new(), Cause::Asked);
                }
                Err(_) if typed.contains(':') && !typed.contains('/') => {
                    self.problem("this is neither a file nor a pre-shared key in hexadecimal digits".to_owned());
                }
                Err(_) => self.take_missing(&path),
            },
        }
    }

    /// A key log that a program is about to write is waited for; a folder that is not there is a slip.
    fn take_missing(&mut self, path: &Path) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if folder.is_dir() {
            self.follow(path, Cause::Asked);
        } else {
            self.problem(format!("{}: there is no such file, and no such folder", shown(path)));
        }
    }

    fn take_file(&mut self, path: &Path, metadata: &Metadata, asked: &Asked) {
        let mut head = Vec::new();
        // A pipe gives what it has once; it is read as a key log.
        let read = if metadata.is_file() || metadata.is_dir() {
            File::open(path).and_then(|file| file.take(LOOKED_AT).read_to_end(&mut head)).map(drop)
        } else {
            Ok(())
        };
        if let Err(cause) = read {
            return self.problem(format!("{}: {cause}", shown(path)));
        }
        let password = asked.password.as_ref().map(Hidden::text);
        match recognise(whole_lines(&head), password) {
            Ok(KeyFile::KeyLog) => self.follow(path, Cause::Asked),
            Ok(KeyFile::PrivateKeys(private_keys)) => {
                let given = Given { private_keys, ..Given::default() };
                self.give(&path.to_string_lossy(), given, Vec::new(), Cause::Asked);
            }
            Err(FileFault::Key(fault @ (KeyFault::NeedsPassword | KeyFault::WrongPassword))) => {
                let wrong = fault == KeyFault::WrongPassword;
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                send(&self.sender, Msg::KeyPassword { typed: asked.typed.clone(), name, wrong });
            }
            Err(fault) => self.problem(format!("{}: {fault}", shown(path))),
        }
    }

    /// Begins to follow a key log, or looks at one that is followed.
    fn follow(&mut self, path: &Path, cause: Cause) {
        let path = path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned());
        let known = self.followed.iter().position(|followed| followed.log.path() == path);
        let at = known.unwrap_or_else(|| {
            let log = KeyLogFile::new(path);
            self.followed.push(Followed { log, given: Given::default(), notes: Vec::new(), trouble: None });
            self.followed.len() - 1
        });
        self.look(at, cause);
    }

    /// Reads what is new in a key log.
    fn look(&mut self, at: usize, cause: Cause) {
        let Some(followed) = self.followed.get_mut(at) else { return };
        let name = followed.log.path().to_string_lossy().into_owned();
        let mut new = Given::default();
        let mut notes = Vec::new();
        loop {
            match followed.log.read() {
                Ok(Some(lines)) => {
                    followed.trouble = None;
                    let (given, faults) = followed.take(&lines);
                    new.entries.extend(given.entries);
                    notes.extend(faults);
                }
                Ok(None) => break,
                Err(error) => {
                    let again = followed.trouble.replace(error.kind()) == Some(error.kind());
                    if !again || cause != Cause::Grown {
                        self.trouble(&name, &error);
                    }
                    if new.is_empty() {
                        return;
                    }
                    break;
                }
            }
        }
        if cause != Cause::Grown || !new.is_empty() || !notes.is_empty() {
            self.give(&name, new, notes, cause);
        }
    }

    /// A key log that cannot be read, or is not there yet.
    fn trouble(&self, path: &str, error: &io::Error) {
        let name = short(path);
        let (tone, words) = match error.kind() {
            io::ErrorKind::NotFound => (Tone::Done, "not there yet; it is waited for".to_owned()),
            _ => (Tone::Problem, format!("{error}; it is looked at again")),
        };
        let source =
            KeySource { name: path.to_owned(), what: "key log".to_owned(), did: words.clone(), notes: Vec::new() };
        send(&self.sender, Msg::Keys { source, said: Some((tone, format!("{name}: {words}"))) });
    }

    /// Adds keys to those that captures are opened with, and has the capture at hand opened with them.
    fn give(&self, name: &str, given: Given, notes: Vec<String>, cause: Cause) {
        let report = self.report(name, &given, notes, cause);
        let current = lock(&self.current);
        let mut keys = lock(&self.keys);
        let new = given.new_to(&keys.secrets);
        if new.is_empty() {
            return report.nothing_new();
        }
        new.add_to(Arc::make_mut(&mut keys.secrets));
        match &current.loading {
            Some(loading) => loading.give(new, move |taken| report.send(Some(taken))),
            None => report.send(None),
        }
    }

    fn report(&self, name: &str, given: &Given, notes: Vec<String>, cause: Cause) -> Report {
        let all = self.followed.iter().find(|followed| followed.log.path() == Path::new(name));
        let is = match all {
            Some(followed) => format!("key log, followed; {}", what(&followed.given)),
            None => what(given),
        };
        let listed = all.map_or_else(Vec::new, |followed| followed.notes.clone());
        let source = KeySource { name: name.to_owned(), what: is, did: String::new(), notes: listed };
        Report { sender: self.sender.clone(), source, what: what(given), notes, cause }
    }

    fn problem(&self, text: String) {
        send(&self.sender, Msg::Problem(text));
    }
}

impl Followed {
    /// Keeps count of what new lines give.
    fn take(&mut self, lines: &NewLines) -> (Given, Vec<String>) {
        if lines.anew {
            self.given = Given::default();
            self.notes.clear();
        }
        let (given, notes) = Given::of_key_log(&lines.text, lines.first);
        let notes: Vec<String> = notes.into_iter().map(|note| note.text.into_owned()).collect();
        self.given.entries.extend(given.entries.iter().cloned());
        self.notes.extend(notes.iter().cloned());
        (given, notes)
    }
}

/// What is to be told of keys as soon as it is known what they did.
struct Report {
    sender: SyncSender<Incoming>,
    source: KeySource,
    what: String,
    /// The faults of the lines that are new.
    notes: Vec<String>,
    cause: Cause,
}

impl Report {
    fn send(&self, taken: Option<Taken>) {
        let did = did(taken);
        let (of, is_news) = match self.cause {
            Cause::Asked => (String::new(), true),
            // What every start and every line of a key log brings is told on request alone.
            Cause::Start => (short(&self.source.name), !self.notes.is_empty()),
            Cause::Grown => {
                let opened = matches!(taken, Some(Taken::Done(reach)) if reach.opened > 0);
                (format!("{} has grown", short(&self.source.name)), opened || !self.notes.is_empty())
            }
        };
        let said = is_news.then(|| said(&of, &self.what, &did, &self.notes));
        send(&self.sender, Msg::Keys { source: KeySource { did, ..self.source.clone() }, said });
    }

    fn nothing_new(&self) {
        let (what, known) = match self.cause {
            Cause::Asked if self.what == "no secrets" => ("key log", "there is nothing new in it"),
            _ => (self.what.as_str(), "nothing new; all of it is known"),
        };
        let is_news = self.cause == Cause::Asked || !self.notes.is_empty();
        let name = if self.cause == Cause::Asked { String::new() } else { short(&self.source.name) };
        let said = is_news.then(|| said(&name, what, known, &self.notes));
        send(&self.sender, Msg::Keys { source: self.source.clone(), said });
    }
}

/// The head of a file up to the end of a line: a line that was cut is no fault of the file.
fn whole_lines(head: &[u8]) -> &[u8] {
    if (head.len() as u64) < LOOKED_AT {
        return head;
    }
    let end = head.iter().rposition(|byte| *byte == b'\n').unwrap_or(head.len());
    head.get(..end).unwrap_or(head)
}

fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// The name of a file without its folder.
fn short(path: &str) -> String {
    Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{Places, Worker};
    use super::*;
    use crate::capture::{Input, Sample};
    use crate::tui::effect::Effect;
    use std::fs;
    use std::sync::mpsc::sync_channel;

    /// A worker with a sample open that was read without its keys, and the news of it.
    struct Bench {
        worker: Worker,
        news: Receiver<Incoming>,
        folder: tempfile::TempDir,
    }

    impl Bench {
        fn new(logs: &[&str]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let (sender, news) = sync_channel(1024);
            let logs = logs.iter().map(|name| folder.path().join(name)).collect();
            let keys = Keys { embedded: false, ..Keys::default() };
            let worker = Worker::new(sender, Places::default(), keys, logs, None).unwrap();
            Self { worker, news, folder }
        }

        fn open(&self, sample: &str) {
            let inputs = vec![Input::Sample(Sample::named(sample).unwrap())];
            self.worker.perform(Effect::Open { job: 1, inputs });
            self.until(|msg| matches!(msg, Msg::Opened { .. }).then_some(()));
            while !matches!(self.worker.latest(), Some(Msg::Snapshot { snapshot, .. }) if !snapshot.sessions.is_empty())
            {
                let _ = self.news.recv().unwrap();
            }
        }

        /// The first piece of news that fits.
        fn until<T>(&self, fits: impl Fn(Msg) -> Option<T>) -> T {
            loop {
                if let Incoming::Msg(msg) = self.news.recv().unwrap()
                    && let Some(found) = fits(msg)
                {
                    return found;
                }
            }
        }

        fn give(&self, typed: &str, password: Option<&str>) -> String {
            let typed = Hidden::new(&typed.replace('@', &self.folder.path().to_string_lossy()));
            self.worker.perform(Effect::GiveKeys { typed, password: password.map(Hidden::new) });
            self.said()
        }

        fn said(&self) -> String {
            let said = self.until(|msg| match msg {
                Msg::Keys { said: Some((_, text)), .. } | Msg::Problem(text) => Some(text),
                Msg::KeyPassword { wrong, .. } => Some(format!("password, wrong: {wrong}")),
                _ => None,
            });
            said.replace(&*self.folder.path().to_string_lossy(), "@")
        }

        fn write(&self, name: &str, text: &str) {
            fs::write(self.folder.path().join(name), text).unwrap();
        }
    }

    fn sample_keys(name: &str) -> &'static str {
        Sample::named(name).unwrap().keys
    }

    #[test]
    fn keys_are_taken_by_what_they_are() {
        let bench = Bench::new(&[]);
        bench.write("own.log", sample_keys("one-way-tls13"));
        bench.write("other.log", sample_keys("mutual-tls13"));
        bench.write("bad.log", &format!("{}nonsense\n", sample_keys("hello-retry-request")));
        bench.write("nothing.txt", "to be or not to be\n");
        bench.write("empty.log", "");
        bench.write("cert.pem", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
        let early = bench.give("@/other.log", None);
        assert_eq!(early, "5 secrets of 1 session: kept for the captures that are opened");
        bench.open("one-way-tls13");
        for (typed, expected) in [
            ("@/own.log", "5 secrets of 1 session: 1 opened here"),
            ("@/own.log", "key log: there is nothing new in it"),
            ("@/other.log", "key log: there is nothing new in it"),
            ("@/empty.log", "key log: there is nothing new in it"),
            ("@/nothing.txt", "@/nothing.txt: it is neither a key log nor a private key in PEM, DER or PKCS#12"),
            ("@/cert.pem", "@/cert.pem: it holds no private key, but something public, such as a certificate"),
            ("@", "@: Is a directory (os error 21)"),
            ("@/gone/keys.log", "@/gone/keys.log: there is no such file, and no such folder"),
            ("Client:0g", "this is neither a file nor a pre-shared key in hexadecimal digits"),
            ("@/later.log", "later.log: not there yet; it is waited for"),
            ("Client:00ff", "1 pre-shared key: no session opened"),
            ("Client:00ff", "1 pre-shared key: nothing new; all of it is known"),
        ] {
            assert_eq!(bench.give(typed, None), expected, "{typed}");
        }
        let bad = bench.give("@/bad.log", None);
        assert!(bad.starts_with("5 secrets of 1 session: 1 is not of this capture; line "), "{bad}");
        assert!(bad.ends_with("it is passed over") && !bad.contains("nonsense"), "{bad}");
    }

    #[test]
    fn a_key_log_is_followed() {
        let bench = Bench::new(&["keys.log"]);
        assert_eq!(bench.said(), "keys.log: not there yet; it is waited for");
        bench.open("one-way-tls13");
        let (first, rest) = sample_keys("one-way-tls13").split_at(40);
        bench.write("keys.log", first);
        bench.write("keys.log", &format!("{first}{rest}"));
        assert_eq!(bench.said(), "keys.log has grown: 5 secrets of 1 session: 1 opened here");
    }
}
