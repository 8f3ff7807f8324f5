//! `tlslab live`: sessions as they happen, on the screens or without them.
//!
//! The process has one thread until the interfaces are open and every right is given up; threads, key files and the
//! decoder come after that.

use super::arguments::LiveArguments;
use super::inspect::chosen;
use super::keys::keys_and_logs;
use super::{Failure, Status, complain, needs_terminal, remark, show};
use crate::base::{Severity, counted, printable};
use crate::capture::{
    CaptureOptions, Counts, FileNote, KeyLogFile, Lender, Limits, Live, LiveOptions, Most, News, Place, RingShape,
    Seen, Settings, Stopper, Totals, Watching, watch_sessions,
};
use crate::report::json::{Lines, LiveSummary};
use crate::tui::{self, LiveStart};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io::{self, StdoutLock};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::thread;

pub(super) fn run(arguments: &LiveArguments) -> Result<Status, Failure> {
    if arguments.headless { headless(arguments) } else { screens(arguments) }
}

/// What helps where there is no terminal.
const INSTEAD: &str = "`tlslab live --headless` prints the sessions";

/// Shows the capture on the screens. Rights are given up before the terminal is taken.
fn screens(arguments: &LiveArguments) -> Result<Status, Failure> {
    let filter = arguments.filter.clone().unwrap_or_default();
    chosen(&filter)?;
    needs_terminal(INSTEAD)?;
    // It keeps the rights that are given up now, so that the screens can begin another capture.
    let lender = if Live::may_start() { Lender::start(arguments.user.as_deref()).ok() } else { None };
    let (live, news) = Live::start(&options(arguments))?;
    announce(&live);
    let (keys, key_logs, notes) = keys_and_logs(&arguments.keys, &arguments.basis)?;
    tell_weighty(&notes);
    let most = Most { sessions: arguments.keep.map_or(Most::SCREEN.sessions, |keep| keep as usize), ..Most::SCREEN };
    let live = Some(LiveStart { live, news, filter: arguments.capture_filter.clone(), most, lender });
    show(&arguments.look, tui::Options { keys, key_logs, live, filter, ..tui::Options::default() }, INSTEAD)
}

fn headless(arguments: &LiveArguments) -> Result<Status, Failure> {
    let filter = chosen(arguments.filter.as_deref().unwrap_or_default())?;
    let (mut live, news) = Live::start(&options(arguments))?;
    // Before it is said that the capture goes on: who hears that may end it.
    listen_for_signals(live.stopper())?;
    announce(&live);
    thread::Builder::new().name("news".to_owned()).spawn(move || tell_news(&news))?;
    let (keys, logs, notes) = keys_and_logs(&arguments.keys, &arguments.basis)?;
    tell_weighty(&notes);
    for log in &logs {
        look_at(log, &live);
    }
    let opened = live.open(!logs.is_empty())?;
    let mut lines = Lines::new(io::stdout().lock());
    let (mut sessions, mut unsigned) = (0, 0);
    let settings = Settings { digest: true, ..Settings::ENDLESS };
    let key_logs = logs.into_iter().map(KeyLogFile::new).collect();
    let watching = Watching { settings, interval: arguments.interval, key_logs };
    let totals = watch_sessions(opened.source, &keys, watching, |seen| match seen {
        Seen::Over(session) if filter.matches(&session) => {
            sessions += 1;
            unsigned += u64::from(session.has_put_off());
            lines.session(&session)
        }
        Seen::Open(session) if filter.matches(&session) => lines.open_session(&session),
        Seen::Pause => lines.flush(),
        Seen::Over(_) | Seen::Open(_) => Ok(()),
    })?;
    finish(&mut live, lines, &totals, [sessions, unsigned])
}

fn options(arguments: &LiveArguments) -> LiveOptions {
    let ring = arguments.ring.map(|ring| ring.0);
    LiveOptions {
        capture: CaptureOptions {
            interfaces: arguments.interface.clone(),
            filter: arguments.capture_filter.clone(),
            snaplen: arguments.snaplen,
            buffer: arguments.buffer << 20,
            promiscuous: !arguments.no_promiscuous,
            direction: arguments.direction.into(),
        },
        place: Place {
            path: arguments.write.clone(),
            ring: if arguments.write.is_some() { ring } else { ring.or(Some(RingShape::SCRATCH)) },
        },
        limits: Limits { packets: arguments.count, duration: arguments.duration },
        user: arguments.user.clone(),
    }
}

/// Says what is captured and where it goes: after a crash, that is where it is.
fn announce(live: &Live) {
    let becomes = live.becomes().map(|name| format!(", as the user {name}")).unwrap_or_default();
    let fate = if live.is_temporary() { " (removed at the end; -w keeps it)" } else { "" };
    complain(&format!("capturing on {} into {}{fate}{becomes}", live.interfaces().join(", "), places(live)));
}

/// The files by the first and the last.
fn places(live: &Live) -> String {
    let mut paths = live.paths().map(|path| printable(&path.to_string_lossy()));
    let first = paths.next().unwrap_or_default();
    paths.last().map_or(first.clone(), |last| format!("{first} to {last}"))
}

/// Says when a key log cannot be read now. It is asked for again and again: a program may be about to write it.
fn look_at(log: &Path, live: &Live) {
    let Err(cause) = std::fs::File::open(log) else { return };
    let whose = match live.becomes() {
        Some(name) if cause.kind() == io::ErrorKind::PermissionDenied => {
            format!(" for {name}, whom root has become (--user NAME chooses another)")
        }
        _ => String::new(),
    };
    complain(&format!("key log {}: {cause}{whose}; it is read when it can be", printable(&log.to_string_lossy())));
}

/// The first signal ends the capture, and what was captured is still decoded; a second one does not wait for that.
fn listen_for_signals(stopper: Stopper) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let listen = move || {
        let mut asked = false;
        for signal in signals.forever() {
            if asked {
                std::process::exit(128 + signal);
            }
            asked = true;
            stopper.stop();
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(listen).map(|_| ())
}

fn tell_news(news: &Receiver<News>) {
    for news in news {
        match news {
            News::Gone { interface, reason } => complain(&format!("{interface}: {reason}; the others go on")),
            News::Lost(counts) => complain(&format!("lost so far: {}", losses(&counts))),
        }
    }
}

/// `3 packets by the kernel, 1 by the interface`.
fn losses(counts: &Counts) -> String {
    let said: Vec<String> = [
        (counts.dropped_by_kernel, "dropped by the kernel (--buffer gives it more room)"),
        (counts.dropped_by_interface, "dropped by the interface"),
        (counts.not_decoded, "captured, but overwritten in the ring before they were decoded"),
    ]
    .iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| format!("{} {what}", counted(*number, "packet")))
    .collect();
    said.join(", ")
}

/// Says in how many sessions signatures were left out.
fn put_off(sessions: u64) -> String {
    let sessions = counted(sessions, "session");
    format!("; the signatures of {sessions} not checked, as too many came at once (`inspect --all-signatures` does)")
}

/// Remarks about files. What the capture file says about losses is known better from the counters.
fn tell_weighty(notes: &[FileNote]) {
    let is_weighty = |note: &&FileNote| note.note.code != "file.dropped" && note.note.severity >= Severity::Note;
    notes.iter().filter(is_weighty).for_each(remark);
}

/// Sums up, and fails with the reason why the capture ended when nobody asked for that.
fn finish(
    live: &mut Live,
    mut lines: Lines<StdoutLock<'_>>,
    totals: &Totals,
    [sessions, unsigned]: [u64; 2],
) -> Result<Status, Failure> {
    let ended = live.finish();
    let counts = live.counts();
    let kept = !live.is_temporary();
    let files: Vec<PathBuf> = if kept { live.paths().map(PathBuf::from).collect() } else { Vec::new() };
    let (interfaces, decoded) = (live.interfaces(), totals.packets);
    lines.summary(&LiveSummary { interfaces, files: &files, counts, decoded, sessions, unsigned })?;
    drop(lines.finish()?);
    tell_weighty(&totals.notes);
    let lost = if counts.is_complete() { String::new() } else { format!("; {}", losses(&counts)) };
    let place = if kept { format!("; {}", places(live)) } else { String::new() };
    let unsigned = if unsigned == 0 { String::new() } else { put_off(unsigned) };
    let [packets, sessions] = [(counts.captured, "packet"), (sessions, "session")].map(|(n, what)| counted(n, what));
    complain(&format!("{packets}, {sessions}{lost}{unsigned}{place}"));
    ended?;
    Ok(Status::Done)
}
