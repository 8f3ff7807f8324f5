//! The end of the key schedule of TLS 1.3: from a traffic secret to key and IV, and to the next secret (RFC 8446 7).

use super::key::RecordKey;
use super::suite::{Cipher, Hash, Suite};
use crate::tls::code::ProtocolVersion;
use crate::tls::secrets::Secret;

/// What drafts of TLS 1.3 do differently from RFC 8446.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What stands before each label.
    prefix: &'static [u8],
    /// The label of the secret behind a KeyUpdate.
    pub(super) update: &'static [u8],
    /// The labels of the keys of binders, of an external key and of a resumption.
    binders: [&'static [u8]; 2],
    /// Whether the header of a record is authenticated with it.
    pub(super) header: bool,
    /// Whether a first ClientHello that was answered with a HelloRetryRequest counts as its hash only.
    hashes_first_hello: bool,
}

impl Draft {
    /// The ways of a version.
    #[must_use]
    pub fn of(version: ProtocolVersion) -> Self {
        let draft = version.draft().unwrap_or(u8::MAX);
        // draft-ietf-tls-tls13-20 made the labels shorter.
        let (prefix, update, binders): (&[u8], &[u8], [&[u8]; 2]) = match draft {
            ..20 => {
                let binders: [&[u8]; 2] = [b"external psk binder key", b"resumption psk binder key"];
                (b"TLS 1.3, ", b"application traffic secret", binders)
            }
            _ => (b"tls13 ", b"traffic upd", [b"ext binder", b"res binder"]),
        };
        // draft-ietf-tls-tls13-25 put the header under the tag, draft-ietf-tls-tls13-19 hashed the first hello.
        Self { prefix, update, binders, header: draft >= 25, hashes_first_hello: draft >= 19 }
    }

    /// Whether a first ClientHello that was answered with a HelloRetryRequest counts as its hash only (RFC 8446 4.4.1).
    #[must_use]
    pub fn hashes_first_hello(self) -> bool {
        self.hashes_first_hello
    }

    /// HKDF-Expand-Label with an empty context (RFC 8446 7.1).
    fn expand(self, hash: Hash, secret: &[u8], label: &[u8], length: usize) -> Vec<u8> {
        self.expand_with(hash, secret, label, &[], length)
    }

    /// The key of a Finished or a binder (RFC 8446 4.4.4).
    pub(super) fn finished_key(self, hash: Hash, base: &[u8]) -> Vec<u8> {
        self.expand(hash, base, b"finished", hash.length())
    }

    /// HKDF-Expand-Label (RFC 8446 7.1).
    pub(super) fn expand_with(self, hash: Hash, secret: &[u8], label: &[u8], context: &[u8], length: usize) -> Vec<u8> {
        let info = self.info(label, context, length);
        let mut out: Vec<u8> = Vec::with_capacity(length + hash.length());
        let mut block: Vec<u8> = Vec::new();
        for counter in 1..=u8::MAX {
            if out.len() >= length {
                break;
            }
            block = hash.hmac(secret, &[&block, &info, &[counter]]);
            out.extend(&block);
        }
        out.truncate(length);
        out
    }

    /// What HKDF-Expand-Label feeds to HKDF-Expand: length, label and context in one structure (RFC 8446 7.1).
    pub(super) fn info(self, label: &[u8], context: &[u8], length: usize) -> Vec<u8> {
        let mut info = Vec::with_capacity(64);
        info.extend(u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
        info.push(u8::try_from(self.prefix.len() + label.len()).unwrap_or(u8::MAX));
        info.extend(self.prefix);
        info.extend(label);
        info.push(u8::try_from(context.len()).unwrap_or(u8::MAX));
        info.extend(context);
        info
    }

    /// What stands before each label.
    pub(super) fn prefix(self) -> &'static str {
        std::str::from_utf8(self.prefix).unwrap_or_default()
    }
}

/// The secrets of a connection that rests on a pre-shared key alone, without Diffie-Hellman (RFC 8446 7.1). Client and
/// server in this order.
#[derive(Clone, Debug)]
pub struct PskSchedule {
    hash: Hash,
    draft: Draft,
    early: Secret,
}

impl PskSchedule {
    /// The schedule of a pre-shared key with the hash of a suite.
    #[must_use]
    pub fn new(suite: Suite, draft: Draft, key: &Secret) -> Self {
        Self::of_hash(suite.hash, draft, key)
    }

    pub(super) fn of_hash(hash: Hash, draft: Draft, key: &Secret) -> Self {
        Self { hash, draft, early: Secret::new(hash.hmac(&vec![0; hash.length()], &[key.bytes()])) }
    }

    /// What binders are made with: of a key that was agreed on elsewhere, and of one from an earlier session.
    pub(super) fn binder_keys(&self) -> [Secret; 2] {
        let nothing = self.hash.digest(&[]);
        self.draft.binders.map(|label| self.derive(&self.early, label, &nothing))
    }

    /// What protects early data; `transcript`: the hash of the ClientHello.
    #[must_use]
    pub fn early_traffic(&self, transcript: &[u8]) -> Secret {
        self.derive(&self.early, b"c e traffic", transcript)
    }

    /// What protects the handshake; `transcript`: the hash of all messages up to the ServerHello.
    #[must_use]
    pub fn handshake_traffic(&self, transcript: &[u8]) -> [Secret; 2] {
        let secret = self.next(&self.early);
        [b"c hs traffic", b"s hs traffic"].map(|label| self.derive(&secret, label, transcript))
    }

    /// What protects application data; `transcript`: the hash of all messages up to the server's Finished.
    #[must_use]
    pub fn traffic(&self, transcript: &[u8]) -> [Secret; 2] {
        let secret = self.next(&self.next(&self.early));
        [b"c ap traffic", b"s ap traffic"].map(|label| self.derive(&secret, label, transcript))
    }

    fn derive(&self, secret: &Secret, label: &[u8], transcript: &[u8]) -> Secret {
        Secret::new(self.draft.expand_with(self.hash, secret.bytes(), label, transcript, self.hash.length()))
    }

    /// The next secret in the chain, to which nothing is added.
    fn next(&self, secret: &Secret) -> Secret {
        let salt = self.derive(secret, b"derived", &self.hash.digest(&[]));
        Secret::new(self.hash.hmac(salt.bytes(), &[&vec![0; self.hash.length()]]))
    }
}

/// The record key of a traffic secret (RFC 8446 7.3); `None` where the secret cannot be one of this suite.
#[must_use]
pub fn traffic_key(suite: Suite, draft: Draft, secret: &Secret) -> Option<RecordKey> {
    let Cipher::Aead(aead) = suite.cipher else { return None };
    if secret.bytes().len() != suite.hash.length() {
        return None;
    }
    let key = draft.expand(suite.hash, secret.bytes(), b"key", aead.key_length());
    let iv = draft.expand(suite.hash, secret.bytes(), b"iv", 12);
    RecordKey::tls13(aead, &key, iv.try_into().ok()?, draft)
}

/// The traffic secret behind a KeyUpdate (RFC 8446 7.2).
pub(super) fn next_generation(suite: Suite, draft: Draft, secret: &Secret) -> Secret {
    Secret::new(draft.expand(suite.hash, secret.bytes(), draft.update, suite.hash.length()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{hex, parse_hex};

    /// RFC 8448 3.
    #[test]
    fn keys_of_a_traced_handshake() {
        let secret = parse_hex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38").unwrap();
        let draft = Draft::of(ProtocolVersion::TLS13);
        let expand = |label: &[u8], length| hex(&draft.expand(Hash::Sha256, &secret, label, length));
        assert_eq!(expand(b"key", 16), "3fce516009c21727d0f2e4e86ee403bc");
        assert_eq!(expand(b"iv", 12), "5d313eb2671276ee13000b30");
    }

    #[test]
    fn drafts_have_their_ways() {
        for (version, header, update) in [
            (0x0304, true, &b"traffic upd"[..]),
            (0x7f1c, true, b"traffic upd"),
            (0x7f19, true, b"traffic upd"),
            (0x7f18, false, b"traffic upd"),
            (0x7f14, false, b"traffic upd"),
            (0x7f13, false, b"application traffic secret"),
        ] {
            let draft = Draft::of(ProtocolVersion(version));
            assert_eq!((draft.header, draft.update), (header, update), "{version:04x}");
        }
    }
}
