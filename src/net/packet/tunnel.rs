//! Packets in packets: MPLS, GRE, ERSPAN, and the tunnels that travel over UDP.
//!
//! Tunnels over UDP have ports, and other traffic may use the same ports. So a tunnel is peeled only where its header
//! is well formed and what follows looks like a packet; everything else stays plain UDP.

use super::link::{ether_type_name, type_or_length};
use super::part::{Header, Part};
use super::{Layer, Step, undecoded};
use crate::base::{Tree, fields};

/// A stack of MPLS labels (RFC 3032 2.1). What follows the last one is not announced: its first bits must tell.
pub(super) fn mpls<'a>(mut part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    loop {
        let Some(head) = part.head::<4>() else { return part.short("MPLS label", tree) };
        Header::show(tree, &MPLS, part, 4, |header| {
            header.bits(&MPLS_LABEL, 0, 3, 0xff_fff0);
            header.bits(&MPLS_CLASS, 2, 1, 0x0e);
            header.flag(&MPLS_BOTTOM, 2, 1, 0x01);
            header.number(&MPLS_TIME_TO_LIVE, 3, 1);
        });
        part = part.after(4);
        if head[2] & 1 == 1 {
            break;
        }
    }
    match part.bytes.first().map(|byte| byte >> 4) {
        Some(4 | 6) if looks_like_ip(part) => Some((Layer::Ip, part)),
        // RFC 4385 3: a control word of a pseudowire begins with four zero bits.
        Some(0) if looks_like_ethernet(part.after(4)) => Some((Layer::Ethernet, part.after(4))),
        _ if looks_like_ethernet(part) => Some((Layer::Ethernet, part)),
        _ => undecoded(part, tree),
    }
}

/// Generic Routing Encapsulation (RFC 2784, RFC 2890; version 1 in RFC 2637 4.1).
pub(super) fn gre<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<4>() else { return part.short("GRE header", tree) };
    let flags = u16::from_be_bytes([head[0], head[1]]);
    let kind = u16::from_be_bytes([head[2], head[3]]);
    let fields = [
        flags & 0xc000 != 0,                   // checksum and offset
        flags & 0x2000 != 0,                   // key
        flags & 0x1000 != 0,                   // sequence number
        flags & 0x0080 != 0 && flags & 7 == 1, // acknowledgment number
    ];
    let length = 4 + 4 * fields.iter().filter(|&&present| present).count();
    if length > part.bytes.len() {
        return part.short("GRE header", tree);
    }
    Header::show(tree, &GRE, part, length, |header| {
        header.hex(&GRE_FLAGS, 0, 2);
        header.named(&GRE_PROTOCOL, 2, 2, 4, ether_type_name);
        header.bytes(&GRE_FIELDS, 4, length - 4);
    });
    let rest = part.after(length);
    match kind {
        // A list of routes follows (RFC 1701): nobody has used it for decades.
        _ if flags & 0x4000 != 0 => undecoded(rest, tree),
        0x88be if flags & 0x1000 != 0 => erspan(8, rest, tree),
        0x88be | 0x6558 => Some((Layer::Ethernet, rest)),
        0x22eb => {
            let more = rest.bytes.get(11).is_some_and(|byte| byte & 1 == 1);
            erspan(if more { 20 } else { 12 }, rest, tree)
        }
        0x880b => Some((Layer::Ppp, rest)),
        _ => Some((Layer::EtherType(kind), rest)),
    }
}

/// A switch's copy of a frame (draft-foschiano-erspan 4): version, VLAN and session, then the frame.
fn erspan<'a>(length: usize, part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    if length > part.bytes.len() {
        return part.short("ERSPAN header", tree);
    }
    Header::show(tree, &ERSPAN, part, length, |header| {
        header.bits(&ERSPAN_VERSION, 0, 1, 0xf0);
        header.bits(&ERSPAN_VLAN, 0, 2, 0x0fff);
        header.bits(&ERSPAN_SESSION, 2, 2, 0x03ff);
    });
    let rest = part.after(length);
    // Type III names the kind of what it copied: 2 is an IP packet without a link header.
    let kind = part.array::<2>(10).map_or(0, |[high, _]| (high >> 2) & 0x1f);
    if length >= 12 && kind == 2 { Some((Layer::Ip, rest)) } else { Some((Layer::Ethernet, rest)) }
}

/// What a UDP payload carries when it is a tunnel; `None` when it is not.
pub(super) fn in_udp<'a>(source: u16, destination: u16, part: Part<'a>, tree: &mut Tree) -> Option<Step<'a>> {
    match (source, destination) {
        (_, 4789 | 8472) => vxlan(part, tree),
        (_, 6081) => geneve(part, tree),
        (2152, _) | (_, 2152) => gtp(part, tree),
        (3544, _) | (_, 3544) => teredo(part, tree),
        _ => None,
    }
}

/// RFC 7348 5.
fn vxlan<'a>(part: Part<'a>, tree: &mut Tree) -> Option<Step<'a>> {
    let head = part.head::<8>()?;
    let rest = part.after(8);
    if head[0] & 0x08 == 0 || head[7] != 0 || !looks_like_ethernet(rest) {
        return None;
    }
    Header::show(tree, &VXLAN, part, 8, |header| {
        header.hex(&VXLAN_FLAGS, 0, 1);
        header.number(&VXLAN_NETWORK, 4, 3);
    });
    Some(Some((Layer::Ethernet, rest)))
}

/// RFC 8926 3.4.
fn geneve<'a>(part: Part<'a>, tree: &mut Tree) -> Option<Step<'a>> {
    let head = part.head::<8>()?;
    let length = 8 + usize::from(head[0] & 0x3f) * 4;
    let kind = u16::from_be_bytes([head[2], head[3]]);
    let rest = part.after(length);
    let inside = match kind {
        0x6558 if looks_like_ethernet(rest) => Layer::Ethernet,
        0x0800 | 0x86dd if looks_like_ip(rest) => Layer::Ip,
        _ => return None,
    };
    if head[0] >> 6 != 0 || head[1] & 0x3f != 0 || head[7] != 0 {
        return None;
    }
    Header::show(tree, &GENEVE, part, length, |header| {
        header.named(&GENEVE_PROTOCOL, 2, 2, 4, ether_type_name);
        header.number(&GENEVE_NETWORK, 4, 3);
        header.bytes(&GENEVE_OPTIONS, 8, length - 8);
    });
    Some(Some((inside, rest)))
}

/// The user plane of mobile networks (3GPP TS 29.281 5): version 1, message type 255 is a subscriber's packet.
fn gtp<'a>(part: Part<'a>, tree: &mut Tree) -> Option<Step<'a>> {
    let head = part.head::<8>()?;
    if head[0] & 0xf8 != 0x30 || head[1] != 0xff {
        return None;
    }
    let part = part.limit(8 + usize::from(u16::from_be_bytes([head[2], head[3]])));
    let mut length = 8;
    if head[0] & 7 != 0 {
        let mut next = *part.bytes.get(11)?;
        length = 12;
        // Each extension begins with its length in units of four bytes and ends with the kind of the next.
        while head[0] & 4 != 0 && next != 0 {
            let extension = usize::from(*part.bytes.get(length)?).checked_mul(4).filter(|&length| length > 0)?;
            length += extension;
            next = *part.bytes.get(length - 1)?;
        }
    }
    let rest = part.after(length);
    if !looks_like_ip(rest) {
        return None;
    }
    Header::show(tree, &GTP, part, length, |header| {
        header.hex(&GTP_FLAGS, 0, 1);
        header.number(&GTP_LENGTH, 2, 2);
        header.hex(&GTP_TUNNEL, 4, 4);
        header.bytes(&GTP_OPTIONS, 8, length - 8);
    });
    Some(Some((Layer::Ip, rest)))
}

/// IPv6 over UDP through a NAT (RFC 4380 5.1.1), with an origin indication in front or without.
fn teredo<'a>(part: Part<'a>, tree: &mut Tree) -> Option<Step<'a>> {
    let length = if part.head::<2>()? == &[0, 0] { 8 } else { 0 };
    let rest = part.after(length);
    if rest.bytes.first()? >> 4 != 6 || !looks_like_ip(rest) {
        return None;
    }
    Header::show(tree, &TEREDO, part, length, |_| {});
    Some(Some((Layer::Ip, rest)))
}

/// Whether an Ethernet frame may begin here: its type is one of those that are known, or it is a length that fits.
fn looks_like_ethernet(part: Part<'_>) -> bool {
    let Some(head) = part.head::<14>() else { return false };
    let kind = u16::from_be_bytes([head[12], head[13]]);
    match type_or_length(kind, part.after(14)) {
        (Layer::Llc, _) => usize::from(kind) <= part.bytes.len() && kind > 2,
        _ => ether_type_name(kind.into()) != "unknown",
    }
}

/// Whether an IP packet may begin here: a version, and lengths that agree with it and fit.
fn looks_like_ip(part: Part<'_>) -> bool {
    let available = part.bytes.len().saturating_add(part.missing as usize);
    let Some(head) = part.head::<20>() else { return false };
    match head[0] >> 4 {
        4 => {
            let (own, total) = (usize::from(head[0] & 15) * 4, usize::from(u16::from_be_bytes([head[2], head[3]])));
            own >= 20 && (total == 0 || (total >= own && total <= available))
        }
        6 => 40 + usize::from(u16::from_be_bytes([head[4], head[5]])) <= available,
        _ => false,
    }
}

fields! {
    MPLS = "mpls", "MPLS label", "RFC 3032 2.1",
        "Multiprotocol Label Switching: a provider's routers pass the packet on by this label instead of its address.";
    MPLS_LABEL = "mpls.label", "Label", "RFC 3032 2.1", "The path that the packet takes.";
    MPLS_CLASS = "mpls.exp", "Traffic Class", "RFC 5462", "How routers should treat the packet.";
    MPLS_BOTTOM = "mpls.bottom", "Bottom of Stack", "RFC 3032 2.1", "Whether this is the last label.";
    MPLS_TIME_TO_LIVE = "mpls.ttl", "TTL", "RFC 3032 2.1", "Each router takes one off.";
    GRE = "gre", "GRE header", "RFC 2784 2",
        "Generic Routing Encapsulation: a packet in a packet. The addresses before it are those of the tunnel's ends.";
    GRE_FLAGS = "gre.flags_and_version", "Flags and Version", "RFC 2890 2",
        "Which optional fields follow: checksum, key, sequence number.";
    GRE_PROTOCOL = "gre.proto", "Protocol Type", "RFC 2784 2.4", "What the tunnel carries, as an EtherType.";
    GRE_FIELDS = "gre.fields", "optional fields", "RFC 2890 2",
        "Checksum, key, sequence number and acknowledgment number, as far as the flags announce them, in this order.";
    ERSPAN = "erspan", "ERSPAN header", "draft-foschiano-erspan",
        "A switch's copy of a frame, sent to a machine that watches. Frames may be copied twice: once where they came \
         in and once where they went out.";
    ERSPAN_VERSION = "erspan.version", "Ver", "draft-foschiano-erspan 4.2", "1 is type II, 2 is type III.";
    ERSPAN_VLAN = "erspan.vlan", "VLAN", "draft-foschiano-erspan 4.2", "The virtual network of the copied frame.";
    ERSPAN_SESSION = "erspan.spanid", "Session ID", "draft-foschiano-erspan 4.2", "Which order to copy it was.";
    VXLAN = "vxlan", "VXLAN header", "RFC 7348 5",
        "Virtual eXtensible LAN: Ethernet frames of one of many virtual networks, carried over UDP between hosts.";
    VXLAN_FLAGS = "vxlan.flags", "Flags", "RFC 7348 5", "0x08 says that the network identifier is valid.";
    VXLAN_NETWORK = "vxlan.vni", "VXLAN Network Identifier", "RFC 7348 5", "The number of the virtual network.";
    GENEVE = "geneve", "Geneve header", "RFC 8926 3.4",
        "Generic Network Virtualization Encapsulation: the successor of VXLAN, with room for options.";
    GENEVE_PROTOCOL = "geneve.proto_type", "Protocol Type", "RFC 8926 3.4", "What the tunnel carries, as an EtherType.";
    GENEVE_NETWORK = "geneve.vni", "Virtual Network Identifier", "RFC 8926 3.4", "The number of the virtual network.";
    GENEVE_OPTIONS = "geneve.options", "Options", "RFC 8926 3.5", "What the tunnel's ends tell each other; not decoded.";
    GTP = "gtp", "GTP-U header", "3GPP TS 29.281 5.1",
        "GPRS Tunnelling Protocol, user plane: a mobile subscriber's packet on its way through the provider's network.";
    GTP_FLAGS = "gtp.flags", "Flags", "3GPP TS 29.281 5.1", "Version, and which optional fields follow.";
    GTP_LENGTH = "gtp.length", "Length", "3GPP TS 29.281 5.1", "Bytes behind the first eight.";
    GTP_TUNNEL = "gtp.teid", "Tunnel Endpoint Identifier", "3GPP TS 29.281 5.1",
        "Which tunnel the packet belongs to; each subscriber has one or more in each direction.";
    GTP_OPTIONS = "gtp.options", "optional fields", "3GPP TS 29.281 5.2",
        "Sequence number and extension headers; not decoded.";
    TEREDO = "teredo", "Teredo", "RFC 4380 5.1.1",
        "IPv6 carried over UDP and IPv4, for machines behind an address translator.";
}
