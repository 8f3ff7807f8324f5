//! What was found of certificates: by the check ladder of a lab run, and by the judgement of a captured session.

use super::kept::{Kept, raw};
use super::value::{Date, Hex, List, Plain, Short, object};
use crate::session::Judged;
use crate::session::judgement::{NotJudged, Ruling};
use crate::x509::verify::{
    Outcome, PathLink, Profile, Rung, TimestampCheck, TimestampResult, TrustAnchor, Verification, Which,
};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// The whole ladder.
pub(super) struct VerificationJson<'a>(pub(super) &'a Verification);

impl Serialize for VerificationJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, {
            "accepted": self.0.accepted,
            "failed": self.0.failure().map(|rung| rung.check.word()),
            "checks": List(self.0.rungs.iter().map(RungJson)),
        })
    }
}

struct RungJson<'a>(&'a Rung);

impl Serialize for RungJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rung = self.0;
        let (of, index) = place(rung.certificate);
        let why = if let Outcome::NotChecked { why } = rung.outcome { Some(why) } else { None };
        object!(serializer, {
            "check": rung.check.word(),
            "of": of,
            "index": index,
            "outcome": rung.outcome.word(),
            "evidence": rung.evidence,
            "why": why,
            "enforced": rung.enforced,
            "policy": rung.policy,
        })
    }
}

fn place(which: Which) -> (&'static str, usize) {
    match which {
        Which::Sent(index) => ("sent", index),
        Which::Anchor(index) => ("anchor", index),
    }
}

/// What the user's anchors make of one side of a session: what failed and what was not looked at, one by one; what
/// passed is not told.
pub(super) struct JudgedJson<'a>(pub(super) &'a Judged, pub(super) &'a Rulings);

/// The lists of rulings that were written before.
pub(super) type Rulings = Kept<Ruling, Lists>;

/// The JSON of what a ruling has of lists.
pub(super) struct Lists {
    path: Box<RawValue>,
    problems: Box<RawValue>,
    overlooked: Box<RawValue>,
    timestamps: Box<RawValue>,
    not_checked: Box<RawValue>,
}

impl Lists {
    /// The lists of a ruling, and how long they are.
    fn of(ruling: &Ruling) -> Option<(Self, usize)> {
        let lists = Self {
            path: raw(&List(ruling.verification.path.iter().map(LinkJson)))?,
            problems: raw(&List(ruling.problems().map(RungJson).collect::<Vec<_>>().iter()))?,
            overlooked: raw(&List(ruling.verification.overlooked().map(RungJson).collect::<Vec<_>>().iter()))?,
            timestamps: raw(&List(ruling.timestamps.iter().map(TimestampJson)))?,
            not_checked: raw(&List(ruling.not_checked().map(RungJson).collect::<Vec<_>>().iter()))?,
        };
        let texts = [&lists.path, &lists.problems, &lists.overlooked, &lists.timestamps, &lists.not_checked];
        let bytes = texts.iter().map(|text| text.get().len()).sum();
        Some((lists, bytes))
    }
}

impl Serialize for JudgedJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let judged = self.0;
        let ruling = match &judged.result {
            Ok(ruling) => ruling,
            Err(why) => return not_judged(*why, judged.at, serializer),
        };
        let verification = &ruling.verification;
        let Some(lists) = self.1.of(ruling, Lists::of) else {
            return Err(S::Error::custom("a list cannot be written"));
        };
        object!(serializer, {
            "result": Plain(judged.word()),
            "accepted": verification.accepted,
            "profile": profile(verification.profile),
            "time": Date(judged.at),
            "name": ruling.name.as_ref().map(Short),
            "path": lists.path,
            "anchor": ruling.anchor().map(|anchor| AnchorJson { anchor, ruling }),
            "problems": lists.problems,
            "overlooked": lists.overlooked,
            "timestamps": lists.timestamps,
            "timestamps_not_checked": ruling.timestamps.iter().filter(|check| is_unchecked(check)).count(),
            "not_checked": lists.not_checked,
        })
    }
}

struct TimestampJson<'a>(&'a TimestampCheck);

impl Serialize for TimestampJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let check = self.0;
        let seconds = i64::try_from(check.timestamp / 1000).unwrap_or(i64::MAX);
        object!(serializer, {
            "log": check.log.as_ref().map(|log| log.name.as_str()),
            "log_id": Hex(&check.log_id),
            "delivery": check.delivery.word(),
            "time": Date(seconds),
            "result": check.result.word(),
            "text": check.result.text(),
        })
    }
}

fn is_unchecked(check: &TimestampCheck) -> bool {
    use TimestampResult::{NoLogs, NotChecked, UnknownLog};
    matches!(check.result, NoLogs | UnknownLog | NotChecked { .. })
}

fn not_judged<S: Serializer>(why: NotJudged, at: i64, serializer: S) -> Result<S::Ok, S::Error> {
    object!(serializer, { "result": Plain("not-judged"), "why": why.text(), "time": Date(at) })
}

fn profile(profile: Profile) -> &'static str {
    match profile {
        Profile::Rustls => "rustls",
        Profile::Strict => "strict",
    }
}

struct LinkJson<'a>(&'a PathLink);

impl Serialize for LinkJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (of, index) = place(self.0.certificate);
        object!(serializer, { "of": of, "index": index, "subject": self.0.subject })
    }
}

struct AnchorJson<'a> {
    anchor: &'a TrustAnchor,
    ruling: &'a Ruling,
}

impl Serialize for AnchorJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let subject = self.ruling.anchor_subject();
        object!(serializer, {
            "subject": subject, "sha256": Hex(&self.anchor.sha256()), "store": self.anchor.store(),
        })
    }
}
