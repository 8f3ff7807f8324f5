//! Playing a scenario: what happens, what crosses the wire, and what each side says about it.
//!
//! ```text
//!   play ─► Cast (peers, keys, endpoints) ─► Conductor (steps, pump) ─► Link (connection) ─► Side (library, application)
//!                                                │
//!           marks, packets, key log ◄────────────┘
//!             └─► recording (dissector) ─► verdict (who says what) ─► playback (beats) ─► Run ─► judge
//! ```
//!
//! A peer's testimony is what its library reported; the wire's is what the ordinary dissector reads from the packets.
//! Neither is filled in from the other, so that a disagreement shows.

mod cast;
mod conductor;
mod explain;
mod judge;
mod link;
mod model;
mod play;
mod playback;
mod pump;
mod recording;
mod side;
mod verdict;

pub use super::attack::Missed;
pub use super::wire::Packet as RunPacket;
use conductor::Mark;
pub use judge::{Difference, Judgement, judge};
pub use model::*;
pub use play::{PlayError, play};
pub use playback::Found;
