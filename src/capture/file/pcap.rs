//! The classic capture format of libpcap: one header with one link type, then packets, each behind 16 bytes.

use super::step::{BEYOND_SNAPLEN, Found, LARGEST, Order, Part, Remarks, Step};
use crate::base::{Group, Severity};
use crate::net::LinkType;
use crate::session::Timestamp;

/// Length of the header of the file.
pub(super) const HEADER: usize = 24;

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// What the header of a pcap file says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pcap {
    order: Order,
    /// Nanoseconds in a unit of the fraction of a second.
    unit: i64,
    /// Length of the header of a packet.
    header: usize,
    /// The greatest length that a packet may have.
    limit: u32,
    link: LinkType,
    version: (u16, u16),
}

impl Pcap {
    /// Reads the header of the file: `None` where these are not the first bytes of a pcap file.
    pub(super) fn recognise(bytes: &[u8]) -> Option<Self> {
        let (order, unit, header) = magic(*bytes.first_chunk()?)?;
        let snaplen = match order.u32_at(bytes, 16)? {
            0 => BEYOND_SNAPLEN,
            given => given,
        };
        // The upper half of the link type says whether and how long a checksum follows each packet.
        let [low, high] = [20, 22].map(|at| order.u16_at(bytes, at));
        let link = if order == Order::Little { low? } else { high? };
        Some(Self {
            order,
            unit,
            header,
            limit: snaplen.saturating_add(BEYOND_SNAPLEN).min(u32::try_from(LARGEST).unwrap_or(u32::MAX)),
            link: LinkType(link),
            version: (order.u16_at(bytes, 4)?, order.u16_at(bytes, 6)?),
        })
    }

    /// Whether the bytes begin like a pcap file, though its header may be cut.
    pub(super) fn begins(bytes: &[u8]) -> bool {
        bytes.first_chunk().is_some_and(|first| magic(*first).is_some())
    }

    /// Says what is odd about the header.
    pub(super) fn remark(&self, remarks: &mut Remarks) {
        let (major, minor) = self.version;
        if self.version != (2, 4) {
            let text = format!("the file says that it is pcap version {major}.{minor}; it is read as version 2.4");
            remarks.add(Severity::Warn, Group::Undecoded, "file.version", text);
        }
    }

    /// The packet at `at`.
    #[inline]
    pub(super) fn step(&self, window: &[u8], at: usize, base: u64, remarks: &mut Remarks) -> Step {
        let needed = self.header;
        let Some(record) = window.get(at..).and_then(<[u8]>::first_chunk::<16>) else {
            return Step::More { needed, part: Part::Packet };
        };
        let (words, _) = record.as_chunks::<4>();
        let &[seconds, fraction, captured, original] = words else { return Step::Stop };
        let captured = self.order.u32(captured);
        if captured > self.limit {
            self.refuse(captured, base + at as u64, remarks);
            return Step::Stop;
        }
        let length = captured as usize;
        let start = at + self.header;
        let next = start + length;
        if next > window.len() {
            return Step::More { needed: needed + length, part: Part::Packet };
        }
        let seconds = Timestamp::from(self.order.u32(seconds));
        let fraction = Timestamp::from(self.order.u32(fraction));
        Step::Packet(Found {
            // Two numbers of 32 bits cannot overflow 64.
            time: seconds * NANOS_PER_SECOND + fraction * self.unit,
            interface: 0,
            link: self.link,
            original_length: self.order.u32(original),
            start,
            length,
            next,
        })
    }

    #[cold]
    fn refuse(&self, captured: u32, offset: u64, remarks: &mut Remarks) {
        let text = format!(
            "packet {} (offset {offset}) claims {captured} captured bytes, more than the {} that this file can have; \
             the file is damaged here, and what follows cannot be found",
            remarks.after.saturating_add(1),
            self.limit
        );
        remarks.damaged("file.length", text);
    }
}

/// Byte order, nanoseconds in a unit of time, and length of a packet's header, by the first four bytes.
fn magic(bytes: [u8; 4]) -> Option<(Order, i64, usize)> {
    [Order::Little, Order::Big].into_iter().find_map(|order| match order.u32(bytes) {
        0xa1b2c3d4 => Some((order, 1000, 16)),
        0xa1b23c4d => Some((order, 1, 16)),
        // The variant of Alexey Kuznetzov's patches, with interface, protocol and packet type behind the lengths.
        0xa1b2cd34 => Some((order, 1000, 24)),
        _ => None,
    })
}
