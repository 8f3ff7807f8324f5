//! A key log on disk that programs are still writing to: what is new in it, in whole lines.
//!
//! There is no thread and no clock here. Who follows the file asks now and then; what was read before is not read
//! again, unless the file was replaced, cut, or written anew in its place.

use crate::tls::key_log;
use std::fs::{File, Metadata};
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// How much is read at once.
const MOST: u64 = 1 << 24;
/// How many of the bytes that were read last are looked at again: more than a random of the last line.
const TAIL: u64 = 256;

/// The file, and how far it was read.
#[derive(Debug)]
pub struct KeyLogFile {
    path: PathBuf,
    read: Option<Position>,
}

/// How far a file was read. It is known by its number, because another file may come in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position {
    file: (u64, u64),
    /// Behind the last line that is whole.
    offset: u64,
    /// How many lines that were.
    lines: u32,
    /// Up to where it was looked at: behind `offset` lies a line that is not whole yet.
    seen: u64,
    /// What the last bytes before that were, as a hash: they are key material.
    tail: u64,
}

/// Lines that are new.
#[derive(Clone, PartialEq, Eq)]
pub struct NewLines {
    /// The lines.
    pub text: Vec<u8>,
    /// The number of the first one.
    pub first: u32,
    /// Whether another file came in the place of the one that was read before, or it was cut.
    pub anew: bool,
}

impl std::fmt::Debug for NewLines {
    /// Without the text, which is key material.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewLines").field("bytes", &self.text.len()).field("first", &self.first).finish_non_exhaustive()
    }
}

impl KeyLogFile {
    /// A file that was not read yet, and need not be there.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), read: None }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is new since the last call, or `None`. A last line without an end is given as soon as it holds a secret,
    /// and once more when it has gone on; until then it is no fault.
    ///
    /// # Errors
    /// When the file is not there, or cannot be read. Asking again later is no mistake.
    pub fn read(&mut self) -> io::Result<Option<NewLines>> {
        // The file that comes next may get the same number.
        let mut file = File::open(&self.path).inspect_err(|_| self.read = None)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return self.read_once(&mut file, &metadata);
        }
        let number = (metadata.dev(), metadata.ino());
        let mut before = self.read.filter(|position| position.file == number && position.seen <= metadata.len());
        // A file that was written anew in its place may be as long as before, or longer.
        if let Some(position) = before
            && tail(&mut file, position.seen)? != position.tail
        {
            before = None;
        }
        let anew = self.read.is_some() && before.is_none();
        let mut position = before.unwrap_or(Position::start(number));
        if before.is_some() && position.seen == metadata.len() {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(position.offset))?;
        let mut text = Vec::new();
        file.by_ref().take(MOST).read_to_end(&mut text)?;
        let first = position.lines.saturating_add(1);
        position.take(&mut text);
        position.tail = tail(&mut file, position.seen)?;
        self.read = Some(position);
        Ok((!text.is_empty() || anew).then_some(NewLines { text, first, anew }))
    }

    /// A pipe gives what it has, once.
    fn read_once(&mut self, file: &mut File, metadata: &Metadata) -> io::Result<Option<NewLines>> {
        let number = (metadata.dev(), metadata.ino());
        if self.read.is_some() {
            return Ok(None);
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        self.read = Some(Position::start(number));
        Ok(Some(NewLines { text, first: 1, anew: false }))
    }
}

/// The hash of the last bytes before an offset.
fn tail(file: &mut File, offset: u64) -> io::Result<u64> {
    let start = offset.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(offset - start).read_to_end(&mut bytes)?;
    let mut hasher = DefaultHasher::new();
    hasher.write(&bytes);
    Ok(hasher.finish())
}

impl Position {
    fn start(file: (u64, u64)) -> Self {
        Self { file, offset: 0, lines: 0, seen: 0, tail: 0 }
    }

    /// Goes on over what was read, and cuts off a last line that is neither whole nor a secret.
    fn take(&mut self, text: &mut Vec<u8>) {
        self.seen = self.offset.saturating_add(text.len() as u64);
        let is_full = text.len() as u64 == MOST;
        let whole = match text.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) {
            // The LF of a CR LF may still come.
            Some(last) if text.ends_with(b"\r") && last + 1 == text.len() && !is_full => {
                let rest = text.get(..last).unwrap_or_default();
                rest.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |end| end + 1)
            }
            Some(last) => last + 1,
            None if is_full => text.len(),
            None => 0,
        };
        self.offset = self.offset.saturating_add(whole as u64);
        let (lines, rest) = text.split_at_checked(whole).unwrap_or((text, &[]));
        self.lines = self.lines.saturating_add(count(lines));
        let mut secrets = 0;
        let sound = key_log::read(rest, 1, |_| secrets += 1).is_empty();
        if !sound || secrets == 0 {
            text.truncate(whole);
        }
    }
}

/// How many lines end in a text: at LF, CR, or CR LF (RFC 9850 2).
fn count(text: &[u8]) -> u32 {
    let ends = text.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    let pairs = text.windows(2).filter(|pair| pair == b"\r\n").count();
    u32::try_from(ends - pairs).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// What happens to the file before it is read again.
    enum Step<'a> {
        Append(&'a str),
        Replace(&'a str),
        /// The same file, written anew.
        Rewrite(&'a str),
        Remove,
        Nothing,
    }

    fn play(path: &Path, step: &Step<'_>) {
        match step {
            Step::Append(text) => {
                let mut file = fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
                io::Write::write_all(&mut file, text.as_bytes()).unwrap();
            }
            Step::Replace(text) => {
                let other = path.with_extension("other");
                fs::write(&other, text).unwrap();
                fs::rename(&other, path).unwrap();
            }
            Step::Rewrite(text) => fs::write(path, text).unwrap(),
            Step::Remove => fs::remove_file(path).unwrap(),
            Step::Nothing => {}
        }
    }

    #[test]
    fn what_is_new_is_read_once_and_in_whole_lines() {
        let secret = format!("CLIENT_RANDOM {} {}", "01".repeat(32), "02".repeat(48));
        let half = &secret[..80];
        let ended = format!("{secret}\n");
        let rest = format!("{}\nnext\n", &secret[80..]);
        let whole = format!("{secret}\nnext\n");
        type Row<'a> = (Step<'a>, Option<(&'a str, u32, bool)>);
        let scripts: &[&[Row<'_>]] = &[
            &[
                (Step::Append("# a\n# b\n"), Some(("# a\n# b\n", 1, false))),
                (Step::Nothing, None),
                (Step::Append("# c\n"), Some(("# c\n", 3, false))),
            ],
            // A line that is being written waits for its end.
            &[
                (Step::Append("# a\n"), Some(("# a\n", 1, false))),
                (Step::Append(half), None),
                (Step::Nothing, None),
                (Step::Append(&rest), Some((&whole, 2, false))),
            ],
            // One that is whole but for its end is taken, and once more when the end is there.
            &[(Step::Append(&secret), Some((&secret, 1, false))), (Step::Append("\n"), Some((&ended, 1, false)))],
            // CR LF ends one line, whatever is read between the two.
            &[
                (Step::Append("# a\r"), None),
                (Step::Append("\n# b\r\n"), Some(("# a\r\n# b\r\n", 1, false))),
                (Step::Append("# c\r\r"), Some(("# c\r", 3, false))),
            ],
            &[
                (Step::Append("# a\n# b\n"), Some(("# a\n# b\n", 1, false))),
                (Step::Replace("# c\n# d\n"), Some(("# c\n# d\n", 1, true))),
                (Step::Rewrite("# e\n"), Some(("# e\n", 1, true))),
                (Step::Rewrite(""), Some(("", 1, true))),
                (Step::Append("# f\n"), Some(("# f\n", 1, false))),
            ],
            // Written anew in its place, as long as before or longer.
            &[
                (Step::Append("# a\n# b\n"), Some(("# a\n# b\n", 1, false))),
                (Step::Rewrite("# c\n# d\n"), Some(("# c\n# d\n", 1, true))),
                (Step::Rewrite("# c\n# d\n"), None),
                (Step::Rewrite("# e\n# f\n# g\n"), Some(("# e\n# f\n# g\n", 1, true))),
                (Step::Append("# h\n"), Some(("# h\n", 4, false))),
                (Step::Rewrite("# e\n# f\n# g\n# h\n# i\n"), Some(("# i\n", 5, false))),
            ],
        ];
        for (number, script) in scripts.iter().enumerate() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("keys.log");
            let mut log = KeyLogFile::new(&path);
            assert_eq!(log.read().unwrap_err().kind(), io::ErrorKind::NotFound);
            for (index, (step, expected)) in script.iter().enumerate() {
                play(&path, step);
                let found = log.read().unwrap();
                let expected =
                    expected.map(|(text, first, anew)| NewLines { text: text.as_bytes().to_vec(), first, anew });
                assert_eq!(found, expected, "script {number}, step {index}");
            }
        }
    }

    #[test]
    fn a_file_may_go_and_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.log");
        let mut log = KeyLogFile::new(&path);
        play(&path, &Step::Append("# a\n"));
        assert!(log.read().unwrap().is_some());
        play(&path, &Step::Remove);
        assert_eq!(log.read().unwrap_err().kind(), io::ErrorKind::NotFound);
        play(&path, &Step::Append("# b\n"));
        assert_eq!(log.read().unwrap().unwrap().text, b"# b\n");
        assert!(KeyLogFile::new(folder.path()).read().is_err(), "a folder is no key log");
    }
}
