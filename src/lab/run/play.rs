//! The one door: a scenario goes in, a run comes out.

use super::cast::Cast;
use super::conductor::{Conductor, Edited};
use super::{Beat, BeatKind, Run, RunPacket, playback, recording, verdict};
use crate::lab::attack::Attacker;
use crate::lab::engine::Rustls;
use crate::lab::pki::PkiError;
use crate::lab::scenario::{Edit, Problem, Scenario, ScenarioFile};
use std::sync::Arc;

/// Why a scenario could not be played.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// A certificate or list cannot be made.
    #[error("{0}")]
    Pki(#[from] PkiError),
    /// The library does not take a peer's configuration.
    #[error("peer {peer}: {reason}")]
    Setup {
        /// The peer.
        peer: String,
        /// What the library says.
        reason: String,
    },
    /// A step changes something into what cannot be.
    #[error("step {}: {reason}", .step + 1)]
    Set {
        /// The step, from 0 on.
        step: usize,
        /// What is wrong.
        reason: String,
    },
    /// There is no such peer.
    #[error("there is no peer {name}")]
    NoPeer {
        /// The name that was asked for.
        name: String,
    },
    /// There is no such revocation list.
    #[error("there is no revocation list {name}")]
    NoList {
        /// The name that was asked for.
        name: String,
    },
    /// A client or relay has nobody to connect to.
    #[error("peer {name} has no `to`")]
    NoTarget {
        /// The peer.
        name: String,
    },
    /// A peer is to speak before anybody has connected.
    #[error("peer {name} has no connection")]
    NoConnection {
        /// The peer.
        name: String,
    },
    /// A step does not say who acts, and several could.
    #[error("a step does not say who acts, and there is not exactly one who could")]
    NobodyActs,
    /// There is no such variant, or an edit does not fit.
    #[error("{0}")]
    Edit(String),
    /// There is always something more to say.
    #[error("the peers talk without an end: look for two that answer each other for ever")]
    Endless,
}

impl PlayError {
    /// What is wrong with a variant or an edit.
    pub(in crate::lab) fn edit(problems: &[Problem]) -> Self {
        Self::Edit(listed(problems))
    }
}

/// Plays a scenario file, with one of its variants or as it stands.
///
/// # Errors
/// When the scenario asks for something that cannot be: a variant, a key, a configuration, a peer.
pub fn play(file: &ScenarioFile, variant: Option<&str>) -> Result<Run, PlayError> {
    let chosen = variant.map(|id| file.variant(id)).transpose().map_err(|problems| PlayError::edit(&problems))?;
    let file = chosen.as_ref().unwrap_or(file);
    let edited = |edits: &[Edit]| match file.with(edits) {
        Ok(changed) => Ok(Scenario::clone(changed.scenario())),
        Err(problems) => Err(listed(&problems)),
    };
    perform(file.scenario(), file.chosen(), &edited)
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(|problem| problem.text.as_str()).collect::<Vec<_>>().join("; ")
}

fn perform(scenario: &Arc<Scenario>, variant: Option<&str>, edited: &Edited<'_>) -> Result<Run, PlayError> {
    let cast = Cast::new(&Rustls, Scenario::clone(scenario))?;
    let mut conductor = Conductor::new(cast, Attacker::new(scenario), edited);
    conductor.play()?;
    let Conductor { cast, wire, links, marks, mut missed, .. } = conductor;
    let (key_log, shared_secrets) = (cast.key_log(), cast.shared_secrets());
    let mut packets = wire.into_packets();
    let sessions = recording::sessions(&packets, &key_log);
    let connections: Vec<_> = links.into_iter().map(|link| verdict::conclude(link, &sessions, &marks)).collect();
    let (beats, mut unfound) = playback::beats(scenario, &connections, &marks);
    missed.append(&mut unfound);
    missed.sort_by_key(|missed| missed.step);
    comment(&mut packets, &beats);
    Ok(Run {
        scenario: Arc::clone(scenario),
        variant: variant.map(str::to_owned),
        packets,
        key_log,
        shared_secrets,
        connections,
        beats,
        pki: Arc::new(cast.pki),
        missed,
    })
}

/// Writes what the script and others did to the packets, for those who open the capture elsewhere: a pause to its own
/// packet, everything else to the one that follows.
fn comment(packets: &mut [RunPacket], beats: &[Beat]) {
    for beat in beats {
        let (text, behind) = match &beat.kind {
            BeatKind::Script { text, .. } => (text.clone(), false),
            BeatKind::Attack { by, text } => (format!("{by}: {text}"), false),
            BeatKind::Pause => (String::new(), true),
            BeatKind::Event(_) | BeatKind::Plain { .. } => continue,
        };
        let words = [Some(text).filter(|text| !text.is_empty()), beat.say.clone()];
        let words: Vec<String> = words.into_iter().flatten().collect();
        let index = beat.frame as usize;
        let index = if behind { index.saturating_sub(1) } else { index.min(packets.len().saturating_sub(1)) };
        let Some(packet) = packets.get_mut(index).filter(|_| !words.is_empty()) else { continue };
        let comment = packet.comment.get_or_insert_default();
        if !comment.is_empty() {
            comment.push('\n');
        }
        comment.push_str(&words.join(": "));
    }
}
