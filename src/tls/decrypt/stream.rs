//! RC4, whose key stream runs on from record to record.

use rc4::{KeyInit, Rc4, StreamCipher};
use std::sync::{Mutex, PoisonError};

/// RC4 with its key. The key stream of the latest record is kept: records are opened one after another, and where one
/// of them does not open it is tried again a little further on.
pub(super) struct KeyStream {
    key: Vec<u8>,
    latest: Mutex<Option<Window>>,
}

/// A piece of the key stream.
struct Window {
    /// The position of its first byte.
    start: u64,
    bytes: Vec<u8>,
    /// Gives what follows it.
    cipher: Rc4,
}

impl KeyStream {
    pub(super) fn new(key: &[u8]) -> Self {
        Self { key: key.to_vec(), latest: Mutex::new(None) }
    }

    /// Decrypts bytes that stand at this position of all that the key protects.
    pub(super) fn apply(&self, position: u64, bytes: &mut [u8]) {
        let mut kept = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = || Some(Window { start: 0, bytes: Vec::new(), cipher: Rc4::new_from_slice(&self.key).ok()? });
        let Some(mut window) = kept.take().filter(|window| window.start <= position).or_else(begin) else { return };
        window.move_to(position, bytes.len());
        bytes.iter_mut().zip(&window.bytes).for_each(|(byte, with)| *byte ^= with);
        *kept = Some(window);
    }
}

impl Window {
    /// Gives up what stands before `position`, and reaches `length` bytes from there.
    fn move_to(&mut self, position: u64, length: usize) {
        let forward = usize::try_from(position - self.start).unwrap_or(usize::MAX);
        let mut over = forward.saturating_sub(self.bytes.len());
        self.bytes.drain(..forward.min(self.bytes.len()));
        let mut skipped = [0; 1024];
        while over > 0 {
            let count = over.min(skipped.len());
            self.cipher.apply_keystream(skipped.get_mut(..count).unwrap_or_default());
            over -= count;
        }
        self.start = position;
        let there = self.bytes.len();
        self.bytes.resize(there.max(length), 0);
        self.cipher.apply_keystream(self.bytes.get_mut(there..).unwrap_or_default());
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
        for position in [0, 8, 4000, 16, 21, 23, 4900, 4901] {
            let mut bytes = [0; 8];
            stream.apply(position as u64, &mut bytes);
            assert_eq!(bytes, whole[position..position + 8], "{position}");
        }
    }
}
