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
pub const FARTHEST: u64 = 4096;
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

/// A protected record as it came.
#[derive(Clone, Copy, Debug)]
pub struct Sealed<'a> {
    /// Its header.
    pub header: Header,
    /// Offset of the header in the stream.
    pub offset: u64,
    /// What the header announces; `None` where it was passed over, or a part of it was not captured.
    pub payload: Option<&'a [u8]>,
    /// The last bytes of a record of which a part was not captured, as far as they were.
    pub tail: &'a [u8],
}

impl Sealed<'_> {
    /// Offset of what stands behind it in the stream.
    fn end(&self) -> u64 {
        self.offset + Header::LENGTH as u64 + u64::from(self.header.length)
    }
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

#[derive(Clone, Debug)]
struct Candidate {
    stage: Stage,
    key: Arc<RecordKey>,
    /// What the next generation comes from, in TLS 1.3.
    secret: Option<(Suite, Draft, Secret)>,
}

/// One direction of a connection.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// The key in use, and those that may come next, in their order.
    candidates: Vec<Candidate>,
    /// Whether the first candidate has opened a record.
    in_use: bool,
    /// The place of the record behind the last one that opened.
    place: Place,
    /// Where in the stream that record begins.
    at: Option<u64>,
    /// Where the latest record ended, opened or not, and its last block.
    chain: Option<(u64, [u8; 16])>,
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
        // The secrets of two connections with one client random are told apart by what they open.
        let is_same = |candidate: &Candidate| {
            let of_secret = candidate.secret.as_ref().is_some_and(|(of, _, known)| *of == suite && known == secret);
            candidate.stage == stage && of_secret
        };
        let known = self.candidates.iter().any(is_same);
        let Some(key) = traffic_key(suite, draft, secret).filter(|_| !over && !known) else { return };
        let at = self.candidates.partition_point(|candidate| candidate.stage <= stage);
        let secret = Some((suite, draft, secret.clone()));
        self.candidates.insert(at, Candidate { stage, key: Arc::new(key), secret });
        self.fruitless = 0;
    }

    /// From here on this key protects everything (ChangeCipherSpec, until TLS 1.2).
    pub fn change(&mut self, key: RecordKey) {
        let (missed, lost) = (self.missed, self.lost);
        // A loss may have taken records behind the change with it, or the change itself.
        let (missed, chain) = if lost > 0 { (missed, self.chain) } else { (0, None) };
        *self = Self { chain, missed, lost, ..Self::default() };
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

    /// The capture begins behind the beginning of the stream: nobody knows how many records came before.
    pub fn begun_before(&mut self) {
        self.lost = u64::MAX >> 1;
    }

    /// Whether bytes were lost since the last record that opened.
    #[must_use]
    pub fn has_lost(&self) -> bool {
        self.lost > 0
    }

    /// Whether the key in use opens a record only with the last block of the record before it, which was not captured.
    #[must_use]
    pub fn lacks_block(&self, offset: u64) -> bool {
        let current = self.candidates.first().is_some_and(|current| current.key.is_chained());
        current && self.lost > 0 && self.chain.is_none_or(|(end, _)| end != offset)
    }

    /// A protected record stays closed: not every byte of it is there, or there is no key.
    pub fn missed(&mut self, sealed: &Sealed<'_>) {
        self.missed += 1;
        let Some(key) = self.candidates.first().map(|current| Arc::clone(&current.key)) else { return };
        // A cipher that goes on from record to record goes on from this one too.
        let last = key.after(Place::default(), sealed.payload.unwrap_or(sealed.tail)).before;
        self.chain = last.map(|block| (sealed.end(), block));
    }

    /// Opens the next record; its content is then in `out`.
    pub fn open(&mut self, sealed: &Sealed<'_>, out: &mut Vec<u8>) -> Option<Found> {
        if self.fruitless < FRUITLESS {
            let reach = self.reach();
            for index in 0..self.candidates.len() {
                if let Some(found) = self.try_candidate(index, reach, sealed, out) {
                    return Some(found);
                }
            }
            if self.make_next_generation()
                && let Some(found) = self.try_candidate(1, reach, sealed, out)
            {
                return Some(found);
            }
        }
        self.missed(sealed);
        None
    }

    /// How many numbers behind the expected one are tried.
    fn reach(&self) -> u64 {
        let lost = if self.lost > 0 { self.lost / SMALLEST_RECORD + 1 } else { 0 };
        lost.saturating_add(self.missed).min(FARTHEST)
    }

    fn try_candidate(&mut self, index: usize, reach: u64, sealed: &Sealed<'_>, out: &mut Vec<u8>) -> Option<Found> {
        let payload = sealed.payload?;
        let candidate = self.candidates.get(index)?;
        let current = index == 0 && (self.in_use || candidate.stage == Stage::Cipher);
        let base = if current { self.place } else { Place::default() };
        for step in 0..=reach {
            // A key stream is best run forward, and the more records were lost, the less of it did their bytes take.
            let skipped = if candidate.key.is_stream() { reach - step } else { step };
            let Some(place) = self.place_behind(base, skipped, sealed.offset) else { continue };
            let Some(opened) = candidate.key.open(place, sealed.header, payload, out) else {
                self.fruitless += 1;
                continue;
            };
            let (key, stage) = (Arc::clone(&candidate.key), candidate.stage);
            let secret = candidate.secret.as_ref().map(|(_, _, secret)| secret.clone());
            let next = key.after(place, payload);
            let mut candidates = self.candidates.split_off(index);
            // The others of its stage were those of another suite, or of another connection.
            let mut is_first = true;
            candidates.retain(|other| std::mem::take(&mut is_first) || other.stage > stage);
            *self = Self {
                candidates,
                in_use: true,
                place: next,
                at: Some(sealed.end()),
                chain: next.before.map(|block| (sealed.end(), block)),
                ..Self::default()
            };
            return Some(Found { opened, key, stage, place, secret, skipped });
        }
        None
    }

    /// The place of the record that begins at `offset`, when so many records before it were not opened. Their contents
    /// took what is left of the stream between, without their headers; where that cannot be, there is no such place.
    /// Where the key began is not known when that was lost too, but the first record is a Finished.
    fn place_behind(&self, base: Place, skipped: u64, offset: u64) -> Option<Place> {
        let contents = match self.at {
            Some(at) => offset.saturating_sub(at).checked_sub(skipped * Header::LENGTH as u64)?,
            None => self.candidates.first().filter(|_| skipped > 0).map_or(0, |first| first.key.finished_length()),
        };
        let is_first = self.at.is_none() && skipped == 0;
        let chained = self.chain.filter(|(end, _)| *end == offset && !is_first).map(|(_, block)| block);
        Some(Place {
            sequence: base.sequence.saturating_add(skipped),
            before: chained.or(base.before),
            position: base.position + contents,
        })
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
