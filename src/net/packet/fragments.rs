//! IP datagrams that came in pieces.
//!
//! Handshake messages over UDP, and tunnels whose outer packet grew too long, are the usual reason. The table is
//! bounded: an attacker, or a capture that lost the other halves, must not make it grow.

use super::part::Part;
use crate::base::{Group, Severity, Tree};
use std::collections::VecDeque;
use std::net::IpAddr;

/// How many datagrams may wait for their other fragments.
const MAX_WAITING: usize = 256;
/// No IP datagram is longer than its 16-bit length can say.
const MAX_LENGTH: usize = 0xffff;

/// What the fragments of one datagram have in common (RFC 791 3.2, RFC 8200 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) identification: u32,
    /// The protocol number in IPv4; 0 in IPv6, where it may differ between fragments.
    pub(super) protocol: u8,
}

/// Where one fragment belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// What the whole datagram carries, according to this fragment.
    pub(super) protocol: u8,
    /// The identification of the datagram.
    pub(super) identification: u32,
    /// Offset of the fragment in the datagram's payload, in bytes.
    pub(super) offset: u16,
    /// Whether others follow behind it.
    pub(super) more: bool,
    /// Whether it is IPv6, where the protocol does not tell datagrams apart.
    pub(super) version6: bool,
}

/// The datagrams of which fragments are still missing, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    key: Key,
    protocol: u8,
    bytes: Vec<u8>,
    /// Ranges of `bytes` that are there, in ascending order, never touching each other.
    held: Vec<(usize, usize)>,
    length: Option<usize>,
}

impl Fragments {
    /// Adds a fragment. Gives the whole payload and its protocol number when nothing is missing any more.
    pub(super) fn add(&mut self, key: Key, place: Place, part: Part<'_>, tree: &mut Tree) -> Option<(u8, Vec<u8>)> {
        let start = usize::from(place.offset);
        let end = start + part.bytes.len();
        if end > MAX_LENGTH {
            tree.malformed(part.whole(), "the fragment ends behind the greatest length of an IP datagram");
            return None;
        }
        if part.missing > 0 {
            let text = "the capture cut a fragment: its datagram cannot be put together";
            tree.note(Severity::Note, Group::Reassemble, "ip.fragment.cut", part.whole(), text);
            return None;
        }
        if place.more && !part.bytes.len().is_multiple_of(8) {
            tree.malformed(part.whole(), "a fragment that is not the last one must be a multiple of 8 bytes long");
            return None;
        }
        let index = self.place_of(key, place, part, tree);
        let waiting = self.waiting.get_mut(index)?;
        waiting.insert(start, part, tree);
        if start == 0 {
            waiting.protocol = place.protocol;
        }
        if !place.more {
            waiting.length.get_or_insert(end);
        }
        if !waiting.is_complete() {
            return None;
        }
        let mut whole = self.waiting.remove(index)?;
        whole.bytes.truncate(whole.length?);
        Some((whole.protocol, whole.bytes))
    }

    fn place_of(&mut self, key: Key, place: Place, part: Part<'_>, tree: &mut Tree) -> usize {
        if let Some(index) = self.waiting.iter().position(|waiting| waiting.key == key) {
            return index;
        }
        if self.waiting.len() >= MAX_WAITING {
            self.waiting.pop_front();
            let text = "an IP datagram was given up before all of its fragments came: too many are waiting";
            tree.note(Severity::Warn, Group::Reassemble, "ip.fragment.dropped", part.whole(), text);
        }
        let empty = Waiting { key, protocol: place.protocol, bytes: Vec::new(), held: Vec::new(), length: None };
        self.waiting.push_back(empty);
        self.waiting.len() - 1
    }
}

impl Waiting {
    /// Fills the gaps in `start..` with the fragment's bytes; what is already there stays.
    fn insert(&mut self, start: usize, part: Part<'_>, tree: &mut Tree) {
        let end = start + part.bytes.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        let (mut overlap, mut differs) = (0, false);
        let mut next = start;
        let behind = (usize::MAX, usize::MAX);
        for &(from, to) in self.held.iter().chain([&behind]) {
            let (from, to) = (from.clamp(next, end.max(next)), to.min(end));
            copy(&mut self.bytes, next, from, start, part.bytes);
            if from < to {
                overlap += to - from;
                let mine = part.bytes.get(from - start..to - start);
                differs |= mine != self.bytes.get(from..to);
                next = to;
            } else {
                next = next.max(from);
            }
        }
        self.hold(start, end);
        if overlap > 0 && (differs || overlap < part.bytes.len()) {
            let text = "the fragment overlaps an earlier one, whose bytes are kept";
            tree.note(Severity::Warn, Group::Reassemble, "ip.fragment.overlap", part.whole(), text);
        }
    }

    fn hold(&mut self, mut start: usize, mut end: usize) {
        self.held.retain(|&(from, to)| {
            let apart = to < start || end < from;
            if !apart {
                start = start.min(from);
                end = end.max(to);
            }
            apart
        });
        let at = self.held.partition_point(|&(from, _)| from < start);
        self.held.insert(at, (start, end));
    }

    fn is_complete(&self) -> bool {
        match (self.length, self.held.first()) {
            (Some(length), Some(&(0, end))) => end >= length,
            _ => false,
        }
    }
}

/// Copies the part of `fragment`, which begins at `start`, that belongs to `from..to`.
fn copy(whole: &mut [u8], from: usize, to: usize, start: usize, fragment: &[u8]) {
    if let (Some(into), Some(bytes)) = (whole.get_mut(from..to), fragment.get(from - start..to - start)) {
        into.copy_from_slice(bytes);
    }
}
