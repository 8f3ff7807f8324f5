//! Cutting what crosses the wire into lines, records and the messages in them, and putting it together again.

use super::{Carries, Crossing, Piece, Way};
use crate::base::{BufferId, Reader, Tree};
use crate::tls::code::{ContentType, HandshakeType, ProtocolVersion};
use crate::tls::handshake::{self, Cache, Context, Message as Facts, Role};
use crate::tls::record::{Header, MAX_CIPHERTEXT};

/// Length of the header of a handshake message: type and length.
pub(super) const MESSAGE_HEADER: usize = 4;

/// A handshake message that says to be longer than this is none that anybody waits for.
const MAX_MESSAGE: usize = 1 << 18;

/// One flight or a part of it, cut into what can be told apart on the way.
#[derive(Clone, Debug, Default)]
pub(super) struct Flight {
    /// In the order of the wire.
    pub(super) units: Vec<Unit>,
    /// The messages that can be read, in their order; parts of records point here.
    pub(super) messages: Vec<MessageName>,
    /// A unit that waits for the one behind it, which has not come yet.
    pub(super) waiting: Option<Unit>,
}

/// A handshake message by its name.
#[derive(Clone, Debug)]
pub(super) struct MessageName {
    pub(super) name: String,
    /// What had to be known to read it.
    pub(super) context: Context,
}

/// Something that is delivered as a whole.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// Its place in the flight as it was sent; `None` for what somebody on the wire made.
    pub(super) id: Option<usize>,
    pub(super) body: Body,
    pub(super) delay_ms: u32,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    /// A line of plain text with its end.
    Line(Vec<u8>),
    /// A record.
    Record(Record),
    /// Bytes that are neither.
    Raw(Vec<u8>),
}

/// A record, which may have been changed.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) header: [u8; 5],
    pub(super) parts: Vec<Part>,
    pub(super) kind: RecordKind,
}

/// Bytes of the content of a record that belong together.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// The message that they are of, by its place in [`Flight::messages`].
    pub(super) message: Option<usize>,
    pub(super) bytes: Vec<u8>,
}

/// What can be told about a record on the way, or is known of its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecordKind {
    /// Handshake messages that can be read.
    Handshake,
    /// The encrypted Finished behind ChangeCipherSpec: its place gives it away.
    EncryptedFinished,
    /// Anything else that is encrypted and nothing of the application's.
    Encrypted,
    /// Application data.
    ApplicationData,
    /// An alert, readable or not.
    Alert {
        /// Whether it is encrypted.
        encrypted: bool,
    },
    /// ChangeCipherSpec.
    ChangeCipherSpec,
    /// Some other type.
    Other,
}

impl RecordKind {
    /// Whether the content is encrypted.
    pub(super) fn is_encrypted(self) -> bool {
        matches!(
            self,
            Self::EncryptedFinished | Self::Encrypted | Self::ApplicationData | Self::Alert { encrypted: true }
        )
    }
}

impl Record {
    pub(super) fn content(&self) -> Vec<u8> {
        self.parts.iter().flat_map(|part| part.bytes.iter().copied()).collect()
    }

    pub(super) fn length(&self) -> usize {
        self.parts.iter().map(|part| part.bytes.len()).sum()
    }

    /// Writes the length of the content into the header.
    pub(super) fn mend(&mut self) {
        let length = u16::try_from(self.length()).unwrap_or(u16::MAX);
        let [content_type, major, minor, ..] = self.header;
        let [high, low] = length.to_be_bytes();
        self.header = [content_type, major, minor, high, low];
    }

    /// A record with the same header and other content.
    pub(super) fn with(&self, parts: Vec<Part>) -> Self {
        let mut record = Self { header: self.header, parts, kind: self.kind };
        record.mend();
        record
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.header.to_vec();
        bytes.extend(self.content());
        bytes
    }
}

impl Unit {
    pub(super) fn made(body: Body, delay_ms: u32) -> Self {
        Self { id: None, body, delay_ms }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        match &self.body {
            Body::Line(bytes) | Body::Raw(bytes) => bytes.clone(),
            Body::Record(record) => record.bytes(),
        }
    }

    pub(super) fn record(&self) -> Option<&Record> {
        match &self.body {
            Body::Record(record) => Some(record),
            _ => None,
        }
    }

    pub(super) fn record_mut(&mut self) -> Option<&mut Record> {
        match &mut self.body {
            Body::Record(record) => Some(record),
            _ => None,
        }
    }
}

impl Flight {
    /// Cuts what crosses, together with what was held back before it. What is not whole yet is held back.
    pub(super) fn cut(crossing: &Crossing<'_>, holds_lines: bool, way: &mut Way, context: &mut Context) -> Self {
        let mut flight = Self::default();
        let mut bytes = std::mem::take(&mut way.held);
        let is_plain = crossing.carries == Carries::Plain;
        if way.held_is_plain != is_plain && !bytes.is_empty() {
            // What was begun in one form does not go on in the other.
            flight.push(Body::Raw(std::mem::take(&mut bytes)));
        }
        way.held_is_plain = is_plain;
        bytes.extend_from_slice(crossing.bytes);
        if is_plain {
            way.held = flight.cut_lines(&bytes, holds_lines);
        } else {
            way.held = flight.cut_records(&bytes, crossing.carries, way, context);
        }
        for (id, unit) in flight.units.iter_mut().enumerate() {
            unit.id = Some(id);
        }
        flight
    }

    /// What is delivered. Nothing overtakes what is late: TCP keeps the order.
    pub(super) fn into_pieces(self) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for unit in self.units {
            let mut bytes = unit.bytes();
            let late = pieces.last().map_or(0, |piece| piece.delay_ms).max(unit.delay_ms);
            match pieces.last_mut().filter(|piece| piece.delay_ms == late) {
                Some(piece) => piece.bytes.append(&mut bytes),
                None => pieces.push(Piece { bytes, delay_ms: late }),
            }
        }
        pieces.retain(|piece| !piece.bytes.is_empty());
        pieces
    }

    /// Lets a unit of an earlier flight go behind the first one of this flight, and keeps the one that waits now.
    pub(super) fn put_back(&mut self, swapped: &mut Option<Unit>) {
        if !self.units.is_empty()
            && let Some(mut unit) = swapped.take()
        {
            unit.id = None;
            self.units.insert(1, unit);
        }
        if let Some(waiting) = self.waiting.take() {
            *swapped = Some(waiting);
        }
    }

    /// All bytes of a message.
    pub(super) fn message(&self, id: usize) -> Vec<u8> {
        let records = self.units.iter().filter_map(Unit::record);
        let parts = records.flat_map(|record| &record.parts).filter(|part| part.message == Some(id));
        parts.flat_map(|part| part.bytes.iter().copied()).collect()
    }

    fn push(&mut self, body: Body) {
        self.units.push(Unit::made(body, 0));
    }

    /// Gives back the line that has not ended yet, where somebody waits for lines.
    fn cut_lines(&mut self, bytes: &[u8], holds: bool) -> Vec<u8> {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if holds && !line.ends_with(b"\n") {
                return line.to_vec();
            }
            self.push(Body::Line(line.to_vec()));
        }
        Vec::new()
    }

    /// Gives back the records whose last message is not whole yet, or the record that is not.
    fn cut_records(&mut self, bytes: &[u8], carries: Carries, way: &mut Way, context: &mut Context) -> Vec<u8> {
        let mut rest = bytes;
        while !rest.is_empty() {
            if is_no_record(rest) {
                self.push(Body::Raw(rest.to_vec()));
                return Vec::new();
            }
            let Some((record, behind)) = split_record(rest) else { return rest.to_vec() };
            if record.header.first() == Some(&ContentType::HANDSHAKE.0) && !way.protected {
                let Some((records, behind)) = whole_messages(rest) else { return rest.to_vec() };
                self.handshake(records, way, context);
                rest = behind;
                continue;
            }
            self.other_record(record, carries, way, context);
            rest = behind;
        }
        Vec::new()
    }

    fn other_record(&mut self, mut record: Record, carries: Carries, way: &mut Way, context: &Context) {
        let [content_type, ..] = record.header;
        let is_tls13 = context.version.is_some_and(ProtocolVersion::is_tls13);
        let is_old = context.version.is_some() && !is_tls13;
        record.kind = match ContentType(content_type) {
            ContentType::CHANGE_CIPHER_SPEC => {
                // In TLS 1.3 it means nothing, and before a ServerHello it can only be that of TLS 1.3.
                way.protected |= is_old;
                RecordKind::ChangeCipherSpec
            }
            ContentType::HANDSHAKE if !way.finished => {
                way.finished = true;
                RecordKind::EncryptedFinished
            }
            ContentType::HANDSHAKE => RecordKind::Encrypted,
            ContentType::ALERT => RecordKind::Alert { encrypted: way.protected },
            ContentType::APPLICATION_DATA if is_old => RecordKind::ApplicationData,
            ContentType::APPLICATION_DATA => match carries {
                Carries::ApplicationData => RecordKind::ApplicationData,
                Carries::Alert => RecordKind::Alert { encrypted: true },
                Carries::Handshake | Carries::Plain => RecordKind::Encrypted,
            },
            _ => RecordKind::Other,
        };
        way.has_encrypted |= record.kind.is_encrypted();
        self.push(Body::Record(record));
    }

    /// Records of readable handshake messages that end with the last of them.
    fn handshake(&mut self, records: Vec<Record>, way: &mut Way, context: &mut Context) {
        let content: Vec<u8> = records.iter().flat_map(Record::content).collect();
        let first = self.messages.len();
        let mut ends = Vec::new();
        let mut at = 0;
        while let Some(message) = content.get(at..).filter(|rest| !rest.is_empty()) {
            let length = message_length(message).unwrap_or(message.len()).min(message.len());
            let name = learn(message.get(..length).unwrap_or_default(), way, context);
            self.messages.push(MessageName { name, context: Context { sender: way.role, ..*context } });
            at += length;
            ends.push(at);
        }
        let mut position = 0;
        for record in records {
            let whole = record.content();
            let (mut parts, mut rest) = (Vec::new(), whole.as_slice());
            while !rest.is_empty() {
                let index = ends.partition_point(|end| *end <= position);
                let left = ends.get(index).map_or(rest.len(), |end| end - position).min(rest.len());
                let (part, behind) = rest.split_at(left);
                parts.push(Part { message: Some(first + index), bytes: part.to_vec() });
                position += left;
                rest = behind;
            }
            self.push(Body::Record(Record { header: record.header, parts, kind: RecordKind::Handshake }));
        }
    }
}

/// Reads what everybody on the way can read of a message, and gives its name.
fn learn(message: &[u8], way: &mut Way, context: &mut Context) -> String {
    let Some((&kind, _)) = message.split_first() else { return String::new() };
    let kind = HandshakeType(kind);
    let body = Reader::new(message.get(MESSAGE_HEADER..).unwrap_or_default(), BufferId(0));
    if kind == HandshakeType::CLIENT_HELLO {
        way.role = Some(Role::Client);
    }
    if kind == HandshakeType::SERVER_HELLO {
        way.role = Some(Role::Server);
        if let Facts::ServerHello(hello) = handshake::read(kind, body, context, &mut Cache::new(), &mut Tree::off()) {
            context.version = Some(hello.version());
            context.cipher_suite = hello.cipher_suite;
            if hello.is_hello_retry_request {
                return "HelloRetryRequest".to_owned();
            }
        }
    }
    kind.title().map_or_else(|| format!("handshake message of type {}", kind.0), str::to_owned)
}

/// Whether bytes that begin so can be no record, however many more come.
fn is_no_record(bytes: &[u8]) -> bool {
    match Header::read(&mut Reader::new(bytes, BufferId(0))) {
        Some(header) => !(20..=24).contains(&header.content_type.0) || header.length > MAX_CIPHERTEXT,
        None => bytes.first().is_some_and(|first| !(20..=24).contains(first)),
    }
}

/// The first record of `bytes`, and what stands behind it; `None` when it is not whole.
fn split_record(bytes: &[u8]) -> Option<(Record, &[u8])> {
    let (header, rest) = bytes.split_first_chunk::<5>()?;
    let [_, _, _, high, low] = *header;
    let length = usize::from(u16::from_be_bytes([high, low]));
    let (content, behind) = rest.split_at_checked(length)?;
    let parts = vec![Part { message: None, bytes: content.to_vec() }];
    Some((Record { header: *header, parts, kind: RecordKind::Other }, behind))
}

/// Records of handshake messages up to the end of one in which a message ends too; `None` when more must come.
fn whole_messages(bytes: &[u8]) -> Option<(Vec<Record>, &[u8])> {
    let (mut records, mut content, mut rest) = (Vec::new(), Vec::new(), bytes);
    loop {
        let (record, behind) = split_record(rest)?;
        if record.header.first() != Some(&ContentType::HANDSHAKE.0) {
            // Something else came in between: what there is of the message stays what it is.
            return Some((records, rest));
        }
        content.extend(record.content());
        records.push(record);
        rest = behind;
        let mut left = content.as_slice();
        loop {
            if left.is_empty() {
                return Some((records, rest));
            }
            match message_length(left) {
                Some(length) if length > MAX_MESSAGE => return Some((records, rest)),
                Some(length) if length <= left.len() => left = left.get(length..).unwrap_or_default(),
                _ => break,
            }
        }
    }
}

/// Length of the message that begins here, with its header.
fn message_length(bytes: &[u8]) -> Option<usize> {
    let [_, high, middle, low] = *bytes.first_chunk::<MESSAGE_HEADER>()?;
    Some(MESSAGE_HEADER + u32::from_be_bytes([0, high, middle, low]) as usize)
}
