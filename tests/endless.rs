//! What has no end must not fill the memory: conversations that are over are forgotten, and nothing else is.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

use std::collections::HashSet;
use tlslab::capture::{Dissector, Input, Most, Packet, Sample, Settings, open};
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

/// The same with a ClientHello that offers one suite.
fn hello(client: u32) -> Vec<u8> {
    let mut bytes = packet(client, ACK).to_vec();
    bytes.extend([22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3]);
    bytes.extend([7; 32]);
    bytes.extend([0, 0, 2, 0x13, 1, 1, 0]);
    bytes[3] = u8::try_from(bytes.len()).unwrap();
    bytes
}

/// Pushes packets, and gives the stream of the last one.
fn push(dissector: &mut Dissector, packets: &[impl AsRef<[u8]>]) -> u32 {
    for bytes in packets.iter().map(AsRef::as_ref) {
        let number = u32::try_from(dissector.packets()).unwrap() + 1;
        let time = i64::from(number) * 1000;
        let original_length = u32::try_from(bytes.len()).unwrap();
        let position = u64::from(number) * 100;
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

/// The streams of the sessions that are kept.
fn kept(dissector: &mut Dissector) -> Vec<u32> {
    dissector.sessions().iter().map(|session| session.stream.index).collect()
}

#[test]
fn sessions_leave_that_ended_first_and_others_stay() {
    let most = Most { sessions: 10, frames: usize::MAX };
    let mut dissector = Dissector::new(Settings { most, ..Settings::ENDLESS_SCREEN });
    for client in 0..50 {
        push(&mut dissector, &[hello(client)]);
        // The first two stay open, and what was open before goes on.
        if client > 1 {
            push(&mut dissector, &[packet(client, RST)]);
        }
    }
    dissector.let_go_until(dissector.packets());
    let stream = |dissector: &mut Dissector, index: usize| dissector.sessions()[index].stream;
    let mut held = HashSet::from([stream(&mut dissector, 3), stream(&mut dissector, 9)]);
    dissector.thin_out(0, &held);
    assert_eq!(kept(&mut dissector), [0, 1, 3, 9, 44, 45, 46, 47, 48, 49]);
    assert_eq!((dissector.thinned(), dissector.frames().first()), (40, 1));
    // Sessions that moved in the list are still found when they end.
    push(&mut dissector, &[packet(1, RST)]);
    push(&mut dissector, &[hello(50), packet(50, RST).to_vec()]);
    dissector.let_go_until(dissector.packets());
    held.clear();
    dissector.thin_out(5100, &held);
    assert_eq!(kept(&mut dissector), [0, 3, 9, 44, 45, 46, 47, 48, 49, 50]);
    assert_eq!((dissector.thinned(), dissector.frames().first()), (41, 51));
    assert_eq!(dissector.sessions().iter().filter(|session| session.stream_first_frame < 51).count(), 3);
}

#[test]
fn signatures_are_left_out_while_there_is_no_time_for_them() {
    for put_off in [false, true] {
        let sample = Sample::named("mutual-tls12").unwrap();
        let mut source = open(&[Input::Sample(sample)], true).unwrap().source;
        let mut dissector = Dissector::new(Settings::ENDLESS);
        dissector.put_off_signatures(put_off);
        while let Some(packet) = source.next_packet() {
            dissector.push(&packet);
        }
        dissector.finish();
        let sessions = dissector.take_finished();
        assert_eq!(sessions[0].has_put_off(), put_off);
    }
}
