//! PPP and what carries it: serial lines, and Ethernet between a subscriber and the provider.

use super::part::{Header, Part};
use super::{Layer, Step, undecoded};
use crate::base::{Tree, Value, fields};

/// PPP with or without its HDLC address and control bytes, its protocol in one byte or two (RFC 1661 2 and 6.5,
/// RFC 1662 3.1); also Cisco's HDLC, which stands under the same link type.
pub(super) fn ppp<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let skip = match part.head::<2>() {
        Some([0xff, 0x03]) => 2,
        Some([0x0f | 0x8f, 0x00]) => return cisco(part, tree),
        _ => 0,
    };
    let inner = part.after(skip);
    let (protocol, length) = match *inner.bytes {
        [one, ..] if one & 1 == 1 => (u16::from(one), 1),
        [high, low, ..] => (u16::from_be_bytes([high, low]), 2),
        _ => return part.short("PPP header", tree),
    };
    Header::show(tree, &PPP, part, skip + length, |header| {
        let name = match protocol {
            0x21 => "IPv4",
            0x57 => "IPv6",
            0x281 | 0x283 => "MPLS",
            0x8000.. => "control protocol",
            _ => "unknown",
        };
        header.leaf(&PPP_PROTOCOL, skip, length, Value::Named(protocol.into(), 4, name.into()));
    });
    let rest = inner.after(length);
    match protocol {
        0x21 | 0x57 => Some((Layer::Ip, rest)),
        0x281 | 0x283 => Some((Layer::EtherType(0x8847), rest)),
        _ => undecoded(rest, tree),
    }
}

/// Cisco's HDLC: address, control, EtherType.
pub(super) fn cisco<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<4>() else { return part.short("Cisco HDLC header", tree) };
    Header::show(tree, &CISCO, part, 4, |header| {
        header.hex(&CISCO_ADDRESS, 0, 1);
        header.named(&CISCO_PROTOCOL, 2, 2, 4, super::link::ether_type_name);
    });
    Some((Layer::EtherType(u16::from_be_bytes([head[2], head[3]])), part.after(4)))
}

/// A PPPoE session packet (RFC 2516 4 and 6).
pub(super) fn over_ethernet<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<6>() else { return part.short("PPPoE header", tree) };
    Header::show(tree, &PPPOE, part, 6, |header| {
        header.hex(&PPPOE_CODE, 1, 1);
        header.hex(&PPPOE_SESSION, 2, 2);
        header.number(&PPPOE_LENGTH, 4, 2);
    });
    let rest = part.after(6).limit(usize::from(u16::from_be_bytes([head[4], head[5]])));
    if head[1] == 0 { Some((Layer::Ppp, rest)) } else { undecoded(rest, tree) }
}

fields! {
    PPP = "ppp", "PPP header", "RFC 1661 2", "Point-to-Point Protocol: packets over a line with two ends.";
    PPP_PROTOCOL = "ppp.protocol", "Protocol", "RFC 1661 2",
        "What the packet carries: 0x0021 is IPv4, 0x0057 IPv6. Both sides may agree to leave out its first byte.";
    CISCO = "chdlc", "Cisco HDLC header", "LINKTYPE_C_HDLC", "A router's framing of packets on a serial line.";
    CISCO_ADDRESS = "chdlc.address", "Address", "LINKTYPE_C_HDLC", "0x0f is unicast, 0x8f broadcast.";
    CISCO_PROTOCOL = "chdlc.protocol", "Protocol", "LINKTYPE_C_HDLC", "The EtherType of what follows.";
    PPPOE = "pppoe", "PPPoE header", "RFC 2516 4",
        "PPP over Ethernet: how many DSL and fibre lines tell subscribers apart. It takes 8 bytes, so packets of the \
         full Ethernet length no longer fit: a classic reason why large handshake messages get lost.";
    PPPOE_CODE = "pppoe.code", "CODE", "RFC 2516 4", "0 is data of a session.";
    PPPOE_SESSION = "pppoe.session_id", "SESSION_ID", "RFC 2516 4",
        "Number of the subscriber's session with the access concentrator, agreed on when the line came up.";
    PPPOE_LENGTH = "pppoe.payload_length", "LENGTH", "RFC 2516 4", "Bytes behind this header.";
}
