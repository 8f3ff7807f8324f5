//! Reads scenarios, plays them, and keeps what was done.

use crate::base::printable;
use crate::lab::exercise::{FixResult, Progress, Tries, grade_fix};
use crate::lab::run::Run;
use crate::lab::scenario::{Edit, Problem, Scenario, ScenarioFile, catalogue};
use crate::tui::app::Msg;
use crate::tui::lab::{Catalogue, Setup};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The files that scenarios are played from: those that come with the program, and one of the user's own.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    own: Mutex<Option<ScenarioFile>>,
}

impl Shelf {
    /// The scenarios that come with the program, one of the user's own, and what was done with them.
    pub(super) fn catalogue(&self, own: Option<&Path>, progress: Option<&Path>) -> Msg {
        let mut problems = Vec::new();
        let kept = progress.and_then(|path| std::fs::read_to_string(path).ok());
        let kept = kept.map(|text| Progress::read(&text)).transpose();
        let progress = kept.unwrap_or_else(|error| {
            problems.push(error.to_string());
            None
        });
        let progress = progress.unwrap_or_default();
        let mut scenarios = Vec::new();
        for shipped in catalogue::all() {
            match shipped.file() {
                Ok(file) => scenarios.push(Arc::clone(file.scenario())),
                Err(found) => problems.extend(told(&shipped.path(), &found)),
            }
        }
        let file = own.and_then(|path| read(path).map_err(|found| problems.extend(found)).ok());
        let own = file.as_ref().map(|file| Arc::clone(file.scenario()));
        if let Some(own) = &own {
            scenarios.retain(|shipped| shipped.id != own.id);
            scenarios.push(Arc::clone(own));
        }
        *self.own.lock().unwrap_or_else(PoisonError::into_inner) = file;
        Msg::Catalogue { catalogue: Catalogue { scenarios }, own, progress, problems }
    }

    /// Plays a scenario.
    pub(super) fn play(&self, scenario: &Scenario, setup: &Setup) -> Result<Arc<Run>, Vec<String>> {
        play(&self.file(scenario)?, setup.variant.as_deref(), &setup.edits).map(Arc::new)
    }

    /// Tries the goals of a repair.
    pub(super) fn mend(&self, scenario: &Scenario, edits: &[Edit], hints: u32) -> Result<FixResult, String> {
        let file = self.file(scenario).map_err(|problems| problems.join("; "))?;
        let task = scenario.task.as_ref().ok_or("there is nothing to mend")?;
        let mut again =
            |variant: Option<&str>, edits: &[Edit]| play(&file, variant, edits).map_err(|found| found.join("; "));
        grade_fix(task, edits, &mut again, Tries { hints, attempts: 0 }).map_err(|refused| refused.to_string())
    }

    fn file(&self, scenario: &Scenario) -> Result<ScenarioFile, Vec<String>> {
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(own) = own.filter(|own| own.scenario().id == scenario.id) {
            return Ok(own);
        }
        let shipped = catalogue::find(&scenario.id).ok_or_else(|| vec!["the scenario is gone".to_owned()])?;
        shipped.file().map_err(|found| told(&shipped.path(), &found))
    }
}

fn play(file: &ScenarioFile, variant: Option<&str>, edits: &[Edit]) -> Result<Run, Vec<String>> {
    let said = |found: Vec<Problem>| told(file.name(), &found);
    let chosen = variant.map(|id| file.variant(id)).transpose().map_err(said)?;
    let edited = chosen.as_ref().unwrap_or(file).with(edits).map_err(said)?;
    crate::lab::play(&edited, None).map_err(|error| vec![error.to_string()])
}

fn read(path: &Path) -> Result<ScenarioFile, Vec<String>> {
    let name = printable(&path.display().to_string());
    let text = std::fs::read_to_string(path).map_err(|error| vec![format!("{name}: {error}")])?;
    ScenarioFile::read(&name, &text).map_err(|found| told(&name, &found))
}

/// Problems as lines for people; where the fault is an edit from outside, it has no place in the file.
fn told(name: &str, problems: &[Problem]) -> Vec<String> {
    let line = |problem: &Problem| {
        let place =
            if problem.line == 0 { String::new() } else { format!("{name}:{}:{}: ", problem.line, problem.column) };
        let help = problem.help.as_deref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{place}{}{help}", problem.text)
    };
    problems.iter().map(line).collect()
}

/// Writes what was done.
pub(super) fn remember(path: &Path, progress: &Progress) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, progress.text())
}
