//! One connection as a whole: who talked to whom, what was offered and chosen, the timeline, and how it ended.
//!
//! The room turns records and messages into a [`Session`]. It must not know views: how a session is drawn, written as
//! JSON or filtered on a screen is for the rooms above (what can be asked of it stands here).
//!
//! ```text
//!   tracker ─► facts, timeline ─► outcome ─► judgement ─► rule
//!      ├─► decryption, proof          (what could be opened, what of it was checked)
//!      │                              flight: TLS 1.3 without keys, by lengths
//!      ├─► clues                      offer: offered, possible, chosen      library: whose hello it looks like
//!      └─► sighting                   one connection at several capture points
//! ```

mod attempt;
mod authentication;
mod clues;
mod compare;
mod decryption;
mod event;
mod facts;
pub mod filter;
pub mod flight;
mod joiner;
pub mod judgement;
mod key_log;
pub mod library;
mod listener;
pub mod offer;
mod outcome;
mod proof;
pub mod rule;
#[cfg(test)]
pub(crate) mod sample;
mod sighting;
mod summary;
mod tracker;

pub use attempt::{Attempt, is_tls_port};
pub use authentication::Authentication;
pub use clues::{Clues, Ticket, mark};
pub use compare::{Comparison, Difference, Fact, Row, compare};
pub use decryption::{Closed, Content, Decryption};
pub use facts::*;
pub use flight::Flight;
pub use judgement::{Judged, Judgement};
pub use listener::{Heard, Listener};
pub use proof::{Misfit, Proof, ProofKind, ProofResult, Unchecked};
pub use sighting::{Closing, Contradiction, Point, Sighting, Sign, contradiction};
pub(crate) use tracker::client_random;
pub use tracker::{Means, Moment, OpenedRecord, TimelineLimit, Tracker};
