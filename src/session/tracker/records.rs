//! What becomes of a record: events of the timeline, and messages for the facts.

use super::super::facts::{Event, EventKind};
use super::super::joiner::Joined;
use super::proving::What;
use super::transcript::Added;
use super::{Means, Moment, Tracker};
use crate::base::{BufferId, Group, Reader, Severity, Tree};
use crate::net::Direction;
use crate::tls::code::{AlertDescription, AlertLevel, ContentType, HandshakeType, ProtocolVersion};
use crate::tls::handshake::{Alert, Context, Message, Role, read};
use crate::tls::record::{self, Header, Protection};
use crate::tls::ssl2;

/// How many single application data records of a direction the timeline shows while TLS 1.3 may hide handshake
/// messages in them.
const SINGLE_RECORDS: u32 = 24;

impl Tracker {
    pub(super) fn tls_record(
        &mut self,
        direction: Direction,
        header: Header,
        offset: u64,
        payload: Option<&[u8]>,
        at: Moment,
        means: &mut Means<'_>,
    ) {
        let length = u32::from(header.length);
        match (header.content_type, payload) {
            (ContentType::APPLICATION_DATA, _) => self.application_data(direction, offset, length, at),
            (ContentType::CHANGE_CIPHER_SPEC, _) => self.change_cipher_spec(direction, offset, at),
            (ContentType::HANDSHAKE, Some(payload)) => self.handshake(direction, offset, payload, at, means),
            (ContentType::ALERT, Some(payload)) => self.alert(direction, offset, payload, at),
            (ContentType::HEARTBEAT, Some(payload)) => self.heartbeat(direction, offset, payload, at),
            (content_type, _) => {
                self.side(direction).joiner.lost();
                self.event(direction, offset, at, EventKind::UnknownRecord { content_type, length });
            }
        }
    }

    /// Remarks on the first record that is longer than it may be.
    pub(super) fn check_length(&mut self, direction: Direction, header: Header, at: Moment) {
        const CODE: &str = "tls.record.length";
        let is_protected = header.content_type == ContentType::APPLICATION_DATA || self.side(direction).protected;
        let protection = if is_protected { Protection::Encrypted } else { Protection::Plain };
        let text = record::too_long(header, protection, self.version);
        let text = text.filter(|_| !self.session.notes.iter().any(|note| note.item.code == CODE));
        if let Some(text) = text {
            self.note(at, Severity::Error, Group::Protocol, CODE, text);
        }
    }

    pub(super) fn count_application_data(&mut self, direction: Direction) {
        if let Some(count) = self.session.application_data_records.get_mut(direction.index()) {
            *count += 1;
        }
    }

    fn application_data(&mut self, direction: Direction, offset: u64, length: u32, at: Moment) {
        let tls13 = self.version.is_none_or(ProtocolVersion::is_tls13);
        if let Some(last) = self.session.clues.last_record.get_mut(direction.index()) {
            *last = Some(length);
        }
        let side = self.side(direction);
        let maybe_handshake = tls13 && side.single_records < SINGLE_RECORDS;
        side.single_records += u32::from(maybe_handshake);
        self.add_application_data(direction, offset, length, maybe_handshake, at);
    }

    pub(super) fn add_application_data(
        &mut self,
        direction: Direction,
        offset: u64,
        length: u32,
        maybe_handshake: bool,
        at: Moment,
    ) {
        let bytes = u64::from(length);
        if !maybe_handshake && self.extend_run(direction, bytes, at) {
            return;
        }
        self.event(direction, offset, at, EventKind::ApplicationData { records: 1, bytes, maybe_handshake });
    }

    /// Adds a record to the run of application data at the end of the timeline, when that is where it belongs.
    fn extend_run(&mut self, direction: Direction, more: u64, at: Moment) -> bool {
        let cut = self.session.timeline.len() >= self.limit;
        let decrypted = self.decrypted;
        let of_same = |event: &&mut Event| event.direction == direction && event.decrypted == decrypted;
        let last = if cut {
            let wanted = |event: &Event| {
                event.direction == direction
                    && event.decrypted == decrypted
                    && matches!(event.kind, EventKind::ApplicationData { maybe_handshake: false, .. })
            };
            let found = self.session.timeline.iter().rposition(wanted);
            found.and_then(|index| self.session.timeline.get_mut(index))
        } else {
            self.session.timeline.last_mut().filter(of_same)
        };
        let Some(Event { frame, kind: EventKind::ApplicationData { records, bytes, maybe_handshake: false }, .. }) =
            last
        else {
            return false;
        };
        *records += 1;
        *bytes += more;
        // A run belongs to the frame that brought its last byte, unless that would tear it out of the order.
        if !cut {
            *frame = at.frame;
        }
        true
    }

    pub(super) fn change_cipher_spec(&mut self, direction: Direction, offset: u64, at: Moment) {
        if let Some(count) = self.session.change_cipher_specs.get_mut(direction.index()) {
            *count += 1;
        }
        // In TLS 1.3 the record is there for the eyes of middleboxes only (RFC 8446 D.4).
        if !self.version.is_some_and(ProtocolVersion::is_tls13) {
            self.side(direction).protected = true;
            self.opening.iter_mut().for_each(|opening| opening.change_cipher_spec(direction));
        }
        self.event(direction, offset, at, EventKind::ChangeCipherSpec);
    }

    fn handshake(&mut self, direction: Direction, offset: u64, payload: &[u8], at: Moment, means: &mut Means<'_>) {
        let hello_from = match payload.first() {
            Some(1) => Some(Role::Client),
            Some(2) => Some(Role::Server),
            _ => None,
        };
        let direction = self.learn_roles(direction, hello_from);
        // A client that sends ChangeCipherSpec early (RFC 8446 D.4) may still send a second ClientHello in clear.
        let tls13 = self.version.is_some_and(ProtocolVersion::is_tls13);
        if self.side(direction).protected && !tls13 && !self.unencrypted {
            let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
            self.event(direction, offset, at, EventKind::EncryptedHandshake { length });
            return;
        }
        let payload = if self.side(direction).protected { without_mac(payload) } else { payload };
        self.join(direction, offset, payload, at, means);
    }

    /// Takes the messages of a handshake record that can be read.
    pub(super) fn join(
        &mut self,
        direction: Direction,
        offset: u64,
        payload: &[u8],
        at: Moment,
        means: &mut Means<'_>,
    ) {
        let mut joiner = std::mem::take(&mut self.side(direction).joiner);
        joiner.push(offset, payload, |joined| match joined {
            Joined::Message { kind, body, offset, at: place, after_loss } => {
                let around = Around { direction, kind, offset, place, after_loss };
                self.message(&around, body, at, means);
            }
            Joined::Unreadable { offset, length } => {
                self.event(direction, offset, at, EventKind::EncryptedHandshake { length });
            }
        });
        self.side(direction).joiner = joiner;
    }

    fn message(&mut self, around: &Around, body: &[u8], at: Moment, means: &mut Means<'_>) {
        let Around { direction, kind, offset, place, after_loss } = *around;
        let context = self.context(direction);
        let mut tree = Tree::off();
        let message = read(kind, Reader::new(body, BufferId(0)), &context, means.cache, &mut tree);
        for note in tree.take_notes() {
            self.keep_note(at, note);
        }
        self.side(direction).readable_messages += 1;
        match kind.0 {
            1 => (self.key_exchanged, self.new_ticket) = (false, Vec::new()),
            16 => self.key_exchanged = true,
            _ => {}
        }
        self.session.handshake_started.get_or_insert(at.time);
        // Tickets and new handshakes come behind the two Finished; without keys they are not seen.
        if !self.sides.iter().all(|side| side.finished) {
            self.session.handshake_ended = Some(at.time);
        }
        self.side(direction).finished |= kind.0 == 20;
        let summary = super::super::summary::of(&message);
        let mark = self.follow(&Added::of(direction, kind, body, &message, after_loss), &message);
        let what = What::of(&message, body);
        self.learn(direction, message, at);
        self.prove(direction, what, mark, at, means);
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        self.event(direction, offset, at, EventKind::Handshake { kind, length, at: place, summary });
    }

    /// What a reader of the next message in this direction has to know.
    #[must_use]
    pub fn context(&self, direction: Direction) -> Context {
        let sender = Some(if direction == Direction::ToServer { Role::Client } else { Role::Server });
        Context { version: self.version, cipher_suite: self.session.cipher_suite, sender }
    }

    fn alert(&mut self, direction: Direction, offset: u64, payload: &[u8], at: Moment) {
        let tls13 = self.version.is_some_and(ProtocolVersion::is_tls13);
        let readable = !self.side(direction).protected || tls13;
        match *payload {
            [level, description, ..] if self.unencrypted || (readable && payload.len() == 2) => {
                let alert = Alert { level: AlertLevel(level), description: AlertDescription(description) };
                self.event(direction, offset, at, EventKind::Alert(alert));
            }
            _ => {
                let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
                self.event(direction, offset, at, EventKind::EncryptedAlert { length });
            }
        }
    }

    pub(super) fn heartbeat(&mut self, direction: Direction, offset: u64, payload: &[u8], at: Moment) {
        let encrypted = self.side(direction).protected && !self.decrypted;
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        self.event(direction, offset, at, EventKind::Heartbeat { length, encrypted });
        if encrypted {
            return;
        }
        let mut reader = Reader::new(payload, BufferId(0));
        let mut tree = Tree::off();
        record::heartbeat(&mut reader, &mut tree);
        for note in tree.take_notes() {
            self.keep_note(at, note);
        }
    }

    pub(super) fn ssl2_record(
        &mut self,
        direction: Direction,
        offset: u64,
        record: Option<&[u8]>,
        at: Moment,
        means: &mut Means<'_>,
    ) {
        let Some(record) = record else { return };
        let encrypted = self.ssl2_encrypted;
        let mut tree = Tree::off();
        let Some(read) = ssl2::read(&mut Reader::new(record, BufferId(0)), encrypted, &mut tree) else { return };
        let length = u32::from(read.header.length);
        let Some(kind) = read.kind else {
            self.event(direction, offset, at, EventKind::EncryptedHandshake { length });
            return;
        };
        let hello_from = match kind.0 {
            1 => Some(Role::Client),
            4 => Some(Role::Server),
            _ => None,
        };
        let direction = self.learn_roles(direction, hello_from);
        self.session.handshake_started.get_or_insert(at.time);
        self.session.handshake_ended = Some(at.time);
        self.side(direction).readable_messages += 1;
        // Behind the client's key everything is encrypted, in both directions.
        self.ssl2_encrypted |= kind.0 == 2;
        if let Some(der) = read.certificate.filter(|span| !span.is_empty()) {
            let der = Reader::new(der.of(record), BufferId(0));
            let certificate = means.cache.certificate(der, &mut tree);
            match direction {
                Direction::ToServer => self.session.client_certificates = vec![certificate],
                Direction::ToClient => self.session.server_certificates = vec![certificate],
            }
        }
        for note in tree.take_notes() {
            self.keep_note(at, note);
        }
        // The type is that of a message of SSL 2, whatever comes of the hello.
        self.event(direction, offset, at, EventKind::Ssl2 { kind: kind.0, length });
        if let Some(message) = read.message {
            // A hello of SSL 2 may lead to a handshake of TLS, in which it counts without its header (RFC 5246 E.2).
            let bytes = record.get(usize::from(read.header.size)..).unwrap_or_default();
            let added = Added { bare: true, ..Added::of(direction, HandshakeType(kind.0), bytes, &message, false) };
            if matches!(message, Message::ClientHello(_)) {
                self.follow(&added, &message);
            }
            self.learn(direction, message, at);
        }
    }
}

/// The coordinates of one message.
struct Around {
    direction: Direction,
    kind: HandshakeType,
    /// Offset in the stream of the header of its first record.
    offset: u64,
    /// Where in that record's payload it begins.
    place: u32,
    after_loss: bool,
}

/// The handshake message that a record with a MAC at its end holds: the message says its length.
fn without_mac(payload: &[u8]) -> &[u8] {
    let [_, high, middle, low, ..] = *payload else { return payload };
    let length = 4 + u32::from_be_bytes([0, high, middle, low]) as usize;
    payload.get(..length).unwrap_or(payload)
}
