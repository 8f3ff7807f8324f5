//! The link types that captures name.

/// What the first byte of a captured packet belongs to: the LINKTYPE number of pcap and pcapng files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkType(pub u16);

impl LinkType {
    /// What the link is called, for people; `unknown` for numbers that are not read here.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            0 => "BSD loopback",
            1 => "Ethernet",
            9 => "PPP",
            12 | 14 | 101 => "raw IP",
            50 => "PPP in HDLC-like framing",
            51 => "PPPoE",
            104 => "Cisco HDLC",
            105 => "IEEE 802.11",
            108 => "OpenBSD loopback",
            113 => "Linux cooked capture v1",
            119 => "IEEE 802.11 with Prism header",
            127 => "IEEE 802.11 with radiotap header",
            163 => "IEEE 802.11 with AVS header",
            192 => "Per-Packet Information",
            204 => "PPP with direction",
            228 => "raw IPv4",
            229 => "raw IPv6",
            276 => "Linux cooked capture v2",
            _ => "unknown",
        }
    }
}
