//! The lab: scripted scenarios of one-way and mutual authentication, played between two built-in peers.
//!
//! ```text
//!   scenario file ─► scenario ─► pki ─► engine (client, server) ─┐
//!                       │                                        ├─► run ─► recording ─► judge ─► verdict
//!                       └────────► application, attack ──────────┘     │
//!                                                                      └─► packets and key log ─► capture
//!   run ─► exercise (questions, points, what is kept)       scenario file ─► lint (played, and held against all rules)
//! ```
//!
//! `path` names fields for all of them, and for the screens.
//!
//! Nothing here opens a socket, reads a clock or asks the system for randomness: the peers are pumped in memory, the
//! time is the scenario's clock, and every random byte comes from its seed. What the peers say to each other becomes
//! packets, which the ordinary dissector reads like any other capture. The room must not know how a run is drawn.

mod app;
pub mod attack;
pub mod batch;
pub mod engine;
pub mod exercise;
pub mod lint;
pub mod path;
pub mod pki;
mod random;
pub mod run;
pub mod scenario;
mod wire;

pub use run::play;
