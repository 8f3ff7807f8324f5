//! tlslab shows what a TLS connection really did: it opens captures, finds every TLS session in them, decodes each
//! byte of the handshake, and says how each session went.
//!
//! # The way of the data
//!
//! ```text
//!  file ┐
//!  live ┼► packets ─► datagrams ─► flows ─► byte streams ─► records ─► messages ─► session ─┬─► tui
//!   lab ┘  (store)     net         net        net            tls        tls       session  └─► report ─► cli
//!                                                             x509 ┘
//! ```
//!
//! One way, no back and forth. Bytes are borrowed on this way, and what is kept is small. A field tree, in which every
//! field has its name, its bytes and its value, is made for what somebody looks at, by the same readers.
//!
//! # The rooms
//!
//! A room names only rooms that stand above it in this table; a test reads the sources and holds this.
//!
//! | room | its one concern | must not know |
//! |---|---|---|
//! | [`base`] | byte spans, the reader that cannot panic, notes, field trees, safe printing | protocols |
//! | [`net`] | link layers, tunnels, IP, TCP and UDP; flows; reassembly; what is said before TLS | TLS |
//! | [`x509`] | certificates, revocation lists, OCSP responses, timestamps of logs, names; whether a chain holds | sockets, clocks |
//! | [`tls`] | records, messages, extensions, alerts, code points, fingerprints, key logs, decryption | flows, sessions |
//! | [`session`] | one connection: facts, timeline, outcome, proofs, findings and verdict; what can be asked of it | views |
//! | [`capture`] | files in and out, live interfaces, the dissector, the index of frames, one session in detail, what its application said | views |
//! | [`lab`] | scenario files, certificates, peers, the wire between them, runs, exercises | views |
//! | [`report`] | JSON, text, Markdown | threads, the terminal |
//! | [`tui`] | the screens: state, update, view | how packets become sessions |
//! | [`cli`] | arguments, commands, exit statuses; the only room that prints | |
//!
//! # What always holds
//!
//! 1. Decoding is total. Bad bytes give what could be read, and a [`Note`](base::Note); never an error, never a panic.
//! 2. What is decoded depends on the packets and the settings alone. There is no clock, no thread and no file in
//!    `base`, `net`, `x509`, `tls` and `session`. Packet by packet gives the same as all at once.
//! 3. Every fact points at its bytes.
//! 4. Each structure has one reader. Facts and field trees come from the same code.
//! 5. Memory has a ceiling: for a stream, a message, a session, a capture. A limit that was reached is a note.
//! 6. What is unknown is shown as unknown, and what was not checked is not claimed.
//! 7. Text from the wire is hostile. It reaches people through [`printable`](base::printable) alone.

pub mod base;
pub mod capture;
pub mod cli;
pub mod lab;
pub mod net;
pub mod report;
pub mod session;
pub mod tls;
pub mod tui;
pub mod x509;

/// Every field that can be decoded, from the Ethernet header to the last byte of a certificate: its name, what the
/// standard calls it, where it is defined, and what somebody who meets it should know. No two have the same name.
pub fn fields() -> impl Iterator<Item = &'static base::Field> {
    net::header_fields().chain(tls::fields()).chain(x509::fields())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// Documents beside RFCs and drafts.
    const DOCUMENTS: &[&str] = &[
        "X.",
        "IEEE ",
        "ETSI ",
        "SEC 1 ",
        "MS-WCCE ",
        "CA/B ",
        "Netscape certificate extensions",
        "LINKTYPE_",
        "3GPP TS ",
        "FIPS ",
    ];

    fn is_reference(text: &str) -> bool {
        let Some(rest) = text.strip_prefix("RFC ") else {
            return text.starts_with("draft-") || DOCUMENTS.iter().any(|document| text.starts_with(document));
        };
        let (number, section) = rest.split_once(' ').unwrap_or((rest, "1"));
        let is_section = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
        number.parse::<u16>().is_ok() && section.split(' ').all(is_section)
    }

    #[test]
    fn every_field_has_a_name_of_its_own_and_explains_itself() {
        let mut names = HashSet::new();
        let mut faults = Vec::new();
        for field in fields() {
            let mut hold = |holds: bool, what: &str| {
                if !holds {
                    faults.push(format!("{}: {what}", field.name));
                }
            };
            let is_word = |part: &str| {
                !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            };
            hold(names.insert(field.name), "the name stands twice");
            hold(field.name.split('.').all(is_word), "the name is not in Wireshark's manner");
            hold(
                !field.label.is_empty() && field.label.trim() == field.label,
                "the label is empty or has spaces around it",
            );
            hold(field.text.split(' ').count() >= 4, "the text is not a sentence");
            hold(field.text.ends_with('.') && !field.text.ends_with(".."), "the text does not end in a full stop");
            hold(!field.text.contains("  ") && !field.text.contains('\n'), "the text has odd spaces");
            let bare = field.text.trim_end_matches('.');
            hold(!bare.eq_ignore_ascii_case(field.label), "the text only repeats the label");
            let documents = field.reference.split(", ").filter(|document| !document.is_empty());
            hold(documents.into_iter().all(is_reference), "the reference is no document");
        }
        assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
        assert!(names.len() > 700, "{} fields", names.len());
    }

    /// A table that is in no room's list would be missing from help and filters.
    #[test]
    fn every_table_is_in_the_registry() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let names: HashSet<_> = fields().map(|field| field.name).collect();
        let mut folders = vec![std::path::PathBuf::from(root)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                let Some((_, table)) = text.split_once("\nfields! {\n") else { continue };
                let first = table.split(" = \"").nth(1).and_then(|row| row.split('"').next());
                // The filter has a table of its own, with another form of rows.
                if let Some(name) = first.filter(|_| !path.ends_with("session/filter/field.rs")) {
                    assert!(names.contains(name), "{}: {name} is not registered", path.display());
                }
            }
        }
    }
}
