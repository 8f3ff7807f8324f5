//! Certificates of both sides.

use super::{PLAIN, Row, refused, refused_by_client, row};
use crate::credential::Credential;
use crate::logged::{self, Promise};
use crate::made::der::{MUST_STAPLE, authority_information_access};
use crate::made::sealed::Talk;
use crate::made::{
    Offer, Wire, alert, certificate, certificate_request, client, client_hello, compressed_certificate, hello_message,
    hidden, message, pem, record, server, server_hello, stapled, vector8,
};
use crate::source::Source::{Closed, Lab, Made, Sample};
use crate::source::{recorded, turned};

/// The identifiers of two algorithms, which differ in their last byte (RFC 8017 A.2.4).
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b];
const SHA1_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5];

/// A certificate, one of serial number 1, and a response for both: the one is good, the other was revoked.
const SAMPLE: &str = "src/x509/samples/everything.pem";
const REVOKED: &str = "src/x509/samples/version1.pem";
const RESPONSE: &str = "src/x509/samples/ocsp-response.pem";
/// 2026-11-22T02:18:00Z, and a day, in seconds.
const RESPONSE_MADE: i64 = 1_795_313_880;
const DAY: i64 = 86_400;

/// A chain that RSA keys have signed, in clear.
fn sha256_with_rsa() -> Wire {
    let keys = [("pki.root.key", "\"rsa2048\""), ("pki.issuing.key", "\"rsa2048\"")];
    turned("five-steps", "tls12", &keys).with_keys("")
}

/// A certificate for so many names.
fn many_names(count: usize) -> Wire {
    let names: Vec<String> = (0..count).map(|number| format!("\"host-{number}.shop.lab.test\"")).collect();
    let names = format!("[\"shop.lab.test\", {}]", names.join(", "));
    turned(PLAIN.0, PLAIN.1, &[("pki.server.san", &names)])
}

/// What a client says of a certificate that it got like this in TLS 1.3.
fn shown(certificate: Vec<u8>, code: u8) -> Wire {
    Talk::tls13(&Offer::tls13())
        .says(false, &[message(8, &[0, 0]), certificate])
        .finished(false)
        .alert(true, code)
        .wire()
}

/// The same without keys, where the client says it in clear, as openssl does.
fn complained(code: u8) -> Wire {
    let flight = [server_hello(0x1301, Some(0x1d), &[]), hidden(32), hidden(900), hidden(281), hidden(53)].concat();
    refused_by_client(&Offer::tls13(), flight, code)
}

/// A certificate with an OCSP response that is good for a week, so many days after the response was made.
fn stapled_before(days: i64) -> Wire {
    let certificate = stapled(&pem(SAMPLE), &pem(RESPONSE));
    shown(certificate, 113).later(RESPONSE_MADE + days * DAY)
}

/// A server of TLS 1.2 that takes certificates of so many authorities, and a client that gives up.
fn asks_for(authorities: u16) -> Wire {
    let flight = [certificate_request(&[0x0403, 0x0804, 0x0401], authorities), message(14, &[])].concat();
    refused_by_client(&Offer::tls12(), [server_hello(0xc02b, None, &[]), record(22, &flight)].concat(), 47)
}

/// A server of TLS 1.2 that takes these signatures, a client that shows an RSA certificate, and what becomes of it.
fn takes(schemes: &[u16]) -> Wire {
    let flight = [certificate_request(schemes, 1), message(14, &[])].concat();
    let badge = [certificate(&pem("tests/keys/server.crt")), message(16, &vector8(&[9; 32]))].concat();
    let turns = [
        client(client_hello(&Offer::tls12())),
        server([server_hello(0xc02b, None, &[]), record(22, &flight)].concat()),
        client(record(22, &badge)),
        server(alert(2, 43)),
    ];
    Wire::closed(&turns, 50000)
}

/// A play whose client keeps its handshake secret to itself: its certificate cannot be read, and the alert can.
fn without_keys_of_client(id: &str) -> Wire {
    let wire = recorded(id, "tls13");
    let lines: Vec<&str> = wire.key_log.lines().filter(|line| !line.starts_with("CLIENT_HANDSHAKE")).collect();
    let key_log = lines.join("\n");
    wire.with_keys(key_log)
}

/// A second handshake on the running connection, at which the server says more than its hello.
fn renegotiated(more: &[Vec<u8>]) -> Wire {
    let offer = Offer::tls12();
    let talk = Talk::tls12(&offer).data(true, b"GET /account HTTP/1.1").says(false, &[message(0, &[])]);
    let flight = [&[server_hello(0xc02b, None, &[])[5..].to_vec()], more, &[message(14, &[])]].concat();
    talk.says(true, &[hello_message(&offer)]).says(false, &flight).alert(true, 40).wire()
}

/// The server's certificate.
pub static SERVER: &[Row] = &[
    row("CERT-01", Sample("certificate-expired"), Sample("one-way-tls13")),
    row("CERT-01", Made(|| complained(45)), Made(|| complained(48))),
    row("CERT-02", Lab("cert-not-yet-valid", "tls13"), Lab("cert-expired", "tls13")),
    row("CERT-03", Lab("expired-intermediate", "tls13"), Lab("cert-expired", "tls13")),
    row("CERT-04", Sample("wrong-host"), Sample("one-way-tls13")),
    row("CERT-05", Lab("missing-intermediate", "tls13"), Lab("untrusted-root", "tls13")),
    row("CERT-06", Lab("chain-disorder", "shuffled"), Lab("chain-disorder", "with-root")),
    row("CERT-07", Lab("self-signed", "tls13"), Lab("untrusted-root", "tls13")),
    row("CERT-08", Sample("unknown-ca"), Lab("cert-expired", "tls13")),
    row("CERT-08", Made(|| complained(48)), Made(|| complained(45))),
    row(
        "CERT-09",
        Made(|| turned(PLAIN.0, PLAIN.1, &[("pki.issuing.organization", "\"Zscaler Inc.\"")])),
        Made(|| turned(PLAIN.0, PLAIN.1, &[("pki.issuing.organization", "\"Scaler Inc.\"")])),
    ),
    row("CERT-10", Lab("client-eku-on-server", "tls13"), Lab("wrong-host", "tls13")),
    row("CERT-11", Lab("its-own-anchor", "with-ca-flag"), Lab("its-own-anchor", "plain-leaf")),
    row("CERT-12", Made(|| sha256_with_rsa().replaced(SHA256_WITH_RSA, SHA1_WITH_RSA)), Made(sha256_with_rsa)),
    row("CERT-13", Lab("on-the-list", "tls13"), Lab("nobody-asked", "no-list")),
    row("CERT-13", Made(|| stapled_before(8)), Made(|| stapled_before(6))),
    row(
        "CERT-13",
        Made(|| shown(stapled(&pem(REVOKED), &pem(RESPONSE)), 44)),
        Made(|| shown(stapled(&pem(SAMPLE), &pem(RESPONSE)), 44)),
    ),
    row(
        "CERT-13",
        Made(|| recorded("nobody-asked", "no-list").with_anchors(["root"]).with_list("list")),
        Made(|| recorded("nobody-asked", "no-list").with_anchors(["root"]).with_list("rootlist")),
    ),
    row("CERT-14", Made(|| turned(PLAIN.0, PLAIN.1, &[("pki.server.ext", MUST_STAPLE)])), Lab(PLAIN.0, PLAIN.1)),
    row(
        "CERT-15",
        Made(|| turned("wrong-host", "tls12", &[("pki.web.ext", &authority_information_access())])),
        Lab("wrong-host", "tls12"),
    ),
    row("CERT-16", Lab("path-too-long", "tls13"), Lab("expired-intermediate", "tls13")),
    row("CERT-16", Made(|| recorded("fenced-in-ca", "tls13").with_anchors(["root"])), Lab("fenced-in-ca", "tls13")),
    row("CERT-17", Lab("key-does-not-fit", "tls13"), Lab("cert-expired", "tls13")),
    row("CERT-18", Made(|| refused(&Offer::tls12(), 2, 112)), Made(|| refused(&Offer::tls12(), 2, 40))),
    row(
        "CERT-19",
        Made(|| {
            let answer = [alert(1, 112), server_hello(0xc02b, None, &[])].concat();
            Wire::closed(&[client(client_hello(&Offer::tls12())), server(answer)], 50000)
        }),
        Made(|| refused(&Offer::tls12(), 2, 112)),
    ),
    row("CERT-20", Lab("what-the-hello-leaks", "without-name"), Lab("what-the-hello-leaks", "with-name")),
    row("CERT-21", Made(|| many_names(500)), Made(|| many_names(50))),
    row(
        "CERT-22",
        Made(|| shown(compressed_certificate(&pem(SAMPLE), 40), 42)),
        Made(|| shown(compressed_certificate(&pem(SAMPLE), usize::MAX), 42)),
    ),
    row("CERT-23", Made(|| Credential { valid: 3600, ..Credential::GOOD }.wire(47)), Made(|| Credential::GOOD.wire(0))),
    row("CERT-25", Made(|| logged::given(Promise::Another)), Made(|| logged::given(Promise::This))),
    row(
        "CERT-24",
        Made(|| recorded("untrusted-root", "tls13").with_anchors(["stranger"])),
        Made(|| recorded("untrusted-root", "tls13").with_anchors(["root"])),
    ),
    row("CERT-24", Lab("wrong-clock", "slow-clock"), Lab("cert-expired", "tls13")),
];

/// The client's.
pub static CLIENT: &[Row] = &[
    row("MTLS-01", Sample("client-certificate-missing-tls12"), Sample("mutual-tls12")),
    row("MTLS-02", Lab("nothing-to-show", "tls12"), Lab("optional-client-certificate", "without")),
    row("MTLS-03", Lab("wrong-club", "tls12"), Lab("expired-badge", "tls12")),
    row("MTLS-03", Made(|| without_keys_of_client("wrong-club")), Made(|| without_keys_of_client("expired-badge"))),
    row("MTLS-04", Made(|| asks_for(101)), Made(|| asks_for(100))),
    row("MTLS-05", Lab("expired-badge", "tls13"), Lab("wrong-club", "tls13")),
    row("MTLS-06", Lab("forgotten-intermediate", "leaf-only"), Lab("forgotten-intermediate", "with-chain")),
    row("MTLS-07", Lab("stolen-certificate", "tls12"), Lab("both-show-papers", "tls12")),
    // Without the ClientHello nobody can tell whether the signature holds, but the server did.
    row(
        "MTLS-07",
        Made(|| recorded("stolen-certificate", "tls12").only(|at, _| at != 3)),
        Made(|| recorded("wrong-club", "tls12").only(|at, _| at != 3)),
    ),
    row(
        "MTLS-08",
        Made(|| turned("both-show-papers", "tls12", &[("peer.server.sigs", r#"["rsa_pss_rsae_sha256"]"#)])),
        Made(|| turned("both-show-papers", "tls12", &[("peer.server.sigs", r#"["ecdsa_secp256r1_sha256"]"#)])),
    ),
    row("MTLS-08", Made(|| takes(&[0x0403])), Made(|| takes(&[0x0403, 0x0804]))),
    row("MTLS-09", Lab("nothing-to-show", "tls13"), Lab("nothing-to-show", "tls12")),
    row("MTLS-10", Closed("nothing-to-show", "tls13"), Closed("both-show-papers", "tls13")),
    row("MTLS-11", Made(|| renegotiated(&[certificate_request(&[0x0403], 1)])), Made(|| renegotiated(&[]))),
];
