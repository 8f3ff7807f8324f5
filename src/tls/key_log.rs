//! The TLS key log: the text in which programs write down the secrets of their connections (RFC 9850, and what NSS
//! wrote before it).
//!
//! A line that cannot be read costs that line and a remark with its number; no remark ever repeats key material.

use super::secrets::Secret;
use crate::base::{Group, Note, Severity, hex as digits, printable_bytes};

/// How many bad lines are told of one by one; a file that is no key log would have thousands.
const MAX_NOTES: usize = 16;

/// What a secret of a key log is for (RFC 9850 2, and the NSS format).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// `CLIENT_RANDOM`: the master secret, up to TLS 1.2.
    MasterSecret,
    /// `PMS_CLIENT_RANDOM`: the premaster secret, up to TLS 1.2.
    Premaster,
    /// `CLIENT_EARLY_TRAFFIC_SECRET`: protects early data.
    ClientEarlyTraffic,
    /// `CLIENT_HANDSHAKE_TRAFFIC_SECRET`.
    ClientHandshakeTraffic,
    /// `SERVER_HANDSHAKE_TRAFFIC_SECRET`.
    ServerHandshakeTraffic,
    /// `CLIENT_TRAFFIC_SECRET_N`; the number counts the client's key updates.
    ClientTraffic(u32),
    /// `SERVER_TRAFFIC_SECRET_N`; the number counts the server's key updates.
    ServerTraffic(u32),
    /// `EARLY_EXPORTER_SECRET`.
    EarlyExporter,
    /// `EXPORTER_SECRET`.
    Exporter,
    /// `ECH_SECRET`: opens the inner ClientHello of Encrypted ClientHello.
    EchSecret,
    /// `ECH_CONFIG`: the configuration that goes with `ECH_SECRET`.
    EchConfig,
    /// `LAB_SHARED_SECRET`: what the key exchange gave. Peers of the lab alone write it down.
    LabSharedSecret,
    /// `LAB_PSK`: the pre-shared key that the handshake began with. Peers of the lab alone write it down.
    LabPreSharedKey,
}

/// The labels that have no number, as they are written.
const LABELS: &[(&[u8], Label)] = &[
    (b"CLIENT_RANDOM", Label::MasterSecret),
    (b"PMS_CLIENT_RANDOM", Label::Premaster),
    (b"CLIENT_EARLY_TRAFFIC_SECRET", Label::ClientEarlyTraffic),
    (b"CLIENT_HANDSHAKE_TRAFFIC_SECRET", Label::ClientHandshakeTraffic),
    (b"SERVER_HANDSHAKE_TRAFFIC_SECRET", Label::ServerHandshakeTraffic),
    (b"CLIENT_TRAFFIC_SECRET", Label::ClientTraffic(0)),
    (b"SERVER_TRAFFIC_SECRET", Label::ServerTraffic(0)),
    (b"EARLY_EXPORTER_SECRET", Label::EarlyExporter),
    (b"EXPORTER_SECRET", Label::Exporter),
    (b"ECH_SECRET", Label::EchSecret),
    (b"ECH_CONFIG", Label::EchConfig),
    (b"LAB_SHARED_SECRET", Label::LabSharedSecret),
    (b"LAB_PSK", Label::LabPreSharedKey),
];

impl Label {
    /// The label as a key log has it.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::ClientTraffic(number) => format!("CLIENT_TRAFFIC_SECRET_{number}"),
            Self::ServerTraffic(number) => format!("SERVER_TRAFFIC_SECRET_{number}"),
            _ => LABELS
                .iter()
                .find(|(_, label)| *label == self)
                .map(|(word, _)| String::from_utf8_lossy(word).into_owned())
                .unwrap_or_default(),
        }
    }

    fn read(word: &[u8]) -> Option<Self> {
        if let Some((_, label)) = LABELS.iter().find(|(name, _)| *name == word) {
            return Some(*label);
        }
        let number = |prefix: &[u8]| std::str::from_utf8(word.strip_prefix(prefix)?).ok()?.parse().ok();
        let client = number(b"CLIENT_TRAFFIC_SECRET_").map(Self::ClientTraffic);
        client.or_else(|| number(b"SERVER_TRAFFIC_SECRET_").map(Self::ServerTraffic))
    }

    /// Whether its secret can have so many bytes.
    fn allows(self, length: usize) -> bool {
        match self {
            Self::MasterSecret => length == 48,
            Self::Premaster | Self::EchSecret | Self::LabSharedSecret | Self::LabPreSharedKey => {
                (1..=1024).contains(&length)
            }
            Self::EchConfig => (1..=1 << 16).contains(&length),
            // As long as the hash of the suite: SHA-256 or SM3, SHA-384, SHA-512.
            _ => matches!(length, 32 | 48 | 64),
        }
    }
}

/// One line that holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A secret of the connection with this client random.
    Random {
        /// What it is for.
        label: Label,
        /// The random of the ClientHello.
        random: [u8; 32],
        /// The secret.
        secret: Secret,
    },
    /// `RSA`: a premaster secret, found by the first bytes of what the client encrypted.
    EncryptedPremaster {
        /// The first eight bytes of the encrypted premaster secret in the ClientKeyExchange.
        start: [u8; 8],
        /// The premaster secret.
        premaster: Secret,
    },
    /// `RSA Session-ID: … Master-Key: …`, as `openssl s_client` prints it.
    SessionId {
        /// The session id of the ServerHello.
        id: Vec<u8>,
        /// The master secret.
        master: Secret,
    },
}

impl Entry {
    /// The line of a key log that holds it, without its end. This shows the secret: it is for files that were asked for.
    #[must_use]
    pub fn line(&self) -> String {
        match self {
            Self::Random { label, random, secret } => {
                format!("{} {} {}", label.word(), digits(random), digits(secret.bytes()))
            }
            Self::EncryptedPremaster { start, premaster } => {
                format!("RSA {} {}", digits(start), digits(premaster.bytes()))
            }
            Self::SessionId { id, master } => {
                format!("RSA Session-ID:{} Master-Key:{}", digits(id), digits(master.bytes()))
            }
        }
    }
}

/// Reads the lines of a key log. `first` is the number of the first line, for one that is read piece by piece.
pub fn read(text: &[u8], first: u32, mut take: impl FnMut(Entry)) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut bad = 0_usize;
    for (number, line) in lines(text).enumerate() {
        let number = first.saturating_add(u32::try_from(number).unwrap_or(u32::MAX));
        match entry(line) {
            Ok(Some(entry)) => take(entry),
            Ok(None) => {}
            Err(fault) => {
                bad += 1;
                if bad <= MAX_NOTES {
                    notes.push(note(format!("line {number} of the key log {fault}; it is passed over")));
                }
            }
        }
    }
    if bad > MAX_NOTES {
        notes.push(note(format!("{} more lines of the key log cannot be read", bad - MAX_NOTES)));
    }
    notes
}

fn note(text: String) -> Note {
    Note { severity: Severity::Warn, group: Group::Decryption, code: "keys.line", text: text.into(), span: None }
}

/// The lines of a text in which LF, CR, or CR LF ends a line (RFC 9850 2).
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.filter(|text| !text.is_empty())?;
        let Some(end) = text.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
            rest = None;
            return Some(text);
        };
        let (line, behind) = text.split_at_checked(end)?;
        let behind = behind.strip_prefix(b"\r\n").or_else(|| behind.get(1..)).unwrap_or_default();
        rest = Some(behind);
        Some(line)
    })
}

/// What a line holds; nothing for a comment. The fault never repeats what may be a secret.
fn entry(line: &[u8]) -> Result<Option<Entry>, String> {
    let line = line.trim_ascii();
    if line.is_empty() || line.starts_with(b"#") {
        return Ok(None);
    }
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let (second, third) = (words.next(), words.next());
    if words.next().is_some() {
        return Err("has more than three words".to_owned());
    }
    if first == b"RSA" {
        return rsa(second.unwrap_or_default(), third.unwrap_or_default()).map(Some);
    }
    // QUIC's first implementations wrote the labels of TLS with a prefix.
    let Some(label) = Label::read(first.strip_prefix(b"QUIC_").unwrap_or(first)) else {
        let is_label = first.len() <= 48 && first.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_');
        // A label that is not known is left alone (RFC 9850 2); what is no label may be a secret.
        return Err(if is_label {
            format!("has no label that is known ({})", printable_bytes(first))
        } else {
            "does not begin with a label".to_owned()
        });
    };
    let (Some(random), Some(secret)) = (second, third) else {
        return Err("ends before the secret".to_owned());
    };
    let random = hex(random).ok_or("has a client random that is not hexadecimal")?;
    let random: [u8; 32] = random
        .try_into()
        .map_err(|random: Vec<u8>| format!("has a client random of {} bytes, not 32", random.len()))?;
    let secret = hex(secret).ok_or("has a secret that is not hexadecimal, or is cut")?;
    if !label.allows(secret.len()) {
        return Err(format!("has a secret of {} bytes, which {} cannot have", secret.len(), label.word()));
    }
    Ok(Some(Entry::Random { label, random, secret: Secret::new(secret) }))
}

fn rsa(second: &[u8], third: &[u8]) -> Result<Entry, String> {
    let secret = |bytes: &[u8]| hex(bytes).filter(|bytes| bytes.len() == 48).map(Secret::new);
    let fault = "begins with RSA and has no secret of 48 bytes";
    if let Some(id) = second.strip_prefix(b"Session-ID:") {
        let id = hex(id).filter(|id| id.len() <= 32).ok_or("has a session id that is not hexadecimal")?;
        let master = third.strip_prefix(b"Master-Key:").and_then(secret).ok_or(fault)?;
        return Ok(Entry::SessionId { id, master });
    }
    let start = hex(second).and_then(|start| start.try_into().ok());
    let start: [u8; 8] = start.ok_or("begins with RSA and has no eight bytes of encrypted premaster secret")?;
    Ok(Entry::EncryptedPremaster { start, premaster: secret(third).ok_or(fault)? })
}

/// The bytes that hexadecimal digits of either case stand for.
fn hex(digits: &[u8]) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> (Vec<Entry>, Vec<String>) {
        let mut entries = Vec::new();
        let notes = read(text.as_bytes(), 1, |entry| entries.push(entry));
        (entries, notes.into_iter().map(|note| note.text.into_owned()).collect())
    }

    fn digits(byte: &str, count: usize) -> String {
        byte.repeat(count)
    }

    #[test]
    fn every_label_is_read_and_written() {
        let random = digits("aB", 32);
        for (word, label, length) in [
            ("CLIENT_RANDOM", Label::MasterSecret, 48),
            ("PMS_CLIENT_RANDOM", Label::Premaster, 48),
            ("CLIENT_EARLY_TRAFFIC_SECRET", Label::ClientEarlyTraffic, 32),
            ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", Label::ClientHandshakeTraffic, 48),
            ("SERVER_HANDSHAKE_TRAFFIC_SECRET", Label::ServerHandshakeTraffic, 32),
            ("CLIENT_TRAFFIC_SECRET_0", Label::ClientTraffic(0), 32),
            ("SERVER_TRAFFIC_SECRET_17", Label::ServerTraffic(17), 32),
            ("EARLY_EXPORTER_SECRET", Label::EarlyExporter, 32),
            ("EXPORTER_SECRET", Label::Exporter, 48),
            ("ECH_SECRET", Label::EchSecret, 32),
            ("ECH_CONFIG", Label::EchConfig, 100),
            ("LAB_SHARED_SECRET", Label::LabSharedSecret, 64),
            ("LAB_PSK", Label::LabPreSharedKey, 48),
        ] {
            for prefix in ["", "QUIC_"] {
                let (entries, notes) = read_all(&format!("{prefix}{word} {random} {}\n", digits("0f", length)));
                let secret = Secret::new(vec![0x0f; length]);
                assert_eq!(entries, [Entry::Random { label, random: [0xab; 32], secret }], "{word}");
                assert_eq!(read_all(&entries[0].line()).0, entries);
                assert_eq!(notes, [""; 0]);
            }
            assert_eq!(label.word(), word);
        }
    }

    #[test]
    fn rsa_lines_have_two_forms() {
        let (entries, notes) = read_all(&format!(
            "RSA 0102030405060708 {}\nRSA Session-ID:0a0B Master-Key:{}",
            digits("11", 48),
            digits("22", 48)
        ));
        assert_eq!(notes, [""; 0]);
        assert!(entries.iter().all(|entry| read_all(&entry.line()).0 == [entry.clone()]));
        let premaster = Secret::new(vec![0x11; 48]);
        let master = Secret::new(vec![0x22; 48]);
        let start = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(
            entries,
            [Entry::EncryptedPremaster { start, premaster }, Entry::SessionId { id: vec![10, 11], master }]
        );
    }

    #[test]
    fn any_end_of_line_will_do() {
        let line = format!("CLIENT_RANDOM {} {}", digits("01", 32), digits("02", 48));
        for end in ["\n", "\r", "\r\n", "\n\n", "\r\n\r\n"] {
            let (entries, notes) = read_all(&format!("# comment{end}{line}{end}{line}{end}  # another{end}{line}"));
            assert_eq!((entries.len(), notes.len()), (3, 0), "{end:?}");
        }
    }

    #[test]
    fn a_bad_line_is_told_with_its_number_and_without_its_secret() {
        let secret = digits("5e", 48);
        let text = format!(
            "# a\r\nCLIENT_RANDOM 00 {secret}\r\nCLIENT_RANDOM {0} {secret}5\r\nSOMETHING_ELSE {0} {secret}\r\n{secret}\r\n\
             CLIENT_RANDOM {0} 5e5e\r\nCLIENT_RANDOM {0}\r\nCLIENT_RANDOM {0} {secret} x\r\nRSA 00 {secret}",
            digits("01", 32)
        );
        let (entries, notes) = read_all(&text);
        assert_eq!(entries, []);
        let expected = [
            "line 2 of the key log has a client random of 1 bytes, not 32",
            "line 3 of the key log has a secret that is not hexadecimal, or is cut",
            "line 4 of the key log has no label that is known (SOMETHING_ELSE)",
            "line 5 of the key log does not begin with a label",
            "line 6 of the key log has a secret of 2 bytes, which CLIENT_RANDOM cannot have",
            "line 7 of the key log ends before the secret",
            "line 8 of the key log has more than three words",
            "line 9 of the key log begins with RSA and has no eight bytes of encrypted premaster secret",
        ];
        assert_eq!(notes, expected.map(|text| format!("{text}; it is passed over")));
        assert!(notes.iter().all(|note| !note.contains("5e5e")));
    }

    #[test]
    fn a_file_that_is_no_key_log_makes_few_notes() {
        let (_, notes) = read_all(&"GET / HTTP/1.1\r\n".repeat(1000));
        assert_eq!(notes.len(), MAX_NOTES + 1);
        assert_eq!(notes.last().unwrap(), "984 more lines of the key log cannot be read");
    }
}
