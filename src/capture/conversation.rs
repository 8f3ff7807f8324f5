//! One TCP conversation: its two streams, where TLS begins in them, and the session that comes of it.

mod attempt;
mod beginning;
mod clues;
mod sightings;

use super::recording::Recording;
use crate::base::{Group, Severity};
use crate::net::flow::Side;
use crate::net::stream::{Arrival, Chunk, Segment, Stream, Waited};
use crate::net::{Datagram, Direction, Endpoint, TcpHeader, TdsUnwrap};
use crate::session::{
    Means, Moment, OpenedRecord, Point, RolesFrom, Session, StreamId, TimelineLimit, Tracker, TransportFacts,
};
use crate::tls::stream::RecordStream;
use clues::Clues;
use sightings::Sightings;

/// The longest that a segment can be under way, in nanoseconds: two minutes (RFC 9293 3.4.1).
const LIFETIME: i64 = 120_000_000_000;

/// What a conversation needs from outside for each packet.
pub(super) struct Surroundings<'a> {
    pub(super) means: Means<'a>,
    pub(super) timeline: TimelineLimit,
    /// Where the packet was captured.
    pub(super) point: Point,
}

/// A TCP conversation that may turn out to be, or to lead to, a TLS session.
#[derive(Debug)]
pub(super) struct Conversation {
    id: StreamId,
    /// The ends in the order of the flow's key.
    ends: [Endpoint; 2],
    /// Who opened the connection, or is likely to have.
    client: Side,
    roles_from: RolesFrom,
    began: Moment,
    last: Moment,
    frames: u32,
    streams: [Stream; 2],
    readers: [Reading; 2],
    said: Vec<SaidBytes>,
    said_bytes: usize,
    syn: Option<i64>,
    syn_round_trip: Option<i64>,
    /// Where each side closed, by sequence number, and when.
    fin: [Option<(u32, Moment)>; 2],
    /// Who reset the connection first.
    reset: Option<(Side, Moment)>,
    clues: Clues,
    sightings: Sightings,
    noted_conflicts: u32,
    /// The latest moment at which bytes of a direction arrived that were handed on. What stood behind a hole is younger
    /// than the segment that filled it only by its place.
    latest: [Option<Moment>; 2],
    /// Most conversations of a capture never have one, so that it has a place of its own.
    tracker: Option<Box<Tracker>>,
    pub(super) recording: Option<Box<Recording>>,
    pub(super) changed: bool,
}

#[derive(Debug)]
struct SaidBytes {
    side: Side,
    frame: u32,
    bytes: Vec<u8>,
}

/// How far one direction has come.
#[derive(Debug)]
enum Reading {
    /// No sign of TLS yet. The bytes are too few to decide on; they stand at this offset, and began to come then.
    Looking { undecided: Vec<u8>, offset: u64, since: Option<Moment>, after_gap: bool },
    /// TLS has begun.
    Records(RecordStream),
    /// TLS has begun inside packets of TDS, whose headers are taken out: the next byte of TLS stands at this offset of
    /// what is left.
    Wrapped { unwrap: TdsUnwrap, offset: u64, stream: RecordStream },
}

impl Default for Reading {
    fn default() -> Self {
        Self::Looking { undecided: Vec::new(), offset: 0, since: None, after_gap: false }
    }
}

impl Conversation {
    pub(super) fn new(id: StreamId, ends: [Endpoint; 2], sender: Side, header: TcpHeader, at: Moment) -> Self {
        let (client, roles_from) = first_guess(ends, sender, header);
        Self {
            id,
            ends,
            client,
            roles_from,
            began: at,
            last: at,
            frames: 0,
            streams: Default::default(),
            readers: Default::default(),
            said: Vec::new(),
            said_bytes: 0,
            syn: None,
            syn_round_trip: None,
            fin: [None; 2],
            reset: None,
            clues: Clues::default(),
            sightings: Sightings::default(),
            noted_conflicts: 0,
            latest: [None; 2],
            tracker: None,
            recording: None,
            changed: false,
        }
    }

    /// Whether a SYN begins another conversation between the same ends: it has another number (port reuse), or it has
    /// the same one and cannot be a copy. That is a rehearsal with the same seed behind the first one: time starts anew
    /// with it, or both sides had ended so long ago that no copy can be left of what they sent.
    pub(super) fn is_another(&self, sender: Side, header: TcpHeader, at: Moment) -> bool {
        let flags = header.flags;
        let base = pick(&self.streams, sender).base();
        let anew = at.time <= self.began.time && at.time < self.last.time;
        let late = self.is_over() && at.time.saturating_sub(self.last.time) > LIFETIME;
        flags.syn() && !flags.ack() && base.is_some_and(|base| base != header.sequence || anew || late)
    }

    /// Whether both sides have said that no more will come.
    pub(super) fn is_over(&self) -> bool {
        self.reset.is_some() || self.fin.iter().all(Option::is_some)
    }

    /// Its two ends in the order of their key.
    pub(super) fn ends(&self) -> [Endpoint; 2] {
        self.ends
    }

    /// The frame of its latest packet.
    pub(super) fn last_packet(&self) -> u32 {
        self.last.frame
    }

    /// Notes that what follows will not be read.
    pub(super) fn given_up(&mut self) {
        if let Some(tracker) = &mut self.tracker {
            let text = "given up here: too many other connections are open at the same time".to_owned();
            tracker.note(self.last, Severity::Warn, Group::Reassemble, "tcp.given_up", text);
        }
    }

    /// Whether a session has begun.
    pub(super) fn tracker(&self) -> Option<&Tracker> {
        self.tracker.as_deref()
    }

    /// What opens the records of the session again.
    pub(super) fn take_opened(&mut self) -> [Vec<OpenedRecord>; 2] {
        self.tracker.as_mut().map(|tracker| tracker.take_opened()).unwrap_or_default()
    }

    /// Gives the session its number.
    pub(super) fn number(&mut self, number: u32) {
        self.tracker.iter_mut().for_each(|tracker| tracker.number(number));
    }

    /// Takes the next packet of the conversation.
    #[inline]
    pub(super) fn packet(
        &mut self,
        sender: Side,
        header: TcpHeader,
        datagram: &Datagram<'_>,
        arrival: Arrival,
        around: &mut Surroundings<'_>,
    ) {
        let (payload, cut) = (datagram.payload, datagram.missing);
        let at = Moment { frame: arrival.frame, time: arrival.time };
        self.clues.packet(sender, header, datagram, self.reset.is_some(), at);
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).wrapping_add(cut);
        self.sightings.packet(sender, header, length, around.point, arrival.frame);
        self.frames += 1;
        self.last = at;
        self.changed = true;
        let flags = header.flags;
        if flags.syn() {
            self.handshake(sender, header, at);
        }
        if flags.ack() {
            pick_mut(&mut self.streams, sender.other()).acknowledge(header.acknowledgment);
        }
        if payload.is_empty() && cut == 0 {
            if !flags.syn() {
                pick_mut(&mut self.streams, sender).without_payload(header.sequence);
            }
        } else {
            // Data may come with the SYN (RFC 7413); it stands behind the SYN's own number.
            let sequence = header.sequence.wrapping_add(u32::from(flags.syn()));
            self.segment(sender, Segment { sequence, payload, cut, arrival }, around);
        }
        for side in [sender, sender.other()] {
            if pick(&self.streams, side).has_more() {
                self.drain(side, at, around);
            }
        }
        if flags.0 & 0b101 != 0 {
            self.closing(sender, header, length, at);
        }
    }

    /// Nothing more will come: the session, if there is one, is given away.
    pub(super) fn close(&mut self) -> Option<Session> {
        self.settle();
        self.tracker.take().map(|tracker| tracker.close())
    }

    /// The session as it stands.
    pub(super) fn snapshot(&mut self) -> Option<Session> {
        self.settle();
        self.tracker.as_deref().map(Tracker::snapshot)
    }

    fn handshake(&mut self, sender: Side, header: TcpHeader, at: Moment) {
        pick_mut(&mut self.streams, sender).syn(header.sequence);
        if !header.flags.ack() {
            self.syn.get_or_insert(at.time);
        } else if let Some(syn) = self.syn {
            self.syn_round_trip.get_or_insert(at.time - syn);
        }
    }

    fn segment(&mut self, sender: Side, segment: Segment<'_>, around: &mut Surroundings<'_>) {
        let chunk = pick_mut(&mut self.streams, sender).segment(segment);
        if let Some(chunk) = chunk {
            self.chunk(sender, chunk, around);
        }
        let conflicts = self.streams.iter().map(|stream| stream.counters().conflicts).sum();
        if conflicts > self.noted_conflicts {
            self.noted_conflicts = conflicts;
            let at = Moment { frame: segment.arrival.frame, time: segment.arrival.time };
            if let Some(tracker) = &mut self.tracker {
                let text = "a copy of bytes that had come before differs from them; the first copy is used".to_owned();
                tracker.note(at, Severity::Warn, Group::Sequence, "tcp.conflict", text);
            }
        }
    }

    /// Even when both sides have closed, a hole stays open until the conversation ends: the last packets may have
    /// overtaken each other.
    fn drain(&mut self, side: Side, at: Moment, around: &mut Surroundings<'_>) {
        while let Some(waited) = pick_mut(&mut self.streams, side).next(false) {
            self.waited(side, waited, at, around);
        }
    }

    fn waited(&mut self, side: Side, waited: Waited, at: Moment, around: &mut Surroundings<'_>) {
        match waited {
            Waited::Bytes { offset, bytes, arrival } => {
                self.chunk(side, Chunk { offset, bytes: &bytes, arrival }, around);
            }
            Waited::Gap { offset, bytes, behind } => {
                // Events of one side keep the order of its stream, although the hole is told of late.
                let at = match behind {
                    Some(behind) => self.arrived(side, behind),
                    None => pick(&self.latest, side).unwrap_or(at),
                };
                self.gap(side, offset, bytes, at, around);
            }
        }
    }

    fn gap(&mut self, side: Side, offset: u64, bytes: u64, at: Moment, around: &mut Surroundings<'_>) {
        if let Some(tracker) = &mut self.tracker {
            tracker.gap(toward(self.client, side), offset, bytes, at);
        }
        let client = self.client;
        match pick_mut(&mut self.readers, side) {
            Reading::Looking { undecided, after_gap, .. } => {
                undecided.clear();
                *after_gap = true;
            }
            Reading::Records(stream) | Reading::Wrapped { stream, .. } => {
                if let Some(tracker) = &mut self.tracker {
                    stream.gap(bytes, |record| tracker.record(toward(client, side), record, at, &mut around.means));
                }
            }
        }
    }

    #[inline]
    fn chunk(&mut self, side: Side, chunk: Chunk<'_>, around: &mut Surroundings<'_>) {
        let at = self.arrived(side, chunk.arrival);
        if matches!(pick(&self.readers, side), Reading::Wrapped { .. }) {
            return self.wrapped(side, chunk, at, around);
        }
        if let Some(recording) = &mut self.recording {
            recording.push(side, chunk);
        }
        if let (Reading::Records(stream), Some(tracker)) = (pick_mut(&mut self.readers, side), &mut self.tracker) {
            let direction = toward(self.client, side);
            stream.push(chunk.offset, chunk.bytes, |record| tracker.record(direction, record, at, &mut around.means));
            if stream.is_passing_over() {
                pick_mut(&mut self.streams, side).keep_no_more();
            }
        } else {
            self.look(side, chunk, at, around);
        }
    }

    /// Takes the headers of TDS packets out and hands on what they hold.
    fn wrapped(&mut self, side: Side, chunk: Chunk<'_>, at: Moment, around: &mut Surroundings<'_>) {
        let direction = toward(self.client, side);
        let Reading::Wrapped { unwrap, offset, stream } = pick_mut(&mut self.readers, side) else { return };
        let Some(tracker) = &mut self.tracker else { return };
        for range in unwrap.push(chunk.bytes) {
            let payload_at = chunk.arrival.payload_at.map(|at| at + u32::try_from(range.start).unwrap_or(0));
            let bytes = chunk.bytes.get(range).unwrap_or_default();
            if let Some(recording) = &mut self.recording {
                recording
                    .push(side, Chunk { offset: *offset, bytes, arrival: Arrival { payload_at, ..chunk.arrival } });
            }
            stream.push(*offset, bytes, |record| tracker.record(direction, record, at, &mut around.means));
            *offset += bytes.len() as u64;
        }
    }

    #[inline]
    fn arrived(&mut self, side: Side, arrival: Arrival) -> Moment {
        let now = Moment { frame: arrival.frame, time: arrival.time };
        let latest = pick_mut(&mut self.latest, side);
        let at = latest.filter(|latest| latest.frame > now.frame).unwrap_or(now);
        *latest = Some(at);
        at
    }

    fn closing(&mut self, sender: Side, header: TcpHeader, length: u32, at: Moment) {
        if header.flags.rst() {
            self.reset.get_or_insert((sender, at));
        } else if pick(&self.fin, sender).is_none() {
            let end = header.sequence.wrapping_add(length).wrapping_add(u32::from(header.flags.syn()));
            *pick_mut(&mut self.fin, sender) = Some((end, at));
        } else {
            return;
        }
        if let Some(mut tracker) = self.tracker.take() {
            self.tell_closing(&mut tracker, sender, header.flags.rst());
            self.tracker = Some(tracker);
        }
    }

    /// Tells the session that a side has closed or reset the connection.
    fn tell_closing(&self, tracker: &mut Tracker, side: Side, reset: bool) {
        let stream = pick(&self.streams, side);
        if reset {
            if let Some((_, at)) = self.reset.filter(|(by, _)| *by == side) {
                tracker.reset(toward(self.client, side), stream.next_offset(), at);
            }
        } else if let Some((end, at)) = *pick(&self.fin, side) {
            let offset = stream.offset_of(end).unwrap_or(stream.next_offset());
            tracker.fin(toward(self.client, side), offset, at);
        }
    }

    /// Tells a session that has just begun what came before its first record could be read: packets overtake each
    /// other.
    fn tell_closings(&self, tracker: &mut Tracker) {
        let mut sides = [Side::Low, Side::High];
        sides.sort_by_key(|side| pick(&self.fin, *side).map(|(_, at)| at.frame));
        for side in sides {
            self.tell_closing(tracker, side, false);
            self.tell_closing(tracker, side, true);
        }
    }

    /// Reads what waits behind holes that nothing will fill any more.
    pub(super) fn end_of_streams(&mut self, around: &mut Surroundings<'_>) {
        for side in [Side::Low, Side::High] {
            while let Some(waited) = pick_mut(&mut self.streams, side).next(true) {
                self.waited(side, waited, self.last, around);
                self.changed = true;
            }
        }
        if let Some(tracker) = &mut self.tracker {
            tracker.end(&mut around.means);
        }
    }

    /// Brings what the transport knows into the session.
    fn settle(&mut self) {
        let Some(tracker) = &mut self.tracker else { return };
        let counters = self.streams.each_ref().map(Stream::counters);
        let mut missing = counters.map(|counters| counters.missing);
        for (side, missing) in [Side::Low, Side::High].into_iter().zip(&mut missing) {
            if let Some((end, _)) = pick(&self.fin, side) {
                *missing += pick(&self.streams, side).missing_before(*end);
            }
        }
        let mut bytes = self.streams.each_ref().map(Stream::next_offset);
        if self.client == Side::High {
            missing.reverse();
            bytes.reverse();
        }
        tracker.stream_so_far(self.last, self.frames, bytes);
        let mut facts = TransportFacts {
            syn: self.syn.is_some(),
            syn_round_trip: self.syn_round_trip,
            retransmissions: counters.iter().map(|counters| counters.retransmissions).sum(),
            out_of_order: counters.iter().map(|counters| counters.out_of_order).sum(),
            missing,
            ..TransportFacts::default()
        };
        self.sightings.settle(self.client, &mut facts);
        self.clues.settle(self.client, &self.streams, self.reset.map(|(by, _)| by), &mut facts);
        tracker.transport(&facts);
    }
}

/// Who is the client, as long as no hello was seen: who sends the SYN, or who has the higher port.
fn first_guess(ends: [Endpoint; 2], sender: Side, header: TcpHeader) -> (Side, RolesFrom) {
    if header.flags.syn() {
        let client = if header.flags.ack() { sender.other() } else { sender };
        return (client, RolesFrom::Syn);
    }
    let [low, high] = ends;
    let client = match low.port.cmp(&high.port) {
        std::cmp::Ordering::Less => Side::High,
        std::cmp::Ordering::Greater => Side::Low,
        std::cmp::Ordering::Equal => sender,
    };
    (client, RolesFrom::Ports)
}

fn toward(client: Side, sender: Side) -> Direction {
    if client == sender { Direction::ToServer } else { Direction::ToClient }
}

#[inline]
fn pick<T>(pair: &[T; 2], side: Side) -> &T {
    let [low, high] = pair;
    if side == Side::Low { low } else { high }
}

#[inline]
fn pick_mut<T>(pair: &mut [T; 2], side: Side) -> &mut T {
    let [low, high] = pair;
    if side == Side::Low { low } else { high }
}
