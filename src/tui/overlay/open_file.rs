//! Asks for a capture to open, completing paths.

use crate::capture::Input;
use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::prompt::Prompt;
use crate::tui::screen::{Change, Mouse, Navigate, Outcome, Screen};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{popup, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use std::path::{Path, PathBuf};

/// The prompt with the names that fit what was typed.
#[derive(Debug, Default)]
pub struct OpenFile {
    prompt: Prompt,
    folder: PathBuf,
    names: Vec<String>,
    found: Vec<usize>,
    cursor: Option<usize>,
}

impl OpenFile {
    /// The folder part of what was typed, and the rest.
    fn parts(&self) -> (&str, &str) {
        let text = self.prompt.text();
        text.rfind('/').and_then(|at| text.split_at_checked(at + 1)).unwrap_or(("", text))
    }

    /// After a change of the text: what fits, and a listing where the folder is another one.
    fn search(&mut self) -> Outcome {
        let (folder, typed) = self.parts();
        let (folder, typed) = (PathBuf::from(folder), typed.to_owned());
        self.cursor = None;
        if folder != self.folder {
            self.folder.clone_from(&folder);
            self.names.clear();
            self.found.clear();
            return Outcome::effect(Effect::List(folder));
        }
        self.fit(&typed);
        Outcome::none()
    }

    fn fit(&mut self, typed: &str) {
        let hidden = typed.starts_with('.');
        let fits = |name: &String| name.starts_with(typed) && (hidden || !name.starts_with('.'));
        self.found = self.names.iter().enumerate().filter(|(_, name)| fits(name)).map(|(index, _)| index).collect();
    }

    fn complete(&mut self) -> Outcome {
        let names: Vec<&String> = self.found.iter().filter_map(|index| self.names.get(*index)).collect();
        let chosen = self.cursor.and_then(|cursor| names.get(cursor)).map(|name| (*name).clone());
        let Some(name) = chosen.or_else(|| common_start(&names)) else { return Outcome::none() };
        let text = format!("{}{name}", self.parts().0);
        self.prompt.replace(&text);
        self.search()
    }

    fn accept(&mut self) -> Outcome {
        if self.cursor.is_some() {
            self.complete();
        }
        let text = self.prompt.text().trim();
        if text.is_empty() {
            return Outcome::go(Navigate::Back);
        }
        if text.ends_with('/') {
            self.folder = PathBuf::from("\0");
            return self.search();
        }
        Outcome::change(Change::Open(vec![Input::Path(PathBuf::from(text))]))
    }
}

/// The longest text that all names begin with.
fn common_start(names: &[&String]) -> Option<String> {
    let (first, rest) = names.split_first()?;
    let mut common = (*first).clone();
    for name in rest {
        let same = common.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
        common = common.chars().take(same).collect();
    }
    Some(common)
}

impl Screen for OpenFile {
    fn context(&self) -> Context {
        Context::Prompt
    }

    fn update(&mut self, command: Command, _model: &Model) -> Outcome {
        let last = self.found.len().checked_sub(1);
        match command {
            Command::Back => Outcome::go(Navigate::Back),
            Command::Enter => self.accept(),
            Command::Complete => self.complete(),
            Command::Down => {
                self.cursor = last.map(|last| self.cursor.map_or(0, |cursor| (cursor + 1).min(last)));
                Outcome::none()
            }
            Command::Up => {
                self.cursor = self.cursor.and_then(|cursor| cursor.checked_sub(1));
                Outcome::none()
            }
            _ => Outcome::none(),
        }
    }

    fn input(&mut self, key: Key, _model: &Model) -> Outcome {
        if self.prompt.edit(key) { self.search() } else { Outcome::none() }
    }

    fn listed(&mut self, folder: &Path, names: &[String], _model: &Model) {
        if folder == self.folder {
            self.names = names.to_vec();
            let typed = self.parts().1.to_owned();
            self.fit(&typed);
        }
    }

    fn mouse(&mut self, mouse: Mouse, _area: Rect, _model: &Model) -> Outcome {
        if let (Mouse::Wheel(_, rows), Some(last)) = (mouse, self.found.len().checked_sub(1)) {
            self.cursor = Some(self.cursor.unwrap_or(0).saturating_add_signed(rows).min(last));
        }
        Outcome::none()
    }

    fn view(&self, _model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let inside = popup(area, 70.min(area.width.saturating_sub(4)), 12, "open a capture (pcap, pcapng)", theme, buf);
        let cells = usize::from(inside.width);
        put(inside, 0, self.prompt.line(cells, theme), buf);
        let rows = usize::from(inside.height.saturating_sub(1));
        let top = text::top_row(0, self.cursor.unwrap_or(0), rows, self.found.len());
        for (row, index) in self.found.iter().enumerate().skip(top).take(rows) {
            let Some(name) = self.names.get(*index) else { continue };
            let selected = self.cursor == Some(row);
            let cursor = if selected { theme.glyphs.cursor } else { " " };
            let name = text::shorten_middle(&crate::base::printable(name), cells.saturating_sub(2), &theme.glyphs);
            let style = if selected { theme.selected } else { theme.text };
            put(inside, row - top + 1, Line::styled(format!("{cursor} {name}"), style), buf);
        }
    }
}
