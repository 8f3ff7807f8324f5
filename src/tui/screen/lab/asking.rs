//! When questions are asked, and where a field that was pointed at goes.

use crate::capture::Input;
use crate::lab::exercise::place_of;
use crate::lab::path::path_of;
use crate::lab::scenario::{Ask, FailedCheck, FoundBy, HandshakeCheck, Place, Scenario, TaskKind};
use crate::tui::event::is_encrypted;
use crate::tui::keymap::Command;
use crate::tui::lab::LabChange;
use crate::tui::lab::playback::Playback;
use crate::tui::lab::quiz::Pointing;
use crate::tui::model::{Model, Subject, Tone};
use crate::tui::overlay::menu::{Choice, Menu};
use crate::tui::overlay::page::{Block, Page};
use crate::tui::overlay::question::QuestionBox;
use crate::tui::screen::{Change, Navigate, Outcome, ScreenId};
use crate::x509::verify::Check;

/// The question that comes before the next step, if one is due that nobody was asked yet. `fresh`: the next step is the
/// first of a new run.
pub(super) fn before_going_on(model: &Model, fresh: bool, then: Command) -> Option<Outcome> {
    let lab = &model.lab;
    // Questions to a run that is over wait until somebody wants them.
    let playback = lab.playback.as_ref().filter(|_| !fresh);
    if playback.is_some_and(Playback::is_over) {
        return None;
    }
    let ask = lab.quiz.as_ref()?.next(playback)?;
    Some(open(ask, Some(then)))
}

fn open(ask: &Ask, then: Option<Command>) -> Outcome {
    let offered = Change::Lab(LabChange::Offer(ask.id.clone()));
    Outcome::change(offered).then(Navigate::Push(Box::new(QuestionBox::new(ask.clone(), then))))
}

/// The next question that can be answered now, or the task.
pub(super) fn answer(model: &Model) -> Outcome {
    let lab = &model.lab;
    let (Some(scenario), Some(quiz)) = (&lab.scenario, &lab.quiz) else {
        return Outcome::problem("choose a scenario first: its questions are asked when it is played");
    };
    let due = quiz.due(lab.playback.as_ref());
    let open_first = due.iter().find(|ask| quiz.given(&ask.id).is_none()).or(due.first());
    match open_first {
        Some(ask) => open(ask, None),
        None => task(scenario, model),
    }
}

/// A question by its place in the scenario; the one behind the last is the task.
pub(super) fn ask(index: usize, model: &Model) -> Outcome {
    let lab = &model.lab;
    let (Some(scenario), Some(quiz)) = (&lab.scenario, &lab.quiz) else { return Outcome::none() };
    let Some(ask) = scenario.asks.get(index) else { return task(scenario, model) };
    if quiz.due(lab.playback.as_ref()).iter().any(|due| due.id == ask.id) {
        return open(ask, None);
    }
    if quiz.score(&ask.id).is_some() {
        return Outcome::go(Navigate::Push(Box::new(QuestionBox::answered(ask.clone()))));
    }
    Outcome::problem(match (quiz.is_locked(&ask.id), &ask.variant) {
        (true, _) => "its answer is locked; the run tells in the end what it was worth".to_owned(),
        (false, Some(variant)) if Some(variant) != lab.setup.variant.as_ref() => {
            format!("it is about the variant {variant}")
        }
        _ => "it is asked later: play on".to_owned(),
    })
}

fn task(scenario: &Scenario, model: &Model) -> Outcome {
    let kind = scenario.task.as_ref().map(|task| task.kind);
    match kind {
        Some(TaskKind::Fix) => {
            let hint = Choice::new(
                'h',
                "a hint, for a quarter of the points",
                Outcome::change(Change::Lab(LabChange::TaskHint)),
            );
            let knobs = Choice::new('v', "to what may be changed", Outcome::go(Navigate::Run(Command::Knobs)));
            Outcome::go(Navigate::Push(Box::new(Menu::new("mend it", vec![knobs, hint]))))
        }
        Some(TaskKind::Find) if model.lab.playback.is_none() => {
            Outcome::problem("play it first (r): what is wrong shows in the run")
        }
        Some(TaskKind::Find) => Outcome::go(Navigate::Push(Box::new(which_check(scenario)))),
        None => Outcome::problem("no question is open now"),
    }
}

/// All checks that could have failed.
fn checks() -> impl Iterator<Item = FailedCheck> {
    let certificate = Check::ALL.into_iter().map(FailedCheck::Certificate);
    certificate.chain(HandshakeCheck::ALL.iter().copied().map(FailedCheck::Handshake))
}

/// Letters that choose in a menu and move nothing.
const LETTERS: &str = "abcdefimnoprstuvwxyzABCDEFHIJ";

fn which_check(scenario: &Scenario) -> Menu {
    let has_field = scenario.task.as_ref().is_some_and(|task| task.field.is_some());
    let choice = |(check, letter): (FailedCheck, char)| {
        let sides = Navigate::Push(Box::new(which_side(check, has_field)));
        Choice::new(letter, check.word(), Outcome::go(sides))
    };
    let hint = Outcome::change(Change::Lab(LabChange::TaskHint));
    let hint = Choice::new('?', "a hint, for a quarter of the points", hint);
    let choices = checks().zip(LETTERS.chars()).map(choice).chain([hint]).collect();
    Menu::new("the fault: which check fails?", choices)
}

fn which_side(check: FailedCheck, has_field: bool) -> Menu {
    let choice = |(by, letter): (FoundBy, char)| {
        let suspect = Outcome::change(Change::Lab(LabChange::Suspect(check, by)));
        let outcome = if has_field {
            let words = "Now the field that shows it: press Enter on the message in the ladder, open its fields \
                         (Enter again), and press a on the field.";
            let page = Page::new("the fault", vec![Block::Text(words.to_owned())]);
            suspect.then(Navigate::Push(Box::new(page)))
        } else {
            suspect.with(Change::Lab(LabChange::HandIn(None)))
        };
        Choice::new(letter, by.word(), outcome)
    };
    let sides = [(FoundBy::Client, 'c'), (FoundBy::Server, 's'), (FoundBy::Both, 'b')];
    Menu::new(format!("the fault: {}; and who finds it?", check.word()), sides.into_iter().map(choice).collect())
}

/// Opens the run so that a field can be pointed at.
pub(in crate::tui) fn point(model: &Model, what: Pointing) -> Outcome {
    let lab = &model.lab;
    let Some(playback) = &lab.playback else {
        return Outcome::problem("play it first (r): what is asked for shows in the run");
    };
    let connection = playback.connection().map_or(1, |connection| connection.number);
    let mut outcome = super::opening::look_at(model, connection, None, ScreenId::Ladder);
    outcome.changes.push(Change::Lab(LabChange::Point(Some(what))));
    let words = "find the message, open its fields with Enter, and press a on the field that answers";
    outcome.changes.push(Change::Status(Tone::Done, words.to_owned()));
    outcome
}

/// Answers with the field at `node` of what the Detail screen shows.
pub(in crate::tui) fn pointed(model: &Model, node: usize) -> Outcome {
    let Some(what) = model.lab.quiz.as_ref().and_then(|quiz| quiz.pointing.clone()) else {
        return Outcome::problem("no question of the lab waits for a field");
    };
    let place = match place(model, node) {
        Ok(place) => place,
        Err(problem) => return Outcome::problem(problem),
    };
    let ask = |id: &String| model.lab.scenario.as_ref()?.asks.iter().find(|ask| ask.id == *id).cloned();
    match what {
        Pointing::Ask(id) => {
            let Some(ask) = ask(&id) else { return Outcome::none() };
            let answer = crate::lab::exercise::Answer::PointAt(place);
            let over = Navigate::Over(ScreenId::Lab, Box::new(QuestionBox::answered(ask)));
            Outcome::change(Change::Lab(LabChange::Answer(id, answer))).then(over)
        }
        Pointing::Fault => {
            let hand_in = Change::Lab(LabChange::HandIn(Some(place)));
            Outcome::change(hand_in).then(Navigate::Go(ScreenId::Lab))
        }
    }
}

/// The place of a field of what the Detail screen shows, as a scenario would name it.
fn place(model: &Model, node: usize) -> Result<Place, String> {
    let run = model.lab.playback.as_ref().map(|playback| &playback.run).ok_or("the run is gone")?;
    let of_run = matches!(model.inputs.as_slice(), [Input::Memory(_)]);
    let session = model.selected().filter(|_| of_run).ok_or("this is not the run that the question is about")?;
    let is = |connection: &&crate::lab::run::Connection| {
        connection.session.as_ref().is_some_and(|known| known.first_frame == session.first_frame)
    };
    let connection = run.connections.iter().find(is).ok_or("this is not the run that the question is about")?;
    let opened = model.opened.as_ref().ok_or("the message is not there yet")?;
    let Subject::Event(event) = opened.subject else {
        return Err("point in the message itself: open it from the ladder".to_owned());
    };
    let hidden = model.detail().and_then(|detail| detail.session.timeline.get(event)).is_some_and(is_encrypted);
    if hidden && model.shown_as_sent().is_some() {
        return Err("this is the record as it was sent; d shows what is inside".to_owned());
    }
    let event = model.event_inside(event).ok_or("the message is not there yet")?;
    let path = path_of(&opened.dissection.tree, node);
    let field = (!path.is_empty()).then_some(path);
    place_of(run, connection.number, event, field).ok_or_else(|| "this message has no name in scenarios".to_owned())
}
