//! The program as a shell sees it: exit status, stdout, stderr.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops where it fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

struct Run {
    status: i32,
    stdout: String,
    stderr: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlslab"));
    // Nobody's own configuration takes part.
    command
        .args(arguments)
        .env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env_remove("NO_COLOR")
        .env_remove("SSLKEYLOGFILE")
        .env_remove("TLSLAB_KEY_PASSWORD");
    command.stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Run {
    let output = command(arguments).output().unwrap();
    Run {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The captures of the project.
fn captures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let entries = std::fs::read_dir(&folder).unwrap();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "pcapng"));
    found.sort();
    found
}

#[test]
fn what_is_asked_for_goes_to_stdout() {
    for (arguments, part) in [
        (&["--help"][..], "Usage: tlslab"),
        (&["--version"], "tlslab 0."),
        (&["inspect", "--help"], "--fail-on"),
        (&["fields"], "tls.handshake.extensions_server_name"),
        (&["check", "C1", "five-steps"], "one-way/five-steps.lab.toml: no problems, 2 variants"),
        (&["check", "--schema"], "https://json-schema.org/draft/2020-12/schema"),
        (&["check", "--keywords"], "# The words of scenario files"),
        (&["run", "--list"], "  C1   cert-expired                        "),
        (&["run", "--list"], "(planned; needs a peer with another TLS library"),
        (&["run", "--list", "--format", "json"], "{\"id\":\"cert-expired\",\"code\":\"C1\","),
        (&["man"], ".TH tlslab"),
        (&["completions", "bash"], "_tlslab"),
        (&["--print-config"], "color = \"auto\""),
    ] {
        let run = run(arguments);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{arguments:?}");
        assert!(run.stdout.contains(part), "{arguments:?}: {}", run.stdout);
    }
}

#[test]
fn what_cannot_be_done_is_said_on_stderr() {
    for (arguments, part) in [
        (&[][..], "need a terminal"),
        (&["Cargo.toml"], "need a terminal"),
        (&["-"], "need a terminal"),
        (&["inspekt"], "tlslab: cannot read inspekt: No such file"),
        (&["-", "there/is/no/such.pcap"], "cannot read there/is/no/such.pcap"),
        (&["inspect"], "<FILE>"),
        (&["inspect", "--format", "xml", "a.pcap"], "ndjson"),
        (&["inspect", "--filter", "resutl:ok", "a.pcap"], "did you mean result?"),
        (&["inspect", "--filter", "sni ==", "a.pcap"], "\n        ^"),
        (&["inspect", "there/is/no/such.pcap"], "there/is/no/such.pcap"),
        (&["check"], "<SCENARIO>"),
        (&["check", "five-steps", "no-such-scenario"], "no-such-scenario: there is no such file"),
        (&["check", "/dev/zero"], "too long for a scenario"),
        (&["lab", "--new", "../Mine"], "cannot be its name"),
        (&["lab", "five-stepz"], "did you mean five-steps?"),
        (&["lab", "O1"], "need a terminal"),
        (&["lend-interfaces"], "this is for tlslab itself"),
        (&["inspect", "--keylog", "no/such.keys", "captures/alpn.pcapng"], "cannot read the key log no/such.keys"),
    ] {
        let run = run(arguments);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(part), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let mut child = command(&["completions", "zsh"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

/// A capture of the project by its name.
fn capture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures").join(name).to_str().unwrap().to_owned()
}

#[test]
fn what_is_no_capture_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content, part) in [("text.pcap", "not a capture at all\n", "is not a capture"), ("empty.pcap", "", "")] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        for format in ["text", "json", "ndjson"] {
            let run = run(&["inspect", "--format", format, path.to_str().unwrap()]);
            assert_eq!(run.status, 2, "{name} as {format}: {}", run.stdout);
            assert!(run.stdout.is_empty() && run.stderr.contains(name), "{name} as {format}: {}", run.stderr);
            assert!(run.stderr.contains(part) && run.stderr.starts_with("tlslab: "), "{name}: {}", run.stderr);
        }
    }
}

#[test]
fn a_remark_that_matters_makes_the_status_1() {
    let (good, cut) = (capture("one-way-tls13.pcapng"), tempfile::NamedTempFile::new().unwrap());
    let bytes = std::fs::read(&good).unwrap();
    std::fs::write(cut.path(), bytes.get(..bytes.len() - 30).unwrap()).unwrap();
    let cut = cut.path().to_str().unwrap();
    for (file, limit, status) in
        [(good.as_str(), None, 0), (&good, Some("warn"), 0), (cut, None, 0), (cut, Some("warn"), 1)]
    {
        let mut arguments = vec!["inspect", "--format", "ndjson"];
        arguments.extend(limit.map(|limit| ["--fail-on", limit]).into_iter().flatten());
        arguments.push(file);
        let run = run(&arguments);
        assert_eq!(run.status, status, "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stdout.lines().count(), 1, "{arguments:?}");
    }
}

#[test]
fn a_reader_of_sessions_that_leaves_early_is_no_failure() {
    // More than a pipe holds, so that the program meets the closed end.
    let files = vec![capture("one-way-tls13.pcapng"); 60];
    for format in ["text", "json", "ndjson"] {
        let mut arguments = vec!["inspect", "--format", format];
        arguments.extend(files.iter().map(String::as_str));
        let mut child = command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""), "{format}");
    }
}

#[test]
fn problems_of_a_scenario_make_the_status_1() {
    let folder = tempfile::tempdir().unwrap();
    let in_folder = |arguments: &[&str]| {
        let output = command(arguments).current_dir(&folder).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let new = in_folder(&["lab", "--new", "mine"]);
    assert_eq!(new, (Some(0), "mine.lab.toml\n".to_owned(), String::new()));
    let (status, stdout, _) = in_folder(&["check", "mine.lab.toml"]);
    assert_eq!((status, stdout.as_str()), (Some(0), "mine.lab.toml: no problems, 2 variants\n"));
    let (status, _, stderr) = in_folder(&["lab", "--new", "mine"]);
    assert!(status == Some(2) && stderr.contains("is there already"), "{stderr}");
    let path = folder.path().join("mine.lab.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace(", trust = [", ", trusts = [").replace("level  = 1", "level  = 9")).unwrap();
    let (status, stdout, stderr) = in_folder(&["check", "C1", "mine.lab.toml"]);
    assert_eq!((status, stderr.as_str()), (Some(1), ""));
    for part in [
        "cert-expired.lab.toml: no problems",
        "mine.lab.toml:10:10: 9 is out",
        "did you mean `trust`?",
        "\n2 problems in 1 of 2 files\n",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    // What only shows when it is played, and what a translation lacks.
    std::fs::write(&path, text.replace("level  = 1", "level  = 1\nfaults = 7")).unwrap();
    std::fs::write(folder.path().join("mine.sv.toml"), "title = \"Min\"\n").unwrap();
    let (status, stdout, _) = in_folder(&["check", "mine.lab.toml"]);
    assert_eq!(status, Some(1));
    for part in ["checks fail at the most, not 7", "mine.sv.toml:1:1: `about` is not translated"] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    std::fs::write(&path, [0xff, 0xfe]).unwrap();
    let (status, _, stderr) = in_folder(&["check", "mine.lab.toml"]);
    assert!(status == Some(2) && stderr.contains("no text in UTF-8"), "{stderr}");
}

#[test]
fn standard_input_is_a_file_too() {
    let path = capture("one-way-tls12.pcapng");
    let from_file = run(&["inspect", "--format", "ndjson", &path]);
    let stdin = std::fs::File::open(&path).unwrap();
    let output = command(&["inspect", "--format", "ndjson", "-"]).stdin(stdin).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), from_file.stdout);
    assert_eq!(output.status.code(), Some(0));
}

/// The writer keeps the pipe open, as tcpdump does while it waits for packets.
#[test]
fn a_session_is_printed_when_it_ends_and_not_when_its_pipe_does() {
    let content = std::fs::read(capture("one-way-tls13.pcapng")).unwrap();
    let printed_alone = run(&["inspect", "--format", "ndjson", &capture("one-way-tls13.pcapng")]).stdout;
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for input in ["-", fifo.to_str().unwrap()] {
        let mut child = command(&["inspect", "--format", "ndjson", input])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let mut pipe: Box<dyn Write> = if input == "-" {
            Box::new(stdin)
        } else {
            Box::new(std::fs::OpenOptions::new().write(true).open(&fifo).unwrap())
        };
        pipe.write_all(&content).unwrap();
        pipe.flush().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        assert_eq!(line, printed_alone, "{input}");
        drop(pipe);
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn a_capture_gives_the_same_sessions_in_every_format() {
    let captures = captures();
    assert!(!captures.is_empty(), "there is no captures/*.pcapng");
    for path in captures {
        let path = path.to_str().unwrap();
        let document = run(&["inspect", "--format", "json", path]);
        let lines = run(&["inspect", "--format", "ndjson", path]);
        let text = run(&["inspect", path]);
        assert_eq!((document.status, lines.status, text.status), (0, 0, 0), "{path}: {}", text.stderr);
        let document: serde_json::Value = serde_json::from_str(&document.stdout).unwrap();
        let lines: Vec<serde_json::Value> =
            lines.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (findings, lines): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.get("finding").is_some());
        assert_eq!(document["schema"], 1);
        assert_eq!(document["findings"], serde_json::Value::from(findings), "{path}");
        assert_eq!(document["sessions"], serde_json::Value::from(lines.clone()), "{path}");
        let printed = text.stdout.lines().filter(|line| line.starts_with('#')).count();
        assert_eq!(printed, lines.len(), "{path}");
        assert!(!text.stdout.contains('\u{1b}'), "{path}: colour without a terminal");
        let none = run(&["inspect", "--format", "ndjson", "--filter", "sni == \"no such name\"", path]);
        assert_eq!((none.status, none.stdout.as_str()), (0, ""), "{path}");
    }
}

/// A reader of sessions tells the lines at the end apart by their first name.
#[test]
fn what_is_found_of_a_whole_capture_stands_behind_its_sessions() {
    let path = capture("one-way-tls13.pcapng");
    let twice = |format| run(&["inspect", "--format", format, &path, &path]).stdout;
    let document: serde_json::Value = serde_json::from_str(&twice("json")).unwrap();
    let lines = twice("ndjson");
    let [first, second, found] = lines.lines().collect::<Vec<_>>()[..] else { panic!("{lines}") };
    assert!(!first.starts_with("{\"finding\"") && !second.starts_with("{\"finding\""), "{lines}");
    assert!(found.starts_with("{\"finding\":{\"rule\":\"RES-05\""), "{found}");
    let found: serde_json::Value = serde_json::from_str(found).unwrap();
    assert_eq!(document["findings"], serde_json::Value::from(vec![found]));
}

/// Key logs come from arguments and from the environment; one that does not help says why, and shows no secret.
#[test]
fn key_logs_open_what_is_encrypted() {
    let capture = "captures/one-way-tls13.pcapng";
    let keys = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("captures/one-way-tls13.keys"));
    let keys = keys.unwrap();
    let secret = keys.split_whitespace().next_back().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let cut = write("cut.keys", &keys[..keys.len() - 3]);
    let torn = write("torn.keys", &keys[..keys.len() - 2]);
    let other = write("other.keys", &keys.replace("_SECRET_0 ", "_SECRET_0 00").replace("_TRAFFIC_SECRET ", "_X "));
    let stranger = include_str!("../captures/alpn.keys");
    let stranger = write("stranger.keys", stranger);
    let empty = write("empty.keys", "# nothing yet\n");
    let noise = write("noise.keys", &format!("{secret}\n"));
    let good = "captures/one-way-tls13.keys";
    // Two connections, and the secrets of the first.
    let both = "captures/resumption-tls13.pcapng";
    let all = include_str!("../captures/resumption-tls13.keys");
    let random = |line: &str| line.split_whitespace().nth(1).map(str::to_owned);
    let first = all.lines().find(|line| !line.starts_with('#')).and_then(random);
    let of_first: Vec<_> = all.lines().filter(|line| random(line) == first).collect();
    let half = write("half.keys", &of_first.join("\n"));
    for (arguments, environment, part) in [
        (&["inspect", "--keylog", good, capture][..], "", "protected records opened"),
        (&["inspect", "--keylog", &empty, "--keylog", good, capture], "", "Certificate (localhost"),
        (&["inspect", capture], good, "Finished"),
        (&["inspect", capture], "no/such/file", "no/such/file"),
        (&["inspect", "--keylog", &stranger, capture], "", "no secret was given for the client random"),
        (&["inspect", "--keylog", &stranger, capture], "", "the client random is "),
        (
            &["inspect", "--keylog", &stranger, capture],
            "",
            "secrets of 1 connections, and none of them is in this capture",
        ),
        (&["inspect", "--keylog", &half, both], "", "and one of them is in this capture; it has none of 1 of the"),
        (&["inspect", "--keylog", &empty, capture], "", "empty.keys: there is no secret in it"),
        (
            &["inspect", "--keylog", &noise, capture],
            "",
            "noise.keys: line 1 of the key log does not begin with a label",
        ),
        (
            &["inspect", "--keylog", &torn, capture],
            "",
            "has a secret that is not hexadecimal, or is cut; it is passed over",
        ),
        (&["inspect", "--keylog", &cut, capture], "", "has a secret of 47 bytes"),
        (&["inspect", "--keylog", &other, capture], "", "has no label that is known"),
        (&["inspect", "--format", "json", "--keylog", good, capture], "", "\"decrypted\":{\"c2s\":{\"opened\""),
    ] {
        let mut command = command(arguments);
        command.current_dir(env!("CARGO_MANIFEST_DIR")).env("SSLKEYLOGFILE", environment);
        let output = command.output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {text}");
        assert!(text.contains(part), "{arguments:?}: {text}");
        assert!(!text.contains(&secret[..16]), "{arguments:?} shows a secret");
    }
}

/// Private keys and pre-shared keys: what they open, and what is said where they cannot.
#[test]
fn long_lived_keys_are_given_by_arguments_and_passwords_are_not() {
    let psk = "0102030405060708090a0b0c0d0e0f10";
    for (arguments, password, status, part) in [
        (&["--rsa-key", "server.pkcs8.pem", "rsa-ticket.pcap"][..], None, 0, "6 of 6 protected records opened"),
        (&["--rsa-key", "server.p12", "rsa-tls10.pcap"], Some("correct"), 0, "8 of 8 protected records opened"),
        (&["--rsa-key", "server.encrypted.pem", "rsa-tls10.pcap"], Some("correct"), 0, "8 of 8"),
        (&["--psk", psk, "psk.pcap"], None, 0, "6 of 6 protected records opened"),
        (&["--psk", &format!("lamp:{psk}"), "psk.pcap"], None, 0, "6 of 6 protected records opened"),
        (&["--psk", &format!("lamb:{psk}"), "psk.pcap"], None, 0, "for the identity that the client named"),
        (&["--rsa-key", "server.pkcs1.pem", "ecdhe.pcap"], None, 0, "has forward secrecy"),
        (&["--rsa-key", "other.pem", "rsa-tls10.pcap"], None, 0, "is not the one of the certificate"),
        (&["--rsa-key", "server.p12", "psk.pcap"], Some("incorrect"), 2, "the password does not open it"),
        (&["--rsa-key", "server.encrypted.pem", "psk.pcap"], Some("incorrect"), 2, "the password does not open it"),
        (&["--rsa-key", "encrypted/pem-aes256.pem", "psk.pcap"], Some("incorrect"), 2, "the password does not open it"),
        (&["--rsa-key", "encrypted/pem-aes256.pem", "rsa-tls10.pcap"], Some("correct"), 0, "8 of 8"),
        (&["--rsa-key", "server.p12", "psk.pcap"], None, 2, "TLSLAB_KEY_PASSWORD is not set"),
        (&["--rsa-key", "ec.pem", "psk.pcap"], None, 2, "it is no RSA key; only the RSA key exchange can be opened"),
        (
            &["--rsa-key", "ed25519.pem", "psk.pcap"],
            None,
            2,
            "it is no RSA key; only the RSA key exchange can be opened",
        ),
        (&["--rsa-key", "server.crt", "psk.pcap"], None, 2, "it holds no private key"),
        (&["--rsa-key", "make.py", "psk.pcap"], None, 2, "it is no private key in PEM, DER or PKCS#12"),
        (&["--rsa-key", "none.pem", "psk.pcap"], None, 2, "cannot use the private key none.pem"),
        (&["--psk", "sesame", "psk.pcap"], None, 2, "--psk number 1 is no pre-shared key; write HEX or IDENTITY:HEX"),
        (&["--psk", "lamp:", "psk.pcap"], None, 2, "write HEX or IDENTITY:HEX"),
        (&["--psk", psk, "--filter", "decrypted", "psk.pcap"], None, 0, "1 session"),
        (&["--psk", psk, "--filter", "closed == \"no entry\"", "ecdhe.pcap"], None, 0, "TLS 1.2"),
    ] {
        let mut command = command(&[&["inspect"], arguments].concat());
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys"));
        password.map(|password| command.env("TLSLAB_KEY_PASSWORD", password));
        let output = command.output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
        assert!(text.contains(part), "{arguments:?}: {text}");
        for secret in [psk, "sesame", "correct", "MII"] {
            assert!(!text.contains(secret), "{arguments:?} shows {secret}");
        }
    }
}

#[test]
fn secrets_are_taken_out_of_captures_and_put_in() {
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let project = |path: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(path).to_str().unwrap().to_owned();
    let capture = project("tests/keys/rsa-ticket.pcap");
    let (with, without, log) = (out("with.pcapng"), out("without.pcapng"), out("log"));
    // Private keys stay outside: what is embedded opens the sessions of this capture alone.
    let key = project("tests/keys/server.pkcs1.pem");
    let stranger = project("captures/alpn.keys");
    let done = run(&["keys", "embed", "--rsa-key", &key, "--keylog", &stranger, &capture, "-o", &with]);
    assert_eq!((done.status, done.stdout.as_str()), (0, ""), "{}", done.stderr);
    assert!(done.stderr.contains("secrets of 2 of 2 sessions"), "{}", done.stderr);
    assert!(run(&["inspect", &with]).stdout.contains("6 of 6 protected records opened"));
    let expected = std::fs::read_to_string(project("tests/keys/rsa-ticket.keys")).unwrap();
    let lines = |text: &str| {
        let mut lines: Vec<_> =
            text.lines().filter(|line| line.starts_with("CLIENT_RANDOM")).map(str::to_lowercase).collect();
        lines.sort();
        lines
    };
    let printed = run(&["keys", "extract", &with]);
    assert_eq!(lines(&printed.stdout), lines(&expected));
    assert_eq!(run(&["keys", "extract", &with, "-o", &log]).status, 0);
    assert_eq!(std::fs::read_to_string(&log).unwrap(), printed.stdout);
    assert_eq!(run(&["keys", "strip", &with, "--output", &without]).status, 0);
    let nothing = run(&["keys", "extract", &without]);
    assert_eq!((nothing.status, nothing.stdout.as_str()), (0, ""));
    assert!(nothing.stderr.contains("no secrets"), "{}", nothing.stderr);
    assert!(!run(&["inspect", &without]).stdout.contains("protected records opened"));
    assert!(run(&["inspect", "--keylog", &log, &without]).stdout.contains("6 of 6 protected records opened"));
    let again = run(&["keys", "extract", &with, "-o", &log]);
    assert_eq!(again.status, 2);
    assert!(again.stderr.contains("is there already, and stays as it is"), "{}", again.stderr);
    for path in [&with, &without, &log] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{path}");
    }
}
