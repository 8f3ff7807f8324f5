//! What the events of a timeline are called.

use super::{Event, EventKind, Session};
use crate::tls::code::{HandshakeType, ProtocolVersion, Ssl2MessageType};
use std::borrow::Cow;

impl Session {
    /// What an event of this session is called: the name of the message, or what else it was. A HelloRetryRequest has
    /// the message type of a ServerHello and is told from it here.
    #[must_use]
    pub fn event_name(&self, event: &Event) -> Cow<'static, str> {
        let retry = matches!(event.kind, EventKind::Handshake { kind: HandshakeType::SERVER_HELLO, .. })
            && self.server_hellos.iter().any(|hello| hello.frame == event.frame && hello.item.is_hello_retry_request);
        if retry { Cow::Borrowed("HelloRetryRequest") } else { event.kind.name() }
    }

    /// What an event looks like to somebody without keys.
    #[must_use]
    pub fn event_name_as_sent(&self, event: &Event) -> Cow<'static, str> {
        let tls13 = self.version.is_some_and(ProtocolVersion::is_tls13);
        match event.kind {
            _ if !event.decrypted => self.event_name(event),
            _ if tls13 => Cow::Borrowed("application data"),
            EventKind::Handshake { .. } => Cow::Borrowed("encrypted handshake"),
            EventKind::Alert(_) => Cow::Borrowed("encrypted alert"),
            _ => self.event_name(event),
        }
    }

    /// The event that stands at the same place of the wire as an event of this session, in the same session as it is
    /// read with other keys.
    #[must_use]
    pub fn counterpart(&self, index: usize, other: &Self) -> Option<usize> {
        let event = self.timeline.get(index)?;
        let of_side = || other.timeline.iter().enumerate().filter(|(_, at)| at.direction == event.direction);
        let kind = std::mem::discriminant(&event.kind);
        let is_same = |at: &Event| {
            (at.offset, at.frame) == (event.offset, event.frame) && std::mem::discriminant(&at.kind) == kind
        };
        // Messages of one record have one offset. Where there are as many, each has its own.
        let nth = self.timeline.iter().take(index).filter(|at| at.direction == event.direction && is_same(at)).count();
        let same = of_side().filter(|(_, at)| is_same(at)).nth(nth);
        let before = || of_side().filter(|(_, at)| at.offset <= event.offset).map(|(_, at)| at.offset).max();
        let found = same.or_else(|| {
            let offset = before()?;
            of_side().find(|(_, at)| at.offset == offset)
        });
        found.map(|(index, _)| index)
    }
}

impl Event {
    /// Whether it is a handshake message of that type that could be read.
    #[must_use]
    pub fn is_message(&self, wanted: u8) -> bool {
        matches!(self.kind, EventKind::Handshake { kind, .. } if kind.0 == wanted)
    }
}

impl EventKind {
    /// The name of the message, or what else it was, without its content.
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Handshake { kind, .. } => match kind.title() {
                Some(title) => title,
                None => return Cow::Owned(format!("handshake message of type {kind}")),
            },
            Self::Ssl2 { kind, .. } => return Cow::Owned(format!("SSL 2 {}", Ssl2MessageType(*kind))),
            Self::EncryptedHandshake { .. } => "encrypted handshake",
            Self::ChangeCipherSpec => "ChangeCipherSpec",
            Self::Alert(alert) => return Cow::Owned(format!("Alert {} {}", alert.level, alert.description)),
            Self::EncryptedAlert { .. } => "encrypted alert",
            Self::ApplicationData { maybe_handshake: true, .. } => "encrypted",
            Self::ApplicationData { .. } => "application data",
            Self::Heartbeat { encrypted: true, .. } => "encrypted heartbeat",
            Self::Heartbeat { .. } => "heartbeat",
            Self::UnknownRecord { content_type, .. } => return Cow::Owned(format!("record of type {content_type}")),
            Self::Gap { .. } => "bytes not captured",
            Self::NotTls { .. } => "bytes that are not TLS",
            Self::Fin => "FIN",
            Self::Reset => "RST",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;

    #[test]
    fn a_retry_is_called_by_its_name() {
        let session = sample::retried();
        let names: Vec<_> = session.timeline.iter().map(|event| session.event_name(event).into_owned()).collect();
        assert_eq!(names[0], "ClientHello");
        assert!(names.contains(&"HelloRetryRequest".to_owned()), "{names:?}");
    }
}
