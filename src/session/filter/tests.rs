//! The filter language as tables: what matches, what is wrong and where, what can come next.

use super::*;
use crate::session::sample;

#[test]
fn a_filter_knows_what_it_asks_for() {
    for (text, asks) in [
        ("proof == failed", true),
        ("not (sni or proofs)", true),
        ("result == ok proof", true),
        ("", false),
        ("sni contains proof", false),
        ("note == \"proof\"", false),
    ] {
        assert_eq!(parse(text).unwrap().asks_for("proof"), asks, "{text}");
    }
}

#[test]
fn filters_match_what_they_say() {
    let (tls13, refused, retried, dtls) = (sample::tls13(), sample::refused(), sample::retried(), sample::dtls());
    let sessions = [&tls13, &refused, &retried, &dtls];
    // One letter for each session that matches: a TLS 1.3, r refused, h retried, d DTLS.
    for (text, expected) in [
        ("", "arhd"),
        ("version == 1.3 and sni contains \"bank\"", "ah"),
        ("version = tls1.3", "ah"),
        ("version == \"TLS 1.2\"", "r"),
        ("version < 1.3", "r"),
        ("version != 1.3", "rd"),
        ("version >= 0x0304", "ah"),
        ("tls.handshake.version == 0x0303", "r"),
        ("result == failed", "r"),
        ("decrypted == true", ""),
        ("not decrypted", "arhd"),
        ("closed == \"forward secrecy\"", ""),
        ("proof == verified", "r"),
        ("proof == failed", ""),
        ("not proof", "ahd"),
        ("result:failed", "r"),
        ("result: failed", "r"),
        ("RESULT == FAILED", "r"),
        ("not result:failed", "ahd"),
        ("!(result:failed || kind:dtls)", "ah"),
        ("result:ok or result:failed and version == 1.3", "a"),
        ("(result:ok or result:failed) and version == 1.2", "r"),
        ("result in {ok, failed}", "ar"),
        ("result not in {ok, failed}", "hd"),
        ("sni", "arh"),
        ("not sni", "d"),
        ("sni == BANK.example", "arh"),
        ("sni matches *.example", "arh"),
        ("sni matches b?nk", ""),
        ("sni ~ bank*", "arh"),
        ("sni not contains bank", "d"),
        ("tls.handshake.extensions_server_name == bank.example", "arh"),
        ("cipher == TLS_AES_128_GCM_SHA256", "a"),
        ("cipher == 0x1301", "a"),
        ("cipher contains gcm", "a"),
        ("cipher_offered == 0x1301", "arh"),
        ("alpn == h2", "r"),
        ("alpn_offered contains http", "arh"),
        ("group_offered == x25519", "arh"),
        ("group == x25519 or group == secp256r1", "ar"),
        ("key_share_offered", "arh"),
        ("version_offered == 1.2", "arh"),
        ("hrr", "h"),
        ("hrr == false", "ard"),
        ("auth == asked", "r"),
        ("auth:mutual", ""),
        ("client_certificate", ""),
        ("client_certificate == false", "r"),
        ("certificate_requested", "r"),
        ("resumed", ""),
        ("resumed == no", "ar"),
        ("not resumed", "arhd"),
        ("alert", "r"),
        ("alert == handshake_failure", "r"),
        ("alert == 40", "r"),
        ("alert == \"handshake failure\"", "r"),
        ("alert contains failure", "r"),
        ("alert_by == server", "r"),
        ("alert_level == fatal", "r"),
        ("client == 192.0.2.0/24", "arh"),
        ("client == 192.0.2.10", "arh"),
        ("client == 192.0.2.10:43240", "arh"),
        ("client == 192.0.2.10:1", ""),
        ("client == 0.0.0.0/0", "arh"),
        ("server == 2001:db8::/32", "d"),
        ("server == [2001:db8::2]:4433", "d"),
        ("address != 192.0.2.10", "d"),
        ("port == 443", "arh"),
        ("port in {1..442, 4433}", "d"),
        ("server.port > 443", "d"),
        ("tcp.dstport == 443", "arh"),
        ("stream == 9", "r"),
        ("stream == udp:3", "d"),
        ("stream in {tcp:0, 5}", "ah"),
        ("number == 2", "r"),
        ("number >= 2 number < 4", "rh"),
        ("duration > 6ms", "arhd"),
        ("duration > 6.5ms", ""),
        ("handshake <= 3270us", "arhd"),
        ("rtt == 400us", "arhd"),
        ("bytes >= 5kB", "a"),
        ("time == 2026-10-21", "arhd"),
        ("time > 2026-10-21T10:00:01Z", ""),
        ("time >= \"2026-10-21 10:00\"", "arhd"),
        ("missing > 1000", "r"),
        ("missing", "r"),
        ("retransmissions", "r"),
        ("subject contains \"Lab Root\"", "r"),
        ("san == localhost", "r"),
        ("san == 127.0.0.1", "r"),
        ("serial == 9c:eb", "r"),
        ("serial == 0x009ceb", "r"),
        ("sha256 contains eaea", "r"),
        ("expired", "r"),
        ("self_signed", ""),
        ("key contains P-256", "r"),
        ("key_bits < 2048", "r"),
        ("certificates == 2", "r"),
        ("prelude contains smtp", "r"),
        ("note contains captured", "r"),
        ("note == tcp.gap", "r"),
        ("severity >= warn", "r"),
        ("severity == error", ""),
        ("message == certificate_request", "r"),
        ("extension == 43", "arh"),
        ("ja3 == 579CCEF312D18482FC42E2B822CA2430", "arh"),
        ("ja4 matches t13d*", "arh"),
        ("bank", "arh"),
        ("BANK failed", "r"),
        ("43240", "arh"),
        ("bank*ple", "arh"),
        ("2001:db8::2", "d"),
        ("tcp:9", "r"),
        ("handshake_failure", "r"),
        ("\"lab root\"", "r"),
        ("smtp", "r"),
        ("nothing-of-this", ""),
    ] {
        let filter = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let named = sessions.iter().zip("arhd".chars());
        let found: String = named.filter(|(session, _)| filter.matches(session)).map(|(_, letter)| letter).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_wrong_filter_says_what_and_where() {
    for (text, at, message, help) in [
        ("resutl == ok", 0..6, "There is no field \"resutl\".", "did you mean result?"),
        ("sni:x snj:y", 6..9, "There is no field \"snj\".", "did you mean sni?"),
        ("version == 1.4", 11..14, "\"1.4\" is not a version.", "it is written like 1.3, TLS 1.2 or 0x0303"),
        ("duration > 100", 11..14, "\"100\" is not a duration.", "it needs a unit, as in 100ms or 1.5s"),
        (
            "finding == cert-99",
            11..18,
            "\"cert-99\" is not a rule.",
            "did you mean CERT-09? `tlslab rules` lists them all; contains looks for a part",
        ),
        (
            "client_library == Gop",
            18..21,
            "\"Gop\" is not one of the words that the field has.",
            "it has OpenSSL, OpenSSL 1.0, LibreSSL, Chromium, BoringSSL, NSS, Go, Java, GnuTLS, rustls, mbedTLS, wolfSSL, \
             Botan, Erlang, Schannel, Apple",
        ),
        (
            "result:faild",
            7..12,
            "\"faild\" is not one of the words that the field has.",
            "it has ok, failed, suspect, incomplete, midstream, undecoded",
        ),
        (
            "cipher == TLS_AES_128_GCM_SHA265",
            10..32,
            "\"TLS_AES_128_GCM_SHA265\" is not the name of a known cipher suite, nor a number.",
            "did you mean TLS_AES_128_GCM_SHA256?",
        ),
        ("sni < a", 4..5, "The values of sni (text) cannot be compared like this.", "== and != work with every field"),
        (
            "client == 10.0.0.0/33",
            10..21,
            "\"10.0.0.0/33\" is not an address.",
            "it is written like 10.0.0.1, 10.0.0.0/8, 10.0.0.1:443 or [::1]:443",
        ),
        ("sni ==", 6..6, "A value is missing here.", ""),
        ("sni == )", 7..8, "A value belongs here.", ""),
        ("(sni", 0..1, "The parenthesis is not closed.", ""),
        ("sni)", 3..4, "Nothing was opened that this could close.", ""),
        ("sni == \"x", 7..9, "The quote is not closed.", ""),
        ("sni and", 7..7, "Something to look for is missing here.", ""),
        ("or sni", 0..2, "\"or\" stands between two terms.", ""),
        ("port in 443", 8..11, "A list in braces belongs here.", "as in port in {a, b}"),
        ("port in {443", 8..9, "The brace is not closed.", ""),
        ("sni & alpn", 4..5, "This sign stands alone: it is written twice (&&, ||).", ""),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!((error.at.clone(), error.message.as_str()), (at, message), "{text}");
        assert_eq!(error.help.unwrap_or_default(), help, "{text}");
    }
    assert!(parse(&"(".repeat(100_000)).is_err());
    assert!(parse(&"!".repeat(100_000)).is_err());
}

#[test]
fn what_can_come_next_is_offered() {
    // The cursor stands at the bar.
    for (text, replace, first) in [
        ("|", 0..0, "result"),
        ("res|", 0..3, "result"),
        ("sni and ver|", 8..11, "version"),
        ("(al|pn", 1..5, "alpn"),
        ("result |", 7..7, "=="),
        ("sni con|", 4..7, "contains"),
        ("result == f|", 10..11, "failed"),
        ("result:f|", 7..8, "failed"),
        ("result in {ok, su|", 15..17, "suspect"),
        ("version == |", 11..11, "1.3"),
        ("cipher == tls_aes_256|", 10..21, "TLS_AES_256_GCM_SHA384"),
        ("result == ok |", 13..13, "and"),
        ("bank |", 5..5, "and"),
        ("not |", 4..4, "result"),
        ("tls.handshake.ja3s|", 0..18, "ja3s"),
        ("severity >= |", 12..12, "chat"),
        ("finding == mtls-0|", 11..17, "MTLS-01"),
    ] {
        let cursor = text.find('|').unwrap();
        let found = complete(&text.replace('|', ""), cursor);
        assert_eq!(found.replace, replace, "{text}");
        assert_eq!(found.candidates.first().map(|candidate| candidate.text.as_str()), Some(first), "{text}");
    }
    assert!(complete("sni == \"ba", 10).candidates.is_empty());
    assert_eq!(complete("\u{fc}", 1).replace, 0..0);
}

#[test]
fn every_field_can_be_asked_of_every_session() {
    let sessions = [sample::tls13(), sample::refused(), sample::retried(), sample::dtls()];
    for field in FIELDS {
        let filter = parse(field.name).unwrap();
        let found = sessions.iter().filter(|session| filter.matches(session)).count();
        assert!(found <= sessions.len());
        assert!(!field.text.is_empty() && !field.text.ends_with('.'), "{}", field.name);
    }
}

proptest::proptest! {
    #[test]
    fn what_passes_a_narrower_filter_passes_the_wider_one(narrow in proptest::sample::select(TERMS), more in proptest::sample::select(TERMS), wide in proptest::sample::select(TERMS), cut in 1..9_usize) {
        for narrow in [narrow.to_owned(), format!("{narrow} {more}"), format!("{narrow} or {more}"), format!("not {narrow}")] {
            for wide in [wide.to_owned(), narrow.get(..narrow.len().saturating_sub(cut)).unwrap_or_default().to_owned()] {
                let (Ok(narrow), Ok(wide)) = (parse(&narrow), parse(&wide)) else { continue };
                for session in [sample::tls13(), sample::refused(), sample::retried(), sample::dtls()] {
                    let wrong = narrow.narrows(&wide) && narrow.matches(&session) && !wide.matches(&session);
                    assert!(!wrong, "{narrow:?} {wide:?}");
                }
            }
        }
    }

    #[test]
    fn no_text_stops_the_reader(parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..12), other in ".{0,8}", cursor in 0..99_usize) {
        let text = parts.concat() + &other;
        let session = sample::refused();
        match parse(&text) {
            Ok(filter) => {
                let _ = filter.matches(&session);
            }
            Err(error) => assert!(text.get(error.at.clone()).is_some(), "{text}: {error:?}"),
        }
        let found = complete(&text, cursor);
        assert!(text.get(found.replace.clone()).is_some(), "{text}: {found:?}");
        for candidate in found.candidates {
            assert!(!candidate.text.is_empty());
        }
    }
}

const TERMS: &[&str] = &[
    "bank",
    "failed",
    "192.0.2",
    "tcp:9",
    "2001:db8",
    "smtp*",
    "\"lab root\"",
    "sni contains bank",
    "subject contains lab",
    "result:failed",
    "resumed",
    "duration > 6ms",
    "port in {443, 4433}",
];

const PARTS: &[&str] = &[
    " ",
    " ",
    "sni",
    "version",
    "port",
    "duration",
    "client",
    "time",
    "serial",
    "cipher",
    "stream",
    "not",
    "and",
    "or",
    "in",
    "contains",
    "matches",
    "==",
    "!=",
    "<",
    ">=",
    "~",
    "!",
    "(",
    ")",
    "{",
    "}",
    ",",
    ":",
    "..",
    "\"",
    "\\",
    "*",
    "?",
    "1.3",
    "443",
    "0x1301",
    "10.0.0.0/8",
    "::1",
    "100ms",
    "99999999999999999999",
    "2026-10-21",
    "T10:00",
    "\u{fc}",
    "&",
    "|",
];

#[test]
fn a_filter_narrows_another_where_it_asks_for_more() {
    for (filter, other, expected) in [
        ("bank", "", true),
        ("bank", "ban", true),
        ("BANK", "ban", true),
        ("bank", "ank", true),
        ("ban", "bank", false),
        ("bank failed", "bank", true),
        ("bank failed", "ban fail", true),
        ("bank", "bank failed", false),
        ("not bank", "not ban", false),
        ("bank or failed", "bank", false),
        ("bank*", "bank*", true),
        ("bank*", "bank", false),
        ("result:ok bank", "result == ok", true),
        ("result:ok bank", "result == failed", false),
        ("sni:a", "alpn:a", false),
        ("sni contains bank", "sni contains ban", true),
        ("sni contains bank", "alpn contains ban", false),
        ("resumed bank", "resumed", true),
        ("\"\"", "x", false),
        ("", "x", false),
    ] {
        assert_eq!(parse(filter).unwrap().narrows(&parse(other).unwrap()), expected, "{filter} / {other}");
    }
}

#[test]
#[ignore = "a measurement: run it alone, with --release --nocapture"]
fn throughput_of_filters() {
    let sessions = [sample::tls13(), sample::refused(), sample::retried(), sample::dtls()];
    for text in ["nothing-of-this", "version == 1.3 and sni contains \"bank\"", "subject contains x or result:failed"] {
        let filter = parse(text).unwrap();
        let begin = std::time::Instant::now();
        let found = sessions.iter().cycle().take(60_000).filter(|session| filter.matches(session)).count();
        println!("{text}: {found} of 60000 in {:?}", begin.elapsed());
    }
}

#[test]
fn every_library_can_be_chosen_by() {
    for library in crate::session::library::Library::ALL {
        let text = format!("client_library == \"{}\"", library.name());
        assert!(parse(&text).is_ok(), "{text}");
    }
}
