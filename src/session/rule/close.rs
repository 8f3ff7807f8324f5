//! Who hung up, and whether in order.

pub(super) mod points;

use super::Rule;
use super::case::{Case, How, Stage};
use super::finding::Answer::{NotEnough, Silent};
use super::finding::{Answer, Confidence, Evidence, Found};
use super::words::{counted, named, side, span};
use crate::base::Severity;
use crate::net::Direction::{self, ToClient, ToServer};
use crate::session::{Event, EventKind, Outcome, flight};
use crate::tls::code::AlertDescription;
use crate::tls::handshake::Alert;

/// Nanoseconds of silence that are worth a word.
const IDLE: i64 = 5_000_000_000;
/// Timeouts in seconds that servers, balancers and address translators come with.
const CUSTOMARY: [i64; 18] = [5, 10, 15, 20, 30, 45, 60, 65, 75, 90, 100, 120, 180, 240, 300, 350, 600, 3600];

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "CLOSE-05",
        severity: Severity::Error,
        title: "An error after the handshake",
        sees: "an alert behind application data",
        disproof: "nothing: the alert stands there",
        fix: "read the log of the side that sent the alert",
        reference: "RFC 8446 6.2",
        scenario: Some("flip-a-bit-in-the-data"),
        check: error_after,
    },
    Rule {
        id: "CLOSE-06",
        severity: Severity::Warn,
        title: "Somebody between two capture points ended the connection",
        sees: "the connection from its SYN on at two capture points: interfaces of a file, or files",
        disproof: "the same RST or FIN at the other point, lost by the capture there",
        fix: "look at what stands between the two points: a firewall, a balancer, an address translator",
        reference: "RFC 9293 3.5.2",
        scenario: None,
        check: points::between,
    },
    Rule {
        id: "CLOSE-03",
        severity: Severity::Warn,
        title: "Broken off after the handshake",
        sees: "a RST on a connection that was in use, before anybody had closed it",
        disproof: "a close_notify of the same side that was not captured",
        fix: "look for a timeout, a crash or a kill at that side",
        reference: "RFC 9293 3.5.2",
        scenario: None,
        check: aborted,
    },
    Rule {
        id: "CLOSE-02",
        severity: Severity::Note,
        title: "Closed without close_notify",
        sees: "a FIN, and the last record before it",
        disproof: "a last record that is an alert with padding",
        fix: "close TLS before TCP; who receives cannot tell otherwise whether the end was cut off",
        reference: "RFC 8446 6.1",
        scenario: Some("cut-the-line"),
        check: truncated,
    },
    Rule {
        id: "CLOSE-04",
        severity: Severity::Note,
        title: "Closed after a long silence",
        sees: "the time between the last data and the end",
        disproof: "connections that end after other times",
        fix: "send something (a keep-alive) before the timeout, or raise it",
        reference: "RFC 9112 9.5",
        scenario: None,
        check: idle,
    },
    Rule {
        id: "CLOSE-01",
        severity: Severity::Chat,
        title: "Closed in order",
        sees: "close_notify of a side and its FIN",
        disproof: "keys that show another alert",
        fix: "nothing",
        reference: "RFC 8446 6.1",
        scenario: Some("saying-goodbye"),
        check: clean,
    },
];

/// Whether that side said goodbye, and how sure that is; `None` where it cannot be told.
fn goodbye(case: &Case<'_>, direction: Direction) -> Option<(bool, Confidence)> {
    let session = case.session;
    let closure = |event: &Event| {
        event.direction == direction
            && matches!(event.kind, EventKind::Alert(Alert { description: AlertDescription::CLOSE_NOTIFY, .. }))
    };
    if case.first(closure).is_some() {
        return Some((true, Confidence::Certain));
    }
    if case.is_missing(direction) || session.timeline_cut {
        return None;
    }
    let opened = session.decryption.as_ref().is_some_and(|facts| {
        let closed = facts.closed.get(direction.index()).copied().unwrap_or_default();
        let opened = facts.opened.get(direction.index()).copied().unwrap_or_default();
        opened > 0 && closed == 0
    });
    if opened {
        return Some((false, Confidence::Certain));
    }
    if case.is_tls13 {
        let last = session.clues.last_record.get(direction.index()).copied().flatten()?;
        return Some((flight::is_alert(session, u64::from(last)), Confidence::Likely));
    }
    let hidden = |event: &Event| event.direction == direction && matches!(event.kind, EventKind::EncryptedAlert { .. });
    Some((
        case.first(hidden).is_some(),
        if case.first(hidden).is_some() { Confidence::Likely } else { Confidence::Certain },
    ))
}

fn fin(case: &Case<'_>, direction: Direction) -> Option<usize> {
    case.first(|event| event.direction == direction && event.kind == EventKind::Fin)
}

/// Whether the handshake was completed and nobody refused anybody.
fn went_well(case: &Case<'_>) -> bool {
    case.session.outcome == Outcome::Established && case.end.is_none()
}

fn clean(case: &Case<'_>) -> Answer {
    let first = case.session.transport.fin;
    let Some((first, index)) = first.and_then(|first| Some((first, fin(case, first)?))) else { return Silent };
    if !went_well(case) {
        return Silent;
    }
    let Some((true, sure)) = goodbye(case, first) else { return Silent };
    let [sent, received] = case.session.bytes;
    let after = span((case.session.ended - case.session.started) / 1_000_000_000);
    let who = side(first);
    let text = format!(
        "The connection was closed in order, by {who} first, after {after}, {} to the server and {} to the client.",
        counted(sent, "byte"),
        counted(received, "byte")
    );
    Found::new(sure, text).by(case.at(index, "the first FIN")).into()
}

fn truncated(case: &Case<'_>) -> Answer {
    let Some(first) = case.session.transport.fin.filter(|_| went_well(case)) else { return Silent };
    let Some(index) = fin(case, first) else { return Silent };
    let before_reset = case.first(|event| event.kind == EventKind::Reset).is_none_or(|reset| reset > index);
    if !before_reset || points::is_contradicted(case, index) {
        return Silent;
    }
    match goodbye(case, first) {
        Some((false, sure)) => {
            let who = side(first);
            let text = format!(
                "{} closed TCP without close_notify: that the end was cut off cannot be ruled out.",
                if first == ToServer { "The client" } else { "The server" }
            );
            Found::new(sure, text).by(case.at(index, format!("the FIN of {who}"))).into()
        }
        Some((true, _)) => Silent,
        None => NotEnough("the last records of that side were not captured"),
    }
}

fn aborted(case: &Case<'_>) -> Answer {
    let session = case.session;
    let (Some(by), true) = (session.transport.reset, went_well(case)) else { return Silent };
    let closing = |event: &Event| matches!(event.kind, EventKind::Fin | EventKind::Reset);
    let Some(index) = case.first(closing) else { return Silent };
    let Some(event) = case.event(index).filter(|event| event.kind == EventKind::Reset) else { return Silent };
    if points::is_contradicted(case, index) {
        return Silent;
    }
    // Who has said goodbye to each other may drop the connection.
    if [ToServer, ToClient].into_iter().any(|way| goodbye(case, way).is_some_and(|(said, _)| said)) {
        return Silent;
    }
    let bytes = session.bytes.get(by.index()).copied().unwrap_or_default();
    let who = if event.direction == ToServer { "The client" } else { "The server" };
    let text = format!("{who} reset the running connection after it had sent {}.", counted(bytes, "byte"));
    Found::new(Confidence::Certain, text).by(case.at(index, "the RST")).into()
}

fn idle(case: &Case<'_>) -> Answer {
    let Some(idle) = case.session.transport.idle.filter(|idle| *idle >= IDLE && went_well(case)) else { return Silent };
    let closing = |event: &Event| matches!(event.kind, EventKind::Fin | EventKind::Reset);
    let Some(index) = case.first(closing) else { return Silent };
    let Some(event) = case.event(index) else { return Silent };
    let seconds = (idle + 500_000_000) / 1_000_000_000;
    let customary = CUSTOMARY.contains(&seconds);
    let sure = if customary { Confidence::Likely } else { Confidence::Possible };
    let act = if event.kind == EventKind::Reset { "reset" } else { "closed" };
    let text = format!("After {seconds} seconds without data {} {act} the connection.", side(event.direction));
    Found::new(sure, text).by(case.at(index, format!("after {seconds} seconds of silence"))).into()
}

fn error_after(case: &Case<'_>) -> Answer {
    let Some(end) = case.end.filter(|end| end.stage == Stage::Established) else { return Silent };
    let How::Alert(alert) = end.how else { return Silent };
    let data = case.events().iter().take(end.event).any(|event| match event.kind {
        EventKind::ApplicationData { .. } => !case.is_tls13 || event.decrypted,
        _ => false,
    });
    // About certificates the rules for client certificates speak.
    let about_client = matches!(alert.description.0, 41..=49 | 116) && case.session.certificate_request.is_some();
    if !data || about_client {
        return Silent;
    }
    let who = side(end.by);
    let text = format!("After data had been exchanged {who} gave up with {}.", named(alert));
    let evidence: Option<Evidence> = case.at_end();
    Found::new(Confidence::Certain, text)
        .because(Some(Confidence::Possible), || format!("an error in the running connection: {}", named(alert)))
        .by(evidence)
        .into()
}
