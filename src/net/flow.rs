//! Which conversation a packet belongs to.
//!
//! Both directions of a conversation have one key: its two ends in ascending order. The table gives each conversation
//! a slot number; what happens in it is the caller's business. Keys of IPv4 fit into one machine word pair, and the
//! packet after a packet is most often of the same conversation: both make the table cheap.

use super::Endpoint;
use hashbrown::HashMap;
use std::net::IpAddr;

/// The transport protocols that have conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// Which of the two ends of a conversation sent a packet, in the order of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The end with the lower address or port.
    Low,
    /// The other one.
    High,
}

impl Side {
    /// 0 or 1.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self == Self::High)
    }

    /// The other end.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Low => Self::High,
            Self::High => Self::Low,
        }
    }
}

/// What a conversation is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlowKey {
    /// Two IPv4 ends and the protocol, packed.
    V4(u128),
    /// Two ends of which at least one is IPv6.
    V6(Endpoint, Endpoint, Protocol),
}

impl FlowKey {
    /// The key of the conversation between two ends, and which of them is `source`.
    #[inline]
    #[must_use]
    pub fn new(protocol: Protocol, source: Endpoint, destination: Endpoint) -> (Self, Side) {
        let side = if source <= destination { Side::Low } else { Side::High };
        let (low, high) = if side == Side::Low { (source, destination) } else { (destination, source) };
        let key = match (low.address, high.address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                let end = |address: u32, port: u16| u128::from(address) << 16 | u128::from(port);
                let kind = u128::from(protocol == Protocol::Udp);
                Self::V4(kind << 96 | end(a.to_bits(), low.port) << 48 | end(b.to_bits(), high.port))
            }
            _ => Self::V6(low, high, protocol),
        };
        (key, side)
    }
}

/// Slot numbers by key.
#[derive(Debug, Default)]
pub struct FlowTable {
    v4: HashMap<u128, u32>,
    v6: HashMap<(Endpoint, Endpoint, Protocol), u32>,
    last: Option<(FlowKey, u32)>,
}

impl FlowTable {
    /// The slot of a conversation.
    #[inline]
    pub fn find(&mut self, key: &FlowKey) -> Option<u32> {
        if let Some((last, slot)) = &self.last
            && last == key
        {
            return Some(*slot);
        }
        let slot = match key {
            FlowKey::V4(packed) => self.v4.get(packed),
            FlowKey::V6(low, high, protocol) => self.v6.get(&(*low, *high, *protocol)),
        };
        self.last = slot.map(|slot| (*key, *slot));
        slot.copied()
    }

    /// Gives the conversation a slot; an older one with the same key is found no more.
    pub fn insert(&mut self, key: FlowKey, slot: u32) {
        match key {
            FlowKey::V4(packed) => self.v4.insert(packed, slot),
            FlowKey::V6(low, high, protocol) => self.v6.insert((low, high, protocol), slot),
        };
        self.last = Some((key, slot));
    }

    /// Forgets the conversation, unless a newer one with the same key has another slot.
    pub fn remove(&mut self, key: &FlowKey, slot: u32) {
        if self.find(key) != Some(slot) {
            return;
        }
        self.last = None;
        match key {
            FlowKey::V4(packed) => self.v4.remove(packed),
            FlowKey::V6(low, high, protocol) => self.v6.remove(&(*low, *high, *protocol)),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_have_one_key() {
        for (a, b) in [("10.0.0.1", "10.0.0.2"), ("::1", "::1"), ("10.0.0.1", "2001:db8::1")] {
            let a = Endpoint { address: a.parse().unwrap(), port: 4433 };
            let b = Endpoint { address: b.parse().unwrap(), port: 50000 };
            let (there, side) = FlowKey::new(Protocol::Tcp, a, b);
            let (back, other) = FlowKey::new(Protocol::Tcp, b, a);
            assert_eq!((there, side), (back, other.other()));
            assert_ne!(there, FlowKey::new(Protocol::Udp, a, b).0);
        }
    }

    #[test]
    fn a_conversation_is_forgotten_and_a_newer_one_is_not() {
        let end = |address: &str, port| Endpoint { address: address.parse().unwrap(), port };
        for (low, high) in [("10.0.0.1", "10.0.0.2"), ("::1", "::2")] {
            let (key, _) = FlowKey::new(Protocol::Tcp, end(low, 1), end(high, 2));
            let mut table = FlowTable::default();
            table.insert(key, 7);
            table.remove(&key, 6);
            assert_eq!(table.find(&key), Some(7));
            table.remove(&key, 7);
            assert_eq!(table.find(&key), None);
        }
    }
}
