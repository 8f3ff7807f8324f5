//! What the application said in a session, opened record by record when somebody reads it.
//!
//! ```text
//!   frames of the session ─► Dissector ─► Gather    32 bytes for each record, no plaintext
//!                                           │
//!                              Follow ◄─────┘  opens one record again
//!                                │
//!                                ├─► chunks      text, hex, raw
//!                                └─► protocol ─► http1, http2 ─► Exchange ─► Body   opened and unpacked as it is read
//! ```
//!
//! Nothing is kept but the index: a session of a gigabyte takes about twenty megabytes, most of it for the places of
//! its segments. What is not there is said in its place: holes are chunks too, with their reason.

mod body;
mod exchange;
mod gather;
mod hpack;
mod http1;
mod http2;
mod protocol;
#[cfg(test)]
mod tests;

pub use body::{BodyPage, Coding};
pub use exchange::{Body, Exchange, Exchanges, HeaderField, Line, Message, Piece, Remark, Spoken};
pub(super) use gather::Gather;
pub use gather::Missing;

use super::detail::read_stream;
use super::dissector::{Dissector, Settings};
use super::recording::{Located, Recording};
use super::{Frames, Store};
use crate::net::Direction;
use crate::net::flow::{FlowKey, Protocol, Side};
use crate::session::{FrameNumber, Kind, Session, Timestamp};
use crate::tls::record::Header;
use crate::tls::secrets::Secrets;
use gather::Entry;
use std::io;
use std::sync::Arc;

/// How far apart the segments of a record may lie to be read at once.
const NEAR: u32 = 64 << 10;

/// A session with the places of its application data.
pub struct Follow {
    /// The session.
    pub session: Session,
    store: Arc<dyn Store>,
    frames: Frames,
    recording: Box<Recording>,
    /// Which end of the flow's key the client is.
    client: Side,
    index: Gather,
}

/// Application data of one record, or a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Which way it went.
    pub direction: Direction,
    /// The frame in which the record's last byte came.
    pub frame: FrameNumber,
    /// When that was.
    pub time: Option<Timestamp>,
    /// Offset of the record in the stream of its direction.
    pub offset: u64,
    /// How many bytes of data.
    pub length: usize,
    /// Whether it was sent as early data.
    pub early: bool,
    /// For a hole: why, and how many bytes of the stream it takes.
    pub missing: Option<(Missing, u64)>,
}

impl std::fmt::Debug for Follow {
    /// Nothing of the data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follow")
            .field("session", &self.session.number)
            .field("chunks", &self.len())
            .finish_non_exhaustive()
    }
}

impl Follow {
    /// Reads the session's frames again, and keeps where its application data lies.
    pub fn open(store: Arc<dyn Store>, frames: &Frames, session: &Session, secrets: &Arc<Secrets>) -> io::Result<Self> {
        let mut dissector = Dissector::new(Settings::DETAIL);
        dissector.open_with(Arc::clone(secrets));
        dissector.gather = Some(Box::default());
        let again = read_stream(&*store, frames, session, &mut dissector)?;
        let taken = again.as_ref().and_then(|again| dissector.take_recording(again));
        let mut index = dissector.gather.take().map(|gather| *gather).unwrap_or_default();
        let session = again.unwrap_or_else(|| session.clone());
        index.finish(&session);
        let (_, client) = FlowKey::new(Protocol::Tcp, session.client, session.server);
        let recording = taken.map(|(recording, _)| recording).unwrap_or_default();
        Ok(Self { session, store, frames: frames.clone(), recording, client, index })
    }

    /// How many chunks there are, holes among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.entries.is_empty()
    }

    /// Whether there were more records than are kept.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.index.cut
    }

    /// The chunk with that number, in the order of the capture.
    #[must_use]
    pub fn chunk(&self, number: usize) -> Option<Chunk> {
        let entry = self.index.entries.get(number)?;
        Some(Chunk {
            direction: entry.direction,
            frame: entry.frame,
            time: self.frames.frame(entry.frame).map(|frame| frame.time),
            offset: entry.offset,
            length: usize::from(entry.length),
            early: entry.is_early(),
            missing: self.index.missing(entry),
        })
    }

    /// All chunks.
    pub fn chunks(&self) -> impl Iterator<Item = Chunk> {
        (0..self.len()).map_while(|number| self.chunk(number))
    }

    /// Opens a chunk; its data is then in `out`. False for a hole, and for what cannot be read again.
    pub fn read(&self, number: usize, out: &mut Vec<u8>) -> bool {
        out.clear();
        let opened = self.index.entries.get(number).and_then(|entry| {
            let payload = self.payload(entry)?;
            self.index.open(entry, &payload, out)
        });
        if opened.is_none() {
            out.clear();
        }
        opened.is_some()
    }

    /// How many bytes each direction has.
    #[must_use]
    pub fn bytes(&self) -> [u64; 2] {
        let mut bytes = [0; 2];
        for entry in &self.index.entries {
            if let Some(sum) = bytes.get_mut(entry.direction.index()) {
                *sum += u64::from(entry.length);
            }
        }
        bytes
    }

    /// Why there is nothing to follow; `None` where there is something.
    #[must_use]
    pub fn nothing(&self) -> Option<String> {
        if self.index.entries.iter().any(|entry| entry.length > 0) {
            return None;
        }
        Some(nothing(&self.session))
    }

    /// The encrypted content of a record, read from its frames again.
    fn payload(&self, entry: &Entry) -> Option<Vec<u8>> {
        let side = if entry.direction == Direction::ToServer { self.client } else { self.client.other() };
        let length = usize::from(entry.header().length);
        let parts = self.recording.locate(side, entry.offset + Header::LENGTH as u64, length)?;
        let places: Vec<_> = parts.iter().map(|part| self.place(part)).collect::<Option<_>>()?;
        let around = self.around(&places);
        let mut payload = Vec::with_capacity(length);
        for (part, place) in parts.iter().zip(places) {
            match (part, place) {
                (Located::Kept(bytes), _) => payload.extend_from_slice(bytes),
                (Located::InFrame { .. }, Some(place)) => match &around {
                    Some((start, bytes)) => {
                        let from = usize::try_from(place.position - start).ok()?;
                        payload.extend_from_slice(bytes.get(from..from + place.length as usize)?);
                    }
                    None => payload.append(&mut self.store.read(place.file, place.position, place.length).ok()?),
                },
                (Located::InFrame { .. }, None) => return None,
            }
        }
        Some(payload)
    }

    /// Where in its file a part lies; nowhere when it is kept. `None` when its frame is not there.
    #[allow(clippy::option_option, reason = "a part that is kept has no place, and that is no failure")]
    fn place(&self, part: &Located<'_>) -> Option<Option<InFile>> {
        let Located::InFrame { frame, at, length } = *part else { return Some(None) };
        let frame = self.frames.frame(frame)?;
        Some(Some(InFile { file: frame.file, position: frame.position + u64::from(at), length }))
    }

    /// The bytes of a file from the first place to the last, and where they begin: the segments of a record mostly lie
    /// side by side, and one read costs less than a dozen. `None` where they do not.
    fn around(&self, places: &[Option<InFile>]) -> Option<(u64, Vec<u8>)> {
        let places: Vec<InFile> = places.iter().flatten().copied().collect();
        let file = places.first()?.file;
        let start = places.iter().map(|place| place.position).min()?;
        let end = places.iter().map(|place| place.position + u64::from(place.length)).max()?;
        let length = u32::try_from(end - start).ok().filter(|length| *length <= NEAR)?;
        if places.len() < 2 || places.iter().any(|place| place.file != file) {
            return None;
        }
        Some((start, self.store.read(file, start, length).ok()?))
    }
}

/// A place in a file.
#[derive(Clone, Copy)]
struct InFile {
    file: u8,
    position: u64,
    length: u32,
}

/// Why a session has no application data that could be read.
fn nothing(session: &Session) -> String {
    if session.kind != Kind::Tls {
        return "what DTLS and QUIC carry is not decrypted yet".to_owned();
    }
    let Some(decryption) = &session.decryption else {
        return "no keys were given: a key log opens the session, or the capture brings its secrets along".to_owned();
    };
    match decryption.reason.iter().flatten().next() {
        Some(reason) => reason.text(),
        None if decryption.is_about_something() => "the session carries no application data".to_owned(),
        None => "the session has no encrypted record".to_owned(),
    }
}
