//! IPv4 and IPv6 headers.

use super::fragments::Place;
use super::part::{Header, Part};
use super::{Layer, Origin, Step, Walk, undecoded};
use crate::base::{Tree, fields};
use etherparse::IpNumber;
use std::net::IpAddr;

/// Reads an IP header; its first four bits say which.
#[inline]
pub(super) fn read<'a>(part: Part<'a>, walk: &mut Walk<'_>, tree: &mut Tree) -> Step<'a> {
    match part.bytes.first().map(|byte| byte >> 4) {
        Some(4) => ipv4(part, walk, tree),
        Some(6) => ipv6(part, walk, tree),
        Some(_) => {
            tree.malformed(part.span(0, 1), "neither version 4 nor 6 stands where an IP header should be");
            undecoded(part, tree)
        }
        None => part.short("IP header", tree),
    }
}

/// RFC 791 3.1.
#[inline]
fn ipv4<'a>(part: Part<'a>, walk: &mut Walk<'_>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<20>() else { return part.short("IPv4 header", tree) };
    let length = usize::from(head[0] & 15) * 4;
    if length < 20 {
        tree.malformed(part.span(0, 1), "the IPv4 header length is less than the header itself");
        return undecoded(part, tree);
    }
    // 0 is what a sender's own capture shows when the network card is to cut a large packet (segmentation offload).
    let part = match usize::from(u16::from_be_bytes([head[2], head[3]])) {
        0 => part,
        total => part.exactly(total.max(length)),
    };
    walk.source = IpAddr::from([head[12], head[13], head[14], head[15]]);
    walk.destination = IpAddr::from([head[16], head[17], head[18], head[19]]);
    walk.origin = Origin { hops: head[8], identification: u16::from_be_bytes([head[4], head[5]]) };
    if tree.is_on() {
        show_ipv4(part, length, tree);
    }
    let fragment = u16::from_be_bytes([head[6], head[7]]);
    let rest = part.after(length);
    if fragment & !DONT_FRAGMENT == 0 {
        return Some((Layer::Protocol(head[9]), rest));
    }
    walk.place = Some(Place {
        protocol: head[9],
        identification: u32::from(u16::from_be_bytes([head[4], head[5]])),
        offset: (fragment & 0x1fff) << 3,
        more: fragment & 0x2000 != 0,
        version6: false,
    });
    Some((Layer::Fragment, rest))
}

/// The bits in front of the fragment offset that say nothing about fragments: a reserved one, and Don't Fragment.
const DONT_FRAGMENT: u16 = 0xc000;

/// RFC 8200 3.
#[inline]
fn ipv6<'a>(part: Part<'a>, walk: &mut Walk<'_>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<40>() else { return part.short("IPv6 header", tree) };
    // 0 is a jumbogram (RFC 2675), or segmentation offload as in IPv4.
    let part = match usize::from(u16::from_be_bytes([head[4], head[5]])) {
        0 => part,
        payload => part.exactly(40 + payload),
    };
    walk.source = IpAddr::from(part.array::<16>(8)?);
    walk.destination = IpAddr::from(part.array::<16>(24)?);
    walk.origin = Origin { hops: head[7], identification: 0 };
    if tree.is_on() {
        show_ipv6(part, tree);
    }
    Some((Layer::Protocol(head[6]), part.after(40)))
}

/// The keyword that IANA gives a protocol number.
pub(super) fn protocol_name(number: u64) -> &'static str {
    let number = u8::try_from(number).unwrap_or(255);
    IpNumber(number).keyword_str().unwrap_or("unknown")
}

fn show_ipv4(part: Part<'_>, length: usize, tree: &mut Tree) {
    Header::show(tree, &IP, part, length, |header| {
        header.bits(&IP_VERSION, 0, 1, 0xf0);
        header.bits(&IP_HEADER_LENGTH, 0, 1, 0x0f);
        header.bits(&IP_DSCP, 1, 1, 0xfc);
        header.bits(&IP_ECN, 1, 1, 0x03);
        header.number(&IP_TOTAL_LENGTH, 2, 2);
        header.hex(&IP_IDENTIFICATION, 4, 2);
        header.flag(&IP_DONT_FRAGMENT, 6, 1, 0x40);
        header.flag(&IP_MORE_FRAGMENTS, 6, 1, 0x20);
        header.bits(&IP_FRAGMENT_OFFSET, 6, 2, 0x1fff);
        header.number(&IP_TIME_TO_LIVE, 8, 1);
        header.named(&IP_PROTOCOL, 9, 1, 0, protocol_name);
        header.hex(&IP_CHECKSUM, 10, 2);
        header.address(&IP_SOURCE, 12, 4);
        header.address(&IP_DESTINATION, 16, 4);
        header.bytes(&IP_OPTIONS, 20, length.saturating_sub(20));
    });
}

fn show_ipv6(part: Part<'_>, tree: &mut Tree) {
    Header::show(tree, &IPV6, part, 40, |header| {
        header.bits(&IPV6_VERSION, 0, 1, 0xf0);
        header.bits(&IPV6_TRAFFIC_CLASS, 0, 2, 0x0ff0);
        header.bits(&IPV6_FLOW_LABEL, 1, 3, 0x0f_ffff);
        header.number(&IPV6_PAYLOAD_LENGTH, 4, 2);
        header.named(&IPV6_NEXT_HEADER, 6, 1, 0, protocol_name);
        header.number(&IPV6_HOP_LIMIT, 7, 1);
        header.address(&IPV6_SOURCE, 8, 16);
        header.address(&IPV6_DESTINATION, 24, 16);
    });
}

fields! {
    IP = "ip", "IPv4 header", "RFC 791 3.1",
        "Internet Protocol version 4: brings a packet from one address to another, without a promise that it arrives.";
    IP_VERSION = "ip.version", "Version", "RFC 791 3.1", "Always 4: it tells IPv4 from IPv6.";
    IP_HEADER_LENGTH = "ip.hdr_len", "IHL", "RFC 791 3.1",
        "Length of the header in units of four bytes; more than 5 when there are options.";
    IP_DSCP = "ip.dsfield.dscp", "DSCP", "RFC 2474 3", "How routers should treat the packet when they must choose.";
    IP_ECN = "ip.dsfield.ecn", "ECN", "RFC 3168 5",
        "Congestion without loss: 1 and 2 say that the sender understands it, 3 that a router met congestion.";
    IP_TOTAL_LENGTH = "ip.len", "Total Length", "RFC 791 3.1",
        "Bytes of header and payload. What the frame has beyond it is padding of the link layer. 0 in a capture on \
         the sender's machine means that the network card was still to cut the packet.";
    IP_IDENTIFICATION = "ip.id", "Identification", "RFC 6864",
        "The fragments of one packet share it.";
    IP_DONT_FRAGMENT = "ip.flags.df", "Don't Fragment", "RFC 791 3.1",
        "Routers must drop the packet rather than cut it. Where the message about it gets lost as well, large \
         handshake messages vanish and small ones pass.";
    IP_MORE_FRAGMENTS = "ip.flags.mf", "More Fragments", "RFC 791 3.1", "This is a fragment, and not the last one.";
    IP_FRAGMENT_OFFSET = "ip.frag_offset", "Fragment Offset", "RFC 791 3.1",
        "Where the fragment belongs in the whole packet, in units of eight bytes.";
    IP_TIME_TO_LIVE = "ip.ttl", "Time to Live", "RFC 791 3.1",
        "Each router takes one off. A value that differs from the others of a connection is a hint that somebody on \
         the way sent this packet.";
    IP_PROTOCOL = "ip.proto", "Protocol", "RFC 791 3.1", "What the packet carries: 6 is TCP, 17 is UDP.";
    IP_CHECKSUM = "ip.checksum", "Header Checksum", "RFC 791 3.1", "A checksum of the header; not verified here.";
    IP_SOURCE = "ip.src", "Source Address", "RFC 791 3.1", "Where the packet says that it comes from.";
    IP_DESTINATION = "ip.dst", "Destination Address", "RFC 791 3.1", "Where it is to go.";
    IP_OPTIONS = "ip.options", "Options", "RFC 791 3.1", "Rare, and dropped by many routers.";
    IPV6 = "ipv6", "IPv6 header", "RFC 8200 3",
        "Internet Protocol version 6: brings a packet from one address to another, without a promise that it arrives.";
    IPV6_VERSION = "ipv6.version", "Version", "RFC 8200 3", "Always 6: it tells IPv6 from IPv4.";
    IPV6_TRAFFIC_CLASS = "ipv6.tclass", "Traffic Class", "RFC 8200 7",
        "How routers should treat the packet, and whether one met congestion.";
    IPV6_FLOW_LABEL = "ipv6.flow", "Flow Label", "RFC 6437",
        "The same for all packets of a connection, so that routers can keep them on one way.";
    IPV6_PAYLOAD_LENGTH = "ipv6.plen", "Payload Length", "RFC 8200 3",
        "Bytes behind this header, extension headers among them.";
    IPV6_NEXT_HEADER = "ipv6.nxt", "Next Header", "RFC 8200 3",
        "What follows: 6 is TCP, 17 is UDP, others are extension headers with a Next Header of their own.";
    IPV6_HOP_LIMIT = "ipv6.hlim", "Hop Limit", "RFC 8200 3", "Each router takes one off; the packet dies at 0.";
    IPV6_SOURCE = "ipv6.src", "Source Address", "RFC 8200 3", "Where the packet says that it comes from.";
    IPV6_DESTINATION = "ipv6.dst", "Destination Address", "RFC 8200 3", "Where it is to go.";
}
