//! What is said of the sample captures, word for word: `tests/golden/NAME.json` for each `captures/NAME.pcapng`.
//!
//! After a change that is meant, `UPDATE_GOLDEN=1 cargo test --test golden` writes the files anew; read the
//! difference before you commit it. The first versions were held against tshark and against `captures/README.md`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use tlslab::capture::{Input, Keys, Settings, open, read_sessions};
use tlslab::report::json::Document;

fn names() -> Vec<String> {
    let entries = fs::read_dir(home().join("captures")).unwrap().map(|entry| entry.unwrap().path());
    let captures = entries.filter(|path| path.extension().is_some_and(|extension| extension == "pcapng"));
    let mut names: Vec<String> = captures.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The document that `tlslab inspect --format json` prints, indented, with its names in alphabetical order.
fn said(name: &str) -> String {
    let file = PathBuf::from(format!("captures/{name}.pcapng"));
    let opened = open(&[Input::Path(home().join(&file))], false).unwrap();
    let mut sessions = Vec::new();
    let take = |session| {
        sessions.push(session);
        Ok::<(), Infallible>(())
    };
    let totals =
        read_sessions(opened.source, &Keys::default(), Settings { digest: true, ..Settings::REPORT }, take).unwrap();
    let mut document = Document::new(Vec::new(), &[file]).unwrap();
    for session in &sessions {
        document.session(session).unwrap();
    }
    let text = document.finish(totals.packets, &totals.notes, &[]).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
    serde_json::to_string_pretty(&value).unwrap() + "\n"
}

#[test]
fn the_samples_say_what_they_said() {
    let folder = home().join("tests/golden");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1");
    let mut changed = Vec::new();
    for name in names() {
        let (path, said) = (folder.join(&name).with_extension("json"), said(&name));
        if update {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, said).unwrap();
            continue;
        }
        let golden = fs::read_to_string(&path).unwrap_or_default();
        if let Some((line, (was, is))) = (1..).zip(golden.lines().zip(said.lines())).find(|(_, (was, is))| was != is) {
            changed.push(format!("{}:{line}: {} is now {}", path.display(), was.trim(), is.trim()));
        } else if golden != said {
            changed.push(format!("{}: {} bytes, now {}", path.display(), golden.len(), said.len()));
        }
    }
    assert!(changed.is_empty(), "{}\nUPDATE_GOLDEN=1 writes the files anew", changed.join("\n"));
}

#[test]
fn no_golden_file_is_left_over() {
    let names = names();
    for entry in fs::read_dir(home().join("tests/golden")).into_iter().flatten() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        assert!(names.iter().any(|name| name == stem), "{} has no capture", path.display());
    }
}
