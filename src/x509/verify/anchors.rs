//! Trust anchors: whom somebody chose to trust, and from which list each comes.
//!
//! A list of a hundred and more is held against every chain. Only those that bear the name of an issuer at hand can
//! matter, so they are looked up by name, and nothing is read before the first chain asks.

use super::strict::{AnchorView, Unknown, View};
use crate::base::{BufferId, Reader, Tree};
use crate::x509::facts::Certificate;
use aws_lc_rs::digest;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A certificate that is trusted without asking, and where it was found.
#[derive(Clone, PartialEq, Eq)]
pub struct TrustAnchor {
    der: Cow<'static, [u8]>,
    store: Arc<str>,
}

impl TrustAnchor {
    /// A certificate that a list with this name has.
    #[must_use]
    pub fn new(der: impl Into<Cow<'static, [u8]>>, store: impl Into<Arc<str>>) -> Self {
        Self { der: der.into(), store: store.into() }
    }

    /// The certificate.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The list that it comes from: `mozilla`, `system`, or the path of a file.
    #[must_use]
    pub fn store(&self) -> &str {
        &self.store
    }

    /// SHA-256 of the certificate.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        digest::digest(&digest::SHA256, &self.der).as_ref().try_into().unwrap_or_default()
    }

    /// Its facts, which are read at each call.
    #[must_use]
    pub fn certificate(&self) -> Certificate {
        crate::x509::certificate(Reader::new(&self.der, BufferId(0)), &mut Tree::off())
    }
}

impl fmt::Debug for TrustAnchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustAnchor({} of {})", self.certificate().subject, self.store)
    }
}

/// All anchors that were chosen.
#[derive(Clone, Debug, Default)]
pub struct TrustAnchors {
    all: Vec<Arc<TrustAnchor>>,
    by_subject: OnceLock<Index>,
}

#[derive(Clone, Debug, Default)]
struct Index {
    /// Positions by the content of the subject.
    places: HashMap<Box<[u8]>, Vec<usize>>,
    /// How many there are, each counted once.
    distinct: usize,
}

impl TrustAnchors {
    /// Adds the certificates of a list.
    pub fn add(&mut self, store: &str, certificates: impl IntoIterator<Item = Cow<'static, [u8]>>) {
        let store: Arc<str> = store.into();
        let made = certificates.into_iter().map(|der| Arc::new(TrustAnchor { der, store: Arc::clone(&store) }));
        self.all.extend(made);
        self.by_subject = OnceLock::new();
    }

    /// Adds the list that Mozilla's programs trust for servers, as it was when this program was made.
    pub fn add_mozilla(&mut self) {
        let list = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
        self.add("mozilla", list.map(|certificate| Cow::Borrowed(certificate.as_ref())));
    }

    /// Without those of the lists with these names.
    #[must_use]
    pub fn without(&self, stores: &[&str]) -> Self {
        let all = self.all.iter().filter(|anchor| !stores.contains(&anchor.store())).cloned().collect();
        Self { all, by_subject: OnceLock::new() }
    }

    /// The lists that they come from, each once, in the order in which they were added.
    #[must_use]
    pub fn stores(&self) -> Vec<&str> {
        let mut stores: Vec<&str> = Vec::new();
        for anchor in &self.all {
            if !stores.contains(&anchor.store()) {
                stores.push(anchor.store());
            }
        }
        stores
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many there are; one that stands in several lists counts once.
    #[must_use]
    pub fn count(&self) -> usize {
        self.index().distinct
    }

    /// Those with the name of the issuer of one of these certificates, each once: of the list that was added first.
    #[must_use]
    pub fn issuers_of(&self, sent: &[&[u8]]) -> Vec<Arc<TrustAnchor>> {
        let index = self.index();
        let issuers = sent.iter().filter_map(|der| View::read(der, Unknown::PassOver).ok()).map(|view| view.issuer);
        let mut seen = HashSet::new();
        let wanted = issuers.filter(|issuer| seen.insert(*issuer));
        let places = wanted.filter_map(|issuer| index.places.get(issuer)).flatten();
        places.filter_map(|place| self.all.get(*place)).map(Arc::clone).collect()
    }

    fn index(&self) -> &Index {
        self.by_subject.get_or_init(|| {
            let mut index = Index::default();
            let mut seen = HashSet::new();
            for (place, anchor) in self.all.iter().enumerate().filter(|(_, anchor)| seen.insert(&*anchor.der)) {
                index.distinct += 1;
                // One that cannot be read is nobody's issuer.
                if let Ok(view) = AnchorView::read(&anchor.der) {
                    index.places.entry(view.subject.into()).or_default().push(place);
                }
            }
            index
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mozillas_list_can_be_read_and_finds_its_own() {
        let mut anchors = TrustAnchors::default();
        assert!(anchors.is_empty() && anchors.issuers_of(&[]).is_empty());
        anchors.add_mozilla();
        assert!(anchors.count() > 100, "{}", anchors.count());
        let copies = anchors.all.clone();
        anchors.add("again", copies.iter().map(|anchor| Cow::Owned(anchor.der().to_vec())));
        assert_eq!(anchors.count(), copies.len(), "one that stands in two lists counts once");
        for anchor in &copies {
            let certificate = anchor.certificate();
            assert!(certificate.readable, "{anchor:?}");
            let found = anchors.issuers_of(&[anchor.der()]);
            assert!(!certificate.is_self_issued() || found.contains(anchor), "{anchor:?}");
            assert!(found.iter().all(|anchor| anchor.store() == "mozilla"));
        }
        assert_eq!(anchors.issuers_of(&[b"no certificate", &[]]), []);
    }
}
