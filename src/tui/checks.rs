//! The words and signs of a check ladder, wherever one is shown: in the lab, and for certificates of captures.

use super::theme::Theme;
use crate::base::printable;
use crate::x509::verify::{Outcome, Rung, Verification, Which};
use ratatui::style::Style;

/// Whether a rung is worth a row: what has no meaning for a certificate is left out.
pub(super) fn is_shown(rung: &Rung) -> bool {
    rung.outcome != Outcome::NotApplicable
}

/// The sign in front of a rung, and how it looks.
pub(super) fn sign(rung: &Rung, theme: &Theme) -> (&'static str, Style) {
    match (rung.outcome, rung.enforced) {
        (Outcome::Passed, _) => ("[ok]", theme.ok),
        (Outcome::Failed, true) => ("[X] ", theme.failed),
        (Outcome::Failed, false) => ("[!] ", theme.warn),
        (Outcome::NotChecked { .. } | Outcome::NotApplicable, _) => ("[--]", theme.muted),
    }
}

/// What came of a rung, behind its word.
pub(super) fn remark(rung: &Rung, decided: bool) -> &'static str {
    match (rung.outcome, rung.enforced) {
        (Outcome::Failed, true) if decided => ": fails, and decides",
        (Outcome::Failed, true) => ": fails too",
        (Outcome::Failed, false) => ": fails; rustls does not check this",
        (Outcome::NotChecked { .. }, _) => ": not checked",
        _ => "",
    }
}

/// What decided, as sentences.
pub(super) fn evidence(rung: &Rung) -> String {
    let policy = rung.policy.as_deref().map(|policy| format!(" {policy}")).unwrap_or_default();
    let why = match rung.outcome {
        Outcome::NotChecked { why } if why == rung.evidence => "not checked: ".to_owned(),
        Outcome::NotChecked { why } => format!("not checked: {why}. "),
        _ => String::new(),
    };
    printable(&format!("{why}{}{policy}", rung.evidence))
}

/// Which certificate of the ladder it is: `certificate 1: CN=localhost`.
pub(super) fn name(which: Which, verification: &Verification) -> String {
    let subject = verification.path.iter().find(|link| link.certificate == which).map(|link| link.subject.clone());
    let (what, subject) = match which {
        Which::Sent(place) => (format!("certificate {}", place + 1), subject),
        Which::Anchor(_) => ("anchor".to_owned(), subject),
    };
    let words = match subject {
        Some(subject) if subject.is_empty() => format!("{what}: no subject, only names"),
        Some(subject) => format!("{what}: {subject}"),
        None => format!("{what}: not on the path"),
    };
    printable(&words)
}
