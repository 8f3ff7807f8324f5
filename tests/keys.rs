//! What keys open: every protected record of the sample captures, in whatever order packets and keys come, and with
//! every byte of it in the fields; and nothing at all when the keys are those of somebody else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]

mod support;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use support::captures::{home, read, shared};
use support::{Capture, Seed, Way, check, conversation, facts, same_sessions, secrets, seeds};
use tlslab::base::parse_hex;
use tlslab::capture::{Detail, Dissector, Settings, Store};
use tlslab::net::Direction;
use tlslab::session::{Closed, EventKind, Outcome, Session};
use tlslab::tls::code::ProtocolVersion;
use tlslab::tls::key_log::Entry;
use tlslab::tls::private_key::{KeyFault, PrivateKey};
use tlslab::tls::secrets::{PreSharedKey, Secret, Secrets};

static SEEDS: LazyLock<Vec<Seed>> = LazyLock::new(seeds);
static SECRETS: LazyLock<Arc<Secrets>> = LazyLock::new(secrets);

fn capture(seed: &Seed) -> Capture {
    Capture::of(&conversation(&seed.turns, &Way::PLAIN, 50000))
}

fn names(session: &Session) -> Vec<String> {
    session.timeline.iter().map(|event| session.event_name(event).into_owned()).collect()
}

#[test]
fn every_protected_record_of_the_samples_is_opened() {
    let mut opened = 0;
    for seed in SEEDS.iter() {
        for session in capture(seed).dissect_with(&SECRETS).sessions() {
            let hidden = |kind: &EventKind| {
                matches!(
                    kind,
                    EventKind::EncryptedHandshake { .. }
                        | EventKind::EncryptedAlert { .. }
                        | EventKind::ApplicationData { maybe_handshake: true, .. }
                )
            };
            let closed = session.timeline.iter().find(|event| hidden(&event.kind));
            assert_eq!(closed, None, "{}: {:?}", seed.name, session.decryption);
            let Some(decryption) = &session.decryption else { continue };
            assert_eq!((decryption.closed, decryption.reason), ([0; 2], [None; 2]), "{}", seed.name);
            opened += decryption.opened.iter().sum::<u32>();
        }
    }
    assert!(opened > 100, "{opened} records");
}

#[test]
fn what_was_hidden_is_told_by_its_name() {
    let session = |name: &str| {
        let seed = SEEDS.iter().find(|seed| seed.name == name).unwrap();
        Session::clone(&capture(seed).dissect_with(&SECRETS).sessions()[0])
    };
    let one_way = session("one-way-tls13");
    for name in ["EncryptedExtensions", "Certificate", "CertificateVerify", "Finished", "NewSessionTicket"] {
        assert!(names(&one_way).iter().any(|found| found == name), "{name}: {:?}", names(&one_way));
    }
    assert_eq!((one_way.outcome, one_way.server_certificates.is_empty()), (Outcome::Established, false));
    assert!(one_way.new_session_tickets > 0 && one_way.server_signature_scheme.is_some());
    let mutual = session("mutual-tls13");
    assert_eq!(mutual.client_certificate_sent, Some(true));
    assert!(mutual.certificate_request.is_some() && !mutual.client_certificates.is_empty());
    let missing = session("client-certificate-missing-tls13");
    assert_eq!(missing.client_certificate_sent, Some(false));
    let Outcome::Refused { by: Direction::ToClient, alert } = missing.outcome else {
        panic!("{:?}", missing.outcome);
    };
    assert_eq!(alert.description.name(), Some("certificate_required"));
    assert_eq!(session("alpn").alpn.as_deref(), Some(&b"http/1.1"[..]));
    assert!(matches!(session("certificate-expired").outcome, Outcome::Refused { by: Direction::ToServer, .. }));
    let tls12 = session("one-way-tls12");
    assert_eq!(names(&tls12).iter().filter(|name| *name == "Finished").count(), 2);
}

/// The fields of what was opened lie in the decrypted record, behind those of the record on the wire.
#[test]
fn a_decrypted_event_shows_the_wire_and_what_is_inside() {
    for seed in SEEDS.iter() {
        let capture = capture(seed);
        let mut dissector = capture.dissect_with(&SECRETS);
        let session = Arc::clone(&dissector.sessions()[0]);
        let detail = Detail::open(&capture.store(), dissector.frames(), &session, &SECRETS).unwrap();
        for (index, event) in detail.session.timeline.iter().enumerate().filter(|(_, event)| event.decrypted) {
            let dissection = detail.dissect(index);
            let fields: Vec<_> = dissection.tree.nodes().iter().map(|node| node.field.name).collect();
            assert!(fields.contains(&"tls.record") && fields.contains(&"tls.record.decrypted"), "{fields:?}");
            assert_eq!(dissection.buffers[1].name, "Decrypted record");
            let problems: Vec<_> = dissection.tree.notes().iter().filter(|note| note.code == "malformed").collect();
            assert!(problems.is_empty(), "{}: {event:?}: {problems:?}", seed.name);
            if let EventKind::Handshake { length, .. } = event.kind {
                let message = dissection.tree.nodes().iter().find(|node| node.field.name == "tls.handshake.length");
                assert!(message.is_some(), "{}: {event:?} of {length}: {fields:?}", seed.name);
            }
        }
        let data = detail.application_data(1 << 20);
        let sum =
            |way| data.iter().filter(|data| data.direction == way).map(|data| data.bytes.len() as u64).sum::<u64>();
        let counted = detail.session.decryption.as_ref().map_or([0; 2], |facts| facts.content.map(|c| c.bytes));
        assert_eq!([sum(Direction::ToServer), sum(Direction::ToClient)], counted, "{}", seed.name);
        assert!(data.is_sorted_by_key(|data| data.frame));
        assert!(detail.application_data(0).iter().all(|data| data.bytes.is_empty()));
    }
}

/// The text of the mail conversation is what the peers said to each other behind STARTTLS.
#[test]
fn application_data_can_be_had() {
    let seed = SEEDS.iter().find(|seed| seed.name == "smtp-starttls").unwrap();
    let capture = capture(seed);
    let mut dissector = capture.dissect_with(&SECRETS);
    let session = Arc::clone(&dissector.sessions()[0]);
    let detail = Detail::open(&capture.store(), dissector.frames(), &session, &SECRETS).unwrap();
    let data = detail.application_data(1 << 20);
    let text = String::from_utf8(data.iter().flat_map(|data| data.bytes.clone()).collect()).unwrap();
    assert!(text.contains("EHLO") && text.contains("250"), "{text}");
}

#[test]
fn keys_of_somebody_else_open_nothing_and_it_is_said_why() {
    let seed = SEEDS.iter().find(|seed| seed.name == "one-way-tls13").unwrap();
    let session = |secrets: Secrets| {
        let session = Session::clone(&capture(seed).dissect_with(&Arc::new(secrets)).sessions()[0]);
        let decryption = session.decryption.clone().unwrap();
        assert_eq!(decryption.opened, [0; 2]);
        assert!(!session.timeline.iter().any(|event| event.decrypted));
        decryption.reason
    };
    let random = capture(seed).dissect().sessions()[0].client_hellos[0].item.random.unwrap();
    let mut stranger = Secrets::default();
    let mut wrong = Secrets::default();
    let mut partial = Secrets::default();
    for (label, secret) in SECRETS.of(&random) {
        let other = Secret::new(secret.bytes().iter().map(|byte| byte ^ 1).collect());
        stranger.keep(Entry::Random { label: *label, random: [9; 32], secret: other.clone() });
        wrong.keep(Entry::Random { label: *label, random, secret: other });
        if label.word().contains("EXPORTER") {
            partial.keep(Entry::Random { label: *label, random, secret: secret.clone() });
        }
    }
    assert_eq!(session(stranger), [Some(Closed::NoEntry); 2]);
    assert_eq!(session(wrong), [Some(Closed::WrongSecret); 2]);
    let reasons = session(partial).map(|reason| reason.unwrap().word());
    assert_eq!(reasons, ["label missing"; 2]);
}

/// What the peers' keys open does not depend on when the keys come.
fn keys_late_open_as_keys_first(capture: &Capture) {
    let expected = capture.dissect_with(&SECRETS).sessions();
    let mut late = capture.dissect();
    late.open_with(Arc::clone(&SECRETS));
    late.read_again(&capture.store());
    same_sessions(&late.sessions(), &expected, "keys late");
}

/// One whole record lost from the middle: what follows it is opened all the same.
#[test]
fn a_lost_record_does_not_end_decryption() {
    for seed in SEEDS.iter() {
        let whole = capture(seed).dissect_with(&SECRETS).sessions();
        let packets = capture(seed).packets;
        for lost in 0..packets.len() {
            if packets[lost].1.len() <= 54 {
                continue;
            }
            let mut capture = Capture { packets: packets.clone() };
            capture.packets.remove(lost);
            for (session, whole) in capture.dissect_with(&SECRETS).sessions().iter().zip(&whole) {
                // Without the hellos there is nothing to make keys from.
                let hellos = |session: &Session| (session.client_hellos.len(), session.server_hellos.len());
                if hellos(session) != hellos(whole) {
                    continue;
                }
                let (Some(found), Some(all)) = (&session.decryption, &whole.decryption) else { continue };
                let torn = |reason: &Option<Closed>| reason.is_none_or(|reason| reason == Closed::Incomplete);
                assert!(found.reason.iter().all(torn), "{}: packet {lost}: {found:?} of {all:?}", seed.name);
            }
        }
    }
}

/// A file of the folder that `tests/keys/make.py` fills.
fn file(name: &str) -> Vec<u8> {
    std::fs::read(home("tests/keys").join(name)).unwrap()
}

/// What is given to open a capture with, by words: files of private keys, `PSK` or `IDENTITY:PSK` in hexadecimal
/// digits, `log` for its key log, and `log 1` for the first line of it.
fn given(capture: &str, words: &[&str]) -> Arc<Secrets> {
    let mut secrets = Secrets::default();
    for word in words {
        let log = String::from_utf8(file(&format!("{capture}.keys"))).unwrap();
        if *word == "log" {
            assert_eq!(secrets.read_key_log(log.as_bytes(), 1), []);
        } else if *word == "log 1" {
            let line = log.lines().find(|line| !line.starts_with('#')).unwrap();
            assert_eq!(secrets.read_key_log(line.as_bytes(), 1), []);
        } else if let Some(key) = parse_hex(word.rsplit(':').next().unwrap()) {
            let identity = word.rsplit_once(':').map(|(identity, _)| identity.as_bytes().to_vec());
            secrets.keep_pre_shared_key(PreSharedKey { identity, key: Secret::new(key) });
        } else {
            for key in PrivateKey::read(&file(word), Some("correct")).unwrap() {
                secrets.keep_private_key(key);
            }
        }
    }
    Arc::new(secrets)
}

fn dissected(name: &str, secrets: &Arc<Secrets>) -> (Dissector, Arc<dyn Store>) {
    read(&home(&format!("tests/keys/{name}.pcap")), secrets)
}

const PSK: &str = "0102030405060708090a0b0c0d0e0f10";
const LAMP: &str = "lamp:0102030405060708090a0b0c0d0e0f10";

/// What is given, and the reason for which each session of the capture stays closed; `opened` where it does not.
const OPENED: &[(&str, &[&str], &[&str])] = &[
    ("rsa-ticket", &["server.pkcs1.pem"], &["opened", "opened"]),
    ("rsa-ticket", &["other.pem", "server.pkcs8.pem"], &["opened", "opened"]),
    ("rsa-ticket", &["other.pem"], &["other private key", "resumed"]),
    ("rsa-ticket", &["log 1"], &["opened", "opened"]),
    ("rsa-ticket", &[LAMP], &["no entry", "resumed"]),
    ("rsa-session-id", &["server.pkcs8.der"], &["opened", "opened"]),
    ("rsa-session-id", &["log 1"], &["opened", "opened"]),
    ("rsa-tls10", &["server.encrypted.pem"], &["opened"]),
    ("rsa-tls10", &["encrypted/pem-aes128.pem"], &["opened"]),
    ("rsa-tls10", &["encrypted/pbe-sha1-3des.pem"], &["opened"]),
    ("rsa-tls10", &["server.p12"], &["opened"]),
    ("ecdhe", &["server.p12"], &["forward secrecy"]),
    ("ecdhe", &["server.p12", "log"], &["opened"]),
    ("tls13", &["server.pkcs1.pem"], &["forward secrecy"]),
    ("psk", &[PSK], &["opened"]),
    ("psk", &["00", "ff", LAMP], &["opened"]),
    ("psk", &["00", PSK, "ff"], &["opened"]),
    ("psk", &["lamb:0102030405060708090a0b0c0d0e0f10"], &["other identity"]),
    ("psk", &["00"], &["wrong secret"]),
    ("rsa-psk", &["server.p12", PSK], &["opened"]),
    ("rsa-psk", &["other.pem", PSK], &["other private key"]),
    ("ecdhe-psk", &[LAMP], &["forward secrecy"]),
    ("psk-tls13", &[LAMP], &["opened"]),
    ("psk-tls13", &["00", PSK], &["opened"]),
    ("psk-tls13", &["00"], &["other identity"]),
    ("psk-dhe-tls13", &[LAMP], &["forward secrecy"]),
    ("psk-dhe-tls13", &[LAMP, "log"], &["opened"]),
];

#[test]
fn long_lived_keys_open_what_they_can_and_it_is_said_why_not() {
    for (name, words, expected) in OPENED {
        let (mut dissector, store) = dissected(name, &given(name, words));
        let sessions = dissector.sessions();
        let found: Vec<_> = sessions.iter().map(|session| reason(session)).collect();
        assert_eq!(&found, expected, "{name} with {words:?}");
        // Each session opens by itself too, with what was learned from the others.
        for session in &sessions {
            let detail = Detail::open(&*store, dissector.frames(), session, &dissector.secrets()).unwrap();
            assert_eq!(reason(&detail.session), reason(session), "{name} with {words:?}, by itself");
        }
        // And when the keys come after the packets.
        let (mut late, store) = dissected(name, &Arc::default());
        late.open_with(given(name, words));
        late.read_again(&*store);
        same_sessions(&late.sessions(), &sessions, name);
    }
}

/// The secrets of a hidden hello, or of a capture whose randoms were changed: they stand under a random that is not on
/// the wire.
#[test]
fn secrets_without_a_match_are_tried() {
    for seed in SEEDS.iter() {
        let sessions = capture(seed).dissect_with(&SECRETS).sessions();
        let Some(session) = sessions.iter().find(|session| session.version.is_some_and(ProtocolVersion::is_tls13))
        else {
            continue;
        };
        let mut secrets = Secrets::default();
        for (number, hello) in (1..).zip(sessions.iter().filter_map(|session| session.client_hellos.last())) {
            for (label, secret) in SECRETS.of(&hello.item.random.unwrap()) {
                secrets.keep(Entry::Random { label: *label, random: [number; 32], secret: secret.clone() });
            }
        }
        let secrets = Arc::new(secrets);
        let found = capture(seed).dissect_with(&secrets).sessions();
        let opened = |session: &Session| session.decryption.as_ref().map(|facts| (facts.opened, facts.closed));
        let again = found.iter().find(|again| again.number == session.number).unwrap();
        assert_eq!(opened(again), opened(session), "{}", seed.name);
        // What was found can be taken along, under the random that is on the wire.
        let mut own = Secrets::default();
        assert_eq!(own.read_key_log(again.key_log(&secrets).as_bytes(), 1), []);
        let third = capture(seed).dissect_with(&Arc::new(own)).sessions();
        let third = third.iter().find(|third| third.number == session.number).unwrap();
        assert_eq!(opened(third), opened(session), "{}", seed.name);
    }
}

fn reason(session: &Session) -> &'static str {
    let decryption = session.decryption.as_ref().unwrap();
    match decryption.reason {
        [None, None] if decryption.opened.iter().all(|count| *count > 1) => "opened",
        [Some(client), Some(server)] if client == server => client.word(),
        _ => panic!("{decryption:?}"),
    }
}

#[test]
fn what_is_wrong_with_a_private_key_is_said_without_it() {
    let pkcs1 = file("server.pkcs1.pem");
    let cut = pkcs1[..600].to_vec();
    let mut damaged = pkcs1.clone();
    damaged[100..120].fill(b'A');
    let archive = file("server.p12");
    for (name, bytes, password, expected) in [
        ("encrypted", file("server.encrypted.pem"), None, KeyFault::NeedsPassword),
        ("encrypted", file("server.encrypted.pem"), Some("incorrect"), KeyFault::WrongPassword),
        ("archive", archive.clone(), None, KeyFault::NeedsPassword),
        ("archive", archive.clone(), Some("incorrect"), KeyFault::WrongPassword),
        ("cut archive", archive[..1000].to_vec(), Some("correct"), KeyFault::Damaged),
        ("RC4", file("server.rc4.pem"), Some("correct"), KeyFault::Encryption),
        ("curve", file("ec.pem"), None, KeyFault::NotRsa),
        ("encrypted curve", file("ec.encrypted.pem"), Some("correct"), KeyFault::NotRsa),
        ("Ed25519", file("ed25519.pem"), None, KeyFault::NotRsa),
        ("certificate", file("server.crt"), None, KeyFault::Public),
        ("cut", cut, None, KeyFault::Damaged),
        ("damaged", damaged, None, KeyFault::Damaged),
        ("key log", file("tls13.keys"), None, KeyFault::Unknown),
        ("nothing", Vec::new(), None, KeyFault::Unknown),
    ] {
        assert_eq!(PrivateKey::read(&bytes, password).unwrap_err(), expected, "{name}");
    }
    let keys = PrivateKey::read(&pkcs1, None).unwrap();
    assert_eq!(format!("{keys:?}"), "[PrivateKey(RSA, 2048 bits)]");
}

/// What openssl wrote before PBES2 was there: the same key in each of its old ways.
#[test]
fn keys_in_old_encryptions_are_opened_by_their_password() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/encrypted");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let read = |password| PrivateKey::read(&bytes, password).map(|keys| format!("{keys:?}"));
        let name = path.display();
        assert_eq!(read(Some("correct")), Ok("[PrivateKey(RSA, 2048 bits)]".to_owned()), "{name}");
        assert_eq!(read(None), Err(KeyFault::NeedsPassword), "{name}");
        for wrong in ["", "incorrect", "Correct", "b\u{fc}cher \u{1f511}"] {
            assert_eq!(read(Some(wrong)), Err(KeyFault::WrongPassword), "{name} with {wrong:?}");
        }
        count += 1;
    }
    assert_eq!(count, 16);
}

/// Key files that are broken anywhere give a fault and no panic.
#[test]
fn no_byte_of_a_private_key_can_stop_the_program() {
    let archive = file("server.pkcs8.der");
    for at in 0..archive.len().min(80) {
        for value in [0, 0x7f, 0x80, 0xff] {
            let mut bytes = archive.clone();
            bytes[at] = value;
            let _ = PrivateKey::read(&bytes, Some("correct"));
        }
        let _ = PrivateKey::read(&archive[..at], None);
    }
    for name in ["encrypted/pem-des3.pem", "encrypted/pbe-md5-des.pem", "encrypted/pbe-sha1-rc2-40.pem"] {
        let bytes = file(name);
        for at in (0..bytes.len()).step_by(13) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x15;
            let _ = PrivateKey::read(&changed, Some("correct"));
            let _ = PrivateKey::read(&bytes[..at], Some("correct"));
        }
    }
}

/// A capture of another project, what it is opened with, and words of what is said in it and not said.
struct Other {
    capture: &'static str,
    /// A file, hexadecimal digits of a pre-shared key, or nothing where the capture brings its secrets.
    key: &'static str,
    password: Option<&'static str>,
    said: &'static [&'static str],
    not_said: &'static [&'static str],
}

const fn other(capture: &'static str, key: &'static str, said: &'static [&'static str]) -> Other {
    Other { capture, key, password: None, said, not_said: &[] }
}

/// Words are those that Wireshark's own tests look for, where its folder is named.
const OTHERS: &[Other] = &[
    Other {
        password: Some("WebAS"),
        ..other("wireshark-suite/dmgr.pcapng", "wireshark-suite/keys/key.p12", &["unsecureLogon.jsp"])
    },
    other("wireshark-suite/rsa-p-lt-q.pcap", "wireshark-suite/keys/rsa-p-lt-q.key", &["GET / HTTP/1"]),
    other("wireshark-suite/dhe1.pcapng.gz", "wireshark-suite/keys/dhe1_keylog.dat", &["GET /test HTTP/1.0"]),
    other(
        "wireshark-suite/tls12-aes128ccm.pcap",
        "ca19e028a8a372ad2d325f950fcaceed",
        &["http://www.gnu.org/software/gnutls"],
    ),
    other(
        "wireshark-suite/tls13-20-chacha20poly1305.pcap",
        "wireshark-suite/keys/tls13-20-chacha20poly1305.keys",
        &["TLS13-CHACHA20-POLY1305-SHA256"],
    ),
    other(
        "wireshark-suite/tls13-rfc8446.pcap",
        "wireshark-suite/keys/tls13-rfc8446.keys",
        &["/first", "Request for /first, version TLSv1.3, Early data: no", "/early", "/second", "Early data: yes"],
    ),
    // The same key log without the secrets of early data: the rest is opened all the same.
    Other {
        not_said: &["GET /early"],
        ..other(
            "wireshark-suite/tls13-rfc8446.pcap",
            "wireshark-suite/keys/tls13-rfc8446.keys without CLIENT_EARLY",
            &["/first", "Request for /early, version TLSv1.3, Early data: yes", "/second"],
        )
    },
    other("wireshark-suite/tls12-dsb.pcapng", "", &["Host: example.com", "Host: example.net", "200 OK"]),
    other("wireshark-suite/http2-brotli.pcapng", "", &["PRI * HTTP/2.0"]),
    other("wireshark-suite/tls-fragmented-over-tcp-segmented.pcapng.gz", "", &["reports.crashlytics.com"]),
    other("wireshark-suite/quic-with-secrets.pcapng", "", &[]),
    other("wireshark-wiki/rsasnakeoil2.pcap", "wireshark-wiki/keys/rsasnakeoil2.key", &["favicon.ico"]),
    other(
        "snet/TLS1_2_DHE-RSA-ARIA128-GCM-SHA256_auth.pcap",
        "snet/keys/TLS1_2_DHE-RSA-ARIA128-GCM-SHA256_auth.txt",
        &[],
    ),
];

impl Other {
    fn secrets(&self, folder: &Path) -> Arc<Secrets> {
        let mut secrets = Secrets::default();
        let (name, without) = self.key.split_once(" without ").unwrap_or((self.key, "nothing"));
        if let Some(key) = parse_hex(name).filter(|key| !key.is_empty()) {
            secrets.keep_pre_shared_key(PreSharedKey { identity: None, key: Secret::new(key) });
        } else if !name.is_empty() {
            let bytes = std::fs::read(folder.join(name)).unwrap();
            if let Ok(keys) = PrivateKey::read(&bytes, self.password) {
                for key in keys {
                    secrets.keep_private_key(key);
                }
            } else {
                let text = String::from_utf8(bytes).unwrap();
                let lines: Vec<_> = text.lines().filter(|line| !line.starts_with(without)).collect();
                secrets.read_key_log(lines.join("\n").as_bytes(), 1);
            }
        }
        Arc::new(secrets)
    }

    /// All that was said in the capture, as far as it was opened.
    fn opened(&self, folder: &Path) -> String {
        let (mut dissector, store) = read(&folder.join(self.capture), &self.secrets(folder));
        let mut said = Vec::new();
        for session in dissector.sessions() {
            let decryption = session.decryption.as_deref().cloned().unwrap_or_default();
            let whole = decryption.closed == [0; 2] || decryption.opened == [0; 2] || !self.not_said.is_empty();
            assert!(whole, "{}: {decryption:?}", self.capture);
            let detail = Detail::open(&*store, dissector.frames(), &session, &dissector.secrets()).unwrap();
            said.extend(detail.application_data(1 << 20).iter().flat_map(|data| data.bytes.clone()));
        }
        String::from_utf8_lossy(&said).into_owned()
    }
}

#[test]
fn captures_of_others_say_what_was_said_in_them() {
    let Some(folder) = shared() else { return };
    for other in OTHERS {
        let said = other.opened(&folder);
        assert!(!said.is_empty(), "{}", other.capture);
        for words in other.said {
            assert!(said.contains(words), "{}: {words:?} in {} bytes", other.capture, said.len());
        }
        for words in other.not_said {
            assert!(!said.contains(words), "{}: {words:?} is there", other.capture);
        }
    }
}

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig {
        cases: count,
        rng_seed: RngSeed::Fixed(0x6b65_7973),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    }
}

fn seed() -> impl Strategy<Value = &'static Seed> {
    (0..SEEDS.len()).prop_map(|index| &SEEDS[index])
}

fn way(losses: u8) -> impl Strategy<Value = Way> {
    let segment = prop_oneof![1 => 2..12usize, 2 => 12..200usize, 3 => 200..1461usize];
    (segment, any::<bool>(), 0..5usize, 0..40u8, 0..40u8, 0..=losses, any::<u64>()).prop_map(
        |(segment, uneven, window, copies, overlaps, losses, seed)| Way {
            segment,
            uneven,
            window,
            copies,
            overlaps,
            losses,
            seed,
            ..Way::PLAIN
        },
    )
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn the_same_bytes_open_however_they_are_cut(seed in seed(), way in way(0)) {
        let expected = capture(seed).dissect_with(&SECRETS).sessions();
        let found = Capture::of(&conversation(&seed.turns, &way, 50000)).dissect_with(&SECRETS).sessions();
        same_sessions(&facts(&found), &facts(&expected), &seed.name);
    }

    #[test]
    fn keys_first_and_keys_late_are_the_same(seed in seed(), way in way(10)) {
        keys_late_open_as_keys_first(&Capture::of(&conversation(&seed.turns, &way, 50000)));
    }

    #[test]
    fn whatever_is_lost_every_event_can_be_opened(seed in seed(), way in way(10)) {
        let capture = Capture::of(&conversation(&seed.turns, &Way { segment: way.segment.max(100), ..way }, 50000));
        check(&mut capture.dissect_with(&SECRETS), &capture.store());
    }

    #[test]
    fn packet_by_packet_gives_the_same_as_all_at_once(seed in seed(), way in way(10)) {
        let capture = Capture::of(&conversation(&seed.turns, &way, 50000));
        let mut dissector = Dissector::new(Settings::SCREEN);
        dissector.open_with(Arc::clone(&SECRETS));
        capture.feed(&mut dissector, |dissector| drop(dissector.sessions()));
        dissector.finish();
        same_sessions(&dissector.sessions(), &capture.dissect_with(&SECRETS).sessions(), "packet by packet");
    }
}
