//! What has no end must not fill the memory: conversations that are over are forgotten, and nothing else is.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

use tlslab::capture::{Dissector, Packet, Settings};
use tlslab::net::LinkType;

const RAW_IP: LinkType = LinkType(101);
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;
/// More conversations than are remembered.
const MANY: u32 = 150_000;

/// A packet of the client with that number: IPv4 and TCP without options, checksums and payload.
fn packet(client: u32, flags: u8) -> [u8; 40] {
    let mut bytes = [0; 40];
    bytes[0] = 0x45;
    bytes[3] = 40;
    bytes[8] = 64;
    bytes[9] = 6;
    bytes[12..16].copy_from_slice(&(0x0a00_0000 + client).to_be_bytes());
    bytes[16..20].copy_from_slice(&[192, 0, 2, 1]);
    bytes[20..22].copy_from_slice(&50_000_u16.to_be_bytes());
    bytes[22..24].copy_from_slice(&443_u16.to_be_bytes());
    bytes[32] = 0x50;
    bytes[33] = flags;
    bytes
}

/// Pushes packets, and gives the stream of the last one.
fn push(dissector: &mut Dissector, packets: &[[u8; 40]]) -> u32 {
    for bytes in packets {
        let number = u32::try_from(dissector.packets()).unwrap() + 1;
        let time = i64::from(number) * 1000;
        let (position, original_length) = (0, 40);
        dissector.push(&Packet { number, time, link: RAW_IP, original_length, file: 0, interface: 0, position, bytes });
    }
    let last = dissector.frames().len();
    let entry = dissector.frames().frame(u32::try_from(last).unwrap()).unwrap();
    entry.stream().unwrap().index
}

#[test]
fn conversations_that_are_long_over_are_forgotten_and_others_are_not() {
    for (forget, of_first) in [(false, 0), (true, MANY)] {
        let mut dissector = Dissector::new(Settings { keep_frames: true, forget, ..Settings::REPORT });
        for client in 0..MANY {
            assert_eq!(push(&mut dissector, &[packet(client, SYN), packet(client, RST)]), client);
        }
        // Late packets: of one that was forgotten, if any are, and of one that is remembered.
        assert_eq!(push(&mut dissector, &[packet(0, ACK)]), of_first, "{forget}");
        assert_eq!(push(&mut dissector, &[packet(MANY - 1, ACK)]), MANY - 1, "{forget}");
        assert_eq!(push(&mut dissector, &[packet(MANY, SYN)]), of_first.max(MANY - 1) + 1, "{forget}");
    }
}
