//! Writing what was made to files: certificates, chains, keys and revocation lists as PEM.

use super::Pki;
use crate::x509::pem;
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why something was not written.
#[derive(Debug)]
pub enum ExportError {
    /// A name that cannot be part of a file name.
    Name(String),
    /// The file is there already: nothing is overwritten.
    Exists(PathBuf),
    /// The system refuses.
    Io(PathBuf, io::Error),
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(
                f,
                "{name:?} cannot be part of a file name: use letters, digits, `-`, `_` and `.`, and begin with a letter or digit"
            ),
            Self::Exists(path) => write!(f, "{}: is there already, and is not overwritten", path.display()),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for ExportError {}

/// Writes everything into `folder`, which is made where it is missing, and says which files that are:
/// `NAME.cert.pem`, `NAME.chain.pem` (the certificate and those above it), `NAME.csr.pem` where its owner asked with a
/// signing request, `NAME.key.pem` for its owner alone, and `NAME.crl.pem`.
///
/// # Errors
/// When a name is none for a file, a file is there already, or the system refuses. Names and files are looked at before
/// the first one is written.
pub fn save(pki: &Pki, folder: &Path) -> Result<Vec<PathBuf>, ExportError> {
    let files = files(pki)?;
    fs::create_dir_all(folder).map_err(|error| ExportError::Io(folder.to_owned(), error))?;
    if let Some(path) = files.iter().map(|file| folder.join(&file.name)).find(|path| path.symlink_metadata().is_ok()) {
        return Err(ExportError::Exists(path));
    }
    let mut written = Vec::new();
    for file in files {
        let path = folder.join(&file.name);
        write(&path, &file).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => ExportError::Exists(path.clone()),
            _ => ExportError::Io(path.clone(), error),
        })?;
        written.push(path);
    }
    Ok(written)
}

struct File {
    name: String,
    text: String,
    secret: bool,
}

fn files(pki: &Pki) -> Result<Vec<File>, ExportError> {
    let mut files = Vec::new();
    let mut add = |name: &str, suffix: &str, text: String, secret: bool| {
        let usable = name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
            && name.len() <= 100;
        if !usable {
            return Err(ExportError::Name(name.to_owned()));
        }
        files.push(File { name: format!("{name}.{suffix}.pem"), text, secret });
        Ok(())
    };
    for issued in &pki.certificates {
        let chain = pki.chain(&issued.name);
        add(&issued.name, "cert", pem("CERTIFICATE", &issued.der), false)?;
        if chain.len() > 1 {
            let text = chain.iter().map(|issued| pem("CERTIFICATE", &issued.der)).collect();
            add(&issued.name, "chain", text, false)?;
        }
        if let Some(request) = &issued.request {
            add(&issued.name, "csr", pem("CERTIFICATE REQUEST", request), false)?;
        }
        add(&issued.name, "key", pem("PRIVATE KEY", &issued.key.pkcs8), true)?;
    }
    for list in &pki.revocation_lists {
        add(&list.name, "crl", pem("X509 CRL", &list.der), false)?;
    }
    Ok(files)
}

/// The file is made with its rights, not given them afterwards: nobody can have opened it before.
fn write(path: &Path, file: &File) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if file.secret {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)?.write_all(file.text.as_bytes())
}
