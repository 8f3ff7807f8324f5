//! Which conversation a packet belongs to: it is found, begins, gets its packets, and is forgotten in the end.

use super::datagram_flow::DatagramFlow;
use super::{Dissector, Slot, count};
use crate::capture::Packet;
use crate::capture::conversation::{Conversation, Surroundings};
use crate::capture::recording::Recording;
use crate::net::flow::{FlowKey, Protocol, Side};
use crate::net::stream::Arrival;
use crate::net::{Datagram, Endpoint, TcpHeader, TransportHeader};
use crate::session::{Listener, Means, Moment, Point, Session, StreamId, Tracker, Transport};

/// How many packets a conversation that is over is kept for, so that the last acknowledgments and copies still count.
const LINGER: u64 = 2048;
/// How many conversations may be open at once. A scan opens millions that are never closed; the one that has been
/// silent for longest is given up for the next.
const MAX_OPEN: usize = 1 << 16;
/// How many conversations that are over are remembered, where older ones are forgotten: more than any list here that
/// may still name one of them is long.
const MAX_OVER: usize = 2 * MAX_OPEN;
/// How many packets ago a conversation may have spoken last and still not count as silent.
const RECENT: u64 = 1 << 17;
/// How many conversations are looked at to find a silent one.
const TRIES: u32 = 16;

/// One conversation: a few words, and its state while there is any.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) id: StreamId,
    /// Whether a session has begun on it.
    pub(super) has_session: bool,
    pub(super) slot: Option<u32>,
    pub(super) state: FlowState,
}

#[derive(Debug)]
pub(super) enum FlowState {
    Tcp(Box<Conversation>),
    Udp(Box<DatagramFlow>),
    Over,
}

impl Dissector {
    pub(super) fn datagram(&mut self, packet: &Packet<'_>, datagram: &Datagram<'_>) -> StreamId {
        let protocol = match datagram.transport {
            TransportHeader::Tcp(_) => Protocol::Tcp,
            TransportHeader::Udp => Protocol::Udp,
        };
        let (key, sender) = FlowKey::new(protocol, datagram.source, datagram.destination);
        let ends = match sender {
            Side::Low => [datagram.source, datagram.destination],
            Side::High => [datagram.destination, datagram.source],
        };
        let at = Moment { frame: packet.number, time: packet.time };
        let found = self.table.find(&key);
        match datagram.transport {
            TransportHeader::Tcp(header) => {
                let index = self.tcp_flow(found, key, ends, sender, header, at);
                self.tcp(index, packet, datagram, sender, header)
            }
            TransportHeader::Udp => {
                let index = found.unwrap_or_else(|| {
                    let id = self.next_id(Transport::Udp);
                    self.add(key, id, FlowState::Udp(Box::new(DatagramFlow::new(ends, sender, at))))
                });
                self.udp(index, datagram, sender, at)
            }
        }
    }

    fn tcp_flow(
        &mut self,
        found: Option<u32>,
        key: FlowKey,
        ends: [Endpoint; 2],
        sender: Side,
        header: TcpHeader,
        at: Moment,
    ) -> u32 {
        if let Some(index) = found {
            let flow = self.flows.get(index as usize);
            let reused = match flow.map(|flow| &flow.state) {
                Some(FlowState::Tcp(conversation)) => conversation.is_another(sender, header, at),
                _ => header.flags.syn() && !header.flags.ack(),
            };
            if !reused {
                return index;
            }
            self.close(index);
        }
        let id = self.next_id(Transport::Tcp);
        let mut conversation = Box::new(Conversation::new(id, ends, sender, header, at));
        conversation.recording = self.settings.record.then(|| Box::new(Recording::new(self.gather.is_none())));
        self.add(key, id, FlowState::Tcp(conversation))
    }

    fn next_id(&mut self, transport: Transport) -> StreamId {
        let [tcp, udp] = &mut self.streams;
        let counter = if transport == Transport::Tcp { tcp } else { udp };
        let index = *counter;
        *counter += 1;
        StreamId { transport, index }
    }

    fn add(&mut self, key: FlowKey, id: StreamId, state: FlowState) -> u32 {
        let flow = Flow { id, has_session: false, slot: None, state };
        let free = self.free.pop();
        let index = free.unwrap_or_else(|| count(&self.flows));
        match free.and_then(|index| self.flows.get_mut(index as usize)) {
            Some(place) => *place = flow,
            None => self.flows.push(flow),
        }
        self.table.insert(key, index);
        self.forget_one();
        self.open.push_back(index);
        if self.open.len() > MAX_OPEN {
            self.give_up_one();
        }
        index
    }

    /// Closes a conversation that is silent; where none of those looked at is, the one that was opened first.
    fn give_up_one(&mut self) {
        for tries in 0..TRIES {
            let Some(index) = self.open.pop_front() else { return };
            let last = match self.flows.get(index as usize).map(|flow| &flow.state) {
                Some(FlowState::Tcp(conversation)) => conversation.last_packet(),
                Some(FlowState::Udp(state)) => state.last,
                Some(FlowState::Over) | None => return,
            };
            if tries + 1 < TRIES && u64::from(last) + RECENT > self.packets {
                self.open.push_back(index);
            } else {
                if let Some(FlowState::Tcp(conversation)) =
                    self.flows.get_mut(index as usize).map(|flow| &mut flow.state)
                {
                    conversation.given_up();
                }
                return self.close(index);
            }
        }
    }

    fn tcp(
        &mut self,
        index: u32,
        packet: &Packet<'_>,
        datagram: &Datagram<'_>,
        sender: Side,
        header: TcpHeader,
    ) -> StreamId {
        let id = self.flows.get(index as usize).map(|flow| flow.id);
        let arrival = Arrival { frame: packet.number, time: packet.time, payload_at: datagram.offset };
        let ends = self.with_conversation(index, packet.point(), |conversation, around| {
            let was_over = conversation.is_over();
            conversation.packet(sender, header, datagram, arrival, around);
            conversation.is_over() && !was_over
        });
        if ends == Some(true) {
            self.lingering.push_back((self.packets, index));
        }
        id.unwrap_or(StreamId { transport: Transport::Tcp, index })
    }

    /// Lets a conversation act with all that it may use; a session may begin by it.
    #[inline]
    fn with_conversation<R>(
        &mut self,
        index: u32,
        point: Point,
        act: impl FnOnce(&mut Conversation, &mut Surroundings<'_>) -> R,
    ) -> Option<R> {
        let flow = self.flows.get_mut(index as usize)?;
        let FlowState::Tcp(conversation) = &mut flow.state else { return None };
        let is_signed = number_of(conversation, self.sessions) <= self.settings.signed_sessions;
        let mut around = Surroundings {
            means: Means {
                cache: &mut self.cache,
                secrets: self.secrets.as_deref(),
                remembered: &mut self.remembered,
                digest: self.settings.digest,
                signatures: is_signed && !self.signatures_put_off,
                listener: self.gather.as_deref_mut().map(|gather| gather as &mut dyn Listener),
            },
            timeline: self.settings.timeline,
            point,
        };
        let done = act(conversation, &mut around);
        let begins = !flow.has_session && conversation.tracker().is_some();
        if begins {
            self.session_begins(index);
        }
        Some(done)
    }

    fn udp(&mut self, index: u32, datagram: &Datagram<'_>, sender: Side, at: Moment) -> StreamId {
        let Some(flow) = self.flows.get_mut(index as usize) else {
            return StreamId { transport: Transport::Udp, index };
        };
        let FlowState::Udp(state) = &mut flow.state else { return flow.id };
        let limit = self.settings.timeline;
        state.packet(flow.id, datagram, sender, at, limit);
        let id = flow.id;
        let begins = !flow.has_session && state.tracker.is_some();
        if begins {
            self.session_begins(index);
        }
        id
    }

    /// Gives a session that has just begun its number, and its place where sessions are kept.
    fn session_begins(&mut self, index: u32) {
        let Some(flow) = self.flows.get_mut(index as usize) else { return };
        self.sessions += 1;
        flow.has_session = true;
        match &mut flow.state {
            FlowState::Tcp(conversation) => conversation.number(self.sessions),
            FlowState::Udp(state) => state.tracker.iter_mut().for_each(|tracker| tracker.number(self.sessions)),
            FlowState::Over => {}
        }
        if self.settings.keep_sessions {
            flow.slot = Some(count(&self.order));
            self.order.push(Slot::Going { flow: index, latest: None });
        }
    }

    /// Ends the conversations that have been over for long enough.
    #[inline]
    pub(super) fn let_go(&mut self) {
        if !self.lingering.is_empty() && self.packets >= LINGER {
            self.let_go_until(self.packets - LINGER);
        }
    }

    /// Forgets the conversation that ended first, where there are too many to remember.
    fn forget_one(&mut self) {
        if self.over.len() > MAX_OVER
            && let Some((key, index)) = self.over.pop_front()
        {
            self.table.remove(&key, index);
            self.free.push(index);
        }
    }

    /// Reads what still waits behind holes; the first record may be there.
    pub(super) fn read_the_rest(&mut self, index: u32) {
        self.with_conversation(index, Point::default(), Conversation::end_of_streams);
    }
}

/// The number of the conversation's session, or the one that it will have.
fn number_of(conversation: &Conversation, sessions: u32) -> u32 {
    let number = conversation.tracker().map_or(0, |tracker| tracker.session().number);
    if number == 0 { sessions.saturating_add(1) } else { number }
}

impl FlowState {
    /// What the conversation is found by, while there is one.
    pub(super) fn key(&self) -> Option<FlowKey> {
        let (protocol, [low, high]) = match self {
            Self::Tcp(conversation) => (Protocol::Tcp, conversation.ends()),
            Self::Udp(flow) => (Protocol::Udp, flow.ends),
            Self::Over => return None,
        };
        Some(FlowKey::new(protocol, low, high).0)
    }

    /// The session of the flow as it stands, when it has changed or is wanted in any case.
    pub(super) fn snapshot(&mut self, wanted: bool) -> Option<Session> {
        match self {
            Self::Tcp(conversation) => {
                let changed = std::mem::take(&mut conversation.changed);
                (changed || wanted).then(|| conversation.snapshot()).flatten()
            }
            Self::Udp(flow) => {
                let changed = std::mem::take(&mut flow.changed);
                (changed || wanted).then(|| flow.tracker.as_ref().map(Tracker::snapshot)).flatten()
            }
            Self::Over => None,
        }
    }
}
