//! What of the packets of a conversation hints at why it ended: a few words kept for each packet, read at the end.

use super::{pick, pick_mut};
use crate::net::flow::Side;
use crate::net::stream::Stream;
use crate::net::{Datagram, Origin, TcpHeader};
use crate::session::{Moment, Origins, Timestamp, TransportFacts};

/// What was noticed of the packets so far, by side.
#[derive(Debug, Default)]
pub(super) struct Clues {
    packets: [u32; 2],
    cut: [u64; 2],
    doubled: u32,
    longest: u32,
    /// Number, place and length of the latest packet with payload: a copy of it has the same.
    latest: Option<(u16, u32, usize)>,
    maximum_segments: [Option<u16>; 2],
    /// The latest number that each side acknowledged.
    acknowledged: [Option<u32>; 2],
    syn_ack: Option<Origin>,
    data: [Option<Origin>; 2],
    reset: Option<(Side, Origin)>,
    behind_reset: [u32; 2],
    /// When the latest payload came, while nobody had closed.
    spoken: Option<Timestamp>,
    /// Who sent the latest payload, and when the one before it came, where the latest is as short as a close_notify.
    before_goodbye: Option<(Side, Timestamp)>,
    closed: Option<(Side, Timestamp)>,
}

/// The longest payload that is a record with an alert and nothing else, in any cipher.
const LONGEST_ALERT: usize = 5 + 96;
/// Nanoseconds between a goodbye and the FIN behind it.
const AT_ONCE: Timestamp = 250_000_000;

impl Clues {
    /// Takes the next packet. This is done for every packet of a capture.
    #[inline]
    pub(super) fn packet(
        &mut self,
        sender: Side,
        header: TcpHeader,
        datagram: &Datagram<'_>,
        was_reset: bool,
        at: Moment,
    ) {
        let flags = header.flags;
        *pick_mut(&mut self.packets, sender) += 1;
        if flags.ack() {
            *pick_mut(&mut self.acknowledged, sender) = Some(header.acknowledgment);
        }
        if !datagram.payload.is_empty() {
            self.payload(sender, header, datagram);
            *pick_mut(&mut self.data, sender) = Some(datagram.origin);
            if self.closed.is_none() {
                let short = datagram.payload.len() <= LONGEST_ALERT;
                self.before_goodbye = self.spoken.filter(|_| short).map(|spoken| (sender, spoken));
                self.spoken = Some(at.time);
            }
            if was_reset {
                *pick_mut(&mut self.behind_reset, sender) += 1;
            }
        }
        // SYN, RST and FIN are few.
        if flags.0 & 0b111 != 0 {
            self.control(sender, header, datagram.origin, at);
        }
    }

    #[inline]
    fn payload(&mut self, sender: Side, header: TcpHeader, datagram: &Datagram<'_>) {
        let length = datagram.payload.len();
        *pick_mut(&mut self.cut, sender) += u64::from(datagram.missing);
        self.longest = self.longest.max(u32::try_from(length).unwrap_or(u32::MAX));
        let identification = datagram.origin.identification;
        let latest = Some((identification, header.sequence, length));
        self.doubled += u32::from(identification != 0 && self.latest == latest);
        self.latest = latest;
    }

    fn control(&mut self, sender: Side, header: TcpHeader, origin: Origin, at: Moment) {
        let flags = header.flags;
        if flags.syn() {
            *pick_mut(&mut self.maximum_segments, sender) = header.maximum_segment;
            if flags.ack() {
                self.syn_ack.get_or_insert(origin);
            }
        }
        if flags.rst() {
            self.reset.get_or_insert((sender, origin));
        }
        if flags.rst() || flags.fin() {
            self.closed.get_or_insert((sender, at.time));
        }
    }

    /// Packets of each direction.
    pub(super) fn packets(&self, client: Side) -> [u32; 2] {
        [client, client.other()].map(|side| *pick(&self.packets, side))
    }

    /// Writes what was noticed into the facts, in the directions of the conversation's client.
    pub(super) fn settle(
        &self,
        client: Side,
        streams: &[Stream; 2],
        reset_by: Option<Side>,
        facts: &mut TransportFacts,
    ) {
        let both = [client, client.other()];
        facts.packets = self.packets(client);
        facts.cut = both.map(|side| *pick(&self.cut, side));
        (facts.doubled, facts.longest) = (self.doubled, self.longest);
        facts.maximum_segments = both.map(|side| *pick(&self.maximum_segments, side));
        facts.acknowledged = both.map(|side| {
            let stream = pick(streams, side);
            let by_other = pick(&self.acknowledged, side.other()).and_then(|number| stream.offset_of(number));
            // The FIN has a number of its own, behind the last byte.
            by_other.unwrap_or(0).min(stream.next_offset())
        });
        facts.repeated = both.map(|side| pick(streams, side).counters().retransmissions);
        facts.origins = Origins {
            syn_ack: self.syn_ack,
            data: both.map(|side| *pick(&self.data, side)),
            reset: self.reset.map(|(_, origin)| origin),
        };
        facts.behind_reset = reset_by.map_or(0, |side| *pick(&self.behind_reset, side));
        facts.idle = self.silence();
    }

    /// How long both were silent before the end. That a side says goodbye and closes is one thing.
    fn silence(&self) -> Option<Timestamp> {
        let ((closer, closed), spoken) = self.closed.zip(self.spoken)?;
        let goodbye =
            self.before_goodbye.filter(|(sender, _)| *sender == closer && closed.saturating_sub(spoken) < AT_ONCE);
        Some(closed.saturating_sub(goodbye.map_or(spoken, |(_, before)| before)))
    }
}
