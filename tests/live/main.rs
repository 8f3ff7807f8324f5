//! Live capture with real peers: OpenSSL, GnuTLS and curl on interfaces of this machine.
//!
//! It needs root, libpcap and the programs; each test says what it lacks where it is skipped. A test waits for what
//! must happen, never for a time; a deadline only ends one that has failed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]
#![allow(unreachable_pub, reason = "nobody sees it but the tests")]
#![cfg(target_os = "linux")]

mod capture;
mod faults;
mod network;
mod peers;
mod rights;
mod screens;
mod sessions;
#[path = "../support/terminal.rs"]
mod terminal;
