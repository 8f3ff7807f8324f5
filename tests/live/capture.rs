//! `tlslab live --headless` as a child, what it says, and how to wait for it.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_tlslab");
/// What has not happened by then never will.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Whether this machine lets us capture; it says why not.
pub fn can_capture() -> bool {
    if let Err(reason) = pcap_loader::load() {
        println!("skipped: no libpcap ({reason})");
        return false;
    }
    if run("id", &["-u"]) != "0\n" {
        println!("skipped: not root");
        return false;
    }
    true
}

/// Whether there are these programs; it says which is missing.
pub fn have(programs: &[&str]) -> bool {
    programs.iter().all(|program| {
        let there = Command::new(program).arg("--version").stdin(Stdio::null()).output().is_ok();
        if !there {
            println!("skipped: no {program}");
        }
        there
    })
}

/// What a program prints; it must end well.
pub fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// Asks again until the answer is yes.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < DEADLINE, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A capture that goes on.
pub struct Live {
    child: Child,
    out: Receiver<String>,
    err: Receiver<String>,
    /// What was said on stderr so far.
    pub said: String,
}

impl Live {
    /// Starts it and waits until it captures.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_in(&mut Command::new(PROGRAM), arguments)
    }

    /// Starts it as `command`, which may have arguments of its own already.
    pub fn start_in(command: &mut Command, arguments: &[&str]) -> Self {
        let mut live = Self::launch(command, arguments);
        live.hear("capturing on ");
        live
    }

    pub fn launch(command: &mut Command, arguments: &[&str]) -> Self {
        command.args(["live", "--headless"]).args(arguments);
        for variable in ["SSLKEYLOGFILE", "SUDO_UID", "SUDO_GID"] {
            if !command.get_envs().any(|(name, _)| name == variable) {
                command.env_remove(variable);
            }
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (lines(child.stdout.take().unwrap()), lines(child.stderr.take().unwrap()));
        Self { child, out, err, said: String::new() }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line on stderr with these words.
    pub fn hear(&mut self, words: &str) {
        while let Ok(line) = self.err.recv_timeout(DEADLINE) {
            self.said.extend([line.as_str(), "\n"]);
            if line.contains(words) {
                return;
            }
        }
        panic!("`{words}` was never said: {}", self.said);
    }

    /// Waits for so many sessions.
    pub fn sessions(&self, count: usize) -> Vec<Value> {
        let line = |_| self.out.recv_timeout(DEADLINE).unwrap_or_else(|_| panic!("no session: {}", self.said));
        (0..count).map(|number| serde_json::from_str(&line(number)).unwrap()).collect()
    }

    /// Whether the process is there no more.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    pub fn signal(&self, name: &str) {
        run("kill", &["-s", name, &self.id().to_string()]);
    }

    /// Waits for the end: the status, and what was printed meanwhile.
    pub fn end(mut self) -> Ended {
        let out: Vec<String> = self.out.iter().collect();
        self.said.extend(self.err.iter().map(|line| line + "\n"));
        let status = self.child.wait().unwrap();
        let lines = out.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        Ended { status, lines, said: std::mem::take(&mut self.said) }
    }

    /// Ends it as an administrator does.
    pub fn terminate(self) -> Ended {
        self.signal("TERM");
        self.end()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is left of a capture.
pub struct Ended {
    pub status: ExitStatus,
    pub lines: Vec<Value>,
    pub said: String,
}

impl Ended {
    /// What the last line sums up.
    pub fn summary(&self) -> &Value {
        &self.lines.last().unwrap()["summary"]
    }
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    receiver
}

/// The sessions of a capture file, as `inspect` prints them.
pub fn inspected(path: &Path) -> Vec<Value> {
    let text = run(PROGRAM, &["inspect", "--format", "ndjson", path.to_str().unwrap()]);
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Sessions in the order of their numbers.
pub fn in_order(mut sessions: Vec<Value>) -> Vec<Value> {
    sessions.sort_by_key(|session| session["number"].as_u64());
    sessions
}
