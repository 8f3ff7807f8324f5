//! Name constraints along a path (RFC 5280 4.2.1.10): as rustls holds them, and as the standard does.

use super::check::Check;
use super::finding::{By, Finding};
use super::name::{Against, RawName, Subtrees, address_matches, bases, dns_matches, names};
use super::refusal::Refusal;
use super::strict::{Read, View};
use crate::base::{printable, printable_bytes};
use crate::x509::extension::constraint::NAME_CONSTRAINTS;
use crate::x509::facts::{Certificate, Name};
use crate::x509::name::{self as name_fields, address};

/// How many comparisons of a name with a subtree one verification may take.
pub(super) const MOST_COMPARISONS: usize = 250_000;

/// A certificate whose names are held against constraints.
#[derive(Clone, Copy)]
pub(super) struct Held<'v, 'a> {
    pub(super) view: &'v View<'a>,
    pub(super) facts: &'v Certificate,
    pub(super) is_leaf: bool,
}

/// As rustls does it: the constraints of one authority against the names of all certificates below it, in the order from
/// the authority down. Gives the number of the certificate that breaks them.
pub(super) fn hold<'v, 'a: 'v>(
    content: &[u8],
    below: impl Iterator<Item = &'v View<'a>>,
    spend: &mut dyn FnMut() -> Read<()>,
) -> Result<(), (usize, Refusal)> {
    let subtrees = Subtrees::read(content).map_err(|refusal| (0, refusal))?;
    for (index, view) in below.enumerate() {
        subtrees.hold(view.subject_alt_name, spend).map_err(|refusal| (index, refusal))?;
    }
    subtrees.end().map_err(|refusal| (0, refusal))
}

/// The faults of one certificate against the constraints of one authority above it.
pub(super) fn faults(content: &[u8], authority: &str, held: &Held<'_, '_>, spent: &mut usize) -> Vec<Finding> {
    let before = *spent;
    let rustls = by_rustls(content, held, spent);
    *spent = before;
    let standard = by_standard(content, held, spent);
    let finding =
        |refusal, evidence, field, by| Finding { check: Check::Constraints, refusal, evidence, field: Some(field), by };
    match (rustls, standard) {
        (Ok(()), violation) => violation
            .into_iter()
            .map(|v| {
                let by = By::Standard("RFC 5280 4.2.1.10");
                finding(Refusal::AgainstStandard, v.sentence(authority), v.field, by)
            })
            .collect(),
        (Err(refusal), Some(violation)) => {
            vec![finding(refusal, violation.sentence(authority), violation.field, By::Both)]
        }
        (Err(refusal), None) => {
            let evidence = format!("{} of {authority}: {}", "nameConstraints", reason(refusal));
            let by = By::Rustls("RFC 5280 4.2.1.10 has nothing against these names");
            let by = if refusal.is_fatal() { By::Both } else { by };
            vec![finding(refusal, evidence, &NAME_CONSTRAINTS, by)]
        }
    }
}

fn reason(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NameConstraintViolation => "rustls cannot compare this kind of name, and refuses",
        Refusal::MaximumNameConstraintComparisonsExceeded => "more comparisons of names than a verifier makes",
        Refusal::MalformedNameConstraint => "a subtree that is no DNS name",
        Refusal::MalformedDnsIdentifier => "a dNSName that is none cannot be compared",
        Refusal::InvalidNetworkMaskConstraint => "a network whose mask is none",
        _ => "not in the form of the standard",
    }
}

fn spender(spent: &mut usize) -> impl FnMut() -> Read<()> + '_ {
    || {
        *spent += 1;
        if *spent > MOST_COMPARISONS { Err(Refusal::MaximumNameConstraintComparisonsExceeded) } else { Ok(()) }
    }
}

fn by_rustls(content: &[u8], held: &Held<'_, '_>, spent: &mut usize) -> Read<()> {
    let subtrees = Subtrees::read(content)?;
    subtrees.hold(held.view.subject_alt_name, &mut spender(spent))?;
    subtrees.end()
}

/// A breach of the standard: the name, and what it breaks.
pub(super) struct Violation {
    name: String,
    how: &'static str,
    base: String,
    field: &'static crate::base::Field,
}

impl Violation {
    fn sentence(&self, authority: &str) -> String {
        format!("{} {} {} of {authority}", self.name, self.how, self.base)
    }
}

/// As the standard has it, with distinguished names, e-mail addresses and URIs, and without certificates that issued
/// themselves unless they are the last.
pub(super) fn by_standard(content: &[u8], held: &Held<'_, '_>, spent: &mut usize) -> Option<Violation> {
    let field = &NAME_CONSTRAINTS;
    let malformed = |base: &str| Violation {
        name: "nameConstraints".to_owned(),
        how: "cannot be applied:",
        base: base.to_owned(),
        field,
    };
    let Ok(subtrees) = Subtrees::read(content) else { return Some(malformed("a broken list")) };
    let is_empty = |list: Option<&[u8]>| list.is_none_or(<[u8]>::is_empty);
    if (is_empty(subtrees.permitted) && is_empty(subtrees.excluded)) || subtrees.end().is_err() {
        return Some(malformed("no subtree"));
    }
    if held.facts.is_self_issued() && !held.is_leaf {
        return None;
    }
    for name in held_names(held) {
        match holds(name, &subtrees, held.facts, &mut spender(spent)) {
            Ok(None) => {}
            Ok(Some((how, base))) => {
                let (name, field) = shown(name, held.facts);
                return Some(Violation { name, how, base, field });
            }
            Err(refusal) => return Some(malformed(reason(refusal))),
        }
    }
    None
}

fn held_names<'v>(held: &Held<'v, '_>) -> impl Iterator<Item = HeldName<'v>> {
    let subject = (!held.facts.subject.attributes.is_empty()).then_some(HeldName::Subject);
    names(held.view.subject_alt_name).filter_map(Result::ok).map(HeldName::Alternative).chain(subject)
}

/// A name that stands in the subject or in subjectAltName.
#[derive(Clone, Copy)]
enum HeldName<'a> {
    Subject,
    Alternative(RawName<'a>),
}

type Breach = Option<(&'static str, String)>;

fn holds(
    name: HeldName<'_>,
    subtrees: &Subtrees<'_>,
    facts: &Certificate,
    spend: &mut dyn FnMut() -> Read<()>,
) -> Read<Breach> {
    let (mut inside, mut outside) = (false, None);
    for base in bases(subtrees.permitted) {
        spend()?;
        let base = base?;
        match lies_in(name, Against::Permitted, base, facts)? {
            Some(true) => inside = true,
            Some(false) => outside = outside.or(Some(base)),
            None => {}
        }
    }
    if let (false, Some(base)) = (inside, outside) {
        return Ok(Some(("lies outside of the permitted", shown_base(base))));
    }
    for base in bases(subtrees.excluded) {
        spend()?;
        let base = base?;
        if lies_in(name, Against::Excluded, base, facts)? == Some(true) {
            return Ok(Some(("lies in the excluded", shown_base(base))));
        }
    }
    Ok(None)
}

fn lies_in(name: HeldName<'_>, against: Against, base: RawName<'_>, facts: &Certificate) -> Read<Option<bool>> {
    let (name, base) = match (name, base) {
        (HeldName::Subject, RawName::Directory(base)) => return below(&facts.subject, base).map(Some),
        (HeldName::Subject, _) => return Ok(None),
        (HeldName::Alternative(name), base) => (name, base),
    };
    match (name, base) {
        // RFC 5280 knows no dot in front of a DNS name.
        (RawName::Dns(_), RawName::Dns([b'.', ..])) => Err(Refusal::MalformedNameConstraint),
        (RawName::Dns(name), RawName::Dns(base)) => dns_matches(name, against, base).map(Some),
        (RawName::Ip(name), RawName::Ip(base)) => address_matches(name, base).map(Some),
        (RawName::Directory(name), RawName::Directory(base)) => {
            let name = crate::x509::name(name).ok_or(Refusal::BadDer)?;
            below(&name, base).map(Some)
        }
        (RawName::Uri(name), RawName::Uri(base)) => Ok(Some(uri_lies_in(name, base))),
        (RawName::Other(1, name), RawName::Other(1, base)) => email_lies_in(name, base).map(Some),
        // What cannot be compared must be refused (RFC 5280 4.2.1.10).
        (RawName::Other(name, _), RawName::Other(base, _)) if name == base => Ok(Some(against == Against::Excluded)),
        _ => Ok(None),
    }
}

/// Whether a distinguished name begins with the attributes of another.
fn below(name: &Name, base: &[u8]) -> Read<bool> {
    let base = crate::x509::name(base).ok_or(Refusal::BadDer)?;
    let same =
        |(own, other): (&(String, String), &(String, String))| own.0 == other.0 && folded(&own.1) == folded(&other.1);
    Ok(name.attributes.len() >= base.attributes.len() && name.attributes.iter().zip(&base.attributes).all(same))
}

/// Case and runs of spaces do not count (RFC 5280 7.1).
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A base without a dot in front is one host, with it all hosts below.
fn uri_lies_in(uri: &[u8], base: &[u8]) -> bool {
    let text = String::from_utf8_lossy(uri).into_owned();
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
    host_lies_in(host.as_bytes(), base)
}

fn host_lies_in(host: &[u8], base: &[u8]) -> bool {
    if base.starts_with(b".") {
        let cut = host.len().saturating_sub(base.len());
        host.len() > base.len() && host.get(cut..).is_some_and(|tail| tail.eq_ignore_ascii_case(base))
    } else {
        host.eq_ignore_ascii_case(base)
    }
}

/// A base is a mailbox, or a host, or with a dot in front all hosts below.
fn email_lies_in(address: &[u8], base: &[u8]) -> Read<bool> {
    let (local, host) = mailbox(address).ok_or(Refusal::MalformedNameConstraint)?;
    if base.contains(&b'@') {
        let (base_local, base_host) = mailbox(base).ok_or(Refusal::MalformedNameConstraint)?;
        return Ok(local == base_local && host.eq_ignore_ascii_case(base_host));
    }
    let bare = base.strip_prefix(b".").unwrap_or(base);
    if !is_mail_host(bare) {
        return Err(Refusal::MalformedNameConstraint);
    }
    Ok(host_lies_in(host, base))
}

fn mailbox(address: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = address.iter().rposition(|byte| *byte == b'@')?;
    let (local, host) = (address.get(..at)?, address.get(at + 1..)?);
    (!local.is_empty() && !local.contains(&b'@') && is_mail_host(host)).then_some((local, host))
}

fn is_mail_host(host: &[u8]) -> bool {
    !host.is_empty() && super::name::is_presentable(host)
}

fn shown(name: HeldName<'_>, facts: &Certificate) -> (String, &'static crate::base::Field) {
    match name {
        HeldName::Subject => {
            (format!("the subject {}", printable(&facts.subject.to_string())), &crate::x509::certificate::SUBJECT)
        }
        HeldName::Alternative(raw) => {
            let field = match raw {
                RawName::Dns(_) => &name_fields::DNS_NAME,
                RawName::Ip(_) => &name_fields::IP_ADDRESS,
                RawName::Directory(_) => &name_fields::DIRECTORY_NAME,
                RawName::Uri(_) => &name_fields::URI,
                RawName::Other(1, _) => &name_fields::RFC822_NAME,
                RawName::Other(..) => &name_fields::OTHER_NAME,
            };
            (format!("{} {}", field.label, shown_raw(raw)), field)
        }
    }
}

fn shown_base(base: RawName<'_>) -> String {
    match base {
        RawName::Dns([]) => "DNS names, all of them,".to_owned(),
        RawName::Ip(bytes) if matches!(bytes.len(), 8 | 32) => {
            let (net, mask) = bytes.split_at(bytes.len() / 2);
            let bits: u32 = mask.iter().map(|byte| byte.count_ones()).sum();
            address(net).map_or_else(|| crate::base::hex(bytes), |net| format!("{net}/{bits}"))
        }
        other => shown_raw(other),
    }
}

fn shown_raw(name: RawName<'_>) -> String {
    match name {
        RawName::Dns(text) | RawName::Uri(text) | RawName::Other(1, text) => printable_bytes(text),
        RawName::Ip(bytes) => address(bytes).map_or_else(|| crate::base::hex(bytes), |address| address.to_string()),
        RawName::Directory(der) => printable(&crate::x509::name_text(der)),
        RawName::Other(_, bytes) => crate::base::hex(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes_and_uris_lie_in_subtrees() {
        for (address, base, expected) in [
            ("a@lab.test", "a@LAB.test", Ok(true)),
            ("A@lab.test", "a@lab.test", Ok(false)),
            ("a@lab.test", "lab.test", Ok(true)),
            ("a@www.lab.test", "lab.test", Ok(false)),
            ("a@www.lab.test", ".lab.test", Ok(true)),
            ("a@lab.test", ".lab.test", Ok(false)),
            ("*@lab.test", "a@lab.test", Ok(false)),
            ("lab.test", "lab.test", Err(Refusal::MalformedNameConstraint)),
            ("a@lab.test", "invalid@invalid@lab.test", Err(Refusal::MalformedNameConstraint)),
        ] {
            assert_eq!(email_lies_in(address.as_bytes(), base.as_bytes()), expected, "{address} {base}");
        }
        for (uri, base, expected) in [
            ("https://www.lab.test/a", "www.lab.test", true),
            ("https://user@www.lab.test:8443?a", ".lab.test", true),
            ("spiffe://lab.test/web", ".lab.test", false),
            ("urn:lab", "lab", false),
        ] {
            assert_eq!(uri_lies_in(uri.as_bytes(), base.as_bytes()), expected, "{uri} {base}");
        }
    }
}
