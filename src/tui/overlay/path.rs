//! A prompt for a path, which completes the names of folders and files.

use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::keymap::Command;
use crate::tui::prompt::Prompt;
use crate::tui::screen::{Mouse, Outcome};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::put;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use std::path::{Path, PathBuf};

/// The prompt with the names that fit what was typed.
#[derive(Debug, Default)]
pub struct PathPrompt {
    prompt: Prompt,
    folder: PathBuf,
    names: Vec<String>,
    found: Vec<usize>,
    cursor: Option<usize>,
}

impl PathPrompt {
    /// What was typed, without spaces around it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.prompt.text().trim()
    }

    /// The line of the prompt.
    #[must_use]
    pub fn line(&self, cells: usize, theme: &Theme) -> Line<'static> {
        self.prompt.line(cells, theme)
    }

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

    /// Takes what is under the cursor. A folder is gone into, which comes back as what is to be done for it; anything
    /// else is what was asked for, in [`text`](Self::text).
    pub fn accept(&mut self) -> Option<Outcome> {
        if self.cursor.is_some() {
            self.complete();
        }
        if self.text().ends_with('/') {
            self.folder = PathBuf::from("\0");
            return Some(self.search());
        }
        None
    }

    /// Does what all prompts for paths do alike.
    pub fn update(&mut self, command: Command) -> Outcome {
        let last = self.found.len().checked_sub(1);
        match command {
            Command::Complete => return self.complete(),
            Command::Down => {
                self.cursor = last.map(|last| self.cursor.map_or(0, |cursor| (cursor + 1).min(last)));
            }
            Command::Up => self.cursor = self.cursor.and_then(|cursor| cursor.checked_sub(1)),
            _ => {}
        }
        Outcome::none()
    }

    /// Takes a key that edits.
    pub fn input(&mut self, key: Key) -> Outcome {
        if self.prompt.edit(key) { self.search() } else { Outcome::none() }
    }

    /// Takes the names of a folder.
    pub fn listed(&mut self, folder: &Path, names: &[String]) {
        if folder == self.folder {
            self.names = names.to_vec();
            let typed = self.parts().1.to_owned();
            self.fit(&typed);
        }
    }

    /// Turns the wheel over the names.
    pub fn mouse(&mut self, mouse: Mouse) {
        if let (Mouse::Wheel(_, rows), Some(last)) = (mouse, self.found.len().checked_sub(1)) {
            self.cursor = Some(self.cursor.unwrap_or(0).saturating_add_signed(rows).min(last));
        }
    }

    /// Draws the names that fit.
    pub fn draw_names(&self, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let (cells, rows) = (usize::from(area.width), usize::from(area.height));
        let top = text::top_row(0, self.cursor.unwrap_or(0), rows, self.found.len());
        for (row, index) in self.found.iter().enumerate().skip(top).take(rows) {
            let Some(name) = self.names.get(*index) else { continue };
            let selected = self.cursor == Some(row);
            let cursor = if selected { theme.glyphs.cursor } else { " " };
            let name = text::shorten_middle(&crate::base::printable(name), cells.saturating_sub(2), &theme.glyphs);
            let style = if selected { theme.selected } else { theme.text };
            put(area, row - top, Line::styled(format!("{cursor} {name}"), style), buf);
        }
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

/// The path with the tilde as shells read it.
#[must_use]
pub fn home(name: &str) -> PathBuf {
    match (name.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(name),
    }
}
