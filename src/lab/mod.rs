//! The lab: scripted scenarios of one-way and mutual authentication, played between two built-in peers.
//!
//! ```text
//!   scenario file ─► scenario ─► pki ─► engine (client, server) ─┐
//!                       │                                        ├─► run ─► recording ─► judge ─► verdict
//!                       └────────► app, attack, wire ────────────┘     │
//!                                                                      └─► packets and key log ─► capture
//!   run ─► exercise (questions, points, what is kept)       scenario file ─► lint (played, and held against all rules)
//! ```
//!
//! Inside, a room names only rooms that stand above it in this table; a test reads the sources and holds this.
//!
//! | room | its one concern | names |
//! |---|---|---|
//! | `random` | bytes from a seed | |
//! | [`path`] | names of fields in messages, for scenarios, attackers, exercises and screens | |
//! | [`scenario`] | scenario files: what they say, and what is wrong with them | |
//! | [`pki`] | certificates, keys and revocation lists | random, scenario |
//! | `engine` | TLS peers: one trait, and rustls behind it | random, scenario, pki |
//! | `app` | what is spoken inside of TLS | scenario |
//! | `attack` | what somebody on the way can do to bytes | path, scenario |
//! | `wire` | packets around the bytes, and their time | |
//! | [`run`] | one play from the first step to what each side says of it | random, scenario, pki, engine, app, attack, wire |
//! | [`exercise`] | questions, points, repairs, progress | path, scenario, run |
//! | [`batch`] | many plays at once | scenario, run |
//! | [`lint`] | the rules for scenario files that only a play can tell | scenario, run, exercise, batch |
//!
//! Nothing here opens a socket, reads a clock or asks the system for randomness: the peers are pumped in memory, the
//! time is the scenario's clock, and every random byte comes from its seed. What the peers say to each other becomes
//! packets, which the ordinary dissector reads like any other capture. The room must not know how a run is drawn.

mod app;
mod attack;
pub mod batch;
mod engine;
pub mod exercise;
pub mod lint;
pub mod path;
pub mod pki;
mod random;
pub mod run;
pub mod scenario;
mod wire;

pub use run::play;
