//! RSA signatures that are the same each time.
//!
//! PKCS#1 v1.5 always is. PSS (RFC 8017 8.1), which TLS 1.3 demands, takes a salt, and no library lets the caller give
//! it; so the padding is made here, with a salt from key and message. The arithmetic is not hardened against those who
//! measure time: the keys of the lab are known to everybody.

use crate::lab::pki::{PrivateKey, der};
use crate::lab::random::Stream;
use aws_lc_rs::digest::{self, Algorithm};
use p256::elliptic_curve::bigint::modular::{FixedMontyForm, FixedMontyParams};
use p256::elliptic_curve::bigint::{Odd, U2048, U3072, U4096, Uint};
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};
use std::fmt;
use std::sync::Arc;

/// The schemes in rustls's order; those with an algorithm are PSS.
static SCHEMES: [(SignatureScheme, Option<&Algorithm>); 6] = [
    (SignatureScheme::RSA_PSS_SHA512, Some(&digest::SHA512)),
    (SignatureScheme::RSA_PSS_SHA384, Some(&digest::SHA384)),
    (SignatureScheme::RSA_PSS_SHA256, Some(&digest::SHA256)),
    (SignatureScheme::RSA_PKCS1_SHA512, None),
    (SignatureScheme::RSA_PKCS1_SHA384, None),
    (SignatureScheme::RSA_PKCS1_SHA256, None),
];

/// An RSA key.
pub(super) struct Rsa {
    /// Signs with PKCS#1 v1.5.
    library: Arc<dyn SigningKey>,
    numbers: Arc<Numbers>,
}

/// Modulus and private exponent, each as long as the modulus.
struct Numbers {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    /// What the salt is made from.
    secret: Vec<u8>,
}

impl Rsa {
    /// The key, for which `library` does what is not PSS; `None` where the DER is not such a key.
    pub(super) fn new(key: &PrivateKey, library: Arc<dyn SigningKey>) -> Option<Self> {
        // PrivateKeyInfo { version, algorithm, OCTET STRING { RSAPrivateKey { version, n, e, d, … } } }
        let private = der::body(der::nth(der::body(&key.pkcs8)?, 2)?)?;
        let number = |index| der::nth(private, index).map(|bytes| bytes.strip_prefix(&[0]).unwrap_or(bytes));
        let (modulus, exponent) = (number(1)?, number(3)?);
        let mut padded = vec![0; modulus.len().checked_sub(exponent.len())?];
        padded.extend(exponent);
        let numbers = Numbers { modulus: modulus.to_vec(), exponent: padded, secret: key.pkcs8.clone() };
        Some(Self { library, numbers: Arc::new(numbers) })
    }
}

impl SigningKey for Rsa {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let (scheme, algorithm) = SCHEMES.iter().find(|(scheme, _)| offered.contains(scheme))?;
        match algorithm {
            Some(algorithm) => Some(Box::new(Pss { numbers: self.numbers.clone(), scheme: *scheme, algorithm })),
            None => self.library.choose_scheme(&[*scheme]),
        }
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

/// A key that signs with PSS and one digest.
struct Pss {
    numbers: Arc<Numbers>,
    scheme: SignatureScheme,
    algorithm: &'static Algorithm,
}

impl Signer for Pss {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let Numbers { modulus, exponent, secret } = &*self.numbers;
        let mut salt = vec![0; self.algorithm.output_len()];
        Stream::new(secret, &[b"salt", message]).fill(&mut salt);
        let encoded = encode(self.algorithm, message, &salt, modulus.len());
        let signature = encoded.and_then(|encoded| match modulus.len() {
            256 => power::<{ U2048::LIMBS }>(&encoded, exponent, modulus),
            384 => power::<{ U3072::LIMBS }>(&encoded, exponent, modulus),
            512 => power::<{ U4096::LIMBS }>(&encoded, exponent, modulus),
            _ => None,
        });
        signature.ok_or_else(|| Error::General("the RSA key did not sign".to_owned()))
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

/// EMSA-PSS-ENCODE (RFC 8017 9.1.1) for a modulus of that many whole bytes.
fn encode(algorithm: &'static Algorithm, message: &[u8], salt: &[u8], length: usize) -> Option<Vec<u8>> {
    let hash = digest::digest(algorithm, message);
    let hash = digest::digest(algorithm, &[&[0; 8], hash.as_ref(), salt].concat());
    let mut block = vec![0; length.checked_sub(hash.as_ref().len() + salt.len() + 2)?];
    block.push(1);
    block.extend(salt);
    let mask = mask(algorithm, hash.as_ref(), block.len());
    block.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    // The number must be below the modulus, whose highest bit is set.
    *block.first_mut()? &= 0x7f;
    block.extend(hash.as_ref());
    block.push(0xbc);
    Some(block)
}

/// MGF1 (RFC 8017 B.2.1).
fn mask(algorithm: &'static Algorithm, seed: &[u8], length: usize) -> Vec<u8> {
    let blocks = (0_u32..).map(|counter| digest::digest(algorithm, &[seed, &counter.to_be_bytes()].concat()));
    blocks.flat_map(|block| block.as_ref().to_vec()).take(length).collect()
}

/// `base` to the power of `exponent`, modulo `modulus`; all are big-endian and `LIMBS` long.
fn power<const LIMBS: usize>(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    let number = |bytes: &[u8]| (bytes.len() == Uint::<LIMBS>::BYTES).then(|| Uint::<LIMBS>::from_be_slice(bytes));
    let parameters = FixedMontyParams::new_vartime(Option::from(Odd::new(number(modulus)?))?);
    let result = FixedMontyForm::new(&number(base)?, &parameters).pow(&number(exponent)?).retrieve();
    Some(result.as_words().iter().rev().flat_map(|word| word.to_be_bytes()).collect())
}

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
