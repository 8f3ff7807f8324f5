//! What a protected record turned out to hold, as a field tree.

use super::fields::{DECRYPTED_RECORD, INNER_CONTENT_TYPE, INNER_PADDING, SEQUENCE_NUMBER};
use crate::base::{BufferId, Reader, Span, Tree, Value};
use crate::tls::decrypt::{Opened, Place, Stage};

/// A record that was opened.
#[derive(Clone, Copy, Debug)]
pub struct Decrypted<'a> {
    /// What it is.
    pub opened: Opened,
    /// Its place under its key.
    pub place: Place,
    /// Which part of the connection the key protects.
    pub stage: Stage,
    /// Its content.
    pub content: &'a [u8],
    /// The buffer that the plaintext lies in, and where it begins there.
    pub at: (BufferId, u32),
}

impl Decrypted<'_> {
    /// The plaintext: the content, and in TLS 1.3 type and padding behind it (RFC 8446 5.2).
    #[must_use]
    pub fn plaintext(&self) -> Vec<u8> {
        let mut plaintext = self.content.to_vec();
        if self.hides_its_type() {
            plaintext.push(self.opened.content_type.0);
            plaintext.resize(plaintext.len() + self.opened.padding as usize, 0);
        }
        plaintext
    }

    fn hides_its_type(&self) -> bool {
        self.stage != Stage::Cipher
    }

    /// Shows the record in a branch of its own. `read` shows the content.
    pub fn show(&self, tree: &mut Tree, read: impl FnOnce(Reader<'_>, &mut Tree)) {
        let (buffer, start) = self.at;
        let length = u32::try_from(self.content.len()).unwrap_or(u32::MAX);
        let end = start.saturating_add(length);
        let whole = if self.hides_its_type() { end.saturating_add(1).saturating_add(self.opened.padding) } else { end };
        let kind = self.opened.content_type;
        tree.branch(
            &DECRYPTED_RECORD,
            Span::new(buffer, start, whole),
            || Value::Text(format!("{kind}, {length} bytes")),
            |tree| {
                let nowhere = Span::new(buffer, start, start);
                tree.leaf(&SEQUENCE_NUMBER, nowhere, || Value::Number(self.place.sequence));
                read(Reader::at(self.content, buffer, start), tree);
                if self.hides_its_type() {
                    tree.leaf(&INNER_CONTENT_TYPE, Span::new(buffer, end, end + 1), || kind.value());
                    if self.opened.padding > 0 {
                        let padding = Span::new(buffer, end + 1, whole);
                        tree.leaf(&INNER_PADDING, padding, || Value::Number(u64::from(self.opened.padding)));
                    }
                }
            },
        );
    }
}
