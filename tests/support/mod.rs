//! What the tests from outside share: a writer of TCP conversations, the conversations of the sample captures, a
//! store in memory, random numbers that are the same each time, and what must hold of any dissection whatever.

#![allow(dead_code, reason = "each test file is a crate of its own and uses a part of this one")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that stumbles has failed, and says so"
)]
#![allow(missing_docs, unreachable_pub, reason = "nobody sees it but the tests")]

pub mod captures;
pub mod plays;

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::sync::Arc;
use tlslab::base::hex;
use tlslab::capture::{Detail, Dissection, Dissector, Input, Packet, SAMPLES, Sample, Settings, Store, open};
use tlslab::net::{Endpoint, Layers, LinkType, TransportHeader};
use tlslab::session::rule::Verdict;
use tlslab::session::{Session, TransportFacts};
use tlslab::tls::secrets::Secrets;

/// The link type of the packets that are written here.
pub const ETHERNET: LinkType = LinkType(1);
/// Time between two packets in nanoseconds.
const TICK: i64 = 1_000_000;
/// No session keeps more notes than this.
const MOST_NOTES: usize = 65;

/// Fails with all faults together.
pub fn hold(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// Random numbers that are the same on every machine (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap()
    }

    /// True in `percent` of 100 cases.
    pub fn chance(&mut self, percent: u8) -> bool {
        self.next() % 100 < u64::from(percent)
    }
}

/// Bytes that one side sends before the other side has its turn.
#[derive(Clone, Debug)]
pub struct Turn {
    pub from_client: bool,
    pub bytes: Vec<u8>,
}

/// How a conversation is brought onto the wire.
#[derive(Clone, Debug)]
pub struct Way {
    /// The most bytes of one segment.
    pub segment: usize,
    /// Whether segments have any length up to that one.
    pub uneven: bool,
    /// How many places a segment may fall behind the later ones of its turn.
    pub window: usize,
    /// How many of 100 segments come twice.
    pub copies: u8,
    /// How many of 100 segments repeat bytes that came before, and more.
    pub overlaps: u8,
    /// How many of 100 segments are not captured.
    pub losses: u8,
    /// IPv6 instead of IPv4.
    pub version6: bool,
    /// The number before the first byte of each side.
    pub first: [u32; 2],
    /// Whether both sides close.
    pub close: bool,
    pub seed: u64,
}

impl Way {
    /// Long segments, in order, each once.
    pub const PLAIN: Self = Self {
        segment: 1400,
        uneven: false,
        window: 0,
        copies: 0,
        overlaps: 0,
        losses: 0,
        version6: false,
        first: [1000, 5000],
        close: true,
        seed: 1,
    };
}

/// Writes a conversation as Ethernet frames. `port` is the client's; the server has 443.
pub fn conversation(turns: &[Turn], way: &Way, port: u16) -> Vec<Vec<u8>> {
    let mut writer = Writer { way, port, random: Random(way.seed), sent: [Vec::new(), Vec::new()], frames: Vec::new() };
    writer.run(turns);
    writer.frames
}

struct Writer<'a> {
    way: &'a Way,
    port: u16,
    random: Random,
    /// What each side has sent: client, server.
    sent: [Vec<u8>; 2],
    frames: Vec<Vec<u8>>,
}

const FIN: u8 = 1;
const SYN: u8 = 2;
const ACK: u8 = 16;

impl Writer<'_> {
    fn run(&mut self, turns: &[Turn]) {
        let [client, server] = self.way.first;
        self.frame(true, SYN, client, 0, &[]);
        self.frame(false, SYN | ACK, server, client.wrapping_add(1), &[]);
        self.frame(true, ACK, client.wrapping_add(1), server.wrapping_add(1), &[]);
        for turn in turns {
            self.turn(turn);
        }
        if self.way.close {
            let mut behind = 3;
            for from_client in [true, false] {
                let sequence = self.sequence(from_client, self.sent[usize::from(!from_client)].len());
                self.frame(from_client, FIN | ACK, sequence, self.acknowledged(from_client), &[]);
                // It may overtake what was sent before it, but not the other side's.
                let last = self.frames.len() - 1;
                let early = self.random.below(self.way.window + 1).min(last - behind);
                self.frames[last - early..].rotate_right(1);
                behind = last - early + 1;
            }
        }
    }

    fn turn(&mut self, turn: &Turn) {
        let side = usize::from(!turn.from_client);
        let base = self.sent[side].len();
        self.sent[side].extend_from_slice(&turn.bytes);
        let mut places: Vec<(usize, usize, usize)> = Vec::new();
        let mut at = base;
        while at < self.sent[side].len() {
            let most = self.way.segment.min(self.sent[side].len() - at);
            let length = if self.way.uneven { 1 + self.random.below(most) } else { most };
            let mut start = at;
            if self.random.chance(self.way.overlaps) {
                start -= self.random.below(at.min(2 * self.way.segment) + 1);
            }
            let order = places.len();
            let late = |random: &mut Random| order + random.below(self.way.window + 1);
            if !self.random.chance(self.way.losses) {
                places.push((late(&mut self.random), start, at + length));
            }
            if self.random.chance(self.way.copies) {
                places.push((late(&mut self.random), start, at + length));
            }
            at += length;
        }
        places.sort_by_key(|(order, ..)| *order);
        let acknowledged = self.acknowledged(turn.from_client);
        for (_, start, end) in places {
            let bytes = self.sent[side][start..end].to_vec();
            self.frame(turn.from_client, ACK, self.sequence(turn.from_client, start), acknowledged, &bytes);
        }
    }

    fn sequence(&self, from_client: bool, offset: usize) -> u32 {
        self.way.first[usize::from(!from_client)].wrapping_add(1).wrapping_add(u32::try_from(offset).unwrap())
    }

    fn acknowledged(&self, from_client: bool) -> u32 {
        self.sequence(!from_client, self.sent[usize::from(from_client)].len())
    }

    fn frame(&mut self, from_client: bool, flags: u8, sequence: u32, acknowledgment: u32, payload: &[u8]) {
        let ports = if from_client { [self.port, 443] } else { [443, self.port] };
        let mut tcp = Vec::with_capacity(20 + payload.len());
        tcp.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
        tcp.extend(sequence.to_be_bytes());
        tcp.extend(acknowledgment.to_be_bytes());
        tcp.extend([5 << 4, flags, 0xff, 0xff, 0, 0, 0, 0]);
        tcp.extend(payload);
        let length = u16::try_from(tcp.len()).unwrap();
        let hosts: [u8; 2] = if from_client { [1, 2] } else { [2, 1] };
        let mut frame = vec![2, 0, 0, 0, 0, hosts[1], 2, 0, 0, 0, 0, hosts[0]];
        if self.way.version6 {
            frame.extend([0x86, 0xdd, 0x60, 0, 0, 0]);
            frame.extend(length.to_be_bytes());
            frame.extend([6, 64]);
            for host in hosts {
                frame.extend(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(host)).octets());
            }
        } else {
            frame.extend([8, 0, 0x45, 0]);
            frame.extend((length + 20).to_be_bytes());
            frame.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
            for host in hosts {
                frame.extend(Ipv4Addr::new(192, 0, 2, host).octets());
            }
        }
        frame.extend(tcp);
        self.frames.push(frame);
    }
}

/// One conversation of a sample capture.
pub struct Seed {
    pub name: String,
    pub turns: Vec<Turn>,
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} turns)", self.name, self.turns.len())
    }
}

/// The conversations of all sample captures, in their order.
pub fn seeds() -> Vec<Seed> {
    SAMPLES.iter().flat_map(conversations).collect()
}

fn conversations(sample: &'static Sample) -> Vec<Seed> {
    struct Found {
        ends: [Endpoint; 2],
        next: [Option<u32>; 2],
        turns: Vec<Turn>,
    }
    let mut found: Vec<Found> = Vec::new();
    let mut layers = Layers::new();
    let mut tree = tlslab::base::Tree::off();
    let mut source = open(&[Input::Sample(sample)], false).unwrap().source;
    while let Some(packet) = source.next_packet() {
        let Some(datagram) = layers.read(packet.link, packet.bytes, packet.original_length, &mut tree) else {
            continue;
        };
        let TransportHeader::Tcp(header) = datagram.transport else { continue };
        let ends = [datagram.source, datagram.destination];
        if header.flags.syn() && !header.flags.ack() {
            found.push(Found { ends, next: [Some(header.sequence.wrapping_add(1)), None], turns: Vec::new() });
            continue;
        }
        let known = |found: &&mut Found| found.ends == ends || found.ends == [ends[1], ends[0]];
        let Some(conversation) = found.iter_mut().rev().find(known) else { continue };
        let side = usize::from(conversation.ends[0] != datagram.source);
        let behind_syn = header.sequence.wrapping_add(u32::from(header.flags.syn()));
        let next = conversation.next[side].get_or_insert(behind_syn);
        if datagram.payload.is_empty() || *next != header.sequence {
            continue;
        }
        *next = next.wrapping_add(u32::try_from(datagram.payload.len()).unwrap());
        match conversation.turns.last_mut().filter(|turn| turn.from_client == (side == 0)) {
            Some(turn) => turn.bytes.extend_from_slice(datagram.payload),
            None => conversation.turns.push(Turn { from_client: side == 0, bytes: datagram.payload.to_vec() }),
        }
    }
    let seeds = found.into_iter().filter(|found| !found.turns.is_empty());
    seeds.map(|found| Seed { name: sample.name.to_owned(), turns: found.turns }).collect()
}

/// The secrets of all sample captures.
pub fn secrets() -> Arc<Secrets> {
    let mut secrets = Secrets::default();
    for sample in SAMPLES {
        assert_eq!(secrets.read_key_log(sample.keys.as_bytes(), 1), [], "{}", sample.name);
    }
    Arc::new(secrets)
}

/// Packets in memory.
#[derive(Clone, Default)]
pub struct Capture {
    pub packets: Vec<(LinkType, Vec<u8>)>,
}

impl fmt::Debug for Capture {
    /// All bytes where they are few.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.packets.as_slice() {
            few if few.len() <= 8 => {
                f.debug_list().entries(few.iter().map(|(link, bytes)| (link, hex(bytes)))).finish()
            }
            many => write!(f, "{} packets", many.len()),
        }
    }
}

impl Capture {
    pub fn of(frames: &[Vec<u8>]) -> Self {
        Self { packets: frames.iter().map(|frame| (ETHERNET, frame.clone())).collect() }
    }

    /// A capture file, and the key logs in it.
    pub fn read(path: &Path) -> (Self, Vec<Vec<u8>>) {
        let mut source = open(&[Input::Path(path.to_owned())], false).unwrap().source;
        let mut logs = source.take_key_logs();
        let mut packets = Vec::new();
        while let Some(packet) = source.next_packet() {
            packets.push((packet.link, packet.bytes.to_vec()));
            logs.append(&mut source.take_key_logs());
        }
        (Self { packets }, logs)
    }

    /// Pushes all packets, and calls `between` after each.
    pub fn feed(&self, dissector: &mut Dissector, mut between: impl FnMut(&mut Dissector)) {
        let mut position = 0;
        for (index, (link, bytes)) in self.packets.iter().enumerate() {
            dissector.push(&Packet {
                number: u32::try_from(index + 1).unwrap(),
                time: i64::try_from(index).unwrap() * TICK,
                link: *link,
                original_length: u32::try_from(bytes.len()).unwrap(),
                file: 0,
                interface: 0,
                position,
                bytes,
            });
            position += bytes.len() as u64;
            between(dissector);
        }
    }

    /// All packets at once, for screens.
    pub fn dissect(&self) -> Dissector {
        self.dissect_with(&Arc::default())
    }

    /// The same, with secrets to open records with.
    pub fn dissect_with(&self, secrets: &Arc<Secrets>) -> Dissector {
        let mut dissector = Dissector::new(Settings::SCREEN);
        dissector.open_with(Arc::clone(secrets));
        self.feed(&mut dissector, |_| {});
        dissector.finish();
        dissector
    }

    pub fn store(&self) -> Memory {
        Memory(self.packets.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect())
    }
}

/// The bytes of packets, one behind the other.
pub struct Memory(pub Vec<u8>);

impl Store for Memory {
    fn read(&self, _file: u8, position: u64, length: u32) -> io::Result<Vec<u8>> {
        let start = usize::try_from(position).unwrap();
        self.0
            .get(start..start + length as usize)
            .map(<[u8]>::to_vec)
            .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// What must hold of a capture that was read to its end, however broken it is: each session within its limits, and all
/// spans of all fields and remarks inside the bytes that they speak of.
pub fn check(dissector: &mut Dissector, store: &dyn Store) {
    let frames = dissector.frames().clone();
    let secrets = dissector.secrets();
    for session in dissector.sessions() {
        check_limits(&session);
        check_session(store, &frames, &session, &secrets);
    }
    for (number, _) in frames.from(1) {
        check_spans(&Dissection::of_frame(store, &frames, number).unwrap(), &format!("frame {number}"));
    }
}

/// A session keeps no more than it may.
pub fn check_limits(session: &Session) {
    assert!(session.timeline.len() <= Settings::SCREEN.timeline.0, "{} events", session.timeline.len());
    assert!(session.notes.len() <= MOST_NOTES, "{} notes", session.notes.len());
    assert!(session.client_hellos.len() <= 64 && session.server_hellos.len() <= 64, "too many hellos");
}

/// Every event of a session can be opened, and points at its bytes.
pub fn check_session(store: &dyn Store, frames: &tlslab::capture::Frames, session: &Session, secrets: &Arc<Secrets>) {
    let detail = Detail::open(store, frames, session, secrets).unwrap();
    for (index, event) in detail.session.timeline.iter().enumerate() {
        check_spans(&detail.dissect(index), &format!("{}, event {index}: {event:?}", session.stream));
    }
}

fn check_spans(dissection: &Dissection, what: &str) {
    let nodes = dissection.tree.nodes().iter().map(|node| (node.field.name, node.span));
    let notes = dissection.tree.notes().iter().filter_map(|note| Some((note.code, note.span?)));
    for (name, span) in nodes.chain(notes) {
        let length = dissection.buffer(span.buffer).map(<[u8]>::len);
        assert!(length.is_some_and(|length| span.range().end <= length), "{what}: {name} at {span:?} of {length:?}");
    }
    for buffer in &dissection.buffers {
        let mut behind = 0;
        for piece in &buffer.pieces {
            assert!(piece.start >= behind, "{what}: pieces of {} overlap", buffer.name);
            behind = piece.start + piece.length;
        }
        assert!(behind as usize <= buffer.bytes.len(), "{what}: pieces of {} reach too far", buffer.name);
    }
}

/// Fails with the first line that differs: two sessions are too long to be read whole.
pub fn same_sessions<T: fmt::Debug + PartialEq>(found: &T, expected: &T, what: &str) {
    if found != expected {
        let (found, expected) = (format!("{found:#?}"), format!("{expected:#?}"));
        let (mut found, mut expected) = (found.lines(), expected.lines());
        let mut above = Vec::new();
        loop {
            let (left, right) = (found.next(), expected.next());
            if left != right || left.is_none() {
                let above = above.iter().rev().take(12).rev().copied().collect::<Vec<_>>().join("\n");
                panic!("{what}:\n{above}\n   found {left:?}\nexpected {right:?}");
            }
            above.extend(left);
        }
    }
}

/// The address that the writer gives the client (`host` 1) or the server (2).
pub fn address(version6: bool, host: u8) -> IpAddr {
    if version6 {
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(host)).into()
    } else {
        Ipv4Addr::new(192, 0, 2, host).into()
    }
}

/// The sessions without what may differ when the same bytes come in other packets: frames, times, and what the
/// transport counts. Events are in the order of each direction.
pub fn facts(sessions: &[Arc<Session>]) -> Vec<Session> {
    sessions.iter().map(|session| facts_of(session)).collect()
}

fn facts_of(session: &Session) -> Session {
    let mut session = session.clone();
    (session.first_frame, session.last_frame, session.stream_first_frame, session.frames) = (0, 0, 0, 0);
    (session.started, session.ended) = (0, 0);
    session.handshake_started = session.handshake_started.map(|_| 0);
    session.handshake_ended = session.handshake_ended.map(|_| 0);
    session.transport = TransportFacts {
        syn: session.transport.syn,
        missing: session.transport.missing,
        fin: session.transport.fin,
        reset: session.transport.reset,
        ..TransportFacts::default()
    };
    // What was found names frames and times.
    session.findings.clear();
    session.verdict = Verdict::default();
    session.clues.tickets.iter_mut().for_each(|ticket| (ticket.frame, ticket.time) = (0, 0));
    for event in &mut session.timeline {
        (event.frame, event.time) = (0, 0);
    }
    session.timeline.sort_by_key(|event| (event.direction.index(), event.offset));
    session.client_hellos.iter_mut().for_each(|hello| hello.frame = 0);
    session.server_hellos.iter_mut().for_each(|hello| hello.frame = 0);
    session.notes.iter_mut().for_each(|note| note.frame = 0);
    session.proofs.iter_mut().for_each(|proof| proof.frame = 0);
    if let Some(prelude) = session.prelude.as_mut().map(Arc::make_mut) {
        // A line belongs to the packet that ended it; how packets cut the lines is not the question here.
        prelude.lines.clear();
    }
    session
}
