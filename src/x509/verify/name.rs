//! Names: whether a certificate's name covers a host, and whether it lies inside a constraint, as rustls-webpki has it.

use super::refusal::Refusal;
use super::strict::{Read, Strict};
use crate::x509::der::context_constructed;
use std::net::IpAddr;

/// A GeneralName, as far as anything is decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RawName<'a> {
    Dns(&'a [u8]),
    /// A distinguished name; what it says is not looked at.
    Directory(&'a [u8]),
    Ip(&'a [u8]),
    Uri(&'a [u8]),
    /// Any other kind: the number of its tag, and its content.
    Other(u8, &'a [u8]),
}

impl<'a> RawName<'a> {
    pub(super) fn read(der: &mut Strict<'a>) -> Read<Self> {
        let (tag, content) = der.any()?;
        Ok(match tag {
            0x82 => Self::Dns(content),
            0xa4 => Self::Directory(content),
            0x86 => Self::Uri(content),
            0x87 => Self::Ip(content),
            0xa0 | 0x81 | 0xa3 | 0xa5 | 0x88 => Self::Other(tag & 0x1f, content),
            _ => return Err(Refusal::BadDer),
        })
    }
}

/// The names of a subjectAltName, up to the first that cannot be read, which comes as an error.
pub(super) fn names(subject_alt_name: Option<&[u8]>) -> impl Iterator<Item = Read<RawName<'_>>> {
    let mut rest = subject_alt_name.map(Strict::new);
    std::iter::from_fn(move || {
        let der = rest.as_mut().filter(|der| !der.is_empty())?;
        let name = RawName::read(der);
        if name.is_err() {
            rest = None;
        }
        Some(name)
    })
}

/// What a name is held against.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Against {
    /// The host that was wanted.
    Host,
    /// A subtree in which names must lie.
    Permitted,
    /// A subtree in which no name may lie.
    Excluded,
}

/// Whether a certificate has a name for this host.
pub(super) fn covers_host(subject_alt_name: Option<&[u8]>, host: &str) -> Read<()> {
    for name in names(subject_alt_name) {
        if let RawName::Dns(presented) = name? {
            match dns_matches(presented, Against::Host, host.as_bytes()) {
                Ok(true) => return Ok(()),
                Ok(false) | Err(Refusal::MalformedDnsIdentifier) => {}
                Err(other) => return Err(other),
            }
        }
    }
    Err(Refusal::CertNotValidForName)
}

/// Whether a certificate has this address.
pub(super) fn covers_address(subject_alt_name: Option<&[u8]>, wanted: IpAddr) -> Read<()> {
    for name in names(subject_alt_name) {
        let matches = match (name?, wanted) {
            (RawName::Ip(bytes), IpAddr::V4(address)) => bytes == address.octets(),
            (RawName::Ip(bytes), IpAddr::V6(address)) => bytes == address.octets(),
            _ => false,
        };
        if matches {
            return Ok(());
        }
    }
    Err(Refusal::CertNotValidForName)
}

/// Whether a client may ask for this host: the syntax of host names, with or without the dot of the root behind it.
pub(super) fn is_host(name: &str) -> bool {
    is_dns(name.as_bytes(), Against::Host)
}

/// Whether a name of a certificate is a DNS name, perhaps with a star as its first label.
pub(super) fn is_presentable(name: &[u8]) -> bool {
    let Some(parent) = name.strip_prefix(b"*") else { return is_labels(name, false, false) };
    // Two labels must follow the star: *.com would cover half of the net.
    parent.strip_prefix(b".").is_some_and(|parent| is_labels(parent, false, false) && parent.contains(&b'.'))
        && name.len() <= LONGEST
}

/// The longest DNS name in text form (RFC 1035 2.3.4).
const LONGEST: usize = 253;

fn is_dns(name: &[u8], against: Against) -> bool {
    match against {
        Against::Host => is_labels(name, false, true),
        Against::Permitted | Against::Excluded => name.is_empty() || is_labels(name, true, false),
    }
}

/// Labels of letters, digits, underscores, and hyphens inside, the last not of digits only. A constraint may begin with
/// a dot, a host may end with one.
fn is_labels(name: &[u8], may_begin_with_dot: bool, may_end_with_dot: bool) -> bool {
    if name.len() > LONGEST {
        return false;
    }
    let name = if may_begin_with_dot { name.strip_prefix(b".").unwrap_or(name) } else { name };
    let name = if may_end_with_dot { name.strip_suffix(b".").unwrap_or(name) } else { name };
    let is_label = |label: &[u8]| {
        (1..=63).contains(&label.len())
            && label.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with(b"-")
            && !label.ends_with(b"-")
    };
    let last_is_number =
        name.rsplit(|byte| *byte == b'.').next().is_some_and(|last| last.iter().all(u8::is_ascii_digit));
    name.split(|byte| *byte == b'.').all(is_label) && !last_is_number
}

/// Whether a DNS name of a certificate is the host, or lies in the subtree. A constraint `example.com` holds the name
/// itself and all below it, `.example.com` only those below.
pub(super) fn dns_matches(presented: &[u8], against: Against, reference: &[u8]) -> Read<bool> {
    if !is_presentable(presented) {
        return Err(Refusal::MalformedDnsIdentifier);
    }
    if !is_dns(reference, against) {
        let is_host = against == Against::Host;
        return Err(if is_host { Refusal::MalformedDnsIdentifier } else { Refusal::MalformedNameConstraint });
    }
    let (mut presented, mut reference) = (presented, reference);
    if against == Against::Host {
        reference = reference.strip_suffix(b".").unwrap_or(reference);
    } else if presented.len() > reference.len() {
        if reference.is_empty() {
            return Ok(true);
        }
        let (before, tail) = presented.split_at(presented.len() - reference.len());
        if !reference.starts_with(b".") && !before.ends_with(b".") {
            return Ok(false);
        }
        presented = tail;
    }
    // A star could stand for a name outside of a permitted subtree, so it does not count as inside of one by itself.
    if against != Against::Permitted
        && let Some(parent) = presented.strip_prefix(b"*")
    {
        let Some(dot) = reference.iter().skip(1).position(|byte| *byte == b'.') else { return Ok(false) };
        presented = parent;
        reference = reference.get(dot + 1..).unwrap_or_default();
    }
    Ok(presented.eq_ignore_ascii_case(reference))
}

/// Whether an address lies in the network of a constraint: address and mask behind one another.
pub(super) fn address_matches(address: &[u8], network: &[u8]) -> Read<bool> {
    match (address.len(), network.len()) {
        (4, 8) | (16, 32) => {}
        (4, 32) | (16, 8) => return Ok(false),
        (4 | 16, _) => return Err(Refusal::InvalidNetworkMaskConstraint),
        _ => return Err(Refusal::BadDer),
    }
    let (base, mask) = network.split_at(address.len());
    let mut ended = false;
    for ((byte, base), mask) in address.iter().zip(base).zip(mask) {
        let in_one_row = mask.leading_ones() + mask.trailing_zeros() == 8;
        if !in_one_row || (ended && *mask != 0) {
            return Err(Refusal::InvalidNetworkMaskConstraint);
        }
        ended = *mask != 0xff;
        if (byte ^ base) & mask != 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The subtrees of a nameConstraints, each list unopened.
#[derive(Clone, Copy)]
pub(super) struct Subtrees<'a> {
    pub(super) permitted: Option<&'a [u8]>,
    pub(super) excluded: Option<&'a [u8]>,
    rest: Strict<'a>,
}

impl<'a> Subtrees<'a> {
    pub(super) fn read(content: &'a [u8]) -> Read<Self> {
        let mut der = Strict::new(content);
        let mut part = |number| {
            let tag = context_constructed(number);
            if der.next_is(tag) { der.expect(tag).map(Some) } else { Ok(None) }
        };
        let (permitted, excluded) = (part(0)?, part(1)?);
        Ok(Self { permitted, excluded, rest: der })
    }

    /// Holds the names of a certificate against the subtrees. `spend` is asked before each comparison.
    pub(super) fn hold(&self, subject_alt_name: Option<&[u8]>, spend: &mut dyn FnMut() -> Read<()>) -> Read<()> {
        for name in names(subject_alt_name) {
            self.holds_name(name?, spend)?;
        }
        // The subject is a distinguished name, too.
        self.holds_name(RawName::Directory(&[]), spend)
    }

    fn holds_name(&self, name: RawName<'_>, spend: &mut dyn FnMut() -> Read<()>) -> Read<()> {
        let (mut inside, mut outside) = (false, false);
        for base in bases(self.permitted) {
            spend()?;
            match lies_in(name, Against::Permitted, base?)? {
                Some(true) => inside = true,
                Some(false) => outside = true,
                None => {}
            }
        }
        if outside && !inside {
            return Err(Refusal::NameConstraintViolation);
        }
        for base in bases(self.excluded) {
            spend()?;
            if lies_in(name, Against::Excluded, base?)? == Some(true) {
                return Err(Refusal::NameConstraintViolation);
            }
        }
        Ok(())
    }

    /// Fails where something stands behind the two lists.
    pub(super) fn end(&self) -> Read<()> {
        self.rest.end(Refusal::BadDer)
    }
}

/// The bases of a list of subtrees. Minimum and maximum must not be there (RFC 5280 4.2.1.10).
pub(super) fn bases(list: Option<&[u8]>) -> impl Iterator<Item = Read<RawName<'_>>> {
    let mut rest = list.map(Strict::new);
    std::iter::from_fn(move || {
        let der = rest.as_mut().filter(|der| !der.is_empty())?;
        let base = der.expect(crate::x509::der::SEQUENCE).and_then(|content| {
            let mut content = Strict::new(content);
            let name = RawName::read(&mut content)?;
            content.end(Refusal::TrailingData)?;
            Ok(name)
        });
        if base.is_err() {
            rest = None;
        }
        Some(base)
    })
}

/// Whether a name lies in a subtree; `None` where the two are of different kinds.
///
/// What rustls-webpki cannot compare lies outside of every permitted subtree and inside of every excluded one.
fn lies_in(name: RawName<'_>, against: Against, base: RawName<'_>) -> Read<Option<bool>> {
    match (name, base) {
        (RawName::Dns(name), RawName::Dns(base)) => dns_matches(name, against, base).map(Some),
        (RawName::Ip(name), RawName::Ip(base)) => address_matches(name, base).map(Some),
        (RawName::Directory(_), RawName::Directory(_)) | (RawName::Uri(_), RawName::Uri(_)) => {
            Ok(Some(against == Against::Excluded))
        }
        (RawName::Other(name, _), RawName::Other(base, _)) if name == base => Err(Refusal::NameConstraintViolation),
        _ => Ok(None),
    }
}

/// The content octets of a `[number]` that must be a URI, for distribution points.
pub(super) fn uri(name: RawName<'_>) -> Option<&[u8]> {
    match name {
        RawName::Uri(uri) => Some(uri),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cover_hosts_and_lie_in_subtrees() {
        use Against::{Excluded, Host, Permitted};
        let broken = Err(Refusal::MalformedDnsIdentifier);
        let broken_base = Err(Refusal::MalformedNameConstraint);
        for (presented, against, reference, expected) in [
            ("www.lab.test", Host, "WWW.lab.test", Ok(true)),
            ("www.lab.test", Host, "www.lab.test.", Ok(true)),
            ("www.lab.test.", Host, "www.lab.test", broken),
            ("lab.test", Host, "www.lab.test", Ok(false)),
            ("*.lab.test", Host, "www.lab.test", Ok(true)),
            ("*.lab.test", Host, "a.www.lab.test", Ok(false)),
            ("*.lab.test", Host, "lab.test", Ok(false)),
            ("*.test", Host, "lab.test", broken),
            ("*", Host, "lab.test", broken),
            ("w*.lab.test", Host, "www.lab.test", broken),
            ("a_b.lab.test", Host, "a_b.lab.test", Ok(true)),
            ("-a.lab.test", Host, "-a.lab.test", broken),
            ("192.0.2.7", Host, "192.0.2.7", broken),
            ("", Host, "lab.test", broken),
            ("www.lab.test", Permitted, "lab.test", Ok(true)),
            ("lab.test", Permitted, "lab.test", Ok(true)),
            ("badlab.test", Permitted, "lab.test", Ok(false)),
            ("www.lab.test", Permitted, ".lab.test", Ok(true)),
            ("lab.test", Permitted, ".lab.test", Ok(false)),
            ("www.lab.test", Permitted, "", Ok(true)),
            ("www.lab.test", Permitted, "*.lab.test", broken_base),
            ("www.lab.test", Permitted, "lab.test.", broken_base),
            ("www.lab.test", Permitted, ".", broken_base),
            ("*.lab.test", Permitted, "www.lab.test", Ok(false)),
            ("*.lab.test", Excluded, "www.lab.test", Ok(true)),
            ("*.lab.test", Permitted, "lab.test", Ok(true)),
            ("*.lab.test", Excluded, "other.test", Ok(false)),
        ] {
            assert_eq!(
                dns_matches(presented.as_bytes(), against, reference.as_bytes()),
                expected,
                "{presented} {reference}"
            );
        }
    }

    #[test]
    fn addresses_lie_in_networks() {
        let mask = Err(Refusal::InvalidNetworkMaskConstraint);
        for (address, network, expected) in [
            (&[192, 0, 2, 7][..], &[192, 0, 2, 0, 255, 255, 255, 0][..], Ok(true)),
            (&[192, 0, 3, 7], &[192, 0, 2, 0, 255, 255, 255, 0], Ok(false)),
            (&[192, 0, 2, 7], &[0; 8], Ok(true)),
            (&[192, 0, 2, 7], &[192, 0, 2, 0, 255, 0, 255, 0], mask),
            (&[192, 0, 2, 7], &[192, 0, 2, 0, 255, 255, 253, 0], mask),
            (&[192, 0, 2, 7], &[0; 32], Ok(false)),
            (&[192, 0, 2, 7], &[0; 7], mask),
            (&[192, 0, 2], &[0; 8], Err(Refusal::BadDer)),
        ] {
            assert_eq!(address_matches(address, network), expected, "{address:?} {network:?}");
        }
    }
}
