//! The secrets that one session needs, as a key log: for a capture that brings them along.

use super::Session;
use super::tracker::client_random;
use crate::tls::key_log::{Entry, Label};
use crate::tls::secrets::Secrets;

impl Session {
    /// The lines of a key log that open this session and no other: those of `secrets` for its client randoms, and what
    /// its records were opened with where that came from another kind of key. Secrets that open no record are left
    /// out. Empty where there is none.
    #[must_use]
    pub fn key_log(&self, secrets: &Secrets) -> String {
        let mut lines = String::new();
        let mut done = Vec::new();
        for random in self.client_hellos.iter().filter_map(|hello| client_random(&hello.item)) {
            if done.contains(&random) {
                continue;
            }
            done.push(random);
            for (label, secret) in secrets.of(&random) {
                if opens_records(*label) {
                    let entry = Entry::Random { label: *label, random, secret: secret.clone() };
                    push(&mut lines, &entry);
                }
            }
        }
        let learned = self.decryption.iter().flat_map(|facts| &facts.learned);
        learned.for_each(|entry| push(&mut lines, entry));
        lines
    }
}

/// Whether the secret of a label serves to open records, in the eyes of whoever reads a key log.
fn opens_records(label: Label) -> bool {
    let others = [Label::Exporter, Label::EarlyExporter, Label::LabSharedSecret, Label::LabPreSharedKey];
    !others.contains(&label)
}

fn push(lines: &mut String, entry: &Entry) {
    lines.push_str(&entry.line());
    lines.push('\n');
}
