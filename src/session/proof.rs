//! What was checked of a handshake: who made which signature, and whether both sides saw the same messages.
//!
//! A handshake proves itself by a few messages. Each of them that can be read has one [`Proof`] here, which says whether
//! it holds, or why it was not checked. Nothing is taken for verified because it looks right.

use super::facts::{Event, EventKind, FrameNumber, Session};
use crate::net::Direction;
use crate::tls::code::HandshakeType;
use std::borrow::Cow;

/// One message that proves something, and what came of checking it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What it is.
    pub kind: ProofKind,
    /// Who sent it.
    pub direction: Direction,
    /// The frame in which the last byte of the message arrived.
    pub frame: FrameNumber,
    /// What came of it.
    pub result: ProofResult,
}

/// What proves something in a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofKind {
    /// The binder of a pre-shared key in a ClientHello (RFC 8446 4.2.11.2).
    PskBinder {
        /// Which of the identities, from 0 on.
        identity: u16,
    },
    /// The signature in a ServerKeyExchange (RFC 5246 7.4.3).
    ServerKeyExchange,
    /// The signature of a CertificateVerify (RFC 8446 4.4.3, RFC 5246 7.4.8).
    CertificateVerify,
    /// The same where a delegated credential stands in for the key of the certificate (RFC 9345 4.1.3).
    CredentialVerify,
    /// The signature over a delegated credential (RFC 9345 4).
    Credential,
    /// The verify_data of a Finished (RFC 8446 4.4.4, RFC 5246 7.4.9).
    Finished,
}

/// What came of checking a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofResult {
    /// It holds.
    Verified,
    /// It does not.
    Failed(Misfit),
    /// It was not checked, and may be good or bad.
    NotChecked(Unchecked),
}

/// What did not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The signature was not made over these messages with the key of the certificate.
    Signature,
    /// The key of the certificate did not sign the delegated credential.
    Credential,
    /// The key of the certificate cannot make a signature of the kind that is named.
    OtherKey,
    /// The verify_data is another than the one that follows from the keys and the messages.
    VerifyData,
    /// The binder is another than the one that follows from the pre-shared key and the hello.
    Binder,
}

/// Why a proof was not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchecked {
    /// The secrets of the connection were not given.
    NoSecrets,
    /// No pre-shared key was given for the identity.
    NoPreSharedKey,
    /// Pre-shared keys without a name were given, and none of them is that of the identity.
    OtherPreSharedKey,
    /// A message that goes into it was not seen.
    MessageMissing,
    /// Bytes before it were lost, or could not be opened, and a message may have been among them.
    BytesLost,
    /// The handshake is longer than what is kept.
    TooLong,
    /// There is nothing here to check the algorithm with.
    Unsupported,
    /// The sender showed no certificate.
    NoCertificate,
    /// The key in the certificate cannot be read.
    KeyUnreadable,
    /// The message cannot be read to its end.
    Malformed,
    /// The client offered Encrypted ClientHello: the hello that counts may be one that is not on the wire.
    HiddenHello,
    /// The draft of TLS 1.3 is too old.
    Draft,
    /// So many sessions came before this one or with it that its signatures are not checked unasked.
    PutOff,
}

impl ProofKind {
    /// Its name: that of the message, or of the part of it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::PskBinder { .. } => "PSK binder",
            Self::ServerKeyExchange => "ServerKeyExchange",
            Self::CertificateVerify | Self::CredentialVerify => "CertificateVerify",
            Self::Credential => "delegated credential",
            Self::Finished => "Finished",
        }
    }

    /// The type of the message that holds it.
    #[must_use]
    pub fn message(self) -> HandshakeType {
        match self {
            Self::PskBinder { .. } => HandshakeType(1),
            Self::ServerKeyExchange => HandshakeType(12),
            Self::CertificateVerify | Self::CredentialVerify => HandshakeType(15),
            Self::Credential => HandshakeType::CERTIFICATE,
            Self::Finished => HandshakeType(20),
        }
    }

    /// Whether it is a signature over the handshake, made with the key of a certificate or of what stands in for it.
    #[must_use]
    pub fn is_signature(self) -> bool {
        matches!(self, Self::ServerKeyExchange | Self::CertificateVerify | Self::CredentialVerify)
    }
}

impl ProofResult {
    /// The word of JSON and filters.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Failed(_) => "failed",
            Self::NotChecked(_) => "not checked",
        }
    }
}

impl Unchecked {
    /// The reason in a few words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::NoSecrets => "the secrets of the connection were not given",
            Self::NoPreSharedKey => "no pre-shared key was given for the identity",
            Self::OtherPreSharedKey => "none of the pre-shared keys that were given fits the identity",
            Self::MessageMissing => "a message that goes into it was not seen",
            Self::BytesLost => "bytes before it were lost or could not be opened",
            Self::TooLong => "the handshake is too long to be kept",
            Self::Unsupported => "tlslab cannot check its algorithm",
            Self::NoCertificate => "its sender showed no certificate",
            Self::KeyUnreadable => "the key in the certificate cannot be read",
            Self::Malformed => "it cannot be read to its end",
            Self::HiddenHello => {
                "with Encrypted ClientHello another hello may count than the one on the wire, and it does not fit this one"
            }
            Self::Draft => "the draft of TLS 1.3 is too old",
            Self::PutOff => {
                "so many sessions came before it or with it that its signatures are checked only when they are asked for"
            }
        }
    }
}

impl Proof {
    /// The result as a sentence without its full stop, in which the sender is the subject where there is one.
    #[must_use]
    pub fn text(&self) -> String {
        let sender = if self.direction == Direction::ToServer { "client" } else { "server" };
        let what = match self.kind {
            ProofKind::PskBinder { identity } => format!("the binder of identity {}", u32::from(identity) + 1),
            kind => format!("the {sender}'s {}", kind.word()),
        };
        match self.result {
            ProofResult::Verified => format!("{what} was verified: {}", self.shown()),
            ProofResult::Failed(misfit) => format!("{what} does NOT fit: {}", self.of_key(misfit.text())),
            ProofResult::NotChecked(reason) => format!("{what} was not checked: {}", reason.text()),
        }
    }

    /// The text about the key that is to have signed.
    fn of_key(&self, text: &'static str) -> Cow<'static, str> {
        match self.kind {
            ProofKind::CredentialVerify => text.replace("the certificate", "the delegated credential").into(),
            _ => text.into(),
        }
    }

    /// What a proof that holds shows.
    fn shown(&self) -> &'static str {
        match self.kind {
            ProofKind::PskBinder { .. } => "the client holds the pre-shared key, and nobody changed its hello",
            ProofKind::ServerKeyExchange => "the key exchange was signed with the key of the certificate",
            ProofKind::CertificateVerify => "its sender holds the key of the certificate",
            ProofKind::CredentialVerify => "its sender holds the key of the delegated credential",
            ProofKind::Credential => "the key of the certificate signed it",
            ProofKind::Finished => "its sender has the same keys and saw the same messages",
        }
    }
}

impl Misfit {
    /// What did not fit, as a clause.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Signature => {
                "the key of the certificate did not sign these messages; they were changed on the way, or the sender \
                 does not hold the key"
            }
            Self::Credential => "the key of the certificate did not sign it for this certificate",
            Self::OtherKey => "the key of the certificate is of another kind than the signature names",
            Self::VerifyData => {
                "verify_data does not follow from the keys and the messages of this capture; a message was changed on \
                 the way, or the sides saw different ones"
            }
            Self::Binder => "it does not follow from the pre-shared key and this hello",
        }
    }
}

impl Session {
    /// The proofs in the message of an event; none where it proves nothing.
    pub fn proofs_in<'a>(&'a self, event: &'a Event) -> impl Iterator<Item = &'a Proof> {
        let message = match event.kind {
            EventKind::Handshake { kind, .. } => Some(kind),
            _ => None,
        };
        let here = move |proof: &&Proof| {
            proof.frame == event.frame && proof.direction == event.direction && Some(proof.kind.message()) == message
        };
        self.proofs.iter().filter(here)
    }

    /// How far a side proved that it holds the key of its certificate; what failed before what holds.
    #[must_use]
    pub fn key_proof(&self, sender: Direction) -> Option<&Proof> {
        let signed = |proof: &&Proof| proof.direction == sender && proof.kind.is_signature();
        self.failed_proofs().find(signed).or_else(|| self.proofs.iter().find(signed))
    }

    /// Whether a signature was left unchecked because there were too many.
    #[must_use]
    pub fn has_put_off(&self) -> bool {
        self.proofs.iter().any(|proof| proof.result == ProofResult::NotChecked(Unchecked::PutOff))
    }

    /// The proofs that do not hold.
    pub fn failed_proofs(&self) -> impl Iterator<Item = &Proof> {
        self.proofs.iter().filter(|proof| matches!(proof.result, ProofResult::Failed(_)))
    }
}
