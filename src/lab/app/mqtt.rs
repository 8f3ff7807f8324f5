//! MQTT 3.1.1: CONNECT and CONNACK, and what is said between them and DISCONNECT.

use super::{Act, Application, Facing, Identity, Role, Waiting, allowed, not_let_in, take_in};

/// Packet types (MQTT 3.1.1, 2.2.1), in the place of the first byte.
mod kind {
    pub(super) const CONNECT: u8 = 0x10;
    pub(super) const CONNACK: u8 = 0x20;
    pub(super) const PUBLISH: u8 = 0x30;
    pub(super) const PINGREQ: u8 = 0xc0;
    pub(super) const PINGRESP: u8 = 0xd0;
    pub(super) const DISCONNECT: u8 = 0xe0;
}

/// Return codes of CONNACK (3.2.2.3).
const ACCEPTED: u8 = 0;
const NOT_AUTHORIZED: u8 = 5;
/// The topic to which texts are published.
const TOPIC: &str = "lab";
const LONGEST: usize = 256 << 10;

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    let mut length = body.len();
    loop {
        let digit = u8::try_from(length % 128).unwrap_or(0);
        length /= 128;
        bytes.push(if length > 0 { digit | 0x80 } else { digit });
        if length == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

fn string(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes(), text.as_bytes().get(..length.into()).unwrap_or_default()].concat()
}

/// Packets that arrive in pieces: first byte and body.
#[derive(Debug, Default)]
struct Packets(Vec<u8>);

impl Packets {
    fn push(&mut self, bytes: &[u8]) {
        take_in(&mut self.0, bytes, LONGEST);
    }

    fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        let first = *self.0.first()?;
        let (mut length, mut at) = (0_usize, 1);
        loop {
            let digit = *self.0.get(at)?;
            length |= usize::from(digit & 0x7f) << (7 * (at - 1));
            at += 1;
            if digit & 0x80 == 0 || at > 4 {
                break;
            }
        }
        let body = self.0.get(at..at + length)?.to_vec();
        self.0.drain(..at + length);
        Some((first, body))
    }
}

pub(super) struct Server {
    role: Role,
    identity: Option<Identity>,
    packets: Packets,
    connected: bool,
}

impl Server {
    pub(super) fn new(role: Role) -> Self {
        Self { role, identity: None, packets: Packets::default(), connected: false }
    }

    fn connect(&mut self, acts: &mut Vec<Act>) {
        acts.push(Act::Served);
        self.connected = allowed(self.role.allow.as_deref(), self.identity.as_ref());
        if self.connected {
            return acts.push(Act::Send(packet(kind::CONNACK, &[0, ACCEPTED])));
        }
        acts.push(not_let_in(self.identity.as_ref()));
        acts.push(Act::Send(packet(kind::CONNACK, &[0, NOT_AUTHORIZED])));
        acts.push(Act::Close);
    }
}

impl Application for Server {
    fn opened(&mut self, facing: &Facing, _acts: &mut Vec<Act>) {
        self.identity.clone_from(&facing.identity);
    }

    fn receive(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        self.packets.push(bytes);
        while let Some((first, _)) = self.packets.next() {
            match first & 0xf0 {
                kind::CONNECT if !self.connected => self.connect(acts),
                kind::PUBLISH if self.connected => acts.push(Act::Served),
                kind::PINGREQ if self.connected => acts.push(Act::Send(packet(kind::PINGRESP, &[]))),
                // DISCONNECT, and whatever has no place here: the connection ends (4.8).
                _ => acts.push(Act::Close),
            }
        }
    }

    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        acts.push(Act::Send(publish(bytes)));
    }
}

/// 3.3, without acknowledgment.
fn publish(text: &[u8]) -> Vec<u8> {
    packet(kind::PUBLISH, &[&string(TOPIC), text].concat())
}

pub(super) struct Client {
    role: Role,
    packets: Packets,
    waiting: Waiting,
}

impl Client {
    pub(super) fn new(role: Role) -> Self {
        Self { role, packets: Packets::default(), waiting: Waiting::default() }
    }
}

impl Application for Client {
    fn opened(&mut self, _facing: &Facing, acts: &mut Vec<Act>) {
        // Protocol name and level, a clean session, 60 seconds, and who it is (3.1).
        let body = [&string("MQTT")[..], &[4, 2, 0, 60], &string(&self.role.name)].concat();
        acts.push(Act::Send(packet(kind::CONNECT, &body)));
    }

    fn receive(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        self.packets.push(bytes);
        while let Some((first, body)) = self.packets.next() {
            acts.push(Act::Served);
            if first & 0xf0 == kind::CONNACK && body.get(1) == Some(&ACCEPTED) {
                self.waiting.release(acts);
            }
        }
    }

    fn say(&mut self, bytes: &[u8], acts: &mut Vec<Act>) {
        self.waiting.say(&publish(bytes), acts);
    }

    fn bye(&mut self, acts: &mut Vec<Act>) {
        if self.waiting.ready {
            acts.push(Act::Send(packet(kind::DISCONNECT, &[])));
        }
        acts.push(Act::Close);
    }
}
