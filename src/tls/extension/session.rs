//! What binds, keeps or joins sessions: tickets, master secret, renegotiation, connection ids, SRTP, heartbeat.

use super::body::{code8, codes8, codes16, opaque, rest};
use super::{Extensions, Place};
use crate::base::{Group, Reader, Severity, Tree, fields};
use crate::tls::code::{EktCipher, HeartbeatMode, SrtpProtectionProfile};

fields! {
    SESSION_TICKET = "tls.handshake.extension.session_ticket.data", "ticket", "RFC 5077 3.2",
        "The ticket of an earlier session, encrypted by the server for itself. The same bytes in two connections let an observer link them.";
    RENEGOTIATED_CONNECTION = "tls.handshake.extension.renegotiation_info.renegotiated_connection", "renegotiated_connection", "RFC 5746 3.2",
        "Empty in the first handshake. In a renegotiation: the verify_data of the Finished before, the client's alone from the client, both from the server. A mismatch ends the connection.";
    HEARTBEAT_MODE = "tls.handshake.extension.heartbeat.mode", "HeartbeatMode", "RFC 6520 2",
        "Whether the other side may send heartbeat requests.";
    SRTP_PROFILES = "tls.handshake.extension.use_srtp.profiles", "SRTPProtectionProfiles", "RFC 5764 4.1.1",
        "Ways of protecting voice and video, best first; in an answer exactly one.";
    SRTP_PROFILE = "tls.handshake.extension.use_srtp.profile", "SRTPProtectionProfile", "RFC 5764 4.1.2",
        "A cipher and an authentication for SRTP.";
    SRTP_MKI = "tls.handshake.extension.use_srtp.mki", "srtp_mki", "RFC 5764 4.1.3",
        "A label for the key in SRTP packets. Usually empty.";
    CONNECTION_ID = "tls.handshake.extension.connection_id.cid", "cid", "RFC 9146 3",
        "The label that the sender wants to find in the records sent to it. Empty means: none for me, but I can use yours.";
    BINDING_HASH = "tls.handshake.extension.external_id_hash.binding_hash", "binding_hash", "RFC 8844 3.2",
        "The SHA-256 of the identity assertion, or nothing.";
    EXTERNAL_SESSION_ID = "tls.handshake.extension.external_session_id.session_id", "session_id", "RFC 8844 4.2",
        "The tls-id of the call setup, 20 to 255 bytes.";
    EKT_CIPHERS = "tls.handshake.extension.supported_ekt_ciphers.list", "supported_ciphers", "RFC 8870 5.1",
        "Ciphers for the key of the call, best first.";
    EKT_CIPHER = "tls.handshake.extension.supported_ekt_ciphers.cipher", "EKTCipherType", "RFC 8870 5.1",
        "A cipher for the key of the call.";
}

/// session_ticket: the whole body is the ticket (RFC 5077 3.2).
#[allow(clippy::unnecessary_wraps, reason = "one signature for all bodies")]
pub(super) fn session_ticket(reader: &mut Reader<'_>, _: Place, facts: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let ticket = rest(reader, &SESSION_TICKET, tree);
    facts.session_ticket = ticket.to_vec();
    facts.session_ticket_length = Some(u16::try_from(ticket.len()).unwrap_or(u16::MAX));
    Some(())
}

/// extended_master_secret (RFC 7627 5.1).
#[allow(clippy::unnecessary_wraps, reason = "one signature for all bodies")]
pub(super) fn extended_master_secret(_: &mut Reader<'_>, _: Place, facts: &mut Extensions, _: &mut Tree) -> Option<()> {
    facts.extended_master_secret = true;
    Some(())
}

/// encrypt_then_mac (RFC 7366 2).
#[allow(clippy::unnecessary_wraps, reason = "one signature for all bodies")]
pub(super) fn encrypt_then_mac(_: &mut Reader<'_>, _: Place, facts: &mut Extensions, _: &mut Tree) -> Option<()> {
    facts.encrypt_then_mac = true;
    Some(())
}

/// renegotiation_info (RFC 5746 3.2).
pub(super) fn renegotiation_info(
    reader: &mut Reader<'_>,
    _: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    facts.renegotiation_info = true;
    opaque(reader, 1, &RENEGOTIATED_CONNECTION, tree).map(drop)
}

/// heartbeat (RFC 6520 2).
pub(super) fn heartbeat(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    code8(reader, &HEARTBEAT_MODE, tree, |code| HeartbeatMode(code).value()).map(drop)
}

/// use_srtp (RFC 5764 4.1.1).
pub(super) fn use_srtp(reader: &mut Reader<'_>, place: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    let whole = reader.span();
    let mut profiles = 0;
    codes16(
        reader,
        2,
        &SRTP_PROFILES,
        &SRTP_PROFILE,
        tree,
        |code| SrtpProtectionProfile(code).value(),
        |_| profiles += 1,
    )?;
    if place != Place::ClientHello && profiles != 1 {
        let text = format!("an answer to use_srtp names {profiles} profiles; it should name one");
        tree.note(Severity::Warn, Group::Protocol, "tls.extension.use_srtp", whole, text);
    }
    opaque(reader, 1, &SRTP_MKI, tree).map(drop)
}

/// connection_id (RFC 9146 3).
pub(super) fn connection_id(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    opaque(reader, 1, &CONNECTION_ID, tree).map(drop)
}

/// external_id_hash (RFC 8844 3.2).
pub(super) fn external_id_hash(reader: &mut Reader<'_>, _: Place, _: &mut Extensions, tree: &mut Tree) -> Option<()> {
    opaque(reader, 1, &BINDING_HASH, tree).map(drop)
}

/// external_session_id (RFC 8844 4.2).
pub(super) fn external_session_id(
    reader: &mut Reader<'_>,
    _: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    opaque(reader, 1, &EXTERNAL_SESSION_ID, tree).map(drop)
}

/// supported_ekt_ciphers: a list from the client, one from the server (RFC 8870 5.1).
pub(super) fn supported_ekt_ciphers(
    reader: &mut Reader<'_>,
    place: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if place == Place::ClientHello {
        return codes8(reader, 1, &EKT_CIPHERS, &EKT_CIPHER, tree, |code| EktCipher(code).value(), |_| {});
    }
    code8(reader, &EKT_CIPHER, tree, |code| EktCipher(code).value()).map(drop)
}
