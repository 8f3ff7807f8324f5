//! Asks for the number of a frame.

use crate::session::FrameNumber;
use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::{Model, Subject};
use crate::tui::prompt::Prompt;
use crate::tui::screen::{Change, Navigate, Outcome, Screen};
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The prompt.
#[derive(Debug, Default)]
pub struct FrameNumberPrompt {
    prompt: Prompt,
}

impl FrameNumberPrompt {
    fn accept(&self, model: &Model) -> Outcome {
        let text = self.prompt.text().trim();
        match text.parse::<FrameNumber>() {
            Ok(number) if model.snapshot.frames.frame(number).is_some() => {
                Outcome::change(Change::Subject(Subject::Frame(number))).then(Navigate::Back)
            }
            _ => Outcome::problem(format!("there is no packet {text}; they go from {}", range(model))),
        }
    }
}

impl Screen for FrameNumberPrompt {
    fn context(&self) -> Context {
        Context::Prompt
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        match command {
            Command::Back => Outcome::go(Navigate::Back),
            Command::Enter => self.accept(model),
            _ => Outcome::none(),
        }
    }

    fn input(&mut self, key: Key, _model: &Model) -> Outcome {
        let digit = key.character().is_none_or(|c| c.is_ascii_digit() || key.control);
        if digit {
            self.prompt.edit(key);
        }
        Outcome::none()
    }

    fn view(&self, model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let below = format!("{}, as in Wireshark", range(model));
        self.prompt.popup_of(40, "go to packet number", &below, theme, area, buf);
    }
}

/// The numbers of the frames that are there.
fn range(model: &Model) -> String {
    let frames = &model.snapshot.frames;
    format!("{} to {}", frames.first(), frames.len())
}
