//! What the events of a timeline are called.

use super::{Event, EventKind, Session};
use crate::tls::code::{HandshakeType, Ssl2MessageType};
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
