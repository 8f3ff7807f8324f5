//! What the dissector keeps, and how much of it.

#[cfg(doc)]
use super::Dissector;
use crate::session::TimelineLimit;
#[cfg(doc)]
use crate::session::rule;

/// What is kept, and how much.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Whether sessions stay with the dissector for [`sessions`](Dissector::sessions). Otherwise each is handed out
    /// once, when it ends, by [`take_finished`](Dissector::take_finished), and its taker asks the [rules](rule::conclude).
    pub keep_sessions: bool,
    /// Whether frames are indexed.
    pub keep_frames: bool,
    /// How many events the timeline of a session has at the most.
    pub timeline: TimelineLimit,
    /// Whether the bytes of streams are kept; for reading one session again.
    pub record: bool,
    /// Whether conversations are forgotten a while after they are over, so that memory stays bounded however long it
    /// goes on. A packet that comes later still begins another stream.
    pub forget: bool,
    /// Whether the application data that is opened is hashed, so that it can be compared with what others opened.
    pub digest: bool,
    /// In how many sessions, from the first on, signatures are checked. To check one takes as long as to read a session.
    pub signed_sessions: u32,
    /// How many sessions and frames [`thin_out`](Dissector::thin_out) leaves, where they are kept.
    pub most: Most,
}

/// How much is kept of what has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most {
    /// Sessions. More stay only while they have not ended, or are held.
    pub sessions: usize,
    /// Entries in the index of frames, to a few thousand.
    pub frames: usize,
}

impl Most {
    /// All of it.
    pub const ALL: Self = Self { sessions: usize::MAX, frames: usize::MAX };
    /// What screens keep of a live capture unless told otherwise: some hundred megabytes.
    pub const SCREEN: Self = Self { sessions: 20_000, frames: 4 << 20 };
}

impl Settings {
    /// For reports: sessions are handed out as they end, and nothing is kept.
    pub const REPORT: Self = Self {
        keep_sessions: false,
        keep_frames: false,
        timeline: TimelineLimit(512),
        record: false,
        forget: false,
        digest: false,
        signed_sessions: 1 << 9,
        most: Most::ALL,
    };
    /// For reports about what has no end. Signatures are checked while the reader keeps up; see
    /// [`put_off_signatures`](Dissector::put_off_signatures).
    pub const ENDLESS: Self = Self { forget: true, signed_sessions: u32::MAX, ..Self::REPORT };
    /// For screens: sessions and the index of frames are kept. They fill while more is read, so that signatures may
    /// take their time.
    pub const SCREEN: Self = Self { keep_sessions: true, keep_frames: true, signed_sessions: 1 << 16, ..Self::REPORT };
    /// For screens that show what has no end.
    pub const ENDLESS_SCREEN: Self =
        Self { keep_sessions: true, keep_frames: true, most: Most::SCREEN, ..Self::ENDLESS };
    /// For one session with all its bytes.
    pub(in crate::capture) const DETAIL: Self = Self {
        keep_sessions: true,
        timeline: TimelineLimit(1 << 20),
        record: true,
        signed_sessions: u32::MAX,
        ..Self::REPORT
    };
}
