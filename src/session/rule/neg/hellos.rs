//! Versions, and what may change between two hellos of one client.

use super::super::case::{Case, Stage};
use super::super::finding::Answer::{NotEnough, Silent};
use super::super::finding::{Answer, Confidence, Evidence, Found};
use super::super::words::{few, milliseconds};

use crate::base::Group;
use crate::net::Direction::{ToClient, ToServer};
use crate::tls::code::{AlertDescription, CipherSuite, ProtocolVersion};
use crate::tls::handshake::ClientHello;

/// The signal that a client tries again with a lower version (RFC 7507).
const FALLBACK: CipherSuite = CipherSuite(0x5600);

const BEGINNING: &[Stage] = &[Stage::ClientHello];

const ANSWERED: &[Stage] = &[Stage::ServerHello, Stage::ServerFlight];

/// What the client offers, the highest version first.
pub(super) fn versions(hello: &ClientHello) -> Vec<ProtocolVersion> {
    if hello.supported_versions.is_empty() {
        return vec![hello.legacy_version];
    }
    hello.supported_versions.iter().copied().filter(|version| !version.is_grease()).collect()
}

pub(super) fn offers_tls13(hello: &ClientHello) -> bool {
    hello.supported_versions.iter().any(|version| version.is_tls13())
}

pub(super) fn no_version(case: &Case<'_>) -> Answer {
    let (Some(code), Some(hello)) = (case.fatal_of(ToClient, BEGINNING), case.client_hello()) else { return Silent };
    if code == 40 {
        return if is_outdated(hello) { too_old(case) } else { may_be_version(case, hello) };
    }
    if code != 70 {
        return Silent;
    }
    let offered = versions(hello);
    let list = few(&offered, 4);
    // Who offers what nearly everybody has was turned down for something else, whatever the alert says.
    let newest = offered.contains(&ProtocolVersion::TLS13);
    let sure =
        if newest && offered.contains(&ProtocolVersion::TLS12) { Confidence::Possible } else { Confidence::Certain };
    let upto = if hello.supported_versions.is_empty() { "up to " } else { "" };
    let text = format!("The server takes none of the versions that the client offers: {upto}{list}.");
    Found::new(sure, text)
        .because(Some(sure), || format!("the client offers {upto}{list}, the server takes none of it"))
        .by(case.in_client_hello(format!("offers {upto}{list}"), "tls.handshake.version"))
        .by(case.at_end())
        .into()
}

/// Whether nothing is offered that servers still take as a rule (RFC 8996).
fn is_outdated(hello: &ClientHello) -> bool {
    versions(hello).iter().all(|version| matches!(version.0, 0x0300..=0x0302))
}

fn too_old(case: &Case<'_>) -> Answer {
    let text = "The client offers nothing newer than TLS 1.1, which most servers do not take any more (RFC 8996).";
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), || {
            "the client offers TLS 1.1 at the most, which few servers take".to_owned()
        })
        .by(case.in_client_hello("offers TLS 1.1 at the most", "tls.handshake.version"))
        .by(case.at_end())
        .into()
}

/// Some servers (`GnuTLS`) say handshake_failure where they mean the version. Who offers one side of TLS 1.3 alone, with
/// suites that nearly every server of that version has, hardly lacks a suite.
fn may_be_version(case: &Case<'_>, hello: &ClientHello) -> Answer {
    let offered = versions(hello);
    let (new, old) = (offered.contains(&ProtocolVersion::TLS13), offered.contains(&ProtocolVersion::TLS12));
    let usual: &[[u16; 2]] =
        if new { &[[0x1301, 0x1303], [0x1302, 0x1303]] } else { &[[0xc02b, 0xc02c], [0xc02f, 0xc030]] };
    let offers = |any: &[u16; 2]| any.iter().any(|suite| hello.cipher_suites.contains(&CipherSuite(*suite)));
    // Who shows a key of an earlier connection has spoken the version with this server.
    if new == old || hello.psk_identities > 0 || !usual.iter().all(offers) || hello.cipher_suites.len() < 2 {
        return Silent;
    }
    let only = if new { "TLS 1.3 only" } else { "up to TLS 1.2" };
    let text = format!(
        "The server turned down a ClientHello that offers {only}, with suites that nearly every server of that version \
         has: it may not take the version."
    );
    Found::new(Confidence::Possible, text)
        .because(Some(Confidence::Possible), || format!("the client offers {only}, which the server may not take"))
        .by(case.in_client_hello(format!("offers {only}"), "tls.handshake.version"))
        .by(case.at_end())
        .into()
}

pub(super) fn version_below(case: &Case<'_>) -> Answer {
    let (Some(70), Some(version)) = (case.fatal_of(ToServer, ANSWERED), case.session.version) else { return Silent };
    let offered = case.client_hello().map(versions).unwrap_or_default();
    let text = format!("The server chose {version}; the client, which offers {}, does not take it.", few(&offered, 4));
    Found::new(Confidence::Certain, text)
        .because(Some(Confidence::Certain), || format!("the server chose {version}, which the client does not take"))
        .by(case.in_server_hello(format!("chooses {version}"), "tls.handshake.version"))
        .by(case.at_end())
        .into()
}

pub(super) fn fallback(case: &Case<'_>) -> Answer {
    let (Some(86), Some(hello)) = (case.fatal_of(ToClient, BEGINNING), case.client_hello()) else { return Silent };
    let marked = hello.cipher_suites.contains(&FALLBACK);
    let sure = if marked { Confidence::Certain } else { Confidence::Likely };
    let text = "The client tried again with a lower version (TLS_FALLBACK_SCSV), and the server knows a higher one. \
                The true fault lies in the connection before.";
    Found::new(sure, text)
        .because(Some(sure), || "a second try with a lower version; the first one failed for another reason".to_owned())
        .by(case.in_client_hello("TLS_FALLBACK_SCSV among the suites", "tls.handshake.ciphersuite"))
        .by(case.at_end())
        .into()
}

pub(super) fn sentinel(case: &Case<'_>) -> Answer {
    let Some(random) = case.server_hello().and_then(|hello| hello.random) else { return Silent };
    let offered = case.client_hello().is_some_and(offers_tls13);
    let marked = matches!(random, [.., b'D', b'O', b'W', b'N', b'G', b'R', b'D', 0 | 1]);
    // Behind the place where the hello was changed, the offer of TLS 1.3 is not in it any more.
    let noticed = case.fatal_of(ToServer, ANSWERED).is_some_and(|code| matches!(code, 47 | 70));
    if !marked || case.is_tls13 || !(offered || noticed) {
        return Silent;
    }
    let version = case.session.version.map(|version| version.to_string()).unwrap_or_default();
    let offer = if offered { "although the client offers TLS 1.3" } else { "and the client minds" };
    let text = format!(
        "The server can do TLS 1.3 and chose {version}, {offer}: somebody changed the ClientHello on the way, or the \
         server is limited by its configuration."
    );
    Found::new(Confidence::Certain, text)
        .because(noticed.then_some(Confidence::Certain), || {
            "the server's random says that TLS 1.3 was possible: a downgrade on the way".to_owned()
        })
        .by(case.in_server_hello("the mark at the end of the random", "tls.handshake.random_downgrade"))
        .by(case.at_end().filter(|_| noticed))
        .into()
}

pub(super) fn retried(case: &Case<'_>) -> Answer {
    let session = case.session;
    let Some(retry) = session.server_hellos.iter().find(|hello| hello.item.is_hello_retry_request) else {
        return Silent;
    };
    let (Some(first), Some(second)) = (session.client_hellos.first(), session.client_hellos.get(1)) else {
        return NotEnough("the second ClientHello was not captured");
    };
    let Some(wanted) = retry.item.key_share_group else { return Silent };
    let guessed = few(first.item.key_share_groups.iter().filter(|group| !group.is_grease()), 3);
    let guessed = if guessed.is_empty() { "no group".to_owned() } else { guessed };
    let mut hellos = case.events().iter().enumerate().filter(|(_, event)| event.is_message(1));
    let places = (hellos.next().map(|(at, _)| at), hellos.next().map(|(at, _)| at));
    let cost = places.0.zip(places.1).and_then(|(one, two)| case.between(one, two)).map(milliseconds);
    let cost = cost.map(|cost| format!(" It cost {cost}.")).unwrap_or_default();
    let text = format!("The client sent a key share of {guessed}, the server wants {wanted}.{cost}");
    let frame = |what: String, frame| Evidence::frame(frame, what);
    Found::new(Confidence::Certain, text)
        .by([
            frame(format!("key share of {guessed}"), first.frame),
            frame(format!("asks for {wanted}"), retry.frame),
            frame("the second ClientHello".to_owned(), second.frame),
        ])
        .into()
}

pub(super) fn second_hello(case: &Case<'_>) -> Answer {
    let session = case.session;
    let retries = session.server_hellos.iter().filter(|hello| hello.item.is_hello_retry_request).count();
    let (Some(first), Some(second)) = (session.client_hellos.first(), session.client_hellos.get(1)) else {
        return Silent;
    };
    if retries == 0 {
        return Silent;
    }
    let (one, two) = (&*first.item, &*second.item);
    let what = [
        (retries > 1, "there are two HelloRetryRequests"),
        (one.random != two.random, "the random changed"),
        (one.session_id != two.session_id, "the session id changed"),
        (one.legacy_version != two.legacy_version, "the version changed"),
        (one.cipher_suites != two.cipher_suites, "the cipher suites changed"),
        (one.server_name != two.server_name, "the server name changed"),
    ];
    let Some((_, what)) = what.into_iter().find(|(is, _)| *is) else { return Silent };
    let refused = case.fatal().is_some_and(|(end, code)| end.by == ToClient && matches!(code, 10 | 40 | 47));
    let text = format!("Behind the HelloRetryRequest {what}, which is not allowed.");
    Found::new(Confidence::Certain, text)
        .because(refused.then_some(Confidence::Likely), || format!("the second ClientHello is wrong: {what}"))
        .by([Evidence::frame(second.frame, what)])
        .into()
}

pub(super) fn broken_hello(case: &Case<'_>) -> Answer {
    let Some(code @ (10 | 47 | 50)) = case.fatal_of(ToClient, BEGINNING) else { return Silent };
    let frames: Vec<u32> = case.session.client_hellos.iter().map(|hello| hello.frame).collect();
    let wrong = case
        .session
        .notes
        .iter()
        .find(|note| matches!(note.item.group, Group::Malformed | Group::Protocol) && frames.contains(&note.frame));
    let alert = AlertDescription(code);
    let Some(note) = wrong else {
        let text =
            format!("The server does not like the form of the ClientHello ({alert}); nothing wrong is found in it.");
        return Found::new(Confidence::Possible, text)
            .because(Some(Confidence::Possible), || {
                "it cannot read the ClientHello, in which nothing wrong is found".into()
            })
            .by(case.at_end())
            .into();
    };
    let what = &note.item.text;
    let at = note.item.span.map(|span| format!(" at byte {}", span.start)).unwrap_or_default();
    let text = format!("The ClientHello is malformed{at}: {what}.");
    Found::new(Confidence::Certain, text)
        .because(Some(Confidence::Likely), || format!("the ClientHello is malformed{at}: {what}"))
        .by([Evidence::frame(note.frame, format!("{what}{at}"))])
        .by(case.at_end())
        .into()
}
