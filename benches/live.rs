//! At which rate live capture begins to lose packets, beside dumpcap in the same run.
//!
//! The packets of the *handshakes* capture are sent from one end of a pair of virtual Ethernet cards, faster with each
//! step, and captured at the other: by dumpcap, which only writes them, and by `tlslab live --headless`, which decodes
//! them too. Sender and receiver share the processors of this machine. Needs root, libpcap, ip and dumpcap;
//! `cargo bench --bench live`.
//!
//! `-- --buffer MiB` gives both another kernel buffer than 16 MiB. `-- --soak SECONDS` looks instead how memory goes
//! while sessions come for so long.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints, and stops where it fails"
)]

#[path = "live/soak.rs"]
mod soak;
mod support;
#[path = "../tests/support/terminal.rs"]
mod terminal;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use support::HANDSHAKES;
use tlslab::capture::{Input, interfaces, open};

/// Packets a second.
const RATES: &[u64] = &[20_000, 40_000, 60_000, 80_000, 100_000, 150_000, 200_000, 300_000, 400_000];
/// For how long each rate is sent.
const STEP: f64 = 3.0;
/// How many packets are kept in memory to be sent.
const MOST: usize = 400_000;
/// Packets that are sent without a look at the clock.
const BURST: usize = 16;
const SENDER: &str = "tlsend";
const RECEIVER: &str = "tlrecv";

fn main() {
    let Some(_cards) = Cards::new() else {
        eprintln!("skipped: it needs libpcap, root, and the program ip");
        return;
    };
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str| -> Option<u64> {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)?.parse().ok()
    };
    let packets = packets(&HANDSHAKES.path());
    match number("--soak") {
        Some(seconds) => soak::run(packets, Duration::from_secs(seconds), number("--rate")),
        None => measure(&packets, tempfile::tempdir().unwrap().path(), number("--buffer").unwrap_or(16)),
    }
}

/// A pair of virtual cards, until it is dropped.
struct Cards;

impl Cards {
    fn new() -> Option<Self> {
        if interfaces().is_err() || !ip(&["link", "add", SENDER, "type", "veth", "peer", "name", RECEIVER]) {
            return None;
        }
        for card in [SENDER, RECEIVER] {
            // No packets but ours.
            let _ = fs::write(format!("/proc/sys/net/ipv6/conf/{card}/disable_ipv6"), "1");
            assert!(ip(&["link", "set", card, "mtu", "9000", "up"]));
        }
        Some(Self)
    }
}

impl Drop for Cards {
    fn drop(&mut self) {
        ip(&["link", "del", SENDER]);
    }
}

fn ip(arguments: &[&str]) -> bool {
    Command::new("ip").args(arguments).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn packets(path: &Path) -> Vec<Vec<u8>> {
    let mut source = open(&[Input::Path(path.to_owned())], false).unwrap().source;
    std::iter::from_fn(|| source.next_packet().map(|packet| packet.bytes.to_vec())).take(MOST).collect()
}

fn measure(packets: &[Vec<u8>], folder: &Path, buffer: u64) {
    println!("load average before: {}", fs::read_to_string("/proc/loadavg").unwrap().trim());
    let mut tried = Vec::new();
    println!(
        "{:>9} {:>9}   {:<10} {:>9} {:>9} {:>9}  {:>9}",
        "wanted/s", "sent/s", "by", "sent", "captured", "kernel", "interface"
    );
    for rate in RATES {
        let count = packets.len().min((*rate as f64 * STEP) as usize);
        for by in [Receiver::Dumpcap, Receiver::Tlslab] {
            let Some(mut running) = by.start(folder, &buffer.to_string()) else { continue };
            let sent = send(&packets[..count], *rate);
            // What waits in the buffer of the kernel is still taken.
            thread::sleep(Duration::from_secs(1));
            let losses = by.end(&mut running, folder);
            println!(
                "{rate:>9} {:>9.0}   {:<10} {count:>9} {:>9} {:>9} {:>9}",
                sent,
                by.name(),
                losses.captured,
                losses.kernel,
                losses.interface
            );
            let is_clean = losses.captured == count as u64;
            if !is_clean {
                println!("{:>21} {:.2} % lost", "", 100.0 * (1.0 - losses.captured as f64 / count as f64));
            }
            tried.push((by, sent, is_clean));
        }
    }
    sum_up(&tried);
}

/// Up to where each lost nothing, and how the two stand to each other.
fn sum_up(tried: &[(Receiver, f64, bool)]) {
    let of = |by| tried.iter().filter(move |(receiver, ..)| *receiver == by);
    let clean = |by| of(by).filter(|(.., clean)| *clean).map(|(_, sent, _)| *sent).fold(0.0, f64::max);
    let most = |by| of(by).map(|(_, sent, _)| *sent).fold(0.0, f64::max);
    for by in [Receiver::Dumpcap, Receiver::Tlslab] {
        println!("{}: nothing lost up to {:.0} packets a second of {:.0} tried", by.name(), clean(by), most(by));
    }
    let [dumpcap, tlslab] = [Receiver::Dumpcap, Receiver::Tlslab].map(|by| of(by).map(|(.., clean)| *clean));
    let worse = dumpcap.zip(tlslab).filter(|(dumpcap, tlslab)| *dumpcap && !*tlslab).count();
    println!(
        "rates at which dumpcap lost nothing and tlslab did: {worse}; half of dumpcap's highest clean rate: {}",
        if clean(Receiver::Tlslab) >= clean(Receiver::Dumpcap) / 2.0 { "reached" } else { "not reached" }
    );
}

/// Sends at a rate, and gives the rate that it came to.
fn send(packets: &[Vec<u8>], rate: u64) -> f64 {
    let mut card = pcap::Capture::from_device(SENDER).unwrap().open().unwrap();
    let began = Instant::now();
    for (index, burst) in packets.chunks(BURST).enumerate() {
        let due = Duration::from_secs_f64((index * BURST) as f64 / rate as f64);
        let early = due.saturating_sub(began.elapsed());
        if early > Duration::from_micros(200) {
            thread::sleep(early);
        }
        for packet in burst {
            while card.sendpacket(&packet[..]).is_err() {}
        }
    }
    packets.len() as f64 / began.elapsed().as_secs_f64()
}

/// Who captures.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Receiver {
    Dumpcap,
    Tlslab,
}

/// What became of the packets.
struct Losses {
    captured: u64,
    kernel: u64,
    interface: u64,
}

impl Receiver {
    fn name(self) -> &'static str {
        match self {
            Self::Dumpcap => "dumpcap",
            Self::Tlslab => "tlslab",
        }
    }

    /// Starts it and waits until it captures.
    fn start(self, folder: &Path, buffer: &str) -> Option<Child> {
        let file = folder.join(format!("{}.pcapng", self.name()));
        let _ = fs::remove_file(&file);
        let mut command = match self {
            Self::Dumpcap => Command::new("dumpcap"),
            Self::Tlslab => Command::new(env!("CARGO_BIN_EXE_tlslab")),
        };
        let stdout = match self {
            Self::Dumpcap => {
                command.args(["-q", "-B", buffer]);
                Stdio::null()
            }
            Self::Tlslab => {
                command.args(["live", "--headless", "--buffer", buffer]);
                File::create(folder.join("sessions")).unwrap().into()
            }
        };
        command.args(["-i", RECEIVER, "-f", "tcp", "-w"]).arg(&file);
        let child = command.stdout(stdout).stderr(Stdio::piped()).spawn();
        let Ok(mut child) = child else {
            println!("there is no {}", self.name());
            return None;
        };
        let mut line = String::new();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        while !line.contains("File:") && !line.contains("capturing on") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "{} does not begin", self.name());
        }
        child.stderr = Some(said.into_inner());
        Some(child)
    }

    fn end(self, child: &mut Child, folder: &Path) -> Losses {
        let _ = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        child.wait().unwrap();
        match self {
            Self::Dumpcap => dumpcap(&said),
            Self::Tlslab => {
                let text = fs::read_to_string(folder.join("sessions")).unwrap();
                let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
                let number = |name: &str| last["summary"][name].as_u64().unwrap_or(0);
                assert_eq!(number("captured"), number("decoded"));
                Losses {
                    captured: number("captured"),
                    kernel: number("dropped_by_kernel"),
                    interface: number("dropped_by_interface"),
                }
            }
        }
    }
}

/// `Packets received/dropped on interface 'x': 100/0 (pcap:0/dumpcap:0/flushed:0/ps_ifdrop:0) (100.0%)`
fn dumpcap(said: &str) -> Losses {
    let line = said.lines().find(|line| line.contains("received/dropped")).unwrap_or_else(|| panic!("{said}"));
    let number = |behind: &str| -> u64 {
        let text = line.split(behind).nth(1).unwrap();
        text.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    Losses { captured: number("': "), kernel: number("pcap:") + number("dumpcap:"), interface: number("ps_ifdrop:") }
}
