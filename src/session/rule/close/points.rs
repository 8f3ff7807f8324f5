//! Ends that one capture point saw and another contradicts: they came from between the two.

use super::super::case::{Case, How};
use super::super::finding::Answer::Silent;
use super::super::finding::{Answer, Confidence, Evidence, Found};
use super::super::words::{capital, counted, side};
use crate::session::{Contradiction, EventKind, Sighting, Sign, contradiction};

pub(super) fn between(case: &Case<'_>) -> Answer {
    let Some(found) = of_session(case) else { return Silent };
    let is_end = case.end.is_some_and(|end| {
        let how = if found.closing.reset { How::Reset } else { How::Closed };
        end.by == found.closing.by && end.how == how
    });
    let minds = is_end.then_some(Confidence::Likely);
    let name = if found.closing.reset { "RST" } else { "FIN" };
    told(&found).because(minds, || format!("the {name} came from between two capture points")).into()
}

/// What two capture points of a connection contradict each other in.
pub(in super::super) fn of_session(case: &Case<'_>) -> Option<Contradiction> {
    if case.session.transport.other_sightings.is_empty() {
        return None;
    }
    let sightings: Vec<&Sighting> = case.session.transport.sightings().collect();
    contradiction(&sightings)
}

/// A contradiction in words, with the frames that show it.
pub(in super::super) fn told(found: &Contradiction) -> Found {
    let Contradiction { closing, seen, missed, sign } = *found;
    let (here, there) = (seen.name(missed), missed.name(seen));
    let (who, name) = (side(closing.by), if closing.reset { "RST" } else { "FIN" });
    let (text, more) = match sign {
        Sign::WentOn(bytes) => {
            let text = format!(
                "A {name} in the name of {who} is in {here} and not in {there}, where {who} went on by {}: somebody \
                 between the two points sent it.",
                counted(u64::from(bytes), "byte")
            );
            (text, None)
        }
        Sign::Both(frame) => {
            let other = side(closing.by.reverse());
            let text = format!(
                "A {name} in the name of {who} is in {here} alone, one in the name of {other} in {there} alone: somebody \
                 between the two points cut both off."
            );
            (text, Some(Evidence::frame(frame, format!("the {name} in the name of {other}, in {there}"))))
        }
    };
    let evidence = Evidence::frame(closing.frame, format!("the {name} in the name of {who}, in {here}"));
    Found::new(Confidence::Likely, capital(&text)).by([evidence]).by(more)
}

/// Whether the event is an end that another capture point contradicts.
pub(super) fn is_contradicted(case: &Case<'_>, event: usize) -> bool {
    let Some((found, event)) = of_session(case).zip(case.event(event)) else { return false };
    event.direction == found.closing.by && found.closing.reset == (event.kind == EventKind::Reset)
}
