//! The public logs whose keys somebody has: by them a signed certificate timestamp can be checked (RFC 6962 3.2).

use aws_lc_rs::digest;
use std::collections::HashMap;
use std::sync::Arc;

/// One log of a published list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CtLog {
    /// What the list calls it.
    pub name: String,
    /// Its public key: a SubjectPublicKeyInfo in DER.
    pub key: Box<[u8]>,
    /// What the list says of it.
    pub standing: Standing,
    /// For certificates that end in this time it was made, from the first moment on and before the second, in seconds
    /// since 1970.
    pub interval: Option<(i64, i64)>,
}

/// What a list says of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its promises count.
    Counts,
    /// It has asked to be counted, and is not yet.
    Pending,
    /// Its promises were never counted.
    Rejected,
    /// What it promised from this moment on does not count, in seconds since 1970.
    Retired(i64),
}

impl CtLog {
    /// The name by which timestamps call it: SHA-256 of its key (RFC 6962 3.2).
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        digest::digest(&digest::SHA256, &self.key).as_ref().try_into().unwrap_or_default()
    }
}

/// All logs that were given, by their names.
#[derive(Clone, Debug, Default)]
pub struct CtLogs {
    by_id: HashMap<[u8; 32], Arc<CtLog>>,
}

impl CtLogs {
    /// Adds a log; of two with one key the later counts.
    pub fn add(&mut self, log: CtLog) {
        self.by_id.insert(log.id(), Arc::new(log));
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    pub(super) fn of(&self, id: &[u8; 32]) -> Option<&Arc<CtLog>> {
        self.by_id.get(id)
    }
}
