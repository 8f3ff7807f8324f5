//! The lab as the screens see it: the scenarios, the one at hand with its knobs, its run, and where the playback
//! stands. Playing itself is an effect: a run comes back as news.

pub mod knob;
pub mod playback;
pub mod quiz;

use super::effect::{Effect, Job};
use super::model::Status;
use crate::capture::Input;
use crate::lab::exercise::{Answer, FixResult, Points, Progress};
use crate::lab::run::Run;
use crate::lab::scenario::{Edit, FailedCheck, FoundBy, Place, Question, Scenario, TaskKind, Variant, catalogue};
use crate::session::FrameNumber;
use playback::{Motion, Playback};
use quiz::{Pointing, Quiz};
use std::path::PathBuf;
use std::sync::Arc;

/// The scenarios that can be played.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// All of them, group by group.
    pub scenarios: Vec<Arc<Scenario>>,
}

impl Catalogue {
    /// The scenario of that id or code.
    #[must_use]
    pub(crate) fn named(&self, name: &str) -> Option<Arc<Scenario>> {
        let is = |one: &&Arc<Scenario>| {
            one.id == name || one.code.as_deref().is_some_and(|code| code.eq_ignore_ascii_case(name))
        };
        self.scenarios.iter().find(is).cloned()
    }
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

/// A session of a capture that a scenario was taken for, to be compared with its run.
#[derive(Clone, Debug)]
pub struct Beside {
    /// The capture.
    pub inputs: Vec<Input>,
    /// How many frames it has.
    pub frames: u32,
    /// The frame that the session begins with.
    pub first_frame: FrameNumber,
    /// Its number.
    pub number: u32,
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
    /// The session of a capture that the scenario was taken for.
    pub beside: Option<Beside>,
    /// The play that is going on.
    pub playing: Option<Playing>,
    /// Why the last play came to nothing.
    pub problems: Vec<String>,
    /// What was done so far, in all scenarios.
    pub progress: Progress,
    /// The questions of the scenario at hand.
    pub quiz: Option<Quiz>,
    /// What is to be said in the last line.
    pub said: Option<Status>,
    /// What the command line asked for: the name of a scenario, or the path of a file.
    pub asked_for: Option<String>,
    reading: bool,
    jobs: Job,
    mending: Option<Job>,
    /// Whether the goals of a repair were not tried since the scenario was taken.
    untried: bool,
}

/// A change of the lab that a screen asks for.
#[derive(Clone, Debug)]
pub enum LabChange {
    /// Take this scenario.
    Choose(Arc<Scenario>),
    /// Take the scenario of that id, as soon as the scenarios are read.
    Ask(String, Option<Beside>),
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
    /// A question was asked.
    Offer(String),
    /// Read one more hint of a question.
    Hint(String),
    /// Answer a question.
    Answer(String, Answer),
    /// Wait for a field to be pointed at.
    Point(Option<Pointing>),
    /// Say which check fails and who finds it.
    Suspect(FailedCheck, FoundBy),
    /// Read one more hint of the task.
    TaskHint,
    /// Hand in what the fault is, with the field that shows it.
    HandIn(Option<Place>),
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

    /// Whether what is wrong is still to be found: then nothing on the screen may tell it.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        let find = |scenario: &Scenario| scenario.task.as_ref().is_some_and(|task| task.kind == TaskKind::Find);
        let Some(scenario) = self.scenario.as_ref().filter(|scenario| find(scenario)) else { return false };
        let found = self.quiz.as_ref().is_some_and(|quiz| quiz.found.is_some());
        !found && !self.progress.of(&scenario.id).is_some_and(|kept| kept.done)
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

    /// Asks for the scenarios when they are needed for the first time, and for the goals of one that was just taken.
    pub(crate) fn wanted(&mut self) -> Option<Effect> {
        if std::mem::take(&mut self.untried) {
            return self.mend();
        }
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
        let chosen = own.or_else(|| catalogue.named(asked.as_deref()?));
        self.catalogue = Some(catalogue);
        match (chosen, asked) {
            (Some(scenario), _) => {
                // It may have been asked for to stand beside a session.
                let beside = self.beside.take();
                self.choose(scenario);
                self.beside = beside;
            }
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
            LabChange::Ask(id, beside) => {
                let words = beside.as_ref().map(|beside| {
                    format!("{id}: R plays it, then = compares the run with session {} of the capture", beside.number)
                });
                self.said = words.map(Status::done);
                self.ask_for(id);
                self.beside = beside;
            }
            LabChange::Variant(id) => {
                self.setup = Setup { variant: Some(id), edits: Vec::new() };
                // Questions that are the same for all variants are not asked again for another one.
                let own = self.scenario.as_ref().is_some_and(|one| one.asks.iter().any(|ask| ask.variant.is_some()));
                if own {
                    self.ask_anew();
                }
            }
            LabChange::Turn(edit) => {
                self.turn(edit);
                return self.mend();
            }
            LabChange::TurnBack => {
                self.setup.edits.clear();
                return self.mend();
            }
            LabChange::Play(then) => return self.play(then),
            LabChange::Go { motion, forward } => self.go(motion, forward),
            LabChange::GoTo(beat) => {
                if let Some(playback) = &mut self.playback {
                    playback.go_to(beat);
                }
            }
            other => self.asked(other),
        }
        self.remember()
    }

    /// Takes the scenario of that name, now or when the scenarios are read.
    fn ask_for(&mut self, name: String) {
        match self.catalogue.as_ref().map(|catalogue| catalogue.named(&name)) {
            Some(Some(scenario)) if self.scenario.as_ref().is_some_and(|known| known.id == scenario.id) => {}
            Some(Some(scenario)) => self.choose(scenario),
            Some(None) => self.said = Some(Status::problem(format!("there is no scenario {name}"))),
            None => self.asked_for = Some(name),
        }
    }

    /// What has to do with questions.
    fn asked(&mut self, change: LabChange) {
        let Some(quiz) = &mut self.quiz else { return };
        let hands_in = matches!(change, LabChange::HandIn(_));
        let run = self.playback.as_ref().map(|playback| &*playback.run);
        let result = match (change, run) {
            (LabChange::Offer(id), _) => {
                quiz.offer(&id);
                Ok(())
            }
            (LabChange::Hint(id), _) => quiz.hint(&id),
            (LabChange::TaskHint, _) => self.scenario.as_ref().map_or(Ok(()), |scenario| quiz.task_hint(scenario)),
            (LabChange::Answer(id, answer), run) => {
                quiz.pointing = None;
                quiz.answer(&id, answer, run)
            }
            (LabChange::Point(pointing), _) => {
                quiz.pointing = pointing;
                Ok(())
            }
            (LabChange::Suspect(check, by), _) => {
                quiz.suspect(check, by);
                Ok(())
            }
            (LabChange::HandIn(field), Some(run)) => quiz.hand_in(&run.scenario, field, run),
            _ => Ok(()),
        };
        let handed_in = quiz.found.as_ref().filter(|_| hands_in && result.is_ok());
        let words = handed_in
            .map(|found| Status::done(format!("handed in: {} points; the script tells the rest", found.points)));
        self.said = result.err().map(Status::problem).or(words);
    }

    fn go(&mut self, motion: Motion, forward: bool) {
        let Some(playback) = &mut self.playback else { return };
        if let (Some(pause), Some(quiz), true) = (playback.pause(), &mut self.quiz, forward) {
            quiz.leave_pause(pause);
        }
        playback.go(motion, forward);
    }

    /// Lays out the questions anew.
    fn ask_anew(&mut self) {
        let variant = self.setup.variant.as_deref();
        self.quiz = self.scenario.as_ref().map(|scenario| Quiz::new(scenario, variant));
    }

    /// Tries the goals of a repair with what is set now.
    fn mend(&mut self) -> Option<Effect> {
        let scenario = self.scenario.as_ref()?;
        scenario.task.as_ref().filter(|task| task.kind == TaskKind::Fix)?;
        self.jobs += 1;
        self.mending = Some(self.jobs);
        let hints = self.quiz.as_ref().map_or(0, Quiz::task_hints);
        let (scenario, edits) = (Arc::clone(scenario), self.setup.edits.clone());
        Some(Effect::Mend { job: self.jobs, scenario, edits, hints })
    }

    /// Takes what came of trying the goals.
    pub(crate) fn take_goals(&mut self, job: Job, result: Result<FixResult, String>) -> Option<Effect> {
        self.mending.take_if(|mending| *mending == job)?;
        let quiz = self.quiz.as_mut()?;
        match result {
            Ok(result) => {
                let mended = result.is_mended().then(|| format!("mended: {} of {} points", result.points, result.of));
                self.said = mended.map(Status::done);
                quiz.mended = Some(result);
                quiz.repaired = !self.setup.edits.is_empty();
            }
            Err(problem) => self.said = Some(Status::problem(problem)),
        }
        self.remember()
    }

    fn choose(&mut self, scenario: Arc<Scenario>) {
        let variant = scenario.variants.first().map(|variant| variant.id.clone());
        self.setup = Setup { variant, edits: Vec::new() };
        self.scenario = Some(scenario);
        self.ask_anew();
        self.untried = true;
        self.playback = None;
        self.before = None;
        self.beside = None;
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
        if let Some(quiz) = &mut self.quiz {
            quiz.start();
        }
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

    /// Keeps what was played to its end, and what answers were worth.
    fn remember(&mut self) -> Option<Effect> {
        let scenario = self.scenario.as_ref()?;
        let (id, of) = (&scenario.id, points(scenario));
        let mut news = false;
        if let Some(playback) = self.playback.as_ref().filter(|playback| playback.is_over()) {
            news |= self.progress.play(id, self.played.variant.as_deref());
            if let Some(quiz) = &mut self.quiz {
                quiz.finish(&playback.run);
            }
        }
        if let Some(quiz) = self.quiz.as_ref().filter(|_| of > 0) {
            for (question, answer) in quiz.kept() {
                news |= self.progress.answer(id, &question, answer);
            }
            let done = quiz.is_done(scenario);
            if done || quiz.points() > Points::default() {
                news |= self.progress.score(id, quiz.points(), of, done);
            }
        }
        news.then(|| Effect::SaveProgress(self.progress.clone()))
    }
}

/// The points that the questions and the task of a scenario give together; what a person has to read gives none here.
#[must_use]
pub fn points(scenario: &Scenario) -> u32 {
    let asks = scenario.asks.iter().filter(|ask| ask.question != Question::Text);
    asks.map(|ask| ask.points).sum::<u32>() + scenario.task.as_ref().map_or(0, |task| task.points)
}
