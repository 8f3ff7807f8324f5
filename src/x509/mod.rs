//! Certificates: their facts, their field trees, and OCSP responses and SCTs that travel with them.
//!
//! The room must not know sockets, clocks or TLS: a certificate is the same wherever its bytes came from, and a
//! moment is always given by the caller.

mod facts;

pub use facts::*;
