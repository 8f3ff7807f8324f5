//! What stands around the panes: title, what is said at this moment, and the help.

use super::{prepare, tree};
use crate::base::printable;
use crate::tui::clock;
use crate::tui::lab::playback::Playback;
use crate::tui::model::Model;
use crate::tui::overlay::page::Block;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::put;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Where the playback stands, in words.
pub(super) fn moment(playback: &Playback) -> String {
    let count = playback.run.beats.len();
    let over = if playback.is_over() { ", over" } else { "" };
    let pause = if playback.pause().is_some() { ", pause" } else { "" };
    format!("step {}/{count}{pause}{over}", playback.at)
}

pub(super) fn title(model: &Model, theme: &Theme) -> Line<'static> {
    let lab = &model.lab;
    let mut spans = vec![Span::styled(" tlslab ", theme.accent), Span::styled(" LAB ", theme.ok)];
    let Some(scenario) = &lab.scenario else { return Line::from(spans) };
    let cells = usize::from(model.size.width);
    let setup = prepare::setup(lab.setup.variant.as_deref(), &lab.setup.edits);
    let stale = if lab.is_stale() { " (not played yet)" } else { "" };
    let room = cells.saturating_sub(30).min(70);
    let name = text::shorten_end(&printable(&format!("{}  {setup}{stale}", scenario.id)), room, &theme.glyphs);
    spans.push(Span::styled(format!(" {name} "), theme.title));
    if cells >= 100 {
        let now = clock::minute(scenario.clock, &model.settings);
        spans.push(Span::styled(format!(" seed {}  lab clock {now}", scenario.seed), theme.text));
    }
    Line::from(spans)
}

/// What is said at this moment, as far as there is room.
pub(super) fn say(words: &str, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let cells = usize::from(area.width.saturating_sub(2));
    let lines = text::wrap(words, cells);
    let height = usize::from(area.height);
    for (row, line) in lines.iter().take(height).enumerate() {
        let cut = row + 1 == height && lines.len() > height;
        let line = if cut {
            text::shorten_end(&format!("{line} {}", theme.glyphs.ellipsis), cells, &theme.glyphs)
        } else {
            line.clone()
        };
        put(area, row, Line::styled(format!(" {line}"), theme.note), buf);
    }
}

/// What the help says beside the keys.
pub(super) fn explanation() -> Vec<Block> {
    let entry = |name: &str, meaning: &str| Block::Entry(name.to_owned(), meaning.to_owned());
    let mut blocks = vec![Block::Heading("The lab".to_owned())];
    blocks.push(Block::Text(
        "A scenario is played between two peers inside the program: no network, no clock, no chance. The same seed gives \
         the same bytes. A run is a recording: r and b step through it, Enter opens what is under the cursor in the \
         screens for captures, and 5 comes back to the same place."
            .to_owned(),
    ));
    blocks.push(Block::Heading("Scenarios".to_owned()));
    blocks.extend(tree::signs(&Theme::default()).map(|(sign, meaning)| entry(sign, meaning)));
    blocks.push(Block::Heading("Checks".to_owned()));
    for (sign, meaning) in [
        ("[ok]", "holds"),
        ("[X]", "does not hold, and the library refuses for it"),
        ("[!]", "does not hold, and rustls does not check it"),
        ("[--]", "nobody looked at it; the line below says why"),
    ] {
        blocks.push(entry(sign, meaning));
    }
    blocks
}
