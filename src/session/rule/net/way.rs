//! Connections that were broken off, and hellos that got no answer.

use super::super::case::{Case, How, Stage};
use super::super::close::points;
use super::super::finding::Answer::{NotEnough, Silent};
use super::super::finding::{Answer, Confidence, Found};
use super::super::words::{counted, milliseconds, quoted, span};

use crate::net::Direction::{ToClient, ToServer};
use crate::session::EventKind;
use crate::tls::code::NamedGroup;

/// The server's RST or FIN while it had not said anything of TLS. A FIN may have been on its way before the ClientHello.
pub(super) fn server_hung_up(case: &Case<'_>) -> Option<super::super::case::End> {
    let end = case.end.filter(|end| end.by == ToClient && end.how.is_silent())?;
    let before = end.stage == Stage::BeforeTls && end.how == How::Closed && case.session.bytes[1] == 0;
    let answered = end.stage == Stage::ClientHello || (before && case.client_hello().is_some());
    answered.then_some(end)
}

/// What speaks for a RST that the server did not send.
pub(super) fn signs_of_a_middlebox(case: &Case<'_>) -> Vec<String> {
    let transport = &case.session.transport;
    let origins = &transport.origins;
    let mut signs = Vec::new();
    let pair = origins.reset.zip(origins.syn_ack);
    if let Some((reset, honest)) = pair.filter(|(reset, honest)| reset.hops != honest.hops) {
        signs.push(format!("its TTL is {}, that of the SYN-ACK {}", reset.hops, honest.hops));
    }
    let after = case.end.zip(case.message(ToServer, 1)).and_then(|(end, hello)| case.between(hello, end.event));
    if let (Some(after), Some(round_trip)) = (after, transport.syn_round_trip) {
        // Both are measured at the same place: nobody answers in half of the time that the SYN took.
        if after < round_trip / 2 && round_trip > 1_000_000 {
            let (after, round_trip) = (milliseconds(after), milliseconds(round_trip));
            signs.push(format!("it came {after} after the ClientHello, the SYN-ACK took {round_trip}"));
        }
    }
    if transport.behind_reset > 0 {
        signs.push("the server went on sending behind it".to_owned());
    }
    if points::of_session(case).is_some_and(|found| found.closing.reset && found.closing.by == ToClient) {
        signs.push("another capture point contradicts it".to_owned());
    }
    signs
}

pub(super) fn reset_on_the_way(case: &Case<'_>) -> Answer {
    let Some(end) = server_hung_up(case).filter(|end| end.how == How::Reset) else { return Silent };
    let signs = signs_of_a_middlebox(case);
    if signs.is_empty() {
        return Silent;
    }
    let name = case.session.server_name().map(|name| format!(" Likely it minds the name {}.", quoted(name)));
    let text = format!(
        "The RST in the server's name did not come from the server: {}.{}",
        signs.join("; "),
        name.unwrap_or_default()
    );
    let clause = || format!("the RST is not the server's: {}", signs.first().map_or("", String::as_str));
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), clause)
        .by(case.at(end.event, "the RST"))
        .by(case.in_client_hello("the ClientHello", "tls.handshake.extension.server_name.host_name"))
        .into()
}

pub(super) fn hung_up(case: &Case<'_>) -> Answer {
    let Some(end) = server_hung_up(case).filter(|_| signs_of_a_middlebox(case).is_empty()) else { return Silent };
    if case.is_missing(ToClient) {
        return NotEnough("bytes of the server are missing: it may have said why");
    }
    let act = if end.how == How::Reset { "reset" } else { "closed" };
    let after = case.message(ToServer, 1).and_then(|hello| case.between(hello, end.event));
    let after = match after {
        Some(after) if after >= 0 => format!("{} after the ClientHello", milliseconds(after)),
        Some(_) => "before the ClientHello came".to_owned(),
        None => "some time after the ClientHello".to_owned(),
    };
    let text = format!("The server {act} the connection {after}, without an alert.");
    Found::new(Confidence::Certain, text)
        .because(Some(Confidence::Possible), || "it gave no alert; its log may tell".to_owned())
        .by(case.at_end())
        .into()
}

pub(super) fn split_hello(case: &Case<'_>) -> Answer {
    let session = case.session;
    if !session.server_hellos.is_empty() || session.bytes[1] > 0 {
        return Silent;
    }
    let Some((index, length)) = hello_length(case) else { return Silent };
    let most = session.transport.maximum_segments[1].unwrap_or(1460);
    let pieces = u64::from(length).div_ceil(u64::from(most.max(1)));
    let failed = session.transport.repeated[0] > 0 || case.end.is_some();
    if pieces < 2 || !failed {
        return Silent;
    }
    let hello = case.client_hello();
    let groups = hello.map(|hello| hello.key_share_groups.as_slice()).unwrap_or_default();
    let cause = if groups.iter().copied().any(NamedGroup::is_post_quantum) { " (post-quantum key share)" } else { "" };
    let text = format!(
        "The ClientHello has {length} bytes{cause} and takes {pieces} packets of at most {most} bytes; no answer came."
    );
    let clause = || format!("the ClientHello takes {pieces} packets{cause}; something on the way may not pass it on");
    Found::new(Confidence::Possible, text)
        .because(Some(Confidence::Possible), clause)
        .by(case.at(index, "the ClientHello"))
        .into()
}

/// The event of the first ClientHello, and its length with its headers.
pub(super) fn hello_length(case: &Case<'_>) -> Option<(usize, u32)> {
    let index = case.message(ToServer, 1)?;
    match case.event(index)?.kind {
        EventKind::Handshake { length, .. } => Some((index, length.saturating_add(9))),
        _ => None,
    }
}

pub(super) fn black_hole(case: &Case<'_>) -> Answer {
    let transport = &case.session.transport;
    let sent = case.session.bytes[1];
    let unheard = sent > transport.acknowledged[1] && transport.repeated[1] > 1;
    if case.client_hello().is_none() || !unheard || sent < 1000 || case.session.client_hellos.len() > 1 {
        return Silent;
    }
    let over = case.session.change_cipher_specs[0] > 0 && case.session.application_data_records[0] > 0;
    if over {
        return Silent;
    }
    let (heard, times) = (transport.acknowledged[1], counted(transport.repeated[1], "segment"));
    let text = format!(
        "The server sent {sent} bytes and repeated {times}; the client acknowledged {heard} bytes: its long packets \
         do not arrive."
    );
    let clause = || format!("long packets of the server are lost ({times} repeated): a path MTU problem");
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), clause)
        .by(case.in_server_hello("the server's part begins", "tls.handshake.type"))
        .into()
}

/// Nanoseconds of silence that are no mere slowness.
pub(super) const SILENCE: i64 = 2_000_000_000;

pub(super) fn no_answer(case: &Case<'_>) -> Answer {
    let session = case.session;
    let silent = session.bytes[1] == 0 && !session.client_hellos.is_empty();
    if !silent || case.end.is_some_and(|end| end.by == ToClient) {
        return Silent;
    }
    if session.transport.packets[1] == 0 {
        return NotEnough("no packet of the server was captured");
    }
    let Some(hello) = case.message(ToServer, 1) else { return Silent };
    let until = case.end.and_then(|end| case.event(end.event)).map_or(session.ended, |event| event.time);
    let waited = case.event(hello).map_or(0, |event| until.saturating_sub(event.time));
    if waited < SILENCE {
        return NotEnough("the capture does not show how long the server was silent");
    }
    let heard = session.transport.acknowledged[0] >= session.bytes[0];
    let waited = span(waited / 1_000_000_000);
    let (text, clause) = if heard {
        (
            format!("The server acknowledged the ClientHello and did not answer it for {waited}."),
            format!("the server took the ClientHello and was silent for {waited}"),
        )
    } else {
        (
            format!("The ClientHello was not acknowledged, and no answer came for {waited}."),
            format!("the ClientHello did not arrive; nothing came for {waited}"),
        )
    };
    Found::new(Confidence::Certain, text)
        .because(Some(if heard { Confidence::Likely } else { Confidence::Possible }), || clause)
        .by(case.at(hello, "the ClientHello"))
        .by(case.at_end())
        .into()
}
