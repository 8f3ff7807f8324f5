//! The secrets that a command is given: key logs of its arguments, and the one that the environment names.

use super::Failure;
use super::arguments::KeyArguments;
use crate::base::printable;
use crate::capture::{FileNote, Keys};
use crate::tls::secrets::Secrets;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The variable in which programs are told where to write their key log, and in which we look for it.
const VARIABLE: &str = "SSLKEYLOGFILE";

/// Reads all key logs. A file that was named and cannot be read is a failure; that of the environment is a remark,
/// because it need not be there yet.
pub(super) fn keys(arguments: &KeyArguments) -> Result<(Keys, Vec<FileNote>), Failure> {
    let mut secrets = Secrets::default();
    let mut notes = Vec::new();
    let variable = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(path) = variable {
        match std::fs::read(&path) {
            Ok(text) => add(&mut secrets, &path, &text, &mut notes),
            Err(cause) => super::complain(&format!("{}: {cause} ({VARIABLE})", printable(&path.to_string_lossy()))),
        }
    }
    for path in &arguments.keylog {
        let text = std::fs::read(path).map_err(|cause| {
            Failure::Usage(format!("cannot read the key log {}: {cause}", printable(&path.to_string_lossy())))
        })?;
        add(&mut secrets, path, &text, &mut notes);
    }
    Ok((Keys { secrets: Arc::new(secrets), embedded: !arguments.no_embedded_keys }, notes))
}

fn add(secrets: &mut Secrets, path: &Path, text: &[u8], notes: &mut Vec<FileNote>) {
    let found = secrets.read_key_log(text, 1);
    notes.extend(found.into_iter().map(|note| FileNote { path: path.to_owned(), after: 0, note }));
}
