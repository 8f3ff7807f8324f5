//! Which certificate a peer shows, and with which key. The two need not belong together: that is a fault to be played.

use super::super::{EndpointIdentity, EngineError};
use super::sign::signing_key;
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::CertificateDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use std::sync::Arc;

fn certified(identity: &EndpointIdentity) -> Result<Arc<CertifiedKey>, EngineError> {
    let chain = identity.chain.iter().map(|der| CertificateDer::from(der.clone())).collect();
    // `CertifiedKey::new` does not ask whether the key fits.
    Ok(Arc::new(CertifiedKey::new(chain, signing_key(&identity.key)?)))
}

/// What a client shows when it is asked: its first identity, or an empty list.
pub(super) fn of_client(identities: &[EndpointIdentity]) -> Result<Arc<dyn ResolvesClientCert>, EngineError> {
    let Some(identity) = identities.first() else { return Ok(Arc::new(Nothing)) };
    Ok(Arc::new(SingleCertAndKey::from(certified(identity)?)))
}

/// A client without a certificate.
#[derive(Debug)]
struct Nothing;

impl ResolvesClientCert for Nothing {
    fn resolve(&self, _issuers: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

/// What a server shows, by the name in the ClientHello.
#[derive(Debug)]
pub(super) struct ByName {
    entries: Vec<(Vec<String>, Arc<CertifiedKey>)>,
}

impl ByName {
    pub(super) fn new(identities: &[EndpointIdentity]) -> Result<Self, EngineError> {
        let entry = |identity: &EndpointIdentity| Ok((identity.names.clone(), certified(identity)?));
        Ok(Self { entries: identities.iter().map(entry).collect::<Result<_, _>>()? })
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let by_name = hello
            .server_name()
            .and_then(|wanted| self.entries.iter().find(|(names, _)| names.iter().any(|name| covers(name, wanted))));
        let default = || self.entries.iter().find(|(names, _)| names.is_empty());
        by_name.or_else(default).map(|(_, key)| key.clone())
    }
}

/// Whether `name`, which may begin with `*.`, speaks of `wanted`.
fn covers(name: &str, wanted: &str) -> bool {
    let wanted = wanted.trim_end_matches('.');
    match name.strip_prefix("*.") {
        Some(parent) => wanted.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent)),
        None => name.eq_ignore_ascii_case(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_star_stands_for_one_label() {
        for (name, wanted, expected) in [
            ("a.lab.test", "A.lab.test", true),
            ("a.lab.test", "b.lab.test", false),
            ("*.lab.test", "b.lab.test", true),
            ("*.lab.test", "lab.test", false),
            ("*.lab.test", "a.b.lab.test", false),
            ("a.lab.test", "a.lab.test.", true),
        ] {
            assert_eq!(covers(name, wanted), expected, "{name} {wanted}");
        }
    }
}
