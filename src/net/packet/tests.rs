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
            for wrong in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bytes = bytes.clone();
                bytes[cut] = wrong;
                read(*link, &bytes);
            }
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

/// An outer IPv4 packet, 192.0.2.1 to 192.0.2.2.
fn v4(protocol: u8, payload: &str) -> String {
    let total = parse_hex(payload).unwrap().len() + 20;
    format!("4500{total:04x} 00004000 40{protocol:02x}0000 c0000201 c0000202 {payload}")
}

/// An outer IPv4 packet with UDP to this port.
fn over_udp(port: u16, payload: &str) -> String {
    let length = parse_hex(payload).unwrap().len() + 8;
    v4(17, &format!("c000 {port:04x} {length:04x} 0000 {payload}"))
}

fn ethernet4() -> String {
    format!("{MAC} 0800 {}", ip4())
}

#[test]
fn link_layers() {
    let wlan = "0202 0000 020000000001 020000000002 020000000003 0000";
    let snap = format!("aaaa03 000000 0800 {}", ip4());
    check(&[
        ("SLL", 113, format!("0000 0001 0006 0200000000010000 0800 {}", ip4()), FOUR),
        ("SLL2", 276, format!("86dd 0000 00000002 0001 04 06 0200000000010000 {}", ip6()), SIX),
        ("null, little-endian", 0, format!("02000000 {}", ip4()), FOUR),
        ("null, Darwin's IPv6", 0, format!("1e000000 {}", ip6()), SIX),
        ("loop, OpenBSD's IPv6", 108, format!("00000018 {}", ip6()), SIX),
        ("PPP", 9, format!("ff03 0021 {}", ip4()), FOUR),
        ("PPP without address", 9, format!("0057 {}", ip6()), SIX),
        ("PPP, compressed protocol", 9, format!("21 {}", ip4()), FOUR),
        ("PPP with direction", 204, format!("01 ff03 0021 {}", ip4()), FOUR),
        ("PPP in HDLC framing", 50, format!("ff03 57 {}", ip6()), SIX),
        ("Cisco under PPP's number", 50, format!("0f00 0800 {}", ip4()), FOUR),
        ("Cisco HDLC", 104, format!("8f00 86dd {}", ip6()), SIX),
        ("PPPoE", 1, format!("{MAC} 8864 1100 0001 002c 0021 {} 0000", ip4()), FOUR),
        ("PPPoE discovery", 1, format!("{MAC} 8863 1109 0000 0000"), "nothing"),
        ("802.11 QoS data", 105, format!("88{} 0000 {snap}", wlan.replacen("0202", "02", 1)), FOUR),
        ("802.11 data", 105, format!("08{} {snap}", wlan.replacen("0202", "02", 1)), FOUR),
        (
            "802.11 between access points",
            105,
            format!("08{} 020000000004 {snap}", wlan.replacen("0202", "03", 1)),
            FOUR,
        ),
        ("802.11 beacon", 105, format!("80{} 00112233", wlan.replacen("0202", "00", 1)), "nothing"),
        ("802.11 null data", 105, format!("48{}", wlan.replacen("0202", "01", 1)), "nothing"),
        ("802.11 protected", 105, format!("08{} {snap}", wlan.replacen("0202", "42", 1)), "nothing (wlan.protected)"),
        ("802.11 aggregate", 105, format!("88{} 8000 {MAC} 0032 {snap}", wlan.replacen("0202", "02", 1)), FOUR),
        ("radiotap", 127, format!("0000 0800 00000000 08{} {snap}", wlan.replacen("0202", "02", 1)), FOUR),
        (
            "radiotap with padding",
            127,
            format!("0000 1100 03000000 0000000000000000 20 88{} 0000 0000 {snap}", wlan.replacen("0202", "02", 1)),
            FOUR,
        ),
        ("Prism", 119, format!("44000000 0c000000 00000000 08{} {snap}", wlan.replacen("0202", "02", 1)), FOUR),
        ("AVS", 163, format!("80211001 0000000c 00000000 08{} {snap}", wlan.replacen("0202", "02", 1)), FOUR),
        ("PPI", 192, format!("0000 0800 69000000 08{} {snap}", wlan.replacen("0202", "02", 1)), FOUR),
        ("something else", 147, "00112233".to_owned(), "nothing (frame.link_type)"),
    ]);
}

#[test]
fn tunnels() {
    let (inner, frame) = (ip4(), ethernet4());
    let vxlan = over_udp(4789, &format!("08000000 00002a00 {frame}"));
    check(&[
        ("IP in IP", 101, v4(4, &inner), FOUR),
        ("6in4", 101, v4(41, &ip6()), SIX),
        ("4in6", 101, format!("60000000 002a0440 {:032x} {:032x} {inner}", 1, 2), FOUR),
        ("MPLS", 1, format!("{MAC} 8847 00010040 00020140 {inner}"), FOUR),
        ("MPLS pseudowire", 1, format!("{MAC} 8847 00020140 00000000 {frame}"), FOUR),
        ("GRE", 101, v4(47, &format!("0000 0800 {inner}")), FOUR),
        ("GRE with all fields", 101, v4(47, &format!("b000 0800 00000000 00000001 00000002 {inner}")), FOUR),
        ("GRE bridge", 101, v4(47, &format!("2000 6558 00000001 {frame}")), FOUR),
        ("GRE of PPTP", 101, v4(47, &format!("3081 880b 002e0001 00000001 00000002 ff03 0021 {inner}")), FOUR),
        ("ERSPAN I", 101, v4(47, &format!("0000 88be {frame}")), FOUR),
        ("ERSPAN II", 101, v4(47, &format!("1000 88be 00000001 10640001 00000000 {frame}")), FOUR),
        (
            "ERSPAN III",
            101,
            v4(47, &format!("1000 22eb 00000001 20640001 00000000 00000001 0000000000000000 {frame}")),
            FOUR,
        ),
        ("VXLAN", 101, vxlan, FOUR),
        ("VXLAN's port, other traffic", 101, over_udp(4789, "1603"), "192.0.2.1:49152 192.0.2.2:4789 udp 1603"),
        ("Geneve", 101, over_udp(6081, &format!("0100 6558 00002a00 00000000 {frame}")), FOUR),
        ("Geneve with IP", 101, over_udp(6081, &format!("0000 0800 00002a00 {inner}")), FOUR),
        ("GTP-U", 101, over_udp(2152, &format!("30ff 002a 00000001 {inner}")), FOUR),
        (
            "GTP-U with an extension",
            101,
            over_udp(2152, &format!("34ff 0032 00000001 00000085 01100100 {inner}")),
            FOUR,
        ),
        ("Teredo", 101, over_udp(3544, &ip6()), SIX),
        ("Teredo with origin", 101, over_udp(3544, &format!("0000 f2ff ffffffff {}", ip6())), SIX),
        (
            "hop-by-hop and fragment alone",
            101,
            {
                let headers = "2c000104 00000000 06000000 00000007";
                format!("60000000 00260040 {:032x} {:032x} {headers} {TCP}", 1, 2)
            },
            "[::1]:1000 [::2]:443 tcp 1603",
        ),
        (
            "authentication header",
            101,
            v4(51, &format!("0604 0000 00000001 00000001 {} {TCP}", "00".repeat(12))),
            "192.0.2.1:1000 192.0.2.2:443 tcp 1603",
        ),
        ("ICMP that quotes TCP", 101, v4(1, &format!("0303 0000 00000000 {inner}")), "nothing"),
        ("endless tags", 1, format!("{MAC} 8100 {} 0800", "0064 8100 ".repeat(20)), "nothing (frame.depth)"),
    ]);
}

#[test]
fn lengths() {
    let rows = [
        ("segmentation offload", ip4().replacen("002a", "0000", 1), 42, FOUR.to_owned()),
        ("cut by the capture", ip4().replacen("002a", "0030", 1), 48, format!("{FOUR} missing 6")),
        ("cut, and the file does not say so", ip4().replacen("002a", "0030", 1), 42, format!("{FOUR} missing 6")),
        ("less than its header", ip4().replacen("4500", "4300", 1), 42, "nothing (malformed)".to_owned()),
        ("neither 4 nor 6", ip4().replacen("4500", "5500", 1), 42, "nothing (malformed)".to_owned()),
        ("offset beyond the end", ip4().replacen("5018", "f018", 1), 42, "nothing (malformed)".to_owned()),
        ("UDP length of 0", v4(17, "c000 0035 0000 0000 1603"), 30, "192.0.2.1:49152 192.0.2.2:53 udp 1603".to_owned()),
        ("UDP with padding", v4(17, "c000 0035 0009 0000 1603"), 30, "192.0.2.1:49152 192.0.2.2:53 udp 16".to_owned()),
    ];
    for (what, frame, original, expected) in rows {
        let frame = parse_hex(&frame).unwrap();
        assert_eq!(said(&mut Layers::new(), 101, &frame, original, &mut Tree::on()), expected, "{what}");
    }
    let cut = parse_hex(&ip4()).unwrap();
    let text = said(&mut Layers::new(), 101, &cut[..30], 42, &mut Tree::off());
    assert_eq!(text, "nothing (frame.cut)");
}

/// A fragment of an IPv4 packet with protocol 17: its offset, whether more follow, its bytes.
fn fragment(offset: u16, more: bool, payload: &str) -> String {
    let place = (offset / 8) | if more { 0x2000 } else { 0 };
    v4(17, payload).replacen("00004000", &format!("0007{place:04x}"), 1)
}

fn fragment6(offset: u16, more: bool, payload: &str) -> String {
    let length = parse_hex(payload).unwrap().len() + 8;
    let place = offset | u16::from(more);
    format!("60000000 {length:04x}2c40 {:032x} {:032x} 1100 {place:04x} 00000007 {payload}", 1, 2)
}

#[test]
fn fragments_come_together() {
    let (head, middle, end) = ("c0000035 00140000", "0011223344556677", "8899aabb");
    let whole = "192.0.2.1:49152 192.0.2.2:53 udp 00112233445566778899aabb";
    let whole6 = "[::1]:49152 [::2]:53 udp 00112233445566778899aabb";
    let overlap = format!("{whole} (ip.fragment.overlap)");
    let rows: [(&str, Vec<String>, &str); 6] = [
        ("in order", vec![fragment(0, true, head), fragment(8, true, middle), fragment(16, false, end)], whole),
        ("backwards", vec![fragment(16, false, end), fragment(8, true, middle), fragment(0, true, head)], whole),
        (
            "one twice",
            vec![fragment(0, true, head), fragment(0, true, head), fragment(16, false, end), fragment(8, true, middle)],
            whole,
        ),
        (
            "an overlap that says otherwise",
            vec![fragment(0, true, head), fragment(8, true, middle), fragment(8, false, "ffffffffffffffff 8899aabb")],
            &overlap,
        ),
        ("IPv6", vec![fragment6(0, true, head), fragment6(16, false, end), fragment6(8, true, middle)], whole6),
        ("one is missing", vec![fragment(0, true, head), fragment(16, false, end)], "nothing"),
    ];
    for (what, frames, expected) in rows {
        for tree in [Tree::off, Tree::on] {
            let mut layers = Layers::new();
            let mut last = String::new();
            for frame in &frames {
                let frame = parse_hex(frame).unwrap();
                let length = u32::try_from(frame.len()).unwrap();
                last = said(&mut layers, 101, &frame, length, &mut tree());
            }
            assert_eq!(last, expected, "{what}");
        }
    }
}

#[test]
fn waiting_fragments_are_bounded() {
    let mut layers = Layers::new();
    let mut tree = Tree::off();
    for id in 0..300u32 {
        let frame = fragment(0, true, "0011223344556677").replacen("00072000", &format!("{id:04x}2000"), 1);
        let frame = parse_hex(&frame).unwrap();
        assert_eq!(layers.read(LinkType(101), &frame, 28, &mut tree), None);
    }
    assert_eq!(tree.notes().len(), 44);
}

#[test]
fn notes_that_every_packet_would_bring_come_once() {
    let mut layers = Layers::new();
    for expected in [1, 0, 0] {
        let mut tree = Tree::off();
        layers.read(LinkType(147), &[0; 60], 60, &mut tree);
        assert_eq!(tree.notes().len(), expected);
    }
}

/// A field as one line: its name, then its value.
fn shown(node: &crate::base::Node) -> String {
    let value = match &node.value {
        Value::None | Value::Bytes => String::new(),
        Value::Number(number) => number.to_string(),
        Value::Hex(number, _) => format!("0x{number:x}"),
        Value::Named(number, 0, name) => format!("{number} {name}"),
        Value::Named(number, _, name) => format!("0x{number:x} {name}"),
        Value::Text(text) => text.clone(),
        Value::Address(address) => address.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Time(time) => time.to_string(),
    };
    format!("{}{}@{}+{} {value}", " ".repeat(node.depth.into()), node.field.name, node.span.start, node.span.len())
}

#[test]
fn fields_have_their_values_and_bytes() {
    let segment = "03e801bb 00000001 00000002 a0121000 abcd0000 020405b4 0402 080a 00000007 00000008 010303071603";
    let frame = format!("{MAC} 8100 2064 0800 4500003e 12344000 4006beef 0a000001 0a000002 {segment}");
    let frame = parse_hex(&frame).unwrap();
    let mut tree = Tree::on();
    Layers::new().read(LinkType(1), &frame, 80, &mut tree);
    let lines: Vec<String> = tree.nodes().iter().map(|node| shown(node).trim_end().to_owned()).collect();
    let expected = "\
eth@0+14
 eth.dst@0+6 02:00:00:00:00:02
 eth.src@6+6 02:00:00:00:00:01
 eth.type@12+2 0x8100 VLAN (802.1Q)
vlan@14+4
 vlan.priority@14+1 1
 vlan.dei@14+1 false
 vlan.id@14+2 100
 vlan.etype@16+2 0x800 IPv4
ip@18+20
 ip.version@18+1 4
 ip.hdr_len@18+1 5
 ip.dsfield.dscp@19+1 0
 ip.dsfield.ecn@19+1 0
 ip.len@20+2 62
 ip.id@22+2 0x1234
 ip.flags.df@24+1 true
 ip.flags.mf@24+1 false
 ip.frag_offset@24+2 0
 ip.ttl@26+1 64
 ip.proto@27+1 6 TCP
 ip.checksum@28+2 0xbeef
 ip.src@30+4 10.0.0.1
 ip.dst@34+4 10.0.0.2
tcp@38+40
 tcp.srcport@38+2 1000
 tcp.dstport@40+2 443
 tcp.seq_raw@42+4 1
 tcp.ack_raw@46+4 2
 tcp.hdr_len@50+1 10
 tcp.flags.cwr@51+1 false
 tcp.flags.ece@51+1 false
 tcp.flags.urg@51+1 false
 tcp.flags.ack@51+1 true
 tcp.flags.psh@51+1 false
 tcp.flags.rst@51+1 false
 tcp.flags.syn@51+1 true
 tcp.flags.fin@51+1 false
 tcp.window_size_value@52+2 4096
 tcp.checksum@54+2 0xabcd
 tcp.urgent_pointer@56+2 0
 tcp.options@58+20
  tcp.options.mss_val@60+2 1460
  tcp.options.sack_perm@62+2 true
  tcp.options.timestamp.tsval@66+4 7
  tcp.options.timestamp.tsecr@70+4 8
  tcp.options.wscale.shift@77+1 7";
    assert_eq!(lines.join("\n"), expected);
}

/// etherparse reads plain packets; where it finds TCP, both must agree.
fn agrees_with_etherparse(frame: &[u8], found: Option<&Datagram<'_>>) {
    let Ok(other) = etherparse::SlicedPacket::from_ethernet(frame) else { return };
    let Some(etherparse::TransportSlice::Tcp(tcp)) = other.transport else { return };
    let found = found.expect("etherparse finds TCP here");
    assert_eq!((found.source.port, found.destination.port), (tcp.source_port(), tcp.destination_port()));
    assert_eq!(found.payload, tcp.payload());
    let TransportHeader::Tcp(header) = found.transport else { panic!("etherparse finds TCP here") };
    assert_eq!((header.sequence, header.acknowledgment), (tcp.sequence_number(), tcp.acknowledgment_number()));
    assert_eq!((header.flags.syn(), header.flags.fin()), (tcp.syn(), tcp.fin()));
    assert_eq!((header.flags.rst(), header.flags.ack()), (tcp.rst(), tcp.ack()));
    assert_eq!(header.window, tcp.window_size());
}

type Packets<'a> = Vec<(u32, &'a [u8])>;

/// The packets of a pcap file (little-endian only): original length and bytes, and the link type.
fn packets(file: &[u8]) -> Option<(u16, Packets<'_>)> {
    let word = |at: usize| Some(u32::from_le_bytes(*file.get(at..)?.first_chunk()?));
    if word(0)? != 0xa1b2_c3d4 {
        return None;
    }
    let mut packets = Vec::new();
    let mut at = 24;
    while let (Some(length), Some(original)) = (word(at + 8), word(at + 12)) {
        let Some(bytes) = file.get(at + 16..at + 16 + length as usize) else { break };
        packets.push((original, bytes));
        at += 16 + length as usize;
    }
    Some((u16::try_from(word(20)? & 0xffff).ok()?, packets))
}

/// What stands in a line of JSON between `"name":` and the next comma, without quotation marks.
fn member<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(&format!("\"{name}\":"))?;
    Some(rest.split([',', '}']).next()?.trim_matches('"'))
}

#[test]
fn addresses_of_real_captures_are_those_of_the_reference() {
    let root = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/captures"));
    if !root.is_dir() {
        println!("skipped: no captures at {}", root.display());
        return;
    }
    let (mut files, mut frames, mut links) = (0, 0, std::collections::BTreeSet::new());
    for source in std::fs::read_dir(root.join("golden")).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        for golden in std::fs::read_dir(source.path()).unwrap().flatten() {
            let name = golden.file_name().into_string().unwrap();
            let Some(capture) = name.strip_suffix(".frames.jsonl") else { continue };
            let Ok(file) = std::fs::read(root.join(source.file_name()).join(capture)) else { continue };
            let Some((link, packets)) = packets(&file) else { continue };
            files += 1;
            links.insert(link);
            let mut layers = Layers::new();
            let found: Vec<_> = packets
                .iter()
                .map(|(original, bytes)| {
                    let datagram = layers.read(LinkType(link), bytes, *original, &mut Tree::off());
                    if link == 1 {
                        agrees_with_etherparse(bytes, datagram.as_ref());
                    }
                    let datagram = datagram?;
                    Some((datagram.source.to_string(), datagram.destination.to_string()))
                })
                .collect();
            for line in std::fs::read_to_string(golden.path()).unwrap().lines() {
                let number: usize = member(line, "frame").unwrap().parse().unwrap();
                let (Some(source), Some(destination)) = (member(line, "src"), member(line, "dst")) else { continue };
                let expected = Some((source.to_owned(), destination.to_owned()));
                assert_eq!(found.get(number - 1), Some(&expected), "{capture} frame {number}");
                frames += 1;
            }
        }
    }
    println!("{frames} frames of {files} captures with link types {links:?}");
    assert!(frames > 0);
}
