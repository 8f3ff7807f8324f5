//! Asks where to save something, with a name proposed. A file that is there already is never touched: the prompt comes
//! back with another name.

use super::path::home;
use crate::tui::effect::{Content, Effect};
use crate::tui::key::Key;
use crate::tui::keymap::{Command, Context};
use crate::tui::model::Model;
use crate::tui::prompt::Prompt;
use crate::tui::screen::{Navigate, Outcome, Screen};
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::path::{Path, PathBuf};

/// The prompt and what is to be written.
#[derive(Debug)]
pub struct SaveAs {
    title: String,
    prompt: Prompt,
    content: Content,
    remark: String,
}

impl SaveAs {
    /// Asks for a place; `name` is the proposal.
    #[must_use]
    pub fn new(what: &str, name: &str, content: Content) -> Self {
        let remark = "in the folder where tlslab was started; a path is possible too".to_owned();
        Self { title: format!("save {what} as"), prompt: Prompt::new(name), content, remark }
    }

    /// Asks again, because there is such a file.
    #[must_use]
    pub fn again(path: &Path, content: Content) -> Self {
        let remark = format!("{} is there already and stays as it is; another name?", path.display());
        let prompt = Prompt::new(&next_name(path).to_string_lossy());
        Self { title: "save as".to_owned(), prompt, content, remark }
    }

    fn accept(&self) -> Outcome {
        let name = self.prompt.text().trim();
        if name.is_empty() || name.ends_with('/') {
            return Outcome::problem("a file needs a name");
        }
        let effect = Effect::Export { content: self.content.clone(), path: home(name) };
        Outcome::effect(effect).then(Navigate::Back)
    }
}

/// `chain.pem` becomes `chain-2.pem`, and that `chain-3.pem`.
fn next_name(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let numbered = stem.rsplit_once('-').and_then(|(start, number)| Some((start, number.parse::<u32>().ok()?)));
    // A session's number stands behind its name too, so only a number that was proposed here is counted up.
    let stem = match numbered {
        Some((start, number)) if start.contains('-') && number < u32::MAX => format!("{start}-{}", number + 1),
        _ => format!("{stem}-2"),
    };
    let name = match path.extension() {
        Some(extension) => format!("{stem}.{}", extension.to_string_lossy()),
        None => stem,
    };
    path.with_file_name(name)
}

impl Screen for SaveAs {
    fn context(&self) -> Context {
        Context::Prompt
    }

    fn update(&mut self, command: Command, _model: &Model) -> Outcome {
        match command {
            Command::Back => Outcome::go(Navigate::Back),
            Command::Enter => self.accept(),
            _ => Outcome::none(),
        }
    }

    fn input(&mut self, key: Key, _model: &Model) -> Outcome {
        self.prompt.edit(key);
        Outcome::none()
    }

    fn view(&self, _model: &Model, theme: &Theme, area: Rect, buf: &mut Buffer) {
        self.prompt.popup(&self.title, &crate::base::printable(&self.remark), theme, area, buf);
    }
}
