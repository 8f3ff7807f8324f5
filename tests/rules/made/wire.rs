//! Packets with their moments, and the keys that somebody gave for them: written by hand, or recorded and then changed
//! before anybody reads them.

use crate::support::{Turn, Way, conversation};
use std::borrow::Cow;
use std::sync::Arc;
use tlslab::base::parse_hex;
use tlslab::capture::{Input, open};
use tlslab::lab::pki::Pki;
use tlslab::lab::run::Run;
use tlslab::session::judgement::Basis;
use tlslab::tls::private_key::PrivateKey;
use tlslab::tls::secrets::{PreSharedKey, Secret, Secrets};

/// Frames with the moment of each in nanoseconds.
#[derive(Clone, Default)]
pub struct Wire {
    pub frames: Vec<(i64, Vec<u8>)>,
    /// The text of a key log.
    pub key_log: String,
    /// Keys of other kinds.
    pub secrets: Secrets,
    /// By what certificates are judged, where somebody said.
    pub basis: Option<Basis>,
    /// The certificates of the lab that made them.
    pub pki: Option<Arc<Pki>>,
}

/// Where the frames of the writers have their fields.
pub const IDENTIFICATION: usize = 18;
pub const TTL: usize = 22;
pub const FLAGS: usize = 47;
const SEQUENCE: usize = 38;
const ACKNOWLEDGMENT: usize = 42;
const PAYLOAD: usize = 54;

pub const FIN: u8 = 1;
const SYN: u8 = 2;
pub const RST: u8 = 4;
pub const ACK: u8 = 16;

/// The Ethernet header of a packet that had none.
const HEADER: [u8; 14] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0];

impl Wire {
    /// A conversation, a millisecond between two frames, without its end.
    pub fn open(turns: &[Turn], port: u16) -> Self {
        Self::written(turns, &Way { close: false, ..Way::PLAIN }, port)
    }

    /// The same with FINs.
    pub fn closed(turns: &[Turn], port: u16) -> Self {
        Self::written(turns, &Way::PLAIN, port)
    }

    fn written(turns: &[Turn], way: &Way, port: u16) -> Self {
        let frames = conversation(turns, way, port);
        let frames = frames.into_iter().zip(0..).map(|(frame, at)| (at * 1_000_000, frame)).collect();
        Self { frames, ..Self::default() }
    }

    /// What crossed the wire of the lab, and the keys of its peers.
    pub fn of_run(run: &Run) -> Self {
        let frames = run.packets.iter().map(|packet| (packet.time, packet.bytes.clone())).collect();
        Self { frames, key_log: run.key_log.0.clone(), pki: Some(Arc::clone(&run.pki)), ..Self::default() }
    }

    /// A conversation of openssl that is kept for the tests of keys, without its keys.
    pub fn kept(name: &str) -> Self {
        let path = format!("{}/tests/keys/{name}.pcap", env!("CARGO_MANIFEST_DIR"));
        let mut source = open(&[Input::Path(path.into())], false).unwrap().source;
        let mut wire = Self::default();
        while let Some(packet) = source.next_packet() {
            wire.frames.push((packet.time, [&HEADER, packet.bytes].concat()));
        }
        wire
    }

    /// With another key log.
    pub fn with_keys(self, key_log: impl Into<String>) -> Self {
        Self { key_log: key_log.into(), ..self }
    }

    /// With a private key that is kept for the tests of keys.
    pub fn with_private_key(mut self, file: &str) -> Self {
        let pem = std::fs::read(format!("{}/tests/keys/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for key in PrivateKey::read(&pem, None).unwrap() {
            self.secrets.keep_private_key(key);
        }
        self
    }

    /// With the pre-shared key of an identity, in hexadecimal digits.
    pub fn with_pre_shared_key(mut self, identity: &str, key: &str) -> Self {
        let (identity, key) = (Some(identity.as_bytes().to_vec()), Secret::new(parse_hex(key).unwrap()));
        self.secrets.keep_pre_shared_key(PreSharedKey { identity, key });
        self
    }

    /// With these certificates of the lab as anchors.
    pub fn with_anchors<const N: usize>(mut self, names: [&str; N]) -> Self {
        let pki = self.pki.clone().unwrap();
        let anchors = names.map(|name| Cow::Owned(pki.certificate(name).unwrap().der.clone()));
        self.basis.get_or_insert_default().anchors.add("lab", anchors);
        self
    }

    /// With this revocation list of the lab.
    pub fn with_list(mut self, name: &str) -> Self {
        let pki = self.pki.clone().unwrap();
        let list = &pki.revocation_list(name).unwrap().der;
        assert!(self.basis.get_or_insert_default().lists.add(list).is_ok());
        self
    }

    /// All of it so many seconds later.
    pub fn later(mut self, seconds: i64) -> Self {
        self.frames.iter_mut().for_each(|(time, _)| *time += seconds * 1_000_000_000);
        self
    }

    /// What the first packet with a payload holds.
    pub fn first_words(&self) -> Vec<u8> {
        let (_, frame) =
            self.frames.iter().find(|(_, frame)| frame[FLAGS] & SYN == 0 && frame.len() > PAYLOAD).unwrap();
        frame[PAYLOAD..].to_vec()
    }

    fn end(&self) -> i64 {
        self.frames.last().map_or(0, |(time, _)| *time)
    }

    /// One more packet without payload, so long after the last one.
    pub fn then(mut self, from_client: bool, flags: u8, after: i64) -> Self {
        let is_mine = |frame: &Vec<u8>| is_client(frame) == from_client;
        let last = self.frames.iter().rev().map(|(_, frame)| frame).find(|frame| is_mine(frame)).cloned();
        let other = self.frames.iter().rev().map(|(_, frame)| frame).find(|frame| !is_mine(frame)).cloned();
        let next = |frame: &Vec<u8>| {
            let number = u32::from_be_bytes(frame[SEQUENCE..SEQUENCE + 4].try_into().unwrap());
            let length = u32::try_from(frame.len() - PAYLOAD).unwrap();
            number + length + u32::from(frame[FLAGS] & (FIN | SYN) != 0)
        };
        let mut frame = last.unwrap();
        let sequence = next(&frame);
        frame.truncate(PAYLOAD);
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

    /// Each packet twice, as a switch shows them that mirrors both ways.
    pub fn doubled(mut self) -> Self {
        self.frames = self.frames.into_iter().flat_map(|frame| [frame.clone(), frame]).collect();
        self
    }

    /// Everything from the second connection on so much later.
    pub fn second_later(mut self, by: i64) -> Self {
        let is_first = |(_, frame): &&(i64, Vec<u8>)| frame[FLAGS] & (SYN | ACK) == SYN;
        let second = self.frames.iter().filter(is_first).nth(1).unwrap().0;
        self.frames.iter_mut().filter(|(time, _)| *time >= second).for_each(|(time, _)| *time += by);
        self
    }

    /// Puts these bytes in the place of as many others, wherever those stand.
    pub fn replaced(mut self, old: &[u8], new: &[u8]) -> Self {
        assert_eq!(old.len(), new.len(), "the packets keep their lengths");
        let mut count = 0;
        for (_, frame) in &mut self.frames {
            for at in 0..(frame.len() + 1).saturating_sub(old.len()) {
                if frame[at..].starts_with(old) {
                    frame[at..at + old.len()].copy_from_slice(new);
                    count += 1;
                }
            }
        }
        assert!(count > 0, "these bytes are nowhere");
        self
    }

    /// Lets who refused in clear say so with another alert.
    pub fn says(mut self, code: u8) -> Self {
        let mut count = 0;
        for (_, frame) in &mut self.frames {
            if let [.., 21, 3, _, 0, 2, 2, description] = frame.as_mut_slice() {
                (*description, count) = (code, count + 1);
            }
        }
        assert_eq!(count, 1, "fatal alerts in clear");
        self
    }

    /// Changes the body of a handshake message that stands in clear at the beginning of a record: the nth of its type.
    pub fn message(mut self, kind: u8, nth: usize, change: impl FnOnce(&mut [u8])) -> Self {
        let bodies = self.frames.iter_mut().filter_map(|(_, frame)| body(frame, kind));
        change(bodies.into_iter().nth(nth).unwrap());
        self
    }
}

/// The body of the first message of that type in a frame.
fn body(frame: &mut [u8], kind: u8) -> Option<&mut [u8]> {
    let mut at = PAYLOAD;
    while at + 9 <= frame.len() {
        let end = at + 5 + usize::from(u16::from_be_bytes([frame[at + 3], frame[at + 4]]));
        if frame[at] == 22 && frame[at + 5] == kind && frame[at + 6] == 0 && end <= frame.len() {
            return Some(&mut frame[at + 9..end]);
        }
        at = end;
    }
    None
}

/// Whether the client sent the frame.
pub fn is_client(frame: &[u8]) -> bool {
    frame[34..36] != 443_u16.to_be_bytes()
}
