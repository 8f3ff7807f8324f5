//! For each rule a capture in which it fires, and one close to it in which it must not.
//!
//! Every capture is bytes on a wire: of the peers of the lab, of openssl, or written by hand. No fact is made up behind
//! the decoder, so that a rule cannot live on what no capture gives.

mod certificates;
mod keys;
mod negotiation;
mod network;
mod posture;
mod several;

use crate::made::{ACK, Offer, Wire, alert, client, client_hello, server};
use crate::source::Source;
pub use several::SEVERAL;
use tlslab::session::Timestamp;

/// A second in nanoseconds.
const SECOND: Timestamp = 1_000_000_000;
const MILLISECOND: Timestamp = 1_000_000;

/// What goes well, and has certificates and keys.
const PLAIN: (&str, &str) = ("five-steps", "tls13");

pub struct Row {
    pub rule: &'static str,
    pub fires: Source,
    pub silent: Source,
}

const fn row(rule: &'static str, fires: Source, silent: Source) -> Row {
    Row { rule, fires, silent }
}

/// What is found of one session.
pub fn sessions() -> impl Iterator<Item = &'static Row> {
    let families =
        [network::TABLE, negotiation::TABLE, certificates::SERVER, certificates::CLIENT, keys::TABLE, posture::TABLE];
    families.into_iter().flatten()
}

fn hello_only() -> Wire {
    Wire::open(&[client(client_hello(&Offer::tls13()))], 50000).then(false, ACK, MILLISECOND)
}

/// The ClientHello and an alert of the server.
fn refused(offer: &Offer, level: u8, code: u8) -> Wire {
    refused_from(50000, offer, level, code)
}

/// The same from that port.
fn refused_from(port: u16, offer: &Offer, level: u8, code: u8) -> Wire {
    Wire::closed(&[client(client_hello(offer)), server(alert(level, code))], port)
}

/// Both hellos of TLS 1.2, and an alert of the client.
fn refused_by_client(offer: &Offer, answer: Vec<u8>, code: u8) -> Wire {
    Wire::closed(&[client(client_hello(offer)), server(answer), client(alert(2, code))], 50000)
}

fn with(offer: Offer, change: impl FnOnce(&mut Offer)) -> Offer {
    let mut offer = offer;
    change(&mut offer);
    offer
}

/// A ClientHello of two packets, the second of which is sent three times.
fn long_hello() -> Wire {
    let offer = with(Offer::tls13(), |offer| offer.shares = vec![(0x11ec, 1600), (0x1d, 32)]);
    Wire::open(&[client(client_hello(&offer))], 50000).again(3, SECOND).again(3, 2 * SECOND)
}

fn said(lines: &[(bool, &str)]) -> Vec<crate::support::Turn> {
    let turn = |(from_client, text): &(bool, &str)| {
        let bytes = text.as_bytes().to_vec();
        if *from_client { client(bytes) } else { server(bytes) }
    };
    lines.iter().map(turn).collect()
}

/// What is said without TLS.
fn lines(lines: &[(bool, &str)]) -> Wire {
    Wire::closed(&said(lines), 50000)
}

/// What is said before a ClientHello and a good answer.
fn before(lines: &[(bool, &str)]) -> Wire {
    Wire::closed(&[said(lines), crate::made::established()].concat(), 50000)
}
