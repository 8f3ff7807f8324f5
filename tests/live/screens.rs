//! Live capture on the screens, in a real terminal.

use super::capture::{PROGRAM, can_capture, have, inspected, run, until};
use super::faults::ping_until;
use super::network::Pair;
use super::peers::{Stage, free_port};
use super::rights::{keeps_only_capturing, status};
use super::terminal::Program;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The capture file that the screen names.
fn file_on_screen(program: &Program) -> PathBuf {
    program.wait_for(".pcapng (temporary)");
    let contents = program.contents();
    PathBuf::from(contents.split_whitespace().find(|word| word.ends_with(".pcapng")).unwrap())
}

/// Puts the cursor of the picker on lo and enters a filter.
fn choose_lo(program: &mut Program, filter: &str) {
    program.press("I");
    program.wait_for("up, loopback");
    let contents = program.contents();
    let names = contents.lines().skip_while(|line| !line.contains("addresses and description")).skip(1);
    let row = names.take_while(|line| !line.contains("up, loopback")).count();
    program.press(&"k".repeat(50));
    program.press(&"j".repeat(row));
    program.press("f");
    program.press("\x15");
    program.press(filter);
    program.wait_for("libpcap takes it");
    program.press("\r");
    program.wait_for(&format!("filter: {filter}"));
}

/// The processes that a process has started.
fn children(id: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    // The second word behind the name, which is in parentheses, is the parent.
    let parent = |number: &u32| {
        let text = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
        text.rsplit_once(") ")?.1.split(' ').nth(1)?.parse::<u32>().ok()
    };
    numbers.filter(|number| parent(number) == Some(id)).collect()
}

#[test]
fn a_session_is_on_the_screen_with_its_verdict_as_it_happens() {
    let Some(stage) = Stage::new() else { return };
    let mut program = Program::start(&["live", "-i", "lo", "-f", &stage.filter]);
    program.wait_for("waiting for TLS on lo");
    program.wait_for("as nobody");
    stage.greet("first.example");
    // Whether the client said something before it left is another matter.
    program.wait_for("handshake");
    program.wait_for("first.example");
    program.press("p");
    program.wait_for("PAUSED");
    stage.greet("second.example");
    program.wait_for("1 new");
    assert!(!program.contents().contains("second.example"));
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
#[test]
fn a_live_capture_into_a_file_ends_at_once() {
    if !can_capture() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.pcapng");
    let mut program = Program::start(&["live", "-i", "lo", "-f", "tcp port 1", "-w", file.to_str().unwrap()]);
    program.wait_for("waiting for TLS on lo");
    program.press("q");
    assert!(program.end().success());
    assert!(file.metadata().unwrap().len() > 0);
}

/// The rights were given up for the first capture, and another process has the one that is needed for the second.
#[test]
fn another_capture_begins_in_the_same_program() {
    let (Some(first), Some(second)) = (Stage::new(), Stage::new()) else { return };
    for by_picker in [false, true] {
        let start = ["live", "-i", "lo", "-f", &first.filter];
        let mut program = Program::start(if by_picker { &[] } else { &start });
        if by_picker {
            program.wait_for("Samples");
            choose_lo(&mut program, &first.filter);
            program.press("\r");
        }
        program.wait_for("waiting for TLS on lo");
        first.greet("first.example");
        program.wait_for("first.example");
        choose_lo(&mut program, &second.filter);
        program.press("\r");
        program.wait_for("Begin another all the same?");
        program.press("y");
        program.wait_for("waiting for TLS on lo");
        first.greet("first.example");
        second.greet("second.example");
        program.wait_for("second.example");
        assert!(!program.contents().contains("first.example"), "{}", program.contents());
        let lenders = children(program.id());
        assert_eq!(lenders.len(), 1);
        keeps_only_capturing(lenders[0]);
        assert_eq!(status(program.id(), "CapPrm"), ["0000000000000000"]);
        program.press("\x03");
        assert!(program.end().success());
        until("the lender ends with it", || !fs::exists(format!("/proc/{}", lenders[0])).unwrap());
    }
}

/// Nobody said that what was captured may go.
#[test]
fn what_was_captured_outlives_a_signal_and_a_terminal_that_is_closed() {
    let Some(stage) = Stage::new().filter(|_| have(&["script"])) else { return };
    for signal in ["-HUP", "-TERM", "closed"] {
        let arguments = ["live", "-i", "lo", "-f", &stage.filter];
        let program = if signal == "closed" {
            // A terminal of its own, that goes when the program is killed that made it.
            Program::launch("script", &["-qfc", &format!("{PROGRAM} live -i lo -f '{}'", stage.filter), "/dev/null"])
        } else {
            Program::start(&arguments)
        };
        program.wait_for("waiting for TLS on lo");
        stage.greet("first.example");
        program.wait_for("first.example");
        let file = file_on_screen(&program);
        if signal == "closed" {
            let inside = children(program.id());
            program.signal("-KILL");
            until("it ends with its terminal", || inside.iter().all(|id| !fs::exists(format!("/proc/{id}")).unwrap()));
        } else {
            program.signal(signal);
            program.wait_for("what was captured is in");
            assert!(program.end().success(), "{signal}");
        }
        assert_eq!(inspected(&file).len(), 1, "{signal}");
        fs::remove_dir_all(file.parent().unwrap()).unwrap();
    }
}

/// Without the right to capture the picker says what gives it, and everything else goes on.
#[test]
fn without_rights_the_picker_says_what_gives_them() {
    if !can_capture() || !have(&["setpriv"]) {
        return;
    }
    let nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "--"];
    let runs = Command::new("setpriv").args(nobody).args([PROGRAM, "--version"]).output().unwrap();
    if !runs.status.success() {
        println!("skipped: nobody else can run {PROGRAM}");
        return;
    }
    let mut program = Program::launch("setpriv", &[&nobody[..], &[PROGRAM]].concat());
    program.wait_for("Samples");
    program.press("I");
    program.wait_for("up, loopback");
    program.press("\r");
    program.wait_for("no permission");
    program.wait_for("setcap cap_net_raw,cap_net_admin=eip");
    program.press("5");
    program.wait_for("Scenarios");
    program.press("0");
    program.wait_for("Samples");
    program.press("jjj\r");
    program.wait_for("handshake");
    program.press("\x03");
    assert!(program.end().success());
}

#[test]
fn an_interface_that_is_removed_is_told_on_the_screen() {
    let Some(stage) = Stage::new() else { return };
    for others in [true, false] {
        let Some(pair) = Pair::new() else { return };
        let interfaces: &[&str] = if others { &["-i", &pair.near, "-i", "lo"] } else { &["-i", &pair.near] };
        let mut program = Program::start(&[&["live", "-f", &stage.filter], interfaces].concat());
        program.wait_for("waiting for TLS on");
        run("ip", &["link", "del", &pair.near]);
        if others {
            program.wait_for("the others go on");
            stage.greet("after.example");
            program.wait_for("after.example");
        } else {
            program.wait_for("capturing has ended: tl");
            program.wait_for("ENDED");
        }
        program.press("\x03");
        assert!(program.end().success());
    }
}

#[test]
fn a_session_whose_packets_left_the_ring_says_so() {
    let Some(stage) = Stage::new() else { return };
    let (port, file) = (free_port(), stage.file());
    let filter = format!("{} or udp port {port}", stage.filter);
    let ring = ["--ring", "size=64KiB,files=2", "-w", file.to_str().unwrap()];
    let mut program = Program::start(&[&["live", "-i", "lo", "-f", &filter][..], &ring].concat());
    program.wait_for("waiting for TLS on lo");
    stage.greet("first.example");
    program.wait_for("first.example");
    ping_until(port, "its packets are gone", || program.contents().contains("its first packets are there no more"));
    program.press("\r");
    program.wait_for("no bytes: its first packets are there no more");
    program.press("3");
    program.wait_for("its first packets are there no more");
    program.press("q");
    program.press("\x03");
    assert!(program.end().success());
}

#[test]
fn sessions_leave_the_list_when_there_are_too_many() {
    let Some(stage) = Stage::new() else { return };
    let mut program = Program::start(&["live", "-i", "lo", "-f", &stage.filter, "--keep", "2"]);
    program.wait_for("waiting for TLS on lo");
    stage.greet("first.example");
    program.wait_for("first.example");
    // The first is marked, and so stays.
    program.press(" ");
    program.wait_for("1 marked");
    for name in ["second.example", "third.example", "fourth.example"] {
        stage.greet(name);
        program.wait_for(name);
    }
    program.wait_for("2 older sessions left the list, 2 stay");
    program.wait("the others", |screen| {
        let has = |name| screen.contents().contains(name);
        has("first.example") && has("fourth.example") && !has("second.example") && !has("third.example")
    });
    program.press("\x03");
    assert!(program.end().success());
}
