//! Reading captures to the end, with each session handed over as soon as it is over.

use super::Failure;
use crate::capture::{Input, Totals, open, read_sessions};
use crate::session::Session;
use std::path::{Path, PathBuf};

/// Reads the files as one capture and hands over sessions in the order in which they end. Stops when `take` fails.
pub(super) fn read(files: &[PathBuf], take: &mut dyn FnMut(Session) -> Result<(), Failure>) -> Result<Totals, Failure> {
    let input = |path: &PathBuf| if path == Path::new("-") { Input::Stdin } else { Input::Path(path.clone()) };
    let inputs: Vec<Input> = files.iter().map(input).collect();
    let opened = open(&inputs, false).map_err(|error| Failure::Usage(error.to_string()))?;
    read_sessions(opened.source, take)
}
