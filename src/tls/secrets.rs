//! The secrets that were given to open connections with, where they can be found by what is on the wire.

use super::key_log::{self, Entry, Label};
use super::private_key::PrivateKey;
use crate::base::Note;
use std::collections::{HashMap, HashSet};
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

/// A key that both sides had before they met (RFC 4279, RFC 8446 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreSharedKey {
    /// The name under which the client offers it; any name where there is none.
    pub identity: Option<Vec<u8>>,
    /// The key.
    pub key: Secret,
}

/// The master secrets of connections that were opened, by what a later connection shows to resume them: the session
/// id, or the ticket.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    masters: HashMap<Vec<u8>, Secret>,
    /// The client randoms of connections that have secrets of their own: those are nobody else's.
    matched: HashSet<[u8; 32]>,
    /// How often a secret was tried on a connection of which nothing says that it is its own.
    trials: u32,
}

impl Remembered {
    /// Keeps a master secret under a session id or a ticket, as long as there is room.
    pub fn keep(&mut self, shown: &[u8], master: &Secret) {
        let has_room = self.masters.len() < MAX_REMEMBERED || self.masters.contains_key(shown);
        if has_room && (1..=MAX_TICKET).contains(&shown.len()) {
            self.masters.insert(shown.to_vec(), master.clone());
        }
    }

    /// The master secret of the connection that is resumed with this session id or ticket.
    #[must_use]
    pub fn find(&self, shown: &[u8]) -> Option<&Secret> {
        self.masters.get(shown)
    }

    /// Notes that the secrets of this client random are those of a connection that was seen.
    pub fn matched(&mut self, random: &[u8; 32]) {
        self.matched.insert(*random);
    }

    /// The client randoms for whose secrets no connection was seen: of the hidden hello of ECH, say.
    pub fn unmatched<'a>(&self, secrets: &'a Secrets) -> impl Iterator<Item = &'a [u8; 32]> {
        secrets.randoms.iter().filter(|random| !self.has_matched(random))
    }

    /// Whether a connection with this client random was seen.
    #[must_use]
    pub fn has_matched(&self, random: &[u8; 32]) -> bool {
        self.matched.contains(random)
    }

    /// Whether so many more trials may be made. There is an end to trying, so that a long key log beside a long capture
    /// does not take for ever.
    pub fn may_try(&mut self, count: u32) -> bool {
        self.trials = self.trials.saturating_add(count);
        self.trials < MAX_TRIALS
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.masters.is_empty()
    }
}

/// How many connections are remembered for those that resume them.
const MAX_REMEMBERED: usize = 1 << 16;
/// How often secrets are tried in all.
const MAX_TRIALS: u32 = 1 << 20;
/// The longest ticket that is remembered.
const MAX_TICKET: usize = 1 << 12;

/// All secrets that were given so far.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    by_random: HashMap<[u8; 32], Vec<(Label, Secret)>>,
    /// The randoms in the order in which they came.
    randoms: Vec<[u8; 32]>,
    premasters: HashMap<[u8; 8], Secret>,
    masters: HashMap<Vec<u8>, Secret>,
    private_keys: Vec<PrivateKey>,
    pre_shared_keys: Vec<PreSharedKey>,
    /// What was learned from the connections of a capture, for reading one of them again by itself.
    remembered: Remembered,
    generation: u64,
    /// Whether there is a premaster secret for some client random.
    premaster_by_random: bool,
}

/// How many different secrets of one client random and label are kept.
const MOST_OF_LABEL: usize = 4;

/// Puts a secret behind those that are kept; the oldest of its label goes where there are too many.
fn keep_latest(kept: &mut Vec<(Label, Secret)>, label: Label, secret: Secret) {
    kept.retain(|(other, known)| *other != label || *known != secret);
    if kept.iter().filter(|(other, _)| *other == label).count() >= MOST_OF_LABEL
        && let Some(oldest) = kept.iter().position(|(other, _)| *other == label)
    {
        kept.remove(oldest);
    }
    kept.push((label, secret));
}

impl Secrets {
    /// Reads the text of a key log and keeps what it holds; gives a note for each line that cannot be read. `first` is
    /// the number of its first line.
    pub fn read_key_log(&mut self, text: &[u8], first: u32) -> Vec<Note> {
        key_log::read(text, first, |entry| self.keep(entry))
    }

    /// Keeps one entry. A later secret of the same client random and label comes before an earlier one; both are kept,
    /// because a hello that somebody plays back makes a second connection with the same random.
    pub fn keep(&mut self, entry: Entry) {
        self.generation += 1;
        match entry {
            Entry::Random { label, random, secret } => {
                self.premaster_by_random |= label == Label::Premaster;
                let kept = self.by_random.entry(random).or_default();
                if kept.is_empty() {
                    self.randoms.push(random);
                }
                keep_latest(kept, label, secret);
            }
            Entry::EncryptedPremaster { start, premaster } => drop(self.premasters.insert(start, premaster)),
            Entry::SessionId { id, master } => drop(self.masters.insert(id, master)),
        }
    }

    /// Keeps the private key of a server.
    pub fn keep_private_key(&mut self, key: PrivateKey) {
        self.generation += 1;
        self.private_keys.push(key);
    }

    /// Keeps a pre-shared key.
    pub fn keep_pre_shared_key(&mut self, key: PreSharedKey) {
        self.generation += 1;
        self.pre_shared_keys.push(key);
    }

    /// Takes over what was learned from connections.
    pub fn remember(&mut self, learned: &Remembered) {
        self.generation += 1;
        self.remembered.masters.extend(learned.masters.iter().map(|(shown, master)| (shown.clone(), master.clone())));
    }

    /// Counts up with each secret, so that who looked for one knows whether to look again.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.randoms.is_empty()
            && self.premasters.is_empty()
            && self.masters.is_empty()
            && self.private_keys.is_empty()
            && self.pre_shared_keys.is_empty()
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

    /// The secret of a connection for one purpose; the latest, where there are several.
    #[must_use]
    pub fn find(&self, random: &[u8; 32], label: Label) -> Option<&Secret> {
        self.find_all(random, label).next()
    }

    /// The secrets for one purpose of all connections with this client random, the latest first.
    pub fn find_all(&self, random: &[u8; 32], label: Label) -> impl Iterator<Item = &Secret> {
        self.of(random).iter().rev().filter(move |(found, _)| *found == label).map(|(_, secret)| secret)
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

    /// The master secret of the connection that is resumed with this session id or ticket.
    #[must_use]
    pub fn remembered(&self, shown: &[u8]) -> Option<&Secret> {
        self.remembered.find(shown)
    }

    /// The private keys of servers.
    #[must_use]
    pub fn private_keys(&self) -> &[PrivateKey] {
        &self.private_keys
    }

    /// The pre-shared keys that may go with an identity: those of that name, then those of no name.
    pub fn pre_shared_keys<'a>(&'a self, identity: &'a [u8]) -> impl Iterator<Item = &'a PreSharedKey> {
        let named = |key: &&PreSharedKey| key.identity.as_deref() == Some(identity);
        let nameless = |key: &&PreSharedKey| key.identity.is_none();
        self.pre_shared_keys.iter().filter(named).chain(self.pre_shared_keys.iter().filter(nameless))
    }

    /// All pre-shared keys, whatever their names.
    #[must_use]
    pub fn all_pre_shared_keys(&self) -> &[PreSharedKey] {
        &self.pre_shared_keys
    }

    /// Whether there is any pre-shared key.
    #[must_use]
    pub fn has_pre_shared_keys(&self) -> bool {
        !self.pre_shared_keys.is_empty()
    }

    /// Whether some secret takes more than the client random to be used: it is found by something else, or the
    /// messages of the handshake go into it.
    #[must_use]
    pub fn has_others(&self) -> bool {
        self.premaster_by_random
            || !self.premasters.is_empty()
            || !self.masters.is_empty()
            || !self.private_keys.is_empty()
            || !self.pre_shared_keys.is_empty()
            || !self.remembered.is_empty()
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
    fn a_later_line_comes_before_an_earlier_one() {
        let random = [7; 32];
        for (lines, expected) in
            [(&[1][..], &[1][..]), (&[1, 2], &[2, 1]), (&[1, 2, 1], &[1, 2]), (&[1, 2, 3, 4, 5], &[5, 4, 3, 2])]
        {
            let mut secrets = Secrets::default();
            for byte in lines {
                let secret = Secret::new(vec![*byte; 32]);
                secrets.keep(Entry::Random { label: Label::Exporter, random, secret });
            }
            let kept: Vec<u8> = secrets.find_all(&random, Label::Exporter).map(|secret| secret.bytes()[0]).collect();
            assert_eq!(kept, expected);
            assert_eq!(secrets.find(&random, Label::Exporter).unwrap().bytes()[0], expected[0]);
            assert_eq!(secrets.randoms(), [random]);
        }
    }
}
