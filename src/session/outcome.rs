//! How a session went, as far as its timeline shows.
//!
//! Only what was seen counts. A handshake is through when both sides have shown that they hold the keys; in TLS 1.3
//! that has to be read from the lengths and the order of encrypted records, and where these allow two readings, the
//! outcome says so.

use super::facts::{Event, EventKind, Kind, Outcome, Session};
use crate::net::Direction::{self, ToClient, ToServer};
use crate::tls::code::{AlertDescription, AlertLevel, ProtocolVersion};
use crate::tls::handshake::Alert;

/// The length of the smallest encrypted record that can hold a Finished of TLS 1.3: four bytes of header, a hash of 32
/// bytes, the inner type, and a tag of 8 (CCM_8) or 16 bytes.
const SMALLEST_FINISHED: u64 = 4 + 32 + 1 + 8;
/// The length of an encrypted alert of TLS 1.3 without padding: two bytes, the inner type, and the tag.
const LONGEST_ALERT: u64 = 2 + 1 + 16;

/// How the session went.
pub(super) fn of(session: &Session) -> Outcome {
    if session.kind != Kind::Tls {
        return Outcome::NotDecoded;
    }
    if let Some((by, alert)) = refusal(session) {
        return Outcome::Refused { by, alert };
    }
    if session.client_hellos.is_empty() && session.server_hellos.is_empty() {
        return without_hello(session);
    }
    if session.version.is_some_and(ProtocolVersion::is_tls13) { tls13(session) } else { until_tls12(session) }
}

/// Whether an earlier session was resumed. TLS 1.3: the server picked a PSK. Before: between the server's hello and
/// its ChangeCipherSpec there was neither certificate nor key exchange.
pub(super) fn resumed(session: &Session) -> Option<bool> {
    let hello = session.server_hello().filter(|hello| !hello.ssl2)?;
    if hello.version().is_tls13() {
        return Some(hello.selected_psk.is_some());
    }
    let mut from_server = session.timeline.iter().filter(|event| event.direction == ToClient);
    from_server.find(|event| is_message(event, 2))?;
    for event in from_server {
        match &event.kind {
            EventKind::Handshake { kind, .. } if matches!(kind.0, 11 | 12 | 14) => return Some(false),
            EventKind::ChangeCipherSpec => return Some(true),
            _ => {}
        }
    }
    None
}

fn is_message(event: &Event, wanted: u8) -> bool {
    matches!(event.kind, EventKind::Handshake { kind, .. } if kind.0 == wanted)
}

/// The first alert that ends the session.
fn refusal(session: &Session) -> Option<(Direction, Alert)> {
    let tls13 = session.version.is_some_and(ProtocolVersion::is_tls13);
    let mut alerts = session.alerts();
    let (event, alert) = alerts.find(|(_, alert)| is_fatal(*alert, tls13))?;
    Some((event.direction, alert))
}

/// In TLS 1.3 the level means nothing: everything but close_notify and user_canceled ends the connection (RFC 8446 6).
fn is_fatal(alert: Alert, tls13: bool) -> bool {
    let harmless = matches!(alert.description, AlertDescription(0 | 90));
    if tls13 { !harmless } else { alert.level == AlertLevel(2) && alert.description != AlertDescription(0) }
}

fn without_hello(session: &Session) -> Outcome {
    let encrypted = session.application_data_records.iter().sum::<u32>() > 0
        || session.timeline.iter().any(|event| matches!(event.kind, EventKind::EncryptedHandshake { .. }));
    if encrypted { Outcome::MidStream } else { ended_early(session) }
}

fn ended_early(session: &Session) -> Outcome {
    let not_tls = |event: &&Event| matches!(event.kind, EventKind::NotTls { .. });
    if let Some(answer) = session.timeline.iter().find(not_tls) {
        return Outcome::NotTls { by: answer.direction };
    }
    match (session.transport.reset, session.transport.fin) {
        (Some(by), _) => Outcome::Aborted { by, reset: true },
        (None, Some(by)) => Outcome::Aborted { by, reset: false },
        (None, None) => Outcome::Incomplete,
    }
}

fn until_tls12(session: &Session) -> Outcome {
    let finished = |direction: Direction| {
        let mut events = session.timeline.iter().filter(|event| event.direction == direction);
        events.any(|event| matches!(event.kind, EventKind::ChangeCipherSpec))
            && events.any(|event| {
                matches!(event.kind, EventKind::EncryptedHandshake { .. } | EventKind::ApplicationData { .. })
            })
    };
    let ssl2 = session.server_hello().is_some_and(|hello| hello.ssl2);
    if (finished(ToServer) && finished(ToClient)) || (ssl2 && ssl2_is_through(session)) {
        Outcome::Established
    } else {
        ended_early(session)
    }
}

/// SSL 2 has no readable end: encrypted records both ways behind the client's key mean that the server had the key.
fn ssl2_is_through(session: &Session) -> bool {
    let encrypted = |direction| {
        let mut events = session.timeline.iter().filter(move |event| event.direction == direction);
        events.any(|event| matches!(event.kind, EventKind::EncryptedHandshake { .. }))
    };
    encrypted(ToServer) && encrypted(ToClient)
}

fn tls13(session: &Session) -> Outcome {
    let Some(hello) = session.timeline.iter().rposition(|event| is_message(event, 2)) else {
        return ended_early(session);
    };
    let behind = session.timeline.get(hello..).unwrap_or_default();
    let records = |direction: Direction| {
        behind.iter().enumerate().filter_map(move |(index, event)| match event.kind {
            EventKind::ApplicationData { bytes, records, .. } if event.direction == direction => {
                Some((index, bytes / u64::from(records.max(1))))
            }
            _ => None,
        })
    };
    let Some((finished, _)) = records(ToServer).find(|(_, length)| *length >= SMALLEST_FINISHED) else {
        // The client's last word was short: an alert, unless nothing was captured of it.
        return match records(ToServer).next_back() {
            Some((_, length)) if length <= LONGEST_ALERT => Outcome::LikelyRefused { by: ToServer },
            _ => ended_early(session),
        };
    };
    let mut answers = records(ToClient).filter(|(index, _)| *index > finished).peekable();
    match answers.next() {
        None if session.transport.reset == Some(ToClient) => Outcome::Aborted { by: ToClient, reset: true },
        None if session.transport.fin.is_none()
            && session.transport.reset.is_none()
            && records(ToServer).count() < 2 =>
        {
            Outcome::Incomplete
        }
        None => Outcome::Established,
        // One short record and nothing more: the server's answer to the client's flight was an alert.
        Some((index, length)) if length <= LONGEST_ALERT && answers.peek().is_none() => {
            let said = records(ToServer).filter(|(at, _)| *at > finished && *at < index).count();
            let closed_by_client = session.transport.fin == Some(ToServer) && said > 0;
            if closed_by_client { Outcome::Established } else { Outcome::LikelyRefused { by: ToClient } }
        }
        Some(_) => Outcome::Established,
    }
}
