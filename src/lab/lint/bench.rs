//! A scenario file with all its runs, played once for all rules.

use super::Overlay;
use crate::lab::batch::{self, Job};
use crate::lab::run::{Judgement, PlayError, Run, play};
use crate::lab::scenario::{Edit, ScenarioFile};

/// What the rules look at.
pub(super) struct Bench<'a> {
    pub(super) file: &'a ScenarioFile,
    pub(super) overlays: &'a [Overlay],
    /// Every variant, in the order of the file.
    pub(super) plays: Vec<Played>,
}

/// A variant and what came of it.
pub(super) struct Played {
    /// The variant; `None` where the file has none.
    pub(super) variant: Option<String>,
    /// The run with what came of each expectation, or why there is none.
    pub(super) result: Result<(Run, Vec<Judgement>), PlayError>,
}

impl<'a> Bench<'a> {
    pub(super) fn new(file: &'a ScenarioFile, overlays: &'a [Overlay]) -> Self {
        let plays = batch::jobs(file).into_iter().map(|job| {
            let result = batch::perform(&job).map(|played| (played.run, played.judgements));
            Played { variant: job.variant, result }
        });
        Self { file, overlays, plays: plays.collect() }
    }

    /// The runs that there are.
    pub(super) fn runs(&self) -> impl Iterator<Item = &Run> {
        self.plays.iter().filter_map(|played| played.result.as_ref().ok()).map(|(run, _)| run)
    }

    /// The run of a variant; of the first one where none is named.
    pub(super) fn run(&self, variant: Option<&str>) -> Option<&Run> {
        let named = |played: &&Played| variant.is_none() || played.variant.as_deref() == variant;
        self.plays.iter().find(named)?.result.as_ref().ok().map(|(run, _)| run)
    }

    /// Plays a variant again, with edits.
    pub(super) fn again(&self, variant: Option<&str>, edits: &[Edit]) -> Result<Run, String> {
        let words = |problems: Vec<crate::lab::scenario::Problem>| {
            problems.into_iter().map(|problem| problem.text).collect::<Vec<_>>().join("; ")
        };
        let chosen = variant.map(|id| self.file.variant(id)).transpose().map_err(words)?;
        let edited = chosen.as_ref().unwrap_or(self.file).with(edits).map_err(words)?;
        play(&edited, None).map_err(|error| error.to_string())
    }
}

/// A variant as messages name it.
pub(super) fn in_variant(variant: Option<&str>) -> String {
    variant.map(|id| format!(" in the variant `{id}`")).unwrap_or_default()
}

/// The job of a variant, to be played once more.
pub(super) fn job(file: &ScenarioFile, variant: Option<&String>) -> Job {
    Job { file: file.clone(), variant: variant.cloned() }
}
