//! Certificates of both sides.

use super::{PLAIN, Row, refused, row};
use crate::made::der::{MUST_STAPLE, authority_information_access};
use crate::made::sealed::Talk;
use crate::made::{
    Offer, Wire, alert, certificate_request, client, client_hello, hello_message, message, server, server_hello,
    vector8, vector16, vector24,
};
use crate::source::Source::{Closed, Lab, Made, Sample};
use crate::source::turned;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;

/// The identifiers of two algorithms, which differ in their last byte (RFC 8017 A.2.4).
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b];
const SHA1_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5];

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

/// A handshake of TLS 1.3 with a certificate that came packed by zlib (RFC 8879), and an alert where the client cannot
/// unpack it.
fn compressed(change: impl Fn(&mut Vec<u8>)) -> Wire {
    let der = &tlslab::x509::unpem(include_bytes!("../../keys/server.crt"))[0].1;
    let entry = [vector24(der), vector16(&[])].concat();
    let certificate = [vector8(&[]), vector24(&entry)].concat();
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(&certificate).unwrap();
    let whole = packer.finish().unwrap();
    let mut packed = whole.clone();
    change(&mut packed);
    let length = u32::try_from(certificate.len()).unwrap().to_be_bytes();
    let body = [&[0, 1][..], &length[1..], &vector24(&packed)].concat();
    let talk = Talk::tls13(&Offer::tls13()).says(false, &[message(8, &[0, 0]), message(25, &body)]).finished(false);
    if packed == whole { talk.finished(true).data(true, b"hello").wire() } else { talk.alert(true, 42).wire() }
}

/// A server of TLS 1.2 that takes certificates of so many authorities, and a client that gives up.
fn asks_for(authorities: u16) -> Wire {
    let flight = [&certificate_request(authorities)[..], &message(14, &[])].concat();
    let flight = [server_hello(0xc02b, None, &[]), crate::made::record(22, &flight)].concat();
    Wire::closed(&[client(client_hello(&Offer::tls12())), server(flight), client(alert(2, 47))], 50000)
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
    row("CERT-02", Lab("cert-not-yet-valid", "tls13"), Lab("cert-expired", "tls13")),
    row("CERT-03", Lab("expired-intermediate", "tls13"), Lab("cert-expired", "tls13")),
    row("CERT-04", Sample("wrong-host"), Sample("one-way-tls13")),
    row("CERT-05", Lab("missing-intermediate", "tls13"), Lab("untrusted-root", "tls13")),
    row("CERT-06", Lab("chain-disorder", "shuffled"), Lab("chain-disorder", "with-root")),
    row("CERT-07", Lab("self-signed", "tls13"), Lab("untrusted-root", "tls13")),
    row("CERT-08", Sample("unknown-ca"), Lab("cert-expired", "tls13")),
    row(
        "CERT-09",
        Made(|| turned(PLAIN.0, PLAIN.1, &[("pki.issuing.organization", "\"Zscaler Inc.\"")])),
        Made(|| turned(PLAIN.0, PLAIN.1, &[("pki.issuing.organization", "\"Scaler Inc.\"")])),
    ),
    row("CERT-10", Lab("client-eku-on-server", "tls13"), Lab("wrong-host", "tls13")),
    row("CERT-11", Lab("its-own-anchor", "with-ca-flag"), Lab("its-own-anchor", "plain-leaf")),
    row("CERT-12", Made(|| sha256_with_rsa().replaced(SHA256_WITH_RSA, SHA1_WITH_RSA)), Made(sha256_with_rsa)),
    row("CERT-13", Lab("on-the-list", "tls13"), Lab("nobody-asked", "no-list")),
    row("CERT-14", Made(|| turned(PLAIN.0, PLAIN.1, &[("pki.server.ext", MUST_STAPLE)])), Lab(PLAIN.0, PLAIN.1)),
    row(
        "CERT-15",
        Made(|| turned("wrong-host", "tls12", &[("pki.web.ext", &authority_information_access())])),
        Lab("wrong-host", "tls12"),
    ),
    row("CERT-16", Lab("path-too-long", "tls13"), Lab("expired-intermediate", "tls13")),
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
    row("CERT-22", Made(|| compressed(|bytes| bytes.truncate(40))), Made(|| compressed(|_| {}))),
    row("CERT-24", Lab("wrong-clock", "slow-clock"), Lab("cert-expired", "tls13")),
];

/// The client's.
pub static CLIENT: &[Row] = &[
    row("MTLS-01", Sample("client-certificate-missing-tls12"), Sample("mutual-tls12")),
    row("MTLS-02", Lab("nothing-to-show", "tls12"), Lab("optional-client-certificate", "without")),
    row("MTLS-03", Lab("wrong-club", "tls12"), Lab("expired-badge", "tls12")),
    row("MTLS-04", Made(|| asks_for(101)), Made(|| asks_for(100))),
    row("MTLS-05", Lab("expired-badge", "tls13"), Lab("wrong-club", "tls13")),
    row("MTLS-06", Lab("forgotten-intermediate", "leaf-only"), Lab("forgotten-intermediate", "with-chain")),
    row("MTLS-07", Lab("stolen-certificate", "tls12"), Lab("both-show-papers", "tls12")),
    row(
        "MTLS-08",
        Made(|| turned("both-show-papers", "tls12", &[("peer.server.sigs", r#"["rsa_pss_rsae_sha256"]"#)])),
        Made(|| turned("both-show-papers", "tls12", &[("peer.server.sigs", r#"["ecdsa_secp256r1_sha256"]"#)])),
    ),
    row("MTLS-09", Lab("nothing-to-show", "tls13"), Lab("nothing-to-show", "tls12")),
    row("MTLS-10", Closed("nothing-to-show", "tls13"), Closed("both-show-papers", "tls13")),
    row("MTLS-11", Made(|| renegotiated(&[certificate_request(1)])), Made(|| renegotiated(&[]))),
];
