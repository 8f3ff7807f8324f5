//! The state of the program and the one way to change it: `update`.
//!
//! | file | its concern |
//! |---|---|
//! | `msg` | what the program is told |
//! | `news` | results of work outside, which change the model alone |
//! | `command` | what keys and commands do |
//! | `change` | what screens ask for, carried out |
//! | `settle` | what is done after everything else |

mod change;
mod command;
mod msg;
mod news;
mod settle;

pub use msg::Msg;

use super::config::with_recent;
use super::effect::Effect;
use super::filter::Filter;
use super::keymap::{Command, Context};
use super::live::{About, LiveNews};
use super::model::{Model, Status};
use super::overlay::give_keys::KeyPassword;
use super::overlay::save_as::SaveAs;
use super::screen::{Change, Outcome, Screen, ScreenId};
use super::settings::Settings;
use super::theme::Theme;
use super::view::content_area;
use crate::capture::Input;
use change::apply;
use command::press_key;
use news::take_news;
use ratatui::layout::Size;
use settle::settle;

/// The whole state.
#[derive(Debug)]
pub struct App {
    /// What is shown.
    pub model: Model,
    /// How it looks.
    pub theme: Theme,
    screens: Vec<(ScreenId, Box<dyn Screen>)>,
    base: ScreenId,
    history: Vec<ScreenId>,
    overlays: Vec<Box<dyn Screen>>,
}

impl App {
    /// The state at the start, on the Home screen.
    #[must_use]
    pub fn new(settings: Settings, size: Size) -> Self {
        let theme = settings.look();
        let screens = ScreenId::ALL.into_iter().map(|id| (id, id.open())).collect();
        let model = Model::new(settings, size);
        Self { model, theme, screens, base: ScreenId::Home, history: Vec::new(), overlays: Vec::new() }
    }

    /// The screen that fills the terminal.
    #[must_use]
    pub fn base(&self) -> &dyn Screen {
        // The constructor makes a screen for each id, so the fallback is never drawn.
        static NOTHING: Nothing = Nothing;
        self.screens.iter().find(|(id, _)| *id == self.base).map_or(&NOTHING, |(_, screen)| &**screen)
    }

    /// Which screen that is.
    #[must_use]
    pub fn base_id(&self) -> ScreenId {
        self.base
    }

    /// The overlays, the topmost last.
    pub fn overlays(&self) -> impl Iterator<Item = &dyn Screen> {
        self.overlays.iter().map(|overlay| &**overlay)
    }

    /// Where keys go: the topmost overlay, or the screen.
    #[must_use]
    pub fn top(&self) -> &dyn Screen {
        self.overlays.last().map_or_else(|| self.base(), |overlay| &**overlay)
    }
}

#[derive(Debug)]
struct Nothing;

impl Screen for Nothing {
    fn context(&self) -> Context {
        Context::Global
    }

    fn update(&mut self, _command: Command, _model: &Model) -> Outcome {
        Outcome::none()
    }

    fn view(&self, _model: &Model, _theme: &Theme, _area: ratatui::layout::Rect, _buf: &mut ratatui::buffer::Buffer) {}
}

/// Takes one piece of news. Does no I/O and reads no clock: what is to be done outside comes back as effects.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    match msg {
        Msg::Key(key) => {
            app.model.status = None;
            press_key(app, key, &mut effects);
        }
        Msg::Mouse(mouse) => {
            let area = content_area(app.model.size);
            let (top, model) = split(app);
            let outcome = top.map(|top| top.mouse(mouse, area, model)).unwrap_or_default();
            apply(app, outcome, &mut effects);
        }
        Msg::Paste(text) => {
            let (top, model) = split(app);
            let outcome = top.map(|top| top.paste(&text, model)).unwrap_or_default();
            apply(app, outcome, &mut effects);
        }
        Msg::Exists(path, content) => app.overlays.push(Box::new(SaveAs::again(&path, *content))),
        Msg::KeyPassword { typed, name, wrong } => {
            app.overlays.push(Box::new(KeyPassword::new(typed, &name, wrong)));
        }
        Msg::Listed(folder, names) => {
            let (top, model) = split(app);
            if let Some(top) = top {
                top.listed(&folder, &names, model);
            }
        }
        Msg::Opened { job, paths } if job == app.model.loading.job && !paths.is_empty() => {
            let settings = &mut app.model.settings;
            for path in paths.into_iter().rev() {
                settings.recent = with_recent(&settings.recent, &path);
            }
            effects.push(Effect::SaveSettings(Box::new(settings.clone())));
        }
        Msg::Live(LiveNews::Started(about)) => effects.push(begin_live(app, *about)),
        Msg::Played { job, result } => {
            effects.extend(app.model.lab.take_run(job, result));
            if let Some(problem) = app.model.lab.problems.first() {
                app.model.status = Some(Status::problem(problem.as_str()));
            }
        }
        Msg::Mended { job, result } => effects.extend(app.model.lab.take_goals(job, result)),
        other => take_news(&mut app.model, other),
    }
    if let Some(said) = app.model.lab.said.take() {
        app.model.status = Some(said);
    }
    settle(app, &mut effects);
    effects
}

/// Opens captures at the start, as if the user had asked for them.
pub fn open(app: &mut App, inputs: Vec<Input>) -> Vec<Effect> {
    let mut effects = Vec::new();
    apply(app, Outcome::change(Change::Open(inputs)), &mut effects);
    settle(app, &mut effects);
    effects
}

/// Shows a capture that goes on, from the start.
pub fn watch(app: &mut App, about: About, filter: &str) -> Vec<Effect> {
    let mut effects = vec![begin_live(app, about)];
    if let Ok(filter) = Filter::parse(filter) {
        app.model.take_filter(filter);
    }
    settle(app, &mut effects);
    effects
}

fn begin_live(app: &mut App, about: About) -> Effect {
    app.history.clear();
    app.overlays.clear();
    app.base = ScreenId::Sessions;
    app.model.begin_live(about)
}

/// Goes to the lab at the start, and to a scenario as soon as it is read.
pub fn rehearse(app: &mut App, scenario: Option<String>) -> Vec<Effect> {
    let mut effects = Vec::new();
    app.model.lab.asked_for = scenario;
    app.base = ScreenId::Lab;
    settle(app, &mut effects);
    effects
}

fn split(app: &mut App) -> (Option<&mut Box<dyn Screen>>, &Model) {
    let base = app.base;
    let App { model, screens, overlays, .. } = app;
    let top = overlays.last_mut().or_else(|| screens.iter_mut().find(|(id, _)| *id == base).map(|(_, screen)| screen));
    (top, model)
}
