//! Interfaces that another process opens, and lends to this one.
//!
//! ```text
//!   tlslab ── start, while it has rights ──► tlslab lend-interfaces   keeps the right to capture, and nothing else
//!     │ gives up all rights                     │
//!     ├── Open(interfaces, filter, …) ────────► opens them
//!     ◄── Opened ─ Packet ─ Packet ─ … ──────── │ copies what comes, and reads none of it
//!     └── Stop, or its end ───────────────────► closes them; ends with the process that it lends to
//! ```
//!
//! Rights that were given up do not come back, and a process that decodes what strangers send must not keep them. So
//! the one that keeps them is another one, which decodes nothing.

mod lender;
mod lent;
mod wire;

pub(super) use lent::Lent;

use super::LiveError;
use super::device::CaptureOptions;
use super::privileges::Plan;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// What the program is called with to lend interfaces.
const COMMAND: &str = "lend-interfaces";

/// The other process, as the one that borrows from it has it. It ends when this is dropped.
#[derive(Debug)]
pub struct Lender {
    /// The way to it, while nothing is lent.
    idle: Idle,
    becomes: Option<String>,
    child: Child,
}

type Idle = Arc<Mutex<Option<UnixStream>>>;

impl Lender {
    /// Starts it, with the rights that this process has. `user` is who root is to become, as in
    /// [`LiveOptions`](super::LiveOptions).
    ///
    /// # Errors
    /// When there is nobody of that name, or no process can be started.
    pub fn start(user: Option<&str>) -> Result<Self, LiveError> {
        let plan = Plan::new(user)?;
        let fault = |cause: io::Error| LiveError::NotLent { reason: cause.to_string() };
        let (ours, theirs) = UnixStream::pair().map_err(fault)?;
        let mut command = Command::new(program());
        command.arg0("tlslab").arg(COMMAND).args(user.into_iter().flat_map(|name| ["--user", name]));
        command.stdin(std::os::fd::OwnedFd::from(theirs)).stdout(Stdio::null()).stderr(Stdio::null());
        // What ends or stops the terminal is not for it: it ends when nobody is there to lend to.
        let child = command.process_group(0).spawn().map_err(fault)?;
        let becomes = plan.becomes().map(str::to_owned);
        Ok(Self { idle: Arc::new(Mutex::new(Some(ours))), becomes, child })
    }

    /// The user that both processes have become.
    pub(super) fn becomes(&self) -> Option<&str> {
        self.becomes.as_deref()
    }

    /// Opens interfaces. They are given back when what comes of it is dropped.
    pub(super) fn open(&self, options: &CaptureOptions) -> Result<Lent, LiveError> {
        let channel = self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
        let busy = || LiveError::NotLent { reason: "another capture has not ended yet".to_owned() };
        Lent::open(channel.ok_or_else(busy)?, Arc::clone(&self.idle), options)
    }
}

impl Drop for Lender {
    /// It has ended, or does now that nobody is at the other end.
    fn drop(&mut self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
        let _ = self.child.wait();
    }
}

/// This program, also where its file was replaced meanwhile.
fn program() -> std::path::PathBuf {
    let own = std::path::Path::new("/proc/self/exe");
    if own.exists() { own.to_owned() } else { std::env::current_exe().unwrap_or_default() }
}

/// Lends interfaces to the process that has started this one, until that ends.
///
/// # Errors
/// When it was started by somebody else, or cannot give up the other rights.
pub fn lend(user: Option<&str>) -> Result<(), LiveError> {
    let fault = |cause: io::Error| LiveError::NotLent { reason: cause.to_string() };
    let channel = UnixStream::from(io::stdin().as_fd().try_clone_to_owned().map_err(fault)?);
    if channel.local_addr().is_err() {
        return Err(LiveError::NotLent { reason: "this is for tlslab itself, which starts it".to_owned() });
    }
    Plan::new(user)?.keep_capturing()?;
    // Its end is the usual one: nobody is there to lend to any more.
    let _ = lender::serve(&channel);
    Ok(())
}
