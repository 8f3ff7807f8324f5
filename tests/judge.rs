//! Certificates of captures are judged as the peers judged them: each connection of the lab is judged from its capture
//! and the root alone, and the verdict of the side that received the certificates is the oracle. Captures of real
//! faults get the right verdict, and files that cannot be used are told so.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]

mod support;

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use support::hold;
use support::plays::{Case, cases};
use tlslab::lab::batch::jobs;
use tlslab::lab::run::{Connection, Run, Testimony};
use tlslab::lab::scenario::{Action, Peer, catalogue};
use tlslab::session::judgement::{Basis, Court};
use tlslab::session::{Judged, Session};
use tlslab::x509::verify::{Check, Outcome, Purpose, Refusal, Verification};
use tlslab::x509::{pem, unpem};

/// What a side trusts, as somebody would give it with `--anchors` and `--crl`.
fn basis(run: &Run, peer: &Peer, of_clients: bool) -> Basis {
    let mut basis = Basis::default();
    let names = if of_clients { &peer.client_trust } else { &peer.trust };
    let roots = names.iter().filter_map(|name| run.pki.certificate(name));
    basis.anchors.add("root.pem", roots.map(|root| Cow::Owned(root.der.clone())));
    for list in peer.crl.iter().filter_map(|name| run.pki.revocation_list(name)) {
        let _ = basis.lists.add(&list.der);
    }
    basis
}

/// Whether a side knew or did something that a capture and its roots cannot tell.
fn is_beyond_capture(run: &Run, peer: &Peer, session: &Session, theirs: &Verification) -> bool {
    let wrong_clock = peer.clock.is_some_and(|clock| clock != run.scenario.clock);
    // Lists that somebody happens to have are held against no certificate that they do not speak of.
    let refusals = [Refusal::UnknownRevocationStatus, Refusal::CrlExpired];
    let own_rule = peer.crl_rule.leaf_only || theirs.refusal.is_some_and(|refusal| refusals.contains(&refusal));
    // The list that a step makes is not the one that the connections before it were held against.
    let revoked_since = run.scenario.steps.iter().any(|step| matches!(step.action, Action::Revoke { .. }));
    let unnamed = theirs.rungs.iter().any(|rung| rung.check == Check::Name && rung.outcome != Outcome::NotApplicable)
        && session.server_name().is_none();
    wrong_clock || own_rule || revoked_since || unnamed
}

fn judged(session: &Session, basis: Basis, of_clients: bool) -> Option<Judged> {
    let mut session = session.clone();
    Court::new(Arc::new(basis)).judge(&mut session);
    if of_clients { session.judgement.client } else { session.judgement.server }
}

#[test]
fn a_capture_with_its_root_gives_the_verdict_of_the_peer() {
    let (mut faults, mut compared, mut refused) = (Vec::new(), 0, 0);
    let mut checks = std::collections::BTreeSet::new();
    for Case { name, played } in cases() {
        let run = &played.run;
        for connection in &run.connections {
            let Some(session) = connection.session.as_deref() else { continue };
            for (of_clients, side) in sides(connection) {
                let (Some(theirs), Some(peer)) = (&side.verification, run.scenario.peer(&side.peer)) else { continue };
                let judged = judged(session, basis(run, peer, of_clients), of_clients);
                let Some(ours) = judged.as_ref().and_then(Judged::ruling) else { continue };
                if is_beyond_capture(run, peer, session, theirs) {
                    continue;
                }
                compared += 1;
                refused += u32::from(!theirs.accepted);
                let [mine, other] = [&ours.verification, theirs].map(|it| it.failure().map(|rung| rung.check));
                checks.extend(mine.map(Check::word));
                if (ours.verification.accepted, mine) != (theirs.accepted, other) {
                    let number = connection.number;
                    faults.push(format!("{name}, connection {number}, {}: says {other:?}, judged {mine:?}", side.peer));
                }
            }
        }
    }
    hold(&faults);
    println!("{compared} compared, {refused} refused over {checks:?}");
    assert!(compared > 150 && refused > 20, "{compared} compared, {refused} refused");
}

/// A run that is opened like a capture knows by what its peers judge: no clock, list or rule of theirs is beyond it.
#[test]
fn a_run_that_is_opened_is_judged_as_its_peers_judged() {
    let (mut faults, mut compared, mut refused, mut left) = (Vec::new(), 0, 0, 0);
    for Case { name, played } in cases() {
        let run = &played.run;
        let snapshot = run.snapshot();
        for connection in &run.connections {
            let stream = connection.session.as_ref().map(|session| session.stream);
            let Some(session) = snapshot.sessions.iter().find(|session| Some(session.stream) == stream) else {
                continue;
            };
            for (of_clients, side) in sides(connection) {
                let judged = if of_clients { &session.judgement.client } else { &session.judgement.server }.as_ref();
                let ours = judged.and_then(Judged::ruling).map(|ruling| &ruling.verification);
                let theirs = side.verification.as_deref();
                compared += u32::from(ours.is_some() && theirs.is_some());
                refused += u32::from(ours.is_some_and(|ours| !ours.accepted));
                // Who left before does not know what it would have said.
                let purpose = if of_clients { Purpose::Client } else { Purpose::Server };
                let verifier = snapshot.basis.verifiers.of(session, purpose);
                if ours.is_some() && theirs.is_none() && verifier.is_some_and(|verifier| !verifier.has_judged) {
                    left += 1;
                    continue;
                }
                if ours.is_some() && ours != theirs {
                    let [mine, other] = [ours, theirs].map(|it| it.map(|it| (it.accepted, it.failure())));
                    faults
                        .push(format!("{name}, connection {}, {}: {mine:?}, {other:?}", connection.number, side.peer));
                }
                if ours.is_none() && theirs.is_some() {
                    faults.push(format!("{name}, connection {}, {}: not judged", connection.number, side.peer));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    let counts = format!("{compared} compared, {refused} refused, {left} not come so far");
    assert!(compared > 180 && refused > 60 && left < 8, "{counts}");
    println!("{counts}");
}

fn sides(connection: &Connection) -> [(bool, &Testimony); 2] {
    [(false, &connection.client_says), (true, &connection.server_says)]
}

/// `tlslab inspect`, by the arguments; standard output, or standard error where it fails.
fn inspect(arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlslab"));
    command.arg("inspect").args(arguments).env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"));
    let output = command.env_remove("SSLKEYLOGFILE").stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

#[test]
fn a_saved_run_is_judged_by_files() {
    let shipped = catalogue::find("cert-expired").unwrap();
    let job = jobs(&shipped.file().unwrap()).remove(0);
    let run = tlslab::lab::batch::perform(&job).unwrap().run;
    let folder = tempfile::tempdir().unwrap();
    let [capture, root] = ["run.pcapng", "root.pem"].map(|name| folder.path().join(name).display().to_string());
    fs::write(&capture, run.pcapng().unwrap()).unwrap();
    let client = run.scenario.peers.iter().find(|peer| !peer.item.trust.is_empty()).unwrap();
    let of_root = run.pki.certificate(&client.item.trust[0]).unwrap();
    fs::write(&root, pem("CERTIFICATE", &of_root.der)).unwrap();
    let line = |arguments: &[&str]| {
        let text = inspect(&[&[&capture, "--format", "ndjson"], arguments].concat()).unwrap();
        serde_json::from_str::<serde_json::Value>(text.lines().next().unwrap()).unwrap()
    };
    let checks = |line: &serde_json::Value| -> Vec<String> {
        let problems = line["server_validation"]["problems"].as_array().unwrap().iter();
        problems.map(|problem| problem["check"].as_str().unwrap().to_owned()).collect()
    };
    let judged = line(&["--anchors", "none", "--anchors", &root]);
    assert_eq!(judged["server_validation"]["accepted"], false);
    assert_eq!(judged["server_validation"]["anchor"]["store"], root.as_str());
    assert_eq!(checks(&judged), ["validity"], "{judged}");
    // Without its root, the chain has one fault more, and both are told.
    assert_eq!(checks(&line(&[])), ["validity", "trust"]);
    assert_eq!(line(&["--anchors", "none"])["server_validation"]["result"], "not-judged");
    assert!(line(&["--judge", "none"])["server_validation"].is_null());
    let folder = folder.path().display().to_string();
    assert_eq!(checks(&line(&["--anchors", &folder])), ["validity"], "a folder, in which a capture lies too");
    for (filter, count) in [("validation == failed", 1), ("failed_check == trust", 0), ("failed_check == validity", 1)]
    {
        let text = inspect(&[&capture, "--anchors", &root, "--format", "ndjson", "--filter", filter]).unwrap();
        assert_eq!(text.lines().count(), count, "{filter}");
    }
}

#[test]
fn files_that_cannot_be_used_are_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let capture = concat!(env!("CARGO_MANIFEST_DIR"), "/captures/one-way-tls12.pcapng");
    let certificate =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/x509/samples/everything.pem")).unwrap();
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name).display().to_string();
        fs::write(&path, content).unwrap();
        path
    };
    let (empty, text) = (write("empty", b""), write("text", b"hello"));
    let (key, good) =
        (write("key", pem("PRIVATE KEY", &[0x30, 0]).as_bytes()), write("ca.pem", certificate.as_bytes()));
    let bare = folder.path().join("bare").display().to_string();
    fs::create_dir(&bare).unwrap();
    for (option, file, words) in [
        ("--anchors", empty.as_str(), "the file is empty"),
        ("--anchors", &text, "there is neither PEM nor DER in it"),
        ("--anchors", capture, "there is neither PEM nor DER in it"),
        ("--anchors", &key, "there is a private key in it, and no certificate"),
        ("--anchors", "no/such/file", "cannot read no/such/file"),
        ("--anchors", &bare, "there is no certificate in any of its files"),
        ("--crl", &good, "there are certificates in it, and no revocation list"),
        ("--crl", &text, "there is neither PEM nor DER in it"),
        ("--ct-logs", &text, "this is no list of logs"),
        ("--ct-logs", "no/such/file", "cannot read no/such/file"),
    ] {
        let said = inspect(&[capture, option, file]).unwrap_err();
        assert!(said.contains(words), "{option} {file}: {said}");
    }
    assert!(inspect(&[capture, "--anchors", &good]).is_ok());
    assert_eq!(unpem(certificate.as_bytes()).len(), 1);
}

#[test]
fn real_timestamps_are_verified_in_all_three_ways() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/captures"));
    let logs = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ct_logs.json");
    let (google, pilot) = ("'Rocketeer' log", "'Pilot' log");
    for (name, wanted) in [
        (
            "zeek/signed_certificate_timestamp.pcap",
            [(google, "in a TLS extension"), (pilot, "in the stapled OCSP response")],
        ),
        ("zeek/pppoe-over-qinq.pcap", [(pilot, "in the certificate"), (pilot, "in the certificate")]),
    ] {
        let path = folder.join(name);
        if !path.exists() {
            println!("skipped: there is no {}", path.display());
            continue;
        }
        let text = inspect(&[path.to_str().unwrap(), "--judge", "all", "--ct-logs", logs]).unwrap();
        for (log, place) in wanted {
            let line = format!("timestamp of Google {log} {place}: verified");
            assert!(text.contains(&line), "{name}: {line} is not in\n{text}");
        }
        assert!(!text.contains("WRONG"), "{name}");
    }
}

#[test]
fn real_captures_get_the_right_verdict() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/captures/zeek"));
    for (name, stream, wanted) in [
        ("tls-expired-cert.pcap", "tcp:0", ["validity", "at 2014-03-13T21:20:03Z"]),
        ("missing-intermediate.pcap", "tcp:0", ["chain-built of certificate 1", "was not sent"]),
        ("missing-intermediate.pcap", "tcp:1", ["yes, at 2014-11-26", "(mozilla)"]),
    ] {
        let path = folder.join(name);
        if !path.exists() {
            println!("skipped: there is no {}", path.display());
            continue;
        }
        let filter = format!("stream == {stream}");
        let text = inspect(&[path.to_str().unwrap(), "--filter", &filter]).unwrap();
        for words in wanted {
            assert!(text.contains(words), "{name}: {words} is not in\n{text}");
        }
    }
}
