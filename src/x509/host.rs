//! Whether a certificate is good for a host name (RFC 9525 6).

use super::facts::{Certificate, GeneralName};
use std::net::IpAddr;

/// What came of comparing a certificate with a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostMatch {
    /// This name of subjectAltName, as it was sent, is the host or covers it.
    Matches(String),
    /// Only the common name would match, which clients no longer look at.
    OnlyCommonName,
    /// No name matches.
    No,
}

/// Compares a certificate with the host that a client wanted.
///
/// An IP address matches an iPAddress only, a host name a dNSName only. A star stands for the whole left-most label and
/// nothing else. The common name never makes a match; that it alone would have is said, because it is a common reason
/// why an old certificate fails with a new client.
#[must_use]
pub fn matches_host(certificate: &Certificate, host: &str) -> HostMatch {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    let matching = certificate.subject_alt_names.iter().find_map(|name| match (name, address) {
        (GeneralName::Ip(own), Some(wanted)) => (*own == wanted).then(|| own.to_string()),
        (GeneralName::Dns(pattern), None) => covers(pattern, host).then(|| pattern.clone()),
        _ => None,
    });
    if let Some(name) = matching {
        return HostMatch::Matches(name);
    }
    let common = certificate.subject.common_name();
    let would_match = common.is_some_and(|name| match address {
        Some(wanted) => name.parse() == Ok(wanted),
        None => covers(name, host),
    });
    if would_match { HostMatch::OnlyCommonName } else { HostMatch::No }
}

/// Whether the name of a certificate, perhaps with a star in front, covers a host name. Case does not count (RFC 4343);
/// one dot at the end of the host marks the root and does not count either.
fn covers(pattern: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    if !is_host_name(host) {
        return false;
    }
    match pattern.strip_prefix("*.") {
        // Two labels must follow the star: *.com would cover half of the net.
        Some(parent) => {
            is_host_name(parent)
                && parent.contains('.')
                && host.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent))
        }
        None => is_host_name(pattern) && pattern.eq_ignore_ascii_case(host),
    }
}

/// Letters, digits, hyphens and underscores in labels of 1 to 63 characters. A name with anything else, a NUL byte above
/// all, matches nothing.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{BufferId, Reader, Tree};
    use crate::x509::{Name, certificate};

    fn with(common_name: &str, names: Vec<GeneralName>) -> Certificate {
        let mut facts = certificate(Reader::new(&[], BufferId(0)), &mut Tree::off());
        facts.subject = Name { attributes: vec![("CN".to_owned(), common_name.to_owned())] };
        facts.subject_alt_names = names;
        facts
    }

    #[test]
    fn names_cover_hosts() {
        for (pattern, host, expected) in [
            ("www.example.com", "www.example.com", true),
            ("WWW.Example.com", "www.eXample.COM", true),
            ("www.example.com", "www.example.com.", true),
            ("www.example.com.", "www.example.com", false),
            ("example.com", "www.example.com", false),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.com", "example.com", false),
            ("*", "localhost", false),
            ("w*.example.com", "www.example.com", false),
            ("www.*.com", "www.example.com", false),
            ("*.*.example.com", "a.b.example.com", false),
            ("localhost", "localhost", true),
            ("www.example.com\0", "www.example.com", false),
            ("_dmarc.example.com", "_dmarc.example.com", true),
            ("", "", false),
        ] {
            assert_eq!(covers(pattern, host), expected, "{pattern} {host}");
        }
    }

    #[test]
    fn only_subject_alt_names_count() {
        let dns = |name: &str| GeneralName::Dns(name.to_owned());
        let ip = |text: &str| GeneralName::Ip(text.parse().unwrap());
        let found = |name: &str| HostMatch::Matches(name.to_owned());
        for (common_name, names, host, expected) in [
            ("x", vec![dns("a.test.example"), dns("b.test.example")], "b.test.example", found("b.test.example")),
            ("a.example", vec![], "a.example", HostMatch::OnlyCommonName),
            ("a.example", vec![dns("b.example")], "a.example", HostMatch::OnlyCommonName),
            ("a.example", vec![dns("b.example")], "c.example", HostMatch::No),
            ("x", vec![ip("192.0.2.1")], "192.0.2.1", found("192.0.2.1")),
            ("x", vec![ip("2001:db8::1")], "[2001:db8:0::1]", found("2001:db8::1")),
            ("x", vec![dns("192.0.2.1")], "192.0.2.1", HostMatch::No),
            ("192.0.2.1", vec![], "192.0.2.1", HostMatch::OnlyCommonName),
        ] {
            assert_eq!(matches_host(&with(common_name, names), host), expected, "{host}");
        }
    }
}
