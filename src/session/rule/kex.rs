//! Keys in use: records that were changed, lost or repeated behind TCP's back.

use super::Rule;
use super::case::{Case, Stage};
use super::finding::Answer::Silent;
use super::finding::{Answer, Confidence, Found};
use super::words::side;
use crate::base::Severity;

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

fn bad_record(case: &Case<'_>) -> Answer {
    let Some((end, 20)) = case.fatal() else { return Silent };
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
