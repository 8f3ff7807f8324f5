//! The real program in a real pseudo terminal, and what is on its screen.

#![allow(dead_code, reason = "each test that includes it uses some of it")]
#![allow(unreachable_pub, reason = "nobody sees it but the tests")]

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What has not happened by then never will.
const LIMIT: Duration = Duration::from_secs(20);

/// The program, with what is on its screen.
pub struct Program {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
    news: Receiver<()>,
    _home: tempfile::TempDir,
}

impl Program {
    /// Starts it with arguments of its own.
    pub fn start(arguments: &[&str]) -> Self {
        Self::launch(env!("CARGO_BIN_EXE_tlslab"), arguments)
    }

    /// Starts something that starts it.
    pub fn launch(program: &str, arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
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

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Gives the terminal another size.
    pub fn resize(&self, rows: u16, columns: u16) {
        self.screen.lock().unwrap().screen_mut().set_size(cells(rows), cells(columns));
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Waits until the screen is as described; output wakes it.
    pub fn wait(&self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
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

    /// Waits until a text is on the screen.
    pub fn wait_for(&self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    /// Sends a signal to the process.
    pub fn signal(&self, signal: &str) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(
            std::process::Command::new("sh").args(["-c", &format!("kill {signal} {id}")]).status().unwrap().success()
        );
    }

    /// Waits until the system has stopped the process: a signal to continue that comes earlier is lost.
    pub fn wait_until_stopped(&self) {
        let end = Instant::now() + LIMIT;
        let id = self.child.process_id().unwrap().to_string();
        // The state stands behind the name, which is in parentheses.
        let state = || std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        while !state().contains(") T ") {
            assert!(Instant::now() < end, "the process was never stopped");
        }
    }

    /// What is on the screen.
    pub fn contents(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits for the end; the terminal has to be as it was.
    pub fn end(mut self) -> ExitStatus {
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
