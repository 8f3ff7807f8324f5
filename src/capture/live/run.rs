//! The thread that captures: it takes packets from the interfaces and writes them, and does nothing else.

use super::LiveError;
use super::counters::{Counters, Counts};
use super::device::LAST;
use super::ring::Ring;
use super::tap::{Next, Tap};
use super::writer::Writer;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{self, PipeReader, PipeWriter, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// How many packets are taken from one interface before the others have their turn.
const ROUND: u32 = 1024;
/// How long nothing has to come before the thread looks at everything else.
const IDLE: Duration = Duration::from_millis(250);
/// How often libpcap is asked what was lost, and how often it is told at the most.
const LOOK: Duration = Duration::from_secs(1);
const TELL: Duration = Duration::from_secs(5);
/// How much news may wait. Nobody waits until it is heard.
const NEWS: usize = 64;

/// When a capture ends by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// After so many packets.
    pub packets: Option<u64>,
    /// After this time.
    pub duration: Option<Duration>,
}

/// What somebody who watches a capture should hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// An interface gives no more; the others go on.
    Gone {
        /// Its name.
        interface: String,
        /// What libpcap says.
        reason: String,
    },
    /// More packets were lost.
    Lost(Counts),
}

/// Ends a capture, from any thread.
#[derive(Clone, Debug)]
pub struct Stopper(Arc<Stop>);

#[derive(Debug)]
struct Stop {
    asked: AtomicBool,
    wake: PipeWriter,
}

impl Stopper {
    /// Asks for the end. What was captured is still written and decoded.
    pub fn stop(&self) {
        if !self.0.asked.swap(true, Ordering::Relaxed) {
            // The thread may have ended already.
            let _ = (&self.0.wake).write_all(&[0]);
        }
    }
}

/// What the thread has.
pub(super) struct Capturing {
    taps: Vec<Tap>,
    writer: Writer,
    ring: Arc<Ring>,
    counters: Arc<Counters>,
    limits: Limits,
    stop: Arc<Stop>,
    woken: PipeReader,
    news: SyncSender<News>,
    began: Instant,
    /// When the last packet is taken, once the end was asked for.
    last: Option<Instant>,
    looked: Instant,
    told: (Instant, Counts),
    /// Whether an interface has more than was taken.
    busy: bool,
}

impl Drop for Capturing {
    /// However the thread ends, those who read hear of it.
    fn drop(&mut self) {
        self.ring.end();
    }
}

impl Capturing {
    pub(super) fn new(
        taps: Vec<Tap>,
        writer: Writer,
        ring: Arc<Ring>,
        counters: Arc<Counters>,
        limits: Limits,
    ) -> Result<(Self, Stopper, Receiver<News>), LiveError> {
        let (woken, wake) = io::pipe().map_err(|cause| LiveError::Fault { reason: cause.to_string() })?;
        let stop = Arc::new(Stop { asked: AtomicBool::new(false), wake });
        let stopper = Stopper(Arc::clone(&stop));
        let (news, heard) = sync_channel(NEWS);
        let now = Instant::now();
        let (told, last) = ((now, Counts::default()), None);
        let capturing = Self {
            taps,
            writer,
            ring,
            counters,
            limits,
            stop,
            woken,
            news,
            began: now,
            last,
            looked: now,
            told,
            busy: false,
        };
        Ok((capturing, stopper, heard))
    }

    /// Captures until the end, which comes when it was asked for, or by an error.
    pub(super) fn run(mut self) -> Result<(), LiveError> {
        let captured = self.capture();
        self.count_losses();
        let closed = self.close();
        self.counters.captured.set(self.writer.packets());
        // Room was reserved for what waited when the disk was found full, so that it is in the file by now.
        let lost = self.writer.waiting();
        captured.and(closed).map_err(|ended| ended.with_lost(lost))
    }

    fn capture(&mut self) -> Result<(), LiveError> {
        while !self.is_over() {
            self.wait()?;
            self.busy = false;
            for index in 0..self.taps.len() {
                if !self.has_enough() {
                    self.take(index)?;
                }
            }
            self.writer.flush().map_err(|cause| self.unwritten(&cause))?;
            self.counters.captured.set(self.writer.packets());
            if self.writer.is_old() {
                self.turn()?;
            }
            if self.looked.elapsed() >= LOOK {
                self.looked = Instant::now();
                self.count_losses();
                self.tell_losses();
            }
        }
        Ok(())
    }

    fn is_over(&mut self) -> bool {
        let asked = self.stop.asked.load(Ordering::Relaxed)
            || self.limits.duration.is_some_and(|duration| self.began.elapsed() >= duration);
        if asked && self.last.is_none() {
            self.last = Some(Instant::now() + LAST);
        }
        self.has_enough() || self.last.is_some_and(|last| Instant::now() >= last)
    }

    fn has_enough(&self) -> bool {
        self.limits.packets.is_some_and(|most| self.writer.packets() >= most)
    }

    /// Waits for a packet, but not for long.
    fn wait(&self) -> Result<(), LiveError> {
        let left =
            self.limits.duration.map_or(IDLE, |duration| duration.saturating_sub(self.began.elapsed()).min(IDLE));
        let timeout = match self.last {
            _ if self.busy => Duration::ZERO,
            Some(last) => last.saturating_duration_since(Instant::now()),
            None => left,
        };
        // Rounded up, so that a time below a millisecond is no busy loop.
        let timeout = timeout + Duration::from_micros(if timeout.is_zero() { 0 } else { 999 });
        let timeout = PollTimeout::try_from(timeout).unwrap_or(PollTimeout::ZERO);
        let taps = self.taps.iter().filter(|tap| !tap.is_gone()).map(AsFd::as_fd);
        // Once woken, the pipe would never let it sleep again.
        let woken = self.last.is_none().then(|| self.woken.as_fd());
        let mut all: Vec<PollFd<'_>> = taps.chain(woken).map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
        match poll(&mut all, timeout) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(cause) => Err(LiveError::Fault { reason: cause.to_string() }),
        }
    }

    /// Takes what an interface has, but not more than is fair to the others.
    fn take(&mut self, index: usize) -> Result<(), LiveError> {
        for _ in 0..ROUND {
            let Some(tap) = self.taps.get_mut(index).filter(|tap| !tap.is_gone()) else { return Ok(()) };
            // Room first: what was taken from the system could not be put back.
            let written = match self.writer.make_room(tap.snaplen()) {
                Err(cause) => Err(cause),
                Ok(()) => match tap.next() {
                    Next::Packet(number, packet) => self.writer.packet(number, &packet),
                    Next::Nothing => return Ok(()),
                    Next::Gone { interface, reason } => return self.gone(interface, reason),
                },
            };
            written.map_err(|cause| self.unwritten(&cause))?;
            if self.writer.is_full() {
                self.turn()?;
            }
            if self.has_enough() {
                return Ok(());
            }
        }
        self.busy = true;
        Ok(())
    }

    /// Goes on without an interface, if there is another.
    fn gone(&self, interface: String, reason: String) -> Result<(), LiveError> {
        if self.taps.iter().all(Tap::is_gone) {
            return Err(LiveError::Gone { reason: format!("{interface}: {reason}") });
        }
        let _ = self.news.try_send(News::Gone { interface, reason });
        Ok(())
    }

    fn turn(&mut self) -> Result<(), LiveError> {
        let statistics: Vec<_> = self.taps.iter_mut().flat_map(Tap::statistics).collect();
        self.writer.turn(&statistics).map_err(|cause| self.unwritten(&cause))
    }

    fn close(&mut self) -> Result<(), LiveError> {
        let statistics: Vec<_> = self.taps.iter_mut().flat_map(Tap::statistics).collect();
        self.writer.close(&statistics).map_err(|cause| self.unwritten(&cause))
    }

    fn unwritten(&self, cause: &io::Error) -> LiveError {
        LiveError::Full { path: self.ring.writing(), reason: cause.to_string(), lost: 0 }
    }

    fn count_losses(&mut self) {
        let losses: Vec<_> = self.taps.iter_mut().map(Tap::count_losses).collect();
        self.counters.kernel.set(losses.iter().map(|losses| losses.kernel).sum());
        self.counters.interface.set(losses.iter().map(|losses| losses.interface).sum());
    }

    fn tell_losses(&mut self) {
        let now = Counts { captured: 0, ..self.counters.counts() };
        let (last, told) = self.told;
        if now != told && (told.is_complete() || last.elapsed() >= TELL) {
            self.told = (Instant::now(), now);
            let _ = self.news.try_send(News::Lost(now));
        }
    }
}
