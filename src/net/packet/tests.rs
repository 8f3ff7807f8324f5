//! Packets of every link layer and tunnel, and what must come out of them.

use super::*;
use crate::base::{hex, parse_hex};
use std::fmt::Write;

/// The TCP segment that the tables carry: 1000 to 443, payload `1603`.
const TCP: &str = "03e801bb 00000001 00000002 50181000 00000000 1603";

/// The IPv4 packet that most rows carry.
fn ip4() -> String {
    format!("4500002a 00004000 40060000 0a000001 0a000002 {TCP}")
}

/// The IPv6 packet that some rows carry: `2001:db8::1` to `2001:db8::2`.
fn ip6() -> String {
    format!("60000000 00160640 20010db8000000000000000000000001 20010db8000000000000000000000002 {TCP}")
}

const FOUR: &str = "10.0.0.1:1000 10.0.0.2:443 tcp 1603";
const SIX: &str = "[2001:db8::1]:1000 [2001:db8::2]:443 tcp 1603";
const MAC: &str = "020000000002 020000000001";

/// What came out, in one line: source, destination, transport, payload; then what is missing and the notes.
fn said(layers: &mut Layers, link: u16, frame: &[u8], original_length: u32, tree: &mut Tree) -> String {
    let found = layers.read(LinkType(link), frame, original_length, tree);
    let mut text = match found {
        None => "nothing".to_owned(),
        Some(datagram) => {
            let transport = if datagram.transport == TransportHeader::Udp { "udp" } else { "tcp" };
            if let Some(offset) = datagram.offset {
                let there = frame.get(offset as usize..).unwrap_or_default();
                assert!(there.starts_with(datagram.payload), "the offset leads to the payload");
            }
            let mut text =
                format!("{} {} {transport} {}", datagram.source, datagram.destination, hex(datagram.payload));
            if datagram.missing > 0 {
                let _ = write!(text, " missing {}", datagram.missing);
            }
            text
        }
    };
    for note in tree.notes() {
        let _ = write!(text, " ({})", note.code);
    }
    text
}

/// Reads one frame with the tree off and on; both must say the same.
fn read(link: u16, frame: &[u8]) -> String {
    let length = u32::try_from(frame.len()).unwrap();
    let quick = said(&mut Layers::new(), link, frame, length, &mut Tree::off());
    let mut tree = Tree::on();
    let slow = said(&mut Layers::new(), link, frame, length, &mut tree);
    assert_eq!(quick, slow, "the tree changes nothing");
    for node in tree.nodes() {
        assert!(node.span.end <= length, "{} lies in the frame", node.field.name);
    }
    quick
}

fn check(rows: &[(&str, u16, String, &str)]) {
    for (what, link, frame, expected) in rows {
        let bytes = parse_hex(frame).unwrap_or_else(|| panic!("{what}: not hexadecimal"));
        assert_eq!(read(*link, &bytes), *expected, "{what}");
        for cut in 0..bytes.len() {
            read(*link, &bytes[..cut]);
        }
    }
}

#[test]
fn plain_packets() {
    check(&[
        ("Ethernet, IPv4", 1, format!("{MAC} 0800 {}", ip4()), FOUR),
        ("padding is no payload", 1, format!("{MAC} 0800 {} 000000000000", ip4()), FOUR),
        ("Ethernet, IPv6", 1, format!("{MAC} 86dd {}", ip6()), SIX),
        ("raw", 101, ip4(), FOUR),
        ("raw IPv6", 229, ip6(), SIX),
        ("VLAN", 1, format!("{MAC} 8100 0064 0800 {}", ip4()), FOUR),
        ("QinQ", 1, format!("{MAC} 88a8 0064 8100 00c8 86dd {}", ip6()), SIX),
        ("QinQ, old number", 1, format!("{MAC} 9100 0064 8100 00c8 0800 {}", ip4()), FOUR),
        ("802.3, LLC, SNAP", 1, format!("{MAC} 0032 aaaa03 000000 0800 {} 0000", ip4()), FOUR),
        ("ARP", 1, format!("{MAC} 0806 0001080006040001"), "nothing"),
    ]);
}

#[test]
fn every_field_has_its_own_name() {
    let mut names: Vec<_> = header_fields().map(|field| field.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}
