//! Groups for key exchange: which are known, how points are written, and the shares themselves.

use super::body::{Entries, code16, codes8, codes16, fixed, list, open};
use super::{Extensions, Place};
use crate::base::{Field, Group, Reader, Severity, Tree, Value, fields};
use crate::tls::code::{EcPointFormat, NamedGroup};

fields! {
    NAMED_GROUP_LIST = "tls.handshake.extension.supported_groups.list", "named_group_list", "RFC 8446 4.2.7",
        "The groups in the order of preference. In TLS 1.3 the server takes one of them for key_share; compare the two lists when a HelloRetryRequest follows.";
    NAMED_GROUP = "tls.handshake.extension.supported_group", "NamedGroup", "RFC 8446 4.2.7",
        "One group. x25519 and secp256r1 are what nearly everybody knows; X25519MLKEM768 is the post-quantum hybrid of today's browsers; ffdhe groups are finite fields. A value of GREASE stands for nothing.";
    POINT_FORMAT_LIST = "tls.handshake.extension.ec_point_formats.list", "ec_point_format_list", "RFC 8422 5.1.2",
        "The forms of points that the sender can read. It must have the uncompressed one.";
    POINT_FORMAT = "tls.handshake.extension.ec_point_format", "ECPointFormat", "RFC 8422 5.1.2",
        "How a point of a curve is written. uncompressed gives both coordinates; the compressed forms were given up.";
    CLIENT_SHARES = "tls.handshake.extension.key_share.client_shares", "client_shares", "RFC 8446 4.2.8",
        "The client's shares in the order of preference. An empty list asks for a HelloRetryRequest. Compare it with supported_groups: groups that stand only there need one more round trip.";
    KEY_SHARE_ENTRY = "tls.handshake.extension.key_share.entry", "KeyShareEntry", "RFC 8446 4.2.8",
        "A group and a public key in it, made for this connection alone.";
    KEY_SHARE_GROUP = "tls.handshake.extension.key_share.group", "group", "RFC 8446 4.2.8",
        "The group of this share. In a ServerHello it is the group of the connection.";
    SELECTED_GROUP = "tls.handshake.extension.key_share.selected_group", "selected_group", "RFC 8446 4.2.8",
        "The group in which the server wants a share. It must be one of supported_groups for which the client sent no share yet; the next ClientHello brings that share and no other.";
    KEY_EXCHANGE_LENGTH = "tls.handshake.extension.key_share.key_exchange_length", "key_exchange length", "RFC 8446 4.2.8",
        "The number of bytes of the public key. It follows from the group: 32 for x25519, 65 for secp256r1, 1216 from a client for X25519MLKEM768.";
    KEY_EXCHANGE = "tls.handshake.extension.key_share.key_exchange", "key_exchange", "RFC 8446 4.2.8",
        "The public key. Both sides compute the same secret from their own private and the other's public key; who only listens cannot. A client that sends the same bytes again in another connection gives up forward secrecy.";
    PART_MLKEM_KEY = "tls.handshake.extension.key_share.mlkem_encapsulation_key", "ML-KEM encapsulation key", "FIPS 203",
        "The post-quantum half of a client's hybrid share: a public key with which the server encloses a secret.";
    PART_MLKEM_CIPHERTEXT = "tls.handshake.extension.key_share.mlkem_ciphertext", "ML-KEM ciphertext", "FIPS 203",
        "The post-quantum half of a server's hybrid share: the secret, enclosed for the client's key.";
    PART_ECDH = "tls.handshake.extension.key_share.ecdh", "elliptic curve share", "draft-ietf-tls-ecdhe-mlkem",
        "The classical half of a hybrid share: a public key on x25519, secp256r1 or secp384r1. The secret is safe as long as either half is.";
}

/// supported_groups (RFC 8446 4.2.7).
pub(super) fn supported_groups(
    reader: &mut Reader<'_>,
    _: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    let groups = &mut facts.supported_groups;
    groups.reserve(reader.remaining() / 2);
    let show = |group| NamedGroup(group).value();
    codes16(reader, 2, &NAMED_GROUP_LIST, &NAMED_GROUP, tree, show, |group| groups.push(NamedGroup(group)))
}

/// ec_point_formats (RFC 8422 5.1.2).
pub(super) fn ec_point_formats(
    reader: &mut Reader<'_>,
    _: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    let span = reader.span();
    let formats = &mut facts.ec_point_formats;
    let show = |code| EcPointFormat(code).value();
    codes8(reader, 1, &POINT_FORMAT_LIST, &POINT_FORMAT, tree, show, |format| formats.push(format))?;
    if !formats.contains(&0) {
        let text = "ec_point_formats without the uncompressed form, which it must have";
        tree.note(Severity::Warn, Group::Protocol, "tls.extension.ec_point_formats", span, text);
    }
    Some(())
}

/// key_share in its three forms (RFC 8446 4.2.8).
pub(super) fn key_share(reader: &mut Reader<'_>, place: Place, facts: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let groups = &mut facts.key_share_groups;
    let entries = Entries::Vectors(2, 2, 0);
    match place {
        Place::ClientHello => list(reader, 2, &CLIENT_SHARES, entries, tree, |reader, tree| {
            groups.push(entry(reader, place, tree)?);
            Some(())
        }),
        // A HelloRetryRequest names a group; some drafts sent the same two bytes in a ServerHello.
        _ if reader.remaining() == 2 => {
            let group = code16(reader, &SELECTED_GROUP, tree, |group| NamedGroup(group).value())?;
            groups.push(NamedGroup(group));
            Some(())
        }
        Place::HelloRetryRequest => None,
        _ => {
            groups.push(entry(reader, place, tree)?);
            Some(())
        }
    }
}

/// One group with its public key, also that of encrypted_server_name.
pub(super) fn entry(reader: &mut Reader<'_>, place: Place, tree: &mut Tree) -> Option<NamedGroup> {
    let ahead = *reader;
    let show = || {
        let group = { ahead }.u16();
        group.map_or(Value::None, |group| NamedGroup(group).value())
    };
    tree.branch(&KEY_SHARE_ENTRY, Entries::Vectors(2, 2, 0).span(reader), show, |tree| {
        let group = code16(reader, &KEY_SHARE_GROUP, tree, |group| NamedGroup(group).value())?;
        let key = open(reader, 2)?;
        key.show_length_as(&KEY_EXCHANGE_LENGTH, &KEY_EXCHANGE, tree);
        key_exchange(key.body, group, place, tree);
        Some(NamedGroup(group))
    })
}

fn key_exchange(reader: Reader<'_>, group: u16, place: Place, tree: &mut Tree) {
    let parts = parts(group, place != Place::ClientHello);
    let length: usize = parts.iter().map(|part| part.1).sum();
    let fits = length == reader.remaining();
    if length != 0 && !fits {
        let text = format!("a share of {} has {length} bytes, here are {}", NamedGroup(group), reader.remaining());
        tree.note(Severity::Warn, Group::Protocol, "tls.extension.key_share.length", reader.span(), text);
    }
    tree.branch(
        &KEY_EXCHANGE,
        reader.span(),
        || Value::Bytes,
        |tree| {
            let mut reader = reader;
            if fits && parts.len() > 1 && tree.is_on() {
                for (field, length) in parts {
                    fixed(&mut reader, *length, field, tree);
                }
            }
        },
    );
}

/// A part of a share and its length.
type Part = (&'static Field, usize);

/// What a share in the group is made of; nothing for a group whose form is not known here.
fn parts(group: u16, server: bool) -> &'static [Part] {
    let row = SHARES.iter().find(|row| row.0 == group);
    row.map_or(&[], |row| if server { row.2 } else { row.1 })
}

/// Groups with the parts of a client's and of a server's share.
static SHARES: &[(u16, &[Part], &[Part])] = &[
    (0x0017, &[(&PART_ECDH, 65)], &[(&PART_ECDH, 65)]),
    (0x0018, &[(&PART_ECDH, 97)], &[(&PART_ECDH, 97)]),
    (0x0019, &[(&PART_ECDH, 133)], &[(&PART_ECDH, 133)]),
    (0x001d, &[(&PART_ECDH, 32)], &[(&PART_ECDH, 32)]),
    (0x001e, &[(&PART_ECDH, 56)], &[(&PART_ECDH, 56)]),
    (0x0100, &[(&KEY_EXCHANGE, 256)], &[(&KEY_EXCHANGE, 256)]),
    (0x0101, &[(&KEY_EXCHANGE, 384)], &[(&KEY_EXCHANGE, 384)]),
    (0x0102, &[(&KEY_EXCHANGE, 512)], &[(&KEY_EXCHANGE, 512)]),
    (0x0200, &[(&PART_MLKEM_KEY, 800)], &[(&PART_MLKEM_CIPHERTEXT, 768)]),
    (0x0201, &[(&PART_MLKEM_KEY, 1184)], &[(&PART_MLKEM_CIPHERTEXT, 1088)]),
    (0x0202, &[(&PART_MLKEM_KEY, 1568)], &[(&PART_MLKEM_CIPHERTEXT, 1568)]),
    (0x11eb, &[(&PART_ECDH, 65), (&PART_MLKEM_KEY, 1184)], &[(&PART_ECDH, 65), (&PART_MLKEM_CIPHERTEXT, 1088)]),
    (0x11ec, &[(&PART_MLKEM_KEY, 1184), (&PART_ECDH, 32)], &[(&PART_MLKEM_CIPHERTEXT, 1088), (&PART_ECDH, 32)]),
    (0x11ed, &[(&PART_ECDH, 97), (&PART_MLKEM_KEY, 1568)], &[(&PART_ECDH, 97), (&PART_MLKEM_CIPHERTEXT, 1568)]),
    // The draft with Kyber, which browsers sent in 2023 and 2024.
    (0x6399, &[(&PART_ECDH, 32), (&PART_MLKEM_KEY, 1184)], &[(&PART_ECDH, 32), (&PART_MLKEM_CIPHERTEXT, 1088)]),
];
