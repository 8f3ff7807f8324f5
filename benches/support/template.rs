//! Handshakes of the sample captures, and which of their bytes differ from session to session.

use super::authority::Authority;
use super::random::Random;
use std::path::Path;
use tlslab::capture::{Input, open};

/// How many servers, each with its name and certificates, the sessions go to.
const SERVERS: u32 = 400;

/// A handshake: its flights in their order, the first from the client.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) flights: Vec<Flight>,
    pub(super) tls13: bool,
}

/// What one side sends before the other answers.
#[derive(Debug, Default)]
pub(super) struct Flight {
    pub(super) from_client: bool,
    bytes: Vec<u8>,
    changes: Vec<Change>,
}

/// Bytes that are other ones in each session.
#[derive(Debug)]
struct Change {
    at: usize,
    length: usize,
    to: To,
}

#[derive(Debug)]
enum To {
    /// Anything.
    Fresh,
    /// The session id of the client, which a server of TLS 1.3 gives back.
    SessionId,
    /// The certificate of each server.
    Certificate(Vec<Vec<u8>>),
    /// The name of the server.
    ServerName,
}

impl Template {
    pub(super) fn all() -> Vec<Self> {
        ["one-way-tls12", "one-way-tls13", "mutual-tls12", "mutual-tls13"].into_iter().map(Self::read).collect()
    }

    fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures").join(name).with_extension("pcapng");
        let mut source = open(&[Input::Path(path)], false).unwrap().source;
        let mut flights: Vec<Flight> = Vec::new();
        while let Some(packet) = source.next_packet() {
            let sliced = etherparse::SlicedPacket::from_ethernet(packet.bytes).unwrap();
            let Some(etherparse::TransportSlice::Tcp(tcp)) = sliced.transport else { continue };
            let from_client = tcp.destination_port() == 4433;
            if tcp.payload().is_empty() {
                continue;
            }
            if flights.last().is_none_or(|last| last.from_client != from_client) {
                flights.push(Flight { from_client, ..Flight::default() });
            }
            flights.last_mut().unwrap().bytes.extend_from_slice(tcp.payload());
        }
        flights.truncate(4);
        let authority = Authority::new();
        let tls13 = name.ends_with('3');
        let mut hidden = [false; 2];
        for flight in &mut flights {
            flight.prepare(tls13, &mut hidden[usize::from(flight.from_client)], &authority);
        }
        Self { flights, tls13 }
    }

    /// A session id and the server for a new session.
    pub(super) fn identity(random: &mut Random) -> Identity {
        let mut session_id = [0; 32];
        random.fill(&mut session_id);
        Identity { session_id, server: random.below(SERVERS as usize) as u32 }
    }
}

/// What is the same in all flights of a session.
#[derive(Debug)]
pub(super) struct Identity {
    session_id: [u8; 32],
    pub(super) server: u32,
}

impl Flight {
    /// The bytes of the flight in a session of its own.
    pub(super) fn bytes(&self, identity: &Identity, random: &mut Random) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        for change in &self.changes {
            let place = &mut bytes[change.at..change.at + change.length];
            match &change.to {
                To::Fresh => random.fill(place),
                To::SessionId => place.copy_from_slice(&identity.session_id[..change.length]),
                To::Certificate(of_servers) => place.copy_from_slice(&of_servers[identity.server as usize]),
                To::ServerName => place.copy_from_slice(name_of(identity.server).as_bytes()),
            }
        }
        bytes
    }

    /// Drops the alerts of TLS 1.3, which end a session, and finds what changes.
    fn prepare(&mut self, tls13: bool, hidden: &mut bool, authority: &Authority) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut at = 0;
        while at < bytes.len() {
            let length = number(&bytes[at + 3..at + 5]);
            let record = &bytes[at..at + 5 + length];
            at += record.len();
            if tls13 && record[0] == 23 && length == 19 {
                continue;
            }
            let start = self.bytes.len() + 5;
            self.bytes.extend_from_slice(record);
            match record[0] {
                20 => *hidden = true,
                22 if !*hidden => self.messages(start, authority),
                _ => self.change(start, length, To::Fresh),
            }
        }
    }

    fn change(&mut self, at: usize, length: usize, to: To) {
        self.changes.push(Change { at, length, to });
    }

    /// The handshake messages from `at` to the end of what is there.
    fn messages(&mut self, mut at: usize, authority: &Authority) {
        while at < self.bytes.len() {
            let (kind, length) = (self.bytes[at], number(&self.bytes[at + 1..at + 4]));
            let body = at + 4;
            at = body + length;
            match kind {
                1 | 2 => self.hello(kind, body),
                4 => self.change(body + 6, length - 6, To::Fresh),
                11 => self.certificates(body, authority),
                // The curve and its name, then the point: its first byte tells its form and stays.
                12 => {
                    let point = usize::from(self.bytes[body + 3]);
                    self.change(body + 5, point - 1, To::Fresh);
                    self.change(body + length - 16, 16, To::Fresh);
                }
                15 => self.change(body + length - 16, 16, To::Fresh),
                16 => self.change(body + 2, length - 2, To::Fresh),
                _ => {}
            }
        }
    }

    fn hello(&mut self, kind: u8, body: usize) {
        self.change(body + 2, 32, To::Fresh);
        let session_id = usize::from(self.bytes[body + 34]);
        self.change(body + 35, session_id, To::SessionId);
        let mut at = body + 35 + session_id;
        if kind == 1 {
            at += 2 + number(&self.bytes[at..at + 2]);
            at += 1 + usize::from(self.bytes[at]);
        } else {
            at += 3;
        }
        let end = at + 2 + number(&self.bytes[at..at + 2]);
        at += 2;
        while at < end {
            let (extension, length) = (number(&self.bytes[at..at + 2]), number(&self.bytes[at + 2..at + 4]));
            at += 4;
            match (extension, kind) {
                (0, 1) => self.change(at + 5, length - 5, To::ServerName),
                (51, 1) => self.key_shares(at + 2, at + length),
                (51, _) => self.key_shares(at, at + length),
                _ => {}
            }
            at += length;
        }
    }

    /// A group, a length and a key each; the first byte of a key may tell its form and stays.
    fn key_shares(&mut self, mut at: usize, end: usize) {
        while at < end {
            let length = number(&self.bytes[at + 2..at + 4]);
            self.change(at + 5, length - 1, To::Fresh);
            at += 4 + length;
        }
    }

    fn certificates(&mut self, body: usize, authority: &Authority) {
        let end = body + 3 + number(&self.bytes[body..body + 3]);
        let mut at = body + 3;
        while at < end {
            let length = number(&self.bytes[at..at + 3]);
            at += 3;
            let sample = &self.bytes[at..at + length];
            let of_servers = (0..SERVERS).map(|server| authority.issue(sample, server, &name_of(server))).collect();
            self.change(at, length, To::Certificate(of_servers));
            at += length;
        }
    }
}

/// The name of a server, as long as that in the samples.
fn name_of(server: u32) -> String {
    format!("h{server:04}.lab")
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}
