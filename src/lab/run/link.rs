//! One connection while it is played: two sides, and the TCP connection between them.

use super::side::Side;
use crate::lab::wire::Channel;
use crate::net::Direction;
use crate::session::FrameNumber;
use crate::session::judgement::Verifier;
use std::sync::Arc;

/// One connection.
pub(super) struct Link {
    /// From 1 on.
    pub(super) number: u32,
    /// Who opened it, by name.
    pub(super) client_name: String,
    /// Who took it, by name.
    pub(super) server_name: String,
    /// Whom the client means to reach, by name; somebody else may have taken it.
    pub(super) addressed: String,
    pub(super) channel: Channel,
    pub(super) first_frame: FrameNumber,
    pub(super) client: Side,
    pub(super) server: Side,
    /// By what the two judge each other's certificates: client, server.
    pub(super) verifiers: [Option<Arc<Verifier>>; 2],
    /// For a connection that a relay takes: the place of the one that it has opened. And the other way round.
    pub(super) partner: Option<usize>,
    /// Whether a relay opened it.
    pub(super) is_onward: bool,
    /// Texts that the script sends as soon as that can be done: the step, and the text.
    pub(super) queued: Vec<(usize, String)>,
}

impl Link {
    /// The side that sends that way.
    pub(super) fn sender(&mut self, direction: Direction) -> &mut Side {
        if direction == Direction::ToServer { &mut self.client } else { &mut self.server }
    }

    /// The side that takes what goes that way.
    pub(super) fn receiver(&mut self, direction: Direction) -> &mut Side {
        self.sender(direction.reverse())
    }

    /// The names of who sends that way and of whom it means to reach.
    pub(super) fn names(&self, direction: Direction) -> (String, String) {
        let pair = (self.client_name.clone(), self.addressed.clone());
        if direction == Direction::ToServer { pair } else { (pair.1, pair.0) }
    }

    /// Which way that peer sends; `None` where it takes no part.
    pub(super) fn direction_of(&self, peer: &str) -> Option<Direction> {
        if self.client_name == peer {
            return Some(Direction::ToServer);
        }
        (self.server_name == peer || self.addressed == peer).then_some(Direction::ToClient)
    }

    /// Whether both sides could go on talking.
    pub(super) fn is_alive(&self) -> bool {
        let settled = !self.client.is_handshaking() && !self.server.is_handshaking();
        settled && self.client.is_open() && self.server.is_open() && !self.client.passive
    }
}
