//! A record key: what opens one record, given its number in its direction.

use super::aead::{Aead, AeadKey};
use super::block::{Block, Decrypt};
use super::mac::Mac;
use super::schedule::Draft;
use super::stream::KeyStream;
use crate::tls::code::ContentType;
use crate::tls::record::Header;

/// The key with which one side writes records until the next change.
pub struct RecordKey(Form);

enum Form {
    /// TLS 1.3: the nonce is the IV with the sequence number over it, and the type is hidden (RFC 8446 5.2, 5.3).
    Tls13 { key: AeadKey, iv: [u8; 12], tag: usize, header: bool },
    /// TLS 1.2 with a part of the nonce in each record (RFC 5246 6.2.3.3, RFC 5288 3).
    Explicit { key: AeadKey, salt: [u8; 4], tag: usize },
    /// TLS 1.2 with the nonce as in TLS 1.3 (RFC 7905 2); with an IV of zeros it is the sequence number alone.
    Counted { key: AeadKey, iv: [u8; 12], tag: usize },
    /// A block cipher and a MAC.
    Cbc(Cbc),
    /// A stream cipher, or none, and a MAC (RFC 5246 6.2.3.1).
    Stream { key: Option<Box<KeyStream>>, mac: Mac },
}

/// A block cipher in CBC mode with its MAC (RFC 5246 6.2.3.2).
pub(super) struct Cbc {
    key: Box<dyn Decrypt>,
    block: usize,
    mac: Mac,
    /// Until TLS 1.0 the IV of the first record; that of each later one is the end of the record before it.
    first: Option<Vec<u8>>,
    /// Whether the MAC is made of the encrypted content (RFC 7366).
    encrypt_then_mac: bool,
}

impl std::fmt::Debug for RecordKey {
    /// Nothing of the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecordKey")
    }
}

/// Where a record stands in the order of those that its key protects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// How many records this key protected before it.
    pub sequence: u64,
    /// The last bytes of the encrypted content before it, with which CBC goes on until TLS 1.0; nothing at the start.
    pub before: Option<[u8; 16]>,
    /// How many bytes of encrypted content came before it; RC4 goes on from there.
    pub position: u64,
}

/// What a record turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What it carries: in TLS 1.3 the type that was hidden inside.
    pub content_type: ContentType,
    /// How many bytes of padding stood behind the content.
    pub padding: u32,
}

impl RecordKey {
    pub(super) fn tls13(aead: Aead, key: &[u8], iv: [u8; 12], draft: Draft) -> Option<Self> {
        Some(Self(Form::Tls13 { key: aead.key(key)?, iv, tag: aead.tag_length(), header: draft.header }))
    }

    pub(super) fn tls12(aead: Aead, key: &[u8], iv: &[u8]) -> Option<Self> {
        let (key, tag) = (aead.key(key)?, aead.tag_length());
        Some(Self(match (iv.first_chunk(), iv.is_empty()) {
            (Some(iv), _) => Form::Counted { key, iv: *iv, tag },
            (None, true) => Form::Counted { key, iv: [0; 12], tag },
            (None, false) => Form::Explicit { key, salt: iv.try_into().ok()?, tag },
        }))
    }

    pub(super) fn cbc(cbc: Cbc) -> Self {
        Self(Form::Cbc(cbc))
    }

    pub(super) fn stream(key: Option<Box<KeyStream>>, mac: Mac) -> Self {
        Self(Form::Stream { key, mac })
    }

    /// Whether a record goes on where the key stream of the record before it ended.
    pub(super) fn is_stream(&self) -> bool {
        matches!(&self.0, Form::Stream { key: Some(_), .. })
    }

    /// How long the content of the first record is that a stream cipher protects: a Finished and its MAC.
    pub(super) fn finished_length(&self) -> u64 {
        match &self.0 {
            Form::Stream { mac, .. } => (mac.finished_length() + mac.length()) as u64,
            _ => 0,
        }
    }

    /// Whether a record goes on from the last block of the record before it.
    pub(super) fn is_chained(&self) -> bool {
        matches!(&self.0, Form::Cbc(cbc) if cbc.first.is_some())
    }

    /// Whether the cipher goes on from record to record, so that the number alone does not open one.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        match &self.0 {
            Form::Cbc(cbc) => cbc.first.is_some(),
            Form::Stream { key, .. } => key.is_some(),
            Form::Tls13 { .. } | Form::Explicit { .. } | Form::Counted { .. } => false,
        }
    }

    /// The place of the record behind one with this encrypted content.
    #[must_use]
    pub fn after(&self, place: Place, payload: &[u8]) -> Place {
        let end = match &self.0 {
            Form::Cbc(cbc) if cbc.encrypt_then_mac => payload.len().saturating_sub(cbc.mac.length()),
            _ => payload.len(),
        };
        let sealed = payload.get(..end).unwrap_or_default();
        let mut before = [0; 16];
        before.iter_mut().rev().zip(sealed.iter().rev()).for_each(|(to, from)| *to = *from);
        let position = place.position + payload.len() as u64;
        Place { sequence: place.sequence + 1, before: Some(before), position }
    }

    /// Opens a record; its content is then in `out`. `None` when this key, or this place, is not that of the record.
    pub fn open(&self, place: Place, header: Header, payload: &[u8], out: &mut Vec<u8>) -> Option<Opened> {
        out.clear();
        let sequence = place.sequence.to_be_bytes();
        match &self.0 {
            Form::Tls13 { key, iv, tag, header: with_header } => {
                payload.len().checked_sub(*tag)?;
                out.extend_from_slice(payload);
                let data = bytes_of(header);
                let data: &[u8] = if *with_header { &data } else { &[] };
                if !key.open(xor(*iv, sequence), data, out) {
                    return None;
                }
                inner(out)
            }
            Form::Counted { key, iv, tag } => {
                let length = payload.len().checked_sub(*tag)?;
                out.extend_from_slice(payload);
                let data = additional(sequence, header, length);
                key.open(xor(*iv, sequence), &data, out).then_some(())?;
                Some(Opened { content_type: header.content_type, padding: 0 })
            }
            Form::Explicit { key, salt, tag } => {
                let (explicit, sealed) = payload.split_first_chunk::<8>()?;
                let length = sealed.len().checked_sub(*tag)?;
                out.extend_from_slice(sealed);
                let mut nonce = [0; 12];
                nonce.iter_mut().zip(salt.iter().chain(explicit)).for_each(|(to, from)| *to = *from);
                let data = additional(sequence, header, length);
                key.open(nonce, &data, out).then_some(())?;
                Some(Opened { content_type: header.content_type, padding: 0 })
            }
            Form::Cbc(cbc) => cbc.open(place, header, payload, out),
            Form::Stream { key, mac } => {
                out.extend_from_slice(payload);
                if let Some(key) = key {
                    key.apply(place.position, out);
                }
                let length = out.len().checked_sub(mac.length())?;
                let (content, tag) = out.split_at_checked(length)?;
                mac.fits(place.sequence, header, content, tag).then_some(())?;
                out.truncate(length);
                Some(Opened { content_type: header.content_type, padding: 0 })
            }
        }
    }
}

impl Cbc {
    /// `first`: the IV of the first record, where records have none of their own.
    pub(super) fn new(
        block: Block,
        key: &[u8],
        mac: Mac,
        first: Option<&[u8]>,
        encrypt_then_mac: bool,
    ) -> Option<Self> {
        let first = first.map(<[u8]>::to_vec);
        Some(Self { key: block.key(key)?, block: block.block_length(), mac, first, encrypt_then_mac })
    }

    fn open(&self, place: Place, header: Header, payload: &[u8], out: &mut Vec<u8>) -> Option<Opened> {
        let mut sealed = payload;
        if self.encrypt_then_mac {
            let (behind, tag) = payload.split_at_checked(payload.len().checked_sub(self.mac.length())?)?;
            self.mac.fits(place.sequence, header, behind, tag).then_some(())?;
            sealed = behind;
        }
        let chained = place.before.map(|before| before.to_vec());
        let iv = match &self.first {
            None => sealed.split_off(..self.block)?.to_vec(),
            Some(first) => chained.unwrap_or_else(|| first.clone()),
        };
        let iv = iv.get(iv.len().checked_sub(self.block)?..)?;
        out.extend_from_slice(sealed);
        self.key.cbc(iv, out);
        let padding = usize::from(*out.last()?);
        out.truncate(out.len().checked_sub(padding + 1)?);
        if !self.encrypt_then_mac {
            let length = out.len().checked_sub(self.mac.length())?;
            let (content, tag) = out.split_at_checked(length)?;
            self.mac.fits(place.sequence, header, content, tag).then_some(())?;
            out.truncate(length);
        }
        Some(Opened { content_type: header.content_type, padding: 0 })
    }
}

/// The header as it was on the wire.
pub(super) fn bytes_of(header: Header) -> [u8; 5] {
    let ([major, minor], [high, low]) = (header.version.0.to_be_bytes(), header.length.to_be_bytes());
    [header.content_type.0, major, minor, high, low]
}

/// What TLS 1.2 authenticates beside the content (RFC 5246 6.2.3.3).
fn additional(sequence: [u8; 8], header: Header, length: usize) -> [u8; 13] {
    let length = u16::try_from(length).unwrap_or(u16::MAX);
    let mut data = [0; 13];
    let parts = sequence.into_iter().chain(bytes_of(Header { length, ..header }));
    data.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    data
}

/// The sequence number over the last eight bytes of the IV (RFC 8446 5.3).
fn xor(mut iv: [u8; 12], sequence: [u8; 8]) -> [u8; 12] {
    iv.iter_mut().skip(4).zip(sequence).for_each(|(byte, with)| *byte ^= with);
    iv
}

/// Takes padding and type off the end of the plaintext (RFC 8446 5.2).
fn inner(out: &mut Vec<u8>) -> Option<Opened> {
    let last = out.iter().rposition(|byte| *byte != 0)?;
    let padding = u32::try_from(out.len() - last - 1).unwrap_or(u32::MAX);
    let content_type = ContentType(*out.get(last)?);
    out.truncate(last);
    Some(Opened { content_type, padding })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_taken_off() {
        let mut out = b"abc\x16\0\0".to_vec();
        assert_eq!(inner(&mut out), Some(Opened { content_type: ContentType::HANDSHAKE, padding: 2 }));
        assert_eq!(out, b"abc");
        assert_eq!(inner(&mut vec![0; 4]), None, "a record of zeros has no type");
    }
}
