//! `tlslab run`: scenarios played without a screen, and held against what they expect; or a list of them.

use super::arguments::{ListFormat, RunArguments};
use super::check::source;
use super::{Failure, Status, complain, put};
use crate::base::printable;
use crate::capture::create_private;
use crate::lab::batch::{Job, Played, jobs, play_all};
use crate::lab::pki;
use crate::lab::run::{PlayError, Run};
use crate::lab::scenario::{ScenarioFile, catalogue};
use crate::report::run as report;
use crate::report::text::Style;
use crate::report::{json, problems, scenarios};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::DirBuilder;
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

pub(super) fn run(arguments: &RunArguments, style: Style) -> Result<Status, Failure> {
    if arguments.list {
        return match arguments.format {
            ListFormat::Text => put(scenarios::text(style).as_bytes()),
            ListFormat::Json => put(json::scenarios().as_bytes()),
        };
    }
    let mut tally = Tally::default();
    let mut files = Vec::new();
    for file in chosen(arguments) {
        match file {
            Ok(file) => files.push(file),
            // One file that cannot be read does not keep the others from being played.
            Err(failure) => tally.cannot(&failure.to_string()),
        }
    }
    let all: Vec<Job> = files.iter().flat_map(|file| select(file, arguments.variant.as_deref())).collect();
    if all.is_empty() && tally.broken == 0 {
        return Err(no_variant(&files, arguments.variant.as_deref().unwrap_or_default()));
    }
    match arguments.format {
        ListFormat::Text => as_text(arguments, &all, tally, style),
        ListFormat::Json => as_json(arguments, &all, tally),
    }
}

/// The scenarios that were asked for: those of the program by id or code, others by path.
fn chosen(arguments: &RunArguments) -> Vec<Result<ScenarioFile, Failure>> {
    if arguments.all {
        return catalogue::all().iter().map(|one| read(&one.path(), one.text)).collect();
    }
    let open = |name: &PathBuf| source(name).and_then(|(name, text)| read(&name, &text));
    arguments.scenarios.iter().map(open).collect()
}

/// Reads a scenario; where that cannot be, everything that is wrong with it has been said.
fn read(name: &str, text: &str) -> Result<ScenarioFile, Failure> {
    ScenarioFile::read(name, text).map_err(|found| {
        complain(problems::text(name, text, &found).trim_end());
        Failure::Usage(format!("{} cannot be played", printable(name)))
    })
}

/// The variants of a scenario that are to be played. Where a variant is named, scenarios without it are left out.
fn select(file: &ScenarioFile, variant: Option<&str>) -> Vec<Job> {
    let Some(wanted) = variant else { return jobs(file) };
    let has = file.variants().iter().any(|variant| variant.id == wanted);
    if has { vec![Job { file: file.clone(), variant: Some(wanted.to_owned()) }] } else { Vec::new() }
}

/// None of the scenarios has the variant that was asked for: which ones there are.
fn no_variant(files: &[ScenarioFile], wanted: &str) -> Failure {
    let there: BTreeSet<String> =
        files.iter().flat_map(ScenarioFile::variants).map(|variant| printable(&variant.id)).collect();
    let wanted = printable(wanted);
    Failure::Usage(if there.is_empty() {
        format!("there is no variant {wanted}: what was named has no variants")
    } else {
        let there: Vec<String> = there.into_iter().collect();
        format!("there is no variant {wanted}; there are {}", there.join(", "))
    })
}

/// What was played, counted.
#[derive(Default)]
struct Tally {
    played: u32,
    unmet: u32,
    broken: u32,
}

impl Tally {
    fn status(&self) -> Result<Status, Failure> {
        match self {
            Self { broken: 1.., .. } => Err(Failure::Usage(format!("{} could not be played", self.broken))),
            Self { unmet: 1.., .. } => Ok(Status::Unmet),
            _ => Ok(Status::Done),
        }
    }

    /// Counts something that cannot be played, and says why.
    fn cannot(&mut self, why: &str) {
        self.played += 1;
        self.broken += 1;
        complain(why);
    }

    /// Counts a result, saves the run where that was asked for, and hands on what could be played.
    fn take(
        &mut self,
        job: &Job,
        result: Result<Played, PlayError>,
        save: Option<&Path>,
    ) -> Result<Option<Played>, Failure> {
        let played = match result {
            Ok(played) => played,
            Err(error) => {
                self.cannot(&format!("{}: {}", name_of(job), printable(&error.to_string())));
                return Ok(None);
            }
        };
        self.played += 1;
        self.unmet += u32::from(!played.holds());
        if let Some(folder) = save {
            self::save(&played.run, &folder.join(name_of(job)))?;
        }
        Ok(Some(played))
    }
}

/// `cert-expired-tls13`: names of scenarios and variants are words of letters, digits and dashes.
fn name_of(job: &Job) -> String {
    let id = &job.file.scenario().id;
    job.variant.as_ref().map_or_else(|| id.clone(), |variant| format!("{id}-{variant}"))
}

fn as_text(arguments: &RunArguments, all: &[Job], mut tally: Tally, style: Style) -> Result<Status, Failure> {
    let mut stdout = io::stdout().lock();
    let whole = !arguments.all;
    play_all(all, |job, result| {
        let Some(played) = tally.take(job, result, arguments.save.as_deref())? else { return Ok(()) };
        if whole {
            writeln!(stdout, "{}", report::text(&played, style))?;
        }
        write!(stdout, "{}{}", report::summary(&played, style), if whole { "\n" } else { "" })?;
        Ok::<(), Failure>(())
    })?;
    let Tally { played, unmet, broken } = &tally;
    let runs = if *played == 1 { "run" } else { "runs" };
    let mut line = format!("{played} {runs}, {} as expected", played - unmet - broken);
    if unmet + broken > 0 {
        let _ = write!(line, ", {unmet} not as expected, {broken} not played");
    }
    writeln!(stdout, "{line}")?;
    stdout.flush()?;
    tally.status()
}

fn as_json(arguments: &RunArguments, all: &[Job], mut tally: Tally) -> Result<Status, Failure> {
    let mut document = json::Runs::new(io::stdout().lock())?;
    play_all(all, |job, result| {
        if let Some(played) = tally.take(job, result, arguments.save.as_deref())? {
            document.run(&played)?;
        }
        Ok::<(), Failure>(())
    })?;
    drop(document.finish()?);
    tally.status()
}

/// Writes a run into a folder of its own: the capture with its keys inside, the key log, everything of the PKI, and whom
/// each peer trusts, so that `--anchors` can judge the capture as that peer did.
fn save(run: &Run, folder: &Path) -> Result<(), Failure> {
    let failed = |path: &Path, error: &dyn std::fmt::Display| {
        Failure::Usage(format!("cannot write {}: {error}", printable(&path.to_string_lossy())))
    };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| failed(folder, &error))?;
    let capture = run.pcapng().map_err(|error| failed(folder, &error))?;
    for (name, bytes) in [("run.pcapng", &capture[..]), ("run.keys", run.key_log.0.as_bytes())] {
        let path: PathBuf = folder.join(name);
        create_private(&path).and_then(|mut file| file.write_all(bytes)).map_err(|error| failed(&path, &error))?;
    }
    let certificates = folder.join("pki");
    pki::save(&run.pki, &certificates).map_err(|error| failed(&certificates, &error))?;
    let trust = folder.join("trust");
    for (peer, anchors) in run.trust() {
        let path = trust.join(format!("{peer}.pem"));
        let written = std::fs::create_dir_all(&trust).and_then(|()| std::fs::write(&path, anchors));
        written.map_err(|error| failed(&path, &error))?;
    }
    Ok(())
}
