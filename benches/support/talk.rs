//! The packets of one session: a TCP connection, a handshake, a request and its answer, and the end.

use super::random::Random;
use super::template::{Identity, Template};
use etherparse::{PacketBuilder, TcpOptionElement};
use std::collections::VecDeque;

/// The most that a segment carries.
const SEGMENT: usize = 1448;
/// The most that a record carries, with what encryption adds.
const RECORD: usize = 16_384 + 17;
/// What a packet has beside its payload: the header in the file, Ethernet, IPv4, TCP with its timestamp option.
const AROUND: usize = 16 + 14 + 20 + 32;
const REQUEST: usize = 400;

/// One session with its packets in their order, about `size` bytes in all.
pub(super) fn session(template: &Template, number: u32, size: usize, random: &mut Random) -> VecDeque<Vec<u8>> {
    let identity = Template::identity(random);
    let mut talk = Talk::new(number, &identity, random);
    talk.open();
    for flight in &template.flights {
        talk.stream(flight.from_client, &flight.bytes(&identity, random));
    }
    talk.stream(true, &records(REQUEST, random));
    // From 70 to 130 of 100: sessions are not of one size.
    let size = size * (70 + random.below(61)) / 100;
    let rest = size.saturating_sub(talk.bytes + 4 * AROUND);
    let answer = (rest * SEGMENT / (SEGMENT + AROUND + AROUND / 2)).max(100);
    talk.stream(false, &records(answer, random));
    let alert = close_notify(template.tls13, random);
    talk.send(false, Flags { fin: true, ..Flags::default() }, &alert);
    let alert = close_notify(template.tls13, random);
    talk.send(true, Flags { fin: true, ..Flags::default() }, &alert);
    talk.send(false, Flags::default(), &[]);
    talk.packets
}

/// Application data records with `length` bytes in all.
fn records(length: usize, random: &mut Random) -> Vec<u8> {
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    let mut at = 0;
    while at + 5 < length {
        let body = RECORD.min(length - at - 5);
        bytes[at..at + 3].copy_from_slice(&[23, 3, 3]);
        bytes[at + 3..at + 5].copy_from_slice(&(body as u16).to_be_bytes());
        at += 5 + body;
    }
    bytes.truncate(at);
    bytes
}

fn close_notify(tls13: bool, random: &mut Random) -> Vec<u8> {
    let (kind, length) = if tls13 { (23, 19) } else { (21, 26) };
    let mut bytes = vec![0; 5 + usize::from(length)];
    random.fill(&mut bytes);
    bytes[..5].copy_from_slice(&[kind, 3, 3, 0, length]);
    bytes
}

#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    syn: bool,
    fin: bool,
    push: bool,
}

/// The TCP connection: addresses and sequence numbers, of the client first.
pub(super) struct Talk {
    addresses: [[u8; 4]; 2],
    ports: [u16; 2],
    sequences: [u32; 2],
    clock: u32,
    bytes: usize,
    pub(super) packets: VecDeque<Vec<u8>>,
}

impl Talk {
    pub(super) fn new(number: u32, identity: &Identity, random: &mut Random) -> Self {
        let [_, high, middle, low] = (number / 20).to_be_bytes();
        let [server_high, server_low] = (identity.server as u16).to_be_bytes();
        Self {
            addresses: [[10, high, middle, low], [198, 18, server_high, server_low]],
            ports: [32_768 + (number % 28_000) as u16, 443],
            sequences: [random.next() as u32, random.next() as u32],
            clock: random.next() as u32,
            bytes: 0,
            packets: VecDeque::new(),
        }
    }

    /// Opens the connection.
    pub(super) fn open(&mut self) {
        self.send(true, Flags { syn: true, ..Flags::default() }, &[]);
        self.send(false, Flags { syn: true, ..Flags::default() }, &[]);
        self.send(true, Flags::default(), &[]);
    }

    /// Sends bytes in segments. The other side acknowledges each second full one that another follows.
    pub(super) fn stream(&mut self, from_client: bool, bytes: &[u8]) {
        let segments = bytes.chunks(SEGMENT);
        let last = segments.len().saturating_sub(1);
        for (index, segment) in segments.enumerate() {
            self.send(from_client, Flags { push: index == last, ..Flags::default() }, segment);
            if index % 2 == 1 && index != last {
                self.send(!from_client, Flags::default(), &[]);
            }
        }
    }

    fn send(&mut self, from_client: bool, flags: Flags, payload: &[u8]) {
        let (own, other) = if from_client { (0, 1) } else { (1, 0) };
        self.clock = self.clock.wrapping_add(1);
        let time = TcpOptionElement::Timestamp(self.clock, self.clock.wrapping_sub(1));
        let mut builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, own as u8], [2, 0, 0, 0, 0, other as u8])
            .ipv4(self.addresses[own], self.addresses[other], 64)
            .tcp(self.ports[own], self.ports[other], self.sequences[own], 501)
            .options(&[TcpOptionElement::Noop, TcpOptionElement::Noop, time])
            .unwrap();
        if !(flags.syn && from_client) {
            builder = builder.ack(self.sequences[other]);
        }
        for (wanted, set) in [
            (flags.syn, PacketBuilderStep::syn as fn(_) -> _),
            (flags.fin, PacketBuilderStep::fin),
            (flags.push, PacketBuilderStep::psh),
        ] {
            if wanted {
                builder = set(builder);
            }
        }
        let mut packet = Vec::with_capacity(builder.size(payload.len()));
        builder.write(&mut packet, payload).unwrap();
        let used = payload.len() as u32 + u32::from(flags.syn) + u32::from(flags.fin);
        self.sequences[own] = self.sequences[own].wrapping_add(used);
        self.bytes += packet.len() + 16;
        self.packets.push_back(packet);
    }
}

type PacketBuilderStep = etherparse::PacketBuilderStep<etherparse::TcpHeader>;
