//! What is sent in datagrams: DTLS and QUIC are recognised and counted.

use crate::net::flow::Side;
use crate::net::{Datagram, Endpoint};
use crate::session::{Kind, Moment, RolesFrom, StreamId, TimelineLimit, Tracker};
use crate::tls::datagram;

/// How many packets of a flow are looked at before it is settled that it is neither DTLS nor QUIC.
const DATAGRAMS_LOOKED_AT: u32 = 16;
#[derive(Debug)]
pub(super) struct DatagramFlow {
    pub(super) looked_at: u32,
    /// The frame of the latest packet.
    pub(super) last: u32,
    pub(super) began: Moment,
    pub(super) bytes: [u64; 2],
    pub(super) first_sender: Side,
    pub(super) ends: [Endpoint; 2],
    pub(super) tracker: Option<Tracker>,
    pub(super) changed: bool,
}

impl DatagramFlow {
    /// A flow whose first packet comes from `sender`.
    pub(super) fn new(ends: [Endpoint; 2], sender: Side, at: Moment) -> Self {
        Self {
            looked_at: 0,
            last: at.frame,
            began: at,
            bytes: [0; 2],
            first_sender: sender,
            ends,
            tracker: None,
            changed: false,
        }
    }

    pub(super) fn packet(
        &mut self,
        id: StreamId,
        datagram: &Datagram<'_>,
        sender: Side,
        at: Moment,
        limit: TimelineLimit,
    ) {
        self.changed = true;
        self.last = at.frame;
        let length = datagram.payload.len() as u64 + u64::from(datagram.missing);
        if self.tracker.is_none() {
            self.look(id, datagram.payload, at, limit);
        }
        if let Some(tracker) = &mut self.tracker {
            let direction = if sender == self.first_sender {
                crate::net::Direction::ToServer
            } else {
                crate::net::Direction::ToClient
            };
            tracker.frame(direction, length, at);
        } else if let Some(count) = self.bytes.get_mut(sender.index()) {
            *count += length;
        }
    }

    fn look(&mut self, id: StreamId, payload: &[u8], at: Moment, limit: TimelineLimit) {
        if self.looked_at >= DATAGRAMS_LOOKED_AT {
            return;
        }
        self.looked_at += 1;
        let kind = match datagram::sign(payload) {
            datagram::Sign::No => return,
            datagram::Sign::Dtls => Kind::Dtls,
            datagram::Sign::Quic => Kind::Quic,
        };
        let [low, high] = self.ends;
        let (client, server) = if self.first_sender == Side::Low { (low, high) } else { (high, low) };
        let mut tracker = Tracker::new(id, kind, client, server, at, limit);
        tracker.roles_from(RolesFrom::Ports);
        tracker.stream_began(self.began, self.looked_at - 1);
        self.tracker = Some(tracker);
    }
}
