//! The messages of the latest handshake, from which secrets are made and proofs are checked (RFC 5246 7.4.9, 8.1.1,
//! RFC 7627 4, RFC 8446 4.4.1).
//!
//! The two sides are kept apart and put together in the order of the protocol, not of the capture: a segment of one side
//! that is captured late must not make good proofs look bad. Where a message is known to be missing, nothing is given.

use crate::net::Direction;
use crate::tls::decrypt::{Draft, Hash, Suite};
use crate::x509::Certificate;
use std::sync::Arc;

/// The most that is kept; chains of certificates are the greatest part of a handshake.
const MAX_BYTES: usize = 1 << 18;

/// Types of messages with a part in the order.
mod kind {
    pub(super) const HELLO_REQUEST: u8 = 0;
    pub(super) const CLIENT_HELLO: u8 = 1;
    pub(super) const SERVER_HELLO: u8 = 2;
    pub(super) const NEW_SESSION_TICKET: u8 = 4;
    /// The type of drafts; today it has that of a ServerHello.
    pub(super) const HELLO_RETRY_REQUEST: u8 = 6;
    pub(super) const CERTIFICATE: u8 = 11;
    pub(super) const CERTIFICATE_REQUEST: u8 = 13;
    pub(super) const SERVER_HELLO_DONE: u8 = 14;
    pub(super) const CERTIFICATE_VERIFY: u8 = 15;
    pub(super) const CLIENT_KEY_EXCHANGE: u8 = 16;
    pub(super) const FINISHED: u8 = 20;
    pub(super) const KEY_UPDATE: u8 = 24;
    pub(super) const COMPRESSED_CERTIFICATE: u8 = 25;
}

/// How many messages a side of a usual handshake has, and how many bytes the server's take.
const USUAL_MESSAGES: usize = 6;
const USUAL_BYTES: usize = 1024;

/// Why the messages up to a point cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// One was not seen, so far.
    Missing,
    /// Bytes were lost, and maybe messages with them.
    Lost,
    /// There were too many.
    TooLong,
}

/// One message: who sent it, and its number among those of its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) direction: Direction,
    pub(super) index: usize,
}

/// What the sender of a handshake showed as its key.
#[derive(Debug, Default)]
pub(super) enum Shown {
    /// No Certificate message was seen, or an empty one.
    #[default]
    Nothing,
    Certificate(Arc<Certificate>),
    /// The SubjectPublicKeyInfo by itself (RFC 7250).
    RawKey(Vec<u8>),
    /// That of a delegated credential, which stands in for the certificate's (RFC 9345).
    Credential(Vec<u8>),
}

/// The messages with their headers.
#[derive(Debug, Default)]
pub(super) struct Transcript {
    sides: [Flight; 2],
    /// Whether the server asked for a second hello.
    retry: bool,
    too_long: bool,
    /// In TLS 1.3 some messages are part of no handshake.
    pub(super) is_tls13: bool,
    shown: [Shown; 2],
}

#[derive(Debug, Default)]
struct Flight {
    bytes: Vec<u8>,
    messages: Vec<Message>,
    /// The message before which the first loss was.
    hole: Option<usize>,
}

#[derive(Debug)]
struct Message {
    kind: u8,
    end: usize,
    /// What binds a request for a certificate and its answers (RFC 8446 4.3.2).
    context: Vec<u8>,
}

/// Messages of one side that follow each other without one of the other side between them.
struct Run {
    direction: Direction,
    from: usize,
    /// The one behind the last.
    to: usize,
    /// Whether the first one is what it has to be.
    begins: bool,
    /// Whether the last one is there.
    ends: bool,
}

/// What is to be known of a message that is added.
pub(super) struct Added<'a> {
    pub(super) direction: Direction,
    pub(super) kind: u8,
    pub(super) body: &'a [u8],
    pub(super) is_retry: bool,
    /// The context of a request for a certificate or of an answer to it.
    pub(super) context: &'a [u8],
    /// Whether bytes of this direction were lost since the message before it.
    pub(super) after_loss: bool,
    /// Whether the message has the form of SSL 2, which is hashed without a header (RFC 5246 E.2).
    pub(super) bare: bool,
}

impl Transcript {
    /// Turns the directions round.
    pub(super) fn reverse(&mut self) {
        self.sides.reverse();
        self.shown.reverse();
    }

    /// Whether this message begins another handshake.
    pub(super) fn begins_anew(&self, added: &Added<'_>) -> bool {
        let [client, server] = &self.sides;
        match added.kind {
            kind::CLIENT_HELLO => match client.messages.len() {
                0 => false,
                // A second hello repeats the random of the first (RFC 8446 4.1.2).
                1 => !self.retry && client.bytes.get(6..38) != added.body.get(2..34),
                _ => true,
            },
            kind::SERVER_HELLO if !added.is_retry => server.place(kind::SERVER_HELLO, 0).is_some(),
            _ => false,
        }
    }

    /// Whether there are two hellos of the client, or have to be.
    fn is_retried(&self) -> bool {
        let [client, _] = &self.sides;
        self.retry || client.is(1, kind::CLIENT_HELLO)
    }

    /// Adds a message. `None` where it is part of no handshake.
    pub(super) fn add(&mut self, added: &Added<'_>) -> Option<Mark> {
        let Added { direction, kind, body, is_retry, context, after_loss, bare } = *added;
        let ticket = matches!(kind, kind::NEW_SESSION_TICKET | kind::KEY_UPDATE);
        // HelloRequest is no part of what both sides hash (RFC 5246 7.4.1.1).
        if kind == kind::HELLO_REQUEST || self.is_tls13 && ticket {
            return None;
        }
        self.retry |= is_retry;
        let kept: usize = self.sides.iter().map(|side| side.bytes.len()).sum();
        self.too_long |= kept + body.len() > MAX_BYTES;
        let too_long = self.too_long;
        let flight = self.flight_mut(direction);
        let index = flight.messages.len();
        if after_loss && flight.hole.is_none() {
            flight.hole = Some(index);
        }
        if !too_long {
            if flight.messages.is_empty() {
                flight.messages.reserve(USUAL_MESSAGES);
                // A flood of hellos that nobody answers is not to take more than it sends.
                let usual = if direction == Direction::ToClient { USUAL_BYTES } else { 0 };
                flight.bytes.reserve(usual.max(4 + body.len()));
            }
            if !bare {
                let [_, high, middle, low] = u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes();
                flight.bytes.extend([kind, high, middle, low]);
            }
            flight.bytes.extend_from_slice(body);
            let kind = if is_retry { kind::HELLO_RETRY_REQUEST } else { kind };
            flight.messages.push(Message { kind, end: flight.bytes.len(), context: context.to_vec() });
        }
        Some(Mark { direction, index })
    }

    /// What a side showed as its key.
    pub(super) fn shown(&self, direction: Direction) -> &Shown {
        let [client, server] = &self.shown;
        if direction == Direction::ToServer { client } else { server }
    }

    /// Notes what a side showed as its key.
    pub(super) fn show(&mut self, direction: Direction, shown: Shown) {
        let [client, server] = &mut self.shown;
        *(if direction == Direction::ToServer { client } else { server }) = shown;
    }

    /// Whether bytes of its sender were lost before a message.
    pub(super) fn has_hole_before(&self, mark: Mark) -> bool {
        self.flight(mark.direction).hole.is_some_and(|hole| hole <= mark.index)
    }

    fn flight(&self, direction: Direction) -> &Flight {
        let [client, server] = &self.sides;
        if direction == Direction::ToServer { client } else { server }
    }

    fn flight_mut(&mut self, direction: Direction) -> &mut Flight {
        let [client, server] = &mut self.sides;
        if direction == Direction::ToServer { client } else { server }
    }

    /// Whether both sides have sent a Finished.
    pub(super) fn is_over(&self) -> bool {
        self.sides.iter().all(|flight| flight.place(kind::FINISHED, 0).is_some())
    }

    /// Whether no more signature can come (until TLS 1.2): the server has said all, and the client has signed, or has
    /// nothing to sign with.
    pub(super) fn is_signed(&self) -> bool {
        let [client, server] = &self.sides;
        let asked = server.place(kind::CERTIFICATE_REQUEST, 0).is_some();
        let nothing = matches!(self.shown(Direction::ToServer), Shown::Nothing);
        let exchanged = client.place(kind::CLIENT_KEY_EXCHANGE, 0).is_some();
        let through = client.place(kind::CERTIFICATE_VERIFY, 0).is_some() || exchanged && nothing;
        server.place(kind::SERVER_HELLO_DONE, 0).is_some() && (through || !asked)
    }

    /// The messages in their order up to one that is not among them.
    pub(super) fn until(&self, mark: Mark) -> Result<Vec<&[u8]>, Lack> {
        if self.too_long {
            return Err(Lack::TooLong);
        }
        let mut parts = Vec::with_capacity(6);
        for Run { direction, from, to, begins, ends } in self.runs() {
            let flight = self.flight(direction);
            let stops = direction == mark.direction && (from..to).contains(&mark.index);
            let to = if stops { mark.index } else { to };
            // A hole before the mark itself counts too: what is missing there is a part.
            let reach = if stops { to } else { to.saturating_sub(1) };
            if flight.hole.is_some_and(|hole| hole <= reach) {
                return Err(Lack::Lost);
            }
            if !begins || !ends && !stops {
                return Err(Lack::Missing);
            }
            parts.push(flight.part(from, to));
            if stops {
                return Ok(parts);
            }
        }
        self.after_handshake(mark, parts)
    }

    /// The runs of messages in the order of the protocol.
    fn runs(&self) -> Vec<Run> {
        let [client, server] = &self.sides;
        let mut all = Vec::with_capacity(5);
        let retries = usize::from(self.is_retried());
        all.push(client.one(Direction::ToServer, 0, kind::CLIENT_HELLO));
        if retries > 0 {
            all.push(server.one(Direction::ToClient, 0, kind::HELLO_RETRY_REQUEST));
            all.push(client.one(Direction::ToServer, 1, kind::CLIENT_HELLO));
        }
        let done = server.place(kind::SERVER_HELLO_DONE, retries);
        let last = [done, server.place(kind::FINISHED, retries)].into_iter().flatten().min();
        let hello = server.run(Direction::ToClient, retries, last);
        let end = hello.to;
        all.push(Run { begins: server.is(retries, kind::SERVER_HELLO), ..hello });
        all.push(client.run(Direction::ToServer, 1 + retries, client.place(kind::FINISHED, 1 + retries)));
        if done.is_some() {
            all.push(server.run(Direction::ToClient, end, server.place(kind::FINISHED, end)));
        }
        all
    }

    /// What a client signs and seals that is asked for its certificate later: the handshake, the request with the same
    /// context, and its own messages (RFC 8446 4.4).
    fn after_handshake<'a>(&'a self, mark: Mark, mut parts: Vec<&'a [u8]>) -> Result<Vec<&'a [u8]>, Lack> {
        let [client, server] = &self.sides;
        if mark.direction != Direction::ToServer || !self.is_tls13 {
            return Err(Lack::Missing);
        }
        let is_certificate = |index: &usize| client.messages.get(*index).is_some_and(Message::is_certificate);
        let first = (0..mark.index).rev().find(is_certificate).ok_or(Lack::Missing)?;
        let context = client.messages.get(first).map(|message| message.context.as_slice()).unwrap_or_default();
        let behind = server.place(kind::FINISHED, 0).ok_or(Lack::Missing)?;
        let asks = |message: &Message| message.kind == kind::CERTIFICATE_REQUEST && message.context == context;
        let request = server.messages.iter().skip(behind).position(asks).ok_or(Lack::Missing)? + behind;
        if client.hole.is_some_and(|hole| hole <= mark.index) || server.hole.is_some_and(|hole| hole <= request) {
            return Err(Lack::Lost);
        }
        parts.extend([server.part(request, request + 1), client.part(first, mark.index)]);
        Ok(parts)
    }

    /// The hash of the messages up to one, in TLS 1.3.
    pub(super) fn hash_until(&self, hash: Hash, draft: Draft, mark: Mark) -> Result<Vec<u8>, Lack> {
        self.until(mark).map(|parts| self.hash(hash, draft, &parts))
    }

    /// The hash up to the binders of the hello that is the latest message of the client (RFC 8446 4.2.11.2).
    pub(super) fn hash_until_binders(&self, hash: Hash, draft: Draft, mark: Mark, binders: usize) -> Option<Vec<u8>> {
        let mut parts = self.until(mark).ok()?;
        let client = self.flight(Direction::ToServer);
        let hello = client.part(mark.index, mark.index + 1);
        parts.push(hello.get(..hello.len().checked_sub(binders)?)?);
        Some(self.hash(hash, draft, &parts))
    }

    /// A first ClientHello stands in it as its hash only (RFC 8446 4.4.1).
    fn hash(&self, hash: Hash, draft: Draft, parts: &[&[u8]]) -> Vec<u8> {
        let Some((first, rest)) = parts.split_first().filter(|(_, rest)| self.is_retried() && !rest.is_empty()) else {
            return hash.digest(parts);
        };
        if !draft.hashes_first_hello() {
            return hash.digest(parts);
        }
        let first = hash.digest(&[first]);
        let header = [254, 0, 0, u8::try_from(first.len()).unwrap_or(u8::MAX)];
        let mut all: Vec<&[u8]> = vec![&header, &first];
        all.extend(rest);
        hash.digest(&all)
    }

    /// The ClientKeyExchange.
    pub(super) fn key_exchange(&self) -> Option<&[u8]> {
        let [client, _] = &self.sides;
        let index = client.place(kind::CLIENT_KEY_EXCHANGE, 0)?;
        client.part(index, index + 1).get(4..)
    }

    /// The messages up to the ClientKeyExchange, with it.
    pub(super) fn until_key_exchange(&self) -> Vec<u8> {
        let [client, _] = &self.sides;
        let index = client.place(kind::CLIENT_KEY_EXCHANGE, 0);
        self.through(Direction::ToServer, index).map(|parts| parts.concat()).unwrap_or_default()
    }

    /// The hash of the hello, for early data.
    pub(super) fn hash_of_hello(&self, suite: Suite) -> Vec<u8> {
        let [client, _] = &self.sides;
        suite.hash().digest(&[client.part(0, 1)])
    }

    /// The hash up to the ServerHello.
    pub(super) fn hash_of_hellos(&self, suite: Suite, draft: Draft) -> Option<Vec<u8>> {
        let [_, server] = &self.sides;
        let parts = self.through(Direction::ToClient, server.place(kind::SERVER_HELLO, 0))?;
        Some(self.hash(suite.hash(), draft, &parts))
    }

    /// The hash up to the server's Finished.
    pub(super) fn hash_until_finished(&self, suite: Suite, draft: Draft) -> Option<Vec<u8>> {
        let [_, server] = &self.sides;
        let parts = self.through(Direction::ToClient, server.place(kind::FINISHED, 0))?;
        Some(self.hash(suite.hash(), draft, &parts))
    }

    /// The messages up to one and with it.
    fn through(&self, direction: Direction, index: Option<usize>) -> Option<Vec<&[u8]>> {
        let index = index?;
        let mut parts = self.until(Mark { direction, index }).ok()?;
        parts.push(self.flight(direction).part(index, index + 1));
        Some(parts)
    }

    /// Whether there is a Finished of the server.
    pub(super) fn is_finished(&self) -> bool {
        let [_, server] = &self.sides;
        server.place(kind::FINISHED, 0).is_some()
    }
}

impl Flight {
    fn is(&self, index: usize, kind: u8) -> bool {
        self.messages.get(index).is_some_and(|message| message.kind == kind)
    }

    fn one(&self, direction: Direction, index: usize, kind: u8) -> Run {
        let there = self.is(index, kind);
        Run { direction, from: index, to: index + 1, begins: there, ends: there }
    }

    fn run(&self, direction: Direction, from: usize, last: Option<usize>) -> Run {
        let to = last.map_or(self.messages.len().max(from), |last| last + 1);
        Run { direction, from, to, begins: true, ends: last.is_some() }
    }

    /// The first message of a type, from `from` on.
    fn place(&self, kind: u8, from: usize) -> Option<usize> {
        self.messages.iter().skip(from).position(|message| message.kind == kind).map(|index| index + from)
    }

    /// The bytes of the messages from `from` to the one before `to`.
    fn part(&self, from: usize, to: usize) -> &[u8] {
        let end = |index: usize| {
            index.checked_sub(1).map_or(0, |before| self.messages.get(before).map_or(self.bytes.len(), |m| m.end))
        };
        self.bytes.get(end(from)..end(to)).unwrap_or_default()
    }
}

impl Message {
    fn is_certificate(&self) -> bool {
        matches!(self.kind, kind::CERTIFICATE | kind::COMPRESSED_CERTIFICATE)
    }
}
