//! Conversations written by hand, for what no peer of the lab does.

use crate::support::{Turn, Way, conversation};

/// What a ClientHello offers.
#[derive(Clone)]
pub struct Offer {
    pub suites: Vec<u16>,
    pub versions: Vec<u16>,
    pub groups: Vec<u16>,
    pub shares: Vec<(u16, usize)>,
    pub name: Option<&'static str>,
    pub extra: Vec<(u16, Vec<u8>)>,
}

impl Offer {
    pub fn tls12() -> Self {
        Self {
            suites: vec![0xc02b, 0xc02f, 0xc02c, 0xc030],
            versions: Vec::new(),
            groups: vec![0x1d, 0x17],
            shares: Vec::new(),
            name: Some("shop.example"),
            extra: vec![(23, Vec::new())],
        }
    }

    pub fn tls13() -> Self {
        Self {
            suites: vec![0x1301, 0x1302, 0xc02b, 0xc02f],
            versions: vec![0x0304, 0x0303],
            shares: vec![(0x1d, 32)],
            ..Self::tls12()
        }
    }
}

fn vector16(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

fn codes(codes: &[u16]) -> Vec<u8> {
    vector16(&codes.iter().flat_map(|code| code.to_be_bytes()).collect::<Vec<_>>())
}

fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &vector16(body)].concat()
}

pub fn record(content_type: u8, payload: &[u8]) -> Vec<u8> {
    [&[content_type, 3, 3][..], &vector16(payload)].concat()
}

pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[kind][..], &length[1..], body].concat()
}

/// A ClientHello in its record.
pub fn client_hello(offer: &Offer) -> Vec<u8> {
    hello_with(offer, [7; 32])
}

pub fn hello_with(offer: &Offer, random: [u8; 32]) -> Vec<u8> {
    let mut extensions = Vec::new();
    if let Some(name) = offer.name {
        let host = [&[0][..], &vector16(name.as_bytes())].concat();
        extensions.extend(extension(0, &vector16(&host)));
    }
    if !offer.versions.is_empty() {
        let list: Vec<u8> = offer.versions.iter().flat_map(|code| code.to_be_bytes()).collect();
        extensions.extend(extension(43, &[&[u8::try_from(list.len()).unwrap()][..], &list].concat()));
    }
    extensions.extend(extension(10, &codes(&offer.groups)));
    extensions.extend(extension(13, &codes(&[0x0403, 0x0804, 0x0401])));
    if !offer.shares.is_empty() {
        let shares: Vec<u8> = offer
            .shares
            .iter()
            .flat_map(|(group, length)| [&group.to_be_bytes()[..], &vector16(&vec![9; *length])].concat())
            .collect();
        extensions.extend(extension(51, &vector16(&shares)));
    }
    for (kind, body) in &offer.extra {
        extensions.extend(extension(*kind, body));
    }
    let body = [&[3, 3][..], &random, &[0], &codes(&offer.suites), &[1, 0], &vector16(&extensions)].concat();
    record(22, &message(1, &body))
}

/// A ServerHello in its record; TLS 1.3 where there is a group.
pub fn server_hello(suite: u16, group: Option<u16>, extra: &[(u16, Vec<u8>)]) -> Vec<u8> {
    hello_of_server([5; 32], suite, group, extra)
}

/// A HelloRetryRequest that asks for a group.
pub fn retry(suite: u16, group: u16) -> Vec<u8> {
    const RANDOM: [u8; 32] = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2,
        0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    ];
    let extensions = [extension(43, &[3, 4]), extension(51, &group.to_be_bytes())].concat();
    let body = [&[3, 3][..], &RANDOM, &[0], &suite.to_be_bytes(), &[0], &vector16(&extensions)].concat();
    record(22, &message(2, &body))
}

fn hello_of_server(random: [u8; 32], suite: u16, group: Option<u16>, extra: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut extensions = Vec::new();
    if let Some(group) = group {
        extensions.extend(extension(43, &[3, 4]));
        extensions.extend(extension(51, &[&group.to_be_bytes()[..], &vector16(&[9; 32])].concat()));
    }
    for (kind, body) in extra {
        extensions.extend(extension(*kind, body));
    }
    let body = [&[3, 3][..], &random, &[0], &suite.to_be_bytes(), &[0], &vector16(&extensions)].concat();
    record(22, &message(2, &body))
}

/// A ServerKeyExchange with a Diffie-Hellman prime of so many bits.
pub fn dh_exchange(bits: usize) -> Vec<u8> {
    let prime = vec![0xff; bits / 8];
    let body = [vector16(&prime), vector16(&[2]), vector16(&prime), vec![8, 4], vector16(&[1; 256])].concat();
    record(22, &message(12, &body))
}

pub fn alert(level: u8, description: u8) -> Vec<u8> {
    record(21, &[level, description])
}

/// A protected record of TLS 1.3 of this length.
pub fn hidden(length: usize) -> Vec<u8> {
    record(23, &vec![0xa5; length])
}

pub fn client(bytes: Vec<u8>) -> Turn {
    Turn { from_client: true, bytes }
}

pub fn server(bytes: Vec<u8>) -> Turn {
    Turn { from_client: false, bytes }
}

/// A handshake of TLS 1.3 that goes well, and a word of each side.
pub fn established() -> Vec<Turn> {
    vec![
        client(client_hello(&Offer::tls13())),
        server([server_hello(0x1301, Some(0x1d), &[]), hidden(32), hidden(900), hidden(281), hidden(53)].concat()),
        client([hidden(53), hidden(200)].concat()),
        server(hidden(500)),
    ]
}

/// Frames with the moment of each in nanoseconds.
#[derive(Clone, Default)]
pub struct Wire {
    pub frames: Vec<(i64, Vec<u8>)>,
}

/// Where the frames of the writer have their fields.
pub const IDENTIFICATION: usize = 18;
pub const TTL: usize = 22;
pub const FLAGS: usize = 47;
const SEQUENCE: usize = 38;
const ACKNOWLEDGMENT: usize = 42;

pub const FIN: u8 = 1;
pub const RST: u8 = 4;
pub const ACK: u8 = 16;

impl Wire {
    /// A conversation, a millisecond between two frames, without its end.
    pub fn open(turns: &[Turn], port: u16) -> Self {
        let frames = conversation(turns, &Way { close: false, ..Way::PLAIN }, port);
        Self { frames: frames.into_iter().zip(0..).map(|(frame, at)| (at * 1_000_000, frame)).collect() }
    }

    /// The same with FINs.
    pub fn closed(turns: &[Turn], port: u16) -> Self {
        let frames = conversation(turns, &Way::PLAIN, port);
        Self { frames: frames.into_iter().zip(0..).map(|(frame, at)| (at * 1_000_000, frame)).collect() }
    }

    fn end(&self) -> i64 {
        self.frames.last().map_or(0, |(time, _)| *time)
    }

    /// One more packet without payload, so long after the last one.
    pub fn then(mut self, from_client: bool, flags: u8, after: i64) -> Self {
        let is_mine = |frame: &Vec<u8>| (frame[34..36] == 443_u16.to_be_bytes()) != from_client;
        let last = self.frames.iter().rev().map(|(_, frame)| frame).find(|frame| is_mine(frame)).cloned();
        let other = self.frames.iter().rev().map(|(_, frame)| frame).find(|frame| !is_mine(frame)).cloned();
        let next = |frame: &Vec<u8>| {
            let number = u32::from_be_bytes(frame[SEQUENCE..SEQUENCE + 4].try_into().unwrap());
            let length = u32::try_from(frame.len() - 54).unwrap();
            number + length + u32::from(frame[FLAGS] & 3 != 0)
        };
        let mut frame = last.unwrap();
        let sequence = next(&frame);
        frame.truncate(54);
        frame[SEQUENCE..SEQUENCE + 4].copy_from_slice(&sequence.to_be_bytes());
        let acknowledged = other.as_ref().map_or(0, next);
        frame[ACKNOWLEDGMENT..ACKNOWLEDGMENT + 4].copy_from_slice(&acknowledged.to_be_bytes());
        frame[FLAGS] = flags;
        frame[16..18].copy_from_slice(&40_u16.to_be_bytes());
        self.frames.push((self.end() + after, frame));
        self
    }

    /// Changes the last packet.
    pub fn last(mut self, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        change(&mut self.frames.last_mut().unwrap().1);
        self
    }

    /// Changes each packet, by its number from 0 on.
    pub fn each(mut self, change: impl Fn(usize, &mut Vec<u8>)) -> Self {
        self.frames.iter_mut().enumerate().for_each(|(at, (_, frame))| change(at, frame));
        self
    }

    /// Only the packets that are wanted, by number.
    pub fn only(mut self, wanted: impl Fn(usize, &[u8]) -> bool) -> Self {
        let mut at = 0;
        self.frames.retain(|(_, frame)| {
            at += 1;
            wanted(at - 1, frame)
        });
        self
    }

    /// Another conversation behind this one.
    pub fn and(mut self, other: Self) -> Self {
        let end = self.end() + 1_000_000_000;
        self.frames.extend(other.frames.into_iter().map(|(time, frame)| (end + time, frame)));
        self
    }

    /// The packet of that number once more at the end, so much later.
    pub fn again(mut self, at: usize, after: i64) -> Self {
        let frame = self.frames[at].1.clone();
        self.frames.push((self.end() + after, frame));
        self
    }
}

/// Whether the client sent the frame.
pub fn is_client(frame: &[u8]) -> bool {
    frame[34..36] != 443_u16.to_be_bytes()
}
