//! The rooms of the house: which may name which, and which outside crate lives where.
//!
//! Imports point down and have no cycle, so that each room can be read, tested and changed by itself. This test reads
//! the sources and names the file and line that breaks the rule.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up. A room may name itself and every room before it that its row lists.
const ROOMS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("net", &["base"]),
    ("x509", &["base"]),
    ("tls", &["base", "x509"]),
    ("session", &["base", "net", "x509", "tls"]),
    ("capture", &["base", "net", "x509", "tls", "session"]),
    ("lab", &["base", "net", "x509", "tls", "session", "capture"]),
    ("report", &["base", "net", "x509", "tls", "session", "capture", "lab"]),
    ("tui", &["base", "net", "x509", "tls", "session", "capture", "lab", "report"]),
    ("cli", &["base", "net", "x509", "tls", "session", "capture", "lab", "report", "tui"]),
];

/// The rooms inside the lab, from the ground up, with the others that each may name.
const LAB: &[(&str, &[&str])] = &[
    ("random", &[]),
    ("path", &[]),
    ("scenario", &[]),
    ("pki", &["random", "scenario"]),
    ("engine", &["random", "scenario", "pki"]),
    ("app", &["scenario"]),
    ("attack", &["path", "scenario"]),
    ("wire", &[]),
    ("run", &["random", "scenario", "pki", "engine", "app", "attack", "wire"]),
    ("exercise", &["path", "scenario", "run"]),
    ("batch", &["scenario", "run"]),
    ("lint", &["scenario", "run", "exercise", "batch"]),
];

/// Outside crates, by the rooms that may name them; what is not listed may be named anywhere.
const CRATES: &[(&str, &[&str])] = &[
    ("etherparse", &["net"]),
    // An oracle in the tests of x509; the decoder does without it.
    ("x509_parser", &[]),
    // Its table of cipher suites, and in tests its reading of messages.
    ("tls_parser", &["tls"]),
    ("aws_lc_rs", &["tls", "x509", "lab"]),
    // The peers of the lab, their certificates, and keys that come from a seed.
    ("rustls", &["lab"]),
    ("rcgen", &["lab"]),
    ("tokio", &["lab", "cli"]),
    ("p256", &["lab"]),
    ("p384", &["lab"]),
    ("ml_kem", &["lab"]),
    // The lab signs with it; a private key that is given opens key exchanges in tls; and x509 checks the signatures of
    // two hashes at once with it.
    ("rsa", &["lab", "tls", "x509"]),
    ("pkcs8", &["tls"]),
    ("p12_keystore", &["tls"]),
    // Private keys whose encryption is older than PBES2.
    ("pkcs12", &["tls"]),
    ("sha1", &["tls"]),
    ("rc2", &["tls"]),
    // Ciphers that aws-lc-rs does not have.
    ("aes", &["tls"]),
    ("ccm", &["tls"]),
    ("des", &["tls"]),
    ("camellia", &["tls"]),
    ("aria", &["tls"]),
    ("kisaseed", &["tls"]),
    ("cipher_04", &["tls"]),
    ("aes_gcm", &["tls"]),
    ("rc4", &["tls"]),
    // ChaCha20-Poly1305 as it was before it became a standard.
    ("chacha20", &["tls"]),
    ("poly1305", &["tls"]),
    ("md5", &["tls"]),
    // PEM, the keys in a list of logs, and the Client-Cert header of a relay (RFC 9440).
    ("base64", &["x509", "capture", "lab"]),
    // Trust anchors: a list that comes with the program, and the one of the system, which is read from files.
    ("webpki_root_certs", &["x509"]),
    ("rustls_native_certs", &["capture"]),
    // Packed captures are opened in capture, compressed certificates (RFC 8879) in tls.
    ("ruzstd", &["capture", "tls"]),
    ("flate2", &["capture", "tls"]),
    // Bodies of HTTP come packed too.
    ("brotli_decompressor", &["capture", "tls"]),
    // What the application said: heads of HTTP/1, and the header table of HTTP/2.
    ("httparse", &["capture"]),
    ("loona_hpack", &["capture"]),
    ("lz4_flex", &["capture"]),
    // The command line and the screens read one configuration file, each its own part of it.
    // Scenarios of the lab are files of the same form.
    ("toml", &["lab", "tui", "cli"]),
    ("etcetera", &["tui", "cli"]),
    // Browsers publish their lists of logs in JSON.
    ("serde", &["capture", "report", "tui", "cli"]),
    ("serde_json", &["capture", "report", "tui"]),
    // Moments become text only where people read them, and columns are as wide as a terminal shows them. In lists of logs
    // moments stand as text.
    ("time", &["capture", "lab", "report", "tui"]),
    ("unicode_width", &["report", "tui"]),
    ("ratatui", &["tui"]),
    ("crossterm", &["tui"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("pcap", &["capture"]),
    // Who the process is, what it may do, and when interfaces have something: live capture alone.
    ("nix", &["capture"]),
    ("caps", &["capture"]),
    // How people write times and sizes.
    ("humantime", &["cli"]),
    ("bytesize", &["cli"]),
];

/// Rooms in which there is no clock, no thread and no file: what they say depends on their input alone.
const PURE: &[&str] = &["base", "net", "x509", "tls", "session"];
const IMPURE: &[&str] =
    &["std::fs", "std::thread", "std::net::TcpStream", "Instant::now", "SystemTime::now", "std::env"];

struct Line {
    file: PathBuf,
    number: usize,
    text: String,
    room: String,
}

fn sources() -> Vec<Line> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    let mut lines = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).unwrap().to_owned();
        let Some(room) = relative.components().next().filter(|_| relative.components().count() > 1) else { continue };
        let room = room.as_os_str().to_string_lossy().into_owned();
        let is_test_file = relative.file_stem().is_some_and(|stem| stem == "tests");
        for (index, text) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            // Tests stand at the end of a file; they may borrow from other rooms and use oracles.
            if is_test_file || text.trim() == "mod tests {" {
                break;
            }
            let code = text.split("//").next().unwrap_or_default().to_owned();
            lines.push(Line { file: relative.clone(), number: index + 1, text: code, room: room.clone() });
        }
    }
    lines
}

fn fail(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn imports_point_down() {
    let mut faults = Vec::new();
    for line in sources() {
        let Some((_, allowed)) = ROOMS.iter().find(|(room, _)| *room == line.room) else {
            faults.push(format!("src/{}: a room that this test does not know", line.file.display()));
            continue;
        };
        for (other, _) in ROOMS {
            let named =
                line.text.contains(&format!("crate::{other}::")) || line.text.contains(&format!("crate::{other};"));
            if named && *other != line.room && !allowed.contains(other) {
                faults.push(format!("src/{}:{}: `{}` names `{other}`", line.file.display(), line.number, line.room));
            }
        }
    }
    fail(&faults);
}

/// What stands behind each `crate::lab::` of a line, and behind as many `super::` as lead from its file to the lab.
fn named_in_the_lab(line: &Line) -> Vec<&str> {
    let inside = line.file.with_extension("");
    let depth = inside.components().filter(|part| part.as_os_str() != "mod").count() - 1;
    let up = "super::".repeat(depth);
    let mut named = Vec::new();
    for prefix in ["crate::lab::", &up] {
        for (at, _) in line.text.match_indices(prefix) {
            let before = line.text.get(..at).unwrap_or_default();
            let behind = line.text.get(at + prefix.len()..).unwrap_or_default();
            let is_part = before.ends_with("super::") || before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let end = behind.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(behind.len());
            named.extend(behind.get(..end).filter(|_| !is_part));
        }
    }
    named
}

#[test]
fn imports_inside_the_lab_point_down() {
    let mut faults = Vec::new();
    let mut used = std::collections::BTreeSet::new();
    let lines = sources();
    for line in lines.iter().filter(|line| line.room == "lab" && !line.file.ends_with("lab/mod.rs")) {
        let path = line.file.with_extension("");
        let room = path.components().nth(1).map(|part| part.as_os_str().to_string_lossy().into_owned());
        let Some((room, allowed)) = LAB.iter().find(|(name, _)| room.as_deref() == Some(name)) else {
            faults.push(format!("src/{}: a room of the lab that this test does not know", line.file.display()));
            continue;
        };
        for other in named_in_the_lab(line) {
            let is_room = LAB.iter().any(|(name, _)| *name == other);
            used.insert((*room, other));
            if is_room && other != *room && !allowed.contains(&other) {
                faults.push(format!("src/{}:{}: `{room}` names `{other}`", line.file.display(), line.number));
            }
        }
    }
    for (room, allowed) in LAB {
        for other in allowed.iter().filter(|other| !used.contains(&(*room, **other))) {
            faults.push(format!("`{room}` may name `{other}` and does not: take it off the list"));
        }
    }
    fail(&faults);
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let mut faults = Vec::new();
    for line in sources() {
        for (name, rooms) in CRATES {
            let named = line.text.contains(&format!("use {name}::"))
                || line.text.contains(&format!(" {name}::"))
                || line.text.contains(&format!("({name}::"))
                || line.text.contains(&format!("<{name}::"));
            if named && !rooms.contains(&line.room.as_str()) {
                faults.push(format!(
                    "src/{}:{}: `{}` names the crate `{name}`",
                    line.file.display(),
                    line.number,
                    line.room
                ));
            }
        }
    }
    fail(&faults);
}

#[test]
fn decoding_depends_on_its_input_alone() {
    let mut faults = Vec::new();
    for line in sources().iter().filter(|line| PURE.contains(&line.room.as_str())) {
        for word in IMPURE {
            if line.text.contains(word) {
                faults.push(format!("src/{}:{}: `{}` uses {word}", line.file.display(), line.number, line.room));
            }
        }
    }
    fail(&faults);
}

#[test]
fn every_file_says_why_it_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut faults = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for line in sources() {
        if seen.insert(line.file.clone()) && line.file.file_stem().is_none_or(|stem| stem != "tests") {
            let text = fs::read_to_string(root.join(&line.file)).unwrap();
            if !text.starts_with("//! ") {
                faults.push(format!("src/{}: begins without `//!`", line.file.display()));
            }
        }
    }
    fail(&faults);
}

#[test]
fn colours_are_named_in_the_theme_only() {
    let mut faults = Vec::new();
    for line in sources().iter().filter(|line| line.room == "tui" && line.text.contains("Color::")) {
        if !line.file.to_string_lossy().contains("theme") {
            faults.push(format!("src/{}:{}: a colour outside the theme", line.file.display(), line.number));
        }
    }
    fail(&faults);
}

#[test]
fn unsafe_code_stands_in_two_files_at_most() {
    let allowing: Vec<String> = sources()
        .iter()
        .filter(|line| line.text.contains("allow(unsafe_code"))
        .map(|line| line.file.display().to_string())
        .collect();
    assert!(allowing.len() <= 2, "{allowing:?}");
}
