//! RC4, whose key stream runs on from record to record.

use rc4::{KeyInit, Rc4, StreamCipher};
use std::sync::{Mutex, PoisonError};

/// RC4 with its key. The state behind the latest record is kept: records are opened one after another.
pub(super) struct KeyStream {
    key: Vec<u8>,
    state: Mutex<Option<(u64, Rc4)>>,
}

impl KeyStream {
    pub(super) fn new(key: &[u8]) -> Self {
        Self { key: key.to_vec(), state: Mutex::new(None) }
    }

    /// Decrypts bytes that stand at this position of all that the key protects.
    pub(super) fn apply(&self, position: u64, bytes: &mut [u8]) {
        let mut kept = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = kept.take().filter(|(at, _)| *at <= position);
        let Some((mut at, mut cipher)) = state.or_else(|| Some((0, Rc4::new_from_slice(&self.key).ok()?))) else {
            return;
        };
        let mut skipped = [0; 1024];
        while at < position {
            let count = usize::try_from(position - at).unwrap_or(usize::MAX).min(skipped.len());
            cipher.apply_keystream(skipped.get_mut(..count).unwrap_or_default());
            at += count as u64;
        }
        cipher.apply_keystream(bytes);
        *kept = Some((position + bytes.len() as u64, cipher));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6229 2, the key of 128 bits.
    #[test]
    fn any_position_can_be_had() {
        let key: Vec<u8> = (1..=16).collect();
        let mut whole = vec![0; 5000];
        KeyStream::new(&key).apply(0, &mut whole);
        assert_eq!(whole[..8], [0x9a, 0xc7, 0xcc, 0x9a, 0x60, 0x9d, 0x1e, 0xf7]);
        let stream = KeyStream::new(&key);
        for position in [0, 8, 4000, 16, 4900] {
            let mut bytes = [0; 8];
            stream.apply(position as u64, &mut bytes);
            assert_eq!(bytes, whole[position..position + 8], "{position}");
        }
    }
}
