//! The headers of one frame, as lists of packets show them: read again from the store, for the rows in sight only.

use super::{FrameEntry, Store};
use crate::base::Tree;
use crate::net::{Endpoint, Layers, TransportHeader};
use std::io;

/// What the headers of a frame say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameSummary {
    /// Addresses, ports and transport; `None` for what is neither TCP nor UDP.
    pub transport: Option<Carried>,
    /// What the last header that was recognised is called, where `transport` is `None`.
    pub innermost: Option<&'static str>,
}

/// A TCP or UDP header with its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Where it comes from.
    pub source: Endpoint,
    /// Where it goes.
    pub destination: Endpoint,
    /// What the header says.
    pub header: TransportHeader,
    /// Payload bytes on the wire, those that the capture cut off included.
    pub payload: u32,
}

impl FrameSummary {
    /// Reads the headers of a frame. A fragment is read by itself: what others bring is not looked for.
    pub fn read(store: &dyn Store, entry: &FrameEntry) -> io::Result<Self> {
        let bytes = store.read(entry.file, entry.position, entry.length)?;
        let original = u32::from(entry.original_length).max(entry.length);
        let mut layers = Layers::new();
        let datagram = layers.read(entry.link, &bytes, original, &mut Tree::off());
        let transport = datagram.map(|datagram| Carried {
            source: datagram.source,
            destination: datagram.destination,
            header: datagram.transport,
            payload: u32::try_from(datagram.payload.len()).unwrap_or(u32::MAX).saturating_add(datagram.missing),
        });
        // The tree is made only where the transport does not say it all already.
        let innermost = if transport.is_some() { None } else { innermost(entry, &bytes, original) };
        Ok(Self { transport, innermost })
    }
}

/// The label of the last header that was recognised.
fn innermost(entry: &FrameEntry, bytes: &[u8], original: u32) -> Option<&'static str> {
    let mut tree = Tree::on();
    Layers::new().read(entry.link, bytes, original, &mut tree);
    let headers = tree.nodes().iter().filter(|node| node.depth == 0 && node.field.name != "data");
    headers.last().map(|node| node.field.label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Input, Sample, open};

    #[test]
    fn headers_of_a_sample_are_read_again() {
        let sample = Sample::named("one-way-tls12").unwrap();
        let mut opened = open(&[Input::Sample(sample)], true).unwrap();
        let mut entries = Vec::new();
        while let Some(packet) = opened.source.next_packet() {
            entries.push(FrameEntry::new(&packet, None));
        }
        let store = opened.store.unwrap();
        let first = FrameSummary::read(&*store, &entries[0]).unwrap().transport.unwrap();
        assert_eq!((first.destination.port, first.payload), (4433, 0));
        assert!(matches!(first.header, TransportHeader::Tcp(header) if header.flags.syn()));
        let mut broken = entries[0];
        broken.length = 20;
        assert_eq!(FrameSummary::read(&*store, &broken).unwrap().transport, None);
    }
}
