//! What went well and should be better.

use super::{PLAIN, Row, refused, row};
use crate::made::old::Old;
use crate::made::{Offer, Wire, client, established, heartbeat};
use crate::source::Source::{Lab, Made};
use crate::source::{recorded, turned};

/// Seconds of a day.
const DAY: u32 = 86_400;
/// TLS_RSA_WITH_RC4_128_SHA.
const RC4: u16 = 0x0005;

fn old(old: &Old) -> Wire {
    Wire::closed(&old.turns(), 50000)
}

/// What goes well, with a certificate of the server that is valid from and until then.
fn valid(dates: &str) -> Wire {
    turned(PLAIN.0, PLAIN.1, &[("pki.server.valid", dates)])
}

/// A ticket of TLS 1.2 that lives for so many seconds.
fn ticket_for(seconds: u32) -> Wire {
    let lifetime = |ticket: &mut [u8]| ticket[..4].copy_from_slice(&seconds.to_be_bytes());
    recorded("second-visit", "tls12-ticket").with_keys("").message(4, 0, lifetime)
}

/// A heartbeat request in clear, right behind the hellos.
fn asked(heartbeat: Vec<u8>) -> Wire {
    let mut turns = Old::TLS12.turns();
    turns.truncate(2);
    turns.push(client(heartbeat));
    Wire::closed(&turns, 50000)
}

pub static TABLE: &[Row] = &[
    row("POST-01", Made(|| Wire::kept("rsa-tls10")), Made(|| Wire::kept("rsa-session-id"))),
    row("POST-02", Made(|| Wire::kept("rsa-session-id")), Made(|| Wire::kept("ecdhe"))),
    row("POST-03", Made(|| old(&Old { suite: RC4, ..Old::TLS12 })), Made(|| old(&Old::TLS12))),
    row("POST-04", Made(|| old(&Old { compression: 1, ..Old::TLS12 })), Made(|| old(&Old::TLS12))),
    row("POST-05", Made(|| old(&Old { extended_master_secret: false, ..Old::TLS12 })), Made(|| old(&Old::TLS12))),
    row("POST-06", Made(|| valid(r#"["-80d", "+9d"]"#)), Made(|| valid(r#"["-60d", "+29d"]"#))),
    row("POST-07", Made(|| valid(r#"["-1d", "+398d"]"#)), Made(|| valid(r#"["-1d", "+397d"]"#))),
    row("POST-08", Lab("only-one-side", "old-server"), Lab("hybrid", "hybrid")),
    row("POST-09", Lab("hybrid", "hybrid"), Lab("hybrid", "classic")),
    row("POST-10", Made(|| ticket_for(8 * DAY)), Made(|| ticket_for(7 * DAY))),
    row("POST-11", Made(|| Wire::kept("psk-tls13")), Made(|| Wire::kept("psk-dhe-tls13"))),
    row("POST-12", Made(|| asked(heartbeat(0x4000, &[]))), Made(|| asked(heartbeat(4, &[7; 20])))),
    row("POST-13", Made(|| Wire::closed(&established(), 50000)), Made(|| refused(&Offer::tls12(), 2, 40))),
];
