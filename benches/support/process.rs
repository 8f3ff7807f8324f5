//! What other programs take while they run.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Time between two looks at the memory of the process.
const LOOK: Duration = Duration::from_millis(5);

/// The most anonymous memory that the process had at any look, in bytes. The mapped file is the system's to take
/// back, so it does not count.
pub(crate) fn peak_memory(mut command: Command) -> f64 {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0_f64;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        peak = peak.max(kilobytes.unwrap_or_default() * 1024.0);
        thread::sleep(LOOK);
    }
    peak
}

/// What one run of a program took, in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub(crate) wall: f64,
    /// In user and system mode, of all threads.
    pub(crate) processor: f64,
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let (before, began) = (children_time(), Instant::now());
        let status = command.status().unwrap();
        let wall = began.elapsed().as_secs_f64();
        assert!(status.success(), "{command:?}: {status}");
        Self { wall, processor: (children_time() - before).max(0.01) }
    }
}

/// CPU time of all children that have ended, in seconds: `cutime` and `cstime` of proc_pid_stat(5), in hundredths.
fn children_time() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit(") ").next().unwrap_or_default();
    let fields: Vec<&str> = behind_name.split(' ').collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    (ticks(13) + ticks(14)) / 100.0
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
