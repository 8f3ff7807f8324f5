//! What a court knows again, and when it has had enough.

use super::*;
use crate::base::{BufferId, Reader};
use crate::session::{Outcome, sample};
use crate::x509::certificate;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PKCS_ED25519, date_time_ymd};

/// 2026-03-01 12:00:00Z
const NOW: i64 = 1_772_366_400;
const DAY: i64 = 86_400;

struct Root {
    der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

fn params(names: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2026, 6, 1);
    params
}

fn root() -> Root {
    let mut params = params(&[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let der = params.self_signed(&key).unwrap().der().to_vec();
    Root { der, issuer: Issuer::new(params, key) }
}

fn leaf(root: &Root, name: &str) -> Arc<Certificate> {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let made = params(&[name]).signed_by(&key, &root.issuer).unwrap();
    Arc::new(certificate(Reader::new(made.der(), BufferId(0)), &mut Tree::off()))
}

/// A session that asked for localhost and was shown this certificate then.
fn session(certificate: &Arc<Certificate>, at: i64, outcome: Outcome) -> Session {
    let mut session = sample::tls13();
    session.timeline.clear();
    session.handshake_started = Some(at * NANOSECONDS);
    session.server_certificates = vec![Arc::clone(certificate)];
    session.outcome = outcome;
    session
}

fn court(root: &Root) -> Court {
    let mut basis = Basis::default();
    basis.anchors.add("root.pem", [root.der.clone().into()]);
    Court::new(Arc::new(basis))
}

fn judged(court: &mut Court, mut session: Session) -> Judged {
    court.judge(&mut session);
    assert_eq!(session.judgement.client, None);
    session.judgement.server.unwrap()
}

const FAILED: Outcome = Outcome::Aborted { by: Direction::ToServer, reset: false };

#[test]
fn a_chain_is_known_again_as_long_as_nothing_changes() {
    let root = root();
    let mut court = court(&root);
    let name = sample::tls13().server_name().unwrap().to_owned();
    let certificate = leaf(&root, &name);
    let mut at = |moment| judged(&mut court, session(&certificate, moment, Outcome::Established));
    let (first, later) = (at(NOW), at(NOW + 9 * DAY));
    assert!(Arc::ptr_eq(first.result.as_ref().unwrap(), later.result.as_ref().unwrap()), "one ruling for both");
    assert_eq!((first.at, later.at, first.word()), (NOW, NOW + 9 * DAY, "passed"));
    assert_eq!(first.ruling().unwrap().anchor().unwrap().store(), "root.pem");
    // An expired certificate of a server that is asked again and again.
    for (days, clock) in [(-365, "2025-03-01 12:00:00Z"), (365, "2027-03-01 12:00:00Z"), (366, "2027-03-02 12:00:00Z")]
    {
        let other = at(NOW + days * DAY);
        let problem = other.ruling().unwrap().problems().next().unwrap().clone();
        assert_eq!((other.word(), problem.check), ("failed", Check::Validity));
        assert!(problem.evidence.contains(clock), "{} tells another moment than {clock}", problem.evidence);
    }
}

#[test]
fn sessions_that_failed_are_judged_when_the_others_are_not_any_more() {
    let root = root();
    let mut court = court(&root);
    court.left = 2;
    let name = sample::tls13().server_name().unwrap().to_owned();
    let certificates: Vec<_> = (0..4).map(|_| leaf(&root, &name)).collect();
    let words: Vec<_> = [(0, Outcome::Established), (1, Outcome::Established), (2, Outcome::Established), (3, FAILED)]
        .into_iter()
        .chain([(0, Outcome::Established)])
        .map(|(index, outcome)| judged(&mut court, session(&certificates[index], NOW, outcome)).word())
        .collect();
    assert_eq!(words, ["passed", "passed", "not-judged", "passed", "passed"]);
    Arc::make_mut(&mut court.basis).docket = Docket::All;
    assert_eq!(judged(&mut court, session(&certificates[2], NOW, Outcome::Established)).word(), "passed");
}

#[test]
fn nothing_is_claimed_without_anchors_or_certificates() {
    let root = root();
    let certificate = leaf(&root, "localhost");
    let mut court = Court::new(Arc::default());
    let found = judged(&mut court, session(&certificate, NOW, FAILED));
    assert_eq!((found.result, found.at), (Err(NotJudged::NoAnchors), NOW));
    let mut bare = session(&certificate, NOW, FAILED);
    bare.server_certificates.clear();
    court.judge(&mut bare);
    assert_eq!(bare.judgement, Judgement::default());
    Arc::make_mut(&mut court.basis).docket = Docket::None;
    let mut unasked = session(&certificate, NOW, FAILED);
    court.judge(&mut unasked);
    assert_eq!(unasked.judgement, Judgement::default());
}
