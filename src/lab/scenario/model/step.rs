//! What `[[step]]` says: what happens, and where on the wire.

use super::Edit;

/// Something that happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What.
    pub action: Action,
    /// Who does it, by name; the only client or network where the file does not say.
    pub by: Option<String>,
    /// Where on the wire.
    pub at: Option<Place>,
    /// What is said about it to whoever watches.
    pub say: Option<String>,
    /// Whether it is no problem that a variant has no such place.
    pub may_miss: bool,
}

/// The things that can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A client opens a connection and plays the handshake.
    Connect {
        /// Text that goes as early data.
        early: Option<String>,
    },
    /// A peer sends application bytes on its latest connection.
    Send {
        /// The bytes, as text.
        text: String,
    },
    /// A peer ends its latest connection.
    Close {
        /// Whether without close_notify: a bare FIN.
        cut: bool,
    },
    /// The playback waits here.
    Pause,
    /// Something is said here, and the playback goes on.
    Note,
    /// Configuration changes between connections.
    Set {
        /// What.
        set: Vec<Edit>,
    },
    /// The lab's clock goes on.
    Wait {
        /// By how many seconds.
        seconds: i64,
    },
    /// A revocation list gets an entry, and all that hold the list get the new one.
    Revoke {
        /// The certificate, by name.
        certificate: String,
        /// The list, by name.
        list: String,
    },
    /// A server loses what it remembers of sessions, and its ticket keys.
    Restart,
    /// Somebody on the wire does something to what crosses it.
    Attack(Attack),
}

/// What somebody on the wire can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Attack {
    /// It never arrives.
    Drop,
    /// It arrives this many milliseconds later.
    Delay(u32),
    /// It arrives twice.
    Repeat,
    /// It changes places with what comes next.
    Swap,
    /// It comes as several records of these sizes (bytes of the body), the rest in a last one.
    Split(Vec<u32>),
    /// The records of the flight become one.
    Join,
    /// Bytes are changed in their place.
    Tamper {
        /// The field, by its path inside the message: `random[0]`, `ext.supported_versions`; `None` is the first byte.
        field: Option<String>,
        /// How.
        how: Tamper,
    },
    /// Plain text takes the place of a line.
    Replace {
        /// The line that stands there afterwards.
        with: String,
    },
    /// Bytes are put in front.
    Inject(Vec<u8>),
    /// What crosses the wire from here is remembered as a flight to replay.
    Copy,
    /// What was copied is sent again on a connection of the attacker's own.
    Replay,
    /// The connection ends at another server: a man in the middle.
    RelayTo(String),
}

/// How bytes are changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tamper {
    /// Every byte of the field is combined with this one; in a field without an index only the first.
    Xor(u8),
    /// These bytes stand there.
    Set(Vec<u8>),
    /// This many bytes are cut off the end of the record, whose length is mended.
    Truncate(u32),
    /// This many zero bytes are added to the record, whose length is mended.
    Grow(u32),
}

/// A place on the wire: `server>client Certificate#2`, `c2:client>server ClientHello`, `server>client line '250-STARTTLS'`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which connection of the run, from 1 on.
    pub connection: u32,
    /// Who sends.
    pub from: String,
    /// Who is to receive.
    pub to: String,
    /// What.
    pub what: PlaceKind,
    /// Which of them, from 1 on.
    pub nth: u32,
    /// The field in it, by its path: `cert[0]/tbs/validity/notAfter`.
    pub field: Option<String>,
}

/// What can stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceKind {
    /// A handshake message by its name.
    Message(String),
    /// A record.
    Record,
    /// A record of application data of which the application's bytes are inside.
    ApplicationData,
    /// An alert.
    Alert,
    /// ChangeCipherSpec.
    ChangeCipherSpec,
    /// A line of plain text that begins so.
    Line(String),
}
