//! What the capture does not show: the truth about our own blindness.

use super::Rule;
use super::case::Case;
use super::finding::Answer::Silent;
use super::finding::{Answer, Confidence, Evidence, Found};
use super::words::counted;
use crate::base::Severity;
use crate::session::{Event, EventKind, Outcome};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "CAP-01",
        severity: Severity::Note,
        title: "The capture begins after the handshake",
        sees: "encrypted records, and no hello",
        disproof: "nothing: there is no hello",
        fix: "begin the capture before the connection",
        reference: "RFC 8446 4.1.2",
        scenario: None,
        check: mid_stream,
    },
    Rule {
        id: "CAP-02",
        severity: Severity::Warn,
        title: "Only one direction was captured",
        sees: "packets of one side alone",
        disproof: "a server that sent nothing at all",
        fix: "capture at a place that both directions pass, or both ports of the switch",
        reference: "RFC 9293 3.4",
        scenario: None,
        check: one_way,
    },
    Rule {
        id: "CAP-03",
        severity: Severity::Warn,
        title: "Packets were cut when they were captured",
        sees: "packets that are longer than what the capture has of them",
        disproof: "nothing: the capture says so",
        fix: "capture whole packets (-s 0)",
        reference: "draft-ietf-opsawg-pcap 4",
        scenario: None,
        check: cut,
    },
    Rule {
        id: "CAP-04",
        severity: Severity::Warn,
        title: "The capture lost packets",
        sees: "bytes that the other side acknowledged and that are not in the capture",
        disproof: "nothing: who acknowledges has received",
        fix: "use a larger buffer or a filter; the network did not lose these bytes",
        reference: "RFC 9293 3.4",
        scenario: None,
        check: lost,
    },
    Rule {
        id: "CAP-05",
        severity: Severity::Note,
        title: "Packets come twice, or longer than the wire carries",
        sees: "copies with the same IP identification, or payloads longer than a segment may be",
        disproof: "a sender that repeats itself with the same number",
        fix: "leave the copies out (editcap -d), or capture on the wire instead of on the host",
        reference: "RFC 6864 4.1",
        scenario: None,
        check: doubled,
    },
];

fn mid_stream(case: &Case<'_>) -> Answer {
    if case.session.outcome != Outcome::MidStream {
        return Silent;
    }
    let text = "The first record is encrypted: the capture began after the handshake.";
    Found::new(Confidence::Certain, text)
        .because(Some(Confidence::Certain), || "the capture begins after the handshake, which is not seen".to_owned())
        .by(case.at(0, "the first record"))
        .into()
}

fn one_way(case: &Case<'_>) -> Answer {
    let session = case.session;
    let [to_server, to_client] = session.transport.packets;
    if (to_server == 0) == (to_client == 0) {
        return Silent;
    }
    // A connection of which nothing but a hello was ever seen may have been cut short.
    let (seen, other) = if to_client == 0 { ("the client", "the server") } else { ("the server", "the client") };
    if to_server + to_client < 3 && session.outcome == Outcome::Incomplete {
        return Silent;
    }
    let text = format!("All packets are of {seen}; those of {other} took another way or were left out.");
    let incomplete = session.outcome == Outcome::Incomplete;
    Found::new(Confidence::Certain, text)
        .because(incomplete.then_some(Confidence::Certain), || format!("only packets of {seen} were captured"))
        .by([Evidence::frame(session.stream_first_frame, format!("the first packet of {seen}"))])
        .into()
}

fn cut(case: &Case<'_>) -> Answer {
    let session = case.session;
    let cut: u64 = session.transport.cut.iter().sum();
    if cut == 0 {
        return Silent;
    }
    let most = session.transport.longest;
    let text = format!(
        "{} cut off packets; no packet has more than {most} bytes of payload here.",
        counted(cut, "byte was").replace("wass", "were")
    );
    let hurts = matches!(session.outcome, Outcome::Incomplete);
    Found::new(Confidence::Certain, text)
        .because(hurts.then_some(Confidence::Certain), || {
            format!("the capture cut its packets, {cut} bytes are missing")
        })
        .by(gap(case))
        .into()
}

/// The first hole of the timeline.
fn gap(case: &Case<'_>) -> Option<Evidence> {
    let index = case.first(|event| matches!(event.kind, EventKind::Gap { .. }))?;
    case.at(index, "bytes are missing here")
}

fn lost(case: &Case<'_>) -> Answer {
    let session = case.session;
    let transport = &session.transport;
    // A side of which nothing was captured is told as that, and packets that were cut as such.
    if transport.missing == [0; 2] || transport.cut != [0; 2] || transport.packets.contains(&0) {
        return Silent;
    }
    let received = |event: &&Event| {
        let acknowledged = transport.acknowledged.get(event.direction.index()).copied().unwrap_or_default();
        matches!(event.kind, EventKind::Gap { bytes } if event.offset.saturating_add(bytes) <= acknowledged)
    };
    let holes = case.events().iter().filter(received);
    let missing: u64 = holes.map(|event| if let EventKind::Gap { bytes } = event.kind { bytes } else { 0 }).sum();
    if missing == 0 {
        return Silent;
    }
    let count = counted(missing, "byte");
    let text = format!("{count} of this connection are missing in the capture, and the other side acknowledged them.");
    let hurts = session.outcome == Outcome::Incomplete;
    Found::new(Confidence::Certain, text)
        .because(hurts.then_some(Confidence::Certain), || format!("{missing} bytes are missing in the capture"))
        .by(gap(case))
        .into()
}

fn doubled(case: &Case<'_>) -> Answer {
    let transport = &case.session.transport;
    let first = Evidence::frame(case.session.stream_first_frame, "the connection");
    if transport.doubled > 1 {
        let points = match transport.sightings().count() {
            ..=1 => String::new(),
            count => format!(": it was made at {count} points"),
        };
        let text = format!("{} stand in the capture twice{points}.", counted(transport.doubled, "packet"));
        return Found::new(Confidence::Likely, text).by([first]).into();
    }
    let limit = transport.maximum_segments.into_iter().flatten().max();
    let Some(limit) = limit.filter(|limit| transport.longest > u32::from(*limit)) else { return Silent };
    let text = format!(
        "Packets have up to {} bytes of payload where both sides agreed on {limit}: they were captured before the network card cut them, or after it joined them.",
        transport.longest
    );
    Found::new(Confidence::Certain, text).milder(Severity::Chat).by([first]).into()
}
