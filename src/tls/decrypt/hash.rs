//! Hashing and HMAC (RFC 2104) with the hashes of all versions of TLS.

use super::suite::Hash;
use aws_lc_rs::{digest, hmac};
use md5::{Digest, Md5};

/// The block length of MD5.
const MD5_BLOCK: usize = 64;

impl Hash {
    /// How many bytes it gives.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }

    /// The hash of the parts one after another.
    #[must_use]
    pub fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        let algorithm = match self {
            Self::Md5 => {
                let mut context = Md5::new();
                for part in parts {
                    context.update(part);
                }
                return context.finalize().to_vec();
            }
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => &digest::SHA224,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
        };
        let mut context = digest::Context::new(algorithm);
        for part in parts {
            context.update(part);
        }
        context.finish().as_ref().to_vec()
    }

    /// HMAC of the parts one after another.
    pub(super) fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        let algorithm = match self {
            Self::Md5 => return hmac_md5(key, parts),
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => hmac::HMAC_SHA224,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha384 => hmac::HMAC_SHA384,
        };
        let mut context = hmac::Context::with_key(&hmac::Key::new(algorithm, key));
        for part in parts {
            context.update(part);
        }
        context.sign().as_ref().to_vec()
    }
}

/// aws-lc-rs has no MD5.
fn hmac_md5(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut padded = [0; MD5_BLOCK];
    let hashed;
    let key = if key.len() > MD5_BLOCK {
        hashed = Md5::digest(key);
        hashed.as_slice()
    } else {
        key
    };
    padded.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let pad = |with: u8| padded.map(|byte| byte ^ with);
    let mut inner = Md5::new_with_prefix(pad(0x36));
    for part in parts {
        inner.update(part);
    }
    let mut outer = Md5::new_with_prefix(pad(0x5c));
    outer.update(inner.finalize());
    outer.finalize().to_vec()
}

/// A SHA-256 that grows with what is fed to it.
#[derive(Clone)]
pub struct Sha256(digest::Context);

impl Default for Sha256 {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
}

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sha256")
    }
}

impl Sha256 {
    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all bytes so far.
    #[must_use]
    pub fn value(&self) -> [u8; 32] {
        self.0.clone().finish().as_ref().try_into().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::hex;

    /// RFC 2202 2 and RFC 4231 4.3, 4.7.
    #[test]
    fn hmac_vectors() {
        let long = [0xaa; 131];
        for (hash, key, data, expected) in [
            (Hash::Md5, &[0x0b; 16][..], &b"Hi There"[..], "9294727a3638bb1c13f48ef8158bfc9d"),
            (Hash::Md5, b"Jefe", b"what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738"),
            (
                Hash::Md5,
                &[0xaa; 80],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd",
            ),
            (Hash::Sha1, b"Jefe", b"what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (
                Hash::Sha256,
                &long,
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            let (first, second) = data.split_at(3);
            assert_eq!(hex(&hash.hmac(key, &[first, second])), expected);
            assert_eq!(hash.hmac(key, &[data]).len(), hash.length());
        }
    }
}
