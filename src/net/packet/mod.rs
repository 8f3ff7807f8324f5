//! One packet, from its link layer to the bytes that TCP or UDP carries.
//!
//! Every packet of a capture comes through here once, most of them without anybody ever looking at their headers. So
//! the walk slices, allocates nothing and remembers only addresses; what a header says field by field is read again
//! when the tree is on.
//!
//! ```text
//!   link ─► Ethernet, VLAN, cooked, loopback, PPP, 802.11 ─┐
//!            ┌─────────────── tunnels peeled ◄────────────┐ │
//!            ▼                                            │ ▼
//!          IPv4, IPv6 ─► extension headers ─► fragments ─► TCP, UDP ─► Datagram
//! ```

mod ip;
mod link;
mod part;
#[cfg(test)]
mod tests;
mod transport;

use super::{Endpoint, LinkType};
use crate::base::{Field, Group, Severity, Tree, Value, fields};
use part::Part;
use std::net::{IpAddr, Ipv4Addr};

/// How many headers are read before a packet is given up: real ones have less than ten, and a crafted one must not
/// cost more than its length.
const MAX_HEADERS: u8 = 16;

/// The transport header of one packet and its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// Address of the innermost IP header, port of the header behind it.
    pub source: Endpoint,
    /// Address of the innermost IP header, port of the header behind it.
    pub destination: Endpoint,
    /// Which transport, and what its header says.
    pub transport: TransportHeader,
    /// What it carries, as far as it was captured; padding of the link layer is not part of it.
    pub payload: &'a [u8],
    /// Offset of the payload in the frame; `None` when it was put together from fragments.
    pub offset: Option<u32>,
    /// Payload bytes that were on the wire but not captured; they follow `payload`.
    pub missing: u32,
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
pub struct Layers {}

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
    /// IPv4 or IPv6, as its first four bits say.
    Ip,
    /// What this protocol number of an IP header announces.
    Protocol(u8),
}

/// The header that was read leads to another one with these bytes; `None` ends the walk.
type Step<'a> = Option<(Layer, Part<'a>)>;

/// What of the walk outlives a header: the addresses, and how many headers may still follow.
#[derive(Debug)]
struct Walk {
    source: IpAddr,
    destination: IpAddr,
    left: u8,
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
        let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let mut walk = Walk { source: unknown, destination: unknown, left: MAX_HEADERS };
        walk.run(Layer::Link(link), Part::frame(frame, original_length), tree)
    }
}

impl Walk {
    fn run<'a>(&mut self, mut layer: Layer, mut part: Part<'a>, tree: &mut Tree) -> Option<Datagram<'a>> {
        while self.left > 0 {
            self.left -= 1;
            let step = match layer {
                Layer::Link(link) => link::first(link, part, tree),
                Layer::Ethernet => link::ethernet(part, tree),
                Layer::EtherType(kind) => link::ether_type(kind, part, tree),
                Layer::Llc => link::llc(part, tree),
                Layer::Ip => ip::read(part, self, tree),
                Layer::Protocol(6) => return transport::tcp(part, self, tree),
                Layer::Protocol(17) => return transport::udp(part, self, tree),
                Layer::Protocol(_) => undecoded(part, tree),
            };
            (layer, part) = step?;
        }
        let text = format!("more than {MAX_HEADERS} headers, one in another");
        tree.note(Severity::Warn, Group::Undecoded, "frame.depth", part.whole(), text);
        undecoded(part, tree)
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
    [FIELDS, link::FIELDS, ip::FIELDS, transport::FIELDS].into_iter().flatten().copied()
}

fields! {
    DATA = "data", "data", "",
        "Bytes that are not decoded further: what is in them is neither TCP nor UDP, or belongs to a protocol that is \
         not known here.";
}
