//! The transport parameters of QUIC, which travel in the TLS handshake.

use super::body::{each_of, fixed};
use super::{Extensions, Place, kind};
use crate::base::{Field, Reader, Span, Tree, Value, fields};
use crate::tls::code::QuicTransportParameter;
use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

fields! {
    PARAMETER = "tls.quic.parameter", "TransportParameter", "RFC 9000 18",
        "One limit or option: an id, a length, a value. Unknown ids are passed over; ids of the form 31 * N + 27 are GREASE.";
    PARAMETER_ID = "tls.quic.parameter.type", "Transport Parameter ID", "RFC 9000 18.2",
        "Which parameter this is, as a number of variable length (1, 2, 4 or 8 bytes).";
    PARAMETER_LENGTH = "tls.quic.parameter.length", "Transport Parameter Length", "RFC 9000 18",
        "The number of bytes of the value.";
    PARAMETER_NUMBER = "tls.quic.parameter.number", "value", "RFC 9000 18.2",
        "The value as a number: bytes for windows and sizes, milliseconds for times, a count for streams and connection ids.";
    PARAMETER_BYTES = "tls.quic.parameter.bytes", "value", "RFC 9000 18.2",
        "The value as bytes: a connection id, a token, or a parameter whose form is not known here.";
    PARAMETER_TEXT = "tls.quic.parameter.text", "value", "",
        "The value as text, such as the name and version of the sender's program.";
    CHOSEN_VERSION = "tls.quic.parameter.chosen_version", "Chosen Version", "RFC 9368 3",
        "The version of QUIC that the sender uses for this connection. It must match the packets around it.";
    AVAILABLE_VERSION = "tls.quic.parameter.available_version", "Available Version", "RFC 9368 3",
        "A version of QUIC that the sender could use, best first.";
    IPV4_ADDRESS = "tls.quic.parameter.preferred_address.ipv4", "IPv4 Address", "RFC 9000 18.2",
        "The IPv4 address to which the client shall move after the handshake; all zero means none.";
    IPV4_PORT = "tls.quic.parameter.preferred_address.ipv4_port", "IPv4 Port", "RFC 9000 18.2",
        "The port of that address.";
    IPV6_ADDRESS = "tls.quic.parameter.preferred_address.ipv6", "IPv6 Address", "RFC 9000 18.2",
        "The IPv6 address to which the client shall move after the handshake; all zero means none.";
    IPV6_PORT = "tls.quic.parameter.preferred_address.ipv6_port", "IPv6 Port", "RFC 9000 18.2",
        "The port of that address.";
    PREFERRED_CID_LENGTH = "tls.quic.parameter.preferred_address.cid_length", "Connection ID Length", "RFC 9000 18.2",
        "The number of bytes of the connection id, 1 to 20.";
    PREFERRED_CID = "tls.quic.parameter.preferred_address.cid", "Connection ID", "RFC 9000 18.2",
        "The connection id to be used with the preferred address.";
    PREFERRED_TOKEN = "tls.quic.parameter.preferred_address.token", "Stateless Reset Token", "RFC 9000 18.2",
        "Sixteen bytes by which the server can later end the connection without knowing it any more.";
}

/// How the value of a parameter is written.
#[derive(Clone, Copy)]
enum Form {
    Number,
    Bytes,
    Text,
    Empty,
    Address,
    Versions,
}

/// How the value of the parameter is written; bytes where that is not known.
fn form(id: u64) -> Form {
    match id {
        0x01 | 0x03..=0x0b | 0x0e | 0x20 | 0x3127 | 0x7158 => Form::Number,
        0xde1a | 0xff02_de1a | 0xff03_de1a | 0xff04_de1b => Form::Number,
        0x0c | 0x2ab2 => Form::Empty,
        0x0d => Form::Address,
        0x11 | 0x00ff_73db => Form::Versions,
        0x3129 => Form::Text,
        _ => Form::Bytes,
    }
}

/// quic_transport_parameters: parameters up to the end, without a count (RFC 9000 18).
#[allow(clippy::unnecessary_wraps, reason = "one signature for all bodies")]
pub(super) fn transport_parameters(
    reader: &mut Reader<'_>,
    _: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    each_of(*reader, &kind::EXTENSION_QUIC_TRANSPORT_PARAMETERS, tree, parameter);
    reader.rest();
    Some(())
}

fn parameter(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let start = reader.offset();
    let (id, id_span) = varint(reader)?;
    let (length, length_span) = varint(reader)?;
    let there = usize::try_from(length).unwrap_or(usize::MAX).min(reader.remaining());
    let body = reader.sub(there)?;
    let parameter = QuicTransportParameter(id);
    let name = parameter.name().unwrap_or(if parameter.is_reserved() { "GREASE" } else { "unknown" });
    let named = || Value::Named(id, 2, Cow::Borrowed(name));
    tree.branch(&PARAMETER, reader.since(start), named, |tree| {
        tree.leaf(&PARAMETER_ID, id_span, named);
        tree.leaf(&PARAMETER_LENGTH, length_span, || Value::Number(length));
        if length > there as u64 {
            tree.malformed(length_span, format!("{name}: the length says {length} bytes, {there} are there"));
        }
        let mut inside = body;
        let read = value(&mut inside, form(id), tree);
        if read.is_none() || !inside.is_empty() {
            tree.malformed(body.span(), format!("the value of {name} has not the form that it should have"));
            tree.leaf(&PARAMETER_BYTES, body.span(), || Value::Bytes);
        }
    });
    Some(())
}

fn value(reader: &mut Reader<'_>, form: Form, tree: &mut Tree) -> Option<()> {
    match form {
        Form::Number => {
            let (number, span) = varint(reader)?;
            tree.leaf(&PARAMETER_NUMBER, span, || Value::Number(number));
        }
        Form::Bytes => drop(super::body::rest(reader, &PARAMETER_BYTES, tree)),
        Form::Text => {
            let span = reader.span();
            let bytes = reader.rest();
            tree.leaf(&PARAMETER_TEXT, span, || super::body::text(bytes));
        }
        Form::Empty => {}
        Form::Address => preferred_address(reader, tree)?,
        Form::Versions => versions(reader, tree)?,
    }
    Some(())
}

fn preferred_address(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let port = |port: u16| Value::Number(port.into());
    let start = reader.offset();
    let address: [u8; 4] = reader.array()?;
    tree.leaf(&IPV4_ADDRESS, reader.since(start), || Value::Address(Ipv4Addr::from(address).into()));
    super::body::code16(reader, &IPV4_PORT, tree, port)?;
    let start = reader.offset();
    let address: [u8; 16] = reader.array()?;
    tree.leaf(&IPV6_ADDRESS, reader.since(start), || Value::Address(Ipv6Addr::from(address).into()));
    super::body::code16(reader, &IPV6_PORT, tree, port)?;
    let length = super::body::code8(reader, &PREFERRED_CID_LENGTH, tree, |length| Value::Number(length.into()))?;
    fixed(reader, length.into(), &PREFERRED_CID, tree)?;
    fixed(reader, 16, &PREFERRED_TOKEN, tree).map(drop)
}

fn versions(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let mut field: &'static Field = &CHOSEN_VERSION;
    while !reader.is_empty() {
        super::body::code32(reader, field, tree, version)?;
        field = &AVAILABLE_VERSION;
    }
    Some(())
}

fn version(version: u32) -> Value {
    let name = match version {
        1 => "QUIC v1",
        0x6b33_43cf => "QUIC v2",
        0xff00_0000..=0xff00_00ff => "QUIC draft",
        _ if version & 0x0f0f_0f0f == 0x0a0a_0a0a => "GREASE",
        _ => "unknown",
    };
    Value::Named(version.into(), 8, Cow::Borrowed(name))
}

/// A number of 1, 2, 4 or 8 bytes; the two highest bits say which (RFC 9000 16).
fn varint(reader: &mut Reader<'_>) -> Option<(u64, Span)> {
    let start = reader.offset();
    let first = reader.peek().first()?;
    let width = 1usize << (first >> 6);
    let number = super::body::number(reader, width)?;
    let bits = width * 8 - 2;
    Some((number & ((1u64 << bits) - 1), reader.since(start)))
}
