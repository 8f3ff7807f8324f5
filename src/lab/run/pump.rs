//! Lets the sides of all connections talk: each in its turn, past whoever sits on the wire, until nobody has anything
//! to say.

use super::conductor::{Conductor, Mark, shown};
use super::side::Outgoing;
use super::{BeatKind, PlayError};
use crate::lab::attack::{Carries, Crossing};
use crate::net::Direction;

/// No conversation of a script has this many turns; one that has goes round in circles.
const MOST_TURNS: u32 = 4000;

impl Conductor<'_> {
    /// Lets all sides talk until nobody has anything to say.
    pub(super) fn pump(&mut self) -> Result<(), PlayError> {
        for _ in 0..MOST_TURNS {
            let mut moved = false;
            let mut index = 0;
            while index < self.links.len() {
                moved |= self.turn(index, Direction::ToServer)?;
                moved |= self.turn(index, Direction::ToClient)?;
                index += 1;
            }
            if !moved && !self.let_go() {
                return Ok(());
            }
        }
        Err(PlayError::Endless)
    }

    /// One side's turn; whether it had anything to say or do.
    fn turn(&mut self, index: usize, direction: Direction) -> Result<bool, PlayError> {
        let frame = self.wire.frame();
        let Some(link) = self.links.get_mut(index) else { return Ok(false) };
        let before = link.sender(direction).testimony.sent.len();
        let outgoing = link.sender(direction).take(frame);
        if outgoing.is_empty() {
            return Ok(false);
        }
        self.mark_sent(index, direction, before);
        let Outgoing { parts, onward, starts_tls, fin } = outgoing;
        self.cross(index, direction, parts);
        if !onward.is_empty() {
            self.settle(index);
        }
        if starts_tls {
            self.begin_tls(index, direction, None)?;
        }
        for bytes in onward {
            self.pass_on(index, direction, &bytes)?;
        }
        if fin {
            self.finish(index, direction);
        }
        self.settle(index);
        Ok(true)
    }

    /// Bytes go past whoever sits on the wire, become packets, and reach the other side.
    fn cross(&mut self, index: usize, direction: Direction, parts: Vec<(Carries, Vec<u8>)>) {
        let Some(link) = self.links.get(index) else { return };
        let (number, (from, to)) = (link.number, link.names(direction));
        let mut together: Vec<u8> = Vec::new();
        let mut plain = false;
        for (carries, bytes) in parts {
            if (carries == Carries::Plain) != plain {
                self.transmit(index, direction, &std::mem::take(&mut together), plain);
                plain = carries == Carries::Plain;
            }
            let crossing = Crossing { connection: number, from: &from, to: &to, carries, bytes: &bytes };
            let delivered = self.attacker.cross(&crossing);
            for remark in delivered.remarks {
                let say = self.cast.scenario.steps.get(remark.step).and_then(|step| step.say.clone());
                let text = if remark.refused { format!("cannot do it: {}", remark.text) } else { remark.text };
                let kind = BeatKind::Attack { by: remark.by.unwrap_or_else(|| "somebody".to_owned()), text };
                self.mark(number, kind, say);
            }
            for piece in delivered.pieces {
                if piece.delay_ms > 0 {
                    self.transmit(index, direction, &std::mem::take(&mut together), plain);
                    self.wire.wait_microseconds(i64::from(piece.delay_ms) * 1000);
                }
                together.extend(piece.bytes);
            }
        }
        self.transmit(index, direction, &together, plain);
    }

    fn settle(&mut self, index: usize) {
        if let Some(link) = self.links.get_mut(index) {
            link.channel.settle(&mut self.wire);
        }
    }

    fn transmit(&mut self, index: usize, direction: Direction, bytes: &[u8], plain: bool) {
        let Some(link) = self.links.get_mut(index) else { return };
        let start = link.channel.stream(direction).len();
        let pieces = link.channel.send(&mut self.wire, direction, bytes);
        if plain {
            for (end, text) in lines(bytes) {
                let frame = link.channel.frame_of(direction, start + end - 1).unwrap_or(link.first_frame);
                let kind = BeatKind::Plain { to_server: direction == Direction::ToServer, text };
                self.marks.push(Mark { frame, connection: link.number, kind, say: None });
            }
        }
        for piece in pieces {
            let (from, to) = (piece.range.start - start, piece.range.end - start);
            link.receiver(direction).receive(bytes.get(from..to).unwrap_or_default(), piece.frame);
        }
    }

    /// What was held back goes on where nothing else does; whether there was anything.
    fn let_go(&mut self) -> bool {
        let mut moved = false;
        for index in 0..self.links.len() {
            let Some(link) = self.links.get(index) else { continue };
            for (from, bytes) in self.attacker.let_go(link.number) {
                let Some(direction) = self.links.get(index).and_then(|link| link.direction_of(&from)) else { continue };
                let plain = self.links.get_mut(index).is_some_and(|link| !link.sender(direction).spoke_tls);
                self.transmit(index, direction, &bytes, plain);
                self.settle(index);
                moved = true;
            }
        }
        moved
    }

    /// A relay passes bytes on to its other connection, which it opens when it is needed first.
    fn pass_on(&mut self, index: usize, direction: Direction, bytes: &[u8]) -> Result<(), PlayError> {
        let Some(link) = self.links.get(index) else { return Ok(()) };
        let partner = match (link.partner, direction) {
            (Some(partner), _) => partner,
            (None, Direction::ToServer) => return Ok(()),
            (None, Direction::ToClient) => {
                let relay = link.server_name.clone();
                let to = self.cast.peer(&relay)?.to.clone();
                let to = to.ok_or_else(|| PlayError::NoTarget { name: relay.clone() })?;
                let connection = self.next_number();
                let kind = BeatKind::Script { step: self.current, text: format!("{relay} connects to {to}") };
                self.mark(connection, kind, None);
                let partner = self.open(&relay, &to, &[], None)?;
                if let Some(front) = self.links.get_mut(index) {
                    front.partner = Some(partner);
                }
                if let Some(back) = self.links.get_mut(partner) {
                    back.partner = Some(index);
                    back.is_onward = true;
                }
                partner
            }
        };
        if let Some(partner) = self.links.get_mut(partner).filter(|_| !bytes.is_empty()) {
            partner.sender(direction.reverse()).say(bytes);
        }
        Ok(())
    }

    /// One side ends its direction; a relay then ends the other connection too.
    fn finish(&mut self, index: usize, direction: Direction) {
        let Some(link) = self.links.get_mut(index) else { return };
        link.channel.finish(&mut self.wire, direction);
        let frame = self.wire.frame();
        link.receiver(direction).ended(frame);
        let relay_side = if link.is_onward { Direction::ToServer } else { Direction::ToClient };
        let partner = link.partner.filter(|_| direction == relay_side);
        if let Some(partner) = partner.and_then(|partner| self.links.get_mut(partner)) {
            partner.sender(relay_side.reverse()).bye();
        }
    }

    /// Notes the moment at which the script's texts went out.
    fn mark_sent(&mut self, index: usize, direction: Direction, before: usize) {
        let Some(link) = self.links.get_mut(index).filter(|link| !link.queued.is_empty()) else { return };
        if direction != Direction::ToServer {
            return;
        }
        let sent = link.client.testimony.sent.get(before..).unwrap_or_default().to_vec();
        let client = link.client_name.clone();
        let number = link.number;
        let (gone, waiting) = std::mem::take(&mut link.queued).into_iter().partition(|(_, text)| {
            let needle = text.as_bytes();
            sent.windows(needle.len().max(1)).any(|window| window == needle)
        });
        link.queued = waiting;
        let gone: Vec<(usize, String)> = gone;
        for (step, text) in gone {
            self.mark_send(number, step, format!("{client} sends {}", shown(&text)));
        }
    }

    pub(super) fn mark_unsent(&mut self, index: usize) {
        let Some(link) = self.links.get_mut(index) else { return };
        let (client, number) = (link.client_name.clone(), link.number);
        for (step, text) in std::mem::take(&mut link.queued) {
            self.mark_send(number, step, format!("{client} never comes to send {}", shown(&text)));
        }
    }

    fn mark_send(&mut self, connection: u32, step: usize, text: String) {
        let say = self.cast.scenario.steps.get(step).and_then(|step| step.say.clone());
        let kind = BeatKind::Script { step, text };
        self.mark(connection, kind, say);
    }
}

/// The lines of plain text, each with the offset behind it; what is no text is counted.
fn lines(bytes: &[u8]) -> Vec<(usize, String)> {
    let is_text = |byte: &u8| *byte >= 0x20 && *byte != 0x7f || matches!(byte, b'\t' | b'\r' | b'\n');
    if bytes.is_empty() {
        return Vec::new();
    }
    if !bytes.iter().all(is_text) {
        return vec![(bytes.len(), format!("{} bytes that are no text", bytes.len()))];
    }
    let mut end = 0;
    let line = |part: &[u8]| {
        end += part.len();
        (end, String::from_utf8_lossy(part).trim_end_matches(['\r', '\n']).to_owned())
    };
    bytes.split_inclusive(|byte| *byte == b'\n').map(line).collect()
}
