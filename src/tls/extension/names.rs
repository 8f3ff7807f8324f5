//! Whom the client wants to speak to, in which protocol, in records of which size.

use super::body::{Entries, code8, code16, each_of, list, opaque_as, rest, text};
use super::{Extensions, Place, kind};
use crate::base::{Group, Reader, Severity, Span, Tree, Value, fields, printable_bytes};
use crate::tls::code::{MaxFragmentLength, ServerNameType};

fields! {
    SERVER_NAME_LIST = "tls.handshake.extension.server_name_list", "server_name_list", "RFC 6066 3",
        "The names that the client asks for. The document lets the list have one name of each type, and there is only one type, so it has one entry.";
    SERVER_NAME_ENTRY = "tls.handshake.extension.server_name.entry", "ServerName", "RFC 6066 3",
        "A type and a name.";
    NAME_TYPE = "tls.handshake.extension.server_name.name_type", "name_type", "RFC 6066 3",
        "What kind of name follows. 0 is a host name; no other was ever defined.";
    HOST_NAME = "tls.handshake.extension.server_name.host_name", "host_name", "RFC 6066 3",
        "The DNS name of the host in ASCII, without a dot at the end; an international name stands in its xn-- form. An IP address is not allowed here: a client that connects to an address sends no server_name. Compare it with the names in the certificate.";
    OTHER_NAME = "tls.handshake.extension.server_name.other_name", "name", "RFC 6066 3",
        "A name of a type that no document defines.";
    PROTOCOL_NAME_LIST = "tls.handshake.extension.alpn.protocol_name_list", "protocol_name_list", "RFC 7301 3.1",
        "Protocols in the order of preference. An answer has exactly one.";
    PROTOCOL_NAME = "tls.handshake.extension.alpn.protocol_name", "ProtocolName", "RFC 7301 3.1",
        "The name of an application protocol, compared byte by byte: h2 is HTTP/2 over TLS, http/1.1 the older one, h3 HTTP/3 over QUIC. acme-tls/1 is an authority that checks who holds the host. Names such as 0x0a0a are GREASE.";
    NPN_PROTOCOL = "tls.handshake.extension.npn.protocol_name", "protocol_name", "draft-agl-tls-nextprotoneg-04",
        "A protocol that the server speaks. The client's choice travels encrypted in NextProtocol.";
    ALPS_PROTOCOLS = "tls.handshake.extension.alps.supported_protocols", "supported_protocols", "draft-vvv-tls-alps",
        "The protocols, out of those of ALPN, for which the client takes settings in the handshake.";
    ALPS_PROTOCOL = "tls.handshake.extension.alps.protocol_name", "ProtocolName", "draft-vvv-tls-alps",
        "A protocol name as in ALPN.";
    ALPS_SETTINGS = "tls.handshake.extension.alps.settings", "settings", "draft-vvv-tls-alps",
        "The settings in the form of the chosen protocol; for h2 they are HTTP/2 frames such as ACCEPT_CH.";
    MAX_FRAGMENT_LENGTH = "tls.handshake.extension.max_fragment_length.code", "MaxFragmentLength", "RFC 6066 4",
        "The longest record content: 1 is 512 bytes, 2 is 1024, 3 is 2048, 4 is 4096. Anything else is answered with illegal_parameter.";
    RECORD_SIZE_LIMIT = "tls.handshake.extension.record_size_limit.value", "RecordSizeLimit", "RFC 8449 4",
        "The number of bytes of content in the longest record that the sender takes, from 64 to 16384, and 16385 in TLS 1.3, where one byte is the hidden content type. It binds the other side only.";
    PADDING_BYTES = "tls.handshake.extension.padding.bytes", "padding", "RFC 7685 3",
        "Zero bytes without meaning. Anything else here hides something or is an error.";
}

/// server_name (RFC 6066 3).
pub(super) fn server_name(
    reader: &mut Reader<'_>,
    place: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if place != Place::ClientHello && reader.is_empty() {
        return Some(());
    }
    let whole = reader.span();
    let mut names = 0;
    let entries = Entries::Vectors(1, 2, 0);
    list(reader, 2, &SERVER_NAME_LIST, entries, tree, |reader, tree| {
        names += 1;
        let span = entries.span(reader);
        tree.branch(
            &SERVER_NAME_ENTRY,
            span,
            || Value::None,
            |tree| {
                let name_type = code8(reader, &NAME_TYPE, tree, |code| ServerNameType(code).value())?;
                if name_type == 0 {
                    host_name(reader, facts, tree)
                } else {
                    opaque_as(reader, 2, &OTHER_NAME, tree, |_| Value::Bytes).map(drop)
                }
            },
        )
    })?;
    if names == 0 {
        odd(whole, "server_name without a name in it", tree);
    } else if names > 1 {
        odd(whole, format!("server_name with {names} names; one is allowed"), tree);
    }
    Some(())
}

fn host_name(reader: &mut Reader<'_>, facts: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let start = reader.offset();
    let name = opaque_as(reader, 2, &HOST_NAME, tree, text)?;
    if let Some(fault) = fault_of_host_name(name) {
        let shown = printable_bytes(name.get(..name.len().min(100)).unwrap_or_default());
        odd(reader.since(start), format!("the host name \"{shown}\" {fault}"), tree);
    }
    facts.server_name.get_or_insert_with(|| String::from_utf8_lossy(name).into_owned());
    Some(())
}

fn odd(span: Span, text: impl Into<std::borrow::Cow<'static, str>>, tree: &mut Tree) {
    tree.note(Severity::Warn, Group::Protocol, "tls.extension.server_name", span, text);
}

/// What keeps the bytes from being a host name as RFC 6066 wants it, `None` where nothing does.
fn fault_of_host_name(name: &[u8]) -> Option<&'static str> {
    if name.is_empty() {
        return Some("is empty");
    }
    if name.iter().any(u8::is_ascii_control) {
        return Some("has control characters in it");
    }
    if name.contains(&b' ') {
        return Some("has a space in it");
    }
    if !name.is_ascii() {
        return Some("is not ASCII; an international name stands in its xn-- form");
    }
    if is_address(name) {
        return Some("is an IP address, which may not stand in server_name");
    }
    if name.ends_with(b".") {
        return Some("ends in a dot, which some servers do not match");
    }
    if name.iter().any(|&byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))) {
        return Some("has characters that no host name has");
    }
    if name.len() > 253 || name.split(|&byte| byte == b'.').any(|label| label.is_empty() || label.len() > 63) {
        return Some("breaks the lengths that DNS gives names and labels");
    }
    None
}

fn is_address(name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else { return false };
    let inside = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    inside.parse::<std::net::IpAddr>().is_ok()
}

/// application_layer_protocol_negotiation (RFC 7301 3.1).
pub(super) fn alpn(reader: &mut Reader<'_>, place: Place, facts: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let whole = reader.span();
    let mut names = 0;
    let mut empty = false;
    list(reader, 2, &PROTOCOL_NAME_LIST, Entries::Vectors(0, 1, 0), tree, |reader, tree| {
        let name = opaque_as(reader, 1, &PROTOCOL_NAME, tree, text)?;
        names += 1;
        empty |= name.is_empty();
        facts.alpn.push(name.to_vec());
        Some(())
    })?;
    let fault = match names {
        0 => "ALPN without a protocol in it",
        _ if empty => "ALPN has a protocol name of no length",
        2.. if place != Place::ClientHello => "an answer to ALPN names more than one protocol",
        _ => return Some(()),
    };
    tree.note(Severity::Warn, Group::Protocol, "tls.extension.alpn", whole, fault);
    Some(())
}

/// next_protocol_negotiation: empty from the client, a bare sequence of names from the server.
#[allow(clippy::unnecessary_wraps, reason = "one signature for all bodies")]
pub(super) fn next_protocol_negotiation(
    reader: &mut Reader<'_>,
    place: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if place == Place::ClientHello {
        return Some(());
    }
    each_of(*reader, &kind::EXTENSION_NEXT_PROTOCOL_NEGOTIATION, tree, |reader, tree| {
        opaque_as(reader, 1, &NPN_PROTOCOL, tree, text).map(drop)
    });
    reader.rest();
    Some(())
}

/// application_settings: names from the client, settings from the server.
pub(super) fn application_settings(
    reader: &mut Reader<'_>,
    place: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if place != Place::ClientHello {
        rest(reader, &ALPS_SETTINGS, tree);
        return Some(());
    }
    list(reader, 2, &ALPS_PROTOCOLS, Entries::Vectors(0, 1, 0), tree, |reader, tree| {
        opaque_as(reader, 1, &ALPS_PROTOCOL, tree, text).map(drop)
    })
}

/// max_fragment_length (RFC 6066 4).
pub(super) fn max_fragment_length(
    reader: &mut Reader<'_>,
    _: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    code8(reader, &MAX_FRAGMENT_LENGTH, tree, |code| MaxFragmentLength(code).value()).map(drop)
}

/// record_size_limit (RFC 8449 4).
pub(super) fn record_size_limit(
    reader: &mut Reader<'_>,
    _: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    let span = reader.span();
    let limit = code16(reader, &RECORD_SIZE_LIMIT, tree, |limit| Value::Number(limit.into()))?;
    facts.record_size_limit = Some(limit);
    if limit < 64 {
        let text = format!("record_size_limit of {limit} bytes; 64 is the least");
        tree.note(Severity::Warn, Group::Protocol, "tls.extension.record_size_limit", span, text);
    }
    Some(())
}

/// padding (RFC 7685 3).
#[allow(clippy::unnecessary_wraps, reason = "one signature for all bodies")]
pub(super) fn padding(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let span = reader.span();
    if rest(reader, &PADDING_BYTES, tree).iter().any(|&byte| byte != 0) {
        tree.note(
            Severity::Warn,
            Group::Protocol,
            "tls.extension.padding",
            span,
            "padding has bytes that are not zero",
        );
    }
    Some(())
}
