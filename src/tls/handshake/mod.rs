//! Handshake messages: from the bytes of one complete message to its facts and its field tree.

mod facts;

pub use facts::*;
