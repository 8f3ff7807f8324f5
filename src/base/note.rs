//! Expert notes: what a reader found odd, and where.
//!
//! Wire decoding never fails. What it cannot read, or should not believe, becomes a note on the frame or session it
//! belongs to; nothing is only logged.

use super::span::Span;
use std::borrow::Cow;

/// How much a note matters, from talk to trouble; Wireshark's expert severities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Part of the ordinary course of things.
    Chat,
    /// Worth knowing.
    Note,
    /// Something that a correct and complete capture would not show.
    Warn,
    /// Something that cannot be read as the standard has it.
    Error,
}

impl Severity {
    /// The lower-case word that filters, JSON and `--fail-on` use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// What a note is about; Wireshark's expert groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Order and completeness of what was captured: gaps, overlaps, retransmissions.
    Sequence,
    /// Putting pieces together, and the limits of it.
    Reassemble,
    /// Known to be there, not decoded.
    Undecoded,
    /// Breaks the format that the standard gives.
    Malformed,
    /// Well formed, but against the rules of the protocol.
    Protocol,
    /// Weakens or endangers the connection.
    Security,
    /// Keys and decryption.
    Decryption,
}

impl Group {
    /// The lower-case word that JSON uses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sequence => "sequence",
            Self::Reassemble => "reassemble",
            Self::Undecoded => "undecoded",
            Self::Malformed => "malformed",
            Self::Protocol => "protocol",
            Self::Security => "security",
            Self::Decryption => "decryption",
        }
    }
}

/// One remark about the bytes at `span`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub group: Group,
    /// A stable word for programs, such as `tcp.gap` or `tls.record.length`.
    pub code: &'static str,
    /// A sentence for people. Text from the wire in it has gone through [`printable`](super::printable).
    pub text: Cow<'static, str>,
    /// The bytes that it speaks of, in the buffers of the dissection that made it.
    pub span: Option<Span>,
}
