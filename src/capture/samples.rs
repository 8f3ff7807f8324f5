//! The sample captures that the program carries with it, so that there is always something to open.

/// A capture inside the program.
#[derive(Debug)]
pub struct Sample {
    /// A short name for the command line: `one-way-tls13`.
    pub name: &'static str,
    /// The name of its file in `captures/` of the sources.
    pub file: &'static str,
    /// What it shows, in a few words.
    pub title: &'static str,
    /// What to look at in it, in one or two sentences.
    pub teaches: &'static str,
    /// The file itself.
    pub bytes: &'static [u8],
    /// The TLS key log of its sessions.
    pub keys: &'static str,
}

/// All samples, in the order in which to look at them.
pub static SAMPLES: &[Sample] = &[];

impl Sample {
    /// The sample with that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        SAMPLES.iter().find(|sample| sample.name == name)
    }
}
