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

mod conversation;
mod detail;
mod dissector;
mod file;
mod frames;
mod live;
mod packet;
mod read;
mod recording;
mod samples;
mod snapshot;
mod summary;

pub use detail::{ApplicationData, Buffer, Detail, Dissection, FramePiece};
pub use dissector::{Dissector, Settings};
pub use file::{InMemory, Input, Opened, PacketToWrite, PcapngWriter, export_stream, open, replace_key_logs};
pub use frames::{FrameEntry, Frames};
pub use live::{Interface, LiveError, interfaces};
pub use packet::{FileNote, OpenError, Packet, Progress, Source, Store};
pub use read::{Keys, Loading, Totals, read_sessions};
pub use samples::{SAMPLES, Sample};
pub use snapshot::{LoadState, Snapshot};
pub use summary::{Carried, FrameSummary};
