//! Handshake messages: from the bytes of one complete message to its facts and its field tree.
//!
//! ```text
//!   read_with_header ─► read ─┬─► hello          ClientHello, ServerHello, HelloRetryRequest, EncryptedExtensions …
//!                             ├─► certificate    Certificate, CompressedCertificate, CertificateStatus
//!                             │     ├─ certificates   each certificate is read once
//!                             │     └─ compression    and one that was compressed is undone within limits
//!                             ├─► certificate_request
//!                             ├─► key_exchange   ServerKeyExchange, ClientKeyExchange, CertificateVerify
//!                             ├─► session        NewSessionTicket, Finished, KeyUpdate
//!                             └─► other          what is rare, and what is unknown
//! ```

mod cache;
mod certificate;
mod certificate_request;
mod certificates;
mod compression;
mod facts;
mod fields;
mod hello;
mod key_exchange;
mod other;
mod session;
mod suite;
pub(super) mod take;

pub use cache::Cache;
pub use facts::*;
pub(crate) use suite::has_explicit_nonce;

use crate::base::{Field, Reader, Tree, Value};
use crate::tls::code::HandshakeType;
use crate::tls::extension::{self, Extensions, Place};

/// Every field that a handshake message can show, for help and filters.
#[must_use]
pub fn fields() -> &'static [&'static Field] {
    fields::FIELDS
}

/// Reads the body of one complete handshake message, without its 4-byte header (RFC 8446 4).
pub fn read(kind: HandshakeType, body: Reader<'_>, context: &Context, cache: &mut Cache, tree: &mut Tree) -> Message {
    let mut body = body;
    let reader = &mut body;
    match kind.0 {
        1 => Message::ClientHello(Box::new(hello::client_hello(reader, &mut cache.fingerprints, tree))),
        2 => Message::ServerHello(Box::new(hello::server_hello(reader, tree))),
        4 => Message::NewSessionTicket(session::new_session_ticket(reader, context, tree)),
        6 => Message::ServerHello(Box::new(hello::draft_hello_retry_request(reader, tree))),
        8 => Message::EncryptedExtensions(hello::encrypted_extensions(reader, tree)),
        11 => Message::Certificate(certificate::certificate(reader, context, &mut cache.certificates, tree)),
        12 => Message::ServerKeyExchange(key_exchange::server_key_exchange(reader, context, tree)),
        13 => Message::CertificateRequest(certificate_request::certificate_request(reader, context, tree)),
        15 => Message::CertificateVerify(key_exchange::certificate_verify(reader, context, tree)),
        17 => Message::CertificateRequest(certificate_request::client_certificate_request(reader, tree)),
        20 => Message::Finished(session::finished(reader, context, tree)),
        22 => Message::CertificateStatus(certificate::certificate_status(reader, tree)),
        25 => Message::Certificate(certificate::compressed_certificate(reader, context, &mut cache.certificates, tree)),
        _ => {
            other::read(kind, reader, context, tree);
            Message::Other(kind)
        }
    }
}

/// Reads one handshake message with its header (type and length, RFC 8446 4) into a branch of its own. `None` when not
/// even the header is there.
pub fn read_with_header(message: Reader<'_>, context: &Context, cache: &mut Cache, tree: &mut Tree) -> Option<Message> {
    let mut reader = message;
    let mut ahead = message;
    let (Some(kind), Some(_)) = (ahead.u8().map(HandshakeType), ahead.u24()) else {
        tree.malformed(message.span(), "a handshake message begins with 4 bytes of type and length");
        return None;
    };
    let root = fields::message(kind, hello::is_hello_retry_request(kind, ahead.peek()));
    tree.branch(
        root,
        message.span(),
        || Value::None,
        |tree| {
            take::u8(&mut reader, &fields::TYPE, tree, |_| kind.value())?;
            let body = take::vector(take::Width::Three, &mut reader, &fields::LENGTH, tree)?;
            let message = read(kind, body, context, cache, tree);
            take::end(&mut reader, tree);
            Some(message)
        },
    )
}

/// Reads the extensions at the end of a message. A message that ends before them has none: that is how hellos looked
/// before there were extensions (RFC 5246 7.4.1.2).
fn extensions(reader: &mut Reader<'_>, place: Place, tree: &mut Tree) -> Extensions {
    if reader.is_empty() {
        return Extensions::default();
    }
    extension::read(reader, place, tree)
}

/// Reads the extensions of a message that always has a list of them, if an empty one (RFC 8446 4).
fn required_extensions(reader: &mut Reader<'_>, place: Place, tree: &mut Tree) -> Extensions {
    if reader.is_empty() {
        tree.malformed(reader.span(), "the list of extensions is missing; an empty one has a length of 0");
    }
    extensions(reader, place, tree)
}

#[cfg(test)]
mod tests;
