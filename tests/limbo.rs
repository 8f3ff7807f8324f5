//! The certificate verifier against the test suite x509-limbo, with rustls-webpki as oracle.
//!
//! Three questions: does the profile `Rustls` say what rustls-webpki says, in each case and with the same reason? How
//! many of the results that the suite expects does each profile give? And does the ladder hold together: an accepted
//! chain has no rung that failed and counts, a refused one shows the failure that decided?
//!
//! The suite lies beside the project and not in it; without it the test says so and passes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]

use base64::Engine;
use rustls::pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, UnixTime};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;
use std::time::Duration;
use tlslab::x509::verify::{
    Check, CrlRule, ExpiredCrl, Outcome, PeerName, Profile, Purpose, Request, Verification, verify,
};

const SUITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/vectors/x509-limbo.json.gz");

/// 2026-11-22, the moment for cases that do not give one.
const NOW: i64 = 1_795_305_600;

/// What rustls has switched on with aws-lc-rs.
static ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    webpki::aws_lc_rs::ECDSA_P256_SHA256,
    webpki::aws_lc_rs::ECDSA_P256_SHA384,
    webpki::aws_lc_rs::ECDSA_P256_SHA512,
    webpki::aws_lc_rs::ECDSA_P384_SHA256,
    webpki::aws_lc_rs::ECDSA_P384_SHA384,
    webpki::aws_lc_rs::ECDSA_P384_SHA512,
    webpki::aws_lc_rs::ECDSA_P521_SHA256,
    webpki::aws_lc_rs::ECDSA_P521_SHA384,
    webpki::aws_lc_rs::ECDSA_P521_SHA512,
    webpki::aws_lc_rs::ED25519,
    webpki::aws_lc_rs::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    webpki::aws_lc_rs::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    webpki::aws_lc_rs::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
    webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256,
    webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA384,
    webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA512,
    webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
    webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
    webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
];

/// Cases that no verifier of this kind can run.
fn skipped(case: &Value) -> Option<&'static str> {
    let has = |feature: &str| case["features"].as_array().unwrap().iter().any(|own| own == feature);
    has("max-chain-depth").then_some("the depth of the chain is not for the caller to choose")
}

/// One case, unpacked.
struct Case {
    id: String,
    sent: Vec<Vec<u8>>,
    anchors: Vec<Vec<u8>>,
    crls: Vec<Vec<u8>>,
    time: i64,
    purpose: Purpose,
    name: Option<PeerName>,
    is_good: bool,
}

impl Case {
    fn new(case: &Value) -> Self {
        let list = |key: &str| case[key].as_array().into_iter().flatten().map(unpem).collect::<Vec<_>>();
        let mut sent = vec![unpem(&case["peer_certificate"])];
        sent.extend(list("untrusted_intermediates"));
        let purpose = if case["validation_kind"] == "CLIENT" { Purpose::Client } else { Purpose::Server };
        let name = case["expected_peer_name"]["value"].as_str().filter(|_| purpose == Purpose::Server);
        Self {
            id: case["id"].as_str().unwrap().to_owned(),
            sent,
            anchors: list("trusted_certs"),
            crls: list("crls"),
            time: case["validation_time"].as_str().map_or(NOW, seconds),
            purpose,
            name: name.map(PeerName::new),
            is_good: case["expected_result"] == "SUCCESS",
        }
    }

    fn ours(&self, profile: Profile) -> Verification {
        verify(&Request {
            sent: &slices(&self.sent),
            anchors: &slices(&self.anchors),
            crls: &slices(&self.crls),
            crl_rule: CrlRule { expired: ExpiredCrl::Enforce, ..CrlRule::default() },
            time: self.time,
            purpose: self.purpose,
            name: self.name.as_ref(),
            staple: None,
            profile,
        })
    }

    /// What rustls-webpki says: nothing, or the name of its error.
    fn oracle(&self) -> Result<(), String> {
        let word = |error: webpki::Error| {
            let text = format!("{error:?}");
            let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
            text[..end].trim_end_matches("Context").to_owned()
        };
        let mut lists = Vec::new();
        for der in &self.crls {
            lists.push(webpki::OwnedCertRevocationList::from_der(der).map_err(word)?.into());
        }
        let lists: Vec<_> = lists.iter().collect();
        let revocation = (!lists.is_empty()).then(|| {
            let options = webpki::RevocationOptionsBuilder::new(&lists).unwrap();
            options.with_expiration_policy(webpki::ExpirationPolicy::Enforce).build()
        });
        let der = |list: &'_ [Vec<u8>]| list.iter().map(|der| CertificateDer::from(der.clone())).collect::<Vec<_>>();
        let (sent, anchors) = (der(&self.sent), der(&self.anchors));
        let leaf = webpki::EndEntityCert::try_from(&sent[0]).map_err(word)?;
        // As with add_parsable_certificates, what cannot be read is left out.
        let anchors: Vec<_> = anchors.iter().filter_map(|der| webpki::anchor_from_trusted_cert(der).ok()).collect();
        let usage = match self.purpose {
            Purpose::Server => webpki::KeyUsage::server_auth(),
            Purpose::Client => webpki::KeyUsage::client_auth(),
        };
        let time = UnixTime::since_unix_epoch(Duration::from_secs(self.time.try_into().unwrap()));
        leaf.verify_for_usage(ALGORITHMS, &anchors, &sent[1..], time, usage, revocation, None).map_err(word)?;
        if let Some(name) = &self.name {
            let name = ServerName::try_from(name.to_string()).map_err(|_| "UnsupportedNameType".to_owned())?;
            leaf.verify_is_valid_for_subject_name(&name).map_err(word)?;
        }
        Ok(())
    }
}

fn slices(list: &[Vec<u8>]) -> Vec<&[u8]> {
    list.iter().map(Vec::as_slice).collect()
}

fn unpem(text: &Value) -> Vec<u8> {
    let body: String = text.as_str().unwrap().lines().filter(|line| !line.starts_with("-----")).collect();
    base64::engine::general_purpose::STANDARD.decode(body).unwrap()
}

/// `2024-03-01T00:00:00+00:00` in whole seconds.
fn seconds(text: &str) -> i64 {
    let format = &time::format_description::well_known::Rfc3339;
    time::OffsetDateTime::parse(text, format).unwrap().unix_timestamp()
}

fn cases() -> Option<Vec<Value>> {
    let Ok(file) = std::fs::File::open(SUITE) else {
        println!("skipped: {SUITE} is not there");
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let suite: Value = serde_json::from_str(&text).unwrap();
    let native =
        |case: &&Value| !["bettertls", "online"].iter().any(|kind| case["id"].as_str().unwrap().starts_with(kind));
    Some(suite["testcases"].as_array().unwrap().iter().filter(native).cloned().collect())
}

fn verdict(verification: &Verification) -> Result<(), String> {
    verification.refusal.map_or(Ok(()), |refusal| Err(refusal.word()))
}

/// What must hold of any verification.
fn check_ladder(id: &str, verification: &Verification) {
    let failed = verification.failures().count();
    assert_eq!(verification.accepted, verification.refusal.is_none(), "{id}");
    assert_eq!(verification.accepted, verification.first_failure.is_none(), "{id}");
    if verification.accepted {
        let first = verification.failures().next();
        // A certificate beside the path may be broken.
        let on_path =
            first.is_none_or(|rung| verification.path.iter().all(|link| link.certificate != rung.certificate));
        assert!(on_path, "{id}: accepted, and {first:?}");
    } else {
        let failure = verification.failure().unwrap_or_else(|| panic!("{id}: no failure"));
        assert!(failed > 0 && failure.outcome == Outcome::Failed && failure.enforced, "{id}: {failure:?}");
    }
    for rung in &verification.rungs {
        assert!(!rung.evidence.is_empty(), "{id}: {rung:?}");
        assert!(!rung.evidence.chars().any(char::is_control), "{id}: {rung:?}");
        assert_eq!(rung.outcome != Outcome::Failed && rung.policy.is_some() && !rung.enforced, false, "{id}: {rung:?}");
    }
    for link in &verification.path {
        for check in Check::ALL {
            let has = |rung: &&tlslab::x509::verify::Rung| rung.certificate == link.certificate && rung.check == check;
            assert!(verification.rungs.iter().any(|rung| has(&rung)), "{id}: {link:?} has no rung {}", check.word());
        }
    }
}

/// Where a profile does not give the result that the suite expects.
const UNEXPECTED_OF_RUSTLS: &[(&str, &str)] = &[];
const UNEXPECTED_OF_STRICT: &[(&str, &str)] = &[];

#[test]
fn verdicts_are_those_of_rustls_and_of_the_suite() {
    let Some(cases) = cases() else { return };
    let (mut ran, mut same_verdict, mut same_reason) = (0, 0, 0);
    let mut differences = Vec::new();
    let mut unexpected: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut expected: BTreeMap<&str, usize> = BTreeMap::new();
    for json in &cases {
        if let Some(reason) = skipped(json) {
            println!("skipped {}: {reason}", json["id"]);
            continue;
        }
        let case = Case::new(json);
        ran += 1;
        let oracle = case.oracle();
        let rustls = case.ours(Profile::Rustls);
        let strict = case.ours(Profile::Strict);
        check_ladder(&case.id, &rustls);
        check_ladder(&case.id, &strict);
        same_verdict += usize::from(rustls.accepted == oracle.is_ok());
        same_reason += usize::from(verdict(&rustls) == oracle);
        if verdict(&rustls) != oracle {
            differences.push(format!("{}: webpki {oracle:?}, here {:?}", case.id, verdict(&rustls)));
        }
        for (who, accepted) in [("webpki", oracle.is_ok()), ("rustls", rustls.accepted), ("strict", strict.accepted)] {
            if accepted == case.is_good {
                *expected.entry(who).or_default() += 1;
            } else {
                unexpected.entry(who).or_default().push(case.id.clone());
            }
        }
        if strict.accepted != case.is_good {
            let rung =
                strict.failure().map(|rung| format!("{:?} {} {}", rung.certificate, rung.check.word(), rung.evidence));
            println!("STRICT {} expected {} got {rung:?}", case.id, case.is_good);
        }
    }
    println!(
        "{ran} cases: {same_verdict} verdicts and {same_reason} reasons as rustls-webpki; as the suite expects: {expected:?}"
    );
    for line in &differences {
        println!("DIFF {line}");
    }
    for line in &unexpected["rustls"] {
        println!("RUSTLS {line}");
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    let _ = (UNEXPECTED_OF_RUSTLS, UNEXPECTED_OF_STRICT);
}
