//! Carries out what a screen asks for: changes of the model, effects, and where to go.

use super::App;
use super::command::run;
use super::settle::open_frame;
use crate::capture::Input;
use crate::tui::effect::Effect;
use crate::tui::filter::Filter;
use crate::tui::live::LiveWork;
use crate::tui::model::{Model, Sight, Status, Subject};
use crate::tui::overlay::confirm::Confirm;
use crate::tui::screen::{Change, Navigate, Outcome, ScreenId};

pub(super) fn apply(app: &mut App, outcome: Outcome, effects: &mut Vec<Effect>) {
    let outcome = ask_first(&app.model, outcome);
    for change in outcome.changes {
        apply_change(app, change, effects);
    }
    effects.extend(outcome.effects);
    match outcome.navigate {
        None => {}
        Some(Navigate::Go(id)) => go(app, id),
        Some(Navigate::Push(overlay)) => app.overlays.push(overlay),
        Some(Navigate::Over(id, overlay)) => {
            go(app, id);
            app.overlays.push(overlay);
        }
        Some(Navigate::Replace(overlay)) => {
            app.overlays.pop();
            app.overlays.push(overlay);
        }
        Some(Navigate::Back) => {
            if app.overlays.pop().is_none()
                && let Some(before) = app.history.pop()
            {
                app.base = before;
            }
        }
        Some(Navigate::Run(command)) => {
            app.overlays.pop();
            run(app, command, effects);
        }
    }
}

/// Asks first where an outcome opens another capture and this one would be lost.
fn ask_first(model: &Model, mut outcome: Outcome) -> Outcome {
    let opens = outcome.changes.iter().any(|change| matches!(change, Change::Open(_) | Change::Look { .. }));
    let starts = outcome.effects.iter().any(|effect| matches!(effect, Effect::Live(LiveWork::Start(_))));
    let agreed = outcome.changes.iter().any(|change| matches!(change, Change::Forget | Change::Agreed));
    let asks = (opens || starts) && !agreed;
    let loss = model.live.as_ref().filter(|_| asks).and_then(|live| live.loss(&model.snapshot));
    let Some(loss) = loss else { return outcome };
    // A capture that does not begin leaves the one before on the screens.
    outcome.changes.insert(0, if starts { Change::Agreed } else { Change::Forget });
    let question = if starts { "Begin another all the same?" } else { "Open the other all the same?" };
    Outcome::push(Confirm::new(format!("{loss} {question}"), outcome))
}

fn go(app: &mut App, id: ScreenId) {
    app.overlays.clear();
    if id == app.base {
        return;
    }
    // Going to a screen that was passed already goes back to it: the way back never grows in circles.
    match app.history.iter().position(|before| *before == id) {
        Some(place) => app.history.truncate(place),
        None => app.history.push(app.base),
    }
    app.base = id;
}

fn apply_change(app: &mut App, change: Change, effects: &mut Vec<Effect>) {
    let model = &mut app.model;
    match change {
        Change::Select(stream) => model.select(stream),
        Change::Subject(subject) => model.subject = Some(subject),
        Change::Inside(event) => model.subject = model.event_shown(event).map(Subject::Event),
        Change::Show { stream, subject, field } => model.show(stream, subject, field),
        Change::ToggleMark(stream) => model.toggle_mark(stream),
        Change::ClearMarks => model.marks.clear(),
        Change::Filter(filter) => model.enter_filter(filter),
        Change::Try(filter) => model.try_filter(filter),
        Change::Sort(sort) => model.take_sort(sort),
        Change::Settings(settings) => {
            app.theme = settings.look();
            model.settings = *settings;
        }
        Change::Status(tone, text) => model.status = Some(Status { tone, text }),
        Change::Open(inputs) => {
            let effect = model.begin(inputs);
            effects.push(effect);
            app.history.clear();
            app.overlays.clear();
            app.base = ScreenId::Sessions;
        }
        Change::AsSent(as_sent) => model.as_sent = as_sent,
        Change::Lab(change) => effects.extend(model.lab.apply(change)),
        Change::Look { inputs, at } => look(model, inputs, at, effects),
        Change::Interface(name) => model.picker.toggle(name),
        Change::CaptureFilter(filter) => model.picker.take_filter(filter),
        Change::PickerProblem(problem) => model.picker.problem = problem,
        Change::Pause => model.pause(),
        Change::Forget => model.live = None,
        Change::Agreed => {}
        Change::Find(text) => model.wanted = text,
        Change::Record(record) => model.schedule.go_to(record),
        Change::Frame(number) => effects.push(open_frame(model, number)),
    }
}

/// Opens captures that were made here without leaving the way that led to them. What is open already is not opened
/// again.
fn look(model: &mut Model, inputs: Vec<Input>, at: Vec<Sight>, effects: &mut Vec<Effect>) {
    let same = |(one, other): (&Input, &Input)| match (one, other) {
        (Input::Memory(one), Input::Memory(other)) => one == other,
        _ => false,
    };
    let open = inputs.len() == model.inputs.len() && inputs.iter().zip(&model.inputs).all(same);
    if !open {
        effects.push(model.begin(inputs));
    }
    if !model.filter().is_empty() {
        model.take_filter(Filter::default());
    }
    model.sights = at;
}
