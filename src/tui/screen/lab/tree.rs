//! The scenarios by groups, with what was done of them.

use super::listing::{Act, Item, Look, paragraph};
use crate::lab::exercise::{Kept, Points, Progress};
use crate::lab::scenario::{Scenario, TaskKind, catalogue};
use crate::tui::lab::points;
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
    // So that nobody looks in vain for what the catalogue names; the list is too long for the screen.
    let words = format!("{} more are planned: tlslab run --list", catalogue::PLANNED.len());
    let mut lines = vec![Line::default()];
    lines.extend(paragraph(&words, 1, look.cells, look.theme.muted));
    items.push(Item::still(lines));
    items
}

/// The heading of a group; one of the user's own has its folder's name.
fn group_title(id: &str) -> &str {
    catalogue::GROUPS.iter().find(|group| group.id == id).map_or(id, |group| group.title)
}

/// Its title, which a fault that is to be found keeps to itself until it was found.
pub(super) fn title(scenario: &Scenario, progress: &Progress) -> String {
    let hidden = scenario.task.as_ref().is_some_and(|task| task.kind == TaskKind::Find);
    if hidden && !progress.of(&scenario.id).is_some_and(|kept| kept.done) {
        return format!("Find the fault ({})", scenario.id);
    }
    scenario.title.clone()
}

fn heading(group: &str, look: &Look<'_>, first: bool) -> Item {
    let all = look.model.lab.catalogue.iter().flat_map(|catalogue| &catalogue.scenarios);
    let of: Vec<_> = all.filter(|scenario| scenario.group == group).collect();
    let done = of.iter().filter(|scenario| is_done(scenario, &look.model.lab.progress)).count();
    let mut item = Item::heading(group_title(group), first, look.theme);
    if let Some(line) = item.lines.last_mut() {
        line.spans.push(Span::styled(format!("  {done}/{}", of.len()), look.theme.muted));
    }
    item
}

/// Whether nothing is left to do with it: it was played, and what is asked was answered.
fn is_done(scenario: &Scenario, progress: &Progress) -> bool {
    let Some(kept) = progress.of(&scenario.id) else { return false };
    kept.done || (points(scenario) == 0 && !kept.played.is_empty())
}

fn row(scenario: &Scenario, look: &Look<'_>) -> Line<'static> {
    let kept = look.model.lab.progress.of(&scenario.id);
    let most = points(scenario);
    let (sign, style) = sign(kept, most, look.theme);
    let score = match most {
        0 => String::new(),
        most => format!("{}/{most}", kept.map(|kept| kept.points).unwrap_or_default()),
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
fn sign(kept: Option<&Kept>, most: u32, theme: &Theme) -> (&'static str, Style) {
    match kept {
        Some(kept) if kept.done && kept.points >= Points::whole(most) => (theme.glyphs.ok, theme.ok),
        Some(kept) if kept.done && kept.points == Points::default() => (theme.glyphs.failed, theme.failed),
        Some(kept) if kept.done => (theme.glyphs.mark, theme.note),
        Some(kept) if !kept.played.is_empty() && most == 0 => (theme.glyphs.ok, theme.ok),
        Some(kept) if !kept.played.is_empty() => (theme.glyphs.midstream, theme.note),
        _ => (theme.glyphs.undecoded, theme.muted),
    }
}

/// What the signs mean, for the help.
pub(super) fn signs(theme: &Theme) -> [(&'static str, &'static str); 5] {
    [
        (theme.glyphs.undecoded, "not played yet"),
        (theme.glyphs.midstream, "played; its questions are open"),
        (theme.glyphs.failed, "answered, without a point"),
        (theme.glyphs.mark, "answered, with some of the points"),
        (theme.glyphs.ok, "done: all points, or played where nothing is asked"),
    ]
}
