//! One side of a connection: a TLS library, an application, and what the two say about what happens to them.

use crate::lab::app::{Act, Application, Facing, Identity};
use crate::lab::attack::Carries;
use crate::lab::engine::{Connection as TlsConnection, ConnectionError};
use crate::lab::run::{Statement, Testimony};
use crate::lab::scenario::HandshakeCheck;
use crate::session::FrameNumber;
use std::collections::VecDeque;

/// One side of a connection.
pub(super) struct Side {
    tls: Option<Box<dyn TlsConnection>>,
    app: Box<dyn Application>,
    acts: VecDeque<Act>,
    /// What is to go as early data, and then what went so.
    early: Option<Vec<u8>>,
    early_sent: Vec<u8>,
    /// Whether the application was told that the way is open, in plain text and secured.
    opened: [bool; 2],
    /// The library found a fault, or was told of one.
    failed: bool,
    /// Bytes came out behind the fault: an alert.
    alert_possible: Option<ConnectionError>,
    /// It has nothing more to say and will say so.
    closing: bool,
    goodbye_said: bool,
    /// It has ended the connection without a word, and expects none.
    was_cut: bool,
    fin: Fin,
    pub(super) testimony: Testimony,
    /// What the application held against the other side.
    pub(super) refusal: Option<(HandshakeCheck, String)>,
    /// Whether TLS was begun at all.
    pub(super) spoke_tls: bool,
    /// Whether it takes part by itself: somebody who only plays back what was copied does not.
    pub(super) passive: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fin {
    #[default]
    Open,
    Due,
    Sent,
}

/// What a side wants to have done now.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    /// What it sends.
    pub(super) parts: Vec<(Carries, Vec<u8>)>,
    /// What a relay passes on.
    pub(super) onward: Vec<Vec<u8>>,
    /// TLS begins for it behind `parts`.
    pub(super) starts_tls: bool,
    /// It ends its direction of the TCP connection behind `parts`.
    pub(super) fin: bool,
}

impl Outgoing {
    /// Whether nothing is wanted.
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.onward.is_empty() && !self.starts_tls && !self.fin
    }

    fn part(&mut self, carries: Carries, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.parts.push((carries, bytes));
        }
    }
}

impl Side {
    pub(super) fn new(peer: &str, app: Box<dyn Application>) -> Self {
        Self {
            tls: None,
            app,
            acts: VecDeque::new(),
            early: None,
            early_sent: Vec::new(),
            opened: [false; 2],
            failed: false,
            alert_possible: None,
            closing: false,
            goodbye_said: false,
            was_cut: false,
            fin: Fin::Open,
            testimony: Testimony { peer: peer.to_owned(), ..Testimony::default() },
            refusal: None,
            spoke_tls: false,
            passive: false,
        }
    }

    /// TLS begins; `early` goes as early data where that is possible, and as ordinary data otherwise.
    pub(super) fn begin_tls(&mut self, tls: Box<dyn TlsConnection>, early: Option<Vec<u8>>) {
        self.tls = Some(tls);
        self.early = early;
        self.spoke_tls = true;
    }

    /// The TCP connection stands, and TLS is not the first thing on it.
    pub(super) fn open_plain(&mut self) {
        self.open_application(&Facing::default());
    }

    /// Whoever uses the application wants this sent.
    pub(super) fn say(&mut self, bytes: &[u8]) {
        self.with_application(|app, acts| app.say(bytes, acts));
    }

    /// Whoever uses the application wants an orderly end.
    pub(super) fn bye(&mut self) {
        if self.failed || self.closing || self.fin != Fin::Open {
            return;
        }
        if self.opened.contains(&true) {
            self.with_application(|app, acts| app.bye(acts));
        } else {
            self.closing = true;
        }
    }

    /// The end without a word: a bare FIN.
    pub(super) fn cut(&mut self) {
        self.acts.clear();
        self.was_cut = true;
        self.goodbye_said = true;
        self.end();
    }

    /// Whether it could still say something.
    pub(super) fn is_open(&self) -> bool {
        !self.failed && !self.closing && self.fin == Fin::Open
    }

    /// Whether its handshake is going on.
    pub(super) fn is_handshaking(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.report().handshaking)
    }

    /// What it wants to send and to have done.
    pub(super) fn take(&mut self, frame: FrameNumber) -> Outgoing {
        let mut outgoing = Outgoing::default();
        self.take_library(&mut outgoing, frame);
        self.take_early(&mut outgoing);
        while let Some(act) = self.acts.pop_front() {
            if self.act(act, &mut outgoing, frame) {
                return outgoing;
            }
        }
        self.take_goodbye(&mut outgoing);
        if self.fin == Fin::Due {
            self.fin = Fin::Sent;
            outgoing.fin = true;
        }
        outgoing
    }

    fn take_library(&mut self, outgoing: &mut Outgoing, frame: FrameNumber) {
        let Some(tls) = &mut self.tls else { return };
        let bytes = tls.take_output();
        if let (Some(error), false) = (self.alert_possible.take(), bytes.is_empty()) {
            self.testimony.alert_sent = error.alert_sent;
        }
        outgoing.part(if self.failed { Carries::Alert } else { Carries::Handshake }, bytes);
        self.look(frame);
    }

    fn take_early(&mut self, outgoing: &mut Outgoing) {
        let (Some(tls), Some(early)) = (&mut self.tls, self.early.take()) else { return };
        let taken = tls.write_early(&early);
        self.testimony.sent.extend_from_slice(early.get(..taken).unwrap_or(&early));
        outgoing.part(Carries::ApplicationData, tls.take_output());
        let (sent, rest) = early.split_at_checked(taken).unwrap_or((&early, &[]));
        if !rest.is_empty() {
            self.say(rest);
        }
        self.early_sent = sent.to_vec();
    }

    /// Carries out one wish of the application; whether TLS begins and the rest must wait.
    fn act(&mut self, act: Act, outgoing: &mut Outgoing, frame: FrameNumber) -> bool {
        match act {
            Act::Send(bytes) => self.send(&bytes, outgoing),
            Act::StartTls => {
                outgoing.starts_tls = true;
                return true;
            }
            Act::Served => self.testimony.requests += 1,
            Act::Refuse { check, text } => {
                self.state(frame, &format!("application: {text}"), false);
                self.refusal.get_or_insert((check, text));
            }
            Act::Onward(bytes) => outgoing.onward.push(bytes),
            Act::Close => self.closing = true,
        }
        false
    }

    fn send(&mut self, bytes: &[u8], outgoing: &mut Outgoing) {
        if self.failed || self.goodbye_said {
            return;
        }
        self.testimony.sent.extend_from_slice(bytes);
        match &mut self.tls {
            Some(tls) => {
                tls.write(bytes);
                outgoing.part(Carries::ApplicationData, tls.take_output());
            }
            // What was copied is played back as it was: records.
            None if self.passive => outgoing.part(Carries::Handshake, bytes.to_vec()),
            None => outgoing.part(Carries::Plain, bytes.to_vec()),
        }
    }

    fn take_goodbye(&mut self, outgoing: &mut Outgoing) {
        if self.closing && !self.goodbye_said {
            self.goodbye_said = true;
            if let Some(tls) = self.tls.as_mut().filter(|_| !self.failed) {
                tls.close();
                outgoing.part(Carries::Alert, tls.take_output());
            }
            self.end();
        }
        if self.failed {
            self.end();
        }
    }

    fn end(&mut self) {
        if self.fin == Fin::Open {
            self.fin = Fin::Due;
        }
    }

    /// Bytes have arrived, the last of them with this frame. Whoever has failed reads on and forgets, so that what it
    /// has to say itself is not lost with a reset.
    pub(super) fn receive(&mut self, bytes: &[u8], frame: FrameNumber) {
        if self.failed {
            return;
        }
        let Some(tls) = &mut self.tls else {
            if !self.passive {
                self.take_in(bytes);
            }
            return;
        };
        let result = tls.receive(bytes);
        let plaintext = tls.read();
        self.look(frame);
        if !plaintext.is_empty() {
            self.open_secured();
            self.take_in(&plaintext);
        }
        match result {
            Ok(()) => {}
            Err(error) => self.fail(error, frame),
        }
        let said_goodbye = self.tls.as_ref().is_some_and(|tls| tls.report().close_notify_seen);
        if said_goodbye && self.testimony.closed_cleanly.is_none() {
            self.testimony.closed_cleanly = Some(true);
            self.state(frame, "close_notify received", false);
            self.closing = true;
        }
    }

    /// The other side has ended its direction.
    pub(super) fn ended(&mut self, frame: FrameNumber) {
        if let Some(tls) = self.tls.as_mut().filter(|_| !self.failed && !self.was_cut) {
            let result = tls.end_of_input();
            if self.testimony.closed_cleanly.is_none() {
                self.testimony.closed_cleanly = Some(false);
                if let Err(error) = result {
                    self.fail(error, frame);
                }
            }
        }
        self.closing |= !self.passive;
    }

    fn fail(&mut self, error: ConnectionError, frame: FrameNumber) {
        self.state(frame, &error.text, true);
        self.failed = true;
        let testimony = &mut self.testimony;
        if testimony.error.is_none() {
            testimony.error = Some(error.text.clone());
            testimony.error_at = Some(frame);
            testimony.check = error.check;
            testimony.alert_seen = error.alert_seen;
            self.alert_possible = Some(error);
        }
    }

    /// Whether the library has finished by now.
    fn look(&mut self, frame: FrameNumber) {
        let Some(tls) = &self.tls else { return };
        if self.testimony.handshake_done {
            return;
        }
        let report = tls.report();
        if report.handshaking {
            return;
        }
        let refused_early = report.early_data_accepted == Some(false);
        self.testimony.handshake_done = true;
        self.testimony.done_at = Some(frame);
        self.state(frame, "handshake complete", false);
        self.open_secured();
        // What the server did not take early is said again, as RFC 8446 4.2.10 leaves it to the application.
        let early = std::mem::take(&mut self.early_sent);
        if refused_early && !early.is_empty() {
            self.say(&early);
        }
    }

    fn open_secured(&mut self) {
        let [_, secured] = self.opened;
        if secured {
            return;
        }
        let report = self.tls.as_ref().map(|tls| tls.report()).unwrap_or_default();
        let identity =
            report.peer_certificates.first().map(|der| Identity::of(&crate::lab::app::read_certificate(der)));
        self.open_application(&Facing { secured: true, identity });
    }

    fn open_application(&mut self, facing: &Facing) {
        let opened = self.opened.get_mut(usize::from(facing.secured));
        if opened.is_some_and(|opened| !std::mem::replace(opened, true)) {
            self.with_application(|app, acts| app.opened(facing, acts));
        }
    }

    fn take_in(&mut self, bytes: &[u8]) {
        self.testimony.received.extend_from_slice(bytes);
        self.with_application(|app, acts| app.receive(bytes, acts));
    }

    fn with_application(&mut self, call: impl FnOnce(&mut dyn Application, &mut Vec<Act>)) {
        let mut acts = Vec::new();
        call(&mut *self.app, &mut acts);
        self.acts.extend(acts);
    }

    fn state(&mut self, frame: FrameNumber, text: &str, fatal: bool) {
        self.testimony.statements.push(Statement { frame, text: text.to_owned(), fatal });
    }

    /// What the library says at the end, taken into the testimony.
    pub(super) fn conclude(&mut self) {
        let Some(tls) = &self.tls else { return };
        let report = tls.report();
        let testimony = &mut self.testimony;
        testimony.version = report.version;
        testimony.suite = report.suite;
        testimony.group = report.group;
        testimony.alpn = report.alpn;
        testimony.server_name = report.server_name;
        testimony.resumed = report.resumed;
        testimony.hello_retry_request = report.hello_retry_request;
        testimony.early_data_accepted = report.early_data_accepted;
        let read = |der: &Vec<u8>| crate::lab::app::read_certificate(der);
        testimony.peer_certificates = report.peer_certificates.iter().map(read).collect();
    }

    /// Whether the fault is one that it found itself, and not what it was told or the end of the line.
    pub(super) fn found_fault(&self) -> bool {
        self.failed && self.testimony.found_fault()
    }
}
