//! How long a user waits: for the first rows of a large capture, and from a key to the picture that follows it.
//!
//! `cargo bench --bench screens`. The keys are pressed with all sessions of *handshakes* on a screen of 200x50. What a
//! key begins may go on behind further pictures; then each of them counts as one that was waited for, and the time until
//! the last is told too.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops where it fails"
)]

mod support;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use support::{BULK, Capture, HANDSHAKES};
use tlslab::capture::{Dissector, Input, Keys, LoadState, Loading, Settings, Snapshot, open};
use tlslab::session::Session;
use tlslab::tui::key::Key;
use tlslab::tui::settings::Settings as ScreenSettings;
use tlslab::tui::{self, App, Msg, PATIENCE, update};

const FIRST_ROWS: Duration = Duration::from_millis(100);
const FRAME: Duration = Duration::from_millis(16);
const ROUNDS: usize = 9;

fn main() {
    let path = HANDSHAKES.path();
    first_rows(&path);
    let snapshots = load(&path);
    keys(&snapshots);
    keys(&[ten_times(snapshots.last().unwrap())]);
    for capture in [HANDSHAKES, BULK] {
        throughput(&capture);
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "NOT met" }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The median and the longest.
fn middle_and_most(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    (middle, times.last().copied().unwrap_or_default())
}

fn first_rows(path: &Path) {
    let wait = || {
        let began = Instant::now();
        let (wake, woken) = channel();
        let opened = open(&[Input::Path(path.to_owned())], true).unwrap();
        let loading = Loading::start(opened.source, None, Keys::default(), Settings::SCREEN, move || {
            wake.send(()).unwrap_or_default();
        })
        .unwrap();
        loop {
            woken.recv().unwrap();
            if loading.take_latest().is_some_and(|snapshot| !snapshot.sessions.is_empty()) {
                return began.elapsed();
            }
        }
    };
    let (middle, most) = middle_and_most((0..ROUNDS).map(|_| wait()).collect());
    println!(
        "first rows of {}: {:.0} ms, at most {:.0} ms; bar {:.0} ms: {}",
        HANDSHAKES.name,
        milliseconds(middle),
        milliseconds(most),
        milliseconds(FIRST_ROWS),
        verdict(most <= FIRST_ROWS)
    );
}

/// Loads all behind a screen and gives every state that was published.
fn load(path: &Path) -> Vec<Arc<Snapshot>> {
    let began = Instant::now();
    let (wake, woken) = channel();
    let opened = open(&[Input::Path(path.to_owned())], true).unwrap();
    let loading = Loading::start(opened.source, None, Keys::default(), Settings::SCREEN, move || {
        wake.send(()).unwrap_or_default();
    })
    .unwrap();
    let mut snapshots: Vec<Arc<Snapshot>> = Vec::new();
    while snapshots.last().is_none_or(|last| last.state == LoadState::Loading) {
        woken.recv().unwrap();
        snapshots.extend(loading.take_latest());
    }
    println!(
        "all of {}: {:.2} s, {} states on the way",
        HANDSHAKES.name,
        began.elapsed().as_secs_f64(),
        snapshots.len()
    );
    snapshots
}

/// What a capture with ten times as many sessions would come to. The frames stay as they are.
fn ten_times(snapshot: &Snapshot) -> Arc<Snapshot> {
    let count = u32::try_from(snapshot.sessions.len()).unwrap();
    let again = |time: u32| {
        snapshot.sessions.iter().map(move |session| {
            let mut session = Session::clone(session);
            session.number += time * count;
            session.stream.index += time * count;
            Arc::new(session)
        })
    };
    Arc::new(Snapshot { sessions: (0..10).flat_map(again).collect(), ..snapshot.clone() })
}

fn keys(snapshots: &[Arc<Snapshot>]) {
    let size = Size { width: 200, height: 50 };
    let mut app = App::new(ScreenSettings::default(), size);
    let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
    tui::open(&mut app, vec![Input::Path("handshakes.pcap".into())]);
    let job = app.model.loading.job;
    let mut taken = Vec::new();
    for snapshot in snapshots {
        let msg = Msg::Snapshot { job, snapshot: Arc::clone(snapshot), elapsed: Duration::ZERO };
        taken.push(step(&mut app, &mut terminal, msg));
    }
    println!("{} sessions", app.model.rows.order.len());
    if snapshots.len() > 1 {
        print_row("(a new state)", &taken);
    }
    println!("from a key to the picture:");
    for script in [
        "j",
        "k",
        "G",
        "g",
        "pagedown",
        "C-d",
        "s",
        "S",
        "s s s s",
        "S",
        "t",
        "/ C-u r e s u l t : o k enter",
        "X",
        "/ C-u s n i space c o n t a i n s space h 0 0 1 2 enter",
        "X",
        "/ C-u h 0 0 1 2 enter",
        "X",
        "/ C-u s u b j e c t space c o n t a i n s space x enter",
        "X",
        "e",
        "esc",
        "space",
        "?",
        "esc",
        ":",
        "esc",
        "]",
        "0",
        "1",
    ] {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            for key in script.split(' ') {
                let key = Key::parse(key).unwrap();
                times.push(step(&mut app, &mut terminal, Msg::Key(key)));
            }
        }
        print_row(script, &times);
    }
}

fn print_row(name: &str, steps: &[Vec<Duration>]) {
    let (middle, most) = middle_and_most(steps.concat());
    let last = steps.iter().map(|pictures| pictures.iter().sum()).max().unwrap_or(Duration::ZERO);
    println!(
        "  {name:<52} {:>6.2} ms, at most {:>6.2} ms, the last after {:>6.2} ms; bar {:.0} ms: {}",
        milliseconds(middle),
        milliseconds(most),
        milliseconds(last),
        milliseconds(FRAME),
        verdict(most <= FRAME)
    );
}

/// Does what the loop of the program does until nothing is under way; the time that each picture took to come.
fn step(app: &mut App, terminal: &mut Terminal<TestBackend>, msg: Msg) -> Vec<Duration> {
    let mut pictures = Vec::new();
    let mut next = Some(msg);
    while let Some(msg) = next {
        let began = Instant::now();
        update(app, msg);
        let updated = Instant::now();
        while app.model.is_under_way() && updated.elapsed() < PATIENCE {
            update(app, Msg::GoOn);
        }
        terminal.draw(|frame| tui::view(app, frame)).unwrap();
        pictures.push(began.elapsed());
        next = app.model.is_under_way().then_some(Msg::GoOn);
    }
    pictures
}

/// The dissector alone, in one thread and with nobody who writes what it finds.
fn throughput(capture: &Capture) {
    let path = capture.path();
    let bytes = std::fs::metadata(&path).unwrap().len() as f64;
    for (name, settings) in [("for reports", Settings::REPORT), ("for screens", Settings::SCREEN)] {
        let mut packets = 0;
        let run = |packets: &mut u64| {
            let began = Instant::now();
            let mut source = open(&[Input::Path(path.clone())], true).unwrap().source;
            let mut dissector = Dissector::new(settings);
            while let Some(packet) = source.next_packet() {
                dissector.push(&packet);
                drop(dissector.take_finished());
            }
            dissector.finish();
            *packets = dissector.packets();
            began.elapsed()
        };
        let (middle, _) = middle_and_most((0..3).map(|_| run(&mut packets)).collect());
        let seconds = middle.as_secs_f64();
        println!(
            "dissector, {} {name}: {:.2} GB/s, {:.2} million packets/s, {seconds:.2} s",
            capture.name,
            bytes / seconds / 1e9,
            packets as f64 / seconds / 1e6
        );
    }
}
