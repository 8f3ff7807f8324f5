//! The wire between the peers of a run: their bytes become packets, and whoever sits on the way may touch them.
//!
//! ```text
//!   flight ─► tap (attacker) ─► Channel (one TCP connection) ─► Wire (packets, clock)
//! ```
//!
//! The packets are as they reach the receiver: what an attacker dropped is not among them, and what was changed is
//! changed. The room must not know peers, TLS, nor scripts.

mod channel;
mod host;
mod packet;
mod tap;

pub(crate) use channel::Channel;
pub(crate) use host::{Host, Random};
pub(crate) use packet::Wire;
pub use tap::Missed;
pub(crate) use tap::{Carries, Crossing, Delivery, Interceptor, Passage, Remark};
