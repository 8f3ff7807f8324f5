//! What a screen is, and the list of all of them.

pub mod capture;
pub mod certificates;
pub mod compare;
pub mod detail;
pub mod findings;
pub mod follow;
pub mod home;
pub mod lab;
pub mod ladder;
pub mod packets;
pub mod schedule;
pub mod sessions;
#[cfg(test)]
mod tests;

use super::effect::Effect;
use super::filter::Filter;
use super::following::Need;
use super::key::Key;
use super::keymap::{Command, Context};
use super::lab::LabChange;
use super::model::{Model, Sight, Sort, Subject, Tone};
use super::overlay::copy::Copyable;
use super::overlay::export::Exportable;
use super::overlay::page::Block;
use super::settings::Settings;
use super::theme::Theme;
use crate::capture::{Input, RecordId};
use crate::session::{FrameNumber, StreamId};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

/// The screens that fill the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ScreenId {
    /// What can be opened.
    Home,
    /// The list of sessions.
    Sessions,
    /// The messages of one session.
    Ladder,
    /// Fields and bytes.
    Detail,
    /// The certificates of one session.
    Certificates,
    /// The packets of one session, or all.
    Packets,
    /// Two sessions side by side.
    Compare,
    /// The secrets of one session and what they are made of.
    Schedule,
    /// Scenarios and their runs.
    Lab,
    /// What the application said.
    Follow,
    /// What was found in all sessions, rule by rule.
    Findings,
    /// What can be captured from.
    Capture,
}

impl ScreenId {
    /// All screens.
    pub const ALL: [Self; 12] = [
        Self::Home,
        Self::Sessions,
        Self::Ladder,
        Self::Detail,
        Self::Certificates,
        Self::Lab,
        Self::Packets,
        Self::Compare,
        Self::Schedule,
        Self::Follow,
        Self::Findings,
        Self::Capture,
    ];

    /// The tabs of the title line, with the digit that goes there.
    pub const TABS: [(char, Self); 6] = [
        ('1', Self::Sessions),
        ('2', Self::Ladder),
        ('3', Self::Detail),
        ('4', Self::Certificates),
        ('5', Self::Lab),
        ('6', Self::Findings),
    ];

    /// What it is called.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Home => "Home",
            Self::Sessions => "Sessions",
            Self::Ladder => "Ladder",
            Self::Detail => "Detail",
            Self::Certificates => "Certificates",
            Self::Packets => "Packets",
            Self::Compare => "Compare",
            Self::Schedule => "Key schedule",
            Self::Lab => "Lab",
            Self::Follow => "Follow",
            Self::Findings => "Findings",
            Self::Capture => "Capture",
        }
    }

    /// Makes the screen.
    #[must_use]
    pub fn open(self) -> Box<dyn Screen> {
        match self {
            Self::Home => Box::<home::Home>::default(),
            Self::Sessions => Box::<sessions::Sessions>::default(),
            Self::Ladder => Box::<ladder::Ladder>::default(),
            Self::Detail => Box::<detail::DetailScreen>::default(),
            Self::Certificates => Box::<certificates::Certificates>::default(),
            Self::Packets => Box::<packets::Packets>::default(),
            Self::Compare => Box::<compare::Compare>::default(),
            Self::Schedule => Box::<schedule::Schedule>::default(),
            Self::Follow => Box::<follow::FollowScreen>::default(),
            Self::Findings => Box::<findings::FindingsScreen>::default(),
            Self::Capture => Box::<capture::CaptureScreen>::default(),
            Self::Lab => Box::<lab::LabScreen>::default(),
        }
    }
}

/// A change of the model that a screen asks for.
#[derive(Clone, Debug)]
pub enum Change {
    /// Select a session.
    Select(StreamId),
    /// Show this of the selected session in the Detail screen. Events count as the session is shown.
    Subject(Subject),
    /// Show the event with this number in the Detail screen; it counts as the session is inside.
    Inside(usize),
    /// Select a session, whatever the filter says, and show this of it. Events count as the session is inside.
    Show {
        /// The session.
        stream: StreamId,
        /// What of it; where it is nothing, what is shown stays.
        subject: Option<Subject>,
        /// The field to stand on.
        field: Option<&'static str>,
    },
    /// Mark a session, or take its mark away.
    ToggleMark(StreamId),
    /// Take all marks away.
    ClearMarks,
    /// Use another filter, and remember its text.
    Filter(Filter),
    /// Find out how many sessions a filter would let pass.
    Try(Filter),
    /// Use another order.
    Sort(Sort),
    /// Use other settings.
    Settings(Box<Settings>),
    /// Say something in the last line.
    Status(Tone, String),
    /// Open captures.
    Open(Vec<Input>),
    /// Search for this on the screen.
    Find(String),
    /// Show this record in the key schedule.
    Record(RecordId),
    /// Choose an interface to capture from, or take the choice back.
    Interface(String),
    /// Capture only what passes this filter of libpcap.
    CaptureFilter(String),
    /// Say why nothing can be captured, or nothing any more.
    PickerProblem(Option<String>),
    /// Let the list stand still while capturing goes on, or let it go on.
    Pause,
    /// Give up what is captured and not saved.
    Forget,
    /// Nothing; it was asked already whether something may be lost.
    Agreed,
    /// Read a frame, to be found in the model when it is there.
    Frame(u32),
    /// Show what was encrypted as it was sent, or as it is inside.
    AsSent(bool),
    /// Change something of the lab.
    Lab(LabChange),
    /// Open captures that were made here and select these of their sessions: one is shown, two are compared.
    Look {
        /// What to open.
        inputs: Vec<Input>,
        /// What to look at.
        at: Vec<Sight>,
    },
}

/// Where to go.
#[derive(Debug)]
pub enum Navigate {
    /// To a screen; overlays close. Back comes back here.
    Go(ScreenId),
    /// Lay this over what is there.
    Push(Box<dyn Screen>),
    /// To a screen, with this laid over it.
    Over(ScreenId, Box<dyn Screen>),
    /// Close this overlay; on a screen, go back to the one before.
    Back,
    /// Close this overlay and do this in what lies under it.
    Run(Command),
    /// Put another overlay in the place of this one.
    Replace(Box<dyn Screen>),
}

/// What came of a command.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Changes of the model, done first.
    pub changes: Vec<Change>,
    /// Then what is to be done outside.
    pub effects: Vec<Effect>,
    /// Then where to go.
    pub navigate: Option<Navigate>,
}

impl Outcome {
    /// Nothing came of it.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One change.
    #[must_use]
    pub fn change(change: Change) -> Self {
        Self { changes: vec![change], ..Self::default() }
    }

    /// One effect.
    #[must_use]
    pub fn effect(effect: Effect) -> Self {
        Self { effects: vec![effect], ..Self::default() }
    }

    /// One way to go.
    #[must_use]
    pub fn go(navigate: Navigate) -> Self {
        Self { navigate: Some(navigate), ..Self::default() }
    }

    /// A message that something could not be done.
    #[must_use]
    pub fn problem(text: impl Into<String>) -> Self {
        Self::change(Change::Status(Tone::Problem, text.into()))
    }

    /// A message that something was done.
    #[must_use]
    pub fn done(text: impl Into<String>) -> Self {
        Self::change(Change::Status(Tone::Done, text.into()))
    }

    /// Lays this over what is there.
    #[must_use]
    pub fn push(overlay: impl Screen + 'static) -> Self {
        Self::go(Navigate::Push(Box::new(overlay)))
    }

    /// The same and another change.
    #[must_use]
    pub fn with(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// The same and a way to go.
    #[must_use]
    pub fn then(mut self, navigate: Navigate) -> Self {
        self.navigate = Some(navigate);
        self
    }
}

/// What the mouse did inside a screen's area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mouse {
    /// The left button went down there.
    Click(Position),
    /// The left button went down twice there.
    DoubleClick(Position),
    /// The wheel turned over that place, by so many rows; negative is up.
    Wheel(Position, isize),
}

/// A screen or an overlay.
///
/// `update` never waits, reads no clock and touches no file; `view` changes nothing. The area that `view` gets is the
/// one that [`content_area`](super::view::content_area) computes from the model's size, so `update` can compute the
/// same layout.
pub trait Screen: std::fmt::Debug {
    /// Which rows of the keymap hold while it is on top.
    fn context(&self) -> Context;

    /// Does what a command asks.
    fn update(&mut self, command: Command, model: &Model) -> Outcome;

    /// Draws it.
    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer);

    /// Takes a step back inside of the screen. `None` where there is none left: then the screen is left.
    fn step_back(&mut self, _model: &Model) -> Option<Outcome> {
        None
    }

    /// Takes a key that has no binding. Prompts take text here.
    fn input(&mut self, _key: Key, _model: &Model) -> Outcome {
        Outcome::none()
    }

    /// Whether a key is its own even where it is bound: the letters of a menu.
    fn takes(&self, _key: Key) -> bool {
        false
    }

    /// Takes text that was pasted.
    fn paste(&mut self, text: &str, model: &Model) -> Outcome {
        let mut outcome = Outcome::none();
        for c in text.chars().filter(|c| !c.is_control()) {
            outcome = self.input(Key::plain(ratatui::crossterm::event::KeyCode::Char(c)), model);
        }
        outcome
    }

    /// Takes what the mouse did. `area` is the one that `view` gets.
    fn mouse(&mut self, _mouse: Mouse, _area: Rect, _model: &Model) -> Outcome {
        Outcome::none()
    }

    /// Told after every change of the model, so that cursor and scroll position fit it.
    fn sync(&mut self, _model: &Model) {}

    /// Told what a folder holds, after [`Effect::List`]; folders end in a slash.
    fn listed(&mut self, _folder: &std::path::Path, _names: &[String], _model: &Model) {}

    /// Whether it needs the selected session with all bytes.
    fn needs_detail(&self) -> bool {
        false
    }

    /// The frame that it needs with its bytes.
    fn needs_frame(&self, _model: &Model) -> Option<FrameNumber> {
        None
    }

    /// The frames that it shows and wants to have read, the visible ones only.
    fn needs_frames(&self, _model: &Model) -> Vec<FrameNumber> {
        Vec::new()
    }

    /// What it needs of the selected session's application data.
    fn needs_follow(&self, _model: &Model) -> Option<Need> {
        None
    }

    /// What can be copied of what is under the cursor. The menu adds what the selected session has.
    fn copyable(&self, _model: &Model) -> Vec<Copyable> {
        Vec::new()
    }

    /// What can be saved of what is under the cursor. The menu adds what the chosen sessions have.
    fn exportable(&self, _model: &Model) -> Vec<Exportable> {
        Vec::new()
    }

    /// The left part of the title line; `None` shows the capture.
    fn title(&self, _model: &Model, _theme: &Theme) -> Option<Line<'static>> {
        None
    }

    /// What follows the keys in the help: what the columns and signs mean.
    fn explanation(&self) -> Vec<Block> {
        Vec::new()
    }
}
