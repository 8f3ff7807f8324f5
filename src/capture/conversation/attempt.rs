//! What is left of a conversation on which no TLS came.

use super::{Conversation, pick, toward};
use crate::net::Direction;
use crate::net::flow::Side;
use crate::session::{Attempt, is_tls_port};
use std::sync::Arc;

/// How conversations begin that lead to TLS, or that should have.
const LEADS: &[&[u8]] = &[b"CONNECT ", b"220", b"* OK", b"+OK"];

impl Conversation {
    /// The conversation as one without TLS. `None` where its beginning was not captured, and for what has nothing to do
    /// with TLS.
    pub(in crate::capture) fn attempt(&mut self) -> Option<Attempt> {
        self.syn?;
        let server = self.client.other();
        let [low, high] = self.ends;
        let (client_end, server_end) = if self.client == Side::Low { (low, high) } else { (high, low) };
        let sides = [self.client, server];
        let bytes = sides.map(|side| pick(&self.streams, side).next_offset());
        let spoken = bytes != [0; 2];
        let leads = self.said.first().is_some_and(|said| LEADS.iter().any(|lead| said.bytes.starts_with(lead)));
        if spoken && !leads && !is_tls_port(server_end.port) {
            return None;
        }
        Some(Attempt {
            stream: self.id,
            client: client_end,
            server: server_end,
            first_frame: self.began.frame,
            last_frame: self.last.frame,
            started: self.began.time,
            ended: self.last.time,
            packets: self.clues.packets(self.client),
            bytes,
            answered: self.syn_round_trip.is_some(),
            closed: self.closed_first(),
            said: self.prelude().map(Arc::new),
        })
    }

    /// Who closed or reset first, and whether by RST.
    fn closed_first(&self) -> Option<(Direction, bool)> {
        let fins = [Side::Low, Side::High].into_iter().filter_map(|side| {
            let (_, at) = (*pick(&self.fin, side))?;
            Some((at.frame, side, false))
        });
        let reset = self.reset.map(|(side, at)| (at.frame, side, true));
        let (_, side, reset) = fins.chain(reset).min_by_key(|(frame, ..)| *frame)?;
        Some((toward(self.client, side), reset))
    }
}
