//! What went well and should be better: no failure, and worth a word to who runs the server.

use super::case::Case;
use super::finding::Answer::Silent;
use super::finding::{Answer, Confidence, Evidence, Found};
use super::neg::weakness;
use super::words::{day, quoted, span};
use super::{Rule, several};
use crate::base::Severity;
use crate::net::Direction::ToClient;
use crate::session::{EventKind, Outcome};
use crate::tls::code::{KeyExchange, NamedGroup, ProtocolVersion};

/// Seconds of a day.
const DAY: i64 = 86_400;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "POST-01",
        severity: Severity::Warn,
        title: "An old version of TLS",
        sees: "the ServerHello",
        disproof: "nothing: the version stands there",
        fix: "switch off what is older than TLS 1.2",
        reference: "RFC 8996 4",
        scenario: None,
        check: old_version,
    },
    Rule {
        id: "POST-02",
        severity: Severity::Note,
        title: "No forward secrecy",
        sees: "the chosen suite",
        disproof: "nothing: the suite stands there",
        fix: "prefer ECDHE suites: who gets the server's key later can read what was recorded",
        reference: "RFC 9325 4.1",
        scenario: None,
        check: no_forward_secrecy,
    },
    Rule {
        id: "POST-03",
        severity: Severity::Warn,
        title: "A weak cipher suite",
        sees: "the chosen suite",
        disproof: "nothing: the suite stands there",
        fix: "allow suites with AES-GCM or ChaCha20 alone",
        reference: "RFC 9325 4.1",
        scenario: None,
        check: weak_suite,
    },
    Rule {
        id: "POST-04",
        severity: Severity::Warn,
        title: "TLS compression is on",
        sees: "the ServerHello",
        disproof: "nothing: the method stands there",
        fix: "switch off compression (CRIME)",
        reference: "RFC 9325 3.3",
        scenario: None,
        check: compression,
    },
    Rule {
        id: "POST-05",
        severity: Severity::Chat,
        title: "No extended master secret",
        sees: "both hellos, until TLS 1.2",
        disproof: "the extension in both hellos",
        fix: "update the side that lacks it (triple handshake)",
        reference: "RFC 7627 1",
        scenario: None,
        check: no_extended_master_secret,
    },
    Rule {
        id: "POST-06",
        severity: Severity::Note,
        title: "The certificate ends soon",
        sees: "the certificate",
        disproof: "a newer certificate of this server",
        fix: "renew it, or see that it is renewed by itself",
        reference: "RFC 5280 4.1.2.5",
        scenario: Some("renew-in-time"),
        check: ends_soon,
    },
    Rule {
        id: "POST-07",
        severity: Severity::Chat,
        title: "The certificate is valid for long",
        sees: "the certificate",
        disproof: "nothing: the dates stand there",
        fix: "issue certificates for 398 days at the most; browsers refuse others of public authorities",
        reference: "CA/B Baseline Requirements 6.3.2",
        scenario: None,
        check: lives_long,
    },
    Rule {
        id: "POST-08",
        severity: Severity::Chat,
        title: "Key exchange without protection against quantum computers",
        sees: "the chosen group, and what the client offered",
        disproof: "nothing: the group stands there",
        fix: "switch on X25519MLKEM768 at the server: the client offers it",
        reference: "draft-ietf-tls-ecdhe-mlkem 1",
        scenario: Some("only-one-side"),
        check: not_post_quantum,
    },
    Rule {
        id: "POST-09",
        severity: Severity::Chat,
        title: "The server's name can be read by all",
        sees: "server_name in the ClientHello",
        disproof: "an inner hello with another name",
        fix: "use Encrypted Client Hello where names are private",
        reference: "RFC 9849 1",
        scenario: Some("what-the-hello-leaks"),
        check: name_in_clear,
    },
    Rule {
        id: "POST-10",
        severity: Severity::Note,
        title: "Tickets that live too long",
        sees: "NewSessionTicket",
        disproof: "nothing: the lifetime stands there",
        fix: "give tickets a life of seven days at the most",
        reference: "RFC 8446 4.6.1",
        scenario: None,
        check: long_tickets,
    },
    Rule {
        id: "POST-11",
        severity: Severity::Note,
        title: "A pre-shared key without Diffie-Hellman",
        sees: "a ServerHello of TLS 1.3 that takes a pre-shared key and has no key share",
        disproof: "a key share in the ServerHello",
        fix: "use psk_dhe_ke: without it, who gets the key can read everything",
        reference: "RFC 8446 2.2",
        scenario: None,
        check: psk_alone,
    },
    Rule {
        id: "POST-12",
        severity: Severity::Error,
        title: "Heartbleed",
        sees: "a heartbeat that asks for more than it sends",
        disproof: "nothing: the lengths stand there",
        fix: "update OpenSSL, then change keys, certificates and passwords: memory may have been read",
        reference: "RFC 6520 4",
        scenario: None,
        check: heartbleed,
    },
    Rule {
        id: "POST-13",
        severity: Severity::Chat,
        title: "No ALPN on a port for HTTPS",
        sees: "a ClientHello without ALPN to port 443",
        disproof: "ALPN in the ClientHello",
        fix: "let the client offer its protocols",
        reference: "RFC 7301 3.1",
        scenario: None,
        check: no_alpn,
    },
    Rule {
        id: "POST-14",
        severity: Severity::Warn,
        title: "A password in clear",
        sees: "a login on a connection without TLS",
        disproof: "nothing: the login stands there",
        fix: "begin TLS before the login, and change the password",
        reference: "RFC 8314 3",
        scenario: None,
        check: several,
    },
];

fn went_well(case: &Case<'_>) -> bool {
    case.session.outcome == Outcome::Established
}

fn old_version(case: &Case<'_>) -> Answer {
    let version = case.session.version.filter(|version| {
        [ProtocolVersion::SSL2, ProtocolVersion::SSL3, ProtocolVersion::TLS10, ProtocolVersion::TLS11].contains(version)
    });
    let Some(version) = version.filter(|_| went_well(case)) else { return Silent };
    let text = format!("{version} was chosen, which must not be used any more.");
    Found::new(Confidence::Certain, text)
        .by(case.in_server_hello(format!("chooses {version}"), "tls.handshake.version"))
        .into()
}

fn no_forward_secrecy(case: &Case<'_>) -> Answer {
    let Some(suite) = case.session.cipher_suite.filter(|_| went_well(case)) else { return Silent };
    let certificate = matches!(
        suite.key_exchange(),
        KeyExchange::Rsa | KeyExchange::RsaExport | KeyExchange::DhStatic | KeyExchange::EcdhStatic
    );
    if !certificate {
        return Silent;
    }
    let text = format!("{} has no forward secrecy.", suite.short());
    Found::new(Confidence::Certain, text).by(case.in_server_hello(suite.short(), "tls.handshake.ciphersuite")).into()
}

fn weak_suite(case: &Case<'_>) -> Answer {
    let Some(suite) = case.session.cipher_suite.filter(|_| went_well(case)) else { return Silent };
    let cbc = suite.name().is_some_and(|name| name.contains("_CBC_"));
    let (what, milder) = match weakness(suite) {
        Some(what) => (what, false),
        None if cbc => ("CBC", true),
        None => return Silent,
    };
    let found = Found::new(Confidence::Certain, format!("{} is weak: {what}.", suite.short()));
    let found = if milder { found.milder(Severity::Chat) } else { found };
    found.by(case.in_server_hello(suite.short(), "tls.handshake.ciphersuite")).into()
}

fn compression(case: &Case<'_>) -> Answer {
    let method = case.server_hello().and_then(|hello| hello.compression_method).unwrap_or_default();
    if method == 0 || !went_well(case) {
        return Silent;
    }
    Found::new(Confidence::Certain, format!("Compression method {method} was chosen, which gives secrets away."))
        .by(case.in_server_hello(format!("compression method {method}"), "tls.handshake.comp_method"))
        .into()
}

fn no_extended_master_secret(case: &Case<'_>) -> Answer {
    let (Some(client), Some(server)) = (case.client_hello(), case.server_hello()) else { return Silent };
    let lacks = !(client.extended_master_secret && server.extended_master_secret);
    if case.is_tls13 || !lacks || client.ssl2 || !went_well(case) {
        return Silent;
    }
    let who = if client.extended_master_secret { "server" } else { "client" };
    Found::new(Confidence::Certain, format!("The {who} lacks extended_master_secret."))
        .by(case.in_server_hello("no extended_master_secret", "tls.handshake.extensions"))
        .into()
}

fn ends_soon(case: &Case<'_>) -> Answer {
    let Some(leaf) = case.leaf() else { return Silent };
    let left = leaf.not_after.saturating_sub(case.now);
    // Who renews every few days does so by a program.
    let whole = leaf.not_after.saturating_sub(leaf.not_before);
    if !(0..14 * DAY).contains(&left) || whole < 30 * DAY {
        return Silent;
    }
    let (left, date) = (span(left), day(leaf.not_after));
    Found::new(Confidence::Certain, format!("The server's certificate ends in {left}, on {date}."))
        .by(case.at_message(ToClient, 11, format!("notAfter is {date}"), "x509.not_after"))
        .into()
}

fn lives_long(case: &Case<'_>) -> Answer {
    // Before September 2020 longer lives were allowed.
    const SINCE: i64 = 1_598_918_400;
    let Some(leaf) = case.leaf().filter(|leaf| leaf.not_before >= SINCE) else { return Silent };
    let days = leaf.not_after.saturating_sub(leaf.not_before) / DAY;
    if days <= 398 {
        return Silent;
    }
    Found::new(Confidence::Certain, format!("The server's certificate is valid for {days} days."))
        .by(case.at_message(ToClient, 11, format!("{days} days"), "x509.validity"))
        .into()
}

fn not_post_quantum(case: &Case<'_>) -> Answer {
    let Some(group) = case.session.group.filter(|_| case.is_tls13 && went_well(case)) else { return Silent };
    let offers = |group: &NamedGroup| group.is_post_quantum();
    let offered = case.client_hello().is_some_and(|hello| hello.supported_groups.iter().any(offers));
    if group.is_post_quantum() || !offered {
        return Silent;
    }
    Found::new(Confidence::Certain, format!("The client offers a post-quantum group, and the server chose {group}."))
        .by(case.in_server_hello(format!("chooses {group}"), "tls.handshake.extension.key_share.group"))
        .into()
}

fn name_in_clear(case: &Case<'_>) -> Answer {
    let encrypts = case.client_hello().is_some_and(|hello| hello.encrypted_client_hello);
    let Some(name) = case.session.server_name().filter(|_| case.is_tls13 && !encrypts && went_well(case)) else {
        return Silent;
    };
    // Said of every session it would say nothing: only where all else is encrypted by keys that resist the future.
    if !case.session.group.is_some_and(NamedGroup::is_post_quantum) {
        return Silent;
    }
    let name = quoted(name);
    Found::new(Confidence::Certain, format!("The name {name} stands in clear in the ClientHello."))
        .by(case.in_client_hello(format!("\"{name}\""), "tls.handshake.extension.server_name.host_name"))
        .into()
}

fn long_tickets(case: &Case<'_>) -> Answer {
    const WEEK: u32 = 7 * 86_400;
    let Some(ticket) = case.session.clues.tickets.iter().find(|ticket| ticket.lifetime > WEEK) else { return Silent };
    let life = span(i64::from(ticket.lifetime));
    Found::new(Confidence::Certain, format!("A ticket lives for {life}; seven days are the limit."))
        .by([Evidence::frame(ticket.frame, format!("a lifetime of {life}"))])
        .into()
}

fn psk_alone(case: &Case<'_>) -> Answer {
    let alone = case.server_hello().is_some_and(|it| it.selected_psk.is_some() && it.key_share_group.is_none());
    if !alone || !case.is_tls13 {
        return Silent;
    }
    Found::new(Confidence::Certain, "The keys rest on the pre-shared key alone: there is no forward secrecy.")
        .by(case.in_server_hello("pre_shared_key without key_share", "tls.handshake.extensions"))
        .into()
}

fn heartbleed(case: &Case<'_>) -> Answer {
    let asked = |code: &str| case.session.notes.iter().find(|note| note.item.code == code);
    let (note, sure) = match (asked("tls.heartbleed"), asked("tls.heartbeat.padding")) {
        (Some(note), _) => (note, Confidence::Certain),
        (None, Some(note)) => (note, Confidence::Likely),
        (None, None) => return Silent,
    };
    let answered = case.first(|event| event.direction == ToClient && matches!(event.kind, EventKind::Heartbeat { .. }));
    let came = if answered.is_some() { "the server answered" } else { "the server did not answer" };
    let text = format!("A heartbeat as attacks make it: {}; {came}.", note.item.text);
    Found::new(sure, text)
        .because(Some(sure), || format!("a Heartbleed attack (CVE-2014-0160) was made; {came}"))
        .by([Evidence::frame(note.frame, "the heartbeat request").field("tls.heartbeat_message.payload_length")])
        .by(answered.and_then(|index| case.at(index, "the answer")))
        .into()
}

fn no_alpn(case: &Case<'_>) -> Answer {
    let session = case.session;
    let none = case.client_hello().is_some_and(|hello| hello.alpn.is_empty() && !hello.ssl2);
    if session.server.port != 443 || !none || !went_well(case) {
        return Silent;
    }
    Found::new(Confidence::Certain, "The client offers no ALPN: it gets HTTP/1.1, or what the server takes it for.")
        .by(case.in_client_hello("no ALPN", "tls.handshake.extensions"))
        .into()
}
