//! Certificates in JSON, and what was written of them and others before.

use super::hello::Makes;
use super::kept::{Kept, raw};
use super::validation::Rulings;
use super::value::{Date, Hex, List, Short, address, object};
use crate::x509::{Certificate, GeneralName, PublicKey};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use std::sync::Arc;

/// The JSON of what was written before.
#[derive(Default)]
pub(super) struct Written {
    certificates: Kept<Certificate, Box<RawValue>>,
    pub(super) makes: Makes,
    pub(super) rulings: Rulings,
}

impl Written {
    fn fragment(&self, certificate: &Arc<Certificate>) -> Option<Arc<Box<RawValue>>> {
        self.certificates.of(certificate, |certificate| {
            let text = raw(&CertificateJson(certificate))?;
            let bytes = text.get().len() + certificate.der.len();
            Some((text, bytes))
        })
    }
}

/// Certificates as they were sent, the leaf first.
pub(super) struct Chain<'a> {
    pub(super) certificates: &'a [Arc<Certificate>],
    pub(super) written: &'a Written,
}

impl Serialize for Chain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.certificates.iter().map(|certificate| Shared(certificate, self.written)))
    }
}

struct Shared<'a>(&'a Arc<Certificate>, &'a Written);

impl Serialize for Shared<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.1.fragment(self.0) {
            Some(fragment) => fragment.serialize(serializer),
            None => CertificateJson(self.0).serialize(serializer),
        }
    }
}

struct CertificateJson<'a>(&'a Certificate);

impl Serialize for CertificateJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let certificate = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("der_len", &certificate.der.len())?;
        map.serialize_entry("sha256", &Hex(&certificate.sha256))?;
        map.serialize_entry("sha1", &Hex(&certificate.sha1))?;
        map.serialize_entry("readable", &certificate.readable)?;
        if !certificate.readable {
            map.serialize_entry("problem", &certificate.problem)?;
            return map.end();
        }
        map.serialize_entry("version", &certificate.version)?;
        map.serialize_entry("serial", &Hex(&certificate.serial))?;
        map.serialize_entry("subject", &Short(&certificate.subject))?;
        map.serialize_entry("issuer", &Short(&certificate.issuer))?;
        map.serialize_entry("subject_cn", &certificate.subject.common_name())?;
        map.serialize_entry("self_issued", &certificate.is_self_issued())?;
        map.serialize_entry("not_before", &Date(certificate.not_before))?;
        map.serialize_entry("not_after", &Date(certificate.not_after))?;
        map.serialize_entry("key", &KeyJson(&certificate.key))?;
        map.serialize_entry("signature_algorithm", &certificate.signature_algorithm)?;
        names(&mut map, &certificate.subject_alt_names)?;
        map.serialize_entry("is_ca", &certificate.is_ca)?;
        map.serialize_entry("path_length", &certificate.path_length)?;
        map.serialize_entry("key_usage", &certificate.key_usage)?;
        map.serialize_entry("extended_key_usage", &certificate.extended_key_usage)?;
        map.serialize_entry("subject_key_identifier", &certificate.subject_key_identifier.as_deref().map(Hex))?;
        map.serialize_entry("authority_key_identifier", &certificate.authority_key_identifier.as_deref().map(Hex))?;
        map.serialize_entry("ocsp_urls", &certificate.ocsp_urls)?;
        map.serialize_entry("ca_issuers_urls", &certificate.ca_issuers_urls)?;
        map.serialize_entry("crl_urls", &certificate.crl_urls)?;
        map.serialize_entry("sct_count", &certificate.sct_count)?;
        map.serialize_entry("must_staple", &certificate.must_staple)?;
        map.serialize_entry("extensions", &List(certificate.extensions.iter().map(ExtensionJson)))?;
        map.end()
    }
}

fn names<M: SerializeMap>(map: &mut M, names: &[GeneralName]) -> Result<(), M::Error> {
    let dns = names.iter().filter_map(|name| match name {
        GeneralName::Dns(name) => Some(name),
        _ => None,
    });
    let ip = names.iter().filter_map(|name| match name {
        GeneralName::Ip(ip) => Some(address(*ip)),
        _ => None,
    });
    map.serialize_entry("san", &List(names.iter().map(Short)))?;
    map.serialize_entry("san_dns", &List(dns))?;
    map.serialize_entry("san_ip", &List(ip))
}

struct KeyJson<'a>(&'a PublicKey);

impl Serialize for KeyJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let PublicKey { algorithm, parameters, bits } = self.0;
        object!(serializer, { "algorithm": algorithm, "parameters": parameters, "bits": bits })
    }
}

struct ExtensionJson<'a>(&'a (String, bool));

impl Serialize for ExtensionJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, { "oid": self.0.0, "critical": self.0.1 })
    }
}
