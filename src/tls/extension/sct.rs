//! Certificate Transparency: the receipts of public logs.

use super::body::{Entries, code8, code16, fixed, list, opaque, open, rest};
use super::{Extensions, Place, local};
use crate::base::{Reader, Tree, Value, fields};
use crate::tls::code::{HashAlgorithm, SignatureAlgorithm};

fields! {
    SCT_LIST = "tls.handshake.extension.sct.list", "SignedCertificateTimestampList", "RFC 6962 3.3",
        "The receipts, each from another log. Browsers ask for two or three, from logs of different operators.";
    SCT = "tls.handshake.extension.sct", "SerializedSCT", "RFC 6962 3.3",
        "One receipt: a log promises to have this certificate in its public list within a day.";
    SCT_LENGTH = "tls.handshake.extension.sct.length", "length", "RFC 6962 3.3",
        "The number of bytes of the receipt. It lets a reader pass over versions that it does not know.";
    SCT_VERSION = "tls.handshake.extension.sct.version", "sct_version", "RFC 6962 3.2",
        "The version of the receipt; 0 means v1, the only one in use.";
    SCT_LOG_ID = "tls.handshake.extension.sct.log_id", "log_id", "RFC 6962 3.2",
        "The log: the SHA-256 of its public key.";
    SCT_TIMESTAMP = "tls.handshake.extension.sct.timestamp", "timestamp", "RFC 6962 3.2",
        "When the log took the certificate, in milliseconds since 1970 on the wire. It lies shortly before the certificate was issued, or after it when the receipt was fetched later.";
    SCT_EXTENSIONS = "tls.handshake.extension.sct.extensions", "extensions", "RFC 6962 3.2",
        "Room for later. Logs of the newer kind (static CT) put the index of the entry here; otherwise it is empty.";
    SCT_HASH = "tls.handshake.extension.sct.hash_algorithm", "hash", "RFC 6962 2.1.4",
        "The hash of the signature; sha256 in practice.";
    SCT_SIGNATURE_ALGORITHM = "tls.handshake.extension.sct.signature_algorithm", "signature", "RFC 6962 2.1.4",
        "The kind of the log's key; ecdsa in practice, rsa is allowed.";
    SCT_SIGNATURE = "tls.handshake.extension.sct.signature", "signature", "RFC 6962 3.2",
        "The log's signature over the time and the certificate. It is not checked here.";
    SCT_OTHER = "tls.handshake.extension.sct.other", "SCT of an unknown version", "RFC 6962 3.3",
        "The bytes of a receipt whose version has no form that is known here.";
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
pub(super) fn signed_certificate_timestamp(
    reader: &mut Reader<'_>,
    place: Place,
    _: &mut Extensions,
    tree: &mut Tree,
) -> Option<()> {
    if reader.is_empty() && asks(place) {
        return Some(());
    }
    let entries = Entries::Vectors(0, 2, 0);
    list(reader, 2, &SCT_LIST, entries, tree, |reader, tree| {
        tree.branch(
            &SCT,
            entries.span(reader),
            || Value::None,
            |tree| {
                let mut sct = open(reader, 2)?;
                sct.show_length_as(&SCT_LENGTH, &SCT, tree);
                timestamp(&mut sct.body, tree)
            },
        )
    })
}

fn asks(place: Place) -> bool {
    matches!(place, Place::ClientHello | Place::CertificateRequest)
}

fn timestamp(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    if code8(reader, &SCT_VERSION, tree, local::sct_version)? != 0 {
        rest(reader, &SCT_OTHER, tree);
        return Some(());
    }
    fixed(reader, 32, &SCT_LOG_ID, tree)?;
    let start = reader.offset();
    let milliseconds = reader.u64()?;
    tree.leaf(&SCT_TIMESTAMP, reader.since(start), || Value::Time(i128::from(milliseconds) * 1_000_000));
    opaque(reader, 2, &SCT_EXTENSIONS, tree)?;
    code8(reader, &SCT_HASH, tree, |code| HashAlgorithm(code).value())?;
    code8(reader, &SCT_SIGNATURE_ALGORITHM, tree, |code| SignatureAlgorithm(code).value())?;
    opaque(reader, 2, &SCT_SIGNATURE, tree)?;
    if !reader.is_empty() {
        tree.malformed(reader.span(), format!("{} bytes behind the end of an SCT", reader.remaining()));
        rest(reader, &super::kind::TRAILING, tree);
    }
    Some(())
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
                code16(&mut item.body, &TRANS_ITEM_TYPE, tree, local::trans_item_type)?;
                rest(&mut item.body, &TRANS_ITEM_DATA, tree);
                Some(())
            },
        )
    })
}
