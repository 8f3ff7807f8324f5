//! Keeps what can be read only once, a pipe or what a compressed file unpacks to, in a temporary file without a name.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// A file that only this process can reach, and that is gone when it is closed.
#[derive(Debug)]
pub(super) struct Spool {
    file: File,
}

/// How many names are tried before the directory is given up.
const ATTEMPTS: u32 = 64;

impl Spool {
    /// A new one in the directory for temporary files.
    pub(super) fn new() -> io::Result<Self> {
        Self::within(&std::env::temp_dir())
    }

    fn within(directory: &Path) -> io::Result<Self> {
        // Each process counts for itself; a name that another one has left behind is passed over, never opened.
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let mut refusal = io::Error::from(io::ErrorKind::AlreadyExists);
        for _ in 0..ATTEMPTS {
            let count = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = directory.join(format!(".tlslab-{}-{count}", std::process::id()));
            // Only the owner may open it, and the name goes at once, so that a crash leaves nothing behind.
            match OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => return std::fs::remove_file(&path).map(|()| Self { file }),
                Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => refusal = cause,
                Err(cause) => return Err(cause),
            }
        }
        Err(refusal)
    }

    pub(super) fn append(&self, bytes: &[u8]) -> io::Result<()> {
        (&self.file).write_all(bytes)
    }

    pub(super) fn read_exact_at(&self, buffer: &mut [u8], position: u64) -> io::Result<()> {
        self.file.read_exact_at(buffer, position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_no_name_behind_and_gives_back_what_it_got() {
        let directory = tempfile::tempdir().unwrap();
        let spool = Spool::within(directory.path()).unwrap();
        spool.append(b"one").unwrap();
        spool.append(b"two").unwrap();
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        let mut back = [0; 4];
        spool.read_exact_at(&mut back, 1).unwrap();
        assert_eq!(&back, b"netw");
        assert!(spool.read_exact_at(&mut back, 3).is_err());
    }
}
