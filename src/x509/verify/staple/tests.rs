//! OCSP responses with one fault each.

use super::*;
use crate::x509::verify::tests::{Ask, Authority, authority, key, leaf, params};
use crate::x509::verify::{Profile, Rung};
use rcgen::{ExtendedKeyUsagePurpose, KeyPair, SigningKey};

/// One element: tag, length, content.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let header = match content.len() {
        0..=0x7f => vec![tag, length[1]],
        0x80..=0xff => vec![tag, 0x81, length[1]],
        _ => vec![tag, 0x82, length[0], length[1]],
    };
    [header, content].concat()
}

/// A response that says `status` of serial number 0x4d of `issuer`, from `this` to `next`, signed with `key`.
struct Told<'a> {
    issuer: &'a Authority,
    serial: u8,
    status: &'a [u8],
    times: [&'a str; 2],
    key: &'a KeyPair,
    responder: Option<&'a [u8]>,
}

const GOOD: &[u8] = &[0x80, 0];
const UNKNOWN: &[u8] = &[0x82, 0];
const FRESH: [&str; 2] = ["20260228000000Z", "20260307000000Z"];

impl Told<'_> {
    fn der(&self) -> Vec<u8> {
        let view = View::read(&self.issuer.der, Unknown::Refuse).unwrap();
        let (_, key) = crate::x509::verify::signature::key(view.spki).unwrap();
        let sha1 = |bytes: &[u8]| digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
        let algorithm = element(0x30, &[b"\x06\x05\x2b\x0e\x03\x02\x1a", b"\x05\x00"]);
        let name = sha1(&element(0x30, &[view.subject]));
        let hashes = [element(4, &[name.as_ref()]), element(4, &[sha1(key).as_ref()])];
        let id = element(0x30, &[&algorithm, &hashes[0], &hashes[1], &[2, 1, self.serial]]);
        let [this, next] = self.times.map(|time| element(0x18, &[time.as_bytes()]));
        let single = element(0x30, &[&id, self.status, &this, &element(0xa0, &[&next])]);
        let responder = element(0xa2, &[&element(4, &[sha1(key).as_ref()])]);
        let data = element(0x30, &[&responder, &this, &element(0x30, &[&single])]);
        let signature = self.key.sign(&data).unwrap();
        let ed25519 = element(0x30, &[b"\x06\x03\x2b\x65\x70"]);
        let certificates = self.responder.map(|der| element(0xa0, &[&element(0x30, &[der])])).unwrap_or_default();
        let basic = element(0x30, &[&data, &ed25519, &element(3, &[&[0], &signature]), &certificates]);
        let bytes = element(0x30, &[b"\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01", &element(4, &[&basic])]);
        element(0x30, &[&[0x0a, 1, 0], &element(0xa0, &[&bytes])])
    }
}

fn responder(by: &Authority, purpose: ExtendedKeyUsagePurpose) -> (Vec<u8>, KeyPair) {
    let key = key();
    let params = params("Responder", |params| params.extended_key_usages = vec![purpose]);
    (params.signed_by(&key, &by.issuer).unwrap().der().to_vec(), key)
}

#[test]
fn a_staple_is_believed_when_the_issuer_or_its_responder_signed_it() {
    let (root, other) = (authority("Lab Root", None, |_| {}), authority("Other", None, |_| {}));
    let (delegate, delegate_key) = responder(&root, ExtendedKeyUsagePurpose::OcspSigning);
    let (server, server_key) = responder(&root, ExtendedKeyUsagePurpose::ServerAuth);
    let (stranger, stranger_key) = responder(&other, ExtendedKeyUsagePurpose::OcspSigning);
    let revoked = element(0xa1, &[&element(0x18, &[b"20260201000000Z"])]);
    let plain =
        || Told { issuer: &root, serial: 0x4d, status: GOOD, times: FRESH, key: root.issuer.key(), responder: None };
    let passed = "says good on 2026-02-28 00:00:00Z, signed by";
    for (told, outcome, words) in [
        (plain(), Some(true), "signed by the issuer"),
        (Told { key: &delegate_key, responder: Some(&delegate), ..plain() }, Some(true), passed),
        (Told { status: &revoked, ..plain() }, Some(false), "says revoked since 2026-02-01 00:00:00Z"),
        (Told { status: UNKNOWN, ..plain() }, Some(false), "says unknown"),
        (Told { times: ["20260201000000Z", "20260208000000Z"], ..plain() }, Some(false), "stale since 2026-02-08"),
        (
            Told { times: ["20260302000000Z", "20260308000000Z"], ..plain() },
            Some(false),
            "made after this, at 2026-03-02",
        ),
        (Told { key: other.issuer.key(), ..plain() }, Some(false), "the issuer's key did not sign it"),
        (Told { key: &server_key, responder: Some(&server), ..plain() }, Some(false), "is without OCSPSigning"),
        (Told { key: &stranger_key, responder: Some(&stranger), ..plain() }, Some(false), "the issuer did not make"),
        (Told { key: &delegate_key, ..plain() }, Some(false), "the issuer's key did not sign it"),
        (Told { issuer: &other, ..plain() }, Some(false), "of a certificate of another issuer"),
        (Told { serial: 0x4e, ..plain() }, None, "is about another certificate"),
    ] {
        let mut ask = Ask::new(vec![leaf(&root, |_| {})], &root);
        ask.staple = Some(told.der());
        let found = ask.verify(Profile::Rustls);
        assert!(found.accepted, "{words}: a staple does not decide");
        let rung = found.rungs.iter().find(|rung| rung.evidence.contains("stapled")).unwrap();
        assert!(rung.evidence.contains(words), "{words}: {}", rung.evidence);
        let found = match rung.outcome {
            Outcome::Passed => Some(true),
            Outcome::Failed => Some(false),
            Outcome::NotChecked { .. } | Outcome::NotApplicable => None,
        };
        assert!(found == outcome && !rung.enforced, "{words}: {rung:?}");
    }
}

#[test]
fn a_staple_without_its_issuer_is_not_checked() {
    let (root, other) = (authority("Lab Root", None, |_| {}), authority("Other", None, |_| {}));
    let mut ask = Ask::new(vec![leaf(&root, |_| {})], &other);
    let key = root.issuer.key();
    ask.staple = Some(Told { issuer: &root, serial: 0x4d, status: GOOD, times: FRESH, key, responder: None }.der());
    let found = ask.verify(Profile::Rustls);
    let rung = found.rungs.iter().find(|rung| rung.evidence.contains("stapled")).unwrap();
    assert!(matches!(rung.outcome, Outcome::NotChecked { why } if why.contains("key of the issuer")), "{rung:?}");
}

#[test]
fn bytes_that_are_no_response_are_survived() {
    let root = authority("Lab Root", None, |_| {});
    let key = root.issuer.key();
    let whole = Told { issuer: &root, serial: 0x4d, status: GOOD, times: FRESH, key, responder: None }.der();
    for cut in 0..whole.len() {
        let mut ask = Ask::new(vec![leaf(&root, |_| {})], &root);
        ask.staple = Some(whole[..cut].to_vec());
        let found = ask.verify(Profile::Rustls);
        let passed = |rung: &&Rung| rung.evidence.contains("stapled") && rung.outcome == Outcome::Passed;
        assert!(found.accepted && found.rungs.iter().all(|rung| !passed(&rung)), "{cut}");
    }
}
