//! The index of what the application said: where each record lies and what opens it, in a few words for each.

use crate::net::Direction;
use crate::session::{Closed, EventKind, FrameNumber, Heard, Listener, Session};
use crate::tls::code::{ContentType, ProtocolVersion};
use crate::tls::decrypt::{Found, Place, RecordKey, Stage};
use crate::tls::key_log::Label;
use crate::tls::record::Header;
use std::collections::HashMap;
use std::sync::Arc;

/// How many records and holes are kept: 64 MB of index, and 32 GB of data in full records.
const MAX_ENTRIES: usize = 1 << 21;

/// A record of application data, or a hole: 32 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Offset of the record's header in the stream.
    pub(super) offset: u64,
    /// The record's number under its key; of a hole, how many bytes of the stream it takes.
    number: u64,
    /// The frame in which the last byte came.
    pub(super) frame: FrameNumber,
    /// Which key opens it; of a hole, which reason it has.
    which: u32,
    version: u16,
    /// Length of the record on the wire, without its header.
    wire: u16,
    /// Length of the content.
    pub(super) length: u16,
    pub(super) direction: Direction,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Data,
    /// Sent before the server could answer (RFC 8446 2.3).
    Early,
    Hole,
}

/// Why bytes are not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// They were not captured.
    NotCaptured,
    /// Their record stayed closed.
    Closed(Closed),
}

impl Missing {
    /// A sentence for people.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::NotCaptured => "not captured".to_owned(),
            Self::Closed(reason) => reason.text(),
        }
    }
}

/// Listens to a session while it is read and keeps the index.
#[derive(Debug, Default)]
pub(in crate::capture) struct Gather {
    pub(super) entries: Vec<Entry>,
    keys: Vec<Arc<RecordKey>>,
    reasons: Vec<Missing>,
    /// The places of records whose cipher goes on from one to the next, by direction and offset.
    places: HashMap<(Direction, u64), Place>,
    /// Whether there were more records than are kept.
    pub(super) cut: bool,
}

impl Listener for Gather {
    fn hear(&mut self, heard: Heard<'_>) {
        match heard.outcome {
            Ok((found, content)) => self.opened(&heard, found, content.len()),
            Err(reason) => {
                // Alerts and handshake messages up to TLS 1.2 say what they are.
                if heard.header.content_type == ContentType::APPLICATION_DATA {
                    let bytes = Header::LENGTH as u64 + u64::from(heard.header.length);
                    self.hole(heard.direction, heard.offset, heard.at.frame, bytes, Missing::Closed(reason));
                }
            }
        }
    }
}

impl Gather {
    fn opened(&mut self, heard: &Heard<'_>, found: &Found, length: usize) {
        // What stayed closed before the first record of the application's key was the handshake.
        if found.place.sequence == 0 && found.stage == Stage::Application(0) {
            self.forget_handshake(heard.direction);
        }
        if found.opened.content_type != ContentType::APPLICATION_DATA {
            return;
        }
        let which = self.keys.iter().rposition(|key| Arc::ptr_eq(key, &found.key)).unwrap_or_else(|| {
            self.keys.push(Arc::clone(&found.key));
            self.keys.len() - 1
        });
        if found.key.goes_on() {
            self.places.insert((heard.direction, heard.offset), found.place);
        }
        self.push(Entry {
            offset: heard.offset,
            number: found.place.sequence,
            frame: heard.at.frame,
            which: u32::try_from(which).unwrap_or(u32::MAX),
            version: heard.header.version.0,
            wire: heard.header.length,
            length: u16::try_from(length).unwrap_or(u16::MAX),
            direction: heard.direction,
            kind: if found.stage == Stage::Early { Kind::Early } else { Kind::Data },
        });
    }

    fn hole(&mut self, direction: Direction, offset: u64, frame: FrameNumber, bytes: u64, why: Missing) {
        let which = self.reasons.iter().position(|known| *known == why).unwrap_or_else(|| {
            self.reasons.push(why);
            self.reasons.len() - 1
        });
        let which = u32::try_from(which).unwrap_or(u32::MAX);
        let kind = Kind::Hole;
        self.push(Entry { offset, number: bytes, frame, which, version: 0, wire: 0, length: 0, direction, kind });
    }

    fn push(&mut self, entry: Entry) {
        if self.entries.len() < MAX_ENTRIES {
            self.entries.push(entry);
        } else {
            self.cut = true;
        }
    }

    fn forget_handshake(&mut self, direction: Direction) {
        let early = Missing::Closed(Closed::LabelMissing(Label::ClientEarlyTraffic));
        let reasons = &self.reasons;
        self.entries.retain(|entry| {
            let why = reasons.get(entry.which as usize);
            entry.kind != Kind::Hole || entry.direction != direction || why == Some(&early)
        });
    }

    /// Adds the holes of the stream, and puts both directions into the order of the capture.
    pub(super) fn finish(&mut self, session: &Session) {
        let mut sides = [Vec::new(), Vec::new()];
        for entry in std::mem::take(&mut self.entries) {
            pick(&mut sides, entry.direction).push(entry);
        }
        for side in &mut sides {
            side.sort_by_key(|entry| entry.offset);
        }
        for event in &session.timeline {
            let EventKind::Gap { bytes } = event.kind else { continue };
            let side = pick(&mut sides, event.direction);
            let before = side.partition_point(|entry| entry.offset <= event.offset).checked_sub(1);
            // Before the first record nothing was said; and a record that lost a part is a hole already.
            let Some(before) = before.and_then(|before| side.get(before)) else { continue };
            if before.kind != Kind::Hole || before.offset + before.number <= event.offset {
                self.hole(event.direction, event.offset, event.frame, bytes, Missing::NotCaptured);
            }
        }
        for hole in std::mem::take(&mut self.entries) {
            pick(&mut sides, hole.direction).push(hole);
        }
        // A hole of the stream stands where it began, though it came to light later.
        for side in &mut sides {
            side.sort_by_key(|entry| entry.offset);
        }
        self.entries = merge(sides);
    }

    /// Why the bytes of an entry are not there, and how many bytes of the stream that are; `None` for data.
    pub(super) fn missing(&self, entry: &Entry) -> Option<(Missing, u64)> {
        if entry.kind != Kind::Hole {
            return None;
        }
        Some((*self.reasons.get(entry.which as usize)?, entry.number))
    }

    /// Opens the record of an entry, of which `payload` is the encrypted content.
    pub(super) fn open(&self, entry: &Entry, payload: &[u8], out: &mut Vec<u8>) -> Option<()> {
        let key = self.keys.get(entry.which as usize)?;
        let place = match self.places.get(&(entry.direction, entry.offset)) {
            Some(place) => *place,
            None => Place { sequence: entry.number, ..Place::default() },
        };
        key.open(place, entry.header(), payload, out).map(|_| ())
    }
}

impl Entry {
    /// Whether it is early data.
    pub(super) fn is_early(&self) -> bool {
        self.kind == Kind::Early
    }

    /// The header of its record.
    pub(super) fn header(&self) -> Header {
        Header {
            content_type: ContentType::APPLICATION_DATA,
            version: ProtocolVersion(self.version),
            length: self.wire,
        }
    }
}

fn pick(sides: &mut [Vec<Entry>; 2], direction: Direction) -> &mut Vec<Entry> {
    let [to_server, to_client] = sides;
    if direction == Direction::ToServer { to_server } else { to_client }
}

/// Both directions by their frames, each in the order of its stream.
fn merge([to_server, to_client]: [Vec<Entry>; 2]) -> Vec<Entry> {
    let mut all = Vec::with_capacity(to_server.len() + to_client.len());
    let mut others = to_client.into_iter().peekable();
    for entry in to_server {
        while let Some(other) = others.next_if(|other| other.frame < entry.frame) {
            all.push(other);
        }
        all.push(entry);
    }
    all.extend(others);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Event;

    #[test]
    fn an_entry_takes_few_words() {
        assert_eq!(size_of::<Entry>(), 32);
    }

    /// A record of application data that stayed closed, with the frame in which it ended.
    fn closed(gather: &mut Gather, direction: Direction, offset: u64, frame: FrameNumber) {
        let why = Missing::Closed(Closed::Incomplete);
        gather.hole(direction, offset, frame, 100, why);
    }

    #[test]
    fn holes_stand_where_they_began_and_once() {
        let (up, down) = (Direction::ToServer, Direction::ToClient);
        let gap = |direction, offset, frame| Event {
            frame,
            time: 0,
            direction,
            offset,
            decrypted: false,
            kind: EventKind::Gap { bytes: 30 },
        };
        let timeline = vec![gap(up, 0, 1), gap(down, 40, 4), gap(down, 130, 9), gap(down, 500, 9)];
        let session = Session { timeline, ..crate::session::sample::tls13() };
        let mut gather = Gather::default();
        closed(&mut gather, down, 10, 4);
        closed(&mut gather, up, 5, 6);
        closed(&mut gather, down, 200, 10);
        gather.finish(&session);
        let found: Vec<_> = gather.entries.iter().map(|entry| (entry.direction, entry.offset, entry.number)).collect();
        // That at 40 lies in the record at 10, and that at 0 before anything was said.
        assert_eq!(found, [(down, 10, 100), (up, 5, 100), (down, 130, 30), (down, 200, 100), (down, 500, 30)]);
    }
}
