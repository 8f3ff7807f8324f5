//! IPv6 extension headers and the authentication header: what may stand between IP and the transport header.

use super::fragments::Place;
use super::ip::protocol_name;
use super::part::{Header, Part};
use super::{Layer, Step, Walk};
use crate::base::{Tree, fields};

/// Hop-by-hop options, routing, destination options, mobility and their like (RFC 8200 4.2 to 4.6): all of them begin
/// with the next header and their own length in units of eight bytes, the first eight not counted.
pub(super) fn options<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    read(part, |units| (units + 1) * 8, tree)
}

/// The authentication header (RFC 4302 2): its length counts units of four bytes, less two.
pub(super) fn authentication<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    read(part, |units| (units + 2) * 4, tree)
}

fn read<'a>(part: Part<'a>, length: impl Fn(usize) -> usize, tree: &mut Tree) -> Step<'a> {
    let Some([next, units]) = part.head::<2>() else { return part.short("IP extension header", tree) };
    let length = length(usize::from(*units));
    if length > part.bytes.len() {
        return part.short("IP extension header", tree);
    }
    Header::show(tree, &EXTENSION, part, length, |header| {
        header.named(&EXTENSION_NEXT, 0, 1, 0, protocol_name);
        header.number(&EXTENSION_LENGTH, 1, 1);
        header.bytes(&EXTENSION_DATA, 2, length - 2);
    });
    Some((Layer::Protocol(*next), part.after(length)))
}

/// The fragment header (RFC 8200 4.5).
pub(super) fn fragment<'a>(part: Part<'a>, walk: &mut Walk<'_>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<8>() else { return part.short("IPv6 fragment header", tree) };
    Header::show(tree, &FRAGMENT, part, 8, |header| {
        header.named(&FRAGMENT_NEXT, 0, 1, 0, protocol_name);
        header.bits(&FRAGMENT_OFFSET, 2, 2, 0xfff8);
        header.flag(&FRAGMENT_MORE, 3, 1, 1);
        header.hex(&FRAGMENT_IDENTIFICATION, 4, 4);
    });
    let offset = u16::from_be_bytes([head[2], head[3]]);
    let place = Place {
        protocol: head[0],
        identification: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
        offset: offset & 0xfff8,
        more: offset & 1 != 0,
        version6: true,
    };
    let rest = part.after(8);
    // A fragment that is the whole datagram (RFC 6946) waits for nobody.
    let alone = place.offset == 0 && !place.more;
    walk.place = Some(place);
    Some((if alone { Layer::Protocol(place.protocol) } else { Layer::Fragment }, rest))
}

fields! {
    EXTENSION = "ipv6.ext", "IP extension header", "RFC 8200 4",
        "Something between the IP header and what it carries: options for routers or the receiver, a route, or an \
         authentication.";
    EXTENSION_NEXT = "ipv6.ext.nxt", "Next Header", "RFC 8200 4", "What follows this header.";
    EXTENSION_LENGTH = "ipv6.ext.len", "Hdr Ext Len", "RFC 8200 4",
        "Length of this header, in units of eight bytes without the first eight; an authentication header counts in \
         units of four.";
    EXTENSION_DATA = "ipv6.ext.data", "data", "RFC 8200 4", "The options or the route; not decoded here.";
    FRAGMENT = "ipv6.fraghdr", "Fragment header", "RFC 8200 4.5",
        "Says that this packet is a piece of a longer one. In IPv6 only the sender cuts packets, never a router.";
    FRAGMENT_NEXT = "ipv6.fraghdr.nxt", "Next Header", "RFC 8200 4.5", "What the whole packet carries.";
    FRAGMENT_OFFSET = "ipv6.fraghdr.offset", "Fragment Offset", "RFC 8200 4.5",
        "Where the fragment belongs in the whole packet, in units of eight bytes.";
    FRAGMENT_MORE = "ipv6.fraghdr.more", "M flag", "RFC 8200 4.5", "Others follow behind this one.";
    FRAGMENT_IDENTIFICATION = "ipv6.fraghdr.ident", "Identification", "RFC 8200 4.5",
        "The fragments of one packet share it.";
}
