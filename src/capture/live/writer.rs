//! Writes what is captured: blocks of pcapng into a small buffer, and the buffer into the capture files.
//!
//! Room on the disk is reserved before a packet is taken from the system. So a disk that is full ends the capture, and
//! no packet that was captured is lost by it.

use super::super::file::{InterfaceToWrite, PacketToWrite, PcapngWriter, Statistics};
use super::place::RingShape;
use super::ring::Ring;
use std::io;
use std::sync::Arc;
use std::time::Instant;

/// So much is written at once while packets come without a pause.
const BUFFER: usize = 256 << 10;
/// What a block has around a packet, and what the statistics at the end of a file take for each interface; rounded up.
const AROUND: u64 = 256;

/// The writer of a capture.
pub(super) struct Writer {
    ring: Arc<Ring>,
    shape: Option<RingShape>,
    interfaces: Vec<InterfaceToWrite>,
    encoder: PcapngWriter<Vec<u8>>,
    /// How many packets there were in all, and how many are in this file.
    packets: u64,
    here: u64,
    began: Instant,
    /// How many packets the buffer holds.
    waiting: u64,
    /// How many bytes this file has, and to how many it can grow.
    written: u64,
    reserved: u64,
}

impl Writer {
    /// Begins the first file, and gives the others of a ring their headers, so that each can be opened at any time.
    pub(super) fn new(
        ring: Arc<Ring>,
        shape: Option<RingShape>,
        interfaces: Vec<InterfaceToWrite>,
    ) -> io::Result<Self> {
        let mut encoder = encoder(&interfaces)?;
        let header = std::mem::take(encoder.out());
        ring.prepare(&header)?;
        ring.turn(&header, 0)?;
        let (began, written) = (Instant::now(), header.len() as u64);
        Ok(Self { ring, shape, interfaces, encoder, packets: 0, here: 0, began, waiting: 0, written, reserved: 0 })
    }

    /// How many packets were taken.
    pub(super) fn packets(&self) -> u64 {
        self.packets
    }

    /// How many of them are in no file yet.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Makes sure that a packet of so many bytes can be written.
    #[inline]
    pub(super) fn make_room(&mut self, length: u32) -> io::Result<()> {
        let needed = self.length() + u64::from(length) + AROUND * (1 + self.interfaces.len() as u64);
        if needed > self.reserved {
            self.reserved = self.ring.reserve(needed)?;
        }
        Ok(())
    }

    /// Takes a packet of the interface with that number.
    pub(super) fn packet(&mut self, interface: u32, packet: &PacketToWrite<'_>) -> io::Result<()> {
        self.encoder.packet_of(interface, packet)?;
        self.packets += 1;
        self.here += 1;
        self.waiting += 1;
        if self.encoder.out().len() >= BUFFER { self.flush() } else { Ok(()) }
    }

    /// Writes what the buffer holds; readers have it then.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.encoder.out().is_empty() {
            return Ok(());
        }
        self.ring.append(self.encoder.out())?;
        self.written += self.encoder.out().len() as u64;
        self.waiting = 0;
        self.encoder.out().clear();
        Ok(())
    }

    /// Whether this file is as long as it may become.
    #[inline]
    pub(super) fn is_full(&mut self) -> bool {
        let size = self.shape.and_then(|shape| shape.size);
        self.here > 0 && size.is_some_and(|size| self.length() >= size)
    }

    /// Whether this file was begun too long ago.
    pub(super) fn is_old(&self) -> bool {
        let time = self.shape.and_then(|shape| shape.time);
        self.here > 0 && time.is_some_and(|time| self.began.elapsed() >= time)
    }

    /// Ends this file with what is known of each interface, and begins the next.
    pub(super) fn turn(&mut self, statistics: &[Statistics]) -> io::Result<()> {
        self.close(statistics)?;
        self.encoder = encoder(&self.interfaces)?;
        let header = std::mem::take(self.encoder.out());
        (self.here, self.began) = (0, Instant::now());
        (self.written, self.reserved) = (header.len() as u64, 0);
        self.ring.turn(&header, self.packets)
    }

    /// Ends this file with what is known of each interface.
    pub(super) fn close(&mut self, statistics: &[Statistics]) -> io::Result<()> {
        for (interface, statistics) in (0..).zip(statistics) {
            self.encoder.statistics(interface, statistics)?;
        }
        self.flush()?;
        self.ring.trim()
    }

    /// The length of the file with what waits in the buffer.
    #[inline]
    fn length(&mut self) -> u64 {
        self.written + self.encoder.out().len() as u64
    }
}

fn encoder(interfaces: &[InterfaceToWrite]) -> io::Result<PcapngWriter<Vec<u8>>> {
    let mut encoder = PcapngWriter::new(Vec::with_capacity(2 * BUFFER))?;
    for interface in interfaces {
        encoder.describe(interface)?;
    }
    Ok(encoder)
}
