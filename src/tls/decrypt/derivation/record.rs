//! How one record is protected: its number, its nonce or IV, and what is authenticated beside its content.

use super::super::key::bytes_of;
use super::super::suite::Cipher;
use super::super::{Opened, Place};
use super::build::{Builder, node, public};
use super::{Input, InputValue, Node, NodeId, Operation, Output, Stage};
use crate::tls::code::ProtocolVersion;
use crate::tls::record::Header;

/// A record that was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordAt {
    /// Whether the client sent it.
    pub from_client: bool,
    /// Which part of the connection its key protects.
    pub stage: Stage,
    /// Its place under the key.
    pub place: Place,
    /// Its header.
    pub header: Header,
    /// What it turned out to be.
    pub opened: Opened,
    /// The frame in which its last byte arrived.
    pub frame: u32,
    /// Its payload as it was on the wire.
    pub payload: Vec<u8>,
    /// Length of its content in bytes.
    pub length: u32,
}

/// The nodes of the keys that protect a direction.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keys {
    pub(super) key: Option<NodeId>,
    pub(super) iv: Option<NodeId>,
    pub(super) mac: Option<NodeId>,
}

/// The parts of the protection, before they become nodes.
struct Protection {
    /// The nonce or the IV.
    start: Option<Node>,
    /// What is authenticated beside the content.
    beside: Option<Node>,
    /// The tag, where it is not encrypted itself.
    tag: Option<Vec<u8>>,
}

/// Adds the record and what protects it.
pub(super) fn add(builder: &mut Builder<'_>, depth: u8, record: &RecordAt, keys: Keys) {
    let Some(cipher) = builder.suite.map(|suite| suite.cipher) else { return };
    let Protection { start, beside, tag } = protection(builder, depth + 1, record, keys, cipher);
    let own = builder.next();
    let name_of = |node: &Node| if node.operation == Operation::Input { "IV" } else { "nonce" };
    let mut inputs = vec![
        Input { name: "epoch", value: InputValue::Text(epoch(record.stage)) },
        Input { name: "sequence number", value: InputValue::Text(record.place.sequence.to_string()) },
    ];
    let mut link = |name, id: Option<NodeId>| {
        inputs.extend(id.map(|id| Input { name, value: InputValue::Node(id) }));
    };
    link("key", keys.key);
    link("MAC key", keys.mac);
    if let Some(start) = &start {
        link(name_of(start), Some(own + 1));
    }
    let behind = own + 1 + usize::from(start.is_some());
    let beside_name = if keys.mac.is_some() { "MAC input" } else { "additional data" };
    link(beside_name, beside.as_ref().map(|_| behind));
    inputs.push(Input { name: "payload", value: InputValue::Text(format!("{} bytes", record.payload.len())) });
    inputs.extend(tag.map(|tag| Input { name: "tag", value: InputValue::Bytes(tag) }));
    let mut node = node(depth, "record", Operation::Open, inputs, Output::Words(content(record)));
    node.remark = format!("number {}, frame {}", record.place.sequence, record.frame);
    builder.push(node);
    for part in [start, beside].into_iter().flatten() {
        builder.push(part);
    }
}

/// What is in it.
fn content(record: &RecordAt) -> String {
    let Opened { content_type, padding } = record.opened;
    let length = record.length;
    if record.stage == Stage::Cipher {
        return format!("{content_type}, {length} bytes of content");
    }
    let padding = if padding == 0 { "no padding".to_owned() } else { format!("{padding} bytes of padding") };
    format!("{length} bytes of content, inner content type {content_type}, {padding}")
}

/// Counted as DTLS 1.3 counts (RFC 9147 6.1), which TLS does without saying so.
fn epoch(stage: Stage) -> String {
    match stage {
        Stage::Early => "1: early data".to_owned(),
        Stage::Handshake => "2: handshake".to_owned(),
        Stage::Application(number) => format!("{}: application data", u64::from(number) + 3),
        Stage::Cipher => "1: after ChangeCipherSpec".to_owned(),
    }
}

fn protection(builder: &Builder<'_>, depth: u8, record: &RecordAt, keys: Keys, cipher: Cipher) -> Protection {
    let (header, length) = (record.header, u16::try_from(record.length).unwrap_or(u16::MAX));
    match cipher {
        Cipher::Aead(aead) if record.stage == Stage::Cipher => {
            let explicit = record.payload.get(..8).filter(|_| aead.implicit_iv_length() < 12);
            let start = match explicit {
                Some(explicit) => explicit_nonce(builder, depth, keys.iv, explicit),
                None => counted_nonce(builder, depth, keys.iv, record.place.sequence),
            };
            let beside = authenticated(depth, "additional_data", record, length, true);
            Protection { start: Some(start), beside: Some(beside), tag: tag(&record.payload, aead.tag_length()) }
        }
        Cipher::Aead(aead) => {
            let start = counted_nonce(builder, depth, keys.iv, record.place.sequence);
            let beside = builder.draft.header.then(|| header_alone(depth, header));
            Protection { start: Some(start), beside, tag: tag(&record.payload, aead.tag_length()) }
        }
        Cipher::Block(block) => {
            let mac = builder.suite.map_or(0, |suite| suite.hash.length());
            let behind = builder.handshake.encrypt_then_mac;
            let sealed = record.payload.len().saturating_sub(mac);
            let length = if behind { u16::try_from(sealed).unwrap_or(u16::MAX) } else { length };
            let start = cbc_iv(builder, depth, keys.iv, record, block.block_length());
            let with_version = builder.version != ProtocolVersion::SSL3;
            let beside = authenticated(depth, "MAC input", record, length, with_version);
            Protection {
                start: Some(start),
                beside: Some(beside),
                tag: behind.then(|| tag(&record.payload, mac)).flatten(),
            }
        }
        Cipher::Rc4 | Cipher::Null => {
            let with_version = builder.version != ProtocolVersion::SSL3;
            Protection {
                start: None,
                beside: Some(authenticated(depth, "MAC input", record, length, with_version)),
                tag: None,
            }
        }
    }
}

fn tag(payload: &[u8], length: usize) -> Option<Vec<u8>> {
    payload.get(payload.len().checked_sub(length)?..).map(<[u8]>::to_vec)
}

/// The IV with the sequence number over its end (RFC 8446 5.3, RFC 7905 2).
fn counted_nonce(builder: &Builder<'_>, depth: u8, iv: Option<NodeId>, sequence: u64) -> Node {
    let padded = [[0; 4].as_slice(), &sequence.to_be_bytes()].concat();
    let value = iv.and_then(|iv| builder.value(iv));
    let nonce = value.map(|iv| iv.iter().zip(&padded).map(|(iv, with)| iv ^ with).collect::<Vec<u8>>());
    let mut inputs: Vec<_> = iv.map(|iv| Input { name: "IV", value: InputValue::Node(iv) }).into_iter().collect();
    inputs.push(Input { name: "sequence number", value: InputValue::Bytes(padded) });
    // Whoever sees the nonce can take the number off again, and has the IV.
    let output = builder.output(nonce, None, &inputs);
    Node { is_secret: true, ..node(depth, "nonce", Operation::Xor, inputs, output) }
}

/// Four bytes of the key block and eight of the record (RFC 5288 3, RFC 6655 3).
fn explicit_nonce(builder: &Builder<'_>, depth: u8, iv: Option<NodeId>, explicit: &[u8]) -> Node {
    let value = iv.and_then(|iv| builder.value(iv));
    let nonce = value.map(|iv| [iv, explicit].concat());
    let mut inputs: Vec<_> = iv.map(|iv| Input { name: "salt", value: InputValue::Node(iv) }).into_iter().collect();
    inputs.push(Input { name: "nonce_explicit", value: InputValue::Bytes(explicit.to_vec()) });
    let output = builder.output(nonce, None, &inputs);
    Node { is_secret: true, ..node(depth, "nonce", Operation::Concatenation, inputs, output) }
}

/// From TLS 1.1 on the record's own first block; before, what stood before it (RFC 2246 6.2.3.2, RFC 4346 6.2.3.2).
fn cbc_iv(builder: &Builder<'_>, depth: u8, iv: Option<NodeId>, record: &RecordAt, block: usize) -> Node {
    let text = |text: &str| vec![Input { name: "from", value: InputValue::Text(text.to_owned()) }];
    let chained = record.place.before.and_then(|before| tag(&before, block));
    let (inputs, output) = match (builder.version >= ProtocolVersion::TLS11, iv, chained) {
        (true, ..) => {
            let own = record.payload.get(..block).unwrap_or_default().to_vec();
            (text("the first block of the record itself, in clear"), public(own))
        }
        (false, _, Some(before)) => (text("the last block of the record before it"), public(before)),
        (false, Some(iv), None) => {
            let inputs = vec![Input { name: "the first record's IV", value: InputValue::Node(iv) }];
            let output = builder.output(builder.value(iv).map(<[u8]>::to_vec), None, &inputs);
            return Node { is_secret: true, ..node(depth, "IV of the record", Operation::Input, inputs, output) };
        }
        (false, None, None) => (Vec::new(), Output::Unknown("the record before it was not captured".to_owned())),
    };
    node(depth, "IV of the record", Operation::Input, inputs, output)
}

/// Number, type, version and length, of which no byte but the length is written as it is (RFC 5246 6.2.3.1, 6.2.3.3).
fn authenticated(depth: u8, name: &str, record: &RecordAt, length: u16, with_version: bool) -> Node {
    let Header { content_type, version, .. } = record.header;
    let number = record.place.sequence.to_be_bytes();
    let bytes = bytes_of(Header { length, ..record.header });
    let [kind, major, minor, high, low] = bytes;
    let mut value = number.to_vec();
    value.push(kind);
    if with_version {
        value.extend([major, minor]);
    }
    value.extend([high, low]);
    let mut inputs = vec![
        Input { name: "seq_num", value: InputValue::Text(record.place.sequence.to_string()) },
        Input { name: "type", value: InputValue::Text(content_type.to_string()) },
    ];
    if with_version {
        inputs.push(Input { name: "version", value: InputValue::Text(version.to_string()) });
    }
    inputs.push(Input { name: "length", value: InputValue::Text(format!("{length} bytes of content")) });
    node(depth, name, Operation::Concatenation, inputs, public(value))
}

/// The header of the record as it was on the wire (RFC 8446 5.2).
fn header_alone(depth: u8, header: Header) -> Node {
    let inputs = vec![
        Input { name: "opaque_type", value: InputValue::Text(header.content_type.to_string()) },
        Input { name: "legacy_record_version", value: InputValue::Text(header.version.to_string()) },
        Input {
            name: "length",
            value: InputValue::Text(format!("{} bytes with type, padding and tag", header.length)),
        },
    ];
    node(depth, "additional_data", Operation::Concatenation, inputs, public(bytes_of(header).to_vec()))
}
