//! Resumption, pre-shared keys and early data.

use super::case::{Case, How, Stage};
use super::finding::Answer::{NotEnough, Silent};
use super::finding::{Answer, Confidence, Found};
use super::words::{capital, counted, side};
use super::{Rule, several};
use crate::base::Severity;
use crate::net::Direction::{ToClient, ToServer};
use crate::session::{EventKind, Proof, ProofKind, ProofResult};
use crate::tls::code::ExtensionType;
use crate::tls::handshake::ClientHello;

const EARLY_DATA: ExtensionType = ExtensionType(42);

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "RES-01",
        severity: Severity::Note,
        title: "The server did not resume",
        sees: "a session id, ticket or pre-shared key of the client, and a full handshake",
        disproof: "a ServerHello that takes it",
        fix: "share ticket keys among the servers, or give tickets a longer life",
        reference: "RFC 8446 2.2",
        scenario: Some("too-late"),
        check: not_resumed,
    },
    Rule {
        id: "RES-02",
        severity: Severity::Note,
        title: "The ticket had run out",
        sees: "a ticket with its life, and a later session that shows it",
        disproof: "a clock of the capture that was set in between",
        fix: "give tickets a longer life, or come back sooner",
        reference: "RFC 8446 4.6.1",
        scenario: Some("too-late"),
        check: several,
    },
    Rule {
        id: "RES-03",
        severity: Severity::Error,
        title: "The proof of a pre-shared key was wrong",
        sees: "pre_shared_key in the ClientHello, and the server's refusal",
        disproof: "the same hello taken by the server",
        fix: "clear the client's cache of sessions; compare the pre-shared keys of both sides",
        reference: "RFC 8446 4.2.11.2",
        scenario: None,
        check: bad_binder,
    },
    Rule {
        id: "RES-04",
        severity: Severity::Note,
        title: "Early data was not taken",
        sees: "early_data in the ClientHello, and EncryptedExtensions without it",
        disproof: "early_data in EncryptedExtensions",
        fix: "send early data only where it may be sent twice; look at the age of the ticket and at replay protection",
        reference: "RFC 8446 4.2.10",
        scenario: Some("early-data-refused"),
        check: early_refused,
    },
    Rule {
        id: "RES-05",
        severity: Severity::Warn,
        title: "The same hello came twice",
        sees: "two sessions with the same client random",
        disproof: "one connection that was captured at two places",
        fix: "check the server's protection against replay; see who sent the second one",
        reference: "RFC 8446 8",
        scenario: Some("replay-it"),
        check: several,
    },
    Rule {
        id: "RES-06",
        severity: Severity::Error,
        title: "The server does not know the pre-shared key",
        sees: "unknown_psk_identity of the server",
        disproof: "the identity in the server's configuration",
        fix: "give both sides the same identity, letter by letter",
        reference: "RFC 4279 2",
        scenario: None,
        check: unknown_identity,
    },
    Rule {
        id: "RES-07",
        severity: Severity::Error,
        title: "The two sides do not have the same handshake",
        sees: "an answer that nobody asked for, or keys that do not fit right behind the hellos",
        disproof: "captures at both ends that show the same bytes",
        fix: "look for a box on the way that changes hellos; compare pre-shared keys and passwords",
        reference: "RFC 8446 4.4.4",
        scenario: Some("swap-the-suite"),
        check: changed,
    },
];

fn not_resumed(case: &Case<'_>) -> Answer {
    let session = case.session;
    let Some(hello) = session.client_hellos.last().map(|hello| &*hello.item) else { return Silent };
    let by_ticket = hello.session_ticket_length.is_some_and(|length| length > 0);
    let offered = match case.is_tls13 {
        true if hello.psk_identities > 0 => "a session ticket",
        false if by_ticket => "a session ticket",
        // TLS 1.3 clients send a random id so that the handshake looks like TLS 1.2.
        false if !hello.session_id.is_empty() && hello.supported_versions.is_empty() => "a session id",
        _ => return Silent,
    };
    match session.resumed {
        Some(false) => {}
        Some(true) => return Silent,
        None => return NotEnough("whether the server resumed cannot be told"),
    }
    let text = format!("The client showed {offered}, and the server made a full handshake.");
    Found::new(Confidence::Certain, text)
        .by(case.in_client_hello(offered, "tls.handshake.extensions"))
        .by(case.in_server_hello("a full handshake", "tls.handshake.session_id"))
        .into()
}

/// Whether an identity is a ticket; what people give as the name of a key can be read.
fn offers_tickets(hello: &ClientHello) -> bool {
    hello.psk_offers.iter().any(|offer| !offer.identity.iter().all(u8::is_ascii_graphic))
}

fn bad_binder(case: &Case<'_>) -> Answer {
    // A server that took the key has checked its binder: where it does not fit here, another key was given.
    if case.server_hello().is_some_and(|hello| hello.selected_psk.is_some()) {
        return Silent;
    }
    if let Some(misfit) = case.misfit(ToServer, |kind| matches!(kind, ProofKind::PskBinder { .. })) {
        let refused = case.fatal_of(ToClient, &[Stage::ClientHello, Stage::ServerHello]);
        let minds = refused.map(|code| if code == 51 { Confidence::Certain } else { Confidence::Likely });
        return Found::new(Confidence::Certain, format!("{}.", capital(&misfit.what)))
            .because(minds, || "the proof of the pre-shared key (its binder) is wrong".to_owned())
            .by([misfit])
            .by(case.at_end())
            .into();
    }
    let offered = case.client_hello().is_some_and(|hello| hello.psk_identities > 0);
    let Some(code @ (40 | 47 | 51)) = case.fatal_of(ToClient, &[Stage::ClientHello, Stage::ServerHello]) else {
        return Silent;
    };
    let is_binder = |proof: &Proof| matches!(proof.kind, ProofKind::PskBinder { .. });
    let holds = case.session.proofs.iter().any(|proof| is_binder(proof) && proof.result == ProofResult::Verified);
    if !offered || holds {
        return Silent;
    }
    // OpenSSL and GnuTLS call a binder illegal that does not fit. Who would fail without the key, as a server without a
    // certificate, fails with handshake_failure; others go on with a full handshake.
    let sure = if code == 40 && case.client_hello().is_some_and(offers_tickets) {
        Confidence::Possible
    } else {
        Confidence::Likely
    };
    let text = "The client offered a pre-shared key, and the server refused the hello: the binder does not fit.";
    Found::new(sure, text)
        .because(Some(sure), || "the proof of the pre-shared key (its binder) is wrong".to_owned())
        .by(case.in_client_hello("pre_shared_key", "tls.handshake.extension.pre_shared_key.binder"))
        .by(case.at_end())
        .into()
}

fn early_refused(case: &Case<'_>) -> Answer {
    let offered = case.session.client_hellos.first().is_some_and(|hello| hello.item.early_data);
    if !offered || !case.is_tls13 {
        return Silent;
    }
    let by_retry = case.session.hello_retry_request();
    let by_hello = case.server_hello().is_some_and(|hello| hello.selected_psk.is_none());
    let taken = case.session.clues.encrypted_extensions.as_ref().map(|all| all.contains(&EARLY_DATA));
    let (sure, why) = match taken {
        Some(true) => return Silent,
        Some(false) => (Confidence::Certain, "EncryptedExtensions lack early_data"),
        // Early data needs the key that was offered first (RFC 8446 4.2.10).
        None if by_retry => (Confidence::Certain, "the server asked for another ClientHello"),
        None if by_hello => (Confidence::Certain, "the server took no pre-shared key"),
        None => return NotEnough("EncryptedExtensions cannot be read without keys"),
    };
    let early: u64 = case
        .events()
        .iter()
        .take_while(|event| event.direction == ToServer)
        .map(|event| match event.kind {
            EventKind::ApplicationData { bytes, .. } => bytes,
            _ => 0,
        })
        .sum();
    let text = format!(
        "The client sent early data ({} at least), and the server did not take it: {why}.",
        counted(early, "byte")
    );
    Found::new(sure, text)
        .by(case.in_client_hello("early_data is announced", "tls.handshake.extension.early_data"))
        .by(case
            .at_message(ToClient, 8, why, "tls.handshake.extensions")
            .or_else(|| case.in_server_hello(why, "tls.handshake.extensions")))
        .into()
}

fn unknown_identity(case: &Case<'_>) -> Answer {
    let Some((end, 115)) = case.fatal() else { return Silent };
    if end.by != ToClient {
        return Silent;
    }
    Found::new(Confidence::Certain, "The server does not know the identity of the pre-shared key.")
        .because(Some(Confidence::Certain), || "it does not know the identity of the pre-shared key".to_owned())
        .by(case.at_end())
        .into()
}

fn changed(case: &Case<'_>) -> Answer {
    let finished = |direction| case.misfit(direction, |kind| kind == ProofKind::Finished);
    if let Some(misfit) = finished(ToClient).or_else(|| finished(ToServer)) {
        let minds = case.end.is_some().then_some(Confidence::Likely);
        return Found::new(Confidence::Certain, format!("{}.", capital(&misfit.what)))
            .because(minds, || "the two sides did not see the same handshake: it was changed on the way".to_owned())
            .by([misfit])
            .by(case.at_end())
            .into();
    }
    if let Some(what) = not_offered(case) {
        let refused = case.end.is_some_and(|end| end.by == ToServer && matches!(end.how, How::Alert(_)));
        let text = format!("The ServerHello has {what}, which the ClientHello in this capture does not offer.");
        return Found::new(Confidence::Certain, text)
            .because(refused.then_some(Confidence::Likely), || {
                format!("the ServerHello has {what}, which was not offered")
            })
            .by(case.in_client_hello("the offer", "tls.handshake.ciphersuites"))
            .by(case.in_server_hello(what.clone(), "tls.handshake.ciphersuite"))
            .by(case.at_end().filter(|_| refused))
            .into();
    }
    let Some((end, 20 | 51)) = case.fatal() else { return Silent };
    // Behind a certificate, decrypt_error is about a signature; behind the client's, about the client's.
    let keys = matches!(case.fatal(), Some((_, 20))) && end.stage < Stage::Established;
    let finished = matches!(case.fatal(), Some((_, 51)))
        && case.session.server_certificates.is_empty()
        && case.session.client_certificate_sent != Some(true)
        && case.session.resumed == Some(true);
    if !keys && !finished {
        return Silent;
    }
    let text = format!(
        "Right behind the hellos {} could not open or verify what it got: the keys of both sides differ.",
        side(end.by)
    );
    let shared = case.session.cipher_suite.is_some_and(|suite| suite.to_string().contains("PSK"));
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), || {
            if shared {
                "the keys of both sides differ: the pre-shared key is another, or its name is not known".to_owned()
            } else {
                "the keys of both sides differ: the hellos were changed on the way".to_owned()
            }
        })
        .by(case.at_end())
        .into()
}

/// What the ServerHello chose although the client had not offered it.
fn not_offered(case: &Case<'_>) -> Option<String> {
    let (client, server) = (case.session.client_hellos.last()?, case.server_hello()?);
    let client = &*client.item;
    if client.ssl2 || server.ssl2 || case.session.client_hellos.len() > 2 {
        return None;
    }
    let suite = server.cipher_suite.filter(|suite| !client.cipher_suites.contains(suite));
    if let Some(suite) = suite.filter(|_| !client.cipher_suites.is_empty()) {
        return Some(format!("the suite {}", suite.short()));
    }
    let group = server.key_share_group.filter(|group| !client.key_share_groups.contains(group));
    group.filter(|_| !client.key_share_groups.is_empty()).map(|group| format!("a key share of {group}"))
}
