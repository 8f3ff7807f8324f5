//! Asks for a filter of libpcap, which says what it thinks of it with every key.

use crate::base::printable;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::live::LiveWork;
use crate::tui::model::Model;
use crate::tui::prompt::Prompt;
use crate::tui::screen::{Change, Navigate, Outcome, Screen};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{popup, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The prompt.
#[derive(Debug)]
pub struct CaptureFilter {
    prompt: Prompt,
}

impl CaptureFilter {
    /// A prompt that holds the filter in force.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        Self { prompt: Prompt::new(&model.picker.filter) }
    }

    /// What libpcap says of the text as it is; nothing where it has not said yet.
    fn verdict<'a>(&self, model: &'a Model) -> Option<Result<(), &'a str>> {
        let (filter, problem) = model.picker.checked.as_ref()?;
        (filter == self.prompt.text()).then_some(problem.as_deref().map_or(Ok(()), Err))
    }
}

impl Screen for CaptureFilter {
    fn context(&self) -> Context {
        Context::Prompt
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        match command {
            Command::Back => Outcome::go(Navigate::Back),
            Command::Enter => match self.verdict(model) {
                Some(Err(problem)) => Outcome::problem(problem),
                _ => Outcome::change(Change::CaptureFilter(self.prompt.text().to_owned())).then(Navigate::Back),
            },
            _ => Outcome::none(),
        }
    }

    fn input(&mut self, key: Key, model: &Model) -> Outcome {
        if !self.prompt.edit(key) {
            return Outcome::none();
        }
        let (interfaces, filter) = (model.picker.chosen.clone(), self.prompt.text().to_owned());
        Outcome::effect(Effect::Live(LiveWork::Check { interfaces, filter }))
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let width = 70.min(area.width.saturating_sub(4));
        let inside = popup(area, width, 4, "capture filter, such as tcp port 443", theme, buf);
        put(inside, 0, self.prompt.line(usize::from(inside.width), theme), buf);
        let (said, style) = match self.verdict(model) {
            Some(Err(problem)) => (printable(problem), theme.failed),
            Some(Ok(())) => ("libpcap takes it".to_owned(), theme.ok),
            None => ("in the language of libpcap and tcpdump; empty for all packets".to_owned(), theme.muted),
        };
        for (row, line) in text::wrap(&said, usize::from(inside.width)).into_iter().enumerate() {
            put(inside, row + 1, Line::styled(line, style), buf);
        }
    }
}
