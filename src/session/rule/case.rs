//! A session as the rules look at it: what nearly all of them ask is worked out once.

use super::finding::Evidence;
use super::words::{named, seconds, side};
use crate::net::Direction::{self, ToClient, ToServer};
use crate::session::flight::Shown;
use crate::session::{Event, EventKind, Flight, Outcome, ProofKind, Session};
use crate::tls::code::{HandshakeType, ProtocolVersion};
use crate::tls::handshake::{Alert, ClientHello, ServerHello};
use crate::x509::Certificate;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

/// A session with what was worked out of it.
#[derive(Debug)]
pub(super) struct Case<'a> {
    pub(super) session: &'a Session,
    /// What lengths tell, in TLS 1.3 without keys.
    pub(super) flight: Option<Flight>,
    /// Seconds since 1970 at which TLS began: the moment by which validity is judged.
    pub(super) now: i64,
    pub(super) is_tls13: bool,
    /// How the session ended, where one side ended it before its time.
    pub(super) end: Option<End>,
    /// The events with which the sides left at once, the client's first, once somebody has asked.
    pub(super) left: [OnceCell<Option<usize>>; 2],
}

/// How one side ended a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) by: Direction,
    pub(super) how: How,
    /// The event of the timeline.
    pub(super) event: usize,
    pub(super) stage: Stage,
}

/// In which way a side ended a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Alert(Alert),
    /// A record that is an alert by its length, or an encrypted alert.
    Hidden,
    Reset,
    Closed,
    NotTls,
    /// Its application answered that it does not take what the client had shown.
    Answered,
}

/// How far a session had come when something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Nothing of TLS was said.
    BeforeTls,
    /// The client has sent its hello.
    ClientHello,
    /// The server has answered and is not through with its part: its certificate was not seen.
    ServerHello,
    /// The server has shown its certificate, or sent its encrypted part.
    ServerFlight,
    /// The client has sent its part: key exchange, certificate, Finished.
    ClientFlight,
    /// Both have finished.
    Established,
}

impl Stage {
    /// The word of JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::BeforeTls => "before TLS",
            Self::ClientHello => "ClientHello",
            Self::ServerHello => "ServerHello",
            Self::ServerFlight => "server flight",
            Self::ClientFlight => "client flight",
            Self::Established => "established",
        }
    }
}

impl<'a> Case<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        let is_tls13 = session.version.is_some_and(ProtocolVersion::is_tls13);
        let began = session.handshake_started.unwrap_or(session.started);
        let flight = if is_tls13 { Flight::read(session) } else { None };
        let mut case = Self { session, flight, now: seconds(began), is_tls13, end: None, left: Default::default() };
        case.end = case.find_end();
        case
    }

    pub(super) fn events(&self) -> &'a [Event] {
        &self.session.timeline
    }

    pub(super) fn event(&self, index: usize) -> Option<&'a Event> {
        self.session.timeline.get(index)
    }

    /// The first event of that kind.
    pub(super) fn first(&self, wanted: impl Fn(&Event) -> bool) -> Option<usize> {
        self.session.timeline.iter().position(wanted)
    }

    /// The first handshake message of that type from that side.
    pub(super) fn message(&self, direction: Direction, kind: u8) -> Option<usize> {
        self.first(|event| event.direction == direction && event.is_message(kind))
    }

    pub(super) fn client_hello(&self) -> Option<&'a ClientHello> {
        self.session.client_hellos.first().map(|hello| &*hello.item)
    }

    pub(super) fn server_hello(&self) -> Option<&'a ServerHello> {
        self.session.server_hello()
    }

    /// Whether the capture has the moments at which it was made: some have none and begin in 1970.
    pub(super) fn has_clock(&self) -> bool {
        self.now > FIRST_CAPTURE
    }

    /// The first certificate that the server sent, where it can be read.
    pub(super) fn leaf(&self) -> Option<&'a Arc<Certificate>> {
        self.session.server_certificates.first().filter(|leaf| leaf.readable)
    }

    /// Evidence that is an event of the timeline.
    pub(super) fn at(&self, index: usize, what: impl Into<Cow<'static, str>>) -> Option<Evidence> {
        let frame = self.event(index)?.frame;
        Some(Evidence { frame, what: what.into(), event: Some(index), field: None })
    }

    /// Evidence that is a message, where it can be read.
    pub(super) fn at_message(
        &self,
        direction: Direction,
        kind: u8,
        what: impl Into<Cow<'static, str>>,
        field: &'static str,
    ) -> Option<Evidence> {
        let evidence = self.at(self.message(direction, kind)?, what)?;
        Some(if field.is_empty() { evidence } else { evidence.field(field) })
    }

    /// Evidence in the ClientHello.
    pub(super) fn in_client_hello(&self, what: impl Into<Cow<'static, str>>, field: &'static str) -> Option<Evidence> {
        self.at_message(ToServer, 1, what, field)
    }

    /// Evidence in the ServerHello.
    pub(super) fn in_server_hello(&self, what: impl Into<Cow<'static, str>>, field: &'static str) -> Option<Evidence> {
        let index = self.events().iter().rposition(|event| event.direction == ToClient && event.is_message(2))?;
        Some(self.at(index, what)?.field(field))
    }

    /// The message of a proof that was checked and does not hold, as evidence.
    pub(super) fn misfit(&self, direction: Direction, of_kind: impl Fn(ProofKind) -> bool) -> Option<Evidence> {
        let mut failed = self.session.failed_proofs();
        let proof = failed.find(|proof| proof.direction == direction && of_kind(proof.kind))?;
        let index = self.first(|event| {
            event.frame == proof.frame && event.direction == direction && event.is_message(proof.kind.message().0)
        });
        self.at(index?, proof.text())
    }

    /// The end as evidence.
    pub(super) fn at_end(&self) -> Option<Evidence> {
        let end = self.end?;
        let what = match end.how {
            How::Alert(alert) => {
                let evidence = self.at(end.event, format!("{} sends alert {}", side(end.by), named(alert)))?;
                return Some(evidence.field("tls.alert_message.desc"));
            }
            How::Hidden => format!("{} sends an encrypted record of the length of an alert", side(end.by)),
            How::Reset => format!("{} resets the connection", side(end.by)),
            How::Closed => format!("{} closes the connection", side(end.by)),
            How::NotTls => format!("{} answers with something that is not TLS", side(end.by)),
            How::Answered => format!("{} answers that it minds the client's certificate", side(end.by)),
        };
        self.at(end.event, what)
    }

    /// The alert that ended the session, where one side did so with an alert that can be read.
    pub(super) fn fatal(&self) -> Option<(End, u8)> {
        let end = self.end?;
        match end.how {
            How::Alert(alert) => Some((end, alert.description.0)),
            _ => None,
        }
    }

    /// The alert with which this side ended the session at this stage.
    pub(super) fn fatal_of(&self, by: Direction, stages: &[Stage]) -> Option<u8> {
        let (end, code) = self.fatal()?;
        (end.by == by && stages.contains(&end.stage)).then_some(code)
    }

    /// Whether any byte of that direction is missing in the capture.
    pub(super) fn is_missing(&self, direction: Direction) -> bool {
        self.session.transport.missing.get(direction.index()).is_some_and(|bytes| *bytes > 0)
    }

    /// The time between two events in nanoseconds.
    pub(super) fn between(&self, first: usize, last: usize) -> Option<i64> {
        Some(self.event(last)?.time.saturating_sub(self.event(first)?.time))
    }

    fn find_end(&self) -> Option<End> {
        let session = self.session;
        let (by, how, event) = match session.outcome {
            Outcome::Established => return self.end_of_established(),
            Outcome::Incomplete | Outcome::MidStream | Outcome::NotDecoded => return None,
            // The client's alert about an answer that is no TLS says less than the answer.
            Outcome::Refused { by: ToServer, .. } if self.plain_answer().is_some() => {
                (ToClient, How::NotTls, self.plain_answer()?)
            }
            Outcome::Refused { by, alert } => {
                let wanted = |event: &Event| event.direction == by && event.kind == EventKind::Alert(alert);
                (by, How::Alert(alert), self.first(wanted)?)
            }
            Outcome::LikelyRefused { by } => (by, How::Hidden, self.last_record(by)?),
            Outcome::NotTls { by } => {
                let wanted = |event: &Event| event.direction == by && matches!(event.kind, EventKind::NotTls { .. });
                let how = session.clues.odd_alert().map_or(How::NotTls, How::Alert);
                (by, how, self.first(wanted)?)
            }
            Outcome::Aborted { .. } => {
                let index = self.first(|event| matches!(event.kind, EventKind::Fin | EventKind::Reset))?;
                let event = self.event(index)?;
                (event.direction, if event.kind == EventKind::Reset { How::Reset } else { How::Closed }, index)
            }
        };
        Some(End { by, how, event, stage: self.stage_at(event) })
    }

    /// An answer to the ClientHello that is not TLS.
    fn plain_answer(&self) -> Option<usize> {
        if !self.session.server_hellos.is_empty() {
            return None;
        }
        self.first(|event| event.direction == ToClient && matches!(event.kind, EventKind::NotTls { .. }))
    }

    /// A connection that was made and fell silent at once: the client found something to dislike behind the handshake.
    fn end_of_established(&self) -> Option<End> {
        if self.session.clues.minds_badge == Some(true) {
            let answer = |event: &Event| {
                event.direction == ToClient
                    && event.decrypted
                    && matches!(event.kind, EventKind::ApplicationData { .. })
            };
            let event = self.first(answer)?;
            return Some(End { by: ToClient, how: How::Answered, event, stage: Stage::Established });
        }
        let late = self.flight.as_ref()?.late_refusal?;
        Some(End { by: ToClient, how: How::Hidden, event: late, stage: Stage::Established })
    }

    fn last_record(&self, by: Direction) -> Option<usize> {
        let is_record = |event: &Event| {
            event.direction == by
                && matches!(event.kind, EventKind::ApplicationData { .. } | EventKind::EncryptedAlert { .. })
        };
        self.events().iter().rposition(is_record)
    }

    /// How far the session had come before an event.
    pub(super) fn stage_at(&self, index: usize) -> Stage {
        let mut stage = Stage::BeforeTls;
        let mut finished = [false; 2];
        let mut changed = [false; 2];
        for event in self.events().iter().take(index) {
            let side = usize::from(event.direction == ToClient);
            let closed = self.is_tls13 && !event.decrypted;
            let mut finish = |is: bool| {
                if let Some(place) = finished.get_mut(side).filter(|_| is) {
                    *place = true;
                }
            };
            let reached = match (&event.kind, event.direction) {
                (EventKind::Handshake { kind: HandshakeType(20), .. }, _) => {
                    finish(true);
                    if event.direction == ToServer { Stage::ClientFlight } else { Stage::ServerFlight }
                }
                (EventKind::Handshake { kind: HandshakeType(1), .. }, ToServer) => Stage::ClientHello,
                (EventKind::Ssl2 { .. }, ToServer) => Stage::ClientHello,
                (EventKind::Handshake { kind: HandshakeType(2), .. } | EventKind::Ssl2 { .. }, ToClient) => {
                    Stage::ServerHello
                }
                (EventKind::Handshake { kind: HandshakeType(11 | 12 | 14 | 15 | 25), .. }, ToClient) => {
                    Stage::ServerFlight
                }
                (EventKind::Handshake { kind: HandshakeType(11 | 15 | 16), .. }, ToServer) => Stage::ClientFlight,
                (EventKind::ChangeCipherSpec, _) if !self.is_tls13 => {
                    if let Some(place) = changed.get_mut(side) {
                        *place = true;
                    }
                    continue;
                }
                (EventKind::EncryptedHandshake { .. }, _) => {
                    finish(changed.get(side).copied().unwrap_or_default());
                    if event.direction == ToServer { Stage::ClientFlight } else { Stage::ServerFlight }
                }
                // Keys of one side alone: what the client says behind the server's Finished is its own part.
                (EventKind::ApplicationData { .. }, ToServer) if closed && finished == [false, true] => {
                    Stage::ClientFlight
                }
                (EventKind::ApplicationData { bytes, .. }, ToClient) if closed => {
                    // A server that gives up right behind its hello has sent EncryptedExtensions at the most.
                    if *bytes > SHORT { Stage::ServerFlight } else { Stage::ServerHello }
                }
                _ => continue,
            };
            stage = stage.max(reached);
        }
        if self.flight.and_then(|flight| flight.finished).is_some_and(|finished| finished < index) {
            stage = Stage::Established;
        }
        let shows = self.flight.is_some_and(|flight| flight.shown == Some(Shown::Certificate));
        match finished {
            [true, true] => Stage::Established,
            // A server may refuse a certificate before the client is through.
            _ if shows && self.has_record(ToServer, index) => stage.max(Stage::ClientFlight),
            _ => stage,
        }
    }

    /// Whether that side had sent a protected record by then.
    fn has_record(&self, direction: Direction, before: usize) -> bool {
        let mut events = self.events().iter().take(before);
        events.any(|event| event.direction == direction && matches!(event.kind, EventKind::ApplicationData { .. }))
    }
}

/// TLS is younger than this: 1990.
const FIRST_CAPTURE: i64 = 631_152_000;

/// The longest protected record that can hold no certificate.
const SHORT: u64 = 120;
