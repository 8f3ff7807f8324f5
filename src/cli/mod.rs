//! Arguments, commands and exit statuses: the only room that prints.
//!
//! Data goes to stdout, everything else to stderr. The exit status is 0 when the work was done and nothing unexpected
//! was found; 1 when `--fail-on` matched, a scenario has problems, or a run is not as its scenario expects; 2 when it
//! could not be done. A reader that closes the pipe early is no failure.

mod arguments;
mod basis;
mod check;
mod config;
mod follow;
mod inspect;
mod interfaces;
mod keys;
mod keys_command;
mod live;
mod output;
mod reading;
mod rules;
mod run;

use crate::base::printable;
use crate::capture::{FileNote, lend};
use crate::lab::scenario::catalogue;
use crate::session::filter::FIELDS;
use crate::tui;
use crate::tui::theme::ThemeName;
use arguments::{Arguments, Command, Lab, Look};
use clap::{CommandFactory, Parser};
use config::Config;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

/// What a command comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// Done, and nothing found that was asked to be reported.
    Done,
    /// Done, and something was found that was asked for: `--fail-on` matched, a scenario has problems or is not met.
    Unmet,
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// Stdout cannot be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    /// A capture cannot be read.
    #[error(transparent)]
    Open(#[from] crate::capture::OpenError),
    /// Trust anchors or revocation lists cannot be had.
    #[error(transparent)]
    Basis(#[from] crate::capture::BasisError),
    /// There is no live capture.
    #[error(transparent)]
    Live(#[from] crate::capture::LiveError),
    /// Asked for in a way that cannot be answered.
    #[error("{0}")]
    Usage(String),
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version come as errors too; clap knows which stream they belong to.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match dispatch(arguments) {
        Ok(Status::Done) => ExitCode::SUCCESS,
        Ok(Status::Unmet) => ExitCode::from(1),
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure.to_string());
            ExitCode::from(2)
        }
    }
}

fn dispatch(arguments: Arguments) -> Result<Status, Failure> {
    if arguments.print_config {
        return put(Config::load()?.print().as_bytes());
    }
    match arguments.command {
        None => interactive(&arguments),
        Some(Command::Inspect(inspect)) => inspect::run(&inspect, &Config::load()?),
        Some(Command::Run(arguments)) => run::run(&arguments, inspect::style(arguments.color)),
        Some(Command::Follow(arguments)) => follow::run(&arguments),
        Some(Command::Keys(command)) => keys_command::run(&command),
        Some(Command::Live(arguments)) => live::run(&arguments),
        Some(Command::Interfaces(arguments)) => interfaces::run(&arguments),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Lab(lab)) => match &lab.new {
            Some(name) => check::lab(name),
            None => rehearse(lab),
        },
        Some(Command::Completions { shell }) => completions(shell),
        Some(Command::Fields) => fields(),
        Some(Command::Rules(arguments)) => rules::run(&arguments),
        Some(Command::Man) => manual(),
        Some(Command::LendInterfaces { user }) => Ok(lend(user.as_deref()).map(|()| Status::Done)?),
    }
}

fn interactive(arguments: &Arguments) -> Result<Status, Failure> {
    // First: who mistypes a command is to hear that there is no such file, and nothing about terminals.
    reading::check(&arguments.files)?;
    let inputs = arguments.files.iter().map(|path| reading::input(path)).collect();
    let (keys, key_logs, notes) = keys::keys_and_logs(&arguments.keys, &arguments.basis)?;
    tell(&notes);
    let options = tui::Options { inputs, keys, key_logs, ..tui::Options::default() };
    show(&arguments.look, options, "`tlslab inspect FILE` prints the sessions")
}

/// Opens the lab, on a scenario where one is named.
fn rehearse(arguments: Lab) -> Result<Status, Failure> {
    if let Some(name) = &arguments.scenario {
        known(name)?;
    }
    let lab = Some(arguments.scenario);
    show(&arguments.look, tui::Options { lab, ..tui::Options::default() }, "the lab is one of them")
}

/// Whether a scenario can be found: by its name or code among those of the program, or as a file.
fn known(name: &str) -> Result<(), Failure> {
    if catalogue::find(name).is_some() || Path::new(name).is_file() {
        return Ok(());
    }
    let names = catalogue::all().iter().map(|shipped| shipped.id);
    let guess = crate::base::nearest(name, names).map(|guess| format!("; did you mean {guess}?")).unwrap_or_default();
    let name = printable(name);
    Err(Failure::Usage(format!("there is no scenario {name}, and no such file{guess}")))
}

fn needs_terminal(instead: &str) -> Result<(), Failure> {
    if io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::Usage(format!("the screens need a terminal, and stdout is none; {instead}")))
}

fn show(look: &Look, options: tui::Options, instead: &str) -> Result<Status, Failure> {
    needs_terminal(instead)?;
    let theme = look.theme.as_deref().and_then(ThemeName::parse);
    if let Some(path) = tui::run(tui::Options { theme, ascii: look.ascii, ..options })? {
        complain(&format!("what was captured is in {}", printable(&path.to_string_lossy())));
    }
    Ok(Status::Done)
}

fn completions(shell: clap_complete::Shell) -> Result<Status, Failure> {
    // The generator gives up on a closed pipe with a panic, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "tlslab", &mut script);
    put(&script)
}

fn fields() -> Result<Status, Failure> {
    let mut text = String::new();
    for field in FIELDS {
        let _ = writeln!(text, "{:<22} {:<18} {}", field.name, field.kind.word(), field.text);
        if !field.aliases.is_empty() {
            let _ = writeln!(text, "{:<41} also: {}", "", field.aliases.join(", "));
        }
    }
    put(text.as_bytes())
}

fn manual() -> Result<Status, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
    put(&page)
}

fn put(bytes: &[u8]) -> Result<Status, Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()?;
    Ok(Status::Done)
}

/// Says on stderr what is to be said of files.
fn tell(notes: &[FileNote]) {
    notes.iter().for_each(remark);
}

/// Says on stderr what is to be said of a file.
fn remark(FileNote { path, note, .. }: &FileNote) {
    complain(&format!("{}: {}: {}", printable(&path.to_string_lossy()), note.severity.word(), note.text));
}

/// Says something on stderr. Nobody is left to hear that stderr is closed.
fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "tlslab: {text}");
}
