//! What of a conversation was seen at which capture point: a few words kept for each point, read at the end.

use super::toward;
use crate::net::TcpHeader;
use crate::net::flow::Side;
use crate::session::{Closing, FrameNumber, Point, Sighting, TransportFacts};

/// How many points of a conversation are told apart.
const MOST_POINTS: usize = 8;

/// A conversation by its capture points. Most have one.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    first: Option<View>,
    more: Vec<View>,
}

/// The conversation as it was seen at one of them, by side.
#[derive(Debug, Default)]
struct View {
    point: Point,
    begins: [Option<u32>; 2],
    reach: [Option<u32>; 2],
    closings: [Option<Closed>; 4],
}

#[derive(Clone, Copy, Debug)]
struct Closed {
    side: Side,
    reset: bool,
    place: u32,
    frame: FrameNumber,
}

impl Sightings {
    /// Takes the next packet. This is done for every packet of a capture.
    #[inline]
    pub(super) fn packet(&mut self, sender: Side, header: TcpHeader, length: u32, point: Point, frame: FrameNumber) {
        if self.more.is_empty() && self.first.as_ref().is_some_and(|first| first.point == point) {
            if let Some(first) = &mut self.first {
                first.packet(sender, header, length, frame);
            }
        } else if let Some(view) = self.of(point) {
            view.packet(sender, header, length, frame);
        }
    }

    #[cold]
    fn of(&mut self, point: Point) -> Option<&mut View> {
        let new = || View { point, ..View::default() };
        let first = self.first.get_or_insert_with(new);
        if first.point == point {
            return Some(first);
        }
        let known = self.more.iter().position(|view| view.point == point);
        if known.is_none() && self.more.len() + 1 < MOST_POINTS {
            self.more.push(new());
        }
        match known {
            Some(place) => self.more.get_mut(place),
            None => self.more.last_mut().filter(|view| view.point == point),
        }
    }

    /// Writes what was seen into the facts, in the directions of the conversation's client.
    pub(super) fn settle(&self, client: Side, facts: &mut TransportFacts) {
        facts.sighting = self.first.as_ref().map(|view| view.facts(client)).unwrap_or_default();
        facts.other_sightings = self.more.iter().map(|view| view.facts(client)).collect();
    }
}

impl View {
    #[inline]
    fn packet(&mut self, sender: Side, header: TcpHeader, length: u32, frame: FrameNumber) {
        let flags = header.flags;
        let end = header.sequence.wrapping_add(length).wrapping_add(u32::from(flags.syn()));
        let reach = super::pick_mut(&mut self.reach, sender);
        let is_beyond = |reach: u32| end.wrapping_sub(reach).cast_signed() > 0;
        // The number of a RST may be anything.
        if !flags.rst() && reach.is_none_or(is_beyond) {
            *reach = Some(end);
        }
        // SYN, RST and FIN are few.
        if flags.0 & 0b111 != 0 {
            let place = reach.filter(|reach| !is_beyond(*reach)).unwrap_or(end);
            self.control(sender, header, place, frame);
        }
    }

    fn control(&mut self, sender: Side, header: TcpHeader, place: u32, frame: FrameNumber) {
        let flags = header.flags;
        if flags.syn() {
            super::pick_mut(&mut self.begins, sender).get_or_insert(header.sequence);
        }
        let reset = flags.rst();
        let is_same = |closed: &Option<Closed>| closed.is_some_and(|it| it.side == sender && it.reset == reset);
        if !(reset || flags.fin()) || self.closings.iter().any(is_same) {
            return;
        }
        if let Some(free) = self.closings.iter_mut().find(|closed| closed.is_none()) {
            *free = Some(Closed { side: sender, reset, place, frame });
        }
    }

    fn facts(&self, client: Side) -> Sighting {
        let both = [client, client.other()];
        let closing = |closed: Closed| {
            let Closed { side, reset, place, frame } = closed;
            Closing { by: toward(client, side), reset, place, frame }
        };
        Sighting {
            point: self.point,
            begins: both.map(|side| *super::pick(&self.begins, side)),
            reach: both.map(|side| *super::pick(&self.reach, side)),
            closings: self.closings.map(|closed| closed.map(closing)),
        }
    }
}
