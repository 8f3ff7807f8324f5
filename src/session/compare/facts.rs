//! What messages and sessions say, fact by fact, to be held against each other.

use super::{Difference, Fact, Row};
use crate::base::{hex, printable, printable_bytes};
use crate::net::Direction;
use crate::session::{Authentication, Event, EventKind, Outcome, Session};
use crate::tls::code::{CipherSuite, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion, SignatureScheme};
use crate::tls::handshake::{ClientHello, ServerHello};
use crate::x509::Certificate;
use std::fmt::Display;
use std::sync::Arc;

/// Facts of the sessions that belong to no single message.
pub(super) fn whole(left: &Session, right: &Session) -> Row {
    let sides = [left, right];
    let mut facts = Facts::of(sides);
    facts.text("outcome", |session| match session.outcome {
        Outcome::Refused { alert, .. } => format!("failed: {}", alert.description),
        outcome => outcome.word().to_owned(),
    });
    facts.shown("server name", |session| session.server_name().map(printable));
    facts.shown("version", |session| session.version);
    facts.shown("cipher suite", |session| session.cipher_suite);
    facts.shown("group", |session| session.group);
    facts.shown("ALPN", |session| session.alpn.as_deref().map(printable_bytes));
    facts.shown("authentication", |session| session.authentication().map(Authentication::word));
    facts.shown("resumed", |session| session.resumed.map(yes));
    facts.shown("before TLS", |session| session.prelude.as_ref().map(|prelude| prelude.protocol));
    facts.shown("TCP ended by", |session| {
        let by = |way: Direction, how: &str| format!("{how} of the {}", sender(way));
        let transport = &session.transport;
        transport.reset.map(|way| by(way, "RST")).or_else(|| transport.fin.map(|way| by(way, "FIN")))
    });
    facts.shown("bytes not captured", |session| {
        let missing: u64 = session.transport.missing.iter().sum();
        (missing > 0).then_some(missing)
    });
    Row {
        name: "session".to_owned(),
        direction: None,
        events: [None; 2],
        after: sides.map(|session| Some(session.handshake_ended?.saturating_sub(session.handshake_started?))),
        facts: facts.rows,
    }
}

/// What a pair of messages says; nothing for one without a partner, which is a difference by itself.
pub(super) fn facts(sides: [&Session; 2], found: [Option<&Event>; 2]) -> Vec<Fact> {
    let [Some(left), Some(right)] = found else { return Vec::new() };
    let kinds = [&left.kind, &right.kind];
    let [a, b] = sides;
    match kinds {
        [EventKind::Handshake { kind: HandshakeType::CLIENT_HELLO, .. }, _] => {
            let hello = |session: &'_ Session, event: &Event| {
                session
                    .client_hellos
                    .iter()
                    .find(|hello| hello.frame == event.frame)
                    .map(|hello| Arc::clone(&hello.item))
            };
            let [Some(a), Some(b)] = [hello(a, left), hello(b, right)] else { return Vec::new() };
            client_hello([&*a, &*b])
        }
        [EventKind::Handshake { kind: HandshakeType::SERVER_HELLO, .. }, _] => {
            let hello = |session: &'_ Session, event: &Event| {
                session
                    .server_hellos
                    .iter()
                    .find(|hello| hello.frame == event.frame)
                    .map(|hello| Arc::clone(&hello.item))
            };
            let [Some(a), Some(b)] = [hello(a, left), hello(b, right)] else { return Vec::new() };
            server_hello([&*a, &*b])
        }
        [EventKind::Handshake { kind: HandshakeType::CERTIFICATE, .. }, _] => {
            let certificates = |session: &'_ Session| match left.direction {
                Direction::ToClient => session.server_certificates.clone(),
                Direction::ToServer => session.client_certificates.clone(),
            };
            certificate([&certificates(a), &certificates(b)])
        }
        [EventKind::Handshake { kind: HandshakeType(13), .. }, _] => certificate_request(sides),
        [EventKind::Alert(_), EventKind::Alert(_)] => alert(kinds),
        _ => sizes(kinds),
    }
}

pub(super) fn client_hello(hellos: [&ClientHello; 2]) -> Vec<Fact> {
    let mut facts = Facts::of(hellos);
    facts.shown("legacy_version", |hello| Some(hello.legacy_version));
    facts.shown("server_name", |hello| hello.server_name.as_deref().map(printable));
    facts.list("supported_versions", |hello| hello.supported_versions.iter().copied().map(version).collect());
    facts.list("cipher_suites", |hello| hello.cipher_suites.iter().copied().map(suite).collect());
    facts.list("supported_groups", |hello| hello.supported_groups.iter().copied().map(group).collect());
    facts.list("key shares for", |hello| hello.key_share_groups.iter().copied().map(group).collect());
    facts.list("signature_algorithms", |hello| hello.signature_algorithms.iter().copied().map(scheme).collect());
    facts.list("ALPN", |hello| hello.alpn.iter().map(|name| printable_bytes(name)).collect());
    facts.list("extensions", |hello| hello.extensions.iter().copied().map(extension).collect());
    facts.list("compression_methods", |hello| hello.compression_methods.iter().map(u8::to_string).collect());
    facts.shown("early_data", |hello| Some(yes(hello.early_data)));
    facts.shown("pre-shared keys offered", |hello| Some(hello.psk_identities));
    facts.shown("session ticket", |hello| Some(yes(hello.session_ticket_length.is_some_and(|length| length > 0))));
    facts.shown("JA4", |hello| (!hello.fingerprints.ja4.is_empty()).then(|| hello.fingerprints.ja4.clone()));
    facts.always("random", |hello| hello.random.map(|bytes| hex(&bytes)));
    facts.always("session_id", |hello| Some(hex(&hello.session_id)));
    facts.rows
}

fn server_hello(hellos: [&ServerHello; 2]) -> Vec<Fact> {
    let mut facts = Facts::of(hellos);
    facts.shown("version", |hello| Some(hello.version()));
    facts.shown("cipher_suite", |hello| hello.cipher_suite);
    facts.shown("group of the key share", |hello| hello.key_share_group);
    facts.shown("ALPN", |hello| hello.alpn.as_deref().map(printable_bytes));
    facts.shown("compression_method", |hello| hello.compression_method);
    facts.list("extensions", |hello| hello.extensions.iter().copied().map(extension).collect());
    facts.shown("pre-shared key chosen", |hello| hello.selected_psk);
    facts.always("random", |hello| hello.random.map(|bytes| hex(&bytes)));
    facts.always("session_id", |hello| Some(hex(&hello.session_id)));
    facts.rows
}

fn certificate(chains: [&Vec<Arc<Certificate>>; 2]) -> Vec<Fact> {
    let mut facts = Facts::of(chains);
    facts.shown("certificates", |chain| Some(chain.len()));
    let leaf = |chain: &Vec<Arc<Certificate>>| chain.first().filter(|leaf| leaf.readable).map(Arc::clone);
    facts.shown("subject", |chain| leaf(chain).map(|leaf| printable(&leaf.subject.to_string())));
    facts.shown("issuer", |chain| leaf(chain).map(|leaf| printable(&leaf.issuer.to_string())));
    facts.shown("key", |chain| leaf(chain).map(|leaf| leaf.key.to_string()));
    facts.shown("signature algorithm", |chain| leaf(chain).map(|leaf| leaf.signature_algorithm.clone()));
    facts.list("names", |chain| {
        let names = leaf(chain).map(|leaf| leaf.subject_alt_names.clone()).unwrap_or_default();
        names.iter().map(|name| printable(&name.to_string())).collect()
    });
    facts.shown("SHA-256", |chain| leaf(chain).map(|leaf| hex(&leaf.sha256)));
    facts
        .list("the chain behind it", |chain| chain.iter().skip(1).map(|one| printable(&one.subject.short())).collect());
    facts.rows
}

fn certificate_request(sides: [&Session; 2]) -> Vec<Fact> {
    let mut facts = Facts::of(sides);
    facts.list("authorities", |session| {
        let request = session.certificate_request.as_ref();
        request.map(|request| request.authorities.iter().map(|name| printable(name)).collect()).unwrap_or_default()
    });
    facts.list("signature_algorithms", |session| {
        let request = session.certificate_request.as_ref();
        let schemes = request.map(|request| request.signature_algorithms.clone()).unwrap_or_default();
        schemes.into_iter().map(scheme).collect()
    });
    facts.rows
}

fn alert(kinds: [&EventKind; 2]) -> Vec<Fact> {
    let mut facts = Facts::of(kinds);
    let of = |kind: &EventKind| if let EventKind::Alert(alert) = kind { Some(*alert) } else { None };
    facts.shown("level", |kind| of(kind).map(|alert| alert.level));
    facts.shown("description", |kind| of(kind).map(|alert| alert.description));
    facts.rows
}

/// Lengths differ without meaning much, but are all there is to see of what is encrypted.
fn sizes(kinds: [&EventKind; 2]) -> Vec<Fact> {
    let mut facts = Facts::of(kinds);
    facts.always("length", |kind| match kind {
        EventKind::Handshake { length, .. }
        | EventKind::Ssl2 { length, .. }
        | EventKind::EncryptedHandshake { length }
        | EventKind::EncryptedAlert { length }
        | EventKind::Heartbeat { length, .. }
        | EventKind::UnknownRecord { length, .. } => Some(format!("{length} B")),
        EventKind::ApplicationData { records, bytes, .. } => Some(format!("{bytes} B in {records} records")),
        _ => None,
    });
    facts.rows
}

/// Facts under construction: each taken from both sides in the same way.
struct Facts<T> {
    sides: [T; 2],
    rows: Vec<Fact>,
}

impl<T: Copy> Facts<T> {
    fn of(sides: [T; 2]) -> Self {
        Self { sides, rows: Vec::new() }
    }

    fn push(&mut self, label: &'static str, difference: Difference, values: [String; 2]) {
        if values.iter().any(|value| !value.is_empty()) {
            self.rows.push(Fact { label, difference, values });
        }
    }

    fn text(&mut self, label: &'static str, take: impl Fn(T) -> String) {
        self.shown(label, |side| Some(take(side)));
    }

    fn shown<V: Display>(&mut self, label: &'static str, take: impl Fn(T) -> Option<V>) {
        let values = self.sides.map(|side| take(side).map(|value| value.to_string()).unwrap_or_default());
        let difference = if values[0] == values[1] { Difference::Same } else { Difference::Different };
        self.push(label, difference, values);
    }

    fn always<V: Display>(&mut self, label: &'static str, take: impl Fn(T) -> Option<V>) {
        let values = self.sides.map(|side| take(side).map(|value| value.to_string()).unwrap_or_default());
        self.push(label, Difference::Always, values);
    }

    fn list(&mut self, label: &'static str, take: impl Fn(T) -> Vec<String>) {
        let lists = self.sides.map(take);
        let [left, right] = &lists;
        let values = if left == right || left.is_empty() || right.is_empty() {
            lists.each_ref().map(|list| list.join(", "))
        } else {
            let only = [missing(left, right), missing(right, left)];
            if only.iter().all(Vec::is_empty) {
                return self.push(label, Difference::Order, lists.map(|list| list.join(", ")));
            }
            let told = |list: &Vec<String>, only: &Vec<String>| match only.len() {
                0 => format!("{} entries, none of its own", list.len()),
                _ => format!("{} entries, only here: {}", list.len(), only.join(", ")),
            };
            [told(left, &only[0]), told(right, &only[1])]
        };
        let difference = if lists[0] == lists[1] { Difference::Same } else { Difference::Different };
        self.push(label, difference, values);
    }
}

/// What the first list has more of than the second.
fn missing(list: &[String], other: &[String]) -> Vec<String> {
    let mut left: Vec<&String> = other.iter().collect();
    let mut only = Vec::new();
    for entry in list {
        match left.iter().position(|one| *one == entry) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => only.push(entry.clone()),
        }
    }
    only
}

/// The name of a code point. Which GREASE value somebody drew means nothing (RFC 8701), so all are called the same.
macro_rules! named {
    ($($function:ident $type:ident;)*) => {
        $(fn $function(value: $type) -> String {
            if value.is_grease() { "GREASE".to_owned() } else { value.to_string() }
        })*
    };
}

named! {
    version ProtocolVersion;
    suite CipherSuite;
    group NamedGroup;
    scheme SignatureScheme;
    extension ExtensionType;
}

fn yes(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

fn sender(direction: Direction) -> &'static str {
    match direction {
        Direction::ToServer => "client",
        Direction::ToClient => "server",
    }
}
