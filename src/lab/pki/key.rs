//! Keys that sign certificates: made from the seed, and signing the same bytes each time.
//!
//! ECDSA is done with the nonces of RFC 6979. RSA keys cannot be made from a seed in reasonable time, so a few stand in
//! the source. They protect nothing.

use super::PrivateKey;
use crate::lab::random::Stream;
use crate::lab::scenario::KeyKind;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rcgen::{PublicKeyData, SignatureAlgorithm, SigningKey};
use std::sync::Arc;

/// The fixed RSA keys of each size.
const RSA_2048: &[&str] = &[
    include_str!("keys/rsa2048-1.pem"),
    include_str!("keys/rsa2048-2.pem"),
    include_str!("keys/rsa2048-3.pem"),
    include_str!("keys/rsa2048-4.pem"),
    include_str!("keys/rsa2048-5.pem"),
    include_str!("keys/rsa2048-6.pem"),
];
const RSA_3072: &[&str] =
    &[include_str!("keys/rsa3072-1.pem"), include_str!("keys/rsa3072-2.pem"), include_str!("keys/rsa3072-3.pem")];
const RSA_4096: &[&str] =
    &[include_str!("keys/rsa4096-1.pem"), include_str!("keys/rsa4096-2.pem"), include_str!("keys/rsa4096-3.pem")];

/// What stands before the 32 bytes of an Ed25519 key in PKCS#8 (RFC 8410 7).
const ED25519_PKCS8: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// Gives out keys for one scenario.
pub(super) struct KeyMaker {
    seed: u64,
    /// How many RSA keys of each size were given out: no two owners get the same.
    rsa_used: [usize; 3],
}

/// A private key that can sign certificates, requests and lists.
#[derive(Clone)]
pub(super) struct LabKey {
    /// As its owner keeps it.
    pub(super) private: Arc<PrivateKey>,
    signer: Arc<Signer>,
    /// The public key as it stands in subjectPublicKey.
    public: Vec<u8>,
}

enum Signer {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Library(rcgen::KeyPair),
}

impl KeyMaker {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, rsa_used: [0; 3] }
    }

    /// The key of the owner with that name; the reason in words where there is none.
    pub(super) fn make(&mut self, kind: KeyKind, owner: &str) -> Result<LabKey, String> {
        let mut stream = Stream::new(&self.seed.to_be_bytes(), &[b"key", kind.word().as_bytes(), owner.as_bytes()]);
        match kind {
            KeyKind::P256 => {
                let secret = first_valid(|| p256::SecretKey::from_slice(&stream.array::<32>()).ok());
                let document = secret.and_then(|secret| secret.to_pkcs8_der().ok());
                LabKey::from_pkcs8(kind, document.ok_or("no key came out of the seed")?.as_bytes().to_vec())
            }
            KeyKind::P384 => {
                let secret = first_valid(|| p384::SecretKey::from_slice(&stream.array::<48>()).ok());
                let document = secret.and_then(|secret| secret.to_pkcs8_der().ok());
                LabKey::from_pkcs8(kind, document.ok_or("no key came out of the seed")?.as_bytes().to_vec())
            }
            KeyKind::Ed25519 => {
                let mut pkcs8 = ED25519_PKCS8.to_vec();
                pkcs8.extend(stream.array::<32>());
                LabKey::from_pkcs8(kind, pkcs8)
            }
            KeyKind::Rsa2048 => self.rsa(kind, RSA_2048, 0),
            KeyKind::Rsa3072 => self.rsa(kind, RSA_3072, 1),
            KeyKind::Rsa4096 => self.rsa(kind, RSA_4096, 2),
        }
    }

    /// The next of the fixed keys, beginning at one that the seed says.
    fn rsa(&mut self, kind: KeyKind, keys: &[&str], size: usize) -> Result<LabKey, String> {
        let used = self.rsa_used.get_mut(size).ok_or("an unknown size")?;
        if *used >= keys.len() {
            return Err(format!("the lab has only {} different keys of {kind}: give some another `key`", keys.len()));
        }
        let [start, ..] = Stream::new(&self.seed.to_be_bytes(), &[b"rsa", kind.word().as_bytes()]).array::<8>();
        let index = (usize::from(start) + *used) % keys.len();
        *used += 1;
        let text = keys.get(index).ok_or("an unknown key")?;
        let pair = rcgen::KeyPair::from_pem(text).map_err(|error| error.to_string())?;
        LabKey::from_pkcs8(kind, pair.serialize_der())
    }
}

/// Nearly every number is a private key of these curves; a second draw is needed once in four thousand million.
fn first_valid<T>(mut draw: impl FnMut() -> Option<T>) -> Option<T> {
    (0..8).find_map(|_| draw())
}

impl LabKey {
    fn from_pkcs8(kind: KeyKind, pkcs8: Vec<u8>) -> Result<Self, String> {
        let words = |error: &dyn std::fmt::Display| format!("the {kind} key cannot be read: {error}");
        let (signer, public) = match kind {
            KeyKind::P256 => {
                let key = p256::ecdsa::SigningKey::from_pkcs8_der(&pkcs8).map_err(|error| words(&error))?;
                let public = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
                (Signer::P256(key), public)
            }
            KeyKind::P384 => {
                let key = p384::ecdsa::SigningKey::from_pkcs8_der(&pkcs8).map_err(|error| words(&error))?;
                let public = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
                (Signer::P384(key), public)
            }
            _ => {
                let pair = rcgen::KeyPair::try_from(pkcs8.as_slice()).map_err(|error| words(&error))?;
                let public = pair.der_bytes().to_vec();
                (Signer::Library(pair), public)
            }
        };
        Ok(Self { private: Arc::new(PrivateKey { kind, pkcs8 }), signer: Arc::new(signer), public })
    }
}

impl PublicKeyData for LabKey {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match &*self.signer {
            Signer::P256(_) => &rcgen::PKCS_ECDSA_P256_SHA256,
            Signer::P384(_) => &rcgen::PKCS_ECDSA_P384_SHA384,
            Signer::Library(pair) => pair.algorithm(),
        }
    }
}

impl SigningKey for LabKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        match &*self.signer {
            Signer::P256(key) => {
                use p256::ecdsa::signature::Signer as _;
                let signature: p256::ecdsa::DerSignature =
                    key.try_sign(message).map_err(|_| rcgen::Error::RemoteKeyError)?;
                Ok(signature.as_bytes().to_vec())
            }
            Signer::P384(key) => {
                use p384::ecdsa::signature::Signer as _;
                let signature: p384::ecdsa::DerSignature =
                    key.try_sign(message).map_err(|_| rcgen::Error::RemoteKeyError)?;
                Ok(signature.as_bytes().to_vec())
            }
            Signer::Library(pair) => pair.sign(message),
        }
    }
}
