//! The interfaces that are captured from: opened, filtered, read, and asked what they lost.

use super::super::file::{InterfaceToWrite, PacketToWrite};
use super::tap::{Next, Tally};
use super::{LiveError, interfaces, load};
use crate::base::printable;
use crate::net::LinkType;
use pcap::{Active, Capture, Error, Inactive, Precision, Stat};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

/// What is to be captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureOptions {
    /// The names of the interfaces; without any, the one that libpcap deems most useful.
    pub interfaces: Vec<String>,
    /// Only packets that this filter of libpcap lets through; empty for all.
    pub filter: String,
    /// To how many bytes packets are cut.
    pub snaplen: u32,
    /// How many bytes the system may keep for each interface until they are read.
    pub buffer: u32,
    /// Whether packets are wanted too that are for other machines.
    pub promiscuous: bool,
    /// Which way packets go that are wanted.
    pub direction: CaptureDirection,
}

impl Default for CaptureOptions {
    fn default() -> Self {
        Self {
            interfaces: Vec::new(),
            filter: String::new(),
            snaplen: 256 << 10,
            buffer: 16 << 20,
            promiscuous: true,
            direction: CaptureDirection::Both,
        }
    }
}

/// Which way a packet goes, seen from this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaptureDirection {
    /// Received.
    In,
    /// Sent.
    Out,
    /// Either.
    #[default]
    Both,
}

/// How long the system may keep packets to hand over many at once. Without such a time it hands over
/// each by itself, which costs the more the more there are.
const GATHER: Duration = Duration::from_millis(50);

/// How long after the end what was on its way can still come.
pub(super) const LAST: Duration = GATHER.saturating_mul(2);

/// An interface that is open.
pub(super) struct Device {
    pub(super) number: u32,
    pub(super) described: InterfaceToWrite,
    capture: Capture<Active>,
    tally: Tally,
    /// What libpcap said last that was lost. It counts in 32 bits and begins again behind them.
    lost: (u32, u32),
    /// Since when it fails, and why.
    failing: Option<(Instant, String)>,
    /// It gives no more.
    is_gone: bool,
}

/// Opens the interfaces. Nothing is captured from any when one cannot be opened.
pub(super) fn open(options: &CaptureOptions) -> Result<Vec<Device>, LiveError> {
    load()?;
    let mut names = options.interfaces.clone();
    if names.is_empty() {
        let first = interfaces()?.into_iter().next();
        names.extend(first.map(|interface| interface.name));
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let known = interfaces().unwrap_or_default();
    let open = |(number, name): (u32, &String)| {
        let found = known.iter().find(|interface| interface.name == *name);
        let description = found.map(|interface| interface.description.clone()).unwrap_or_default();
        Device::open(number, name, description, options)
    };
    (0..).zip(&names).map(open).collect()
}

impl Device {
    fn open(number: u32, name: &str, description: String, options: &CaptureOptions) -> Result<Self, LiveError> {
        let action = format!("capture on {}", printable(name));
        let refused = |error: Error| LiveError::refused(&action, &words(error));
        let inactive = || prepare(name, options);
        // What is no network card may have no such mode, and the right to it is another than that to capture.
        let wants_all = options.promiscuous && name != "any";
        let capture = match inactive().map_err(refused)?.promisc(wants_all).open() {
            Err(_) if wants_all => inactive().map_err(refused)?.promisc(false).open(),
            opened => opened,
        };
        let mut capture = capture.and_then(Capture::setnonblock).map_err(refused)?;
        if options.direction != CaptureDirection::Both {
            capture.direction(options.direction.into()).map_err(refused)?;
        }
        let filter = options.filter.clone();
        let bad_filter = |error| LiveError::Filter { filter: printable(&filter), reason: printable(&words(error)) };
        capture.filter(&filter, true).map_err(bad_filter)?;
        let link = link_type(capture.get_datalink().0);
        let described = InterfaceToWrite { name: name.to_owned(), description, link, snaplen: options.snaplen, filter };
        let (tally, failing) = (Tally::new(), None);
        Ok(Self { number, described, capture, tally, lost: (0, 0), failing, is_gone: false })
    }

    /// The next packet. It never waits.
    #[inline]
    pub(super) fn next(&mut self) -> Next<'_> {
        match self.capture.next_packet() {
            Ok(packet) => {
                self.tally.captured += 1;
                #[allow(clippy::useless_conversion, reason = "other systems have 32 bits here")]
                let (seconds, nanoseconds) = (i64::from(packet.header.ts.tv_sec), i64::from(packet.header.ts.tv_usec));
                let packet = PacketToWrite {
                    // The field for microseconds has nanoseconds, as was asked for.
                    time: seconds.saturating_mul(1_000_000_000).saturating_add(nanoseconds),
                    link: self.described.link,
                    original_length: packet.header.len,
                    bytes: packet.data,
                    comment: None,
                };
                Next::Packet(self.number, packet)
            }
            Err(error) => {
                let gone = nothing(error, &mut self.failing);
                self.is_gone |= gone.is_some();
                let interface = || printable(&self.described.name);
                gone.map_or(Next::Nothing, |reason| Next::Gone { interface: interface(), reason })
            }
        }
    }

    /// Whether it gives no more.
    pub(super) fn is_gone(&self) -> bool {
        self.is_gone
    }

    /// Asks for the losses, and gives what was counted. An interface that is gone keeps what it had.
    pub(super) fn count_losses(&mut self) -> &mut Tally {
        if let Ok(Stat { dropped, if_dropped, .. }) = self.capture.stats() {
            let (kernel, interface) = self.lost;
            self.tally.losses.kernel += u64::from(dropped.wrapping_sub(kernel));
            self.tally.losses.interface += u64::from(if_dropped.wrapping_sub(interface));
            self.lost = (dropped, if_dropped);
        }
        &mut self.tally
    }
}

/// There is no packet now. Where that is a failure, those that the system holds back still come after it; then it is
/// said why there are no more.
#[cold]
fn nothing(error: Error, failing: &mut Option<(Instant, String)>) -> Option<String> {
    if !matches!(error, Error::TimeoutExpired | Error::NoMorePackets) {
        failing.get_or_insert_with(|| (Instant::now(), printable(&words(error))));
    }
    failing.take_if(|(since, _)| since.elapsed() >= LAST).map(|(_, reason)| reason)
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.capture.as_fd()
    }
}

fn prepare(name: &str, options: &CaptureOptions) -> Result<Capture<Inactive>, Error> {
    let number = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    let capture = Capture::from_device(name)?;
    Ok(capture
        .snaplen(number(options.snaplen))
        .buffer_size(number(options.buffer))
        .timeout(i32::try_from(GATHER.as_millis()).unwrap_or(i32::MAX))
        .precision(Precision::Nano))
}

impl From<CaptureDirection> for pcap::Direction {
    fn from(direction: CaptureDirection) -> Self {
        match direction {
            CaptureDirection::In => Self::In,
            CaptureDirection::Out => Self::Out,
            CaptureDirection::Both => Self::InOut,
        }
    }
}

/// What libpcap says, without what the crate puts before it.
pub(super) fn words(error: Error) -> String {
    match error {
        Error::PcapError(text) => text,
        other => other.to_string(),
    }
}

/// The number in files for the number in the library: raw IP is the one that differs on the systems that we run on.
fn link_type(number: i32) -> LinkType {
    const DLT_RAW: u16 = 12;
    const LINKTYPE_RAW: u16 = 101;
    let number = u16::try_from(number).unwrap_or(u16::MAX);
    LinkType(if number == DLT_RAW { LINKTYPE_RAW } else { number })
}
