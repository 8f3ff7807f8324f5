//! From packets to sessions: each packet is touched once, in the order of the capture.
//!
//! The result depends on the packets and the settings alone. There is no clock, no thread and no file here, so that a
//! file, a live interface and a rehearsal give the same sessions for the same packets.

use super::conversation::{Conversation, Surroundings};
use super::follow::Gather;
use super::recording::Recording;
use super::{Frames, Packet, Store, detail};
use crate::base::{Group, Note, Severity, Tree};
use crate::capture::FrameEntry;
use crate::net::flow::{FlowKey, FlowTable, Protocol, Side};
use crate::net::stream::Arrival;
use crate::net::{Datagram, Endpoint, Layers, TcpHeader, TransportHeader};
use crate::session::judgement::{Basis, Court};
use crate::session::rule;
use crate::session::{
    Attempt, Closed, Kind, Listener, Means, Moment, OpenedRecord, Point, RolesFrom, Session, StreamId, TimelineLimit,
    Tracker, Transport,
};
use crate::tls::code::ProtocolVersion;
use crate::tls::datagram;
use crate::tls::given::Given;
use crate::tls::handshake::{Cache, ClientHello};
use crate::tls::secrets::{Remembered, Secrets};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// How many packets of a flow are looked at before it is settled that it is neither DTLS nor QUIC.
const DATAGRAMS_LOOKED_AT: u32 = 16;
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
/// How many connections without TLS are remembered: a scan makes millions.
const MAX_ATTEMPTS: usize = 1 << 12;
/// How many conversations are looked at to find a silent one.
const TRIES: u32 = 16;

/// What is kept, and how much.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Whether sessions stay with the dissector for [`sessions`](Dissector::sessions). Otherwise each is handed out
    /// once, when it ends, by [`take_finished`](Dissector::take_finished), and its taker asks the [rules](rule::conclude).
    pub keep_sessions: bool,
    /// Whether frames are indexed.
    pub keep_frames: bool,
    /// How many events the timeline of a session has at the most.
    pub timeline: TimelineLimit,
    /// Whether the bytes of streams are kept; for reading one session again.
    pub record: bool,
    /// Whether conversations are forgotten a while after they are over, so that memory stays bounded however long it
    /// goes on. A packet that comes later still begins another stream.
    pub forget: bool,
    /// Whether the application data that is opened is hashed, so that it can be compared with what others opened.
    pub digest: bool,
    /// In how many sessions, from the first on, signatures are checked. To check one takes as long as to read a session.
    pub signed_sessions: u32,
    /// How many sessions and frames [`thin_out`](Dissector::thin_out) leaves, where they are kept.
    pub most: Most,
}

/// How much is kept of what has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    /// Sessions. More stay only while they have not ended, or are held.
    pub sessions: usize,
    /// Entries in the index of frames, to a few thousand.
    pub frames: usize,
}

impl Most {
    /// All of it.
    pub const ALL: Self = Self { sessions: usize::MAX, frames: usize::MAX };
    /// What screens keep of a live capture unless told otherwise: some hundred megabytes.
    pub const SCREEN: Self = Self { sessions: 20_000, frames: 4 << 20 };
}

impl Settings {
    /// For reports: sessions are handed out as they end, and nothing is kept.
    pub const REPORT: Self = Self {
        keep_sessions: false,
        keep_frames: false,
        timeline: TimelineLimit(512),
        record: false,
        forget: false,
        digest: false,
        signed_sessions: 1 << 9,
        most: Most::ALL,
    };
    /// For reports about what has no end. Signatures are checked while the reader keeps up; see
    /// [`put_off_signatures`](Dissector::put_off_signatures).
    pub const ENDLESS: Self = Self { forget: true, signed_sessions: u32::MAX, ..Self::REPORT };
    /// For screens: sessions and the index of frames are kept. They fill while more is read, so that signatures may
    /// take their time.
    pub const SCREEN: Self = Self { keep_sessions: true, keep_frames: true, signed_sessions: 1 << 16, ..Self::REPORT };
    /// For screens that show what has no end.
    pub const ENDLESS_SCREEN: Self =
        Self { keep_sessions: true, keep_frames: true, most: Most::SCREEN, ..Self::ENDLESS };
    /// For one session with all its bytes.
    pub(super) const DETAIL: Self = Self {
        keep_sessions: true,
        timeline: TimelineLimit(1 << 20),
        record: true,
        signed_sessions: u32::MAX,
        ..Self::REPORT
    };
}

/// Turns packets into sessions.
#[derive(Debug)]
pub struct Dissector {
    settings: Settings,
    layers: Option<Box<Layers>>,
    off: Tree,
    table: FlowTable,
    flows: Vec<Flow>,
    streams: [u32; 2],
    frames: Frames,
    packets: u64,
    /// How many sessions have begun.
    sessions: u32,
    /// How many of those that are kept were let go.
    thinned: u64,
    /// Whether signatures are left unchecked for now.
    signatures_put_off: bool,
    cache: Cache,
    /// The secrets to open protected records with; none while there are none, so that nothing is done for them.
    secrets: Option<Arc<Secrets>>,
    remembered: Remembered,
    /// How many sessions stayed closed because no secret is for their client random.
    without_entry: u32,
    /// Judges the certificates of sessions, where there is something to judge them by.
    court: Option<Court>,
    /// What the application said, where that is followed.
    pub(super) gather: Option<Box<Gather>>,
    lingering: VecDeque<(u64, u32)>,
    /// Conversations that are open, or were when they were last looked at, the one that was looked at longest ago first.
    open: VecDeque<u32>,
    /// Conversations that are over and will be forgotten, the one that ended first at the front.
    over: VecDeque<(FlowKey, u32)>,
    /// Places in the list of flows that were forgotten.
    free: Vec<u32>,
    /// Sessions in the order of their first record, while sessions are kept.
    order: Vec<Slot>,
    finished: Vec<Session>,
    /// Connections without TLS.
    attempts: Vec<Attempt>,
}

/// One conversation: a few words, and its state while there is any.
#[derive(Debug)]
struct Flow {
    id: StreamId,
    /// Whether a session has begun on it.
    has_session: bool,
    slot: Option<u32>,
    state: FlowState,
}

#[derive(Debug)]
enum FlowState {
    Tcp(Box<Conversation>),
    Udp(Box<DatagramFlow>),
    Over,
}

#[derive(Debug)]
struct DatagramFlow {
    looked_at: u32,
    /// The frame of the latest packet.
    last: u32,
    began: Moment,
    bytes: [u64; 2],
    first_sender: Side,
    ends: [Endpoint; 2],
    tracker: Option<Tracker>,
    changed: bool,
}

/// A session in the list of those that are kept.
#[derive(Debug)]
enum Slot {
    Going { flow: u32, latest: Option<Arc<Session>> },
    Over(Arc<Session>),
}

impl Dissector {
    /// A dissector that has seen nothing.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            layers: None,
            off: Tree::off(),
            table: FlowTable::default(),
            flows: Vec::new(),
            streams: [0; 2],
            frames: Frames::default(),
            packets: 0,
            sessions: 0,
            thinned: 0,
            signatures_put_off: false,
            cache: Cache::default(),
            secrets: None,
            remembered: Remembered::default(),
            without_entry: 0,
            court: None,
            gather: None,
            lingering: VecDeque::new(),
            open: VecDeque::new(),
            over: VecDeque::new(),
            free: Vec::new(),
            order: Vec::new(),
            finished: Vec::new(),
            attempts: Vec::new(),
        }
    }

    /// Gives the secrets to open protected records with, in place of those that were given before. What was read before
    /// them is not opened: sessions that need it are read again ([`Detail`](super::Detail)).
    pub fn open_with(&mut self, secrets: Arc<Secrets>) {
        self.secrets = Some(secrets).filter(|secrets| !secrets.is_empty());
    }

    /// Says by what certificates are judged. Sessions that ended before keep their judgement.
    pub fn judge_by(&mut self, basis: &Arc<Basis>) {
        self.court = Some(Court::new(Arc::clone(basis)));
    }

    /// By what certificates are judged; an empty basis where nobody said.
    #[must_use]
    pub fn basis(&self) -> Arc<Basis> {
        self.court.as_ref().map(|court| Arc::clone(court.basis())).unwrap_or_default()
    }

    /// Adds the secrets of a key log to those that were given, and gives a note for each line that cannot be read.
    pub fn read_key_log(&mut self, text: &[u8]) -> Vec<Note> {
        let (given, notes) = Given::of_key_log(text, 1);
        self.add_keys(&given);
        notes
    }

    /// Adds keys to those that were given. What was read before them is not opened: see [`read_again`](Self::read_again).
    pub fn add_keys(&mut self, given: &Given) {
        let mut secrets = self.secrets.take().unwrap_or_default();
        given.add_to(Arc::make_mut(&mut secrets));
        self.open_with(secrets);
    }

    /// The secrets that were given so far, with those that sessions taught for others that resume them.
    #[must_use]
    pub fn secrets(&self) -> Arc<Secrets> {
        let mut secrets = self.secrets.clone().unwrap_or_default();
        if !self.remembered.is_empty() {
            Arc::make_mut(&mut secrets).remember(&self.remembered);
        }
        secrets
    }

    /// What is to be said of the key log when sessions stayed closed because it has no secrets of them: how many of the
    /// connections in it were seen at all. To be asked for after [`finish`](Self::finish).
    #[must_use]
    pub fn about_key_log(&self) -> Option<Note> {
        let secrets = self.secrets.as_ref().filter(|secrets| secrets.connections() > 0)?;
        let without = Some(self.without_entry).filter(|count| *count > 0)?;
        let unmatched = self.remembered.unmatched(secrets).count();
        let seen = match secrets.connections() - unmatched {
            0 => "none of them is in this capture: was it written by another program, or before or after?".to_owned(),
            1 => "one of them is in this capture".to_owned(),
            seen => format!("{seen} of them are in this capture"),
        };
        let text = format!(
            "the key log has the secrets of {} connections, and {seen}; it has none of {without} of the sessions here",
            secrets.connections()
        );
        let (severity, group) = (Severity::Note, Group::Decryption);
        Some(Note { severity, group, code: "keys.range", text: text.into(), span: None })
    }

    /// Reads those sessions again whose secrets came after their packets; to be called after
    /// [`finish`](Self::finish). A session that cannot be read again stays as it is.
    pub fn read_again(&mut self, store: &dyn Store) {
        if let Some(secrets) = self.secrets.clone() {
            self.read_again_for(&secrets, store);
        }
    }

    /// The same where only these secrets are new: what they cannot make a difference for is not read again.
    pub fn read_again_for(&mut self, news: &Secrets, store: &dyn Store) {
        let Some(secrets) = &self.secrets else { return };
        for slot in &mut self.order {
            let Slot::Over(session) = slot else { continue };
            let resumes = session.resumed == Some(true) && !self.remembered.is_empty();
            let strays = self.remembered.unmatched(secrets).next().is_some() && may_have_strays(session);
            if !came_late(session, news, resumes || strays) {
                continue;
            }
            let is_signed = session.number <= self.settings.signed_sessions;
            let signed_sessions = if is_signed { u32::MAX } else { 0 };
            let mut dissector = Self::new(Settings { keep_frames: false, signed_sessions, ..self.settings });
            dissector.open_with(Arc::clone(secrets));
            dissector.remembered = std::mem::take(&mut self.remembered);
            let again = detail::read_stream(store, &self.frames, session, &mut dissector);
            self.remembered = dissector.remembered;
            if let Ok(Some(mut again)) = again {
                judge(&mut self.court, &mut again);
                rule::conclude(&mut again);
                *session = Arc::new(again);
            }
        }
    }

    /// Takes the next packet.
    pub fn push(&mut self, packet: &Packet<'_>) {
        self.packets += 1;
        // Out of the way of what its datagram, which borrows it, is handed to.
        let mut layers = self.layers.take().unwrap_or_default();
        let datagram = layers.read(packet.link, packet.bytes, packet.original_length, &mut self.off);
        let stream = datagram.map(|datagram| self.datagram(packet, &datagram));
        self.layers = Some(layers);
        if !self.off.notes().is_empty() {
            self.off.take_notes();
        }
        if self.settings.keep_frames {
            self.frames.push(FrameEntry::new(packet, stream));
        }
        self.let_go();
    }

    /// Ends the conversations that were over when there had been so many packets, and says whether there were any. Where
    /// packets come slowly, the reader decides by time how long the last copies are waited for.
    pub fn let_go_until(&mut self, packets: u64) -> bool {
        let mut any = false;
        while let Some((_, index)) = self.lingering.front().copied().filter(|(since, _)| *since <= packets) {
            self.lingering.pop_front();
            self.close(index);
            any = true;
        }
        any
    }

    /// Leaves signatures unchecked from now on, or checks them again. Who reads what goes on without it decides whether
    /// there is time for them: proofs that are put off say so.
    pub fn put_off_signatures(&mut self, put_off: bool) {
        self.signatures_put_off = put_off;
    }

    /// Lets go of the oldest sessions and frames that are more than the settings let stay, and of frames in front of
    /// `position`, whose bytes are there no more. Sessions that have not ended stay, and those that are `held`.
    pub fn thin_out(&mut self, position: u64, held: &HashSet<StreamId>) {
        let Most { sessions, frames } = self.settings.most;
        self.frames.let_go(position, frames);
        let mut excess = self.order.len().saturating_sub(sessions);
        if excess == 0 {
            return;
        }
        let before = self.order.len();
        self.order.retain(|slot| {
            let goes = excess > 0 && matches!(slot, Slot::Over(session) if !held.contains(&session.stream));
            excess -= usize::from(goes);
            !goes
        });
        self.thinned += (before - self.order.len()) as u64;
        for (place, slot) in (0..).zip(&self.order) {
            if let Slot::Going { flow, .. } = slot
                && let Some(flow) = self.flows.get_mut(*flow as usize)
            {
                flow.slot = Some(place);
            }
        }
    }

    /// How many sessions were let go that were kept before.
    #[must_use]
    pub fn thinned(&self) -> u64 {
        self.thinned
    }

    /// The sessions that have not ended and have changed since they were last asked for, as they stand.
    pub fn changed_sessions(&mut self) -> Vec<Session> {
        let flows = self.flows.iter_mut().filter(|flow| flow.has_session);
        flows.filter_map(|flow| flow.state.snapshot(false)).collect()
    }

    /// No more packets will come: what waits is read, and every session ends.
    pub fn finish(&mut self) {
        for index in 0..count(&self.flows) {
            self.close(index);
        }
        self.lingering.clear();
    }

    /// How many packets there were.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// The index of frames, where it is kept.
    #[must_use]
    pub fn frames(&self) -> &Frames {
        &self.frames
    }

    /// Whether [`take_finished`](Self::take_finished) has something to give.
    #[must_use]
    pub fn has_finished(&self) -> bool {
        !self.finished.is_empty()
    }

    /// The sessions that have ended since the last call, in the order in which they ended; nothing where sessions are
    /// kept.
    pub fn take_finished(&mut self) -> Vec<Session> {
        std::mem::take(&mut self.finished)
    }

    /// The connections so far on which no TLS came, in the order in which they ended, and no more than there is room for.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// All sessions so far in the order of their first record, where they are kept.
    pub fn sessions(&mut self) -> Vec<Arc<Session>> {
        let Self { flows, court, .. } = self;
        let latest = |slot: &mut Slot| match slot {
            Slot::Over(session) => Some(Arc::clone(session)),
            Slot::Going { flow, latest } => {
                if let Some(mut fresh) =
                    flows.get_mut(*flow as usize).and_then(|flow| flow.state.snapshot(latest.is_none()))
                {
                    judge(court, &mut fresh);
                    rule::conclude(&mut fresh);
                    *latest = Some(Arc::new(fresh));
                }
                latest.clone()
            }
        };
        self.order.iter_mut().filter_map(latest).collect()
    }

    /// The bytes of the only session and what opens its records again, where they are kept.
    pub(super) fn take_recording(&mut self, session: &Session) -> Option<(Box<Recording>, [Vec<OpenedRecord>; 2])> {
        let flow = self.flows.iter_mut().find(|flow| {
            matches!(&flow.state, FlowState::Tcp(tcp) if tcp.tracker().is_some_and(|tracker| {
                let found = tracker.session();
                (found.client, found.server) == (session.client, session.server)
            }))
        })?;
        match &mut flow.state {
            FlowState::Tcp(conversation) => Some((conversation.recording.take()?, conversation.take_opened())),
            _ => None,
        }
    }

    fn datagram(&mut self, packet: &Packet<'_>, datagram: &Datagram<'_>) -> StreamId {
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
                let index = found.unwrap_or_else(|| self.udp_flow(key, ends, sender, at));
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

    fn udp_flow(&mut self, key: FlowKey, ends: [Endpoint; 2], sender: Side, at: Moment) -> u32 {
        let id = self.next_id(Transport::Udp);
        let flow = DatagramFlow {
            looked_at: 0,
            last: at.frame,
            began: at,
            bytes: [0; 2],
            first_sender: sender,
            ends,
            tracker: None,
            changed: false,
        };
        self.add(key, id, FlowState::Udp(Box::new(flow)))
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
        let Some(flow) = self.flows.get_mut(index as usize) else {
            return StreamId { transport: Transport::Tcp, index };
        };
        let FlowState::Tcp(conversation) = &mut flow.state else { return flow.id };
        let arrival = Arrival { frame: packet.number, time: packet.time, payload_at: datagram.offset };
        let mut around = Surroundings {
            means: Means {
                cache: &mut self.cache,
                secrets: self.secrets.as_deref(),
                remembered: &mut self.remembered,
                digest: self.settings.digest,
                signatures: !self.signatures_put_off
                    && number_of(conversation, self.sessions) <= self.settings.signed_sessions,
                listener: self.gather.as_deref_mut().map(|gather| gather as &mut dyn Listener),
            },
            timeline: self.settings.timeline,
            point: packet.point(),
        };
        let was_over = conversation.is_over();
        conversation.packet(sender, header, datagram, arrival, &mut around);
        let id = flow.id;
        if conversation.is_over() && !was_over {
            self.lingering.push_back((self.packets, index));
        }
        let begins = !flow.has_session && conversation.tracker().is_some();
        if begins {
            self.session_begins(index);
        }
        id
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
    fn let_go(&mut self) {
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
    fn read_the_rest(&mut self, index: u32) {
        let Some(flow) = self.flows.get_mut(index as usize) else { return };
        let FlowState::Tcp(conversation) = &mut flow.state else { return };
        let mut around = Surroundings {
            means: Means {
                cache: &mut self.cache,
                secrets: self.secrets.as_deref(),
                remembered: &mut self.remembered,
                digest: self.settings.digest,
                signatures: !self.signatures_put_off
                    && number_of(conversation, self.sessions) <= self.settings.signed_sessions,
                listener: self.gather.as_deref_mut().map(|gather| gather as &mut dyn Listener),
            },
            timeline: self.settings.timeline,
            point: Point::default(),
        };
        conversation.end_of_streams(&mut around);
        let begins = !flow.has_session && conversation.tracker().is_some();
        if begins {
            self.session_begins(index);
        }
    }

    fn close(&mut self, index: u32) {
        self.read_the_rest(index);
        let Some(flow) = self.flows.get_mut(index as usize) else { return };
        let session = match &mut flow.state {
            FlowState::Tcp(conversation) if self.settings.record => {
                // The bytes are asked for after the end.
                conversation.changed = true;
                if conversation.tracker().is_some() {
                    return;
                }
                None
            }
            FlowState::Tcp(conversation) => {
                let session = conversation.close();
                if session.is_none() && self.attempts.len() < MAX_ATTEMPTS {
                    self.attempts.extend(conversation.attempt());
                }
                session
            }
            FlowState::Udp(state) => state.tracker.take().map(Tracker::close),
            FlowState::Over => None,
        };
        let key = flow.state.key();
        flow.state = FlowState::Over;
        if let Some(key) = key.filter(|_| self.settings.forget) {
            self.over.push_back((key, index));
        }
        let Some(mut session) = session else { return };
        if let Some(secrets) = &self.secrets {
            self.without_entry += u32::from(lacks_secrets(&mut session, secrets, &mut self.remembered));
        }
        judge(&mut self.court, &mut session);
        match flow.slot.and_then(|slot| self.order.get_mut(slot as usize)) {
            Some(slot) => {
                rule::conclude(&mut session);
                *slot = Slot::Over(Arc::new(session));
            }
            None => self.finished.push(session),
        }
    }
}

/// Adds what the court says of a session's certificates.
fn judge(court: &mut Option<Court>, session: &mut Session) {
    if let Some(court) = court {
        court.judge(session);
    }
}

/// Whether it makes a difference for a session that there are these secrets now: its records were never tried, or
/// stayed closed and may have a secret now. What a client random is found by may also be a hello that ECH hides.
fn came_late(session: &Session, news: &Secrets, in_another_way: bool) -> bool {
    let mut hellos = session.client_hellos.iter().map(|hello| &hello.item);
    let has =
        |hello: &Arc<ClientHello>| hello.encrypted_client_hello || hello.random.is_some_and(|random| news.has(&random));
    let closed = session.decryption.as_ref().is_none_or(|decryption| {
        let missing = decryption.closed != [0; 2] || decryption.skipped != [0; 2];
        missing && (in_another_way || news.has_others() || hellos.any(has))
    });
    session.kind == Kind::Tls && closed
}

/// Notes which secrets are those of a session that is over, and says where they came behind the records that they open.
/// Whether it stayed closed because there are none.
fn lacks_secrets(session: &mut Session, secrets: &Secrets, remembered: &mut Remembered) -> bool {
    let randoms: Vec<_> = session.client_hellos.iter().filter_map(|hello| hello.item.random).collect();
    let own = randoms.iter().filter(|random| secrets.has(random));
    let count = own.map(|random| remembered.matched(random)).count();
    let all = count > 0 && count == randoms.len();
    let reasons = session.decryption.iter_mut().flat_map(|decryption| decryption.reason.iter_mut().flatten());
    let missing: Vec<_> = reasons.filter(|reason| **reason == Closed::NoEntry).collect();
    let lacks = !missing.is_empty() && !all;
    missing.into_iter().filter(|_| all).for_each(|reason| *reason = Closed::CameLate);
    lacks
}

/// Whether secrets under a random that is not on the wire may be those of the session.
fn may_have_strays(session: &Session) -> bool {
    let nothing = session.decryption.as_ref().is_none_or(|decryption| decryption.opened == [0; 2]);
    nothing && session.version.is_none_or(ProtocolVersion::is_tls13)
}

/// The number of the conversation's session, or the one that it will have.
fn number_of(conversation: &Conversation, sessions: u32) -> u32 {
    let number = conversation.tracker().map_or(0, |tracker| tracker.session().number);
    if number == 0 { sessions.saturating_add(1) } else { number }
}

/// How many there are, as an index: frames are counted in 32 bits, and nothing here is more than they are.
fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

impl FlowState {
    /// What the conversation is found by, while there is one.
    fn key(&self) -> Option<FlowKey> {
        let (protocol, [low, high]) = match self {
            Self::Tcp(conversation) => (Protocol::Tcp, conversation.ends()),
            Self::Udp(flow) => (Protocol::Udp, flow.ends),
            Self::Over => return None,
        };
        Some(FlowKey::new(protocol, low, high).0)
    }

    /// The session of the flow as it stands, when it has changed or is wanted in any case.
    fn snapshot(&mut self, wanted: bool) -> Option<Session> {
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

impl DatagramFlow {
    fn packet(&mut self, id: StreamId, datagram: &Datagram<'_>, sender: Side, at: Moment, limit: TimelineLimit) {
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
