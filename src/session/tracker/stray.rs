//! Secrets of TLS 1.3 for a session of which a hello is missing: the capture begins behind it, or it was lost.
//!
//! Without the ClientHello nothing says which secrets belong to the session, without the ServerHello nothing says which
//! suite, and behind both nobody knows how many records came before. What opens a record is right all the same, because
//! its tag says so; so all that may be is tried, with an end.

use super::super::facts::RolesFrom;
use super::opening::{EARLY_SUITES, Opening, stage};
use super::{Means, Tracker};
use crate::net::Direction;
use crate::tls::code::{CipherSuite, ProtocolVersion};
use crate::tls::decrypt::{Draft, FARTHEST, Place, Sealed, Suite, traffic_key};
use crate::tls::secrets::{Remembered, Secret, Secrets};
use std::ops::Range;

/// How many records of a direction are tried for each state of the secrets.
const RECORDS: u8 = 4;
/// How many trials a record is worth, where not too many secrets are to be tried.
const TRIALS: u64 = 1 << 14;
/// As many numbers are tried with each secret in any case; all trials on a capture have an end of their own.
const FEWEST_NUMBERS: u64 = 16;

/// For which state of the secrets how many records of each direction were tried.
#[derive(Debug, Default)]
pub(super) struct Tried {
    generation: u64,
    records: [u8; 2],
}

impl Tried {
    pub(super) fn reverse(&mut self) {
        self.records.reverse();
    }

    /// Whether one more record is to be tried.
    pub(super) fn one_more(&mut self, direction: Direction, secrets: &Secrets) -> bool {
        if self.generation != secrets.generation() {
            *self = Self { generation: secrets.generation(), records: [0; 2] };
        }
        let Some(count) = self.records.get_mut(direction.index()) else { return false };
        *count += u8::from(*count <= RECORDS);
        *count <= RECORDS
    }
}

/// What a record showed by being opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proof {
    /// The random under which the secrets stand.
    pub(super) random: [u8; 32],
    pub(super) suite: CipherSuite,
}

/// What is tried on a record.
struct Trial<'a> {
    secrets: &'a Secrets,
    randoms: Vec<[u8; 32]>,
    suites: Vec<CipherSuite>,
    draft: Draft,
    /// The directions whose secrets are tried: both where it is a guess who is the client.
    directions: Vec<Direction>,
}

impl Trial<'_> {
    /// The secret that opens the record with one of the first numbers: whose it is, and what it proves.
    fn run(&self, sealed: &Sealed<'_>, remembered: &mut Remembered) -> Option<(Direction, Proof)> {
        // A side has two secrets, that of the handshake and that of application data.
        let keys = (self.randoms.len() * self.suites.len() * 2).max(1);
        let most = (TRIALS / keys as u64).clamp(FEWEST_NUMBERS, FARTHEST);
        // Most captures begin not far behind the hellos.
        let few = self.run_with(0..FEWEST_NUMBERS, sealed, remembered);
        few.or_else(|| self.run_with(FEWEST_NUMBERS..most, sealed, remembered))
    }

    fn run_with(
        &self,
        numbers: Range<u64>,
        sealed: &Sealed<'_>,
        remembered: &mut Remembered,
    ) -> Option<(Direction, Proof)> {
        for random in &self.randoms {
            for (label, secret) in self.secrets.of(random) {
                let Some((direction, _)) = stage(*label).filter(|(of, _)| self.directions.contains(of)) else {
                    continue;
                };
                let mut opens = |suite| self.opens(suite, secret, numbers.clone(), sealed, remembered);
                if let Some(suite) = self.suites.iter().copied().find(|suite| opens(*suite)) {
                    return Some((direction, Proof { random: *random, suite }));
                }
            }
        }
        None
    }

    fn opens(
        &self,
        suite: CipherSuite,
        secret: &Secret,
        mut numbers: Range<u64>,
        sealed: &Sealed<'_>,
        remembered: &mut Remembered,
    ) -> bool {
        let key = Suite::of(suite).and_then(|suite| traffic_key(suite, self.draft, secret));
        let (Some(key), Some(payload)) = (key, sealed.payload) else { return false };
        let mut content = Vec::new();
        let place = |sequence| Place { sequence, ..Place::default() };
        let count = u32::try_from(numbers.end - numbers.start).unwrap_or(u32::MAX);
        remembered.may_try(count)
            && numbers.any(|sequence| key.open(place(sequence), sealed.header, payload, &mut content).is_some())
    }
}

impl Tracker {
    /// Looks for the secrets of a session of which a hello is missing, and gives the direction of the record as it is
    /// known behind that.
    pub(super) fn look_for_secrets(
        &mut self,
        opening: &mut Opening,
        direction: Direction,
        sealed: &Sealed<'_>,
        means: &mut Means<'_>,
    ) -> Direction {
        let Some(trial) = self.trial(opening, direction, sealed, means) else { return direction };
        let Some((of, proof)) = trial.run(sealed, means.remembered) else { return direction };
        opening.proved(proof, trial.secrets);
        self.version.get_or_insert(ProtocolVersion::TLS13);
        self.session.version.get_or_insert(ProtocolVersion::TLS13);
        self.session.cipher_suite.get_or_insert(proof.suite);
        if self.session.roles_from == RolesFrom::Ports {
            self.session.roles_from = RolesFrom::Keys;
        }
        if of != direction {
            opening.reverse();
            self.flip();
        }
        of
    }

    /// What is to be tried on a record, where anything is.
    fn trial<'a>(
        &self,
        opening: &mut Opening,
        direction: Direction,
        sealed: &Sealed<'_>,
        means: &Means<'a>,
    ) -> Option<Trial<'a>> {
        let secrets = means.secrets.filter(|secrets| secrets.connections() > 0)?;
        let missing = !self.has_hellos() && sealed.payload.is_some() && !opening.is_proved();
        let has_one = !self.session.client_hellos.is_empty() || !self.session.server_hellos.is_empty();
        // The other hello may still come.
        let too_early = has_one && !opening.waiting.is_over();
        let tls13 = self.version.is_none_or(ProtocolVersion::is_tls13);
        if !missing || too_early || !tls13 || !opening.tries_one_more(direction, secrets) {
            return None;
        }
        let known = self.known();
        let randoms = match known.client_random {
            Some(random) => vec![random],
            None => means.remembered.unmatched(secrets).copied().collect(),
        };
        let suites = match known.cipher_suite {
            Some(suite) => vec![suite],
            None => EARLY_SUITES.map(CipherSuite).to_vec(),
        };
        let guessed = self.session.roles_from == RolesFrom::Ports;
        let directions = if guessed { vec![direction, direction.reverse()] } else { vec![direction] };
        Some(Trial { secrets, randoms, suites, draft: known.draft(), directions })
    }
}
