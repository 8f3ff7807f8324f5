//! IEEE 802.11 data frames, and the capture headers that come in front of them.
//!
//! Only frames that are not encrypted can be followed. Most are: of those the reader says so once and ends.

use super::part::{Header, Part};
use super::{Layer, Step, Told, Walk, undecoded};
use crate::base::{Group, Severity, Tree, Value, fields};
use crate::net::LinkType;

/// The radiotap header: its length at offset 2, in little-endian order as all of it.
pub(super) fn radiotap<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<8>() else { return part.short("radiotap header", tree) };
    let length = usize::from(u16::from_le_bytes([head[2], head[3]])).max(8);
    let padded = radiotap_flags(part.limit(length)).is_some_and(|flags| flags & 0x20 != 0);
    show_capture_header(part, length, tree);
    Some((Layer::Wlan { padded }, part.after(length)))
}

/// The radiotap field of flags, if there is one: only the time stamp can stand before it.
fn radiotap_flags(part: Part<'_>) -> Option<u8> {
    let first = u32::from_le_bytes(part.array(4)?);
    let mut word = first;
    let mut at = 8;
    while word & 0x8000_0000 != 0 {
        word = u32::from_le_bytes(part.array(at)?);
        at += 4;
    }
    if first & 1 != 0 {
        at = at.next_multiple_of(8) + 8;
    }
    (first & 2 != 0).then(|| part.bytes.get(at).copied())?
}

/// The Prism header, whose length stands at offset 4 in the byte order of the machine that captured; drivers put AVS
/// headers under the same link type.
pub(super) fn prism<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<8>() else { return part.short("Prism header", tree) };
    let bytes = [head[4], head[5], head[6], head[7]];
    let length = u32::from_be_bytes(bytes).min(u32::from_le_bytes(bytes));
    capture_header(part, length, tree)
}

/// The AVS header: a magic number, then its length, big-endian.
pub(super) fn avs<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(bytes) = part.array::<4>(4) else { return part.short("AVS header", tree) };
    capture_header(part, u32::from_be_bytes(bytes), tree)
}

fn capture_header<'a>(part: Part<'a>, length: u32, tree: &mut Tree) -> Step<'a> {
    let length = (length as usize).max(8);
    if length > part.bytes.len() {
        return part.short("802.11 capture header", tree);
    }
    show_capture_header(part, length, tree);
    Some((Layer::Wlan { padded: false }, part.after(length)))
}

/// The Per-Packet Information header: length at offset 2, link type of what follows at offset 4, little-endian.
pub(super) fn per_packet_information<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<8>() else { return part.short("PPI header", tree) };
    let length = usize::from(u16::from_le_bytes([head[2], head[3]])).max(8);
    show_capture_header(part, length, tree);
    let link = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    let link = LinkType(u16::try_from(link).unwrap_or(u16::MAX));
    Some((Layer::Link(link), part.after(length)))
}

fn show_capture_header(part: Part<'_>, length: usize, tree: &mut Tree) {
    if tree.is_on() {
        tree.leaf(&CAPTURE_HEADER, part.span(0, length), || Value::Bytes);
    }
}

/// An 802.11 frame (IEEE 802.11 9.2 and 9.3.2). `padded` frames have their header filled up to a multiple of four.
pub(super) fn frame<'a>(part: Part<'a>, padded: bool, walk: &mut Walk<'_>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<24>() else { return undecoded(part, tree) };
    let (control, flags) = (head[0], head[1]);
    let is_data = control & 0x0c == 0x08;
    let (quality, four) = (is_data && control & 0x80 != 0, flags & 3 == 3);
    let mut length = 24 + if four { 6 } else { 0 };
    let aggregated = quality && part.bytes.get(length).is_some_and(|byte| byte & 0x80 != 0);
    length += if quality { 2 } else { 0 } + if quality && flags & 0x80 != 0 { 4 } else { 0 };
    show_frame(part, length, tree);
    if padded {
        length = length.next_multiple_of(4);
    }
    let body = part.after(length);
    if !is_data || control & 0x40 != 0 {
        return undecoded(body, tree);
    }
    if flags & 0x40 != 0 {
        walk.once(Told::PROTECTED, Severity::Note, "wlan.protected", body, tree, || {
            "Wi-Fi frames are encrypted; what they carry cannot be read".to_owned()
        });
        return undecoded(body, tree);
    }
    if flags & 0x04 != 0 || head[22] & 0x0f != 0 {
        let text = "fragments of 802.11 frames are not put together";
        tree.note(Severity::Note, Group::Undecoded, "wlan.fragment", body.whole(), text);
        return undecoded(body, tree);
    }
    if aggregated { subframe(body, tree) } else { Some((Layer::Llc, body)) }
}

/// The first frame of an aggregate (IEEE 802.11 9.3.2.2): two addresses and a length in front of LLC.
fn subframe<'a>(part: Part<'a>, tree: &mut Tree) -> Step<'a> {
    let Some(head) = part.head::<14>() else { return part.short("A-MSDU subframe", tree) };
    let length = usize::from(u16::from_be_bytes([head[12], head[13]]));
    let rest = part.after(14);
    if rest.bytes.len() > length + 14 {
        let text = "the frame is an aggregate of several; only the first is read";
        tree.note(Severity::Note, Group::Undecoded, "wlan.aggregate", rest.whole(), text);
    }
    Some((Layer::Llc, rest.limit(length)))
}

fn show_frame(part: Part<'_>, length: usize, tree: &mut Tree) {
    Header::show(tree, &WLAN, part, length, |header| {
        header.hex(&WLAN_CONTROL, 0, 2);
        header.flag(&WLAN_PROTECTED, 1, 1, 0x40);
        header.hardware(&WLAN_RECEIVER, 4, 6);
        header.hardware(&WLAN_TRANSMITTER, 10, 6);
        header.hardware(&WLAN_ADDRESS3, 16, 6);
    });
}

fields! {
    CAPTURE_HEADER = "wlan_radio", "capture header", "",
        "What the capturing machine noted about the reception, such as channel and signal; not sent over the air.";
    WLAN = "wlan", "IEEE 802.11 header", "IEEE 802.11 9.2",
        "The header of a Wi-Fi frame. Its content can be read only where the network is open or the capture was decrypted.";
    WLAN_CONTROL = "wlan.fc", "Frame Control", "IEEE 802.11 9.2.4.1",
        "The kind of frame, and whether it goes to or comes from an access point.";
    WLAN_PROTECTED = "wlan.fc.protected", "Protected Frame", "IEEE 802.11 9.2.4.1.9",
        "The body is encrypted by Wi-Fi itself. Without its keys nothing behind this header can be read.";
    WLAN_RECEIVER = "wlan.ra", "Address 1", "IEEE 802.11 9.2.4.3", "The station that should receive the frame.";
    WLAN_TRANSMITTER = "wlan.ta", "Address 2", "IEEE 802.11 9.2.4.3", "The station that sent the frame.";
    WLAN_ADDRESS3 = "wlan.addr3", "Address 3", "IEEE 802.11 9.2.4.3",
        "The third station concerned: the first sender, the last receiver, or the access point.";
}
