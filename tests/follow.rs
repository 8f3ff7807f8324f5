//! `tlslab follow` as a shell sees it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops where it fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

struct Run {
    status: i32,
    stdout: Vec<u8>,
    stderr: String,
}

impl Run {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

fn follow(arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlslab"));
    // Nobody's own configuration takes part.
    command.arg("follow").args(arguments).env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"));
    let output = command.env_remove("SSLKEYLOGFILE").stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    Run { status: output.status.code().unwrap(), stdout: output.stdout, stderr }
}

const MUTUAL: [&str; 3] = ["captures/mutual-tls13.pcapng", "--keylog", "captures/mutual-tls13.keys"];

#[test]
fn application_data_is_printed_in_each_form() {
    for (more, parts) in [
        (&["--as", "text"][..], &["> client, frame ", "< server, frame "][..]),
        (&["--as", "text", "--direction", "client"], &["> client, frame "]),
        (&["--as", "hex"], &["00000000  "]),
    ] {
        let run = follow(&[&MUTUAL[..], more].concat());
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{more:?}");
        for part in parts {
            assert!(run.text().contains(part), "{more:?}: {}", run.text());
        }
    }
    let one = follow(&[&MUTUAL[..], &["--as", "text", "--direction", "client"]].concat());
    assert!(!one.text().contains("< server"), "{}", one.text());
}

#[test]
fn raw_data_goes_to_a_new_file_that_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.bin");
    let arguments = [&MUTUAL[..], &["--as", "raw", "-o", path.to_str().unwrap()]].concat();
    let run = follow(&arguments);
    assert_eq!((run.status, run.stderr.as_str(), run.stdout.len()), (0, "", 0));
    let both = std::fs::read(&path).unwrap();
    let sides =
        ["client", "server"].map(|side| follow(&[&MUTUAL[..], &["--as", "raw", "--direction", side]].concat()).stdout);
    assert!(sides.iter().all(|side| !side.is_empty()));
    assert_eq!(both.len(), sides[0].len() + sides[1].len());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = follow(&arguments);
    assert_eq!(again.status, 2);
    assert!(again.stderr.contains("is there already, and stays as it is"), "{}", again.stderr);
    assert_eq!(std::fs::read(&path).unwrap(), both);
}

#[test]
fn what_cannot_be_followed_is_said() {
    for (arguments, part) in [
        (&["captures/mutual-tls13.pcapng", "--no-embedded-keys"][..], "nothing to follow: no keys were given"),
        (&["captures/mutual-tls13.pcapng", "--session", "9"], "there is one session; none has number 9"),
        (&["captures/resumption-tls12.pcapng"], "sessions; --session N chooses one"),
        (
            &["captures/mutual-tls12.pcapng", "--keylog", "captures/mutual-tls12.keys", "--as", "http"],
            "no HTTP is spoken in this session",
        ),
        (&["no-such.pcap"], "cannot read no-such.pcap"),
        (&["captures/mutual-tls13.pcapng", "--as", "xml"], "http"),
        (&[], "<FILE>"),
    ] {
        let run = follow(arguments);
        assert_eq!((run.status, run.stdout.len()), (2, 0), "{arguments:?}");
        assert!(run.stderr.contains(part), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn http_is_told_and_unpacked() {
    let path: PathBuf =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/captures/wireshark-suite/http2-brotli.pcapng");
    if !path.exists() {
        println!("skipped: {} is missing", path.display());
        return;
    }
    let run = follow(&[path.to_str().unwrap()]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    for part in
        ["> GET /test.txt HTTP/2", "< content-encoding: br", "[52 bytes br, text/plain]", "  This is a test file"]
    {
        assert!(run.text().contains(part), "{part}: {}", run.text());
    }
}
