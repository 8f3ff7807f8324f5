//! Every scenario of the program in every variant: it comes out as it expects, twice the same, and the decoder, the
//! explaining verifier and tshark say of it what the two libraries say. The libraries are the oracle here: nothing of
//! their testimony was read off the wire.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::Arc;
use support::hold;
use support::plays::{Case, cases, play};
use tlslab::capture::{Detail, Dissector, Settings};
use tlslab::lab::batch::Played;
use tlslab::lab::exercise::fill;
use tlslab::lab::run::{Connection, Testimony};
use tlslab::lab::scenario::{Action, Ask, Attack, FailedCheck, Handshake, catalogue};
use tlslab::net::Direction;
use tlslab::session::{EventKind, ProofKind, ProofResult, Session};
use tlslab::tls::code::ProtocolVersion;
use tlslab::tls::decrypt::derivation::{Operation, Origin, Output};

#[test]
fn every_scenario_is_as_it_expects() {
    let mut faults = Vec::new();
    for Case { name, played, .. } in cases() {
        for judgement in &played.judgements {
            let line = judgement.line;
            faults.extend(judgement.differences.iter().map(|difference| format!("{name}, line {line}: {difference}")));
        }
        for missed in played.run.missed.iter().filter(|missed| !missed.may_miss) {
            faults.push(format!("{name}, step {}: {}", missed.step + 1, missed.reason));
        }
    }
    hold(&faults);
}

#[test]
fn a_scenario_gives_the_same_bytes_each_time() {
    let again = play();
    let mut faults = Vec::new();
    for (first, second) in cases().iter().zip(&again) {
        assert_eq!(first.name, second.name);
        if first.played.run.pcapng().unwrap() != second.played.run.pcapng().unwrap() {
            faults.push(format!("{}: two plays differ", first.name));
        }
        if first.played.run.key_log != second.played.run.key_log {
            faults.push(format!("{}: two key logs differ", first.name));
        }
    }
    assert_eq!(cases().len(), again.len());
    hold(&faults);
}

#[test]
fn the_explaining_verifier_agrees_with_the_libraries() {
    let mut faults = Vec::new();
    let mut verified = 0;
    for Case { name, played, .. } in cases() {
        for side in sides(played) {
            verified += u32::from(side.verification.is_some());
            faults.extend(side.disagreement.iter().map(|text| format!("{name}: {}: {text}", side.peer)));
        }
    }
    hold(&faults);
    assert!(verified > 0);
}

#[test]
fn a_testimony_names_the_check_that_the_ladder_shows() {
    let mut faults = Vec::new();
    let mut compared = 0;
    for Case { name, played, .. } in cases() {
        for side in sides(played) {
            let Some(FailedCheck::Certificate(check)) = side.check else { continue };
            let Some(rung) = side.verification.as_ref().and_then(|verification| verification.failure()) else {
                continue;
            };
            compared += 1;
            if check != rung.check {
                faults
                    .push(format!("{name}: {}: says {check:?}, shows {:?}: {}", side.peer, rung.check, rung.evidence));
            }
        }
    }
    hold(&faults);
    assert!(compared > 20, "{compared}");
}

fn sides(played: &Played) -> impl Iterator<Item = &Testimony> {
    played.run.connections.iter().flat_map(|connection| [&connection.client_says, &connection.server_says])
}

#[test]
fn the_decoder_says_what_the_libraries_say() {
    let mut faults = Vec::new();
    let mut compared = 0;
    for case in cases() {
        for connection in &case.played.run.connections {
            let Some(session) = &connection.session else {
                if connection.client_says.version.is_some() {
                    faults.push(format!("{}: connection {} has no session", case.name, connection.number));
                }
                continue;
            };
            let mut oracle = Oracle { name: &case.name, connection, session, faults: &mut faults };
            if is_tampered(case) {
                oracle.negotiated_by_both();
            } else {
                oracle.everything();
            }
            compared += 1;
        }
    }
    hold(&faults);
    assert!(compared > 0);
}

/// Whether somebody changed bytes on the way: what the sides and the wire saw may then differ, which is the lesson.
fn is_tampered(case: &Case) -> bool {
    is_tampered_with(&case.played)
}

fn is_tampered_with(played: &Played) -> bool {
    let harmless = |attack: &Attack| {
        matches!(
            attack,
            Attack::Copy | Attack::Replay | Attack::RelayTo(_) | Attack::Delay(_) | Attack::Split(_) | Attack::Join
        )
    };
    let mut steps = played.run.scenario.steps.iter();
    steps.any(|step| matches!(&step.action, Action::Attack(attack) if !harmless(attack)))
}

/// One connection, held against what its libraries say.
struct Oracle<'a> {
    name: &'a str,
    connection: &'a Connection,
    session: &'a Session,
    faults: &'a mut Vec<String>,
}

impl Oracle<'_> {
    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, library: &T, wire: &T) {
        if library != wire {
            let number = self.connection.number;
            self.faults.push(format!("{} #{number}: {what}: libraries {library:?}, wire {wire:?}", self.name));
        }
    }

    /// Whether every record could be opened.
    fn is_open(&self) -> bool {
        self.session.decryption.as_ref().is_some_and(|decryption| decryption.closed == [0, 0])
    }

    fn negotiated_by_both(&mut self) {
        let (client, server) = (&self.connection.client_says, &self.connection.server_says);
        if self.connection.handshake == Handshake::Ok && client.version == server.version {
            self.same("version", &client.version, &self.session.version);
            self.same("suite", &client.suite, &self.session.cipher_suite);
        }
    }

    fn everything(&mut self) {
        let (client, server) = (&self.connection.client_says, &self.connection.server_says);
        let session = self.session;
        if client.handshake_done {
            self.same("version", &client.version, &session.version);
            self.same("suite", &client.suite, &session.cipher_suite);
            self.same("resumed", &client.resumed, &session.resumed);
            self.same("HelloRetryRequest", &client.hello_retry_request, &session.hello_retry_request());
            // A resumption up to TLS 1.2 has no key exchange, whatever the library remembers.
            if session.version.is_some_and(ProtocolVersion::is_tls13) || client.resumed == Some(false) {
                self.same("group", &client.group, &session.group);
            }
        }
        if server.handshake_done {
            self.same("server's version", &server.version, &session.version);
            self.same("server's suite", &server.suite, &session.cipher_suite);
            self.same("server's resumed", &server.resumed, &session.resumed);
            // rustls tells names in small letters.
            let name = |name: Option<&str>| name.map(str::to_ascii_lowercase);
            self.same("SNI", &name(server.server_name.as_deref()), &name(session.server_name()));
        }
        if self.is_open() {
            self.inside();
        }
    }

    /// What can be seen with the keys only.
    fn inside(&mut self) {
        let (client, server) = (&self.connection.client_says, &self.connection.server_says);
        let session = self.session;
        if client.handshake_done {
            self.same("ALPN", &client.alpn, &session.alpn);
        }
        let der = |list: &[std::sync::Arc<tlslab::x509::Certificate>]| -> Vec<Box<[u8]>> {
            list.iter().map(|certificate| certificate.der.clone()).collect()
        };
        if session.resumed == Some(false) {
            if !client.peer_certificates.is_empty() {
                self.same("server's chain", &der(&client.peer_certificates), &der(&session.server_certificates));
            }
            if !server.peer_certificates.is_empty() || server.handshake_done {
                self.same("client's chain", &der(&server.peer_certificates), &der(&session.client_certificates));
            }
        }
        for (side, direction) in [(client, Direction::ToServer), (server, Direction::ToClient)] {
            let sent: Vec<_> = session.alerts().filter(|(event, _)| event.direction == direction).collect();
            let fatal: Vec<_> =
                sent.iter().map(|(_, alert)| alert.description).filter(|alert| !alert.is_closure()).collect();
            self.same(&format!("alerts of {}", side.peer), &side.alert_sent.into_iter().collect::<Vec<_>>(), &fatal);
        }
        self.plaintext();
    }

    /// What the applications received is what the records carry.
    fn plaintext(&mut self) {
        let (client, server) = (&self.connection.client_says, &self.connection.server_says);
        let both_fine = client.error.is_none() && server.error.is_none();
        // What somebody plays back is decrypted here, and ignored by a server that is careful.
        if !both_fine
            || !client.handshake_done
            || self.session.prelude.is_some()
            || server.early_data_accepted.is_some()
        {
            return;
        }
        let Some(decryption) = &self.session.decryption else { return };
        let wire = decryption.content.map(|content| content.bytes);
        self.same("plaintext", &[server.received.len() as u64, client.received.len() as u64], &wire);
    }
}

#[test]
fn opened_application_data_is_what_the_applications_received() {
    let mut faults = Vec::new();
    let mut compared = 0;
    for Case { name, played, .. } in cases().iter().filter(|case| !is_tampered(case)) {
        let mut dissector = Dissector::new(Settings { digest: true, ..Settings::SCREEN });
        dissector.read_key_log(played.run.key_log.0.as_bytes());
        let mut source = played.run.source();
        while let Some(packet) = source.next_packet() {
            dissector.push(&packet);
        }
        dissector.finish();
        let sessions = dissector.sessions();
        for connection in &played.run.connections {
            let (client, server) = (&connection.client_says, &connection.server_says);
            let ours = connection.session.as_ref().map(|session| session.number);
            let Some(session) = sessions.iter().find(|session| Some(session.number) == ours) else { continue };
            let failed = client.error.is_some() || server.error.is_some() || !client.handshake_done;
            let plain = session.prelude.is_some() || failed;
            let Some(decryption) = session.decryption.as_ref().filter(|_| !plain) else { continue };
            if decryption.closed != [0, 0] || server.early_data_accepted.is_some() {
                continue;
            }
            for (content, received) in decryption.content.iter().zip([&server.received, &client.received]) {
                let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, received);
                compared += u32::from(content.bytes > 0);
                if content.bytes > 0 && content.sha256.as_ref().map(<[u8; 32]>::as_slice) != Some(digest.as_ref()) {
                    faults.push(format!("{name} #{}: other bytes than the application received", connection.number));
                }
            }
        }
    }
    hold(&faults);
    assert!(compared > 50, "{compared}");
}

/// The variants in which a proof has to fail: somebody signs with another key than that of the certificate, or changes
/// what was signed.
const BROKEN: &[(&str, &[&str])] = &[
    ("stolen-certificate tls12", &["#1 the client's CertificateVerify"]),
    ("stolen-certificate tls13", &["#1 the client's CertificateVerify"]),
    ("key-does-not-fit tls12", &["#1 the server's ServerKeyExchange"]),
    ("key-does-not-fit tls13", &["#1 the server's CertificateVerify"]),
    ("erase-the-mark-too -", &["#1 the server's ServerKeyExchange"]),
];

/// The variant in which a record stays closed, to its receiver too: it was cut in two.
const CLOSED: &[&str] = &["records-and-messages data-in-two"];

#[test]
fn a_saved_run_opens_by_itself_and_all_its_proofs_hold() {
    let folder = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    let mut verified = 0;
    for (index, Case { name, played }) in cases().iter().enumerate() {
        let path = folder.path().join(format!("{index}.pcapng"));
        fs::write(&path, played.run.pcapng().unwrap()).unwrap();
        let mut failed = Vec::new();
        for session in support::captures::read(&path, &Arc::default()).0.sessions() {
            let closed = session.decryption.as_ref().map_or([0; 2], |decryption| decryption.closed);
            let may_be_closed = is_tampered_with(played) || CLOSED.contains(&name.as_str());
            if closed != [0; 2] && !may_be_closed {
                faults.push(format!(
                    "{name} #{}: {closed:?} records stay closed: {:?}",
                    session.number, session.decryption
                ));
            }
            for proof in &session.proofs {
                match proof.result {
                    ProofResult::Verified => verified += 1,
                    ProofResult::Failed(_) => failed.push(format!("#{} {}", session.number, proof.text())),
                    // The ticket of an earlier session is known to its peers alone.
                    ProofResult::NotChecked(_) if matches!(proof.kind, ProofKind::PskBinder { .. }) => {}
                    ProofResult::NotChecked(_) => faults.push(format!("{name} #{}: {}", session.number, proof.text())),
                }
            }
        }
        let expected = BROKEN.iter().find(|(broken, _)| broken == name).map_or(&[][..], |(_, expected)| *expected);
        let short: Vec<&str> = failed.iter().map(|text| text.split(" does NOT").next().unwrap_or_default()).collect();
        if short != expected {
            faults.push(format!("(\"{name}\", &{short:?}),"));
        }
    }
    hold(&faults);
    assert!(verified > 400, "{verified}");
}

#[test]
fn explanations_that_quote_the_run_find_what_they_quote() {
    let mut faults = Vec::new();
    let mut quoting = std::collections::BTreeSet::new();
    for Case { name, played, .. } in cases() {
        let scenario = &played.run.scenario;
        let ours = |ask: &&Ask| ask.variant.is_none() || ask.variant == played.run.variant;
        let asked = scenario.asks.iter().filter(ours).filter_map(|ask| ask.why.as_ref());
        let task = scenario.task.as_ref().and_then(|task| task.why.as_ref());
        for why in asked.chain(task).filter(|why| why.contains("${")) {
            quoting.insert(why.clone());
            let filled = fill(why, &played.run).unwrap_or_else(|error| panic!("{name}: {error}"));
            if filled.split(|c: char| !c.is_alphanumeric()).any(|word| word == "none") {
                faults.push(format!("{name}: {filled}"));
            }
        }
    }
    hold(&faults);
    assert!(quoting.len() >= 10, "{quoting:#?}");
}

/// How often each type of handshake message was seen.
type Messages = BTreeMap<u8, u32>;

fn messages(played: &Played) -> Messages {
    let mut messages = Messages::new();
    let sessions = played.run.connections.iter().filter_map(|connection| connection.session.as_ref());
    for event in sessions.flat_map(|session| &session.timeline) {
        if let EventKind::Handshake { kind, .. } = event.kind {
            *messages.entry(kind.0).or_default() += 1;
        }
    }
    messages
}

#[test]
fn tshark_opens_and_decrypts_every_saved_run() {
    if Command::new("tshark").arg("--version").output().is_err() {
        println!("skipped: there is no tshark");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    for (index, case) in cases().iter().enumerate() {
        let path = folder.path().join(format!("{index}.pcapng"));
        fs::write(&path, case.played.run.pcapng().unwrap()).unwrap();
        let output = Command::new("tshark")
            .args(["-n", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields"])
            .args(["-e", "tls.handshake.type", "-e", "tcp.checksum.status", "-e", "ip.checksum.status", "-r"])
            .arg(&path)
            .output()
            .unwrap();
        if !output.status.success() {
            faults.push(format!("{}: {}", case.name, String::from_utf8_lossy(&output.stderr)));
            continue;
        }
        let text = String::from_utf8(output.stdout).unwrap();
        let mut theirs = Messages::new();
        for line in text.lines() {
            let mut columns = line.split('\t');
            for kind in columns.next().unwrap_or_default().split(',').filter(|kind| !kind.is_empty()) {
                *theirs.entry(kind.parse().unwrap()).or_default() += 1;
            }
            if columns.any(|status| status != "1") {
                faults.push(format!("{}: a checksum is wrong: {line}", case.name));
            }
        }
        let ours = messages(&case.played);
        // On a port for plain text it does not look for TLS.
        let to_plain = sides(&case.played).any(|side| side.outcome == Some(Handshake::None));
        if !is_tampered(case) && !to_plain && ours != theirs {
            faults.push(format!("{}: messages: ours {ours:?}, tshark's {theirs:?}", case.name));
        }
    }
    hold(&faults);
}

#[test]
fn the_command_says_by_its_status_whether_all_is_as_expected() {
    let folder = tempfile::tempdir().unwrap();
    let good = catalogue::find("cert-expired").unwrap().text;
    let wrong = good.replacen("check     = \"validity\"", "check     = \"name\"", 1);
    assert_ne!(good, wrong, "the scenario has another form");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let (wrong, bad) = (write("wrong.lab.toml", &wrong), write("bad.lab.toml", "format = 1\nidd = 2\n"));
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_tlslab")).arg("run").args(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (status, out, _) = run(&["cert-expired"]);
    assert_eq!(status, Some(0), "{out}");
    let (status, out, _) = run(&[wrong.to_str().unwrap()]);
    assert_eq!(status, Some(1), "{out}");
    assert!(out.contains("check: expected name, got validity (connection 1, after frame 6, server>client"), "{out}");
    let (status, _, complaint) = run(&[bad.to_str().unwrap()]);
    assert_eq!(status, Some(2));
    assert!(complaint.contains("idd"), "{complaint}");
    let (status, out, _) = run(&["cert-expired", "--variant", "tls12", "--format", "json"]);
    assert_eq!(status, Some(0));
    assert!(out.contains("\"handshake\":\"failed\""), "{out}");
    let saved = folder.path().join("saved");
    let (status, ..) = run(&["C1", "--variant", "tls13", "--save", saved.to_str().unwrap()]);
    assert_eq!(status, Some(0));
    for name in ["run.pcapng", "run.keys", "pki", "trust/client.pem"] {
        assert!(saved.join("cert-expired-tls13").join(name).exists(), "{name} was not saved");
    }
}

/// From the secret of the key exchange everything below can be computed, and it is what the libraries log; the hash of
/// every Finished is the one on the wire.
#[test]
fn the_whole_key_schedule_follows_from_the_key_exchange() {
    let (mut faults, mut computed, mut early) = (Vec::new(), 0, 0);
    for Case { name, played, .. } in cases() {
        let run = &played.run;
        let snapshot = run.snapshot();
        for session in &snapshot.sessions {
            // Whoever plays a hello back has its client random too, and a key log finds its lines by that alone.
            let random = |session: &Session| session.client_hellos[0].item.random;
            if snapshot.sessions.iter().filter(|other| random(other) == random(session)).count() > 1 {
                continue;
            }
            let detail = Detail::open(&*run.store(), &snapshot.frames, session, &snapshot.secrets).unwrap();
            let derivation = detail.derivation(&snapshot.secrets, None);
            assert!(!session.key_log(&snapshot.secrets).contains("LAB_"), "{name}: no file gets what no library logs");
            for node in &derivation.nodes {
                let place = || format!("{name} session {}: {}", session.number, node.name);
                match &node.output {
                    Output::Known { confirmed: Some(true), .. } => {
                        computed += 1;
                        early += usize::from(node.name == "client_early_traffic_secret");
                    }
                    Output::Known { confirmed: Some(false), .. } => faults.push(place()),
                    Output::Known { origin: Origin::KeyLog(_), .. } if node.operation != Operation::Input => {
                        faults.push(format!("{} is not computed", place()));
                    }
                    _ => {}
                }
                assert!(!node.text().is_empty() && !node.reference().is_empty(), "{}", node.name);
            }
        }
    }
    hold(&faults);
    assert!(computed > 900 && early > 0, "{computed} {early}");
}
