//! Packets of the run: Ethernet, IPv4 and TCP around the bytes of a segment, and the clock that gives them their time.

use super::Host;
use crate::net::LinkType;
use crate::session::{FrameNumber, Timestamp};

const ETHERNET: LinkType = LinkType(1);
const NANOSECONDS: i64 = 1_000_000_000;
/// What one byte costs at 1 Gbit/s, in nanoseconds.
const BYTE: i64 = 8;

/// Flags of the TCP header (RFC 9293 3.1).
pub(super) mod flag {
    pub(in super::super) const FIN: u8 = 1;
    pub(in super::super) const SYN: u8 = 2;
    pub(in super::super) const PSH: u8 = 8;
    pub(in super::super) const ACK: u8 = 16;
}

/// Maximum segment size, SACK permitted, window scale 7, filled up to a multiple of four (RFC 9293 3.2, RFC 7323 2.2).
const SYN_OPTIONS: [u8; 12] = [2, 4, 0x05, 0xb4, 4, 2, 1, 3, 3, 7, 1, 1];

/// A packet of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// When it crossed the wire, by the scenario's clock.
    pub time: Timestamp,
    /// What its first byte belongs to.
    pub link: LinkType,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// A remark for those who open the capture elsewhere.
    pub comment: Option<String>,
}

/// All packets so far, and what time it is.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    packets: Vec<Packet>,
    now: Timestamp,
    /// The next identification of an IPv4 packet.
    identification: u16,
}

/// One segment of TCP.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    pub(super) from: Host,
    pub(super) to: Host,
    pub(super) ports: [u16; 2],
    pub(super) sequence: u32,
    pub(super) acknowledgment: u32,
    pub(super) flags: u8,
    pub(super) payload: &'a [u8],
}

impl Wire {
    /// A wire on which nothing has happened, at a moment in seconds since 1970.
    pub(crate) fn new(clock: i64) -> Self {
        Self { packets: Vec::new(), now: clock.saturating_mul(NANOSECONDS), identification: 1 }
    }

    /// The number of the last packet; 0 before the first.
    pub(crate) fn frame(&self) -> FrameNumber {
        FrameNumber::try_from(self.packets.len()).unwrap_or(FrameNumber::MAX)
    }

    /// Now, in whole seconds since 1970.
    pub(crate) fn seconds(&self) -> i64 {
        self.now.div_euclid(NANOSECONDS)
    }

    /// Lets time go by.
    pub(crate) fn wait_seconds(&mut self, seconds: i64) {
        self.now = self.now.saturating_add(seconds.saturating_mul(NANOSECONDS));
    }

    /// Lets time go by.
    pub(crate) fn wait_microseconds(&mut self, microseconds: i64) {
        self.now = self.now.saturating_add(microseconds.saturating_mul(1000));
    }

    /// Sets the clock.
    pub(crate) fn set_clock(&mut self, clock: i64) {
        self.now = clock.saturating_mul(NANOSECONDS);
    }

    /// The packets in order.
    pub(crate) fn into_packets(self) -> Vec<Packet> {
        self.packets
    }

    /// Puts a segment on the wire and gives the number of its packet.
    pub(super) fn put(&mut self, segment: &Segment<'_>) -> FrameNumber {
        let bytes = frame(segment, self.identification);
        self.identification = self.identification.wrapping_add(1);
        self.packets.push(Packet { time: self.now, link: ETHERNET, bytes, comment: None });
        let bytes = i64::try_from(segment.payload.len() + 54).unwrap_or(0);
        self.now = self.now.saturating_add(bytes * BYTE);
        self.frame()
    }
}

fn frame(segment: &Segment<'_>, identification: u16) -> Vec<u8> {
    let tcp = tcp(segment);
    let mut bytes = Vec::with_capacity(34 + tcp.len());
    bytes.extend(segment.to.mac());
    bytes.extend(segment.from.mac());
    bytes.extend([0x08, 0x00]);
    bytes.extend(ipv4(segment, tcp.len(), identification));
    bytes.extend(tcp);
    bytes
}

/// RFC 791 3.1, without options, not to be fragmented.
fn ipv4(segment: &Segment<'_>, length: usize, identification: u16) -> Vec<u8> {
    let total = u16::try_from(length + 20).unwrap_or(u16::MAX);
    let mut header = vec![0x45, 0];
    header.extend(total.to_be_bytes());
    header.extend(identification.to_be_bytes());
    header.extend([0x40, 0, 64, 6, 0, 0]);
    header.extend(segment.from.address.octets());
    header.extend(segment.to.address.octets());
    set_checksum(&mut header, 10, &[]);
    header
}

/// RFC 9293 3.1.
fn tcp(segment: &Segment<'_>) -> Vec<u8> {
    let syn = segment.flags & flag::SYN != 0;
    let options: &[u8] = if syn { &SYN_OPTIONS } else { &[] };
    let [from, to] = segment.ports;
    // Scaled by 128 behind the SYN: the same window.
    let window: u16 = if syn { 64_240 } else { 502 };
    let mut bytes = Vec::with_capacity(20 + options.len() + segment.payload.len());
    bytes.extend(from.to_be_bytes());
    bytes.extend(to.to_be_bytes());
    bytes.extend(segment.sequence.to_be_bytes());
    bytes.extend(segment.acknowledgment.to_be_bytes());
    bytes.push(if syn { 8 << 4 } else { 5 << 4 });
    bytes.push(segment.flags);
    bytes.extend(window.to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(options);
    bytes.extend(segment.payload);
    let mut pseudo = Vec::with_capacity(12);
    pseudo.extend(segment.from.address.octets());
    pseudo.extend(segment.to.address.octets());
    pseudo.extend([0, 6]);
    pseudo.extend(u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes());
    set_checksum(&mut bytes, 16, &pseudo);
    bytes
}

/// Puts the checksum of RFC 1071 over `before` and `bytes` at `at`, where zeros stand.
fn set_checksum(bytes: &mut [u8], at: usize, before: &[u8]) {
    let mut sum: u32 = 0;
    for part in [before, &*bytes] {
        for pair in part.chunks(2) {
            let high = pair.first().copied().unwrap_or(0);
            let low = pair.get(1).copied().unwrap_or(0);
            sum += u32::from(u16::from_be_bytes([high, low]));
        }
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    let checksum = !u16::try_from(sum).unwrap_or(0);
    if let Some(place) = bytes.get_mut(at..at + 2) {
        place.copy_from_slice(&checksum.to_be_bytes());
    }
}
