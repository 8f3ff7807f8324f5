//! What the program asks of the world, as data. `update` returns these; `worker` carries them out.

use super::following::{FollowWork, Followed, MessageId};
use super::lab::Setup;
use super::live::LiveWork;
use super::settings::Settings;
use crate::capture::{Anchors, Input, Snapshot};
use crate::lab::exercise::Progress;
use crate::lab::scenario::{Edit, Scenario};
use crate::report::follow::Wanted;
use crate::session::judgement::Basis;
use crate::session::{FrameNumber, StreamId};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

/// What the title line calls a capture: the file's name without its folder. Not yet made printable.
#[must_use]
pub fn name(input: &Input) -> String {
    match input {
        Input::Path(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        Input::Stdin => "standard input".to_owned(),
        Input::Sample(sample) => format!("sample {}", sample.name),
        Input::Memory(memory) => memory.name.clone(),
    }
}

/// Counts the captures that were opened, so that news of an earlier one is known to be old.
pub type Job = u64;

/// Something that is a secret, or may be one. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    /// Keeps a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden")
    }
}

/// Something to be done outside.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Open captures, as one, and publish snapshots until all is read. Ends the job before.
    Open {
        /// Comes back with every snapshot.
        job: Job,
        /// What to open.
        inputs: Vec<Input>,
    },
    /// Take keys for this capture and those that follow.
    GiveKeys {
        /// The path of a key log or a private key, or a pre-shared key.
        typed: Hidden,
        /// The password of a private key.
        password: Option<Hidden>,
    },
    /// Stop reading; what was read stays.
    Cancel(Job),
    /// Keep these sessions on the list of a live capture, however many there are, in place of those before.
    Hold(Job, HashSet<StreamId>),
    /// Read a session again with all bytes.
    OpenDetail {
        /// The opening that the snapshot belongs to; comes back with the result.
        job: Job,
        /// Which one.
        stream: StreamId,
        /// The state of the capture to take it from.
        snapshot: Arc<Snapshot>,
    },
    /// Read a session again with all bytes, as if there were no keys.
    OpenAsSent {
        /// The opening that the snapshot belongs to; comes back with the result.
        job: Job,
        /// Which one.
        stream: StreamId,
        /// The state of the capture to take it from.
        snapshot: Arc<Snapshot>,
    },
    /// Read one frame with its fields.
    OpenFrame {
        /// The opening that the snapshot belongs to; comes back with the result.
        job: Job,
        /// Which one.
        number: FrameNumber,
        /// The state of the capture to take it from.
        snapshot: Arc<Snapshot>,
    },
    /// Follow a session: open it, read of it, or search it.
    Follow(FollowWork),
    /// Something about capturing.
    Live(LiveWork),
    /// Put text on the clipboard of the terminal.
    Copy {
        /// What it is, in a word or two: `SNI`, `certificate as PEM`.
        what: String,
        /// The text.
        text: String,
    },
    /// Write a file.
    Export {
        /// What to write.
        content: Content,
        /// Where. A file that is there already is never touched.
        path: PathBuf,
    },
    /// Read the headers of frames, for a list.
    ReadFrames {
        /// The capture that is meant.
        job: Job,
        /// Which ones.
        numbers: Vec<FrameNumber>,
        /// The state of the capture to take them from.
        snapshot: Arc<Snapshot>,
    },
    /// Tell what time it is.
    ReadClock,
    /// Make a basis of judgement with other trust anchors; files that were given stay.
    ReadAnchors {
        /// The basis to begin with.
        basis: Arc<Basis>,
        /// The list to take, where not the files alone.
        anchors: Option<Anchors>,
    },
    /// List a folder, for completion of paths.
    List(PathBuf),
    /// Read the scenarios, and what was done with them.
    ReadCatalogue {
        /// A file of the user's own, to be read too.
        own: Option<PathBuf>,
    },
    /// Play a scenario.
    Play {
        /// Comes back with the run.
        job: Job,
        /// The scenario, as its file has it.
        scenario: Arc<Scenario>,
        /// The variant and the knobs.
        setup: Setup,
    },
    /// Try the goals of a repair.
    Mend {
        /// Comes back with what came of it.
        job: Job,
        /// The scenario, as its file has it.
        scenario: Arc<Scenario>,
        /// The repair.
        edits: Vec<Edit>,
        /// How many hints were read.
        hints: u32,
    },
    /// Remember what was done in the lab.
    SaveProgress(Progress),
    /// Write the settings.
    SaveSettings(Box<Settings>),
    /// Take mouse events, or leave the mouse to the terminal.
    Mouse(bool),
    /// Put the program into the background.
    Suspend,
    /// End.
    Quit,
}

/// What a file is to hold.
#[derive(Clone, Debug)]
pub enum Content {
    /// This text.
    Text(String),
    /// These bytes.
    Bytes(Arc<[u8]>),
    /// A report of sessions.
    Report {
        /// Which sessions.
        streams: Vec<StreamId>,
        /// In which form.
        format: ReportFormat,
        /// The state of the capture to take them from.
        snapshot: Arc<Snapshot>,
    },
    /// Application data of a session, as it was sent.
    Raw(Arc<Followed>, Wanted),
    /// The body of a message, unpacked.
    Body(Arc<Followed>, MessageId),
    /// The packets of sessions, as a capture of their own.
    Packets {
        /// Which sessions.
        streams: Vec<StreamId>,
        /// The state of the capture to take them from.
        snapshot: Arc<Snapshot>,
    },
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For notes and teaching.
    Markdown,
}
