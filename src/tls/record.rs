//! Records: the envelopes that carry everything else, and the small messages that live in one record.
//!
//! What an encrypted record holds is never guessed at: its outside says what it calls itself, and its bytes are shown
//! as encrypted bytes.

mod decrypted;
mod fields;

pub use decrypted::Decrypted;

use super::code::{AlertDescription, AlertLevel, ContentType, ProtocolVersion};
use super::handshake::take::{self, number};
use super::handshake::{Alert, Context, has_explicit_nonce};
use crate::base::{Field, Group, Reader, Severity, Tree, Value};
use fields::{
    ALERT, ALERT_DESCRIPTION, ALERT_LEVEL, APPLICATION_DATA, CHANGE_CIPHER_SPEC, CONTENT_TYPE, ENCRYPTED_ALERT,
    ENCRYPTED_APPLICATION_DATA, ENCRYPTED_CONTENT, ENCRYPTED_HANDSHAKE, ENCRYPTED_HEARTBEAT, EXPLICIT_NONCE,
    HANDSHAKE_FRAGMENT, HEARTBEAT_LENGTH, HEARTBEAT_PADDING, HEARTBEAT_PAYLOAD, HEARTBEAT_TYPE, LENGTH, OPAQUE_TYPE,
    RECORD, UNKNOWN_CONTENT, UNREADABLE_ALERT, VERSION,
};

/// The most that a record holds before it is encrypted: 2^14 bytes (RFC 8446 5.1).
pub const MAX_PLAINTEXT: u16 = 1 << 14;

/// The most that an encrypted record of TLS 1.3 holds: 256 bytes more (RFC 8446 5.2).
pub const MAX_CIPHERTEXT_TLS13: u16 = MAX_PLAINTEXT + 256;

/// The most that an encrypted record up to TLS 1.2 holds: 2048 bytes more (RFC 5246 6.2.3).
pub const MAX_CIPHERTEXT: u16 = MAX_PLAINTEXT + 2048;

/// Every field that a record can show, for help and filters.
#[must_use]
pub fn fields() -> &'static [&'static Field] {
    fields::FIELDS
}

/// The five bytes before the content of a record (RFC 8446 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the record carries, or says that it carries.
    pub content_type: ContentType,
    /// The version field, which TLS 1.3 freezes at TLS 1.2.
    pub version: ProtocolVersion,
    /// How many bytes of content follow.
    pub length: u16,
}

impl Header {
    /// Length of a header in bytes.
    pub const LENGTH: usize = 5;

    /// Takes a header; `None` when there are fewer than five bytes, and then takes nothing.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let [content_type, major, minor, high, low] = reader.array()?;
        Some(Self {
            content_type: ContentType(content_type),
            version: ProtocolVersion(u16::from_be_bytes([major, minor])),
            length: u16::from_be_bytes([high, low]),
        })
    }

    /// Whether bytes that look like this can well be a record of TLS over TCP: a known content type, a version that
    /// was ever used, and a length within the largest limit.
    #[must_use]
    pub fn is_plausible(&self) -> bool {
        let is_known = (20..=24).contains(&self.content_type.0);
        let is_version = matches!(self.version.0, 0x0101 | 0x0300..=0x0304) || self.version.draft().is_some();
        let is_filled = self.length > 0 || self.content_type == ContentType::APPLICATION_DATA;
        is_known && is_version && is_filled && self.length <= MAX_CIPHERTEXT
    }
}

/// Whether the content of a record is encrypted. Only the course of the connection tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// In the clear, or already decrypted.
    Plain,
    /// Encrypted.
    Encrypted,
}

/// Reads one record into a branch of its own. `None` when not even the header is there; content that is cut short is
/// noted, and read as far as it goes.
pub fn read_tree(
    reader: &mut Reader<'_>,
    protection: Protection,
    context: &Context,
    tree: &mut Tree,
) -> Option<Header> {
    let mut ahead = *reader;
    let Some(header) = Header::read(&mut ahead) else {
        tree.malformed(reader.span(), "a record begins with 5 bytes of type, version and length");
        return None;
    };
    let there = ahead.remaining().min(usize::from(header.length));
    let mut record = reader.sub(Header::LENGTH + there)?;
    tree.branch(
        &RECORD,
        record.span(),
        || header.content_type.value(),
        |tree| {
            let content_type = if protection == Protection::Encrypted { &OPAQUE_TYPE } else { &CONTENT_TYPE };
            take::u8(&mut record, content_type, tree, |_| header.content_type.value());
            take::u16(&mut record, &VERSION, tree, |_| header.version.value());
            let start = record.offset();
            take::u16(&mut record, &LENGTH, tree, number);
            let length = record.since(start);
            check_length(header, protection, context, length, tree);
            if there < usize::from(header.length) {
                let text = format!("the record says {} bytes, but only {there} are there", header.length);
                tree.note(Severity::Warn, Group::Reassemble, "tls.record.cut", length, text);
            }
            match protection {
                Protection::Plain => read_content(header.content_type, &mut record, tree),
                Protection::Encrypted => encrypted(header, &mut record, context, tree),
            }
        },
    );
    Some(header)
}

/// What is wrong with a record that holds more than its kind may (RFC 5246 6.2.3, RFC 8446 5.2); most hold less.
#[must_use]
pub fn too_long(header: Header, protection: Protection, version: Option<ProtocolVersion>) -> Option<String> {
    let limit = match protection {
        Protection::Plain => MAX_PLAINTEXT,
        Protection::Encrypted if version.is_some_and(ProtocolVersion::is_tls13) => MAX_CIPHERTEXT_TLS13,
        Protection::Encrypted => MAX_CIPHERTEXT,
    };
    (header.length > limit).then(|| format!("a record of this kind holds at most {limit} bytes"))
}

fn check_length(header: Header, protection: Protection, context: &Context, at: crate::base::Span, tree: &mut Tree) {
    if let Some(text) = too_long(header, protection, context.version) {
        tree.note(Severity::Error, Group::Protocol, "tls.record.length", at, text);
    } else if header.length == 0 && header.content_type != ContentType::APPLICATION_DATA {
        let text = "only application_data records may be empty";
        tree.note(Severity::Warn, Group::Protocol, "tls.record.length", at, text);
    }
}

/// Reads the content of a record in the clear. After decryption `content_type` is the inner one, which TLS 1.3 hides
/// (RFC 8446 5.2).
pub fn read_content(content_type: ContentType, content: &mut Reader<'_>, tree: &mut Tree) {
    match content_type {
        ContentType::CHANGE_CIPHER_SPEC => change_cipher_spec(content, tree),
        ContentType::ALERT => alert(content, tree),
        ContentType::HANDSHAKE => drop(take::rest(content, &HANDSHAKE_FRAGMENT, tree)),
        ContentType::APPLICATION_DATA => drop(take::rest(content, &APPLICATION_DATA, tree)),
        ContentType::HEARTBEAT => {
            let _ = heartbeat(content, tree);
        }
        ContentType(kind) => {
            let text = format!("records of content type {kind} are not known in TLS over TCP");
            tree.note(Severity::Note, Group::Undecoded, "tls.record.unknown_type", content.span(), text);
            take::rest(content, &UNKNOWN_CONTENT, tree);
        }
    }
}

fn encrypted(header: Header, content: &mut Reader<'_>, context: &Context, tree: &mut Tree) {
    if has_explicit_nonce(context) {
        if content.remaining() >= 8 {
            take::bytes(content, 8, &EXPLICIT_NONCE, tree);
        } else {
            tree.malformed(content.span(), "a record of this cipher suite begins with a nonce of 8 bytes");
        }
    }
    let field = match header.content_type {
        // A change_cipher_spec in the middle of TLS 1.3 is never encrypted.
        ContentType::CHANGE_CIPHER_SPEC if context.version.is_some_and(ProtocolVersion::is_tls13) => {
            return change_cipher_spec(content, tree);
        }
        ContentType::ALERT => &ENCRYPTED_ALERT,
        ContentType::HANDSHAKE => &ENCRYPTED_HANDSHAKE,
        ContentType::APPLICATION_DATA => &ENCRYPTED_APPLICATION_DATA,
        ContentType::HEARTBEAT => &ENCRYPTED_HEARTBEAT,
        _ => &ENCRYPTED_CONTENT,
    };
    take::rest(content, field, tree);
}

fn change_cipher_spec(content: &mut Reader<'_>, tree: &mut Tree) {
    let start = content.offset();
    let Some(value) = take::u8(content, &CHANGE_CIPHER_SPEC, tree, number) else { return };
    if value != 1 {
        tree.malformed(content.since(start), "change_cipher_spec is one byte with the value 1");
    }
    take::end(content, tree);
}

fn alert(content: &mut Reader<'_>, tree: &mut Tree) {
    if read_alert(*content, tree).is_some() {
        content.rest();
        return;
    }
    let text = "these bytes are no alert in the clear: they are encrypted, a fragment, or broken";
    tree.note(Severity::Note, Group::Undecoded, "tls.alert.unreadable", content.span(), text);
    take::rest(content, &UNREADABLE_ALERT, tree);
}

/// Reads an alert in the clear: exactly two bytes, of which the first is 1 or 2 (RFC 8446 6). Anything else is `None`
/// and leaves nothing in the tree, because encrypted alerts look like that.
pub fn read_alert(content: Reader<'_>, tree: &mut Tree) -> Option<Alert> {
    let mut reader = content;
    let [level, description] = reader.array()?;
    if !reader.is_empty() || !matches!(level, 1 | 2) {
        return None;
    }
    let alert = Alert { level: AlertLevel(level), description: AlertDescription(description) };
    let mut parts = content;
    tree.branch(
        &ALERT,
        content.span(),
        || Value::Text(format!("{} {}", alert.level, alert.description)),
        |tree| {
            take::u8(&mut parts, &ALERT_LEVEL, tree, |_| alert.level.value());
            take::u8(&mut parts, &ALERT_DESCRIPTION, tree, |_| alert.description.value());
        },
    );
    Some(alert)
}

/// RFC 6520 4.
pub(crate) fn heartbeat(content: &mut Reader<'_>, tree: &mut Tree) -> Option<()> {
    take::u8(content, &HEARTBEAT_TYPE, tree, |kind| {
        let name = match kind {
            1 => "heartbeat_request",
            2 => "heartbeat_response",
            _ => "unknown",
        };
        take::named(kind, name)
    })?;
    let start = content.offset();
    let length = usize::from(take::u16(content, &HEARTBEAT_LENGTH, tree, number)?);
    let there = content.remaining();
    if length > there {
        let text = format!(
            "Heartbleed (CVE-2014-0160): asks for {length} bytes back but sends {there}; a vulnerable peer answers \
             with its memory"
        );
        tree.note(Severity::Error, Group::Security, "tls.heartbleed", content.since(start), text);
    } else if there - length < 16 {
        // A probe for Heartbleed may ask for exactly what its record says, and leave the padding out.
        let text = "a heartbeat message has at least 16 bytes of padding";
        tree.note(Severity::Error, Group::Malformed, "tls.heartbeat.padding", content.span(), text);
    }
    take::bytes(content, length.min(there), &HEARTBEAT_PAYLOAD, tree)?;
    take::rest(content, &HEARTBEAT_PADDING, tree);
    Some(())
}

#[cfg(test)]
mod tests;
