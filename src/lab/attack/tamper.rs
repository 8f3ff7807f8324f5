//! Changing bytes in their place, and making things shorter or longer with their lengths mended.

use super::act::Refusal;
use super::cut::{MESSAGE_HEADER, Record};
use crate::base::{BufferId, Reader, Span, Tree, hex};
use crate::lab::path;
use crate::lab::scenario::Tamper;
use crate::tls::handshake::{Cache, Context, read_with_header};
use crate::tls::record::{self, Protection};

/// The most bytes that a length of two bytes can say.
const MOST: usize = u16::MAX as usize;

/// Changes a message that can be read. Gives what was done.
pub(super) fn message(
    bytes: &mut Vec<u8>,
    context: &Context,
    field: Option<&str>,
    how: &Tamper,
) -> Result<String, Refusal> {
    match how {
        Tamper::Truncate(count) => {
            resized(field)?;
            let left = bytes.len().saturating_sub(MESSAGE_HEADER);
            if *count as usize > left {
                return Err(Refusal(format!("the message has only {left} bytes behind its header")));
            }
            bytes.truncate(bytes.len() - *count as usize);
            mend_message(bytes);
            Ok(format!("cuts {count} bytes off its end and mends the lengths"))
        }
        Tamper::Grow(count) => {
            resized(field)?;
            grow(bytes, *count)?;
            mend_message(bytes);
            Ok(format!("adds {count} zero bytes and mends the lengths"))
        }
        Tamper::Xor(_) | Tamper::Set(_) => {
            let mut tree = Tree::on();
            read_with_header(Reader::new(bytes, BufferId(0)), context, &mut Cache::new(), &mut tree);
            in_place(bytes, &tree, field, 0, how)
        }
    }
}

/// Changes a record. Without a field its content is meant: its header is no secret and no part of the message.
pub(super) fn record(
    record: &mut Record,
    context: &Context,
    field: Option<&str>,
    how: &Tamper,
) -> Result<String, Refusal> {
    match how {
        Tamper::Truncate(count) => {
            resized(field)?;
            let length = record.length();
            let Some(left) = length.checked_sub(*count as usize) else {
                return Err(Refusal(format!("the record has only {length} bytes")));
            };
            let mut over = left;
            for part in &mut record.parts {
                part.bytes.truncate(over);
                over -= part.bytes.len();
            }
            record.mend();
            Ok(format!("cuts {count} bytes off the record and mends its length"))
        }
        Tamper::Grow(count) => {
            resized(field)?;
            if record.length() + *count as usize > MOST {
                return Err(Refusal(format!("a record has at most {MOST} bytes")));
            }
            let last = record.parts.last_mut().ok_or_else(|| Refusal("the record is empty".to_owned()))?;
            grow(&mut last.bytes, *count)?;
            record.mend();
            Ok(format!("adds {count} zero bytes to the record and mends its length"))
        }
        Tamper::Xor(_) | Tamper::Set(_) => {
            let mut bytes = record.bytes();
            let protection = if record.kind.is_encrypted() { Protection::Encrypted } else { Protection::Plain };
            let mut tree = Tree::on();
            record::read_tree(&mut Reader::new(&bytes, BufferId(0)), protection, context, &mut tree);
            let text = in_place(&mut bytes, &tree, field, record.header.len(), how)?;
            write_record(record, &bytes);
            Ok(text)
        }
    }
}

/// Changes plain text.
pub(super) fn plain(bytes: &mut Vec<u8>, field: Option<&str>, how: &Tamper) -> Result<String, Refusal> {
    if let Some(field) = field {
        return Err(Refusal(format!("plain text has no fields, and so no `{field}`")));
    }
    match how {
        Tamper::Truncate(count) => {
            let length = bytes.len();
            bytes.truncate(length.saturating_sub(*count as usize));
            Ok(format!("cuts {} bytes off", length - bytes.len()))
        }
        Tamper::Grow(count) => {
            grow(bytes, *count)?;
            Ok(format!("adds {count} zero bytes"))
        }
        Tamper::Xor(_) | Tamper::Set(_) => in_place(bytes, &Tree::off(), None, 0, how),
    }
}

/// Puts the bytes of a changed record back into its parts; none of them changes its length.
fn write_record(record: &mut Record, bytes: &[u8]) {
    let Some((header, mut rest)) = bytes.split_first_chunk::<5>() else { return };
    record.header = *header;
    for part in &mut record.parts {
        let Some((bytes, behind)) = rest.split_at_checked(part.bytes.len()) else { return };
        part.bytes.copy_from_slice(bytes);
        rest = behind;
    }
}

fn resized(field: Option<&str>) -> Result<(), Refusal> {
    match field {
        Some(field) => Err(Refusal(format!("messages and records are cut and grown as a whole, not in `{field}`"))),
        None => Ok(()),
    }
}

fn grow(bytes: &mut Vec<u8>, count: u32) -> Result<(), Refusal> {
    let length = bytes.len() + count as usize;
    if length > MOST {
        return Err(Refusal(format!("no record can hold the {length} bytes")));
    }
    bytes.resize(length, 0);
    Ok(())
}

/// Writes the length of a message into its header.
fn mend_message(bytes: &mut [u8]) {
    let length = u32::try_from(bytes.len().saturating_sub(MESSAGE_HEADER)).unwrap_or_default();
    let [_, length @ ..] = length.to_be_bytes();
    if let Some(place) = bytes.get_mut(1..MESSAGE_HEADER) {
        place.copy_from_slice(&length);
    }
}

/// Changes bytes without moving any. Without a field it is the first byte from `start` on.
fn in_place(bytes: &mut [u8], tree: &Tree, field: Option<&str>, start: usize, how: &Tamper) -> Result<String, Refusal> {
    let (span, indexed, limit) = if let Some(field) = field {
        let found = path::find(tree, field).map_err(|error| Refusal(error.to_string()))?;
        let whole = tree.nodes().get(found.node).map_or(found.span, |node| node.span);
        (found.span, found.indexed, whole.end as usize)
    } else {
        let start = u32::try_from(start).unwrap_or_default();
        (Span::new(BufferId(0), start, start + 1), false, bytes.len())
    };
    if span.buffer != BufferId(0) {
        return Err(Refusal("that field was decompressed: it does not stand on the wire".to_owned()));
    }
    let (from, to) = (span.start as usize, span.end as usize);
    let range = match how {
        Tamper::Set(new) => from..from + new.len(),
        _ if indexed => from..to,
        _ => from..(from + 1).min(to),
    };
    let end = if matches!(how, Tamper::Set(_)) { limit } else { to };
    let name = field.map_or_else(|| "the first byte".to_owned(), |field| format!("`{field}`"));
    if range.is_empty() || range.end > end {
        return Err(Refusal(format!("{name} has {} bytes, not {}", end.saturating_sub(from), range.len())));
    }
    let Some(place) = bytes.get_mut(range) else {
        return Err(Refusal(format!("{name} lies behind the end of what is there")));
    };
    let before = hex(place);
    match how {
        Tamper::Xor(with) => place.iter_mut().for_each(|byte| *byte ^= with),
        Tamper::Set(new) => place.copy_from_slice(new),
        Tamper::Truncate(_) | Tamper::Grow(_) => {}
    }
    Ok(format!("changes {name} from {} to {}", shortened(&before), shortened(&hex(place))))
}

/// Long bytes by their beginning.
fn shortened(hex: &str) -> String {
    match hex.get(..32) {
        Some(begin) if hex.len() > 32 => format!("{begin}…"),
        _ => hex.to_owned(),
    }
}
