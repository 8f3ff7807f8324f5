//! Which certificate was issued by which, as far as names and key identifiers tell.

use super::facts::Certificate;
use std::sync::Arc;

/// One certificate of those that were sent, and its place among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its index in the order sent.
    pub index: usize,
    /// The index of the certificate that issued it. `None` where that was not sent, and for a root, which issued itself.
    pub issued_by: Option<usize>,
    /// Whether subject and issuer are the same name and the key identifiers do not speak against it.
    pub self_issued: bool,
    /// Whether the key identifiers of both are there and equal. Without it, the names alone led to `issued_by`.
    pub key_identifiers_match: bool,
    /// The index of an earlier certificate with the same bytes.
    pub duplicate_of: Option<usize>,
    /// Whether it lies on the way from the first certificate upward. What does not was sent in vain.
    pub on_path: bool,
}

/// Puts certificates into issuing order: first the way from the first one sent (the peer's own) upward, then all
/// others in the order sent.
///
/// Only names and key identifiers are compared. No signature is checked: a link says who claims to be the issuer, not
/// that it is true.
#[must_use]
pub fn chain(certificates: &[Arc<Certificate>]) -> Vec<Link> {
    let mut links: Vec<Link> = (0..certificates.len()).map(|index| link(certificates, index)).collect();
    let mut order = Vec::with_capacity(links.len());
    let mut next = (!links.is_empty()).then_some(0);
    while let Some(link) = next.and_then(|index| links.get_mut(index)) {
        // Two authorities may have certified each other.
        if std::mem::replace(&mut link.on_path, true) {
            break;
        }
        order.push(link.clone());
        next = link.issued_by;
    }
    order.extend(links.into_iter().filter(|link| !link.on_path));
    order
}

fn link(certificates: &[Arc<Certificate>], index: usize) -> Link {
    let mut link = Link {
        index,
        issued_by: None,
        self_issued: false,
        key_identifiers_match: false,
        duplicate_of: None,
        on_path: false,
    };
    let Some(child) = certificates.get(index) else { return link };
    let earlier = certificates.iter().take(index);
    link.duplicate_of = earlier.zip(0..).find(|(other, _)| other.sha256 == child.sha256).map(|(_, at)| at);
    link.self_issued = child.is_self_issued() && identifiers(child, child) != Some(false);
    if link.self_issued {
        link.key_identifiers_match = identifiers(child, child) == Some(true);
        return link;
    }
    let others = certificates.iter().enumerate().filter(|(_, parent)| parent.sha256 != child.sha256);
    let candidates = others.filter(|(_, parent)| fits(child, parent));
    // Equal identifiers are better than missing ones, and of equals the one sent first is taken.
    let best = candidates.min_by_key(|(at, parent)| (identifiers(child, parent) != Some(true), *at));
    link.issued_by = best.map(|(at, _)| at);
    link.key_identifiers_match = best.is_some_and(|(_, parent)| identifiers(child, parent) == Some(true));
    link
}

/// Whether `parent` may have issued `child`: the names agree and the key identifiers do not differ.
fn fits(child: &Certificate, parent: &Certificate) -> bool {
    child.readable && parent.readable && child.issuer == parent.subject && identifiers(child, parent) != Some(false)
}

/// Whether the key identifiers agree; `None` where one is missing.
fn identifiers(child: &Certificate, parent: &Certificate) -> Option<bool> {
    let wanted = child.authority_key_identifier.as_ref()?;
    Some(parent.subject_key_identifier.as_ref()? == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{BufferId, Reader, Tree};
    use crate::x509::{Name, certificate};

    fn made(subject: &str, issuer: &str, ski: Option<u8>, aki: Option<u8>) -> Arc<Certificate> {
        let mut facts = certificate(Reader::new(&[], BufferId(0)), &mut Tree::off());
        let name = |text: &str| Name { attributes: vec![("CN".to_owned(), text.to_owned())] };
        facts.readable = true;
        (facts.subject, facts.issuer) = (name(subject), name(issuer));
        facts.subject_key_identifier = ski.map(|byte| vec![byte]);
        facts.authority_key_identifier = aki.map(|byte| vec![byte]);
        facts.sha256[0] = subject.as_bytes()[0];
        facts.sha256[1] = ski.unwrap_or(0);
        Arc::new(facts)
    }

    #[test]
    fn certificates_are_linked_by_names_and_identifiers() {
        let leaf = || made("leaf", "inter", None, Some(2));
        let inter = || made("inter", "root", Some(2), Some(1));
        let old = || made("inter", "root", Some(9), Some(1));
        let root = || made("root", "root", Some(1), None);
        let crossed = || made("a", "b", None, None);
        let back = || made("b", "a", None, None);
        for (sent, expected) in [
            (vec![], vec![]),
            (vec![leaf()], vec![(0, None, true)]),
            (vec![leaf(), inter(), root()], vec![(0, Some(1), true), (1, Some(2), true), (2, None, true)]),
            (vec![leaf(), root(), inter()], vec![(0, Some(2), true), (2, Some(1), true), (1, None, true)]),
            (vec![leaf(), old()], vec![(0, None, true), (1, None, false)]),
            (vec![leaf(), old(), inter()], vec![(0, Some(2), true), (2, None, true), (1, None, false)]),
            (vec![root(), leaf()], vec![(0, None, true), (1, None, false)]),
            (vec![crossed(), back()], vec![(0, Some(1), true), (1, Some(0), true)]),
        ] {
            let links = chain(&sent);
            let got: Vec<_> = links.iter().map(|link| (link.index, link.issued_by, link.on_path)).collect();
            assert_eq!(got, expected);
        }
    }

    #[test]
    fn duplicates_and_self_issued_ones_are_told() {
        let root = || made("root", "root", Some(1), Some(1));
        let links = chain(&[root(), root()]);
        assert_eq!((links[0].self_issued, links[0].key_identifiers_match, links[0].duplicate_of), (true, true, None));
        assert_eq!((links[1].duplicate_of, links[1].on_path), (Some(0), false));
        assert!(!chain(&[made("root", "root", Some(1), Some(2))])[0].self_issued);
    }
}
