//! How memory goes while sessions come for a long time: without screens, and on them.
//!
//! The *handshakes* capture is sent again and again, with other addresses each time, so that every session is a new one.
//! At the usual rate ten minutes bring as many sessions as an hour at about two hundred a second. The longest to fill is
//! what is remembered of conversations that are over, for which 131,072 have to come.

use super::terminal::Program;
use super::{BURST, RECEIVER, SENDER};
use std::fs;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Packets a second, unless told otherwise.
const RATE: u64 = 20_000;
/// How often memory is looked at; more often in short runs.
const LOOK: Duration = Duration::from_secs(20);
const LOOKS: u32 = 15;
/// What memory may grow by after the warm-up, which is the first third.
const FLAT: f64 = 1.05;

pub(super) fn run(packets: Vec<Vec<u8>>, time: Duration, rate: Option<u64>) {
    let rate = rate.unwrap_or(RATE);
    let mut headless = headless();
    let mut screens = Program::start(&["live", "-i", RECEIVER, "-f", "tcp"]);
    screens.wait_for("waiting for TLS");
    let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let sender = send(packets, rate, &stop, &sent);
    let began = Instant::now();
    println!("{rate} packets a second for {} s", time.as_secs());
    println!("{:>6} {:>12} {:>10}   {:>12} {:>12}", "s", "packets", "sessions", "headless MB", "screens MB");
    let mut seen: Vec<[f64; 2]> = Vec::new();
    while began.elapsed() < time {
        thread::sleep(LOOK.min(time / LOOKS));
        let memory = [headless.id(), screens.id()].map(resident);
        let packets = sent.load(Ordering::Relaxed);
        let (elapsed, sessions) = (began.elapsed().as_secs(), sessions(&screens));
        println!("{elapsed:>6} {packets:>12} {sessions:>10}   {:>12.1} {:>12.1}", memory[0], memory[1]);
        seen.push(memory);
    }
    stop.store(true, Ordering::Relaxed);
    sender.join().unwrap();
    for (place, name) in ["headless", "screens"].iter().enumerate() {
        println!("{name}: {}", verdict(&seen.iter().map(|memory| memory[place]).collect::<Vec<_>>()));
    }
    end(&mut headless);
    for line in screens.contents().lines().take(3) {
        println!("screen: {}", line.trim_end());
    }
    screens.press("\x03");
    assert!(screens.end().success());
}

/// How many sessions there were, as the title line of the screens says.
fn sessions(screens: &Program) -> String {
    let contents = screens.contents();
    let parts = contents.lines().next().unwrap_or_default().split("  ");
    parts.filter_map(|part| part.trim().strip_suffix(" sessions")).last().unwrap_or_default().to_owned()
}

/// Whether memory has grown since the warm-up: the most of the last third beside the most of the second.
fn verdict(seen: &[f64]) -> String {
    let third = seen.len() / 3;
    let most = |part: &[f64]| part.iter().copied().fold(0.0, f64::max);
    let [middle, last] = [most(&seen[third..seen.len() - third]), most(&seen[seen.len() - third..])];
    let word = if last <= middle * FLAT { "flat" } else { "NOT flat" };
    format!("{word} after the warm-up: at most {middle:.1} MB, then {last:.1} MB")
}

/// What a process has in memory, in megabytes.
fn resident(id: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kibibytes: f64 = line.split_whitespace().next().unwrap().parse().unwrap();
    kibibytes * 1024.0 / 1e6
}

fn headless() -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlslab"));
    command.args(["live", "--headless", "-i", RECEIVER, "-f", "tcp"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Ends it, and says what it says.
fn end(headless: &mut Child) {
    let _ = Command::new("kill").args(["-s", "INT", &headless.id().to_string()]).status();
    let mut said = String::new();
    headless.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    headless.wait().unwrap();
    println!("headless: {}", said.lines().last().unwrap_or_default());
}

/// Sends all packets again and again, until told to stop.
fn send(mut packets: Vec<Vec<u8>>, rate: u64, stop: &Arc<AtomicBool>, sent: &Arc<AtomicU64>) -> JoinHandle<()> {
    let (stop, sent) = (Arc::clone(stop), Arc::clone(sent));
    thread::spawn(move || {
        let mut card = pcap::Capture::from_device(SENDER).unwrap().open().unwrap();
        let (began, mut count) = (Instant::now(), 0_u64);
        for round in 1..=u8::MAX {
            for burst in packets.chunks_mut(BURST) {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let due = Duration::from_secs_f64(count as f64 / rate as f64);
                thread::sleep(due.saturating_sub(began.elapsed()));
                for packet in burst {
                    renew(packet, round);
                    while card.sendpacket(&packet[..]).is_err() {}
                    count += 1;
                }
                sent.store(count, Ordering::Relaxed);
            }
        }
    })
}

/// Gives an Ethernet frame other addresses: the second byte of both in IPv4, the second but one in IPv6.
fn renew(packet: &mut [u8], round: u8) {
    let places = if packet[12..14] == [0x86, 0xdd] { [36, 52] } else { [27, 31] };
    for place in places {
        packet[place] ^= round ^ (round - 1);
    }
}
