//! The revocation lists that somebody gave: only those of the issuers at hand are read for a chain.

use super::ladder::list_problem;
use super::revocation::List;
use super::strict::{Unknown, View};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Revocation lists, each of which can be used.
#[derive(Clone, Debug, Default)]
pub struct RevocationLists {
    all: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    der: Arc<[u8]>,
    /// The content of the issuer's name.
    issuer: Box<[u8]>,
    this_update: i64,
    next_update: i64,
    /// When each certificate was taken back, by serial number.
    revoked: HashMap<Box<[u8]>, i64>,
}

impl RevocationLists {
    /// Adds a list in DER, or says why a verifier cannot use it.
    pub fn add(&mut self, der: &[u8]) -> Result<(), &'static str> {
        let list = List::read(der).map_err(list_problem)?;
        let (this_update, next_update) = list.period();
        let revoked = list.revoked().map(|(serial, since)| (serial.into(), since)).collect();
        self.all.push(Entry { der: der.into(), issuer: list.issuer().into(), this_update, next_update, revoked });
        Ok(())
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// Those of the issuers of these certificates.
    #[must_use]
    pub fn of_issuers(&self, sent: &[&[u8]]) -> Vec<&[u8]> {
        if self.all.is_empty() {
            return Vec::new();
        }
        let views = sent.iter().filter_map(|der| View::read(der, Unknown::PassOver).ok());
        let issuers: BTreeSet<&[u8]> = views.map(|view| view.issuer).collect();
        self.all.iter().filter(|list| issuers.contains(&*list.issuer)).map(|list| &*list.der).collect()
    }

    /// The moments at which a list says something else of a certificate with one of these serial numbers, or becomes too
    /// old, in seconds since 1970.
    #[must_use]
    pub fn turns(&self, serials: &[&[u8]]) -> Vec<i64> {
        let of_list = |list: &Entry| {
            let entries = serials.iter().filter_map(|serial| list.revoked.get(*serial).copied());
            entries.chain([list.this_update, list.next_update]).collect::<Vec<_>>()
        };
        self.all.iter().flat_map(of_list).collect()
    }
}
