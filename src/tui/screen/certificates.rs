//! The certificates that both sides showed, and what can be said of them.

use super::{Outcome, Screen, ScreenId};
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The screen's own state.
#[derive(Debug, Default)]
pub struct Certificates;

impl Screen for Certificates {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Certificates)
    }

    fn update(&mut self, _command: Command, _model: &Model) -> Outcome {
        Outcome::none()
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        super::placeholder(ScreenId::Certificates, model, theme, area, buf);
    }

    fn needs_detail(&self) -> bool {
        false
    }
}
