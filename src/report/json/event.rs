//! What happened, in JSON: the timeline, and the two lists that are cut out of it (messages, alerts).

use super::value::{AlertWords, Plain, Seconds, object, way};
use crate::session::{Event, EventKind, Session};
use crate::tls::code::HandshakeType;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// The handshake messages that can be read.
pub(super) struct MessagesJson<'a>(pub(super) &'a Session);

impl Serialize for MessagesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut names = Names::new(self.0);
        for event in &self.0.timeline {
            let name = names.of(event);
            if let EventKind::Handshake { .. } | EventKind::Ssl2 { .. } = event.kind {
                list.serialize_element(&MessageJson { event, name })?;
            }
        }
        list.end()
    }
}

struct MessageJson<'a> {
    event: &'a Event,
    name: Option<&'static str>,
}

impl Serialize for MessageJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("frame", &self.event.frame)?;
        map.serialize_entry("dir", &way(self.event.direction))?;
        match self.event.kind {
            EventKind::Handshake { kind, length, .. } => {
                map.serialize_entry("type", &kind.0)?;
                map.serialize_entry("name", &self.name.map(Plain))?;
                map.serialize_entry("len", &length)?;
            }
            EventKind::Ssl2 { kind, .. } => {
                map.serialize_entry("type", &kind)?;
                map.serialize_entry("name", &self.name.map(Plain))?;
                map.serialize_entry("ssl2", &true)?;
            }
            _ => {}
        }
        decrypted(&mut map, self.event)?;
        map.end()
    }
}

/// The alerts, readable and encrypted ones.
pub(super) struct AlertsJson<'a>(pub(super) &'a Session);

impl Serialize for AlertsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let alert = |event: &&Event| matches!(event.kind, EventKind::Alert(_) | EventKind::EncryptedAlert { .. });
        serializer.collect_seq(self.0.timeline.iter().filter(alert).map(AlertJson))
    }
}

struct AlertJson<'a>(&'a Event);

impl Serialize for AlertJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Event { frame, direction, .. } = self.0;
        let EventKind::Alert(alert) = self.0.kind else {
            return object!(serializer, { "frame": frame, "dir": way(*direction), "encrypted": true });
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("frame", frame)?;
        map.serialize_entry("dir", &way(*direction))?;
        map.serialize_entry("level", &alert.level.0)?;
        map.serialize_entry("desc", &alert.description.0)?;
        map.serialize_entry("name", &alert.description.name().map(Plain))?;
        decrypted(&mut map, self.0)?;
        map.end()
    }
}

/// Everything that happened.
pub(super) struct TimelineJson<'a>(pub(super) &'a Session);

impl Serialize for TimelineJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.timeline.len()))?;
        let mut names = Names::new(self.0);
        for event in &self.0.timeline {
            list.serialize_element(&EventJson { event, name: names.of(event), started: self.0.started })?;
        }
        list.end()
    }
}

struct EventJson<'a> {
    event: &'a Event,
    name: Option<&'static str>,
    started: i64,
}

impl Serialize for EventJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("frame", &self.event.frame)?;
        map.serialize_entry("dir", &way(self.event.direction))?;
        map.serialize_entry("at", &Seconds(self.event.time.saturating_sub(self.started)))?;
        map.serialize_entry("event", &Plain(word(&self.event.kind)))?;
        self.details(&mut map)?;
        decrypted(&mut map, self.event)?;
        map.end()
    }
}

impl EventJson<'_> {
    fn details<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match &self.event.kind {
            EventKind::Handshake { kind, length, summary, .. } => {
                map.serialize_entry("type", &kind.0)?;
                map.serialize_entry("name", &self.name.map(Plain))?;
                map.serialize_entry("len", length)?;
                if summary.is_empty() { Ok(()) } else { map.serialize_entry("summary", summary) }
            }
            EventKind::Ssl2 { kind, length } => {
                map.serialize_entry("type", kind)?;
                map.serialize_entry("name", &self.name.map(Plain))?;
                map.serialize_entry("len", length)
            }
            EventKind::EncryptedHandshake { length } | EventKind::EncryptedAlert { length } => {
                map.serialize_entry("len", length)
            }
            EventKind::Alert(alert) => map.serialize_entry("alert", &AlertWords(*alert)),
            EventKind::ApplicationData { records, bytes, maybe_handshake } => {
                map.serialize_entry("records", records)?;
                map.serialize_entry("bytes", bytes)?;
                map.serialize_entry("maybe_handshake", maybe_handshake)
            }
            EventKind::Heartbeat { length, encrypted } => {
                map.serialize_entry("len", length)?;
                map.serialize_entry("encrypted", encrypted)
            }
            EventKind::UnknownRecord { content_type, length } => {
                map.serialize_entry("type", &content_type.0)?;
                map.serialize_entry("len", length)
            }
            EventKind::Gap { bytes } | EventKind::NotTls { bytes } => map.serialize_entry("bytes", bytes),
            EventKind::ChangeCipherSpec | EventKind::Fin | EventKind::Reset => Ok(()),
        }
    }
}

/// Told only where it is so: most of what is read was sent in clear.
fn decrypted<M: SerializeMap>(map: &mut M, event: &Event) -> Result<(), M::Error> {
    if event.decrypted { map.serialize_entry("decrypted", &true) } else { Ok(()) }
}

fn word(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Handshake { .. } => "handshake",
        EventKind::Ssl2 { .. } => "ssl2",
        EventKind::EncryptedHandshake { .. } => "encrypted_handshake",
        EventKind::ChangeCipherSpec => "change_cipher_spec",
        EventKind::Alert(_) => "alert",
        EventKind::EncryptedAlert { .. } => "encrypted_alert",
        EventKind::ApplicationData { .. } => "application_data",
        EventKind::Heartbeat { .. } => "heartbeat",
        EventKind::UnknownRecord { .. } => "unknown_record",
        EventKind::Gap { .. } => "gap",
        EventKind::NotTls { .. } => "not_tls",
        EventKind::Fin => "fin",
        EventKind::Reset => "reset",
    }
}

/// Names messages while the timeline is walked: a HelloRetryRequest has the type of a ServerHello and is told from it
/// by the hello of the same place in the session's list.
struct Names<'a> {
    session: &'a Session,
    server_hellos: usize,
}

impl<'a> Names<'a> {
    fn new(session: &'a Session) -> Self {
        Self { session, server_hellos: 0 }
    }

    fn of(&mut self, event: &Event) -> Option<&'static str> {
        match event.kind {
            EventKind::Handshake { kind: HandshakeType::SERVER_HELLO, .. } => {
                let hello = self.session.server_hellos.get(self.server_hellos);
                self.server_hellos += 1;
                let retry = hello.is_some_and(|hello| hello.item.is_hello_retry_request);
                Some(if retry { "hello_retry_request" } else { "server_hello" })
            }
            EventKind::Handshake { kind, .. } => kind.name(),
            EventKind::Ssl2 { kind, .. } => ssl2_name(kind),
            _ => None,
        }
    }
}

/// The names of SSL 2 messages (draft-hickman-netscape-ssl-00 C.2).
fn ssl2_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0 => "error",
        1 => "client_hello",
        2 => "client_master_key",
        3 => "client_finished",
        4 => "server_hello",
        5 => "server_verify",
        6 => "server_finished",
        7 => "request_certificate",
        8 => "client_certificate",
        _ => return None,
    })
}
