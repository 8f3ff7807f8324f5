//! What a cipher suite means for its records: the cipher, the MAC, and the hash of the key schedule.
//!
//! Names of suites are made of parts, and the parts behind `WITH` say all of it, so that one row serves all suites
//! that share a cipher.

use super::aead::Aead;
use super::block::Block;
use crate::tls::code::{CipherSuite, ProtocolVersion};

/// A hash function of a key schedule or of a MAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// MD5 (RFC 1321).
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-224, in signatures only.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
}

/// How the records of a suite are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cipher {
    /// Authenticated encryption (RFC 5246 6.2.3.3, RFC 8446 5.2).
    Aead(Aead),
    /// A block cipher in CBC mode and a MAC (RFC 5246 6.2.3.2).
    Block(Block),
    /// RC4 with a key of 16 bytes and a MAC (RFC 5246 6.2.3.1).
    Rc4,
    /// A MAC alone.
    Null,
}

/// The ciphers by their part of a suite's name. A part that begins with another stands before it.
const ROWS: &[(&str, Cipher)] = &[
    ("AES_128_GCM", Cipher::Aead(Aead::Aes128Gcm)),
    ("AES_256_GCM", Cipher::Aead(Aead::Aes256Gcm)),
    ("AES_128_CCM_8", Cipher::Aead(Aead::Aes128Ccm8)),
    ("AES_256_CCM_8", Cipher::Aead(Aead::Aes256Ccm8)),
    ("AES_128_CCM", Cipher::Aead(Aead::Aes128Ccm)),
    ("AES_256_CCM", Cipher::Aead(Aead::Aes256Ccm)),
    ("CHACHA20_POLY1305_SHA256 (draft)", Cipher::Aead(Aead::ChaCha20Poly1305Draft)),
    ("CHACHA20_POLY1305", Cipher::Aead(Aead::ChaCha20Poly1305)),
    ("AES_128_CBC", Cipher::Block(Block::Aes128)),
    ("AES_256_CBC", Cipher::Block(Block::Aes256)),
    ("3DES_EDE_CBC", Cipher::Block(Block::TripleDes)),
    ("DES_CBC", Cipher::Block(Block::Des)),
    ("CAMELLIA_128_CBC", Cipher::Block(Block::Camellia128)),
    ("CAMELLIA_256_CBC", Cipher::Block(Block::Camellia256)),
    ("ARIA_128_CBC", Cipher::Block(Block::Aria128)),
    ("ARIA_256_CBC", Cipher::Block(Block::Aria256)),
    ("SEED_CBC", Cipher::Block(Block::Seed)),
    ("ARIA_128_GCM", Cipher::Aead(Aead::Aria128Gcm)),
    ("ARIA_256_GCM", Cipher::Aead(Aead::Aria256Gcm)),
    ("CAMELLIA_128_GCM", Cipher::Aead(Aead::Camellia128Gcm)),
    ("CAMELLIA_256_GCM", Cipher::Aead(Aead::Camellia256Gcm)),
    ("RC4_128", Cipher::Rc4),
    ("NULL", Cipher::Null),
];

/// What a suite means for its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suite {
    pub(super) cipher: Cipher,
    /// The hash at the end of the name; of CCM suites, which name none, SHA-256 (RFC 6655 3).
    pub(super) hash: Hash,
}

impl Suite {
    /// The parts of a suite; `None` where its cipher is not supported.
    #[must_use]
    pub fn of(suite: CipherSuite) -> Option<Self> {
        let name = suite.name()?;
        let parts = name.split_once("_WITH_").map(|(_, parts)| parts).or_else(|| name.strip_prefix("TLS_"))?;
        let (row, cipher) = ROWS.iter().find(|(row, _)| parts.starts_with(row))?;
        let hash = match parts.strip_prefix(row)? {
            "_SHA384" => Hash::Sha384,
            "_SHA256" | "" => Hash::Sha256,
            "_SHA" => Hash::Sha1,
            "_MD5" => Hash::Md5,
            _ => return None,
        };
        Some(Self { cipher: *cipher, hash })
    }

    /// The hash of the key schedule in TLS 1.3.
    #[must_use]
    pub fn hash(self) -> Hash {
        self.hash
    }

    /// The hash of the key schedule: until TLS 1.1 MD5 together with SHA-1 (`None`), in TLS 1.2 at least SHA-256
    /// (RFC 5246 5), in TLS 1.3 that of the suite.
    #[must_use]
    pub fn schedule_hash(self, version: ProtocolVersion) -> Option<Hash> {
        if version < ProtocolVersion::TLS12 {
            return None;
        }
        Some(if self.hash == Hash::Sha384 { Hash::Sha384 } else { Hash::Sha256 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_suites() {
        let aead = |aead, hash| Some(Suite { cipher: Cipher::Aead(aead), hash });
        for (suite, parts) in [
            (0x1301, aead(Aead::Aes128Gcm, Hash::Sha256)),
            (0x1302, aead(Aead::Aes256Gcm, Hash::Sha384)),
            (0x1303, aead(Aead::ChaCha20Poly1305, Hash::Sha256)),
            (0x1304, aead(Aead::Aes128Ccm, Hash::Sha256)),
            (0x1305, aead(Aead::Aes128Ccm8, Hash::Sha256)),
            (0xc02f, aead(Aead::Aes128Gcm, Hash::Sha256)),
            (0xc030, aead(Aead::Aes256Gcm, Hash::Sha384)),
            (0xc0a4, aead(Aead::Aes128Ccm, Hash::Sha256)),
            (0xc0a9, aead(Aead::Aes256Ccm8, Hash::Sha256)),
            (0xcca8, aead(Aead::ChaCha20Poly1305, Hash::Sha256)),
            (0x002f, Some(Suite { cipher: Cipher::Block(Block::Aes128), hash: Hash::Sha1 })),
            (0x003d, Some(Suite { cipher: Cipher::Block(Block::Aes256), hash: Hash::Sha256 })),
            (0x0004, Some(Suite { cipher: Cipher::Rc4, hash: Hash::Md5 })),
            (0xc015, Some(Suite { cipher: Cipher::Null, hash: Hash::Sha1 })),
            (0x0000, None),
            (0x0003, None),
            (0x0008, None),
            (0xcc13, aead(Aead::ChaCha20Poly1305Draft, Hash::Sha256)),
            (0xcc14, aead(Aead::ChaCha20Poly1305Draft, Hash::Sha256)),
            (0xcc15, aead(Aead::ChaCha20Poly1305Draft, Hash::Sha256)),
            (0xff85, None),
            (0xff87, None),
            (0xc0b0, aead(Aead::Aes128Gcm, Hash::Sha256)),
            (0x0096, Some(Suite { cipher: Cipher::Block(Block::Seed), hash: Hash::Sha1 })),
            (0xc052, aead(Aead::Aria128Gcm, Hash::Sha256)),
            (0xc07b, aead(Aead::Camellia256Gcm, Hash::Sha384)),
            (0x0007, None),
            (0x00ff, None),
            (0x9999, None),
        ] {
            assert_eq!(Suite::of(CipherSuite(suite)), parts, "{suite:04x}");
        }
    }
}
