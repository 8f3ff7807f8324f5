//! Application protocols, extensions, and handshakes on a running connection.

use super::super::case::{Case, End, How, Stage};
use super::super::finding::Answer::{NotEnough, Silent};
use super::super::finding::{Answer, Confidence, Evidence, Found};
use super::super::words::{few, side};

use crate::base::{Severity, printable_bytes};
use crate::net::Direction::{ToClient, ToServer};
use crate::session::{EventKind, Outcome};
use crate::tls::code::{AlertDescription, ExtensionType};
use crate::tls::handshake::{Alert, ClientHello};

const EXTENDED_MASTER_SECRET: ExtensionType = ExtensionType(23);

pub(super) fn alpn_names(hello: &ClientHello) -> String {
    few(hello.alpn.iter().map(|name| printable_bytes(name)), 4)
}

pub(super) fn no_alpn(case: &Case<'_>) -> Answer {
    let Some(hello) = case.client_hello() else { return Silent };
    let by_alert = case.fatal().is_some_and(|(end, code)| code == 120 && end.by == ToClient);
    if by_alert {
        let offered = if hello.alpn.is_empty() { "nothing".to_owned() } else { alpn_names(hello) };
        let text = format!("The server speaks none of the application protocols that the client offers: {offered}.");
        return Found::new(Confidence::Certain, text)
            .because(Some(Confidence::Certain), || {
                format!("no common application protocol; the client offers {offered}")
            })
            .by(case.in_client_hello(format!("offers {offered}"), "tls.handshake.extension.alpn.protocol_name"))
            .by(case.at_end())
            .into();
    }
    unanswered_alpn(case, hello)
}

/// A client that needs a protocol closes when it is not told one.
pub(super) fn unanswered_alpn(case: &Case<'_>, hello: &ClientHello) -> Answer {
    let session = case.session;
    let mute = session.outcome == Outcome::Established && session.alpn.is_none() && !hello.alpn.is_empty();
    let readable = !case.is_tls13 || session.clues.encrypted_extensions.is_some();
    let h2_only = !hello.alpn.iter().any(|name| name == b"http/1.1");
    let left = case.left_at_once(ToServer);
    if !mute || !h2_only {
        return Silent;
    }
    if !readable {
        return NotEnough("the answer to ALPN is encrypted");
    }
    let Some(left) = left else { return Silent };
    let offered = alpn_names(hello);
    let text = format!("The client offers {offered} in ALPN, the server did not answer, and the client left at once.");
    Found::new(Confidence::Likely, text)
        .milder(Severity::Warn)
        .because(Some(Confidence::Possible), || format!("the server did not answer the client's ALPN ({offered})"))
        .by(case.in_client_hello(format!("offers {offered}"), "tls.handshake.extension.alpn.protocol_name"))
        .by(case.at(left, "the client leaves"))
        .into()
}

pub(super) fn not_http2(case: &Case<'_>) -> Answer {
    if case.session.alpn.as_deref() != Some(b"h2") {
        return Silent;
    }
    match case.session.clues.speaks_http2 {
        Some(false) => {}
        Some(true) => return Silent,
        None => return NotEnough("the client's application data is encrypted"),
    }
    let text = "h2 was agreed on, and the client's first data is not the preface of HTTP/2.";
    let failed = case.end.is_some().then_some(Confidence::Likely);
    let data =
        case.first(|event| event.direction == ToServer && matches!(event.kind, EventKind::ApplicationData { .. }));
    Found::new(Confidence::Certain, text)
        .because(failed, || "h2 was agreed on, and the client speaks something else".to_owned())
        .by(data.and_then(|index| case.at(index, "the client's first data")))
        .into()
}

pub(super) fn extension(case: &Case<'_>) -> Answer {
    let Some((end, code @ (109 | 110))) = case.fatal() else { return Silent };
    let other = side(end.by.reverse());
    let clause = if code == 109 {
        format!("{other} left out an extension that has to be there")
    } else {
        format!("{other} sent an extension that was not asked for")
    };
    let text = format!("{} says that {clause}.", if end.by == ToServer { "The client" } else { "The server" });
    Found::new(Confidence::Likely, text).because(Some(Confidence::Likely), || clause.clone()).by(case.at_end()).into()
}

pub(super) fn renegotiation(case: &Case<'_>) -> Answer {
    let refused = |event: &crate::session::Event| {
        matches!(event.kind, EventKind::Alert(Alert { description: AlertDescription(100), .. }))
    };
    let asked = case.first(|event| event.is_message(0));
    let Some(index) = case.first(refused) else {
        // A server does not refuse what it asked for.
        let by_client = |asked: usize, end: End| end.event > asked && end.how != How::NotTls && end.by == ToServer;
        let ended = asked.zip(case.end).filter(|(asked, end)| by_client(*asked, *end));
        let Some((asked, end)) = ended else { return if asked.is_none() { begun_anew(case) } else { Silent } };
        let text = "The server asked for a new handshake on the running connection, and the connection ended there.";
        return Found::new(Confidence::Likely, text)
            .because(Some(Confidence::Likely), || format!("{} does not renegotiate", side(end.by)))
            .by(case.at(asked, "HelloRequest"))
            .by(case.at_end())
            .into();
    };
    let Some(event) = case.event(index) else { return Silent };
    let who = side(event.direction);
    let text = format!("A new handshake on the running connection was refused by {who} (no_renegotiation).");
    let ended = case.end.is_some().then_some(Confidence::Likely);
    Found::new(Confidence::Certain, text)
        .because(ended, || format!("{who} refused to renegotiate"))
        .by(case.at(index, "no_renegotiation"))
        .into()
}

/// A server that does not take a second ClientHello: some have no alert of their own for that, and where it is encrypted
/// it is known by what stands before it.
fn begun_anew(case: &Case<'_>) -> Answer {
    let says = matches!(case.fatal(), Some((End { by: ToClient, stage: Stage::Established, .. }, 10 | 40)));
    if case.is_tls13 || !(says || case.end.is_none()) {
        return Silent;
    }
    // One is its Finished; where the server said more, it may be that it asked.
    let is_hidden = |event: &&crate::session::Event| matches!(event.kind, EventKind::EncryptedHandshake { .. });
    let said_more = case.events().iter().filter(|event| event.direction == ToClient).filter(is_hidden).count() > 1;
    let mut pairs = case.events().windows(2).enumerate();
    let refused = pairs.find(|(at, pair)| {
        let [anew, answer] = pair else { return false };
        let hidden = matches!(
            (&anew.kind, &answer.kind),
            (EventKind::EncryptedHandshake { .. }, EventKind::EncryptedAlert { .. })
        );
        let said = says && anew.is_message(1) && matches!(answer.kind, EventKind::Alert(_));
        let ways = anew.direction == ToServer && answer.direction == ToClient;
        ways && ((hidden && !said_more) || said) && case.stage_at(*at) == Stage::Established
    });
    let Some((begun, _)) = refused else { return Silent };
    let text = "The client began a new handshake on the running connection, and the server gave up.";
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), || "the server does not renegotiate".to_owned())
        .by(case.at(begun, "a new handshake"))
        .by(case.at_end())
        .into()
}

pub(super) fn no_master_secret(case: &Case<'_>) -> Answer {
    let (Some(client), Some(server)) = (case.client_hello(), case.server_hello()) else { return Silent };
    let lacks = client.extended_master_secret && !server.extensions.contains(&EXTENDED_MASTER_SECRET);
    let refused = case.fatal_of(ToServer, &[Stage::ServerHello, Stage::ServerFlight]) == Some(40);
    if case.is_tls13 || !lacks || !refused {
        return Silent;
    }
    let text = "The client offers extended_master_secret, the ServerHello lacks it, and the client refused.";
    Found::new(Confidence::Possible, text)
        .because(Some(Confidence::Possible), || {
            "it may insist on extended_master_secret, which the server lacks".into()
        })
        .by(case.in_server_hello("no extended_master_secret", "tls.handshake.extensions"))
        .by(case.at_end())
        .into()
}

pub(super) fn overflow(case: &Case<'_>) -> Answer {
    let note = case
        .session
        .notes
        .iter()
        .find(|note| note.item.code == "tls.record.length" && note.item.severity == Severity::Error);
    let Some((end, 22)) = case.fatal() else {
        let Some(note) = note else { return Silent };
        return Found::new(Confidence::Certain, format!("A record is longer than TLS allows: {}.", note.item.text))
            .milder(Severity::Warn)
            .by([Evidence::frame(note.frame, note.item.text.clone())])
            .into();
    };
    let other = side(end.by.reverse());
    let agreed = case.server_hello().is_some_and(|hello| hello.extensions.contains(&ExtensionType(1)))
        || case.session.clues.encrypted_extensions.iter().flatten().any(|kind| matches!(kind.0, 1 | 28));
    let limit = if agreed { "the limit that was agreed on" } else { "what TLS allows" };
    let text = format!("A record of {other} is longer than {limit}.");
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), || format!("a record of {other} is longer than {limit}"))
        .by(note.map(|note| Evidence::frame(note.frame, note.item.text.clone())))
        .by(case.at_end())
        .into()
}
