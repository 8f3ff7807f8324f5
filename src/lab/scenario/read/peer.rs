//! Clients, servers, relays and networks.

use super::Reading;
use crate::lab::scenario::fields::Fields;
use crate::lab::scenario::model::{
    App, ClientAuth, ClientCertHeader, Identity, Named, Onward, Peer, Resume, RevocationRule, Role, StartTls, Store,
    Version,
};
use crate::lab::scenario::problem::help;

impl Reading<'_, '_> {
    pub(super) fn peers(&mut self, top: Fields<'_>) -> Vec<Named<Peer>> {
        let tables = top.named_tables("peer");
        let mut peers = Vec::new();
        for (entry, fields) in &tables {
            let Some(mut peer) = peer(*fields, self.clock) else { continue };
            peer.app = app(*fields, &tables, tables.len()).unwrap_or_default();
            self.peer(&entry.key, &peer, *fields);
            peers.push(Named { name: entry.key.clone(), item: peer });
        }
        self.no_circles(&peers, &tables);
        peers
    }

    fn peer(&mut self, name: &str, peer: &Peer, fields: Fields<'_>) {
        if peer.role == Role::Network {
            if peer.between.len() != 2 && fields.given("between").is_some() {
                self.faults.add(fields.spot("between"), "a network sits between two", "name the two ends");
            }
            return;
        }
        if matches!(peer.role, Role::Server | Role::Relay) {
            self.acceptor(name, peer, fields);
        }
        let begins_in_plain = matches!(peer.starttls, StartTls::Opportunistic | StartTls::Required);
        if begins_in_plain && peer.app != App::Smtp {
            let text = format!("`{}` has no STARTTLS", peer.app);
            self.faults.add(
                fields.spot("starttls"),
                text,
                "smtp has; the others begin with TLS (implicit) or have none (off)",
            );
        }
        // A version that is none has been told, and says nothing of suites.
        let all_known = fields.texts("versions").len() == peer.versions.len();
        if !peer.suites.is_empty()
            && all_known
            && !peer.versions.is_empty()
            && !peer.versions.iter().any(|version| has_suite(*version, &peer.suites))
        {
            let text = "no suite in the list is for a version that it speaks";
            let help = "suites of TLS 1.3 have no WITH in their names, those of TLS 1.2 have";
            self.faults.add(fields.spot("suites"), text, help);
        }
        if all_known && peer.versions.is_empty() {
            self.faults.add(fields.spot("versions"), "it speaks no version", "1.2, 1.3 or both");
        }
        for (index, protocol) in peer.alpn.iter().enumerate() {
            if protocol.is_empty() || protocol.len() > 255 {
                let list = fields.given("alpn").and_then(|value| value.as_list()).unwrap_or_default();
                let at = list.get(index).map_or(fields.at, |value| &value.at);
                self.faults.add(at, "a protocol of ALPN has 1 to 255 bytes", "such as http/1.1, h2 or mqtt");
            }
        }
    }

    fn acceptor(&mut self, name: &str, peer: &Peer, fields: Fields<'_>) {
        if peer.cert.is_none() && peer.starttls != StartTls::Off {
            let certificates = self.names.all(crate::lab::scenario::keyword::Of::Certificate);
            let help = help("", "starttls = \"off\" does without; certificates are", &certificates);
            self.faults.add(fields.spot("cert"), format!("`{name}` speaks TLS and has no certificate"), help);
        }
        if peer.client_auth != ClientAuth::None && peer.client_trust.is_empty() {
            let text = format!("`{name}` asks for client certificates and trusts nobody");
            self.faults.add(
                fields.spot("client_auth"),
                text,
                "client_trust names the anchors with which it checks clients",
            );
        }
    }

    /// A relay must come to a server in the end.
    fn no_circles(&mut self, peers: &[Named<Peer>], tables: &[(&crate::lab::scenario::document::Entry, Fields<'_>)]) {
        let relay = |name: &str| peers.iter().find(|peer| peer.name == name && peer.item.role == Role::Relay);
        let to = |name: &str| relay(name).and_then(|peer| peer.item.to.clone());
        for peer in peers.iter().filter(|peer| peer.item.role == Role::Relay) {
            let mut here = peer.name.clone();
            for _ in peers {
                let Some(next) = to(&here) else { break };
                if next == peer.name {
                    let fields = tables.iter().find(|(entry, _)| entry.key == peer.name).map(|(_, fields)| *fields);
                    if let Some(fields) = fields {
                        let text = format!("`{}` would connect to itself", peer.name);
                        self.faults.add(fields.spot("to"), text, "a relay comes to a server in the end");
                    }
                    break;
                }
                here = next;
            }
        }
    }
}

/// What it speaks: its own word, or that of whom it connects to.
fn app(
    fields: Fields<'_>,
    tables: &[(&crate::lab::scenario::document::Entry, Fields<'_>)],
    steps: usize,
) -> Option<App> {
    if fields.given("app").is_some() || steps == 0 {
        return fields.word("app", App::from_word);
    }
    let to = fields.name("to")?;
    let (_, next) = tables.iter().find(|(entry, _)| entry.key == to)?;
    app(*next, tables, steps - 1)
}

/// Suites of TLS 1.3 name no key exchange.
fn has_suite(version: Version, suites: &[String]) -> bool {
    suites.iter().any(|suite| suite.contains("_WITH_") == (version == Version::Tls12))
}

fn peer(fields: Fields<'_>, clock: i64) -> Option<Peer> {
    Some(Peer {
        role: fields.word("role", Role::from_word)?,
        to: fields.name("to"),
        name: fields.name("name"),
        clock: fields.moment("clock", clock),
        sni: fields.switch("sni").unwrap_or_default(),
        port: fields.number("port"),
        trust: fields.texts("trust"),
        crl: fields.texts("crl"),
        crl_rule: rule(fields),
        cert: fields.name("cert"),
        chain: fields.texts("chain"),
        also: fields.tables("also").into_iter().filter_map(identity).collect(),
        versions: fields.words("versions", Version::from_word),
        suites: fields.texts("suites"),
        groups: fields.texts("groups"),
        signature_schemes: fields.texts("sigs"),
        alpn: fields.texts("alpn"),
        client_auth: fields.word("client_auth", ClientAuth::from_word).unwrap_or_default(),
        client_trust: fields.texts("client_trust"),
        resume: fields.word("resume", Resume::from_word).unwrap_or_default(),
        tickets: fields.number("tickets"),
        early_data: fields.switch("early_data").unwrap_or_default(),
        store: fields.word("store", Store::from_word).unwrap_or_default(),
        fragment: fields.number("fragment"),
        app: App::default(),
        starttls: fields.word("starttls", StartTls::from_word).unwrap_or_default(),
        allow: fields.optional_texts("allow"),
        onward: fields.word("onward", Onward::from_word).unwrap_or_default(),
        client_cert_header: fields.word("client_cert_header", ClientCertHeader::from_word).unwrap_or_default(),
        between: fields.texts("between"),
        key_log: fields.switch("key_log").unwrap_or_default(),
    })
}

fn rule(fields: Fields<'_>) -> RevocationRule {
    let rule = fields.table("crl_rule");
    let says = |key: &'static str, word: &str| rule.and_then(|rule| rule.text(key)).is_some_and(|text| text == word);
    RevocationRule {
        leaf_only: says("depth", "leaf"),
        allow_unknown: says("unknown", "accept"),
        enforce_expiry: says("expired", "refuse"),
    }
}

fn identity(fields: Fields<'_>) -> Option<Identity> {
    Some(Identity { cert: fields.name("cert")?, chain: fields.texts("chain") })
}
