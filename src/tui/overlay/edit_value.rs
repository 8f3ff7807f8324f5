//! Asks for the value of a knob, as it would stand in the scenario's file.

use crate::lab::scenario::Edit;
use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::lab::LabChange;
use crate::tui::lab::knob::{self, Knob};
use crate::tui::model::Model;
use crate::tui::prompt::Prompt;
use crate::tui::screen::{Change, Navigate, Outcome, Screen};
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The prompt.
#[derive(Debug)]
pub struct EditValue {
    path: String,
    text: &'static str,
    values: Vec<toml::Value>,
    chosen: usize,
    prompt: Prompt,
}

impl EditValue {
    /// Asks for another value of a knob.
    #[must_use]
    pub fn new(knob: &Knob) -> Self {
        let values = knob.values.clone();
        let chosen = values.iter().position(|value| *value == knob.value).unwrap_or(0);
        let prompt = Prompt::new(&knob.value.to_string());
        Self { path: knob.path.clone(), text: knob.text, values, chosen, prompt }
    }

    fn propose(&mut self, forward: bool) {
        let count = self.values.len().max(1);
        self.chosen = (self.chosen + if forward { 1 } else { count - 1 }) % count;
        if let Some(value) = self.values.get(self.chosen) {
            self.prompt.replace(&value.to_string());
        }
    }
}

impl Screen for EditValue {
    fn context(&self) -> Context {
        Context::Prompt
    }

    fn update(&mut self, command: Command, _model: &Model) -> Outcome {
        match command {
            Command::Back => Outcome::go(Navigate::Back),
            Command::Enter => match knob::parse(self.prompt.text()) {
                Ok(value) => {
                    let edit = Edit { path: self.path.clone(), value };
                    Outcome::change(Change::Lab(LabChange::Turn(edit))).then(Navigate::Back)
                }
                Err(problem) => Outcome::problem(format!("this is no value of TOML: {problem}")),
            },
            Command::Up | Command::Down | Command::Complete => {
                self.propose(command != Command::Up);
                Outcome::none()
            }
            _ => Outcome::none(),
        }
    }

    fn input(&mut self, key: Key, _model: &Model) -> Outcome {
        self.prompt.edit(key);
        Outcome::none()
    }

    fn view(&self, _model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let words = if self.values.is_empty() {
            "a value as in the file"
        } else {
            "a value as in the file; Up and Down propose others"
        };
        let below = format!("{}\n{words}", self.text);
        self.prompt.popup(&crate::base::printable(&self.path), &below, theme, area, buf);
    }
}
