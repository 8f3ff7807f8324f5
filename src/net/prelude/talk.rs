//! Both directions of a conversation, cut into messages in the order in which they were complete.
//!
//! A message does not keep to packets: a line may come in two, and two lines in one. Each protocol brings the rule
//! where its messages end, and this applies it.

use super::Said;
use crate::net::Direction;
use std::ops::Range;

/// What both sides said, and how much of it is not yet explained.
pub(super) struct Talk {
    bytes: [Vec<u8>; 2],
    /// For each piece in the order of arrival: direction, end in the bytes of that direction, frame.
    arrivals: Vec<(Direction, usize, u32)>,
    /// How much of each direction is explained.
    at: [usize; 2],
}

/// One line or packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    pub(super) direction: Direction,
    /// The frame that brought its last byte.
    pub(super) frame: u32,
    pub(super) bytes: &'a [u8],
}

/// Direction and frame of a message, and where its bytes lie in those of the direction.
type Place = (Direction, u32, Range<usize>);

impl Talk {
    pub(super) fn new(said: &[Said<'_>]) -> Self {
        let mut talk = Self { bytes: [Vec::new(), Vec::new()], arrivals: Vec::new(), at: [0; 2] };
        for piece in said {
            if let Some(bytes) = talk.bytes.get_mut(piece.direction.index()) {
                bytes.extend_from_slice(piece.bytes);
                talk.arrivals.push((piece.direction, bytes.len(), piece.frame));
            }
        }
        talk
    }

    /// What is not yet explained of one direction.
    pub(super) fn rest(&self, direction: Direction) -> &[u8] {
        let index = direction.index();
        let at = self.at.get(index).copied().unwrap_or_default();
        self.bytes.get(index).and_then(|bytes| bytes.get(at..)).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest(Direction::ToServer).is_empty() && self.rest(Direction::ToClient).is_empty()
    }

    /// Whether the server has said anything before the client did.
    pub(super) fn server_first(&self) -> bool {
        self.arrivals.iter().find(|(_, end, _)| *end > 0).is_some_and(|(way, _, _)| *way == Direction::ToClient)
    }

    /// Takes the messages that are complete. `length` is asked at the start of each message, with its direction and
    /// what has arrived so far, how long it is; it must answer `None` while too little has arrived, and where the
    /// protocol is at its end.
    pub(super) fn messages(&mut self, mut length: impl FnMut(Direction, &[u8]) -> Option<usize>) -> Vec<Message<'_>> {
        let mut places: Vec<Place> = Vec::new();
        for &(direction, end, frame) in &self.arrivals {
            let index = direction.index();
            let (Some(at), Some(bytes)) = (self.at.get_mut(index), self.bytes.get(index)) else { continue };
            while let Some(here) = bytes.get(*at..end).filter(|here| !here.is_empty()) {
                let Some(count) = length(direction, here).filter(|&count| count > 0 && count <= here.len()) else {
                    break;
                };
                places.push((direction, frame, *at..*at + count));
                *at += count;
            }
        }
        self.at_places(places)
    }

    /// Takes what is left of both directions as it arrived, neighbours of one direction joined.
    pub(super) fn remains(&mut self) -> Vec<Message<'_>> {
        let mut places: Vec<Place> = Vec::new();
        for &(direction, end, frame) in &self.arrivals {
            let Some(at) = self.at.get_mut(direction.index()) else { continue };
            if *at >= end {
                continue;
            }
            match places.last_mut() {
                Some(last) if last.0 == direction => (last.1, last.2.end) = (frame, end),
                _ => places.push((direction, frame, *at..end)),
            }
            *at = end;
        }
        self.at_places(places)
    }

    fn at_places(&self, places: Vec<Place>) -> Vec<Message<'_>> {
        let message = |(direction, frame, range): Place| {
            let bytes = self.bytes.get(direction.index()).and_then(|bytes| bytes.get(range));
            Message { direction, frame, bytes: bytes.unwrap_or_default() }
        };
        places.into_iter().map(message).collect()
    }
}

/// The rule for lines: each ends with a line feed.
pub(super) fn line(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|&byte| byte == b'\n').map(|at| at + 1)
}
