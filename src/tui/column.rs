//! The columns of the list of sessions: what each shows, how it sorts, and which have room.
//!
//! A column is there whole or not at all. Some have a longer form for wider terminals; only names and suites may be
//! shortened, with a sign where something was left out. An address or a version is never cut.

use super::clock;
use super::model::Model;
use super::settings::TimeFormat;
use super::text;
use super::theme::Glyphs;
use super::words::{self, CipherForm};
use crate::base::{printable, printable_bytes};
use crate::net::Endpoint;
use crate::session::{Outcome, Session, Timestamp, Transport};

/// Which column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnId {
    /// The session's number.
    Number,
    /// When its first frame was captured.
    Start,
    /// Client and server.
    Endpoints,
    /// The host name asked for.
    ServerName,
    /// The version.
    Version,
    /// Suite and group.
    Cipher,
    /// The protocol of ALPN.
    Alpn,
    /// Who proved an identity.
    Auth,
    /// Whether what was encrypted is open.
    Open,
    /// How it went.
    Result,
    /// Duration of the handshake.
    Duration,
    /// The stream's number.
    Stream,
    /// Frames of the stream.
    Frames,
    /// Bytes of both directions.
    Bytes,
    /// The client's fingerprint.
    Ja4,
}

/// A column as it is: its heading, its side, its meaning.
#[derive(Debug)]
pub struct Column {
    /// Which one.
    pub id: ColumnId,
    /// Its heading.
    pub title: &'static str,
    /// Whether it stands at the right edge, as numbers do.
    pub right: bool,
    /// What it means, for the help.
    pub help: &'static str,
}

const fn column(id: ColumnId, title: &'static str, right: bool, help: &'static str) -> Column {
    Column { id, title, right, help }
}

/// All columns from left to right.
#[rustfmt::skip]
pub static COLUMNS: &[Column] = &[
    column(ColumnId::Number, "#", true, "number of the session in the capture"),
    column(ColumnId::Start, "start", true, "time of the stream's first frame; t changes the form"),
    column(ColumnId::Endpoints, "client > server", false, "addresses and ports; on narrow screens the server alone"),
    column(ColumnId::ServerName, "SNI", false, "server_name: the host that the client asked for"),
    column(ColumnId::Version, "ver", false, "the version that was negotiated, not the one in the record header"),
    column(ColumnId::Cipher, "cipher / group", false, "cipher suite and key exchange group that the server chose, as much as has room"),
    column(ColumnId::Alpn, "ALPN", false, "application protocol that the server chose, where it can be read"),
    column(ColumnId::Auth, "auth", false,
        "who showed a certificate. one-way: the server. mutual: the client too. asked: the client was asked and showed \
         none. psk: nobody, both had a key. anonymous: nobody. hidden: encrypted in TLS 1.3"),
    column(ColumnId::Open, "open", false,
        "whether keys opened what was encrypted: yes, a part of it, or no. There while something has keys"),
    column(ColumnId::Result, "result", false, "how the handshake went"),
    column(ColumnId::Duration, "ms", true, "from the first record to the end of the handshake, in milliseconds"),
    column(ColumnId::Stream, "stream", false, "the number of the conversation, as Wireshark counts tcp.stream and udp.stream"),
    column(ColumnId::Frames, "frames", true, "frames of the stream"),
    column(ColumnId::Bytes, "bytes", true, "payload bytes of both directions, each counted once"),
    column(ColumnId::Ja4, "JA4", false, "fingerprint of the ClientHello"),
];

/// The order in which columns and their longer forms get room.
const STEPS: &[(ColumnId, u8)] = &[
    (ColumnId::Result, 0),
    (ColumnId::Number, 0),
    (ColumnId::Version, 0),
    // A session is known by the name that was asked for, rather than by an address.
    (ColumnId::ServerName, 0),
    (ColumnId::Endpoints, 0),
    (ColumnId::Start, 0),
    (ColumnId::Auth, 0),
    (ColumnId::Open, 0),
    (ColumnId::Duration, 0),
    (ColumnId::Endpoints, 1),
    (ColumnId::Cipher, 0),
    (ColumnId::ServerName, 1),
    (ColumnId::Endpoints, 2),
    (ColumnId::ServerName, 2),
    (ColumnId::Cipher, 1),
    (ColumnId::Cipher, 2),
    (ColumnId::Result, 1),
    (ColumnId::Alpn, 0),
    (ColumnId::Stream, 0),
    (ColumnId::Bytes, 0),
    (ColumnId::Frames, 0),
    (ColumnId::Ja4, 0),
];

/// The forms of the cipher column, the shortest first.
const CIPHER_FORMS: [CipherForm; 3] = [CipherForm::Encryption, CipherForm::Suite, CipherForm::SuiteAndGroup];

/// A column with the room that it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which one.
    pub id: ColumnId,
    /// How long its form is; 0 is the shortest.
    pub form: u8,
    /// Cells.
    pub width: usize,
}

/// The widest texts so far of what must not be cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Widest {
    client: usize,
    server: usize,
    server_name: usize,
    alpn: usize,
    cipher: [usize; 3],
    result: usize,
}

impl Widest {
    /// Takes a session into account.
    pub(crate) fn grow(&mut self, session: &Session) {
        self.client = self.client.max(session.client.to_string().len());
        self.server = self.server.max(session.server.to_string().len());
        let name = session.server_name().map_or(1, |name| text::width(&printable(name)));
        self.server_name = self.server_name.max(name);
        self.alpn = self.alpn.max(session.alpn.as_ref().map_or(1, Vec::len));
        for (widest, form) in self.cipher.iter_mut().zip(CIPHER_FORMS) {
            *widest = (*widest).max(text::width(&words::cipher(session, form)));
        }
        self.result = self.result.max(words::result(session, true).len());
    }
}

/// The columns that fit into `cells`, from left to right, one cell between two.
#[must_use]
pub fn layout(cells: usize, model: &Model) -> Vec<Placed> {
    let mut chosen: Vec<Placed> = Vec::new();
    let mut free = cells;
    let has_keys = model.open.1 > 0;
    for &(id, form) in STEPS.iter().filter(|(id, _)| has_keys || *id != ColumnId::Open) {
        let width = least(id, form, model);
        let before = chosen.iter_mut().find(|placed| placed.id == id);
        let had = before.as_ref().map(|placed| placed.width);
        let cost = had.map_or(width + usize::from(free < cells), |had| width.saturating_sub(had));
        if cost > free {
            continue;
        }
        free -= cost;
        match before {
            Some(placed) => *placed = Placed { id, form, width: width.max(placed.width) },
            None => chosen.push(Placed { id, form, width }),
        }
    }
    if let Some(placed) = chosen.iter_mut().find(|placed| placed.id == ColumnId::ServerName) {
        placed.width += model.widest.server_name.saturating_sub(placed.width).min(free);
    }
    let place = |id: ColumnId| COLUMNS.iter().position(|column| column.id == id);
    chosen.sort_by_key(|placed| place(placed.id));
    chosen
}

/// The heading of a column in the form that it has.
#[must_use]
pub fn title(placed: Placed) -> &'static str {
    match (placed.id, placed.form) {
        (ColumnId::Endpoints, 0) => "server",
        (ColumnId::Cipher, 0 | 1) => "cipher",
        (id, _) => COLUMNS.iter().find(|column| column.id == id).map_or("", |column| column.title),
    }
}

/// The text of a cell, fitting its width.
#[must_use]
pub fn cell(placed: Placed, session: &Session, before: Option<Timestamp>, model: &Model, glyphs: &Glyphs) -> String {
    let text = content(placed, session, before, model, glyphs);
    match placed.id {
        ColumnId::ServerName | ColumnId::Cipher => text::shorten_middle(&text, placed.width, glyphs),
        _ => text::shorten_end(&text, placed.width, glyphs),
    }
}

/// What sessions are put in order by: made once for each session, because making it costs more than comparing it.
/// Hundreds of thousands are there at a time, so that it is kept small.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A number, a time, a code point; the least where there is none.
    Number(i64),
    /// A name; the empty one where there is none.
    Text(Box<str>),
    /// A word of ours.
    Word(&'static str),
    /// A name that need not be text.
    Bytes(Option<Box<[u8]>>),
    /// Server and client.
    Ends(Box<(Endpoint, Endpoint)>),
    /// The word of the outcome, and what tells outcomes of one word apart.
    Outcome(&'static str, u8, u8),
}

/// The key of a session in a column.
#[must_use]
pub fn key(id: ColumnId, session: &Session) -> Key {
    let number =
        |number: Option<u64>| Key::Number(number.map_or(-1, |number| i64::try_from(number).unwrap_or(i64::MAX)));
    match id {
        ColumnId::Number => Key::Number(0),
        ColumnId::Start => Key::Number(session.started),
        ColumnId::Endpoints => Key::Ends(Box::new((session.server, session.client))),
        ColumnId::ServerName => Key::Text(session.server_name().unwrap_or_default().into()),
        ColumnId::Version => number(session.version.map(|version| u64::from(version.0))),
        ColumnId::Cipher => {
            let group = session.group.map_or(0, |group| u64::from(group.0) + 1);
            number(session.cipher_suite.map(|suite| u64::from(suite.0) << 17 | group))
        }
        ColumnId::Alpn => Key::Bytes(session.alpn.as_deref().map(Box::from)),
        ColumnId::Auth => Key::Word(words::auth(session)),
        ColumnId::Open => Key::Word(words::open(session)),
        ColumnId::Result => {
            let (kind, alert) = match session.outcome {
                Outcome::Aborted { reset, .. } => (u8::from(reset), 0),
                Outcome::NotTls { .. } => (2, 0),
                Outcome::Refused { alert, .. } => (3, alert.description.0),
                _ => (0, 0),
            };
            Key::Outcome(session.outcome.word(), kind, alert)
        }
        ColumnId::Duration => Key::Number(words::duration(session).unwrap_or(-1)),
        ColumnId::Stream => {
            let udp = session.stream.transport == Transport::Udp;
            number(Some(u64::from(udp) << 32 | u64::from(session.stream.index)))
        }
        ColumnId::Frames => number(Some(u64::from(session.frames))),
        ColumnId::Bytes => number(Some(bytes(session))),
        ColumnId::Ja4 => Key::Text(ja4(session).unwrap_or_default().into()),
    }
}

/// The least width of a form of a column.
fn least(id: ColumnId, form: u8, model: &Model) -> usize {
    let widest = &model.widest;
    let span = model.snapshot.sessions.last().map_or(0, |last| last.started.saturating_sub(model.start()));
    match (id, form) {
        (ColumnId::Number, _) => model.snapshot.sessions.len().max(100).to_string().len(),
        (ColumnId::Start, _) => match model.settings.time_format {
            TimeFormat::Absolute => 12,
            TimeFormat::SinceStart => clock::seconds(span).len().max(7),
            TimeFormat::Delta => clock::seconds(span).len().max(7) + 1,
        },
        (ColumnId::Endpoints, 0) => widest.server.max(6),
        (ColumnId::Endpoints, 1) => widest.server.max(6) + 9,
        (ColumnId::Endpoints, _) => widest.server + widest.client + 3,
        (ColumnId::ServerName, 0) => 12.min(widest.server_name.max(3)),
        (ColumnId::ServerName, 1) => 20.min(widest.server_name.max(3)),
        (ColumnId::ServerName, _) => 32.min(widest.server_name.max(3)),
        (ColumnId::Version, _) => 4,
        (ColumnId::Cipher, form) => widest.cipher.get(usize::from(form)).map_or(0, |widest| (*widest).max(14)),
        (ColumnId::Alpn, _) => widest.alpn.clamp(4, 16),
        (ColumnId::Auth, _) => 9,
        (ColumnId::Open, _) => 4,
        (ColumnId::Result, 0) => 12,
        (ColumnId::Result, _) => widest.result + 2,
        (ColumnId::Duration, _) => 6,
        (ColumnId::Stream, _) => 9,
        (ColumnId::Frames, _) => 6,
        (ColumnId::Bytes, _) => 7,
        (ColumnId::Ja4, _) => 36,
    }
}

fn content(placed: Placed, session: &Session, before: Option<Timestamp>, model: &Model, glyphs: &Glyphs) -> String {
    match placed.id {
        ColumnId::Number => session.number.to_string(),
        ColumnId::Start => clock::shown(session.started, before, model.start(), &model.settings),
        ColumnId::Endpoints => endpoints(placed.form, session.client, session.server, model.widest.client),
        ColumnId::ServerName => words::server_name(session),
        ColumnId::Version => words::version(session),
        ColumnId::Cipher => {
            let form = CIPHER_FORMS.get(usize::from(placed.form)).copied().unwrap_or(CipherForm::SuiteAndGroup);
            words::cipher(session, form)
        }
        ColumnId::Alpn => session.alpn.as_ref().map_or_else(|| "-".to_owned(), |name| printable_bytes(name)),
        ColumnId::Auth => words::auth(session).to_owned(),
        ColumnId::Open => words::open(session).to_owned(),
        ColumnId::Result => {
            let glyph = words::outcome_glyph(session.outcome, glyphs);
            format!("{glyph} {}", words::result(session, placed.form > 0))
        }
        ColumnId::Duration => words::duration_text(session),
        ColumnId::Stream => session.stream.to_string(),
        ColumnId::Frames => session.frames.to_string(),
        ColumnId::Bytes => text::bytes(bytes(session)),
        ColumnId::Ja4 => ja4(session).unwrap_or("-").to_owned(),
    }
}

fn endpoints(form: u8, client: Endpoint, server: Endpoint, widest: usize) -> String {
    match form {
        0 => server.to_string(),
        1 => format!("{:>6} > {server}", format!(":{}", client.port)),
        _ => format!("{:>widest$} > {server}", client.to_string()),
    }
}

fn bytes(session: &Session) -> u64 {
    session.bytes.iter().sum()
}

fn ja4(session: &Session) -> Option<&str> {
    session.client_hellos.first().map(|hello| hello.item.fingerprints.ja4.as_str()).filter(|ja4| !ja4.is_empty())
}
