//! Plain words: found in anything that a list of sessions shows.

use super::pattern::{contains, fits};
use crate::session::Session;
use std::fmt::Write;

/// A word to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// In lower case.
    Part(String),
    /// With a star at both ends.
    Pattern(String),
}

impl Word {
    pub(super) fn new(text: &str) -> Self {
        if text.contains('*') { Self::Pattern(format!("*{text}*")) } else { Self::Part(text.to_ascii_lowercase()) }
    }

    /// Whether this is nowhere where `other` is not, as far as that can be told.
    pub(super) fn narrows(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Part(part), Self::Part(other)) => part.contains(other.as_str()),
            _ => self == other,
        }
    }

    pub(super) fn is_in(&self, session: &Session) -> bool {
        // What has to be written to be searched comes last.
        self.is_in_names(session)
            || self.is_in_alerts(session)
            || self.is_in_certificates(session)
            || self.is_in_addresses(session)
    }

    fn is_in_addresses(&self, session: &Session) -> bool {
        let possible = |c: char| c.is_ascii_hexdigit() || ".:[] tcpud".contains(c);
        if matches!(self, Self::Part(part) if !part.chars().all(possible)) {
            return false;
        }
        let mut text = String::with_capacity(128);
        let Session { client, server, stream, .. } = session;
        let _ = write!(text, "{client} {server} {stream}");
        self.fits(&text)
    }

    fn is_in_names(&self, session: &Session) -> bool {
        let alpn = session.alpn.as_deref().and_then(|name| std::str::from_utf8(name).ok());
        let prelude = session.prelude.as_deref().map(|prelude| prelude.protocol);
        let authentication = session.authentication().map(crate::session::Authentication::word);
        let texts = [
            session.server_name(),
            session.version.and_then(crate::tls::code::ProtocolVersion::name),
            session.cipher_suite.and_then(crate::tls::code::CipherSuite::name),
            session.group.and_then(crate::tls::code::NamedGroup::name),
            alpn,
            prelude,
            authentication,
            Some(session.outcome.word()),
            Some(session.kind.word()),
        ];
        texts.into_iter().flatten().any(|text| self.fits(text))
    }

    fn is_in_alerts(&self, session: &Session) -> bool {
        session.alerts().any(|(_, alert)| alert.description.name().is_some_and(|name| self.fits(name)))
    }

    fn is_in_certificates(&self, session: &Session) -> bool {
        let certificates = session.server_certificates.iter().chain(&session.client_certificates);
        certificates.flat_map(|certificate| &certificate.subject.attributes).any(|(_, value)| self.fits(value))
    }

    fn fits(&self, text: &str) -> bool {
        match self {
            Self::Part(part) => contains(text, part),
            Self::Pattern(pattern) => fits(text, pattern),
        }
    }
}
