//! How a session went, as far as its timeline shows.
//!
//! Only what was seen counts. A handshake is through when both sides have shown that they hold the keys; in TLS 1.3
//! that has to be read from the lengths and the order of encrypted records, and where these allow two readings, the
//! outcome says so. What was decrypted is not guessed at: a direction whose Finished was opened is judged by it.

use super::facts::{Event, EventKind, FrameNumber, Kind, Outcome, Session};
use super::flight;
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
    let tls13_chosen = session.version.is_some_and(ProtocolVersion::is_tls13);
    match if tls13_chosen { tls13(session) } else { until_tls12(session) } {
        Outcome::Established => cut_off(session).unwrap_or(Outcome::Established),
        outcome => outcome,
    }
}

impl Session {
    /// The frame with which a handshake of this session was completed before an alert ended it: the alert then is about
    /// a renegotiation, or what came later. Up to TLS 1.2 alone; it is known when the side that got the last Finished
    /// went on.
    #[must_use]
    pub fn completed_before_alert(&self) -> Option<FrameNumber> {
        if self.version.is_none_or(ProtocolVersion::is_tls13) {
            return None;
        }
        let ends = |event: &Event| matches!(event.kind, EventKind::Alert(alert) if is_fatal(alert, false));
        let before = self.timeline.get(..self.timeline.iter().position(ends)?)?;
        let last = finished_at(before, ToServer)?.max(finished_at(before, ToClient)?);
        let finished = before.get(last)?;
        let goes_on = |event: &Event| {
            let told = matches!(
                event.kind,
                EventKind::Handshake { .. } | EventKind::EncryptedHandshake { .. } | EventKind::ApplicationData { .. }
            );
            told && event.direction != finished.direction
        };
        before.get(last..)?.iter().any(goes_on).then_some(finished.frame)
    }
}

/// Where the first Finished of a direction stands, up to TLS 1.2: it is what follows ChangeCipherSpec.
fn finished_at(events: &[Event], direction: Direction) -> Option<usize> {
    let mut of_side = events.iter().enumerate().filter(|(_, event)| event.direction == direction);
    of_side.find(|(_, event)| matches!(event.kind, EventKind::ChangeCipherSpec))?;
    let (index, event) = of_side.next()?;
    let is_finished =
        matches!(event.kind, EventKind::EncryptedHandshake { .. }) || (event.decrypted && event.is_message(20));
    is_finished.then_some(index)
}

/// Whether an earlier session was resumed. TLS 1.3: the server picked a PSK. Before: between the server's hello and
/// its ChangeCipherSpec there was neither certificate nor key exchange.
pub(super) fn resumed(session: &Session) -> Option<bool> {
    let hello = session.server_hello().filter(|hello| !hello.ssl2)?;
    if hello.version().is_tls13() {
        return Some(hello.selected_psk.is_some());
    }
    let mut from_server = session.timeline.iter().filter(|event| event.direction == ToClient);
    from_server.find(|event| event.is_message(2))?;
    for event in from_server {
        match &event.kind {
            EventKind::Handshake { kind, .. } if matches!(kind.0, 11 | 12 | 14) => return Some(false),
            EventKind::ChangeCipherSpec => return Some(true),
            _ => {}
        }
    }
    None
}

/// The first alert that ends the session. Who says that the other side closed TCP refuses nothing.
fn refusal(session: &Session) -> Option<(Direction, Alert)> {
    let (index, direction, alert) = fatal_alert(session)?;
    complained_of(session, index).is_none().then_some((direction, alert))
}

fn fatal_alert(session: &Session) -> Option<(usize, Direction, Alert)> {
    let tls13 = session.version.is_some_and(ProtocolVersion::is_tls13);
    session.timeline.iter().enumerate().find_map(|(index, event)| match event.kind {
        EventKind::Alert(alert) if is_fatal(alert, tls13) => Some((index, event.direction, alert)),
        _ => None,
    })
}

/// The end of TCP that an alert is the answer to: OpenSSL says decode_error where the other side closed without
/// close_notify. The alert then is a consequence, and who closed had decided.
fn complained_of(session: &Session, index: usize) -> Option<&Event> {
    let alert = session.timeline.get(index)?;
    let EventKind::Alert(Alert { description: AlertDescription(50), .. }) = alert.kind else { return None };
    let before = session.timeline.get(..index)?;
    let closed = before.iter().find(|event| matches!(event.kind, EventKind::Fin | EventKind::Reset))?;
    (closed.direction != alert.direction).then_some(closed)
}

/// A connection whose handshake was completed, that one side closed before it had said anything, and of which the
/// other side says that this was an error.
fn cut_off(session: &Session) -> Option<Outcome> {
    let closed = complained_of(session, fatal_alert(session)?.0)?;
    let tls13 = session.version.is_some_and(ProtocolVersion::is_tls13);
    let is_data = |event: &Event| {
        matches!(event.kind, EventKind::ApplicationData { .. })
            && event.direction == closed.direction
            && (event.decrypted || !tls13)
    };
    let reset = closed.kind == EventKind::Reset;
    (!session.timeline.iter().any(is_data)).then_some(Outcome::Aborted { by: closed.direction, reset })
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
        let events = || session.timeline.iter().filter(|event| event.direction == direction);
        let mut behind = events().skip_while(|event| !matches!(event.kind, EventKind::ChangeCipherSpec));
        // The ChangeCipherSpec itself may have been lost.
        let opened = || events().any(|event| event.decrypted && event.is_message(20));
        let protected = |event: &Event| {
            matches!(event.kind, EventKind::EncryptedHandshake { .. } | EventKind::ApplicationData { .. })
        };
        behind.any(protected) || opened()
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
    let Some(hello) = session.timeline.iter().rposition(|event| event.is_message(2)) else {
        return ended_early(session);
    };
    let behind = session.timeline.get(hello..).unwrap_or_default();
    let records = |direction: Direction| {
        let of_side = behind.iter().enumerate().filter(move |(_, event)| event.direction == direction);
        of_side.filter_map(|(index, event)| Some((index, record_length(event)?)))
    };
    let Some(finished) = client_finished(behind) else {
        let last = behind.iter().rfind(|event| event.direction == ToServer && record_length(event).is_some());
        // The client's last word was short: an alert, unless nothing was captured of it.
        return match last {
            Some(event) if !event.decrypted && is_short(session, event) => Outcome::LikelyRefused { by: ToServer },
            None if server_gave_up(session, behind) => Outcome::LikelyRefused { by: ToClient },
            _ => ended_early(session),
        };
    };
    let mut answers = records(ToClient).filter(|(index, _)| *index > finished);
    let short = |event: &Event| !event.decrypted && is_short(session, event);
    match answers.next() {
        None if session.transport.reset == Some(ToClient) => Outcome::Aborted { by: ToClient, reset: true },
        None if session.transport.fin.is_none()
            && session.transport.reset.is_none()
            && records(ToServer).count() < 2 =>
        {
            Outcome::Incomplete
        }
        None => Outcome::Established,
        // What was opened is no refusal: that was looked for first.
        Some((index, _)) if behind.get(index).is_some_and(|event| event.decrypted) => Outcome::Established,
        // One short record and nothing more: the server's answer to the client's flight was an alert.
        Some((index, _))
            if [index].into_iter().chain(answers.map(|(at, _)| at)).all(|at| behind.get(at).is_some_and(short)) =>
        {
            let said = records(ToServer).filter(|(at, _)| *at > finished && *at < index).count();
            let closed_by_client = session.transport.fin == Some(ToServer) && said > 0;
            if closed_by_client { Outcome::Established } else { Outcome::LikelyRefused { by: ToClient } }
        }
        Some(_) => Outcome::Established,
    }
}

/// Whether the server's last word before it closed was short, while the client had said nothing: it looks at some
/// extensions only when the ServerHello is gone.
fn server_gave_up(session: &Session, behind: &[Event]) -> bool {
    let last = behind.iter().rfind(|event| event.direction == ToClient && record_length(event).is_some());
    let short = last.is_some_and(|event| !event.decrypted && is_short(session, event));
    short && (session.transport.fin == Some(ToClient) || session.transport.reset == Some(ToClient))
}

/// Whether a record is too short for anything but an alert, which Java pads.
fn is_short(session: &Session, event: &Event) -> bool {
    record_length(event).is_some_and(|length| length <= LONGEST_ALERT || flight::is_alert(session, length))
}

/// Where the client's Finished is: what was opened tells; otherwise it is the first record that can hold one.
fn client_finished(behind: &[Event]) -> Option<usize> {
    // EndOfEarlyData opens with a key of its own, and says nothing of the others.
    let opened = |event: &Event| {
        let is_handshake = matches!(event.kind, EventKind::Handshake { kind, .. } if kind.0 != 5);
        event.decrypted && event.direction == ToServer && is_handshake
    };
    if behind.iter().any(opened) {
        return behind.iter().position(|event| opened(event) && event.is_message(20));
    }
    let long = |event: &Event| record_length(event).is_some_and(|length| length >= SMALLEST_FINISHED);
    behind.iter().position(|event| event.direction == ToServer && long(event))
}

/// The length of the protected record of TLS 1.3 that an event tells of; where it was opened, the length that a record
/// with this one message in it has.
fn record_length(event: &Event) -> Option<u64> {
    match event.kind {
        EventKind::ApplicationData { bytes, records, .. } => Some(bytes / u64::from(records.max(1))),
        EventKind::Handshake { length, .. } if event.decrypted => Some(u64::from(length) + 4 + 17),
        EventKind::Alert(_) if event.decrypted => Some(LONGEST_ALERT),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::sample;

    fn event(direction: Direction, kind: EventKind) -> Option<Event> {
        let first = sample::tls13().timeline.into_iter().next()?;
        Some(Event { direction, kind, decrypted: true, ..first })
    }

    #[test]
    fn who_complains_that_the_other_side_closed_has_refused_nothing() {
        let finished = || {
            let kind = crate::tls::code::HandshakeType(20);
            event(ToServer, EventKind::Handshake { kind, length: 32, at: 0, summary: String::new() })
        };
        let alert = |code| Alert { level: AlertLevel(2), description: AlertDescription(code) };
        let says = |code| event(ToClient, EventKind::Alert(alert(code)));
        let data = || event(ToServer, EventKind::ApplicationData { records: 1, bytes: 90, maybe_handshake: false });
        let fin = || event(ToServer, EventKind::Fin);
        let cut = Outcome::Aborted { by: ToServer, reset: false };
        for (behind, expected) in [
            (vec![finished(), fin(), says(50)], cut),
            (vec![fin(), says(50)], cut),
            (vec![finished(), data(), fin(), says(50)], Outcome::Established),
            (vec![finished(), says(50), fin()], Outcome::Refused { by: ToClient, alert: alert(50) }),
            (vec![finished(), fin(), says(42)], Outcome::Refused { by: ToClient, alert: alert(42) }),
        ] {
            let mut session = sample::tls13();
            session.timeline.truncate(4);
            session.timeline.extend(behind.into_iter().flatten());
            session.transport.fin = Some(ToServer);
            assert_eq!(of(&session), expected);
        }
    }
}
