//! The prompt for a path, which completes the names of folders and files. What is done with the path is for those who
//! ask.

use crate::tui::effect::Effect;
use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::prompt::Prompt;
use crate::tui::screen::{Mouse, Navigate, Outcome, Screen};
use crate::tui::text;
use crate::tui::theme::Theme;
use crate::tui::view::{popup, put};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use std::path::{Path, PathBuf};

/// What is done with what was typed, without spaces around it.
type Accept = fn(&str, &Model) -> Outcome;

/// The prompt with the names that fit what was typed.
pub struct PathPrompt {
    title: &'static str,
    help: &'static str,
    accept: Accept,
    prompt: Prompt,
    folder: PathBuf,
    names: Vec<String>,
    found: Vec<usize>,
    cursor: Option<usize>,
}

impl std::fmt::Debug for PathPrompt {
    /// Without what was typed, which may be a key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PathPrompt").field("title", &self.title).finish_non_exhaustive()
    }
}

impl PathPrompt {
    /// Asks for a path; `help` says what else can be typed.
    #[must_use]
    pub fn ask(title: &'static str, help: &'static str, accept: Accept) -> Outcome {
        let (prompt, folder, names, found) = Default::default();
        let overlay = Self { title, help, accept, prompt, folder, names, found, cursor: None };
        Outcome { effects: vec![Effect::List(PathBuf::new())], ..Outcome::push(overlay) }
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

    /// Takes what is under the cursor: a folder is gone into, anything else is what was asked for.
    fn enter(&mut self, model: &Model) -> Outcome {
        if self.cursor.is_some() {
            self.complete();
        }
        if self.prompt.text().trim().ends_with('/') {
            self.folder = PathBuf::from("\0");
            return self.search();
        }
        (self.accept)(self.prompt.text().trim(), model)
    }

    fn draw_names(&self, theme: &Theme, area: Rect, buf: &mut Buffer) {
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

impl Screen for PathPrompt {
    fn context(&self) -> Context {
        Context::Prompt
    }

    fn update(&mut self, command: Command, model: &Model) -> Outcome {
        let last = self.found.len().checked_sub(1);
        match command {
            Command::Back => return Outcome::go(Navigate::Back),
            Command::Enter => return self.enter(model),
            Command::Complete => return self.complete(),
            Command::Down => {
                self.cursor = last.map(|last| self.cursor.map_or(0, |cursor| (cursor + 1).min(last)));
            }
            Command::Up => self.cursor = self.cursor.and_then(|cursor| cursor.checked_sub(1)),
            _ => {}
        }
        Outcome::none()
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
        let height = 12 + u16::from(!self.help.is_empty());
        let inside = popup(area, 70.min(area.width.saturating_sub(4)), height, self.title, theme, buf);
        let cells = usize::from(inside.width);
        put(inside, 0, self.prompt.line(cells, theme), buf);
        let help = if self.help.is_empty() { Vec::new() } else { text::wrap(self.help, cells) };
        for (row, line) in help.iter().enumerate() {
            put(inside, row + 1, Line::styled(line.clone(), theme.muted), buf);
        }
        let used = u16::try_from(help.len() + 1).unwrap_or(u16::MAX).min(inside.height);
        let names = Rect { y: inside.y + used, height: inside.height - used, ..inside };
        self.draw_names(theme, names, buf);
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
