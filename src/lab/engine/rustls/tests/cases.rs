//! What can be set and what can go wrong, and what comes of it.

use super::*;

pub(super) type Change = fn(&Pki, &mut EndpointSetup, &mut EndpointSetup);
pub(super) type Wire = fn(&mut Vec<u8>);

/// A connection and what must come of it: `ok`, or who found what and sent which alert; in TLS 1.2, and behind the
/// slash in TLS 1.3 where that differs.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) host: &'static str,
    pub(super) change: Change,
    /// What is done to the flight with that number, from 0 on.
    pub(super) wire: (usize, Wire),
    pub(super) expected: &'static str,
}

fn case(name: &'static str, host: &'static str, change: Change, expected: &'static str) -> Case {
    Case { name, host, change, wire: (0, |_| {}), expected }
}

fn attack(name: &'static str, flight: usize, wire: Wire, expected: &'static str) -> Case {
    Case { name, host: WEB, change: |_, _, _| {}, wire: (flight, wire), expected }
}

pub(super) const WEB: &str = "web.lab.test";

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
        |pki: &Pki, client: &mut EndpointSetup, _: &mut EndpointSetup| {
            client.revocation_lists = vec![$(pki.revocation_list($name).unwrap().der.clone()),+];
        }
    };
}

pub(super) fn agreements() -> Vec<Case> {
    vec![
        case("nothing special", WEB, |_, _, _| {}, "ok"),
        case("mutual", WEB, client_shows!("app", "issuing"), "ok"),
        case("mutual, P-384", WEB, client_shows!("app-p384", "issuing"), "ok"),
        case("mutual, Ed25519", WEB, client_shows!("app-ed25519", "issuing"), "ok"),
        case("asked, and nothing to show", WEB, |_, _, server| server.client_auth = ClientAuth::Optional, "ok"),
        case(
            "a certificate, and nobody asks",
            WEB,
            |pki, client, _| client.identities = vec![identity(pki, &["app"])],
            "ok",
        ),
        case("Ed25519", "web-ed25519.lab.test", server_shows!("web-ed25519", "issuing"), "ok"),
        case("P-384", "web-p384.lab.test", server_shows!("web-p384", "issuing"), "ok"),
        case("RSA", "web-rsa.lab.test", server_shows!("web-rsa", "issuing"), "ok"),
        case("secp256r1", WEB, |_, client, _| client.groups = vec![P256], "ok"),
        case("secp384r1", WEB, |_, client, _| client.groups = vec![P384], "ok"),
        case("X25519", WEB, |_, client, _| client.groups = vec![X25519], "ok"),
        case(
            "hybrid",
            WEB,
            |_, client, server| {
                client.groups = vec![HYBRID, X25519];
                server.groups = vec![HYBRID, X25519];
            },
            "ok",
        ),
        case("hybrid, and the server has none", WEB, |_, client, _| client.groups = vec![HYBRID, X25519], "ok"),
        case("a wrong guess", WEB, |_, _, server| server.groups = vec![P384], "ok"),
        case("no server_name", WEB, |_, client, _| client.sni = false, "ok"),
        case(
            "ALPN",
            WEB,
            |_, client, server| {
                client.alpn = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
                server.alpn = vec![b"http/1.1".to_vec()];
            },
            "ok",
        ),
        case("ALPN unanswered", WEB, |_, client, _| client.alpn = vec![b"h2".to_vec()], "ok"),
        case(
            "small records",
            WEB,
            |_, client, server| {
                client.fragment = Some(100);
                server.fragment = Some(100);
            },
            "ok",
        ),
        case("clean lists", WEB, lists!("clean", "root-list"), "ok"),
        case("a stale list, nobody minds", WEB, lists!("stale", "root-list"), "ok"),
        case(
            "a list is missing, nobody minds",
            WEB,
            |pki, client, server| {
                lists!("root-list")(pki, client, server);
                client.revocation_rule.allow_unknown = true;
            },
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
        ),
        case("root sent too", WEB, server_shows!("web", "issuing", "root"), "ok"),
        case("disorder", WEB, server_shows!("web", "root", "issuing"), "ok"),
        case(
            "a certificate that is its own anchor",
            "own.lab.test",
            |pki, client, server| {
                server.identities = vec![identity(pki, &["own"])];
                client.trust = vec![pki.certificate("own").unwrap().der.clone()];
            },
            "ok",
        ),
    ]
}

/// Faults in what the server shows.
pub(super) fn server_certificates() -> Vec<Case> {
    vec![
        case("expired", "expired.lab.test", server_shows!("expired", "issuing"), "client validity certificate_expired"),
        case(
            "not yet valid",
            "future.lab.test",
            server_shows!("future", "issuing"),
            "client validity certificate_expired",
        ),
        case(
            "a clock two years slow",
            WEB,
            |_, client, _| client.clock -= 730 * DAY,
            "client validity certificate_expired",
        ),
        case("another host", "other.lab.test", |_, _, _| {}, "client name bad_certificate"),
        case(
            "no subjectAltName",
            "nameless.lab.test",
            server_shows!("nameless", "issuing"),
            "client name bad_certificate",
        ),
        case("an address that it does not name", "192.0.2.1", |_, _, _| {}, "client name bad_certificate"),
        case("another authority", "strange.lab.test", server_shows!("strange", "stranger"), "client trust unknown_ca"),
        case("signed by itself", "own.lab.test", server_shows!("own"), "client trust unknown_ca"),
        case("no issuer sent", WEB, server_shows!("web"), "client trust unknown_ca"),
        case("nobody is trusted", WEB, |_, client, _| client.trust.clear(), "client trust unknown_ca"),
        case(
            "an impostor of the issuer",
            "fake.lab.test",
            server_shows!("fake", "issuing"),
            "client signature decrypt_error",
        ),
        case(
            "a flipped bit",
            "flipped.lab.test",
            server_shows!("flipped", "issuing"),
            "client signature decrypt_error",
        ),
        case(
            "an edited subject",
            "edited.lab.test",
            server_shows!("edited", "issuing"),
            "client signature decrypt_error",
        ),
        case(
            "another key",
            "stolen.lab.test",
            server_shows!("stolen", "issuing"),
            "client key-exchange-signature decrypt_error / client certificate-verify decrypt_error",
        ),
        case(
            "for clients only",
            "app.lab.test",
            server_shows!("app", "issuing"),
            "client purpose unsupported_certificate",
        ),
        case(
            "an unknown critical extension",
            "critical.lab.test",
            server_shows!("critical", "issuing"),
            "client critical-ext certificate_unknown",
        ),
        case(
            "an authority as a server",
            "authority.lab.test",
            server_shows!("authority", "issuing"),
            "client ca-flag certificate_unknown",
        ),
        case(
            "an issuer that is no authority",
            "below-weak.lab.test",
            server_shows!("below-weak", "weak"),
            "client ca-flag certificate_unknown",
        ),
        case(
            "a leaf as an issuer",
            "below-leaf.lab.test",
            server_shows!("below-leaf", "web", "issuing"),
            "client ca-flag certificate_unknown",
        ),
        case(
            "too long a path",
            "below-too-deep.lab.test",
            server_shows!("below-too-deep", "too-deep", "short"),
            "client pathlen certificate_unknown",
        ),
        case(
            "outside the fence",
            "below-fenced.lab.test",
            server_shows!("below-fenced", "fenced"),
            "client constraints certificate_unknown",
        ),
        case(
            "an expired issuer",
            "below-old.lab.test",
            server_shows!("below-old", "old"),
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
        ),
        case("revoked", WEB, lists!("web-revoked", "root-list"), "client revocation certificate_revoked"),
        case(
            "the issuer was revoked",
            WEB,
            lists!("issuing-revoked", "clean"),
            "client revocation certificate_revoked",
        ),
        case("a list is missing", WEB, lists!("root-list"), "client revocation unknown_ca"),
        case(
            "a stale list, and that matters",
            WEB,
            |pki, client, server| {
                lists!("stale", "root-list")(pki, client, server);
                client.revocation_rule.enforce_expiry = true;
            },
            "client revocation unknown_ca",
        ),
        case("a forged list", WEB, lists!("forged", "root-list"), "client revocation handshake_failure"),
    ]
}

/// Faults in what the client shows. In TLS 1.3 it learns of them when it has finished.
pub(super) fn client_certificates() -> Vec<Case> {
    vec![
        case(
            "nothing to show",
            WEB,
            |_, _, server| server.client_auth = ClientAuth::Required,
            "server client-certificate certificate_required / late server client-certificate certificate_required",
        ),
        case(
            "client of another authority",
            WEB,
            client_shows!("strange", "stranger"),
            "server trust unknown_ca / late server trust unknown_ca",
        ),
        case(
            "another authority, and it need not show any",
            WEB,
            |pki, client, server| {
                client_shows!("strange", "stranger")(pki, client, server);
                server.client_auth = ClientAuth::Optional;
            },
            "server trust unknown_ca / late server trust unknown_ca",
        ),
        case(
            "client without its issuer",
            WEB,
            client_shows!("app"),
            "server trust unknown_ca / late server trust unknown_ca",
        ),
        case(
            "client expired",
            WEB,
            client_shows!("expired", "issuing"),
            "server validity certificate_expired / late server validity certificate_expired",
        ),
        case(
            "client with a certificate for servers",
            WEB,
            client_shows!("second", "issuing"),
            "server purpose unsupported_certificate / late server purpose unsupported_certificate",
        ),
        case(
            "client without the key",
            WEB,
            client_shows!("stolen", "issuing"),
            "server certificate-verify decrypt_error / late server certificate-verify decrypt_error",
        ),
        case(
            "client flipped",
            WEB,
            client_shows!("flipped", "issuing"),
            "server signature decrypt_error / late server signature decrypt_error",
        ),
        case(
            "client revoked",
            WEB,
            |pki, client, server| {
                client_shows!("app", "issuing")(pki, client, server);
                lists!("web-revoked", "root-list")(pki, server, client);
            },
            "server revocation certificate_revoked / late server revocation certificate_revoked",
        ),
    ]
}

pub(super) fn negotiations() -> Vec<Case> {
    vec![
        case(
            "no common version",
            WEB,
            |_, client, server| {
                let other = if client.versions == [TLS12] { TLS13 } else { TLS12 };
                server.versions = vec![other];
            },
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
        ),
        case(
            "no common group",
            WEB,
            |_, client, server| {
                (client.groups, server.groups) = (vec![X25519], vec![P384]);
            },
            "server group handshake_failure",
        ),
        case(
            "no common signature",
            WEB,
            |_, client, _| client.signature_schemes = vec![SignatureScheme(0x0804)],
            "server signature-scheme handshake_failure",
        ),
        case(
            "no common ALPN",
            WEB,
            |_, client, server| {
                (client.alpn, server.alpn) = (vec![b"h2".to_vec()], vec![b"mqtt".to_vec()]);
            },
            "server alpn no_application_protocol",
        ),
        case(
            "a name that the server has not",
            "other.lab.test",
            |_, _, server| server.identities[0].names = vec![WEB.into()],
            "server sni access_denied",
        ),
    ]
}

/// What somebody on the wire does.
pub(super) fn attacks() -> Vec<Case> {
    vec![
        attack(
            "the client's random is changed",
            0,
            |bytes| bytes[12] ^= 1,
            "client key-exchange-signature decrypt_error / client record bad_record_mac, server record bad_record_mac",
        ),
        attack("plain HTTP", 0, |bytes| *bytes = b"GET / HTTP/1.0\r\n\r\n".to_vec(), "server record decode_error"),
        attack("a plain answer", 1, |bytes| *bytes = b"220 mail\r\n".to_vec(), "client record decode_error"),
        attack(
            "a bit in the client's second flight",
            2,
            |bytes| *bytes.last_mut().unwrap() ^= 1,
            "server record bad_record_mac / late server record bad_record_mac",
        ),
        attack("a record that is too large", 1, |bytes| bytes[3..5].fill(0xff), "client record decode_error"),
        attack("a message that is too large", 1, |bytes| bytes[6] = 0xff, "client message -"),
        attack("another suite", 1, |bytes| another_suite(bytes), "client suite handshake_failure"),
        attack(
            "an alert from outside",
            1,
            |bytes| *bytes = vec![21, 3, 3, 0, 2, 2, 40],
            "client saw handshake_failure",
        ),
        attack(
            "the answer comes twice",
            1,
            |bytes| bytes.extend(bytes.clone()),
            "client message unexpected_message / client record bad_record_mac",
        ),
        attack("the answer does not come", 1, Vec::clear, "stalled"),
        attack(
            "the length of the last message grows",
            1,
            |bytes| *bytes.last_mut().unwrap() ^= 1,
            "stalled / client record bad_record_mac",
        ),
        attack("decoration is dropped", 1, without_change_cipher_spec, "ok"),
        Case {
            change: |_, client, _| client.versions = vec![],
            ..attack("TLS 1.3 is hidden", 0, |bytes| hide_versions(bytes), "client version illegal_parameter")
        },
    ]
}

/// Puts a suite that was not offered behind the session id of ServerHello.
fn another_suite(bytes: &mut [u8]) {
    let place = 44 + usize::from(bytes[43]);
    bytes[place..place + 2].copy_from_slice(&[0xc0, 0x24]);
}

/// ChangeCipherSpec means nothing in TLS 1.3. In TLS 1.2 it does not come in the server's first flight.
fn without_change_cipher_spec(bytes: &mut Vec<u8>) {
    if let Some(place) = bytes.windows(6).position(|window| window == [20, 3, 3, 0, 1, 1]) {
        bytes.drain(place..place + 6);
    }
}

/// Gives supported_versions, which names both, the number of an extension that nobody knows.
fn hide_versions(bytes: &mut [u8]) {
    let place = bytes.windows(5).position(|window| window == [0, 43, 0, 5, 4]).unwrap();
    bytes[place] = 0x7a;
}
