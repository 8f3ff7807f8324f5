//! A server whose certificate a log promised to list, or did not: log, authority and certificate are made here.

use crate::made::{
    Offer, Wire, alert, client, client_hello, message, record, server, server_hello, vector16, vector24,
};
use crate::source::length;
use crate::support::ETHERNET;
use aws_lc_rs::digest;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PublicKeyData, SerialNumber, SigningKey, date_time_ymd,
};
use std::borrow::Cow;
use std::fs;
use std::process::Command;
use tlslab::capture::{PacketToWrite, PcapngWriter};
use tlslab::session::judgement::Basis;
use tlslab::x509::pem;
use tlslab::x509::verify::{CtLog, Standing};

/// 2026-03-02 00:00:00 UTC, a day after the certificate begins.
const NOW: i64 = 1_772_409_600;
/// An hour before, in milliseconds.
const MADE: u64 = 1_772_406_000_000;

/// What the log says of a certificate.
#[derive(Clone, Copy, PartialEq)]
pub enum Promise {
    /// It saw this one.
    This,
    /// It saw another one.
    Another,
}

/// A session with a certificate that has a timestamp of a log in it; the client refuses it. With it goes the list of logs
/// that tells the key.
pub fn given(promise: Promise) -> Wire {
    let ((mut wire, root), log) = session(promise);
    let mut basis = Basis::default();
    basis.anchors.add("test", [Cow::Owned(root)]);
    basis.logs.add(log);
    wire.basis = Some(basis);
    wire
}

/// The session with the certificate of the authority, and the log.
fn session(promise: Promise) -> ((Wire, Vec<u8>), CtLog) {
    let [log, leaf, authority] = [(); 3].map(|()| KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap());
    let spki = authority.subject_public_key_info();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let root = params.self_signed(&authority).unwrap().der().to_vec();
    let issuer = Issuer::new(params, authority);
    let make = |list: Option<&[u8]>| {
        let mut params = CertificateParams::new(vec!["shop.example".to_owned()]).unwrap();
        params.serial_number = Some(SerialNumber::from(0x4d_u64));
        (params.not_before, params.not_after) = (date_time_ymd(2026, 3, 1), date_time_ymd(2026, 6, 1));
        let oid = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 2];
        let content = |list: &[u8]| [&[4, u8::try_from(list.len()).unwrap()][..], list].concat();
        params.custom_extensions =
            list.map(|list| CustomExtension::from_oid_content(&oid, content(list))).into_iter().collect();
        params.signed_by(&leaf, &issuer).unwrap().der().to_vec()
    };
    let mut seen = to_be_signed(&make(None)).to_vec();
    if promise == Promise::Another {
        *seen.last_mut().unwrap() ^= 1;
    }
    let hash = digest::digest(&digest::SHA256, &spki);
    let entry = [&[0, 1][..], hash.as_ref(), &vector24(&seen), &[0, 0]].concat();
    let signature = log.sign(&[&[0, 0][..], &MADE.to_be_bytes(), &entry].concat()).unwrap();
    let key: Box<[u8]> = log.subject_public_key_info().into();
    let log = CtLog { name: "Lab 'Larch' log".to_owned(), key, standing: Standing::Counts, interval: None };
    let item = [&[0][..], &log.id(), &MADE.to_be_bytes(), &[0, 0, 4, 3], &vector16(&signature)].concat();
    let certificate = make(Some(&vector16(&vector16(&item))));
    ((wire(&certificate), root), log)
}

/// The TBSCertificate: what stands first in a certificate.
fn to_be_signed(certificate: &[u8]) -> &[u8] {
    // Tag, length, and in how many bytes the length stands.
    let header = |der: &[u8]| match der[1] {
        0x81 => (3, usize::from(der[2])),
        0x82 => (4, usize::from(u16::from_be_bytes([der[2], der[3]]))),
        short => (2, usize::from(short)),
    };
    let inner = &certificate[header(certificate).0..];
    let (before, length) = header(inner);
    &inner[..before + length]
}

fn wire(certificate: &[u8]) -> Wire {
    let shown = record(22, &message(11, &vector24(&vector24(certificate))));
    let turns = [
        client(client_hello(&Offer::tls12())),
        server([server_hello(0xc02b, None, &[]), shown, record(22, &message(14, &[]))].concat()),
        client(alert(2, 46)),
    ];
    Wire::closed(&turns, 50000).later(NOW)
}

/// What `inspect` prints of the session with its authority, and with the list of logs where one is given.
fn inspected(promise: Promise, with_list: bool, format: &str) -> String {
    let ((wire, root), log) = session(promise);
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut writer = PcapngWriter::new(Vec::new()).unwrap();
    for (time, bytes) in &wire.frames {
        let original_length = length(bytes);
        let packet = PacketToWrite { time: *time, link: ETHERNET, original_length, bytes, comment: None };
        writer.packet(&packet).unwrap();
    }
    fs::write(path("capture.pcapng"), writer.finish().unwrap()).unwrap();
    fs::write(path("root.pem"), pem("CERTIFICATE", &root)).unwrap();
    let [id, key] = [&log.id()[..], &log.key].map(|bytes| BASE64_STANDARD.encode(bytes));
    let list = format!(
        r#"{{"operators": [{{"logs": [{{"description": "{}", "log_id": "{id}", "key": "{key}"}}]}}]}}"#,
        log.name
    );
    fs::write(path("log_list.json"), list).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tlslab"));
    command.current_dir(&folder).args(["inspect", "capture.pcapng", "--anchors", "none", "--anchors", "root.pem"]);
    command.args(["--format", format]).args(if with_list { &["--ct-logs", "log_list.json"][..] } else { &[] });
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_a_log_promised_is_held_against_the_list_of_the_user() {
    for (promise, with_list, text, json) in [
        (Promise::This, true, "timestamp of Lab 'Larch' log in the certificate: verified", r#""result":"verified""#),
        (Promise::Another, true, "in the certificate: WRONG", r#""result":"wrong-signature""#),
        (Promise::This, false, "not checked: revocation, timestamps of logs", r#""result":"not-checked""#),
    ] {
        let found = inspected(promise, with_list, "text");
        assert!(found.contains(text), "{text} is not in\n{found}");
        assert_eq!(found.contains("warn: CERT-25"), promise == Promise::Another && with_list, "{found}");
        let found = inspected(promise, with_list, "ndjson");
        assert!(found.contains(json), "{json} is not in\n{found}");
    }
}
