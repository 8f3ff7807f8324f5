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
    ConnectionError, ConnectionReport, Endpoint, EndpointIdentity, EndpointSetup, Engine, SecretSink,
};
use crate::lab::pki::samples::{DAY, NOW, authority, leaf, list, scenario};
use crate::lab::pki::{Pki, build};
use crate::lab::random::derive;
use crate::lab::scenario::{
    AltName, CertificatePlan, ClientAuth, Damage, ExtraExtension, KeyKind, Resume, RevocationRule, Store, Usage,
};
use crate::tls::code::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};
use std::sync::{Arc, Mutex};

mod cases;
mod sessions;

use cases::{Case, Change, WEB, agreements, attacks, client_certificates, negotiations, server_certificates};

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

/// One set of certificates for all cases, each fault in a certificate of its own.
fn pki() -> Pki {
    let rsa = |plan: &mut CertificatePlan| plan.key = KeyKind::Rsa2048;
    let ed25519 = |plan: &mut CertificatePlan| plan.key = KeyKind::Ed25519;
    let p384 = |plan: &mut CertificatePlan| plan.key = KeyKind::P384;
    build(&scenario(vec![
        authority("root", None, |_| {}),
        authority("issuing", Some("root"), |_| {}),
        leaf("web", Usage::Server, |_| {}),
        leaf("second", Usage::Server, |_| {}),
        leaf("web-rsa", Usage::Server, rsa),
        leaf("web-ed25519", Usage::Server, ed25519),
        leaf("web-p384", Usage::Server, p384),
        leaf("app", Usage::Client, |_| {}),
        leaf("app-p384", Usage::Client, p384),
        leaf("app-ed25519", Usage::Client, ed25519),
        // One fault each.
        leaf("expired", Usage::Both, |plan| plan.valid = (NOW - 9 * DAY, NOW - DAY)),
        leaf("future", Usage::Both, |plan| plan.valid = (NOW + DAY, NOW + 9 * DAY)),
        leaf("flipped", Usage::Both, |plan| plan.damage = Some(Damage::FlipSignature)),
        leaf("edited", Usage::Both, |plan| plan.damage = Some(Damage::EditSubject)),
        leaf("stolen", Usage::Both, |plan| plan.damage = Some(Damage::WrongKey)),
        leaf("nameless", Usage::Server, |plan| plan.san.clear()),
        leaf("critical", Usage::Both, |plan| {
            plan.extensions = vec![ExtraExtension { oid: vec![1, 2, 3, 4], der: vec![5, 0], critical: true }];
        }),
        leaf("authority", Usage::Both, |plan| plan.ca = Some(true)),
        authority("weak", Some("root"), |plan| plan.ca = Some(false)),
        leaf("below-weak", Usage::Both, |plan| plan.issuer = Some("weak".into())),
        leaf("below-leaf", Usage::Both, |plan| plan.issuer = Some("web".into())),
        authority("short", Some("root"), |plan| plan.path_length = Some(0)),
        authority("too-deep", Some("short"), |_| {}),
        leaf("below-too-deep", Usage::Both, |plan| plan.issuer = Some("too-deep".into())),
        authority("fenced", Some("root"), |plan| plan.permit = vec![AltName::Dns("corp.example".into())]),
        leaf("below-fenced", Usage::Both, |plan| plan.issuer = Some("fenced".into())),
        authority("old", Some("root"), |plan| plan.valid = (NOW - 9 * DAY, NOW - DAY)),
        leaf("below-old", Usage::Both, |plan| plan.issuer = Some("old".into())),
        // Others who want to be the authority.
        authority("stranger", None, |_| {}),
        leaf("strange", Usage::Both, |plan| plan.issuer = Some("stranger".into())),
        authority("impostor", None, |plan| plan.cn = Some("issuing".into())),
        leaf("fake", Usage::Both, |plan| plan.issuer = Some("impostor".into())),
        leaf("own", Usage::Both, |plan| plan.issuer = None),
        // Lists.
        list("root-list", "root", &[], |_| {}),
        list("clean", "issuing", &[], |_| {}),
        list("web-revoked", "issuing", &["web", "app"], |_| {}),
        list("issuing-revoked", "root", &["issuing"], |_| {}),
        list("stale", "issuing", &[], |plan| (plan.updated, plan.next) = (NOW - 9 * DAY, NOW - DAY)),
        list("forged", "issuing", &[], |plan| plan.signed_by = Some("impostor".into())),
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

/// Opens a connection and pumps it until nobody has anything to say. The client asks at once, the server answers what
/// it gets.
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

/// A client and a server that meet several times.
struct Pair {
    client: Box<dyn Endpoint>,
    server: Box<dyn Endpoint>,
}

impl Pair {
    fn new(client: &EndpointSetup, server: &EndpointSetup) -> Self {
        Self { client: Rustls.client(client).unwrap(), server: Rustls.server(server).unwrap() }
    }

    fn meet(&mut self, early: &[u8]) -> Played {
        let played = play(&mut *self.client, &mut *self.server, WEB, early, &mut plain);
        assert_eq!((&played.client_error, &played.server_error), (&None, &None));
        assert_eq!(played.client.resumed, played.server.resumed);
        played
    }
}

fn plain(_: usize, _: &mut Vec<u8>) {}

/// In the words of the table.
fn outcome(played: &Played) -> String {
    let mut words = Vec::new();
    for (who, error) in [("client", &played.client_error), ("server", &played.server_error)] {
        let Some(error) = error else { continue };
        let other_found = played.client_error.as_ref().is_some_and(|error| error.check.is_some())
            || played.server_error.as_ref().is_some_and(|error| error.check.is_some());
        match (error.check, error.alert_seen) {
            (Some(check), _) => {
                let alert = error.alert_sent.map_or("-".to_owned(), |alert| alert.to_string());
                let late = if who == "server" && !played.client.handshaking { "late " } else { "" };
                words.push(format!("{late}{who} {} {alert}", check.word()));
            }
            (None, Some(alert)) if !other_found => words.push(format!("{who} saw {alert}")),
            _ => {}
        }
    }
    if words.is_empty() {
        words.push(if played.server_got.is_empty() { "stalled".to_owned() } else { "ok".to_owned() });
    }
    words.join(", ")
}

fn run(pki: &Pki, case: &Case, version: ProtocolVersion) -> Played {
    let mut client = setup(pki, "client", &[]);
    let mut server = setup(pki, "server", &["web", "issuing"]);
    client.versions = vec![version];
    (case.change)(pki, &mut client, &mut server);
    let mut client = Rustls.client(&client).unwrap();
    let mut server = Rustls.server(&server).unwrap();
    let (flight, wire) = case.wire;
    play(&mut *client, &mut *server, case.host, b"", &mut |number, bytes| {
        if number == flight {
            wire(bytes);
        }
    })
}

#[test]
fn every_case_ends_as_the_table_says_with_the_same_bytes_each_time() {
    let pki = pki();
    let cases = [agreements(), server_certificates(), client_certificates(), negotiations(), attacks()];
    let mut wrong = Vec::new();
    for case in cases.iter().flatten() {
        let (in_12, in_13) = case.expected.split_once(" / ").unwrap_or((case.expected, case.expected));
        for (version, expected) in [(TLS12, in_12), (TLS13, in_13)] {
            let played = run(&pki, case, version);
            let found = outcome(&played);
            let label = format!("{} ({version})", case.name);
            if found != expected {
                wrong.push(format!(
                    "{label}: {found}\n   and not {expected}\n   {:?}\n   {:?}",
                    played.client_error, played.server_error
                ));
            }
            if expected == "ok" {
                assert_eq!((&*played.server_got, &*played.client_got), (&b"question"[..], &b"answer"[..]), "{label}");
            } else if played.server_error.is_some() && expected.contains("server") {
                assert_eq!(played.server_got, b"", "{label}");
            }
            // What one side sends in the open or under common keys, the other sees.
            if let (Some(ours), Some(theirs)) = (&played.client_error, &played.server_error) {
                for (ours, theirs) in [(ours, theirs), (theirs, ours)] {
                    if theirs.check.is_none() && ours.check.is_some() {
                        assert_eq!(ours.alert_sent, theirs.alert_seen, "{label}");
                    }
                }
            }
            if run(&pki, case, version) != played {
                wrong.push(format!("{label}: other bytes the second time"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// One case by name, played in one version.
fn agreed(name: &str, version: ProtocolVersion) -> Played {
    let cases = agreements();
    run(&pki(), cases.iter().find(|case| case.name == name).unwrap(), version)
}

#[test]
fn both_say_the_same_about_what_was_agreed() {
    let pki = pki();
    for case in agreements() {
        for version in [TLS12, TLS13] {
            let played = run(&pki, &case, version);
            let facts = |report: &ConnectionReport| {
                (
                    report.version,
                    report.suite,
                    report.group,
                    report.alpn.clone(),
                    report.resumed,
                    report.hello_retry_request,
                )
            };
            assert_eq!(facts(&played.client), facts(&played.server), "{}", case.name);
            assert_eq!((played.client.version, played.client.resumed), (Some(version), Some(false)), "{}", case.name);
            assert!(!played.client.handshaking && !played.server.handshaking, "{}", case.name);
        }
    }
}

#[test]
fn what_was_agreed_is_told() {
    for (name, version, group, retry, certificates) in [
        ("secp256r1", TLS12, P256, false, (2, 0)),
        ("secp384r1", TLS13, P384, false, (2, 0)),
        ("hybrid", TLS13, HYBRID, false, (2, 0)),
        ("hybrid", TLS12, X25519, false, (2, 0)),
        ("hybrid, and the server has none", TLS13, X25519, false, (2, 0)),
        ("a wrong guess", TLS13, P384, true, (2, 0)),
        ("a wrong guess", TLS12, P384, false, (2, 0)),
        ("mutual", TLS12, X25519, false, (2, 2)),
        ("mutual", TLS13, X25519, false, (2, 2)),
        ("asked, and nothing to show", TLS13, X25519, false, (2, 0)),
        ("a certificate, and nobody asks", TLS13, X25519, false, (2, 0)),
    ] {
        let played = agreed(name, version);
        let found = (played.client.group, played.client.hello_retry_request);
        assert_eq!(found, (Some(group), retry), "{name}");
        let found = (played.client.peer_certificates.len(), played.server.peer_certificates.len());
        assert_eq!(found, certificates, "{name}");
    }
    assert_eq!(agreed("ALPN", TLS13).server.alpn.as_deref(), Some(&b"http/1.1"[..]));
    assert_eq!(agreed("ALPN unanswered", TLS13).client.alpn, None);
    assert_eq!(agreed("no server_name", TLS13).server.server_name, None);
    assert_eq!(agreed("nothing special", TLS13).server.server_name.as_deref(), Some(WEB));
    let longest = |played: &Played| {
        let [_, _, _, high, low, ..] = *played.flights[1].1 else { panic!("a record") };
        u16::from_be_bytes([high, low])
    };
    assert!(longest(&agreed("small records", TLS12)) <= 100);
    assert!(longest(&agreed("nothing special", TLS12)) > 100);
}

#[test]
fn what_was_refused_is_kept() {
    let pki = pki();
    let refused = server_certificates();
    for version in [TLS12, TLS13] {
        let played = run(&pki, refused.iter().find(|case| case.name == "revoked").unwrap(), version);
        let sent = ["web", "issuing"].map(|name| pki.certificate(name).unwrap().der.clone());
        assert_eq!(played.client.peer_certificates, sent);
    }
}

#[test]
fn both_sides_log_the_same_secrets() {
    for (version, labels) in [(TLS12, 1), (TLS13, 5)] {
        let pki = pki();
        let (for_client, for_server) = (Arc::new(Secrets::default()), Arc::new(Secrets::default()));
        let mut client = setup(&pki, "client", &[]);
        client.versions = vec![version];
        client.key_log = Some(for_client.clone());
        let mut server = setup(&pki, "server", &["web", "issuing"]);
        server.key_log = Some(for_server.clone());
        Pair::new(&client, &server).meet(b"");
        let sorted = |secrets: &Secrets| {
            let mut lines = secrets.0.lock().unwrap().clone();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&for_client), sorted(&for_server));
        assert_eq!(sorted(&for_client).len(), labels);
    }
}

#[test]
fn the_name_of_the_hello_chooses_the_certificate() {
    let pki = pki();
    let mut server = setup(&pki, "server", &["web", "issuing"]);
    let mut second = identity(&pki, &["second", "issuing"]);
    second.names = vec!["second.lab.test".into()];
    server.identities.push(second);
    let mut pair = Pair::new(&setup(&pki, "client", &[]), &server);
    for (host, shown) in [(WEB, "web"), ("second.lab.test", "second"), ("third.lab.test", "web")] {
        let played = play(&mut *pair.client, &mut *pair.server, host, b"", &mut plain);
        assert_eq!(played.client.peer_certificates[0], pki.certificate(shown).unwrap().der, "{host}");
    }
}

#[test]
fn the_end_is_clean_with_close_notify_alone() {
    let pki = pki();
    for version in [TLS12, TLS13] {
        for clean in [true, false] {
            let mut client = setup(&pki, "client", &[]);
            client.versions = vec![version];
            let mut client = Rustls.client(&client).unwrap().open(Some(WEB)).unwrap();
            let mut server = Rustls.server(&setup(&pki, "server", &["web", "issuing"])).unwrap().open(None).unwrap();
            for _ in 0..3 {
                server.receive(&client.take_output()).unwrap();
                client.receive(&server.take_output()).unwrap();
            }
            if clean {
                client.close();
            }
            server.receive(&client.take_output()).unwrap();
            let end = server.end_of_input();
            assert_eq!(server.report().close_notify_seen, clean);
            assert_eq!(end.err().map(|error| error.check.unwrap().word()), (!clean).then_some("closure"), "{version}");
        }
    }
}

#[test]
fn what_the_library_does_not_take_is_refused_with_a_reason() {
    let pki = pki();
    let cases: &[(Change, &str)] = &[
        (|_, client, _| client.versions = vec![ProtocolVersion(0x0302)], "rustls has no TLS 1.1"),
        (|_, client, _| client.suites = vec![CipherSuite(0x002f)], "rustls has no suite TLS_RSA_WITH_AES_128_CBC_SHA"),
        (|_, client, _| client.groups = vec![NamedGroup(0x0019)], "the lab has no group secp521r1"),
        (
            |_, client, _| client.signature_schemes = vec![SignatureScheme(0x0201)],
            "rustls has no scheme rsa_pkcs1_sha1",
        ),
        (|_, client, _| client.trust = vec![vec![1, 2]], "anchor 1 cannot be one"),
        (|_, client, _| client.revocation_lists = vec![vec![1, 2]], "CRL"),
        (
            |_, client, _| (client.versions, client.suites) = (vec![TLS12], vec![CipherSuite(0x1301)]),
            "no usable cipher suites",
        ),
        (|_, _, server| (server.client_auth, server.trust) = (ClientAuth::Required, vec![]), "no root trust anchors"),
    ];
    for (change, expected) in cases {
        let mut client = setup(&pki, "client", &[]);
        let mut server = setup(&pki, "server", &["web"]);
        change(&pki, &mut client, &mut server);
        let refused = Rustls.client(&client).err().or(Rustls.server(&server).err()).unwrap().to_string();
        assert!(refused.contains(expected), "{refused} and not {expected}");
    }
    let mut client = Rustls.client(&setup(&pki, "client", &[])).unwrap();
    assert!(client.open(Some("no name")).is_err() && client.open(None).is_err());
}
