//! Certificate Transparency: the receipts of public logs.

use super::body::{Entries, code16, list, open, rest};
use super::{Extensions, Place};
use crate::base::{Reader, Tree, Value, fields};
use crate::tls::code::TransItemType;
use crate::x509;

fields! {
    TRANS_ITEM_LIST = "tls.handshake.extension.transparency_info.list", "TransItemList", "RFC 9162 6.3",
        "Receipts, tree heads and proofs that the server brings for its certificate.";
    TRANS_ITEM = "tls.handshake.extension.transparency_info.item", "SerializedTransItem", "RFC 9162 6.3",
        "One statement of a log.";
    TRANS_ITEM_LENGTH = "tls.handshake.extension.transparency_info.length", "length", "RFC 9162 6.3",
        "The number of bytes of the item.";
    TRANS_ITEM_TYPE = "tls.handshake.extension.transparency_info.versioned_type", "versioned_type", "RFC 9162 4.5",
        "What the item is: a receipt (x509_sct_v2), a signed tree head, a proof of inclusion, and so on.";
    TRANS_ITEM_DATA = "tls.handshake.extension.transparency_info.data", "data", "RFC 9162 4.5",
        "The item itself, shown as bytes.";
}

/// signed_certificate_timestamp: empty in requests, a list in answers (RFC 6962 3.3.1).
#[allow(clippy::unnecessary_wraps, reason = "one signature for all bodies")]
pub(super) fn signed_certificate_timestamp(
    reader: &mut Reader<'_>,
    place: Place,
    facts: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if reader.is_empty() && asks(place) {
        return Some(());
    }
    x509::signed_certificate_timestamps(*reader, tree);
    facts.timestamps = Some(reader.rest().to_vec());
    Some(())
}

fn asks(place: Place) -> bool {
    matches!(place, Place::ClientHello | Place::CertificateRequest)
}

/// transparency_info: empty in requests, a list in answers (RFC 9162 6.5).
pub(super) fn transparency_info(
    reader: &mut Reader<'_>,
    place: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if reader.is_empty() && asks(place) {
        return Some(());
    }
    let entries = Entries::Vectors(0, 2, 0);
    list(reader, 2, &TRANS_ITEM_LIST, entries, tree, |reader, tree| {
        tree.branch(
            &TRANS_ITEM,
            entries.span(reader),
            || Value::None,
            |tree| {
                let mut item = open(reader, 2)?;
                item.show_length_as(&TRANS_ITEM_LENGTH, &TRANS_ITEM, tree);
                code16(&mut item.body, &TRANS_ITEM_TYPE, tree, |code| TransItemType(code).value())?;
                rest(&mut item.body, &TRANS_ITEM_DATA, tree);
                Some(())
            },
        )
    })
}
