//! How fast application data is decrypted beside `openssl speed`, and how much memory that takes.
//!
//! One session carries a gigabyte in TLS 1.3 with AES-128-GCM, in full records and segments of 1448 bytes. Each round
//! runs openssl on blocks of 16 kB on one core, then `tlslab inspect` and `tlslab follow` with the key log. openssl counts
//! CPU time, so that is compared, within a round; wall time stands beside it. `cargo bench --bench decrypt`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops where it fails"
)]

mod support;

use std::path::Path;
use std::process::{Command, Stdio};
use support::process::{Run, median, peak_memory};
use support::sealed::{CONTENT, paths};

const ROUNDS: usize = 5;
const MB: f64 = 1_000_000.0;
/// What is wanted: half of openssl's speed, and the memory that any other capture may take.
const RATIO: f64 = 0.5;
const MEMORY: f64 = 150.0;

fn main() {
    let (capture, keys) = paths();
    println!("\nsealed: one session, {:.0} MB of application data, {ROUNDS} rounds", CONTENT as f64 / MB);
    let programs: [(&str, &[&str]); 2] = [
        ("inspect", &["inspect", "--format", "text"]),
        ("follow", &["follow", "--as", "raw", "--direction", "server"]),
    ];
    let mut ratios: [Vec<f64>; 2] = Default::default();
    for round in 0..=ROUNDS {
        let openssl = openssl();
        for ((name, arguments), ratios) in programs.iter().zip(&mut ratios) {
            let run = Run::of(&mut tlslab(arguments, &capture, &keys));
            // The first round warms the page cache.
            if round == 0 {
                continue;
            }
            let rates = [run.processor, run.wall].map(|time| CONTENT as f64 / time);
            print!("  {name:<8} {:.0} MB/s of CPU time, {:.0} MB/s of wall time", rates[0] / MB, rates[1] / MB);
            if let Some(openssl) = openssl {
                print!("; openssl {:.0} MB/s: {:.2}, {:.2}", openssl / MB, rates[0] / openssl, rates[1] / openssl);
                ratios.push(rates[0] / openssl);
            }
            println!();
        }
    }
    for ((name, arguments), ratios) in programs.iter().zip(ratios) {
        if ratios.is_empty() {
            println!("  openssl is not installed: no comparison");
        } else {
            let ratio = median(ratios.into_iter());
            println!("  {name} against openssl, CPU time: {ratio:.2}; bar {RATIO}: {}", verdict(ratio >= RATIO));
        }
        let peak = peak_memory(tlslab(arguments, &capture, &keys)) / MB;
        let met = verdict(peak <= MEMORY);
        println!("  peak of anonymous memory of {name}: {peak:.0} MB; bar {MEMORY} MB: {met}");
    }
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "NOT met" }
}

fn tlslab(arguments: &[&str], capture: &Path, keys: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlslab"));
    // Nobody's own configuration or keys take part.
    command.args(arguments).arg(capture).arg("--keylog").arg(keys).env_remove("SSLKEYLOGFILE");
    command.env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"));
    command
}

/// Bytes that openssl encrypts in a second on one core.
fn openssl() -> Option<f64> {
    let mut command = Command::new("openssl");
    command.args(["speed", "-evp", "aes-128-gcm", "-bytes", "16384", "-seconds", "1"]);
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    // The last line: the name, and thousands of bytes in a second.
    let last = text.lines().last()?.split_whitespace().last()?;
    Some(last.strip_suffix('k')?.parse::<f64>().ok()? * 1000.0)
}
