//! Bytes that look random and come from a seed: the same seed gives the same bytes on every machine.
//!
//! Keys, certificates and what the TLS libraries draw come from streams of this kind, each for one purpose, so that
//! drawing more for one purpose never moves another. What fills the headers of packets has a source of its own in
//! `wire`.

use aws_lc_rs::digest;

/// A stream of bytes.
#[derive(Clone)]
pub(crate) struct Stream {
    key: [u8; 32],
    drawn: u64,
}

impl Stream {
    /// The stream of that seed for the purpose that the labels name.
    pub(crate) fn new(seed: &[u8], labels: &[&[u8]]) -> Self {
        Self { key: derive(seed, labels), drawn: 0 }
    }

    /// Fills the buffer with the next bytes.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(digest::SHA256_OUTPUT_LEN) {
            let block = sha256(&[&self.key, &self.drawn.to_be_bytes()]);
            self.drawn += 1;
            chunk.iter_mut().zip(block).for_each(|(to, from)| *to = from);
        }
    }

    /// The next `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

/// A seed of its own for the purpose that the labels name. Each label goes in with its length, so that no two lists
/// of labels give the same.
pub(crate) fn derive(seed: &[u8], labels: &[&[u8]]) -> [u8; 32] {
    let mut key = sha256(&[b"tlslab", seed]);
    for label in labels {
        key = sha256(&[&key, &(label.len() as u64).to_be_bytes(), label]);
    }
    key
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_its_seed_and_labels_alone() {
        let draw = |seed: &[u8], labels: &[&[u8]]| Stream::new(seed, labels).array::<80>();
        assert_eq!(draw(b"1", &[b"a", b"b"]), draw(b"1", &[b"a", b"b"]));
        for (seed, labels) in [(&b"2"[..], &[&b"a"[..], b"b"][..]), (b"1", &[b"ab"]), (b"1", &[b"b", b"a"])] {
            assert_ne!(draw(b"1", &[b"a", b"b"]), draw(seed, labels));
        }
        let bytes = draw(b"1", &[]);
        assert_ne!(bytes[..32], bytes[32..64], "blocks differ");
    }
}
