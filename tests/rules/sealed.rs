//! A server of TLS 1.3 with a delegated credential, which no peer of the lab has: its messages written by hand and sealed
//! with secrets that are given away.

use crate::made::{Offer, Wire, client, client_hello, message, record, server, server_hello};
use crate::source::{Found, Given};
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{digest, hmac};
use rcgen::{
    CertificateParams, CustomExtension, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SigningKey,
    date_time_ymd,
};
use std::fmt::Write;
use tlslab::base::hex;
use tlslab::session::{ProofKind, ProofResult};

const ECDSA_P256: u16 = 0x0403;
const DAY: u32 = 86_400;
/// 2026-03-02 00:00:00 UTC, a day after the certificate begins.
pub const NOW: i64 = 1_772_409_600_000_000_000;
const SECRETS: [[u8; 32]; 2] = [[0xc1; 32], [0x5e; 32]];

/// A credential, and what is wrong with it.
#[derive(Clone, Copy)]
pub struct Credential {
    /// Seconds from the beginning of the certificate.
    pub valid: u32,
    /// What the client takes from the keys of credentials.
    pub offered: Option<u16>,
    /// Whether the certificate allows delegation.
    pub usage: bool,
    pub key_usage: KeyUsagePurpose,
    /// Whether the key of the certificate signed it.
    pub signed: bool,
    /// Whether the key of the credential signed the handshake.
    pub used: bool,
    /// The scheme that it says it is for.
    pub expected: u16,
}

impl Credential {
    pub const GOOD: Self = Self {
        valid: 3 * DAY,
        offered: Some(ECDSA_P256),
        usage: true,
        key_usage: KeyUsagePurpose::DigitalSignature,
        signed: true,
        used: true,
        expected: ECDSA_P256,
    };

    /// The handshake with it; the client answers with this alert.
    pub fn given(self, alert: u8) -> Given {
        let leaf = key();
        let own = key();
        let certificate = self.certificate(&leaf);
        let hello = client_hello(&self.offer());
        let answer = server_hello(0x1301, Some(0x1d), &[]);
        let mut said = [&hello[5..], &answer[5..]].concat();
        let mut say = |message: Vec<u8>| {
            said.extend(&message);
            (message, digest::digest(&digest::SHA256, &said).as_ref().to_vec())
        };
        let (extensions, _) = say(message(8, &[0, 0]));
        let (shown, hash) = say(message(11, &entry(&certificate, &self.bytes(&leaf, &own, &certificate))));
        let content = [&[b' '; 64], &b"TLS 1.3, server CertificateVerify"[..], &[0], &hash].concat();
        let signer = if self.used { &own } else { &leaf };
        let (verify, hash) = say(message(15, &scheme_and_signature(&signer.sign(&content).unwrap())));
        let seal = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &expand(1, b"finished", 32)), &hash);
        let flight = [extensions, shown, verify, message(20, seal.as_ref())].concat();
        let turns =
            [client(hello), server([answer, sealed(1, 22, &flight)].concat()), client(sealed(0, 21, &[2, alert]))];
        let mut wire = Wire::closed(&turns, 50000);
        wire.frames.iter_mut().for_each(|(time, _)| *time += NOW);
        Given { wire, key_log: key_log(), basis: None }
    }

    fn offer(self) -> Offer {
        let mut offer = Offer::tls13();
        offer.extra.extend(self.offered.map(|scheme| (34, [&[0, 2][..], &scheme.to_be_bytes()].concat())));
        offer
    }

    fn certificate(self, key: &KeyPair) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["shop.example".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2026, 3, 1);
        params.not_after = date_time_ymd(2026, 6, 1);
        params.key_usages = vec![self.key_usage];
        if self.usage {
            let oid = [1, 3, 6, 1, 4, 1, 44363, 44];
            params.custom_extensions = vec![CustomExtension::from_oid_content(&oid, vec![5, 0])];
        }
        params.self_signed(key).unwrap().der().to_vec()
    }

    fn bytes(self, leaf: &KeyPair, own: &KeyPair, certificate: &[u8]) -> Vec<u8> {
        let key = own.subject_public_key_info();
        let expected = self.expected.to_be_bytes();
        let signed = [&self.valid.to_be_bytes()[..], &expected, &vector24(&key), &ECDSA_P256.to_be_bytes()].concat();
        let context = b"TLS, server delegated credentials";
        let content = [&[b' '; 64], &context[..], &[0], certificate, &signed].concat();
        let signature = if self.signed { leaf.sign(&content) } else { own.sign(&content) }.unwrap();
        [&signed[..], &vector16(&signature)].concat()
    }
}

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

/// The body of a Certificate message with one entry.
fn entry(certificate: &[u8], credential: &[u8]) -> Vec<u8> {
    let extension = [&[0, 34][..], &vector16(credential)].concat();
    let entry = [vector24(certificate), vector16(&extension)].concat();
    [&[0][..], &vector24(&entry)].concat()
}

fn scheme_and_signature(signature: &[u8]) -> Vec<u8> {
    [&ECDSA_P256.to_be_bytes()[..], &vector16(signature)].concat()
}

pub fn vector16(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

pub fn vector24(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[1..], bytes].concat()
}

/// HKDF-Expand-Label of the secret of a side, for not more than one block (RFC 8446 7.1).
fn expand(side: usize, label: &[u8], length: u8) -> Vec<u8> {
    let label = [b"tls13 ", label].concat();
    let info = [&[0, length, u8::try_from(label.len()).unwrap()][..], &label, &[0, 1]].concat();
    let block = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &SECRETS[side]), &info);
    block.as_ref()[..usize::from(length)].to_vec()
}

/// The first protected record of a side.
fn sealed(side: usize, kind: u8, content: &[u8]) -> Vec<u8> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &expand(side, b"key", 16)).unwrap());
    let nonce = Nonce::try_assume_unique_for_key(&expand(side, b"iv", 12)).unwrap();
    let mut inner = [content, &[kind]].concat();
    let length = u16::try_from(inner.len() + 16).unwrap().to_be_bytes();
    key.seal_in_place_append_tag(nonce, Aad::from([23, 3, 3, length[0], length[1]]), &mut inner).unwrap();
    record(23, &inner)
}

fn key_log() -> String {
    let mut out = String::new();
    for (label, secret) in ["CLIENT", "SERVER"].iter().zip(SECRETS) {
        let _ = writeln!(out, "{label}_HANDSHAKE_TRAFFIC_SECRET {} {}", hex(&[7; 32]), hex(&secret));
    }
    out
}

fn told(found: &Found, rule: &str) -> String {
    let mut findings = found.sessions.iter().flat_map(|session| &session.findings);
    findings.find(|found| found.rule.id == rule).map(|found| found.text.clone()).unwrap_or_default()
}

#[test]
fn each_fault_of_a_credential_is_told() {
    let good = Credential::GOOD;
    for (credential, expected) in [
        (good, ""),
        (Credential { valid: 8 * DAY - 1, ..good }, ""),
        (Credential { valid: DAY / 2, ..good }, "it ran out 12 hours before"),
        (Credential { valid: 9 * DAY, ..good }, "it ends in 8 days"),
        (Credential { usage: false, ..good }, "no DelegationUsage"),
        (Credential { key_usage: KeyUsagePurpose::KeyAgreement, ..good }, "lacks digitalSignature"),
        (Credential { offered: None, ..good }, "did not ask for one"),
        (Credential { offered: Some(0x0807), ..good }, "does not offer for credentials"),
        (Credential { expected: 0x0503, offered: Some(0x0503), ..good }, "CertificateVerify names"),
        (Credential { signed: false, ..good }, "did not sign it"),
    ] {
        let found = credential.given(47).found();
        let text = told(&found, "CERT-23");
        assert_eq!(text.is_empty(), expected.is_empty(), "{text:?}, not {expected:?}");
        assert!(text.contains(expected), "{text:?}, not {expected:?}");
    }
}

#[test]
fn the_handshake_is_signed_with_the_key_of_the_credential() {
    let results = |credential: Credential| {
        let found = credential.given(0).found();
        let proofs = &found.sessions[0].proofs;
        [ProofKind::Credential, ProofKind::CredentialVerify, ProofKind::Finished]
            .map(|kind| proofs.iter().find(|proof| proof.kind == kind).map_or("none", |proof| proof.result.word()))
    };
    let good = Credential::GOOD;
    assert_eq!(results(good), ["verified"; 3]);
    assert_eq!(results(Credential { signed: false, ..good }), ["failed", "verified", "verified"]);
    assert_eq!(results(Credential { used: false, ..good }), ["verified", "failed", "verified"]);
    let found = Credential { used: false, ..good }.given(51).found();
    assert!(told(&found, "CERT-17").contains("the key of the delegated credential did not sign"));
    assert!(matches!(
        found.sessions[0].key_proof(tlslab::net::Direction::ToClient).unwrap().result,
        ProofResult::Failed(_)
    ));
}
