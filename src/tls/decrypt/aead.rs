//! Ciphers that authenticate what they encrypt.

use super::draft::DraftKey;
use aes::{Aes128, Aes256};
use aes_gcm::AesGcm;
use aria::{Aria128, Aria256};
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use camellia::{Camellia128, Camellia256};
use ccm::Ccm;
use ccm::aead::{AeadInOut, KeyInit};
use ccm::consts::{U8, U12, U16};

/// Which cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aead {
    Aes128Gcm,
    Aes256Gcm,
    Aes128Ccm,
    Aes256Ccm,
    Aes128Ccm8,
    Aes256Ccm8,
    ChaCha20Poly1305,
    /// As it was before RFC 7905 (draft-agl-tls-chacha20poly1305).
    ChaCha20Poly1305Draft,
    Aria128Gcm,
    Aria256Gcm,
    Camellia128Gcm,
    Camellia256Gcm,
}

impl Aead {
    pub(super) fn key_length(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Ccm | Self::Aes128Ccm8 | Self::Aria128Gcm | Self::Camellia128Gcm => 16,
            Self::Aes256Gcm
            | Self::Aes256Ccm
            | Self::Aes256Ccm8
            | Self::ChaCha20Poly1305
            | Self::ChaCha20Poly1305Draft
            | Self::Aria256Gcm
            | Self::Camellia256Gcm => 32,
        }
    }

    pub(super) fn tag_length(self) -> usize {
        match self {
            Self::Aes128Ccm8 | Self::Aes256Ccm8 => 8,
            _ => 16,
        }
    }

    /// How many bytes of the nonce TLS 1.2 takes from the key block; the rest stands in each record, or is the sequence
    /// number (RFC 5288 3, RFC 6655 3, RFC 7905 2). The draft takes nothing: its nonce is the sequence number alone.
    pub(super) fn implicit_iv_length(self) -> usize {
        match self {
            Self::ChaCha20Poly1305 => 12,
            Self::ChaCha20Poly1305Draft => 0,
            _ => 4,
        }
    }

    pub(super) fn key(self, key: &[u8]) -> Option<AeadKey> {
        let known =
            |algorithm| UnboundKey::new(algorithm, key).ok().map(|key| AeadKey::Known(Box::new(LessSafeKey::new(key))));
        match self {
            Self::Aes128Gcm => known(&AES_128_GCM),
            Self::Aes256Gcm => known(&AES_256_GCM),
            Self::ChaCha20Poly1305 => known(&CHACHA20_POLY1305),
            Self::ChaCha20Poly1305Draft => DraftKey::new(key).map(AeadKey::Draft),
            Self::Aes128Ccm => Ccm::new_from_slice(key).ok().map(|key| AeadKey::Aes128Ccm(Box::new(key))),
            Self::Aes256Ccm => Ccm::new_from_slice(key).ok().map(|key| AeadKey::Aes256Ccm(Box::new(key))),
            Self::Aes128Ccm8 => Ccm::new_from_slice(key).ok().map(|key| AeadKey::Aes128Ccm8(Box::new(key))),
            Self::Aes256Ccm8 => Ccm::new_from_slice(key).ok().map(|key| AeadKey::Aes256Ccm8(Box::new(key))),
            Self::Aria128Gcm => AesGcm::new_from_slice(key).ok().map(|key| AeadKey::Aria128Gcm(Box::new(key))),
            Self::Aria256Gcm => AesGcm::new_from_slice(key).ok().map(|key| AeadKey::Aria256Gcm(Box::new(key))),
            Self::Camellia128Gcm => AesGcm::new_from_slice(key).ok().map(|key| AeadKey::Camellia128Gcm(Box::new(key))),
            Self::Camellia256Gcm => AesGcm::new_from_slice(key).ok().map(|key| AeadKey::Camellia256Gcm(Box::new(key))),
        }
    }
}

/// A cipher with its key.
pub(super) enum AeadKey {
    /// One that aws-lc-rs has.
    Known(Box<LessSafeKey>),
    Draft(DraftKey),
    Aes128Ccm(Box<Ccm<Aes128, U16, U12>>),
    Aes256Ccm(Box<Ccm<Aes256, U16, U12>>),
    Aes128Ccm8(Box<Ccm<Aes128, U8, U12>>),
    Aes256Ccm8(Box<Ccm<Aes256, U8, U12>>),
    Aria128Gcm(Box<AesGcm<Aria128, U12>>),
    Aria256Gcm(Box<AesGcm<Aria256, U12>>),
    Camellia128Gcm(Box<AesGcm<Camellia128, U12>>),
    Camellia256Gcm(Box<AesGcm<Camellia256, U12>>),
}

impl AeadKey {
    /// Decrypts `buffer`, which holds the ciphertext and its tag, in place. Whether the tag was right; where it was not,
    /// what is left in the buffer means nothing.
    pub(super) fn open(&self, nonce: [u8; 12], data: &[u8], buffer: &mut Vec<u8>) -> bool {
        match self {
            Self::Known(key) => {
                let nonce = Nonce::assume_unique_for_key(nonce);
                let Ok(length) = key.open_in_place(nonce, Aad::from(data), buffer).map(|plain| plain.len()) else {
                    return false;
                };
                buffer.truncate(length);
                true
            }
            Self::Draft(key) => key.open(nonce, data, buffer),
            Self::Aes128Ccm(key) => key.decrypt_in_place(&nonce.into(), data, buffer).is_ok(),
            Self::Aes256Ccm(key) => key.decrypt_in_place(&nonce.into(), data, buffer).is_ok(),
            Self::Aes128Ccm8(key) => key.decrypt_in_place(&nonce.into(), data, buffer).is_ok(),
            Self::Aes256Ccm8(key) => key.decrypt_in_place(&nonce.into(), data, buffer).is_ok(),
            Self::Aria128Gcm(key) => key.decrypt_in_place(&nonce.into(), data, buffer).is_ok(),
            Self::Aria256Gcm(key) => key.decrypt_in_place(&nonce.into(), data, buffer).is_ok(),
            Self::Camellia128Gcm(key) => key.decrypt_in_place(&nonce.into(), data, buffer).is_ok(),
            Self::Camellia256Gcm(key) => key.decrypt_in_place(&nonce.into(), data, buffer).is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST SP 800-38D 7.1: without data the hash is zero, and the tag is the first counter encrypted.
    #[test]
    fn an_empty_message_has_the_encrypted_counter_for_its_tag() {
        use aes::cipher::{BlockCipherEncrypt, KeyInit};
        let key = [7; 16];
        let nonce = [9; 12];
        let mut counter = [9; 16];
        counter[12..].copy_from_slice(&[0, 0, 0, 1]);
        let mut aria = counter.into();
        Aria128::new_from_slice(&key).unwrap().encrypt_block(&mut aria);
        let mut camellia = counter.into();
        Camellia128::new_from_slice(&key).unwrap().encrypt_block(&mut camellia);
        for (aead, tag) in [(Aead::Aria128Gcm, aria.to_vec()), (Aead::Camellia128Gcm, camellia.to_vec())] {
            let opener = aead.key(&key).unwrap();
            let mut buffer = tag.clone();
            assert!(opener.open(nonce, &[], &mut buffer) && buffer.is_empty(), "{aead:?}");
            assert!(!opener.open(nonce, &[1], &mut tag.clone()), "{aead:?}");
        }
        assert!(Aead::Aria256Gcm.key(&key).is_none());
    }
}
