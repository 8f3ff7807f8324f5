//! The side that has no rights: interfaces that another process has opened, read as if they were our own.

use super::super::super::file::{InterfaceToWrite, PacketToWrite};
use super::super::LiveError;
use super::super::device::CaptureOptions;
use super::super::tap::{Next, Tally};
use super::Idle;
use super::wire::Message;
use crate::base::printable;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::PoisonError;
use std::time::Duration;

/// How much is read at once.
const BUFFER: usize = 256 << 10;
/// How long the other side has to say that it has stopped.
const PATIENCE: Duration = Duration::from_secs(2);

/// Interfaces that are lent. They are given back when this is dropped.
pub(in super::super) struct Lent {
    channel: UnixStream,
    /// Whether nobody is at its other end.
    broken: bool,
    idle: Idle,
    interfaces: Vec<Interface>,
    /// What was read, and where what was not taken yet begins.
    buffer: Vec<u8>,
    at: usize,
}

struct Interface {
    described: InterfaceToWrite,
    tally: Tally,
    is_gone: bool,
}

impl Lent {
    pub(super) fn open(channel: UnixStream, idle: Idle, options: &CaptureOptions) -> Result<Self, LiveError> {
        let fault = |cause: io::Error| LiveError::NotLent { reason: format!("nothing is lent any more: {cause}") };
        Message::Open(options.clone()).write(&mut &channel).map_err(fault)?;
        let answer = Message::wait(&channel).map_err(fault)?.unwrap_or_default();
        match Message::read(&answer) {
            Some(Message::Opened(described)) => {
                channel.set_nonblocking(true).map_err(fault)?;
                let interface = |described| Interface { described, tally: Tally::new(), is_gone: false };
                let interfaces = described.into_iter().map(interface).collect();
                Ok(Self { channel, broken: false, idle, interfaces, buffer: Vec::new(), at: 0 })
            }
            Some(Message::Refused(reason)) => {
                give_back(&idle, channel);
                Err(LiveError::NotLent { reason })
            }
            _ => Err(fault(io::ErrorKind::UnexpectedEof.into())),
        }
    }

    pub(in super::super) fn described(&self) -> Vec<InterfaceToWrite> {
        self.interfaces.iter().map(|interface| interface.described.clone()).collect()
    }

    pub(in super::super) fn snaplen(&self) -> u32 {
        self.interfaces.iter().map(|interface| interface.described.snaplen).max().unwrap_or(0)
    }

    pub(in super::super) fn is_gone(&self) -> bool {
        self.interfaces.iter().all(|interface| interface.is_gone)
    }

    pub(in super::super) fn tallies(&mut self) -> impl Iterator<Item = &mut Tally> {
        self.interfaces.iter_mut().map(|interface| &mut interface.tally)
    }

    /// The next packet. It never waits.
    pub(in super::super) fn next(&mut self) -> Next<'_> {
        loop {
            let Some(end) = self.message() else {
                match self.fill() {
                    Ok(0) => return self.broke("the process that lends it has ended".to_owned()),
                    Ok(_) => continue,
                    Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => return Next::Nothing,
                    Err(cause) if cause.kind() == io::ErrorKind::Interrupted => continue,
                    Err(cause) => return self.broke(cause.to_string()),
                }
            };
            let start = std::mem::replace(&mut self.at, end) + 4;
            let message = self.buffer.get(start..end).and_then(Message::read);
            match message {
                Some(Message::Lost(number, losses)) => {
                    if let Some(interface) = self.interfaces.get_mut(number as usize) {
                        interface.tally.losses = losses;
                    }
                }
                Some(Message::Gone(number, reason)) => {
                    let Some(interface) = self.interfaces.get_mut(number as usize) else { continue };
                    interface.is_gone = true;
                    return Next::Gone { interface: printable(&interface.described.name), reason };
                }
                Some(Message::Packet(number, _)) => {
                    let Some(interface) = self.interfaces.get_mut(number as usize) else { continue };
                    interface.tally.captured += 1;
                    let link = interface.described.link;
                    // Read once more: what was borrowed above was not taken yet.
                    let packet = self.buffer.get(start..end).and_then(Message::read);
                    let Some(Message::Packet(_, packet)) = packet else { return Next::Nothing };
                    return Next::Packet(number, PacketToWrite { link, ..packet });
                }
                _ => {}
            }
        }
    }

    /// Where the next message ends, if all of it is there.
    fn message(&self) -> Option<usize> {
        let rest = self.buffer.get(self.at..)?;
        let extent = Message::extent(rest)?;
        (rest.len() >= extent).then_some(self.at + extent)
    }

    /// Reads more behind what was not taken.
    fn fill(&mut self) -> io::Result<usize> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let have = self.buffer.len();
        self.buffer.resize(have + BUFFER, 0);
        let into = self.buffer.get_mut(have..).unwrap_or_default();
        let read = self.channel.read(into);
        self.buffer.truncate(have + *read.as_ref().unwrap_or(&0));
        read
    }

    /// Nothing more can come from any of them.
    fn broke(&mut self, reason: String) -> Next<'_> {
        self.interfaces.iter_mut().for_each(|interface| interface.is_gone = true);
        self.broken = true;
        let names: Vec<_> = self.interfaces.iter().map(|interface| printable(&interface.described.name)).collect();
        Next::Gone { interface: names.join(", "), reason }
    }

    /// Asks the other side to stop, and takes what it has sent before it heard that.
    fn stop(&self) -> io::Result<UnixStream> {
        let channel = self.channel.try_clone()?;
        channel.set_nonblocking(false)?;
        channel.set_read_timeout(Some(PATIENCE))?;
        Message::Stop.write(&mut &channel)?;
        let read = self.buffer.get(self.at..).unwrap_or_default();
        let mut rest = io::BufReader::with_capacity(BUFFER, read.chain(&channel));
        while let Some(bytes) = Message::wait(&mut rest)? {
            if Message::read(&bytes) == Some(Message::Ended) {
                channel.set_read_timeout(None)?;
                return Ok(channel);
            }
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

impl AsFd for Lent {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.channel.as_fd()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // Where that fails, nothing is lent any more.
        if !self.broken
            && let Ok(channel) = self.stop()
        {
            give_back(&self.idle, channel);
        }
    }
}

fn give_back(idle: &Idle, channel: UnixStream) {
    *idle.lock().unwrap_or_else(PoisonError::into_inner) = Some(channel);
}
