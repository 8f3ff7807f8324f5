//! `tlslab check`: what is wrong with scenario files. `tlslab lab --new`: a file to start from.

use super::arguments::Check;
use super::{Failure, Status, put};
use crate::base::{counted, printable};
use crate::lab::lint::{Finding, Overlay, RULES, lint_file};
use crate::lab::scenario::{ScenarioFile, catalogue, is_id, template};
use crate::report::{keywords, problems, schema};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Write as _};
use std::path::Path;

/// No scenario is longer; a device or a capture that was named by mistake would fill the memory.
const LONGEST: u64 = 1 << 20;

pub(super) fn run(arguments: &Check) -> Result<Status, Failure> {
    if arguments.schema {
        return put(schema::scenario().as_bytes());
    }
    if arguments.keywords {
        return put(keywords::markdown().as_bytes());
    }
    // All are read first: a file that is not there is told before half of the answers.
    let sources = arguments.scenarios.iter().map(|path| source(path)).collect::<Result<Vec<_>, _>>()?;
    let (mut out, mut problems_found, mut bad) = (String::new(), 0, 0);
    for (path, (name, text)) in arguments.scenarios.iter().zip(&sources) {
        let found = match ScenarioFile::read(name, text) {
            Ok(file) => {
                let translations = if path.exists() { translations(path)? } else { Vec::new() };
                let found = played(&file, text, &translations);
                if found.is_empty() {
                    let variants = file.variants().len();
                    let _ = writeln!(out, "{}: no problems, {}", printable(name), counted(variants, "variant"));
                }
                found
            }
            Err(found) => {
                found.iter().map(|problem| problems::text(name, text, std::slice::from_ref(problem))).collect()
            }
        };
        problems_found += found.len();
        bad += usize::from(!found.is_empty());
        out.extend(found);
    }
    if bad > 0 {
        let _ =
            writeln!(out, "{} in {} of {}", counted(problems_found, "problem"), bad, counted(sources.len(), "file"));
    }
    put(out.as_bytes())?;
    Ok(if bad > 0 { Status::Unmet } else { Status::Done })
}

/// What is found when the scenario is played, each thing as it is shown, with the rule that it breaks.
fn played(file: &ScenarioFile, text: &str, translations: &[Overlay]) -> Vec<String> {
    let show = |finding: Finding| {
        let overlay = translations.iter().find(|overlay| overlay.name == finding.file);
        let source = overlay.map_or(text, |overlay| overlay.text.as_str());
        let rule = RULES.iter().find(|rule| rule.name == finding.rule);
        let mut problem = finding.problem;
        problem.help = problem.help.or_else(|| rule.map(|rule| rule.text.to_owned()));
        problems::text(&finding.file, source, &[problem])
    };
    lint_file(file, translations).into_iter().map(show).collect()
}

/// The translations beside a scenario file: `NAME.sv.toml` beside `NAME.lab.toml`.
fn translations(path: &Path) -> Result<Vec<Overlay>, Failure> {
    let Some(stem) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".lab.toml")) else {
        return Ok(Vec::new());
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_one = |name: &str| {
        let language = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(".toml"));
        language.is_some_and(|language| {
            !matches!(language, "lab" | "key")
                && !language.is_empty()
                && language.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
    };
    let names = folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).filter(|name| is_one(name)).collect();
    names.sort();
    names.iter().map(|name| source(&folder.join(name)).map(|(name, text)| Overlay { name, text })).collect()
}

/// The name and the text of a scenario: a file, or one that comes with the program, by its id or code.
pub(super) fn source(path: &Path) -> Result<(String, String), Failure> {
    let name = path.to_string_lossy();
    if let Some(shipped) = catalogue::find(&name).filter(|_| !path.exists()) {
        return Ok((shipped.path(), shipped.text.to_owned()));
    }
    let failed = |why: &str| Failure::Usage(format!("{}: {why}", printable(&name)));
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => failed("there is no such file, and no scenario with that name"),
        _ => failed(&error.to_string()),
    })?;
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| failed(&error.to_string()))?;
    if bytes.len() as u64 > LONGEST {
        return Err(failed("this is too long for a scenario"));
    }
    let text = String::from_utf8(bytes).map_err(|_| failed("this is no text in UTF-8"))?;
    Ok((name.into_owned(), text))
}

/// Writes a file to start from.
pub(super) fn lab(name: &str) -> Result<Status, Failure> {
    if !is_id(name) {
        let why = "a scenario is named with small letters, digits and hyphens, such as my-first-lab";
        return Err(Failure::Usage(format!("`{}` cannot be its name: {why}", printable(name))));
    }
    let path = format!("{name}.lab.toml");
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::Usage(format!("{path} is there already, and stays as it is")),
        _ => Failure::Usage(format!("{path} cannot be written: {error}")),
    };
    let mut file = File::create_new(&path).map_err(failed)?;
    file.write_all(template(name).as_bytes()).map_err(failed)?;
    put(format!("{path}\n").as_bytes())
}
