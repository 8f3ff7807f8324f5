//! The shape of DER for which there is no decoder: types, texts and numbers, so that nothing stays a mere row of bytes.

use super::der::{BOOLEAN, Der, ENUMERATED, Element, GENERALIZED_TIME, INTEGER, NULL, OID, UTC_TIME, tag_name};
use super::time::seconds;
use super::{oid, text};
use crate::base::{Tree, Value, fields};

/// How deep an element without a decoder is opened. Deeper nesting is shown as bytes.
const OUTLINE_DEPTH: u8 = 10;

/// Shows elements for which there is no decoder by their tags, as far as they are DER. Adds nothing to a tree that is
/// off.
pub(crate) fn outline(mut der: Der<'_>, tree: &mut Tree) {
    if tree.is_on() {
        outline_level(&mut der, OUTLINE_DEPTH, tree);
    }
}

/// Shows one element without a decoder.
pub(crate) fn outline_element(element: &Element<'_>, tree: &mut Tree) {
    if tree.is_on() {
        outline_one(element, OUTLINE_DEPTH, tree);
    }
}

fn outline_level(der: &mut Der<'_>, depth: u8, tree: &mut Tree) {
    // The bytes have no decoder; that they are not DER at all is no fault of theirs.
    let mut quiet = Tree::off();
    while let Some(element) = der.next(&mut quiet) {
        outline_one(&element, depth, tree);
    }
}

fn outline_one(element: &Element<'_>, depth: u8, tree: &mut Tree) {
    let constructed = element.tag & 0x20 != 0;
    if constructed && depth > 0 {
        let name = || Value::Text(tag_name(element.tag));
        tree.branch(&ELEMENT, element.span, name, |tree| outline_level(&mut element.inner(), depth - 1, tree));
        return;
    }
    let mut quiet = Tree::off();
    let span = element.leaf_span();
    let value = match element.tag {
        OID => Value::Text(format!("{}: {}", tag_name(OID), oid::described(&element.oid(&mut quiet)))),
        INTEGER | ENUMERATED => match element.number() {
            Some(number) => Value::Text(format!("{}: {number}", tag_name(element.tag))),
            None => Value::Bytes,
        },
        BOOLEAN => Value::Text(format!("{}: {}", tag_name(BOOLEAN), element.flag(&mut quiet))),
        NULL => Value::Text(tag_name(NULL)),
        UTC_TIME | GENERALIZED_TIME => match seconds(element.tag, element.bytes()) {
            Some((moment, _)) => Value::Time(i128::from(moment) * 1_000_000_000),
            None => Value::Bytes,
        },
        tag if text::is_string(tag) => {
            Value::Text(format!("{}: {}", tag_name(tag), text::decode(tag, element.bytes()).0))
        }
        _ => Value::Bytes,
    };
    tree.leaf(&ELEMENT, span, || value);
}

fields! {
    ELEMENT = "x509.asn1.element", "element", "X.690 8.1",
        "A value for which there is no decoder, shown by its ASN.1 type. DER writes each value as a type byte, a \
         length and the content, so its shape can be read even where its meaning is not known.";
}
