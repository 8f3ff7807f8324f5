//! The key schedule against captures of others: what was computed from the whole transcript is what the Finished
//! messages say, and with the secret of the key exchange all of it follows.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use tlslab::base::parse_hex;
use tlslab::capture::{Detail, Dissector, Input, Settings, open};
use tlslab::session::Session;
use tlslab::tls::decrypt::derivation::{Derivation, Operation, Origin, Output};
use tlslab::tls::private_key::PrivateKey;
use tlslab::tls::secrets::{PreSharedKey, Secret, Secrets};

/// The captures that other projects made, where they are at hand.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/captures");
    if !folder.exists() {
        println!("skipped: there is no {}", folder.display());
        return None;
    }
    Some(folder)
}

/// The key schedules of all sessions of a capture that were opened.
fn derivations(path: PathBuf, secrets: Secrets) -> Vec<Derivation> {
    let mut opened = open(&[Input::Path(path)], true).unwrap();
    let mut dissector = Dissector::new(Settings::SCREEN);
    dissector.open_with(Arc::new(secrets));
    while let Some(packet) = opened.source.next_packet() {
        dissector.push(&packet);
    }
    dissector.finish();
    let (secrets, store) = (dissector.secrets(), opened.store.unwrap());
    let sessions = dissector.sessions();
    let opened = sessions.iter().filter(|session| session.decryption.as_ref().is_some_and(|it| it.opened != [0; 2]));
    let derivation = |session: &Arc<Session>| {
        let detail = Detail::open(&*store, dissector.frames(), session, &secrets).unwrap();
        detail.derivation(&secrets, None)
    };
    opened.map(derivation).collect()
}

/// The secrets of a row of the list: `keylog=FILE,rsa=FILE` or `psk=HEX`.
fn secrets(folder: &Path, keys: &str) -> Secrets {
    let mut secrets = Secrets::default();
    for key in keys.split(',') {
        let Some((kind, value)) = key.split_once('=') else { continue };
        let file = || std::fs::read(folder.join(value)).unwrap();
        match kind {
            "keylog" => drop(secrets.read_key_log(&file(), 1)),
            "rsa" => PrivateKey::read(&file(), None).unwrap().into_iter().for_each(|key| secrets.keep_private_key(key)),
            "psk" => {
                let key = Secret::new(parse_hex(value).unwrap());
                secrets.keep_pre_shared_key(PreSharedKey { identity: None, key });
            }
            _ => {}
        }
    }
    secrets
}

#[test]
fn every_finished_says_what_the_transcript_gives() {
    let Some(folder) = folder() else { return };
    let list = std::fs::read_to_string(folder.join("manifest.tsv")).unwrap();
    let (mut faults, mut sealed, mut premasters) = (Vec::new(), 0, 0);
    for row in list.lines() {
        let columns: Vec<_> = row.split('\t').collect();
        let Some(keys) =
            columns.iter().find(|text| ["keylog=", "rsa=", "psk="].iter().any(|kind| text.starts_with(kind)))
        else {
            continue;
        };
        for derivation in derivations(folder.join(columns[0]), secrets(&folder, keys)) {
            for node in &derivation.nodes {
                match node.output {
                    Output::Known { confirmed: Some(false), .. } => {
                        faults.push(format!("{}: {}", columns[0], node.name));
                    }
                    Output::Known { confirmed: Some(true), .. } if node.name.starts_with("verify_data") => sealed += 1,
                    Output::Known { origin: Origin::PrivateKey | Origin::PreSharedKey, .. } => premasters += 1,
                    _ => {}
                }
            }
        }
    }
    println!("{sealed} Finished messages, {premasters} premaster secrets");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(sealed > 60 && premasters > 2, "{sealed} {premasters}");
}

/// The keys of the Illustrated TLS 1.3 Connection are public, and so is the secret that they give.
#[test]
fn a_known_key_exchange_gives_every_line_of_the_key_log() {
    let Some(folder) = folder() else { return };
    let log = std::fs::read_to_string(folder.join("xargs/keys/illustrated-tls13.keylog")).unwrap();
    let random = log.lines().find_map(|line| line.split(' ').nth(1)).unwrap().to_owned();
    let mut secrets = Secrets::default();
    let shared = "df4a291baa1eb7cfa6934b29b474baad2697e29f1f920dcc77c8a0a088447624";
    let text = format!("{log}\nLAB_SHARED_SECRET {random} {shared}\n");
    assert_eq!(secrets.read_key_log(text.as_bytes(), 1), []);
    let derivation = derivations(folder.join("xargs/illustrated-tls13.pcap"), secrets).remove(0);
    let traffic: Vec<_> = derivation.nodes.iter().filter(|node| node.name.contains("_traffic_secret")).collect();
    assert_eq!(traffic.len(), 4);
    for node in traffic {
        assert!(matches!(node.output, Output::Known { confirmed: Some(true), .. }), "{}", node.name);
    }
    assert!(derivation.nodes.iter().all(|node| node.operation == Operation::Heading || !node.is_unknown()));
}
