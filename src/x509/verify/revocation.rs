//! Revocation lists as a verifier sees them: which list speaks of a certificate, and what it says (RFC 5280 6.3).

use super::check::Check;
use super::facts::{CrlDepth, CrlRule, ExpiredCrl, LaterRevocation, UnknownStatus};
use super::finding::Finding;
use super::name::{RawName, uri};
use super::refusal::Refusal;
use super::strict::{Extension, Read, Signed, Strict, View, bit, flags, positive};
use crate::x509::crl;
use crate::x509::der::{BIT_STRING, ENUMERATED, INTEGER, SEQUENCE, context_constructed};
use crate::x509::facts::Certificate;
use crate::x509::time::text;
use std::collections::HashMap;

/// The bit of keyUsage that allows to sign revocation lists.
const CRL_SIGN: usize = 6;

/// One revocation list.
pub(super) struct List<'a> {
    signed: Signed<'a>,
    issuer: &'a [u8],
    this_update: i64,
    next_update: i64,
    scope: Option<Scope<'a>>,
    /// When each certificate was taken back, by serial number.
    serials: HashMap<&'a [u8], i64>,
    /// Whether cRLNumber is there, and marked critical.
    number: Option<bool>,
}

/// What a list speaks of (RFC 5280 5.2.5, issuingDistributionPoint).
#[derive(Default)]
struct Scope<'a> {
    point: Option<&'a [u8]>,
    only_users: bool,
    only_authorities: bool,
}

/// What the lists say of one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// It is not on the list with this index.
    Good(usize),
    /// No list speaks of it, and that is allowed.
    Unknown,
    /// Only the peer's own certificate is looked up.
    BeyondDepth,
    /// It is refused, because of this list where one speaks of it.
    Refused(Refusal, Option<usize>),
}

/// The certificate that is looked up, and its issuer.
#[derive(Clone, Copy)]
pub(super) struct Subject<'v, 'a> {
    pub(super) view: &'v View<'a>,
    pub(super) is_leaf: bool,
    pub(super) issuer_spki: &'a [u8],
    /// The keyUsage of the issuer; rustls knows that of an anchor not.
    pub(super) issuer_key_usage: Option<&'a [u8]>,
}

/// Looks a certificate up. `verify` checks the signature of a list.
pub(super) fn status<'a>(
    lists: &[List<'a>],
    rule: CrlRule,
    time: i64,
    subject: &Subject<'_, 'a>,
    verify: &mut dyn FnMut(&Signed<'a>, &'a [u8]) -> Read<()>,
) -> Status {
    if rule.depth == CrlDepth::Leaf && !subject.is_leaf {
        return Status::BeyondDepth;
    }
    let found = lists.iter().enumerate().find(|(_, list)| list.speaks_of(subject));
    let Some((index, list)) = found else {
        return match rule.unknown {
            UnknownStatus::Allow => Status::Unknown,
            UnknownStatus::Deny => Status::Refused(Refusal::UnknownRevocationStatus, None),
        };
    };
    match list.judge(rule, time, subject, verify) {
        Ok(()) => Status::Good(index),
        Err(refusal) => Status::Refused(refusal, Some(index)),
    }
}

/// Whether an anchor says that its key is not for revocation lists. rustls does not see that of an anchor.
pub(super) fn cannot_sign_lists(anchor: &Certificate) -> bool {
    !anchor.key_usage.is_empty() && !anchor.key_usage.contains(&"cRLSign")
}

impl<'a> List<'a> {
    pub(super) fn read(der: &'a [u8]) -> Read<Self> {
        let mut outer = Strict::long(der);
        let mut whole = outer.expect_or(SEQUENCE, Refusal::TrailingData)?;
        let (mut parts, signed) = Signed::read(&mut whole)?;
        whole.end(Refusal::TrailingData)?;
        outer.end(Refusal::TrailingData)?;
        if parts.small_number()? != 1 {
            return Err(Refusal::UnsupportedCrlVersion);
        }
        if parts.expect(SEQUENCE)? != signed.algorithm {
            return Err(Refusal::SignatureAlgorithmMismatch);
        }
        let issuer = parts.expect(SEQUENCE)?;
        let (this_update, next_update) = (parts.time()?, parts.time()?);
        let entries = if parts.next_is(SEQUENCE) { parts.expect(SEQUENCE)? } else { &[] };
        let mut list =
            Self { signed, issuer, this_update, next_update, scope: None, serials: HashMap::new(), number: None };
        list.extensions(&mut parts)?;
        parts.end(Refusal::BadDer)?;
        let mut entries = Strict::new(entries);
        while !entries.is_empty() {
            let (serial, since) = entry(&mut entries)?;
            list.serials.insert(serial, since);
        }
        Ok(list)
    }

    fn extensions(&mut self, parts: &mut Strict<'a>) -> Read<()> {
        let mut explicit = parts.expect_or(context_constructed(0), Refusal::MalformedExtensions)?;
        let mut list = explicit.expect_or(SEQUENCE, Refusal::TrailingData)?;
        let mut point = None;
        loop {
            let mut element = list.expect_or(SEQUENCE, Refusal::TrailingData)?;
            let extension = Extension::read(&mut element)?;
            match extension.standard_number() {
                Some(20) => {
                    crl_number(extension.value).map_err(|_| Refusal::InvalidCrlNumber)?;
                    self.number = Some(extension.critical);
                }
                Some(27) => return Err(Refusal::UnsupportedDeltaCrl),
                Some(28) if point.is_some() => return Err(Refusal::ExtensionValueInvalid),
                Some(28) => point = Some(extension.value),
                Some(35) => {}
                _ if extension.critical => return Err(Refusal::UnsupportedCriticalExtension),
                _ => {}
            }
            element.end(Refusal::TrailingData)?;
            if list.is_empty() {
                break;
            }
        }
        explicit.end(Refusal::MalformedExtensions)?;
        self.scope = point.map(Scope::read).transpose()?;
        Ok(())
    }

    pub(super) fn issuer(&self) -> &'a [u8] {
        self.issuer
    }

    /// The serial numbers that it takes back, and since when.
    pub(super) fn revoked(&self) -> impl Iterator<Item = (&'a [u8], i64)> {
        self.serials.iter().map(|(serial, since)| (*serial, *since))
    }

    /// Since when it takes a certificate back, where it does.
    pub(super) fn since(&self, serial: &[u8]) -> Option<i64> {
        self.serials.get(serial).copied()
    }

    /// thisUpdate and nextUpdate.
    pub(super) fn period(&self) -> (i64, i64) {
        (self.this_update, self.next_update)
    }

    /// What the standard demands of a list and rustls does not check.
    pub(super) fn faults(&self, rule: CrlRule, time: i64) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut fault = |reference, evidence: String, field| {
            found.push(Finding::standard(Check::Revocation, reference, evidence).at(field));
        };
        match self.number {
            None => fault("RFC 5280 5.2.3", "the revocation list has no cRLNumber".to_owned(), &crl::EXTENSIONS),
            Some(true) => {
                fault("RFC 5280 5.2.3", "cRLNumber of the list is marked critical".to_owned(), &crl::NUMBER);
            }
            Some(false) => {}
        }
        // A list that is looked at long after the moment is younger than it, and meant to be.
        if self.this_update > time && rule.later == LaterRevocation::Counts {
            let (made, clock) = (text(self.this_update), text(time));
            let evidence = format!("thisUpdate {made} of the revocation list is after the clock {clock}");
            fault("RFC 5280 5.1.2.4", evidence, &crl::THIS_UPDATE);
        }
        found
    }

    pub(super) fn is_by_standard(&self, rule: CrlRule, time: i64) -> bool {
        self.faults(rule, time).is_empty()
    }

    /// Whether the list has the issuer of the certificate, and a scope that holds it.
    fn speaks_of(&self, subject: &Subject<'_, 'a>) -> bool {
        self.issuer == subject.view.issuer
            && self.scope.as_ref().is_none_or(|scope| scope.holds(subject.view, subject.is_leaf))
    }

    fn judge(
        &self,
        rule: CrlRule,
        time: i64,
        subject: &Subject<'_, 'a>,
        verify: &mut dyn FnMut(&Signed<'a>, &'a [u8]) -> Read<()>,
    ) -> Read<()> {
        verify(&self.signed, subject.issuer_spki).map_err(Refusal::of_crl_signature)?;
        if rule.expired == ExpiredCrl::Enforce && time >= self.next_update {
            return Err(Refusal::CrlExpired);
        }
        if let Some(key_usage) = subject.issuer_key_usage
            && !bit(flags(Strict::new(key_usage).expect(BIT_STRING)?)?, CRL_SIGN)
        {
            return Err(Refusal::IssuerNotCrlSigner);
        }
        let counts = |since: &i64| rule.later == LaterRevocation::Counts || *since <= time;
        if self.serials.get(subject.view.serial).is_some_and(counts) { Err(Refusal::CertRevoked) } else { Ok(()) }
    }
}

fn crl_number(value: &[u8]) -> Read<()> {
    let mut der = Strict::new(value);
    let number = positive(der.expect(INTEGER)?)?;
    der.end(Refusal::BadDer)?;
    if number.len() <= 20 { Ok(()) } else { Err(Refusal::BadDer) }
}

/// One entry of the list: the serial number that it takes back, and since when.
fn entry<'a>(entries: &mut Strict<'a>) -> Read<(&'a [u8], i64)> {
    let mut parts = entries.expect_or(SEQUENCE, Refusal::TrailingData)?;
    let serial = parts.expect(INTEGER).map_err(|_| Refusal::InvalidSerialNumber)?;
    let since = parts.time()?;
    if !parts.is_empty() {
        entry_extensions(Strict::new(parts.expect(SEQUENCE)?))?;
    }
    parts.end(Refusal::TrailingData)?;
    Ok((serial, since))
}

fn entry_extensions(mut list: Strict<'_>) -> Read<()> {
    let (mut reason, mut date) = (false, false);
    while !list.is_empty() {
        let mut element = list.expect_or(SEQUENCE, Refusal::TrailingData)?;
        let extension = Extension::read(&mut element)?;
        match extension.standard_number() {
            Some(21) => {
                once(&mut reason)?;
                reason_code(extension.value)?;
            }
            Some(24) => {
                once(&mut date)?;
                let mut value = Strict::new(extension.value);
                value.time()?;
                value.end(Refusal::BadDer)?;
            }
            Some(29) => return Err(Refusal::UnsupportedIndirectCrl),
            _ if extension.critical => return Err(Refusal::UnsupportedCriticalExtension),
            _ => {}
        }
        element.end(Refusal::TrailingData)?;
    }
    Ok(())
}

fn once(seen: &mut bool) -> Read<()> {
    if std::mem::replace(seen, true) { Err(Refusal::ExtensionValueInvalid) } else { Ok(()) }
}

fn reason_code(value: &[u8]) -> Read<()> {
    let mut der = Strict::new(value);
    match der.expect(ENUMERATED)? {
        [0..=6 | 8..=10] => der.end(Refusal::TrailingData),
        [_] => Err(Refusal::UnsupportedRevocationReason),
        _ => Err(Refusal::BadDer),
    }
}

impl<'a> Scope<'a> {
    fn read(value: &'a [u8]) -> Read<Self> {
        let mut parts = Strict::new(value).expect_or(SEQUENCE, Refusal::TrailingData)?;
        let mut scope = Self::default();
        let (mut some_reasons, mut indirect, mut only_attributes) = (false, false, false);
        while !parts.is_empty() {
            let (tag, content) = parts.any()?;
            match tag {
                0xa0 if scope.point.is_some() => return Err(Refusal::ExtensionValueInvalid),
                0xa0 => scope.point = Some(content),
                0x81 => scope.only_users = flag(content)?,
                0x82 => scope.only_authorities = flag(content)?,
                0x83 => {
                    once(&mut some_reasons)?;
                    flags(content)?;
                }
                0x84 => indirect = flag(content)?,
                0x85 => only_attributes = flag(content)?,
                _ => return Err(Refusal::BadDer),
            }
        }
        if only_attributes {
            Err(Refusal::MalformedExtensions)
        } else if indirect {
            Err(Refusal::UnsupportedIndirectCrl)
        } else if some_reasons {
            Err(Refusal::UnsupportedRevocationReasonsPartitioning)
        } else {
            match scope.point.map(full_name) {
                Some(Ok(Some(_))) => Ok(scope),
                Some(Err(_)) => Err(Refusal::MalformedExtensions),
                Some(Ok(None)) | None => Err(Refusal::UnsupportedCrlIssuingDistributionPoint),
            }
        }
    }

    fn holds(&self, view: &View<'a>, is_leaf: bool) -> bool {
        if (self.only_authorities && is_leaf) || (self.only_users && !is_leaf) {
            return false;
        }
        let Some(points) = view.crl_distribution_points else { return true };
        let mut points = Strict::new(points);
        while !points.is_empty() {
            // A point that is broken does not count; the next may.
            if let Ok(Some(names)) = distribution_point(&mut points)
                && self.shares_uri(names)
            {
                return true;
            }
        }
        false
    }

    fn shares_uri(&self, names: &[u8]) -> bool {
        let own = self.point.and_then(|point| full_name(point).ok().flatten());
        let own: Vec<_> = own.into_iter().flat_map(readable).filter_map(uri).collect();
        readable(names).filter_map(uri).any(|theirs| own.contains(&theirs))
    }
}

/// BOOLEAN whose tag was replaced: its content alone.
fn flag(content: &[u8]) -> Read<bool> {
    match content {
        [0xff] => Ok(true),
        [0] => Ok(false),
        _ => Err(Refusal::BadDer),
    }
}

/// DistributionPointName: the content of fullName; `None` for a name relative to the issuer.
fn full_name(point: &[u8]) -> Read<Option<&[u8]>> {
    match Strict::new(point).any()? {
        (0xa0, names) => Ok(Some(names)),
        (0xa1, _) => Ok(None),
        _ => Err(Refusal::BadDer),
    }
}

/// The names of a run that can be read; those that cannot are passed over.
fn readable(names: &[u8]) -> impl Iterator<Item = RawName<'_>> {
    let mut rest = Strict::new(names);
    std::iter::from_fn(move || {
        // A reader that fails has taken at least one byte, so this ends.
        while !rest.is_empty() {
            if let Ok(name) = RawName::read(&mut rest) {
                return Some(name);
            }
        }
        None
    })
}

/// The full name of the next distribution point, where it speaks for all reasons and for the issuer's own list.
fn distribution_point<'a>(points: &mut Strict<'a>) -> Read<Option<&'a [u8]>> {
    let mut parts = points.expect_or(SEQUENCE, Refusal::TrailingData)?;
    let (mut point, mut is_special) = (None, false);
    while !parts.is_empty() {
        match parts.any()? {
            (0xa0, content) if point.is_none() => point = Some(content),
            (0x81 | 0xa2, _) => is_special = true,
            _ => return Err(Refusal::BadDer),
        }
    }
    if is_special { Ok(None) } else { point.map_or(Ok(None), full_name) }
}
