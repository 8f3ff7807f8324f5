//! Reads scenarios, plays them, and keeps what was done.

use crate::lab::run::Run;
use crate::lab::scenario::Scenario;
use crate::tui::app::Msg;
use crate::tui::lab::progress::Progress;
use crate::tui::lab::{Catalogue, Setup};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The scenarios that come with the program, one of the user's own, and what was done with them.
pub(super) fn catalogue(_own: Option<&Path>, progress: Option<&Path>) -> Msg {
    let progress = progress.and_then(|path| std::fs::read_to_string(path).ok());
    let progress = progress.map(|text| Progress::parse(&text)).unwrap_or_default();
    Msg::Catalogue { catalogue: Catalogue::default(), own: None, progress, problems: Vec::new() }
}

/// Plays a scenario.
pub(super) fn play(_scenario: &Scenario, _setup: &Setup) -> Result<Arc<Run>, Vec<String>> {
    Err(vec!["no scenario can be played yet".to_owned()])
}

/// Writes what was done.
pub(super) fn remember(path: &Path, progress: &Progress) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, progress.text())
}
