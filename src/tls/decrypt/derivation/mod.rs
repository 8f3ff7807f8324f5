//! Every secret of a connection as a tree: what it is made of, how, and whether its value can be had.
//!
//! ```text
//!   Handshake (messages, randoms, secrets that were given)
//!     └─► transcript   the hash after each message
//!           └─► tls13 | tls12   secrets, keys, verify_data
//!                 └─► record   nonce and additional data of one record
//! ```
//!
//! A key log begins in the middle of the tree. What stands above it is shown all the same, with its place and its
//! inputs, and with the reason why it has no value. What follows from known values is computed here by the functions
//! that open records, and where it was given too, the two are compared.

mod build;
mod record;
#[cfg(test)]
mod tests;
mod text;
mod tls12;
mod tls13;
mod transcript;

pub use record::RecordAt;

use super::{Stage, Suite};
use crate::tls::code::{CipherSuite, HandshakeType, NamedGroup, ProtocolVersion};
use crate::tls::key_log::Label;
use crate::tls::secrets::Secret;
use build::Builder;

/// A handshake as far as keys are made from it.
#[derive(Clone, Debug, Default)]
pub struct Handshake {
    /// The version that was chosen; without it nothing can be said.
    pub version: Option<ProtocolVersion>,
    /// The suite that was chosen.
    pub cipher_suite: Option<CipherSuite>,
    /// The group of the key exchange.
    pub group: Option<NamedGroup>,
    /// The random of the ClientHello.
    pub client_random: [u8; 32],
    /// The random of the ServerHello.
    pub server_random: [u8; 32],
    /// Whether the master secret is bound to the handshake (RFC 7627).
    pub extended_master_secret: bool,
    /// Whether the MAC is made of the encrypted content (RFC 7366).
    pub encrypt_then_mac: bool,
    /// What became of a pre-shared key of TLS 1.3.
    pub psk: Psk,
    /// Whether early data was announced.
    pub early_data: bool,
    /// Whether the handshake resumes an earlier one; until TLS 1.2 it then has no premaster secret.
    pub resumed: bool,
    /// The messages in the order of the handshake, the later ones of TLS 1.3 among them.
    pub messages: Vec<HandshakeMessage>,
    /// The secrets that are known, and where they came from.
    pub given: Vec<KnownSecret>,
}

/// What became of the pre-shared keys of a ClientHello (RFC 8446 4.2.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Psk {
    /// None was offered.
    #[default]
    None,
    /// None was taken.
    Refused,
    /// One was taken, and Diffie-Hellman was added to it.
    WithExchange,
    /// One was taken, and nothing was added to it.
    Alone,
}

impl Psk {
    fn is_taken(self) -> bool {
        matches!(self, Self::WithExchange | Self::Alone)
    }
}

/// A message of the handshake.
#[derive(Clone, Debug, PartialEq)]
pub struct HandshakeMessage {
    /// Its type.
    pub kind: HandshakeType,
    /// What it is called; a HelloRetryRequest has a name of its own.
    pub name: String,
    /// Whether it is a HelloRetryRequest, which has the type of a ServerHello.
    pub is_retry: bool,
    /// Whether the client sent it.
    pub from_client: bool,
    /// The frame in which its last byte arrived.
    pub frame: u32,
    /// Its place in the timeline of the session.
    pub event: usize,
    /// The message with its header.
    pub bytes: Vec<u8>,
    /// The nonce of a NewSessionTicket of TLS 1.3.
    pub ticket_nonce: Option<Vec<u8>>,
}

/// A secret that is known.
#[derive(Clone, Debug)]
pub struct KnownSecret {
    /// What it is for.
    pub label: Label,
    /// The secret.
    pub secret: Secret,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of a key log, in a file or inside of the capture.
    KeyLog(Label),
    /// Found out with a private key, a pre-shared key or another connection.
    Learned,
    /// The private key of the server.
    PrivateKey,
    /// A pre-shared key that was given.
    PreSharedKey,
    /// The lab, whose peers hide nothing.
    Lab,
    /// An earlier connection of the lab, whose ticket this one shows.
    EarlierConnection,
    /// Computed from its inputs.
    Computed,
    /// Read off the wire, or laid down by the standard.
    Public,
}

/// How a value is made of its inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A heading, which has no value.
    Heading,
    /// It comes from outside of the schedule.
    Input,
    /// The hash of messages.
    TranscriptHash,
    /// HKDF-Extract (RFC 5869 2.2).
    Extract,
    /// Derive-Secret (RFC 8446 7.1).
    DeriveSecret,
    /// HKDF-Expand-Label (RFC 8446 7.1).
    ExpandLabel,
    /// The PRF until TLS 1.2 (RFC 5246 5), and what SSL 3.0 has in its place (RFC 6101 6).
    Prf,
    /// A piece of the key block.
    Cut,
    /// HMAC (RFC 2104).
    Hmac,
    /// One value laid over another.
    Xor,
    /// One value behind another.
    Concatenation,
    /// The decryption of a record.
    Open,
}

impl Operation {
    /// What the standards call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Heading => "",
            Self::Input => "input",
            Self::TranscriptHash => "Transcript-Hash",
            Self::Extract => "HKDF-Extract",
            Self::DeriveSecret => "Derive-Secret",
            Self::ExpandLabel => "HKDF-Expand-Label",
            Self::Prf => "PRF",
            Self::Cut => "cut from the key block",
            Self::Hmac => "HMAC",
            Self::Xor => "XOR",
            Self::Concatenation => "concatenation",
            Self::Open => "decryption",
        }
    }
}

/// One thing that goes into a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The part that it plays: `salt`, `secret`, `label`, `context`.
    pub name: &'static str,
    /// What it is.
    pub value: InputValue,
}

/// What goes into a value.
#[derive(Clone, Debug, PartialEq)]
pub enum InputValue {
    /// Another value of the tree.
    Node(NodeId),
    /// A message of the handshake, by its place in the timeline.
    Message {
        /// Its name and frame.
        text: String,
        /// Its place in the timeline.
        event: usize,
    },
    /// Words.
    Text(String),
    /// Bytes that are no secret.
    Bytes(Vec<u8>),
}

/// The place of a node among those of its tree.
pub type NodeId = usize;

/// What came of an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Nothing: it is a heading.
    Nothing,
    /// The value.
    Known {
        /// The value itself.
        value: Secret,
        /// Where it came from.
        origin: Origin,
        /// Whether a second source, the wire or a key log, has the same.
        confirmed: Option<bool>,
    },
    /// Words that say it; there is no secret in them.
    Words(String),
    /// It cannot be had, and why.
    Unknown(String),
}

/// One value of a key schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// How far it is indented.
    pub depth: u8,
    /// What the standard calls it.
    pub name: String,
    /// A few words beside the name: the label, or the frame.
    pub remark: String,
    /// How it is made.
    pub operation: Operation,
    /// Of what.
    pub inputs: Vec<Input>,
    /// What came of it.
    pub output: Output,
    /// Whether its value must not be seen by everybody.
    pub is_secret: bool,
    /// The direction and the part of the connection that it protects; `true` is the client's direction.
    pub protects: Option<(bool, Stage)>,
}

impl Node {
    /// What it is for, why it is there, and what would break without it.
    #[must_use]
    pub fn text(&self) -> &'static str {
        text::of(&self.name).1
    }

    /// Where it is defined.
    #[must_use]
    pub fn reference(&self) -> &'static str {
        text::of(&self.name).0
    }

    /// Its value, where it is known.
    #[must_use]
    pub fn value(&self) -> Option<&Secret> {
        match &self.output {
            Output::Known { value, .. } => Some(value),
            _ => None,
        }
    }

    /// Whether there is something to know and it is not known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self.output, Output::Unknown(_))
    }
}

/// The key schedule of a connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Derivation {
    /// The values in the order of the tree.
    pub nodes: Vec<Node>,
    /// Remarks about the whole: what was left out, and why.
    pub remarks: Vec<String>,
}

impl Derivation {
    /// The key schedule of a handshake, and the protection of one of its records.
    #[must_use]
    pub fn of(handshake: &Handshake, record: Option<&RecordAt>) -> Self {
        let Some(version) = handshake.version else {
            let why = "no ServerHello was captured: nobody can say which key schedule was used";
            return Self { remarks: vec![why.to_owned()], ..Self::default() };
        };
        let suite = handshake.cipher_suite.and_then(Suite::of);
        let mut builder = Builder::new(handshake, version, suite, record);
        if version.is_tls13() {
            tls13::build(&mut builder);
        } else {
            tls12::build(&mut builder);
        }
        builder.finish()
    }

    /// The node of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<NodeId> {
        self.nodes.iter().position(|node| node.name == name)
    }

    /// Whether a value that was computed is the one that a key log or the wire has, and none is another one.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        let of = |wanted| {
            self.nodes
                .iter()
                .any(|node| matches!(node.output, Output::Known { confirmed: Some(found), .. } if found == wanted))
        };
        of(true) && !of(false)
    }

    /// The first node that protects this part of the connection.
    #[must_use]
    pub fn protecting(&self, from_client: bool, stage: Stage) -> Option<NodeId> {
        self.nodes.iter().position(|node| node.protects == Some((from_client, stage)))
    }
}
