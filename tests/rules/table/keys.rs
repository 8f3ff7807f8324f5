//! Resumption, encrypted hellos, and keys that open or do not.

use super::{PLAIN, Row, refused, refused_by_client, row};
use crate::made::old::Old;
use crate::made::sealed::Talk;
use crate::made::{
    Offer, Wire, alert, client, encrypted_client_hello, extension, message, server, server_hello, vector8, vector16,
};
use crate::source::Source::{Lab, Made};
use crate::source::recorded;
use tlslab::base::hex;

/// A suite whose cipher nobody needs any more: TLS_RSA_WITH_IDEA_CBC_SHA.
const IDEA: u16 = 0x0007;

/// encrypted_client_hello with fresh keys of the server (RFC 9849 5).
fn retry_configs() -> Vec<u8> {
    let key = [&[1, 0, 0x20][..], &vector16(&[3; 32]), &vector16(&[0, 1, 0, 1]), &[0]].concat();
    let config = [key, vector8(b"shop.example"), vector16(&[])].concat();
    let config = [&[0xfe, 0x0d][..], &vector16(&config)].concat();
    extension(0xfe0d, &vector16(&config))
}

/// A handshake of TLS 1.3 whose ClientHello has another inside, or makes believe, and these EncryptedExtensions.
fn encrypted_hello(answer: &[Vec<u8>]) -> Talk {
    let offer = Offer::tls13().and(0xfe0d, &encrypted_client_hello());
    let extensions = message(8, &vector16(&answer.concat()));
    Talk::tls13(&offer).says(false, &[extensions]).finished(false).finished(true)
}

/// It goes on with the outer hello.
fn hidden_hello(answer: &[Vec<u8>]) -> Wire {
    encrypted_hello(answer).data(true, b"hello").wire()
}

/// The client gives up where the server could not open the inner hello.
fn insists(code: u8) -> Wire {
    encrypted_hello(&[retry_configs()]).alert(true, code).wire()
}

/// What goes well, with other lines in its key log.
fn opened_with(change: impl Fn(&str) -> Option<String>) -> Wire {
    let wire = recorded(PLAIN.0, PLAIN.1);
    let lines: Vec<String> = wire.key_log.lines().filter_map(change).collect();
    wire.with_keys(lines.join("\n"))
}

/// The line of a key log with a secret that is not true.
fn other_secret(line: &str) -> String {
    let (known, secret) = line.rsplit_once(' ').unwrap();
    format!("{known} {}", "5a".repeat(secret.len() / 2))
}

/// A handshake of TLS 1.2 with this suite, and a master secret for it.
fn keyed(suite: u16) -> Wire {
    let key_log = format!("CLIENT_RANDOM {} {}\n", hex(&Offer::tls12().random), hex(&[6; 48]));
    Wire::closed(&Old { suite, ..Old::TLS12 }.turns(), 50000).with_keys(key_log)
}

/// The hello of openssl with a pre-shared key that is known here, with its last byte changed by this, and refused.
fn binder_refused(change: u8) -> Wire {
    let mut hello = Wire::kept("psk-tls13").first_words();
    *hello.last_mut().unwrap() ^= change;
    Wire::closed(&[client(hello), server(alert(2, 51))], 50000)
        .with_pre_shared_key("lamp", "0102030405060708090a0b0c0d0e0f10")
}

/// A suite that the client does not take.
fn chosen(suite: u16) -> Wire {
    refused_by_client(&Offer::tls12(), server_hello(suite, None, &[]), 47)
}

pub static TABLE: &[Row] = &[
    row("RES-01", Lab("too-late", "-"), Lab("second-visit", "tls13")),
    row("RES-03", Made(|| refused(&Offer::tls13().pre_shared_key(), 2, 51)), Made(|| refused(&Offer::tls13(), 2, 51))),
    row("RES-03", Made(|| binder_refused(1)), Made(|| binder_refused(0))),
    row("RES-04", Lab("replay-it", "single-use"), Lab("early-data", "-")),
    row("RES-06", Made(|| refused(&Offer::tls12(), 2, 115)), Made(|| refused(&Offer::tls12(), 2, 40))),
    row("RES-07", Lab("swap-the-suite", "-"), Lab("five-steps", "tls12")),
    row("RES-07", Made(|| chosen(0xc009)), Made(|| chosen(0xc02b))),
    row(
        "RES-07",
        Made(|| recorded("five-steps", "tls12").replaced(b"\0\x0dshop.lab.test", b"\0\x0dship.lab.test")),
        Lab("five-steps", "tls12"),
    ),
    row("ECH-01", Made(|| hidden_hello(&[retry_configs()])), Made(|| hidden_hello(&[]))),
    row("ECH-02", Made(|| insists(121)), Made(|| insists(120))),
    row("ECH-03", Made(|| hidden_hello(&[])), Made(|| hidden_hello(&[retry_configs()]))),
    row("KEX-01", Lab("flip-a-bit-in-the-data", "tls13"), Lab("saying-goodbye", "clean")),
    row(
        "DEC-01",
        Made(|| recorded(PLAIN.0, PLAIN.1).with_keys(recorded("five-steps", "tls12").key_log)),
        Lab(PLAIN.0, PLAIN.1),
    ),
    row(
        "DEC-02",
        Made(|| opened_with(|line| Some(line.to_owned()).filter(|line| !line.contains("_TRAFFIC_SECRET_0")))),
        Lab(PLAIN.0, PLAIN.1),
    ),
    row("DEC-03", Made(|| opened_with(|line| Some(other_secret(line)))), Lab(PLAIN.0, PLAIN.1)),
    row("DEC-04", Lab("flip-a-bit-in-the-data", "tls13"), Lab(PLAIN.0, PLAIN.1)),
    row(
        "DEC-05",
        Made(|| Wire::kept("ecdhe").with_private_key("server.pkcs8.pem")),
        Made(|| Wire::kept("rsa-session-id").with_private_key("server.pkcs8.pem")),
    ),
    row("DEC-06", Made(|| keyed(IDEA)), Made(|| keyed(0xc02b))),
];
