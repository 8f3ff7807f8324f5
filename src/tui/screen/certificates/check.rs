//! What can be said of a certificate from its fields alone, and what was not checked. Nothing is claimed that was not
//! checked: no signature is verified here, no trust anchor is known, nobody is asked about revocation.

use crate::base::{counted, printable};
use crate::net::Direction;
use crate::session::{Proof, ProofKind, ProofResult, Session};
use crate::tui::clock;
use crate::tui::settings::Settings;
use crate::x509::{Certificate, HostMatch, Link, OcspResponse, RevocationStatus, matches_host};

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// As it should be.
    Ok,
    /// A peer that checks this refuses the certificate.
    Failed,
    /// Unusual: some peers refuse it.
    Odd,
    /// Not checked.
    Unchecked,
}

impl Verdict {
    /// The sign in front of the words.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Ok => "[ok]",
            Self::Failed => "[X]",
            Self::Odd => "[!]",
            Self::Unchecked => "[--]",
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) verdict: Verdict,
    pub(super) text: String,
}

impl Check {
    pub(super) fn new(verdict: Verdict, text: impl Into<String>) -> Self {
        Self { verdict, text: text.into() }
    }
}

/// The moment for which dates are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Seconds since 1970.
    pub(super) seconds: i64,
    /// Whether it is the present; the time of the capture otherwise.
    pub(super) now: bool,
    /// Whether it is what the peer that was shown the certificates took for now, and its clock was wrong.
    pub(super) own: bool,
}

/// A certificate in its place.
pub(super) struct Subject<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) link: &'a Link,
    /// How many certificates lie between it and the first one sent, the latter included; 0 is the first.
    pub(super) height: usize,
    pub(super) client: bool,
    pub(super) session: &'a Session,
    pub(super) stapled: Option<&'a OcspResponse>,
}

/// Everything that is checked, and what is not.
pub(super) fn checks(subject: &Subject<'_>, moment: Moment, settings: &Settings) -> Vec<Check> {
    let certificate = subject.certificate;
    if !certificate.readable {
        let why = certificate.problem.as_deref().map(printable).unwrap_or_default();
        return vec![Check::new(Verdict::Failed, format!("cannot be read as a certificate: {why}"))];
    }
    let mut checks = vec![dates(certificate, moment)];
    let leaf = subject.link.index == 0;
    if leaf {
        checks.extend((!subject.client).then(|| name(certificate, subject.session)));
        checks.push(usage(certificate, subject.client));
        checks.extend(proofs(subject.session, subject.client, settings));
        if certificate.is_ca == Some(true) {
            checks.push(Check::new(Verdict::Odd, "CA flag: set on the peer's own certificate, which some refuse"));
        }
    } else if subject.link.on_path {
        checks.extend(authority(certificate, subject.height));
    } else {
        checks.push(Check::new(Verdict::Odd, "not needed: it did not issue any certificate on the way up"));
    }
    checks.push(Check::new(Verdict::Unchecked, "signatures not checked"));
    checks.push(Check::new(Verdict::Unchecked, "trust not checked"));
    checks.push(revocation(subject, moment, settings));
    checks
}

/// Whether the peer proved that it holds the key of its own certificate, or of what stands in for it.
pub(super) fn proofs(session: &Session, client: bool, settings: &Settings) -> impl Iterator<Item = Check> {
    proof(session, client).into_iter().chain(credential(session, client, settings))
}

fn proof(session: &Session, client: bool) -> Option<Check> {
    let sender = if client { Direction::ToServer } else { Direction::ToClient };
    let Proof { kind, frame, result, .. } = *session.key_proof(sender)?;
    let kind = kind.word();
    Some(match result {
        ProofResult::Verified => Check::new(Verdict::Ok, format!("key: proved in frame {frame} ({kind})")),
        ProofResult::Failed(misfit) => {
            Check::new(Verdict::Failed, format!("key: NOT proved in frame {frame} ({kind}): {}", misfit.text()))
        }
        ProofResult::NotChecked(reason) => {
            Check::new(Verdict::Unchecked, format!("key: {kind} in frame {frame} not checked: {}", reason.text()))
        }
    })
}

/// The key that stands in for that of the server's certificate, where there is one.
fn credential(session: &Session, client: bool, settings: &Settings) -> Option<Check> {
    let end = session.credential_end().filter(|_| !client)?;
    let end = clock::minute(end, settings);
    if let Some(found) = session.findings.iter().find(|found| found.rule.id == "CERT-23") {
        return Some(Check::new(Verdict::Failed, printable(&found.text)));
    }
    let proof = session.proofs.iter().find(|proof| proof.kind == ProofKind::Credential)?;
    Some(match proof.result {
        ProofResult::Verified => Check::new(Verdict::Ok, format!("delegated credential: signed, until {end}")),
        ProofResult::NotChecked(reason) => {
            Check::new(Verdict::Unchecked, format!("delegated credential: until {end}, not checked: {}", reason.text()))
        }
        ProofResult::Failed(misfit) => Check::new(Verdict::Failed, format!("delegated credential: {}", misfit.text())),
    })
}

/// The state of a certificate at the moment in a word: what a row of the tree has room for.
pub(super) fn state(certificate: &Certificate, moment: Moment) -> (&'static str, Verdict) {
    match moment.seconds {
        _ if !certificate.readable => ("unread", Verdict::Failed),
        seconds if seconds < certificate.not_before => ("not yet", Verdict::Failed),
        seconds if seconds > certificate.not_after => ("expired", Verdict::Failed),
        _ => ("in time", Verdict::Ok),
    }
}

/// Whether the dates hold at the moment.
fn dates(certificate: &Certificate, moment: Moment) -> Check {
    let Certificate { not_before, not_after, .. } = *certificate;
    let Moment { seconds, now, .. } = moment;
    if not_after < not_before {
        return Check::new(Verdict::Failed, "dates: ends before it begins");
    }
    if seconds < not_before {
        let early = span(not_before.saturating_sub(seconds));
        let text = if now { format!("begins in {early}") } else { format!("begins {early} after this capture") };
        return Check::new(Verdict::Failed, format!("dates: {text}"));
    }
    if seconds > not_after {
        let late = span(seconds.saturating_sub(not_after));
        let text = if now { format!("expired {late} ago") } else { format!("expired {late} before this capture") };
        return Check::new(Verdict::Failed, format!("dates: {text}"));
    }
    let left = span(not_after.saturating_sub(seconds));
    let text = if now { "now" } else { "at this capture" };
    Check::new(Verdict::Ok, format!("dates: valid {text}, {left} left"))
}

/// A span of time in its largest unit that counts more than one.
pub(in crate::tui::screen) fn span(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(365 * 86_400, "years"), (86_400, "days"), (3600, "hours"), (60, "minutes")];
    for (length, unit) in UNITS {
        if seconds >= 2 * length {
            return format!("{} {unit}", seconds / length);
        }
    }
    counted(seconds, "second")
}

fn name(certificate: &Certificate, session: &Session) -> Check {
    let Some(wanted) = session.server_name() else {
        return Check::new(Verdict::Unchecked, "name: the client sent no server name (SNI) to compare with");
    };
    let shown = printable(wanted);
    match matches_host(certificate, wanted) {
        HostMatch::Matches(by) if by.eq_ignore_ascii_case(wanted) => {
            Check::new(Verdict::Ok, format!("name: matches SNI {shown}"))
        }
        HostMatch::Matches(by) => Check::new(Verdict::Ok, format!("name: matches SNI {shown} by {}", printable(&by))),
        HostMatch::OnlyCommonName => {
            let text = format!("name: only the common name matches SNI {shown}; clients look at subjectAltName alone");
            Check::new(Verdict::Failed, text)
        }
        HostMatch::No => Check::new(Verdict::Failed, format!("name: none of its names matches SNI {shown}")),
    }
}

fn usage(certificate: &Certificate, client: bool) -> Check {
    let wanted = if client { "clientAuth" } else { "serverAuth" };
    let uses = &certificate.extended_key_usage;
    if uses.is_empty() {
        return Check::new(Verdict::Ok, "extended key usage: not limited");
    }
    if uses.iter().any(|one| one == wanted || one == "anyExtendedKeyUsage") {
        return Check::new(Verdict::Ok, format!("extended key usage: {wanted}"));
    }
    let others = printable(&uses.join(", "));
    Check::new(Verdict::Failed, format!("extended key usage: not for {wanted}, only for {others}"))
}

/// What must hold of a certificate that issued others (RFC 5280 4.2.1.9, 4.2.1.3).
fn authority(certificate: &Certificate, height: usize) -> Vec<Check> {
    let mut checks = Vec::new();
    checks.push(match certificate.is_ca {
        Some(true) => Check::new(Verdict::Ok, "CA flag: set"),
        None if certificate.version < 3 && certificate.is_self_issued() => {
            Check::new(Verdict::Odd, "CA flag: none, an old root of version 1")
        }
        _ => Check::new(Verdict::Failed, "CA flag: not set, though it issued the one below"),
    });
    if !certificate.key_usage.is_empty() && !certificate.key_usage.contains(&"keyCertSign") {
        checks.push(Check::new(Verdict::Failed, "key usage: keyCertSign is missing"));
    }
    let below = height.saturating_sub(1);
    if let Some(most) = certificate.path_length
        && below > most as usize
    {
        let text = format!("path length: allows {most} CA certificates below it, there are {below}");
        checks.push(Check::new(Verdict::Failed, text));
    }
    checks
}

fn revocation(subject: &Subject<'_>, moment: Moment, settings: &Settings) -> Check {
    let certificate = subject.certificate;
    let Some(response) = subject.stapled.filter(|_| !subject.client && subject.link.index == 0) else {
        let hidden =
            if certificate.must_staple { "; the certificate demands a stapled response (must-staple)" } else { "" };
        return Check::new(Verdict::Unchecked, format!("revocation not checked{hidden}"));
    };
    let said = "revocation: the stapled OCSP response";
    let Some(answer) = response.answers.iter().find(|answer| answer.serial == certificate.serial) else {
        let what = match response.status {
            Some(0) if !response.answers.is_empty() => "is about another certificate",
            _ => "gives no answer",
        };
        return Check::new(Verdict::Odd, format!("{said} {what}"));
    };
    let date = |seconds: i64| clock::minute(seconds, settings);
    let (verdict, word) = match answer.status {
        RevocationStatus::Good => (Verdict::Unchecked, "says good".to_owned()),
        RevocationStatus::Revoked(since, _) => {
            let since = since.map(|since| format!(" since {}", date(since))).unwrap_or_default();
            (Verdict::Failed, format!("says REVOKED{since}"))
        }
        RevocationStatus::Unknown => (Verdict::Odd, "says unknown".to_owned()),
        RevocationStatus::Unread => (Verdict::Odd, "cannot be read".to_owned()),
    };
    let late = answer.next_update.is_some_and(|next| next < moment.seconds);
    let early = answer.this_update.is_some_and(|this| this > moment.seconds);
    let verdict = if (late || early) && verdict == Verdict::Unchecked { Verdict::Odd } else { verdict };
    let times = match (answer.this_update, answer.next_update) {
        (Some(from), Some(to)) => format!(", {} to {}", date(from), date(to)),
        (Some(from), None) => format!(", from {}", date(from)),
        _ => String::new(),
    };
    let remark = if late {
        ", out of date"
    } else if early {
        ", from the future"
    } else {
        ""
    };
    Check::new(verdict, format!("{said} {word}{times}{remark}; its signature is not checked"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{BufferId, Reader, Tree};
    use crate::tui::fixture;
    use crate::x509::{GeneralName, OcspAnswer};

    const DAY: i64 = 86_400;

    fn made() -> Certificate {
        let mut certificate = crate::x509::certificate(Reader::new(&[], BufferId(0)), &mut Tree::off());
        certificate.readable = true;
        certificate.version = 3;
        (certificate.not_before, certificate.not_after) = (100 * DAY, 200 * DAY);
        certificate
    }

    fn link(index: usize) -> Link {
        Link {
            index,
            issued_by: None,
            self_issued: false,
            key_identifiers_match: false,
            duplicate_of: None,
            on_path: true,
        }
    }

    #[test]
    fn dates_are_told_relative_to_the_moment() {
        for (day, now, verdict, text) in [
            (203, false, Verdict::Failed, "dates: expired 3 days before this capture"),
            (203, true, Verdict::Failed, "dates: expired 3 days ago"),
            (97, false, Verdict::Failed, "dates: begins 3 days after this capture"),
            (97, true, Verdict::Failed, "dates: begins in 3 days"),
            (150, false, Verdict::Ok, "dates: valid at this capture, 50 days left"),
            (100, false, Verdict::Ok, "dates: valid at this capture, 100 days left"),
            (200, true, Verdict::Ok, "dates: valid now, 0 seconds left"),
        ] {
            let check = dates(&made(), Moment { seconds: day * DAY, now, own: false });
            assert_eq!((check.verdict, check.text.as_str()), (verdict, text));
        }
        let turned = Certificate { not_before: 5, not_after: 1, ..made() };
        assert_eq!(dates(&turned, Moment { seconds: 3, now: true, own: false }).verdict, Verdict::Failed);
        for (seconds, text) in
            [(1, "1 second"), (90, "90 seconds"), (7200, "2 hours"), (i64::MAX, "292471208677 years")]
        {
            assert_eq!(span(seconds), text);
        }
    }

    fn verdicts(certificate: &Certificate, index: usize, client: bool, stapled: Option<&OcspResponse>) -> Vec<String> {
        let session = fixture::named(fixture::session(0), "a.example");
        let link = link(index);
        let subject = Subject { certificate, link: &link, height: index, client, session: &session, stapled };
        let moment = Moment { seconds: 150 * DAY, now: false, own: false };
        let checks = checks(&subject, moment, &Settings::default());
        checks.into_iter().map(|check| format!("{} {}", check.verdict.sign(), check.text)).collect()
    }

    #[test]
    fn what_was_not_checked_is_always_said() {
        for index in [0, 1] {
            for client in [false, true] {
                let said = verdicts(&made(), index, client, None).join("; ");
                for unchecked in
                    ["[--] signatures not checked", "[--] trust not checked", "[--] revocation not checked"]
                {
                    assert!(said.contains(unchecked), "{said}");
                }
            }
        }
    }

    #[test]
    fn names_uses_and_the_ca_flag_are_held_against_the_place() {
        let names = |names: &[&str]| names.iter().map(|name| GeneralName::Dns((*name).to_owned())).collect();
        let uses = |uses: &[&str]| uses.iter().map(|one| (*one).to_owned()).collect();
        for (certificate, index, client, expected) in [
            (
                Certificate { subject_alt_names: names(&["a.example"]), ..made() },
                0,
                false,
                "[ok] name: matches SNI a.example",
            ),
            (
                Certificate { subject_alt_names: names(&["b.example"]), ..made() },
                0,
                false,
                "[X] name: none of its names",
            ),
            (
                Certificate { extended_key_usage: uses(&["serverAuth"]), ..made() },
                0,
                false,
                "[ok] extended key usage: serverAuth",
            ),
            (
                Certificate { extended_key_usage: uses(&["serverAuth"]), ..made() },
                0,
                true,
                "[X] extended key usage: not for clientAuth",
            ),
            (Certificate { is_ca: Some(true), ..made() }, 0, false, "[!] CA flag: set on the peer's own"),
            (Certificate { is_ca: Some(true), ..made() }, 1, false, "[ok] CA flag: set"),
            (made(), 1, false, "[X] CA flag: not set"),
            (Certificate { key_usage: vec!["digitalSignature"], ..made() }, 1, false, "[X] key usage: keyCertSign"),
            (Certificate { path_length: Some(0), ..made() }, 2, false, "[X] path length: allows 0"),
            (
                Certificate { must_staple: true, ..made() },
                0,
                false,
                "[--] revocation not checked; the certificate demands",
            ),
            (Certificate { readable: false, ..made() }, 0, false, "[X] cannot be read"),
        ] {
            let said = verdicts(&certificate, index, client, None).join("; ");
            assert!(said.contains(expected), "{expected}: {said}");
        }
    }

    #[test]
    fn a_delegated_credential_is_told_with_its_end() {
        use crate::session::{Misfit, Unchecked, sample};
        use crate::tls::extension::DelegatedCredential;
        let mut session = sample::refused();
        assert_eq!(credential(&session, false, &Settings::default()), None);
        session.clues.credential = Some(Box::new(DelegatedCredential { valid_time: 3600, ..Default::default() }));
        for (result, verdict, text) in [
            (ProofResult::Verified, Verdict::Ok, "delegated credential: signed, until "),
            (ProofResult::Failed(Misfit::Credential), Verdict::Failed, "did not sign it"),
            (ProofResult::NotChecked(Unchecked::Unsupported), Verdict::Unchecked, "not checked: tlslab cannot"),
        ] {
            let kind = ProofKind::Credential;
            session.proofs = vec![Proof { kind, direction: Direction::ToClient, frame: 6, result }];
            let told = credential(&session, false, &Settings::default()).unwrap();
            assert!(told.verdict == verdict && told.text.contains(text), "{told:?}");
            assert_eq!(credential(&session, true, &Settings::default()), None);
        }
    }

    #[test]
    fn a_stapled_response_is_told_and_not_believed() {
        let certificate = Certificate { serial: vec![7], ..made() };
        let answer = |status, serial: u8, until: i64| OcspResponse {
            status: Some(0),
            answers: vec![OcspAnswer {
                hash_algorithm: String::new(),
                issuer_name_hash: Vec::new(),
                issuer_key_hash: Vec::new(),
                serial: vec![serial],
                status,
                this_update: Some(149 * DAY),
                next_update: Some(until * DAY),
                timestamps: Vec::new(),
            }],
            ..OcspResponse::default()
        };
        for (response, expected) in [
            (
                answer(RevocationStatus::Good, 7, 156),
                "[--] revocation: the stapled OCSP response says good, 1970-05-30 00:00 to 1970-06-06 00:00; its signature is not checked",
            ),
            (answer(RevocationStatus::Good, 7, 149), "[!] revocation"),
            (
                answer(RevocationStatus::Revoked(Some(0), None), 7, 156),
                "[X] revocation: the stapled OCSP response says REVOKED since 1970-01-01 00:00",
            ),
            (answer(RevocationStatus::Good, 8, 156), "is about another certificate"),
            (OcspResponse { status: Some(3), ..OcspResponse::default() }, "gives no answer"),
        ] {
            let said = verdicts(&certificate, 0, false, Some(&response)).join(" | ");
            assert!(said.contains(expected), "{expected}: {said}");
        }
    }
}
