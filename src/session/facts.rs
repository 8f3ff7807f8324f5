//! The facts of a session, as every screen and report gets them.

use super::rule::{Finding, OpenQuestion, Verdict};
use super::{Clues, Decryption, Judgement, Proof, Sighting};
use crate::base::Note;
use crate::net::{Direction, Endpoint, Origin};
use crate::tls::code::{CipherSuite, ContentType, HandshakeType, NamedGroup, ProtocolVersion, SignatureScheme};
use crate::tls::handshake::{Alert, CertificateRequest, ClientHello, ServerHello};
use crate::x509::Certificate;
use std::fmt;
use std::sync::Arc;

/// Nanoseconds since 1970-01-01 00:00:00 UTC.
pub type Timestamp = i64;

/// The number of a frame in its capture, from 1 on as in Wireshark.
pub type FrameNumber = u32;

/// The transport under a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// The number that Wireshark gives a conversation: `tcp.stream` or `udp.stream`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId {
    /// Which of the two numberings.
    pub transport: Transport,
    /// From 0 on, in the order of appearance.
    pub index: u32,
}

impl fmt::Display for StreamId {
    /// `tcp:5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transport = if self.transport == Transport::Tcp { "tcp" } else { "udp" };
        write!(f, "{transport}:{}", self.index)
    }
}

/// What runs over a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// TLS or SSL over TCP.
    Tls,
    /// DTLS over UDP: listed, not decoded yet.
    Dtls,
    /// QUIC over UDP: listed, not decoded yet.
    Quic,
}

impl Kind {
    /// The lower-case word of JSON and filters.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Dtls => "dtls",
            Self::Quic => "quic",
        }
    }
}

/// How client and server were told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RolesFrom {
    /// By who sent the ClientHello or ServerHello.
    Hello,
    /// By who opened the TCP connection.
    Syn,
    /// By the secrets that opened its records: those of the client open what the client sent.
    Keys,
    /// By the port numbers: the lower one is taken for the server. A guess.
    Ports,
}

/// A thing with the frame in which its last byte arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Located<T> {
    /// The frame in which the last byte arrived.
    pub frame: FrameNumber,
    /// The thing.
    pub item: T,
}

/// How the session went, as far as the capture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The handshake ended on both sides and data or an orderly close followed.
    Established,
    /// One side ended it with a fatal alert that can be read.
    Refused {
        /// Who sent the alert.
        by: Direction,
        /// The alert.
        alert: Alert,
    },
    /// A hello was answered with something that is not TLS.
    NotTls {
        /// Who answered so.
        by: Direction,
    },
    /// The TCP connection was reset or closed before the handshake was through, or right behind it by a side that had
    /// said nothing, and the other side took that for an error.
    Aborted {
        /// The direction of the packet that ended it.
        by: Direction,
        /// Whether by RST; by FIN otherwise.
        reset: bool,
    },
    /// The handshake was encrypted to the end and was answered with something that is most likely an alert: an
    /// encrypted record followed by the close of the connection. A guess that the evidence must be shown with.
    LikelyRefused {
        /// Who sent the last record.
        by: Direction,
    },
    /// The capture ends, or has lost too much, before it can be told.
    Incomplete,
    /// The capture starts after the handshake.
    MidStream,
    /// A flow that is listed as what it is and not decoded (DTLS, QUIC).
    NotDecoded,
}

impl Outcome {
    /// The word of the result column, of filters and of JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Established => "ok",
            Self::Refused { .. } | Self::NotTls { .. } | Self::Aborted { .. } => "failed",
            Self::LikelyRefused { .. } => "suspect",
            Self::Incomplete => "incomplete",
            Self::MidStream => "midstream",
            Self::NotDecoded => "undecoded",
        }
    }
}

/// One thing that happened, in the order of the capture.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The frame in which its last byte arrived.
    pub frame: FrameNumber,
    /// When that frame was captured.
    pub time: Timestamp,
    /// Which way it went.
    pub direction: Direction,
    /// Offset of its first record's header in the stream of its direction.
    pub offset: u64,
    /// Whether it was encrypted on the wire and is told as it was inside.
    pub decrypted: bool,
    /// What it was.
    pub kind: EventKind,
}

/// What can happen on the wire of a session.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// A handshake message that can be read.
    Handshake {
        /// Its type.
        kind: HandshakeType,
        /// Length of its body in bytes, without the header of four.
        length: u32,
        /// Where in the payload of its first record it begins.
        at: u32,
        /// A few words about its content for ladders: `localhost`, `TLS 1.3, x25519`. As text from the wire; empty
        /// where there is nothing to add.
        summary: String,
    },
    /// An SSL 2 message, by its type.
    Ssl2 {
        /// The message type.
        kind: u8,
        /// Length of the record in bytes.
        length: u32,
    },
    /// A handshake record that cannot be read because it is encrypted (up to TLS 1.2).
    EncryptedHandshake {
        /// Length of the record's payload in bytes.
        length: u32,
    },
    /// ChangeCipherSpec.
    ChangeCipherSpec,
    /// An alert that can be read.
    Alert(Alert),
    /// An alert record that cannot be read because it is encrypted.
    EncryptedAlert {
        /// Length of the record's payload in bytes.
        length: u32,
    },
    /// Records of type application_data in a row; in TLS 1.3 the encrypted handshake is among them.
    ApplicationData {
        /// How many records.
        records: u32,
        /// Sum of the payload lengths in bytes.
        bytes: u64,
        /// Whether the record lies in the phase in which TLS 1.3 still hides handshake messages in this type.
        maybe_handshake: bool,
    },
    /// A heartbeat record.
    Heartbeat {
        /// Length of the record's payload in bytes.
        length: u32,
        /// Whether it is encrypted.
        encrypted: bool,
    },
    /// A record of a content type that has no reader.
    UnknownRecord {
        /// The type.
        content_type: ContentType,
        /// Length of the record's payload in bytes.
        length: u32,
    },
    /// Bytes that were not captured.
    Gap {
        /// How many.
        bytes: u64,
    },
    /// Bytes that are not a record, where one should begin.
    NotTls {
        /// How many.
        bytes: u64,
    },
    /// The sender closed its direction of the TCP connection.
    Fin,
    /// The sender reset the TCP connection.
    Reset,
}

/// What the transport under a session showed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransportFacts {
    /// Whether the SYN was captured.
    pub syn: bool,
    /// Time between SYN and SYN-ACK in nanoseconds.
    pub syn_round_trip: Option<i64>,
    /// Segments that brought nothing new.
    pub retransmissions: u32,
    /// Segments that came before an earlier one.
    pub out_of_order: u32,
    /// Bytes that were never captured, by direction.
    pub missing: [u64; 2],
    /// Who sent the first FIN.
    pub fin: Option<Direction>,
    /// Who sent the first RST.
    pub reset: Option<Direction>,
    /// Packets of each direction.
    pub packets: [u32; 2],
    /// Bytes of each direction that were cut off packets when they were captured.
    pub cut: [u64; 2],
    /// Packets that were captured twice: the same number of the IP header and the same place in the stream.
    pub doubled: u32,
    /// The longest payload of one packet.
    pub longest: u32,
    /// The longest segment that each side said it takes: that of the client first.
    pub maximum_segments: [Option<u16>; 2],
    /// Bytes of each direction that the other side acknowledged.
    pub acknowledged: [u64; 2],
    /// Segments of each direction that brought nothing new.
    pub repeated: [u32; 2],
    /// What the IP headers of the server's packets say of where they come from.
    pub origins: Origins,
    /// Packets with payload from the side that reset the connection, behind its RST.
    pub behind_reset: u32,
    /// What was seen at the capture point of the first packet.
    pub sighting: Sighting,
    /// What was seen at others; most captures have none.
    pub other_sightings: Vec<Sighting>,
    /// How long both sides were silent before the first FIN or RST, in nanoseconds.
    pub idle: Option<i64>,
}

/// What tells in the IP headers of some packets of a connection whether they come from the same place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    /// Of the SYN-ACK.
    pub syn_ack: Option<Origin>,
    /// Of the latest packet with payload, by direction.
    pub data: [Option<Origin>; 2],
    /// Of the first RST.
    pub reset: Option<Origin>,
}

impl TransportFacts {
    /// What was seen at each capture point.
    pub fn sightings(&self) -> impl Iterator<Item = &Sighting> {
        std::iter::once(&self.sighting).chain(&self.other_sightings)
    }

    /// Turns the directions round.
    pub(super) fn reverse(&mut self) {
        self.sighting.reverse();
        self.other_sightings.iter_mut().for_each(Sighting::reverse);
        self.missing.reverse();
        self.packets.reverse();
        self.cut.reverse();
        self.maximum_segments.reverse();
        self.acknowledged.reverse();
        self.repeated.reverse();
        self.origins.data.reverse();
        self.fin = self.fin.map(Direction::reverse);
        self.reset = self.reset.map(Direction::reverse);
    }
}

/// One TLS session, or a DTLS or QUIC flow that is only listed.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// From 1 on, in the order in which the sessions of the capture began.
    pub number: u32,
    /// The stream, numbered as Wireshark does.
    pub stream: StreamId,
    /// What it is.
    pub kind: Kind,
    /// The client's end.
    pub client: Endpoint,
    /// The server's end.
    pub server: Endpoint,
    /// How the two were told apart.
    pub roles_from: RolesFrom,
    /// The frame in which TLS begins.
    pub first_frame: FrameNumber,
    /// The last frame of the stream so far.
    pub last_frame: FrameNumber,
    /// The first frame of the stream.
    pub stream_first_frame: FrameNumber,
    /// Frames of the stream so far.
    pub frames: u32,
    /// Payload bytes by direction, each counted once.
    pub bytes: [u64; 2],
    /// Time of the stream's first frame.
    pub started: Timestamp,
    /// Time of the stream's last frame so far.
    pub ended: Timestamp,
    /// When the first record of the handshake was complete.
    pub handshake_started: Option<Timestamp>,
    /// When the last message of the handshake that could be recognised arrived.
    pub handshake_ended: Option<Timestamp>,
    /// What was said on the stream before TLS began.
    pub prelude: Option<Arc<Prelude>>,
    /// The ClientHellos.
    pub client_hellos: Vec<Located<Arc<ClientHello>>>,
    /// The ServerHellos, HelloRetryRequests among them.
    pub server_hellos: Vec<Located<Arc<ServerHello>>>,
    /// The version that was chosen.
    pub version: Option<ProtocolVersion>,
    /// The suite that was chosen.
    pub cipher_suite: Option<CipherSuite>,
    /// The group of the key exchange.
    pub group: Option<NamedGroup>,
    /// The scheme with which the server proved its key, where it can be read.
    pub server_signature_scheme: Option<SignatureScheme>,
    /// The chosen protocol of ALPN.
    pub alpn: Option<Vec<u8>>,
    /// The server's certificates, the leaf first.
    pub server_certificates: Vec<Arc<Certificate>>,
    /// The client's certificates, the leaf first.
    pub client_certificates: Vec<Arc<Certificate>>,
    /// The server's request for a client certificate, where it can be read.
    pub certificate_request: Option<Arc<CertificateRequest>>,
    /// Whether the client sent a certificate: `Some(false)` is an empty list, `None` is nothing seen.
    pub client_certificate_sent: Option<bool>,
    /// The DER of a stapled OCSP response.
    pub ocsp_response: Option<Arc<[u8]>>,
    /// Whether an earlier session was resumed; `None` where it cannot be told.
    pub resumed: Option<bool>,
    /// NewSessionTicket messages that can be read.
    pub new_session_tickets: u32,
    /// ChangeCipherSpec records by direction.
    pub change_cipher_specs: [u32; 2],
    /// Records of outer type application_data by direction, of which every byte was captured; in TLS 1.3 the encrypted
    /// handshake is among them.
    pub application_data_records: [u32; 2],
    /// What happened, in the order of the capture. Long runs of application data are one event.
    pub timeline: Vec<Event>,
    /// Whether events were left out because the timeline reached its limit.
    pub timeline_cut: bool,
    /// What became of the protected records, where there were secrets to open them with.
    pub decryption: Option<Box<Decryption>>,
    /// What the user's anchors make of the certificates, where the session was judged.
    pub judgement: Judgement,
    /// What the handshake proves, and whether it was checked; in the order of the capture.
    pub proofs: Vec<Proof>,
    /// How it went.
    pub outcome: Outcome,
    /// What the transport showed.
    pub transport: TransportFacts,
    /// What else the rules need to know.
    pub clues: Clues,
    /// What the rules found, in the order of their table.
    pub findings: Vec<Finding>,
    /// What the rules could not tell, in the same order.
    pub open_questions: Vec<OpenQuestion>,
    /// Why the session went the way it did.
    pub verdict: Verdict,
    /// Remarks, each with its frame.
    pub notes: Vec<Located<Note>>,
}

/// What was said on a stream before TLS began: STARTTLS, a proxy request, a PROXY header.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prelude {
    /// The protocol and what it did, in a few words: `SMTP STARTTLS`, `HTTP CONNECT`; `unrecognised` otherwise.
    pub protocol: &'static str,
    /// Whether the other side agreed to begin TLS, where the protocol has an answer.
    pub accepted: Option<bool>,
    /// The lines or packets, in order, as text from the wire.
    pub lines: Vec<PreludeLine>,
    /// Bytes before TLS by direction.
    pub bytes: [u64; 2],
}

/// One line or packet of a [`Prelude`].
#[derive(Clone, Debug, PartialEq)]
pub struct PreludeLine {
    /// The frame that carried it.
    pub frame: FrameNumber,
    /// Which way it went.
    pub direction: Direction,
    /// What it says: the line itself, or words for a binary packet. Text from the wire, not yet made printable.
    pub text: String,
}

impl Session {
    /// The host name that the client asked for.
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.client_hellos.first()?.item.server_name.as_deref()
    }

    /// The first ServerHello that is not a HelloRetryRequest.
    #[must_use]
    pub fn server_hello(&self) -> Option<&ServerHello> {
        self.server_hellos.iter().map(|hello| &*hello.item).find(|hello| !hello.is_hello_retry_request)
    }

    /// When the server's delegated credential ends, in seconds since 1970: it counts from the beginning of its certificate.
    #[must_use]
    pub fn credential_end(&self) -> Option<i64> {
        let credential = self.clues.credential.as_deref()?;
        let leaf = self.server_certificates.first().filter(|leaf| leaf.readable)?;
        Some(leaf.not_before.saturating_add(credential.valid_time.into()))
    }

    /// Whether the server asked for a different hello.
    #[must_use]
    pub fn hello_retry_request(&self) -> bool {
        self.server_hellos.iter().any(|hello| hello.item.is_hello_retry_request)
    }

    /// Whether the ServerHello takes a pre-shared key, so that no certificate follows.
    pub(super) fn resumed_by_hello(&self) -> bool {
        self.server_hello().is_some_and(|hello| hello.selected_psk.is_some())
    }

    /// The alerts that can be read, each with its event.
    pub fn alerts(&self) -> impl Iterator<Item = (&Event, Alert)> {
        self.timeline.iter().filter_map(|event| match event.kind {
            EventKind::Alert(alert) => Some((event, alert)),
            _ => None,
        })
    }
}
