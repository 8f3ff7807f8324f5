//! Pointing at a field of a run: from what somebody selected to a place that a scenario could name, and back.

use crate::base::Node;
use crate::capture::{Detail, Dissection, Snapshot, Store};
use crate::lab::path::{self, PathError};
use crate::lab::run::Run;
use crate::lab::scenario::{Place, PlaceKind};
use crate::net::Direction;
use crate::session::EventKind;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The messages of a run, opened to their fields as they are asked for.
pub struct Fields<'a> {
    run: &'a Run,
    /// The run as a capture, made when the first message is opened.
    capture: OnceCell<(Snapshot, Arc<dyn Store>)>,
    /// By the number of the connection; `None` where it cannot be opened.
    details: BTreeMap<u32, Option<Detail>>,
}

/// A field of a run.
#[derive(Debug)]
pub struct Pointed {
    /// The connection, from 1 on.
    pub connection: u32,
    /// The event of the connection's session.
    pub event: usize,
    /// The field, by its place in the tree of the event.
    pub node: usize,
    /// The event with all its fields.
    pub dissection: Dissection,
}

/// Why a place leads to no field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotThere {
    /// Nothing of the kind crossed, or nobody can read it.
    #[error("{0} did not cross the wire, or nobody can read it")]
    Message(String),
    /// It has no such field.
    #[error("{place}: {error}")]
    Field {
        /// The message.
        place: String,
        /// What is wrong with the path.
        error: PathError,
    },
}

impl<'a> Fields<'a> {
    /// The fields of a run.
    #[must_use]
    pub fn new(run: &'a Run) -> Self {
        Self { run, capture: OnceCell::new(), details: BTreeMap::new() }
    }

    /// Finds the field that a place names.
    ///
    /// # Errors
    /// When nothing of the kind crossed, or has no such field.
    pub fn find(&mut self, place: &Place) -> Result<Pointed, NotThere> {
        let message = Place { field: None, ..place.clone() };
        let missing = || NotThere::Message(message.to_string());
        let found = self.run.find(place).ok_or_else(missing)?;
        let event = found.event.ok_or_else(missing)?;
        let detail = self.detail(found.connection).ok_or_else(missing)?;
        let dissection = detail.dissect(event);
        let field = place.field.as_deref().unwrap_or_default();
        match path::find(&dissection.tree, field) {
            Ok(at) => Ok(Pointed { connection: found.connection, event, node: at.node, dissection }),
            Err(error) => Err(NotThere::Field { place: message.to_string(), error }),
        }
    }

    fn detail(&mut self, connection: u32) -> Option<&Detail> {
        let run = self.run;
        let open = || {
            let session = run.session(connection)?;
            let (snapshot, store) = self.capture.get_or_init(|| (run.snapshot(), run.store()));
            Detail::open(store.as_ref(), &snapshot.frames, session, &snapshot.secrets).ok()
        };
        self.details.entry(connection).or_insert_with(open).as_ref()
    }
}

impl Pointed {
    /// Whether both are of the same message.
    #[must_use]
    pub fn is_beside(&self, other: &Self) -> bool {
        (self.connection, self.event) == (other.connection, other.event)
    }

    /// Whether the field is inside the one at `node`, or is that one.
    #[must_use]
    pub fn is_within(&self, node: usize) -> bool {
        (node..self.dissection.tree.end_of(node)).contains(&self.node)
    }

    /// The field right above this one.
    #[must_use]
    pub fn parent(&self) -> Option<usize> {
        let nodes = self.dissection.tree.nodes();
        let depth = nodes.get(self.node)?.depth;
        nodes.get(..self.node)?.iter().rposition(|above: &Node| above.depth < depth)
    }
}

/// The place of an event of a run, and of a field in it: what a scenario would call it. `None` for what has no name
/// there, such as a hole in the capture.
#[must_use]
pub fn place_of(run: &Run, connection: u32, event: usize, field: Option<String>) -> Option<Place> {
    let index = (connection as usize).checked_sub(1)?;
    let of = run.connections.get(index)?;
    let session = of.session.as_ref()?;
    let wanted = session.timeline.get(event)?;
    let what = match &wanted.kind {
        EventKind::Handshake { .. } => PlaceKind::Message(session.event_name(wanted).into_owned()),
        EventKind::Alert(_) | EventKind::EncryptedAlert { .. } => PlaceKind::Alert,
        EventKind::ChangeCipherSpec => PlaceKind::ChangeCipherSpec,
        EventKind::ApplicationData { maybe_handshake: false, .. } => PlaceKind::ApplicationData,
        _ => return None,
    };
    let to_server = wanted.direction == Direction::ToServer;
    let (from, to) = if to_server { (&of.client, &of.server) } else { (&of.server, &of.client) };
    let field = field.filter(|field| !field.is_empty());
    let mut place = Place { connection, from: from.clone(), to: to.clone(), what, nth: 1, field };
    // The n-th of its kind is the one that is found again.
    while let Some(found) = run.find(&place) {
        if found.event == Some(event) {
            return Some(place);
        }
        place.nth += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn every_event_is_found_again_by_its_place() {
        let run = sample::run();
        let mut fields = Fields::new(&run);
        let mut count = 0;
        for connection in &run.connections {
            let timeline = &connection.session.as_ref().unwrap().timeline;
            for event in 0..timeline.len() {
                let Some(place) = place_of(&run, connection.number, event, None) else { continue };
                let found = fields.find(&place).unwrap_or_else(|error| panic!("{place}: {error}"));
                assert_eq!((found.connection, found.event), (connection.number, event), "{place}");
                count += 1;
            }
        }
        assert!(count > 10, "{count}");
    }

    #[test]
    fn what_is_not_there_is_said() {
        let run = sample::run();
        let mut fields = Fields::new(&run);
        let cases = [
            (
                "client>server ClientHello#2",
                "client>server ClientHello#2 did not cross the wire, or nobody can read it",
            ),
            ("c9:client>server ClientHello", "c9:client>server ClientHello did not cross"),
            ("client>server ClientHello/randum", "client>server ClientHello: there is no field `randum`; there are"),
        ];
        for (place, says) in cases {
            let error = fields.find(&place.parse().unwrap()).unwrap_err().to_string();
            assert!(error.starts_with(says), "{error}");
        }
        assert!(fields.find(&"client>server ClientHello/random".parse().unwrap()).is_ok());
    }
}
