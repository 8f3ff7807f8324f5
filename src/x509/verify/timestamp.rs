//! Signed certificate timestamps: did a public log promise to list this very certificate (RFC 6962 3.2)?
//!
//! A timestamp inside the certificate was made before there was one: the log signed the precertificate, that is the same
//! certificate without the list of timestamps, bound to the key of its issuer. The two other ways bring one for the
//! certificate as it is.

use super::logs::{CtLog, CtLogs, Standing};
use super::signature::{self, Digest, SignatureFault, SignatureWay, check_signature, public_key_of};
use super::strict::{AnchorView, Extension, Read, Strict, Unknown, View};
use crate::base::{BufferId, Reader, Tree, hex};
use crate::x509::ct::{SignedCertificateTimestamp, signed_certificate_timestamps};
use crate::x509::der::{OCTET_STRING, SEQUENCE, context_constructed, encoded};
use crate::x509::ocsp::ocsp_response;
use aws_lc_rs::digest;
use std::sync::Arc;

/// The extension with the list, 1.3.6.1.4.1.11129.2.4.2.
const SCT_LIST: &[u8] = &[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 2];
/// How many timestamps of a peer are looked at; browsers ask for two or three.
const MOST_TIMESTAMPS: usize = 64;

/// What is asked: which of the timestamps that a peer brought for its certificate hold?
#[derive(Clone, Copy, Debug)]
pub struct TimestampRequest<'a> {
    /// The peer's certificate in DER.
    pub leaf: &'a [u8],
    /// The certificates in DER among which its issuer may be.
    pub issuers: &'a [&'a [u8]],
    /// The list of the TLS extension (RFC 6962 3.3.1).
    pub extension: Option<&'a [u8]>,
    /// The OCSP response in DER that the peer stapled.
    pub staple: Option<&'a [u8]>,
    /// The logs whose keys are known.
    pub logs: &'a CtLogs,
    /// The moment, in seconds since 1970.
    pub time: i64,
}

/// One timestamp, and what came of checking it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampCheck {
    /// How it came.
    pub delivery: Delivery,
    /// SHA-256 of the log's key.
    pub log_id: [u8; 32],
    /// The log, where it is known.
    pub log: Option<Arc<CtLog>>,
    /// When the log took the certificate, in milliseconds since 1970.
    pub timestamp: u64,
    /// What came of it.
    pub result: TimestampResult,
}

/// How a timestamp came (RFC 6962 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Inside the certificate.
    Certificate,
    /// In a TLS extension.
    Extension,
    /// In the stapled OCSP response.
    Ocsp,
}

/// What came of checking a timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampResult {
    /// The log signed it, and nothing speaks against it.
    Verified,
    /// The log did not sign it for this certificate.
    WrongSignature,
    /// The log signed it, and it does not count.
    DoesNotCount(Doubt),
    /// The log is not among those that were given.
    UnknownLog,
    /// No list of logs was given.
    NoLogs,
    /// It was not checked.
    NotChecked {
        /// The reason, as the end of a sentence that begins with "not checked:".
        why: &'static str,
    },
}

/// Why a timestamp with a good signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It is younger than the moment.
    Future,
    /// The log had been retired when it was made: at this moment, in seconds since 1970.
    Retired(i64),
    /// The log is not counted yet.
    Pending,
    /// The log was never counted.
    Rejected,
    /// The log is for certificates that end at another time.
    OutsideInterval,
}

impl Delivery {
    /// The word of JSON: `certificate`, `extension`, `ocsp`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Extension => "extension",
            Self::Ocsp => "ocsp",
        }
    }

    /// Where it stood, as the end of a sentence.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Certificate => "in the certificate",
            Self::Extension => "in a TLS extension",
            Self::Ocsp => "in the stapled OCSP response",
        }
    }
}

impl TimestampResult {
    /// The word of JSON: `verified`, `wrong-signature`, `does-not-count`, `unknown-log`, `not-checked`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::WrongSignature => "wrong-signature",
            Self::DoesNotCount(_) => "does-not-count",
            Self::UnknownLog => "unknown-log",
            Self::NoLogs | Self::NotChecked { .. } => "not-checked",
        }
    }

    /// The result with its reason, where it has one.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Verified => "verified".to_owned(),
            Self::WrongSignature => "WRONG: the log did not sign this for this certificate".to_owned(),
            Self::DoesNotCount(doubt) => format!("signed, but does not count: {}", doubt.text()),
            Self::UnknownLog => "not checked: the log is on none of the lists that were given".to_owned(),
            Self::NoLogs => "not checked: no list of logs was given (--ct-logs)".to_owned(),
            Self::NotChecked { why } => format!("not checked: {why}"),
        }
    }
}

impl TimestampCheck {
    /// What the list calls the log, or the beginning of its name on the wire. As text from a file.
    #[must_use]
    pub fn log_name(&self) -> String {
        let id = || format!("log {}", hex(self.log_id.get(..4).unwrap_or_default()));
        self.log.as_ref().map_or_else(id, |log| log.name.clone())
    }
}

impl Doubt {
    /// The reason as a clause.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Future => "it is younger than this connection",
            Self::Retired(_) => "the log had been retired when it was made",
            Self::Pending => "the log was not accepted yet when the list was made",
            Self::Rejected => "the log was rejected",
            Self::OutsideInterval => "the log is for certificates that end at another time",
        }
    }
}

/// Checks all timestamps that a peer brought: those in its certificate first, then those of the TLS extension and of the
/// stapled OCSP response.
#[must_use]
pub fn check_timestamps(request: &TimestampRequest<'_>) -> Vec<TimestampCheck> {
    let embedded = embedded(request.leaf);
    let ocsp = request.staple.map(|der| stapled(der, request.leaf)).unwrap_or_default();
    let precertificate = embedded.as_ref().filter(|_| !request.logs.is_empty());
    let entries = Entries { request, precertificate: precertificate.and_then(|(_, tbs)| entry(request, tbs)) };
    let lists = [
        (Delivery::Certificate, embedded.as_ref().map(|(list, _)| read_list(list)).unwrap_or_default()),
        (Delivery::Extension, request.extension.map(read_list).unwrap_or_default()),
        (Delivery::Ocsp, ocsp),
    ];
    let all = lists.into_iter().flat_map(|(way, list)| list.into_iter().map(move |timestamp| (way, timestamp)));
    all.take(MOST_TIMESTAMPS).map(|(way, timestamp)| entries.check(way, &timestamp)).collect()
}

/// The moments from which on the timestamps of a peer are no longer of the future, in seconds since 1970.
pub fn timestamp_turns(checks: &[TimestampCheck]) -> impl Iterator<Item = i64> {
    checks.iter().map(|check| seconds_up(check.timestamp))
}

fn seconds_up(milliseconds: u64) -> i64 {
    i64::try_from(milliseconds.div_ceil(1000)).unwrap_or(i64::MAX)
}

fn read_list(list: &[u8]) -> Vec<SignedCertificateTimestamp> {
    signed_certificate_timestamps(Reader::new(list, BufferId(0)), &mut Tree::off())
}

/// The timestamps that an OCSP response brings for a certificate.
fn stapled(der: &[u8], leaf: &[u8]) -> Vec<SignedCertificateTimestamp> {
    let response = ocsp_response(Reader::new(der, BufferId(0)), &mut Tree::off());
    let Ok(view) = View::read(leaf, Unknown::PassOver) else { return Vec::new() };
    let own = response.answers.into_iter().find(|answer| answer.serial == view.serial);
    own.map(|answer| answer.timestamps).unwrap_or_default()
}

/// The list in a certificate, and the TBSCertificate as the logs saw it.
fn embedded(certificate: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    without_list(certificate).ok().and_then(|(list, tbs)| Some((list?.to_vec(), tbs)))
}

/// Takes the list out of a TBSCertificate; all else stays as it is, byte for byte.
fn without_list(certificate: &[u8]) -> Read<(Option<&[u8]>, Vec<u8>)> {
    let mut whole = Strict::long(Strict::long(certificate).expect(SEQUENCE)?);
    let mut parts = Strict::long(whole.expect(SEQUENCE)?);
    let (mut list, mut kept) = (None, Vec::new());
    while !parts.is_empty() {
        if !parts.next_is(context_constructed(3)) {
            kept.extend_from_slice(parts.whole()?);
            continue;
        }
        let mut explicit = Strict::long(parts.expect(context_constructed(3))?);
        let mut items = Strict::long(explicit.expect(SEQUENCE)?);
        let mut extensions = Vec::new();
        while !items.is_empty() {
            let raw = items.whole_element(SEQUENCE)?;
            let extension = Extension::read(&mut Strict::long(Strict::long(raw).expect(SEQUENCE)?))?;
            if extension.id == SCT_LIST {
                list = Some(Strict::long(extension.value).expect(OCTET_STRING)?);
            } else {
                extensions.extend_from_slice(raw);
            }
        }
        if !extensions.is_empty() {
            kept.extend(encoded(context_constructed(3), &encoded(SEQUENCE, &extensions)));
        }
    }
    Ok((list, encoded(SEQUENCE, &kept)))
}

/// What the logs signed: the certificate, or its precertificate.
struct Entries<'a> {
    request: &'a TimestampRequest<'a>,
    /// That of the precertificate, where the issuer is there.
    precertificate: Option<Vec<u8>>,
}

impl Entries<'_> {
    fn check(&self, delivery: Delivery, timestamp: &SignedCertificateTimestamp) -> TimestampCheck {
        let log = self.request.logs.of(&timestamp.log_id).map(Arc::clone);
        let result = match &log {
            _ if self.request.logs.is_empty() => TimestampResult::NoLogs,
            None => TimestampResult::UnknownLog,
            Some(log) => self.result(delivery, timestamp, log),
        };
        TimestampCheck { delivery, log_id: timestamp.log_id, log, timestamp: timestamp.timestamp, result }
    }

    fn result(&self, delivery: Delivery, timestamp: &SignedCertificateTimestamp, log: &CtLog) -> TimestampResult {
        let Some(entry) = self.of(delivery) else {
            return TimestampResult::NotChecked { why: "the certificate of its issuer is not there" };
        };
        let way = match timestamp.signature_algorithm {
            0x0403 => SignatureWay::Ecdsa(Digest::Sha256),
            0x0401 => SignatureWay::Pkcs1(Digest::Sha256),
            _ => return TimestampResult::NotChecked { why: "a log may not sign in this way" },
        };
        match check_signature(way, &signed(timestamp, &entry), &timestamp.signature, &log.key) {
            Ok(()) => self.doubt(timestamp, log).map_or(TimestampResult::Verified, TimestampResult::DoesNotCount),
            Err(SignatureFault::Mismatch | SignatureFault::OtherKey) => TimestampResult::WrongSignature,
            Err(_) => TimestampResult::NotChecked { why: "the key of the log cannot be used" },
        }
    }

    fn of(&self, delivery: Delivery) -> Option<Vec<u8>> {
        if delivery == Delivery::Certificate {
            return self.precertificate.clone();
        }
        Some([&[0, 0][..], &vector24(self.request.leaf)].concat())
    }

    fn doubt(&self, timestamp: &SignedCertificateTimestamp, log: &CtLog) -> Option<Doubt> {
        let made = seconds_up(timestamp.timestamp);
        let end = View::read(self.request.leaf, Unknown::PassOver).ok().and_then(|leaf| leaf.not_after());
        let outside = log.interval.zip(end).is_some_and(|((from, to), end)| !(from..to).contains(&end));
        match log.standing {
            _ if made > self.request.time => Some(Doubt::Future),
            Standing::Pending => Some(Doubt::Pending),
            Standing::Rejected => Some(Doubt::Rejected),
            Standing::Retired(since) if made >= since => Some(Doubt::Retired(since)),
            _ if outside => Some(Doubt::OutsideInterval),
            _ => None,
        }
    }
}

/// The entry of a precertificate with its type (RFC 6962 3.1, 3.2); `None` where the issuer is not there.
fn entry(request: &TimestampRequest<'_>, precertificate: &[u8]) -> Option<Vec<u8>> {
    let leaf = View::read(request.leaf, Unknown::PassOver).ok()?;
    let hash = digest::digest(&digest::SHA256, issuer_key(&leaf, request.issuers)?);
    Some([&[0, 1][..], hash.as_ref(), &vector24(precertificate)].concat())
}

/// The SubjectPublicKeyInfo of the one that signed the certificate: names alone do not tell keys apart.
fn issuer_key<'a>(leaf: &View<'_>, issuers: &[&'a [u8]]) -> Option<&'a [u8]> {
    issuers.iter().find_map(|der| {
        let issuer = AnchorView::read(der).ok().filter(|issuer| issuer.subject == leaf.issuer)?;
        signature::check(&leaf.signed, issuer.spki).ok()?;
        public_key_of(der)
    })
}

/// What a log signs for an entry (RFC 6962 3.2).
fn signed(timestamp: &SignedCertificateTimestamp, entry: &[u8]) -> Vec<u8> {
    /// SignatureType certificate_timestamp.
    const CERTIFICATE_TIMESTAMP: u8 = 0;
    let length = u16::try_from(timestamp.extensions.len()).unwrap_or_default().to_be_bytes();
    let time = timestamp.timestamp.to_be_bytes();
    [&[timestamp.version, CERTIFICATE_TIMESTAMP][..], &time, entry, &length, &timestamp.extensions].concat()
}

/// Bytes behind their length in three.
fn vector24(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or_default().to_be_bytes();
    [length.get(1..).unwrap_or_default(), bytes].concat()
}

#[cfg(test)]
mod tests;
