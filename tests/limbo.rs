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
use std::io::Read;
use std::time::Duration;
use tlslab::x509::verify::{
    Check, CrlRule, ExpiredCrl, Outcome, PeerName, Profile, Purpose, Request, Rung, Verification, verify,
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
            more_anchors: 0,
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
    let on_way = |rung: &Rung| verification.path.iter().any(|link| link.certificate == rung.certificate);
    for rung in &verification.rungs {
        assert!(!rung.evidence.is_empty(), "{id}: {rung:?}");
        assert!(!rung.evidence.chars().any(char::is_control), "{id}: {rung:?}");
        assert!(
            rung.outcome != Outcome::Failed || rung.enforced || rung.policy.is_some() || !on_way(rung),
            "{id}: {rung:?}"
        );
    }
    for link in &verification.path {
        for check in Check::ALL {
            let has = |rung: &&Rung| rung.certificate == link.certificate && rung.check == check;
            assert!(verification.rungs.iter().any(|rung| has(&rung)), "{id}: {link:?} has no rung {}", check.word());
        }
    }
}

/// Where rustls-webpki and the profile `Rustls` do not say the same.
const DIFFERENCES: &[(&str, &str)] = &[];

/// Where the profile `Strict` does not give the result that the suite expects.
const UNEXPECTED_OF_STRICT: &[(&str, &str)] = &[
    ("pathlen::validation-ignores-pathlen-in-leaf", AUTHORITY),
    ("rfc5280::aki::cross-signed-root-missing-aki", "who signed an anchor does not matter; cve-2024-0567 expects that"),
    ("rfc5280::ca-as-leaf", AUTHORITY),
    ("rfc5280::eku::ee-without-eku", "BR 7.1.2.7.6 demands extKeyUsage, and webpki::eku::ee-without-eku expects that"),
    ("rfc5280::nc::permitted-dn-match", COMMON_NAME),
    ("rfc5280::nc::permitted-dns-match-more", COMMON_NAME),
    ("rfc5280::nc::permitted-ipv4-match", COMMON_NAME),
    ("rfc5280::nc::permitted-ipv6-match", COMMON_NAME),
    ("webpki::nc::nc-permits-dns-san-pattern", COMMON_NAME),
    ("webpki::nc::permitted-dns-match-noncritical", "RFC 5280 4.2.1.10 wants it critical, and the case beside it, too"),
    ("webpki::san::exact-localhost-ip-san", COMMON_NAME),
    ("webpki::san::leftmost-wildcard-san", COMMON_NAME),
];
const AUTHORITY: &str = "BR 7.1.2.7 forbids an authority as a server, and webpki::ca-as-leaf expects that";
const COMMON_NAME: &str = "BR 7.1.4.3 wants the common name among the alternative names, as webpki::cn expects";

/// Holds what was found against a table: both must name the same cases.
fn check_table(table: &[(&str, &str)], found: &[String], what: &str) {
    for id in found {
        assert!(table.iter().any(|(listed, _)| listed == id), "{what}: {id} is not in the table");
    }
    for (id, reason) in table {
        assert!(found.iter().any(|own| own == id), "{what}: {id} ({reason}) has vanished");
    }
}

#[test]
fn verdicts_are_those_of_rustls_and_of_the_suite() {
    let Some(cases) = cases() else { return };
    let (mut ran, mut same_verdicts) = (0, 0);
    let mut differences = Vec::new();
    let mut unexpected = [Vec::new(), Vec::new(), Vec::new()];
    for json in &cases {
        if let Some(reason) = skipped(json) {
            println!("skipped {}: {reason}", json["id"]);
            continue;
        }
        let case = Case::new(json);
        ran += 1;
        let oracle = case.oracle();
        let (rustls, strict) = (case.ours(Profile::Rustls), case.ours(Profile::Strict));
        check_ladder(&case.id, &rustls);
        check_ladder(&case.id, &strict);
        same_verdicts += usize::from(rustls.accepted == oracle.is_ok());
        if verdict(&rustls) != oracle {
            println!("{}: webpki says {oracle:?}, here it is {:?}", case.id, verdict(&rustls));
            differences.push(case.id.clone());
        }
        let accepted = [oracle.is_ok(), rustls.accepted, strict.accepted];
        for (accepted, unexpected) in accepted.into_iter().zip(&mut unexpected) {
            if accepted != case.is_good {
                unexpected.push(case.id.clone());
            }
        }
    }
    let [of_webpki, of_rustls, of_strict] = &unexpected;
    println!(
        "{ran} of {} cases: {same_verdicts} verdicts and {} reasons are those of rustls-webpki; results as the suite \
         expects: rustls-webpki {}, profile Rustls {}, profile Strict {}",
        cases.len(),
        ran - differences.len(),
        ran - of_webpki.len(),
        ran - of_rustls.len(),
        ran - of_strict.len(),
    );
    check_table(DIFFERENCES, &differences, "differs from rustls-webpki");
    check_table(UNEXPECTED_OF_STRICT, of_strict, "not as the suite expects");
    assert!(of_rustls.len() <= of_webpki.len());
}

/// Both must say the same, and neither may panic. The reason is compared, too.
fn check_against_oracle(case: &Case, what: &str) {
    let (oracle, ours) = (case.oracle(), case.ours(Profile::Rustls));
    assert_eq!(verdict(&ours), oracle, "{}, {what}", case.id);
    check_ladder(&format!("{}, {what}", case.id), &ours);
    check_ladder(&format!("{}, {what}, strict", case.id), &case.ours(Profile::Strict));
}

/// All runnable cases but those that are made to take long.
fn quick_cases() -> Vec<Case> {
    let cases = cases().unwrap_or_default();
    let quick = |case: &&Value| skipped(case).is_none() && !case["id"].as_str().unwrap().starts_with("pathological");
    cases.iter().filter(quick).map(Case::new).collect()
}

/// Flips bytes of certificates, anchors and revocation lists: of each case those whose number `wanted` takes.
fn flip_bytes(wanted: impl Fn(usize) -> bool) -> usize {
    let mut count = 0;
    for mut case in quick_cases() {
        let sizes: Vec<(usize, usize)> = [&case.sent, &case.anchors, &case.crls]
            .into_iter()
            .enumerate()
            .flat_map(|(kind, list)| (0..list.len()).map(move |index| (kind, index)))
            .collect();
        for (kind, index) in sizes {
            let list = |case: &mut Case| match kind {
                0 => std::mem::take(&mut case.sent),
                1 => std::mem::take(&mut case.anchors),
                _ => std::mem::take(&mut case.crls),
            };
            let back = |case: &mut Case, list| match kind {
                0 => case.sent = list,
                1 => case.anchors = list,
                _ => case.crls = list,
            };
            let original = list(&mut case);
            for offset in 0..original[index].len() {
                for mask in [0x01, 0x80, 0xff] {
                    count += 1;
                    if wanted(count) {
                        let mut broken = original.clone();
                        broken[index][offset] ^= mask;
                        back(&mut case, broken);
                        check_against_oracle(&case, &format!("list {kind}, item {index}, byte {offset} ^ {mask:02x}"));
                    }
                }
            }
            back(&mut case, original);
        }
    }
    count
}

#[test]
fn a_flipped_byte_changes_nothing_between_the_two() {
    flip_bytes(|number| number % 211 == 0);
}

/// Takes minutes: run it after a change of the reader.
#[test]
#[ignore = "takes minutes"]
fn every_flipped_byte_changes_nothing_between_the_two() {
    println!("{} flips", flip_bytes(|_| true));
}

/// Numbers that are the same on every machine (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).unwrap()
    }
}

/// Chains made of the certificates of two cases: out of order, with impostors, doubles and gaps, at other moments and for
/// other names.
fn mix_cases(rounds: usize) {
    let cases = quick_cases();
    if cases.is_empty() {
        return;
    }
    let mut random = Random(7);
    for round in 0..rounds {
        let one = &cases[random.below(cases.len())];
        let two = &cases[random.below(cases.len())];
        let mut pool: Vec<_> = [one, two].into_iter().flat_map(|case| case.sent.iter().chain(&case.anchors)).collect();
        let mut sent = vec![if random.below(8) == 0 { pool[random.below(pool.len())] } else { &one.sent[0] }.clone()];
        while !pool.is_empty() && random.below(10) > 0 {
            let at = random.below(pool.len());
            sent.push(if random.below(4) == 0 { pool[at].clone() } else { pool.swap_remove(at).clone() });
        }
        let mut anchors = if random.below(4) == 0 { Vec::new() } else { one.anchors.clone() };
        anchors.extend(two.anchors.iter().filter(|_| random.below(2) == 0).cloned());
        if random.below(8) == 0 {
            anchors.push(sent[random.below(sent.len())].clone());
        }
        let crls = if random.below(3) == 0 { [&one.crls[..], &two.crls[..]].concat() } else { Vec::new() };
        let case = Case {
            id: format!("round {round}: {} with {}", one.id, two.id),
            sent,
            anchors,
            crls,
            time: if random.below(4) == 0 { two.time } else { one.time },
            purpose: if random.below(6) == 0 { Purpose::Client } else { Purpose::Server },
            name: if random.below(4) == 0 { two.name.clone() } else { one.name.clone() },
            is_good: false,
        };
        check_against_oracle(&case, "mixed");
    }
}

#[test]
fn mixed_chains_get_the_same_verdict() {
    mix_cases(2_000);
}

/// Takes minutes: run it after a change of the search.
#[test]
#[ignore = "takes minutes"]
fn very_many_mixed_chains_get_the_same_verdict() {
    mix_cases(200_000);
}
