//! What stands around the items of a pane: its heading, the names of the other panes, and words below.

use super::LabScreen;
use super::frame;
use super::listing::{Act, Item, Look};
use super::regions::{Pane, Regions};
use crate::base::printable;
use crate::tui::model::Model;
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::put;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

impl LabScreen {
    pub(super) fn heading(&self, pane: Pane, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let style = if pane == self.focus { theme.accent } else { theme.muted };
        let more = match (pane, &model.lab.playback) {
            (Pane::Script, Some(playback)) => format!("  {}", frame::moment(playback)),
            _ => String::new(),
        };
        let line = Line::from(vec![Span::styled(format!(" {}", pane.title()), style), Span::styled(more, theme.muted)]);
        put(area, 0, line, buf);
    }

    /// What stands below the items: the evidence of a check, or what a scenario is about.
    pub(super) fn below(&self, pane: Pane, items: &[Item], look: &Look<'_>, regions: &Regions, buf: &mut Buffer) {
        let body = Self::body(regions, pane);
        let whole = regions.body(pane);
        let below = Rect { y: body.bottom(), height: whole.height - body.height, ..whole };
        let words = match self.place(pane).act(items) {
            Some(Act::Certificates { evidence, .. }) => evidence.clone(),
            Some(Act::Scenario(scenario)) => printable(&text::one_line(&scenario.about)),
            _ => return,
        };
        let lines = text::wrap(&words, usize::from(below.width.saturating_sub(2)));
        for (row, line) in lines.into_iter().enumerate() {
            put(below, row, Line::styled(format!(" {line}"), look.theme.note), buf);
        }
    }

    /// The names of the panes of a run, where only one of them is shown.
    pub(super) fn tabs(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let mut spans = Vec::new();
        for pane in Pane::ALL.into_iter().filter(|pane| pane.is_of_run()) {
            let style = if pane == self.focus { theme.accent } else { theme.muted };
            let name = if pane == self.focus { format!("[{}]", pane.title()) } else { format!(" {} ", pane.title()) };
            spans.push(Span::styled(format!(" {name}"), style));
        }
        let moment = model.lab.playback.as_ref().map(frame::moment).unwrap_or_default();
        spans.push(Span::styled(format!("   {moment}   Tab: next pane"), theme.muted));
        put(area, 0, Line::from(spans), buf);
    }
}
