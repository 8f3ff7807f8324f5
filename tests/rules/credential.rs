//! Delegated credentials of a server, with one fault each, and what is found of them.

use crate::made::sealed::Talk;
use crate::made::{Offer, Wire, message, vector16, vector24};
use crate::source::of_wire;
use rcgen::{
    CertificateParams, CustomExtension, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SigningKey,
    date_time_ymd,
};
use tlslab::net::Direction;
use tlslab::session::{ProofKind, ProofResult};

const ECDSA_P256: u16 = 0x0403;
const DAY: u32 = 86_400;
/// 2026-03-02 00:00:00 UTC, a day after the certificate begins.
const NOW: i64 = 1_772_409_600;

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
    pub fn wire(self, alert: u8) -> Wire {
        let (leaf, own) = (key(), key());
        let certificate = self.certificate(&leaf);
        let shown = message(11, &entry(&certificate, &self.bytes(&leaf, &own, &certificate)));
        let talk = Talk::tls13(&self.offer()).says(false, &[message(8, &[0, 0]), shown]);
        let content = [&[b' '; 64], &b"TLS 1.3, server CertificateVerify"[..], &[0], &talk.hash()].concat();
        let signer = if self.used { &own } else { &leaf };
        let verify = message(15, &scheme_and_signature(&signer.sign(&content).unwrap()));
        talk.says(false, &[verify]).finished(false).alert(true, alert).wire().later(NOW)
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
        let found = of_wire(credential.wire(47));
        let text = found.texts("CERT-23").concat();
        assert_eq!(text.is_empty(), expected.is_empty(), "{text:?}, not {expected:?}");
        assert!(text.contains(expected), "{text:?}, not {expected:?}");
    }
}

#[test]
fn the_handshake_is_signed_with_the_key_of_the_credential() {
    let results = |credential: Credential| {
        let found = of_wire(credential.wire(0));
        let proofs = &found.sessions[0].proofs;
        [ProofKind::Credential, ProofKind::CredentialVerify, ProofKind::Finished]
            .map(|kind| proofs.iter().find(|proof| proof.kind == kind).map_or("none", |proof| proof.result.word()))
    };
    let good = Credential::GOOD;
    assert_eq!(results(good), ["verified"; 3]);
    assert_eq!(results(Credential { signed: false, ..good }), ["failed", "verified", "verified"]);
    assert_eq!(results(Credential { used: false, ..good }), ["verified", "failed", "verified"]);
    let found = of_wire(Credential { used: false, ..good }.wire(51));
    assert!(found.texts("CERT-17").concat().contains("the key of the delegated credential did not sign"));
    assert!(matches!(found.sessions[0].key_proof(Direction::ToClient).unwrap().result, ProofResult::Failed(_)));
}
