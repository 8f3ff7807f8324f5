//! What TLS 1.3 added: the real version, cookies, authorities, filters, tickets asked for, flags.

use super::body::{Entries, code8, code16, codes16, list, opaque, opaque_as};
use super::{Extensions, Place};
use crate::base::{Group, Reader, Severity, Tree, Value, fields};
use crate::tls::code::ProtocolVersion;
use crate::x509::name_text;

fields! {
    VERSIONS = "tls.handshake.extension.supported_versions.list", "versions", "RFC 8446 4.2.1",
        "The versions that the client speaks, best first. Nothing but this list counts when it is there.";
    SUPPORTED_VERSION = "tls.handshake.extension.supported_version", "ProtocolVersion", "RFC 8446 4.2.1",
        "A version that the client speaks. 0x0304 is TLS 1.3; 0x7f12 and the like are its drafts; values of GREASE stand for nothing.";
    SELECTED_VERSION = "tls.handshake.extension.supported_versions.selected_version", "selected_version", "RFC 8446 4.2.1",
        "The version of the connection. It is TLS 1.3 or a later one: a server that chooses TLS 1.2 leaves the extension out and says it in the version field.";
    COOKIE = "tls.handshake.extension.cookie.cookie", "cookie", "RFC 8446 4.2.2",
        "Bytes that only the server can read: often the hash of the first ClientHello, sealed.";
    AUTHORITIES = "tls.handshake.extension.certificate_authorities.list", "authorities", "RFC 8446 4.2.4",
        "Distinguished names of authorities. A long list of a public root store here is usually a mistake in the server's configuration, and some clients fail on it.";
    AUTHORITY = "tls.handshake.extension.certificate_authorities.name", "DistinguishedName", "RFC 8446 4.2.4",
        "The subject of an acceptable authority in DER. A client certificate fits when its chain leads to this name; compare it with the issuer, byte by byte.";
    OID_FILTERS = "tls.handshake.extension.oid_filters.list", "filters", "RFC 8446 4.2.5",
        "Conditions on the client's certificate.";
    OID_FILTER = "tls.handshake.extension.oid_filters.filter", "OIDFilter", "RFC 8446 4.2.5",
        "An extension of a certificate and the values it must have.";
    FILTER_OID = "tls.handshake.extension.oid_filters.oid", "certificate_extension_oid", "RFC 8446 4.2.5",
        "The object identifier of the certificate extension in DER, such as 2.5.29.37 for extended key usage.";
    FILTER_VALUES = "tls.handshake.extension.oid_filters.values", "certificate_extension_values", "RFC 8446 4.2.5",
        "The values in DER that the extension must have. For key usages all of them must be there.";
    NEW_SESSION_COUNT = "tls.handshake.extension.ticket_request.new_session_count", "new_session_count", "RFC 9149 3",
        "How many tickets the client wants when the handshake is a full one.";
    RESUMPTION_COUNT = "tls.handshake.extension.ticket_request.resumption_count", "resumption_count", "RFC 9149 3",
        "How many tickets the client wants when the handshake resumes a session.";
    EXPECTED_COUNT = "tls.handshake.extension.ticket_request.expected_count", "expected_count", "RFC 9149 3",
        "How many tickets the server is going to send.";
    FLAGS = "tls.handshake.extension.tls_flags.flags", "flags", "draft-ietf-tls-tlsflags",
        "Bits, the lowest of the first byte being flag 0. A server may only set what the client set. The last byte is not zero.";
}

/// supported_versions: a list from the client, one version from the server (RFC 8446 4.2.1).
pub(super) fn supported_versions(
    reader: &mut Reader<'_>,
    place: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    let show = |version| ProtocolVersion(version).value();
    if place == Place::ClientHello {
        let versions = &mut facts.supported_versions;
        return codes16(reader, 1, &VERSIONS, &SUPPORTED_VERSION, tree, show, |version| {
            versions.push(ProtocolVersion(version));
        });
    }
    let span = reader.span();
    let version = code16(reader, &SELECTED_VERSION, tree, show).map(ProtocolVersion)?;
    facts.selected_version = Some(version);
    if matches!(version.0, ..0x0304 | 0xfefd..) {
        let text = format!("supported_versions selects {version}, which only the version field may do");
        tree.note(Severity::Warn, Group::Protocol, "tls.extension.supported_versions", span, text);
    }
    Some(())
}

/// cookie (RFC 8446 4.2.2).
pub(super) fn cookie(reader: &mut Reader<'_>, _: Place, facts: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let span = reader.span();
    let cookie = opaque(reader, 2, &COOKIE, tree)?;
    facts.cookie_length = u16::try_from(cookie.len()).ok();
    if cookie.is_empty() {
        tree.note(Severity::Warn, Group::Protocol, "tls.extension.cookie", span, "a cookie of no length");
    }
    Some(())
}

/// certificate_authorities (RFC 8446 4.2.4).
pub(super) fn certificate_authorities(
    reader: &mut Reader<'_>,
    _: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    let authorities = &mut facts.authorities;
    list(reader, 2, &AUTHORITIES, Entries::Vectors(0, 2, 0), tree, |reader, tree| {
        let der = opaque_as(reader, 2, &AUTHORITY, tree, |der| Value::Text(name_text(der)))?;
        authorities.push(name_text(der));
        Some(())
    })
}

/// oid_filters (RFC 8446 4.2.5).
pub(super) fn oid_filters(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let entries = Entries::Pairs(1, 2);
    list(reader, 2, &OID_FILTERS, entries, tree, |reader, tree| {
        tree.branch(
            &OID_FILTER,
            entries.span(reader),
            || Value::None,
            |tree| {
                opaque_as(reader, 1, &FILTER_OID, tree, oid_value)?;
                opaque(reader, 2, &FILTER_VALUES, tree).map(drop)
            },
        )
    })
}

fn oid_value(der: &[u8]) -> Value {
    let dotted = match der {
        [6, length, content @ ..] if usize::from(*length) == content.len() => dotted(content),
        _ => None,
    };
    dotted.map_or(Value::Bytes, Value::Text)
}

/// The content of an object identifier as numbers with dots.
fn dotted(content: &[u8]) -> Option<String> {
    let mut arcs = arcs(content)?;
    // The first number holds the first two, of which the first is 0, 1 or 2.
    let first = arcs.first_mut()?;
    let root = (*first / 40).min(2);
    *first -= root * 40;
    Some(format!("{root}.{}", joined(&arcs)))
}

/// Numbers with dots between them.
pub(super) fn joined(arcs: &[u64]) -> String {
    arcs.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

/// The content of a relative object identifier as numbers (X.690 8.20): seven bits a byte, the last byte below 128.
pub(super) fn arcs(content: &[u8]) -> Option<Vec<u64>> {
    let mut arcs = Vec::new();
    let mut arc = 0u64;
    for &byte in content {
        arc = arc.checked_mul(128)? | u64::from(byte & 127);
        if byte < 128 {
            arcs.push(std::mem::take(&mut arc));
        }
    }
    content.last().is_some_and(|&last| last < 128).then_some(arcs)
}

/// post_handshake_auth (RFC 8446 4.2.6).
#[allow(clippy::unnecessary_wraps, reason = "one signature for all bodies")]
pub(super) fn post_handshake_auth(_: &mut Reader<'_>, _: Place, facts: &mut Extensions, _: &mut Tree) -> Option<()> {
    facts.post_handshake_auth = true;
    Some(())
}

/// ticket_request (RFC 9149 3).
pub(super) fn ticket_request(reader: &mut Reader<'_>, place: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let show = |count: u8| Value::Number(count.into());
    if place != Place::ClientHello {
        return code8(reader, &EXPECTED_COUNT, tree, show).map(drop);
    }
    code8(reader, &NEW_SESSION_COUNT, tree, show)?;
    code8(reader, &RESUMPTION_COUNT, tree, show).map(drop)
}

/// tls_flags (draft-ietf-tls-tlsflags).
pub(super) fn tls_flags(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    opaque_as(reader, 1, &FLAGS, tree, |bytes| {
        let bits = bytes.iter().zip(0u32..).flat_map(|(byte, at)| {
            let byte = *byte;
            (0..8).filter(move |bit| byte >> bit & 1 == 1).map(move |bit| (at * 8 + bit).to_string())
        });
        Value::Text(bits.collect::<Vec<_>>().join(", "))
    })
    .map(drop)
}
