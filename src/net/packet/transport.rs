//! TCP and UDP headers.

use super::part::{Header, Part};
use super::{Datagram, TcpFlags, TcpHeader, TransportHeader, Walk};
use crate::base::{Tree, Value, fields};
use crate::net::Endpoint;

/// Reads a TCP header (RFC 9293 3.1) and hands on what it carries.
#[inline]
pub(super) fn tcp<'a>(part: Part<'a>, walk: &Walk<'_>, tree: &mut Tree) -> Option<Datagram<'a>> {
    let Some(head) = part.head::<20>() else { return part.short("TCP header", tree) };
    let length = usize::from(head[12] >> 4) * 4;
    if length < 20 {
        tree.malformed(part.span(12, 1), "the TCP data offset is less than the header itself");
        return None;
    }
    if length > part.bytes.len() && part.missing == 0 {
        return part.short("TCP options", tree);
    }
    if tree.is_on() {
        show_tcp(part, length, tree);
    }
    let flags = TcpFlags(head[13]);
    let transport = TransportHeader::Tcp(TcpHeader {
        sequence: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
        acknowledgment: u32::from_be_bytes([head[8], head[9], head[10], head[11]]),
        flags,
        window: u16::from_be_bytes([head[14], head[15]]),
        maximum_segment: if flags.syn() { maximum_segment(part.after(20).limit(length - 20)) } else { None },
    });
    Some(datagram(walk, ports([head[0], head[1], head[2], head[3]]), transport, part.after(length)))
}

/// Reads a UDP header (RFC 768) and hands on what it carries, once as a datagram and once as a part that may turn out
/// to be a tunnel.
pub(super) fn udp<'a>(part: Part<'a>, walk: &Walk<'_>, tree: &mut Tree) -> Option<(Datagram<'a>, Part<'a>)> {
    let Some(head) = part.head::<8>() else { return part.short("UDP header", tree) };
    show_udp(part, tree);
    // 0 stands for a jumbogram (RFC 2675) or for a packet that the network card was still to cut: up to the end.
    let part = match u16::from_be_bytes([head[4], head[5]]) {
        0 => part,
        length => part.limit(usize::from(length).max(8)),
    };
    let (ports, rest) = (ports([head[0], head[1], head[2], head[3]]), part.after(8));
    Some((datagram(walk, ports, TransportHeader::Udp, rest), rest))
}

#[inline]
fn ports([a, b, c, d]: [u8; 4]) -> (u16, u16) {
    (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]))
}

#[inline]
fn datagram<'a>(walk: &Walk<'_>, ports: (u16, u16), transport: TransportHeader, payload: Part<'a>) -> Datagram<'a> {
    Datagram {
        source: Endpoint { address: walk.source, port: ports.0 },
        destination: Endpoint { address: walk.destination, port: ports.1 },
        origin: walk.origin,
        transport,
        payload: payload.bytes,
        offset: (payload.buffer.0 == 0).then_some(payload.start),
        missing: payload.missing,
    }
}

/// What the options of a SYN say of the longest segment (RFC 9293 3.7.1).
fn maximum_segment(options: Part<'_>) -> Option<u16> {
    let mut rest = options.bytes;
    loop {
        match *rest {
            [2, 4, high, low, ..] => return Some(u16::from_be_bytes([high, low])),
            [1, ..] => rest = rest.get(1..)?,
            [0, ..] | [] => return None,
            [_, length, ..] if length >= 2 => rest = rest.get(usize::from(length)..)?,
            _ => return None,
        }
    }
}

fn show_tcp(part: Part<'_>, length: usize, tree: &mut Tree) {
    Header::show(tree, &TCP, part, length, |header| {
        header.number(&TCP_SOURCE_PORT, 0, 2);
        header.number(&TCP_DESTINATION_PORT, 2, 2);
        header.number(&TCP_SEQUENCE, 4, 4);
        header.number(&TCP_ACKNOWLEDGMENT, 8, 4);
        header.bits(&TCP_DATA_OFFSET, 12, 1, 0xf0);
        for (field, mask) in TCP_FLAGS {
            header.flag(field, 13, 1, mask);
        }
        header.number(&TCP_WINDOW, 14, 2);
        header.hex(&TCP_CHECKSUM, 16, 2);
        header.number(&TCP_URGENT_POINTER, 18, 2);
        if length > 20 {
            let (tree, options) = (&mut *header.tree, header.part.after(20));
            tree.branch(&TCP_OPTIONS, options.whole(), || Value::None, |tree| show_tcp_options(options, tree));
        }
    });
}

/// Each option is one byte of kind, and unless it is padding, one byte of length and what it says (RFC 9293 3.1).
fn show_tcp_options(mut part: Part<'_>, tree: &mut Tree) {
    while let Some(&kind) = part.bytes.first() {
        let length = match (kind, part.bytes.get(1)) {
            (0 | 1, _) => 1,
            (_, Some(&length)) if length >= 2 => usize::from(length),
            _ => {
                tree.malformed(part.whole(), "a TCP option has no length that could be true");
                return;
            }
        };
        if kind > 1 {
            show_tcp_option(kind, part.limit(length), tree);
        }
        part = part.after(length);
    }
}

fn show_tcp_option(kind: u8, part: Part<'_>, tree: &mut Tree) {
    let mut header = Header { tree, part };
    match kind {
        2 => header.number(&TCP_MAXIMUM_SEGMENT_SIZE, 2, 2),
        3 => header.number(&TCP_WINDOW_SCALE, 2, 1),
        4 => header.leaf(&TCP_SACK_PERMITTED, 0, 2, Value::Flag(true)),
        5 => {
            for at in (2..part.bytes.len()).step_by(8) {
                let text = format!("{} to {}", header.value(at, 4), header.value(at + 4, 4));
                header.leaf(&TCP_SACK, at, 8, Value::Text(text));
            }
        }
        8 => {
            header.number(&TCP_TIMESTAMP, 2, 4);
            header.number(&TCP_TIMESTAMP_ECHO, 6, 4);
        }
        _ => {
            let name = match kind {
                19 => "MD5 signature",
                28 => "user timeout",
                29 => "authentication",
                30 => "multipath TCP",
                34 => "fast open cookie",
                _ => "unknown",
            };
            header.leaf(&TCP_OPTION, 0, part.bytes.len(), Value::Named(kind.into(), 0, name.into()));
        }
    }
}

fn show_udp(part: Part<'_>, tree: &mut Tree) {
    Header::show(tree, &UDP, part, 8, |header| {
        header.number(&UDP_SOURCE_PORT, 0, 2);
        header.number(&UDP_DESTINATION_PORT, 2, 2);
        header.number(&UDP_LENGTH, 4, 2);
        header.hex(&UDP_CHECKSUM, 6, 2);
    });
}

static TCP_FLAGS: [(&crate::base::Field, u64); 8] = [
    (&TCP_CWR, 0x80),
    (&TCP_ECE, 0x40),
    (&TCP_URG, 0x20),
    (&TCP_ACK, 0x10),
    (&TCP_PSH, 0x08),
    (&TCP_RST, 0x04),
    (&TCP_SYN, 0x02),
    (&TCP_FIN, 0x01),
];

fields! {
    TCP = "tcp", "TCP header", "RFC 9293 3.1",
        "Transmission Control Protocol: makes an ordered, complete byte stream out of packets that may be lost, \
         doubled or reordered. TLS knows nothing of packets; it sees this stream.";
    TCP_SOURCE_PORT = "tcp.srcport", "Source Port", "RFC 9293 3.1",
        "The sender's port. A client's is usually chosen at random for each connection.";
    TCP_DESTINATION_PORT = "tcp.dstport", "Destination Port", "RFC 9293 3.1",
        "The receiver's port. 443 is customary for HTTPS, but a port says nothing for certain about what is spoken.";
    TCP_SEQUENCE = "tcp.seq_raw", "Sequence Number", "RFC 9293 3.1",
        "The number of the first payload byte in the stream, counted from a random start that the SYN announced. It \
         tells where the bytes belong when packets come twice or out of order.";
    TCP_ACKNOWLEDGMENT = "tcp.ack_raw", "Acknowledgment Number", "RFC 9293 3.1",
        "The next byte that the sender expects from the other side: everything before it has arrived. A capture that \
         lacks acknowledged bytes lost them itself; the network did not.";
    TCP_DATA_OFFSET = "tcp.hdr_len", "Data Offset", "RFC 9293 3.1",
        "Where the payload begins, in units of four bytes. 5 is a header without options.";
    TCP_CWR = "tcp.flags.cwr", "CWR", "RFC 3168 6.1",
        "The sender has reduced its sending rate after a report of congestion.";
    TCP_ECE = "tcp.flags.ece", "ECE", "RFC 3168 6.1",
        "A router reported congestion on the way here; in a SYN, the offer to use such reports.";
    TCP_URG = "tcp.flags.urg", "URG", "RFC 9293 3.1",
        "The urgent pointer counts. TLS never uses it.";
    TCP_ACK = "tcp.flags.ack", "ACK", "RFC 9293 3.1",
        "The acknowledgment number counts. It is set in every segment but the first SYN.";
    TCP_PSH = "tcp.flags.psh", "PSH", "RFC 9293 3.1",
        "The sender had no more to send just then; the receiver should not wait for more.";
    TCP_RST = "tcp.flags.rst", "RST", "RFC 9293 3.5.2",
        "The connection is broken off at once. A reset in the middle of a handshake often comes from a firewall or \
         from a server that gave no TLS alert.";
    TCP_SYN = "tcp.flags.syn", "SYN", "RFC 9293 3.5",
        "The first segment of each direction: it announces where the sequence numbers begin.";
    TCP_FIN = "tcp.flags.fin", "FIN", "RFC 9293 3.6",
        "The sender has no more bytes. TLS wants a close_notify alert before it; without one, an attacker could have \
         cut the stream short.";
    TCP_WINDOW = "tcp.window_size_value", "Window", "RFC 9293 3.1",
        "How many bytes the sender is ready to receive, before the scale that both sides agreed on in their SYNs.";
    TCP_CHECKSUM = "tcp.checksum", "Checksum", "RFC 9293 3.1",
        "A checksum over addresses, header and payload. It is not verified here: packets captured on the machine that \
         sent them often carry a wrong one, because the network card computes it later.";
    TCP_URGENT_POINTER = "tcp.urgent_pointer", "Urgent Pointer", "RFC 9293 3.1",
        "Where urgent data ends; meaningful with URG only.";
    TCP_OPTIONS = "tcp.options", "Options", "RFC 9293 3.2",
        "What the two sides arrange beyond the fixed header: segment size, window scale, selective acknowledgments, \
         timestamps.";
    TCP_MAXIMUM_SEGMENT_SIZE = "tcp.options.mss_val", "Maximum Segment Size", "RFC 9293 3.7.1",
        "The longest payload that the sender of this SYN wants in one segment. 1460 is Ethernet's; less hints at a \
         tunnel on the way.";
    TCP_WINDOW_SCALE = "tcp.options.wscale.shift", "Window Scale", "RFC 7323 2",
        "The window of later segments is to be multiplied by two as many times.";
    TCP_SACK_PERMITTED = "tcp.options.sack_perm", "SACK Permitted", "RFC 2018 2",
        "The sender understands selective acknowledgments.";
    TCP_SACK = "tcp.options.sack", "SACK block", "RFC 2018 3",
        "Bytes that arrived although others before them are missing: a sign of loss or of a changed order.";
    TCP_TIMESTAMP = "tcp.options.timestamp.tsval", "TS Value", "RFC 7323 3", "The sender's clock, with a random start.";
    TCP_TIMESTAMP_ECHO = "tcp.options.timestamp.tsecr", "TS Echo Reply", "RFC 7323 3",
        "The other side's clock as last received: the difference to now is the round trip.";
    TCP_OPTION = "tcp.option_kind", "Option", "RFC 9293 3.2", "An option that is not decoded further.";
    UDP = "udp", "UDP header", "RFC 768",
        "User Datagram Protocol: ports and a length, nothing else. QUIC and DTLS bring along what TCP would have given.";
    UDP_SOURCE_PORT = "udp.srcport", "Source Port", "RFC 768",
        "The sender's port. A client's is usually chosen at random for each conversation.";
    UDP_DESTINATION_PORT = "udp.dstport", "Destination Port", "RFC 768",
        "The receiver's port. 443 is customary for QUIC, 5684 for CoAP over DTLS; a port proves nothing.";
    UDP_LENGTH = "udp.length", "Length", "RFC 768",
        "Bytes of header and payload together. 0 stands for up to the end of the packet.";
    UDP_CHECKSUM = "udp.checksum", "Checksum", "RFC 768",
        "A checksum over addresses, header and payload; 0 means that the sender computed none. It is not verified here.";
}
