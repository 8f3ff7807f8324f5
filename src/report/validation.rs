//! What the user's anchors make of certificates, in words.

use super::fact::Fact;
use super::moment::Moment;
use crate::base::printable;
use crate::session::Session;
use crate::session::judgement::{Judged, Ruling};
use crate::x509::verify::{Check, Purpose, Rung, TimestampCheck, TimestampResult, Which};
use std::collections::BTreeSet;

/// One fact for each side that showed certificates, where somebody looked.
pub(super) fn facts(session: &Session) -> impl Iterator<Item = Fact> {
    session.judgement.sides().map(|(purpose, judged)| {
        let label = match purpose {
            Purpose::Server => "server trusted?",
            Purpose::Client => "client trusted?",
        };
        Fact { label, lines: lines(judged) }
    })
}

fn lines(judged: &Judged) -> Vec<String> {
    let ruling = match &judged.result {
        Ok(ruling) => ruling,
        Err(why) => return vec![format!("not judged: {}", why.text())],
    };
    let mut lines = vec![headline(ruling, judged.at)];
    lines.extend(ruling.problems().map(|rung| format!("   {}: {}", said_of(rung), rung.evidence)));
    let unchecked: BTreeSet<_> = ruling.not_checked().filter(|rung| is_sent(rung)).map(|rung| rung.check).collect();
    let (unasked, checked): (Vec<_>, Vec<_>) =
        ruling.timestamps.iter().partition(|check| check.result == TimestampResult::NoLogs);
    lines.extend(checked.into_iter().map(|check| format!("   {}", timestamp(check))));
    if !unchecked.is_empty() || !unasked.is_empty() {
        let mut words: Vec<_> = unchecked.into_iter().map(Check::word).collect();
        words.extend((!unasked.is_empty()).then_some("timestamps of logs"));
        lines.push(format!("   not checked: {}", words.join(", ")));
    }
    lines
}

/// What came of a promise of a log.
fn timestamp(check: &TimestampCheck) -> String {
    let (log, place) = (printable(&check.log_name()), check.delivery.text());
    format!("timestamp of {log} {place}: {}", check.result.text())
}

/// Of an anchor, hardly anything counts but its name and key.
fn is_sent(rung: &Rung) -> bool {
    matches!(rung.certificate, Which::Sent(_))
}

fn headline(ruling: &Ruling, at: i64) -> String {
    let moment = Moment::from_seconds(at).map_or_else(|| at.to_string(), |moment| moment.as_str().to_owned());
    match (ruling.verification.accepted, ruling.anchor().zip(ruling.anchor_subject())) {
        (true, Some((anchor, subject))) => {
            format!("yes, at {moment}: {} ({})", printable(subject), printable(anchor.store()))
        }
        (true, None) => format!("yes, at {moment}"),
        (false, _) => format!("NO, at {moment}"),
    }
}

/// Which check of which certificate: `validity of certificate 1`.
fn said_of(rung: &Rung) -> String {
    match rung.certificate {
        Which::Sent(index) => format!("{} of certificate {}", rung.check.word(), index + 1),
        Which::Anchor(_) => format!("{} of the anchor", rung.check.word()),
    }
}
