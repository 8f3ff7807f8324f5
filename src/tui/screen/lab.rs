//! The lab: scenarios by groups, what can be set in one, and its run with script, ladder, three testimonies and checks.
//!
//! ```text
//!   Scenarios ─Enter─► Scenario ─r─► run: Script | Ladder | Checks, and below what each side says
//!      ◄──────Esc───────────◄────Esc──
//! ```
//!
//! On a small terminal these are levels, one pane at a time; on a larger one they stand side by side. A run is complete
//! when it comes, and going on in it moves a cursor: everything here is shown as of that moment.

mod asking;
mod checks;
mod draw;
mod frame;
mod listing;
mod opening;
mod prepare;
mod questions;
mod regions;
mod script;
mod testimony;
#[cfg(test)]
mod tests;
mod tree;
mod wire;

pub(in crate::tui) use asking::{point, pointed};
pub(in crate::tui) use opening::go;

use super::{Change, Mouse, Navigate, Outcome, Screen, ScreenId};
use crate::base::printable;
use crate::lab::run::Run;
use crate::lab::scenario::{Edit, Scenario};
use crate::tui::effect::Content;
use crate::tui::explain;
use crate::tui::keymap::{Command, Context};
use crate::tui::lab::playback::{Motion, Playback};
use crate::tui::lab::{LabChange, knob};
use crate::tui::model::{Model, Subject};
use crate::tui::overlay::edit_value::EditValue;
use crate::tui::overlay::export::{Exportable, file_name};
use crate::tui::overlay::find::Find;
use crate::tui::overlay::page::{Block, Page};
use crate::tui::same::Same;
use crate::tui::theme::Theme;
use crate::tui::view::{content_area, put};
use listing::{Act, Item, Look, Place};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use regions::{Pane, Regions, regions};
use std::sync::Arc;

/// The screen's own state.
#[derive(Debug, Default)]
pub struct LabScreen {
    focus: Pane,
    places: [Place; Pane::ALL.len()],
    /// The run and the moment that the panes were moved to, by the steps that have happened.
    followed: Option<(Same<Run>, usize)>,
    /// The scenario that the page was shown for.
    shown: Option<String>,
}

/// What stands for the words of a library that would give away a fault that is to be found.
const SECRET_ERROR: &str = "it refuses; why is yours to find";
/// Lines below the checks for the evidence of the one under the cursor.
const EVIDENCE: u16 = 3;
/// Lines below the scenarios for what the one under the cursor is about, where no page stands beside them.
const ABOUT: u16 = 6;

impl LabScreen {
    fn regions(&self, model: &Model) -> Regions {
        regions(content_area(model.size), self.focus, model.lab.has_run())
    }

    fn place(&self, pane: Pane) -> Place {
        self.places.get(pane as usize).copied().unwrap_or_default()
    }

    fn place_mut(&mut self, pane: Pane) -> Option<&mut Place> {
        self.places.get_mut(pane as usize)
    }

    /// The items of a pane, and the choice that is at hand in it.
    fn items(&self, pane: Pane, look: &Look<'_>) -> (Vec<Item>, Option<usize>) {
        let Some(playback) = look.model.lab.playback.as_ref().filter(|_| pane.is_of_run()) else {
            let items = match pane {
                Pane::Scenarios => tree::items(look),
                Pane::Prepare => self.preview(look).unwrap_or_else(|| prepare::items(look)),
                _ => vec![Item::still(vec![Line::styled(" playing...", look.theme.muted)])],
            };
            return (items, None);
        };
        match pane {
            Pane::Script => {
                let (items, at_hand) = script::items(playback, look);
                (items, Some(at_hand))
            }
            Pane::Checks => {
                let (items, decided) = checks::items(playback, look);
                (items, Some(decided))
            }
            _ => (wire::items(playback, look), Some(usize::MAX)),
        }
    }

    /// The scenario under the cursor, while it is another one than the one at hand.
    fn preview(&self, look: &Look<'_>) -> Option<Vec<Item>> {
        let scenario = self.under_cursor(look.model).filter(|_| self.focus == Pane::Scenarios)?;
        let at_hand = look.model.lab.scenario.as_ref().is_some_and(|known| known.id == scenario.id);
        (!at_hand).then(|| prepare::about(&scenario, look))
    }

    /// The scenario under the cursor of the tree.
    fn under_cursor(&self, model: &Model) -> Option<Arc<Scenario>> {
        model.lab.catalogue.as_ref()?.scenarios.get(self.place(Pane::Scenarios).cursor).cloned()
    }

    /// The lines of a pane's items, without what stands below them.
    fn body(regions: &Regions, pane: Pane) -> Rect {
        let body = regions.body(pane);
        let below = match pane {
            Pane::Checks => EVIDENCE.min(body.height / 3),
            Pane::Scenarios if regions.panes.len() == 1 => ABOUT.min(body.height / 3),
            _ => 0,
        };
        Rect { height: body.height - below, ..body }
    }

    fn act(&self, model: &Model) -> Option<Act> {
        let body = Self::body(&self.regions(model), self.focus);
        let theme = Theme::default();
        let look = Look { model, theme: &theme, cells: usize::from(body.width) };
        self.place(self.focus).act(&self.items(self.focus, &look).0).cloned()
    }

    fn move_by(&mut self, rows: isize, model: &Model) {
        let body = Self::body(&self.regions(model), self.focus);
        let theme = Theme::default();
        let look = Look { model, theme: &theme, cells: usize::from(body.width) };
        let (items, _) = self.items(self.focus, &look);
        if let Some(place) = self.place_mut(self.focus) {
            place.move_by(rows.clamp(-(1 << 30), 1 << 30), &items, usize::from(body.height));
        }
    }

    /// The panes that Tab goes through.
    fn next_pane(&mut self, forward: bool, model: &Model) {
        let open: Vec<Pane> = Pane::ALL.into_iter().filter(|pane| is_open(*pane, model)).collect();
        let now = open.iter().position(|pane| *pane == self.focus).unwrap_or(0);
        let next = if forward { now + 1 } else { now + open.len() - 1 } % open.len().max(1);
        self.focus = open.get(next).copied().unwrap_or_default();
    }

    fn enter(&mut self, model: &Model) -> Outcome {
        match self.act(model) {
            Some(Act::Scenario(scenario)) => {
                self.focus = Pane::Prepare;
                Outcome::change(Change::Lab(LabChange::Choose(scenario)))
            }
            Some(Act::Play) => self.step(Motion::Step, Command::StepForward, model),
            Some(Act::Variant(id)) => Outcome::change(Change::Lab(LabChange::Variant(id))),
            Some(Act::Knob(knob)) => Outcome::go(Navigate::Push(Box::new(EditValue::new(&knob)))),
            Some(Act::Beat(Some(beat))) => Outcome::change(Change::Lab(LabChange::GoTo(beat))),
            Some(Act::Beat(None)) => Outcome::problem("this run has no such step"),
            Some(Act::Event { connection, event }) => {
                opening::look_at(model, connection, Some(Subject::Event(event)), ScreenId::Ladder)
            }
            Some(Act::Certificates { connection, sent, client, .. }) => {
                let subject = sent.map(|index| Subject::Certificate { client, index });
                opening::look_at(model, connection, subject, ScreenId::Certificates)
            }
            Some(Act::Ask(index)) => asking::ask(index, model),
            None => Outcome::none(),
        }
    }

    /// Goes on in the run; plays it first where there is none.
    fn step(&mut self, motion: Motion, command: Command, model: &Model) -> Outcome {
        let lab = &model.lab;
        if lab.playing.is_some() {
            return Outcome::problem("still playing");
        }
        let other = self.under_cursor(model).filter(|_| self.focus == Pane::Scenarios);
        let other = other.filter(|one| lab.scenario.as_ref().is_none_or(|known| known.id != one.id));
        if let Some(scenario) = other {
            // Its questions come first: they are laid out when it is taken.
            self.focus = Pane::Prepare;
            let choose = Outcome::change(Change::Lab(LabChange::Choose(scenario)));
            return choose.then(Navigate::Run(command));
        }
        if lab.scenario.is_none() {
            return Outcome::problem("choose a scenario first: Enter opens the one under the cursor");
        }
        // At its end, playing means once more, with what is set now.
        let again = |playback: &Playback| motion == Motion::End && (playback.is_over() || lab.is_stale());
        let fresh = lab.playback.as_ref().is_none_or(again);
        if let Some(question) = asking::before_going_on(model, fresh, command) {
            return question;
        }
        if !self.focus.is_of_run() {
            self.focus = run_pane(model);
        }
        let change = if fresh { LabChange::Play(motion) } else { LabChange::Go { motion, forward: true } };
        Outcome::change(Change::Lab(change))
    }

    fn back(motion: Motion) -> Outcome {
        Outcome::change(Change::Lab(LabChange::Go { motion, forward: false }))
    }

    /// Turns the knob under the cursor; elsewhere goes to the pane beside.
    fn sideways(&mut self, forward: bool, model: &Model) -> Outcome {
        let Some(Act::Knob(knob)) = self.act(model).filter(|_| self.focus == Pane::Prepare) else {
            self.next_pane(forward, model);
            return Outcome::none();
        };
        match knob::turned(&knob, forward) {
            Some(value) => Outcome::change(Change::Lab(LabChange::Turn(Edit { path: knob.path, value }))),
            None => Outcome::problem("no other value is proposed; Enter types one"),
        }
    }

    /// To the knobs, and from there back to the run.
    fn knobs(&mut self, model: &Model) -> Outcome {
        if model.lab.scenario.is_none() {
            return Outcome::problem("choose a scenario first: Enter opens the one under the cursor");
        }
        let there = self.focus == Pane::Prepare && matches!(self.act(model), Some(Act::Variant(_) | Act::Knob(_)));
        if there && model.lab.playback.is_some() {
            self.focus = run_pane(model);
            return Outcome::none();
        }
        self.focus = Pane::Prepare;
        let theme = Theme::default();
        let look = Look { model, theme: &theme, cells: 80 };
        let first = prepare::items(&look).into_iter().filter_map(|item| item.act);
        let first = first.enumerate().find(|(_, act)| matches!(act, Act::Variant(_) | Act::Knob(_)));
        if let (Some((index, _)), Some(place)) = (first, self.place_mut(Pane::Prepare)) {
            place.cursor = index;
        }
        Outcome::none()
    }

    fn find(&mut self, forward: bool, model: &Model) -> Outcome {
        let wanted = model.wanted.to_lowercase();
        let scenarios =
            model.lab.catalogue.as_ref().map(|catalogue| catalogue.scenarios.as_slice()).unwrap_or_default();
        let count = scenarios.len().max(1);
        let now = self.place(Pane::Scenarios).cursor;
        let holds = |index: &usize| {
            scenarios.get(*index).is_some_and(|one| {
                let words = format!("{} {} {}", one.id, one.group, tree::title(one, &model.lab.progress));
                words.to_lowercase().contains(&wanted)
            })
        };
        let at = |step: usize| (now + if forward { step } else { count - step % count }) % count;
        match (1..=count).map(at).find(holds).filter(|_| !wanted.is_empty()) {
            Some(index) => {
                self.focus = Pane::Scenarios;
                if let Some(place) = self.place_mut(Pane::Scenarios) {
                    place.cursor = index;
                }
                Outcome::none()
            }
            None if wanted.is_empty() => Outcome::problem("nothing was searched for yet; / asks"),
            None => Outcome::problem(format!("no scenario has \"{}\" in its name", model.wanted)),
        }
    }

    fn explain(&self, model: &Model) -> Outcome {
        let page = |title: &str, words: String| {
            Outcome::go(Navigate::Push(Box::new(Page::new(title, vec![Block::Text(printable(&words))]))))
        };
        let run = model.lab.playback.as_ref().map(|playback| &playback.run);
        match self.act(model) {
            Some(Act::Knob(knob)) => page(&knob.path.clone(), format!("{}: {}", knob.path, knob.text)),
            Some(Act::Certificates { evidence, .. }) => page("the check", evidence),
            Some(Act::Event { connection, event }) => match run.and_then(|run| run.session(connection)) {
                Some(session) => Outcome::go(Navigate::Push(Box::new(explain::event(session, event, model)))),
                None => Outcome::none(),
            },
            Some(Act::Scenario(scenario)) => page(&tree::title(&scenario, &model.lab.progress), scenario.about.clone()),
            _ => match &model.lab.scenario {
                Some(scenario) => page(&tree::title(scenario, &model.lab.progress), scenario.about.clone()),
                None => Outcome::none(),
            },
        }
    }
}

/// Where the focus goes when a run is shown: to the script where it stands beside the ladder, else to the ladder.
fn run_pane(model: &Model) -> Pane {
    let beside = regions(content_area(model.size), Pane::Script, true).panes.len() > 1;
    if beside { Pane::Script } else { Pane::Wire }
}

/// Whether a pane has anything to show.
fn is_open(pane: Pane, model: &Model) -> bool {
    match pane {
        Pane::Scenarios => true,
        Pane::Prepare => model.lab.scenario.is_some(),
        _ => model.lab.has_run(),
    }
}

impl Screen for LabScreen {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Lab)
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let height = Self::body(&self.regions(model), self.focus).height.max(1);
        if let Some(rows) = command.rows(isize::try_from(height).unwrap_or(1)) {
            self.move_by(rows, model);
            return Outcome::none();
        }
        match command {
            Command::NextPane | Command::PreviousPane => self.next_pane(command == Command::NextPane, model),
            Command::Left | Command::Right => return self.sideways(command == Command::Right, model),
            Command::Enter => return self.enter(model),
            Command::StepForward => return self.step(Motion::Step, command, model),
            Command::NextFlight => return self.step(Motion::Flight, command, model),
            Command::NextPause => return self.step(Motion::Pause, command, model),
            Command::Play => return self.step(Motion::End, command, model),
            Command::StepBack => return Self::back(Motion::Step),
            Command::PreviousFlight => return Self::back(Motion::Flight),
            Command::Rewind => return Self::back(Motion::End),
            Command::Answer => return asking::answer(model),
            Command::Knobs => return self.knobs(model),
            Command::Compare => return opening::compare(model),
            Command::Explain => return self.explain(model),
            Command::Find => {
                let find = Find::new("find a scenario", "a part of its title, name or group");
                return Outcome::go(Navigate::Push(Box::new(find)));
            }
            Command::FindNext => return self.find(true, model),
            Command::FindPrevious => return self.find(false, model),
            _ => {}
        }
        Outcome::none()
    }

    fn step_back(&mut self, model: &Model) -> Option<Outcome> {
        let alone = self.regions(model).panes.len() == 1;
        self.focus = match self.focus {
            Pane::Scenarios => return None,
            Pane::Prepare => Pane::Scenarios,
            _ if alone => Pane::Prepare,
            _ => Pane::Scenarios,
        };
        Some(Outcome::none())
    }

    fn mouse(&mut self, mouse: Mouse, _area: Rect, model: &Model) -> Outcome {
        let (Mouse::Click(at) | Mouse::DoubleClick(at) | Mouse::Wheel(at, _)) = mouse;
        let regions = self.regions(model);
        let Some((pane, _)) = regions.panes.iter().copied().find(|(_, area)| area.contains(at)) else {
            return Outcome::none();
        };
        self.focus = pane;
        if let Mouse::Wheel(_, rows) = mouse {
            self.move_by(rows, model);
            return Outcome::none();
        }
        let body = Self::body(&regions, pane);
        let theme = Theme::default();
        let look = Look { model, theme: &theme, cells: usize::from(body.width) };
        let items = self.items(pane, &look).0;
        if let Some(choice) = self.place(pane).choice_at(at, body, &items) {
            if let Some(place) = self.place_mut(pane) {
                place.cursor = choice;
            }
            if matches!(mouse, Mouse::DoubleClick(_)) {
                return self.enter(model);
            }
        }
        Outcome::none()
    }

    fn sync(&mut self, model: &Model) {
        if !is_open(self.focus, model) {
            self.focus = if model.lab.scenario.is_some() { Pane::Prepare } else { Pane::Scenarios };
        }
        let id = model.lab.scenario.as_ref().map(|scenario| scenario.id.clone());
        if self.shown != id {
            self.open(id, model);
        }
        let moment = model.lab.playback.as_ref().map(|playback| (Same::of(&playback.run), playback.at));
        let moved = moment != self.followed;
        self.followed = moment;
        let regions = self.regions(model);
        let theme = Theme::default();
        if moved {
            self.follow(model);
        }
        for (pane, _) in &regions.panes {
            let body = Self::body(&regions, *pane);
            let look = Look { model, theme: &theme, cells: usize::from(body.width) };
            let (items, _) = self.items(*pane, &look);
            if let Some(place) = self.place_mut(*pane) {
                place.settle(&items, usize::from(body.height));
            }
        }
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let regions = regions(area, self.focus, model.lab.has_run());
        for (pane, area) in &regions.panes {
            if regions.tabs.height == 0 {
                self.heading(*pane, model, theme, *area, buf);
            }
            let body = Self::body(&regions, *pane);
            let look = Look { model, theme, cells: usize::from(body.width) };
            let items = self.items(*pane, &look).0;
            self.below(*pane, &items, &look, &regions, buf);
            self.place(*pane).draw(items, *pane == self.focus, theme, body, buf);
        }
        for divider in &regions.dividers {
            for row in 0..usize::from(divider.height) {
                put(*divider, row, Line::styled(theme.glyphs.vertical, theme.rule), buf);
            }
        }
        self.tabs(model, theme, regions.tabs, buf);
        let Some(playback) = &model.lab.playback else { return };
        frame::say(&printable(&script::saying(playback, model.lab.is_secret())), theme, regions.say, buf);
        let look = Look { model, theme, cells: usize::from(regions.testimonies.width) };
        testimony::draw(playback, &look, regions.testimonies, buf);
    }

    fn exportable(&self, model: &Model) -> Vec<Exportable> {
        let Some(playback) = &model.lab.playback else { return Vec::new() };
        let Ok(bytes) = playback.run.pcapng() else { return Vec::new() };
        let id = model.lab.scenario.as_ref().map_or("run", |scenario| &scenario.id);
        let variant = model.lab.played.variant.as_deref().map(|variant| format!("-{variant}")).unwrap_or_default();
        let mut all = vec![Exportable {
            key: 'p',
            what: "the run with its keys (pcapng; Wireshark decrypts it)".to_owned(),
            name: format!("{id}{variant}.pcapng"),
            content: Content::Bytes(bytes.into()),
        }];
        all.extend(playback.run.trust().into_iter().zip('1'..='9').map(|((peer, anchors), key)| Exportable {
            key,
            what: format!("whom {} trusts (PEM, for --anchors)", printable(peer)),
            name: format!("{}.pem", file_name(&format!("{id}{variant}-trust"), peer)),
            content: Content::Text(anchors),
        }));
        all
    }

    fn title(&self, model: &Model, theme: &Theme) -> Option<Line<'static>> {
        Some(frame::title(model, theme))
    }

    fn explanation(&self) -> Vec<Block> {
        frame::explanation()
    }
}

impl LabScreen {
    /// A scenario was taken: its page is shown from the top, and the tree stands on it.
    fn open(&mut self, id: Option<String>, model: &Model) {
        let scenarios =
            model.lab.catalogue.as_ref().map(|catalogue| catalogue.scenarios.as_slice()).unwrap_or_default();
        let place = scenarios.iter().position(|one| Some(&one.id) == id.as_ref());
        if let (Some(index), Some(tree)) = (place, self.place_mut(Pane::Scenarios)) {
            tree.cursor = index;
        }
        for pane in [Pane::Prepare, Pane::Script, Pane::Wire, Pane::Checks] {
            if let Some(place) = self.place_mut(pane) {
                *place = Place::default();
            }
        }
        if self.focus == Pane::Scenarios {
            self.focus = Pane::Prepare;
        }
        self.shown = id;
    }

    /// Puts the cursors of all panes, seen or not, on what is at hand.
    fn follow(&mut self, model: &Model) {
        let theme = Theme::default();
        for pane in Pane::ALL {
            let look = Look { model, theme: &theme, cells: 80 };
            let (items, at_hand) = self.items(pane, &look);
            let choices = items.iter().filter(|item| item.act.is_some()).count();
            if let (Some(at_hand), Some(place)) = (at_hand, self.place_mut(pane)) {
                place.cursor = at_hand.min(choices.saturating_sub(1));
            }
        }
    }
}
