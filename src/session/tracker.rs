//! From the records of a connection, in the order in which they arrived, to the facts of a session.
//!
//! ```text
//!   record ─┬────────────► records (events of the timeline) ─► message ─┬─► learn (facts, roles)
//!           └─► opening ─►    (what was protected and could be opened)   └─► proving (signatures, Finished, binders)
//! ```

mod known;
mod learn;
mod master;
mod opening;
mod proving;
mod records;
mod stray;
mod traffic;
mod transcript;
mod waiting;

pub(crate) use known::client_random;
pub use opening::OpenedRecord;

use super::Judgement;
use super::facts::{
    Event, EventKind, FrameNumber, Kind, Located, Outcome, Prelude, RolesFrom, Session, StreamId, Timestamp,
    TransportFacts,
};
use super::joiner::Joiner;
use super::listener::Listener;
use super::rule::Verdict;
use super::{Clues, outcome};
use crate::base::{Group, Note, Severity};
use crate::net::{Direction, Endpoint};
use crate::tls::code::{ContentType, ProtocolVersion};
use crate::tls::decrypt::Sealed;
use crate::tls::handshake::Cache;
use crate::tls::record::MAX_PLAINTEXT;
use crate::tls::secrets::{Remembered, Secret, Secrets};
use crate::tls::stream::Record;
use opening::Opening;
use proving::Claim;
use std::sync::Arc;
use transcript::Transcript;

/// How many notes a session keeps; a broken stream would make one for each record.
const MAX_NOTES: usize = 64;

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

/// What reading a record needs from outside.
#[derive(Debug)]
pub struct Means<'a> {
    /// What was read before and comes again.
    pub cache: &'a mut Cache,
    /// The secrets to open protected records with, where there are any.
    pub secrets: Option<&'a Secrets>,
    /// The master secrets of connections that were opened, for those that resume them.
    pub remembered: &'a mut Remembered,
    /// Whether the application data that is opened is to be hashed.
    pub digest: bool,
    /// Whether signatures are checked. One takes as long as reading a whole session without keys.
    pub signatures: bool,
    /// Who hears of each protected record, where somebody does.
    pub listener: Option<&'a mut dyn Listener>,
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
    /// Whether there were secrets when the latest record was read, and whether content was to be hashed.
    given: Option<bool>,
    /// The messages of the handshake, as long as a secret may have to be made or a proof checked with them.
    transcript: Option<Box<Transcript>>,
    /// Proofs that wait for a message of the other side.
    claims: Vec<Claim>,
    /// The traffic secret of the record that is read at the moment, in TLS 1.3.
    sealed_with: Option<Secret>,
    /// Whether the latest handshake has a ClientKeyExchange.
    key_exchanged: bool,
    /// The ticket that the server gave in the latest handshake, up to TLS 1.2.
    new_ticket: Vec<u8>,
    /// What was opened so far; there is none before the first protected record that there are secrets for.
    opening: Option<Box<Opening>>,
    /// Whether what is read at the moment was encrypted on the wire.
    decrypted: bool,
    /// Whether what is needed to open records again is kept.
    keeps_keys: bool,
}

/// What is known of one direction.
#[derive(Debug, Default)]
struct Side {
    /// Whether everything from here on is encrypted: ChangeCipherSpec was sent (up to TLS 1.2).
    protected: bool,
    joiner: Joiner,
    /// Bytes that were not captured since the last record that was to be opened.
    lost: u64,
    /// Whether a Finished could be read.
    finished: bool,
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
                timeline: Vec::with_capacity(24),
                timeline_cut: false,
                decryption: None,
                judgement: Judgement::default(),
                proofs: Vec::new(),
                outcome: Outcome::Incomplete,
                transport: TransportFacts::default(),
                clues: Clues::default(),
                findings: Vec::new(),
                open_questions: Vec::new(),
                verdict: Verdict::default(),
                notes: Vec::new(),
            },
            sides: [Side::default(), Side::default()],
            limit: limit.0,
            version: None,
            flipped: false,
            unencrypted: false,
            ssl2_encrypted: false,
            given: None,
            transcript: None,
            claims: Vec::new(),
            sealed_with: None,
            key_exchanged: false,
            new_ticket: Vec::new(),
            opening: None,
            decrypted: false,
            keeps_keys: false,
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
        self.session.transport = facts.clone();
        if self.flipped {
            self.session.transport.reverse();
        }
        (self.session.transport.fin, self.session.transport.reset) = (fin, reset);
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
        session.decryption = self.decryption();
        session.timeline.sort_by_key(|event| event.frame);
        conclude(&mut session);
        session
    }

    /// Ends the session and gives it away.
    #[must_use]
    pub fn close(mut self) -> Session {
        self.session.decryption = self.decryption();
        // A hole is given up late, so that what stood behind it is read after younger packets of the other side.
        if !self.session.timeline.is_sorted_by_key(|event| event.frame) {
            self.session.timeline.sort_by_key(|event| event.frame);
        }
        conclude(&mut self.session);
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

    /// A record has come to its end. Gives whether application data of this stream is wanted with its payload from
    /// here on, because there are keys for it.
    pub fn record(&mut self, direction: Direction, record: Record<'_>, at: Moment, means: &mut Means<'_>) -> bool {
        let direction = self.toward(direction);
        if means.secrets.is_some() {
            self.given = Some(means.digest);
        }
        match record {
            Record::Tls { header, offset, payload, tail, complete } => {
                if header.content_type == ContentType::APPLICATION_DATA && complete {
                    self.count_application_data(direction);
                }
                if header.length > MAX_PLAINTEXT {
                    self.check_length(direction, header, at);
                }
                let sealed = Sealed { header, offset, payload, tail };
                if means.secrets.is_none() || !self.open_record(direction, &sealed, at, means) {
                    self.tls_record(direction, header, offset, payload, at, means);
                }
                self.read_waiting(false, means);
            }
            Record::Ssl2 { offset, record } => self.ssl2_record(direction, offset, record, at, means),
            Record::Other { offset } => {
                self.event(direction, offset, at, EventKind::NotTls { bytes: 0 });
                self.note(at, Severity::Warn, Group::Malformed, "tls.record", "a TLS record should begin here".into());
            }
        }
        self.wants_content(means.secrets)
    }

    /// Bytes came that are no TLS, in a direction in which TLS has not begun.
    pub fn not_tls(&mut self, direction: Direction, offset: u64, bytes: &[u8], at: Moment) {
        let direction = self.toward(direction);
        self.session.clues.answer(bytes);
        let bytes = bytes.len() as u64;
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
        let side = self.side(direction);
        side.joiner.lost();
        side.lost = side.lost.saturating_add(bytes);
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
        self.session.timeline.push(Event { frame, time, direction, offset, decrypted: self.decrypted, kind });
    }
}

/// Says how a session went whose events are complete. Its findings come later, when it has been judged.
fn conclude(session: &mut Session) {
    session.proofs.sort_by_key(|proof| proof.frame);
    session.outcome = outcome::of(session);
    session.resumed = outcome::resumed(session);
}
