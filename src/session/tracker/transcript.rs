//! The messages of the latest handshake, as far as a master secret is made from them (RFC 5246 8.1.1, RFC 7627 4).
//!
//! They are kept only where secrets were given that are found by the ClientKeyExchange.

use crate::tls::code::HandshakeType;

/// The most that is kept; chains of certificates are the greatest part of a handshake.
const MAX_BYTES: usize = 1 << 18;

/// The messages with their headers, from the ClientHello on.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    messages: Vec<u8>,
    /// The ClientKeyExchange, and where it ends.
    key_exchange: Option<(Vec<u8>, usize)>,
}

impl Transcript {
    pub(super) fn add(&mut self, kind: HandshakeType, body: &[u8]) {
        match kind.0 {
            // HelloRequest is no part of what both sides hash (RFC 5246 7.4.1.1).
            0 => return,
            1 => *self = Self::default(),
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
    }

    /// What the client encrypted to the server's key. SSL 3.0 sends it without its length.
    pub(super) fn encrypted_premaster(&self, ssl3: bool) -> Option<&[u8]> {
        let (body, _) = self.key_exchange.as_ref()?;
        if ssl3 { Some(body) } else { body.get(2..) }
    }

    /// The messages up to the ClientKeyExchange.
    pub(super) fn until_key_exchange(&self) -> &[u8] {
        let end = self.key_exchange.as_ref().map_or(0, |(_, end)| *end);
        self.messages.get(..end).unwrap_or_default()
    }
}
