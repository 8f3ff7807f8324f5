//! Playing many scenarios at once, on all processors, with results in the order in which they were asked for.

use super::run::{Connection, Judgement, PlayError, Run, judge, play};
use super::scenario::{Expect, ScenarioFile};
use std::collections::BTreeMap;
use std::io;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

/// One scenario with one of its variants, to be played.
#[derive(Clone, Debug)]
pub struct Job {
    /// The scenario.
    pub file: ScenarioFile,
    /// The variant; `None` plays the file as it stands.
    pub variant: Option<String>,
}

/// What came of a job.
#[derive(Debug)]
pub struct Played {
    /// The run.
    pub run: Run,
    /// What came of each expectation that is about it.
    pub judgements: Vec<Judgement>,
}

impl Played {
    /// Whether the run is as expected, every step found its place, and our own verifier agrees with the libraries.
    #[must_use]
    pub fn holds(&self) -> bool {
        let agrees = |connection: &Connection| {
            connection.client_says.disagreement.is_none() && connection.server_says.disagreement.is_none()
        };
        self.judgements.iter().all(Judgement::holds)
            && self.run.missed.iter().all(|missed| missed.may_miss)
            && self.run.connections.iter().all(agrees)
    }
}

/// All variants of a scenario, in the order of the file; a file without variants is played once.
#[must_use]
pub fn jobs(file: &ScenarioFile) -> Vec<Job> {
    let job = |variant| Job { file: file.clone(), variant };
    if file.variants().is_empty() || file.chosen().is_some() {
        return vec![job(None)];
    }
    file.variants().iter().map(|variant| job(Some(variant.id.clone()))).collect()
}

/// Plays one scenario and judges it. An expectation that changes something first has a run of its own, which is judged
/// and forgotten.
///
/// # Errors
/// When it cannot be played.
pub fn perform(job: &Job) -> Result<Played, PlayError> {
    let chosen = match &job.variant {
        Some(id) => job.file.variant(id).map_err(|problems| PlayError::edit(&problems))?,
        None => job.file.clone(),
    };
    let run = play(&chosen, None)?;
    let mut judgements = judge(&run);
    let about = |expect: &&Expect| expect.variant.is_none() || expect.variant.as_deref() == chosen.chosen();
    for expect in chosen.scenario().expects.iter().filter(about).filter(|expect| !expect.set.is_empty()) {
        let changed = chosen.with(&expect.set).map_err(|problems| PlayError::edit(&problems))?;
        judgements.push(play(&changed, None)?.judge(expect));
    }
    judgements.sort_by_key(|judgement| judgement.line);
    Ok(Played { run, judgements })
}

/// Plays all of them on all processors and hands over each result in the order of the jobs, as soon as all before it
/// are there. Stops handing over at the first error of `take`.
///
/// # Errors
/// When no threads can be had, or what `take` says.
pub fn play_all<E: From<io::Error>>(
    jobs: &[Job],
    mut take: impl FnMut(&Job, Result<Played, PlayError>) -> Result<(), E>,
) -> Result<(), E> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = Builder::new_current_thread().max_blocking_threads(threads).build()?;
    runtime.block_on(async {
        let mut playing = JoinSet::new();
        for (index, job) in jobs.iter().cloned().enumerate() {
            playing.spawn_blocking(move || (index, perform(&job)));
        }
        let mut waiting = BTreeMap::new();
        let mut rest = jobs.iter().enumerate();
        let mut next = rest.next();
        while let Some(joined) = playing.join_next().await {
            let (index, result) = joined.map_err(io::Error::other)?;
            waiting.insert(index, result);
            while let Some((index, job)) = next {
                let Some(result) = waiting.remove(&index) else { break };
                take(job, result)?;
                next = rest.next();
            }
        }
        Ok(())
    })
}
