//! The ladder: every check of every certificate of one path, with what speaks for or against it.

use super::candidate::Candidate;
use super::check::Check;
use super::constraint::{self, Held};
use super::facts::{Outcome, PathLink, Rung, Which};
use super::finding::{By, Finding};
use super::quiet::Quiet;
use super::refusal::Refusal;
use super::revocation::{self, Status, Subject};
use super::search::{Ground, MOST_INTERMEDIATES, MOST_SIGNATURES, Reported, Signatures};
use super::staple::{self, About, Look};
use super::strict::Signed;
use crate::base::{Field, hex, printable};
use crate::x509::extension::usage;
use crate::x509::facts::{Certificate, GeneralName};
use crate::x509::time::text as moment;
use crate::x509::{certificate as fields, crl, name as name_fields};

/// A path that is looked at: what was sent, the peer's own first, and the anchor where one was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) path: Vec<usize>,
    pub(super) anchor: Option<usize>,
}

/// A rung, and the reason for refusing behind it.
pub(super) type Step = (Rung, Option<Refusal>);

pub(super) struct Ladder<'l, 'a> {
    pub(super) ground: &'l Ground<'a>,
    signatures: &'l mut Signatures,
    pub(super) way: &'l Way,
    /// How many comparisons with name constraints were made.
    spent: usize,
}

impl<'l, 'a> Ladder<'l, 'a> {
    pub(super) fn new(ground: &'l Ground<'a>, signatures: &'l mut Signatures, way: &'l Way) -> Self {
        Self { ground, signatures, way, spent: 0 }
    }

    /// Goes on counting comparisons where another ladder has stopped, so that looking at many paths has a limit, too.
    pub(super) fn having_spent(mut self, spent: usize) -> Self {
        self.spent = spent;
        self
    }

    pub(super) fn spent(&self) -> usize {
        self.spent
    }

    /// The certificates of the path.
    pub(super) fn links(&self) -> Vec<PathLink> {
        let sent = self.way.path.iter().filter_map(|index| self.ground.sent.get(*index));
        let sent = sent.map(|candidate| (candidate.which, &candidate.facts));
        let anchor = self.way.anchor.and_then(|index| self.ground.anchors.get(index));
        let all = sent.chain(anchor.map(|anchor| (anchor.which, &anchor.facts)));
        all.map(|(certificate, facts)| PathLink { certificate, subject: facts.subject.to_string() }).collect()
    }

    /// All rungs: along the path, and then of what was sent and does not lie on it.
    pub(super) fn steps(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        for position in 0..self.way.path.len() + usize::from(self.way.anchor.is_some()) {
            let findings = self.findings(position);
            for check in Check::ALL {
                steps.extend(self.rungs(position, check, &findings));
            }
        }
        for candidate in self.ground.sent.iter().filter(|it| !self.is_on_way(it)) {
            steps.extend(candidate.unread.iter().map(|finding| self.failed(finding, candidate.which)));
        }
        for anchor in self.ground.anchors.iter().filter(|anchor| anchor.view.is_none()) {
            steps.extend(anchor.unread.iter().map(|finding| {
                let (mut rung, refusal) = self.failed(finding, anchor.which);
                // It is left out, so it decides nothing.
                rung.enforced = false;
                (rung, refusal)
            }));
        }
        steps
    }

    fn is_on_way(&self, candidate: &Candidate<'_>) -> bool {
        self.way.path.iter().any(|index| candidate.which == Which::Sent(*index))
    }

    /// All faults of the certificate at one position of the path.
    pub(super) fn findings(&mut self, position: usize) -> Vec<Finding> {
        let below = self.ground.below(&self.way.path, position);
        let Some(index) = self.way.path.get(position).copied() else {
            let anchor = self.way.anchor.and_then(|index| self.ground.anchors.get(index));
            return anchor.map(|anchor| anchor.faults(below).collect()).unwrap_or_default();
        };
        let Some(candidate) = self.ground.sent.get(index) else { return Vec::new() };
        let mut findings: Vec<_> = candidate.unread.iter().cloned().collect();
        if candidate.view.is_none() {
            return findings;
        }
        findings.extend(self.end_of_way(position));
        findings.extend(self.signature(position).err());
        findings.extend(candidate.faults(below));
        findings.extend(self.constraints(position));
        findings.extend(self.revocation(position).1);
        if position == 0 {
            findings.extend(self.name(candidate));
        }
        findings
    }

    /// What is missing where the path does not end at an anchor.
    fn end_of_way(&self, position: usize) -> Option<Finding> {
        if self.way.anchor.is_some() || position + 1 != self.way.path.len() {
            return None;
        }
        let candidate = self.candidate(position)?;
        let issuer = printable(&candidate.facts.issuer.to_string());
        let store = match (self.ground.anchors.as_slice(), self.ground.request.more_anchors) {
            ([], 0) => "there is no trust anchor".to_owned(),
            ([anchor], 0) => format!("the only trust anchor is {}", anchor.subject()),
            ([], 1) => "the only trust anchor has another name".to_owned(),
            (anchors, more) => format!("it is none of the {} trust anchors", anchors.len() + more),
        };
        let (check, evidence) = if candidate.facts.is_self_issued() {
            let own = candidate.subject();
            (Check::Trust, format!("{own} issued itself, and {store}"))
        } else if candidate.facts.is_ca == Some(true) && position > 0 {
            (Check::Trust, format!("the path leads to {issuer}, and {store}"))
        } else {
            let evidence = format!("the issuer {issuer} was not sent, and {store}");
            (Check::ChainBuilt, evidence)
        };
        Some(Finding::both(check, Refusal::UnknownIssuer, evidence).at(&fields::ISSUER))
    }

    pub(super) fn candidate(&self, position: usize) -> Option<&'l Candidate<'a>> {
        self.ground.sent.get(*self.way.path.get(position)?)
    }

    /// The certificate above a position: its key, and its facts.
    fn issuer(&self, position: usize) -> Option<(&'a [u8], &'l Certificate)> {
        if let Some(index) = self.way.path.get(position + 1) {
            let candidate = self.ground.sent.get(*index)?;
            return Some((candidate.view.as_ref()?.spki, &candidate.facts));
        }
        let anchor = self.ground.anchors.get(self.way.anchor?)?;
        Some((anchor.view?.spki, &anchor.facts))
    }

    pub(super) fn signature(&mut self, position: usize) -> Result<Option<String>, Finding> {
        let Some((spki, issuer)) = self.issuer(position) else { return Ok(None) };
        let Some(candidate) = self.candidate(position) else { return Ok(None) };
        let Some(view) = &candidate.view else { return Ok(None) };
        let name = printable(&issuer.subject.to_string());
        let algorithm = printable(&candidate.facts.signature_algorithm);
        let key = &issuer.key;
        let fault = |refusal, evidence: String, field| Finding::both(Check::Signature, refusal, evidence).at(field);
        self.signatures
            .check(&view.signed, spki)
            .map(|()| Some(format!("{algorithm} by the key {key} of {name}")))
            .map_err(|refusal| match refusal {
                Refusal::UnsupportedSignatureAlgorithm => {
                    let evidence = format!("signed with {algorithm}, which is unknown or too weak to count");
                    fault(refusal, evidence, &fields::SIGNATURE_ALGORITHM)
                }
                Refusal::UnsupportedSignatureAlgorithmForPublicKey => {
                    let evidence = format!("signed with {algorithm}, which the key {key} of {name} cannot have done");
                    fault(refusal, evidence, &fields::SIGNATURE_ALGORITHM)
                }
                Refusal::InvalidSignatureForPublicKey => {
                    let evidence = format!("the key {key} of {name} did not make this signature over these bytes");
                    fault(refusal, evidence, &fields::SIGNATURE_VALUE)
                }
                _ => fault(refusal, format!("the key of {name} cannot be read"), &fields::SIGNATURE_VALUE),
            })
    }

    /// Who above a position has name constraints: their content, and the subject.
    pub(super) fn constraining(&self, position: usize) -> Vec<(&'a [u8], String)> {
        let above = self.way.path.iter().skip(position + 1).filter_map(|index| self.ground.sent.get(*index));
        let above = above.filter_map(|it| Some((it.view.as_ref()?.name_constraints?, it.subject())));
        let anchor = self.way.anchor.and_then(|index| self.ground.anchors.get(index));
        let anchor = anchor.and_then(|anchor| Some((anchor.view?.name_constraints?, anchor.subject())));
        above.chain(anchor).collect()
    }

    fn constraints(&mut self, position: usize) -> Vec<Finding> {
        let Some(candidate) = self.candidate(position) else { return Vec::new() };
        let Some(view) = &candidate.view else { return Vec::new() };
        let held = Held { view, facts: &candidate.facts, is_leaf: position == 0 };
        let authorities = self.constraining(position);
        let spent = &mut self.spent;
        authorities.iter().flat_map(|(content, name)| constraint::faults(content, name, &held, spent)).collect()
    }

    pub(super) fn revocation(&mut self, position: usize) -> (Option<Status>, Vec<Finding>) {
        let ground = self.ground;
        if let (Some((index, refusal)), 0) = (ground.broken_list, position) {
            let evidence = format!("revocation list {} cannot be used: {}", index + 1, list_problem(refusal));
            return (None, vec![Finding::both(Check::Revocation, refusal, evidence).at(&crl::LIST)]);
        }
        let Some((spki, issuer)) = self.issuer(position) else { return (None, Vec::new()) };
        let Some(candidate) = self.candidate(position) else { return (None, Vec::new()) };
        let Some(view) = candidate.view.as_ref().filter(|_| !ground.lists.is_empty()) else {
            return (None, Vec::new());
        };
        let issuer_key_usage = ground.key_usage_above(&self.way.path, position);
        let subject = Subject { view, is_leaf: position == 0, issuer_spki: spki, issuer_key_usage };
        let signatures = &mut *self.signatures;
        let mut verify = |signed: &Signed<'a>, spki: &'a [u8]| signatures.check(signed, spki);
        let request = &ground.request;
        let status = revocation::status(&ground.lists, request.crl_rule, request.time, &subject, &mut verify);
        let mut findings: Vec<Finding> = self.revocation_finding(status, candidate).into_iter().collect();
        if let Status::Good(index) | Status::Refused(_, Some(index)) = status {
            findings.extend(
                ground.lists.get(index).into_iter().flat_map(|list| list.faults(request.crl_rule, request.time)),
            );
            let is_anchor = position + 1 == self.way.path.len();
            if is_anchor && revocation::cannot_sign_lists(issuer) {
                let evidence = format!("keyUsage of {} is without cRLSign", printable(&issuer.subject.to_string()));
                findings
                    .push(Finding::standard(Check::Revocation, "RFC 5280 6.3.3 (f)", evidence).at(&usage::KEY_USAGE));
            }
        }
        (Some(status), findings)
    }

    fn revocation_finding(&self, status: Status, candidate: &Candidate<'_>) -> Option<Finding> {
        let Status::Refused(refusal, index) = status else { return None };
        let list = index.and_then(|index| self.ground.list_facts.get(index));
        let serial = hex(&candidate.facts.serial);
        let issuer = printable(&candidate.facts.issuer.to_string());
        let clock = moment(self.ground.request.time);
        let (evidence, field): (String, &'static Field) = match refusal {
            Refusal::UnknownRevocationStatus => {
                (format!("none of the revocation lists speaks of certificates of {issuer}"), &fields::ISSUER)
            }
            Refusal::CertRevoked => {
                let entry = list.and_then(|list| list.revoked.iter().find(|it| it.serial == candidate.facts.serial));
                let since = entry
                    .and_then(|entry| entry.revoked_at)
                    .map_or_else(String::new, |at| format!(", revoked {}", moment(at)));
                let why = entry.and_then(crate::x509::RevokedCertificate::reason_name);
                let why = why.map_or_else(String::new, |reason| format!(" for {reason}"));
                (format!("serial number {serial} is on the list of {issuer}{since}{why}"), &fields::SERIAL_NUMBER)
            }
            Refusal::CrlExpired => {
                let until = list.and_then(|list| list.next_update).map_or_else(String::new, moment);
                (format!("nextUpdate {until} of the revocation list is not after the clock {clock}"), &crl::NEXT_UPDATE)
            }
            Refusal::IssuerNotCrlSigner => {
                (format!("keyUsage of {issuer} is without cRLSign, so its list does not count"), &usage::KEY_USAGE)
            }
            Refusal::InvalidCrlSignatureForPublicKey => {
                (format!("the key of {issuer} did not make the signature of the revocation list"), &crl::LIST)
            }
            _ => (format!("the revocation list of {issuer} cannot be checked: {}", list_problem(refusal)), &crl::LIST),
        };
        Some(Finding::both(Check::Revocation, refusal, evidence).at(field))
    }

    fn name(&self, candidate: &Candidate<'_>) -> Option<Finding> {
        let wanted = self.ground.request.name?;
        let refusal = self.ground.name_refusal(candidate.view.as_ref()?).err()?;
        let wanted = printable(&wanted.to_string());
        let evidence = match refusal {
            Refusal::UnsupportedNameType => format!("{wanted} is no host name that could be asked for"),
            Refusal::CertNotValidForName => {
                let names = shown_names(&candidate.facts);
                let only_common = candidate.facts.subject.common_name().is_some_and(|name| name == wanted);
                let common = if only_common { "; the common name does not count" } else { "" };
                format!("{wanted} was wanted, and the certificate is for {names}{common}")
            }
            _ => "a name in subjectAltName that cannot be read".to_owned(),
        };
        let has_names = !candidate.facts.subject_alt_names.is_empty();
        let field = if has_names { &name_fields::DNS_NAME } else { &fields::SUBJECT };
        Some(Finding::both(Check::Name, refusal, evidence).at(field))
    }

    fn failed(&self, finding: &Finding, which: Which) -> Step {
        let rung = Rung {
            check: finding.check,
            certificate: which,
            outcome: Outcome::Failed,
            evidence: finding.evidence.clone(),
            field: finding.field,
            enforced: finding.by.counts(self.ground.request.profile),
            policy: finding.by.policy(),
        };
        (rung, Some(finding.refusal))
    }

    fn rungs(&mut self, position: usize, check: Check, findings: &[Finding]) -> Vec<Step> {
        let which = match self.way.path.get(position) {
            Some(index) => Which::Sent(*index),
            None => Which::Anchor(self.way.anchor.unwrap_or_default()),
        };
        let failed = findings.iter().filter(|finding| finding.check == check);
        let mut steps: Vec<Step> = failed.map(|finding| self.failed(finding, which)).collect();
        if steps.is_empty() {
            let quiet = self.quiet(position, check);
            let (enforced, certificate) = (!matches!(quiet.outcome, Outcome::NotChecked { .. }), which);
            let Quiet { outcome, evidence, field, policy } = quiet;
            steps.push((Rung { check, certificate, outcome, evidence, field, enforced, policy }, None));
        }
        if let (Check::Revocation, 0, Some(staple)) = (check, position, self.ground.request.staple) {
            steps.push((self.staple(staple), None));
        }
        steps
    }

    /// What the stapled OCSP response says. It is told and does not decide.
    fn staple(&mut self, der: &'a [u8]) -> Rung {
        let issuer_spki = self.issuer(0).map(|(spki, _)| spki);
        let view = self.candidate(0).and_then(|candidate| candidate.view.as_ref());
        let signatures = &mut *self.signatures;
        let looked = view.map(|view| {
            let about = About { view, issuer_spki, time: self.ground.request.time };
            staple::look(der, &about, &mut |signed, spki| signatures.check(signed, spki))
        });
        let Look { outcome, evidence, field } = looked.unwrap_or_else(|| {
            let why = "the certificate cannot be read";
            Look { outcome: Outcome::NotChecked { why }, evidence: why.to_owned(), field: &fields::CERTIFICATE }
        });
        Rung {
            check: Check::Revocation,
            certificate: Which::Sent(0),
            outcome,
            evidence,
            field: Some(field),
            enforced: false,
            policy: Some("rustls does not look at stapled responses; RFC 6066 8 lets a client do so".to_owned()),
        }
    }

    /// A rung of its own for a failure that no certificate of the path shows, such as a limit.
    pub(super) fn rung_for(&self, reported: &Reported) -> Step {
        let evidence = match reported.refusal {
            Refusal::MaximumSignatureChecksExceeded => {
                format!("more than {MOST_SIGNATURES} signatures would have to be checked to try all paths")
            }
            Refusal::MaximumPathBuildCallsExceeded => "too many paths would have to be tried".to_owned(),
            Refusal::MaximumPathDepthExceeded => format!("the path has more than {MOST_INTERMEDIATES} intermediates"),
            Refusal::MaximumNameConstraintComparisonsExceeded => {
                format!("more than {} comparisons with name constraints", constraint::MOST_COMPARISONS)
            }
            Refusal::BadDer if self.ground.sent.is_empty() => "the peer sent no certificate".to_owned(),
            other => format!("no path holds: {}", other.word()),
        };
        let finding = Finding { check: reported.check, refusal: reported.refusal, evidence, field: None, by: By::Both };
        self.failed(&finding, reported.which)
    }
}

pub(super) fn shown_names(facts: &Certificate) -> String {
    /// How many names a sentence can bear.
    const MOST: usize = 5;
    let named = |name: &&GeneralName| matches!(name, GeneralName::Dns(_) | GeneralName::Ip(_));
    let names: Vec<_> = facts.subject_alt_names.iter().filter(named).collect();
    let shown: Vec<_> = names.iter().take(MOST).map(|name| printable(&name.to_string())).collect();
    match names.len() {
        0 => "no host".to_owned(),
        count if count > MOST => format!("{} and {} more", shown.join(", "), count - MOST),
        _ => shown.join(", "),
    }
}

/// What is wrong with a revocation list that is refused.
pub(super) fn list_problem(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::UnsupportedCrlVersion => "it is not of version 2",
        Refusal::UnsupportedDeltaCrl => "it is a delta list",
        Refusal::UnsupportedIndirectCrl => "it is an indirect list",
        Refusal::UnsupportedRevocationReasonsPartitioning => "it speaks of some reasons only",
        Refusal::UnsupportedCrlIssuingDistributionPoint => "its distribution point has no full name",
        Refusal::UnsupportedCriticalExtension => "it has a critical extension that is not known",
        Refusal::InvalidCrlNumber => "its number is none",
        Refusal::UnsupportedCrlSignatureAlgorithm => "its signature algorithm is unknown or too weak",
        Refusal::UnsupportedCrlSignatureAlgorithmForPublicKey => "its signature algorithm is not that of the key",
        Refusal::MalformedExtensions => "its extensions are missing or broken",
        _ => "it is not in the form of the standard",
    }
}
