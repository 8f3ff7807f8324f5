//! The messages that carry a session on: tickets to resume it, Finished to seal it, KeyUpdate to renew its keys.

use super::facts::{Context, NewSessionTicket};
use super::fields::{
    FINISHED_MD5, FINISHED_SHA, KEY_UPDATE_REQUEST, TICKET, TICKET_AGE_ADD, TICKET_LENGTH, TICKET_LIFETIME,
    TICKET_LIFETIME_HINT, TICKET_NONCE, TICKET_NONCE_LENGTH, VERIFY_DATA,
};
use super::suite;
use super::take::{self, Width};
use crate::base::{Group, Reader, Severity, Tree};
use crate::tls::code::ProtocolVersion;
use crate::tls::extension::Place;

/// The longest life of a TLS 1.3 ticket: seven days (RFC 8446 4.6.1).
const MAX_LIFETIME: u32 = 604_800;

pub(super) fn new_session_ticket(reader: &mut Reader<'_>, context: &Context, tree: &mut Tree) -> NewSessionTicket {
    let mut facts = NewSessionTicket::default();
    let _ = match context.version.filter(|version| version.is_tls13()) {
        Some(version) => fill_tls13_ticket(&mut facts, version, reader, tree),
        None => fill_ticket(&mut facts, reader, tree),
    };
    facts
}

/// The form of RFC 5077 3.3.
fn fill_ticket(facts: &mut NewSessionTicket, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    facts.lifetime = take::u32(reader, &TICKET_LIFETIME_HINT, tree)?;
    ticket(facts, reader, tree)?;
    take::end(reader, tree);
    Some(())
}

/// The form of RFC 8446 4.6.1.
fn fill_tls13_ticket(
    facts: &mut NewSessionTicket,
    version: ProtocolVersion,
    reader: &mut Reader<'_>,
    tree: &mut Tree,
) -> Option<()> {
    let start = reader.offset();
    facts.lifetime = take::u32(reader, &TICKET_LIFETIME, tree)?;
    if facts.lifetime > MAX_LIFETIME {
        let text = "a ticket must not live longer than 604800 seconds, seven days";
        tree.note(Severity::Warn, Group::Protocol, "tls.ticket.lifetime", reader.since(start), text);
    }
    take::u32_as(reader, &TICKET_AGE_ADD, tree, |add| crate::base::Value::Hex(u64::from(add), 8))?;
    // The nonce came with draft 21.
    if version.draft().is_none_or(|draft| draft >= 21) {
        facts.nonce = take::opaque(Width::One, reader, &TICKET_NONCE_LENGTH, &TICKET_NONCE, tree)?.to_vec();
    }
    ticket(facts, reader, tree)?;
    facts.max_early_data = super::required_extensions(reader, Place::NewSessionTicket, tree).max_early_data;
    take::end(reader, tree);
    Some(())
}

fn ticket(facts: &mut NewSessionTicket, reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let ticket = take::opaque(Width::Two, reader, &TICKET_LENGTH, &TICKET, tree)?;
    facts.ticket_length = u16::try_from(ticket.len()).unwrap_or(u16::MAX);
    facts.ticket = ticket.to_vec();
    Some(())
}

pub(super) fn finished(reader: &mut Reader<'_>, context: &Context, tree: &mut Tree) -> Vec<u8> {
    let span = reader.span();
    let verify_data = reader.peek().to_vec();
    if let Some(expected) = suite::verify_data_length(context)
        && expected != verify_data.len()
    {
        let text = format!("verify_data has {} bytes where {expected} are expected", verify_data.len());
        tree.malformed(span, text);
    }
    if context.version == Some(ProtocolVersion::SSL3) && verify_data.len() == 36 {
        take::bytes(reader, 16, &FINISHED_MD5, tree);
        take::bytes(reader, 20, &FINISHED_SHA, tree);
    } else {
        take::rest(reader, &VERIFY_DATA, tree);
    }
    verify_data
}

pub(super) fn key_update(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    let start = reader.offset();
    let request = take::u8(reader, &KEY_UPDATE_REQUEST, tree, |request| {
        let name = match request {
            0 => "update_not_requested",
            1 => "update_requested",
            _ => "unknown",
        };
        take::named(request, name)
    })?;
    if request > 1 {
        tree.malformed(reader.since(start), "request_update is 0 or 1");
    }
    Some(())
}
