//! One TCP connection on the wire: handshake, segments, acknowledgments and the end (RFC 9293 3).

use super::packet::{Segment, Wire, flag};
use super::{Host, Random};
use crate::net::{Direction, Endpoint};
use crate::session::FrameNumber;
use std::net::IpAddr;
use std::ops::Range;

/// The most bytes of one segment on Ethernet.
const SEGMENT: usize = 1460;
/// From the one to the other, in microseconds.
const WAY: i64 = 10_000;
/// What the sides need to answer, in microseconds.
const THINK: [i64; 2] = [400, 900];

/// One TCP connection.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    hosts: [Host; 2],
    ports: [u16; 2],
    /// The next sequence number of each side.
    next: [u32; 2],
    closed: [bool; 2],
    /// Whether the other side has still to acknowledge what this one sent.
    unacknowledged: [bool; 2],
    /// Which way the last packet went.
    last: Direction,
    streams: [Vec<u8>; 2],
    pieces: [Vec<Piece>; 2],
}

/// Bytes of a stream that went in one packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where they stand in the stream of their direction.
    pub(crate) range: Range<usize>,
    /// The packet.
    pub(crate) frame: FrameNumber,
}

impl Channel {
    /// Opens a connection: SYN, SYN-ACK, ACK.
    pub(crate) fn open(wire: &mut Wire, hosts: [Host; 2], ports: [u16; 2], random: &mut Random) -> Self {
        let next = [random.sequence(), random.sequence()];
        let mut channel = Self {
            hosts,
            ports,
            next,
            closed: [false; 2],
            unacknowledged: [false; 2],
            last: Direction::ToServer,
            streams: [Vec::new(), Vec::new()],
            pieces: [Vec::new(), Vec::new()],
        };
        wire.wait_microseconds(THINK[0]);
        channel.put(wire, Direction::ToServer, flag::SYN, &[]);
        channel.put(wire, Direction::ToClient, flag::SYN | flag::ACK, &[]);
        channel.put(wire, Direction::ToServer, flag::ACK, &[]);
        channel
    }

    /// The two ends: client, server.
    pub(crate) fn ends(&self) -> [Endpoint; 2] {
        let [client, server] = self.hosts.map(|host| IpAddr::V4(host.address));
        let [from, to] = self.ports;
        [Endpoint { address: client, port: from }, Endpoint { address: server, port: to }]
    }

    /// Sends bytes and gives the segments in which they went.
    pub(crate) fn send(&mut self, wire: &mut Wire, direction: Direction, bytes: &[u8]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        if bytes.is_empty() {
            return pieces;
        }
        wire.wait_microseconds(side(&THINK, direction));
        let count = bytes.len().div_ceil(SEGMENT);
        for (index, chunk) in bytes.chunks(SEGMENT).enumerate() {
            let push = if index + 1 == count { flag::PSH } else { 0 };
            let frame = self.put(wire, direction, flag::ACK | push, chunk);
            pieces.push(self.keep(direction, chunk, frame));
        }
        self.owe(direction);
        pieces
    }

    /// One side says that it has nothing more to send. Does nothing the second time.
    pub(crate) fn finish(&mut self, wire: &mut Wire, direction: Direction) {
        let Some(closed) = self.closed.get_mut(direction.index()) else { return };
        if std::mem::replace(closed, true) {
            return;
        }
        self.put(wire, direction, flag::FIN | flag::ACK, &[]);
        self.owe(direction);
    }

    /// What was sent is acknowledged, as by a host that does so at once; before the other side has its turn.
    pub(crate) fn settle(&mut self, wire: &mut Wire) {
        for direction in [Direction::ToServer, Direction::ToClient] {
            let owed = self.unacknowledged.get_mut(direction.index()).is_some_and(std::mem::take);
            if owed {
                self.put(wire, direction.reverse(), flag::ACK, &[]);
            }
        }
    }

    fn owe(&mut self, direction: Direction) {
        if let Some(owed) = self.unacknowledged.get_mut(direction.index()) {
            *owed = true;
        }
    }

    /// Everything that a side has sent, with the ends of its packets.
    pub(crate) fn pieces(&self, direction: Direction) -> Vec<(usize, FrameNumber)> {
        let pieces = self.pieces.get(direction.index()).map_or(&[][..], Vec::as_slice);
        pieces.iter().map(|piece| (piece.range.end, piece.frame)).collect()
    }

    /// What a side has sent, as it arrived.
    pub(crate) fn stream(&self, direction: Direction) -> &[u8] {
        self.streams.get(direction.index()).map_or(&[], Vec::as_slice)
    }

    /// The packet in which a byte of a stream arrived.
    pub(crate) fn frame_of(&self, direction: Direction, offset: usize) -> Option<FrameNumber> {
        let pieces = self.pieces.get(direction.index())?;
        pieces.iter().find(|piece| piece.range.contains(&offset)).map(|piece| piece.frame)
    }

    fn keep(&mut self, direction: Direction, chunk: &[u8], frame: FrameNumber) -> Piece {
        let index = direction.index();
        let start = self.streams.get(index).map_or(0, Vec::len);
        let piece = Piece { range: start..start + chunk.len(), frame };
        if let Some(stream) = self.streams.get_mut(index) {
            stream.extend_from_slice(chunk);
        }
        if let Some(pieces) = self.pieces.get_mut(index) {
            pieces.push(piece.clone());
        }
        piece
    }

    fn put(&mut self, wire: &mut Wire, direction: Direction, flags: u8, payload: &[u8]) -> FrameNumber {
        if direction != self.last {
            wire.wait_microseconds(WAY);
            self.last = direction;
        }
        let ends = |pair: [Host; 2]| if direction == Direction::ToServer { pair } else { [pair[1], pair[0]] };
        let [from, to] = ends(self.hosts);
        let ports = if direction == Direction::ToServer { self.ports } else { [self.ports[1], self.ports[0]] };
        let sequence = side(&self.next, direction);
        let acknowledgment = if flags & flag::ACK == 0 { 0 } else { side(&self.next, direction.reverse()) };
        let length = u32::try_from(payload.len()).unwrap_or(0) + u32::from(flags & (flag::SYN | flag::FIN) != 0);
        if let Some(next) = self.next.get_mut(direction.index()) {
            *next = next.wrapping_add(length);
        }
        wire.put(&Segment { from, to, ports, sequence, acknowledgment, flags, payload })
    }
}

fn side<T: Copy>(pair: &[T; 2], direction: Direction) -> T {
    let [client, server] = *pair;
    if direction == Direction::ToServer { client } else { server }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Tree;
    use crate::net::{Layers, TransportHeader};

    fn talk() -> (Wire, Channel) {
        let mut wire = Wire::new(1_772_366_400);
        let mut random = Random::new(7);
        let ports = [random.port(), 443];
        let mut channel = Channel::open(&mut wire, [Host::client(0), Host::server(0)], ports, &mut random);
        channel.send(&mut wire, Direction::ToServer, &[1; 300]);
        channel.settle(&mut wire);
        let pieces = channel.send(&mut wire, Direction::ToClient, &[2; 3000]);
        assert_eq!(pieces.iter().map(|piece| piece.range.len()).collect::<Vec<_>>(), [1460, 1460, 80]);
        channel.settle(&mut wire);
        channel.finish(&mut wire, Direction::ToServer);
        channel.finish(&mut wire, Direction::ToServer);
        channel.settle(&mut wire);
        channel.finish(&mut wire, Direction::ToClient);
        channel.settle(&mut wire);
        (wire, channel)
    }

    #[test]
    fn the_packets_are_a_conversation_that_the_reader_of_packets_understands() {
        let (wire, channel) = talk();
        assert_eq!(channel.ends()[1].to_string(), "198.51.100.10:443");
        assert_eq!(channel.frame_of(Direction::ToClient, 2999), Some(8));
        let packets = wire.into_packets();
        let mut layers = Layers::new();
        let mut tree = Tree::on();
        let mut expected = [None, None];
        let mut time = 0;
        for packet in &packets {
            let length = u32::try_from(packet.bytes.len()).unwrap();
            let datagram = layers.read(packet.link, &packet.bytes, length, &mut tree).unwrap();
            let TransportHeader::Tcp(header) = datagram.transport else { panic!("no TCP") };
            let side = usize::from(datagram.source.port == 443);
            assert_eq!(*expected[side].get_or_insert(header.sequence), header.sequence);
            let control = u32::from(header.flags.syn() || header.flags.fin());
            let length = u32::try_from(datagram.payload.len()).unwrap();
            expected[side] = Some(header.sequence.wrapping_add(length + control));
            assert!(packet.time > time);
            time = packet.time;
        }
        assert_eq!(packets.len(), 3 + 2 + 4 + 4);
        assert_eq!(tree.notes(), []);
        let [first, second] = [&packets[0], &packets[1]];
        assert_eq!(second.time - first.time, 10_000_000 + 54 * 8);
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        assert_eq!(talk().0.into_packets(), talk().0.into_packets());
    }
}
