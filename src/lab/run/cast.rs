//! The peers of a run with what they own: keys and certificates, endpoints that live as long as the run, addresses.

use super::{KeyLogText, PlayError};
use crate::base::hex;
use crate::lab::app::{self, Application, Role as AppRole};
use crate::lab::engine::{Endpoint, EndpointIdentity, EndpointSetup, Engine, SecretSink};
use crate::lab::pki::{self, Pki};
use crate::lab::scenario::{ClientAuth, Onward, Peer, PkiItem, RevokedPlan, Role, Scenario, Version};
use crate::lab::wire::Host;
use crate::net::Direction;
use crate::session::judgement::Verifier;
use crate::tls::code::{CipherSuite, CodePoint, NamedGroup, ProtocolVersion, SignatureScheme};
use crate::tls::key_log::Label;
use crate::x509::verify::{CrlDepth, CrlRule, ExpiredCrl, PeerName, Profile, Purpose, TrustAnchor, UnknownStatus};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// All peers.
pub(super) struct Cast<'a> {
    engine: &'a dyn Engine,
    pub(super) scenario: Scenario,
    pub(super) pki: Pki,
    /// The lab's clock as the file has it, against which the peers' own clocks are said.
    file_clock: i64,
    log: Arc<KeyLog>,
    /// By name, and by which end of connections it is: a relay is both.
    endpoints: BTreeMap<(String, usize), Box<dyn Endpoint>>,
}

impl<'a> Cast<'a> {
    pub(super) fn new(engine: &'a dyn Engine, scenario: Scenario) -> Result<Self, PlayError> {
        let pki = pki::build(&scenario)?;
        let file_clock = scenario.clock;
        Ok(Self { engine, scenario, pki, file_clock, log: Arc::default(), endpoints: BTreeMap::new() })
    }

    /// The peer with that name.
    pub(super) fn peer(&self, name: &str) -> Result<&Peer, PlayError> {
        self.scenario.peer(name).ok_or_else(|| PlayError::NoPeer { name: name.to_owned() })
    }

    /// The only peer of that role, for steps that do not say who acts.
    pub(super) fn only(&self, role: Role) -> Option<&str> {
        let mut found = self.scenario.peers.iter().filter(|peer| peer.item.role == role);
        let first = found.next()?;
        found.next().is_none().then_some(first.name.as_str())
    }

    /// The endpoint of a peer for connections in which it sends that way.
    pub(super) fn endpoint(&mut self, name: &str, sends: Direction) -> Result<&mut Box<dyn Endpoint>, PlayError> {
        let key = (name.to_owned(), sends.index());
        if !self.endpoints.contains_key(&key) {
            let setup = self.setup(name, sends)?;
            let made =
                if sends == Direction::ToServer { self.engine.client(&setup) } else { self.engine.server(&setup) };
            let made = made.map_err(|error| PlayError::Setup { peer: name.to_owned(), reason: error.to_string() })?;
            self.endpoints.insert(key.clone(), made);
        }
        self.endpoints.get_mut(&key).ok_or_else(|| PlayError::NoPeer { name: name.to_owned() })
    }

    /// Sets all clocks; one that is wrong stays wrong by as much.
    pub(super) fn set_clock(&mut self, seconds: i64) {
        self.scenario.clock = seconds;
        let mut endpoints = std::mem::take(&mut self.endpoints);
        for ((name, _), endpoint) in &mut endpoints {
            endpoint.set_clock(self.now_of(name));
        }
        self.endpoints = endpoints;
    }

    /// What a peer takes for now.
    fn now_of(&self, name: &str) -> i64 {
        let own = self.scenario.peer(name).and_then(|peer| peer.clock);
        let wrong_by = own.map_or(0, |own| own.saturating_sub(self.file_clock));
        self.scenario.clock.saturating_add(wrong_by)
    }

    /// Another scenario from here on, at a moment: all take their configuration from it, and keep their memory.
    pub(super) fn become_of(&mut self, mut scenario: Scenario, now: i64) -> Result<(), PlayError> {
        self.file_clock = std::mem::replace(&mut scenario.clock, now);
        if scenario.pki != self.scenario.pki {
            self.pki = pki::build(&scenario)?;
        }
        self.scenario = scenario;
        self.configure()
    }

    /// A list gets an entry, and all that hold it get the new one.
    pub(super) fn revoke(&mut self, certificate: &str, list: &str) -> Result<(), PlayError> {
        let now = self.scenario.clock;
        let item = self.scenario.pki.iter_mut().find(|item| item.name == list);
        let Some(PkiItem::RevocationList(plan)) = item.map(|item| &mut item.item) else {
            return Err(PlayError::NoList { name: list.to_owned() });
        };
        plan.updated = plan.updated.max(now);
        plan.revoked.push(RevokedPlan { certificate: certificate.to_owned(), reason: None, at: now });
        let fresh = pki::build_list(&self.scenario, list)?;
        if let Some(old) = self.pki.revocation_lists.iter_mut().find(|old| old.name == list) {
            *old = fresh;
        }
        self.configure()
    }

    /// A server loses its memory.
    pub(super) fn restart(&mut self, name: &str) {
        for sends in [Direction::ToServer, Direction::ToClient] {
            if let Some(endpoint) = self.endpoints.get_mut(&(name.to_owned(), sends.index())) {
                endpoint.restart();
            }
        }
    }

    fn configure(&mut self) -> Result<(), PlayError> {
        let keys: Vec<_> = self.endpoints.keys().cloned().collect();
        for (name, end) in keys {
            let sends = if end == 0 { Direction::ToServer } else { Direction::ToClient };
            let setup = self.setup(&name, sends)?;
            let Some(endpoint) = self.endpoints.get_mut(&(name.clone(), end)) else { continue };
            endpoint.configure(&setup).map_err(|error| PlayError::Setup { peer: name, reason: error.to_string() })?;
        }
        Ok(())
    }

    /// By what a peer judges those whom it talks to; `None` where it asks for no certificate.
    pub(super) fn verifier(&self, name: &str, sends: Direction, server_name: Option<&str>) -> Option<Arc<Verifier>> {
        let peer = self.scenario.peer(name)?;
        let client = sends == Direction::ToServer;
        if !client && peer.client_auth == ClientAuth::None {
            return None;
        }
        let rule = CrlRule {
            depth: if peer.crl_rule.leaf_only { CrlDepth::Leaf } else { CrlDepth::Chain },
            unknown: if peer.crl_rule.allow_unknown { UnknownStatus::Allow } else { UnknownStatus::Deny },
            expired: if peer.crl_rule.enforce_expiry { ExpiredCrl::Enforce } else { ExpiredCrl::Ignore },
            ..CrlRule::default()
        };
        let store: Arc<str> = name.into();
        let trusted = self.certificates(if client { &peer.trust } else { &peer.client_trust });
        let trusted = trusted.into_iter().map(|der| Arc::new(TrustAnchor::new(der, Arc::clone(&store))));
        Some(Arc::new(Verifier {
            name: name.to_owned(),
            anchors: trusted.collect(),
            lists: self.lists(&peer.crl),
            rule,
            time: self.now_of(name),
            purpose: if client { Purpose::Server } else { Purpose::Client },
            wanted: server_name.filter(|_| client).map(PeerName::new),
            profile: Profile::Rustls,
            has_judged: false,
        }))
    }

    /// The application of a peer.
    pub(super) fn application(&self, name: &str, sends: Direction) -> Result<Box<dyn Application>, PlayError> {
        let peer = self.peer(name)?;
        if peer.role == Role::Relay {
            let front = sends == Direction::ToClient;
            return Ok(if front { app::relay_front(peer.app, peer.client_cert_header) } else { app::relay_back() });
        }
        let role = AppRole { name: name.to_owned(), app: peer.app, starttls: peer.starttls, allow: peer.allow.clone() };
        Ok(if sends == Direction::ToServer { app::client(role) } else { app::server(role) })
    }

    /// Whether a peer begins TLS with the first byte.
    pub(super) fn begins_secured(&self, name: &str, sends: Direction) -> Result<bool, PlayError> {
        let peer = self.peer(name)?;
        if peer.role == Role::Relay && sends == Direction::ToServer {
            return Ok(peer.onward == Onward::Tls);
        }
        Ok(app::begins_secured(peer.app, peer.starttls))
    }

    /// Where a server listens, as far as its clients know: on the usual port of how *it* begins.
    pub(super) fn port(&self, name: &str) -> Result<u16, PlayError> {
        let peer = self.peer(name)?;
        Ok(peer.port.unwrap_or_else(|| app::usual_port(peer.app, peer.starttls)))
    }

    /// The host of a peer.
    pub(super) fn host(&self, name: &str) -> Host {
        let kind = |role: Role| match role {
            Role::Client => 0,
            Role::Server | Role::Relay => 1,
            Role::Network => 2,
        };
        let mine = self.scenario.peer(name).map_or(0, |peer| kind(peer.role));
        let mut same = self.scenario.peers.iter().filter(|peer| kind(peer.item.role) == mine);
        let index = same.position(|peer| peer.name == name).unwrap_or(0);
        match mine {
            0 => Host::client(index),
            1 => Host::server(index),
            _ => Host::attacker(index),
        }
    }

    /// The text of the key log so far.
    pub(super) fn key_log(&self) -> KeyLogText {
        text(&self.log.lines)
    }

    /// What the key exchanges gave, in the same form; it goes into no file.
    pub(super) fn shared_secrets(&self) -> KeyLogText {
        text(&self.log.shared)
    }

    fn setup(&self, name: &str, sends: Direction) -> Result<EndpointSetup, PlayError> {
        let peer = self.peer(name)?;
        let client = sends == Direction::ToServer;
        let log = Arc::clone(&self.log) as Arc<dyn SecretSink>;
        Ok(EndpointSetup {
            seed: self.seed(name, client),
            clock: self.now_of(name),
            versions: versions(&peer.versions),
            suites: points(&peer.suites, CipherSuite::TABLE, CipherSuite),
            groups: points(&peer.groups, NamedGroup::TABLE, NamedGroup),
            signature_schemes: points(&peer.signature_schemes, SignatureScheme::TABLE, SignatureScheme),
            alpn: peer.alpn.iter().map(|protocol| protocol.clone().into_bytes()).collect(),
            sni: peer.sni,
            identities: self.identities(peer),
            trust: self.certificates(if client { &peer.trust } else { &peer.client_trust }),
            revocation_lists: self.lists(&peer.crl),
            revocation_rule: peer.crl_rule,
            client_auth: peer.client_auth,
            resume: peer.resume,
            tickets: peer.tickets,
            early_data: peer.early_data,
            store: peer.store,
            fragment: peer.fragment,
            key_log: peer.key_log.then_some(log),
        })
    }

    /// Whose randomness it is: two peers of one run must not draw the same numbers.
    fn seed(&self, name: &str, client: bool) -> [u8; 32] {
        let end = if client { "client" } else { "server" };
        let seed = self.scenario.seed.to_be_bytes();
        crate::lab::random::derive(&seed, &[b"peer", name.as_bytes(), end.as_bytes()])
    }

    fn identities(&self, peer: &Peer) -> Vec<EndpointIdentity> {
        let own = peer.cert.iter().map(|cert| (cert, &peer.chain, true));
        let also = peer.also.iter().map(|identity| (&identity.cert, &identity.chain, false));
        let identity = |(cert, chain, default): (&String, &Vec<String>, bool)| {
            let issued = self.pki.certificate(cert)?;
            let chain = std::iter::once(issued.der.clone()).chain(self.certificates(chain)).collect();
            let names = if default { Vec::new() } else { names(&self.scenario, cert) };
            Some(EndpointIdentity { names, chain, key: Arc::clone(&issued.key) })
        };
        own.chain(also).filter_map(identity).collect()
    }

    fn certificates(&self, names: &[String]) -> Vec<Vec<u8>> {
        names.iter().filter_map(|name| Some(self.pki.certificate(name)?.der.clone())).collect()
    }

    fn lists(&self, names: &[String]) -> Vec<Vec<u8>> {
        names.iter().filter_map(|name| Some(self.pki.revocation_list(name)?.der.clone())).collect()
    }
}

/// The host names for which a certificate was planned.
fn names(scenario: &Scenario, certificate: &str) -> Vec<String> {
    let Some(PkiItem::Certificate(plan)) = scenario.pki_item(certificate) else { return Vec::new() };
    let dns = plan.san.iter().filter_map(|name| match name {
        crate::lab::scenario::AltName::Dns(name) => Some(name.clone()),
        _ => None,
    });
    dns.collect()
}

fn versions(versions: &[Version]) -> Vec<ProtocolVersion> {
    let all = [Version::Tls12, Version::Tls13];
    let chosen = if versions.is_empty() { &all[..] } else { versions };
    chosen.iter().map(|version| code_of(*version)).collect()
}

/// The code point of a version.
pub(super) fn code_of(version: Version) -> ProtocolVersion {
    ProtocolVersion(if version == Version::Tls12 { 0x0303 } else { 0x0304 })
}

/// The code points of names of a registry; a name that is in none is left out, which the reader of scenarios refuses.
fn points<T>(names: &[String], table: &[CodePoint<u16>], make: fn(u16) -> T) -> Vec<T> {
    let row = |name: &String| table.iter().find(|row| row.name == name).map(|row| make(row.value));
    names.iter().filter_map(row).collect()
}

/// The secrets of a run. Both sides know the same ones; each is written once.
#[derive(Default)]
struct KeyLog {
    lines: Mutex<Vec<String>>,
    /// What libraries do not log.
    shared: Mutex<Vec<String>>,
}

fn text(lines: &Mutex<Vec<String>>) -> KeyLogText {
    let lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
    KeyLogText(lines.iter().fold(String::new(), |text, line| text + line + "\n"))
}

fn add(lines: &Mutex<Vec<String>>, label: &str, client_random: &[u8], secret: &[u8]) {
    let line = format!("{label} {} {}", hex(client_random), hex(secret));
    let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
    if !lines.contains(&line) {
        lines.push(line);
    }
}

impl SecretSink for KeyLog {
    fn secret(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        add(&self.lines, label, client_random, secret);
    }

    fn shared_secret(&self, client_random: &[u8], secret: &[u8]) {
        add(&self.shared, &Label::LabSharedSecret.word(), client_random, secret);
    }
}
