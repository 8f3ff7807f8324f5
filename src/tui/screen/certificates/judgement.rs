//! What the anchors make of the chains: as the capture was read, and again for another moment or other anchors.

use super::check::{Check, Verdict};
use crate::base::printable;
use crate::session::Session;
use crate::session::judgement::{Basis, NotJudged, Ruling, judge_at, moment_of};
use crate::tui::checks::{evidence, is_shown, name, remark};
use crate::tui::overlay::page::Block;
use crate::x509::verify::{Outcome, Profile, Purpose, Rung, TimestampCheck, TimestampResult, Which};
use std::path::Path;
use std::sync::Arc;

/// The rulings of server and client, and what they were made of.
#[derive(Debug, Default)]
pub(super) struct Rulings {
    of: Option<(Arc<Session>, Arc<Basis>, Option<i64>)>,
    sides: [Option<Result<Arc<Ruling>, NotJudged>>; 2],
}

/// What to judge by: the anchors, whether others were chosen than those that the capture was read with, and the present
/// where that is the moment.
pub(super) struct Ground<'a> {
    pub(super) basis: &'a Arc<Basis>,
    pub(super) is_other: bool,
    pub(super) now: Option<i64>,
}

impl Rulings {
    /// Judges again where something is another thing now.
    pub(super) fn sync(&mut self, session: Option<&Arc<Session>>, ground: &Ground<'_>) {
        let Some(session) = session else { return *self = Self::default() };
        let is_same = self.of.as_ref().is_some_and(|(of, basis, now)| {
            Arc::ptr_eq(of, session) && Arc::ptr_eq(basis, ground.basis) && *now == ground.now
        });
        if !is_same {
            self.of = Some((Arc::clone(session), Arc::clone(ground.basis), ground.now));
            self.sides = [Purpose::Server, Purpose::Client].map(|purpose| judged(session, purpose, ground));
        }
    }

    /// What was found of a side, or why nobody looked; `None` where it showed no certificates.
    pub(super) fn of(&self, client: bool) -> Option<&Result<Arc<Ruling>, NotJudged>> {
        let [server, other] = &self.sides;
        if client { other.as_ref() } else { server.as_ref() }
    }

    pub(super) fn ruling(&self, client: bool) -> Option<&Ruling> {
        self.of(client)?.as_deref().ok()
    }
}

fn judged(session: &Session, purpose: Purpose, ground: &Ground<'_>) -> Option<Result<Arc<Ruling>, NotJudged>> {
    if session.certificates(purpose).is_empty() {
        return None;
    }
    let known = session.judgement.of(purpose).and_then(|judged| judged.result.as_ref().ok());
    if let Some(ruling) = known.filter(|_| !ground.is_other && ground.now.is_none()) {
        return Some(Ok(Arc::clone(ruling)));
    }
    let at = ground.now.unwrap_or_else(|| moment_of(ground.basis, session, purpose));
    let ruling = judge_at(ground.basis, session, purpose, at);
    Some(ruling.map(Arc::new).ok_or(NotJudged::NoAnchors))
}

/// By whom or what the certificates of a side are judged, in a few words: `mozilla`, `system, ca.pem`; the name of the
/// peer that judged them, where it is known by what.
pub(super) fn judge(basis: &Basis, session: &Session, purpose: Purpose) -> String {
    match basis.verifiers.of(session, purpose) {
        Some(verifier) => printable(&verifier.name),
        None if basis.anchors.is_empty() => String::new(),
        None => stores(basis),
    }
}

fn stores(basis: &Basis) -> String {
    let short = |store: &str| {
        let name = Path::new(store).file_name().map_or_else(|| store.into(), std::ffi::OsStr::to_string_lossy);
        printable(&name)
    };
    basis.anchors.stores().into_iter().map(short).collect::<Vec<_>>().join(", ")
}

/// What is said of the name at the top that nobody sent.
pub(super) fn top(ruling: Option<&Ruling>) -> String {
    match ruling.and_then(Ruling::anchor) {
        Some(anchor) => format!("a trust anchor of {}", printable(anchor.store())),
        None if ruling.is_some() => "not among those sent, and no trust anchor".to_owned(),
        None => "not among those sent".to_owned(),
    }
}

/// What is said of one certificate that was sent: the verdict on the chain, and each check of it. `proofs` say
/// that the peer holds the key of its own.
pub(super) fn checks(ruling: &Ruling, index: usize, proofs: impl Iterator<Item = Check>) -> Vec<Check> {
    let verification = &ruling.verification;
    let mut checks = vec![verdict(ruling)];
    let own = verification.rungs.iter().filter(|rung| rung.certificate == Which::Sent(index) && is_shown(rung));
    checks.extend(own.map(|rung| check(rung, verification.profile)));
    if index == 0 {
        checks.extend(proofs);
        checks.extend(timestamps(ruling));
    }
    if verification.superfluous.contains(&index) {
        checks.push(Check::new(Verdict::Odd, "not needed: it is not on the path"));
    }
    // What passed is the least worth reading where the room is short; the verdict stays in front.
    if let Some((_, rest)) = checks.split_first_mut() {
        rest.sort_by_key(|check| match check.verdict {
            Verdict::Failed => 0,
            Verdict::Odd => 1,
            Verdict::Unchecked => 2,
            Verdict::Ok => 3,
        });
    }
    checks
}

/// What came of the promises of logs; one line where nobody gave their keys.
fn timestamps(ruling: &Ruling) -> Vec<Check> {
    let unasked = ruling.timestamps.iter().filter(|check| check.result == TimestampResult::NoLogs).count();
    if unasked > 0 {
        let text = format!("SCT: {unasked} promises of logs, not checked: no list of logs was given (--ct-logs)");
        return vec![Check::new(Verdict::Unchecked, text)];
    }
    let one = |check: &TimestampCheck| {
        let verdict = match check.result {
            TimestampResult::Verified => Verdict::Ok,
            TimestampResult::WrongSignature => Verdict::Failed,
            TimestampResult::DoesNotCount(_) => Verdict::Odd,
            _ => Verdict::Unchecked,
        };
        let (log, place) = (printable(&check.log_name()), check.delivery.text());
        Check::new(verdict, format!("SCT of {log} {place}: {}", check.result.text()))
    };
    ruling.timestamps.iter().map(one).collect()
}

fn verdict(ruling: &Ruling) -> Check {
    match (ruling.verification.accepted, ruling.anchor().zip(ruling.anchor_subject())) {
        (true, Some((anchor, subject))) => {
            let text = format!("accepted: leads to {} ({})", printable(subject), printable(anchor.store()));
            Check::new(Verdict::Ok, text)
        }
        (true, None) => Check::new(Verdict::Ok, "accepted"),
        (false, _) => {
            let mut words: Vec<&str> = ruling.problems().map(|rung| rung.check.word()).collect();
            words.dedup();
            Check::new(Verdict::Failed, format!("refused: {}", words.join(", ")))
        }
    }
}

/// What passed is a word; what did not has its evidence.
fn check(rung: &Rung, profile: Profile) -> Check {
    let word = rung.check.word();
    match (rung.outcome, rung.enforced) {
        (Outcome::Passed, _) => Check::new(Verdict::Ok, word),
        (Outcome::Failed, true) => Check::new(Verdict::Failed, format!("{word}: {}", rung.evidence)),
        (Outcome::Failed, false) if profile == Profile::Rustls => {
            let evidence = rung.evidence.trim_end_matches('.');
            Check::new(Verdict::Odd, format!("{word}: {evidence}; rustls does not check this"))
        }
        (Outcome::Failed, false) => Check::new(Verdict::Odd, format!("{word}: {}", rung.evidence)),
        (Outcome::NotChecked { why }, _) => Check::new(Verdict::Unchecked, format!("{word}: not checked, {why}")),
        (Outcome::NotApplicable, _) => Check::new(Verdict::Unchecked, word),
    }
}

/// The whole ladder with its evidence, certificate by certificate.
pub(super) fn page(ruling: &Ruling) -> Vec<Block> {
    let verification = &ruling.verification;
    let mut blocks = Vec::new();
    let mut certificate = None;
    for (index, rung) in verification.rungs.iter().enumerate().filter(|(_, rung)| is_shown(rung)) {
        if certificate != Some(rung.certificate) {
            certificate = Some(rung.certificate);
            blocks.push(Block::Heading(name(rung.certificate, verification)));
        }
        let name = format!("{} {}", check(rung, verification.profile).verdict.sign(), rung.check.word());
        let remark = remark(rung, verification.first_failure == Some(index)).trim_start_matches(": ");
        let text = match rung.outcome {
            // The evidence says the same.
            Outcome::Passed | Outcome::NotChecked { .. } => evidence(rung),
            _ => format!("{remark}: {}", evidence(rung)),
        };
        blocks.push(Block::Entry(name, text));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::verify::{CtLog, Delivery, Doubt, Standing};

    fn check(result: TimestampResult, is_known: bool) -> TimestampCheck {
        let log = CtLog { name: "Larch\u{1b}".to_owned(), key: [].into(), standing: Standing::Counts, interval: None };
        let log = is_known.then(|| Arc::new(log));
        TimestampCheck { delivery: Delivery::Ocsp, log_id: [0xab; 32], log, timestamp: 0, result }
    }

    #[test]
    fn promises_of_logs_are_told_one_by_one_where_their_keys_are_known() {
        let sample = crate::session::sample::refused();
        let mut basis = Basis::default();
        basis.anchors.add("none", [Vec::new().into()]);
        let mut ruling = judge_at(&basis, &sample, Purpose::Server, 0).unwrap();
        ruling.timestamps = vec![check(TimestampResult::NoLogs, false), check(TimestampResult::NoLogs, false)];
        let [one] = &timestamps(&ruling)[..] else { panic!("several lines") };
        assert!(one.verdict == Verdict::Unchecked && one.text.contains("2 promises") && one.text.contains("--ct-logs"));
        for (result, is_known, verdict, text) in [
            (TimestampResult::Verified, true, Verdict::Ok, "SCT of Larch\\x1b in the stapled OCSP response: verified"),
            (TimestampResult::WrongSignature, true, Verdict::Failed, "WRONG"),
            (TimestampResult::DoesNotCount(Doubt::Future), true, Verdict::Odd, "younger"),
            (TimestampResult::UnknownLog, false, Verdict::Unchecked, "SCT of log abababab"),
            (TimestampResult::NotChecked { why: "its issuer" }, true, Verdict::Unchecked, "not checked: its issuer"),
        ] {
            ruling.timestamps = vec![check(result, is_known)];
            let [one] = &timestamps(&ruling)[..] else { panic!("no line") };
            assert!(one.verdict == verdict && one.text.contains(text), "{one:?}");
        }
    }
}
