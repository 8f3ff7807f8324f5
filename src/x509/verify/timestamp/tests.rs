//! Timestamps of a log that is made here, brought in all three ways, with one fault each.

use super::*;
use crate::x509::verify::tests::{Authority, authority, key, params};
use rcgen::{CertificateParams, CustomExtension, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData, SigningKey};

/// 2026-03-01 12:00:00Z
const NOW: i64 = 1_772_366_400;
/// A day before, in milliseconds.
const MADE: u64 = 1_772_280_000_000;

struct Log {
    key: KeyPair,
}

impl Log {
    fn new() -> Self {
        Self { key: KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap() }
    }

    fn entry(&self, standing: Standing, interval: Option<(i64, i64)>) -> CtLog {
        CtLog { name: "Lab 'Larch' log".to_owned(), key: self.key.subject_public_key_info().into(), standing, interval }
    }

    fn logs(&self, standing: Standing, interval: Option<(i64, i64)>) -> CtLogs {
        let mut logs = CtLogs::default();
        logs.add(self.entry(standing, interval));
        logs
    }

    /// A list of one timestamp for an entry.
    fn list(&self, entry: &[u8], made: u64) -> Vec<u8> {
        let extensions = [7, 7, 7];
        let content = [&[0, 0][..], &made.to_be_bytes(), entry, &[0, 3], &extensions].concat();
        let signature = self.key.sign(&content).unwrap();
        let id = self.entry(Standing::Counts, None).id();
        let item = [&[0][..], &id, &made.to_be_bytes(), &[0, 3], &extensions, &[4, 3], &vector16(&signature)].concat();
        vector16(&vector16(&item))
    }
}

fn vector16(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

fn of_certificate(der: &[u8]) -> Vec<u8> {
    [&[0, 0][..], &vector24(der)].concat()
}

/// A certificate and its key, without a list in it.
fn leaf(key: &KeyPair, by: &Authority, edit: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    params("www.lab.test", edit).signed_by(key, &by.issuer).unwrap().der().to_vec()
}

/// The same with the timestamps of a log in it.
fn logged(log: &Log, by: &Authority, made: u64) -> Vec<u8> {
    let key = key();
    let (_, tbs) = without_list(&leaf(&key, by, |_| {})).unwrap();
    let hash = digest::digest(&digest::SHA256, public_key_of(&by.der).unwrap());
    let entry = [&[0, 1][..], hash.as_ref(), &vector24(&tbs)].concat();
    let list = encoded(OCTET_STRING, &log.list(&entry, made));
    let oid = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 2];
    leaf(&key, by, |params| params.custom_extensions = vec![CustomExtension::from_oid_content(&oid, list)])
}

fn results(request: &TimestampRequest<'_>) -> Vec<(Delivery, &'static str)> {
    check_timestamps(request).iter().map(|check| (check.delivery, check.result.word())).collect()
}

#[test]
fn a_timestamp_in_the_certificate_is_for_its_precertificate() {
    let (log, other, ca) = (Log::new(), Log::new(), authority("Lab Root", None, |_| {}));
    let namesake = authority("Lab Root", None, |_| {});
    let der = logged(&log, &ca, MADE);
    let logs = log.logs(Standing::Counts, None);
    let request = TimestampRequest { leaf: &der, issuers: &[], extension: None, staple: None, logs: &logs, time: NOW };
    let one = |word| vec![(Delivery::Certificate, word)];
    let issuers: &[&[u8]] = &[&namesake.der, &ca.der];
    assert_eq!(results(&TimestampRequest { issuers, ..request }), one("verified"));
    assert_eq!(results(&TimestampRequest { issuers: &[&namesake.der], ..request }), one("not-checked"));
    assert_eq!(results(&request), one("not-checked"), "the issuer is not there");
    let unknown = other.logs(Standing::Counts, None);
    assert_eq!(results(&TimestampRequest { issuers, logs: &unknown, ..request }), one("unknown-log"));
    assert_eq!(results(&TimestampRequest { issuers, logs: &CtLogs::default(), ..request }), one("not-checked"));

    // The list of one certificate in another: the log saw neither.
    assert_eq!(check_list_of(&der, &namesake, &logs), one("wrong-signature"));
}

/// Puts the list of a certificate into another one.
fn check_list_of(der: &[u8], by: &Authority, logs: &CtLogs) -> Vec<(Delivery, &'static str)> {
    let (list, _) = embedded(der).unwrap();
    let oid = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 2];
    let other = leaf(&key(), by, |params| {
        params.custom_extensions = vec![CustomExtension::from_oid_content(&oid, encoded(OCTET_STRING, &list))];
    });
    let issuers: &[&[u8]] = &[&by.der];
    results(&TimestampRequest { leaf: &other, issuers, extension: None, staple: None, logs, time: NOW })
}

#[test]
fn a_timestamp_beside_the_certificate_is_for_the_certificate() {
    let (log, ca) = (Log::new(), authority("Lab Root", None, |_| {}));
    let (der, other) = (leaf(&key(), &ca, |_| {}), leaf(&key(), &ca, |_| {}));
    let logs = log.logs(Standing::Counts, None);
    let good = log.list(&of_certificate(&der), MADE);
    let bad = log.list(&of_certificate(&other), MADE);
    for (list, word) in [(&good, "verified"), (&bad, "wrong-signature")] {
        let request =
            TimestampRequest { leaf: &der, issuers: &[], extension: Some(list), staple: None, logs: &logs, time: NOW };
        assert_eq!(results(&request), [(Delivery::Extension, word)]);
        let staple = response(list);
        let request = TimestampRequest { extension: None, staple: Some(&staple), ..request };
        assert_eq!(results(&request), [(Delivery::Ocsp, word)]);
    }
}

/// An OCSP response about serial number 0x4d with a list of timestamps. Nobody signed it; that is for others to mind.
fn response(list: &[u8]) -> Vec<u8> {
    let sequence = |parts: &[&[u8]]| encoded(SEQUENCE, &parts.concat());
    let sha1 = sequence(&[b"\x06\x05\x2b\x0e\x03\x02\x1a", b"\x05\x00"]);
    let hash = encoded(OCTET_STRING, &[7; 20]);
    let time = encoded(0x18, b"20260228000000Z");
    let oid = b"\x06\x0a\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x05";
    let extension = sequence(&[oid, &encoded(OCTET_STRING, &encoded(OCTET_STRING, list))]);
    let extensions = encoded(0xa1, &sequence(&[&extension]));
    let single = sequence(&[&sequence(&[&sha1, &hash, &hash, &[2, 1, 0x4d]]), &[0x80, 0], &time, &extensions]);
    let data = sequence(&[&encoded(0xa2, &hash), &time, &sequence(&[&single])]);
    let basic = sequence(&[&data, &sequence(&[b"\x06\x03\x2b\x65\x70"]), &[3, 2, 0, 0]]);
    let bytes = sequence(&[b"\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01", &encoded(OCTET_STRING, &basic)]);
    sequence(&[&[0x0a, 1, 0], &encoded(0xa0, &bytes)])
}

#[test]
fn what_a_log_signed_may_still_not_count() {
    let (log, ca) = (Log::new(), authority("Lab Root", None, |_| {}));
    let der = leaf(&key(), &ca, |_| {});
    // The certificate ends with 2026.
    const END: i64 = 1_798_761_600;
    let seconds = i64::try_from(MADE / 1000).unwrap();
    let future = u64::try_from(NOW).unwrap() * 1000 + 1;
    for (made, standing, interval, expected) in [
        (MADE, Standing::Counts, None, TimestampResult::Verified),
        (MADE, Standing::Counts, Some((END - 1, END + 1)), TimestampResult::Verified),
        (MADE, Standing::Retired(seconds + 1), None, TimestampResult::Verified),
        (MADE, Standing::Retired(seconds), None, TimestampResult::DoesNotCount(Doubt::Retired(seconds))),
        (MADE, Standing::Pending, None, TimestampResult::DoesNotCount(Doubt::Pending)),
        (MADE, Standing::Rejected, None, TimestampResult::DoesNotCount(Doubt::Rejected)),
        (MADE, Standing::Counts, Some((0, END)), TimestampResult::DoesNotCount(Doubt::OutsideInterval)),
        (future, Standing::Counts, None, TimestampResult::DoesNotCount(Doubt::Future)),
        (future - 1, Standing::Counts, None, TimestampResult::Verified),
    ] {
        let list = log.list(&of_certificate(&der), made);
        let logs = log.logs(standing, interval);
        let checks = check_timestamps(&TimestampRequest {
            leaf: &der,
            issuers: &[],
            extension: Some(&list),
            staple: None,
            logs: &logs,
            time: NOW,
        });
        assert_eq!(checks[0].result, expected, "{standing:?} {interval:?}");
        assert!(!checks[0].result.text().is_empty() && checks[0].log.is_some());
    }
}

#[test]
fn broken_bytes_are_no_timestamps() {
    let (log, ca) = (Log::new(), authority("Lab Root", None, |_| {}));
    let (der, logs) = (logged(&log, &ca, MADE), log.logs(Standing::Counts, None));
    for cut in (0..der.len()).step_by(7) {
        let part = der.get(..cut).unwrap();
        let (extension, staple) = (Some(part), Some(part));
        let issuers: &[&[u8]] = &[&ca.der, part];
        let _ = check_timestamps(&TimestampRequest { leaf: part, issuers, extension, staple, logs: &logs, time: NOW });
    }
}
