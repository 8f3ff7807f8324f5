//! The loop: takes news from all threads, lets `update` change the state, carries out effects, draws.
//!
//! A thread reads the terminal, one waits for signals, others do the work; all send to one bounded channel. Everything
//! that waits is taken before the next picture, pictures are at least 16 ms apart, and none is drawn when nothing
//! happened. States of the capture do not queue up: the latest one wins.

use super::app::{self, App, Msg};
use super::config::{self, Places};
use super::effect::Effect;
use super::input;
use super::live::LiveStart;
use super::settings::Settings;
use super::terminal::{self, Drawing, Modes};
use super::theme::ThemeName;
use super::view::view;
use super::worker::Worker;
use super::zone::Zone;
use crate::base::printable;
use crate::capture::{Input, Keys};
use ratatui::crossterm::clipboard::CopyToClipboard;
use ratatui::crossterm::execute;
use ratatui::layout::Size;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

/// How the program is to start.
#[derive(Debug, Default)]
pub struct Options {
    /// What to open; nothing starts at Home.
    pub inputs: Vec<Input>,
    /// What encrypted records are opened with.
    pub keys: Keys,
    /// Key logs to read, and to read on while they grow.
    pub key_logs: Vec<PathBuf>,
    /// Another configuration file than the usual one.
    pub config: Option<PathBuf>,
    /// A theme in place of the one set.
    pub theme: Option<ThemeName>,
    /// Signs from ASCII alone.
    pub ascii: bool,
    /// Whether to begin in the lab, and with which scenario: its name, its code, or the path of its file.
    pub lab: Option<Option<String>>,
    /// A capture that goes on.
    pub live: Option<LiveStart>,
    /// A filter to begin with.
    pub filter: String,
}

/// What arrives in the loop.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// News for the state.
    Msg(Msg),
    /// There is a newer state of the capture.
    Wake,
    /// The process is to end.
    End,
    /// The process is to stop.
    Stop,
}

/// The least time between two pictures.
const PICTURE: Duration = Duration::from_millis(16);
/// How long a picture waits for what is under way: what is done this soon is seen done, and the rest is seen going on.
pub const PATIENCE: Duration = Duration::from_millis(3);
/// How many pieces of news may wait; who sends more waits too.
const QUEUE: usize = 1024;
/// Terminals refuse more than this on their clipboard, counted before encoding.
const CLIPBOARD: usize = 74_000;

/// Shows the screens until the user is done. Where something else ends them, such as a terminal that is closed, what was
/// captured and not saved stays, and it is said where.
pub fn run(options: Options) -> io::Result<Option<PathBuf>> {
    if !io::stdout().is_terminal() {
        return Err(io::Error::other("the screens need a terminal, and stdout is none"));
    }
    let (settings, problems, places) = settings(&options);
    let (keys, key_logs) = (options.keys, options.key_logs);
    let (sender, receiver) = sync_channel(QUEUE);
    // First: one of its threads keeps the rights to capture, and those of all that follow are given up.
    let about = options.live.as_ref().map(LiveStart::about);
    let worker = Worker::new(sender.clone(), places, keys, key_logs, options.live)?;
    hook_panics(&sender)?;
    input::listen_for_signals(sender.clone())?;
    let (modes, drawing) = Modes::take(settings.mouse)?;
    input::read_terminal(sender.clone())?;
    let size = drawing.size()?;
    let mut app = App::new(settings, size);
    let mut effects = if options.inputs.is_empty() { Vec::new() } else { app::open(&mut app, options.inputs) };
    if let Some(scenario) = options.lab {
        effects.extend(app::rehearse(&mut app, scenario));
    }
    if let Some(about) = about {
        effects.extend(app::watch(&mut app, about, &options.filter));
    }
    if let Some(problem) = problems.into_iter().next() {
        effects.extend(app::update(&mut app, Msg::Problem(problem)));
    }
    let mut running = Running { app, modes, drawing, worker, receiver, changed: true, drawn: None, is_quit: false };
    let ended = running.run(effects);
    let stays = running.keep();
    drop(running);
    match (ended, stays) {
        (Ok(()), stays) => Ok(stays),
        (Err(error), None) => Err(error),
        (Err(error), Some(path)) => {
            let path = printable(&path.to_string_lossy());
            Err(io::Error::new(error.kind(), format!("{error}; what was captured is in {path}")))
        }
    }
}

/// The settings as files, environment and command line have them, the later winning.
fn settings(options: &Options) -> (Settings, Vec<String>, Places) {
    let mut places = Places::usual();
    if options.live.as_ref().is_some_and(|start| start.live.becomes().is_some()) {
        leave_behind(&mut places);
    }
    if options.config.is_some() {
        places.config.clone_from(&options.config);
    }
    let (mut settings, problems) = config::load(&places);
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        settings.theme_for_now = Some(ThemeName::Plain);
    }
    settings.theme_for_now = options.theme.or(settings.theme_for_now);
    settings.ascii |= options.ascii;
    settings.zone = Zone::local();
    (settings, problems, places)
}

/// Who became somebody else in order to capture has no way to the places of who began.
fn leave_behind(places: &mut Places) {
    for place in [&mut places.config, &mut places.state] {
        place.take_if(|path| path.metadata().is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied));
    }
}

fn hook_panics(sender: &SyncSender<Incoming>) -> io::Result<()> {
    let (report, reports) = sync_channel::<String>(4);
    terminal::hook_panics(report);
    let sender = sender.clone();
    let forward = move || {
        for text in reports {
            if sender.send(Incoming::Msg(Msg::Broke(text))).is_err() {
                break;
            }
        }
    };
    std::thread::Builder::new().name("panics".to_owned()).spawn(forward).map(|_| ())
}

struct Running {
    app: App,
    modes: Modes,
    drawing: Drawing,
    worker: Worker,
    receiver: Receiver<Incoming>,
    changed: bool,
    drawn: Option<Instant>,
    /// Whether the user wants no more.
    is_quit: bool,
}

/// Whether to go on.
enum Next {
    On,
    End,
}

impl Running {
    /// Lets what was captured and not saved stay, unless the user gave it up.
    fn keep(&self) -> Option<PathBuf> {
        let live = self.app.model.live.as_ref().filter(|_| !self.is_quit)?;
        live.loss(&self.app.model.snapshot).and_then(|_| self.worker.keep())
    }

    fn run(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        if matches!(self.carry_out(effects)?, Next::End) {
            return Ok(());
        }
        loop {
            if matches!(self.go_on()?, Next::End) {
                return Ok(());
            }
            self.draw_when_due()?;
            let Some(first) = self.wait() else { continue };
            let mut next = Some(first);
            // No more than a queue full, so that a flood of news cannot keep the picture from being drawn.
            for _ in 0..QUEUE {
                let Some(incoming) = next else { break };
                if matches!(self.take(incoming)?, Next::End) {
                    return Ok(());
                }
                next = self.receiver.try_recv().ok();
            }
            if let Some(incoming) = next
                && matches!(self.take(incoming)?, Next::End)
            {
                return Ok(());
            }
            if let Some(snapshot) = self.worker.latest() {
                self.take(Incoming::Msg(snapshot))?;
            }
        }
    }

    /// Goes on with what takes more than one step.
    fn go_on(&mut self) -> io::Result<Next> {
        let began = Instant::now();
        while self.app.model.is_under_way() && began.elapsed() < PATIENCE {
            if matches!(self.take(Incoming::Msg(Msg::GoOn))?, Next::End) {
                return Ok(Next::End);
            }
        }
        Ok(Next::On)
    }

    /// The next piece of news; `None` when there is something to do before one comes: a picture is due, or something
    /// is under way.
    fn wait(&self) -> Option<Incoming> {
        if self.app.model.is_under_way() {
            return match self.receiver.try_recv() {
                Ok(incoming) => Some(incoming),
                Err(TryRecvError::Empty) => None,
                Err(TryRecvError::Disconnected) => Some(Incoming::End),
            };
        }
        if !self.changed {
            return self.receiver.recv().ok().or(Some(Incoming::End));
        }
        let due = self.drawn.map_or(Duration::ZERO, |drawn| PICTURE.saturating_sub(drawn.elapsed()));
        match self.receiver.recv_timeout(due) {
            Ok(incoming) => Some(incoming),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Incoming::End),
        }
    }

    fn draw_when_due(&mut self) -> io::Result<()> {
        if self.changed && self.drawn.is_none_or(|drawn| drawn.elapsed() >= PICTURE) {
            let app = &self.app;
            self.drawing.draw(|frame| view(app, frame))?;
            self.changed = false;
            self.drawn = Some(Instant::now());
        }
        Ok(())
    }

    fn take(&mut self, incoming: Incoming) -> io::Result<Next> {
        let effects = match incoming {
            Incoming::End => return Ok(Next::End),
            Incoming::Wake => return Ok(Next::On),
            Incoming::Stop => vec![Effect::Suspend],
            Incoming::Msg(msg) => {
                self.changed = true;
                app::update(&mut self.app, msg)
            }
        };
        self.carry_out(effects)
    }

    /// Does what belongs to the terminal; hands the rest to the worker.
    fn carry_out(&mut self, effects: Vec<Effect>) -> io::Result<Next> {
        for effect in effects {
            match effect {
                Effect::Quit => {
                    self.is_quit = true;
                    return Ok(Next::End);
                }
                Effect::Mouse(on) => self.modes.mouse(on)?,
                Effect::Suspend => {
                    self.drawing = self.modes.suspend()?;
                    let size = self.drawing.size().unwrap_or(Size::ZERO);
                    app::update(&mut self.app, Msg::Resize(size));
                    self.changed = true;
                }
                Effect::Copy { what, text } if text.len() <= CLIPBOARD => {
                    execute!(io::stdout(), CopyToClipboard::to_clipboard_from(&text))?;
                    let done = format!("copied {} B: {what} (by the terminal, OSC 52)", text.len());
                    app::update(&mut self.app, Msg::Done(done));
                    self.changed = true;
                }
                other => self.worker.perform(other),
            }
        }
        Ok(Next::On)
    }
}
