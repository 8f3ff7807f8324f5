//! The hellos: how the two peers agree on a version, a cipher suite and everything in the extensions.

use super::cache::FingerprintCache;
use super::facts::{ClientHello, EncryptedExtensions, ServerHello};
use super::fields::{
    CIPHER_SUITE, CIPHER_SUITES, CIPHER_SUITES_LENGTH, COMPRESSION_METHOD, COMPRESSION_METHODS,
    COMPRESSION_METHODS_LENGTH, COOKIE, COOKIE_LENGTH, RANDOM, RANDOM_BYTES, RANDOM_DOWNGRADE, RANDOM_TAIL,
    RANDOM_TIME, SESSION_ID, SESSION_ID_LENGTH, VERSION,
};
use super::take::{self, Width};
use crate::base::{Group, Reader, Severity, Span, Tree, Value};
use crate::tls::code::{CipherSuite, CompressionMethod, HandshakeType, ProtocolVersion};
use crate::tls::extension::{Extensions, Place};
use crate::tls::fingerprint;

/// The random of a HelloRetryRequest: SHA-256 of "HelloRetryRequest" (RFC 8446 4.1.3).
const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// What the last 8 bytes of a server's random say when it could have done better than it chose (RFC 8446 4.1.3).
const DOWNGRADE_TO_TLS12: [u8; 8] = *b"DOWNGRD\x01";
const DOWNGRADE_TO_TLS11: [u8; 8] = *b"DOWNGRD\x00";

/// The longest session_id (RFC 8446 4.1.2).
const MAX_SESSION_ID: usize = 32;

/// Whether a message is a HelloRetryRequest: by its type in early drafts, by the random of a ServerHello since then.
pub(super) fn is_hello_retry_request(kind: HandshakeType, body: &[u8]) -> bool {
    kind.0 == 6 || kind == HandshakeType::SERVER_HELLO && body.get(2..34) == Some(&RETRY_RANDOM)
}

pub(super) fn client_hello(
    reader: &mut Reader<'_>,
    fingerprints: &mut FingerprintCache,
    tree: &mut Tree,
) -> ClientHello {
    let mut hello = ClientHello::default();
    let _ = fill_client_hello(&mut hello, reader, tree);
    hello.fingerprints = fingerprints.of(&hello);
    hello
}

fn fill_client_hello(hello: &mut ClientHello, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    hello.legacy_version = version(reader, tree)?;
    hello.random = Some(random(reader, tree)?.0);
    hello.session_id = session_id(reader, tree)?;
    if is_dtls(hello.legacy_version) {
        take::opaque(Width::One, reader, &COOKIE_LENGTH, &COOKIE, tree)?;
    }
    hello.cipher_suites = cipher_suites(reader, tree)?;
    hello.compression_methods = compression_methods(reader, tree)?;
    let extensions = super::extensions(reader, Place::ClientHello, tree);
    take::end(reader, tree);
    adopt(hello, extensions);
    Some(())
}

fn adopt(hello: &mut ClientHello, extensions: Extensions) {
    hello.extensions = extensions.types;
    hello.server_name = extensions.server_name;
    hello.alpn = extensions.alpn;
    hello.supported_versions = extensions.supported_versions;
    hello.supported_groups = extensions.supported_groups;
    hello.ec_point_formats = extensions.ec_point_formats;
    hello.signature_algorithms = extensions.signature_algorithms;
    hello.credential_algorithms = extensions.credential_algorithms;
    hello.key_share_groups = extensions.key_share_groups;
    hello.session_ticket = extensions.session_ticket;
    hello.session_ticket_length = extensions.session_ticket_length;
    hello.psk_identities = extensions.psk_identities;
    hello.psk_offers = extensions.psk_offers;
    hello.binders_length = extensions.binders_length;
    hello.early_data = extensions.early_data;
    hello.encrypted_client_hello = extensions.encrypted_client_hello;
    hello.extended_master_secret = extensions.extended_master_secret;
    hello.encrypt_then_mac = extensions.encrypt_then_mac;
    hello.post_handshake_auth = extensions.post_handshake_auth;
}

pub(super) fn server_hello(reader: &mut Reader<'_>, tree: &mut Tree) -> ServerHello {
    let mut hello = ServerHello::default();
    let _ = fill_server_hello(&mut hello, reader, tree);
    (hello.ja3s_full, hello.ja3s) = fingerprint::ja3s(&hello);
    hello
}

fn fill_server_hello(hello: &mut ServerHello, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    hello.legacy_version = version(reader, tree)?;
    let (random, at) = random(reader, tree)?;
    hello.random = Some(random);
    hello.is_hello_retry_request = random == RETRY_RANDOM;
    // Up to draft 21 the version field held the draft's number, and the fields of resumption and compression were
    // left out; middleboxes did not bear it, and draft 22 brought them back.
    let has_legacy_fields = hello.legacy_version.draft().is_none();
    if has_legacy_fields {
        hello.session_id = session_id(reader, tree)?;
    }
    hello.cipher_suite = Some(cipher_suite(reader, tree)?);
    if has_legacy_fields {
        hello.compression_method = Some(chosen_compression(reader, tree)?);
    }
    let place = if hello.is_hello_retry_request { Place::HelloRetryRequest } else { Place::ServerHello };
    let extensions = super::extensions(reader, place, tree);
    take::end(reader, tree);
    adopt_chosen(hello, extensions);
    note_downgrade(hello, at, tree);
    Some(())
}

fn adopt_chosen(hello: &mut ServerHello, extensions: Extensions) {
    hello.extensions = extensions.types;
    hello.alpn = extensions.alpn.into_iter().next();
    hello.supported_version = extensions.selected_version;
    hello.key_share_group = extensions.key_share_groups.first().copied();
    hello.selected_psk = extensions.selected_psk;
    hello.timestamps = extensions.timestamps;
    hello.extended_master_secret = extensions.extended_master_secret;
    hello.encrypt_then_mac = extensions.encrypt_then_mac;
}

/// The mark is only a mark below TLS 1.3: in a TLS 1.3 hello the same bytes would be chance.
fn note_downgrade(hello: &ServerHello, random: Span, tree: &mut Tree) {
    let Some(mark) = hello.random.as_ref().and_then(downgrade_mark) else { return };
    if hello.version().is_tls13() {
        return;
    }
    let span = Span::new(random.buffer, random.end.saturating_sub(8), random.end);
    tree.note(Severity::Note, Group::Security, "tls.downgrade_sentinel", span, mark);
}

fn downgrade_mark(random: &[u8; 32]) -> Option<&'static str> {
    let tail = random.last_chunk::<8>()?;
    match *tail {
        DOWNGRADE_TO_TLS12 => Some(
            "the server marks that it can speak TLS 1.3 but was asked for TLS 1.2 at most; if the client did offer \
             TLS 1.3, somebody changed its hello on the way",
        ),
        DOWNGRADE_TO_TLS11 => Some(
            "the server marks that it can speak TLS 1.2 or newer but was asked for TLS 1.1 at most; if the client did \
             offer more, somebody changed its hello on the way",
        ),
        _ => None,
    }
}

/// The HelloRetryRequest of drafts 16 to 21, which had a type of its own.
pub(super) fn draft_hello_retry_request(reader: &mut Reader<'_>, tree: &mut Tree) -> ServerHello {
    let mut hello = ServerHello { is_hello_retry_request: true, ..ServerHello::default() };
    let _ = fill_draft_hello_retry_request(&mut hello, reader, tree);
    hello
}

fn fill_draft_hello_retry_request(hello: &mut ServerHello, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    hello.legacy_version = version(reader, tree)?;
    // The cipher suite came with draft 19.
    if hello.legacy_version.draft().is_none_or(|draft| draft >= 19) {
        hello.cipher_suite = Some(cipher_suite(reader, tree)?);
    }
    let extensions = super::extensions(reader, Place::HelloRetryRequest, tree);
    take::end(reader, tree);
    adopt_chosen(hello, extensions);
    Some(())
}

pub(super) fn encrypted_extensions(reader: &mut Reader<'_>, tree: &mut Tree) -> EncryptedExtensions {
    let extensions = super::required_extensions(reader, Place::EncryptedExtensions, tree);
    take::end(reader, tree);
    EncryptedExtensions { extensions: extensions.types, alpn: extensions.alpn.into_iter().next() }
}

/// The version field, `legacy_version` since TLS 1.3.
pub(super) fn version(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<ProtocolVersion> {
    take::u16(reader, &VERSION, tree, |version| ProtocolVersion(version).value()).map(ProtocolVersion)
}

fn is_dtls(version: ProtocolVersion) -> bool {
    version.0 >> 8 == 0xfe
}

fn random(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<([u8; 32], Span)> {
    let mut parts = *reader;
    let start = reader.offset();
    let Some(random) = reader.array::<32>() else {
        take::bytes(reader, 32, &RANDOM, tree)?;
        return None;
    };
    let span = reader.since(start);
    tree.branch(
        &RANDOM,
        span,
        || Value::Bytes,
        |tree| {
            if !tree.is_on() || random == RETRY_RANDOM {
                return;
            }
            take::u32_as(&mut parts, &RANDOM_TIME, tree, |time| Value::Time(i128::from(time) * 1_000_000_000));
            take::bytes(&mut parts, 20, &RANDOM_BYTES, tree);
            let mark = if downgrade_mark(&random).is_some() { &RANDOM_DOWNGRADE } else { &RANDOM_TAIL };
            take::bytes(&mut parts, 8, mark, tree);
        },
    );
    Some((random, span))
}

fn session_id(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<Vec<u8>> {
    let mut content = take::vector(Width::One, reader, &SESSION_ID_LENGTH, tree)?;
    if content.remaining() > MAX_SESSION_ID {
        tree.malformed(content.span(), "a session_id has at most 32 bytes");
    }
    Some(take::rest(&mut content, &SESSION_ID, tree).to_vec())
}

fn cipher_suites(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<Vec<CipherSuite>> {
    let mut list = take::vector(Width::Two, reader, &CIPHER_SUITES_LENGTH, tree)?;
    let mut suites = Vec::with_capacity(list.remaining() / 2);
    let count = list.remaining() / 2;
    tree.branch(
        &CIPHER_SUITES,
        list.span(),
        || take::number(count as u64),
        |tree| {
            while !list.is_empty() {
                let Some(suite) = cipher_suite(&mut list, tree) else { break };
                suites.push(suite);
            }
        },
    );
    Some(suites)
}

fn cipher_suite(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<CipherSuite> {
    take::u16(reader, &CIPHER_SUITE, tree, |suite| CipherSuite(suite).value()).map(CipherSuite)
}

fn compression_methods(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<Vec<u8>> {
    let mut list = take::vector(Width::One, reader, &COMPRESSION_METHODS_LENGTH, tree)?;
    let span = list.span();
    let methods = list.peek().to_vec();
    tree.branch(
        &COMPRESSION_METHODS,
        span,
        || take::number(methods.len() as u64),
        |tree| {
            while !list.is_empty() && compression_method(&mut list, tree).is_some() {}
        },
    );
    if !methods.contains(&0) {
        tree.note(
            Severity::Warn,
            Group::Protocol,
            "tls.compression.null_missing",
            span,
            "every ClientHello must offer the null compression method (0)",
        );
    }
    Some(methods)
}

fn chosen_compression(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<u8> {
    let start = reader.offset();
    let method = compression_method(reader, tree)?;
    if method != 0 {
        tree.note(
            Severity::Warn,
            Group::Security,
            "tls.compression.chosen",
            reader.since(start),
            "the records are compressed, which lets an attacker guess secrets from their lengths (CRIME)",
        );
    }
    Some(method)
}

fn compression_method(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<u8> {
    take::u8(reader, &COMPRESSION_METHOD, tree, |method| CompressionMethod(method).value())
}
