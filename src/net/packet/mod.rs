//! One packet, from its link layer to the bytes that TCP or UDP carries.
//!
//! Every packet of a capture comes through here once, most of them without anybody ever looking at their headers. So
//! the walk slices, allocates nothing and remembers only addresses; what a header says field by field is read again
//! when the tree is on. The readers that nearly every packet passes are inlined into the walk: that halves its time.
//!
//! ```text
//!   link ─► Ethernet, VLAN, cooked, loopback, PPP, 802.11 ─┐
//!            ┌─────────────── tunnels peeled ◄────────────┐ │
//!            ▼                                            │ ▼
//!          IPv4, IPv6 ─► extension headers ─► fragments ─► TCP, UDP ─► Datagram
//! ```

mod cooked;
mod extension;
mod fragments;
mod ip;
mod link;
mod part;
mod ppp;
#[cfg(test)]
mod tests;
mod transport;
mod tunnel;
mod wlan;

use super::{Endpoint, LinkType};
use crate::base::{BufferId, Field, Group, Severity, Tree, Value, fields};
use fragments::{Fragments, Key, Place};
use part::Part;
use std::net::{IpAddr, Ipv4Addr};

/// How many headers are read before a packet is given up: real ones have less than ten, and a crafted one must not
/// cost more than its length.
const MAX_HEADERS: u8 = 16;
/// How many datagrams in fragments may be one in another.
const MAX_JOINED: usize = 2;

/// The transport header of one packet and its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// Address of the innermost IP header, port of the header behind it.
    pub source: Endpoint,
    /// Address of the innermost IP header, port of the header behind it.
    pub destination: Endpoint,
    /// What the innermost IP header says of where the packet was made.
    pub origin: Origin,
    /// Which transport, and what its header says.
    pub transport: TransportHeader,
    /// What it carries, as far as it was captured; padding of the link layer is not part of it.
    pub payload: &'a [u8],
    /// Offset of the payload in the frame; `None` when it was put together from fragments.
    pub offset: Option<u32>,
    /// Payload bytes that were on the wire but not captured; they follow `payload`.
    pub missing: u32,
}

/// What an IP header says that changes with the machine that made the packet and with the way that it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Time to live, or hop limit: each router takes one off.
    pub hops: u8,
    /// The identification of IPv4; 0 in IPv6, and with many senders that never cut packets (RFC 6864).
    pub identification: u16,
}

/// What the transport header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportHeader {
    /// TCP.
    Tcp(TcpHeader),
    /// UDP; its ports are all there is to it.
    Udp,
}

/// What a TCP header says that a stream needs to know (RFC 9293 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpHeader {
    /// Number of the first payload byte, or of the SYN.
    pub sequence: u32,
    /// Number of the next byte that the sender expects; meaningful with ACK only.
    pub acknowledgment: u32,
    /// The control bits.
    pub flags: TcpFlags,
    /// Receive window, not scaled.
    pub window: u16,
    /// The longest payload of one segment that the sender takes, where this is a SYN that says so.
    pub maximum_segment: Option<u16>,
}

/// The control bits of a TCP header, CWR first (RFC 9293 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpFlags(pub u8);

impl TcpFlags {
    /// The sender will send no more bytes.
    #[must_use]
    pub fn fin(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// The connection begins; the sequence number is the one before the first byte.
    #[must_use]
    pub fn syn(self) -> bool {
        self.0 & 0x02 != 0
    }

    /// The connection is broken off.
    #[must_use]
    pub fn rst(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// The receiver should hand on what it has.
    #[must_use]
    pub fn psh(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// The acknowledgment number counts.
    #[must_use]
    pub fn ack(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// The urgent pointer counts.
    #[must_use]
    pub fn urg(self) -> bool {
        self.0 & 0x20 != 0
    }
}

/// Reads packets; keeps the fragments of those that came in several.
#[derive(Debug, Default)]
pub struct Layers {
    fragments: Fragments,
    joined: [Vec<u8>; MAX_JOINED],
    told: Told,
}

/// Remarks that would be the same for every packet of a capture, and are made about the first only.
#[derive(Clone, Copy, Debug, Default)]
struct Told(u8);

impl Told {
    const LINK_TYPE: u8 = 1;
    const PROTECTED: u8 = 2;
}

/// What the next bytes of a packet are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    /// What a capture of this link type begins with.
    Link(LinkType),
    /// An Ethernet header.
    Ethernet,
    /// What this EtherType announces.
    EtherType(u16),
    /// An IEEE 802.2 LLC header.
    Llc,
    /// An IEEE 802.11 frame; some drivers pad its header.
    Wlan { padded: bool },
    /// A PPP packet.
    Ppp,
    /// A fragment of an IP datagram; its place stands in the [`Walk`].
    Fragment,
    /// IPv4 or IPv6, as its first four bits say.
    Ip,
    /// What this protocol number of an IP header announces.
    Protocol(u8),
}

/// The header that was read leads to another one with these bytes; `None` ends the walk.
type Step<'a> = Option<(Layer, Part<'a>)>;

/// What of the walk outlives a header: the addresses, the place of a fragment, and how many headers
/// may still follow.
#[derive(Debug)]
struct Walk<'w> {
    source: IpAddr,
    destination: IpAddr,
    origin: Origin,
    left: u8,
    /// Where the fragment belongs whose IP header was read last.
    place: Option<Place>,
    told: &'w mut Told,
}

impl Layers {
    /// Without any fragment.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads one packet. `None` for what carries neither TCP nor UDP, such as ARP, ICMP, or a fragment of a datagram
    /// of which others are still missing.
    pub fn read<'a>(
        &'a mut self,
        link: LinkType,
        frame: &'a [u8],
        original_length: u32,
        tree: &mut Tree,
    ) -> Option<Datagram<'a>> {
        let Self { fragments, joined, told } = self;
        let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let origin = Origin::default();
        let mut walk = Walk { source: unknown, destination: unknown, origin, left: MAX_HEADERS, place: None, told };
        walk.run(Layer::Link(link), Part::frame(frame, original_length), fragments, joined, tree)
    }

    /// The payloads that the last [`read`](Self::read) put together from fragments. Spans count in them by buffer 1
    /// and, for fragments in fragments, 2; what is there may also be left from an earlier packet.
    pub fn joined(&self) -> impl Iterator<Item = &[u8]> {
        self.joined.iter().map(Vec::as_slice)
    }
}

impl Walk<'_> {
    fn run<'a>(
        &mut self,
        mut layer: Layer,
        mut part: Part<'a>,
        fragments: &mut Fragments,
        joined: &'a mut [Vec<u8>],
        tree: &mut Tree,
    ) -> Option<Datagram<'a>> {
        while self.left > 0 {
            self.left -= 1;
            let step = match layer {
                Layer::Link(link) => link::first(link, part, self, tree),
                Layer::Ethernet => link::ethernet(part, tree),
                Layer::EtherType(kind) => link::ether_type(kind, part, tree),
                Layer::Llc => link::llc(part, tree),
                Layer::Wlan { padded } => wlan::frame(part, padded, self, tree),
                Layer::Ppp => ppp::ppp(part, tree),
                Layer::Ip | Layer::Protocol(4 | 41) => ip::read(part, self, tree),
                Layer::Protocol(6) => return transport::tcp(part, self, tree),
                Layer::Protocol(17) => {
                    let (datagram, inside) = transport::udp(part, self, tree)?;
                    match tunnel::in_udp(datagram.source.port, datagram.destination.port, inside, tree) {
                        Some(step) => step,
                        None => return Some(datagram),
                    }
                }
                Layer::Protocol(0 | 43 | 60 | 135 | 139 | 140) => extension::options(part, tree),
                Layer::Protocol(51) => extension::authentication(part, tree),
                Layer::Protocol(44) => extension::fragment(part, self, tree),
                Layer::Protocol(47) => tunnel::gre(part, tree),
                Layer::Protocol(137) => tunnel::mpls(part, tree),
                Layer::Protocol(143) => link::ethernet(part, tree),
                Layer::Protocol(_) => undecoded(part, tree),
                Layer::Fragment => return self.fragment(part, fragments, joined, tree),
            };
            (layer, part) = step?;
        }
        let text = format!("more than {MAX_HEADERS} headers, one in another");
        tree.note(Severity::Warn, Group::Undecoded, "frame.depth", part.whole(), text);
        undecoded(part, tree)
    }

    /// Goes on with the whole datagram when this was the last fragment that it lacked.
    fn fragment<'a>(
        &mut self,
        part: Part<'a>,
        fragments: &mut Fragments,
        joined: &'a mut [Vec<u8>],
        tree: &mut Tree,
    ) -> Option<Datagram<'a>> {
        let place = self.place?;
        let used = MAX_JOINED - joined.len();
        let Some((slot, others)) = joined.split_first_mut() else { return undecoded(part, tree) };
        let key = Key {
            source: self.source,
            destination: self.destination,
            identification: place.identification,
            protocol: if place.version6 { 0 } else { place.protocol },
        };
        tree.leaf(&FRAGMENT, part.whole(), || Value::Bytes);
        let (protocol, bytes) = fragments.add(key, place, part, tree)?;
        *slot = bytes;
        let whole = Part::joined(slot, BufferId(u8::try_from(used + 1).unwrap_or(u8::MAX)));
        tree.leaf(&JOINED, whole.whole(), || Value::Bytes);
        self.run(Layer::Protocol(protocol), whole, fragments, others, tree)
    }

    /// Makes a remark about the first packet that deserves it, and about each packet that somebody looks at.
    fn once(
        &mut self,
        what: u8,
        severity: Severity,
        code: &'static str,
        part: Part<'_>,
        tree: &mut Tree,
        text: impl FnOnce() -> String,
    ) {
        if self.told.0 & what == 0 || tree.is_on() {
            self.told.0 |= what;
            tree.note(severity, Group::Undecoded, code, part.whole(), text());
        }
    }
}

/// Shows bytes that nothing here reads, and ends the walk.
fn undecoded<T>(part: Part<'_>, tree: &mut Tree) -> Option<T> {
    if tree.is_on() && !part.bytes.is_empty() {
        tree.leaf(&DATA, part.whole(), || Value::Bytes);
    }
    None
}

/// The fields of all packet headers that are read here.
pub fn header_fields() -> impl Iterator<Item = &'static Field> {
    [
        FIELDS,
        link::FIELDS,
        cooked::FIELDS,
        ppp::FIELDS,
        wlan::FIELDS,
        tunnel::FIELDS,
        ip::FIELDS,
        extension::FIELDS,
        transport::FIELDS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

fields! {
    FRAGMENT = "ip.fragment", "fragment", "RFC 791 3.2",
        "A piece of a longer packet. What it carries can be read when all pieces are there.";
    JOINED = "ip.reassembled.data", "reassembled packet", "RFC 791 3.2",
        "The payload of a packet that came in fragments, put together. This frame brought the last one missing.";
    DATA = "data", "data", "",
        "Bytes that are not decoded further: what is in them is neither TCP nor UDP, or belongs to a protocol that is \
         not known here.";
}
