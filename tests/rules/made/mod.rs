//! Conversations written by hand, for what no peer of the lab does.
//!
//! ```text
//!   hello   hellos, and the key exchange behind them     certificate  messages about certificates
//!   old     whole handshakes until TLS 1.2, closed       der          a few lines of DER
//!   sealed  whole handshakes with keys                   wire         packets, and what can be done to them
//! ```

mod certificate;
pub mod der;
mod hello;
pub mod old;
pub mod sealed;
mod wire;

use crate::support::Turn;
pub use certificate::{certificate, certificate_request, compressed_certificate, nothing13, pem, request13, stapled};
pub use hello::{
    Offer, client_hello, dh_exchange, encrypted_client_hello, hello_message, hello_of_server, retry, server_hello,
};
pub use wire::{ACK, FIN, FLAGS, IDENTIFICATION, RST, TTL, Wire, is_client};

/// Bytes behind their length in one byte.
pub fn vector8(bytes: &[u8]) -> Vec<u8> {
    [&[u8::try_from(bytes.len()).unwrap()][..], bytes].concat()
}

/// Bytes behind their length in two bytes.
pub fn vector16(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

/// Bytes behind their length in three bytes.
pub fn vector24(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..], bytes].concat()
}

/// A list of codes behind its length in two bytes.
pub fn codes(codes: &[u16]) -> Vec<u8> {
    vector16(&codes.iter().flat_map(|code| code.to_be_bytes()).collect::<Vec<_>>())
}

pub fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &vector16(body)].concat()
}

pub fn record(content_type: u8, payload: &[u8]) -> Vec<u8> {
    record_of(0x0303, content_type, payload)
}

pub fn record_of(version: u16, content_type: u8, payload: &[u8]) -> Vec<u8> {
    [&[content_type][..], &version.to_be_bytes(), &vector16(payload)].concat()
}

pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &vector24(body)].concat()
}

pub fn alert(level: u8, description: u8) -> Vec<u8> {
    record(21, &[level, description])
}

/// A heartbeat request that asks for so many bytes back.
pub fn heartbeat(asks: u16, sent: &[u8]) -> Vec<u8> {
    record(24, &[&[1][..], &asks.to_be_bytes(), sent].concat())
}

/// A protected record of TLS 1.3 of this length.
pub fn hidden(length: usize) -> Vec<u8> {
    record(23, &vec![0xa5; length])
}

pub fn client(bytes: Vec<u8>) -> Turn {
    Turn { from_client: true, bytes }
}

pub fn server(bytes: Vec<u8>) -> Turn {
    Turn { from_client: false, bytes }
}

/// A handshake of TLS 1.3 that goes well, and a word of each side.
pub fn established() -> Vec<Turn> {
    vec![
        client(client_hello(&Offer::tls13())),
        server([server_hello(0x1301, Some(0x1d), &[]), hidden(32), hidden(900), hidden(281), hidden(53)].concat()),
        client([hidden(53), hidden(200)].concat()),
        server(hidden(500)),
    ]
}
