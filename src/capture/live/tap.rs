//! What packets are taken from: an interface that this process has opened, or those that another one lends it.

use super::super::file::{InterfaceToWrite, PacketToWrite, Statistics};
use super::device::Device;
use super::lend::Lent;
use crate::session::Timestamp;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{SystemTime, UNIX_EPOCH};

/// One or more interfaces that are read together.
pub(super) enum Tap {
    Own(Box<Device>),
    Lent(Lent),
}

/// What comes next.
pub(super) enum Next<'a> {
    /// A packet of the interface with that number.
    Packet(u32, PacketToWrite<'a>),
    /// Nothing for the moment.
    Nothing,
    /// An interface gives no more, for a reason.
    Gone { interface: String, reason: String },
}

/// Packets that were lost before they could be captured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Losses {
    pub(super) kernel: u64,
    pub(super) interface: u64,
}

/// What became of the packets of one interface.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    pub(super) captured: u64,
    pub(super) losses: Losses,
    /// What was counted when the file began that is being written.
    begun: (Timestamp, u64, Losses),
}

impl Tally {
    pub(super) fn new() -> Self {
        let losses = Losses::default();
        Self { captured: 0, losses, begun: (now(), 0, losses) }
    }

    /// What was counted since the last call.
    fn statistics(&mut self) -> Statistics {
        let Self { captured, losses, .. } = *self;
        let (from, before, lost) = std::mem::replace(&mut self.begun, (now(), captured, losses));
        Statistics {
            from,
            to: self.begun.0,
            received: captured - before,
            dropped_by_interface: losses.interface - lost.interface,
            dropped_by_kernel: losses.kernel - lost.kernel,
        }
    }
}

impl Tap {
    /// The interfaces, in the order of their numbers.
    pub(super) fn described(&self) -> Vec<InterfaceToWrite> {
        match self {
            Self::Own(device) => vec![device.described.clone()],
            Self::Lent(lent) => lent.described(),
        }
    }

    /// The longest packet that can come.
    pub(super) fn snaplen(&self) -> u32 {
        match self {
            Self::Own(device) => device.described.snaplen,
            Self::Lent(lent) => lent.snaplen(),
        }
    }

    /// The next packet. It never waits.
    #[inline]
    pub(super) fn next(&mut self) -> Next<'_> {
        match self {
            Self::Own(device) => device.next(),
            Self::Lent(lent) => lent.next(),
        }
    }

    /// Whether nothing more will come.
    pub(super) fn is_gone(&self) -> bool {
        match self {
            Self::Own(device) => device.is_gone(),
            Self::Lent(lent) => lent.is_gone(),
        }
    }

    /// What was lost so far.
    pub(super) fn count_losses(&mut self) -> Losses {
        let sum = |sum: Losses, tally: &mut Tally| Losses {
            kernel: sum.kernel + tally.losses.kernel,
            interface: sum.interface + tally.losses.interface,
        };
        self.tallies().into_iter().fold(Losses::default(), sum)
    }

    /// What became of the packets of each interface since the last call.
    pub(super) fn statistics(&mut self) -> Vec<Statistics> {
        self.tallies().into_iter().map(Tally::statistics).collect()
    }

    fn tallies(&mut self) -> Vec<&mut Tally> {
        match self {
            Self::Own(device) => vec![device.count_losses()],
            Self::Lent(lent) => lent.tallies().collect(),
        }
    }
}

impl AsFd for Tap {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Own(device) => device.as_fd(),
            Self::Lent(lent) => lent.as_fd(),
        }
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
