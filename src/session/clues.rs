//! Small facts that no screen shows by themselves and that tell a rule why a session went the way it did.

use super::{FrameNumber, Timestamp};
use crate::net::Direction;
use crate::tls::code::{AlertDescription, AlertLevel, ExtensionType};
use crate::tls::extension::DelegatedCredential;
use crate::tls::handshake::{Alert, NewSessionTicket};
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

/// How many tickets of a session are remembered. Servers send one or two, some four.
const MAX_TICKETS: usize = 8;
/// How many bytes of an answer that is not TLS are kept: enough to tell the protocol and to quote its first line.
const ANSWER: usize = 96;

/// What else was seen of a session. Pairs are by direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clues {
    /// Bits of the prime of a DHE exchange.
    pub dh_bits: Option<u32>,
    /// The extensions of EncryptedExtensions, where these can be read.
    pub encrypted_extensions: Option<Vec<ExtensionType>>,
    /// The tickets that the server gave, where these can be read.
    pub tickets: Vec<Ticket>,
    /// The algorithm with which a Certificate message was compressed (RFC 8879).
    pub compression: [Option<u16>; 2],
    /// The first bytes of an answer that is not TLS.
    pub answer: Vec<u8>,
    /// Whether the first application data of the client that was opened is the beginning of HTTP/2 (RFC 9113 3.4).
    pub speaks_http2: Option<bool>,
    /// The list of signed certificate timestamps that the server sent in a TLS extension (RFC 6962 3.3.1).
    pub timestamps: Option<Arc<[u8]>>,
    /// The delegated credential of the server (RFC 9345).
    pub credential: Option<Box<DelegatedCredential>>,
    /// Whether the first application data of the server that was opened is an answer of HTTP that turns down the client's
    /// certificate: some servers let every client in, and say so only then.
    pub minds_badge: Option<bool>,
    /// Payload length of the latest application_data record that was not opened. The timeline joins such records.
    pub last_record: [Option<u32>; 2],
}

/// A ticket for a later connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The frame that brought it.
    pub frame: FrameNumber,
    /// When.
    pub time: Timestamp,
    /// For how many seconds it is good.
    pub lifetime: u32,
    /// The [mark] of its bytes.
    pub mark: u64,
}

impl Clues {
    /// Keeps a ticket, unless there are many already.
    pub(super) fn ticket(&mut self, frame: FrameNumber, time: Timestamp, ticket: &NewSessionTicket) {
        if self.tickets.len() < MAX_TICKETS {
            let (lifetime, mark) = (ticket.lifetime, mark(&ticket.ticket));
            self.tickets.push(Ticket { frame, time, lifetime, mark });
        }
    }

    /// Keeps the first bytes of an answer that is not TLS.
    pub(super) fn answer(&mut self, bytes: &[u8]) {
        let room = ANSWER.saturating_sub(self.answer.len()).min(bytes.len());
        self.answer.extend_from_slice(bytes.get(..room).unwrap_or_default());
    }

    /// Keeps what the first application data that was opened tells.
    pub(super) fn content(&mut self, direction: Direction, content: &[u8]) {
        match direction {
            _ if content.is_empty() => {}
            Direction::ToServer => {
                self.speaks_http2.get_or_insert_with(|| content.starts_with(b"PRI * HTTP/2.0"));
            }
            Direction::ToClient => {
                self.minds_badge.get_or_insert_with(|| minds_badge(content));
            }
        }
    }

    /// The alert that the answer is, where only the header of its record is one that does not exist.
    #[must_use]
    pub fn odd_alert(&self) -> Option<Alert> {
        match *self.answer.as_slice() {
            // Some write zeros where type, version and level stand.
            [0 | 21, _, _, 0, 2, 0..=2, description] => {
                let description = AlertDescription(description);
                description.name().map(|_| Alert { level: AlertLevel::FATAL, description })
            }
            _ => None,
        }
    }

    /// Turns the directions round.
    pub(super) fn reverse(&mut self) {
        self.compression.reverse();
        self.last_record.reverse();
    }
}

/// Whether an answer of HTTP refuses the request for the sake of a certificate, as that of nginx does.
fn minds_badge(answer: &[u8]) -> bool {
    let refused = answer.starts_with(b"HTTP/1.") && answer.get(9) == Some(&b'4');
    let says = |word: &[u8]| answer.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    refused && [&b"SSL certificate"[..], b"client certificate"].into_iter().any(says)
}

/// A number by which the same bytes are known again, the same in every run of the program. It is no proof against who
/// makes bytes on purpose.
#[must_use]
pub fn mark(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}
