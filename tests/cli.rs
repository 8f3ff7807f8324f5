//! The program as a shell sees it: exit status, stdout, stderr.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops where it fails")]

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlslab"));
    // Nobody's own configuration takes part.
    command.args(arguments).env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR")).env_remove("NO_COLOR");
    command.stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Run {
    let output = command(arguments).output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The captures of the project.
fn captures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let Ok(entries) = std::fs::read_dir(&folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "pcapng"));
    found.sort();
    found
}

#[test]
fn what_is_asked_for_goes_to_stdout() {
    for (arguments, part) in [
        (&["--help"][..], "Usage: tlslab"),
        (&["--version"], "tlslab 0."),
        (&["inspect", "--help"], "--fail-on"),
        (&["fields"], "tls.handshake.extensions_server_name"),
        (&["man"], ".TH tlslab"),
        (&["completions", "bash"], "_tlslab"),
        (&["--print-config"], "color = \"auto\""),
    ] {
        let run = run(arguments);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(run.stdout.contains(part), "{arguments:?}: {}", run.stdout);
    }
}

#[test]
fn what_cannot_be_done_is_said_on_stderr() {
    for (arguments, part) in [
        (&[][..], "need a terminal"),
        (&["inspect"], "<FILE>"),
        (&["inspect", "--format", "xml", "a.pcap"], "ndjson"),
        (&["inspect", "--filter", "resutl:ok", "a.pcap"], "did you mean result?"),
        (&["inspect", "--filter", "sni ==", "a.pcap"], "\n        ^"),
        (&["inspect", "there/is/no/such.pcap"], "there/is/no/such.pcap"),
    ] {
        let run = run(arguments);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(part), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let mut child = command(&["completions", "zsh"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_capture_gives_the_same_sessions_in_every_format() {
    let captures = captures();
    if captures.is_empty() {
        println!("skipped: there is no captures/*.pcapng");
    }
    for path in captures {
        let path = path.to_str().unwrap();
        let document = run(&["inspect", "--format", "json", path]);
        let lines = run(&["inspect", "--format", "ndjson", path]);
        let text = run(&["inspect", path]);
        assert_eq!((document.status, lines.status, text.status), (0, 0, 0), "{path}: {}", text.stderr);
        let document: serde_json::Value = serde_json::from_str(&document.stdout).unwrap();
        let lines: Vec<serde_json::Value> =
            lines.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(document["schema"], 1);
        assert_eq!(document["sessions"], serde_json::Value::from(lines.clone()), "{path}");
        let printed = text.stdout.lines().filter(|line| line.starts_with('#')).count();
        assert_eq!(printed, lines.len(), "{path}");
        assert!(!text.stdout.contains('\u{1b}'), "{path}: colour without a terminal");
        let none = run(&["inspect", "--format", "ndjson", "--filter", "sni == \"no such name\"", path]);
        assert_eq!((none.status, none.stdout.as_str()), (0, ""), "{path}");
    }
}
