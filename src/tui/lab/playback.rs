//! Where the playback of a run stands: which of its steps have happened, and what is known at that moment.
//!
//! A run is complete when it is made, and is never changed. Going back is therefore as cheap as going on, and what a
//! screen shows "as of now" is a question to this file.

use crate::lab::run::{Beat, BeatKind, Connection, Judgement, Run, judge};
use crate::lab::scenario::{Action, Place, Step};
use crate::session::{FrameNumber, Session};
use std::sync::Arc;

/// A run and how far it was played.
#[derive(Clone, Debug)]
pub struct Playback {
    /// The run.
    pub run: Arc<Run>,
    /// How many of its steps have happened.
    pub at: usize,
    /// Its sessions as they were sent.
    as_sent: Vec<Arc<Session>>,
    /// What the scenario expected of it, and what came of that.
    pub judgements: Vec<Judgement>,
}

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// One step.
    Step,
    /// To the end of the flight, or to its beginning.
    Flight,
    /// To the next pause of the script, or the one before.
    Pause,
    /// All the way.
    End,
}

/// What became of a step of the script so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// It has happened.
    Done,
    /// It is the latest one that has happened.
    AtHand,
    /// It is still to come.
    ToCome,
    /// The run is over, and it did not come to it.
    Missed,
}

impl Playback {
    /// A run of which nothing has happened yet.
    #[must_use]
    pub fn new(run: Arc<Run>) -> Self {
        let (as_sent, judgements) = (run.as_sent(), judge(&run));
        Self { run, at: 0, as_sent, judgements }
    }

    /// A session of the run as it was sent.
    #[must_use]
    pub fn as_sent(&self, session: &Session) -> Option<&Session> {
        self.as_sent.iter().find(|sent| sent.stream == session.stream).map(|sent| &**sent)
    }

    /// The steps that have happened.
    #[must_use]
    pub fn past(&self) -> &[Beat] {
        self.run.beats.get(..self.at).unwrap_or(&self.run.beats)
    }

    /// The latest step that has happened.
    #[must_use]
    pub fn beat(&self) -> Option<&Beat> {
        self.past().last()
    }

    /// Whether everything has happened.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.at >= self.run.beats.len()
    }

    /// The last frame of which everything has happened: a flight in one frame is played message by message.
    #[must_use]
    pub fn frame(&self) -> FrameNumber {
        match (self.beat(), self.run.beats.get(self.at)) {
            (_, None) => FrameNumber::MAX,
            (None, Some(_)) => 0,
            (Some(now), Some(next)) if next.frame == now.frame => now.frame.saturating_sub(1),
            (Some(now), Some(_)) => now.frame,
        }
    }

    /// The connection on which the latest step happened, from 1 on; the first one before any.
    #[must_use]
    pub fn connection(&self) -> Option<&Connection> {
        let number = self.past().iter().rev().map(|beat| beat.connection).find(|number| *number > 0).unwrap_or(1);
        self.run.connections.get((number as usize).checked_sub(1)?)
    }

    /// How many events of the session of a connection have happened.
    #[must_use]
    pub fn events(&self, connection: u32) -> usize {
        let all = || self.run.session(connection).map_or(0, |session| session.timeline.len());
        if self.is_over() {
            return all();
        }
        let event = |beat: &Beat| match beat.kind {
            BeatKind::Event(index) if beat.connection == connection => Some(index + 1),
            _ => None,
        };
        self.past().iter().filter_map(event).max().unwrap_or(0)
    }

    /// Goes on, or back.
    pub fn go(&mut self, motion: Motion, forward: bool) {
        let last = self.run.beats.len();
        self.at = match (motion, forward) {
            (Motion::End, true) => last,
            (Motion::End, false) => 0,
            (Motion::Step, true) => (self.at + 1).min(last),
            (Motion::Step, false) => self.at.saturating_sub(1),
            (Motion::Flight, true) => self.end_of_flight(),
            (Motion::Flight, false) => self.beginning_of_flight(),
            (Motion::Pause, true) => self.pauses().find(|at| *at > self.at).unwrap_or(last),
            (Motion::Pause, false) => self.pauses().filter(|at| *at < self.at).last().unwrap_or(0),
        };
    }

    /// Goes to where the step with that index has just happened.
    pub fn go_to(&mut self, beat: usize) {
        self.at = (beat + 1).min(self.run.beats.len());
    }

    /// Which pause the playback stands at, from 1 on.
    #[must_use]
    pub fn pause(&self) -> Option<u32> {
        let past = self.past();
        matches!(past.last()?.kind, BeatKind::Pause).then(|| count_pauses(past))
    }

    fn pauses(&self) -> impl Iterator<Item = usize> {
        let beats = self.run.beats.iter().enumerate();
        beats.filter(|(_, beat)| matches!(beat.kind, BeatKind::Pause)).map(|(index, _)| index + 1)
    }

    fn end_of_flight(&self) -> usize {
        let Some(flight) = self.run.beats.get(self.at).map(|beat| beat.flight) else { return self.run.beats.len() };
        let rest = self.run.beats.iter().skip(self.at);
        self.at + rest.take_while(|beat| beat.flight == flight).count()
    }

    fn beginning_of_flight(&self) -> usize {
        let Some(flight) = self.beat().map(|beat| beat.flight) else { return 0 };
        self.at - self.past().iter().rev().take_while(|beat| beat.flight == flight).count()
    }

    /// What became of each step of the script.
    #[must_use]
    pub fn steps(&self) -> Vec<StepState> {
        let steps = &self.run.scenario.steps;
        let ahead = if self.is_over() { StepState::Missed } else { StepState::ToCome };
        let mut states = vec![ahead; steps.len()];
        let mut latest = None;
        for (index, beat) in self.past().iter().enumerate() {
            let before = self.past().get(..index).unwrap_or_default();
            let Some(place) = step_of(beat, before, steps) else { continue };
            if let Some(state) = states.get_mut(place) {
                *state = StepState::Done;
                latest = Some(place);
            }
        }
        if let Some(state) = latest.and_then(|place| states.get_mut(place)) {
            *state = StepState::AtHand;
        }
        states
    }

    /// The step of the playback with which a step of the script happens.
    #[must_use]
    pub fn beat_of_step(&self, step: usize) -> Option<usize> {
        let beats = &self.run.beats;
        let steps = &self.run.scenario.steps;
        let mut all = beats.iter().enumerate();
        let found = |(index, beat): &(usize, &Beat)| {
            step_of(beat, beats.get(..*index).unwrap_or_default(), steps) == Some(step)
        };
        all.find(found).map(|(index, _)| index)
    }

    /// The event that stands at a place, and its connection.
    #[must_use]
    pub fn event_at(&self, place: &Place) -> Option<(u32, usize)> {
        let found = self.run.find(place)?;
        Some((found.connection, found.event?))
    }

    /// The step of the playback with which an event happens.
    #[must_use]
    pub fn beat_of_event(&self, connection: u32, event: usize) -> Option<usize> {
        let is = |beat: &Beat| beat.connection == connection && beat.kind == BeatKind::Event(event);
        self.run.beats.iter().position(is)
    }
}

fn count_pauses(beats: &[Beat]) -> u32 {
    let pauses = beats.iter().filter(|beat| matches!(beat.kind, BeatKind::Pause)).count();
    u32::try_from(pauses).unwrap_or(u32::MAX)
}

/// The step of the script that a step of the playback is. Pauses and attacks bear no number: they follow each other as
/// in the script, and what they say tells which ones a variant has left out.
fn step_of(beat: &Beat, before: &[Beat], steps: &[Step]) -> Option<usize> {
    let alike = |wanted: fn(&Action) -> bool, is: fn(&BeatKind) -> bool| {
        let nth = before.iter().filter(|beat| is(&beat.kind)).count();
        let mut places = steps.iter().enumerate().filter(|(_, step)| wanted(&step.action));
        let said = places.clone().find(|(_, step)| step.say.is_some() && step.say == beat.say);
        said.or_else(|| places.nth(nth)).map(|(place, _)| place)
    };
    match &beat.kind {
        BeatKind::Script { step, .. } => Some(*step),
        BeatKind::Pause => alike(|action| *action == Action::Pause, |kind| *kind == BeatKind::Pause),
        BeatKind::Attack { .. } => {
            alike(|action| matches!(action, Action::Attack(_)), |kind| matches!(kind, BeatKind::Attack { .. }))
        }
        _ => None,
    }
}
