//! The key schedule against captures of others: what was computed from the whole transcript is what the Finished
//! messages say, and with the secret of the key exchange all of it follows.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]

mod support;

use std::path::Path;
use std::sync::Arc;
use support::captures::{listed, read, shared};
use tlslab::capture::Detail;
use tlslab::session::Session;
use tlslab::tls::decrypt::derivation::{Derivation, Operation, Origin, Output};
use tlslab::tls::secrets::Secrets;

/// The key schedules of all sessions of a capture that were opened.
fn derivations(path: &Path, secrets: Secrets) -> Vec<Derivation> {
    let (mut dissector, store) = read(path, &Arc::new(secrets));
    let secrets = dissector.secrets();
    let sessions = dissector.sessions();
    let opened = sessions.iter().filter(|session| session.decryption.as_ref().is_some_and(|it| it.opened != [0; 2]));
    let derivation = |session: &Arc<Session>| {
        let detail = Detail::open(&*store, dissector.frames(), session, &secrets).unwrap();
        detail.derivation(&secrets, None)
    };
    opened.map(derivation).collect()
}

#[test]
fn every_finished_says_what_the_transcript_gives() {
    let (mut faults, mut sealed, mut premasters) = (Vec::new(), 0, 0);
    let captures = listed();
    for capture in captures.iter().filter(|capture| capture.has_keys()) {
        for derivation in derivations(&capture.path, capture.secrets()) {
            for node in &derivation.nodes {
                match node.output {
                    Output::Known { confirmed: Some(false), .. } => {
                        faults.push(format!("{}: {}", capture.name, node.name));
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
    assert!(captures.is_empty() || (sealed > 60 && premasters > 2), "{sealed} {premasters}");
}

/// The keys of the Illustrated TLS 1.3 Connection are public, and so is the secret that they give.
#[test]
fn a_known_key_exchange_gives_every_line_of_the_key_log() {
    let Some(folder) = shared() else { return };
    let log = std::fs::read_to_string(folder.join("xargs/keys/illustrated-tls13.keylog")).unwrap();
    let random = log.lines().find_map(|line| line.split(' ').nth(1)).unwrap().to_owned();
    let mut secrets = Secrets::default();
    let shared = "df4a291baa1eb7cfa6934b29b474baad2697e29f1f920dcc77c8a0a088447624";
    let text = format!("{log}\nLAB_SHARED_SECRET {random} {shared}\n");
    assert_eq!(secrets.read_key_log(text.as_bytes(), 1), []);
    let derivation = derivations(&folder.join("xargs/illustrated-tls13.pcap"), secrets).remove(0);
    let traffic: Vec<_> = derivation.nodes.iter().filter(|node| node.name.contains("_traffic_secret")).collect();
    assert_eq!(traffic.len(), 4);
    for node in traffic {
        assert!(matches!(node.output, Output::Known { confirmed: Some(true), .. }), "{}", node.name);
    }
    assert!(derivation.nodes.iter().all(|node| node.operation == Operation::Heading || !node.is_unknown()));
}
