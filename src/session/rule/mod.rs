//! Why a session went the way it did: a table of rules, and the verdict that is chosen from what they find.
//!
//! A rule looks at the facts of one session, or at what several have in common, and answers with a finding, with
//! silence, or with what it would need to know. It never guesses: a finding names its evidence and how sure it is. The
//! alert is never taken for the cause: what one side says is held against what was offered, what was shown, how far
//! the session had come, and what this program finds wrong by itself. All times are those of the capture.
//!
//! ```text
//!   Session ─► Case ─► rules of a family ─► Finding ─┬─► Session.findings ─► Verdict
//!   Session ─► Digest ─► across ─────────────────────┴─► findings of the capture
//!
//!   case     what nearly all rules ask, worked out once        finding  what a rule answers
//!   leave    who left without a word
//!   net      before TLS and around it      neg    versions, suites, groups, extensions
//!   cert     the server's certificate      mtls   the client's
//!   res ech kex   resumption, encrypted hellos, keys           close    who hung up
//!   cap dec  what the capture and the keys do not show         post     what went well and should be better
//! ```

mod across;
mod cap;
mod case;
mod cert;
mod close;
mod dec;
mod ech;
mod finding;
mod kex;
mod leave;
mod mtls;
mod neg;
mod net;
mod post;
mod res;
mod verdict;
mod words;

use super::facts::{Kind, Session};
use crate::base::Severity;
pub use across::{Across, CaptureFinding};
use case::Case;
pub use case::Stage;
use finding::{Answer, Found};
pub use finding::{Cause, Confidence, Evidence, Finding, OpenQuestion};
pub(super) use neg::key_of;
pub use verdict::{Decider, Verdict};

/// One thing that can be found of a session.
#[derive(Debug)]
pub struct Rule {
    /// Its name: the family and a number.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is found, in a few words.
    pub title: &'static str,
    /// What it needs to see.
    pub sees: &'static str,
    /// What would show that it is wrong.
    pub disproof: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// The standard, or the document that describes it.
    pub reference: &'static str,
    /// The scenario of the lab that shows it, by its id.
    pub scenario: Option<&'static str>,
    check: Check,
}

type Check = fn(&Case<'_>) -> Answer;

impl PartialEq for Rule {
    /// No two rules have one id.
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// All rules, family by family.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().copied().flatten()
}

/// The rule of that id; case does not count.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id.eq_ignore_ascii_case(id))
}

static FAMILIES: &[&[Rule]] = &[
    net::RULES,
    neg::RULES,
    cert::RULES,
    mtls::RULES,
    res::RULES,
    ech::RULES,
    kex::RULES,
    close::RULES,
    cap::RULES,
    dec::RULES,
    post::RULES,
];

/// For rules that look at several connections and say nothing of one.
fn several(_: &Case<'_>) -> Answer {
    Answer::Silent
}

/// Asks all rules about a session whose facts are complete, and chooses its verdict. To be called again when the
/// [judgement](Session::judgement) has changed.
pub fn conclude(session: &mut Session) {
    if session.kind != Kind::Tls {
        return;
    }
    let case = Case::new(session);
    let mut open_questions = Vec::new();
    let answered = rules().filter_map(|rule| match (rule.check)(&case) {
        Answer::Silent => None,
        Answer::Found(answer) => Some(found(rule, answer)),
        Answer::NotEnough(why) => {
            open_questions.push(OpenQuestion { rule, why });
            None
        }
    });
    let findings: Vec<Finding> = answered.collect();
    let verdict = verdict::of(&case, &findings);
    (session.findings, session.open_questions, session.verdict) = (findings, open_questions, verdict);
}

fn found(rule: &'static Rule, answer: Found) -> Finding {
    let Found { confidence, severity, text, evidence, cause } = answer;
    Finding { rule, severity: severity.unwrap_or(rule.severity), confidence, text, evidence, cause }
}

#[cfg(test)]
mod tests;
