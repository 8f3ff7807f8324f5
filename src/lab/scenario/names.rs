//! What a file gives names to, so that every mention of a name can be held against it.

use super::document::{Entry, Table, Value};
use super::keyword::Of;

/// What the file gives names to.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The entries of `[pki]` with their kinds.
    pub(super) pki: Vec<(String, String)>,
    /// The entries of `[peer]` with their roles.
    pub(super) peers: Vec<(String, String)>,
    /// The variants.
    pub(super) variants: Vec<String>,
    /// How many steps are pauses.
    pub(super) pauses: usize,
}

impl Names {
    pub(super) fn of(root: &Table) -> Self {
        let named = |section: &str, chooser: &str| -> Vec<(String, String)> {
            let table = root.get(section).and_then(Value::as_table).map(|table| table.entries.as_slice());
            let word = |entry: &Entry| entry.value.as_table()?.get(chooser)?.as_text().map(str::to_owned);
            let pair = |entry: &Entry| (entry.key.clone(), word(entry).unwrap_or_default());
            table.unwrap_or_default().iter().map(pair).collect()
        };
        let texts = |section: &str, key: &str| -> Vec<String> {
            let list = root.get(section).and_then(Value::as_list).unwrap_or_default();
            list.iter().filter_map(|item| item.as_table()?.get(key)?.as_text().map(str::to_owned)).collect()
        };
        Self {
            pki: named("pki", "kind"),
            peers: named("peer", "role"),
            variants: texts("variant", "id"),
            pauses: texts("step", "do").iter().filter(|word| *word == "pause").count(),
        }
    }

    /// Everything of that kind.
    pub(super) fn all(&self, of: Of) -> Vec<&str> {
        if of == Of::Variant {
            return self.variants.iter().map(String::as_str).collect();
        }
        self.family(of).iter().filter(|(_, word)| of.fits(word)).map(|(name, _)| name.as_str()).collect()
    }

    /// Whether something could be of that kind, of which it is not known because its word is none.
    pub(super) fn is_uncertain(&self, of: Of) -> bool {
        self.family(of).iter().any(|(_, word)| !Of::is_word(word))
    }

    /// The word of something with that name that is of another kind than is meant.
    pub(super) fn other(&self, name: &str, of: Of) -> Option<&str> {
        self.family(of).iter().find(|(other, _)| other == name).map(|(_, word)| word.as_str())
    }

    /// Where something of that kind stands among others.
    fn family(&self, of: Of) -> &[(String, String)] {
        match of {
            Of::Certificate | Of::List => &self.pki,
            Of::Client | Of::Acceptor | Of::End | Of::Network => &self.peers,
            Of::Variant => &[],
        }
    }
}
