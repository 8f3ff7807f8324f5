//! Link layers: what stands in front of IP.

use super::part::{Header, Part};
use super::{Layer, Step, Told, Walk, cooked, ppp, tunnel, undecoded, wlan};
use crate::base::{Severity, Tree, fields};
use crate::net::LinkType;

/// Begins a packet of this link type.
#[inline]
pub(super) fn first<'a>(link: LinkType, part: Part<'a>, walk: &mut Walk<'_>, tree: &mut Tree) -> Step<'a> {
    match link.0 {
        1 => ethernet(part, tree),
        12 | 14 | 101 | 228 | 229 => Some((Layer::Ip, part)),
        0 | 108 => cooked::loopback(part, tree),
        113 => cooked::cooked(part, tree),
        276 => cooked::cooked2(part, tree),
        9 | 50 => Some((Layer::Ppp, part)),
        51 => ppp::over_ethernet(part, tree),
        104 => ppp::cisco(part, tree),
        204 => Some((Layer::Ppp, part.after(1))),
        105 => Some((Layer::Wlan { padded: false }, part)),
        119 => wlan::prism(part, tree),
        127 => wlan::radiotap(part, tree),
        163 => wlan::avs(part, tree),
        192 => wlan::per_packet_information(part, tree),
        number => {
            walk.once(Told::LINK_TYPE, Severity::Warn, "frame.link_type", part, tree, || {
                format!("packets of link type {number} ({}) are not decoded", link.name())
            });
            undecoded(part, tree)
        }
    }
}

/// IEEE 802.3: two addresses, and a type or a length.
#[inline]
pub(super) fn ethernet<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<14>() else { return part.short("Ethernet header", tree) };
    Header::show(tree, &ETHERNET, part, 14, |header| {
        header.hardware(&ETHERNET_DESTINATION, 0, 6);
        header.hardware(&ETHERNET_SOURCE, 6, 6);
        header.named(&ETHERNET_TYPE, 12, 2, 4, ether_type_name);
    });
    Some(type_or_length(u16::from_be_bytes([head[12], head[13]]), part.after(14)))
}

/// What follows a two-byte field that is a type from 0x600 on and a length below (IEEE 802.3 3.2.6).
#[inline]
pub(super) fn type_or_length(value: u16, rest: Part<'_>) -> (Layer, Part<'_>) {
    match value {
        // What nearly all frames carry: a step less on the way there.
        0x0800 | 0x86dd => (Layer::Ip, rest),
        0x600.. => (Layer::EtherType(value), rest),
        length => (Layer::Llc, rest.limit(usize::from(length))),
    }
}

/// Goes on with what an EtherType announces.
#[inline]
pub(super) fn ether_type<'a>(kind: u16, part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    match kind {
        0x0800 | 0x86dd => Some((Layer::Ip, part)),
        0x8100 | 0x88a8 | 0x9100 | 0x9200 => vlan(part, tree),
        0x8847 | 0x8848 => tunnel::mpls(part, tree),
        0x8864 => ppp::over_ethernet(part, tree),
        0x880b => Some((Layer::Ppp, part)),
        0x6558 => Some((Layer::Ethernet, part)),
        _ => undecoded(part, tree),
    }
}

/// IEEE 802.1Q 9.6: a tag of four bytes in front of the type.
fn vlan<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<4>() else { return part.short("VLAN tag", tree) };
    Header::show(tree, &VLAN, part, 4, |header| {
        header.bits(&VLAN_PRIORITY, 0, 1, 0xe0);
        header.flag(&VLAN_DROP, 0, 1, 0x10);
        header.bits(&VLAN_ID, 0, 2, 0x0fff);
        header.named(&VLAN_TYPE, 2, 2, 4, ether_type_name);
    });
    Some(type_or_length(u16::from_be_bytes([head[2], head[3]]), part.after(4)))
}

/// IEEE 802.2: two access points and a control field; with SNAP, an EtherType behind them.
pub(super) fn llc<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<3>() else { return part.short("LLC header", tree) };
    let snap = part.head::<8>().filter(|_| *head == [0xaa, 0xaa, 3]);
    Header::show(tree, &LLC, part, if snap.is_some() { 8 } else { 3 }, |header| {
        header.hex(&LLC_DSAP, 0, 1);
        header.hex(&LLC_SSAP, 1, 1);
        header.hex(&LLC_CONTROL, 2, 1);
        if snap.is_some() {
            header.hex(&SNAP_OUI, 3, 3);
            header.named(&SNAP_PROTOCOL, 6, 2, 4, ether_type_name);
        }
    });
    match (head, snap) {
        // 00-00-f8 is what old bridges wrote when they carried Ethernet frames over other networks (IEEE 802.1H).
        (_, Some([_, _, _, 0, 0, 0 | 0xf8, high, low])) => {
            Some((Layer::EtherType(u16::from_be_bytes([*high, *low])), part.after(8)))
        }
        ([6, 6, 3], None) => Some((Layer::Ip, part.after(3))),
        _ => undecoded(part.after(3), tree),
    }
}

/// What an EtherType stands for; below 0x600 the field is a length.
pub(super) fn ether_type_name(kind: u64) -> &'static str {
    match kind {
        0..0x600 => "length",
        0x0800 => "IPv4",
        0x0806 => "ARP",
        0x22eb => "ERSPAN type III",
        0x6558 => "Transparent Ethernet Bridging",
        0x8100 => "VLAN (802.1Q)",
        0x86dd => "IPv6",
        0x8847 => "MPLS",
        0x8848 => "MPLS multicast",
        0x8863 => "PPPoE Discovery",
        0x8864 => "PPPoE Session",
        0x880b => "PPP",
        0x888e => "EAP over LAN",
        0x88a8 => "Service VLAN (802.1ad)",
        0x88be => "ERSPAN type II",
        0x88cc => "LLDP",
        0x88e5 => "MACsec",
        0x9100 | 0x9200 => "VLAN (QinQ)",
        _ => "unknown",
    }
}

fields! {
    ETHERNET = "eth", "Ethernet header", "IEEE 802.3 3.2",
        "The frame of the local network. Each router on the way makes a new one, so its addresses say which two \
         machines of the captured network passed the packet on, not who talks to whom.";
    ETHERNET_DESTINATION = "eth.dst", "Destination Address", "IEEE 802.3 3.2.4",
        "The network card that should take the frame.";
    ETHERNET_SOURCE = "eth.src", "Source Address", "IEEE 802.3 3.2.5",
        "The network card that sent the frame. Packets of one connection from two different cards came different ways.";
    ETHERNET_TYPE = "eth.type", "Type/Length", "IEEE 802.3 3.2.6",
        "What the frame carries; below 0x600 it is the length of what follows.";
    VLAN = "vlan", "VLAN tag", "IEEE 802.1Q 9.6",
        "Says to which of several virtual networks on one wire the frame belongs. Two tags, one in another, are what \
         providers use to carry their customers' tags.";
    VLAN_PRIORITY = "vlan.priority", "Priority Code Point", "IEEE 802.1Q 9.6",
        "How switches should treat the frame when they must choose; 0 is ordinary.";
    VLAN_DROP = "vlan.dei", "Drop Eligible Indicator", "IEEE 802.1Q 9.6",
        "The frame may be dropped first when there is too much traffic.";
    VLAN_ID = "vlan.id", "VLAN Identifier", "IEEE 802.1Q 9.6", "The number of the virtual network, 1 to 4094.";
    VLAN_TYPE = "vlan.etype", "Type/Length", "IEEE 802.1Q 9.6", "What follows the tag.";
    LLC = "llc", "LLC header", "IEEE 802.2",
        "Logical Link Control: how networks without a type field, such as Wi-Fi, say what a frame carries.";
    LLC_DSAP = "llc.dsap", "DSAP", "IEEE 802.2", "Destination service access point; 0xaa announces a SNAP header.";
    LLC_SSAP = "llc.ssap", "SSAP", "IEEE 802.2", "Source service access point; 0xaa announces a SNAP header.";
    LLC_CONTROL = "llc.control", "Control", "IEEE 802.2", "3 is an unnumbered information frame, the usual case.";
    SNAP_OUI = "llc.oui", "Organization Code", "RFC 1042", "0 says that an EtherType follows.";
    SNAP_PROTOCOL = "llc.type", "EtherType", "RFC 1042", "What the frame carries.";
}
