//! Keys in use: records that were changed, lost or repeated behind TCP's back.

use super::Rule;
use super::case::{Case, Stage};
use super::finding::Answer::Silent;
use super::finding::{Answer, Confidence, Found};
use super::words::side;
use crate::base::Severity;
use crate::net::Direction::{self, ToClient, ToServer};
use crate::session::Closed;

pub(super) static RULES: &[Rule] = &[Rule {
    id: "KEX-01",
    severity: Severity::Error,
    title: "A record was changed, lost or repeated",
    sees: "bad_record_mac behind the handshake, on a TCP connection without holes",
    disproof: "bytes that the network lost and sent again otherwise",
    fix: "switch off offloading (TSO, LRO) at the network card for a try; update the side that sends, look for a proxy \
          that joins two connections",
    reference: "RFC 8446 5.2",
    scenario: Some("flip-a-bit-in-the-data"),
    check: bad_record,
}];

/// A record that the keys of this session do not open, although they opened those before it and TCP lacks nothing; and
/// a receiver that left over it without a word.
fn not_opened(case: &Case<'_>) -> Answer {
    let Some(facts) = case.session.decryption.as_ref() else { return Silent };
    let damaged = |direction: Direction| {
        let at = direction.index();
        let opened = facts.opened.get(at).is_some_and(|opened| *opened > 0);
        let failed = facts.reason.get(at).is_some_and(|reason| *reason == Some(Closed::Damaged));
        let transport = &case.session.transport;
        let left = [transport.fin, transport.reset].contains(&Some(direction.reverse()));
        opened && failed && left && !case.is_missing(direction)
    };
    let Some(from) = [ToClient, ToServer].into_iter().find(|direction| damaged(*direction)) else { return Silent };
    let other = side(from);
    let text =
        format!("A record of {other} does not open with the keys that opened those before it, and TCP lacks nothing.");
    Found::new(Confidence::Possible, text)
        .because(Some(Confidence::Possible), || format!("a record of {other} was changed on the way"))
        .into()
}

fn bad_record(case: &Case<'_>) -> Answer {
    let Some((end, 20)) = case.fatal() else { return not_opened(case) };
    if end.stage < Stage::Established {
        return Silent;
    }
    let other = side(end.by.reverse());
    let text =
        format!("A record of {other} was changed, lost or repeated after TCP had delivered it, or keys were mixed up.");
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), || format!("a record of {other} was changed, lost or repeated on the way"))
        .by(case.at_end())
        .into()
}
