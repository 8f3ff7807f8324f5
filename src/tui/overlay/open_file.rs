//! Asks for a capture to open.

use super::path::PathPrompt;
use crate::capture::Input;
use crate::tui::screen::{Change, Navigate, Outcome};
use std::path::PathBuf;

/// Lays the prompt over the screen.
#[must_use]
pub fn open_file() -> Outcome {
    PathPrompt::ask("open a capture (pcap, pcapng)", "", |typed, _| match typed {
        "" => Outcome::go(Navigate::Back),
        path => Outcome::change(Change::Open(vec![Input::Path(PathBuf::from(path))])),
    })
}
