//! The messages of the latest handshake, as far as secrets are made from them (RFC 5246 8.1.1, RFC 7627 4,
//! RFC 8446 4.4.1).
//!
//! They are kept only where secrets were given that are found by the ClientKeyExchange, or pre-shared keys.

use crate::tls::code::HandshakeType;
use crate::tls::decrypt::Suite;

/// The most that is kept; chains of certificates are the greatest part of a handshake.
const MAX_BYTES: usize = 1 << 18;

/// The messages with their headers, from the ClientHello on.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    messages: Vec<u8>,
    /// The ClientKeyExchange, and where it ends.
    key_exchange: Option<(Vec<u8>, usize)>,
    /// Where the first ClientHello ends, when the server asked for a second one.
    retry: Option<usize>,
    /// Where the ServerHello ends.
    server_hello: Option<usize>,
    /// Where the first Finished ends; in TLS 1.3 it is the server's.
    finished: Option<usize>,
}

impl Transcript {
    pub(super) fn add(&mut self, kind: HandshakeType, body: &[u8], is_retry: bool) {
        let asked_again = self.retry.is_some() && self.server_hello.is_none();
        match kind.0 {
            // HelloRequest is no part of what both sides hash (RFC 5246 7.4.1.1).
            0 => return,
            1 if !asked_again => *self = Self::default(),
            _ if is_retry => self.retry = Some(self.messages.len()),
            _ => {}
        }
        if self.messages.len() + body.len() > MAX_BYTES {
            return;
        }
        let [_, high, middle, low] = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
        self.messages.extend([kind.0, high, middle, low]);
        self.messages.extend_from_slice(body);
        if kind.0 == 16 {
            self.key_exchange = Some((body.to_vec(), self.messages.len()));
        }
        let end = self.messages.len();
        match kind.0 {
            2 if !is_retry => self.server_hello = Some(end),
            20 => drop(self.finished.get_or_insert(end)),
            _ => {}
        }
    }

    /// The ClientKeyExchange.
    pub(super) fn key_exchange(&self) -> Option<&[u8]> {
        self.key_exchange.as_ref().map(|(body, _)| body.as_slice())
    }

    /// The messages up to the ClientKeyExchange.
    pub(super) fn until_key_exchange(&self) -> &[u8] {
        let end = self.key_exchange.as_ref().map_or(0, |(_, end)| *end);
        self.messages.get(..end).unwrap_or_default()
    }

    /// The hash of all messages so far, for early data.
    pub(super) fn hash_of_hello(&self, suite: Suite) -> Vec<u8> {
        self.hash(suite, self.messages.len())
    }

    /// The hash up to the ServerHello.
    pub(super) fn hash_of_hellos(&self, suite: Suite) -> Option<Vec<u8>> {
        self.server_hello.map(|end| self.hash(suite, end))
    }

    /// The hash up to the server's Finished.
    pub(super) fn hash_until_finished(&self, suite: Suite) -> Option<Vec<u8>> {
        self.finished.map(|end| self.hash(suite, end))
    }

    /// Whether there is a Finished.
    pub(super) fn is_finished(&self) -> bool {
        self.finished.is_some()
    }

    /// A first ClientHello stands in it as its hash only (RFC 8446 4.4.1).
    fn hash(&self, suite: Suite, end: usize) -> Vec<u8> {
        let all = self.messages.get(..end).unwrap_or_default();
        let Some((first, rest)) = self.retry.and_then(|retry| all.split_at_checked(retry)) else {
            return suite.digest(&[all]);
        };
        let first = suite.digest(&[first]);
        let header = [254, 0, 0, u8::try_from(first.len()).unwrap_or(u8::MAX)];
        suite.digest(&[&header, &first, rest])
    }
}
