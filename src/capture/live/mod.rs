//! Live interfaces: what can be captured from, and what to do where that is not possible.
//!
//! libpcap is not part of the program: it is loaded when something here is first asked for. Everything that can go
//! wrong is a [`LiveError`], whose text says what could not be done, why, and what helps.

mod error;

pub use error::LiveError;

use crate::base::printable;
use pcap::{Address, Device, IfFlags};
use std::net::IpAddr;

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
