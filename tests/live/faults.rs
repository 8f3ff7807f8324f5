//! What goes wrong while packets are captured: interfaces that go, disks that fill, ends without a word. What was
//! captured is never lost by it, and it is said what happened.

use super::capture::{Live, can_capture, inspected, run, until};
use super::network::Pair;
use super::peers::{Stage, free_port};
use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::process::Command;

/// Sends packets to a port until something has happened.
pub fn ping_until(port: u16, what: &str, mut holds: impl FnMut() -> bool) -> u64 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut count = 0;
    until(what, || {
        for _ in 0..64 {
            count += u64::from(socket.send_to(&[0; 1400], ("127.0.0.1", port)).is_ok());
        }
        holds()
    });
    count
}

/// Packets to the far side. The first waits until it is known where that is; then they are on the wire.
fn greet(pair: &Pair) {
    let socket = UdpSocket::bind((pair.near_address.as_str(), 0)).unwrap();
    let sent = || fs::read_to_string(format!("/sys/class/net/{}/statistics/tx_packets", pair.near)).unwrap();
    let sent = || sent().trim().parse::<u64>().unwrap();
    let before = sent();
    for _ in 0..GREETINGS {
        socket.send_to(b"hello", (pair.far_address.as_str(), 9)).unwrap();
    }
    until("the greetings are sent", || sent() >= before + GREETINGS);
}

/// As many as may wait for an address.
const GREETINGS: u64 = 3;

fn packets(file: &Path) -> u64 {
    let text = run(super::capture::PROGRAM, &["inspect", "--format", "json", file.to_str().unwrap()]);
    serde_json::from_str::<serde_json::Value>(&text).unwrap()["packets"].as_u64().unwrap()
}

#[test]
fn an_interface_that_is_removed_is_told_and_the_others_go_on() {
    let Some(stage) = Stage::new() else { return };
    let Some(pair) = Pair::new() else { return };
    let mut live = Live::start(&["-i", &pair.near, "-i", "lo", "-f", &stage.filter]);
    run("ip", &["link", "del", &pair.near]);
    live.hear(&format!("{}: ", pair.near));
    assert!(live.said.contains("the others go on"), "{}", live.said);
    stage.visit("1.3");
    live.sessions(1);
    assert_eq!(live.terminate().status.code(), Some(0));
}

#[test]
fn the_last_interface_that_goes_ends_the_capture() {
    if !can_capture() {
        return;
    }
    let Some(pair) = Pair::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.pcapng");
    let live = Live::start(&["-i", &pair.near, "-f", "udp port 9", "-w", file.to_str().unwrap()]);
    greet(&pair);
    run("ip", &["link", "del", &pair.near]);
    let ended = live.end();
    assert_eq!(ended.status.code(), Some(2), "{}", ended.said);
    assert!(ended.said.contains("capturing has ended") && ended.said.contains(&pair.near), "{}", ended.said);
    assert_eq!((ended.summary()["captured"].as_u64(), packets(&file)), (Some(GREETINGS), GREETINGS));
}

/// A cable that is pulled and plugged in again: either the capture goes on, or it says why it does not.
#[test]
fn an_interface_that_goes_down_loses_nothing() {
    if !can_capture() {
        return;
    }
    let Some(pair) = Pair::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.pcapng");
    let live = Live::start(&["-i", &pair.near, "-f", "udp port 9", "-w", file.to_str().unwrap()]);
    greet(&pair);
    run("ip", &["link", "set", &pair.near, "down"]);
    run("ip", &["link", "set", &pair.near, "up"]);
    greet(&pair);
    let ended = live.terminate();
    let told = ended.said.contains("capturing has ended") && ended.said.contains(&pair.near);
    assert!(ended.status.code() == Some(0) || (ended.status.code() == Some(2) && told), "{}", ended.said);
    let expected = if told { GREETINGS } else { 2 * GREETINGS };
    assert_eq!(packets(&file), expected, "{}", ended.said);
}

#[test]
fn a_full_disk_ends_the_capture_and_loses_nothing() {
    if !can_capture() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "none"]).arg(&disk).status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("skipped: no permission to mount a small disk");
        return;
    }
    let file = disk.join("out.pcapng");
    let port = free_port();
    let mut live = Live::start(&["-i", "lo", "-f", &format!("udp port {port}"), "-w", file.to_str().unwrap()]);
    ping_until(port, "the disk is full", || live.has_ended());
    let ended = live.end();
    let found = packets(&file);
    run("umount", &[disk.to_str().unwrap()]);
    assert_eq!(ended.status.code(), Some(2), "{}", ended.said);
    for part in ["capturing has ended: cannot write", "No space left", "everything that was captured is in the file"] {
        assert!(ended.said.contains(part), "{part}: {}", ended.said);
    }
    let summary = ended.summary();
    assert_eq!((summary["captured"].as_u64(), summary["decoded"].as_u64()), (Some(found), Some(found)));
    assert!(found > 1000, "{found}");
}

#[test]
fn a_ring_keeps_the_newest_and_everything_is_decoded() {
    if !can_capture() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.pcapng");
    let port = free_port();
    let filter = format!("udp port {port}");
    let live = Live::start(&["-i", "lo", "-f", &filter, "--ring", "size=64KiB,files=3", "-w", file.to_str().unwrap()]);
    let files: Vec<_> = (1..=3).map(|number| folder.path().join(format!("out-{number}.pcapng"))).collect();
    let mut seen = [false; 3];
    let mut before = vec![0; 3];
    ping_until(port, "every file was begun anew", || {
        let now: Vec<u64> = files.iter().map(|file| file.metadata().unwrap().len()).collect();
        for (index, (now, before)) in now.iter().zip(&before).enumerate() {
            seen[index] |= now < before;
        }
        before = now;
        seen.iter().all(|seen| *seen)
    });
    let ended = live.terminate();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.said);
    let summary = ended.summary();
    let [captured, decoded] = ["captured", "decoded"].map(|name| summary[name].as_u64().unwrap());
    assert_eq!(captured, decoded + summary["not_decoded"].as_u64().unwrap_or(0), "{summary}");
    for file in &files {
        let length = file.metadata().unwrap().len();
        assert!((200..68 << 10).contains(&length), "{length}");
        assert!(packets(file) > 0);
    }
}

/// Nobody has time to say anything, and still the file can be read.
#[test]
fn what_was_captured_outlives_a_kill() {
    let Some(stage) = Stage::new() else { return };
    let file = stage.file();
    let live = Live::start(&["-i", "lo", "-f", &stage.filter, "-w", file.to_str().unwrap()]);
    stage.visit("1.2");
    let told = live.sessions(1);
    live.signal("KILL");
    assert_eq!(live.end().status.code(), None);
    assert_eq!(inspected(&file), told);
}
