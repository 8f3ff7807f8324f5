//! What was written before. The same few certificates, chains and hellos come in thousands of sessions.

use super::visible;
use hashbrown::HashMap;
use serde::Serialize;
use serde_json::value::RawValue;
use std::cell::RefCell;
use std::sync::Arc;

/// How many bytes are kept of each kind of thing. One certificate can have ten thousand names, so that they are not
/// counted by number.
const MOST: usize = 16 * 1024 * 1024;

/// The text of things that sessions share, by the address of each thing, which is held so that its address cannot come
/// to mean another one.
pub(super) struct Kept<T, V>(RefCell<Entries<T, V>>);

struct Entries<T, V> {
    by_address: HashMap<usize, (Arc<T>, Arc<V>)>,
    bytes: usize,
}

impl<T, V> Default for Kept<T, V> {
    fn default() -> Self {
        Self(RefCell::new(Entries { by_address: HashMap::new(), bytes: 0 }))
    }
}

impl<T, V> Kept<T, V> {
    /// What was made of the thing, or what `make` makes of it now, with how many bytes that takes.
    pub(super) fn of(&self, thing: &Arc<T>, make: impl FnOnce(&T) -> Option<(V, usize)>) -> Option<Arc<V>> {
        let address = Arc::as_ptr(thing) as usize;
        let mut entries = self.0.borrow_mut();
        if let Some((_, made)) = entries.by_address.get(&address) {
            return Some(Arc::clone(made));
        }
        let (made, bytes) = make(thing)?;
        if entries.bytes > MOST {
            *entries = Entries { by_address: HashMap::new(), bytes: 0 };
        }
        let made = Arc::new(made);
        entries.bytes += bytes;
        entries.by_address.insert(address, (Arc::clone(thing), Arc::clone(&made)));
        Some(made)
    }
}

/// The JSON of a value, to be written as it is.
pub(super) fn raw(value: &impl Serialize) -> Option<Box<RawValue>> {
    let mut text = Vec::with_capacity(2048);
    visible::write(&mut text, value).ok()?;
    RawValue::from_string(String::from_utf8(text).ok()?).ok()
}
