//! Captures: packets from files, kept where they can be found again, and the dissector that turns them into sessions.
//! Beside them the interfaces of the machine, from which packets come live.
//!
//! ```text
//!   open ─► Source ─► Dissector ─► Session …        (each packet touched once, in order)
//!             │           └─► Frames (32 bytes each) ┐
//!             └─► Store ◄──────────────────────── Detail: one session again, every byte and field
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
mod packet;
mod reach;
mod read;
mod recording;
mod samples;
mod snapshot;
mod summary;

pub use basis::{Anchors, BasisError, add_anchors, add_lists};
pub use detail::{ApplicationData, Buffer, Detail, Dissection, FramePiece, RecordId, learn_resumption};
pub use dissector::{Dissector, Settings};
pub use file::{InMemory, Input, Opened, PacketToWrite, PcapngWriter, create_private, export_stream, open};
pub use frames::{FrameEntry, Frames};
pub use key_log_file::{KeyLogFile, NewLines};
pub use live::{Interface, LiveError, interfaces};
pub use packet::{FileNote, OpenError, Packet, Progress, Source, Store};
pub use reach::Reach;
pub use read::{Keys, Loading, Taken, Totals, read_sessions};
pub use samples::{SAMPLES, Sample};
pub use snapshot::{LoadState, Snapshot};
pub use summary::{Carried, FrameSummary};
