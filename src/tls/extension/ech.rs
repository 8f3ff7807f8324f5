//! Encrypted ClientHello, the keys for it, and its forerunner.

use super::body::{Entries, code8, code16, codes16, fixed, list, opaque, opaque_as, open, rest, text};
use super::{Extensions, Place, groups};
use crate::base::{Group, Reader, Severity, Tree, Value, fields};
use crate::tls::code::{CipherSuite, EchClientHelloType, ExtensionType, HpkeAead, HpkeKdf, HpkeKem};

fields! {
    HELLO_TYPE = "tls.handshake.extension.ech.type", "type", "RFC 9849 5",
        "Whether this is the outer hello, which all can read, or the inner one, which only stands encrypted inside another. inner in the clear is an error, or a split proxy between two servers.";
    ECH_CIPHER_SUITE = "tls.handshake.extension.ech.cipher_suite", "cipher_suite", "RFC 9849 5",
        "The key derivation and the cipher with which the inner hello is encrypted, out of those of the configuration.";
    KDF_ID = "tls.handshake.extension.ech.kdf_id", "kdf_id", "RFC 9180 7.2",
        "The key derivation function of HPKE.";
    AEAD_ID = "tls.handshake.extension.ech.aead_id", "aead_id", "RFC 9180 7.3",
        "The cipher of HPKE.";
    CONFIG_ID = "tls.handshake.extension.ech.config_id", "config_id", "RFC 9849 5",
        "Which of the server's configurations the client used. In a GREASE hello it is random.";
    ENC = "tls.handshake.extension.ech.enc", "enc", "RFC 9849 5",
        "The client's fresh public key for HPKE. It is empty in the hello that answers a HelloRetryRequest.";
    PAYLOAD = "tls.handshake.extension.ech.payload", "payload", "RFC 9849 5",
        "The encrypted inner ClientHello. Its length is padded, so that it does not give the host name away; only the key of the server, or the client's ECH_SECRET in a key log, opens it.";
    CONFIRMATION = "tls.handshake.extension.ech.confirmation", "confirmation", "RFC 9849 7.2.1",
        "Eight bytes by which the client sees that the server read the inner hello. Without its keys they look random.";
    RETRY_CONFIGS = "tls.handshake.extension.ech.retry_configs", "retry_configs", "RFC 9849 5",
        "The server could not open the inner hello and gives the keys that it has now. The client ends with ech_required and tries again with them. A client that sent GREASE passes over them.";
    ECH_CONFIG = "tls.handshake.extension.ech.config", "ECHConfig", "RFC 9849 4",
        "One configuration: a public key and how to use it. The same form stands in the DNS, in the ech parameter of HTTPS records.";
    CONFIG_VERSION = "tls.handshake.extension.ech.config.version", "version", "RFC 9849 4",
        "The version of the configuration, 0xfe0d, the number of the extension. Others are passed over.";
    CONFIG_LENGTH = "tls.handshake.extension.ech.config.length", "length", "RFC 9849 4",
        "The number of bytes of this configuration.";
    CONFIG_CONTENTS = "tls.handshake.extension.ech.config.contents", "contents", "RFC 9849 4",
        "A configuration of a version whose form is not known here.";
    KEM_ID = "tls.handshake.extension.ech.config.kem_id", "kem_id", "RFC 9180 7.1",
        "How the secret is enclosed for the public key; DHKEM with X25519 in practice.";
    PUBLIC_KEY = "tls.handshake.extension.ech.config.public_key", "public_key", "RFC 9849 4",
        "The server's public key for HPKE.";
    CIPHER_SUITES = "tls.handshake.extension.ech.config.cipher_suites", "cipher_suites", "RFC 9849 4",
        "Pairs of key derivation and cipher that the server takes.";
    MAXIMUM_NAME_LENGTH = "tls.handshake.extension.ech.config.maximum_name_length", "maximum_name_length", "RFC 9849 4",
        "The longest host name behind this key, to which shorter ones are padded. 0 means that it is not known.";
    PUBLIC_NAME = "tls.handshake.extension.ech.config.public_name", "public_name", "RFC 9849 4",
        "The name for the outer server_name. The server must have a certificate for it, by which it proves who it is when it turns the inner hello down.";
    CONFIG_EXTENSIONS = "tls.handshake.extension.ech.config.extensions", "extensions", "RFC 9849 4.2",
        "Extensions of the configuration. One whose type has the highest bit set must be understood, or the configuration is passed over.";
    CONFIG_EXTENSION = "tls.handshake.extension.ech.config.extension", "ECHConfigExtension", "RFC 9849 4.2",
        "A type and its bytes.";
    CONFIG_EXTENSION_TYPE = "tls.handshake.extension.ech.config.extension.type", "type", "RFC 9849 4.2",
        "The type of the extension. No type is in general use yet.";
    CONFIG_EXTENSION_DATA = "tls.handshake.extension.ech.config.extension.data", "data", "RFC 9849 4.2",
        "The bytes of the extension.";
    OUTER_EXTENSIONS = "tls.handshake.extension.ech_outer_extensions.list", "OuterExtensions", "RFC 9849 5.1",
        "Types to be copied from the outer hello into the inner one, so that long key shares are not sent twice.";
    OUTER_EXTENSION = "tls.handshake.extension.ech_outer_extensions.type", "ExtensionType", "RFC 9849 5.1",
        "A type to be copied.";
    ESNI_SUITE = "tls.handshake.extension.esni.suite", "suite", "draft-ietf-tls-esni-06",
        "The cipher suite with which the name is encrypted.";
    ESNI_RECORD_DIGEST = "tls.handshake.extension.esni.record_digest", "record_digest", "draft-ietf-tls-esni-06",
        "The hash of the DNS record from which the client has the key.";
    ESNI_ENCRYPTED_SNI = "tls.handshake.extension.esni.encrypted_sni", "encrypted_sni", "draft-ietf-tls-esni-06",
        "The encrypted host name, padded.";
    ESNI_ANSWER = "tls.handshake.extension.esni.answer", "answer", "draft-ietf-tls-esni-06",
        "The server's answer: in early drafts the 16 bytes that the client hid beside the name, in later ones new keys.";
}

/// encrypted_client_hello in its four forms (RFC 9849 5).
pub(super) fn encrypted_client_hello(
    reader: &mut Reader<'_>,
    place: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    facts.encrypted_client_hello = true;
    match place {
        Place::ClientHello => hello(reader, tree),
        Place::HelloRetryRequest => fixed(reader, 8, &CONFIRMATION, tree).map(drop),
        Place::EncryptedExtensions => {
            let entries = Entries::Vectors(2, 2, 0);
            list(reader, 2, &RETRY_CONFIGS, entries, tree, |reader, tree| {
                tree.branch(&ECH_CONFIG, entries.span(reader), || Value::None, |tree| config(reader, tree))
            })
        }
        _ => super::body::raw(reader, place, facts, tree),
    }
}

fn hello(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let span = reader.span();
    match code8(reader, &HELLO_TYPE, tree, |code| EchClientHelloType(code).value())? {
        0 => {
            cipher_suite(reader, tree)?;
            code8(reader, &CONFIG_ID, tree, |id| Value::Number(id.into()))?;
            opaque(reader, 2, &ENC, tree)?;
            opaque(reader, 2, &PAYLOAD, tree).map(drop)
        }
        1 => {
            let text = "the inner form of encrypted_client_hello in a hello that is not encrypted";
            tree.note(Severity::Note, Group::Protocol, "tls.extension.ech.inner", span, text);
            Some(())
        }
        _ => None,
    }
}

fn cipher_suite(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let mut ahead = *reader;
    ahead.take(4)?;
    tree.branch(
        &ECH_CIPHER_SUITE,
        ahead.since(reader.offset()),
        || Value::None,
        |tree| {
            code16(reader, &KDF_ID, tree, |code| HpkeKdf(code).value())?;
            code16(reader, &AEAD_ID, tree, |code| HpkeAead(code).value()).map(drop)
        },
    )
}

fn config(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let version = code16(reader, &CONFIG_VERSION, tree, |version| Value::Hex(version.into(), 4))?;
    let vector = open(reader, 2)?;
    vector.show_length_as(&CONFIG_LENGTH, &ECH_CONFIG, tree);
    let mut contents = vector.body;
    if version != 0xfe0d {
        rest(&mut contents, &CONFIG_CONTENTS, tree);
        return Some(());
    }
    code8(&mut contents, &CONFIG_ID, tree, |id| Value::Number(id.into()))?;
    code16(&mut contents, &KEM_ID, tree, |code| HpkeKem(code).value())?;
    opaque(&mut contents, 2, &PUBLIC_KEY, tree)?;
    list(&mut contents, 2, &CIPHER_SUITES, Entries::Fixed(4), tree, cipher_suite)?;
    code8(&mut contents, &MAXIMUM_NAME_LENGTH, tree, |length| Value::Number(length.into()))?;
    opaque_as(&mut contents, 1, &PUBLIC_NAME, tree, text)?;
    let entries = Entries::Vectors(2, 2, 0);
    list(&mut contents, 2, &CONFIG_EXTENSIONS, entries, tree, |reader, tree| {
        tree.branch(
            &CONFIG_EXTENSION,
            entries.span(reader),
            || Value::None,
            |tree| {
                code16(reader, &CONFIG_EXTENSION_TYPE, tree, |kind| Value::Hex(kind.into(), 4))?;
                opaque(reader, 2, &CONFIG_EXTENSION_DATA, tree).map(drop)
            },
        )
    })?;
    if !contents.is_empty() {
        tree.malformed(contents.span(), format!("{} bytes behind the end of an ECHConfig", contents.remaining()));
        rest(&mut contents, &super::kind::TRAILING, tree);
    }
    Some(())
}

/// ech_outer_extensions (RFC 9849 5.1).
pub(super) fn outer_extensions(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let show = |kind| ExtensionType(kind).value();
    codes16(reader, 1, &OUTER_EXTENSIONS, &OUTER_EXTENSION, tree, show, |_| {})
}

/// encrypted_server_name, the forerunner (draft-ietf-tls-esni-06).
pub(super) fn encrypted_server_name(
    reader: &mut Reader<'_>,
    place: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if place != Place::ClientHello {
        rest(reader, &ESNI_ANSWER, tree);
        return Some(());
    }
    code16(reader, &ESNI_SUITE, tree, |suite| CipherSuite(suite).value())?;
    groups::entry(reader, place, tree)?;
    opaque(reader, 2, &ESNI_RECORD_DIGEST, tree)?;
    opaque(reader, 2, &ESNI_ENCRYPTED_SNI, tree).map(drop)
}
