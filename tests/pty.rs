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

#[path = "support/terminal.rs"]
mod terminal;

use terminal::Program;
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
