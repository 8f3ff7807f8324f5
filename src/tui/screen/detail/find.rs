//! Finding in tree and bytes: labels, names, values, and bytes as `hex:` or in quotation marks.

use crate::base::{BufferId, Span, Tree, parse_hex};
use crate::capture::Dissection;
use crate::tui::settings::Settings;
use crate::tui::value;

/// What was found: a field, or bytes in a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Field(usize),
    Bytes(Span),
}

/// The bytes that a text asks for: `hex:16 03` or `"text"`.
fn bytes(wanted: &str) -> Option<Vec<u8>> {
    let wanted = wanted.trim();
    if let Some(digits) = wanted.strip_prefix("hex:") {
        return parse_hex(digits).filter(|bytes| !bytes.is_empty());
    }
    let inside = wanted.strip_prefix('"')?.strip_suffix('"')?;
    (!inside.is_empty()).then(|| inside.as_bytes().to_vec())
}

/// The next find behind field `index`, or byte `from` where bytes are asked for; round to the start at the end.
pub(super) fn find(
    wanted: &str,
    dissection: &Dissection,
    index: usize,
    from: (BufferId, u32),
    forward: bool,
    settings: &Settings,
) -> Option<Found> {
    if let Some(bytes) = bytes(wanted) {
        return in_bytes(&bytes, dissection, from, forward);
    }
    if wanted.trim_start().starts_with("hex:") {
        return None;
    }
    in_tree(wanted, dissection, index, forward, settings)
        .or_else(|| in_bytes(wanted.as_bytes(), dissection, from, forward))
}

fn in_tree(wanted: &str, dissection: &Dissection, index: usize, forward: bool, settings: &Settings) -> Option<Found> {
    let wanted = wanted.to_lowercase();
    let nodes = dissection.tree.nodes();
    let count = nodes.len();
    let holds = |at: &usize| {
        nodes.get(*at).is_some_and(|node| {
            let shown = || value::shown(node, dissection.bytes(node.span), 64, settings);
            [node.field.label, node.field.name].iter().any(|text| text.to_lowercase().contains(&wanted))
                || shown().to_lowercase().contains(&wanted)
        })
    };
    let at = |step: usize| (index + if forward { step } else { count - step }) % count;
    (1..=count).map(at).find(holds).map(Found::Field)
}

fn in_bytes(wanted: &[u8], dissection: &Dissection, from: (BufferId, u32), forward: bool) -> Option<Found> {
    let derived = (0..dissection.tree.derived().len()).map(|index| index + usize::from(Tree::FIRST_DERIVED.0));
    let ids = (0..dissection.buffers.len()).chain(derived).filter_map(|id| u8::try_from(id).ok()).map(BufferId);
    let mut all: Vec<(BufferId, u32)> = Vec::new();
    for id in ids {
        let buffer = dissection.buffer(id).unwrap_or_default();
        let starts = buffer.windows(wanted.len().max(1)).enumerate().filter(|(_, window)| *window == wanted);
        all.extend(starts.filter_map(|(start, _)| Some((id, u32::try_from(start).ok()?))));
    }
    let next = if forward {
        all.iter().find(|place| **place > from).or(all.first())
    } else {
        all.iter().rfind(|place| **place < from).or(all.last())
    };
    let (id, start) = *next?;
    let length = u32::try_from(wanted.len()).unwrap_or(0);
    Some(Found::Bytes(Span::new(id, start, start.saturating_add(length))))
}
