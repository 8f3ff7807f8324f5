//! What became of the protected records of a session, and why some stayed closed.

use super::Session;
use crate::net::Direction;
use crate::tls::key_log::{Entry, Label};

/// What became of the protected records of a session. Pairs are by direction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decryption {
    /// Protected records that were opened.
    pub opened: [u32; 2],
    /// Protected records that stayed closed, those of which bytes are missing included.
    pub closed: [u32; 2],
    /// Why the first record of a direction stayed closed.
    pub reason: [Option<Closed>; 2],
    /// Records that were opened after others had been lost: how many numbers had to be passed over.
    pub skipped: [u64; 2],
    /// The secrets that were not given as such, but found out by another kind of key.
    pub learned: Vec<Entry>,
    /// The application data that was opened.
    pub content: [Content; 2],
}

/// Application data that was opened, without the data itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Records.
    pub records: u32,
    /// Bytes without padding.
    pub bytes: u64,
    /// The SHA-256 of all of them, where it was asked for.
    pub sha256: Option<[u8; 32]>,
}

/// Why a record stayed closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Closed {
    /// None of the secrets is for the client random of this session.
    NoEntry,
    /// There are secrets for the client random, but not the one that this record needs.
    LabelMissing(Label),
    /// There is the right kind of secret, and it does not fit.
    WrongSecret,
    /// Records before it were opened, and this one does not fit: bytes were lost or changed.
    Damaged,
    /// A part of the record was not captured.
    Incomplete,
    /// The private key cannot help: the suite has forward secrecy.
    ForwardSecrecy,
    /// None of the private keys is the one that the client encrypted to.
    OtherPrivateKey,
    /// None of the pre-shared keys is for the identity that the client named.
    OtherIdentity,
    /// The handshake resumes an earlier connection, of which the keys are needed.
    Resumed,
    /// The cipher of the suite is not supported.
    SuiteNotSupported,
    /// The hello of one side was not captured.
    HandshakeNotCaptured,
    /// The capture begins behind both hellos.
    BeganBefore,
    /// The capture brings the secrets behind the record, and was read only once.
    CameLate,
    /// The record is chained to the record before it, of which the last block was not captured.
    BlockMissing,
}

impl Closed {
    /// The word of JSON and filters.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoEntry => "no entry",
            Self::LabelMissing(_) => "label missing",
            Self::WrongSecret => "wrong secret",
            Self::Damaged => "damaged",
            Self::Incomplete => "incomplete",
            Self::ForwardSecrecy => "forward secrecy",
            Self::OtherPrivateKey => "other private key",
            Self::OtherIdentity => "other identity",
            Self::Resumed => "resumed",
            Self::SuiteNotSupported => "suite not supported",
            Self::HandshakeNotCaptured => "handshake not captured",
            Self::BeganBefore => "began before the capture",
            Self::CameLate => "came late",
            Self::BlockMissing => "block missing",
        }
    }

    /// A sentence for people, with what to do about it.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::NoEntry => {
                "no secret was given for the client random of this session; the key log may be of another \
                 program, or of another time"
                    .to_owned()
            }
            Self::LabelMissing(label) => {
                format!("the key log knows this session, but has no line {} for it", label.word())
            }
            Self::WrongSecret => "the secrets that were given for this session do not fit; they may be those of the \
                 other side of a proxy, or changed"
                .to_owned(),
            Self::Damaged => {
                "records before it were opened, and it does not fit: bytes were lost or changed".to_owned()
            }
            Self::Incomplete => "a part of the record was not captured".to_owned(),
            Self::ForwardSecrecy => {
                "the key that was given is useless here: the handshake has forward secrecy, so that no long-lived key \
                 opens it; a key log can"
                    .to_owned()
            }
            Self::OtherPrivateKey => "the private key that was given is not the one of the certificate that the \
                 client encrypted to"
                .to_owned(),
            Self::OtherIdentity => "no pre-shared key was given for the identity that the client named".to_owned(),
            Self::Resumed => {
                "the session resumes an earlier one, whose full handshake was not opened in this capture; \
                 the key that was given opens full handshakes alone"
                    .to_owned()
            }
            Self::SuiteNotSupported => "the cipher of this suite is not supported".to_owned(),
            Self::HandshakeNotCaptured => "the hello of one side was not captured: up to TLS 1.2 no keys can be made \
                 without the randoms of both, and no secret of TLS 1.3 that was given fits"
                .to_owned(),
            Self::BeganBefore => {
                "the capture begins behind both hellos: up to TLS 1.2 no keys can be made without the \
                 randoms in them, not even with the line of a key log; the secrets of TLS 1.3 that were given were \
                 tried, and none fits"
                    .to_owned()
            }
            Self::CameLate => "the capture brings the secrets behind the records that need them, and it could be read \
                 only once; from an unpacked file they open the session"
                .to_owned(),
            Self::BlockMissing => "up to TLS 1.0 a record is chained to the last block of the record before it, which \
                 was not captured"
                .to_owned(),
        }
    }
}

impl Session {
    /// Whether any protected record was opened.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.decryption.as_deref().is_some_and(Decryption::is_open)
    }

    /// Why the first record stayed closed.
    #[must_use]
    pub fn why_closed(&self) -> Option<Closed> {
        self.decryption.as_deref().and_then(|decryption| decryption.reason.into_iter().flatten().next())
    }
}

impl Decryption {
    /// Whether any protected record was opened.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.opened != [0; 2]
    }

    /// Whether there was any protected record.
    #[must_use]
    pub fn is_about_something(&self) -> bool {
        self.is_open() || self.closed != [0; 2]
    }

    /// Counts a record that was opened.
    pub(super) fn opened(&mut self, direction: Direction, skipped: u64) {
        add(&mut self.opened, direction, 1);
        add(&mut self.skipped, direction, skipped);
    }

    /// Counts a record that stayed closed; the first reason is kept.
    pub(super) fn closed(&mut self, direction: Direction, reason: Closed) {
        add(&mut self.closed, direction, 1);
        if let Some(kept) = self.reason.get_mut(direction.index()) {
            kept.get_or_insert(reason);
        }
    }

    /// Keeps a secret that was found out.
    pub(super) fn learn(&mut self, entry: Entry) {
        if !self.learned.contains(&entry) {
            self.learned.push(entry);
        }
    }

    /// Turns the directions round.
    pub(super) fn reverse(&mut self) {
        self.opened.reverse();
        self.closed.reverse();
        self.reason.reverse();
        self.skipped.reverse();
        self.content.reverse();
    }
}

fn add<T: std::ops::AddAssign>(pair: &mut [T; 2], direction: Direction, more: T) {
    if let Some(count) = pair.get_mut(direction.index()) {
        *count += more;
    }
}
