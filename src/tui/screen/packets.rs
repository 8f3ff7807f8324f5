//! The frames under a session.

use super::{Outcome, Screen, ScreenId};
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The screen's own state.
#[derive(Debug, Default)]
pub struct Packets;

impl Screen for Packets {
    fn context(&self) -> Context {
        Context::Screen(ScreenId::Packets)
    }

    fn update(&mut self, _command: Command, _model: &Model) -> Outcome {
        Outcome::none()
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        super::placeholder(ScreenId::Packets, model, theme, area, buf);
    }

    fn needs_detail(&self) -> bool {
        true
    }
}
