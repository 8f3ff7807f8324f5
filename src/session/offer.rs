//! What the client offered, what of it was possible, and what the server chose: for versions, suites, groups,
//! signatures and application protocols. Where nothing is left that both can, that is the reason of many a refusal.
//!
//! What a server takes stands in no message. It is told by what it chose, here and in other sessions of the capture,
//! by its key, and by the version; everything else may be possible.

use super::rule::{Confidence, key_of};
use super::{Session, facts::EventKind};
use crate::base::printable_bytes;
use crate::net::Direction;
use crate::tls::code::{Authentication, CipherSuite, KeyExchange, NamedGroup, ProtocolVersion, SignatureScheme};
use crate::tls::handshake::ClientHello;
use std::collections::BTreeSet;

/// One list that was offered, with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is listed: `versions`, `cipher suites`.
    pub what: &'static str,
    /// What was offered, in the order of preference; last what was chosen without having been offered.
    pub entries: Vec<Offered>,
    /// What the server chose in other sessions of the capture, and is not offered here.
    pub elsewhere: Vec<String>,
    /// Whether a choice was made that cannot be read.
    pub hidden: bool,
}

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Its name. Text from the wire in it has gone through `printable`.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of something that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was chosen.
    Chosen,
    /// It was chosen, though nobody offered it.
    NotOffered,
    /// The server chose it in another session of the capture.
    Taken,
    /// Nothing speaks against it.
    Possible,
    /// It could not be chosen here, and why.
    Impossible(&'static str),
}

impl Fate {
    /// The words of screens.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Chosen => "chosen".to_owned(),
            Self::NotOffered => "chosen, and NOT offered".to_owned(),
            Self::Taken => "possible: chosen in another session".to_owned(),
            Self::Possible => "possible".to_owned(),
            Self::Impossible(why) => format!("not possible: {why}"),
        }
    }
}

impl Offer {
    /// What was chosen.
    #[must_use]
    pub fn chosen(&self) -> Option<&Offered> {
        self.entries.iter().find(|entry| matches!(entry.fate, Fate::Chosen | Fate::NotOffered))
    }

    /// How many of the entries both sides could use, as far as can be told.
    #[must_use]
    pub fn possible(&self) -> usize {
        let is_left = |entry: &&Offered| matches!(entry.fate, Fate::Chosen | Fate::Taken | Fate::Possible);
        self.entries.iter().filter(is_left).count()
    }

    /// Whether nothing is left that both could use: nothing was chosen, and all that is known of the server lies
    /// outside of the offer, or nothing in the offer was possible.
    #[must_use]
    pub fn is_empty_intersection(&self) -> bool {
        let taken = self.entries.iter().any(|entry| entry.fate == Fate::Taken);
        let apart = !self.elsewhere.is_empty() && !taken;
        self.chosen().is_none() && !self.hidden && !self.entries.is_empty() && (self.possible() == 0 || apart)
    }

    /// What came of it in a sentence.
    #[must_use]
    pub fn says(&self) -> String {
        let (count, possible) = (self.entries.len(), self.possible());
        match self.chosen() {
            Some(entry) if entry.fate == Fate::NotOffered => format!("{} was chosen and not offered.", entry.name),
            Some(entry) => format!("{} chosen, of {count} offered and {possible} possible.", entry.name),
            None if self.hidden => format!("{count} offered, {possible} possible; the choice is encrypted."),
            None if self.is_empty_intersection() && self.elsewhere.is_empty() => {
                format!("EMPTY INTERSECTION: of {count} offered none was possible.")
            }
            None if self.is_empty_intersection() => {
                let known = self.elsewhere.join(", ");
                format!("EMPTY INTERSECTION: in other sessions this server chose {known}; none of it is offered.")
            }
            None => {
                format!("{count} offered, {possible} possible, nothing chosen; what the server takes is not known.")
            }
        }
    }
}

/// What was offered in a session. The others are sessions of the same capture; those with the same server tell what it
/// takes.
pub fn offers<'a>(session: &Session, others: impl IntoIterator<Item = &'a Session>) -> Vec<Offer> {
    let Some(hello) = session.client_hellos.last().map(|hello| &*hello.item) else { return Vec::new() };
    let known = Known::of(session, others);
    let mut offers = vec![
        versions(session, hello, &known),
        suites(session, hello, &known),
        groups(session, hello, &known),
        signatures(session, hello, &known),
        protocols(session, hello, &known),
    ];
    for offer in &mut offers {
        refuse(session, offer);
    }
    offers.extend(client_signatures(session));
    offers.retain(|offer| !offer.entries.is_empty());
    offers
}

/// The rules that say of a list that the server takes nothing of it.
const REFUSED: &[(&str, &str)] = &[
    ("NEG-01", VERSIONS),
    ("NEG-06", SUITES),
    ("NEG-07", SUITES),
    ("NEG-08", GROUPS),
    ("NEG-11", SIGNATURES),
    ("NEG-13", PROTOCOLS),
];
const VERSIONS: &str = "versions";
const SUITES: &str = "cipher suites";
const GROUPS: &str = "groups";
const SIGNATURES: &str = "signatures";
const PROTOCOLS: &str = "application protocols (ALPN)";

/// Where the verdict is that the server takes nothing of a list, nothing of it was possible.
fn refuse(session: &Session, offer: &mut Offer) {
    let Some(found) = session.verdict_finding().filter(|_| offer.chosen().is_none()) else { return };
    let why = match session.verdict.confidence {
        Some(Confidence::Certain) => "the server does not take it",
        Some(Confidence::Likely) => "most likely the server does not take it",
        _ => return,
    };
    if REFUSED.contains(&(found.rule.id, offer.what)) {
        offer.hidden = false;
        let left = offer.entries.iter_mut().filter(|entry| entry.fate == Fate::Possible);
        for entry in left {
            entry.fate = Fate::Impossible(why);
        }
    }
}

/// What a server chose in other sessions.
#[derive(Default)]
struct Known {
    versions: BTreeSet<u16>,
    suites: BTreeSet<u16>,
    groups: BTreeSet<u16>,
    schemes: BTreeSet<u16>,
    protocols: BTreeSet<Vec<u8>>,
}

impl Known {
    fn of<'a>(session: &Session, others: impl IntoIterator<Item = &'a Session>) -> Self {
        let mut known = Self::default();
        let same = |other: &&Session| other.server == session.server && other.number != session.number;
        for other in others.into_iter().filter(same).filter(|other| other.server_hello().is_some()) {
            known.versions.extend(other.version.map(|version| version.0));
            known.suites.extend(other.cipher_suite.map(|suite| suite.0));
            known.groups.extend(other.group.map(|group| group.0));
            known.schemes.extend(other.server_signature_scheme.map(|scheme| scheme.0));
            known.protocols.extend(other.alpn.clone());
        }
        known
    }
}

/// What a list is made of.
struct List<'a, T> {
    what: &'static str,
    offered: Vec<T>,
    chosen: Option<T>,
    known: &'a BTreeSet<T>,
}

impl<T: Ord + Clone> List<'_, T> {
    fn offer(self, name: impl Fn(&T) -> String, against: impl Fn(&T) -> Option<&'static str>, hidden: bool) -> Offer {
        let Self { what, offered, chosen, known } = self;
        let fate = |entry: &T| match against(entry) {
            _ if chosen.as_ref() == Some(entry) => Fate::Chosen,
            Some(why) => Fate::Impossible(why),
            None if known.contains(entry) => Fate::Taken,
            None => Fate::Possible,
        };
        let mut entries: Vec<Offered> =
            offered.iter().map(|entry| Offered { name: name(entry), fate: fate(entry) }).collect();
        let uncalled = chosen.as_ref().filter(|chosen| !offered.contains(chosen));
        entries.extend(uncalled.map(|chosen| Offered { name: name(chosen), fate: Fate::NotOffered }));
        let elsewhere = known.iter().filter(|entry| !offered.contains(entry)).map(name).collect();
        Offer { what, entries, elsewhere, hidden: hidden && chosen.is_none() }
    }
}

fn is_tls13(session: &Session) -> Option<bool> {
    session.version.map(ProtocolVersion::is_tls13)
}

/// Whether what the server says behind its hello cannot be read.
fn is_closed(session: &Session) -> bool {
    let opened = |event: &super::Event| {
        event.direction == Direction::ToClient && event.decrypted && matches!(event.kind, EventKind::Handshake { .. })
    };
    is_tls13(session) == Some(true) && !session.timeline.iter().any(opened)
}

/// The kind of the server's key, in the words of certificates.
fn server_key(session: &Session) -> Option<&str> {
    let leaf = session.server_certificates.first().filter(|leaf| leaf.readable)?;
    Some(leaf.key.algorithm.as_ref())
}

fn versions(session: &Session, hello: &ClientHello, known: &Known) -> Offer {
    let list = List {
        what: VERSIONS,
        offered: offered_versions(hello).iter().map(|version| version.0).collect(),
        chosen: session.version.map(|version| version.0),
        known: &known.versions,
    };
    list.offer(|version| ProtocolVersion(*version).to_string(), |_| None, false)
}

/// What the client can: where it has no list, all from TLS 1.0 up to the one that it names.
fn offered_versions(hello: &ClientHello) -> Vec<ProtocolVersion> {
    if !hello.supported_versions.is_empty() {
        return hello.supported_versions.iter().copied().filter(|version| !version.is_grease()).collect();
    }
    let upto = hello.legacy_version;
    let below = [ProtocolVersion::TLS12, ProtocolVersion(0x0302), ProtocolVersion(0x0301)];
    let mut all: Vec<ProtocolVersion> = below.into_iter().filter(|version| version.0 < upto.0).collect();
    all.insert(0, upto);
    all
}

fn suites(session: &Session, hello: &ClientHello, known: &Known) -> Offer {
    let offered = hello.cipher_suites.iter().filter(|suite| !suite.is_grease() && !suite.is_signal());
    let offers_tls13 = offered_versions(hello).iter().any(|version| version.is_tls13());
    let key = server_key(session);
    let against = |suite: &u16| {
        let suite = CipherSuite(*suite);
        let of_tls13 = suite.key_exchange() == KeyExchange::Tls13;
        match (is_tls13(session), suite.authentication()) {
            (Some(true), _) if !of_tls13 => Some("for TLS 1.2 and older"),
            (Some(false), _) if of_tls13 => Some("for TLS 1.3"),
            (None, _) if of_tls13 && !offers_tls13 => Some("for TLS 1.3, which is not offered"),
            (_, Authentication::Rsa) if key.is_some_and(|key| key != "RSA") => Some("the server's key is not RSA"),
            (_, Authentication::Ecdsa) if key == Some("RSA") => Some("the server's key is RSA"),
            _ => None,
        }
    };
    let list = List {
        what: SUITES,
        offered: offered.map(|suite| suite.0).collect(),
        chosen: session.cipher_suite.map(|suite| suite.0),
        known: &known.suites,
    };
    list.offer(|suite| CipherSuite(*suite).to_string(), against, false)
}

fn groups(session: &Session, hello: &ClientHello, known: &Known) -> Offer {
    let offered = hello.supported_groups.iter().filter(|group| !group.is_grease());
    let against = |group: &u16| {
        let newer = NamedGroup(*group).is_post_quantum() && is_tls13(session) == Some(false);
        newer.then_some("for TLS 1.3")
    };
    let list = List {
        what: GROUPS,
        offered: offered.map(|group| group.0).collect(),
        chosen: session.group.map(|group| group.0),
        known: &known.groups,
    };
    list.offer(|group| NamedGroup(*group).to_string(), against, false)
}

fn signatures(session: &Session, hello: &ClientHello, known: &Known) -> Offer {
    let offered = hello.signature_algorithms.iter().filter(|scheme| !scheme.is_grease());
    let key = server_key(session);
    let against = |scheme: &u16| {
        let scheme = SignatureScheme(*scheme);
        let name = scheme.name().unwrap_or_default();
        let old = name.starts_with("rsa_pkcs1") || scheme.has_weak_hash();
        let other = key.is_some_and(|key| !key_of(scheme).is_empty() && key_of(scheme) != key);
        match is_tls13(session) {
            Some(true) if old => Some("in certificates only, with TLS 1.3"),
            _ if other => Some("the server's key is of another kind"),
            _ => None,
        }
    };
    let list = List {
        what: SIGNATURES,
        offered: offered.map(|scheme| scheme.0).collect(),
        chosen: session.server_signature_scheme.map(|scheme| scheme.0),
        known: &known.schemes,
    };
    list.offer(|scheme| SignatureScheme(*scheme).to_string(), against, is_closed(session))
}

fn protocols(session: &Session, hello: &ClientHello, known: &Known) -> Offer {
    let list =
        List { what: PROTOCOLS, offered: hello.alpn.clone(), chosen: session.alpn.clone(), known: &known.protocols };
    list.offer(|name| printable_bytes(name), |_| None, is_closed(session))
}

/// What the server takes of a client that is to show a certificate.
fn client_signatures(session: &Session) -> Option<Offer> {
    let request = session.certificate_request.as_deref()?;
    let leaf = session.client_certificates.first().filter(|leaf| leaf.readable);
    let key: Option<&str> = leaf.map(|leaf| leaf.key.algorithm.as_ref());
    let against = |scheme: &u16| {
        let kind = key_of(SignatureScheme(*scheme));
        key.is_some_and(|key| !kind.is_empty() && kind != key).then_some("the client's key is of another kind")
    };
    let offered = request.signature_algorithms.iter().filter(|scheme| !scheme.is_grease());
    let none = BTreeSet::new();
    let list = List {
        what: "signatures that the server takes of the client",
        offered: offered.map(|scheme| scheme.0).collect(),
        chosen: None,
        known: &none,
    };
    Some(list.offer(|scheme| SignatureScheme(*scheme).to_string(), against, false))
}

#[cfg(test)]
mod tests;
