//! Makes the keys of a direction from what was given and what was seen: traffic secrets in TLS 1.3, a master secret
//! before it.

use super::super::known::Known;
use super::super::master::Search;
use super::super::traffic;
use super::super::transcript::Transcript;
use super::{EARLY_SUITES, Opening, Sources, stage};
use crate::net::Direction;
use crate::session::decryption::Closed;
use crate::tls::code::{CipherSuite, ProtocolVersion};
use crate::tls::decrypt::{Draft, KeyBlock, Place, Stage, Suite};
use crate::tls::key_log::{Entry, Label};
use crate::tls::secrets::Secret;

impl Opening {
    /// Makes the keys that can be made for this direction; otherwise says why they cannot.
    pub(super) fn find_keys(
        &mut self,
        direction: Direction,
        known: &Known<'_>,
        sources: &mut Sources<'_>,
    ) -> Result<(), Closed> {
        match known.version {
            Some(version) if !version.is_tls13() => self.find_cipher_keys(direction, version, known, sources),
            _ => self.find_traffic_keys(direction, known, sources),
        }
    }

    fn find_traffic_keys(
        &mut self,
        direction: Direction,
        known: &Known<'_>,
        sources: &mut Sources<'_>,
    ) -> Result<(), Closed> {
        let no_random = if known.version.is_none() { Closed::BeganBefore } else { Closed::HandshakeNotCaptured };
        let random = known.client_random.or(self.proof.map(|proof| proof.random)).ok_or(no_random)?;
        let chosen = known.cipher_suite.or(self.proof.map(|proof| proof.suite));
        let suite = chosen.map(Suite::of);
        let secrets = sources.secrets;
        let finished = sources.transcript.is_some_and(Transcript::is_finished);
        let state = Some((secrets.generation(), suite.is_some(), finished));
        let is_new = self.looked_for.get(direction.index()).is_none_or(|latest| *latest != state);
        // A record of which bytes are missing shows nothing; the next one is tried.
        if let Some(latest) = self.looked_for.get_mut(direction.index()).filter(|_| sources.record.is_some()) {
            *latest = state;
        }
        let given = secrets.of(&random);
        // Once for each state; this is asked for each record.
        if !is_new && suite.is_some_and(|suite| suite.is_some()) && !(given.is_empty() && self.own.is_empty()) {
            return Ok(());
        }
        if !given.is_empty() {
            known.client_random.iter().for_each(|random| sources.remembered.matched(random));
        } else if is_new {
            let found = traffic::found(direction, known, suite.flatten(), &self.own, sources);
            for (label, secret) in found {
                self.facts.learn(Entry::Random { label, random, secret: secret.clone() });
                self.own.retain(|(other, _)| *other != label);
                self.own.push((label, secret));
            }
        }
        if given.is_empty() && self.own.is_empty() {
            return Err(traffic::not_found(known, secrets));
        }
        let suite = suite.map(|suite| suite.ok_or(Closed::SuiteNotSupported)).transpose()?;
        if suite.is_none() && direction == Direction::ToClient {
            return Err(Closed::HandshakeNotCaptured);
        }
        if is_new {
            let all = if given.is_empty() { self.own.clone() } else { given.to_vec() };
            self.offer(&all, suite, known.draft());
        }
        Ok(())
    }

    /// Makes the keys of all secrets; before a suite is chosen those of early data, with each suite.
    fn offer(&mut self, all: &[(Label, Secret)], suite: Option<Suite>, draft: Draft) {
        for (label, secret) in all {
            let Some((direction, stage)) = stage(*label) else { continue };
            match suite {
                Some(suite) => self.side(direction).offer(stage, suite, draft, secret),
                None if stage == Stage::Early => {
                    for suite in EARLY_SUITES.iter().filter_map(|suite| Suite::of(CipherSuite(*suite))) {
                        self.side(direction).offer(stage, suite, draft, secret);
                    }
                }
                None => {}
            }
        }
    }

    fn find_cipher_keys(
        &mut self,
        direction: Direction,
        version: ProtocolVersion,
        known: &Known<'_>,
        sources: &mut Sources<'_>,
    ) -> Result<(), Closed> {
        let pending = self.pending.get(direction.index()).copied().unwrap_or_default();
        if !pending && self.side(direction).has_keys() {
            return Ok(());
        }
        let suite = known.cipher_suite.and_then(Suite::of).ok_or(Closed::SuiteNotSupported)?;
        let client_random = known.client_random.ok_or(Closed::HandshakeNotCaptured)?;
        let server_random = known.server_random.ok_or(Closed::HandshakeNotCaptured)?;
        let Sources { transcript, secrets, remembered, record } = sources;
        let transcript = *transcript;
        let search = Search { version, suite, known, client_random, server_random, transcript, secrets, remembered };
        let mut chosen = None;
        for master in search.masters()? {
            let block = KeyBlock {
                version,
                suite,
                master: &master,
                client_random,
                server_random,
                encrypt_then_mac: known.encrypt_then_mac,
            };
            let [client, server] = block.keys().ok_or(Closed::SuiteNotSupported)?;
            let key = if direction == Direction::ToServer { client } else { server };
            let fits = record.is_some_and(|(header, payload)| {
                key.open(Place::default(), header, payload, &mut self.content).is_some()
            });
            if fits || chosen.is_none() {
                chosen = Some(key);
                self.master = Some(master.clone());
            }
            if fits {
                remembered.keep(known.session_id, &master);
                remembered.keep(known.new_ticket, &master);
                let (label, random) = (Label::MasterSecret, client_random);
                if secrets.find(&random, label).is_none() {
                    self.facts.learn(Entry::Random { label, random, secret: master });
                }
            }
            if fits {
                break;
            }
        }
        let key = chosen.ok_or(Closed::NoEntry)?;
        self.side(direction).change(key);
        if let Some(pending) = self.pending.get_mut(direction.index()) {
            *pending = false;
        }
        if let Some(made) = self.made.get_mut(direction.index()) {
            *made += 1;
        }
        Ok(())
    }
}
