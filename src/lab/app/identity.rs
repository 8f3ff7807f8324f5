//! Whom a certificate names, and whether that is somebody who is let in.

use crate::base::{BufferId, Reader, Tree};
use crate::x509::{Certificate, GeneralName, certificate};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;

/// Somebody, by the names that a certificate gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The common name first, then the names of subjectAltName.
    pub(crate) names: Vec<String>,
    /// The certificate; `None` where the name was only claimed.
    pub(crate) certificate: Option<Arc<Certificate>>,
}

impl Identity {
    /// The one whom a certificate names.
    pub(crate) fn of(certificate: &Arc<Certificate>) -> Self {
        let common = certificate.subject.common_name().map(str::to_owned);
        let others = certificate.subject_alt_names.iter().map(|name| match name {
            GeneralName::Dns(text) | GeneralName::Email(text) | GeneralName::Uri(text) => text.clone(),
            GeneralName::Ip(address) => address.to_string(),
            GeneralName::Directory(text) | GeneralName::Other(text) => text.clone(),
        });
        Self { names: common.into_iter().chain(others).collect(), certificate: Some(Arc::clone(certificate)) }
    }

    /// The one whom the text of a Client-Cert field names (RFC 9440 2.2): a certificate between colons. Whatever else
    /// stands there is taken for a name, as by a backend that believes what it is told.
    pub(super) fn claimed(text: &str) -> Self {
        let text = text.trim();
        let inner = text.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
        match inner.and_then(|text| STANDARD.decode(text).ok()).map(|der| read(&der)) {
            Some(certificate) if certificate.readable => Self::of(&certificate),
            _ => Self { names: vec![text.to_owned()], certificate: None },
        }
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        self.names.first().map_or("somebody without a name", String::as_str)
    }
}

/// The facts of a certificate.
pub(crate) fn read(der: &[u8]) -> Arc<Certificate> {
    Arc::new(certificate(Reader::new(der, BufferId(0)), &mut Tree::off()))
}

/// Whether somebody is let in: where there is a list, one of the names must stand on it.
pub(crate) fn allowed(list: Option<&[String]>, identity: Option<&Identity>) -> bool {
    let Some(list) = list else { return true };
    identity.is_some_and(|identity| identity.names.iter().any(|name| list.contains(name)))
}
