//! When a reader of packets does what does not depend on packets: hand on what it has, and let go of conversations that
//! are over. Dissecting knows no clock, so this is where time passes.

use std::time::{Duration, Instant};

/// How many packets are read between two looks at the clock.
const PACKETS: u32 = 512;
/// How long a conversation that is over is kept, at the least, when packets are too few to tell that it is.
const LINGER: Duration = Duration::from_millis(500);

/// Tells when it is time.
#[derive(Debug)]
pub(super) struct Pace {
    until_look: u32,
    /// Whether the source has waited for packets. Where it never does, nothing may depend on time.
    live: bool,
    marked: Instant,
    /// How many packets there were then.
    packets: u64,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self { until_look: PACKETS, live: false, marked: Instant::now(), packets: 0 }
    }

    /// Whether it is time to look at the clock. To be asked after each packet, and when the source is `waiting`.
    #[inline]
    pub(super) fn is_due(&mut self, waiting: bool) -> bool {
        self.live |= waiting;
        self.until_look -= 1;
        let due = waiting || self.until_look == 0;
        if due {
            self.until_look = PACKETS;
        }
        due
    }

    /// With so many packets read by now: how many there had been a while ago. What was over then can be let go; nothing
    /// where it is too early to say so.
    pub(super) fn look(&mut self, packets: u64) -> Option<u64> {
        if !self.live || self.marked.elapsed() < LINGER {
            return None;
        }
        self.marked = Instant::now();
        Some(std::mem::replace(&mut self.packets, packets))
    }
}
