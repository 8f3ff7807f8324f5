//! Holds a run against what the scenario expects of it. A difference says what happened instead, and where.

use super::{Connection, Run, Testimony};
use crate::base::printable;
use crate::lab::scenario::{Action, Expect, FoundBy, Step};
use crate::session::FrameNumber;
use crate::tls::code::ProtocolVersion;
use std::fmt;

/// What came of one expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The line of the file on which the expectation begins.
    pub line: u32,
    /// What was expected, in words.
    pub expected: String,
    /// The variant that was played.
    pub variant: Option<String>,
    /// Where it does not hold; empty where it does.
    pub differences: Vec<Difference>,
}

impl Judgement {
    /// Whether the run is as expected.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.differences.is_empty()
    }
}

/// One thing that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The key of the expectation: `alert`.
    pub what: &'static str,
    /// What was expected.
    pub wanted: String,
    /// What happened instead.
    pub got: String,
    /// The connection, from 1 on; 0 for the whole run.
    pub connection: u32,
    /// The frame after which it happened, where there is one.
    pub frame: Option<FrameNumber>,
    /// What that frame brought: `server>client Certificate`.
    pub message: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, wanted, got, connection, frame, message } = self;
        write!(f, "{what}: expected {wanted}, got {got}")?;
        match (connection, frame) {
            (0, _) => Ok(()),
            (connection, None) => write!(f, " (connection {connection})"),
            (connection, Some(frame)) => {
                let message = message.as_ref().map(|message| format!(", {message}")).unwrap_or_default();
                write!(f, " (connection {connection}, after frame {frame}{message})")
            }
        }
    }
}

/// Holds a run against all expectations of its scenario that are about it: those of its variant, and those of all.
/// Expectations that change something first belong to a run of their own, and are left out.
#[must_use]
pub fn judge(run: &Run) -> Vec<Judgement> {
    let ours = |expect: &&Expect| expect.set.is_empty() && (expect.variant.is_none() || expect.variant == run.variant);
    run.scenario.expects.iter().filter(ours).map(|expect| judge_one(run, expect)).collect()
}

impl Run {
    /// Holds the run against one expectation or goal.
    #[must_use]
    pub fn judge(&self, expect: &Expect) -> Judgement {
        judge_one(self, expect)
    }
}

fn judge_one(run: &Run, expect: &Expect) -> Judgement {
    let number = expect.connection.unwrap_or_else(|| last(run));
    let connection = number.checked_sub(1).and_then(|index| run.connections.get(index as usize));
    let mut differences = Vec::new();
    match connection {
        None => differences.push(missing(number, run)),
        Some(connection) => {
            let mut bench = Bench { run, expect, connection, differences: Vec::new() };
            bench.outcome();
            bench.negotiated();
            bench.texts();
            differences.append(&mut bench.differences);
        }
    }
    Judgement { line: expect.line, expected: expect.to_string(), variant: run.variant.clone(), differences }
}

/// The last connection that a client of the script opened: what a relay opens behind it is another story.
fn last(run: &Run) -> u32 {
    let relays = |connection: &&Connection| {
        let peer = run.scenario.peer(&connection.client);
        peer.is_some_and(|peer| peer.role == crate::lab::scenario::Role::Relay)
    };
    let mut own = run.connections.iter().rev().filter(|connection| !relays(connection));
    own.next().map_or(1, |connection| connection.number)
}

fn missing(number: u32, run: &Run) -> Difference {
    Difference {
        what: "connection",
        wanted: format!("a connection {number}"),
        got: format!("{} of them", run.connections.len()),
        connection: 0,
        frame: None,
        message: None,
    }
}

/// One expectation beside the connection that it is about.
struct Bench<'a> {
    run: &'a Run,
    expect: &'a Expect,
    connection: &'a Connection,
    differences: Vec<Difference>,
}

impl Bench<'_> {
    fn hold<T: PartialEq>(
        &mut self,
        what: &'static str,
        wanted: Option<&T>,
        got: &T,
        show: impl Fn(&T) -> String,
        frame: Option<FrameNumber>,
    ) {
        if let Some(wanted) = wanted.filter(|wanted| *wanted != got) {
            self.differ(what, show(wanted), show(got), frame);
        }
    }

    fn differ(&mut self, what: &'static str, wanted: String, got: String, frame: Option<FrameNumber>) {
        let message = frame.and_then(|frame| message(self.connection, frame));
        self.differences.push(Difference { what, wanted, got, connection: self.connection.number, frame, message });
    }

    fn outcome(&mut self) {
        let (expect, connection) = (self.expect, self.connection);
        let fault =
            [&connection.client_says, &connection.server_says].into_iter().filter_map(|side| side.error_at).min();
        self.hold("handshake", expect.handshake.as_ref(), &connection.handshake, ToString::to_string, fault);
        let some = |word: Option<&'static str>| word.unwrap_or("nobody").to_owned();
        let show = |by: &Option<FoundBy>| some(by.map(FoundBy::word));
        self.hold("found_by", expect.found_by.map(Some).as_ref(), &connection.found_by, show, fault);
        let show =
            |check: &Option<crate::lab::scenario::FailedCheck>| check.map_or("none", |check| check.word()).to_owned();
        self.hold("check", expect.check.map(Some).as_ref(), &connection.check, show, fault);
        self.alert();
        let done = connection.client_says.handshake_done;
        let at = connection.client_says.done_at.or(connection.client_says.error_at);
        self.hold("client_done", expect.client_done.as_ref(), &done, ToString::to_string, at);
        let resumed = connection.client_says.resumed.unwrap_or(false);
        self.hold("resumed", expect.resumed.as_ref(), &resumed, ToString::to_string, None);
        let early = connection.server_says.early_data_accepted.unwrap_or(false);
        self.hold("early_data", expect.early_data.as_ref(), &early, ToString::to_string, None);
        let bytes = connection.server_says.received.len() as u64;
        self.hold("app_bytes", expect.app_bytes.as_ref(), &bytes, ToString::to_string, fault);
        let requests = self.requests();
        self.hold("requests", expect.requests.as_ref(), &requests, ToString::to_string, fault);
    }

    /// Of the connection where one is named; else of all connections that the server took, so that what was executed
    /// twice counts twice.
    fn requests(&self) -> u32 {
        if self.expect.connection.is_some() {
            return self.connection.server_says.requests;
        }
        let server = &self.connection.server;
        let same = self.run.connections.iter().filter(|connection| connection.server == *server);
        same.map(|connection| connection.server_says.requests).sum()
    }

    /// The alert of the standard, unless rustls is known to send another one.
    fn alert(&mut self) {
        let Some((who, standard)) = &self.expect.alert else { return };
        let seen = self.expect.seen.iter().find(|(stack, _)| stack == "rustls").map(|(_, name)| name);
        let wanted = seen.unwrap_or(standard);
        let side = self.side(who);
        let got = side.alert_sent.map_or_else(|| "none".to_owned(), |alert| alert.to_string());
        let frame = side.error_at;
        if got != *wanted {
            let other = [&self.connection.client_says, &self.connection.server_says];
            let other = other.into_iter().find(|other| other.peer != side.peer && other.alert_sent.is_some());
            let instead = other.and_then(|other| Some(format!(", and {} sent {}", other.peer, other.alert_sent?)));
            self.differ(
                "alert",
                format!("{who} {wanted}"),
                format!("{who} {got}{}", instead.unwrap_or_default()),
                frame,
            );
        }
    }

    /// A side by its role or by its name.
    fn side(&self, who: &str) -> &Testimony {
        let connection = self.connection;
        if who == connection.server || (who == "server" && who != connection.client) {
            &connection.server_says
        } else {
            &connection.client_says
        }
    }

    fn negotiated(&mut self) {
        let (expect, connection) = (self.expect, self.connection);
        let client = &connection.client_says;
        let wanted = expect.version.map(|version| Some(super::cast::code_of(version)));
        let show = |version: &Option<ProtocolVersion>| version.map_or_else(none, |version| version.to_string());
        self.hold("version", wanted.as_ref(), &client.version, show, client.done_at);
        let suite = client.suite.map_or_else(none, |suite| suite.to_string());
        self.hold("suite", expect.suite.as_ref(), &suite, Clone::clone, client.done_at);
        let group = client.group.map_or_else(none, |group| group.to_string());
        self.hold("group", expect.group.as_ref(), &group, Clone::clone, client.done_at);
        let alpn = client.alpn.as_ref().map(|name| String::from_utf8_lossy(name).into_owned()).unwrap_or_default();
        self.hold("alpn", expect.alpn.as_ref(), &alpn, |name| format!("'{}'", printable(name)), client.done_at);
        let retry = client.hello_retry_request;
        self.hold("hello_retry_request", expect.hello_retry_request.as_ref(), &retry, ToString::to_string, None);
        let resumed = client.resumed == Some(true);
        // What a library remembers of an earlier session was not sent.
        let sent =
            |side: &Testimony| u32::try_from(if resumed { 0 } else { side.peer_certificates.len() }).unwrap_or(0);
        let (of_server, of_client) = (sent(client), sent(&connection.server_says));
        self.hold("server_certificates", expect.server_certificates.as_ref(), &of_server, ToString::to_string, None);
        self.hold("client_certificates", expect.client_certificates.as_ref(), &of_client, ToString::to_string, None);
    }

    fn texts(&mut self) {
        let expect = self.expect;
        if let Some(leaked) = &expect.leaked {
            self.leaked(leaked);
        }
        for text in expect.hidden.iter().flatten() {
            if let Some((connection, frame)) = readable(self.run, text) {
                self.readable("hidden", format!("{} hidden", quoted(text)), text, connection, frame);
            } else if !was_sent(self.run, text) {
                self.differ(
                    "hidden",
                    format!("{} sent and hidden", quoted(text)),
                    "it was never sent".to_owned(),
                    None,
                );
            }
        }
        for text in expect.received.iter().flatten() {
            let sides = [&self.connection.client_says, &self.connection.server_says];
            if !sides.into_iter().any(|side| contains(&side.received, text)) {
                self.differ("received", quoted(text), "it reached no application".to_owned(), None);
            }
        }
        for text in &expect.says {
            let said = self.connection.explanation.to_lowercase();
            if !said.contains(&text.to_lowercase()) {
                let got = format!("\"{}\"", self.connection.explanation);
                self.differ("says", quoted(text), got, None);
            }
        }
    }

    /// Each of the texts could be read; and where the list is empty, nothing that the script sent.
    fn leaked(&mut self, leaked: &[String]) {
        for text in leaked {
            if readable(self.run, text).is_none() {
                self.differ(
                    "leaked",
                    format!("{} readable on the wire", quoted(text)),
                    "nobody could read it".to_owned(),
                    None,
                );
            }
        }
        if !leaked.is_empty() {
            return;
        }
        let scenario = &self.run.scenario;
        for text in scenario.steps.iter().filter_map(secret_of) {
            if let Some((connection, frame)) = readable(self.run, text.trim()) {
                self.readable("leaked", "nothing readable that was sent".to_owned(), text, connection, frame);
            }
        }
    }

    fn readable(
        &mut self,
        what: &'static str,
        wanted: String,
        text: &str,
        connection: u32,
        frame: Option<FrameNumber>,
    ) {
        let got = format!("{} readable on the wire", quoted(text.trim()));
        self.differences.push(Difference { what, wanted, got, connection, frame, message: None });
    }
}

fn none() -> String {
    "none".to_owned()
}

fn quoted(text: &str) -> String {
    format!("'{}'", printable(text))
}

/// What a step sends.
fn secret_of(step: &Step) -> Option<&str> {
    match &step.action {
        Action::Send { text } | Action::Connect { early: Some(text) } if !text.trim().is_empty() => Some(text),
        _ => None,
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    position(bytes, text).is_some()
}

fn position(bytes: &[u8], text: &str) -> Option<usize> {
    let needle = text.as_bytes();
    if needle.is_empty() { Some(0) } else { bytes.windows(needle.len()).position(|window| window == needle) }
}

/// Where a text stands on the wire for everybody to read.
fn readable(run: &Run, text: &str) -> Option<(u32, Option<FrameNumber>)> {
    run.connections.iter().find_map(|connection| {
        let mut streams = connection.streams.iter();
        streams.find_map(|stream| {
            let at = position(&stream.bytes, text)?;
            Some((connection.number, stream.frame_of(at + text.len().max(1) - 1)))
        })
    })
}

/// Whether any application sent it, or any certificate that was shown says it.
fn was_sent(run: &Run, text: &str) -> bool {
    let said = |side: &Testimony| {
        let mut shown = side.peer_certificates.iter();
        contains(&side.sent, text) || shown.any(|certificate| contains(&certificate.der, text))
    };
    run.connections.iter().any(|connection| said(&connection.client_says) || said(&connection.server_says))
}

/// What a frame brought, as the wire shows it.
fn message(connection: &Connection, frame: FrameNumber) -> Option<String> {
    let session = connection.session.as_ref()?;
    let event = session.timeline.iter().rev().find(|event| event.frame == frame)?;
    let to_server = event.direction == crate::net::Direction::ToServer;
    let (from, to) = if to_server { ("client", "server") } else { ("server", "client") };
    Some(format!("{from}>{to} {}", session.event_name(event)))
}
