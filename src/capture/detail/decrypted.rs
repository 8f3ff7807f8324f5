//! What was encrypted on the wire: the records as they were sent, and what the keys make of them.
//!
//! A record is opened again when somebody looks at it; no plaintext is kept.

use super::{Buffer, Detail, Dissection, MAX_EVENT, STREAM};
use crate::base::{BufferId, Reader, Tree};
use crate::net::Direction;
use crate::session::{Event, EventKind, FrameNumber, OpenedRecord};
use crate::tls::code::ContentType;
use crate::tls::handshake::{Cache, read_with_header};
use crate::tls::record::{self, Decrypted, Header, Protection};

/// The buffer of what the records of an event hold.
const PLAIN: BufferId = BufferId(1);
/// The buffer of a handshake message that was put together from several opened records.
const JOINED: BufferId = BufferId(2);

/// Application data that was opened, as one record brought it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationData {
    /// Which way it went.
    pub direction: Direction,
    /// The frame in which the record's last byte arrived.
    pub frame: FrameNumber,
    /// The data, without padding.
    pub bytes: Vec<u8>,
}

impl Detail {
    /// The application data of the session in the order of the capture, as far as it could be opened: at most `limit`
    /// bytes of it.
    #[must_use]
    pub fn application_data(&self, limit: usize) -> Vec<ApplicationData> {
        let records = |direction: Direction| {
            let records = self.opened.get(direction.index()).map(Vec::as_slice).unwrap_or_default().iter();
            let of_type = records.filter(|record| record.opened.content_type == ContentType::APPLICATION_DATA);
            of_type.map(move |record| (self.frame_of(direction, record), direction, record))
        };
        let mut all: Vec<_> = records(Direction::ToServer).chain(records(Direction::ToClient)).collect();
        // Records of one side keep their order, which is that of the stream.
        all.sort_by_key(|(frame, ..)| *frame);
        let mut left = limit;
        let mut data = Vec::new();
        for (frame, direction, record) in all {
            let Some(bytes) = self.content(direction, record) else { continue };
            let Some(rest) = left.checked_sub(bytes.len()) else { break };
            left = rest;
            data.push(ApplicationData { direction, frame, bytes });
        }
        data
    }

    /// The content of a record, opened again.
    fn content(&self, direction: Direction, record: &OpenedRecord) -> Option<Vec<u8>> {
        let wire = self.stream(direction, record.offset, wire_length(record));
        let mut content = Vec::new();
        record.key.open(record.place, record.header, wire.bytes.get(Header::LENGTH..)?, &mut content)?;
        Some(content)
    }

    /// The frame in which the last byte of a record arrived.
    pub(super) fn frame_of(&self, direction: Direction, record: &OpenedRecord) -> FrameNumber {
        let last = record.offset + u64::from(wire_length(record)).saturating_sub(1);
        let byte = self.stream(direction, last, 1);
        byte.pieces.first().map_or(self.session.last_frame, |piece| piece.frame)
    }

    /// The opened records of an event: those whose contents together reach `wanted` bytes, from its first on.
    fn opened_from(&self, event: &Event, wanted: usize) -> &[OpenedRecord] {
        let all = self.opened.get(event.direction.index()).map(Vec::as_slice).unwrap_or_default();
        let first = all.partition_point(|record| record.offset < event.offset);
        let from = all.get(first..).unwrap_or_default();
        let kind = from.first().map(|record| record.opened.content_type);
        let mut reach = 0;
        let mut count = 0;
        for record in from {
            // A message goes on only in records of its own type.
            if reach >= wanted.max(1) || Some(record.opened.content_type) != kind {
                break;
            }
            reach += record.length as usize;
            count += 1;
        }
        from.get(..count).unwrap_or_default()
    }

    /// The fields of an event that was encrypted: its records on the wire, and what is in them.
    pub(super) fn decrypted(&self, event: &Event) -> Dissection {
        let wanted = match event.kind {
            EventKind::Handshake { length, at, .. } => at as usize + 4 + length as usize,
            _ => 1,
        };
        let records = self.opened_from(event, wanted.min(MAX_EVENT));
        let (Some(first), Some(last)) = (records.first(), records.last()) else { return self.records(event) };
        let length = last.offset + u64::from(wire_length(last)) - first.offset;
        let length = u32::try_from(length).unwrap_or(u32::MAX).min(u32::try_from(MAX_EVENT).unwrap_or(u32::MAX));
        let mut stream = self.stream(event.direction, first.offset, length);
        stream.name = as_sent(records.len());
        let context = self.context(event.direction);
        let mut tree = Tree::on();
        let mut plain = Buffer { name: "Decrypted record".to_owned(), ..Buffer::default() };
        let mut joined = Vec::new();
        for record in records {
            let start = usize::try_from(record.offset - first.offset).unwrap_or(usize::MAX);
            let wire = stream.bytes.get(start..).unwrap_or_default();
            let wire = wire.get(..wire_length(record) as usize).unwrap_or(wire);
            let origin = u32::try_from(start).unwrap_or(u32::MAX);
            record::read_tree(&mut Reader::at(wire, STREAM, origin), Protection::Encrypted, &context, &mut tree);
            let Some(content) = self.content(event.direction, record) else { continue };
            let at = (PLAIN, u32::try_from(plain.bytes.len()).unwrap_or(u32::MAX));
            let OpenedRecord { opened, place, stage, .. } = *record;
            let decrypted = Decrypted { opened, place, stage, content: &content, at };
            decrypted.show(&mut tree, |mut content, tree| {
                record::read_content(opened.content_type, &mut content, tree);
            });
            joined.extend_from_slice(&content);
            plain.bytes.extend(decrypted.plaintext());
        }
        let mut buffers = vec![stream, plain];
        if let EventKind::Handshake { at, .. } = event.kind {
            // The message stands in one record, or is put together from several.
            let (buffer, at) = if records.len() > 1 { (JOINED, 0) } else { (PLAIN, at) };
            joined.truncate(wanted);
            joined.drain(..message_start(event).min(joined.len()));
            read_with_header(Reader::at(&joined, buffer, at), &context, &mut Cache::new(), &mut tree);
            if records.len() > 1 {
                buffers.push(Buffer { name: "Handshake message".to_owned(), bytes: joined, pieces: Vec::new() });
            }
        }
        Dissection { buffers, tree }
    }
}

/// What the bytes of records are called that were protected.
pub(super) fn as_sent(records: usize) -> String {
    if records > 1 { "Records as sent" } else { "Record as sent" }.to_owned()
}

/// Where in the content of its first record the message of an event begins.
fn message_start(event: &Event) -> usize {
    if let EventKind::Handshake { at, .. } = event.kind { at as usize } else { 0 }
}

/// The length of a record with its header.
pub(super) fn wire_length(record: &OpenedRecord) -> u32 {
    u32::from(record.header.length) + u32::try_from(Header::LENGTH).unwrap_or_default()
}
