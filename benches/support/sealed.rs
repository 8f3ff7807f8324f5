//! One session of a gigabyte in TLS 1.3 with AES-128-GCM, sealed for real, and the key log that opens it.

use super::random::Random;
use super::talk::Talk;
use super::template::Template;
use super::{EDITION, pcap_header, record_header};
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The data that the server sends.
pub(crate) const CONTENT: usize = 1_000_000_000;
/// The most that a record holds (RFC 8446 5.1).
const RECORD: usize = 16_384;
/// TLS_AES_128_GCM_SHA256.
const SUITE: [u8; 2] = [0x13, 0x01];

/// The capture and its key log. They are made at the first call.
pub(crate) fn paths() -> (PathBuf, PathBuf) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("bench");
    let (capture, keys) =
        (folder.join(format!("sealed-{EDITION}.pcap")), folder.join(format!("sealed-{EDITION}.keys")));
    if !capture.exists() || !keys.exists() {
        fs::create_dir_all(&folder).unwrap();
        eprintln!("making {}", capture.display());
        let unfinished = capture.with_extension(format!("{}.unfinished", std::process::id()));
        let key_log = write(&unfinished).unwrap();
        fs::write(&keys, key_log).unwrap();
        fs::rename(&unfinished, &capture).unwrap();
    }
    (capture, keys)
}

fn write(path: &Path) -> io::Result<String> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    file.write_all(&pcap_header())?;
    let mut random = Random(0x7365_616c_6564);
    let templates = Template::all();
    let template = templates.iter().find(|template| template.tls13).unwrap();
    let identity = Template::identity(&mut random);
    let mut talk = Talk::new(1, &identity, &mut random);
    talk.open();
    let hellos: Vec<Vec<u8>> =
        template.flights.iter().take(2).map(|flight| first_record(flight.bytes(&identity, &mut random))).collect();
    let [client_hello, server_hello] = &hellos[..] else { panic!("a template without hellos") };
    talk.stream(true, client_hello);
    talk.stream(false, &with_suite(server_hello));
    let secrets = [[0x11; 32], [0x22; 32]];
    let mut sides = secrets.map(|secret| Sealer::new(&secret));
    talk.stream(true, &sides[0].seal(b"GET /bulk HTTP/1.1\r\nHost: bulk.lab\r\n\r\n"));
    let mut first = format!("HTTP/1.1 200 OK\r\nContent-Length: {CONTENT}\r\n\r\n").into_bytes();
    let mut left = CONTENT;
    let mut content = vec![0; RECORD];
    let mut microseconds: u64 = 1_763_820_000_000_000;
    while left > 0 {
        let count = left.min(RECORD - first.len());
        random.fill(&mut content[..count]);
        first.extend_from_slice(&content[..count]);
        talk.stream(false, &sides[1].seal(&first));
        first.clear();
        left -= count;
        for packet in talk.packets.drain(..) {
            microseconds += 1;
            file.write_all(&record_header(microseconds, packet.len() as u32))?;
            file.write_all(&packet)?;
        }
    }
    file.into_inner()?.sync_all()?;
    Ok(key_log(client_hello, &secrets))
}

/// The first record of a flight: the hello.
fn first_record(mut flight: Vec<u8>) -> Vec<u8> {
    let length = usize::from(u16::from_be_bytes([flight[3], flight[4]]));
    flight.truncate(5 + length);
    flight
}

/// The ServerHello with another suite, which stands behind random and session id.
fn with_suite(server_hello: &[u8]) -> Vec<u8> {
    let mut hello = server_hello.to_vec();
    let session_id = 5 + 4 + 2 + 32;
    let suite = session_id + 1 + usize::from(hello[session_id]);
    hello[suite..suite + 2].copy_from_slice(&SUITE);
    hello
}

fn key_log(client_hello: &[u8], secrets: &[[u8; 32]; 2]) -> String {
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let random = hex(&client_hello[11..43]);
    let mut text = String::new();
    for (label, secret) in ["CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"].into_iter().zip(secrets) {
        let _ = writeln!(text, "{label} {random} {}", hex(secret));
    }
    text
}

/// Seals records of one direction (RFC 8446 5.2).
struct Sealer {
    key: LessSafeKey,
    iv: [u8; 12],
    sequence: u64,
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl Sealer {
    fn new(secret: &[u8; 32]) -> Self {
        let prk = Prk::new_less_safe(HKDF_SHA256, secret);
        let expand = |label: &[u8], out: &mut [u8]| {
            let label = [b"tls13 ", label].concat();
            let info = [&(out.len() as u16).to_be_bytes()[..], &[label.len() as u8], &label, &[0]];
            prk.expand(&info, Length(out.len())).unwrap().fill(out).unwrap();
        };
        let (mut key, mut iv) = ([0; 16], [0; 12]);
        expand(b"key", &mut key);
        expand(b"iv", &mut iv);
        Self { key: LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap()), iv, sequence: 0 }
    }

    fn seal(&mut self, content: &[u8]) -> Vec<u8> {
        let length = (content.len() + 1 + AES_128_GCM.tag_len()) as u16;
        let [high, low] = length.to_be_bytes();
        let header = [23, 3, 3, high, low];
        let mut nonce = self.iv;
        nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()).for_each(|(byte, with)| *byte ^= with);
        self.sequence += 1;
        let mut body = [content, &[23]].concat();
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key.seal_in_place_append_tag(nonce, Aad::from(header), &mut body).unwrap();
        [&header[..], &body].concat()
    }
}
