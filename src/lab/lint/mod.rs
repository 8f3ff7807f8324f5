//! The linter of scenario files: what only shows when a scenario is played, each rule a row of a table.
//!
//! ```text
//!   text ─► ScenarioFile (its own problems end it) ─► Bench (every variant played, twice)
//!                                                       └─► RULES ─► findings, in the order of the file
//! ```
//!
//! What a file says wrongly is told by whoever reads it; here it is held against what happens.

mod bench;
mod overlay;
mod rule;
#[cfg(test)]
mod tests;

pub use overlay::Overlay;

use super::scenario::{Problem, ScenarioFile};
use bench::Bench;

/// One thing that must hold of every scenario file.
#[derive(Debug)]
pub struct Rule {
    /// Its name, for messages.
    pub name: &'static str,
    /// What it demands, in one sentence.
    pub text: &'static str,
    /// Finds what breaks it; nothing for the rule that the reader itself is.
    check: fn(&Bench<'_>) -> Vec<Problem>,
}

/// Something in a file that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file: the scenario's, or that of a translation.
    pub file: String,
    /// What is wrong, and where.
    pub problem: Problem,
    /// The name of the rule.
    pub rule: &'static str,
}

/// All rules, in the order in which they are checked.
pub static RULES: &[Rule] = &[
    Rule {
        name: "form",
        text: "The file can be read: every key is known, and every value fits.",
        check: |_| Vec::new(),
    },
    Rule { name: "pki", text: "Every certificate, key and revocation list can be made.", check: rule::pki },
    Rule {
        name: "expect",
        text: "Every variant can be played, something is expected of it, and every expectation holds.",
        check: rule::expect,
    },
    Rule {
        name: "place",
        text: "Every place of a step or caption is there in every variant, unless it may be missed; then in one.",
        check: rule::place,
    },
    Rule {
        name: "answer",
        text: "Every answer and explanation can be computed, and every field that is asked for is there.",
        check: rule::answer,
    },
    Rule {
        name: "one-fault",
        text: "Of the checks of certificates one fails, in certificate-faults and where `faults` says how many.",
        check: rule::one_fault,
    },
    Rule { name: "solution", text: "A task to mend has a solution, and it reaches every goal.", check: rule::solution },
    Rule { name: "cheat", text: "Every cheat misses a goal.", check: rule::cheat },
    Rule {
        name: "translation",
        text: "A translation has the texts of the file, all of them and no others.",
        check: overlay::check,
    },
    Rule { name: "same-bytes", text: "Two runs give the same bytes.", check: rule::same_bytes },
];

/// Checks a scenario file by all rules. Overlays are its translations.
#[must_use]
pub fn lint(name: &str, text: &str, overlays: &[Overlay]) -> Vec<Finding> {
    let file = match ScenarioFile::read(name, text) {
        Ok(file) => file,
        Err(problems) => {
            let finding = |problem| Finding { file: name.to_owned(), problem, rule: "form" };
            return problems.into_iter().map(finding).collect();
        }
    };
    lint_file(&file, overlays)
}

/// Checks a scenario file that was read.
#[must_use]
pub fn lint_file(file: &ScenarioFile, overlays: &[Overlay]) -> Vec<Finding> {
    let bench = Bench::new(file, overlays);
    let mut findings = Vec::new();
    for rule in RULES {
        let finding = |problem| Finding { file: file.name().to_owned(), problem, rule: rule.name };
        findings.extend((rule.check)(&bench).into_iter().map(finding));
    }
    findings.extend(overlay::findings(&bench));
    findings.sort();
    findings.dedup();
    findings
}
