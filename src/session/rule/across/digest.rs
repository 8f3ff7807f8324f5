//! What is remembered of a session when it is gone.

use crate::net::Endpoint;
use crate::session::{EventKind, FrameNumber, Kind, Outcome, Session, Sighting, Ticket, Timestamp, mark};
use std::net::IpAddr;

/// A session in a few words. Texts are [marks](mark).
#[derive(Debug)]
pub(super) struct Digest {
    pub(super) number: u32,
    pub(super) frame: FrameNumber,
    pub(super) started: Timestamp,
    pub(super) client: IpAddr,
    pub(super) server: Endpoint,
    /// Length of the ClientHello.
    pub(super) hello: u32,
    pub(super) offers_tls13: bool,
    pub(super) is_tls13: bool,
    pub(super) established: bool,
    /// Whether the server hung up, refused or was silent behind the ClientHello.
    pub(super) turned_down: bool,
    pub(super) cause: Option<&'static str>,
    pub(super) suite: Option<u16>,
    pub(super) random: Option<u64>,
    /// The first record of early data, as far as its bytes tell it from others: where it is, and how long.
    pub(super) early_data: bool,
    /// The ticket or identity that the client showed.
    pub(super) shown: Option<u64>,
    /// The session id that the server gave or took, until TLS 1.2.
    pub(super) session_id: Option<u64>,
    pub(super) resumed: Option<bool>,
    pub(super) tickets: Box<[Ticket]>,
    /// Seconds of silence at the end, where it was long.
    pub(super) idle: Option<i64>,
    /// What was seen of it at the capture point of its first packet.
    pub(super) sighting: Sighting,
}

impl Digest {
    /// Whether both are one connection that was seen at two capture points. What began at the very same moment is a
    /// rehearsal that was played twice.
    pub(super) fn is_same_connection(&self, other: &Self) -> bool {
        let (ours, theirs) = (&self.sighting, &other.sighting);
        let twice = ours.point != theirs.point && ours.is_same_connection(theirs);
        twice && self.client == other.client && self.server == other.server && self.started != other.started
    }

    /// `None` for what is no TLS.
    pub(super) fn of(session: &Session) -> Option<Self> {
        if session.kind != Kind::Tls {
            return None;
        }
        let first = session.client_hellos.first().map(|hello| &*hello.item);
        let last = session.client_hellos.last().map(|hello| &*hello.item);
        let server = session.server_hello();
        let is_tls13 = session.version.is_some_and(crate::tls::code::ProtocolVersion::is_tls13);
        let ticket = last.filter(|hello| !hello.session_ticket.is_empty()).map(|hello| mark(&hello.session_ticket));
        let length = session.timeline.iter().find_map(|event| match event.kind {
            EventKind::Handshake { kind, length, .. } if kind.0 == 1 => Some(length),
            _ => None,
        });
        let established = session.outcome == Outcome::Established;
        Some(Self {
            number: session.number,
            frame: session.first_frame,
            started: session.started,
            client: session.client.address,
            server: session.server,
            hello: length.unwrap_or_default(),
            offers_tls13: first.is_some_and(|hello| hello.supported_versions.iter().any(|version| version.is_tls13())),
            is_tls13,
            established,
            turned_down: first.is_some() && session.server_hellos.is_empty() && !established,
            cause: session.verdict_finding().map(|found| found.rule.id),
            suite: session.cipher_suite.map(|suite| suite.0),
            random: first.and_then(|hello| hello.random).map(|random| mark(&random)),
            early_data: first.is_some_and(|hello| hello.early_data),
            shown: if is_tls13 {
                last.and_then(|hello| hello.psk_offers.first()).map(|offer| mark(&offer.identity))
            } else {
                ticket
            },
            session_id: server
                .filter(|hello| !is_tls13 && !hello.session_id.is_empty())
                .map(|hello| mark(&hello.session_id)),
            resumed: session.resumed,
            tickets: session.clues.tickets.clone().into_boxed_slice(),
            idle: session.transport.idle.map(|idle| (idle + 500_000_000) / 1_000_000_000).filter(|idle| *idle >= 5),
            sighting: session.transport.sighting,
        })
    }
}
