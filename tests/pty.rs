//! The real program in a real pseudo terminal: it draws, and whatever ends it, the terminal is given back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]
#![cfg(unix)]

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(20);

/// The program, with what is on its screen.
struct Program {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
    news: Receiver<()>,
    _home: tempfile::TempDir,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tlslab"));
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        command.env("HOME", home.path());
        for name in ["NO_COLOR", "RUST_BACKTRACE", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
            command.env_remove(name);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(cells(24), cells(80), 0)));
        let (sender, news) = channel();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let theirs = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                theirs.lock().unwrap().process(&bytes[..count]);
                let _ = sender.send(());
            }
        });
        let writer = pair.master.take_writer().unwrap();
        Self { child, master: pair.master, writer, screen, news, _home: home }
    }

    fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    fn resize(&self, rows: u16, columns: u16) {
        self.screen.lock().unwrap().screen_mut().set_size(cells(rows), cells(columns));
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Waits until the screen is as described; output wakes it.
    fn wait(&self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        let end = Instant::now() + LIMIT;
        loop {
            if is_so(self.screen.lock().unwrap().screen()) {
                return;
            }
            let left = end.saturating_duration_since(Instant::now());
            let contents = || self.screen.lock().unwrap().screen().contents();
            assert!(!left.is_zero(), "waited in vain for {what}:\n{}", contents());
            let _ = self.news.recv_timeout(left.min(Duration::from_millis(100)));
        }
    }

    fn wait_for(&self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    fn signal(&self, signal: &str) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(
            std::process::Command::new("sh").args(["-c", &format!("kill {signal} {id}")]).status().unwrap().success()
        );
    }

    #[cfg(target_os = "linux")]
    /// Waits until the system has stopped the process: a signal to continue that comes earlier is lost.
    fn wait_until_stopped(&self) {
        let end = Instant::now() + LIMIT;
        let id = self.child.process_id().unwrap().to_string();
        // The state stands behind the name, which is in parentheses.
        let state = || std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        while !state().contains(") T ") {
            assert!(Instant::now() < end, "the process was never stopped");
        }
    }

    /// Waits for the end; the terminal has to be as it was.
    fn end(mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        self.wait("the terminal to be given back", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
        status
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

#[test]
fn it_opens_a_sample_and_gives_the_terminal_back() {
    let mut program = Program::start(&[]);
    program.wait("the alternate screen", |screen| screen.alternate_screen() && screen.hide_cursor());
    program.wait_for("Samples");
    program.press("jj\r");
    program.wait_for("sample one-way-tls12");
    program.press("?");
    program.wait_for("Keys: Sessions");
    program.press("\x1b");
    program.wait("the help to go", |screen| !screen.contents().contains("Keys: Sessions"));
    program.press("q");
    assert!(program.end().success());
}

#[test]
fn control_c_ends_it_even_in_a_prompt() {
    let mut program = Program::start(&[]);
    program.wait_for("Samples");
    program.press("o");
    program.wait_for("open a capture");
    program.press("\x03");
    assert!(program.end().success());
}

#[test]
fn signals_end_it_and_give_the_terminal_back() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let program = Program::start(&[]);
        program.wait_for("Samples");
        program.signal(signal);
        program.end();
    }
}

/// Whether a process is stopped is read where Linux tells it.
#[cfg(target_os = "linux")]
#[test]
fn stopped_it_gives_the_terminal_back_and_continued_it_takes_it_again() {
    let mut program = Program::start(&[]);
    program.wait_for("Samples");
    program.signal("-TSTP");
    program.wait("the usual screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    program.wait_until_stopped();
    program.signal("-CONT");
    program.wait("the program again", |screen| screen.alternate_screen() && screen.contents().contains("Samples"));
    program.press("q");
    assert!(program.end().success());
}

#[test]
fn it_follows_the_size_of_the_terminal() {
    let mut program = Program::start(&[]);
    program.wait_for("Samples");
    program.resize(12, 50);
    program.wait_for("needs 60x16");
    program.resize(40, 120);
    program.wait_for("Samples");
    program.press("q");
    assert!(program.end().success());
}

#[test]
fn a_file_that_is_no_capture_is_named_with_its_reason() {
    let mut program = Program::start(&[concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
    program.wait_for("is not a capture");
    program.press("q");
    assert!(program.end().success());
}
