//! The master secret of a connection up to TLS 1.2, from whatever was given: its own line in a key log, its premaster
//! secret, the private key of the server, a pre-shared key, or the earlier connection that it resumes.

use super::super::decryption::Closed;
use super::known::Known;
use super::transcript::Transcript;
use crate::tls::code::{CipherSuite, KeyExchange, ProtocolVersion};
use crate::tls::decrypt::{Suite, extended_master_secret, master_secret};
use crate::tls::key_log::Label;
use crate::tls::secrets::{Remembered, Secret, Secrets};

/// What a master secret is looked for with.
pub(super) struct Search<'a> {
    pub(super) version: ProtocolVersion,
    pub(super) suite: Suite,
    pub(super) known: &'a Known<'a>,
    pub(super) client_random: [u8; 32],
    pub(super) server_random: [u8; 32],
    pub(super) transcript: Option<&'a Transcript>,
    pub(super) secrets: &'a Secrets,
    pub(super) remembered: &'a Remembered,
}

impl Search<'_> {
    /// The master secrets that it may be, the likeliest first; never none.
    pub(super) fn masters(&self) -> Result<Vec<Secret>, Closed> {
        let random = &self.client_random;
        let masters: Vec<Secret> = self.secrets.find_all(random, Label::MasterSecret).cloned().collect();
        if !masters.is_empty() {
            return Ok(masters);
        }
        let encrypted = self.encrypted_premaster();
        let premaster = self.secrets.find(random, Label::Premaster);
        if let Some(premaster) = premaster.or_else(|| self.secrets.premaster(encrypted?)) {
            return Ok(vec![self.of_premaster(premaster)]);
        }
        let by_key = if self.known.key_exchanged { self.exchanged() } else { self.resumed() };
        match by_key {
            Ok(masters) => Ok(masters),
            Err(reason) => self.by_session_id().map(|master| vec![master]).ok_or(reason),
        }
    }

    /// The master secret of a full handshake, from the keys of one of its sides.
    fn exchanged(&self) -> Result<Vec<Secret>, Closed> {
        let private_keys = self.secrets.private_keys();
        match self.known.cipher_suite.map_or(KeyExchange::Unknown, CipherSuite::key_exchange) {
            KeyExchange::Rsa if !private_keys.is_empty() => {
                let encrypted = self.encrypted_premaster().ok_or(Closed::HandshakeNotCaptured)?;
                let premaster = private_keys.iter().find_map(|key| key.premaster(encrypted));
                Ok(vec![self.of_premaster(&premaster.ok_or(Closed::OtherPrivateKey)?)])
            }
            KeyExchange::Psk if self.secrets.has_pre_shared_keys() => {
                self.by_pre_shared_key(&|key| Some(vec![0; key.len()]))
            }
            KeyExchange::RsaPsk if self.secrets.has_pre_shared_keys() && !private_keys.is_empty() => {
                let (_, encrypted) = self.identity_and_rest().ok_or(Closed::HandshakeNotCaptured)?;
                let premaster =
                    encrypted.get(2..).and_then(|all| private_keys.iter().find_map(|key| key.premaster(all)));
                let other = premaster.ok_or(Closed::OtherPrivateKey)?;
                self.by_pre_shared_key(&|_| Some(other.bytes().to_vec()))
            }
            KeyExchange::DhePsk | KeyExchange::EcdhePsk if self.secrets.has_pre_shared_keys() => {
                Err(self.not_found(Closed::ForwardSecrecy))
            }
            KeyExchange::Dhe | KeyExchange::DheAnon | KeyExchange::Ecdhe | KeyExchange::EcdhAnon
                if !private_keys.is_empty() =>
            {
                Err(self.not_found(Closed::ForwardSecrecy))
            }
            _ => Err(self.not_found(Closed::NoEntry)),
        }
    }

    /// The master secret of an abbreviated handshake: that of the connection that it resumes (RFC 5246 7.3, RFC 5077).
    fn resumed(&self) -> Result<Vec<Secret>, Closed> {
        let shown = [self.known.session_id, self.known.ticket];
        let mut found = shown.into_iter().filter_map(|shown| {
            let kept = self.remembered.find(shown).or_else(|| self.secrets.remembered(shown));
            kept.cloned()
        });
        if let Some(master) = found.next() {
            return Ok(std::iter::once(master).chain(found).collect());
        }
        let keys = !self.secrets.private_keys().is_empty() || self.secrets.has_pre_shared_keys();
        Err(self.not_found(if keys { Closed::Resumed } else { Closed::NoEntry }))
    }

    /// The reason, unless the key log knows the connection.
    fn not_found(&self, otherwise: Closed) -> Closed {
        if self.secrets.has(&self.client_random) { Closed::LabelMissing(Label::MasterSecret) } else { otherwise }
    }

    fn by_session_id(&self) -> Option<Secret> {
        self.secrets.master_of_session(self.known.session_id).filter(|_| !self.known.session_id.is_empty()).cloned()
    }

    /// The premaster secret is what `other` makes of the key, and the key, each behind its length (RFC 4279 2).
    fn by_pre_shared_key(&self, other: &dyn Fn(&[u8]) -> Option<Vec<u8>>) -> Result<Vec<Secret>, Closed> {
        let (identity, _) = self.identity_and_rest().ok_or(Closed::HandshakeNotCaptured)?;
        let premaster = |key: &[u8]| {
            let other = other(key)?;
            let lengths =
                [other.len(), key.len()].map(|length| u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
            let [first, second] = &lengths;
            Some(Secret::new([first, other.as_slice(), second, key].concat()))
        };
        let keys = self.secrets.pre_shared_keys(identity);
        let masters: Vec<_> =
            keys.filter_map(|key| premaster(key.key.bytes())).map(|premaster| self.of_premaster(&premaster)).collect();
        if masters.is_empty() { Err(Closed::OtherIdentity) } else { Ok(masters) }
    }

    fn of_premaster(&self, premaster: &Secret) -> Secret {
        let randoms = [self.client_random, self.server_random].concat();
        match self.transcript.filter(|_| self.known.extended_master_secret) {
            Some(all) => extended_master_secret(self.version, self.suite, premaster, &all.until_key_exchange()),
            None => master_secret(self.version, self.suite, premaster, &randoms),
        }
    }

    fn encrypted_premaster(&self) -> Option<&[u8]> {
        let message = self.transcript?.key_exchange()?;
        // SSL 3.0 sends it without its length, and some go on to do so in TLS 1.0.
        if self.version == ProtocolVersion::SSL3 {
            return Some(message);
        }
        let (length, rest) = message.split_first_chunk::<2>()?;
        Some(if usize::from(u16::from_be_bytes(*length)) == rest.len() { rest } else { message })
    }

    /// The identity that the client names in its ClientKeyExchange, and what stands behind it.
    fn identity_and_rest(&self) -> Option<(&[u8], &[u8])> {
        let (length, rest) = self.transcript?.key_exchange()?.split_first_chunk::<2>()?;
        rest.split_at_checked(u16::from_be_bytes(*length).into())
    }
}
