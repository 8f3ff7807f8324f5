//! Finding the places that steps name among what crosses the wire.

use super::Order;
use super::cut::{Body, Flight, Part, RecordKind, Unit};
use crate::lab::scenario::PlaceKind;

/// What a step acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A line or record, by its place in the flight as it was sent.
    Unit(usize),
    /// A message that can be read, by its place in [`Flight::messages`].
    Message(usize),
    /// A record that is known to hold a message, which is encrypted.
    Sealed(usize),
}

/// What an order is about in this flight, where it is there; counts what fits the place on the way.
pub(super) fn locate(flight: &Flight, order: &mut Order) -> Option<Target> {
    let Order { place, seen, .. } = order;
    let mut is_the_one = || {
        *seen += 1;
        *seen == place.nth.max(1)
    };
    let mut known_message = None;
    for unit in &flight.units {
        let Some(id) = unit.id else { continue };
        let found = match (&place.what, &unit.body) {
            (PlaceKind::Message(name), Body::Record(record)) => {
                for message in record.parts.iter().filter_map(|part: &Part| part.message) {
                    let begins = known_message < Some(message);
                    known_message = known_message.max(Some(message));
                    let is_named = flight.messages.get(message).is_some_and(|named| named.name == *name);
                    if begins && is_named && is_the_one() {
                        return Some(Target::Message(message));
                    }
                }
                let is_it = record.kind == RecordKind::EncryptedFinished && name == "Finished";
                is_it.then_some(Target::Sealed(id))
            }
            (what, _) => fits(what, unit).then_some(Target::Unit(id)),
        };
        if found.is_some() && is_the_one() {
            return found;
        }
    }
    None
}

fn fits(what: &PlaceKind, unit: &Unit) -> bool {
    match (what, &unit.body) {
        (PlaceKind::Line(begin), Body::Line(bytes)) => bytes.starts_with(begin.as_bytes()),
        (PlaceKind::Record, Body::Record(_)) => true,
        (PlaceKind::ApplicationData, Body::Record(record)) => record.kind == RecordKind::ApplicationData,
        (PlaceKind::Alert, Body::Record(record)) => matches!(record.kind, RecordKind::Alert { .. }),
        (PlaceKind::ChangeCipherSpec, Body::Record(record)) => record.kind == RecordKind::ChangeCipherSpec,
        _ => false,
    }
}
