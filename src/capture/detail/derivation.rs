//! The key schedule of a session: its messages, the secrets that are known of it and one of its records, as the
//! schedule takes them.

use super::Detail;
use crate::base::{BufferId, Reader, Tree};
use crate::capture::{Frames, Store};
use crate::net::Direction;
use crate::session::{Event, EventKind, OpenedRecord, Session, client_random};
use crate::tls::code::{CipherSuite, HandshakeType, KeyExchange, ProtocolVersion};
use crate::tls::decrypt::derivation::{Derivation, Handshake, HandshakeMessage, KnownSecret, Origin, Psk, RecordAt};
use crate::tls::handshake::{self, Cache, Context, Message, NewSessionTicket};
use crate::tls::key_log::{Entry, Label};
use crate::tls::record::Header;
use crate::tls::secrets::{Secret, Secrets};
use crate::tls::ssl2;
use std::io;
use std::sync::Arc;

/// The length of a message's header: type and length.
const HEADER: usize = 4;

/// A record of a session, by its direction and its place among those that were opened there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordId {
    /// Which way it went.
    pub direction: Direction,
    /// Its place among the opened records of that direction.
    pub index: usize,
}

impl Detail {
    /// The key schedule of the session, as far as it follows from `secrets`; with the protection of one record.
    #[must_use]
    pub fn derivation(&self, secrets: &Secrets, record: Option<RecordId>) -> Derivation {
        let record = record.and_then(|id| self.record_at(id));
        let handshake = self.handshake_of_keys(secrets);
        let offered = secrets.all_pre_shared_keys();
        if handshake.psk == Psk::None || offered.is_empty() || handshake.version.is_none_or(|it| !it.is_tls13()) {
            return Derivation::of(&handshake, record.as_ref());
        }
        // Which of the keys it is shows in the secrets that they give.
        let with = |key: &Secret| {
            let (label, secret, origin) = (Label::LabPreSharedKey, key.clone(), Origin::PreSharedKey);
            let mut handshake = handshake.clone();
            handshake.given.push(KnownSecret { label, secret, origin });
            Derivation::of(&handshake, record.as_ref())
        };
        let found = offered.iter().map(|key| with(&key.key)).find(Derivation::is_confirmed);
        found.unwrap_or_else(|| Derivation::of(&handshake, record.as_ref()))
    }

    /// The records of one direction that were opened.
    #[must_use]
    pub fn opened(&self, direction: Direction) -> &[OpenedRecord] {
        self.opened.get(direction.index()).map(Vec::as_slice).unwrap_or_default()
    }

    /// The record in which an event begins, where it was opened.
    #[must_use]
    pub fn record_of(&self, event: usize) -> Option<RecordId> {
        let event = self.session.timeline.get(event).filter(|event| event.decrypted)?;
        let records = self.opened(event.direction);
        let index = records.iter().position(|record| record.offset == event.offset)?;
        Some(RecordId { direction: event.direction, index })
    }

    fn record_at(&self, id: RecordId) -> Option<RecordAt> {
        let record = self.opened(id.direction).get(id.index)?;
        let wire = self.stream(id.direction, record.offset, super::decrypted::wire_length(record));
        Some(RecordAt {
            from_client: id.direction == Direction::ToServer,
            stage: record.stage,
            place: record.place,
            header: record.header,
            opened: record.opened,
            frame: self.frame_of(id.direction, record),
            payload: wire.bytes.get(Header::LENGTH..)?.to_vec(),
            length: record.length,
        })
    }

    fn handshake_of_keys(&self, secrets: &Secrets) -> Handshake {
        let session = &self.session;
        let client = session.client_hellos.first().map(|hello| &hello.item);
        let server = session.server_hello();
        let messages = self.handshake_messages();
        let exchanged = messages.iter().any(|message| message.kind == HandshakeType::CLIENT_KEY_EXCHANGE);
        let psk = match (client.map_or(0, |hello| hello.psk_identities), server) {
            (0, _) => Psk::None,
            (_, Some(hello)) if hello.selected_psk.is_none() => Psk::Refused,
            (_, Some(hello)) if hello.key_share_group.is_none() => Psk::Alone,
            _ => Psk::WithExchange,
        };
        let mut handshake = Handshake {
            version: session.version,
            cipher_suite: session.cipher_suite,
            group: session.group,
            client_random: client.and_then(|hello| client_random(hello)).unwrap_or_default(),
            server_random: server.and_then(|hello| hello.random).unwrap_or_default(),
            extended_master_secret: server.is_some_and(|hello| hello.extended_master_secret),
            encrypt_then_mac: server.is_some_and(|hello| hello.encrypt_then_mac),
            psk,
            early_data: client.is_some_and(|hello| hello.early_data),
            resumed: session.resumed == Some(true) && !exchanged,
            messages,
            given: Vec::new(),
        };
        handshake.given = given(session, &handshake, secrets);
        handshake
    }

    /// The handshake messages of the timeline with their bytes, as far as they can be read.
    fn handshake_messages(&self) -> Vec<HandshakeMessage> {
        let events = self.session.timeline.iter().enumerate();
        events.filter_map(|(index, event)| self.handshake_message(index, event)).collect()
    }

    fn handshake_message(&self, index: usize, event: &Event) -> Option<HandshakeMessage> {
        let dissection = || self.dissect(index);
        let (kind, bytes) = match event.kind {
            EventKind::Handshake { kind, .. } => {
                let dissection = dissection();
                let root = dissection.tree.nodes().iter().rfind(|node| node.depth == 0)?;
                (kind, dissection.bytes(root.span).to_vec())
            }
            // A hello in the old form is hashed without the header of its record (RFC 5246 E.2).
            EventKind::Ssl2 { kind, .. } if kind == HandshakeType::CLIENT_HELLO.0 => {
                let record = dissection().buffers.into_iter().next()?.bytes;
                let header = usize::from(ssl2::header(&record)?.size);
                (HandshakeType::CLIENT_HELLO, record.get(header..)?.to_vec())
            }
            _ => return None,
        };
        let hellos = &self.session.server_hellos;
        let asks = |frame| hellos.iter().any(|hello| hello.frame == frame && hello.item.is_hello_retry_request);
        Some(HandshakeMessage {
            kind,
            name: self.session.event_name(event).into_owned(),
            is_retry: kind == HandshakeType::SERVER_HELLO && asks(event.frame),
            from_client: event.direction == Direction::ToServer,
            frame: event.frame,
            event: index,
            ticket_nonce: self.ticket(kind, &bytes).map(|ticket| ticket.nonce),
            bytes,
        })
    }

    /// The facts of a NewSessionTicket of TLS 1.3.
    fn ticket(&self, kind: HandshakeType, bytes: &[u8]) -> Option<NewSessionTicket> {
        let version = self.session.version.filter(|version| version.is_tls13())?;
        if kind != HandshakeType::NEW_SESSION_TICKET {
            return None;
        }
        let context = Context { version: Some(version), ..Context::default() };
        let reader = Reader::new(bytes.get(HEADER..)?, BufferId(0));
        match handshake::read(kind, reader, &context, &mut Cache::new(), &mut Tree::off()) {
            Message::NewSessionTicket(ticket) => Some(ticket),
            _ => None,
        }
    }
}

/// The secrets of a session that are known, and where each came from.
fn given(session: &Session, handshake: &Handshake, secrets: &Secrets) -> Vec<KnownSecret> {
    let random = handshake.client_random;
    let mut all: Vec<KnownSecret> = secrets
        .of(&random)
        .iter()
        .map(|(label, secret)| {
            let origin = match label {
                Label::LabSharedSecret => Origin::Lab,
                Label::LabPreSharedKey => Origin::EarlierConnection,
                label => Origin::KeyLog(*label),
            };
            KnownSecret { label: *label, secret: secret.clone(), origin }
        })
        .collect();
    let learned = session.decryption.iter().flat_map(|facts| &facts.learned);
    for entry in learned {
        if let Entry::Random { label, secret, .. } = entry
            && !all.iter().any(|given| given.label == *label)
        {
            all.push(KnownSecret { label: *label, secret: secret.clone(), origin: Origin::Learned });
        }
    }
    if !all.iter().any(|given| given.label == Label::Premaster) {
        all.extend(premaster(handshake, secrets));
    }
    all
}

/// The premaster secret that the client encrypted, or that is made of a pre-shared key alone (RFC 4279 2).
fn premaster(handshake: &Handshake, secrets: &Secrets) -> Option<KnownSecret> {
    let is_it = |message: &&HandshakeMessage| message.kind == HandshakeType::CLIENT_KEY_EXCHANGE;
    let body = handshake.messages.iter().find(is_it)?.bytes.get(HEADER..)?;
    let given = |secret, origin| Some(KnownSecret { label: Label::Premaster, secret, origin });
    match handshake.cipher_suite.map_or(KeyExchange::Unknown, CipherSuite::key_exchange) {
        KeyExchange::Rsa => {
            let framed = handshake.version != Some(ProtocolVersion::SSL3);
            let encrypted = body.get(2..).filter(|rest| framed && prefix(body) == Some(rest.len())).unwrap_or(body);
            if let Some(secret) = secrets.premaster(encrypted) {
                return given(secret.clone(), Origin::KeyLog(Label::Premaster));
            }
            let found = secrets.private_keys().iter().find_map(|key| key.premaster(encrypted));
            given(found?, Origin::PrivateKey)
        }
        KeyExchange::Psk => {
            let identity = body.get(2..)?.get(..prefix(body)?)?;
            let key = secrets.pre_shared_keys(identity).next()?.key.bytes();
            let length = u16::try_from(key.len()).ok()?.to_be_bytes();
            let zeros = vec![0; key.len()];
            given(Secret::new([&length, zeros.as_slice(), &length, key].concat()), Origin::PreSharedKey)
        }
        _ => None,
    }
}

/// The length that stands in front.
fn prefix(body: &[u8]) -> Option<usize> {
    body.first_chunk::<2>().map(|length| usize::from(u16::from_be_bytes(*length)))
}

/// Finds the pre-shared keys with which sessions resume earlier ones of the same capture, and keeps them. They follow
/// from the whole key schedule of the earlier session, which is known in rehearsals alone.
pub fn learn_resumption(
    store: &dyn Store,
    frames: &Frames,
    sessions: &[Arc<Session>],
    secrets: &mut Arc<Secrets>,
) -> io::Result<()> {
    let mut tickets: Vec<(Vec<u8>, Secret)> = Vec::new();
    for session in sessions {
        let detail = Detail::open(store, frames, session, secrets)?;
        let messages = detail.handshake_messages();
        let hello = messages.iter().find(|message| message.kind == HandshakeType::CLIENT_HELLO);
        let random = session.client_hellos.first().and_then(|hello| client_random(&hello.item));
        if let Some((hello, random)) = hello.zip(random) {
            // A ticket is long and random: where its bytes are in a hello, they are its identity.
            let shows = |ticket: &[u8]| hello.bytes.windows(ticket.len()).any(|bytes| bytes == ticket);
            if let Some((_, secret)) = tickets.iter().find(|(ticket, _)| shows(ticket)) {
                let (label, secret) = (Label::LabPreSharedKey, secret.clone());
                Arc::make_mut(secrets).keep(Entry::Random { label, random, secret });
            }
        }
        let derivation = detail.derivation(secrets, None);
        let given = messages.iter().filter_map(|message| detail.ticket(message.kind, &message.bytes));
        for (number, ticket) in (1..).zip(given) {
            let node = derivation.find(&format!("PSK of ticket {number}"));
            let key = node.and_then(|id| derivation.nodes.get(id)).and_then(|node| node.value());
            tickets.extend(key.filter(|_| !ticket.ticket.is_empty()).map(|key| (ticket.ticket, key.clone())));
        }
    }
    Ok(())
}
