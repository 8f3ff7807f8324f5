//! What a scenario says, once it has been read. Each section of the file is one type here, with the names of the file.

/// Gives an enum its words, so that files, screens and messages use the same ones.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $name {
            /// All of them, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The words of all of them, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word of scenario files, screens and JSON.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The one with that word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|item| item.word() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

mod ask;
mod expect;
mod peer;
mod pki;
mod step;

pub use ask::*;
pub use expect::*;
pub use peer::*;
pub use pki::*;
pub use step::*;

/// A scenario with one variant or set of edits applied: everything that a run needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its name on the command line and its file name: `cert-expired`.
    pub id: String,
    /// Its code in the catalogue: `C1`.
    pub code: Option<String>,
    /// One line for lists.
    pub title: String,
    /// The folder that it stands in: `certificate-faults`.
    pub group: String,
    /// 1 for a first lesson, 2 for those who know the handshake, 3 for the rest.
    pub level: u8,
    /// The lab's own now, in seconds since 1970. The wall clock is never read.
    pub clock: i64,
    /// Where all randomness comes from: the same seed gives the same bytes.
    pub seed: u64,
    /// What it is about, as paragraphs.
    pub about: String,
    /// How long it takes somebody who has not seen it, in minutes.
    pub minutes: Option<u32>,
    /// The sections of standards that it plays out.
    pub rfc: Vec<String>,
    /// How many rungs of the check ladder fail at the same time; more than one is declared.
    pub faults: Option<u32>,
    /// Certificates, keys and revocation lists, in the order of the file.
    pub pki: Vec<Named<PkiItem>>,
    /// Clients, servers and whoever sits on the wire, in the order of the file.
    pub peers: Vec<Named<Peer>>,
    /// The same story with changed knobs.
    pub variants: Vec<Variant>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// The steps of a document that the run is held against.
    pub captions: Vec<Caption>,
    /// What must come of it.
    pub expects: Vec<Expect>,
    /// Questions to whoever plays it.
    pub asks: Vec<Ask>,
    /// What is to be found or mended.
    pub task: Option<Task>,
}

impl Scenario {
    /// The peer with that name.
    #[must_use]
    pub fn peer(&self, name: &str) -> Option<&Peer> {
        self.peers.iter().find(|peer| peer.name == name).map(|peer| &peer.item)
    }

    /// What that name stands for in `[pki]`.
    #[must_use]
    pub fn pki_item(&self, name: &str) -> Option<&PkiItem> {
        self.pki.iter().find(|item| item.name == name).map(|item| &item.item)
    }
}

/// Something with the name that the rest of the file uses for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T> {
    /// The key in its section.
    pub name: String,
    /// What it names.
    pub item: T,
}

/// The same story with changed knobs.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name on the command line.
    pub id: String,
    /// One line for lists; the id where the file has none.
    pub title: String,
    /// What is changed.
    pub set: Vec<Edit>,
}

/// A value put in the place of another one.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Where: `peer.client.versions`.
    pub path: String,
    /// What: a TOML value as it would stand in the file.
    pub value: toml::Value,
}

/// A step of a document, beside what does it in truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Caption {
    /// Its number in the document.
    pub step: u32,
    /// What the document says, in our words.
    pub says: String,
    /// The message that does it; `None` where nothing on the wire does.
    pub at: Option<Place>,
    /// Whether it is no problem that a variant has no such place.
    pub may_miss: bool,
    /// Where the document and the wire differ.
    pub remark: Option<String>,
}
