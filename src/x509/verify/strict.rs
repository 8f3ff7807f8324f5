//! DER as rustls-webpki accepts it: no second way to write a length, no byte too many, nothing passed over.
//!
//! The decoder of this room reads on after a fault and shows what is there. A verifier must not: two programs that read
//! broken bytes in two ways could be told two stories by one certificate. So the verdict has a reader of its own.

use super::refusal::Refusal;
use crate::x509::der::{
    BIT_STRING, BOOLEAN, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, SEQUENCE, UTC_TIME, context_constructed,
};
use crate::x509::time::seconds;

pub(super) type Read<T> = Result<T, Refusal>;

/// No element of a certificate may be this long.
pub(super) const CERTIFICATE_LIMIT: usize = 0xffff;
/// A revocation list may be longer.
const LONG_LIMIT: usize = 0xffff_ffff;

/// Elements that are still to be read.
#[derive(Clone, Copy)]
pub(super) struct Strict<'a> {
    bytes: &'a [u8],
    limit: usize,
}

impl<'a> Strict<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, limit: CERTIFICATE_LIMIT }
    }

    /// For what may be longer than a certificate that counts: a revocation list, or a certificate that is only read.
    pub(super) fn long(bytes: &'a [u8]) -> Self {
        Self { bytes, limit: LONG_LIMIT }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn next_is(&self, tag: u8) -> bool {
        self.bytes.first() == Some(&tag)
    }

    /// Fails with `refusal` where bytes are left.
    pub(super) fn end(&self, refusal: Refusal) -> Read<()> {
        if self.is_empty() { Ok(()) } else { Err(refusal) }
    }

    fn byte(&mut self) -> Read<u8> {
        let (first, rest) = self.bytes.split_first().ok_or(Refusal::BadDer)?;
        self.bytes = rest;
        Ok(*first)
    }

    /// The next element: its tag and content.
    pub(super) fn any(&mut self) -> Read<(u8, &'a [u8])> {
        let tag = self.byte()?;
        if tag & 0x1f == 0x1f {
            return Err(Refusal::BadDer);
        }
        let length = self.length()?;
        if length >= self.limit {
            return Err(Refusal::BadDer);
        }
        let (content, rest) = self.bytes.split_at_checked(length).ok_or(Refusal::BadDer)?;
        self.bytes = rest;
        Ok((tag, content))
    }

    fn length(&mut self) -> Read<usize> {
        let first = self.byte()?;
        let count = match first {
            0..=0x7f => return Ok(usize::from(first)),
            0x81..=0x84 => usize::from(first & 0x7f),
            _ => return Err(Refusal::BadDer),
        };
        let mut length = 0_usize;
        for _ in 0..count {
            length = length << 8 | usize::from(self.byte()?);
        }
        // The least that this many bytes are needed for.
        let least = if count == 1 { 0x80 } else { 1_usize << (8 * (count - 1)) };
        if length < least { Err(Refusal::BadDer) } else { Ok(length) }
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Read<&'a [u8]> {
        match self.any()? {
            (found, content) if found == tag => Ok(content),
            _ => Err(Refusal::BadDer),
        }
    }

    /// The next element with its header, which must have this tag.
    pub(super) fn whole_element(&mut self, tag: u8) -> Read<&'a [u8]> {
        if self.next_is(tag) { self.whole() } else { Err(Refusal::BadDer) }
    }

    /// The next element with its header, whatever its tag.
    pub(super) fn whole(&mut self) -> Read<&'a [u8]> {
        let before = self.bytes;
        self.any()?;
        Ok(before.get(..before.len() - self.bytes.len()).unwrap_or_default())
    }

    /// The content of the next element; `refusal` where it is not there.
    pub(super) fn expect_or(&mut self, tag: u8, refusal: Refusal) -> Read<Strict<'a>> {
        let content = self.expect(tag).map_err(|_| refusal)?;
        Ok(Strict { bytes: content, limit: self.limit })
    }

    /// BOOLEAN DEFAULT FALSE; false may be written out.
    pub(super) fn flag(&mut self) -> Read<bool> {
        if !self.next_is(BOOLEAN) {
            return Ok(false);
        }
        let mut content = self.expect_or(BOOLEAN, Refusal::TrailingData)?;
        let value = match content.byte()? {
            0xff => true,
            0 => false,
            _ => return Err(Refusal::BadDer),
        };
        content.end(Refusal::TrailingData)?;
        Ok(value)
    }

    /// INTEGER from 0 to 255.
    pub(super) fn small_number(&mut self) -> Read<u8> {
        match positive(self.expect(INTEGER)?)? {
            [number] => Ok(*number),
            _ => Err(Refusal::BadDer),
        }
    }

    /// BIT STRING of whole bytes.
    pub(super) fn whole_bits(&mut self) -> Read<&'a [u8]> {
        let mut content = self.expect_or(BIT_STRING, Refusal::TrailingData)?;
        if content.byte()? == 0 { Ok(content.bytes) } else { Err(Refusal::BadDer) }
    }

    /// UTCTime or GeneralizedTime in the one form of RFC 5280 4.1.2.5, not before 1970, in seconds since then.
    pub(super) fn time(&mut self) -> Read<i64> {
        let (tag, length) = if self.next_is(UTC_TIME) { (UTC_TIME, 13) } else { (GENERALIZED_TIME, 15) };
        let content = self.expect_or(tag, Refusal::TrailingData)?.bytes;
        let (text, rest) = content.split_at_checked(length).ok_or(Refusal::BadDerTime)?;
        let digits = text.split_last().filter(|(last, digits)| **last == b'Z' && digits.iter().all(u8::is_ascii_digit));
        let has_leap_second = digits.is_some_and(|(_, digits)| digits.ends_with(b"60"));
        let seconds = digits.and_then(|_| seconds(tag, text)).filter(|(seconds, _)| *seconds >= 0 && !has_leap_second);
        let (seconds, _) = seconds.ok_or(Refusal::BadDerTime)?;
        if rest.is_empty() { Ok(seconds) } else { Err(Refusal::TrailingData) }
    }
}

/// The bytes of an INTEGER that is not negative, without the zero in front.
pub(super) fn positive(bytes: &[u8]) -> Read<&[u8]> {
    match bytes {
        [] | [0, 0..=0x7f, ..] | [0x80..=0xff, ..] => Err(Refusal::BadDer),
        [0, rest @ ..] if !rest.is_empty() => Ok(rest),
        all => Ok(all),
    }
}

/// A BIT STRING of flags, from its content: the bytes, of which the bits that do not count must be zero.
pub(super) fn flags(content: &[u8]) -> Read<&[u8]> {
    match content.split_first() {
        Some((0, bits)) => Ok(bits),
        Some((unused @ 1..=7, bits)) if bits.last().is_some_and(|last| last & ((1 << unused) - 1) == 0) => Ok(bits),
        _ => Err(Refusal::BadDer),
    }
}

/// Whether bit `index` is set, counted from the first.
pub(super) fn bit(bits: &[u8], index: usize) -> bool {
    bits.get(index / 8).is_some_and(|byte| byte & (0x80 >> (index % 8)) != 0)
}

/// What an issuer signed, and how.
#[derive(Clone, Copy)]
pub(super) struct Signed<'a> {
    /// The signed part with its header.
    pub(super) data: &'a [u8],
    /// The content of signatureAlgorithm.
    pub(super) algorithm: &'a [u8],
    pub(super) signature: &'a [u8],
}

impl<'a> Signed<'a> {
    /// Reads the three parts of a signed structure. Gives also the content of the signed part.
    pub(super) fn read(der: &mut Strict<'a>) -> Read<(Strict<'a>, Self)> {
        let mut ahead = *der;
        let data = ahead.whole_element(SEQUENCE)?;
        let content = der.expect(SEQUENCE)?;
        // The algorithm and the signature are short in a revocation list, too.
        let mut rest = Strict { bytes: der.bytes, limit: CERTIFICATE_LIMIT };
        let algorithm = rest.expect(SEQUENCE)?;
        let signature = rest.whole_bits()?;
        der.bytes = rest.bytes;
        Ok((Strict { bytes: content, limit: der.limit }, Self { data, algorithm, signature }))
    }
}

/// One extension.
#[derive(Clone, Copy)]
pub(super) struct Extension<'a> {
    pub(super) id: &'a [u8],
    pub(super) critical: bool,
    pub(super) value: &'a [u8],
}

impl<'a> Extension<'a> {
    pub(super) fn read(der: &mut Strict<'a>) -> Read<Self> {
        Ok(Self { id: der.expect(OID)?, critical: der.flag()?, value: der.expect(OCTET_STRING)? })
    }

    /// The last number of an OID directly below 2.5.29, where the extensions of X.509 itself are.
    pub(super) fn standard_number(&self) -> Option<u8> {
        match self.id {
            [0x55, 0x1d, number] => Some(*number),
            _ => None,
        }
    }
}

/// A certificate as a verifier sees it: the parts that decide, unopened.
#[derive(Clone)]
pub(super) struct View<'a> {
    pub(super) signed: Signed<'a>,
    pub(super) serial: &'a [u8],
    pub(super) issuer: &'a [u8],
    pub(super) validity: &'a [u8],
    pub(super) subject: &'a [u8],
    pub(super) spki: &'a [u8],
    pub(super) basic_constraints: Option<&'a [u8]>,
    /// The whole BIT STRING.
    pub(super) key_usage: Option<&'a [u8]>,
    pub(super) extended_key_usage: Option<&'a [u8]>,
    pub(super) name_constraints: Option<&'a [u8]>,
    pub(super) subject_alt_name: Option<&'a [u8]>,
    pub(super) crl_distribution_points: Option<&'a [u8]>,
}

/// What becomes of a critical extension that rustls-webpki does not know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    Refuse,
    PassOver,
}

impl<'a> View<'a> {
    pub(super) fn read(der: &'a [u8], unknown: Unknown) -> Read<Self> {
        let mut outer = Strict::new(der);
        let mut whole = outer.expect_or(SEQUENCE, Refusal::TrailingData)?;
        let (mut parts, signed) = Signed::read(&mut whole)?;
        whole.end(Refusal::TrailingData)?;
        outer.end(Refusal::TrailingData)?;
        version_3(&mut parts)?;
        let serial = parts.expect(INTEGER)?;
        if parts.expect(SEQUENCE)? != signed.algorithm {
            return Err(Refusal::SignatureAlgorithmMismatch);
        }
        let mut view = Self {
            signed,
            serial,
            issuer: parts.expect(SEQUENCE)?,
            validity: parts.expect(SEQUENCE)?,
            subject: parts.expect(SEQUENCE)?,
            spki: parts.expect(SEQUENCE)?,
            basic_constraints: None,
            key_usage: None,
            extended_key_usage: None,
            name_constraints: None,
            subject_alt_name: None,
            crl_distribution_points: None,
        };
        if !parts.is_empty() {
            view.extensions(&mut parts, unknown)?;
        }
        parts.end(Refusal::TrailingData)?;
        Ok(view)
    }

    /// Whether the moment lies in the validity period.
    pub(super) fn holds_at(&self, time: i64) -> bool {
        let mut times = Strict::new(self.validity);
        matches!((times.time(), times.time()), (Ok(from), Ok(to)) if (from..=to).contains(&time))
    }

    /// The last moment of the validity period.
    pub(super) fn not_after(&self) -> Option<i64> {
        let mut times = Strict::new(self.validity);
        times.time().and_then(|_| times.time()).ok()
    }

    fn extensions(&mut self, parts: &mut Strict<'a>, unknown: Unknown) -> Read<()> {
        let mut explicit = parts.expect_or(context_constructed(3), Refusal::TrailingData)?;
        let mut list = explicit.expect_or(SEQUENCE, Refusal::TrailingData)?;
        while !list.is_empty() {
            let mut element = list.expect_or(SEQUENCE, Refusal::TrailingData)?;
            let extension = Extension::read(&mut element)?;
            self.keep(&extension, unknown)?;
            element.end(Refusal::TrailingData)?;
        }
        explicit.end(Refusal::TrailingData)
    }

    fn keep(&mut self, extension: &Extension<'a>, unknown: Unknown) -> Read<()> {
        let place = match extension.standard_number() {
            Some(15) => &mut self.key_usage,
            Some(17) => &mut self.subject_alt_name,
            Some(19) => &mut self.basic_constraints,
            Some(30) => &mut self.name_constraints,
            Some(31) => &mut self.crl_distribution_points,
            Some(37) => &mut self.extended_key_usage,
            _ if extension.critical && unknown == Unknown::Refuse => return Err(Refusal::UnsupportedCriticalExtension),
            _ => return Ok(()),
        };
        if place.is_some() {
            return Err(Refusal::ExtensionValueInvalid);
        }
        *place = Some(if extension.standard_number() == Some(15) {
            extension.value
        } else {
            let mut value = Strict::new(extension.value);
            let content = value.expect(SEQUENCE)?;
            value.end(Refusal::BadDer)?;
            content
        });
        Ok(())
    }
}

fn version_3(parts: &mut Strict<'_>) -> Read<()> {
    let mut version = parts.expect_or(context_constructed(0), Refusal::UnsupportedCertVersion)?;
    if version.small_number()? != 2 {
        return Err(Refusal::UnsupportedCertVersion);
    }
    version.end(Refusal::UnsupportedCertVersion)
}

/// All that rustls-webpki takes from a trust anchor.
#[derive(Clone, Copy)]
pub(super) struct AnchorView<'a> {
    pub(super) subject: &'a [u8],
    pub(super) spki: &'a [u8],
    pub(super) name_constraints: Option<&'a [u8]>,
}

impl<'a> AnchorView<'a> {
    pub(super) fn read(der: &'a [u8]) -> Read<Self> {
        match View::read(der, Unknown::PassOver) {
            Ok(View { subject, spki, name_constraints, .. }) => Ok(Self { subject, spki, name_constraints }),
            Err(Refusal::UnsupportedCertVersion) => Self::read_version_1(der).map_err(|_| Refusal::BadDer),
            Err(refusal) => Err(refusal),
        }
    }

    /// Roots of the nineties have no version and no extensions.
    fn read_version_1(der: &'a [u8]) -> Read<Self> {
        let mut outer = Strict::new(der);
        let mut whole = outer.expect_or(SEQUENCE, Refusal::TrailingData)?;
        let mut parts = whole.expect_or(SEQUENCE, Refusal::TrailingData)?;
        parts.expect(INTEGER)?;
        for _ in ["signature", "issuer", "validity"] {
            parts.expect(SEQUENCE)?;
        }
        let anchor = Self { subject: parts.expect(SEQUENCE)?, spki: parts.expect(SEQUENCE)?, name_constraints: None };
        parts.end(Refusal::TrailingData)?;
        whole.expect(SEQUENCE)?;
        whole.expect(BIT_STRING)?;
        whole.end(Refusal::TrailingData)?;
        outer.end(Refusal::BadDer)?;
        Ok(anchor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_way_to_write_an_element() {
        for (bytes, expected) in [
            (&[4, 1, 7][..], Ok((4, &[7][..]))),
            (&[4, 0], Ok((4, &[]))),
            (&[4, 0x81, 1, 7], Err(Refusal::BadDer)),
            (&[4, 0x82, 0, 1, 7], Err(Refusal::BadDer)),
            (&[4, 0x80, 0, 0], Err(Refusal::BadDer)),
            (&[4, 0x85, 0, 0, 0, 0, 1, 7], Err(Refusal::BadDer)),
            (&[0x1f, 1, 7], Err(Refusal::BadDer)),
            (&[4, 2, 7], Err(Refusal::BadDer)),
            (&[], Err(Refusal::BadDer)),
        ] {
            assert_eq!(Strict::new(bytes).any(), expected, "{bytes:02x?}");
        }
    }

    #[test]
    fn numbers_flags_and_times_are_strict() {
        for (bytes, expected) in [
            (&[2, 1, 5][..], Ok(5)),
            (&[2, 2, 0, 0x80], Ok(0x80)),
            (&[2, 2, 0, 5], Err(Refusal::BadDer)),
            (&[2, 1, 0x80], Err(Refusal::BadDer)),
            (&[2, 2, 1, 0], Err(Refusal::BadDer)),
            (&[2, 0], Err(Refusal::BadDer)),
        ] {
            assert_eq!(Strict::new(bytes).small_number(), expected, "{bytes:02x?}");
        }
        for (bytes, expected) in [
            (&[1, 1, 0xff][..], Ok(true)),
            (&[1, 1, 0], Ok(false)),
            (&[1, 1, 1], Err(Refusal::BadDer)),
            (&[], Ok(false)),
        ] {
            assert_eq!(Strict::new(bytes).flag(), expected, "{bytes:02x?}");
        }
        for (tag, text, expected) in [
            (UTC_TIME, "260301120000Z", Ok(1_772_366_400)),
            (GENERALIZED_TIME, "20260301120000Z", Ok(1_772_366_400)),
            (UTC_TIME, "2603011200Z", Err(Refusal::BadDerTime)),
            (UTC_TIME, "260301120060Z", Err(Refusal::BadDerTime)),
            (UTC_TIME, "260230120000Z", Err(Refusal::BadDerTime)),
            (UTC_TIME, "500101000000Z", Err(Refusal::BadDerTime)),
            (UTC_TIME, "260301120000Z0", Err(Refusal::TrailingData)),
            (UTC_TIME, "260301120000+0100", Err(Refusal::BadDerTime)),
        ] {
            let mut der = vec![tag, u8::try_from(text.len()).unwrap()];
            der.extend(text.bytes());
            assert_eq!(Strict::new(&der).time(), expected, "{text}");
        }
    }
}
