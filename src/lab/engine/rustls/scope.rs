//! On whose behalf rustls is working: the connection whose randomness it draws, and to which a verdict belongs.
//!
//! rustls takes its randomness from the configuration, which many connections share, and wants it to live for ever. So
//! what is given to it has no state; the connection lends its own state to the thread for as long as rustls works on
//! it.

use crate::lab::random::Stream;
use std::cell::RefCell;

/// What belongs to one connection and is asked for inside rustls.
#[derive(Default)]
pub(super) struct Scope {
    random: Option<Stream>,
    /// The certificates that the other side sent, whether they were accepted or not.
    pub(super) received: Vec<Vec<u8>>,
    /// What was looked at last.
    pub(super) stage: Option<Stage>,
    /// What the latest key exchange gave, until it is handed on.
    shared: Option<Vec<u8>>,
}

/// What the verifier was asked to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The chain of the other side.
    Chain,
    /// The signature of ServerKeyExchange (TLS 1.2).
    KeyExchange,
    /// The signature of CertificateVerify.
    CertificateVerify,
}

thread_local! {
    static CURRENT: RefCell<Scope> = RefCell::default();
}

impl Scope {
    /// The scope of a connection with that randomness.
    pub(super) fn new(random: Stream) -> Self {
        Self { random: Some(random), ..Self::default() }
    }

    /// Lets rustls work for this connection.
    pub(super) fn during<T>(&mut self, work: impl FnOnce() -> T) -> T {
        CURRENT.with_borrow_mut(|current| std::mem::swap(current, self));
        let result = work();
        CURRENT.with_borrow_mut(|current| std::mem::swap(current, self));
        result
    }
}

/// Fills the buffer for the connection that rustls is working on; whether there is one.
pub(super) fn fill(buffer: &mut [u8]) -> bool {
    CURRENT.with_borrow_mut(|current| current.random.as_mut().map(|random| random.fill(buffer)).is_some())
}

/// The next bytes for the connection that rustls is working on.
pub(super) fn array<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    fill(&mut bytes).then_some(bytes)
}

/// Remembers what the key exchange gave.
pub(super) fn agreed(secret: &[u8]) {
    CURRENT.with_borrow_mut(|current| current.shared = Some(secret.to_vec()));
}

/// What the latest key exchange gave, once.
pub(super) fn take_agreed() -> Option<Vec<u8>> {
    CURRENT.with_borrow_mut(|current| current.shared.take())
}

/// Remembers what the other side sent.
pub(super) fn received(chain: Vec<Vec<u8>>) {
    CURRENT.with_borrow_mut(|current| current.received = chain);
}

/// Remembers what is looked at now.
pub(super) fn looking_at(stage: Stage) {
    CURRENT.with_borrow_mut(|current| current.stage = Some(stage));
}
