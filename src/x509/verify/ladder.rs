//! The ladder: every check of every certificate of one path, with what speaks for or against it.

use super::candidate::Candidate;
use super::check::Check;
use super::constraint::{self, Held};
use super::facts::{Outcome, PathLink, Profile, Purpose, Rung, Which};
use super::finding::{By, Finding};
use super::refusal::Refusal;
use super::revocation::{self, Status, Subject};
use super::search::{Ground, MOST_INTERMEDIATES, MOST_SIGNATURES, Reported, Signatures};
use super::strict::Signed;
use crate::base::{BufferId, Field, Reader, Tree, hex, printable};
use crate::x509::extension::{constraint as fields_of_constraint, usage};
use crate::x509::facts::{Certificate, GeneralName};
use crate::x509::{certificate as fields, crl, name as name_fields, time};

/// A path that is looked at: what was sent, the peer's own first, and the anchor where one was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) path: Vec<usize>,
    pub(super) anchor: Option<usize>,
}

/// A rung, and the reason for refusing behind it.
pub(super) type Step = (Rung, Option<Refusal>);

pub(super) struct Ladder<'l, 'a> {
    ground: &'l Ground<'a>,
    signatures: &'l mut Signatures,
    way: &'l Way,
}

const ANCHOR_IS_A_KEY: &str = "rustls takes from an anchor its name, its key and its name constraints only";

impl<'l, 'a> Ladder<'l, 'a> {
    pub(super) fn new(ground: &'l Ground<'a>, signatures: &'l mut Signatures, way: &'l Way) -> Self {
        Self { ground, signatures, way }
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
        let anchors = self.ground.anchors.len();
        let store =
            if anchors == 1 { "the one trust anchor".to_owned() } else { format!("the {anchors} trust anchors") };
        let (check, evidence) = if candidate.facts.is_self_issued() {
            let own = candidate.subject();
            (Check::Trust, format!("{own} issued itself and is none of {store}"))
        } else if candidate.facts.is_ca == Some(true) && position > 0 {
            (Check::Trust, format!("the path leads to {issuer}, which is none of {store}"))
        } else {
            let evidence = format!("the issuer {issuer} was not sent and is none of {store}");
            (Check::ChainBuilt, evidence)
        };
        Some(Finding::both(check, Refusal::UnknownIssuer, evidence).at(&fields::ISSUER))
    }

    fn candidate(&self, position: usize) -> Option<&'l Candidate<'a>> {
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

    fn signature(&mut self, position: usize) -> Result<Option<String>, Finding> {
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
    fn constraining(&self, position: usize) -> Vec<(&'a [u8], String)> {
        let above = self.way.path.iter().skip(position + 1).filter_map(|index| self.ground.sent.get(*index));
        let above = above.filter_map(|it| Some((it.view.as_ref()?.name_constraints?, it.subject())));
        let anchor = self.way.anchor.and_then(|index| self.ground.anchors.get(index));
        let anchor = anchor.and_then(|anchor| Some((anchor.view?.name_constraints?, anchor.subject())));
        above.chain(anchor).collect()
    }

    fn constraints(&self, position: usize) -> Vec<Finding> {
        let Some(candidate) = self.candidate(position) else { return Vec::new() };
        let Some(view) = &candidate.view else { return Vec::new() };
        let held = Held { view, facts: &candidate.facts, is_leaf: position == 0 };
        let mut spent = 0;
        let authorities = self.constraining(position);
        authorities.iter().flat_map(|(content, name)| constraint::faults(content, name, &held, &mut spent)).collect()
    }

    fn revocation(&mut self, position: usize) -> (Option<Status>, Vec<Finding>) {
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
            findings.extend(ground.lists.get(index).into_iter().flat_map(|list| list.faults(request.time)));
            let cannot_sign =
                issuer_key_usage.is_none() && !issuer.key_usage.is_empty() && !issuer.key_usage.contains(&"cRLSign");
            if cannot_sign {
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
        let clock = time::text(self.ground.request.time);
        let (evidence, field): (String, &'static Field) = match refusal {
            Refusal::UnknownRevocationStatus => {
                (format!("none of the revocation lists speaks of certificates of {issuer}"), &fields::ISSUER)
            }
            Refusal::CertRevoked => {
                let entry = list.and_then(|list| list.revoked.iter().find(|it| it.serial == candidate.facts.serial));
                let since = entry
                    .and_then(|entry| entry.revoked_at)
                    .map_or_else(String::new, |at| format!(", revoked {}", time::text(at)));
                let why = entry.and_then(crate::x509::RevokedCertificate::reason_name);
                let why = why.map_or_else(String::new, |reason| format!(" for {reason}"));
                (format!("serial number {serial} is on the list of {issuer}{since}{why}"), &fields::SERIAL_NUMBER)
            }
            Refusal::CrlExpired => {
                let until = list.and_then(|list| list.next_update).map_or_else(String::new, time::text);
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

    /// What is said where a check found no fault.
    fn quiet(&mut self, position: usize, check: Check) -> Quiet {
        match self.candidate(position) {
            Some(candidate) if candidate.view.is_none() && check != Check::Parse => {
                Quiet::not_checked("the certificate cannot be read", String::new())
            }
            Some(candidate) => self.quiet_sent(position, candidate, check),
            None => self.quiet_anchor(check),
        }
    }

    fn quiet_sent(&mut self, position: usize, candidate: &Candidate<'a>, check: Check) -> Quiet {
        let facts = &candidate.facts;
        let is_leaf = position == 0;
        let issuer_text = printable(&facts.issuer.to_string());
        let below = self.ground.below(&self.way.path, position).all;
        match check {
            Check::Parse => {
                let evidence = format!("version {}, {} bytes of DER", facts.version, facts.der.len());
                Quiet::passed(evidence, &fields::CERTIFICATE)
            }
            Check::ChainBuilt => Quiet::passed(self.where_issuer_is(position, &issuer_text), &fields::ISSUER),
            Check::Signature => match self.signature(position) {
                Ok(Some(evidence)) => Quiet::passed(evidence, &fields::SIGNATURE_VALUE),
                _ => Quiet::not_checked("the key of the issuer is not at hand", String::new()),
            },
            Check::Validity => Quiet::passed(self.inside(facts), &fields::VALIDITY),
            Check::CaFlag if is_leaf => {
                Quiet::passed("it does not call itself an authority".to_owned(), &fields::EXTENSIONS)
            }
            Check::CaFlag => Quiet::passed("cA is true".to_owned(), &fields_of_constraint::IS_CA),
            Check::Pathlen if is_leaf => Quiet::not_applicable("nothing is below the peer's own certificate"),
            Check::Pathlen => match facts.path_length {
                Some(limit) => {
                    let evidence = format!("pathLenConstraint {limit}, and {below} intermediates follow");
                    Quiet::passed(evidence, &fields_of_constraint::PATH_LENGTH)
                }
                None => Quiet::passed("no pathLenConstraint".to_owned(), &fields::EXTENSIONS),
            },
            Check::Purpose => self.quiet_purpose(facts),
            Check::Constraints => match self.constraining(position).as_slice() {
                [] => Quiet::not_applicable("no authority above has name constraints"),
                [(_, name), ..] => {
                    let evidence = format!("all names lie inside the constraints of {name}");
                    Quiet::passed(evidence, &fields_of_constraint::NAME_CONSTRAINTS)
                }
            },
            Check::CriticalExt => Quiet::passed(critical(facts), &fields::EXTENSIONS),
            Check::Revocation => self.quiet_revocation(position, candidate),
            Check::Trust if self.way.anchor.is_none() && position + 1 == self.way.path.len() => {
                Quiet::not_checked("the path ends before a trust anchor", String::new())
            }
            Check::Trust => Quiet::not_applicable("it is not the end of the path"),
            Check::Name if is_leaf => self.quiet_name(facts),
            Check::Name => Quiet::not_applicable("only the peer's own certificate names the peer"),
        }
    }

    fn where_issuer_is(&self, position: usize, issuer: &str) -> String {
        match (self.way.path.get(position + 1), self.way.anchor) {
            (Some(index), _) => format!("issued by {issuer}, sent as number {}", index + 1),
            (None, Some(_)) => format!("issued by {issuer}, a trust anchor"),
            (None, None) => format!("issued by {issuer}"),
        }
    }

    fn inside(&self, facts: &Certificate) -> String {
        let clock = time::text(self.ground.request.time);
        format!("{} to {}, and the clock says {clock}", time::text(facts.not_before), time::text(facts.not_after))
    }

    fn quiet_purpose(&self, facts: &Certificate) -> Quiet {
        let purpose = self.ground.request.purpose.key_purpose();
        let has_any = !facts.extended_key_usage.is_empty();
        let extended =
            if has_any { format!("extKeyUsage has {purpose}") } else { "no extKeyUsage, hence any".to_owned() };
        let has_usage = !facts.key_usage.is_empty();
        let evidence =
            if has_usage { format!("{extended}; keyUsage {}", facts.key_usage.join(", ")) } else { extended };
        let field = if has_any { &usage::EXTENDED_KEY_USAGE } else { &fields::EXTENSIONS };
        let mut quiet = Quiet::passed(evidence, field);
        if has_usage && self.ground.request.profile == Profile::Rustls {
            quiet.policy = Some("rustls does not check keyUsage; RFC 5280 4.2.1.3 demands it".to_owned());
        }
        quiet
    }

    fn quiet_revocation(&mut self, position: usize, candidate: &Candidate<'_>) -> Quiet {
        match self.revocation(position).0 {
            Some(Status::Good(index)) => {
                let list = self.ground.list_facts.get(index);
                let made = list.and_then(|list| list.this_update).map_or_else(String::new, time::text);
                let issuer = printable(&candidate.facts.issuer.to_string());
                let serial = hex(&candidate.facts.serial);
                let evidence = format!("serial number {serial} is not on the list of {issuer} of {made}");
                Quiet::passed(evidence, &fields::SERIAL_NUMBER)
            }
            Some(Status::Unknown) => Quiet::not_checked("no list speaks of it, which the rule allows", String::new()),
            Some(Status::BeyondDepth) => {
                Quiet::not_checked("the rule looks up the peer's own certificate only", String::new())
            }
            Some(Status::Refused(..)) => Quiet::not_checked("the list cannot be used", String::new()),
            None if self.ground.request.crls.is_empty() => {
                let places = candidate.facts.crl_urls.iter().chain(&candidate.facts.ocsp_urls);
                let places: Vec<_> = places.map(|url| printable(url)).collect();
                let evidence = match places.as_slice() {
                    [] => "the certificate does not say where to ask".to_owned(),
                    places => format!("the certificate says to ask at {}", places.join(", ")),
                };
                Quiet::not_checked("no revocation list is at hand", evidence)
            }
            None => Quiet::not_checked("the path does not lead to the issuer of a list", String::new()),
        }
    }

    fn quiet_name(&self, facts: &Certificate) -> Quiet {
        match self.ground.request.name {
            Some(wanted) => {
                let evidence = format!("{} is among {}", printable(&wanted.to_string()), shown_names(facts));
                Quiet::passed(evidence, &name_fields::DNS_NAME)
            }
            None if self.ground.request.purpose == Purpose::Client => {
                Quiet::not_applicable("whether this client may come in is for the application to judge")
            }
            None => Quiet::not_checked("no name was wanted", String::new()),
        }
    }

    fn quiet_anchor(&mut self, check: Check) -> Quiet {
        let Some(anchor) = self.way.anchor.and_then(|index| self.ground.anchors.get(index)) else {
            return Quiet::not_applicable("there is no anchor");
        };
        let facts = &anchor.facts;
        let below = self.way.path.len().saturating_sub(1);
        let (evidence, field): (String, &'static Field) = match check {
            Check::Parse => {
                let evidence = format!("version {}, {} bytes of DER", facts.version, facts.der.len());
                return Quiet::passed(evidence, &fields::CERTIFICATE);
            }
            Check::Trust => {
                let evidence = format!("{} is a trust anchor", anchor.subject());
                return Quiet::passed(evidence, &fields::SUBJECT);
            }
            Check::ChainBuilt => return Quiet::not_applicable("the path ends here"),
            Check::Signature => return Quiet::not_applicable("an anchor is trusted, whoever signed it"),
            Check::Revocation => return Quiet::not_applicable("an anchor is taken back by removing it from the store"),
            Check::Name => return Quiet::not_applicable("only the peer's own certificate names the peer"),
            Check::Constraints => return Quiet::not_applicable("no authority is above it"),
            Check::Validity => (self.inside(facts), &fields::VALIDITY),
            Check::CaFlag => ("cA is true".to_owned(), &fields_of_constraint::IS_CA),
            Check::Pathlen => match facts.path_length {
                Some(limit) => {
                    let evidence = format!("pathLenConstraint {limit}, and {below} intermediates follow");
                    (evidence, &fields_of_constraint::PATH_LENGTH)
                }
                None => ("no pathLenConstraint".to_owned(), &fields::EXTENSIONS),
            },
            Check::Purpose => match facts.key_usage.as_slice() {
                [] => ("no keyUsage".to_owned(), &fields::EXTENSIONS),
                usages => (format!("keyUsage {}", usages.join(", ")), &usage::KEY_USAGE),
            },
            Check::CriticalExt => (critical(facts), &fields::EXTENSIONS),
        };
        match self.ground.request.profile {
            Profile::Strict => Quiet::passed(evidence, field),
            Profile::Rustls => Quiet { field: Some(field), ..Quiet::not_checked(ANCHOR_IS_A_KEY, evidence) },
        }
    }

    /// What the stapled OCSP response says. It is told and does not decide.
    fn staple(&self, der: &[u8]) -> Rung {
        let response = crate::x509::ocsp_response(Reader::new(der, BufferId(0)), &mut Tree::off());
        let serial = self.candidate(0).map(|candidate| &candidate.facts.serial);
        let answer = response.answers.iter().find(|answer| Some(&answer.serial) == serial);
        let evidence = match answer {
            Some(answer) => {
                let from = answer.this_update.map_or_else(String::new, |at| format!(" on {}", time::text(at)));
                let stale = answer.next_update.filter(|until| *until <= self.ground.request.time);
                let stale = stale.map_or_else(String::new, |until| format!("; stale since {}", time::text(until)));
                format!("the stapled OCSP response says {}{from}{stale}", answer.status.word())
            }
            None if response.readable => "the stapled OCSP response is about another certificate".to_owned(),
            None => "the stapled OCSP response has no answer".to_owned(),
        };
        Rung {
            check: Check::Revocation,
            certificate: Which::Sent(0),
            outcome: Outcome::NotChecked { why: "a stapled OCSP response is shown, and its signature not checked" },
            evidence,
            field: Some(&fields::SERIAL_NUMBER),
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

struct Quiet {
    outcome: Outcome,
    evidence: String,
    field: Option<&'static Field>,
    policy: Option<String>,
}

impl Quiet {
    fn passed(evidence: String, field: &'static Field) -> Self {
        Self { outcome: Outcome::Passed, evidence, field: Some(field), policy: None }
    }

    fn not_checked(why: &'static str, evidence: String) -> Self {
        let evidence = if evidence.is_empty() { why.to_owned() } else { evidence };
        Self { outcome: Outcome::NotChecked { why }, evidence, field: None, policy: None }
    }

    fn not_applicable(why: &str) -> Self {
        Self { outcome: Outcome::NotApplicable, evidence: why.to_owned(), field: None, policy: None }
    }
}

fn shown_names(facts: &Certificate) -> String {
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

fn critical(facts: &Certificate) -> String {
    let critical = facts.extensions.iter().filter(|(_, critical)| *critical);
    let names: Vec<_> = critical.map(|(id, _)| crate::x509::oid::named(id)).collect();
    if names.is_empty() {
        "no critical extension".to_owned()
    } else {
        format!("critical and known: {}", names.join(", "))
    }
}

fn list_problem(refusal: Refusal) -> &'static str {
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
