//! Somebody on the wire: what can be done to the bytes that cross it by whoever holds no keys.
//!
//! ```text
//!   a flight, as its sender gave it ─► cut     lines, records, messages in them: only what can be read on the way
//!                                   ─► place   which of them a step means
//!                                   ─► act     drop, delay, repeat, swap, split, join, tamper, replace, inject, copy
//!                                   ─► pieces  what is delivered, and when; with a remark for those who watch
//! ```
//!
//! An encrypted record can be held up, doubled, cut and damaged. What is inside it cannot be found nor changed, and a
//! step that wants that is refused with the reason. The module must not know the peers, their keys, nor the clock.

mod act;
mod cut;
mod place;
#[cfg(test)]
pub(crate) mod sample;
mod tamper;
#[cfg(test)]
mod tests;

use crate::lab::scenario::{Action, Attack, Place, PlaceKind, Scenario, Step};
use crate::tls::handshake::{Context, Role};
use act::Refusal;
use cut::{Flight, Unit};
use std::collections::BTreeMap;

/// Everybody who sits on the wire of a run, with all that they are to do.
#[derive(Debug, Default)]
pub(crate) struct Attacker {
    orders: Vec<Order>,
    wires: BTreeMap<u32, Wire>,
    copied: Vec<u8>,
    /// The connection and the sender of what is being copied.
    copying: Option<(u32, String)>,
}

/// Bytes that one peer sent, on their way to the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crossing<'a> {
    /// Which connection of the run, from 1 on.
    pub(crate) connection: u32,
    /// Who sends, by name.
    pub(crate) from: &'a str,
    /// Who is to receive, by name.
    pub(crate) to: &'a str,
    /// The bytes: any part of what goes this way, as long as nothing is left out.
    pub(crate) bytes: &'a [u8],
    /// What they are for, as far as their sender knows.
    pub(crate) carries: Carries,
}

/// What bytes are for. Records of TLS 1.3 do not show it; who plays the peers knows what they were asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carries {
    /// Text before TLS, or without it.
    Plain,
    /// Records of a handshake, tickets behind it, and whatever else the library says by itself.
    Handshake,
    /// Records with what an application sends; early data too.
    ApplicationData,
    /// Records with an alert, close_notify among them.
    Alert,
}

/// What reaches the other side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivered {
    /// The bytes in their order; none where all were dropped or held back.
    pub(crate) pieces: Vec<Piece>,
    /// What was done, in the order in which it was done.
    pub(crate) remarks: Vec<Remark>,
}

/// Bytes that are delivered together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
    /// How many milliseconds later than usual; never less than for the piece before.
    pub(crate) delay_ms: u32,
}

/// What somebody on the wire did, or was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remark {
    /// The step of the scenario, from 0 on.
    pub(crate) step: usize,
    /// Who, by name.
    pub(crate) by: Option<String>,
    /// What, in a few words.
    pub(crate) text: String,
    /// Whether it could not be done; `text` says why.
    pub(crate) refused: bool,
}

/// A step that found nothing to act on, or was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The step of the scenario, from 0 on.
    pub step: usize,
    /// Why.
    pub reason: String,
    /// Whether the scenario says that this is no problem.
    pub may_miss: bool,
}

/// One thing that is to be done.
#[derive(Debug)]
struct Order {
    step: usize,
    by: Option<String>,
    attack: Attack,
    place: Place,
    may_miss: bool,
    /// How many that fit the place have crossed.
    seen: u32,
    state: State,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Done,
    Refused(String),
}

/// What can be read on the way about one connection.
#[derive(Debug, Default)]
struct Wire {
    context: Context,
    ways: BTreeMap<String, Way>,
}

/// One direction of a connection.
#[derive(Debug, Default)]
struct Way {
    /// Bytes whose record, message or line has not crossed as a whole.
    held: Vec<u8>,
    /// Whether that is text before TLS.
    held_is_plain: bool,
    /// Which side of the handshake sends this way, once its hello has crossed.
    role: Option<Role>,
    /// What is to change places with whatever comes next.
    swapped: Option<Unit>,
    /// Whether records are encrypted from here on whatever they call themselves: behind ChangeCipherSpec up to
    /// TLS 1.2.
    protected: bool,
    /// Whether encrypted records have crossed.
    has_encrypted: bool,
    /// Whether the Finished behind ChangeCipherSpec has crossed.
    finished: bool,
}

impl Attacker {
    /// Everybody on the wire of a scenario.
    #[must_use]
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self::of(&scenario.steps)
    }

    /// Whoever acts in these steps. What is done by opening a connection (replay, relay) is none of the wire's.
    #[must_use]
    pub(crate) fn of(steps: &[Step]) -> Self {
        let orders = steps.iter().enumerate().filter_map(|(index, step)| {
            let Action::Attack(attack) = &step.action else { return None };
            if matches!(attack, Attack::Replay | Attack::RelayTo(_)) {
                return None;
            }
            Some(Order {
                step: index,
                by: step.by.clone(),
                attack: attack.clone(),
                place: step.at.clone()?,
                may_miss: step.may_miss,
                seen: 0,
                state: State::Waiting,
            })
        });
        Self { orders: orders.collect(), ..Self::default() }
    }

    /// Takes bytes off the wire and says what becomes of them.
    pub(crate) fn cross(&mut self, crossing: &Crossing<'_>) -> Delivered {
        self.continue_copy(crossing);
        if !self.orders.iter().any(|order| order.place.connection == crossing.connection) {
            return Delivered { pieces: one_piece(crossing.bytes.to_vec()), remarks: Vec::new() };
        }
        let wire = self.wires.entry(crossing.connection).or_default();
        let way = wire.ways.entry(crossing.from.to_owned()).or_default();
        let holds_lines = self.orders.iter().any(|order| order.waits_for_line(crossing));
        let mut flight = Flight::cut(crossing, holds_lines, way, &mut wire.context);
        let context = wire.context;
        let mut remarks = Vec::new();
        self.act(&mut flight, crossing, context, &mut remarks);
        let way = self.wires.entry(crossing.connection).or_default().ways.entry(crossing.from.to_owned()).or_default();
        flight.put_back(&mut way.swapped);
        Delivered { pieces: flight.into_pieces(), remarks }
    }

    /// What was held back on a connection and goes on now, with who sent it: nothing more comes that it waits for.
    pub(crate) fn let_go(&mut self, connection: u32) -> Vec<(String, Vec<u8>)> {
        let Some(wire) = self.wires.get_mut(&connection) else { return Vec::new() };
        let mut released = Vec::new();
        for (from, way) in &mut wire.ways {
            let mut bytes = way.swapped.take().map(|unit| unit.bytes()).unwrap_or_default();
            bytes.append(&mut way.held);
            if !bytes.is_empty() {
                released.push((from.clone(), bytes));
            }
        }
        released
    }

    /// The flight that was copied, as its sender sent it; empty where none was.
    #[must_use]
    pub(crate) fn copied(&self) -> &[u8] {
        &self.copied
    }

    /// The steps that have done nothing so far, with the reason.
    #[must_use]
    pub(crate) fn missed(&self) -> Vec<Missed> {
        let open = self.orders.iter().filter(|order| order.state != State::Done);
        open.map(|order| Missed { step: order.step, reason: self.reason(order), may_miss: order.may_miss }).collect()
    }

    fn reason(&self, order: &Order) -> String {
        if let State::Refused(reason) = &order.state {
            return reason.clone();
        }
        let place = &order.place;
        let way = self.wires.get(&place.connection).and_then(|wire| wire.ways.get(&place.from));
        match (&place.what, way) {
            (_, None) => format!("connection {} carried nothing from {}", place.connection, place.from),
            (PlaceKind::Message(name), Some(way)) if way.has_encrypted => format!(
                "no {name} could be read on the way from {}: if it was sent, it was inside an encrypted record, and \
                 whoever holds no keys does not see it",
                place.from
            ),
            _ if order.seen > 0 => format!("only {} of them crossed, not {}", order.seen, place.nth),
            _ => "nothing of the kind crossed".to_owned(),
        }
    }

    fn act(&mut self, flight: &mut Flight, crossing: &Crossing<'_>, context: Context, remarks: &mut Vec<Remark>) {
        // Where each step acts is settled before the first one changes anything.
        let mut found = Vec::new();
        for (index, order) in self.orders.iter_mut().enumerate() {
            if order.state == State::Waiting && order.is_about(crossing) {
                found.extend(place::locate(flight, order).map(|target| (index, target)));
            }
        }
        // What is copied is what was sent, whatever else is done to it.
        found.sort_by_key(|(index, _)| {
            let attack = self.orders.get(*index).map(|order| &order.attack);
            (!matches!(attack, Some(Attack::Copy)), *index)
        });
        for (index, target) in found {
            let Some(order) = self.orders.get_mut(index) else { continue };
            let result = match &order.attack {
                Attack::Copy => act::copy(flight, target).map(|bytes| {
                    let text = format!("copies {} bytes", bytes.len());
                    self.copied = bytes;
                    self.copying = Some((crossing.connection, crossing.from.to_owned()));
                    text
                }),
                attack => act::act(flight, target, attack, order.place.field.as_deref(), context),
            };
            let refused = result.is_err();
            let text = result.unwrap_or_else(|Refusal(reason)| reason);
            order.state = if refused { State::Refused(text.clone()) } else { State::Done };
            remarks.push(Remark { step: order.step, by: order.by.clone(), text, refused });
        }
    }

    /// A flight ends where the other side speaks.
    fn continue_copy(&mut self, crossing: &Crossing<'_>) {
        let Some((connection, from)) = &self.copying else { return };
        if *connection == crossing.connection && from == crossing.from {
            self.copied.extend_from_slice(crossing.bytes);
        } else if *connection == crossing.connection {
            self.copying = None;
        }
    }
}

impl Order {
    fn is_about(&self, crossing: &Crossing<'_>) -> bool {
        self.place.connection == crossing.connection && self.place.from == crossing.from && self.place.to == crossing.to
    }

    fn waits_for_line(&self, crossing: &Crossing<'_>) -> bool {
        let is_line = matches!(self.place.what, PlaceKind::Line(_));
        is_line && self.state == State::Waiting && self.is_about(crossing)
    }
}

fn one_piece(bytes: Vec<u8>) -> Vec<Piece> {
    if bytes.is_empty() { Vec::new() } else { vec![Piece { bytes, delay_ms: 0 }] }
}
