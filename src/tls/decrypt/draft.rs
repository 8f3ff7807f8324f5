//! ChaCha20-Poly1305 as it was before it became a standard (draft-agl-tls-chacha20poly1305): browsers and servers spoke
//! it for two years under suite numbers of its own.
//!
//! The ciphers are those of RFC 8439; what differs is the nonce of eight bytes, and that nothing is padded before the
//! tag is made of it.

use chacha20::ChaCha20Legacy;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use poly1305::Poly1305;
use poly1305::universal_hash::KeyInit;

/// The length of a block of the key stream; the first one gives the key of Poly1305.
const BLOCK: usize = 64;
/// The length of a tag.
const TAG: usize = 16;

/// The cipher with its key.
pub(super) struct DraftKey([u8; 32]);

impl DraftKey {
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        key.try_into().ok().map(Self)
    }

    /// Decrypts `buffer`, which holds the ciphertext and its tag, in place. Of the nonce the last eight bytes count.
    pub(super) fn open(&self, nonce: [u8; 12], data: &[u8], buffer: &mut Vec<u8>) -> bool {
        let Some((_, nonce)) = nonce.split_last_chunk::<8>() else { return false };
        let Some((sealed, tag)) = buffer.split_last_chunk::<TAG>() else { return false };
        let mut stream = ChaCha20Legacy::new(&self.0.into(), &(*nonce).into());
        let mut first = [0; BLOCK];
        stream.apply_keystream(&mut first);
        let Some(key) = first.first_chunk::<32>() else { return false };
        let length = |bytes: &[u8]| (bytes.len() as u64).to_le_bytes();
        let authenticated = [data, &length(data), sealed, &length(sealed)].concat();
        if Poly1305::new(&(*key).into()).compute_unpadded(&authenticated).as_slice() != tag {
            return false;
        }
        buffer.truncate(buffer.len() - TAG);
        stream.apply_keystream(buffer);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::parse_hex;

    /// draft-agl-tls-chacha20poly1305-04 7.
    #[test]
    fn the_vector_of_the_draft() {
        let [key, nonce, data, sealed, plain] = [
            "4290bcb154173531f314af57f3be3b5006da371ece272afa1b5dbdd1100a1007",
            "00000000cd7cf67be39c794a",
            "87e229d4500845a079c0",
            "e3e446f7ede9a19b62a4677dabf4e3d24b876bb284753896e1d6",
            "86d09974840bded2a5ca",
        ]
        .map(|text| parse_hex(text).unwrap());
        let key = DraftKey::new(&key).unwrap();
        let nonce: [u8; 12] = nonce.try_into().unwrap();
        let mut buffer = sealed.clone();
        assert!(key.open(nonce, &data, &mut buffer));
        assert_eq!(buffer, plain);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(!key.open(nonce, &data, &mut changed), "byte {at}");
        }
        assert!(!key.open(nonce, &data[1..], &mut sealed.clone()));
        assert!(!key.open(nonce, &data, &mut sealed[..15].to_vec()));
        assert!(DraftKey::new(&[0; 31]).is_none());
    }
}
