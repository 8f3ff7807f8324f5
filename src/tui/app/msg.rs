//! What the program is told: keys, news of work outside, and what came of it.

use crate::capture::{Detail, Dissection, FrameSummary, Snapshot};
use crate::lab::exercise::{FixResult, Progress};
use crate::lab::run::Run;
use crate::lab::scenario::Scenario;
use crate::session::judgement::Basis;
use crate::session::{FrameNumber, StreamId, Timestamp};
use crate::tui::effect::{Content, Hidden, Job};
use crate::tui::following::FollowNews;
use crate::tui::key::Key;
use crate::tui::keys::KeySource;
use crate::tui::lab::Catalogue;
use crate::tui::live::LiveNews;
use crate::tui::model::Tone;
use crate::tui::screen::Mouse;
use ratatui::layout::Size;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// News for the program. It carries every time and every result of work outside, so `update` needs nothing else.
#[derive(Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size.
    Resize(Size),
    /// A new state of the capture.
    Snapshot {
        /// The opening that it belongs to.
        job: u64,
        /// The state.
        snapshot: Arc<Snapshot>,
        /// Time since the opening.
        elapsed: Duration,
    },
    /// The capture could not be opened, or reading broke down.
    LoadFailed {
        /// The opening that it belongs to.
        job: u64,
        /// Why, as a sentence.
        text: String,
    },
    /// A session with all its bytes, or why not.
    Detail {
        /// The opening that it belongs to.
        job: u64,
        /// Which session.
        stream: StreamId,
        /// What came of it.
        result: Result<Arc<Detail>, String>,
    },
    /// A session with all its bytes as it was sent, or why not.
    AsSent {
        /// The opening that it belongs to.
        job: u64,
        /// Which session.
        stream: StreamId,
        /// What came of it.
        result: Result<Arc<Detail>, String>,
    },
    /// A frame with its fields, or why not.
    Frame {
        /// The opening that it belongs to.
        job: u64,
        /// Which frame.
        number: FrameNumber,
        /// What came of it.
        result: Result<Arc<Dissection>, String>,
    },
    /// An effect was carried out.
    Done(String),
    /// An effect could not be carried out.
    Problem(String),
    /// An export found a file in its place; this is what it was to write.
    Exists(PathBuf, Box<Content>),
    /// The headers of frames, each or why not.
    Frames(Job, Vec<(FrameNumber, Result<FrameSummary, String>)>),
    /// What is known now of keys that were given, and what to say of them.
    Keys {
        /// Where they came from.
        source: KeySource,
        /// What came of it.
        said: Option<(Tone, String)>,
    },
    /// A private key takes a password.
    KeyPassword {
        /// What was typed.
        typed: Hidden,
        /// What the key is called.
        name: String,
        /// Whether a password was given that does not open it.
        wrong: bool,
    },
    /// News of a live capture.
    Live(LiveNews),
    /// News of a session that is followed.
    Follow(FollowNews),
    /// What time it is.
    Clock(Timestamp),
    /// The trust anchors that were asked for.
    Anchors(Arc<Basis>),
    /// Nothing happened, and what is under way in the model may go on.
    GoOn,
    /// A thread broke down, which is a fault of the program.
    Broke(String),
    /// The names in a folder.
    Listed(PathBuf, Vec<String>),
    /// The scenarios, and what was done with them.
    Catalogue {
        /// The scenarios.
        catalogue: Catalogue,
        /// The one in the file of the user's own.
        own: Option<Arc<Scenario>>,
        /// What was done.
        progress: Progress,
        /// What is wrong with files.
        problems: Vec<String>,
    },
    /// A scenario was played, or why not.
    Played {
        /// The play that it belongs to.
        job: Job,
        /// What came of it.
        result: Result<Arc<Run>, Vec<String>>,
    },
    /// The goals of a repair were tried.
    Mended {
        /// The trial that it belongs to.
        job: Job,
        /// What came of it.
        result: Result<FixResult, String>,
    },
    /// The captures are open.
    Opened {
        /// The opening that it belongs to.
        job: u64,
        /// The files among them, to be remembered.
        paths: Vec<PathBuf>,
    },
}
