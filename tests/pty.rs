//! The real program in a real pseudo terminal: it draws, and whatever ends it, the terminal is given back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
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
    program.press("jjj\r");
    // Whether the client said something before it left is another matter.
    program.wait_for("handshake");
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

/// Whether this machine lets us capture, and has OpenSSL; it says why not.
#[cfg(target_os = "linux")]
fn can_capture() -> bool {
    let said = |program: &str, argument: &str| {
        let output = std::process::Command::new(program).arg(argument).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let lacking = [
        (pcap_loader::load().is_err(), "libpcap"),
        (said("id", "-u").as_deref() != Some("0"), "root"),
        (said("openssl", "version").is_none(), "openssl"),
    ];
    let missing = lacking.iter().find(|(lacks, _)| *lacks);
    missing.inspect(|(_, what)| println!("skipped: no {what}")).is_none()
}

/// A server of OpenSSL on a free port, until it is dropped.
#[cfg(target_os = "linux")]
struct Server {
    child: std::process::Child,
    port: u16,
    _folder: tempfile::TempDir,
}

#[cfg(target_os = "linux")]
impl Server {
    fn start() -> Self {
        use std::process::{Command, Stdio};
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
            .args(["-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "cert.pem"])
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("openssl")
            .args(["s_server", "-quiet", "-key", "key.pem", "-cert", "cert.pem", "-accept", &port.to_string()])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, port, _folder: folder }
    }

    /// Has a client go through a handshake; again and again until the server is there.
    fn greet(&self, name: &str) {
        use std::process::{Command, Stdio};
        let end = Instant::now() + LIMIT;
        let to = format!("127.0.0.1:{}", self.port);
        let client = || {
            let mut client = Command::new("openssl");
            client.args(["s_client", "-connect", &to, "-servername", name]).stdin(Stdio::null());
            client.output().unwrap().status.success()
        };
        while !client() {
            assert!(Instant::now() < end, "no handshake");
        }
    }
}

#[cfg(target_os = "linux")]
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_session_is_on_the_screen_with_its_verdict_as_it_happens() {
    if !can_capture() {
        return;
    }
    let server = Server::start();
    let filter = format!("tcp port {}", server.port);
    let mut program = Program::start(&["live", "-i", "lo", "-f", &filter]);
    program.wait_for("waiting for TLS on lo");
    program.wait_for("as nobody");
    server.greet("first.example");
    // Whether the client said something before it left is another matter.
    program.wait_for("handshake");
    program.wait_for("first.example");
    program.press("p");
    program.wait_for("PAUSED");
    server.greet("second.example");
    program.wait_for("1 new");
    assert!(!program.screen.lock().unwrap().screen().contents().contains("second.example"));
    program.press("p");
    program.wait_for("second.example");
    program.press("c");
    program.wait_for("ENDED");
    program.press("q");
    program.wait_for("temporary file only");
    program.press("y");
    assert!(program.end().success());
}

/// With a file of the user's own nothing is asked, and nothing is waited for.
#[cfg(target_os = "linux")]
#[test]
fn a_live_capture_into_a_file_ends_at_once() {
    if !can_capture() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.pcapng");
    let filter = "tcp port 1";
    let mut program = Program::start(&["live", "-i", "lo", "-f", filter, "-w", file.to_str().unwrap()]);
    program.wait_for("waiting for TLS on lo");
    program.press("q");
    assert!(program.end().success());
    assert!(file.metadata().unwrap().len() > 0);
}
