//! The private key of a server, as far as it opens connections: an RSA key, with which clients encrypt the premaster
//! secret up to TLS 1.2 (RFC 5246 7.4.7.1).
//!
//! Keys come in many wrappings. What is wrong with one is said in a sentence that never repeats any of it.

mod old;

use super::secrets::Secret;
use crate::x509::unpem;
use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error as ArchiveError;
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::der::Decode;
use pkcs12::pbe_params::EncryptedPrivateKeyInfo;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};
use std::fmt;
use std::sync::Arc;

/// An RSA private key. It is never shown, but for its length.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey(Arc<RsaPrivateKey>);

/// Why no key could be had of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// It takes a password, and there was none.
    #[error("it is encrypted and needs a password")]
    NeedsPassword,
    /// The password does not open it.
    #[error("the password does not open it")]
    WrongPassword,
    /// Its encryption is not one that can be undone.
    #[error("the cipher that it is encrypted with is not supported; `openssl pkcs8 -topk8` writes a form that is")]
    Encryption,
    /// It is the key of another algorithm.
    #[error("it is no RSA key; only the RSA key exchange can be opened by a private key, all others need a key log")]
    NotRsa,
    /// It holds certificates or a public key.
    #[error("it holds no private key, but something public, such as a certificate")]
    Public,
    /// It begins as a key does and cannot be read to its end.
    #[error("it is damaged")]
    Damaged,
    /// It is something else.
    #[error("it is no private key in PEM, DER or PKCS#12")]
    Unknown,
}

impl fmt::Debug for PrivateKey {
    /// Its length alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey(RSA, {} bits)", self.0.n().bits())
    }
}

impl PrivateKey {
    /// The RSA keys of a file: PEM with PKCS#1 or PKCS#8, the same as DER, or PKCS#12.
    ///
    /// # Errors
    /// When there is none that can be read.
    pub fn read(file: &[u8], password: Option<&str>) -> Result<Vec<Self>, KeyFault> {
        if let Some(key) = old::with_headers(file, password) {
            return key.map(|key| vec![key]);
        }
        let blocks = unpem(file);
        if blocks.is_empty() && file.windows(11).any(|window| window == b"-----BEGIN ") {
            return Err(KeyFault::Damaged);
        }
        if blocks.is_empty() {
            return binary(file, password);
        }
        let mut keys = Vec::new();
        let mut fault = KeyFault::Public;
        for (label, der) in &blocks {
            let read = match label.as_str() {
                "RSA PRIVATE KEY" => pkcs1(der),
                "PRIVATE KEY" => pkcs8(der),
                "ENCRYPTED PRIVATE KEY" => encrypted(der, password),
                label if label.ends_with("PRIVATE KEY") => Err(KeyFault::NotRsa),
                _ => continue,
            };
            match read {
                Ok(key) => keys.push(key),
                Err(found) => fault = found,
            }
        }
        if keys.is_empty() { Err(fault) } else { Ok(keys) }
    }

    /// The premaster secret that was encrypted to this key (RFC 5246 7.4.7.1); `None` where it was not to this one.
    #[must_use]
    pub fn premaster(&self, encrypted: &[u8]) -> Option<Secret> {
        let premaster = self.0.decrypt(Pkcs1v15Encrypt, encrypted).ok()?;
        // Without this one wrong key in ten thousand would seem to fit.
        (premaster.len() == 48).then(|| Secret::new(premaster))
    }
}

fn pkcs1(der: &[u8]) -> Result<PrivateKey, KeyFault> {
    RsaPrivateKey::from_pkcs1_der(der).map(|key| PrivateKey(Arc::new(key))).map_err(|_| KeyFault::Damaged)
}

fn pkcs8(der: &[u8]) -> Result<PrivateKey, KeyFault> {
    let info = pkcs8::PrivateKeyInfoRef::try_from(der).map_err(|_| KeyFault::Damaged)?;
    // rsaEncryption and id-RSASSA-PSS (RFC 8017 C).
    if !["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"].contains(&info.algorithm.oid.to_string().as_str()) {
        return Err(KeyFault::NotRsa);
    }
    match RsaPrivateKey::from_pkcs8_der(der) {
        Ok(key) => Ok(PrivateKey(Arc::new(key))),
        Err(_) => pkcs1(info.private_key.as_bytes()),
    }
}

fn encrypted(der: &[u8], password: Option<&str>) -> Result<PrivateKey, KeyFault> {
    let Some(info) =
        EncryptedPrivateKeyInfoRef::try_from(der).ok().filter(|info| info.encryption_algorithm.pbes2().is_some())
    else {
        return old::encrypted(der, password);
    };
    let password = password.ok_or(KeyFault::NeedsPassword)?;
    match info.decrypt(password) {
        // A wrong password may happen to leave padding that seems right.
        Ok(document) => pkcs8(document.as_bytes()).map_err(|fault| match fault {
            KeyFault::Damaged => KeyFault::WrongPassword,
            other => other,
        }),
        Err(pkcs8::Error::EncryptedPrivateKey(pkcs8::pkcs5::Error::UnsupportedAlgorithm { .. })) => {
            Err(KeyFault::Encryption)
        }
        Err(_) => Err(KeyFault::WrongPassword),
    }
}

fn binary(file: &[u8], password: Option<&str>) -> Result<Vec<PrivateKey>, KeyFault> {
    if EncryptedPrivateKeyInfo::from_der(file).is_ok() {
        return encrypted(file, password).map(|key| vec![key]);
    }
    if pkcs8::PrivateKeyInfoRef::try_from(file).is_ok() {
        return pkcs8(file).map(|key| vec![key]);
    }
    if let Ok(key) = pkcs1(file) {
        return Ok(vec![key]);
    }
    archive(file, password)
}

/// PKCS#12 (RFC 7292), which may be open to the empty password.
fn archive(file: &[u8], password: Option<&str>) -> Result<Vec<PrivateKey>, KeyFault> {
    // PFX: a sequence whose first element is the version 3.
    let begins =
        file.first() == Some(&0x30) && file.iter().take(8).collect::<Vec<_>>().windows(3).any(|at| at == [&2, &1, &3]);
    if !begins {
        return Err(KeyFault::Unknown);
    }
    let archive =
        Pkcs12Archive::from_pkcs12(file, password.unwrap_or_default()).map_err(|error| match error {
            ArchiveError::MacError(_) | ArchiveError::UnpadError | ArchiveError::Pkcs5Error(_) => {
                if password.is_some() { KeyFault::WrongPassword } else { KeyFault::NeedsPassword }
            }
            ArchiveError::UnsupportedEncryptionScheme | ArchiveError::UnsupportedMacAlgorithm => KeyFault::Encryption,
            _ => KeyFault::Damaged,
        })?;
    let mut fault = KeyFault::Public;
    let mut keys = Vec::new();
    for bag in &archive.keys {
        match pkcs8(bag.key.as_der()) {
            Ok(key) => keys.push(key),
            Err(found) => fault = found,
        }
    }
    if keys.is_empty() { Err(fault) } else { Ok(keys) }
}
