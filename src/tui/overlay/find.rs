//! Asks what to search for on a screen that is no list of sessions, and says where it will be searched.

use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::prompt::Prompt;
use crate::tui::screen::{Change, Navigate, Outcome, Screen};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{frame_box, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The prompt.
#[derive(Debug)]
pub struct Find {
    title: &'static str,
    help: &'static str,
    prompt: Prompt,
}

impl Find {
    /// A prompt with a title that says where is searched, and a line that says what can be typed.
    #[must_use]
    pub fn new(title: &'static str, help: &'static str, model: &Model) -> Self {
        Self { title, help, prompt: Prompt::new(&model.wanted) }
    }
}

impl Screen for Find {
    fn context(&self) -> Context {
        Context::Prompt
    }

    fn update(&mut self, command: Command, _model: &Model) -> Outcome {
        match command {
            Command::Enter if self.prompt.text().trim().is_empty() => Outcome::go(Navigate::Back),
            Command::Enter => {
                Outcome::change(Change::Find(self.prompt.text().to_owned())).then(Navigate::Run(Command::FindNext))
            }
            Command::Back => Outcome::go(Navigate::Back),
            _ => Outcome::none(),
        }
    }

    fn input(&mut self, key: Key, _model: &Model) -> Outcome {
        self.prompt.edit(key);
        Outcome::none()
    }

    fn view(&self, _model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let height = 4.min(area.height);
        let outer = Rect { y: area.bottom() - height, height, ..area };
        let inside = frame_box(outer, self.title, theme, buf);
        let cells = usize::from(inside.width);
        put(inside, 0, self.prompt.line(cells, theme), buf);
        let help = text::shorten_end(self.help, cells, &theme.glyphs);
        put(inside, 1, Line::styled(help, theme.muted), buf);
    }
}
