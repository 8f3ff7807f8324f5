//! What a handshake of TLS 1.3 tells without keys: each protected record hides its type, but not its length and its
//! place, and few messages have the same length.
//!
//! A Finished has one length for each hash, a signature one for each kind of key, an empty Certificate is 8 bytes
//! long. That is read here, and only where it fits exactly: who pads records or puts several messages into one is not
//! guessed at. What comes out is likely, never certain; with keys nobody needs it.
//!
//! ```text
//!   ServerHello ─► [EncryptedExtensions] [CertificateRequest] [Certificate] [CertificateVerify] [Finished]     server
//!                  [Certificate] [CertificateVerify] [Finished]   or   [alert]   or   nothing                  client
//!                  tickets, data   or   [alert], close                                                         server
//! ```

use super::facts::{Event, EventKind, Session};
use crate::net::Direction::{self, ToClient, ToServer};
use crate::tls::code::ProtocolVersion;
use crate::tls::handshake::Alert;

/// Length of a handshake message header.
const HEADER: u64 = 4;
/// An empty Certificate message: an empty context and an empty list (RFC 8446 4.4.2).
const EMPTY_CERTIFICATE: u64 = HEADER + 1 + 3;
/// The shortest CertificateRequest that can be: signature_algorithms must be in it (RFC 8446 4.3.2).
const SHORTEST_REQUEST: u64 = HEADER + 1 + 2 + 8;
/// The shortest EncryptedExtensions.
const SHORTEST_EXTENSIONS: u64 = HEADER + 2;
/// The longest EncryptedExtensions that are believed to hide no CertificateRequest in the same record.
const LONGEST_EXTENSIONS: u64 = SHORTEST_EXTENSIONS + SHORTEST_REQUEST;
/// What JSSE adds to records.
const JSSE_PADDING: u64 = 16;

/// What the lengths of the records behind the ServerHello tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flight {
    /// Whether the server asked for a certificate of the client.
    pub requested: Option<bool>,
    /// What the client showed, where it was asked.
    pub shown: Option<Shown>,
    /// The kind of key with which the server signed.
    pub server_key: Option<&'static str>,
    /// The kind of key with which the client signed.
    pub client_key: Option<&'static str>,
    /// How the client refused what the server sent, where it did before its own Finished.
    pub refusal: Option<Refusal>,
    /// The event of the client's Finished.
    pub finished: Option<usize>,
    /// The event of the only thing that the server answered to the client's Finished, where it can be an alert and the
    /// connection was over with it.
    pub late_refusal: Option<usize>,
}

/// What a client showed that was asked for a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// An empty list.
    Nothing,
    /// A certificate.
    Certificate,
}

/// How a client turned down the server's flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The event: the alert, or the end of the connection.
    pub event: usize,
    /// In which way.
    pub how: How,
}

/// In which way a client turned down the server's flight, which shows whose library it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// An alert in clear: it never made its keys for writing.
    Plain(Alert),
    /// An encrypted record of the length of an alert.
    Encrypted,
    /// The same with 16 bytes of padding.
    Padded,
    /// It closed or reset the connection without a word.
    Silent,
}

impl How {
    /// The families of libraries that are known to do so.
    #[must_use]
    pub fn family(self) -> &'static str {
        match self {
            Self::Plain(_) => "OpenSSL",
            Self::Encrypted => "rustls, GnuTLS, BoringSSL, NSS or Go",
            Self::Padded => "Java",
            Self::Silent => "Node.js, or a program that checks by itself",
        }
    }
}

impl Flight {
    /// Reads the flight of a session of TLS 1.3 of which nothing was opened.
    #[must_use]
    pub fn read(session: &Session) -> Option<Self> {
        let events = &session.timeline;
        let tls13 = session.version.is_some_and(ProtocolVersion::is_tls13);
        let from = session.timeline.iter().rposition(|event| event.is_message(2)).filter(|_| tls13)?;
        let behind = events.get(from..)?;
        if behind.iter().any(|event| event.decrypted || matches!(event.kind, EventKind::Gap { .. })) {
            return None;
        }
        let lengths = Lengths::of(session);
        let records = Records { from, behind };
        let mut flight = Self::default();
        // Early data of the client has no form of its own.
        let early = session.client_hellos.iter().any(|hello| hello.item.early_data);
        if !early {
            flight.client(&records, &lengths);
        }
        flight.server(&records, &lengths, session.resumed_by_hello());
        flight.answer(session, &records, &lengths);
        Some(flight)
    }

    fn client(&mut self, records: &Records<'_>, lengths: &Lengths) {
        let mut sent = records.of(ToServer);
        let Some((event, first)) = sent.next() else {
            return self.no_record(records);
        };
        if lengths.is_finished(first) {
            self.finished = Some(event);
            self.requested = Some(false);
        } else if fits(first, lengths.finished() + EMPTY_CERTIFICATE) {
            self.finished = Some(event);
            self.shown = Some(Shown::Nothing);
        } else if lengths.is_alert(first) || lengths.is_padded_alert(first) {
            // Something longer behind it is no end.
            if sent.next().is_none() {
                let how = if lengths.is_alert(first) { How::Encrypted } else { How::Padded };
                self.refusal = Some(Refusal { event, how });
            }
        } else if fits(first, lengths.sealed(EMPTY_CERTIFICATE)) {
            self.finished = sent.next().filter(|(_, length)| lengths.is_finished(*length)).map(|(event, _)| event);
            self.shown = self.finished.map(|_| Shown::Nothing);
        } else {
            self.certificate(first, sent, event, lengths);
        }
        if self.shown.is_some() {
            self.requested = Some(true);
        }
    }

    /// A certificate of the client: three records, or all in one.
    fn certificate(
        &mut self,
        first: u64,
        mut rest: impl Iterator<Item = (usize, u64)>,
        event: usize,
        lengths: &Lengths,
    ) {
        match (rest.next(), rest.next()) {
            (Some((_, proof)), Some((finished, length))) if lengths.is_finished(length) => {
                if let Some(key) = lengths.key(proof) {
                    (self.client_key, self.shown, self.finished) =
                        (Some(key), Some(Shown::Certificate), Some(finished));
                }
            }
            _ if first > lengths.finished() + SMALLEST_PROOF => {
                (self.shown, self.finished) = (Some(Shown::Certificate), Some(event));
            }
            _ => {}
        }
    }

    fn no_record(&mut self, records: &Records<'_>) {
        let by_client = records.behind.iter().enumerate().filter(|(_, event)| event.direction == ToServer);
        for (index, event) in by_client {
            let how = match event.kind {
                EventKind::Alert(alert) => How::Plain(alert),
                EventKind::Fin | EventKind::Reset if records.of(ToClient).next().is_some() => How::Silent,
                _ => continue,
            };
            self.refusal = Some(Refusal { event: records.from + index, how });
            return;
        }
    }

    fn server(&mut self, records: &Records<'_>, lengths: &Lengths, resumed: bool) {
        let limit = records.of(ToServer).next().map_or(usize::MAX, |(event, _)| event);
        let mut sent = [0; 6];
        let mut count = 0;
        for ((_, length), place) in records.of(ToClient).take_while(|(event, _)| *event < limit).zip(&mut sent) {
            *place = length;
            count += 1;
        }
        let sent = sent.get(..count).unwrap_or_default();
        let (extensions, request, proof) = match *sent {
            _ if resumed => return,
            [extensions, request, certificate, proof, finished, ..]
                if lengths.is_finished(finished)
                    && request < certificate
                    && request >= lengths.sealed(SHORTEST_REQUEST) =>
            {
                (extensions, Some(request), proof)
            }
            [extensions, _, proof, finished, ..] if lengths.is_finished(finished) => (extensions, None, proof),
            _ => return,
        };
        if extensions < lengths.sealed(SHORTEST_EXTENSIONS) {
            return;
        }
        let Some(key) = lengths.key(proof) else { return };
        self.server_key = Some(key);
        let said = match request {
            Some(_) => Some(true),
            None if extensions < lengths.sealed(LONGEST_EXTENSIONS) => Some(false),
            None => None,
        };
        match (self.requested, said) {
            (None, _) => self.requested = said,
            (Some(one), Some(other)) if one != other => (self.requested, self.shown) = (None, None),
            _ => {}
        }
    }

    fn answer(&mut self, session: &Session, records: &Records<'_>, lengths: &Lengths) {
        let Some(finished) = self.finished else { return };
        let mut answers = records.of(ToClient).filter(|(event, _)| *event > finished);
        let Some((event, first)) = answers.next() else { return };
        // GnuTLS says it twice.
        let is_alert = |length| lengths.is_alert(length) || lengths.is_padded_alert(length);
        let alerts = is_alert(first) && answers.all(|(_, length)| is_alert(length));
        let over = session.transport.fin.is_some() || session.transport.reset.is_some();
        if over && alerts {
            self.late_refusal = Some(event);
        }
    }
}

/// A Certificate with one certificate of a few hundred bytes, and a CertificateVerify: no client shows less.
const SMALLEST_PROOF: u64 = 250;

/// The lengths that records with one message have under a suite.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lengths {
    hash: u64,
    tag: u64,
}

impl Lengths {
    pub(super) fn of(session: &Session) -> Self {
        let suite = session.cipher_suite.map(|suite| suite.0);
        Self { hash: if suite == Some(0x1302) { 48 } else { 32 }, tag: if suite == Some(0x1305) { 8 } else { 16 } }
    }

    /// The record with this many bytes of content: the inner type and the tag come to them.
    fn sealed(self, content: u64) -> u64 {
        content + 1 + self.tag
    }

    fn finished(self) -> u64 {
        self.sealed(HEADER + self.hash)
    }

    fn is_finished(self, length: u64) -> bool {
        fits(length, self.finished())
    }

    pub(super) fn is_alert(self, length: u64) -> bool {
        length == self.sealed(2)
    }

    pub(super) fn is_padded_alert(self, length: u64) -> bool {
        length == self.sealed(2) + JSSE_PADDING
    }

    /// The kind of key whose CertificateVerify has this length.
    fn key(self, length: u64) -> Option<&'static str> {
        // The scheme and the length of the signature stand before it.
        let signature = length.checked_sub(self.sealed(HEADER + 4))?;
        kind_of_key(signature).or_else(|| kind_of_key(signature.checked_sub(JSSE_PADDING)?))
    }
}

/// Whether a record has this length, or that of a record of JSSE.
fn fits(length: u64, wanted: u64) -> bool {
    length == wanted || length == wanted + JSSE_PADDING
}

/// The kind of key that makes signatures of this length.
fn kind_of_key(signature: u64) -> Option<&'static str> {
    Some(match signature {
        256 => "RSA 2048",
        384 => "RSA 3072",
        512 => "RSA 4096",
        64 => "Ed25519",
        68..=72 => "ECDSA P-256",
        100..=104 => "ECDSA P-384",
        135..=139 => "ECDSA P-521",
        114 => "Ed448",
        2420 => "ML-DSA-44",
        3309 => "ML-DSA-65",
        4627 => "ML-DSA-87",
        _ => return None,
    })
}

/// Whether a protected record of this length is an alert and nothing else.
pub(super) fn is_alert(session: &Session, length: u64) -> bool {
    let lengths = Lengths::of(session);
    lengths.is_alert(length) || lengths.is_padded_alert(length)
}

/// The events from the ServerHello on.
struct Records<'a> {
    from: usize,
    behind: &'a [Event],
}

impl Records<'_> {
    /// The protected records of one side with their events, while the timeline shows each by itself.
    fn of(&self, direction: Direction) -> impl Iterator<Item = (usize, u64)> {
        let of_side = self.behind.iter().enumerate().filter(move |(_, event)| event.direction == direction);
        of_side.filter_map(|(index, event)| match event.kind {
            EventKind::ApplicationData { bytes, .. } => Some((self.from + index, bytes)),
            _ => None,
        })
    }
}
