//! The messages that leave no facts but their type: rare ones, empty ones, and those that nobody knows.

use super::facts::Context;
use super::fields::{
    CHAIN_TYPE, CID, CID_LENGTH, CID_USAGE, CIDS_LENGTH, COOKIE, COOKIE_LENGTH, EKT_KEY_LENGTH, EKT_KEY_VALUE,
    EKT_SALT, EKT_SALT_LENGTH, EKT_SPI, EKT_TTL, HASH_OF_HELLO, NEXT_PROTOCOL_LENGTH, NEXT_PROTOCOL_NAME,
    NEXT_PROTOCOL_PADDING, NEXT_PROTOCOL_PADDING_LENGTH, NUM_CIDS, SUPPLEMENTAL_DATA, SUPPLEMENTAL_ENTRY_LENGTH,
    SUPPLEMENTAL_LENGTH, SUPPLEMENTAL_TYPE, UNKNOWN_BODY, URL, URL_HASH, URL_LENGTH, URL_PADDING, URLS_LENGTH,
};
use super::take::{self, Width};
use super::{hello, key_exchange, session};
use crate::base::{Group, Reader, Severity, Tree, Value};
use crate::tls::code::{CertChainType, ConnectionIdUsage, HandshakeType, SupplementalDataType};

pub(super) fn read(kind: HandshakeType, reader: &mut Reader<'_>, context: &Context, tree: &mut Tree) {
    let complete = match kind.0 {
        // HelloRequest, EndOfEarlyData and ServerHelloDone say everything with their type.
        0 | 5 | 14 => Some(()),
        3 => hello_verify_request(reader, tree),
        9 => request_connection_id(reader, tree),
        10 => new_connection_id(reader, tree),
        16 => key_exchange::client_key_exchange(reader, context, tree),
        21 => certificate_url(reader, tree),
        23 => supplemental_data(reader, tree),
        24 => session::key_update(reader, tree),
        26 => ekt_key(reader, tree),
        67 => next_protocol(reader, tree),
        254 => {
            message_hash(reader, tree);
            Some(())
        }
        _ => {
            unknown(kind, reader, tree);
            Some(())
        }
    };
    if complete.is_some() {
        take::end(reader, tree);
    }
}

/// RFC 6347 4.2.1.
fn hello_verify_request(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    hello::version(reader, tree)?;
    take::opaque(Width::One, reader, &COOKIE_LENGTH, &COOKIE, tree).map(drop)
}

/// RFC 9147 9.
fn request_connection_id(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    take::u8(reader, &NUM_CIDS, tree, take::number).map(drop)
}

/// RFC 9147 9.
fn new_connection_id(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let mut list = take::vector(Width::Two, reader, &CIDS_LENGTH, tree)?;
    while !list.is_empty() {
        take::opaque(Width::One, &mut list, &CID_LENGTH, &CID, tree)?;
    }
    take::u8(reader, &CID_USAGE, tree, |usage| ConnectionIdUsage(usage).value()).map(drop)
}

/// RFC 6066 5.
fn certificate_url(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    take::u8(reader, &CHAIN_TYPE, tree, |kind| CertChainType(kind).value())?;
    let mut list = take::vector(Width::Two, reader, &URLS_LENGTH, tree)?;
    while !list.is_empty() {
        let url = take::vector(Width::Two, &mut list, &URL_LENGTH, tree)?;
        tree.leaf(&URL, url.span(), || text(url.peek()));
        take::u8(&mut list, &URL_PADDING, tree, take::number)?;
        take::bytes(&mut list, 20, &URL_HASH, tree)?;
    }
    Some(())
}

/// RFC 4680 2.
fn supplemental_data(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let mut list = take::vector(Width::Three, reader, &SUPPLEMENTAL_LENGTH, tree)?;
    while !list.is_empty() {
        take::u16(&mut list, &SUPPLEMENTAL_TYPE, tree, |kind| SupplementalDataType(kind).value())?;
        take::opaque(Width::Two, &mut list, &SUPPLEMENTAL_ENTRY_LENGTH, &SUPPLEMENTAL_DATA, tree)?;
    }
    Some(())
}

/// RFC 8870 5.2.2.
fn ekt_key(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    take::opaque(Width::Two, reader, &EKT_KEY_LENGTH, &EKT_KEY_VALUE, tree)?;
    take::opaque(Width::Two, reader, &EKT_SALT_LENGTH, &EKT_SALT, tree)?;
    take::u16(reader, &EKT_SPI, tree, |spi| Value::Hex(u64::from(spi), 4))?;
    take::u24(reader, &EKT_TTL, tree).map(drop)
}

/// draft-agl-tls-nextprotoneg 3.
fn next_protocol(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let protocol = take::vector(Width::One, reader, &NEXT_PROTOCOL_LENGTH, tree)?;
    tree.leaf(&NEXT_PROTOCOL_NAME, protocol.span(), || text(protocol.peek()));
    take::opaque(Width::One, reader, &NEXT_PROTOCOL_PADDING_LENGTH, &NEXT_PROTOCOL_PADDING, tree).map(drop)
}

fn message_hash(reader: &mut Reader<'_>, tree: &mut Tree) {
    let text = "message_hash stands only in the transcript that both peers hash; it must not be sent";
    tree.note(Severity::Warn, Group::Protocol, "tls.message_hash.sent", reader.span(), text);
    take::rest(reader, &HASH_OF_HELLO, tree);
}

fn unknown(kind: HandshakeType, reader: &mut Reader<'_>, tree: &mut Tree) {
    let text = format!("handshake message type {} is not known", kind.0);
    tree.note(Severity::Note, Group::Undecoded, "tls.handshake.unknown_type", reader.span(), text);
    take::rest(reader, &UNKNOWN_BODY, tree);
}

fn text(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(words) => Value::Text(words.to_owned()),
        Err(_) => Value::Bytes,
    }
}
