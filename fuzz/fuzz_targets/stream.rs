//! Segments of one TCP connection: each begins with a byte of flags, three that say where it stands, and its length.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io;
use tlslab::capture::{Detail, Dissection, Dissector, Packet, Settings, Store};
use tlslab::net::LinkType;

/// Makes packets of the fuzzer's bytes: raw IPv4 with TCP.
fn packets(mut data: &[u8]) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    let mut sent = [1000_u32, 5000];
    while let [how, forward, back, length, rest @ ..] = data {
        let payload = &rest[..usize::from(*length).min(rest.len())];
        data = &rest[payload.len()..];
        let side = usize::from(how & 1);
        let flags = [0x10, 0x10, 0x10, 0x10, 0x02, 0x12, 0x11, 0x14][usize::from(how >> 1 & 7)];
        // Most segments stand where the last one ended.
        let sequence = if how & 0x10 == 0 {
            sent[side]
        } else {
            sent[side].wrapping_add(u32::from(*forward) * 3).wrapping_sub(u32::from(*back))
        };
        if how & 0x10 == 0 {
            sent[side] = sent[side].wrapping_add(payload.len() as u32 + u32::from(flags & 3 != 0));
        }
        let mut packet = vec![0x45, 0];
        packet.extend((40 + payload.len() as u16).to_be_bytes());
        packet.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        packet.extend(if side == 0 { [192, 0, 2, 1, 192, 0, 2, 2] } else { [192, 0, 2, 2, 192, 0, 2, 1] });
        packet.extend(if side == 0 { [0xc3, 0x50, 1, 0xbb] } else { [1, 0xbb, 0xc3, 0x50] });
        packet.extend(sequence.to_be_bytes());
        packet.extend(sent[1 - side].to_be_bytes());
        packet.extend([5 << 4, flags, 0xff, 0xff, 0, 0, 0, 0]);
        packet.extend(payload);
        packets.push(packet);
    }
    packets
}

fn push(dissector: &mut Dissector, packets: &[Vec<u8>], mut between: impl FnMut(&mut Dissector)) {
    let mut position = 0;
    for (index, bytes) in packets.iter().enumerate() {
        let (number, original_length) = (index as u32 + 1, bytes.len() as u32);
        let (time, link) = (index as i64 * 1000, LinkType(101));
        dissector.push(&Packet { number, time, link, original_length, file: 0, interface: 0, position, bytes });
        position += bytes.len() as u64;
        between(dissector);
    }
    dissector.finish();
}

struct Memory(Vec<u8>);

impl Store for Memory {
    fn read(&self, _file: u8, position: u64, length: u32) -> io::Result<Vec<u8>> {
        Ok(self.0[position as usize..][..length as usize].to_vec())
    }
}

fn inside(dissection: &Dissection) {
    let notes = dissection.tree.notes().iter().filter_map(|note| note.span);
    for span in dissection.tree.nodes().iter().map(|node| node.span).chain(notes) {
        let length = dissection.buffer(span.buffer).map(<[u8]>::len);
        assert!(length.is_some_and(|length| span.range().end <= length), "{span:?} of {length:?}");
    }
}

fuzz_target!(|data: &[u8]| {
    let packets = packets(data);
    let mut dissector = Dissector::new(Settings::SCREEN);
    push(&mut dissector, &packets, |_| {});
    let sessions = dissector.sessions();
    let mut by_packet = Dissector::new(Settings::SCREEN);
    push(&mut by_packet, &packets, |dissector| drop(dissector.sessions()));
    assert_eq!(by_packet.sessions(), sessions);
    let store = Memory(packets.concat());
    for session in sessions {
        assert!(session.timeline.len() <= Settings::SCREEN.timeline.0);
        let detail = Detail::open(&store, dissector.frames(), &session).unwrap();
        for event in 0..detail.session.timeline.len() {
            inside(&detail.dissect(event));
        }
    }
});
