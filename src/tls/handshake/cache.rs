//! What was read before and need not be worked out again: a capture shows the same certificates, and hellos of the same
//! make, thousands of times.

use super::certificates::CertificateCache;
use super::facts::{ClientFingerprints, ClientHello};
use crate::base::{Reader, Tree};
use crate::tls::fingerprint;
use crate::x509::Certificate;
use hashbrown::HashMap;
use std::sync::Arc;

/// How many makes of hellos are remembered before all are let go; some clients shuffle their extensions.
const MAKES: usize = 4096;

/// Certificates and fingerprints that were worked out before. It changes how long reading takes, never what is read.
#[derive(Debug, Default)]
pub struct Cache {
    pub(super) certificates: CertificateCache,
    pub(super) fingerprints: FingerprintCache,
}

impl Cache {
    /// A cache that knows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The certificate whose DER are the bytes of `der`. Its notes go to `tree`.
    pub(crate) fn certificate(&mut self, der: Reader<'_>, tree: &mut Tree) -> Arc<Certificate> {
        self.certificates.read(der, tree)
    }
}

/// Fingerprints by all that goes into them.
#[derive(Debug, Default)]
pub(super) struct FingerprintCache {
    known: HashMap<Box<[u16]>, Arc<ClientFingerprints>>,
    /// The key of the hello at hand; kept so that most hellos cost no allocation.
    key: Vec<u16>,
}

impl FingerprintCache {
    pub(super) fn of(&mut self, hello: &ClientHello) -> Arc<ClientFingerprints> {
        self.make_key(hello);
        if let Some(known) = self.known.get(self.key.as_slice()) {
            return Arc::clone(known);
        }
        let (ja3_full, ja3) = fingerprint::ja3(hello);
        let (ja4, ja4_raw) = fingerprint::ja4(hello);
        let fingerprints = Arc::new(ClientFingerprints { ja3, ja3_full, ja4, ja4_raw });
        if self.known.len() >= MAKES {
            self.known.clear();
        }
        self.known.insert(self.key.as_slice().into(), Arc::clone(&fingerprints));
        fingerprints
    }

    /// Every list stands behind its length, so that two hellos have one key only if all lists are the same.
    fn make_key(&mut self, hello: &ClientHello) {
        let key = &mut self.key;
        key.clear();
        key.extend([hello.legacy_version.0, u16::from(hello.ssl2)]);
        push(key, hello.cipher_suites.iter().map(|suite| suite.0));
        push(key, hello.extensions.iter().map(|extension| extension.0));
        push(key, hello.supported_groups.iter().map(|group| group.0));
        push(key, hello.supported_versions.iter().map(|version| version.0));
        push(key, hello.signature_algorithms.iter().map(|scheme| scheme.0));
        push(key, hello.ec_point_formats.iter().copied().map(u16::from));
        push(key, hello.alpn.first().into_iter().flatten().copied().map(u16::from));
    }
}

fn push(key: &mut Vec<u16>, list: impl Iterator<Item = u16>) {
    let at = key.len();
    key.push(0);
    key.extend(list);
    let length = u16::try_from(key.len() - at - 1).unwrap_or(u16::MAX);
    if let Some(place) = key.get_mut(at) {
        *place = length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::code::CipherSuite;

    #[test]
    fn the_same_lists_have_one_fingerprint_and_others_another() {
        let mut cache = FingerprintCache::default();
        let hello = |suites: &[u16], formats: &[u8]| ClientHello {
            cipher_suites: suites.iter().map(|&suite| CipherSuite(suite)).collect(),
            ec_point_formats: formats.to_vec(),
            ..ClientHello::default()
        };
        let first = cache.of(&hello(&[0x1301, 0x1302], &[0]));
        assert!(Arc::ptr_eq(&first, &cache.of(&hello(&[0x1301, 0x1302], &[0]))));
        assert_ne!(first.ja3, cache.of(&hello(&[0x1301], &[0])).ja3);
        assert_ne!(first.ja3, cache.of(&hello(&[0x1301, 0x1302], &[])).ja3);
        assert_eq!(first.ja3, fingerprint::ja3(&hello(&[0x1301, 0x1302], &[0])).1);
    }
}
