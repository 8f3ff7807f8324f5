//! Private keys whose encryption is older than PBES2: in PEM as openssl did it first, and in PKCS#8 by PBES1 or in the
//! way of PKCS#12. None of it is safe any more, and key files last for decades.

use super::{KeyFault, PrivateKey, pkcs1, pkcs8};
use crate::base::parse_hex;
use crate::tls::decrypt::{Block, Hash};
use pkcs8::der::Decode;
use pkcs12::kdf::{Pkcs12KeyType, derive_key_utf8};
use pkcs12::pbe_params::{EncryptedPrivateKeyInfo, Pkcs12PbeParams};
use sha1::Sha1;

/// More rounds than anybody has asked for; a file that asks for more is no key.
const MOST_ROUNDS: i32 = 10_000_000;

/// The ciphers of a DEK-Info header by their names in openssl.
const CIPHERS: &[(&str, Block)] = &[
    ("DES-CBC", Block::Des),
    ("DES-EDE3-CBC", Block::TripleDes),
    ("AES-128-CBC", Block::Aes128),
    ("AES-192-CBC", Block::Aes192),
    ("AES-256-CBC", Block::Aes256),
    ("CAMELLIA-128-CBC", Block::Camellia128),
    ("CAMELLIA-256-CBC", Block::Camellia256),
    ("ARIA-128-CBC", Block::Aria128),
    ("ARIA-256-CBC", Block::Aria256),
    ("SEED-CBC", Block::Seed),
    ("RC2-CBC", Block::Rc2(16)),
    ("RC2-64-CBC", Block::Rc2(8)),
    ("RC2-40-CBC", Block::Rc2(5)),
];

/// How the key of a cipher is made from a password.
#[derive(Clone, Copy)]
enum Derivation {
    /// PBKDF1 (RFC 8018 5.1): key and IV are the two halves of 16 bytes.
    Pbkdf1(Hash),
    /// The way of PKCS#12 (RFC 7292 B), with SHA-1; so many bytes are asked for, of which the first are repeated.
    Pkcs12 { length: usize },
}

/// The ways by their object identifiers (RFC 8018 A.3, RFC 7292 C).
const WAYS: &[(&str, Derivation, Block)] = &[
    ("1.2.840.113549.1.5.3", Derivation::Pbkdf1(Hash::Md5), Block::Des),
    ("1.2.840.113549.1.5.6", Derivation::Pbkdf1(Hash::Md5), Block::Rc2(8)),
    ("1.2.840.113549.1.5.10", Derivation::Pbkdf1(Hash::Sha1), Block::Des),
    ("1.2.840.113549.1.5.11", Derivation::Pbkdf1(Hash::Sha1), Block::Rc2(8)),
    ("1.2.840.113549.1.12.1.3", Derivation::Pkcs12 { length: 24 }, Block::TripleDes),
    ("1.2.840.113549.1.12.1.4", Derivation::Pkcs12 { length: 16 }, Block::TripleDes),
    ("1.2.840.113549.1.12.1.5", Derivation::Pkcs12 { length: 16 }, Block::Rc2(16)),
    ("1.2.840.113549.1.12.1.6", Derivation::Pkcs12 { length: 5 }, Block::Rc2(5)),
];

/// The key in a PEM file that has headers (RFC 1421 4.6); nothing where there is none of that kind.
pub(super) fn with_headers(file: &[u8], password: Option<&str>) -> Option<Result<PrivateKey, KeyFault>> {
    let blocks = pem::parse_many(file).ok()?;
    let block = blocks.iter().find(|block| block.headers().get("DEK-Info").is_some())?;
    if block.tag() != "RSA PRIVATE KEY" {
        return Some(Err(KeyFault::NotRsa));
    }
    Some(by_header(block.headers().get("DEK-Info").unwrap_or_default(), block.contents(), password))
}

fn by_header(header: &str, sealed: &[u8], password: Option<&str>) -> Result<PrivateKey, KeyFault> {
    let (name, iv) = header.split_once(',').ok_or(KeyFault::Damaged)?;
    let (_, block) = CIPHERS.iter().find(|(known, _)| *known == name.trim()).ok_or(KeyFault::Encryption)?;
    let iv = parse_hex(iv.trim()).filter(|iv| iv.len() == block.block_length()).ok_or(KeyFault::Damaged)?;
    let password = password.ok_or(KeyFault::NeedsPassword)?;
    let salt = iv.get(..8).ok_or(KeyFault::Damaged)?;
    let key = stretched(Hash::Md5, password, salt, 1, block.key_length());
    let der = opened(*block, &key, &iv, sealed)?;
    // A wrong password may happen to leave padding that seems right.
    pkcs1(&der).map_err(|_| KeyFault::WrongPassword)
}

/// The key in a PKCS#8 structure that is not encrypted by PBES2.
pub(super) fn encrypted(der: &[u8], password: Option<&str>) -> Result<PrivateKey, KeyFault> {
    let info = EncryptedPrivateKeyInfo::from_der(der).map_err(|_| KeyFault::Damaged)?;
    let algorithm = &info.encryption_algorithm;
    let name = algorithm.oid.to_string();
    let (_, derivation, block) = WAYS.iter().find(|(known, ..)| *known == name).ok_or(KeyFault::Encryption)?;
    let parameters = algorithm.parameters.as_ref().ok_or(KeyFault::Damaged)?;
    let parameters: Pkcs12PbeParams = parameters.decode_as().map_err(|_| KeyFault::Damaged)?;
    if !(1..=MOST_ROUNDS).contains(&parameters.iterations) {
        return Err(KeyFault::Damaged);
    }
    let password = password.ok_or(KeyFault::NeedsPassword)?;
    let (key, iv) = derivation.key_and_iv(password, parameters.salt.as_bytes(), parameters.iterations, *block)?;
    let der = opened(*block, &key, &iv, info.encrypted_data.as_bytes())?;
    pkcs8(&der).map_err(|fault| if fault == KeyFault::Damaged { KeyFault::WrongPassword } else { fault })
}

impl Derivation {
    fn key_and_iv(
        self,
        password: &str,
        salt: &[u8],
        rounds: i32,
        block: Block,
    ) -> Result<(Vec<u8>, Vec<u8>), KeyFault> {
        match self {
            Self::Pbkdf1(hash) => {
                let mut key = stretched(hash, password, salt, rounds, 16);
                let iv = key.split_off(8);
                Ok((key, iv))
            }
            Self::Pkcs12 { length } => {
                let derive = |kind, length| {
                    derive_key_utf8::<Sha1>(password, salt, kind, rounds, length).map_err(|_| KeyFault::WrongPassword)
                };
                let key = derive(Pkcs12KeyType::EncryptionKey, length)?;
                // Two keys of 3DES: the first is the third too.
                let key = key.iter().copied().cycle().take(block.key_length()).collect();
                Ok((key, derive(Pkcs12KeyType::Iv, block.block_length())?))
            }
        }
    }
}

/// EVP_BytesToKey, which openssl's first way uses with one round; its first block is PBKDF1 (RFC 8018 5.1).
fn stretched(hash: Hash, password: &str, salt: &[u8], rounds: i32, length: usize) -> Vec<u8> {
    let mut key = Vec::new();
    let mut last = Vec::new();
    while key.len() < length {
        last = hash.digest(&[&last, password.as_bytes(), salt]);
        for _ in 1..rounds {
            last = hash.digest(&[&last]);
        }
        key.extend_from_slice(&last);
    }
    key.truncate(length);
    key
}

/// Decrypts and takes the padding off (RFC 5652 6.3).
fn opened(block: Block, key: &[u8], iv: &[u8], sealed: &[u8]) -> Result<Vec<u8>, KeyFault> {
    let cipher = block.key(key).ok_or(KeyFault::Encryption)?;
    if sealed.is_empty() || !sealed.len().is_multiple_of(block.block_length()) {
        return Err(KeyFault::Damaged);
    }
    let mut bytes = sealed.to_vec();
    cipher.cbc(iv, &mut bytes);
    let padding = usize::from(bytes.last().copied().unwrap_or_default());
    let end = bytes.len().checked_sub(padding).filter(|_| (1..=block.block_length()).contains(&padding));
    bytes.truncate(end.ok_or(KeyFault::WrongPassword)?);
    Ok(bytes)
}
