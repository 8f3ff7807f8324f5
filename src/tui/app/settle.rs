//! What is done after everything else: work goes on, the bytes that a screen needs are asked for, and screens fit the
//! model.

use super::App;
use crate::session::FrameNumber;
use crate::tui::effect::Effect;
use crate::tui::live::LiveWork;
use crate::tui::model::{FrameState, Model};
use crate::tui::screen::{Screen, ScreenId};
use crate::tui::{schedule, subject};
use std::sync::Arc;

/// After everything else: goes on with what is under way, asks for the bytes that the screen needs, and lets the
/// screens fit the model.
pub(super) fn settle(app: &mut App, effects: &mut Vec<Effect>) {
    let (base, is_free) = (app.base, app.overlays.is_empty());
    let model = &mut app.model;
    if is_free {
        // Filters are tried in the bar alone, which may be left in many ways.
        model.end_trial();
    }
    model.follows = base == ScreenId::Sessions && is_free;
    model.go_on();
    if app.screens.iter().any(|(id, screen)| *id == base && screen.needs_detail()) {
        effects.extend(read_session(&mut app.model));
    }
    let of_subject = prepare(&mut app.model, base, effects);
    let App { model, screens, overlays, .. } = app;
    for (_, screen) in screens.iter_mut() {
        screen.sync(model);
    }
    let screen = screens.iter().find(|(id, _)| *id == base).map(|(_, screen)| &**screen);
    effects.extend(screen.and_then(|screen| read_headers(model, screen)));
    for overlay in overlays {
        overlay.sync(model);
    }
    effects.extend(screen.and_then(|screen| follow(model, screen)).into_iter().flatten());
    let frame = of_subject.or_else(|| screen.and_then(|screen| screen.needs_frame(model)));
    effects.extend(frame.and_then(|number| read_frame(model, number)));
}

/// Asks for the bytes of the selected session, and for them as they were sent where that is to be shown.
fn read_session(model: &mut Model) -> Vec<Effect> {
    let (inside, sent) = (model.detail_wanted(), model.sent_wanted());
    let (job, snapshot) = (model.loading.job, &model.snapshot);
    let inside = inside.map(|stream| Effect::OpenDetail { job, stream, snapshot: Arc::clone(snapshot) });
    let sent = sent.map(|stream| Effect::OpenAsSent { job, stream, snapshot: Arc::clone(snapshot) });
    inside.into_iter().chain(sent).collect()
}

/// Makes ready what single screens show; the frame that is needed for what Detail shows.
fn prepare(model: &mut Model, base: ScreenId, effects: &mut Vec<Effect>) -> Option<FrameNumber> {
    if base == ScreenId::Lab {
        effects.extend(model.lab.wanted());
    }
    effects.extend(model.newly_held().map(|streams| Effect::Hold(model.loading.job, streams)));
    if base == ScreenId::Capture && !std::mem::replace(&mut model.picker.waits, true) {
        effects.push(Effect::Live(LiveWork::List));
    }
    let of_subject = subject::settle(model);
    if base == ScreenId::Schedule {
        schedule::settle(model);
    }
    if base == ScreenId::Findings {
        model.settle_findings();
    }
    of_subject
}

/// Asks for the headers of the frames that a list shows.
fn read_headers(model: &mut Model, screen: &dyn Screen) -> Option<Effect> {
    let wanted = screen.needs_frames(model);
    let numbers = model.frame_lines.ask(wanted);
    let (job, snapshot) = (model.loading.job, Arc::clone(&model.snapshot));
    (!numbers.is_empty()).then_some(Effect::ReadFrames { job, numbers, snapshot })
}

/// Asks for what of the application's data is in sight.
fn follow(model: &mut Model, screen: &dyn Screen) -> Option<Vec<Effect>> {
    let need = screen.needs_follow(model)?;
    let (session, snapshot) = (Arc::clone(model.selected()?), Arc::clone(&model.snapshot));
    let work = model.follow.ask(&need, &session, model.loading.job, &snapshot);
    Some(work.into_iter().map(Effect::Follow).collect())
}

/// Asks for a frame with its fields, where it is another one than before.
fn read_frame(model: &mut Model, number: FrameNumber) -> Option<Effect> {
    (model.frame.number() != Some(number)).then(|| open_frame(model, number))
}

/// Asks for a frame with its fields.
pub(super) fn open_frame(model: &mut Model, number: FrameNumber) -> Effect {
    model.frame = FrameState::Loading(number);
    Effect::OpenFrame { job: model.loading.job, number, snapshot: Arc::clone(&model.snapshot) }
}
