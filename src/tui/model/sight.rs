//! What there is to look at in a session: an event, a frame, a certificate, a field.

use crate::session::FrameNumber;

/// What the Detail screen shows of the selected session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An event, by its index in the timeline of the detail's session.
    Event(usize),
    /// A frame.
    Frame(FrameNumber),
    /// A certificate, by its place in the chain.
    Certificate {
        /// Whether it is the client's.
        client: bool,
        /// Its place, the leaf is 0.
        index: usize,
    },
}

impl Subject {
    /// The same with the event that stands in the place of its own in another view; nothing where none does. What is no
    /// event is the same in all views.
    pub(crate) fn map_event(self, to: impl FnOnce(usize) -> Option<usize>) -> Option<Self> {
        match self {
            Self::Event(event) => to(event).map(Self::Event),
            other => Some(other),
        }
    }
}

/// Something to look at in a capture that is only being opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The session that begins with this frame.
    pub first_frame: FrameNumber,
    /// What of it.
    pub subject: Option<Subject>,
}

/// A field that the Detail screen is to stand on, once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldWanted {
    /// Counts the times that one was wanted.
    pub(crate) serial: u32,
    /// What it is a field of.
    pub(crate) subject: Option<Subject>,
    /// Its name.
    pub(crate) name: &'static str,
}
