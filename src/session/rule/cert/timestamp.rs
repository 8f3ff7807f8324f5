//! Promises of public logs that do not hold, where a list of logs was given to check them by.

use super::super::case::Case;
use super::super::finding::Answer::{NotEnough, Silent};
use super::super::finding::{Answer, Confidence, Found};
use super::super::words::quoted;
use super::blame::{blamed, whose};
use crate::base::Severity;
use crate::net::Direction::ToClient;
use crate::x509::verify::{Delivery, TimestampCheck, TimestampResult};

pub(super) fn bad(case: &Case<'_>) -> Answer {
    let Some((leaf, ruling)) = case.leaf().zip(case.session.judgement.of_server()) else { return Silent };
    let wrong = ruling.timestamps.iter().find(|check| check.result == TimestampResult::WrongSignature);
    let doubtful = ruling.timestamps.iter().find(|check| matches!(check.result, TimestampResult::DoesNotCount(_)));
    let Some(check) = wrong.or(doubtful) else {
        let unasked = ruling.timestamps.iter().any(|check| check.result == TimestampResult::NoLogs);
        let matters = unasked && blamed(case, &[]).is_some();
        return if matters { NotEnough("no list of logs was given (--ct-logs)") } else { Silent };
    };
    let (what, name) = (said(check), whose(leaf));
    let found = Found::new(Confidence::Certain, format!("With the certificate for {name} came a {what}."));
    // One that does not count takes nothing from the others.
    let found = if wrong.is_some() { found } else { found.milder(Severity::Note) };
    let field = if check.delivery == Delivery::Certificate { "x509.sct.signature" } else { "" };
    found
        .because(blamed(case, &[]).map(|_| Confidence::Possible), || "a timestamp of a log does not hold".to_owned())
        .by(case.at_message(ToClient, 11, what.clone(), field).or_else(|| case.at_message(ToClient, 25, what, "")))
        .by(case.at_end())
        .into()
}

/// `timestamp of "Larch" (in the certificate) that the log did not sign for it`.
fn said(check: &TimestampCheck) -> String {
    let (log, place) = (quoted(&check.log_name()), check.delivery.text());
    let fault = match check.result {
        TimestampResult::DoesNotCount(doubt) => format!("that does not count: {}", doubt.text()),
        _ => "that the log did not sign for it".to_owned(),
    };
    format!("timestamp of {log} ({place}) {fault}")
}
