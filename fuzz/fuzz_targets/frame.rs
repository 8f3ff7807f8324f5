//! Any bytes as a packet of any link type. The first two bytes are the link type, the third how much the capture cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tlslab::base::Tree;
use tlslab::net::{Layers, LinkType};

fuzz_target!(|data: &[u8]| {
    let [high, low, cut, frame @ ..] = data else { return };
    let link = LinkType(u16::from_be_bytes([*high, *low]));
    let mut layers = Layers::new();
    // Twice, so that what was kept of the first comes back with the second.
    for mut tree in [Tree::off(), Tree::on()] {
        let there = frame.len();
        let datagram = layers.read(link, frame, frame.len() as u32 + u32::from(*cut), &mut tree);
        if let Some(datagram) = datagram {
            let offset = datagram.offset.map_or(0, |offset| offset as usize + datagram.payload.len());
            assert!(offset <= there);
        }
        let joined: Vec<usize> = layers.joined().map(<[u8]>::len).collect();
        for span in tree.nodes().iter().map(|node| node.span).chain(tree.notes().iter().filter_map(|note| note.span)) {
            let length = match usize::from(span.buffer.0) {
                0 => there,
                other => joined.get(other - 1).copied().unwrap_or(0),
            };
            assert!(span.range().end <= length, "{span:?} of {length}");
        }
    }
});
