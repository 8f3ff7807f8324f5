//! What is read for the screens, as far as it is there: a session with all its bytes, a frame with its fields.

use crate::capture::{Detail, Dissection};
use crate::session::{FrameNumber, StreamId};
use std::sync::Arc;

/// The selected session with all its bytes, as far as it is there.
#[derive(Clone, Debug, Default)]
pub enum DetailState {
    /// Nobody asked.
    #[default]
    None,
    /// Being read.
    Loading(StreamId),
    /// There.
    Ready(StreamId, Arc<Detail>),
    /// Could not be read, and why.
    Failed(StreamId, String),
}

impl DetailState {
    /// What came of reading a session.
    pub(crate) fn from(stream: StreamId, result: Result<Arc<Detail>, String>) -> Self {
        match result {
            Ok(detail) => Self::Ready(stream, detail),
            Err(text) => Self::Failed(stream, text),
        }
    }

    /// The session of that stream, where it is there.
    pub(super) fn of(&self, wanted: StreamId) -> Option<&Arc<Detail>> {
        match self {
            Self::Ready(stream, detail) if *stream == wanted => Some(detail),
            _ => None,
        }
    }

    /// The stream that it is about.
    #[must_use]
    pub fn stream(&self) -> Option<StreamId> {
        match self {
            Self::None => None,
            Self::Loading(stream) | Self::Ready(stream, _) | Self::Failed(stream, _) => Some(*stream),
        }
    }
}

/// One frame with its fields, as far as it is there.
#[derive(Clone, Debug, Default)]
pub enum FrameState {
    /// Nobody asked.
    #[default]
    None,
    /// Being read.
    Loading(FrameNumber),
    /// There.
    Ready(FrameNumber, Arc<Dissection>),
    /// Could not be read, and why.
    Failed(FrameNumber, String),
}

impl FrameState {
    /// The frame that it is about.
    #[must_use]
    pub fn number(&self) -> Option<FrameNumber> {
        match self {
            Self::None => None,
            Self::Loading(number) | Self::Ready(number, _) | Self::Failed(number, _) => Some(*number),
        }
    }
}
