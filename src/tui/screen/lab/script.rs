//! The script of a run, and the steps of the document that it is held against, as far as the playback has come.

use super::listing::{Act, Item, Look, paragraph, signed};
use crate::base::printable;
use crate::lab::run::{BeatKind, Run};
use crate::lab::scenario::{Action, Attack, Caption, Place, PlaceKind, Step};
use crate::tui::event;
use crate::tui::lab::playback::{Playback, StepState};
use crate::tui::text;
use ratatui::style::Style;

/// The rows, and which of the choices among them is at hand.
pub(super) fn items(playback: &Playback, look: &Look<'_>) -> (Vec<Item>, usize) {
    let scenario = &playback.run.scenario;
    let mut items = Vec::new();
    let mut at_hand = 0;
    let reached = captions_reached(playback);
    if !scenario.captions.is_empty() {
        items.push(Item::heading("The document's steps, and what does them", true, look.theme));
    }
    for (index, caption) in scenario.captions.iter().enumerate() {
        let state = caption_state(&reached, index);
        if state == StepState::AtHand {
            at_hand = index;
        }
        items.push(caption_item(caption, state, playback, look));
    }
    if !scenario.captions.is_empty() {
        items.push(Item::heading("The script", false, look.theme));
    }
    let states = playback.steps();
    for (index, (step, state)) in scenario.steps.iter().zip(&states).enumerate() {
        if *state == StepState::AtHand && scenario.captions.is_empty() {
            at_hand = index;
        }
        items.push(step_item(index, step, *state, playback, look));
    }
    if playback.is_over() {
        items.extend(ending(playback, look));
    }
    (items, at_hand)
}

/// What is told of a run whose fault is to be found.
const SECRET: &str =
    "It is over. What went wrong is yours to find: look at the messages and their fields, then press a.";

/// What is said at this moment, in one paragraph: by the script, or else what has just happened.
pub(super) fn saying(playback: &Playback, secret: bool) -> String {
    if secret && playback.is_over() {
        return SECRET.to_owned();
    }
    if playback.is_over()
        && let Some(connection) = playback.connection()
    {
        return connection.explanation.clone();
    }
    let Some(beat) = playback.beat() else { return "Nothing has happened yet: r goes one step on.".to_owned() };
    if let Some(say) = &beat.say {
        return text::one_line(say);
    }
    let reached = captions_reached(playback);
    let caption = playback.run.scenario.captions.iter().zip(&reached).rfind(|(caption, reached)| {
        **reached
            && caption
                .at
                .as_ref()
                .and_then(|place| playback.event_at(place))
                .is_some_and(|found| beat.connection == found.0 && beat.kind == BeatKind::Event(found.1))
    });
    if let Some((caption, _)) = caption {
        return format!("Step {}: {}", caption.step, caption.says);
    }
    happened(&playback.run, playback.at.saturating_sub(1))
}

/// A step of the playback in a few words.
pub(super) fn happened(run: &Run, index: usize) -> String {
    let Some(beat) = run.beats.get(index) else { return String::new() };
    match &beat.kind {
        BeatKind::Script { text, .. } => text.clone(),
        BeatKind::Event(at) => {
            let session = run.session(beat.connection);
            let found = session.and_then(|session| Some((session, session.timeline.get(*at)?)));
            found.map_or(String::new(), |(session, found)| {
                let who = if found.direction == crate::net::Direction::ToServer { "client" } else { "server" };
                format!("{who}: {}", event::line(session, found))
            })
        }
        BeatKind::Plain { to_server, text } => {
            format!("{}: {}", if *to_server { "client" } else { "server" }, text.trim_end())
        }
        BeatKind::Attack { by, text } => format!("{by}: {text}"),
        BeatKind::Pause => "the script pauses here".to_owned(),
    }
}

/// Which captions have been reached: their message has crossed the wire, or a later one has.
fn captions_reached(playback: &Playback) -> Vec<bool> {
    let captions = &playback.run.scenario.captions;
    let happened = |caption: &Caption| {
        let (connection, event) = playback.event_at(caption.at.as_ref()?)?;
        Some(event < playback.events(connection))
    };
    let own: Vec<Option<bool>> = captions.iter().map(happened).collect();
    let later = |index: usize| own.iter().skip(index + 1).any(|reached| *reached == Some(true));
    let reached = |(index, own): (usize, &Option<bool>)| own.unwrap_or_else(|| playback.is_over() || later(index));
    own.iter().enumerate().map(reached).collect()
}

fn caption_state(reached: &[bool], index: usize) -> StepState {
    let last = reached.iter().rposition(|reached| *reached);
    match (reached.get(index), last) {
        (Some(true), Some(last)) if last == index => StepState::AtHand,
        (Some(true), _) => StepState::Done,
        _ => StepState::ToCome,
    }
}

fn caption_item(caption: &Caption, state: StepState, playback: &Playback, look: &Look<'_>) -> Item {
    let (sign, style) = sign(state, look);
    let words = printable(&format!("{} {}", caption.step, caption.says));
    let mut lines = signed(
        sign,
        style,
        &words,
        look.cells,
        if state == StepState::ToCome { look.theme.muted } else { look.theme.text },
    );
    let found = caption.at.as_ref().and_then(|place| playback.event_at(place));
    if state != StepState::ToCome {
        let wire = match (&caption.at, found) {
            (None, _) => "on the wire: nothing does this".to_owned(),
            (Some(place), None) => format!("on the wire: this run has no {}", what(place)),
            (Some(place), Some((connection, event))) => {
                let session = playback.run.session(connection);
                let frame = session.and_then(|session| session.timeline.get(event)).map_or(0, |at| at.frame);
                format!("on the wire: {} in frame {frame}", what(place))
            }
        };
        lines.extend(paragraph(&printable(&wire), 5, look.cells, look.theme.accent));
        if let Some(remark) = &caption.remark {
            lines.extend(paragraph(&printable(remark), 5, look.cells, look.theme.note));
        }
    }
    let beat = found.and_then(|(connection, event)| playback.beat_of_event(connection, event));
    Item::of(lines, Act::Beat(beat))
}

fn step_item(index: usize, step: &Step, state: StepState, playback: &Playback, look: &Look<'_>) -> Item {
    let (sign, style) = sign(state, look);
    let missed = if state == StepState::Missed { " (it did not come to this)" } else { "" };
    let words = printable(&format!("{} {}{missed}", index + 1, step_words(step)));
    let text = match state {
        StepState::AtHand => look.theme.accent,
        StepState::Done => look.theme.text,
        StepState::ToCome | StepState::Missed => look.theme.muted,
    };
    let mut lines = signed(sign, style, &words, look.cells, text);
    if let Some(say) = step.say.as_ref().filter(|_| state == StepState::AtHand) {
        let say = text::one_line(say);
        lines.extend(paragraph(&printable(&say), 5, look.cells, look.theme.note));
    }
    Item::of(lines, Act::Beat(playback.beat_of_step(index)))
}

fn sign(state: StepState, look: &Look<'_>) -> (&'static str, Style) {
    let (glyphs, theme) = (&look.theme.glyphs, look.theme);
    match state {
        StepState::Done => (glyphs.ok, theme.ok),
        StepState::AtHand => (glyphs.mark, theme.accent),
        StepState::ToCome => (glyphs.undecoded, theme.muted),
        StepState::Missed => (glyphs.suspect, theme.warn),
    }
}

/// What happened, when all is over.
fn ending(playback: &Playback, look: &Look<'_>) -> Vec<Item> {
    if look.model.lab.is_secret() {
        return super::questions::items(&playback.run.scenario, look);
    }
    let mut items = vec![Item::heading("What happened", false, look.theme)];
    for connection in &playback.run.connections {
        let number = if playback.run.connections.len() > 1 {
            format!("connection {}: ", connection.number)
        } else {
            String::new()
        };
        let words = printable(&format!("{number}{}", connection.explanation));
        items.push(Item::still(paragraph(&words, 1, look.cells, look.theme.text)));
        for testimony in [&connection.client_says, &connection.server_says] {
            if let Some(disagreement) = &testimony.disagreement {
                let words = printable(&format!("a fault of tlslab, please report it: {disagreement}"));
                items.push(Item::still(paragraph(&words, 1, look.cells, look.theme.failed)));
            }
        }
    }
    items.extend(expectations(playback, look));
    items.extend(super::questions::items(&playback.run.scenario, look));
    items
}

/// What the scenario expected of it, where it expects anything: whether it holds, and what happened instead.
fn expectations(playback: &Playback, look: &Look<'_>) -> Vec<Item> {
    if playback.judgements.is_empty() {
        return Vec::new();
    }
    let turned = !look.model.lab.played.edits.is_empty();
    let mut items = vec![Item::heading("What the scenario expects", false, look.theme)];
    for judgement in &playback.judgements {
        if judgement.holds() {
            let words = printable(&format!("{} (line {} of its file)", judgement.expected, judgement.line));
            items.push(Item::still(signed("[ok]", look.theme.ok, &words, look.cells, look.theme.text)));
        }
        for difference in &judgement.differences {
            let changed = if turned { ", but knobs were turned" } else { "" };
            let words = printable(&format!("{difference} (line {} of its file{changed})", judgement.line));
            let style = if turned { look.theme.warn } else { look.theme.failed };
            items.push(Item::still(signed("[X] ", style, &words, look.cells, look.theme.text)));
        }
    }
    items
}

/// A step of the script in a few words.
pub(super) fn step_words(step: &Step) -> String {
    let by = step.by.as_deref().unwrap_or("client");
    let at =
        step.at.as_ref().map(|place| format!(" at {} > {} {}", place.from, place.to, what(place))).unwrap_or_default();
    match &step.action {
        Action::Connect { early: None } => format!("{by} connects"),
        Action::Connect { early: Some(_) } => format!("{by} connects and sends early data"),
        Action::Send { text } => format!("{by} sends {}", first_line(text)),
        Action::Close { cut: false } => format!("{by} says goodbye"),
        Action::Close { cut: true } => format!("{by} hangs up without a word"),
        Action::Pause => format!("pause{at}"),
        Action::Note => "a remark".to_owned(),
        Action::Set { set } => format!("the configuration changes: {}", super::prepare::setup(None, set)),
        Action::Wait { seconds } => format!("{} go by", super::super::certificates::check::span(*seconds)),
        Action::Revoke { certificate, list } => format!("{certificate} is revoked: {list} lists it from now on"),
        Action::Restart => format!("{by} starts anew and forgets its sessions"),
        Action::Attack(attack) => format!("{by} {}{at}", attack_words(attack)),
    }
}

fn attack_words(attack: &Attack) -> String {
    match attack {
        Attack::Drop => "lets it disappear".to_owned(),
        Attack::Delay(milliseconds) => format!("holds it back for {milliseconds} ms"),
        Attack::Repeat => "sends it twice".to_owned(),
        Attack::Swap => "swaps it with what comes next".to_owned(),
        Attack::Split(_) => "splits the record".to_owned(),
        Attack::Join => "joins the records".to_owned(),
        Attack::Tamper { field: Some(field), .. } => format!("changes {field}"),
        Attack::Tamper { field: None, .. } => "changes bytes".to_owned(),
        Attack::Replace { with } => format!("puts {} in its place", first_line(with)),
        Attack::Inject(bytes) => format!("puts {} bytes in front", bytes.len()),
        Attack::Copy => "keeps a copy".to_owned(),
        Attack::Replay => "sends the copy again".to_owned(),
        Attack::RelayTo(server) => format!("leads it to {server}"),
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// What stands at a place, by its name.
pub(super) fn what(place: &Place) -> String {
    let name = match &place.what {
        PlaceKind::Message(name) => name.clone(),
        PlaceKind::Record => "record".to_owned(),
        PlaceKind::ApplicationData => "application data".to_owned(),
        PlaceKind::Alert => "alert".to_owned(),
        PlaceKind::ChangeCipherSpec => "ChangeCipherSpec".to_owned(),
        PlaceKind::Line(begin) => format!("line {begin}"),
    };
    if place.nth > 1 { format!("{name} number {}", place.nth) } else { name }
}
