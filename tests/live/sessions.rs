//! Sessions of real peers, on the loopback interface and between two machines, as nearly as one machine can be two.

use super::capture::{Live, PROGRAM, can_capture, have, in_order, inspected, run};
use super::network::Pair;
use super::peers::{Library, Papers, Server, Stage, Visit, free_port, visit, visit_from};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Every version that the peers have, with each way of authentication.
fn visits(mutual: bool) -> Vec<Visit> {
    let all = ["1.0", "1.1", "1.2", "1.3"];
    let of = |client, versions: &[&'static str]| -> Vec<Visit> {
        versions.iter().map(|version| Visit { client, version, mutual }).collect()
    };
    [of("openssl", &all), of("gnutls-cli", &all), of("curl", &all[2..])].concat()
}

#[test]
fn each_session_has_the_facts_that_tshark_finds_in_the_file() {
    if !can_capture() || !have(&["openssl", "gnutls-serv", "gnutls-cli", "curl"]) {
        return;
    }
    let papers = Papers::new();
    let servers: Vec<(bool, Server)> =
        [(Library::OpenSsl, false), (Library::OpenSsl, true), (Library::GnuTls, false), (Library::GnuTls, true)]
            .map(|(library, mutual)| (mutual, Server::start(library, &papers, mutual)))
            .into();
    let ports: Vec<String> = servers.iter().map(|(_, server)| format!("tcp port {}", server.port)).collect();
    let file = papers.folder().join("out.pcapng");
    let live = Live::start(&["-i", "lo", "-f", &ports.join(" or "), "-w", file.to_str().unwrap()]);
    let mut made = Vec::new();
    for (mutual, server) in &servers {
        for one in visits(*mutual) {
            visit(one, &papers, server.port);
            made.push(one);
        }
    }
    let sessions = in_order(live.sessions(made.len()));
    let ended = live.terminate();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.said);
    assert_eq!(ended.lines.len(), 1, "more sessions than connections");
    let summary = ended.summary();
    assert_eq!((&summary["captured"], &summary["sessions"]), (&summary["decoded"], &made.len().into()), "{summary}");
    for (one, session) in made.iter().zip(&sessions) {
        holds(*one, session);
    }
    assert_eq!(sessions, in_order(inspected(&file)));
    compare_with_tshark(&file);
}

fn holds(visit: Visit, session: &Value) {
    let name = format!("TLS {}", visit.version);
    assert_eq!(session["version_name"], name.as_str(), "{visit:?}: {session}");
    // A client of TLS 1.3 that says nothing after the handshake looks the same as one that was refused.
    let outcome = &session["outcome"]["word"];
    assert!(outcome == "ok" || (outcome == "suspect" && visit.version == "1.3"), "{visit:?}: {session}");
    // In TLS 1.3 that is encrypted.
    if visit.version != "1.3" {
        assert_eq!(session["client_certificate_requested"], visit.mutual, "{visit:?}");
        let count = session["client_certificates"].as_array().unwrap().len();
        assert_eq!(count, usize::from(visit.mutual), "{visit:?}");
    }
}

/// What tshark finds in the file, made and compared by the scripts that come with the test captures.
fn compare_with_tshark(file: &Path) {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/captures");
    if !have(&["tshark", "python3"]) || !scripts.join("golden.py").exists() {
        println!("skipped: the comparison with tshark");
        return;
    }
    let folder = file.parent().unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    fs::create_dir(folder.join("golden")).unwrap();
    fs::write(folder.join("manifest.tsv"), format!("file\tkeys\ttshark\n{name}\t-\t-\n")).unwrap();
    let python = |script: &str, arguments: &[&str]| {
        let output =
            Command::new("python3").arg(scripts.join(script)).args(arguments).current_dir(folder).output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{script}: {said}");
    };
    python("golden.py", &[name, &format!("golden/{name}")]);
    python("compare.py", &["--bin", PROGRAM, "--dir", folder.to_str().unwrap()]);
}

#[test]
fn several_interfaces_are_captured_together() {
    let Some(stage) = Stage::of(true) else { return };
    let Some(pair) = Pair::new() else { return };
    let file = stage.file();
    let live = Live::start(&["-i", &pair.near, "-i", "lo", "-f", &stage.filter, "-w", file.to_str().unwrap()]);
    let one = Visit { client: "openssl", version: "1.2", mutual: true };
    visit(one, &stage.papers, stage.server.port);
    visit_from(&pair, one, &stage.papers, stage.server.port);
    let sessions = in_order(live.sessions(2));
    let clients: Vec<&str> = sessions.iter().map(|session| session["client"].as_str().unwrap()).collect();
    assert!(clients[0].starts_with("127.0.0.1:") && clients[1].starts_with(&pair.far_address), "{clients:?}");
    for session in &sessions {
        holds(one, session);
    }
    let ended = live.terminate();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.said);
    assert_eq!(sessions, in_order(inspected(&file)));
    if have(&["capinfos"]) {
        let described = run("capinfos", &["-I", file.to_str().unwrap()]);
        for part in [&format!("Name = {}", pair.near)[..], "Name = lo", "Number of stat entries = 1", "nanoseconds"] {
            assert!(described.contains(part), "{part}: {described}");
        }
    }
}

/// The device that stands for all has another link type, and sees what goes over lo as well.
#[test]
fn any_stands_for_all_interfaces() {
    let Some(stage) = Stage::new() else { return };
    let live = Live::start(&["-i", "any", "-f", &stage.filter]);
    let one = Visit { client: "openssl", version: "1.3", mutual: false };
    visit(one, &stage.papers, stage.server.port);
    holds(one, &live.sessions(1)[0]);
    assert_eq!(live.terminate().status.code(), Some(0));
}

#[test]
fn a_capture_ends_after_a_number_of_packets_or_a_time() {
    let Some(stage) = Stage::new() else { return };
    let file = stage.file();
    let live = Live::start(&["-i", "lo", "-f", &stage.filter, "--count", "7", "-w", file.to_str().unwrap()]);
    stage.visit("1.3");
    let ended = live.end();
    assert_eq!((ended.status.code(), ended.summary()["captured"].as_u64()), (Some(0), Some(7)), "{}", ended.said);
    // Seven packets are the beginning of a session, which is told when there will be no more of it.
    assert_eq!(ended.lines.len(), 2);
    let nothing = format!("tcp port {}", free_port());
    let ended = Live::start(&["-i", "lo", "-f", &nothing, "--duration", "200ms"]).end();
    assert_eq!((ended.status.code(), ended.summary()["captured"].as_u64()), (Some(0), Some(0)), "{}", ended.said);
}

/// A client that stays connected: its session is told while it goes on.
#[test]
fn open_sessions_are_told_in_intervals() {
    let Some(stage) = Stage::new() else { return };
    let live = Live::start(&["-i", "lo", "-f", &stage.filter, "--interval", "100ms"]);
    let mut client = Command::new("openssl")
        .args(["s_client", "-quiet", "-connect", &format!("127.0.0.1:{}", stage.server.port)])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while live.sessions(1)[0]["outcome"]["word"] != "ok" {}
    client.kill().unwrap();
    client.wait().unwrap();
    let over = loop {
        let session = live.sessions(1).remove(0);
        if session.get("open").is_none() {
            break session;
        }
        assert_eq!(session["open"], true);
    };
    assert_eq!(over["number"], 1);
    assert_eq!(live.terminate().status.code(), Some(0));
}

/// The key log is not there when the capture begins, and grows with each session.
#[test]
fn a_key_log_that_grows_opens_sessions_as_they_come() {
    let Some(stage) = Stage::new() else { return };
    let log = stage.papers.path("keys.log");
    let mut live = Live::start(&["-i", "lo", "-f", &stage.filter, "--keylog", &log]);
    live.hear("it is read when it can be");
    for version in ["-tls1_2", "-tls1_3"] {
        let address = format!("127.0.0.1:{}", stage.server.port);
        run("openssl", &["s_client", version, "-keylogfile", &log, "-connect", &address]);
        let session = live.sessions(1).remove(0);
        assert!(!session["decrypted"].is_null(), "{version}: {session}");
        assert_eq!(session["server_certificates"].as_array().unwrap().len(), 1, "{version}");
        assert_eq!(session["outcome"]["word"], "ok", "{version}");
    }
    assert_eq!(live.terminate().status.code(), Some(0));
}

/// As with `head -1`: nobody wants to hear more.
#[test]
fn a_reader_that_leaves_ends_the_capture() {
    let Some(stage) = Stage::new() else { return };
    let script = format!(
        "{{ {PROGRAM} live --headless -i lo -f 'tcp port {}' --interval 50ms; echo $? >&2; }} | head -1",
        stage.server.port
    );
    let child = Command::new("sh")
        .args(["-c", &script])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Sessions until somebody has noticed that nobody reads them.
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                stage.visit("1.3");
            }
        });
        let output = child.wait_with_output().unwrap();
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.ends_with("\n0\n") && !said.contains("panic"), "{said}");
        assert_eq!(output.stdout.split_inclusive(|byte| *byte == b'\n').count(), 1);
    });
}
