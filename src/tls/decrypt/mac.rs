//! The MAC of records until TLS 1.2 (RFC 5246 6.2.3.1), and that of SSL 3.0 (RFC 6101 5.2.3.1).

use super::suite::Hash;
use crate::tls::code::ContentType;
use crate::tls::record::Header;

/// A hash with its key.
pub(super) struct Mac {
    hash: Hash,
    key: Vec<u8>,
    ssl3: bool,
}

impl Mac {
    pub(super) fn new(hash: Hash, key: &[u8], ssl3: bool) -> Self {
        Self { hash, key: key.to_vec(), ssl3 }
    }

    pub(super) fn length(&self) -> usize {
        self.hash.length()
    }

    /// The length of a Finished: its header, and 12 bytes, or two hashes in SSL 3.0 (RFC 5246 7.4.9, RFC 6101 5.6.9).
    pub(super) fn finished_length(&self) -> usize {
        4 + if self.ssl3 { 16 + 20 } else { 12 }
    }

    /// Whether `tag` is the MAC of a record with this content.
    pub(super) fn fits(&self, sequence: u64, header: Header, content: &[u8], tag: &[u8]) -> bool {
        let ContentType(kind) = header.content_type;
        let length = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
        let sequence = sequence.to_be_bytes();
        let version = header.version.0.to_be_bytes();
        let made = if self.ssl3 {
            self.ssl3(&[&sequence, &[kind], &length, content])
        } else {
            self.hash.hmac(&self.key, &[&sequence, &[kind], &version, &length, content])
        };
        made == tag
    }

    /// The forerunner of HMAC.
    fn ssl3(&self, parts: &[&[u8]]) -> Vec<u8> {
        let count = if self.hash == Hash::Md5 { 48 } else { 40 };
        let mut inner = vec![self.key.as_slice()];
        let (first, second) = (vec![0x36; count], vec![0x5c; count]);
        inner.push(&first);
        inner.extend(parts);
        let inner = self.hash.digest(&inner);
        self.hash.digest(&[&self.key, &second, &inner])
    }
}
