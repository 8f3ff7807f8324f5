//! What keys and commands do: what holds everywhere is done here, the rest goes to what is on top.

use super::change::apply;
use super::{App, split};
use crate::session::{Closed, StreamId};
use crate::tui::effect::Effect;
use crate::tui::filter::Filter;
use crate::tui::key::Key;
use crate::tui::keymap::Command;
use crate::tui::model::Model;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::overlay::give_keys::give_keys;
use crate::tui::overlay::{copy, export, filter_bar::FilterBar, help::Help, open_file::open_file, palette::Palette};
use crate::tui::screen::{Change, Navigate, Outcome, ScreenId, lab};

pub(super) fn press_key(app: &mut App, key: Key, effects: &mut Vec<Effect>) {
    let context = app.top().context();
    let bound = app.model.settings.keymap.command(context, key);
    if let Some(command) = bound.filter(|_| !app.top().takes(key)) {
        return run(app, command, effects);
    }
    let (top, model) = split(app);
    let outcome = top.map(|top| top.input(key, model)).unwrap_or_default();
    apply(app, outcome, effects);
}

/// Does a command: what holds everywhere is done here, the rest goes to what is on top.
pub(super) fn run(app: &mut App, command: Command, effects: &mut Vec<Effect>) {
    let outcome = step_back(app, command)
        .or_else(|| way(app, command))
        .or_else(|| of_screen(app, command))
        .or_else(|| anywhere(app, command))
        .unwrap_or_else(|| {
            let (top, model) = split(app);
            top.map(|top| top.update(command, model)).unwrap_or_default()
        });
    apply(app, outcome, effects);
}

/// A screen may have levels of its own, which are left before it is.
fn step_back(app: &mut App, command: Command) -> Option<Outcome> {
    let leaves = app.overlays.is_empty() && matches!(command, Command::Back | Command::Close);
    let (top, model) = split(app);
    top.filter(|_| leaves)?.step_back(model)
}

/// Goes to a screen, where it has something to show. From the lab the way leads into its run.
fn way(app: &App, command: Command) -> Option<Outcome> {
    let (id, model) = (screen_of(command)?, &app.model);
    let shows_run = app.base == ScreenId::Lab && !matches!(id, ScreenId::Home | ScreenId::Capture | ScreenId::Lab);
    if let Some(outcome) = shows_run.then(|| lab::go(model, id)).flatten() {
        return Some(outcome);
    }
    let nothing = match id {
        ScreenId::Findings if model.inputs.is_empty() => "nothing is open; o opens a capture",
        ScreenId::Packets if model.snapshot.frames.is_empty() => "there is no packet to show",
        _ if is_of_session(id) && model.selected.is_none() => "there is no session to show",
        _ => return Some(Outcome::go(Navigate::Go(id))),
    };
    Some(Outcome::problem(nothing))
}

/// The screen that a command goes to.
fn screen_of(command: Command) -> Option<ScreenId> {
    Some(match command {
        Command::GoHome => ScreenId::Home,
        Command::GoCapture => ScreenId::Capture,
        Command::GoSessions => ScreenId::Sessions,
        Command::GoLadder => ScreenId::Ladder,
        Command::GoDetail => ScreenId::Detail,
        Command::GoCertificates => ScreenId::Certificates,
        Command::GoSchedule => ScreenId::Schedule,
        Command::GoPackets => ScreenId::Packets,
        Command::GoFollow => ScreenId::Follow,
        Command::GoFindings => ScreenId::Findings,
        Command::GoLab => ScreenId::Lab,
        _ => return None,
    })
}

/// Whether a screen shows one session.
fn is_of_session(id: ScreenId) -> bool {
    matches!(id, ScreenId::Ladder | ScreenId::Detail | ScreenId::Certificates | ScreenId::Schedule | ScreenId::Follow)
}

/// What means something else while an overlay is open.
fn of_screen(app: &App, command: Command) -> Option<Outcome> {
    if !app.overlays.is_empty() {
        return None;
    }
    Some(match command {
        Command::Close if app.history.is_empty() => leave(&app.model),
        Command::Back | Command::Close => back(app),
        Command::Copy => copy::menu(app.base(), &app.model),
        Command::Export => export::menu(app.base(), &app.model),
        _ => return None,
    })
}

/// What is the same everywhere.
fn anywhere(app: &App, command: Command) -> Option<Outcome> {
    let model = &app.model;
    Some(match command {
        Command::Quit => Outcome::effect(Effect::Quit),
        Command::Suspend => Outcome::effect(Effect::Suspend),
        Command::PreviousSession => select(model.neighbour(-1)),
        Command::NextSession => select(model.neighbour(1)),
        Command::OpenFile => open_file(),
        Command::Keys => give_keys(),
        Command::AsSent => switch_view(app),
        Command::Palette => Outcome::push(Palette::new(app.top().context(), model)),
        Command::Help => Outcome::push(Help::new(app.top(), model)),
        Command::Filter => Outcome::push(FilterBar::new(model)),
        Command::ClearFilter => Outcome::change(Change::Filter(Filter::default())),
        Command::Cancel => cancel(model),
        Command::TimeFormat | Command::TimeZone | Command::Theme | Command::Mouse => settings(model, command),
        _ => return None,
    })
}

/// Stops reading, or capturing.
fn cancel(model: &Model) -> Outcome {
    if !model.is_loading() {
        return Outcome::problem("nothing is being read");
    }
    let effects = vec![Effect::Cancel(model.loading.job)];
    let said = model.live.as_ref().map(|_| Outcome::done("capturing ends; all that was captured stays"));
    Outcome { effects, ..said.unwrap_or_default() }
}

/// Where Esc leads on a screen: stop loading, drop the filter, or back to the screen before. It never quits.
fn back(app: &App) -> Outcome {
    if app.base == ScreenId::Sessions {
        if app.model.is_loading() && app.model.live.is_none() {
            return Outcome::effect(Effect::Cancel(app.model.loading.job));
        }
        if !app.model.filter().is_empty() {
            return Outcome::change(Change::Filter(Filter::default()));
        }
    }
    Outcome::go(Navigate::Back)
}

/// Ends, and asks first where something would be lost.
fn leave(model: &Model) -> Outcome {
    let quit = Outcome::effect(Effect::Quit);
    match model.live.as_ref().and_then(|live| live.loss(&model.snapshot)) {
        Some(loss) => Outcome::push(Confirm::new(format!("{loss} End all the same?"), quit)),
        None => quit,
    }
}

fn select(stream: Option<StreamId>) -> Outcome {
    stream.map_or_else(Outcome::none, |stream| Outcome::change(Change::Select(stream)))
}

/// Shows what was encrypted as it was sent, or as it is inside.
fn switch_view(app: &App) -> Outcome {
    let model = &app.model;
    let nothing = match (app.base, model.selected()) {
        (ScreenId::Lab, _) => model.lab.playback.is_none(),
        (_, Some(session)) => !session.is_open(),
        (_, None) => model.open.0 == 0,
    };
    if nothing {
        let why = model.selected().and_then(|session| session.why_closed()).map(Closed::text);
        let why = why.unwrap_or_else(|| "there are no keys for it, K takes some".to_owned());
        return Outcome::problem(format!("nothing is decrypted here: {why}"));
    }
    Outcome::change(Change::AsSent(!model.as_sent))
}

/// Commands that go through the values of a setting.
fn settings(model: &Model, command: Command) -> Outcome {
    let mut settings = model.settings.clone();
    let text = match command {
        Command::TimeFormat => {
            settings.time_format = settings.time_format.next();
            format!("time: {}", settings.time_format.word())
        }
        Command::TimeZone => {
            settings.utc = !settings.utc;
            format!("time zone: {}", if settings.utc { "UTC" } else { "local" })
        }
        Command::Theme => {
            settings.theme = settings.theme_for_now.take().unwrap_or(settings.theme).next();
            format!("theme: {}", settings.theme.word())
        }
        _ => {
            settings.mouse = !settings.mouse;
            let state = if settings.mouse { "on" } else { "off, the terminal selects text" };
            format!("mouse {state}")
        }
    };
    let mut outcome = Outcome::done(text);
    if settings.mouse != model.settings.mouse {
        outcome.effects.push(Effect::Mouse(settings.mouse));
    }
    outcome.effects.push(Effect::SaveSettings(Box::new(settings.clone())));
    outcome.with(Change::Settings(Box::new(settings)))
}
