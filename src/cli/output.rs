//! Where what a command makes goes: a new file that is its owner's alone, or standard output.

use super::{Failure, Status};
use crate::base::printable;
use crate::capture::create_private;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

/// Writes to a new file, or to standard output. `binary`: what it is, where it is nothing for a terminal.
pub(super) fn output(
    path: Option<&Path>,
    binary: Option<&str>,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Status, Failure> {
    let Some(path) = path else {
        if let Some(what) = binary.filter(|_| io::stdout().is_terminal()) {
            return Err(Failure::Usage(format!("{what} nothing for a terminal; -o names a file for it")));
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
    let file = create_private(path).map_err(failed)?;
    let mut out = BufWriter::new(file);
    let written = fill(&mut out).and_then(|()| out.flush());
    if written.is_err() {
        // It is ours: it was not there a moment ago.
        let _ = std::fs::remove_file(path);
    }
    written.map(|()| Status::Done).map_err(failed)
}
