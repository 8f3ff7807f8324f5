//! What was found in all sessions, gathered rule by rule. Made anew when the capture has news, and only while the
//! screen that shows it is in sight.

use super::effect::Job;
use super::model::Model;
use super::same::Same;
use crate::base::Severity;
use crate::capture::Snapshot;
use crate::session::Session;
use crate::session::rule::{Finding, Rule, rules};
use std::collections::HashMap;
use std::sync::Arc;

/// All findings, by their rules.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// One group for each rule that found something, in the order of the rules.
    pub groups: Vec<Group>,
    /// How many sessions something was found in.
    pub sessions: usize,
    /// The opening and the snapshot that it was made of.
    pub(crate) made_of: MadeOf,
}

/// An opening and a state of it.
pub(crate) type MadeOf = Option<(Job, Same<Snapshot>)>;

/// What one rule found.
#[derive(Clone, Debug)]
pub struct Group {
    /// The rule.
    pub rule: &'static Rule,
    /// The worst of what it found.
    pub severity: Severity,
    /// Where it found it, in the order of the capture; what is said of several sessions at the end.
    pub members: Vec<Member>,
    /// How many of them are single sessions.
    pub sessions: usize,
}

/// One finding, by where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// In a session.
    Session {
        /// The session's place in the snapshot.
        place: usize,
        /// The finding's place in the session.
        finding: usize,
    },
    /// Of several sessions, or of connections without TLS, by its place in the snapshot.
    Capture(usize),
}

impl Member {
    /// The finding.
    #[must_use]
    pub fn finding(self, model: &Model) -> Option<&Finding> {
        match self {
            Self::Session { place, finding } => model.snapshot.sessions.get(place)?.findings.get(finding),
            Self::Capture(index) => Some(&model.snapshot.findings.get(index)?.finding),
        }
    }

    /// The session that it is about; of several the first.
    #[must_use]
    pub fn session(self, model: &Model) -> Option<&Arc<Session>> {
        match self {
            Self::Session { place, .. } => model.snapshot.sessions.get(place),
            Self::Capture(index) => {
                let number = model.snapshot.findings.get(index)?.sessions.first()?;
                model.snapshot.sessions.iter().find(|session| session.number == *number)
            }
        }
    }
}

impl Model {
    /// Gathers the findings anew where there is news.
    pub(crate) fn settle_findings(&mut self) {
        let made_of = Some((self.loading.job, Same::of(&self.snapshot)));
        if self.findings.made_of != made_of {
            self.findings = Findings { made_of, ..gather(self) };
        }
    }
}

fn gather(model: &Model) -> Findings {
    let order: HashMap<&str, usize> = rules().enumerate().map(|(place, rule)| (rule.id, place)).collect();
    let mut groups: Vec<Group> = Vec::new();
    let mut of_rule: HashMap<&str, usize> = HashMap::new();
    let mut take = |finding: &Finding, member: Member| {
        let index = *of_rule.entry(finding.rule.id).or_insert_with(|| {
            groups.push(Group { rule: finding.rule, severity: finding.severity, members: Vec::new(), sessions: 0 });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(index) {
            group.severity = group.severity.max(finding.severity);
            group.sessions += usize::from(matches!(member, Member::Session { .. }));
            group.members.push(member);
        }
    };
    let mut sessions = 0;
    for (place, session) in model.snapshot.sessions.iter().enumerate() {
        let told = session.findings.iter().enumerate().filter(|(_, found)| found.severity > Severity::Chat);
        let before = told.map(|(finding, found)| take(found, Member::Session { place, finding })).count();
        sessions += usize::from(before > 0);
    }
    for (index, found) in model.snapshot.findings.iter().enumerate() {
        take(&found.finding, Member::Capture(index));
    }
    groups.sort_by_key(|group| order.get(group.rule.id).copied());
    Findings { groups, sessions, made_of: None }
}
