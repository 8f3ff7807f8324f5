//! Runs of the lab as one object: what was played, what came of it, and who says what.

use super::Blocks;
use super::SCHEMA;
use super::certificate::Written;
use super::session::SessionJson;
use super::validation::VerificationJson;
use super::value::{Alpn, Hex, List, Short, Time, object};
use crate::lab::batch::Played;
use crate::lab::run::{Beat, BeatKind, Connection, Difference, Judgement, Missed, Run, Testimony};
use crate::lab::scenario::{FailedCheck, FoundBy, Handshake};
use crate::x509::Certificate;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::io::{self, Write};
use std::sync::Arc;

/// One object for all runs, in which each is written as it comes.
pub struct Runs<W: Write> {
    out: Blocks<W>,
    count: u32,
}

impl<W: Write> Runs<W> {
    /// Begins the object.
    pub fn new(writer: W) -> io::Result<Self> {
        let mut out = Blocks::new(writer);
        out.text(b"{\"schema\":")?;
        out.value(&SCHEMA)?;
        out.text(b",\"runs\":[")?;
        Ok(Self { out, count: 0 })
    }

    /// Writes one run with what came of its expectations.
    pub fn run(&mut self, played: &Played) -> io::Result<()> {
        self.out.text(if self.count == 0 { b"\n" } else { b",\n" })?;
        self.count += 1;
        self.out.value(&RunJson(played))
    }

    /// Closes the object, hands everything to the writer and gives it back.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.text(b"\n]}\n")?;
        self.out.finish()
    }
}

struct RunJson<'a>(&'a Played);

impl Serialize for RunJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Played { run, judgements } = self.0;
        object!(serializer, {
            "scenario": run.scenario.id,
            "code": run.scenario.code,
            "title": run.scenario.title,
            "group": run.scenario.group,
            "variant": run.variant,
            "holds": self.0.holds(),
            "expectations": List(judgements.iter().map(JudgementJson)),
            "missed": List(run.missed.iter().map(MissedJson)),
            "packets": run.packets.len(),
            "connections": List(run.connections.iter().map(ConnectionJson)),
            "beats": List(run.beats.iter().map(|beat| BeatJson { beat, run })),
        })
    }
}

struct JudgementJson<'a>(&'a Judgement);

impl Serialize for JudgementJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Judgement { line, differences, .. } = self.0;
        object!(serializer, {
            "line": line,
            "holds": self.0.holds(),
            "differences": List(differences.iter().map(DifferenceJson)),
        })
    }
}

struct DifferenceJson<'a>(&'a Difference);

impl Serialize for DifferenceJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Difference { what, wanted, got, connection, frame, message } = self.0;
        object!(serializer, {
            "what": what,
            "expected": wanted,
            "got": got,
            "connection": connection,
            "frame": frame,
            "message": message,
        })
    }
}

struct MissedJson<'a>(&'a Missed);

impl Serialize for MissedJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Missed { step, reason, may_miss } = self.0;
        object!(serializer, { "step": step + 1, "reason": reason, "may_miss": may_miss })
    }
}

struct ConnectionJson<'a>(&'a Connection);

impl Serialize for ConnectionJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let connection = self.0;
        let [client, server] = connection.ends;
        let written = Written::default();
        let session = connection.session.as_deref();
        let session = session.map(|session| SessionJson { session, written: &written, open: false });
        object!(serializer, {
            "number": connection.number,
            "client": connection.client,
            "server": connection.server,
            "client_address": Short(client),
            "server_address": Short(server),
            "first_frame": connection.first_frame,
            "handshake": connection.handshake.word(),
            "found_by": connection.found_by.map(FoundBy::word),
            "check": connection.check.map(FailedCheck::word),
            "explanation": connection.explanation,
            "client_says": TestimonyJson(&connection.client_says),
            "server_says": TestimonyJson(&connection.server_says),
            "wire": session,
        })
    }
}

struct TestimonyJson<'a>(&'a Testimony);

impl Serialize for TestimonyJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let says = self.0;
        object!(serializer, {
            "peer": says.peer,
            "outcome": says.outcome.map(Handshake::word),
            "handshake_done": says.handshake_done,
            "done_at": says.done_at,
            "error": says.error,
            "error_at": says.error_at,
            "check": says.check.map(FailedCheck::word),
            "alert_sent": says.alert_sent.map(Short),
            "alert_seen": says.alert_seen.map(Short),
            "version": says.version.map(Short),
            "cipher_suite": says.suite.map(Short),
            "group": says.group.map(Short),
            "alpn": says.alpn.as_deref().map(Alpn),
            "server_name": says.server_name,
            "resumed": says.resumed,
            "hello_retry_request": says.hello_retry_request,
            "early_data_accepted": says.early_data_accepted,
            "peer_certificates": List(says.peer_certificates.iter().map(CertificateJson)),
            "verification": says.verification.as_deref().map(VerificationJson),
            "disagreement": says.disagreement,
            "application_bytes_sent": says.sent.len(),
            "application_bytes_received": says.received.len(),
            "requests": says.requests,
            "closed_cleanly": says.closed_cleanly,
        })
    }
}

/// A certificate as short as it can be told from others: the whole of it stands in the testimony of the wire.
struct CertificateJson<'a>(&'a Arc<Certificate>);

impl Serialize for CertificateJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, { "subject": self.0.subject.to_string(), "sha256": Hex(&self.0.sha256) })
    }
}

struct BeatJson<'a> {
    beat: &'a Beat,
    run: &'a Run,
}

impl Serialize for BeatJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let beat = self.beat;
        let (kind, by, text) = match &beat.kind {
            BeatKind::Script { text, .. } => ("script", None, Some(text.clone())),
            BeatKind::Event(index) => {
                let session = self.run.session(beat.connection);
                let event = session.and_then(|session| Some((session, session.timeline.get(*index)?)));
                ("event", None, event.map(|(session, event)| session.event_name(event).into_owned()))
            }
            BeatKind::Plain { text, .. } => ("plain", None, Some(text.clone())),
            BeatKind::Attack { by, text } => ("attack", Some(by), Some(text.clone())),
            BeatKind::Pause => ("pause", None, None),
        };
        let packet = self.run.packets.get((beat.frame as usize).wrapping_sub(1));
        object!(serializer, {
            "kind": kind,
            "frame": beat.frame,
            "time": packet.map(|packet| Time(packet.time)),
            "connection": beat.connection,
            "flight": beat.flight,
            "by": by,
            "text": text,
            "say": beat.say,
        })
    }
}
