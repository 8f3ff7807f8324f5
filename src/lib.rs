//! tlslab: what a TLS connection really did.

pub mod base;
pub mod capture;
pub mod cli;
pub mod net;
pub mod report;
pub mod session;
pub mod tls;
pub mod tui;
pub mod x509;
