//! Scenarios for tests: an ordinary set of certificates, to be changed one entry at a time.

use crate::lab::scenario::*;

/// 2026-03-01 12:00:00.
pub(crate) const NOW: i64 = 1_772_366_400;
pub(crate) const DAY: i64 = 86_400;

/// A good certificate: an authority or a leaf, with a key on P-256.
pub(crate) fn plan(is_authority: bool, issuer: Option<&str>) -> CertificatePlan {
    CertificatePlan {
        is_authority,
        cn: None,
        organization: None,
        issuer: issuer.map(str::to_owned),
        key_of: None,
        usage: Usage::Server,
        san: vec![],
        valid: (NOW - 30 * DAY, NOW + 60 * DAY),
        key: KeyKind::P256,
        ca: None,
        path_length: None,
        permit: vec![],
        exclude: vec![],
        key_usage: None,
        extended_key_usage: None,
        extensions: vec![],
        serial: None,
        damage: None,
        request: None,
    }
}

/// An authority whose common name is that of its entry.
pub(crate) fn authority(name: &str, issuer: Option<&str>, change: impl FnOnce(&mut CertificatePlan)) -> Named<PkiItem> {
    let mut plan = plan(true, issuer);
    change(&mut plan);
    Named { name: name.to_owned(), item: PkiItem::Certificate(Box::new(plan)) }
}

/// A leaf of `issuing` for `NAME.lab.test`.
pub(crate) fn leaf(name: &str, usage: Usage, change: impl FnOnce(&mut CertificatePlan)) -> Named<PkiItem> {
    let mut plan = plan(false, Some("issuing"));
    plan.usage = usage;
    plan.cn = Some(name.to_owned());
    plan.san = vec![AltName::Dns(format!("{name}.lab.test"))];
    change(&mut plan);
    Named { name: name.to_owned(), item: PkiItem::Certificate(Box::new(plan)) }
}

/// A revocation list of `of` that lists these.
pub(crate) fn list(
    name: &str,
    of: &str,
    revoked: &[&str],
    change: impl FnOnce(&mut RevocationListPlan),
) -> Named<PkiItem> {
    let entry = |name: &&str| RevokedPlan {
        certificate: (*name).to_owned(),
        reason: Some("keyCompromise".to_owned()),
        at: NOW - DAY,
    };
    let revoked = revoked.iter().map(entry).collect();
    let mut plan =
        RevocationListPlan { of: of.to_owned(), revoked, updated: NOW - DAY, next: NOW + DAY, signed_by: None };
    change(&mut plan);
    Named { name: name.to_owned(), item: PkiItem::RevocationList(plan) }
}

/// A scenario with that PKI and nothing else.
pub(crate) fn scenario(pki: Vec<Named<PkiItem>>) -> Scenario {
    Scenario {
        id: "sample".to_owned(),
        code: None,
        title: String::new(),
        group: String::new(),
        level: 1,
        clock: NOW,
        seed: 7,
        about: String::new(),
        minutes: None,
        rfc: vec![],
        faults: None,
        pki,
        peers: vec![],
        variants: vec![],
        steps: vec![],
        captions: vec![],
        expects: vec![],
        asks: vec![],
        task: None,
    }
}
