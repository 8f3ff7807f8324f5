//! The wire between the peers of a run: their bytes become packets.
//!
//! ```text
//!   what reaches the other side ─► Channel (one TCP connection) ─► Wire (packets, clock)
//! ```
//!
//! The packets are as they reach the receiver: what an attacker dropped is not among them, and what was changed is
//! changed. The room must not know peers, TLS, nor scripts.

mod channel;
mod host;
mod packet;

pub(crate) use channel::Channel;
pub(crate) use host::{Host, Random};
pub use packet::Packet;
pub(crate) use packet::Wire;
