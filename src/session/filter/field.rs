//! What a filter can ask of a session: one row for each field.

use super::value::{Kind, Value};
use crate::net::Direction;
use crate::session::judgement::Ruling;
use crate::session::{Authentication, EventKind, Session};
use crate::tls::code::{
    AlertDescription, AlertLevel, CipherSuite, ExtensionType, HandshakeType, NamedGroup, SignatureScheme,
};
use crate::tls::handshake::ClientHello;
use crate::x509::{Certificate, GeneralName};

/// One thing that a filter can ask of a session.
#[derive(Debug)]
pub struct FilterField {
    /// Its name.
    pub name: &'static str,
    /// Other names that are understood, Wireshark's among them.
    pub aliases: &'static [&'static str],
    /// What kind of values it has.
    pub kind: Kind,
    /// What it means, in a few words.
    pub text: &'static str,
    /// Hands over its values until one is taken, and says whether one was.
    pub(super) values: Values,
}

/// Reads the values of a session.
type Values = fn(&Session, &mut dyn FnMut(Value<'_>) -> bool) -> bool;

/// The field of that name, which may be one of its other names.
pub(super) fn find(name: &str) -> Option<&'static FilterField> {
    let same = |other: &&str| other.eq_ignore_ascii_case(name);
    FIELDS.iter().find(|field| same(&field.name) || field.aliases.iter().any(same))
}

macro_rules! filter_fields {
    ($($name:literal [$($alias:literal)*] $kind:expr, $text:literal, $values:expr;)*) => {
        /// All fields, those asked for most often first.
        pub static FIELDS: &[FilterField] = &[
            $(FilterField { name: $name, aliases: &[$($alias),*], kind: $kind, text: $text, values: $values },)*
        ];
    };
}

filter_fields! {
    "result" ["outcome"] RESULT, "how the session went",
        |s, take| take(Value::Text(s.outcome.word()));
    "sni" ["server_name" "tls.sni" "tls.handshake.extensions_server_name"] Kind::Text, "the host name the client asked for",
        |s, take| hellos(s, |hello| hello.server_name.as_deref().is_some_and(|name| take(Value::Text(name))));
    "version" ["tls.version" "tls.handshake.version"] Kind::Version, "the version that was chosen",
        |s, take| s.version.is_some_and(|v| take(Value::Code(u32::from(v.0), v.name())));
    "cipher" ["cipher_suite" "ciphersuite" "tls.handshake.ciphersuite"] CIPHER, "the cipher suite that was chosen",
        |s, take| s.cipher_suite.is_some_and(|suite| take(cipher(suite)));
    "group" ["curve" "tls.handshake.extensions_key_share_group"] GROUP, "the group of the key exchange",
        |s, take| s.group.is_some_and(|group| take(named_group(group)));
    "alpn" ["tls.handshake.extensions_alpn_str"] Kind::Text, "the application protocol that was chosen",
        |s, take| s.alpn.as_deref().is_some_and(|name| take(wire_text(name)));
    "auth" ["authentication"] AUTHENTICATION, "who showed a certificate to whom",
        |s, take| s.authentication().is_some_and(|way| take(Value::Text(Authentication::word(way))));
    "alert" ["tls.alert_message.desc"] ALERT, "an alert that can be read",
        |s, take| s.alerts().any(|(_, alert)| take(description(alert.description)));
    "alert_level" ["tls.alert_message.level"] ALERT_LEVEL, "the level of an alert that can be read",
        |s, take| s.alerts().any(|(_, alert)| take(Value::Code(u32::from(alert.level.0), alert.level.name())));
    "alert_by" [] PEER, "who sent an alert, encrypted ones included",
        |s, take| s.timeline.iter().any(|event| {
            let alert = matches!(event.kind, EventKind::Alert(_) | EventKind::EncryptedAlert { .. });
            alert && take(Value::Text(peer(event.direction)))
        });

    "client" ["src"] Kind::Address, "the client's address, or address and port",
        |s, take| take(Value::Endpoint(s.client));
    "server" ["dst"] Kind::Address, "the server's address, or address and port",
        |s, take| take(Value::Endpoint(s.server));
    "address" ["addr" "ip.addr" "ipv6.addr"] Kind::Address, "the address of either side",
        |s, take| take(Value::Endpoint(s.client)) || take(Value::Endpoint(s.server));
    "client.port" ["client_port" "tcp.srcport"] Kind::Number, "the client's port",
        |s, take| take(Value::Number(i64::from(s.client.port)));
    "server.port" ["server_port" "tcp.dstport"] Kind::Number, "the server's port",
        |s, take| take(Value::Number(i64::from(s.server.port)));
    "port" ["tcp.port" "udp.port"] Kind::Number, "the port of either side",
        |s, take| take(Value::Number(i64::from(s.client.port))) || take(Value::Number(i64::from(s.server.port)));
    "number" [] Kind::Number, "the number of the session in the list",
        |s, take| take(Value::Number(i64::from(s.number)));
    "stream" ["tcp.stream"] Kind::Stream, "the stream, numbered as in Wireshark",
        |s, take| take(Value::Stream(s.stream));
    "kind" [] KIND, "what runs over the stream",
        |s, take| take(Value::Text(s.kind.word()));
    "prelude" ["protocol" "starttls"] Kind::Text, "what was spoken before TLS began",
        |s, take| s.prelude.as_deref().is_some_and(|prelude| take(Value::Text(prelude.protocol)));

    "duration" [] Kind::Duration, "time from the first frame of the stream to the last",
        |s, take| take(Value::Number(s.ended.saturating_sub(s.started)));
    "handshake" ["handshake_duration"] Kind::Duration, "time from the first record to the last message of the handshake",
        |s, take| s.handshake_started.zip(s.handshake_ended)
            .is_some_and(|(from, to)| take(Value::Number(to.saturating_sub(from))));
    "rtt" ["syn_round_trip" "tcp.analysis.initial_rtt"] Kind::Duration, "time between SYN and SYN-ACK",
        |s, take| s.transport.syn_round_trip.is_some_and(|time| take(Value::Number(time)));
    "time" ["frame.time" "started"] Kind::Time, "when the stream began",
        |s, take| take(Value::Number(s.started));
    "bytes" ["size"] Kind::Number, "payload in bytes, both directions together",
        |s, take| take(Value::Number(s.bytes.iter().fold(0, |sum, bytes| sum + i64::try_from(*bytes).unwrap_or(0))));
    "frames" [] Kind::Number, "frames of the stream",
        |s, take| take(Value::Number(i64::from(s.frames)));
    "first_frame" ["frame" "frame.number"] Kind::Number, "the frame of the first record",
        |s, take| take(Value::Number(i64::from(s.first_frame)));
    "retransmissions" ["tcp.analysis.retransmission"] Kind::Number, "segments that brought nothing new",
        |s, take| take(Value::Number(i64::from(s.transport.retransmissions)));
    "out_of_order" ["tcp.analysis.out_of_order"] Kind::Number, "segments that came before an earlier one",
        |s, take| take(Value::Number(i64::from(s.transport.out_of_order)));
    "missing" ["tcp.analysis.lost_segment"] Kind::Number, "bytes that were never captured",
        |s, take| s.transport.missing.iter().any(|bytes| take(Value::Number(i64::try_from(*bytes).unwrap_or(i64::MAX))));

    "resumed" [] Kind::Flag, "whether an earlier session was resumed, where it can be told",
        |s, take| s.resumed.is_some_and(|resumed| take(Value::Flag(resumed)));
    "hrr" ["hello_retry_request"] Kind::Flag, "whether the server asked for another ClientHello",
        |s, take| take(Value::Flag(s.hello_retry_request()));
    "early_data" ["0rtt"] Kind::Flag, "whether the client announced early data",
        |s, take| hellos(s, |hello| take(Value::Flag(hello.early_data)));
    "ech" [] Kind::Flag, "whether the hello has encrypted_client_hello, a real one or a GREASE one",
        |s, take| hellos(s, |hello| take(Value::Flag(hello.encrypted_client_hello)));
    "psk" [] Kind::Flag, "whether the client offered a pre-shared key or an earlier session of TLS 1.3",
        |s, take| hellos(s, |hello| take(Value::Flag(hello.psk_identities > 0)));
    "ticket" [] Kind::Flag, "whether the client sent a session ticket",
        |s, take| hellos(s, |hello| take(Value::Flag(hello.session_ticket_length.unwrap_or(0) > 0)));
    "new_tickets" ["new_session_tickets"] Kind::Number, "NewSessionTicket messages that can be read",
        |s, take| take(Value::Number(i64::from(s.new_session_tickets)));
    "certificate_requested" ["client_certificate_requested"] Kind::Flag, "whether the server asked for a certificate, where it can be read",
        |s, take| s.certificate_request.is_some() && take(Value::Flag(true));
    "client_certificate" ["client_certificate_sent" "client_cert"] Kind::Flag, "whether the client sent a certificate; false for an empty list",
        |s, take| s.client_certificate_sent.is_some_and(|sent| take(Value::Flag(sent)));
    "stapled" ["ocsp"] Kind::Flag, "whether the server stapled an OCSP response, where it can be read",
        |s, take| s.ocsp_response.is_some() && take(Value::Flag(true));

    "decrypted" [] Kind::Flag, "whether keys opened protected records",
        |s, take| take(Value::Flag(s.is_open()));
    "closed" ["not_decrypted"] CLOSED, "why protected records stayed closed, where keys were given",
        |s, take| s.decryption.iter().flat_map(|facts| facts.reason).flatten().any(|why| take(Value::Text(why.word())));

    "proof" ["proofs"] PROOF, "what came of checking a signature, a Finished or a binder",
        |s, take| s.proofs.iter().any(|proof| take(Value::Text(proof.result.word())));

    "ja3" ["tls.handshake.ja3"] Kind::Text, "the client's fingerprint JA3",
        |s, take| hellos(s, |hello| !hello.fingerprints.ja3.is_empty() && take(Value::Text(&hello.fingerprints.ja3)));
    "ja3s" ["tls.handshake.ja3s"] Kind::Text, "the server's fingerprint JA3S",
        |s, take| s.server_hello().is_some_and(|hello| !hello.ja3s.is_empty() && take(Value::Text(&hello.ja3s)));
    "ja4" ["tls.handshake.ja4"] Kind::Text, "the client's fingerprint JA4",
        |s, take| hellos(s, |hello| !hello.fingerprints.ja4.is_empty() && take(Value::Text(&hello.fingerprints.ja4)));

    "client_library" ["library"] LIBRARY, "the TLS library that the client's hello looks like",
        |s, take| s.client_library().is_some_and(|it| take(Value::Text(it.library.name())));

    "subject" [] Kind::Text, "the subject of a certificate of either side",
        |s, take| readable(s, |certificate| take(Value::Text(&certificate.subject.to_string())));
    "issuer" [] Kind::Text, "the issuer of a certificate of either side",
        |s, take| readable(s, |certificate| take(Value::Text(&certificate.issuer.to_string())));
    "san" ["x509ce.dnsname"] Kind::Text, "a name of subjectAltName, of a certificate of either side",
        |s, take| readable(s, |certificate| certificate.subject_alt_names.iter().any(|name| take(alt_name(name))));
    "serial" ["x509af.serialnumber"] Kind::Bytes, "the serial number of a certificate of either side",
        |s, take| readable(s, |certificate| take(Value::Bytes(&certificate.serial)));
    "sha256" ["fingerprint"] Kind::Bytes, "the SHA-256 fingerprint of a certificate of either side",
        |s, take| certificates(s).any(|certificate| take(Value::Bytes(&certificate.sha256)));
    "key" [] Kind::Text, "the public key of a certificate of either side, such as RSA 2048",
        |s, take| readable(s, |certificate| take(Value::Text(&certificate.key.to_string())));
    "key_bits" [] Kind::Number, "the strength of the public key of a certificate of either side, in bits",
        |s, take| readable(s, |certificate| take(Value::Number(i64::from(certificate.key.bits))));
    "certificate_signature" ["signature_algorithm"] Kind::Text, "how a certificate of either side is signed",
        |s, take| readable(s, |certificate| take(Value::Text(&certificate.signature_algorithm)));
    "expired" [] Kind::Flag, "whether a certificate was not valid when the session began, too early included",
        |s, take| readable(s, |certificate| {
            take(Value::Flag(!certificate.is_valid_at(s.started.div_euclid(1_000_000_000))))
        });
    "self_signed" [] Kind::Flag, "whether the first certificate of either side names itself as its issuer",
        |s, take| [s.server_certificates.first(), s.client_certificates.first()].into_iter().flatten()
            .any(|certificate| take(Value::Flag(certificate.is_self_issued())));
    "certificates" ["server_certificates"] Kind::Number, "how many certificates the server sent, where they can be read",
        |s, take| take(Value::Number(i64::try_from(s.server_certificates.len()).unwrap_or(0)));
    "validation" ["trusted"] VALIDATION, "what the trust anchors make of the certificates of either side, when captured",
        |s, take| s.judgement.sides().any(|(_, judged)| take(Value::Text(judged.word())));
    "failed_check" ["problem"] CHECK, "a check that the certificates of either side do not pass",
        |s, take| rulings(s).any(|ruling| ruling.problems().any(|rung| take(Value::Text(rung.check.word()))));
    "anchor" ["root"] Kind::Text, "the subject of the trust anchor that the certificates of either side lead to",
        |s, take| rulings(s).any(|ruling| ruling.anchor_subject().is_some_and(|subject| take(Value::Text(subject))));
    "signature" ["signature_scheme"] SCHEME, "the scheme with which the server proved its key",
        |s, take| s.server_signature_scheme.is_some_and(|scheme| take(signature(scheme)));

    "version_offered" ["versions" "tls.handshake.extensions.supported_version"] Kind::Version, "a version that the client offered",
        |s, take| hellos(s, |hello| {
            let versions = &hello.supported_versions;
            let legacy = versions.is_empty().then_some(&hello.legacy_version);
            versions.iter().chain(legacy).any(|v| take(Value::Code(u32::from(v.0), v.name())))
        });
    "cipher_offered" ["ciphers"] CIPHER, "a cipher suite that the client offered",
        |s, take| hellos(s, |hello| hello.cipher_suites.iter().any(|suite| take(cipher(*suite))));
    "group_offered" ["groups" "tls.handshake.extensions_supported_group"] GROUP, "a group that the client offered",
        |s, take| hellos(s, |hello| hello.supported_groups.iter().any(|group| take(named_group(*group))));
    "key_share_offered" [] GROUP, "a group for which the client sent a key share",
        |s, take| hellos(s, |hello| hello.key_share_groups.iter().any(|group| take(named_group(*group))));
    "signature_offered" ["tls.handshake.sig_hash_alg"] SCHEME, "a signature scheme that the client offered",
        |s, take| hellos(s, |hello| hello.signature_algorithms.iter().any(|scheme| take(signature(*scheme))));
    "alpn_offered" [] Kind::Text, "an application protocol that the client offered",
        |s, take| hellos(s, |hello| hello.alpn.iter().any(|name| take(wire_text(name))));
    "extension_offered" ["extension" "tls.handshake.extension.type"] EXTENSION, "an extension of the ClientHello",
        |s, take| hellos(s, |hello| {
            hello.extensions.iter().any(|extension| take(Value::Code(u32::from(extension.0), extension.name())))
        });
    "message" ["tls.handshake.type"] MESSAGE, "a handshake message that can be read",
        |s, take| s.timeline.iter().any(|event| match event.kind {
            EventKind::Handshake { kind, .. } => take(Value::Code(u32::from(kind.0), kind.name())),
            _ => false,
        });

    "note" [] Kind::Text, "the code or the text of a remark",
        |s, take| s.notes.iter().any(|note| take(Value::Text(note.item.code)) || take(Value::Text(&note.item.text)));
    "severity" [] Kind::Severity, "the severity of a finding or a remark",
        |s, take| s.findings.iter().any(|found| take(Value::Severity(found.severity)))
            || s.notes.iter().any(|note| take(Value::Severity(note.item.severity)));
    "finding" ["rule"] Kind::Rule, "the rule of something that was found, such as CERT-01",
        |s, take| s.findings.iter().any(|found| take(Value::Text(found.rule.id)));
    "cause" ["verdict"] Kind::Rule, "the rule that explains why the session ended as it did",
        |s, take| s.verdict_finding().is_some_and(|found| take(Value::Text(found.rule.id)));
    "decided_by" [] DECIDER, "who decided how the session ended",
        |s, take| s.verdict.decided_by.is_some_and(|by| take(Value::Text(by.word())));
}

const CLOSED: Kind = Kind::Word(&[
    ("no entry", "no secret is for its client random"),
    ("label missing", "the key log knows the session and lacks the secret that is needed"),
    ("wrong secret", "the secret does not fit"),
    ("damaged", "bytes were lost or changed"),
    ("incomplete", "a part of the record was not captured"),
    ("forward secrecy", "a long-lived key cannot open the session"),
    ("other private key", "the client encrypted to another key"),
    ("other identity", "the client named another pre-shared key"),
    ("resumed", "the session rests on an earlier one that was not opened"),
    ("suite not supported", "the cipher is not known here"),
    ("handshake not captured", "a hello is missing"),
    ("began before the capture", "both hellos are missing"),
    ("block missing", "the end of the record before it, to which it is chained, was not captured"),
    ("came late", "the capture brings the secrets behind the record"),
]);
const LIBRARY: Kind = Kind::Word(&[
    ("OpenSSL", "1.1.1 or later: curl, Python, Node.js, Ruby, PHP, Perl, nginx"),
    ("OpenSSL 1.0", "up to 1.0.2"),
    ("LibreSSL", "of OpenBSD and macOS"),
    ("Chromium", "BoringSSL as browsers use it"),
    ("BoringSSL", "elsewhere"),
    ("NSS", "Firefox"),
    ("Go", "crypto/tls"),
    ("Java", "JSSE"),
    ("GnuTLS", "wget and others"),
    ("rustls", "programs in Rust"),
    ("mbedTLS", "small devices"),
    ("wolfSSL", "small devices"),
    ("Botan", "programs in C++"),
    ("Erlang", "its ssl application"),
    ("Schannel", "Windows"),
    ("Apple", "macOS and iOS"),
]);
const PROOF: Kind = Kind::Word(&[
    ("verified", "it was checked and holds"),
    ("failed", "it was checked and does not fit"),
    ("not checked", "a message, a secret or an algorithm is missing"),
]);
const RESULT: Kind = Kind::Word(&[
    ("ok", "the handshake ended well on both sides"),
    ("failed", "refused with an alert, reset or closed before the end"),
    ("suspect", "encrypted to the end, most likely refused"),
    ("incomplete", "the capture ends or lacks too much to tell"),
    ("midstream", "the capture begins after the handshake"),
    ("undecoded", "DTLS or QUIC, which are only listed"),
]);
const AUTHENTICATION: Kind = Kind::Word(&[
    ("one-way", "the server showed a certificate and asked for none"),
    ("mutual", "both sides showed a certificate"),
    ("asked", "the server asked, no certificate of the client was seen"),
    ("anonymous", "no side proved who it is"),
    ("psk", "by a key that both had before"),
]);
const VALIDATION: Kind = Kind::Word(&[
    ("passed", "nothing speaks against them"),
    ("failed", "at least one check failed"),
    ("not-judged", "nobody looked: no anchors, or too many chains"),
]);
const CHECK: Kind = Kind::Word(&[
    ("parse", "a certificate cannot be read"),
    ("chain-built", "an issuer was not found"),
    ("signature", "the issuer did not make a signature"),
    ("validity", "not yet valid, or no longer"),
    ("ca-flag", "an authority that is none, or the other way round"),
    ("pathlen", "too many intermediates"),
    ("purpose", "not for this use"),
    ("constraints", "a name outside what an authority may sign for"),
    ("critical-ext", "an unknown demand"),
    ("revocation", "taken back, or that cannot be told"),
    ("trust", "the path leads to nobody who is trusted"),
    ("name", "for another host than was asked for"),
]);
const DECIDER: Kind =
    Kind::Word(&[("client", "the client"), ("server", "the server"), ("middlebox", "somebody on the way")]);
const PEER: Kind = Kind::Word(&[("client", "the client"), ("server", "the server")]);
const KIND: Kind = Kind::Word(&[("tls", "TLS or SSL over TCP"), ("dtls", "DTLS over UDP"), ("quic", "QUIC over UDP")]);

macro_rules! codes {
    ($($kind:ident $noun:literal $type:ident;)*) => {
        $(const $kind: Kind = Kind::Code {
            noun: $noun,
            table: || $type::TABLE.iter().map(|row| (u32::from(row.value), row.name)).collect(),
        };)*
    };
}

codes! {
    CIPHER "cipher suite" CipherSuite;
    GROUP "group" NamedGroup;
    ALERT "alert" AlertDescription;
    ALERT_LEVEL "alert level" AlertLevel;
    SCHEME "signature scheme" SignatureScheme;
    EXTENSION "extension" ExtensionType;
    MESSAGE "handshake message" HandshakeType;
}

fn hellos(session: &Session, take: impl FnMut(&ClientHello) -> bool) -> bool {
    session.client_hellos.iter().map(|hello| &*hello.item).any(take)
}

fn certificates(session: &Session) -> impl Iterator<Item = &Certificate> {
    session.server_certificates.iter().chain(&session.client_certificates).map(|certificate| &**certificate)
}

fn readable(session: &Session, take: impl FnMut(&Certificate) -> bool) -> bool {
    certificates(session).filter(|certificate| certificate.readable).any(take)
}

fn rulings(session: &Session) -> impl Iterator<Item = &Ruling> {
    session.judgement.sides().filter_map(|(_, judged)| judged.ruling())
}

fn peer(sender: Direction) -> &'static str {
    match sender {
        Direction::ToServer => "client",
        Direction::ToClient => "server",
    }
}

fn cipher(suite: CipherSuite) -> Value<'static> {
    Value::Code(u32::from(suite.0), suite.name())
}

fn named_group(group: NamedGroup) -> Value<'static> {
    Value::Code(u32::from(group.0), group.name())
}

fn signature(scheme: SignatureScheme) -> Value<'static> {
    Value::Code(u32::from(scheme.0), scheme.name())
}

fn description(alert: AlertDescription) -> Value<'static> {
    Value::Code(u32::from(alert.0), alert.name())
}

fn wire_text(bytes: &[u8]) -> Value<'_> {
    std::str::from_utf8(bytes).map_or(Value::Bytes(bytes), Value::Text)
}

/// A name of subjectAltName as one compares it: without its kind in front.
fn alt_name(name: &GeneralName) -> Value<'_> {
    match name {
        GeneralName::Ip(address) => Value::Address(*address),
        GeneralName::Dns(text)
        | GeneralName::Email(text)
        | GeneralName::Uri(text)
        | GeneralName::Directory(text)
        | GeneralName::Other(text) => Value::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_has_a_word() {
        let Kind::Word(words) = CHECK else { unreachable!() };
        let checks: Vec<_> =
            crate::x509::verify::Check::ALL.into_iter().map(crate::x509::verify::Check::word).collect();
        assert_eq!(words.iter().map(|(word, _)| *word).collect::<Vec<_>>(), checks);
    }

    #[test]
    fn no_name_means_two_fields() {
        let mut names: Vec<&str> =
            FIELDS.iter().flat_map(|field| [field.name].into_iter().chain(field.aliases.iter().copied())).collect();
        names.sort_unstable();
        for pair in names.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
        for name in names {
            assert_eq!(name, name.to_ascii_lowercase());
            assert!(find(&name.to_uppercase()).is_some());
        }
    }
}
