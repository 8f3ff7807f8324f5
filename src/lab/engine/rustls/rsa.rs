//! RSA signatures that are the same each time.
//!
//! PKCS#1 v1.5 always is. PSS (RFC 8017 8.1), which TLS 1.3 demands, takes a salt, and aws-lc-rs does not let the caller
//! give it; the `rsa` crate does. That crate is not hardened against those who measure time (RUSTSEC-2023-0071), which
//! does no harm here: the RSA keys of the lab are known to everybody.

use crate::lab::pki::PrivateKey;
use crate::lab::random::Stream;
use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::{CryptoRng, RngCore, impls};
use rsa::sha2::{Sha256, Sha384, Sha512};
use rsa::signature::{RandomizedSigner, SignatureEncoding};
use rsa::{RsaPrivateKey, pss};
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};
use std::fmt;
use std::sync::Arc;

/// The schemes in rustls's order, and whether they are PSS.
static SCHEMES: [(SignatureScheme, bool); 6] = [
    (SignatureScheme::RSA_PSS_SHA512, true),
    (SignatureScheme::RSA_PSS_SHA384, true),
    (SignatureScheme::RSA_PSS_SHA256, true),
    (SignatureScheme::RSA_PKCS1_SHA512, false),
    (SignatureScheme::RSA_PKCS1_SHA384, false),
    (SignatureScheme::RSA_PKCS1_SHA256, false),
];

/// An RSA key.
pub(super) struct Rsa {
    /// Signs with PKCS#1 v1.5.
    library: Arc<dyn SigningKey>,
    key: Arc<RsaPrivateKey>,
    /// What the salt is made from.
    secret: Arc<[u8]>,
}

impl Rsa {
    /// The key, for which `library` does what is not PSS; `None` where the DER is not such a key.
    pub(super) fn new(key: &PrivateKey, library: Arc<dyn SigningKey>) -> Option<Self> {
        let parsed = RsaPrivateKey::from_pkcs8_der(&key.pkcs8).ok()?;
        Some(Self { library, key: Arc::new(parsed), secret: key.pkcs8.as_slice().into() })
    }
}

impl SigningKey for Rsa {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let &(scheme, is_pss) = SCHEMES.iter().find(|(scheme, _)| offered.contains(scheme))?;
        if is_pss {
            Some(Box::new(Pss { key: Arc::clone(&self.key), secret: Arc::clone(&self.secret), scheme }))
        } else {
            self.library.choose_scheme(&[scheme])
        }
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

/// A key that signs with PSS and one digest.
struct Pss {
    key: Arc<RsaPrivateKey>,
    secret: Arc<[u8]>,
    scheme: SignatureScheme,
}

impl Signer for Pss {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let mut salt = Salt(Stream::new(&self.secret, &[b"salt", message]));
        let key = RsaPrivateKey::clone(&self.key);
        let signature = match self.scheme {
            SignatureScheme::RSA_PSS_SHA512 => {
                pss::SigningKey::<Sha512>::new(key).try_sign_with_rng(&mut salt, message)
            }
            SignatureScheme::RSA_PSS_SHA384 => {
                pss::SigningKey::<Sha384>::new(key).try_sign_with_rng(&mut salt, message)
            }
            _ => pss::SigningKey::<Sha256>::new(key).try_sign_with_rng(&mut salt, message),
        };
        let signature = signature.map_err(|_| Error::General("the RSA key did not sign".to_owned()))?;
        Ok(signature.to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

/// Gives the bytes of a stream for the salt.
struct Salt(Stream);

impl RngCore for Salt {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Salt {}

impl fmt::Debug for Rsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RSA key")
    }
}

impl fmt::Debug for Pss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RSA key for {:?}", self.scheme)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop where they fail")]
mod tests {
    use super::super::sign::signing_key;
    use super::*;
    use crate::lab::pki::build;
    use crate::lab::pki::samples::{authority, scenario};
    use crate::lab::scenario::KeyKind;
    use aws_lc_rs::signature;

    #[test]
    fn another_library_verifies_every_size_and_digest() {
        let verifiers: [(_, &dyn signature::VerificationAlgorithm); 6] = [
            (SignatureScheme::RSA_PSS_SHA256, &signature::RSA_PSS_2048_8192_SHA256),
            (SignatureScheme::RSA_PSS_SHA384, &signature::RSA_PSS_2048_8192_SHA384),
            (SignatureScheme::RSA_PSS_SHA512, &signature::RSA_PSS_2048_8192_SHA512),
            (SignatureScheme::RSA_PKCS1_SHA256, &signature::RSA_PKCS1_2048_8192_SHA256),
            (SignatureScheme::RSA_PKCS1_SHA384, &signature::RSA_PKCS1_2048_8192_SHA384),
            (SignatureScheme::RSA_PKCS1_SHA512, &signature::RSA_PKCS1_2048_8192_SHA512),
        ];
        for kind in [KeyKind::Rsa2048, KeyKind::Rsa3072, KeyKind::Rsa4096] {
            let pki = build(&scenario(vec![authority("root", None, |plan| plan.key = kind)])).unwrap();
            let private = &pki.certificate("root").unwrap().key;
            let key = signing_key(private).unwrap();
            let pair = aws_lc_rs::rsa::KeyPair::from_pkcs8(&private.pkcs8).unwrap();
            let public = signature::KeyPair::public_key(&pair).as_ref().to_vec();
            // The large keys are slow without optimization; one digest must do for them.
            let number = if kind == KeyKind::Rsa2048 { verifiers.len() } else { 1 };
            for (scheme, algorithm) in verifiers.into_iter().take(number) {
                let signer = key.choose_scheme(&[scheme]).unwrap();
                assert_eq!(signer.scheme(), scheme);
                let signed = signer.sign(b"message").unwrap();
                assert_eq!(signed, signer.sign(b"message").unwrap(), "{kind} {scheme:?}");
                let public = signature::UnparsedPublicKey::new(algorithm, &public);
                public.verify(b"message", &signed).unwrap();
            }
            assert!(key.choose_scheme(&[SignatureScheme::ED25519]).is_none());
        }
    }
}
