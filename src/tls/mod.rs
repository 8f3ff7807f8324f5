//! TLS itself: records, handshake messages, extensions, alerts, code points and fingerprints.
//!
//! The room knows what the standards say of bytes. It must not know where the bytes came from (flows, frames, files)
//! nor what a whole connection means (sessions, outcomes); those are rooms above.
//!
//! ```text
//!   stream bytes ─► detect   is this TLS, and where does it begin?
//!               ─► record    one record after another, by their lengths
//!               ─► handshake messages, each read by `handshake::read` into facts (and a field tree)
//!                    └─ extension, code, ssl2, fingerprint
//! ```

pub mod code;
pub mod extension;
pub mod field;
pub mod handshake;
