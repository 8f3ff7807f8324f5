//! The lab as the screens see it: the scenarios, the one at hand with its knobs, its run, and where the playback
//! stands. Playing itself is an effect: a run comes back as news.

pub mod knob;
pub mod playback;
pub mod progress;

use super::effect::{Effect, Job};
use crate::lab::run::Run;
use crate::lab::scenario::{Edit, Scenario, Variant, catalogue};
use playback::{Motion, Playback};
use progress::{Mark, Progress};
use std::path::PathBuf;
use std::sync::Arc;

/// The scenarios that can be played.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// All of them, group by group.
    pub scenarios: Vec<Arc<Scenario>>,
}

/// What was set when a run was played.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setup {
    /// The variant, where the scenario has any.
    pub variant: Option<String>,
    /// The knobs that were turned, beyond the variant.
    pub edits: Vec<Edit>,
}

/// A run with what was set for it.
#[derive(Clone, Debug)]
pub struct Take {
    /// The run.
    pub run: Arc<Run>,
    /// What was set.
    pub setup: Setup,
}

/// A play that is going on outside.
#[derive(Clone, Debug)]
pub struct Playing {
    job: Job,
    setup: Setup,
    /// How far to play it back when it comes.
    then: Motion,
}

/// The state of the lab.
#[derive(Debug, Default)]
pub struct Lab {
    /// The scenarios; `None` until they were read.
    pub catalogue: Option<Catalogue>,
    /// The scenario at hand, as its file has it.
    pub scenario: Option<Arc<Scenario>>,
    /// What is set for the next run.
    pub setup: Setup,
    /// The run, and how far it was played back.
    pub playback: Option<Playback>,
    /// What was set for it.
    pub played: Setup,
    /// The run before it, of the same scenario.
    pub before: Option<Take>,
    /// The play that is going on.
    pub playing: Option<Playing>,
    /// Why the last play came to nothing.
    pub problems: Vec<String>,
    /// What was done so far, in all scenarios.
    pub progress: Progress,
    /// What the command line asked for: the name of a scenario, or the path of a file.
    pub asked_for: Option<String>,
    reading: bool,
    jobs: Job,
}

/// A change of the lab that a screen asks for.
#[derive(Clone, Debug)]
pub enum LabChange {
    /// Take this scenario.
    Choose(Arc<Scenario>),
    /// Take this variant of it.
    Variant(String),
    /// Turn a knob.
    Turn(Edit),
    /// Turn all knobs back.
    TurnBack,
    /// Play it, and go so far in the playback.
    Play(Motion),
    /// Go on in the playback, or back.
    Go {
        /// How far.
        motion: Motion,
        /// Whether on.
        forward: bool,
    },
    /// Go to where this step of the playback has just happened.
    GoTo(usize),
}

impl Lab {
    /// The variant that is set.
    #[must_use]
    pub fn variant(&self) -> Option<&Variant> {
        let wanted = self.setup.variant.as_deref()?;
        self.scenario.as_ref()?.variants.iter().find(|variant| variant.id == wanted)
    }

    /// The knobs as they are set.
    #[must_use]
    pub fn knobs(&self) -> Vec<knob::Knob> {
        let Some(scenario) = &self.scenario else { return Vec::new() };
        knob::knobs(scenario, self.setup.variant.as_deref(), &self.setup.edits)
    }

    /// Whether there is a run to show, or will be in a moment.
    #[must_use]
    pub fn has_run(&self) -> bool {
        self.playback.is_some() || self.playing.is_some()
    }

    /// Whether something was set anew since the run was played.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.playback.is_some() && self.setup != self.played
    }

    /// Asks for the scenarios when they are needed for the first time.
    pub(crate) fn wanted(&mut self) -> Option<Effect> {
        if self.catalogue.is_some() || self.reading {
            return None;
        }
        self.reading = true;
        let own = self.asked_for.as_deref().filter(|name| catalogue::find(name).is_none()).map(PathBuf::from);
        Some(Effect::ReadCatalogue { own })
    }

    /// Takes the scenarios; with them comes the file that the command line named.
    pub(crate) fn take_catalogue(
        &mut self,
        catalogue: Catalogue,
        own: Option<Arc<Scenario>>,
        progress: Progress,
    ) -> Option<String> {
        self.progress = progress;
        let asked = self.asked_for.take();
        let is = |one: &&Arc<Scenario>| {
            let code = one.code.as_deref().unwrap_or_default();
            asked.as_deref().is_some_and(|asked| one.id == asked || code.eq_ignore_ascii_case(asked))
        };
        let named = || catalogue.scenarios.iter().find(is).cloned();
        let chosen = own.or_else(named);
        self.catalogue = Some(catalogue);
        match (chosen, asked) {
            (Some(scenario), _) => self.choose(scenario),
            (None, Some(asked)) if self.problems.is_empty() => return Some(format!("there is no scenario {asked}")),
            _ => {}
        }
        None
    }

    /// Does what a screen asked for.
    pub(crate) fn apply(&mut self, change: LabChange) -> Option<Effect> {
        match change {
            LabChange::Choose(scenario) => {
                if self.scenario.as_ref().is_none_or(|known| known.id != scenario.id) {
                    self.choose(scenario);
                }
            }
            LabChange::Variant(id) => self.setup = Setup { variant: Some(id), edits: Vec::new() },
            LabChange::Turn(edit) => self.turn(edit),
            LabChange::TurnBack => self.setup.edits.clear(),
            LabChange::Play(then) => return self.play(then),
            LabChange::Go { motion, forward } => {
                if let Some(playback) = &mut self.playback {
                    playback.go(motion, forward);
                }
            }
            LabChange::GoTo(beat) => {
                if let Some(playback) = &mut self.playback {
                    playback.go_to(beat);
                }
            }
        }
        self.remember()
    }

    fn choose(&mut self, scenario: Arc<Scenario>) {
        let variant = scenario.variants.first().map(|variant| variant.id.clone());
        self.setup = Setup { variant, edits: Vec::new() };
        self.scenario = Some(scenario);
        self.playback = None;
        self.before = None;
        self.playing = None;
        self.problems.clear();
    }

    /// A knob that is back where it was is no edit.
    fn turn(&mut self, edit: Edit) {
        let original = self.knobs().into_iter().find(|knob| knob.path == edit.path).map(|knob| knob.original);
        self.setup.edits.retain(|other| other.path != edit.path);
        if original.as_ref() != Some(&edit.value) {
            self.setup.edits.push(edit);
        }
    }

    fn play(&mut self, then: Motion) -> Option<Effect> {
        let scenario = Arc::clone(self.scenario.as_ref()?);
        self.jobs += 1;
        let (job, setup) = (self.jobs, self.setup.clone());
        self.playing = Some(Playing { job, setup: setup.clone(), then });
        self.problems.clear();
        Some(Effect::Play { job, scenario, setup })
    }

    /// Takes what came of a play.
    pub(crate) fn take_run(&mut self, job: Job, result: Result<Arc<Run>, Vec<String>>) -> Option<Effect> {
        let playing = self.playing.take_if(|playing| playing.job == job)?;
        match result {
            Ok(run) => {
                let earlier = self.playback.take();
                self.before = earlier.map(|earlier| Take { run: earlier.run, setup: self.played.clone() });
                let mut playback = Playback::new(run);
                playback.go(playing.then, true);
                self.playback = Some(playback);
                self.played = playing.setup;
            }
            Err(problems) => self.problems = problems,
        }
        self.remember()
    }

    /// Marks what was played to its end.
    fn remember(&mut self) -> Option<Effect> {
        self.playback.as_ref().filter(|playback| playback.is_over())?;
        let scenario = self.scenario.as_ref()?;
        let changed = self.progress.mark(&scenario.id, Mark::Played);
        changed.then(|| Effect::SaveProgress(self.progress.clone()))
    }
}
