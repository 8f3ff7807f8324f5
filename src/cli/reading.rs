//! Reading captures to the end, with each session handed over as soon as it is over.

use super::arguments::Inspect;
use super::keys::keys;
use super::{Failure, tell};
use crate::base::Note;
use crate::capture::{
    Dissector, FileNote, Input, OpenError, Seen, Settings, Store, Totals, Watching, open, open_growing, watch_sessions,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a path on the command line stands for: `-` is standard input.
pub(super) fn input(path: &Path) -> Input {
    if path == Path::new("-") { Input::Stdin } else { Input::Path(path.to_path_buf()) }
}

/// Makes sure that the files are there. They are not opened: a named pipe would wait for its writer.
pub(super) fn check(files: &[PathBuf]) -> Result<(), OpenError> {
    let named = files.iter().filter(|path| matches!(input(path), Input::Path(_)));
    for path in named {
        path.metadata().map_err(|cause| OpenError::Io { path: path.clone(), cause })?;
    }
    Ok(())
}

/// Reads the files as one capture and hands over sessions in the order in which they end; a pipe is read while it is
/// written. Stops when `take` fails. `settings` say what is wanted beyond what reports need.
pub(super) fn read(
    inspect: &Inspect,
    settings: Settings,
    take: &mut dyn FnMut(Seen) -> Result<(), Failure>,
) -> Result<Totals, Failure> {
    let (keys, mut notes) = keys(&inspect.keys, Some(&inspect.basis))?;
    let inputs: Vec<Input> = inspect.files.iter().map(|path| input(path)).collect();
    let opened = open_growing(&inputs, false).map_err(|error| Failure::Usage(error.to_string()))?;
    let watching = Watching { settings, interval: None, key_logs: Vec::new() };
    let mut totals = watch_sessions(opened.source, &keys, watching, take)?;
    notes.append(&mut totals.notes);
    Ok(Totals { notes, ..totals })
}

/// Reads all packets, and keeps sessions and the places of packets. `begin` gets the dissector before the first, `take`
/// each key log that comes along.
pub(super) fn keep(
    files: &[PathBuf],
    begin: impl FnOnce(&mut Dissector),
    mut take: impl FnMut(&mut Dissector, Vec<u8>) -> Vec<Note>,
) -> Result<(Dissector, Arc<dyn Store>), Failure> {
    let inputs: Vec<Input> = files.iter().map(|path| input(path)).collect();
    let opened = open(&inputs, true).map_err(|error| Failure::Usage(error.to_string()))?;
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
