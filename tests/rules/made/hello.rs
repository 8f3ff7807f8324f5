//! Hellos as somebody wants them, and the key exchange behind them.

use super::{codes, extension, message, record, vector8, vector16};

/// The random of each side where nothing else is said.
pub const RANDOMS: [[u8; 32]; 2] = [[7; 32], [5; 32]];

/// What a ClientHello offers.
#[derive(Clone)]
pub struct Offer {
    pub random: [u8; 32],
    pub suites: Vec<u16>,
    pub versions: Vec<u16>,
    pub groups: Vec<u16>,
    pub signatures: Vec<u16>,
    pub shares: Vec<(u16, usize)>,
    pub name: Option<&'static str>,
    pub extra: Vec<(u16, Vec<u8>)>,
}

impl Offer {
    pub fn tls12() -> Self {
        Self {
            random: RANDOMS[0],
            suites: vec![0xc02b, 0xc02f, 0xc02c, 0xc030],
            versions: Vec::new(),
            groups: vec![0x1d, 0x17],
            signatures: vec![0x0403, 0x0804, 0x0401],
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

    /// With a pre-shared key, of one identity and its binder (RFC 8446 4.2.11).
    pub fn pre_shared_key(self) -> Self {
        let identity = [vector16(b"somebody"), vec![0; 4]].concat();
        let offered = [vector16(&identity), vector16(&vector8(&[6; 32]))].concat();
        self.and(45, &[1, 1]).and(41, &offered)
    }

    /// With one more extension, which comes last.
    pub fn and(mut self, kind: u16, body: &[u8]) -> Self {
        self.extra.push((kind, body.to_vec()));
        self
    }
}

/// A ClientHello in its record.
pub fn client_hello(offer: &Offer) -> Vec<u8> {
    record(22, &hello_message(offer))
}

/// A ClientHello (RFC 8446 4.1.2).
pub fn hello_message(offer: &Offer) -> Vec<u8> {
    let mut extensions = Vec::new();
    if let Some(name) = offer.name {
        let host = [&[0][..], &vector16(name.as_bytes())].concat();
        extensions.extend(extension(0, &vector16(&host)));
    }
    if !offer.versions.is_empty() {
        let list: Vec<u8> = offer.versions.iter().flat_map(|code| code.to_be_bytes()).collect();
        extensions.extend(extension(43, &vector8(&list)));
    }
    extensions.extend(extension(10, &codes(&offer.groups)));
    extensions.extend(extension(13, &codes(&offer.signatures)));
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
    let body = [&[3, 3][..], &offer.random, &[0], &codes(&offer.suites), &[1, 0], &vector16(&extensions)].concat();
    message(1, &body)
}

/// encrypted_client_hello of an outer ClientHello (RFC 9849 5); a decoy looks the same.
pub fn encrypted_client_hello() -> Vec<u8> {
    [&[0, 0, 1, 0, 1, 42][..], &vector16(&[8; 32]), &vector16(&[9; 144])].concat()
}

/// A ServerHello in its record; TLS 1.3 where there is a group.
pub fn server_hello(suite: u16, group: Option<u16>, extra: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut all = Vec::new();
    if let Some(group) = group {
        all.push((43, vec![3, 4]));
        all.push((51, [&group.to_be_bytes()[..], &vector16(&[9; 32])].concat()));
    }
    all.extend_from_slice(extra);
    record(22, &hello_of_server(RANDOMS[1], 0x0303, suite, 0, &all))
}

/// A HelloRetryRequest that asks for a group.
pub fn retry(suite: u16, group: u16) -> Vec<u8> {
    const RANDOM: [u8; 32] = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2,
        0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
    ];
    let extensions = [(43, vec![3, 4]), (51, group.to_be_bytes().to_vec())];
    record(22, &hello_of_server(RANDOM, 0x0303, suite, 0, &extensions))
}

/// A ServerHello (RFC 5246 7.4.1.3).
pub fn hello_of_server(
    random: [u8; 32],
    version: u16,
    suite: u16,
    compression: u8,
    extensions: &[(u16, Vec<u8>)],
) -> Vec<u8> {
    let extensions: Vec<u8> = extensions.iter().flat_map(|(kind, body)| extension(*kind, body)).collect();
    let parts = [&version.to_be_bytes()[..], &random, &[0], &suite.to_be_bytes(), &[compression]];
    message(2, &[parts.concat(), vector16(&extensions)].concat())
}

/// A ServerKeyExchange with a Diffie-Hellman prime of so many bits.
pub fn dh_exchange(bits: usize) -> Vec<u8> {
    let prime = vec![0xff; bits / 8];
    let body = [vector16(&prime), vector16(&[2]), vector16(&prime), vec![8, 4], vector16(&[1; 256])].concat();
    record(22, &message(12, &body))
}
