//! The link types that captures name.

/// What the first byte of a captured packet belongs to: the LINKTYPE number of pcap and pcapng files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkType(pub u16);
