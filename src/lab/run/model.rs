//! A run: the recording of one play of a scenario, complete and never changed. Playing it back moves a cursor.

use super::super::attack::Missed;
use super::super::scenario::{FailedCheck, FoundBy, Handshake, HandshakeCheck, Scenario};
use super::super::wire::Packet;
use crate::net::Endpoint;
use crate::session::judgement::Verifier;
use crate::session::{FrameNumber, Session};
use crate::tls::code::{AlertDescription, CipherSuite, NamedGroup, ProtocolVersion};
use crate::x509::Certificate;
use crate::x509::verify::Verification;
use std::fmt;
use std::sync::Arc;

/// One play of a scenario.
#[derive(Clone, Debug)]
pub struct Run {
    /// The scenario as it was played, with variant and knobs.
    pub scenario: Arc<Scenario>,
    /// The variant, where one was chosen.
    pub variant: Option<String>,
    /// What crossed the wire, in order; a frame's number is its place from 1 on.
    pub packets: Vec<Packet>,
    /// The secrets of all peers that log them, as a TLS key log.
    pub key_log: KeyLogText,
    /// What the key exchanges of those peers gave, in the same form. It never goes into a file: a key log has no such
    /// line, and the recording needs it only to show the whole key schedule.
    pub shared_secrets: KeyLogText,
    /// The connections, in the order in which they were opened.
    pub connections: Vec<Connection>,
    /// The steps of the playback, in order.
    pub beats: Vec<Beat>,
    /// The certificates of the scenario by name, those with keys and lists among them; what `--save` writes.
    pub pki: Arc<super::super::pki::Pki>,
    /// The steps that found nothing to act on, or no such place.
    pub missed: Vec<Missed>,
}

/// The text of a TLS key log. It does not show itself in debug output.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KeyLogText(pub String);

impl fmt::Debug for KeyLogText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key log of {} lines", self.0.lines().count())
    }
}

/// One TCP connection of a run.
#[derive(Clone, Debug)]
pub struct Connection {
    /// From 1 on, in the order of opening.
    pub number: u32,
    /// Who opened it, by name. An attacker who replays opens one of its own.
    pub client: String,
    /// Who took it, by name: with a man in the middle, the attacker's server.
    pub server: String,
    /// The first frame of it.
    pub first_frame: FrameNumber,
    /// What the wire says: the session as the ordinary dissector sees it, where TLS was spoken.
    pub session: Option<Arc<Session>>,
    /// What the client's side says.
    pub client_says: Testimony,
    /// What the server's side says.
    pub server_says: Testimony,
    /// How the handshake went, both testimonies taken together.
    pub handshake: Handshake,
    /// Who found the fault.
    pub found_by: Option<FoundBy>,
    /// Which check found it.
    pub check: Option<FailedCheck>,
    /// What happened, in a few sentences for people: who refused whom, over what, and what the other side knew.
    pub explanation: String,
    /// The two ends: client, server.
    pub ends: [Endpoint; 2],
    /// What could be read on the wire by anybody: the bytes of the TCP connection, to the server and to the client.
    pub streams: [Stream; 2],
    /// By what the client judges the server's certificates, and the server the client's, where they do.
    pub verifiers: [Option<Arc<Verifier>>; 2],
}

/// What went one way of a TCP connection, as it arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Where the bytes of each packet end, and its frame.
    pub pieces: Vec<(usize, FrameNumber)>,
}

impl Stream {
    /// The frame in which a byte arrived.
    #[must_use]
    pub fn frame_of(&self, offset: usize) -> Option<FrameNumber> {
        self.pieces.iter().find(|(end, _)| offset < *end).map(|(_, frame)| *frame)
    }
}

/// What one peer says of a connection: what its library reported, nothing that was read off the wire.
#[derive(Clone, Debug, Default)]
pub struct Testimony {
    /// The peer, by name.
    pub peer: String,
    /// How it went for this peer.
    pub outcome: Option<Handshake>,
    /// Whether its handshake was complete at any time.
    pub handshake_done: bool,
    /// The frame after which it was.
    pub done_at: Option<FrameNumber>,
    /// The library's own words for the error, the first one.
    pub error: Option<String>,
    /// The frame after which the error came.
    pub error_at: Option<FrameNumber>,
    /// Which check that error stands for.
    pub check: Option<FailedCheck>,
    /// The fatal alert that it sent.
    pub alert_sent: Option<AlertDescription>,
    /// The alert that it received and could read.
    pub alert_seen: Option<AlertDescription>,
    /// What it says was negotiated.
    pub version: Option<ProtocolVersion>,
    /// See [`version`](Self::version).
    pub suite: Option<CipherSuite>,
    /// See [`version`](Self::version).
    pub group: Option<NamedGroup>,
    /// See [`version`](Self::version).
    pub alpn: Option<Vec<u8>>,
    /// The name: what the client wanted, what the server was told.
    pub server_name: Option<String>,
    /// Whether it resumed an earlier session.
    pub resumed: Option<bool>,
    /// Whether a HelloRetryRequest was part of it.
    pub hello_retry_request: bool,
    /// Whether early data was accepted.
    pub early_data_accepted: Option<bool>,
    /// The certificates that it received, the leaf first.
    pub peer_certificates: Vec<Arc<Certificate>>,
    /// Every check of them, by the explaining verifier; `None` where it received none or did not check any.
    pub verification: Option<Arc<Verification>>,
    /// Where the explaining verifier and the library disagree, which is a fault of tlslab.
    pub disagreement: Option<String>,
    /// The bytes that its application sent, in order.
    pub sent: Vec<u8>,
    /// The bytes that its application received, in order.
    pub received: Vec<u8>,
    /// How many whole requests its application served, or answers it got.
    pub requests: u32,
    /// Whether the end came with close_notify (`Some(true)`), without (`Some(false)`), or has not come.
    pub closed_cleanly: Option<bool>,
    /// What it said and when, in order.
    pub statements: Vec<Statement>,
}

/// The check that an end without close_notify fails.
pub(super) const CLOSURE: FailedCheck = FailedCheck::Handshake(HandshakeCheck::Closure);

impl Testimony {
    /// Whether all that it holds against the other side is an end without close_notify.
    pub(super) fn was_cut_off(&self) -> bool {
        self.alert_seen.is_none() && self.check == Some(CLOSURE)
    }

    /// Whether it found a fault itself: its library reported one, and it is neither what it was told by an alert nor the
    /// end of the line.
    pub(super) fn found_fault(&self) -> bool {
        self.error.is_some() && self.alert_seen.is_none() && self.check != Some(CLOSURE)
    }
}

/// Something that a peer said at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The frame after which it was said; 0 is before the first.
    pub frame: FrameNumber,
    /// What it said: `handshake complete`, `invalid peer certificate: Expired`.
    pub text: String,
    /// Whether it ended the connection for this peer.
    pub fatal: bool,
}

/// One step of the playback: afterwards, everything up to its frame has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// The last frame that has happened.
    pub frame: FrameNumber,
    /// The connection that it belongs to, from 1 on; 0 for none.
    pub connection: u32,
    /// Which flight: counts up each time the direction changes or the script acts.
    pub flight: u32,
    /// What it is.
    pub kind: BeatKind,
    /// What the script says here.
    pub say: Option<String>,
}

/// The kinds of steps of a playback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BeatKind {
    /// A step of the script, by its place in the file, from 0 on: connect, send, close, set, revoke.
    Script {
        /// Its place among the steps.
        step: usize,
        /// What it does, in a few words.
        text: String,
    },
    /// An event of the connection's session, by its place in the timeline.
    Event(usize),
    /// A line or packet before TLS, or plain text without TLS.
    Plain {
        /// Whether it goes to the server.
        to_server: bool,
        /// What it says, as text from the wire.
        text: String,
    },
    /// Somebody on the wire did something.
    Attack {
        /// Who, by name.
        by: String,
        /// What, in a few words.
        text: String,
    },
    /// The script waits here.
    Pause,
}

impl Run {
    /// The session of a connection, where TLS was spoken on it.
    #[must_use]
    pub fn session(&self, connection: u32) -> Option<&Arc<Session>> {
        let index = (connection as usize).checked_sub(1)?;
        self.connections.get(index)?.session.as_ref()
    }
}
