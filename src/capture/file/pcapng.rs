//! The pcapng format: blocks of any kind, sections in either byte order, several interfaces with clocks of their own.
//! Block and option names are those of draft-ietf-opsawg-pcapng.

use super::step::{Found, LARGEST, Order, Part, Remarks, Step};
use crate::base::{Group, Severity};
use crate::net::LinkType;
use crate::session::Timestamp;

/// Block types.
pub(super) mod block {
    pub(in super::super) const SECTION_HEADER: u32 = 0x0a0d_0d0a;
    pub(in super::super) const INTERFACE_DESCRIPTION: u32 = 1;
    pub(in super::super) const PACKET: u32 = 2;
    pub(in super::super) const SIMPLE_PACKET: u32 = 3;
    pub(in super::super) const INTERFACE_STATISTICS: u32 = 5;
    pub(in super::super) const ENHANCED_PACKET: u32 = 6;
    pub(in super::super) const DECRYPTION_SECRETS: u32 = 10;
}

/// The secrets type of a TLS key log.
pub(super) const TLS_KEY_LOG: u32 = 0x544c_534b;
/// The byte-order magic of a section header.
pub(super) const BYTE_ORDER: u32 = 0x1a2b_3c4d;

const IF_TSRESOL: u16 = 9;
const IF_TSOFFSET: u16 = 14;
const ISB_IFDROP: u16 = 5;
const ISB_OSDROP: u16 = 7;

/// Where a reader of pcapng stands.
#[derive(Debug)]
pub(super) struct Pcapng {
    order: Order,
    interfaces: Vec<Interface>,
    /// The time of the last packet, for those that have none of their own.
    last_time: Timestamp,
    told_time: bool,
    told_no_time: bool,
}

#[derive(Clone, Copy, Debug)]
struct Interface {
    link: LinkType,
    /// 0 where packets are not cut.
    snaplen: u32,
    unit: Unit,
    /// Nanoseconds that are to be added to each time.
    offset: i64,
}

/// How long a tick of an interface's clock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// So many nanoseconds.
    Nanoseconds(u64),
    /// So many make a nanosecond.
    PerNanosecond(u64),
    /// Two to this power make a second.
    BinaryPerSecond(u32),
}

/// The first bytes of a block that were understood.
struct Block<'a> {
    /// Offset in the file, for notes.
    offset: u64,
    /// Position of the body in the window.
    start: usize,
    body: &'a [u8],
    next: usize,
}

impl Pcapng {
    /// Whether these are the first bytes of a pcapng file.
    pub(super) fn recognise(bytes: &[u8]) -> Option<Self> {
        let begins = Order::Big.u32_at(bytes, 0)? == block::SECTION_HEADER;
        let order = byte_order(bytes.get(8..)?)?;
        begins.then_some(Self { order, interfaces: Vec::new(), last_time: 0, told_time: false, told_no_time: false })
    }

    /// The byte order of the section.
    pub(super) fn order(&self) -> Order {
        self.order
    }

    /// The block at `at`.
    #[inline]
    pub(super) fn step(&mut self, window: &[u8], at: usize, base: u64, remarks: &mut Remarks) -> Step {
        let rest = window.get(at..).unwrap_or_default();
        let Some(kind) = self.order.u32_at(rest, 0) else {
            return Step::More { needed: 12, part: Part::Block };
        };
        let is_packet = matches!(kind, block::ENHANCED_PACKET | block::SIMPLE_PACKET | block::PACKET);
        let part = if is_packet { Part::Packet } else { Part::Block };
        let offset = base + at as u64;
        if kind == block::SECTION_HEADER {
            match rest.get(8..).map(byte_order) {
                Some(Some(order)) => self.order = order,
                Some(None) if rest.len() >= 12 => {
                    remarks.damaged("file.section", format!("the section header at offset {offset} has no byte order"));
                    return Step::Stop;
                }
                _ => return Step::More { needed: 28, part },
            }
        }
        let Some(total) = self.order.u32_at(rest, 4) else { return Step::More { needed: 12, part } };
        // Writers have been seen that count the padding out.
        let length = (total as usize).saturating_add(3) & !3;
        if !(12..=LARGEST).contains(&length) {
            let text = format!(
                "the block at offset {offset} claims a length of {total} bytes; the file is damaged here, and what \
                 follows cannot be found"
            );
            remarks.damaged("file.length", text);
            return Step::Stop;
        }
        let Some(body) = rest.get(8..length - 4) else { return Step::More { needed: length, part } };
        let Some(trailer) = self.order.u32_at(rest, length - 4) else {
            return Step::More { needed: length, part };
        };
        if trailer != total {
            let text = format!(
                "the block at offset {offset} gives its length as {total} bytes at its beginning and {trailer} at its \
                 end; the file is damaged here, and what follows cannot be trusted"
            );
            remarks.damaged("file.length", text);
            return Step::Stop;
        }
        let found = Block { offset, start: at + 8, body, next: at + length };
        if kind == block::ENHANCED_PACKET { self.enhanced(&found, remarks) } else { self.other(kind, &found, remarks) }
    }

    #[inline]
    fn enhanced(&mut self, block: &Block<'_>, remarks: &mut Remarks) -> Step {
        let Some(fixed) = block.body.first_chunk::<20>() else { return short(block, remarks) };
        let (words, _) = fixed.as_chunks::<4>();
        let &[interface, high, low, captured, original] = words else { return Step::Stop };
        let words = [interface, high, low, captured, original].map(|word| self.order.u32(word));
        self.packet(block, 20, words, remarks)
    }

    #[inline]
    fn packet(&mut self, block: &Block<'_>, skip: usize, words: [u32; 5], remarks: &mut Remarks) -> Step {
        let [number, high, low, captured, original_length] = words;
        let Some(&interface) = self.interfaces.get(number as usize) else {
            let text = format!(
                "packet {} (offset {}) is from interface {number}, but the file describes only {}; reading ends here",
                remarks.after.saturating_add(1),
                block.offset,
                self.interfaces.len()
            );
            remarks.damaged("file.interface", text);
            return Step::Stop;
        };
        let length = captured as usize;
        if length > block.body.len().saturating_sub(skip) {
            let text = format!(
                "packet {} (offset {}) claims {captured} captured bytes in a block that holds {}; the file is damaged \
                 here",
                remarks.after.saturating_add(1),
                block.offset,
                block.body.len().saturating_sub(skip)
            );
            remarks.damaged("file.length", text);
            return Step::Stop;
        }
        let (time, fits) = interface.time(u64::from(high) << 32 | u64::from(low));
        if !fits {
            self.remark_time(remarks);
        }
        self.last_time = time;
        Step::Packet(Found {
            time,
            link: interface.link,
            interface: number,
            original_length,
            start: block.start + skip,
            length,
            next: block.next,
        })
    }

    /// Blocks that are rare, or no packets.
    #[inline(never)]
    fn other(&mut self, kind: u32, block: &Block<'_>, remarks: &mut Remarks) -> Step {
        match kind {
            block::SECTION_HEADER => self.section(block, remarks),
            block::INTERFACE_DESCRIPTION => self.interface(block, remarks),
            block::PACKET => self.obsolete(block, remarks),
            block::SIMPLE_PACKET => self.simple(block, remarks),
            block::INTERFACE_STATISTICS => self.statistics(block, remarks),
            block::DECRYPTION_SECRETS => self.secrets(block, remarks),
            // Name resolution, custom and unknown blocks say nothing about packets.
            _ => Step::Passed(block.next),
        }
    }

    fn section(&mut self, block: &Block<'_>, remarks: &mut Remarks) -> Step {
        let Some(major) = self.order.u16_at(block.body, 4) else { return short(block, remarks) };
        if major != 1 {
            let text = format!(
                "the section at offset {} is of pcapng version {major}, which is not known; reading ends here",
                block.offset
            );
            remarks.add(Severity::Error, Group::Undecoded, "file.version", text);
            return Step::Stop;
        }
        self.interfaces.clear();
        Step::Passed(block.next)
    }

    fn interface(&mut self, block: &Block<'_>, remarks: &mut Remarks) -> Step {
        let (Some(link), Some(snaplen)) = (self.order.u16_at(block.body, 0), self.order.u32_at(block.body, 4)) else {
            return short(block, remarks);
        };
        let mut interface = Interface { link: LinkType(link), snaplen, unit: Unit::Nanoseconds(1000), offset: 0 };
        for (code, value) in options(self.order, block.body.get(8..).unwrap_or_default()) {
            match (code, value) {
                (IF_TSRESOL, &[resolution]) => interface.unit = Unit::of(resolution),
                (IF_TSOFFSET, value) => {
                    let seconds = value.first_chunk().map(|bytes| match self.order {
                        Order::Little => i64::from_le_bytes(*bytes),
                        Order::Big => i64::from_be_bytes(*bytes),
                    });
                    interface.offset = seconds.unwrap_or_default().saturating_mul(1_000_000_000);
                }
                _ => {}
            }
        }
        self.interfaces.push(interface);
        Step::Passed(block.next)
    }

    fn obsolete(&mut self, block: &Block<'_>, remarks: &mut Remarks) -> Step {
        let Some(interface) = self.order.u16_at(block.body, 0) else { return short(block, remarks) };
        let mut words = [u32::from(interface), 0, 0, 0, 0];
        for (word, at) in words.iter_mut().skip(1).zip([4, 8, 12, 16]) {
            let Some(value) = self.order.u32_at(block.body, at) else { return short(block, remarks) };
            *word = value;
        }
        self.packet(block, 20, words, remarks)
    }

    fn simple(&mut self, block: &Block<'_>, remarks: &mut Remarks) -> Step {
        let Some(original_length) = self.order.u32_at(block.body, 0) else { return short(block, remarks) };
        let Some(interface) = self.interfaces.first() else {
            return self.packet(block, 4, [0, 0, 0, 0, original_length], remarks);
        };
        let snaplen = if interface.snaplen == 0 { u32::MAX } else { interface.snaplen };
        let length = (original_length.min(snaplen) as usize).min(block.body.len().saturating_sub(4));
        if !self.told_no_time {
            self.told_no_time = true;
            let text = "the file has packets without a time; they are shown with the time of the packet before them";
            remarks.add(Severity::Note, Group::Sequence, "file.time", text.to_owned());
        }
        Step::Packet(Found {
            time: self.last_time,
            link: interface.link,
            interface: 0,
            original_length,
            start: block.start + 4,
            length,
            next: block.next,
        })
    }

    /// Says how many packets were lost: what is missing later is then no riddle.
    fn statistics(&mut self, block: &Block<'_>, remarks: &mut Remarks) -> Step {
        let interface = self.order.u32_at(block.body, 0).unwrap_or_default();
        for (code, value) in options(self.order, block.body.get(12..).unwrap_or_default()) {
            let (ISB_IFDROP | ISB_OSDROP, Some(bytes)) = (code, value.first_chunk()) else { continue };
            let count =
                if self.order == Order::Little { u64::from_le_bytes(*bytes) } else { u64::from_be_bytes(*bytes) };
            if count > 0 {
                let who = if code == ISB_IFDROP { "the interface" } else { "the operating system" };
                let text =
                    format!("the capture is not complete: {who} dropped {count} packets of interface {interface}");
                remarks.add(Severity::Warn, Group::Sequence, "file.dropped", text);
            }
        }
        Step::Passed(block.next)
    }

    fn secrets(&mut self, block: &Block<'_>, remarks: &mut Remarks) -> Step {
        let (Some(kind), Some(length)) = (self.order.u32_at(block.body, 0), self.order.u32_at(block.body, 4)) else {
            return short(block, remarks);
        };
        let behind = block.body.get(8..).unwrap_or_default();
        let Some(text) = behind.get(..length as usize) else {
            let text = format!(
                "the secrets at offset {} claim {length} bytes, but {} are there; they are passed over",
                block.offset,
                behind.len()
            );
            remarks.add(Severity::Warn, Group::Malformed, "file.secrets", text);
            return Step::Passed(block.next);
        };
        if kind == TLS_KEY_LOG {
            if !remarks.known.contains(&block.offset) {
                remarks.key_log(text);
            }
        } else {
            let text =
                format!("the file brings secrets of type 0x{kind:08x} ({}); they are passed over", secrets(kind));
            remarks.add(Severity::Chat, Group::Decryption, "file.secrets", text);
        }
        Step::Passed(block.next)
    }

    #[cold]
    fn remark_time(&mut self, remarks: &mut Remarks) {
        if !self.told_time {
            self.told_time = true;
            let text = format!(
                "packet {} has a time that lies outside the years 1677 to 2262; such times are shown as the nearest \
                 that can be",
                remarks.after.saturating_add(1)
            );
            remarks.add(Severity::Warn, Group::Malformed, "file.time", text);
        }
    }
}

impl Interface {
    /// The time of so many ticks, and whether it could be told exactly.
    #[inline]
    fn time(&self, ticks: u64) -> (Timestamp, bool) {
        let nanoseconds = match self.unit {
            Unit::Nanoseconds(count) => ticks.checked_mul(count),
            Unit::PerNanosecond(count) => Some(ticks / count),
            Unit::BinaryPerSecond(power) => {
                u64::try_from((u128::from(ticks) * 1_000_000_000).checked_shr(power).unwrap_or(0)).ok()
            }
        };
        let Some(time) = nanoseconds.and_then(|count| i64::try_from(count).ok()) else { return (i64::MAX, false) };
        (time.saturating_add(self.offset), time.checked_add(self.offset).is_some())
    }
}

impl Unit {
    /// Reads the value of the option if_tsresol.
    fn of(resolution: u8) -> Self {
        let power = u32::from(resolution & 0x7f);
        if resolution & 0x80 != 0 {
            return Self::BinaryPerSecond(power);
        }
        match 9_u32.checked_sub(power) {
            Some(up) => Self::Nanoseconds(10_u64.pow(up)),
            None => Self::PerNanosecond(10_u64.checked_pow(power - 9).unwrap_or(u64::MAX)),
        }
    }
}

/// The options in `bytes`, up to their end or to the first that is cut.
fn options(order: Order, bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let code = order.u16_at(rest, 0).filter(|code| *code != 0)?;
        let length = usize::from(order.u16_at(rest, 2)?);
        let value = rest.get(4..4 + length)?;
        rest = rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        Some((code, value))
    })
}

fn byte_order(bytes: &[u8]) -> Option<Order> {
    [Order::Little, Order::Big].into_iter().find(|order| order.u32_at(bytes, 0) == Some(BYTE_ORDER))
}

#[cold]
fn short(block: &Block<'_>, remarks: &mut Remarks) -> Step {
    let text = format!("the block at offset {} is too short for what it is; the file is damaged here", block.offset);
    remarks.damaged("file.length", text);
    Step::Stop
}

fn secrets(kind: u32) -> &'static str {
    match kind {
        0x5353_484b => "SSH keys",
        0x5747_4b4c => "WireGuard keys",
        0x5a4e_574b => "ZigBee network keys",
        0x5a41_5053 => "ZigBee application keys",
        0x5541_4f50 => "OPC UA keys",
        _ => "not known",
    }
}
