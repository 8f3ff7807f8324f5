//! The state of the program and the one way to change it: `update`.

use super::config::with_recent;
use super::effect::{Content, Effect, Hidden, Job};
use super::filter::Filter;
use super::following::FollowNews;
use super::key::Key;
use super::keymap::{Command, Context};
use super::keys::{self, KeySource};
use super::lab::Catalogue;
use super::live;
use super::live::{About, LiveNews, LiveWork};
use super::model::{DetailState, FrameState, Model, Sight, Status, Subject, Tone};
use super::overlay::confirm::Confirm;
use super::overlay::give_keys::{GiveKeys, KeyPassword};
use super::overlay::save_as::SaveAs;
use super::overlay::{copy, export, filter_bar::FilterBar, help::Help, open_file::OpenFile, palette::Palette};
use super::schedule;
use super::screen::{Change, Mouse, Navigate, Outcome, Screen, ScreenId, lab};
use super::settings::Settings;
use super::subject;
use super::theme::Theme;
use super::view::content_area;
use crate::capture::{Detail, Dissection, FrameSummary, Input, Snapshot};
use crate::lab::exercise::{FixResult, Progress};
use crate::lab::run::Run;
use crate::lab::scenario::Scenario;
use crate::session::judgement::Basis;
use crate::session::{Closed, FrameNumber, StreamId, Timestamp};
use ratatui::layout::Size;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// News for the program. It carries every time and every result of work outside, so `update` needs nothing else.
#[derive(Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size.
    Resize(Size),
    /// A new state of the capture.
    Snapshot {
        /// The opening that it belongs to.
        job: u64,
        /// The state.
        snapshot: Arc<Snapshot>,
        /// Time since the opening.
        elapsed: Duration,
    },
    /// The capture could not be opened, or reading broke down.
    LoadFailed {
        /// The opening that it belongs to.
        job: u64,
        /// Why, as a sentence.
        text: String,
    },
    /// A session with all its bytes, or why not.
    Detail {
        /// The opening that it belongs to.
        job: u64,
        /// Which session.
        stream: StreamId,
        /// What came of it.
        result: Result<Arc<Detail>, String>,
    },
    /// A session with all its bytes as it was sent, or why not.
    AsSent {
        /// The opening that it belongs to.
        job: u64,
        /// Which session.
        stream: StreamId,
        /// What came of it.
        result: Result<Arc<Detail>, String>,
    },
    /// A frame with its fields, or why not.
    Frame {
        /// The opening that it belongs to.
        job: u64,
        /// Which frame.
        number: FrameNumber,
        /// What came of it.
        result: Result<Arc<Dissection>, String>,
    },
    /// An effect was carried out.
    Done(String),
    /// An effect could not be carried out.
    Problem(String),
    /// An export found a file in its place; this is what it was to write.
    Exists(PathBuf, Box<Content>),
    /// The headers of frames, each or why not.
    Frames(Job, Vec<(FrameNumber, Result<FrameSummary, String>)>),
    /// What is known now of keys that were given, and what to say of them.
    Keys {
        /// Where they came from.
        source: KeySource,
        /// What came of it.
        said: Option<(Tone, String)>,
    },
    /// A private key takes a password.
    KeyPassword {
        /// What was typed.
        typed: Hidden,
        /// What the key is called.
        name: String,
        /// Whether a password was given that does not open it.
        wrong: bool,
    },
    /// News of a live capture.
    Live(LiveNews),
    /// News of a session that is followed.
    Follow(FollowNews),
    /// What time it is.
    Clock(Timestamp),
    /// The trust anchors that were asked for.
    Anchors(Arc<Basis>),
    /// Nothing happened, and what is under way in the model may go on.
    GoOn,
    /// A thread broke down, which is a fault of the program.
    Broke(String),
    /// The names in a folder.
    Listed(PathBuf, Vec<String>),
    /// The scenarios, and what was done with them.
    Catalogue {
        /// The scenarios.
        catalogue: Catalogue,
        /// The one in the file of the user's own.
        own: Option<Arc<Scenario>>,
        /// What was done.
        progress: Progress,
        /// What is wrong with files.
        problems: Vec<String>,
    },
    /// A scenario was played, or why not.
    Played {
        /// The play that it belongs to.
        job: Job,
        /// What came of it.
        result: Result<Arc<Run>, Vec<String>>,
    },
    /// The goals of a repair were tried.
    Mended {
        /// The trial that it belongs to.
        job: Job,
        /// What came of it.
        result: Result<FixResult, String>,
    },
    /// The captures are open.
    Opened {
        /// The opening that it belongs to.
        job: u64,
        /// The files among them, to be remembered.
        paths: Vec<PathBuf>,
    },
}

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
                app.model.status = Some(Status { tone: Tone::Problem, text: problem.clone() });
            }
        }
        Msg::Mended { job, result } => effects.extend(app.model.lab.take_goals(job, result)),
        other => take_news(&mut app.model, other),
    }
    if let Some((problem, text)) = app.model.lab.said.take() {
        let tone = if problem { Tone::Problem } else { Tone::Done };
        app.model.status = Some(Status { tone, text });
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

/// Results of work outside, which change nothing but the model.
fn take_news(model: &mut Model, msg: Msg) {
    let status = |tone, text| Some(Status { tone, text });
    match msg {
        Msg::Resize(size) => model.size = size,
        Msg::Snapshot { job, snapshot, elapsed } if job == model.loading.job => {
            model.loading.elapsed = elapsed;
            model.take_or_hold(snapshot);
        }
        Msg::LoadFailed { job, text } if job == model.loading.job => {
            model.status = status(Tone::Problem, text.clone());
            model.load_problem = Some(text);
        }
        Msg::Detail { job, stream, result } if job == model.loading.job && model.detail.stream() == Some(stream) => {
            model.detail = DetailState::from(stream, result);
        }
        Msg::AsSent { job, stream, result } if job == model.loading.job && model.sent.stream() == Some(stream) => {
            model.sent = DetailState::from(stream, result);
        }
        Msg::Frame { job, number, result } if job == model.loading.job => {
            model.frame = match result {
                Ok(dissection) => FrameState::Ready(number, dissection),
                Err(text) => FrameState::Failed(number, text),
            };
        }
        Msg::Frames(job, lines) if job == model.loading.job => model.frame_lines.take(lines),
        Msg::Keys { source, said } => {
            keys::take(&mut model.keys, source);
            model.status = said.map(|(tone, text)| Status { tone, text }).or_else(|| model.status.take());
        }
        Msg::Live(news) => live::take(model, news),
        Msg::Follow(news) => model.follow.take(news),
        Msg::Clock(now) => model.now = Some(now),
        Msg::Anchors(basis) => model.basis = Some(basis),
        Msg::Catalogue { catalogue, own, progress, problems } => {
            model.lab.problems = problems;
            let missing = model.lab.take_catalogue(catalogue, own, progress);
            let problem = missing.or_else(|| model.lab.problems.first().cloned());
            model.status = problem.and_then(|text| status(Tone::Problem, text)).or_else(|| model.status.take());
        }
        Msg::Done(text) => model.status = status(Tone::Done, text),
        Msg::Problem(text) => model.status = status(Tone::Problem, text),
        Msg::Broke(text) => {
            let text = format!("a fault of tlslab, please report it: {text}");
            if model.is_loading() {
                model.load_problem = Some(text.clone());
            }
            model.status = status(Tone::Problem, text);
        }
        _ => {}
    }
}

fn press_key(app: &mut App, key: Key, effects: &mut Vec<Effect>) {
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
fn run(app: &mut App, command: Command, effects: &mut Vec<Effect>) {
    let on_overlay = !app.overlays.is_empty();
    if !on_overlay && matches!(command, Command::Back | Command::Close) {
        let (top, model) = split(app);
        if let Some(outcome) = top.and_then(|top| top.step_back(model)) {
            return apply(app, outcome, effects);
        }
    }
    if app.base == ScreenId::Lab
        && let Some(outcome) = of_capture(command).and_then(|id| lab::go(&app.model, id))
    {
        return apply(app, outcome, effects);
    }
    let outcome = match command {
        Command::Quit => Outcome::effect(Effect::Quit),
        Command::Suspend => Outcome::effect(Effect::Suspend),
        Command::Close if !on_overlay && app.history.is_empty() => leave(&app.model),
        Command::Back | Command::Close if !on_overlay => back(app),
        Command::GoHome => Outcome::go(Navigate::Go(ScreenId::Home)),
        Command::GoCapture => Outcome::go(Navigate::Go(ScreenId::Capture)),
        Command::GoSessions => Outcome::go(Navigate::Go(ScreenId::Sessions)),
        Command::GoLadder => go_to_session(&app.model, ScreenId::Ladder),
        Command::GoDetail => go_to_session(&app.model, ScreenId::Detail),
        Command::GoFindings if app.model.inputs.is_empty() => Outcome::problem("nothing is open; o opens a capture"),
        Command::GoFindings => Outcome::go(Navigate::Go(ScreenId::Findings)),
        Command::GoFollow => go_to_session(&app.model, ScreenId::Follow),
        Command::GoCertificates => go_to_session(&app.model, ScreenId::Certificates),
        Command::GoSchedule => go_to_session(&app.model, ScreenId::Schedule),
        Command::GoLab => Outcome::go(Navigate::Go(ScreenId::Lab)),
        Command::GoPackets if app.model.snapshot.frames.is_empty() => Outcome::problem("there is no packet to show"),
        Command::GoPackets => Outcome::go(Navigate::Go(ScreenId::Packets)),
        Command::Copy if !on_overlay => copy::menu(app.base(), &app.model),
        Command::Export if !on_overlay => export::menu(app.base(), &app.model),
        Command::PreviousSession => select(app.model.neighbour(-1)),
        Command::NextSession => select(app.model.neighbour(1)),
        Command::OpenFile => Outcome { effects: vec![Effect::List(PathBuf::new())], ..push(OpenFile::default()) },
        Command::AsSent => switch_view(app),
        Command::Keys => Outcome { effects: vec![Effect::List(PathBuf::new())], ..push(GiveKeys::default()) },
        Command::Palette => {
            let context = app.top().context();
            push(Palette::new(context, &app.model))
        }
        Command::Help => {
            let help = Help::new(app.top(), &app.model);
            push(help)
        }
        Command::Filter => push(FilterBar::new(&app.model)),
        Command::ClearFilter => Outcome::change(Change::Filter(Filter::default())),
        Command::Cancel if app.model.is_loading() && app.model.live.is_some() => Outcome {
            effects: vec![Effect::Cancel(app.model.loading.job)],
            ..Outcome::done("capturing ends; all that was captured stays")
        },
        Command::Cancel if app.model.is_loading() => Outcome::effect(Effect::Cancel(app.model.loading.job)),
        Command::Cancel => Outcome::problem("nothing is being read"),
        Command::TimeFormat | Command::TimeZone | Command::Theme | Command::Mouse => settings(&app.model, command),
        _ => {
            let (top, model) = split(app);
            top.map(|top| top.update(command, model)).unwrap_or_default()
        }
    };
    apply(app, outcome, effects);
}

/// The screen that a command goes to, where it shows a capture.
fn of_capture(command: Command) -> Option<ScreenId> {
    Some(match command {
        Command::GoSessions => ScreenId::Sessions,
        Command::GoLadder => ScreenId::Ladder,
        Command::GoDetail => ScreenId::Detail,
        Command::GoCertificates => ScreenId::Certificates,
        Command::GoSchedule => ScreenId::Schedule,
        Command::GoPackets => ScreenId::Packets,
        Command::GoFollow => ScreenId::Follow,
        Command::GoFindings => ScreenId::Findings,
        _ => return None,
    })
}

/// Where Esc leads on a screen: stop loading, drop the filter, or back to the screen before. It never quits.
fn back(app: &mut App) -> Outcome {
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
        Some(loss) => push(Confirm::new(format!("{loss} End all the same?"), quit)),
        None => quit,
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
    push(Confirm::new(format!("{loss} {question}"), outcome))
}

fn push(overlay: impl Screen + 'static) -> Outcome {
    Outcome::go(Navigate::Push(Box::new(overlay)))
}

fn select(stream: Option<StreamId>) -> Outcome {
    stream.map_or_else(Outcome::none, |stream| Outcome::change(Change::Select(stream)))
}

fn go_to_session(model: &Model, id: ScreenId) -> Outcome {
    if model.selected.is_none() {
        return Outcome::problem("there is no session to show");
    }
    Outcome::go(Navigate::Go(id))
}

/// Shows what was encrypted as it was sent, or as it is inside.
fn switch_view(app: &App) -> Outcome {
    let model = &app.model;
    let nothing = match (app.base, model.selected()) {
        (ScreenId::Lab, _) => model.lab.playback.is_none(),
        (_, Some(session)) => !keys::is_open(session),
        (_, None) => model.open.0 == 0,
    };
    if nothing {
        let why = model.selected().and_then(|session| keys::why_closed(session)).map(Closed::text);
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

fn apply(app: &mut App, outcome: Outcome, effects: &mut Vec<Effect>) {
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
        Change::ToggleMark(stream) => match model.marks.iter().position(|mark| *mark == stream) {
            Some(place) => {
                model.marks.remove(place);
            }
            None => model.marks.push(stream),
        },
        Change::ClearMarks => model.marks.clear(),
        Change::Filter(filter) => {
            if !filter.is_empty() && model.filter_history.last().is_none_or(|last| last != filter.text()) {
                model.filter_history.push(filter.text().to_owned());
            }
            model.take_filter(filter);
        }
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
        Change::Frame(number) => {
            model.frame = FrameState::Loading(number);
            let (job, snapshot) = (model.loading.job, Arc::clone(&model.snapshot));
            effects.push(Effect::OpenFrame { job, number, snapshot });
        }
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

/// After everything else: goes on with what is under way, asks for the bytes that the screen needs, and lets the
/// screens fit the model.
fn settle(app: &mut App, effects: &mut Vec<Effect>) {
    let App { model, screens, overlays, base, .. } = app;
    if overlays.is_empty() {
        // Filters are tried in the bar alone, which may be left in many ways.
        model.end_trial();
    }
    model.follows = *base == ScreenId::Sessions && overlays.is_empty();
    model.go_on();
    let needs = screens.iter().any(|(id, screen)| id == base && screen.needs_detail());
    if needs && let Some(stream) = model.detail_wanted() {
        let (job, snapshot) = (model.loading.job, Arc::clone(&model.snapshot));
        effects.push(Effect::OpenDetail { job, stream, snapshot });
    }
    if needs && let Some(stream) = model.sent_wanted() {
        let (job, snapshot) = (model.loading.job, Arc::clone(&model.snapshot));
        effects.push(Effect::OpenAsSent { job, stream, snapshot });
    }
    if *base == ScreenId::Lab {
        effects.extend(model.lab.wanted());
    }
    effects.extend(model.newly_held().map(|streams| Effect::Hold(model.loading.job, streams)));
    if *base == ScreenId::Capture && !std::mem::replace(&mut model.picker.waits, true) {
        effects.push(Effect::Live(LiveWork::List));
    }
    let of_subject = subject::settle(model);
    if *base == ScreenId::Schedule {
        schedule::settle(model);
    }
    if *base == ScreenId::Findings {
        model.settle_findings();
    }
    for (_, screen) in screens.iter_mut() {
        screen.sync(model);
    }
    if let Some((_, screen)) = screens.iter().find(|(id, _)| id == base) {
        let numbers = model.frame_lines.ask(screen.needs_frames(model));
        if !numbers.is_empty() {
            effects.push(Effect::ReadFrames { job: model.loading.job, numbers, snapshot: Arc::clone(&model.snapshot) });
        }
    }
    for overlay in overlays {
        overlay.sync(model);
    }
    let need = screens.iter().find(|(id, _)| id == base).and_then(|(_, screen)| screen.needs_follow(model));
    if let Some((need, session)) = need.zip(model.selected().cloned()) {
        let work = model.follow.ask(&need, &session, model.loading.job, &Arc::clone(&model.snapshot));
        effects.extend(work.into_iter().map(Effect::Follow));
    }
    let screen = screens.iter().find(|(id, _)| id == base);
    let wanted = of_subject.or_else(|| screen.and_then(|(_, screen)| screen.needs_frame(model)));
    if let Some(number) = wanted.filter(|number| model.frame.number() != Some(*number)) {
        model.frame = FrameState::Loading(number);
        let (job, snapshot) = (model.loading.job, Arc::clone(&model.snapshot));
        effects.push(Effect::OpenFrame { job, number, snapshot });
    }
}

fn split(app: &mut App) -> (Option<&mut Box<dyn Screen>>, &Model) {
    let base = app.base;
    let App { model, screens, overlays, .. } = app;
    let top = overlays.last_mut().or_else(|| screens.iter_mut().find(|(id, _)| *id == base).map(|(_, screen)| screen));
    (top, model)
}
