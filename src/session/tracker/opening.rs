//! Opens the protected records of a session with the secrets that were given, and reads what is in them as if it had
//! been sent in clear.
//!
//! Without secrets nothing here runs. With them, each protected record is tried once with the key that its direction
//! has come to; where that fails, `tls::decrypt::Side` looks for the right one.

mod keys;

use super::super::decryption::{Closed, Decryption};
use super::super::facts::EventKind;
use super::super::listener::Heard;
use super::known::Known;
use super::stray::{Proof, Tried};
use super::transcript::Transcript;
use super::waiting::Waiting;
use super::{Means, Moment, Tracker};
use crate::net::Direction;
use crate::tls::code::{AlertDescription, AlertLevel, ContentType, ProtocolVersion};
use crate::tls::decrypt::{Found, Opened, Place, RecordKey, Sealed, Sha256, Side, Stage};
use crate::tls::handshake::Alert;
use crate::tls::key_log::{Entry, Label};
use crate::tls::record::Header;
use crate::tls::secrets::{Remembered, Secret, Secrets};
use std::sync::Arc;

/// The suites of TLS 1.3 that are tried on early data, which comes before a suite is chosen.
pub(super) const EARLY_SUITES: [u16; 5] = [0x1301, 0x1302, 0x1303, 0x1304, 0x1305];

/// How many records may stay closed before a session is no longer tried with the secrets of others.
const FEW_CLOSED: u32 = 4;

/// What is needed to open a record again.
#[derive(Clone, Debug)]
pub struct OpenedRecord {
    /// Offset of its header in the stream.
    pub offset: u64,
    /// Its header.
    pub header: Header,
    /// The key that opens it.
    pub key: Arc<RecordKey>,
    /// The record's place under the key.
    pub place: Place,
    /// Which part of the connection the key protects.
    pub stage: Stage,
    /// What it is.
    pub opened: Opened,
    /// Length of its content in bytes.
    pub length: u32,
}

/// The state of decryption of one session.
#[derive(Debug, Default)]
pub(super) struct Opening {
    sides: [Side; 2],
    /// Until TLS 1.2: a ChangeCipherSpec came, and the keys are made with the first record behind it.
    pending: [bool; 2],
    /// For which state of the secrets, and behind which of ServerHello and Finished, keys were looked for last.
    looked_for: [Option<(u64, bool, bool)>; 2],
    /// How often keys were made, up to TLS 1.2: each handshake makes new ones.
    made: [usize; 2],
    /// Secrets of TLS 1.3 that were found in another way than by the client random.
    own: Vec<(Label, Secret)>,
    /// What was tried where a hello is missing, and what came of it.
    tried: Tried,
    proof: Option<Proof>,
    /// The master secret that keys were made from last, until TLS 1.2.
    pub(super) master: Option<Secret>,
    pub(super) facts: Decryption,
    digests: Option<[Sha256; 2]>,
    log: Option<[Vec<OpenedRecord>; 2]>,
    pub(super) waiting: Waiting,
    /// The content of the latest record; kept for its memory.
    content: Vec<u8>,
}

/// What a trial with keys that may be the wrong ones changes.
struct Kept {
    side: Side,
    pending: [bool; 2],
    made: [usize; 2],
    master: Option<Secret>,
}

/// Where secrets are looked for.
pub(super) struct Sources<'a> {
    pub(super) transcript: Option<&'a Transcript>,
    pub(super) secrets: &'a Secrets,
    pub(super) remembered: &'a mut Remembered,
    /// The record that the keys are for; it shows which of several secrets is the right one.
    pub(super) record: Option<(Header, &'a [u8])>,
}

impl Opening {
    fn new(digest: bool, log: bool) -> Box<Self> {
        Box::new(Self { digests: digest.then(Default::default), log: log.then(Default::default), ..Self::default() })
    }

    pub(super) fn reverse(&mut self) {
        self.sides.reverse();
        self.pending.reverse();
        self.looked_for.reverse();
        self.made.reverse();
        self.tried.reverse();
        self.facts.reverse();
        self.waiting.reverse();
        self.digests.iter_mut().for_each(|pair| pair.reverse());
        self.log.iter_mut().for_each(|pair| pair.reverse());
    }

    pub(super) fn change_cipher_spec(&mut self, direction: Direction) {
        if let Some(pending) = self.pending.get_mut(direction.index()) {
            *pending = true;
        }
    }

    /// The facts, with the digests as they stand.
    pub(super) fn facts(&self) -> Decryption {
        let mut facts = self.facts.clone();
        for (content, digest) in facts.content.iter_mut().zip(self.digests.iter().flatten()) {
            content.sha256 = Some(digest.value());
        }
        facts
    }

    fn side(&mut self, direction: Direction) -> &mut Side {
        let [to_server, to_client] = &mut self.sides;
        if direction == Direction::ToServer { to_server } else { to_client }
    }

    /// A record was opened with secrets of which nothing said that they belong to the session.
    pub(super) fn proved(&mut self, proof: Proof, secrets: &Secrets) {
        self.proof = Some(proof);
        for (label, secret) in secrets.of(&proof.random) {
            self.facts.learn(Entry::Random { label: *label, random: proof.random, secret: secret.clone() });
        }
        self.sides.iter_mut().for_each(Side::begun_before);
    }

    pub(super) fn is_proved(&self) -> bool {
        self.proof.is_some()
    }

    /// Whether one more record of this direction is to be tried with secrets that may belong to the session.
    pub(super) fn tries_one_more(&mut self, direction: Direction, secrets: &Secrets) -> bool {
        self.tried.one_more(direction, secrets)
    }

    /// With which handshake the keys are made that are to be made next in this direction.
    pub(super) fn next_handshake(&self, direction: Direction) -> usize {
        self.made.get(direction.index()).copied().unwrap_or_default()
    }

    /// Whether the next record of this direction needs keys that are not made yet.
    pub(super) fn needs_keys(&mut self, direction: Direction) -> bool {
        self.pending.get(direction.index()).copied().unwrap_or_default() || !self.side(direction).has_keys()
    }

    fn kept(&mut self, direction: Direction) -> Kept {
        let master = self.master.clone();
        Kept { side: self.side(direction).clone(), pending: self.pending, made: self.made, master }
    }

    fn restore(&mut self, direction: Direction, kept: Kept) {
        *self.side(direction) = kept.side;
        (self.pending, self.made, self.master) = (kept.pending, kept.made, kept.master);
    }

    /// Why a record stayed closed although its keys were looked for.
    fn reason(&mut self, direction: Direction, known: &Known<'_>) -> Closed {
        let side = self.side(direction);
        let tls13 = known.version.is_none_or(ProtocolVersion::is_tls13);
        if side.has_opened() && tls13 && known.version.is_some() && !side.has_application() {
            return Closed::LabelMissing(match direction {
                Direction::ToServer => Label::ClientTraffic(0),
                Direction::ToClient => Label::ServerTraffic(0),
            });
        }
        if side.has_opened() {
            return Closed::Damaged;
        }
        if !tls13 {
            return Closed::WrongSecret;
        }
        let needed = match (direction, known.version) {
            (Direction::ToServer, None) if known.early_data => Stage::Early,
            (_, None) if self.proof.is_none() => return Closed::HandshakeNotCaptured,
            _ => Stage::Handshake,
        };
        let side = self.side(direction);
        if side.has(needed) {
            return Closed::WrongSecret;
        }
        Closed::LabelMissing(match (direction, needed) {
            (_, Stage::Early) => Label::ClientEarlyTraffic,
            (Direction::ToServer, _) => Label::ClientHandshakeTraffic,
            (Direction::ToClient, _) => Label::ServerHandshakeTraffic,
        })
    }

    fn keep(&mut self, direction: Direction, offset: u64, header: Header, found: &Found, length: usize) {
        if let Some(log) = self.log.as_mut().and_then(|log| log.get_mut(direction.index())) {
            let Found { opened, key, stage, place, .. } = found.clone();
            let length = u32::try_from(length).unwrap_or(u32::MAX);
            log.push(OpenedRecord { offset, header, key, place, stage, opened, length });
        }
    }

    fn count_content(&mut self, direction: Direction, content: &[u8]) {
        if let Some(count) = self.facts.content.get_mut(direction.index()) {
            count.records += 1;
            count.bytes += content.len() as u64;
        }
        if let Some(digest) = self.digests.as_mut().and_then(|pair| pair.get_mut(direction.index())) {
            digest.update(content);
        }
    }
}

/// What a secret of TLS 1.3 protects, and in which direction.
pub(super) fn stage(label: Label) -> Option<(Direction, Stage)> {
    Some(match label {
        Label::ClientEarlyTraffic => (Direction::ToServer, Stage::Early),
        Label::ClientHandshakeTraffic => (Direction::ToServer, Stage::Handshake),
        Label::ServerHandshakeTraffic => (Direction::ToClient, Stage::Handshake),
        Label::ClientTraffic(number) => (Direction::ToServer, Stage::Application(number)),
        Label::ServerTraffic(number) => (Direction::ToClient, Stage::Application(number)),
        _ => return None,
    })
}

impl Tracker {
    /// Whether application data of this session is worth to be kept until its record is complete.
    pub fn wants_content(&self, secrets: Option<&Secrets>) -> bool {
        let Some(secrets) = secrets else { return false };
        self.opening.as_ref().is_some_and(|opening| opening.sides.iter().any(Side::has_keys))
            || secrets.has_others()
            || self.may_be_tried(secrets)
            || self.client_random().is_some_and(|random| secrets.has(&random))
    }

    /// Whether secrets without a match may be tried on the session: its first protected records are needed for that.
    fn may_be_tried(&self, secrets: &Secrets) -> bool {
        let few = |opening: &Opening| opening.facts.closed.iter().sum::<u32>() < FEW_CLOSED;
        secrets.connections() > 0
            && self.version.is_none_or(ProtocolVersion::is_tls13)
            && self.opening.as_deref().is_none_or(few)
    }

    /// Whether a record of this type is encrypted. Application data is, even where the ChangeCipherSpec before it was
    /// lost.
    fn is_protected(&self, direction: Direction, content_type: ContentType) -> bool {
        let tls13 = self.version.is_none_or(ProtocolVersion::is_tls13);
        let changed = self.sides.get(direction.index()).is_some_and(|side| side.protected);
        content_type == ContentType::APPLICATION_DATA || (changed && !tls13)
    }

    /// Whether a record that seems to be in clear may be encrypted: the ChangeCipherSpec before it was lost, or it came
    /// before the ServerHello that says what a ChangeCipherSpec means.
    fn may_be_protected(&mut self, direction: Direction, content_type: ContentType) -> bool {
        let hidden = matches!(content_type, ContentType::HANDSHAKE | ContentType::ALERT);
        let again = content_type == ContentType::CHANGE_CIPHER_SPEC;
        let lost = self.opening.as_mut().is_some_and(|opening| opening.side(direction).has_lost());
        let side = self.side(direction);
        match (lost || side.lost > 0, side.protected, self.version) {
            (_, changed, None) => changed && (hidden || again),
            (lost, _, Some(version)) => lost && hidden && !version.is_tls13() && self.has_hellos(),
        }
    }

    /// Whether records of the session are to be opened. What only has a MAC can be read without; with keys the MAC is
    /// taken off.
    fn is_opened(&self, secrets: &Secrets) -> bool {
        !self.unencrypted || self.client_random().is_some_and(|random| secrets.has(&random))
    }

    /// The state before the first record that is to be opened. Where secrets came late, it is not the first that is
    /// protected.
    fn new_opening(&self, direction: Direction, digest: bool) -> Box<Opening> {
        let mut opening = Opening::new(digest, self.keeps_keys);
        for way in Direction::BOTH {
            let count = self.session.application_data_records.get(way.index()).copied().unwrap_or_default();
            if count > u32::from(way == direction) {
                opening.side(way).begun_before();
            }
        }
        opening
    }

    /// Opens a record, if it is a protected one and can be opened, and reads what is in it. True too when it has to
    /// wait for that.
    pub(super) fn open_record(
        &mut self,
        direction: Direction,
        sealed: &Sealed<'_>,
        at: Moment,
        means: &mut Means<'_>,
    ) -> bool {
        let Some(secrets) = means.secrets else { return false };
        let Sealed { header, offset, .. } = *sealed;
        let protected = self.is_protected(direction, header.content_type);
        if !self.is_opened(secrets) || !(protected || self.may_be_protected(direction, header.content_type)) {
            return false;
        }
        let mut opening = self.opening.take().unwrap_or_else(|| self.new_opening(direction, means.digest));
        let lost = std::mem::take(&mut self.side(direction).lost);
        if lost > 0 {
            opening.side(direction).lost(lost);
        }
        let mut content = std::mem::take(&mut opening.content);
        let direction = self.look_for_secrets(&mut opening, direction, sealed, means);
        let kept = (!protected).then(|| opening.kept(direction));
        let may_wait = !self.has_hellos_for(&mut opening, direction) && !opening.is_proved();
        let found = if may_wait && opening.waiting.has(direction) {
            let neither = self.session.client_hellos.is_empty() && self.session.server_hellos.is_empty();
            Err(if neither { Closed::BeganBefore } else { Closed::HandshakeNotCaptured })
        } else {
            self.find(&mut opening, direction, sealed, &mut content, means)
        };
        if found.is_err() && may_wait && opening.waiting.keep(direction, sealed, at) {
            opening.content = content;
            self.opening = Some(opening);
            return true;
        }
        // It was in clear after all.
        if let Some(kept) = kept.filter(|_| found.is_err()) {
            opening.restore(direction, kept);
        }
        match &found {
            Ok(found) => {
                opening.facts.opened(direction, found.skipped);
                opening.keep(direction, offset, header, found, content.len());
                if found.opened.content_type == ContentType::APPLICATION_DATA {
                    opening.count_content(direction, &content);
                }
            }
            Err(reason) if protected => opening.facts.closed(direction, *reason),
            Err(_) => {}
        }
        self.opening = Some(opening);
        if let Some(listener) = &mut means.listener {
            let outcome = found.as_ref().map(|found| (found, content.as_slice())).map_err(|reason| *reason);
            listener.hear(Heard { direction, at, offset, header, outcome });
        }
        match &found {
            Ok(found) => {
                self.side(direction).protected |= found.stage == Stage::Cipher;
                self.decrypted = !self.unencrypted;
                self.sealed_with.clone_from(&found.secret);
                self.read_content(direction, found.opened.content_type, offset, header, &content, at, means);
                self.decrypted = false;
            }
            Err(_) if protected => self.side(direction).joiner.lost(),
            Err(_) => {}
        }
        if let Some(opening) = &mut self.opening {
            opening.content = content;
        }
        found.is_ok()
    }

    fn find(
        &self,
        opening: &mut Opening,
        direction: Direction,
        sealed: &Sealed<'_>,
        content: &mut Vec<u8>,
        means: &mut Means<'_>,
    ) -> Result<Found, Closed> {
        let secrets = means.secrets.ok_or(Closed::NoEntry)?;
        let known = self.known_for(opening, direction);
        let record = sealed.payload.map(|payload| (sealed.header, payload));
        let transcript = self.transcript.as_deref();
        let mut sources = Sources { transcript, secrets, remembered: &mut *means.remembered, record };
        let keys = opening.find_keys(direction, &known, &mut sources);
        // Bytes may have been passed over only because there are no keys.
        if let Err(reason) = keys.and(record.map(drop).ok_or(Closed::Incomplete)) {
            opening.side(direction).missed(sealed);
            return Err(reason);
        }
        let lacks_block = opening.side(direction).lacks_block(sealed.offset);
        let before = opening.side(direction).has_lost().then(|| opening.kept(direction));
        if let Some(found) = opening.side(direction).open(sealed, content) {
            return Ok(found);
        }
        // The ChangeCipherSpec of a later handshake may have been lost.
        let later = self.known_for(opening, direction);
        let tls13 = later.version.is_none_or(ProtocolVersion::is_tls13);
        if let Some(before) = before.filter(|_| !tls13 && later.server_random.is_some()) {
            let after = opening.kept(direction);
            opening.restore(direction, before);
            opening.change_cipher_spec(direction);
            let keys = opening.find_keys(direction, &later, &mut sources);
            if let Some(found) = keys.ok().and_then(|()| opening.side(direction).open(sealed, content)) {
                return Ok(found);
            }
            opening.restore(direction, after);
        }
        Err(if lacks_block { Closed::BlockMissing } else { opening.reason(direction, &known) })
    }

    /// Reads the content of a record that was opened.
    #[allow(clippy::too_many_arguments, reason = "the coordinates of one record")]
    fn read_content(
        &mut self,
        direction: Direction,
        content_type: ContentType,
        offset: u64,
        header: Header,
        content: &[u8],
        at: Moment,
        means: &mut Means<'_>,
    ) {
        let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
        match (content_type, content) {
            (ContentType::APPLICATION_DATA, _) => {
                self.session.clues.content(direction, content);
                self.add_application_data(direction, offset, u32::from(header.length), false, at);
            }
            (ContentType::HANDSHAKE, _) => self.join(direction, offset, content, at, means),
            (ContentType::ALERT, &[level, description]) => {
                let alert = Alert { level: AlertLevel(level), description: AlertDescription(description) };
                self.event(direction, offset, at, EventKind::Alert(alert));
            }
            (ContentType::CHANGE_CIPHER_SPEC, _) => self.change_cipher_spec(direction, offset, at),
            (ContentType::HEARTBEAT, _) => self.heartbeat(direction, offset, content, at),
            _ => self.event(direction, offset, at, EventKind::UnknownRecord { content_type, length }),
        }
    }

    /// What became of the protected records, where there were secrets.
    pub(super) fn decryption(&self) -> Option<Box<Decryption>> {
        let digest = self.given?;
        let nothing = || Opening::new(digest, false).facts();
        Some(Box::new(self.opening.as_ref().map_or_else(nothing, |opening| opening.facts())))
    }

    /// What is needed to open the records again, by direction; nothing where it was not kept.
    pub fn take_opened(&mut self) -> [Vec<OpenedRecord>; 2] {
        self.opening.as_mut().and_then(|opening| opening.log.take()).unwrap_or_default()
    }

    /// Keeps what is needed to open records again.
    pub fn keep_keys(&mut self) {
        self.keeps_keys = true;
    }
}
