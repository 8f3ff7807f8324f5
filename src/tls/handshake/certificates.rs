//! Each certificate is read once: a capture shows the same ones thousands of times.

use crate::base::{Note, Reader, Span, Tree};
use crate::x509::{self, Certificate};
use hashbrown::HashMap;
use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// How many bytes of certificates are kept before all are let go.
const CAPACITY: usize = 64 << 20;

/// The certificates that were read so far, found by their DER.
///
/// When they take more than 64 MiB all are forgotten, so that a flood of certificates costs time but not memory.
#[derive(Debug, Default)]
pub(super) struct CertificateCache {
    known: HashMap<ByDer, Box<[Note]>>,
    bytes: usize,
}

/// A certificate that is found by its DER, without a second copy of it.
#[derive(Debug)]
struct ByDer(Arc<Certificate>);

impl Borrow<[u8]> for ByDer {
    fn borrow(&self) -> &[u8] {
        &self.0.der
    }
}

impl Hash for ByDer {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.der.hash(state);
    }
}

impl PartialEq for ByDer {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for ByDer {}

impl CertificateCache {
    /// How many certificates it holds.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// The certificate whose DER are the bytes of `der`. Its notes go to `tree` each time, so that a certificate seen
    /// again says the same as the first time.
    pub(super) fn read(&mut self, der: Reader<'_>, tree: &mut Tree) -> Arc<Certificate> {
        if let Some((ByDer(certificate), notes)) = self.known.get_key_value(der.peek()) {
            repeat(notes, der.span(), tree);
            return Arc::clone(certificate);
        }
        let mut quiet = Tree::off();
        let certificate = Arc::new(x509::certificate(Reader::new(der.peek(), der.buffer()), &mut quiet));
        let notes = quiet.take_notes().into_boxed_slice();
        repeat(&notes, der.span(), tree);
        self.keep(Arc::clone(&certificate), notes);
        certificate
    }

    fn keep(&mut self, certificate: Arc<Certificate>, notes: Box<[Note]>) {
        let size = certificate.der.len() + size_of::<Certificate>() + notes.len() * size_of::<Note>();
        if self.bytes + size > CAPACITY {
            self.known.clear();
            self.bytes = 0;
        }
        self.bytes += size;
        self.known.insert(ByDer(certificate), notes);
    }
}

/// Makes the notes of a certificate whose first byte had offset 0 about the one at `place`.
fn repeat(notes: &[Note], place: Span, tree: &mut Tree) {
    for note in notes {
        let shifted = note.span.map_or(place, |span| {
            let start = place.start.saturating_add(span.start);
            Span::new(place.buffer, start, place.start.saturating_add(span.end))
        });
        tree.note(note.severity, note.group, note.code, shifted, note.text.clone());
    }
}
