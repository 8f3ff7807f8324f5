//! How long the readers take that run for each handshake: certificates out of real captures, and a browser's hello.
//!
//! Not run by itself, since it says something in a release build only:
//! `cargo test --release --test speed -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement prints, and stops where it fails")]

use std::collections::HashSet;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tlslab::base::{BufferId, Reader, Tree};
use tlslab::capture::{Input, Keys, Settings, open, read_sessions};
use tlslab::tls::code::HandshakeType;
use tlslab::tls::handshake::{Cache, Context, read};
use tlslab::x509;

/// Each piece of work is done so often.
const ROUNDS: u32 = 2000;

#[test]
#[ignore = "a measurement, for release builds"]
fn certificates_take_microseconds() {
    let shared = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/captures"));
    if !shared.is_dir() {
        println!("skipped: there is no {}", shared.display());
        return;
    }
    let mut files = Vec::new();
    captures(shared, &mut files);
    let mut certificates = HashSet::new();
    for file in files {
        let Ok(opened) = open(&[Input::Path(file)], false) else { continue };
        let _ = read_sessions(opened.source, &Keys::default(), Settings::REPORT, |session| {
            let both = session.server_certificates.iter().chain(&session.client_certificates);
            certificates.extend(both.map(|certificate| certificate.der.to_vec()));
            Ok::<(), ()>(())
        });
    }
    let start = Instant::now();
    let rounds = ROUNDS / 20;
    for _ in 0..rounds {
        for der in &certificates {
            black_box(x509::certificate(Reader::new(black_box(der), BufferId(0)), &mut Tree::off()));
        }
    }
    let each = start.elapsed() / rounds / u32::try_from(certificates.len().max(1)).unwrap();
    println!("{} certificates: {each:?} each", certificates.len());
}

fn captures(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            captures(&path, files);
        } else if path.extension().is_some_and(|end| end == "pcap" || end == "pcapng") {
            files.push(path);
        }
    }
}

/// A ClientHello as browsers send it, with JA3 and JA4.
#[test]
#[ignore = "a measurement, for release builds"]
fn a_client_hello_takes_microseconds() {
    let hello = client_hello();
    let (context, mut cache) = (Context::default(), Cache::default());
    let start = Instant::now();
    for _ in 0..ROUNDS * 10 {
        let body = Reader::new(black_box(&hello), BufferId(0));
        black_box(read(HandshakeType::CLIENT_HELLO, body, &context, &mut cache, &mut Tree::off()));
    }
    println!("a ClientHello of {} bytes: {:?}", hello.len(), start.elapsed() / (ROUNDS * 10));
}

fn client_hello() -> Vec<u8> {
    let suites = [0x1a1a_u16, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014];
    let extensions: [(u16, Vec<u8>); 12] = [
        (0x2a2a, Vec::new()),
        (0, b"\0\x0e\0\0\x0bexample.com".to_vec()),
        (23, Vec::new()),
        (0xff01, vec![0]),
        (10, vec![0, 8, 0x3a, 0x3a, 0, 0x1d, 0, 0x17, 0, 0x18]),
        (11, vec![1, 0]),
        (35, Vec::new()),
        (16, b"\0\x0c\x02h2\x08http/1.1".to_vec()),
        (5, vec![1, 0, 0, 0, 0]),
        (13, vec![0, 16, 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1]),
        (51, [&[0, 36, 0, 0x1d, 0, 32][..], &[7; 32]].concat()),
        (43, vec![4, 3, 4, 3, 3]),
    ];
    let extensions: Vec<u8> =
        extensions.iter().flat_map(|(kind, body)| [&kind.to_be_bytes()[..], &vector16(body)].concat()).collect();
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    [&[3, 3][..], &[9; 32], &[32], &[5; 32], &vector16(&suites), &[1, 0], &vector16(&extensions)].concat()
}

fn vector16(body: &[u8]) -> Vec<u8> {
    [&u16::try_from(body.len()).unwrap().to_be_bytes()[..], body].concat()
}
