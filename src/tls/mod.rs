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
//!   key_log, private_key ─► secrets ─► decrypt   a protected record back into what it hides
//! ```
//!
//! | module | holds |
//! |---|---|
//! | `code` | code points with the names of the registries; what a cipher suite is made of; what an alert means |
//! | `decrypt` | key schedules and ciphers: from secrets to record keys, and from a record to its content |
//! | `detect` | the signs by which TLS is known, wherever in a stream it begins |
//! | `fingerprint` | JA3, JA3S and JA4 of a hello |
//! | `given` | what people give to open connections with, told apart by its content |
//! | `key_log`, `secrets` | secrets as programs write them down, and where they are found again |
//! | `private_key` | the private key of a server, from the files in which people keep it |
//! | `signature` | what is signed in a handshake, and whether the signature fits |
//! | `ssl2` | records and messages of SSL 2.0, whose ClientHello old clients used for TLS too |

pub mod code;
pub mod datagram;
pub mod decrypt;
pub mod detect;
pub mod extension;
pub mod fingerprint;
pub mod given;
pub mod handshake;
pub mod key_log;
pub mod private_key;
pub mod record;
pub mod secrets;
pub mod signature;
pub mod ssl2;
pub mod stream;

use crate::base::Field;

/// All fields of this room, for a help screen, a filter, and whoever wants to know what can be decoded.
pub fn fields() -> impl Iterator<Item = &'static Field> {
    let tables = [record::fields(), handshake::fields(), ssl2::FIELDS];
    tables.into_iter().flatten().copied().chain(extension::fields())
}
