//! From packets to sessions: each packet is touched once, in the order of the capture.
//!
//! The result depends on the packets and the settings alone. There is no clock, no thread and no file here, so that a
//! file, a live interface and a rehearsal give the same sessions for the same packets.

mod datagram_flow;
mod flow;
mod keys;
mod settings;

use super::follow::Gather;
use super::recording::Recording;
use super::{Frames, Packet};
use crate::base::Tree;
use crate::capture::FrameEntry;
use crate::net::Layers;
use crate::net::flow::{FlowKey, FlowTable};
use crate::session::judgement::{Basis, Court};
use crate::session::{Attempt, OpenedRecord, Session, StreamId, Tracker, rule};
use crate::tls::handshake::Cache;
use crate::tls::secrets::{Remembered, Secrets};
use flow::{Flow, FlowState};
use keys::lacks_secrets;
pub use settings::{Most, Settings};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// How many connections without TLS are remembered: a scan makes millions.
const MAX_ATTEMPTS: usize = 1 << 12;

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

    /// Says by what certificates are judged. Sessions that ended before keep their judgement.
    pub fn judge_by(&mut self, basis: &Arc<Basis>) {
        self.court = Some(Court::new(Arc::clone(basis)));
    }

    /// By what certificates are judged; an empty basis where nobody said.
    #[must_use]
    pub fn basis(&self) -> Arc<Basis> {
        self.court.as_ref().map(|court| Arc::clone(court.basis())).unwrap_or_default()
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

/// How many there are, as an index: frames are counted in 32 bits, and nothing here is more than they are.
fn count<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
