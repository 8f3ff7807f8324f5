//! The playback of a run: what happened on the wire and what the script and others did, in one order; and finding a
//! place of the script in it.

use super::{Beat, BeatKind, Connection, Mark, Missed, Run};
use crate::lab::scenario::{Action, Place, PlaceKind, Scenario};
use crate::net::Direction;
use crate::session::{EventKind, FrameNumber};
use crate::tls::code::ContentType;

/// A place of the script, found in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The connection, from 1 on.
    pub connection: u32,
    /// The frame in which its last byte arrived.
    pub frame: FrameNumber,
    /// The event of the connection's session, where it is one.
    pub event: Option<usize>,
}

impl Run {
    /// Where a place of the script is in this run; `None` where there is no such place, or nobody can read it.
    #[must_use]
    pub fn find(&self, place: &Place) -> Option<Found> {
        find(&self.connections, &self.beats, place)
    }
}

/// An entry of the playback before it is put in order.
struct Entry {
    beat: Beat,
    /// Marks stand behind the events of their frame, in the order in which they were made.
    order: (FrameNumber, u8, usize),
    direction: Option<Direction>,
}

/// The beats of a run, and the places of the script that were not found.
pub(super) fn beats(scenario: &Scenario, connections: &[Connection], marks: &[Mark]) -> (Vec<Beat>, Vec<Missed>) {
    let mut entries = Vec::new();
    for connection in connections {
        events(connection, &mut entries);
    }
    for (index, mark) in marks.iter().enumerate() {
        let plain = if let BeatKind::Plain { to_server, .. } = &mark.kind { Some(*to_server) } else { None };
        let direction = plain.map(|to_server| if to_server { Direction::ToServer } else { Direction::ToClient });
        let beat = Beat {
            frame: mark.frame,
            connection: mark.connection,
            flight: 0,
            kind: mark.kind.clone(),
            say: mark.say.clone(),
        };
        entries.push(Entry { beat, order: (mark.frame, u8::from(plain.is_none()), index), direction });
    }
    let missed = pauses(scenario, connections, &mut entries);
    entries.sort_by_key(|entry| entry.order);
    (flights(entries), missed)
}

fn events(connection: &Connection, entries: &mut Vec<Entry>) {
    let Some(session) = &connection.session else { return };
    for (index, event) in session.timeline.iter().enumerate() {
        let kind = BeatKind::Event(index);
        let beat = Beat { frame: event.frame, connection: connection.number, flight: 0, kind, say: None };
        entries.push(Entry { beat, order: (event.frame, 0, index), direction: Some(event.direction) });
    }
}

/// Puts the pauses and notes that have a place to where it is.
fn pauses(scenario: &Scenario, connections: &[Connection], entries: &mut Vec<Entry>) -> Vec<Missed> {
    let plain: Vec<Beat> = entries.iter().map(|entry| entry.beat.clone()).collect();
    let mut missed = Vec::new();
    for (index, step) in scenario.steps.iter().enumerate() {
        let kind = match step.action {
            Action::Pause => BeatKind::Pause,
            Action::Note => BeatKind::Script { step: index, text: String::new() },
            _ => continue,
        };
        let Some(place) = &step.at else { continue };
        let Some(found) = find(connections, &plain, place) else {
            let reason = "the run has no such place, or nobody can read it".to_owned();
            missed.push(Missed { step: index, reason, may_miss: step.may_miss });
            continue;
        };
        let Found { frame, connection, event } = found;
        let beat = Beat { frame, connection, flight: 0, kind, say: step.say.clone() };
        // Right behind its event, before what comes later in the same frame.
        let order = event.map_or((frame, 1, usize::MAX), |event| (frame, 0, event));
        entries.push(Entry { beat, order, direction: None });
    }
    missed
}

/// A flight ends where the direction changes or the script acts.
fn flights(entries: Vec<Entry>) -> Vec<Beat> {
    let (mut flight, mut last) = (0, None);
    let number = |entry: Entry| {
        let acts = matches!(entry.beat.kind, BeatKind::Script { .. });
        let turned = entry.direction.is_some() && entry.direction.map(|way| (entry.beat.connection, way)) != last;
        if acts || turned {
            flight += 1;
            last = entry.direction.map(|way| (entry.beat.connection, way));
        }
        Beat { flight, ..entry.beat }
    };
    entries.into_iter().map(number).collect()
}

fn find(connections: &[Connection], beats: &[Beat], place: &Place) -> Option<Found> {
    let connection = connections.iter().find(|connection| connection.number == place.connection)?;
    let direction = if place.from == connection.client { Direction::ToServer } else { Direction::ToClient };
    let nth = place.nth.max(1) as usize - 1;
    match &place.what {
        PlaceKind::Line(prefix) => {
            let is_line = |beat: &&Beat| match &beat.kind {
                BeatKind::Plain { to_server, text } => {
                    beat.connection == connection.number
                        && *to_server == (direction == Direction::ToServer)
                        && text.starts_with(prefix.as_str())
                }
                _ => false,
            };
            let beat = beats.iter().filter(is_line).nth(nth)?;
            Some(Found { connection: connection.number, frame: beat.frame, event: None })
        }
        PlaceKind::Record => record(connection, direction, nth),
        what => event(connection, direction, what, nth),
    }
}

fn event(connection: &Connection, direction: Direction, what: &PlaceKind, nth: usize) -> Option<Found> {
    let session = connection.session.as_ref()?;
    let fits = |(_, event): &(usize, &crate::session::Event)| {
        event.direction == direction
            && match what {
                PlaceKind::Message(name) => {
                    matches!(event.kind, EventKind::Handshake { .. }) && session.event_name(event) == name.as_str()
                }
                PlaceKind::ApplicationData => {
                    matches!(event.kind, EventKind::ApplicationData { maybe_handshake: false, .. })
                }
                PlaceKind::Alert => matches!(event.kind, EventKind::Alert(_) | EventKind::EncryptedAlert { .. }),
                PlaceKind::ChangeCipherSpec => event.kind == EventKind::ChangeCipherSpec,
                PlaceKind::Record | PlaceKind::Line(_) => false,
            }
    };
    let (index, event) = session.timeline.iter().enumerate().filter(fits).nth(nth)?;
    Some(Found { connection: connection.number, frame: event.frame, event: Some(index) })
}

/// The n-th record of TLS, counted from where TLS begins.
fn record(connection: &Connection, direction: Direction, nth: usize) -> Option<Found> {
    let session = connection.session.as_ref()?;
    let ours = || session.timeline.iter().filter(|event| event.direction == direction);
    let stream = connection.streams.get(direction.index())?;
    let mut at = usize::try_from(ours().map(|event| event.offset).min()?).ok()?;
    for index in 0.. {
        let header = stream.bytes.get(at..at + 5)?;
        let [kind, _, _, high, low] = header else { return None };
        ContentType(*kind).name()?;
        let end = at + 5 + usize::from(u16::from_be_bytes([*high, *low]));
        if index == nth {
            let frame = stream.frame_of(end - 1)?;
            let event = session.timeline.iter().rposition(|event| {
                event.direction == direction && usize::try_from(event.offset).is_ok_and(|offset| offset <= at)
            });
            return Some(Found { connection: connection.number, frame, event });
        }
        at = end;
    }
    None
}
