//! Findings and the verdict in JSON.

use super::value::{List, Plain, object};
use crate::session::Session;
use crate::session::rule::{CaptureFinding, Confidence, Decider, Evidence, Finding, OpenQuestion, Rule, Stage};
use serde::ser::{Serialize, SerializeMap, Serializer};

pub(super) struct FindingJson<'a>(pub(super) &'a Finding);

impl Serialize for FindingJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Finding { rule, severity, confidence, text, evidence, cause } = self.0;
        object!(serializer, {
            "rule": Plain(rule.id),
            "severity": Plain(severity.word()),
            "confidence": Plain(confidence.word()),
            "title": Plain(rule.title),
            "text": text,
            "evidence": List(evidence.iter().map(EvidenceJson)),
            "explains": cause.as_ref().map(|cause| Plain(cause.confidence.word())),
            "fix": Plain(rule.fix),
            "reference": Plain(rule.reference),
        })
    }
}

/// What a rule could not tell.
pub(super) struct OpenQuestionJson<'a>(pub(super) &'a OpenQuestion);

impl Serialize for OpenQuestionJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let OpenQuestion { rule, why } = self.0;
        object!(serializer, { "rule": Plain(rule.id), "title": Plain(rule.title), "why": why })
    }
}

/// A finding of the whole capture.
pub(super) struct CaptureFindingJson<'a>(pub(super) &'a CaptureFinding);

impl Serialize for CaptureFindingJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let CaptureFinding { finding, sessions } = self.0;
        object!(serializer, { "finding": FindingJson(finding), "sessions": sessions })
    }
}

struct EvidenceJson<'a>(&'a Evidence);

impl Serialize for EvidenceJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Evidence { frame, what, event, field } = self.0;
        object!(serializer, { "frame": frame, "what": what, "event": event, "field": field.map(Plain) })
    }
}

/// The verdict of a session.
pub(super) struct VerdictJson<'a>(pub(super) &'a Session);

impl Serialize for VerdictJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let session = self.0;
        let verdict = session.verdict;
        let finding = session.verdict_finding();
        let frame = verdict.event.and_then(|event| session.timeline.get(event)).map(|event| event.frame);
        object!(serializer, {
            "line": session.verdict_line(),
            "text": session.verdict_text(),
            "rule": finding.map(|found| Plain(found.rule.id)),
            "confidence": verdict.confidence.map(Confidence::word).map(Plain),
            "decided_by": verdict.decided_by.map(Decider::word).map(Plain),
            "stage": verdict.stage.map(Stage::word).map(Plain),
            "frame": frame,
            "event": verdict.event,
            "fix": finding.map(|found| Plain(found.rule.fix)),
        })
    }
}

/// A rule of the table.
pub(super) struct RuleJson(pub(super) &'static Rule);

impl Serialize for RuleJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Rule { id, severity, title, sees, disproof, fix, reference, scenario, .. } = self.0;
        object!(serializer, {
            "rule": Plain(id),
            "severity": Plain(severity.word()),
            "title": title,
            "sees": sees,
            "disproof": disproof,
            "fix": fix,
            "reference": reference,
            "scenario": scenario,
        })
    }
}
