//! Two endpoints against each other, in memory: what they agree on, and what each finds when something is wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop where they fail"
)]

use super::Rustls;
use crate::lab::engine::{
    Connection, ConnectionError, ConnectionReport, Endpoint, EndpointIdentity, EndpointSetup, Engine, SecretSink,
};
use crate::lab::pki::samples::{DAY, NOW, authority, leaf, list, scenario};
use crate::lab::pki::{Pki, build};
use crate::lab::random::derive;
use crate::lab::scenario::{ClientAuth, Resume, RevocationRule, Store, Usage};
use crate::tls::code::{AlertDescription, CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};
use std::sync::{Arc, Mutex};

const TLS12: ProtocolVersion = ProtocolVersion(0x0303);
const TLS13: ProtocolVersion = ProtocolVersion(0x0304);
const X25519: NamedGroup = NamedGroup(0x001d);
const P256: NamedGroup = NamedGroup(0x0017);
const P384: NamedGroup = NamedGroup(0x0018);
const HYBRID: NamedGroup = NamedGroup(0x11ec);

#[derive(Default)]
struct Secrets(Mutex<Vec<String>>);

impl SecretSink for Secrets {
    fn secret(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        self.0.lock().unwrap().push(format!("{label} {client_random:02x?} {secret:02x?}"));
    }
}

fn pki() -> Pki {
    build(&scenario(vec![
        authority("root", None, |_| {}),
        authority("issuing", Some("root"), |_| {}),
        leaf("web", Usage::Server, |_| {}),
        leaf("app", Usage::Client, |_| {}),
    ]))
    .unwrap()
}

fn identity(pki: &Pki, chain: &[&str]) -> EndpointIdentity {
    EndpointIdentity {
        names: vec![],
        chain: chain.iter().map(|name| pki.certificate(name).unwrap().der.clone()).collect(),
        key: pki.certificate(chain[0]).unwrap().key.clone(),
    }
}

/// A peer as a scenario without particulars has it.
fn setup(pki: &Pki, name: &str, chain: &[&str]) -> EndpointSetup {
    EndpointSetup {
        seed: derive(b"test", &[name.as_bytes()]),
        clock: NOW,
        versions: vec![],
        suites: vec![],
        groups: vec![],
        signature_schemes: vec![],
        alpn: vec![],
        sni: true,
        identities: if chain.is_empty() { vec![] } else { vec![identity(pki, chain)] },
        trust: vec![pki.certificate("root").unwrap().der.clone()],
        revocation_lists: vec![],
        revocation_rule: RevocationRule { leaf_only: false, allow_unknown: false, enforce_expiry: false },
        client_auth: ClientAuth::None,
        resume: Resume::Never,
        tickets: None,
        early_data: false,
        store: Store::SingleUse,
        fragment: None,
        key_log: None,
    }
}

/// What came of one connection.
#[derive(Debug, Default, PartialEq)]
struct Played {
    /// Whether it goes to the server, and the bytes.
    flights: Vec<(bool, Vec<u8>)>,
    client: ConnectionReport,
    server: ConnectionReport,
    client_error: Option<ConnectionError>,
    server_error: Option<ConnectionError>,
    client_got: Vec<u8>,
    server_got: Vec<u8>,
}

/// Opens a connection and pumps it until nobody has anything to say. The client asks at once, the server answers what it
/// gets.
fn play(
    client: &mut dyn Endpoint,
    server: &mut dyn Endpoint,
    name: &str,
    early: &[u8],
    wire: &mut dyn FnMut(usize, &mut Vec<u8>),
) -> Played {
    let mut client = client.open(Some(name)).unwrap();
    let mut server = server.open(None).unwrap();
    let mut played = Played::default();
    if !early.is_empty() {
        client.write_early(early);
    }
    client.write(b"question");
    let mut idle = 0;
    let mut to_server = true;
    while idle < 2 {
        let (from, to) = if to_server { (&mut client, &mut server) } else { (&mut server, &mut client) };
        let mut flight = from.take_output();
        idle += 1;
        if !flight.is_empty() {
            idle = 0;
            wire(played.flights.len(), &mut flight);
            played.flights.push((to_server, flight.clone()));
            let error = if to_server { &mut played.server_error } else { &mut played.client_error };
            if let Err(found) = to.receive(&flight) {
                error.get_or_insert(found);
            }
        }
        let got = server.read();
        if !got.is_empty() {
            server.write(b"answer");
        }
        played.server_got.extend(got);
        played.client_got.extend(client.read());
        to_server = !to_server;
    }
    played.client = client.report();
    played.server = server.report();
    played
}

fn plain(_: usize, _: &mut Vec<u8>) {}

#[test]
fn they_talk_in_both_versions_with_and_without_a_client_certificate() {
    let pki = pki();
    for version in [TLS12, TLS13] {
        for mutual in [false, true] {
            let mut client = setup(&pki, "client", if mutual { &["app", "issuing"] } else { &[] });
            client.versions = vec![version];
            let mut server = setup(&pki, "server", &["web", "issuing"]);
            server.client_auth = if mutual { ClientAuth::Required } else { ClientAuth::None };
            let run = || {
                let mut client = Rustls.client(&client).unwrap();
                let mut server = Rustls.server(&server).unwrap();
                play(&mut *client, &mut *server, "web.lab.test", b"", &mut plain)
            };
            let played = run();
            assert_eq!((&played.client_error, &played.server_error), (&None, &None), "{version} {mutual}");
            assert_eq!((&*played.server_got, &*played.client_got), (&b"question"[..], &b"answer"[..]));
            assert_eq!(played.client.version, Some(version));
            assert_eq!(played.server.version, Some(version));
            assert_eq!(played.client.peer_certificates.len(), 2);
            assert_eq!(played.server.peer_certificates.len(), if mutual { 2 } else { 0 });
            assert_eq!(run(), played, "the same bytes");
        }
    }
}
