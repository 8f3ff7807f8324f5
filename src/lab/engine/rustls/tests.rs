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

type Change = fn(&Pki, &mut EndpointSetup, &mut EndpointSetup);
type Wire = fn(usize, &mut Vec<u8>);

/// A connection and what must come of it: `ok`, or who found what and sent which alert, in TLS 1.2 and in TLS 1.3.
struct Case {
    name: &'static str,
    host: &'static str,
    change: Change,
    wire: Wire,
    tls12: &'static str,
    tls13: &'static str,
}

fn case(name: &'static str, host: &'static str, change: Change, tls12: &'static str, tls13: &'static str) -> Case {
    Case { name, host, change, wire: |_, _| {}, tls12, tls13 }
}

fn attack(name: &'static str, wire: Wire, tls12: &'static str, tls13: &'static str) -> Case {
    Case { name, host: "web.lab.test", change: |_, _, _| {}, wire, tls12, tls13 }
}

const WEB: &str = "web.lab.test";

/// The server shows these.
macro_rules! server_shows {
    ($($name:literal),+) => {
        |pki, _, server| server.identities = vec![identity(pki, &[$($name),+])]
    };
}

/// The server demands a certificate and the client shows these.
macro_rules! client_shows {
    ($($name:literal),+) => {
        |pki: &Pki, client: &mut EndpointSetup, server: &mut EndpointSetup| {
            client.identities = vec![identity(pki, &[$($name),+])];
            server.client_auth = ClientAuth::Required;
        }
    };
}

/// The client has these lists.
macro_rules! lists {
    ($($name:literal),+) => {
        |pki: &Pki, client: &mut EndpointSetup, _: &mut EndpointSetup| client.revocation_lists = vec![$(pki.revocation_list($name).unwrap().der.clone()),+]
    };
}

fn agreements() -> Vec<Case> {
    vec![
        case("nothing special", WEB, |_, _, _| {}, "ok", "ok"),
        case("mutual", WEB, client_shows!("app", "issuing"), "ok", "ok"),
        case("mutual, P-384", WEB, client_shows!("app-p384", "issuing"), "ok", "ok"),
        case("mutual, Ed25519", WEB, client_shows!("app-ed25519", "issuing"), "ok", "ok"),
        case("asked, and nothing to show", WEB, |_, _, server| server.client_auth = ClientAuth::Optional, "ok", "ok"),
        case(
            "a certificate, and nobody asks",
            WEB,
            |pki, client, _| client.identities = vec![identity(pki, &["app"])],
            "ok",
            "ok",
        ),
        case("Ed25519", "web-ed25519.lab.test", server_shows!("web-ed25519", "issuing"), "ok", "ok"),
        case("P-384", "web-p384.lab.test", server_shows!("web-p384", "issuing"), "ok", "ok"),
        case("RSA", "web-rsa.lab.test", server_shows!("web-rsa", "issuing"), "ok", "ok"),
        case("secp256r1", WEB, |_, client, _| client.groups = vec![P256], "ok", "ok"),
        case("secp384r1", WEB, |_, client, _| client.groups = vec![P384], "ok", "ok"),
        case("X25519", WEB, |_, client, _| client.groups = vec![X25519], "ok", "ok"),
        case(
            "hybrid",
            WEB,
            |_, client, server| {
                client.groups = vec![HYBRID, X25519];
                server.groups = vec![HYBRID, X25519];
            },
            "ok",
            "ok",
        ),
        case("hybrid, and the server has none", WEB, |_, client, _| client.groups = vec![HYBRID, X25519], "ok", "ok"),
        case("a wrong guess", WEB, |_, _, server| server.groups = vec![P384], "ok", "ok"),
        case("no server_name", WEB, |_, client, _| client.sni = false, "ok", "ok"),
        case(
            "ALPN",
            WEB,
            |_, client, server| {
                client.alpn = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
                server.alpn = vec![b"http/1.1".to_vec()];
            },
            "ok",
            "ok",
        ),
        case("ALPN unanswered", WEB, |_, client, _| client.alpn = vec![b"h2".to_vec()], "ok", "ok"),
        case(
            "small records",
            WEB,
            |_, client, server| {
                client.fragment = Some(100);
                server.fragment = Some(100);
            },
            "ok",
            "ok",
        ),
        case("clean lists", WEB, lists!("clean", "root-list"), "ok", "ok"),
        case("a stale list, nobody minds", WEB, lists!("stale", "root-list"), "ok", "ok"),
        case(
            "a list is missing, nobody minds",
            WEB,
            |pki, client, server| {
                lists!("root-list")(pki, client, server);
                client.revocation_rule.allow_unknown = true;
            },
            "ok",
            "ok",
        ),
        case(
            "the issuer was revoked, only the leaf is looked up",
            WEB,
            |pki, client, server| {
                lists!("issuing-revoked", "clean")(pki, client, server);
                client.revocation_rule.leaf_only = true;
            },
            "ok",
            "ok",
        ),
        case("root sent too", WEB, server_shows!("web", "issuing", "root"), "ok", "ok"),
        case("disorder", WEB, server_shows!("web", "root", "issuing"), "ok", "ok"),
        case(
            "a certificate that is its own anchor",
            "own.lab.test",
            |pki, client, server| {
                server.identities = vec![identity(pki, &["own"])];
                client.trust = vec![pki.certificate("own").unwrap().der.clone()];
            },
            "ok",
            "ok",
        ),
    ]
}

/// Faults in what the server shows.
fn server_certificates() -> Vec<Case> {
    vec![
        case(
            "expired",
            "expired.lab.test",
            server_shows!("expired", "issuing"),
            "client validity certificate_expired",
            "client validity certificate_expired",
        ),
        case(
            "not yet valid",
            "future.lab.test",
            server_shows!("future", "issuing"),
            "client validity certificate_expired",
            "client validity certificate_expired",
        ),
        case(
            "a clock two years slow",
            WEB,
            |_, client, _| client.clock -= 730 * DAY,
            "client validity certificate_expired",
            "client validity certificate_expired",
        ),
        case(
            "another host",
            "other.lab.test",
            |_, _, _| {},
            "client name bad_certificate",
            "client name bad_certificate",
        ),
        case(
            "no subjectAltName",
            "nameless.lab.test",
            server_shows!("nameless", "issuing"),
            "client name bad_certificate",
            "client name bad_certificate",
        ),
        case(
            "an address that it does not name",
            "192.0.2.1",
            |_, _, _| {},
            "client name bad_certificate",
            "client name bad_certificate",
        ),
        case(
            "another authority",
            "strange.lab.test",
            server_shows!("strange", "stranger"),
            "client trust unknown_ca",
            "client trust unknown_ca",
        ),
        case(
            "signed by itself",
            "own.lab.test",
            server_shows!("own"),
            "client trust unknown_ca",
            "client trust unknown_ca",
        ),
        case("no issuer sent", WEB, server_shows!("web"), "client trust unknown_ca", "client trust unknown_ca"),
        case(
            "nobody is trusted",
            WEB,
            |_, client, _| client.trust.clear(),
            "client trust unknown_ca",
            "client trust unknown_ca",
        ),
        case(
            "an impostor of the issuer",
            "fake.lab.test",
            server_shows!("fake", "issuing"),
            "client signature decrypt_error",
            "client signature decrypt_error",
        ),
        case(
            "a flipped bit",
            "flipped.lab.test",
            server_shows!("flipped", "issuing"),
            "client signature decrypt_error",
            "client signature decrypt_error",
        ),
        case(
            "an edited subject",
            "edited.lab.test",
            server_shows!("edited", "issuing"),
            "client signature decrypt_error",
            "client signature decrypt_error",
        ),
        case(
            "another key",
            "stolen.lab.test",
            server_shows!("stolen", "issuing"),
            "client key-exchange-signature decrypt_error",
            "client certificate-verify decrypt_error",
        ),
        case(
            "for clients only",
            "app.lab.test",
            server_shows!("app", "issuing"),
            "client purpose unsupported_certificate",
            "client purpose unsupported_certificate",
        ),
        case(
            "an unknown critical extension",
            "critical.lab.test",
            server_shows!("critical", "issuing"),
            "client critical-ext certificate_unknown",
            "client critical-ext certificate_unknown",
        ),
        case(
            "an authority as a server",
            "authority.lab.test",
            server_shows!("authority", "issuing"),
            "client ca-flag certificate_unknown",
            "client ca-flag certificate_unknown",
        ),
        case(
            "an issuer that is no authority",
            "below-weak.lab.test",
            server_shows!("below-weak", "weak"),
            "client ca-flag certificate_unknown",
            "client ca-flag certificate_unknown",
        ),
        case(
            "a leaf as an issuer",
            "below-leaf.lab.test",
            server_shows!("below-leaf", "web", "issuing"),
            "client ca-flag certificate_unknown",
            "client ca-flag certificate_unknown",
        ),
        case(
            "too long a path",
            "below-too-deep.lab.test",
            server_shows!("below-too-deep", "too-deep", "short"),
            "client pathlen certificate_unknown",
            "client pathlen certificate_unknown",
        ),
        case(
            "outside the fence",
            "below-fenced.lab.test",
            server_shows!("below-fenced", "fenced"),
            "client constraints certificate_unknown",
            "client constraints certificate_unknown",
        ),
        case(
            "an expired issuer",
            "below-old.lab.test",
            server_shows!("below-old", "old"),
            "client validity certificate_expired",
            "client validity certificate_expired",
        ),
        case(
            "the leaf comes last",
            WEB,
            |pki, _, server| {
                server.identities = vec![identity(pki, &["issuing", "web"])];
                server.identities[0].key = pki.certificate("web").unwrap().key.clone();
            },
            "client ca-flag certificate_unknown",
            "client ca-flag certificate_unknown",
        ),
        case(
            "revoked",
            WEB,
            lists!("web-revoked", "root-list"),
            "client revocation certificate_revoked",
            "client revocation certificate_revoked",
        ),
        case(
            "the issuer was revoked",
            WEB,
            lists!("issuing-revoked", "clean"),
            "client revocation certificate_revoked",
            "client revocation certificate_revoked",
        ),
        case(
            "a list is missing",
            WEB,
            lists!("root-list"),
            "client revocation unknown_ca",
            "client revocation unknown_ca",
        ),
        case(
            "a stale list, and that matters",
            WEB,
            |pki, client, server| {
                lists!("stale", "root-list")(pki, client, server);
                client.revocation_rule.enforce_expiry = true;
            },
            "client revocation unknown_ca",
            "client revocation unknown_ca",
        ),
        case(
            "a forged list",
            WEB,
            lists!("forged", "root-list"),
            "client revocation handshake_failure",
            "client revocation handshake_failure",
        ),
    ]
}

/// Faults in what the client shows. In TLS 1.3 it learns of them when it has finished.
fn client_certificates() -> Vec<Case> {
    vec![
        case(
            "nothing to show",
            WEB,
            |_, _, server| server.client_auth = ClientAuth::Required,
            "server client-certificate certificate_required",
            "late server client-certificate certificate_required",
        ),
        case(
            "client of another authority",
            WEB,
            client_shows!("strange", "stranger"),
            "server trust unknown_ca",
            "late server trust unknown_ca",
        ),
        case(
            "another authority, and it need not show any",
            WEB,
            |pki, client, server| {
                client_shows!("strange", "stranger")(pki, client, server);
                server.client_auth = ClientAuth::Optional;
            },
            "server trust unknown_ca",
            "late server trust unknown_ca",
        ),
        case(
            "client without its issuer",
            WEB,
            client_shows!("app"),
            "server trust unknown_ca",
            "late server trust unknown_ca",
        ),
        case(
            "client expired",
            WEB,
            client_shows!("expired", "issuing"),
            "server validity certificate_expired",
            "late server validity certificate_expired",
        ),
        case(
            "client with a certificate for servers",
            WEB,
            client_shows!("second", "issuing"),
            "server purpose unsupported_certificate",
            "late server purpose unsupported_certificate",
        ),
        case(
            "client without the key",
            WEB,
            client_shows!("stolen", "issuing"),
            "server certificate-verify decrypt_error",
            "late server certificate-verify decrypt_error",
        ),
        case(
            "client flipped",
            WEB,
            client_shows!("flipped", "issuing"),
            "server signature decrypt_error",
            "late server signature decrypt_error",
        ),
        case(
            "client revoked",
            WEB,
            |pki, client, server| {
                client_shows!("app", "issuing")(pki, client, server);
                lists!("web-revoked", "root-list")(pki, server, client);
            },
            "server revocation certificate_revoked",
            "late server revocation certificate_revoked",
        ),
    ]
}

fn negotiations() -> Vec<Case> {
    vec![
        case(
            "no common version",
            WEB,
            |_, client, server| {
                let other = if client.versions == [TLS12] { TLS13 } else { TLS12 };
                server.versions = vec![other];
            },
            "server version protocol_version",
            "server version protocol_version",
        ),
        case(
            "no common suite",
            WEB,
            |_, client, server| {
                (client.suites, server.suites) =
                    (vec![CipherSuite(0x1301), CipherSuite(0xc02b)], vec![CipherSuite(0x1303), CipherSuite(0xcca9)]);
            },
            "server suite handshake_failure",
            "server suite handshake_failure",
        ),
        case(
            "no common group",
            WEB,
            |_, client, server| {
                (client.groups, server.groups) = (vec![X25519], vec![P384]);
            },
            "server group handshake_failure",
            "server group handshake_failure",
        ),
        case(
            "no common signature",
            WEB,
            |_, client, _| client.signature_schemes = vec![SignatureScheme(0x0804)],
            "server signature-scheme handshake_failure",
            "server signature-scheme handshake_failure",
        ),
        case(
            "no common ALPN",
            WEB,
            |_, client, server| {
                (client.alpn, server.alpn) = (vec![b"h2".to_vec()], vec![b"mqtt".to_vec()]);
            },
            "server alpn no_application_protocol",
            "server alpn no_application_protocol",
        ),
        case(
            "a name that the server has not",
            "other.lab.test",
            |_, _, server| server.identities[0].names = vec![WEB.into()],
            "server sni access_denied",
            "server sni access_denied",
        ),
    ]
}

/// What somebody on the wire does.
fn attacks() -> Vec<Case> {
    vec![
        attack(
            "the client's random is changed",
            |flight, bytes| {
                if flight == 0 {
                    bytes[12] ^= 1
                }
            },
            "client key-exchange-signature decrypt_error",
            "client record bad_record_mac, server record bad_record_mac",
        ),
        attack(
            "plain HTTP",
            |flight, bytes| {
                if flight == 0 {
                    *bytes = b"GET / HTTP/1.0\r\n\r\n".to_vec()
                }
            },
            "server record decode_error",
            "server record decode_error",
        ),
        attack(
            "a plain answer",
            |flight, bytes| {
                if flight == 1 {
                    *bytes = b"HTTP/1.1 400 Bad Request\r\n".to_vec()
                }
            },
            "client record decode_error",
            "client record decode_error",
        ),
        attack(
            "a bit in the client's second flight",
            |flight, bytes| {
                if flight == 2 {
                    let last = bytes.len() - 1;
                    bytes[last] ^= 1
                }
            },
            "server record bad_record_mac",
            "late server record bad_record_mac",
        ),
        attack(
            "a record that is too large",
            |flight, bytes| {
                if flight == 1 {
                    (bytes[3], bytes[4]) = (0xff, 0xff)
                }
            },
            "client record decode_error",
            "client record decode_error",
        ),
        attack(
            "an alert from outside",
            |flight, bytes| {
                if flight == 1 {
                    *bytes = vec![21, 3, 3, 0, 2, 2, 40]
                }
            },
            "client saw handshake_failure",
            "client saw handshake_failure",
        ),
        attack(
            "the answer does not come",
            |flight, bytes| {
                if flight == 1 {
                    bytes.clear()
                }
            },
            "stalled",
            "stalled",
        ),
    ]
}

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
    play(&mut *client, &mut *server, case.host, b"", &mut { case.wire })
}

#[test]
fn every_case_ends_as_the_table_says_with_the_same_bytes_each_time() {
    let pki = pki();
    let cases = [agreements(), server_certificates(), client_certificates(), negotiations(), attacks()];
    let mut wrong = Vec::new();
    for case in cases.iter().flatten() {
        for (version, expected) in [(TLS12, case.tls12), (TLS13, case.tls13)] {
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
            } else {
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
            if case.name != "RSA" && run(&pki, case, version) != played {
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

fn resuming(version: ProtocolVersion, client: Resume, server: Resume) -> (EndpointSetup, EndpointSetup) {
    let pki = pki();
    let mut for_client = setup(&pki, "client", &["app", "issuing"]);
    for_client.versions = vec![version];
    for_client.resume = client;
    let mut for_server = setup(&pki, "server", &["web", "issuing"]);
    for_server.resume = server;
    for_server.client_auth = ClientAuth::Required;
    (for_client, for_server)
}

#[test]
fn sessions_are_resumed_where_both_want_it() {
    use Resume::{Never, Stateful, Ticket};
    for (version, client, server, resumed) in [
        (TLS12, Never, Stateful, false),
        (TLS12, Stateful, Never, false),
        (TLS12, Stateful, Stateful, true),
        (TLS12, Ticket, Stateful, true),
        (TLS12, Stateful, Ticket, false),
        (TLS12, Ticket, Ticket, true),
        (TLS13, Never, Stateful, false),
        (TLS13, Stateful, Never, false),
        (TLS13, Stateful, Stateful, true),
        (TLS13, Ticket, Ticket, true),
    ] {
        let (client, server) = resuming(version, client, server);
        let meet_twice = || {
            let mut pair = Pair::new(&client, &server);
            (pair.meet(b""), pair.meet(b""))
        };
        let (first, second) = meet_twice();
        let label = format!("{version} {:?} {:?}", client.resume, server.resume);
        assert_eq!((first.client.resumed, second.client.resumed), (Some(false), Some(resumed)), "{label}");
        assert_eq!(second.server.peer_certificates.len(), 2, "{label}: the server remembers whom it knew");
        assert_ne!(first.flights, second.flights, "{label}: every connection has its own randomness");
        assert!((first, second) == meet_twice(), "{label}: the same bytes");
    }
}

#[test]
fn a_restart_and_the_passing_of_time_end_sessions_and_a_new_list_does_not() {
    let pki = pki();
    for version in [TLS12, TLS13] {
        for way in [Resume::Stateful, Resume::Ticket] {
            let (client, server) = resuming(version, way, way);
            let after = |change: &dyn Fn(&mut Pair)| {
                let mut pair = Pair::new(&client, &server);
                pair.meet(b"");
                change(&mut pair);
                pair.meet(b"").client.resumed == Some(true)
            };
            let label = format!("{version} {way:?}");
            assert!(!after(&|pair| pair.server.restart()), "{label}: the server was restarted");
            assert!(!after(&|pair| pair.client.restart()), "{label}: the client was restarted");
            let pass = |pair: &mut Pair, seconds| {
                pair.client.set_clock(NOW + seconds);
                pair.server.set_clock(NOW + seconds);
            };
            assert!(after(&|pair| pass(pair, 3600)), "{label}: an hour");
            // rustls never forgets a session id of TLS 1.2 because of its age.
            let for_ever = (version, way) == (TLS12, Resume::Stateful);
            assert_eq!(after(&|pair| pass(pair, 25 * 3600)), for_ever, "{label}: a day");
            // The finding of the lab: who is revoked goes on with an old session.
            let revoked = |pair: &mut Pair| {
                let lists = ["web-revoked", "root-list"].map(|name| pki.revocation_list(name).unwrap().der.clone());
                let (mut client, mut server) = (client.clone(), server.clone());
                client.revocation_lists = lists.to_vec();
                server.revocation_lists = lists.to_vec();
                pair.server.configure(&server).unwrap();
                pair.client.configure(&client).unwrap();
            };
            assert!(after(&revoked), "{label}: both have got a list that names both");
        }
    }
}

fn early(server: Resume, store: Store) -> (EndpointSetup, EndpointSetup) {
    let (mut client, mut server) = resuming(TLS13, server, server);
    server.client_auth = ClientAuth::None;
    server.store = store;
    client.early_data = true;
    server.early_data = true;
    (client, server)
}

#[test]
fn early_data_goes_with_the_first_flight_where_the_server_takes_it() {
    let (client, server) = early(Resume::Stateful, Store::SingleUse);
    let mut pair = Pair::new(&client, &server);
    let first = pair.meet(b"early ");
    assert_eq!((first.client.early_data_accepted, &*first.server_got), (None, &b"question"[..]));
    let second = pair.meet(b"early ");
    assert_eq!((second.client.early_data_accepted, second.server.early_data_accepted), (Some(true), Some(true)));
    assert_eq!(&*second.server_got, b"early question");
    // The server takes none any more; the client has offered it by the old ticket.
    let mut without = server.clone();
    without.early_data = false;
    pair.server.configure(&without).unwrap();
    let third = pair.meet(b"early ");
    assert_eq!((third.client.early_data_accepted, &*third.server_got), (Some(false), &b"question"[..]));
    // rustls gives no leave for early data where it cannot see that a ticket is used once.
    let (client, server) = early(Resume::Ticket, Store::SingleUse);
    let mut pair = Pair::new(&client, &server);
    pair.meet(b"");
    assert_eq!(pair.meet(b"early ").client.early_data_accepted, None);
}

#[test]
fn a_first_flight_can_be_played_again_to_a_careless_server_only() {
    for (store, executed) in [(Store::SingleUse, false), (Store::Careless, true)] {
        let (client, server) = early(Resume::Stateful, store);
        let mut pair = Pair::new(&client, &server);
        pair.meet(b"");
        let flight = pair.meet(b"pay ").flights.swap_remove(0).1;
        let mut replayed = pair.server.open(None).unwrap();
        replayed.receive(&flight).unwrap();
        assert_eq!(replayed.read() == b"pay ", executed, "{store}");
        assert_eq!(replayed.report().early_data_accepted, executed.then_some(true), "{store}");
    }
}

#[test]
fn as_many_tickets_are_given_as_the_setup_says() {
    let flight_of_tickets = |resume, tickets| {
        let (client, mut server) = resuming(TLS13, Resume::Stateful, resume);
        server.tickets = tickets;
        let mut pair = Pair::new(&client, &server);
        let length = pair.meet(b"").flights[3].1.len();
        (length, pair.meet(b"").client.resumed == Some(true))
    };
    let (none, _) = flight_of_tickets(Resume::Stateful, Some(0));
    let (one, _) = flight_of_tickets(Resume::Stateful, Some(1));
    let (two, resumed) = flight_of_tickets(Resume::Stateful, None);
    assert!(none < one && one < two && resumed, "{none} {one} {two}");
    assert_eq!(flight_of_tickets(Resume::Stateful, Some(2)).0, two);
    assert_eq!(flight_of_tickets(Resume::Never, None), (none, false));
    assert_eq!(flight_of_tickets(Resume::Never, Some(1)), (one, false), "given, and never honoured");
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
