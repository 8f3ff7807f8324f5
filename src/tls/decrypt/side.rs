//! One direction of a connection: which key its next record needs, and the record's number.
//!
//! Nothing that the peers say about their keys is relied on. What opens a record is right, because its tag says so;
//! so the next number is tried first, then the numbers behind it where records may have been lost, then the keys that
//! come later. A lost record, a lost KeyUpdate and early data that was refused are all found in the same way.

use super::key::{Opened, Place, RecordKey};
use super::schedule::{Draft, next_generation, traffic_key};
use super::suite::Suite;
use crate::tls::record::Header;
use crate::tls::secrets::Secret;
use std::sync::Arc;

/// The smallest record that can be lost: a header, an alert or one byte, and a tag.
const SMALLEST_RECORD: u64 = 5 + 2 + 8;
/// How many numbers are tried behind the one that is expected after a loss.
const FARTHEST: u64 = 4096;
/// How many numbers are tried when nothing was lost but records stayed closed.
const NEAR: u64 = 16;
/// After so many trials in a row that opened nothing, this direction is given up: the keys are wrong.
const FRUITLESS: u32 = 1 << 14;

/// Which part of a connection a key protects, in the order in which they follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Early data of TLS 1.3.
    Early,
    /// The encrypted part of the handshake of TLS 1.3.
    Handshake,
    /// What follows the handshake in TLS 1.3; the number counts key updates.
    Application(u32),
    /// What follows a ChangeCipherSpec, until TLS 1.2.
    Cipher,
}

/// A record that was opened.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it is.
    pub opened: Opened,
    /// The key that opened it.
    pub key: Arc<RecordKey>,
    /// Which part of the connection the key protects.
    pub stage: Stage,
    /// The record's number.
    pub place: Place,
    /// The traffic secret that the key was made from, in TLS 1.3.
    pub secret: Option<Secret>,
    /// How many numbers before it were passed over, because their records were lost or stayed closed.
    pub skipped: u64,
}

#[derive(Debug)]
struct Candidate {
    stage: Stage,
    key: Arc<RecordKey>,
    /// What the next generation comes from, in TLS 1.3.
    secret: Option<(Suite, Draft, Secret)>,
}

/// One direction of a connection.
#[derive(Debug, Default)]
pub struct Side {
    /// The key in use, and those that may come next, in their order.
    candidates: Vec<Candidate>,
    /// Whether the first candidate has opened a record.
    in_use: bool,
    /// The place of the next record under the key in use.
    place: Place,
    /// Records that stayed closed since the last one that opened.
    missed: u64,
    /// Bytes that were not captured since the last record that opened.
    lost: u64,
    fruitless: u32,
}

impl Side {
    /// A key for a stage of TLS 1.3 that may come. Stages that are over are left out; early data may have a key of each
    /// suite, because the suite is not said before it.
    pub fn offer(&mut self, stage: Stage, suite: Suite, draft: Draft, secret: &Secret) {
        let over = self.in_use && self.candidates.first().is_some_and(|current| stage <= current.stage);
        let known = stage != Stage::Early && self.candidates.iter().any(|candidate| candidate.stage == stage);
        let Some(key) = traffic_key(suite, draft, secret).filter(|_| !over && !known) else { return };
        let at = self.candidates.partition_point(|candidate| candidate.stage <= stage);
        let secret = Some((suite, draft, secret.clone()));
        self.candidates.insert(at, Candidate { stage, key: Arc::new(key), secret });
        self.fruitless = 0;
    }

    /// From here on this key protects everything (ChangeCipherSpec, until TLS 1.2).
    pub fn change(&mut self, key: RecordKey) {
        let (missed, lost) = (self.missed, self.lost);
        // A loss may have taken records behind the change with it.
        *self = Self { missed: if lost > 0 { missed } else { 0 }, lost, ..Self::default() };
        self.candidates.push(Candidate { stage: Stage::Cipher, key: Arc::new(key), secret: None });
    }

    /// Whether there is a key for a stage of TLS 1.3.
    #[must_use]
    pub fn has(&self, stage: Stage) -> bool {
        self.candidates.iter().any(|candidate| candidate.stage == stage)
    }

    /// Whether there is a key for what follows the handshake of TLS 1.3.
    #[must_use]
    pub fn has_application(&self) -> bool {
        self.candidates.iter().any(|candidate| matches!(candidate.stage, Stage::Application(_)))
    }

    /// Whether there is any key.
    #[must_use]
    pub fn has_keys(&self) -> bool {
        !self.candidates.is_empty()
    }

    /// Whether a key has opened a record and none was changed for since.
    #[must_use]
    pub fn has_opened(&self) -> bool {
        self.in_use
    }

    /// So many bytes of the stream were not captured.
    pub fn lost(&mut self, bytes: u64) {
        self.lost = self.lost.saturating_add(bytes);
    }

    /// A protected record came of which not every byte is there.
    pub fn missed(&mut self) {
        self.missed += 1;
    }

    /// Opens the next record; its content is then in `out`.
    pub fn open(&mut self, header: Header, payload: &[u8], out: &mut Vec<u8>) -> Option<Found> {
        if self.fruitless < FRUITLESS {
            let reach = self.reach();
            for index in 0..self.candidates.len() {
                if let Some(found) = self.try_candidate(index, reach, header, payload, out) {
                    return Some(found);
                }
            }
            if self.make_next_generation()
                && let Some(found) = self.try_candidate(1, reach, header, payload, out)
            {
                return Some(found);
            }
        }
        self.missed += 1;
        if let [Candidate { stage: Stage::Cipher, key, .. }] = self.candidates.as_slice() {
            // A cipher that goes on from record to record goes on from this one too; its number is looked for.
            self.place = Place { sequence: self.place.sequence, ..key.after(self.place, payload) };
        }
        None
    }

    /// How many numbers behind the expected one are tried.
    fn reach(&self) -> u64 {
        if self.lost > 0 {
            (self.lost / SMALLEST_RECORD + self.missed + 1).min(FARTHEST)
        } else {
            self.missed.min(NEAR)
        }
    }

    fn try_candidate(
        &mut self,
        index: usize,
        reach: u64,
        header: Header,
        payload: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<Found> {
        let candidate = self.candidates.get(index)?;
        let current = index == 0 && (self.in_use || candidate.stage == Stage::Cipher);
        let base = if current { self.place } else { Place::default() };
        let first = base.sequence;
        for sequence in first..=first.saturating_add(reach) {
            let place = Place { sequence, ..base };
            let Some(opened) = candidate.key.open(place, header, payload, out) else {
                self.fruitless += 1;
                continue;
            };
            let found = Found {
                opened,
                key: Arc::clone(&candidate.key),
                stage: candidate.stage,
                place,
                secret: candidate.secret.as_ref().map(|(_, _, secret)| secret.clone()),
                skipped: sequence - first,
            };
            let next = candidate.key.after(place, payload);
            self.candidates.drain(..index);
            *self =
                Self { candidates: std::mem::take(&mut self.candidates), in_use: true, place: next, ..Self::default() };
            return Some(found);
        }
        None
    }

    /// Puts the key behind a KeyUpdate next to the one in use, once.
    fn make_next_generation(&mut self) -> bool {
        let [Candidate { stage: Stage::Application(number), secret: Some((suite, draft, secret)), .. }] =
            self.candidates.as_slice()
        else {
            return false;
        };
        if !self.in_use {
            return false;
        }
        let (suite, draft, number) = (*suite, *draft, number.saturating_add(1));
        let next = next_generation(suite, draft, secret);
        self.offer(Stage::Application(number), suite, draft, &next);
        self.candidates.len() > 1
    }
}
