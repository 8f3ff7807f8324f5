//! Real bytes for the tests of this room: the conversations of the sample captures, and field trees of their messages.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that stumbles has failed")]

use crate::base::Tree;
use crate::capture::{Detail, Dissector, Input, SAMPLES, Sample, Settings, open};
use crate::net::{Layers, TransportHeader};

/// Bytes that one side sent before the other had its turn.
pub(crate) struct Turn {
    pub(crate) from_client: bool,
    pub(crate) bytes: Vec<u8>,
}

/// The first conversation of a sample, by the sample's name.
pub(crate) fn conversation(name: &str) -> Vec<Turn> {
    let sample = SAMPLES.iter().find(|sample| sample.name == name).unwrap();
    let mut client = None;
    let mut next = [None::<u32>; 2];
    let mut turns: Vec<Turn> = Vec::new();
    let mut source = open(&[Input::Sample(sample)], false).unwrap().source;
    let mut layers = Layers::new();
    while let Some(packet) = source.next_packet() {
        let datagram = layers.read(packet.link, packet.bytes, packet.original_length, &mut Tree::off()).unwrap();
        let TransportHeader::Tcp(header) = datagram.transport else { continue };
        let (from, to) = *client.get_or_insert((datagram.source, datagram.destination));
        let from_client = datagram.source == from;
        if !from_client && (datagram.source, datagram.destination) != (to, from) {
            continue;
        }
        if header.flags.syn() {
            next[usize::from(from_client)].get_or_insert(header.sequence.wrapping_add(1));
            continue;
        }
        let next = next[usize::from(from_client)].as_mut().unwrap();
        if datagram.payload.is_empty() || *next != header.sequence {
            continue;
        }
        *next = next.wrapping_add(u32::try_from(datagram.payload.len()).unwrap());
        match turns.last_mut().filter(|turn| turn.from_client == from_client) {
            Some(turn) => turn.bytes.extend_from_slice(datagram.payload),
            None => turns.push(Turn { from_client, bytes: datagram.payload.to_vec() }),
        }
    }
    turns
}

/// The field trees of all events of all samples, with the name of the sample and the number of the event.
pub(crate) fn trees() -> Vec<(String, Tree)> {
    SAMPLES.iter().flat_map(trees_of).collect()
}

fn trees_of(sample: &'static Sample) -> Vec<(String, Tree)> {
    let opened = open(&[Input::Sample(sample)], true).unwrap();
    let (mut source, store) = (opened.source, opened.store.unwrap());
    let mut dissector = Dissector::new(Settings::SCREEN);
    dissector.read_key_log(sample.keys.as_bytes());
    while let Some(packet) = source.next_packet() {
        dissector.push(&packet);
    }
    dissector.finish();
    let mut trees = Vec::new();
    for session in dissector.sessions() {
        let detail = Detail::open(store.as_ref(), dissector.frames(), &session, &std::sync::Arc::default()).unwrap();
        for event in 0..detail.session.timeline.len() {
            trees.push((format!("{} event {event}", sample.name), detail.dissect(event).tree));
        }
    }
    trees
}
