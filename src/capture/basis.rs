//! Trust anchors, revocation lists and lists of logs from files, folders and the store of the system.

mod log_list;

use crate::base::{Group, Note, Severity, printable};
use crate::capture::{FileNote, Input};
use crate::session::judgement::{Basis, Verifiers};
use crate::x509::{Wanted, bundle};
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// No file of certificates or lists is longer; a capture that was given by mistake is not read to its end.
const LONGEST: u64 = 256 << 20;

/// Where anchors come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchors {
    /// The list of Mozilla that comes with the program.
    Mozilla,
    /// The store of the system.
    System,
    /// A file, or a folder with files.
    Path(PathBuf),
}

/// Why anchors or lists cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum BasisError {
    /// The file cannot be read.
    #[error("cannot read {}: {cause}", printable(&path.to_string_lossy()))]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file holds nothing that could be used.
    #[error("{}: {why}", printable(&path.to_string_lossy()))]
    Content {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// The system has no store, or it cannot be read.
    #[error("the system's trust anchors cannot be read: {0}")]
    System(String),
}

/// The basis for captures some of which may know themselves by what their peers judge.
#[must_use]
pub fn with_verifiers(basis: &Arc<Basis>, inputs: &[Input]) -> Arc<Basis> {
    let mut verifiers = Verifiers::default();
    for input in inputs {
        if let Input::Memory(memory) = input {
            verifiers.add_all(&memory.verifiers);
        }
    }
    if verifiers.is_empty() { Arc::clone(basis) } else { Arc::new(Basis { verifiers, ..Basis::clone(basis) }) }
}

/// The same basis with another list in the place of Mozilla's and the system's, and of what peers judge by themselves;
/// files stay. `None` leaves the files and the peers alone.
pub fn with_anchors(basis: &Basis, anchors: Option<&Anchors>) -> Result<Basis, BasisError> {
    let mut basis = Basis { anchors: basis.anchors.without(&["mozilla", "system"]), ..basis.clone() };
    if let Some(anchors) = anchors {
        basis.verifiers = Verifiers::default();
        add_anchors(&mut basis, anchors)?;
    }
    Ok(basis)
}

/// Adds anchors, and gives a note for each certificate that cannot be read.
pub fn add_anchors(basis: &mut Basis, anchors: &Anchors) -> Result<Vec<FileNote>, BasisError> {
    match anchors {
        Anchors::Mozilla => basis.anchors.add_mozilla(),
        Anchors::System => basis.anchors.add("system", system()?),
        Anchors::Path(path) if path.is_dir() => return add_folder(basis, path),
        Anchors::Path(path) => {
            let (found, notes) = read(path, Wanted::Certificates)?;
            basis.anchors.add(&path.to_string_lossy(), found.into_iter().map(Cow::Owned));
            return Ok(notes);
        }
    }
    Ok(Vec::new())
}

/// Adds the revocation lists of a file, in the same way.
pub fn add_lists(basis: &mut Basis, path: &Path) -> Result<Vec<FileNote>, BasisError> {
    let (found, mut notes) = read(path, Wanted::RevocationLists)?;
    let before = basis.lists.count();
    for (index, der) in found.iter().enumerate() {
        if let Err(why) = basis.lists.add(der) {
            notes.push(note(path, format!("revocation list {} cannot be used: {why}", index + 1)));
        }
    }
    match notes.first().filter(|_| basis.lists.count() == before) {
        Some(note) => Err(BasisError::Content { path: path.to_owned(), why: note.note.text.to_string() }),
        None => Ok(notes),
    }
}

/// Adds the logs of a list, in the same way.
pub fn add_logs(basis: &mut Basis, path: &Path) -> Result<Vec<FileNote>, BasisError> {
    let content = |why: String| BasisError::Content { path: path.to_owned(), why };
    let (logs, faults) = log_list::read(&bytes(path)?).map_err(content)?;
    if logs.is_empty() {
        return Err(content(faults.into_iter().next().unwrap_or_else(|| "there are no logs in it".to_owned())));
    }
    for log in logs {
        basis.logs.add(log);
    }
    Ok(faults.into_iter().map(|fault| note(path, fault)).collect())
}

/// All certificates of a folder's own files. What is no certificate may lie beside them, as long as one is there.
fn add_folder(basis: &mut Basis, folder: &Path) -> Result<Vec<FileNote>, BasisError> {
    let entries = fs::read_dir(folder).map_err(|cause| BasisError::Io { path: folder.to_owned(), cause })?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    // The order in which a file system gives names is no order.
    paths.sort();
    let mut notes = Vec::new();
    let mut found = 0;
    for path in paths.iter().filter(|path| path.is_file()) {
        if let Ok((certificates, mut more)) = read(path, Wanted::Certificates) {
            found += certificates.len();
            notes.append(&mut more);
            basis.anchors.add(&path.to_string_lossy(), certificates.into_iter().map(Cow::Owned));
        }
    }
    if found == 0 {
        let why = "there is no certificate in any of its files".to_owned();
        return Err(BasisError::Content { path: folder.to_owned(), why });
    }
    Ok(notes)
}

fn system() -> Result<Vec<Cow<'static, [u8]>>, BasisError> {
    let loaded = rustls_native_certs::load_native_certs();
    if loaded.certs.is_empty() {
        let errors: Vec<_> = loaded.errors.iter().map(|error| printable(&error.to_string())).collect();
        let why = if errors.is_empty() { "there are none".to_owned() } else { errors.join("; ") };
        return Err(BasisError::System(why));
    }
    Ok(loaded.certs.into_iter().map(|certificate| Cow::Owned(certificate.to_vec())).collect())
}

fn bytes(path: &Path) -> Result<Vec<u8>, BasisError> {
    let io = |cause| BasisError::Io { path: path.to_owned(), cause };
    let mut bytes = Vec::new();
    let length = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes)).map_err(io)?;
    if length as u64 > LONGEST {
        let why = format!("the file is longer than {} MiB", LONGEST >> 20);
        return Err(BasisError::Content { path: path.to_owned(), why });
    }
    Ok(bytes)
}

fn read(path: &Path, wanted: Wanted) -> Result<(Vec<Vec<u8>>, Vec<FileNote>), BasisError> {
    let content = |why: String| BasisError::Content { path: path.to_owned(), why };
    let bundle = bundle(&bytes(path)?, wanted).map_err(|fault| content(fault.to_string()))?;
    let what = if wanted == Wanted::Certificates { "certificate" } else { "revocation list" };
    let unread = bundle.unread.into_iter();
    let notes = unread.map(|(number, why)| note(path, format!("{what} {number} cannot be read: {why}"))).collect();
    Ok((bundle.found, notes))
}

fn note(path: &Path, text: String) -> FileNote {
    let (severity, group, code) = (Severity::Warn, Group::Malformed, "anchors.file");
    let note = Note { severity, group, code, text: text.into(), span: None };
    FileNote { path: path.to_owned(), after: 0, note }
}
