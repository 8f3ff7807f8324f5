//! The certificates, keys and revocation lists of a scenario, made from its seed: the same seed gives the same bytes.
//!
//! ```text
//!   key ◄─ params ◄─ list
//!    ▲        ▲        ▲
//!    └────────┴─ build ┘ ─► damage ─► Pki ─► export
//!   request                      asking an authority for a certificate
//! ```
//!
//! The room must not know peers nor what becomes of a certificate that is bad on purpose.

mod build;
mod damage;
mod der;
mod export;
mod key;
mod list;
mod params;
mod request;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

pub use build::{PkiError, build, build_list};
pub use export::{ExportError, save};
pub use request::{Request, RequestProblem, make_request, read_request};

use super::scenario::KeyKind;
use std::fmt;

/// Everything that `[pki]` of a scenario asks for.
#[derive(Clone, Debug, Default)]
pub struct Pki {
    /// Certificates in the order of the file.
    pub certificates: Vec<Issued>,
    /// Revocation lists in the order of the file.
    pub revocation_lists: Vec<IssuedList>,
}

/// A certificate that was made.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Its name in the scenario.
    pub name: String,
    /// The certificate, with any damage.
    pub der: Vec<u8>,
    /// The key that its owner holds.
    pub key: std::sync::Arc<PrivateKey>,
    /// The name of the entry that signed it; `None` where it signed itself.
    pub issuer: Option<String>,
    /// The signing request that its owner made, as DER, where the scenario has one.
    pub request: Option<Vec<u8>>,
}

/// A revocation list that was made.
#[derive(Clone, Debug)]
pub struct IssuedList {
    /// Its name in the scenario.
    pub name: String,
    /// The list.
    pub der: Vec<u8>,
}

/// A private key. It does not show itself in debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey {
    /// What kind of key it is.
    pub kind: KeyKind,
    /// PKCS#8.
    pub pkcs8: Vec<u8>,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} private key", self.kind)
    }
}

impl Pki {
    /// The certificate with that name.
    #[must_use]
    pub fn certificate(&self, name: &str) -> Option<&Issued> {
        self.certificates.iter().find(|issued| issued.name == name)
    }

    /// The certificates from that one up to the last authority of the scenario, as far as they are not broken off.
    #[must_use]
    pub fn chain(&self, name: &str) -> Vec<&Issued> {
        let mut chain: Vec<&Issued> = Vec::new();
        let mut next = self.certificate(name);
        while let Some(issued) = next {
            if chain.iter().any(|earlier| earlier.name == issued.name) {
                break;
            }
            chain.push(issued);
            next = issued.issuer.as_deref().and_then(|issuer| self.certificate(issuer));
        }
        chain
    }

    /// The revocation list with that name.
    #[must_use]
    pub fn revocation_list(&self, name: &str) -> Option<&IssuedList> {
        self.revocation_lists.iter().find(|issued| issued.name == name)
    }
}
