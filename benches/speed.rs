//! How long `tlslab inspect` takes for a large capture beside `tcpdump -r` and `cat`, and how much memory.
//!
//! Times differ from machine to machine and from minute to minute, so each round runs all three, one after the other,
//! and what counts is the ratio within a round. `cargo bench --bench speed`; `-- handshakes` or `-- bulk` for one of
//! them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops where it fails"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;
use support::process::{Run, median, peak_memory};
use support::{BULK, Capture, HANDSHAKES};

const ROUNDS: usize = 7;
const MB: f64 = 1_000_000.0;

/// What is wanted for a capture.
struct Bar {
    /// The time as a multiple of tcpdump's: what must be, and what is aimed at.
    ratio: f64,
    goal: f64,
    /// Memory of its own in MB: what must be, and what is aimed at.
    memory: f64,
    memory_goal: f64,
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let bars = [
        (HANDSHAKES, Bar { ratio: 3.0, goal: 2.0, memory: 150.0, memory_goal: 64.0 }),
        (BULK, Bar { ratio: 1.5, goal: 1.0, memory: 150.0, memory_goal: 64.0 }),
    ];
    for (capture, bar) in bars {
        if wanted.is_empty() || wanted.iter().any(|name| name == capture.name) {
            measure(&capture, &bar);
        }
    }
}

fn measure(capture: &Capture, bar: &Bar) {
    let path = capture.path();
    let length = fs::metadata(&path).unwrap().len();
    println!("\n{}: {} sessions, {:.0} MB, {ROUNDS} rounds", capture.name, capture.sessions, length as f64 / MB);
    let tcpdump = has_tcpdump();
    if !tcpdump {
        println!("  tcpdump is not installed: no comparison");
    }
    let mut runs: [Vec<Run>; 3] = Default::default();
    for round in 0..=ROUNDS {
        let commands = [tcpdump.then(|| dump(&path)), Some(cat(&path)), Some(tlslab(&path))];
        for (runs, command) in runs.iter_mut().zip(commands) {
            let Some(mut command) = command else { continue };
            let run = Run::of(&mut command);
            // The first round warms the page cache.
            if round > 0 {
                runs.push(run);
            }
        }
    }
    let [dumps, cats, ours] = &runs;
    for (name, runs) in [("tcpdump -r", dumps), ("cat", cats), ("tlslab inspect", ours)] {
        print_times(name, runs);
    }
    if tcpdump {
        let ratios = |of: fn(&Run) -> f64| median(ours.iter().zip(dumps).map(|(own, dump)| of(own) / of(dump)));
        let ratio = ratios(|run| run.wall);
        println!("  CPU time against tcpdump: {:.2} times", ratios(|run| run.processor));
        println!("  wall time against tcpdump: {ratio:.2} times; {}", verdict(ratio, bar.ratio, bar.goal, ""));
    }
    let peak = peak_memory(tlslab(&path)) / MB;
    println!("  peak of anonymous memory: {peak:.0} MB; {}", verdict(peak, bar.memory, bar.memory_goal, " MB"));
}

fn verdict(value: f64, bar: f64, goal: f64, unit: &str) -> String {
    let word = |limit: f64| if value <= limit { "met" } else { "NOT met" };
    format!("bar {bar}{unit}: {}, goal {goal}{unit}: {}", word(bar), word(goal))
}

fn has_tcpdump() -> bool {
    Command::new("tcpdump").arg("--version").output().is_ok()
}

fn dump(path: &Path) -> Command {
    let mut command = Command::new("tcpdump");
    command.arg("-nr").arg(path).args(["-w", "/dev/null"]);
    command
}

fn cat(path: &Path) -> Command {
    let mut command = Command::new("cat");
    command.arg(path);
    command
}

fn tlslab(path: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlslab"));
    // Nobody's own configuration takes part.
    command.args(["inspect", "--format", "ndjson"]).arg(path).env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"));
    command
}

fn print_times(name: &str, runs: &[Run]) {
    if runs.is_empty() {
        return;
    }
    let wall = |pick: fn(f64, f64) -> f64| runs.iter().map(|run| run.wall).reduce(pick).unwrap_or_default();
    let middle = median(runs.iter().map(|run| run.wall));
    let processor = median(runs.iter().map(|run| run.processor));
    println!(
        "  {name:<15} wall {:.2} / {middle:.2} / {:.2} s (least, median, most), CPU {processor:.2} s",
        wall(f64::min),
        wall(f64::max)
    );
}
