//! What an extension says in one line, so that a closed branch of the tree still tells the main thing.

use super::{Extensions, Place, kind::Kind};
use crate::base::{Reader, Tree, Value, printable_bytes};
use crate::tls::code::ExtensionType;
use std::fmt::{Display, Write};

/// The value of an extension's branch. Only called when fields are kept: it reads the body once more, into facts of
/// its own.
pub(super) fn of(known: Option<&Kind>, kind: ExtensionType, mut body: Reader<'_>, place: Place) -> Value {
    let Some(known) = known else { return kind.value() };
    let mut facts = Extensions::default();
    let mut tree = Tree::on();
    (known.read)(&mut body, place, &mut facts, &mut tree);
    line(facts).or_else(|| names(&tree)).map_or(Value::None, Value::Text)
}

/// The names of the code points in a short body, such as the modes of psk_key_exchange_modes.
fn names(tree: &Tree) -> Option<String> {
    let mut names: Vec<_> = tree.nodes().iter().filter_map(|node| named(&node.value)).collect();
    names.dedup();
    (!names.is_empty()).then(|| join(names))
}

fn named(value: &Value) -> Option<&str> {
    match value {
        Value::Named(_, _, name) => Some(name),
        _ => None,
    }
}

fn line(facts: Extensions) -> Option<String> {
    if let Some(name) = facts.server_name {
        return Some(name);
    }
    if !facts.alpn.is_empty() {
        return Some(join(facts.alpn.iter().map(|name| printable_bytes(name))));
    }
    if let Some(version) = facts.selected_version {
        return Some(version.to_string());
    }
    if let Some(length) = facts.session_ticket_length {
        return Some(if length == 0 { "empty".to_owned() } else { format!("{length} bytes") });
    }
    if let Some(limit) = facts.max_early_data.or(facts.record_size_limit.map(u32::from)) {
        return Some(format!("{limit} bytes"));
    }
    if let Some(index) = facts.selected_psk {
        return Some(format!("identity {index}"));
    }
    if facts.psk_identities > 0 {
        return Some(format!("{} identities", facts.psk_identities).replace("1 identities", "1 identity"));
    }
    let lists = [
        join(facts.supported_versions),
        join(facts.supported_groups),
        join(facts.signature_algorithms),
        join(facts.key_share_groups),
        join(facts.authorities),
    ];
    lists.into_iter().find(|list| !list.is_empty())
}

/// The first few of a list; the tree below has them all.
fn join<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut items = items.into_iter();
    let mut text = items.by_ref().take(6).map(|item| item.to_string()).collect::<Vec<_>>().join(", ");
    let more = items.count();
    if more > 0 {
        let _ = write!(text, ", and {more} more");
    }
    text
}
