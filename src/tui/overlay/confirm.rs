//! A question, asked only where something would be lost.

use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::screen::{Navigate, Outcome, Screen};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{popup, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// A question and what to do after a yes.
#[derive(Debug)]
pub struct Confirm {
    question: String,
    yes: Option<Outcome>,
}

impl Confirm {
    /// Asks; a yes does `yes`.
    #[must_use]
    pub fn new(question: impl Into<String>, yes: Outcome) -> Self {
        Self { question: question.into(), yes: Some(yes) }
    }
}

impl Screen for Confirm {
    fn context(&self) -> Context {
        Context::Confirm
    }

    fn update(&mut self, command: Command, _model: &Model) -> Outcome {
        match command {
            Command::Yes => {
                let yes = self.yes.take().unwrap_or_default();
                if yes.navigate.is_some() { yes } else { yes.then(Navigate::Back) }
            }
            Command::No | Command::Back => Outcome::go(Navigate::Back),
            _ => Outcome::none(),
        }
    }

    fn view(&self, _model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let width = 60.min(area.width.saturating_sub(2));
        let lines = text::wrap(&crate::base::printable(&self.question), usize::from(width));
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2);
        let inside = popup(area, width, height, "", theme, buf);
        let below = lines.len() + 1;
        for (row, line) in lines.into_iter().enumerate() {
            put(inside, row, Line::styled(line, theme.strong), buf);
        }
        put(inside, below, Line::styled("y yes   n no", theme.accent), buf);
    }
}
