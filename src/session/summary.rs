//! The few words that stand beside a message on a ladder.

use crate::tls::handshake::Message;
use std::borrow::Cow;
use std::fmt::Display;

/// What distinguishes this message from others of its type; empty where nothing does. Text from the wire in it is as
/// sent: whoever shows it makes it printable.
pub(super) fn of(message: &Message) -> String {
    match message {
        Message::ClientHello(hello) => hello.server_name.clone().unwrap_or_default(),
        Message::ServerHello(hello) if hello.is_hello_retry_request => {
            hello.key_share_group.map_or_else(|| "retry".to_owned(), |group| format!("retry with {group}"))
        }
        Message::ServerHello(hello) => {
            let version = named(hello.version().name(), &hello.version());
            match hello.cipher_suite {
                Some(suite) => [&*version, ", ", &*named(suite.name(), &suite)].concat(),
                None => version.into_owned(),
            }
        }
        Message::Certificate(message) => match message.certificates.as_slice() {
            [] if message.raw_public_key.is_some() => "raw public key".to_owned(),
            [] => "empty".to_owned(),
            [leaf] => leaf.short(),
            [leaf, others @ ..] => format!("{} +{}", leaf.short(), others.len()),
        },
        Message::ServerKeyExchange(exchange) => match (exchange.group, exchange.dh_bits) {
            (Some(group), _) => named(group.name(), &group).into_owned(),
            (None, Some(bits)) => format!("DH {bits} bits"),
            (None, None) => String::new(),
        },
        Message::CertificateRequest(request) => match request.authorities.len() {
            0 => String::new(),
            1 => "1 authority".to_owned(),
            count => format!("{count} authorities"),
        },
        Message::CertificateVerify(verify) => verify.signature_scheme.map(|s| s.to_string()).unwrap_or_default(),
        Message::EncryptedExtensions(_)
        | Message::NewSessionTicket(_)
        | Message::CertificateStatus(_)
        | Message::Finished(_)
        | Message::Other(_) => String::new(),
    }
}

/// A code point's name, or its number where it has none. This is done for each message of a capture.
fn named(name: Option<&'static str>, code_point: &dyn Display) -> Cow<'static, str> {
    name.filter(|name| *name != "GREASE").map_or_else(|| Cow::Owned(code_point.to_string()), Cow::Borrowed)
}
