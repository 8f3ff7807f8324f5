//! Writes what the fuzzers in `fuzz/` begin with: `cargo test --test fuzz_seeds -- --ignored`. It takes the packets,
//! streams, messages and certificates of the sample captures, and of the test captures beside the sources where they
//! are.

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
use std::path::{Path, PathBuf};
use support::{captures, seeds};
use tlslab::capture::{Dissector, Input, Settings, open};

/// What a fuzzer begins with should be small.
const MOST_BYTES: usize = 16 << 10;

fn write(target: &str, number: usize, bytes: &[u8]) {
    if !bytes.is_empty() && bytes.len() <= MOST_BYTES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("seed-{number:05}")), bytes).unwrap();
    }
}

#[test]
#[ignore = "writes into fuzz/corpus"]
fn write_what_the_fuzzers_begin_with() {
    let files: Vec<PathBuf> = captures::files();
    let (mut frames, mut certificates) = (0, 0);
    for (number, path) in files.iter().enumerate() {
        write("capture_file", number, &fs::read(path).unwrap());
        let Ok(opened) = open(&[Input::Path(path.clone())], false) else { continue };
        let mut source = opened.source;
        let mut dissector = Dissector::new(Settings::REPORT);
        let mut count = 0;
        while let Some(packet) = source.next_packet() {
            if count < 40 {
                let head = [packet.link.0.to_be_bytes().as_slice(), &[0], packet.bytes].concat();
                write("frame", frames, &head);
                frames += 1;
            }
            count += 1;
            dissector.push(&packet);
        }
        dissector.finish();
        for session in dissector.take_finished() {
            for certificate in session.server_certificates.iter().chain(&session.client_certificates) {
                write("certificate", certificates, &certificate.der);
                certificates += 1;
            }
        }
    }
    let mut messages = 0;
    for (number, seed) in seeds().iter().enumerate() {
        let mut segments = Vec::new();
        for turn in &seed.turns {
            for piece in turn.bytes.chunks(255) {
                segments.extend([u8::from(!turn.from_client), 0, 0, u8::try_from(piece.len()).unwrap()]);
                segments.extend(piece);
            }
            let mut rest = turn.bytes.as_slice();
            while let [kind, _, _, high, low, behind @ ..] = rest {
                let length = usize::from(u16::from_be_bytes([*high, *low])).min(behind.len());
                for what in if *kind == 22 { 0..3 } else { 1..3 } {
                    let bytes = if what == 0 { &behind[..length] } else { &rest[..5 + length] };
                    write("message", messages, &[&[what, u8::try_from(number % 9).unwrap(), 1], bytes].concat());
                    messages += 1;
                }
                rest = &behind[length..];
            }
        }
        write("stream", number, &segments);
    }
}
