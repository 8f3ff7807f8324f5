//! The scenarios by groups, with what was done of them.

use super::listing::{Act, Item, Look, paragraph};
use crate::lab::scenario::{Question, Scenario, TaskKind};
use crate::tui::lab::progress::{Mark, Progress};
use crate::tui::text;
use crate::tui::theme::Theme;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// The rows.
pub(super) fn items(look: &Look<'_>) -> Vec<Item> {
    let Some(catalogue) = &look.model.lab.catalogue else {
        return vec![Item::still(vec![Line::styled(" reading the scenarios...", look.theme.muted)])];
    };
    if catalogue.scenarios.is_empty() {
        return vec![Item::still(paragraph("There are no scenarios.", 1, look.cells, look.theme.muted))];
    }
    let mut items = Vec::new();
    let mut group = "";
    for scenario in &catalogue.scenarios {
        if scenario.group != group {
            group = &scenario.group;
            items.push(heading(group, look, items.is_empty()));
        }
        items.push(Item::of(vec![row(scenario, look)], Act::Scenario(scenario.clone())));
    }
    items
}

/// The points that the questions and the task of a scenario give together.
pub(super) fn points(scenario: &Scenario) -> u32 {
    let asked: u32 = scenario.asks.iter().map(|ask| if ask.question == Question::Text { 0 } else { ask.points }).sum();
    asked + scenario.task.as_ref().map_or(0, |task| task.points)
}

/// Its title, which a fault that is to be found keeps to itself until it was found.
pub(super) fn title(scenario: &Scenario, progress: &Progress) -> String {
    let hidden = scenario.task.as_ref().is_some_and(|task| task.kind == TaskKind::Find);
    if hidden && progress.of(&scenario.id).mark < Mark::Partly {
        return format!("Find the fault ({})", scenario.id);
    }
    scenario.title.clone()
}

fn heading(group: &str, look: &Look<'_>, first: bool) -> Item {
    let all = look.model.lab.catalogue.iter().flat_map(|catalogue| &catalogue.scenarios);
    let of: Vec<_> = all.filter(|scenario| scenario.group == group).collect();
    let done = of.iter().filter(|scenario| look.model.lab.progress.of(&scenario.id).mark > Mark::NotYet).count();
    let mut item = Item::heading(&group.replace('-', " "), first, look.theme);
    if let Some(line) = item.lines.last_mut() {
        line.spans.push(Span::styled(format!("  {done}/{}", of.len()), look.theme.muted));
    }
    item
}

fn row(scenario: &Scenario, look: &Look<'_>) -> Line<'static> {
    let record = look.model.lab.progress.of(&scenario.id);
    let (sign, style) = sign(record.mark, points(scenario) > 0, look.theme);
    let score = match points(scenario) {
        0 => String::new(),
        most => format!("{}/{most}", record.points),
    };
    let room = look.cells.saturating_sub(text::width(&score) + 7);
    let name = text::shorten_end(&title(scenario, &look.model.lab.progress), room, &look.theme.glyphs);
    let at_hand = look.model.lab.scenario.as_ref().is_some_and(|known| known.id == scenario.id);
    let look_of = if at_hand { look.theme.accent } else { look.theme.text };
    Line::from(vec![
        Span::styled(format!("  {sign} "), style),
        Span::styled(text::left(&name, room), look_of),
        Span::styled(format!("  {score}"), look.theme.muted),
    ])
}

/// What was done, as a sign. Where nothing is asked, played is all that can be done.
fn sign(mark: Mark, asks: bool, theme: &Theme) -> (&'static str, Style) {
    match mark {
        Mark::NotYet => (theme.glyphs.undecoded, theme.muted),
        Mark::Solved => (theme.glyphs.ok, theme.ok),
        Mark::Played if !asks => (theme.glyphs.ok, theme.ok),
        Mark::Played => (theme.glyphs.midstream, theme.note),
        Mark::Partly => (theme.glyphs.failed, theme.failed),
    }
}

/// What the signs mean, for the help.
pub(super) fn signs() -> [(&'static str, &'static str); 4] {
    [
        ("\u{b7}", "not played yet"),
        ("~", "played; its questions are open"),
        ("\u{2717}", "answered, and not all points were had"),
        ("\u{2713}", "done: played where nothing is asked, or all points had"),
    ]
}
