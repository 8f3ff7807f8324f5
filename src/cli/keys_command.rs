//! `tlslab keys`: the secrets that captures carry, taken out, put in, or left behind.

use super::arguments::{Embed, Extract, KeysCommand};
use super::keys::keys;
use super::output::output;
use super::reading::{input, keep};
use super::{Failure, Status, complain, tell};
use crate::capture::{Dissector, Input, Store, open, replace_key_logs};
use std::path::PathBuf;
use std::sync::Arc;

pub(super) fn run(command: &KeysCommand) -> Result<Status, Failure> {
    match command {
        KeysCommand::Extract(extract) => self::extract(extract),
        KeysCommand::Embed(embed) => self::embed(embed),
        KeysCommand::Strip(extract) => strip(extract),
    }
}

fn extract(extract: &Extract) -> Result<Status, Failure> {
    let mut source = open(&inputs(&extract.files), false).map_err(|error| Failure::Usage(error.to_string()))?.source;
    let mut logs = source.take_key_logs();
    while source.next_packet().is_some() {
        if source.has_key_logs() {
            logs.append(&mut source.take_key_logs());
        }
    }
    logs.append(&mut source.take_key_logs());
    tell(&source.take_notes());
    // What is at the end was looked for first and comes again.
    let mut seen = std::collections::HashSet::new();
    logs.retain(|log| seen.insert(log.clone()));
    if logs.is_empty() {
        complain("no secrets are in there");
    }
    let mut text = Vec::new();
    for log in logs {
        text.extend(&log);
        if !log.ends_with(b"\n") {
            text.push(b'\n');
        }
    }
    output(extract.output.as_deref(), None, |out| out.write_all(&text))
}

fn embed(embed: &Embed) -> Result<Status, Failure> {
    let (keys, notes) = keys(&embed.keys, None)?;
    tell(&notes);
    let (mut dissector, store) = keep(
        &embed.files.files,
        |dissector| dissector.open_with(Arc::clone(&keys.secrets)),
        |dissector, log| if keys.embedded { dissector.read_key_log(&log) } else { Vec::new() },
    )?;
    dissector.read_again(&*store);
    let secrets = dissector.secrets();
    let logs: Vec<String> = dissector.sessions().iter().map(|session| session.key_log(&secrets)).collect();
    let needed = logs.iter().filter(|log| !log.is_empty()).count();
    complain(&format!("secrets of {needed} of {} sessions", logs.len()));
    write(&embed.files, &dissector, &*store, &logs.concat())
}

fn strip(extract: &Extract) -> Result<Status, Failure> {
    let (dissector, store) = keep(&extract.files, |_| {}, |_, _| Vec::new())?;
    write(extract, &dissector, &*store, "")
}

fn inputs(files: &[PathBuf]) -> Vec<Input> {
    files.iter().map(|path| input(path)).collect()
}

fn write(to: &Extract, dissector: &Dissector, store: &dyn Store, key_log: &str) -> Result<Status, Failure> {
    output(to.output.as_deref(), Some("a capture is"), |out| {
        replace_key_logs(out, store, dissector.frames(), to.files.len(), key_log.as_bytes())
    })
}
