//! `tlslab keys`: the secrets that captures carry, taken out, put in, or left behind.

use super::arguments::{Embed, Extract, KeysCommand};
use super::keys::keys;
use super::reading::input;
use super::{Failure, Status, complain};
use crate::base::printable;
use crate::capture::{Dissector, FileNote, Input, Settings, Store, open, replace_key_logs};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
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
    output(extract.output.as_deref(), false, |out| out.write_all(&text))
}

fn embed(embed: &Embed) -> Result<Status, Failure> {
    let (keys, notes) = keys(&embed.keys)?;
    tell(&notes);
    let (mut dissector, store) = read(
        &embed.files.files,
        |dissector, log| {
            if keys.embedded { dissector.read_key_log(&log) } else { Vec::new() }
        },
        |dissector| dissector.open_with(Arc::clone(&keys.secrets)),
    )?;
    dissector.read_again(&*store);
    let secrets = dissector.secrets();
    let logs: Vec<String> = dissector.sessions().iter().map(|session| session.key_log(&secrets)).collect();
    let needed = logs.iter().filter(|log| !log.is_empty()).count();
    complain(&format!("secrets of {needed} of {} sessions", logs.len()));
    write(&embed.files, &dissector, &*store, &logs.concat())
}

fn strip(extract: &Extract) -> Result<Status, Failure> {
    let (dissector, store) = read(&extract.files, |_, _| Vec::new(), |_| {})?;
    write(extract, &dissector, &*store, "")
}

fn inputs(files: &[PathBuf]) -> Vec<Input> {
    files.iter().map(|path| input(path)).collect()
}

/// Reads all packets, and keeps their places; `take` gets each key log that comes along.
fn read(
    files: &[PathBuf],
    mut take: impl FnMut(&mut Dissector, Vec<u8>) -> Vec<crate::base::Note>,
    begin: impl FnOnce(&mut Dissector),
) -> Result<(Dissector, Arc<dyn Store>), Failure> {
    let opened = open(&inputs(files), true).map_err(|error| Failure::Usage(error.to_string()))?;
    let store = opened.store.ok_or_else(|| Failure::Usage("the capture cannot be read twice".to_owned()))?;
    let mut source = opened.source;
    let mut dissector = Dissector::new(Settings::SCREEN);
    begin(&mut dissector);
    let mut notes = Vec::new();
    loop {
        for log in source.take_key_logs() {
            let (path, after) = source.position();
            let found = take(&mut dissector, log);
            notes.extend(found.into_iter().map(|note| FileNote { path: path.clone(), after, note }));
        }
        let Some(packet) = source.next_packet() else { break };
        dissector.push(&packet);
    }
    dissector.finish();
    notes.append(&mut source.take_notes());
    tell(&notes);
    Ok((dissector, store))
}

fn write(to: &Extract, dissector: &Dissector, store: &dyn Store, key_log: &str) -> Result<Status, Failure> {
    output(to.output.as_deref(), true, |out| {
        replace_key_logs(out, store, dissector.frames(), to.files.len(), key_log.as_bytes())
    })
}

/// Writes to a new file that is its owner's alone, or to standard output.
fn output(
    path: Option<&Path>,
    binary: bool,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Status, Failure> {
    let Some(path) = path else {
        if binary && io::stdout().is_terminal() {
            return Err(Failure::Usage("a capture is nothing for a terminal; -o names a file for it".to_owned()));
        }
        let mut out = BufWriter::new(io::stdout().lock());
        fill(&mut out)?;
        out.flush()?;
        return Ok(Status::Done);
    };
    let failed = |error: io::Error| {
        let name = printable(&path.to_string_lossy());
        Failure::Usage(match error.kind() {
            io::ErrorKind::AlreadyExists => format!("{name} is there already, and stays as it is"),
            _ => format!("{name} cannot be written: {error}"),
        })
    };
    let file = create(path).map_err(failed)?;
    let mut out = BufWriter::new(file);
    let written = fill(&mut out).and_then(|()| out.flush());
    if written.is_err() {
        // It is ours: it was not there a moment ago.
        let _ = std::fs::remove_file(path);
    }
    written.map(|()| Status::Done).map_err(failed)
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn tell(notes: &[FileNote]) {
    for FileNote { path, note, .. } in notes {
        complain(&format!("{}: {}: {}", printable(&path.to_string_lossy()), note.severity.word(), note.text));
    }
}
