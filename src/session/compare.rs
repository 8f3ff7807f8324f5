//! Two sessions message by message: what differs, what is the same, and what differs always.
//!
//! Messages are aligned by direction and name, as a longest common subsequence: a message that one side lacks leaves a
//! place free and does not shift all that follow. Random values, session ids and key shares are never compared: two
//! good handshakes differ in them too.

use super::{Event, EventKind, Session, Timestamp};
use crate::base::{hex, printable, printable_bytes};
use crate::net::Direction;
use crate::tls::code::{CipherSuite, ExtensionType, HandshakeType, NamedGroup, ProtocolVersion, SignatureScheme};
use crate::tls::handshake::{ClientHello, ServerHello};
use crate::x509::Certificate;
use std::fmt::Display;
use std::sync::Arc;

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Difference {
    /// They are the same.
    Same,
    /// They are not.
    Different,
    /// The same things in another order.
    Order,
    /// Differs between any two sessions and is not compared.
    Always,
}

/// One thing that both messages may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is called.
    pub label: &'static str,
    /// How the two values compare.
    pub difference: Difference,
    /// The values, safe to print; empty where a side has none. Of lists that differ, what only that side has.
    pub values: [String; 2],
}

/// A pair of messages, or one that the other session has not. The first row is about the sessions as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The name of the message.
    pub name: String,
    /// Who sent it; `None` for the row about the whole.
    pub direction: Option<Direction>,
    /// Where it stands in the timelines.
    pub events: [Option<usize>; 2],
    /// Nanoseconds since the first event of its session.
    pub after: [Option<i64>; 2],
    /// What it says.
    pub facts: Vec<Fact>,
}

impl Row {
    /// Whether one side lacks it, or anything in it differs.
    #[must_use]
    pub fn differs(&self) -> bool {
        let lacking = self.direction.is_some() && self.events.contains(&None);
        lacking || self.facts.iter().any(Fact::differs)
    }
}

impl Fact {
    /// Whether it is a difference that means something.
    #[must_use]
    pub fn differs(&self) -> bool {
        matches!(self.difference, Difference::Different | Difference::Order)
    }
}

/// What came of comparing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The whole first, then the messages in order.
    pub rows: Vec<Row>,
    /// Whether a timeline was too long to be compared to its end.
    pub cut: bool,
}

impl Comparison {
    /// How many rows differ.
    #[must_use]
    pub fn differences(&self) -> usize {
        self.rows.iter().filter(|row| row.differs()).count()
    }
}

/// The most events of each session that are aligned. The work grows with the product of both counts.
const MOST: usize = 512;

/// Compares two sessions.
#[must_use]
pub fn compare(left: &Session, right: &Session) -> Comparison {
    let sides = [left, right];
    let named = sides.map(|session| {
        let events = session.timeline.iter().enumerate().take(MOST).filter(|(_, event)| counts(event));
        events.map(|(index, event)| (index, event.direction, session.event_name(event))).collect::<Vec<_>>()
    });
    let keys = named.each_ref().map(|side| side.iter().map(|(_, way, name)| (*way, family(name))).collect::<Vec<_>>());
    let mut rows = vec![whole(left, right)];
    for (a, b) in align(&keys[0], &keys[1]) {
        let found = [a.and_then(|at| named[0].get(at)), b.and_then(|at| named[1].get(at))];
        rows.push(row(sides, found.map(|entry| entry.map(|(index, _, _)| *index))));
    }
    Comparison { rows, cut: sides.iter().any(|session| session.timeline.len() > MOST || session.timeline_cut) }
}

/// What belongs to the transport is left to the row about the whole.
fn counts(event: &Event) -> bool {
    !matches!(event.kind, EventKind::Fin | EventKind::Reset | EventKind::Gap { .. })
}

/// What makes two events a pair: two alerts are, whatever they say.
fn family(name: &str) -> String {
    if name.starts_with("Alert ") { "Alert".to_owned() } else { name.to_owned() }
}

/// The pairs of a longest common subsequence, and in their places those that have no partner.
fn align<T: PartialEq>(left: &[T], right: &[T]) -> Vec<(Option<usize>, Option<usize>)> {
    let width = right.len() + 1;
    let mut lengths = vec![0_u16; (left.len() + 1) * width];
    let at = |lengths: &[u16], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or(0);
    for (i, a) in left.iter().enumerate().rev() {
        for (j, b) in right.iter().enumerate().rev() {
            let longest = if a == b {
                at(&lengths, i + 1, j + 1) + 1
            } else {
                at(&lengths, i + 1, j).max(at(&lengths, i, j + 1))
            };
            if let Some(place) = lengths.get_mut(i * width + j) {
                *place = longest;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::with_capacity(left.len().max(right.len()));
    while i < left.len() || j < right.len() {
        match (left.get(i), right.get(j)) {
            (Some(a), Some(b)) if a == b => {
                pairs.push((Some(i), Some(j)));
                (i, j) = (i + 1, j + 1);
            }
            (Some(_), b) if b.is_none() || at(&lengths, i + 1, j) >= at(&lengths, i, j + 1) => {
                pairs.push((Some(i), None));
                i += 1;
            }
            _ => {
                pairs.push((None, Some(j)));
                j += 1;
            }
        }
    }
    pairs
}

/// Facts of the sessions that belong to no single message.
fn whole(left: &Session, right: &Session) -> Row {
    let sides = [left, right];
    let mut facts = Facts::of(sides);
    facts.text("outcome", |session| match session.outcome {
        super::Outcome::Refused { alert, .. } => format!("failed: {}", alert.description),
        outcome => outcome.word().to_owned(),
    });
    facts.shown("server name", |session| session.server_name().map(printable));
    facts.shown("version", |session| session.version);
    facts.shown("cipher suite", |session| session.cipher_suite);
    facts.shown("group", |session| session.group);
    facts.shown("ALPN", |session| session.alpn.as_deref().map(printable_bytes));
    facts.shown("authentication", |session| session.authentication().map(super::Authentication::word));
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

fn row(sides: [&Session; 2], events: [Option<usize>; 2]) -> Row {
    let found = pair(sides, events, |session, index| session.timeline.get(index));
    let any = found.iter().flatten().next();
    let name = found.iter().zip(sides).find_map(|(event, session)| Some(session.event_name((*event)?)));
    let start = sides.map(|session| session.timeline.first().map_or(session.started, |event| event.time));
    let after = |side: usize| -> Option<Timestamp> {
        Some(found.get(side).copied().flatten()?.time.saturating_sub(start.get(side).copied()?))
    };
    Row {
        name: family(&name.unwrap_or_default()),
        direction: any.map(|event| event.direction),
        events,
        after: [after(0), after(1)],
        facts: facts(sides, found),
    }
}

fn pair<'a, T>(
    sides: [&'a Session; 2],
    events: [Option<usize>; 2],
    find: impl Fn(&'a Session, usize) -> Option<T>,
) -> [Option<T>; 2] {
    let [left, right] = sides;
    let [a, b] = events;
    [a.and_then(|index| find(left, index)), b.and_then(|index| find(right, index))]
}

/// What a pair of messages says; nothing for one without a partner, which is a difference by itself.
fn facts(sides: [&Session; 2], found: [Option<&Event>; 2]) -> Vec<Fact> {
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

fn client_hello(hellos: [&ClientHello; 2]) -> Vec<Fact> {
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

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn messages_are_aligned_and_what_is_missing_leaves_a_place() {
        for (left, right, expected) in [
            ("", "", ""),
            ("abc", "abc", "aa bb cc"),
            ("abc", "ac", "aa b- cc"),
            ("ac", "abc", "aa -b cc"),
            ("abd", "acd", "aa b- -c dd"),
            ("a", "", "a-"),
            ("", "ab", "-a -b"),
            ("aab", "ab", "aa a- bb"),
        ] {
            let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
            let sign = |side: &[char], at: Option<usize>| at.map_or('-', |at| side[at]);
            let pairs = align(&left, &right);
            let got: Vec<String> =
                pairs.iter().map(|(a, b)| format!("{}{}", sign(&left, *a), sign(&right, *b))).collect();
            assert_eq!(got.join(" "), expected);
        }
    }

    #[test]
    fn a_session_differs_from_itself_in_nothing() {
        for session in [sample::tls13(), sample::retried(), sample::refused()] {
            let comparison = compare(&session, &session);
            assert_eq!(comparison.differences(), 0, "{comparison:?}");
            assert!(comparison.rows.iter().all(|row| row.direction.is_none() || !row.events.contains(&None)));
        }
    }

    #[test]
    fn a_retry_is_a_row_that_the_other_session_has_not() {
        let comparison = compare(&sample::tls13(), &sample::retried());
        let retry = comparison.rows.iter().find(|row| row.name == "HelloRetryRequest").unwrap();
        assert_eq!(retry.events[0], None);
        assert!(retry.differs());
    }

    #[test]
    fn lists_tell_what_only_one_side_has_and_order_is_told_apart() {
        let hello = |suites: &[u16], groups: &[u16]| ClientHello {
            cipher_suites: suites.iter().copied().map(CipherSuite).collect(),
            supported_groups: groups.iter().copied().map(NamedGroup).collect(),
            random: Some([u8::try_from(suites.len()).unwrap(); 32]),
            ..ClientHello::default()
        };
        let left = hello(&[0x1301, 0x0a0a, 0xc02f], &[0x1d, 0x17]);
        let right = hello(&[0x1301, 0x1a1a], &[0x17, 0x1d]);
        let facts = client_hello([&left, &right]);
        let find = |label: &str| facts.iter().find(|fact| fact.label == label).unwrap();
        let suites = find("cipher_suites");
        assert_eq!(suites.difference, Difference::Different);
        assert_eq!(suites.values[0], "3 entries, only here: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assert_eq!(suites.values[1], "2 entries, none of its own");
        assert_eq!(find("supported_groups").difference, Difference::Order);
        assert_eq!(find("random").difference, Difference::Always);
        assert_eq!(find("legacy_version").difference, Difference::Same);
    }

    #[test]
    fn long_timelines_are_cut_and_it_is_said() {
        let mut long = sample::tls13();
        let event = long.timeline[3].clone();
        long.timeline.extend(std::iter::repeat_n(event, 100_000));
        let comparison = compare(&long, &long);
        assert!(comparison.cut);
        assert!(comparison.rows.len() <= MOST + 1);
    }
}
