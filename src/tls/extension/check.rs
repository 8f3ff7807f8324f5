//! Rules that hold between the extensions of one block, and between a block and its message.

use super::{Extension, Extensions, Place, kind, take};
use crate::base::{Group, Reader, Severity, Span, Tree};
use crate::tls::code::{ExtensionType, NamedGroup, is_grease};

/// The types that a walk has met: one bit each, so that a repeated one is found without looking through a list that a
/// hostile hello could make long.
pub(super) struct Seen {
    met: [u64; 1024],
    repeated: Vec<ExtensionType>,
}

/// Whether a type was met before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Met {
    /// Never.
    First,
    /// Once.
    Second,
    /// More than once.
    Again,
}

impl Seen {
    pub(super) fn new() -> Self {
        Self { met: [0; 1024], repeated: Vec::new() }
    }

    /// Adds a type.
    pub(super) fn add(&mut self, kind: ExtensionType) -> Met {
        let bit = 1 << (kind.0 % 64);
        let Some(word) = self.met.get_mut(usize::from(kind.0 / 64)) else { return Met::First };
        if *word & bit == 0 {
            *word |= bit;
            return Met::First;
        }
        if self.repeated.contains(&kind) {
            return Met::Again;
        }
        self.repeated.push(kind);
        Met::Second
    }
}

/// Notes what is against the rules in a block that has been read.
pub(super) fn block(mut reader: Reader<'_>, place: Place, facts: &Extensions, tree: &mut Tree) {
    let tls13 = facts.selected_version.is_some_and(crate::tls::code::ProtocolVersion::is_tls13);
    let whole = reader.span();
    while let Some(extension) = take(&mut reader) {
        let span = Span::new(whole.buffer, extension.start, extension.body.whole.end);
        stands_where_it_may(&extension, span, place, tls13, tree);
        if extension.kind == PRE_SHARED_KEY && place == Place::ClientHello && !reader.is_empty() {
            let text = "pre_shared_key is not the last extension, which it must be; a server answers illegal_parameter";
            tree.note(Severity::Warn, Group::Protocol, "tls.extension.pre_shared_key.position", span, text);
        }
    }
    if place == Place::ClientHello {
        client_hello(whole, facts, tree);
    }
}

const EARLY_DATA: ExtensionType = ExtensionType(42);
const PRE_SHARED_KEY: ExtensionType = ExtensionType(41);
const PSK_KEY_EXCHANGE_MODES: ExtensionType = ExtensionType(45);

fn stands_where_it_may(extension: &Extension<'_>, span: Span, place: Place, tls13: bool, tree: &mut Tree) {
    let Some(known) = kind::of(extension.kind) else { return };
    if !known.may_stand_in(place, tls13) {
        let version = if place == Place::ServerHello && tls13 { " of TLS 1.3" } else { "" };
        let label = kind::row(extension.kind).label;
        let text = format!("{label} has no place in the {}{version}", place.name());
        tree.note(Severity::Note, Group::Protocol, "tls.extension.place", span, text);
    }
}

fn client_hello(whole: Span, facts: &Extensions, tree: &mut Tree) {
    let mut note = |code, text: String| tree.note(Severity::Warn, Group::Protocol, code, whole, text);
    let has = |kind| facts.types.contains(&kind);
    if has(PRE_SHARED_KEY) && !has(PSK_KEY_EXCHANGE_MODES) {
        note("tls.extension.psk_key_exchange_modes", "pre_shared_key without psk_key_exchange_modes".into());
    }
    if has(EARLY_DATA) && !has(PRE_SHARED_KEY) && facts.supported_versions.iter().any(|version| version.is_tls13()) {
        note("tls.extension.early_data", "early_data without pre_shared_key, which gives the key for it".into());
    }
    if facts.supported_groups.is_empty() {
        return;
    }
    let listed = |group: &NamedGroup| is_grease(group.0) || facts.supported_groups.contains(group);
    if let Some(group) = facts.key_share_groups.iter().find(|group| !listed(group)) {
        note("tls.extension.key_share.group", format!("a key share of {group}, which supported_groups does not list"));
    }
}
