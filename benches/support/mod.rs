//! Two large captures for the benchmarks, the same on every machine, made when they are missing.
//!
//! | capture | sessions | what it is for |
//! |---|---|---|
//! | *handshakes* | 60,000, 64 at a time, about 12 kB each | the cost of a handshake |
//! | *bulk* | 2,000, 16 at a time, 500 kB each | the cost of stepping over application data |
//!
//! Their handshakes are those of `captures/`, with other randoms, keys, names, certificates and addresses. The
//! certificates are for the names and hold; the signatures over the handshakes are random, as their keys are not known.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stderr,
    reason = "a benchmark stops where it fails, and not each uses all of this"
)]

mod authority;
pub(crate) mod process;
mod random;
pub(crate) mod sealed;
mod talk;
mod template;

use random::Random;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use template::Template;

/// Counts up when the generator changes, so that captures of an older one are not taken for its own.
const EDITION: u32 = 3;

/// One of the generated captures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Capture {
    /// What it is called.
    pub(crate) name: &'static str,
    /// How many sessions it has.
    pub(crate) sessions: u32,
    /// How many of them are under way at the same time.
    pub(crate) interleaved: usize,
    /// About how many bytes of the file a session takes.
    pub(crate) session_bytes: usize,
}

/// Handshakes with a little application data.
pub(crate) const HANDSHAKES: Capture =
    Capture { name: "handshakes", sessions: 60_000, interleaved: 64, session_bytes: 11_600 };
/// Application data with a few handshakes.
pub(crate) const BULK: Capture = Capture { name: "bulk", sessions: 2_000, interleaved: 16, session_bytes: 500_000 };

impl Capture {
    /// Where it lies. It is made at the first call.
    pub(crate) fn path(&self) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("bench");
        let path = folder.join(format!("{}-{EDITION}.pcap", self.name));
        if !path.exists() {
            fs::create_dir_all(&folder).unwrap();
            eprintln!("making {}", path.display());
            let unfinished = path.with_extension(format!("{}.unfinished", std::process::id()));
            self.write(&unfinished).unwrap();
            fs::rename(&unfinished, &path).unwrap();
        }
        path
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
        file.write_all(&pcap_header())?;
        let templates = Template::all();
        let mut random = Random(0x7463_706c_6162 + u64::from(self.sessions));
        let mut numbers = 0..self.sessions;
        let mut next = |random: &mut Random| {
            let number = numbers.next()?;
            let template = &templates[number as usize % templates.len()];
            Some(talk::session(template, number, self.session_bytes, random))
        };
        let mut under_way: Vec<VecDeque<Vec<u8>>> = Vec::new();
        let mut microseconds: u64 = 1_763_820_000_000_000;
        loop {
            while under_way.len() < self.interleaved
                && let Some(session) = next(&mut random)
            {
                under_way.push(session);
            }
            if under_way.is_empty() {
                break;
            }
            let chosen = random.below(under_way.len());
            if let Some(packet) = under_way[chosen].pop_front() {
                microseconds += 1 + random.below(9) as u64;
                file.write_all(&record_header(microseconds, packet.len() as u32))?;
                file.write_all(&packet)?;
            } else {
                under_way.swap_remove(chosen);
            }
        }
        file.into_inner()?.sync_all()
    }
}

/// pcap with microseconds, Ethernet.
fn pcap_header() -> [u8; 24] {
    let mut header = [0; 24];
    header[..4].copy_from_slice(&0xa1b2_c3d4_u32.to_le_bytes());
    header[4..6].copy_from_slice(&2_u16.to_le_bytes());
    header[6..8].copy_from_slice(&4_u16.to_le_bytes());
    header[16..20].copy_from_slice(&262_144_u32.to_le_bytes());
    header[20..24].copy_from_slice(&1_u32.to_le_bytes());
    header
}

fn record_header(microseconds: u64, length: u32) -> [u8; 16] {
    let mut header = [0; 16];
    header[..4].copy_from_slice(&((microseconds / 1_000_000) as u32).to_le_bytes());
    header[4..8].copy_from_slice(&((microseconds % 1_000_000) as u32).to_le_bytes());
    header[8..12].copy_from_slice(&length.to_le_bytes());
    header[12..].copy_from_slice(&length.to_le_bytes());
    header
}
