//! Block ciphers in CBC mode, as SSL 3.0 to TLS 1.2 use them.

use aes::cipher::{Block as BlockOf, BlockCipherDecrypt, BlockSizeUser, KeyInit};
use cipher_04::{BlockDecrypt, KeyInit as SeedKeyInit};

/// Which cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tls) enum Block {
    Aes128,
    /// No suite has it; private keys may be encrypted with it.
    Aes192,
    Aes256,
    TripleDes,
    Des,
    Camellia128,
    Camellia256,
    Aria128,
    Aria256,
    Seed,
    /// RC2 with a key of 40, 64 or 128 bits; private keys alone.
    Rc2(u8),
}

impl Block {
    pub(in crate::tls) fn key_length(self) -> usize {
        match self {
            Self::Des => 8,
            Self::Aes128 | Self::Camellia128 | Self::Aria128 | Self::Seed => 16,
            Self::TripleDes | Self::Aes192 => 24,
            Self::Aes256 | Self::Camellia256 | Self::Aria256 => 32,
            Self::Rc2(length) => length.into(),
        }
    }

    pub(in crate::tls) fn block_length(self) -> usize {
        if matches!(self, Self::Des | Self::TripleDes | Self::Rc2(_)) { 8 } else { 16 }
    }

    /// The cipher with a key of the right length.
    pub(in crate::tls) fn key(self, key: &[u8]) -> Option<Box<dyn Decrypt>> {
        match self {
            Self::Aes128 => keyed::<aes::Aes128>(key),
            Self::Aes192 => keyed::<aes::Aes192>(key),
            Self::Aes256 => keyed::<aes::Aes256>(key),
            Self::Rc2(_) => keyed::<rc2::Rc2>(key),
            Self::TripleDes => keyed::<des::TdesEde3>(key),
            Self::Des => keyed::<des::Des>(key),
            Self::Camellia128 => keyed::<camellia::Camellia128>(key),
            Self::Camellia256 => keyed::<camellia::Camellia256>(key),
            Self::Aria128 => keyed::<aria::Aria128>(key),
            Self::Aria256 => keyed::<aria::Aria256>(key),
            Self::Seed => <kisaseed::SEED as SeedKeyInit>::new_from_slice(key)
                .ok()
                .map(|key| Box::new(Seed(key)) as Box<dyn Decrypt>),
        }
    }
}

/// A block cipher with its key.
pub(in crate::tls) trait Decrypt: Send + Sync {
    /// Decrypts whole blocks in CBC mode in place; `iv` is as long as a block.
    fn cbc(&self, iv: &[u8], bytes: &mut [u8]);
}

fn keyed<C>(key: &[u8]) -> Option<Box<dyn Decrypt>>
where
    C: BlockCipherDecrypt + BlockSizeUser + KeyInit + Send + Sync + 'static,
{
    C::new_from_slice(key).ok().map(|cipher| Box::new(Keyed(cipher)) as Box<dyn Decrypt>)
}

struct Keyed<C>(C);

impl<C: BlockCipherDecrypt + BlockSizeUser + Send + Sync> Decrypt for Keyed<C> {
    fn cbc(&self, iv: &[u8], bytes: &mut [u8]) {
        let Ok(mut before) = BlockOf::<C>::try_from(iv) else { return };
        for chunk in bytes.chunks_exact_mut(C::block_size()) {
            let Ok(sealed) = BlockOf::<C>::try_from(&*chunk) else { return };
            let mut block = sealed.clone();
            self.0.decrypt_block(&mut block);
            for ((to, plain), with) in chunk.iter_mut().zip(&block).zip(&before) {
                *to = plain ^ with;
            }
            before = sealed;
        }
    }
}

/// SEED (RFC 4269), whose crate has the traits of an earlier time.
struct Seed(kisaseed::SEED);

impl Decrypt for Seed {
    fn cbc(&self, iv: &[u8], bytes: &mut [u8]) {
        let Ok(mut before) = <[u8; 16]>::try_from(iv) else { return };
        for chunk in bytes.as_chunks_mut::<16>().0 {
            let sealed = *chunk;
            let mut block = sealed.into();
            self.0.decrypt_block(&mut block);
            for ((to, plain), with) in chunk.iter_mut().zip(block).zip(before) {
                *to = plain ^ with;
            }
            before = sealed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::parse_hex;

    /// NIST SP 800-38A F.2.2, RFC 5932's cipher by RFC 3713 A, RFC 5794 A.1, RFC 4269 B.1, and 3DES with one key three times.
    #[test]
    fn vectors() {
        let zero = "00000000000000000000000000000000";
        for (block, key, iv, sealed, plain) in [
            (
                Block::Aes128,
                "2b7e151628aed2a6abf7158809cf4f3c",
                "000102030405060708090a0b0c0d0e0f",
                "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
                "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
            ),
            (
                Block::Camellia128,
                "0123456789abcdeffedcba9876543210",
                zero,
                "67673138549669730857065648eabe43",
                "0123456789abcdeffedcba9876543210",
            ),
            (
                Block::Aria128,
                "000102030405060708090a0b0c0d0e0f",
                zero,
                "d718fbd6ab644c739da95f3be6451778",
                "00112233445566778899aabbccddeeff",
            ),
            (Block::Seed, zero, zero, "5ebac6e0054e166819aff1cc6d346cdb", "000102030405060708090a0b0c0d0e0f"),
            (
                Block::TripleDes,
                "133457799bbcdff1133457799bbcdff1133457799bbcdff1",
                "0000000000000000",
                "85e813540f0ab405",
                "0123456789abcdef",
            ),
        ] {
            let [key, iv, mut bytes, plain] = [key, iv, sealed, plain].map(|text| parse_hex(text).unwrap());
            assert_eq!((key.len(), iv.len()), (block.key_length(), block.block_length()));
            block.key(&key).unwrap().cbc(&iv, &mut bytes);
            assert_eq!(bytes, plain, "{block:?}");
            assert!(block.key(&key[1..]).is_none());
        }
    }
}
