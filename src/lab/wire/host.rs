//! Who has which address, and where the numbers come from that a real host draws by lot.

use std::net::Ipv4Addr;

/// One host of the lab: an address for documentation (RFC 5737) and a locally administered MAC address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Host {
    /// Its address.
    pub(crate) address: Ipv4Addr,
}

impl Host {
    /// The n-th client: 192.0.2.0/24.
    pub(crate) fn client(index: usize) -> Self {
        Self { address: Ipv4Addr::new(192, 0, 2, number(index, 10)) }
    }

    /// The n-th server or relay: 198.51.100.0/24.
    pub(crate) fn server(index: usize) -> Self {
        Self { address: Ipv4Addr::new(198, 51, 100, number(index, 10)) }
    }

    /// The n-th attacker with a connection of its own: 203.0.113.0/24.
    pub(crate) fn attacker(index: usize) -> Self {
        Self { address: Ipv4Addr::new(203, 0, 113, number(index, 66)) }
    }

    /// Its MAC address: the bit for local administration, and the address behind it.
    pub(super) fn mac(self) -> [u8; 6] {
        let [a, b, c, d] = self.address.octets();
        [2, 0, a, b, c, d]
    }
}

fn number(index: usize, first: u8) -> u8 {
    first.wrapping_add(u8::try_from(index % 100).unwrap_or(0))
}

/// Numbers that are the same for the same seed (SplitMix64). They are no secrets: ports and sequence numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed ^ 0x746c_736c_6162)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An initial sequence number.
    pub(crate) fn sequence(&mut self) -> u32 {
        u32::try_from(self.next() >> 32).unwrap_or(0)
    }

    /// A port of the range for clients (RFC 6335 6), far enough from its end for all connections of a run.
    pub(crate) fn port(&mut self) -> u16 {
        49_152 + u16::try_from(self.next() % 12_000).unwrap_or(0)
    }
}
