//! A run as a capture: opened in the other screens, and compared with the run before.

use super::prepare;
use crate::capture::{InMemory, Input};
use crate::lab::run::Run;
use crate::session::FrameNumber;
use crate::session::judgement::Verifiers;
use crate::tui::lab::Beside;
use crate::tui::model::{Model, Sight, Subject};
use crate::tui::overlay::menu::{Choice, Menu};
use crate::tui::screen::{Change, Navigate, Outcome, ScreenId};
use std::sync::Arc;

/// What a run is called when it is opened like a capture.
fn name(model: &Model, of_before: bool) -> String {
    let lab = &model.lab;
    let setup = lab.before.as_ref().filter(|_| of_before).map_or(&lab.played, |before| &before.setup);
    let id = lab.scenario.as_ref().map_or("", |scenario| &scenario.id);
    let setup = prepare::setup(setup.variant.as_deref(), &setup.edits);
    if setup.is_empty() { id.to_owned() } else { format!("{id} ({setup})") }
}

/// The run as a capture, to be opened behind so many frames of others. Its certificates are judged as its peers did,
/// unless that would give away a fault that is to be found.
fn input(run: &Run, name: String, model: &Model, before: FrameNumber) -> Result<Input, String> {
    let bytes = run.pcapng().map_err(|error| format!("the run cannot be written: {error}"))?;
    let verifiers = if model.lab.is_secret() { Verifiers::default() } else { run.verifiers(before) };
    Ok(Input::Memory(Arc::new(InMemory { name, bytes, keys: run.inner_secrets(), verifiers })))
}

/// Opens the run like a capture, on one of its sessions.
pub(super) fn look_at(model: &Model, connection: u32, subject: Option<Subject>, screen: ScreenId) -> Outcome {
    let Some(run) = model.lab.playback.as_ref().map(|playback| &playback.run) else { return Outcome::none() };
    let Some(session) = run.session(connection) else {
        return Outcome::problem("no TLS was spoken on this connection: there is no session to open");
    };
    match input(run, name(model, false), model, 0) {
        Ok(input) => {
            let at = vec![Sight { first_frame: session.first_frame, subject }];
            Outcome::change(Change::Look { inputs: vec![input], at }).then(Navigate::Go(screen))
        }
        Err(problem) => Outcome::problem(problem),
    }
}

/// Goes from the lab to a screen for captures, which then shows the run at the message that has just crossed.
pub(in crate::tui) fn go(model: &Model, screen: ScreenId) -> Option<Outcome> {
    let playback = model.lab.playback.as_ref()?;
    let connection = playback.connection()?;
    let event = playback.events(connection.number).checked_sub(1).map(Subject::Event);
    if connection.session.is_some() {
        return Some(look_at(model, connection.number, event, screen));
    }
    let listed = matches!(screen, ScreenId::Sessions | ScreenId::Packets);
    if !listed {
        return Some(Outcome::problem("no TLS was spoken on this connection: there is no session to open"));
    }
    Some(match input(&playback.run, name(model, false), model, 0) {
        Ok(input) => Outcome::change(Change::Look { inputs: vec![input], at: Vec::new() }).then(Navigate::Go(screen)),
        Err(problem) => Outcome::problem(problem),
    })
}

/// Compares the run with the session that it was played for, or with the run before; asks which, where there are both.
pub(super) fn compare(model: &Model) -> Outcome {
    match (&model.lab.beside, &model.lab.before) {
        (Some(beside), Some(_)) => {
            let choices = vec![
                Choice::new('c', format!("session {} of the capture", beside.number), with_capture(model, beside)),
                Choice::new('r', "the run before", with_before(model)),
            ];
            Outcome::push(Menu::new("compare this run with", choices))
        }
        (Some(beside), None) => with_capture(model, beside),
        (None, _) => with_before(model),
    }
}

/// Opens the capture that somebody came from and the run as one, and compares the two sessions.
fn with_capture(model: &Model, beside: &Beside) -> Outcome {
    let Some(playback) = &model.lab.playback else {
        let words = format!("play it first (R); then = compares it with session {} of the capture", beside.number);
        return Outcome::problem(words);
    };
    let run = &playback.run;
    let number = playback.connection().map_or(1, |connection| connection.number);
    let Some(session) = run.session(number) else {
        return Outcome::problem("no TLS was spoken on this connection: there is nothing to compare");
    };
    let behind = session.first_frame.saturating_add(beside.frames);
    let at = [beside.first_frame, behind].map(|first_frame| Sight { first_frame, subject: None }).to_vec();
    match input(run, name(model, false), model, beside.frames) {
        Ok(input) => {
            let inputs = beside.inputs.iter().cloned().chain([input]).collect();
            Outcome::change(Change::Look { inputs, at }).then(Navigate::Go(ScreenId::Compare))
        }
        Err(problem) => Outcome::problem(problem),
    }
}

/// Opens the run before and this one as one capture, and compares the connection at hand.
fn with_before(model: &Model) -> Outcome {
    let lab = &model.lab;
    let Some(playback) = &lab.playback else { return Outcome::problem("there is no run to compare yet") };
    let Some(before) = &lab.before else {
        return Outcome::problem("one run is there, and two are needed: change something (v), play again (R), then =");
    };
    let number = playback.connection().map_or(1, |connection| connection.number);
    let (Some(first), Some(second)) = (before.run.session(number), playback.run.session(number)) else {
        return Outcome::problem("no TLS was spoken in one of the two runs: there is nothing to compare");
    };
    let behind = u32::try_from(before.run.packets.len()).unwrap_or(u32::MAX);
    let at = [first.first_frame, second.first_frame.saturating_add(behind)];
    let at = at.map(|first_frame| Sight { first_frame, subject: None }).to_vec();
    let first = input(&before.run, name(model, true), model, 0);
    match (first, input(&playback.run, name(model, false), model, behind)) {
        (Ok(first), Ok(second)) => {
            Outcome::change(Change::Look { inputs: vec![first, second], at }).then(Navigate::Go(ScreenId::Compare))
        }
        (Err(problem), _) | (_, Err(problem)) => Outcome::problem(problem),
    }
}
