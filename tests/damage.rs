//! Damaged captures: cut off anywhere, and with wrong bytes anywhere.
//!
//! Every file of the test captures beside the sources, where they are, and every sample of the program is damaged in
//! many ways and read to its end. Nothing may panic or hang, and what stands before the damage must be read as before.
//! A sample of the damages is tried as a rule; all of them with `TLSLAB_DAMAGE=full`, best in a release build.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]

mod support;

use std::fs;
use std::io::{Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};
use support::{Random, captures, check_limits, check_session};
use tlslab::capture::{Dissection, Dissector, Input, Opened, Settings, open};

/// A file of a few hundred kilobytes is read in milliseconds; even a slow and busy machine has no need of this much.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many of the damaged files are also looked into, event by event and frame by frame: one in so many.
const LOOKED_INTO: usize = 16;
/// A packet needs at least this many bytes in a file.
const SMALLEST_PACKET: usize = 12;

struct Amount {
    cuts: usize,
    flips: usize,
}

fn amount() -> Amount {
    if std::env::var("TLSLAB_DAMAGE").is_ok_and(|value| value == "full") {
        Amount { cuts: 200, flips: 2000 }
    } else {
        Amount { cuts: 6, flips: 12 }
    }
}

/// What is remembered of a packet.
#[derive(Debug, PartialEq, Eq)]
struct Listed {
    position: u64,
    time: i64,
    length: usize,
    original_length: u32,
}

/// Reads a file to its end and gives what packets it listed.
fn read(path: &Path, size: usize, look_into: bool) -> Option<Vec<Listed>> {
    let Opened { mut source, store, .. } = open(&[Input::Path(path.into())], true).ok()?;
    let store = store.unwrap();
    let mut dissector = Dissector::new(Settings::SCREEN);
    for log in source.take_key_logs() {
        dissector.read_key_log(&log);
    }
    let mut listed = Vec::new();
    while let Some(packet) = source.next_packet() {
        dissector.push(&packet);
        let (position, time, original_length) = (packet.position, packet.time, packet.original_length);
        listed.push(Listed { position, time, length: packet.bytes.len(), original_length });
        assert!(listed.len() <= 1000 + 200 * size / SMALLEST_PACKET, "more packets than bytes");
    }
    dissector.finish();
    assert_eq!(dissector.frames().len(), listed.len());
    let frames = dissector.frames().clone();
    let secrets = dissector.secrets();
    for session in dissector.sessions() {
        check_limits(&session);
        if look_into {
            check_session(&*store, &frames, &session, &secrets);
        }
    }
    if look_into {
        for (number, _) in frames.from(1) {
            Dissection::of_frame(&*store, &frames, number).unwrap();
        }
    }
    Some(listed)
}

/// What must be as it was: the packets that end before the damage. In a compressed file positions say nothing.
fn same_before(damage: usize, packed: bool, whole: &[Listed], found: &[Listed]) {
    let untouched = |packet: &&Listed| packet.position + packet.length as u64 <= damage as u64;
    let mut kept: Vec<&Listed> = if packed { Vec::new() } else { whole.iter().take_while(untouched).collect() };
    // The damage may lie in what follows the bytes of a packet in its block.
    kept.pop();
    assert!(found.len() >= kept.len(), "{} of {} packets before the damage are there", found.len(), kept.len());
    for (number, (kept, found)) in kept.into_iter().zip(found).enumerate() {
        assert_eq!(found, kept, "packet {}", number + 1);
    }
}

/// One file in all its damages; gives what went wrong.
fn damage(path: &Path, amount: &Amount) -> Vec<String> {
    let Ok(content) = fs::read(path) else { return vec![format!("{} cannot be read", path.display())] };
    let Some(whole) = read(path, content.len(), true) else { return Vec::new() };
    let packed = matches!(content.get(..2), Some([0x1f, 0x8b] | [0x28, 0xb5] | [0x04, 0x22]));
    let mut random = Random(content.len() as u64);
    let mut faults = Vec::new();
    let scratch = tempfile::NamedTempFile::new().unwrap();
    let mut tried = |what: String, damaged: &[u8], first: usize, look_into: bool| {
        // Written over, and not cut to nothing first: some file systems wait for the disk then.
        let mut file = scratch.as_file();
        file.rewind().unwrap();
        file.write_all(damaged).unwrap();
        file.set_len(damaged.len() as u64).unwrap();
        let begun = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| match read(scratch.path(), damaged.len(), look_into) {
            Some(found) => same_before(first, packed, &whole, &found),
            None => assert!(first < 4096, "a file that was damaged late cannot be opened"),
        }));
        if let Err(cause) = outcome {
            let text = cause.downcast_ref::<String>().cloned();
            let text = text.or_else(|| cause.downcast_ref::<&str>().map(|&text| text.to_owned()));
            faults.push(format!("{} {what}: {}", path.display(), text.unwrap_or_default()));
        }
        if begun.elapsed() > PATIENCE {
            faults.push(format!("{} {what}: took {:?}", path.display(), begun.elapsed()));
        }
    };
    for number in 0..amount.cuts {
        let at = random.below(content.len());
        tried(format!("cut at {at}"), &content[..at], at, number % LOOKED_INTO == 0);
    }
    for number in 0..amount.flips {
        let mut damaged = content.clone();
        let mut first = content.len();
        for _ in 0..=random.below(6) {
            let at = random.below(content.len());
            damaged[at] ^= u8::try_from(1 + random.below(255)).unwrap();
            first = first.min(at);
        }
        tried(format!("damage {number}"), &damaged, first, number % LOOKED_INTO == 0);
    }
    faults
}

#[test]
fn damaged_captures_are_read_up_to_the_damage_and_never_stop_the_program() {
    let amount = amount();
    let files = captures::files();
    let faults: Vec<String> = files.iter().flat_map(|path| damage(path, &amount)).collect();
    assert!(faults.is_empty(), "{} faults, the first:\n{}", faults.len(), faults[..faults.len().min(40)].join("\n"));
}
