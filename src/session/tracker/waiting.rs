//! Protected records that came before the hellos that say how they are protected.
//!
//! A hole in one direction is given up late, so that the other direction may be far ahead by then: the client's
//! Finished is read before the ServerHello. Such records wait, within limits, until both hellos are there or the stream
//! ends. Only sessions for which there may be secrets keep any.

use super::super::facts::Located;
use super::{Means, Moment, Tracker};
use crate::net::Direction;
use crate::tls::decrypt::Sealed;
use crate::tls::record::Header;

/// How many bytes of records wait at the most.
const MAX_BYTES: usize = 1 << 16;
/// How many records wait at the most.
const MAX_RECORDS: usize = 64;

/// The records of a session that wait.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    records: Vec<Record>,
    bytes: usize,
    /// Too many had to wait, and they wait no longer.
    over: bool,
}

#[derive(Debug)]
struct Record {
    direction: Direction,
    header: Header,
    offset: u64,
    payload: Option<Vec<u8>>,
    tail: Vec<u8>,
    at: Moment,
}

impl Record {
    fn sealed(&self) -> Sealed<'_> {
        let Self { header, offset, payload, tail, .. } = self;
        Sealed { header: *header, offset: *offset, payload: payload.as_deref(), tail }
    }
}

impl Waiting {
    /// Turns the directions round.
    pub(super) fn reverse(&mut self) {
        self.records.iter_mut().for_each(|record| record.direction = record.direction.reverse());
    }

    /// Keeps a record until it is known how it is protected. False when it cannot wait.
    pub(super) fn keep(&mut self, direction: Direction, sealed: &Sealed<'_>, at: Moment) -> bool {
        let Sealed { header, offset, payload, tail } = *sealed;
        let bytes = self.bytes + payload.map_or(0, <[u8]>::len);
        if self.over || bytes > MAX_BYTES || self.records.len() >= MAX_RECORDS {
            self.over = true;
            return false;
        }
        self.bytes = bytes;
        let payload = payload.map(<[u8]>::to_vec);
        self.records.push(Record { direction, header, offset, payload, tail: tail.to_vec(), at });
        true
    }

    /// Whether records wait no longer for the hellos.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Whether a record of this direction waits; those behind it wait too.
    pub(super) fn has(&self, direction: Direction) -> bool {
        self.records.iter().any(|record| record.direction == direction)
    }

    /// Takes out the records of the directions that are ready; the others wait on.
    fn take(&mut self, ready: [bool; 2]) -> Vec<Record> {
        let is_ready = |record: &mut Record| ready.get(record.direction.index()).is_some_and(|ready| *ready);
        let records: Vec<_> = self.records.extract_if(.., is_ready).collect();
        self.bytes = self.records.iter().map(|record| record.payload.as_ref().map_or(0, Vec::len)).sum();
        records
    }
}

impl Tracker {
    /// Whether both hellos are there, from which keys are made.
    pub(super) fn has_hellos(&self) -> bool {
        let last = self.session.server_hellos.last();
        !self.session.client_hellos.is_empty() && last.is_some_and(|Located { item, .. }| !item.is_hello_retry_request)
    }

    /// Reads what has waited, when both hellos are there or nothing more can be waited for.
    pub(super) fn read_waiting(&mut self, end: bool, means: &mut Means<'_>) {
        let Some(mut opening) = self.opening.take_if(|opening| !opening.waiting.records.is_empty()) else { return };
        let all = end || opening.waiting.over;
        let ready = Direction::BOTH.map(|direction| all || self.has_hellos_for(&mut opening, direction));
        let records = opening.waiting.take(ready);
        // At the end nothing waits a second time; before it a record may, and then those behind it do too.
        let over = std::mem::replace(&mut opening.waiting.over, all);
        self.opening = Some(opening);
        if records.is_empty() {
            return;
        }
        let flipped = self.flipped;
        for record in records {
            // A record that was opened may have shown that the roles are the other way round.
            let way = if self.flipped == flipped { record.direction } else { record.direction.reverse() };
            if !self.open_record(way, &record.sealed(), record.at, means) {
                let payload = record.payload.as_deref();
                self.tls_record(way, record.header, record.offset, payload, record.at, means);
            }
        }
        let over = end || (over && !self.has_hellos());
        if let Some(opening) = &mut self.opening {
            opening.waiting.over = over;
        }
    }

    /// Nothing more will come on the stream: what still waits is read as it is.
    pub fn end(&mut self, means: &mut Means<'_>) {
        self.read_waiting(true, means);
    }
}
