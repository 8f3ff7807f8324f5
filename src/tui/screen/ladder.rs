//! The messages of one session in the order of the wire, client left, server right.

use super::{Outcome, Screen, ScreenId};
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The screen's own state.
#[derive(Debug, Default)]
pub struct Ladder;

impl Screen for Ladder {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Ladder)
    }

    fn update(&mut self, _command: Command, _model: &Model) -> Outcome {
        Outcome::none()
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        super::placeholder(ScreenId::Ladder, model, theme, area, buf);
    }

    fn needs_detail(&self) -> bool {
        true
    }
}
