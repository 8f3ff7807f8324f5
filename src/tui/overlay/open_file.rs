//! Asks for a capture to open, completing paths.

use super::path::PathPrompt;
use crate::capture::Input;
use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::screen::{Change, Mouse, Navigate, Outcome, Screen};
use crate::tui::theme::Theme;
use crate::tui::view::{popup, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::path::{Path, PathBuf};

/// The prompt.
#[derive(Debug, Default)]
pub struct OpenFile(PathPrompt);

impl OpenFile {
    fn accept(&mut self) -> Outcome {
        if let Some(outcome) = self.0.accept() {
            return outcome;
        }
        match self.0.text() {
            "" => Outcome::go(Navigate::Back),
            text => Outcome::change(Change::Open(vec![Input::Path(PathBuf::from(text))])),
        }
    }
}

impl Screen for OpenFile {
    fn context(&self) -> Context {
        Context::Prompt
    }

    fn update(&mut self, command: Command, _model: &Model) -> Outcome {
        match command {
            Command::Back => Outcome::go(Navigate::Back),
            Command::Enter => self.accept(),
            _ => self.0.update(command),
        }
    }

    fn input(&mut self, key: Key, _model: &Model) -> Outcome {
        self.0.input(key)
    }

    fn listed(&mut self, folder: &Path, names: &[String], _model: &Model) {
        self.0.listed(folder, names);
    }

    fn mouse(&mut self, mouse: Mouse, _area: Rect, _model: &Model) -> Outcome {
        self.0.mouse(mouse);
        Outcome::none()
    }

    fn view(&self, _model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let inside = popup(area, 70.min(area.width.saturating_sub(4)), 12, "open a capture (pcap, pcapng)", theme, buf);
        put(inside, 0, self.0.line(usize::from(inside.width), theme), buf);
        let names = Rect { y: inside.y + 1.min(inside.height), height: inside.height.saturating_sub(1), ..inside };
        self.0.draw_names(theme, names, buf);
    }
}
