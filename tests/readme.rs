//! The README says what is so: its commands exist, its options are those of the help, its keys are those of the table.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tlslab::tui::keymap;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

fn readme() -> String {
    fs::read_to_string(path()).unwrap()
}

/// The command lines in the blocks of the README that a shell would run.
fn command_lines() -> Vec<String> {
    let text = readme();
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let lines = blocks.flat_map(str::lines).map(|line| line.split(" #").next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(index, part)| match index % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

fn output(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlslab"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    let output = command.env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR")).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn the_commands_of_the_readme_work() {
    let lines = command_lines();
    assert!(lines.iter().any(|line| line == "cargo run --release"), "{lines:?}");
    assert!(lines.iter().any(|line| line == "cargo test"), "{lines:?}");
    let mut run = 0;
    for line in lines {
        let before_pipe = line.split(" | ").next().unwrap_or_default();
        let words = words(before_pipe);
        let words: Vec<&str> = words.iter().map(String::as_str).take_while(|word| *word != ">").collect();
        let Some((&"tlslab", arguments)) = words.split_first() else { continue };
        let (status, stderr) = output(arguments);
        let opens_screens = arguments.first().is_none_or(|first| first.contains('.') || ["-", "lab"].contains(first));
        if opens_screens {
            assert!(stderr.contains("need a terminal"), "{line}: {stderr}");
        } else {
            assert!(matches!(status, Some(0 | 1)) && !stderr.contains("error:"), "{line}: {status:?} {stderr}");
        }
        run += 1;
    }
    assert!(run > 5, "the examples of the README were not found");
}

#[test]
fn each_command_is_in_the_readme() {
    let text = readme();
    for command in ["inspect", "keys", "live", "interfaces", "run", "check", "lab", "fields", "completions", "man"] {
        assert!(text.contains(&format!("tlslab {command}")), "tlslab {command}");
    }
    for option in [
        "--format",
        "--filter",
        "--fail-on",
        "--no-embedded-keys",
        "--keylog",
        "--rsa-key",
        "--psk",
        "--print-config",
        "--schema",
        "--keywords",
        "--new",
    ] {
        assert!(text.contains(option), "{option}");
    }
}

#[test]
fn the_keys_are_those_of_the_table() {
    let text = readme();
    let (before, rest) = text.split_once("<!-- keys -->").unwrap();
    let (keys, behind) = rest.split_once("<!-- /keys -->").unwrap();
    let table = keymap::markdown();
    if std::env::var_os("UPDATE_README").is_some_and(|value| value == "1") {
        let text = format!("{before}<!-- keys -->\n{}\n<!-- /keys -->{behind}", table.trim());
        fs::write(path(), text).unwrap();
        return;
    }
    assert!(keys.trim() == table.trim(), "UPDATE_README=1 writes the keys of README.md anew:\n\n{table}");
}
