//! Captures: packets from files, pipes and interfaces, kept where they can be found again, and the dissector that turns
//! them into sessions.
//!
//! ```text
//!   file, live ─► Source ─► Dissector ─► Session …     (each packet touched once, in order)
//!                   │           └─► Frames (32 bytes each) ┐
//!                   └─► Store ◄──────────────────────── detail: one session again, every byte and field
//!                                                       follow: what its application said
//!   read, watch        a capture to its end, a capture that grows
//!   key_log_file       secrets that come meanwhile
//!   basis              trust anchors and revocation lists
//! ```
//!
//! The room must not know views, nor how a fact is written or drawn.

mod basis;
mod conversation;
mod detail;
mod dissector;
mod file;
pub mod follow;
mod frames;
mod key_log_file;
mod live;
mod nearby;
mod pace;
mod packet;
mod reach;
mod read;
mod recording;
mod samples;
mod snapshot;
mod summary;
mod watch;

pub use basis::{Anchors, BasisError, add_anchors, add_lists, add_logs, with_anchors, with_verifiers};
pub use detail::{ApplicationData, Buffer, Detail, Dissection, FramePiece, RecordId, learn_resumption, no_frame};
pub use dissector::{Dissector, Most, Settings};
pub use file::{
    InMemory, Input, Opened, PacketToWrite, PcapngWriter, create_private, export_stream, open, open_growing,
    replace_key_logs,
};
pub use frames::{FrameEntry, Frames};
pub use key_log_file::{KeyLogFile, NewLines};
pub use live::{
    CaptureDirection, CaptureOptions, Counts, Interface, Lender, Limits, Live, LiveError, LiveOptions, News, Place,
    RingShape, Stopper, check_filter, interfaces, leave_to_others, lend, traffic,
};
pub use packet::{FileNote, OpenError, Packet, Progress, Source, Store};
pub use reach::Reach;
pub use read::{Keys, Loading, Taken, Totals};
pub use samples::{SAMPLES, Sample};
pub use snapshot::{LoadState, Snapshot};
pub use summary::{Carried, FrameSummary};
pub use watch::{Seen, Watching, read_sessions, watch_sessions};
