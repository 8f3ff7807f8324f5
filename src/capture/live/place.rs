//! Where captured packets go: a file that somebody named, or a private temporary one; one file, or a ring of some.

use super::LiveError;
use super::ring::Slot;
use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Where captured packets are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file; without one, they go to a temporary folder that goes when the capture has ended well.
    pub path: Option<PathBuf>,
    /// When and how often another file is begun; without it, there is one that grows.
    pub ring: Option<RingShape>,
}

/// A ring of files, of which the oldest gives way to the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingShape {
    /// The next file begins when this one has so many bytes.
    pub size: Option<u64>,
    /// The next file begins when this one was begun so long ago.
    pub time: Option<Duration>,
    /// How many files there are.
    pub files: u8,
}

impl RingShape {
    /// The temporary files of a capture that nobody asked to keep: enough to look back, and no disk fills.
    pub const SCRATCH: Self = Self { size: Some(64 << 20), time: None, files: 2 };
}

/// The files of a capture, and the folder that goes with them.
#[derive(Debug)]
pub(super) struct Created {
    pub(super) slots: Vec<Slot>,
    pub(super) scratch: Option<TempDir>,
}

impl Place {
    /// Makes the files, all of them: when packets come, the process may have no right any more to make one.
    pub(super) fn create(&self) -> Result<Created, LiveError> {
        let scratch = if self.path.is_none() { Some(scratch()?) } else { None };
        let in_scratch = || scratch.as_ref().map(|folder| folder.path().join("capture.pcapng"));
        let path = self.path.clone().or_else(in_scratch).unwrap_or_default();
        let mut slots: Vec<Slot> = Vec::new();
        for path in self.paths(&path) {
            match create(&path) {
                Ok(file) => slots.push(Slot { path, file }),
                Err(cause) => {
                    // Those that were made are empty and of no use.
                    for slot in &slots {
                        let _ = std::fs::remove_file(&slot.path);
                    }
                    return Err(LiveError::File { path, reason: cause.to_string() });
                }
            }
        }
        Ok(Created { slots, scratch })
    }

    /// `out.pcapng`, or `out-1.pcapng` to `out-5.pcapng`.
    fn paths(&self, path: &Path) -> Vec<PathBuf> {
        let Some(ring) = self.ring else { return vec![path.to_owned()] };
        let stem = path.file_stem().unwrap_or_default();
        let numbered = |number: u8| {
            let mut name = stem.to_owned();
            name.push(format!("-{number}"));
            if let Some(extension) = path.extension() {
                name.push(".");
                name.push(extension);
            }
            path.with_file_name(name)
        };
        (1..=ring.files.max(1)).map(numbered).collect()
    }
}

/// Makes a file that was not there before, for its owner alone.
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Makes a folder for its owner alone.
fn scratch() -> Result<TempDir, LiveError> {
    let mut builder = tempfile::Builder::new();
    let folder = builder.prefix("tlslab-").permissions(Permissions::from_mode(0o700)).tempdir();
    folder.map_err(|cause| LiveError::File { path: std::env::temp_dir(), reason: cause.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_private_and_never_overwritten() {
        let created = Place::default().create().unwrap();
        let folder = created.scratch.unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.path()), 0o700);
        let [Slot { path, .. }] = &created.slots[..] else { panic!("{:?}", created.slots) };
        assert_eq!(mode(path), 0o600);
        let again = Place { path: Some(path.clone()), ring: None };
        let refusal = again.create().unwrap_err().to_string();
        assert!(refusal.contains("capture.pcapng") && refusal.contains("exists"), "{refusal}");
    }

    #[test]
    fn the_files_of_a_ring_are_numbered_or_none_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let ring = Some(RingShape { size: Some(1), time: None, files: 3 });
        for (name, expected) in [
            ("a.pcapng", ["a-1.pcapng", "a-2.pcapng", "a-3.pcapng"]),
            ("b.c", ["b-1.c", "b-2.c", "b-3.c"]),
            ("d", ["d-1", "d-2", "d-3"]),
        ] {
            let created = Place { path: Some(folder.path().join(name)), ring }.create().unwrap();
            let names: Vec<_> = created.slots.iter().map(|slot| slot.path.file_name().unwrap()).collect();
            assert_eq!(names, expected);
        }
        std::fs::remove_file(folder.path().join("a-1.pcapng")).unwrap();
        assert!(Place { path: Some(folder.path().join("a.pcapng")), ring }.create().is_err());
        assert!(!folder.path().join("a-1.pcapng").exists());
    }
}
