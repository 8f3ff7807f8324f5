//! From the records of a connection, in the order in which they arrived, to the facts of a session.

use super::facts::{
    Event, EventKind, FrameNumber, Kind, Located, Outcome, Prelude, RolesFrom, Session, StreamId, Timestamp,
    TransportFacts,
};
use super::joiner::{Joined, Joiner};
use super::outcome;
use crate::base::{BufferId, Group, Note, Reader, Severity, Tree};
use crate::net::{Direction, Endpoint};
use crate::tls::code::{AlertDescription, AlertLevel, CipherSuite, ContentType, HandshakeType, ProtocolVersion};
use crate::tls::handshake::{Alert, Cache, Context, Message, Role, read};
use crate::tls::record::{self, Header};
use crate::tls::ssl2;
use crate::tls::stream::Record;
use std::sync::Arc;

/// How many notes a session keeps; a broken stream would make one for each record.
const MAX_NOTES: usize = 64;
/// How many hellos of a side a session keeps. A session has one or two, and two more for each renegotiation.
const MAX_HELLOS: usize = 64;
/// How many single application data records of a direction the timeline shows while TLS 1.3 may hide handshake
/// messages in them.
const SINGLE_RECORDS: u32 = 24;

/// How much of a session is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimelineLimit(pub usize);

/// When something arrived.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// In which frame.
    pub frame: FrameNumber,
    /// When.
    pub time: Timestamp,
}

/// Builds a [`Session`] from what happens on a stream.
#[derive(Debug)]
pub struct Tracker {
    session: Session,
    sides: [Side; 2],
    limit: usize,
    /// Version and suite of the latest ServerHello, by which later messages are read.
    version: Option<ProtocolVersion>,
    /// Whether the caller's client turned out to be the server.
    flipped: bool,
    /// Whether the suite leaves records in the clear: they only get a MAC at their end.
    unencrypted: bool,
    ssl2_encrypted: bool,
}

/// What is known of one direction.
#[derive(Debug, Default)]
struct Side {
    /// Whether everything from here on is encrypted: ChangeCipherSpec was sent (up to TLS 1.2).
    protected: bool,
    joiner: Joiner,
    readable_messages: u32,
    single_records: u32,
}

impl Tracker {
    /// A session on `stream` of which nothing is known but its ends.
    #[must_use]
    pub fn new(
        stream: StreamId,
        kind: Kind,
        client: Endpoint,
        server: Endpoint,
        at: Moment,
        limit: TimelineLimit,
    ) -> Self {
        Self {
            session: Session {
                number: 0,
                stream,
                kind,
                client,
                server,
                roles_from: RolesFrom::Ports,
                first_frame: at.frame,
                last_frame: at.frame,
                stream_first_frame: at.frame,
                frames: 0,
                bytes: [0; 2],
                started: at.time,
                ended: at.time,
                handshake_started: None,
                handshake_ended: None,
                prelude: None,
                client_hellos: Vec::new(),
                server_hellos: Vec::new(),
                version: None,
                cipher_suite: None,
                group: None,
                server_signature_scheme: None,
                alpn: None,
                server_certificates: Vec::new(),
                client_certificates: Vec::new(),
                certificate_request: None,
                client_certificate_sent: None,
                ocsp_response: None,
                resumed: None,
                new_session_tickets: 0,
                change_cipher_specs: [0; 2],
                application_data_records: [0; 2],
                // A handshake has about this many events; growing step by step would copy them four times.
                timeline: Vec::with_capacity(16),
                timeline_cut: false,
                outcome: Outcome::Incomplete,
                transport: TransportFacts::default(),
                notes: Vec::new(),
            },
            sides: [Side::default(), Side::default()],
            limit: limit.0,
            version: None,
            flipped: false,
            unencrypted: false,
            ssl2_encrypted: false,
        }
    }

    /// The session so far. Its outcome is up to date only after [`close`](Self::close).
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// One more frame of the stream, with this many new bytes of payload.
    #[inline]
    pub fn frame(&mut self, direction: Direction, bytes: u64, at: Moment) {
        let direction = self.toward(direction);
        self.session.frames += 1;
        self.session.last_frame = at.frame;
        self.session.ended = at.time;
        if let Some(count) = self.session.bytes.get_mut(direction.index()) {
            *count += bytes;
        }
    }

    /// What the transport tells of itself, in the caller's directions.
    pub fn transport(&mut self, facts: &TransportFacts) {
        let (fin, reset) = (self.session.transport.fin, self.session.transport.reset);
        self.session.transport = TransportFacts { fin, reset, ..facts.clone() };
        if self.flipped {
            self.session.transport.missing.reverse();
        }
    }

    /// Gives the session its number.
    pub fn number(&mut self, number: u32) {
        self.session.number = number;
    }

    /// Says how client and server were told apart before a hello was seen.
    pub fn roles_from(&mut self, how: RolesFrom) {
        if self.session.roles_from != RolesFrom::Hello {
            self.session.roles_from = how;
        }
    }

    /// Says which frame was the first of the stream, and when it came.
    pub fn stream_began(&mut self, at: Moment, frames: u32) {
        self.session.stream_first_frame = at.frame;
        self.session.started = at.time;
        self.session.frames = frames;
    }

    /// How far the stream has come: its last frame, its frames, and its payload bytes in the caller's directions.
    pub fn stream_so_far(&mut self, last: Moment, frames: u32, bytes: [u64; 2]) {
        self.session.last_frame = last.frame;
        self.session.ended = last.time;
        self.session.frames = frames;
        self.session.bytes = bytes;
        if self.flipped {
            self.session.bytes.reverse();
        }
    }

    /// The session as it stands, with its outcome.
    #[must_use]
    pub fn snapshot(&self) -> Session {
        let mut session = self.session.clone();
        session.timeline.sort_by_key(|event| event.frame);
        session.outcome = outcome::of(&session);
        session.resumed = outcome::resumed(&session);
        session
    }

    /// Ends the session and gives it away.
    #[must_use]
    pub fn close(mut self) -> Session {
        // A hole is given up late, so that what stood behind it is read after younger packets of the other side.
        self.session.timeline.sort_by_key(|event| event.frame);
        self.session.outcome = outcome::of(&self.session);
        self.session.resumed = outcome::resumed(&self.session);
        self.session
    }

    /// Says what was spoken before TLS began.
    pub fn prelude(&mut self, mut prelude: Prelude) {
        if self.flipped {
            prelude.bytes.reverse();
            for line in &mut prelude.lines {
                line.direction = line.direction.reverse();
            }
        }
        self.session.prelude = Some(Arc::new(prelude));
    }

    /// A record has come to its end.
    pub fn record(&mut self, direction: Direction, record: Record<'_>, at: Moment, cache: &mut Cache) {
        let direction = self.toward(direction);
        match record {
            Record::Tls { header, offset, payload, complete } => {
                if header.content_type == ContentType::APPLICATION_DATA && complete {
                    self.count_application_data(direction);
                }
                self.tls_record(direction, header, offset, payload, at, cache);
            }
            Record::Ssl2 { offset, record } => self.ssl2_record(direction, offset, record, at, cache),
            Record::Other { offset } => {
                self.event(direction, offset, at, EventKind::NotTls { bytes: 0 });
                self.note(at, Severity::Warn, Group::Malformed, "tls.record", "a TLS record should begin here".into());
            }
        }
    }

    /// Bytes came that are no TLS, in a direction in which TLS has not begun.
    pub fn not_tls(&mut self, direction: Direction, offset: u64, bytes: u64, at: Moment) {
        let direction = self.toward(direction);
        let runs_on =
            |event: &&mut Event| event.direction == direction && matches!(event.kind, EventKind::NotTls { .. });
        if let Some(Event { kind: EventKind::NotTls { bytes: sum }, .. }) =
            self.session.timeline.last_mut().filter(runs_on)
        {
            *sum += bytes;
            return;
        }
        self.event(direction, offset, at, EventKind::NotTls { bytes });
        let text = "an answer that is not TLS, where a record should begin".to_owned();
        self.note(at, Severity::Warn, Group::Protocol, "tls.answer", text);
    }

    /// Bytes of the stream were not captured.
    pub fn gap(&mut self, direction: Direction, offset: u64, bytes: u64, at: Moment) {
        let direction = self.toward(direction);
        self.side(direction).joiner.lost();
        self.event(direction, offset, at, EventKind::Gap { bytes });
        let text = format!("{bytes} bytes of the stream were not captured");
        self.note(at, Severity::Warn, Group::Sequence, "tcp.gap", text);
    }

    /// The sender closed its direction.
    pub fn fin(&mut self, direction: Direction, offset: u64, at: Moment) {
        let direction = self.toward(direction);
        if self.session.transport.fin.is_none() {
            self.session.transport.fin = Some(direction);
        }
        self.event(direction, offset, at, EventKind::Fin);
    }

    /// The sender reset the connection.
    pub fn reset(&mut self, direction: Direction, offset: u64, at: Moment) {
        let direction = self.toward(direction);
        if self.session.transport.reset.is_none() {
            self.session.transport.reset = Some(direction);
            self.event(direction, offset, at, EventKind::Reset);
        }
    }

    /// Makes a note about the session.
    pub fn note(&mut self, at: Moment, severity: Severity, group: Group, code: &'static str, text: String) {
        self.keep_note(at, Note { severity, group, code, text: text.into(), span: None });
    }

    fn keep_note(&mut self, at: Moment, note: Note) {
        let kept = self.session.notes.len();
        if kept < MAX_NOTES {
            self.session.notes.push(Located { frame: at.frame, item: note });
        } else if kept == MAX_NOTES {
            let text = "there are more remarks about this session; they are left out".into();
            let item = Note { severity: Severity::Note, group: note.group, code: "session.notes", text, span: None };
            self.session.notes.push(Located { frame: at.frame, item });
        }
    }

    fn side(&mut self, direction: Direction) -> &mut Side {
        let [to_server, to_client] = &mut self.sides;
        match direction {
            Direction::ToServer => to_server,
            Direction::ToClient => to_client,
        }
    }

    fn event(&mut self, direction: Direction, offset: u64, at: Moment, kind: EventKind) {
        let Moment { frame, time } = at;
        if self.session.timeline.len() >= self.limit {
            self.session.timeline_cut = true;
            return;
        }
        self.session.timeline.push(Event { frame, time, direction, offset, kind });
    }

    fn tls_record(
        &mut self,
        direction: Direction,
        header: Header,
        offset: u64,
        payload: Option<&[u8]>,
        at: Moment,
        cache: &mut Cache,
    ) {
        let length = u32::from(header.length);
        match (header.content_type, payload) {
            (ContentType::APPLICATION_DATA, _) => self.application_data(direction, offset, length, at),
            (ContentType::CHANGE_CIPHER_SPEC, _) => self.change_cipher_spec(direction, offset, at),
            (ContentType::HANDSHAKE, Some(payload)) => self.handshake(direction, offset, payload, at, cache),
            (ContentType::ALERT, Some(payload)) => self.alert(direction, offset, payload, at),
            (ContentType::HEARTBEAT, Some(payload)) => self.heartbeat(direction, offset, payload, at),
            (content_type, _) => {
                self.side(direction).joiner.lost();
                self.event(direction, offset, at, EventKind::UnknownRecord { content_type, length });
            }
        }
    }

    fn count_application_data(&mut self, direction: Direction) {
        if let Some(count) = self.session.application_data_records.get_mut(direction.index()) {
            *count += 1;
        }
    }

    fn application_data(&mut self, direction: Direction, offset: u64, length: u32, at: Moment) {
        let tls13 = self.version.is_none_or(ProtocolVersion::is_tls13);
        let side = self.side(direction);
        let maybe_handshake = tls13 && side.single_records < SINGLE_RECORDS;
        side.single_records += u32::from(maybe_handshake);
        let bytes = u64::from(length);
        if !maybe_handshake && self.extend_run(direction, bytes, at) {
            return;
        }
        self.event(direction, offset, at, EventKind::ApplicationData { records: 1, bytes, maybe_handshake });
    }

    /// Adds a record to the run of application data at the end of the timeline, when that is where it belongs.
    fn extend_run(&mut self, direction: Direction, more: u64, at: Moment) -> bool {
        let cut = self.session.timeline.len() >= self.limit;
        let of_same = |event: &&mut Event| event.direction == direction;
        let last = if cut {
            let wanted = |event: &Event| {
                event.direction == direction
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

    fn change_cipher_spec(&mut self, direction: Direction, offset: u64, at: Moment) {
        if let Some(count) = self.session.change_cipher_specs.get_mut(direction.index()) {
            *count += 1;
        }
        // In TLS 1.3 the record is there for the eyes of middleboxes only (RFC 8446 D.4).
        if !self.version.is_some_and(ProtocolVersion::is_tls13) {
            self.side(direction).protected = true;
        }
        self.event(direction, offset, at, EventKind::ChangeCipherSpec);
    }

    fn handshake(&mut self, direction: Direction, offset: u64, payload: &[u8], at: Moment, cache: &mut Cache) {
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
        let mut joiner = std::mem::take(&mut self.side(direction).joiner);
        joiner.push(offset, payload, |joined| match joined {
            Joined::Message { kind, body, offset, at: place } => {
                self.message(direction, kind, body, offset, place, at, cache);
            }
            Joined::Unreadable { offset, length } => {
                self.event(direction, offset, at, EventKind::EncryptedHandshake { length });
            }
        });
        self.side(direction).joiner = joiner;
    }

    #[allow(clippy::too_many_arguments, reason = "the coordinates of one message")]
    fn message(
        &mut self,
        direction: Direction,
        kind: HandshakeType,
        body: &[u8],
        offset: u64,
        place: u32,
        at: Moment,
        cache: &mut Cache,
    ) {
        let context = self.context(direction);
        let mut tree = Tree::off();
        let message = read(kind, Reader::new(body, BufferId(0)), &context, cache, &mut tree);
        for note in tree.take_notes() {
            self.keep_note(at, note);
        }
        self.side(direction).readable_messages += 1;
        self.session.handshake_started.get_or_insert(at.time);
        self.session.handshake_ended = Some(at.time);
        let summary = super::summary::of(&message);
        self.learn(direction, message, at);
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        self.event(direction, offset, at, EventKind::Handshake { kind, length, at: place, summary });
    }

    /// What a reader of the next message in this direction has to know.
    #[must_use]
    pub fn context(&self, direction: Direction) -> Context {
        let sender = Some(if direction == Direction::ToServer { Role::Client } else { Role::Server });
        Context { version: self.version, cipher_suite: self.session.cipher_suite, sender }
    }

    /// The direction as the session counts it, for one as the caller counts it.
    fn toward(&self, direction: Direction) -> Direction {
        if self.flipped { direction.reverse() } else { direction }
    }

    /// Learns from a hello who is the client, and turns everything round where it was taken for the server so far.
    fn learn_roles(&mut self, direction: Direction, hello_from: Option<Role>) -> Direction {
        let Some(role) = hello_from.filter(|_| self.session.roles_from != RolesFrom::Hello) else { return direction };
        self.session.roles_from = RolesFrom::Hello;
        let meant = if role == Role::Client { Direction::ToServer } else { Direction::ToClient };
        if meant != direction {
            self.flip();
        }
        meant
    }

    fn flip(&mut self) {
        self.flipped = !self.flipped;
        self.sides.reverse();
        let session = &mut self.session;
        std::mem::swap(&mut session.client, &mut session.server);
        session.bytes.reverse();
        session.change_cipher_specs.reverse();
        session.application_data_records.reverse();
        session.transport.missing.reverse();
        session.transport.fin = session.transport.fin.map(Direction::reverse);
        session.transport.reset = session.transport.reset.map(Direction::reverse);
        for event in &mut session.timeline {
            event.direction = event.direction.reverse();
        }
        if let Some(prelude) = session.prelude.as_mut().map(Arc::make_mut) {
            prelude.bytes.reverse();
            for line in &mut prelude.lines {
                line.direction = line.direction.reverse();
            }
        }
    }

    fn learn(&mut self, direction: Direction, message: Message, at: Moment) {
        let frame = at.frame;
        match message {
            Message::ClientHello(_) if self.session.client_hellos.len() >= MAX_HELLOS => self.too_many_hellos(at),
            Message::ServerHello(_) if self.session.server_hellos.len() >= MAX_HELLOS => self.too_many_hellos(at),
            Message::ClientHello(hello) => {
                self.session.client_hellos.push(Located { frame, item: Arc::from(hello) });
            }
            Message::ServerHello(hello) => {
                if !hello.is_hello_retry_request && self.session.server_hello().is_none() {
                    self.session.version = Some(hello.version());
                    self.session.cipher_suite = hello.cipher_suite;
                    let name = hello.cipher_suite.and_then(CipherSuite::name);
                    self.unencrypted = name.is_some_and(|name| name.contains("_WITH_NULL_"));
                    self.session.alpn.clone_from(&hello.alpn);
                    self.session.group = hello.key_share_group;
                }
                self.version = Some(hello.version());
                self.session.server_hellos.push(Located { frame, item: Arc::from(hello) });
            }
            Message::EncryptedExtensions(extensions) => {
                if self.session.alpn.is_none() {
                    self.session.alpn = extensions.alpn;
                }
            }
            Message::Certificate(message) => self.learn_certificates(direction, message),
            Message::CertificateRequest(request) => self.session.certificate_request = Some(Arc::new(request)),
            Message::ServerKeyExchange(exchange) => {
                self.session.group = self.session.group.or(exchange.group);
                self.session.server_signature_scheme = exchange.signature_scheme;
            }
            Message::CertificateVerify(verify) if direction == Direction::ToClient => {
                self.session.server_signature_scheme = verify.signature_scheme;
            }
            Message::NewSessionTicket(_) => self.session.new_session_tickets += 1,
            Message::CertificateStatus(status) => self.session.ocsp_response = Some(status.ocsp_response.into()),
            Message::CertificateVerify(_) | Message::Finished(_) | Message::Other(_) => {}
        }
    }

    fn too_many_hellos(&mut self, at: Moment) {
        let text = format!("more than {MAX_HELLOS} hellos of one side; the later ones are not kept");
        self.note(at, Severity::Warn, Group::Reassemble, "session.hellos", text);
    }

    fn learn_certificates(&mut self, direction: Direction, message: crate::tls::handshake::CertificateMessage) {
        if direction == Direction::ToServer {
            let sent = !message.certificates.is_empty() || message.raw_public_key.is_some();
            self.session.client_certificate_sent = Some(sent);
            if self.session.client_certificates.is_empty() {
                self.session.client_certificates = message.certificates;
            }
        } else {
            if self.session.server_certificates.is_empty() {
                self.session.server_certificates = message.certificates;
            }
            if let Some(response) = message.ocsp_response {
                self.session.ocsp_response = Some(response.into());
            }
        }
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

    fn heartbeat(&mut self, direction: Direction, offset: u64, payload: &[u8], at: Moment) {
        let encrypted = self.side(direction).protected;
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

    fn ssl2_record(&mut self, direction: Direction, offset: u64, record: Option<&[u8]>, at: Moment, cache: &mut Cache) {
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
            let certificate = cache.certificate(der, &mut tree);
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
            self.learn(direction, message, at);
        }
    }
}

/// The handshake message that a record with a MAC at its end holds: the message says its length.
fn without_mac(payload: &[u8]) -> &[u8] {
    let [_, high, middle, low, ..] = *payload else { return payload };
    let length = 4 + u32::from_be_bytes([0, high, middle, low]) as usize;
    payload.get(..length).unwrap_or(payload)
}
