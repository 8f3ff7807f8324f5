//! ClientHello, ServerHello and CertificateRequest in JSON.

use super::kept::{Kept, raw};
use super::value::{Alpn, Code, Filled, Hex, List, Plain, object};
use crate::session::Located;
use crate::tls::handshake::{CertificateRequest, ClientFingerprints, ClientHello, ServerHello};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use std::sync::Arc;

pub(super) struct ClientHelloJson<'a>(pub(super) &'a Located<Arc<ClientHello>>, pub(super) &'a Makes);

/// The lists of hellos that were written before. Most hellos of a capture are of a few makes, and those of one make
/// share their fingerprints and have the same lists.
pub(super) type Makes = Kept<ClientFingerprints, Lists>;

/// The JSON of the lists that go into the fingerprints.
pub(super) struct Lists {
    cipher_suites: Box<RawValue>,
    extensions: Box<RawValue>,
    supported_versions: Box<RawValue>,
    supported_groups: Box<RawValue>,
    ec_point_formats: Box<RawValue>,
    signature_algorithms: Box<RawValue>,
}

impl Lists {
    /// The lists of a hello, and how long they are.
    fn of(hello: &ClientHello) -> Option<(Self, usize)> {
        let lists = Self {
            cipher_suites: raw(&List(hello.cipher_suites.iter().map(|suite| Code(suite.0))))?,
            extensions: raw(&List(hello.extensions.iter().map(|extension| extension.0)))?,
            supported_versions: raw(&List(hello.supported_versions.iter().map(|version| Code(version.0))))?,
            supported_groups: raw(&List(hello.supported_groups.iter().map(|group| Code(group.0))))?,
            ec_point_formats: raw(&hello.ec_point_formats)?,
            signature_algorithms: raw(&List(hello.signature_algorithms.iter().map(|scheme| Code(scheme.0))))?,
        };
        let texts = [
            &lists.cipher_suites,
            &lists.extensions,
            &lists.supported_versions,
            &lists.supported_groups,
            &lists.ec_point_formats,
            &lists.signature_algorithms,
        ];
        let bytes = texts.iter().map(|text| text.get().len()).sum();
        Some((lists, bytes))
    }
}

impl Serialize for ClientHelloJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let hello = &*self.0.item;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("frame", &self.0.frame)?;
        map.serialize_entry("legacy_version", &Code(hello.legacy_version.0))?;
        map.serialize_entry("random", &hello.random.as_ref().map(|random| Hex(random)))?;
        map.serialize_entry("session_id", &Hex(&hello.session_id))?;
        if hello.ssl2 {
            // The three-byte specs stand where other hellos have their suites: it is the list to choose from.
            map.serialize_entry("ssl2", &true)?;
            map.serialize_entry("cipher_suites", &List(hello.ssl2_cipher_specs.iter().map(|spec| Hex(spec))))?;
            return map.end();
        }
        let Some(lists) = self.1.of(&hello.fingerprints, |_| Lists::of(hello)) else {
            return Err(S::Error::custom("a list cannot be written"));
        };
        map.serialize_entry("cipher_suites", &lists.cipher_suites)?;
        map.serialize_entry("compression_methods", &hello.compression_methods)?;
        map.serialize_entry("extensions", &lists.extensions)?;
        map.serialize_entry("sni", &hello.server_name)?;
        map.serialize_entry("alpn", &List(hello.alpn.iter().map(|name| Alpn(name))))?;
        map.serialize_entry("supported_versions", &lists.supported_versions)?;
        map.serialize_entry("supported_groups", &lists.supported_groups)?;
        map.serialize_entry("ec_point_formats", &lists.ec_point_formats)?;
        map.serialize_entry("signature_algorithms", &lists.signature_algorithms)?;
        map.serialize_entry("key_share_groups", &List(hello.key_share_groups.iter().map(|group| Code(group.0))))?;
        map.serialize_entry("session_ticket_len", &hello.session_ticket_length)?;
        map.serialize_entry("psk_identities", &hello.psk_identities)?;
        map.serialize_entry("early_data", &hello.early_data)?;
        map.serialize_entry("ech", &hello.encrypted_client_hello)?;
        map.serialize_entry("extended_master_secret", &hello.extended_master_secret)?;
        map.serialize_entry("encrypt_then_mac", &hello.encrypt_then_mac)?;
        map.serialize_entry("post_handshake_auth", &hello.post_handshake_auth)?;
        map.serialize_entry("ja3", &Filled(&hello.fingerprints.ja3))?;
        map.serialize_entry("ja3_full", &Filled(&hello.fingerprints.ja3_full))?;
        map.serialize_entry("ja4", &Filled(&hello.fingerprints.ja4))?;
        map.serialize_entry("ja4_raw", &Filled(&hello.fingerprints.ja4_raw))?;
        map.end()
    }
}

pub(super) struct ServerHelloJson<'a>(pub(super) &'a Located<Arc<ServerHello>>);

impl Serialize for ServerHelloJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let hello = &*self.0.item;
        if hello.ssl2 {
            return object!(serializer, {
                "frame": self.0.frame,
                "legacy_version": Code(hello.legacy_version.0),
                "ssl2": true,
                "cipher_suites": List(hello.ssl2_cipher_specs.iter().map(|spec| Hex(spec))),
            });
        }
        object!(serializer, {
            "frame": self.0.frame,
            "legacy_version": Code(hello.legacy_version.0),
            "random": hello.random.as_ref().map(|random| Hex(random)),
            "session_id": Hex(&hello.session_id),
            "cipher_suite": hello.cipher_suite.map(|suite| Code(suite.0)),
            "cipher_suite_name": hello.cipher_suite.and_then(crate::tls::code::CipherSuite::name).map(Plain),
            "compression_method": hello.compression_method,
            "extensions": List(hello.extensions.iter().map(|extension| extension.0)),
            "supported_version": hello.supported_version.map(|version| Code(version.0)),
            "alpn": hello.alpn.as_deref().map(Alpn),
            "key_share_group": hello.key_share_group.map(|group| Code(group.0)),
            "selected_psk": hello.selected_psk,
            "is_hello_retry_request": hello.is_hello_retry_request,
            "extended_master_secret": hello.extended_master_secret,
            "encrypt_then_mac": hello.encrypt_then_mac,
            "ja3s": Filled(&hello.ja3s),
            "ja3s_full": Filled(&hello.ja3s_full),
        })
    }
}

pub(super) struct CertificateRequestJson<'a>(pub(super) &'a CertificateRequest);

impl Serialize for CertificateRequestJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, {
            "certificate_types": self.0.certificate_types,
            "signature_algorithms": List(self.0.signature_algorithms.iter().map(|scheme| Code(scheme.0))),
            "authorities": self.0.authorities,
        })
    }
}
