//! Negotiation: versions, suites, groups, signatures, protocols and extensions that both sides must have.

use super::case::{Case, How, Stage, counted, few, is_message, milliseconds, side};
use super::finding::Answer::{NotEnough, Silent};
use super::finding::{Answer, Confidence, Found};
use super::{Rule, several};
use crate::base::{Group, Severity, printable_bytes};
use crate::net::Direction::{ToClient, ToServer};
use crate::session::{EventKind, Outcome};
use crate::tls::code::{
    AlertDescription, Authentication, CipherSuite, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme,
};
use crate::tls::handshake::{Alert, ClientHello};

/// The signal that a client tries again with a lower version (RFC 7507).
const FALLBACK: CipherSuite = CipherSuite(0x5600);
const EXTENDED_MASTER_SECRET: ExtensionType = ExtensionType(23);
const BEGINNING: &[Stage] = &[Stage::ClientHello];
const ANSWERED: &[Stage] = &[Stage::ServerHello, Stage::ServerFlight];

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "NEG-01",
        severity: Severity::Error,
        title: "No common version",
        sees: "protocol_version of the server as the answer to the ClientHello",
        disproof: "a session in which this server takes one of the offered versions",
        fix: "let the client offer TLS 1.2 and 1.3, or switch on at the server what the client can",
        reference: "RFC 8446 4.2.1",
        scenario: Some("no-common-version"),
        check: no_version,
    },
    Rule {
        id: "NEG-02",
        severity: Severity::Error,
        title: "The server speaks TLS 1.3 only",
        sees: "clients with TLS 1.2 at the most that it turns down, and others with TLS 1.3 that it takes",
        disproof: "a session of this server with TLS 1.2",
        fix: "update the old clients, or switch on TLS 1.2 at the server",
        reference: "RFC 8446 4.2.1",
        scenario: Some("no-common-version"),
        check: several,
    },
    Rule {
        id: "NEG-03",
        severity: Severity::Error,
        title: "The server chose a version that the client does not take",
        sees: "the ServerHello, and protocol_version of the client",
        disproof: "the chosen version among those that the client offered",
        fix: "switch on a newer version at the server",
        reference: "RFC 8446 4.2.1",
        scenario: None,
        check: version_below,
    },
    Rule {
        id: "NEG-04",
        severity: Severity::Error,
        title: "A second try with a lower version was stopped",
        sees: "inappropriate_fallback of the server",
        disproof: "no earlier connection of the client that failed",
        fix: "look for the earlier connection of this client and mend what broke that one",
        reference: "RFC 7507 3",
        scenario: None,
        check: fallback,
    },
    Rule {
        id: "NEG-05",
        severity: Severity::Warn,
        title: "The server's random says that a higher version was possible",
        sees: "the downgrade mark in the ServerHello's random, and a client that offered TLS 1.3",
        disproof: "a server that is known to set the mark without reason",
        fix: "look for a box on the way that opens TLS, or for a server whose versions are limited by configuration",
        reference: "RFC 8446 4.1.3",
        scenario: Some("erase-tls13"),
        check: sentinel,
    },
    Rule {
        id: "NEG-07",
        severity: Severity::Error,
        title: "The client offers nothing but broken suites",
        sees: "the ClientHello",
        disproof: "a sound suite among those that are offered",
        fix: "correct the client's list of cipher suites",
        reference: "RFC 9325 4.1",
        scenario: None,
        check: only_weak,
    },
    Rule {
        id: "NEG-08",
        severity: Severity::Error,
        title: "No common group for the key exchange",
        sees: "handshake_failure of the server behind a ClientHello with unusual groups",
        disproof: "a session in which this server takes one of these groups",
        fix: "let the client offer x25519 and secp256r1 as well",
        reference: "RFC 8446 4.2.7",
        scenario: Some("no-common-group"),
        check: no_group,
    },
    Rule {
        id: "NEG-11",
        severity: Severity::Error,
        title: "No signature that both can use",
        sees: "the ClientHello's signature_algorithms, and the server's certificate or its refusal",
        disproof: "one of the offered schemes that fits the server's key",
        fix: "give the server a certificate with a key that the client can check, or widen signature_algorithms",
        reference: "RFC 8446 4.2.3",
        scenario: Some("no-common-signature"),
        check: no_signature,
    },
    Rule {
        id: "NEG-13",
        severity: Severity::Error,
        title: "No common application protocol",
        sees: "no_application_protocol of the server, or an offer in ALPN that got no answer",
        disproof: "one of the offered protocols chosen by this server in another session",
        fix: "add the client's protocol to the server, or mend the client's list",
        reference: "RFC 7301 3.2",
        scenario: Some("alpn-mismatch"),
        check: no_alpn,
    },
    Rule {
        id: "NEG-06",
        severity: Severity::Error,
        title: "No common cipher suite",
        sees: "handshake_failure or insufficient_security of the server behind the ClientHello",
        disproof: "a session in which this server takes one of the offered suites",
        fix: "add ECDHE suites with AES-GCM for the kind of key that the server has, or install a certificate with the \
              other kind of key",
        reference: "RFC 8446 6.2",
        scenario: Some("no-common-suite"),
        check: no_suite,
    },
    Rule {
        id: "NEG-09",
        severity: Severity::Note,
        title: "One more round trip for another group",
        sees: "a HelloRetryRequest and the second ClientHello",
        disproof: "nothing: the messages stand there",
        fix: "let the client send a key share of the group that the server wants",
        reference: "RFC 8446 4.1.4",
        scenario: Some("hello-retry-request"),
        check: retried,
    },
    Rule {
        id: "NEG-10",
        severity: Severity::Error,
        title: "The second ClientHello is not the first one",
        sees: "both ClientHellos around a HelloRetryRequest",
        disproof: "the same suites, random and session id in both",
        fix: "mend the client: but for the key share and few others nothing may change",
        reference: "RFC 8446 4.1.2",
        scenario: None,
        check: second_hello,
    },
    Rule {
        id: "NEG-12",
        severity: Severity::Warn,
        title: "The Diffie-Hellman group is too small",
        sees: "a ServerKeyExchange with a prime of less than 2048 bits",
        disproof: "nothing: the prime stands there",
        fix: "use ECDHE, or a group of 2048 bits or more (RFC 7919)",
        reference: "RFC 9325 4.1",
        scenario: None,
        check: small_group,
    },
    Rule {
        id: "NEG-14",
        severity: Severity::Warn,
        title: "HTTP/2 was agreed on and is not spoken",
        sees: "h2 as the chosen protocol, and the client's first application data",
        disproof: "the preface of HTTP/2 in front of it",
        fix: "set the protocols of the client's TLS library to what the program speaks",
        reference: "RFC 9113 3.4",
        scenario: None,
        check: not_http2,
    },
    Rule {
        id: "NEG-15",
        severity: Severity::Error,
        title: "An extension is missing or was not asked for",
        sees: "missing_extension or unsupported_extension",
        disproof: "the extension in the other side's message",
        fix: "look at the extensions of both hellos: one side has a bug, or a box between changes them",
        reference: "RFC 8446 6.2",
        scenario: None,
        check: extension,
    },
    Rule {
        id: "NEG-16",
        severity: Severity::Error,
        title: "The ClientHello cannot be read",
        sees: "decode_error or illegal_parameter of the server behind the ClientHello, and what is wrong in it",
        disproof: "the same hello taken by another server",
        fix: "mend the client, or the box that changes its hello",
        reference: "RFC 8446 6.2",
        scenario: None,
        check: broken_hello,
    },
    Rule {
        id: "NEG-17",
        severity: Severity::Warn,
        title: "A renegotiation was refused",
        sees: "no_renegotiation, or the end of a session right behind a request for a new handshake",
        disproof: "a second handshake that was completed",
        fix: "support RFC 5746 at both sides, or do without renegotiation",
        reference: "RFC 5746 4",
        scenario: None,
        check: renegotiation,
    },
    Rule {
        id: "NEG-18",
        severity: Severity::Error,
        title: "The client insists on extended_master_secret",
        sees: "a ServerHello without the extension, and handshake_failure of the client",
        disproof: "a session of this client that goes on without it",
        fix: "update the server",
        reference: "RFC 7627 5.3",
        scenario: None,
        check: no_master_secret,
    },
    Rule {
        id: "NEG-19",
        severity: Severity::Error,
        title: "Resumed with other parameters",
        sees: "a session and one that resumes it with another suite",
        disproof: "the same suite in both",
        fix: "give all servers of the cluster the same configuration",
        reference: "RFC 5246 7.4.1.3",
        scenario: None,
        check: several,
    },
    Rule {
        id: "NEG-20",
        severity: Severity::Error,
        title: "A record is longer than allowed",
        sees: "record_overflow, or a record over the limit",
        disproof: "records within the limit that was agreed on",
        fix: "update the side that ignores record_size_limit or max_fragment_length",
        reference: "RFC 8449 4",
        scenario: Some("oversized-record"),
        check: overflow,
    },
];

/// What the client offers, the highest version first.
fn versions(hello: &ClientHello) -> Vec<ProtocolVersion> {
    if hello.supported_versions.is_empty() {
        return vec![hello.legacy_version];
    }
    hello.supported_versions.iter().copied().filter(|version| !version.is_grease()).collect()
}

fn offers_tls13(hello: &ClientHello) -> bool {
    hello.supported_versions.iter().any(|version| version.is_tls13())
}

fn no_version(case: &Case<'_>) -> Answer {
    let (Some(70), Some(hello)) = (case.fatal_of(ToClient, BEGINNING), case.client_hello()) else { return Silent };
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

fn version_below(case: &Case<'_>) -> Answer {
    let (Some(70), Some(version)) = (case.fatal_of(ToServer, ANSWERED), case.session.version) else { return Silent };
    let offered = case.client_hello().map(versions).unwrap_or_default();
    let text = format!("The server chose {version}; the client, which offers {}, does not take it.", few(&offered, 4));
    Found::new(Confidence::Certain, text)
        .because(Some(Confidence::Certain), || format!("the server chose {version}, which the client does not take"))
        .by(case.in_server_hello(format!("chooses {version}"), "tls.handshake.version"))
        .by(case.at_end())
        .into()
}

fn fallback(case: &Case<'_>) -> Answer {
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

fn sentinel(case: &Case<'_>) -> Answer {
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

/// Why a suite is not to be used any more; `None` for one that is sound, and for signals.
pub(super) fn weakness(suite: CipherSuite) -> Option<&'static str> {
    let name = suite.name()?;
    if suite.is_signal() || suite.is_grease() {
        return None;
    }
    if suite.authentication() == Authentication::Anonymous {
        return Some("anonymous");
    }
    [("_NULL_", "NULL"), ("_EXPORT", "export"), ("_RC4_", "RC4"), ("_RC2_", "RC2"), ("3DES", "3DES"), ("_DES", "DES")]
        .into_iter()
        .find(|(part, _)| name.contains(part))
        .map(|(_, word)| word)
}

/// The suites that are suites.
fn suites(hello: &ClientHello) -> impl Iterator<Item = CipherSuite> {
    hello.cipher_suites.iter().copied().filter(|suite| !suite.is_signal() && !suite.is_grease())
}

fn only_weak(case: &Case<'_>) -> Answer {
    let Some(hello) = case.client_hello() else { return Silent };
    let count = suites(hello).count();
    if count == 0 || !suites(hello).all(|suite| weakness(suite).is_some()) {
        return Silent;
    }
    let mut kinds: Vec<&str> = suites(hello).filter_map(weakness).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let kinds = kinds.join(", ");
    let refused =
        case.fatal_of(ToClient, BEGINNING).is_some() || case.end.is_some_and(|end| end.stage <= Stage::ClientHello);
    let text = match count {
        1 => format!("The only suite that the client offers is broken: {kinds}."),
        count => format!("All {count} suites that the client offers are broken: {kinds}."),
    };
    let found = Found::new(Confidence::Certain, text);
    let found = if refused { found } else { found.milder(Severity::Warn) };
    found
        .because(refused.then_some(Confidence::Certain), || format!("the client offers only {kinds} suites"))
        .by(case.in_client_hello(format!("{kinds} suites only"), "tls.handshake.ciphersuites"))
        .by(case.at_end().filter(|_| refused))
        .into()
}

/// Alerts with which servers turn down an offer.
fn is_turned_down(case: &Case<'_>) -> bool {
    matches!(case.fatal_of(ToClient, &[Stage::ClientHello, Stage::ServerHello]), Some(40 | 47 | 71))
}

/// The groups that nearly every server takes one of.
const USUAL_GROUPS: [u16; 3] = [0x0017, 0x0018, 0x001d];

fn no_group(case: &Case<'_>) -> Answer {
    let Some(hello) = case.client_hello().filter(|_| is_turned_down(case)) else { return Silent };
    let groups: Vec<NamedGroup> = hello.supported_groups.iter().copied().filter(|group| !group.is_grease()).collect();
    let usual = groups.iter().filter(|group| USUAL_GROUPS.contains(&group.0)).count();
    if groups.is_empty() || usual > 1 {
        return Silent;
    }
    let sure = if usual == 0 || groups.len() == 1 { Confidence::Likely } else { Confidence::Possible };
    let list = few(&groups, 4);
    let text = format!("The client offers few groups for the key exchange: {list}. The server takes none of them.");
    Found::new(sure, text)
        .because(Some(sure), || format!("no common group; the client offers only {list}"))
        .by(case.in_client_hello(format!("groups {list}"), "tls.handshake.extension.supported_groups.list"))
        .by(case.at_end())
        .into()
}

/// The kind of key that a scheme signs with, in the words of certificates.
pub(in crate::session) fn key_of(scheme: SignatureScheme) -> &'static str {
    match scheme.0 {
        0x0807 => "Ed25519",
        0x0808 => "Ed448",
        0x0904 => "ML-DSA-44",
        0x0905 => "ML-DSA-65",
        0x0906 => "ML-DSA-87",
        0x0804..=0x0806 | 0x0809..=0x080b | 0x0420 | 0x0520 | 0x0620 => "RSA",
        0x081a..=0x081c => "ECDSA",
        code => match code & 0xff {
            1 => "RSA",
            2 => "DSA",
            3 => "ECDSA",
            _ => "",
        },
    }
}

fn no_signature(case: &Case<'_>) -> Answer {
    let Some(hello) = case.client_hello() else { return Silent };
    let schemes: Vec<SignatureScheme> =
        hello.signature_algorithms.iter().copied().filter(|scheme| !scheme.is_grease()).collect();
    if schemes.is_empty() {
        return Silent;
    }
    let key = case.session.server_certificates.first().filter(|leaf| leaf.readable).map(|leaf| &leaf.key);
    if let Some(key) = key {
        return wrong_key(case, &schemes, &key.algorithm);
    }
    let mut kinds: Vec<&str> = schemes.iter().map(|scheme| key_of(*scheme)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if !is_turned_down(case) || (kinds.contains(&"RSA") && kinds.contains(&"ECDSA")) {
        return Silent;
    }
    let list = few(&schemes, 3);
    let sure = if schemes.len() <= 2 { Confidence::Likely } else { Confidence::Possible };
    let text = format!("The client can check few signatures: {list}. The server has no certificate for one of them.");
    Found::new(sure, text)
        .because(Some(sure), || format!("no signature in common; the client checks only {list}"))
        .by(case.in_client_hello(format!("signatures {list}"), "tls.handshake.extension.signature_algorithm"))
        .by(case.at_end())
        .into()
}

fn wrong_key(case: &Case<'_>, schemes: &[SignatureScheme], key: &str) -> Answer {
    let known = ["RSA", "ECDSA", "Ed25519", "Ed448"].contains(&key);
    if !known || schemes.iter().any(|scheme| key_of(*scheme) == key) {
        return Silent;
    }
    let refused = matches!(case.fatal_of(ToServer, ANSWERED), Some(40 | 42 | 43 | 47 | 51));
    let list = few(schemes, 3);
    let text = format!("The server has an {key} key, and the client takes no signature of such a key, only {list}.");
    Found::new(Confidence::Certain, text)
        .because(refused.then_some(Confidence::Likely), || {
            format!("the server's key is {key}; the client takes {list}")
        })
        .by(case.in_client_hello(format!("signatures {list}"), "tls.handshake.extension.signature_algorithm"))
        .by(case.at_message(ToClient, 11, format!("a certificate with an {key} key"), ""))
        .into()
}

fn alpn_names(hello: &ClientHello) -> String {
    few(hello.alpn.iter().map(|name| printable_bytes(name)), 4)
}

fn no_alpn(case: &Case<'_>) -> Answer {
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
fn unanswered_alpn(case: &Case<'_>, hello: &ClientHello) -> Answer {
    let session = case.session;
    let mute = session.outcome == Outcome::Established && session.alpn.is_none() && !hello.alpn.is_empty();
    let readable = !case.is_tls13 || session.clues.encrypted_extensions.is_some();
    let h2_only = !hello.alpn.iter().any(|name| name == b"http/1.1");
    let left = case.left_at_once();
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

fn no_suite(case: &Case<'_>) -> Answer {
    let refused = matches!(case.fatal_of(ToClient, BEGINNING), Some(40 | 71));
    let Some(hello) = case.client_hello().filter(|_| refused) else { return Silent };
    let all: Vec<CipherSuite> = suites(hello).collect();
    let kinds = |wanted: Authentication| all.iter().any(|suite| suite.authentication() == wanted);
    let one_kind = !kinds(Authentication::Tls13) && !(kinds(Authentication::Rsa) && kinds(Authentication::Ecdsa));
    let sure = if all.len() <= 2 || one_kind { Confidence::Likely } else { Confidence::Possible };
    let sample = few(all.iter().map(|suite| suite.short()), 2);
    let count = counted(all.len() as u64, "suite");
    let text =
        format!("The client offers {count} ({sample}); the server found none, or nothing else, that it can use.");
    Found::new(sure, text)
        .because(Some(sure), || format!("no common cipher suite; the client offers {count} ({sample})"))
        .by(case.in_client_hello(format!("offers {count}"), "tls.handshake.ciphersuites"))
        .by(case.at_end())
        .into()
}

fn retried(case: &Case<'_>) -> Answer {
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
    let mut hellos = case.events().iter().enumerate().filter(|(_, event)| is_message(event, 1));
    let places = (hellos.next().map(|(at, _)| at), hellos.next().map(|(at, _)| at));
    let cost = places.0.zip(places.1).and_then(|(one, two)| case.between(one, two)).map(milliseconds);
    let cost = cost.map(|cost| format!(" It cost {cost}.")).unwrap_or_default();
    let text = format!("The client sent a key share of {guessed}, the server wants {wanted}.{cost}");
    let frame = |what: String, frame| super::Evidence::frame(frame, what);
    Found::new(Confidence::Certain, text)
        .by([
            frame(format!("key share of {guessed}"), first.frame),
            frame(format!("asks for {wanted}"), retry.frame),
            frame("the second ClientHello".to_owned(), second.frame),
        ])
        .into()
}

fn second_hello(case: &Case<'_>) -> Answer {
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
        .by([super::Evidence::frame(second.frame, what)])
        .into()
}

fn small_group(case: &Case<'_>) -> Answer {
    let Some(bits) = case.session.clues.dh_bits.filter(|bits| *bits < 2048) else { return Silent };
    let refused = matches!(case.fatal_of(ToServer, ANSWERED), Some(40 | 47 | 71));
    let text = format!("The server's Diffie-Hellman prime has {bits} bits; less than 2048 can be broken in advance.");
    Found::new(Confidence::Certain, text)
        .because(refused.then_some(Confidence::Likely), || format!("the Diffie-Hellman group has only {bits} bits"))
        .by(case.at_message(ToClient, 12, format!("a prime of {bits} bits"), "tls.handshake.p_len"))
        .by(case.at_end().filter(|_| refused))
        .into()
}

fn not_http2(case: &Case<'_>) -> Answer {
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

fn extension(case: &Case<'_>) -> Answer {
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

fn broken_hello(case: &Case<'_>) -> Answer {
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
        .by([super::Evidence::frame(note.frame, format!("{what}{at}"))])
        .by(case.at_end())
        .into()
}

fn renegotiation(case: &Case<'_>) -> Answer {
    let refused = |event: &crate::session::Event| {
        matches!(event.kind, EventKind::Alert(Alert { description: AlertDescription(100), .. }))
    };
    let asked = case.first(|event| is_message(event, 0));
    let Some(index) = case.first(refused) else {
        let ended = asked.zip(case.end).filter(|(asked, end)| end.event > *asked && end.how != How::NotTls);
        let Some((asked, end)) = ended else { return Silent };
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

fn no_master_secret(case: &Case<'_>) -> Answer {
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

fn overflow(case: &Case<'_>) -> Answer {
    let note = case
        .session
        .notes
        .iter()
        .find(|note| note.item.code == "tls.record.length" && note.item.severity == Severity::Error);
    let Some((end, 22)) = case.fatal() else {
        let Some(note) = note else { return Silent };
        return Found::new(Confidence::Certain, format!("{}.", note.item.text))
            .milder(Severity::Warn)
            .by([super::Evidence::frame(note.frame, note.item.text.clone())])
            .into();
    };
    let other = side(end.by.reverse());
    let agreed = case.server_hello().is_some_and(|hello| hello.extensions.contains(&ExtensionType(1)))
        || case.session.clues.encrypted_extensions.iter().flatten().any(|kind| matches!(kind.0, 1 | 28));
    let limit = if agreed { "the limit that was agreed on" } else { "what TLS allows" };
    let text = format!("A record of {other} is longer than {limit}.");
    Found::new(Confidence::Likely, text)
        .because(Some(Confidence::Likely), || format!("a record of {other} is longer than {limit}"))
        .by(note.map(|note| super::Evidence::frame(note.frame, note.item.text.clone())))
        .by(case.at_end())
        .into()
}
