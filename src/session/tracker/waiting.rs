//! Protected records that came before the hellos that say how they are protected.
//!
//! A hole in one direction is given up late, so that the other direction may be far ahead by then: the client's
//! Finished is read before the ServerHello. Such records wait, within limits, until both hellos are there or the stream
//! ends. Only sessions for which there may be secrets keep any.

use super::super::facts::Located;
use super::{Means, Moment, Tracker};
use crate::net::Direction;
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
    at: Moment,
}

impl Waiting {
    /// Turns the directions round.
    pub(super) fn reverse(&mut self) {
        self.records.iter_mut().for_each(|record| record.direction = record.direction.reverse());
    }

    /// Keeps a record until it is known how it is protected. False when it cannot wait.
    pub(super) fn keep(
        &mut self,
        (direction, header, offset): (Direction, Header, u64),
        payload: Option<&[u8]>,
        at: Moment,
    ) -> bool {
        let bytes = self.bytes + payload.map_or(0, <[u8]>::len);
        if self.over || bytes > MAX_BYTES || self.records.len() >= MAX_RECORDS {
            self.over = true;
            return false;
        }
        self.bytes = bytes;
        let payload = payload.map(<[u8]>::to_vec);
        self.records.push(Record { direction, header, offset, payload, at });
        true
    }

    /// Whether there is any record.
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
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
        let ready = end || self.has_hellos();
        let Some(opening) = self.opening.as_mut().filter(|opening| !opening.waiting.is_empty()) else { return };
        if !ready && !opening.waiting.over {
            return;
        }
        let records = std::mem::take(&mut opening.waiting.records);
        // Nothing waits a second time, or records would be read out of their order.
        opening.waiting.over = true;
        for Record { direction, header, offset, payload, at } in records {
            if !self.open_record(direction, header, offset, payload.as_deref(), at, means) {
                self.tls_record(direction, header, offset, payload.as_deref(), at, means);
            }
        }
        if let Some(opening) = &mut self.opening {
            opening.waiting = Waiting { over: end, ..Waiting::default() };
        }
    }

    /// Nothing more will come on the stream: what still waits is read as it is.
    pub fn end(&mut self, means: &mut Means<'_>) {
        self.read_waiting(true, means);
    }
}
