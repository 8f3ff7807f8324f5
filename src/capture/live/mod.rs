//! Live capture: the interfaces of the machine, and what is captured from them as it happens.
//!
//! ```text
//!   devices ─► (rights are given up) ─► run: a thread ─► writer ─► ring of files ─► tail ─► Source ─► Dissector
//!                                                                     └────────────────► Store ─► Detail
//! ```
//!
//! Rights that were given up do not come back. So that the screens can begin another capture, a process of its own keeps
//! the right to open interfaces, and lends them; see [`lend`](lend()).
//!
//! What is captured goes to a file first, and everything else reads from there: memory stays bounded, the thread that
//! captures never waits for the one that decodes, and a live capture is read like any other file.
//!
//! libpcap is not part of the program: it is loaded when something here is first asked for. Everything that can go
//! wrong is a [`LiveError`], whose text says what could not be done, why, and what helps.

mod counters;
mod device;
mod error;
mod lend;
mod look;
mod place;
mod privileges;
mod ring;
mod run;
mod source;
mod tap;
mod writer;

pub use counters::Counts;
pub use device::{CaptureDirection, CaptureOptions};
pub use error::LiveError;
pub use lend::{Lender, lend};
pub use look::{check_filter, traffic};
pub use place::{Place, RingShape};
pub use run::{Limits, News, Stopper};

use super::file::Opened;
use super::packet::{OpenError, Store};
use crate::base::printable;
use counters::Counters;
use pcap::{Address, Device, IfFlags};
use place::Created;
use privileges::Plan;
pub use privileges::leave_to_others;
use ring::Ring;
use run::Capturing;
use source::LiveSource;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use tap::Tap;
use tempfile::TempDir;
use writer::Writer;

/// A place to capture from, as libpcap describes it: a network card, or what the system offers in the manner of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// What the system calls it: `eth0`. On Linux `any` stands for all of them.
    pub name: String,
    /// What it is, in the words of libpcap; empty when libpcap has none.
    pub description: String,
    /// Its IP addresses, in the order of the system.
    pub addresses: Vec<IpAddr>,
    /// Switched on by the administrator.
    pub up: bool,
    /// Able to carry packets now: a cable is plugged in, or a network joined.
    pub running: bool,
    /// Carries what this machine sends to itself.
    pub loopback: bool,
}

impl From<Device> for Interface {
    fn from(device: Device) -> Self {
        let address = |address: Address| address.addr;
        Self {
            name: device.name,
            description: device.desc.unwrap_or_default(),
            addresses: device.addresses.into_iter().map(address).collect(),
            up: device.flags.contains(IfFlags::UP),
            running: device.flags.contains(IfFlags::RUNNING),
            loopback: device.flags.contains(IfFlags::LOOPBACK),
        }
    }
}

/// The interfaces of this machine, the one that libpcap deems most useful first.
///
/// To be listed is not to be open to everybody: capturing can still be refused.
pub fn interfaces() -> Result<Vec<Interface>, LiveError> {
    load()?;
    let devices = Device::list().map_err(|error| LiveError::refused("list the interfaces", &error.to_string()))?;
    Ok(devices.into_iter().map(Interface::from).collect())
}

/// What is captured, where it goes, and when it ends.
#[derive(Clone, Debug, Default)]
pub struct LiveOptions {
    /// What is captured.
    pub capture: CaptureOptions,
    /// Where it is written.
    pub place: Place,
    /// When it ends by itself.
    pub limits: Limits,
    /// Who root is to become; without a name, who called sudo, or nobody.
    pub user: Option<String>,
}

/// A capture that goes on. It stops when it is dropped.
#[derive(Debug)]
pub struct Live {
    ring: Arc<Ring>,
    counters: Arc<Counters>,
    stopper: Stopper,
    thread: Option<JoinHandle<Result<(), LiveError>>>,
    scratch: Option<TempDir>,
    interfaces: Vec<String>,
    becomes: Option<String>,
}

impl Live {
    /// Opens the interfaces, gives up every right that the process has beyond those of its user, and begins to capture
    /// on a thread of its own. To be called while the process has no other threads; it has no rights left afterwards.
    ///
    /// # Errors
    /// When something cannot be opened or made, or the rights cannot be given up: then nothing is captured.
    pub fn start(options: &LiveOptions) -> Result<(Self, Receiver<News>), LiveError> {
        let plan = Plan::new(options.user.as_deref())?;
        let taps = device::open(&options.capture)?.into_iter().map(|device| Tap::Own(Box::new(device))).collect();
        let of_root =
            if plan.files_of_root() && options.place.path.is_some() { Some(options.place.create()?) } else { None };
        plan.carry_out()?;
        let created = match of_root {
            Some(created) => created,
            None => options.place.create()?,
        };
        Self::begin(taps, created, options, plan.becomes())
    }

    /// The same after the rights were given up, with interfaces that another process opens and lends.
    ///
    /// # Errors
    /// When something cannot be opened or made: then nothing is captured.
    pub fn start_lent(lender: &Lender, options: &LiveOptions) -> Result<(Self, Receiver<News>), LiveError> {
        let taps = vec![Tap::Lent(lender.open(&options.capture)?)];
        Self::begin(taps, options.place.create()?, options, lender.becomes())
    }

    /// Whether this process may open interfaces itself.
    #[must_use]
    pub fn may_start() -> bool {
        privileges::may_capture()
    }

    fn begin(
        taps: Vec<Tap>,
        created: Created,
        options: &LiveOptions,
        becomes: Option<&str>,
    ) -> Result<(Self, Receiver<News>), LiveError> {
        let ring = Arc::new(Ring::new(created.slots));
        let described: Vec<_> = taps.iter().flat_map(Tap::described).collect();
        let interfaces = described.iter().map(|interface| printable(&interface.name)).collect();
        let writer = Writer::new(Arc::clone(&ring), options.place.ring, described);
        let writer = writer.map_err(|cause| LiveError::File { path: first(&ring), reason: cause.to_string() })?;
        let counters = Arc::new(Counters::default());
        let (capturing, stopper, news) =
            Capturing::new(taps, writer, Arc::clone(&ring), Arc::clone(&counters), options.limits)?;
        let fault = |cause: std::io::Error| LiveError::Fault { reason: cause.to_string() };
        let thread = std::thread::Builder::new().name("capture".to_owned()).spawn(move || capturing.run());
        let thread = Some(thread.map_err(fault)?);
        let becomes = becomes.map(str::to_owned);
        Ok((Self { ring, counters, stopper, thread, scratch: created.scratch, interfaces, becomes }, news))
    }

    /// The packets from the first one on, as they come, and access to each of them again. With `held` they come a
    /// little later, so that a key log that grows has the keys of a session before its packets are decoded.
    ///
    /// # Errors
    /// When what was written cannot be read.
    pub fn open(&self, held: bool) -> Result<Opened, OpenError> {
        let source = LiveSource::new(&first(&self.ring), Arc::clone(&self.ring), Arc::clone(&self.counters), held)?;
        let store: Arc<dyn Store> = Arc::clone(&self.ring) as Arc<dyn Store>;
        Ok(Opened { source: Box::new(source), store: Some(store), description: self.interfaces.join(", ") })
    }

    /// The names of the interfaces, safe to show.
    pub fn interfaces(&self) -> &[String] {
        &self.interfaces
    }

    /// The capture files.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.ring.paths()
    }

    /// Whether the files go when the capture has ended well.
    pub fn is_temporary(&self) -> bool {
        self.scratch.is_some()
    }

    /// The user whose rights the process has now, where they are not those that it began with.
    pub fn becomes(&self) -> Option<&str> {
        self.becomes.as_deref()
    }

    /// What became of the packets so far.
    pub fn counts(&self) -> Counts {
        self.counters.counts()
    }

    /// Whether nothing more is captured, whoever ended it.
    pub fn is_over(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Something that can end the capture from any thread.
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Ends the capture, if it has not ended, and says why it did when nobody asked for that. Then temporary files stay.
    ///
    /// # Errors
    /// When the disk is full, or there is nothing left to capture from.
    pub fn finish(&mut self) -> Result<(), LiveError> {
        self.stopper.stop();
        let Some(thread) = self.thread.take() else { return Ok(()) };
        let fault = |_| Err(LiveError::Fault { reason: "this is a fault of tlslab".to_owned() });
        let ended = thread.join().unwrap_or_else(fault);
        if ended.is_err() {
            self.keep();
        }
        ended
    }

    /// Lets temporary files stay: somebody may want what is there.
    pub fn keep(&mut self) {
        let _ = self.scratch.take().map(TempDir::keep);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}

fn first(ring: &Ring) -> std::path::PathBuf {
    ring.paths().next().map(Path::to_owned).unwrap_or_default()
}

/// Makes sure that libpcap is there, before `pcap` is asked for anything.
fn load() -> Result<(), LiveError> {
    pcap_loader::load().map_err(|reason| LiveError::NoLibrary { reason: printable(reason) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_are_listed_where_libpcap_is() {
        let interfaces = match interfaces() {
            Ok(interfaces) => interfaces,
            Err(error) => {
                println!("skipped: {error}");
                return;
            }
        };
        let loopback: Vec<&Interface> = interfaces.iter().filter(|interface| interface.loopback).collect();
        if cfg!(target_os = "linux") {
            assert!(loopback.iter().any(|interface| interface.name == "lo"), "{interfaces:?}");
        }
        assert!(loopback.iter().all(|interface| interface.addresses.iter().all(IpAddr::is_loopback)), "{loopback:?}");
    }
}
