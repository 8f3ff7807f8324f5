//! The side that has the rights: opens what it is asked to, and hands over what comes.

use super::super::device::{self, CaptureOptions, Device};
use super::super::tap::{Losses, Next};
use super::wire::Message;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// So much is handed over at once while packets come without a pause.
const BUFFER: usize = 256 << 10;
/// How many packets are taken from one interface before the others have their turn.
const ROUND: u32 = 1024;
/// How often it is told what was lost, and the longest time that nothing is looked at.
const LOOK: Duration = Duration::from_millis(50);
const IDLE: u16 = 250;

/// Lends until nobody is there to lend to.
pub(super) fn serve(channel: &UnixStream) -> io::Result<()> {
    while let Some(bytes) = Message::wait(channel)? {
        if let Some(Message::Open(options)) = Message::read(&bytes) {
            lend(&options, channel)?;
        }
    }
    Ok(())
}

fn lend(options: &CaptureOptions, channel: &UnixStream) -> io::Result<()> {
    let devices = match device::open(options) {
        Ok(devices) => devices,
        Err(error) => return Message::Refused(error.to_string()).write(&mut &*channel),
    };
    Message::Opened(devices.iter().map(|device| device.described.clone()).collect()).write(&mut &*channel)?;
    let mut lending =
        Lending { told: vec![Losses::default(); devices.len()], devices, looked: Instant::now(), busy: false };
    let mut out = BufWriter::with_capacity(BUFFER, channel);
    while !lending.is_asked_to_stop(channel)? {
        lending.hand_over(&mut out)?;
        out.flush()?;
    }
    lending.tell_losses(&mut out)?;
    Message::Ended.write(&mut out)?;
    out.flush()
}

/// What is lent.
struct Lending {
    devices: Vec<Device>,
    /// What was told that each has lost.
    told: Vec<Losses>,
    looked: Instant,
    /// Whether one has more than was taken.
    busy: bool,
}

impl Lending {
    /// Waits for a packet or a word. Whatever is said means that it is to stop.
    fn is_asked_to_stop(&self, channel: &UnixStream) -> io::Result<bool> {
        let devices = self.devices.iter().filter(|device| !device.is_gone()).map(AsFd::as_fd);
        let mut all: Vec<PollFd<'_>> =
            std::iter::once(channel.as_fd()).chain(devices).map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
        match poll(&mut all, PollTimeout::from(if self.busy { 0 } else { IDLE })) {
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(cause) => return Err(cause.into()),
        }
        let is_said = all.first().and_then(PollFd::any).unwrap_or(false);
        if is_said && Message::wait(channel)?.is_none() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(is_said)
    }

    fn hand_over(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.busy = false;
        for device in self.devices.iter_mut().filter(|device| !device.is_gone()) {
            let number = device.number;
            let mut left = ROUND;
            while left > 0 {
                match device.next() {
                    Next::Packet(number, packet) => Message::Packet(number, packet).write(out)?,
                    Next::Nothing => break,
                    Next::Gone { reason, .. } => {
                        Message::Gone(number, reason).write(out)?;
                        break;
                    }
                }
                left -= 1;
            }
            self.busy |= left == 0;
        }
        if self.looked.elapsed() >= LOOK { self.tell_losses(out) } else { Ok(()) }
    }

    fn tell_losses(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.looked = Instant::now();
        for (device, told) in self.devices.iter_mut().zip(&mut self.told) {
            let (number, losses) = (device.number, device.count_losses().losses);
            if losses != *told {
                *told = losses;
                Message::Lost(number, losses).write(out)?;
            }
        }
        Ok(())
    }
}
