//! What came of a connection: each side's testimony completed by the check ladder, and both taken together.

use super::explain::explain;
use super::link::Link;
use super::model::CLOSURE;
use super::side::Side;
use super::{Connection, Mark, Stream, Testimony};
use crate::lab::scenario::{FailedCheck, FoundBy, Handshake, HandshakeCheck};
use crate::net::Direction;
use crate::session::Session;
use crate::session::judgement::Verifier;
use crate::x509::verify::{Check, Refusal, Verification};
use std::sync::Arc;

/// Closes the books of a connection.
pub(super) fn conclude(link: Link, sessions: &[Arc<Session>], marks: &[Mark]) -> Connection {
    let Link { number, client_name, server_name, channel, first_frame, mut client, mut server, verifiers, .. } = link;
    for (side, verifier) in [&mut client, &mut server].into_iter().zip(&verifiers) {
        complete(side, verifier.as_deref());
    }
    let ends = channel.ends();
    let session = sessions.iter().find(|session| {
        let pair = [session.client, session.server];
        pair == ends || pair == [ends[1], ends[0]]
    });
    let stream = |direction| Stream { bytes: channel.stream(direction).to_vec(), pieces: channel.pieces(direction) };
    let (found_by, check) = fault(&client, &server);
    let mut connection = Connection {
        number,
        client: client_name,
        server: server_name,
        first_frame,
        session: session.cloned(),
        handshake: together(&client, &server),
        found_by,
        check,
        explanation: String::new(),
        ends,
        streams: [stream(Direction::ToServer), stream(Direction::ToClient)],
        verifiers,
        client_says: client.testimony,
        server_says: server.testimony,
    };
    let refusals = [client.refusal.map(|(_, text)| text), server.refusal.map(|(_, text)| text)];
    connection.explanation = explain(&connection, &refusals, marks);
    connection
}

/// Adds the outcome and the check ladder to what a side has said.
fn complete(side: &mut Side, verifier: Option<&Verifier>) {
    side.testimony.outcome = Some(outcome(side));
    let resumed = side.testimony.resumed == Some(true);
    let Some(verifier) = verifier.filter(|_| !resumed && !side.testimony.peer_certificates.is_empty()) else { return };
    let sent: Vec<&[u8]> = side.testimony.peer_certificates.iter().map(|certificate| &*certificate.der).collect();
    let verification = verifier.verify(&sent, None, verifier.time);
    side.testimony.check = told_apart(side.testimony.check, &verification);
    side.testimony.disagreement = disagreement(&side.testimony, &verification);
    side.testimony.verification = Some(Arc::new(verification));
}

/// The library has one word, UnknownIssuer, for a path that leads to a stranger and for one that breaks off on the way.
/// Where the ladder found the same, it knows which of the two it was.
fn told_apart(check: Option<FailedCheck>, verification: &Verification) -> Option<FailedCheck> {
    let rung = verification.failure().filter(|_| verification.refusal == Some(Refusal::UnknownIssuer));
    match (check, rung) {
        (Some(FailedCheck::Certificate(Check::Trust)), Some(rung)) => Some(FailedCheck::Certificate(rung.check)),
        _ => check,
    }
}

/// Whether the library came to another verdict on the certificates.
fn disagreement(testimony: &Testimony, verification: &Verification) -> Option<String> {
    let behind = |check: HandshakeCheck| {
        matches!(
            check,
            HandshakeCheck::CertificateVerify | HandshakeCheck::KeyExchangeSignature | HandshakeCheck::Finished
        )
    };
    let accepted = match testimony.check {
        _ if testimony.handshake_done => true,
        Some(FailedCheck::Certificate(_)) => false,
        Some(FailedCheck::Handshake(check)) if behind(check) => true,
        // It did not come so far.
        _ => return None,
    };
    let word = |accepted| if accepted { "accepts" } else { "refuses" };
    let words = testimony.error.as_deref().unwrap_or("no error");
    (accepted != verification.accepted).then(|| {
        let (library, ours) = (word(accepted), word(verification.accepted));
        format!("the library {library} these certificates ({words}), the explaining verifier {ours} them")
    })
}

fn outcome(side: &Side) -> Handshake {
    let testimony = &side.testimony;
    if !side.spoke_tls {
        Handshake::None
    } else if testimony.error.is_some() && !(testimony.handshake_done && testimony.was_cut_off()) {
        Handshake::Failed
    } else if testimony.handshake_done {
        Handshake::Ok
    } else {
        Handshake::Stalled
    }
}

fn together(client: &Side, server: &Side) -> Handshake {
    let both = [client, server].map(|side| side.testimony.outcome);
    let any = |wanted| both.contains(&Some(wanted));
    if any(Handshake::Failed) {
        Handshake::Failed
    } else if any(Handshake::Stalled) {
        Handshake::Stalled
    } else if any(Handshake::Ok) {
        Handshake::Ok
    } else {
        Handshake::None
    }
}

/// Who found the fault, and which check it was. A fault that a library found comes before what an application held
/// against the other side, and that before an end without close_notify.
fn fault(client: &Side, server: &Side) -> (Option<FoundBy>, Option<FailedCheck>) {
    let who = |found: [bool; 2]| match found {
        [true, true] => Some(FoundBy::Both),
        [true, false] => Some(FoundBy::Client),
        [false, true] => Some(FoundBy::Server),
        [false, false] => None,
    };
    let sides = [client, server];
    if let Some(by) = who(sides.map(Side::found_fault)) {
        let mut faults: Vec<&Side> = sides.into_iter().filter(|side| side.found_fault()).collect();
        faults.sort_by_key(|side| side.testimony.error_at);
        return (Some(by), faults.iter().find_map(|side| side.testimony.check));
    }
    if let Some(by) = who(sides.map(|side| side.refusal.is_some())) {
        let refusal = sides.into_iter().find_map(|side| side.refusal.as_ref());
        return (Some(by), refusal.map(|(check, _)| FailedCheck::Handshake(*check)));
    }
    let by = who(sides.map(|side| side.testimony.was_cut_off()));
    (by, by.map(|_| CLOSURE))
}
