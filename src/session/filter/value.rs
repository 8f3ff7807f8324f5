//! What a field can say, and what it can be compared with.

use crate::base::Severity;
use crate::net::Endpoint;
use crate::session::StreamId;
use crate::session::rule::rules;
use std::fmt::Write;
use std::net::IpAddr;

/// What kind of values a field has, which says how it is compared.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A count, a port, a number of bytes.
    Number,
    /// A span of time: `100ms`, `1.5s`.
    Duration,
    /// A point in time: `2026-11-21T10:00:00Z`.
    Time,
    /// Text.
    Text,
    /// Bytes, written in hexadecimal.
    Bytes,
    /// An address, with or without a port, or a network: `10.0.0.0/8`.
    Address,
    /// A stream: `5`, `tcp:5`.
    Stream,
    /// Yes or no.
    Flag,
    /// One of a few words.
    Word(&'static [(&'static str, &'static str)]),
    /// A severity; `warn` is more than `note`.
    Severity,
    /// The id of a rule: `CERT-01`.
    Rule,
    /// A protocol version: `1.3`, `TLS 1.2`, `0x0303`.
    Version,
    /// A code point: its number, or a name of the registry.
    Code {
        /// What one of them is called.
        noun: &'static str,
        /// The registry's numbers and names.
        table: fn() -> Vec<(u32, &'static str)>,
    },
}

/// One value of a field of a session.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Number(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Address(IpAddr),
    Endpoint(Endpoint),
    Stream(StreamId),
    Flag(bool),
    Severity(Severity),
    Code(u32, Option<&'static str>),
}

impl Value<'_> {
    /// What a field alone asks: a count of nothing is not there, nor is a no.
    pub(super) fn is_there(&self) -> bool {
        !matches!(self, Self::Number(0) | Self::Flag(false))
    }

    /// Whether the value, as text, is what `asked` asks for.
    pub(super) fn as_text(&self, asked: impl Fn(&str) -> bool) -> bool {
        let mut text = String::new();
        let _ = match self {
            Self::Text(text) | Self::Code(_, Some(text)) => return asked(text),
            Self::Flag(flag) => return asked(if *flag { "true" } else { "false" }),
            Self::Severity(severity) => return asked(severity.word()),
            Self::Bytes(bytes) => {
                text = crate::base::hex(bytes);
                Ok(())
            }
            Self::Number(number) => write!(text, "{number}"),
            Self::Address(address) => write!(text, "{address}"),
            Self::Endpoint(endpoint) => write!(text, "{endpoint}"),
            Self::Stream(stream) => write!(text, "{stream}"),
            Self::Code(number, None) => write!(text, "0x{number:02x}"),
        };
        asked(&text)
    }
}

impl Kind {
    /// The word that names the kind in lists of fields.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Duration => "duration",
            Self::Time => "time",
            Self::Text => "text",
            Self::Bytes => "hex",
            Self::Address => "address",
            Self::Stream => "stream",
            Self::Flag => "yes or no",
            Self::Word(_) | Self::Severity => "word",
            Self::Rule => "rule",
            Self::Version => "version",
            Self::Code { noun, .. } => noun,
        }
    }

    /// Values to choose from, each with its explanation; empty where there are too many to list.
    pub(super) fn choices(self) -> Vec<(String, String)> {
        let words = |words: &[(&str, &str)]| words.iter().map(|(w, d)| ((*w).to_owned(), (*d).to_owned())).collect();
        match self {
            Self::Word(list) => words(list),
            Self::Severity => words(&[
                ("chat", "part of the ordinary course"),
                ("note", "worth knowing"),
                ("warn", "should not be in a correct and complete capture"),
                ("error", "cannot be read as the standard has it"),
            ]),
            Self::Rule => rules().map(|rule| (rule.id.to_owned(), rule.title.to_owned())).collect(),
            Self::Flag => words(&[("true", "yes"), ("false", "no")]),
            Self::Version => words(&[
                ("1.3", "TLS 1.3"),
                ("1.2", "TLS 1.2"),
                ("1.1", "TLS 1.1"),
                ("1.0", "TLS 1.0"),
                ("ssl3", "SSL 3.0"),
                ("ssl2", "SSL 2.0"),
            ]),
            Self::Code { table, .. } => {
                table().into_iter().map(|(number, name)| (name.to_owned(), format!("0x{number:02x}"))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether values of the kind stand in an order.
    pub(super) fn is_ordered(self) -> bool {
        matches!(self, Self::Number | Self::Duration | Self::Time | Self::Severity | Self::Version | Self::Code { .. })
    }

    /// Whether a part of a value can be looked for.
    pub(super) fn is_textual(self) -> bool {
        matches!(
            self,
            Self::Text | Self::Bytes | Self::Address | Self::Code { .. } | Self::Word(_) | Self::Rule | Self::Version
        )
    }
}
