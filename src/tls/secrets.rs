//! The secrets that were given to open connections with, where they can be found by what is on the wire.

use super::key_log::{self, Entry, Label};
use crate::base::Note;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// Key material. It is never shown: not by `Debug`, not in a note, not in an error.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<[u8]>);

impl Secret {
    /// Keeps these bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    /// The bytes, for computing with them and for writing them where the user asked for it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    /// Its length alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// All secrets that were given so far.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    by_random: HashMap<[u8; 32], Vec<(Label, Secret)>>,
    /// The randoms in the order in which they came.
    randoms: Vec<[u8; 32]>,
    premasters: HashMap<[u8; 8], Secret>,
    masters: HashMap<Vec<u8>, Secret>,
    generation: u64,
    /// Whether there is a premaster secret for some client random.
    premaster_by_random: bool,
}

impl Secrets {
    /// Reads the text of a key log and keeps what it holds; gives a note for each line that cannot be read. `first` is
    /// the number of its first line.
    pub fn read_key_log(&mut self, text: &[u8], first: u32) -> Vec<Note> {
        key_log::read(text, first, |entry| self.keep(entry))
    }

    /// Keeps one entry. A later secret of the same connection and label takes the place of an earlier one.
    pub fn keep(&mut self, entry: Entry) {
        self.generation += 1;
        match entry {
            Entry::Random { label, random, secret } => {
                self.premaster_by_random |= label == Label::Premaster;
                let kept = self.by_random.entry(random).or_default();
                if kept.is_empty() {
                    self.randoms.push(random);
                }
                kept.retain(|(other, _)| *other != label);
                kept.push((label, secret));
            }
            Entry::EncryptedPremaster { start, premaster } => drop(self.premasters.insert(start, premaster)),
            Entry::SessionId { id, master } => drop(self.masters.insert(id, master)),
        }
    }

    /// Counts up with each secret, so that who looked for one knows whether to look again.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.randoms.is_empty() && self.premasters.is_empty() && self.masters.is_empty()
    }

    /// For how many connections there is a secret that is found by the client random.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.randoms.len()
    }

    /// The client randoms for which there are secrets, in the order in which they came.
    #[must_use]
    pub fn randoms(&self) -> &[[u8; 32]] {
        &self.randoms
    }

    /// Whether there is any secret for this client random.
    #[must_use]
    pub fn has(&self, random: &[u8; 32]) -> bool {
        self.by_random.contains_key(random)
    }

    /// The secrets of the connection with this client random.
    #[must_use]
    pub fn of(&self, random: &[u8; 32]) -> &[(Label, Secret)] {
        self.by_random.get(random).map(Vec::as_slice).unwrap_or_default()
    }

    /// The secret of a connection for one purpose.
    #[must_use]
    pub fn find(&self, random: &[u8; 32], label: Label) -> Option<&Secret> {
        self.of(random).iter().find(|(found, _)| *found == label).map(|(_, secret)| secret)
    }

    /// The premaster secret whose encrypted form begins so.
    #[must_use]
    pub fn premaster(&self, encrypted: &[u8]) -> Option<&Secret> {
        self.premasters.get(encrypted.first_chunk()?)
    }

    /// The master secret of a session with this id.
    #[must_use]
    pub fn master_of_session(&self, id: &[u8]) -> Option<&Secret> {
        self.masters.get(id)
    }

    /// Whether some secret takes more than the client random to be used: it is found by something else, or the
    /// messages of the handshake go into it.
    #[must_use]
    pub fn has_others(&self) -> bool {
        self.premaster_by_random || !self.premasters.is_empty() || !self.masters.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_key_material() {
        let mut secrets = Secrets::default();
        let text = format!(
            "CLIENT_RANDOM {} {}\nRSA {} {}",
            "01".repeat(32),
            "ee".repeat(48),
            "02".repeat(8),
            "ee".repeat(48)
        );
        assert_eq!(secrets.read_key_log(text.as_bytes(), 1), []);
        let shown = format!("{secrets:?}");
        assert!(!shown.contains("238") && !shown.contains("ee"), "{shown}");
        assert!(shown.contains("Secret(48 bytes)"));
        assert_eq!(secrets.connections(), 1);
    }

    #[test]
    fn a_later_line_takes_the_place_of_an_earlier_one() {
        let mut secrets = Secrets::default();
        let random = [7; 32];
        for byte in [1, 2] {
            let secret = Secret::new(vec![byte; 32]);
            secrets.keep(Entry::Random { label: Label::Exporter, random, secret });
        }
        assert_eq!(secrets.of(&random).len(), 1);
        assert_eq!(secrets.find(&random, Label::Exporter).unwrap().bytes(), [2; 32]);
        assert_eq!(secrets.randoms(), [random]);
    }
}
