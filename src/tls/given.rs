//! What people give to open connections with: a file, which is known by its content and not by its name, or a
//! pre-shared key as text.
//!
//! What is wrong with it is said without repeating any of it.

use super::key_log::{self, Entry};
use super::private_key::{KeyFault, PrivateKey};
use super::secrets::{PreSharedKey, Secret, Secrets};
use crate::base::{Note, parse_hex};
use std::collections::HashSet;

/// What a file or a text gave. Nothing of it is shown by `Debug`, but for lengths.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The secrets of a key log.
    pub entries: Vec<Entry>,
    /// Private keys of servers.
    pub private_keys: Vec<PrivateKey>,
    /// Pre-shared keys.
    pub pre_shared_keys: Vec<PreSharedKey>,
}

/// Why a file is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// It is a private key that cannot be had.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// It is nothing that is known.
    #[error("it is neither a key log nor a private key in PEM, DER or PKCS#12")]
    Unknown,
}

/// A file that was recognised.
#[derive(Clone, Debug)]
pub enum KeyFile {
    /// A key log; also a file with nothing in it but comments, which may become one.
    KeyLog,
    /// Private keys.
    PrivateKeys(Vec<PrivateKey>),
}

/// Tells by its content what a file gives.
///
/// # Errors
/// When it gives nothing, or takes a password that is missing or another one.
pub fn recognise(file: &[u8], password: Option<&str>) -> Result<KeyFile, FileFault> {
    match PrivateKey::read(file, password) {
        Ok(keys) => return Ok(KeyFile::PrivateKeys(keys)),
        Err(KeyFault::Unknown) => {}
        Err(fault) => return Err(fault.into()),
    }
    let mut entries = 0_usize;
    let notes = key_log::read(file, 1, |_| entries += 1);
    if entries > 0 || notes.is_empty() { Ok(KeyFile::KeyLog) } else { Err(FileFault::Unknown) }
}

/// Reads a pre-shared key: `HEX`, `IDENTITY:HEX` or `0xHEX:HEX`.
///
/// # Errors
/// When what is behind the last colon is no key in hexadecimal digits.
pub fn pre_shared_key(text: &str) -> Result<PreSharedKey, &'static str> {
    let (identity, key) = match text.rsplit_once(':') {
        Some((identity, key)) => (Some(identity), key),
        None => (None, text),
    };
    let identity = identity.map(|identity| {
        let digits = identity.strip_prefix("0x").and_then(parse_hex);
        digits.unwrap_or_else(|| identity.as_bytes().to_vec())
    });
    let key = parse_hex(key)
        .filter(|key| !key.is_empty())
        .ok_or("is no pre-shared key; write HEX or IDENTITY:HEX, with hexadecimal digits")?;
    Ok(PreSharedKey { identity, key: Secret::new(key) })
}

impl Given {
    /// What the lines of a key log give, with a note for each that cannot be read. `first` is the number of the first.
    #[must_use]
    pub fn of_key_log(text: &[u8], first: u32) -> (Self, Vec<Note>) {
        let mut entries = Vec::new();
        let notes = key_log::read(text, first, |entry| entries.push(entry));
        (Self { entries, ..Self::default() }, notes)
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.private_keys.is_empty() && self.pre_shared_keys.is_empty()
    }

    /// The client randoms that its secrets are for.
    #[must_use]
    pub fn randoms(&self) -> HashSet<[u8; 32]> {
        let random = |entry: &Entry| if let Entry::Random { random, .. } = entry { Some(*random) } else { None };
        self.entries.iter().filter_map(random).collect()
    }

    /// What of it is not among the secrets yet.
    #[must_use]
    pub fn new_to(mut self, secrets: &Secrets) -> Self {
        self.entries.retain(|entry| !knows(secrets, entry));
        self.private_keys.retain(|key| !secrets.private_keys().contains(key));
        self.pre_shared_keys.retain(|key| !secrets.all_pre_shared_keys().contains(key));
        self
    }

    /// Puts all of it among the secrets.
    pub fn add_to(&self, secrets: &mut Secrets) {
        self.entries.iter().for_each(|entry| secrets.keep(entry.clone()));
        self.private_keys.iter().for_each(|key| secrets.keep_private_key(key.clone()));
        self.pre_shared_keys.iter().for_each(|key| secrets.keep_pre_shared_key(key.clone()));
    }
}

fn knows(secrets: &Secrets, entry: &Entry) -> bool {
    match entry {
        Entry::Random { label, random, secret } => secrets.find(random, *label) == Some(secret),
        Entry::EncryptedPremaster { start, premaster } => secrets.premaster(start) == Some(premaster),
        Entry::SessionId { id, master } => secrets.master_of_session(id) == Some(master),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pre_shared_keys_have_three_forms() {
        let made = |identity: Option<&[u8]>, key: &[u8]| {
            Ok(PreSharedKey { identity: identity.map(<[u8]>::to_vec), key: Secret::new(key.to_vec()) })
        };
        for (given, expected) in [
            ("0aFF", made(None, &[10, 255])),
            ("Client_identity:01", made(Some(b"Client_identity"), &[1])),
            ("urn:a:02", made(Some(b"urn:a"), &[2])),
            ("0x00ff:03", made(Some(&[0, 255]), &[3])),
            ("0xzz:03", made(Some(b"0xzz"), &[3])),
            ("", Err("is no pre-shared key; write HEX or IDENTITY:HEX, with hexadecimal digits")),
            ("a:", Err("is no pre-shared key; write HEX or IDENTITY:HEX, with hexadecimal digits")),
            ("secret", Err("is no pre-shared key; write HEX or IDENTITY:HEX, with hexadecimal digits")),
        ] {
            assert_eq!(pre_shared_key(given), expected, "{given}");
        }
    }

    #[test]
    fn a_file_is_known_by_its_content() {
        let line = format!("CLIENT_RANDOM {} {}\n", "01".repeat(32), "02".repeat(48));
        for (file, expected) in [
            (String::new(), Ok(())),
            ("# SSL/TLS secrets log file\n".to_owned(), Ok(())),
            (line.clone(), Ok(())),
            (format!("nonsense\n{line}"), Ok(())),
            ("nonsense\n".to_owned(), Err(FileFault::Unknown)),
            ("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n".to_owned(), Err(KeyFault::Public.into())),
        ] {
            let found = recognise(file.as_bytes(), None).map(|found| assert!(matches!(found, KeyFile::KeyLog)));
            assert_eq!(found, expected, "{file}");
        }
    }

    #[test]
    fn only_what_is_new_counts() {
        let line = |label: &str, byte: &str| format!("{label} {} {}\n", "01".repeat(32), byte.repeat(48));
        let (given, notes) = Given::of_key_log(line("CLIENT_RANDOM", "02").as_bytes(), 1);
        assert_eq!((given.randoms().len(), notes), (1, Vec::new()));
        let mut secrets = Secrets::default();
        given.add_to(&mut secrets);
        assert!(given.new_to(&secrets).is_empty());
        for other in [
            line("CLIENT_RANDOM", "03"),
            line("EXPORTER_SECRET", "02"),
            "RSA 0102030405060708 ".to_owned() + &"04".repeat(48),
        ] {
            let (other, _) = Given::of_key_log(other.as_bytes(), 1);
            assert!(!other.clone().new_to(&secrets).is_empty());
            other.add_to(&mut secrets);
            assert!(other.new_to(&secrets).is_empty());
        }
        let key = pre_shared_key("a:01").unwrap();
        let given = Given { pre_shared_keys: vec![key], ..Given::default() };
        assert!(!given.clone().new_to(&secrets).is_empty());
        given.add_to(&mut secrets);
        assert!(given.new_to(&secrets).is_empty());
    }
}
