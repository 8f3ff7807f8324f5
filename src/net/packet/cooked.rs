//! Captures without a real link header: Linux's cooked ones, and the loopback of the BSDs.

use super::link::{ether_type_name, type_or_length};
use super::part::{Header, Part};
use super::{Layer, Step, undecoded};
use crate::base::{Tree, fields};

/// LINKTYPE_LINUX_SLL: 16 bytes, the protocol at their end.
pub(super) fn cooked<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<16>() else { return part.short("Linux cooked header", tree) };
    Header::show(tree, &SLL, part, 16, |header| {
        header.named(&SLL_TYPE, 0, 2, 0, packet_type_name);
        header.number(&SLL_HARDWARE, 2, 2);
        let length = usize::from(head[5].min(8));
        header.hardware(&SLL_ADDRESS, 6, length);
        header.named(&SLL_PROTOCOL, 14, 2, 4, ether_type_name);
    });
    let hardware = u16::from_be_bytes([head[2], head[3]]);
    inside(hardware, u16::from_be_bytes([head[14], head[15]]), part.after(16), tree)
}

/// LINKTYPE_LINUX_SLL2: 20 bytes, the protocol first, and the number of the interface.
pub(super) fn cooked2<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<20>() else { return part.short("Linux cooked header", tree) };
    Header::show(tree, &SLL2, part, 20, |header| {
        header.named(&SLL2_PROTOCOL, 0, 2, 4, ether_type_name);
        header.number(&SLL2_INTERFACE, 4, 4);
        header.number(&SLL2_HARDWARE, 8, 2);
        header.named(&SLL2_TYPE, 10, 1, 0, packet_type_name);
        let length = usize::from(head[11].min(8));
        header.hardware(&SLL2_ADDRESS, 12, length);
    });
    let hardware = u16::from_be_bytes([head[8], head[9]]);
    inside(hardware, u16::from_be_bytes([head[0], head[1]]), part.after(20), tree)
}

/// What follows a cooked header, by Linux's number for the kind of device and by the protocol.
fn inside<'a>(hardware: u16, protocol: u16, rest: Part<'a>, tree: &mut Tree) -> Step<'a> {
    match (hardware, protocol) {
        (801, _) => Some((Layer::Wlan { padded: false }, rest)),
        (803, _) => Some((Layer::Link(crate::net::LinkType(127)), rest)),
        // Linux's own numbers below 0x600: 4 is LLC; the others carry nothing that is read here.
        (_, 4) => Some((Layer::Llc, rest)),
        (_, 0x600..) => Some(type_or_length(protocol, rest)),
        _ => undecoded(rest, tree),
    }
}

/// LINKTYPE_NULL and LINKTYPE_LOOP: the address family in four bytes, in the byte order of the machine that captured.
pub(super) fn loopback<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<4>() else { return part.short("loopback header", tree) };
    let (big, little) = (u32::from_be_bytes(*head), u32::from_le_bytes(*head));
    let family = if big > 0xffff { little } else { big };
    Header::show(tree, &LOOPBACK, part, 4, |header| {
        let name = if family == 2 { "IPv4" } else { "IPv6" };
        let name = if is_ip(family) { name } else { "unknown" };
        header.leaf(&LOOPBACK_FAMILY, 0, 4, crate::base::Value::Named(family.into(), 0, name.into()));
    });
    if is_ip(family) { Some((Layer::Ip, part.after(4))) } else { undecoded(part.after(4), tree) }
}

/// AF_INET is 2 everywhere. AF_INET6 is 10 in Linux, 23 in Windows, 24 in NetBSD and OpenBSD, 28 in FreeBSD, 30 in
/// Darwin.
fn is_ip(family: u32) -> bool {
    matches!(family, 2 | 10 | 23 | 24 | 28 | 30)
}

fn packet_type_name(kind: u64) -> &'static str {
    match kind {
        0 => "to this machine",
        1 => "broadcast",
        2 => "multicast",
        3 => "between other machines",
        4 => "from this machine",
        _ => "unknown",
    }
}

fields! {
    SLL = "sll", "Linux cooked capture v1", "LINKTYPE_LINUX_SLL",
        "What Linux writes in place of the link header when it captures on all interfaces at once.";
    SLL_TYPE = "sll.pkttype", "Packet type", "LINKTYPE_LINUX_SLL", "Which way the packet went.";
    SLL_HARDWARE = "sll.hatype", "ARPHRD_ type", "LINKTYPE_LINUX_SLL", "Linux's number for the kind of device.";
    SLL_ADDRESS = "sll.src.eth", "Link-layer address", "LINKTYPE_LINUX_SLL", "The sender's hardware address.";
    SLL_PROTOCOL = "sll.etype", "Protocol type", "LINKTYPE_LINUX_SLL", "What the packet carries.";
    SLL2 = "sll2", "Linux cooked capture v2", "LINKTYPE_LINUX_SLL2",
        "What Linux writes in place of the link header when it captures on all interfaces at once; the newer form, \
         which names the interface. A packet that passed several interfaces stands here several times.";
    SLL2_PROTOCOL = "sll2.etype", "Protocol type", "LINKTYPE_LINUX_SLL2", "What the packet carries.";
    SLL2_INTERFACE = "sll2.if_index", "Interface index", "LINKTYPE_LINUX_SLL2",
        "Number of the interface where the packet was seen.";
    SLL2_HARDWARE = "sll2.hatype", "ARPHRD_ type", "LINKTYPE_LINUX_SLL2", "Linux's number for the kind of device.";
    SLL2_TYPE = "sll2.pkttype", "Packet type", "LINKTYPE_LINUX_SLL2", "Which way the packet went.";
    SLL2_ADDRESS = "sll2.src.eth", "Link-layer address", "LINKTYPE_LINUX_SLL2", "The sender's hardware address.";
    LOOPBACK = "null", "BSD loopback header", "LINKTYPE_NULL",
        "What the BSDs and macOS put in front of packets that never left the machine, or came through a tunnel.";
    LOOPBACK_FAMILY = "null.type", "Address family", "LINKTYPE_NULL",
        "2 is IPv4; IPv6 has a different number on each system. Its byte order is that of the machine that captured.";
}
