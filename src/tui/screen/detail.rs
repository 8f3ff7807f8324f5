//! Fields and bytes of one message, frame or certificate, in step with each other.

use super::{Outcome, Screen, ScreenId};
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The screen's own state.
#[derive(Debug, Default)]
pub struct DetailScreen;

impl Screen for DetailScreen {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Detail)
    }

    fn update(&mut self, _command: Command, _model: &Model) -> Outcome {
        Outcome::none()
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        super::placeholder(ScreenId::Detail, model, theme, area, buf);
    }

    fn needs_detail(&self) -> bool {
        true
    }
}
