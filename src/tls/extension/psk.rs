//! Pre-shared keys and early data of TLS 1.3.

use super::body::{Entries, code16, code32, codes8, list, opaque};
use super::{Extensions, Place, PskOffer};
use crate::base::{Group, Reader, Severity, Tree, Value, fields};
use crate::tls::code::PskKeyExchangeMode;

fields! {
    IDENTITIES = "tls.handshake.extension.pre_shared_key.identities", "identities", "RFC 8446 4.2.11",
        "The keys that the client says it shares with the server, best first. Early data counts for the first one only.";
    PSK_IDENTITY = "tls.handshake.extension.pre_shared_key.psk_identity", "PskIdentity", "RFC 8446 4.2.11",
        "One key by its name, and the age of the ticket, which the server needs to judge early data.";
    IDENTITY = "tls.handshake.extension.pre_shared_key.identity", "identity", "RFC 8446 4.2.11",
        "A ticket from an earlier NewSessionTicket, or the name of a key that both were given by other means. The same bytes in two connections let an observer link them. Short, readable bytes are an external key's name.";
    OBFUSCATED_TICKET_AGE = "tls.handshake.extension.pre_shared_key.obfuscated_ticket_age", "obfuscated_ticket_age", "RFC 8446 4.2.11.1",
        "The age of the ticket in milliseconds plus the ticket_age_add that came with it, modulo 2^32, so that observers cannot match tickets. The server compares it with its own clock before it takes early data. For an external key it is 0.";
    BINDERS = "tls.handshake.extension.pre_shared_key.binders", "binders", "RFC 8446 4.2.11.2",
        "One proof for each identity, in the same order. They cover the ClientHello up to this list, and the handshake before it if this is a second hello; so they tie the old key to this very hello, and whoever changes it on the way breaks them. That is why pre_shared_key has to be the last extension.";
    BINDER = "tls.handshake.extension.pre_shared_key.binder", "PskBinderEntry", "RFC 8446 4.2.11.2",
        "The proof that the client holds the key and has not merely seen the ticket go by: an HMAC over the hello, under a key that is derived from the pre-shared one. 32 bytes mean SHA-256, 48 mean SHA-384. Only the binder of the identity that the server takes is checked; a wrong one ends the handshake with decrypt_error.";
    SELECTED_IDENTITY = "tls.handshake.extension.pre_shared_key.selected_identity", "selected_identity", "RFC 8446 4.2.11",
        "Which identity the server takes, counted from 0. With a ticket the handshake is a resumption, with an external key it rests on that key; in both cases no certificate follows. Without this answer the server refused all of them and a full handshake follows.";
    KE_MODES = "tls.handshake.extension.psk_key_exchange_modes.list", "ke_modes", "RFC 8446 4.2.9",
        "The modes in which the client would use a pre-shared key. Nearly all send psk_dhe_ke alone.";
    KE_MODE = "tls.handshake.extension.psk_key_exchange_mode", "PskKeyExchangeMode", "RFC 8446 4.2.9",
        "psk_dhe_ke makes fresh keys and keeps forward secrecy; psk_ke does not: who gets the old key later can read the connection.";
    MAX_EARLY_DATA_SIZE = "tls.handshake.extension.early_data.max_early_data_size", "max_early_data_size", "RFC 8446 4.2.10",
        "The most bytes of early data that the server takes with this ticket. 0xffffffff is usual in QUIC, where it must stand.";
}

/// pre_shared_key (RFC 8446 4.2.11).
pub(super) fn pre_shared_key(
    reader: &mut Reader<'_>,
    place: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if place != Place::ClientHello {
        facts.selected_psk = Some(code16(reader, &SELECTED_IDENTITY, tree, |index| Value::Number(index.into()))?);
        return Some(());
    }
    let whole = reader.span();
    let entries = Entries::Vectors(0, 2, 4);
    list(reader, 2, &IDENTITIES, entries, tree, |reader, tree| {
        tree.branch(
            &PSK_IDENTITY,
            entries.span(reader),
            || Value::None,
            |tree| {
                let identity = opaque(reader, 2, &IDENTITY, tree)?.to_vec();
                facts.psk_identities = facts.psk_identities.saturating_add(1);
                facts.psk_offers.push(PskOffer { identity, binder: Vec::new() });
                code32(reader, &OBFUSCATED_TICKET_AGE, tree, |age| Value::Number(age.into())).map(drop)
            },
        )
    })?;
    let mut binders = 0u16;
    facts.binders_length = u16::try_from(reader.remaining()).unwrap_or(u16::MAX);
    list(reader, 2, &BINDERS, Entries::Vectors(0, 1, 0), tree, |reader, tree| {
        let binder = opaque(reader, 1, &BINDER, tree)?;
        if let Some(offer) = facts.psk_offers.get_mut(usize::from(binders)) {
            offer.binder = binder.to_vec();
        }
        binders = binders.saturating_add(1);
        Some(())
    })?;
    if binders != facts.psk_identities {
        let text = format!("pre_shared_key has {} identities and {binders} binders", facts.psk_identities);
        tree.note(Severity::Warn, Group::Protocol, "tls.extension.pre_shared_key", whole, text);
    }
    Some(())
}

/// psk_key_exchange_modes (RFC 8446 4.2.9).
pub(super) fn psk_key_exchange_modes(
    reader: &mut Reader<'_>,
    _: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    codes8(reader, 1, &KE_MODES, &KE_MODE, tree, |code| PskKeyExchangeMode(code).value(), |_| {})
}

/// early_data: empty in hellos, a limit in a ticket (RFC 8446 4.2.10).
pub(super) fn early_data(reader: &mut Reader<'_>, place: Place, facts: &mut Extensions, tree: &mut Tree) -> Option<()> {
    facts.early_data = true;
    if place == Place::NewSessionTicket {
        return limit(reader, facts, tree);
    }
    Some(())
}

/// ticket_early_data_info, the form of a ticket's early_data in drafts.
pub(super) fn ticket_early_data_info(
    reader: &mut Reader<'_>,
    _: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    facts.early_data = true;
    limit(reader, facts, tree)
}

fn limit(reader: &mut Reader<'_>, facts: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let limit = code32(reader, &MAX_EARLY_DATA_SIZE, tree, |limit| Value::Number(limit.into()))?;
    facts.max_early_data = Some(limit);
    Some(())
}
