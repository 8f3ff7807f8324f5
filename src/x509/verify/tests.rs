//! Chains with one fault each, made by rcgen: the rung that fails, the reason, and the sentence.

use super::*;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CidrSubnet, CustomExtension, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, NameConstraints,
    PKCS_ED25519, RevocationReason, RevokedCertParams, SanType, SerialNumber, date_time_ymd,
};

/// 2026-03-01 12:00:00Z
const NOW: i64 = 1_772_366_400;

pub(super) struct Authority {
    pub(super) der: Vec<u8>,
    pub(super) issuer: Issuer<'static, KeyPair>,
}

pub(super) fn params(name: &str, edit: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params.serial_number = Some(SerialNumber::from(0x4d_u64));
    params.use_authority_key_identifier_extension = true;
    edit(&mut params);
    params
}

pub(super) fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ED25519).unwrap()
}

pub(super) fn authority(name: &str, by: Option<&Authority>, edit: impl FnOnce(&mut CertificateParams)) -> Authority {
    let params = params(name, |params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        edit(params);
    });
    let key = key();
    let der = match by {
        Some(by) => params.signed_by(&key, &by.issuer),
        None => params.self_signed(&key),
    };
    Authority { der: der.unwrap().der().to_vec(), issuer: Issuer::new(params, key) }
}

pub(super) fn leaf(by: &Authority, edit: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let params = params("www.lab.test", |params| {
        params.subject_alt_names = vec![SanType::DnsName("www.lab.test".try_into().unwrap())];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        edit(params);
    });
    params.signed_by(&key(), &by.issuer).unwrap().der().to_vec()
}

fn list(by: &Authority, serials: &[u64]) -> Vec<u8> {
    let revoked = serials.iter().map(|serial| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: date_time_ymd(2026, 2, 1),
        reason_code: Some(RevocationReason::KeyCompromise),
        invalidity_date: None,
    });
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2026, 2, 1),
        next_update: date_time_ymd(2026, 2, 8),
        crl_number: SerialNumber::from(1_u64),
        issuing_distribution_point: None,
        revoked_certs: revoked.collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(&by.issuer).unwrap().der().to_vec()
}

/// What a row of the table asks.
pub(super) struct Ask {
    sent: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
    crls: Vec<Vec<u8>>,
    rule: CrlRule,
    name: Option<PeerName>,
    purpose: Purpose,
    pub(super) staple: Option<Vec<u8>>,
    time: i64,
}

impl Ask {
    pub(super) fn new(sent: Vec<Vec<u8>>, anchor: &Authority) -> Self {
        let name = Some(PeerName::new("www.lab.test"));
        let (crls, rule) = (Vec::new(), CrlRule::default());
        let (purpose, staple) = (Purpose::Server, None);
        Self { sent, anchors: vec![anchor.der.clone()], crls, rule, name, purpose, staple, time: NOW }
    }

    fn named(mut self, name: &str) -> Self {
        self.name = Some(PeerName::new(name));
        self
    }

    fn with_lists(mut self, crls: Vec<Vec<u8>>) -> Self {
        self.crls = crls;
        self
    }

    pub(super) fn verify(&self, profile: Profile) -> Verification {
        fn slices(list: &[Vec<u8>]) -> Vec<&[u8]> {
            list.iter().map(Vec::as_slice).collect()
        }
        verify(&Request {
            sent: &slices(&self.sent),
            anchors: &slices(&self.anchors),
            more_anchors: 0,
            crls: &slices(&self.crls),
            crl_rule: self.rule,
            time: self.time,
            purpose: self.purpose,
            name: self.name.as_ref(),
            staple: self.staple.as_deref(),
            profile,
        })
    }
}

type Row = (&'static str, Ask, Option<(Check, Which, Refusal, &'static str)>);

fn rows_of_the_path(root: &Authority, issuing: &Authority) -> Vec<Row> {
    let plain = || leaf(issuing, |_| {});
    let chain = |leaf: Vec<u8>| Ask::new(vec![leaf, issuing.der.clone()], root);
    let other = authority("Other Root", None, |_| {});
    let impostor = authority("Lab Root", None, |_| {});
    let below_impostor = authority("Lab Issuing", Some(&impostor), |_| {});
    let no_authority = authority("Lab Issuing", Some(root), |params| params.is_ca = IsCa::ExplicitNoCa);
    let short = authority("Short", Some(root), |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
    let below_short = authority("Below", Some(&short), |_| {});
    let mut flipped = plain();
    *flipped.last_mut().unwrap() ^= 1;
    let mut edited = plain();
    let at = edited.windows(12).position(|window| window == b"www.lab.test").unwrap();
    edited[at] = b'x';
    let own = leaf(issuing, |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let sent = Which::Sent;
    vec![
        ("good", chain(plain()), None),
        ("the root sent along", Ask::new(vec![plain(), root.der.clone(), issuing.der.clone()], root), None),
        (
            "a superfluous one in front",
            Ask::new(vec![plain(), other.der.clone(), issuing.der.clone(), issuing.der.clone()], root),
            None,
        ),
        (
            "missing intermediate",
            Ask::new(vec![plain()], root),
            Some((Check::ChainBuilt, sent(0), Refusal::UnknownIssuer, "issuer CN=Lab Issuing was not sent")),
        ),
        (
            "untrusted root",
            Ask::new(vec![plain(), issuing.der.clone()], &other),
            Some((
                Check::Trust,
                sent(1),
                Refusal::UnknownIssuer,
                "leads to CN=Lab Root, and the only trust anchor is CN=Other Root",
            )),
        ),
        (
            "untrusted root sent along",
            Ask::new(vec![plain(), issuing.der.clone(), root.der.clone()], &other),
            Some((
                Check::Trust,
                sent(2),
                Refusal::UnknownIssuer,
                "CN=Lab Root issued itself, and the only trust anchor is CN=Other Root",
            )),
        ),
        (
            "impostor with the same names",
            Ask::new(vec![leaf(&below_impostor, |_| {}), below_impostor.der.clone()], root),
            Some((
                Check::Signature,
                sent(1),
                Refusal::InvalidSignatureForPublicKey,
                "the key Ed25519 of CN=Lab Root did not make this signature",
            )),
        ),
        (
            "the impostor beside the right one",
            Ask::new(vec![plain(), below_impostor.der.clone(), issuing.der.clone()], root),
            None,
        ),
        (
            "broken signature",
            chain(flipped),
            Some((Check::Signature, sent(0), Refusal::InvalidSignatureForPublicKey, "CN=Lab Issuing did not make")),
        ),
        (
            "edited subject",
            chain(edited),
            Some((Check::Signature, sent(0), Refusal::InvalidSignatureForPublicKey, "did not make")),
        ),
        (
            "an authority that is none",
            Ask::new(vec![leaf(&no_authority, |_| {}), no_authority.der.clone()], root),
            Some((Check::CaFlag, sent(1), Refusal::EndEntityUsedAsCa, "CN=Lab Issuing has cA false")),
        ),
        (
            "an authority as server",
            chain(own),
            Some((Check::CaFlag, sent(0), Refusal::CaUsedAsEndEntity, "CN=www.lab.test is an authority")),
        ),
        (
            "path too long",
            Ask::new(vec![leaf(&below_short, |_| {}), below_short.der.clone(), short.der.clone()], root),
            Some((
                Check::Pathlen,
                sent(2),
                Refusal::PathLenConstraintViolated,
                "pathLenConstraint 0 allows 0 intermediates below CN=Short, and 1 follow",
            )),
        ),
        (
            "nothing sent",
            Ask::new(Vec::new(), root),
            Some((Check::Parse, sent(0), Refusal::BadDer, "the peer sent no certificate")),
        ),
        (
            "no certificate at all",
            Ask::new(vec![b"hello".to_vec()], root),
            Some((Check::Parse, sent(0), Refusal::TrailingData, "not a certificate")),
        ),
    ]
}

fn rows_of_the_leaf(root: &Authority, issuing: &Authority) -> Vec<Row> {
    let chain = |edit: &dyn Fn(&mut CertificateParams)| Ask::new(vec![leaf(issuing, edit), issuing.der.clone()], root);
    let old = authority("Lab Issuing", Some(root), |params| params.not_after = date_time_ymd(2026, 2, 1));
    let fenced = authority("Fenced", Some(root), |params| {
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("corp.test".to_owned())],
            excluded_subtrees: vec![GeneralSubtree::IpAddress(CidrSubnet::V4([192, 0, 2, 0], [255, 255, 255, 0]))],
        });
    });
    let sent = Which::Sent;
    let unknown = |params: &mut CertificateParams| {
        let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        extension.set_criticality(true);
        params.custom_extensions.push(extension);
    };
    let mut client = chain(&|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
    (client.purpose, client.name) = (Purpose::Client, None);
    vec![
        (
            "expired",
            chain(&|params| params.not_after = date_time_ymd(2026, 2, 28)),
            Some((
                Check::Validity,
                sent(0),
                Refusal::CertExpired,
                "notAfter 2026-02-28 00:00:00Z is before the clock 2026-03-01 12:00:00Z",
            )),
        ),
        (
            "not yet valid",
            chain(&|params| params.not_before = date_time_ymd(2026, 3, 3)),
            Some((Check::Validity, sent(0), Refusal::CertNotValidYet, "notBefore 2026-03-03 00:00:00Z is after")),
        ),
        (
            "expired intermediate",
            Ask::new(vec![leaf(&old, |_| {}), old.der.clone()], root),
            Some((Check::Validity, sent(1), Refusal::CertExpired, "notAfter 2026-02-01")),
        ),
        (
            "wrong host",
            chain(&|_| {}).named("mail.lab.test"),
            Some((
                Check::Name,
                sent(0),
                Refusal::CertNotValidForName,
                "mail.lab.test was wanted, and the certificate is for DNS:www.lab.test",
            )),
        ),
        (
            "common name only",
            chain(&|params| params.subject_alt_names.clear()),
            Some((Check::Name, sent(0), Refusal::CertNotValidForName, "the common name does not count")),
        ),
        (
            "address",
            chain(&|params| {
                params.distinguished_name.push(DnType::CommonName, "192.0.2.7");
                params.subject_alt_names = vec![SanType::IpAddress("192.0.2.7".parse().unwrap())];
            })
            .named("192.0.2.7"),
            None,
        ),
        (
            "wildcard",
            chain(&|params| {
                params.distinguished_name.push(DnType::CommonName, "*.lab.test");
                params.subject_alt_names = vec![SanType::DnsName("*.lab.test".try_into().unwrap())];
            }),
            None,
        ),
        (
            "purpose",
            chain(&|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]),
            Some((
                Check::Purpose,
                sent(0),
                Refusal::RequiredEkuNotFound,
                "extKeyUsage is clientAuth, without serverAuth",
            )),
        ),
        ("client", client, None),
        (
            "unknown critical extension",
            chain(&unknown),
            Some((
                Check::CriticalExt,
                sent(0),
                Refusal::UnsupportedCriticalExtension,
                "the extension 1.2.3.4 is critical, and the verifier does not know it",
            )),
        ),
        (
            "outside of the constraints",
            Ask::new(vec![leaf(&fenced, |_| {}), fenced.der.clone()], root),
            Some((
                Check::Constraints,
                sent(0),
                Refusal::NameConstraintViolation,
                "dNSName www.lab.test lies outside of the permitted corp.test of CN=Fenced",
            )),
        ),
    ]
}

fn rows_of_lists(root: &Authority, issuing: &Authority) -> Vec<Row> {
    let chain = || Ask::new(vec![leaf(issuing, |_| {}), issuing.der.clone()], root);
    let impostor = authority("Lab Issuing", None, |_| {});
    let good = || vec![list(root, &[]), list(issuing, &[])];
    let mut leaf_only = chain().with_lists(vec![list(issuing, &[])]);
    leaf_only.rule.depth = CrlDepth::Leaf;
    let mut allowed = chain().with_lists(vec![list(root, &[])]);
    allowed.rule.unknown = UnknownStatus::Allow;
    let mut enforced = chain().with_lists(good());
    enforced.rule.expired = ExpiredCrl::Enforce;
    let sent = Which::Sent;
    vec![
        ("on no list", chain().with_lists(good()), None),
        ("leaf only", leaf_only, None),
        ("unknown allowed", allowed, None),
        (
            "on the list",
            chain().with_lists(vec![list(root, &[]), list(issuing, &[0x4d])]),
            Some((
                Check::Revocation,
                sent(0),
                Refusal::CertRevoked,
                "serial number 4d is on the list of CN=Lab Issuing, revoked 2026-02-01 00:00:00Z for keyCompromise",
            )),
        ),
        (
            "issuer on the list",
            chain().with_lists(vec![list(root, &[0x4d]), list(issuing, &[])]),
            Some((Check::Revocation, sent(1), Refusal::CertRevoked, "on the list of CN=Lab Root")),
        ),
        (
            "a list is missing",
            chain().with_lists(vec![list(issuing, &[])]),
            Some((Check::Revocation, sent(1), Refusal::UnknownRevocationStatus, "none of the revocation lists")),
        ),
        (
            "stale list",
            enforced,
            Some((Check::Revocation, sent(1), Refusal::CrlExpired, "nextUpdate 2026-02-08 00:00:00Z")),
        ),
        (
            "forged list",
            chain().with_lists(vec![list(root, &[]), list(&impostor, &[])]),
            Some((
                Check::Revocation,
                sent(0),
                Refusal::InvalidCrlSignatureForPublicKey,
                "the key of CN=Lab Issuing did not make the signature of the revocation list",
            )),
        ),
        (
            "no list at all",
            chain().with_lists(vec![b"hello".to_vec()]),
            Some((Check::Revocation, sent(0), Refusal::TrailingData, "revocation list 1 cannot be used")),
        ),
    ]
}

#[test]
fn each_fault_has_one_rung() {
    let root = authority("Lab Root", None, |_| {});
    let issuing = authority("Lab Issuing", Some(&root), |_| {});
    let rows = [rows_of_the_path(&root, &issuing), rows_of_the_leaf(&root, &issuing), rows_of_lists(&root, &issuing)];
    for (id, ask, expected) in rows.into_iter().flatten() {
        let (rustls, strict) = (ask.verify(Profile::Rustls), ask.verify(Profile::Strict));
        let Some((check, which, refusal, sentence)) = expected else {
            assert!(rustls.accepted && strict.accepted, "{id}: {:?} {:?}", rustls.failure(), strict.failure());
            continue;
        };
        let failure = rustls.failure().unwrap_or_else(|| panic!("{id}: accepted"));
        assert_eq!((failure.check, failure.certificate), (check, which), "{id}: {failure:?}");
        assert!(failure.evidence.contains(sentence), "{id}: {}", failure.evidence);
        assert_eq!(rustls.refusal, Some(refusal), "{id}");
        let failures: Vec<_> = rustls.failures().map(|rung| (rung.check, &rung.evidence)).collect();
        // A stale list stops each certificate that was looked up in one.
        assert!(failures.len() == 1 || id == "stale list", "{id}: {failures:?}");
        // The standard may find more, but not less.
        let same = |rung: &Rung| (rung.check, rung.certificate) == (check, which) && rung.evidence.contains(sentence);
        assert!(strict.failures().any(same), "{id}: {:?}", strict.failures().collect::<Vec<_>>());
    }
}

/// All faults are told, not the first only; rustls tells the one on which it stops.
#[test]
fn several_faults_are_all_there() {
    let root = authority("Lab Root", None, |_| {});
    let other = authority("Other Root", None, |_| {});
    let leaf = leaf(&other, |params| {
        params.not_after = date_time_ymd(2026, 2, 28);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    let found = Ask::new(vec![leaf], &root).named("mail.lab.test").verify(Profile::Rustls);
    let checks: Vec<_> = found.failures().map(|rung| rung.check).collect();
    assert_eq!(checks, [Check::ChainBuilt, Check::Validity, Check::Purpose, Check::Name]);
    assert_eq!(found.refusal, Some(Refusal::CertExpired));
    assert_eq!(found.failure().map(|rung| rung.check), Some(Check::Validity));
    let field = found.failure().and_then(|rung| rung.field).map(|field| field.name);
    assert_eq!(field, Some("x509.not_after"));
}

/// What rustls lets pass and the standard does not: accepted by the one, refused by the other, and said by both.
#[test]
fn what_rustls_overlooks_is_said() {
    let root = authority("Lab Root", None, |_| {});
    let old_root = authority("Lab Root", None, |params| params.not_after = date_time_ymd(2026, 2, 1));
    let short_root = authority("Lab Root", None, |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
    let below = |by: &Authority| {
        let issuing = authority("Lab Issuing", Some(by), |_| {});
        Ask::new(vec![leaf(&issuing, |_| {}), issuing.der], by)
    };
    let usage = leaf(&root, |params| params.key_usages = vec![KeyUsagePurpose::KeyCertSign]);
    for (id, ask, check, certificate, sentence) in [
        ("key usage", Ask::new(vec![usage], &root), Check::Purpose, Which::Sent(0), "without digitalSignature"),
        ("expired root", below(&old_root), Check::Validity, Which::Anchor(0), "notAfter 2026-02-01"),
        ("pathlen of the root", below(&short_root), Check::Pathlen, Which::Anchor(0), "pathLenConstraint 0"),
    ] {
        let (rustls, strict) = (ask.verify(Profile::Rustls), ask.verify(Profile::Strict));
        assert!(rustls.accepted && !strict.accepted, "{id}");
        assert_eq!(rustls.failures().count(), 0, "{id}");
        let here = |rung: &&Rung| (rung.check, rung.certificate) == (check, certificate);
        let overlooked: Vec<_> = rustls.overlooked().filter(here).collect();
        assert!(overlooked.iter().any(|rung| rung.evidence.contains(sentence)), "{id}: {overlooked:?}");
        assert!(overlooked.iter().all(|rung| rung.policy.as_deref().unwrap().starts_with("rustls does not check")));
        assert!(strict.failure().is_some_and(|rung| here(&rung)), "{id}: {:?}", strict.failure());
    }
}

#[test]
fn a_pinned_certificate_is_its_own_anchor() {
    for (is_ca, accepted) in [(IsCa::ExplicitNoCa, true), (IsCa::Ca(BasicConstraints::Unconstrained), false)] {
        let own = authority("www.lab.test", None, |params| {
            params.is_ca = is_ca;
            params.subject_alt_names = vec![SanType::DnsName("www.lab.test".try_into().unwrap())];
        });
        let found = Ask::new(vec![own.der.clone()], &own).verify(Profile::Rustls);
        assert_eq!(found.accepted, accepted);
        let path: Vec<_> = found.path.iter().map(|link| link.certificate).collect();
        assert_eq!(path, [Which::Sent(0), Which::Anchor(0)]);
    }
}

#[test]
fn who_was_taken_back_later_was_good_before() {
    let root = authority("Lab Root", None, |_| {});
    let mut ask = Ask::new(vec![leaf(&root, |_| {})], &root).with_lists(vec![list(&root, &[0x4d])]);
    // 2026-01-15, two weeks before it was taken back.
    ask.time = NOW - 45 * 86_400;
    for (later, accepted, words) in [
        (LaterRevocation::Counts, false, "is on the list of CN=Lab Root, revoked 2026-02-01"),
        (LaterRevocation::DoesNotCount, true, "CN=Lab Root took serial number 4d back later, 2026-02-01 00:00:00Z"),
    ] {
        ask.rule.later = later;
        let found = ask.verify(Profile::Rustls);
        assert_eq!(found.accepted, accepted, "{found:#?}");
        assert!(found.rungs.iter().any(|rung| rung.evidence.contains(words)), "{words}: {found:#?}");
    }
}

#[test]
fn a_staple_is_told_and_does_not_decide() {
    let root = authority("Lab Root", None, |_| {});
    let mut ask = Ask::new(vec![leaf(&root, |params| params.serial_number = Some(SerialNumber::from(1_u64)))], &root);
    ask.staple = Some(crate::x509::tests::unpem(include_str!("../samples/ocsp-response.pem")));
    let found = ask.verify(Profile::Rustls);
    assert!(found.accepted);
    let told = found.rungs.iter().find(|rung| rung.evidence.contains("the stapled OCSP response says revoked"));
    assert!(told.is_some_and(|rung| rung.outcome == Outcome::Failed && !rung.enforced));
}

#[test]
fn a_ladder_has_every_check_of_every_certificate_in_order() {
    let root = authority("Lab Root", None, |_| {});
    let issuing = authority("Lab Issuing", Some(&root), |_| {});
    let found = Ask::new(vec![leaf(&issuing, |_| {}), issuing.der.clone()], &root).verify(Profile::Strict);
    let expected: Vec<_> = [Which::Sent(0), Which::Sent(1), Which::Anchor(0)]
        .into_iter()
        .flat_map(|which| Check::ALL.map(|check| (which, check)))
        .collect();
    let rungs: Vec<_> = found.rungs.iter().map(|rung| (rung.certificate, rung.check)).collect();
    assert_eq!(rungs, expected, "{:#?}", found.failures().collect::<Vec<_>>());
    let subjects: Vec<_> = found.path.iter().map(|link| link.subject.as_str()).collect();
    assert_eq!(subjects, ["CN=www.lab.test", "CN=Lab Issuing", "CN=Lab Root"]);
    assert!(found.accepted && found.superfluous.is_empty());
}
