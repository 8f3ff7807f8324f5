//! The pseudorandom function until TLS 1.2, the master secret, and the key block (RFC 5246 5, 6.3, 8.1; RFC 2246 5).

use super::finished::handshake_hash;
use super::key::{Cbc, RecordKey};
use super::mac::Mac;
use super::stream::KeyStream;
use super::suite::{Cipher, Hash, Suite};
use crate::tls::code::ProtocolVersion;
use crate::tls::secrets::Secret;

/// What the key block of a connection is made from.
#[derive(Clone, Debug)]
pub struct KeyBlock<'a> {
    /// The version that was chosen.
    pub version: ProtocolVersion,
    /// What the chosen suite means.
    pub suite: Suite,
    /// The master secret.
    pub master: &'a Secret,
    /// The random of the ClientHello.
    pub client_random: [u8; 32],
    /// The random of the ServerHello.
    pub server_random: [u8; 32],
    /// Whether the MAC is made of the encrypted content (RFC 7366).
    pub encrypt_then_mac: bool,
}

impl KeyBlock<'_> {
    /// The keys with which the client and the server write.
    #[must_use]
    pub fn keys(&self) -> Option<[RecordKey; 2]> {
        let lengths = self.lengths()?;
        let block = self.expand(lengths.iter().sum());
        let mut rest = block.as_slice();
        let [client_mac, server_mac, client_key, server_key, client_iv, server_iv] =
            lengths.map(|length| rest.split_off(..length).unwrap_or_default());
        Some([self.key(client_mac, client_key, client_iv)?, self.key(server_mac, server_key, server_iv)?])
    }

    /// How many bytes the parts of the block have, in their order: MAC keys, keys, IVs, each of the client first
    /// (RFC 5246 6.3).
    pub(super) fn lengths(&self) -> Option<[usize; 6]> {
        let (mac, key, iv) = match self.suite.cipher {
            Cipher::Aead(_) if self.version < ProtocolVersion::TLS12 => return None,
            Cipher::Aead(aead) => (0, aead.key_length(), aead.implicit_iv_length()),
            Cipher::Block(block) => (self.suite.hash.length(), block.key_length(), block.block_length()),
            Cipher::Rc4 => (self.suite.hash.length(), 16, 0),
            Cipher::Null => (self.suite.hash.length(), 0, 0),
        };
        Some([mac, mac, key, key, iv, iv])
    }

    fn key(&self, mac: &[u8], key: &[u8], iv: &[u8]) -> Option<RecordKey> {
        let mac = Mac::new(self.suite.hash, mac, self.version == ProtocolVersion::SSL3);
        match self.suite.cipher {
            Cipher::Aead(aead) => RecordKey::tls12(aead, key, iv),
            Cipher::Block(block) => {
                // From TLS 1.1 on each record begins with its own IV (RFC 4346 6.2.3.2).
                let first = (self.version < ProtocolVersion::TLS11).then_some(iv);
                let cbc = Cbc::new(block, key, mac, first, self.encrypt_then_mac)?;
                Some(RecordKey::cbc(cbc))
            }
            Cipher::Rc4 => Some(RecordKey::stream(Some(Box::new(KeyStream::new(key))), mac)),
            Cipher::Null => Some(RecordKey::stream(None, mac)),
        }
    }

    pub(super) fn expand(&self, length: usize) -> Vec<u8> {
        let seed = [self.server_random, self.client_random].concat();
        if self.version == ProtocolVersion::SSL3 {
            return ssl3(self.master.bytes(), &seed, length);
        }
        let hash = self.suite.schedule_hash(self.version);
        prf(hash, self.master.bytes(), b"key expansion", &seed, length)
    }
}

/// The master secret of a premaster secret (RFC 5246 8.1). `randoms`: the client's and the server's one after another.
#[must_use]
pub fn master_secret(version: ProtocolVersion, suite: Suite, premaster: &Secret, randoms: &[u8]) -> Secret {
    if version == ProtocolVersion::SSL3 {
        return Secret::new(ssl3(premaster.bytes(), randoms, 48));
    }
    let hash = suite.schedule_hash(version);
    Secret::new(prf(hash, premaster.bytes(), b"master secret", randoms, 48))
}

/// The master secret that is bound to its handshake (RFC 7627 4). `messages`: the handshake up to the
/// ClientKeyExchange.
#[must_use]
pub fn extended_master_secret(version: ProtocolVersion, suite: Suite, premaster: &Secret, messages: &[u8]) -> Secret {
    let hash = suite.schedule_hash(version);
    let session_hash = handshake_hash(hash, messages);
    Secret::new(prf(hash, premaster.bytes(), b"extended master secret", &session_hash, 48))
}

/// How SSL 3.0 makes secrets from secrets: MD5 over SHA-1 with A, BB, CCC … in front (RFC 6101 6.1, 6.2.2).
fn ssl3(secret: &[u8], randoms: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length + Hash::Md5.length());
    for (count, letter) in (1..).zip(b'A'..=b'Z') {
        if out.len() >= length {
            break;
        }
        let inner = Hash::Sha1.digest(&[&vec![letter; count], secret, randoms]);
        out.extend(Hash::Md5.digest(&[secret, &inner]));
    }
    out.truncate(length);
    out
}

/// The function itself. Without a hash it is that of TLS 1.0: MD5 and SHA-1, each with a half of the secret.
pub(super) fn prf(hash: Option<Hash>, secret: &[u8], label: &[u8], seed: &[u8], length: usize) -> Vec<u8> {
    let seed = [label, seed].concat();
    if let Some(hash) = hash {
        return expand(hash, secret, &seed, length);
    }
    let half = secret.len().div_ceil(2);
    let first = secret.get(..half).unwrap_or_default();
    let second = secret.get(secret.len() - half..).unwrap_or_default();
    let md5 = expand(Hash::Md5, first, &seed, length);
    let sha1 = expand(Hash::Sha1, second, &seed, length);
    md5.iter().zip(sha1).map(|(md5, sha1)| md5 ^ sha1).collect()
}

/// `P_hash` (RFC 5246 5).
fn expand(hash: Hash, secret: &[u8], seed: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length + hash.length());
    let mut round = hash.hmac(secret, &[seed]);
    while out.len() < length {
        out.extend(hash.hmac(secret, &[&round, seed]));
        round = hash.hmac(secret, &[&round]);
    }
    out.truncate(length);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{hex, parse_hex};
    use crate::tls::code::{CipherSuite, ContentType};
    use crate::tls::decrypt::Place;
    use crate::tls::record::Header;

    /// <https://mailarchive.ietf.org/arch/msg/tls/fzVCzk-z3FShgGJ6DOXqM1ydxms/>, the vector that implementations share.
    #[test]
    fn a_vector_of_tls12() {
        let secret = parse_hex("9bbe436ba940f017b17652849a71db35").unwrap();
        let seed = parse_hex("a0ba9f936cda311827a6f796ffd5198c").unwrap();
        let out = prf(Some(Hash::Sha256), &secret, b"test label", &seed, 100);
        assert!(hex(&out).starts_with("e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"));
        assert_eq!(out.len(), 100);
    }

    /// Records that were sealed by OpenSSL's ChaCha20 and Poly1305, put together as the draft says
    /// (draft-agl-tls-chacha20poly1305 5): no IV, and the number of the record for a nonce.
    #[test]
    fn the_suites_of_a_draft_have_no_iv() {
        let sealed = [
            "049843bcdc1306a258be9169e2c550fc583e78baea717f959b4b26cb7143a9ffa098446a224314353d8d9980ef842900a647b8d329\
             c7d6ba8a997873e4c9bb4916b9",
            "2d67e5f77d6b20451688764a8af12d0ae650b2af8f3468d01e086d2648b741a351cfa44cd52a2f783ca207356d3ae1e09f92563582\
             6fa41a755741cabb87ba66b392",
        ]
        .map(|digits| parse_hex(digits).unwrap());
        for suite in [0xcc13, 0xcc14, 0xcc15] {
            let block = KeyBlock {
                version: ProtocolVersion::TLS12,
                suite: Suite::of(CipherSuite(suite)).unwrap(),
                master: &Secret::new(vec![7; 48]),
                client_random: [1; 32],
                server_random: [2; 32],
                encrypt_then_mac: false,
            };
            for (key, sealed) in block.keys().unwrap().iter().zip(&sealed) {
                let length = u16::try_from(sealed.len()).unwrap();
                let version = ProtocolVersion::TLS12;
                let header = Header { content_type: ContentType::APPLICATION_DATA, version, length };
                let mut out = Vec::new();
                let place = |sequence| Place { sequence, ..Place::default() };
                assert!(key.open(place(5), header, sealed, &mut out).is_some());
                assert_eq!(out, b"the draft counts by the number of the record alone");
                assert!(key.open(place(6), header, sealed, &mut out).is_none());
            }
        }
    }
}
