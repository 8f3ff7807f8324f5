//! Whole handshakes with AES-128-GCM whose secrets are made here and given away in a key log, for messages inside that
//! no peer of the lab sends.

use super::hello::RANDOMS;
use super::{Offer, Wire, hello_message, message, record, record_of, server_hello, vector8};
use crate::support::Turn;
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{digest, hmac};
use tlslab::base::hex;

/// What protects one direction (RFC 5246 6.2.3.3, RFC 8446 5.2).
struct Seal {
    tls13: bool,
    key: LessSafeKey,
    iv: Vec<u8>,
    sequence: u64,
}

/// A conversation that is being held.
pub struct Talk {
    turns: Vec<Turn>,
    /// All handshake messages so far.
    transcript: Vec<u8>,
    /// Client and server.
    seals: [Seal; 2],
    key_log: String,
    secrets: Vec<[u8; 32]>,
}

const MASTER: [u8; 48] = [6; 48];
/// Of handshake and application, of client and server.
const TRAFFIC: [(&str, [u8; 32]); 4] = [
    ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", [1; 32]),
    ("SERVER_HANDSHAKE_TRAFFIC_SECRET", [2; 32]),
    ("CLIENT_TRAFFIC_SECRET_0", [3; 32]),
    ("SERVER_TRAFFIC_SECRET_0", [4; 32]),
];

impl Talk {
    /// TLS 1.3; both hellos are said.
    pub fn tls13(offer: &Offer) -> Self {
        let random = hex(&offer.random);
        let lines = TRAFFIC.iter().map(|(label, secret)| format!("{label} {random} {}", hex(secret)));
        let key_log = lines.collect::<Vec<_>>().join("\n");
        let seals = [Seal::of_secret(&TRAFFIC[0].1), Seal::of_secret(&TRAFFIC[1].1)];
        let secrets = TRAFFIC.iter().map(|(_, secret)| *secret).collect();
        let mut talk = Self { turns: Vec::new(), transcript: Vec::new(), seals, key_log, secrets };
        talk.in_clear(true, &hello_message(offer));
        talk.in_clear(false, &server_hello(0x1301, Some(0x1d), &[])[5..]);
        talk
    }

    /// TLS 1.2, through with its handshake.
    pub fn tls12(offer: &Offer) -> Self {
        let key_log = format!("CLIENT_RANDOM {} {}\n", hex(&offer.random), hex(&MASTER));
        let block = expand12("key expansion", &[RANDOMS[1], offer.random].concat(), 40);
        let seals = [Seal::of_block(&block[..16], &block[32..36]), Seal::of_block(&block[16..32], &block[36..])];
        let mut talk = Self { turns: Vec::new(), transcript: Vec::new(), seals, key_log, secrets: Vec::new() };
        talk.in_clear(true, &hello_message(offer));
        talk.in_clear(false, &server_hello(0xc02b, None, &[])[5..]);
        talk.in_clear(false, &message(14, &[]));
        talk.in_clear(true, &message(16, &vector8(&[9; 32])));
        for from_client in [true, false] {
            talk.add(from_client, &record(20, &[1]));
            talk = talk.finished(from_client);
        }
        talk
    }

    /// Handshake messages in one record.
    pub fn says(mut self, from_client: bool, messages: &[Vec<u8>]) -> Self {
        self.transcript.extend(messages.concat());
        self.sealed(from_client, 22, &messages.concat())
    }

    /// SHA-256 of all handshake messages so far.
    pub fn hash(&self) -> Vec<u8> {
        digest::digest(&digest::SHA256, &self.transcript).as_ref().to_vec()
    }

    /// Its Finished. Behind it TLS 1.3 has new keys.
    pub fn finished(mut self, from_client: bool) -> Self {
        let side = usize::from(!from_client);
        let hash = self.hash();
        let Some(secret) = self.secrets.get(side) else {
            let label = if from_client { "client finished" } else { "server finished" };
            let verify = expand12(label, &hash, 12);
            return self.says(from_client, &[message(20, &verify)]);
        };
        let verify = mac(&expand13(secret, "finished", 32), &hash);
        self = self.says(from_client, &[message(20, &verify)]);
        self.seals[side] = Seal::of_secret(&self.secrets[2 + side]);
        self
    }

    pub fn data(self, from_client: bool, bytes: &[u8]) -> Self {
        self.sealed(from_client, 23, bytes)
    }

    /// A fatal alert.
    pub fn alert(self, from_client: bool, description: u8) -> Self {
        self.sealed(from_client, 21, &[2, description])
    }

    /// All of it as packets with their keys.
    pub fn wire(self) -> Wire {
        Wire::closed(&self.turns, 50000).with_keys(self.key_log)
    }

    fn sealed(mut self, from_client: bool, content_type: u8, content: &[u8]) -> Self {
        let sealed = self.seals[usize::from(!from_client)].seal(content_type, content);
        self.add(from_client, &sealed);
        self
    }

    fn in_clear(&mut self, from_client: bool, message: &[u8]) {
        self.transcript.extend(message);
        self.add(from_client, &record(22, message));
    }

    fn add(&mut self, from_client: bool, bytes: &[u8]) {
        match self.turns.last_mut().filter(|turn| turn.from_client == from_client) {
            Some(turn) => turn.bytes.extend(bytes),
            None => self.turns.push(Turn { from_client, bytes: bytes.to_vec() }),
        }
    }
}

impl Seal {
    /// Of a traffic secret (RFC 8446 7.3).
    fn of_secret(secret: &[u8; 32]) -> Self {
        let key = aead(&expand13(secret, "key", 16));
        Self { tls13: true, key, iv: expand13(secret, "iv", 12), sequence: 0 }
    }

    fn of_block(key: &[u8], iv: &[u8]) -> Self {
        Self { tls13: false, key: aead(key), iv: iv.to_vec(), sequence: 0 }
    }

    /// A record with this content.
    fn seal(&mut self, content_type: u8, content: &[u8]) -> Vec<u8> {
        let sequence = self.sequence.to_be_bytes();
        self.sequence += 1;
        let mut bytes = content.to_vec();
        if !self.tls13 {
            let header = record_of(0x0303, content_type, content);
            let nonce = [&self.iv[..], &sequence].concat();
            self.close(&nonce, &[&sequence[..], &header[..5]].concat(), &mut bytes);
            return record(content_type, &[&sequence[..], &bytes].concat());
        }
        bytes.push(content_type);
        let mut nonce = self.iv.clone();
        nonce[4..].iter_mut().zip(sequence).for_each(|(place, byte)| *place ^= byte);
        let header = record(23, &vec![0; bytes.len() + 16]);
        self.close(&nonce, &header[..5], &mut bytes);
        record(23, &bytes)
    }

    fn close(&self, nonce: &[u8], additional: &[u8], bytes: &mut Vec<u8>) {
        let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
        self.key.seal_in_place_append_tag(nonce, Aad::from(additional), bytes).unwrap();
    }
}

fn aead(key: &[u8]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key).unwrap())
}

fn mac(key: &[u8], data: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data).as_ref().to_vec()
}

/// HKDF-Expand-Label without context, of no more than one block (RFC 8446 7.1).
fn expand13(secret: &[u8], label: &str, length: u8) -> Vec<u8> {
    let label = vector8(format!("tls13 {label}").as_bytes());
    let mut block = mac(secret, &[&[0, length][..], &label, &[0, 1]].concat());
    block.truncate(length.into());
    block
}

/// The PRF of the master secret (RFC 5246 5).
fn expand12(label: &str, seed: &[u8], length: usize) -> Vec<u8> {
    let seed = [label.as_bytes(), seed].concat();
    let (mut chain, mut out) = (seed.clone(), Vec::new());
    while out.len() < length {
        chain = mac(&MASTER, &chain);
        out.extend(mac(&MASTER, &[&chain[..], &seed].concat()));
    }
    out.truncate(length);
    out
}
