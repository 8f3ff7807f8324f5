//! The help of a screen: its keys, and what its columns and signs mean.

use super::page::{Block, Page};
use crate::tui::keymap::Context;
use crate::tui::model::Model;
use crate::tui::screen::Screen;

/// Makes the page for what is on top.
#[derive(Debug)]
pub struct Help;

impl Help {
    /// The page.
    #[must_use]
    #[allow(clippy::new_ret_no_self, reason = "help is a page with a certain content")]
    pub fn new(screen: &dyn Screen, model: &Model) -> Page {
        let keymap = &model.settings.keymap;
        let mut blocks = vec![Block::Heading(format!("Keys: {}", screen.context().title()))];
        let entries = |context| {
            keymap.of(context).map(|row| Block::Entry(keymap.keys(row), row.help.to_owned())).collect::<Vec<_>>()
        };
        blocks.extend(entries(screen.context()));
        blocks.push(Block::Heading("Keys: everywhere".to_owned()));
        blocks.extend(entries(Context::Global));
        blocks.extend(screen.explanation());
        Page::new(format!("{}: help", screen.context().title()), blocks)
    }
}
