//! What a scenario is about, who takes part, and what can be set before it is played.

use super::listing::{Act, Item, Look, paragraph, signed};
use super::{questions, tree};
use crate::base::{counted, printable};
use crate::lab::scenario::{ClientAuth, Edit, Named, Peer, Role, Scenario, TaskKind};
use crate::tui::lab::knob::Knob;
use crate::tui::text;
use ratatui::text::{Line, Span};

/// The rows.
pub(super) fn items(look: &Look<'_>) -> Vec<Item> {
    let Some(scenario) = &look.model.lab.scenario else {
        let words = "Choose a scenario: Enter opens it, r plays it step by step.";
        return vec![Item::still(paragraph(words, 1, look.cells, look.theme.muted))];
    };
    let mut items = about(scenario, look);
    items.extend(problems(look));
    items.push(play(look));
    items.extend(cast(scenario, look));
    items.extend(questions::items(scenario, look));
    items.extend(variants(scenario, look));
    items.extend(knobs(scenario, look));
    items
}

/// Title, text and size of a scenario.
pub(super) fn about(scenario: &Scenario, look: &Look<'_>) -> Vec<Item> {
    let (theme, cells) = (look.theme, look.cells);
    let title = printable(&tree::title(scenario, &look.model.lab.progress));
    let mut lines = paragraph(&title, 1, cells, theme.strong);
    for part in scenario.about.split("\n\n") {
        let words = text::one_line(part);
        lines.extend(paragraph(&printable(&words), 1, cells, theme.text));
    }
    lines.extend(paragraph(&size(scenario), 1, cells, theme.muted));
    vec![Item::still(lines)]
}

fn size(scenario: &Scenario) -> String {
    let mut parts = vec![
        ["first lesson", "for those who know the handshake", "for the rest"]
            .get(usize::from(scenario.level.clamp(1, 3)) - 1)
            .map_or(String::new(), |level| format!("level {}: {level}", scenario.level)),
    ];
    parts.extend(scenario.minutes.map(|minutes| format!("{minutes} minutes")));
    let some = |number: usize, noun: &str| (number > 0).then(|| counted(number, noun));
    parts.extend(some(scenario.variants.len(), "variant"));
    parts.extend(some(scenario.asks.len(), "question"));
    parts.extend((!scenario.rfc.is_empty()).then(|| scenario.rfc.join(", ")));
    printable(&parts.join(", "))
}

fn problems(look: &Look<'_>) -> Vec<Item> {
    let line = |problem: &String| {
        signed(look.theme.glyphs.failed, look.theme.failed, &printable(problem), look.cells, look.theme.failed)
    };
    let lines: Vec<_> = look.model.lab.problems.iter().flat_map(line).collect();
    if lines.is_empty() { Vec::new() } else { vec![Item::still(vec![Line::default()]), Item::still(lines)] }
}

fn play(look: &Look<'_>) -> Item {
    let lab = &look.model.lab;
    let words = match (&lab.playing, &lab.playback) {
        (Some(_), _) => "playing...",
        (None, Some(_)) if lab.is_stale() => "play with what is set now: R;  r goes on in the run that is there",
        (None, Some(_)) => "go on with the run: r a step, p to the next pause, R to the end",
        (None, None) => "play it: r a step, p to the next pause, R to the end",
    };
    Item::of(signed(" ", look.theme.text, words, look.cells, look.theme.accent), Act::Play)
}

fn cast(scenario: &Scenario, look: &Look<'_>) -> Vec<Item> {
    let mut items = vec![Item::heading("Who takes part", false, look.theme)];
    for peer in &scenario.peers {
        items.push(Item::still(signed(" ", look.theme.text, &printable(&part(peer)), look.cells, look.theme.text)));
    }
    items
}

/// What a peer does, in one sentence.
fn part(peer: &Named<Peer>) -> String {
    let item = &peer.item;
    let to = item.to.as_deref().unwrap_or("?");
    let role = if peer.name == item.role.word() { String::new() } else { format!(" ({})", item.role.word()) };
    let who = format!("{}{role}", peer.name);
    let shows = match &item.cert {
        Some(cert) => format!("shows {}", [std::slice::from_ref(cert), &item.chain].concat().join(" + ")),
        None => "shows no certificate".to_owned(),
    };
    let trust = |names: &[String]| if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    match item.role {
        Role::Client => {
            let name = item.name.as_deref().map(|name| format!(" as {name}")).unwrap_or_default();
            format!("{who} calls {to}{name}, trusts {}, {shows}", trust(&item.trust))
        }
        Role::Server => {
            let asks = match item.client_auth {
                ClientAuth::None => String::new(),
                ClientAuth::Optional => {
                    format!(", asks for a client certificate, trusts {}", trust(&item.client_trust))
                }
                ClientAuth::Required => format!(", demands a client certificate, trusts {}", trust(&item.client_trust)),
            };
            format!("{who} {shows}{asks}")
        }
        Role::Relay => format!("{who} {shows}, ends TLS and goes on to {to} ({})", item.onward.word()),
        Role::Network => format!("{who} sits on the wire between {} and has no keys", item.between.join(" and ")),
    }
}

fn variants(scenario: &Scenario, look: &Look<'_>) -> Vec<Item> {
    if scenario.variants.is_empty() {
        return Vec::new();
    }
    let mut items = vec![Item::heading("Variants", false, look.theme)];
    for variant in &scenario.variants {
        let set = look.model.lab.setup.variant.as_deref() == Some(variant.id.as_str());
        let sign = if set { look.theme.glyphs.mark } else { " " };
        let words =
            if variant.title == variant.id { variant.id.clone() } else { format!("{}  {}", variant.id, variant.title) };
        let style = if set { look.theme.accent } else { look.theme.text };
        let lines = signed(sign, style, &printable(&words), look.cells, style);
        items.push(Item::of(lines, Act::Variant(variant.id.clone())));
    }
    items
}

fn knobs(scenario: &Scenario, look: &Look<'_>) -> Vec<Item> {
    let all = look.model.lab.knobs();
    if all.is_empty() {
        return Vec::new();
    }
    let mending = scenario.task.as_ref().is_some_and(|task| task.kind == TaskKind::Fix);
    let heading = if mending { "What may be changed" } else { "Knobs (Left and Right turn, Enter types a value)" };
    let mut items = vec![Item::heading(heading, false, look.theme)];
    let column = all.iter().map(|knob| text::width(&knob.path)).max().unwrap_or(0).min(look.cells / 2);
    items.extend(all.into_iter().map(|knob| Item::of(vec![knob_line(&knob, column, look)], Act::Knob(Box::new(knob)))));
    items
}

fn knob_line(knob: &Knob, column: usize, look: &Look<'_>) -> Line<'static> {
    let turned = knob.value != knob.original;
    let glyphs = &look.theme.glyphs;
    let (sign, style) = if turned { (glyphs.mark, look.theme.marked) } else { (" ", look.theme.text) };
    let path = text::left(&text::shorten_middle(&printable(&knob.path), column, glyphs), column);
    let room = look.cells.saturating_sub(column + 7);
    let was = if turned { format!("   (was {})", shown(&knob.original)) } else { String::new() };
    let library = ["suites", "groups"].iter().any(|key| knob.path.ends_with(key));
    let value = match shown(&knob.value) {
        none if none == "(none)" && library => "(the library's list)".to_owned(),
        value => value,
    };
    let value = text::shorten_end(&printable(&format!("{value}{was}")), room, glyphs);
    Line::from(vec![
        Span::styled(format!(" {sign} "), style),
        Span::styled(format!("{path}  "), look.theme.muted),
        Span::styled(value, style),
    ])
}

/// A value as people read it: without the quotation marks of the file.
pub(super) fn shown(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) if text.is_empty() => "(none)".to_owned(),
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) if items.is_empty() => "(none)".to_owned(),
        toml::Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// What is set, in a few words for title lines: `tls13, versions 1.2`.
pub(super) fn setup(variant: Option<&str>, edits: &[Edit]) -> String {
    let edit = |edit: &Edit| {
        let key = edit.path.rsplit('.').next().unwrap_or_default();
        format!("{key} {}", shown(&edit.value))
    };
    let parts: Vec<String> = variant.map(str::to_owned).into_iter().chain(edits.iter().map(edit)).collect();
    parts.join(", ")
}
