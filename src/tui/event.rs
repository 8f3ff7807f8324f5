//! What can happen on the wire of a session, in the words of ladders and title lines.

use crate::base::printable;
use crate::net::Direction;
use crate::session::{Event, EventKind, Outcome, Session};
use crate::tls::code::{CipherSuite, ProtocolVersion, Ssl2MessageType};

/// What an event is called: `ClientHello`, `Alert fatal handshake_failure`, `encrypted`.
#[must_use]
pub fn title(session: &Session, event: &Event) -> String {
    match &event.kind {
        EventKind::Handshake { kind, .. } if kind.0 == 2 && is_hello_retry_request(session, event) => {
            "HelloRetryRequest".to_owned()
        }
        EventKind::Handshake { kind, .. } => kind.title().map_or_else(|| kind.to_string(), str::to_owned),
        EventKind::Ssl2 { kind, .. } => format!("SSL 2 {}", Ssl2MessageType(*kind)),
        EventKind::EncryptedHandshake { .. } => "encrypted handshake message".to_owned(),
        EventKind::ChangeCipherSpec => "ChangeCipherSpec".to_owned(),
        EventKind::Alert(alert) => format!("Alert {} {}", alert.level, alert.description),
        EventKind::EncryptedAlert { .. } => "encrypted alert".to_owned(),
        EventKind::ApplicationData { maybe_handshake: true, .. } => "encrypted".to_owned(),
        EventKind::ApplicationData { .. } => "application data".to_owned(),
        EventKind::Heartbeat { encrypted: true, .. } => "encrypted heartbeat".to_owned(),
        EventKind::Heartbeat { .. } => "heartbeat".to_owned(),
        EventKind::UnknownRecord { content_type, .. } => format!("record of type {}", content_type.0),
        EventKind::Gap { .. } => "gap".to_owned(),
        EventKind::NotTls { .. } => "bytes that are not TLS".to_owned(),
        EventKind::Fin => "FIN".to_owned(),
        EventKind::Reset => "RST".to_owned(),
    }
}

/// The title with the few words that tell it from others of its kind.
#[must_use]
pub fn line(session: &Session, event: &Event) -> String {
    let title = title(session, event);
    let more = match &event.kind {
        EventKind::Handshake { summary, .. } => printable(summary),
        EventKind::ApplicationData { records, bytes, .. } if *records > 1 => {
            return format!("{title}, {records} records, {bytes} B");
        }
        EventKind::Gap { bytes } => return format!("{bytes} bytes were not captured"),
        EventKind::NotTls { bytes: 0 } => return title,
        EventKind::NotTls { bytes } => return format!("{bytes} {title}"),
        _ => match length(event) {
            Some(bytes) if is_encrypted(event) || matches!(event.kind, EventKind::ApplicationData { .. }) => {
                return format!("{title}, {bytes} B");
            }
            _ => String::new(),
        },
    };
    if more.is_empty() { title } else { format!("{title}  {more}") }
}

/// Bytes of the message with its header, or of the payload of the record.
#[must_use]
pub fn length(event: &Event) -> Option<u64> {
    match event.kind {
        EventKind::Handshake { length, .. } => Some(u64::from(length) + 4),
        EventKind::Ssl2 { length, .. }
        | EventKind::EncryptedHandshake { length }
        | EventKind::EncryptedAlert { length }
        | EventKind::Heartbeat { length, .. }
        | EventKind::UnknownRecord { length, .. } => Some(u64::from(length)),
        EventKind::ChangeCipherSpec => Some(1),
        EventKind::Alert(_) => Some(2),
        EventKind::ApplicationData { bytes, .. } | EventKind::Gap { bytes } => Some(bytes),
        EventKind::NotTls { bytes } => (bytes > 0).then_some(bytes),
        EventKind::Fin | EventKind::Reset => None,
    }
}

/// Whether it was encrypted on the wire, opened or not.
#[must_use]
pub fn was_encrypted(event: &Event) -> bool {
    event.decrypted || is_encrypted(event)
}

/// Whether its content is hidden by encryption.
#[must_use]
pub fn is_encrypted(event: &Event) -> bool {
    !event.decrypted
        && matches!(
            event.kind,
            EventKind::EncryptedHandshake { .. }
                | EventKind::EncryptedAlert { .. }
                | EventKind::ApplicationData { .. }
                | EventKind::Heartbeat { encrypted: true, .. }
        )
}

/// Whether it is a ServerHello that asks for another ClientHello.
#[must_use]
pub fn is_hello_retry_request(session: &Session, event: &Event) -> bool {
    session.server_hellos.iter().any(|hello| hello.frame == event.frame && hello.item.is_hello_retry_request)
}

/// Whether it ended the session against the will of one side: the alert of the outcome, or a reset.
#[must_use]
pub fn ends(session: &Session, event: &Event) -> bool {
    match (event.kind.clone(), session.outcome) {
        (EventKind::Alert(alert), Outcome::Refused { by, alert: fatal }) => event.direction == by && alert == fatal,
        (EventKind::Reset, _) => true,
        _ => false,
    }
}

/// What an encrypted record can hold, as far as its place allows to say. Never a single guess.
#[must_use]
pub fn possible(session: &Session, index: usize) -> Option<&'static str> {
    let event = session.timeline.get(index)?;
    match event.kind {
        EventKind::EncryptedHandshake { .. } => {
            let before = session.timeline.iter().take(index).rfind(|other| other.direction == event.direction);
            let first = before.is_some_and(|before| matches!(before.kind, EventKind::ChangeCipherSpec));
            Some(if first {
                "Finished: it is what follows ChangeCipherSpec"
            } else {
                "a new handshake inside this one"
            })
        }
        EventKind::EncryptedAlert { .. } => Some("close_notify or any other alert"),
        EventKind::ApplicationData { maybe_handshake: true, .. } => Some(by_place(session, index, event.direction)),
        _ => None,
    }
}

/// What the length of an encrypted record of TLS 1.3 is also the size of. Below the ciphertext lie the content, one
/// byte of inner type, and the tag; padding would hide the length, and hardly anybody pads (RFC 8446 5.2).
#[must_use]
pub fn size_of(session: &Session, event: &Event) -> Option<&'static str> {
    let EventKind::ApplicationData { maybe_handshake: true, bytes, records: 1 } = event.kind else { return None };
    let suite = session.cipher_suite.and_then(CipherSuite::name).unwrap_or_default();
    let tag = if suite.ends_with("CCM_8_SHA256") { 8 } else { 16 };
    let content = bytes.checked_sub(1 + tag)?;
    match content {
        2 => Some("the size of an alert, or data of 2 bytes"),
        6 if event.direction == Direction::ToClient => {
            Some("the size of EncryptedExtensions with nothing in it, or data")
        }
        36 if suite.ends_with("SHA256") => Some("the size of Finished, or data of 36 bytes"),
        52 if suite.ends_with("SHA384") => Some("the size of Finished, or data of 52 bytes"),
        _ => None,
    }
}

fn by_place(session: &Session, index: usize, direction: Direction) -> &'static str {
    let hidden = |event: &Event| matches!(event.kind, EventKind::ApplicationData { .. });
    let before = || session.timeline.iter().take(index).filter(|event| hidden(event));
    let answered = before().any(|event| event.direction == Direction::ToServer);
    let mut from_client = before().skip_while(|event| event.direction == Direction::ToClient);
    let answered_again = from_client.any(|event| event.direction == Direction::ToClient);
    let hello = session.client_hellos.first().map(|hello| &hello.item);
    let early = hello.is_some_and(|hello| hello.early_data);
    match direction {
        Direction::ToServer if answered_again => "data, KeyUpdate, an alert, or the rest of the client's handshake",
        Direction::ToServer if answered => "Certificate, CertificateVerify, Finished, data or an alert",
        Direction::ToServer if early => "early data, Certificate, Finished or an alert",
        Direction::ToServer => "Certificate (if asked for), Finished or an alert",
        Direction::ToClient if answered => "NewSessionTicket, data, KeyUpdate or an alert",
        Direction::ToClient => "EncryptedExtensions to Finished, a part of them, or an alert",
    }
}

/// From which event on everything of its sender, or of both sides, is encrypted; with the words for it.
#[must_use]
pub fn epoch(session: &Session, event: &Event) -> Option<&'static str> {
    let tls13 = session.version.is_some_and(ProtocolVersion::is_tls13);
    match &event.kind {
        EventKind::Handshake { kind, .. } if tls13 && kind.0 == 2 && !is_hello_retry_request(session, event) => {
            Some("encrypted from here")
        }
        EventKind::ChangeCipherSpec if session.version.is_some() && !tls13 => Some(match event.direction {
            Direction::ToServer => "client: encrypted from here",
            Direction::ToClient => "server: encrypted from here",
        }),
        _ => None,
    }
}
