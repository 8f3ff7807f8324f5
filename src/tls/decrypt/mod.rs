//! Decryption: from secrets to record keys, and from a protected record to its content.
//!
//! ```text
//!   Secrets ─┬─► schedule   TLS 1.3: traffic secret ─► key and IV; the next generation
//!            └─► prf        until TLS 1.2: premaster ─► master secret ─► key block
//!                 └─► RecordKey   opens one record, given its sequence number
//!                       ├─ aead, draft   GCM, CCM, ChaCha20-Poly1305 and how it was before RFC 7905
//!                       ├─ block, stream, mac   CBC, RC4, and no cipher at all
//!                       └─ suite    which of them a cipher suite means
//!   derivation   all of the above as a tree that people can read
//!   finished   what only the holder of the keys can write: Finished, and the binders of pre-shared keys
//!   Side    one direction: which key, which number; finds both again after a loss
//! ```
//!
//! Nothing here fails on bad bytes: a record opens or it does not. `Debug` of a key shows no key.

mod aead;
mod block;
pub mod derivation;
mod draft;
mod finished;
mod hash;
mod key;
mod mac;
mod prf;
mod schedule;
mod side;
mod stream;
mod suite;

pub(in crate::tls) use block::Block;
pub use finished::{Ssl3Ends, is_binder, ssl3_hashes, tls13_verify_data, verify_data};
pub use hash::Sha256;
pub use key::{Opened, Place, RecordKey};
pub use prf::{KeyBlock, extended_master_secret, master_secret};
pub use schedule::{Draft, PskSchedule, traffic_key};
pub use side::{FARTHEST, Found, Sealed, Side, Stage};
pub use suite::{Hash, Suite};
