//! The keys with which a peer proves who it is, signing the same bytes each time.
//!
//! ECDSA takes its nonces from key and message (RFC 6979); Ed25519 always does; RSA takes its salt so.

use super::super::EngineError;
use super::rsa::Rsa;
use crate::lab::pki::PrivateKey;
use crate::lab::scenario::KeyKind;
use p256::pkcs8::DecodePrivateKey;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};
use std::fmt;
use std::sync::Arc;

/// The key as rustls wants it.
pub(super) fn signing_key(key: &PrivateKey) -> Result<Arc<dyn SigningKey>, EngineError> {
    let unreadable = || EngineError(format!("the {key:?} of the peer cannot be read"));
    let ecdsa = match key.kind {
        KeyKind::P256 => p256::ecdsa::SigningKey::from_pkcs8_der(&key.pkcs8).map(|key| Ecdsa::P256(Arc::new(key))),
        KeyKind::P384 => p384::ecdsa::SigningKey::from_pkcs8_der(&key.pkcs8).map(|key| Ecdsa::P384(Arc::new(key))),
        KeyKind::Ed25519 => return library(key).ok_or_else(unreadable),
        KeyKind::Rsa2048 | KeyKind::Rsa3072 | KeyKind::Rsa4096 => {
            let rsa = library(key).and_then(|library| Rsa::new(key, library));
            return Ok(Arc::new(rsa.ok_or_else(unreadable)?));
        }
    };
    Ok(Arc::new(ecdsa.map_err(|_| unreadable())?))
}

fn library(key: &PrivateKey) -> Option<Arc<dyn SigningKey>> {
    let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.pkcs8.clone()));
    rustls::crypto::aws_lc_rs::sign::any_supported_type(&der).ok()
}

/// A key for ECDSA.
#[derive(Clone)]
enum Ecdsa {
    P256(Arc<p256::ecdsa::SigningKey>),
    P384(Arc<p384::ecdsa::SigningKey>),
}

impl fmt::Debug for Ecdsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ECDSA key for {:?}", self.scheme())
    }
}

impl SigningKey for Ecdsa {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&self.scheme()).then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for Ecdsa {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let failed = |_| Error::General("the ECDSA key did not sign".to_owned());
        match self {
            Self::P256(key) => {
                use p256::ecdsa::signature::Signer as _;
                let signature: p256::ecdsa::DerSignature = key.try_sign(message).map_err(failed)?;
                Ok(signature.as_bytes().to_vec())
            }
            Self::P384(key) => {
                use p384::ecdsa::signature::Signer as _;
                let signature: p384::ecdsa::DerSignature = key.try_sign(message).map_err(failed)?;
                Ok(signature.as_bytes().to_vec())
            }
        }
    }

    fn scheme(&self) -> SignatureScheme {
        match self {
            Self::P256(_) => SignatureScheme::ECDSA_NISTP256_SHA256,
            Self::P384(_) => SignatureScheme::ECDSA_NISTP384_SHA384,
        }
    }
}
